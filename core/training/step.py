"""One step of a training: its batch, fed ahead in the background, the loss of it, and the update."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor

from ..catalogue import TIMESTEP_DRAWS
from ..device import autocast, sent
from ..diffusion.inputs import all_finite, first_not_finite
from ..errors import Phrase
from ..pictures.feed.batches import Loader
from ..pictures.feed.source import LOOK_S, is_away
from ..pictures.feed.told import told_numbers
from ..randomness import generator
from ..runs.atomic import make_folder, write_json
from .events import Event, PicturesAway, PicturesBack, PicturesLost
from .ranks import ALONE, Ranks
from .state import Part, Unread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..diffusion.gaussian_diffusion import GaussianDiffusion, TrainingNoise
    from ..pictures.feed.batches import Batch
    from ..pictures.feed.pictures import PictureSet
    from ..pictures.folder.reasons import Lost
    from ..settings import RunConfig
    from .recorder import Recorder
    from .state import SessionState


# --- The loss of one batch, which is a pure function of the seed and the batch's number: here is what is drawn for
# it.


def uniform(count: int, timesteps: int, generator: torch.Generator) -> Tensor:
    """`count` t, each drawn evenly from 0 … timesteps - 1. (count,) long."""
    return torch.randint(0, timesteps, (count,), generator=generator)


def stratified(count: int, timesteps: int, generator: torch.Generator) -> Tensor:
    """`count` t, one from each of so many equal parts of 0 … timesteps - 1, in random order. (count,) long.

    Each by itself is evenly distributed, so that means are those of `uniform`; their spread over batches is smaller.
    """
    places = torch.rand(count, generator=generator, dtype=torch.float64) + torch.arange(count)
    t = (places * (timesteps / count)).long().clamp_(max=timesteps - 1)
    return t[torch.randperm(count, generator=generator)]


class BatchDraw(NamedTuple):
    """What is drawn for a batch, a function of the seed and its number; for all its pictures, whoever computes them."""

    t: Tensor  #: (B,) on the CPU
    noise: TrainingNoise  #: (B, C, H, W) each, on the model's device
    labels: Tensor | None  #: (B,) after some were left out; None where there are no classes
    augment: Tensor | None  #: (B, k) what was done to the pictures, for the network; None where nothing ever is
    coin: bool  #: whether a network with self-conditioning is given a first guess of its own


def draw_batch(
    diffusion: GaussianDiffusion,
    x_start: Tensor,
    labels: Tensor | None,
    config: RunConfig,
    batch: int,
) -> BatchDraw:
    """What is random in batch number `batch`; x_start: (B, C, H, W) of all its pictures, labels: (B,) of theirs."""
    train, device = config.train, diffusion.device
    draw = generator(train.seed, "timesteps", batch)
    t = TIMESTEP_DRAWS[train.timestep_draw].load()(len(x_start), diffusion.num_timesteps, draw)
    noise_draw = generator(train.seed, "noise", batch, device=device)
    noise = torch.randn(x_start.shape, generator=noise_draw, device=device)
    prepared = diffusion.prepared_noise(x_start, noise, generator=noise_draw)
    if labels is not None:
        labels = diffusion.prepare_classes(labels, generator=generator(train.seed, "class-dropout", batch))
    told = told_numbers(config.data, len(x_start), seed=train.seed, batch_index=batch)
    augment = None if told is None else sent(torch.from_numpy(told), device)
    return BatchDraw(t, prepared, labels, augment, feeds_back(train.seed, batch))


def feeds_back(seed: int, batch: int) -> bool:
    """Whether a network with self-conditioning is given a first guess of its own in batch number `batch`."""
    return torch.rand((), generator=generator(seed, "self-condition", batch)).item() < 0.5


def seed_dropout(config: RunConfig, batch: int, ranks: Ranks = ALONE) -> None:
    """Have the network leave out what it leaves out in this batch: dropout draws from torch's global generator."""
    if config.model.dropout:
        # Another one in each process, whose pictures would all lose the same parts.
        of_process = (ranks.rank,) if ranks.rank else ()
        torch.manual_seed(generator(config.train.seed, "dropout", batch, *of_process).initial_seed() % 2**63)


class BatchLoss(NamedTuple):
    """What was asked of the network, and how well it answered; (B,) each."""

    t: Tensor  #: on the CPU, where it was drawn
    raw: Tensor  #: mean squared error
    weighted: Tensor  #: what is minimised


