"""Augmentation that is told to the network, so that no sample shows it (Karras et al. 2022, arXiv 2206.00364, F.2).

Some pictures of a batch are mirrored, scaled, turned, stretched or shifted, and the network is told how, in nine
numbers. A sampler tells it nine zeros, and it makes pictures as they lie in the folder. What is done to which picture
is a function of (seed, batch) alone, so that the pictures are made where they are fed and the numbers where they are
trained on.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...catalogue import TRANSFORMS
from ...randomness import numpy_generator

if TYPE_CHECKING:
    from ...settings import DataConfig

#: Standard deviations of a transformation's size: of the logarithm to base 2 of a factor, and of a shift as part of the
#: picture's side (the paper's table 6).
FACTOR_SPREAD = 0.2
SHIFT_SPREAD = 0.125


class Warp(NamedTuple):
    """What a row does to each of B pictures.

    told  (B, k) float64, zeros where nothing is done
    back  (B, 3, 3) float64: from the place (x, y, 1) of a new picture's pixel to that of the old one, in pixels from
          the middle, y pointing down
    """

    told: NDArray[np.float64]
    back: NDArray[np.float64]


class Transform(Protocol):
    """What a row of `catalogue.TRANSFORMS` draws."""

    def __call__(self, draw: np.random.Generator, on: NDArray[np.float64], size: tuple[int, int], /) -> Warp:
        """on: (B,) 1 for a picture to be changed, 0 for another; size: (H, W)."""


def x_flip(draw: np.random.Generator, on: NDArray[np.float64], _size: tuple[int, int]) -> Warp:
    """Left and right exchanged, of every second picture that is on."""
    w = on * draw.integers(0, 2, len(on))
    return Warp(w[:, None], _scaled(1 - 2 * w, np.ones_like(w)))


def y_flip(draw: np.random.Generator, on: NDArray[np.float64], _size: tuple[int, int]) -> Warp:
    """Top and bottom exchanged, of every second picture that is on."""
    w = on * draw.integers(0, 2, len(on))
    return Warp(w[:, None], _scaled(np.ones_like(w), 1 - 2 * w))


def scale(draw: np.random.Generator, on: NDArray[np.float64], _size: tuple[int, int]) -> Warp:
    """Larger by 2^(0.2 w), w ~ N(0, 1)."""
    w = on * draw.standard_normal(len(on))
    smaller = np.exp2(-FACTOR_SPREAD * w)
    return Warp(w[:, None], _scaled(smaller, smaller))


def rotate(draw: np.random.Generator, on: NDArray[np.float64], _size: tuple[int, int]) -> Warp:
    """Turned by an angle w of −π … π, clockwise where it is above 0."""
    w = on * draw.uniform(-np.pi, np.pi, len(on))
    return Warp(np.stack([np.cos(w) - 1, np.sin(w)], 1), _turned(-w))


def stretch(draw: np.random.Generator, on: NDArray[np.float64], _size: tuple[int, int]) -> Warp:
    """Longer by 2^(0.2 w) along one direction, and shorter by as much across it; half of them along x or y."""
    w = on * draw.standard_normal(len(on))
    angle = on * draw.uniform(-np.pi, np.pi, len(on)) * (draw.random(len(on)) < 0.5)
    longer = np.exp2(FACTOR_SPREAD * w)
    back = _turned(angle) @ _scaled(1 / longer, longer) @ _turned(-angle)
    return Warp(np.stack([w * np.cos(angle), w * np.sin(angle)], 1), back)


def shift(draw: np.random.Generator, on: NDArray[np.float64], size: tuple[int, int]) -> Warp:
    """To the right and down by w times an eighth of the side, w ~ N(0, 1) each."""
    w = on[:, None] * draw.standard_normal((len(on), 2))
    height, width = size
    back = _scaled(np.ones(len(on)), np.ones(len(on)))
    back[:, :2, 2] = -w * SHIFT_SPREAD * np.array([width, height])
    return Warp(w, back)


def _scaled(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """(B, 3, 3) that multiply x and y by (B,) factors."""
    matrices = np.zeros((len(x), 3, 3))
    matrices[:, 0, 0], matrices[:, 1, 1], matrices[:, 2, 2] = x, y, 1
    return matrices


def _turned(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """(B, 3, 3) that turn from x towards y by (B,) angles."""
    matrices = _scaled(np.cos(angle), np.cos(angle))
    matrices[:, 0, 1], matrices[:, 1, 0] = -np.sin(angle), np.sin(angle)
    return matrices


# --- A batch ---------------------------------------------------------------------------------------------


def drawn_warp(data: DataConfig, count: int, *, seed: int, batch_index: int) -> Warp:
    """What is done to each of the `count` pictures of a batch. told: the numbers of all rows, in their order.

    data: with nothing on auto.
    Each row is on for the share `augment` of the pictures, whichever others are. What a row draws does not depend on
    the share, nor on which other rows are used.
    """
    size = data.height_and_width
    back, told = _scaled(np.ones(count), np.ones(count)), []
    for name, row in TRANSFORMS.items():
        draw = numpy_generator(seed, f"augment {name}", batch_index)
        used = data.augment_with is None or name in data.augment_with
        on = ((draw.random(count) < data.augment) & used).astype(np.float64)
        transform: Transform = row.load()
        warp = transform(draw, on, size)
        told.append(warp.told)
        # The first row is done to the picture first, so the way back ends with it.
        back = back @ warp.back
    return Warp(np.concatenate(told, 1), back)


def told_numbers(data: DataConfig, count: int, *, seed: int, batch_index: int) -> NDArray[np.float32] | None:
    """(count, TOLD_NUMBERS) of what was done to each picture of a batch; None where nothing ever is done."""
    if not data.augment:
        return None
    return drawn_warp(data, count, seed=seed, batch_index=batch_index).told.astype(np.float32)


def warped(pixels: NDArray[np.uint8], back: NDArray[np.float64]) -> NDArray[np.uint8]:
    """(B, H, W, C) uint8, changed in place as (B, 3, 3) say; what comes in from outside is mirrored at the edge.

    Exactly a flip where it is one, else between pixels by cubic convolution (Keys 1981).
    """
    for picture, way in zip(pixels, back, strict=True):
        linear, offset = way[:2, :2], way[:2, 2]
        if not offset.any() and (np.abs(linear) == np.eye(2)).all():
            picture[:] = picture[:: int(linear[1, 1]), :: int(linear[0, 0])].copy()
        else:
            picture[:] = _interpolated(picture, linear, offset)
    return pixels


def _interpolated(
    picture: NDArray[np.uint8], linear: NDArray[np.float64], offset: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """(H, W, C), changed."""
    height, width, channels = picture.shape
    middle = np.array([width, height]) / 2
    corners = np.array([(x, y) for x in (-1, 1) for y in (-1, 1)]) * middle
    # A cubic looks at two pixels on each side.
    reach = np.abs(corners @ linear.T + offset).max(0) - middle
    right, down = (max(0, math.ceil(each)) + 2 for each in reach)
    padded = np.pad(
        picture, ((down, down), (right, right), (0, 0)), mode="reflect" if min(height, width) > 1 else "edge"
    )
    x, y = middle + np.array([right, down]) + offset - linear @ middle
    way = (*linear[0], x, *linear[1], y)
    image = Image.fromarray(padded[..., 0] if channels == 1 else padded)
    # Pillow weighs colours by their transparency, and means the middles of pixels, half a pixel from the corner.
    seen = image.transform((width, height), Image.Transform.AFFINE, way, Image.Resampling.BICUBIC)
    result = np.array(seen).reshape(picture.shape)
    if channels in {2, 4}:
        # Nothing shows under full transparency, so that a network need not learn it.
        result[..., :-1][result[..., -1] == 0] = 0
    return result
