"""The grids of samples of one run over its training time: the newest in memory, older ones on disk."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

#: Grids kept in memory take no more than this together; the rest are read again from the run's samples folder.
KEPT_BYTES = 32_000_000

Images = NDArray[np.uint8]


class SampleHistory:
    """Steps at which samples were made, each with its pictures (N, H, W, C) or the file to read them from."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept_bytes, self._bytes = kept_bytes, 0
        self._paths: dict[int, Path] = {}
        self._steps: list[int] = []
        self._images: OrderedDict[int, Images] = OrderedDict()

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def steps(self) -> list[int]:
        """All sampled steps, ascending."""
        return self._steps

    def add_file(self, step: int, path: Path) -> None:
        """A grid that is on disk."""
        if step not in self._paths:
            self._steps.insert(bisect_left(self._steps, step), step)
        self._paths[step] = path

    def add(self, step: int, images: Images, path: Path) -> None:
        """A grid that has just been made, or was read again. It stays in memory however large it is, older ones go."""
        self.add_file(step, path)
        self._forget(step)
        self._images[step] = images
        self._bytes += images.nbytes
        while self._bytes > self._kept_bytes and len(self._images) > 1:
            self._forget(next(iter(self._images)))

    def _forget(self, step: int) -> None:
        images = self._images.pop(step, None)
        self._bytes -= 0 if images is None else images.nbytes

    def truncate_after(self, step: int) -> None:
        """Forget the grids after `step`: a training that goes on from there makes them anew."""
        for later in self._steps[bisect_right(self._steps, step) :]:
            del self._paths[later]
            self._forget(later)
        del self._steps[bisect_right(self._steps, step) :]

    def path(self, step: int) -> Path:
        """Where the grid of that step is on disk."""
        return self._paths[step]

    def images(self, step: int) -> Images | None:
        """The grid of that step; None when it must be read first."""
        images = self._images.get(step)
        if images is not None:
            self._images.move_to_end(step)
        return images
