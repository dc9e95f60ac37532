"""Plots over t with a line for each schedule: one of four quantities each, one cursor, a comb of a sampler's times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QWidget

from core.errors import QT_TRANSLATE_NOOP

from ... import numbers
from ...dataset.forward_table import ForwardTable
from ...widgets.chart import Chart
from ...widgets.controls import ElidedCombo
from ...widgets.panel import Panel
from ...widgets.plain import plain_tip, set_tip
from .series import SeriesValues, schedule_look

Values = NDArray[np.float64]

CONTEXT = "SchedulePlots"
#: A curve has so many points at most: two for each pixel column of the widest plot.
MOST_POINTS = 1000
#: Lower than that a curve says nothing; then the page scrolls.
LEAST_PX = 104
#: How much of the plot's height the comb of a sampler's times takes, and how far below the lowest value it stands.
COMB, BELOW = 0.05, 0.04


@dataclass(frozen=True, slots=True)
class Quantity:
    """What is plotted over t.

    low, high  the ends of the axis; powers of ten where `log`
    """

    title: str
    tip: str
    of: Callable[[ForwardTable], Values]
    low: float
    high: float
    log: bool = False


def _betas(table: ForwardTable) -> Values:
    kept = table.alphas_cumprod / np.concatenate(([1.0], table.alphas_cumprod[:-1]))
    return 1 - kept


#: In the order in which a wide window shows them.
QUANTITIES: dict[str, Quantity] = {
    "signal": Quantity(
        QT_TRANSLATE_NOOP("SchedulePlots", "ᾱ signal"),
        QT_TRANSLATE_NOOP(
            "SchedulePlots", "ᾱ_t, the product of 1 − β up to t: what is left of the picture's power (Ho et al. 2020)"
        ),
        lambda table: table.alphas_cumprod,
        0.0,
        1.0,
    ),
    "log_snr": Quantity(
        QT_TRANSLATE_NOOP("SchedulePlots", "log SNR"),
        QT_TRANSLATE_NOOP(
            "SchedulePlots",
            "The natural logarithm of ᾱ_t / (1 − ᾱ_t): 0 where picture and noise are equally strong "
            "(Kingma et al. 2021, arXiv 2107.00630)",
        ),
        lambda table: np.log(table.alphas_cumprod) - np.log1p(-table.alphas_cumprod),
        -12.0,
        12.0,
    ),
    "beta": Quantity(
        QT_TRANSLATE_NOOP("SchedulePlots", "β per step"),
        QT_TRANSLATE_NOOP(
            "SchedulePlots", "β_t: the share of noise that step t adds, on a logarithmic axis (Ho et al. 2020)"
        ),
        _betas,
        -5.0,
        0.0,
        log=True,
    ),
    "noise": Quantity(
        QT_TRANSLATE_NOOP("SchedulePlots", "√(1−ᾱ) noise"),
        QT_TRANSLATE_NOOP(
            "SchedulePlots", "√(1−ᾱ_t), how strong the noise is: what ε is multiplied by in x_t (Ho et al. 2020, eq. 4)"
        ),
        lambda table: np.sqrt(1 - table.alphas_cumprod),
        0.0,
        1.0,
    ),
}


def thinned(values: Values) -> tuple[Values, Values]:
    """(t, value) of at most MOST_POINTS of them, the first and the last included."""
    at = np.unique(np.linspace(0, len(values) - 1, min(len(values), MOST_POINTS)).astype(int))
    return at.astype(np.float64), values[at]


def figure(value: float) -> str:
    """A value of a plot, with a minus sign as it is printed."""
    return numbers.figure(value).replace("-", "−")


class CursorChart(Chart):
    """A chart over t of one fixed stretch of y, whose press asks for a t, with a comb on its x axis."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, whole_x=True, interactive=False)
        self._y = (0.0, 1.0, False)
        self._times: tuple[int, ...] = ()
        self.set_x_label(label)
        self.setMinimumHeight(LEAST_PX)
        self.add_curve("comb", "muted", 1)

    def set_stretch(self, low: float, high: float, *, log: bool) -> None:
        """From `low` to `high`: powers of ten where `log`."""
        self._y = (low, high, log)
        self.set_log_y(log)
        self.set_y_range(low, high, padding=BELOW)
        self.show_comb(self._times)

    def show_comb(self, times: Sequence[int]) -> None:
        """A tooth at each of these t."""
        self._times = tuple(times)
        low, high, log = self._y
        bottom, top = low - BELOW * (high - low), low + (COMB - BELOW) * (high - low)
        heights = np.tile([bottom, top, bottom], len(times))
        self.set_curve("comb", np.repeat(sorted(map(float, times)), 3), 10.0**heights if log else heights)

    @property
    def comb(self) -> tuple[int, ...]:
        """Where the teeth stand."""
        return self._times


