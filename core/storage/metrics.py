"""A run's numbers, in SQLite: the loss of every step, the loss of each part of the schedule, what happened when.

SQLite does its own safe writing. Another process may read while a run writes.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import RunError

VERSION = 1
COMMIT_EVERY_S = 1.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS steps (
    step INTEGER PRIMARY KEY, loss REAL, learning_rate REAL, grad_norm REAL, pictures_per_second REAL, seconds REAL);
CREATE TABLE IF NOT EXISTS timesteps (
    step INTEGER, bin INTEGER, loss_sum REAL, count INTEGER, PRIMARY KEY (step, bin)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, step INTEGER, kind TEXT, text TEXT, time REAL);
"""
#: Table → how many columns a row has.
_TABLES = {"steps": 6, "timesteps": 4, "events": 5}


class MetricsWriter:
    """Writes a run's metrics, a batch at most once a second. For the thread that made it only; close it.

    A database that is torn is moved aside as `….broken-N`, and what can be read of it is kept.
    Raises RunError when it cannot be written, or is of a newer version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._steps: list[tuple[float, ...]] = []
        self._timesteps: list[tuple[float, ...]] = []
        self._events: list[tuple[object, ...]] = []
        self._committed_at = time.monotonic()
        self.moved_aside: Path | None = None  #: the broken database, where there was one
        with _as_run_errors(path):
            self._database = self._open_whole()

    def add(
        self,
        step: int,
        loss: float,
        learning_rate: float,
        grad_norm: float,
        pictures_per_second: float,
        seconds: float,
    ) -> None:
        """Add one optimizer step; `seconds` is the training time so far. A step added again replaces the first."""
        self._steps.append((step, loss, learning_rate, grad_norm, pictures_per_second, seconds))
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
        with _as_run_errors(self._path), self._database as database:
            for table in _TABLES:
                database.execute(f"DELETE FROM {table} WHERE step > ?", (step,))  # noqa: S608 (our own names)

    def flush(self) -> None:
        """Commit what was added."""
        self._committed_at = time.monotonic()
        if not (self._steps or self._timesteps or self._events):
            return
        with _as_run_errors(self._path), self._database as database:
            database.executemany("INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?)", self._steps)
            database.executemany("INSERT OR REPLACE INTO timesteps VALUES (?, ?, ?, ?)", self._timesteps)
            database.executemany("INSERT INTO events (step, kind, text, time) VALUES (?, ?, ?, ?)", self._events)
        self._steps.clear()
        self._timesteps.clear()
        self._events.clear()

    def close(self) -> None:
        """Commit and close."""
        try:
            self.flush()
        finally:
            self._database.close()

    def _flush_in_time(self) -> None:
        if time.monotonic() - self._committed_at >= COMMIT_EVERY_S:
            self.flush()

    def _open_whole(self) -> sqlite3.Connection:
        try:
            return self._open_checked()
        except sqlite3.DatabaseError as error:
            # A database in use, or on a full disk, is not a broken one.
            if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
                raise
        self.moved_aside = _move_aside(self._path)
        _drop_cut_page(self.moved_aside)
        database = self._open_checked()
        with database:
            for table, columns in _TABLES.items():
                places = ", ".join("?" * columns)
                rows = _salvage(self.moved_aside, table, columns)
                database.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({places})", rows)  # noqa: S608
        return database

    def _open_checked(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=5)
        try:
            if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("malformed")
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version > VERSION:
                raise RunError("run.newer", path=self._path, version=version, known=VERSION)
            _write_ahead(database)
            database.executescript(_SCHEMA)
            database.execute(f"PRAGMA user_version = {VERSION}")
            database.commit()
        except BaseException:
            database.close()
            raise
        return database


def read_losses(path: Path, *, after_step: int = 0) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(steps, losses), each (n,), of the steps after `after_step`, in order; also while another process writes.

    Raises RunError when there are none to be read.
    """
    with _as_run_errors(path, "storage.not-read"), closing(_open_to_read(path)) as database:
        rows = database.execute("SELECT step, loss FROM steps WHERE step > ? ORDER BY step", (after_step,)).fetchall()
    steps = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    # SQLite has no NaN: it keeps NULL instead.
    losses = np.fromiter((np.nan if row[1] is None else row[1] for row in rows), np.float64, len(rows))
    return steps, losses


def read_events(path: Path) -> list[tuple[int, str, str, float]]:
    """(step, kind, text, seconds since 1970) of everything that happened, in order. Raises RunError."""
    with _as_run_errors(path, "storage.not-read"), closing(_open_to_read(path)) as database:
        return database.execute("SELECT step, kind, text, time FROM events ORDER BY id").fetchall()


def _open_to_read(path: Path) -> sqlite3.Connection:
    where = f"{path.resolve().as_uri()}?mode=ro"
    database = sqlite3.connect(where, uri=True, timeout=5)
    try:
        database.execute("SELECT 1 FROM steps LIMIT 1").fetchone()
    except sqlite3.Error as error:
        database.close()
        if "readonly" not in str(error):
            raise
        # Readers of a write-ahead log leave a mark beside it; in a folder that takes none, nobody else writes either.
        return sqlite3.connect(f"{where}&immutable=1", uri=True)
    return database


def _write_ahead(database: sqlite3.Connection) -> None:
    """Readers beside a writer, where the file system can; SQLite's usual journal elsewhere."""
    try:
        database.execute("PRAGMA journal_mode = WAL").fetchone()
    except sqlite3.OperationalError:
        database.execute("PRAGMA journal_mode = DELETE").fetchone()
    database.execute("PRAGMA synchronous = NORMAL")


def _move_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.broken-{number}")).exists():
        number += 1
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def _drop_cut_page(path: Path) -> None:
    """Shorten a database that ends within a page to whole pages: SQLite would read the missing part as zeros."""
    with path.open("r+b") as file:
        # Bytes 16 and 17 of the header (https://www.sqlite.org/fileformat.html); 1 stands for 65536.
        page_bytes = int.from_bytes(file.read(18)[16:], "big")
        page_bytes = 65536 if page_bytes == 1 else page_bytes
        if page_bytes >= 512:
            file.truncate(path.stat().st_size // page_bytes * page_bytes)


def _salvage(path: Path, table: str, columns: int) -> list[tuple[Any, ...]]:
    """The rows of a torn database's table that can be read: from its start up to the damage, and from its end."""
    rows: dict[Any, tuple[Any, ...]] = {}
    for direction in ("ASC", "DESC"):
        try:
            with closing(sqlite3.connect(path, timeout=5)) as database:
                # Otherwise SQLite refuses a file that is shorter than its header says.
                database.execute("PRAGMA writable_schema = ON")
                order = f"{'id' if table == 'events' else 'step'} {direction}"
                for row in database.execute(f"SELECT * FROM {table} ORDER BY {order}"):  # noqa: S608 (our own names)
                    if len(row) == columns and isinstance(row[0], int) and row[0] > 0:
                        rows[row[:2] if table == "timesteps" else row[0]] = row
        except sqlite3.Error:
            continue
    return [rows[key] for key in sorted(rows)]


@contextmanager
def _as_run_errors(path: Path, code: str = "storage.not-saved") -> Iterator[None]:
    try:
        yield
    except sqlite3.ProgrammingError:
        raise  # our own mistake
    except (sqlite3.Error, OSError) as error:
        raise RunError(code, path=path, reason=str(error)) from error
