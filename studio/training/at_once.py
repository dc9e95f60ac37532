"""What can be asked of a training at any moment: a grid of samples, a checkpoint, and that the newest one stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ..widgets.plain import set_tip
from .state import TrainingState

if TYPE_CHECKING:
    from .checkpoints import KeptCheckpoints
    from .panel import AtOnceButton

KEYS = {"samples": "Ctrl+Shift+S", "save": "Ctrl+S", "pin": "Ctrl+Shift+P"}


class AtOnce(QObject):
    """The three actions, in the menu and by their keys in the room. Lives in the GUI thread."""

    samples_wished = Signal()
    save_wished = Signal()

    def __init__(self, button: AtOnceButton, room: QWidget, kept: KeptCheckpoints, parent: QObject) -> None:
        super().__init__(parent)
        self._button, self._kept = button, kept
        self._state = TrainingState.NO_PICTURES
        self.samples = self._action("samples", self.tr("Sample now"), room)
        self.save = self._action("save", self.tr("Save now"), room)
        self.pin = self._action("pin", self.tr("Keep the newest checkpoint"), room)
        self.samples.triggered.connect(self.samples_wished)
        self.save.triggered.connect(self.save_wished)
        self.pin.triggered.connect(self._pin)
        kept.changed.connect(self._show)
        self._show()

    def _action(self, name: str, title: str, room: QWidget) -> QAction:
        action = QAction(title, self)
        action.setObjectName(f"at_once_{name}")
        action.setShortcut(QKeySequence(KEYS[name]))
        room.addAction(action)  # the keys of a closed menu are not heard
        self._button.menu().addAction(action)
        return action

    def set_state(self, state: TrainingState) -> None:
        """What the training is doing."""
        self._state = state
        self._show()

    @Slot()
    def _show(self) -> None:
        self._button.setVisible(self._state.busy)
        running = self._state is TrainingState.RUNNING
        paused = self._state is TrainingState.PAUSED
        waits = self.tr("It is done when the training goes on") if paused else self.tr("Only while it trains")
        tip = self.tr("A grid of samples after the step that is being taken")
        self._offer(self.samples, tip, "" if running else waits)
        tip = self.tr("A checkpoint after the step that is being taken, pinned: it stays for ever")
        saved = self.tr("A pause has saved everything") if paused else waits
        self._offer(self.save, tip, "" if running else saved)
        newest = self._kept.checkpoints[0] if self._kept.checkpoints else None
        if newest is None:
            reason = self.tr("Nothing of this run is saved yet.")
        else:
            reason = self.tr("It is kept for ever already") if newest.pinned else ""
        self._offer(self.pin, self.tr("It stays for ever, as one that is pinned in the list of checkpoints"), reason)

    @staticmethod
    def _offer(action: QAction, tip: str, reason: str) -> None:
        action.setEnabled(not reason)
        set_tip(action, reason or tip)

    @Slot()
    def _pin(self) -> None:
        if self._kept.checkpoints:
            self._kept.set_pinned(self._kept.checkpoints[0].path, True)
