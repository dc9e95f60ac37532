"""How well each timestep is learnt, and how much it counts: measured loss in bars, the weight w(t) as a line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QWidget

from ... import numbers
from ...widgets.chart import Chart, round_up
from ...widgets.legend import LegendEntry
from ...widgets.panel import Panel, caption
from ...widgets.plain import set_tip
from ..live_run import MOST, Series

#: About 43 %: the weight's line stays readable before the bars.
BAR_ALPHA = 110
BAR_FILL = 0.86

#: The weight's curve has at most twice as many points, which shows every bend of it at any size of the plot.
WEIGHT_COLUMNS = 500

Values = NDArray[np.float64]


class TimestepPlot(Chart):
    """Bars on the left axis, the weight on the right one, both from 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, whole_x=True, interactive=False)
        self.add_right_axis("weight")
        self.setObjectName("timestep_plot")
        self._means: Values = np.empty(0)
        self._timesteps = 1000
        self._weights: Values | None = None
        self.weighted = False
        self.add_bars("loss", "loss", BAR_ALPHA)
        self.add_curve("weight", "weight", 2, right=True)
        self.set_x_label(self.tr("t (picture → noise)"))
        self.read_out = caption()
        self.read_out.setParent(self)
        self.read_out.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.read_out.hide()
        self.hovered.connect(self._pointed)
        self.refresh()

    def show_measured(self, means: Values) -> None:
        """(bins,) mean unweighted loss of equal bins over all t; NaN where nothing was measured."""
        self._means = means
        self.refresh()

    def show_weights(self, weights: Values | None) -> None:
        """(T,) w(t); None while it is not known."""
        self._weights = weights
        if weights is not None:
            self._timesteps = len(weights)
        index, values = _thinned(np.empty(0) if weights is None else weights, WEIGHT_COLUMNS)
        self.set_curve("weight", index + 0.5, values)
        self.refresh()

    def refresh(self) -> None:
        """Draw the bars anew."""
        self.set_x_range(0, self._timesteps)
        heights = self.heights()
        measured = bool(np.isfinite(heights).any())
        empty = not measured and self._weights is None
        self.set_hint(self.tr("Here the measured loss of each timestep will appear.") if empty else "")
        width = self._timesteps / max(1, len(heights))
        self.set_bars("loss", (np.arange(len(heights)) + 0.5) * width, heights, width * BAR_FILL)
        # Bars and weight stand on the same line.
        self.set_y_range(0, round_up(float(np.nanmax(heights))) if measured else 0.5, padding=0)

    @Slot(object)
    def _pointed(self, x: float | None) -> None:
        """The bar and the weight under the pointer."""
        heights, t = self.heights(), -1 if x is None else int(x)
        said = []
        if 0 <= t < self._timesteps:
            if len(heights):
                edges = np.linspace(0, self._timesteps, len(heights) + 1).astype(int)
                bar = int(np.searchsorted(edges, t, side="right")) - 1
                ends = numbers.count(int(edges[bar])), numbers.count(int(edges[bar + 1]) - 1)
                said.append(self.tr("t {first} to {last}").format(first=ends[0], last=ends[1]))
                if np.isfinite(heights[bar]):
                    said.append(self.tr("loss {value}").format(value=numbers.figure(float(heights[bar]))))
            if self._weights is not None:
                weight = numbers.figure(float(self._weights[t]))
                said.append(self.tr("w({t}) = {value}").format(t=numbers.count(t), value=weight))
        self.read_out.setVisible(bool(said))
        self.read_out.setText("   ".join(said))
        self.read_out.adjustSize()
        _, right = self.plot_rect_px()
        self.read_out.move(int(right) - self.read_out.width() - 8, 8)

    @property
    def left_out(self) -> int:
        """How many bars would be too tall for any axis."""
        return int((np.abs(self._means) > MOST).sum())

    def heights(self) -> Values:
        """(bins,) what the bars show: the raw loss, or that times the weight; NaN for no bar."""
        if not self.weighted or self._weights is None or not len(self._means):
            return _drawable(self._means)
        edges = np.linspace(0, len(self._weights), len(self._means) + 1).astype(int)[:-1]
        counts = np.diff(np.append(edges, len(self._weights)))
        weights: Values = np.add.reduceat(self._weights, edges) / np.maximum(counts, 1)
        with np.errstate(over="ignore", invalid="ignore"):
            return _drawable(self._means * weights)


class TimestepPanel(Panel):
    """The plot with its head: what is what, and whether the bars are weighted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._steps = 0
        self.bars_legend = LegendEntry("bar", "loss", alpha=BAR_ALPHA)
        self.weight_legend = LegendEntry("line", "weight", self.tr("weight w(t)"))
        self.mode = QComboBox()
        self.mode.setObjectName("timestep_mode")
        self.mode.setItemDelegate(QStyledItemDelegate(self.mode))
        self.mode.setFixedWidth(104)
        self.mode.addItem(self.tr("Raw"), False)
        self.mode.addItem(self.tr("× weight"), True)
        set_tip(self.mode, self.tr("Raw: the error as it is. × weight: its share in what training makes small"))
        self.mode.setAccessibleName(self.tr("What the bars show"))
        self.mode.currentIndexChanged.connect(self._mode_chosen)
        self.head.addWidget(self.bars_legend)
        self.head.addWidget(self.weight_legend)
        self.head.addStretch(1)
        self.head.addWidget(self.mode)
        self.plot = TimestepPlot()
        self.plot.setAccessibleName(self.tr("Loss and weight over timesteps"))
        self.body.addWidget(self.plot, 1)
        self.set_title(self.tr("Timesteps"))
        self.set_tip(
            self.tr(
                "Bars: the mean squared error at each t. Line: the weight w(t) of that t in the loss "
                "(Hang et al. 2023, arXiv 2303.09556)."
            )
        )
        self._show_legend()

    def set_measured(self, means: Values | None, steps: int) -> None:
        """(bins,) mean loss of the last `steps` steps; NaN where nothing was measured. None: nothing at all."""
        before = self._steps, self.plot.left_out
        self._steps = steps
        self.plot.show_measured(np.empty(0) if means is None else means)
        if before != (self._steps, self.plot.left_out):
            self._show_legend()

    def set_weights(self, weights: Values | None) -> None:
        """(T,) w(t); None while it is not known."""
        self.plot.show_weights(weights)

    def _show_legend(self) -> None:
        measured = self.tr("measured loss")
        if self._steps:
            measured = self.tr("loss, last {n} steps").format(n=numbers.count(self._steps))
        if self.plot.left_out:
            measured = self.tr("{measured}; not drawn: {n}").format(
                measured=measured, n=numbers.count(self.plot.left_out)
            )
        self.bars_legend.set_text(measured)

    @Slot(int)
    def _mode_chosen(self, index: int) -> None:
        self.plot.weighted = bool(self.mode.itemData(index))
        self.plot.refresh()


def _drawable(values: Values) -> Values:
    """The values with NaN for what has no place on an axis."""
    return np.where(np.abs(values) <= MOST, values, np.nan)


def _thinned(values: Values, columns: int) -> tuple[Values, Values]:
    """At most two points for each pixel column, the extremes among them."""
    values = _drawable(values)
    if len(values) <= 2 * columns:
        return np.arange(len(values), dtype=float), values
    series = Series()
    series.extend(values.astype(np.float32))
    index, thinned = series.extremes(0, len(values), columns)
    return index.astype(np.float64), thinned.astype(np.float64)
