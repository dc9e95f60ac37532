"""Perfect memory beside a step: the best guess of one who knows every training picture, and which of them weigh in."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from core.recording import Pictures

from .. import numbers
from ..app.theme import CAPTION_PX, sized_font, theme
from ..imaging import to_image
from ..widgets.controls import IconButton
from ..widgets.panel import Panel
from ..widgets.pixels import draw_picture
from ..widgets.plain import plain_tip
from ..widgets.symbols import paint_text
from .curves import WIDTH_PX

#: Training pictures that are named.
STRONGEST = 5
GUESS_PX, ROW_PX, SHARE_PX = 72, 23, 48
#: In a low window: the guess, a row, and so many rows are never missing.
LEAST_GUESS_PX, LEAST_ROW_PX, LEAST_ROWS = 48, 16, 3
BESIDE_PX = 8
#: A smaller share is written as less than it, and has no bar.
LEAST_SHARE = 0.001


@dataclass(frozen=True, eq=False)
class Recalled:
    """The answer for one picture through all of its S steps.

    count     how many training pictures there are, of the class where one was asked
    of_class  its name; "" where it is of all pictures
    guesses   (S, H, W, C) uint8
    places    (S, k) of the pictures that weigh most, in falling order, and how they are turned
    weights   (S, k) their shares of 1
    distance  (S,) RMS of the network's x̂_0 from the guess, in the network's range
    taken_at  the first step at which one picture has more than half of the weight; -1: none
    name      of a picture, by its place; picture: its pixels, by place and turn
    blind     the network sees a picture beside x_t, which is not known here
    """

    count: int
    of_class: str
    guesses: Pictures
    places: NDArray[np.int64]
    turned: NDArray[np.int64]
    weights: NDArray[np.float32]
    distance: NDArray[np.float32]
    taken_at: int
    name: Callable[[int], str]
    picture: Callable[[int, int], Pictures]
    blind: bool = False


class Unknown:
    """The answer where nobody knows what the model was trained on."""


class MemoryPanel(Panel):
    """What is recalled is asked for elsewhere; until it is there, a sentence says how far it is."""

    nearest_wished = Signal()  #: the training pictures nearest to the selected picture

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Perfect memory"))
        self.setFixedWidth(WIDTH_PX)
        self.set_tip(
            self.tr(
                "E[x_0 | x_t] over the training pictures: what the best possible network of any size would answer. "
                "It makes no new pictures; where yours departs from it, it creates (Kamb & Ganguli 2024, arXiv "
                "2412.20292). Where one picture takes all the weight, its path ends there (Biroli et al. 2024, arXiv "
                "2402.18491)."
            )
        )
        self.nearest = IconButton("search")
        self.nearest.describe(self.tr("Nearest training pictures: is it new, or remembered?"), "N")
        self.nearest.clicked.connect(self._nearest)
        self.head.addWidget(self.nearest)
        self.view = _Weights()
        self.body.addWidget(self.view, 1)

    def _nearest(self) -> None:
        # The button's own signal carries a bool that nobody wants.
        self.nearest_wished.emit()

    def say(self, words: str) -> None:
        """Nothing is recalled, and why; or how far it is."""
        self.view.show_answer(None, words)

    def show_recalled(self, recalled: Recalled) -> None:
        """The answer, at the step under the cursor."""
        self.view.show_answer(recalled, "")

    def show_step(self, step: int) -> None:
        """The step under the cursor."""
        self.view.show_step(step)


def share_text(weight: float) -> str:
    """A share of 1 in per cent, to a tenth; what rounds to nothing without being it says so."""
    if 0 < weight < LEAST_SHARE:
        return f"< {100 * LEAST_SHARE:.1f} %"
    return f"{100 * weight:.1f} %" if weight else "0 %"


class _Weights(QWidget):
    """The guess, its distance, and a row with a bar for each of the pictures that weigh most."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recalled: Recalled | None = None
        self.words = ""
        self.step = 0
        self.guess = QImage()
        self._thumbs: dict[tuple[int, int], QImage] = {}
        self.setAccessibleName(self.tr("Perfect memory"))
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The guess, and the rows below it."""
        return QSize(WIDTH_PX - 24, GUESS_PX + BESIDE_PX + STRONGEST * ROW_PX)

    def minimumSizeHint(self) -> QSize:
        """The guess, and the pictures that weigh most."""
        return QSize(WIDTH_PX - 24, LEAST_GUESS_PX + BESIDE_PX + LEAST_ROWS * LEAST_ROW_PX)

    def _sizes(self) -> tuple[float, float, int]:
        """The side of the guess, the height of a row, and how many rows are whole."""
        room = self.height() - BESIDE_PX
        guess = min(GUESS_PX, max(LEAST_GUESS_PX, room - STRONGEST * ROW_PX))
        row = min(ROW_PX, max(LEAST_ROW_PX, (room - guess) / STRONGEST))
        return guess, row, min(STRONGEST, int((room - guess) / row + 1e-6))

    def show_answer(self, recalled: Recalled | None, words: str) -> None:
        self.recalled, self.words = recalled, words
        self._thumbs.clear()
        self.setAccessibleDescription(words)
        self.show_step(self.step)

    def show_step(self, step: int) -> None:
        self.step = step
        recalled = self.recalled
        if recalled is not None and step < len(recalled.guesses):
            self.guess = to_image(recalled.guesses[step])
            self.setAccessibleDescription("; ".join(f"{name} {share}" for name, share in self.rows()))
        self.update()

    def rows(self) -> list[tuple[str, str]]:
        """Name and share of the pictures that weigh most, in falling order."""
        if self.recalled is None:
            return []
        weights = self.recalled.weights[self.step].tolist()
        names = map(self.recalled.name, self.recalled.places[self.step].tolist())
        return [(name, share_text(weight)) for name, weight in zip(names, weights, strict=True)]

    def distance_text(self) -> str:
        """How far the network's x̂_0 is from the guess."""
        if self.recalled is None:
            return ""
        rms = float(self.recalled.distance[self.step])
        # The symbol is put in by its painter, the number by us.
        words = self.tr("RMS to {symbol} {value}").replace("{symbol}", "{x_0_hat}")
        return words.replace("{value}", numbers.figure(rms))

    def event(self, event: QEvent) -> bool:
        """The name of the training picture under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            guess, high, count = self._sizes()
            number = math.floor((event.pos().y() - guess - BESIDE_PX) / high)
            rows = self.rows()[:count]
            name = rows[number][0] if 0 <= number < len(rows) else ""
            QToolTip.showText(event.globalPos(), plain_tip(name), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(sized_font(CAPTION_PX))
        wrap = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignTop)
        recalled = self.recalled
        if recalled is None or self.step >= len(recalled.guesses):
            painter.setPen(theme().color("muted"))
            painter.drawText(QRectF(self.rect()), wrap, self.words)
            return
        guess, high, count = self._sizes()
        self._picture(painter, QRectF(0, 0, guess, guess), self.guess)
        left = guess + 12
        beside = QRectF(left, 0, self.width() - left, guess - 16)
        words = self.tr("The best guess of one who knows all {count} pictures").format(
            count=numbers.count(recalled.count)
        )
        if recalled.of_class:
            words = self.tr("The best guess of one who knows all {count} pictures of {name}").format(
                count=numbers.count(recalled.count), name=recalled.of_class
            )
        if recalled.blind:
            words = self.tr("The best guess of one who knows all {count} pictures, but does not see the condition")
            words = words.format(count=numbers.count(recalled.count))
        if 0 <= recalled.taken_at <= self.step:
            words = self.tr("Since step {step} one of {count} pictures has taken over").format(
                step=numbers.count(recalled.taken_at + 1), count=numbers.count(recalled.count)
            )
        painter.setFont(sized_font(CAPTION_PX))
        painter.setPen(theme().color("muted"))
        if painter.fontMetrics().boundingRect(beside.toRect(), wrap, words).height() > beside.height():
            words = self.tr("The best guess from {count} pictures").format(count=numbers.count(recalled.count))
            if recalled.blind:
                words = self.tr("The best guess without the condition")
        painter.save()
        painter.setClipRect(beside)
        painter.drawText(beside, wrap, words)
        painter.restore()
        line = QRectF(left, guess - 17, beside.width(), 17)
        paint_text(painter, line, self.distance_text(), sized_font(CAPTION_PX), theme().color("text"))
        for number, (_, share) in enumerate(self.rows()[:count]):
            row = QRectF(0, guess + BESIDE_PX + number * high, self.width(), high)
            place, turned = int(recalled.places[self.step, number]), int(recalled.turned[self.step, number])
            side = high - 4
            self._picture(painter, QRectF(0, row.top() + 2, side, side), self._thumb(place, turned))
            bar = QRectF(ROW_PX + 5, row.center().y() - 3, self.width() - ROW_PX - 5 - SHARE_PX, 6)
            self._bar(painter, bar, float(recalled.weights[self.step, number]))
            right = QRectF(self.width() - SHARE_PX, row.top(), SHARE_PX, high)
            paint_text(painter, right, share, sized_font(CAPTION_PX), theme().color("text"), "right")

    def _bar(self, painter: QPainter, bar: QRectF, weight: float) -> None:
        """As long as the weight says, so that next to nothing is no dot."""
        trough = QPainterPath()
        trough.addRoundedRect(bar, 3, 3)
        painter.fillPath(trough, theme().color("line"))
        if weight >= LEAST_SHARE:
            painter.save()
            painter.setClipPath(trough)
            bar.setWidth(max(1.5, bar.width() * weight))
            painter.fillRect(bar, theme().color("loss"))
            painter.restore()

    def _thumb(self, place: int, turned: int) -> QImage:
        """A training picture as it weighs in: mirrored where that is nearer."""
        assert self.recalled is not None
        if (place, turned) not in self._thumbs:
            pixels = self.recalled.picture(place, turned)
            self._thumbs[place, turned] = to_image(pixels)
        return self._thumbs[place, turned]

    def _picture(self, painter: QPainter, place: QRectF, image: QImage) -> None:
        drawn = draw_picture(painter, place, image)
        if theme().is_light:
            painter.setPen(QPen(theme().color("line"), 1))
            painter.drawRect(drawn.adjusted(-0.5, -0.5, 0.5, 0.5))
