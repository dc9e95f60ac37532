"""What a training reads: the pictures of a folder as the network sees them, in memory or decoded when asked for."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from .classes import labels_of
from .decode import PictureRefusedError, decode
from .prepare import cropped, scaled, scaled_size

if TYPE_CHECKING:
    from ..config import DataConfig
    from .scan import PictureFile, Scan

MEMORY_BUDGET_BYTES = 2 << 30
PROGRESS_FILES = 50
PROGRESS_S = 0.1


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """`done` of `of` pictures were read, `failed` of them in vain."""

    done: int
    of: int
    failed: int


class PictureSet:
    """N pictures, prepared for the network. Made by `load_pictures`.

    Either all are kept, or (where they are more than the memory budget) only those last used.
    """

    def __init__(
        self,
        files: Sequence[PictureFile],
        data: DataConfig,
        *,
        kept: NDArray[np.uint8] | Sequence[NDArray[np.uint8]] | None,
        failed: int = 0,
        memory_budget_bytes: int = MEMORY_BUDGET_BYTES,
    ) -> None:
        assert data.channels is not None, "settings on auto must be resolved first"
        self.files = tuple(files)
        self.failed = failed  #: pictures of the scan that could not be read any more
        #: (N,) the class of each picture, K for none; None where the network knows no classes
        self.labels: NDArray[np.int64] | None = None
        if data.labels != "off":
            assert data.class_names is not None, "settings on auto must be resolved first"
            self.labels = labels_of(self.files, data.class_names)
        self._own_labels = None if self.labels is None else self.labels.copy()
        self._data = data
        self._size, self._channels = data.height_and_width, data.channels
        self._kept = kept
        self._recent: OrderedDict[int, NDArray[np.uint8]] = OrderedDict()
        self._recent_bytes = 0
        self._memory_budget_bytes = memory_budget_bytes

    def __len__(self) -> int:
        return len(self.files)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(H, W, C) of every picture."""
        return *self._size, self._channels

    @property
    def in_memory(self) -> bool:
        """Whether all pictures are kept."""
        return self._kept is not None

    def batch(self, indices: NDArray[np.int64], rng: np.random.Generator | None = None) -> NDArray[np.uint8]:
        """(B, H, W, C) uint8 of the pictures at `indices`, each in 0 … N-1; `rng` places random crops."""
        if isinstance(self._kept, np.ndarray):
            return self._kept[indices]
        pictures = np.empty((len(indices), *self.shape), np.uint8)
        for row, index in enumerate(indices):
            pictures[row] = cropped(self._scaled(int(index)), self._size, self._data.crop, rng)
        return pictures

    def _scaled(self, index: int) -> NDArray[np.uint8]:
        if self._kept is not None:
            return self._kept[index]
        if index in self._recent:
            self._recent.move_to_end(index)
            return self._recent[index]
        pixels = self._read(index)
        self._recent[index] = pixels
        self._recent_bytes += pixels.nbytes
        while self._recent_bytes > self._memory_budget_bytes and len(self._recent) > 1:
            _, oldest = self._recent.popitem(last=False)
            self._recent_bytes -= oldest.nbytes
        return pixels

    def _read(self, index: int) -> NDArray[np.uint8]:
        """The picture at `index`, or the next one that can still be read, label and all. DataError when none can."""
        for step in range(len(self.files)):
            place = (index + step) % len(self.files)
            pixels = read_scaled(self.files[place], self._data)
            if pixels is not None:
                if self.labels is not None and self._own_labels is not None:
                    self.labels[index] = self._own_labels[place]
                return pixels
        raise DataError("data.none-left", count=len(self.files), folder=self.files[index].path.parent)


def load_pictures(
    scan: Scan, data: DataConfig, *, memory_budget_bytes: int = MEMORY_BUDGET_BYTES
) -> Iterator[LoadProgress | PictureSet]:
    """Read the pictures of a scan as `data` (with nothing on auto) says; the PictureSet comes last.

    A picture that cannot be read any more is left out and counted. More pictures than `memory_budget_bytes` are not
    read now but when they are asked for. Raises DataError when none is left.
    """
    assert data.channels is not None, "settings on auto must be resolved first"
    if _bytes_needed(scan.pictures, data) > memory_budget_bytes:
        yield PictureSet(scan.pictures, data, kept=None, memory_budget_bytes=memory_budget_bytes)
        return
    of = len(scan.pictures)
    size = data.height_and_width
    finished = np.empty((of, *size, data.channels), np.uint8) if data.crop == "centre" else None
    loose: list[NDArray[np.uint8]] = []
    files: list[PictureFile] = []
    told, told_at = 0, time.monotonic()
    for done, file in enumerate(scan.pictures, start=1):
        pixels = read_scaled(file, data)
        if pixels is not None:
            if finished is not None:
                finished[len(files)] = cropped(pixels, size, data.crop)
            else:
                loose.append(pixels)
            files.append(file)
        if done - told >= PROGRESS_FILES or time.monotonic() - told_at >= PROGRESS_S or done == of:
            told, told_at = done, time.monotonic()
            yield LoadProgress(done, of, failed=done - len(files))
    if not files:
        raise DataError("data.none-left", count=of, folder=scan.folder)
    yield PictureSet(
        files,
        data,
        kept=loose if finished is None else finished[: len(files)],
        failed=of - len(files),
        memory_budget_bytes=memory_budget_bytes,
    )


def read_scaled(file: PictureFile, data: DataConfig) -> NDArray[np.uint8] | None:
    """(H, W, C) that just covers the size, before the crop; None for a picture that cannot be read."""
    assert data.channels is not None
    size = data.height_and_width
    try:
        image = decode(file.path, max(size)).image
    except PictureRefusedError:
        return None
    return scaled(image, size=size, channels=data.channels, background=data.background)


def _bytes_needed(files: Sequence[PictureFile], data: DataConfig) -> int:
    assert data.channels is not None
    height, width = data.height_and_width
    if data.crop == "centre":
        return len(files) * height * width * data.channels
    sizes = (scaled_size(file.width, file.height, (height, width)) for file in files)
    return sum(width * height for width, height in sizes) * data.channels
