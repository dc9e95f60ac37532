"""Two generations under one cursor, A over B: x_t, x̂_0, their difference, how far apart over t, and what differs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from core.catalogue import OBJECTIVES, PRECISIONS, SCHEDULES, SPACINGS, Table
from core.comparison import Comparison, differing, rms
from core.errors import showable
from core.recording import Recording

from .. import numbers
from ..app.messages import row_text
from ..app.theme import CAPTION_PX, CONTROL_PX, sized_font, theme
from ..imaging import to_image
from ..widgets.chart import Chart, round_up
from ..widgets.elided import ElidedLabel
from ..widgets.panel import Panel, caption
from ..widgets.pixels import draw_picture
from ..widgets.plain import set_name, set_tip
from ..widgets.symbols import Symbol
from .kept import BADGE_PX, draw_badge, how_words, model_words, sampler_words, value_words
from .models import ModelChoice, ModelFacts, SamplerRequest

SIDE_PX = 248
SCALE_PX = 52
VALUE_PX = 62
BAR_PX = 8
LEAST_TILE_PX = 72
LEFT_PX, RIGHT_PX = 40, 12
#: Rows of *What differs*.
MOST_DIFFERING = 6
#: The scale of the difference pictures ends at so many times the largest RMS of x̂_0, rounded up to 1, 2 or 5: of x_t it
#: is several times that where the noise is another, and nothing of x̂_0 would be seen.
SCALE_OVER_RMS = 4.0
FEW_AND_MANY = (5, 10, 25, 50, 100, 250)
SCALES = (1.0, 2.0, 3.0, 5.0)
#: Settings whose values are rows of the catalogue, which has their titles.
TITLED: Mapping[str, Table[Any]] = {
    "spacing": SPACINGS,
    "precision": PRECISIONS,
    "beta_schedule": SCHEDULES,
    "objective": OBJECTIVES,
}


@cache
def _viridis() -> NDArray[np.uint8]:
    """(256, 3)."""
    table: NDArray[np.uint8] = pg.colormap.get("viridis").getLookupTable(nPts=256)
    return np.ascontiguousarray(table[:, :3])


def heat(values: NDArray[np.float32], top: float) -> QImage:
    """Magnitudes (H, W, C), averaged over the channels, in viridis from 0 to `top` and beyond."""
    share = np.abs(values).mean(axis=2) * (255 / max(top, 1e-12))
    return to_image(_viridis()[np.clip(share, 0, 255).astype(np.uint8)])


# --- what a comparison is made of ------------------------------------------------------------------------


class Badge(QWidget):
    """A or B in its circle."""

    def __init__(self, letter: str) -> None:
        super().__init__()
        self._letter = letter
        self.setAccessibleName(letter)
        self.setFixedSize(BADGE_PX + 6, BADGE_PX + 6)
        theme().changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The circle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_badge(painter, QRectF(self.rect()).center(), self._letter)


class Tile(QWidget):
    """One picture, as large as it fits."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._image = QImage()
        self.setAccessibleName(name)
        self.setMinimumSize(LEAST_TILE_PX, LEAST_TILE_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self.update)

    @property
    def image(self) -> QImage:
        """What is shown; null for nothing."""
        return self._image

    def set_image(self, image: QImage | None) -> None:
        """Show a picture, or nothing."""
        self._image = image or QImage()
        self.update()

    def sizeHint(self) -> QSize:
        """As much as there is."""
        return QSize(168, 168)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture, or an empty frame."""
        painter = QPainter(self)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme().color("line"), 1))
        if self._image.isNull():
            side = min(self.width(), self.height()) - 1
            painter.drawRect(QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side))
            return
        drawn = draw_picture(painter, QRectF(self.rect()), self._image)
        if theme().is_light:
            painter.drawRect(drawn.adjusted(0, 0, -1, -1))


class ScaleBar(QWidget):
    """What the colours of the difference mean."""

    def __init__(self) -> None:
        super().__init__()
        self.top = 1.0
        self.setFixedWidth(SCALE_PX)
        theme().changed.connect(self.update)

    def set_top(self, top: float) -> None:
        """The value of the brightest colour."""
        self.top = top
        self.setAccessibleName(self.tr("Colours from 0 to {top}").format(top=numbers.figure(top)))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bar with three numbers."""
        painter = QPainter(self)
        high = self.height() - 2
        column = np.repeat(_viridis()[::-1][:, None, :], 2, axis=1)
        painter.drawImage(QRectF(0, 1, BAR_PX, high), to_image(column))
        painter.setFont(sized_font(CAPTION_PX))
        painter.setPen(theme().color("muted"))
        for share in (0.0, 0.5, 1.0):
            y = 1 + high * (1 - share)
            place = QRectF(BAR_PX + 6, min(max(0.0, y - 8), self.height() - 16), SCALE_PX - BAR_PX - 6, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, numbers.figure(share * self.top, 2))


