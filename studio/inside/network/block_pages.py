"""What is told of a block beside this step: its formulas, its strength over t, its weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from core.errors import QT_TRANSLATE_NOOP

from ... import numbers
from ...app.theme import BODY_PX, CAPTION_PX, sized_font, theme
from ...widgets.chart import Chart, round_up
from ...widgets.legend import LegendEntry
from ...widgets.panel import caption
from ...widgets.plain import set_tip
from ...widgets.symbols import Symbol, text_size
from .words import shape_text

if TYPE_CHECKING:
    from core.networks.unfolding import Operation
    from core.runs.weight_statistics import Numbers, WeightStatistics


# --- Formulas ------------------------------------------------------------------------------------------------------


#: The translators' context of what an operation says.
ANATOMY = "Anatomy"
INDENT_PX, FORMULA_PX = 24, 276

_BRANCHES: Mapping[str, str] = {
    "time": QT_TRANSLATE_NOOP("OperationsPage", "way of t"),
    "residual": QT_TRANSLATE_NOOP("OperationsPage", "around the block"),
}


def _tr(text: str) -> str:
    return QCoreApplication.translate(ANATOMY, text) if text else ""


class OperationsPage(QWidget):
    """A few lines for each: its name and the shape it makes, its formula, what it does and where it is from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._lines = QWidget()
        self._column.addWidget(self._lines)
        self._column.addStretch(1)
        self._shown: tuple[Operation, ...] = ()
        self._meanings: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})

    @property
    def shown(self) -> tuple[Operation, ...]:
        """What is listed."""
        return self._shown

    def show_operations(
        self, operations: Sequence[Operation], symbols: Mapping[str, str], axes: Mapping[str, str]
    ) -> None:
        """Those of another block, and what the signs of their formulas and the numbers of their shapes are."""
        if tuple(operations) == self._shown:
            return
        self._shown, self._meanings = tuple(operations), (symbols, axes)
        lines = QWidget()
        column = QVBoxLayout(lines)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for number, operation in enumerate(self._shown, 1):
            column.addLayout(self._line(number, operation))
        self._column.replaceWidget(self._lines, lines)
        self._lines.hide()
        self._lines.deleteLater()
        self._lines = lines

    def _line(self, number: int, operation: Operation) -> QVBoxLayout:
        step, (symbols, axes) = operation.step, self._meanings
        place = caption(numbers.count(number))
        place.setFixedWidth(INDENT_PX - 8)
        shape = caption(shape_text(operation.shape))
        counted = zip(operation.axes, operation.shape, strict=False)
        set_tip(
            shape, "\n".join(f"{axis} = {numbers.count(size)}: {_tr(axes.get(axis, ''))}" for axis, size in counted)
        )
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(place)
        head.addWidget(Symbol(_tr(step.title)))
        branch = _BRANCHES.get(operation.branch)
        if branch is not None:
            head.addWidget(caption("· " + QCoreApplication.translate("OperationsPage", branch)))
        head.addStretch(1)
        head.addWidget(shape)
        formula = _formula(step.formula)
        meanings = [f"{sign}: {_tr(symbols[sign])}" for sign in step.symbols if sign in symbols]
        set_tip(formula, "\n".join(meanings))
        formula.setAccessibleDescription("; ".join(meanings))
        about = [_tr(step.help)]
        if operation.parameters:
            about.append(self.tr("{count} parameters.").format(count=numbers.count(operation.parameters)))
        source = caption(step.source)
        help_words = QLabel(" ".join(about))
        help_words.setTextFormat(Qt.TextFormat.PlainText)
        lines = QVBoxLayout()
        lines.setSpacing(3)
        lines.addLayout(head)
        for words in (formula, help_words, source):
            if isinstance(words, QLabel):
                words.setWordWrap(True)
            row = QHBoxLayout()
            row.setContentsMargins(INDENT_PX, 0, 0, 0)
            row.addWidget(words, 1 if isinstance(words, QLabel) else 0)
            if not isinstance(words, QLabel):
                row.addStretch(1)
            lines.addLayout(row)
        help_words.setProperty("caption", True)
        return lines


def _formula(text: str) -> QWidget:
    """Painted with its subscripts; one that is too long is broken into lines."""
    if text_size(text, sized_font(BODY_PX)).width() <= FORMULA_PX:
        return Symbol(text, colour="loss")
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


# --- Over t --------------------------------------------------------------------------------------------------------


CHART_PX, LEFT_PX = 132, 40


