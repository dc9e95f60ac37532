"""Uses the real window for many minutes while it trains, and watches its memory, descriptors and event loop.

Run as a program: HOME PICTURES MINUTES. A line of JSON goes out at the end.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from studio.app.settings import Settings, keep_everything_in
from studio.app.start import Application
from studio.app.theme import theme
from studio.app.tour import LatenessMeter
from studio.sampler.panel import SamplerPanel
from studio.training.state import TrainingState as State
from studio.widgets.slider import Slider

TINY = {
    "dim": 16,
    "dim_mults": "1,2",
    "image_size": 16,
    "batch_size": 8,
    "timesteps": 100,
    "sample_steps": 10,
    "sample_count": 4,
    "steps": 10**7,
    "checkpoint_every": 500,
    "sample_every": 500,
}
#: G1 counts the median of three runs: the last stretch is cut in three.
THIRDS = 3
WAIT_S = 120.0

#: What the script waits for: seconds, or a question.
Wait = float | Callable[[], bool]
W = TypeVar("W", bound=QWidget)


def held() -> dict[str, float]:
    """Of this process: memory in MB, file descriptors, threads."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "megabytes": pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
        "descriptors": sum(1 for _ in Path("/proc/self/fd").iterdir()),
        # Not Python's own count: it remembers threads of Qt's that once asked who they are.
        "threads": sum(1 for _ in Path("/proc/self/task").iterdir()),
    }


