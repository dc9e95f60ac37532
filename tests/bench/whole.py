"""The whole program as a user meets it: a training from a folder, the window beside none, and how soon each begins.

Processes are started in turns and read by their parent's clock. None knows of the user's own settings, and decoded
pictures are kept where the table's own folder is.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from core.presets import PRESETS
from core.runs.run import Run
from core.settings import RunConfig
from resources.samples import unpack
from tests.bench import busy

#: What is still not there by then never comes.
LONGEST_S = 90.0


def environment_in(home: Path) -> dict[str, str]:
    """Of a child that keeps everything below `home`, draws into memory, and waits as it does by itself."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))}
    places = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "CACHE", "STATE")}
    return {**kept, **places, "QT_QPA_PLATFORM": "offscreen", "DDPM_STUDIO_CACHE": str(home / "pictures")}


@contextmanager
def a_home() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def rounds(turn: Callable[[int], object], seconds: float, *, least: int) -> int:
    """Take turns while one more fits into `seconds`, at least `least`; how many."""
    began, number = time.monotonic(), 0
    while number < least or (time.monotonic() - began) * (number + 1) / number <= seconds:
        turn(number)
        number += 1
    return number


# --- A whole training from a folder ----------------------------------------------------------------------


class Training(NamedTuple):
    """What is trained."""

    pictures: str  #: a bundled set of PNGs
    preset: str
    settings: Mapping[str, object]
    longest_s: float  #: of a session, where an interval between two saves takes longer

    @property
    def config(self) -> RunConfig:
        """As wished: some of it is on auto."""
        return PRESETS[self.preset].config.with_settings(self.settings)

    def command(self, pictures: Path, run: Path) -> list[str]:
        """`python -m core train` that says its steps."""
        words = [sys.executable, "-m", "core", "train", str(pictures), "--run", str(run), "--preset", self.preset]
        return [
            *words,
            "--json",
            "--device",
            "cpu",
            *(f"--set={name}={value}" for name, value in self.settings.items()),
        ]


SKETCH = Training("digits", "sketch", {}, longest_s=40.0)
#: The first is the network of the other tables.
TRAININGS = {
    "dim 32, faces": Training(
        "faces",
        "standard",
        {"dim": 32, "image_size": 32, "batch_size": 16, "gradient_accumulate_every": 1},
        longest_s=12.0,
    ),
    "*Sketch*, digits": SKETCH,
}


#: Steps that do not count: threads are compared in them.
SKIPPED_STEPS = 10


def session_speed(training: Training, words: list[str], environment: dict[str, str], skipped: int) -> float:
    """Pictures per second of a session over one interval between its saves, with one save and the grids in it.

    skipped: steps before it. Raises RuntimeError where the session takes too few.
    """
    train = training.config.train

    def enough(times: Sequence[float]) -> bool:
        counted = times[skipped:]
        long = len(counted) > 1 and counted[-1] - counted[0] >= training.longest_s
        return len(counted) > train.checkpoint_every or long

    times = busy.step_times(words, environment, enough=enough)[skipped:]
    if len(times) < 2:
        raise RuntimeError(f"took no {skipped + 2} steps: {' '.join(words[1:])}")
    return train.batch_size * train.gradient_accumulate_every * (len(times) - 1) / (times[-1] - times[0])


def bare_speed(step: Callable[[], object], pictures: int, seconds: float) -> float:
    """Pictures per second of nothing but steps of so many pictures."""
    step()
    began, taken = time.perf_counter(), 0
    while not taken or time.perf_counter() - began < seconds:
        step()
        taken += 1
    return pictures * taken / (time.perf_counter() - began)


