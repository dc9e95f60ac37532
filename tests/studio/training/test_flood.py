"""Two thousand steps a second reach the window without flooding it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from pytestqt.qtbot import QtBot

from core.pictures.folder.scan import Scan
from core.settings import RunConfig
from core.training.events import Event, Finished, Started, StepDone
from studio.training.state import TrainingState as State
from tests.figures import figure
from tests.studio.training.conftest import TINY, Room

RATE = 2000
SECONDS = 2.0


class FastJob:
    """Steps at RATE a second that compute nothing."""

    run_record = None

    def run(self) -> Iterator[Event]:
        total = int(RATE * SECONDS)
        yield Started(step=0, total=total, device="cpu", parameters=1, pictures=6, resumed=False)
        draw = np.random.default_rng(0)
        timesteps, losses = draw.integers(0, 50, (total, 2)), draw.random((total, 2), dtype=np.float32)
        began = time.monotonic()
        for step in range(1, total + 1):
            while time.monotonic() - began < step / RATE:
                time.sleep(0.0002)
            loss = float(losses[step - 1].mean())
            yield StepDone(
                step, total, loss, 1e-3, 1.0, 2.0 * RATE, step / RATE, 2, timesteps[step - 1], losses[step - 1]
            )
        yield Finished(step=total, total=total, stopped=False, elapsed_s=SECONDS)

    def ema_snapshot(self) -> Any: ...


class PaintCounter(QObject):
    """Counts how often a widget is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.paints = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.paints += event.type() == QEvent.Type.Paint
        return False


@pytest.mark.clock
def test_a_flood_of_steps_is_drawn_a_few_times_a_second(
    make_room: Callable[..., Room], scan: Scan, qtbot: QtBot
) -> None:
    def make_job(config: RunConfig, folder: Path, **how: Any) -> Any:
        return FastJob()

    room = make_room(make_job)
    room.project.set_settings({**TINY, "steps": int(RATE * SECONDS)})
    room.project.set_scan(scan)
    counter = PaintCounter()
    view = room.panel.plots.plot._view.viewport()
    view.installEventFilter(counter)
    turns: list[float] = []
    room.controller._running.events.connect(lambda _: turns.append(time.monotonic()))
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.state is State.FAILED or room.controller.step > 0, timeout=20_000)
    began = time.monotonic()
    qtbot.waitUntil(lambda: not room.controller.state.busy, timeout=30_000)
    took = time.monotonic() - began
    live = room.panel.live
    assert live is not None
    figure(
        "G7",
        demanded=f"{RATE:,} events/s: ≤ 30 repaints/s, none lost",
        measured=f"{counter.paints / took:.0f} repaints/s, {RATE * SECONDS - len(live.curve):.0f} lost",
    )
    assert len(live.curve) == RATE * SECONDS, "no step is lost"
    assert counter.paints <= took * 1000 / 100 + 10, "at most one painting each tick"
    assert len(turns) <= took * 1000 / 33 + 5, "the worker is read 30 times a second"
    assert np.diff(turns).max() < 1.0, "the window is never away for a second"
