"""What the network answered, ready to be shown: plain values that cross from the background to the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.recording import Recording

from .ablation import Without
from .channels import Maps
from .looking_view import Looks

Off = frozenset[tuple[str, str]]  #: (part, module) each, as `core.networks.looking.Off` is


@dataclass(frozen=True)
class Question:
    """What is looked at: a block, at a step of a picture of a recording, with something off, from a pixel or none.

    Two that are equal have one answer, as long as the model is the same.
    """

    recording: Recording
    step: int
    picture: int
    module: str
    off: Off
    pixel: tuple[int, int] | None


@dataclass(frozen=True, eq=False)
class Looked:
    """What a block says, ready to be shown.

    carried      the mean of what each shortcut carries, (h, w) uint8, by the block that takes it
    scale_shift  (C,) each, of a ResnetBlock
    looks        of the pixel, of an attention
    x_0          (H, W, C) uint8, the prediction with what is off
    without      both predictions, while something is off
    """

    question: Question
    t: int
    maps: Maps
    carried: Mapping[str, NDArray[np.uint8]]
    strengths: Mapping[str, tuple[float, float]]
    scale_shift: tuple[NDArray[np.float32], NDArray[np.float32]] | None
    looks: Looks | None
    x_0: NDArray[np.uint8]
    without: Without | None


class Cost(NamedTuple):
    """What a block takes in a training step."""

    time: float  #: its share, 0 … 1
    seconds: float  #: forward and back
    memory: float  #: its share, 0 … 1
    kept_bytes: int


@dataclass(frozen=True)
class Measured:
    """Costs by module, so far."""

    costs: Mapping[str, Cost]
    seconds: float  #: of a step forward and back, with a batch
    batch: int
