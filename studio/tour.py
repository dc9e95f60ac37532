"""Drives the real window through the main job: real clicks, real signals, a picture of each stage.

It is the end-to-end test and the source of the README's pictures. The script below is a generator: what it yields is a
condition to wait for; a timer asks until it holds.
"""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QSlider, QSpinBox, QWidget

from .lateness import LatenessMeter
from .training.state import TrainingState

if TYPE_CHECKING:
    from .main_window import MainWindow

POLL_MS = 20
STAGE_TIMEOUT_S = 180.0
DDIM_STEPS, DDPM_STEPS = 25, 50

#: What the script waits for: a sentence and a question.
Wait = tuple[str, Callable[[], bool]]
W = TypeVar("W", bound=QWidget)


class TourError(Exception):
    """A stage that was not reached."""


class Tour(QObject):
    """One drive through the window. `begin` before the window is shown; it closes the window at the end."""

    def __init__(self, window: MainWindow, out: Path, *, data: Path | None, seconds: float) -> None:
        super().__init__(window)
        self._window, self._out, self._data, self._seconds = window, out, data, seconds
        self.failure: str | None = None
        self._stages: list[dict[str, Any]] = []
        self._produced: dict[str, Any] = {}
        self._meter = LatenessMeter(self)
        self._painted_s: float | None = None
        self._script: Iterator[Wait] = iter(())
        self._wait: Wait = ("the window", lambda: self._painted_s is not None)
        self._began_s = self._stage_s = self._wait_s = time.monotonic()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._poll)

    def begin(self) -> None:
        """Start to watch; the script runs once the window is painted."""
        self._window.installEventFilter(self)
        self._began_s = self._stage_s = self._wait_s = time.monotonic()
        self._script = self._drive()
        self._meter.start("starting")
        self._timer.start(POLL_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the first paint."""
        if event.type() == QEvent.Type.Paint and self._painted_s is None:
            self._painted_s = process_age_s()
        return super().eventFilter(watched, event)

    def report(self) -> dict[str, Any]:
        """What tour.json holds."""
        return {
            "painted_s": self._painted_s,
            "stages": self._stages,
            "lateness": self._meter.report(),
            "produced": self._produced,
            "failure": self.failure,
        }

    # --- the engine ----------------------------------------------------------------------------------------

    @Slot()
    def _poll(self) -> None:
        what, reached = self._wait
        try:
            if reached():
                self._wait = next(self._script)
                self._wait_s = time.monotonic()
            elif time.monotonic() - self._wait_s > STAGE_TIMEOUT_S + self._seconds:
                raise TourError(f"waited {STAGE_TIMEOUT_S + self._seconds:.0f} s in vain for {what}")
        except StopIteration:
            self._end()
        except Exception as error:
            self.failure = f"{error}\n{traceback.format_exc()}"
            self._window.grab().save(str(self._out / "failure.png"))
            self._end()

    def _end(self) -> None:
        self._timer.stop()
        self._meter.stop()
        self._window.close()

    def _picture(self, stage: str) -> None:
        """Save the window as it is, and how long it took to come here."""
        name = f"{len(self._stages) + 1:02d}-{stage}.png"
        # Drawing into a picture is the tour's own delay, not the window's.
        self._meter.stop()
        now = time.monotonic()
        self._window.grab().save(str(self._out / name))
        self._stages.append(
            {
                "stage": stage,
                "picture": name,
                "seconds": round(now - self._stage_s, 3),
                "at_s": round(now - self._began_s, 3),
            }
        )
        self._stage_s = time.monotonic()
        self._meter.go_on()

    def _find(self, kind: type[W], name: str) -> W:
        found = self._window.findChild(kind, name)
        if not isinstance(found, kind):
            raise TourError(f"there is no {kind.__name__} called {name!r}")
        return found

    def _click(self, name: str) -> None:
        widget = self._find(QWidget, name)
        if not widget.isEnabled():
            raise TourError(f"{name!r} cannot be pressed: {widget.toolTip()}")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def _choose(self, name: str, data: str) -> None:
        combo = self._find(QComboBox, name)
        index = combo.findData(data)
        if index < 0:
            raise TourError(f"{name!r} does not offer {data!r}")
        combo.setCurrentIndex(index)
        combo.activated.emit(index)

    def _arrived(self) -> int:
        """How many frames of the shown denoising there are."""
        recording = self._window.sampler.recording if self._window.sampler is not None else None
        return 0 if recording is None else recording.arrived

    @staticmethod
    def _after(seconds: float) -> Wait:
        until = time.monotonic() + seconds
        return f"{seconds} s", lambda: time.monotonic() >= until

    # --- the script ----------------------------------------------------------------------------------------

    def _drive(self) -> Iterator[Wait]:
        yield self._after(0.1)
        self._picture("welcome")
        yield "the rooms", lambda: self._window.training is not None and self._window.sampler is not None
        yield from self._open_pictures()
        yield from self._train()
        yield from self._sample()
        yield from self._export()

    def _open_pictures(self) -> Iterator[Wait]:
        if self._data is None:
            self._click("try_faces")
        else:
            self._window.dataset.open_folder(self._data)
        yield "the pictures", lambda: self._window.project.scan is not None
        scan = self._window.project.scan
        assert scan is not None
        self._produced["pictures"] = len(scan.pictures)
        self._produced["skipped"] = len(scan.skipped)
        yield "torch", lambda: bool(self._window.device_menu.known)
        yield self._after(0.6)  # thumbnails come in
        slider = self._find(QSlider, "forward_t")
        slider.setValue(slider.maximum() * 2 // 5)
        yield self._after(0.4)
        self._picture("dataset")

    def _train(self) -> Iterator[Wait]:
        training = self._window.training
        assert training is not None
        self._click("room_training")
        yield self._after(0.8)
        self._picture("training-settings")
        self._click("start")
        yield "the start", lambda: training.state is TrainingState.PREPARING or training.step > 0
        self._picture("preparing")
        yield "the first step", lambda: training.step > 0
        self._meter.start("training")
        yield self._after(self._seconds * 0.4)
        self._picture("training")
        self._click("start")
        yield "the pause", lambda: training.state is TrainingState.PAUSED
        held_at = training.step
        yield self._after(0.5)
        if training.step > held_at + 1:
            raise TourError("it goes on training while paused")
        self._picture("paused")
        self._click("start")
        yield "the training to go on", lambda: training.step > held_at
        self._meter.start("sampling-while-training")
        yield from self._sample_in_training()
        self._click("room_training")
        self._meter.start("training")
        yield self._after(self._seconds * 0.6)
        self._picture("training-later")
        self._click("stop")
        yield "the end of training", lambda: training.state is TrainingState.FINISHED
        self._picture("stopped")
        run = self._window.project.run
        assert run is not None
        self._produced |= {
            "steps": training.step,
            "run": run.folder.name,
            "checkpoints": len(list(run.checkpoints_folder.glob("*.json"))),
        }

    def _sample_in_training(self) -> Iterator[Wait]:
        sampler = self._window.sampler
        assert sampler is not None
        self._click("room_sampler")
        yield self._after(0.3)
        self._find(QSpinBox, "sampler_steps").setValue(DDIM_STEPS)
        self._click("generate")
        yield "some frames", lambda: self._arrived() >= DDIM_STEPS // 2
        self._picture("sampling-in-training")
        yield "the samples", lambda: not sampler.sampling
        if self._arrived() != DDIM_STEPS:
            raise TourError(f"{self._arrived()} of {DDIM_STEPS} frames came")

    def _sample(self) -> Iterator[Wait]:
        from .sampler.panel import SamplerPanel  # pyqtgraph comes with it, after the first paint

        sampler = self._window.sampler
        assert sampler is not None
        self._meter.start("sampling")
        self._click("room_sampler")
        for name, steps in (("ddpm", DDPM_STEPS), ("ddim", DDIM_STEPS)):
            self._choose("sampler_choice", name)
            self._find(QSpinBox, "sampler_steps").setValue(steps)
            yield self._after(0.1)
            self._click("generate")
            yield f"{name}'s frames", lambda steps=steps: not sampler.sampling and self._arrived() == steps  # type: ignore[misc]
            self._picture(f"sampler-{name}")
            self._produced[name] = steps
        self._meter.start("scrubbing")
        panel = self._find(SamplerPanel, "")
        QTest.keyClick(panel, Qt.Key.Key_Home)
        yield self._after(0.1)
        self._picture("scrub-first")
        for _ in range(DDIM_STEPS * 3 // 5):
            QTest.keyClick(panel, Qt.Key.Key_Right)
            yield self._after(0.03)
        self._picture("scrub-middle")
        self._click("play")
        yield "the play to end", lambda: panel.shown.step == DDIM_STEPS - 1
        self._picture("scrub-last")

    def _export(self) -> Iterator[Wait]:
        sampler = self._window.sampler
        assert sampler is not None
        self._meter.start("export")
        files = {"png": self._out / "denoising.png", "gif": self._out / "denoising.gif"}
        saved: list[object] = []
        sampler.exported.connect(saved.append)
        sampler.save_png(files["png"])
        yield "the PNG", lambda: len(saved) == 1
        sampler.save_gif(files["gif"])
        yield "the GIF", lambda: len(saved) == 2
        self._produced["files"] = {kind: path.stat().st_size for kind, path in files.items()}
        yield self._after(0.3)
        self._picture("exported")


def process_age_s() -> float | None:
    """Seconds since this process was started, where the system tells."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
        uptime = float(Path("/proc/uptime").read_text().split()[0])
        return round(uptime - ticks / os.sysconf("SC_CLK_TCK"), 3)
    except (OSError, ValueError, IndexError, AttributeError):
        return None
