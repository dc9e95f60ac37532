"""Bits per dimension beside independent computations: brute force over all t, a Gaussian whose likelihood is known."""

import math

import numpy as np
import pytest
import torch

from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import ConfigError
from core.networks.unet import Unet
from core.quality.bits import Bits, BitsProgress, bits_per_dimension


class Gaussian(torch.nn.Module):
    """The best denoiser of pictures whose values are N(mean, spread²), each alone: x̂_0 = E[x_0 | x_t]."""

    channels = 1

    def __init__(self, mean: float, spread: float) -> None:
        super().__init__()
        self.mean, self.spread = mean, spread
        self.alphas: torch.Tensor = torch.ones(1)

    def forward(self, x: torch.Tensor, t: torch.Tensor, _self_cond: None) -> torch.Tensor:
        a = self.alphas[t][:, None, None, None].double()
        gain = a.sqrt() * self.spread**2 / (a * self.spread**2 + 1 - a)
        return (self.mean + gain * (x.double() - a.sqrt() * self.mean)).float()


def gaussian_model(mean: float, spread: float, timesteps: int, **more: object) -> GaussianDiffusion:
    network = Gaussian(mean, spread)
    model = GaussianDiffusion(network, image_size=4, timesteps=timesteps, objective="pred_x0", **more)  # type: ignore[arg-type]
    network.alphas = model.alphas_cumprod
    return model


