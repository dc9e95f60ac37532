"""Where the pictures of a training lie once they are decoded: in memory, all of them or those last used."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Rows(Protocol):
    """One row per picture: the pixels of its slot, (h, w, C) uint8, once they are there."""

    @property
    def keeps(self) -> bool:
        """Whether a row that was put stays."""
        ...

    @property
    def file(self) -> Path | None:
        """Where helpers put the pixels themselves; None: `put` them."""
        ...

    def has(self, index: int) -> bool:
        """Whether the row is there and whole."""
        ...

    def missing(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of `indices` whose row is not there, in order."""
        ...

    def get(self, index: int) -> NDArray[np.uint8]:
        """The row; it is there."""
        ...

    def gather(self, indices: NDArray[np.int64]) -> NDArray[np.uint8] | None:
        """A copy of the rows, (B, H, W, C), where all are there and of one size; else None."""
        ...

    def put(self, index: int, pixels: NDArray[np.uint8]) -> None:
        """Keep the row."""
        ...

    def offset(self, index: int) -> int:
        """Bytes from the start of `file` to the row."""
        ...

    def put_written(self, index: int, checksum: int) -> None:
        """The row was put into `file`."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


class _InMemory:
    """What rows in memory have in common: there is no file."""

    file: Path | None = None

    def offset(self, index: int) -> int:  # noqa: ARG002 (there is none)
        """There is no file."""
        return 0

    def put_written(self, index: int, checksum: int) -> None:
        """There is no file."""
        raise AssertionError(f"row {index} ({checksum}) was written, but rows in memory have no file")

    def close(self) -> None:
        """Let go of files."""


class MemoryRows(_InMemory):
    """All rows, of one size, side by side."""

    keeps = True

    def __init__(self, count: int, shape: tuple[int, int, int]) -> None:
        self._rows = np.empty((count, *shape), np.uint8)
        self._there = np.zeros(count, bool)

    def has(self, index: int) -> bool:
        """Whether the row is there."""
        return bool(self._there[index])

    def missing(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of `indices` whose row is not there, in order."""
        return indices[~self._there[indices]]

    def get(self, index: int) -> NDArray[np.uint8]:
        """The row; it is there."""
        row: NDArray[np.uint8] = self._rows[index]
        return row

    def gather(self, indices: NDArray[np.int64]) -> NDArray[np.uint8] | None:
        """As `Rows.gather`."""
        return self._rows[indices]

    def put(self, index: int, pixels: NDArray[np.uint8]) -> None:
        """Keep the row."""
        self._rows[index] = pixels
        self._there[index] = True


class LooseRows(_InMemory):
    """Rows of any size, as many as fit into `budget_bytes`: those last used, and at least one."""

    def __init__(self, budget_bytes: int | None = None) -> None:
        """budget_bytes: None where all will fit."""
        self._rows: OrderedDict[int, NDArray[np.uint8]] = OrderedDict()
        self._bytes = 0
        self._budget_bytes = budget_bytes

    @property
    def keeps(self) -> bool:
        """Whether a row that was put stays."""
        return self._budget_bytes is None

    def has(self, index: int) -> bool:
        """Whether the row is there."""
        return index in self._rows

    def missing(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of `indices` whose row is not there, in order."""
        return np.array([index for index in indices.tolist() if index not in self._rows], np.int64)

    def get(self, index: int) -> NDArray[np.uint8]:
        """The row; it is there."""
        self._rows.move_to_end(index)
        return self._rows[index]

    def gather(self, indices: NDArray[np.int64]) -> NDArray[np.uint8] | None:  # noqa: ARG002 (of any size)
        """As `Rows.gather`."""
        return None

    def put(self, index: int, pixels: NDArray[np.uint8]) -> None:
        """Keep the row."""
        self._rows[index] = pixels
        self._bytes += pixels.nbytes
        while self._budget_bytes is not None and self._bytes > self._budget_bytes and len(self._rows) > 1:
            _, oldest = self._rows.popitem(last=False)
            self._bytes -= oldest.nbytes


class Overflow(_InMemory):
    """Rows of a disk that takes no more, and beside them in memory those last used of the others."""

    keeps = False

    def __init__(self, full: Rows, budget_bytes: int) -> None:
        self._full = full
        self._others = LooseRows(budget_bytes)

    def has(self, index: int) -> bool:
        """Whether the row is there."""
        return self._full.has(index) or self._others.has(index)

    def missing(self, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of `indices` whose row is not there, in order."""
        return self._others.missing(self._full.missing(indices))

    def get(self, index: int) -> NDArray[np.uint8]:
        """The row; it is there."""
        return self._full.get(index) if self._full.has(index) else self._others.get(index)

    def gather(self, indices: NDArray[np.int64]) -> NDArray[np.uint8] | None:
        """As `Rows.gather`."""
        return None if len(self._full.missing(indices)) else self._full.gather(indices)

    def put(self, index: int, pixels: NDArray[np.uint8]) -> None:
        """Keep the row."""
        self._others.put(index, pixels)

    def close(self) -> None:
        """Let go of files."""
        self._full.close()
