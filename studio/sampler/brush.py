"""Painting on x̂_0 where a fork goes off, and drawing the mask of what it makes anew."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QIcon,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.recording import Pictures, Recording, Values

from .. import numbers
from ..app.theme import theme
from ..imaging import to_image
from ..widgets.controls import IconButton
from ..widgets.number import IntBox
from ..widgets.panel import Panel, caption
from ..widgets.pixels import Fit, draw_picture, fit
from ..widgets.plain import set_tip, set_words
from ..widgets.segments import Segments

Inside = NDArray[np.bool_]

# --- What is painted -------------------------------------------------------------------------------------

MOST_UNDONE = 100
#: In the place of a picture's number.
MASK = -1


def snapped(place: QPointF, size_px: int) -> QPointF:
    """The middle of a brush, so that it covers whole pixels: of an odd size it is a pixel's middle, else a corner."""
    half = size_px / 2
    return QPointF(math.floor(place.x() - half + 0.5) + half, math.floor(place.y() - half + 0.5) + half)


def swept(shape: tuple[int, int], begin: QPointF, end: QPointF, size_px: int) -> Inside:
    """(H, W) the pixels whose middle a disc of a diameter in pixels covers on its way; places are in pixels."""
    a, b = snapped(begin, size_px), snapped(end, size_px)
    y, x = np.ogrid[: shape[0], : shape[1]]
    x, y = x + 0.5 - a.x(), y + 0.5 - a.y()
    along_x, along_y = b.x() - a.x(), b.y() - a.y()
    length = along_x**2 + along_y**2
    share = np.clip((x * along_x + y * along_y) / length, 0, 1) if length else np.float64(0)
    inside: Inside = np.hypot(x - share * along_x, y - share * along_y) <= size_px / 2 + 1e-9
    return inside


