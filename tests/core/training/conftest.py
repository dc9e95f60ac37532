"""A folder of small pictures, a tiny run over it, and what tests ask of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.pictures.folder.scan import Scan, scan_all
from core.presets import preset
from core.runs.checkpoint import read_checkpoint
from core.runs.run import Run
from core.settings import RunConfig
from core.training import events
from core.training.job import TrainingJob

TINY = {
    "dim": 8,
    "dim_mults": "1,2",
    "attn_heads": 1,
    "attn_dim_head": 8,
    "image_size": 8,
    "timesteps": 50,
    "batch_size": 4,
    "steps": 12,
    "probe_share": 0,
    "warmup_steps": 3,
    "checkpoint_every": 4,
    "sample_every": 6,
    "sample_count": 4,
    "sample_steps": 4,
}


def make_pictures(folder: Path) -> Scan:
    folder.mkdir()
    draw = np.random.default_rng(0)
    for number in range(10):
        Image.fromarray(draw.integers(0, 255, (12, 10, 3), dtype=np.uint8)).save(folder / f"{number}.png")
    return scan_all(folder)


@pytest.fixture
def pictures(tmp_path: Path) -> Scan:
    return make_pictures(tmp_path / "pictures")


@pytest.fixture(scope="session")
def tiny() -> RunConfig:
    return preset("sketch").config.with_settings(TINY)


def train(scan: Scan, config: RunConfig, folder: Path, *, until: Callable[[object], bool] | None = None, **options):
    """All events of a training, which is asked to stop at the first event for which `until` holds."""
    job = TrainingJob(config, folder, scan=scan, device="cpu", **options)
    seen = []
    for event in job.run():
        seen.append(event)
        if until is not None and until(event):
            job.wishes.stop.set()
    return seen


def edited(
    scan: Scan,
    config: RunConfig,
    folder: Path,
    script: Mapping[int, Mapping[str, object]],
    *,
    stop_at: int | None = None,
    **options: object,
) -> list:
    """All events of a training with wishes for edits after some steps."""
    job = TrainingJob(config, folder, scan=scan, device="cpu", threads=1, **options)
    known = set() if not options.get("resume") else {change.at_step for change in Run.open(folder).changes}
    seen = []
    for event in job.run():
        seen.append(event)
        if isinstance(event, events.StepDone):
            if event.step in script and event.step not in known:
                job.wishes.edit(script[event.step])
            if event.step == stop_at:
                job.wishes.stop.set()
    return seen


def of(kind: type, seen: list) -> list:
    return [event for event in seen if type(event) is kind]


def tensors(folder: Path) -> dict[str, torch.Tensor]:
    path, damaged = Run.open(folder).newest_checkpoint()
    assert not damaged
    checkpoint = read_checkpoint(path, with_optimizer=True)
    return {
        f"{section}.{name}": tensor
        for section in ("model", "ema", "optimizer", "averages")
        for name, tensor in getattr(checkpoint, section).items()
    }


def assert_same_run(folder: Path, seen: list, other_folder: Path, other_seen: list) -> None:
    """Bit for bit: the losses of all steps, the last checkpoint and the last grid."""
    assert [e.loss for e in of(events.StepDone, seen)] == [e.loss for e in of(events.StepDone, other_seen)]
    expected, found = tensors(folder), tensors(other_folder)
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    np.testing.assert_array_equal(of(events.Samples, seen)[-1].images, of(events.Samples, other_seen)[-1].images)
