"""The button over the room's plots that holds the list of the run's checkpoints."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from .. import numbers
from ..widgets.plain import set_tip


class CheckpointButton(QPushButton):
    """Opens the list; without a checkpoint it says when the first one comes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("checkpoints")
        self.setMenu(QMenu(self))
        self.setText(self.tr("Checkpoints"))
        self.setAccessibleName(self.tr("Checkpoints"))
        self.set_state(any_kept=False, first_step=None)

    def set_state(self, *, any_kept: bool, first_step: int | None) -> None:
        """Whether there are checkpoints, and else at which step the first is saved."""
        self.setEnabled(any_kept)
        if any_kept:
            set_tip(self, self.tr("The saved states of this run: open one in the sampler, or keep it for ever"))
        elif first_step is None:
            set_tip(self, self.tr("Nothing of this run is saved yet."))
        else:
            tip = self.tr("Nothing of this run is saved yet: the first time is at step {step}.")
            set_tip(self, tip.format(step=numbers.count(first_step)))
