"""A program for test_checkpoint.py: saves in a child, kills it at random moments, and looks at what is left.

python killed_while_saving.py FOLDER KILLS: prints how many saves went through; fails on the first broken file.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import torch

from core.presets import preset
from core.storage.checkpoint import Checkpoint, prune, read_checkpoint, save_checkpoint
from core.storage.checkpoint_files import newest_good, steps_in, verify

torch.set_num_threads(1)
KEEP = 2
CONFIG = preset("sketch").config


def save_for_ever(folder: Path, step: int, told: int) -> None:
    while True:
        step += 1
        weights = {"w": torch.full((64, 1024), float(step))}
        save_checkpoint(folder, Checkpoint(step=step, config=CONFIG, model=weights, ema=weights))
        os.write(told, step.to_bytes(8, "little"))
        prune(folder, KEEP)


def last_told(reading: int) -> int:
    told = b""
    while chunk := os.read(reading, 8192):
        told += chunk
    return int.from_bytes(told[-8:], "little")


def main(folder: Path, kills: int) -> None:
    folder.mkdir(exist_ok=True)
    choose = random.Random(0)
    newest = 0
    for _ in range(kills):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            save_for_ever(folder, newest, writing)
        os.close(writing)
        time.sleep(choose.uniform(0.0, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        told = max(newest, last_told(reading))
        os.close(reading)
        for step in steps_in(folder):
            verify(folder / f"step-{step:08d}.json")
        path, bad = newest_good(folder)
        assert not bad, bad
        if told:
            assert path is not None
            checkpoint = read_checkpoint(path)
            assert checkpoint.step >= told, f"step {told} was saved, {checkpoint.step} is left"
            assert bool((checkpoint.model["w"] == checkpoint.step).all())
            newest = checkpoint.step
    prune(folder, KEEP)
    print(newest, len(list(folder.iterdir())))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
