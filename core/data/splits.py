"""Which pictures are trained on, which are held out, and which are left out altogether: a property of each one's path.

Nothing here depends on the order or the number of the pictures: adding some never moves others.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Collection, Iterator
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigError

if TYPE_CHECKING:
    from ..config import DataConfig
    from .picture_files import Pictures
    from .scan import Scan


class Split(NamedTuple):
    """Places in `Scan.pictures`, in order; what is excluded is in neither."""

    train: NDArray[np.int64]
    held_out: NDArray[np.int64]


def names_below(pictures: Pictures) -> Iterator[str]:
    """Each picture's path below the folder, with / between: what the setting `excluded` holds. Any bytes survive."""
    table = pictures.verdicts.table
    return (table.relative(row).replace(os.sep, "/") for row in pictures.rows.tolist())


def share_of(name: str) -> float:
    """A number in [0, 1) that belongs to a relative name for ever, on every system."""
    # A folder copied from a Mac is the same folder.
    told = unicodedata.normalize("NFC", name).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(told, digest_size=8, person=b"hold-out").digest(), "big") / 2**64


def split(scan: Scan, fraction: float, excluded: Collection[str] = ()) -> Split:
    """The pictures to train on and, of about `fraction` of all, those to hold out; a larger fraction only adds to them.

    Raises ConfigError where none would be left to train on.
    """
    everything = np.arange(len(scan.pictures), dtype=np.int64)
    if not fraction and not excluded:
        return Split(everything, everything[:0])
    left_out = frozenset(excluded)
    train: list[int] = []
    held_out: list[int] = []
    for place, name in enumerate(names_below(scan.pictures)):
        if name not in left_out:
            (held_out if share_of(name) < fraction else train).append(place)
    if not train:
        first = f"hold_out={fraction:g}" if held_out else "excluded"
        raise ConfigError(
            "config.conflict",
            first=first,
            second="this folder",
            reason="no picture would be left to train on",
        )
    return Split(np.array(train, np.int64), np.array(held_out, np.int64))


def split_of(scan: Scan, data: DataConfig) -> Split:
    """The split that the settings ask for."""
    return split(scan, data.hold_out, data.excluded or ())
