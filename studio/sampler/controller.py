"""What happens in the sampler room: which models there are, sampling in the background, saving."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QStandardPaths, Signal, SignalInstance, Slot

from core.catalogue import EXPORTS
from core.comparison import shares, step_at
from core.errors import UNSHOWABLE, StudioError, showable
from core.export import Generation as Shown
from core.export import require_installed
from core.frames import Frame, SamplingFinished, SamplingStarted
from core.path_kind import PathKind, kind_of
from core.recording import Recording
from core.sampling_record import model_record

from .. import numbers
from ..app.messages import error_text
from ..jobs.call_timer import CallTimer
from ..jobs.latest import Latest
from ..jobs.worker import Failure, Worker
from ..training.state import TrainingState
from .checkpoints import Checkpoints
from .exporter import Exporter
from .forking import Forking
from .keeping import Keeping
from .memory import Recalling
from .models import (
    ForeignFacts,
    ModelChoice,
    ModelFacts,
    ModelList,
    SamplerRequest,
    described,
    from_remembered,
    remembered,
)
from .note import WORTH_SAYING_S
from .opening import Opening
from .restoring import model_of, restore, settings_in
from .source import Judged, ModelSource, SnapshotSource, judge_pictures, precision_of

if TYPE_CHECKING:
    from ..app.rooms import Shell
    from ..app.settings import Settings
    from ..project import Project
    from .panel import SamplerPanel


# --- What a saved picture is called, and the settings that are written into it so that it can be made again ---


def file_stem(settings: Mapping[str, object]) -> str:
    """The suggested name without its suffix."""
    if "sampler" not in settings:
        return "samples"
    name = Path(str(settings.get("model", "samples"))).stem
    made = f"{name}-{settings['sampler']}-{settings.get('sample_steps')}-seed-{settings.get('seed')}"
    if "fork_at" in settings:
        made += f"-fork-{settings['fork_at']}"
    return UNSHOWABLE.sub("", made).replace("/", "-").replace("\\", "-")[:120]


def all_settings(made: SamplerRequest, facts: ModelFacts, of_request: Mapping[str, object]) -> dict[str, object]:
    """Everything that decides the pictures; facts: of the model that makes them."""
    model = model_record(
        made.choice.name, weights=made.weights, step=facts.step, digest=facts.sha256, said=dict(made.choice.said)
    )
    return {**model, **of_request}


def _made_here(pictures: Sequence[Path]) -> bool:
    """Whether it is one picture that says how it was made: that can be made again."""
    return len(pictures) == 1 and settings_in(pictures[0]) is not None


# --- controller ------------------------------------------------------------------------------------------

#: Steps after which the time left can be told.
MEASURING_STEPS = 3


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


class SamplerController(QObject):
    """Connects the panel, the project, the training and core's samplers. Lives in the GUI thread."""

    training_wished = Signal()  #: the person wants to go to the training room
    model_changed = Signal()  #: another model or other weights, or what is known of them
    recording_changed = Signal()  #: another denoising is shown, or none
    choices_changed = Signal()  #: other models can be chosen, or another one is
    sampling_changed = Signal()  #: pictures are being made, or no longer
    path_dropped = Signal(object)  #: a Path that is not for this room: a folder, an unknown file
    generated = Signal()  #: a sampling has ended, complete or not
    exported = Signal(object)  #: the Path of what was saved

    def __init__(
        self,
        project: Project,
        settings: Settings,
        panel: SamplerPanel,
        training: Training,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._project, self._settings, self._training = project, settings, training
        self.panel = self._panel = panel
        self.source = ModelSource()
        self._exporter = Exporter(panel, settings, parent=self)
        self._opening = Opening(panel.opening, parent=self)
        self._judging = Latest("start-pictures", parent=self)
        self._kept = Keeping(panel, settings, project, parent=self)
        self.models = ModelList()
        snapshot = training.snapshot_source
        self._forking = Forking(panel, project, self.source, self.models, snapshot, self._close_unused, parent=self)
        self._memory = Recalling(panel, project, self.source, training.snapshot_source, parent=self)
        self._restoring: Mapping[str, object] | None = None  #: settings to be restored when their model is read
        self.checkpoints = Checkpoints(
            panel, self.models, self.source, project, training.snapshot_source, self._exporter, parent=self
        )
        self.recording: Recording | None = None  #: what is shown
        self._back_to: tuple[Path, int, int] | None = None  #: after a restart: a kept file, the step, the picture
        self._requested: SamplerRequest | None = None  #: of a sampling that has made nothing yet
        self._facts: ModelFacts | None = None  #: of the model that was read last
        self._sampling: Worker | None = None
        self._stood: SamplerRequest | None = None  #: what the panel said as it began
        self._cancelled: WeakKeyDictionary[Recording, SamplerRequest | None] = WeakKeyDictionary()  #: and `_stood`
        self._inspecting: Worker | None = None
        self._fitting: Worker | None = None
        self._fit_request: SamplerRequest | None = None  #: what is fitted, or was the last time
        self._running: list[Worker] = []  #: also those that were told to stop and have not yet
        self._calls = CallTimer()
        self._closed = False

        panel.model_chosen.connect(self.choose_model)
        panel.weights_chosen.connect(self._inspect)
        panel.open_wished.connect(self.open_by_dialog)
        panel.paths_dropped.connect(self._dropped)
        panel.foreign_accepted.connect(self._opening.accept)
        panel.foreign_cancelled.connect(self._opening.cancel)
        panel.start_file_wished.connect(self._start_dialog)
        panel.controls.file_taken.connect(self._judge_pictures)
        panel.controls.options.condition_row.changed.connect(self._condition_changed)
        panel.controls.options.condition_row.choose_wished.connect(self._condition_dialog)
        self._judging.answered.connect(self._pictures_judged)
        self._opening.ours.connect(self._take_ours)
        self._opening.foreign.connect(self._take_foreign)
        self._opening.failed.connect(self._not_opened)
        self._opening.begun.connect(panel.dismiss_error)
        panel.generate_wished.connect(self.generate)
        panel.cancel_wished.connect(self.cancel)
        panel.fit_wished.connect(self.fit)
        panel.fit_cancel_wished.connect(self.cancel_fit)
        panel.settings_changed.connect(self._mark_stale)
        panel.training_wished.connect(self.training_wished)
        panel.export_wished.connect(self._export_dialog)
        panel.export_cancel_wished.connect(self._exporter.cancel)
        self._exporter.exported.connect(self.exported)
        for offers in (panel.kept.use_wished, panel.compare.apply_wished):
            offers.connect(self.use_settings)
        panel.compare.show_wished.connect(self._show_complete)
        panel.compare.same_wished.connect(self._same)
        self._kept.show_wished.connect(self._show_kept)
        self._kept.unused.connect(self._close_unused)
        self._forking.begin_wished.connect(self._begin)
        self._forking.show_wished.connect(self._show_held)
        self._forking.adopted.connect(self._adopted)
        project.run_changed.connect(self._refresh_models)
        project.scan_changed.connect(self._refresh_models)
        project.device_changed.connect(self._inspect)
        training.state_changed.connect(self._refresh_models)
        training.checkpoint_saved.connect(self._refresh_models)
        self._refresh_models()

    # --- what is shown, and what the parts wish ------------------------------------------------------------

    @property
    def made_by(self) -> SamplerRequest | None:
        """The settings that what is shown was made with; None: they are not known."""
        return self._forking.request

    @property
    def keeping(self) -> bool:
        """Whether generations are being written, listed or opened."""
        return self._kept.busy

    @Slot(object, bool)
    def _show_kept(self, recording: Recording, as_a: bool) -> None:
        if self._sampling is not None:
            return  # what is being made is what is shown
        self._show_complete(recording)
        back, self._back_to = self._back_to, None
        if back is not None and back[0] == recording.kept_at:
            self._panel.go_to(*back[1:])
        if as_a:
            self._panel.ways.choose("compare")

    @Slot(object)
    def _show_complete(self, recording: Recording) -> None:
        """One that is whole, at the place of the way where one is, or at its end."""
        before, step = self.recording, self._panel.shown.step
        there = before is not None and step < before.arrived
        share = float(shares(before)[step]) if before is not None and there else 0.0
        self._replace_recording(recording)
        self._panel.playback.go(step_at(recording, share))
        self._memory.ask()
        self._mark_stale()

    @Slot(object)
    def _show_held(self, recording: Recording) -> None:
        """Another one of the tree, at the same step."""
        step = self._panel.shown.step
        self._replace_recording(recording)
        self._panel.playback.go(step)
        self._memory.ask()
        self._mark_stale()

    @Slot()
    def _adopted(self) -> None:
        """It is known by now what made the reopened one; memory knows already of one that is kept in its run."""
        self._spare()
        if self.recording is not None and self.recording.kept_at is None:
            self._memory.show(self.recording, self.made_by)
            self._memory.ask()

    @Slot(object)
    def _close_unused(self, recording: Recording) -> None:
        in_use = recording is self.recording or self._kept.holds(recording) or recording in self._forking.recordings
        if not in_use:
            recording.close()

    @Slot(object)
    def use_settings(self, settings: Mapping[str, object]) -> None:
        """Set the room as a generation or a picture says, with its model where that is still there."""
        # While another one is being read, what is known is of the model before.
        facts = self._panel.controls.facts if self._inspecting is None else None
        choice = model_of(settings, self.models.choices, self.models.chosen, facts)
        self._restoring = settings
        if choice is not None and choice != self.models.chosen:
            self.models.choose(choice)
            self._tell_choices()
            self._inspect()
        elif self._inspecting is None:
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
            self._panel.show_news(self.tr("The settings are taken.") + " " + " ".join(lost))

    @Slot(object)
    def _same(self, request: SamplerRequest) -> None:
        if self._sampling is None:
            self._panel.compare.expect_b(True)
            self._sample(request)

    # --- models --------------------------------------------------------------------------------------------

    @Slot()
    def _refresh_models(self) -> None:
        """The list follows the run and the training; the choice stays unless it is gone or was never made by hand."""
        if self._closed:
            return
        before = self.models.chosen
        self.source.training_run = None if self._project.run is None else self._project.run.folder
        gone = self.models.update(self._project.run, in_training=self._training.snapshot_source() is not None)
        self._tell_choices()
        self._panel.set_primary(self._is_primary())
        self._panel.set_missing_reason(self._training.state)
        self._forking.tell(sampling=self.sampling)
        if self.models.chosen != before:
            self._inspect()
        self._mark_stale()
        if self.models.chosen == before:
            self._kept.look(self.models.chosen)
        if gone is not None:
            self._tell_gone(gone)

    def _tell_gone(self, gone: ModelChoice) -> None:
        """Other weights than those that were chosen take their place: that is never done without a word."""
        words = self.tr(
            "{name}, step {step}, was cleared away, and another model is chosen now. A checkpoint that is pinned in "
            "the training room's list stays."
        )
        step = "–" if gone.step is None else numbers.count(gone.step)
        self._panel.show_warning(words.format(name=gone.name, step=step))

    def _spare(self) -> None:
        """What is chosen, and what made the pictures that are shown, is not pruned meanwhile."""
        requests = [one for one in (self._panel.request(), self._requested, self.made_by) if one is not None]
        of = [self.models.chosen, *(choice for one in requests for choice in (one.choice, one.guide))]
        paths = {each.path for each in of if each is not None and each.path is not None and each.step is not None}
        self._training.spare(frozenset(described(path) for path in paths))

    def _tell_choices(self) -> None:
        self._spare()
        self._panel.set_choices(self.models.choices, self.models.chosen)
        self.choices_changed.emit()

    def _is_primary(self) -> bool:
        """Generate is the one next thing to do where Start or Resume is not."""
        start_is = self._training.state in (TrainingState.READY, TrainingState.PAUSED)
        return self.models.chosen is not None and not start_is

    @Slot(object)
    def choose_model(self, choice: ModelChoice) -> None:
        """Take one of the models that can be chosen, as a person does in the head of the room."""
        self.models.choose(choice)
        self._tell_choices()
        self._inspect()

    def open_last(self) -> None:
        """Choose the model that was opened by its file at the last start, where it is still there."""
        choice = from_remembered(self._settings["sampler_model"])
        if choice is not None:
            self.models.reopen(choice)
            self._opened()

    def place(self) -> dict[str, object]:
        """What is shown, as far as it can come back after a restart: its file, the step, the picture."""
        recording = self.recording
        if recording is None or not self._kept.keeps(recording):
            return {}
        shown = self._panel.shown
        return {"recording": str(recording.kept_at), "step": shown.step, "picture": shown.picture}

    def come_back(self, place: Mapping[str, object]) -> None:
        """Show that again; it is read in the background, and a file that is gone leaves the room as it is."""
        path, step, picture = place.get("recording"), place.get("step"), place.get("picture")
        if isinstance(path, str) and isinstance(step, int) and isinstance(picture, int) and Path(path).is_file():
            self._back_to = (Path(path), step, picture)
            self._kept.show_again(Path(path))

    @Slot(list)
    def _dropped(self, paths: list[Path]) -> None:
        kinds = [kind_of(path) for path in paths]
        for wished in (PathKind.RUN, PathKind.MODEL):
            if wished in kinds:
                self.open_model(paths[kinds.index(wished)])
                return
        pictures = [path for path, kind in zip(paths, kinds, strict=True) if kind is PathKind.PICTURE]
        if pictures and self._panel.controls.options.condition_row.in_use and not _made_here(pictures):
            self._panel.controls.show_files(pictures)
            return
        if len(pictures) == 1:
            self.open_picture(pictures[0])
        for picture in pictures[:2] if len(pictures) > 1 else ():
            self._panel.controls.start_from_file(picture)
        if not pictures:
            self.path_dropped.emit(paths[0])

    def open_picture(self, path: Path) -> None:
        """Begin the denoising with a picture file, or ask whether one that was made here is to be made again."""
        said = settings_in(path)
        if said is None:
            self._panel.controls.start_from_file(path)
        else:
            self._panel.ask_about(path, said)

    @Slot()
    def _judge_pictures(self) -> None:
        """A file that is no picture is told of before Generate is pressed."""
        self._panel.dismiss_error()
        self._read_pictures()

    def _read_pictures(self) -> None:
        options = self._panel.controls.options
        seen = options.condition_row.files()
        facts = options.condition_row.facts if options.condition_row.chosen()[0] else None
        self._judging.ask(partial(judge_pictures, (*options.start_row.files(), *seen), seen, facts))

    @Slot()
    def _condition_changed(self) -> None:
        """Other pictures of one's own are read, and shown before anything is made of them."""
        if self._panel.controls.options.condition_row.chosen()[0]:
            self._read_pictures()
        else:
            self._panel.wells.show_condition(None)

    @Slot()
    def _condition_dialog(self) -> None:
        row = self._panel.controls.options.condition_row
        chosen = self._exporter.ask_for_conditions(row.files())
        if chosen:
            self._panel.controls.show_files(chosen)
            row.done.emit()

    @Slot(object)
    def _pictures_judged(self, judged: Judged) -> None:
        for path in judged.with_more:
            self._panel.show_news(
                self.tr("{name} holds more than one picture: its first is taken.").format(name=path.name)
            )
        for path, error in judged.refused:
            self._panel.controls.let_go(path)
            self._fail(error, "")
        if self._panel.controls.options.condition_row.chosen()[0]:
            self._panel.wells.show_condition(judged.seen)

    @Slot(object)
    def open_model(self, path: Path) -> None:
        """Take a run folder or a checkpoint from anywhere as the model; a picture is what the denoising begins with."""
        (self.open_picture if kind_of(path) is PathKind.PICTURE else self._opening.open)(path)

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
        self._inspect()

    @Slot(object)
    def _not_opened(self, failure: Failure) -> None:
        self._fail(failure.error, failure.trace)

    @Slot()
    def open_by_dialog(self) -> None:
        """Ask for a model's file, and open it."""
        run = self._project.run
        path = self._exporter.ask_for_model(self._project.runs_folder if run is None else run.folder.parent)
        if path is not None:
            self.open_model(path)

    @Slot(str)
    def _start_dialog(self, which: str) -> None:
        path = self._exporter.ask_for_picture(which)
        if path is not None:
            self._panel.controls.start_from_file(path, which)

    @Slot()
    def _inspect(self) -> None:
        """Read the chosen model in the background: a broken one is told of before Generate is pressed."""
        self._stop(self._inspecting)
        self._inspecting = None
        self._panel.dismiss_error()
        choice = self.models.chosen
        self._kept.look(self.models.chosen)
        if choice is None or self._closed:
            self._set_facts(None)
            return
        training = self._training.snapshot_source()
        work = partial(self.source.facts, choice, self._panel.weights_name(), self._project.device, training)
        self._inspecting = self._start(work, "read-model")

    def _set_facts(self, facts: ModelFacts | None) -> None:
        self._panel.set_facts(facts)
        self.model_changed.emit()

    def _show_facts(self, facts: ModelFacts) -> None:
        by_hand = self.models.was_read()
        if by_hand is not None:
            self._settings["sampler_model"] = remembered(by_hand)
        self._set_facts(facts)
        self._restore()
        self._condition_changed()
        self._mark_stale()

    def _not_read(self, failure: Failure) -> None:
        """A file that is no model gives way to what was chosen before it; any other model stays, unread."""
        if not self.models.on_trial or not isinstance(failure.error, StudioError):
            self._set_facts(None)
            return
        self.models.refuse()
        chosen = self.models.chosen
        self._settings["sampler_model"] = {} if chosen is None else remembered(chosen)
        self._tell_choices()
        self._panel.set_primary(self._is_primary())
        self._inspect()

    @property
    def inspecting(self) -> bool:
        """Whether the chosen model is being read."""
        return self._inspecting is not None

    # --- sampling ------------------------------------------------------------------------------------------

    @property
    def sampling(self) -> bool:
        """Whether pictures are being made."""
        return self._sampling is not None

    @Slot()
    def generate(self) -> None:
        """Make pictures with the settings of the panel; nothing while some are being made or without a model."""
        request = self._panel.request()
        if request is not None and self._sampling is None:
            self._sample(request)

    def _sample(self, request: SamplerRequest) -> None:
        training = self._training.snapshot_source()
        self._begin(request, partial(self.source.frames, request, self._project.device, training))

    @Slot(object, object)
    def _begin(self, request: SamplerRequest, work: Callable[[], Iterable[object]]) -> None:
        if self._closed:
            return
        self._panel.dismiss_error()
        self._requested, self._stood = request, self._panel.request()
        self._sampling = self._start(work, "sampler")
        self._panel.set_working(0, request.frames)
        self._forking.tell(sampling=self.sampling)
        self._mark_stale()
        self.sampling_changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop after the step under way; what has arrived stays."""
        worker, self._sampling = self._sampling, None
        if worker is not None:
            self._stop(worker)
            if self.recording is not None and self._requested is None:
                self._cancelled[self.recording] = self._stood
            self._sampling_over()

    # --- fitting steps -------------------------------------------------------------------------------------

    @property
    def fitting(self) -> bool:
        """Whether timesteps are being fitted to the chosen model."""
        return self._fitting is not None

    @Slot()
    def fit(self) -> None:
        """Fit timesteps to the chosen model, sampler and number of steps; nothing while some are being fitted."""
        request = self._panel.request()
        if request is None or self._fitting is not None or self._closed:
            return
        self._panel.dismiss_error()
        training = self._training.snapshot_source()
        work = partial(self.source.fitted, request, self._project.device, training)
        self._fitting, self._fit_request = self._start(work, "fit-steps"), request
        self._panel.set_fitting(0.0)

    @Slot()
    def cancel_fit(self) -> None:
        """Stop after the call of the network under way; nothing is kept of it."""
        worker, self._fitting = self._fitting, None
        self._stop(worker)
        self._panel.set_fitting(None)

    def _take_fit(self, event: object) -> None:
        if isinstance(event, ModelFacts):
            # Another model may have been chosen meanwhile: what is shown is read anew.
            self._inspect()
            if self._fit_request is not None:
                self._panel.show_fitted(self._fit_request)
        else:
            self._panel.set_fitting(event.done / event.of)  # type: ignore[attr-defined]

    def _take(self, event: object) -> None:
        match event:
            case ModelFacts():
                self._facts = event
                asked = self._requested
                # A second run to compare may be of another model than the chosen one.
                if asked is not None and (asked.choice, asked.weights) == self._panel.model_and_weights():
                    self._show_facts(event)
            case SamplingStarted():
                spill = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.CacheLocation))
                recording = Recording(event, spill_folder=spill)
                asked, self._requested = self._requested, None
                assert asked is not None
                made = self._forking.begun(recording, asked, self._facts)
                recording.settings = all_settings(asked, made.facts, event.settings)
                self._replace_recording(recording)
                self._calls = CallTimer()
            case Frame():
                assert self.recording is not None
                self.recording.add(event)
                if event.index == self._forking.at:
                    self._calls = CallTimer()  # the steps before came at once
                self._calls.add(self.recording.arrived, time.monotonic())
            case SamplingFinished():
                assert self.recording is not None
                self.recording.finish(event)

    def _time_left_s(self) -> float | None:
        """From the steps so far; None before there are a few, and where it is over soon."""
        recording = self.recording
        per_call = self._calls.seconds_per_call
        if recording is None or recording.arrived < MEASURING_STEPS or per_call is None:
            return None
        left = per_call * (recording.steps - recording.arrived)
        return left if left >= WORTH_SAYING_S else None

    def _replace_recording(self, recording: Recording | None) -> None:
        before, self.recording = self.recording, recording
        self._forking.show(recording)
        self._memory.show(recording, self.made_by)
        self._panel.show_recording(recording)
        self.recording_changed.emit()
        if recording is not None:
            step = recording.settings.get("model_step")
            self._panel.set_made_at(step if isinstance(step, int) else None)
            if recording.arrived:
                self._panel.recording_grew()
        if before is not None and before is not recording:
            self._close_unused(before)
        self._forking.tell(sampling=self.sampling)

    def _sampling_over(self) -> None:
        recording, made_nothing = self.recording, self._requested is not None
        self._requested = None
        self._panel.compare.expect_b(False)
        self._panel.set_time_left(None)
        self._panel.set_idle()
        if recording is not None and recording.complete and not made_nothing:
            assert self.made_by is not None
            self._kept.keep(recording, self.made_by.choice)
            if self._calls.seconds_per_call is not None and self._forking.at is None:
                seconds = self._calls.seconds_per_call * recording.steps
                self._panel.set_pace(seconds / self.made_by.network_calls, recording.count)
        self._forking.over(begun=not made_nothing)
        self._forking.tell(sampling=self.sampling)
        self._mark_stale()
        self._memory.ask()
        self.sampling_changed.emit()
        self.generated.emit()

    @Slot()
    def _mark_stale(self) -> None:
        self._spare()
        # One that was kept is not what the settings were last used for.
        shown = self.recording is not None and self._sampling is None and not self._forking.reopened
        recording = self.recording if shown else None
        cut = recording is not None and not recording.complete and recording in self._cancelled
        # The second of two that are compared was made with other settings than the panel's, which nobody has changed.
        unchanged = (self.made_by, self._cancelled[recording]) if cut and recording is not None else (self.made_by,)
        self._panel.set_cancelled((recording.arrived, recording.steps) if cut and recording is not None else None)
        self._panel.set_stale(shown and self._panel.request() not in unchanged)

    # --- workers -------------------------------------------------------------------------------------------

    def _start(self, work: Callable[[], Iterable[object]], name: str) -> Worker:
        worker = Worker(work, parent=self, name=name, fills_cores=name in ("sampler", "fit-steps"))
        worker.events.connect(self._events)
        worker.ended.connect(self._ended)
        self._running.append(worker)
        worker.start()
        return worker

    def _stop(self, worker: Worker | None) -> None:
        if worker is not None and worker.running:
            worker.stop()

    @Slot(list)
    def _events(self, events: list[object]) -> None:
        worker = self.sender()
        if worker is self._inspecting:
            for event in events:
                assert isinstance(event, ModelFacts)
                self._show_facts(event)
        elif worker is self._fitting and worker is not None:
            self._take_fit(events[-1])
        elif worker is self._sampling and worker is not None:
            try:
                for event in events:
                    self._take(event)
            except StudioError as error:  # no room for the recording
                self.cancel()
                self._fail(error, "")
                return
            if self.recording is not None and self.made_by is not None and self._requested is None:
                self._panel.recording_grew()
                self._panel.set_working(self.recording.arrived, self.recording.steps)
                self._panel.set_time_left(self._time_left_s())

    @Slot(object)
    def _ended(self, failure: Failure | None) -> None:
        worker = self.sender()
        assert isinstance(worker, Worker)
        self._running.remove(worker)
        worker.deleteLater()
        if worker is self._inspecting:
            self._inspecting = None
            if failure is not None:
                self._not_read(failure)
        elif worker is self._fitting:
            self._fitting = None
            self._panel.set_fitting(None)
        elif worker is self._sampling:
            self._sampling = None
            self._sampling_over()
        else:
            return  # an old request: its failure is nobody's concern any more
        if failure is not None:
            # Another process may have trained on and removed the checkpoint: then another one takes its place.
            self._refresh_models()
            self._fail(failure.error, failure.trace)

    def _fail(self, error: BaseException, trace: str) -> None:
        self._panel.show_error(error_text(error), trace)

    # --- saving --------------------------------------------------------------------------------------------

    def save(self, path: Path, kind: str = "x_0") -> None:
        """Write what is shown; `kind` is a row of EXPORTS. `exported` tells when it is done."""
        if self.recording is not None and self.recording.arrived:
            self._exporter.write(path, EXPORTS[kind], self._to_export(self.recording))

    @Slot(str)
    def _export_dialog(self, kind: str) -> None:
        row = EXPORTS[kind]
        try:
            require_installed(row)
        except StudioError as error:
            self._fail(error, "")
            return
        step = f"-step-{self._panel.shown.step + 1}" if row.shows == "step" else ""
        which = "" if row.shows == "all" else f"-{kind}"
        path = self._exporter.ask_where(self._stem() + step + which + row.suffix)
        if path is not None:
            self.save(path, kind)

    def _stem(self) -> str:
        recording = self.recording
        stem = file_stem({} if recording is None else recording.settings)
        return stem if recording is None or recording.complete else f"{stem}-incomplete"

    def _to_export(self, recording: Recording) -> Shown:
        """What is shown, with everything that made it; of a kept one the request is not known any more."""
        made, shown = self.made_by, self._panel.shown
        settings = recording.settings
        if not recording.complete:
            settings = {**settings, "steps_recorded": recording.arrived}
        if made is None:
            return Shown(recording, settings, step=shown.step, picture=shown.picture)
        choice = made.choice
        where = choice.path, made.weights, dict(choice.said)
        config = replace(made.config(), precision=precision_of(recording))
        return Shown(recording, settings, config, *where, shown.step, shown.picture)

    # --- the end -------------------------------------------------------------------------------------------

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop everything and wait; True when no thread is left."""
        self._closed = True
        ended = [worker.shutdown(timeout_ms) for worker in self._running]
        parts = (
            *(self._exporter, self._opening, self._judging, self._memory),
            *(self._kept, self._forking, self.checkpoints),
        )
        ended += [part.shutdown(timeout_ms) for part in parts]
        self._panel.stop_playing()
        if self.recording is not None:
            self.recording.close()
        for recording in (*self._kept.recordings, *self._forking.recordings):
            recording.close()
        return all(ended)


def build_room(shell: Shell) -> Iterator[None]:
    """The sampler room, after the training that it may sample from."""
    from .panel import Parts, SamplerPanel

    parts = Parts()
    yield from parts.build(shell.settings)
    panel = SamplerPanel(shell.settings, parts)
    yield
    shell.put("sampler", panel)
    yield
    training = shell.controllers["training"]
    shell.controllers["sampler"] = SamplerController(
        shell.project, shell.settings, panel, training, parent=shell.window
    )
