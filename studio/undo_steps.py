"""The steps that can be taken back and done again, each with the settings before and after it.

QUndoStack is not used: it owns its commands in C++, and commands written in Python that die with it in a round of the
garbage collector crashed the process (PySide6 6.11).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from core.settings import RunConfig

#: Steps that can be taken back; each keeps the settings before it, leave-outs included.
MOST_UNDONE = 100


class UndoSteps(QObject):
    """`apply` is given the settings to go to. Lives in the GUI thread."""

    changed = Signal()  #: other steps can be taken back or done again

    def __init__(self, apply: Callable[[RunConfig], None], parent: QObject) -> None:
        super().__init__(parent)
        self._apply = apply
        self._steps: list[tuple[RunConfig, RunConfig]] = []
        self._done = 0  # of these; those after it were taken back

    @property
    def last(self) -> tuple[RunConfig, RunConfig] | None:
        """The settings before and after the step that would be taken back; None: there is none."""
        return self._steps[self._done - 1] if self._done else None

    @property
    def next(self) -> tuple[RunConfig, RunConfig] | None:
        """Likewise of the step that would be done again."""
        return self._steps[self._done] if self._done < len(self._steps) else None

    @property
    def base(self) -> RunConfig | None:
        """The settings before the first step that can be taken back; None: there is none."""
        return self._steps[0][0] if self._done else None

    def push(self, before: RunConfig, after: RunConfig) -> None:
        """Take a step; those that were taken back are forgotten."""
        self._steps[self._done :] = [(before, after)]
        del self._steps[:-MOST_UNDONE]
        self._done = len(self._steps)
        self._apply(after)
        self.changed.emit()

    @Slot()
    def undo(self) -> None:
        """Take the last step back."""
        if self.last is not None:
            before, _ = self.last
            self._done -= 1
            self._apply(before)
            self.changed.emit()

    @Slot()
    def redo(self) -> None:
        """Do the step again that was taken back last."""
        if self.next is not None:
            _, after = self.next
            self._done += 1
            self._apply(after)
            self.changed.emit()

    def clear(self) -> None:
        """Forget all steps."""
        self._steps, self._done = [], 0
        self.changed.emit()
