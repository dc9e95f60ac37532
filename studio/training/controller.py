"""What happens in the training room: starts, pauses and ends trainings, and shows how they go."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.errors import StudioError
from core.training.events import CheckpointSaved, Event, Finished, Samples, Started

from .. import numbers
from ..messages import error_text
from ..transport import Figures, Phrase
from ..worker import Failure, Worker
from .configuring import Configuring
from .history import History
from .live_run import LiveRun
from .naming import new_run_folder
from .narration import lasting_words, passing_words
from .state import TrainingState
from .task import MakeJob, TrainingTask, make_training_job

if TYPE_CHECKING:
    from core.storage.runs import Run

    from ..project import Project
    from ..settings import Settings
    from ..transport import TransportBar
    from .history import PastRun
    from .panel import TrainingPanel

#: The room draws this often while it trains: figures stay readable, and the cores are for the training.
DRAW_MS = 200


class TrainingController(QObject):
    """Connects the room, the transport and the training. Lives in the GUI thread."""

    state_changed = Signal(object)  #: a TrainingState
    checkpoint_saved = Signal(object)  #: the Path
    open_in_sampler = Signal()
    log_wished = Signal()
    pictures_wished = Signal(object)  #: an opened run was trained on the pictures of this folder (Path)

    def __init__(
        self,
        project: Project,
        settings: Settings,
        panel: TrainingPanel,
        transport: TransportBar,
        *,
        parent: QObject | None = None,
        make_job: MakeJob = make_training_job,
    ) -> None:
        super().__init__(parent)
        self._project, self._settings, self._panel, self._transport = project, settings, panel, transport
        self._make_job = make_job
        self._state = TrainingState.NO_PICTURES
        self._live: LiveRun | None = None
        self._task: TrainingTask | None = None
        self._worker: Worker | None = None
        self._snapshot_ready = False
        self._pausing = False
        self._resume_step: int | None = None
        self._finished: Finished | None = None
        self._mended: Callable[[], None] | None = None  #: what the banner's button does
        self._configuring = Configuring(project, panel, self)
        self._history = History(panel, self)
        self._draw_timer = QTimer(self)
        self._draw_timer.setSingleShot(True)
        self._draw_timer.setInterval(DRAW_MS)
        self._draw_timer.timeout.connect(self._draw)
        transport.toggle_wished.connect(self.toggle)
        transport.stop_wished.connect(self.stop)
        transport.sampler_wished.connect(self.open_in_sampler)
        transport.log_wished.connect(self._show_log)
        panel.new_run_wished.connect(self.new_run)
        panel.smoothing_changed.connect(self._smoothing_changed)
        panel.banner.acted.connect(self._mend)
        project.scan_changed.connect(self._scan_changed)
        project.config_changed.connect(self._refresh)
        self._configuring.judged.connect(self._refresh)
        self._history.opened.connect(self._run_opened)
        self._history.refused.connect(self._show_error)
        self._enter(TrainingState.NO_PICTURES if project.scan is None else TrainingState.READY)

    # --- what others ask -----------------------------------------------------------------------------------

    @property
    def state(self) -> TrainingState:
        """What the training is doing."""
        return self._state

    @property
    def step(self) -> int:
        """Steps done of the run that is shown; 0 without one."""
        return 0 if self._live is None else self._live.step

    def snapshot_source(self) -> TrainingTask | None:
        """What gives `ema_snapshot()` of the training that is under way; None when there is none yet, or no more."""
        return self._task if self._snapshot_ready else None

    # --- what the user wishes ------------------------------------------------------------------------------

    @Slot()
    def toggle(self) -> None:
        """Start, pause, resume or train further, whichever the button says."""
        match self._state:
            case TrainingState.RUNNING:
                self.pause()
            case TrainingState.PAUSED:
                self.resume()
            case TrainingState.PREPARING | TrainingState.STOPPING:
                pass
            case TrainingState.FINISHED if self._resume_step is None:
                self.train_further()
            case _:
                self.start()

    @Slot()
    def start(self) -> None:
        """Begin a new run, or go on with the one that is shown and was ended early."""
        if self._state.busy or self._reason() is not None:
            return
        run = self._project.run
        if self._resume_step is not None and run is not None:
            self._launch(run.folder, resume=True)
            return
        scan = self._project.scan
        assert scan is not None  # there would be a reason
        self._live = LiveRun(self._project.config, self._settings["loss_smoothing"])
        self._panel.show_run(self._live)
        self._launch(new_run_folder(self._project.runs_folder, scan.folder.name), resume=False)

    def train_further(self) -> None:
        """Extend a finished run by as many steps as it was first planned for."""
        run, live = self._project.run, self._live
        if self._reason() is None and run is not None and live is not None and live.total is not None:
            self._launch(run.folder, resume=True, total=live.total + live.config.train.steps)

    @Slot()
    def pause(self) -> None:
        """Save, and hold after the step that is being made."""
        if self._state is TrainingState.RUNNING and self._task is not None and not self._pausing:
            self._pausing = True
            self._task.request_pause()
            self._refresh()

    @Slot()
    def resume(self) -> None:
        """Go on after a pause."""
        if self._state is TrainingState.PAUSED and self._task is not None:
            self._task.request_resume()
            self._enter(TrainingState.RUNNING)

    @Slot()
    def stop(self) -> None:
        """End after the step that is being made; everything is saved."""
        if self._state.busy and self._worker is not None and self._state is not TrainingState.STOPPING:
            self._worker.stop()
            self._enter(TrainingState.STOPPING)

    @Slot()
    def new_run(self) -> None:
        """Leave the run that is shown: back to the settings."""
        if not self._state.busy:
            self._leave_run()
            self._refresh()

    def open_run(self, path: Path) -> None:
        """Show a run folder as it was left; it can go on from there."""
        if self._state.busy:
            self._panel.banner.show_message(self.tr("Stop the training first, then open another run."), kind="warning")
            return
        self._history.open(path, self._settings["loss_smoothing"])

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Save, end all threads; True when they are gone."""
        self._draw_timer.stop()
        ended = self._worker is None or self._worker.shutdown(timeout_ms)
        others = [self._configuring.shutdown(timeout_ms), self._history.shutdown(timeout_ms)]
        return ended and all(others)

    # --- the training --------------------------------------------------------------------------------------

    def _launch(self, folder: Path, *, resume: bool, total: int | None = None) -> None:
        assert self._live is not None and self._project.scan is not None
        make = partial(
            self._make_job,
            self._live.config,
            folder,
            scan=self._project.scan,
            device=self._project.device,
            resume=resume,
            total=total,
        )
        task = TrainingTask(make)
        worker = Worker(task.events, parent=self, on_stop=task.request_stop, name="training")
        task.hold, task.release = worker.pause, worker.resume
        worker.events.connect(self._on_events)
        worker.ended.connect(self._on_ended)
        self._task, self._worker = task, worker
        self._finished, self._pausing, self._snapshot_ready = None, False, False
        self._panel.banner.clear()
        self._enter(TrainingState.PREPARING)
        worker.start()

    @Slot(list)
    def _on_events(self, events: list[Event]) -> None:
        assert self._live is not None and self._task is not None
        self._live.take(events)
        for event in events:
            self._on_event(event)
        if self._pausing and self._task.held:
            self._pausing = False
            step = self._live.step
            self._say(lambda: self.tr("Paused and saved at step {step}").format(step=numbers.count(step)))
            self._enter(TrainingState.PAUSED)
        if not self._draw_timer.isActive():
            self._draw_timer.start()

    def _on_event(self, event: Event) -> None:
        if passing_words(event) is not None:
            self._transport.set_message(lambda: passing_words(event) or "")
        lasting = lasting_words(event)
        if lasting is not None:
            self._transport.set_message(lambda: lasting_words(event) or "")
            self._log(lasting)
        match event:
            case Started():
                self._on_started(event)
            case Samples():
                self._panel.samples.grid_added()
            case CheckpointSaved(path=path):
                self.checkpoint_saved.emit(path)
            case Finished():
                self._finished = event

    def _on_started(self, event: Started) -> None:
        assert self._task is not None
        self._snapshot_ready = True
        self._project.set_run(self._task.run_record)
        self._configuring.set_parameters(event.parameters)
        if self._state is TrainingState.PREPARING:
            self._enter(TrainingState.RUNNING)

    @Slot(object)
    def _on_ended(self, failure: Failure | None) -> None:
        assert self._worker is not None and self._live is not None
        self._worker.deleteLater()
        self._worker = self._task = None
        self._snapshot_ready = self._pausing = False
        live = self._live
        if failure is not None:
            self._fail(failure)
            return
        if self._finished is None or live.step == 0:
            self._leave_run()
            self._say(lambda: self.tr("Stopped before the first step"))
            self._enter(self._idle_state())
            return
        complete = live.total is not None and live.step >= live.total
        self._resume_step = None if complete else live.step
        summary = self._summary(live)
        self._log(summary())
        self._transport.set_message(None)
        self._enter(TrainingState.FINISHED)

    def _fail(self, failure: Failure) -> None:
        error = failure.error
        self._log(error_text(error))
        self._log(failure.trace.rstrip())
        run, live = self._project.run, self._live
        assert live is not None
        saved = live.marks[-1] if live.marks else 0
        # What ran out of memory, or diverged, would do so again: those go on with other settings, as a new run.
        again = isinstance(error, StudioError) and error.code in {"device.out-of-memory", "training.not-finite"}
        self._resume_step = saved if saved and run is not None and not again else None
        self._transport.set_message(None)
        if self._resume_step is None:
            self._project.set_run(None)
        self._show_error(error, failure.trace.rstrip())
        self._enter(TrainingState.FAILED)

    # --- states --------------------------------------------------------------------------------------------

    def _idle_state(self) -> TrainingState:
        return TrainingState.NO_PICTURES if self._project.scan is None else TrainingState.READY

    def _enter(self, state: TrainingState) -> None:
        changed, self._state = state is not self._state, state
        self._refresh()
        self._draw()
        if changed:
            self.state_changed.emit(state)

    @Slot()
    def _refresh(self) -> None:
        """Show the state, the reasons and the words that follow from everything else."""
        if self._state in {TrainingState.NO_PICTURES, TrainingState.READY} and self._state is not self._idle_state():
            self._enter(self._idle_state())
            return
        shows_run = self._state.busy or (self._live is not None and self._project.run is not None)
        self._panel.set_mode(run_shown=shows_run, busy=self._state.busy)
        self._configuring.show(self._live.config if shows_run and self._live is not None else None)
        self._transport.set_state(
            self._state,
            resume_step=self._resume_step,
            reason=self._reason(),
            headline=self._headline(),
            pausing=self._pausing,
        )

    def _reason(self) -> Phrase | None:
        """Why nothing can be started now."""
        if self._state.busy:
            return None
        if self._project.scan is None:
            return lambda: self.tr("Choose pictures first")
        if self._live is not None and self._project.run is not None:
            return None  # its settings were good when it began
        return self._configuring.reason()

    def _headline(self) -> Phrase | None:
        live = self._live
        match self._state:
            case TrainingState.NO_PICTURES:
                return lambda: self.tr("Choose pictures first")
            case TrainingState.READY:
                return self._configuring.headline
            case TrainingState.PREPARING:
                return lambda: self.tr("Preparing")
            case TrainingState.FINISHED if live is not None:
                return self._summary(live)
            case TrainingState.FAILED:
                return lambda: self.tr("The training failed")
        return None

    def _summary(self, live: LiveRun) -> Phrase:
        step, elapsed_s = live.step, live.elapsed_s
        if self._resume_step is not None:
            return lambda: self.tr("Stopped at step {step}, saved").format(step=numbers.count(step))
        return lambda: self.tr("{steps} steps in {time}").format(
            steps=numbers.count(step), time=numbers.duration(elapsed_s)
        )

    # --- pictures, runs, errors ----------------------------------------------------------------------------

    @Slot()
    def _scan_changed(self) -> None:
        run, scan = self._project.run, self._project.scan
        if not self._state.busy and run is not None and scan is not None and run.source_folder != scan.folder:
            self._leave_run()
        self._refresh()

    def _leave_run(self) -> None:
        self._live = None
        self._resume_step = None
        self._panel.show_run(None)
        self._panel.banner.clear()
        self._transport.set_message(None)
        self._transport.set_figures(Figures(), ())
        self._project.set_run(None)
        self._state = self._idle_state()
        self.state_changed.emit(self._state)

    @Slot(object)
    def _run_opened(self, past: PastRun) -> None:
        self._live = past.live
        run: Run = past.run
        complete = past.live.total is not None and past.live.step >= past.live.total
        self._resume_step = None if complete or past.live.step == 0 else past.live.step
        self._panel.banner.clear()
        self._panel.show_run(past.live)
        self._project.set_config(past.live.config)
        self._project.set_run(run)
        self._log(self.tr("Opened {run}").format(run=run.folder.name))
        self._enter(TrainingState.FINISHED)
        scan = self._project.scan
        if run.source_folder is not None and (scan is None or scan.folder != run.source_folder):
            self.pictures_wished.emit(run.source_folder)

    @Slot(object)
    def _show_error(self, error: BaseException, details: str = "") -> None:
        self._mended = None
        action = ""
        if isinstance(error, StudioError) and error.code == "device.out-of-memory":
            smaller = int(str(error.fields["smaller"]))
            if smaller < int(str(error.fields["batch_size"])):
                action = self.tr("Use batch {size}").format(size=smaller)
                self._mended = partial(self._use_batch, smaller)
        elif self._resume_step is not None:
            action = self.tr("Resume at step {step}").format(step=numbers.count(self._resume_step))
            self._mended = self.start
        self._panel.banner.show_message(error_text(error), action=action, details=details)

    @Slot()
    def _mend(self) -> None:
        mended, self._mended = self._mended, None
        self._panel.banner.clear()
        if mended is not None:
            mended()

    def _use_batch(self, size: int) -> None:
        self._project.set_settings({"batch_size": size})
        self._leave_run()
        self.start()

    # --- what is shown -------------------------------------------------------------------------------------

    @Slot()
    def _draw(self) -> None:
        """Show the figures of the run: at most once every DRAW_MS."""
        live = self._live
        if live is None:
            return
        self._panel.refresh()
        pace = live.pace
        smooth = live.curve.smooth
        spark = smooth[:: max(1, len(smooth) // 100)].tolist()
        self._transport.set_figures(
            Figures(
                step=live.step,
                total=live.total,
                loss=float(smooth[-1]) if len(smooth) else live.loss,
                pictures_per_second=pace.pictures_per_second,
                seconds_left=live.seconds_left,
            ),
            spark,
        )
        if pace.seconds_per_step is not None:
            self._configuring.set_seconds_per_step(live.config, pace.seconds_per_step)

    @Slot(float)
    def _smoothing_changed(self, smoothing: float) -> None:
        self._settings["loss_smoothing"] = smoothing
        if self._live is not None:
            self._live.curve.set_smoothing(smoothing)
            if not self._draw_timer.isActive():
                self._draw_timer.start()

    @Slot()
    def _show_log(self) -> None:
        self._panel.show_log()
        self.log_wished.emit()

    def _say(self, phrase: Phrase) -> None:
        """A message for the transport and the log."""
        self._transport.set_message(phrase)
        self._log(phrase())

    def _log(self, text: str) -> None:
        self._panel.log.add(time.strftime("%H:%M:%S"), text)
