"""All that can be switched on at once: resuming stays exact, and whoever only looks on changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.pictures.folder.scan import Scan, scan_all
from core.runs.metrics import EDIT, HELD_OUT_EMA, read_events, read_held_out, read_scalar
from core.runs.probes import KINDS, read_probe
from core.runs.quality_file import read_quality
from core.runs.run import Run
from core.settings import RunConfig
from core.training import events, quality_watch, trainer
from core.training.board import FOLDER
from core.training.copies import CopyMeter
from core.training.probe import FrozenProbe, HeldOutLook
from core.training.quality_watch import QualityWatch
from tests.core.training.conftest import assert_same_run, edited, of, tensors

EVERYTHING = {
    "labels": "folders",
    "class_dropout": 0.3,
    "self_condition": True,
    "immiscible": True,
    "offset_noise_strength": 0.1,
    "loss_weighting": "min_snr",
    "augment": 0.5,
    "crop": "random",
    "horizontal_flip": True,
    "colour_jitter": 0.1,
    "dropout": 0.1,
    "hold_out": 0.4,
    "held_out_every": 3,
    "probe_share": 0.03,
    "quality_share": 0.05,
    "tensorboard": True,
    "ema_snapshots": 16,
    "gradient_accumulate_every": 2,
    "steps": 9,
    "batch_size": 16,
    "amp": "off",
    "keep_checkpoints": 9,
}
#: Done steps → what is wished for then.
SCRIPT: dict[int, dict[str, object]] = {
    3: {"learning_rate": 5e-4, "sample_sampler": "ddpm", "sample_steps": 3},
    6: {"loss_weighting": "p2", "ema_decay": 0.5, "max_grad_norm": 0.05},
}


def make_folders(folder: Path) -> Scan:
    """Two classes of thirty small pictures."""
    draw = np.random.default_rng(0)
    for name in ("dark", "light"):
        (folder / name).mkdir(parents=True)
        for number in range(30):
            pixels = draw.integers(0, 128, (10, 12, 3)) + 127 * (name == "light")
            Image.fromarray(pixels.astype(np.uint8)).save(folder / name / f"{number}.png")
    return scan_all(folder)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    return make_folders(tmp_path_factory.mktemp("everything") / "pictures")


@pytest.fixture
def observed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The observers look as often as they can, since clocks tell when there is time for one."""
    monkeypatch.setattr(
        FrozenProbe,
        "is_due",
        lambda probe, step: step % 3 == 0 and step != probe._asked_at and not probe._budget.off,
    )
    monkeypatch.setattr(
        QualityWatch, "is_due", lambda watch, step: not watch._budget.off and step != watch._measured_at and step > 0
    )
    monkeypatch.setattr(quality_watch, "COUNT", 20)
    monkeypatch.setattr(quality_watch, "SPACES", ("random",))


def everything(tiny: RunConfig, scan: Scan, condition: str) -> RunConfig:
    more: dict[str, object] = {"condition": condition}
    if condition == "folder":
        more |= {"condition_folder": str(scan.folder), "condition_channels": 1}
    return tiny.with_settings({**EVERYTHING, **more})


