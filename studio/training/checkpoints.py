"""The list of a run's checkpoints: one opens them in the sampler from here, and pins those that are to stay."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget, QWidgetAction

from core.errors import StudioError
from core.runs.checkpoint_files import best_step, description_path, pin, pinned, steps_in, unpin

from .. import numbers
from ..app.messages import error_text
from ..jobs.requests import Requests
from ..widgets.controls import IconButton, MenuRow
from ..widgets.plain import set_tip

if TYPE_CHECKING:
    from ..project import Project
    from .narration import Notices
    from .panel import CheckpointButton


# --- Which checkpoints a run has, and which of them stay: read and pinned in the background, away from the window.


@dataclass(frozen=True, slots=True)
class KeptCheckpoint:
    """A checkpoint as the list shows it."""

    path: Path
    step: int
    newest: bool
    best: bool  #: of the lowest smoothed loss
    pinned: bool


def read_kept(folder: Path) -> tuple[KeptCheckpoint, ...]:
    """The checkpoints of a folder, newest first. Raises CheckpointError when it cannot be read."""
    steps, best, pins = steps_in(folder), best_step(folder), pinned(folder)
    return tuple(
        KeptCheckpoint(
            description_path(folder, step), step, newest=step == steps[-1], best=step == best, pinned=step in pins
        )
        for step in reversed(steps)
    )


class KeptCheckpoints(QObject):
    """The list of the current run's checkpoints. Lives in the GUI thread."""

    changed = Signal()  #: it was read, and something is other than before
    refused = Signal(object)  #: the StudioError or OSError: it could not be read, or one not pinned

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self.checkpoints: tuple[KeptCheckpoint, ...] = ()
        self._wishes: dict[Path, bool] = {}  #: what is to be pinned (True) or no longer; of each only the last word
        self._requests = Requests(self._wish_and_read, 1, "checkpoints", self)
        self._requests.answered.connect(self._answered)
        project.run_changed.connect(self._run_changed)

    @Slot()
    def refresh(self) -> None:
        """Read it again; `changed` follows if it is other than before."""
        if self._project.run is not None:
            self._requests.ask_only([self._project.run.checkpoints_folder])

    def set_pinned(self, path: Path, keep: bool) -> None:
        """Keep a checkpoint for ever, or let it go with the others; `changed` or `refused` follows."""
        self._wishes[path] = keep
        self._requests.ask_only([path.parent])

    def _wish_and_read(self, folder: Path) -> tuple[KeptCheckpoint, ...]:
        """In the background: what was wished is done, and the folder read."""
        failures: list[StudioError] = []
        while self._wishes:
            path, keep = self._wishes.popitem()
            try:
                (pin if keep else unpin)(path)
            except StudioError as error:
                failures.append(error)
        if failures:
            raise failures[0]
        return read_kept(folder)

    def shutdown(self, timeout_ms: int) -> bool:
        """End the background thread."""
        return self._requests.shutdown(timeout_ms)

    @Slot()
    def _run_changed(self) -> None:
        self._take(())
        self.refresh()

    @Slot(object, object)
    def _answered(self, folder: Path, answer: object) -> None:
        run = self._project.run
        if isinstance(answer, StudioError | OSError):
            self.refused.emit(answer)
        elif run is not None and folder == run.checkpoints_folder and isinstance(answer, tuple):
            self._take(answer)

    def _take(self, checkpoints: tuple[KeptCheckpoint, ...]) -> None:
        if checkpoints != self.checkpoints:
            self.checkpoints = checkpoints
            self.changed.emit()


# --- One checkpoint in the list of a run: its step, why it stays, and the pin that keeps it for ever -----

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


# --- checkpoints -----------------------------------------------------------------------------------------


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