class Painting:
    """Colour over the predictions of a batch, and one mask for all of them. Each stroke can be taken back.

    shape: (N, H, W, C) of the batch
    """

    def __init__(self, shape: tuple[int, int, int, int]) -> None:
        self._count, self._size, self._channels = shape[0], (shape[1], shape[2]), shape[3]
        self.held: int | None = None  #: for how many steps the paint counts; None: as `usual_hold` says
        self._covered: dict[int, Inside] = {}
        self._colours: dict[int, Pictures] = {}
        self._before: list[tuple[int, Inside, Pictures]] = []
        self._after: list[tuple[int, Inside, Pictures]] = []
        self._begun: tuple[int, Inside, Pictures] | None = (
            None  #: before the stroke under way, while it changed nothing
        )

    # --- strokes -------------------------------------------------------------------------------------------

    def begin(self, which: int) -> None:
        """A stroke begins, on a picture or on the MASK: what is there now can be had again, if it changes anything."""
        self._begun = self._now(which)

    def _remember(self, before: tuple[int, Inside, Pictures]) -> None:
        """Something is changed, which can be undone."""
        self._before = [*self._before, before][-MOST_UNDONE:]
        self._after.clear()

    def stroke(self, which: int, begin: QPointF, end: QPointF, size_px: int, colour: tuple[int, ...] | None) -> None:
        """Go on with the brush; colour: as many numbers as the picture has channels, any for the mask; None: erase."""
        before = self._now(which)
        _, covered, colours = self._now(which)
        inside = swept(self._size, begin, end, size_px)
        covered[inside] = colour is not None
        if colour is not None and which != MASK:
            colours[inside] = colour
        if np.array_equal(covered, before[1]) and np.array_equal(colours, before[2]):
            return  # beside the picture, or over the same once more: nothing to undo
        if self._begun is not None:
            self._remember(self._begun)
            self._begun = None
        self._covered[which], self._colours[which] = covered, colours

    def clear(self, which: int) -> None:
        """Take all strokes away, which can be undone."""
        if self.covered(which).any():
            self._remember(self._now(which))
            self._covered.pop(which, None)

    def invert(self) -> None:
        """What the mask keeps is redrawn, and the other way round."""
        self._remember(self._now(MASK))
        self._covered[MASK] = ~self.covered(MASK)

    def undo(self) -> int | None:
        """Take the last one back: on what it was; None where there is none."""
        return self._swap(self._before, self._after)

    def redo(self) -> int | None:
        """Make it again."""
        return self._swap(self._after, self._before)

    @property
    def can(self) -> tuple[bool, bool]:
        """Whether something can be undone, and done again."""
        return bool(self._before), bool(self._after)

    def _swap(self, take: list[tuple[int, Inside, Pictures]], put: list[tuple[int, Inside, Pictures]]) -> int | None:
        if not take:
            return None
        which, covered, colours = take.pop()
        put.append(self._now(which))
        self._covered[which], self._colours[which] = covered, colours
        return which

    def _now(self, which: int) -> tuple[int, Inside, Pictures]:
        colours = self._colours.get(which)
        if colours is None:
            colours = np.zeros((*self._size, 0 if which == MASK else self._channels), np.uint8)
        return which, self.covered(which).copy(), colours.copy()

    # --- what came of them ---------------------------------------------------------------------------------

    def covered(self, which: int) -> Inside:
        """(H, W) what is painted of a picture, or what the MASK has redrawn."""
        found = self._covered.get(which)
        return np.zeros(self._size, np.bool_) if found is None else found

    @property
    def painted(self) -> tuple[int, ...]:
        """The pictures that have paint on them."""
        return tuple(sorted(which for which, covered in self._covered.items() if which != MASK and covered.any()))

    @property
    def mask(self) -> Inside | None:
        """(H, W) what is redrawn; None where nothing is drawn."""
        covered = self.covered(MASK)
        return covered.copy() if covered.any() else None

    @property
    def all_covered(self) -> Inside:
        """(N, H, W) where there is paint."""
        return np.stack([self.covered(which) for which in range(self._count)])

    def lost(self, mask: Inside) -> float:
        """The share of the paint that lies outside of a mask; 1 where nothing is painted."""
        painted = sum(int(self.covered(which).sum()) for which in self.painted)
        inside = sum(int((self.covered(which) & mask).sum()) for which in self.painted)
        return 1 - inside / max(1, painted)

    def over(self, pixels: Pictures, which: int) -> Pictures:
        """(H, W, C) a picture with its paint."""
        covered = self.covered(which)
        return np.where(covered[..., None], self._now(which)[2], pixels)

    def painted_x_0(self, x_0: Values, *, normalized: bool) -> Values | None:
        """(N, H, W, C) the predictions with the paint, in the network's range; None where nothing is painted."""
        if not self.painted:
            return None
        found = x_0.copy()
        for which in self.painted:
            values = self._colours[which].astype(np.float32) / np.float32(127.5 if normalized else 255)
            found[which] = np.where(self._covered[which][..., None], values - normalized, found[which])
        return found


#: Of what lay below the paint, so much is left when the network goes on alone.
LEFT_OVER = 0.2


