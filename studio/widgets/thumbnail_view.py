"""A virtual grid of thumbnails: a million pictures cost as much as the few dozen that are seen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag
from functools import cache

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QToolTip, QWidget

from ..app.icons import icon_pixmap
from ..app.theme import CORNER_PX, theme
from .pixels import draw_picture
from .plain import plain_tip
from .selecting_grid import SelectingGrid

# --- Calls that come too often are merged: the first runs at once, of those that follow only the last one does ---


class Throttle(QObject):
    """Wraps a function so that it runs at most once per `interval_ms`, always ending with the latest arguments."""

    def __init__(self, function: Callable[..., object], interval_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self._function = function
        self._waiting: tuple[object, ...] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._run_waiting)

    def __call__(self, *arguments: object) -> None:
        """Run now, or when the interval is over, with these arguments."""
        if self._timer.isActive():
            self._waiting = arguments
            return
        self._timer.start()
        self._function(*arguments)

    @Slot()
    def _run_waiting(self) -> None:
        if self._waiting is None:
            return
        arguments, self._waiting = self._waiting, None
        # Started before the call, so that a function which calls itself again waits like any other.
        self._timer.start()
        self._function(*arguments)

    def flush(self) -> None:
        """Run what is waiting now."""
        self._timer.stop()
        self._run_waiting()

    def cancel(self) -> None:
        """Forget what is waiting."""
        self._timer.stop()
        self._waiting = None


# --- thumbnail view --------------------------------------------------------------------------------------

PADDING_PX = 8
REQUEST_EVERY_MS = 30
#: Pictures are forgotten, longest unseen first, when together they are larger than this.
MEMORY_BYTES = 64_000_000
#: How much is left of a picture that is left out, and of the accent behind a selected one.
LEFT_OUT_OPACITY, SELECTED_ALPHA = 0.3, 0x50
MARK_PX, BROKEN_PX = 14, 24


class Mark(IntFlag):
    """What is to be seen of a picture besides itself."""

    NONE = 0
    LEFT_OUT = 1  #: pale, with a small sign
    BROKEN = 2  #: there is no picture to be seen


@dataclass(frozen=True)
class Visible:
    """A request for pictures. An answer to an older number is still right, but may no longer be needed."""

    number: int
    pictures: tuple[int, ...]  #: by `set_identity`: seen now and not there yet, from the top
    side_px: int  #: the longer side that is enough, in device pixels


def _same(index: int) -> int:
    return index


class ThumbnailView(SelectingGrid):
    """Pictures are asked for when they come into sight. A cell is told by its index, a picture by its identity."""

    request = Signal(object)  #: a `Visible`

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._images: OrderedDict[int, QImage] = OrderedDict()  # by identity
        self._bytes = 0
        self._placeholder = ""
        self._tip: Callable[[int], str] = lambda _index: ""
        self._mark: Callable[[int], Mark] = lambda _index: Mark.NONE
        self._identity: Callable[[int], int] = _same
        self._ask = Throttle(self._send_request, REQUEST_EVERY_MS, self)
        theme().changed.connect(self.viewport().update)
        self.current_changed.connect(self._describe_current)

    # --- what is shown -------------------------------------------------------------------------------------

    def clear(self) -> None:
        """Begin anew: no pictures, nothing chosen, at the top."""
        self.forget_images()
        self.set_count(0)
        self.verticalScrollBar().setValue(0)

    def forget_images(self) -> None:
        """Ask for every picture again, because they look different now."""
        self._images.clear()
        self._bytes = 0
        self.lay_out()

    def set_identity(self, identity: Callable[[int], int]) -> None:
        """Which picture stands in which cell; pictures that are there already stay, wherever they stand now."""
        self._identity = identity
        self.lay_out()

    def set_image(self, picture: int, image: QImage) -> None:
        """The answer to a request: one picture, no larger than asked for."""
        old = self._images.pop(picture, None)
        self._bytes += image.sizeInBytes() - (old.sizeInBytes() if old is not None else 0)
        self._images[picture] = image
        seen = {self._identity(index): index for index in range(*self.visible_range())}
        while self._bytes > MEMORY_BYTES and (oldest := next(iter(self._images))) not in seen:
            self._bytes -= self._images.pop(oldest).sizeInBytes()
        if picture in seen:
            self.viewport().update(self.cell_rect(seen[picture]).toAlignedRect())

    def set_tip(self, tip: Callable[[int], str]) -> None:
        """How a cell is described, in plain text, when the pointer rests on it."""
        self._tip = tip
        self._describe_current()

    def set_mark(self, mark: Callable[[int], Mark]) -> None:
        """What is to be seen of each cell besides its picture; `update_marks` where that changes."""
        self._mark = mark
        self.update_marks()

    def update_marks(self) -> None:
        """Some have other marks now."""
        self.viewport().update()
        self._describe_current()

    def set_placeholder(self, words: str) -> None:
        """What is said where there are no cells."""
        self._placeholder = words
        self.viewport().update()

    def _describe_current(self) -> None:
        self.setAccessibleDescription(self._tip(self.current()) if self.current() >= 0 else "")

    # --- requests ------------------------------------------------------------------------------------------

    def sight_changed(self) -> None:
        """Ask for what is seen now."""
        self._ask()

    def _send_request(self) -> None:
        missing = tuple(
            picture
            for index in range(*self.visible_range())
            if (picture := self._identity(index)) not in self._images and not self._mark(index) & Mark.BROKEN
        )
        if missing and self.isVisible():
            self._number += 1
            side_px = round((self.cell_px() - 2 * PADDING_PX) * self.devicePixelRatioF())
            self.request.emit(Visible(self._number, missing, side_px))

    # --- events --------------------------------------------------------------------------------------------

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips, as plain text whatever a file is called; and the first request when shown."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.index_at(QPointF(event.pos()))
            text = self._tip(index) if index >= 0 else ""
            QToolTip.showText(event.globalPos(), plain_tip(text), self.viewport())
            return True
        if event.type() == QEvent.Type.Show:
            self._ask()
        return super().viewportEvent(event)

    # --- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cells that are seen."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.count() and self._placeholder:
            painter.setPen(theme().color("muted"))
            words = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(24, 24, -24, -24), int(words), self._placeholder)
        for index in range(*self.visible_range()):
            cell = self.cell_rect(index)
            if cell.intersects(QRectF(event.rect())):
                self._paint_cell(painter, index, cell)
        if not self._frame.isNull():
            colour = theme().color("accent")
            painter.setPen(QPen(colour, 1))
            colour.setAlpha(SELECTED_ALPHA // 2)
            painter.setBrush(colour)
            painter.drawRect(self._frame.translated(0, -self.verticalScrollBar().value()))

    def _paint_cell(self, painter: QPainter, index: int, cell: QRectF) -> None:
        rect = cell.adjusted(PADDING_PX, PADDING_PX, -PADDING_PX, -PADDING_PX)
        image, mark, drawn = self._images.get(self._identity(index)), self._mark(index), rect
        several = len(self.selection) > 1 or index != self.current()
        if index in self.selection and several:
            colour = theme().color("accent")
            colour.setAlpha(SELECTED_ALPHA)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), CORNER_PX - 2, CORNER_PX - 2)
        if image is None or image.isNull() or mark & Mark.BROKEN:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("raised"))
            painter.drawRoundedRect(rect, 3, 3)
            if mark & Mark.BROKEN or image is not None:
                _paint_icon(painter, rect.center(), "broken", "muted", BROKEN_PX)
        else:
            self._images.move_to_end(self._identity(index))
            painter.setOpacity(LEFT_OUT_OPACITY if mark & Mark.LEFT_OUT else 1.0)
            drawn = draw_picture(painter, rect, image)
            painter.setOpacity(1.0)
            if theme().is_light or image.hasAlphaChannel():
                painter.setPen(QPen(theme().color("line"), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(drawn.adjusted(-0.5, -0.5, 0.5, 0.5))
        if mark & Mark.LEFT_OUT:
            centre = rect.bottomRight() - QPointF(MARK_PX / 2, MARK_PX / 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("panel"))
            painter.drawEllipse(centre, MARK_PX / 2 + 2, MARK_PX / 2 + 2)
            _paint_icon(painter, centre, "left_out", "text", MARK_PX)
        if index == self.current():
            painter.setPen(QPen(theme().color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(drawn.adjusted(-3, -3, 3, 3), CORNER_PX - 3, CORNER_PX - 3)


def _paint_icon(painter: QPainter, centre: QPointF, name: str, token: str, side_px: int) -> None:
    corner = centre - QPointF(side_px / 2, side_px / 2)
    painter.drawPixmap(corner, _pixmap(name, token, side_px, painter.device().devicePixelRatioF(), theme().name))


@cache
def _pixmap(name: str, token: str, side_px: int, dpr: float, _theme_name: str) -> QPixmap:
    return icon_pixmap(name, theme().color(token), side_px, dpr)
