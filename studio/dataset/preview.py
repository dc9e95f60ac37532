"""What the dataset room computes in the background, through core's own code: thumbnails, previews, noised pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtGui import QImage

from core.pictures.decode.decoding import decode, read_picture
from core.pictures.feed.augment import what_is_beside, what_the_network_sees
from core.settings import DataConfig

from ..imaging import to_image, to_images
from .forward_table import ForwardTable
from .noising import NoisedPicture

#: The longest side of what is shown of an original; a screen has no more room for it. Pixels.
ORIGINAL_PX = 1024


class PreviewQuestion(NamedTuple):
    """Which picture, and the settings that it is prepared with (resolved)."""

    number: int
    path: Path
    data: DataConfig
    normalised: bool  #: whether training brings pictures to [-1, 1]
    offset_noise_strength: float
    partner: Path | None = None  #: the second folder's picture


class TableQuestion(NamedTuple):
    """Which schedule, over how many steps, bent by which options ("tau=0.7")."""

    schedule: str
    timesteps: int
    options: tuple[str, ...] | None


class NoisedQuestion(NamedTuple):
    """Which picture, at which timesteps of which schedule."""

    picture: NoisedPicture
    table: ForwardTable
    times: tuple[int, ...]


@dataclass(frozen=True)
class Preview:
    """A picture as it is and as the network sees it."""

    original: QImage
    width: int  #: of the original, pixels
    height: int
    mode: str  #: as the file stores it
    format: str
    size_bytes: int
    pixels: NDArray[np.uint8]  #: what the network sees, (H, W, C)
    seen: QImage
    noised: NoisedPicture
    beside: NDArray[np.uint8] | None = None  #: what the network sees beside it, (H, W, c)


def make_preview(question: PreviewQuestion) -> Preview:
    """Decode and prepare a picture as training does. PictureRefusedError when it cannot be read.

    Crop and colours at random are of those that training may draw, always the same for a picture. Mirroring, which
    leaves half of all pictures as they are, would only make it harder to see what became of the original.
    """
    decoded = decode(question.path)
    data = replace(question.data, horizontal_flip=False, vertical_flip=False)
    pixels = what_the_network_sees(decoded.image, data, index=question.number)
    partner = None if question.partner is None else decode(question.partner).image
    return Preview(
        original=_image(decoded.image, ORIGINAL_PX),
        width=decoded.width,
        height=decoded.height,
        mode=decoded.mode,
        format=decoded.format,
        size_bytes=decoded.bytes,
        pixels=pixels,
        seen=to_image(pixels),
        noised=NoisedPicture.of(
            pixels,
            question.number,
            normalised=question.normalised,
            offset_noise_strength=question.offset_noise_strength,
        ),
        beside=what_is_beside(decoded.image, partner, data, index=question.number),
    )


def make_thumbnail(path: Path, side_px: int) -> QImage:
    """A copy of a picture whose longer side is at most `side_px`. DataError when it cannot be read."""
    return _image(read_picture(path, side_px), side_px)


def noised_images(question: NoisedQuestion) -> list[QImage]:
    """x_t at each of the timesteps, as it is shown."""
    return to_images(np.stack([question.picture.pixels(question.table, t) for t in question.times]))


def _image(picture: Image.Image, longest_px: int) -> QImage:
    picture.thumbnail((longest_px, longest_px), Image.Resampling.BOX, reducing_gap=2.0)
    return to_image(np.asarray(picture))