@dataclass(frozen=True, eq=False)
class OverT:
    """What was measured of a block so far, at rising t.

    t, strength   (n,) timesteps, and the root mean square of what is put out at them
    scale, shift  (n,) mean of the absolute values; empty where the block takes no t
    """

    t: NDArray[np.int64]
    strength: NDArray[np.float32]
    scale: NDArray[np.float32]
    shift: NDArray[np.float32]


class OverTPage(QWidget):
    """Two charts over one reversed axis with the cursor at the step's t; a press goes to the nearest step."""

    t_picked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._t: int | None = None
        self._over: OverT | None = None
        self._timesteps = 0
        strength_row, self._strength_title, self._strength = self._title(
            self.tr("Strength of the output"),
            self.tr(
                "The root mean square of everything the block puts out for the selected picture, at each step of this "
                "denoising"
            ),
        )
        time_row, self._time_title, _ = self._title(
            self.tr("What t brings"),
            self.tr("The mean of |scale| and of |shift| over the channels: how much the block is told by t"),
        )
        self._legend = QWidget()
        legend = QHBoxLayout(self._legend)
        legend.setContentsMargins(0, 0, 0, 0)
        legend.addWidget(LegendEntry("line", "weight", self.tr("mean |scale|")))
        legend.addWidget(LegendEntry("line", "validation", self.tr("mean |shift|")))
        legend.addStretch(1)
        self.charts = (self._chart(), self._chart())
        self.charts[0].add_curve("strength", "loss", 2)
        self.charts[1].add_curve("scale", "weight", 2)
        self.charts[1].add_curve("shift", "validation", 2)
        self._axis = caption(self.tr("t (noise → picture)"))
        self._axis.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._bar = QProgressBar()
        self._bar.setAccessibleName(self.tr("How many timesteps are done"))
        self._words = caption()
        self._words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._words)
        column.addWidget(self._bar)
        column.addLayout(strength_row)
        column.addWidget(self.charts[0])
        column.addLayout(time_row)
        column.addWidget(self._legend)
        column.addWidget(self.charts[1])
        column.addWidget(self._axis)
        column.addStretch(1)
        self.show_over(None, "")

    def _title(self, words: str, tip: str) -> tuple[QHBoxLayout, QLabel, QLabel]:
        row, title, value = QHBoxLayout(), QLabel(words), QLabel()
        for label in (title, value):
            label.setTextFormat(Qt.TextFormat.PlainText)
        set_tip(title, tip)
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(value)
        return row, title, value

    def _chart(self) -> Chart:
        chart = Chart(left_px=LEFT_PX, right_px=8, interactive=False)
        chart.setFixedHeight(CHART_PX)
        chart.set_x_reversed(True)
        chart.picked.connect(self.t_picked)
        return chart

    def set_timesteps(self, timesteps: int) -> None:
        """T."""
        self._timesteps = timesteps
        for chart in self.charts:
            chart.set_x_range(0, max(1, timesteps))

    def show_over(self, over: OverT | None, words: str, progress: tuple[int, int] | None = None) -> None:
        """What was measured so far; words: why there is nothing; progress: (done, of) while it is measured."""
        self._over = over
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self._bar.setVisible(progress is not None)
        if progress is not None:
            self._bar.setMaximum(progress[1])
            self._bar.setValue(progress[0])
        there = over is not None and len(over.t) > 0
        timed = over is not None and len(over.scale) > 0
        for chart in self.charts:
            chart.show_numbers(there)
        if over is None:
            for chart, name in ((self.charts[0], "strength"), (self.charts[1], "scale"), (self.charts[1], "shift")):
                chart.set_curve(name, [], [])
        else:
            self.charts[0].set_curve("strength", over.t, over.strength)
            self.charts[0].set_y_range(0.0, round_up(float(over.strength.max(initial=0.0))), padding=0)
            scale, shift = (over.scale, over.shift) if timed else (np.empty(0), np.empty(0))
            times = over.t if timed else np.empty(0)
            self.charts[1].set_curve("scale", times, scale)
            self.charts[1].set_curve("shift", times, shift)
            top = max(float(scale.max(initial=0.0)), float(shift.max(initial=0.0)))
            self.charts[1].set_y_range(0.0, round_up(top), padding=0)
        for widget in (self._legend, self.charts[1]):
            widget.setVisible(timed)
        self._time_title.setVisible(timed)
        for widget in (self.charts[0], self._axis, self._strength_title):
            widget.setVisible(not words)
        self._show_value()

    def show_t(self, t: int | None) -> None:
        """The cursor."""
        self._t = t
        for chart in self.charts:
            chart.set_cursor(t)
        self._show_value()

    def _show_value(self) -> None:
        value = None if self._t is None or self._over is None else self.charts[0].value_at("strength", self._t)
        self._strength.setText("" if value is None else numbers.figure(value))


