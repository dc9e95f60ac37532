"""A program for test_full_disk.py: fills the small disk that it is given while a training runs on it.

python -m tests.durability.full_disk FOLDER: prints what could not be saved meanwhile.
"""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

from core.runs import metrics
from core.runs.run import Run
from core.training.events import Finished, SaveFailed, StepDone
from core.training.job import TrainingJob
from tests.durability.tiny import check_run, make_pictures, metric_steps, temps_in, tiny_config

#: The disk is full from the first of these steps on and empty again after the second.
FULL = (2, 9)


def fill(path: Path) -> None:
    for size in (1 << 16, 1 << 12, 1):
        with suppress(OSError), path.open("ab", buffering=0) as file:
            while file.write(bytes(size)):
                pass


def main(disk: Path) -> None:
    metrics.COMMIT_EVERY_S = 0.0
    scan, filler, run = make_pictures(disk / "pictures"), disk / "filler", disk / "run"
    failed: Counter[str] = Counter()
    events = list[object]()
    for event in TrainingJob(tiny_config(steps=15), run, scan=scan, device="cpu").run():
        events.append(event)
        match event:
            case StepDone(step=step) if step == FULL[0]:
                fill(filler)
            case StepDone(step=step) if step == FULL[1]:
                filler.unlink()
            case SaveFailed(what=what, reason=reason):
                assert "full" in reason, reason
                failed[what] += 1
    assert isinstance(events[-1], Finished)
    assert {"checkpoint", "samples"} <= failed.keys(), failed
    assert check_run(run) == 15 and metric_steps(Run.open(run)) == list(range(1, 16))
    assert not temps_in(disk)
    print("went on; not saved meanwhile: " + ", ".join(sorted(failed)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
