"""Immiscible noise: the assignment within a batch, the nearest of candidates, and training with what they return."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.diffusion.noise import assign_noise, nearest_noise

quick = settings(max_examples=25, deadline=None)
shapes = st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(1, 5))
seeds = st.integers(0, 2**32 - 1)


def drawn(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def distances(x_start: Tensor, noise: Tensor) -> Tensor:
    return (x_start.double() - noise.double()).flatten(-3).norm(dim=-1)


def diffusion_with(**settings: object) -> GaussianDiffusion:
    return GaussianDiffusion(lambda x, t, x_self_cond: x, image_size=4, timesteps=50, immiscible=True, **settings)


@quick
@given(seed=seeds, count=st.integers(1, 40), shape=shapes, scale=st.sampled_from([0.01, 1.0, 30.0]))
def test_assign_noise_when_called_permutes_and_never_increases_the_summed_distance(
    seed: int, count: int, shape: tuple[int, int, int], scale: float
) -> None:
    x_start, noise = scale * drawn(seed, count, *shape), drawn(seed + 1, count, *shape)
    before = x_start.clone(), noise.clone()
    assigned = assign_noise(x_start, noise)
    order = torch.cdist(assigned.flatten(1), noise.flatten(1), compute_mode="donot_use_mm_for_euclid_dist").argmin(1)
    assert sorted(order.tolist()) == list(range(count))
    assert torch.equal(assigned, noise[order])
    assert distances(x_start, assigned).sum() <= distances(x_start, noise).sum() * (1 + 1e-5)
    assert torch.equal(x_start, before[0])
    assert torch.equal(noise, before[1])


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_assign_noise_when_a_picture_is_not_finite_serves_the_others_and_the_loss_tells(bad: float) -> None:
    x_start, noise = drawn(1, 5, 1, 2, 2), drawn(2, 5, 1, 2, 2)
    x_start[3, 0, 1, 1] = bad
    assigned = assign_noise(x_start, noise)
    others = torch.arange(5) != 3
    left = (noise.flatten(1)[:, None] == assigned[others].flatten(1)).all(-1).any(-1)
    torch.testing.assert_close(assigned[others], assign_noise(x_start[others], noise[left]))
    assert not diffusion_with().p_losses(x_start, torch.arange(5)).isfinite()


@quick
@given(seed=seeds)
def test_assign_noise_when_compared_with_all_orders_is_the_best(seed: int) -> None:
    x_start, noise = drawn(seed, 4, 1, 2, 2), drawn(seed + 1, 4, 1, 2, 2)
    orders = torch.cartesian_prod(*[torch.arange(4)] * 4)
    orders = orders[[len(set(order)) == 4 for order in orders.tolist()]]
    best = min(distances(x_start, noise[order]).sum() for order in orders)
    assert distances(x_start, assign_noise(x_start, noise)).sum() <= best + 1e-5


@quick
@given(seed=seeds, count=st.integers(1, 6), candidates=st.integers(1, 9), shape=shapes)
def test_nearest_noise_when_called_gives_each_picture_its_nearest_candidate(
    seed: int, count: int, candidates: int, shape: tuple[int, int, int]
) -> None:
    x_start, noises = drawn(seed, count, *shape), drawn(seed + 1, candidates, count, *shape)
    before = x_start.clone(), noises.clone()
    chosen = nearest_noise(x_start, noises)
    nearest = distances(x_start, noises).argmin(dim=0)
    torch.testing.assert_close(distances(x_start, chosen), distances(x_start, noises).min(dim=0).values)
    assert torch.equal(chosen, noises[nearest, torch.arange(count)])
    assert torch.equal(chosen, nearest_noise(x_start, iter(noises)))  # drawn one by one
    chosen.zero_()
    assert torch.equal(x_start, before[0])
    assert torch.equal(noises, before[1])


def test_nearest_noise_when_called_has_no_gradient_to_the_picture() -> None:
    x_start = drawn(0, 2, 1, 4, 4).requires_grad_()
    assert not nearest_noise(x_start, drawn(1, 3, 2, 1, 4, 4)).requires_grad


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_immiscible_noise_when_paired_keeps_its_type(dtype: torch.dtype) -> None:
    x_start, noise = drawn(0, 3, 1, 4, 4).to(dtype), drawn(1, 3, 1, 4, 4).to(dtype)
    assert assign_noise(x_start, noise).dtype == dtype
    assert nearest_noise(x_start, [noise, -noise]).dtype == dtype


@pytest.mark.parametrize("offset", [0.0, 0.1])
def test_nearest_noise_when_the_batch_is_one_chooses_among_its_candidates(offset: float) -> None:
    x_start, given_noise = drawn(0, 1, 3, 4, 4), drawn(1, 1, 3, 4, 4)
    generator = torch.Generator().manual_seed(5)
    alone = diffusion_with(immiscible_candidates=0).prepare_noise(x_start, given_noise)
    assert torch.equal(alone, given_noise)  # nothing to share out
    near = [
        diffusion_with(immiscible_candidates=count, offset_noise_strength=offset).prepare_noise(
            x_start, given_noise, generator=generator
        )
        for count in [16] * 20
    ]
    lengths = torch.stack([distances(x_start, noise) for noise in near])
    assert lengths.mean() < 0.95 * distances(x_start, drawn(2, 500, 3, 4, 4)).mean()
    assert lengths.unique().numel() > 1


def test_candidates_when_drawn_come_from_the_generator_after_the_given_noise() -> None:
    x_start, given_noise = drawn(0, 3, 3, 4, 4), drawn(1, 3, 3, 4, 4)
    prepared = diffusion_with(immiscible_candidates=4).prepare_noise(
        x_start, given_noise, generator=torch.Generator().manual_seed(7)
    )
    source = torch.Generator().manual_seed(7)
    all_four = [given_noise, *(torch.randn(3, 3, 4, 4, generator=source) for _ in range(3))]
    assert torch.equal(prepared, nearest_noise(x_start, all_four))
