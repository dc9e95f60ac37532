"""What the tab is told of a batch and of the network's guesses: plain arrays, so that showing them needs no torch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from core.settings import RunConfig

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


class NoModel(Enum):
    """Why there is no network to ask."""

    NONE_YET = "none-yet"  #: nothing is chosen in the sampler room
    NOT_OF_A_RUN = "not-of-a-run"  #: another program's file, whose training pictures nobody knows


@dataclass(frozen=True, eq=False)
class Pairs:
    """What immiscible noise did to a batch of B pictures, of which S are shown.

    order          (S,) which of the shown noises each shown picture got; -1: one that is not shown
    before, after  (B,) ‖x_0 − ε‖ of each picture to the noise drawn for it, and to the one it got
    kept           of the B pictures, how many kept the noise that was drawn for them
    """

    order: NDArray[np.int64]
    before: Doubles
    after: Doubles
    kept: int


@dataclass(frozen=True, eq=False)
class Measured:
    """The mean unweighted loss of each of equal bins of t, (bins,); NaN where nothing was measured."""

    means: Doubles
    count: int  #: steps of the run's metrics, or batches that were traced
    by_metrics: bool


@dataclass(frozen=True, eq=False)
class Traced:
    """A batch as training makes it. (S, H, W, C) are the shown pictures, in -1 … 1; noise as it is.

    of_run        the batch of a run; else of the chosen pictures with the settings of the next run
    step          the step whose batch it is, counted from 1
    batch, drawn  the numbers of the batch of the pictures and of that whose random numbers were used
    size          B
    places        (S,) which of the B are shown
    offsets       (S, C) the numbers that an offset of strength 1 would add
    means, means_offsets   (N, C) likewise of many pictures' noise: its means, and what an offset adds to them
    x_t_difference, target_difference   see core.training.traced.noise_differences
    offset_spread        the largest difference of what was added within one channel
    weight_difference    between the weights of the batch and those of the table of the settings
    fed_back, of_batches in how many of the next batches a first guess is fed back
    alphas_cumprod, snr, output_error, plain_weight   (T,) tables of the process and its objective
    lag             how many steps the averaged weights are behind the others
    losses          by the run's metrics; None: they have none
    no_model        why there is no network; None: there is one
    kept                 for the worker: what further questions are asked of
    """

    config: RunConfig
    of_run: bool
    step: int
    batch: int
    drawn: int
    size: int
    places: NDArray[np.int64]
    pictures: Floats
    noise: Floats
    offsets: Floats
    drawn_noise: Floats
    t: NDArray[np.int64]
    pairs: Pairs
    means: Doubles
    means_offsets: Doubles
    x_t_difference: float
    target_difference: float
    offset_spread: float
    weight_difference: float
    coin: bool
    fed_back: int
    of_batches: int
    alphas_cumprod: Doubles
    snr: Doubles
    output_error: Doubles
    plain_weight: Doubles
    losses: Measured | None
    lag: float
    no_model: NoModel | None
    kept: object

    @property
    def timesteps(self) -> int:
        """T."""
        return len(self.alphas_cumprod)

    @property
    def used_candidates(self) -> int:
        """K, where each picture chose the nearest of K noises of its own; 0: those of the batch were shared out."""
        diffusion = self.config.diffusion
        return diffusion.immiscible_candidates if diffusion.immiscible and diffusion.immiscible_candidates > 1 else 0

    def shares(self, t: int) -> tuple[float, float]:
        """(√ᾱ_t, √(1−ᾱ_t))."""
        alpha = float(self.alphas_cumprod[t])
        return alpha**0.5, (1 - alpha) ** 0.5

    def weights(self, gamma: float | None) -> Doubles:
        """(T,) w_t of this objective with min-SNR's γ, or without (None)."""
        if gamma is None:
            return self.plain_weight
        capped: Doubles = np.minimum(self.snr, gamma) / self.output_error
        return capped


@dataclass(frozen=True, eq=False)
class Guessed:
    """What the network takes a picture's x_t for, (H, W, C) each in -1 … 1 but for x_t.

    again           when it is given its own x̂_0; None: without self-conditioning
    averaged        by the averaged weights; None: why_not says why
    apart           ‖EMA − weights‖ / ‖weights‖
    """

    t: int
    picture: int
    x_t: Floats
    x_0: Floats
    again: Floats | None
    averaged: Floats | None
    why_not: str
    apart: float


@dataclass(frozen=True, eq=False)
class Gains:
    """RMS error of x̂_0 at each of some t, without and with what is fed back; those that are known so far."""

    t: NDArray[np.int64]
    without: Doubles
    with_it: Doubles
    of: int  #: how many t there will be

    @property
    def complete(self) -> bool:
        """Whether all are known."""
        return len(self.t) == self.of


# --- How the shown pictures are chosen ---------------------------------------------------------------------


def places_shown(order: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """At most `most` of the places of a batch, in order, so that as many as can be got a noise drawn for one of them.

    order: (B,) a permutation: whose noise each picture got. Whole cycles of it are taken that fill the row best; where
    they leave half of it empty, a part of a longer one.
    """
    count = len(order)
    if count <= most or (order < 0).any():
        return np.arange(min(count, most))
    cycles = _cycles(order)
    # Which total can be had, and by which cycles.
    ways: dict[int, list[int]] = {0: []}
    for number, cycle in enumerate(cycles):
        for total, way in list(ways.items()):
            reached = total + len(cycle)
            if reached <= most and reached not in ways:
                ways[reached] = [*way, number]
    best = max(ways)
    chosen = [place for number in ways[best] for place in cycles[number]]
    if best <= most // 2:
        longest = max((c for number, c in enumerate(cycles) if number not in ways[best]), key=len)
        chosen += longest[: most - best]
    return np.array(sorted(chosen), np.int64)


def _cycles(order: NDArray[np.int64]) -> list[list[int]]:
    left, cycles = set(range(len(order))), []
    while left:
        cycle = [min(left)]
        while (following := int(order[cycle[-1]])) != cycle[0]:
            cycle.append(following)
        left -= set(cycle)
        cycles.append(cycle)
    return cycles


# --- How much each t counts --------------------------------------------------------------------------------


def share_below(shares: Doubles, timesteps: int, t: int) -> float:
    """The share of all t below this one; a bin that it divides counts by its part."""
    edges = np.linspace(0, timesteps, len(shares) + 1)
    inside = np.clip((t - edges[:-1]) / np.diff(edges), 0, 1)
    return float((shares * inside).sum())
