"""A program for test_together.py: trainings of several processes, forked from this one, and what became of them.

python -m tests.durability.together NAME FOLDER: runs the trial of that name and prints what came of it as JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import StudioError
from core.pictures.folder.scan import Scan
from core.runs.run import Run, is_run
from core.settings import RunConfig
from core.training import step, trainer
from core.training.events import CheckpointSaved, RolledBack, StepDone
from core.training.job import TrainingJob, follow_job
from core.training.ranks import ALONE, join
from tests.durability.tiny import Forked, fingerprint, make_pictures, tiny_config, warm_up

#: All that is drawn or shared out: by batch, by picture, over the batch; of a batch that cannot be divided evenly.
DRAWN = {
    "batch_size": 7,
    "gradient_accumulate_every": 2,
    "steps": 24,
    "checkpoint_every": 6,
    "sample_every": 12,
    "labels": "folders",
    "self_condition": True,
    "immiscible": True,
    "offset_noise_strength": 0.1,
    "horizontal_flip": True,
    "colour_jitter": 0.2,
    "crop": "random",
}
#: Done steps → settings that the first process is wished to change then.
EDITS: dict[int, dict[str, object]] = {}
#: No training here lives to see so many steps.
LONG = {"steps": 100_000, "sample_every": 100_000, "batch_size": 4, "checkpoint_every": 7}


class Together:
    """Processes that train one run; each says what it does. `spoil` is called in each, before it begins."""

    def __init__(
        self, count: int, scan: Scan, folder: Path, config: RunConfig, spoil: Callable[[int], object] = lambda _rank: 0
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.members = []
        for rank in range(count):
            environment = {"RANK": str(rank), "WORLD_SIZE": str(count), "LOCAL_RANK": str(rank)}
            environment |= {"LOCAL_WORLD_SIZE": str(count), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}

            def work(say: Callable[[str], Any], rank: int = rank, environment: Mapping[str, str] = environment) -> None:
                os.environ.update(environment)
                spoil(rank)
                train(scan, folder, config, say, rank=rank, count=count)

            self.members.append(Forked(work))

    def ended(self) -> list[int]:
        """Once all have ended by themselves: their exit codes."""
        return [member.end() for member in self.members]

    def said(self, rank: int, kind: str) -> list[list[str]]:
        """The words after `kind` of each line of it."""
        return [line.split()[1:] for line in self.members[rank].lines() if line.startswith(kind + " ")]


def train(
    scan: Scan, folder: Path, config: RunConfig, say: Callable[[str], Any], *, rank: int = 0, count: int = 1
) -> None:
    """As the command line does it; says each step, with a digest of the weights after it, and what else matters."""
    take_step = trainer.take_step

    def telling(state: Any, *how: Any, **more: Any) -> Any:
        result = take_step(state, *how, **more)
        digest = hashlib.sha256()
        for parameter in state.diffusion.parameters():
            digest.update(parameter.detach().contiguous().numpy().tobytes())
        say(f"weights {state.step} {digest.hexdigest()}")
        return result

    trainer.take_step = telling
    resume = is_run(folder)
    try:
        with closing(join("cpu") if count > 1 else ALONE) as ranks:
            if rank:
                try:
                    follow_job(ranks, lambda: scan.folder, device="cpu")
                except Exception as error:
                    ranks.fail(error)
                    raise
                say("let go")
                return
            job = TrainingJob(
                config, folder, scan=scan, device="cpu", resume=resume, total=config.train.steps if resume else None,
                threads=1, ranks=ranks,
            )  # fmt: skip
            signal.signal(signal.SIGTERM, lambda *_: job.wishes.stop.set())
            known = {change.at_step for change in Run.open(folder).changes} if resume else set()
            for event in job.run():
                match event:
                    case StepDone(step=at):
                        if at in EDITS and at not in known:
                            job.wishes.edit(EDITS[at])
                        drawn = hashlib.sha256(event.timesteps).hexdigest()
                        say(f"step {at} {event.loss!r} {event.grad_norm!r} {drawn}")
                    case CheckpointSaved(step=at):
                        say(f"saved {at}")
                    case RolledBack(step=at, failed_step=failed):
                        say(f"back {at} {failed}")
    except StudioError as error:
        say(f"error {error.code} {json.dumps(error.fields, default=str)}")
        raise SystemExit(1) from None


def config_of(**changes: object) -> RunConfig:
    return tiny_config(**{**DRAWN, **changes})


# --- the trials ------------------------------------------------------------------------------------------


def same_loss(root: Path) -> dict[str, Any]:
    """One process, two and three: how far the losses lie apart, and whether all had the same weights at each step."""
    scan = make_pictures(root / "pictures")
    warm_up(scan)
    steps, weights, codes = {}, {}, {}
    for count in (1, 2, 3):
        group = Together(count, scan, root / f"run-{count}", config_of())
        codes[count] = group.ended()
        steps[count] = group.said(0, "step")
        weights[count] = [group.said(rank, "weights") for rank in range(count)]
    numbers = {n: np.array([[float(loss), float(norm)] for _, loss, norm, _ in steps[n]]) for n in steps}
    return {
        "codes": codes,
        "steps": len(steps[1]),
        "timesteps": all([row[3] for row in steps[n]] == [row[3] for row in steps[1]] for n in (2, 3)),
        "furthest": {n: np.max(np.abs(numbers[n] / numbers[1] - 1), 0).tolist() for n in (2, 3)},
        "weights agree": {n: all(own == weights[n][0] and len(own) == 24 for own in weights[n]) for n in (2, 3)},
    }


def kill(root: Path, victim: int) -> dict[str, Any]:
    """Kill one of two between two checkpoints; then go on alone, and with two again."""
    scan, folder = make_pictures(root / "pictures"), root / "run"
    warm_up(scan)
    group = Together(2, scan, folder, config_of(**LONG))
    group.members[0].wait_for("step 16 ")
    group.members[victim].end(signal.SIGKILL)
    code = group.members[1 - victim].end()
    at = Run.open(folder).state().step
    outcome: dict[str, Any] = {"code": code, "saved": at, "taken": int(group.said(0, "step")[-1][0])}
    outcome["errors"] = group.said(0, "error")
    for count in (1, 2):
        at += 5
        again = Together(count, scan, folder, config_of(**LONG | {"steps": at}))
        outcome[f"{count} go on"] = [again.ended(), Run.open(folder).state().step == at]
    return outcome


def resume(root: Path) -> dict[str, Any]:
    """Two processes that are stopped and go on, beside two that are not."""
    scan = make_pictures(root / "pictures")
    warm_up(scan)
    whole = Together(2, scan, root / "whole", config_of()).ended()
    group = Together(2, scan, root / "stopped", config_of())
    group.members[0].wait_for("saved 6")
    os.kill(group.members[0].pid, signal.SIGTERM)
    stopped = group.ended()
    at = Run.open(root / "stopped").state().step
    further = Together(2, scan, root / "stopped", config_of()).ended()
    return {
        "codes": [whole, stopped, further],
        "let go": group.members[1].lines()[-1],
        "stopped at": at,
        "same": fingerprint(root / "whole") == fingerprint(root / "stopped"),
    }


def edited(root: Path) -> dict[str, Any]:
    """Settings are edited while one process trains, and while two do, which are stopped and go on as well."""
    scan, config = make_pictures(root / "pictures"), config_of()
    warm_up(scan)

    def spoil(_rank: int) -> None:
        EDITS.update(
            {
                5: {"learning_rate": 5e-4, "loss_weighting": "p2", "max_grad_norm": 0.05},
                11: {"ema_decay": 0.5, "min_snr_gamma": 3, "learning_rate": 1e-3},
            }
        )

    alone, both = (Together(count, scan, root / f"run-{count}", config, spoil) for count in (1, 2))
    codes = [alone.ended(), both.ended()]
    group = Together(2, scan, root / "stopped", config, spoil)
    group.members[0].wait_for("step 8 ")
    os.kill(group.members[0].pid, signal.SIGTERM)
    codes += [group.ended(), Together(2, scan, root / "stopped", config, spoil).ended()]
    losses = [np.array([float(words[1]) for words in run.said(0, "step")]) for run in (alone, both)]
    weights = [both.said(rank, "weights") for rank in (0, 1)]
    return {
        "codes": codes,
        "changes": [change.at_step for change in Run.open(root / "stopped").changes],
        "furthest": float(np.abs(losses[1] / losses[0] - 1).max()),
        "agree": weights[0] == weights[1],
        "same": fingerprint(root / "run-2") == fingerprint(root / "stopped"),
    }


def late(root: Path) -> dict[str, Any]:
    """A number of the second process alone becomes NaN, and is read one step late, as on cards."""
    return poison(root, late=True)


def poison(root: Path, *, late: bool = False) -> dict[str, Any]:
    """A number of the second process alone becomes NaN."""
    scan, folder = make_pictures(root / "pictures"), root / "run"
    warm_up(scan)

    def spoil(rank: int) -> None:
        batch_loss = step.batch_loss

        def poisoned(diffusion: Any, pictures: Any, config: Any, batch: int, **how: Any) -> Any:
            if rank and batch == 17:
                pictures = pictures._replace(pictures=pictures.pictures * float("nan"))
            return batch_loss(diffusion, pictures, config, batch, **how)

        step.batch_loss = poisoned
        trainer.reads_late = lambda _device: late

    group = Together(2, scan, folder, config_of(immiscible=False), spoil)
    codes = group.ended()
    weights = [group.said(rank, "weights") for rank in (0, 1)]
    taken = [int(words[0]) for words in group.said(0, "step")]
    return {"codes": codes, "back": group.said(0, "back"), "agree": weights[0] == weights[1], "last": taken[-1]}


def fail(root: Path) -> dict[str, Any]:
    """The second process cannot go on, and says why to the first."""
    scan, folder = make_pictures(root / "pictures"), root / "run"
    warm_up(scan)

    def spoil(rank: int) -> None:
        batch_loss = step.batch_loss

        def full(diffusion: Any, pictures: Any, config: Any, batch: int, **how: Any) -> Any:
            if rank and batch == 17:
                raise MemoryError("no room")
            return batch_loss(diffusion, pictures, config, batch, **how)

        step.batch_loss = full

    group = Together(2, scan, folder, config_of(), spoil)
    return {"codes": group.ended(), "error": group.said(0, "error"), "saved": Run.open(folder).state().step}


def too_few(root: Path) -> dict[str, Any]:
    """A batch of two pictures and three processes."""
    scan, folder = make_pictures(root / "pictures"), root / "run"
    warm_up(scan)
    group = Together(3, scan, folder, config_of(batch_size=2))
    return {"codes": group.ended(), "error": group.said(0, "error"), "a run": is_run(folder)}


TRIALS = {"kill_first": lambda root: kill(root, 0), "kill_second": lambda root: kill(root, 1)}
TRIALS |= {made.__name__: made for made in (same_loss, resume, edited, poison, late, fail, too_few)}

if __name__ == "__main__":
    print(json.dumps(TRIALS[sys.argv[1]](Path(sys.argv[2]))))
