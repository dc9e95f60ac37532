"""Training with classes: the labels reach the network, resuming changes nothing, and a run keeps its classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.networks.build import build_diffusion
from core.pictures.feed.batches import make_batch
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder.scan import Scan, scan_all
from core.presets import resolve
from core.runs.grids import read_settings
from core.runs.opening import load_checkpoint
from core.runs.run import Run
from core.samplers import SAMPLERS, PictureNoise, initial_noise
from core.sampling import to_pixels
from core.settings import RunConfig
from core.training import events
from core.training.state import new_state
from core.training.step import batch_loss
from tests.core.training.conftest import assert_same_run, of, train


@pytest.fixture
def classes(tmp_path: Path) -> Scan:
    """Four dark pictures in "a", four light ones in "b", two in none."""
    folder = tmp_path / "classes"
    draw = np.random.default_rng(0)
    for place, low in (("a", 0), ("b", 150), (".", 80)):
        (folder / place).mkdir(parents=True, exist_ok=True)
        for number in range(2 if place == "." else 4):
            pixels = draw.integers(low, low + 100, (8, 8, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / place / f"{number}.png")
    return scan_all(folder)


@pytest.fixture
def labelled(tiny: RunConfig) -> RunConfig:
    return tiny.with_settings({"labels": "folders", "class_dropout": 0.3})


def pictures_of(scan: Scan, config: RunConfig) -> PictureSet:
    *_, last = load_pictures(scan, config.data)
    assert isinstance(last, PictureSet)
    return last


def test_each_picture_is_asked_with_its_label_unless_it_was_left_out(
    classes: Scan, labelled: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = resolve(labelled, classes.facts())
    diffusion, pictures = build_diffusion(config), pictures_of(classes, config)
    seen: list[torch.Tensor] = []
    forward = diffusion.model.forward

    def recorded(x, t, x_self_cond, labels):
        seen.append(labels)
        return forward(x, t, x_self_cond, labels)

    def ask(batch: int) -> None:
        drawn = make_batch(
            pictures, seed=config.train.seed, batch_index=batch, batch_size=config.train.batch_size, device="cpu"
        )
        batch_loss(diffusion, drawn, config, batch, dtype=None)

    monkeypatch.setattr(diffusion.model, "forward", recorded)
    for batch in range(20):
        ask(batch)
    asked = torch.cat(seen)
    unlabelled = (asked == 2).float().mean()
    assert set(asked.tolist()) == {0, 1, 2}
    assert 0.2 + 0.8 * 0.1 < unlabelled < 0.2 + 0.8 * 0.6
    kept = seen[:]
    seen.clear()
    for batch in (7, 3):
        ask(batch)
    assert torch.equal(seen[0], kept[7])
    assert torch.equal(seen[1], kept[3])


@pytest.mark.long
@pytest.mark.parametrize("stop_at", [4, 7])
def test_a_resumed_run_with_classes_is_the_uninterrupted_one(
    classes: Scan, labelled: RunConfig, tmp_path: Path, stop_at: int
) -> None:
    whole = train(classes, labelled, tmp_path / "whole")
    first = train(
        classes, labelled, tmp_path / "parts", until=lambda e: isinstance(e, events.StepDone) and e.step == stop_at
    )
    second = train(classes, labelled, tmp_path / "parts", resume=True)
    assert_same_run(tmp_path / "whole", whole, tmp_path / "parts", first + second)
    assert of(events.Started, second)[0].classes == 2
    model = load_checkpoint(tmp_path / "parts")
    assert (model.num_classes, model.class_names) == (2, ("a", "b"))


@pytest.mark.long
@pytest.mark.parametrize(("dropout", "learnt"), [(0.0, [True, True, True]), (1.0, [False, False, True])])
def test_only_the_classes_that_are_asked_with_are_learnt(
    classes: Scan, labelled: RunConfig, tmp_path: Path, dropout: float, learnt: list[bool]
) -> None:
    config = resolve(labelled.with_settings({"class_dropout": dropout}), classes.facts())
    train(classes, config, tmp_path / "run")
    before = new_state(config, torch.device("cpu")).diffusion.state_dict()
    after = load_checkpoint(tmp_path / "run", weights="raw").state_dict()
    (name,) = (name for name in after if "class_emb" in name)
    assert (before[name] != after[name]).any(dim=1).tolist() == learnt


@pytest.mark.long
@pytest.mark.parametrize("sampler", ["ddim", "ddpm"])
def test_a_grid_shows_all_classes_in_turn_and_says_so(
    classes: Scan, labelled: RunConfig, tmp_path: Path, sampler: str
) -> None:
    config = labelled.with_settings({"sample_sampler": sampler, "sample_count": 5})
    seen = train(classes, config, tmp_path / "run")
    grid = of(events.Samples, seen)[-1]
    settings = read_settings(grid.path)
    assert settings["classes"] == [0, 1, 0, 1, 0]
    assert settings["class_names"] == ["a", "b"]
    assert (settings["sampler"], settings["sample_steps"]) == (sampler, 4)
    model = load_checkpoint(tmp_path / "run")
    x = initial_noise(model, 5, seed=config.train.seed, device="cpu")
    draw = PictureNoise(config.train.seed, 5)
    for step in SAMPLERS[sampler](model, x, steps=4, generator=draw, classes=torch.tensor([0, 1, 0, 1, 0])):
        x = step.x_next
    np.testing.assert_array_equal(grid.images, to_pixels(x))


def test_a_model_without_classes_names_none(pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    seen = train(pictures, tiny, tmp_path / "run")
    assert of(events.Started, seen)[0].classes is None
    assert "classes" not in read_settings(of(events.Samples, seen)[-1].path)


@pytest.mark.long
def test_a_run_keeps_its_classes_when_the_folder_has_others(classes: Scan, labelled: RunConfig, tmp_path: Path) -> None:
    train(classes, labelled, tmp_path / "run", until=lambda e: isinstance(e, events.StepDone) and e.step == 5)
    (classes.folder / "b").rename(classes.folder / "c")
    more = train(scan_all(classes.folder), labelled, tmp_path / "run", resume=True)
    assert more[-1].step == 12
    run = Run.open(tmp_path / "run")
    assert run.config.data.class_names == ("a", "b")
    log = run.log_path.read_text()
    assert "“b”" in log
    assert "“c”; 4 pictures count as no class" in log
