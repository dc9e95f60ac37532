"""What a training loses beside other programs: pictures per second on the command line and in the window.

`python -m tests.bench.busy` trains *Sketch* on the bundled digits, alone and beside other programs, and prints a table:

before      all threads, which wait for each other as GNU's OpenMP has it by itself
after       as the program is: threads that sleep soon, their number chosen by measuring
one thread  what a single thread reaches beside the same programs
window      the real window (offscreen), as the program is; before, likewise with all threads, waiting as by themselves
dashboard   the window with as many plots as it shows at once, over time, and the list of events

Each is measured alone, after some seconds that do not count. Six minutes at the lengths that are usual.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.presets import PRESETS
from resources.samples import unpack

HERE = Path(__file__).parent
LOOP = "while True: pass"
#: Another training, with all threads and none of our settings.
TORCH = """
import torch
net = torch.nn.Sequential(torch.nn.Conv2d(1, 32, 3, padding=1), torch.nn.SiLU(), torch.nn.Conv2d(32, 1, 3, padding=1))
pictures = torch.randn(16, 1, 28, 28)
while True:
    net(pictures).square().mean().backward()
"""
LOADS: dict[str, tuple[str, ...]] = {
    "quiet": (),
    "one busy loop": (LOOP,),
    "another torch program": (TORCH,),
    "both": (LOOP, TORCH),
}
#: What GNU's OpenMP takes by itself: turns of the waiting loop.
DEFAULT_SPIN_COUNT = "300000"
SETTINGS = {"steps": 1_000_000, "checkpoint_every": 1_000_000, "sample_every": 1_000_000}
BATCH = PRESETS["sketch"].config.train.batch_size
#: A program that has not begun by then is not measured: beside spinning threads the first step alone may take so long.
START_S = 40.0
KINDS = ("before", "after", "one thread", "window before", "window", "dashboard")
#: Below the loss, with the timesteps: what a dashboard shows at once.
DASHBOARD = ["grad_norm", "pictures_per_second"]


@contextmanager
def beside(programs: Sequence[str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Other programs run meanwhile, as other people's do: in sessions of their own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))}
    started = [
        subprocess.Popen([sys.executable, "-c", program], env=environment, start_new_session=True)
        for program in programs
    ]
    try:
        if programs:
            time.sleep(3.0 if TORCH in programs else 0.3)
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait()


def cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def command(kind: str, pictures: Path, run: Path, cores: int) -> tuple[list[str], dict[str, str]]:
    """What is started, and its environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))}
    if kind in {"before", "window before"}:
        environment["GOMP_SPINCOUNT"] = DEFAULT_SPIN_COUNT
    if kind.startswith("window") or kind == "dashboard":
        environment["QT_QPA_PLATFORM"] = "offscreen"
        words = [sys.executable, "-m", "tests.bench.busy", "--in-window", str(pictures), str(run)]
        words += ["--dashboard"] if kind == "dashboard" else []
        return words + (["--threads", str(cores)] if kind == "window before" else []), environment
    threads = {"before": str(cores), "after": "auto", "one thread": "1"}[kind]
    words = [sys.executable, "-m", "core", "train", str(pictures), "--run", str(run), "--preset", "sketch", "--json"]
    words += ["--device", "cpu", "--threads", threads]
    return words + [f"--set={name}={value}" for name, value in SETTINGS.items()], environment


def step_times(
    words: list[str], environment: dict[str, str], *, enough: Callable[[Sequence[float]], bool]
) -> list[float]:
    """When each step was done, by the monotonic clock, of a training that says its steps as lines of JSON.

    Until these are `enough`, the training has ended, or START_S are over without a step (then there is none). The
    process is killed.
    """
    times: list[float] = []

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if '"step_done"' in line and json.loads(line)["event"] == "step_done":
                times.append(time.monotonic())

    process = subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        until = time.monotonic() + START_S
        while (times or time.monotonic() < until) and process.poll() is None and not (times and enough(times)):
            time.sleep(0.05)
        return list(times)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        reader.join()
        if process.stdout is not None:
            process.stdout.close()


