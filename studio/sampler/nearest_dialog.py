"""The training pictures that are nearest to a finished picture, as pairs to look at: a small window over the room."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QToolTip, QVBoxLayout, QWidget

from core.recording import Pictures

from .. import numbers
from ..app.theme import BODY_PX, CAPTION_PX, sized_font, theme
from ..imaging import to_image
from ..widgets.pixels import draw_picture
from ..widgets.plain import plain_tip, set_tip, set_words

#: Training pictures that are shown: the nearest as large as the sample, the others in a column beside it.
COUNT = 4
LARGE_PX, SMALL_PX, GAP_PX, LINE_PX, WORDS_PX = 256, 64, 16, 18, 156


@dataclass(frozen=True, eq=False)
class Near:
    """The k training pictures nearest to one sample, nearest first.

    names      k file names
    pictures   k of (H, W, C) uint8, as they are nearest: mirrored where that is nearer
    mirrored   k: whether they are
    distances  k RMS over pixels and channels, black at -1 and white at 1
    word       a value of `core.memory.Closeness`: "copy", "close" or "new"
    usual      how far training pictures are from their own nearest at the median; NaN for a set of one
    least      what one in twenty of them is nearer than
    """

    names: tuple[str, ...]
    pictures: tuple[Pictures, ...]
    mirrored: tuple[bool, ...]
    distances: tuple[float, ...]
    word: str
    usual: float
    least: float


class NearestDialog(QDialog):
    """What is nearest is asked for elsewhere; until it is there, a sentence says how far it is. Esc closes it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("nearest")
        self.setWindowTitle(self.tr("Nearest training pictures"))
        self.view = _Pairs()
        self.sentence = QLabel()
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.sentence.setMinimumHeight(3 * LINE_PX)
        rule = self.tr(
            "Copy: the same to 8 bits, or at most ⅓ as far from the nearest as from the second nearest, or at most ⅓ "
            "as far as training pictures are from their own nearest at the median (Yoon et al. 2023; Gu et al. 2023, "
            "arXiv 2310.02664). Close by: nearer than 19 of 20 training pictures are to their own nearest. New: "
            "neither. Pixels are all that is compared: a picture moved by one is new to it. So look at the pair."
        )
        set_tip(self.sentence, rule)
        self.sentence.setAccessibleDescription(rule)
        self.close_button = QPushButton()
        set_words(self.close_button, self.tr("Close"), self.tr("Back to the window (Esc)"))
        self.close_button.clicked.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, GAP_PX)
        column.setSpacing(12)
        column.addWidget(self.view)
        row = QHBoxLayout()
        row.setSpacing(GAP_PX)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(row)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)

    def show_sample(self, pixels: Pictures | None, number: int) -> None:
        """Open it for a finished picture, (H, W, C) uint8, the one of this number from 1; None: there is none."""
        self.view.sample = QImage() if pixels is None else to_image(pixels)
        self.view.title = "" if pixels is None else self.tr("Finished picture {n}").format(n=numbers.count(number))
        self.say("")
        self.show()
        self.raise_()
        self.activateWindow()
        self.close_button.setFocus(Qt.FocusReason.PopupFocusReason)

    def say(self, words: str) -> None:
        """There is no answer, and why; or how far it is."""
        self.view.show_near(None)
        self.sentence.setText(words)

    def show_near(self, near: Near) -> None:
        """The answer: the pair, and what is said of it."""
        self.view.show_near(near)
        self.sentence.setText(self._said(near))

    def _said(self, near: Near) -> str:
        """The word, never without the distances that it stands for."""
        words = {"copy": self.tr("Copy"), "close": self.tr("Close by"), "new": self.tr("New")}
        first, second = (numbers.figure(each) for each in (*near.distances, float("nan"))[:2])
        if len(near.distances) < 2:
            return self.tr(
                "{word}: RMS {first} from the one training picture; there is no other to say how much that is."
            ).format(word=words[near.word], first=first)
        return self.tr(
            "{word}: RMS {first} from the nearest training picture and {second} from the second nearest; training "
            "pictures are {usual} from their own nearest at the median, and 5 % of them are nearer than {least}."
        ).format(
            word=words[near.word],
            first=first,
            second=second,
            usual=numbers.figure(near.usual),
            least=numbers.figure(near.least),
        )


