"""The file that holds a run's numbers: its tables, and how it is opened."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..errors import Phrase, RunError, phrase_of
from ..reading import NotRegularError, open_regular

# --- Opens a database that anybody may have written: no programs in its schema, no pipes, and not for ever ---
# SQLite never runs anything outside of itself, but views, triggers and generated columns are programs that it does run.


#: How long opening and reading may take: a start, and for each byte what even a slow disk needs.
START_S, SECONDS_PER_BYTE = 3.0, 1e-7
#: Of one value, bytes; the longest there is holds 1,024 losses.
LONGEST_VALUE = 1_000_000
#: What a journal begins with, and also ends with where a name of another stands at its end.
_JOURNAL_MARK = bytes.fromhex("d9d505f920a163d7")
_CHECK_EVERY_INSTRUCTIONS = 50_000
_MOST_OBJECTS = 100


def connect(path: Path, options: str | None = None) -> sqlite3.Connection:
    """The database at `path`, with limits; `options` are those of SQLite's file: addresses, such as "mode=ro".

    Raises OSError where a part of it is no regular file, sqlite3.Error. Call `require_tables_only` before any other
    question, and `lift_limits` when it may take as long as it takes.
    """
    size = _require_regular(path)
    if options is None:
        database = sqlite3.connect(path, timeout=5)
    else:
        database = sqlite3.connect(f"{path.resolve().as_uri()}?{options}", uri=True, timeout=5)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    # A byte that has changed in a text is no reason to refuse all the rest.
    database.text_factory = lambda text: text.decode("utf-8", "replace")
    until = time.monotonic() + START_S + size * SECONDS_PER_BYTE
    database.set_progress_handler(lambda: time.monotonic() > until, _CHECK_EVERY_INSTRUCTIONS)
    return database


def require_tables_only(database: sqlite3.Connection) -> None:
    """Raises sqlite3.DatabaseError where the schema holds anything but tables of plain columns, and their indexes."""
    try:
        # https://www.sqlite.org/security.html
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA cell_size_check = ON")
        objects = database.execute("SELECT type, sql FROM sqlite_master LIMIT ?", (_MOST_OBJECTS,)).fetchall()
    except UnicodeDecodeError:  # in the words of SQLite's own error
        raise sqlite3.DatabaseError(Phrase("file.malformed-schema")) from None
    for kind, sql in objects:
        words = set(str(sql).upper().replace("(", " ").split())
        # An index that SQLite makes by itself has no text; one with a text may compute.
        plain = kind == "table" or (kind == "index" and sql is None)
        if not plain or words & {"VIRTUAL", "GENERATED", "AS"}:
            raise sqlite3.DatabaseError(Phrase("file.malformed-kind", kind=kind))
    if len(objects) == _MOST_OBJECTS:
        raise sqlite3.DatabaseError(Phrase("file.malformed-tables"))


def lift_limits(database: sqlite3.Connection) -> None:
    """From now on questions may take as long as they take."""
    database.set_progress_handler(None, 0)


def _require_regular(path: Path) -> int:
    """The size in bytes of the database and what lies beside it; 0 where there is none. Raises OSError."""
    size = 0
    for part in (path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-journal", "-shm"))):
        try:
            # Not opened: closing it would give back the locks of whoever writes to it in this process.
            found = part.lstat()  # a link may lead to somebody's file that is no part of this
        except FileNotFoundError:
            continue
        if not stat.S_ISREG(found.st_mode):
            raise NotRegularError(Phrase("file.part-no-file", name=part.name))
        if part.name.endswith("-journal") and _names_another(part):
            raise NotRegularError(Phrase("file.part-names-another", name=part.name))
        size += found.st_size
    return size


def _names_another(journal: Path) -> bool:
    """Whether a journal of SQLite's ends with the name of one that it is a part of, of a change to several databases.

    SQLite removes the file of that name, whatever it is, once it has played the journal back.
    """
    try:
        with open_regular(journal) as file:
            file.seek(max(0, file.seek(0, 2) - len(_JOURNAL_MARK)))
            return file.read() == _JOURNAL_MARK
    except FileNotFoundError:  # whoever wrote it has done its work meanwhile
        return False


# --- A database that lost a part of itself: how it is told from a whole one, and what is saved of it -----


#: https://www.sqlite.org/fileformat.html: bytes 16 and 17 are the size of a page (1 stands for 65536), 18 and 19
#: the format for writing and reading. Then a write-ahead log's header, and the header of each page in it.
_LATEST_FORMAT = 2
_LOG_HEADER_BYTES, _FRAME_HEADER_BYTES = 32, 24


def require_whole_pages(path: Path, page_bytes: int) -> None:
    """Raises sqlite3.DatabaseError where the file ends within a page: SQLite would read what is missing as zeros.

    Not where a journal holds that page: then it was being written, and SQLite takes it from there.
    """
    whole, rest = divmod(path.stat().st_size, page_bytes)
    if not rest or path.with_name(f"{path.name}-journal").exists():
        return
    if whole + 1 not in _pages_in_log(path.with_name(f"{path.name}-wal"), page_bytes):
        raise sqlite3.DatabaseError(Phrase("file.malformed-end"))


def require_whole(path: Path) -> None:
    """`require_whole_pages`, by the file's header. Raises sqlite3.DatabaseError also where that lets nobody write.

    For whoever alone has the database: closing the file gives back all locks on it of this process.
    """
    header = _header(path)
    if any(version > _LATEST_FORMAT for version in header[18:20]):
        raise sqlite3.DatabaseError(Phrase("file.malformed-header"))
    page_bytes = _page_bytes(header)
    if page_bytes is not None:
        require_whole_pages(path, page_bytes)


def _header(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(20)


def _page_bytes(header: bytes) -> int | None:
    """The size of a page; None where the header says none."""
    found = int.from_bytes(header[16:18], "big")
    return 65536 if found == 1 else found if found >= 512 and found.bit_count() == 1 else None


def _pages_in_log(log: Path, page_bytes: int) -> set[int]:
    """The numbers of the pages that a write-ahead log holds, from 1."""
    pages = set()
    try:
        with log.open("rb") as file:
            salt = file.read(_LOG_HEADER_BYTES)[16:24]
            while len(frame := file.read(_FRAME_HEADER_BYTES)) == _FRAME_HEADER_BYTES and frame[8:16] == salt:
                pages.add(int.from_bytes(frame[:4], "big"))
                file.seek(page_bytes, 1)
    except FileNotFoundError:
        pass
    return pages


def is_torn(error: sqlite3.Error) -> bool:
    """Whether SQLite means the file's content: a database in use, or on a full disk, is not a broken one."""
    return not isinstance(error, sqlite3.OperationalError) or any(
        words in str(error) for words in ("malformed", "unsupported file format")
    )


