"""A frozen probe: the same questions, each a picture, a t and its noise, asked again and again while a run trains.

The loss of a step is one of other pictures, other t and other noise than the step's before; only where the questions
stay the same is a change in the answers a change in the network. `core.runs.probes` reads what was answered.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..device import autocast
from ..errors import DataError
from ..pictures.feed.batches import as_tensors, to_device
from ..pictures.feed.source import FolderAwayError
from ..randomness import generator
from ..runs.probes import HELD_OUT, HELD_OUT_EMA, TRAIN, TRAIN_EMA
from .events import ProbeMeasured

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor, nn

    from ..diffusion.gaussian_diffusion import GaussianDiffusion
    from ..pictures.feed.batches import Batch
    from ..pictures.feed.pictures import PictureSet
    from ..settings import RunConfig
    from .state import SessionState

#: Questions of each kind.
QUESTIONS = 64
#: Pictures at a time, and never more than the training takes.
MOST_AT_ONCE = 16
#: The cost of the next look is the median of so many before: a busy moment of the machine is no reason to wait twice.
COSTS_KEPT = 3
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


class Budget:
    """When a look is due: all looks together are to take no more than a share of the time, this one among them.

    It reads clocks, which no two runs share. It may: a look changes nothing that is trained.
    """

    def __init__(self, share: float) -> None:
        """share: 0 … 1 of the time of training and looks together; 0: never."""
        self._share = share
        self._spent_s = self._trained_s = 0.0
        self._costs: deque[float] = deque(maxlen=COSTS_KEPT)
        self._guess_s = 0.0

    @property
    def off(self) -> bool:
        """Whether nothing is ever due."""
        return self._share <= 0

    @property
    def share(self) -> float:
        """What looks have taken of the time so far."""
        return self._spent_s / max(self._spent_s + self._trained_s, 1e-9)

    @property
    def due(self) -> bool:
        """Whether there is time for one; it stays so until one is `looked`."""
        cost = statistics.median(self._costs) if self._costs else self._guess_s
        spent = self._spent_s + cost
        return not self.off and spent <= self._share * (spent + self._trained_s)

    def trained(self, seconds: float, *, guess: float = 0.0) -> None:
        """A step took so long. guess: what a look would take, as a number of such steps, where none was measured."""
        self._trained_s += seconds
        self._guess_s = max(self._guess_s, guess * seconds)

    def looked(self, seconds: float) -> None:
        """A look took so long."""
        self._spent_s += seconds
        self._costs.append(seconds)


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
        self._step_s: deque[float] = deque(maxlen=COSTS_KEPT)
        self.failed: DataError | None = None  #: why nothing is asked any more

    def trained(self, seconds: float) -> None:
        """A step has taken so long."""
        train = self._config.train
        kinds = 2 * sum(pictures is not None for pictures in self._sets.values())
        at_once = train.batch_size * train.gradient_accumulate_every
        # The first steps of a process take far longer than any other.
        self._step_s.append(seconds)
        if len(self._step_s) == COSTS_KEPT:
            seconds_usual = statistics.median(self._step_s)
            self._budget.trained(seconds, guess=kinds * QUESTIONS / (TIMES_FORWARD * at_once) * seconds_usual / seconds)
        else:
            self._budget.trained(seconds)

    def is_due(self, step: int) -> bool:
        """Whether to ask at this step. It stays due until it was asked."""
        if self._budget.off or self.failed is not None or step == self._asked_at:
            return False
        if self._asked_at is None and step == 0:
            return True
        return len(self._step_s) == COSTS_KEPT and self._budget.due

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
        for start in range(0, QUESTIONS, at_once):
            if stop.is_set():
                return None
            numbers = range(start, min(start + at_once, QUESTIONS))
            part = slice(numbers.start, numbers.stop)
            device = next(iter(models.values())).device
            images, labels, condition = fixed_pictures(pictures, chosen[part], device)
            t = torch.from_numpy(self._t[part]).to(device)
            noise = torch.stack(
                [
                    torch.randn(images.shape[1:], generator=generator(self._config.train.seed, f"probe {of}", number))
                    for number in numbers
                ]
            ).to(device)
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
