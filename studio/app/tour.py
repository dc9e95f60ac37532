"""Drives the real window through the main job: real clicks, real signals, a picture of each stage.

It is the end-to-end test and the source of the README's pictures. The script below is a generator: what it yields is a
condition to wait for; a timer asks until it holds.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import traceback
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QSlider, QSpinBox, QWidget

from core.cli.options import a_path, number
from core.errors import SamplingError

from ..training.state import TrainingState

if TYPE_CHECKING:
    from ..inside.network.controller import NetworkController
    from ..inside.tricks.controller import TricksController
    from .window import MainWindow


# --- How late the event loop is: a timer that should fire every few milliseconds, and by how much it missed ---

INTERVAL_MS = 10
#: What is told apart, and the latest that is; beyond it only the very latest is known.
BIN_MS, LATEST_MS = 0.05, 2000


class _Phase:
    """Counts instead of values: a day of ticks takes no more room than a second of them."""

    def __init__(self) -> None:
        self._bins = array("L", bytes(array("L").itemsize * (round(LATEST_MS / BIN_MS) + 1)))
        self._max_ms = 0.0
        self.ticks = 0

    def add(self, late_ms: float) -> None:
        self._bins[min(int(late_ms / BIN_MS), len(self._bins) - 1)] += 1
        self._max_ms = max(self._max_ms, late_ms)
        self.ticks += 1

    def _quantile(self, share: float) -> float:
        """The upper end of the bin that holds it, so that nothing is told better than it was."""
        rank, seen = round((self.ticks - 1) * share), 0
        for place, count in enumerate(self._bins):
            seen += count
            if seen > rank:
                return min((place + 1) * BIN_MS, self._max_ms)
        return self._max_ms

    def summary(self) -> dict[str, float]:
        return {
            "p50_ms": round(self._quantile(0.5), 2),
            "p99_ms": round(self._quantile(0.99), 2),
            "max_ms": round(self._max_ms, 2),
            "ticks": self.ticks,
        }


class LatenessMeter(QObject):
    """Collects the lateness of each tick in milliseconds, split by named phases."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._phases: dict[str, _Phase] = {}
        self._current = _Phase()
        self._due_s = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self, phase: str) -> None:
        """Begin to measure, or go on under another name."""
        self._current = self._phases.setdefault(phase, _Phase())
        self.go_on()

    def go_on(self) -> None:
        """Measure again after a `stop`, in the same phase."""
        self._due_s = time.perf_counter() + INTERVAL_MS / 1000
        self._timer.start(INTERVAL_MS)

    def stop(self) -> None:
        """End measuring."""
        self._timer.stop()

    @Slot()
    def _tick(self) -> None:
        now = time.perf_counter()
        self._current.add(max(0.0, (now - self._due_s) * 1000))
        self._due_s = now + INTERVAL_MS / 1000

    def report(self) -> dict[str, dict[str, float]]:
        """Per phase: p50, p99, max (milliseconds) and the number of ticks."""
        return {name: phase.summary() for name, phase in self._phases.items() if phase.ticks}


