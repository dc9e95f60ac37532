"""A training session: a generator of events over a run folder and a set of pictures.

Everything random is a function of (seed, purpose, step), so a run that is stopped and resumed is the run that was never
stopped. The session reads and writes its run folder; the caller draws, prints, pauses and stops.
"""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..device import choose_device, is_out_of_memory, release_memory
from ..errors import CheckpointError, DeviceError, TrainingError
from ..picture_size import size_in_words
from ..storage.metrics import MetricsWriter
from .batch_loss import batch_loss
from .events import (
    CheckpointRefused,
    CheckpointSaved,
    Event,
    Finished,
    Planned,
    Preparing,
    Samples,
    SamplingStep,
    Started,
    StepDone,
)
from .learning_rate import learning_rate_at
from .plan import measuring_steps, steps_that_fit
from .sample_grid import grid_calls, grid_steps, save_samples
from .state import SessionState, new_state

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..data.pictures import PictureSet
    from ..diffusion import GaussianDiffusion
    from ..storage.runs import Run


class TrainingSession:
    """Trains the run's model on `pictures`; `run()` yields events until the planned total or `request_stop`.

    The run folder is new or holds checkpoints; the newest good one is resumed, unless `state` says where to go on from:
    then that is trained, in place. `seconds` measures the first steps and then fixes the total that fits. `request_*`
    and `ema_snapshot` may be called from any thread.
    """

    def __init__(
        self,
        run: Run,
        pictures: PictureSet,
        *,
        device: str = "auto",
        seconds: float | None = None,
        state: SessionState | None = None,
    ) -> None:
        self.run_folder = run
        self.config = run.config
        self.pictures = pictures
        self.device = choose_device(device)
        self._seconds = seconds
        self._stop = threading.Event()
        self._save_now = threading.Event()
        self._sample_now = threading.Event()
        #: held while weights and their average change, so that a snapshot is of one step
        self._weights = threading.Lock()
        self._state = state
        self.step = 0 if state is None else state.step
        self.total: int | None = None

    # --- from any thread -----------------------------------------------------------------------------------

    def request_stop(self) -> None:
        """End soon: after the current step everything is saved and `Finished` comes."""
        self._stop.set()

    def request_checkpoint(self) -> None:
        """Save after the current step."""
        self._save_now.set()

    def request_samples(self) -> None:
        """Make a sample grid after the current step."""
        self._sample_now.set()

    def ema_snapshot(self) -> tuple[GaussianDiffusion, int]:
        """A copy of the averaged model of this moment, the caller's own, and the step it is of.

        TrainingError before the network stands.
        """
        with self._weights:
            if self._state is None:
                raise TrainingError("training.no-model-yet")
            return copy.deepcopy(self._state.ema.module), self.step

    # --- the loop ------------------------------------------------------------------------------------------

    def run(self) -> Generator[Event, None, None]:
        """Train, yielding events; a last checkpoint is saved however the loop is left."""
        began = time.monotonic()
        yield Preparing("network")
        state = self._state
        if state is None:
            state = new_state(self.config, self.device)
            newest, damaged = self.run_folder.newest_checkpoint()
            for bad in damaged:
                yield CheckpointRefused(bad.path, bad.reason)
            if newest is None and damaged:
                # Beginning again would cut the metrics off and, in time, push the damaged ones out.
                raise CheckpointError("checkpoint.none", path=self.run_folder.folder, reason=damaged[0].reason)
            if newest is not None:
                state.restore(newest)
        self.step = state.step
        self._read_plan()
        self._state = state
        yield Started(
            step=self.step,
            total=self.total,
            device=str(self.device),
            parameters=sum(parameter.numel() for parameter in state.diffusion.parameters()),
            pictures=len(self.pictures),
            resumed=self.step > 0,
            classes=state.diffusion.num_classes,
        )
        with closing(MetricsWriter(self.run_folder.metrics_path)) as metrics:
            metrics.truncate_after(self.step)
            try:
                yield from self._steps(state, metrics, began)
            finally:
                # Closed from outside, failed, or done: what was learnt is kept.
                if state.unsaved_steps and state.healthy:
                    self._save(state)
        yield Finished(step=self.step, total=self.total, stopped=self._stop.is_set(), elapsed_s=state.elapsed_s)

    def _steps(self, state: SessionState, metrics: MetricsWriter, began: float) -> Iterator[Event]:
        train = self.config.train
        step_seconds: list[float] = []
        while (self.total is None or self.step < self.total) and not self._stop.is_set():
            done = self._guarded_step(state)
            if done is None:
                break
            metrics.add(
                step=done.step,
                loss=done.loss,
                learning_rate=done.learning_rate,
                grad_norm=done.grad_norm,
                pictures_per_second=done.pictures / max(state.last_step_s, 1e-9),
                seconds=done.elapsed_s,
            )
            yield done
            if self.total is None:
                step_seconds.append(state.last_step_s)
                if not measuring_steps(step_seconds, self._seconds or 0.0, train.warmup_steps):
                    yield self._fix_total(step_seconds, time.monotonic() - began)
            last = self.step == self.total
            if self.step % train.checkpoint_every == 0 or self._save_now.is_set() or last:
                self._save_now.clear()
                metrics.flush()
                yield self._save(state)
            if self.step % train.sample_every == 0 or self._sample_now.is_set() or last:
                self._sample_now.clear()
                yield from self._make_samples(state)
        if state.unsaved_steps:
            yield self._save(state)

    def _read_plan(self) -> None:
        """The total and where the learning rate's decay begins; with `seconds` the total waits for a measurement."""
        run = self.run_folder
        if run.planned_total is None and self._seconds is None:  # stopped before its measurement had ended
            run.record_plan(self.config.train.steps, at_step=self.step)
        self.total = None if self._seconds is not None else run.planned_total

    def _guarded_step(self, state: SessionState) -> StepDone | None:
        """One step, None when it was broken off by a stop.

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
            step=self.step,
            smaller=max(1, train.batch_size // 2),
        )

    def _step(self, state: SessionState) -> StepDone | None:
        train = self.config.train
        began = time.monotonic()
        rate = learning_rate_at(
            self.step,
            total=self.run_folder.planned_total,
            peak=train.learning_rate,
            warmup_steps=train.warmup_steps,
            decay=train.decay,
            decay_start=self.run_folder.plan[-1].at_step if self.run_folder.plan else 0,
        )
        for group in state.optimizer.param_groups:
            group["lr"] = rate
        timesteps: list[NDArray[np.int64]] = []
        losses: list[NDArray[np.float32]] = []
        mean = 0.0
        state.diffusion.train()
        for part in range(train.gradient_accumulate_every):
            if part and self._stop.is_set():
                # Large steps take long, and whoever closes the window should not wait for the rest of one: the weights
                # are still those of the last step.
                state.optimizer.zero_grad(set_to_none=True)
                return None
            batch = self.step * train.gradient_accumulate_every + part
            t, raw, weighted = batch_loss(state.diffusion, self.pictures, self.config, batch, dtype=state.dtype)
            loss = weighted.mean() / train.gradient_accumulate_every
            (state.scaler.scale(loss) if state.scaler is not None else loss).backward()  # type: ignore[no-untyped-call]
            mean += float(loss.detach())
            timesteps.append(t.cpu().numpy())
            losses.append(raw.detach().float().cpu().numpy())
        grad_norm = self._update(state, mean)
        state.last_step_s = time.monotonic() - began
        state.elapsed_s += state.last_step_s
        return StepDone(
            step=self.step,
            total=self.total,
            loss=mean,
            learning_rate=rate,
            grad_norm=grad_norm,
            elapsed_s=state.elapsed_s,
            pictures=train.batch_size * train.gradient_accumulate_every,
            timesteps=np.concatenate(timesteps),
            losses=np.concatenate(losses),
        )

    def _update(self, state: SessionState, loss: float) -> float:
        """Clip, step, average. Returns the gradient's norm before clipping."""
        if state.scaler is not None:
            state.scaler.unscale_(state.optimizer)
        parameters = list(state.diffusion.parameters())
        grad_norm = float(torch.nn.utils.clip_grad_norm_(parameters, self.config.train.max_grad_norm))
        # fp16's scaler expects an overflow now and then and skips that step itself; a NaN loss is nobody's plan.
        if not np.isfinite(loss) or (state.scaler is None and not np.isfinite(grad_norm)):
            state.healthy = False
            raise TrainingError(
                "training.not-finite",
                value=loss if not np.isfinite(loss) else grad_norm,
                step=self.step + 1,
                saved_step=state.saved_step,
            )
        with self._weights:
            if state.scaler is not None:
                state.scaler.step(state.optimizer)
                state.scaler.update()
            else:
                state.optimizer.step()
            self.step += 1
            state.ema.update(self.step)
        state.optimizer.zero_grad(set_to_none=True)
        state.unsaved_steps += 1
        return grad_norm

    def _fix_total(self, step_seconds: list[float], spent_s: float) -> Planned:
        assert self._seconds is not None
        left, train = self._seconds - spent_s, self.config.train
        further = steps_that_fit(step_seconds, left, train, calls_per_grid=grid_calls(train))
        self.total = self.step + further
        self.run_folder.record_plan(self.total, at_step=self.step)
        return Planned(step=self.step, total=self.total, seconds_per_step=float(np.median(step_seconds)))

    # --- what is kept --------------------------------------------------------------------------------------

    def _save(self, state: SessionState) -> CheckpointSaved:
        path = state.save(self.run_folder, self.step)
        self.run_folder.log(f"checkpoint of step {self.step}")
        return CheckpointSaved(step=self.step, path=path)

    def _make_samples(self, state: SessionState) -> Iterator[Event]:
        """A grid from the averaged weights."""
        train, model = self.config.train, state.ema.module
        with closing(grid_steps(model, train)) as steps:
            for step in steps:
                x = step.x_next
                if self._save_now.is_set() and state.unsaved_steps:  # a pause in the middle of a grid
                    self._save_now.clear()
                    yield self._save(state)
                yield SamplingStep(step=self.step, done=step.index + 1, of=train.sample_steps)
                if self._stop.is_set() and self.step != self.total:
                    return
        path = self.run_folder.sample_path(self.step)
        images = save_samples(x, path, model=model, train=train, step=self.step)
        yield Samples(step=self.step, images=images, path=path)
