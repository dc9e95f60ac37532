"""A plot that is fed while something runs: built once, then only given data; zoom is kept and there is a way back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPen, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..numbers import LARGEST, LARGEST_EXPONENT
from ..theme import CONTROL_PX, theme
from .axis import Axis
from .buttons import IconButton
from .plot_items import Curve, Look, View, pen

LEFT_AXIS_PX = 44
RIGHT_AXIS_PX = 40


class LivePlot(QWidget):
    """Curves, bars, a cursor and marks over one x axis, in the theme's colours.

    Names identify curves; colours are names of the theme's tokens; widths are logical pixels.
    """

    hovered = Signal(object)  #: x under the pointer (float), None when it leaves
    clicked = Signal(float)  #: x of a click
    zoomed = Signal(bool)  #: whether the view is the user's own now

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        left_px: int = LEFT_AXIS_PX,
        whole_x: bool = False,
        interactive: bool = True,
    ) -> None:
        super().__init__(parent)
        self._axes = {"left": Axis("left"), "bottom": Axis("bottom", whole_numbers=whole_x)}
        self._view = View(self, axisItems=self._axes)
        self._plot = self._view.getPlotItem()
        self._box = self._plot.getViewBox()
        self._right_box: pg.ViewBox | None = None
        self._curves: dict[str, Curve] = {}
        self._bars: dict[str, tuple[pg.BarGraphItem, Look]] = {}
        self._lines: list[tuple[pg.InfiniteLine, Look]] = []
        self._marks: dict[str, list[pg.InfiniteLine]] = {}
        self._fixed_x: tuple[float, float] | None = None
        self._fixed_y: tuple[float, float] | None = None
        self._bounds: tuple[float, float] | None = None
        self._whole_numbers = whole_x
        self._y_padding = 0.04
        self._log = False
        self._is_zoomed = False
        self._x_label = ""
        self._interactive = interactive
        self._set_up(left_px)
        self._cursor = self._add_line(Look("cursor", 2, 255))
        self._hover_line = self._add_line(Look("muted", 1, 160))
        self._back = IconButton("fit", self)
        self._back.setProperty("framed", True)
        self._back.hide()
        self._connect()
        self.retranslate()
        self._restyle()

    def _set_up(self, left_px: int) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view)
        self._view.setFrameShape(self._view.Shape.NoFrame)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setMenuEnabled(False)
        # pyqtgraph makes this menu all the same, without a parent: it would outlive the plot.
        self._plot.ctrlMenu.setParent(self, self._plot.ctrlMenu.windowFlags())
        self._plot.hideButtons()
        self._plot.layout.setContentsMargins(0, 6, 16, 0)
        self._axes["left"].setWidth(left_px)
        for axis in self._axes.values():
            axis.enableAutoSIPrefix(False)
            # Under the curves; pyqtgraph puts the grid over them.
            axis.setZValue(-100)
        self._axes["left"].setGrid(255)
        # Wheel and drag choose a stretch of x; y follows what is seen of the curves.
        self._box.setMouseEnabled(x=self._interactive, y=False)
        self._box.setLimits(yMin=-LARGEST, yMax=LARGEST)
        self._box.setDefaultPadding(0.02)

    def _connect(self) -> None:
        self._view.scene().sigMouseMoved.connect(self._mouse_moved)
        self._view.scene().sigMouseClicked.connect(self._mouse_clicked)
        self._view.left.connect(self._mouse_left)
        self._view.double_clicked.connect(self.reset_view)
        self._box.sigRangeChangedManually.connect(self._range_changed_by_hand)
        self._back.clicked.connect(self.reset_view)
        self._box.sigResized.connect(self._place_back)
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
        symbols: bool = False,
        right: bool = False,
        peaks: bool | None = None,
    ) -> None:
        """A line without data yet; `right` puts it on the right axis, `symbols` marks its points.

        Of more points than pixels, `peaks` keeps the least and the greatest of each column, else their mean is shown;
        None means peaks for thin lines, which show raw data, and means for those of 2 px, which are smooth anyway.
        """
        item = pg.PlotDataItem(antialias=True)
        if right:
            assert self._right_box is not None, "add_right_axis comes first"
            self._right_box.addItem(item)
        else:
            self._plot.addItem(item)
        # After addItem, which gives the item the plot's own choices.
        item.setClipToView(True)
        keep_peaks = width < 2 if peaks is None else peaks
        item.setDownsampling(auto=True, method="peak" if keep_peaks else "mean")
        # Two points for each pixel column; more cost time and show nothing.
        item.opts["autoDownsampleFactor"] = 1.0
        if width > 1 and alpha == 255 and not dashed:
            # Piece by piece a broad line takes Qt a quarter of the time of a whole path; see-through pieces would show.
            item.curve.setSegmentedLineMode("on")
        self._curves[name] = Curve(item, Look(colour, width, alpha, dashed, symbols), right)
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
        self._plot.addItem(item)
        self._bars[name] = (item, Look(colour, 0, alpha))
        self._style_bars(name)

    def set_bars(self, name: str, centres: ArrayLike, heights: ArrayLike, width: float) -> None:
        """Give the bars their data; a height that is not finite, or beyond LARGEST, has no bar."""
        x, tall = np.asarray(centres, dtype=np.float64), np.asarray(heights, dtype=np.float64)
        keep = np.abs(tall) <= LARGEST
        self._bars[name][0].setOpts(x=x[keep], height=tall[keep], width=width)

    def add_right_axis(self, colour: str) -> None:
        """A second y axis from 0 at the right, for curves added with `right=True`."""
        axis = Axis("right")
        axis.setWidth(RIGHT_AXIS_PX)
        axis.enableAutoSIPrefix(False)
        axis.setGrid(False)
        self._axes["right"] = axis
        self._plot.setAxisItems({"right": axis})
        self._plot.showAxis("right")
        box = pg.ViewBox(enableMenu=False)
        self._plot.scene().addItem(box)
        axis.linkToView(box)
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

    def set_marks(self, places: Sequence[float], colour: str = "edge") -> None:
        """Dotted upright lines where something happened, in a colour for each kind of thing."""
        marks = self._marks.setdefault(colour, [])
        while len(marks) < len(places):
            marks.append(self._add_line(Look(colour, 1, 255, dashed=True)))
            self._style_lines()
        for i, line in enumerate(marks):
            self._place_line(line, places[i] if i < len(places) else None)

    # --- how it is shown -----------------------------------------------------------------------------------

    def set_log_y(self, log: bool) -> None:
        """The left axis in powers of ten."""
        self._log = log
        self._plot.setLogMode(y=log)
        limit = LARGEST_EXPONENT if log else LARGEST
        self._box.setLimits(yMin=-limit, yMax=limit)
        for curve in self._curves.values():
            if curve.on_right:
                curve.item.setLogMode(False, False)
        # pyqtgraph lets go of fixed ranges here.
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
        self._x_label = text
        self._style_axes()

    def is_zoomed(self) -> bool:
        """Whether the user chose the view."""
        return self._is_zoomed

    @Slot()
    def reset_view(self) -> None:
        """Show everything again, and follow the data from now on."""
        self._set_zoomed(False)
        self._apply_ranges()
        for curve in self._curves.values():
            # pyqtgraph has clipped its copy to the old view, and would take that for all there is.
            curve.item.setData(curve.x, curve.y)

    def plot_rect_px(self) -> tuple[float, float]:
        """Left and right end of the plotting area in this widget's pixels, to align what stands beside it."""
        rect = self._box.sceneBoundingRect()
        return rect.left(), rect.right()

    def retranslate(self) -> None:
        """Set its own words."""
        self._back.describe(QCoreApplication.translate("LivePlot", "Show everything"), "double-click")

    # --- events --------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """Speak the new language; numbers on the axes follow it too."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            for axis in self._axes.values():
                axis.picture = None
                axis.update()
        super().changeEvent(event)

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
    def _place_back(self) -> None:
        # Inside the plotting area, below what a read-out says there.
        rect = self._box.sceneBoundingRect()
        size = self._back.sizeHint().expandedTo(QSize(CONTROL_PX, CONTROL_PX))
        self._back.resize(size)
        self._back.move(int(rect.right()) - size.width() - 4, int(rect.bottom()) - size.height() - 4)

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
    def _mouse_clicked(self, event: object) -> None:
        place = event.scenePos()  # type: ignore[attr-defined]  # pyqtgraph's own MouseClickEvent
        if self._box.sceneBoundingRect().contains(place):
            self.clicked.emit(float(self._box.mapSceneToView(place).x()))

    @Slot()
    def _range_changed_by_hand(self) -> None:
        low, high = self._box.viewRange()[0]
        whole = self._whole_x()
        # Turned back as far as it goes, the view is everybody's again and grows with the data.
        if whole is not None and high - low >= (whole[1] - whole[0]) * (1 - 1e-6):
            self.reset_view()
        else:
            self._set_zoomed(True)

    def _set_zoomed(self, zoomed: bool) -> None:
        self._back.setVisible(zoomed)
        if zoomed != self._is_zoomed:
            self._is_zoomed = zoomed
            self.zoomed.emit(zoomed)

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
        self._plot.addItem(line, ignoreBounds=True)
        self._lines.append((line, look))
        return line

    @staticmethod
    def _place_line(line: pg.InfiniteLine, x: float | None) -> None:
        line.setVisible(x is not None)
        if x is not None:
            line.setValue(x)

    def _pen_of(self, look: Look) -> QPen:
        return pen(look, self.devicePixelRatioF())

    def _style_curve(self, curve: Curve) -> None:
        curve.item.setPen(self._pen_of(curve.look))
        if curve.look.symbols:
            curve.item.setSymbol("o")
            curve.item.setSymbolSize(4)
            curve.item.setSymbolPen(None)
            curve.item.setSymbolBrush(theme().color(curve.look.colour))

    def _style_bars(self, name: str) -> None:
        item, look = self._bars[name]
        item.setOpts(brush=theme().color(look.colour, look.alpha), pen=None)

    def _style_lines(self) -> None:
        for line, look in self._lines:
            line.setPen(self._pen_of(look))

    def _style_axes(self) -> None:
        tokens = theme().tokens
        for side, axis in self._axes.items():
            axis.setPen(self._pen_of(Look("line", 1, 255)))
            axis.setTickPen(self._pen_of(Look("line", 1, 255)))
            axis.setTextPen(theme().color(self._right_colour if side == "right" else "muted"))
        if self._x_label:
            self._axes["bottom"].setLabel(self._x_label, color=tokens.muted, **{"font-size": "11px"})

    @Slot()
    def _restyle(self) -> None:
        self._view.setBackground(theme().color("panel"))
        self._style_axes()
        self._style_lines()
        for curve in self._curves.values():
            self._style_curve(curve)
        for name in self._bars:
            self._style_bars(name)


def _drawable(low: float, high: float) -> tuple[float, float]:
    """The range with both ends where numbers are exact enough to be drawn."""
    return max(-LARGEST, min(LARGEST, low)), max(-LARGEST, min(LARGEST, high))
