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
from core.training.events import CheckpointSaved, Event, Finished, Started, StepDone
from studio.app.tour import LatenessMeter
from studio.training import controller
from studio.training.curves.progress import X_AXES
from studio.training.live_run import MOST_HAPPENED, LiveRun
from studio.training.state import TrainingState as State
from tests.clocks import processor_s
from tests.figures import figure
from tests.studio.training.conftest import TINY, Room

RATE = 2000
SECONDS = 2.0


class FastJob:
    """Steps at RATE a second that compute nothing, after the step `first`."""

    run_record = None

    def __init__(self, first: int = 0, seconds: float = SECONDS) -> None:
        self.first, self.seconds = first, seconds

    def run(self) -> Iterator[Event]:
        total, first = int(RATE * self.seconds), self.first
        resumed = first > 0
        yield Started(step=first, total=first + total, device="cpu", parameters=1, pictures=6, resumed=resumed)
        draw = np.random.default_rng(0)
        timesteps, losses = draw.integers(0, 50, (total, 2)), draw.random((total, 2), dtype=np.float32)
        began = time.monotonic()
        for step in range(1, total + 1):
            while time.monotonic() - began < step / RATE:
                time.sleep(0.0002)
            loss = float(losses[step - 1].mean())
            yield StepDone(
                first + step,
                first + total,
                loss,
                1e-3,
                1.0,
                2.0 * RATE,
                (first + step) / RATE,
                2,
                timesteps[step - 1],
                losses[step - 1],
            )
            if step % 100 == 0:
                yield CheckpointSaved(first + step, Path("checkpoints") / f"step-{first + step:08d}.json")
        yield Finished(step=first + total, total=first + total, stopped=False, elapsed_s=self.seconds)

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


ROWS = 10**7
#: Shown at once: these, and the timesteps.
SHOWN = ("loss", "grad_norm", "learning_rate")


def long_run(config: RunConfig) -> LiveRun:
    """A run that has taken ROWS steps, with a number of each in the plots that are shown."""
    live = LiveRun(config, 0.97)
    steps = np.arange(1, ROWS + 1)
    values = np.random.default_rng(0).lognormal(size=ROWS)
    for source in SHOWN:
        live.step = ROWS
        live.take_history(source, steps, values)
    live.places.add(steps.astype(float), np.full(ROWS, 2.0), steps / RATE)
    return live


@pytest.mark.clock
@pytest.mark.long
def test_the_whole_dashboard_over_ten_million_rows_when_steps_flood_in_stays_fluid(
    make_room: Callable[..., Room], scan: Scan, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 6.0
    room = make_room(lambda config, folder, **how: FastJob(ROWS, seconds))
    room.project.set_settings({**TINY, "steps": 2 * ROWS})
    room.project.set_scan(scan)
    made = long_run(room.project.config)
    monkeypatch.setattr(controller, "LiveRun", lambda *_: made)
    panel = room.panel
    panel.resize(1880, 900)
    panel.plots.choose_below(list(SHOWN[1:]))
    panel.plots.choose_axis("time")
    panel.log.ways.choose("events")
    views = [view.plot._view.viewport() for view in panel.plots.views]
    counters = [PaintCounter() for _ in (*views, panel)]
    for watched, counter in zip((*views, panel.timesteps.plot._view.viewport()), counters, strict=True):
        watched.installEventFilter(counter)
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.step > ROWS, timeout=60_000)
    meter = LatenessMeter(panel)
    meter.start("flood")
    before, began = [counter.paints for counter in counters], time.monotonic()
    qtbot.waitUntil(lambda: not room.controller.state.busy, timeout=60_000)
    took = time.monotonic() - began
    meter.stop()
    late = meter.report()["flood"]
    repaints = max(counter.paints - past for counter, past in zip(counters, before, strict=True)) / took
    figure(
        "G7",
        demanded=f"{RATE:,} events/s over 10⁷ rows, {len(SHOWN)} plots and the timesteps: ≤ 30 repaints/s, "
        "late ≤ 50 ms (p99), ≤ 100 ms",
        measured=f"{repaints:.0f} repaints/s of a plot; late by {late['p99_ms']:.0f} ms (p99), {late['max_ms']:.0f} ms",
    )
    assert len(made.curve) == ROWS + int(RATE * seconds), "no step is lost"
    assert repaints <= 30
    assert len(panel.log.events.model.rows) == len(made.happened) <= MOST_HAPPENED
    # Demanded is the median of three runs on a quiet machine; it was late by 365 and 517 ms before this was mended.
    assert late["p99_ms"] <= 100, late
    assert late["max_ms"] <= 500, late


@pytest.mark.clock
@pytest.mark.long
def test_ten_million_rows_when_drawn_over_any_axis_cost_little_more_than_few(room: Room) -> None:
    """The time of a drawing follows the pixels, and no axis makes it another kind of work."""
    few = LiveRun(room.project.config, 0.97)
    few.step = 5000
    few.take_history("loss", np.arange(1, 5001), np.random.default_rng(0).lognormal(size=5000))
    few.places.add(np.arange(1.0, 5001), np.full(5000, 2.0), np.arange(1, 5001) / RATE)
    room.panel.resize(1880, 900)
    plot = room.panel.plots.plot

    def draw() -> None:
        for _ in range(10):
            plot.refresh()
            plot.grab()

    times: dict[str, list[float]] = {}
    for live in (few, long_run(room.project.config)):
        room.panel.show_run(live)
        for axis in X_AXES:
            room.panel.plots.choose_axis(axis)
            draw()
            times.setdefault(axis, []).append(min(processor_s(draw) for _ in range(3)) / 10 * 1000)
    said = " / ".join(f"{many:.1f}" for _, many in times.values())
    figure("G7", demanded="10⁷ rows are drawn over steps / pictures / time", measured=f"in {said} ms")
    assert all(many < 8 * short + 20 for short, many in times.values()), times
