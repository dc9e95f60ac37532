"""A training session: a generator of events over a run folder and a set of pictures.

Everything random is a function of (seed, purpose, step), so a run that is stopped and resumed is the run that was never
stopped. The session reads and writes its run folder; the caller draws, prints, pauses and stops.
"""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from ..device import choose_device, is_out_of_memory, release_memory
from ..errors import (
    CheckpointError,
    DataError,
    DeviceError,
    Phrase,
    RunError,
    StudioError,
    TrainingError,
    phrase_of,
)
from ..inputs import size_in_words
from ..networks.build import build_network
from ..pictures.feed.batches import as_tensors, to_device
from ..pictures.feed.conditions import as_shown
from ..pictures.feed.source import FolderAwayError
from ..runs.atomic import make_folder
from ..runs.checkpoint import Checkpoint
from ..runs.checkpoint_files import pin, read_description
from ..runs.fitting import shapes_of
from ..runs.grids import save_grid
from ..runs.metrics import SAVED, last_saved_step
from ..samplers import SAMPLERS, PictureNoise, Steps, initial_noise
from ..sampling import labels_in_turn, offset_strength, to_pixels
from ..threads import made_inside, using
from .copies import CopyMeter
from .editing import Editing
from .events import (
    CheckpointRefused,
    CheckpointSaved,
    Diverged,
    Event,
    Finished,
    LearningRateRises,
    PicturesChanged,
    Planned,
    Preparing,
    Samples,
    SamplingStep,
    SaveFailed,
    SettingsEdited,
    Started,
    StepDone,
    Wishes,
)
from .gauges import Gauges
from .observing import Moment
from .plan import TimePlan, planned_rate, rise_at, smaller_batch
from .probe import FrozenProbe, HeldOutLook
from .quality_watch import QualityWatch
from .ranks import ALONE, Kind, Ranks
from .recorder import Recorder
from .recovery import Divergence, Recovery
from .state import PICTURES, SessionState, new_state
from .step import Feeding, FlightRecord, NotFiniteError, StepResult, settle, take_step
from .step_threads import StepThreads
from .strip import look_at_strip

if TYPE_CHECKING:
    from ..diffusion.gaussian_diffusion import GaussianDiffusion
    from ..pictures.feed.pictures import HostBatch, PictureSet
    from ..runs.checkpoint_files import BadCheckpoint
    from ..runs.run import Run
    from ..settings import RunConfig, TrainConfig
    from .ranks import Several


# --- What is looked at before a run goes on: whether all that it had is there still ----------------------

#: A longer number of pictures is none.
MOST_DIGITS = 12


def require_new(run: Run, damaged: Sequence[BadCheckpoint]) -> None:
    """For a run without any whole checkpoint. Raises CheckpointError where it had one, which is damaged or gone.

    Begun again, its numbers would be cut off and, in time, the damaged ones pushed out. Those that are gone may lie on
    a disk that is not there yet.
    """
    if damaged:
        raise CheckpointError("checkpoint.none", path=run.folder, reason=damaged[0].reason)
    saved = last_saved_step(run.metrics_path)
    if saved:
        reason = Phrase("file.checkpoint-gone", step=saved)
        raise CheckpointError("checkpoint.none", path=run.checkpoints_folder, reason=reason)


def look_at_pictures(newest: Path, pictures: PictureSet, recorder: Recorder) -> Iterator[PicturesChanged]:
    """Tells where they are not those that the checkpoint was trained on: the run is not bit for bit what it was."""
    description = read_description(newest)
    before = description.extra.get(PICTURES)
    if isinstance(before, str) and before and before != pictures.fingerprint:
        count = before.partition(" ")[0]  # anybody may have written it
        known = int(count) if count.isdecimal() and len(count) < MOST_DIGITS else 0
        event = PicturesChanged(step=description.step, before=known, now=len(pictures))
        words = f"the pictures have changed: {event.now} now, {event.before} before; the run goes on with these"
        recorder.event(event.step, "pictures-changed", words, event)
        yield event


# --- The sample grids of a training: always of the same noise and classes, so that grids can be compared ---


