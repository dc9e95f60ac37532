"""Which timesteps a sampler stops at when it takes fewer steps than there are.

Every spacing is a row of `catalogue.SPACINGS`. Whatever the schedule, `time_pairs` gives exactly as many steps as were
asked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import torch

from ..catalogue import SPACINGS
from ..errors import Phrase, SamplingError
from ..inputs import bad_value, is_whole, require_one_of, require_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..diffusion.process import ForwardProcess

#: σ = √(1−ᾱ)/√ᾱ of the last call with log-SNR spacing, a little more than one grey level of 255 (2/255); a schedule may
#: end above it. What is finer is smoothed, since the last call gives E[x_0 | x_t]. Measured with DPM-Solver++(2M) in 20
#: calls: detail of standard deviation 0.02 keeps 0.55 of it where the last call comes at 0.03, 0.90 at 0.01, 0.95 at
#: 0.006; the error on mixtures is 0.0016, 0.0026, 0.0030 (cosine), since the same calls cover a longer way.
SIGMA_MIN = 0.01

#: What `sigma_max` is for small pictures, at least.
LEAST_SIGMA_MAX = 40.0

TimePairs: TypeAlias = Sequence[tuple[int, int]]


def sigma_max(dimensions: int) -> float:
    """σ above which a picture of so many values, C·H·W, cannot be made out.

    There its signal-to-noise ratio as a whole, with values of standard deviation ½, is below a quarter: x̂_0 hardly
    moves, and one step may pass over it. Such a step errs by v/2σ², with v the variance in the direction in which
    pictures differ most, and v grows with their size; steps spent beyond are missing where the picture is decided.
    Measured best (mixtures; spectra of natural pictures): 35 for 1×8×8, 60 for 3×32×32, 90 for 3×64×64. A constant
    80 (Karras et al. 2022, arXiv 2206.00364, table 1) is for the middle of these.
    """
    return max(LEAST_SIGMA_MAX, math.sqrt(dimensions))


def uniform(_process: ForwardProcess, start_t: int, steps: int, _dimensions: int) -> list[int]:
    """Evenly down to -1, the clean picture, truncated; as denoising-diffusion-pytorch has it."""
    # float32 and truncation on purpose: 84 of 1000 step counts give other times in exact arithmetic, and trajectories
    # must be those of other programs that use the same checkpoints.
    times = torch.linspace(-1, start_t, steps + 1, dtype=torch.float32, device="cpu").int().tolist()
    return [int(time) for time in times[:0:-1]]


def quadratic(_process: ForwardProcess, start_t: int, steps: int, _dimensions: int) -> NDArray[np.float64]:
    """⌊c·k²⌋ down to 0: more steps where little noise is left (Song et al. 2020, arXiv 2010.02502, appendix D.2)."""
    return np.floor(start_t * np.linspace(1, 0, steps) ** 2)


def log_snr(process: ForwardProcess, start_t: int, steps: int, dimensions: int) -> NDArray[np.float64]:
    """Even in λ = log(√ᾱ/√(1−ᾱ)) = −log σ down to SIGMA_MIN (Lu et al. 2022, arXiv 2206.00927, section 3.3).

    What lies beyond sigma_max is passed over in the first step, what lies below SIGMA_MIN in the last.
    """
    signal, spread = _levels(process, start_t)
    rising = np.log(np.clip(spread / signal, SIGMA_MIN, sigma_max(dimensions)))
    wished = np.linspace(rising[-1], rising[0], steps)
    return np.interp(wished, rising, np.arange(start_t + 1))


def flow(process: ForwardProcess, start_t: int, steps: int, _dimensions: int) -> NDArray[np.float64]:
    """Even in the share of noise τ = √(1−ᾱ)/(√ᾱ + √(1−ᾱ)) down to 0, the clean picture (Liu et al. 2022)."""
    signal, spread = _levels(process, start_t)
    share = spread / (signal + spread)
    wished: NDArray[np.float64] = share[-1] * np.arange(steps, 0, -1) / steps
    return np.interp(wished, share, np.arange(start_t + 1))


def time_pairs(
    process: ForwardProcess,
    steps: int | None = None,
    *,
    spacing: str = "uniform",
    start_t: int | None = None,
    dimensions: int = 1,
    times: Sequence[int] | None = None,
) -> list[tuple[int, int]]:
    """The (t, t_next) of `steps` steps from start_t (None: T-1) down to -1, the clean picture.

    steps: 1 … start_t + 1 (None: all of them). dimensions: C·H·W of a picture, for log_snr. times: the t of each step,
    falling from start_t, instead of a spacing's; `steps` then is None or their number. Raises SamplingError.
    """
    start_t = first_timestep(process, start_t)
    if times is not None:
        return _pairs_of(times, start_t, steps)
    steps = start_t + 1 if steps is None else steps
    if not is_whole(steps, 1, start_t + 1):
        expected = Phrase("value.steps-down-from", most=start_t + 1, start=start_t)
        raise SamplingError("sampling.bad-value", name="steps", value=steps, expected=expected)
    require_one_of("spacing", spacing, SPACINGS)
    wished = SPACINGS[spacing].load()(process, start_t, steps, dimensions)
    return list(pairwise((*_distinct(wished, start_t), -1)))


def _pairs_of(times: Sequence[int], start_t: int, steps: int | None) -> list[tuple[int, int]]:
    """The steps through a list that a person or a file gave. Raises SamplingError."""
    whole = isinstance(times, Sequence) and all(is_whole(t, 0) for t in times)
    if not whole or list(times[:1]) != [start_t] or any(later >= t for t, later in pairwise(times)):
        said = ",".join(map(str, times)) if whole else times  # as it is typed
        raise bad_value("times", said, Phrase("value.falling-times", start=start_t), SamplingError)
    if steps not in (None, len(times)):
        raise bad_value("steps", steps, Phrase("value.steps-of-times", count=len(times)), SamplingError)
    return list(pairwise((*map(int, times), -1)))


def first_timestep(process: ForwardProcess, start_t: int | None) -> int:
    """start_t, or T-1 for None. Raises SamplingError for a timestep that does not exist."""
    last = process.num_timesteps - 1
    if start_t is None:
        return last
    require_whole("t", start_t, 0, last)
    return start_t


def _distinct(wished: Sequence[float] | NDArray[np.float64], start_t: int) -> list[int]:
    """The wished times, rounded and moved as little as it takes: the first is start_t, each next one is lower."""
    times = [start_t]
    for still_to_come, wish in zip(range(len(wished) - 2, -1, -1), wished[1:], strict=True):
        times.append(max(min(round(wish), times[-1] - 1), still_to_come))
    return times


def _levels(process: ForwardProcess, start_t: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """√ᾱ and √(1−ᾱ) of the timesteps 0 … start_t."""
    tables = process.sqrt_alphas_cumprod, process.sqrt_one_minus_alphas_cumprod
    signal, spread = (table[: start_t + 1].double().cpu().numpy() for table in tables)
    return signal, spread