@pytest.mark.long
# Never where a wish comes with the stop, which is then not taken; where numbers are read late, one step more is taken.
@pytest.mark.parametrize(
    ("condition", "stop_at", "late"), [("grey", 4, False), ("folder", 4, True), ("grey", 7, True), ("folder", 2, False)]
)
def test_run_with_everything_when_stopped_and_resumed_then_is_the_uninterrupted_one(
    folders: Scan,
    tiny: RunConfig,
    tmp_path: Path,
    observed: None,
    monkeypatch: pytest.MonkeyPatch,
    condition: str,
    stop_at: int,
    late: bool,
) -> None:
    monkeypatch.setattr(trainer, "reads_late", lambda _device: late)
    config = everything(tiny, folders, condition)
    seen = edited(folders, config, tmp_path / "whole", SCRIPT)
    first = edited(folders, config, tmp_path / "parts", SCRIPT, stop_at=stop_at)
    rest = edited(folders, config, tmp_path / "parts", SCRIPT, resume=True)
    assert_same_run(tmp_path / "whole", seen, tmp_path / "parts", first + rest)
    runs = [Run.open(tmp_path / name) for name in ("whole", "parts")]
    whole, parts = (run.metrics_path for run in runs)
    for kind in KINDS:
        expected, found = read_probe(whole, kind), read_probe(parts, kind)
        assert expected.steps.tolist() == found.steps.tolist() and np.array_equal(expected.losses, found.losses)
    for one, other in (
        (read_held_out(whole), read_held_out(parts)),
        (read_scalar(whole, HELD_OUT_EMA), read_scalar(parts, HELD_OUT_EMA)),
        (read_scalar(whole, "copy_distance"), read_scalar(parts, "copy_distance")),
        (read_scalar(whole, "grad_norm"), read_scalar(parts, "grad_norm")),
        (read_scalar(whole, "learning_rate"), read_scalar(parts, "learning_rate")),
    ):
        assert len(one[0]) and np.array_equal(one[0], other[0]) and np.array_equal(one[1], other[1])
    edits = [[(at, text) for at, kind, text, _ in read_events(path) if kind == EDIT] for path in (whole, parts)]
    assert edits[0] == edits[1] and [at for at, _ in edits[0]] == list(SCRIPT)
    # With a stop nothing is measured.
    stopped = of(events.StepDone, first)[-1].step
    found = [[one for one in read_quality(run.folder) if one.step != stopped] for run in runs]
    assert found[0] and found[0] == found[1]
    strips = [{path.name: path.read_bytes() for path in (run.folder / "strips").iterdir()} for run in runs]
    assert strips[0] == strips[1]


def _never(*_arguments: object, **_more: object) -> tuple[()]:
    return ()


#: Who looks on → what it tells, and how it is left out: by a setting, or by hand.
OBSERVERS: dict[str, tuple[type | None, dict[str, object] | Callable[[pytest.MonkeyPatch], None]]] = {
    "probe": (events.ProbeMeasured, {"probe_share": 0}),
    "quality": (events.QualityMeasured, {"quality_share": 0}),
    "board": (None, {"tensorboard": False}),
    "copies": (events.CopiesMeasured, lambda patch: patch.setattr(CopyMeter, "look", _never)),
    "strip": (events.Strip, lambda patch: patch.setattr(trainer, "look_at_strip", _never)),
    "held-out": (
        events.HeldOutLoss,
        lambda patch: patch.setattr(HeldOutLook, "is_due", lambda *_, **__: False),
    ),
}


@pytest.mark.long
def test_run_when_an_observer_is_left_out_then_has_the_same_weights(
    folders: Scan, tiny: RunConfig, tmp_path: Path, observed: None
) -> None:
    config = everything(tiny, folders, "grey")
    script = {at: {name: value for name, value in edit.items() if "sample" not in name} for at, edit in SCRIPT.items()}
    seen = edited(folders, config, tmp_path / "all", script)
    expected, losses = tensors(tmp_path / "all"), [event.loss for event in of(events.StepDone, seen)]
    assert (tmp_path / "all" / FOLDER).is_dir()
    for name, (kind, way) in OBSERVERS.items():
        with pytest.MonkeyPatch.context() as patch:
            without = config.with_settings(way) if isinstance(way, dict) else config
            if not isinstance(way, dict):
                way(patch)
            told = edited(folders, without, tmp_path / name, script)
        assert [event.loss for event in of(events.StepDone, told)] == losses, name
        found = tensors(tmp_path / name)
        assert found.keys() == expected.keys() and all(found[key].equal(expected[key]) for key in found), name
        if kind is not None:
            assert of(kind, seen) and not of(kind, told), name
    assert not (tmp_path / "board" / FOLDER).exists()
