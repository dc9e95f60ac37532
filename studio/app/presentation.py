"""For a room of people: full screen, everything larger or smaller, a halo round the pointer, no transport.

Each is an action in the gear's menu under *Presentation*, with a key. Another size takes a restart, which comes back to
the same place (decision 8).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QPoint, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QCursor, QKeySequence, QPainter, QPaintEvent, QPen, QRadialGradient, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QVBoxLayout, QWidget
from shiboken6 import isValid

from ..widgets.plain import set_tip
from . import text_size
from .theme import set_look, sized_font, theme

if TYPE_CHECKING:
    from .settings import Settings
    from .top_bar import TopBar
    from .transport import TransportBar

# --- The halo: a soft circle round the pointer, and a ring where a button is pressed -----------------------

#: The pointer is asked for this often, while the halo is on: a glide, and no filter over every event of the program.
FOLLOW_MS = 16
HALO_PX = 96
RING_PX = (16.0, 40.0)
#: From a click until its ring is gone.
RING_MS = 450


class Halo(QWidget):
    """Lies over one window, where the pointer is. Takes nothing of the mouse."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("halo")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.resize(HALO_PX, HALO_PX)
        self.ring: float | None = None  #: how far the ring of a click has come, 0 to 1; None: there is none

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The circle, fading outwards, and the ring, growing and fading."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(HALO_PX / 2, HALO_PX / 2)
        soft = QRadialGradient(middle, HALO_PX / 2)
        for place, alpha in ((0.0, 80), (0.45, 60), (1.0, 0)):
            soft.setColorAt(place, theme().color("cursor", alpha))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(soft)
        painter.drawEllipse(middle, HALO_PX / 2, HALO_PX / 2)
        if self.ring is not None:
            radius = RING_PX[0] + (RING_PX[1] - RING_PX[0]) * self.ring
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme().color("cursor", round(255 * (1 - self.ring))), 3))
            painter.drawEllipse(middle, radius, radius)
        painter.end()


