"""Made-up runs: all that a report shows, without a training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.presets import preset
from core.runs.grids import save_grid
from core.runs.metrics import HELD_OUT, MetricsWriter
from core.runs.probes import KINDS, SERIES, TIMES
from core.runs.quality_file import BitsResult, QualityResult, SpaceResult, save_quality
from core.runs.run import Run

STEPS = 400


def make_run(folder: Path, **settings: object) -> Run:
    """A run of STEPS steps whose every number is known."""
    changes = {"image_size": 8, "channels": 3, "horizontal_flip": True, "steps": STEPS, **settings}
    config = preset("sketch").config.with_settings(changes)
    run = Run.create(folder, config, source_folder=Path("/home/me/flowers"), device="cpu", planned_total=STEPS)
    writer = MetricsWriter(run.metrics_path)
    for step in range(1, STEPS + 1):
        writer.add(step, 1 / step, 1e-3, 0.5, 100.0, step * 0.5)
        if step % 50 == 0:
            counts = np.full(50, 10, np.int64)
            writer.add_timesteps(step, counts * (1.0 + np.arange(50)) / step, counts)
            writer.add_event(step, HELD_OUT, f"{2 / step:.9g}")
    writer.add_event(STEPS // 2, "resumed", "resumed from step 200")
    writer.close()
    for step in (100, 200, 300, 400):
        save_grid(run.sample_path(step), np.full((4, 8, 8, 3), step // 2, np.uint8), settings={"step": step})
    return run


def add_probes(run: Run) -> None:
    """Of every kind, at four steps: halved each time, and held out a third as fast."""
    with_values = MetricsWriter(run.metrics_path)
    times = np.linspace(8, 992, 64)
    with_values.add_series(100, TIMES, times)
    for place, step in enumerate((100, 200, 300, 400)):
        for kind in KINDS:
            share = 0.5 if "train" in kind else 0.8
            with_values.add_series(step, SERIES[kind], share**place * (1 + times / 1000))
    with_values.close()


def add_quality(run: Run) -> None:
    """Two measurements in two feature spaces."""
    for step in (200, 400):
        space = SpaceResult(
            kid=0.0123,
            kid_low=0.0100,
            kid_high=0.0150,
            fd=12.5,
            fd_low=11.0,
            fd_high=14.0,
            density=0.81,
            coverage=0.72,
            floor_kid=0.0003,
            floor_fd=3.25,
        )
        bits = BitsResult(total=3.21, error=0.02, prior=0.001, decoder=0.1, pictures=100, held_out=True)
        result = QualityResult(
            step=step,
            weights="ema",
            count=1000,
            sampler="unipc",
            sampler_steps=20,
            seed=0,
            spaces={"folder": space, "strange": space},
            bits=bits,
        )
        save_quality(run.folder, result)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "flowers-1")
