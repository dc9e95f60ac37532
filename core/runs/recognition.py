"""From a diffusion's tables to the settings that made them: the noise schedule, the objective, min-SNR's γ.

A checkpoint holds the tables, not the settings. Each candidate is computed anew and compared with what is there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from scipy.optimize import brentq, least_squares
from torch import Tensor

from ..diffusion.process import objective_named
from ..diffusion.schedules import make_betas
from ..diffusion.weightings import library_weighting, loss_weights
from ..errors import ConfigError
from ..settings import SETTINGS

#: Of a β, relative: well above float32's rounding, well below what another option of a schedule does.
SCHEDULE_TOLERANCE = 1e-5

#: The objectives that the library has, the usual one first. Weights of another row of OBJECTIVES look like one of them.
LIBRARY_OBJECTIVES = ("pred_v", "pred_noise", "pred_x0")


@dataclass(frozen=True, slots=True)
class LossWeighting:
    """An objective and the γ of its min-SNR weights (None: off)."""

    objective: str
    min_snr_gamma: float | None


#: The name of a row of SCHEDULES, and its options.
NamedSchedule = tuple[str, dict[str, float]]


def recognise_schedule(betas: Tensor, hint: NamedSchedule | None = None) -> NamedSchedule | None:
    """The row of SCHEDULES and its options that give these β, (T,); None for a schedule of someone's own.

    hint: what is tried first. Default options are given as {}. Of options that mean the same, those with the sigmoid's
    end at 3 are named.
    """
    hinted = [] if hint is None else [hint]
    candidates = chain(hinted, _candidates(torch.cumprod(1 - betas.double().cpu(), dim=0).numpy()))
    return next((schedule for schedule in candidates if _makes(betas, schedule)), None)


def restated_schedule(betas: Tensor, found: NamedSchedule | None, said: Mapping[str, Any]) -> NamedSchedule | None:
    """`found` of `recognise_schedule`, or what somebody calls it, where that gives the same β, (T,).

    said: `beta_schedule`, `schedule_fn_kwargs`, both or neither.
    """
    name = said.get("beta_schedule") or (found and found[0])
    if name is None or not said.keys() & {"beta_schedule", "schedule_fn_kwargs"}:
        return found
    if "schedule_fn_kwargs" in said:
        candidates = iter([(name, said["schedule_fn_kwargs"])])
    elif found is not None and found[0] == name:
        return found
    else:
        shown = _candidates(torch.cumprod(1 - betas.double().cpu(), dim=0).numpy())
        candidates = ((row, options) for row, options in shown if row == name)
    return next((schedule for schedule in candidates if _makes(betas, schedule)), found)


def _makes(betas: Tensor, schedule: NamedSchedule) -> bool:
    """Whether the row with these options gives these β."""
    tolerance = max(SCHEDULE_TOLERANCE, 8 * torch.finfo(betas.dtype).eps)
    name, options = schedule
    try:
        made = make_betas(name, len(betas), options)
    except ConfigError:
        return False
    return bool(((betas.double().cpu() - made).abs() <= tolerance * made).all())


def _candidates(alphas_cumprod: np.ndarray) -> Iterator[NamedSchedule]:
    for name in ("sigmoid", "cosine", "linear"):
        yield name, {}
    for name, fit in _FITS.items():
        for options in fit(alphas_cumprod):
            yield name, options


def _fit_shift(alphas_cumprod: np.ndarray) -> Iterator[dict[str, float]]:
    """ᾱ = 1/(1 + r²) with r = shift·u/(1−u): solved at the middle step."""
    yield {}
    middle = _middle(alphas_cumprod)
    if middle is not None:
        u, value = middle
        shift = math.sqrt(1 / value - 1) * (1 - u) / u
        yield from ({"shift": _rounded(shift, digits)} for digits in (3, 6))


def _fit_cosine(alphas_cumprod: np.ndarray) -> Iterator[dict[str, float]]:
    middle = _middle(alphas_cumprod)
    if middle is None:
        return
    u, value = middle

    def miss(s: float) -> float:
        start = math.cos(s / (1 + s) * math.pi / 2) ** 2
        return math.cos((u + s) / (1 + s) * math.pi / 2) ** 2 / start - value

    if miss(0.0) >= 0 >= miss(100.0):
        s = brentq(miss, 0.0, 100.0, xtol=1e-12)  # type: ignore[no-untyped-call]
        yield from ({"s": _rounded(float(s), digits)} for digits in (3, 6))


def _fit_sigmoid(alphas_cumprod: np.ndarray) -> Iterator[dict[str, float]]:
    """Only start/τ and end/τ matter; both are found by least squares, then looked for among round numbers."""
    steps = len(alphas_cumprod)
    if steps < 3:
        return
    at = np.unique(np.linspace(0, steps - 2, min(steps - 1, 64)).astype(int))
    u, wanted = (at + 1) / steps, alphas_cumprod[at]

    def miss(ends: np.ndarray) -> np.ndarray:
        start, end = ends
        low, high = _sigmoid(start), _sigmoid(end)
        return np.asarray((high - _sigmoid(u * (end - start) + start)) / (high - low) - wanted)

    for guess in ((-3.0, 3.0), (0.0, 6.0), (-6.0, 0.5)):
        # The checker takes it for the module of the same name.
        fitted = least_squares(miss, guess, bounds=(-60, 60), xtol=1e-15, ftol=1e-15, gtol=1e-15)  # type: ignore[operator]
        start, end = map(float, fitted.x)
        if np.abs(fitted.fun).max() > 1e-5 or abs(end - start) < 1e-3:
            continue
        for digits in (2, 4):
            if end > 0.01:
                yield {"start": round(start * 3 / end, digits), "end": 3.0, "tau": round(3 / end, digits)}
            yield {"start": round(start, digits), "end": round(end, digits), "tau": 1.0}
        yield {"start": _rounded(start), "end": _rounded(end), "tau": 1.0}
        return


_FITS: dict[str, Callable[[np.ndarray], Iterator[dict[str, float]]]] = {
    "rectified_flow": _fit_shift,
    "cosine": _fit_cosine,
    "sigmoid": _fit_sigmoid,
}


def recognise_weighting(
    tables: Mapping[str, Tensor],
    objectives: Sequence[str] = LIBRARY_OBJECTIVES,
    said: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[LossWeighting, ...]:
    """The objectives, each with its γ, whose loss weights these are; the likeliest first, none where none fits.

    tables: the (T,) buffers of a GaussianDiffusion by name. objectives: the rows that it may be. said: `objective`,
    `min_snr_gamma` or both, as somebody has it; where that fits, it alone.
    More than one fits where T is very small, where γ lies below every SNR, and of rows that weigh alike.
    """
    snr, tolerance = _snr_of(tables)
    weight = tables["loss_weight"].double().cpu()
    found: list[LossWeighting] = []
    for objective in objectives:
        clipped_snr = weight * objective_named(objective).output_error(snr)
        clipped = clipped_snr < snr * (1 - tolerance)
        gammas: list[float | None] = [None]
        if bool(clipped.any()):
            gammas.append(_shortest(float(clipped_snr[clipped].median()), tolerance))
        low, high = SETTINGS["min_snr_gamma"].limits
        legal = (gamma for gamma in gammas if gamma is None or low <= gamma <= high)
        fitting_ones = (LossWeighting(objective, gamma) for gamma in legal)
        found += [weighting for weighting in fitting_ones if _weighs(tables, weighting)][:1]
    found.sort(key=lambda weighting: weighting.min_snr_gamma is not None)
    fitting = found
    if "min_snr_gamma" in said:
        wished = (LossWeighting(objective, said["min_snr_gamma"]) for objective in objectives)
        fitting = [weighting for weighting in wished if _weighs(tables, weighting)]
    if "objective" in said:
        fitting = [weighting for weighting in fitting if weighting.objective == said["objective"]]
    return tuple(fitting or found)


def _weighs(tables: Mapping[str, Tensor], weighting: LossWeighting) -> bool:
    """Whether the loss weights are that objective's with that γ."""
    snr, tolerance = _snr_of(tables)
    expected = loss_weights(weighting.objective, snr, *library_weighting(weighting.min_snr_gamma))
    return bool(((tables["loss_weight"].double().cpu() - expected).abs() <= 2 * tolerance * expected).all())