def levels(mean: float, spread: float, count: int) -> torch.Tensor:
    """(count, 1, 4, 4) in [0, 1] on 256 levels, of N(mean, spread²) in [-1, 1]."""
    x = mean + spread * torch.randn(count, 1, 4, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    return ((x + 1) * 127.5).round().clamp(0, 255).div(255).float()


def last(events: object) -> Bits:
    *progress, bits = events  # type: ignore[misc]
    assert all(isinstance(each, BitsProgress) for each in progress) and isinstance(bits, Bits)
    assert progress[-1].done == progress[-1].of
    return bits


def by_brute_force(model: GaussianDiffusion, pictures: torch.Tensor) -> np.ndarray:
    """(N,) with every KL written out as one of two Gaussians, in float64, of the same noise."""
    from core.randomness import generator

    betas = model.betas.double()
    alphas = torch.cumprod(1 - betas, 0)
    before = torch.cat((torch.ones(1).double(), alphas[:-1]))
    found = []
    for number, x in enumerate(pictures.double() * 2 - 1):
        draw = generator(0, "quality bits noise", number)
        noise = torch.cat(
            [torch.randn(part, *x.shape, generator=draw) for part in (64, 64, 64)[: -(-len(betas) // 64)]]
        )
        nats = (alphas[-1] * x**2 + (1 - alphas[-1]) - 1 - (1 - alphas[-1]).log()).sum() / 2
        for t in range(len(betas)):
            x_t = alphas[t].sqrt() * x + (1 - alphas[t]).sqrt() * noise[t].double()
            guess = model.model(x_t[None].float(), torch.tensor([t]), None)[0].double().clamp(-1, 1)
            if t == 0:
                normal = torch.distributions.Normal(guess, betas[0].sqrt())
                high = torch.where(x > 0.999, 1.0, normal.cdf(x + 1 / 255))
                low = torch.where(x < -0.999, 0.0, normal.cdf(x - 1 / 255))
                nats -= (high - low).clamp(min=1e-300).log().sum()
                continue
            variance = betas[t] * (1 - before[t]) / (1 - alphas[t])
            of_x_0 = betas[t] * before[t].sqrt() / (1 - alphas[t])
            of_x_t = (1 - before[t]) * (1 - betas[t]).sqrt() / (1 - alphas[t])
            true = torch.distributions.Normal(of_x_0 * x + of_x_t * x_t, variance.sqrt())
            said = torch.distributions.Normal(of_x_0 * guess + of_x_t * x_t, variance.sqrt())
            nats += torch.distributions.kl_divergence(true, said).sum()
        found.append(float(nats) / (x.numel() * math.log(2)))
    return np.array(found)


@pytest.mark.parametrize("schedule", ["linear", "cosine", "sigmoid"])
def test_bits_when_all_timesteps_are_taken_are_the_sum_of_every_kl(schedule: str) -> None:
    model, pictures = gaussian_model(0.1, 0.3, 128, beta_schedule=schedule), levels(0.1, 0.3, 3)
    bits = last(bits_per_dimension(model, pictures, draws=None))
    np.testing.assert_allclose(bits.pictures, by_brute_force(model, pictures), rtol=2e-4)
    assert bits.total == pytest.approx(bits.prior + bits.per_t.sum())
    assert bits.per_t.shape == (128,) and (bits.per_t > 0).all()


def test_bits_of_a_gaussian_by_its_best_denoiser_are_its_likelihood() -> None:
    # log SNR falls evenly, in so many steps that little is lost from one to the next.
    alphas = torch.sigmoid(torch.linspace(13, -9, 3000, dtype=torch.float64))
    spread, betas = 0.25, 1 - alphas / torch.cat((torch.ones(1), alphas[:-1]))
    model, pictures = gaussian_model(0.0, spread, 3000, betas=betas), levels(0.0, spread, 24)
    bits = last(bits_per_dimension(model, pictures, draws=None))
    # What leads to x_t at t = 0 costs KL(q(x_t | x_0) ‖ p(x_t)): two Gaussians, whatever lies between.
    x, a = pictures.double() * 2 - 1, float(alphas[0])
    wide = a * spread**2 + 1 - a
    exact = ((1 - a + a * x**2) / wide - 1 - math.log((1 - a) / wide)).flatten(1).mean(1).numpy() / (2 * math.log(2))
    assert bits.prior + bits.per_t[1:].sum() == pytest.approx(exact.mean(), rel=0.01)
    assert np.corrcoef(exact, bits.pictures)[0, 1] > 0.9
    # A bound of the likelihood of the levels themselves, which lies below.
    density = torch.distributions.Normal(0.0, torch.tensor(spread).double())
    assert bits.total > float(-(density.cdf(x + 1 / 255) - density.cdf(x - 1 / 255)).log2().mean())


def test_bits_when_timesteps_are_drawn_are_unbiased_and_the_error_says_how_far_off() -> None:
    model, pictures = gaussian_model(0.0, 0.3, 100), levels(0.0, 0.3, 40)
    exact = last(bits_per_dimension(model, pictures, draws=None))
    drawn = [last(bits_per_dimension(model, pictures, draws=4, seed=seed)) for seed in range(12)]
    mean, spread = np.mean([each.total for each in drawn]), np.std([each.total for each in drawn], ddof=1)
    assert abs(mean - exact.total) < 4 * spread / math.sqrt(12) + 1e-3
    assert all(each.error > 0.5 * spread for each in drawn)
    # Far fewer passes, and the pictures that are odd are found all the same.
    several = last(bits_per_dimension(model, pictures, draws=32))
    assert np.corrcoef(several.pictures, exact.pictures)[0, 1] > 0.7


def test_bits_when_more_pictures_follow_are_the_same_for_the_first() -> None:
    model, pictures = gaussian_model(0.0, 0.3, 50), levels(0.0, 0.3, 6)
    few, all_of_them = (last(bits_per_dimension(model, part, draws=5)) for part in (pictures[:2], pictures))
    np.testing.assert_allclose(few.pictures, all_of_them.pictures[:2], rtol=1e-6)


def test_bits_of_black_and_white_pictures_far_from_what_the_model_expects_are_finite() -> None:
    model = gaussian_model(0.0, 0.01, 20)
    extremes = torch.stack([torch.zeros(1, 4, 4), torch.ones(1, 4, 4)])
    bits = last(bits_per_dimension(model, extremes, draws=None))
    assert np.isfinite(bits.pictures).all() and bits.pictures[0] == pytest.approx(bits.pictures[1], rel=0.2)


@pytest.mark.parametrize("shape", [(2, 3, 4, 4), (1, 4, 4), (0, 1, 4, 4), (1, 1, 8, 4)])
def test_bits_when_asked_of_other_pictures_say_which(shape: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="pictures"):
        next(bits_per_dimension(gaussian_model(0.0, 0.3, 10), torch.zeros(shape)))


def test_bits_when_the_network_sees_another_picture_are_those_of_one_that_has_it_built_in() -> None:
    torch.manual_seed(0)
    unet = Unet(4, dim_mults=(1, 2), channels=1, attn_heads=1, attn_dim_head=4, condition_channels=1)
    with torch.no_grad():
        for parameter in unet.parameters():  # far enough from their beginning that a condition shows
            parameter.add_(0.1 * torch.randn(parameter.shape))
    seen = torch.rand(1, 1, 4, 4)

    class BuiltIn(torch.nn.Module):
        channels = 1

        def forward(self, x: torch.Tensor, t: torch.Tensor, _self_cond: None) -> torch.Tensor:
            return unet(x, t, condition=(2 * seen - 1).expand(len(x), -1, -1, -1))

    how = {"image_size": 4, "timesteps": 20, "objective": "pred_x0"}
    x = levels(0.0, 0.4, 1)
    ours = last(bits_per_dimension(GaussianDiffusion(unet, **how), x, draws=None, condition=seen))
    expected = last(bits_per_dimension(GaussianDiffusion(BuiltIn(), **how), x, draws=None))
    unseen = last(bits_per_dimension(GaussianDiffusion(unet, **how), x, draws=None, condition=1 - seen))
    np.testing.assert_allclose(ours.per_t, expected.per_t, rtol=1e-5)
    assert ours.total != pytest.approx(unseen.total, rel=1e-4)
