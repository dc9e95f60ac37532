"""The first thing that is seen: three cards, each a way to begin. Imports nothing heavy, so it is painted at once."""

from __future__ import annotations

from importlib.resources import files

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor, QImage, QImageReader, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ..app.icons import icon_pixmap
from ..app.listed_run import ListedRun
from ..app.ready_line import ReadyLine
from ..app.theme import BODY_PX, CAPTION_PX, set_look, sized_font, theme
from ..widgets.pixels import Fit, scaled
from ..widgets.plain import set_name, set_tip

# --- The small pictures on the welcome's cards, cut from the sheets of the sample sets. Qt alone, so it is quick.

#: Sample set → side of a picture in its sheet, rows and columns of the card, the colour between them.
LAYOUTS: dict[str, tuple[int, int, int, str]] = {
    "faces": (32, 3, 4, "#ffffff"),
    "digits": (28, 4, 5, "#000000"),
}


def collage(sample_set: str, width_px: int, height_px: int, ratio: float) -> QImage:
    """Some of a set's pictures side by side, `width_px` × `height_px` logical pixels on a screen of scale `ratio`."""
    side, rows, columns, ground = LAYOUTS[sample_set]
    made = QImage(round(width_px * ratio), round(height_px * ratio), QImage.Format.Format_RGB32)
    made.setDevicePixelRatio(ratio)
    made.fill(QColor(ground))
    sheet = _sheet(sample_set)
    if sheet.isNull():
        return made
    in_a_row = sheet.width() // side
    total = in_a_row * (sheet.height() // side)
    cell = min(width_px / columns, height_px / rows)
    shown = round(cell * 0.86 * ratio)
    painter = QPainter(made)
    painter.scale(1 / ratio, 1 / ratio)
    left, top = (width_px - columns * cell) / 2 * ratio, (height_px - rows * cell) / 2 * ratio
    for i in range(rows * columns):
        # Evenly from the whole sheet, so that every kind is there.
        index = (2 * i + 1) * total // (2 * rows * columns)
        row, column = divmod(index, in_a_row)
        tile = sheet.copy(QRect(QPoint(column * side, row * side), QSize(side, side)))
        place_row, place_column = divmod(i, columns)
        x = left + (place_column + 0.07) * cell * ratio
        y = top + (place_row + 0.07) * cell * ratio
        painter.drawImage(round(x), round(y), scaled(tile, Fit(shown, shown, 0, 4)))
    painter.end()
    return made


def _sheet(sample_set: str) -> QImage:
    """The whole sheet; null where it is not there, which a card survives."""
    return QImageReader(str(files("resources") / "samples" / f"{sample_set}.png")).read()


# --- welcome ---------------------------------------------------------------------------------------------

CARD_PX = (280, 380)
BETWEEN_PX = 16
MARGIN_PX = 20
PICTURE_PX = (240, 184)
#: The cards, left to right: object name → the sample set that is opened, or none for a folder of one's own.
CARDS: dict[str, str | None] = {"try_faces": "faces", "try_digits": "digits", "choose_folder": None}


class WelcomeCard(QAbstractButton):
    """A picture, a title, a sentence and what it will take; the whole card is one button."""

    def __init__(self, name: str, sample_set: str | None, title: str, sentence: str, effort: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setText(title)
        self._sentence, self._effort = sentence, effort
        set_name(self, title, sentence)
        self.setAccessibleDescription(f"{sentence} {effort}")
        self._sample_set = sample_set
        self._collage: QPixmap | None = None
        self.setFixedSize(*CARD_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Every card is the same size."""
        return QSize(*CARD_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The card, quiet until the mouse or the keyboard is on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme()
        # The keyboard's place is shown by the window's own focus frame.
        noticed = self.underMouse() or self.isDown()
        painter.setPen(QPen(colours.color("accent" if noticed else "line"), 1))
        painter.setBrush(colours.color("raised" if self.isDown() else "panel"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        place = QRect(MARGIN_PX, MARGIN_PX, *PICTURE_PX)
        self._draw_picture(painter, place)
        self._draw_words(painter, place.bottom() + 20)
        painter.end()

    def _draw_picture(self, painter: QPainter, place: QRect) -> None:
        colours = theme()
        if self._sample_set is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.color("raised"))
            painter.drawRoundedRect(place, 6, 6)
            side = 56
            picture = icon_pixmap("folder", colours.color("muted"), side, self.devicePixelRatioF())
            painter.drawPixmap(place.center().x() - side // 2, place.center().y() - side // 2, picture)
            return
        if self._collage is None:
            self._collage = QPixmap.fromImage(collage(self._sample_set, *PICTURE_PX, self.devicePixelRatioF()))
        # As a brush, because a clip has ragged corners.
        painter.setPen(QPen(colours.color("line"), 1))
        painter.setBrush(QBrush(self._collage))
        painter.setBrushOrigin(place.topLeft())
        painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _draw_words(self, painter: QPainter, top: int) -> None:
        colours = theme()
        width = self.width() - 2 * MARGIN_PX
        wrap = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.setFont(sized_font(15, semibold=True))
        painter.setPen(colours.color("text"))
        painter.drawText(QRect(MARGIN_PX, top, width, 24), wrap, self.text())
        painter.setFont(sized_font(BODY_PX))
        painter.setPen(colours.color("muted"))
        painter.drawText(QRect(MARGIN_PX, top + 30, width, 72), wrap, self._sentence)
        painter.setFont(sized_font(CAPTION_PX))
        below = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap
        painter.drawText(QRect(MARGIN_PX, top + 92, width, CARD_PX[1] - top - 92 - 16), below, self._effort)


class GoOnLine(QWidget):
    """A quiet line for whoever was interrupted: the run, where it stands, and the button that goes on with it."""

    wished = Signal(object)  #: the Path of the run

    def __init__(self) -> None:
        super().__init__()
        self._run: ListedRun | None = None
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.button = QPushButton(self.tr("Resume"))
        self.button.setObjectName("welcome_resume")
        set_tip(self.button, self.tr("Open this run and its pictures, and go on training"))
        set_look(self.button, link=True)
        self.button.clicked.connect(self._pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.words)
        row.addWidget(self.button)
        row.addStretch(1)
        # The list of runs is read while the cards are there already: they stay where they are.
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.show_run(None)

    def show_run(self, run: ListedRun | None) -> None:
        """Offer this run; None: nothing."""
        self._run = run
        self.setVisible(run is not None)
        if run is not None:
            self.words.setText(self.tr("Go on with {run}, {step}").format(run=run.folder.name, step=run.standing()))
            self.button.setAccessibleName(self.tr("Resume {run}").format(run=run.folder.name))

    @Slot()
    def _pressed(self) -> None:
        assert self._run is not None
        self.wished.emit(self._run.folder)


class Welcome(QWidget):
    """Three ways to begin, in the middle of the room, one to look first, and one to go on."""

    sample_set_wished = Signal(str)
    ready_wished = Signal(str)
    folder_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = QLabel(self.tr("What shall the network learn to draw?"))
        self._hint = QLabel(self.tr("Or drop a folder, a run or a checkpoint anywhere in this window."))
        self._title.setObjectName("welcome_title")
        self._title.setFont(sized_font(20, semibold=True))
        self._hint.setProperty("muted", True)
        self.go_on = GoOnLine()
        self.ready = ReadyLine()
        self.ready.wished.connect(self.ready_wished)
        self.cards: dict[str, WelcomeCard] = {}
        row = QHBoxLayout()
        row.setSpacing(BETWEEN_PX)
        row.addStretch(1)
        for name, words in self._words_of_cards().items():
            card = WelcomeCard(name, CARDS[name], *words)
            card.clicked.connect(self._pressed)
            row.addWidget(card)
            self.cards[name] = card
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self._title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(24)
        column.addLayout(row)
        column.addSpacing(20)
        column.addWidget(self.ready)
        column.addSpacing(16)
        column.addWidget(self._hint, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addWidget(self.go_on)
        column.addStretch(1)

    def _words_of_cards(self) -> dict[str, tuple[str, str, str]]:
        """Of each card: its title, a sentence, and what it will take."""
        three_minutes = self.tr("About three minutes on this computer")
        return {
            "try_faces": (
                self.tr("Try with faces"),
                self.tr("118 emoji faces in colour, trained at 32 px. Watch eyes and mouths appear out of noise."),
                three_minutes,
            ),
            "try_digits": (
                self.tr("Try with digits"),
                self.tr("4,200 handwritten digits in grey, trained at 28 px: the classic first set."),
                three_minutes,
            ),
            "choose_folder": (
                self.tr("Choose a folder"),
                self.tr("Your own pictures, subfolders included. They are only read, never changed."),
                self.tr("Minutes to hours; you see an estimate first"),
            ),
        }

    @Slot()
    def _pressed(self) -> None:
        card = self.sender()
        assert card is not None
        sample_set = CARDS[card.objectName()]
        if sample_set is None:
            self.folder_wished.emit()
        else:
            self.sample_set_wished.emit(sample_set)
