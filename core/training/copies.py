"""The copy meter: at each grid of samples, how near they are to the training pictures.

A loss of held-out pictures that rises does not prove that a model copies (arXiv 2603.13419); its samples beside the
pictures do.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from ..errors import DataError
from ..memory import Memory, Neighbours
from ..recall import nearest
from ..runs.atomic import make_folder
from ..runs.copies_file import Copies, save_copies
from ..runs.metrics import COPIES, COPY_DISTANCE
from .events import CopiesMeasured
from .probe import spread_over

if TYPE_CHECKING:
    from ..pictures.feed.pictures import PictureSet
    from .observing import Moment

#: What the pictures that are looked at may take together: all of a small set, some from all over a large one.
MOST_BYTES = 16 << 20
#: Reading more of them ends after this, until the next grid; and where all took longer than this, fewer are looked at.
READ_S, MOST_S = 0.1, 0.3
#: Pictures that are read between two looks at the clock.
_TOGETHER = 256
#: Neighbours whose mean distance a sample's is divided by (Carlini et al. 2023, arXiv 2301.13188, section 5).
NEIGHBOURS = 50
#: Held-out pictures, or training pictures, that samples are compared with.
COMPARED = 64
#: Neighbours.own is not asked for, which would take longest.
_NO_OWN = np.empty(0)


class CopyMeter:
    """Keeps what it has read of the pictures for the length of a session. For one thread; nothing of it is random."""

    def __init__(self, pictures: PictureSet) -> None:
        self._pictures = pictures
        height, width, channels = pictures.shape
        most = max(1, MOST_BYTES // (height * width * channels))
        self._wanted = spread_over(min(most, len(pictures)), len(pictures))
        self._read: list[NDArray[np.uint8]] = []
        self._numbers: list[NDArray[np.int64]] = []
        self._next = 0  #: of `_wanted`, the first that was not read
        self._memory: Memory | None = None
        self._usual: tuple[float, bool] | None = None

    def look(self, now: Moment, images: NDArray[np.uint8]) -> Iterator[CopiesMeasured]:
        """Whether the samples (N, H, W, C) of this step are training pictures, kept in the run.

        Nothing where the pictures cannot be read: that is told where they are trained on. Raises RunError.
        """
        began = time.monotonic()
        try:
            with now.threads.using():
                found = self.measure(images, now.step)
        except DataError:
            return
        if found is None:
            return
        path, count = now.run.nearest_path(now.step), int(found.are_copies.sum())
        make_folder(path.parent)
        save_copies(path, found)
        now.recorder.scalars(now.step, {COPIES: count / len(images), COPY_DISTANCE: found.relative})
        yield CopiesMeasured(
            step=now.step,
            copies=count,
            of=len(images),
            relative=found.relative,
            held_out=found.held_out,
            looked_at=found.looked_at,
            pictures=found.pictures,
            seconds=time.monotonic() - began,
            path=path,
        )

    def measure(self, images: NDArray[np.uint8], step: int) -> Copies | None:
        """The samples (N, H, W, C) of a step; None where none of the pictures could be read yet without waiting."""
        began = time.perf_counter()
        self._read_more(began + READ_S)
        memory = self._memory
        if memory is None:
            return None
        if self._usual is None:
            self._usual = self._usual_distance(memory)
        found = _nearest(memory, images, NEIGHBOURS)
        first, mean = found.distances[:, 0], found.distances.mean(1)
        pairs = list(zip(found.places[:, 0].tolist(), found.turned[:, 0].tolist(), strict=True))
        copies = Copies(
            step=step,
            nearest=np.stack([memory.picture(place, turned) for place, turned in pairs]),
            names=tuple(memory.names[place] for place, _ in pairs),
            distances=first,
            ratios=np.divide(first, mean, out=np.zeros_like(first), where=mean > 0),
            usual=self._usual[0],
            held_out=self._usual[1],
            looked_at=len(memory),
            pictures=len(self._pictures),
        )
        if time.perf_counter() - began > MOST_S:
            self._look_at_fewer()
        return copies

    def _read_more(self, until: float) -> None:
        """Of what is decoded already: a session is not to wait for a picture that only this looks at."""
        before = self._next
        while self._next < len(self._wanted) and time.perf_counter() < until:
            part = self._wanted[self._next : self._next + _TOGETHER]
            if not self._pictures.ready(part):
                break
            there = part[~self._pictures.are_lost(part)]
            if len(there):
                self._read.append(self._pictures.take(there, plain=True)[0])
                self._numbers.append(there)
            self._next += len(part)
        if self._next != before and self._read:
            self._remember(np.concatenate(self._read), np.concatenate(self._numbers))

    def _remember(self, pixels: NDArray[np.uint8], numbers: NDArray[np.int64]) -> None:
        data = self._pictures.data
        names = tuple(self._pictures.name(number) for number in numbers.tolist())
        flips = {"horizontal_flip": bool(data.horizontal_flip), "vertical_flip": data.vertical_flip}
        self._memory, self._usual = Memory.of(pixels, names=names, **flips), None

    def _look_at_fewer(self) -> None:
        """Every second of those that were, and no others: a slow machine's time is for the training."""
        kept = np.concatenate(self._read)[::2], np.concatenate(self._numbers)[::2]
        self._read, self._numbers = [kept[0]], [kept[1]]
        self._next = len(self._wanted)
        self._remember(*kept)

    def _usual_distance(self, memory: Memory) -> tuple[float, bool]:
        """How far pictures are from the nearest training picture that none of them is, and whether they are held out.

        NaN where there is nothing to compare with.
        """
        held_out = self._pictures.held_out
        if held_out is not None:
            chosen = spread_over(min(COMPARED, len(held_out)), len(held_out))
            if held_out.ready(chosen) and not held_out.are_lost(chosen).all():
                found = _nearest(memory, held_out.take(chosen, plain=True)[0], 1)
                return float(np.median(found.distances[:, 0])), True
        if len(memory) < 2:
            return float("nan"), False
        chosen = spread_over(min(COMPARED, len(memory)), len(memory))
        found = _nearest(memory, np.stack([memory.picture(place) for place in chosen.tolist()]), 2)
        # The nearest is the picture itself.
        return float(np.median(found.distances[:, 1])), False


def _nearest(memory: Memory, images: NDArray[np.uint8], count: int) -> Neighbours:
    samples = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    *_, found = nearest(memory, samples, count=count, own=_NO_OWN)
    assert isinstance(found, Neighbours)
    return found