def pictures_per_second(words: list[str], environment: dict[str, str], *, skip_s: float, seconds: float) -> float:
    """Of such a training, from `skip_s` after its first step, for so long; 0 where it does not begin."""
    times = step_times(words, environment, enough=lambda times: time.monotonic() >= times[0] + skip_s + seconds)
    if not times:
        return 0.0
    begin = times[0] + skip_s
    return BATCH * sum(begin <= at < begin + seconds for at in times) / seconds


def train_in_window(pictures: Path, home: Path, threads: int | None, *, dashboard: bool = False) -> int:
    """The real window trains, and says its steps as the command line does. threads: so many, without measuring.

    dashboard: with all that the tab of curves shows at once, at 1920 × 1080.
    """
    from core.process import prepare_process

    prepare_process()
    if threads is not None:
        from core.training import trainer
        from core.training.step_threads import StepThreads

        setattr(trainer, StepThreads.__name__, lambda device, *_wish: StepThreads(device, threads))
    from PySide6.QtCore import QTimer

    from studio.app.settings import Settings, keep_everything_in
    from studio.app.start import Application

    keep_everything_in(home)
    application = Application(sys.argv[:1], settings=Settings(home / "settings.json"))
    window = application.window
    said = [0]

    def drive() -> Iterator[None]:
        while window.training is None or window.sampler is None or not window.device_menu.known:
            yield
        window.dataset.open_folder(pictures)
        while window.project.scan is None:
            yield
        window.project.set_preset("sketch")
        window.project.set_settings(SETTINGS)
        window.project.set_device("cpu")
        while window.project.problems():
            yield
        window.show_room("training")
        if dashboard:
            window.resize(1920, 1080)
            panel = window._panels["training"]
            panel.plots.choose_below(DASHBOARD)
            panel.plots.choose_axis("time")
            panel.log.ways.choose("events")
        window.training.start()
        while True:
            for step in range(said[0] + 1, window.training.step + 1):
                print(json.dumps({"event": "step_done", "step": step}), flush=True)
            said[0] = max(said[0], window.training.step)
            yield

    script = drive()
    timer = QTimer()
    timer.timeout.connect(lambda: next(script))
    timer.start(100)  # seldom: what drives the window is not to be measured
    application.open(None)
    status = application.run()
    application.end()
    return status


def table(speeds: dict[tuple[str, str], float], kinds: Sequence[str], loads: Sequence[str]) -> list[str]:
    """Lines of Markdown: pictures per second, and each as a share of one thread's beside the same programs."""
    lines = [f"| pictures/s | {' | '.join(kinds)} |", "|---" * (len(kinds) + 1) + "|"]
    for load in loads:
        alone = speeds.get((load, "one thread"))
        cells = []
        for kind in kinds:
            speed = speeds[load, kind]
            share = f" ({speed / alone:.0%})" if alone and kind != "one thread" else ""
            cells.append(f"{speed:.3g}{share}")
        lines.append(f"| {load} | {' | '.join(cells)} |")
    return lines


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=7.0, help="that are measured of each")
    parser.add_argument("--skip", type=float, default=4.0, help="that do not count before them")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--loads", nargs="+", choices=list(LOADS), default=list(LOADS))
    parser.add_argument("--threads", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--in-window", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--dashboard", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.in_window:
        return train_in_window(*chosen.in_window, chosen.threads, dashboard=chosen.dashboard)
    speeds: dict[tuple[str, str], float] = {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        pictures = unpack("digits", Path(folder))
        for load in chosen.loads:
            for kind in chosen.kinds:
                words, environment = command(kind, pictures, Path(folder) / f"{load} {kind}", cores())
                with beside(LOADS[load]):
                    speeds[load, kind] = pictures_per_second(
                        words, environment, skip_s=chosen.skip, seconds=chosen.seconds
                    )
                print(f"{load}, {kind}: {speeds[load, kind]:.3g}", file=sys.stderr, flush=True)
    print("\n".join([f"*Sketch*, digits, 28 px, batches of {BATCH}, {cores()} cores.", ""]))
    print("\n".join(table(speeds, chosen.kinds, chosen.loads)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
