"""How well each timestep is learnt: the measured loss in bins of t over the last steps."""

from __future__ import annotations

from collections import deque
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

BINS = 50


def binned(
    timesteps: NDArray[np.int64], losses: NDArray[np.float32], of: int, bins: int = BINS
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(summed loss, number of pictures) of each of at most `bins` equal bins over t = 0 … of - 1."""
    bins = min(bins, of)
    places = timesteps * bins // of
    sums = np.bincount(places, weights=losses, minlength=bins).astype(np.float64)
    return sums, np.bincount(places, minlength=bins).astype(np.int64)


def shares_of_loss(weights: NDArray[np.float64], losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """(bins,) the share of each of equal bins of t in what training minimises, with (T,) weights; 1 together.

    losses: (bins,) the mean unweighted loss; a bin that was not measured takes no share.
    """
    edges = np.linspace(0, len(weights), len(losses) + 1).astype(int)
    sums = np.array([weights[a:b].sum() for a, b in pairwise(edges)])
    counted = np.where(np.isfinite(losses), sums * np.nan_to_num(losses), 0.0)
    total = counted.sum()
    return counted / total if total > 0 else counted


#: What is larger is not counted: a few such sums together leave float64.
MOST_SUM = 1e300


class TimestepLoss:
    """A sliding mean of the unweighted loss per bin of t.

    `bins` equal bins over t = 0 … timesteps - 1; only the last `window` steps count, so that it follows the training.
    """

    def __init__(self, timesteps: int, *, bins: int = BINS, window: int = 500) -> None:
        self.timesteps = timesteps
        self.window = window
        self.bins = min(bins, timesteps)
        self._window: deque[tuple[NDArray[np.int64], NDArray[np.float64]]] = deque(maxlen=window)
        self._sums = np.zeros(self.bins)
        self._counts = np.zeros(self.bins, dtype=np.int64)

    @property
    def steps(self) -> int:
        """How many steps the figures come from."""
        return len(self._window)

    def add(self, timesteps: NDArray[np.int64], losses: NDArray[np.float32]) -> None:
        """Count one step: t and the unweighted loss of each picture, both (pictures,)."""
        self._count(*binned(timesteps, losses, self.timesteps, self.bins))

    def add_measured(self, sums: NDArray[np.float64], counts: NDArray[np.int64], steps: int) -> None:
        """Count `steps` steps of which only the sums are known; they leave the window together, with the last."""
        for _ in range(min(steps, self.window) - 1):
            self._count(np.zeros(self.bins), np.zeros(self.bins, np.int64))
        if steps > 0:
            self._count(sums, counts)

    def _count(self, sums: NDArray[np.float64], counts: NDArray[np.int64]) -> None:
        if len(self._window) == self.window:
            old_counts, old_sums = self._window[0]
            self._counts -= old_counts
            self._sums -= old_sums
        # One infinite sum would stay when it leaves the window, as inf − inf.
        sound = np.abs(sums) < MOST_SUM
        sums, counts = np.where(sound, sums, 0.0), np.where(sound, counts, 0)
        self._window.append((counts, sums))
        self._counts += counts
        self._sums += sums

    def means(self) -> NDArray[np.float64]:
        """(bins,) mean unweighted loss; NaN where nothing was measured."""
        with np.errstate(invalid="ignore", divide="ignore"):
            # Subtracting what leaves the window can leave -1e-17 behind.
            return np.where(self._counts > 0, np.maximum(self._sums, 0.0) / self._counts, np.nan)

    def centres(self) -> NDArray[np.float64]:
        """(bins,) the t in the middle of each bin."""
        return (np.arange(self.bins) + 0.5) * self.timesteps / self.bins
