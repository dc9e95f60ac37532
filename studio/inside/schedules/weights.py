"""How much each t counts in the loss: w(t) of every objective, or what it comes to on the error of x̂_0."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.catalogue import OBJECTIVES, WEIGHTINGS

from ... import numbers
from ...app.messages import row_text, row_tip
from ...dataset.forward_table import ForwardTable
from ...row_options import RowOptions
from ...widgets.controls import ElidedCombo
from ...widgets.elided import ElidedLabel
from ...widgets.panel import Panel
from ...widgets.plain import plain_tip, set_name, set_tip
from ...widgets.segments import Segments
from ...widgets.symbols import spoken
from .computing import Answer, Values, Weights
from .plots import CursorChart, figure, thinned
from .series import SeriesValues, objective_letter, objective_look

#: Of the axis, powers of ten: what is below says nothing of what is learnt.
LEAST_EXPONENT = -2.0
#: What a letter with its value takes.
VALUE_PX = 80
#: Lines that lie on one another are drawn ever narrower, so that each is seen.
WIDEST, NARROWER = 2.0, 2.0


def crossing(table: ForwardTable, snr: float) -> int | None:
    """The first t whose signal-to-noise ratio is no more than this; None where all are above, or all below."""
    below = table.alphas_cumprod <= snr * (1 - table.alphas_cumprod)
    first = int(np.argmax(below))
    return first if below[first] and first > 0 else None


class WeightsPanel(Panel):
    """Shows weights and asks for a weighting and its options; it keeps nothing of its own."""

    t_wished = Signal(float)
    weighting_wished = Signal(str)
    options_wished = Signal(object)  #: name → number, while they are moved too

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._weights: Mapping[str, Weights] = {}
        self._table: ForwardTable | None = None
        self._t = 0
        self._gamma: float | None = None
        self._agree = False
        self.set_title(self.tr("Weight w(t)"))
        self.set_tip(
            self.tr(
                "What the squared error at each t is multiplied by in the loss, for everything that a network can "
                "predict. Dashed: without the weighting (Hang et al. 2023, arXiv 2303.09556)."
            )
        )
        self.weighting = ElidedCombo(112, 128)
        self.weighting.setObjectName("inside_weighting")
        for name, weighting in WEIGHTINGS.items():
            if weighting.installed:
                self.weighting.addItem(row_text(weighting.title), name)
                tip = plain_tip(row_tip(weighting))
                self.weighting.setItemData(self.weighting.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        set_name(self.weighting, self.tr("Weighting"), self.tr("How much each timestep counts in the loss"))
        self.weighting.activated.connect(self._weighting_chosen)
        self.head.addWidget(self.weighting)
        self.chart = CursorChart(self.tr("t (picture → noise)"))
        self.chart.setAccessibleName(self.tr("Weight over t"))
        self.chart.picked.connect(self.t_wished)
        self._made: set[str] = set()
        self.values = SeriesValues(VALUE_PX)
        predicted = (
            f"{spoken(objective_letter(name))} · {row_text(row.title)}: {row_tip(row)}"
            for name, row in OBJECTIVES.items()
            if row.installed
        )
        set_tip(self.values, "\n".join(predicted))
        self.options = RowOptions()
        self.options.looked_at.connect(self.options_wished)
        self.options.wished.connect(self.options_wished)
        self.way = Segments()
        self.way.add("w", "w(t)", self.tr("The weight of the squared error of what the network says"))
        self.way.add(
            "x_0",
            self.tr("on x₀"),
            self.tr("What that weight comes to on the squared error of the clean picture x̂_0 that is meant by it"),
        )
        self.way.chosen.connect(self._draw)
        self.words = ElidedLabel()
        self.words.setProperty("caption", True)
        self.words.setObjectName("weight_words")
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.way)
        foot.addWidget(self.words, 1)
        below = QVBoxLayout()
        below.setSpacing(4)
        below.addWidget(self.options)
        below.addLayout(foot)
        self.body.addWidget(self.chart, 1)
        self.body.addWidget(self.values)
        self.body.addLayout(below)
        self.setMinimumWidth(344)

    def show_weighting(self, name: str, options: Mapping[str, float]) -> None:
        """This weighting, with these options, is looked at."""
        self.weighting.setCurrentIndex(self.weighting.findData(name))
        self.options.show_options(WEIGHTINGS[name], options)
        self._gamma = options.get("gamma", WEIGHTINGS[name].options[0].default) if name == "min_snr" else None

    def show_answer(self, answer: Answer, table: ForwardTable | None) -> None:
        """Weights under the schedule of this table."""
        self._weights, self._table, self._agree = answer.weights, table, answer.agree
        self.chart.show_comb(answer.times)
        self._draw()

    def show_t(self, t: int) -> None:
        """Move the cursor."""
        self._t = t
        self.chart.set_cursor(t)
        self._show_values()

    @property
    def limit_t(self) -> int | None:
        """From which t on min-SNR changes nothing: where SNR = γ."""
        return None if self._table is None or self._gamma is None else crossing(self._table, self._gamma)

    @Slot()
    def _draw(self) -> None:
        on_x_0 = self.way.current() == "x_0"
        for name in OBJECTIVES:
            weights = self._weights.get(name)
            shown: dict[str, Values | None] = {f"{name} plain": None, name: None, f"{name} x_0": None}
            if weights is not None and on_x_0:
                shown |= {f"{name} x_0": weights.on_x_0, f"{name} plain": weights.plain_on_x_0}
            elif weights is not None:
                shown |= {name: weights.w, f"{name} plain": weights.plain}
            if weights is not None and np.array_equal(weights.w, weights.plain):
                shown[f"{name} plain"] = None
            for curve, values in shown.items():
                self._show_curve(name, curve, values)
        self._stretch(on_x_0)
        if self._table is not None:
            self.chart.set_x_range(0, self._table.timesteps)
        limit = self.limit_t
        self.chart.set_marks(() if limit is None else (limit,))
        self._show_values()
        self._show_words(on_x_0)

    def _show_curve(self, name: str, curve: str, values: Values | None) -> None:
        if curve not in self._made:
            if values is None:
                return
            narrower = list(OBJECTIVES)[::-1].index(name) if curve.endswith(" x_0") else 0
            plain = curve.endswith(" plain")
            width = 1.0 if plain else WIDEST + NARROWER * narrower
            self.chart.add_curve(curve, objective_look(name).colour, width, dashed=plain)
            self._made.add(curve)
        self.chart.set_curve(curve, *(((), ()) if values is None else thinned(values)))

    def _stretch(self, on_x_0: bool) -> None:
        curves = [weights.on_x_0 if on_x_0 else weights.w for weights in self._weights.values()]
        top = max((float(curve.max()) for curve in curves), default=1.0)
        self.chart.set_stretch(LEAST_EXPONENT, max(1.0, math.ceil(math.log10(max(top, 1e-9)))), log=True)

    def _show_values(self) -> None:
        on_x_0, values = self.way.current() == "x_0", []
        for name, weights in self._weights.items():
            curve = weights.on_x_0 if on_x_0 else weights.w
            if self._t < len(curve):
                text = f"{objective_letter(name)}  {figure(float(curve[self._t]))}"
                values.append((objective_look(name), text))
        self.values.show_values(values)

    def _show_words(self, on_x_0: bool) -> None:
        said = []
        if on_x_0 and self._weights:
            said.append(self.tr("All agree") if self._agree else self.tr("They differ"))
        if self.limit_t is not None:
            said.append(self.tr("SNR = γ at t = {t}").format(t=numbers.count(self.limit_t)))
        if any(not np.array_equal(weights.w, weights.plain) for weights in self._weights.values()) and not on_x_0:
            said.append(self.tr("dashed: without"))
        self.words.setText(" · ".join(said))

    @Slot(int)
    def _weighting_chosen(self, place: int) -> None:
        self.weighting_wished.emit(self.weighting.itemData(place))
