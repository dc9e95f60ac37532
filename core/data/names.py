"""File names: their order as people count, and how they are shown when they are strange."""

from __future__ import annotations

import os
import re
import unicodedata

from ..showable import UNSHOWABLE, escaped

_DIGITS = re.compile(r"([0-9]+)")


def natural_key(name: str) -> tuple[tuple[str | int, ...], str]:
    """Sorts 2 before 10 and a beside A; the name itself settles ties, so that the order is always the same."""
    parts: list[str | int] = list(_DIGITS.split(name.casefold()))
    parts[1::2] = [int(digits) for digits in parts[1::2]]
    return tuple(parts), name


def displayed_name(name: str) -> str:
    """The name with what is no text (bytes that are not UTF-8, control and direction characters) as U+FFFD."""
    return UNSHOWABLE.sub("\ufffd", os.fsencode(name).decode("utf-8", "replace"))


def class_name(name: str) -> str:
    """A folder's name as the name of a class: NFC, so that a folder copied from a Mac is the same class.

    What is no text is escaped rather than replaced: two folders must not become one class.
    """
    text = UNSHOWABLE.sub(escaped, os.fsencode(name).decode("utf-8", "backslashreplace"))
    return unicodedata.normalize("NFC", text)
