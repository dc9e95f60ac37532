"""Which models can be sampled, and what is known of the chosen one. Plain values that panel and controller share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Origin(Enum):
    """Where a model comes from."""

    TRAINING = "training"  #: the averaged weights of the training under way
    RUN = "run"  #: a checkpoint of the current run
    FILE = "file"  #: a run folder or checkpoint that was opened by hand


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """One entry of the model list."""

    origin: Origin
    name: str  #: of the run, or of the file
    path: Path | None = None  #: None: in training
    step: int | None = None  #: None: not known before it is read


@dataclass(frozen=True, slots=True)
class SamplerInfo:
    """A row of core's SAMPLERS, as far as it is shown."""

    name: str
    title: str
    paper: str
    takes_eta: bool


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What reading a model told."""

    timesteps: int  #: T
    image_size: tuple[int, int]  #: height and width, pixels
    channels: int
    eta: float  #: DDIM's, unless another is asked for
    step: int | None  #: of the training; None where the file does not say
    samplers: tuple[SamplerInfo, ...]


@dataclass(frozen=True, slots=True)
class SamplerRequest:
    """Everything that decides which pictures come: the settings of the head."""

    choice: ModelChoice
    weights: str  #: "ema" or "raw"
    sampler: str
    steps: int
    eta: float | None  #: None where the sampler has none
    seed: int
    count: int
