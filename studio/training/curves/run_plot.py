"""Numbers of the run over its steps, one under another: raw behind, smoothed before it, one cursor through all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLocale, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QStyledItemDelegate, QToolButton, QVBoxLayout, QWidget

from ... import numbers
from ...app.settings import DEFAULTS
from ...app.theme import BODY_PX, sized_font, theme
from ...widgets.chart import LEFT_AXIS_PX, RIGHT_AXIS_PX, RIGHT_PX, Chart, round_up
from ...widgets.controls import ElidedCombo, IconButton
from ...widgets.elided import ElidedLabel
from ...widgets.legend import LegendEntry
from ...widgets.panel import Panel, caption
from ...widgets.plain import plain_tip, set_tip
from ...widgets.slider import Slider, ValueSlider
from ..live_run import MOST, Curve, Points
from .kinds import KINDS, title_of
from .plots import BY_SOURCE, PLOTS, Beside, Plot, titled, words
from .progress import X_AXES, time_unit, x_words

if TYPE_CHECKING:
    from ..live_run import LiveRun

#: Numbers below this are drawn at it on a logarithmic axis, which has no place for 0.
FLOOR = 1e-9
RAW_ALPHA = 64
#: A limit this many times above the greatest number is not drawn.
FAR = 10.0
#: The smoothing slider's positions: 0 … 0.999, finer towards 1, where it matters.
POSITIONS = 100
#: How wide the choices and the slider are, beside the form and where there is room.
CHOICE_PX, CHOICE_SIGNS = (84, 190), 18
AXIS_PX = (90, 96)
SLIDER_PX = (28, 96)
#: More lines of one kind than this are a curtain.
MOST_MARKS = 40
#: A mark is told within so many pixels of the pointer.
NEAR_PX = 4.0
#: Plots at once, the timesteps among them, and how low one may be.
MOST_PLOTS, LEAST_PX = 4, 56
SLIM_PX = 20
#: What the numbers and words under the lowest plot take.
X_AXIS_PX = 44
#: Dashed lines that a plot may have.
DASHED = ("beside", "beside_2")
#: Rows that are copied at most: a clipboard of more holds the window up.
MOST_COPIED = 100_000
#: Of a view, by how much + and − change it, and the PageUp and PageDown keys move it.
ZOOM, PAN = 0.5, 0.5
#: Above the drawing that is saved: its title and what is what.
TITLE_PX = 24

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
    """Draws one of the PLOTS of a run; drag or turn the wheel to look at a part, double-click for the whole.

    With the keys: ← → move the cursor by a pixel (Shift: ten), Home and End to the ends of the view, + − zoom at the
    cursor, PageUp and PageDown move the view, 0 shows the whole, Esc takes the cursor away.
    """

    pointed = Signal(object)  #: the step under the pointer (float), None when it leaves
    cursor_wished = Signal(object)  #: the cursor is to stand at this step (float), None: nowhere
    menu_wished = Signal(object)  #: QPoint of the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        # At its right, where the plot below has its second axis, it stays free: both have one width.
        super().__init__(parent, whole_x=True, right_px=RIGHT_PX + RIGHT_AXIS_PX)
        self.setObjectName("run_plot")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(LEAST_PX)
        self.plot = PLOTS[0]
        self.axis = next(iter(X_AXES))
        self.live: LiveRun | None = None
        self._cursor_step: float | None = None
        self._kept: tuple[int, dict[str, list[int]]] = (-1, {})  #: steps of what happened, by kind, as last counted
        self._marked: list[tuple[float, str]] = []  #: where the lines stand, and what they are
        self.add_curve("raw", self.plot.colour, 1, RAW_ALPHA)
        self.add_curve("smooth", self.plot.colour, 2, smooth=True)
        for name in DASHED:
            self.add_curve(name, "text", 1.5, dashed=True)
        self.read_out = ElidedLabel(mode=Qt.TextElideMode.ElideLeft)  #: beside the plot, where it covers no curve
        self.read_out.setProperty("caption", True)
        self.read_out.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.hovered.connect(self._pointed)
        self.view_changed.connect(self.refresh)
        # A run may be opened while nobody sees the plot, which has no width then.
        self.columns_changed.connect(self.refresh)
        # The menu is ours: a context menu that the view took would never come here.
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.show_run(None)

    def show_run(self, live: LiveRun | None) -> None:
        """Draw this run from now on, with dotted lines at its marks and red ones where it failed. It may grow."""
        self.live = live
        self._kept = (-1, {})
        self.stand_at(None)
        self.reset_view()
        self.refresh()

    def show_plot(self, plot: Plot) -> None:
        """Draw this number of the run from now on; the stretch of steps that is looked at stays."""
        self.plot = plot
        for name in ("raw", "smooth"):
            self.set_colour(name, plot.colour)
        for name, beside in zip(DASHED, plot.beside, strict=False):
            self.set_colour(name, beside.colour)
        self.setAccessibleName(self.tr("{title} over {axis}").format(title=titled(plot), axis=self._axis_title()))
        self.point(None)
        self.refresh()

    def show_axis(self, axis: str) -> None:
        """Let x count "step", "pictures" or "time"; the stretch of steps that is looked at stays."""
        if axis == self.axis:
            return
        view = None
        if self.is_zoomed() and self.live is not None:
            places = self.live.places
            view = [float(places.places(axis, places.steps(self.axis, end))) for end in self.x_view()]
        self.axis = axis
        self.follow_view(0.0, 1.0, zoomed=False)
        self.refresh()
        if view is not None:
            self.follow_view(view[0], view[1], zoomed=True)
            self.refresh()
        self.stand_at(self._cursor_step)

    @property
    def curve(self) -> Curve | None:
        """What is drawn; None without a run."""
        return None if self.live is None else self.live.curves[self.plot.source]

    @property
    def beside(self) -> list[tuple[Beside, Curve]]:
        """The dashed curves that have something in them."""
        if self.live is None:
            return []
        there = [(beside, self.live.curves[beside.source]) for beside in self.plot.beside if beside.source]
        return [(beside, curve) for beside, curve in there if len(curve)]

    # --- drawing -------------------------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Draw the curve as it is now."""
        live, curve, plot = self.live, self.curve, self.plot
        self.set_log_y(plot.log)
        if live is None or curve is None or not len(curve):
            self.set_hint(words(plot.hint))
            self._draw(_EMPTY, _EMPTY, [])
            for kind in KINDS.values():
                if kind.colour:
                    self.set_marks([], kind.colour, kind.dash)
            self._show_axis_words(0.0)
            self.set_x_range(0, 1000)
            self.set_y_range(*((-2.0, 0.0) if plot.log else (0.0, 1.0)))
            return
        self.set_hint("")
        if plot.smoothed:
            curve.set_smoothing(live.smoothing)
        # A training that went back comes to the failed step again: the axis stays, the curve grows anew. So it does
        # for a number that is measured now and then, beside one of every step.
        last = max(20, live.step, int(curve.steps[-1]), *live.failed[-1:])
        end = self._end_of_x(live, last)
        self._show_axis_words(end)
        self.set_x_range(0, end * 1.01)
        left, right = self.x_view()
        first_step, last_step = (float(live.places.steps(self.axis, place)) for place in (left, right))
        # Steps that took different times are columns of different widths: twice as many leave none empty.
        columns = self.columns() * (1 if self.axis == "step" else 2)
        raw, smooth = (self._placed(points) for points in curve.drawn(first_step, last_step, columns))
        dashed = [
            line
            for beside in plot.beside
            if len((line := self._dashed(beside, raw, first_step, last_step, columns))[0])
        ]
        self._draw(raw if plot.smoothed else _EMPTY, smooth, dashed)
        seen = np.concatenate((raw[1], *(line[1] for line in dashed)))
        if plot.log:
            self.set_y_range(*_decades(seen))
        else:
            self.set_y_range(0.0, round_up(float(seen.max())), padding=0)
        self._draw_marks(live, left, right)

    def _end_of_x(self, live: LiveRun, last: int) -> float:
        known = max(1, live.step)
        # Beyond what was trained nothing is known: there it goes on as it did on the whole.
        end = float(live.places.places(self.axis, float(known))) * max(1.0, last / known)
        return end if end > 0 else 1.0

    def _placed(self, points: Points) -> Points:
        assert self.live is not None
        return self.live.places.places(self.axis, points[0]), points[1] * self.plot.scale

    def _dashed(self, beside: Beside, raw: Points, first: float, last: float, columns: int) -> Points:
        """A curve beside, or a setting where it is not so far above the numbers that it would press them down."""
        live = self.live
        assert live is not None
        if beside.source:
            curve = live.curves[beside.source]
            return self._placed(curve.drawn(first, last, columns)[0]) if len(curve) else _EMPTY
        limit = getattr(live.config.train, beside.setting)
        if limit is None or not len(raw[1]) or limit > FAR * raw[1].max():
            return _EMPTY
        return np.array(self.x_view()), np.array([limit, limit])

    def _draw(self, raw: Points, smooth: Points, dashed: list[Points]) -> None:
        self.set_curve("raw", *raw)
        self.set_curve("smooth", *smooth)
        for place, name in enumerate(DASHED):
            self.set_curve(name, *(dashed[place] if place < len(dashed) else _EMPTY))

    def _draw_marks(self, live: LiveRun, left: float, right: float) -> None:
        if self._kept[0] != live.happened_count:
            by_kind: dict[str, list[int]] = defaultdict(list)
            for one in live.happened:
                by_kind[one.kind].append(one.step)
            self._kept = (live.happened_count, by_kind)
        self._marked = []
        resumed = set(self._kept[1].get("resumed", ()))
        for name, kind in KINDS.items():
            if not kind.colour:
                continue
            match name:
                case "saved":  # those that are still there
                    steps = [step for step in live.marks if step not in resumed]
                case "rolled-back":
                    steps = live.failed
                case _:
                    steps = self._kept[1].get(name, [])
            places = live.places.places(self.axis, np.array(steps, dtype=np.float64))
            seen = [float(place) for place in places if left <= place <= right][-MOST_MARKS:]
            self.set_marks(seen, kind.colour, kind.dash)
            self._marked += [(place, title_of(name)) for place in seen]

    @property
    def has_dashed(self) -> bool:
        """Whether there is a dashed line now."""
        return self.value_at(DASHED[0], 0.0) is not None

    @property
    def left_out(self) -> int:
        """How many numbers have no place on the axis."""
        beside = [curve for _, curve in self.beside]
        return sum(curve.left_out for curve in (self.curve, *beside) if curve is not None)

    def _axis_title(self) -> str:
        return x_words(X_AXES[self.axis].title)

    def _show_axis_words(self, end: float) -> None:
        unit, name = time_unit(end) if self.axis == "time" else (1.0, "")
        self.set_x_unit(unit, whole=self.axis != "time")
        self.set_x_label(x_words(X_AXES[self.axis].label).format(unit=name))

    def draw_into(self, painter: QPainter, title: str, legend: Sequence[LegendEntry]) -> None:
        """Draw what is seen, under its title and what is what, as large as the plot and TITLE_PX more."""
        painter.fillRect(0, 0, self.width(), self.height() + TITLE_PX, theme().color("panel"))
        painter.setPen(theme().color("text"))
        painter.setFont(sized_font(BODY_PX, semibold=True))
        painter.drawText(LEFT_AXIS_PX, TITLE_PX - 8, title)
        left = LEFT_AXIS_PX + painter.fontMetrics().horizontalAdvance(title) + 16
        for entry in legend:
            painter.save()
            painter.translate(left, TITLE_PX - 4 - entry.height())
            entry.paint(painter)
            painter.restore()
            left += entry.width() + 10
        painter.translate(0, TITLE_PX)
        self.draw(painter)

    def picture_size(self) -> QSize:
        """Of what `draw_into` draws."""
        return QSize(self.width(), self.height() + TITLE_PX)

    # --- the cursor ----------------------------------------------------------------------------------------

    @Slot(object)
    def _pointed(self, x: float | None) -> None:
        step = None if x is None or self.live is None else float(self.live.places.steps(self.axis, x))
        self.point(step)
        self.pointed.emit(step)

    def point(self, step: float | None) -> None:
        """Tell the values at this step, under a thin line; None: those at the cursor, if there is one."""
        self.set_hover(None if step is None or self.live is None else self._place(step))
        at = self._cursor_step if step is None else step
        found = None if self.curve is None or at is None else self.curve.at(at)
        self.read_out.setText("" if found is None or at is None else "   ".join(self._said(at, *found)))

    def _said(self, at: float, step: int, raw: float, smooth: float) -> list[str]:
        said = [self.tr("step {step}").format(step=numbers.count(step))]
        if self.axis != "step" and self.live is not None:
            place = float(self.live.places.places(self.axis, float(step)))
            if self.axis == "time":
                said.append(numbers.duration(place))
            else:
                said.append(self.tr("{n} pictures").format(n=numbers.count(round(place))))
        if self.plot.smoothed:
            said.append(self.tr("smoothed {value}").format(value=self._figure(smooth)))
            said.append(self.tr("raw {value}").format(value=self._figure(raw)))
        else:
            said.append(self._figure(smooth))
        for beside, curve in self.beside:
            there = curve.at(step)
            if there is not None:
                said.append(f"{words(beside.title)} {self._figure(there[1])}")
        left, right = self.x_view()
        near = NEAR_PX * (right - left) / max(1, self.columns())
        place = self._place(at)
        return said + list(dict.fromkeys(title for mark, title in self._marked if abs(mark - place) <= near))

    def _figure(self, value: float) -> str:
        figure = numbers.figure(value * self.plot.scale)
        return f"{figure} {words(self.plot.unit)}" if self.plot.unit else figure

    def _place(self, step: float) -> float:
        assert self.live is not None
        return float(self.live.places.places(self.axis, step))

    def stand_at(self, step: float | None) -> None:
        """The cursor stands at this step from now on; None: nowhere."""
        self._cursor_step = None if self.live is None else step
        self.set_cursor(None if self._cursor_step is None else self._place(self._cursor_step))
        self.point(None)

    def bring_into_view(self, step: float) -> None:
        """Move a view that is zoomed so that this step is in its middle, where it is not seen."""
        left, right = self.x_view()
        if self.is_zoomed() and self.live is not None and not left <= self._place(step) <= right:
            self.zoom_to(self._place(step) - (right - left) / 2, self._place(step) + (right - left) / 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        live = self.live
        if live is None or self.curve is None or not len(self.curve):
            super().keyPressEvent(event)
            return
        left, right = self.x_view()
        at = (left + right) / 2 if self._cursor_step is None else self._place(self._cursor_step)
        pixel = (right - left) / max(1, self.columns())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            pixel *= 10
        match event.key():
            case Qt.Key.Key_Left:
                self._wish_cursor(at - pixel)
            case Qt.Key.Key_Right:
                self._wish_cursor(at + pixel)
            case Qt.Key.Key_Home:
                self._wish_cursor(left)
            case Qt.Key.Key_End:
                self._wish_cursor(right)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_to(at - (at - left) * ZOOM, at + (right - at) * ZOOM)
            case Qt.Key.Key_Minus:
                self.zoom_to(at - (at - left) / ZOOM, at + (right - at) / ZOOM)
            case Qt.Key.Key_PageUp:
                self.zoom_to(left - (right - left) * PAN, right - (right - left) * PAN)
            case Qt.Key.Key_PageDown:
                self.zoom_to(left + (right - left) * PAN, right + (right - left) * PAN)
            case Qt.Key.Key_0:
                self.reset_view()
            case Qt.Key.Key_Escape if self._cursor_step is not None:
                self.cursor_wished.emit(None)
            case _:
                super().keyPressEvent(event)

    def _wish_cursor(self, place: float) -> None:
        assert self.live is not None
        left, right = self.x_view()
        self.cursor_wished.emit(float(self.live.places.steps(self.axis, min(max(place, left), right))))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu, where the pointer is, or in the middle."""
        by_keys = event.reason() == QContextMenuEvent.Reason.Keyboard
        self.menu_wished.emit(self.mapToGlobal(self.rect().center()) if by_keys else event.globalPos())
        event.accept()


def _decades(values: NDArray[np.float64]) -> tuple[float, float]:
    """The range of the axis in powers of ten, in steps of a twentieth so that it stands still while data come.

    At least a decade: the first few steps would fill the plot with their noise.
    """
    logs = np.log10(np.maximum(values, FLOOR))
    low, high = float(np.floor(logs.min() * 20.0)) / 20.0, float(np.ceil(logs.max() * 20.0)) / 20.0
    return min(low, high - 1.0), high


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
        self.add.setMenu(QMenu(self.add))
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
        for view in self.views:
            view.plot.show_axis(self._axis)
        self.axis_chosen.emit(self._axis)

    # --- what is drawn -------------------------------------------------------------------------------------

    def show_run(self, live: LiveRun | None) -> None:
        """Show this run from now on; None for none."""
        self._live = live
        for view in self.views:
            view.plot.show_run(live)
        self._wish_unread()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Draw the run as it is now."""
        for view in self.views:
            view.refresh()

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


def rows_in_view(plot: RunPlot) -> range:
    """Which points of a plot's curve lie in the stretch that is seen."""
    live, curve = plot.live, plot.curve
    if live is None or curve is None:
        return range(0)
    left, right = (float(live.places.steps(plot.axis, end)) for end in plot.x_view())
    first = int(np.searchsorted(curve.steps, left - 0.5))
    return range(first, int(np.searchsorted(curve.steps, right + 0.5)))


def _choice(widths: tuple[int, int], name: str, accessible: str) -> ElidedCombo:
    choice = ElidedCombo(*widths)
    choice.setObjectName(name)
    choice.setItemDelegate(QStyledItemDelegate(choice))
    choice.setAccessibleName(accessible)
    return choice
