"""The loss over the steps, on a logarithmic axis: raw behind, smoothed before it, and what was where one points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLocale, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from .. import numbers
from ..settings import DEFAULTS
from ..widgets.legend import LegendEntry
from ..widgets.panel import Panel, caption
from ..widgets.plain import set_tip, wrapped_tip
from ..widgets.slider import Slider, ValueSlider
from .curve import MOST, Curve, Points
from .run_plot import RunPlot

if TYPE_CHECKING:
    from .live_run import LiveRun

#: Losses below this are drawn at it: a logarithm has no place for 0.
FLOOR = 1e-9
RAW_ALPHA = 64
#: The smoothing slider's positions: 0 … 0.999, finer towards 1, where it matters.
POSITIONS = 100
#: More dotted lines than this are a curtain.
MOST_MARKS = 40


def smoothing_at(position: int) -> float:
    """The smoothing of a slider position 0 … POSITIONS: 1 − 10^(−3·position/POSITIONS), 0 at 0."""
    return round(float(1.0 - 10.0 ** (-3.0 * position / POSITIONS)), 4)


def _smoothing_words(position: int) -> str:
    smoothing = smoothing_at(position)
    return QLocale().toString(smoothing, "f", 2 if smoothing < 0.985 else 3)


def position_of(smoothing: float) -> int:
    """The slider position nearest to a smoothing."""
    return round(-POSITIONS / 3.0 * float(np.log10(1.0 - min(smoothing, 0.999))))


class LossPlot(RunPlot):
    """Draws a Curve; drag or turn the wheel to look at a part, double-click for the whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, interactive=True)
        self.setObjectName("loss_plot")
        self._curve: Curve | None = None
        self._held_out: Curve | None = None
        self._mark_steps: list[int] = []
        self._failed_steps: list[int] = []
        self.set_log_y(True)
        self.add_curve("raw", "loss", 1, RAW_ALPHA)
        self.add_curve("smooth", "loss", 2)
        self.add_curve("held_out", "text", 1.5, dashed=True)
        self.read_out = caption()
        self.read_out.setParent(self)
        self.read_out.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.read_out.hide()
        self.hovered.connect(self._pointed)
        self.view_changed.connect(self.refresh)
        self.zoomed.connect(self.refresh)
        self.refresh()

    def show_run(self, live: LiveRun | None) -> None:
        """Draw this run from now on, with dotted lines at its marks and red ones where it failed. It may grow."""
        self._curve, self._held_out = (None, None) if live is None else (live.curve, live.held_out)
        self._mark_steps, self._failed_steps = ([], []) if live is None else (live.marks, live.failed)
        self._pointed(None)
        self.reset_view()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Draw the curve as it is now."""
        curve = self._curve
        self.hint.setVisible(curve is None or not len(curve))
        if curve is None or not len(curve):
            for name in ("raw", "smooth", "held_out"):
                self.set_curve(name, [], [])
            self.set_marks([])
            self.set_marks([], "error")
            self.set_x_range(0, 1000)
            self.set_y_range(-2.0, 0.0)
            return
        # A training that went back comes to the failed step again: the axis stays, the curve grows anew.
        last = max(20, int(curve.steps[-1]), *self._failed_steps[-1:])
        self.set_x_range(0, last * 1.01)
        left, right = self.x_view()
        raw, smooth = curve.drawn(left, right, self.columns())
        self.set_curve("raw", *raw)
        self.set_curve("smooth", *smooth)
        held_out = self._held_out_drawn(left, right)
        self.set_curve("held_out", *held_out)
        self.set_y_range(*_decades(np.concatenate((raw[1], held_out[1]))))
        self.set_marks([mark for mark in self._mark_steps if left <= mark <= right][-MOST_MARKS:])
        self.set_marks([step for step in self._failed_steps if left <= step <= right][-MOST_MARKS:], "error")

    @property
    def left_out(self) -> int:
        """How many losses have no place on the axis."""
        return sum(curve.left_out for curve in (self._curve, self._held_out) if curve is not None)

    @property
    def has_held_out(self) -> bool:
        """Whether anything was measured on held-out pictures."""
        return self._held_out is not None and len(self._held_out) > 0

    def _held_out_drawn(self, left: float, right: float) -> Points:
        if self._held_out is None:
            return np.empty(0), np.empty(0)
        return self._held_out.drawn(left, right, self.columns())[0]

    @Slot(object)
    def _pointed(self, x: float | None) -> None:
        found = None if self._curve is None or x is None else self._curve.at(x)
        self.read_out.setVisible(found is not None)
        if found is None:
            return
        step, raw, smooth = found
        words = self.tr("step {step}   loss {smooth}   raw {raw}").format(
            step=numbers.count(step), smooth=numbers.figure(smooth), raw=numbers.figure(raw)
        )
        beside = None if self._held_out is None else self._held_out.at(step)
        if beside is not None:
            words += self.tr("   held out {loss}").format(loss=numbers.figure(beside[1]))
        self.read_out.setText(words)
        self.read_out.adjustSize()
        self.read_out.move(int(self.plot_rect_px()[1]) - self.read_out.width() - 8, 8)


def _decades(losses: NDArray[np.float64]) -> tuple[float, float]:
    """What the axis spans, as powers of ten in steps of 0.05, so that it stands still while the curve moves.

    At least a decade: the first few steps would fill the plot with their noise.
    """
    logs = np.log10(np.maximum(losses, FLOOR))
    low, high = float(np.floor(logs.min() * 20.0)) / 20.0, float(np.ceil(logs.max() * 20.0)) / 20.0
    return min(low, high - 1.0), high


class LossPanel(Panel):
    """The plot with its head: what is what, and how much it is smoothed."""

    smoothing_changed = Signal(float)

    def __init__(self, smoothing: float = DEFAULTS["loss_smoothing"], parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.legend = LegendEntry("line", "loss")
        self.raw_legend = LegendEntry("line", "loss", alpha=2 * RAW_ALPHA)
        self.held_out_legend = LegendEntry("dash", "text")
        self.held_out_legend.hide()
        self.smoothing = ValueSlider(Slider(0, POSITIONS, position_of(smoothing)), _smoothing_words)
        self.smoothing.slider.setObjectName("smoothing")
        self.smoothing.slider.setFixedWidth(96)
        self.smoothing.moved.connect(self._moved)
        self.head.addWidget(self.legend)
        self.head.addWidget(self.raw_legend)
        self.head.addWidget(self.held_out_legend)
        self.unseen = caption()
        self.unseen.setObjectName("losses_not_drawn")
        self.unseen.hide()
        self.head.addWidget(self.unseen)
        self.head.addStretch(1)
        self.head.addWidget(self.smoothing)
        self.plot = LossPlot()
        self.body.addWidget(self.plot, 1)
        self.retranslate()

    def retranslate(self) -> None:
        """Set all words."""
        self.set_title(self.tr("Loss"))
        self.legend.set_text(self.tr("smoothed"))
        self.raw_legend.set_text(self.tr("raw"))
        self.held_out_legend.set_text(self.tr("held out"))
        self.smoothing.set_words(
            self.tr("smoothing"),
            self.tr("The share of the past in the running mean of the loss; 0 shows every step as it was"),
        )
        self.plot.set_x_label(self.tr("step"))
        self.plot.set_hint(self.tr("Here the loss of every step will appear: the lower, the better the guess."))
        tip = self.tr(
            "The weighted squared error of the prediction, on a logarithmic axis (Ho et al. 2020, eq. 14). "
            "The dashed line is the loss of the pictures that are held out: where it rises while the other falls, "
            "pictures are being learnt by heart. Dotted lines are checkpoints, red ones steps that failed. "
            "Turn the wheel to zoom, double-click for the whole."
        )
        self.set_tip(tip)
        self.plot.setAccessibleName(self.tr("Loss over steps"))
        self._show_unseen()

    def show_run(self, live: LiveRun | None) -> None:
        """Show this run from now on; None for none."""
        self.plot.show_run(live)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Draw the run as it is now."""
        self.plot.refresh()
        self.held_out_legend.setVisible(self.plot.has_held_out)
        self._show_unseen()

    def _show_unseen(self) -> None:
        count = self.plot.left_out
        self.unseen.setVisible(count > 0)
        if count:
            self.unseen.setText(self.tr("not drawn: {n}").format(n=numbers.count(count)))
            set_tip(
                self.unseen,
                wrapped_tip(
                    self.tr(
                        "So many losses have no place on the axis: infinite, no number, 0 or less, or above {most}."
                    )
                ).format(most=numbers.figure(MOST, 1)),
            )

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    @Slot(int)
    def _moved(self, position: int) -> None:
        self.smoothing_changed.emit(smoothing_at(position))