def usual_hold(recording: Recording, step: int) -> int:
    """For how many steps paint counts unless told otherwise: until √(SNR_t/SNR_s) of what was there is LEFT_OVER.

    The network has a quarter of the way or more to make a whole of it.
    """
    snr, left = recording.snr[step : recording.arrived], recording.arrived - step
    enough = np.nonzero(np.sqrt(snr[0] / np.maximum(snr, 1e-300)) <= LEFT_OVER)[0]
    return max(1, min(int(enough[0]) if len(enough) else left, 3 * left // 4))


# --- The canvas ------------------------------------------------------------------------------------------

TINT_ALPHA = 120
KEY_STEPS = 8


class Canvas(QWidget):
    """One picture as large as it goes, and the brush's circle where the pointer or the arrows have put it."""

    stroke_begun = Signal()
    stroked = Signal(QPointF, QPointF)  #: from, to: in pixels of the picture
    picked = Signal(int, int)  #: column and row whose colour is wished
    size_wished = Signal(int)  #: larger by so many notches

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image, self._tint = QImage(), QImage()
        self._at: QPointF | None = None  #: the brush, in pixels of the picture
        self._down = False
        self._picks = False
        self._size_px = 1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(96, 96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("Canvas"))
        theme().changed.connect(self.update)

    def show_picture(self, pixels: Pictures, redrawn: Inside | None) -> None:
        """(H, W, C), and (H, W) what lies under the tint."""
        self._image, self._tint = to_image(pixels), QImage()
        if redrawn is not None:
            colour = theme().color("accent")
            tint = np.zeros((*redrawn.shape, 4), np.uint8)
            tint[redrawn] = (colour.red(), colour.green(), colour.blue(), TINT_ALPHA)
            self._tint = to_image(tint)
        self.update()

    def set_brush(self, size_px: int, *, picks: bool) -> None:
        """Its diameter in pixels of the picture; picks: it takes a colour instead of giving one."""
        self._size_px, self._picks = size_px, picks
        self.update()

    def sizeHint(self) -> QSize:
        """Whatever room there is: more would be asked for in a low window, whose page then scrolls."""
        return self.minimumSize()

    # --- geometry ------------------------------------------------------------------------------------------

    def _fit(self) -> Fit:
        return fit((self._image.width(), self._image.height()), (self.width(), self.height()), self.devicePixelRatioF())

    def place(self) -> QRectF:
        """Where the picture lies."""
        how, dpr = self._fit(), self.devicePixelRatioF()
        middle = QRectF(self.rect()).center()
        left, top = round(middle.x() * dpr - how.width_px / 2) / dpr, round(middle.y() * dpr - how.height_px / 2) / dpr
        return QRectF(left, top, how.width_px / dpr, how.height_px / dpr)

    def _pixel(self, place: QPointF) -> QPointF:
        on = self.place()
        across, down = self._image.width() / max(1.0, on.width()), self._image.height() / max(1.0, on.height())
        return QPointF((place.x() - on.left()) * across, (place.y() - on.top()) * down)

    # --- the hand ------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The left button paints, the right one takes a colour."""
        if self._image.isNull():
            return
        self._at = self._pixel(event.position())
        if event.button() == Qt.MouseButton.RightButton or self._picks:
            self._pick()
        elif event.button() == Qt.MouseButton.LeftButton:
            self._down = True
            self.stroke_begun.emit()
            self.stroked.emit(self._at, self._at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The circle follows, and with the button down the stroke."""
        before, self._at = self._at, self._pixel(event.position())
        if self._down and before is not None:
            self.stroked.emit(before, self._at)
        elif event.buttons() and self._picks:
            self._pick()
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """The stroke is done."""
        self._down = False

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel changes the brush's size."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        if delta:
            self.size_wished.emit(1 if delta > 0 else -1)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows carry the brush a pixel (with Shift eight), Space puts it down; all else is the tools'."""
        moves = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        wide, high = self._image.width(), self._image.height()
        at = self._at or QPointF(wide / 2, high / 2)
        if event.key() in moves:
            by = KEY_STEPS if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            across, down = moves[Qt.Key(event.key())]
            x, y = at.x() + by * across, at.y() + by * down
            self._at = QPointF(min(wide - 0.5, max(0.5, x)), min(high - 0.5, max(0.5, y)))
            self.update()
        elif event.key() == Qt.Key.Key_Space:
            self._at = at
            if self._picks:
                self._pick()
            elif not event.isAutoRepeat():
                self.stroke_begun.emit()
                self.stroked.emit(at, at)
        else:
            event.ignore()

    def _pick(self) -> None:
        assert self._at is not None
        column, row = math.floor(self._at.x()), math.floor(self._at.y())
        if 0 <= column < self._image.width() and 0 <= row < self._image.height():
            self.picked.emit(column, row)

    # --- painting ------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture, the tint, and the circle in two colours, so that it is seen on any."""
        painter = QPainter(self)
        how = self._fit()
        on = draw_picture(painter, QRectF(self.rect()), self._image, how)
        if not self._tint.isNull():
            draw_picture(painter, QRectF(self.rect()), self._tint, how)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme().color("accent" if self.hasFocus() else "line"), 1))
        painter.drawRect(on.adjusted(-0.5, -0.5, 0.5, 0.5))
        if self._at is None or self._image.isNull():
            return
        size_px = 1 if self._picks else self._size_px
        middle, scale = snapped(self._at, size_px), on.width() / self._image.width()
        round_about = QRectF(0, 0, size_px * scale, size_px * scale)
        round_about.moveCenter(QPointF(on.left() + middle.x() * scale, on.top() + middle.y() * scale))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, wider in ((QColor(0, 0, 0), 1.0), (QColor(255, 255, 255), 0.0)):
            painter.setPen(QPen(colour, 1.2))
            painter.drawEllipse(round_about.adjusted(-wider, -wider, wider, wider))


# --- The tools around it ---------------------------------------------------------------------------------

TOOLS_PX, SIDE_PX, THUMB_PX, SWATCH_PX = 196, 216, 88, 28
COLUMNS = 6
#: Beside the picture's own colours; grey pictures have greys.
COLOURS = ((0, 0, 0), (255, 255, 255), (214, 39, 40), (255, 200, 30), (46, 160, 67), (31, 119, 180))


def own_colours(pixels: Pictures, count: int = COLUMNS) -> Iterator[tuple[int, ...]]:
    """The colours that most of a picture, (H, W, C), has: the means of the fullest of 4 ranges a channel."""
    flat = pixels.reshape(-1, pixels.shape[-1])
    _, place, taken = np.unique(flat // 64, axis=0, return_inverse=True, return_counts=True)
    for fullest in np.argsort(-taken, kind="stable")[:count]:
        yield tuple(flat[place.reshape(-1) == fullest].mean(0).round().astype(int).tolist())


def palette(pixels: Pictures) -> list[tuple[int, ...]]:
    """Colours to paint a picture with: some that are always there, then its own; opaque where it has an alpha."""
    channels = pixels.shape[-1]
    shades = 3 if channels > 2 else 1
    greys = [(round(255 * k / (COLUMNS - 1)),) for k in range(COLUMNS)]
    always = COLOURS if shades == 3 else greys
    opaque = (255,) * (channels - shades)
    return [(*colour[:shades], *opaque) for colour in (*always, *own_colours(pixels))]


class PaintView(Panel):
    """Paints into a Painting that others hold. Its keys are its own: none of them reaches the room."""

    changed = Signal()  #: something was painted, or taken back
    done = Signal()  #: the person goes back to the pictures; the strokes stay
    go_wished = Signal()  #: Enter
    picture_wished = Signal(int)  #: by how many

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._painting = Painting((1, 1, 1, 1))
        self._recording: Recording | None = None
        self._step, self._picture = 0, 0
        self._colour: tuple[int, ...] = (0,)
        self._pixels: Pictures = np.zeros((1, 1, 1), np.uint8)
        self.setObjectName("paint")
        self.back, self.next = IconButton("back"), IconButton("next")
        self.back.describe(self.tr("Picture before"))
        self.next.describe(self.tr("Next picture"))
        self.close_button = QPushButton()
        words = self.tr("Back to the pictures; what is painted stays for the fork (Esc)")
        set_words(self.close_button, self.tr("Done"), words)
        for button in (self.back, self.next, self.close_button):
            self.head.addWidget(button)
        self.canvas = Canvas()
        self.mode = Segments()
        self.mode.add("paint", self.tr("Paint"), self.tr("Colour over what the network predicts, picture by picture"))
        self.mode.add("mask", self.tr("Mask"), self.tr("What is made anew, in all pictures; the rest is kept (M)"))
        self.tools = {name: IconButton(name, framed=True) for name in ("brush", "eraser", "dropper")}
        self.undo, self.redo, self.clear = IconButton("reset"), IconButton("redo"), IconButton("trash")
        self.invert = QPushButton()
        set_words(self.invert, self.tr("Invert"), self.tr("What is kept is made anew, and the other way round (X)"))
        self.size_px = IntBox(1, 256, 1)
        self.size_px.setObjectName("paint_size")
        self.size_px.setSuffix(" px")
        self.size_px.setAccessibleName(self.tr("Size of the brush"))
        set_tip(self.size_px, self.tr("The brush's diameter in pixels of the picture (wheel, or [ and ])"))
        self.hold = IntBox(1, 1, 1)
        self.hold.setObjectName("paint_hold")
        self.hold.setAccessibleName(self.tr("Steps that the paint is held for"))
        set_tip(
            self.hold,
            self.tr(
                "For so many steps the paint takes the place of what the network predicts there. After one alone most "
                "of what was there is still in x_t, and comes back."
            ),
        )
        self.swatches: list[QToolButton] = []
        self.now, self.was, self.was_words, self.sentence = QLabel(), QLabel(), caption(), QLabel()
        self.was_words.setText(self.tr("as it was"))
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._describe()
        self._lay_out()
        self._connect()

    def _describe(self) -> None:
        self.tools["brush"].describe(self.tr("Brush"), "B")
        self.tools["eraser"].describe(self.tr("Eraser: as the network predicted it"), "E")
        self.tools["dropper"].describe(self.tr("Take a colour from the picture"), self.tr("I, or the right button"))
        self.undo.describe(self.tr("Take the last stroke back"), "Ctrl+Z")
        self.redo.describe(self.tr("Make it again"), "Ctrl+Shift+Z")
        self.clear.describe(self.tr("Take all strokes away"), self.tr("Del"))
        self._group = QButtonGroup(self)
        for name, button in self.tools.items():
            button.setObjectName(f"paint_{name}")
            button.setCheckable(True)
            self._group.addButton(button)
        self.tools["brush"].setChecked(True)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button in (*self.tools.values(), self.undo, self.redo, self.clear):
            row.addWidget(button)
        row.addStretch(1)
        self._grid = QWidget()
        grid = QGridLayout(self._grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        for number in range(2 * COLUMNS):
            swatch = QToolButton()
            swatch.setFixedSize(SWATCH_PX, SWATCH_PX)
            swatch.setIconSize(QSize(SWATCH_PX - 10, SWATCH_PX - 10))
            swatch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            swatch.clicked.connect(self._swatch)
            grid.addWidget(swatch, number // COLUMNS, number % COLUMNS)
            self.swatches.append(swatch)
        size = QHBoxLayout()
        size.setSpacing(8)
        self.now.setFixedSize(SWATCH_PX, SWATCH_PX)
        words = caption(self.tr("Size"))
        words.setBuddy(self.size_px)
        self.size_px.setFixedWidth(76)
        for part in (words, self.size_px, self.now):
            size.addWidget(part)
        size.addStretch(1)
        self._holding = QWidget()
        hold = QHBoxLayout(self._holding)
        hold.setContentsMargins(0, 0, 0, 0)
        hold.setSpacing(8)
        self.hold.setFixedWidth(56)
        for each in (caption(self.tr("Held for")), self.hold, caption(self.tr("steps"))):
            hold.addWidget(each)
        hold.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.mode, 0, Qt.AlignmentFlag.AlignLeft)
        left.addLayout(row)
        left.addLayout(size)
        left.addWidget(self._grid)
        left.addWidget(self._holding)
        left.addWidget(self.invert)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.was_words)
        right.addWidget(self.was)
        right.addWidget(self.sentence, 1)
        self.sentence.setFixedWidth(SIDE_PX)
        self.invert.setFixedWidth(TOOLS_PX)
        all_three = QHBoxLayout()
        all_three.setSpacing(16)
        all_three.addLayout(left)
        all_three.addWidget(self.canvas, 1)
        all_three.addLayout(right)
        self.body.addLayout(all_three, 1)

    def _connect(self) -> None:
        canvas = self.canvas
        canvas.stroke_begun.connect(self._begin)
        canvas.stroked.connect(self._stroke)
        canvas.picked.connect(self._pick)
        canvas.size_wished.connect(self._grow)
        self._group.buttonToggled.connect(self._tool_changed)
        self.size_px.valueChanged.connect(self._tool_changed)
        self.hold.valueChanged.connect(self._hold_changed)
        self.mode.chosen.connect(self._mode_changed)
        self.undo.clicked.connect(self.take_back)
        self.redo.clicked.connect(self.do_again)
        self.clear.clicked.connect(self._clear)
        self.invert.clicked.connect(self._invert)
        self.close_button.clicked.connect(self.done)
        self.back.clicked.connect(self._back)
        self.next.clicked.connect(self._next)

    # --- what is shown -------------------------------------------------------------------------------------

    def open(self, painting: Painting, recording: Recording, step: int, picture: int) -> None:
        """Paint on the prediction of a step; the brush has an eighth of the picture."""
        if painting is not self._painting:
            self._painting = painting
            height, width = recording.x_0(step).shape[1:3]
            with QSignalBlocker(self.size_px):
                self.size_px.setRange(1, max(height, width))
                self.size_px.setValue(max(1, round(min(height, width) / 8)))
            self._colour = palette(recording.x_0(step)[picture])[0]
            self.tools["brush"].setChecked(True)
            self.mode.choose("paint")
        self._recording = recording
        self.show()
        self.show_place(step, picture)
        self._mode_changed()
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_place(self, step: int, picture: int) -> None:
        """Another step or picture: the strokes lie over its prediction."""
        recording = self._recording
        if recording is None or self.isHidden() or step >= recording.arrived:
            return
        self._step, self._picture = step, picture
        title = self.tr("Paint {symbol} of picture {number} of {count}, step {step}").replace("{symbol}", "{x_0_hat}")
        for name, number in (("number", picture + 1), ("count", recording.count), ("step", step + 1)):
            title = title.replace(f"{{{name}}}", numbers.count(number))
        self.set_title(title)
        self.back.setEnabled(picture > 0)
        self.next.setEnabled(picture + 1 < recording.count)
        self._pixels = recording.x_0(step)[picture]
        image = to_image(self._pixels)
        side = fit((image.width(), image.height()), (THUMB_PX, THUMB_PX), self.devicePixelRatioF())
        self.was.setPixmap(QPixmap.fromImage(image.scaled(side.width_px, side.height_px)))
        for swatch, colour in zip(self.swatches, [*palette(self._pixels), *[None] * COLUMNS], strict=False):
            swatch.setVisible(colour is not None)
            if colour is not None:
                swatch.setProperty("colour", list(colour))
                swatch.setIcon(_swatch(colour))
                name = ", ".join(map(str, colour))
                swatch.setAccessibleName(self.tr("Colour {values}").format(values=name))
                set_tip(swatch, self.tr("Paint with this colour: {values}").format(values=name))
        with QSignalBlocker(self.hold):
            self.hold.setRange(1, recording.steps - step)
            self.hold.setValue(self._painting.held or usual_hold(recording, step))
        self._refresh()

    def say(self, words: str) -> None:
        """What will come of it, in a sentence."""
        self.sentence.setText(words)
        self.canvas.setAccessibleDescription(words)

    def _refresh(self) -> None:
        painting, masking = self._painting, self.masking
        self.canvas.show_picture(painting.over(self._pixels, self._picture), painting.mask)
        can_undo, can_redo = painting.can
        self.undo.setEnabled(can_undo)
        self.redo.setEnabled(can_redo)
        self.clear.setEnabled(bool(painting.covered(self._which).any()))
        self._grid.setVisible(not masking)
        self._holding.setVisible(not masking)
        self.now.setVisible(not masking)
        self.invert.setVisible(masking)
        self.tools["dropper"].setEnabled(not masking)
        pixmap = _swatch(self._colour).pixmap(QSize(SWATCH_PX - 10, SWATCH_PX - 10))
        self.now.setPixmap(pixmap)
        set_tip(self.now, self.tr("The colour of the brush: {values}").format(values=", ".join(map(str, self._colour))))

    @property
    def masking(self) -> bool:
        """Whether it is the mask that is drawn."""
        return self.mode.current() == "mask"

    @property
    def _which(self) -> int:
        return MASK if self.masking else self._picture

    # --- what the person does ------------------------------------------------------------------------------

    def _changed(self) -> None:
        self._refresh()
        self.changed.emit()

    @Slot()
    def _begin(self) -> None:
        self._painting.begin(self._which)

    @Slot(QPointF, QPointF)
    def _stroke(self, begin: QPointF, end: QPointF) -> None:
        colour = None if self.tools["eraser"].isChecked() else self._colour
        self._painting.stroke(self._which, begin, end, self.size_px.value(), colour)
        self._changed()

    @Slot(int, int)
    def _pick(self, column: int, row: int) -> None:
        if not self.masking:
            self._take_colour(self._painting.over(self._pixels, self._picture)[row, column].tolist())

    @Slot()
    def _swatch(self) -> None:
        button = self.sender()
        assert isinstance(button, QToolButton)
        self._take_colour(button.property("colour"))

    def _take_colour(self, colour: list[int]) -> None:
        """Paint with it from now on."""
        self._colour = tuple(map(int, colour))
        self.tools["brush"].setChecked(True)
        self._refresh()

    @Slot(int)
    def _grow(self, notches: int) -> None:
        now = self.size_px.value()
        self.size_px.setValue(now + notches * max(1, now // 8))

    @Slot()
    def _tool_changed(self) -> None:
        self.canvas.set_brush(self.size_px.value(), picks=self.tools["dropper"].isChecked() and not self.masking)

    @Slot(int)
    def _hold_changed(self, steps: int) -> None:
        self._painting.held = steps
        self.changed.emit()

    @Slot()
    def _mode_changed(self) -> None:
        if self.masking and self.tools["dropper"].isChecked():
            self.tools["brush"].setChecked(True)
        self._tool_changed()
        self._refresh()

    @Slot()
    def take_back(self) -> None:
        """The last stroke, on whichever picture or mask it was."""
        self._show_what(self._painting.undo())

    @Slot()
    def do_again(self) -> None:
        """The one that was taken back last."""
        self._show_what(self._painting.redo())

    def _show_what(self, which: int | None) -> None:
        if which is None:
            return
        self.mode.choose("mask" if which == MASK else "paint")
        if which not in (MASK, self._picture):
            self.picture_wished.emit(which - self._picture)
        self._changed()

    @Slot()
    def _clear(self) -> None:
        self._painting.clear(self._which)
        self._changed()

    @Slot()
    def _invert(self) -> None:
        self._painting.invert()
        self._changed()

    @Slot()
    def _back(self) -> None:
        self.picture_wished.emit(-1)

    @Slot()
    def _next(self) -> None:
        self.picture_wished.emit(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A letter for each tool. What is no key here is no key of the room either while one paints."""
        if undoes(event):
            self.take_back()
        elif redoes(event):
            self.do_again()
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            super().keyPressEvent(event)  # the steps are the room's
        else:
            self._key(Qt.Key(event.key()))

    def _key(self, key: Qt.Key) -> None:
        match key:
            case Qt.Key.Key_Escape:
                self.done.emit()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.go_wished.emit()
            case Qt.Key.Key_B:
                self.tools["brush"].setChecked(True)
            case Qt.Key.Key_E:
                self.tools["eraser"].setChecked(True)
            case Qt.Key.Key_I if not self.masking:
                self.tools["dropper"].setChecked(True)
            case Qt.Key.Key_M:
                self.mode.choose("paint" if self.masking else "mask")
            case Qt.Key.Key_X if self.masking:
                self._invert()
            case Qt.Key.Key_BracketLeft | Qt.Key.Key_Minus:
                self._grow(-1)
            case Qt.Key.Key_BracketRight | Qt.Key.Key_Plus:
                self._grow(1)
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self._clear()
            case Qt.Key.Key_PageUp:
                self._back()
            case Qt.Key.Key_PageDown:
                self._next()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Beside the canvas the wheel does nothing: the step stays where one paints."""
        event.accept()


def undoes(event: QKeyEvent) -> bool:
    """Whether a key takes back."""
    return event.matches(QKeySequence.StandardKey.Undo)


def redoes(event: QKeyEvent) -> bool:
    """Whether a key does again: as the system has it, and Ctrl+Y, which some have instead."""
    control_y = event.key() == Qt.Key.Key_Y and event.modifiers() == Qt.KeyboardModifier.ControlModifier
    return control_y or event.matches(QKeySequence.StandardKey.Redo)


def _swatch(colour: tuple[int, ...]) -> QIcon:
    shades = colour if len(colour) > 2 else (colour[0],) * 3
    pixmap = QPixmap(SWATCH_PX - 10, SWATCH_PX - 10)
    pixmap.fill(QColor(*shades[:3]))
    painter = QPainter(pixmap)
    painter.setPen(QPen(theme().color("edge"), 1))
    painter.drawRect(0, 0, pixmap.width() - 1, pixmap.height() - 1)
    painter.end()
    return QIcon(pixmap)
