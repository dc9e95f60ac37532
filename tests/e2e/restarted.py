"""The program, driven: it chooses Chinese and presses Restart now, or makes a picture and presses Ctrl and +; says what
has become of it, and closes.

Run as `python -m tests.e2e.restarted`, with PICTURES (a folder), TRAINS (whether it trains then), ROOM (where it is
then), LARGER (whether it is the key) and REPORT (a file, a line of JSON for each start) in the environment, as a
restart keeps no other words.
"""

from __future__ import annotations

import faulthandler
import json
import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox

from studio.app.start import Application
from studio.app.window import MainWindow
from studio.cli import main
from studio.training.state import TrainingState
from tests.e2e.close_window import TINY

TRAINS, ROOM = bool(os.environ.get("TRAINS")), os.environ.get("ROOM", "")
LARGER = bool(os.environ.get("LARGER"))


def drive(window: MainWindow) -> Iterator[bool]:
    """False while there is something to wait for."""
    while window.sampler is None or window.training is None or not window.device_menu.known:
        yield False
    while window.project.scan is None or window.project.problems():
        yield False
    training = window.training
    while TRAINS and (training.state is not TrainingState.RUNNING or training.step < 3):
        if training.state is TrainingState.READY and "--restarted" not in sys.argv:
            training.start()
        yield False
    if "--restarted" not in sys.argv:
        window.show_room(ROOM)
        if LARGER:
            yield from made_larger(window)
        menu = window.settings_menu
        next(action for action in menu._languages.actions() if action.data() == "zh_CN").trigger()
        box = next(box for box in window.findChildren(QMessageBox) if box.isVisible())
        report(window)
        next(button for button in box.buttons() if button.text() == "Restart now").click()
        return
    while LARGER and window.sampler.recording is None:
        yield False
    report(window)
    window.close()


def made_larger(window: MainWindow) -> Iterator[bool]:
    """A generation is made of what is being trained, its second step looked at, and everything made larger."""
    sampler = window.sampler
    assert sampler is not None
    while not sampler.panel.head.generate.isEnabled():
        yield False
    sampler.panel.head.fields.steps.setValue(4)
    sampler.generate()
    while sampler.recording is None or sampler.recording.kept_at is None:
        yield False
    sampler.panel.go_to(1, 2)
    for action in (window.presentation.quiet, window.presentation.larger):
        action.trigger()
    window.presentation.restart_wished.disconnect(window.restart)
    window.presentation.restart_wished.connect(partial(report_and_restart, window))
    while True:
        yield False


def report_and_restart(window: MainWindow) -> None:
    report(window)
    window.restart()


def report(window: MainWindow) -> None:
    assert window.training is not None
    run = window.project.run
    row = {
        "words": sys.orig_argv[1:],
        "process": os.getpid(),
        "room": window.settings["room"],
        "button": window.transport.stop.accessibleName(),
        "folder": window.settings["folder"],
        "run": None if run is None else str(run.folder),
        "step": window.training.step,
        "ratio": window.devicePixelRatioF(),
        "quiet": window.transport.isHidden(),
        "place": window.sampler.place() if window.sampler is not None else {},
    }
    with Path(os.environ["REPORT"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


class Driven(Application):
    """Polled as a person would look."""

    def open(self, path: Path | None, *, restarted: bool = False) -> None:
        super().open(path, restarted=restarted)
        if not restarted:
            self.window.project.set_settings(TINY)
        self.script, self.timer = drive(self.window), QTimer(self.window)
        self.timer.timeout.connect(self.poll)
        self.timer.start(3)

    def poll(self) -> None:
        if next(self.script, True):
            self.timer.stop()


if __name__ == "__main__":
    # Whoever waits for this one gives up soon after: then it says where it stands.
    faulthandler.dump_traceback_later(75, exit=True)
    from studio.app import start as app

    app.Application = Driven  # type: ignore[misc]
    sys.exit(main())
