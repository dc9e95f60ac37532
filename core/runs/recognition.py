"""From a diffusion's β to the noise schedule and the options that made them.

A checkpoint may hold the β alone. Each candidate is computed anew and compared with what is there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, combinations
from typing import Any

import numpy as np
import torch
from scipy.optimize import brentq, least_squares
from torch import Tensor

from ..catalogue import SCHEDULES
from ..diffusion.schedules import falling_curve, make_betas
from ..errors import ConfigError

#: Of a β, relative: well above float32's rounding, well below what another option of a schedule does.
SCHEDULE_TOLERANCE = 1e-5

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
    usual = ("sigmoid", "cosine", "linear")
    others = (
        row.name for row in SCHEDULES.values() if row.implementation.startswith("core.") and row.name not in usual
    )
    for name in (*usual, *others):
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
        yield from ({"shift": rounded(shift, digits)} for digits in (3, 6))


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
        yield from ({"s": rounded(float(s), digits)} for digits in (3, 6))


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
        yield {"start": rounded(start), "end": rounded(end), "tau": 1.0}
        return


def _fit_drawn(alphas_cumprod: np.ndarray) -> Iterator[dict[str, float]]:
    """The heights are in the table where T divides by ten. Which of them are points is tried: 512 curves, 0.1 s."""
    steps, row = len(alphas_cumprod), SCHEDULES["drawn"]
    held = {option.name: option.at * steps for option in row.drawn if option.at is not None}
    at = np.unique(np.linspace(0, steps - 2, min(steps - 1, 64)).astype(int))
    if steps < 3 or any(abs(place - round(place)) > 1e-9 for place in held.values()):
        return
    heights = {name: float(alphas_cumprod[round(place) - 1]) for name, place in held.items()}
    for count in range(1, len(held) + 1):
        for names in combinations(held, count):
            points = row.points({name: heights[name] for name in names})
            if np.abs(falling_curve(points, (at + 1) / steps) - alphas_cumprod[at]).max() < 1e-5:
                yield from ({name: rounded(heights[name], digits) for name in names} for digits in (3, 4, 6))


_FITS: dict[str, Callable[[np.ndarray], Iterator[dict[str, float]]]] = {
    "rectified_flow": _fit_shift,
    "cosine": _fit_cosine,
    "sigmoid": _fit_sigmoid,
    "drawn": _fit_drawn,
}


def _middle(alphas_cumprod: np.ndarray) -> tuple[float, float] | None:
    """(u, ᾱ(u)) of the step in the middle; None where there is none."""
    steps = len(alphas_cumprod)
    if steps < 2:
        return None
    value = float(alphas_cumprod[steps // 2 - 1])
    return (steps // 2 / steps, value) if 0 < value < 1 else None


def _sigmoid(x: np.ndarray | float) -> np.ndarray:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * np.asarray(x))))


def rounded(number: float, digits: int = 6) -> float:
    """To so many digits; six are about what float32 tables determine."""
    return float(f"{number:.{digits}g}")