def batch_loss(
    diffusion: GaussianDiffusion,
    pictures: Batch,
    config: RunConfig,
    batch: int,
    *,
    dtype: torch.dtype | None,
    ranks: Ranks = ALONE,
) -> BatchLoss:
    """The loss of batch number `batch`, which are these pictures on the model's device. dtype: of mixed precision.

    ranks: who computes the batch. Each has its share of the pictures; what is random is drawn for all of them.
    """
    device = diffusion.device
    images, labels, condition = pictures
    x_start = diffusion.normalize(images)
    all_x_start = ranks.whole(x_start, filled=diffusion.immiscible)
    own = ranks.share(len(all_x_start)).own
    all_labels = None if labels is None else ranks.whole(labels, filled=False)
    t, noise, all_labels, augment, coin = draw_batch(diffusion, all_x_start, all_labels, config, batch)
    seed_dropout(config, batch, ranks)
    with autocast(device, dtype):
        loss = diffusion.training_losses(
            x_start,
            sent(t[own], device),
            noise.assigned[own],
            classes=None if all_labels is None else all_labels[own],
            augment=None if augment is None else augment[own],
            self_condition_draw=coin,
            condition=None if condition is None else diffusion.normalize(condition),
        )
    return BatchLoss(t, *ranks.gathered(loss.raw, loss.weighted))


# --- step ------------------------------------------------------------------------------------------------

#: A loss scale of fp16 below this says that no scale is small enough: every gradient overflows.
SMALLEST_LOSS_SCALE = 2.0**-16


class NotFiniteError(Exception):
    """A number of the training is NaN or infinite; nothing of it has reached a checkpoint or the average."""

    def __init__(self, what: Phrase) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class StepResult:
    """What one step has come to."""

    loss: float  #: weighted mean, as optimised
    grad_norm: float  #: before clipping
    timesteps: NDArray[np.int64]  #: (pictures,)
    losses: NDArray[np.float32]  #: (pictures,) unweighted
    #: Whatever else is measured, by name: it is kept with the run's metrics, and a row of studio's PLOTS shows it.
    more: Mapping[str, float] = field(default_factory=dict)
    known_at: float = 0.0  #: by the monotonic clock, when it had come back from the device


class Batches(Protocol):
    """Where a step takes its batches from: a session's feeding, or noise where a step is only measured."""

    def get(self, number: int, stop: threading.Event) -> Batch | None:
        """Batch `number`; None when `stop` came first."""


def take_step(
    state: SessionState,
    feeding: Batches,
    config: RunConfig,
    *,
    rate: float,
    stop: threading.Event,
    weights: AbstractContextManager[object],
    flight: FlightRecord,
    late: bool = False,
    ranks: Ranks = ALONE,
) -> StepResult | None:
    """Take the next step at the learning rate `rate`; what it has come to, None when `stop` came between two batches.

    late: leave the step in `state.unread` and return what the one before it has come to instead (None: there was none).
    That is read while the device is busy with this step's batches, and before this step's update: so the average
    follows weights that were checked, and a card never waits for the host. Where a batch cannot be had, the step before
    is read and the next call tries again.
    weights: held while weights and average change. ranks: who takes the step together.
    Raises NotFiniteError, and what `feeding.get` raises.
    """
    try:
        parts = _gradients(state, feeding, config, stop, ranks)
    except Exception:
        if state.unread is None:
            raise
        parts = None
    if parts is None:
        # Large steps take long, and whoever closes the window should not wait for the rest of one: the weights are
        # still those of the last step.
        state.optimizer.zero_grad(set_to_none=True)
    before = settle(state, weights, flight) if state.unread is not None else None
    if parts is None:
        return before
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    with weights:
        _update(state, parts, config.train.max_grad_norm)
    return before if late else settle(state, weights, flight)


def _gradients(
    state: SessionState, feeding: Batches, config: RunConfig, stop: threading.Event, ranks: Ranks
) -> Sequence[Part] | None:
    """The batches of a step, forward and backward; None when `stop` came between two of them."""
    accumulate = config.train.gradient_accumulate_every
    step = state.step + (state.unread is not None)
    parts: list[Part] = []
    state.diffusion.train()
    for number in range(accumulate):
        batch = step * accumulate + number + state.data_shift
        pictures = None if number and ranks.agreed(stop.is_set()) else feeding.get(batch, stop)
        if pictures is None:
            return None
        t, raw, weighted = batch_loss(state.diffusion, pictures, config, batch, dtype=state.dtype, ranks=ranks)
        loss = weighted.mean() / accumulate
        (state.scaler.scale(loss) if state.scaler is not None else loss).backward()  # type: ignore[no-untyped-call]
        parts.append(Part(batch, t, raw.detach(), loss.detach()))
    ranks.add_gradients(state.diffusion.parameters())
    return parts


