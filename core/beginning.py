"""What a denoising begins with: noise, a picture, a picture with a hole, or two pictures. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Start(Enum):
    """What the denoising begins with."""

    NOISE = "noise"
    PICTURE = "picture"  #: noised up to t; or, with a mask, filled in where that is white
    BETWEEN = "between"  #: two, noised up to t and mixed


@dataclass(frozen=True, slots=True)
class StartPicture:
    """A picture to begin with: a file, or the pixels of one that was made here."""

    name: str
    path: Path | None = None
    pixels: bytes = field(default=b"", repr=False)  #: (H, W, C) uint8; empty: a file
    shape: tuple[int, int, int] = (0, 0, 0)  #: of `pixels`
    #: (width, height), pixels, as far as the file's head says it
    size: tuple[int, int] | None = field(default=None, compare=False)
    seen: bool = False  #: of a condition: `pixels` are what a network saw of the picture, and are taken as they are
    digest: str = ""  #: SHA-256 of the file that was seen so, where it is known

    @classmethod
    def of_seen(cls, pixels: NDArray[np.uint8], name: str = "", digest: str = "") -> StartPicture:
        """What a network saw, (H, W, C), to be shown again bit for bit. digest: of the file that it came from."""
        height, width, channels = pixels.shape
        return cls(name, pixels=pixels.tobytes(), shape=(height, width, channels), seen=True, digest=digest)

    @property
    def called(self) -> str:
        """The file's name without its folder, which is nobody's business."""
        return self.name if self.path is None else self.path.name


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the denoising begins with, and from where."""

    start: Start = Start.NOISE
    pictures: tuple[StartPicture, ...] = ()  #: none, one or two, as `start` says
    t: int | None = None  #: 0 … T-1, how far they are noised; None: from pure noise
    lam: float | None = None  #: λ, 0 (the first) … 1 (the second); None: not between two
    mask: StartPicture | None = None  #: white is filled in
    #: what each picture has of its own, with the same noise: λ between two pictures, from one the t it is noised to (of
    #: which `t` is the highest); empty: all have `lam` and `t`
    row: tuple[float, ...] = ()

    @property
    def row_words(self) -> tuple[str, ...]:
        """What each picture of the row is."""
        if self.start is Start.BETWEEN:
            return tuple(f"λ = {value:.3g}" for value in self.row)
        return tuple(f"t = {value:.0f}" for value in self.row)


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """Where a denoising that was recorded goes another way, and how; None: as it was. See `core.samplers.forking`."""

    at: int  #: the step, from 0: its x_t is the last thing that is the original's
    seed: int | None = None  #: of the noise that is mixed in from there on
    eta: float | None = None
    classes: tuple[int, ...] | None = None  #: picture k takes the k-th in turn
    guidance_scale: float | None = None
    guidance_rescale: float | None = None
    sampler: str | None = None  #: another one, which then makes `steps` from there
    steps: int | None = None
    x_0: NDArray[np.float32] | None = None  #: (N, H, W, C) in the network's range, painted over the prediction
    covered: NDArray[np.bool_] | None = None  #: (N, H, W) where `x_0` is paint; None: everywhere
    held: int = 1  #: for how many steps the paint takes the prediction's place
    mask: NDArray[np.bool_] | None = None  #: (H, W); outside of it everything stays the original's


def evenly(low: float, high: float, count: int) -> tuple[float, ...]:
    """`count` numbers from low to high, both among them."""
    return tuple(low + (high - low) * k / max(1, count - 1) for k in range(count))


# --- A hole that is filled in: the order in which RePaint takes its steps ---------------------------------

#: What is taken where nobody says it: how many steps, how often each stretch of them, and how long it is.
INPAINT_STEPS, RESAMPLES, JUMP = 50, 4, 5


def visits(steps: int, resamples: int = RESAMPLES, jump: int = JUMP) -> Iterator[int]:
    """The numbers of the steps in the order they are taken, with the jumps back; every `jump`-th has them."""
    jumps_left = dict.fromkeys(range(steps - 1, 0, -jump), resamples - 1)
    step = 0
    while step < steps:
        yield step
        step += 1
        if jumps_left.get(step, 0) > 0:
            jumps_left[step] -= 1
            step = max(0, step - jump)
