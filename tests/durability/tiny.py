"""A real training that is over in a moment, what is asked of its run folder afterwards, and forked processes."""

from __future__ import annotations

import hashlib
import os
import select
import sqlite3
import traceback
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from core.pictures.folder.scan import Scan, scan_all
from core.presets import preset, resolve
from core.runs import averages
from core.runs.atomic import TEMP_SUFFIX
from core.runs.checkpoint import SECTIONS, read_checkpoint
from core.runs.checkpoint_files import description_path, steps_in, verify
from core.runs.run import Run
from core.settings import RunConfig
from core.training import trainer as _trainer  # noqa: F401 (imported late by whoever trains)
from core.training.state import new_state

SETTINGS = {
    "dim": 4,
    "dim_mults": "1,2",
    "attn_heads": 1,
    "attn_dim_head": 4,
    "image_size": 8,
    "timesteps": 20,
    "batch_size": 2,
    "steps": 12,
    "warmup_steps": 3,
    "checkpoint_every": 3,
    "keep_checkpoints": 2,
    "sample_every": 4,
    "sample_count": 1,
    "sample_steps": 2,
    "ema_snapshots": 3,
}
averages.FIRST_SPACING = 2  # so that a run of so few steps keeps snapshots, and lets some go


def tiny_config(**changes: object) -> RunConfig:
    return preset("sketch").config.with_settings({**SETTINGS, **changes})


def make_pictures(folder: Path) -> Scan:
    """Eight pictures in two sub-folders, which may be classes."""
    draw = np.random.default_rng(0)
    for number in range(8):
        path = folder / f"class {number % 2}" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(draw.integers(0, 255, (10, 12, 3), dtype=np.uint8)).save(path)
    return scan_all(folder)


def metric_steps(run: Run) -> list[int]:
    """The steps in the database, in the order in which they are kept."""
    with closing(sqlite3.connect(run.metrics_path)) as database:
        return [row[0] for row in database.execute("SELECT step FROM steps ORDER BY rowid")]


def check_run(folder: Path) -> int:
    """Open everything under its final name; the step of the newest checkpoint, 0 for none. Fails on what is broken."""
    run = Run.open(folder)
    for step in steps_in(run.checkpoints_folder):
        verify(description_path(run.checkpoints_folder, step))
    for grid in run.samples_folder.glob("*.png"):
        with Image.open(grid) as picture:
            picture.load()
    for step in averages.snapshots_in(run.averages_folder):
        averages.read_snapshot(averages.snapshot_path(run.averages_folder, step), step)
    steps = metric_steps(run)
    assert all(a < b for a, b in pairwise(steps)), "the metrics' steps do not increase"
    newest, bad = run.newest_checkpoint()
    assert not bad, bad
    if newest is None:
        return 0
    checkpoint = read_checkpoint(newest, with_optimizer=True)
    assert all(tensor.isfinite().all() for tensor in checkpoint.model.values())
    assert set(steps) >= set(range(1, checkpoint.step + 1)), "steps up to the checkpoint are missing in the metrics"
    return checkpoint.step


def temps_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob(f"*{TEMP_SUFFIX}"))


def fingerprint(folder: Path) -> dict[str, str]:
    """What two runs must have in common to be the same: the last checkpoint, the losses, the pictures of all grids."""
    run = Run.open(folder)
    newest, _ = run.newest_checkpoint()
    assert newest is not None
    checkpoint = read_checkpoint(newest, with_optimizer=True)
    prints = {"step": str(checkpoint.step)}
    parts = {section: tensors for section in SECTIONS if (tensors := getattr(checkpoint, section))}
    for step in averages.snapshots_in(run.averages_folder):
        path = averages.snapshot_path(run.averages_folder, step)
        parts[path.name] = averages.read_snapshot(path, step)
    for part, named in parts.items():
        digest = hashlib.sha256()
        for name, tensor in sorted(named.items()):
            digest.update(name.encode())
            digest.update(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
        prints[part] = digest.hexdigest()
    with closing(sqlite3.connect(run.metrics_path)) as database:
        rows = database.execute("SELECT step, loss, learning_rate, grad_norm FROM steps ORDER BY step").fetchall()
    prints["losses"] = hashlib.sha256(repr(rows).encode()).hexdigest()
    for grid in sorted(run.samples_folder.glob("*.png")):
        with Image.open(grid) as picture:
            prints[grid.name] = hashlib.sha256(picture.tobytes()).hexdigest()
    return prints


def warm_up(scan: Scan) -> None:
    """Import all that a training imports on its way, so that forked ones begin at once. Nothing is computed."""
    torch.set_num_threads(1)
    new_state(resolve(tiny_config(), scan.facts()), torch.device("cpu"))


class Forked:
    """A process forked from this one, which runs `work(say)`; what it says comes as lines."""

    def __init__(self, work: Callable[[Callable[[str], Any]], object]) -> None:
        self._reading, writing = os.pipe()
        self._text = b""
        self.pid = os.fork()
        if not self.pid:
            try:
                os.close(self._reading)
                work(lambda line: os.write(writing, line.encode() + b"\n"))
                os._exit(0)
            except SystemExit as ended:
                os._exit(int(ended.code or 0))
            except BaseException:
                traceback.print_exc()
                os._exit(70)
        os.close(writing)

    def read(self, timeout_s: float) -> list[str] | None:
        """The lines so far, as soon as there is something new; None at the end or when nothing came in time."""
        if not select.select([self._reading], [], [], timeout_s)[0]:
            return None
        chunk = os.read(self._reading, 65536)
        self._text += chunk
        return self.lines() if chunk else None

    def lines(self) -> list[str]:
        return self._text.decode().split("\n")[:-1]

    def wait_for(self, line: str, timeout_s: float = 60) -> None:
        """Until it has said a line that begins so."""
        while not any(said.startswith(line) for said in self.lines()):
            assert self.read(timeout_s) is not None, f"it never said {line}, but {self.lines()[-3:]}"

    def end(self, number: int | None = None) -> int:
        """Send it a signal, wait for its end, and take in the rest of what it said; the exit status, or -signal."""
        if number is not None:
            os.kill(self.pid, number)
        while self.read(60) is not None:
            pass
        os.close(self._reading)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