class Wipe(Tile):
    """A at the left of a divider that is dragged, B at its right, in one place."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._other = QImage()
        self._share = 0.5
        self._drawn = QRectF()
        self.setCursor(Qt.CursorShape.SplitHCursor)

    def set_images(self, a: QImage | None, b: QImage | None) -> None:
        """The pictures of A and of B."""
        self._other = b or QImage()
        self.set_image(a)

    @property
    def share(self) -> float:
        """How much of the width is A."""
        return self._share

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The divider comes."""
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The divider follows."""
        if event.buttons() & Qt.MouseButton.LeftButton and self._drawn.width():
            share = (event.position().x() - self._drawn.left()) / self._drawn.width()
            self._share = min(max(share, 0.0), 1.0)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Both, cut at the divider."""
        if self.image.isNull() or self._other.isNull():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        place = QRectF(self.rect())
        self._drawn = draw_picture(painter, place, self.image)
        x = self._drawn.left() + self._share * self._drawn.width()
        painter.save()
        painter.setClipRect(QRectF(x, 0, self.width() - x, self.height()))
        draw_picture(painter, place, self._other)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color("cursor"), 2))
        painter.drawLine(QPointF(x, self._drawn.top()), QPointF(x, self._drawn.bottom()))
        for letter, side in (("A", -1), ("B", 1)):
            draw_badge(painter, QPointF(x + side * (BADGE_PX / 2 + 5), self._drawn.top() + 14), letter, ring="panel")


class CompareHead(QWidget):
    """Which two are compared; the one that is down takes the next click in the strip."""

    wipe_toggled = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.slots: dict[str, QToolButton] = {}
        self._words: dict[str, ElidedLabel] = {}
        self._group = QButtonGroup(self)
        for letter in ("A", "B"):
            button = QToolButton()
            button.setObjectName(f"compare_{letter.lower()}")
            button.setCheckable(True)
            button.setProperty("framed", True)
            button.setFixedHeight(CONTROL_PX)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(96)
            button.setMaximumWidth(280)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            inside = QHBoxLayout(button)
            inside.setContentsMargins(2, 0, 8, 0)
            inside.setSpacing(4)
            words = ElidedLabel("")
            for part in (Badge(letter), words):
                part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            inside.addWidget(Badge(letter))
            inside.addWidget(words, 1)
            self._group.addButton(button)
            self.slots[letter], self._words[letter] = button, words
            row.addWidget(button, 1)
        self.slots["B"].setChecked(True)
        self.wipe = QPushButton(self.tr("Wipe"))
        self.wipe.setObjectName("compare_wipe")
        self.wipe.setCheckable(True)
        self.wipe.setFixedHeight(CONTROL_PX)
        self.wipe.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_name(self.wipe, self.tr("Wipe"), self.tr("Both predictions in one place: drag the line between them"))
        self.wipe.toggled.connect(self.wipe_toggled)
        row.addStretch(1)
        row.addWidget(self.wipe)
        self.tell(None, None)

    @property
    def next_letter(self) -> str:
        """Which one a click in the strip fills."""
        return "A" if self.slots["A"].isChecked() else "B"

    def tell(self, a: Mapping[str, object] | None, b: Mapping[str, object] | None) -> None:
        """What A and B are: of the model only what is not the same of both; the tooltips have it whole."""
        models = [[] if each is None else told_model(each) for each in (a, b)]
        same = len(list(takewhile(lambda two: two[0] == two[1], zip(*models, strict=False))))
        for letter, settings, model in zip(("A", "B"), (a, b), models, strict=True):
            short = whole = self.tr("choose one")
            if settings is not None:
                how = how_words({**settings, "eta": None})  # with the seed: η stands below where it differs
                short = ("… " if same else "") + " · ".join([*model[same:], how])
                whole = " · ".join([*model, how])
            self._words[letter].setText(short)
            tip = self.tr("{letter}: {words}. While it is pressed, a click in the strip changes it.")
            set_name(self.slots[letter], f"{letter}: {whole}", tip.format(letter=letter, words=whole))


