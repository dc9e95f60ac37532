"""The plots of the run, one under another over one x axis: which are shown, their one cursor and view, their menus."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLocale, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton, QStyledItemDelegate, QToolButton, QWidget

from ... import numbers
from ...app.settings import DEFAULTS
from ...app.theme import BODY_PX, sized_font
from ...widgets.button_menu import set_menu
from ...widgets.controls import ElidedCombo, IconButton
from ...widgets.elided import ElidedLabel
from ...widgets.panel import Panel
from ...widgets.plain import plain_tip, set_tip
from ...widgets.slider import Slider, ValueSlider
from .plot_view import PlotView
from .plots import BY_SOURCE, PLOTS, Plot, titled, words
from .progress import X_AXES, x_words
from .run_plot import LEAST_PX, RunPlot, rows_in_view

if TYPE_CHECKING:
    from ..live_run import LiveRun

#: The smoothing slider's positions: 0 … 0.999, finer towards 1, where it matters.
POSITIONS = 100
#: How wide the choices and the slider are, beside the form and where there is room.
CHOICE_PX, CHOICE_SIGNS = (84, 190), 18
AXIS_PX = (90, 96)
SLIDER_PX = (28, 96)
#: Plots at once, the timesteps among them.
MOST_PLOTS = 4
#: So small a share of the x axis is less than a pixel.
SEEN = 1e-3
#: What the numbers and words under the lowest plot take.
X_AXIS_PX = 44
#: Rows that are copied at most: a clipboard of more holds the window up.
MOST_COPIED = 100_000


def smoothing_at(position: int) -> float:
    """The smoothing of a slider position 0 … POSITIONS: 1 − 10^(−3·position/POSITIONS), 0 at 0."""
    return round(float(1.0 - 10.0 ** (-3.0 * position / POSITIONS)), 4)


def _smoothing_words(position: int) -> str:
    smoothing = smoothing_at(position)
    return QLocale().toString(smoothing, "f", 2 if smoothing < 0.985 else 3)


def position_of(smoothing: float) -> int:
    """The slider position nearest to a smoothing."""
    return round(-POSITIONS / 3.0 * float(np.log10(1.0 - min(smoothing, 0.999))))


class RunPlotPanel(Panel):
    """Up to MOST_PLOTS plots with one x axis and one cursor: which are shown, over what, and how much smoothed."""

    smoothing_changed = Signal(float)
    plot_chosen = Signal(str)  #: the source of another first plot, by a person
    more_chosen = Signal(list)  #: the sources of the plots below it, by a person
    axis_chosen = Signal(str)  #: what x counts, by a person
    timesteps_toggled = Signal(bool)  #: whether the timesteps are to be seen below, by a person
    unread_wished = Signal(str)  #: the source of a curve that is shown, and not read from the run's folder yet
    save_wished = Signal(str, object)  #: "csv", "png" or "svg" of this PlotView
    copy_wished = Signal(str, object)  #: "values" or "picture" of this PlotView
    cancel_wished = Signal()  #: write no further at what is being saved

    def __init__(self, smoothing: float = DEFAULTS["loss_smoothing"], parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._live: LiveRun | None = None
        self._axis = next(iter(X_AXES))
        self._more: list[PlotView] = []
        self._menu: QMenu | None = None
        self._make_head(smoothing)
        self.first = PlotView(PLOTS[0], first=True)
        self.plot, self.legend, self.raw_legend = self.first.plot, self.first.legend, self.first.raw_legend
        self.beside_legend, self.unseen = self.first.dashed_legends[0], self.first.unseen
        self.body.setSpacing(4)
        self._add_view(self.first)
        self._show_plot(PLOTS[0])

    def _make_head(self, smoothing: float) -> None:
        self.choice = _choice(CHOICE_PX, "run_plot_choice", self.tr("What is drawn over the steps"))
        self.choice.setMinimumContentsLength(CHOICE_SIGNS)
        self.choice.setFont(sized_font(BODY_PX, semibold=True))
        for plot in PLOTS:
            self.choice.addItem(titled(plot))
            tip = plain_tip(words(plot.tip))
            self.choice.setItemData(self.choice.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.choice.currentIndexChanged.connect(self._chosen)
        self.add = IconButton("plus")
        self.add.setObjectName("more_plots")
        self.add.describe(self.tr("More plots below, over the same steps"))
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_menu(self.add, QMenu(self.add))
        self.add.menu().setToolTipsVisible(True)
        self.add.menu().aboutToShow.connect(self._fill_add)
        self._timesteps_shown = True
        self.axis_choice = _choice(AXIS_PX, "run_plot_axis", self.tr("What the x axis counts"))
        for axis in X_AXES.values():
            self.axis_choice.addItem(x_words(axis.title))
            tip = plain_tip(x_words(axis.tip))
            self.axis_choice.setItemData(self.axis_choice.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        set_tip(self.axis_choice, self.tr("What the x axis counts: steps, pictures or training time"))
        self.axis_choice.currentIndexChanged.connect(self._axis_chosen)
        self.smoothing = ValueSlider(Slider(0, POSITIONS, position_of(smoothing)), _smoothing_words)
        self.smoothing.slider.setObjectName("smoothing")
        self.smoothing.slider.setMinimumWidth(SLIDER_PX[0])
        self.smoothing.slider.setMaximumWidth(SLIDER_PX[1])
        self.smoothing.set_words(
            self.tr("smoothing"),
            self.tr("The share of the past in the running mean; 0 shows every step as it was"),
        )
        self.smoothing.moved.connect(self._moved)
        self.saving = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle, least_px=24)
        self.saving.setProperty("caption", True)
        self.saving.setObjectName("plot_saving")
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setProperty("link", True)
        self.cancel.setAccessibleName(self.tr("Cancel saving"))
        self.cancel.clicked.connect(self.cancel_wished)
        self.lead.setContentsMargins(0, 0, 0, 0)
        self.lead.addWidget(self.choice)
        self.lead.addWidget(self.add)
        self.head.addWidget(self.saving, 1)
        self.head.addWidget(self.cancel)
        self.head.addWidget(self.smoothing)
        self.head.addWidget(self.axis_choice)
        self.show_saving("", running=False)

    # --- which plots, over what ----------------------------------------------------------------------------

    @property
    def views(self) -> list[PlotView]:
        """All that are shown, from the top."""
        return [self.first, *self._more]

    @property
    def sources_below(self) -> list[str]:
        """What is shown below the first."""
        return [view.plot.plot.source for view in self._more]

    def choose(self, source: str) -> None:
        """Draw the plot of that source first; nothing where there is none."""
        place = next((place for place, plot in enumerate(PLOTS) if plot.source == source), None)
        if place is not None:
            self.choice.setCurrentIndex(place)

    def choose_below(self, sources: list[str]) -> None:
        """These plots below the first one; without those that there are not, or that are shown already."""
        wished = [source for source in dict.fromkeys(sources) if source in BY_SOURCE]
        wished = [source for source in wished if source != self.plot.plot.source][: self._most_below]
        for view in self._more:
            if view.plot.plot.source not in wished:
                self._remove_view(view)
        self._more = [view for view in self._more if view.plot.plot.source in wished]
        for source in wished:
            if source not in self.sources_below:
                view = PlotView(BY_SOURCE[source])
                view.removed.connect(self._view_closed)
                self._more.append(view)
                self._add_view(view)
                view.plot.end = self.plot.end
                view.plot.show_axis(self._axis)
                view.plot.show_run(self._live)
                low, high = self.plot.x_view()
                view.plot.follow_view(low, high, zoomed=self.plot.is_zoomed())
        self._show_lowest()
        self._wish_unread()
        self.refresh()

    def choose_axis(self, axis: str) -> None:
        """Let x count this; nothing where there is no such axis."""
        if axis in X_AXES:
            self.axis_choice.setCurrentIndex(list(X_AXES).index(axis))

    def set_timesteps_shown(self, shown: bool) -> None:
        """Whether the timesteps are seen below, for the menu."""
        self._timesteps_shown = shown

    @property
    def _most_below(self) -> int:
        """How many plots there may be below the first; the timesteps are one of them."""
        return MOST_PLOTS - 1 - self._timesteps_shown

    def _add_view(self, view: PlotView) -> None:
        self.body.addWidget(view, 1)
        plot = view.plot
        plot.pointed.connect(self._point_all)
        plot.cursor_wished.connect(self.stand_at)
        plot.view_changed.connect(self._share_view)
        view.menu_wished.connect(self._open_menu)

    def _remove_view(self, view: PlotView) -> None:
        self.body.removeWidget(view)
        view.hide()
        view.deleteLater()

    def _show_lowest(self) -> None:
        for view in self.views:
            view.plot.show_x_numbers(shown=view is self.views[-1])
        self._share_height()

    def _share_height(self) -> None:
        """All plotting areas are equally tall, the lowest plot with its numbers below it."""
        policy = self.sizePolicy()
        policy.setVerticalStretch(2 + len(self.views))
        self.setSizePolicy(policy)
        tall = max(1, (self.height() - X_AXIS_PX) // len(self.views))
        for view in self.views:
            lowest = view is self.views[-1]
            self.body.setStretch(self.body.indexOf(view), tall + (X_AXIS_PX if lowest else 0))
            view.plot.setMinimumHeight(LEAST_PX + (X_AXIS_PX if lowest else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What the plots gain is shared among them."""
        super().resizeEvent(event)
        self._share_height()

    @Slot()
    def _fill_add(self) -> None:
        menu, below = self.add.menu(), self.sources_below
        so_many = self.tr("{n} plots are shown: take one away first").format(n=numbers.count(MOST_PLOTS))
        menu.clear()
        for plot in PLOTS:
            if plot is self.plot.plot:
                continue
            action = menu.addAction(titled(plot))
            action.setCheckable(True)
            action.setChecked(plot.source in below)
            action.setData(plot.source)
            full = len(below) >= self._most_below and plot.source not in below
            action.setEnabled(not full)
            set_tip(action, so_many if full else words(plot.tip))
            action.toggled.connect(self._add_toggled)
        menu.addSeparator()
        timesteps = menu.addAction(self.tr("Timesteps"))
        timesteps.setCheckable(True)
        timesteps.setChecked(self._timesteps_shown)
        full = not self._timesteps_shown and len(below) == MOST_PLOTS - 1
        timesteps.setEnabled(not full)
        set_tip(timesteps, so_many if full else self.tr("The loss of every timestep, below the plots"))
        timesteps.toggled.connect(self.timesteps_toggled)

    @Slot()
    def _add_toggled(self) -> None:
        wished = [action.data() for action in self.add.menu().actions() if action.data() and action.isChecked()]
        # In the order in which they were asked for.
        before = self.sources_below
        self.choose_below([*(one for one in before if one in wished), *(one for one in wished if one not in before)])
        self.more_chosen.emit(self.sources_below)

    @Slot()
    def _view_closed(self) -> None:
        closed = self.sender()
        self.choose_below([view.plot.plot.source for view in self._more if view is not closed])
        self.more_chosen.emit(self.sources_below)

    @Slot(int)
    def _axis_chosen(self, index: int) -> None:
        self._axis = list(X_AXES)[index]
        self._move_end()
        for view in self.views:
            view.plot.show_axis(self._axis)
        self.axis_chosen.emit(self._axis)

    # --- what is drawn -------------------------------------------------------------------------------------

    def show_run(self, live: LiveRun | None) -> None:
        """Show this run from now on; None for none."""
        self._live = live
        self._move_end()
        for view in self.views:
            view.plot.show_run(live)
        self._wish_unread()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Draw the run as it is now."""
        for draw in self.pieces():
            draw()

    def pieces(self) -> list[Callable[[], object]]:
        """What draws the run as it is now, in so many calls with as much time between them as there is need.

        Where the end of x moves so far that it is seen, nothing new is painted until the last of them: each plot for
        itself would show another end for a while, with cursor and marks that are broken between them. Over ten million
        steps it does not, and three plots painted together would hold the window up for 60 ms instead of 30.
        """
        before = self.plot.end or 0.0
        self._move_end()
        if abs((self.plot.end or 0.0) - before) > SEEN * before:
            for view in self.views:
                view.plot.setUpdatesEnabled(False)
        return [*(view.refresh for view in self.views), self.show_drawn]

    def show_drawn(self) -> None:
        """All that is drawn is seen from now on."""
        for view in self.views:
            view.plot.setUpdatesEnabled(True)

    def _move_end(self) -> None:
        end = None if self._live is None else self._live.end_of_x(self._axis)
        for view in self.views:
            view.plot.end = end

    def _show_plot(self, plot: Plot) -> None:
        title = titled(plot)
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
        self.first.show_plot(plot)
        if plot.source in self.sources_below:
            self.choose_below(self.sources_below)
            self.more_chosen.emit(self.sources_below)
        self._wish_unread()
        self.refresh()

    def _wish_unread(self) -> None:
        if self._live is None:
            return
        for view in self.views:
            plot = view.plot.plot
            for source in (plot.source, *(beside.source for beside in plot.beside)):
                if source in self._live.unread:
                    self.unread_wished.emit(source)

    @Slot(int)
    def _chosen(self, index: int) -> None:
        self._show_plot(PLOTS[index])
        self.plot_chosen.emit(PLOTS[index].source)

    @Slot(int)
    def _moved(self, position: int) -> None:
        self.smoothing_changed.emit(smoothing_at(position))

    # --- one cursor, one view ------------------------------------------------------------------------------

    @Slot(object)
    def _point_all(self, step: float | None) -> None:
        for view in self.views:
            view.plot.point(step)

    @Slot(object)
    def stand_at(self, step: float | None) -> None:
        """Put the cursor at this step in all plots; None takes it away."""
        for view in self.views:
            view.plot.stand_at(step)

    def jump_to(self, step: int) -> None:
        """The cursor stands at this step, which is brought into view where the plots are zoomed."""
        self.plot.bring_into_view(step)
        self.stand_at(step)

    @Slot()
    def _share_view(self) -> None:
        mover = self.sender()
        assert isinstance(mover, RunPlot)
        low, high = mover.x_view()
        for view in self.views:
            if view.plot is not mover:
                view.plot.follow_view(low, high, zoomed=mover.is_zoomed())
                view.plot.refresh()

    # --- the menu of a plot --------------------------------------------------------------------------------

    @Slot(object)
    def _open_menu(self, place: QPoint) -> None:
        view = self.sender()
        assert isinstance(view, PlotView)
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = self.menu_of(view)
        self._menu.popup(place)

    def menu_of(self, view: PlotView) -> QMenu:
        """What can be done with a plot; a new menu."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        rows = 0 if view.plot.curve is None else len(view.plot.curve)
        seen = 0 if view.plot.curve is None else len(rows_in_view(view.plot))
        nothing = "" if rows else self.tr("There is nothing in this plot yet.")
        too_many = self.tr("More than {n} rows are seen: zoom in, or save them all as CSV.").format(
            n=numbers.count(MOST_COPIED)
        )
        whole = "" if view.plot.is_zoomed() else self.tr("All of it is seen.")
        for name, title, tip, reason, wish in (
            (
                "values",
                self.tr("Copy values"),
                self.tr("The steps that are seen with all their numbers, for a spreadsheet"),
                nothing or (too_many if seen > MOST_COPIED else ""),
                self.copy_wished,
            ),
            ("csv", self.tr("CSV…"), self.tr("Every step of the run, none left out"), nothing, self.save_wished),
            ("png", self.tr("PNG…"), self.tr("The plot as it is seen, in pixels"), nothing, self.save_wished),
            ("svg", self.tr("SVG…"), self.tr("The plot as it is seen, in lines"), nothing, self.save_wished),
            (
                "picture",
                self.tr("Copy picture"),
                self.tr("The plot as it is seen, to be pasted"),
                nothing,
                self.copy_wished,
            ),
        ):
            action = menu.addAction(title)
            action.setObjectName(name)
            action.setEnabled(not reason)
            set_tip(action, reason or tip)
            action.triggered.connect(partial(wish.emit, name, view))
        menu.addSeparator()
        reset = menu.addAction(self.tr("Reset view"))
        reset.setObjectName("reset")
        reset.setEnabled(not whole)
        set_tip(reset, whole or self.tr("Show everything again"))
        reset.triggered.connect(view.plot.reset_view)
        return menu

    def show_saving(self, text: str, *, running: bool) -> None:
        """What is being saved, or was; `running`: it can be cancelled."""
        self.saving.setText(text)
        self.cancel.setVisible(running)


def _choice(widths: tuple[int, int], name: str, accessible: str) -> ElidedCombo:
    choice = ElidedCombo(*widths)
    choice.setObjectName(name)
    choice.setItemDelegate(QStyledItemDelegate(choice))
    choice.setAccessibleName(accessible)
    return choice
