"""What is shown in the sampler room, and the sampling that makes it; puts the parts of the room together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot

from core.catalogue import EXPORTS
from core.comparison import shares, step_at
from core.errors import Phrase, SamplingError, StudioError
from core.export import require_installed
from core.frames import Frame, SamplingFinished, SamplingStarted
from core.path_kind import PathKind, kind_of
from core.recording import Recording
from core.sampling_record import model_record

from ..app.messages import error_text, row_text
from ..jobs.call_timer import CallTimer
from ..jobs.worker import Failure, Worker
from .checkpoints import Checkpoints
from .choosing import Choosing, Training
from .exporter import Exporter, generation_of, stem_of
from .fitting import Fitting
from .forking import Forking
from .given_pictures import GivenPictures
from .keeping import Keeping
from .memory import Recalling
from .models import ModelFacts, SamplerRequest, described
from .note import WORTH_SAYING_S
from .source import ModelSource

if TYPE_CHECKING:
    from ..app.rooms import Shell
    from ..app.settings import Settings
    from ..project import Project
    from .panel import SamplerPanel


#: Steps after which the time left can be told.
MEASURING_STEPS = 3


def all_settings(made: SamplerRequest, facts: ModelFacts, of_request: Mapping[str, object]) -> dict[str, object]:
    """Everything that decides the pictures; facts: of the model that makes them."""
    model = model_record(
        made.choice.name, weights=made.weights, step=facts.step, digest=facts.sha256, said=dict(made.choice.said)
    )
    return {**model, **of_request}


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
        self._project, self._training = project, training
        self.panel = self._panel = panel
        source, snapshot = ModelSource(), training.snapshot_source
        self.source = source
        self.given = GivenPictures(panel, settings, parent=self)
        self.choosing = Choosing(panel, project, settings, source, training, self._spare, parent=self)
        self.models = self.choosing.models
        self.fitting = Fitting(panel, project, source, snapshot, parent=self)
        self._exporter = Exporter(panel, settings, parent=self)
        self._kept = Keeping(panel, settings, project, parent=self)
        self._forking = Forking(panel, project, source, self.models, snapshot, self._close_unused, parent=self)
        self._memory = Recalling(panel, project, source, snapshot, parent=self)
        self.checkpoints = Checkpoints(panel, self.models, source, project, snapshot, self._exporter, parent=self)
        self.recording: Recording | None = None  #: what is shown
        self._back_to: tuple[Path, int, int] | None = None  #: after a restart: a kept file, the step, the picture
        self._requested: SamplerRequest | None = None  #: of a sampling that has made nothing yet
        self._facts: ModelFacts | None = None  #: of the model that was sampled last
        self._sampling: Worker | None = None
        self._stood: SamplerRequest | None = None  #: what the panel said as it began
        self._cancelled: WeakKeyDictionary[Recording, SamplerRequest | None] = WeakKeyDictionary()  #: and `_stood`
        self._running: list[Worker] = []  #: also those that were told to stop and have not yet
        self._calls = CallTimer()
        self._closed = False

        panel.paths_dropped.connect(self._dropped)
        panel.generate_wished.connect(self.generate)
        panel.cancel_wished.connect(self.cancel)
        panel.settings_changed.connect(self._mark_stale)
        panel.training_wished.connect(self.training_wished)
        panel.export_wished.connect(self._export_dialog)
        panel.export_cancel_wished.connect(self._exporter.cancel)
        self._exporter.exported.connect(self.exported)
        panel.compare.show_wished.connect(self._show_complete)
        panel.compare.same_wished.connect(self._same)
        self.choosing.choices_changed.connect(self.choices_changed)
        self.choosing.model_changed.connect(self.model_changed)
        self.choosing.looked_at.connect(self._kept.look)
        self.choosing.read.connect(self.given.look_at_conditions)
        self.choosing.read.connect(self._mark_stale)
        self.choosing.refreshed.connect(self._models_changed)
        self.fitting.fitted.connect(self.choosing.read_anew)
        self.fitting.failed.connect(self._failed)
        self._kept.show_wished.connect(self._show_kept)
        self._kept.unused.connect(self._close_unused)
        self._forking.begin_wished.connect(self._begin)
        self._forking.show_wished.connect(self._show_held)
        self._forking.adopted.connect(self._adopted)
        self.choosing.refresh()

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
        self._tell_script()
        if self.recording is not None and self.recording.kept_at is None:
            self._memory.show(self.recording, self.made_by)
            self._memory.ask()

    @Slot(object)
    def _close_unused(self, recording: Recording) -> None:
        in_use = recording is self.recording or self._kept.holds(recording) or recording in self._forking.recordings
        if not in_use:
            recording.close()

    @Slot()
    def _models_changed(self) -> None:
        """There may be another one that made what is shown, or one of them is gone."""
        self._forking.tell(sampling=self.sampling)
        self._mark_stale()

    @Slot(object)
    def _same(self, request: SamplerRequest) -> None:
        if self._sampling is None:
            self._panel.compare.expect_b(True)
            self._sample(request)

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

    def _spare(self) -> None:
        """What is chosen, and what made the pictures that are shown, is not pruned meanwhile."""
        requests = [one for one in (self._panel.request(), self._requested, self.made_by) if one is not None]
        of = [self.models.chosen, *(choice for one in requests for choice in (one.choice, one.guide))]
        paths = {each.path for each in of if each is not None and each.path is not None and each.step is not None}
        self._training.spare(frozenset(described(path) for path in paths))

    # --- files from anywhere -------------------------------------------------------------------------------

    @Slot(list)
    def _dropped(self, paths: list[Path]) -> None:
        kinds = [kind_of(path) for path in paths]
        for wished in (PathKind.RUN, PathKind.MODEL):
            if wished in kinds:
                self.open_model(paths[kinds.index(wished)])
                return
        pictures = [path for path, kind in zip(paths, kinds, strict=True) if kind is PathKind.PICTURE]
        if pictures:
            self.given.drop(pictures)
        else:
            self.path_dropped.emit(paths[0])

    @Slot(object)
    def open_model(self, path: Path) -> None:
        """Take a run folder or a checkpoint from anywhere as the model; a picture is what the denoising begins with."""
        (self.given if kind_of(path) is PathKind.PICTURE else self.choosing).open(path)

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
        self._panel.banner.clear()
        self._requested, self._stood = request, self._panel.request()
        self._sampling = Worker(work, parent=self, name="sampler", fills_cores=True)
        self._sampling.events.connect(self._events)
        self._sampling.ended.connect(self._ended)
        self._running.append(self._sampling)
        self._sampling.start()
        self._panel.set_working(0, request.frames)
        self._forking.tell(sampling=self.sampling)
        self._mark_stale()
        self.sampling_changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop after the step under way; what has arrived stays."""
        worker, self._sampling = self._sampling, None
        if worker is not None:
            if worker.running:
                worker.stop()
            if self.recording is not None and self._requested is None:
                self._cancelled[self.recording] = self._stood
            self._sampling_over()

    def _take(self, event: object) -> None:
        match event:
            case ModelFacts():
                self._facts = event
                asked = self._requested
                # A second run to compare may be of another model than the chosen one.
                if asked is not None and (asked.choice, asked.weights) == self._panel.model_and_weights():
                    self.choosing.take(event)
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
        self._tell_script()
        self.recording_changed.emit()
        if recording is not None:
            step = recording.settings.get("model_step")
            self._panel.set_made_at(step if isinstance(step, int) else None)
            if recording.arrived:
                self._panel.recording_grew()
        if before is not None and before is not recording:
            self._close_unused(before)
        self._forking.tell(sampling=self.sampling)

    def _tell_script(self) -> None:
        """Why no script can make again what is shown is said where it is offered, before a file name is asked for."""
        why_not = ""
        if self.recording is not None:
            generation = generation_of(self.recording, self.made_by, self._panel.shown)
            reason, kind = generation.why_not_again(), row_text(EXPORTS["script"].title)
            if reason:
                why_not = error_text(SamplingError("export.not-possible", kind=kind, reason=Phrase(reason)))
        self._panel.timeline.row.set_script(why_not)

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

    @Slot(list)
    def _events(self, events: list[object]) -> None:
        if self.sender() is not self._sampling:
            return
        try:
            for event in events:
                self._take(event)
        except StudioError as error:  # no room for the recording
            self.cancel()
            self._tell(error)
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
        if worker is not self._sampling:
            return  # an old request: its failure is nobody's concern any more
        self._sampling = None
        self._sampling_over()
        if failure is not None:
            self._failed(failure)

    @Slot(object)
    def _failed(self, failure: Failure) -> None:
        # Another process may have trained on and removed the checkpoint: then another one takes its place.
        self.choosing.refresh()
        self._tell(failure.error, failure.trace)

    def _tell(self, error: BaseException, trace: str = "") -> None:
        self._panel.banner.show_message(error_text(error), details=trace)

    # --- saving --------------------------------------------------------------------------------------------

    def save(self, path: Path, kind: str = "x_0") -> None:
        """Write what is shown; `kind` is a row of EXPORTS. `exported` tells when it is done."""
        if self.recording is not None and self.recording.arrived:
            generation = generation_of(self.recording, self.made_by, self._panel.shown)
            self._exporter.write(path, EXPORTS[kind], generation)

    @Slot(str)
    def _export_dialog(self, kind: str) -> None:
        row = EXPORTS[kind]
        try:
            require_installed(row)
        except StudioError as error:
            self._tell(error)
            return
        step = f"-step-{self._panel.shown.step + 1}" if row.shows == "step" else ""
        which = "" if row.shows == "all" else f"-{kind}"
        path = self._exporter.ask_where(stem_of(self.recording) + step + which + row.suffix)
        if path is not None:
            self.save(path, kind)

    # --- the end -------------------------------------------------------------------------------------------

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop everything and wait; True when no thread is left."""
        self._closed = True
        ended = [worker.shutdown(timeout_ms) for worker in self._running]
        parts = (
            *(self.choosing, self.given, self.fitting, self._exporter, self._memory),
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
