"""Two recorded denoisings beside each other, aligned by t: how far apart they are, and what was set differently.

Two samplers visit other timesteps, so that step 10 of one is not step 10 of the other: to a place on the way belongs
the step of each whose t is nearest. Where the models have another T, it is the share of the way that counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from .recording import Recording, Values

#: A curve has at most so many points; a thousand steps are thinned.
MOST_POINTS = 200
#: Settings that say nothing of their own: what they are follows from others, or from where it was computed.
NOT_COMPARED = (
    "model_sha256",
    "noise_of",
    "device",
    "start_sha256",
    "condition_sha256",
    "mask_sha256",
    "guide_sha256",
    "resamples",
    "jump",
)


class Comparison:
    """A and B, of which steps may still come."""

    def __init__(self, a: Recording, b: Recording) -> None:
        self.a, self.b = a, b

    @property
    def usable(self) -> bool:
        """Whether there is a step of each."""
        return self.a.arrived > 0 and self.b.arrived > 0

    @property
    def same_shape(self) -> bool:
        """Whether their pictures can be subtracted."""
        return _shape(self.a) == _shape(self.b)

    @property
    def end(self) -> float:
        """The place that both have come to: 0 where both are complete, else where the slower is, or was cancelled."""
        return max(0.0 if each.complete else float(shares(each).min(initial=1.0)) for each in (self.a, self.b))

    def places(self) -> NDArray[np.float64]:
        """Shares of the way (0 at the picture, 1 at T) at which A or B has a step and where both have been.

        Falling, at most MOST_POINTS.
        """
        both = np.concatenate([shares(self.a), shares(self.b)])
        places = np.unique(both[both >= self.end])[::-1]
        if len(places) > MOST_POINTS:
            places = places[np.linspace(0, len(places) - 1, MOST_POINTS).round().astype(int)]
        return places

    def steps_at(self, share: float) -> tuple[int, int]:
        """The steps of A and of B at a place of the way."""
        return step_at(self.a, share), step_at(self.b, share)

    def difference(self, name: str, share: float, picture: int) -> Values | None:
        """(H, W, C) A − B of "x_t" or "x_0" at a place; None beyond `end`, and where the shapes differ."""
        if not self.same_shape or share < self.end or picture >= min(self.a.count, self.b.count):
            return None
        step_a, step_b = self.steps_at(share)
        apart: Values = self.a.one(name, step_a, picture) - self.b.one(name, step_b, picture)
        return apart

    def curve(self, name: str, picture: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """‖A − B‖ of "x_t" or "x_0" over the way: (shares, root mean squares over the picture's values), falling."""
        places = self.places()
        apart = [self.difference(name, float(share), picture) for share in places]
        return places, np.array([math.nan if values is None else rms(values) for values in apart])


def rms(values: Values) -> float:
    """The root mean square over a picture's values, which lie in -1 … 1: it does not grow with the picture."""
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


def shares(recording: Recording) -> NDArray[np.float64]:
    """How far from the picture each step that has arrived is: t as a share of T."""
    return recording.t[: recording.arrived] / max(1, recording.timesteps)


def step_at(recording: Recording, share: float) -> int:
    """The step whose t is nearest to a place of the way; the last of those where a sampler goes back."""
    distances = np.abs(shares(recording) - share)
    return len(distances) - 1 - int(distances[::-1].argmin())


def places_along(recording: Recording, other: Recording) -> NDArray[np.float64]:
    """Where beside the steps of a recording each step of another lies, by t: 3.5 is midway between steps 3 and 4.

    NaN beyond the ends by more than half a step, and beyond what has arrived. Where a sampler goes back, the place is
    that of its nearest step.
    """
    own, asked = shares(recording), shares(other)
    if not len(own) or not len(asked):
        return np.full(len(asked), np.nan)
    if len(own) == 1 or (np.diff(own) >= 0).any():
        return np.array([step_at(recording, float(share)) for share in asked], np.float64)
    steps = np.arange(len(own), dtype=np.float64)
    places = np.interp(asked, own[::-1], steps[::-1])
    # Beyond the ends a step is as long as the last one there.
    before, after = asked > own[0], asked < own[-1]
    places[before] = (asked[before] - own[0]) / (own[1] - own[0])
    places[after] = steps[-1] + (own[-1] - asked[after]) / (own[-2] - own[-1])
    places[(places < -0.5) | (places > steps[-1] + 0.5)] = np.nan
    return places


def _shape(recording: Recording) -> tuple[int, int, int]:
    started = recording.started
    return started.height, started.width, started.channels


def differing(a: Mapping[str, object], b: Mapping[str, object]) -> dict[str, tuple[object, object]]:
    """What was set differently: a setting's name → its value of A and of B; None where one has no such setting."""
    names = [name for name in dict.fromkeys((*a, *b)) if name not in NOT_COMPARED]
    return {name: (a.get(name), b.get(name)) for name in names if a.get(name) != b.get(name)}
