"""The training pictures themselves, kept so that a sample can be compared with all of them, and what comes of it.

Without torch: a window shows these answers from numpy arrays. `core.recall` computes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .errors import DataError
from .inputs import as_path, size_in_words
from .pictures.feed.pictures import LoadProgress, PictureSet, load_pictures
from .runs.copies_file import COPY_RATIO, SAME

if TYPE_CHECKING:
    from pathlib import Path

#: What a memory may take, unless it is told otherwise: 10⁵ pictures of 64 px in colour take 1.2 GB.
MOST_BYTES = 4 << 30
#: Pixels are kept as their 8 bits less this, in signed bytes, which processors multiply fastest.
MIDDLE = 128
_TOGETHER = 256  #: pictures read between two signs of life


@dataclass(frozen=True, eq=False)
class Memory:
    """N training pictures as the network saw them, and each way in which it saw them turned.

    pixels   (N, C·H·W) int8, the 8 bits less MIDDLE; kept as they are, as nothing is smaller or more exact
    shape    (C, H, W)
    names    of the N pictures, as they are shown
    numbers  (N,) of each in its PictureSet
    flips    the axes of (C, H, W) that are reversed, for each way in which a picture counts; () is as it lies. A
             mirrored picture is an entry of its own with the picture's number, and takes no room
    classes  of each of the N, as the network was told; "" of none, () where the network knows no classes
    beside   settings whose random changes the network saw besides and the memory does not have: of random crops it has
             the middle, of colours the picture's own
    """

    pixels: NDArray[np.int8]
    shape: tuple[int, int, int]
    names: tuple[str, ...]
    numbers: NDArray[np.int64]
    flips: tuple[tuple[int, ...], ...] = ((),)
    beside: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    sums: NDArray[np.float64] = field(init=False)  #: (N,) Σ pixels, exact
    squares: NDArray[np.float64] = field(init=False)  #: (N,) Σ pixels², exact

    def __post_init__(self) -> None:
        sums, squares = np.empty(len(self)), np.empty(len(self))
        for start in range(0, len(self), _TOGETHER):
            part = self.pixels[start : start + _TOGETHER].astype(np.float32)
            sums[start : start + _TOGETHER] = part.sum(1, dtype=np.float64)
            squares[start : start + _TOGETHER] = np.square(part).sum(1, dtype=np.float64)
        object.__setattr__(self, "sums", sums)
        object.__setattr__(self, "squares", squares)

    def __len__(self) -> int:
        return len(self.pixels)

    @classmethod
    def of(
        cls,
        pixels: NDArray[np.uint8],
        *,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        names: tuple[str, ...] | None = None,
    ) -> Memory:
        """The memory of pictures that are there already, (N, H, W, C) uint8, seen flipped in these ways too."""
        count, height, width, channels = pixels.shape
        kept = np.empty((count, channels * height * width), np.int8)
        for start in range(0, count, _TOGETHER):
            kept[start : start + _TOGETHER] = _kept(pixels[start : start + _TOGETHER])
        return cls(
            kept,
            (channels, height, width),
            names or tuple(str(number) for number in range(count)),
            np.arange(count),
            _flips(horizontal_flip, vertical_flip),
        )

    def of_class(self, name: str) -> Memory:
        """What is remembered of a class: the best denoiser that is told it. All, where nothing of the class is there.

        Numbers of the pictures stay, places are new.
        """
        places = np.flatnonzero([each == name for each in self.classes])
        if not name or len(places) in (0, len(self)):
            return self
        kept = places.tolist()
        return replace(
            self,
            pixels=self.pixels[places],
            names=tuple(self.names[place] for place in kept),
            numbers=self.numbers[places],
            classes=tuple(self.classes[place] for place in kept),
        )

    def picture(self, place: int, turned: int = 0) -> NDArray[np.uint8]:
        """(H, W, C) uint8 of one of the N pictures, turned as `flips[turned]` says."""
        seen = (self.pixels[place].reshape(self.shape).astype(np.int16) + MIDDLE).astype(np.uint8)
        return np.ascontiguousarray(np.flip(seen, self.flips[turned]).transpose(1, 2, 0))


def remember(pictures: PictureSet, *, most_bytes: int = MOST_BYTES) -> Iterator[LoadProgress | Memory]:
    """Read a training's pictures, those held out not among them, as its settings prepare them; the Memory comes last.

    What varies at random is taken in the middle: see Memory.beside. Pictures that cannot be read any more are left out.
    Raises DataError where they take more than `most_bytes` or none can be read, FolderAwayError.
    """
    height, width, channels = pictures.shape
    size, count, data = channels * height * width, len(pictures), pictures.data
    if count * size > most_bytes:
        raise DataError(
            "data.too-large-to-remember",
            count=count,
            size=size_in_words((height, width)),
            gigabytes=f"{count * size / 1e9:.1f}",
            most=f"{most_bytes / 1e9:.1f}",
        )
    kept = np.empty((count, size), np.int8)
    readable = np.ones(count, bool)
    for start in range(0, count, _TOGETHER):
        yield LoadProgress(start, count, pictures.failed)
        part = np.arange(start, min(start + _TOGETHER, count))
        kept[part] = _kept(pictures.take(part, plain=True)[0])
        readable[part] = ~pictures.are_lost(part)
    yield LoadProgress(count, count, pictures.failed)
    numbers = np.flatnonzero(readable)
    changes = {"crop": data.crop == "random", "colour_jitter": data.colour_jitter, "augmentations": data.augmentations}
    yield Memory(
        kept if readable.all() else kept[numbers],
        (channels, height, width),
        tuple(pictures.name(number) for number in numbers.tolist()),
        numbers,
        _flips(bool(data.horizontal_flip), data.vertical_flip),
        tuple(name for name, varies in changes.items() if varies),
        _class_names(pictures, numbers),
    )


def remember_run(
    folder: Path | str, *, pictures: Path | str | None = None, most_bytes: int = MOST_BYTES
) -> Iterator[LoadProgress | Memory]:
    """As `remember`, the pictures of the run in `folder`, where they were then; pictures: where they are now.

    Raises RunError for what is no run, DataError for a folder that is gone or holds no picture.
    """
    from .pictures.folder.scan import ScanDone, scan
    from .runs.run import Run

    run = Run.open(as_path("folder", folder))
    source = run.source_folder if pictures is None else as_path("pictures", pictures)
    data = run.config.data
    for item in scan(source, hidden=data.hidden_folders):
        if not isinstance(item, ScanDone):
            yield LoadProgress(0, 0, 0)
            continue
        for loaded in load_pictures(item.scan, data):
            if isinstance(loaded, LoadProgress):
                yield loaded
                continue
            with closing(loaded):
                yield from remember(loaded, most_bytes=most_bytes)


def _class_names(pictures: PictureSet, numbers: NDArray[np.int64]) -> tuple[str, ...]:
    if pictures.labels is None:
        return ()
    names = (*(pictures.data.class_names or ()), "")
    return tuple(names[label] for label in pictures.labels[numbers].tolist())


def _kept(pixels: NDArray[np.uint8]) -> NDArray[np.int8]:
    """(B, C·H·W) of (B, H, W, C)."""
    # With the highest bit turned, the 8 bits are those of the signed number less 128.
    turned = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)).reshape(len(pixels), -1) ^ np.uint8(MIDDLE)
    return turned.view(np.int8)


def _flips(horizontal: bool, vertical: bool) -> tuple[tuple[int, ...], ...]:
    each: tuple[tuple[int, ...], ...] = ((),)
    for axis, flips in ((2, horizontal), (1, vertical)):
        each += tuple((*axes, axis) for axes in each) if flips else ()
    return each


# --- What perfect memory says of a trajectory --------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Recollection:
    """What perfect memory says at each of the S steps of one trajectory, or of B: `lead` is (S,) or (B, S).

    A picture's weight is that of all its entries, mirrored ones too; the k strongest are in falling order.

    t          (S,) the timesteps
    x_0        (*lead, C, H, W) float32, E[x_0 | x_t] over the entries, in normalised space
    places     (*lead, k) in the Memory, of the pictures that weigh most
    weights    (*lead, k) float32, their shares of 1
    turned     (*lead, k) the place in Memory.flips of each one's heaviest entry
    effective  (*lead) 1/Σw² over the pictures: 1 … N of them are in the sum, as it were
    distance   (*lead) RMS of the network's x̂_0 from x_0, in normalised space; None where none was given
    """

    t: NDArray[np.int64]
    x_0: NDArray[np.float32]
    places: NDArray[np.int64]
    weights: NDArray[np.float32]
    turned: NDArray[np.int64]
    effective: NDArray[np.float32]
    distance: NDArray[np.float32] | None = None

    @property
    def taken_at(self) -> NDArray[np.int64]:
        """(*lead without S) the first step at which a picture outweighs all others together, more than ½; -1: none.

        The collapse onto one training picture of Biroli et al. 2024 (arXiv 2402.18491), on this very trajectory; theirs
        is the time at which the entropy of the weights falls to 0 on average.
        """
        taken = self.weights[..., 0] > 0.5
        return np.where(taken.any(-1), taken.argmax(-1), -1)


# --- The nearest training pictures -------------------------------------------------------------------------


class Closeness(StrEnum):
    """What a sample is beside the training pictures."""

    COPY = "copy"
    CLOSE = "close"
    NEW = "new"


#: Close is nearer than all but this part of the training pictures are to their own nearest.
CLOSE_PART = 0.05


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The k training pictures that are nearest to each of M samples, as pairs to look at.

    Distances are RMS over pixels and channels, in normalised space (-1 … 1: black from white is 2), the lesser of a
    picture and its mirrors.

    places     (M, k) in the Memory, nearest first
    turned     (M, k) the place in Memory.flips of what is nearest
    distances  (M, k)
    own        (P,) of P training pictures drawn at random, each one's to the nearest other picture, rising; empty for
               a set of one
    """

    places: NDArray[np.int64]
    turned: NDArray[np.int64]
    distances: NDArray[np.float64]
    own: NDArray[np.float64]

    def quantile(self, part: float) -> float:
        """The distance below which that part of the training pictures have another one; NaN for a set of one."""
        return float(np.quantile(self.own, part)) if len(self.own) else float("nan")

    @property
    def closeness(self) -> tuple[Closeness, ...]:
        """A word for each sample, which says nothing without the pair.

        copy: the same to 8 bits; or at most COPY_RATIO times as far from the nearest as from the second nearest; or,
        as a picture may have doubles in the set, COPY_RATIO times as far as training pictures usually (at the median)
        are from their own nearest.
        close: not so, but nearer than all but CLOSE_PART of the training pictures are to their own nearest; a picture
        of the same kind that nobody trained on is so as often. new: neither. Carlini et al. 2023 (arXiv 2301.13188)
        measure a distance beside those to the nearest 50 likewise.
        """
        usual, near = self.quantile(0.5), self.quantile(CLOSE_PART)
        return tuple(self._word(distances, usual, near) for distances in self.distances)

    @staticmethod
    def _word(distances: NDArray[np.float64], usual: float, near: float) -> Closeness:
        first = distances[0]
        beside_next = len(distances) > 1 and first <= COPY_RATIO * distances[1]
        # Comparisons with NaN are false: of a set of one only the picture itself is a copy.
        if first <= SAME or beside_next or first <= COPY_RATIO * usual:
            return Closeness.COPY
        return Closeness.CLOSE if first < near else Closeness.NEW