def move_aside(path: Path) -> Path:
    """Call a torn database `….broken-N`, with what belongs to it; its new path."""
    number = 1
    while (aside := path.with_name(f"{path.name}.broken-{number}")).exists():
        number += 1
    for suffix in ("-wal", "-shm", "-journal", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside


def drop_cut_page(path: Path) -> None:
    """Shorten a database that ends within a page to whole pages."""
    page_bytes = _page_bytes(_header(path))
    if page_bytes is not None:
        os.truncate(path, path.stat().st_size // page_bytes * page_bytes)


#: Tables that are kept in the order of their first two columns.
_TWO_KEYS = ("timesteps", "scalars", "series")


def salvage(path: Path, table: str, columns: int) -> list[tuple[Any, ...]]:
    """The rows of a torn database's table that can be read: from its start up to the damage, and from its end."""
    rows: dict[Any, tuple[Any, ...]] = {}
    first = 0 if table == "series" else 1
    for direction in ("ASC", "DESC"):
        try:
            with closing(connect(path)) as database:
                # Otherwise SQLite refuses a file that is shorter than its header says.
                database.execute("PRAGMA writable_schema = ON")
                require_tables_only(database)
                # The first column is the order that each table is kept in, whatever it may be called by now.
                for row in database.execute(f"SELECT * FROM {table} ORDER BY 1 {direction}"):  # noqa: S608 (our own names)
                    if len(row) == columns and isinstance(row[0], int) and row[0] >= first:
                        rows[row[:2] if table in _TWO_KEYS else row[0]] = row
        except (sqlite3.Error, UnicodeError):  # a column's name may be damaged too
            continue
    return [rows[key] for key in sorted(rows)]


# --- The file that holds a run's numbers: its tables, and how it is opened -------------------------------


VERSION = 1

#: What the table of steps has a column for.
STEP_COLUMNS = ("loss", "learning_rate", "grad_norm", "pictures_per_second", "seconds")

_SCHEMA = {
    "steps": "CREATE TABLE steps (\n    step INTEGER PRIMARY KEY, "
    f"{', '.join(f'{name} REAL' for name in STEP_COLUMNS)})",
    "timesteps": "CREATE TABLE timesteps (\n    step INTEGER, bin INTEGER, loss_sum REAL, count INTEGER, "
    "PRIMARY KEY (step, bin)) WITHOUT ROWID",
    "events": "CREATE TABLE events (id INTEGER PRIMARY KEY, step INTEGER, kind TEXT, text TEXT, time REAL)",
    # By an event's id, what its text is made of. Step and time too: where a version before this one wrote, an id
    # comes again for another event.
    "told": "CREATE TABLE told (id INTEGER PRIMARY KEY, step INTEGER, time REAL, data TEXT)",
    # A column that is added to `steps` would make it another table to every version before; a name is only a row.
    "scalars": "CREATE TABLE scalars (step INTEGER, name TEXT, value REAL, PRIMARY KEY (step, name)) WITHOUT ROWID",
    "series": "CREATE TABLE series (step INTEGER, name TEXT, data BLOB, PRIMARY KEY (step, name)) WITHOUT ROWID",
    "loss_blocks": "CREATE TABLE loss_blocks (block INTEGER PRIMARY KEY, losses BLOB)",
}
#: Table → how many columns a row has. `loss_blocks` repeats `steps`, and is made anew from it.
TABLES = {"steps": 6, "scalars": 3, "timesteps": 4, "events": 5, "told": 4, "series": 3}


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
