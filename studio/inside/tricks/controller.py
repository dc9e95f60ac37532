"""What happens in the tab: which batch is traced, what the network is asked, and what the next run is to have."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.errors import ConfigError, StudioError
from core.settings import SETTINGS

from ... import numbers
from ...app.messages import error_text, setting_text
from ...jobs.latest import Latest
from ...jobs.worker import Failure
from ...project import same_folder
from ...sampler.keeping import run_of
from ...sampler.models import Origin
from .card import Card
from .panel import TricksHead, TricksPanel
from .source import Question, Reader, TrickSource
from .told import Gains, Guessed, Measured, NoModel, Traced

if TYPE_CHECKING:
    from core.recording import Recording
    from core.runs.run import Run

    from ...app.rooms import Shell
    from ...project import Project
    from ..seen import Seen
    from ..twins.controller import TwinsController

#: Of a denoising in the sampler room, so many pictures say how bright x_T and the samples are.
MOST_RECORDED = 64


class TricksController(QObject):
    """Connects the panel with what is seen. Lives in the GUI thread.

    The cards are made one after another when the page is first seen; until then nothing is asked.
    """

    at_work = Signal(str)  #: what goes on while other tabs are looked at, in a word; "": nothing

    def __init__(
        self,
        panel: TricksPanel,
        head: TricksHead,
        seen: Seen,
        project: Project,
        make_twins: Callable[[], TwinsController],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.panel, self.head = panel, head
        self._seen, self._project = seen, project
        self._source = TrickSource()
        self._tracing, self._guessing = Latest("trace", self), Latest("guess", self)
        self._sweeping = Latest("self-condition gain", self, fills_cores=True)
        self._measuring = Latest("loss over t", self, fills_cores=True)
        self._shown, self._stale = False, True
        self._make_twins = make_twins
        self.twins: TwinsController | None = None  #: once two trainings were to be compared
        self._compares = False  #: whether they stand in the place of the cards
        self.ready = False  #: whether all cards are there
        self._strokes = panel.strokes()
        self._building = QTimer(self)
        self._building.setInterval(0)
        self._building.timeout.connect(self._build_one)
        self._asked: tuple[object, ...] | None = None  #: what the last question was of
        self._ahead = self._shift = 0
        self.traced: Traced | None = None
        self._traced_from: tuple[object, ...] = ()  #: the run and the scan of what is shown
        self._picture, self._t = 0, -1
        self._recorded: tuple[object, ...] = ()  #: the denoising that was shown, and how far it was
        self._paused = False  #: something was to come when the page was hidden
        self._guess_again = False  #: it was moved while an answer was to come

    @Slot()
    def _build_one(self) -> None:
        card = next(self._strokes, None)
        if card is not None:
            card.settings_wished.connect(self._wish)
            card.twins_wished.connect(self._open_twins)
            return
        self._building.stop()
        self.ready = True
        self._connect()
        self._show_next()
        if self._shown:
            self.set_shown(True)

    def _connect(self) -> None:
        seen, project, panel = self._seen, self._project, self.panel
        for signal in (seen.model_changed, seen.settings_changed):
            signal.connect(self._changed)
        seen.recording_changed.connect(self._show_recorded)
        seen.step_changed.connect(self._show_recorded)
        project.config_changed.connect(self._show_next)
        self.head.next_wished.connect(self._next_batch)
        self.head.noise_wished.connect(self._new_noise)
        self.head.cancel_wished.connect(self._cancel_reading)
        self._tracing.progressed.connect(self._reading)
        self._tracing.answered.connect(self._trace_came)
        self._tracing.failed.connect(self._trace_failed)
        self._guessing.answered.connect(self._guess_came)
        self._guessing.failed.connect(self._guess_failed)
        self._sweeping.progressed.connect(self._gains_came)
        self._sweeping.answered.connect(self._gains_came)
        self._sweeping.failed.connect(self._sweep_failed)
        self._measuring.answered.connect(self._losses_came)
        panel.immiscible.picked.connect(self._pick)
        panel.self_condition.cancel.clicked.connect(self._cancel_sweep)
        for time in (panel.self_condition.time, panel.velocity.time, panel.ema.time):
            time.moved.connect(self._move_t)

    # --- which batch ---------------------------------------------------------------------------------------

    def set_shown(self, shown: bool) -> None:
        """Whether the page can be seen: what changed meanwhile is read when it is."""
        self._shown = shown
        self._show_twins()
        if not shown:
            self._pause()
            return
        if not self.ready:
            self._building.start()
            return
        self._show_recorded()
        if self._stale:
            self._ask()
        if self._paused and self.traced is not None and not self._tracing.busy:
            self._paused = False
            self._ask_network()

    def _pause(self) -> None:
        """Nobody looks: nothing more is read or asked, until somebody does."""
        self._building.stop()
        self._paused = self._paused or any(part.busy for part in self._parts)
        if self._tracing.busy:
            self._asked, self._stale = None, True
        self._forget()

    @Slot()
    def _changed(self) -> None:
        self._stale = True
        self._show_next()
        if self._shown:
            self._ask()

    @Slot()
    def _next_batch(self) -> None:
        self._ahead, self._shift = self._ahead + 1, 0
        self._ask()

    @Slot()
    def _new_noise(self) -> None:
        self._shift += 1
        self._ask()

    def _ask(self) -> None:
        """Trace the batch of what is seen, where that is another than the last one."""
        question = self._question()
        if question is None:
            self._stale = False
            self._asked = None
            self._forget()
            why = self.tr("Choose a folder of pictures, or a model in the sampler room.")
            self._show_none(why)
            self.head.say("")
            self.head.set_usable(why)
            return
        of = self._key(question)
        if of[:-2] != (self._asked or ())[:-2] and self._asked is not None:
            # Another run, or another checkpoint of it: its own first batch.
            self._ahead = self._shift = 0
            question = self._question()
            assert question is not None
            of = self._key(question)
        self._stale = False
        if of == self._asked:
            return
        self._asked = of
        self._forget()
        source = question.run_folder, question.scan
        if source != self._traced_from and self.traced is not None:
            # Others may take minutes to be read.
            self._show_none(self.tr("Reading the pictures…"))
        self._traced_from = source
        self.head.set_usable("")
        self.head.say(self.tr("Reading the pictures…"))
        self._tracing.ask(partial(self._source.traced, question))

    def _show_none(self, why: str) -> None:
        """There is no batch."""
        self.traced = None
        for card in self.panel.cards.values():
            card.show_why(why)

    @property
    def _parts(self) -> tuple[Latest, ...]:
        return (self._tracing, self._guessing, self._sweeping, self._measuring)

    def _key(self, question: Question) -> tuple[object, ...]:
        choice, weights = self._seen.choice, tuple(question.readers)
        return (choice, weights, question.step, *question.pictures_key, question.config, self._ahead, self._shift)

    def _forget(self) -> None:
        for part in self._parts:
            part.forget()

    def _question(self) -> Question | None:
        """What would be traced now; None while nothing is chosen, or the model is still being looked at."""
        seen, project = self._seen, self._project
        choice, readers, no_model = seen.choice, dict[str, Reader](), NoModel.NONE_YET
        folder = None if choice is None else run_of(choice, project)
        run: Run | None = None
        if choice is not None and folder is None:
            no_model = NoModel.NOT_OF_A_RUN
        elif folder is not None:
            run = self._opened(folder)
        step = 0
        if run is not None and choice is not None:
            facts = seen.facts
            # What is not read yet is told by the names of the checkpoints.
            step = choice.step or run.state().step if facts is None else facts.step or 0
            # A training tells its averaged weights alone.
            raw = "ema" if choice.origin is Origin.TRAINING else "raw"
            for name, weights in (("raw", raw), ("ema", "ema")):
                reader = seen.reader(weights, purpose=f"tricks {name}")
                if reader is not None:
                    readers[name] = reader
        elif project.run_of_pictures is not None and choice is None:
            run = project.run_of_pictures
        why = None if readers else no_model
        scan = project.scan
        if run is not None:
            same = scan is not None and same_folder(scan.folder, run.source_folder)
            of_run = (
                scan if same and scan is not None and scan.hidden_folders == run.config.data.hidden_folders else None
            )
            return Question(
                run.config, run.folder, of_run, readers, why, project.device, step, self._ahead, self._shift
            )
        if scan is None:
            return None
        return Question(project.config, None, scan, {}, why or no_model, project.device, 0, self._ahead, self._shift)

    def _opened(self, folder: Any) -> Run | None:  # noqa: ANN401 (a path)
        from core.runs.run import Run

        run = self._project.run
        if run is not None and run.folder == folder:
            return run
        try:
            return Run.open(folder)
        except StudioError:
            return None

    # --- what came -----------------------------------------------------------------------------------------

    @Slot(object)
    def _reading(self, progress: object) -> None:
        done, of = getattr(progress, "done", 0), getattr(progress, "of", 0)
        self.head.say(
            self.tr("Reading the pictures: {share} %").format(share=100 * done // of)
            if of
            else self.tr("Reading the pictures…")
        )
        self.head.cancel.show()

    @Slot()
    def _cancel_reading(self) -> None:
        self._tracing.forget()
        self._asked = None
        words = self.tr("Reading was cancelled.")
        self.head.say(words, self.tr("Next batch and New noise begin anew."))
        if self.traced is None:
            self._show_none(words)

    @Slot(object)
    def _trace_came(self, traced: Traced) -> None:
        self._guessing.forget()  # what was asked meanwhile is of the batch before
        self.traced, self._paused = traced, False
        self._picture = min(self._picture, len(traced.places) - 1)
        if not 0 <= self._t < traced.timesteps:
            self._t = round(0.8 * (traced.timesteps - 1))
        self._say_batch(traced)
        for card in self.panel.cards.values():
            card.show_traced(traced)
            card.show_picture(self._picture)
        self._show_t()
        self._show_recorded()
        self._ask_network()

    def _say_batch(self, traced: Traced) -> None:
        count = numbers.count(len(traced.places))
        other = traced.drawn != traced.batch
        if traced.of_run:
            words = (
                self.tr("{count} of the {size} pictures of step {step}, with the noise of batch {drawn}")
                if other
                else self.tr("{count} of the {size} pictures of step {step}")
            )
        else:
            words = (
                self.tr("{count} of the {size} pictures that step {step} would have, with the noise of batch {drawn}")
                if other
                else self.tr("{count} of the {size} pictures that step {step} would have")
            )
        said = words.format(
            count=count,
            size=numbers.count(traced.size),
            step=numbers.count(traced.step),
            drawn=numbers.count(traced.drawn + 1),
        )
        if traced.no_model is None and traced.step:
            tip = self.tr(
                "The batch that comes after the checkpoint, with its weights: made by the functions and the random "
                "numbers of the training, so it is what that step uses."
            )
        else:
            tip = self.tr(
                "The batch as training draws it from the settings: the same seed gives the same pictures, noise and t."
            )
        self.head.say(said, tip)

    @Slot(object)
    def _trace_failed(self, failure: Failure) -> None:
        self._asked = None
        self.head.say(self.tr("The batch could not be read."))
        self._show_none(error_text(failure.error))

    # --- what the network is asked -------------------------------------------------------------------------

    def _ask_network(self) -> None:
        """The guesses at t, and once for each batch the gain over all t."""
        traced, panel = self.traced, self.panel
        assert traced is not None
        why = self._why_no_network(traced)
        if why:
            for card in (panel.self_condition, panel.ema):
                card.show_why(why)
            return
        if not traced.config.model.self_condition:
            self._say_no_guess()
        else:
            self._sweeping.ask(partial(self._source.gains, traced))
        self._guess()
        if traced.losses is None:
            self._measuring.ask(partial(self._source.losses, traced))

    def _say_no_guess(self) -> None:
        """Why a network that does not take its own guess cannot be asked, and whether the next one will."""
        card = self.panel.self_condition
        words = self.tr(
            "This model was trained without self-conditioning: it has no place for its own guess. Turn it on for the "
            "next run to see what it does."
        )
        if card.is_on(self._project.config):
            words = self.tr(
                "This model was trained without self-conditioning: it has no place for its own guess. The next run has "
                "it, and is shown here from its first checkpoint on."
            )
        card.show_why(words)

    @Slot(object)
    def _losses_came(self, losses: Measured) -> None:
        self.panel.min_snr.show_losses(losses)

    def _why_no_network(self, traced: Traced) -> str:
        if traced.no_model is NoModel.NONE_YET:
            return self.tr("There is no trained network yet. It is shown from the first checkpoint on.")
        if traced.no_model is NoModel.NOT_OF_A_RUN:
            return self.tr("The model in the sampler room belongs to no run here: nobody knows its training pictures.")
        return ""

    def _guess(self) -> None:
        """Ask for the picture and t that are shown; while an answer is to come, once it is there."""
        traced = self.traced
        if traced is None or traced.no_model is not None:
            return
        self._guess_again = self._guessing.busy
        if not self._guess_again:
            self._guessing.ask(partial(self._source.guessed, traced, self._picture, self._t))

    @Slot(object)
    def _guess_came(self, guessed: Guessed) -> None:
        traced = self.traced
        if traced is None:
            return
        x_start = traced.pictures[guessed.picture]
        if traced.config.model.self_condition:
            self.panel.self_condition.show_guessed(guessed, x_start)
        choice = self._seen.choice
        if choice is not None and choice.origin is Origin.TRAINING:
            self.panel.ema.show_why(
                self.tr(
                    "A training tells its averaged weights alone. Choose a checkpoint in the sampler room to see both."
                )
            )
        else:
            self.panel.ema.show_guessed(guessed, x_start)

        if self._guess_again:
            self._guess()

    @Slot(object)
    def _guess_failed(self, failure: Failure) -> None:
        for card in (self.panel.self_condition, self.panel.ema):
            card.show_why(error_text(failure.error))

    @Slot(object)
    def _gains_came(self, gains: Gains) -> None:
        self.panel.self_condition.show_gains(gains)

    @Slot()
    def _cancel_sweep(self) -> None:
        self._sweeping.forget()
        self.panel.self_condition.say_ended()

    @Slot(object)
    def _sweep_failed(self, failure: Failure) -> None:
        self.panel.self_condition.show_gains(None)
        self.panel.self_condition.say_ended(error_text(failure.error))

    @Slot(int)
    def _pick(self, picture: int) -> None:
        self._picture = picture
        for card in self.panel.cards.values():
            card.show_picture(picture)
        self._guess()

    @Slot(int)
    def _move_t(self, t: int) -> None:
        self._t = t
        self._show_t()
        self._guess()

    def _show_t(self) -> None:
        for card in (self.panel.self_condition, self.panel.ema):
            card.time.show_t(self._t)
        self.panel.velocity.show_t(self._t)

    @Slot()
    def _show_recorded(self) -> None:
        """How bright x_T and the samples of the denoising in the sampler room are."""
        recording = self._seen.recording
        arrived = 0 if recording is None else recording.arrived
        # What is new: another denoising, its start, its end.
        state = recording, arrived > 0, recording is not None and arrived == recording.steps
        if state == self._recorded or not self._shown:
            return
        self._recorded = state
        means, words = None, ""
        if recording is not None and arrived:
            with contextlib.suppress(StudioError):  # a kept one whose file was cut off: the sampler room tells of it
                means, words = self._brightness(recording)
        self.panel.offset.show_recorded(means, words)

    def _brightness(self, recording: Recording) -> tuple[Any, str]:
        """The means of x_T, one for each channel of a picture, and what there is to say of the samples."""
        count, means = min(MOST_RECORDED, recording.count), None
        if recording.has_layers:
            start = recording.layer("x_t", 0, slice(0, count)).astype(np.float64)
            means = start.mean((1, 2)).ravel()
        if recording.arrived < recording.steps:
            return means, ""
        samples = recording.x_0(recording.steps - 1)[:count].astype(np.float64) / 127.5 - 1
        each = samples.mean((1, 2, 3))
        words = self.tr("brightness of {count} samples {mean}, σ {sigma}").format(
            mean=numbers.figure(float(each.mean()), 2).replace("-", "−"),
            sigma=numbers.figure(float(each.std()), 2),
            count=numbers.count(count),
        )
        return means, words

    # --- the next run --------------------------------------------------------------------------------------

    @Slot()
    def _show_next(self) -> None:
        for card in self.panel.cards.values():
            card.show_next(self._project.config, self._why_fixed(card))
        traced = self.traced
        if traced is not None and traced.no_model is None and not traced.config.model.self_condition:
            self._say_no_guess()

    def _why_fixed(self, card: Card) -> str:
        """Why a card's switch cannot be turned; "" where it can."""
        config = self._project.wished
        changes = card.changes(not card.is_on(self._project.config))
        for name in changes:
            facts = SETTINGS[name]
            if facts.when is not None and not facts.when(config):
                return setting_text(facts.otherwise)
        try:
            changed = config.with_settings(changes)
        except ConfigError as error:
            return error_text(error)
        known = {str(problem) for problem in config.problems()}
        return next((error_text(problem) for problem in changed.problems() if str(problem) not in known), "")

    @Slot(object)
    def _wish(self, changes: Mapping[str, Any]) -> None:
        try:
            self._project.set_settings(changes)
        except ConfigError:  # the switch goes back
            self._show_next()

    @Slot()
    def _open_twins(self) -> None:
        """The trick against none: a comparison of two trainings, in the place of the cards."""
        name, card = next((name, card) for name, card in self.panel.cards.items() if card is self.sender())
        if self.twins is None:
            self.twins = self._make_twins()
            self.twins.left.connect(self._leave_twins)
            self.twins.running_changed.connect(self._show_compared)
            self.panel.put_twins(self.twins.panel)
        self._compares = True
        self.twins.open(name, card.accessibleName(), card.changes(True), without=card.changes(False))
        self._show_twins()
        self.panel.show_twins(True)
        self.head.set_quiet(True)

    @Slot()
    def _leave_twins(self) -> None:
        self._compares = False
        self._show_twins()
        self.panel.show_twins(False)
        self.head.set_quiet(False)

    def _show_twins(self) -> None:
        if self.twins is not None:
            self.twins.set_shown(self._shown and self._compares)

    @Slot()
    def _show_compared(self) -> None:
        """Which card's trick is being compared; the page may have been left meanwhile."""
        running = None if self.twins is None else self.twins.running
        for name, card in self.panel.cards.items():
            card.set_compared(name == running)
        self.at_work.emit("" if running is None else self.tr("twins are training"))

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop everything and wait; True when no thread is left."""
        self._building.stop()
        ended = [part.shutdown(timeout_ms) for part in self._parts]
        if self.twins is not None:
            ended.append(self.twins.shutdown(timeout_ms))
        if all(ended):
            self._source.close()
        return all(ended)


def build_tab(shell: Shell, seen: Seen) -> TricksController:
    """The tab."""

    def make_twins() -> TwinsController:
        from ..twins.controller import TwinsController

        return TwinsController(shell.project, shell.settings, shell.controllers["training"], parent=shell.window)

    tab = TricksController(TricksPanel(), TricksHead(), seen, shell.project, make_twins, parent=shell.window)
    tab.at_work.connect(lambda words: shell.controllers["inside"].say_at_work("tricks", words))
    return tab
