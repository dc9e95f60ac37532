"""The time of a step of two processes with one thread each, beside one process with two threads and the same batch.

python -m tests.bench.together [KEY=VALUE …]: both train the digits in turns of TURN_S, whoever's turn it is not waits.
"""

from __future__ import annotations

import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from core.pictures.folder.scan import Scan, scan_all
from core.presets import preset
from core.settings import RunConfig
from core.training.events import StepDone
from core.training.job import TrainingJob, follow_job
from core.training.ranks import ALONE, join
from resources.samples import unpack

TURNS, TURN_S = 12, 4.0
ENDLESS = {"steps": 1_000_000, "checkpoint_every": 1_000_000, "sample_every": 1_000_000}


def train(scan: Scan, config: RunConfig, folder: Path, processes: int, threads: int) -> tuple[int, int]:
    """Fork a training; a byte into the first descriptor is a turn, whose median step comes out of the second, in s."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    wish, answer = os.pipe(), os.pipe()
    for rank in range(processes):
        if os.fork():
            continue
        os.close(wish[1])
        os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "LOCAL_WORLD_SIZE": str(processes)}
        os.environ |= {"RANK": str(rank), "WORLD_SIZE": str(processes)}
        with closing(join("cpu") if processes > 1 else ALONE) as ranks:
            if rank:
                follow_job(ranks, lambda: scan.folder, device="cpu")
            else:
                job = TrainingJob(config, folder, scan=scan, device="cpu", threads=threads, ranks=ranks)
                take_turns(job, *wish, *answer)
        os._exit(0)
    os.close(wish[0])
    return wish[1], answer[0]


def take_turns(job: TrainingJob, turn: int, _turn: int, _said: int, said: int) -> None:
    steps: Iterator[object] = (event for event in job.run() if isinstance(event, StepDone))
    while os.read(turn, 1):
        spent, until = [], time.perf_counter() + TURN_S
        while time.perf_counter() < until:
            began = time.perf_counter()
            next(steps)
            spent.append(time.perf_counter() - began)
        os.write(said, f"{statistics.median(spent[1:] or spent)}\n".encode())
    job.wishes.stop.set()
    list(steps)


def main(changes: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        scan = scan_all(unpack("digits", Path(place)))
        config = preset("sketch").config.with_settings({**ENDLESS, **changes})
        one = train(scan, config, Path(place, "one"), 1, 2)
        two = train(scan, config, Path(place, "two"), 2, 1)
        pairs = []
        for number in range(TURNS):
            pair = []
            for wish, answer in (one, two):
                os.write(wish, b"t")
                pair.append(float(os.read(answer, 100)))
            if number:  # the first warms up
                pairs.append(pair)
        for wish, _ in (one, two):
            os.close(wish)
        for _ in range(3):
            os.wait()
    alone, together = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratios = sorted(b / a for a, b in pairs)
    said = f"1 × 2 threads {alone * 1000:.1f} ms, 2 × 1 thread {together * 1000:.1f} ms"
    print(f"{changes}: {said}, ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} … {ratios[-1]:.2f})", flush=True)


if __name__ == "__main__":
    main(dict(word.split("=", 1) for word in sys.argv[1:]))
