"""A number of the run over its steps: raw behind, smoothed before it, and what was where one points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLocale, Qt, Signal, Slot
from PySide6.QtWidgets import QStyledItemDelegate, QWidget

from .. import numbers
from ..app.settings import DEFAULTS
from ..app.theme import BODY_PX, sized_font
from ..widgets.chart import RIGHT_AXIS_PX, RIGHT_PX, Chart, round_up
from ..widgets.controls import ElidedCombo
from ..widgets.legend import LegendEntry
from ..widgets.panel import Panel, caption
from ..widgets.plain import set_tip
from ..widgets.slider import Slider, ValueSlider
from .live_run import MOST, Curve, Points
from .plots import PLOTS, Plot, words

if TYPE_CHECKING:
    from .live_run import LiveRun

#: Numbers below this are drawn at it on a logarithmic axis, which has no place for 0.
FLOOR = 1e-9
RAW_ALPHA = 64
#: A limit this many times above the greatest number is not drawn.
FAR = 10.0
#: The smoothing slider's positions: 0 … 0.999, finer towards 1, where it matters.
POSITIONS = 100
#: How wide the choice of the plot and the slider are, beside the form and where there is room.
CHOICE_PX, CHOICE_SIGNS = (84, 190), 18
SLIDER_PX = (40, 96)
#: More dotted lines than this are a curtain.
MOST_MARKS = 40

_EMPTY: Points = (np.empty(0), np.empty(0))


def smoothing_at(position: int) -> float:
    """The smoothing of a slider position 0 … POSITIONS: 1 − 10^(−3·position/POSITIONS), 0 at 0."""
    return round(float(1.0 - 10.0 ** (-3.0 * position / POSITIONS)), 4)


def _smoothing_words(position: int) -> str:
    smoothing = smoothing_at(position)
    return QLocale().toString(smoothing, "f", 2 if smoothing < 0.985 else 3)


def position_of(smoothing: float) -> int:
    """The slider position nearest to a smoothing."""
    return round(-POSITIONS / 3.0 * float(np.log10(1.0 - min(smoothing, 0.999))))


class RunPlot(Chart):
    """Draws one of the PLOTS of a run; drag or turn the wheel to look at a part, double-click for the whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        # At its right, where the plot below has its second axis, it stays free: both have one width.
        super().__init__(parent, whole_x=True, right_px=RIGHT_PX + RIGHT_AXIS_PX)
        self.setObjectName("run_plot")
        self.plot = PLOTS[0]
        self._live: LiveRun | None = None
        self.add_curve("raw", self.plot.colour, 1, RAW_ALPHA)
        self.add_curve("smooth", self.plot.colour, 2, smooth=True)
        self.add_curve("beside", "text", 1.5, dashed=True)
        self.read_out = caption()
        self.read_out.setParent(self)
        self.read_out.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.read_out.hide()
        self.set_x_label(self.tr("step"))
        self.hovered.connect(self._pointed)
        self.view_changed.connect(self.refresh)
        # A run may be opened while nobody sees the plot, which has no width then.
        self.columns_changed.connect(self.refresh)
        self.show_run(None)

    def show_run(self, live: LiveRun | None) -> None:
        """Draw this run from now on, with dotted lines at its marks and red ones where it failed. It may grow."""
        self._live = live
        self._pointed(None)
        self.reset_view()
        self.refresh()

    def show_plot(self, plot: Plot) -> None:
        """Draw this number of the run from now on; the stretch of steps that is looked at stays."""
        self.plot = plot
        for name in ("raw", "smooth"):
            self.set_colour(name, plot.colour)
        self._pointed(None)
        self.refresh()

    @property
    def curve(self) -> Curve | None:
        """What is drawn; None without a run."""
        return None if self._live is None else self._live.curves[self.plot.source]

    @property
    def beside(self) -> Curve | None:
        """The dashed curve; None where there is none, or nothing in it yet."""
        found = None if self._live is None else self._live.curves.get(self.plot.beside)
        return found if found is not None and len(found) else None

    @Slot()
    def refresh(self) -> None:
        """Draw the curve as it is now."""
        live, curve, plot = self._live, self.curve, self.plot
        self.set_log_y(plot.log)
        if live is None or curve is None or not len(curve):
            self.set_hint(words(plot.hint))
            self._draw(_EMPTY, _EMPTY, _EMPTY)
            self.set_marks([])
            self.set_marks([], "error")
            self.set_x_range(0, 1000)
            self.set_y_range(*((-2.0, 0.0) if plot.log else (0.0, 1.0)))
            return
        self.set_hint("")
        if plot.smoothed:
            curve.set_smoothing(live.smoothing)
        # A training that went back comes to the failed step again: the axis stays, the curve grows anew.
        last = max(20, int(curve.steps[-1]), *live.failed[-1:])
        self.set_x_range(0, last * 1.01)
        left, right = self.x_view()
        raw, smooth = curve.drawn(left, right, self.columns())
        beside = self._dashed(raw, left, right)
        self._draw(raw if plot.smoothed else _EMPTY, smooth, beside)
        seen = np.concatenate((raw[1], beside[1]))
        if plot.log:
            self.set_y_range(*_decades(seen))
        else:
            self.set_y_range(0.0, round_up(float(seen.max())), padding=0)
        self.set_marks([mark for mark in live.marks if left <= mark <= right][-MOST_MARKS:])
        self.set_marks([step for step in live.failed if left <= step <= right][-MOST_MARKS:], "error")

    @property
    def has_dashed(self) -> bool:
        """Whether there is a dashed line now."""
        return self.value_at("beside", 0.0) is not None

    def _dashed(self, raw: Points, left: float, right: float) -> Points:
        """The curve beside, or the limit where it is not so far above the numbers that it would press them down."""
        if self.beside is not None:
            return self.beside.drawn(left, right, self.columns())[0]
        limit = getattr(self._live.config.train, self.plot.limit) if self._live and self.plot.limit else None
        if limit is None or not len(raw[1]) or limit > FAR * raw[1].max():
            return _EMPTY
        return np.array([left, right]), np.array([limit, limit])

    @property
    def left_out(self) -> int:
        """How many numbers have no place on the axis."""
        return sum(curve.left_out for curve in (self.curve, self.beside) if curve is not None)

    def _draw(self, raw: Points, smooth: Points, beside: Points) -> None:
        self.set_curve("raw", *raw)
        self.set_curve("smooth", *smooth)
        self.set_curve("beside", *beside)

    @Slot(object)
    def _pointed(self, x: float | None) -> None:
        found = None if self.curve is None or x is None else self.curve.at(x)
        self.read_out.setVisible(found is not None)
        if found is None:
            return
        step, raw, smooth = found
        said = [self.tr("step {step}").format(step=numbers.count(step)), numbers.figure(smooth)]
        if self.plot.smoothed:
            said[1] = self.tr("smoothed {value}").format(value=numbers.figure(smooth))
            said.append(self.tr("raw {value}").format(value=numbers.figure(raw)))
        beside = None if self.beside is None else self.beside.at(step)
        if beside is not None:
            said.append(f"{words(self.plot.beside_title)} {numbers.figure(beside[1])}")
        self.read_out.setText("   ".join(said))
        self.read_out.adjustSize()
        _, right = self.plot_rect_px()
        self.read_out.move(int(right) - self.read_out.width() - 8, 8)


