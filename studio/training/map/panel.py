"""What is seen in the tab: the sentence over the map, the map itself, and the loss over t at one of its steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ... import numbers
from ...app.theme import BODY_PX, sized_font
from ...widgets.chart import LEFT_AXIS_PX, Chart
from ...widgets.controls import ElidedCombo
from ...widgets.elided import ElidedLabel
from ...widgets.heat_map import Y_NAME_PX, HeatMap
from ...widgets.legend import LegendEntry
from ...widgets.panel import Panel
from ...widgets.plain import plain_tip, set_name, set_tip
from ...widgets.slider import Slider
from .words import SOURCES, source_tip, source_title

GAP_PX = 16
READ_OUT_PX = 118
#: Of the lower plot beside the form of a small window, and from where on the lines are named over it.
LEAST_PX, WITH_NAMES_PX = 420, 520
#: The map and the plot under it.
UPPER, LOWER = 8, 5
CHOICE_PX = (120, 190)
#: The keys take the cursor over t in so many places.
T_PLACES = 100
#: The slider has what the words beside it leave, and so much at least.
LEAST_SLIDER_PX = 120
#: Of a plot in powers of ten, at least.
LEAST_DECADES = 0.5

Values = NDArray[np.float64]

#: The lines of the lower plot: name → (kind, colour).
LINES: dict[str, tuple[str, str]] = {
    "train": ("line", "loss"),
    "ema": ("line", "weight"),
    "held_out": ("dash", "validation"),
    "own": ("line", "loss"),
    "start": ("dash", "muted"),
}


class MapPage(Panel):
    """The sentence, the map, and the slider through training."""

    source_chosen = Signal(str)
    look_chosen = Signal(int)  #: by a person: which look

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.says, self.why = ElidedLabel(), ElidedLabel()
        self.says.setObjectName("map_says")
        self.says.setFont(sized_font(BODY_PX, semibold=True))
        self.why.setObjectName("map_why")
        self.why.setProperty("muted", True)
        self.source = ElidedCombo(*CHOICE_PX)
        self.source.setObjectName("map_source")
        self.source.setMinimumContentsLength(18)
        set_name(self.source, self.tr("What the map shows"), self.tr("What the map shows"))
        self.source.currentIndexChanged.connect(self._chosen)
        self.lead.setContentsMargins(0, 0, 0, 0)
        self.head.takeAt(0)
        self.says.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.head.addWidget(self.says)
        self.head.addWidget(self.why, 1)
        self.head.addWidget(self.source)
        self.map = HeatMap()
        self.map.setObjectName("training_map")
        self.map.set_names(self.tr("step"), self.tr("t (picture → noise)"))
        self.map.setAccessibleName(self.tr("Loss over steps and t"))
        self.body.addWidget(self.map, 1)
        self.slider = Slider(0, 0)
        self.slider.setObjectName("map_step")
        tip = self.tr("Through the training: the lower plot shows the loss over t at this step")
        set_name(self.slider, self.tr("Step of the map"), tip)
        self.at = QLabel()
        self.at.setTextFormat(Qt.TextFormat.PlainText)
        self.at.setFixedWidth(104)
        self.cost = ElidedLabel()
        self.cost.setObjectName("map_cost")
        self.cost.setProperty("caption", True)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.slider.setMinimumWidth(LEAST_SLIDER_PX)
        row.addWidget(self.slider, 1)
        row.addWidget(self.at)
        row.addWidget(self.cost)
        self.body.addLayout(row)
        self.slider.valueChanged.connect(self.look_chosen)
        self.map.stepped.connect(self._step)
        self.map.ended.connect(self._end)

    def set_sources(self, names: list[str], chosen: str) -> None:
        """What can be shown; others are not offered, since a run of before has none."""
        with QSignalBlocker(self.source):
            if [self.source.itemData(place) for place in range(self.source.count())] != names:
                self.source.clear()
                for name in names:
                    self.source.addItem(source_title(name), name)
                    tip = plain_tip(source_tip(name))
                    self.source.setItemData(self.source.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
            if chosen in names:
                self.source.setCurrentIndex(names.index(chosen))
        self.source.setVisible(bool(names))
        set_tip(self.source, source_tip(chosen) if chosen in SOURCES else "")

    def set_sentence(self, says: str, why: str, advice: str = "") -> None:
        """What the probe says, why, and what may help."""
        self.says.setText(says)
        self.why.setText(why)
        tip = "\n\n".join(part for part in (why, advice) if part)
        self.says.set_tip(tip)
        self.why.set_tip(advice)
        self.map.setAccessibleDescription(" ".join(part for part in (f"{says}.", why) if part))

    def set_looks(self, count: int, at: int, step: int | None) -> None:
        """So many looks, of which this one is looked at. Emits nothing."""
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(0, count - 1))
            self.slider.setPageStep(max(1, count // 10))
            self.slider.setValue(at)
        for part in (self.slider, self.at, self.cost):
            part.setVisible(count > 1)
        self.at.setText("" if step is None else self.tr("step {step}").format(step=numbers.count(step)))
        self.map.set_cursor_x(step)

    def set_cost(self, looks: int, cost: tuple[float, int] | None, most: float) -> None:
        """How many looks are shown, and what the probe takes of the time (at most `most` in the end) and how often it
        asks; None: nothing is known of it.
        """
        said = [self.tr("{n} looks").format(n=numbers.count(looks))] if looks else []
        tips = []
        if looks:
            tips.append(
                self.tr(
                    "Each stroke under the map is a look; colours between two are on the way from one to the other."
                )
            )
        if cost is not None:
            share, every = cost
            words = self.tr("probe: {share} % of the time, every {n} steps")
            if share > most > 0:
                words = self.tr("probe: {share} % of the time so far, falling to {most} %")
                tips.append(
                    self.tr(
                        "A look took longer than those before it. The next one waits until all of them together have "
                        "taken no more than their share."
                    )
                )
            percent = {"share": numbers.figure(share * 100, 2), "most": numbers.figure(most * 100, 2)}
            said.append(words.format(**percent, n=numbers.count(every)))
        tips.append(
            self.tr(
                "The frozen probe asks the same questions again and again, as often as its share of the time allows "
                "(Probe share in the settings). It changes nothing that is learnt."
            )
        )
        self.cost.setText(" · ".join(said))
        self.cost.set_tip("\n\n".join(tips) if said else "")

    @Slot(int)
    def _chosen(self, place: int) -> None:
        name = self.source.itemData(place)
        if isinstance(name, str):
            self.source_chosen.emit(name)

    @Slot(int)
    def _step(self, by: int) -> None:
        self.slider.setValue(self.slider.value() + by)

    @Slot(bool)
    def _end(self, last: bool) -> None:
        self.slider.setValue(self.slider.maximum() if last else 0)


class ReadOut(QWidget):
    """The losses at one t: a row of each line, and how far the held-out one stands above."""

    def __init__(self, titles: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(READ_OUT_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.t = QLabel()
        self.t.setTextFormat(Qt.TextFormat.PlainText)
        self.t.setFont(sized_font(BODY_PX, semibold=True))
        column.addWidget(self.t)
        self.rows: dict[str, tuple[LegendEntry, QLabel]] = {}
        for name, (kind, colour) in LINES.items():
            row = QHBoxLayout()
            row.setSpacing(4)
            legend, value = LegendEntry(kind, colour, titles[name]), QLabel()
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(legend)
            row.addWidget(value, 1)
            column.addLayout(row)
            self.rows[name] = legend, value
        self.gap = QLabel()
        self.gap.setTextFormat(Qt.TextFormat.PlainText)
        column.addWidget(self.gap)
        column.addStretch(1)

    def show_values(self, t: int | None, values: dict[str, float]) -> None:
        """The losses at t by line; those that are not there have no row. None: nothing."""
        self.t.setText("" if t is None else f"t = {numbers.count(t)}")
        for name, (legend, label) in self.rows.items():
            known = name in values
            legend.setVisible(known)
            label.setVisible(known)
            label.setText(numbers.figure(values[name]) if known else "")
        self.gap.setText("")
        if {"held_out", "ema"} <= values.keys() and values["ema"] > 0:
            gap = 100 * (values["held_out"] / values["ema"] - 1)
            self.gap.setText(self.tr("gap {gap} %").format(gap=numbers.figure(gap, 2).replace("-", "−")))
        set_tip(
            self.gap,
            self.tr(
                "How far the loss of held-out pictures stands above that of training pictures, EMA. Each t is of two "
                "pictures of each, so look at more than one t."
            ),
        )


class TimeChart(Chart):
    """A chart whose cursor the arrow keys move too."""

    stepped = Signal(int)  #: so many places to the right

    def __init__(self, left_px: int, right_px: int) -> None:
        super().__init__(interactive=False, whole_x=True, left_px=left_px, right_px=right_px)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right, and Page for more of it."""
        ways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}
        by = ways.get(Qt.Key(event.key()))
        if by is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(by)


