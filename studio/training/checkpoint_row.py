"""One checkpoint in the list of a run: its step, why it stays, and the pin that keeps it for ever."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from .. import numbers
from ..widgets.buttons import IconButton
from ..widgets.menu_row import MenuRow
from ..widgets.plain import set_tip
from .kept_checkpoints import KeptCheckpoint

NAME_PX = 104


class CheckpointRow(MenuRow):
    """A row that opens the checkpoint in the sampler; the pin at its end keeps it, or lets it go with the others."""

    pin_wished = Signal(bool)

    def __init__(self, checkpoint: KeptCheckpoint, parent: QWidget | None = None) -> None:
        super().__init__(NAME_PX, parent)
        self.checkpoint = checkpoint
        self.setObjectName("checkpoint_row")
        step = self.tr("step {step}").format(step=numbers.count(checkpoint.step))
        marks = (
            (checkpoint.newest, self.tr("newest")),
            (checkpoint.best, self.tr("best")),
            (checkpoint.pinned, self.tr("pinned")),
        )
        self.set_words(step, " · ".join(words for holds, words in marks if holds))
        tip = self.tr("Open it in the sampler (Enter)")
        if checkpoint.best:
            tip += "\n" + self.tr("Best: its loss, smoothed over the last steps, is the lowest of all that are kept")
        set_tip(self, tip)
        self.pin = IconButton("pin")
        self.pin.setObjectName("pin_checkpoint")
        self.pin.setCheckable(True)
        self.pin.setChecked(checkpoint.pinned)
        if checkpoint.pinned:
            self.pin.set_icon("pin", "accent")
        act = self.tr("No longer keep {step}") if checkpoint.pinned else self.tr("Keep {step} for ever")
        self.pin.describe(act.format(step=step), "P")
        set_tip(
            self.pin,
            self.pin.toolTip()
            + "\n"
            + self.tr("Of the others only the newest few and the best are kept while the training goes on"),
        )
        self.pin.toggled.connect(self.pin_wished)
        self.set_button(self.pin)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """P pins; all else is every row's."""
        if event.key() == Qt.Key.Key_P and not event.modifiers():
            self.pin.toggle()
        else:
            super().keyPressEvent(event)
