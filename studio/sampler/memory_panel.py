"""Perfect memory beside a step: the best guess of one who knows every training picture, and which of them weigh in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent, QPen
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
GUESS_PX, ROW_PX, THUMB_PX, SHARE_PX = 72, 23, 19, 48


@dataclass(frozen=True, eq=False)
class Recalled:
    """The answer for one picture through all of its S steps.

    count     how many training pictures there are
    guesses   (S, H, W, C) uint8
    places    (S, k) of the pictures that weigh most, in falling order, and how they are turned
    weights   (S, k) their shares of 1
    distance  (S,) RMS of the network's x̂_0 from the guess, in the network's range
    taken_at  the first step at which one picture has more than half of the weight; -1: none
    name      of a picture, by its place; picture: its pixels, by place and turn
    """

    count: int
    guesses: Pictures
    places: NDArray[np.int64]
    turned: NDArray[np.int64]
    weights: NDArray[np.float32]
    distance: NDArray[np.float32]
    taken_at: int
    name: Callable[[int], str]
    picture: Callable[[int, int], Pictures]


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
        return QSize(WIDTH_PX - 24, GUESS_PX + 8 + STRONGEST * ROW_PX)

    def minimumSizeHint(self) -> QSize:
        """The guess and its words alone."""
        return QSize(WIDTH_PX - 24, GUESS_PX)

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
        return [(name, f"{100 * weight:.1f} %") for name, weight in zip(names, weights, strict=True)]

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
            number = (event.pos().y() - GUESS_PX - 8) // ROW_PX
            rows = self.rows()
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
        self._picture(painter, QRectF(0, 0, GUESS_PX, GUESS_PX), self.guess)
        beside = QRectF(GUESS_PX + 12, 0, self.width() - GUESS_PX - 12, GUESS_PX - 18)
        words = self.tr("The best guess of one who knows all {count} pictures").format(
            count=numbers.count(recalled.count)
        )
        if 0 <= recalled.taken_at <= self.step:
            words = self.tr("Since step {step} one of {count} pictures has taken over").format(
                step=numbers.count(recalled.taken_at + 1), count=numbers.count(recalled.count)
            )
        painter.setFont(sized_font(CAPTION_PX))
        painter.setPen(theme().color("muted"))
        painter.drawText(beside, wrap, words)
        line = QRectF(beside.left(), GUESS_PX - 17, beside.width(), 17)
        paint_text(painter, line, self.distance_text(), sized_font(CAPTION_PX), theme().color("text"))
        for number, (_, share) in enumerate(self.rows()):
            row = QRectF(0, GUESS_PX + 8 + number * ROW_PX, self.width(), ROW_PX)
            place, turned = int(recalled.places[self.step, number]), int(recalled.turned[self.step, number])
            self._picture(painter, QRectF(0, row.top() + 2, THUMB_PX, THUMB_PX), self._thumb(place, turned))
            bar = QRectF(THUMB_PX + 9, row.center().y() - 3, self.width() - THUMB_PX - 9 - SHARE_PX, 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("line"))
            painter.drawRoundedRect(bar, 3, 3)
            bar.setWidth(max(6.0, bar.width() * float(recalled.weights[self.step, number])))
            painter.setBrush(theme().color("loss"))
            painter.drawRoundedRect(bar, 3, 3)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            right = QRectF(self.width() - SHARE_PX, row.top(), SHARE_PX, ROW_PX)
            paint_text(painter, right, share, sized_font(CAPTION_PX), theme().color("text"), "right")

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
