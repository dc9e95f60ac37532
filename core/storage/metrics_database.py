"""The file that holds a run's numbers: its tables, how it is opened, and what is saved of it when it is torn."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from ..errors import RunError
from .metrics_judging import connect, lift_limits, require_tables_only

VERSION = 1
#: Losses in a row of `loss_blocks`; block b holds the steps b·1024 + 1 … (b + 1)·1024.
BLOCK_STEPS = 1024

_SCHEMA = """
CREATE TABLE IF NOT EXISTS steps (
    step INTEGER PRIMARY KEY, loss REAL, learning_rate REAL, grad_norm REAL, pictures_per_second REAL, seconds REAL);
CREATE TABLE IF NOT EXISTS timesteps (
    step INTEGER, bin INTEGER, loss_sum REAL, count INTEGER, PRIMARY KEY (step, bin)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, step INTEGER, kind TEXT, text TEXT, time REAL);
CREATE TABLE IF NOT EXISTS loss_blocks (block INTEGER PRIMARY KEY, losses BLOB);
"""
#: Table → how many columns a row has. `loss_blocks` repeats `steps`, and is made anew from it.
TABLES = {"steps": 6, "timesteps": 4, "events": 5}


def open_to_write(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """The database, made where there is none, and where a torn one was moved aside; what can be read of it is kept.

    Raises RunError when it is of a newer version, sqlite3.Error or OSError when it cannot be written.
    """
    try:
        return _open_checked(path), None
    except sqlite3.DatabaseError as error:
        # A database in use, or on a full disk, is not a broken one.
        if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
            raise
    aside = _move_aside(path)
    _drop_cut_page(aside)
    database = _open_checked(path)
    with database:
        for table, columns in TABLES.items():
            places = ", ".join("?" * columns)
            rows = _salvage(aside, table, columns)
            database.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({places})", rows)  # noqa: S608 (our own names)
    return database, aside


def open_to_read(path: Path) -> sqlite3.Connection:
    """The database, read-only, also while another process writes. Raises sqlite3.Error or OSError."""
    database = connect(path, "mode=ro")
    try:
        require_tables_only(database)
    except sqlite3.Error as error:
        database.close()
        if "readonly" not in str(error):
            raise
        # Readers of a write-ahead log leave a mark beside it; in a folder that takes none, nobody else writes either.
        database = connect(path, "mode=ro&immutable=1")
        try:
            require_tables_only(database)
        except sqlite3.Error:
            database.close()
            raise
    return database


@contextmanager
def as_run_errors(path: Path, code: str = "storage.not-saved") -> Iterator[None]:
    """What goes wrong with the database inside, as a RunError that names it."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise  # our own mistake
    except (sqlite3.Error, OSError) as error:
        raise RunError(code, path=path, reason=str(error)) from error


def _open_checked(path: Path) -> sqlite3.Connection:
    database = connect(path)
    try:
        require_tables_only(database)
        if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("malformed")
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise RunError("run.newer", path=path, version=version, known=VERSION)
        _write_ahead(database)
        database.executescript(_SCHEMA)
        database.execute(f"PRAGMA user_version = {VERSION}")
        database.commit()
        lift_limits(database)
    except BaseException:
        database.close()
        raise
    return database


def _write_ahead(database: sqlite3.Connection) -> None:
    """Readers beside a writer, where the file system can; SQLite's usual journal elsewhere."""
    try:
        database.execute("PRAGMA journal_mode = WAL").fetchone()
    except sqlite3.OperationalError:
        database.execute("PRAGMA journal_mode = DELETE").fetchone()
    # NORMAL would leave what is committed to the system's leisure: a power cut would tear it from its checkpoint.
    database.execute("PRAGMA synchronous = FULL")


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
            with closing(connect(path)) as database:
                require_tables_only(database)
                # Otherwise SQLite refuses a file that is shorter than its header says.
                database.execute("PRAGMA writable_schema = ON")
                order = f"{'id' if table == 'events' else 'step'} {direction}"
                for row in database.execute(f"SELECT * FROM {table} ORDER BY {order}"):  # noqa: S608 (our own names)
                    if len(row) == columns and isinstance(row[0], int) and row[0] > 0:
                        rows[row[:2] if table == "timesteps" else row[0]] = row
        except sqlite3.Error:
            continue
    return [rows[key] for key in sorted(rows)]
