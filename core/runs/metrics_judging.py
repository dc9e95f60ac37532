"""Opens a database that anybody may have written: no programs in its schema, no pipes, and not for ever.

SQLite never runs anything outside of itself, but views, triggers and generated columns are programs that it does run.
"""

from __future__ import annotations

import sqlite3
import stat
import time
from pathlib import Path

from ..errors import Phrase
from ..reading import NotRegularError, open_regular

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
