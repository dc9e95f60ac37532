"""A frozen probe: the same questions, each a picture, a t and its noise, asked again and again while a run trains.

The loss of a step is one of other pictures, other t and other noise than the step's before; only where the questions
stay the same is a change in the answers a change in the network. `core.runs.probes` reads what was answered.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..device import autocast
from ..errors import DataError, phrase_of
from ..pictures.feed.batches import as_tensors, to_device
from ..pictures.feed.source import FolderAwayError
from ..randomness import generator
from ..runs.probes import HELD_OUT, HELD_OUT_EMA, TRAIN, TRAIN_EMA
from .events import HeldOutLoss, ProbeMeasured
from .observing import Budget

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor, nn

    from ..diffusion.gaussian_diffusion import GaussianDiffusion
    from ..pictures.feed.batches import Batch
    from ..pictures.feed.pictures import PictureSet
    from ..settings import RunConfig
    from .observing import Moment
    from .state import SessionState

#: Questions of each kind.
QUESTIONS = 64
#: Pictures at a time, and never more than the training takes.
MOST_AT_ONCE = 16
#: Steps whose median is the usual one: the first of a process take far longer than any other.
USUAL_OF = 3
#: Forward and backward take about so many times as long as forward alone: the guess before anything was measured.
TIMES_FORWARD = 3

#: Of the training pictures and of the held-out ones: the kinds that the raw weights and their average answer.
_KINDS = {"train": (TRAIN, TRAIN_EMA), "held-out": (HELD_OUT, HELD_OUT_EMA)}


def spread_over(count: int, of: int) -> NDArray[np.int64]:
    """(count,) numbers of pictures from all over a set of `of`, whose order may be that of its classes."""
    return (np.arange(count) * of) // count


def mixed(chosen: NDArray[np.int64], groups: int) -> NDArray[np.int64]:
    """The same numbers in another order, so that each of `groups` equal parts takes pictures from all over the set.

    Neighbours in a folder are often alike, and a part that had them all would speak of them alone.
    """
    return chosen.reshape(-1, groups).T.flatten()


def fixed_pictures(pictures: PictureSet, chosen: NDArray[np.int64], device: torch.device) -> Batch:
    """The pictures of these numbers, with labels and condition where there are any: as they are, with nothing random.

    Raises DataError, FolderAwayError.
    """
    return to_device(as_tensors(pictures.take(chosen, plain=True)), device)


def fixed_noise(seed: int, purpose: str, numbers: Iterable[int], shape: Sequence[int], device: torch.device) -> Tensor:
    """(B, *shape) ~ N(0, I): the noise of each of B questions, a function of (seed, purpose, its number)."""
    drawn = [torch.randn(tuple(shape), generator=generator(seed, purpose, number)) for number in numbers]
    return torch.stack(drawn).to(device)


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Nothing is left out inside, and no gradient is kept."""
    was_training = module.training
    module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        module.train(was_training)


def probe_times(timesteps: int) -> NDArray[np.int64]:
    """(QUESTIONS,) t, spread evenly over 0 … timesteps - 1."""
    return ((np.arange(QUESTIONS) + 0.5) * timesteps / QUESTIONS).astype(np.int64)


# --- The loss of pictures that are never trained on: it rises again when the network learns the others by heart.
# Always the same pictures, timesteps and noise, so that the curve shows the network and not the dice.

#: Pictures that are asked for at most; more would be steadier, and take long.
MOST_PICTURES = 256


def held_out_loss(
    diffusion: GaussianDiffusion,
    pictures: PictureSet,
    config: RunConfig,
    *,
    dtype: torch.dtype | None,
    stop: threading.Event,
) -> float | None:
    """The mean loss of the held-out `pictures`, weighted as in training but with nothing left out; None when stopped.

    The timesteps lie evenly over 0 … T-1, one per picture. Nothing of the training's randomness is used up. dtype: of
    mixed precision. Raises DataError, FolderAwayError.
    """
    count, at_once = min(len(pictures), MOST_PICTURES), min(MOST_AT_ONCE, config.train.batch_size)
    device = diffusion.device
    chosen = spread_over(count, len(pictures))
    timesteps = ((torch.arange(count) + 0.5) * diffusion.num_timesteps / count).long()
    total = 0.0
    with evaluating(diffusion):
        for start in range(0, count, at_once):
            if stop.is_set():
                return None
            numbers = range(start, min(start + at_once, count))
            images, labels, condition = fixed_pictures(pictures, chosen[numbers.start : numbers.stop], device)
            x_start = diffusion.normalize(images)
            noise = fixed_noise(config.train.seed, "held-out noise", numbers, x_start.shape[1:], device)
            with autocast(device, dtype):
                loss = diffusion.training_losses(
                    x_start,
                    timesteps[numbers.start : numbers.stop].to(device),
                    noise,
                    classes=labels,
                    self_condition_draw=False,
                    condition=None if condition is None else diffusion.normalize(condition),
                )
            total += float(loss.weighted.float().sum())
    return total / count


