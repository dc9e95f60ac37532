"""Whether samples became better from one measurement to another, by each feature space. Without torch."""

from __future__ import annotations

import math
from enum import StrEnum

from ..runs.quality_file import QualityResult, SpaceResult
from .measures import WIDTH


class Change(StrEnum):
    """What became of the KID in a space."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"  #: no difference that the intervals let one see


def changes(before: QualityResult, after: QualityResult) -> dict[str, Change]:
    """A word for each space that both have, by KID; {} where they cannot be compared, as they were made otherwise.

    A change counts where the difference is beyond its own 95 % interval, both taken as independent.
    """
    same = ("count", "sampler", "sampler_steps", "seed", "held_out")
    if any(getattr(before, name) != getattr(after, name) for name in same):
        return {}
    return {
        name: _change(before.spaces[name], after.spaces[name]) for name in before.spaces.keys() & after.spaces.keys()
    }


def disagree(found: dict[str, Change]) -> bool:
    """Whether one space says better and another worse."""
    return {Change.BETTER, Change.WORSE} <= set(found.values())


def seen_apart(result: QualityResult) -> tuple[list[str], list[str]]:
    """The spaces that see the samples further from the pictures than pictures are from each other, and the others.

    Where both lists have a space, the spaces disagree about this one measurement.
    """
    further = [name for name, space in result.spaces.items() if above_floor(space)]
    return further, [name for name in result.spaces if name not in further]


def above_floor(result: SpaceResult) -> bool:
    """Whether samples are further from the pictures than pictures are from each other, beyond both intervals."""
    highest = result.floor_kid if result.floor_kid_high is None else result.floor_kid_high
    return result.kid_low > highest


def _change(before: SpaceResult, after: SpaceResult) -> Change:
    errors = [(each.kid_high - each.kid_low) / (2 * WIDTH) for each in (before, after)]
    apart = after.kid - before.kid
    if abs(apart) <= WIDTH * math.hypot(*errors):
        return Change.SAME
    return Change.BETTER if apart < 0 else Change.WORSE
