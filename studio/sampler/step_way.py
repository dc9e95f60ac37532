"""One step of one picture, taken apart: what the network says, and the terms that the sampler adds up."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from core.recording import Recording

from .. import numbers
from ..app.theme import BODY_PX, CAPTION_PX, sized_font, theme
from ..widgets.controls import IconButton
from ..widgets.elided import ElidedLabel
from ..widgets.panel import Panel
from ..widgets.pixels import draw_picture, fit
from ..widgets.plain import plain_tip
from ..widgets.symbols import paint_text, spoken, text_size
from .angle import AnglePanel
from .memory_panel import MemoryPanel
from .step_told import Addend, Tile, Told, tell

# --- The scene: two rows of tiles, painted as one -----------------------------------------------------------

LEAST_TILE_PX, MOST_TILE_PX = 40, 512
SYMBOL_PX, COEFFICIENT_PX = 15, 18
#: Heights: over the tiles of a row, the symbol and the small line below a tile, a heading, the line of the pixel.
TOP_PX, SYMBOL_LINE_PX, CAPTION_LINE_PX, HEADING_PX, PIXEL_LINE_PX = 44, 22, 16, 20, 20
MARGIN_PX, DIVIDER_PX = 20, 20
#: Between two tiles of the upper row: an arrow. Beside a term's tile: its coefficient, and the sign behind it.
LEAST_ARROW_PX, COEFFICIENT_ROOM_PX, SIGN_PX, EQUALS_PX = 52, 84, 34, 44
ABOVE_PX = 38
GUIDED_SHARE = 0.44
#: What the network sees beside x_t stands at its left, smaller and close to it.
BESIDE_SHARE, BESIDE_GAP_PX = 0.6, 12
#: The line below each output of guidance, and by how much a third one may reach beyond the row.
LABEL_PX, MORE_GUIDED_PX = 16, 40
#: A tile may shrink to this share of its place for whole pixels.
LEAST_WHOLE = 0.84


class StepScene(QWidget):
    """Paints what is told of a step; a pixel under the pointer, or one that was clicked, is marked in every tile."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("This step"))
        self._told: Told | None = None
        self._placeholder = ""
        self.chosen: tuple[int, int] | None = None  #: column and row of the pixel that was clicked
        self.pointed: tuple[int, int] | None = None  #: of the one under the pointer
        self.channel = 0
        #: Where a tile's picture lies, and what says something when the pointer rests there.
        self.places: list[tuple[Tile, QRectF]] = []
        self._tips: list[tuple[QRectF, str]] = []
        theme().changed.connect(self.update)

    def show_told(self, told: Told | None, placeholder: str = "") -> None:
        """Another step; None: nothing, and the placeholder says why."""
        self._told, self._placeholder = told, placeholder
        self.setAccessibleDescription(placeholder if told is None else self._spoken(told))
        self.update()

    @property
    def told(self) -> Told | None:
        """What is painted."""
        return self._told

    def minimumSizeHint(self) -> QSize:
        """Tiles of 56 px."""
        return QSize(560, 2 * 56 + 176)

    def pixel(self) -> tuple[int, int] | None:
        """The marked one: what the pointer is on goes before what was clicked."""
        return self.pointed or self.chosen

    def pixel_text(self) -> str:
        """The sum of the marked pixel, or what to do to see one."""
        told, pixel = self._told, self.pixel()
        if told is None or not told.addends:
            return ""
        if pixel is None:
            return self.tr("Point at a pixel to read its sum; click to keep it, click again for its next colour.")
        size = next((tile.values.shape for tile in told.tiles if tile.values is not None), None)
        if size is None or pixel[0] >= size[1] or pixel[1] >= size[0]:
            return ""
        channel = self.channel % size[2]
        colours = (self.tr("red"), self.tr("green"), self.tr("blue"), self.tr("alpha"))
        colour = f", {colours[channel]}" if size[2] >= 3 else ""
        total = told.sum_at(*pixel, channel)
        if not total:
            return ""
        return self.tr("Pixel {column}, {row}{colour}:  {total}").format(
            column=pixel[0], row=pixel[1], colour=colour, total=total
        )

    def _spoken(self, told: Told) -> str:
        sums = " + ".join(
            f"{numbers.figure(a.coefficient)} · {spoken(a.tile.label)}" for a in told.addends if not a.pale
        )
        result = f"{spoken(told.result.label)} = {sums}" if told.result is not None and sums else told.no_sum
        return f"{told.summary}. {result}. {spoken(told.adds_up)}"

    # --- the pointer ---------------------------------------------------------------------------------------

    def pixel_at(self, place: QPointF) -> tuple[int, int] | None:
        """Column and row of the pixel at a place, in whichever tile."""
        for tile, rect in self.places:
            if rect.contains(place):
                wide, high = tile.image.width(), tile.image.height()
                column = int((place.x() - rect.left()) / rect.width() * wide)
                row = int((place.y() - rect.top()) / rect.height() * high)
                return min(column, wide - 1), min(row, high - 1)
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the pixel under the pointer."""
        pixel = self.pixel_at(event.position())
        if pixel != self.pointed:
            self.pointed = pixel
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """What was clicked is marked again."""
        self.pointed = None
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep a pixel; the same again shows its next colour, a place without a picture lets it go."""
        pixel = self.pixel_at(event.position())
        if pixel is not None and pixel == self.chosen:
            self.channel += 1
        self.chosen = pixel
        self.update()

    def event(self, event: QEvent) -> bool:
        """The tooltip is that of the tile or coefficient under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), plain_tip(self.tip_at(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def tip_at(self, place: QPointF) -> str:
        """What is said of what lies at a place."""
        return next((tip for rect, tip in self._tips if rect.contains(place)), "")

    # --- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Both rows, then the marked pixel over all tiles."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.places, self._tips = [], []
        told = self._told
        if told is None or not told.flow:
            words = self._placeholder if told is None else told.no_sum
            painter.setPen(theme().color("muted"))
            painter.setFont(sized_font(BODY_PX))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(self.rect()).adjusted(48, 0, -48, 0), flags, words)
            return
        size, lower_size, above, slot = self._sizes(told)
        fixed = _fixed_height(above)
        slack = max(0.0, self.height() - fixed - size - lower_size) / 3
        top = TOP_PX + slack
        self._paint_network(painter, told, top, size)
        middle = top + size + SYMBOL_LINE_PX + CAPTION_LINE_PX + slack + DIVIDER_PX / 2
        painter.setPen(QPen(theme().color("line"), 1))
        painter.drawLine(QPointF(0, round(middle) + 0.5), QPointF(self.width(), round(middle) + 0.5))
        self._paint_sampler(painter, told, middle + DIVIDER_PX / 2, slack, lower_size, slot, above=above)
        self._paint_marks(painter)

    def _sizes(self, told: Told) -> tuple[float, float, bool, float]:
        """The sides of both rows' tiles, whether coefficients stand over them, and the breadth of a term."""
        wide, count = self.width(), max(1, len(told.addends))
        seen = told.condition is not None
        columns = len(told.flow) + 1 + (GUIDED_SHARE if told.guided else 0) + (BESIDE_SHARE if seen else 0)
        arrows = LEAST_ARROW_PX * (len(told.flow) + bool(told.guided)) + (BESIDE_GAP_PX if seen else 0)
        broad = (wide - 2 * MARGIN_PX - arrows) / columns
        longest = max((_width(addend.written, CAPTION_PX) for addend in told.addends), default=0.0)
        found = []
        for above in (False, True):
            high = (self.height() - _fixed_height(above)) / 2
            upper = min(MOST_TILE_PX, max(LEAST_TILE_PX, min(broad, high)))
            beside = SIGN_PX + (0 if above else COEFFICIENT_ROOM_PX)
            lower, slot = upper, 0.0
            for _ in range(8):  # the result is as large as the terms: a few rounds settle it
                slot = (wide - 2 * MARGIN_PX - lower - EQUALS_PX) / count
                lower = max(LEAST_TILE_PX, min(lower, slot - beside))
            slot = min(slot, lower + beside + 48)
            worth = lower * (1.0 if above or longest <= COEFFICIENT_ROOM_PX else 0.8)
            found.append((worth, upper, lower, above, slot))
        _, upper, lower, above, slot = max(found, key=lambda one: one[0])
        return self._whole(told, upper), self._whole(told, lower), above, slot

    def _whole(self, told: Told, size: float) -> float:
        """Each pixel as whole ones of the screen where that costs little: crisp, and scaled in a fifth of the time."""
        dpr = self.devicePixelRatioF()
        side = max(told.flow[0].image.width(), told.flow[0].image.height())
        factor = size * dpr / max(1, side)
        whole = math.floor(factor)
        return whole * side / dpr if whole and whole / factor >= LEAST_WHOLE else round(size)

    # --- the upper row -------------------------------------------------------------------------------------

    def _paint_network(self, painter: QPainter, told: Told, top: float, size: float) -> None:
        heading = self.tr("What the network says")
        self._text(painter, QRectF(0, min(8, top - TOP_PX + 8), self.width(), HEADING_PX), heading, CAPTION_PX, "muted")
        guided = size * GUIDED_SHARE if told.guided else 0.0
        beside = round(size * BESIDE_SHARE) if told.condition is not None else 0
        columns = [size, size, *([guided] if guided else []), *[size] * (len(told.flow) - 1)]
        begin = MARGIN_PX + (beside + BESIDE_GAP_PX if beside else 0.0)
        gap = (self.width() - begin - MARGIN_PX - sum(columns)) / (len(columns) - 1)
        if told.condition is not None:
            self._tile(painter, told.condition, QRectF(MARGIN_PX, top + size - beside, beside, beside), BESIDE_GAP_PX)
        lefts, left = [], float(begin)
        for column in columns:
            lefts.append(left)
            left += column + gap
        middle = top + size / 2
        for start, column in zip(lefts[:-1], columns[:-1], strict=True):
            self._arrow(painter, QPointF(start + column + 8, middle), QPointF(start + column + gap - 6, middle))
        tiles = [told.flow[0], None, *([None] if guided else []), *told.flow[1:]]
        for start, tile in zip(lefts, tiles, strict=True):
            if tile is not None:
                self._tile(painter, tile, QRectF(start, top, size, size), gap)
        self._network(painter, told, QRectF(lefts[1], top, size, size))
        if guided:
            self._guided(painter, told, QRectF(lefts[2], top, guided, size), size)

    def _network(self, painter: QPainter, told: Told, place: QRectF) -> None:
        """The U-Net with what goes into it from below and above."""
        box = place.adjusted(0, place.height() * 0.13, 0, -place.height() * 0.13)
        painter.setPen(QPen(theme().color("edge"), 1))
        painter.setBrush(theme().color("raised"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        roomy = box.height() >= 56
        bars = QRectF(box.left(), box.top(), box.width(), box.height() * (0.68 if roomy else 1.0))
        painter.setPen(Qt.PenStyle.NoPen)
        for number, share in enumerate((1.0, 0.7, 0.4, 0.7, 1.0)):
            high, wide = bars.height() * 0.62 * share, max(3.0, bars.width() * 0.066)
            x = bars.center().x() + (number - 2) * bars.width() * 0.132
            painter.setBrush(theme().color("muted"))
            painter.drawRoundedRect(QRectF(x - wide / 2, bars.center().y() - high / 2, wide, high), 2, 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if roomy:
            label = QRectF(box.left(), bars.bottom() - 2, box.width(), box.bottom() - bars.bottom() - 4)
            self._text(painter, label, "U-Net", BODY_PX, "text", "centre", semibold=True)
        tip = self.tr("The network is given x_t and the timestep t, and answers once for every pixel.")
        self._tips.append((box, tip))
        below = place.bottom() + 2
        self._arrow(painter, QPointF(box.center().x(), below + 4), QPointF(box.center().x(), box.bottom() + 4))
        t = QRectF(place.left(), below + 4, place.width(), CAPTION_LINE_PX)
        self._text(painter, t, f"t = {numbers.count(told.t)}", CAPTION_PX, "muted", "centre")
        fed_back = told.fed_back
        if fed_back is None:
            return
        small = QRectF(box.center().x() - 12, max(0.0, box.top() - 20 - 26), 24, 24)
        if fed_back.values is not None:
            self._picture(painter, fed_back, small)
            self._arrow(
                painter, QPointF(box.center().x(), small.bottom() + 4), QPointF(box.center().x(), box.top() - 4)
            )
        words = QRectF(small.right() + 8, small.top(), 160, 24)
        self._text(painter, words, fed_back.label, CAPTION_PX, "muted")
        self._tips.append((small.united(words), fed_back.tip))

    def _guided(self, painter: QPainter, told: Told, place: QRectF, size: float) -> None:
        """The outputs of guidance, one under the other; three reach beyond the row above and below."""
        count = len(told.guided)
        high = size + (count - 2) * MORE_GUIDED_PX
        side = min(place.width(), high / count - LABEL_PX - 2)
        for number, tile in enumerate(told.guided):
            top = place.center().y() - high / 2 + number * (high - side - LABEL_PX) / max(1, count - 1)
            self._picture(painter, tile, QRectF(place.center().x() - side / 2, top, side, side))
            words = QRectF(place.left(), top + side + 1, place.width(), LABEL_PX - 1)
            self._text(painter, words, tile.label, BODY_PX, "text", "centre")
            self._tips.append((QRectF(place.left(), top, place.width(), side + LABEL_PX), tile.tip))

    # --- the lower row -------------------------------------------------------------------------------------

    def _paint_sampler(
        self, painter: QPainter, told: Told, top: float, slack: float, size: float, slot: float, *, above: bool
    ) -> None:
        heading = self.tr("What the sampler makes of it")
        line = QRectF(0, top, self.width(), HEADING_PX)
        self._text(painter, line, heading, CAPTION_PX, "muted")
        self._text(painter, line, told.adds_up, CAPTION_PX, "muted", "right")
        self._tips.append((QRectF(0, top, _width(heading, CAPTION_PX), HEADING_PX), told.formula))
        bottom = QRectF(0, self.height() - PIXEL_LINE_PX, self.width(), PIXEL_LINE_PX)
        self._text(painter, bottom, self.pixel_text(), CAPTION_PX, "muted", "centre")
        tiles_top = top + HEADING_PX + (ABOVE_PX if above else 0) + slack / 2
        result = told.result
        if not told.addends or result is None:
            place = QRectF(0, tiles_top, self.width(), size)
            self._text(painter, place, told.no_sum, BODY_PX, "muted", "centre")
            return
        end = QRectF(self.width() - MARGIN_PX - size, tiles_top, size, size)
        self._tile(painter, result, end, 2 * MARGIN_PX)
        left = end.left() - EQUALS_PX - slot * len(told.addends)
        left = MARGIN_PX + max(0.0, (left - MARGIN_PX) / 3)
        for number, addend in enumerate(told.addends):
            place = QRectF(left + number * slot, tiles_top, slot, size)
            tile = QRectF(place.right() - SIGN_PX - size, tiles_top, size, size)
            self._coefficient(painter, addend, place, tile, leads=number == 0, above=above)
            self._tile(painter, addend.tile, tile, SIGN_PX, pale=addend.pale)
            if number + 1 < len(told.addends):
                follows = told.addends[number + 1]
                sign = "−" if follows.coefficient < 0 else "+"
                colour = "edge" if follows.pale else "muted"
                # Over the tiles there is nothing between them but the sign.
                beyond = (slot - size) / 2 if above else SIGN_PX / 2
                self._sign(painter, sign, QPointF(tile.right() + beyond, tile.center().y()), colour)
        last = left + slot * len(told.addends) - SIGN_PX
        self._sign(painter, "=", QPointF((last + end.left()) / 2, end.center().y()), "muted")

    def _sign(self, painter: QPainter, sign: str, centre: QPointF, colour: str) -> None:
        place = QRectF(centre.x() - 16, centre.y() - 16, 32, 32)
        self._text(painter, place, sign, 22, colour, "centre")

    def _coefficient(
        self, painter: QPainter, addend: Addend, place: QRectF, tile: QRectF, *, leads: bool, above: bool
    ) -> None:
        """The number, large, and what it is, small: beside the tile or over it. A later minus is the sign between."""
        value = addend.coefficient if leads else abs(addend.coefficient)
        text = f"{numbers.figure(value).replace('-', '−')} ·"
        if above:
            number = QRectF(place.left(), tile.top() - ABOVE_PX, place.width() - 4, 22)
            number.moveCenter(QPointF(tile.center().x(), number.center().y()))
            words = number.translated(0, 20)
            words.setHeight(14)
            align = "centre"
        else:
            number = QRectF(place.left(), tile.center().y() - 14, tile.left() - 12 - place.left(), 24)
            words = QRectF(place.left() - 12, number.bottom() + 2, tile.left() - place.left(), 18)
            words.setRight(number.right())
            align = "right"
        self._text(painter, number, text, COEFFICIENT_PX, "edge" if addend.pale else "text", align)
        written = addend.written if leads else addend.written.removeprefix("−")
        self._text(painter, words, written, CAPTION_PX, "edge" if addend.pale else "muted", align)
        self._tips.append((number.united(words), addend.tip))

    # --- parts ---------------------------------------------------------------------------------------------

    def _tile(self, painter: QPainter, tile: Tile, place: QRectF, spare: float, *, pale: bool = False) -> None:
        """A picture, or a frame with the reason why there is none, and what stands round it."""
        self._picture(painter, tile, place, pale=pale)
        broad = place.adjusted(-spare / 2 + 2, 0, spare / 2 - 2, 0)
        if tile.above:
            above = QRectF(broad.left(), place.top() - 20, broad.width(), 16)
            self._text(painter, above, tile.above, CAPTION_PX, "muted", "centre")
        symbol = QRectF(broad.left(), place.bottom() + 1, broad.width(), SYMBOL_LINE_PX)
        self._text(painter, symbol, tile.label, SYMBOL_PX, "edge" if pale else tile.colour, "centre")
        small = QRectF(broad.left(), symbol.bottom() - 1, broad.width(), CAPTION_LINE_PX)
        self._text(painter, small, tile.caption, CAPTION_PX, "edge" if pale else "muted", "centre")
        self._tips.append((place.united(symbol).united(small), tile.tip))

    def _picture(self, painter: QPainter, tile: Tile, place: QRectF, *, pale: bool = False) -> None:
        if tile.values is None:
            painter.setPen(QPen(theme().color("line"), 1))
            painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
            painter.setPen(theme().color("edge" if pale else "muted"))
            painter.setFont(sized_font(CAPTION_PX))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(place.adjusted(6, 6, -6, -6), flags, tile.why)
            return
        how = fit((tile.image.width(), tile.image.height()), (place.width(), place.height()), self.devicePixelRatioF())
        drawn = draw_picture(painter, place, tile.image, how)
        self.places.append((tile, drawn))
        if theme().is_light:
            painter.setPen(QPen(theme().color("line"), 1))
            painter.drawRect(drawn.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _paint_marks(self, painter: QPainter) -> None:
        """Round the pixel in every tile, white in black, so that it is seen on any colour."""
        pixel = self.pixel()
        if pixel is None:
            return
        for tile, rect in self.places:
            if rect.width() < LEAST_TILE_PX:
                continue
            wide, high = rect.width() / tile.image.width(), rect.height() / tile.image.height()
            mark = QRectF(rect.left() + pixel[0] * wide, rect.top() + pixel[1] * high, wide, high)
            least = 5.0
            across, down = (max(1.0, (least - side) / 2) for side in (wide, high))
            mark.adjust(-across, -down, across, down)
            for colour, width in ((QColor("black"), 3.0), (QColor("white"), 1.5)):
                painter.setPen(QPen(colour, width))
                painter.drawRect(mark)

    def _arrow(self, painter: QPainter, start: QPointF, end: QPointF) -> None:
        """A line along one axis, with a head."""
        along = end - start
        length = max(abs(along.x()), abs(along.y()))
        if length < 6:
            return
        unit = QPointF(along.x() / length, along.y() / length)
        across = QPointF(-unit.y(), unit.x())
        painter.setPen(QPen(theme().color("muted"), 1.2))
        painter.drawLine(start, end - unit * 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("muted"))
        painter.drawPolygon(QPolygonF([end, end - unit * 6 + across * 3, end - unit * 6 - across * 3]))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _text(
        self,
        painter: QPainter,
        place: QRectF,
        text: str,
        size_px: int,
        colour: str,
        align: str = "left",
        *,
        semibold: bool = False,
    ) -> None:
        """Text with symbols; smaller where there is too little room, and never over the scene's edges."""
        if not text:
            return
        font = sized_font(size_px, semibold=semibold)
        wide = text_size(text, font).width()
        if wide > place.width() and size_px > 9:
            font = sized_font(max(9, int(size_px * place.width() / wide)), semibold=semibold)
            wide = text_size(text, font).width()
        if align == "centre" and wide > place.width():
            place = place.adjusted((place.width() - wide) / 2, 0, (wide - place.width()) / 2, 0)
        if align == "centre":
            centred = place.center().x() - wide / 2
            shift = max(0.0, -centred) - max(0.0, centred + wide - self.width())
            place = place.translated(shift, 0)
        paint_text(painter, place, text, font, theme().color(colour), align)


def _fixed_height(above: bool) -> float:
    """What the scene takes beside its tiles."""
    below = SYMBOL_LINE_PX + CAPTION_LINE_PX
    return TOP_PX + 2 * below + DIVIDER_PX + HEADING_PX + (ABOVE_PX if above else 0) + PIXEL_LINE_PX


def _width(text: str, size_px: int) -> float:
    return float(text_size(text, sized_font(size_px)).width())


# --- The head: which picture, and what the sampler is ----------------------------------------------------


class StepHead(QWidget):
    """Which picture of how many, its class, and a summary of the step."""

    picture_wished = Signal(int)  #: by how many

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.where = ElidedLabel()
        self.where.setProperty("caption", True)
        self.where.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.back, self.next = IconButton("back"), IconButton("next")
        self.back.describe(self.tr("Picture before"), "↑")
        self.next.describe(self.tr("Next picture"), "↓")
        self.summary = ElidedLabel()
        self.summary.setProperty("caption", True)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.where)
        row.addWidget(self.back)
        row.addWidget(self.next)
        row.addSpacing(12)
        row.addWidget(self.summary, 1)
        self.back.clicked.connect(self._back)
        self.next.clicked.connect(self._next)
        self.show_where(None, 0)

    def show_where(self, recording: Recording | None, picture: int) -> None:
        """Which picture of a recording."""
        for part in (self.where, self.back, self.next):
            part.setVisible(recording is not None)
        if recording is None:
            self.summary.setText("")
            return
        words = self.tr("Picture {number} of {count}").format(
            number=numbers.count(picture + 1), count=numbers.count(recording.count)
        )
        name = recording.class_of(picture)
        self.where.setText(f"{words} · {name}" if name else words)
        self.back.setEnabled(picture > 0)
        self.next.setEnabled(picture + 1 < recording.count)

    @Slot()
    def _back(self) -> None:
        self.picture_wished.emit(-1)

    @Slot()
    def _next(self) -> None:
        self.picture_wished.emit(1)


# --- The way of looking ----------------------------------------------------------------------------------


class StepWay(QWidget):
    """The scene, and beside it where on the circle the step is and what perfect memory says of it. A `Way`."""

    recall_wished = Signal()  #: another picture is looked at: what does perfect memory say of it?

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recording: Recording | None = None
        self._step: int | None = None
        self._picture = 0
        self.head = StepHead()
        self.scene = StepScene()
        self.angle = AnglePanel()
        self.angle.setObjectName("angle")
        self.memory = MemoryPanel()
        panel = Panel()
        panel.set_head_visible(False)
        panel.body.addWidget(self.scene, 1)
        side = QVBoxLayout()
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(12)
        side.addWidget(self.angle, 1)
        side.addWidget(self.memory)
        side.addStretch(0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(panel, 1)
        row.addLayout(side)
        self.show_recording(None)

    def show_recording(self, recording: Recording | None) -> None:
        """Another recording, or none."""
        self._recording, self._step = recording, None
        self.head.show_where(recording, self._picture)
        self.angle.show_recording(recording)
        self.memory.say(self.tr("It is asked when all steps are there."))
        self.scene.show_told(None, self.tr("Here a step is taken apart, term by term. Press Generate (G)."))

    def show_step(self, step: int) -> None:
        """The step under the cursor."""
        recording = self._recording
        assert recording is not None
        self._step = step
        told = tell(recording, step, self._picture)
        self.scene.show_told(told)
        self.head.summary.setText(told.summary)
        self.head.summary.set_tip(told.formula)
        self.angle.show_step(step)
        self.memory.show_step(step)

    def set_selected(self, picture: int) -> None:
        """The picture that is looked at."""
        self._picture = picture
        self.head.show_where(self._recording, picture)
        self.recall_wished.emit()

    def grew(self) -> None:
        """More steps have arrived: what a step made is known with the next."""
        if self._step is not None:
            self.show_step(self._step)
