"""Small controls: buttons with a drawing, lists that take only what they hold, rows of a menu, a dialog's buttons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QWidget,
)

from ..app.icons import set_accent, set_icon
from ..app.theme import CONTROL_PX, set_look, theme
from .elided import ElidedLabel
from .plain import set_tip

ICON_PX = 16


class IconButton(QToolButton):
    """28 × 28 px, quiet (or framed), with a tooltip that is also its accessible name."""

    def __init__(self, icon_name: str, parent: QWidget | None = None, *, framed: bool = False) -> None:
        super().__init__(parent)
        self.setProperty("framed", framed)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_icon(icon_name)

    def set_icon(self, icon_name: str, token: str = "") -> None:
        """Show another icon."""
        set_icon(self, icon_name, token)

    def describe(self, name: str, shortcut: str = "") -> None:
        """Say what it does; `shortcut` is shown behind it, in brackets."""
        self.setAccessibleName(name)
        set_tip(self, f"{name} ({shortcut})" if shortcut else name)


# --- A switch: on or off, as a knob in a track ---

TRACK_WIDTH_PX, TRACK_PX = 30, 16


class Switch(QAbstractButton):
    """Tells by `clicked` that a person turned it; `setChecked` says nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The track."""
        return QSize(TRACK_WIDTH_PX, TRACK_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The track, in the accent where it is on, and the knob at its side."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        on, usable = self.isChecked(), self.isEnabled()
        painter.setBrush(theme().color(("accent" if on else "edge") if usable else "line"))
        track = QRectF(0, (self.height() - TRACK_PX) / 2, TRACK_WIDTH_PX, TRACK_PX)
        painter.drawRoundedRect(track, TRACK_PX / 2, TRACK_PX / 2)
        painter.setBrush(theme().color("on_accent" if on and usable else "panel" if usable else "edge"))
        place = track.right() - TRACK_PX / 2 if on else track.left() + TRACK_PX / 2
        painter.drawEllipse(QPointF(place, track.center().y()), TRACK_PX / 2 - 2.5, TRACK_PX / 2 - 2.5)


# --- Combo boxes: one that the wheel scrolls past, and one that shortens what it shows to the room it has ---


class ScrolledCombo(QComboBox):
    """Lies in something that scrolls: the wheel is left to that, so that scrolling chooses nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Not its own."""
        event.ignore()


class ElidedCombo(QComboBox):
    """Between `least_px` and `most_px` wide, whatever it holds; its list has everything whole.

    Chosen from with the mouse it leaves the keys to the room; reached with Tab it keeps its arrows.
    """

    def __init__(self, least_px: int, most_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(CONTROL_PX)
        self.setMinimumWidth(least_px)
        self.setMaximumWidth(most_px)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def showPopup(self) -> None:
        """The list is as wide as its longest entry."""
        room = self.view().sizeHintForColumn(0) + 2 * self.view().frameWidth()
        self.view().setMinimumWidth(max(self.width(), room))
        super().showPopup()

    def shown_text(self, room_px: int) -> str:
        """What is shown of the current words in so much room."""
        return shortened(self, room_px)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As the style draws it, with the words shortened."""
        paint_shortened(self, self.shown_text)


def shortened(combo: QComboBox, room_px: int) -> str:
    """What is shown of the current words in so much room."""
    words = combo.currentText() if combo.currentIndex() >= 0 else combo.placeholderText()
    return combo.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room_px)


def paint_shortened(combo: QComboBox, words_in: Callable[[int], str]) -> None:
    """Draw a combo box as the style does, with the words that fit into the room, which the style cuts off."""
    painter = QStylePainter(combo)
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    control, field = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
    option.currentText = words_in(combo.style().subControlRect(control, option, field, combo).width())
    painter.drawComplexControl(control, option)
    painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


# --- A row of a menu with more than words: a click or Enter opens what it stands for, a button at its end does more.

HEIGHT_PX = 36


class MenuRow(QWidget):
    """A name and a quiet note; `set_button` puts the button behind them. For a QWidgetAction."""

    opened = Signal()

    def __init__(self, name_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._button: QAbstractButton | None = None
        self.setProperty("menu_row", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(HEIGHT_PX)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(8, 0, 4, 0)
        self._line.setSpacing(12)
        self.name = ElidedLabel()
        self.name.setFixedWidth(name_px)
        self.note = QLabel()
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        set_look(self.note, caption=True)
        self._line.addWidget(self.name)
        self._line.addWidget(self.note)
        self._line.addStretch(1)

    def set_words(self, name: str, note: str) -> None:
        """What it stands for, and what there is to say of it ("" for nothing)."""
        self.name.setText(name)
        self.note.setText(note)
        self.setAccessibleName(f"{name}, {note}" if note else name)

    def set_button(self, button: QAbstractButton) -> None:
        """What can be done besides opening."""
        self._button = button
        self._line.addWidget(button)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click anywhere else than on the button opens."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, → goes to the button; what the row does not know is the menu's."""
        button = self._button
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Right and button is not None and button.isVisible() and button.isEnabled():
            button.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            event.ignore()


# --- The foot of a dialog that asks ---


def dialog_buttons(dialog: QDialog, accept: str, reject: str) -> tuple[QDialogButtonBox, QPushButton]:
    """What the dialog is accepted with, in the accent's colour, and what it is left with; both, and the first."""
    buttons = QDialogButtonBox()
    first = buttons.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
    set_accent(first, True)
    buttons.addButton(reject, QDialogButtonBox.ButtonRole.RejectRole)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    return buttons, first


class DialogProblem(QLabel):
    """What is wrong with what was typed into a dialog, in red; the dialog grows to it, which Qt leaves to us."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.hide()

    def say(self, words: str, tone: str = "error") -> None:
        """Say it; "" for nothing. tone: as of `set_look`."""
        self.setText(words)
        set_look(self, tone=tone)
        self.setVisible(bool(words))
        dialog, layout = self.window(), self.window().layout()
        if dialog.isVisible() and layout is not None:
            layout.activate()
            dialog.resize(dialog.width(), max(dialog.height(), layout.totalHeightForWidth(dialog.width())))
