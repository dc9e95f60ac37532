"""Timesteps fitted to a model: the cheapest way is found, and the sampler comes nearer to the fine denoising."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
import torch
from torch import Tensor

from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import SamplingError
from core.networks.unet import Unet
from core.samplers import SAMPLERS, initial_noise, time_pairs
from core.samplers.fit_steps import LATER_COUNTS, FitProgress, FittedSteps, cheapest_path, fit_steps, step_costs
from tests.core.samplers.test_ideal import exact, last, seeded

SHAPE = (1, 8, 8)


@pytest.fixture(scope="module")
def mixture() -> GaussianDiffusion:
    diffusion = exact(torch.rand(4, *SHAPE, generator=seeded(1)) * 1.2 - 0.6, 0.15, "cosine")
    diffusion.channels = 1
    return diffusion


def off(one: Tensor, other: Tensor) -> float:
    """The RMS of each picture, and their median: some begin next to the border between two centres."""
    return float((one - other).flatten(1).square().mean(1).sqrt().median())


def fits(diffusion: GaussianDiffusion, name: str, *steps: int) -> list[FittedSteps]:
    return [event for event in fit_steps(diffusion, name, steps) if isinstance(event, FittedSteps)]


@pytest.mark.parametrize("steps", [1, 2, 3, 5, 7])
def test_cheapest_path_when_all_ways_are_tried_is_the_cheapest(steps: int) -> None:
    n = 7
    costs = np.triu(np.random.default_rng(steps).random((n, n + 1)), 1)
    costs[np.tril_indices(n, 0, n + 1)] = np.inf

    def cost(way: tuple[int, ...]) -> float:
        return sum(costs[i, j] * LATER_COUNTS**k for k, (i, j) in enumerate(pairwise((*way, n))))

    every = [(0, *rest) for rest in combinations(range(1, n), steps - 1)]
    assert tuple(cheapest_path(costs, steps)) == min(every, key=cost)


def test_step_costs_when_the_path_is_straight_are_nothing_and_grow_with_the_bend(mixture: GaussianDiffusion) -> None:
    one_picture = exact(torch.rand(1, *SHAPE, generator=seeded(2)) - 0.5, 0.0, "cosine")
    one_picture.channels = 1
    for diffusion, least, most in ((one_picture, 0.0, 1e-3), (mixture, 0.05, 1.0)):
        noise = initial_noise(diffusion, 8, seed=0, device="cpu")
        path = list(SAMPLERS["unipc"](diffusion, noise, steps=30))
        costs = step_costs(diffusion, path)
        assert least <= costs[1, -1] <= most
        assert np.isinf(costs[np.tril_indices(30, 0, 31)]).all()
    assert (np.diff(costs[1, 2:-1]) > -1e-3).all(), "a longer step errs more"


@pytest.mark.parametrize("name", [name for name, row in SAMPLERS.items() if not row.adds_noise])
def test_fitted_steps_when_used_come_nearer_to_the_fine_denoising_than_the_samplers_own(
    mixture: GaussianDiffusion, name: str
) -> None:
    """From other noise than that which was fitted to."""
    x_T = torch.randn(200, *SHAPE, generator=seeded(5))
    answer = last(SAMPLERS["unipc"](mixture, x_T, steps=200))
    for fit in fits(mixture, name, 4, 6):
        assert fit.times[0] == 999 and all(later < t for t, later in pairwise(fit.times))
        fitted = off(last(SAMPLERS[name](mixture, x_T, times=fit.times)), answer)
        own = off(last(SAMPLERS[name](mixture, x_T, steps=len(fit.times))), answer)
        print(name, len(fit.times), f"{own:.4f} → {fitted:.4f}")
        assert fit.error <= fit.error_before
        assert fitted < own


def test_fit_steps_when_the_seed_is_the_same_are_the_same(mixture: GaussianDiffusion) -> None:
    assert fits(mixture, "ipndm", 4) == fits(mixture, "ipndm", 4)


def test_fit_steps_when_drawn_from_tell_progress_that_only_grows(mixture: GaussianDiffusion) -> None:
    told = [event for event in fit_steps(mixture, "dpm++2m", [3, 5]) if isinstance(event, FitProgress)]
    assert all(0 < event.done < event.of and event.of == told[0].of for event in told)
    assert all(a.done <= b.done for a, b in pairwise(told))


def test_fit_steps_when_there_are_few_timesteps_take_them_all() -> None:
    diffusion = exact(torch.zeros(1, 1, 2, 2), 0.3, "cosine", timesteps=4)
    diffusion.channels = 1
    (fit,) = fits(diffusion, "ddim", 4)
    assert fit.times == (3, 2, 1, 0) == tuple(t for t, _ in time_pairs(diffusion))


@pytest.mark.parametrize(
    ("name", "steps", "says"),
    [
        ("ddpm", 5, "adds no noise: ddim"),
        ("dpm++2m_sde", 5, "adds no noise"),
        ("ddim", 1, "2 to 20"),
        ("ddim", 21, "20"),
    ],
)
def test_fit_steps_when_they_cannot_be_are_refused_at_once(
    mixture: GaussianDiffusion, name: str, steps: int, says: str
) -> None:
    with pytest.raises(SamplingError, match=says):
        fit_steps(mixture, name, [steps])


def test_fit_of_a_model_that_sees_another_picture_is_refused_in_a_sentence() -> None:
    unet = Unet(4, dim_mults=(1, 2), channels=1, attn_heads=1, attn_dim_head=4, condition_channels=1)
    diffusion = GaussianDiffusion(unet, image_size=8, timesteps=20, condition="folder")
    with pytest.raises(SamplingError, match="belong to another one: timesteps are fitted only"):
        fit_steps(diffusion, "ddim", [2])
