"""What all cards are made of: the card itself with its switch, a row of pictures with what stands round them, a t."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from core.recording import shown

from ... import numbers
from ...app.theme import CAPTION_PX, set_look, sized_font, theme
from ...imaging import to_image
from ...widgets.controls import Switch
from ...widgets.elided import ElidedLabel
from ...widgets.panel import Panel, caption
from ...widgets.pixels import draw_picture
from ...widgets.plain import set_name, set_tip
from ...widgets.slider import Slider, ValueSlider
from ...widgets.symbols import paint_text, spoken

if TYPE_CHECKING:
    from core.settings import RunConfig

    from .told import Floats, Guessed, Traced

#: A card may be this narrow; two of them fit into a window of 1100 px.
LEAST_PX, HEIGHT_PX = 500, 314


class Card(Panel):
    """One trick: its sentence, whether the next run has it, what it does to this batch, and that it does.

    A subclass says which settings turn it on and off, and shows what it is given.
    """

    settings_wished = Signal(object)  #: changes by flat name, for the next run
    twins_wished = Signal()  #: compare two short runs, with it and without

    def __init__(self, title: str, sentence: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setMinimumSize(LEAST_PX, HEIGHT_PX)
        self.set_tip(tip)
        self.switch = Switch()
        label = caption(QCoreApplication.translate("TrickCard", "in the next run"))
        self.switch.clicked.connect(self._switched)
        self.head.addWidget(label)
        self.head.addWidget(self.switch)
        self.sentence = ElidedLabel(sentence)
        set_look(self.sentence, caption=True)
        self.body.addWidget(self.sentence)
        self._stack = QStackedWidget()
        self.content = QWidget()
        self.column = QVBoxLayout(self.content)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)
        self.body.setSpacing(4)
        self._why = QLabel()
        self._why.setTextFormat(Qt.TextFormat.PlainText)
        self._why.setWordWrap(True)
        self._why.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_look(self._why, muted=True)
        self._stack.addWidget(self.content)
        self._stack.addWidget(self._why)
        self.body.addWidget(self._stack, 1)
        self.body.addLayout(self._make_foot())
        self.show_why(QCoreApplication.translate("TrickCard", "No batch has been read yet."))

    def _make_foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        self._mark, self.check = QLabel(), ElidedLabel()
        for part in (self._mark, self.check):
            set_look(part, caption=True)
        self.twins = QPushButton(QCoreApplication.translate("TrickCard", "Try it: twins"))
        tip = QCoreApplication.translate(
            "TrickCard",
            "Train two short runs that differ in this alone, from the same first weights on the same batches, and look "
            "at them side by side.",
        )
        set_name(self.twins, self.twins.text(), tip)
        self.twins.clicked.connect(self._twins_clicked)
        foot.addWidget(self._mark)
        foot.addWidget(self.check, 1)
        foot.addWidget(self.twins)
        return foot

    def hasHeightForWidth(self) -> bool:
        """No: a row of cards is as high as they need to be, whatever words are wrapped."""
        return False

    # --- for a subclass ------------------------------------------------------------------------------------

    def is_on(self, config: RunConfig) -> bool:
        """Whether settings have it."""
        raise NotImplementedError

    def changes(self, on: bool) -> Mapping[str, Any]:
        """The settings that turn it on, or off."""
        raise NotImplementedError

    def show_traced(self, traced: Traced) -> None:
        """Another batch."""

    def show_guessed(self, guessed: Guessed, x_start: Floats) -> None:
        """What the network says of the chosen picture, x_start, at another t."""

    def show_picture(self, picture: int) -> None:
        """Another of the shown pictures is chosen."""

    # --- what is seen --------------------------------------------------------------------------------------

    def show_why(self, why: str) -> None:
        """Show nothing of the batch, and say why; "" for the content."""
        self._why.setText(why)
        self._stack.setCurrentIndex(1 if why else 0)
        if why:
            self.show_check("", None)

    @property
    def why(self) -> str:
        """Why nothing of the batch is shown; "" where it is."""
        return self._why.text()

    def show_check(self, words: str, holds: bool | None) -> None:
        """What was looked up in the tensors, and whether it is as promised; None: there is nothing to promise."""
        self._mark.setText("" if holds is None else "✓" if holds else "✗")
        self._mark.setVisible(holds is not None)
        set_look(self._mark, tone="error" if holds is False else "good")
        self._mark.setAccessibleName(
            ""
            if holds is None
            else QCoreApplication.translate("TrickCard", "holds")
            if holds
            else QCoreApplication.translate("TrickCard", "does not hold")
        )
        self.check.setText(words)
        self.check.set_tip(words)

    def show_next(self, config: RunConfig, reason: str) -> None:
        """What the settings of the next run have; reason: why it cannot be turned, "" where it can."""
        on = self.is_on(config)
        self.switch.setChecked(on)
        self.switch.setEnabled(not reason)
        name = QCoreApplication.translate("TrickCard", "{trick} in the next run").format(trick=self.accessibleName())
        set_name(self.switch, name, reason or name)
        self.switch.setAccessibleDescription(reason)

    def set_compared(self, compared: bool) -> None:
        """Whether two trainings, with it and without, are under way."""
        self.twins.setText(
            QCoreApplication.translate("TrickCard", "Twins are training…")
            if compared
            else QCoreApplication.translate("TrickCard", "Try it: twins")
        )

    @Slot()
    def _switched(self) -> None:
        self.settings_wished.emit(dict(self.changes(self.switch.isChecked())))

    @Slot()
    def _twins_clicked(self) -> None:
        self.twins_wished.emit()


# --- A row of pictures -------------------------------------------------------------------------------------

ABOVE_PX, BELOW_PX, ARROW_PX = 20, 18, 28
MOST_TILE_PX = 132


@dataclass(eq=False)
class Shot:
    """A picture with a symbol over it and a small line below; what leads to it from the one before."""

    title: str
    image: QImage
    below: str = ""
    tip: str = ""
    colour: str = "text"
    arrow: bool = False
    place: QRectF = field(default_factory=QRectF)


class ShotRow(QWidget):
    """Paints pictures side by side, as large as they fit, in columns of equal width."""

    def __init__(
        self, name: str, parent: QWidget | None = None, *, least_px: int = 48, columns: int = 4, below: bool = True
    ) -> None:
        super().__init__(parent)
        self.shots: tuple[Shot, ...] = ()
        self._columns = columns
        self._below_px = BELOW_PX if below else 0
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setMinimumSize(columns * least_px + (columns - 1) * 8, least_px + ABOVE_PX + self._below_px)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self.update)

    def show_shots(self, shots: Sequence[Shot]) -> None:
        """Other pictures."""
        self.shots = tuple(shots)
        self.setAccessibleDescription("; ".join(f"{spoken(s.title)} {s.below}".strip() for s in self.shots))
        set_tip(self, "\n\n".join(shot.tip for shot in self.shots if shot.tip))
        self.update()

    def sizeHint(self) -> QSize:
        """As large as pictures are shown."""
        return QSize(self._columns * (MOST_TILE_PX + ARROW_PX), MOST_TILE_PX + ABOVE_PX + self._below_px)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Title, picture, what is below; an arrow between where one leads to the next."""
        painter = QPainter(self)
        count = max(self._columns, len(self.shots))
        side = min(
            (self.width() - (count - 1) * ARROW_PX) / count, self.height() - ABOVE_PX - self._below_px, MOST_TILE_PX
        )
        if side < 8:
            return
        step = (self.width() - side) / max(1, count - 1)
        top = ABOVE_PX + max(0.0, (self.height() - ABOVE_PX - self._below_px - side) / (2 if self._below_px else 1))
        small = sized_font(CAPTION_PX)
        for number, shot in enumerate(self.shots):
            left = round(number * step) if count > 1 else 0
            shot.place = QRectF(left, round(top), side, side)
            words = QRectF(left, top - ABOVE_PX, max(side, step - 8), ABOVE_PX)
            paint_text(painter, words, shot.title, small, theme().color(shot.colour))
            drawn = draw_picture(painter, shot.place, shot.image)
            if theme().is_light:
                painter.setPen(QPen(theme().color("line"), 1))
                painter.drawRect(drawn.adjusted(0, 0, -1, -1))
            under = QRectF(left, top + side, max(side, step - 8), BELOW_PX)
            paint_text(painter, under, shot.below, small, theme().color("muted"))
            if shot.arrow and number:
                self._arrow(
                    painter, QPointF(left - (step - side) + 4, top + side / 2), QPointF(left - 4, top + side / 2)
                )

    def _arrow(self, painter: QPainter, start: QPointF, end: QPointF) -> None:
        if end.x() - start.x() < 10:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color("edge"), 1.5))
        painter.drawLine(start, end - QPointF(6, 0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("edge"))
        painter.drawPolygon(QPolygonF([end, end + QPointF(-7, -4), end + QPointF(-7, 4)]))
        painter.restore()


def picture(values: Floats, white_at: float = 1.0) -> QImage:
    """(H, W, C) in the network's range, as it is shown."""
    return to_image(shown(values, white_at))


# --- Which t -----------------------------------------------------------------------------------------------


class TimeSlider(ValueSlider):
    """t = 0 … T − 1, the same on all cards that ask the network."""

    def __init__(self) -> None:
        super().__init__(Slider(0, 999, 500), numbers.count)
        self.set_words(
            "t",
            QCoreApplication.translate(
                "TrickCard", "t: how far the picture is noised, from 0 (one step of noise) to T − 1 (noise alone)."
            ),
        )

    def show_timesteps(self, timesteps: int) -> None:
        """T."""
        if self.slider.maximum() != timesteps - 1:
            self.slider.setRange(0, max(0, timesteps - 1))
            self.slider.setPageStep(max(1, timesteps // 10))

    def show_t(self, t: int) -> None:
        """Stand at t and tell nobody."""
        was = self.blockSignals(True)
        self.set_value(t)
        self.blockSignals(was)
