"""What is seen in the tab: plots of all schedules, the list that bends them, weights, and one's own picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.catalogue import SPACINGS
from core.settings import USUAL_STEPS

from ...app.messages import row_text, row_tip
from ...app.theme import CONTROL_PX
from ...dataset.forward_table import ForwardTable
from ...widgets.controls import ElidedCombo
from ...widgets.elided import ElidedLabel
from ...widgets.number import IntBox
from ...widgets.panel import caption
from ...widgets.plain import plain_tip, set_name, set_tip
from .angles import AnglesPanel
from .choice import ChoicePanel
from .plots import QUANTITIES, SchedulePlot
from .strips import StripsPanel
from .weights import WeightsPanel

GAP_PX = 16
#: How wide the page must be for a third and a fourth plot; else a chooser has what they would show.
WIDE_PX = (0, 0, 1504, 1800)
#: How the two rows of panels share the height.
UPPER, LOWER = 48, 52


class SchedulesHead(QWidget):
    """Beside the tabs: a sampler's steps, whose t are a comb in the plots, and what the open run was trained with."""

    comb_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(CONTROL_PX + 4)
        words = caption(self.tr("Ticks: a sampler's steps"))
        self.steps = IntBox(1, 1000, USUAL_STEPS)
        self.steps.setObjectName("comb_steps")
        self.steps.setFixedWidth(64)
        self.spacing = ElidedCombo(108, 128)
        self.spacing.setObjectName("comb_spacing")
        for name, row in SPACINGS.items():
            if row.installed:
                self.spacing.addItem(row_text(row.title), name)
                tip = plain_tip(row_tip(row))
                self.spacing.setItemData(self.spacing.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        tip = self.tr("The ticks on the x axes are the t at which a sampler of so many steps asks the network")
        set_name(self.steps, self.tr("Steps of the sampler"), tip)
        set_name(self.spacing, self.tr("Spacing of the steps"), tip)
        set_tip(words, tip)
        self.trained = ElidedLabel()
        self.trained.setObjectName("trained_with")
        self.trained.setProperty("caption", True)
        self.trained.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(words)
        line.addWidget(self.steps)
        line.addWidget(self.spacing)
        line.addSpacing(8)
        line.addWidget(self.trained, 1)
        self.steps.valueChanged.connect(self.comb_wished)
        self.spacing.activated.connect(self.comb_wished)

    def show_timesteps(self, timesteps: int) -> None:
        """No sampler has more steps than there are."""
        self.steps.setMaximum(timesteps)


class Parts:
    """What the page is made of. Made one after another, each takes 15 to 30 ms."""

    plots: list[SchedulePlot]  #: those that every window has room for
    angles: AnglesPanel
    choice: ChoicePanel
    weights: WeightsPanel
    strips: StripsPanel

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent  # until the page takes them

    def build(self) -> Iterator[None]:
        """Make them, pausing after each."""
        self.plots = []
        for quantity, least in zip(QUANTITIES, WIDE_PX, strict=True):
            if not least:
                self.plots.append(SchedulePlot(quantity, self._parent))
                yield
        self.choice = ChoicePanel(self._parent)
        yield
        self.weights = WeightsPanel(self._parent)
        yield
        self.angles, self.strips = AnglesPanel(self._parent), StripsPanel(self._parent)
        yield


class SchedulesPanel(QWidget):
    """The page. Its parts ask for a t; the controller tells all of them where it is."""

    t_wished = Signal(float)
    stepped = Signal(int)

    def __init__(self, parts: Parts | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Schedules"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a press in a plot brings the arrow keys here
        self.plots: list[SchedulePlot] = []
        self._tables: Mapping[str, ForwardTable] = {}
        self._times: Sequence[int] = ()
        self._t = 0
        if parts is None:
            parts = Parts(self)
            for _ in parts.build():
                pass
        self.angles, self.choice = parts.angles, parts.choice
        self.weights, self.strips = parts.weights, parts.strips
        self._upper = upper = QHBoxLayout()
        lower = QHBoxLayout()
        for row in (upper, lower):
            row.setSpacing(GAP_PX)
        for plot in parts.plots:
            self._add_plot(plot)
        upper.addWidget(self.angles, 9)
        upper.addWidget(self.choice)
        lower.addWidget(self.weights, 33)
        lower.addWidget(self.strips, 67)
        self.angles.t_wished.connect(self.t_wished)
        self.weights.t_wished.connect(self.t_wished)
        self.strips.t_wished.connect(self.t_wished)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_PX)
        # `minimumSizeHint` says what is needed, also where more is shown.
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.addLayout(upper, UPPER)
        column.addLayout(lower, LOWER)

    def show_tables(self, tables: Mapping[str, ForwardTable]) -> None:
        """Draw these schedules."""
        self._tables = tables
        for plot in self.plots:
            plot.show_tables(tables)
        self.angles.show_tables(tables)

    def show_comb(self, times: Sequence[int]) -> None:
        """The t at which a sampler asks the network."""
        self._times = times
        for plot in self.plots:
            plot.show_comb(times)

    def show_t(self, t: int, timesteps: int) -> None:
        """Where the cursor is."""
        self._t = t
        for plot in self.plots:
            plot.show_t(t)
        self.angles.show_t(t)
        self.weights.show_t(t)
        self.strips.show_t(t, timesteps)

    def minimumSizeHint(self) -> QSize:
        """Without the plots that only a wide window has: it can be made narrow again."""
        least = super().minimumSizeHint()
        more = [plot for plot, wide in zip(self.plots, WIDE_PX, strict=False) if wide and not plot.isHidden()]
        return QSize(least.width() - sum(plot.minimumWidth() + GAP_PX for plot in more), least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room has more plots."""
        super().resizeEvent(event)
        self._make_plots(self.width())
        for plot, least in zip(self.plots, WIDE_PX, strict=False):
            plot.setVisible(self.width() >= least)

    def _make_plots(self, width_px: int) -> None:
        """Those that there is room for: each takes 30 ms, and many a window never shows the last two."""
        for place, quantity in enumerate(QUANTITIES):
            if place == len(self.plots) and width_px >= WIDE_PX[place]:
                plot = SchedulePlot(quantity)
                plot.show_tables(self._tables)
                plot.show_comb(self._times)
                plot.show_t(self._t)
                self._add_plot(plot)

    def _add_plot(self, plot: SchedulePlot) -> None:
        plot.t_wished.connect(self.t_wished)
        self._upper.insertWidget(len(self.plots), plot, 10)
        self.plots.append(plot)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """← and → move the cursor, with Shift by ten, wherever nothing else wants them."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step:
            self.stepped.emit(10 * step if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else step)
        else:
            super().keyPressEvent(event)