def told_model(settings: Mapping[str, object]) -> list[str]:
    """ "faces-01", "step 400"."""
    name, model = value_words(settings, "model"), model_words(settings)
    return [part for part in ((name if name != model else ""), model) if part]


# --- the way ---------------------------------------------------------------------------------------------


class Offers(NamedTuple):
    """From what a second run can be made."""

    request: SamplerRequest | None
    facts: ModelFacts | None
    choices: Sequence[ModelChoice]


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
        self._ask = ask
        self.a: Recording | None = None
        self.b: Recording | None = None
        self._next = "A"
        self._shown: Recording | None = None
        self._step = self._picture = 0
        self._curves_of: tuple[object, ...] = ()
        self.head = CompareHead()
        self.head.wipe_toggled.connect(self._set_wipe)
        self.pages = QStackedWidget()
        self.tiles = {
            (letter, name): Tile(words)
            for letter in ("A", "B")
            for name, words in (
                ("x_t", self.tr("{letter}, noisy").format(letter=letter)),
                ("x_0", self.tr("{letter}, predicted").format(letter=letter)),
                ("apart", self.tr("Difference")),
            )
        }
        self.wipe = Wipe(self.tr("Prediction of A and of B"))
        self.scale = ScaleBar()
        self.where = {letter: caption() for letter in ("A", "B")}
        self.rms = {name: Symbol("", size_px=CAPTION_PX, colour="muted") for name in ("x_t", "x_0")}
        self.cannot = caption()
        self.cannot.setWordWrap(True)
        self.charts: dict[str, Chart] = {}
        self._values: dict[str, QLabel] = {}
        self._differing = QGridLayout()
        self.swap = QPushButton(self.tr("Swap"))
        self.apply = QPushButton(self.tr("Apply A"))
        self.same = QPushButton(self.tr("The same {x_T} with…").replace("{x_T}", "x_T"))
        self.menu = QMenu(self)
        self._lay_out()
        self.swap.clicked.connect(self._swap)
        self.apply.clicked.connect(self._apply)
        self.menu.aboutToShow.connect(self._fill_menu)
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
        panel.body.addWidget(self.pages, 1)
        row.addWidget(panel, 1)
        row.addWidget(self._side())

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
            grid.addWidget(Badge(letter), top, 0)
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
            side.body.addLayout(head)
            side.body.addWidget(chart, 1)
            self.charts[name], self._values[name] = chart, value
        axis = caption(self.tr("t (noise → picture)"))
        axis.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        axis.setContentsMargins(LEFT_PX, 0, RIGHT_PX, 0)
        side.body.addWidget(axis)
        side.body.addWidget(self.cannot)
        self._differing.setHorizontalSpacing(4)
        self._differing.setVerticalSpacing(3)
        self._differing.setColumnStretch(0, 1)
        side.body.addLayout(self._differing)
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
        self.same.setMenu(self.menu)
        tip = self.tr("A second run with the settings above but for one, from the same noise; it becomes B.")
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
            self.rms[name].set_text(f"{symbol}  RMS {figure}" if figure else "")
            self._values[name].setText(figure)
        for chart in self.charts.values():
            chart.set_cursor(None if self._shown is None else share * self._shown.timesteps)

    def _show_one(self, letter: str, recording: Recording | None, share: float) -> None:
        if recording is None or not recording.arrived:
            for name in ("x_t", "x_0"):
                self.tiles[letter, name].set_image(None)
            self.where[letter].setText("")
            return
        both = Comparison(recording, recording)
        step, picture = both.steps_at(share)[0], min(self._picture, recording.count - 1)
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
            shares, apart = both.curve(name, self._picture) if both is not None else (np.zeros(0), np.zeros(0))
            known = np.isfinite(apart)
            shares, apart = shares[known][::-1], apart[known][::-1]
            chart.set_curve("y", shares * timesteps, apart)
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
        self.cannot.setText(self._why_not())
        self.cannot.setVisible(bool(self.cannot.text()))
        while (item := self._differing.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if self.a is None or self.b is None:
            return
        heading = Symbol(self.tr("What differs"), semibold=True)
        self._differing.addWidget(heading, 0, 0)
        for column, letter in enumerate(("A", "B"), 1):
            self._differing.addWidget(Badge(letter), 0, column, Qt.AlignmentFlag.AlignHCenter)
        rows = list(differing(self.a.settings, self.b.settings).items())
        if not rows:
            self._differing.addWidget(caption(self.tr("nothing")), 1, 0)
        names = self._names()
        for row, (name, values) in enumerate(rows[:MOST_DIFFERING], 1):
            self._differing.addWidget(caption(names.get(name, showable(name, 60))), row, 0)
            for column, value in enumerate(values, 1):
                label = ElidedLabel(self._value(name, value))
                label.setProperty("caption", True)
                label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
                label.setFixedWidth(VALUE_PX)
                self._differing.addWidget(label, row, column)
        if len(rows) > MOST_DIFFERING:
            more = self.tr("and {n} more").format(n=numbers.count(len(rows) - MOST_DIFFERING))
            rest = caption(more)
            told = self.tr("{name}: {a} in A, {b} in B")
            lines = [
                told.format(name=names.get(name, showable(name, 60)), a=self._value(name, a), b=self._value(name, b))
                for name, (a, b) in rows[MOST_DIFFERING:]
            ]
            set_tip(rest, "\n".join(lines))
            self._differing.addWidget(rest, MOST_DIFFERING + 1, 0)

    def _why_not(self) -> str:
        if self.a is None or self.b is None:
            return self.tr("Choose two generations at the left, or make a second one from the same noise.")
        if not Comparison(self.a, self.b).same_shape:
            sizes = [numbers.sides(each.started.height, each.started.width) for each in (self.a, self.b)]
            return self.tr("A has pictures of {a} px, B of {b} px: they cannot be subtracted.").format(
                a=sizes[0], b=sizes[1]
            )
        return ""

    def _value(self, name: str, value: object) -> str:
        """A setting's value as the window says it where it is chosen."""
        titles = {
            "ema": self.tr("EMA"),
            "raw": self.tr("raw"),
            "inpaint": self.tr("filled in"),
            "image_to_image": self.tr("from a picture"),
            "interpolate": self.tr("between two"),
        }
        match value:
            case None:
                return "–"
            case bool():
                return self.tr("yes") if value else self.tr("no")
            case str() if name in ("sampler", "fork_sampler"):
                return sampler_words({"sampler": value})
            case str() if name in TITLED and value in TITLED[name]:
                return row_text(TITLED[name][value].title)
            case str() if name in ("weights", "guide_weights", "edit"):
                return titles.get(value, showable(value, 60))
            case [int(height), int(width)] if name == "image_size":
                return numbers.sides(height, width)
            case list() | tuple() if not any(isinstance(each, (list, tuple, dict)) for each in value):
                return showable(", ".join(map(str, value)), 60)
        return value_words({name: value}, name)

    def _names(self) -> dict[str, str]:
        return {
            "model": self.tr("model"),
            "model_step": self.tr("step"),
            "weights": self.tr("weights"),
            "sampler": self.tr("sampler"),
            "sample_steps": self.tr("steps"),
            "spacing": self.tr("spacing"),
            "times": self.tr("timesteps"),
            "seed": self.tr("seed"),
            "count": self.tr("pictures"),
            "timesteps": "T",
            "image_size": self.tr("size"),
            "eta": "η",
            "classes": self.tr("classes"),
            "guidance_scale": self.tr("guidance"),
            "guidance_rescale": self.tr("rescale"),
            "guide": self.tr("guide"),
            "guide_weights": self.tr("guide's weights"),
            "guide_step": self.tr("guide's step"),
            "guide_scale": self.tr("guide scale"),
            "precision": self.tr("precision"),
            "offset_noise_strength": self.tr("offset noise"),
            "beta_schedule": self.tr("schedule"),
            "objective": self.tr("objective"),
            "edit": self.tr("start"),
            "start": self.tr("start pictures"),
            "mask": self.tr("mask"),
            "at_t": self.tr("noised to t"),
            "mix": "λ",
            "fork_of": self.tr("earlier forks"),
            "fork_at": self.tr("fork at step"),
            "fork_t": self.tr("fork at t"),
            "fork_seed": self.tr("fork: seed"),
            "fork_eta": self.tr("fork: η"),
            "fork_classes": self.tr("fork: classes"),
            "fork_guidance_scale": self.tr("fork: guidance"),
            "fork_guidance_rescale": self.tr("fork: rescale"),
            "fork_sampler": self.tr("fork: sampler"),
            "fork_steps": self.tr("fork: steps"),
            "fork_painted": self.tr("fork: painted"),
            "fork_mask": self.tr("fork: mask"),
        }

    # --- what the person does ------------------------------------------------------------------------------

    @Slot(bool)
    def _set_wipe(self, on: bool) -> None:
        self.pages.setCurrentIndex(int(on))

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

    # --- the same x_T with … -------------------------------------------------------------------------------

    @Slot()
    def _fill_menu(self) -> None:
        self.menu.clear()
        request, facts, choices = self._ask()
        if request is None or facts is None:
            self.menu.addAction(self.tr("Choose a model first.")).setEnabled(False)
            return
        samplers = self.menu.addMenu(self.tr("another sampler"))
        for info in facts.samplers:
            if info.name != request.sampler:
                eta = facts.eta if info.takes_eta else None
                changed = {"sampler": info.name, "eta": eta, "calls_per_step": info.calls_per_step, "times": None}
                self._offer(samplers, info.title, replace(request, **changed))  # type: ignore[arg-type]
        steps = self.menu.addMenu(self.tr("other steps"))
        for count in sorted({*FEW_AND_MANY, facts.timesteps}):
            if count != request.steps and count <= facts.timesteps:
                self._offer(steps, numbers.count(count), replace(request, steps=count, times=None))
        models = self.menu.addMenu(self.tr("another checkpoint"))
        for choice in choices:
            if choice != request.choice:
                step = "" if choice.step is None else self.tr("step {step}").format(step=numbers.count(choice.step))
                title = " · ".join(part for part in (choice.name, step) if part)
                self._offer(models, title, replace(request, choice=choice, times=None))
        if request.choice.path is not None:
            raw = request.weights == "ema"
            title = self.tr("the raw weights") if raw else self.tr("the averaged weights (EMA)")
            self._offer(self.menu, title, replace(request, weights="raw" if raw else "ema"))
        if request.classes:
            scales = self.menu.addMenu(self.tr("another guidance"))
            for scale in SCALES:
                if scale != request.guidance_scale:
                    self._offer(scales, numbers.chosen(scale), replace(request, guidance_scale=scale))
        for menu in (samplers, steps, models):
            menu.setEnabled(not menu.isEmpty())

    def _offer(self, menu: QMenu, title: str, request: SamplerRequest) -> None:
        action = QAction(title, menu)
        action.setData(request)
        action.triggered.connect(self._same)
        menu.addAction(action)

    @Slot()
    def _same(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.same_wished.emit(action.data())


def _nice(value: float) -> float:
    """1, 2 or 5 times a power of ten, at least `value`; 1 for nothing."""
    if not 0 < value < math.inf:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if value <= step * power * (1 + 1e-9))
