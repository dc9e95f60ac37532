"""A program for test_edits.py: stops and kills trainings whose settings are edited, and compares with one left alone.

python -m tests.durability.edited_training FOLDER POINTS: prints, as JSON, how many of each kind came out the same.
"""

from __future__ import annotations

import json
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from core.pictures.folder.scan import Scan
from core.runs import metrics
from core.runs.metrics import EDIT, read_events
from core.runs.run import Run, is_run
from core.training.events import SettingsEdited, StepDone
from core.training.job import TrainingJob
from tests.durability.tiny import SETTINGS, Forked, fingerprint, make_pictures, tiny_config, warm_up

STEPS = int(str(SETTINGS["steps"]))
WAYS = ("stop", "SIGTERM", "kill -9", "kill -9 at the edit")
#: Done steps → what is wished for then. Checkpoints are of 3, 6, 9 and 12.
SCRIPT: dict[int, dict[str, object]] = {
    1: {"learning_rate": 1e-3, "ema_decay": 0.9},
    5: {"loss_weighting": "p2", "max_grad_norm": 0.05, "sample_steps": 3},
    8: {"learning_rate": 3e-4, "min_snr_gamma": 3, "decay": "linear", "sample_sampler": "ddpm"},
}


def train(scan: Scan, folder: Path, say: Callable[[str], object], *, stop_at: int | None = None) -> None:
    """Begin or go on; the edits are wished for where the run has not recorded them. Each step and edit is said."""
    metrics.COMMIT_EVERY_S = 0.0  # the database is to be killed too
    resume = is_run(folder)
    known = {change.at_step for change in Run.open(folder).changes} if resume else set()
    job = TrainingJob(tiny_config(), folder, scan=scan, device="cpu", resume=resume, threads=1)
    signal.signal(signal.SIGTERM, lambda *_: job.wishes.stop.set())
    for event in job.run():
        match event:
            case StepDone(step=step):
                if step in SCRIPT and step not in known:
                    job.wishes.edit(SCRIPT[step])
                if step == stop_at:
                    job.wishes.stop.set()
                say(f"step {step}")
            case SettingsEdited(step=step):
                say(f"edited {step}")


def main(root: Path, points: int) -> None:
    scan = make_pictures(root / "pictures")
    warm_up(scan)
    choose = random.Random(2)
    assert Forked(lambda say: train(scan, root / "whole", say)).end() == 0
    whole = fingerprint(root / "whole")
    same, different, edits = Counter[str](), [], list(SCRIPT)
    for point in range(points):
        way, folder = WAYS[point % len(WAYS)], root / f"parts-{point}"
        at_edit = way == "kill -9 at the edit"
        # A wish that a stop comes with is not taken, so that the run would be another one.
        step = edits[point // len(WAYS) % len(edits)] if at_edit else choose.choice([2, 3, 4, 6, 7, 9, 10, 11])
        child = Forked(lambda say, f=folder, s=step if way == "stop" else None: train(scan, f, say, stop_at=s))
        if way != "stop":
            child.wait_for(f"{'edited' if at_edit else 'step'} {step}")
        number = {"stop": None, "SIGTERM": signal.SIGTERM}.get(way, signal.SIGKILL)
        status = child.end(number)
        assert status in (0, -signal.SIGKILL), status
        again = Forked(lambda say, f=folder: train(scan, f, say))
        assert again.end() == 0
        found = fingerprint(folder)
        told = [at for at, kind, *_ in read_events(Run.open(folder).metrics_path) if kind == EDIT]
        if found == whole and told == edits:
            same[way] += 1
        else:
            parts = [name for name in {**found, **whole} if found.get(name) != whole.get(name)]
            different.append(f"{way} at step {step}: {', '.join(parts)}; edits {told}")
    print(json.dumps({"same": same, "different": different}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