def _decades(values: NDArray[np.float64]) -> tuple[float, float]:
    """The range of the axis in powers of ten, in steps of a twentieth so that it stands still while data come.

    At least a decade: the first few steps would fill the plot with their noise.
    """
    logs = np.log10(np.maximum(values, FLOOR))
    low, high = float(np.floor(logs.min() * 20.0)) / 20.0, float(np.ceil(logs.max() * 20.0)) / 20.0
    return min(low, high - 1.0), high


class RunPlotPanel(Panel):
    """The plot with its head: which number is shown, what is what, and how much it is smoothed."""

    smoothing_changed = Signal(float)
    plot_chosen = Signal(str)  #: the source of another plot, by a person
    unread_wished = Signal(str)  #: the source of a curve that is shown, and not read from the run's folder yet

    def __init__(self, smoothing: float = DEFAULTS["loss_smoothing"], parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._live: LiveRun | None = None
        self.choice = ElidedCombo(*CHOICE_PX)
        self.choice.setMinimumContentsLength(CHOICE_SIGNS)
        self.choice.setObjectName("run_plot_choice")
        self.choice.setItemDelegate(QStyledItemDelegate(self.choice))
        self.choice.setFont(sized_font(BODY_PX, semibold=True))
        self.choice.setAccessibleName(self.tr("What is drawn over the steps"))
        for plot in PLOTS:
            self.choice.addItem(words(plot.title))
        self.choice.currentIndexChanged.connect(self._chosen)
        self.legend = LegendEntry("line", "loss")
        self.raw_legend = LegendEntry("line", "loss", self.tr("raw"), alpha=2 * RAW_ALPHA)
        self.beside_legend = LegendEntry("dash", "text")
        self.unseen = caption()
        self.unseen.setObjectName("values_not_drawn")
        set_tip(
            self.unseen,
            self.tr(
                "So many values have no place on the axis: infinite, no number, above {most}, or 0 and less on a "
                "logarithmic axis."
            ).format(most=numbers.figure(MOST, 1)),
        )
        self.smoothing = ValueSlider(Slider(0, POSITIONS, position_of(smoothing)), _smoothing_words)
        self.smoothing.slider.setObjectName("smoothing")
        self.smoothing.slider.setMinimumWidth(SLIDER_PX[0])
        self.smoothing.slider.setMaximumWidth(SLIDER_PX[1])
        self.smoothing.set_words(
            self.tr("smoothing"),
            self.tr("The share of the past in the running mean; 0 shows every step as it was"),
        )
        self.smoothing.moved.connect(self._moved)
        self.lead.setContentsMargins(0, 0, 0, 0)
        self.lead.addWidget(self.choice)
        for part in (self.legend, self.raw_legend, self.beside_legend, self.unseen):
            self.head.addWidget(part)
        self.head.addStretch(1)
        self.head.addWidget(self.smoothing)
        self.plot = RunPlot()
        self.body.addWidget(self.plot, 1)
        self._show_plot(PLOTS[0])

    def choose(self, source: str) -> None:
        """Draw the plot of that source; nothing where there is none."""
        place = next((place for place, plot in enumerate(PLOTS) if plot.source == source), None)
        if place is not None:
            self.choice.setCurrentIndex(place)

    def show_run(self, live: LiveRun | None) -> None:
        """Show this run from now on; None for none."""
        self._live = live
        self.plot.show_run(live)
        self._wish_unread()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Draw the run as it is now."""
        self.plot.refresh()
        self.beside_legend.setVisible(self.plot.has_dashed)
        count = self.plot.left_out
        self.unseen.setVisible(count > 0)
        self.unseen.setText(self.tr("not drawn: {n}").format(n=numbers.count(count)))

    def _show_plot(self, plot: Plot) -> None:
        title = words(plot.title)
        tip = " ".join(
            (
                words(plot.tip),
                self.tr(
                    "Dotted lines are checkpoints, red ones steps that failed. Turn the wheel to zoom, double-click "
                    "for the whole."
                ),
            )
        )
        set_tip(self.choice, tip)
        self.setAccessibleName(title)
        self.setAccessibleDescription(tip)
        self.plot.setAccessibleName(self.tr("{title} over steps").format(title=title))
        self.legend.set_colour(plot.colour)
        self.raw_legend.set_colour(plot.colour)
        self.legend.set_text(self.tr("smoothed"))
        self.beside_legend.set_text(words(plot.beside_title))
        for part in (self.legend, self.raw_legend, self.smoothing):
            part.setVisible(plot.smoothed)
        self.plot.show_plot(plot)
        self._wish_unread()
        self.refresh()

    def _wish_unread(self) -> None:
        source = self.plot.plot.source
        if self._live is not None and source in self._live.unread:
            self.unread_wished.emit(source)

    @Slot(int)
    def _chosen(self, index: int) -> None:
        self._show_plot(PLOTS[index])
        self.plot_chosen.emit(PLOTS[index].source)

    @Slot(int)
    def _moved(self, position: int) -> None:
        self.smoothing_changed.emit(smoothing_at(position))
