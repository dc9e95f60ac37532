"""Editing: from a picture, between two, inside a mask."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import SamplingError
from core.samplers import SAMPLERS, Steps
from core.samplers.editing import INPAINT_STEPS, image_to_image, inpaint, inpaint_steps, interpolate

T = 100


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(seed: int, count: int = 3) -> Tensor:
    return torch.rand(count, 2, 4, 6, generator=seeded(seed)) * 2 - 1


def diffusion_of(model: Callable[..., Tensor], **options: object) -> GaussianDiffusion:
    model.channels = 2
    options = {"objective": "pred_x0", "timesteps": T, "beta_schedule": "cosine", **options}
    return GaussianDiffusion(model, image_size=(4, 6), **options)


@pytest.fixture
def constant() -> GaussianDiffusion:
    """It always expects the same picture."""
    return diffusion_of(lambda x, t, _: torch.full_like(x, 0.25))


@pytest.fixture
def trusting() -> GaussianDiffusion:
    """It takes what it sees for the picture."""
    return diffusion_of(lambda x, t, _: x)


def last(steps: Steps) -> Tensor:
    *_, step = steps
    return step.x_next


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_picture_is_noised_to_t_and_denoised_from_there(constant: GaussianDiffusion, sampler: str) -> None:
    x_start = pictures(0)
    steps = list(image_to_image(constant, x_start, t=70, sampler=sampler, steps=5, generator=seeded(1)))
    noise = torch.randn(x_start.shape, generator=seeded(1))
    torch.testing.assert_close(steps[0].x_t, constant.q_sample(x_start, torch.full((3,), 70), noise))
    assert (len(steps), steps[0].t, steps[-1].t_next) == (5, 70, -1)
    assert all(before.t_next == after.t for before, after in pairwise(steps))
    torch.testing.assert_close(steps[-1].x_next, torch.full_like(x_start, 0.25), rtol=0, atol=1e-5)


def test_little_noise_changes_little(trusting: GaussianDiffusion) -> None:
    x_start = pictures(0)
    far = [
        (last(image_to_image(trusting, x_start, t=t, generator=seeded(1))) - x_start).abs().mean() for t in (0, 30, 90)
    ]
    assert far[0] < 0.05 < far[1] < far[2]


def test_steps_default_to_the_samplers_own_as_far_as_there_are(constant: GaussianDiffusion) -> None:
    constant.sampling_timesteps = 20
    count = {t: len(list(image_to_image(constant, pictures(0), t=t))) for t in (5, 90)}
    assert count == {5: 6, 90: 20}
    assert len(list(image_to_image(constant, pictures(0), t=90, sampler="ddpm"))) == 91


@pytest.mark.parametrize("lam", [0.0, 0.3, 0.5, 1.0])
def test_interpolate_mixes_pictures_and_brings_the_mixed_noise_to_the_level_of_t(
    constant: GaussianDiffusion, lam: float
) -> None:
    x1, x2 = pictures(0), pictures(1)
    step = next(interpolate(constant, x1, x2, t=40, lam=lam, generator=seeded(2)))
    draw, t = seeded(2), torch.full((3,), 40)
    of_x1, of_x2 = (torch.randn(x1.shape, generator=draw) for _ in range(2))
    noise = ((1 - lam) * of_x1 + lam * of_x2) / (lam**2 + (1 - lam) ** 2) ** 0.5
    torch.testing.assert_close(step.x_t, constant.q_sample((1 - lam) * x1 + lam * x2, t, noise))
    assert step.t == 40


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("t", [200, 500, 800])
def test_what_lies_between_two_pictures_has_their_contrast(sampler: str, t: int) -> None:
    """Pictures and the exact denoiser of N(0, 0.15²): before the noise was brought to its level it was 0.68 to 0.71.

    Even in log-SNR, since DDIM in uniform steps loses 0.15 of the contrast from t = 800 all by itself.
    """
    std = 0.15

    def posterior_mean(x: Tensor, times: Tensor, _: Tensor | None) -> Tensor:
        signal = diffusion.sqrt_alphas_cumprod[times[0]]
        return signal * std**2 / ((signal * std) ** 2 + 1 - signal**2) * x

    diffusion = diffusion_of(posterior_mean, timesteps=1000, beta_schedule="sigmoid")
    x1, x2 = (std * torch.randn(100, 2, 4, 6, generator=seeded(seed)) for seed in (0, 1))
    steps = None if sampler == "ddpm" else 60
    mixed = interpolate(diffusion, x1, x2, t=t, sampler=sampler, steps=steps, spacing="log_snr", generator=seeded(2))
    made = last(mixed)
    assert 0.9 < made.std().item() / std < 1.1


MASK = torch.zeros(4, 6)
MASK[:, 3:] = 1


@pytest.mark.parametrize("shape", [(4, 6), (1, 1, 4, 6), (3, 1, 4, 6)])
def test_what_is_known_stays_to_the_last_bit(constant: GaussianDiffusion, shape: tuple[int, ...]) -> None:
    x_start = pictures(0)
    before = x_start.clone()
    mask = MASK.expand(shape) if len(shape) > 2 else MASK
    made = last(inpaint(constant, x_start, mask, steps=12, generator=seeded(1)))
    assert torch.equal(made[..., :3], x_start[..., :3])
    torch.testing.assert_close(made[..., 3:], torch.full_like(made[..., 3:], 0.25), rtol=0, atol=1e-5)
    assert torch.equal(x_start, before)


def test_masks_may_differ_from_picture_to_picture(constant: GaussianDiffusion) -> None:
    x_start, mask = pictures(0), torch.zeros(3, 1, 4, 6, dtype=torch.bool)
    mask[0], mask[2, :, :2] = True, True
    made = last(inpaint(constant, x_start, mask, steps=5))
    assert torch.equal(made[1], x_start[1])
    assert torch.equal(made[2, :, 2:], x_start[2, :, 2:])
    torch.testing.assert_close(made[0], torch.full_like(made[0], 0.25), rtol=0, atol=1e-5)


def test_a_mask_of_ones_fills_everything_and_sees_nothing_of_the_picture(trusting: GaussianDiffusion) -> None:
    made = [
        last(inpaint(trusting, x, torch.ones(4, 6), steps=8, generator=seeded(3))) for x in (pictures(0), pictures(1))
    ]
    assert torch.equal(*made)


def test_the_known_part_carries_its_own_noise_at_every_step(trusting: GaussianDiffusion) -> None:
    x_start = torch.full((200, 2, 4, 6), 0.5)
    for step in inpaint(trusting, x_start, MASK, steps=6, resamples=1, generator=seeded(0)):
        if step.t_next >= 0:
            known = step.x_next[..., :3]
            assert known.mean().item() == pytest.approx(
                0.5 * float(trusting.sqrt_alphas_cumprod[step.t_next]), abs=0.05
            )
            spread = float(trusting.sqrt_one_minus_alphas_cumprod[step.t_next])
            assert known.std().item() == pytest.approx(spread, rel=0.05, abs=1e-3)


def test_jumps_go_back_and_noise_again(constant: GaussianDiffusion) -> None:
    x_start = pictures(0, 100)
    steps = list(inpaint(constant, x_start, MASK, steps=7, resamples=3, jump=2, generator=seeded(1)))
    once = [t for t, _ in ((s.t, s.t_next) for s in inpaint(constant, x_start, MASK, steps=7, resamples=1))]
    # After the steps down to the third, fifth and seventh time, two steps back, twice each.
    order = [0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3, 4, 5, 4, 5, 4, 5, 6]
    assert [step.t for step in steps] == [once[k] for k in order]
    assert [step.index for step in steps] == list(range(len(order)))
    assert len(steps) == inpaint_steps(7, resamples=3, jump=2)
    for before, after in pairwise(steps):
        if after.t == before.t_next:
            assert torch.equal(before.x_next, after.x_t)
        else:
            signal = float(constant.sqrt_alphas_cumprod[after.t] / constant.sqrt_alphas_cumprod[before.t_next])
            added = after.x_t - signal * before.x_next
            assert added.std().item() == pytest.approx((1 - signal**2) ** 0.5, rel=0.05)


def test_without_resampling_there_are_as_many_steps_as_asked(constant: GaussianDiffusion) -> None:
    assert len(list(inpaint(constant, pictures(0), MASK, steps=9, resamples=1))) == 9
    assert next(inpaint(constant, pictures(0), MASK)).t == T - 1
    assert len(list(inpaint(constant, pictures(0), MASK))) == inpaint_steps(INPAINT_STEPS)


def test_resampling_makes_the_filled_part_fit() -> None:
    """With the ideal denoiser of two pictures the filled part agrees with the known one more often."""
    both = torch.tensor([-0.3, 0.3])[:, None].expand(2, 48)

    def ideal(x: Tensor, t: Tensor, _: Tensor | None) -> Tensor:
        signal, variance = diffusion.sqrt_alphas_cumprod[t], diffusion.sqrt_one_minus_alphas_cumprod[t].square()
        distance = (x.flatten(1)[:, None] - signal[:, None, None] * both).square().sum(2)
        return ((-distance / (2 * variance[:, None])).softmax(1) @ both).reshape(x.shape)

    diffusion = diffusion_of(ideal)
    x_start, mask = torch.full((200, 2, 4, 6), -0.3), torch.ones(4, 6)
    mask[0] = 0
    agree = {}
    for resamples in (1, 8):
        made = last(inpaint(diffusion, x_start, mask, steps=20, resamples=resamples, jump=2, generator=seeded(5)))
        agree[resamples] = (made[:, 0, -1, -1] < 0).float().mean().item()
    assert agree[1] < 0.85
    assert agree[8] > 0.9


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda d, x: inpaint(d, x, torch.ones(6, 4)), r"6 × 4.*4 × 6"),
        (lambda d, x: inpaint(d, x, torch.ones(2, 1, 4, 6)), r"2, 1, 4, 6.*3, 1, 4, 6"),
        (lambda d, x: inpaint(d, x, torch.ones(6)), "mask"),
        (lambda d, x: inpaint(d, x, torch.tensor(1.0)), "mask"),
        (lambda d, x: inpaint(d, x, torch.ones(4, 6), resamples=0), "resamples"),
        (lambda d, x: inpaint(d, x, torch.ones(4, 6), jump=0), "jump"),
        (lambda d, x: inpaint(d, x, torch.ones(4, 6), steps=T + 1), f"1 to {T}"),
        (lambda d, x: inpaint(d, x[:, :1], torch.ones(4, 6)), r"3, 1, 4, 6.*batch, 2"),
        (lambda d, x: image_to_image(d, x, t=T), f"0 to {T - 1}"),
        (lambda d, x: image_to_image(d, x, t=-1), f"0 to {T - 1}"),
        (lambda d, x: image_to_image(d, x, t=3, steps=5), "1 to 4"),
        (lambda d, x: image_to_image(d, x, t=3, sampler="magic"), "magic.*ddim"),
        (lambda d, x: image_to_image(d, x[:, :, 0], t=3), "x_start"),
        (lambda d, x: interpolate(d, x, x[:2], t=3), "x2"),
        (lambda d, x: interpolate(d, x, x, t=3, lam=1.1), "lam"),
        (lambda d, x: interpolate(d, x, x, t=3, lam=float("nan")), "lam"),
        (lambda d, x: image_to_image(d, x, t=3, sampler="ddpm", eta=0.5), "only DDIM"),
        (lambda d, x: image_to_image(d, x, t=3, classes=0), "without classes"),
    ],
)
def test_what_cannot_be_is_refused_at_once(
    constant: GaussianDiffusion, edit: Callable[[GaussianDiffusion, Tensor], object], says: str
) -> None:
    with pytest.raises(SamplingError, match=says):
        edit(constant, pictures(0))
