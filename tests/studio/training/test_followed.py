"""A run that another process trains is followed live from its folder, and can go on here when that has ended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.errors import RunError
from core.runs.moving import rename_run
from core.runs.run import Run, is_run
from studio.training.state import TrainingState

from .conftest import TINY, Room


@pytest.fixture
def trained_elsewhere(scan, tmp_path: Path, qtbot):
    settings = {**TINY, "steps": 100_000, "checkpoint_every": 20, "sample_every": 20, "amp": "off", "hold_out": 0.4}
    settings |= {"held_out_every": 10}
    said = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    command = [sys.executable, "-m", "core", "train", str(scan.folder), "--run", str(tmp_path / "runs" / "other")]
    process = subprocess.Popen(
        [*command, "--preset", "sketch", "--device", "cpu", "--threads", "1", *said], stdout=subprocess.DEVNULL
    )
    try:
        qtbot.waitUntil(lambda: is_run(tmp_path / "runs" / "other"), timeout=120_000)
        run = Run.open(tmp_path / "runs" / "other")
        qtbot.waitUntil(lambda: run.state().step >= 20, timeout=120_000)
        yield run, process
    finally:
        process.terminate()
        process.wait(60)


@pytest.mark.long
def test_run_when_another_process_trains_it_is_followed_and_then_free(trained_elsewhere, room: Room, qtbot) -> None:
    run, process = trained_elsewhere
    room.controller.open_run(run.folder)
    qtbot.waitUntil(lambda: room.project.run is not None, timeout=20_000)
    live = room.panel.live
    assert live is not None
    begun, held_out, grids = live.step, len(live.held_out), len(live.samples)
    assert f"process {process.pid}" in room.transport.headline.text()
    assert not room.transport.start.isEnabled() and str(process.pid) in room.transport.start.toolTip()
    qtbot.waitUntil(lambda: live.step >= begun + 40, timeout=120_000)
    qtbot.waitUntil(lambda: len(live.held_out) > held_out and len(live.samples) > grids, timeout=60_000)
    assert len(live.curve) == live.step and live.marks[-1] >= 20
    assert live.timesteps.steps > 0
    qtbot.waitUntil(lambda: len(live.looks.own) > 0, timeout=60_000)
    assert live.strips.steps and len(live.curves["copy_distance"]) and len(live.curves["held_out_ema"])
    assert np.isfinite(live.looks.own.rows.means()[-1]).any(), "of pictures, not only of steps"
    assert any(one.kind == "saved" and one.step > begun for one in live.happened)
    with pytest.raises(RunError):  # whoever trains it has it
        rename_run(run.folder, "elsewhere")
    process.terminate()
    assert process.wait(60) == 143
    qtbot.waitUntil(lambda: room.panel.live is not live, timeout=20_000)  # it is read as it was left
    assert room.panel.live is not None and room.panel.live.step == run.state().step
    assert room.transport.start.isEnabled() and room.controller.state is TrainingState.FINISHED
