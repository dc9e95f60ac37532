"""What the tab computes in the background: tables of all schedules, weights of all objectives, a sampler's times.

Everything is core's; torch is loaded here, off the GUI thread. All of it takes a few milliseconds at T = 1,000, so it
is asked anew at each move of a slider.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from core.catalogue import OBJECTIVES
from core.errors import StudioError

from ...app.messages import error_text
from ...dataset.forward_table import ForwardTable
from ...dataset.noising import NoisedPicture

if TYPE_CHECKING:
    from torch import Tensor

Values = NDArray[np.float64]


class Question(NamedTuple):
    """What is to be known.

    options  of each schedule, as a setting says them ("tau=0.7")
    chosen   the schedule whose weights and times are asked for
    """

    timesteps: int
    options: Mapping[str, tuple[str, ...] | None]
    chosen: str
    weighting: str
    weighting_options: Mapping[str, float]
    spacing: str
    steps: int
    dimensions: int  #: C·H·W of a picture


@dataclass(frozen=True)
class Weights:
    """w_t of an objective, (T,), and what it comes to on the squared error of x̂_0; `plain` without a weighting."""

    w: Values
    plain: Values
    on_x_0: Values
    plain_on_x_0: Values


@dataclass(frozen=True)
class Answer:
    """What was found out; what cannot be is said in `problem`."""

    tables: dict[str, ForwardTable] = field(default_factory=dict)
    weights: dict[str, Weights] = field(default_factory=dict)
    times: tuple[int, ...] = ()  #: the t at which the sampler calls the network, falling
    problem: str = ""

    @property
    def agree(self) -> bool:
        """Whether every objective puts the same weight on x̂_0's error."""
        curves = [weights.on_x_0 for weights in self.weights.values()]
        return all(np.allclose(curve, curves[0], rtol=1e-6, atol=0) for curve in curves[1:])


def answer(question: Question) -> Answer:
    """Everything that the tab draws."""
    from core.diffusion.process import ForwardProcess
    from core.samplers.spacing import time_pairs

    tables, problem, chosen = {}, "", None
    for name, said in question.options.items():
        try:
            betas, tables[name] = _made(name, question.timesteps, said)
        except StudioError as error:
            problem = problem or error_text(error)
            continue
        if name == question.chosen:
            chosen = betas
    if chosen is None:
        return Answer(tables, problem=problem)
    try:
        weights = _weights(chosen, question)
        steps = min(question.steps, question.timesteps)
        pairs = time_pairs(ForwardProcess(chosen), steps, spacing=question.spacing, dimensions=question.dimensions)
    except StudioError as error:
        return Answer(tables, problem=error_text(error))
    return Answer(tables, weights, tuple(t for t, _ in pairs), problem)


@lru_cache(maxsize=32)
def _made(name: str, timesteps: int, said: tuple[str, ...] | None) -> tuple[Tensor, ForwardTable]:
    """β of a schedule, and its table. While one is bent the others stay the very same, and need not be drawn anew."""
    from core.diffusion.schedules import make_betas
    from core.settings import DiffusionConfig

    betas = make_betas(name, timesteps, DiffusionConfig(schedule_fn_kwargs=said).schedule_options())
    return betas, ForwardTable(name, np.cumprod(1 - betas.numpy()), said)


def _weights(betas: Tensor, question: Question) -> dict[str, Weights]:
    from core.diffusion.process import objective_named, signal_to_noise_ratio
    from core.diffusion.weightings import loss_weights

    snr, made = signal_to_noise_ratio(betas), {}
    for name, row in OBJECTIVES.items():
        if not row.installed:
            continue
        w = loss_weights(name, snr, question.weighting, question.weighting_options)
        plain = loss_weights(name, snr)
        # An error of 1 in x̂_0 is so large an error of the output: what w puts on one, it puts on the other.
        error = objective_named(name).output_error(snr)
        made[name] = Weights(*(values.double().numpy() for values in (w, plain, w * error, plain * error)))
    return made


class StripQuestion(NamedTuple):
    """Which picture, at which t, under which schedules, a row each."""

    picture: NoisedPicture
    times: tuple[int, ...]
    tables: tuple[ForwardTable, ...]


def noised_rows(question: StripQuestion) -> list[list[QImage]]:
    """x_t at each t under each of the schedules, with one noise for all."""
    from ...dataset.preview import NoisedQuestion, noised_images

    return [noised_images(NoisedQuestion(question.picture, table, question.times)) for table in question.tables]


def bundled_picture(_question: object) -> NoisedPicture:
    """A face of the bundled set, before anybody has chosen pictures."""
    from resources.samples import first_picture

    return NoisedPicture.of(np.asarray(first_picture("faces").convert("RGB")), 0)
