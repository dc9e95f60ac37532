"""What is changed at random in the pictures of a batch: crops, mirroring, colours. A function of (seed, batch) alone.

What the network is told of is in `told`.

The window's preview and the training both go through `what_is_seen`: what is shown is what is trained on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ...catalogue import AUGMENTATIONS, CONDITIONS
from ...randomness import Share, numpy_generator
from ..decode.prepare import cropped, fitted, slot_of
from .told import drawn_warp, warped

if TYPE_CHECKING:
    from ...settings import DataConfig

#: Of red, green and blue in a grey level (ITU-R BT.601, as Pillow's L).
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def what_the_network_sees(image: Image.Image, data: DataConfig, *, seed: int = 0, index: int = 0) -> NDArray[np.uint8]:
    """(H, W, C) uint8 of a decoded picture, as the only one of batch number `index`; with nothing on auto.

    The picture should be decoded in full, or as training does: decode(path, max(data.height_and_width)).
    """
    assert data.channels is not None, "settings on auto must be resolved first"
    slot = slot_of(*image.size, data.height_and_width, data.crop)
    pixels = fitted(image, slot=slot, channels=data.channels, crop=data.crop, background=data.background)
    seen: NDArray[np.uint8] = what_is_seen([pixels], data, seed=seed, batch_index=index)[0]
    return seen


def what_is_beside(
    image: Image.Image, partner: Image.Image | None, data: DataConfig, *, seed: int = 0, index: int = 0
) -> NDArray[np.uint8] | None:
    """(H, W, c) uint8: what the network sees beside the same batch's x_t; None where it sees nothing.

    partner: the second folder's picture, where the settings ask for one. As `what_the_network_sees`.
    """
    row = CONDITIONS[data.condition]
    if row.name == "none" or (row.of_folder and partner is None):
        return None
    if partner is None:
        seen = what_the_network_sees(image, data, seed=seed, index=index)
    else:
        slot, own = slot_of(*image.size, data.height_and_width, data.crop), of_partner(data)
        assert own.channels is not None, "settings on auto must be resolved first"
        pixels = fitted(partner, slot=slot, channels=own.channels, crop=data.crop, background=data.background)
        seen = what_is_seen([pixels], own, seed=seed, batch_index=index)[0]
    made: NDArray[np.uint8] = row.load()(seen[None], data.condition_factor)[0]
    return made


def of_partner(data: DataConfig) -> DataConfig:
    """How the second folder's picture of a pair is seen: cropped and mirrored as the first one, its values as they are.

    Crops and mirroring are drawn under names of their own, so that the two draw the same.
    """
    return replace(data, channels=data.added_channels, colour_jitter=0.0, augmentations=None, condition="none")


def what_is_seen(
    kept: Sequence[NDArray[np.uint8]] | NDArray[np.uint8],
    data: DataConfig,
    *,
    seed: int,
    batch_index: int,
    share: Share | None = None,
) -> NDArray[np.uint8]:
    """(B, H, W, C) uint8: the pictures of a batch as they are kept (`fitted`), cropped, mirrored, recoloured, warped.

    kept: an array of (B, H, W, C), which is changed in place, or with random crops pictures of several sizes.
    share: which of the batch's pictures these are; None: all.
    """
    share = share or Share(0, len(kept), len(kept))
    if isinstance(kept, np.ndarray):
        pixels = kept
    else:
        places = _crop_places(share.of, data, seed, batch_index)[share.own]
        size = data.height_and_width
        pixels = np.stack([cropped(one, size, place) for one, place in zip(kept, places, strict=True)])
    strengths = data.augmentation_strengths()
    if strengths and share.of > len(pixels):
        # A row draws for as many pictures as it is given: the others' places are blank here.
        own, pixels = pixels, np.zeros((share.of, *pixels.shape[1:]), np.uint8)
        pixels[share.own] = own
    for name, strength in strengths.items():
        row = AUGMENTATIONS[name]
        change: Change = row.load()
        pixels = change(pixels, strength, numpy_generator(seed, row.purpose or name, batch_index))
    pixels = pixels[share.own] if strengths else pixels
    # Last, so that what the network is told of is done to what it would have seen.
    if data.augment:
        warped(pixels, drawn_warp(data, share.of, seed=seed, batch_index=batch_index).back[share.own])
    return pixels


class Change(Protocol):
    """What a row of `catalogue.AUGMENTATIONS` does."""

    def __call__(self, pixels: NDArray[np.uint8], strength: float, draw: np.random.Generator, /) -> NDArray[np.uint8]:
        """(B, H, W, C) uint8, changed at random, in place or anew. strength: as set, 1 where it is only switched on."""


def mirrored(pixels: NDArray[np.uint8], _strength: float, draw: np.random.Generator) -> NDArray[np.uint8]:
    """Every second picture, left and right exchanged."""
    return _turned(pixels, draw, axis=2)


def upside_down(pixels: NDArray[np.uint8], _strength: float, draw: np.random.Generator) -> NDArray[np.uint8]:
    """Every second picture, top and bottom exchanged."""
    return _turned(pixels, draw, axis=1)


def _turned(pixels: NDArray[np.uint8], draw: np.random.Generator, *, axis: int) -> NDArray[np.uint8]:
    turned = draw.random(len(pixels)) < 0.5
    pixels[turned] = np.flip(pixels[turned], axis)
    return pixels


def jittered(pixels: NDArray[np.uint8], strength: float, draw: np.random.Generator) -> NDArray[np.uint8]:
    """Brightness, contrast and saturation of each picture times 1 ± strength."""
    factors = draw.uniform(-1, 1, (3, len(pixels)))
    return recoloured(pixels, *(1 + strength * factors.astype(np.float32)))


def _crop_places(count: int, data: DataConfig, seed: int, batch_index: int) -> Sequence[NDArray[np.float64] | None]:
    if data.crop != "random":
        return [None] * count
    return list(numpy_generator(seed, "crop", batch_index).random((count, 2)))


def recoloured(
    pixels: NDArray[np.uint8],
    brightness: NDArray[np.float32],
    contrast: NDArray[np.float32],
    saturation: NDArray[np.float32],
) -> NDArray[np.uint8]:
    """(B, H, W, C) uint8 with brightness, contrast and saturation times (B,) factors, 1 being as it was; alpha stays.

    Brightness scales every colour, contrast its distance from the picture's mean grey, saturation its distance from the
    pixel's own grey; cut off to 0 … 255 at the end.
    """
    has_alpha = pixels.shape[3] in {2, 4}
    colours = pixels[..., :-1] if has_alpha else pixels
    changed = colours * brightness[:, None, None, None]
    grey: NDArray[np.float32]
    # Linear all the way, so that both mixtures are one pass: c(s·x + (1 - s)·grey) + (1 - c)·mean grey.
    if colours.shape[3] == 3:
        grey = np.dot(changed.reshape(-1, 3), LUMA).reshape(changed.shape[:3])
    else:
        grey, saturation = changed[..., 0].copy(), np.ones_like(saturation)
    means = np.asarray(grey.mean((1, 2)), np.float32).reshape(-1, 1, 1)
    contrast, saturation = contrast.reshape(-1, 1, 1), saturation.reshape(-1, 1, 1)
    grey *= contrast * (1 - saturation)
    grey += (1 - contrast) * means
    changed *= (contrast * saturation)[..., None]
    changed += grey[..., None]
    np.rint(changed, changed)
    result = np.clip(changed, 0, 255, changed).astype(np.uint8)
    if not has_alpha:
        return result
    alpha = pixels[..., -1:]
    # Nothing shows under full transparency, so that a network need not learn it.
    return np.concatenate([np.where(alpha == 0, 0, result), alpha], axis=3)
