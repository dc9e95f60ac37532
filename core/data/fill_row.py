"""Decodes one picture into the row that a training reads. What a decoding helper runs; knows nothing of helpers."""

from __future__ import annotations

import base64
import os
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..reading import open_in_place
from .decode import decode
from .prepare import fitted

if TYPE_CHECKING:
    from ..config import DataConfig


class FillRules(NamedTuple):
    """What is the same for all pictures of a set."""

    size: tuple[int, int]  #: (height, width) that the network sees
    channels: int
    crop: str
    background: str

    @classmethod
    def of(cls, data: DataConfig) -> FillRules:
        """The rules of settings with nothing on auto."""
        assert data.channels is not None, "settings on auto must be resolved first"
        return cls(data.height_and_width, data.channels, data.crop, data.background)


def read_fitted(path: Path, slot: tuple[int, int], rules: FillRules) -> NDArray[np.uint8]:
    """(height, width, C) of `slot`. Raises PictureRefusedError."""
    image = decode(path, max(rules.size)).image
    return fitted(image, slot=slot, channels=rules.channels, crop=rules.crop, background=rules.background)


def checksum_of(pixels: bytes | memoryview) -> int:
    """CRC-32 of a row, never 0: that stands for a row that is not filled."""
    return zlib.crc32(pixels) or 1


def fill_task(argument: Any, common: Any) -> object:  # noqa: ANN401 (what JSON holds)
    """In a helper: decode one picture, into the file or into the answer. Raises PictureRefusedError."""
    path, (height, width), offset = argument
    (size, channels, crop, background), file = common
    rules = FillRules((size[0], size[1]), channels, crop, background)
    pixels = read_fitted(Path(path), (height, width), rules).tobytes()
    if file is None:
        return base64.b64encode(pixels).decode("ascii")
    try:
        write_at(Path(file), pixels, offset)
    except OSError as error:
        return {"not_written": error.strerror or str(error)}
    return {"checksum": checksum_of(pixels)}


def write_at(path: Path, data: bytes, offset: int) -> None:
    """Put bytes into a file that is there. Raises OSError.

    Written, not mapped: on a full disk a mapped write ends the process.
    """
    with os.fdopen(open_in_place(path, os.O_WRONLY), "wb", buffering=0) as file:
        file.seek(offset)
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]
