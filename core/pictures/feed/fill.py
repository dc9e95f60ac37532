"""Decodes pictures into the rows that a training reads: here, or in the helper processes where they are many."""

from __future__ import annotations

import base64
import os
import zlib
from collections.abc import Generator, Iterable
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...reading import open_in_place
from ..decode.decoding import PictureRefusedError, decode
from ..decode.pool import Refused, results
from ..decode.prepare import fitted, slot_of

if TYPE_CHECKING:
    from ...settings import DataConfig
    from ..folder.picture_files import Pictures


# --- Decodes one picture into the row that a training reads. What a decoding helper runs; knows nothing of helpers.


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


# --- fill ------------------------------------------------------------------------------------------------

#: Pixels that come back from the helpers and wait to be taken, in bytes.
IN_FLIGHT_BYTES = 32 << 20
FEWEST_IN_FLIGHT = 16


class Written(NamedTuple):
    """A helper has put the pixels into the file itself."""

    checksum: int


class NotWrittenError(Exception):
    """The file took no more; the reason is in words."""


#: What becomes of one picture: its pixels, or that they are written, or why there are none.
Filled = NDArray[np.uint8] | Written | Refused


def fill_here(
    wanted: Iterable[tuple[int, Path, tuple[int, int]]], rules: FillRules
) -> Generator[tuple[int, Filled] | None, None, None]:
    """Decode (index, path, slot) one after another in this thread."""
    for index, path, slot in wanted:
        try:
            yield index, read_fitted(path, slot, rules)
        except PictureRefusedError as refused:
            yield index, Refused(refused.reason_code)


def fill_by_helpers(
    wanted: Iterable[tuple[int, Path, tuple[int, int], int]], rules: FillRules, file: Path | None
) -> Generator[tuple[int, Filled] | None, None, None]:
    """Decode (index, path, slot, offset) in the helper processes, in order; None now and then while nothing is ready.

    file: where the helpers put the pixels, at `offset`; None: the pixels come back. Raises NotWrittenError when the
    file takes no more, DataError where no helper can be started.
    """
    common = [list(rules), None if file is None else str(file)]
    questions = (((index, slot), [str(path), list(slot), offset]) for index, path, slot, offset in wanted)
    # What a helper writes by itself is not waited for; what comes back is bounded.
    height, width = rules.size
    most = max(FEWEST_IN_FLIGHT, IN_FLIGHT_BYTES // (height * width * rules.channels)) if file is None else None
    while part := list(islice(questions, most)) if most is not None else questions:
        with closing(results("fill", part, common)) as answers:
            for answer in answers:
                if answer is None:
                    yield None
                    continue
                (index, slot), result = answer
                yield index, _taken(result, slot, rules)
        if most is None:
            return


def _taken(result: Any, slot: tuple[int, int], rules: FillRules) -> Filled:  # noqa: ANN401 (a task's answer)
    match result:
        case Refused():
            return result
        case {"not_written": reason}:
            raise NotWrittenError(reason)
        case {"checksum": checksum}:
            return Written(checksum)
        case _:
            pixels = np.frombuffer(base64.b64decode(result), np.uint8)
            return pixels.reshape(*slot, rules.channels)


# --- How large each picture's row is: all alike, but for random crops, where each keeps its own length ---


class Slots:
    """(height, width) of each picture's row, and where it begins when they lie one after another."""

    def __init__(self, files: Pictures, rules: FillRules) -> None:
        self.count = len(files)
        self.channels = rules.channels
        #: (height, width) of every row; None where they differ
        self.same: tuple[int, int] | None = rules.size
        if rules.crop == "random":
            self.same = None
            sides = zip(files.widths.tolist(), files.heights.tolist(), strict=True)
            slots = [slot_of(width, height, rules.size, rules.crop) for width, height in sides]
            self._each = np.array(slots, np.int64).reshape(self.count, 2)

    def of(self, index: int) -> tuple[int, int]:
        """(height, width) of a row."""
        if self.same is not None:
            return self.same
        height, width = self._each[index].tolist()
        return height, width

    def sizes(self) -> NDArray[np.int64]:
        """(N, 2) height and width of each row."""
        if self.same is not None:
            return np.broadcast_to(np.array(self.same, np.int64), (self.count, 2))
        return self._each

    def bytes_each(self) -> NDArray[np.int64]:
        """(N,) bytes of each row."""
        each: NDArray[np.int64] = self.sizes().prod(axis=1) * self.channels
        return each

    @property
    def total_bytes(self) -> int:
        """Bytes of all rows."""
        if self.same is not None:
            height, width = self.same
            return self.count * height * width * self.channels
        return int(self.bytes_each().sum())
