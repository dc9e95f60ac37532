"""The list of a run's checkpoints: one opens them in the sampler from here, and pins those that are to stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidgetAction

from ..messages import error_text
from .checkpoint_row import CheckpointRow
from .kept_checkpoints import KeptCheckpoints

if TYPE_CHECKING:
    from ..project import Project
    from .checkpoint_button import CheckpointButton
    from .notices import Notices


class CheckpointMenu(QObject):
    """Fills the button's list and does what is chosen there. Lives in the GUI thread."""

    open_wished = Signal(object)  #: the Path of a checkpoint to sample

    def __init__(self, button: CheckpointButton, project: Project, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._button, self._project, self._notices = button, project, notices
        self.kept = KeptCheckpoints(project, self)
        self.kept.changed.connect(self._changed)
        self.kept.refused.connect(self._refused)
        button.menu().aboutToShow.connect(self._open)
        project.run_changed.connect(self._changed)

    def shutdown(self, timeout_ms: int) -> bool:
        """End the background thread."""
        return self.kept.shutdown(timeout_ms)

    @Slot()
    def _open(self) -> None:
        self._fill()
        self.kept.refresh()

    @Slot()
    def _changed(self) -> None:
        run = self._project.run
        self._button.set_state(
            any_kept=bool(self.kept.checkpoints),
            first_step=None if run is None else min(run.config.train.checkpoint_every, run.config.train.steps),
        )
        if self._button.menu().isVisible():
            self._fill()

    def _fill(self) -> None:
        menu = self._button.menu()
        chosen = menu.actions().index(menu.activeAction()) if menu.activeAction() in menu.actions() else -1
        menu.clear()
        for checkpoint in self.kept.checkpoints:
            row = CheckpointRow(checkpoint)
            action = QWidgetAction(menu)
            action.setDefaultWidget(row)
            row.opened.connect(self._opened)
            row.pin_wished.connect(self._pin_wished)
            menu.addAction(action)
        if 0 <= chosen < len(menu.actions()):
            menu.setActiveAction(menu.actions()[chosen])

    def _row(self) -> CheckpointRow:
        row = self.sender()
        assert isinstance(row, CheckpointRow)
        return row

    @Slot()
    def _opened(self) -> None:
        path = self._row().checkpoint.path
        self._button.menu().close()
        self.open_wished.emit(path)

    @Slot(bool)
    def _pin_wished(self, keep: bool) -> None:
        self.kept.set_pinned(self._row().checkpoint.path, keep)

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        self._changed()
        self._notices.say(error_text(error))
