"""How large each picture's row is: all alike, but for random crops, where each keeps its own length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .prepare import slot_of

if TYPE_CHECKING:
    from .fill_row import FillRules
    from .picture_files import Pictures


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
