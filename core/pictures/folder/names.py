"""File names: their order as people count, and how they are shown when they are strange."""

from __future__ import annotations

import os
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator

from ...errors import UNSHOWABLE, escaped

_DIGITS = re.compile(r"[0-9]+")
#: Names sorted in one go: while Python sorts, no other thread runs.
_SORTED_TOGETHER = 8192
#: Names looked at per part that is to be sorted, to find where one part ends and the next begins.
_SAMPLES = 16


def natural_key(name: str) -> bytes:
    """Sorts 2 before 10 and a beside A; the name itself settles ties, so that the order is always the same."""
    # A number is preceded by how many digits it has, so that bytes are enough and a million names stay small.
    # No name holds a zero byte: it ends what comes before a number, and is less than any character.
    return f"{_DIGITS.sub(_counted, name.casefold())}\0\0{name}".encode("utf-8", "surrogatepass")


def name_in_key(key: bytes) -> str:
    """The name whose natural key it is."""
    return key[key.index(b"\0\0") + 2 :].decode("utf-8", "surrogatepass")


def natural_order(keys: list[bytes]) -> Iterator[list[bytes]]:
    """The keys sorted, a part at a time; empty parts while it is still at work. `keys` is empty then.

    No part takes more than some milliseconds, however many there are.
    """
    step = _SORTED_TOGETHER // _SAMPLES | 1  # odd, as what repeats in names seldom does
    limits = sorted(keys[::step])[_SAMPLES::_SAMPLES]
    parts: list[list[bytes]] = [[] for _ in range(len(limits) + 1)]
    for begin in range(0, len(keys), _SORTED_TOGETHER):
        for key in keys[begin : begin + _SORTED_TOGETHER]:
            parts[bisect_right(limits, key)].append(key)
        yield []
    keys.clear()
    for number, part in enumerate(parts):
        part.sort()
        yield part
        parts[number] = []


def displayed_name(name: str) -> str:
    """The name with what is no text (bytes that are not UTF-8, control and direction characters) as U+FFFD."""
    return UNSHOWABLE.sub("\ufffd", os.fsencode(name).decode("utf-8", "replace"))


def class_name(name: str) -> str:
    """A folder's name as the name of a class: NFC, so that a folder copied from a Mac is the same class.

    What is no text is escaped rather than replaced: two folders must not become one class.
    """
    text = UNSHOWABLE.sub(escaped, os.fsencode(name).decode("utf-8", "backslashreplace"))
    return unicodedata.normalize("NFC", text)


def _counted(found: re.Match[str]) -> str:
    digits = found[0].lstrip("0")
    return f"\0{chr(len(digits) + 1)}{digits}"
