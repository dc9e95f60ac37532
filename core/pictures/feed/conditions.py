"""What a conditional network sees beside x_t, made of the picture itself or of a second one: rows of CONDITIONS.

It is made of what the network would see of the picture, after crops, mirroring and colours: so the two always fit.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...catalogue import CONDITIONS
from ..decode.prepare import MODES, prepare


class Make(Protocol):
    """What a row of `catalogue.CONDITIONS` does."""

    def __call__(self, pixels: NDArray[np.uint8], factor: int, /) -> NDArray[np.uint8]:
        """(B, H, W, c) uint8 of (B, H, W, C), of which nothing is changed. factor: how many times smaller."""


def as_it_is(pixels: NDArray[np.uint8], _factor: int) -> NDArray[np.uint8]:
    """The second folder's picture, untouched."""
    return pixels


def low_resolution(pixels: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """Each picture made `factor` times smaller and scaled up again, both by bicubic interpolation.

    Saharia et al. 2021, arXiv 2104.07636, section 2: the network gets a picture of its own size.
    """
    return scaled_up(made_small(pixels, factor), (pixels.shape[1], pixels.shape[2]))


def made_small(pixels: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """(B, H / factor, W / factor, C) uint8 by bicubic interpolation over all of each pixel's surroundings."""
    return _resized(pixels, (pixels.shape[1] // factor, pixels.shape[2] // factor))


def scaled_up(small: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """(B, height, width, C) uint8 by bicubic interpolation. size: (height, width)."""
    return _resized(small, size)


def grey(pixels: NDArray[np.uint8], _factor: int) -> NDArray[np.uint8]:
    """(B, H, W, 1) the grey levels of RGB or RGBA (ITU-R BT.601, as Pillow's L)."""
    levels = [np.asarray(Image.fromarray(np.ascontiguousarray(each[..., :3])).convert("L")) for each in pixels]
    return np.stack(levels)[..., None]


def condition_of(
    image: Image.Image, name: str, *, size: tuple[int, int], channels: int, added: int, factor: int
) -> NDArray[np.uint8]:
    """(H, W, added) uint8: what the network sees of a whole picture that a person gives.

    name: a row of CONDITIONS; channels: of the network's pictures. A picture of low resolution that is smaller than
    `size` is taken for the small one, and scaled up; a larger one is first made small, as in training.
    """
    row = CONDITIONS[name]
    if row.of_folder:
        return prepare(image, size=size, channels=added)
    height, width = size
    if name == "low-resolution" and (image.width < width or image.height < height):
        small = prepare(image, size=(height // factor, width // factor), channels=channels)
        upscaled: NDArray[np.uint8] = scaled_up(small[None], size)[0]
        return upscaled
    make: Make = row.load()
    made: NDArray[np.uint8] = make(prepare(image, size=size, channels=channels)[None], factor)[0]
    return made


def as_shown(pixels: NDArray[np.uint8], channels: int) -> NDArray[np.uint8]:
    """(B, H, W, channels) uint8, to stand beside pictures of so many channels: grey becomes colour, or the reverse."""
    if pixels.shape[-1] == channels:
        return pixels
    modes = MODES[pixels.shape[-1]], MODES[channels]
    shown: list[NDArray[np.uint8]] = [
        np.asarray(Image.fromarray(_plane(each), modes[0]).convert(modes[1])) for each in pixels
    ]
    return np.stack(shown).reshape(*pixels.shape[:3], channels)


def _plane(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return picture[..., 0] if picture.shape[-1] == 1 else np.ascontiguousarray(picture)


def _resized(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    height, width = size
    resized: list[NDArray[np.uint8]] = [
        np.asarray(Image.fromarray(_plane(each)).resize((width, height), Image.Resampling.BICUBIC)) for each in pixels
    ]
    return np.stack(resized).reshape(len(pixels), height, width, pixels.shape[3])
