"""How small pictures are enlarged: sharp pixels of equal size where that fills the place, evenly softened elsewhere."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap, QPixmapCache

#: From this factor on the pixels are whole: what is lost at the rim is at most a seventh.
ALWAYS_WHOLE = 6
#: Below it they are whole where at least this share of the place is filled.
LEAST_FILL = 0.9


@dataclass(frozen=True)
class Fit:
    """How a picture is put into a well."""

    width_px: int  #: device pixels
    height_px: int  #: device pixels
    whole: int  #: each picture pixel becomes whole × whole device pixels; 0 where the result is softened
    oversample: int  #: softened: nearest neighbour to this factor first, then smoothly down; 0 for smooth reduction


def fit(picture_px: tuple[int, int], well_px: tuple[float, float], dpr: float = 1.0) -> Fit:
    """The largest size of a picture (pixels) inside a well (logical pixels) on a screen of scale `dpr`.

    Whole device pixels when the factor k is at least 6 or floor(k)/k is at least 0.9, else k itself.
    """
    width, height = picture_px
    if width <= 0 or height <= 0 or min(well_px) <= 0:
        return Fit(0, 0, 0, 0)
    k = min(well_px[0] * dpr / width, well_px[1] * dpr / height)
    whole = math.floor(k + 1e-6)
    if whole >= 1 and (k >= ALWAYS_WHOLE or whole / k >= LEAST_FILL):
        return Fit(width * whole, height * whole, whole, 0)
    return filling(picture_px, well_px, dpr)


def filling(picture_px: tuple[int, int], well_px: tuple[float, float], dpr: float = 1.0) -> Fit:
    """As `fit`, but up to the rim whatever the factor: for pictures side by side that are to be alike in size."""
    width, height = picture_px
    if width <= 0 or height <= 0 or min(well_px) <= 0:
        return Fit(0, 0, 0, 0)
    k = min(well_px[0] * dpr / width, well_px[1] * dpr / height)
    # Rounded down, so that rounding never reaches over the rim.
    size = max(1, math.floor(width * k + 1e-6)), max(1, math.floor(height * k + 1e-6))
    if k >= 1 and k == math.floor(k):
        return Fit(*size, int(k), 0)
    # Qt's way down takes the mean over exact areas, so the least whole factor above k gives what a larger one would.
    return Fit(*size, 0, math.ceil(k) if k > 1 else 0)


def one_to_one(picture_px: tuple[int, int], factor: int = 1) -> Fit:
    """Each picture pixel as `factor` × `factor` device pixels, whatever the place."""
    return Fit(picture_px[0] * factor, picture_px[1] * factor, factor, 0)


def scaled(image: QImage, how: Fit) -> QImage:
    """The picture at its size in device pixels."""
    size = QSize(how.width_px, how.height_px)
    keep, nearest = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.FastTransformation
    if how.whole:
        return image.scaled(size, keep, nearest)
    # Qt scales these two formats a third faster than others.
    formats = QImage.Format
    image = image.convertToFormat(
        formats.Format_ARGB32_Premultiplied if image.hasAlphaChannel() else formats.Format_RGB32
    )
    if how.oversample:
        image = image.scaled(image.size() * how.oversample, keep, nearest)
    return image.scaled(size, keep, Qt.TransformationMode.SmoothTransformation)


def draw_picture(painter: QPainter, rect: QRectF, image: QImage, how: Fit | None = None) -> QRectF:
    """Draw `image` centred in `rect`; returns where it lies (logical pixels).

    Scaled pictures are kept (Qt's pixmap cache, bounded) because a paint is far more frequent than a new picture.
    """
    dpr = painter.device().devicePixelRatioF()
    if how is None:
        how = fit((image.width(), image.height()), (rect.width(), rect.height()), dpr)
    if how.width_px == 0 or image.isNull():
        return QRectF()
    place = _placed(rect, how, dpr)
    key = f"picture {image.cacheKey()} {how.width_px} {how.height_px} {dpr}"
    pixmap = QPixmap()
    if not QPixmapCache.find(key, pixmap):
        pixmap = QPixmap.fromImage(scaled(image, how))
        pixmap.setDevicePixelRatio(dpr)
        QPixmapCache.insert(key, pixmap)
    painter.drawPixmap(place.topLeft(), pixmap)
    return place


def _placed(rect: QRectF, how: Fit, dpr: float) -> QRectF:
    """In the middle of `rect`, on whole device pixels."""
    left = round(rect.center().x() * dpr - how.width_px / 2) / dpr
    top = round(rect.center().y() * dpr - how.height_px / 2) / dpr
    return QRectF(left, top, how.width_px / dpr, how.height_px / dpr)


class Sheet:
    """Pictures of one size, row by row without a gap in one large picture, which is enlarged as a whole.

    Qt does that on all processors and with a few calls; 64 pictures one by one take twice as long or longer.
    """

    def __init__(self, image: QImage, count: int, width: int, height: int) -> None:
        self._image, self._count, self._width, self._height = image, count, width, height
        self._columns = max(1, image.width() // max(1, width))
        self._alone: dict[int, QImage] = {}
        self._enlarged: tuple[Fit, QPixmap] | None = None

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> QImage:
        if not 0 <= index < self._count:
            raise IndexError(index)
        if index not in self._alone:
            row, column = divmod(index, self._columns)
            self._alone[index] = self._image.copy(column * self._width, row * self._height, self._width, self._height)
        return self._alone[index]

    def draw(self, painter: QPainter, rect: QRectF, index: int, how: Fit) -> QRectF:
        """As `draw_picture` draws one of them."""
        if how.width_px == 0:
            return QRectF()
        if self._enlarged is None or self._enlarged[0] != how:
            rows = self._image.height() // self._height
            # The pictures' borders fall on whole pixels before and after, so that none bleeds into the next.
            whole = replace(how, width_px=how.width_px * self._columns, height_px=how.height_px * rows)
            self._enlarged = how, QPixmap.fromImage(scaled(self._image, whole))
        place = _placed(rect, how, painter.device().devicePixelRatioF())
        row, column = divmod(index, self._columns)
        part = QRectF(column * how.width_px, row * how.height_px, how.width_px, how.height_px)
        painter.drawPixmap(place, self._enlarged[1], part)
        return place