def _snr_of(tables: Mapping[str, Tensor]) -> tuple[Tensor, float]:
    """SNR, (T,), and how exactly the tables say it, relative."""
    # Both roots are exact to float32 at either end of the schedule; 1 − ᾱ taken from ᾱ is not.
    signal, noise = (tables[name].double().cpu() for name in ("sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod"))
    eps = max(torch.finfo(tables[name].dtype).eps for name in ("loss_weight", "sqrt_alphas_cumprod"))
    return (signal / noise).square(), 16 * eps


def _middle(alphas_cumprod: np.ndarray) -> tuple[float, float] | None:
    """(u, ᾱ(u)) of the step in the middle; None where there is none."""
    steps = len(alphas_cumprod)
    if steps < 2:
        return None
    value = float(alphas_cumprod[steps // 2 - 1])
    return (steps // 2 / steps, value) if 0 < value < 1 else None


def _sigmoid(x: np.ndarray | float) -> np.ndarray:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * np.asarray(x))))


def _shortest(number: float, tolerance: float) -> float:
    """The number of fewest digits that is as near as that, relative."""
    for digits in range(1, 9):
        if abs(_rounded(number, digits) - number) <= tolerance * abs(number):
            return _rounded(number, digits)
    return number


def _rounded(number: float, digits: int = 6) -> float:
    """To so many digits; six are about what float32 tables determine."""
    return float(f"{number:.{digits}g}")
