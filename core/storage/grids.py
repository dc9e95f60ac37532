"""Pictures that a run or a sampler makes, as PNG files with their settings inside."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from .atomic import make_folder, replace_file

__all__ = ["grid", "make_folder", "read_settings", "save_grid", "save_picture"]

#: The PNG text chunk that holds the settings as JSON.
SETTINGS_KEY = "ddpm-studio"
GAP_PX = 2


def grid(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H', W', C) out of (N, H, W, C): rows of pictures, as square as can be, 2 px of white between them."""
    count, height, width, channels = images.shape
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    sheet = np.full(
        (rows * (height + GAP_PX) - GAP_PX, columns * (width + GAP_PX) - GAP_PX, channels), 255, dtype=np.uint8
    )
    for index, image in enumerate(images):
        top, left = index // columns * (height + GAP_PX), index % columns * (width + GAP_PX)
        sheet[top : top + height, left : left + width] = image
    return sheet


def save_grid(path: Path, images: NDArray[np.uint8], *, settings: Mapping[str, object]) -> None:
    """Write (N, H, W, C) pictures as one PNG with the settings in its text. Raises RunError."""
    save_picture(path, grid(images), settings=settings)


def save_picture(path: Path, image: NDArray[np.uint8], *, settings: Mapping[str, object]) -> None:
    """Write one (H, W, C) picture as PNG with the settings in its text. Raises RunError."""
    text = PngInfo()
    text.add_text(SETTINGS_KEY, json.dumps(dict(settings), default=str))
    picture = Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)

    def write(file: BinaryIO) -> None:
        picture.save(file, "PNG", pnginfo=text)

    replace_file(path, write)


def read_settings(path: Path) -> dict[str, object]:
    """The settings inside a PNG that `save_picture` wrote; empty for any other."""
    with Image.open(path, formats=("PNG",)) as image:
        text = image.info.get(SETTINGS_KEY, "{}")
    plain = json.loads(text)
    return plain if isinstance(plain, dict) else {}
