"""What twins are and what they tell: two short trainings that differ in settings, one frozen event at a time.

Here is all that needs no torch: which settings two can differ in, the events, and the verdict as a pure function.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigError, Phrase
from .events import Preparing

if TYPE_CHECKING:
    from ..settings import RunConfig

A, B = "A", "B"

#: Seeds that are compared at most: each is two trainings more.
MOST_SEEDS = 3
#: What twins have of their own.
OWN_SETTINGS = ("steps", "seed")
#: Settings that make other pictures of a folder, or take others: errors in other pictures are not comparable.
OF_PICTURES = (
    "image_size",
    "image_height",
    "channels",
    "crop",
    "background",
    "hold_out",
    "excluded",
    "hidden_folders",
)
#: Half of a 90 % interval of a mean of 2 or 3 values, as a multiple of their standard deviation: Student's t at 0.95
#: with one degree of freedom less, over the root of their number.
HALF_INTERVAL = {2: 6.314 / math.sqrt(2), 3: 2.920 / math.sqrt(3)}

#: What an error is divided by at least: that of a thousandth of a level of grey.
LEAST_ERROR = 1e-10
#: A smaller difference has no word: 64 probes are no measure of it, and nobody would train otherwise for it.
LEAST_WORTH = 0.005


def differences(config: RunConfig, other: RunConfig) -> dict[str, tuple[Any, Any]]:
    """The settings in which two differ: name → (A's value, B's)."""
    theirs = other.settings()
    return {name: (value, theirs[name]) for name, value in config.settings().items() if value != theirs[name]}


def require_comparable(config: RunConfig, other: RunConfig) -> None:
    """Raises ConfigError where two differ in what twins cannot differ in. Both with nothing on auto."""
    for name in differences(config, other):
        if name in OWN_SETTINGS:
            raise ConfigError("twins.own-setting", name=name)
        if name in OF_PICTURES:
            raise ConfigError("twins.other-pictures", name=name)


# --- events ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TwinsStarted:
    """The pictures are ready, and the first pair begins."""

    steps: int  #: of each training
    seeds: int
    device: str
    pictures: int
    held_out: bool  #: whether the probes are of pictures that are never trained on
    probes: int
    levels: tuple[int, ...]  #: the t of A at which probes lie, rising
    differs: tuple[str, ...]  #: names of settings
    looks: tuple[int, ...]  #: steps after which the probes are looked at, rising
    samples: tuple[int, ...]  #: those of them at which samples are made


@dataclass(frozen=True, slots=True)
class PairStarted:
    """Two networks stand. What they share was looked at in their first batch, bit for bit."""

    pair: int  #: counted from 0
    seed: int
    pictures: bool  #: whether both see the same pictures in each step
    timesteps: bool
    noise: bool
    weights: bool  #: whether both begin with the same weights


@dataclass(frozen=True, slots=True)
class TwinSteps:
    """A turn: one twin has taken some steps."""

    pair: int
    twin: str  #: A or B
    step: int  #: the last of them, counted from 1
    losses: tuple[float, ...]  #: weighted means, as optimised, of these steps
    done: int  #: steps of all trainings so far
    of: int
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class ProbesMeasured:
    """How far x̂_0 of the averaged weights is from the picture, on the same probes for both."""

    pair: int
    twin: str
    step: int
    error: float  #: mean square over all probes, of pixels from -1 to 1
    by_level: tuple[float, ...]  #: the same at each of TwinsStarted.levels


@dataclass(frozen=True, slots=True, eq=False)
class TwinSamples:
    """Samples of the averaged weights, always from the same x_T."""

    pair: int
    twin: str
    step: int
    images: NDArray[np.uint8]  #: (N, H, W, C)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the pairs so far come to; of the last pair it is the last event."""

    errors_a: tuple[float, ...]  #: of the probes after the last step, for each seed
    errors_b: tuple[float, ...]
    differences: tuple[float, ...]  #: (B − A)/A for each seed: below 0, B's error is smaller
    difference: float  #: their mean
    spread: float | None  #: half of the 90 % interval of that mean; None of one seed
    word: str  #: of B: "better", "worse", "unknown" (no difference that so many seeds can show), "one" (a single seed)
    #: how many times as long a step of B takes, turn by turn: lower quartile, median, upper quartile
    times_as_long: tuple[float, float, float]


TwinEvent = Preparing | TwinsStarted | PairStarted | TwinSteps | ProbesMeasured | TwinSamples | Verdict


def judged(errors_a: Sequence[float], errors_b: Sequence[float], times_as_long: Sequence[float] = (1.0,)) -> Verdict:
    """The verdict on the probes' errors of each seed, at most MOST_SEEDS.

    times_as_long: of each turn, how many times as long B took for it as A.

    A word needs a mean difference of LEAST_WORTH, and beyond half of its 90 % interval, from the spread of the seeds:
    where nothing differs but chance, at most one comparison in ten has a word. Seeds are paired: what a seed does to
    both is no difference.
    """
    of_seeds = tuple(_relative(a, b) for a, b in zip(errors_a, errors_b, strict=True))
    mean, spread = statistics.fmean(of_seeds), None
    word = "one"
    if len(of_seeds) > 1:
        spread = HALF_INTERVAL[len(of_seeds)] * statistics.stdev(of_seeds)
        shown = abs(mean) > spread and abs(mean) >= LEAST_WORTH
        word = "unknown" if not shown else "better" if mean < 0 else "worse"
    low, median, high = map(float, np.quantile(times_as_long, [0.25, 0.5, 0.75]))
    return Verdict(tuple(errors_a), tuple(errors_b), of_seeds, mean, spread, word, (low, median, high))


def _relative(a: float, b: float) -> float:
    """(B − A)/A, also where A has no error: of pictures in pure black and white, which x̂_0 is clipped to."""
    return 0.0 if a == b else b / max(a, LEAST_ERROR) - 1.0


def checked_plan(steps: int, seeds: int) -> None:
    """Raises ConfigError for a number of steps or seeds that cannot be."""
    for name, value, most in (("steps", steps, 10**9), ("seeds", seeds, MOST_SEEDS)):
        if not 1 <= value <= most:
            expected = Phrase("value.whole-from-to", low=1, high=most)
            raise ConfigError("config.bad-value", name=name, value=value, expected=expected)
