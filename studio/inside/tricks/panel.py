"""What is seen of the tab: six cards in as many columns as fit, and beside the tabs which batch they are of."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ...app.icons import set_icon
from ...widgets.elided import ElidedLabel
from ...widgets.plain import set_tip, set_words
from ...widgets.scroll import RoomStack, Scrolled
from .card import LEAST_PX, Card
from .ema_card import EmaCard
from .immiscible_card import ImmiscibleCard
from .min_snr_card import MinSnrCard
from .offset_card import OffsetCard
from .self_condition_card import SelfConditionCard
from .velocity_card import VelocityCard

GAP_PX, MOST_COLUMNS = 16, 3


class TricksPanel(QWidget):
    """Knows the cards by name, once `strokes` has made them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Tricks of training"))
        self.cards: dict[str, Card] = {}
        self.columns = 2
        page = QWidget()
        self._grid = QGridLayout(page)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP_PX)
        self.scrolled = Scrolled(page, (LEAST_PX, 200))
        self.scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._pages = RoomStack()
        self._pages.addWidget(self.scrolled)
        column.addWidget(self._pages)

    def put_twins(self, page: QWidget) -> None:
        """The page that compares two trainings; it takes the place of the cards while it is shown."""
        self._pages.addWidget(page)

    def show_twins(self, shown: bool) -> None:
        """That page, or the cards."""
        self._pages.setCurrentIndex(1 if shown else 0)

    def strokes(self) -> Iterator[Card]:
        """Make the cards one after another: all six together would be felt."""
        self.immiscible = ImmiscibleCard()
        yield self._put("immiscible", self.immiscible)
        self.offset = OffsetCard()
        yield self._put("offset", self.offset)
        self.self_condition = SelfConditionCard()
        yield self._put("self_condition", self.self_condition)
        self.min_snr = MinSnrCard()
        yield self._put("min_snr", self.min_snr)
        self.velocity = VelocityCard()
        yield self._put("v", self.velocity)
        self.ema = EmaCard()
        yield self._put("ema", self.ema)

    def _put(self, name: str, card: Card) -> Card:
        self.cards[name] = card
        self._place(len(self.cards) - 1, card)
        return card

    def minimumSizeHint(self) -> QSize:
        """One card beside the other, and the rest scrolls."""
        return QSize(LEAST_PX, 200)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as fit."""
        super().resizeEvent(event)
        columns = max(1, min(MOST_COLUMNS, (event.size().width() - 8 + GAP_PX) // (LEAST_PX + GAP_PX)))
        if columns == self.columns:
            return
        self.columns = columns
        for card in self.cards.values():
            self._grid.removeWidget(card)
        for column in range(MOST_COLUMNS):
            self._grid.setColumnStretch(column, 0)
        for number, card in enumerate(self.cards.values()):
            self._place(number, card)

    def _place(self, number: int, card: Card) -> None:
        row, column = divmod(number, self.columns)
        self._grid.addWidget(card, row, column)
        self._grid.setColumnStretch(column, 1)


class TricksHead(QWidget):
    """Which batch is looked at, and the ways to another."""

    next_wished = Signal()
    noise_wished = Signal()
    cancel_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        self._row = QWidget()
        whole.addWidget(self._row)
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.words = ElidedLabel()
        self.words.setProperty("caption", True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.next, self.noise, self.cancel = QPushButton(), QPushButton(), QPushButton()
        set_icon(self.noise, "dice")
        self._tips = {
            self.next: self.tr("Look at the pictures of the batch after this one."),
            self.noise: self.tr(
                "The same pictures with the noise, the t and the coin of another batch: no step of the training has "
                "put these together."
            ),
        }
        set_words(self.next, self.tr("Next batch"), self._tips[self.next])
        set_words(self.noise, self.tr("New noise"), self._tips[self.noise])
        set_words(self.cancel, self.tr("Cancel"), self.tr("Read no more pictures."))
        self.cancel.hide()
        row.addWidget(self.words, 1)
        row.addWidget(self.cancel)
        row.addSpacing(4)
        row.addWidget(self.next)
        row.addWidget(self.noise)
        self.next.clicked.connect(self.next_wished)
        self.noise.clicked.connect(self.noise_wished)
        self.cancel.clicked.connect(self.cancel_wished)

    def say(self, words: str, tip: str = "") -> None:
        """Which batch it is, or how far reading is."""
        self.words.setText(words)
        self.words.set_tip(tip)
        self.cancel.hide()

    def set_quiet(self, quiet: bool) -> None:
        """Show nothing while two trainings are compared: they have batches of their own."""
        self._row.setVisible(not quiet)

    def set_usable(self, reason: str) -> None:
        """Whether there is another batch to be had; reason: why not, "" where there is."""
        for button, tip in self._tips.items():
            button.setEnabled(not reason)
            set_tip(button, reason or tip)
