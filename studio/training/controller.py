"""What happens in the training room: starts, pauses and ends trainings, and knows which state they are in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from core.errors import StudioError
from core.training.events import (
    CheckpointSaved,
    EditRefused,
    Event,
    PicturesAway,
    SaveFailed,
    SettingsEdited,
    Started,
)
from core.training.plan import at_the_low_rate, begins_anew, low_rate

from .. import numbers
from ..app.messages import error_text
from ..app.tabs import TabKeeper
from ..jobs.worker import Failure
from ..project import new_run_folder, same_folder
from .at_once import AtOnce
from .checkpoints import CheckpointMenu
from .configuring import Configuring
from .curves.saving import PlotSaver
from .display import Display
from .film import FilmSaver
from .following import Following
from .going_on import FurtherMenu, GoingOn
from .history import PastRun
from .live_run import LiveRun
from .narration import (
    Notices,
    Remedy,
    headline,
    is_fault_of_program,
    lasting_words,
    of_open_run,
    outcome_words,
    remedies,
)
from .own_presets import OwnPresets
from .queue import NextRuns, RunQueue
from .running import Job, MakeJob, Running, make_training_job
from .state import TrainingState
from .tabs import TABS, WITHOUT_FORM

if TYPE_CHECKING:
    from core.runs.run import Run
    from core.settings import RunConfig
    from core.training.following import Look

    from ..app.rooms import Shell
    from ..app.settings import Settings
    from ..app.transport import TransportBar
    from ..project import Project
    from .panel import TrainingPanel
    from .tabs import TrainingTab


class TrainingTabs(TabKeeper):
    """The tabs of the room, with what the shown one puts beside its page."""

    def __init__(self, panel: TrainingPanel, shell: Shell, room: TrainingController) -> None:
        super().__init__(panel.tabs, TABS, panel, shell.settings, "training_tab", shell, room)
        self._panel = panel
        panel.tabs.chosen.connect(self._show_beside)
        self.built.connect(self._show_beside)

    @Slot()
    def _show_beside(self) -> None:
        tab = cast("TrainingTab | None", self.tabs.get(self._panel.tabs.current))
        self._panel.show_beside(None if tab is None else tab.side, None if tab is None else tab.under)


class TrainingController(QObject):
    """Connects the room, the transport and the training. Lives in the GUI thread."""

    state_changed = Signal(object)  #: a TrainingState
    checkpoint_saved = Signal(object)  #: the Path
    needs_someone = Signal(str)  #: it waits for what only a person can do: the words
    open_in_sampler = Signal()
    log_wished = Signal()
    pictures_wished = Signal(object)  #: an opened run was trained on the pictures of this folder (Path)
    run_changed = Signal()  #: `live` is another run, or none
    drawn = Signal()  #: `live` has come further

    def __init__(
        self,
        project: Project,
        settings: Settings,
        panel: TrainingPanel,
        transport: TransportBar,
        *,
        parent: QObject | None = None,
        make_job: MakeJob = make_training_job,
        torch_loaded: bool = True,
    ) -> None:
        super().__init__(parent)
        self._project, self._settings, self._panel, self._transport = project, settings, panel, transport
        self._make_job = make_job
        self._state = TrainingState.NO_PICTURES
        self._snapshot_ready = False
        self._opened: RunConfig | None = None  #: the settings of the run that is shown, where it was not begun here
        self._start_wished = False  #: it was pressed while steps were measured
        self._mend: Remedy | None = None  #: with what a run that failed is to go on
        self._trained_on: Path | None = None  #: the folder of pictures of the training that was begun here last
        self._resume_step: int | None = None  #: where the run that is shown can go on from
        self._logged: Path | None = None  #: the run whose lines are the last in the log
        self._display = Display(panel, transport, self)
        self._notices = Notices(panel, self)
        self._plot_saver = PlotSaver(panel.plots, project, settings, self._notices, self)
        self._running = Running(self)
        self._following = Following(panel, self._display, self)
        self._further = FurtherMenu(transport)
        self._configuring = Configuring(project, panel, self, torch_loaded=torch_loaded)
        self.own_presets = OwnPresets(panel.form, project, self._notices, settings.path.parent / "presets", self)
        self.tabs: TrainingTabs | None = None  #: once the room stands in the window
        self.going_on = GoingOn(project, panel, self._notices, self)
        self._pictures = self.going_on.pictures
        self.checkpoints = CheckpointMenu(panel.summary.checkpoints, project, self._notices, self)
        queue = RunQueue(settings.path.parent / "queue.json", self)
        self.next_runs = NextRuns(queue, transport.queue, project, panel, self._configuring, self._notices, self)
        self.film = FilmSaver(panel.samples, project, settings, self._display.say, self)
        self.at_once = AtOnce(panel.summary.at_once, panel, self.checkpoints.kept, self)
        self._connect()
        self._enter(self._idle_state())

    def _connect(self) -> None:
        transport, panel, project, settings = self._transport, self._panel, self._project, self._settings
        transport.toggle_wished.connect(self.toggle)
        transport.stop_wished.connect(self.stop)
        transport.sampler_wished.connect(self.open_in_sampler)
        transport.log_wished.connect(self._show_log)
        panel.new_run_wished.connect(self.new_run)
        panel.smoothing_changed.connect(self._smoothing_changed)
        panel.plot_chosen.connect(self._plot_chosen)
        panel.plots.more_chosen.connect(partial(settings.__setitem__, "training_plots_below"))
        panel.plots.axis_chosen.connect(partial(settings.__setitem__, "training_axis"))
        panel.plots.timesteps_toggled.connect(partial(settings.__setitem__, "training_timesteps"))
        panel.log.ways.chosen.connect(self._way_of_log_chosen)
        project.scan_changed.connect(self._scan_changed)
        project.config_changed.connect(self._refresh)
        self._configuring.judged.connect(self._judged)
        self._configuring.edits.wished.connect(self._edit)
        self.next_runs.shown_changed.connect(self._refresh)
        self.next_runs.begin_wished.connect(self._begin_queued)
        self.next_runs.pictures_wished.connect(self.pictures_wished)
        self.next_runs.said.connect(self._display.say)
        self.at_once.samples_wished.connect(self._running.sample)
        self.at_once.save_wished.connect(self._running.save)
        self._pictures.accepted.connect(self._refresh)
        self._pictures.noted.connect(self._display.log)
        self.going_on.opened.connect(self._run_opened)
        self.going_on.ready.connect(self.toggle)
        self.going_on.pictures_wished.connect(self.pictures_wished)
        self._display.run_changed.connect(self.run_changed)
        self._display.drawn.connect(self.drawn)
        self._following.came.connect(self._followed)
        self._following.ended.connect(self._read_again)
        self._following.lost.connect(self._not_followed)
        self._running.events.connect(self._on_events)
        self._display.drawn.connect(self._configuring.edits.set_step)
        self._running.ended.connect(self._on_ended)
        self._further.anew.connect(self.train_further)
        self._further.low.connect(self._train_further_low)
        self._further.triggered.connect(self._transport.chosen)

    # --- what others ask -----------------------------------------------------------------------------------

    @property
    def strip(self) -> QWidget:
        """One picture from eight noise levels, for a tab that has it under the samples."""
        return self._panel.strip

    @property
    def state(self) -> TrainingState:
        """What the training is doing."""
        return self._state

    @property
    def live(self) -> LiveRun | None:
        """The figures of the run that is shown; None without one."""
        return self._display.live

    @property
    def step(self) -> int:
        """Steps done of the run that is shown; 0 without one."""
        return 0 if self._display.live is None else self._display.live.step

    def snapshot_source(self) -> Job | None:
        """What gives `ema_snapshot()` of the training that is under way; None when there is none yet, or no more."""
        return self._running.job if self._snapshot_ready else None

    def spare(self, checkpoints: frozenset[Path]) -> None:
        """Prune none of these, named by their JSON: they are in use."""
        self._running.spare(checkpoints)

    # --- what the user wishes ------------------------------------------------------------------------------

    @Slot()
    def toggle(self) -> None:
        """Start, pause, resume or train further, whichever the button says."""
        match self._state:
            case TrainingState.RUNNING:
                self.pause()
            case TrainingState.PAUSED:
                self.resume()
            case TrainingState.FINISHED if self._resume_step is None:
                self._ask_how_further()
            case _:
                self.start()

    @Slot()
    def start(self) -> None:
        """Begin a new run, or go on with the one that is shown and was ended early."""
        scan, run = self._project.scan, self._project.run
        if self._state.busy or self._reason():
            return
        if run is not None and not self._pictures.fit:
            self.going_on.open_pictures()
            return
        if scan is None:
            return
        if self._configuring.measuring:  # which would slow the training, and be slowed
            self._start_wished = True
            self._configuring.cancel_measuring()
            return
        if run is not None and (self._resume_step is not None or self._mend is not None):
            self._go_on_with(run, self._mend)
            return
        self._begin(self._project.config)

    def _begin(self, config: RunConfig) -> None:
        """A new run of the pictures that are open."""
        scan = self._project.scan
        assert scan is not None
        self._display.show_run(LiveRun(config, self._settings["loss_smoothing"]))
        self._project.set_run(None)
        self._launch(new_run_folder(self._project.runs_folder, scan.folder.name), resume=False)

    @Slot(object)
    def _begin_queued(self, config: RunConfig) -> None:
        self._leave_run()
        # What was left out since belongs to the pictures, and so to the run.
        self._begin(config)

    def _ask_how_further(self) -> None:
        """Where the learning rate has fallen, more steps let it and the loss rise again, or go on at the low rate."""
        live = self._display.live
        if not self._pictures.fit and not self._reason():
            self.going_on.open_pictures()
        elif live is None or not begins_anew(live.config.train):
            self.train_further()
        elif not self._state.busy and not self._reason():
            train = live.config.train
            self._further.ask(self._transport.start, train, low_rate(train))

    @Slot()
    def train_further(self) -> None:
        """Extend a finished run by as many steps as it was first planned for."""
        self._train_further(None)

    @Slot()
    def _train_further_low(self) -> None:
        live = self._display.live
        self._train_further(None if live is None else at_the_low_rate(live.config.train))

    def _train_further(self, changes: Mapping[str, object] | None) -> None:
        run, live = self._project.run, self._display.live
        if self._state.busy or self._reason() or run is None or live is None:
            return
        if not self._pictures.fit:
            self.going_on.open_pictures()
        else:
            self._launch(run.folder, resume=True, total=live.step + live.config.train.steps, changes=changes)

    @Slot()
    def pause(self) -> None:
        """Save, and hold after the step that is being made."""
        if self._state is TrainingState.RUNNING:
            self._running.pause()
            self._refresh()

    @Slot()
    def resume(self) -> None:
        """Go on after a pause."""
        if self._state is TrainingState.PAUSED:
            self._running.resume()
            self._transport.set_message("")  # "Paused at step …" is no longer so
            self._enter(TrainingState.RUNNING)

    @Slot()
    def stop(self) -> None:
        """End after the step that is being made; everything is saved."""
        if self._state.busy and self._state is not TrainingState.STOPPING:
            self._running.stop()
            self._enter(TrainingState.STOPPING)

    @Slot()
    def new_run(self) -> None:
        """Leave the run that is shown, and show the settings."""
        if self._state.busy:
            return
        if self._panel.tabs.current in WITHOUT_FORM:
            self._panel.tabs.choose("curves")
        self.leave_run()

    def leave_run(self) -> None:
        """Likewise, whatever is shown."""
        if self._state.busy:
            return
        run, opened = self._project.run, self._opened
        self._leave_run()
        self._enter(self._idle_state())
        if run is None or opened is None or self._project.scan is None:
            return
        if not self._project.changed_settings():
            self._project.adopt(opened, run.measured)
        else:
            self._notices.say(
                self.tr("These are the settings that you had chosen for these pictures."),
                kind="info",
                action=self.tr("Use those of {run}").format(run=run.folder.name),
                act=partial(self._project.adopt, opened, run.measured),
            )

    def open_run(self, path: Path, *, go_on: bool = False) -> None:
        """Show a run folder as it was left; with `go_on` its pictures are opened and it trains on."""
        if not self._refuse_while_busy():
            self.going_on.open(path, self._settings["loss_smoothing"], go_on=go_on)

    def torch_ready(self) -> None:
        """torch is loaded: what the settings will cost can be told."""
        self._configuring.torch_ready()

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Save, end all threads; True when they are gone."""
        self._display.stop()
        self.next_runs.stop()
        parts = (
            # The training first: it has something to save.
            *(self._running, self._following, self._configuring, self.own_presets, self._plot_saver),
            *(self.going_on, self.checkpoints, self.film, self.tabs),
        )
        ended = [part.shutdown(timeout_ms) for part in parts if part is not None]
        return all(ended)

    # --- the training --------------------------------------------------------------------------------------

    def _launch(
        self,
        folder: Path,
        *,
        resume: bool,
        total: int | None = None,
        changes: Mapping[str, object] | None = None,
    ) -> None:
        live, scan = self._display.live, self._project.scan
        assert live is not None
        assert scan is not None
        self._snapshot_ready = False
        self._mend = None
        self._trained_on = scan.folder
        self.going_on.forget()
        self._notices.clear()
        device, cache = self._project.device, self._project.cache
        make = partial(self._make_job, live.config, folder, scan=scan, device=device, cache=cache)
        self._enter(TrainingState.PREPARING)
        self._running.launch(partial(make, resume=resume, total=total, changes=changes))

    @Slot(list)
    def _on_events(self, events: list[Event]) -> None:
        live = self._display.live
        assert live is not None
        live.take(events)
        for event in events:
            self._display.tell(event)
            self._notices.tell(event)
            match event:
                case Started():
                    self._on_started(event, live)
                case SettingsEdited():
                    self._on_edited(event, live)
                case PicturesAway(waited_s=0.0) | SaveFailed(last=True):
                    self.needs_someone.emit(lasting_words(event) or "")
                case EditRefused():
                    self._configuring.edits.refused(event)
                case CheckpointSaved(path=path):
                    self.checkpoints.kept.refresh()
                    self.checkpoint_saved.emit(path)
        if self._running.pausing and self._running.held and self._state is TrainingState.RUNNING:
            self._running.pausing = False
            step, saved = live.step, self._running.held_saved
            words = self.tr("Paused at step {step}, saved") if saved else self.tr("Paused at step {step}")
            self._display.say(words.format(step=numbers.count(step)))
            self._enter(TrainingState.PAUSED)
        self._display.draw_soon()

    def _on_started(self, event: Started, live: LiveRun) -> None:
        self._snapshot_ready = True
        self.next_runs.run_begun()
        self._project.set_run(None if self._running.job is None else self._running.job.run_record)
        if self._project.run is not None:
            self._logged = self._project.run.folder
            live.config = self._project.run.config  # its batch may have changed for this session
        self._configuring.set_parameters(event.parameters)
        if self._state is TrainingState.PREPARING:
            self._enter(TrainingState.RUNNING)

    @Slot(object)
    def _edit(self, changes: Mapping[str, object]) -> None:
        """Train with other settings from the next step on."""
        try:
            self._running.edit(changes)
        except StudioError as error:
            self._notices.say(error_text(error))

    def _on_edited(self, event: SettingsEdited, live: LiveRun) -> None:
        live.config = live.config.with_settings(event.after)
        self._configuring.edits.edited(event)
        self._refresh()

    @Slot(object)
    def _on_ended(self, failure: Failure | None) -> None:
        live = self._display.live
        assert live is not None
        self._snapshot_ready = False
        self.next_runs.run_ended()
        self._transport.set_notice("")
        if live.pace.seconds_per_step is not None:
            self._configuring.set_seconds_per_step(live.config, live.pace.seconds_per_step)
        if failure is not None:
            self._fail(failure, live)
        elif live.step == 0:
            self._leave_run()
            self._display.say(self.tr("Stopped before the first step"))
            self._enter(self._idle_state())
        else:
            self._resume_step = None if live.complete else live.step
            self._display.log(outcome_words(live))
            self._transport.set_message("")
            self._enter(TrainingState.FINISHED)
            self.going_on.offer_pictures()
            self.next_runs.begin_or_wait(complete=live.complete)

    def _fail(self, failure: Failure, live: LiveRun) -> None:
        run = self._project.run
        error = of_open_run(failure.error, run)
        self._display.log(error_text(error))
        gone = isinstance(error, StudioError) and error.code == "run.moved"
        self._resume_step = live.marks[-1] if live.marks and run is not None and not gone else None
        if self._resume_step is None:
            self._project.set_run(None)
        self._transport.set_message("")
        if is_fault_of_program(error):
            self._enter(TrainingState.FAILED)
            words = self.tr("Something unexpected went wrong in the program itself; your settings are in order.")
            self._notices.say(words, action=self.tr("Details"), act=self._show_log, details=error_text(error))
            return
        self._enter(TrainingState.FAILED)
        self._offer_remedies(error, live, run, details=failure.details)

    def _offer_remedies(self, error: BaseException, live: LiveRun, run: Run | None, details: str = "") -> None:
        """Say what ended the run, and with what it can go on; Resume takes the first of that."""
        step = None if self._reason() else self._resume_step
        offers = remedies(error, live.config, step, () if run is None else run.changes)
        if run is None and self._other_pictures_open:  # of which these settings are not
            offers = ()
        self._mend = next((one for one in offers if one.changes is not None and self._resume_step is not None), None)
        self._notices.offer(error_text(error), offers, partial(self._go_on_with, run), details)
        self._refresh()

    def _go_on_with(self, run: Run | None, mend: Remedy | None) -> None:
        """The run that is shown, as it was or with other settings; a new one where it had not come to be a run."""
        if self._state.busy:
            return
        changes = None if mend is None else mend.changes
        if run is None:
            self._project.set_settings(changes or {})
            self._leave_run()
            self.start()
            return
        if run is not self._project.run:
            self._project.set_run(run)
            self._refresh()
        if self._reason():
            self._mend = mend
            self.going_on.offer_pictures()
        elif not self._pictures.fit:
            self._mend = mend
            self.going_on.open_pictures()
        else:
            if mend is not None and changes is not None:
                self._display.log(mend.tip)
            self._launch(run.folder, resume=True, changes=changes)

    # --- states --------------------------------------------------------------------------------------------

    def _idle_state(self) -> TrainingState:
        return TrainingState.NO_PICTURES if self._project.scan is None else TrainingState.READY

    def _enter(self, state: TrainingState) -> None:
        changed, self._state = state is not self._state, state
        self._refresh()
        self._display.draw()
        if changed:
            self.state_changed.emit(state)

    @property
    def _run_shown(self) -> LiveRun | None:
        """The run that the room is about; None while it is about the settings of the next one."""
        return self._display.live if self._state.busy or self._project.run is not None else None

    @Slot()
    def _judged(self) -> None:
        self._refresh()
        if self._start_wished and not self._configuring.measuring:
            self._start_wished = False
            self.start()

    @Slot()
    def _refresh(self) -> None:
        """Show the state, the reasons and the words that follow from everything else."""
        idle = {TrainingState.NO_PICTURES, TrainingState.READY}
        if self._state in idle and self._state is not self._idle_state():
            self._enter(self._idle_state())
            return
        live = self._run_shown
        trains = self._state in {TrainingState.RUNNING, TrainingState.PAUSED}
        shows_next = self.next_runs.shown and live is not None and self._state.busy
        if shows_next and live is not None:
            self._configuring.show(None, beside=live.config)
            self.next_runs.show_queueing()
        else:
            run = self._project.run
            plan = () if run is None else run.plan
            self._configuring.show(None if live is None else live.config, trains=trains, plan=plan)
        self._panel.set_mode(
            run_shown=live is not None,
            busy=self._state.busy,
            free=self._configuring.edits.names,
            next_run=shows_next,
        )
        train = self._project.config.train
        first = min(train.sample_every, train.steps) if live is None else live.first_samples_at
        self._panel.samples.expect_first(first)
        self._panel.strip.expect_first(first)
        at_rest = self._display.live is not None and not self._state.busy and self._following.by is None
        to_come = self._resume_step is not None and self._resume_step < first  # once it is resumed
        ended = at_rest and not to_come
        self._panel.samples.set_ended(ended)
        self._panel.strip.set_ended(ended)
        self.at_once.set_state(self._state)
        self.next_runs.set_busy(self._state.busy)
        self._transport.set_state(
            self._state,
            resume_step=self._resume_step,
            reason=self._reason(),
            resume_tip="" if self._mend is None else self._mend.tip,
            headline=headline(self._state, self._display.live, self._configuring.headline(), self._mend),
            pausing=self._running.pausing,
        )

    def _reason(self) -> str:
        """Why nothing can be started now, or ""."""
        if self._state.busy:
            return ""
        if self._following.by is not None:
            words = self.tr("Trained by process {pid} on {host} – followed live; it can go on here when that has ended")
            return words.format(pid=self._following.by.pid, host=self._following.by.host)
        if self._project.run is not None:
            return self._pictures.reason()
        if self._project.scan is None:
            return self.tr("Choose pictures first")
        return self._configuring.reason()

    # --- pictures, runs, errors ----------------------------------------------------------------------------

    @Slot()
    def _scan_changed(self) -> None:
        self.going_on.pictures_shown()
        if not self._state.busy and self._other_pictures_open:
            self.going_on.forget()
            # A run whose own folder is gone could never go on if it were left for another folder.
            if self._pictures.gone:
                self.going_on.offer_pictures()
            else:
                self._leave_run()
                self._enter(self._idle_state())
        self._refresh()
        self.next_runs.pictures_shown()

    @property
    def _other_pictures_open(self) -> bool:
        """Whether pictures are open that are not those of the run that is shown."""
        scan = self._project.scan
        if scan is None or self._display.live is None:
            return False
        if self._project.run is not None:
            return not self._pictures.fit
        # A run that failed before its first checkpoint is shown, but is not the current one.
        return self._trained_on is not None and not same_folder(scan.folder, self._trained_on)

    def _leave_run(self) -> None:
        self._following.stop()
        self._resume_step = self._opened = self._mend = None
        self.going_on.forget()
        self._notices.clear()
        self._display.show_run(None)
        self._project.set_run(None)

    def _refuse_while_busy(self) -> bool:
        if self._state.busy:
            self._notices.say(self.tr("Stop the training first, then open another run."), kind="warning")
        return self._state.busy

    @Slot(object)
    def _run_opened(self, past: PastRun) -> None:
        # Start may have been pressed while the folder was read.
        if self._refuse_while_busy():
            return
        live, run = past.live, past.run
        self._following.stop()
        self._mend = None
        self._resume_step = None if live.complete else live.step
        self._notices.clear()
        self._display.show_run(live)
        self._opened = live.config
        refused = past.trained_by is not None and self.going_on.waits()
        if past.trained_by is not None:
            self._following.begin(run, live, past.trained_by)
            self.going_on.forget()
        self._project.set_run(run)
        if run.folder != self._logged:  # read again, or trained here: its lines stand there
            self._panel.log.add_earlier(run.folder.name, past.log)
        self._logged = run.folder
        self._display.log(self.tr("Opened {run}").format(run=run.folder.name))
        if past.no_curve is not None:
            self._display.log(error_text(past.no_curve))
        self._enter(TrainingState.FINISHED)
        if past.failure is not None:
            self._offer_remedies(past.failure, live, run)
        self.going_on.run_shown()
        if refused:
            words = self.tr("It cannot go on here yet. {reason}").format(reason=self._reason())
            self._display.say(words)  # the button is in every room, and the banner in one
            self._notices.say(words, kind="warning")

    # --- a run that others train ---------------------------------------------------------------------------

    @Slot(object)
    def _followed(self, look: Look) -> None:
        if look.config is not None:  # it was edited
            self._opened = look.config
        for event in look.events:
            if isinstance(event, CheckpointSaved):
                self.checkpoints.kept.refresh()
                self.checkpoint_saved.emit(event.path)
        self._refresh()
        self._display.draw_soon()

    @Slot()
    def _read_again(self) -> None:
        """Whoever trained the run has ended: it is shown as it was left, and can go on here."""
        run = self._project.run
        if run is not None and not self._state.busy:
            self.open_run(run.folder)

    @Slot(object)
    def _not_followed(self, error: BaseException) -> None:
        self._refresh()
        self._notices.say(error_text(error))

    @Slot(str)
    def _plot_chosen(self, source: str) -> None:
        self._settings["training_plot"] = source

    @Slot(str)
    def _way_of_log_chosen(self, way: str) -> None:
        self._settings["training_events"] = way == "events"

    @Slot(float)
    def _smoothing_changed(self, smoothing: float) -> None:
        self._settings["loss_smoothing"] = smoothing
        if self._display.live is not None:
            self._display.live.smoothing = smoothing
            self._display.draw_as_wished()

    @Slot()
    def _show_log(self) -> None:
        self._panel.show_log()
        self.log_wished.emit()


def build_room(shell: Shell) -> Iterator[None]:
    """The training room, built in strokes."""
    from .panel import Parts, TrainingPanel

    parts = Parts()
    yield from parts.build(shell.settings)
    panel = TrainingPanel(shell.settings, parts=parts)
    shell.put("training", panel)
    yield
    room = TrainingController(
        shell.project, shell.settings, panel, shell.transport, parent=shell.window, torch_loaded=False
    )
    room.tabs = TrainingTabs(panel, shell, room)
    room.own_presets.refresh()
    shell.controllers["training"] = room
