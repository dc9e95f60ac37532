"""The scrubber: a strip of thumbnails over a track, with a thumb that goes from the first step to the last arrived."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from ..app.theme import CAPTION_PX, sized_font, theme
from .pixels import draw_picture

HEIGHT_PX = 72
THUMBNAIL_PX = 40
LEAST_SLOT_PX = 44
STRIP_TOP_PX = 6
TRACK_Y_PX = 60
TRACK_PX = 4
THUMB_PX = 16
GRIP_PX = 28
#: A second strip, under the first: its pictures, how far apart they are, and how much higher it makes all.
SECOND_PX, LEAST_SECOND_SLOT_PX, SECOND_HIGH_PX = 32, 36, 38
#: More steps than this apart get no tick under the track.
LEAST_TICK_PX = 6


#: The picture that is shown under the pointer.
PREVIEW_PX, PREVIEW_MARGIN_PX = 96, 6


class Preview(QWidget):
    """What is under the pointer, enlarged, over the rest of the window: what one would come to by a press."""

    def __init__(self, over: QWidget, picture_px: int = PREVIEW_PX) -> None:
        super().__init__(over)
        self._over, self._picture_px = over, picture_px
        self._image, self.words = QImage(), ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        side = picture_px + 2 * PREVIEW_MARGIN_PX
        self.resize(side, side + 18)

    def show_at(self, place: QPoint, image: QImage, words: str) -> None:
        """Above a place of the parent, as far as it is wide."""
        self._image, self.words = image, words
        most = max(0, self._over.width() - self.width())
        self.move(max(0, min(place.x() - self.width() // 2, most)), max(0, place.y() - self.height() - 4))
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A card with the picture and the words under it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color("edge"), 1))
        painter.setBrush(theme().color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        side = self._picture_px
        draw_picture(painter, QRectF(PREVIEW_MARGIN_PX, PREVIEW_MARGIN_PX, side, side), self._image)
        painter.setPen(theme().color("text"))
        painter.setFont(sized_font(CAPTION_PX))
        line = QRectF(0, side + PREVIEW_MARGIN_PX, self.width(), 22)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignCenter), self.words)


class Scrubber(QAbstractSlider):
    """Steps 0 … total - 1, of which the first `arrived` can be shown. The value is the shown step.

    With more steps than slots fit, evenly chosen ones have a thumbnail. A second strip has pictures at places between
    the steps.
    """

    moved = Signal(int)  #: the step that the user or `set_value` chose
    slots_changed = Signal()  #: other steps have a place for a thumbnail now
    second_changed = Signal()  #: other pictures of the second strip have a place now
    pointed = Signal(int)  #: the step under the pointer, of which `show_preview` may tell

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._total = 0
        self._arrived = 0
        self._thumbnails: dict[int, QImage] = {}
        self._slots: list[int] = []
        self._second_places: list[float] = []  #: NaN: none
        self._second_slots: list[int] = []
        self._second: dict[int, QImage] = {}
        self._grab_offset = 0.0
        self._preview: Preview | None = None
        self.setMouseTracking(True)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setRange(0, 0)
        self.setSingleStep(1)
        self.setPageStep(10)
        self.valueChanged.connect(self._value_changed)
        theme().changed.connect(self.update)

    # --- what is shown -------------------------------------------------------------------------------------

    def set_total(self, total: int) -> None:
        """Begin anew with this many steps, none of them arrived."""
        self._total = total
        self._arrived = 0
        self._hide_preview()
        self._thumbnails.clear()
        self.setRange(0, 0)
        self.setValue(0)
        self._choose_slots()

    def total(self) -> int:
        """How many steps there will be."""
        return self._total

    def set_arrived(self, count: int) -> None:
        """The first `count` steps can be shown now; the shown one stays."""
        self._arrived = max(0, min(count, self._total))
        self.setMaximum(max(0, self._arrived - 1))
        self.update()

    def arrived(self) -> int:
        """How many steps can be shown."""
        return self._arrived

    def slots_shown(self) -> list[int]:
        """The steps that have a place for a thumbnail at this width; only their pictures need to be made."""
        return list(self._slots)

    def set_thumbnail(self, index: int, image: QImage) -> None:
        """The picture of a step. Pictures of steps without a place are kept for other widths, so make few."""
        self._thumbnails[index] = image
        if index in self._slots:
            self.update()

    def has_thumbnail(self, index: int) -> bool:
        """Whether a step has its picture already."""
        return index in self._thumbnails

    def thumbnail(self, index: int) -> QImage:
        """The picture of a step that has one."""
        return self._thumbnails[index]

    def clear_thumbnails(self) -> None:
        """Forget the pictures, because another one of the batch is followed now."""
        self._thumbnails.clear()
        self.update()

    # --- the second strip ----------------------------------------------------------------------------------

    def set_second(self, places: list[float] | None) -> None:
        """Where each picture of a second strip lies, in steps (3.5: midway between 3 and 4); None: there is none.

        Pictures that had a place before keep theirs: `clear_second` forgets them.
        """
        self._second_places = [] if places is None else places
        self.setFixedHeight(HEIGHT_PX if places is None else HEIGHT_PX + SECOND_HIGH_PX)
        self._choose_second()

    def second_shown(self) -> list[int]:
        """The pictures of the second strip that have room at this width."""
        return list(self._second_slots)

    def set_second_thumbnail(self, index: int, image: QImage) -> None:
        """A picture of the second strip."""
        self._second[index] = image
        self.update()

    def has_second_thumbnail(self, index: int) -> bool:
        """Whether it is there already."""
        return index in self._second

    def clear_second(self) -> None:
        """Forget the pictures."""
        self._second.clear()
        self.update()

    def _choose_second(self) -> None:
        """Those that do not touch one another, and of a crowd the first; the last always."""
        half, before = LEAST_SECOND_SLOT_PX / 2, self._second_slots
        known = [index for index, place in enumerate(self._second_places) if place == place]  # not NaN
        xs = {index: self.step_x(self._second_places[index]) for index in known}
        chosen: list[int] = []
        for index in known:
            if not chosen or abs(xs[index] - xs[chosen[-1]]) >= 2 * half:
                chosen.append(index)
        if known and chosen[-1] != known[-1]:
            chosen[-1 if len(chosen) > 1 else len(chosen) :] = [known[-1]]
        self._second_slots = chosen
        self.update()
        if chosen != before:
            self.second_changed.emit()

    @property
    def _track_y(self) -> int:
        return TRACK_Y_PX + self.height() - HEIGHT_PX

    def set_value(self, value: int) -> None:
        """Show a step, at most the last arrived one."""
        self.setValue(value)

    def _value_changed(self, value: int) -> None:
        self.update()
        self.moved.emit(value)

    # --- geometry ------------------------------------------------------------------------------------------

    def _slot_count(self) -> int:
        return max(1, min(self._total, self.width() // LEAST_SLOT_PX))

    def _choose_slots(self) -> None:
        count = self._slot_count() if self._total else 0
        last = self._total - 1
        self._slots = [round(i * last / (count - 1)) for i in range(count)] if count > 1 else [0] * count
        self.update()

    def step_x(self, step: float) -> float:
        """Where the centre of a step lies, in pixels from the left."""
        half = self.width() / (2 * self._slot_count())
        if self._total < 2:
            return half
        return half + (self.width() - 2 * half) * step / (self._total - 1)

    def _step_at(self, x: float) -> int:
        first, last = self.step_x(0), self.step_x(self._total - 1)
        share = (x - first) / (last - first) if last > first else 0.0
        return max(0, min(round(share * (self._total - 1)), self.maximum()))

    def sizeHint(self) -> QSize:
        """As wide as it gets."""
        return QSize(640, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """A few slots."""
        return QSize(5 * LEAST_SLOT_PX, HEIGHT_PX)

    # --- events --------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has other slots."""
        super().resizeEvent(event)
        before = self._slots
        self._choose_slots()
        self._choose_second()
        if self._slots != before:
            self.slots_changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there; the grip is wider than the thumb, so a press beside it does not make it jump."""
        if event.button() != Qt.MouseButton.LeftButton or not self._arrived:
            return
        self._grab_offset = 0.0
        beside = event.position().x() - self.step_x(self.value())
        if abs(beside) <= GRIP_PX / 2 and abs(event.position().y() - self._track_y) <= GRIP_PX / 2:
            self._grab_offset = beside
        self.setSliderDown(True)
        self._hide_preview()
        self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer as far as steps have arrived."""
        if self.isSliderDown():
            self._drag(event)
        elif self._arrived:
            self.pointed.emit(self._step_at(event.position().x()))

    def show_preview(self, step: int, image: QImage, words: str) -> None:
        """The picture of a step and what it is, above its place."""
        if self._preview is None:
            self._preview = Preview(self.window())
        place = self.mapTo(self.window(), QPoint(round(self.step_x(step)), 0))
        self._preview.show_at(place, image, words)

    @property
    def preview(self) -> Preview | None:
        """What is shown under the pointer; None before there was anything."""
        return self._preview

    def _hide_preview(self) -> None:
        if self._preview is not None:
            self._preview.hide()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at."""
        super().leaveEvent(event)
        self._hide_preview()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another room is looked at."""
        super().hideEvent(event)
        self._hide_preview()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self.setSliderDown(False)

    def _drag(self, event: QMouseEvent) -> None:
        self.setValue(self._step_at(event.position().x() - self._grab_offset))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """One step for each notch; down or right goes on."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        if delta:
            self.setValue(self.value() + (-1 if delta > 0 else 1))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows one step, with Shift ten; Home and End the first and the last arrived."""
        stride = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        places = {
            Qt.Key.Key_Left: self.value() - stride,
            Qt.Key.Key_Right: self.value() + stride,
            Qt.Key.Key_PageUp: self.value() - 10,
            Qt.Key.Key_PageDown: self.value() + 10,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self.maximum(),
        }
        place = places.get(Qt.Key(event.key()))
        if place is None:
            event.ignore()
        else:
            self.setValue(place)

    # --- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The strip, the track, the thumb; cost grows with the width, not with the number of steps."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, step in enumerate(self._slots):
            self._paint_slot(painter, place, step)
        for index in self._second_slots:
            half = SECOND_PX / 2
            x = min(max(self.step_x(self._second_places[index]), half), self.width() - half)
            top = STRIP_TOP_PX + THUMBNAIL_PX + SECOND_HIGH_PX - SECOND_PX
            self._paint_picture(painter, QRectF(x - half, top, SECOND_PX, SECOND_PX), self._second.get(index))
        self._paint_track(painter)
        if self._arrived:
            self._paint_thumb(painter)

    def _paint_slot(self, painter: QPainter, place: int, step: int) -> None:
        # Evenly apart even where steps are left out; a picture is then at most half a slot from its step.
        centre = (place + 0.5) * self.width() / len(self._slots)
        left = round(centre - THUMBNAIL_PX / 2)
        rect = QRectF(left, STRIP_TOP_PX, THUMBNAIL_PX, THUMBNAIL_PX)
        self._paint_picture(painter, rect, self._thumbnails.get(step) if step < self._arrived else None)

    def _paint_picture(self, painter: QPainter, rect: QRectF, image: QImage | None) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme().color("line"), 1))
        if image is None:
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            return
        drawn = draw_picture(painter, rect, image)
        if theme().is_light:
            painter.drawRect(drawn.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _paint_track(self, painter: QPainter) -> None:
        def stretch(start: float, end: float, token: str) -> None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color(token))
            painter.drawRoundedRect(QRectF(start, self._track_y - TRACK_PX / 2, end - start, TRACK_PX), 2, 2)

        wide = float(self.width())
        stretch(0, wide, "line")
        if not self._arrived:
            return
        done = self._arrived >= self._total
        stretch(0, wide if done else self.step_x(self._arrived - 1), "edge")
        stretch(0, self.step_x(self.value()), "accent")
        if self._total > 1 and self.step_x(1) - self.step_x(0) >= LEAST_TICK_PX:
            painter.setPen(QPen(theme().color("edge"), 1))
            for step in range(self._total):
                x = round(self.step_x(step)) + 0.5
                painter.drawLine(QPointF(x, self._track_y + 6), QPointF(x, self._track_y + 9))

    def _paint_thumb(self, painter: QPainter) -> None:
        x = self.step_x(self.value())
        cursor = theme().color("cursor")
        painter.setPen(QPen(cursor, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(x, 0), QPointF(x, self._track_y - THUMB_PX / 2))
        painter.setBrush(theme().color("panel" if theme().is_light else "text"))
        radius = THUMB_PX / 2 - 1
        painter.drawEllipse(QPointF(x, self._track_y), radius, radius)
