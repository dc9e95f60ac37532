"""The only bridge from core's arrays to Qt's pictures and back."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from .widgets.pixels import Sheet

_FORMATS = {1: QImage.Format.Format_Grayscale8, 3: QImage.Format.Format_RGB888, 4: QImage.Format.Format_RGBA8888}


def to_image(pixels: NDArray[np.uint8]) -> QImage:
    """A picture from (H, W, C) or (H, W) uint8, C = 1, 3 or 4. The pixels are copied."""
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.shape[2] == 2:  # grey with alpha has no format of Qt's
        pixels = pixels[:, :, [0, 0, 0, 1]]
    pixels = np.ascontiguousarray(pixels)
    height, width, channels = pixels.shape
    return QImage(pixels.data, width, height, width * channels, _FORMATS[channels]).copy()


@cache
def viridis() -> NDArray[np.uint8]:
    """(256, 3) the colours of a magnitude, from the least to the greatest."""
    import pyqtgraph as pg

    table: NDArray[np.uint8] = pg.colormap.get("viridis").getLookupTable(nPts=256)
    return np.ascontiguousarray(table[:, :3])


def to_images(pixels: NDArray[np.uint8]) -> list[QImage]:
    """A list of pictures from (N, H, W, C) uint8."""
    return [to_image(picture) for picture in pixels]


def to_sheet(pixels: NDArray[np.uint8]) -> Sheet:
    """(N, H, W, C) uint8 as one large picture of N."""
    count, height, width, channels = pixels.shape
    columns = max(1, math.ceil(math.sqrt(count)))
    rows = math.ceil(count / columns)
    placed = np.zeros((rows * columns, height, width, channels), np.uint8)
    placed[:count] = pixels
    together = placed.reshape(rows, columns, height, width, channels).transpose(0, 2, 1, 3, 4)
    return Sheet(to_image(together.reshape(rows * height, columns * width, channels)), count, width, height)


def to_array(image: QImage) -> NDArray[np.uint8]:
    """(H, W, 4) uint8 RGBA from a picture."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    flat = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return flat[:, : image.width() * 4].reshape(image.height(), image.width(), 4).copy()
