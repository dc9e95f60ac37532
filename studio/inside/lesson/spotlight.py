"""Points out the real widget that a page speaks of, with what is to be done there beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ...app.theme import set_look
from ...widgets.controls import IconButton
from ...widgets.focus import Ring
from ...widgets.symbols import SymbolText

RING_PX = 3
CARD_PX = 336
#: Between the ring and the card, and from the card to the window's edge.
GAP_PX = 12


class LessonCard(QFrame):
    """The page's task, and the way back to the page."""

    back_wished = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("lesson_card")
        set_look(self, banner="info")
        self.setFixedWidth(CARD_PX)
        self.words = SymbolText()
        self._tick = QLabel()
        self._tick.setTextFormat(Qt.TextFormat.PlainText)
        self.back = QPushButton(self.tr("Back to the lesson"))
        self.back.setObjectName("lesson_back_to")
        self.back.setAccessibleName(self.back.text())
        self.back.clicked.connect(self.back_wished)
        close = IconButton("close")
        close.setObjectName("lesson_card_close")
        close.describe(self.tr("Take the frame away"), "Esc")
        close.clicked.connect(self.closed)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.words, 1)
        top.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout()
        row.addWidget(self._tick)
        row.addStretch(1)
        row.addWidget(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 12)
        column.setSpacing(8)
        column.addLayout(top)
        column.addLayout(row)
        self.hide()

    def show_task(self, words: str, *, done: bool) -> None:
        """What is to be done, and whether it was."""
        self.words.set_text(words)
        self.set_done(done)
        self.setAccessibleName(self.words.accessibleName())

    def set_done(self, done: bool) -> None:
        """Whether it was done."""
        self._tick.setText(self.tr("✓ Done") if done else "")

    def size_for(self) -> QSize:
        """Its height follows from its width."""
        layout = self.layout()
        assert layout is not None
        # The card's own rim narrows what it holds: the layout alone knows nothing of it.
        rim = self.contentsMargins()
        inner = CARD_PX - rim.left() - rim.right()
        height = max(layout.minimumHeightForWidth(inner), layout.heightForWidth(inner))
        return QSize(CARD_PX, height + rim.top() + rim.bottom())


class Spotlight(QObject):
    """A ring round a widget and a card beside it; both leave with Esc. Lives in the GUI thread."""

    back_wished = Signal()

    def __init__(self, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self.ring = Ring(window, colour="cursor", ring_px=RING_PX)
        self.card = LessonCard(window)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), window, self.clear)
        self._escape.setEnabled(False)
        self.card.back_wished.connect(self._back)
        self.card.closed.connect(self.clear)
        self.ring.installEventFilter(self)
        window.installEventFilter(self)

    @property
    def lit(self) -> bool:
        """Whether something is pointed out."""
        return not self.card.isHidden()

    def show(self, widget: QWidget, part: Callable[[], QRect] | None, words: str, *, done: bool) -> None:
        """Point out a widget, or the part of it, and say what is to be done there."""
        self.card.show_task(words, done=done)
        self._escape.setEnabled(True)
        self.card.show()
        self.point_out(widget, part)

    def point_out(self, widget: QWidget, part: Callable[[], QRect] | None) -> None:
        """Another widget, or a part of it, with the same to be done."""
        self.ring.follow(widget, part)
        self._place()

    def follow(self) -> None:
        """What is pointed out may have come into view elsewhere."""
        if self.lit:
            self.ring.place()
            self._place()

    def set_done(self) -> None:
        """It was done: the ring has no more to say, the card says so."""
        if self.lit:
            self.ring.follow(None)
            self.card.set_done(True)
            self._place()

    @Slot()
    def clear(self) -> None:
        """Take both away."""
        self.ring.follow(None)
        self.card.hide()
        self._escape.setEnabled(False)

    @Slot()
    def _back(self) -> None:
        self.clear()
        self.back_wished.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The card stays beside the ring, and in the window."""
        if self.lit and event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show):
            of_ring = watched is self.ring and self.ring.target is not None
            if of_ring or (watched is self._window and event.type() == QEvent.Type.Resize):
                self._place()
        return False

    def _place(self) -> None:
        """Beside the ring, below it, or above it, whichever has room; what was done stays where the card was."""
        size, room = self.card.size_for(), self._window.rect().adjusted(GAP_PX, GAP_PX, -GAP_PX, -GAP_PX)
        ring = self.ring.geometry()
        left = ring.center().x() - size.width() // 2
        places = (
            QPoint(ring.right() + GAP_PX, ring.top()),
            QPoint(ring.left() - GAP_PX - size.width(), ring.top()),
            QPoint(left, ring.bottom() + GAP_PX),
            QPoint(left, ring.top() - GAP_PX - size.height()),
            QPoint(ring.right() - size.width() - GAP_PX, ring.bottom() - size.height() - GAP_PX),
        )

        def within(place: QPoint) -> QRect:
            x = max(room.left(), min(place.x(), room.right() + 1 - size.width()))
            y = max(room.top(), min(place.y(), room.bottom() + 1 - size.height()))
            return QRect(QPoint(x, y), size)

        def covered_px(card: QRect) -> int:
            over = card.intersected(ring)
            return over.width() * over.height() if over.isValid() else 0

        # Where nothing has room, as little of the ring is covered as can be.
        self.card.setGeometry(min(map(within, places), key=covered_px))
        self.card.raise_()
