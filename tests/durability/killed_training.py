"""A program for test_kills.py: kills a training at random moments, looks at what is left, and lets it go on.

python -m tests.durability.killed_training FOLDER KILLS: prints what came of it as JSON; fails on the first broken file.
"""

from __future__ import annotations

import json
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from core.pictures.folder.scan import Scan
from core.runs import metrics
from core.runs.checkpoint_files import steps_in
from core.runs.run import Run, is_run
from core.training.events import CheckpointSaved, StepDone
from core.training.job import TrainingJob
from tests.durability.tiny import (
    SETTINGS,
    Forked,
    check_run,
    make_pictures,
    metric_steps,
    temps_in,
    tiny_config,
    warm_up,
)

#: A run is killed so often before the next one is begun, so that beginnings are killed as well.
KILLS_PER_RUN = 10
EVERY = int(str(SETTINGS["checkpoint_every"]))
#: Steps that no training here lives to see.
LONG = 100_000


def train(scan: Scan, folder: Path, say: Callable[[str], object], *, to_its_end: bool = False) -> None:
    """Begin the run or go on with it, with a plan that is changed each time."""
    metrics.COMMIT_EVERY_S = 0.0  # the database is to be killed too
    resume, total = is_run(folder), LONG
    if resume:
        run = Run.open(folder)
        step = max(steps_in(run.checkpoints_folder), default=0)
        total = step + 2 * EVERY if to_its_end else (run.planned_total or 0) + 1
    config = tiny_config(steps=2 * EVERY if to_its_end else LONG)
    job = TrainingJob(config, folder, scan=scan, device="cpu", resume=resume, total=total if resume else None)
    for event in job.run():
        match event:
            case StepDone(step=step):
                say(f"step {step}")
            case CheckpointSaved(step=step):
                say(f"saved {step}")


def last(lines: list[str], kind: str) -> int:
    return max((int(line.split()[1]) for line in lines if line.startswith(kind)), default=0)


def main(root: Path, kills: int) -> None:
    scan = make_pictures(root / "pictures")
    warm_up(scan)
    choose = random.Random(0)
    # How long a start and some saves take here and now.
    began = time.monotonic()
    first = Forked(lambda say: train(scan, root / "measured", say))
    first.wait_for(f"saved {4 * EVERY}")
    longest_s = time.monotonic() - began
    first.end(signal.SIGKILL)
    outcome = {"kills": 0, "before the run stood": 0, "worst": 0, "more than an interval": 0, "runs": 0, "saves": 0}
    while outcome["kills"] < kills:
        outcome["runs"] += 1
        folder = root / f"run-{outcome['runs']}"
        saved = 0
        for _ in range(min(KILLS_PER_RUN, kills - outcome["kills"])):
            child = Forked(lambda say, folder=folder: train(scan, folder, say))
            time.sleep(longest_s * choose.uniform(0, 1) ** 2)
            assert child.end(signal.SIGKILL) == -signal.SIGKILL, "it ended by itself"
            outcome["kills"] += 1
            if not is_run(folder):
                assert not saved and not child.lines()
                outcome["before the run stood"] += 1
                continue
            step = check_run(folder)
            told = last(child.lines(), "saved")
            assert step >= max(saved, told), f"step {max(saved, told)} was saved, {step} is left"
            lost = last(child.lines(), "step") - step
            outcome["worst"] = max(outcome["worst"], lost)
            outcome["more than an interval"] += lost > EVERY
            outcome["saves"] += told > saved
            saved = step
        # And it goes on to its end.
        ended = Forked(lambda say, folder=folder: train(scan, folder, say, to_its_end=True))
        assert ended.end() == 0
        step = check_run(folder)
        assert step == Run.open(folder).planned_total
        assert metric_steps(Run.open(folder)) == list(range(1, step + 1))
        assert not temps_in(folder), temps_in(folder)
    print(json.dumps(outcome))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