class SchedulePlot(Panel):
    """One quantity of all schedules that are shown; which one is chosen in its head."""

    t_wished = Signal(float)

    def __init__(self, quantity: str, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._quantity = quantity
        self._tables: Mapping[str, ForwardTable] = {}
        self._t = 0
        self._drawn: dict[str, tuple[ForwardTable | None, str]] = {}  #: of each curve, what it shows
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.choice = ElidedCombo(136, 168)
        self.choice.setObjectName("schedule_quantity")
        self.choice.setAccessibleName(self.tr("What is plotted"))
        for name, row in QUANTITIES.items():
            self.choice.addItem(QCoreApplication.translate(CONTEXT, row.title), name)
            tip = plain_tip(QCoreApplication.translate(CONTEXT, row.tip))
            self.choice.setItemData(self.choice.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.choice.setCurrentIndex(self.choice.findData(quantity))
        self.choice.currentIndexChanged.connect(self._chosen)
        self.at = QLabel()
        self.at.setTextFormat(Qt.TextFormat.PlainText)
        self.at.setProperty("caption", True)
        self.title.hide()
        self.lead.setContentsMargins(0, 0, 0, 0)
        self.lead.addWidget(self.choice)
        self.head.addWidget(self.at)
        self.chart = CursorChart(self.tr("t (picture → noise)"))
        self.chart.picked.connect(self.t_wished)
        self.values = SeriesValues()
        self.body.addWidget(self.chart, 1)
        self.body.addWidget(self.values)
        self.setMinimumWidth(232)
        self._show_words()
        self._draw()

    @property
    def quantity(self) -> str:
        """The name of what is plotted."""
        return self._quantity

    def show_tables(self, tables: Mapping[str, ForwardTable]) -> None:
        """These schedules, and no others."""
        self._tables = tables
        self._draw()

    def show_comb(self, times: Sequence[int]) -> None:
        """The t at which a sampler calls the network."""
        self.chart.show_comb(times)

    def show_t(self, t: int) -> None:
        """Move the cursor, and tell the values there."""
        self._t = t
        self.chart.set_cursor(t)
        self.at.setText(f"t = {numbers.count(t)}")
        self._show_values()

    def _draw(self) -> None:
        row = QUANTITIES[self._quantity]
        self.chart.set_stretch(row.low, row.high, log=row.log)
        for name in dict.fromkeys((*self._tables, *self._drawn)):
            if name not in self._drawn:
                look = schedule_look(name)
                self.chart.add_curve(name, look.colour, 2, dashed=look.dashed)
            table, (before, quantity) = self._tables.get(name), self._drawn.get(name, (None, ""))
            if table is not before or quantity != self._quantity:
                self.chart.set_curve(name, *(((), ()) if table is None else thinned(row.of(table))))
            self._drawn[name] = table, self._quantity
        self.chart.set_hint("" if self._tables else self.tr("The noise schedules are being computed…"))
        if self._tables:
            self.chart.set_x_range(0, next(iter(self._tables.values())).timesteps)
        self._show_values()

    def _show_values(self) -> None:
        of = QUANTITIES[self._quantity].of
        there = {name: table for name, table in self._tables.items() if self._t < table.timesteps}
        self.values.show_values([(schedule_look(name), figure(float(of(t)[self._t]))) for name, t in there.items()])

    def _show_words(self) -> None:
        row = QUANTITIES[self._quantity]
        title, tip = (QCoreApplication.translate(CONTEXT, text) for text in (row.title, row.tip))
        set_tip(self.choice, tip)
        self.setAccessibleName(title)
        self.chart.setAccessibleName(title)

    @Slot()
    def _chosen(self) -> None:
        self._quantity = self.choice.currentData()
        self._show_words()
        self._draw()
