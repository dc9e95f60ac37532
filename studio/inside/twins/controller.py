"""What happens on the page of twins: how long it would take is measured, both are trained, B's settings are chosen."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.errors import StudioError
from core.presets import resolve
from core.training.events import Preparing
from core.training.twin_events import differences, require_comparable

from ... import numbers
from ...app.messages import error_text
from ...jobs.worker import Failure, Worker
from ...training.state import TrainingState
from .gathered import Gathered
from .panel import SEEDS, STEPS, TwinsPanel
from .words import changes_words

if TYPE_CHECKING:
    from core.pictures.folder.scan import Scan
    from core.settings import RunConfig

    from ...app.settings import CacheWish, Settings
    from ...project import Project
    from ...training.controller import TrainingController

#: The page draws this often while twins train.
DRAW_MS = 200
#: So long a few steps of each are taken to tell how long it will take.
MEASURED_S = 3.0
#: What looks at the probes and samples add to the steps.
LOOKS_SHARE = 0.05


@dataclass(eq=False)
class Case:
    """One change, and what comparing it has come to. Kept while the program runs."""

    name: str
    title: str
    change: Mapping[str, Any]
    without: Mapping[str, Any] | None  #: B's change where A has `change` already
    gathered: Gathered | None = None
    compared: tuple[RunConfig, RunConfig] | None = None  #: A's and B's settings of `gathered`
    ended: str = ""  #: why it ended early


@dataclass(frozen=True, slots=True)
class StepTimes:
    """What a step of each takes; the settings and the device say of what."""

    of: tuple[RunConfig, RunConfig, str]
    seconds: tuple[float, float] | None  #: None where it could not be measured


@dataclass(eq=False)
class _Plan:
    """What is to be compared now, or why it cannot be."""

    a: RunConfig | None = None
    b: RunConfig | None = None
    reason: str = ""
    change: dict[str, Any] = field(default_factory=dict)  #: all settings in which B differs
    wish: Mapping[str, Any] = field(default_factory=dict)  #: those that were asked for, from which the others follow


class TwinsController(QObject):
    """A page over the cards: `open` shows it, `left` says that it was left. Lives in the GUI thread.

    One comparison at a time: it goes on while other rooms are looked at, and waits while a training runs.
    """

    left = Signal()  #: Back was pressed
    running_changed = Signal()  #: a comparison began or ended

    def __init__(
        self,
        project: Project,
        settings: Settings,
        training: TrainingController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.panel = TwinsPanel()
        self._project, self._settings, self._training = project, settings, training
        self._cases: dict[str, Case] = {}
        self._case: Case | None = None  #: that is shown
        self._at_work: Case | None = None  #: that is compared now
        self._worker: Worker | None = None
        self._stop = threading.Event()
        self._measuring: Worker | None = None
        self._measuring_of: tuple[RunConfig, RunConfig, str] | None = None  #: what is measured now
        self._measured: StepTimes | None = None
        self._preparing: Preparing | None = None
        self._planned = _Plan()  #: of the case that is shown, as it was last looked at
        self._start_wished = self._closed = False
        self._shown = True
        self._drawing = QTimer(self)
        self._drawing.setSingleShot(True)
        self._drawing.setInterval(DRAW_MS)
        self._drawing.timeout.connect(self._draw)
        self.panel.choose_plan(*self._plan_wished())
        self.panel.back_wished.connect(self.left)
        self.panel.start_wished.connect(self.start)
        self.panel.cancel_wished.connect(self.cancel)
        self.panel.use_wished.connect(self._use)
        self.panel.plan_chosen.connect(self._plan_chosen)
        project.config_changed.connect(self._look_again)
        project.device_changed.connect(self._look_again)
        training.state_changed.connect(self._training_changed)

    # --- what others ask -----------------------------------------------------------------------------------

    def open(self, name: str, title: str, change: Mapping[str, Any], without: Mapping[str, Any] | None = None) -> None:
        """Show what a change does: name tells it from others, title says it, change has settings by flat name.

        without: the settings that take it back; where those for the next run have the change already, B has these.
        What it has come to earlier is shown again, where it is the same change.
        """
        case = self._cases.get(name)
        if case is None or dict(case.change) != dict(change):
            if case is not None and case is self._at_work:
                self.cancel()
            case = self._cases[name] = Case(name, title, dict(change), without)
        case.title, case.without = title, without
        if case is not self._case:
            self._start_wished = False  # it was wished of another one
        self._case = case
        self._look_again()

    def set_shown(self, shown: bool) -> None:
        """Whether the page can be seen: on one that cannot nothing is measured; what is being compared goes on."""
        if shown == self._shown:
            return
        self._shown = shown
        if shown:
            self._look_again()
        elif self._measuring is not None and not self._start_wished:
            self._measuring.stop()

    @property
    def running(self) -> str | None:
        """The name of what is compared now."""
        return None if self._at_work is None else self._at_work.name

    @property
    def has_results(self) -> bool:
        """Whether something was compared, if only in part."""
        return any(case.gathered is not None for case in self._cases.values())

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """End after the step under way and wait; True when no thread is left."""
        self._closed = True
        self._drawing.stop()
        self._stop.set()
        ended = [worker.shutdown(timeout_ms) for worker in (self._worker, self._measuring) if worker is not None]
        return all(ended)

    # --- what is compared, and whether it can be -----------------------------------------------------------

    def _plan(self) -> _Plan:
        """A as the settings for the next run are, and B with the change in them."""
        project, case = self._project, self._case
        assert case is not None
        if project.scan is None:
            return _Plan(reason=self.tr("Choose pictures first"))
        a = project.config
        problems = project.problems()
        if problems:
            return _Plan(reason=error_text(problems[0]))
        for wish in (case.change, case.without):
            if wish is None:
                continue
            try:
                b = resolve(project.wished_with(wish), project.scan.facts())
                require_comparable(a, b)
            except StudioError as error:
                return _Plan(reason=error_text(error))
            problems = b.problems()
            if problems:
                return _Plan(reason=error_text(problems[0]))
            found = {name: after for name, (_, after) in differences(a, b).items()}
            if found:
                return _Plan(a, b, change=found, wish=wish)
        return _Plan(a, a, reason=self.tr("Your settings have this already: A and B would be the same"))

    def _why_not_now(self) -> str:
        """Why nothing can be computed at the moment; empty where it can."""
        state = self._training.state
        if state.busy and state is not TrainingState.PAUSED:
            return self.tr("A training runs, and both would be slow: pause it, or wait until it has ended")
        if self._at_work is not None and self._at_work is not self._case:
            return self.tr("“{title}” is being compared: wait until it has ended, or cancel it on its card").format(
                title=self._at_work.title
            )
        return ""

    @Slot()
    def _look_again(self) -> None:
        """The change, the settings, the device or the training are other ones."""
        if self._case is None or self._closed or not self._shown:
            return
        plan = self._planned = self._plan()
        self._measure(plan)
        self._show(plan)

    @Slot(object)
    def _training_changed(self, state: TrainingState) -> None:
        slow = state.busy and state is not TrainingState.PAUSED
        if slow and self._measuring is not None:
            self._measuring.stop()
        if self._worker is not None:
            (self._worker.pause if slow else self._worker.resume)()
        self._look_again()

    # --- how long it will take -----------------------------------------------------------------------------

    def _plan_wished(self) -> tuple[int, int]:
        steps, seeds = self._settings["twins_steps"], self._settings["twins_seeds"]
        return (steps if steps in STEPS else STEPS[1]), (seeds if seeds in SEEDS else SEEDS[1])

    @Slot(int, int)
    def _plan_chosen(self, steps: int, seeds: int) -> None:
        self._settings["twins_steps"], self._settings["twins_seeds"] = steps, seeds
        self._look_again()

    def _measure(self, plan: _Plan) -> None:
        """Take a few steps of each, where they were not taken yet and nothing else computes."""
        if plan.a is None or plan.b is None or plan.reason or self._worker is not None or self._why_not_now():
            return
        of = (plan.a, plan.b, self._project.device)
        if (self._measured is not None and self._measured.of == of) or self._measuring is not None:
            return
        stop, self._measuring_of = threading.Event(), of
        self._measuring = Worker(
            partial(_step_times, of, stop), parent=self, on_stop=stop.set, name="measuring twins", fills_cores=True
        )
        self._measuring.events.connect(self._take_measured)
        self._measuring.ended.connect(self._measuring_ended)
        self._measuring.start()

    @Slot(list)
    def _take_measured(self, found: list[StepTimes]) -> None:
        self._measured = found[-1]

    @Slot(object)
    def _measuring_ended(self, failure: Failure | None) -> None:
        assert self._measuring is not None
        if failure is not None and self._measuring_of is not None:
            # It is not tried again: what kept it will keep the comparison from running, and is said then.
            self._measured = StepTimes(self._measuring_of, None)
        self._measuring.deleteLater()
        self._measuring = None
        if self._start_wished:
            self._start_wished = False
            self.start()
        if self._worker is None:
            self._look_again()

    # --- the comparison ------------------------------------------------------------------------------------

    @Slot()
    def start(self) -> None:
        """Train both."""
        case, plan, scan = self._case, self._plan(), self._project.scan
        if case is None or scan is None or plan.a is None or plan.b is None or plan.reason:
            return
        if self._worker is not None or self._why_not_now():
            return
        if self._measuring is not None:  # which would slow it, and be slowed
            self._start_wished = True
            self._measuring.stop()
            self._show(plan)
            return
        case.gathered, case.compared, case.ended = Gathered(), (plan.a, plan.b), ""
        self._at_work, self._preparing = case, None
        self._stop = threading.Event()
        steps, seeds = self._plan_wished()
        source = partial(
            _events, plan.a, plan.change, scan, steps, seeds, self._project.device, self._project.cache, self._stop
        )
        self._worker = Worker(source, parent=self, on_stop=self._stop.set, name="twins", fills_cores=True)
        self._worker.events.connect(self._take)
        self._worker.ended.connect(self._ended)
        self._worker.start()
        self.running_changed.emit()
        self._show(plan)

    @Slot()
    def cancel(self) -> None:
        """End after the step under way."""
        self._start_wished = False
        if self._worker is not None and not self._stop.is_set():
            self._worker.stop()
            if self._at_work is not None:
                self._at_work.ended = self.tr("Cancelled")
            if self._case is not None:
                self._show(self._planned)

    @Slot(list)
    def _take(self, events: list[object]) -> None:
        case = self._at_work
        assert case is not None
        assert case.gathered is not None
        for event in events:
            if isinstance(event, Preparing):
                self._preparing = event
            case.gathered.take(event)
        if case is self._case and self._shown and not self._drawing.isActive() and not self._closed:
            self._drawing.start()

    @Slot(object)
    def _ended(self, failure: Failure | None) -> None:
        case, worker = self._at_work, self._worker
        assert case is not None
        assert worker is not None
        worker.deleteLater()
        self._worker = self._at_work = None
        if failure is not None:
            case.ended = error_text(failure.error)
        self.running_changed.emit()
        self._look_again()

    @Slot()
    def _use(self) -> None:
        plan = self._plan()
        if self._case is not None and self._case.compared == (plan.a, plan.b):
            self._project.set_settings(plan.wish)

    # --- what is shown -------------------------------------------------------------------------------------

    @Slot()
    def _draw(self) -> None:
        if self._case is not None:
            self._show(self._planned)

    def _show(self, plan: _Plan) -> None:
        case, panel = self._case, self.panel
        assert case is not None
        compared = case.compared or (None if plan.a is None or plan.b is None else (plan.a, plan.b))
        panel.show_case(case.title, "" if compared is None else changes_words(*compared))
        at_work = case is self._at_work
        ending = at_work and self._stop.is_set()
        reason = self.tr("It ends after the step under way") if ending else plan.reason or self._why_not_now()
        if self._start_wished:
            reason = self.tr("It begins in a moment")
        use_reason = plan.reason
        if case.gathered is None or case.gathered.verdict is None:
            use_reason = use_reason or self.tr("Compare them first")
        elif case.compared != (plan.a, plan.b):
            use_reason = use_reason or self.tr("The settings have changed since they were compared")
        panel.show_state(running=at_work and not ending, reason=reason, use_reason=use_reason)
        panel.show_info(*self._info(case, plan))
        panel.show_gathered(case.gathered)

    def _info(self, case: Case, plan: _Plan) -> tuple[str, float | None]:
        gathered = case.gathered
        if case is self._at_work and gathered is not None:
            if self._worker is not None and self._worker.paused and not self._stop.is_set():
                return self.tr("Waits for the training"), gathered.done / max(1, gathered.of)
            if not gathered.of:
                return self._preparing_words(), 0.0
            said = self._how_far(gathered)
            if gathered.seconds_left is not None:
                said.append(self.tr("{time} left").format(time=numbers.rough_duration(gathered.seconds_left)))
            return " · ".join(said), gathered.done / gathered.of
        if case.ended:
            return case.ended, None
        if plan.reason:
            return plan.reason, None
        not_now = self._why_not_now()
        if not_now:
            return not_now, None
        if case.compared is not None and (plan.a, plan.b) != case.compared:
            return self.tr("The settings have changed since: Start compares them as they are now"), None
        return self._estimate(plan), None

    def _how_far(self, gathered: Gathered) -> list[str]:
        """Which step of how many each of both is at, as they were chosen; of several seeds also which."""
        steps = gathered.of // 2 if gathered.started is None else gathered.started.steps
        words = self.tr("A and B: step {done} of {of}")
        said = [words.format(done=numbers.count(gathered.step), of=numbers.count(steps))]
        if gathered.started is not None and gathered.started.seeds > 1:
            words = self.tr("seed {seed} of {seeds}")
            said.append(
                words.format(seed=numbers.count(gathered.pair + 1), seeds=numbers.count(gathered.started.seeds))
            )
        return said

    def _preparing_words(self) -> str:
        event = self._preparing
        if event is None or event.what != "pictures":
            return self.tr("Preparing…")
        words = self.tr("Reading pictures: {done} of {of}")
        return words.format(done=numbers.count(event.done), of=numbers.count(event.of))

    def _estimate(self, plan: _Plan) -> str:
        measured = self._measured
        if measured is None or measured.of != (plan.a, plan.b, self._project.device):
            return self.tr("Measuring how long it takes…") if self._measuring is not None else ""
        if measured.seconds is None:
            return ""
        steps, seeds = self._plan_wished()
        seconds = steps * seeds * sum(measured.seconds) * (1 + LOOKS_SHARE)
        return self.tr("about {time}: {seeds} × {steps} steps of each").format(
            time=numbers.rough_duration(seconds), seeds=numbers.count(seeds), steps=numbers.count(steps)
        )


# --- on the worker's thread ------------------------------------------------------------------------------


def _events(
    config: RunConfig,
    change: Mapping[str, Any],
    scan: Scan,
    steps: int,
    seeds: int,
    device: str,
    cache: CacheWish,
    stop: threading.Event,
) -> Iterator[object]:
    from core.training.twins import train_twins

    return train_twins(config, change, scan, steps=steps, seeds=seeds, device=device, cache=cache.place(), stop=stop)


def _step_times(of: tuple[RunConfig, RunConfig, str], stop: threading.Event) -> Iterator[StepTimes]:
    from core.training.measuring import measure_steps

    a, b, device = of
    found = [measure_steps(each, device=device, seconds=MEASURED_S, stop=stop).seconds_per_step for each in (a, b)]
    if not stop.is_set():
        one, other = found
        yield StepTimes(of, None if one is None or other is None else (one, other))
