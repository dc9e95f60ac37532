"""A program for test_locks.py: processes that start on one run at the same moment.

python -m tests.durability.simultaneous FOLDER ROUNDS [ERROR]: prints, as JSON, what came of it. With the name of an
error, such as ENOLCK, every lock fails with it, as on a file system that has none.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from core.errors import RunError
from core.runs.run import Run
from tests.durability.saves import CONFIG, new_run
from tests.durability.tiny import Forked

STARTERS = 4
REFUSED = "run.locked"


def starter(folder: Path, go: int, make: bool) -> Callable[[Callable[[str], object]], None]:
    """Wait for the word, then begin (`make`) or go on with the run; hold it until killed."""

    def work(say: Callable[[str], object]) -> None:
        os.read(go, 1)
        try:
            if make:
                Run.create(folder, CONFIG, source_folder=folder, device="cpu", planned_total=9)
                say("made")
            else:
                with Run.open(folder).lock():
                    say("held")
                    time.sleep(600)
        except RunError as error:
            say(f"refused {error.code} {error.fields.get('host')} {error.fields.get('pid')}")

    return work


def round_of(folder: Path, make: bool) -> list[Forked]:
    reading, writing = os.pipe()

    def begin(say: Callable[[str], object]) -> None:
        os.close(writing)  # or nobody would ever see its end
        starter(folder, reading, make)(say)

    children = [Forked(begin) for _ in range(STARTERS)]
    os.close(reading)
    os.close(writing)  # the word, to all at once
    for child in children:
        child.wait_for("")
    return children


def no_locks(number: int) -> None:
    def flock(_descriptor: int, _operation: int) -> None:
        raise OSError(number, os.strerror(number))

    fcntl.flock = flock


def main(root: Path, rounds: int) -> None:
    outcome = {"rounds": rounds, "two writers": 0, "none": 0, "not named": 0, "slowest takeover": 0.0}
    new_run(root / "run")
    for number in range(rounds):
        children = round_of(root / f"made-{number}", make=True)
        made = sum(child.lines()[0] == "made" for child in children)
        for child in children:
            child.end()
        children = round_of(root / "run", make=False)
        holders = [child for child in children if child.lines()[0] == "held"]
        outcome["two writers"] += made > 1 or len(holders) > 1
        outcome["none"] += made < 1 or len(holders) < 1
        for child in children:
            if child not in holders:
                wanted = f"refused {REFUSED} {socket.gethostname()} {holders[0].pid}"
                outcome["not named"] += child.lines()[0] != wanted
                child.end()
        for child in holders:
            child.end(signal.SIGKILL)
        began = time.monotonic()
        with Run.open(root / "run").lock():
            outcome["slowest takeover"] = max(outcome["slowest takeover"], time.monotonic() - began)
    print(json.dumps(outcome))


if __name__ == "__main__":
    if sys.argv[3:]:
        REFUSED = "run.claimed"
        no_locks(getattr(errno, sys.argv[3]))
    main(Path(sys.argv[1]), int(sys.argv[2]))