def grid_pairs(pictures: PictureSet, count: int) -> HostBatch | None:
    """What a grid of `count` pictures is shown, and what they should be: held-out pairs, else some that are trained on.

    None where the network sees nothing beside x_t. Raises DataError, FolderAwayError.
    """
    if pictures.data.condition == "none":
        return None
    shown = pictures.held_out or pictures
    # From all over the set, whose order may be that of its classes.
    return shown.take((np.arange(count) * len(shown)) // count, plain=True)


def grid_steps(model: GaussianDiffusion, train: TrainConfig, pairs: HostBatch | None = None) -> Steps:
    """The `sample_steps` steps of a grid; the last one's x_next are its pictures. Close it to break off.

    pairs: as `grid_pairs` has them; None of a network that sees nothing beside x_t.
    """
    count, strength = train.sample_count, offset_strength(model, offset_noise=True)
    x_T = initial_noise(model, count, seed=train.seed, device=model.device, offset_noise_strength=strength)
    return SAMPLERS[train.sample_sampler](
        model,
        x_T,
        steps=train.sample_steps,
        generator=PictureNoise(train.seed, count, offset_noise_strength=strength),
        classes=_classes(model, train),
        condition=_seen(model, pairs),
    )


def _seen(model: GaussianDiffusion, pairs: HostBatch | None) -> torch.Tensor | None:
    beside = None if pairs is None else to_device(as_tensors(pairs), model.device).condition
    return None if beside is None else model.normalize(beside)


def grid_calls(train: TrainConfig) -> int:
    """How often a grid asks the network, at most."""
    return train.sample_steps * SAMPLERS[train.sample_sampler].calls_per_step


def save_samples(
    x: torch.Tensor,
    path: Path,
    *,
    model: GaussianDiffusion,
    train: TrainConfig,
    step: int,
    pairs: HostBatch | None = None,
) -> NDArray[np.uint8]:
    """Write the grid of x, (N, C, H, W), with what made it inside; the pictures, (N, H, W, C). Raises RunError.

    With pairs each is three beside each other, (N, H, 3W, C): condition | sample | truth.
    """
    images = to_pixels(x, normalized=model.auto_normalize)
    if pairs is not None and pairs.condition is not None:
        images = np.concatenate([as_shown(pairs.condition, images.shape[-1]), images, pairs.pixels], axis=2)
    settings: dict[str, object] = {
        "step": step,
        "weights": "ema",
        "sampler": train.sample_sampler,
        "sample_steps": train.sample_steps,
        "seed": train.seed,
        "offset_noise_strength": model.offset_noise_strength,
    }
    if model.num_classes is not None:
        settings["classes"] = _classes(model, train)
        settings["class_names"] = model.class_names
    if pairs is not None:
        settings["tiles"] = ["condition", "sample", "truth"]
    make_folder(path.parent)  # someone may have thrown the pictures away to make room
    save_grid(path, images, settings=settings)
    return images


def _classes(model: GaussianDiffusion, train: TrainConfig) -> list[int] | None:
    """All classes in turn; None for a model that knows none."""
    return labels_in_turn(range(model.num_classes or 0), train.sample_count)


# --- trainer ---------------------------------------------------------------------------------------------

#: How soon a checkpoint that could not be saved is tried again.
RETRY_S = 60.0
#: And how soon the last one, when nothing else is left to do.
LAST_RETRY_S = 10.0


def reads_late(device: torch.device) -> bool:
    """Whether a step's numbers are read during the next one: a card has a queue, and the host is not to empty it."""
    return device.type == "cuda"


class TrainingSession:
    """Trains the run's model on `pictures`; `run()` yields events until the planned total, or a wish to stop.

    The run folder is new or holds checkpoints; the newest good one is resumed, unless `state` says where to go on from:
    then that is trained, in place. `seconds` plans as many steps as fit that time, see `TimePlan`. `threads`: so
    many on a CPU, where the last bits of sums may depend on it; None: chosen by measuring, see `StepThreads`.
    `ranks`: the processes that take the steps together, of which this is the first; the others `follow`.
    `ema_snapshot` may be called from any thread.
    """

    def __init__(
        self,
        run: Run,
        pictures: PictureSet,
        *,
        device: str = "auto",
        seconds: float | None = None,
        state: SessionState | None = None,
        threads: int | None = None,
        wishes: Wishes | None = None,
        ranks: Ranks = ALONE,
    ) -> None:
        self.run_folder = run
        self.pictures = pictures
        self.device = choose_device(ranks.device_name(device))
        self._ranks = ranks
        self.wishes = Wishes() if wishes is None else wishes
        self._editing = Editing(run, self.wishes, ranks)
        train = self.config.train
        self._time = None if seconds is None else TimePlan(seconds, train, calls_per_grid=grid_calls(train))
        #: held while weights and their average change, so that a snapshot is of one step
        self._weights = threading.Lock()
        self._state = state
        self.step = 0 if state is None else state.step
        self._feeding = Feeding(pictures, self.config, self.device, ranks=ranks)
        self._copies = CopyMeter(pictures)
        self._recovery = Recovery(run, pictures)
        self._divergence = Divergence()
        self._threads = StepThreads(self.device, threads, ranks)
        self._probe = FrozenProbe(pictures, self.config)
        self._held_out = HeldOutLook(pictures)
        self._gauges = Gauges(self.device)
        self._quality = QualityWatch(pictures, train, calls=grid_calls(train))
        self._retry_at: float | None = None
        self._late = reads_late(self.device)
        self._averages_kept = 0  #: the step whose snapshot was looked after last
        self._carried_s = 0.0  #: of the step that is being taken, spent before the one before it was read
        self._pairs: HostBatch | None = None  #: that the grids are of, once there was one
        self.total: int | None = None

    @property
    def config(self) -> RunConfig:
        """The settings of the last step that was taken; some change on the way, see `Editing`."""
        return self._editing.config

    # --- from any thread -----------------------------------------------------------------------------------

    def ema_snapshot(self) -> tuple[GaussianDiffusion, int]:
        """A copy of the averaged model of this moment, the caller's own, and the step it is of.

        TrainingError before the network stands.
        """
        with self._weights:
            if self._state is None:
                raise TrainingError("training.no-model-yet")
            return copy.deepcopy(self._state.ema.module), self.step

    @property
    def waited_s(self) -> float:
        """How long this session has waited for batches."""
        return self._feeding.waited_s

    # --- the loop ------------------------------------------------------------------------------------------

    def run(self) -> Generator[Event, None, None]:
        """Train, yielding events; a last checkpoint is saved however the loop is left."""
        began = time.monotonic()
        yield Preparing("network")
        state, newest = self._state, None
        if state is None:
            # A stranger's settings may ask for more memory than there is.
            shapes_of(self.run_folder.folder, partial(build_network, self.config))
            state = new_state(self.config, self.device)
            newest, damaged = self.run_folder.newest_checkpoint()
            for bad in damaged:
                yield CheckpointRefused(bad.path, bad.reason)
            if newest is None:
                require_new(self.run_folder, damaged)
            else:
                state.restore(newest)
        state.pictures = self.pictures.fingerprint
        self._threads.go_on_from(state.threads)
        self.step = state.step
        self._editing.begin(self.step)
        self._read_plan()
        self._state = state
        self._ranks.begin(self.config, state.pictures)
        self._ranks.give(state.to_checkpoint(state.step, self.config))
        yield Started(
            step=self.step,
            total=self.total,
            device=str(self.device),
            parameters=sum(parameter.numel() for parameter in state.diffusion.parameters()),
            pictures=len(self.pictures),
            resumed=self.step > 0,
            classes=state.diffusion.num_classes,
        )
        if newest is None:
            self._recovery.keep_start(state)
        with closing(Recorder(self.run_folder)) as recorder, closing(self._feeding):
            recorder.truncate_after(self.step)
            if self.step:
                resumed = Phrase("told.resumed", step=self.step)
                recorder.event(self.step, "resumed", resumed, resumed)
            self._threads.begin(self.step, recorder)
            if newest is not None:
                yield from look_at_pictures(newest, self.pictures, recorder)
                yield from self._tell_rise(recorder)
            try:
                if (
                    newest is not None
                    and self._grid_is_due(self.step)
                    and not self.run_folder.sample_path(self.step).exists()
                ):
                    # The last session ended between the checkpoint and the grid of one step.
                    yield from self._try_to_sample(state, recorder)
                yield from self._steps(state, recorder, began)
            finally:
                # Closed from outside, failed, or done: what was learnt is kept.
                if state.unread is not None:
                    with suppress(NotFiniteError):
                        recorder.add(self._read(state))
                try:
                    if state.unsaved_steps and state.healthy and state.first_not_finite() is None:
                        self.step = state.step  # it may have been left between the two
                        self._save(state, recorder)
                finally:
                    release_memory(self.device)
        yield Finished(step=self.step, total=self.total, stopped=self.wishes.stop.is_set(), elapsed_s=state.elapsed_s)

    def _steps(self, state: SessionState, recorder: Recorder, began: float) -> Iterator[Event]:
        yield from self._probe.look(self._moment(state, recorder))
        while self._goes_on() or state.unread is not None:
            try:
                if state.unread is None:
                    yield from self._edit(state, recorder)
                waited_s, comparing = self._feeding.waited_s, self._threads.comparing
                with self._threads.using():
                    done = self._guarded_step(state)
                if done is None:  # broken off by a stop, or the first of those that are read late
                    continue
                recorder.add(done)
                for observer in (self._probe, self._quality):
                    observer.trained(state.last_step_s)
                computed_s = state.last_step_s - (self._feeding.waited_s - waited_s)
                news = self._threads.add(done.step, computed_s, recorder)
                state.threads = self._threads.record()
                yield done
                yield from news
                yield from self._watch(done, recorder)
                if self._time is not None:
                    if self._threads.comparing != comparing:
                        self._time.forget()
                    elif not comparing:
                        self._time.add(state.last_step_s)
                    yield from self._plan_time(self._time, state, time.monotonic() - began)
                if state.unread is None:
                    kept_at, grid = time.monotonic(), self._grid_is_due(self.step)
                    yield from self._keep(state, recorder)
                    if self._time is not None:
                        self._time.add_keeping(time.monotonic() - kept_at, grid=grid)
            except FolderAwayError as away:
                # The weights are still those of the last step, which is taken again with the same pictures.
                state.optimizer.zero_grad(set_to_none=True)
                for event in self._feeding.wait_for_folder(away.folder, self.step, recorder, self.wishes.stop):
                    yield event
                    if self.wishes.save.is_set():
                        self.wishes.save.clear()
                        yield self._try_to_save(state, recorder)
            except NotFiniteError as bad:
                with self._weights:
                    back = self._recovery.roll_back(state, recorder, bad)
                    self.step = state.step
                    self._editing.begin(self.step)
                    self._ranks.give(state.to_checkpoint(state.step, self.config))
                self._divergence.forget()
                yield back
        # The last one could not be saved: all that was learnt lies in the memory, and at night nobody makes room.
        while self._retry_at is not None and not self.wishes.stop.wait(LAST_RETRY_S):
            yield self._try_to_save(state, recorder)
        if state.unsaved_steps:
            yield self._save(state, recorder)

    def _edit(self, state: SessionState, recorder: Recorder) -> Iterator[Event]:
        """Let settings that were changed hold from the next step on."""
        plan = self.run_folder.plan
        for event in self._editing.take(state, recorder):
            if isinstance(event, SettingsEdited):
                if event.reweighs:
                    self._divergence = Divergence()
                if self._time is not None:
                    self._time.follow(self.config.train, calls_per_grid=grid_calls(self.config.train))
            yield event
        if self.run_folder.plan != plan:
            self._time, self.total = None, self.run_folder.planned_total  # who names a number wants no other
            yield from self._tell_rise(recorder)

    def _tell_rise(self, recorder: Recorder) -> Iterator[LearningRateRises]:
        """Where a plan that became longer at this step lets the learning rate rise again."""
        rise = rise_at(self.run_folder.config_at(self.step).train, self.run_folder.plan, self.step)
        if rise is not None:
            text = f"the learning rate rises again, from {rise[0]:.3g} to {rise[1]:.3g}: the plan became longer"
            rises = LearningRateRises(step=self.step, before=rise[0], after=rise[1])
            recorder.event(self.step, "rate-rises", text, rises)
            yield rises

    def _goes_on(self) -> bool:
        return (self.total is None or self.step < self.total) and not self.wishes.stop.is_set()

    def _watch(self, done: StepDone, recorder: Recorder) -> Iterator[Event]:
        """What the step's numbers are a reason to tell."""
        ratio = self._divergence.add(done.loss)
        if ratio is not None:
            diverged = Diverged(step=done.step, ratio=ratio)
            recorder.event(done.step, "diverged", f"the loss is {ratio:.3g} times the lowest it has reached", diverged)
            yield diverged
        failure = recorder.take_failure()
        if failure is not None:
            yield SaveFailed(step=done.step, what="metrics", reason=phrase_of(failure))
        yield from self._feeding.news(done.step, recorder)

    def _keep(self, state: SessionState, recorder: Recorder) -> Iterator[Event]:
        """Save, sample and let look on whoever is to, where it is time or was asked for."""
        self._keep_averages(state, recorder)
        now = self._moment(state, recorder)
        yield from self._probe.look(now)
        if self._held_out_is_due(self.step):
            yield from self._held_out.look(now)
        if self._save_is_due(self.step):
            self.wishes.save.clear()
            yield self._try_to_save(state, recorder)
            if not self.wishes.stop.is_set():
                yield from self._quality.look(now)
        if self._grid_is_due(self.step) or self.wishes.samples.is_set():
            self.wishes.samples.clear()
            yield from self._try_to_sample(state, recorder)

    def _moment(self, state: SessionState, recorder: Recorder) -> Moment:
        run, stop = self.run_folder, self.wishes.stop
        return Moment(self.step, state, self.config, run, recorder, self._threads, stop)

    def _something_is_due(self, step: int) -> bool:
        """Whether the weights of `step` are needed as they are then, so that it is read before another is begun."""
        wished = self.wishes.stop.is_set() or self.wishes.samples.is_set() or self.total is None
        due = self._held_out_is_due(step) or self._save_is_due(step) or self._grid_is_due(step)
        due = due or self._averages_are_due(step) or self._probe.is_due(step) or self._editing.is_due(step)
        return wished or due

    def _held_out_is_due(self, step: int) -> bool:
        return self._held_out.is_due(step, self.config, last=step == self.total)

    def _save_is_due(self, step: int) -> bool:
        again = self._retry_at is not None and time.monotonic() >= self._retry_at
        wished = self.wishes.save.is_set() or again
        return wished or step % self.config.train.checkpoint_every == 0 or step == self.total

    def _averages_are_due(self, step: int) -> bool:
        return self._state is not None and self._state.averages_are_due(self.config, step)

    def _grid_is_due(self, step: int) -> bool:
        return step % self.config.train.sample_every == 0 or step == self.total

    def _read_plan(self) -> None:
        """The total and where the learning rate's decay begins; with `seconds` the total waits for a measurement."""
        run = self.run_folder
        if run.planned_total is None and self._time is None:  # stopped before its measurement had ended
            run.record_plan(self.config.train.steps, at_step=self.step)
        self.total = None if self._time is not None else run.planned_total

    def _guarded_step(self, state: SessionState) -> StepDone | None:
        """What one step has come to; None when it was broken off by a stop, or is to be read during the next.

        Running out of memory becomes a DeviceError once the failed step's tensors are gone.
        """
        try:
            return self._step(state)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            # Raised below, outside this block: the traceback holds the very tensors that filled the memory.
        state.optimizer.zero_grad(set_to_none=True)
        release_memory(self.device)
        train = self.config.train
        raise DeviceError(
            "device.out-of-memory",
            device=str(self.device),
            batch_size=train.batch_size,
            image_size=size_in_words(self.config.data.height_and_width),
            step=self.step if state.healthy else state.saved_step,
            smaller=(smaller_batch(self.config) or {}).get("batch_size", 1),
        )

    def _step(self, state: SessionState) -> StepDone | None:
        if state.unread is not None and (not self._goes_on() or self._something_is_due(state.step + 1)):
            return self._read(state)
        began = time.monotonic()
        at = state.step + (state.unread is not None)
        rate = planned_rate(self.config.train, self.run_folder.plan, at)
        self._ranks.begin_step(at, rate, self._threads.count)
        result = take_step(
            state,
            self._feeding,
            self.config,
            rate=rate,
            stop=self.wishes.stop,
            weights=self._weights,
            flight=self._recovery.flight,
            late=self._late,
            ranks=self._ranks,
        )
        self._ranks.end_step()
        ended = time.monotonic()
        if result is None:
            self._carried_s = ended - began
            return None
        done = self._counted(state, result, began)
        self._carried_s = ended - result.known_at
        return done

    def _read(self, state: SessionState) -> StepDone:
        """The step that is unread. Raises NotFiniteError."""
        began = time.monotonic()
        return self._counted(state, settle(state, self._weights, self._recovery.flight), began)

    def _counted(self, state: SessionState, result: StepResult, began: float) -> StepDone:
        """The step's event; its time is that since `began`, and what was spent on it while another was read."""
        self.step = state.step
        state.add_loss(result.loss)
        state.last_step_s = self._carried_s + result.known_at - began
        state.elapsed_s += state.last_step_s
        self._carried_s = 0.0
        return StepDone(
            step=self.step,
            total=self.total,
            loss=result.loss,
            learning_rate=planned_rate(self.config.train, self.run_folder.plan, self.step - 1),
            grad_norm=result.grad_norm,
            pictures_per_second=len(result.timesteps) / max(state.last_step_s, 1e-9),
            elapsed_s=state.elapsed_s,
            pictures=len(result.timesteps),
            timesteps=result.timesteps,
            losses=result.losses,
            more={**result.more, **self._gauges.read(self.step, state, self._feeding.waited_s)},
        )

    def _plan_time(self, plan: TimePlan, state: SessionState, gone_s: float) -> Iterator[Planned]:
        """Fix the total that fits the wished time, or change it where the steps have come to take another time."""
        at = state.step + (state.unread is not None)  # the learning rate of that one is decided
        total = plan.total(at, self.total, gone_s)
        if total is None:
            return
        start = None if self.total is None else self.run_folder.plan[-1].decays_from
        try:
            self.run_folder.record_plan(total, at_step=at, decay_start=start)
        except RunError:
            if self.total is None:
                raise
            return  # a full disk is no reason to stop: the next look tries again
        self.total = total
        yield Planned(step=at, total=total, seconds_per_step=plan.seconds_per_step)

    # --- what is kept --------------------------------------------------------------------------------------

    def _try_to_save(self, state: SessionState, recorder: Recorder) -> Event:
        """CheckpointSaved, or SaveFailed and another try soon. Raises NotFiniteError for what must not be saved."""
        bad = state.first_not_finite()
        if bad is not None:
            raise NotFiniteError(Phrase("training.tensor-became", name=bad, value=float("nan")))
        try:
            return self._save(state, recorder)
        except (RunError, CheckpointError) as error:
            self._retry_at = time.monotonic() + RETRY_S
            last = self.step == self.total
            failed = SaveFailed(step=self.step, what="checkpoint", reason=phrase_of(error), last=last)
            recorder.event(self.step, "save-failed", f"the checkpoint could not be saved: {error}", failed)
            return failed

    def _keep_averages(self, state: SessionState, recorder: Recorder) -> None:
        """A snapshot of the power-function EMAs where one is due. One that cannot be saved stops nothing."""
        if self._averages_kept == self.step or not self._averages_are_due(self.step):
            return
        self._averages_kept = self.step
        try:
            self.run_folder.require_there()
            state.save_averages(self.run_folder, self.step)
        except StudioError as error:
            text = f"the averages could not be saved: {error}"
            recorder.event(self.step, "save-failed", text, phrase_of(error))

    def _save(self, state: SessionState, recorder: Recorder) -> CheckpointSaved:
        self.run_folder.require_there()
        # Before the checkpoint: a run that goes on from it has passed this step.
        self._keep_averages(state, recorder)
        recorder.flush(self.step)
        path = state.save(self.run_folder, self.step, config=self.config, spared=self.wishes.spared)
        if self.wishes.pin.is_set():
            pin(path)
            self.wishes.pin.clear()  # now only: after a failure it is for the next try
        saved = CheckpointSaved(step=self.step, path=path)
        recorder.event(self.step, SAVED, f"checkpoint of step {self.step}", saved)
        self._retry_at = None
        self._recovery.saved(self.step)
        return saved

    def _try_to_sample(self, state: SessionState, recorder: Recorder) -> Iterator[Event]:
        """A grid, or SaveFailed: the next one will be made all the same."""
        try:
            yield from self._make_samples(state, recorder)
        except (RunError, DataError) as error:
            failed = SaveFailed(step=self.step, what="samples", reason=phrase_of(error))
            recorder.event(self.step, "save-failed", f"the samples could not be saved: {error}", failed)
            yield failed

    def _make_samples(self, state: SessionState, recorder: Recorder) -> Iterator[Event]:
        """A grid from the averaged weights."""
        train, model = self.config.train, state.ema.module
        if self._pairs is None:
            self._pairs = grid_pairs(self.pictures, train.sample_count)
        with closing(grid_steps(model, train, self._pairs)) as steps:
            for step in made_inside(self._threads.using, steps):
                x = step.x_next
                if self.wishes.save.is_set() and state.unsaved_steps:  # a pause in the middle of a grid
                    self.wishes.save.clear()
                    yield self._try_to_save(state, recorder)
                yield SamplingStep(step=self.step, done=step.index + 1, of=train.sample_steps)
                if self.wishes.stop.is_set() and self.step != self.total:
                    return
        self.run_folder.require_there()
        path = self.run_folder.sample_path(self.step)
        images = save_samples(x, path, model=model, train=train, step=self.step, pairs=self._pairs)
        recorder.samples(self.step, path)
        yield Samples(step=self.step, images=images, path=path)
        now = self._moment(state, recorder)
        yield from look_at_strip(now, self.pictures)
        yield from self._copies.look(now, to_pixels(x, normalized=model.auto_normalize))


# --- the other processes of a training -------------------------------------------------------------------


def follow(ranks: Several, load: Callable[[RunConfig], PictureSet], device: str) -> None:
    """Take the steps that the first process orders, until it lets us go; no file of the run is touched.

    load: the pictures that these settings are trained on. Raises TrainingError when the first process has gone, and
    whatever keeps a step from being taken here.
    """
    if ranks.next_order().kind is Kind.END:
        return
    config, fingerprint = ranks.beginning()
    chosen = choose_device(ranks.device_name(device))
    with closing(load(config)) as pictures, closing(Feeding(pictures, config, chosen, ranks=ranks)) as feeding:
        if pictures.fingerprint != fingerprint:
            raise TrainingError("training.pictures-differ", folder=pictures.folder)
        state, flight = new_state(config, chosen), FlightRecord()
        while (order := ranks.next_order()).kind is not Kind.END:
            if order.kind is Kind.TAKE:
                state.take(Checkpoint(config=config, **ranks.taken()), pictures.folder)
                continue
            if order.kind is Kind.EDIT:
                config = ranks.edited()
                state.follow(config)
                continue
            at = state.step + (state.unread is not None)
            assert order.step == at, f"asked for the step after {order.step}, here is {at}"
            # The first process sees the same numbers and meets the same errors, and says what comes of them.
            with suppress(NotFiniteError, FolderAwayError), using(order.threads):
                take_step(
                    state,
                    feeding,
                    config,
                    rate=order.rate,
                    stop=threading.Event(),
                    weights=nullcontext(),
                    flight=flight,
                    late=reads_late(chosen),
                    ranks=ranks,
                )
            state.optimizer.zero_grad(set_to_none=True)
