"""The channels of a block: what it puts out as small pictures, one of them large, and what t brings to each."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from ... import numbers
from ...app.theme import CAPTION_PX, CONTROL_PX, sized_font, theme
from ...imaging import to_image, to_sheet
from ...widgets.controls import IconButton
from ...widgets.panel import caption
from ...widgets.pixels import Sheet, draw_picture, filling
from ...widgets.plain import plain_tip, set_tip

# --- Pictures ------------------------------------------------------------------------------------------------------


COLUMNS, CELL_PX, GAP_PX = 8, 36, 3
#: So many are shown at first: what stands below them is not far.
FEW = 32
ZOOM_PX = 240
FRAME_PX = 2


@dataclass(frozen=True, eq=False)
class Maps:
    """The C channels of a block's output at one step, for one picture.

    values     (C, H, W) float32
    strengths  (C,) root mean square of each
    order      (C,) channel numbers, the strongest first
    shown      (C, h, w) uint8 in that order, each from its 1st to its 99th percentile; not larger than they are seen
    low, high  (C,) those percentiles, by channel number
    """

    values: NDArray[np.float32]
    strengths: NDArray[np.float32]
    order: NDArray[np.int64]
    shown: NDArray[np.uint8]
    low: NDArray[np.float32]
    high: NDArray[np.float32]

    @property
    def are_numbers(self) -> bool:
        """Whether each channel is one number: no picture, which would be plain black."""
        return self.values.shape[1:] == (1, 1)


class ChannelGrid(QWidget):
    """Paints only what is in sight; one channel is framed."""

    opened = Signal(int)  #: the number of a channel that was clicked, or Enter was pressed on

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._maps: Maps | None = None
        self._sheet: Sheet | None = None
        self._count = 0
        self.cell_px = CELL_PX
        self.place = 0  #: of the framed one, counted in the order of strength
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Channels, the strongest first"))
        theme().changed.connect(self.update)

    def show_maps(self, maps: Maps | None, count: int) -> None:
        """Other pictures, of which the first `count` are shown."""
        before = self._count
        self._maps, self._count = maps, 0 if maps is None else min(count, len(maps.order))
        self._sheet = None if maps is None else to_sheet(maps.shown[: self._count, :, :, None])
        self.place = min(self.place, max(0, self._count - 1))
        if before != self._count:
            self.updateGeometry()
            self.setFixedSize(self.sizeHint())
        self._speak()
        self.update()

    def set_width(self, width_px: int) -> None:
        """COLUMNS of them fill so much."""
        cell = max(CELL_PX, (width_px + GAP_PX) // COLUMNS - GAP_PX)
        if cell != self.cell_px:
            self.cell_px = cell
            self.setFixedSize(self.sizeHint())
            self.update()

    def sizeHint(self) -> QSize:
        """Whole rows."""
        rows = math.ceil(self._count / COLUMNS)
        return QSize(COLUMNS * (self.cell_px + GAP_PX) - GAP_PX, max(0, rows * (self.cell_px + GAP_PX) - GAP_PX))

    def cell(self, place: int) -> QRectF:
        """Where one lies."""
        row, column = divmod(place, COLUMNS)
        pitch = self.cell_px + GAP_PX
        return QRectF(column * pitch, row * pitch, self.cell_px, self.cell_px)

    def channel(self) -> int:
        """The number of the framed channel; -1 where there is none."""
        return -1 if self._maps is None or not self._count else int(self._maps.order[self.place])

    def words(self, place: int) -> str:
        """What is said of one."""
        assert self._maps is not None
        channel = int(self._maps.order[place])
        words = self.tr("channel {channel} · strength {strength} (root mean square) · black {low}, white {high}")
        return words.format(
            channel=numbers.count(channel),
            strength=_number(float(self._maps.strengths[channel])),
            low=_number(float(self._maps.low[channel])),
            high=_number(float(self._maps.high[channel])),
        )

    def _place_at(self, point: QPointF) -> int | None:
        pitch = self.cell_px + GAP_PX
        column, row = int(point.x() // pitch), int(point.y() // pitch)
        place = row * COLUMNS + column
        return place if 0 <= column < COLUMNS and 0 <= place < self._count else None

    def _speak(self) -> None:
        self.setAccessibleDescription(self.words(self.place) if self._count else "")

    # --- events --------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """The tooltip of the channel under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self._place_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), "" if place is None else plain_tip(self.words(place)), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show it large."""
        place = self._place_at(event.position())
        if place is not None:
            self._go(place)
            self.opened.emit(self.channel())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the frame, Enter shows it large."""
        ways = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -COLUMNS,
            Qt.Key.Key_Down: COLUMNS,
        }
        key = Qt.Key(event.key())
        if key in ways and self._count and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            place = self.place + ways[key]
            if 0 <= place < self._count:
                self._go(place)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._count:
            self.opened.emit(self.channel())
        else:
            super().keyPressEvent(event)

    def _go(self, place: int) -> None:
        self.place = place
        self._speak()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cells that lie in what is asked for."""
        if self._sheet is None or self._maps is None:
            return
        painter = QPainter(self)
        height, width = self._maps.shown.shape[1:]
        how = filling((width, height), (self.cell_px, self.cell_px), self.devicePixelRatioF())
        pitch = self.cell_px + GAP_PX
        first = max(0, event.rect().top() // pitch) * COLUMNS
        last = min(self._count, (event.rect().bottom() // pitch + 1) * COLUMNS)
        for place in range(first, last):
            self._sheet.draw(painter, self.cell(place), place, how)
        if self.hasFocus() and self._count:
            painter.setPen(QPen(theme().color("accent"), FRAME_PX))
            painter.drawRect(self.cell(self.place).adjusted(1, 1, -1, -1))


class ChannelView(QWidget):
    """One channel large; the value under the pointer is read out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: NDArray[np.float32] | None = None
        self._image = QImage()
        self._place = QRectF()
        self.pixel: tuple[int, int] | None = None  #: row and column under the pointer
        self.setMouseTracking(True)
        self.setFixedHeight(ZOOM_PX)

    def show_values(self, values: NDArray[np.float32], low: float, high: float) -> None:
        """(H, W), black at low, white at high."""
        span = max(high - low, 1e-12)
        self._values = values
        self._image = to_image(np.clip((values - low) * (255 / span) + 0.5, 0, 255).astype(np.uint8))
        self.update()

    def value_text(self) -> str:
        """The value under the pointer; "" for none."""
        if self.pixel is None or self._values is None:
            return ""
        row, column = self.pixel
        if row >= self._values.shape[0] or column >= self._values.shape[1]:
            return ""
        return f"({column + 1}, {row + 1})  {_number(float(self._values[row, column]))}"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the value."""
        self.pixel = None
        if self._values is not None and self._place.contains(event.position()):
            there = event.position() - self._place.topLeft()
            height, width = self._values.shape
            row = min(height - 1, int(there.y() / self._place.height() * height))
            self.pixel = row, min(width - 1, int(there.x() / self._place.width() * width))
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is read."""
        self.pixel = None
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture, and the value in its corner."""
        painter = QPainter(self)
        self._place = draw_picture(painter, QRectF(self.rect()), self._image)
        painter.setPen(QPen(theme().color("line"), 1))
        painter.drawRect(self._place.adjusted(0, 0, -1, -1))
        words = self.value_text()
        if words:
            painter.setFont(sized_font(CAPTION_PX))
            wide = painter.fontMetrics().horizontalAdvance(words) + 12
            left = min(max(0.0, self._place.left()), self.width() - wide)
            box = QRectF(left, self._place.bottom() - 20, wide, 20)
            painter.fillRect(box, theme().color("panel", 230))
            painter.setPen(theme().color("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


class Channels(QWidget):
    """The grid, or one channel large in its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._maps: Maps | None = None
        self._all = False
        self._channel: int | None = None
        self.title, self._note = caption(self.tr("Feature maps")), caption()
        set_tip(self.title, self.tr("What the block puts out, a picture for each of its channels"))
        self.grid, self.view = ChannelGrid(), ChannelView()
        self.numbers = Strip(self.tr("value"), "loss", NUMBERS_PX)  #: of what has no height and width: a bar each
        self.back = IconButton("close")
        self.back.describe(self.tr("Show all channels"), self.tr("Esc"))
        self.more = QPushButton()
        self.more.setProperty("link", True)
        self.more.setFixedHeight(CONTROL_PX)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self._note)
        head.addWidget(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.grid)
        column.addWidget(self.view)
        column.addWidget(self.numbers)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.grid.opened.connect(self.open_channel)
        self.back.clicked.connect(self.close_channel)
        self.more.clicked.connect(self._toggle)
        self._refresh()

    def show_maps(self, maps: Maps | None) -> None:
        """Other values; the large channel stays open where there still is one of its number."""
        gone = maps is None or maps.are_numbers
        if gone or (maps is not None and self._channel is not None and self._channel >= len(maps.order)):
            self._channel = None
        self._maps = maps
        self._refresh()

    def set_width(self, width_px: int) -> None:
        """So much is there for it."""
        self.grid.set_width(width_px)
        self.view.setFixedHeight(min(width_px, max(ZOOM_PX, width_px * 3 // 4)))

    def start_over(self) -> None:
        """Another block, with a scale of its own."""
        self.numbers.start_over()

    @property
    def channel(self) -> int | None:
        """The number of the channel that is shown large."""
        return self._channel

    @Slot(int)
    def open_channel(self, channel: int) -> None:
        """Show one large."""
        self._channel = channel
        self._refresh()
        self.back.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def close_channel(self) -> None:
        """Show all of them again."""
        self._channel = None
        self._refresh()
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the large one."""
        if event.key() == Qt.Key.Key_Escape and self._channel is not None:
            self.close_channel()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _toggle(self) -> None:
        self._all = not self._all
        self._refresh()

    def _refresh(self) -> None:
        maps, large = self._maps, self._channel is not None
        total = 0 if maps is None else len(maps.order)
        bars = maps is not None and maps.are_numbers
        shown = ((self.grid, not large and not bars), (self.view, large), (self.back, large), (self.numbers, bars))
        for widget, seen in shown:
            widget.setVisible(seen)
        self.more.setVisible(not large and not bars and total > FEW)
        words = self.tr("Only the {few} strongest") if self._all else self.tr("All {count} channels")
        self.more.setText(words.format(few=FEW, count=numbers.count(total)))
        self.title.setText(self.tr("Feature maps"))
        self._note.setText(self.tr("each from its 1st to its 99th percentile"))
        set_tip(self._note, self.tr("The strongest first, by root mean square"))
        if maps is not None and bars:
            self.title.setText(self.tr("A number for each channel"))
            self._note.setText(self.tr("channels 0 to {last}").format(last=numbers.count(total - 1)))
            set_tip(self._note, self.tr("From left to right, in the order that the block puts them out"))
            self.numbers.show_values(maps.values[:, 0, 0])
        elif maps is None:
            self.grid.show_maps(None, 0)
        elif self._channel is None:
            self.grid.show_maps(maps, total if self._all else FEW)
        else:
            channel = self._channel
            low, high = float(maps.low[channel]), float(maps.high[channel])
            self.title.setText(self.tr("Channel {channel}").format(channel=numbers.count(channel)))
            words = self.tr("strength {strength} · {low} to {high}")
            strength = _number(float(maps.strengths[channel]))
            self._note.setText(words.format(strength=strength, low=_number(low), high=_number(high)))
            self.view.show_values(maps.values[channel], low, high)


def _number(value: float) -> str:
    return numbers.figure(value).replace("-", "−")


# --- What t brings -------------------------------------------------------------------------------------------------


STRIP_PX, NUMBERS_PX, NAME_PX, RANGE_PX = 40, 96, 34, 44


class Strip(QWidget):
    """A bar up or down from 0 for each channel; all strips of a kind share a scale that does not jump."""

    def __init__(self, name: str, colour: str, height_px: int = STRIP_PX, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._colour = name, colour
        self.values: NDArray[np.float32] = np.empty(0, np.float32)
        self.top = 0.0
        self.setFixedHeight(height_px)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        theme().changed.connect(self.update)

    def show_values(self, values: NDArray[np.float32]) -> None:
        """(C,)."""
        self.values = values
        most = float(np.abs(values).max(initial=0.0))
        # Grows at once; comes down only when it is far too high, so that scrubbing does not shake it.
        if most > self.top or most < self.top / 4 or not self.top:
            self.top = max(most * 1.2, 1e-6)
        words = self.tr("mean of the absolute values {mean}").format(mean=numbers.figure(float(np.abs(values).mean())))
        self.setAccessibleDescription(words if len(values) else "")
        self.update()

    def start_over(self) -> None:
        """Another block, with a scale of its own."""
        self.top = 0.0

    def _area(self) -> QRectF:
        return QRectF(NAME_PX, 2, self.width() - NAME_PX - RANGE_PX, self.height() - 4)

    def event(self, event: QEvent) -> bool:
        """The number of the channel under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            area, words = self._area(), ""
            if area.contains(QPointF(event.pos())) and len(self.values):
                channel = min(
                    len(self.values) - 1, int((event.pos().x() - area.left()) / area.width() * len(self.values))
                )
                words = self.tr("channel {channel}: {value}").format(
                    channel=numbers.count(channel),
                    value=numbers.figure(float(self.values[channel])).replace("-", "−"),
                )
            QToolTip.showText(event.globalPos(), plain_tip(words), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Name, bars, and the ends of the scale."""
        painter = QPainter(self)
        area = self._area()
        middle = area.center().y()
        painter.setFont(sized_font(CAPTION_PX))
        painter.setPen(theme().color("muted"))
        painter.drawText(QRectF(0, 0, NAME_PX, self.height()), Qt.AlignmentFlag.AlignVCenter, self._name)
        painter.setPen(QPen(theme().color("line"), 1))
        painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle))
        if not len(self.values):
            return
        pitch = area.width() / len(self.values)
        wide = max(1.0, pitch - (1 if pitch >= 3 else 0))
        colour = theme().color(self._colour)
        for channel, value in enumerate(self.values.tolist()):
            high = value / max(self.top, 1e-12) * area.height() / 2
            bar = QRectF(area.left() + channel * pitch, middle - max(high, 0), wide, abs(high))
            painter.fillRect(bar, colour)
        painter.setPen(theme().color("muted"))
        right = QRectF(area.right() + 4, 0, RANGE_PX - 4, self.height())
        painter.drawText(
            right, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), f"±{numbers.figure(self.top, 2)}"
        )


class ScaleShift(QWidget):
    """Both strips under one heading."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = caption(self.tr("What t brings, channel by channel"))
        set_tip(
            title,
            self.tr(
                "(scale, shift) = Linear(SiLU(embedding of t)), then h·(scale + 1) + shift after the first convolution "
                "and norm: so the same block does other work at another t (Dhariwal & Nichol 2021, section 3)."
            ),
        )
        self.scale, self.shift = Strip(self.tr("scale"), "weight"), Strip(self.tr("shift"), "weight")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for widget in (title, self.scale, self.shift):
            column.addWidget(widget)

    def start_over(self) -> None:
        """Another block."""
        for strip in (self.scale, self.shift):
            strip.start_over()

    def show_values(self, scale: NDArray[np.float32], shift: NDArray[np.float32]) -> None:
        """(C,) each."""
        self.scale.show_values(scale)
        self.shift.show_values(shift)
