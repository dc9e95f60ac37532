"""Opens the real window again and again and ends it in the middle of something. Run as a program.

Each window is a process of its own, forked from this one: a `fresh` one before torch and the rooms are imported, so
that it imports them itself, the others after. Cases come as a JSON list on the command line; a line of JSON goes out
for each.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer

from studio.app import warmup
from studio.app.settings import Settings, keep_everything_in
from studio.app.start import Application
from studio.training.state import TrainingState

TINY = {
    "dim": 8,
    "dim_mults": "1,2",
    "image_size": 8,
    "timesteps": 50,
    "sample_steps": 5,
    "steps": 10**6,
    "checkpoint_every": 10**6,
}
#: Nothing takes longer than this.
LIMIT_S = 60.0


class Case(QObject):
    """One window, driven to where it is to be ended."""

    def __init__(self, home: Path, pictures: Path, kind: str, how: str, delay_s: float) -> None:
        super().__init__()
        self._pictures, self._kind, self._how, self._delay_s = pictures, kind, how, delay_s
        keep_everything_in(home)
        self.application = Application(sys.argv[:1], settings=Settings(home / "settings.json"))
        self.window = self.application.window
        self.window.installEventFilter(self)
        if kind == "saving":
            self.window.project.set_settings(TINY | {"checkpoint_every": 1, "dim": 32})
        else:
            self.window.project.set_settings(TINY)
        self._script = self._drive()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._poll)
        self._timer.start(3)
        self.requested_s = self.hidden_s = 0.0
        self.step_then = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide and self.requested_s:
            self.hidden_s = time.monotonic()
        return False

    def _poll(self) -> None:
        for ready in self._script:
            if not ready:
                return
        self._timer.stop()
        QTimer.singleShot(round(self._delay_s * 1000), self._end)

    def _end(self) -> None:
        self.step_then = 0 if self.window.training is None else self.window.training.step
        self.requested_s = time.monotonic()
        if self._how == "close":
            self.window.close()
        else:
            os.kill(os.getpid(), getattr(signal, self._how))

    def _drive(self) -> Any:
        """Yields False while there is something to wait for, True when it has come."""
        window, kind = self.window, self._kind
        if kind == "starting":
            return
        while window.sampler is None or not window.device_menu.known:
            yield False
        window.dataset.open_folder(self._pictures)
        if kind == "scanning":
            return
        while window.project.scan is None or window.project.problems():
            yield False
        training, sampler = window.training, window.sampler
        assert training is not None and sampler is not None
        training.start()
        if kind == "preparing":
            return
        while training.step < 3:
            yield False
        if kind == "paused":
            training.pause()
            while training.state is not TrainingState.PAUSED:
                yield False
        elif kind in {"sampling", "exporting"}:
            window.show_room("sampler")
            sampler.generate()
            while sampler.recording is None or not sampler.recording.arrived:
                yield False
            if kind == "exporting":
                while sampler.sampling:
                    yield False
                sampler.save(self._pictures.parent / f"{os.getpid()}.gif", "gif")
        elif kind == "stopping":
            training.stop()
        yield True

    def report(self, status: int) -> dict[str, Any]:
        run = self.window.project.run
        return {
            "status": status,
            "run": None if run is None else str(run.folder),
            "step": self.step_then,
            "requested_s": self.requested_s,
            "hidden_s": self.hidden_s - self.requested_s,
            "left": self.window.threads_left,
        }


def run_case(home: Path, pictures: Path, case: dict[str, Any]) -> int:
    made = Case(home, pictures, case["kind"], case["how"], case["delay_s"])
    made.application.open(None)
    status = made.application.run()
    made.application.end()
    (home / "report.json").write_text(json.dumps(made.report(status)))
    return status


def forked(home: Path, pictures: Path, case: dict[str, Any]) -> dict[str, Any]:
    home.mkdir(parents=True)
    pid = os.fork()
    if pid == 0:
        complaints = os.open(home / "stderr", os.O_WRONLY | os.O_CREAT, 0o644)
        os.dup2(complaints, 1)
        os.dup2(complaints, 2)
        faulthandler.dump_traceback_later(LIMIT_S - 2)  # where it hangs, if it does
        try:
            status = run_case(home, pictures, case)
        except BaseException:
            traceback.print_exc()
            os._exit(99)
        sys.exit(status)
    until, ended, status = time.monotonic() + LIMIT_S, 0, 0
    while not ended and time.monotonic() < until:
        ended, status = os.waitpid(pid, os.WNOHANG)
        time.sleep(0.005)
    gone_s = time.monotonic()
    if not ended:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    report = home / "report.json"
    told = json.loads(report.read_text()) if report.is_file() else {"requested_s": gone_s, "hidden_s": 99.0}
    return {
        **case,
        **told,
        "exit": os.waitstatus_to_exitcode(status) if ended else None,
        "gone_s": gone_s - told["requested_s"],
        "stderr": (home / "stderr").read_text(),
    }


def main(root: Path, pictures: Path, cases: list[dict[str, Any]]) -> None:
    fresh = [case for case in cases if case["fresh"]]
    for number, case in enumerate(fresh + [case for case in cases if not case["fresh"]]):
        if number == len(fresh):
            for source in (warmup.load_libraries(), warmup.import_rooms(), warmup.load_torch()):
                for _ in source:
                    pass
        print(json.dumps(forked(root / f"{number}", pictures, case)), flush=True)


if __name__ == "__main__":
    # In a case's own process this returns with its exit status, by way of SystemExit.
    main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