# --- tour ------------------------------------------------------------------------------------------------

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
        yield from self._look_inside()
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
        from ..sampler.panel import SamplerPanel  # pyqtgraph comes with it, after the first paint

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
        QTest.keyClick(panel, Qt.Key.Key_2)
        yield "what perfect memory says", lambda: panel.taken_apart.memory.view.recalled is not None
        self._picture("this-step")
        QTest.keyClick(panel, Qt.Key.Key_1)
        self._click("play")
        yield "the play to end", lambda: panel.shown.step == DDIM_STEPS - 1
        self._picture("scrub-last")
        QTest.keyClick(panel, Qt.Key.Key_3)
        yield "both generations in the strip", lambda: len(panel.kept.generations) >= 2 and not sampler.keeping
        panel.kept.chosen.emit(panel.kept.generations[1])  # beside the one that is shown
        yield "the kept generation", lambda: not sampler.keeping
        panel.playback.go(DDIM_STEPS * 3 // 5)
        yield self._after(0.3)
        self._picture("compare")
        QTest.keyClick(panel, Qt.Key.Key_1)

    def _look_inside(self) -> Iterator[Wait]:
        inside = self._window.inside
        assert inside is not None
        self._meter.start("inside")
        inside.show_tab("network")
        self._click("room_inside")
        yield "the tab", lambda: "network" in inside.tabs  # built stroke by stroke, as a person has it
        network = cast("NetworkController", inside.tab("network"))
        yield "what the network says", lambda: network.looked is not None
        yield self._after(0.5)
        self._picture("inside-network")
        self._meter.start("inside-scrubbing")
        QTest.keyClick(network.panel, Qt.Key.Key_Home)
        for _ in range(DDIM_STEPS - 1):
            QTest.keyClick(network.panel, Qt.Key.Key_Right)
            yield self._after(0.06)
        yield "the last step's answer", lambda: network.looked is not None and not network.asking
        self._meter.start("inside")
        inside.show_tab("schedules")
        yield self._after(1.0)
        self._picture("inside-schedules")
        inside.show_tab("tricks")
        yield "the tab", lambda: "tricks" in inside.tabs
        tricks = cast("TricksController", inside.tab("tricks"))
        yield "a batch's tensors", lambda: tricks.traced is not None
        yield self._after(1.0)
        self._picture("inside-tricks")
        inside.show_tab("lesson")
        yield self._after(0.5)
        self._picture("inside-lesson")
        self._click("room_sampler")

    def _export(self) -> Iterator[Wait]:
        sampler = self._window.sampler
        assert sampler is not None
        self._meter.start("export")
        files = {"png": self._out / "denoising.png", "gif": self._out / "denoising.gif"}
        saved: list[object] = []
        sampler.exported.connect(saved.append)
        sampler.save(files["png"])
        yield "the PNG", lambda: len(saved) == 1
        sampler.save(files["gif"], "gif")
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


# --- `ddpm-studio tour --out DIR`: its options, and the report it leaves behind --------------------------

#: G1: what the event loop may be late, in milliseconds.
STARTING_MAX_MS = 250.0
P99_MS = 50.0
MAX_MS = 100.0


def build_parser() -> argparse.ArgumentParser:
    """The options of the tour."""
    parser = argparse.ArgumentParser(
        prog="ddpm-studio tour",
        description="Drive the real window through the main job with real clicks and save a picture of each stage.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--out",
        type=a_path,
        required=True,
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="where pictures and tour.json go",
    )
    parser.add_argument(
        "--data", type=a_path, default=argparse.SUPPRESS, metavar="FOLDER", help="pictures to use (default: faces)"
    )
    parser.add_argument("--seconds", type=number, default=60.0, help="how long to train")
    parser.add_argument("--size", type=_size, default=(1280, 800), metavar="WxH", help="of the window, in pixels")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark", help="how it looks")
    parser.add_argument("--locale", choices=("en", "zh_CN"), default="en", help="what it speaks")
    parser.add_argument("--force", action="store_true", help="replace what an earlier tour left in DIR")
    return parser


def left_by_a_tour(folder: Path) -> list[Path]:
    """What is in the folder under the names that a tour gives."""
    named = (folder / name for name in ("tour.json", "failure.png", "denoising.png", "denoising.gif", "home"))
    return [path for path in (*named, *sorted(folder.glob("[0-9][0-9]-*.png"))) if os.path.lexists(path)]


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    try:
        return int(width), int(height)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size such as 1280x800") from None


def main(words: Sequence[str]) -> int:
    """Run the tour; exit status 0 when every stage was reached and the window ended cleanly."""
    options = build_parser().parse_args(words)
    out: Path = options.out.resolve()
    if not options.force and (there := left_by_a_tour(out)):
        error = SamplingError("sampling.exists", path=there[0])
        print(f"ddpm-studio tour: {error}", file=sys.stderr)
        return 1
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"ddpm-studio tour: {out} cannot be made: {error.strerror}", file=sys.stderr)
        return 1
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

    from .settings import Settings, keep_everything_in
    from .start import Application

    keep_everything_in(out / "home")
    settings = Settings(out / "home" / "settings.json")
    settings["theme"], settings["language"] = options.theme, options.locale
    application = Application(sys.argv[:1], settings=settings)
    application.window.resize(*options.size)
    application.window.place.keeps_its_size = True
    tour = Tour(application.window, out, data=vars(options).get("data"), seconds=options.seconds)
    tour.begin()
    application.open(None)
    status = application.run()
    application.end()
    report = tour.report()
    report["window"] = {"size": list(options.size), "theme": options.theme, "locale": options.locale}
    report["threads_left"] = application.window.threads_left
    report["breaches"] = breaches(report["lateness"])
    (out / "tour.json").write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if application.window.threads_left:
        print("ddpm-studio tour: a thread did not end", file=sys.stderr, flush=True)
        os._exit(1)
    for breach in report["breaches"]:
        print(f"ddpm-studio tour: {breach}")
    if tour.failure is not None:
        print(f"ddpm-studio tour: {tour.failure}", file=sys.stderr)
        return 1
    print(f"ddpm-studio tour: {len(report['stages'])} stages, pictures and tour.json are in {out}")
    return status


def breaches(lateness: dict[str, dict[str, float]]) -> list[str]:
    """What was later than it may be, in words. A noisy machine breaches too, so the tour only tells."""
    found = []
    for phase, row in lateness.items():
        if phase == "starting":
            if row["max_ms"] > STARTING_MAX_MS:
                found.append(f"starting: the event loop was {row['max_ms']} ms late, {STARTING_MAX_MS:g} is the limit")
            continue
        if row["p99_ms"] > P99_MS:
            found.append(f"{phase}: p99 of the event loop's lateness was {row['p99_ms']} ms, {P99_MS:g} is the limit")
        if row["max_ms"] > MAX_MS:
            found.append(f"{phase}: the event loop was {row['max_ms']} ms late, {MAX_MS:g} is the limit")
    return found
