"""Which timesteps suit a model best when a sampler has few: chosen by looking at denoisings of that model.

First by dynamic programming over a fine denoising (Chen et al. 2024, GITS, arXiv 2405.11326, section 4): the paths of a
model all bend in much the same way, so where a long step may go straight can be read off a few of them. Then step by
step: each timestep is moved as long as the sampler itself, run with the steps, comes nearer to the fine denoising.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from ..errors import Phrase, SamplingError
from ..inputs import bad_value, require_whole
from ..settings import USUAL_SAMPLER
from .loop import SAMPLERS, initial_noise, sampler_named
from .spacing import time_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..diffusion.process import ReverseProcess
    from .loop import Sampler, Step

#: Timesteps of the fine denoising, from which the fitted ones are chosen; 61 in the paper.
FINE_STEPS = 61
#: What a step's error counts more than that of the step before it (the paper's γ, section 4.2).
LATER_COUNTS = 1.15
#: Denoisings that are looked at: so many values in all, that of 64 grey pictures of 28 px; fewer of larger pictures.
MOST_VALUES, MOST_PICTURES, LEAST_PICTURES = 64 * 28 * 28, 64, 8
#: How far a timestep is moved along the fine ones, at first and at last.
STRIDES = (4, 2, 1)
#: With more steps than this there is little to gain, and the time grows with their square.
MOST_STEPS = 20


@dataclass(frozen=True, slots=True)
class FitProgress:
    """How far a fit has come: calls of the network."""

    done: int
    of: int  #: about so many


@dataclass(frozen=True, slots=True)
class FittedSteps:
    """The timesteps for one number of steps of a sampler, and what they gain.

    error, error_before: the RMS distance of the pictures to those of the fine denoising, with the fitted timesteps and
    with the sampler's own; values are in [-1, 1].
    """

    sampler: str
    times: tuple[int, ...]
    error: float
    error_before: float


def fit_steps(
    diffusion: ReverseProcess,
    sampler: str,
    steps: Sequence[int],
    *,
    seed: int = 0,
    offset_noise_strength: float = 0.0,
) -> Iterator[FitProgress | FittedSteps]:
    """FittedSteps for each number of `steps`, with FitProgress in between; close it to stop.

    sampler: one that adds no noise. steps: 2 … MOST_STEPS each, and at most T. A model with classes is looked at with
    each of them in turn. The same from the same model, seed and device. Raises SamplingError at once.
    """
    row = sampler_named(sampler)
    if diffusion.condition_channels:
        raise SamplingError("sampling.fit-condition")
    if row.adds_noise:
        known = ", ".join(name for name, each in SAMPLERS.items() if not each.adds_noise)
        raise bad_value("sampler", sampler, Phrase("value.sampler-without-noise", known=known), SamplingError)
    for each in steps:
        require_whole("steps", each, 2, min(MOST_STEPS, diffusion.num_timesteps))
    return _fit(diffusion, row, steps, seed, offset_noise_strength)


@torch.no_grad()
def _fit(
    diffusion: ReverseProcess, row: Sampler, steps: Sequence[int], seed: int, offset_noise_strength: float
) -> Iterator[FitProgress | FittedSteps]:
    values = diffusion.channels * diffusion.image_size[0] * diffusion.image_size[1]
    count = max(LEAST_PICTURES, min(MOST_PICTURES, MOST_VALUES // values))
    noise = initial_noise(
        diffusion, count, seed=seed, device=diffusion.device, offset_noise_strength=offset_noise_strength
    )
    classes = None if diffusion.num_classes is None else [k % diffusion.num_classes for k in range(count)]
    eta = 0.0 if row.takes_eta else None

    def own_times(steps: int, spacing: str) -> list[int]:
        return [t for t, _ in time_pairs(diffusion, steps, spacing=spacing, dimensions=values)]

    fine = own_times(min(FINE_STEPS, diffusion.num_timesteps), "log_snr")
    calls = _Calls(len(fine), {each: _runs(each) * each * row.calls_per_step for each in steps})
    path: list[Step] = []
    for step in sampler_named(USUAL_SAMPLER)(diffusion, noise, times=fine, classes=classes):
        path.append(step)
        yield calls.made(1)
    picture, costs = path[-1].x_next, step_costs(diffusion, path)
    path.clear()

    def error(times: Sequence[int]) -> Generator[FitProgress, None, float]:
        made = noise
        for step in row(diffusion, noise, times=times, classes=classes, eta=eta):
            made = step.x_next
            yield calls.made(row.calls_per_step)
        return _distance(made, picture)

    for each in steps:
        own = own_times(each, row.default_spacing)
        before = yield from error(own)
        # Even steps in the share of noise are not far from the best of many models: a second place to begin from.
        starts = [cheapest_path(costs, each), _nearest(fine, own_times(each, "flow"))]
        times, after = yield from _moved(fine, starts, error)
        calls.fitted(each)
        yield FittedSteps(row.name, tuple(own if before < after else times), min(before, after), before)


def _runs(steps: int) -> int:
    """About how often a fit runs the sampler, as measured."""
    return 3 + 2 * len(STRIDES) * (steps - 1)


class _Calls:
    """Counts calls of the network; how many are still to come is only known about."""

    def __init__(self, fine: int, fits: Mapping[int, int]) -> None:
        self._fits, self._done, self._of = dict(fits), 0, fine + sum(fits.values())

    def made(self, calls: int) -> FitProgress:
        """So many more. What is shown never reaches the end before a fit does."""
        still_to_come = sum(list(self._fits.values())[1:])
        self._done = min(self._done + calls, max(self._of - still_to_come - 1, self._done))
        return FitProgress(self._done, self._of)

    def fitted(self, steps: int) -> None:
        """A fit is done, after more or fewer calls than it was thought to take."""
        self._fits.pop(steps, None)
        self._done = self._of - sum(self._fits.values())


def step_costs(diffusion: ReverseProcess, path: Sequence[Step]) -> NDArray[np.float64]:
    """How far a straight step errs, (N, N + 1): from x_t of the i-th of N fine ones to the j-th's, or the picture.

    A step is DDIM's, and the distance is that of x/√ᾱ, as in the paper, where steps are Euler's on σ.
    """
    alphas_cumprod = diffusion.alphas_cumprod.double().cpu()
    signal, spread = alphas_cumprod.sqrt().tolist(), (1 - alphas_cumprod).sqrt().tolist()
    costs = np.full((len(path), len(path) + 1), np.inf)
    for i, here in enumerate(path):
        noise = (here.x_t - signal[here.t] * here.x_0) / max(spread[here.t], 1e-12)
        for j, ahead in enumerate(path[i + 1 :], start=i + 1):
            sigma = spread[ahead.t] / signal[ahead.t]
            costs[i, j] = _distance(here.x_0 + sigma * noise, ahead.x_t / signal[ahead.t])
        costs[i, -1] = _distance(here.x_0, path[-1].x_next)
    return costs


def cheapest_path(costs: NDArray[np.float64], steps: int) -> list[int]:
    """The places of `steps` fine timesteps, rising from 0, whose costs on the way to the picture add up to the least.

    costs: (N, N + 1) of a step from i to j, infinite where j is not after i; each later step counts LATER_COUNTS times
    as much as the one before it. steps: 1 … N.
    """
    least, ways = costs[:, -1], []
    for _ in range(steps - 1):
        through = costs[:, :-1] + LATER_COUNTS * least[None, :]
        ways.append(through.argmin(axis=1))
        least = through.min(axis=1)
    places = [0]
    for way in reversed(ways):
        places.append(int(way[places[-1]]))
    return places


def _nearest(fine: Sequence[int], times: Sequence[int]) -> list[int]:
    """The places of the fine timesteps next to `times`, each another."""
    places = [0]
    for still_to_come, t in zip(range(len(times) - 2, -1, -1), times[1:], strict=True):
        nearest = min(range(len(fine)), key=lambda place: abs(fine[place] - t))
        places.append(min(max(nearest, places[-1] + 1), len(fine) - 1 - still_to_come))
    return places


def _moved(
    fine: Sequence[int], starts: list[list[int]], error: Callable[[Sequence[int]], Generator[FitProgress, None, float]]
) -> Generator[FitProgress, None, tuple[list[int], float]]:
    """The timesteps after moving each but the first as long as that makes the error less, and the error.

    starts: where to begin; the best of them is moved.
    """
    places, best = starts[0], float("inf")
    for start in starts:
        found = yield from error([fine[place] for place in start])
        if found < best:
            places, best = start, found
    for stride in STRIDES:
        for k in range(1, len(places)):
            for by in (stride, -stride):
                while True:
                    moved = [*places[:k], places[k] + by, *places[k + 1 :]]
                    if moved[k] >= len(fine) or any(later <= place for place, later in pairwise(moved)):
                        break
                    found = yield from error([fine[place] for place in moved])
                    if found >= best:
                        break
                    places, best = moved, found
    return [fine[place] for place in places], best


def _distance(one: Tensor, other: Tensor) -> float:
    """RMS over a picture's values, then the mean over the pictures: a few that end elsewhere do not decide."""
    return float((one - other).float().flatten(1).square().mean(1).sqrt().mean())
