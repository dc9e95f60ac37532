"""A run's numbers, in SQLite: the loss of every step, the loss of each part of the schedule, what happened when.

SQLite does its own safe writing. Another process may read while a run writes.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .checkpoint_files import LAST_STEP
from .loss_blocks import BLOCK_BYTES, BLOCK_STEPS, pack
from .metrics_database import TABLES, as_run_errors, open_to_write

COMMIT_EVERY_S = 1.0

#: The kind of an event whose text is the loss of the held-out pictures.
HELD_OUT = "held-out-loss"
#: That of an event which tells of a saved checkpoint.
SAVED = "saved"

#: Rows of each table that wait for a disk that takes none; beyond that the oldest are given up.
MOST_WAITING = 200_000


class MetricsWriter:
    """Writes a run's metrics, a batch at most once a second. For the thread that made it only; close it.

    A database that is torn is moved aside as `….broken-N`, and what can be read of it is kept.
    Raises RunError when it cannot be written, or is of a newer version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._steps: list[tuple[float, ...]] = []
        self._scalars: list[tuple[int, str, float]] = []
        self._timesteps: list[tuple[float, ...]] = []
        self._events: list[tuple[object, ...]] = []
        self._committed_at = time.monotonic()
        with as_run_errors(path):
            #: `moved_aside` is the broken database, where there was one
            self._database, self.moved_aside = open_to_write(path)
            with self._database:
                # Those of an earlier version had no checksum.
                self._database.execute("DELETE FROM loss_blocks WHERE length(losses) != ?", (BLOCK_BYTES,))
                self._pack()

    def add(
        self,
        step: int,
        loss: float,
        learning_rate: float,
        grad_norm: float,
        pictures_per_second: float,
        seconds: float,
        **more: float,
    ) -> None:
        """Add one optimizer step; `seconds` is the training time so far. A step added again replaces the first.

        more: whatever else was measured in it; `metrics_reading.read_scalar` finds each by its name.
        """
        self._steps.append((step, loss, learning_rate, grad_norm, pictures_per_second, seconds))
        self._scalars += [(step, name, value) for name, value in more.items()]
        self._flush_in_time()

    def add_timesteps(self, step: int, sums: NDArray[np.float64], counts: NDArray[np.int64]) -> None:
        """Add the summed loss and the number of pictures of each bin of timesteps since the last call."""
        bins = np.flatnonzero(counts)
        self._timesteps += [(step, int(b), float(sums[b]), int(counts[b])) for b in bins]
        self._flush_in_time()

    def add_event(self, step: int, kind: str, text: str) -> None:
        """Add something that happened, with the time of day."""
        self._events.append((step, kind, text, time.time()))
        self._flush_in_time()

    def truncate_after(self, step: int) -> None:
        """Forget everything after `step`: the run goes on from there."""
        self.flush()
        with as_run_errors(self._path), self._database as database:
            for table in TABLES:
                database.execute(f"DELETE FROM {table} WHERE step > ?", (step,))  # noqa: S608 (our own names)
            database.execute("DELETE FROM loss_blocks WHERE block >= ?", (step // BLOCK_STEPS,))

    def flush(self) -> None:
        """Commit what was added. What could not be is kept for the next time. Raises RunError."""
        self._committed_at = time.monotonic()
        if not (self._steps or self._timesteps or self._events):
            return
        for waiting in (self._steps, self._scalars, self._timesteps, self._events):
            del waiting[:-MOST_WAITING]
        with as_run_errors(self._path), self._database as database:
            database.executemany("INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?)", self._steps)
            database.executemany("INSERT OR REPLACE INTO scalars VALUES (?, ?, ?)", self._scalars)
            database.executemany("INSERT OR REPLACE INTO timesteps VALUES (?, ?, ?, ?)", self._timesteps)
            database.executemany("INSERT INTO events (step, kind, text, time) VALUES (?, ?, ?, ?)", self._events)
            if self._steps:
                self._pack()
        self._steps.clear()
        self._scalars.clear()
        self._timesteps.clear()
        self._events.clear()

    def close(self) -> None:
        """Commit and close."""
        try:
            self.flush()
        finally:
            self._database.close()

    def _pack(self) -> None:
        """Keep the losses of each full block side by side too: millions of rows one by one would take a minute."""
        # Whatever steps and blocks a stranger's database has, only those that are full are gone through.
        most = LAST_STEP // BLOCK_STEPS
        packed = self._database.execute("SELECT max(block) FROM loss_blocks WHERE block < ?", (most,)).fetchone()[0]
        first = max(0, 0 if packed is None else packed + 1)
        full = self._database.execute(
            "SELECT (step - 1) / ?1 FROM steps WHERE step > ?2 AND step <= ?3 GROUP BY 1 HAVING count(*) = ?1",
            (BLOCK_STEPS, first * BLOCK_STEPS, LAST_STEP),
        ).fetchall()
        for (block,) in full:
            rows = self._database.execute(
                "SELECT loss FROM steps WHERE step > ? AND step <= ? ORDER BY step",
                (block * BLOCK_STEPS, (block + 1) * BLOCK_STEPS),
            ).fetchall()
            packed_losses = pack([row[0] for row in rows])
            if packed_losses is not None:  # a block with a gap is read row by row
                self._database.execute("INSERT OR REPLACE INTO loss_blocks VALUES (?, ?)", (block, packed_losses))

    def _flush_in_time(self) -> None:
        if time.monotonic() - self._committed_at >= COMMIT_EVERY_S:
            self.flush()
