"""A chart over pyqtgraph, for every plot: built once, then only given data; zoom is kept and there is a way back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QGraphicsGridLayout, QGraphicsItem, QLabel, QVBoxLayout, QWidget

from ..app.theme import CAPTION_PX, CONTROL_PX, sized_font, theme
from ..numbers import LARGEST, LARGEST_EXPONENT
from .controls import IconButton
from .panel import caption

LEFT_AXIS_PX, RIGHT_AXIS_PX, RIGHT_PX = 44, 40, 16
#: So many points are all drawn: thinning them, pyqtgraph may leave out the last, and with it where a schedule ends.
MOST_AS_THEY_ARE = 1100
#: Above the plotting area, and below it where no axis is.
AIR_PX = 6
#: A single point.
DOT_PX = 6

#: Of a hint's words, what stays free above the x axis and beside them.
_HINT_PX = 16

#: What is written at most: a tick label is about 15 px high, and wants the same again as air.
LABEL_GAP_PX = {"left": 28, "right": 28, "bottom": 72}

#: What float64 has powers of ten for.
MOST_DECADES = 307


@dataclass
class Look:
    """How an item is drawn, kept so that it can be drawn anew for another theme or screen."""

    colour: str  #: a token of the theme
    width: float  #: logical pixels
    alpha: int
    dashed: bool = False
    dash: tuple[float, ...] = ()  #: lengths of lines and gaps, in widths, where it is not the usual one

    def pen(self, dpr: float) -> QPen:
        """The pen on a screen of scale `dpr`: pyqtgraph's pens are cosmetic, so their width is device pixels."""
        # Qt draws a dense see-through line ten times as slowly: a frame of 96 ms instead of 8.
        made = QPen(theme().faint(self.colour, self.alpha), self.width * dpr)
        made.setCosmetic(True)
        # Square ends, Qt's default, would overlap where a line is drawn in pieces, and make it fat.
        made.setCapStyle(Qt.PenCapStyle.FlatCap)
        if self.dashed:
            made.setDashPattern(self.dash or ([4, 3] if self.width > 1 else [5, 4]))
        return made


@dataclass
class Line:
    """A curve and the data it was given last."""

    item: pg.PlotDataItem
    look: Look
    on_right: bool = False
    x: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    y: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))


@dataclass
class Band:
    """An area between two curves, and how it is drawn."""

    item: pg.PlotCurveItem
    look: Look


class View(pg.GraphicsView):  # type: ignore[misc]  # pyqtgraph has no types
    """Axes around one plotting area.

    Not pyqtgraph's PlotWidget, which has the same and a menu of forms that nobody opens here: building those took
    24 of the 31 ms of a chart, and they outlived it.
    """

    left = Signal()
    double_clicked = Signal()
    pressed = Signal(object)  #: QPointF where the left button is, at the press and while it is held

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.enableMouse(False)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.box = pg.ViewBox(enableMenu=False)
        self._whole = pg.GraphicsWidget()
        self.grid = QGraphicsGridLayout()
        self.grid.setSpacing(0)
        self.grid.setRowStretchFactor(0, 100)
        self.grid.setColumnStretchFactor(1, 100)
        self.grid.addItem(self.box, 0, 1)
        self._whole.setLayout(self.grid)
        self.setCentralItem(self._whole)

    def add_axis(self, side: str, axis: pg.AxisItem, box: pg.ViewBox) -> None:
        """Put an axis of `box` at a side."""
        axis.linkToView(box)
        axis.enableAutoSIPrefix(False)
        # Under the curves; pyqtgraph puts the grid over them.
        axis.setZValue(-100)
        axis.setFlag(axis.GraphicsItemFlag.ItemNegativeZStacksBehindParent)
        self.grid.addItem(axis, *{"left": (0, 0), "bottom": (1, 1), "right": (0, 2)}[side])

    def leaveEvent(self, event: QEvent) -> None:
        """The read-out ends."""
        self.left.emit()
        super().leaveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to everything."""
        self.double_clicked.emit()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell where."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell where a held button has come to."""
        super().mouseMoveEvent(event)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.pressed.emit(event.position())


