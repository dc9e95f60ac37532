"""A falling curve that is drawn by hand: points on fixed upright lines are dragged, added and removed, by keys too."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from .. import numbers
from ..app.theme import CAPTION_PX, sized_font, theme
from .plain import set_name

HEIGHT_PX = 100
LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 20, 8, 8, 20
#: Of the axis below, the places that are numbered.
NUMBERED = (0.0, 0.25, 0.5, 0.75, 1.0)
#: Changes that can be taken back here.
MOST_UNDONE = 100
POINT_PX = 5
#: Straight pieces that the curve is painted in.
COLUMNS = 120
#: How far from a point's centre it is still taken hold of.
GRIP_PX = 11
#: Between the heights of two neighbours at least; heights have so many places.
STEP = 0.001
#: What an arrow moves a point by, and with Shift.
KEY_STEP, FINE_KEY_STEP = 0.01, 0.001


class PointCurve(QWidget):
    """Points on lines at `places`, 0 … 1, each of a height between those of its neighbours; a height of 0 is no point.

    What the curve does between them is told by whoever knows (`show_line`).
    """

    moved = Signal()  #: by a person, while it is dragged too
    released = Signal()  #: a drag is over

    def __init__(self, places: Sequence[float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places = tuple(places)
        self._heights = [0.0] * len(self._places)
        self._line: Sequence[float] = ()
        self._colour = "text"
        self._chosen: int | None = None  #: the place of the point that the keys move
        self._dragged = False
        self._before: list[tuple[float, ...]] = []  # the heights before each change that can be taken back
        self._began: tuple[float, ...] | None = None  # what was shown first
        self._most = 0  # the number at the end of the axis below
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        theme().changed.connect(self.update)
        self.say("")

    @property
    def heights(self) -> tuple[float, ...]:
        """Of each place; 0 where there is no point."""
        return tuple(self._heights)

    @property
    def chosen(self) -> int | None:
        """The place, counted from 0, of the point that the keys move."""
        return self._chosen

    @property
    def is_held(self) -> bool:
        """Whether a point is being dragged."""
        return self._dragged

    def set_colour(self, colour: str) -> None:
        """Draw the curve in this token of the theme."""
        self._colour = colour
        self.update()

    def show_heights(self, heights: Sequence[float]) -> None:
        """These are the points."""
        shown = tuple(float(height) for height in heights)
        if self._began is None or not any(self._began):
            self._began = shown
        if shown != self.heights:
            self._before.clear()
        self._heights = list(shown)
        if self._chosen is not None and not self._heights[self._chosen]:
            self._chosen = None
        self._tell()

    def show_line(self, heights: Sequence[float]) -> None:
        """What the curve is at evenly spaced places up to 1."""
        self._line = heights
        self.update()

    def show_places(self, most: int) -> None:
        """Number the axis below from 0 to this; 0: not at all."""
        self._most = most
        self.update()

    @property
    def is_changed(self) -> bool:
        """Whether the points are others than those that were shown first."""
        return self._began is not None and self.heights != self._began

    def start_over(self) -> None:
        """The points that were shown first; this too can be taken back."""
        if self.is_changed and self._began is not None:
            self._keep()
            self._heights, self._chosen = list(self._began), None
            self._changed()

    def take_back(self) -> None:
        """The points as they were before the last change."""
        if self._before:
            self._heights, self._chosen = list(self._before.pop()), None
            self._changed()

    def say(self, locked: str) -> None:
        """The words; `locked` is why nothing can be drawn, or ""."""
        tip = self.tr(
            "Drag a point. Double-click adds one, Delete removes it. Keys: ← → choose a point, ↑ ↓ move it (with Shift "
            "finely), Ctrl+← → move it sideways, Insert adds one, Ctrl+Z takes the last change back."
        )
        set_name(self, self.tr("Curve that you draw"), locked or tip)
        self.setEnabled(not locked)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(280, HEIGHT_PX)

    # --- points --------------------------------------------------------------------------------------------

    def add(self, place: int, height: float) -> None:
        """Put a point on a free line, between its neighbours."""
        if not self._heights[place]:
            self._keep()
            self._heights[place] = self._between(place, height)
            self._chosen = place
            self._changed()

    def remove(self, place: int) -> None:
        """Take a point away."""
        if self._heights[place]:
            self._keep()
            self._heights[place] = 0.0
            left = [other for other, height in enumerate(self._heights) if height]
            self._chosen = min(left, key=lambda other: abs(other - place), default=None)
            self._changed()

    def _move(self, place: int, to: int, height: float) -> None:
        """Bring a point to a height, and to another line where that is free and no other point lies between."""
        between = range(min(place, to), max(place, to) + 1)
        if to != place and any(self._heights[other] for other in between if other != place):
            to = place
        before = self.heights
        if not self._dragged:
            self._keep()
        self._heights[place] = 0.0
        self._heights[to] = self._between(to, height)
        self._chosen = to
        if self.heights != before:
            self._tell()
            self.moved.emit()

    def _between(self, place: int, height: float) -> float:
        """The height, kept below the point before and above the one behind."""
        above = next((self._heights[i] for i in range(place - 1, -1, -1) if self._heights[i]), 1.0)
        below = next((self._heights[i] for i in range(place + 1, len(self._heights)) if self._heights[i]), 0.0)
        if above - below <= 2 * STEP:
            return (above + below) / 2
        return round(min(above - STEP, max(below + STEP, height)), 3)

    def _keep(self) -> None:
        """What is changed now can be taken back; a drag is one change."""
        if not self._before or self._before[-1] != self.heights:
            self._before.append(self.heights)
            del self._before[:-MOST_UNDONE]

    def _changed(self) -> None:
        self._tell()
        self.moved.emit()

    def _tell(self) -> None:
        if self._chosen is None:
            self.setAccessibleDescription(self.tr("{count} points").format(count=numbers.count(self._count())))
        else:
            place, height = self._places[self._chosen], self._heights[self._chosen]
            words = self.tr("Point at {place}, height {height}")
            self.setAccessibleDescription(words.format(place=numbers.chosen(place), height=numbers.chosen(height)))
        self.update()

    def _count(self) -> int:
        return sum(1 for height in self._heights if height)

    # --- events --------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the point that is pressed."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._chosen = self._point_at(event.position())
            self._dragged = self._chosen is not None
            if self._dragged:
                self._keep()
            self._tell()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The point goes along."""
        if self._dragged and self._chosen is not None:
            self._move(self._chosen, self._line_at(event.position()), self._height_at(event.position()))
            return
        over = self._point_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.CrossCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The drag is over."""
        if event.button() == Qt.MouseButton.LeftButton and self._dragged:
            self._dragged = False
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A new point, which the same press goes on to drag."""
        if event.button() == Qt.MouseButton.LeftButton and self._point_at(event.position()) is None:
            self.add(self._line_at(event.position()), self._height_at(event.position()))
            self._dragged = True

    def event(self, event: QEvent) -> bool:
        """Ctrl+Z belongs to the curve as long as it has a change to take back; then to the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            self._forget_unchanged()
            if event.matches(QKeySequence.StandardKey.Undo) and self._before:
                event.accept()
                return True
        return super().event(event)

    def _forget_unchanged(self) -> None:
        while self._before and self._before[-1] == self.heights:
            self._before.pop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose, move, add and remove."""
        key, chosen = event.key(), self._chosen
        step = FINE_KEY_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else KEY_STEP
        sideways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key), 0)
        up = {Qt.Key.Key_Up: step, Qt.Key.Key_Down: -step}.get(Qt.Key(key), 0.0)
        if event.matches(QKeySequence.StandardKey.Undo):
            self._forget_unchanged()
            self.take_back()
        elif key in (Qt.Key.Key_Insert, Qt.Key.Key_Plus):
            self._add_in_the_widest_gap()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and chosen is not None:
            self.remove(chosen)
        elif sideways and event.modifiers() & Qt.KeyboardModifier.ControlModifier and chosen is not None:
            self._move(chosen, min(len(self._places) - 1, max(0, chosen + sideways)), self._heights[chosen])
        elif sideways:
            self._choose_next(sideways)
        elif up and chosen is not None:
            self._move(chosen, chosen, self._heights[chosen] + up)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keys need a point to begin with."""
        if self._chosen is None and event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        ):
            self._choose_next(1)
        super().focusInEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Locked, it is pale."""
        if event.type() == QEvent.Type.EnabledChange:
            self.update()
        super().changeEvent(event)

    def _choose_next(self, sideways: int) -> None:
        there = [place for place, height in enumerate(self._heights) if height]
        if not there:
            return
        if self._chosen is None:
            self._chosen = there[0 if sideways > 0 else -1]
        else:
            self._chosen = there[(there.index(self._chosen) + sideways) % len(there)]
        self._tell()

    def _add_in_the_widest_gap(self) -> None:
        free = [place for place, height in enumerate(self._heights) if not height]
        if free:
            there = [-1, *(place for place, height in enumerate(self._heights) if height), len(self._heights)]
            place = max(free, key=lambda place: min(abs(place - other) for other in there))
            self.add(place, self._curve_at(self._places[place]))

    # --- geometry and painting -----------------------------------------------------------------------------

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(LEFT_PX, TOP_PX, -RIGHT_PX, -BOTTOM_PX)

    def point_px(self, place: int, height: float) -> QPointF:
        """Where a point of this line and height lies, in the widget."""
        return self._at(self._places[place], height)

    def _at(self, place: float, height: float) -> QPointF:
        area = self._area()
        return QPointF(area.left() + place * area.width(), area.bottom() - height * area.height())

    def _height_at(self, position: QPointF) -> float:
        area = self._area()
        return (area.bottom() - position.y()) / area.height()

    def _line_at(self, position: QPointF) -> int:
        """The line that is nearest."""
        return min(range(len(self._places)), key=lambda i: abs(self._at(self._places[i], 0).x() - position.x()))

    def _point_at(self, position: QPointF) -> int | None:
        near = [
            (QPointF(self.point_px(place, height) - position).manhattanLength(), place)
            for place, height in enumerate(self._heights)
            if height
        ]
        distance, place = min(near, default=(GRIP_PX + 1.0, 0))
        return place if distance <= GRIP_PX else None

    def _curve_at(self, place: float) -> float:
        count = len(self._line)
        if not count:
            return 1 - place
        after = min(count - 1, int(place * count))
        before = self._line[after - 1] if after else 1.0
        return float(before + (self._line[after] - before) * (place * count - after))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The lines, the curve, the points."""
        painter = QPainter(self)
        area, colours = self._area(), theme()
        painter.setPen(QPen(colours.color("line"), 1))
        for place in self._places:
            x = round(self._at(place, 0).x()) + 0.5
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(QPen(colours.color("edge"), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.drawLine(area.topLeft(), area.bottomLeft())
        painter.setFont(sized_font(CAPTION_PX))
        painter.setPen(colours.color("muted"))
        for text, y in (("1", area.top()), ("0", area.bottom())):
            beside = QRectF(0, y - 8, LEFT_PX - 6, 16)
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        for place in NUMBERED if self._most else ():
            x = self._at(place, 0).x()
            wide = min(60.0, 2 * (self.width() - x)) if place else 60.0
            under = QRectF(x - wide / 2, area.bottom() + 3, wide, 16)
            side = Qt.AlignmentFlag.AlignHCenter
            if place == 1:
                under, side = QRectF(self.width() - 60.0, under.top(), 60, 16), Qt.AlignmentFlag.AlignRight
            painter.drawText(under, side, numbers.count(round(place * self._most)))
        if not self._count():
            words = self.tr("Double-click to add a point")
            painter.drawText(area.adjusted(0, 4, -6, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, words)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.color(self._colour if self.isEnabled() else "muted"), 2))
        line = (i / COLUMNS for i in range(COLUMNS + 1))
        painter.drawPolyline(QPolygonF([self._at(place, self._curve_at(place)) for place in line]))
        for place, height in enumerate(self._heights):
            if height:
                chosen = place == self._chosen
                painter.setPen(QPen(colours.color("cursor" if chosen else "panel"), 2))
                painter.setBrush(colours.color(self._colour if self.isEnabled() else "muted"))
                painter.drawEllipse(self.point_px(place, height), POINT_PX, POINT_PX)
        painter.end()