class CurvePage(Panel):
    """The loss over t at one step, in powers of ten, with a cursor over t."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        titles = {
            "train": self.tr("train"),
            "ema": self.tr("EMA"),
            "held_out": self.tr("held-out"),
            "own": self.tr("train"),
            "start": self.tr("start"),
        }
        self.head.takeAt(0)
        self.legends = {name: LegendEntry(kind, colour) for name, (kind, colour) in LINES.items()}
        words = {
            "train": self.tr("train"),
            "ema": self.tr("train, EMA"),
            "held_out": self.tr("held-out, EMA"),
            "own": self.tr("the training's own"),
            "start": self.tr("at the start"),
        }
        self.lead.setContentsMargins(4, 0, 0, 0)
        for name, legend in self.legends.items():
            legend.set_text(words[name])
            self.head.addWidget(legend)
        self.head.addStretch(1)
        self.chart = TimeChart(left_px=Y_NAME_PX + LEFT_AXIS_PX, right_px=22)
        self.chart.setObjectName("map_curves")
        self.chart.setAccessibleName(self.tr("Loss over t at one step"))
        self.chart.set_log_y(True)
        self.chart.set_x_label(self.tr("t (picture → noise)"))
        for name, (kind, colour) in LINES.items():
            self.chart.add_curve(name, colour, 1.5 if kind == "dash" else 2, dashed=kind == "dash")
        self.read_out = ReadOut(titles)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.chart, 1)
        row.addWidget(self.read_out)
        self.body.addLayout(row, 1)
        self._shown: frozenset[str] = frozenset()  #: the lines that there are
        self._t: int | None = None
        self._timesteps = 1000
        self.chart.picked.connect(self._picked)
        self.chart.stepped.connect(self._stepped)
        self.chart.setMinimumHeight(84)

    def minimumSizeHint(self) -> QSize:
        """As narrow as it is without the lines' names."""
        return QSize(LEAST_PX, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside the form the names give way: they stand at the values too."""
        super().resizeEvent(event)
        self._show_legends()

    def _show_legends(self) -> None:
        for name, legend in self.legends.items():
            legend.setVisible(name in self._shown and self.width() >= WITH_NAMES_PX)

    def show_curves(self, step: int | None, timesteps: int, curves: dict[str, tuple[Values, Values]]) -> None:
        """(t, losses) by line at a step; lines that are not there are not in the key either."""
        title = self.tr("Loss over t")
        if step is not None:
            title = self.tr("Loss at step {step}").format(step=numbers.count(step))
        self.set_title(title)
        self._timesteps = timesteps
        self._shown = frozenset(curves)
        self._show_legends()
        for name in LINES:
            self.chart.set_curve(name, *curves.get(name, (np.empty(0), np.empty(0))))
        hint = self.tr("Here the loss over t will appear, at the step that is chosen above.")
        self.chart.set_hint("" if curves else hint)
        self.chart.show_numbers(bool(curves))
        self.chart.set_x_range(0, timesteps)
        seen = np.concatenate([y[np.isfinite(y) & (y > 0)] for _, y in curves.values()] or [np.empty(0)])
        low, high = (np.log10(seen.min()), np.log10(seen.max())) if len(seen) else (-2.0, 0.0)
        low = np.floor(20 * low) / 20
        self.chart.set_y_range(float(low), float(max(np.ceil(20 * high) / 20, low + LEAST_DECADES)))
        if self._t is None and curves:
            self._t = timesteps // 2
        self._show_t()

    @Slot(float)
    def _picked(self, t: float) -> None:
        self._t = int(t)
        self._show_t()

    @Slot(int)
    def _stepped(self, by: int) -> None:
        if self._t is not None:
            self._t += by * max(1, self._timesteps // T_PLACES)
            self._show_t()

    def _show_t(self) -> None:
        values: dict[str, float] = {}
        if self._t is not None:
            self._t = min(max(self._t, 0), self._timesteps - 1)
            found = {name: self.chart.value_at(name, self._t) for name in LINES}
            values = {name: value for name, value in found.items() if value is not None}
        self.chart.set_cursor(self._t if values else None)
        self.read_out.show_values(self._t if values else None, values)


class MapPanel(QWidget):
    """The page of the tab."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_PX)
        self.page, self.curves = MapPage(), CurvePage()
        column.addWidget(self.page, UPPER)
        column.addWidget(self.curves, LOWER)
