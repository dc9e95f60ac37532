"""Reads a run's numbers, also while another process writes them: all losses of 10^7 steps in less than two seconds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import Phrase, RunError
from .checkpoint_files import LAST_STEP
from .loss_blocks import BLOCK_STEPS, is_loss, unpack
from .metrics import HELD_OUT, SAVED
from .metrics_database import STEP_COLUMNS, as_run_errors, open_to_read

CHUNK_ROWS = 10_000
MOST_EVENTS = 100_000


class Timesteps(NamedTuple):
    """How well each part of the schedule was learnt over the last steps."""

    sums: NDArray[np.float64]  #: (bins,) summed unweighted loss
    counts: NDArray[np.int64]  #: (bins,) pictures
    steps: int  #: that both are of; 0 where there are none


def read_losses(path: Path, *, after_step: int = 0) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(steps, losses), each (n,), of the steps after `after_step`, in order; NaN where a loss was no number.

    Raises RunError when there are none to be read.
    """
    steps: list[NDArray[np.int64]] = []
    losses: list[NDArray[np.float64]] = []

    def take_rows(after: int, until: int) -> None:
        # The last column too: only then SQLite holds a row against its own description.
        rows = database.execute(
            "SELECT step, loss, seconds FROM steps WHERE step > ? AND step <= ? ORDER BY step", (after, until)
        )
        for chunk_steps, chunk_losses in _numbers(rows, after):
            steps.append(chunk_steps)
            losses.append(chunk_losses)

    with as_run_errors(path, "storage.not-read"), closing(open_to_read(path)) as database:
        database.execute("BEGIN")  # one moment of a database that is being written
        done = after_step
        try:
            for block, packed in _blocks(database, -(-after_step // BLOCK_STEPS)):
                before = block * BLOCK_STEPS
                if done < before:
                    take_rows(done, before)
                done = before + BLOCK_STEPS
                steps.append(np.arange(before + 1, done + 1))
                losses.append(packed)
            take_rows(done, LAST_STEP)
        except (TypeError, ValueError, OverflowError) as error:
            raise sqlite3.DatabaseError(Phrase("file.loss-no-number")) from error
    if not steps:
        return np.empty(0, np.int64), np.empty(0, np.float64)
    return np.concatenate(steps), np.concatenate(losses)


def read_scalar(path: Path, name: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(steps, values), each (n,), of one number of the steps, in order; NaN where it was none. Raises RunError.

    name: a column of the table of steps, or what `MetricsWriter.add` was given besides. A name that was never written
    has no steps.
    """
    given: tuple[object, ...] = (LAST_STEP,)
    if name in STEP_COLUMNS:
        query = f"SELECT step, {name}, seconds FROM steps WHERE step > 0 AND step <= ? ORDER BY step"  # noqa: S608 (our own names)
    else:
        query = "SELECT step, value FROM scalars WHERE step > 0 AND step <= ? AND name = ? ORDER BY step"
        given = (LAST_STEP, name)
    chunks = [(np.empty(0, np.int64), np.empty(0, np.float64))]
    with as_run_errors(path, "storage.not-read"), closing(open_to_read(path)) as database:
        try:
            chunks += _numbers(database.execute(query, given), 0)
        except sqlite3.OperationalError as error:
            if "no such table: scalars" not in str(error):  # the database is of before there were any
                raise
        except (TypeError, ValueError, OverflowError) as error:
            raise sqlite3.DatabaseError(Phrase("file.loss-no-number")) from error
    steps, values = zip(*chunks, strict=True)
    return np.concatenate(steps), np.concatenate(values)


def read_timesteps(path: Path, *, until_step: int, window: int, bins: int) -> Timesteps:
    """The losses of each of `bins` equal parts of 0 … T - 1, summed over about the last `window` steps to `until_step`.

    Some more steps are in it where a row is of steps on both sides of the window's start. Only the window is read,
    however long the run. Raises RunError when it cannot be.
    """
    sums, counts, last = np.zeros(bins), np.zeros(bins, np.int64), 0
    start = until_step - window
    with as_run_errors(path, "storage.not-read"), closing(open_to_read(path)) as database:
        rows = database.execute(
            "SELECT step, bin, loss_sum, count FROM timesteps WHERE step > ? AND step <= ? ORDER BY step, bin LIMIT ?",
            (start, until_step, window * bins),
        )
        for step, place, loss_sum, count in rows:
            if (type(step), type(place), type(count)) != (int, int, int) or not 0 <= place < bins or count < 1:
                raise sqlite3.DatabaseError(Phrase("file.losses-wrong"))
            last = step
            # Infinite, or none as SQLite has no NaN: nothing that a mean could be taken of.
            if isinstance(loss_sum, float) and np.isfinite(loss_sum):
                sums[place] += loss_sum
                counts[place] += count
        before = database.execute("SELECT max(step) FROM timesteps WHERE step <= ?", (start,)).fetchone()[0]
    return Timesteps(sums, counts, last - (before if isinstance(before, int) else 0) if last else 0)


def read_events(path: Path) -> list[tuple[int, str, str, float]]:
    """(step, kind, text, seconds since 1970) of what happened, in order; the last MOST_EVENTS. Raises RunError."""
    with as_run_errors(path, "storage.not-read"), closing(open_to_read(path)) as database:
        rows = database.execute("SELECT step, kind, text, time FROM events ORDER BY id DESC LIMIT ?", (MOST_EVENTS,))
        return [row for row in rows if tuple(map(type, row)) == (int, str, str, float)][::-1]


def last_saved_step(path: Path) -> int:
    """The last step that a checkpoint was saved of, as far as the numbers say; 0: of none, or they cannot be read."""
    try:
        return max((step for step, kind, _, _ in read_events(path) if kind == SAVED), default=0)
    except RunError:
        return 0


def read_held_out(path: Path) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(steps, losses), each (n,), of the held-out pictures, in order. Raises RunError."""
    found: dict[int, float] = {}
    for step, kind, text, _ in read_events(path):
        if kind == HELD_OUT:
            with suppress(ValueError):
                found[step] = float(text)
    return np.array(sorted(found), np.int64), np.array([found[step] for step in sorted(found)], np.float64)


def _numbers(rows: sqlite3.Cursor, after: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """(steps, numbers) of rows that begin with both, by the chunk; NaN for what SQLite has no number for.

    Raises sqlite3.DatabaseError unless the steps rise from `after`; TypeError, ValueError or OverflowError where one
    is no whole number.
    """
    while chunk := rows.fetchmany(CHUNK_ROWS):
        steps = np.fromiter((row[0] for row in chunk), np.int64, len(chunk))
        # In a torn database pages come twice.
        if steps[0] <= after or (np.diff(steps) <= 0).any():
            raise sqlite3.DatabaseError(Phrase("file.steps-unordered"))
        after = int(steps[-1])
        kept = np.fromiter((is_loss(row[1]) for row in chunk), np.bool_, len(chunk))
        # SQLite has no NaN: it keeps NULL instead.
        values = (np.nan if row[1] is None else row[1] for row in chunk if is_loss(row[1]))
        yield steps[kept], np.fromiter(values, np.float64, int(kept.sum()))


def _blocks(database: sqlite3.Connection, first: int) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """(block, its losses), in order; none from a database of before there were blocks."""
    try:
        rows = database.execute(
            "SELECT block, losses FROM loss_blocks WHERE block >= ? AND block < ? ORDER BY block",
            (first, LAST_STEP // BLOCK_STEPS),
        )
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        return
    for block, data in rows:
        if block < first:
            raise sqlite3.DatabaseError(Phrase("file.steps-unordered"))
        first = block + 1
        losses = unpack(data)
        if losses is not None:  # of a damaged one the rows are read
            yield block, losses
