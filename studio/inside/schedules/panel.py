"""What is seen in the tab: plots of all schedules, the list that bends them, weights, and one's own picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
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
        words = caption(self.tr("Comb: steps of a sampler"))
        self.steps = IntBox(1, 1000, USUAL_STEPS)
        self.steps.setObjectName("comb_steps")
        self.steps.setFixedWidth(64)
        self.spacing = ElidedCombo(88, 128)
        self.spacing.setObjectName("comb_spacing")
        for name, row in SPACINGS.items():
            if row.installed:
                self.spacing.addItem(row_text(row.title), name)
                tip = plain_tip(row_tip(row))
                self.spacing.setItemData(self.spacing.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        tip = self.tr("The teeth on the x axes are the t at which a sampler of so many steps asks the network")
        set_name(self.steps, self.tr("Steps of the sampler"), tip)
        set_name(self.spacing, self.tr("Spacing of the steps"), tip)
        set_tip(words, tip)
        self.trained = ElidedLabel()
        self.trained.setObjectName("trained_with")
        self.trained.setProperty("caption", True)
        self.trained.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(words)
        row.addWidget(self.steps)
        row.addWidget(self.spacing)
        row.addSpacing(8)
        row.addWidget(self.trained, 1)
        self.steps.valueChanged.connect(self.comb_wished)
        self.spacing.activated.connect(self.comb_wished)

    def show_timesteps(self, timesteps: int) -> None:
        """No sampler has more steps than there are."""
        self.steps.setMaximum(timesteps)


class SchedulesPanel(QWidget):
    """The page. Its parts ask for a t; the controller tells all of them where it is."""

    t_wished = Signal(float)
    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Schedules"))
        self.plots = [SchedulePlot(quantity) for quantity in QUANTITIES]
        self.angles, self.choice = AnglesPanel(), ChoicePanel()
        self.weights, self.strips = WeightsPanel(), StripsPanel()
        upper, lower = QHBoxLayout(), QHBoxLayout()
        for row in (upper, lower):
            row.setSpacing(GAP_PX)
        for place, plot in enumerate(self.plots):
            upper.addWidget(plot, 10)
            plot.setVisible(WIDE_PX[place] == 0)
            plot.t_wished.connect(self.t_wished)
        upper.addWidget(self.angles, 9)
        upper.addWidget(self.choice)
        lower.addWidget(self.weights, 33)
        lower.addWidget(self.strips, 67)
        for part in (self.angles, self.weights, self.strips):
            part.t_wished.connect(self.t_wished)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_PX)
        column.addLayout(upper, UPPER)
        column.addLayout(lower, LOWER)

    def show_tables(self, tables: Mapping[str, ForwardTable]) -> None:
        """Draw these schedules."""
        for part in (*self.plots, self.angles):
            part.show_tables(tables)

    def show_comb(self, times: Sequence[int]) -> None:
        """The t at which a sampler asks the network."""
        for plot in self.plots:
            plot.show_comb(times)

    def show_t(self, t: int, timesteps: int) -> None:
        """Where the cursor is."""
        for part in (*self.plots, self.angles, self.weights):
            part.show_t(t)
        self.strips.show_t(t, timesteps)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room has more plots."""
        super().resizeEvent(event)
        for plot, least in zip(self.plots, WIDE_PX, strict=True):
            plot.setVisible(self.width() >= least)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """← and → move the cursor, with Shift by ten, wherever nothing else wants them."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step:
            self.stepped.emit(10 * step if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else step)
        else:
            super().keyPressEvent(event)