def _update(state: SessionState, parts: Sequence[Part], max_grad_norm: float) -> None:
    """Clip and step, unread: nothing here waits for the device. Bad weights go no further than `settle`."""
    # Until it is settled, the weights are those of no step: left in between (a second Ctrl-C, no memory for the
    # optimizer), they are not saved.
    state.healthy = False
    parameters = list(state.diffusion.parameters())
    further: dict[str, Tensor] = {}
    if state.scaler is not None:
        further["loss_scale"] = state.scaler.scale(torch.ones((), device=state.diffusion.device))
        state.scaler.unscale_(state.optimizer)
    further["grad_norm"] = torch.nn.utils.clip_grad_norm_(parameters, max_grad_norm)
    if state.scaler is not None:
        state.scaler.step(state.optimizer)
        state.scaler.update()
    else:
        state.optimizer.step()
    further["finite"] = all_finite(parameters)
    state.optimizer.zero_grad(set_to_none=True)
    state.unread = Unread(parts, further)


def settle(state: SessionState, weights: AbstractContextManager[object], flight: FlightRecord) -> StepResult:
    """Read what `state.unread` has come to; where it is good, count the step and let the average follow.

    Raises NotFiniteError where a number is NaN or infinite: then neither the average nor a checkpoint has seen it, and
    the weights are to be taken from the last good state.
    """
    unread = state.unread
    assert unread is not None
    loss, more, losses = unread.read()
    state.unread = None
    grad_norm, finite = more.pop("grad_norm"), more.pop("finite")
    timesteps = [t for _, t in unread.batches]
    for (batch, t), raw in zip(unread.batches, losses, strict=True):
        flight.add_batch(state.step + 1, batch, t, raw)
    if not np.isfinite(loss):
        raise NotFiniteError(Phrase("training.loss-became", value=loss))
    flight.add_grad_norm(state.step + 1, grad_norm)
    # fp16's scaler expects an overflow now and then, skips that step itself and takes a smaller scale.
    hopeless = more.get("loss_scale", 0.0) < SMALLEST_LOSS_SCALE
    if hopeless and not np.isfinite(grad_norm):
        raise NotFiniteError(Phrase("training.gradient-became", value=grad_norm))
    bad = None if finite else first_not_finite(dict(state.diffusion.named_parameters()))
    if bad is not None:
        raise NotFiniteError(Phrase("training.weight-became", name=bad, value=float("nan")))
    with weights:
        state.unsaved_steps += 1
        state.ema.update(state.step)
        if state.averages is not None:
            state.averages.update(state.step)
        state.healthy = True
    return StepResult(loss, grad_norm, np.concatenate(timesteps), np.concatenate(losses), more, time.monotonic())


# --- The flight record: what the last batches were, kept in memory and written down when something goes wrong ---

#: Batches that are remembered.
KEPT = 16


class _Batch(NamedTuple):
    step: int  #: the optimizer step it belongs to, counted from 1
    batch: int  #: its number, from which pictures, noise and timesteps follow
    timesteps: NDArray[np.int64]
    losses: NDArray[np.float32]  #: unweighted, of each picture


