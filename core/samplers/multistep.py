"""Samplers that remember the predictions of earlier steps: DPM-Solver++(2M), UniPC and iPNDM."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor

from .loop import Made, Steps, Task, Term, walk


class Advanced(NamedTuple):
    """x_next, the factors of x and of D in it, and the noise with its own."""

    x_next: Tensor
    of_x: float
    of_middle: float
    noise: Tensor | None = None
    of_noise: float = 0.0


def dpm_solver_pp_2m(task: Task) -> Steps:
    """The deterministic form (Lu et al. 2022, arXiv 2211.01095, algorithm 2).

    x_next = (σ_next/σ)·x + α_next·(1 − e^(−h))·D with α = √ᾱ, σ = √(1−ᾱ); the first and the last step are DDIM's.
    """

    def advance(x: Tensor, t: int, t_next: int, h: float, middle: Tensor) -> Advanced:
        of_x, of_middle = task.spread[t_next] / task.spread[t], -task.signal[t_next] * math.expm1(-h)
        return Advanced(of_x * x + of_middle * middle, of_x, of_middle)

    return _second_order(task, advance)


def dpm_solver_pp_2m_sde(task: Task) -> Steps:
    """The form that adds noise as DDPM does (Lu et al. 2022, arXiv 2211.01095, SDE-DPM-Solver++(2M)).

    x_next = (σ_next/σ)·e^(−h)·x + α_next·(1 − e^(−2h))·D + σ_next·√(1 − e^(−2h))·z; the first step is DDPM's.
    """

    def advance(x: Tensor, t: int, t_next: int, h: float, middle: Tensor) -> Advanced:
        spread, renewed = task.spread[t_next], -math.expm1(-2 * h)
        noise = task.noise_like(x)
        of_x, of_middle = spread / task.spread[t] * math.exp(-h), task.signal[t_next] * renewed
        of_noise = spread * math.sqrt(renewed)
        return Advanced(of_x * x + of_middle * middle + of_noise * noise, of_x, of_middle, noise, of_noise)

    return _second_order(task, advance)


def _second_order(task: Task, advance: Callable[[Tensor, int, int, float, Tensor], Advanced]) -> Steps:
    """advance(x, t, t_next, h, D): x_next, and the noise in it."""
    h_before = 0.0

    def move(x: Tensor, t: int, t_next: int, x_0_before: Tensor | None) -> Made:
        nonlocal h_before
        x_0 = task.predict(x, t, x_0_before).pred_x_start
        if t_next < 0:
            return Made.clean(x_0)
        h = step_in_log_snr(task, t, t_next)
        middle, ahead = halfway(x_0, x_0_before, h, h_before)
        h_before = h
        x_next, of_x, of_middle, noise, of_noise = advance(x, t, t_next, h, middle)
        terms = (Term("x_t", of_x, x), *middle_terms(of_middle, ahead, x_0, x_0_before))
        if noise is not None:
            terms = (*terms, Term("noise", of_noise, noise))
        return Made(x_0, x_next, noise, terms)

    return walk(task, move)


def step_in_log_snr(task: Task, t: int, t_next: int) -> float:
    """h = λ_next − λ."""
    return math.log(task.signal[t_next] / task.spread[t_next]) - math.log(task.signal[t] / task.spread[t])


def halfway(x_0: Tensor, x_0_before: Tensor | None, h: float, h_before: float) -> tuple[Tensor, float]:
    """D = x̂_0 + r·(x̂_0 − x̂_0 before), x̂_0 in the middle of a step of length h if it goes on as it came; and r.

    h_before is 0 at the first step, and r then.
    """
    if x_0_before is None or not h_before:
        return x_0, 0.0
    ahead = 0.5 * (h / h_before)
    return x_0 + ahead * (x_0 - x_0_before), ahead


def middle_terms(of_middle: float, ahead: float, x_0: Tensor, x_0_before: Tensor | None) -> tuple[Term, ...]:
    """The terms of of_middle · D: r is `ahead`, as `halfway` gives it."""
    this = Term("x_0", of_middle * (1 + ahead), x_0)
    return (this,) if x_0_before is None or not ahead else (this, Term("x_0", -of_middle * ahead, x_0_before, 1))


# --- UniPC: DPM-Solver++(2M), but each prediction first corrects the step that led to it, at no further call ---


class _Step(NamedTuple):
    """A step that was made: where it began, what was known there, and its length in λ."""

    x: Tensor
    t: int
    x_0: Tensor
    h: float


def unipc(task: Task) -> Steps:
    """UniPC-2, multistep, on x̂_0, with B(h) = e^h − 1 (Zhao et al. 2023, arXiv 2302.04867, algorithms 1 and 2).

    Its predictor of order 2 is DPM-Solver++(2M)'s step. A Step's x_t is what was predicted; the corrected one is what
    the next step begins with.
    """
    made: list[_Step] = []

    def move(x: Tensor, t: int, t_next: int, x_0_before: Tensor | None) -> Made:
        x_0 = task.predict(x, t, x_0_before).pred_x_start
        if t_next < 0:
            return Made.clean(x_0)
        symbol = "x_t_corrected" if made else "x_t"
        if made:
            x = _corrected(task, made, x, t, x_0)
        h = step_in_log_snr(task, t, t_next)
        middle, ahead = halfway(x_0, x_0_before, h, made[-1].h if made else 0.0)
        # A copy: the first x is the receiver's, as the Step's x_t.
        made[:] = [*made[-1:], _Step(x.clone(), t, x_0, h)]
        of_x, of_middle = task.spread[t_next] / task.spread[t], -task.signal[t_next] * math.expm1(-h)
        terms = (Term(symbol, of_x, x), *middle_terms(of_middle, ahead, x_0, x_0_before))
        return Made(x_0, of_x * x + of_middle * middle, terms=terms)

    return walk(task, move)


def _corrected(task: Task, made: list[_Step], x: Tensor, t: int, x_0: Tensor) -> Tensor:
    """x at t anew, from the step that led there and x̂_0 at its end; of `made` the last is that step."""
    last = made[-1]
    if not last.h:
        return x  # neighbours that float32 does not tell apart: there was no step
    growth = math.expm1(-last.h)
    change = 0.5 * (x_0 - last.x_0)
    if len(made) > 1 and made[-2].h:
        # The weights that make the step exact where x̂_0 is a parabola in λ: the paper's system for p = 2, solved.
        ratio = -made[-2].h / last.h
        first = growth / -last.h - 1
        second = first / -last.h - 0.5
        b_1, b_2 = first / growth, 2 * second / growth
        of_before = (b_1 - b_2) / (1 - ratio)
        change = of_before / ratio * (made[-2].x_0 - last.x_0) + (b_1 - of_before) * (x_0 - last.x_0)
    return task.spread[t] / task.spread[last.t] * last.x - task.signal[t] * growth * (last.x_0 + change)


# --- iPNDM: Adams–Bashforth along the predicted noise, with as many of the earlier predictions as there are ----

#: Of this step's ε̂ and of those before it, by how many there are (Liu et al. 2022, arXiv 2202.09778, eq. 9).
WEIGHTS = ((1.0,), (3 / 2, -1 / 2), (23 / 12, -16 / 12, 5 / 12), (55 / 24, -59 / 24, 37 / 24, -9 / 24))


class _Direction(NamedTuple):
    """A prediction that is remembered: where it was made, σ, and how many steps ago."""

    sigma: float
    pred_noise: Tensor
    steps_back: int = 0

    def older(self) -> _Direction:
        """The same, one step later."""
        return self._replace(steps_back=self.steps_back + 1)


def ipndm(task: Task) -> Steps:
    """Improved PNDM, order 4 (Zhang & Chen 2022, arXiv 2204.13902, section 3.3 and appendix H.3).

    On σ = √(1−ᾱ)/√ᾱ the ODE is d(x/√ᾱ)/dσ = ε̂, and x_next/√ᾱ_next = x/√ᾱ + (σ_next − σ)·Σ w_k·ε̂_k with this step's ε̂
    and up to three before. The first steps have fewer, the last is DDIM's.

    The weights are those of equal steps, as in the paper. On others they have order 2 where those of the steps' real
    lengths have 3 to 4, and yet come nearer in few steps: RMS to the fine denoising of a model of the digits, log-SNR,
    flow spacing: 5 steps 0.21, 0.09 (real lengths 0.20, 0.12); 8 steps 0.09, 0.04 (0.12, 0.08); 10 steps 0.06, 0.03
    (0.09, 0.06). One Gaussian's exact path is nearer with them up to 20 steps, with real lengths from 80 on.
    """
    sigmas = [spread / signal for spread, signal in zip(task.spread, task.signal, strict=True)]
    known: list[_Direction] = []

    def move(x: Tensor, t: int, t_next: int, x_0_before: Tensor | None) -> Made:
        pred_noise, x_0 = task.predict(x, t, x_0_before)
        if t_next < 0:
            return Made.clean(x_0)
        # Neighbours that float32 does not tell apart are one.
        before = [one.older() for one in known if one.sigma != sigmas[t]]
        known[:] = [_Direction(sigmas[t], pred_noise), *before][: len(WEIGHTS)]
        # DDIM's step and a correction, since x/√ᾱ at t = T-1 can reach 10⁴. The weights add up to 1.
        x_next = task.signal[t_next] * x_0 + task.spread[t_next] * pred_noise
        h = task.signal[t_next] * (sigmas[t_next] - sigmas[t])
        weights = WEIGHTS[len(known) - 1][1:]
        for weight, one in zip(weights, known[1:], strict=True):
            x_next = x_next + h * weight * (one.pred_noise - pred_noise)
        terms = [Term("x_0", task.signal[t_next], x_0)]
        terms.append(Term("pred_noise", task.spread[t_next] - h * sum(weights), pred_noise))
        terms += (
            Term("pred_noise", h * weight, one.pred_noise, one.steps_back)
            for weight, one in zip(weights, known[1:], strict=True)
        )
        return Made(x_0, x_next, terms=tuple(terms))

    return walk(task, move)
