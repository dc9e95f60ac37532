"""Which pictures are trained on, which are held out, and which are left out altogether: a property of each one's path.

Nothing here depends on the order or the number of the pictures: adding some never moves others.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Collection, Iterator, Set
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import ConfigError, Phrase

if TYPE_CHECKING:
    from ...settings import DataConfig
    from .picture_files import Pictures
    from .scan import Scan


#: Names looked at together.
NAMES_TOGETHER = 10_000
#: Pictures whose names are looked at in the time in which one is looked for by its name.
SEARCHED_FOR_EACH = 5000
#: What a picture is to a run.
EXCLUDED, TRAIN, HELD_OUT = 0, 1, 2


class Split(NamedTuple):
    """Places in `Scan.pictures`, in order; what is excluded is in neither."""

    train: NDArray[np.int64]
    held_out: NDArray[np.int64]


def names_below(pictures: Pictures) -> Iterator[str]:
    """Each picture's path below the folder, with / between: what the setting `excluded` holds. Any bytes survive."""
    return names_at(pictures, slice(None))


def names_at(pictures: Pictures, places: NDArray[np.int64] | slice) -> Iterator[str]:
    """As `names_below`, of the pictures at these places."""
    table = pictures.verdicts.table
    return (table.relative(row).replace(os.sep, "/") for row in pictures.rows[places].tolist())


def share_of(name: str) -> float:
    """A number in [0, 1) that belongs to a relative name for ever, on every system."""
    # A folder copied from a Mac is the same folder.
    told = unicodedata.normalize("NFC", name).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(told, digest_size=8, person=b"hold-out").digest(), "big") / 2**64


def split(scan: Scan, fraction: float, excluded: Collection[str] = ()) -> Split:
    """The pictures to train on and, of about `fraction` of all, those to hold out; a larger fraction only adds to them.

    Raises ConfigError where none would be left to train on.
    """
    return divided(sides_of(scan.pictures, fraction, frozenset(excluded)), fraction)


def sides_of(pictures: Pictures, fraction: float, excluded: Set[str]) -> NDArray[np.uint8]:
    """(n,) EXCLUDED, TRAIN or HELD_OUT of each; may be asked for a part of the pictures after another."""
    if not fraction and not excluded:
        return np.full(len(pictures), TRAIN, np.uint8)
    sides = (
        EXCLUDED if name in excluded else HELD_OUT if share_of(name) < fraction else TRAIN
        for name in names_below(pictures)
    )
    return np.fromiter(sides, np.uint8, len(pictures))


def sides_in_parts(pictures: Pictures, fraction: float, excluded: Set[str]) -> Iterator[NDArray[np.uint8]]:
    """`sides_of` a part after another: a million names take seconds, in which whoever waits may change their mind."""
    if not fraction and len(excluded) * SEARCHED_FOR_EACH < len(pictures):
        # To look for a few is quicker than to look at all.
        sides = np.full(len(pictures), TRAIN, np.uint8)
        sides[pictures.places_of(name.replace("/", os.sep) for name in excluded)] = EXCLUDED
        yield sides
        return
    for start in range(0, max(1, len(pictures)), NAMES_TOGETHER):
        yield sides_of(pictures[start : start + NAMES_TOGETHER], fraction, excluded)


def divided(sides: NDArray[np.uint8], fraction: float) -> Split:
    """The split from all pictures' sides. Raises ConfigError."""
    train, held_out = np.flatnonzero(sides == TRAIN), np.flatnonzero(sides == HELD_OUT)
    if not len(train):
        first = f"hold_out={fraction:g}" if len(held_out) else "excluded"
        raise ConfigError(
            "config.conflict",
            first=first,
            second=Phrase("conflict.this-folder"),
            reason=Phrase("conflict.nothing-left"),
        )
    return Split(train, held_out)


def split_of(scan: Scan, data: DataConfig) -> Split:
    """The split that the settings ask for."""
    return split(scan, data.hold_out, data.excluded or ())