class FlightRecord:
    """The last `KEPT` batches, and the gradient's norm of the last steps."""

    def __init__(self) -> None:
        self._batches: deque[_Batch] = deque(maxlen=KEPT)
        self._grad_norms: deque[tuple[int, float]] = deque(maxlen=KEPT)

    def add_batch(self, step: int, batch: int, timesteps: NDArray[np.int64], losses: NDArray[np.float32]) -> None:
        """One more batch: its number, and t and the unweighted loss of each of its pictures."""
        self._batches.append(_Batch(step, batch, timesteps, losses))

    def add_grad_norm(self, step: int, grad_norm: float) -> None:
        """The gradient's norm before clipping."""
        self._grad_norms.append((step, grad_norm))

    def write(
        self, folder: Path, *, step: int, what: str, names_of: Callable[[int], Sequence[str]], **facts: object
    ) -> Path:
        """Write `incident-STEP.json` into a run's folder of incidents; its path. Raises RunError.

        names_of: the files of a batch by its number.
        """
        make_folder(folder)
        number, path = 1, folder / f"incident-{step:08d}.json"
        while path.exists():
            number += 1
            path = folder / f"incident-{step:08d}-{number}.json"
        write_json(
            path,
            {
                "what": what,
                "step": step,
                "time": datetime.now(UTC).isoformat(timespec="seconds"),
                **facts,
                # JSON has no NaN, and the numbers here are just those.
                "grad_norms": [[at, repr(norm)] for at, norm in self._grad_norms],
                "batches": [
                    {
                        "step": record.step,
                        "batch": record.batch,
                        "pictures": [
                            {"file": name, "t": int(t), "loss": repr(float(loss))}
                            for name, t, loss in zip(
                                names_of(record.batch), record.timesteps, record.losses, strict=True
                            )
                        ],
                    }
                    for record in self._batches
                ],
            },
        )
        return path


# --- The batches of a session, and what is told when its pictures vanish while it trains -----------------


#: Pictures that are lost are told together, no more often than this.
TELL_S = 1.0
MOST_NAMED = 20


class Feeding:
    """Where a session takes its batches from. Close it."""

    def __init__(self, pictures: PictureSet, config: RunConfig, device: torch.device, *, ranks: Ranks = ALONE) -> None:
        self.pictures = pictures
        self._ranks = ranks
        seed, batch_size = config.train.seed, config.train.batch_size
        share = ranks.share(batch_size) if ranks.count > 1 else None
        self._loader = Loader(pictures, seed=seed, batch_size=batch_size, device=device, share=share)
        self._told_lost = 0
        self._told_at = float("-inf")
        self._told_full = False

    @property
    def waited_s(self) -> float:
        """How long the training has waited for batches."""
        return self._loader.waited_s

    def get(self, number: int, stop: threading.Event) -> Batch | None:
        """Batch `number`, or our share of it; None when `stop` came first. Raises DataError, FolderAwayError."""
        return self._ranks.together(lambda: self._loader.get(number, stop), self.pictures.folder)

    def close(self) -> None:
        """End what makes batches; the pictures stay open."""
        self._loader.close()

    def news(self, step: int, recorder: Recorder) -> Iterator[Event]:
        """What has been found out about the pictures since it was last asked."""
        if self.pictures.not_kept is not None and not self._told_full:
            self._told_full = True
            full = Phrase("told.cache-full", reason=self.pictures.not_kept)
            recorder.event(step, "cache-full", full, full)
        if self.pictures.failed == self._told_lost or time.monotonic() - self._told_at < TELL_S:
            return
        new = self.pictures.lost_since(self._told_lost)
        self._told_lost, self._told_at = self._told_lost + len(new), time.monotonic()
        event = PicturesLost(step=step, count=self._told_lost, of=len(self.pictures), new=new[:MOST_NAMED])
        recorder.event(step, "pictures-lost", _in_words(new), event)
        yield event

    def wait_for_folder(self, folder: Path, step: int, recorder: Recorder, stop: threading.Event) -> Iterator[Event]:
        """Until the folder is back, or `stop`: PicturesAway at first and whenever it was looked for, then PicturesBack.

        Whoever takes the events may save in between.
        """
        away = PicturesAway(step=step, folder=folder, waited_s=0.0)
        recorder.event(step, "pictures-away", f"{folder} is not there: waiting for it", away)
        began, waited_s = time.monotonic(), 0.0
        while not stop.is_set() and is_away(folder):
            yield PicturesAway(step=step, folder=folder, waited_s=waited_s)
            stop.wait(LOOK_S)
            waited_s = time.monotonic() - began
        if not stop.is_set():
            back = PicturesBack(step=step, folder=folder)
            recorder.event(step, "pictures-back", f"{folder} is back", back)
            yield back


def _in_words(lost: tuple[Lost, ...]) -> str:
    named = "; ".join(f"{one.name}: {one.reason}" for one in lost[:MOST_NAMED])
    more = f"; and {len(lost) - MOST_NAMED:,} more" if len(lost) > MOST_NAMED else ""
    return f"{len(lost):,} pictures cannot be read any more, and others stand in: {named}{more}"
