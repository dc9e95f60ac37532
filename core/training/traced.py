"""What the training makes of a batch, tensor by tensor: the pictures, each trick's noise, x_t, the answer, the loss.

Computed by the functions that a step calls, from the same random numbers: with the weights that a step began with, what
is traced is what that step used, bit for bit. Nothing is learnt and nobody's random numbers are used up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from ..device import autocast
from ..diffusion.process import objective_named
from ..networks.build import diffusion_around
from ..pictures.feed.batches import make_batch
from ..pictures.feed.told import told_numbers
from ..randomness import generator
from .step import draw_batch, seed_dropout

if TYPE_CHECKING:
    from ..diffusion.gaussian_diffusion import GaussianDiffusion
    from ..pictures.feed.pictures import PictureSet
    from ..settings import RunConfig


@dataclass(frozen=True, eq=False)
class StepTensors:
    """A batch as a step of the training used it: (B, C, H, W) in normalised space, or (B,) a number of each picture.

    The six at the end are None where there is no network.
    """

    batch: int  #: whose pictures these are
    drawn: int  #: the number of the batch whose random numbers were used; the same, unless others were asked for
    x_start: Tensor
    labels: Tensor | None  #: (B,) after some were left out; None where there are no classes
    t: Tensor  #: (B,) on the CPU
    noise: Tensor  #: as it was drawn
    with_offset: Tensor
    assigned: Tensor
    x_t: Tensor
    target: Tensor
    weight: Tensor  #: (B,) w_t
    coin: bool  #: whether a network with self-conditioning is given a first guess of its own
    x_0_fed_back: Tensor | None = None  #: that guess, not clipped; None where none was given
    output: Tensor | None = None
    raw: Tensor | None = None  #: (B,) mean squared error
    weighted: Tensor | None = None  #: (B,) what is minimised
    augment: Tensor | None = None  #: (B, k) what the network is told was done to the pictures; None: nothing ever is
    condition: Tensor | None = None  #: what the network saw beside x_t; None where it sees nothing


def first_batch_after(config: RunConfig, step: int, data_shift: int = 0) -> int:
    """The number of the first batch of the step after `step`. data_shift: as the checkpoint of that step has it."""
    return step * config.train.gradient_accumulate_every + data_shift


def trace_batches(
    config: RunConfig,
    pictures: PictureSet,
    diffusion: GaussianDiffusion,
    batches: Iterable[int],
    *,
    drawn_by: Callable[[int], int] = lambda batch: batch,
    dtype: torch.dtype | None = None,
    dropout: bool = True,
) -> Iterator[StepTensors]:
    """What the training of these settings makes of each of `batches`, one after another.

    diffusion  the model, whose weights are used as they are, or what `without_network` makes
    drawn_by   whose random numbers go with a batch's pictures; another batch's make what no step has used
    dtype      of mixed precision, as the session's
    dropout    False: the network leaves nothing out. Dropout draws from torch's global generator, which a training in
               the same process uses too

    Raises DataError, FolderAwayError.
    """
    has_network = not isinstance(diffusion.model, NoNetwork)
    for batch in batches:
        seen = make_batch(
            pictures,
            seed=config.train.seed,
            batch_index=batch,
            batch_size=config.train.batch_size,
            device=diffusion.device,
        )
        x_start, number = diffusion.normalize(seen.pictures), drawn_by(batch)
        beside = None if seen.condition is None else diffusion.normalize(seen.condition)
        draw = draw_batch(diffusion, x_start, seen.labels, config, number)
        # What was done to the pictures goes with them, whoever draws the rest.
        told = told_numbers(config.data, len(x_start), seed=config.train.seed, batch_index=batch)
        augment = None if told is None else torch.from_numpy(told).to(diffusion.device)
        was_training = diffusion.training
        # With gradients, as in a step: without them a layer may take another way to nearly the same numbers.
        with torch.enable_grad(), autocast(diffusion.device, dtype):
            diffusion.train(dropout)
            try:
                if dropout:
                    seed_dropout(config, number)
                passed = diffusion.training_pass(
                    x_start,
                    draw.t.to(diffusion.device),
                    draw.noise.assigned,
                    classes=draw.labels,
                    augment=augment,
                    self_condition_draw=draw.coin and has_network,
                    condition=beside,
                )
            finally:
                diffusion.train(was_training)
        loss = passed.loss
        yield StepTensors(
            batch,
            number,
            x_start,
            draw.labels,
            draw.t,
            draw.noise.drawn,
            draw.noise.with_offset,
            draw.noise.assigned,
            passed.x_t,
            passed.target,
            loss.weight,
            draw.coin,
            passed.x_0_fed_back,
            passed.output.detach() if has_network else None,
            loss.raw.detach() if has_network else None,
            loss.weighted.detach() if has_network else None,
            augment,
            beside,
        )


class NoNetwork:
    """Stands where a network would, so that a process has its tables and its tricks: it answers zeros."""

    def __init__(self, config: RunConfig) -> None:
        assert config.data.channels is not None, "settings on auto must be resolved first"
        self.channels = config.data.channels
        self.num_classes = config.data.num_classes
        self.condition_channels = config.data.added_channels
        self.self_condition = config.model.self_condition
        self.downsample_factor = config.model.downsample_factor

    def __call__(
        self, x: Tensor, _t: Tensor, _x_self_cond: Tensor | None = None, *_classes: Tensor, **_more: Tensor
    ) -> Tensor:
        """Zeros like x, (B, C, H, W)."""
        return torch.zeros_like(x)


def without_network(config: RunConfig) -> GaussianDiffusion:
    """The process of these settings, which `trace_batches` takes too. Raises ConfigError for what cannot be."""
    return diffusion_around(NoNetwork(config), config)


def offset_draws(
    config: RunConfig, shape: Sequence[int], batch: int, device: torch.device | str = "cpu"
) -> tuple[Tensor, Tensor]:
    """The noise of a batch as it is drawn, of `shape` (B, C, H, W), and the numbers that an offset is made of, (B, C).

    They are drawn after the noise where there is an offset: with one of strength s, training adds s times these.
    """
    draw = generator(config.train.seed, "noise", batch, device=device)
    noise = torch.randn(tuple(shape), generator=draw, device=device)
    return noise, torch.randn((*shape[:2], 1, 1), generator=draw, device=device).flatten(1)


# --- What each trick promises, looked up in the tensors ----------------------------------------------------


class Differences(NamedTuple):
    """The largest |difference| to what the noise `assigned` makes: 0 where it is the same noise in both."""

    x_t: float
    target: float

    @property
    def largest(self) -> float:
        """Of both."""
        return max(self.x_t, self.target)


def noise_differences(diffusion: GaussianDiffusion, step: StepTensors) -> Differences:
    """How far x_t and the target of a step are from those of one and the same noise, that of `assigned`.

    denoising-diffusion-pytorch 2.3.4 permutes the noise of x_t alone: there both are some units apart.
    """
    t = step.t.to(diffusion.device)
    x_t = diffusion.q_sample(step.x_start, t, step.assigned)
    target = objective_named(diffusion.objective).target(diffusion, step.x_start, t, step.assigned)
    return Differences(*(float((a - b).abs().max()) for a, b in ((step.x_t, x_t), (step.target, target))))


class Pairing(NamedTuple):
    """Who got which noise."""

    order: Tensor  #: (B,) whose noise each picture got; -1: one that nobody drew first
    before: Tensor  #: (B,) float64, ‖x_0 − ε‖ of each picture to the noise that was drawn for it
    after: Tensor  #: (B,) float64, to the noise that it got


def pairing_of(x_start: Tensor, noise: Tensor, assigned: Tensor) -> Pairing:
    """What immiscible noise did: from `with_offset` to `assigned` of a step, (B, C, H, W) each."""
    pictures, drawn, got = (each.detach().cpu().flatten(1) for each in (x_start, noise, assigned))
    # Two different noises differ in each of their numbers: eight tell them apart, and all of them are then compared.
    same = (got[:, None, :8] == drawn[None, :, :8]).all(-1)
    order = torch.where(same.any(1), same.int().argmax(1), -1)
    order = torch.where((drawn[order.clamp(min=0)] == got).all(1), order, -1)
    lengths = (torch.linalg.vector_norm(pictures - noises, dim=1, dtype=torch.float64) for noises in (drawn, got))
    return Pairing(order, *lengths)


class Guess(NamedTuple):
    """What a network takes x_t for; (B, C, H, W) each, clipped to [-1, 1] but for x_t."""

    x_t: Tensor
    x_0: Tensor
    x_0_again: Tensor | None  #: when it is given its own x̂_0; None for a network without self-conditioning


@torch.no_grad()
def guess_at(
    diffusion: GaussianDiffusion,
    x_start: Tensor,
    noise: Tensor,
    labels: Tensor | None,
    augment: Tensor | None,
    t: int,
    *,
    again: bool = True,
    condition: Tensor | None = None,
) -> Guess:
    """x̂_0 of these pictures with this noise at one t, without and (`again`) with what is fed back.

    As training does it: the first guess is fed back as it is, not clipped.
    """
    again = again and diffusion.self_condition
    times = torch.full((len(x_start),), t, device=diffusion.device)
    passed = diffusion.training_pass(
        *(x_start, times, noise), classes=labels, augment=augment, self_condition_draw=again, condition=condition
    )
    last = objective_named(diffusion.objective).to_x_start(diffusion, passed.x_t, times, passed.output)
    if passed.x_0_fed_back is None:
        return Guess(passed.x_t, last.clamp(-1, 1), None)
    return Guess(passed.x_t, passed.x_0_fed_back.clamp(-1, 1), last.clamp(-1, 1))


class Errors(NamedTuple):
    """RMS error of x̂_0 to the pictures at one t, in the network's range."""

    t: int
    without: float
    with_it: float


def fed_back_errors(
    diffusion: GaussianDiffusion,
    x_start: Tensor,
    noise: Tensor,
    labels: Tensor | None,
    augment: Tensor | None,
    timesteps: Sequence[int],
    *,
    condition: Tensor | None = None,
) -> Iterator[Errors]:
    """What self-conditioning gains at each of these t, for a network that has it."""
    for t in timesteps:
        guess = guess_at(diffusion, x_start, noise, labels, augment, t, condition=condition)
        assert guess.x_0_again is not None, "a network without self-conditioning"
        rms = (float((x_0 - x_start).square().mean().sqrt()) for x_0 in (guess.x_0, guess.x_0_again))
        yield Errors(t, *rms)
