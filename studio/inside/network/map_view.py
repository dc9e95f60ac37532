"""The U, drawn: a box for each block, curves for the shortcuts, the way of t in green. One block is selected."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ... import numbers
from ...app.theme import BODY_PX, CAPTION_PX, CORNER_PX, sized_font, theme
from ...widgets.pixels import draw_picture
from ...widgets.plain import plain_tip
from ...widgets.symbols import paint_text, text_size
from .map_layout import BOTTOM, LEFT, RIGHT, MapLayout, column, lay_out, least_height, neighbour
from .words import TimeBox, colour_of, shape_text, time_boxes

if TYPE_CHECKING:
    from core.networks.anatomy import BlockRow

LEAST_WIDTH_PX = 660
#: A block's mark: as wide as its share of the time, and as it is while that is not known.
LEAST_MARK_PX, MOST_MARK_PX, UNKNOWN_MARK_PX = 2.0, 11.0, 5.0
MARK_ROOM_PX = 18
ARROW_PX = 4.0
#: With less than this the boxes of the way of t are drawn tight.
ROOMY_TIME_PX = 380
TIME_GAP_PX, LEAST_TIME_GAP_PX, TIME_PADDING_PX, WAVE_PX = 18.0, 7.0, 7.0, 16.0
DASHES = (3.0, 3.0)

Off = Collection[tuple[str, str]]


class MapView(QWidget):
    """Shows rows as they are told and lets one be selected; knows no network.

    What stands still is painted once; what changes with the step is painted over it.
    """

    selected = Signal(str)  #: another block, by a person: its module
    opened = Signal()  #: Enter on the selected block, or a double click

    def __init__(self, describe: Callable[[BlockRow], str], parent: QWidget | None = None) -> None:
        """describe: what a tooltip says of a row."""
        super().__init__(parent)
        self._describe = describe
        self._rows: tuple[BlockRow, ...] = ()
        self._layout = MapLayout()
        self._placeholder = ""
        self._shares: Mapping[str, float] = {}
        self._off: frozenset[tuple[str, str]] = frozenset()
        self._entry_shape = ""
        self._entry: tuple[QImage, ...] = ()
        self._carried: Mapping[str, QImage] = {}
        self._t: int | None = None
        self.current = ""  #: the module of the selected block
        self._feeds_back = self._sees = False
        self._time: list[tuple[TimeBox, QRectF]] = []
        self._after_time = QRectF()  #: the place of the words behind the last of them
        self._title_px = BODY_PX
        self._ground: QPixmap | None = None
        self._tips: list[tuple[QRectF, str]] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("The blocks of the network"))
        theme().changed.connect(self._repaint)

    # --- what is shown -------------------------------------------------------------------------------------

    def show_rows(
        self,
        rows: Sequence[BlockRow],
        entry_shape: str = "",
        *,
        feeds_back: bool = False,
        sees: bool = False,
        placeholder: str = "",
    ) -> None:
        """Another network; of no rows the placeholder is shown.

        entry_shape: of what goes into it; feeds_back: whether x̂_0 of the step before does too; sees: or a condition.
        """
        self._rows, self._entry_shape, self._placeholder = tuple(rows), entry_shape, placeholder
        self._feeds_back, self._sees = feeds_back, sees
        if self.current not in {row.module for row in self._rows}:
            self.current = ""
        self.setMinimumSize(LEAST_WIDTH_PX if self._rows else 0, least_height(self._rows) if self._rows else 120)
        self._lay_out()
        self.updateGeometry()
        self._speak()

    def select(self, module: str) -> None:
        """Frame a block. Emits nothing."""
        if module != self.current and any(row.module == module for row in self._rows):
            self.current = module
            self._repaint()
            self._speak()

    def set_shares(self, shares: Mapping[str, float]) -> None:
        """Module → its share of the time, 0 … 1; empty: not known."""
        if shares != self._shares:
            self._shares = shares
            self._repaint()

    def set_off(self, off: Off) -> None:
        """What is switched off: (part, module), as `core.networks.looking.Off` is."""
        if frozenset(off) != self._off:
            self._off = frozenset(off)
            self._repaint()

    def show_step(self, t: int | None, entry: Sequence[QImage] = ()) -> None:
        """The timestep, and what goes in at it."""
        self._t, self._entry = t, tuple(entry)
        self.update()

    def show_carried(self, pictures: Mapping[str, QImage]) -> None:
        """Module → the mean of what the shortcut into it carries; empty: none is known."""
        self._carried = pictures
        self.update()

    @property
    def entry_words(self) -> str:
        """What goes in, in symbols."""
        parts = ["{x_t}", "{x_0_hat}"] if self._feeds_back else ["{x_t}"]
        return ", ".join([*parts, self.tr("condition")] if self._sees else parts)

    @property
    def feeds_back(self) -> bool:
        """Whether x̂_0 of the step before goes in."""
        return self._feeds_back

    @property
    def rows(self) -> tuple[BlockRow, ...]:
        """What is drawn."""
        return self._rows

    def box(self, module: str) -> QRectF:
        """Where a block is drawn."""
        return self._layout.boxes[module]

    def carried(self, module: str) -> QImage:
        """The picture on the shortcut into a module; null where none is known."""
        return self._carried.get(module, QImage())

    # --- size and events -----------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Room for every box at its height."""
        return QSize(840, least_height(self._rows) if self._rows else 320)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another place for everything."""
        super().resizeEvent(event)
        self._lay_out()

    def event(self, event: QEvent) -> bool:
        """Tooltips by place; another screen has other pixels."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), plain_tip(self.tip_at(QPointF(event.pos()))), self)
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._repaint()
        return super().event(event)

    def module_at(self, place: QPointF) -> str:
        """The block at a place; "" for none."""
        boxes = self._layout.boxes.items()
        hit = next((module for module, box in boxes if box.adjusted(0, -1, 0, 1).contains(place)), "")
        carried = (cut.source for cut in self._layout.shortcuts if cut.picture.contains(place))
        return hit or next(carried, "")

    def tip_at(self, place: QPointF) -> str:
        """What is said of what lies at a place."""
        by_module = {row.module: row for row in self._rows}
        on_way = next((tip for rect, tip in self._tips if rect.contains(place)), "")
        if on_way:
            return on_way
        boxes = self._layout.boxes.items()
        hit = next((module for module, box in boxes if box.contains(place)), "")
        if hit:
            return self._describe(by_module[hit])
        for cut in self._layout.shortcuts:
            if cut.picture.contains(place):
                words = self.tr("A shortcut: {source} on the way down gives its output to {target} on the way up")
                return words.format(source=by_module[cut.source].title, target=by_module[cut.target].title)
        return ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over what can be selected."""
        over = bool(self.module_at(event.position()))
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select what is pressed."""
        module = self.module_at(event.position())
        if module and event.button() == Qt.MouseButton.LeftButton:
            self._choose(module)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go to what is told of it."""
        if self.module_at(event.position()):
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from box to box, Enter to what is told of it."""
        ways = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or not self._layout.boxes:
            super().keyPressEvent(event)
        elif key in ways:
            first = next(iter(self._layout.boxes))
            self._choose(neighbour(self._layout, self.current, *ways[key]) if self.current else first)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def _choose(self, module: str) -> None:
        if module != self.current:
            self.select(module)
            self.selected.emit(module)

    # --- inside --------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._layout = lay_out(self._rows, self.width(), self.height()) if self._rows else MapLayout()
        titled = [row for row in self._rows if row.side != "time"]
        body = sized_font(BODY_PX)
        rooms = ((row, self._title_room(row, self._layout.boxes[row.module])) for row in titled)
        fits = all(text_size(row.title, body).width() <= room for row, room in rooms)
        self._title_px = BODY_PX if fits else CAPTION_PX
        self._place_time()
        self._repaint()

    def _repaint(self) -> None:
        self._ground = None
        self.update()

    def _speak(self) -> None:
        row = next((row for row in self._rows if row.module == self.current), None)
        self.setAccessibleDescription(self._placeholder if row is None else self._describe(row))

    # --- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """What stands still from its pixmap, then what belongs to the step."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._rows:
            painter.setPen(theme().color("muted"))
            painter.setFont(sized_font(BODY_PX))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(self.rect()).adjusted(48, 0, -48, 0), flags, self._placeholder)
            return
        if self._ground is None:
            self._ground = self._painted_ground()
        painter.drawPixmap(0, 0, self._ground)
        self._paint_entry(painter)
        for cut in self._layout.shortcuts:
            self._paint_picture(painter, cut.picture, self._carried.get(cut.target))
        self._paint_t(painter)

    def _painted_ground(self) -> QPixmap:
        dpr = self.devicePixelRatioF()
        ground = QPixmap(math.ceil(self.width() * dpr), math.ceil(self.height() * dpr))
        ground.setDevicePixelRatio(dpr)
        ground.fill(Qt.GlobalColor.transparent)
        painter = QPainter(ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._tips = []
        self._paint_flow(painter)
        self._paint_shortcuts(painter)
        self._paint_time(painter)
        most = max(self._shares.values(), default=0.0)
        for row in self._rows:
            if row.side != "time":
                self._paint_box(painter, row, self._layout.boxes[row.module], most)
        painter.end()
        return ground

    def _paint_flow(self, painter: QPainter) -> None:
        """Down the left column, along the row below, up the right one."""
        sides = {side: self._boxes(side) for side in (LEFT, BOTTOM, RIGHT)}
        down = [self._layout.entry, *sides[LEFT]]
        painter.setPen(QPen(theme().color("edge"), 1.5))
        for boxes in (down, sides[RIGHT]):
            for one, other in pairwise(boxes):
                ends = sorted((one, other), key=QRectF.top)
                x = one.center().x()
                painter.drawLine(QPointF(x, ends[0].bottom()), QPointF(x, ends[1].top()))
        bottom, up = sides[BOTTOM], sides[RIGHT]
        if not bottom or not up:
            return
        for one, other in pairwise(bottom):
            y = one.center().y()
            self._arrow(painter, [QPointF(one.right() + 3, y), QPointF(other.left() - 3, y)], "edge")
        start, end = down[-1], up[0]
        y = bottom[0].center().y()
        left, right = start.left() + self._layout.drop, end.right() - self._layout.drop
        into = [QPointF(left, start.bottom()), QPointF(left, y)]
        self._arrow(painter, [*into, QPointF(bottom[0].left() - 3, y)], "edge")
        out = [QPointF(bottom[-1].right() + 1, y), QPointF(right, y)]
        self._arrow(painter, [*out, QPointF(right, end.bottom() + 3)], "edge")

    def _boxes(self, side: str) -> list[QRectF]:
        return [self._layout.boxes[row.module] for row in column(self._rows, side)]

    def _paint_shortcuts(self, painter: QPainter) -> None:
        for cut in self._layout.shortcuts:
            near = self.current in (cut.source, cut.target)
            off = ("shortcut", cut.target) in self._off
            colour = "accent" if near else "edge"
            pen = QPen(theme().color(colour), 1.75 if near else 1.25)
            if off:
                pen.setDashPattern(DASHES)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen)
            painter.drawPath(cut.path)
            end = cut.path.currentPosition()
            self._head(painter, end, QPointF(1, 0), colour)

    def _paint_box(self, painter: QPainter, row: BlockRow, box: QRectF, most: float) -> None:
        chosen = row.module == self.current
        dashed = {(part, row.module) for part in ("residual", "block", "attention")} & self._off
        pen = QPen(theme().color("accent" if chosen else "line"), 2.0 if chosen else 1.0)
        if dashed:
            pen = QPen(theme().color("accent" if chosen else "muted"), 2.0 if chosen else 1.25)
            pen.setDashPattern(DASHES)
        painter.setPen(pen)
        painter.setBrush(theme().color("raised"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), CORNER_PX - 2, CORNER_PX - 2)
        wide = UNKNOWN_MARK_PX
        if most > 0:
            share = self._shares.get(row.module, 0.0) / most
            wide = LEAST_MARK_PX + share * (MOST_MARK_PX - LEAST_MARK_PX)
        mark = QRectF(box.left() + 5, box.top() + 6, wide, box.height() - 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color(colour_of(row.kind)))
        painter.drawRoundedRect(mark, 1.5, 1.5)
        shape = shape_text(row.shape)
        caption = sized_font(CAPTION_PX)
        right = box.adjusted(0, 0, -8, 0)
        paint_text(painter, right, shape, caption, theme().color("muted"), "right")
        place = QRectF(box.left() + MARK_ROOM_PX, box.top(), self._title_room(row, box), box.height())
        font = sized_font(self._title_px)
        painter.save()
        painter.setClipRect(place)
        paint_text(painter, place, row.title, font, theme().color("edge" if dashed else "text"))
        painter.restore()

    def _title_room(self, row: BlockRow, box: QRectF) -> float:
        return box.width() - MARK_ROOM_PX - 11 - text_size(shape_text(row.shape), sized_font(CAPTION_PX)).width()

    # --- the way of t --------------------------------------------------------------------------------------

    def _place_time(self) -> None:
        """Side by side from the left, closer together where there is little room."""
        self._time, self._after_time = [], QRectF()
        if not any(row.takes_time for row in self._rows):
            return
        line, font = self._layout.time, sized_font(CAPTION_PX)
        boxes = time_boxes(self._rows)
        padding = TIME_PADDING_PX if line.width() > ROOMY_TIME_PX else TIME_PADDING_PX / 2
        widths = [text_size(box.title, font).width() + 2 * padding for box in boxes]
        widths = [wide + (WAVE_PX + 4 if box.wave else 0) for box, wide in zip(boxes, widths, strict=True)]
        words = text_size(self.tr("scale, shift"), font).width() + 14
        spare = line.width() - sum(widths) - words
        if spare < LEAST_TIME_GAP_PX * len(boxes):
            words, spare = 0, spare + words  # the arrows say it, and their tooltip
        gap = min(TIME_GAP_PX, max(LEAST_TIME_GAP_PX, spare / len(boxes)))
        x = line.left()
        for box, wide in zip(boxes, widths, strict=True):
            place = QRectF(x, line.top() + 1, wide, line.height() - 2)
            self._time.append((box, place))
            if box.module:
                self._layout.boxes[box.module] = place
            x += wide + gap
        self._after_time = QRectF(x - gap, line.top(), words, line.height())

    def _paint_time(self, painter: QPainter) -> None:
        """The boxes of the time's way, and from the last one lines to every block that takes (scale, shift)."""
        if not self._time:
            return
        font = sized_font(CAPTION_PX)
        for number, (box, place) in enumerate(self._time):
            chosen = bool(box.module) and box.module == self.current
            frame = "accent" if chosen else "line" if number else "weight"
            painter.setPen(QPen(theme().color(frame), 2.0 if chosen else 1.0))
            painter.setBrush(theme().color("raised"))
            painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), CORNER_PX - 2, CORNER_PX - 2)
            text = place
            if box.wave:
                self._wave(painter, QRectF(place.left() + 6, place.center().y() - 5, WAVE_PX, 10))
                text = place.adjusted(WAVE_PX + 4, 0, 0, 0)
            if number:
                paint_text(painter, text, box.title, font, theme().color("text"), "centre")
                before = self._time[number - 1][1]
                y = place.center().y()
                self._arrow(painter, [QPointF(before.right() + 1, y), QPointF(place.left() - 2, y)], "weight")
            self._tips.append((place, box.tip))
        after, y = self._after_time, self._layout.time.center().y()
        if after.width():
            words = self.tr("scale, shift")
            paint_text(painter, after.adjusted(7, 0, 0, 0), words, font, theme().color("weight"))
        takes = [row for row in self._rows if row.takes_time]
        self._paint_trunks(painter, takes, QPointF(after.left() + 1, y), after.right() + 1)

    def _paint_trunks(self, painter: QPainter, takes: list[BlockRow], start: QPointF, after_words: float) -> None:
        made, colour = self._layout, "weight"
        boxes = {side: [made.boxes[row.module] for row in column(takes, side)] for side in (LEFT, BOTTOM, RIGHT)}
        across = made.time.bottom() + 3.5
        right, left = made.right_trunk, made.left_trunk
        pen = QPen(theme().color(colour), 1.25)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        low = {side: max((box.center().y() - 6 for box in some), default=across) for side, some in boxes.items()}
        bottom_y = min((box.top() for box in boxes[BOTTOM]), default=0.0) - 9
        painter.setPen(pen)
        if after_words > start.x() + 2:
            painter.drawLine(start, QPointF(start.x() + 4, start.y()))
        trunk = QPainterPath(QPointF(after_words, start.y()))
        trunk.lineTo(QPointF(right - 4, start.y()))
        trunk.quadTo(QPointF(right, start.y()), QPointF(right, start.y() + 4))
        trunk.lineTo(QPointF(right, low[RIGHT]))
        painter.drawPath(trunk)
        side = QPainterPath(QPointF(right, across))
        side.lineTo(QPointF(left + 4, across))
        side.quadTo(QPointF(left, across), QPointF(left, across + 4))
        side.lineTo(QPointF(left, bottom_y if boxes[BOTTOM] else low[LEFT]))
        if boxes[BOTTOM]:
            middles = [box.center().x() for box in boxes[BOTTOM]]
            side.lineTo(QPointF(max(middles), bottom_y))
            side.moveTo(QPointF(min(middles), bottom_y))
            side.lineTo(QPointF(left, bottom_y))
        painter.drawPath(side)
        for box in boxes[RIGHT]:
            y = box.center().y() - 6
            self._arrow(painter, [QPointF(right, y), QPointF(box.left() - 2, y)], colour)
        for box in boxes[LEFT]:
            y = box.center().y() - 6
            self._arrow(painter, [QPointF(left, y), QPointF(box.right() + 2, y)], colour)
        for box in boxes[BOTTOM]:
            x = box.center().x()
            self._arrow(painter, [QPointF(x, bottom_y), QPointF(x, box.top() - 2)], colour)
        tip = self.tr(
            "Every ResnetBlock makes a scale and a shift of t for each of its channels: h·(scale + 1) + shift, after "
            "its first convolution and norm (Perez et al. 2017, FiLM; Dhariwal & Nichol 2021, section 3)."
        )
        self._tips.append((QRectF(start.x(), start.y() - 10, right - start.x() + 8, 20), tip))

    def _wave(self, painter: QPainter, place: QRectF) -> None:
        path = QPainterPath()
        for number in range(33):
            x = place.left() + place.width() * number / 32
            y = place.center().y() - math.sin(number / 32 * 4 * math.pi) * place.height() / 2
            path.moveTo(x, y) if number == 0 else path.lineTo(x, y)
        painter.setPen(QPen(theme().color("weight"), 1.25))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    # --- what belongs to the step --------------------------------------------------------------------------

    def _paint_t(self, painter: QPainter) -> None:
        if self._time:
            place = self._time[0][1]
            words = "t" if self._t is None else f"t {numbers.count(self._t)}"
            paint_text(painter, place, words, sized_font(CAPTION_PX), theme().color("weight"), "centre")

    def _paint_entry(self, painter: QPainter) -> None:
        """What goes into the network: x_t, and x̂_0 of the step before where it is fed back."""
        box = self._layout.entry
        painter.setPen(QPen(theme().color("line"), 1))
        painter.setBrush(theme().color("panel"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), CORNER_PX - 2, CORNER_PX - 2)
        side, x = box.height() - 4, box.left() + 3
        font = sized_font(CAPTION_PX if self._sees else BODY_PX)
        words = text_size(self.entry_words, font).width() + text_size(self._entry_shape, sized_font(CAPTION_PX)).width()
        room = int((box.width() - words - 15) // (side + 3))  # a picture that would stand in the words' way is left out
        for image in self._entry[: max(0, room)]:
            draw_picture(painter, QRectF(x, box.top() + 2, side, side), image)
            x += side + 3
        place = QRectF(x + (4 if self._entry else 5), box.top(), 80, box.height())
        paint_text(painter, place, self.entry_words, font, theme().color("text"))
        right = box.adjusted(0, 0, -8, 0)
        paint_text(painter, right, self._entry_shape, sized_font(CAPTION_PX), theme().color("muted"), "right")

    def _paint_picture(self, painter: QPainter, place: QRectF, image: QImage | None) -> None:
        if image is None or image.isNull():
            return
        frame = place.adjusted(-2, -2, 2, 2)
        painter.setPen(QPen(theme().color("line"), 1))
        painter.setBrush(theme().color("panel"))
        painter.drawRoundedRect(frame, 3, 3)
        draw_picture(painter, place, image)

    # --- lines ---------------------------------------------------------------------------------------------

    def _arrow(self, painter: QPainter, points: list[QPointF], colour: str) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme().color(colour), 1.25))
        painter.drawPolyline(QPolygonF(points))
        way = points[-1] - points[-2]
        length = math.hypot(way.x(), way.y()) or 1.0
        self._head(painter, points[-1], way / length, colour)

    def _head(self, painter: QPainter, tip: QPointF, way: QPointF, colour: str) -> None:
        side = QPointF(-way.y(), way.x()) * (ARROW_PX * 0.7)
        back = tip - way * ARROW_PX
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme().color(colour)))
        painter.drawPolygon(QPolygonF([tip + way * 2, back + side, back - side]))
