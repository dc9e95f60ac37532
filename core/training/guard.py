"""What keeps a training from learning nonsense: no number that is none gets far, and a loss that runs away is told."""

from __future__ import annotations

import numpy as np

#: So often a training goes back to its last good checkpoint before it stops with the reason.
MOST_ROLLBACKS = 3


class Divergence:
    """Tells when the loss has left the level it had reached, and stays quiet about noise.

    The loss of single steps jumps by factors, since each draws other timesteps; medians of `window` steps do not. It is
    told once, when such a median lies above `factor` times the lowest there was and the one before it did too, and
    again only after the loss has come back.
    """

    def __init__(self, *, window: int = 100, factor: float = 2.5) -> None:
        self._size, self._factor = window, factor
        self._window: list[float] = []
        self._lowest: float | None = None
        self._high_before = False
        self._told = False

    def add(self, loss: float) -> float | None:
        """Take the next step's loss; how many times the lowest level it has reached, once, when it diverges."""
        self._window.append(loss)
        if len(self._window) < self._size:
            return None
        level = float(np.median(self._window))
        self._window.clear()
        if self._lowest is None or level < self._lowest:
            self._lowest = level
        ratio = level / self._lowest if self._lowest > 0 else 1.0
        high = ratio > self._factor
        diverged = high and self._high_before and not self._told
        self._told = (self._told and high) or diverged
        self._high_before = high
        return ratio if diverged else None

    def forget(self) -> None:
        """The run goes on from an earlier step."""
        self._window.clear()
        self._high_before = self._told = False
