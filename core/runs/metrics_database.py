"""The file that holds a run's numbers: its tables, and how it is opened."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import Phrase, RunError, phrase_of
from .metrics_judging import connect, lift_limits, require_tables_only
from .metrics_torn import drop_cut_page, is_torn, move_aside, require_whole, require_whole_pages, salvage

VERSION = 1

#: What the table of steps has a column for.
STEP_COLUMNS = ("loss", "learning_rate", "grad_norm", "pictures_per_second", "seconds")

_SCHEMA = {
    "steps": "CREATE TABLE steps (\n    step INTEGER PRIMARY KEY, "
    f"{', '.join(f'{name} REAL' for name in STEP_COLUMNS)})",
    "timesteps": "CREATE TABLE timesteps (\n    step INTEGER, bin INTEGER, loss_sum REAL, count INTEGER, "
    "PRIMARY KEY (step, bin)) WITHOUT ROWID",
    "events": "CREATE TABLE events (id INTEGER PRIMARY KEY, step INTEGER, kind TEXT, text TEXT, time REAL)",
    # A column that is added to `steps` would make it another table to every version before; a name is only a row.
    "scalars": "CREATE TABLE scalars (step INTEGER, name TEXT, value REAL, PRIMARY KEY (step, name)) WITHOUT ROWID",
    "loss_blocks": "CREATE TABLE loss_blocks (block INTEGER PRIMARY KEY, losses BLOB)",
}
#: Table → how many columns a row has. `loss_blocks` repeats `steps`, and is made anew from it.
TABLES = {"steps": 6, "scalars": 3, "timesteps": 4, "events": 5}


def open_to_write(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """The database, made where there is none, and where a torn one was moved aside; what can be read of it is kept.

    Raises RunError when it is of a newer version, sqlite3.Error or OSError when it cannot be written.
    """
    try:
        return _open_checked(path), None
    except sqlite3.DatabaseError as error:
        if not is_torn(error):
            raise
    aside = move_aside(path)
    drop_cut_page(aside)
    database = _open_checked(path)
    with database:
        for table, columns in TABLES.items():
            places = ", ".join("?" * columns)
            rows = salvage(aside, table, columns)
            database.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({places})", rows)  # noqa: S608 (our own names)
    return database, aside


def open_to_read(path: Path) -> sqlite3.Connection:
    """The database, read-only, also while another process writes. Raises sqlite3.Error or OSError."""
    try:
        return _open_to_read(path, "mode=ro")
    except sqlite3.OperationalError as error:
        if not any(words in str(error) for words in ("readonly", "unable to open")):
            raise
    # Readers of a write-ahead log leave a mark beside it; in a folder that takes none, nobody else writes either.
    log = path.with_name(f"{path.name}-wal")
    if not log.is_file() or log.stat().st_size == 0:
        return _open_to_read(path, "mode=ro&immutable=1")
    # And a log that was not copied into the database before its writer died is read only where there can be a mark.
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for part in (path, log):
            shutil.copy(part, folder)
        return _open_to_read(Path(folder) / path.name, "mode=ro")


def _open_to_read(path: Path, options: str) -> sqlite3.Connection:
    database = connect(path, options)
    try:
        require_tables_only(database)
        require_whole_pages(path, database.execute("PRAGMA page_size").fetchone()[0])
    except (sqlite3.Error, OSError):
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
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
        raise RunError(code, path=path, reason=phrase_of(error, "SQLite")) from error


def _open_checked(path: Path) -> sqlite3.Connection:
    # Before SQLite sees it: a connection that is closed copies the log into the file, over the cut.
    if path.is_file():
        require_whole(path)
    database = connect(path)
    try:
        require_tables_only(database)
        if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError(Phrase("file.malformed"))
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise RunError("run.newer", path=path, version=version, known=VERSION)
        _write_ahead(database)
        _make_tables(database)
        database.execute(f"PRAGMA user_version = {VERSION}")
        database.commit()
        lift_limits(database)
    except BaseException:
        database.close()
        raise
    return database


def _make_tables(database: sqlite3.Connection) -> None:
    """Make those that are missing. Raises sqlite3.DatabaseError where one is not as it was made: a byte has changed."""
    found = dict(database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    for name, sql in _SCHEMA.items():
        if name not in found:
            database.execute(sql)
        elif found[name] != sql:
            raise sqlite3.DatabaseError(Phrase("file.malformed-table", name=name))


def _write_ahead(database: sqlite3.Connection) -> None:
    """Readers beside a writer, where the file system can; SQLite's usual journal elsewhere."""
    try:
        database.execute("PRAGMA journal_mode = WAL").fetchone()
    except sqlite3.OperationalError:
        database.execute("PRAGMA journal_mode = DELETE").fetchone()
    # NORMAL would leave what is committed to the system's leisure: a power cut would tear it from its checkpoint.
    database.execute("PRAGMA synchronous = FULL")
