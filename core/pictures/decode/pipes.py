"""Messages between the program and its decoding helpers: a length, then JSON. Never pickle: a message is only data."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

_LENGTH = struct.Struct("<I")


def write_message(file: BinaryIO, value: object) -> None:
    """Send one value that JSON can hold. File names of any bytes survive, as Python's surrogate escapes."""
    data = json.dumps(value, separators=(",", ":")).encode("ascii")
    file.write(_LENGTH.pack(len(data)) + data)
    file.flush()


def read_message(file: BinaryIO) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """The next value. Raises EOFError when the other side is gone."""
    (length,) = _LENGTH.unpack(_read(file, _LENGTH.size))
    return json.loads(_read(file, length))


def _read(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise EOFError
    return data
