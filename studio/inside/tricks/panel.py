"""What is seen of the tab: six cards in as many columns as fit, and beside the tabs which batch they are of."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ...app.icons import set_icon
from ...widgets.elided import ElidedLabel
from ...widgets.plain import set_words
from ...widgets.scroll import Scrolled
from .card import LEAST_PX, Card
from .ema_card import EmaCard
from .immiscible_card import ImmiscibleCard
from .min_snr_card import MinSnrCard
from .offset_card import OffsetCard
from .self_condition_card import SelfConditionCard
from .velocity_card import VelocityCard

GAP_PX, MOST_COLUMNS = 16, 3


class TricksPanel(QWidget):
    """Knows the cards by name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Tricks of training"))
        self.immiscible, self.offset, self.velocity = ImmiscibleCard(), OffsetCard(), VelocityCard()
        self.self_condition, self.min_snr, self.ema = SelfConditionCard(), MinSnrCard(), EmaCard()
        self.cards: dict[str, Card] = {
            "immiscible": self.immiscible,
            "offset": self.offset,
            "self_condition": self.self_condition,
            "min_snr": self.min_snr,
            "v": self.velocity,
            "ema": self.ema,
        }
        self.columns = 0
        page = QWidget()
        self._grid = QGridLayout(page)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP_PX)
        self.scrolled = Scrolled(page, (LEAST_PX, 200))
        self.scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.scrolled)
        self._lay_out(2)

    def minimumSizeHint(self) -> QSize:
        """One card beside the other, and the rest scrolls."""
        return QSize(LEAST_PX, 200)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as fit."""
        super().resizeEvent(event)
        self._lay_out(max(1, min(MOST_COLUMNS, (event.size().width() - 8 + GAP_PX) // (LEAST_PX + GAP_PX))))

    def _lay_out(self, columns: int) -> None:
        if columns == self.columns:
            return
        self.columns = columns
        for card in self.cards.values():
            self._grid.removeWidget(card)
        for number, card in enumerate(self.cards.values()):
            self._grid.addWidget(card, number // columns, number % columns)
        for column in range(MOST_COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)


class TricksHead(QWidget):
    """Which batch is looked at, and the ways to another."""

    next_wished = Signal()
    noise_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.words = ElidedLabel()
        self.words.setProperty("caption", True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.next, self.noise = QPushButton(), QPushButton()
        set_icon(self.noise, "dice")
        set_words(self.next, self.tr("Next batch"), self.tr("Look at the pictures of the batch after this one."))
        set_words(
            self.noise,
            self.tr("New noise"),
            self.tr(
                "The same pictures with the noise, the t and the coin of another batch: no step of the training has "
                "put these together."
            ),
        )
        row.addWidget(self.words, 1)
        row.addSpacing(4)
        row.addWidget(self.next)
        row.addWidget(self.noise)
        self.next.clicked.connect(self.next_wished)
        self.noise.clicked.connect(self.noise_wished)

    def say(self, words: str, tip: str = "") -> None:
        """Which batch it is, or how far reading is."""
        self.words.setText(words)
        self.words.set_tip(tip)

    def set_usable(self, reason: str) -> None:
        """Whether there is another batch to be had; reason: why not, "" where there is."""
        for button, tip in ((self.next, self.next.text()), (self.noise, self.noise.text())):
            button.setEnabled(not reason)
            button.setAccessibleDescription(reason or tip)
