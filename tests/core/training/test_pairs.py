"""Training with a condition: resuming changes nothing, grids show the pairs, and the command line samples from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.cli.main import main
from core.pictures.folder.scan import Scan, scan_all
from core.presets import preset, resolve
from core.runs.grids import read_grid, read_settings
from core.runs.opening import load_checkpoint
from core.runs.run import Run
from core.settings import RunConfig
from core.training import events
from tests.core.training.conftest import TINY, assert_same_run, of, train


@pytest.fixture
def second(pictures: Scan, tmp_path: Path) -> Path:
    """The negatives of the pictures, but for one."""
    folder = tmp_path / "second"
    folder.mkdir()
    for number, picture in enumerate(pictures.pictures):
        if number:
            with Image.open(picture.path) as image:
                Image.fromarray(255 - np.asarray(image)).save(folder / f"{picture.path.stem}.bmp")
    return folder


def conditional(tiny: RunConfig, condition: str, second: Path) -> RunConfig:
    more = {"condition_folder": str(second), "condition_channels": 1} if condition == "folder" else {}
    return tiny.with_settings({"condition": condition, "hold_out": 0.3, "held_out_every": 4, "crop": "random", **more})


@pytest.mark.parametrize(
    "condition",
    ["folder", pytest.param("grey", marks=pytest.mark.long), pytest.param("low-resolution", marks=pytest.mark.long)],
)
def test_run_with_a_condition_when_resumed_is_the_uninterrupted_one(
    pictures: Scan, tiny: RunConfig, second: Path, tmp_path: Path, condition: str
) -> None:
    config = conditional(tiny, condition, second)
    whole = train(pictures, config, tmp_path / "whole")
    first = train(pictures, config, tmp_path / "parts", until=lambda e: isinstance(e, events.StepDone) and e.step == 7)
    rest = train(pictures, config, tmp_path / "parts", resume=True)
    assert_same_run(tmp_path / "whole", whole, tmp_path / "parts", first + rest)
    assert len(of(events.HeldOutLoss, whole)) == 3
    added = {"folder": 1, "grey": 1, "low-resolution": 3}[condition]
    opened = load_checkpoint(tmp_path / "parts")
    assert (opened.condition, opened.condition_channels, opened.condition_factor) == (condition, added, 2)
    grid = of(events.Samples, whole)[-1]
    assert grid.images.shape == (4, 8, 24, 3), "condition | sample | truth"
    assert read_settings(grid.path)["tiles"] == ["condition", "sample", "truth"]
    run = Run.open(tmp_path / "whole")
    np.testing.assert_array_equal(read_grid(grid.path, run.config.data.tile_size, 4), grid.images)
    if condition == "grey":
        shown, truth = grid.images[:, :, :8].astype(int), grid.images[:, :, 16:]
        luma = truth @ np.array([0.299, 0.587, 0.114])
        assert np.abs(shown[..., 0] - luma).max() <= 1


@pytest.mark.long
def test_job_when_pictures_have_no_partner_says_so_and_trains_on_the_others(
    pictures: Scan, tiny: RunConfig, second: Path, tmp_path: Path
) -> None:
    config = conditional(tiny, "folder", second).with_settings({"steps": 1, "sample_steps": 1})
    seen = train(pictures, config, tmp_path / "run")
    assert any("the second folder has no picture of this name" in str(e.note) for e in of(events.SettingsNoted, seen))
    held_out = of(events.HeldOutLoss, seen)[0].pictures
    assert of(events.Started, seen)[0].pictures + held_out == 9


@pytest.mark.long
def test_command_line_when_given_pairs_trains_and_samples_from_a_folder(
    pictures: Scan, second: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    settings = [word for name, value in TINY.items() if name != "steps" for word in ("--set", f"{name}={value}")]
    words = ["--pairs", str(second), "--steps", "2", "--device", "cpu", "--preset", "sketch", *settings]
    assert main(["train", str(pictures.folder), "--run", str(run), *words]) == 0
    assert "1 not used" in capsys.readouterr().out
    data = Run.open(run).config.data
    assert (data.condition, data.condition_folder) == ("folder", str(second))
    out = tmp_path / "out"
    sample = ["sample", str(run), "--device", "cpu", "--steps", "2"]
    assert main([*sample, "--out", str(out)]) == 2
    assert "none was given" in capsys.readouterr().err and not out.exists()
    assert main([*sample, "--out", str(out), "--condition", str(tmp_path / "nothing.png")]) == 1
    assert main([*sample, "--out", str(out), "--condition", str(second), "--html", str(tmp_path / "page.html")]) == 0
    assert "was scaled and cropped to the model's 8 × 8 px" in capsys.readouterr().err.replace(", and 8 more,", "")
    made = sorted(out.glob("*.png"))
    assert len(made) == 9
    assert read_settings(made[3])["condition"] == scan_all(second).pictures[3].name
    assert main([*sample, "--out", str(tmp_path / "two"), "--condition", str(next(second.iterdir())), "--n", "2"]) == 0
    assert len(list((tmp_path / "two").glob("*.png"))) == 2
    assert main(["inspect", str(run)]) == 0
    assert "condition" in capsys.readouterr().out


def test_presets_when_they_make_the_pair_themselves_fit_what_they_are_for() -> None:
    from core.presets import PictureFacts

    grey, colour = PictureFacts(typical_size=30, all_grey=True), PictureFacts(typical_size=30, all_grey=False)
    for facts in (grey, colour):
        resolved = resolve(preset("Super-Resolution").config, facts)
        assert resolved.problems() == () and resolved.data.image_size % resolved.data.condition_factor == 0
    assert resolve(preset("colouring").config, colour).problems() == ()
    (problem,) = resolve(preset("colouring").config, grey).problems()
    assert "the pictures have no colours to be learnt" in str(problem)
