"""Samplers: exact step counts, agreement with the plain formulas, behaviour as generators."""

from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from core import catalogue
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import SamplingError
from core.networks.unet import Unet
from core.samplers import SAMPLERS, SPACINGS, Step, initial_noise, time_pairs
from core.settings import SETTINGS

TIMESTEPS = 40
BOTH = pytest.mark.parametrize("name", sorted(SAMPLERS))


@pytest.fixture(params=[False, True], ids=["plain", "self-conditioned"])
def diffusion(request: pytest.FixtureRequest) -> GaussianDiffusion:
    torch.manual_seed(0)
    unet = Unet(4, dim_mults=(1, 2), channels=1, attn_heads=1, attn_dim_head=4, self_condition=request.param)
    return GaussianDiffusion(unet, image_size=(4, 6), timesteps=TIMESTEPS, sampling_timesteps=7).eval()


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def toy(model: Callable[..., Tensor], timesteps: int = TIMESTEPS, **options: object) -> GaussianDiffusion:
    return GaussianDiffusion(model, image_size=4, timesteps=timesteps, **options)


def half(x: Tensor, t: Tensor, x_self_cond: Tensor | None) -> Tensor:
    return 0.5 * x


@pytest.mark.family(first=14)
@BOTH
@pytest.mark.parametrize("steps", [1, 2, 7, 40])
def test_sampler_when_drawn_yields_exactly_its_steps_each_from_the_last(
    diffusion: GaussianDiffusion, name: str, steps: int
) -> None:
    x_T = initial_noise(diffusion, 2, seed=0, device="cpu")
    got = list(SAMPLERS[name](diffusion, x_T, steps=steps, generator=seeded(1)))
    assert [step.index for step in got] == list(range(steps))
    assert torch.equal(got[0].x_t, x_T)
    assert got[0].t == TIMESTEPS - 1
    assert got[-1].t_next == -1
    for before, after in pairwise(got):
        assert torch.equal(before.x_next, after.x_t)
        assert before.t_next == after.t < before.t
    assert all(step.x_0.abs().max() <= 1 for step in got)
    assert got[-1].noise is None
    assert torch.equal(got[-1].x_next, got[-1].x_0) or name == "ddpm"


@BOTH
def test_sampler_when_the_seed_is_the_same_repeats_the_trajectory(diffusion: GaussianDiffusion, name: str) -> None:
    x_T = initial_noise(diffusion, 2, seed=0, device="cpu")
    eta = 0.7 if SAMPLERS[name].takes_eta else None
    runs = [[s.x_next for s in SAMPLERS[name](diffusion, x_T, steps=5, generator=seeded(3), eta=eta)] for _ in "ab"]
    assert all(torch.equal(a, b) for a, b in zip(*runs, strict=True))


@BOTH
def test_sampler_when_a_step_is_changed_by_the_receiver_goes_on_unchanged(
    diffusion: GaussianDiffusion, name: str
) -> None:
    x_T = initial_noise(diffusion, 2, seed=0, device="cpu")
    untouched, clean = x_T.clone(), [s.x_next for s in SAMPLERS[name](diffusion, x_T, steps=5, generator=seeded(3))]
    for step, expected in zip(SAMPLERS[name](diffusion, x_T, steps=5, generator=seeded(3)), clean, strict=True):
        assert torch.equal(step.x_next, expected)
        for tensor in (step.x_t, step.x_0, step.x_next):
            tensor.zero_()
    assert torch.equal(x_T, untouched)


@BOTH
def test_sampler_when_drawn_leaves_the_receivers_gradients_on(diffusion: GaussianDiffusion, name: str) -> None:
    steps = SAMPLERS[name](diffusion, initial_noise(diffusion, 1, seed=0, device="cpu"), steps=3)
    for step in steps:
        assert torch.is_grad_enabled()
        assert not step.x_next.requires_grad
    with torch.no_grad():
        for _ in SAMPLERS[name](diffusion, initial_noise(diffusion, 1, seed=0, device="cpu"), steps=2):
            assert not torch.is_grad_enabled()


@BOTH
@pytest.mark.parametrize("drawn", [0, 1, 3])
def test_sampler_when_closed_at_any_step_ends(diffusion: GaussianDiffusion, name: str, drawn: int) -> None:
    steps = SAMPLERS[name](diffusion, initial_noise(diffusion, 1, seed=0, device="cpu"), steps=4)
    for _ in range(drawn):
        next(steps)
    steps.close()
    assert torch.is_grad_enabled()
    assert list(steps) == []


@pytest.mark.long
def test_ddpm_when_over_all_steps_equals_p_sample(diffusion: GaussianDiffusion) -> None:
    x_T = initial_noise(diffusion, 2, seed=0, device="cpu")
    draw, x, x_0 = seeded(4), x_T, None
    with torch.no_grad():
        for step in SAMPLERS["ddpm"](diffusion, x_T, generator=seeded(4)):
            x, x_0 = diffusion.p_sample(x, step.t, x_0, generator=draw)
            assert torch.equal(step.x_next, x)
            assert torch.equal(step.x_0, x_0)


def test_sample_and_p_sample_loop_when_called_equal_the_generators(diffusion: GaussianDiffusion) -> None:
    torch.manual_seed(1)
    every = diffusion.sample(2, return_all_timesteps=True)
    torch.manual_seed(1)
    x_T = torch.randn(2, 1, 4, 6)
    trajectory = torch.stack([x_T, *(step.x_next for step in SAMPLERS["ddim"](diffusion, x_T))], dim=1)
    assert every.shape[1] == 7 + 1
    assert torch.equal(every, diffusion.unnormalize(trajectory))
    torch.manual_seed(1)
    assert diffusion.p_sample_loop((2, 1, 4, 6), return_all_timesteps=True).shape == (2, TIMESTEPS + 1, 1, 4, 6)