class HeldOutLook:
    """The loss of a session's held-out pictures, of the weights and of their average, every `held_out_every` steps."""

    def __init__(self, pictures: PictureSet) -> None:
        self._pictures = pictures.held_out

    def is_due(self, step: int, config: RunConfig, *, last: bool) -> bool:
        """Whether to look after `step`; last: of the plan."""
        return self._pictures is not None and (step % config.train.held_out_every == 0 or last)

    def look(self, now: Moment) -> Iterator[HeldOutLoss]:
        """Measure it, and keep it with the run; nothing where the pictures cannot be read, or the training ends."""
        pictures, state = self._pictures, now.state
        assert pictures is not None
        began, losses = time.monotonic(), []
        try:
            with now.threads.using():
                for weights in (state.diffusion, state.ema.module):
                    losses.append(held_out_loss(weights, pictures, now.config, dtype=state.dtype, stop=now.stop))
        except DataError as error:  # the training may have all that it needs
            text = f"the held-out pictures cannot be read: {error}"
            now.recorder.event(now.step, "held-out-missing", text, phrase_of(error))
            return
        loss, ema_loss = losses
        if loss is not None and ema_loss is not None:
            now.recorder.held_out(now.step, loss, ema_loss)
            took_s = time.monotonic() - began
            yield HeldOutLoss(now.step, loss, pictures=len(pictures), ema_loss=ema_loss, seconds=took_s)


# --- The probe -------------------------------------------------------------------------------------------


class FrozenProbe:
    """The probe of one session. It reads the weights and draws from generators of its own: nothing of the training
    is touched, and a run with it is bit for bit the run without it.

    A new run begins with one, at step 0; from then on `Budget` says when. The first session's first is the beginning
    that everything is compared with.
    """

    def __init__(self, pictures: PictureSet, config: RunConfig) -> None:
        self._sets = {"train": pictures, "held-out": pictures.held_out}
        self._config = config
        self._t = probe_times(config.diffusion.timesteps)
        self._budget = Budget(config.train.probe_share)
        self._asked_at: int | None = None  #: the step of the last look
        self._step_s: deque[float] = deque(maxlen=USUAL_OF)
        self._guess_s = 0.0
        self.failed: DataError | None = None  #: why nothing is asked any more

    def trained(self, seconds: float) -> None:
        """A step has taken so long."""
        self._budget.trained(seconds)
        self._step_s.append(seconds)
        if len(self._step_s) == USUAL_OF:
            train, kinds = self._config.train, 2 * sum(pictures is not None for pictures in self._sets.values())
            at_once = train.batch_size * train.gradient_accumulate_every
            steps = kinds * QUESTIONS / (TIMES_FORWARD * at_once)
            self._guess_s = max(self._guess_s, steps * statistics.median(self._step_s))
            self._budget.expect(self._guess_s)

    def is_due(self, step: int) -> bool:
        """Whether to ask at this step. It stays due until it was asked."""
        if self._budget.off or self.failed is not None or step == self._asked_at:
            return False
        if self._asked_at is None and step == 0:
            return True
        return len(self._step_s) == USUAL_OF and self._budget.due

    def look(self, now: Moment) -> Iterator[ProbeMeasured]:
        """Ask where it is due, and keep the answers with the run."""
        if not self.is_due(now.step):
            return
        with now.threads.using():
            measured = self.ask(now.state, now.step, now.stop)
        if measured is not None:
            now.recorder.probe(measured)
            yield measured
        elif self.failed is not None:
            text = f"the probe's pictures cannot be read, and it ends: {self.failed}"
            now.recorder.event(now.step, "probe-ended", text, phrase_of(self.failed))

    def ask(self, state: SessionState, step: int, stop: threading.Event) -> ProbeMeasured | None:
        """Put all questions to the weights as they are after `step`; None when `stop` came first, or nothing is there.

        Pictures that cannot be read end it, see `failed`. A folder that is away ends only this look.
        """
        began = time.monotonic()
        losses: dict[str, NDArray[np.float32]] = {}
        try:
            for of, (raw, ema) in _KINDS.items():
                pictures = self._sets[of]
                if pictures is None:
                    continue
                models = {raw: state.diffusion, ema: state.ema.module}
                if step == 0:  # the average begins as a copy
                    del models[ema]
                answers = self._answers(pictures, of, models, state.dtype, stop)
                if answers is None:
                    return None
                losses |= {ema: answers[raw]} | answers
        except FolderAwayError:
            return None
        except DataError as error:
            self.failed = error
            return None
        seconds = time.monotonic() - began
        self._budget.looked(seconds)
        every, self._asked_at = step - (step if self._asked_at is None else self._asked_at), step
        return ProbeMeasured(step, self._t, losses, seconds=seconds, share=self._budget.share, every=max(0, every))

    def _answers(
        self,
        pictures: PictureSet,
        of: str,
        models: Mapping[str, GaussianDiffusion],
        dtype: torch.dtype | None,
        stop: threading.Event,
    ) -> dict[str, NDArray[np.float32]] | None:
        """(QUESTIONS,) unweighted losses of each model; None when `stop` came first. Raises as `fixed_pictures`."""
        chosen = mixed(spread_over(QUESTIONS, len(pictures)), 8)
        at_once = min(MOST_AT_ONCE, self._config.train.batch_size)
        found: dict[str, list[Tensor]] = {kind: [] for kind in models}
        seed, device = self._config.train.seed, next(iter(models.values())).device
        for start in range(0, QUESTIONS, at_once):
            if stop.is_set():
                return None
            numbers = range(start, min(start + at_once, QUESTIONS))
            part = slice(numbers.start, numbers.stop)
            images, labels, condition = fixed_pictures(pictures, chosen[part], device)
            t = torch.from_numpy(self._t[part]).to(device)
            noise = fixed_noise(seed, f"probe {of}", numbers, images.shape[1:], device)
            for kind, model in models.items():
                with evaluating(model), autocast(device, dtype):
                    loss = model.training_losses(
                        *(model.normalize(images), t, noise),
                        classes=labels,
                        self_condition_draw=False,
                        condition=None if condition is None else model.normalize(condition),
                    )
                found[kind].append(loss.raw.float())
        return {kind: torch.cat(losses).cpu().numpy() for kind, losses in found.items()}