def waited_for_a_core_s() -> float:
    """How long this thread was ready to run and was not let: another's doing, not the window's."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


class Day(QObject):
    """Goes round the rooms until the time is over, then closes the window."""

    def __init__(self, home: Path, pictures: Path, minutes: float) -> None:
        super().__init__()
        keep_everything_in(home)
        self.application = Application(sys.argv[:1], settings=Settings(home / "settings.json"))
        self.window = self.application.window
        self.window.project.set_settings(TINY)
        self._pictures, self._home = pictures, home
        self._seconds = 60.0 * minutes
        #: Sixty minutes are looked at every half minute, and G1 is asked for in the last ten.
        self._every_s, self._last_s = self._seconds / 120, self._seconds / 6
        self.held: list[dict[str, float]] = []
        self.rounds = 0
        self.waited_s = 0.0
        self.failure = ""
        self.meter = LatenessMeter(self)
        self._script = self._drive()
        self._wait: Wait = 0.0
        self._wait_from_s = self._from_s = time.monotonic()
        self._phase = ""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._poll)
        self._timer.start(20)

    def _poll(self) -> None:
        try:
            self._watch()
            now = time.monotonic()
            waited_s = now - self._wait_from_s
            ready = self._wait() if callable(self._wait) else waited_s >= self._wait
            if ready:
                self._wait, self._wait_from_s = next(self._script), now
            elif waited_s > WAIT_S:
                raise TimeoutError(f"round {self.rounds}: waited {WAIT_S:g} s in vain")
        except StopIteration:
            self._end()
        except Exception as error:
            self.failure = repr(error)
            self._end()

    def _end(self) -> None:
        self._timer.stop()
        self.meter.stop()
        self.window.close()

    def _watch(self) -> None:
        elapsed_s = time.monotonic() - self._from_s
        if elapsed_s >= len(self.held) * self._every_s:
            self.held.append({"at_s": elapsed_s, **held()})
        last_s = elapsed_s - (self._seconds - self._last_s)
        phase = f"last {int(last_s / self._last_s * THIRDS) + 1} of {THIRDS}" if last_s >= 0 else "before"
        if phase != self._phase and elapsed_s < self._seconds:
            self._phase = phase
            self.meter.start(phase)
            if phase.startswith("last 1"):
                self.waited_s = -waited_for_a_core_s()

    def _find(self, kind: type[W], name: str) -> W:
        found = self.window.findChild(kind, name)
        assert isinstance(found, kind), name
        return found

    def _click(self, name: str) -> None:
        widget = self._find(QWidget, name)
        assert widget.isEnabled(), f"{name} cannot be pressed: {widget.toolTip()}"
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def _drag(self, slider: Slider) -> Iterator[Wait]:
        for place in range(11):
            slider.setValue(slider.minimum() + (slider.maximum() - slider.minimum()) * place // 10)
            yield 0.05

    # --- the script ----------------------------------------------------------------------------------------

    def _drive(self) -> Iterator[Wait]:
        window = self.window
        yield lambda: window.sampler is not None and window.device_menu.known
        window.dataset.open_folder(self._pictures)
        yield lambda: window.project.scan is not None and not window.project.problems()
        training = window.training
        assert training is not None
        self._click("room_training")
        yield 0.5
        self._click("start")
        yield lambda: training.step > 10
        self._from_s = time.monotonic()
        self.held.clear()
        for self.rounds in count(1):
            for stage in (self._look_at_training, self._look_at_pictures, self._sample, self._rarely):
                yield from stage()
                if time.monotonic() - self._from_s >= self._seconds:
                    self.waited_s += waited_for_a_core_s()
                    return

    def _look_at_training(self) -> Iterator[Wait]:
        self._click("room_training")
        yield 2.0
        yield from self._drag(self._find(Slider, "sample_slider"))
        yield from self._drag(self._find(Slider, "smoothing"))
        yield 1.0

    def _look_at_pictures(self) -> Iterator[Wait]:
        self._click("room_dataset")
        yield 0.3
        yield from self._drag(self._find(Slider, "forward_t"))
        yield 0.5

    def _sample(self) -> Iterator[Wait]:
        sampler = self.window.sampler
        assert sampler is not None
        self._click("room_sampler")
        yield 0.2
        yield lambda: not sampler.choosing.reading
        self._click("generate")
        before = sampler.recording
        yield (
            lambda: sampler.recording is not before and sampler.recording is not None and sampler.recording.arrived > 2
        )
        panel = self._find(SamplerPanel, "")
        for key in (Qt.Key.Key_Home, *[Qt.Key.Key_Right] * 8, *[Qt.Key.Key_Left] * 4, Qt.Key.Key_End):
            QTest.keyClick(panel, key)
            yield 0.05
        yield lambda: not sampler.sampling
        self._click("play")
        yield 2.0

    def _rarely(self) -> Iterator[Wait]:
        """What nobody does every quarter minute, one a round in turn.

        G1 is about training, saving, scanning and sampling: where it is asked for, nothing else is done to the window.
        """
        window, training, sampler = self.window, self.window.training, self.window.sampler
        assert training is not None and sampler is not None
        chosen = self.rounds % 8
        if self._phase.startswith("last") and chosen in {3, 4, 7}:
            return
        match chosen:
            case 1:
                training.pause()
                yield lambda: training.state is State.PAUSED
                training.resume()
            case 2:
                sampler.save(self._home / "film.gif", "gif")
                yield 1.0
            case 3:
                theme().apply("light")
                yield 1.0
                theme().apply("dark")
            case 4:
                window.resize(1100, 680)
                yield 1.0
                window.resize(1280, 800)
            case 5:
                window.top_bar.run.menu().aboutToShow.emit()
            case 6:
                sampler.save(self._home / "step.png")
            case 7:
                self._click("stop")
                yield lambda: training.state is State.FINISHED
                self._click("start")
                yield lambda: training.state is State.RUNNING
        yield 0.5


def main(home: Path, pictures: Path, minutes: float) -> int:
    day = Day(home, pictures, minutes)
    day.application.open(None)
    status = day.application.run()
    day.application.end()
    training = day.window.training
    told = {
        "failure": day.failure,
        "rounds": day.rounds,
        "steps": 0 if training is None else training.step,
        "held": day.held,
        "lateness": day.meter.report(),
        "waited_s": day.waited_s,
        "left": day.window.threads_left,
    }
    print(json.dumps(told), flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])))
