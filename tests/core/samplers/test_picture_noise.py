"""All noise of picture k is a function of (seed, k), and is distributed as the training's noise was."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import SamplingError
from core.frames import Frame, SamplingFinished
from core.samplers import SAMPLERS, PictureNoise, Steps, initial_noise
from core.samplers.editing import image_to_image, inpaint, interpolate
from core.sampling import sample_frames
from core.settings import SampleConfig

PX = 16
STRENGTH = 0.3
BRIGHTNESS = 0.4


def blurred(x: Tensor, t: Tensor, x_self_cond: Tensor | None = None) -> Tensor:
    """A network that answers to each picture by itself, to the last bit."""
    return 0.9 * x.roll(1, -1)


def of_brightness(x: Tensor, t: Tensor, x_self_cond: Tensor | None = None) -> Tensor:
    """E[x_0 | x_t] of even pictures of brightness N(0, 0.4²) under noise with an offset."""
    alphas_cumprod = TRAINED.alphas_cumprod[t][:, None, None, None]
    noise = (1 - alphas_cumprod) * (1 / PX**2 + STRENGTH**2)
    gain = alphas_cumprod.sqrt() * BRIGHTNESS**2 / (alphas_cumprod * BRIGHTNESS**2 + noise)
    return (gain * x.mean(dim=(-1, -2), keepdim=True)).expand_as(x)


TRAINED = GaussianDiffusion(
    of_brightness,
    image_size=PX,
    timesteps=200,
    objective="pred_x0",
    beta_schedule="cosine",
    offset_noise_strength=STRENGTH,
)


def plain() -> GaussianDiffusion:
    return GaussianDiffusion(blurred, image_size=8, timesteps=20, offset_noise_strength=0.1)


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_picture_of_a_seed_is_the_same_among_more_pictures(name: str) -> None:
    eta = 0.7 if SAMPLERS[name].takes_eta else None

    def made(count: int) -> list[Frame | SamplingFinished]:
        request = SampleConfig(sampler=name, sample_steps=6, seed=5, count=count, eta=eta)
        return [event for event in sample_frames(plain(), request) if isinstance(event, Frame | SamplingFinished)]

    *few, last_of_few = made(2)
    *many, last_of_many = made(5)
    for one, other in zip(few, many, strict=True):
        assert isinstance(one, Frame) and isinstance(other, Frame)
        np.testing.assert_array_equal(one.x_t, other.x_t[:2])
    assert isinstance(last_of_few, SamplingFinished) and isinstance(last_of_many, SamplingFinished)
    np.testing.assert_array_equal(last_of_few.pictures, last_of_many.pictures[:2])
    assert not np.array_equal(last_of_many.pictures[0], last_of_many.pictures[1])


def _image_to_image(x: Tensor, draw: PictureNoise) -> Steps:
    return image_to_image(plain(), x, t=12, sampler="ddpm", steps=5, generator=draw)


def _interpolate(x: Tensor, draw: PictureNoise) -> Steps:
    return interpolate(plain(), x, -x, t=12, lam=0.3, sampler="dpm++2m_sde", steps=5, generator=draw)


def _inpaint(x: Tensor, draw: PictureNoise) -> Steps:
    mask = torch.zeros(8, 8)
    mask[:4] = 1
    return inpaint(plain(), x, mask, steps=6, resamples=2, jump=2, generator=draw)


@pytest.mark.parametrize("edit", [_image_to_image, _interpolate, _inpaint])
def test_an_edited_picture_of_a_seed_is_the_same_made_alone(edit: Callable[[Tensor, PictureNoise], Steps]) -> None:
    x = torch.linspace(-1, 1, 64).reshape(1, 1, 8, 8).expand(4, 3, 8, 8).contiguous()
    strength = 0.1
    *_, of_four = edit(x, PictureNoise(5, 4, offset_noise_strength=strength))
    *_, alone = edit(x[:1], PictureNoise(5, 1, first=2, offset_noise_strength=strength))
    assert torch.equal(of_four.x_next[2:3], alone.x_next)


@pytest.mark.long
@pytest.mark.parametrize("name", ["ddpm", "dpm++2m_sde", "unipc"])
def test_sampling_with_offset_noise_keeps_the_spread_of_brightness(name: str) -> None:
    def spread(*, offset_noise: bool) -> float:
        strength = STRENGTH if offset_noise else 0.0
        x_T = initial_noise(TRAINED, 400, seed=1, device="cpu", offset_noise_strength=strength)
        draw = PictureNoise(1, 400, offset_noise_strength=strength)
        *_, last = SAMPLERS[name](TRAINED, x_T, steps=100, generator=draw)
        return last.x_next.mean(dim=(1, 2, 3)).std().item()

    brightness = BRIGHTNESS / 3**0.5  # of three channels, each with its own
    assert spread(offset_noise=True) == pytest.approx(brightness, rel=0.12)
    assert spread(offset_noise=False) < 0.4 * brightness


def test_the_noise_of_sampling_is_distributed_as_that_of_training() -> None:
    draw = PictureNoise(0, 4000, offset_noise_strength=STRENGTH).draw((4000, 2, 4, 4), torch.float32)
    x_start = torch.zeros(4000, 2, 8, 8)[..., :4, :4]
    trained = TRAINED.prepare_noise(x_start, generator=torch.Generator().manual_seed(0))
    for noise in (draw, trained):
        # A number of the channel's own, and none of the other's.
        means = noise.mean(dim=(2, 3))
        assert means.std(dim=0).numpy() == pytest.approx((STRENGTH**2 + 1 / 16) ** 0.5, rel=0.05)
        assert abs(torch.corrcoef(means.T)[0, 1].item()) < 0.05
        assert noise.std().item() == pytest.approx((1 + STRENGTH**2) ** 0.5, rel=0.02)


def test_the_offset_is_one_number_per_channel_over_the_same_plain_noise() -> None:
    with_offset, without = (
        initial_noise(TRAINED, 2, seed=3, device="cpu", offset_noise_strength=s) for s in (STRENGTH, 0.0)
    )
    difference = with_offset - without
    torch.testing.assert_close(difference, difference[..., :1, :1].expand_as(difference), atol=1e-6, rtol=0)
    assert difference.abs().amax() > 0


def test_plain_noise_is_sampled_from_where_it_is_wished() -> None:
    def first(*, offset_noise: bool) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        request = SampleConfig(sample_steps=2, seed=3, count=2, offset_noise=offset_noise)
        frame = list(sample_frames(TRAINED, request))[1]
        assert isinstance(frame, Frame)
        return frame.x_t_mean

    for wished, strength in ((True, STRENGTH), (False, 0.0)):
        x_T = initial_noise(TRAINED, 2, seed=3, device="cpu", offset_noise_strength=strength)
        np.testing.assert_allclose(first(offset_noise=wished), x_T.mean(dim=(1, 2, 3)), atol=1e-6)


def test_noise_of_another_number_of_pictures_is_refused() -> None:
    x_T = initial_noise(plain(), 3, seed=0, device="cpu")
    with pytest.raises(SamplingError, match="3 pictures"):
        SAMPLERS["ddpm"](plain(), x_T, generator=PictureNoise(0, 2))
