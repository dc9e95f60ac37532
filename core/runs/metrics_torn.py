"""A database that lost a part of itself: how it is told from a whole one, and what is saved of it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from ..errors import Phrase
from .metrics_judging import connect, require_tables_only

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


def salvage(path: Path, table: str, columns: int) -> list[tuple[Any, ...]]:
    """The rows of a torn database's table that can be read: from its start up to the damage, and from its end."""
    rows: dict[Any, tuple[Any, ...]] = {}
    for direction in ("ASC", "DESC"):
        try:
            with closing(connect(path)) as database:
                # Otherwise SQLite refuses a file that is shorter than its header says.
                database.execute("PRAGMA writable_schema = ON")
                require_tables_only(database)
                # The first column is the order that each table is kept in, whatever it may be called by now.
                for row in database.execute(f"SELECT * FROM {table} ORDER BY 1 {direction}"):  # noqa: S608 (our own names)
                    if len(row) == columns and isinstance(row[0], int) and row[0] > 0:
                        rows[row[:2] if table in ("timesteps", "scalars") else row[0]] = row
        except (sqlite3.Error, UnicodeError):  # a column's name may be damaged too
            continue
    return [rows[key] for key in sorted(rows)]
