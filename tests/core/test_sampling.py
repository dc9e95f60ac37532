"""Frames say what the sampler's steps say, in plain arrays."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import SamplingError
from core.frames import Frame, SamplingFinished, SamplingStarted
from core.networks.unet import Unet
from core.samplers import SAMPLERS, PictureNoise, initial_noise
from core.sampling import sample_frames, to_pixels
from core.settings import SampleConfig


@pytest.fixture(scope="module")
def diffusion() -> GaussianDiffusion:
    torch.manual_seed(0)
    unet = Unet(dim=8, dim_mults=(1, 2), channels=3, attn_heads=1, attn_dim_head=8)
    return GaussianDiffusion(unet, image_size=8, timesteps=50).eval()


@pytest.mark.parametrize(("sampler", "steps"), [("ddim", 5), ("ddpm", 20)])
def test_frames_when_compared_with_steps_are_equal(diffusion: GaussianDiffusion, sampler: str, steps: int) -> None:
    request = SampleConfig(sampler=sampler, sample_steps=steps, seed=3, count=4)
    started, *frames, finished = sample_frames(diffusion, request)
    x_T = initial_noise(diffusion, 4, seed=3, device="cpu")
    wanted = list(SAMPLERS[sampler](diffusion, x_T, steps=steps, generator=PictureNoise(3, 4)))
    assert isinstance(started, SamplingStarted)
    assert (started.steps, started.count, started.channels) == (steps, 4, 3)
    assert isinstance(finished, SamplingFinished)
    np.testing.assert_array_equal(finished.pictures, to_pixels(wanted[-1].x_next))
    assert len(frames) == steps
    before = None
    for index, (frame, step) in enumerate(zip(frames, wanted, strict=True)):
        assert isinstance(frame, Frame)
        assert (frame.index, frame.t, frame.t_next) == (index, step.t, step.t_next)
        np.testing.assert_array_equal(frame.x_t, to_pixels(step.x_t))
        np.testing.assert_array_equal(frame.x_0, to_pixels(step.x_0))
        assert frame.alphas_cumprod == pytest.approx(float(diffusion.alphas_cumprod[step.t]))
        assert frame.snr == pytest.approx(frame.alphas_cumprod / (1 - frame.alphas_cumprod))
        np.testing.assert_allclose(frame.x_t_std, step.x_t.flatten(1).std(dim=1, correction=0), rtol=1e-5)
        if before is None:
            assert np.isnan(frame.delta_x_0).all()
        else:
            rms = np.sqrt(((step.x_0 - before).numpy() ** 2).mean(axis=(1, 2, 3)))
            np.testing.assert_allclose(frame.delta_x_0, rms, rtol=1e-4, atol=1e-7)
        before = step.x_0


def test_grid_when_larger_begins_with_the_same_noise(diffusion: GaussianDiffusion) -> None:
    few = list(sample_frames(diffusion, SampleConfig(sample_steps=2, seed=1, count=2)))
    many = list(sample_frames(diffusion, SampleConfig(sample_steps=2, seed=1, count=3)))
    assert isinstance(few[1], Frame) and isinstance(many[1], Frame)
    np.testing.assert_array_equal(few[1].x_t, many[1].x_t[:2])


def test_request_when_invalid_raises_with_the_name(diffusion: GaussianDiffusion) -> None:
    with pytest.raises(SamplingError, match="magic"):
        next(iter(sample_frames(diffusion, SampleConfig(sampler="magic"))))
    with pytest.raises(SamplingError, match="steps"):
        next(iter(sample_frames(diffusion, SampleConfig(sample_steps=51))))


def test_request_when_it_has_classes_takes_them_in_turn_with_its_guidance() -> None:
    torch.manual_seed(0)
    unet = Unet(dim=8, dim_mults=(1, 2), channels=1, attn_heads=1, attn_dim_head=8, num_classes=3)
    diffusion = GaussianDiffusion(unet, image_size=8, timesteps=50).eval()
    request = SampleConfig(
        sampler="dpm++2m",
        sample_steps=4,
        seed=3,
        count=5,
        classes=(2, 0),
        guidance_scale=4.0,
        guidance_rescale=0.5,
        spacing="quadratic",
    )
    *frames, finished = list(sample_frames(diffusion, request))[1:]
    wanted = list(
        SAMPLERS["dpm++2m"](
            diffusion,
            initial_noise(diffusion, 5, seed=3, device="cpu"),
            steps=4,
            classes=[2, 0, 2, 0, 2],
            guidance_scale=4.0,
            guidance_rescale=0.5,
            spacing="quadratic",
        )
    )
    assert [frame.t for frame in frames if isinstance(frame, Frame)] == [step.t for step in wanted]
    assert isinstance(finished, SamplingFinished)
    np.testing.assert_array_equal(finished.pictures, to_pixels(wanted[-1].x_next))


def test_frames_when_the_model_is_not_normalised_are_shown_from_0_to_1() -> None:
    def grey(x: torch.Tensor, t: torch.Tensor, x_self_cond: torch.Tensor | None) -> torch.Tensor:
        return torch.full_like(x, 0.5)

    plain = GaussianDiffusion(grey, image_size=4, timesteps=20, objective="pred_x0", auto_normalize=False)
    *_, finished = sample_frames(plain, SampleConfig(sample_steps=3, count=1))
    assert isinstance(finished, SamplingFinished)
    assert (finished.pictures == 128).all()