def training_table(
    seconds: float,
    *,
    trainings: Mapping[str, Training] = TRAININGS,
    least: int = 3,
    bare_s: float = 4.0,
    skipped: int = SKIPPED_STEPS,
) -> Iterator[str]:
    """Pictures per second of a session, of its bare step, and of the library's step. Raises RuntimeError."""
    yield (
        "| training | precision | session, pictures/s | bare step | library's step | session / bare step | "
        "session / library's step | rounds |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for title, training in trainings.items():
        with a_home() as home:
            yield _training_line(title, training, home, seconds / len(trainings), least, bare_s, skipped)


def _training_line(
    title: str, training: Training, home: Path, seconds: float, least: int, bare_s: float, skipped: int
) -> str:
    from tests.bench import network

    pictures, environment = unpack(training.pictures, home), environment_in(home)
    train = training.config.train
    speeds: dict[str, list[float]] = {"session": [], "bare": [], "library": []}
    steps: dict[str, tuple[Callable[[], object], int]] = {}
    amp = train.amp

    def turn(number: int) -> None:
        nonlocal amp
        run = home / f"run-{number}"
        words = training.command(pictures, run)
        speeds["session"].append(session_speed(training, words, environment, skipped))
        if not steps:
            # As the run has it: nothing on auto, and the precision that it has chosen.
            config = Run.open(run).config
            amp = config.train.amp
            theirs = network.library_diffusion(config)
            steps["bare"] = network.own_step(config), train.batch_size * train.gradient_accumulate_every
            steps["library"] = network.library_step(theirs, network.Held(config).batch.pictures), train.batch_size
        for name, (step, at_once) in steps.items():
            speeds[name].append(bare_speed(step, at_once, bare_s))

    taken = rounds(turn, seconds, least=least)
    session, bare, library = (statistics.median(of_each) for of_each in speeds.values())
    return (
        f"| {title} | {'bf16' if amp == 'bf16' else 'float32'} | {session:.1f} | {bare:.1f} | {library:.1f} | "
        f"{session / bare:.2f} | {session / library:.2f} | {taken} |"
    )


# --- The window beside no window -------------------------------------------------------------------------

BESIDE = {"command line": "after", "window, offscreen": "window", "window with the whole dashboard": "dashboard"}


def window_table(seconds: float, *, least: int = 3, skip_s: float = 3.0, measured_s: float = 6.0) -> Iterator[str]:
    """Pictures per second of the same training in both. Raises RuntimeError where one does not begin."""
    speeds: dict[str, list[float]] = {title: [] for title in BESIDE}
    with a_home() as home:
        pictures = unpack("digits", home)

        def turn(number: int) -> None:
            for title, kind in BESIDE.items():
                words, environment = busy.command(kind, pictures, home / f"{kind}-{number}", busy.cores())
                environment |= {"DDPM_STUDIO_CACHE": str(home / "pictures")}
                speed = busy.pictures_per_second(words, environment, skip_s=skip_s, seconds=measured_s)
                if not speed:
                    raise RuntimeError(f"{title}: no step within {busy.START_S:.0f} s")
                speeds[title].append(speed)

        taken = rounds(turn, seconds, least=least)
    yield "| Sketch, digits | pictures/s | of the command line's | rounds |"
    yield "|---|---|---|---|"
    whole = statistics.median(speeds["command line"])
    for title, of_each in speeds.items():
        speed = statistics.median(of_each)
        yield f"| {title} | {speed:.0f} | {speed / whole:.2f} | {taken} |"


# --- Start-up --------------------------------------------------------------------------------------------

#: The program itself, with an ear for the window's first paint.
PAINT = """
import sys
from PySide6.QtCore import QEvent, QObject
from studio.app import start

class Ear(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            print("painted", flush=True)
        return False

opened = start.Application.open

def open(self, *path, **how):
    self.ear = Ear()
    self.window.installEventFilter(self.ear)
    opened(self, *path, **how)

start.Application.open = open
from studio.cli import main
sys.exit(main([]))
"""
#: Below it nothing that needs these packages can come.
FLOORS = {
    "python": "pass",
    "Qt": "from PySide6 import QtWidgets",
    "torch": "import torch",
}


def starts(pictures: Path, run: Path) -> dict[str, tuple[str, list[str], str | None]]:
    """What is waited for → the floor beside it, the command, and what a line of its output has then (None: its end)."""
    python = sys.executable
    return {
        **{f"{name} alone": (name, [python, "-c", code], None) for name, code in FLOORS.items()},
        "`python -m core --help`": ("python", [python, "-m", "core", "--help"], None),
        "the window's first paint": ("Qt", [python, "-c", PAINT], "painted"),
        "the first step of *Sketch* is done": ("torch", SKETCH.command(pictures, run), '"step_done"'),
    }


def seconds_until(mark: str | None, words: list[str], environment: dict[str, str]) -> float:
    """From the start of a process to a line with `mark`, or to its end; then it is killed. Raises RuntimeError."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            words, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
        )
        too_late = threading.Timer(LONGEST_S, process.kill)
        too_late.start()
        try:
            assert process.stdout is not None
            reached = any(mark is not None and mark in line for line in process.stdout)
            reached = reached or (mark is None and process.wait() == 0)
            spent = time.perf_counter() - began
        finally:
            too_late.cancel()
            too_late.join()
            process.send_signal(signal.SIGKILL)
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        if not reached:
            errors.seek(0)
            said = errors.read().strip().splitlines()[-1:] or ["nothing was said"]
            raise RuntimeError(f"{' '.join(words[1:])[:60]}: ended after {spent:.1f} s, {said[0]}")
        return spent


def start_table(seconds: float, *, least: int = 3, only: Sequence[str] = ()) -> Iterator[str]:
    """How soon each is there. Raises RuntimeError.

    The first turn, after which files and decoded pictures are cached, is left out.
    """
    spent: dict[str, list[float]] = {}
    floors: dict[str, str] = {}
    with a_home() as home:
        pictures, environment = unpack("digits", home), environment_in(home)

        def turn(number: int) -> None:
            for what, (floor, words, mark) in starts(pictures, home / f"run-{number}").items():
                if not only or what in only:
                    floors[what] = floor
                    spent.setdefault(what, []).append(seconds_until(mark, words, environment))

        taken = rounds(turn, seconds, least=least + 1) - 1
    yield "| until | s | times what it stands on takes | rounds |"
    yield "|---|---|---|---|"
    medians = {what: statistics.median(times[1:] or times) for what, times in spent.items()}
    for what, median in medians.items():
        floor = f"{floors[what]} alone"
        times = "" if what == floor or floor not in medians else f"{median / medians[floor]:.1f} ({floors[what]})"
        yield f"| {what} | {median:.2f} | {times} | {taken} |"