class _Pairs(QWidget):
    """The sample and the nearest picture at one size, and the next ones in a column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sample, self.title = QImage(), ""
        self.near: Near | None = None
        self.images: list[QImage] = []
        self.setFixedSize(self.sizeHint())
        self.setAccessibleName(self.tr("Nearest training pictures"))
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Two large pictures, a column of small ones, and two lines below."""
        return QSize(2 * LARGE_PX + 2 * GAP_PX + SMALL_PX + 8 + WORDS_PX, LARGE_PX + 2 * LINE_PX + 4)

    def show_near(self, near: Near | None) -> None:
        self.near = near
        self.images = [] if near is None else [to_image(picture) for picture in near.pictures]
        names = () if near is None else near.names
        told = (f"{name}, {self.distance_text(number)}" for number, name in enumerate(names))
        self.setAccessibleDescription("; ".join((self.title, *told)))
        self.update()

    def distance_text(self, number: int) -> str:
        """How far one of the nearest is, and whether it is mirrored."""
        assert self.near is not None
        words = self.tr("RMS {value}").format(value=numbers.figure(self.near.distances[number]))
        # lupdate does not look into an f-string.
        mirrored = self.tr("mirrored")
        return f"{words} · {mirrored}" if self.near.mirrored[number] else words

    def place(self, number: int) -> QRectF:
        """Where one of the nearest pictures lies."""
        left = LARGE_PX + GAP_PX
        if not number:
            return QRectF(left, 0, LARGE_PX, LARGE_PX)
        step = (LARGE_PX - SMALL_PX) / (COUNT - 2)
        return QRectF(left + LARGE_PX + GAP_PX, (number - 1) * step, SMALL_PX, SMALL_PX)

    def event(self, event: QEvent) -> bool:
        """The whole name of the picture under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            names = () if self.near is None else self.near.names
            at = QPointF(event.pos())
            here = (name for number, name in enumerate(names) if self._with_words(number).contains(at))
            QToolTip.showText(event.globalPos(), plain_tip(next(here, "")), self)
            return True
        return super().event(event)

    def _with_words(self, number: int) -> QRectF:
        return self.place(number).adjusted(0, 0, WORDS_PX + 8 if number else 0, 0 if number else 2 * LINE_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        large = QRectF(0, 0, LARGE_PX, LARGE_PX)
        self._picture(painter, large, self.sample)
        self._words(painter, QRectF(0, LARGE_PX + 4, LARGE_PX, 2 * LINE_PX), self.title, "")
        for number in range(COUNT if self.near is None else len(self.images)):
            place = self.place(number)
            if self.near is None:  # so that nothing jumps when the answer comes
                painter.setPen(QPen(theme().color("line"), 1))
                painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
                continue
            self._picture(painter, place, self.images[number])
            words = QRectF(place.left(), place.bottom() + 4, LARGE_PX, 2 * LINE_PX)
            if number:
                words = QRectF(place.right() + 8, place.center().y() - LINE_PX, WORDS_PX, 2 * LINE_PX)
            self._words(painter, words, self.near.names[number], self.distance_text(number))

    def _words(self, painter: QPainter, place: QRectF, title: str, below: str) -> None:
        lines = ((title, BODY_PX, "text"), (below, CAPTION_PX, "muted"))
        for number, (text, size_px, colour) in enumerate(lines):
            painter.setFont(sized_font(size_px))
            painter.setPen(theme().color(colour))
            line = QRectF(place.left(), place.top() + number * LINE_PX, place.width(), LINE_PX)
            fits = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, int(place.width()))
            painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine), fits)

    def _picture(self, painter: QPainter, place: QRectF, image: QImage) -> None:
        drawn = draw_picture(painter, place, image)
        if theme().is_light and not drawn.isEmpty():
            painter.setPen(QPen(theme().color("line"), 1))
            painter.drawRect(drawn.adjusted(-0.5, -0.5, 0.5, 0.5))
