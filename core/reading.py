"""Small files that anybody may have written: never waits on a pipe, never reads or builds more than was agreed to."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from collections.abc import Callable
from io import BufferedReader, BufferedWriter
from os import open as open_descriptor
from pathlib import Path
from typing import Any

from .errors import Phrase

#: Far more than the settings of a run with ten thousand classes need, and all that it may leave out
#: (settings.MOST_NAMES_BYTES).
MAX_JSON_BYTES = 24 << 20
#: Values in all: an empty list is two bytes in a file and sixty in memory.
MAX_JSON_VALUES = 250_000
MAX_JSON_DEPTH = 64

#: Smaller files are read in a moment, holes or not.
LARGE_FILE_BYTES = 64 << 20
#: Written parts that are looked at; a hollow file has few.
MOST_EXTENTS = 10_000

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)


class NotRegularError(OSError):
    """A folder, a pipe, a device: nothing that can be read to its end."""


def is_folder(path: Path) -> bool:
    """Whether there is a folder; False also where that cannot be told: no permission, a name that no system takes."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file for reading without ever waiting on a pipe or a device. Raises OSError, NotRegularError."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise NotRegularError(Phrase("file.not-regular"))
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = open_descriptor(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # swapped between the two questions
        os.close(descriptor)
        raise NotRegularError(Phrase("file.not-regular"))
    return os.fdopen(descriptor, "rb")


def append_regular(path: Path) -> BufferedWriter:
    """Open a regular file, made where there is none, for writing at its end. Raises OSError, NotRegularError.

    Never waits on a pipe, and never follows a link: it might lead to a file of somebody's that is no part of this.
    """
    descriptor = open_in_place(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    return os.fdopen(descriptor, "ab")


def open_in_place(path: Path, flags: int) -> int:
    """A descriptor of the regular file that lies at `path` itself. Raises OSError, NotRegularError."""
    for extra in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY", "O_CLOEXEC"):
        flags |= getattr(os, extra, 0)
    descriptor = os.open(path, flags, 0o644)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotRegularError(Phrase("file.not-writable"))
    return descriptor


def read_regular(path: Path, limit: int) -> bytes:
    """The content of a regular file of at most `limit` bytes. Raises OSError, ValueError for a longer one."""
    with open_regular(path) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise ValueError(Phrase("file.too-long", bytes=limit))
    return data


def is_hollow(file: BufferedReader) -> bool:
    """Whether most of a large file was never written: such a hole is read as zeros, and takes as long as real bytes.

    False where the file system does not say.
    """
    descriptor = file.fileno()
    size = os.fstat(descriptor).st_size
    if size < LARGE_FILE_BYTES or not hasattr(os, "SEEK_DATA"):
        return False
    written = at = 0
    try:
        for _ in range(MOST_EXTENTS):
            start = os.lseek(descriptor, at, os.SEEK_DATA)
            at = os.lseek(descriptor, start, os.SEEK_HOLE)
            written += at - start
    except OSError as error:
        return error.errno == errno.ENXIO and written < size // 2  # no data follow; anything else: it does not say
    finally:
        file.seek(0)
    return False


def read_json(path: Path) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """The value in a JSON file. Raises OSError where it cannot be read, ValueError for what `parse_json` refuses."""
    return parse_json(read_regular(path, MAX_JSON_BYTES))


def parse_json(data: bytes, pairs_hook: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:  # noqa: ANN401
    """The value of JSON in UTF-8. Raises ValueError for anything else, and for what would grow when it is built.

    pairs_hook: makes each object of its (name, value) pairs.
    """
    if len(data) > MAX_JSON_BYTES:
        raise ValueError(Phrase("file.too-long", bytes=MAX_JSON_BYTES))
    # Strings may hold brackets and commas of their own.
    bare = _STRING.sub(b"", data)
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") > MAX_JSON_VALUES:
        raise ValueError(Phrase("file.too-many-values", count=MAX_JSON_VALUES))
    depth = 0
    for bracket in re.finditer(rb"[\[\]{}]", bare):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > MAX_JSON_DEPTH:
            raise ValueError(Phrase("file.too-deep"))
    return json.loads(data.decode("utf-8"), object_pairs_hook=pairs_hook)
