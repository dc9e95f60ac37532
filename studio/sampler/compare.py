"""Two generations under one cursor, A over B: x_t, x̂_0, their difference, how far apart over t, and what differs."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.comparison import Comparison, rms, shares
from core.recording import Recording

from .. import numbers
from ..app.theme import CAPTION_PX, CONTROL_PX
from ..imaging import to_image
from ..widgets.badge import Badge
from ..widgets.button_menu import set_menu
from ..widgets.chart import Chart, round_up
from ..widgets.panel import Panel, caption
from ..widgets.plain import set_name, set_tip
from ..widgets.scroll import RoomStack, keep_width
from ..widgets.symbols import Symbol
from .checkpoint_page import CheckpointPage
from .compare_choice import CompareHead, Offers, SameMenu
from .compare_tiles import ScaleBar, Tile, Wipe, heat
from .compare_words import WhatDiffers

SIDE_PX, LEAST_TOLD_PX = 280, 96
SEEN_PX = 44
LEFT_PX, RIGHT_PX = 40, 12
#: The scale of the difference pictures ends at so many times the largest RMS of x̂_0, rounded up to 1, 2 or 5: of x_t it
#: is several times that where the noise is another, and nothing of x̂_0 would be seen.
SCALE_OVER_RMS = 4.0


class CompareWay(QWidget):
    """A is what is shown and scrubbed through, unless a second run is under way, which is B."""

    step_picked = Signal(int)
    released = Signal(object)  #: a Recording that is neither A nor B any more
    changed = Signal()  #: A or B is another one
    apply_wished = Signal(object)  #: A's settings are to be those of the next sampling
    show_wished = Signal(object)  #: a Recording that is A now, to be scrubbed through
    same_wished = Signal(object)  #: a SamplerRequest that is to be B

    def __init__(self, ask: Callable[[], Offers], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.a: Recording | None = None
        self.b: Recording | None = None
        self._next = "A"
        self._shown: Recording | None = None
        self._step = self._picture = 0
        self._curves_of: tuple[object, ...] = ()
        self.head = CompareHead()
        self.head.page_chosen.connect(self._choose_page)
        self.pages = RoomStack()
        self.tiles = {
            (letter, name): Tile(words)
            for letter in ("A", "B")
            for name, words in (
                ("x_t", self.tr("{letter}, noisy").format(letter=letter)),
                ("x_0", self.tr("{letter}, predicted").format(letter=letter)),
                ("apart", self.tr("Difference")),
            )
        }
        #: what the network saw beside x_t, of a generation of a conditional model
        self.seen = {letter: Tile(self.tr("{letter}, condition").format(letter=letter)) for letter in ("A", "B")}
        for seen in self.seen.values():
            seen.setFixedSize(SEEN_PX, SEEN_PX)
            set_tip(seen, self.tr("Condition: what the network sees beside the noisy picture, the same at every step"))
            seen.hide()
        self.wipe = Wipe(self.tr("Prediction of A and of B"))
        self.checkpoints = CheckpointPage()
        self.scale = ScaleBar()
        self.where = {letter: caption() for letter in ("A", "B")}
        self.rms = {name: Symbol("", size_px=CAPTION_PX, colour="muted") for name in ("x_t", "x_0")}
        self.cannot = caption()
        self.cannot.setWordWrap(True)
        self.charts: dict[str, Chart] = {}
        self._values: dict[str, QLabel] = {}
        self.differing = WhatDiffers()
        self.swap = QPushButton(self.tr("Swap"))
        self.apply = QPushButton(self.tr("Apply A"))
        self.same = QPushButton(self.tr("The same noise with…"))
        self.menu = SameMenu(ask, self)
        self._lay_out()
        self.checkpoints.view.t_picked.connect(self._picked)
        self.swap.clicked.connect(self._swap)
        self.apply.clicked.connect(self._apply)
        self.menu.wished.connect(self.same_wished)
        self._tell()

    # --- layout --------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        panel = Panel()
        panel.set_head_visible(False)
        self.pages.addWidget(self._rows())
        self.pages.addWidget(self.wipe)
        self.pages.addWidget(self.checkpoints)
        panel.body.addWidget(self.pages, 1)
        row.addWidget(panel, 1)
        self._beside = self._side()
        row.addWidget(self._beside)

    def _rows(self) -> QWidget:
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        predicted = self.tr("Predicted {symbol}").replace("{symbol}", "{x_0_hat}")
        for column, title in enumerate(("{x_t}", predicted, self.tr("Difference A − B")), 1):
            grid.addWidget(Symbol(title, semibold=True), 0, column)
            grid.setColumnStretch(column, 1)
        for number, letter in enumerate(("A", "B")):
            top = 1 + 2 * number
            grid.setRowStretch(top, 1)
            side = QVBoxLayout()
            side.setSpacing(6)
            side.addStretch(1)
            side.addWidget(Badge(letter), 0, Qt.AlignmentFlag.AlignHCenter)
            side.addWidget(self.seen[letter])
            side.addStretch(1)
            grid.addLayout(side, top, 0)
            for column, name in enumerate(("x_t", "x_0", "apart"), 1):
                grid.addWidget(self.tiles[letter, name], top, column)
            grid.addWidget(self.where[letter], top + 1, 1, 1, 2)
            right = Qt.AlignmentFlag.AlignRight
            grid.addWidget(self.rms["x_t" if letter == "A" else "x_0"], top + 1, 3, right)
        grid.addWidget(self.scale, 1, 4, 3, 1)
        set_tip(
            self.scale,
            self.tr("The mean over the colours of |A − B|, whose values lie in −1 … 1; above x_t, below x̂_0."),
        )
        return page

    def _side(self) -> QWidget:
        side = Panel()
        side.set_head_visible(False)
        side.setFixedWidth(SIDE_PX)
        side.body.setSpacing(4)
        # In a low window the curves and what differs scroll; the buttons and the player stay.
        told = QWidget()
        column = QVBoxLayout(told)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setMinimumHeight(LEAST_TOLD_PX)
        keep_width(scroll)
        scroll.setWidget(told)
        side.body.addWidget(scroll, 1)
        for name, title in (("x_t", "{x_t}"), ("x_0", "{x_0_hat}")):
            words = Symbol(self.tr("‖A − B‖ of {symbol}").replace("{symbol}", title))
            value, chart = (
                QLabel(),
                Chart(left_px=LEFT_PX, right_px=RIGHT_PX, x_numbers=name == "x_0", interactive=False),
            )
            value.setTextFormat(Qt.TextFormat.PlainText)
            chart.setMinimumHeight(56)
            chart.set_x_reversed(True)
            chart.add_curve("y", "weight", 2)
            chart.setAccessibleName(words.accessibleName())
            chart.picked.connect(self._picked)
            set_tip(chart, self.tr("The root mean square of A − B over the selected picture's values, at each t."))
            head = QHBoxLayout()
            head.addWidget(words)
            head.addStretch(1)
            head.addWidget(value)
            column.addLayout(head)
            column.addWidget(chart, 1)
            self.charts[name], self._values[name] = chart, value
        axis = caption(self.tr("t (noise → picture)"))
        axis.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        axis.setContentsMargins(LEFT_PX, 0, RIGHT_PX, 0)
        column.addWidget(axis)
        column.addWidget(self.cannot)
        column.addWidget(self.differing)
        buttons = QHBoxLayout()
        for button, name, tip in (
            (self.swap, "compare_swap", self.tr("A becomes B, and B becomes A")),
            (self.apply, "compare_apply", self.tr("Use the settings of A for the next sampling")),
        ):
            button.setObjectName(name)
            button.setFixedHeight(CONTROL_PX)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            set_name(button, button.text(), tip)
            buttons.addWidget(button)
        side.body.addLayout(buttons)
        self.same.setObjectName("compare_same")
        self.same.setFixedHeight(CONTROL_PX)
        self.same.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_menu(self.same, self.menu)
        tip = self.tr("A second run with the settings of A but for one, from the same noise; it becomes B.")
        set_name(self.same, self.same.text(), tip)
        side.body.addWidget(self.same)
        return side

    # --- which two -----------------------------------------------------------------------------------------

    def expect_b(self, expected: bool) -> None:
        """Whether the next recording that is shown is B, and A stays."""
        self._next = "B" if expected else "A"

    def take(self, letter: str, recording: Recording) -> None:
        """Another A or B."""
        before = self.a if letter == "A" else self.b
        if letter == "A":
            self.a = recording
        else:
            self.b = recording
        self._tell_head()
        self._curves_of = ()
        self._tell()
        self.changed.emit()
        if before is not None and before is not recording and not self.holds(before):
            self.released.emit(before)

    def _tell_head(self) -> None:
        a, b = (None if each is None else each.settings for each in (self.a, self.b))
        self.head.tell(a, b)

    def holds(self, recording: Recording) -> bool:
        """Whether it is A or B."""
        return recording is self.a or recording is self.b

    def beside(self, recording: Recording | None) -> tuple[Recording | None, tuple[str, str]]:
        """The other of the two, and the letters of `recording` and of it; None: it is none of two."""
        if recording is not None and recording is self.a:
            return self.b, ("A", "B")
        return (self.a if recording is not None and recording is self.b else None), ("B", "A")

    @property
    def comparison(self) -> Comparison | None:
        """The two, as far as there are two with steps."""
        if self.a is None or self.b is None:
            return None
        both = Comparison(self.a, self.b)
        return both if both.usable else None

    # --- a Way ---------------------------------------------------------------------------------------------

    def show_recording(self, recording: Recording | None) -> None:
        """What is scrubbed through; it is A, or the B that was expected."""
        self._shown, self._step = recording, 0
        if recording is None or self.holds(recording):
            return
        letter, self._next = self._next, "A"
        self.take(letter, recording)

    def show_step(self, step: int) -> None:
        """Both at the place of the shown one's step."""
        self._step = step
        self._show()

    def set_selected(self, picture: int) -> None:
        """The picture that is compared."""
        self._picture = picture

    def grew(self) -> None:
        """More steps have arrived."""
        self._curves_of = ()

    # --- pictures ------------------------------------------------------------------------------------------

    def _share(self) -> float:
        shown = self._shown
        if shown is None or self._step >= shown.arrived:
            return 0.0
        return float(shown.t[self._step]) / max(1, shown.timesteps)

    def _show(self) -> None:
        share = self._share()
        for letter, recording in (("A", self.a), ("B", self.b)):
            self._show_one(letter, recording, share)
        images = [self.tiles[letter, "x_0"].image for letter in ("A", "B")]
        self.wipe.set_images(*images)
        self._show_curves()
        both = self.comparison
        for letter, name in (("A", "x_t"), ("B", "x_0")):
            apart = None if both is None else both.difference(name, share, self._picture)
            self.tiles[letter, "apart"].set_image(None if apart is None else heat(apart, self.scale.top))
            figure = "" if apart is None else numbers.figure(rms(apart))
            symbol = "{x_t}" if name == "x_t" else "{x_0_hat}"
            self.rms[name].set_text(f"{symbol}  RMS {figure}" if figure else self._ended(both, share))
            self._values[name].setText(figure)
        for chart in self.charts.values():
            chart.set_cursor(None if self._shown is None else share * self._shown.timesteps)
        self.checkpoints.view.set_cursor(None if self._shown is None else share * self._shown.timesteps)

    def _ended(self, both: Comparison | None, share: float) -> str:
        """Why there is no difference at a place of the way: one of the two was cancelled, or has not come there."""
        for letter, each in () if both is None else (("A", both.a), ("B", both.b)):
            last = float(shares(each).min(initial=1.0))
            if not each.complete and share < last:
                t = numbers.count(round(last * each.timesteps))
                return self.tr("{letter} ends at t = {t}").format(letter=letter, t=t)
        return ""

    def _show_one(self, letter: str, recording: Recording | None, share: float) -> None:
        shows = recording is not None and recording.condition is not None
        self.seen[letter].setVisible(shows)
        if recording is None or not recording.arrived:
            for name in ("x_t", "x_0"):
                self.tiles[letter, name].set_image(None)
            self.where[letter].setText("")
            return
        both = Comparison(recording, recording)
        step, picture = both.steps_at(share)[0], min(self._picture, recording.count - 1)
        if recording.condition is not None:
            self.seen[letter].set_image(to_image(recording.condition[picture]))
        for name in ("x_t", "x_0"):
            self.tiles[letter, name].set_image(to_image(recording.one_shown(name, step, picture)))
        words = self.tr("step {step} of {steps} · t = {t}").format(
            step=numbers.count(step + 1),
            steps=numbers.count(recording.steps),
            t=numbers.count(int(recording.t[step])),
        )
        if picture != self._picture:
            words += " · " + self.tr("picture {n}, its last").format(n=numbers.count(picture + 1))
        self.where[letter].setText(words)

    def _show_curves(self) -> None:
        """Drawn anew only for other pictures, or when steps have come."""
        both = self.comparison
        of = (id(self.a), id(self.b), self._picture, *((0, 0) if both is None else (both.a.arrived, both.b.arrived)))
        if of == self._curves_of:
            return
        self._curves_of = of
        timesteps = self._shown.timesteps if self._shown is not None else 1
        highest = 0.0
        for name, chart in self.charts.items():
            chart.set_x_range(0, timesteps)
            places, apart = both.curve(name, self._picture) if both is not None else (np.zeros(0), np.zeros(0))
            known = np.isfinite(apart)
            places, apart = places[known][::-1], apart[known][::-1]
            chart.set_curve("y", places * timesteps, apart)
            top = float(apart.max(initial=0.0))
            chart.set_y_range(0.0, round_up(top) if top else 1.0, padding=0)
            chart.show_numbers(bool(len(apart)))
            if name == "x_0":
                highest = top
        self.scale.set_top(_nice(SCALE_OVER_RMS * highest))

    @Slot(float)
    def _picked(self, t: float) -> None:
        shown = self._shown
        if shown is not None and shown.arrived:
            self.step_picked.emit(int(np.abs(shown.t[: shown.arrived] - t).argmin()))

    # --- words ---------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        both = self.a is not None and self.b is not None
        self.swap.setEnabled(both)
        self.apply.setEnabled(self.a is not None)
        first = self.tr("Press Generate (G), or choose a generation at the left.")
        second = self.tr("Choose a second generation at the left.")
        for letter, recording, words in (("A", self.a, first), ("B", self.b, second)):
            self.tiles[letter, "x_t"].set_missing(words if recording is None else "")
        self.wipe.set_missing(first if self.a is None else second if self.b is None else "")
        self.cannot.setText(self._why_not())
        self.cannot.setVisible(bool(self.cannot.text()))
        self.differing.tell(*(None if each is None else each.settings for each in (self.a, self.b)))

    def _why_not(self) -> str:
        if self.a is None or self.b is None:
            return self.tr("Choose two generations at the left, or make a second one from the same noise.")
        if not Comparison(self.a, self.b).same_shape:
            sizes = [numbers.sides(each.started.height, each.started.width) for each in (self.a, self.b)]
            return self.tr("A has pictures of {a} px, B of {b} px: they cannot be subtracted.").format(
                a=sizes[0], b=sizes[1]
            )
        return ""

    # --- what the person does ------------------------------------------------------------------------------

    @Slot(str)
    def _choose_page(self, name: str) -> None:
        """What is compared at the right is of A and B alone."""
        self.pages.setCurrentIndex(("rows", "wipe", "checkpoints").index(name))
        self._beside.setVisible(name != "checkpoints")

    @Slot()
    def _swap(self) -> None:
        self.a, self.b = self.b, self.a
        assert self.a is not None and self.b is not None
        self._tell_head()
        self._curves_of = ()
        self._tell()
        self.changed.emit()
        self.show_wished.emit(self.a)

    @Slot()
    def _apply(self) -> None:
        assert self.a is not None
        self.apply_wished.emit(self.a.settings)


def _nice(value: float) -> float:
    """1, 2 or 5 times a power of ten, at least `value`; 1 for nothing."""
    if not 0 < value < math.inf:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if value <= step * power * (1 + 1e-9))
