"""A plot of the run under a slim row: what is what, what is not drawn, and the buttons for its menu and its removal."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from ... import numbers
from ...app.theme import BODY_PX, sized_font
from ...widgets.chart import LEFT_AXIS_PX
from ...widgets.legend import LegendEntry
from ...widgets.panel import caption
from ...widgets.plain import set_tip
from ..live_run import MOST
from .plots import Plot, titled, words
from .run_plot import DASHED, RAW_ALPHA, RunPlot

SLIM_PX = 20


class PlotView(QWidget):
    """A plot under a slim row: what is what, its menu, and (of all but the first) its title and a way to take it off.

    `title` is seen of all but the first plot, which is named by the panel's choice.
    """

    removed = Signal()
    menu_wished = Signal(object)  #: QPoint of the screen

    def __init__(self, plot: Plot, parent: QWidget | None = None, *, first: bool = False) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(LEFT_AXIS_PX if first else 0, 0, 0, 0)
        row.setSpacing(10)
        self.title = caption()
        self.title.setFont(sized_font(BODY_PX, semibold=True))
        self.title.setVisible(not first)
        self.legend = LegendEntry("line", "loss", self.tr("smoothed"))
        self.raw_legend = LegendEntry("line", "loss", self.tr("raw"), alpha=2 * RAW_ALPHA)
        self.dashed_legends = [LegendEntry("dash", "text") for _ in DASHED]
        self.unseen = caption()
        self.unseen.setObjectName("values_not_drawn")
        set_tip(
            self.unseen,
            self.tr(
                "So many values have no place on the axis: infinite, no number, above {most}, or 0 and less on a "
                "logarithmic axis."
            ).format(most=numbers.figure(MOST, 1)),
        )
        self.more = _slim_button("⋯", self.tr("Copy, save and reset this plot"))
        self.more.setObjectName("plot_menu")
        self.more.clicked.connect(self._menu_below)
        for part in (self.title, self.legend, self.raw_legend, *self.dashed_legends, self.unseen):
            row.addWidget(part)
        self.plot = RunPlot()
        row.addWidget(self.plot.read_out, 1)
        row.addWidget(self.more)
        if not first:
            self.close_button = _slim_button("×", self.tr("Take this plot away"))
            self.close_button.clicked.connect(self.removed)
            row.addWidget(self.close_button)
        self.plot.menu_wished.connect(self.menu_wished)
        column.addLayout(row)
        column.addWidget(self.plot, 1)
        self.show_plot(plot)

    def show_plot(self, plot: Plot) -> None:
        """Draw this number from now on."""
        tip = words(plot.tip)
        self.title.setText(titled(plot))
        set_tip(self.title, tip)
        self.setAccessibleDescription(tip)
        for part in (self.legend, self.raw_legend):
            part.set_colour(plot.colour)
            part.setVisible(plot.smoothed)
        for entry, beside in zip(self.dashed_legends, plot.beside, strict=False):
            entry.set_text(words(beside.title))
            entry.set_colour(beside.colour)
        self.plot.show_plot(plot)
        self.plot.setAccessibleDescription(tip)
        self.refresh()

    def refresh(self) -> None:
        """Draw the run as it is now."""
        self.plot.refresh()
        for entry, name in zip(self.dashed_legends, DASHED, strict=True):
            entry.setVisible(self.plot.value_at(name, 0.0) is not None)
        count = self.plot.left_out
        self.unseen.setVisible(count > 0)
        self.unseen.setText(self.tr("not drawn: {n}").format(n=numbers.count(count)))

    def draw_into(self, painter: QPainter) -> None:
        """Draw the plot for a file: with its title and what is what."""
        entries = (self.legend, self.raw_legend, *self.dashed_legends)
        self.plot.draw_into(painter, titled(self.plot.plot), [entry for entry in entries if entry.isVisibleTo(self)])

    @Slot()
    def _menu_below(self) -> None:
        self.menu_wished.emit(self.more.mapToGlobal(QPoint(0, self.more.height())))


def _slim_button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setStyleSheet("min-height: 0; min-width: 0; padding: 0;")  # the theme's buttons are 28 px
    button.setFixedSize(SLIM_PX, SLIM_PX)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(tip)
    set_tip(button, tip)
    return button
