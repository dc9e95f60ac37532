"""Which model is chosen: the list of them, files that are opened, and the reading of the one that is to sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot
from PySide6.QtWidgets import QFileDialog

from core.errors import StudioError, showable
from core.reading import is_folder

from .. import numbers
from ..app.messages import error_text
from ..jobs.latest import Latest
from ..jobs.worker import Failure
from ..training.state import TrainingState
from .models import ForeignFacts, ModelChoice, ModelFacts, ModelList, from_remembered, remembered
from .opening import Opening
from .restoring import model_of, restore
from .source import ModelSource, SnapshotSource

if TYPE_CHECKING:
    from ..app.settings import Settings
    from ..project import Project
    from .panel import SamplerPanel


class Training(Protocol):
    """What this room needs of the training room's controller."""

    state_changed: SignalInstance
    checkpoint_saved: SignalInstance

    @property
    def state(self) -> TrainingState:
        """What the training is doing."""

    def snapshot_source(self) -> SnapshotSource | None:
        """Where a copy of the averaged weights can be had; None while there is none."""

    def spare(self, checkpoints: frozenset[Path]) -> None:
        """Prune none of these, named by their JSON: they are in use."""


class Choosing(QObject):
    """Follows the run and the training, and what a person chooses or opens. A broken model is told of at once."""

    choices_changed = Signal()  #: other models can be chosen, or another one is
    model_changed = Signal()  #: another model or other weights, or what is known of them
    refreshed = Signal()  #: run, pictures or training are others, and the list has followed
    read = Signal()  #: the panel has the facts of the chosen model
    looked_at = Signal(object)  #: the ModelChoice, or None; also where only what lies around it may be new

    def __init__(
        self,
        panel: SamplerPanel,
        project: Project,
        settings: Settings,
        source: ModelSource,
        training: Training,
        spare: Callable[[], None],
        parent: QObject,
    ) -> None:
        """spare: sees to it that no checkpoint that is in use is pruned, of which one may be another now."""
        super().__init__(parent)
        self._panel, self._project, self._settings = panel, project, settings
        self._source, self._training, self._spare = source, training, spare
        self.models = ModelList()
        self._opening = Opening(panel.opening, parent=self)
        self._reading = Latest("read-model", parent=self)
        self._restoring: Mapping[str, object] | None = None  #: settings to be restored when their model is read
        self._closed = False
        panel.model_chosen.connect(self.choose)
        panel.weights_chosen.connect(self.read_anew)
        panel.open_wished.connect(self.open_by_dialog)
        panel.foreign_accepted.connect(self._opening.accept)
        panel.foreign_cancelled.connect(self._opening.cancel)
        self._opening.ours.connect(self._take_ours)
        self._opening.foreign.connect(self._take_foreign)
        self._opening.failed.connect(self._tell)
        self._opening.begun.connect(panel.banner.clear)
        self._reading.answered.connect(self.take)
        self._reading.failed.connect(self._not_read)
        for offers in (panel.kept.use_wished, panel.compare.apply_wished):
            offers.connect(self.use_settings)
        for changed in (project.run_changed, project.scan_changed, training.state_changed, training.checkpoint_saved):
            changed.connect(self.refresh)
        project.device_changed.connect(self.read_anew)

    # --- the list ------------------------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """The list follows the run and the training; the choice stays unless it is gone or was never made by hand."""
        if self._closed:
            return
        before = self.models.chosen
        self._source.training_run = None if self._project.run is None else self._project.run.folder
        gone = self.models.update(self._project.run, in_training=self._training.snapshot_source() is not None)
        self._tell_choices()
        self._panel.set_primary(self._is_primary())
        self._panel.set_missing_reason(self._training.state)
        if self.models.chosen != before:
            self.read_anew()
        else:
            self.looked_at.emit(before)
        self.refreshed.emit()
        if gone is not None:
            self._tell_gone(gone)

    def _tell_gone(self, gone: ModelChoice) -> None:
        """Other weights than those that were chosen take their place: that is never done without a word."""
        words = self.tr(
            "{name}, step {step}, was cleared away, and another model is chosen now. A checkpoint that is pinned in "
            "the training room's list stays."
        )
        step = "–" if gone.step is None else numbers.count(gone.step)
        self._panel.banner.show_message(words.format(name=gone.name, step=step), kind="warning")

    def _tell_choices(self) -> None:
        self._spare()
        self._panel.set_choices(self.models.choices, self.models.chosen)
        self.choices_changed.emit()

    def _is_primary(self) -> bool:
        """Generate is the one next thing to do where Start or Resume is not."""
        start_is = self._training.state in (TrainingState.READY, TrainingState.PAUSED)
        return self.models.chosen is not None and not start_is

    # --- the choice ----------------------------------------------------------------------------------------

    @Slot(object)
    def choose(self, choice: ModelChoice) -> None:
        """Take one of the models that can be chosen, as a person does in the head of the room."""
        self.models.choose(choice)
        self._tell_choices()
        self.read_anew()

    def open(self, path: Path) -> None:
        """Take a run folder or a checkpoint from anywhere."""
        self._opening.open(path)

    def open_last(self) -> None:
        """Choose the model that was opened by its file at the last start, where it is still there."""
        choice = from_remembered(self._settings["sampler_model"])
        if choice is not None:
            self.models.reopen(choice)
            self._opened()

    @Slot()
    def open_by_dialog(self) -> None:
        """Ask for a checkpoint, or the `run.json` of a run folder, and open it."""
        run, folder = self._project.run, self._settings["model_folder"]
        if not folder or not is_folder(Path(folder)):
            folder = self._project.runs_folder if run is None else run.folder.parent
        ours = self.tr("Runs and checkpoints") + " (run.json step-*.json *.safetensors *.pt *.pth *.ckpt *.bin)"
        kinds = ours + ";;" + self.tr("All files") + " (*)"
        chosen, _ = QFileDialog.getOpenFileName(self._panel, self.tr("Open a model"), str(folder), kinds)
        if chosen:
            self._settings["model_folder"] = str(Path(chosen).parent)
            self.open(Path(chosen))

    @Slot(object)
    def _take_ours(self, path: Path) -> None:
        self.models.open(path)
        self._opened()

    @Slot(object)
    def _take_foreign(self, facts: ForeignFacts) -> None:
        self.models.open_foreign(facts, about=self._panel.opening.description(facts))
        self._opened()

    def _opened(self) -> None:
        self._tell_choices()
        self._panel.set_primary(self._is_primary())
        self.read_anew()

    # --- reading it ----------------------------------------------------------------------------------------

    @property
    def reading(self) -> bool:
        """Whether the chosen model is being read."""
        return self._reading.busy

    @Slot()
    def read_anew(self) -> None:
        """Read the chosen model in the background: a broken one is told of before Generate is pressed."""
        self._reading.forget()
        self._panel.banner.clear()
        choice = self.models.chosen
        self.looked_at.emit(choice)
        if choice is None or self._closed:
            self._set_facts(None)
            return
        training = self._training.snapshot_source()
        weights = self._panel.weights_name()
        self._reading.ask(partial(self._source.facts, choice, weights, self._project.device, training))

    @Slot(object)
    def take(self, facts: ModelFacts) -> None:
        """The chosen model was read, for its own sake or to sample from it."""
        by_hand = self.models.was_read()
        if by_hand is not None:
            self._settings["sampler_model"] = remembered(by_hand)
        self._set_facts(facts)
        self._restore()
        self.read.emit()

    def _set_facts(self, facts: ModelFacts | None) -> None:
        self._panel.set_facts(facts)
        self.model_changed.emit()

    @Slot(object)
    def _not_read(self, failure: Failure) -> None:
        """A file that is no model gives way to what was chosen before it; any other model stays, unread."""
        if not self.models.on_trial or not isinstance(failure.error, StudioError):
            self._set_facts(None)
        else:
            self.models.refuse()
            chosen = self.models.chosen
            self._settings["sampler_model"] = {} if chosen is None else remembered(chosen)
            self._opened()
        # Another process may have trained on and removed the checkpoint: then another one takes its place.
        self.refresh()
        self._tell(failure)

    @Slot(object)
    def _tell(self, failure: Failure) -> None:
        self._panel.banner.show_message(error_text(failure.error), details=failure.trace)

    # --- the model of other settings -----------------------------------------------------------------------

    @Slot(object)
    def use_settings(self, settings: Mapping[str, object]) -> None:
        """Set the room as a generation or a picture says, with its model where that is still there."""
        # While another one is being read, what is known is of the model before.
        facts = None if self.reading else self._panel.controls.facts
        choice = model_of(settings, self.models.choices, self.models.chosen, facts)
        self._restoring = settings
        if choice is not None and choice != self.models.chosen:
            self.choose(choice)
        elif not self.reading:
            self._restore()

    def _restore(self) -> None:
        settings, self._restoring = self._restoring, None
        if settings is None:
            return
        facts = self._panel.controls.facts
        lost = restore(self._panel.controls, facts, settings)
        if model_of(settings, self.models.choices, self.models.chosen, facts) is None:
            name = showable(str(settings.get("model", "")), 60)
            lost.insert(0, self.tr("Its model {name} is not among those that can be chosen.").format(name=name))
        if "fork_at" in settings:
            lost.append(self.tr("What changed at step {step} is not among them.").format(step=settings["fork_at"]))
        if lost:
            words = self.tr("The settings are taken.") + " " + " ".join(lost)
            self._panel.banner.show_message(words, kind="info")

    def shutdown(self, timeout_ms: int) -> bool:
        """Read nothing more; True when no thread is left."""
        self._closed = True
        ended = [self._reading.shutdown(timeout_ms), self._opening.shutdown(timeout_ms)]
        return all(ended)
