"""One picture at eight noise levels, and what the averaged network takes it to be from each, at a step of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from .. import numbers
from ..app.theme import CAPTION_PX, sized_font, theme
from ..imaging import to_images
from ..widgets.elided import ElidedLabel
from ..widgets.panel import Panel
from ..widgets.pixels import draw_picture
from ..widgets.plain import set_name

if TYPE_CHECKING:
    from .live_run import LiveRun

GAP_PX = 6
NUMBERS_PX = 18
#: A picture's width beside the form, and its height where it has the room; and what is more than one wants to see.
LEAST_PX, MOST_PX = (24, 38), 96


class _Rows(QWidget):
    """x_t over x̂_0, and t under each pair."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._rows: tuple[list[QImage], list[QImage]] = ([], [])
        self._t: tuple[int, ...] = ()
        self._placeholder = ""
        theme().changed.connect(self.update)

    def show_pictures(self, t: tuple[int, ...], x_t: list[QImage], x_0: list[QImage]) -> None:
        """These from now on; none: the placeholder."""
        self._t, self._rows = t, (x_t, x_0)
        self.update()

    def set_placeholder(self, text: str) -> None:
        """What stands there while there is nothing to show."""
        self._placeholder = text
        self.update()

    def sizeHint(self) -> QSize:
        """Pictures as in the samples."""
        return QSize(8 * 44 + 7 * GAP_PX, 2 * 44 + GAP_PX + NUMBERS_PX)

    def minimumSizeHint(self) -> QSize:
        """Narrower windows have smaller pictures."""
        return QSize(8 * LEAST_PX[0] + 7 * GAP_PX, 2 * LEAST_PX[1] + GAP_PX + NUMBERS_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Both rows, each picture as large as the room has it for all."""
        painter = QPainter(self)
        painter.setFont(sized_font(CAPTION_PX))
        painter.setPen(theme().color("muted"))
        count = len(self._t)
        if not count:
            painter.drawText(
                self.rect(), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._placeholder
            )
            return
        wide = (self.width() - (count - 1) * GAP_PX) / count
        high = (self.height() - NUMBERS_PX - GAP_PX) / 2
        picture = self._rows[0][0]
        side = min(wide, high * picture.width() / max(1, picture.height()), MOST_PX)
        tall = side * picture.height() / max(1, picture.width())
        apart = (self.width() - count * side) / max(1, count - 1) if side == wide else wide + GAP_PX - side
        left = (self.width() - count * side - (count - 1) * apart) / 2
        for k, t in enumerate(self._t):
            x = left + k * (side + apart)
            for row, pictures in enumerate(self._rows):
                place = draw_picture(painter, QRectF(x, row * (tall + GAP_PX), side, tall), pictures[k])
                if theme().is_light:
                    painter.setPen(QPen(theme().color("line"), 1))
                    painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))
            painter.setPen(theme().color("muted"))
            below = QRectF(x - GAP_PX, 2 * (tall + GAP_PX) - GAP_PX + 2, side + 2 * GAP_PX, NUMBERS_PX - 2)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, numbers.count(t))


class StripPanel(Panel):
    """Follows the samples: the strip of the grid that is shown, or the last one before it."""

    strip_wished = Signal(int)  #: the step of a strip that must be read from disk

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("{x_0_hat} from eight noise levels"))
        self.set_tip(
            self.tr(
                "The same picture with more and more of the same noise (upper row, t below), and what the averaged "
                "weights take it to be from each in one pass (lower row). One that is held out, where any is: what is "
                "far from it at small t is not learnt yet"
            )
        )
        self.name = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.name.setProperty("caption", True)
        self.name.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.head.addWidget(self.name, 1)
        self.rows = _Rows()
        self.rows.setObjectName("strip")
        set_name(
            self.rows,
            self.tr("One picture from eight noise levels"),
            self.tr("With noise above, and below what the averaged weights take it to be"),
        )
        self.body.addWidget(self.rows, 1)
        self._live: LiveRun | None = None
        self._wished: int | None = None  #: the step that is to be shown; None: the newest
        self._shown_step: int | None = None
        self._first_step: int | None = None
        self._ended = False
        self.refresh()

    def show_run(self, live: LiveRun | None) -> None:
        """Show the strips of this run from now on, the newest first."""
        self._live, self._wished = live, None
        self.refresh()

    def expect_first(self, step: int) -> None:
        """The first comes with the samples of this step."""
        self._first_step = step
        self._show_placeholder()

    def set_ended(self, ended: bool) -> None:
        """Whether the run does not train, so that none comes as it stands."""
        if ended != self._ended:
            self._ended = ended
            self._show_placeholder()

    @Slot(int)
    def show_step(self, step: int) -> None:
        """The samples of this step are shown."""
        self._wished = step
        self.refresh()

    def strip_arrived(self, step: int) -> None:
        """A strip was made, or read from disk."""
        if step == self._shown_step or self._shown_step is None or self._step_to_show() == step:
            self.refresh()

    def _step_to_show(self) -> int | None:
        steps = [] if self._live is None else self._live.strips.steps
        if self._wished is not None:
            steps = [step for step in steps if step <= self._wished]
        return steps[-1] if steps else None

    def refresh(self) -> None:
        """Show what is to be shown."""
        live, step = self._live, self._step_to_show()
        self._shown_step = step
        if live is None or step is None:
            self.name.setText("")
            self.rows.show_pictures((), [], [])
            self._show_placeholder()
            return
        pictures = live.strips.images(step)
        if pictures is None:
            self.strip_wished.emit(step)
            return
        name, t = live.strip_of
        count = len(t)
        self.name.setText(name)
        self.name.set_tip(self.tr("At step {step}").format(step=numbers.count(step)))
        self.rows.show_pictures(t, to_images(pictures[:count]), to_images(pictures[count:]))

    def _show_placeholder(self) -> None:
        text = ""
        if self._ended:
            text = self.tr("It ended before its first samples")
        elif self._first_step is not None:
            text = self.tr("Comes with the first samples, at step {step}").format(step=numbers.count(self._first_step))
        self.rows.set_placeholder(text)
