"""Reads a run's numbers, also while another process writes them: all losses of 10^7 steps in less than two seconds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .metrics_database import BLOCK_STEPS, as_run_errors, open_to_read


def read_losses(path: Path, *, after_step: int = 0) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(steps, losses), each (n,), of the steps after `after_step`, in order; NaN where a loss was no number.

    Raises RunError when there are none to be read.
    """
    steps: list[NDArray[np.int64]] = []
    losses: list[NDArray[np.float64]] = []

    def take_rows(after: int, until: int) -> None:
        rows = database.execute(
            "SELECT step, loss FROM steps WHERE step > ? AND step <= ? ORDER BY step", (after, until)
        ).fetchall()
        steps.append(np.fromiter((row[0] for row in rows), np.int64, len(rows)))
        # SQLite has no NaN: it keeps NULL instead.
        losses.append(np.fromiter((np.nan if row[1] is None else row[1] for row in rows), np.float64, len(rows)))

    with as_run_errors(path, "storage.not-read"), closing(open_to_read(path)) as database:
        database.execute("BEGIN")  # one moment of a database that is being written
        done = after_step
        for block, packed in _blocks(database, -(-after_step // BLOCK_STEPS)):
            before = block * BLOCK_STEPS
            if done < before:
                take_rows(done, before)
            done = before + BLOCK_STEPS
            steps.append(np.arange(before + 1, done + 1))
            losses.append(packed)
        take_rows(done, 2**62)
    return np.concatenate(steps), np.concatenate(losses)


def read_events(path: Path) -> list[tuple[int, str, str, float]]:
    """(step, kind, text, seconds since 1970) of everything that happened, in order. Raises RunError."""
    with as_run_errors(path, "storage.not-read"), closing(open_to_read(path)) as database:
        return database.execute("SELECT step, kind, text, time FROM events ORDER BY id").fetchall()


def _blocks(database: sqlite3.Connection, first: int) -> list[tuple[int, NDArray[np.float64]]]:
    """(block, its losses), in order; none from a database of before there were blocks."""
    try:
        rows = database.execute("SELECT block, losses FROM loss_blocks WHERE block >= ? ORDER BY block", (first,))
        return [(block, np.frombuffer(data, "<f8")) for block, data in rows if len(data) == 8 * BLOCK_STEPS]
    except sqlite3.OperationalError:
        return []
