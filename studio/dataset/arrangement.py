"""Where in the grid each picture stands: a grid counts positions, everybody else counts places in the scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# numpy is loaded by the first folder, not by the first paint of the window.


class Arrangement:
    """Some of `of` pictures in some order. order: position → place; None: all, as they are."""

    def __init__(self, of: int = 0, order: NDArray[np.int64] | None = None) -> None:
        self.of, self.order = of, order

    def __len__(self) -> int:
        """How many are shown."""
        return self.of if self.order is None else len(self.order)

    def place(self, position: int) -> int:
        """Which picture stands there; -1 for none."""
        if not 0 <= position < len(self):
            return -1
        return position if self.order is None else int(self.order[position])

    def position(self, place: int) -> int:
        """Where a picture stands; -1 where it is not shown."""
        if self.order is None:
            return place if 0 <= place < self.of else -1
        found = (self.order == place).nonzero()[0]
        return int(found[0]) if len(found) else -1

    def places(self, mask: bytes) -> NDArray[np.int64]:
        """The places of the positions that a mask of bytes names, top first."""
        import numpy as np

        positions = np.flatnonzero(np.frombuffer(mask, np.uint8))
        return positions if self.order is None else self.order[positions]

    def mask(self, chosen: NDArray[np.bool_]) -> bytes:
        """The positions of those that are chosen by place, as a mask of bytes."""
        return (chosen if self.order is None else chosen[self.order]).tobytes()
