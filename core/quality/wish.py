"""What of a model's quality is to be measured, and how far that is. Without torch."""

from __future__ import annotations

from dataclasses import dataclass

from ..settings import USUAL_SAMPLER

#: Of each of two halves, at least: fewer say nothing.
LEAST, MOST = 20, 50_000
USUAL_COUNT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityWish:
    """What is to be measured, and with how much.

    count    samples, and as many real pictures; fewer where the pictures do not do for two halves
    sampler  a row of SAMPLERS
    steps    of the sampler; None: its usual number
    weights  "ema" or "raw"
    spaces   rows of SPACES; None: all that can be used here
    bits     whether bits per dimension are measured too
    """

    count: int = USUAL_COUNT
    sampler: str = USUAL_SAMPLER
    steps: int | None = None
    weights: str = "ema"
    seed: int = 0
    spaces: tuple[str, ...] | None = None
    bits: bool = False


@dataclass(frozen=True, slots=True)
class QualityProgress:
    """Of one part: "pictures", "folder" (the network that is trained on them), "samples", "features" or "bits"."""

    part: str
    done: int
    of: int
