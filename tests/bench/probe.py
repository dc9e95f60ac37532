"""What the frozen probe costs a training: two runs that differ in nothing else, in turns in one process.

    python -m tests.bench.probe FOLDER [SECONDS [THREADS]]

Prints the ratio of their times for the same steps, by the clock and of processor time (which other programs hardly
change, with one thread), and the share that the probe itself says it takes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from core.pictures.folder.scan import scan_all
from core.presets import preset
from core.training.events import Event, ProbeMeasured, StepDone
from core.training.job import TrainingJob

TURN_STEPS = 20
NEVER = 10**9


def main(folder: Path, seconds: float, threads: int) -> None:
    """Train both for so long together."""
    scan = scan_all(folder)
    config = preset("sketch").config.with_settings(
        {"hold_out": 0.1, "amp": "off", "steps": 10**6, "sample_every": NEVER, "checkpoint_every": NEVER}
    )
    with tempfile.TemporaryDirectory() as runs:
        jobs = {
            share: TrainingJob(
                config.with_settings({"probe_share": share}),
                Path(runs) / str(share),
                scan=scan,
                device="cpu",
                threads=2,
            )
            for share in (0.0, 0.03)
        }
        events = {share: job.run() for share, job in jobs.items()}
        spent, processor, looks = dict.fromkeys(jobs, 0.0), dict.fromkeys(jobs, 0.0), []
        for each in events.values():
            _steps(each, 5)
        until, steps = time.monotonic() + seconds, 0
        for turn in cycle(((0.0, 0.03), (0.03, 0.0))):
            for share in turn:
                began, began_processor = time.monotonic(), time.process_time()
                looks += _steps(events[share], TURN_STEPS)
                spent[share] += time.monotonic() - began
                processor[share] += time.process_time() - began_processor
            steps += TURN_STEPS
            if time.monotonic() > until:
                break
        off, on = spent.values()
        print(f"{steps} steps each: {off:.1f} s without, {on:.1f} s with, ratio {on / off:.4f}; {len(looks)} looks")
        print(f"of processor time: ratio {processor[0.03] / processor[0.0]:.4f}")
        for look in looks[-1:]:
            print(f"the probe says {100 * look.share:.2f} %, every {look.every} steps, {look.seconds:.2f} s a look")
        for job, each in zip(jobs.values(), events.values(), strict=True):
            job.wishes.stop.set()
            for _ in each:
                pass


def _steps(events: Iterator[Event], count: int) -> list[ProbeMeasured]:
    """Take so many steps, and whatever comes after the last of them; the looks among it."""
    looks, done = [], 0
    for event in events:
        if isinstance(event, ProbeMeasured):
            looks.append(event)
        done += isinstance(event, StepDone)
        if done == count:
            return looks
    raise RuntimeError("the training has ended")


if __name__ == "__main__":
    folder, seconds, threads = (*sys.argv[1:], *("200", "2")[len(sys.argv) - 2 :])
    main(Path(folder), float(seconds), int(threads))