# --- Weights -------------------------------------------------------------------------------------------------------


#: The translators' context of the sets' titles.
STATISTICS = "WeightStatistics"
HISTOGRAM_PX = 72


class Histogram(QWidget):
    """Bars over a range of numbers around 0, whose ends are written under them."""

    def __init__(self, name: str, colour: str, of: Numbers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour, self._of = colour, of
        self.setFixedHeight(HISTOGRAM_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        theme().changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bars, a line at 0, the ends."""
        painter = QPainter(self)
        counts, edges = self._of.counts, self._of.edges
        area = QRectF(0, 0, self.width(), self.height() - 16)
        painter.fillRect(QRectF(area.center().x(), 0, 1, area.height()), theme().color("line"))
        top = max(1, int(counts.max(initial=0)))
        pitch = area.width() / max(1, len(counts))
        for number, count in enumerate(counts.tolist()):
            high = max(area.height() * count / top, 1.0 if count else 0.0)
            bar = QRectF(number * pitch, area.bottom() - high, max(1.0, pitch - 1), high)
            painter.fillRect(bar, theme().color(self._colour))
        painter.fillRect(QRectF(0, area.bottom(), area.width(), 1), theme().color("edge"))
        painter.setFont(sized_font(CAPTION_PX))
        painter.setPen(theme().color("muted"))
        foot = QRectF(0, area.bottom() + 1, area.width(), 15)
        ends = (
            (Qt.AlignmentFlag.AlignLeft, _number(float(edges[0]))),
            (
                Qt.AlignmentFlag.AlignRight,
                _number(float(edges[-1])),
            ),
        )
        for side, words in (*ends, (Qt.AlignmentFlag.AlignHCenter, "0")):
            painter.drawText(foot, side, words)


class WeightsPage(QWidget):
    """A histogram for the weights, one for their average, one for each running mean of gradients."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._about = QLabel()
        self._about.setTextFormat(Qt.TextFormat.PlainText)
        self._about.setProperty("muted", True)
        self._about.setWordWrap(True)
        self._lines = QWidget()
        self._column.addWidget(self._about)
        self._column.addWidget(self._lines)
        self._column.addStretch(1)
        self.histograms: tuple[Histogram, ...] = ()  #: what is shown

    @property
    def about(self) -> str:
        """The sentence over it."""
        return self._about.text()

    def show_statistics(self, of: WeightStatistics | None, titles: Mapping[str, str], about: str) -> None:
        """Those of a block; titles: of the sets, in English; about: of which checkpoint, or why there are none."""
        self._about.setText(about)
        lines = QWidget()
        column = QVBoxLayout(lines)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        made = []
        for colour, sets in () if of is None else (("loss", of.weights), ("weight", of.moments)):
            for one in sets:
                title = QCoreApplication.translate(STATISTICS, titles.get(one.name, one.name))
                made.append(Histogram(title, colour, one))
                column.addLayout(self._line(title, one, made[-1]))
        self.histograms = tuple(made)
        self._column.replaceWidget(self._lines, lines)
        self._lines.hide()
        self._lines.deleteLater()
        self._lines = lines

    def _line(self, title: str, of: Numbers, histogram: Histogram) -> QVBoxLayout:
        head = QHBoxLayout()
        label = QLabel(title)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        head.addWidget(label, 1)
        head.addWidget(caption(self.tr("{count} numbers").format(count=numbers.count(of.count))))
        words = self.tr("mean {mean} · σ {std} · ‖·‖ {norm} · {least} to {greatest}")
        values = {name: _number(getattr(of, name)) for name in ("mean", "std", "norm", "least", "greatest")}
        foot = caption(words.format(**values))
        foot.setWordWrap(True)
        set_tip(foot, self.tr("σ: the standard deviation; ‖·‖: the root of the sum of squares; least to greatest"))
        lines = QVBoxLayout()
        lines.setSpacing(2)
        lines.addLayout(head)
        lines.addWidget(histogram)
        lines.addWidget(foot)
        return lines


def _number(value: float) -> str:
    return numbers.figure(value).replace("-", "−")