class Axis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """pyqtgraph's axis with ticks at 1-2-5 and a font in pixels."""

    def __init__(self, orientation: str, *, whole_numbers: bool = False) -> None:
        super().__init__(orientation, showValues=True, maxTickLength=0)
        self.whole_numbers = whole_numbers
        self.unit = 1.0  #: what the labels count
        # A log axis of pyqtgraph leaves labels that overlap to chance; ours are chosen apart.
        self.setStyle(
            tickFont=sized_font(CAPTION_PX),
            hideOverlappingLabels=False,
            tickTextOffset=6,
            tickAlpha=255,
            autoExpandTextSpace=False,
            autoReduceTextSpace=False,
        )

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        """One level of ticks: the labelled ones, each with its grid line."""
        low, high = sorted((minVal, maxVal))
        gap = LABEL_GAP_PX[self.orientation]
        if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
            return []
        if self.logMode:
            return [(1.0, [math.log10(value) for value in log_ticks(low, high, size, gap)])]
        spacing = linear_spacing((high - low) / self.unit, size, gap) * self.unit
        if self.whole_numbers:
            spacing = max(1.0, spacing)
        first = math.ceil(low / spacing - 1e-6)
        last = math.floor(high / spacing + 1e-6)
        return [(spacing, [n * spacing for n in range(first, last + 1)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """The labels of `tickValues`."""
        if self.logMode:
            return [format_tick(10.0**value, 10.0 ** math.floor(value + 1e-9), 1e4) for value in values]
        return [format_tick(value * scale / self.unit, spacing * scale / self.unit) for value in values]

    def boundingRect(self) -> QRectF:
        """Wider than pyqtgraph's: with a grid on, it cuts off the labels at both ends."""
        rect: QRectF = super().boundingRect()
        if self.orientation == "bottom":
            return rect.adjusted(-22, 0, 22, 0)
        return rect.adjusted(0, -9, 0, 9)


class Chart(QWidget):
    """Curves, bars, a cursor and marks over one x axis, in the theme's colours.

    Names identify curves; colours are names of the theme's tokens; widths are logical pixels.

    left_px, right_px   what is left free beside the plotting area; the axes' numbers stand in it
    whole_x             x is counted: no tick and no zoom lies between two whole numbers
    x_numbers           there is an x axis
    interactive         wheel and drag zoom x; otherwise a press picks an x
    thinned             curves come anew for each view, with what is seen of them and at most two points for each pixel
                        column; otherwise the chart sees to that, at each change of a range
    """

    hovered = Signal(object)  #: x under the pointer (float), None when it leaves
    picked = Signal(float)  #: x of a press, and of each place that the held button comes to; not where these zoom
    view_changed = Signal()  #: the user looks at another part
    columns_changed = Signal()  #: the curves have more pixel columns, or fewer

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        left_px: int = LEFT_AXIS_PX,
        right_px: int = RIGHT_PX,
        whole_x: bool = False,
        x_numbers: bool = True,
        interactive: bool = True,
        thinned: bool = False,
    ) -> None:
        super().__init__(parent)
        self._view = View(self)
        self._box = self._view.box
        self._right_box: pg.ViewBox | None = None
        self._axes = {"left": Axis("left")}
        if x_numbers:
            self._axes["bottom"] = Axis("bottom", whole_numbers=whole_x)
        self._curves: dict[str, Line] = {}
        self._bars: dict[str, tuple[pg.BarGraphItem, Look]] = {}
        self._bands: dict[str, Band] = {}
        self._lines: list[tuple[pg.InfiniteLine, Look]] = []
        self._marks: dict[str, list[pg.InfiniteLine]] = {}
        self._fixed_x: tuple[float, float] | None = None
        self._fixed_y: tuple[float, float] | None = None
        self._bounds: tuple[float, float] | None = None
        self._whole_numbers = whole_x
        self._x_numbers = x_numbers
        self._y_padding = 0.04
        self._log = False
        self._is_zoomed = False
        self._columns = 0
        self._x_label = self._right_colour = ""
        self._interactive = interactive
        self._thinned = thinned
        self._hint: QLabel | None = None
        self._set_up(left_px, right_px)
        self._cursor = self._add_line(Look("cursor", 2, 255))
        self._hover_line = self._add_line(Look("muted", 1, 160))
        self._back = IconButton("fit", self)
        self._back.setProperty("framed", True)
        self._back.describe(QCoreApplication.translate("Chart", "Show everything"), "double-click")
        self._back.hide()
        self._connect()
        self._restyle()

    def _set_up(self, left_px: int, right_px: int) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view)
        for side, axis in self._axes.items():
            self._view.add_axis(side, axis, self._box)
        self.set_sides(left_px, right_px)
        self._axes["left"].setGrid(255)
        # Wheel and drag choose a stretch of x; y follows what is seen of the curves.
        self._box.setMouseEnabled(x=self._interactive, y=False)
        self._box.setLimits(yMin=-LARGEST, yMax=LARGEST)
        self._box.setDefaultPadding(0.02)

    def _connect(self) -> None:
        self._view.scene().sigMouseMoved.connect(self._mouse_moved)
        self._view.left.connect(self._mouse_left)
        self._box.sigResized.connect(self._resized)
        if self._interactive:
            self._view.double_clicked.connect(self.reset_view)
            self._box.sigRangeChangedManually.connect(self._range_changed_by_hand)
            self._back.clicked.connect(self.reset_view)
        else:
            self._view.pressed.connect(self._pressed)
        theme().changed.connect(self._restyle)

    # --- what is shown -------------------------------------------------------------------------------------

    def add_curve(
        self,
        name: str,
        colour: str,
        width: float = 1.0,
        alpha: int = 255,
        *,
        dashed: bool = False,
        right: bool = False,
        smooth: bool = False,
    ) -> None:
        """A line without data yet; `right` puts it on the right axis.

        Of more points than pixels the least and the greatest of each column are drawn; of a `smooth` line the mean.
        alpha: how much of the colour is left on the panel; the line itself is opaque.
        """
        item = pg.PlotDataItem(antialias=True)
        if right:
            assert self._right_box is not None, "add_right_axis comes first"
            self._right_box.addItem(item)
        else:
            self._box.addItem(item)
        item.setLogMode(False, self._log and not right)
        if not self._thinned:
            item.setClipToView(True)
            item.setDownsampling(auto=True, method="mean" if smooth else "peak")
            # Two points for each pixel column; more cost time and show nothing.
            item.opts["autoDownsampleFactor"] = 1.0
        if width > 1 and not dashed:
            # Piece by piece a broad line takes Qt a quarter of the time of a whole path.
            item.curve.setSegmentedLineMode("on")
        if not self._interactive:
            # Its cursor moves far more often than its curves change: these are painted once.
            item.curve.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._curves[name] = Line(item, Look(colour, width, alpha, dashed), right)
        self._style_curve(self._curves[name])

    def set_colour(self, name: str, colour: str) -> None:
        """Draw a curve in another token of the theme."""
        self._curves[name].look.colour = colour
        self._style_curve(self._curves[name])

    def set_curve(self, name: str, x: ArrayLike, y: ArrayLike) -> None:
        """Give a curve its data: x rising, both of one length.

        What is not finite, further from 0 than LARGEST, or not positive on a log axis, is left out.
        """
        curve = self._curves[name]
        curve.x, curve.y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        keep = (np.abs(curve.y) <= LARGEST) & (np.abs(curve.x) <= LARGEST)
        if self._log and not curve.on_right:
            keep &= curve.y > 0
        if not keep.all():
            curve.x, curve.y = curve.x[keep], curve.y[keep]
        if not self._thinned:
            curve.item.opts["autoDownsample"] = curve.x.size > MOST_AS_THEY_ARE
        # A single point has no line: without a dot it would be in the legend and nowhere else.
        curve.item.setSymbol("o" if curve.x.size == 1 else None)
        curve.item.setData(curve.x, curve.y)
        if curve.on_right:
            self._fit_right()
        self._bound_x()

    def value_at(self, name: str, x: float) -> float | None:
        """The curve's value at its point nearest to `x`; None without data."""
        curve = self._curves[name]
        if curve.x.size == 0:
            return None
        after = int(np.clip(np.searchsorted(curve.x, x), 1, max(1, curve.x.size - 1)))
        before = after - 1
        nearest = before if curve.x.size == 1 or abs(curve.x[before] - x) <= abs(curve.x[after] - x) else after
        return float(curve.y[nearest])

    def add_bars(self, name: str, colour: str, alpha: int = 110) -> None:
        """Bars from 0, without data yet."""
        item = pg.BarGraphItem(x=[], height=[], width=1.0)
        self._box.addItem(item)
        self._bars[name] = (item, Look(colour, 0, alpha))
        self._style_bars(name)

    def set_bars(self, name: str, centres: ArrayLike, heights: ArrayLike, width: float) -> None:
        """Give the bars their data; a height that is not finite, or beyond LARGEST, has no bar."""
        x, tall = np.asarray(centres, dtype=np.float64), np.asarray(heights, dtype=np.float64)
        keep = np.abs(tall) <= LARGEST
        self._bars[name][0].setOpts(x=x[keep], height=tall[keep], width=width)

    def add_band(self, name: str, colour: str, alpha: int = 56) -> None:
        """An area between two curves, without data yet."""
        item = pg.PlotCurveItem(pen=None, fillLevel="enclosed")
        self._box.addItem(item)
        item.setZValue(-1)
        self._bands[name] = Band(item, Look(colour, 0, alpha))
        self._style_band(self._bands[name])

    def set_band(self, name: str, x: ArrayLike, low: ArrayLike, high: ArrayLike) -> None:
        """Give a band its data: x rising, all of one length, finite, and positive on a log axis.

        Another kind of axis, log or not, empties it.
        """
        below, above, across = (np.asarray(each, dtype=np.float64) for each in (low, high, x))
        edge = np.concatenate((below, above[::-1]))
        self._bands[name].item.setData(np.concatenate((across, across[::-1])), np.log10(edge) if self._log else edge)

    def add_right_axis(self, colour: str) -> None:
        """A second y axis from 0 at the right, for curves added with `right=True`."""
        axis = self._axes["right"] = Axis("right")
        axis.setWidth(RIGHT_AXIS_PX)
        axis.setGrid(False)
        box = pg.ViewBox(enableMenu=False)
        self._view.scene().addItem(box)
        self._view.add_axis("right", axis, box)
        box.setXLink(self._box)
        box.setMouseEnabled(x=False, y=False)
        box.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        box.setZValue(10)
        box.setDefaultPadding(0)
        self._right_box, self._right_colour = box, colour
        self._box.sigResized.connect(self._follow_box)
        self._follow_box()
        self._restyle()

    def set_cursor(self, x: float | None) -> None:
        """The upright line at `x`, None for none."""
        self._place_line(self._cursor, x)

    def set_hover(self, x: float | None) -> None:
        """The thin line of a read-out, for plots that show another plot's."""
        self._place_line(self._hover_line, x)

    def set_marks(self, places: Sequence[float], colour: str = "edge", dash: tuple[float, ...] = ()) -> None:
        """Dashed upright lines where something happened, in a colour for each kind of thing."""
        marks = self._marks.setdefault(colour, [])
        while len(marks) < len(places):
            marks.append(self._add_line(Look(colour, 1, 255, dashed=True, dash=dash)))
            self._style_lines()
        for i, line in enumerate(marks):
            self._place_line(line, places[i] if i < len(places) else None)

    # --- how it is shown -----------------------------------------------------------------------------------

    def set_log_y(self, log: bool) -> None:
        """The left axis in powers of ten."""
        if log == self._log:
            return
        self._log = log
        self._axes["left"].setLogMode(y=log)
        limit = LARGEST_EXPONENT if log else LARGEST
        self._box.setLimits(yMin=-limit, yMax=limit)
        for curve in self._curves.values():
            curve.item.setLogMode(False, log and not curve.on_right)
        for band in self._bands.values():
            band.item.setData([], [])  # what comes next is for this axis
        self._apply_ranges()

    def set_x_reversed(self, reverse: bool) -> None:
        """Large x at the left."""
        self._box.invertX(reverse)
        if self._right_box is not None:
            self._right_box.invertX(reverse)

    def set_x_range(self, low: float | None, high: float | None = None) -> None:
        """Always show this stretch of x; None follows the data."""
        self._fixed_x = None if low is None or high is None else _drawable(low, high)
        self._apply_ranges()

    def set_y_range(self, low: float | None, high: float | None = None, *, padding: float = 0.04) -> None:
        """Always show this stretch of y and the share `padding` of it at both ends; None follows the data."""
        self._fixed_y = None if low is None or high is None else _drawable(low, high)
        self._y_padding = padding
        self._apply_ranges()

    def set_x_label(self, text: str) -> None:
        """What x is, under the axis."""
        if text != self._x_label:
            self._x_label = text
            self._style_axes()

    def set_x_unit(self, unit: float, *, whole: bool) -> None:
        """The axis counts in multiples of `unit`; x itself stays. whole: as of the making."""
        axis, self._whole_numbers = self._axes["bottom"], whole
        if (axis.unit, axis.whole_numbers) != (unit, whole):
            axis.unit, axis.whole_numbers, self._bounds = unit, whole, None
            axis.picture = None
            axis.update()
            self._bound_x()

    def show_x_numbers(self, *, shown: bool) -> None:
        """Whether the x axis has numbers and a label: of plots one under another the lowest has."""
        self._x_numbers = shown
        self._axes["bottom"].setStyle(showValues=shown)
        self._axes["bottom"].setHeight(None if shown else AIR_PX)
        self._style_axes()

    def show_numbers(self, shown: bool) -> None:
        """Whether the axes say where they are; without data there is nothing to say."""
        for axis in self._axes.values():
            axis.setStyle(showValues=shown)

    def set_sides(self, left_px: float, right_px: float) -> None:
        """What is left free beside the plotting area, as at the making."""
        self._axes["left"].setWidth(left_px)
        self._view.grid.setContentsMargins(0, AIR_PX, right_px, 0 if "bottom" in self._axes else AIR_PX)

    def is_zoomed(self) -> bool:
        """Whether the user chose the view."""
        return self._is_zoomed

    def zoom_to(self, low: float, high: float) -> None:
        """Look at this stretch of x, as far as there is one, as a person who turns the wheel does."""
        whole = self._whole_x()
        if whole is not None:
            width = min(high - low, whole[1] - whole[0])
            low = min(max(low, whole[0]), whole[1] - width)
            high = low + width
        self._box.setXRange(low, high, padding=0)
        self._range_changed_by_hand()

    def follow_view(self, low: float, high: float, *, zoomed: bool) -> None:
        """Look where another chart over the same x looks; tells nobody."""
        self._set_zoomed(zoomed)
        if zoomed:
            self._box.setXRange(low, high, padding=0)
        else:
            self._apply_ranges()
        self._clip_anew()

    def draw(self, painter: QPainter) -> None:
        """Draw what is seen, as large as the widget, without the pointer's line: for a file."""
        pointed = self._hover_line.isVisible()
        self._hover_line.setVisible(False)
        self._view.render(painter, QRectF(self.rect()), self.rect())
        self._hover_line.setVisible(pointed)

    @Slot()
    def reset_view(self) -> None:
        """Show everything again, and follow the data from now on."""
        was_zoomed = self._is_zoomed
        self._set_zoomed(False)
        self._apply_ranges()
        self._clip_anew()
        if was_zoomed:
            self.view_changed.emit()

    def plot_rect_px(self) -> tuple[float, float]:
        """Left and right end of the plotting area in this widget's pixels, to align what stands beside it."""
        rect = self._box.sceneBoundingRect()
        return rect.left(), rect.right()

    def x_view(self) -> tuple[float, float]:
        """The stretch of x that is shown."""
        low, high = self._box.viewRange()[0]
        return float(low), float(high)

    def columns(self) -> int:
        """How many pixel columns the curves have, in device pixels."""
        left, right = self.plot_rect_px()
        return max(2, int((right - left) * self.devicePixelRatioF()))

    def set_hint(self, text: str) -> None:
        """The sentence that stands in the middle while there is no data; empty for none."""
        if text == ("" if self._hint is None else self._hint.text()):
            return
        if self._hint is None:
            self._hint = caption()
            self._hint.setParent(self)
            self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._hint.setWordWrap(True)
            self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._restyle_hint()
        self._hint.setText(text)
        self._hint.setVisible(bool(text))
        self._place_hint()

    # --- events --------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Pens are in device pixels, so another screen needs other pens."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._restyle()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The way back stays in the corner."""
        super().resizeEvent(event)
        self._place_back()

    @Slot()
    def _resized(self) -> None:
        # The plotting area is laid out later than the widget.
        self._place_back()
        self._place_hint()
        self._clip_anew()
        before, self._columns = self._columns, self.columns()
        if before != self._columns:
            self.columns_changed.emit()

    def _place_back(self) -> None:
        # Inside the plotting area, below what a read-out says there.
        rect = self._box.sceneBoundingRect()
        size = self._back.sizeHint().expandedTo(QSize(CONTROL_PX, CONTROL_PX))
        self._back.resize(size)
        self._back.move(int(rect.right()) - size.width() - 4, int(rect.bottom()) - size.height() - 4)

    def _place_hint(self) -> None:
        if self._hint is None:
            return
        left, right = self.plot_rect_px()
        words = self._hint.fontMetrics().horizontalAdvance(self._hint.text()) + 20
        wide = min(words, max(40, int(right - left) - _HINT_PX))
        tall = self._hint.heightForWidth(wide)
        middle = int(self._box.sceneBoundingRect().center().y())
        self._hint.setGeometry(int(left + right - wide) // 2, middle - tall // 2, wide, tall)

    @Slot(object)
    def _mouse_moved(self, place: QPointF) -> None:
        inside = self._box.sceneBoundingRect().contains(place)
        x = float(self._box.mapSceneToView(place).x()) if inside else None
        self.set_hover(x)
        self.hovered.emit(x)

    @Slot()
    def _mouse_left(self) -> None:
        self.set_hover(None)
        self.hovered.emit(None)

    @Slot(object)
    def _pressed(self, place: QPointF) -> None:
        rect = self._box.sceneBoundingRect()
        inside = QPointF(min(max(place.x(), rect.left()), rect.right()), rect.center().y())
        self.picked.emit(float(self._box.mapSceneToView(inside).x()))

    @Slot()
    def _range_changed_by_hand(self) -> None:
        low, high = self._box.viewRange()[0]
        whole = self._whole_x()
        # Turned back as far as it goes, the view is everybody's again and grows with the data.
        if whole is not None and high - low >= (whole[1] - whole[0]) * (1 - 1e-6):
            self.reset_view()
        else:
            self._set_zoomed(True)
            self.view_changed.emit()

    def _set_zoomed(self, zoomed: bool) -> None:
        self._back.setVisible(zoomed)
        self._is_zoomed = zoomed

    # --- inside --------------------------------------------------------------------------------------------

    def _apply_ranges(self) -> None:
        self._bound_x()
        if not self._is_zoomed:
            if self._fixed_x is None:
                self._box.enableAutoRange(x=True)
            else:
                self._box.setXRange(*self._fixed_x, padding=0)
        if self._fixed_y is None:
            self._box.setAutoVisible(y=True)
            self._box.enableAutoRange(y=True)
        else:
            self._box.setYRange(*self._fixed_y, padding=self._y_padding)

    def _clip_anew(self) -> None:
        """pyqtgraph has clipped and thinned its copies for the view that there was, and takes them for all there is."""
        if not self._thinned:
            for curve in self._curves.values():
                curve.item.setData(curve.x, curve.y)

    def _whole_x(self) -> tuple[float, float] | None:
        """The stretch of x that there is to be seen; None while there is none."""
        if self._fixed_x is not None:
            return self._fixed_x
        ends = [end for curve in self._curves.values() if curve.x.size for end in (curve.x[0], curve.x[-1])]
        if not ends or min(ends) == max(ends):
            return None
        air = 0.02 * (max(ends) - min(ends))
        return float(min(ends) - air), float(max(ends) + air)

    def _bound_x(self) -> None:
        """No wheel, drag or pinch leads past the data: far out, numbers end and the axis has no ticks."""
        whole = self._whole_x()
        if whole is None or whole == self._bounds:
            return
        self._bounds = whole
        span = whole[1] - whole[0]
        narrowest = min(span, max(span * 1e-6, 2.0 if self._whole_numbers else 0.0))
        self._box.setLimits(xMin=whole[0], xMax=whole[1], minXRange=narrowest)

    def _fit_right(self) -> None:
        assert self._right_box is not None
        tops = [curve.y.max() for curve in self._curves.values() if curve.on_right and curve.y.size]
        top = max(tops, default=1.0)
        self._right_box.setYRange(0, top * 1.08 if top > 0 else 1.0, padding=0)

    @Slot()
    def _follow_box(self) -> None:
        if self._right_box is not None:
            self._right_box.setGeometry(self._box.sceneBoundingRect())
            self._right_box.linkedViewChanged(self._box, self._right_box.XAxis)

    def _add_line(self, look: Look) -> pg.InfiniteLine:
        line = pg.InfiniteLine(angle=90, movable=False)
        line.hide()
        self._box.addItem(line, ignoreBounds=True)
        self._lines.append((line, look))
        return line

    @staticmethod
    def _place_line(line: pg.InfiniteLine, x: float | None) -> None:
        line.setVisible(x is not None)
        if x is not None:
            line.setValue(x)

    def _style_curve(self, curve: Line) -> None:
        pen = curve.look.pen(self.devicePixelRatioF())
        curve.item.setPen(pen)
        curve.item.setSymbolPen(None)
        curve.item.setSymbolBrush(pen.color())
        curve.item.setSymbolSize(DOT_PX)

    def _style_bars(self, name: str) -> None:
        item, look = self._bars[name]
        item.setOpts(brush=theme().color(look.colour, look.alpha), pen=None)

    def _style_band(self, band: Band) -> None:
        band.item.setBrush(theme().color(band.look.colour, band.look.alpha))

    def _style_lines(self) -> None:
        for line, look in self._lines:
            line.setPen(look.pen(self.devicePixelRatioF()))

    def _style_axes(self) -> None:
        tokens, pen = theme().tokens, Look("line", 1, 255).pen(self.devicePixelRatioF())
        for side, axis in self._axes.items():
            axis.setPen(pen)
            axis.setTickPen(pen)
            axis.setTextPen(theme().color(self._right_colour if side == "right" else "muted"))
        if self._x_label:
            self._axes["bottom"].setLabel(self._x_label, color=tokens.muted, **{"font-size": "11px"})
            self._axes["bottom"].showLabel(self._x_numbers)

    @Slot()
    def _restyle(self) -> None:
        self._view.setBackground(theme().color("panel"))
        self._style_axes()
        self._style_lines()
        for curve in self._curves.values():
            self._style_curve(curve)
        for name in self._bars:
            self._style_bars(name)
        for band in self._bands.values():
            self._style_band(band)
        self._restyle_hint()

    def _restyle_hint(self) -> None:
        if self._hint is not None:
            # On the plot's own ground, so that no grid line runs through the words.
            self._hint.setStyleSheet(f"background: {theme().tokens.panel}; padding: 4px 8px;")


def _drawable(low: float, high: float) -> tuple[float, float]:
    """The range with both ends where numbers are exact enough to be drawn."""
    return max(-LARGEST, min(LARGEST, low)), max(-LARGEST, min(LARGEST, high))


def round_up(top: float) -> float:
    """The next of 1-1.5-2-3-5-7 times a power of ten, so that an axis from 0 stands still while its data moves."""
    if top <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(top))
    return next(step * power for step in (1, 1.5, 2, 3, 5, 7, 10) if top <= step * power * 1.0001)


def format_tick(value: float, spacing: float, most: float = 1e7) -> str:
    """0, 0.05, 12,000; 2e-5 and 1.5e-3 where zeros would fill the axis, or from `most` on."""
    locale = QLocale()
    if value == 0:
        return locale.toString(0)
    decimals = max(0, -math.floor(math.log10(spacing) + 1e-9)) if spacing > 0 else 2
    if abs(value) < 1e-3 or abs(value) >= most or decimals > 3:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{float(mantissa):g}e{int(exponent)}"
    return locale.toString(float(value), "f", decimals)


def log_ticks(low: float, high: float, length_px: float, gap_px: float) -> list[float]:
    """Values to label between 10**low and 10**high: 1-2-5 of each decade, or fewer where they would touch."""
    px_per_decade = length_px / max(high - low, 1e-9)
    stride = max(1, math.ceil(gap_px / px_per_decade))
    # The narrowest step of 1-2-5 is 0.3 of a decade, of 1-3 0.48. What follows is for a view between two round values.
    choices = [((1,), stride), ((1,), 1), ((1, 2, 5), 1), (tuple(range(1, 10)), 1)]
    if 0.3 * px_per_decade >= gap_px:
        choices.insert(0, ((1, 2, 5), 1))
    elif 0.47 * px_per_decade >= gap_px:
        choices.insert(0, ((1, 3), 1))
    for mantissas, every in choices:
        decades = range(max(-MOST_DECADES, math.floor(low)), min(MOST_DECADES, math.ceil(high)) + 1)
        exponents = [n for n in decades if n % every == 0]
        values = [mantissa * 10.0**exponent for exponent in exponents for mantissa in mantissas]
        inside = [value for value in values if low - 1e-9 <= math.log10(value) <= high + 1e-9]
        if inside:
            return _apart(inside, px_per_decade, gap_px)
    return []


def _apart(values: list[float], px_per_decade: float, gap_px: float) -> list[float]:
    kept = values[:1]
    for value in values[1:]:
        if (math.log10(value) - math.log10(kept[-1])) * px_per_decade >= gap_px - 1e-6:
            kept.append(value)
    return kept


def linear_spacing(span: float, length_px: float, gap_px: float) -> float:
    """The smallest of 1-2-5 times a power of ten that keeps labels `gap_px` apart."""
    raw = span * gap_px / max(1.0, length_px)
    if raw <= 0 or not math.isfinite(raw):
        return 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    for step in (1, 2, 5, 10):
        if raw <= step * power * (1 + 1e-9):
            return step * power
    return 10 * power