@settings(max_examples=20, deadline=None)
@given(schedule=st.sampled_from(["linear", "cosine", "sigmoid"]), steps=st.integers(2, TIMESTEPS))
def test_ddim_when_eta_is_1_has_ddpms_mean_and_variance(schedule: str, steps: int) -> None:
    """σ at η = 1 is the posterior's deviation, and with it the means agree too (Song et al. 2020, section 4.1)."""
    diffusion = toy(half, beta_schedule=schedule)
    x_T = torch.randn(1, 3, 4, 4, generator=seeded(steps))
    ancestral = SAMPLERS["ddpm"](diffusion, x_T, steps=steps, generator=seeded(9))
    implicit = SAMPLERS["ddim"](diffusion, x_T, steps=steps, generator=seeded(9), eta=1.0)
    for one, other in zip(ancestral, implicit, strict=True):
        torch.testing.assert_close(one.x_next, other.x_next, rtol=2e-3, atol=2e-3)


def test_ddim_when_eta_is_0_draws_no_noise(diffusion: GaussianDiffusion) -> None:
    draw = seeded(0)
    before = draw.get_state()
    steps = list(SAMPLERS["ddim"](diffusion, initial_noise(diffusion, 1, seed=0, device="cpu"), generator=draw))
    assert len(steps) == diffusion.sampling_timesteps
    assert all(step.noise is None for step in steps)
    assert torch.equal(draw.get_state(), before)


def test_time_pairs_when_spaced_uniformly_truncate_float32_as_the_library() -> None:
    """Truncated float32: where exact arithmetic would give another time, the library's is right."""
    diffusion = toy(half, timesteps=1000)
    different = 0
    for steps in range(1, 1001):
        times = [t for t, _ in time_pairs(diffusion, steps)]
        assert all(later < earlier for earlier, later in pairwise(times))
        different += times != [1000 * k // steps - 1 for k in range(steps, 0, -1)]
    assert different == 84
    assert [t for t, _ in time_pairs(diffusion, 1000)] == list(range(999, -1, -1))


def test_self_conditioning_when_sampling_gets_the_clipped_x_0_of_the_step_before() -> None:
    class Remembers(nn.Module):
        channels = 3
        self_condition = True

        def __init__(self) -> None:
            super().__init__()
            self.given: list[Tensor | None] = []

        def forward(self, x: Tensor, t: Tensor, x_self_cond: Tensor | None) -> Tensor:
            self.given.append(x_self_cond)
            return 3 * x

    for name in SAMPLERS:
        model = Remembers()
        steps: list[Step] = list(SAMPLERS[name](toy(model, objective="pred_x0"), torch.randn(1, 3, 4, 4), steps=4))
        calls = SAMPLERS[name].calls_per_step
        in_first_step = len(model.given) - 2 * calls - 1
        assert 1 <= in_first_step <= calls
        assert all(guess is None for guess in model.given[:in_first_step])
        for index, given_guess in enumerate(model.given[in_first_step:]):
            assert torch.equal(given_guess, steps[index // calls].x_0)


def test_classes_when_sampling_reach_the_network() -> None:
    seen = []

    def classified(x: Tensor, t: Tensor, x_self_cond: Tensor | None, classes: Tensor) -> Tensor:
        seen.append(classes.tolist())
        return x

    classified.num_classes = 8
    for name in SAMPLERS:
        seen.clear()
        list(SAMPLERS[name](toy(classified), torch.randn(2, 3, 4, 4), steps=2, classes=torch.tensor([4, 7])))
        assert len(seen) >= 2
        assert all(labels == [4, 7] for labels in seen)


@BOTH
@pytest.mark.parametrize("steps", [0, -3, TIMESTEPS + 1, 2.5, True])
def test_sampler_when_steps_are_invalid_raises_at_once(diffusion: GaussianDiffusion, name: str, steps: object) -> None:
    with pytest.raises(SamplingError, match=f"1 to {TIMESTEPS}"):
        SAMPLERS[name](diffusion, torch.zeros(1, 1, 4, 6), steps=steps)


def test_ddim_when_eta_is_invalid_raises(diffusion: GaussianDiffusion) -> None:
    x_T = torch.zeros(1, 1, 4, 6)
    for eta in (-0.1, 1.5, float("nan")):
        with pytest.raises(SamplingError, match="from 0 to 1"):
            SAMPLERS["ddim"](diffusion, x_T, eta=eta)
    with pytest.raises(SamplingError, match="only DDIM"):
        SAMPLERS["ddpm"](diffusion, x_T, eta=0.5)


def test_noise_when_more_pictures_are_made_keeps_that_of_the_first(diffusion: GaussianDiffusion) -> None:
    few, many = (initial_noise(diffusion, count, seed=3, device="cpu") for count in (2, 5))
    assert many.shape == (5, 1, 4, 6)
    assert torch.equal(few, many[:2])
    assert not torch.equal(many[0], many[1])
    assert not torch.equal(few, initial_noise(diffusion, 2, seed=4, device="cpu"))


def test_rows_when_read_have_title_help_and_source() -> None:
    assert [name for name, sampler in SAMPLERS.items() if sampler.takes_eta] == ["ddim"]
    assert SETTINGS["sample_sampler"].values == tuple(SAMPLERS) == tuple(catalogue.SAMPLERS)
    for row in catalogue.SAMPLERS.values():
        assert row.title and row.help and "arXiv" in row.source
        assert row.default_spacing in SPACINGS
        assert row.calls_per_step >= 1
        assert row.usual_steps is None or row.usual_steps > 1
