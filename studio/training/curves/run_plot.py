"""A number of the run over its steps: raw behind, smoothed before it, with marks, a cursor, and a view of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from core.runs.metrics import EDIT

from ... import numbers
from ...app.theme import BODY_PX, sized_font, theme
from ...widgets.chart import LEFT_AXIS_PX, RIGHT_AXIS_PX, RIGHT_PX, Chart, round_up
from ...widgets.elided import ElidedLabel
from ...widgets.legend import LegendEntry
from ..live_run import Curve, Points
from .kinds import KINDS, Happened, title_of
from .plots import PLOTS, Beside, Plot, titled, words
from .progress import X_AXES, time_unit, x_words

if TYPE_CHECKING:
    from ..live_run import LiveRun

#: Numbers below this are drawn at it on a logarithmic axis, which has no place for 0.
FLOOR = 1e-9
RAW_ALPHA = 64
#: A limit this many times above the greatest number is not drawn.
FAR = 10.0
#: More lines of one kind than this are a curtain.
MOST_MARKS = 40
#: How far the axis goes on behind its end.
PAST_END = 1.01
#: A mark is told within so many pixels of the pointer.
NEAR_PX = 4.0
#: How low a plot may be.
LEAST_PX = 56
#: Dashed lines that a plot may have.
DASHED = ("beside", "beside_2")
#: Of a view, by how much + and − change it, and the PageUp and PageDown keys move it.
ZOOM, PAN = 0.5, 0.5
#: Above the drawing that is saved: its title and what is what.
TITLE_PX = 24

_EMPTY: Points = (np.empty(0), np.empty(0))


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
        super().__init__(parent, whole_x=True, right_px=RIGHT_PX + RIGHT_AXIS_PX, thinned=True)
        self.setObjectName("run_plot")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(LEAST_PX)
        self.plot = PLOTS[0]
        self.axis = next(iter(X_AXES))
        self.live: LiveRun | None = None
        self.end: float | None = None  #: of x, the same in all plots of the run; None: there is nothing in any of them
        self._cursor_step: float | None = None
        self._kept: tuple[int, dict[str, list[Happened]]] = (-1, {})  #: what happened, by kind, as last counted
        self._marked: list[tuple[float, str]] = []  #: where the lines stand, and what they are
        self.add_curve("raw", self.plot.colour, 1, RAW_ALPHA)
        self.add_curve("smooth", self.plot.colour, 2)
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
            self._show_axis_words(self.end or 0.0)
            self.set_x_range(0, 1000 if self.end is None else self.end * PAST_END)
            self.set_y_range(*((-2.0, 0.0) if plot.log else (0.0, 1.0)))
            return
        self.set_hint("")
        if plot.smoothed:
            curve.set_smoothing(live.smoothing)
        end = 1.0 if self.end is None else self.end
        self._show_axis_words(end)
        self.set_x_range(0, end * PAST_END)
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
            by_kind: dict[str, list[Happened]] = defaultdict(list)
            for one in live.happened:
                by_kind[one.kind].append(one)
            self._kept = (live.happened_count, by_kind)
        self._marked = []
        resumed = {one.step for one in self._kept[1].get("resumed", ())}
        for name, kind in KINDS.items():
            if not kind.colour:
                continue
            match name:
                case "saved":  # those that are still there
                    steps = [step for step in live.marks if step not in resumed]
                case "rolled-back":
                    steps = live.failed
                case _:
                    steps = [one.step for one in self._kept[1].get(name, [])]
            places = live.places.places(self.axis, np.array(steps, dtype=np.float64))
            seen = [float(place) for place in places if left <= place <= right][-MOST_MARKS:]
            self.set_marks(seen, kind.colour, kind.dash)
            if name == EDIT:  # which change, and not only that there was one
                edits = self._kept[1].get(name, [])
                self._marked += [(float(place), one.text) for place, one in zip(places, edits, strict=True)]
            else:
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
        found = None if self.curve is None or at is None else self._known(self.curve, at)
        self.read_out.setText("" if found is None or at is None else "   ".join(self._said(at, *found)))

    def _reach(self, at: float) -> tuple[float, float]:
        """The first and the last step that the eye takes for this one: within NEAR_PX, and half a step at least."""
        assert self.live is not None
        left, right = self.x_view()
        near, place = NEAR_PX * (right - left) / max(1, self.columns()), self._place(at)
        low, high = (float(self.live.places.steps(self.axis, place + side)) for side in (-near, near))
        return min(low, at - 0.5), max(high, at + 0.5)

    def _known(self, curve: Curve, at: float) -> tuple[int, float, float] | None:
        """What was known at this step: the point there, else the last before it; None before the first."""
        found = curve.at(at)
        return found if found is None or found[0] <= self._reach(at)[1] else curve.before(at)

    def _of_step(self, words: str, at: float, step: int) -> str:
        """The words, with the step they are of where that lies before the one that is pointed at."""
        if step >= self._reach(at)[0]:
            return words
        return self.tr("{value} at step {step}").format(value=words, step=numbers.count(step))

    def _said(self, at: float, step: int, raw: float, smooth: float) -> list[str]:
        of = at
        if step >= self._reach(at)[0]:
            at = float(step)
        said = [self.tr("step {step}").format(step=numbers.count(round(at)))]
        if self.axis != "step" and self.live is not None:
            place = float(self.live.places.places(self.axis, at))
            if self.axis == "time":
                said.append(numbers.duration(place))
            else:
                said.append(self.tr("{n} pictures").format(n=numbers.count(round(place))))
        if self.plot.smoothed:
            said.append(self.tr("smoothed {value}").format(value=self._figure(smooth)))
            said.append(self._of_step(self.tr("raw {value}").format(value=self._figure(raw)), of, step))
        else:
            said.append(self._of_step(self._figure(smooth), of, step))
        for beside, curve in self.beside:
            there = self._known(curve, at)
            if there is not None:
                said.append(self._of_step(f"{words(beside.title)} {self._figure(there[1])}", at, there[0]))
        left, right = self.x_view()
        near = NEAR_PX * (right - left) / max(1, self.columns())
        place = self._place(of)
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


def rows_in_view(plot: RunPlot) -> range:
    """Which points of a plot's curve lie in the stretch that is seen."""
    live, curve = plot.live, plot.curve
    if live is None or curve is None:
        return range(0)
    left, right = (float(live.places.steps(plot.axis, end)) for end in plot.x_view())
    first = int(np.searchsorted(curve.steps, left - 0.5))
    return range(first, int(np.searchsorted(curve.steps, right + 0.5)))