class PointerHalo(QObject):
    """Follows the pointer over every window of the program, menus and dialogs too, as long as it is on."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._halo: Halo | None = None
        self._pressed = False
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FOLLOW_MS)
        self._timer.timeout.connect(self.follow)

    @property
    def shown(self) -> Halo | None:
        """The one under the pointer now; it goes with the menu or dialog that it is in."""
        return self._halo if self._halo is not None and isValid(self._halo) else None

    def set_on(self, on: bool) -> None:
        """Follow, or be gone."""
        if on:
            self._timer.start()
        else:
            self._timer.stop()
            self._show(None)

    @Slot()
    def follow(self) -> None:
        """Go where the pointer is."""
        place, pressed = QCursor.pos(), QApplication.mouseButtons() != Qt.MouseButton.NoButton
        if pressed and not self._pressed:
            self._since.start()
        self._pressed = pressed
        window = QApplication.topLevelAt(place)
        if window is None:
            self._show(None)
            return
        halo = window.findChild(Halo, options=Qt.FindChildOption.FindDirectChildrenOnly) or Halo(window)
        halo.move(window.mapFromGlobal(place) - QPoint(HALO_PX // 2, HALO_PX // 2))
        ring = self._ring()
        if ring != halo.ring:
            halo.ring = ring
            halo.update()
        self._show(halo)

    def _ring(self) -> float | None:
        """It waits at its smallest while a button is held."""
        if not self._since.isValid():
            return None
        if self._pressed:
            return min(0.25, self._since.elapsed() / RING_MS)
        share = self._since.elapsed() / RING_MS
        return share if share < 1 else None

    def _show(self, halo: Halo | None) -> None:
        before = self.shown
        if before is not None and before is not halo:
            before.hide()
        self._halo = halo
        if halo is not None:
            halo.raise_()
            halo.show()


# --- The size that everything is to have, and the moment until the window comes back in it -----------------

#: From the last press of a key until the restart: several presses are one change.
APPLY_MS = 900
#: Where something is lost by it, there is time to read that, and to go back to the size that is shown. As long it is
#: said that a generation is waited for: after that nothing lies over the pictures.
READ_MS = 4000
#: How often it is asked again while a generation keeps it waiting.
WAIT_MS = 200
NOTE_PX = (280, 88)


class SizeNote(QFrame):
    """In the middle of the window: the percent, and what will happen."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._over = window
        self.setObjectName("size_note")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.percent, self.words = QLabel(), QLabel()
        self.percent.setFont(sized_font(24, semibold=True))
        set_look(self.words, caption=True)
        column = QVBoxLayout(self)
        for label in (self.percent, self.words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setTextFormat(Qt.TextFormat.PlainText)
            column.addWidget(label)
        set_look(self, banner="info")
        self.hide()

    def tell(self, percent: int, words: str) -> None:
        """Show it."""
        self.percent.setText(f"{percent} %")
        self.words.setText(words)
        self.setAccessibleName(f"{percent} %: {words}")
        width, over = max(NOTE_PX[0], self.sizeHint().width()), self._over
        self.setGeometry((over.width() - width) // 2, (over.height() - NOTE_PX[1]) // 2, width, NOTE_PX[1])
        self.raise_()
        self.show()


# --- the actions -------------------------------------------------------------------------------------------


class Presentation(QObject):
    """The actions, and what they do to the window. Lives in the GUI thread."""

    restart_wished = Signal()  #: another size was chosen

    def __init__(
        self,
        window: QWidget,
        bar: TopBar,
        transport: TransportBar,
        settings: Settings,
        busy: Callable[[], bool],
        loses: Callable[[], frozenset[str]] = frozenset,
        paints: Callable[[], bool] = lambda: False,
    ) -> None:
        """busy: whether something is being made, which is waited for.

        loses: what a restart takes, of "generation" and "twins".
        paints: whether it would take strokes of the brush; then there is none.
        """
        super().__init__(window)
        self._window, self._bar, self._transport, self._settings = window, bar, transport, settings
        self._busy, self._loses, self._paints = busy, loses, paints
        self._said_loss = False  #: that the restart takes what is shown was said, and there was time to read it
        self.percent = text_size.remembered(settings.path)  #: what everything is shown at
        self._wished = self._settings["text_size"]
        self.halo = PointerHalo(self)
        self.note = SizeNote(window)
        self._applying = QTimer(self)
        self._applying.setSingleShot(True)
        self._applying.timeout.connect(self._apply)
        self._leaving = QTimer(self)
        self._leaving.setSingleShot(True)
        self._leaving.setInterval(READ_MS)
        self._leaving.timeout.connect(self.note.hide)
        self.full_screen = self._action("full_screen", self.tr("Full screen"), "F11", checkable=True)
        self.larger = self._action("larger", self.tr("Everything larger"), "Ctrl++", "Ctrl+=")
        self.smaller = self._action("smaller", self.tr("Everything smaller"), "Ctrl+-")
        self.usual = self._action("usual_size", self.tr("As large as the system's text"), "Ctrl+0")
        self.pointer = self._action("pointer_halo", self.tr("Halo round the pointer"), "F9", checkable=True)
        self.quiet = self._action("quiet", self.tr("Hide the training's bar"), "F8", checkable=True)
        self.full_screen.triggered.connect(self._fill_screen)
        self.larger.triggered.connect(self._make_larger)
        self.smaller.triggered.connect(self._make_smaller)
        self.usual.triggered.connect(self._make_usual)
        self.pointer.toggled.connect(self.halo.set_on)
        self.quiet.toggled.connect(self._hush)
        # The button of the bar has this key, and a hidden button has none.
        self._start = QShortcut(QKeySequence("Ctrl+P"), window, transport.start.click)
        self._start.setEnabled(False)
        bar.mark.clicked.connect(self._speak)
        transport.told.connect(self._show_mark)
        if text_size.VARIABLE in os.environ:
            why = self.tr("{variable} says how large everything is here.").format(variable=text_size.VARIABLE)
            for action in (self.larger, self.smaller, self.usual):
                action.setEnabled(False)
                set_tip(action, why)

    def _action(self, name: str, title: str, *keys: str, checkable: bool = False) -> QAction:
        action = QAction(title, self._window)
        action.setObjectName(name)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setCheckable(checkable)
        self._window.addAction(action)
        return action

    @property
    def actions(self) -> tuple[QAction, ...]:
        """In the order of the menu."""
        return (self.full_screen, self.larger, self.smaller, self.usual, self.pointer, self.quiet)

    def state(self) -> dict[str, object]:
        """What a restart brings back."""
        return {name: action.isChecked() for name, action in self._checkable().items()}

    def restore(self, state: dict[str, object]) -> None:
        """Be as before a restart."""
        for name, action in self._checkable().items():
            if state.get(name) is True:
                action.setChecked(True)
        if self.full_screen.isChecked():
            self._fill_screen()

    def _checkable(self) -> dict[str, QAction]:
        return {"full_screen": self.full_screen, "halo": self.pointer, "quiet": self.quiet}

    def what_goes(self) -> str:
        """What a restart at once would take away, in a sentence; "" where nothing is lost."""
        if self._paints():
            return self.tr("What is painted for a fork is kept nowhere: it would be gone.")
        if self._busy():
            return self.tr("A generation is under way: it would be cancelled, and its steps gone.")
        lost = self._loses()
        if "generation" in lost:
            return self.tr("The generation that is shown is in memory alone: it would be gone.")
        if "twins" in lost:
            return self.tr("What twins have come to is in memory alone: it would be gone.")
        return ""

    # --- full screen ---------------------------------------------------------------------------------------

    @Slot()
    def _fill_screen(self) -> None:
        state, full = self._window.windowState(), Qt.WindowState.WindowFullScreen
        # A window that was as large as the screen leaves is so again.
        self._window.setWindowState(state | full if self.full_screen.isChecked() else state & ~full)

    def leave_full_screen(self) -> bool:
        """Whether there was one to leave."""
        there = self._window.isFullScreen()
        if there:
            self.full_screen.setChecked(False)
            self._fill_screen()
        return there

    @Slot()
    def follow_window(self) -> None:
        """The window manager has keys of its own."""
        self.full_screen.setChecked(self._window.isFullScreen())

    # --- size ----------------------------------------------------------------------------------------------

    @Slot()
    def _make_larger(self) -> None:
        self._wish(min((size for size in text_size.SIZES if size > self._asked()), default=text_size.SIZES[-1]))

    @Slot()
    def _make_smaller(self) -> None:
        self._wish(max((size for size in text_size.SIZES if size < self._asked()), default=text_size.SIZES[0]))

    @Slot()
    def _make_usual(self) -> None:
        self._wish(0)

    def _asked(self) -> int:
        """The percent that was asked for last."""
        return self._percent_of(self._wished) if self._applying.isActive() else self.percent

    def _percent_of(self, size: int) -> int:
        """0 stands for the system's."""
        return size or int(self._settings["system_text_size"])

    def _wish(self, size: int) -> None:
        percent = self._percent_of(size)
        self._wished, self._said_loss = size, False
        self._leaving.stop()
        if percent == self.percent:
            self.note.tell(percent, self.tr("It is so already"))
            self._applying.start(APPLY_MS)
        elif self._paints():
            self._refuse(percent)
        elif self._busy():
            self.note.tell(percent, self.tr("After this generation the window comes back in this size"))
            self._leaving.start()
            self._applying.start(APPLY_MS)
        else:
            self._announce(percent)

    def _announce(self, percent: int) -> None:
        """It is about to happen; where something is lost there is time to read that, and to go back."""
        self._leaving.stop()
        lost = self._loses()
        self._said_loss = bool(lost)
        words = self.tr("The window comes back in this size")
        if lost == {"generation"}:
            words = self.tr("The window comes back in this size, without the generation: it is in memory alone")
        elif lost == {"twins"}:
            words = self.tr("The window comes back in this size, without the twins: they are in memory alone")
        elif lost:
            words = self.tr(
                "The window comes back in this size, without the generation and the twins: both are in memory alone"
            )
        self.note.tell(percent, words)
        self._applying.start(READ_MS if lost else APPLY_MS)

    def _refuse(self, percent: int) -> None:
        """A painting is kept nowhere, and is more than a press of a key."""
        self._wished = self._settings["text_size"]
        self._applying.stop()
        self.note.tell(percent, self.tr("Go on with what is painted first, or leave it: a new size would take it away"))
        self._leaving.start()

    @Slot()
    def _apply(self) -> None:
        percent = self._percent_of(self._wished)
        if percent != self.percent:
            if self._paints():
                self._refuse(percent)
                return
            if self._busy():
                self._said_loss = False
                self._applying.start(WAIT_MS)
                return
            # A generation that was waited for may have been cancelled: then its steps are in memory alone.
            if self.note.isHidden() or (self._loses() and not self._said_loss):
                self._announce(percent)
                return
        self.note.hide()
        self._settings["text_size"] = self._wished
        self._settings.save()
        if percent != self.percent:
            self.restart_wished.emit()

    # --- quiet ---------------------------------------------------------------------------------------------

    @Slot(bool)
    def _hush(self, quiet: bool) -> None:
        self._transport.setVisible(not quiet)
        self._start.setEnabled(quiet)
        self._show_mark()

    @Slot()
    def _speak(self) -> None:
        self.quiet.setChecked(False)

    @Slot()
    def _show_mark(self) -> None:
        words = self._transport.in_short() if self.quiet.isChecked() else ""
        self._bar.set_mark(words)
