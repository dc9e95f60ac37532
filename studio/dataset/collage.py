"""The small pictures on the welcome's cards, cut from the sheets of the sample sets. Qt alone, so it is quick."""

from __future__ import annotations

from importlib.resources import files

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter

from ..widgets.pixels import Fit, scaled

#: Sample set → side of a picture in its sheet, rows and columns of the card, the colour between them.
LAYOUTS: dict[str, tuple[int, int, int, str]] = {
    "faces": (32, 3, 4, "#ffffff"),
    "digits": (28, 4, 5, "#000000"),
}


def collage(sample_set: str, width_px: int, height_px: int, ratio: float) -> QImage:
    """Some of a set's pictures side by side, `width_px` × `height_px` logical pixels on a screen of scale `ratio`."""
    side, rows, columns, ground = LAYOUTS[sample_set]
    made = QImage(round(width_px * ratio), round(height_px * ratio), QImage.Format.Format_RGB32)
    made.setDevicePixelRatio(ratio)
    made.fill(QColor(ground))
    sheet = _sheet(sample_set)
    if sheet.isNull():
        return made
    in_a_row = sheet.width() // side
    total = in_a_row * (sheet.height() // side)
    cell = min(width_px / columns, height_px / rows)
    shown = round(cell * 0.86 * ratio)
    painter = QPainter(made)
    painter.scale(1 / ratio, 1 / ratio)
    left, top = (width_px - columns * cell) / 2 * ratio, (height_px - rows * cell) / 2 * ratio
    for i in range(rows * columns):
        # Evenly from the whole sheet, so that every kind is there.
        index = (2 * i + 1) * total // (2 * rows * columns)
        row, column = divmod(index, in_a_row)
        tile = sheet.copy(QRect(QPoint(column * side, row * side), QSize(side, side)))
        place_row, place_column = divmod(i, columns)
        x = left + (place_column + 0.07) * cell * ratio
        y = top + (place_row + 0.07) * cell * ratio
        painter.drawImage(round(x), round(y), scaled(tile, Fit(shown, shown, 0, 4)))
    painter.end()
    return made


def _sheet(sample_set: str) -> QImage:
    """The whole sheet; null where it is not there, which a card survives."""
    return QImageReader(str(files("resources") / "samples" / f"{sample_set}.png")).read()
