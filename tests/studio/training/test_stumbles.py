"""What a training stumbles over and goes on after: told in the banner and the log, marked in the plot, never a stop."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

from core.errors import Phrase
from core.pictures.folder.scan import Scan
from core.settings import RunConfig
from core.training import step
from core.training import step as batch_loss
from core.training.events import (
    CheckpointSaved,
    Diverged,
    Event,
    Finished,
    PicturesChanged,
    RolledBack,
    Samples,
    SaveFailed,
    SettingsNoted,
    Started,
    Wishes,
)
from studio.training import narration as notices
from studio.training.live_run import LiveRun
from studio.training.state import TrainingState as State
from tests.figures import figure
from tests.studio.training.conftest import TINY, Room
from tests.studio.training.test_live_run import started, step_done

FULL = Phrase("system.no-space")
ROLLED_BACK = RolledBack(
    step=20,
    failed_step=31,
    reason=Phrase("training.loss-became", value=float("nan")),
    count=1,
    of=3,
    incident=Path("/runs/one/incidents/incident-00000031.json"),
)


class TellingJob:
    """A training that tells given events and then waits to be stopped."""

    run_record = None

    def __init__(self, events: list[Event], wishes: Wishes) -> None:
        self._events = events
        self._wishes = wishes

    def run(self) -> Iterator[Event]:
        yield from self._events
        self._wishes.stop.wait(20)
        yield Finished(step=20, total=1000, stopped=True, elapsed_s=1.0)

    def ema_snapshot(self) -> Any:
        raise AssertionError


@pytest.fixture
def told(make_room: Callable[..., Room], scan: Scan, qtbot: QtBot) -> Callable[[list[Event]], Room]:
    def tell(events: list[Event]) -> Room:
        def make_job(config: RunConfig, folder: Path, **how: Any) -> TellingJob:
            return TellingJob([started(0), *events], how["wishes"])

        room = make_room(make_job)
        room.project.set_settings(TINY | {"timesteps": 1000})
        room.project.set_scan(scan)
        room.controller.start()
        qtbot.waitUntil(lambda: room.controller.state is State.RUNNING, timeout=20_000)
        return room

    return tell


def grid(at: int) -> Samples:
    return Samples(step=at, images=np.zeros((4, 8, 8, 3), dtype=np.uint8), path=Path(f"{at}.png"))


def test_going_back_takes_the_curve_the_marks_and_the_samples_back() -> None:
    live = LiveRun(RunConfig(), 0.9)
    before: list[Event] = [started(0), *(step_done(n) for n in range(1, 21)), CheckpointSaved(20, Path("x")), grid(20)]
    # All in one bundle: the steps before the event are counted before they are taken back.
    live.take([*before, *(step_done(n) for n in range(21, 31)), grid(30), ROLLED_BACK, step_done(21, loss=5.0)])
    assert live.curve.steps.tolist() == list(range(1, 22))
    assert live.curve.raw[-1] == 5.0
    assert (live.step, live.marks, live.failed, live.samples.steps) == (21, [20], [31], [20])


def test_a_rollback_is_told_everywhere_and_marked(
    told: Callable[[list[Event]], Room], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(notices.QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    room = told([*(step_done(n) for n in range(1, 31)), ROLLED_BACK])
    words = "Step 31: the loss became nan. Went back to step 20 and goes on with other pictures (1 of 3 times)"
    qtbot.waitUntil(lambda: room.panel.banner.text() == words)
    assert room.panel.banner.isVisible() and room.panel.banner.property("banner") == "warning"
    assert words in "\n".join(room.panel.log.lines()).replace("\n", " ") or words in room.panel.log.text.toPlainText()
    assert room.transport.message.text() == words
    assert room.controller.state is State.RUNNING, "it goes on"
    room.controller._display.draw()
    plot = room.panel.plots.plot
    red = [line.value() for line in plot._marks["error"] if line.isVisible()]
    assert red == [31]
    assert plot.x_view()[1] >= 31, "the axis waits for the curve to come there again"
    live = room.panel.live
    assert live is not None and live.curve.steps.tolist() == list(range(1, 21))
    assert room.panel.banner.action_button.text() == "Show the record"
    assert "incident-00000031.json" in room.panel.banner.action_button.toolTip()
    room.panel.banner.action_button.click()
    assert opened == ["/runs/one/incidents"]
    assert not room.panel.banner.isVisible()
    room.controller.stop()
    qtbot.waitUntil(lambda: room.controller.state is State.FINISHED)


@pytest.mark.family
@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Diverged(step=120, ratio=2.74), "At step 120 the loss is 2.7 times its lowest"),
        (
            SaveFailed(step=500, what="checkpoint", reason=FULL),
            "The checkpoint of step 500 could not be saved: the disk is full. The training goes on",
        ),
        (
            SaveFailed(step=500, what="checkpoint", reason=FULL, last=True),
            "The last checkpoint, of step 500, could not be saved: the disk is full. What was learnt is kept",
        ),
        (PicturesChanged(step=9, before=40, now=25), "The pictures have changed since the last checkpoint (25 now, 40"),
        (
            SettingsNoted(Phrase("note.holds-out-none", setting="hold_out", fraction=0.001, count=5)),
            "Hold out=0.001 holds out none of the 5 pictures",
        ),
        (
            SaveFailed(step=500, what="samples", reason=FULL),
            "The samples of step 500 could not be saved",
        ),
        (
            SaveFailed(step=500, what="metrics", reason=FULL),
            "From step 500 on the numbers could not be",
        ),
    ],
)
def test_what_is_no_reason_to_stop_is_told_and_the_training_goes_on(
    told: Callable[[list[Event]], Room], qtbot: QtBot, event: Event, words: str
) -> None:
    room = told([step_done(1), event])
    qtbot.waitUntil(lambda: room.panel.banner.text().startswith(words))
    assert room.panel.banner.property("banner") == "warning"
    assert not room.panel.banner.action_button.isVisible()
    assert words in room.panel.log.text.toPlainText()
    assert room.controller.state is State.RUNNING
    room.controller.stop()
    qtbot.waitUntil(lambda: room.controller.state is State.FINISHED)


def broken_losses(monkeypatch: pytest.MonkeyPatch, when: Callable[[int], bool]) -> list[int]:
    """Make the loss NaN in the calls of the objective, counted from 1, for which `when` holds."""
    calls: list[int] = []
    whole = batch_loss.batch_loss

    def broken(*arguments: Any, **how: Any) -> Any:
        calls.append(len(calls) + 1)
        t, raw, weighted = whole(*arguments, **how)
        return (t, raw, weighted * math.nan) if when(calls[-1]) else (t, raw, weighted)

    monkeypatch.setattr(step, "batch_loss", broken)
    return calls


def finite(folder: Path) -> bool:
    from safetensors.torch import load_file

    files = list(folder.glob("*.safetensors"))
    return bool(files) and all(bool(torch.isfinite(v).all()) for f in files for v in load_file(f).values())


def test_a_real_nan_is_gone_back_from_and_the_run_ends_well(
    room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_losses(monkeypatch, lambda call: call == 9)
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.state is State.FINISHED, timeout=60_000)
    live, run = room.panel.live, room.project.run
    assert live is not None and run is not None
    assert live.curve.steps.tolist() == list(range(1, 13))
    assert live.failed == [9] and live.complete
    assert "Went back to step 6" in room.panel.log.text.toPlainText()
    assert len(list(run.incidents_folder.iterdir())) == 1
    assert finite(run.checkpoints_folder)


@pytest.mark.long
def test_a_nan_that_comes_back_stops_the_run_with_the_reason_and_a_way_on(
    room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy = threading.Event()
    broken_losses(monkeypatch, lambda call: call > 8 and not healthy.is_set())
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.state is State.FAILED, timeout=60_000)
    banner = room.panel.banner
    assert "What was saved up to step 6 is good" in banner.text() and banner.property("banner") == "error"
    assert room.panel.log.text.toPlainText().count("Went back to step 6") == 3
    folder = room.project.runs_folder / "dots-01"
    good = finite(folder / "checkpoints")
    figure(
        "G5",
        demanded="no NaN in a checkpoint; back three times, then stopped with the reason; goes on when mended",
        measured=f"checkpoints {'finite' if good else 'NOT FINITE'}, back 3 times, then told (window)",
    )
    assert good
    healthy.set()
    assert banner.action_button.text() == "Halve the learning rate"
    banner.action_button.click()
    qtbot.waitUntil(lambda: room.controller.state is State.FINISHED, timeout=60_000)
    run = room.project.run
    assert run is not None and run.folder == folder and room.controller.step == 12
    assert [change.at_step for change in run.changes] == [6]


def test_a_pause_that_cannot_save_says_so(make_room: Callable[..., Room], scan: Scan, qtbot: QtBot) -> None:
    class FullDisk(TellingJob):
        def run(self) -> Iterator[Event]:
            yield Started(step=0, total=12, device="cpu", parameters=1, pictures=6, resumed=False)
            yield step_done(1)
            self._wishes.save.wait(20)
            yield step_done(2)
            yield Diverged(step=2, ratio=3.0)  # comes between a step and its checkpoint
            yield SaveFailed(step=2, what="checkpoint", reason=FULL)
            self._wishes.stop.wait(20)
            yield Finished(step=2, total=12, stopped=True, elapsed_s=1.0)

    room = make_room(lambda config, folder, **how: FullDisk([], how["wishes"]))
    room.project.set_settings(TINY | {"timesteps": 1000})
    room.project.set_scan(scan)
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.step == 1, timeout=20_000)
    room.controller.pause()
    qtbot.waitUntil(lambda: room.controller.state is State.PAUSED, timeout=20_000)
    assert room.transport.message.text() == "Paused at step 2"
    assert "the disk is full" in room.panel.banner.text()
    room.controller.stop()
    qtbot.waitUntil(lambda: room.controller.state is State.FINISHED)
