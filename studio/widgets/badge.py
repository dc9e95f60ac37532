"""A letter in its circle, which says which of several is meant: of A and B, or of the runs that are compared."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ..app.theme import CAPTION_PX, sized_font, theme

BADGE_PX = 18
#: Letter → token of the theme; these colours are told apart by the colour-blind, and the letter stands on each.
LETTERS = {"A": "loss", "B": "validation", "C": "weight", "D": "fourth", "E": "cursor", "F": "text"}


def draw_badge(painter: QPainter, centre: QPointF, letter: str, *, ring: str = "") -> None:
    """A letter of LETTERS in its colour; `ring`: a token round it."""
    colour = theme().color(LETTERS[letter])
    painter.setPen(QPen(theme().color(ring), 2) if ring else Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(centre, BADGE_PX / 2, BADGE_PX / 2)
    painter.setPen(theme().color("panel" if theme().is_light else "on_accent"))
    painter.setFont(sized_font(CAPTION_PX, semibold=True))
    half = BADGE_PX / 2
    painter.drawText(
        QRectF(centre.x() - half, centre.y() - half, BADGE_PX, BADGE_PX), Qt.AlignmentFlag.AlignCenter, letter
    )


class Badge(QWidget):
    """A letter of LETTERS in its circle."""

    def __init__(self, letter: str) -> None:
        super().__init__()
        self.set_letter(letter)
        self.setFixedSize(BADGE_PX + 6, BADGE_PX + 6)
        theme().changed.connect(self.update)

    def set_letter(self, letter: str) -> None:
        """The other one."""
        self.letter = letter
        self.setAccessibleName(letter)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The circle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_badge(painter, QRectF(self.rect()).center(), self.letter)
