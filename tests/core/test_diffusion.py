"""The forward process, the training loss with its tricks, and what GaussianDiffusion asks of a network."""

import random
from itertools import product

import pytest
import torch
from torch import Tensor, nn

from core.catalogue import OBJECTIVES
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.diffusion.process import objective_named
from core.errors import ConfigError, SamplingError
from core.networks.unet import Unet


class Recorder(nn.Module):
    """A network that answers with a fixed share of x_t and remembers what it was asked."""

    def __init__(self, channels: int = 3, self_condition: bool = False) -> None:
        super().__init__()
        self.channels = channels
        self.self_condition = self_condition
        self.calls: list[tuple[Tensor, Tensor, Tensor | None, bool]] = []

    def forward(self, x: Tensor, t: Tensor, x_self_cond: Tensor | None = None) -> Tensor:
        self.calls.append((x, t, x_self_cond, torch.is_grad_enabled()))
        return 0.3 * x


def diffusion_of(model: object = None, **options: object) -> GaussianDiffusion:
    options = {"image_size": 8, "timesteps": 100, **options}
    return GaussianDiffusion(Recorder() if model is None else model, **options)


def batch(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_offset_noise_when_added_is_one_number_per_picture_and_channel() -> None:
    diffusion = diffusion_of(offset_noise_strength=0.1)
    x_start, noise = batch(0, 500, 3, 2, 2), batch(1, 500, 3, 2, 2)
    offset = diffusion.prepare_noise(x_start, noise, generator=torch.Generator().manual_seed(2)) - noise
    torch.testing.assert_close(offset, offset[:, :, :1, :1].expand_as(offset), rtol=0, atol=1e-6)
    assert offset[:, :, 0, 0].std().item() == pytest.approx(0.1, rel=0.1)


@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_loss_when_the_network_is_perfect_is_zero(objective: str) -> None:
    x_start, noise = batch(0, 2, 3, 8, 8).clamp(-1, 1), batch(1, 2, 3, 8, 8)
    t = torch.tensor([3, 60])
    row = objective_named(objective)

    def oracle(x: Tensor, t: Tensor, x_self_cond: Tensor | None) -> Tensor:
        return row.target(diffusion, x_start, t, noise)

    diffusion = diffusion_of(oracle, objective=objective)
    predictions = diffusion.model_predictions(diffusion.q_sample(x_start, t, noise), t)
    torch.testing.assert_close(predictions.pred_x_start, x_start, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(predictions.pred_noise, noise, rtol=1e-3, atol=1e-3)
    assert diffusion.training_losses(x_start, t, noise).mean.item() == 0


def test_loss_weights_of_the_objectives() -> None:
    alphas_cumprod = diffusion_of().alphas_cumprod.double()
    snr = alphas_cumprod / (1 - alphas_cumprod)
    expected = {
        "pred_noise": (torch.ones_like(snr), snr.clamp(max=5) / snr),
        "pred_x0": (snr, snr.clamp(max=5)),
        "pred_v": (snr / (snr + 1), snr.clamp(max=5) / (snr + 1)),
        "pred_flow": (torch.ones_like(snr), snr.clamp(max=5) / (snr.sqrt() + 1).square()),
    }
    assert expected.keys() == OBJECTIVES.keys()
    for (objective, weights), clipped in product(expected.items(), (False, True)):
        diffusion = diffusion_of(objective=objective, min_snr_loss_weight=clipped)
        torch.testing.assert_close(diffusion.loss_weight.double(), weights[clipped], rtol=2e-3, atol=1e-6)


def test_prediction_when_clipped_keeps_the_networks_noise_unless_rederived() -> None:
    diffusion = diffusion_of(objective="pred_noise")
    x, t = 5 * batch(0, 2, 3, 8, 8), torch.tensor([50, 90])
    kept = diffusion.model_predictions(x, t, clip_x_start=True)
    rederived = diffusion.model_predictions(x, t, clip_x_start=True, rederive_pred_noise=True)
    assert kept.pred_x_start.abs().max() <= 1
    assert torch.equal(kept.pred_noise, 0.3 * x)
    torch.testing.assert_close(diffusion.q_sample(rederived.pred_x_start, t, rederived.pred_noise), x)


def test_self_condition_draw_when_true_makes_a_first_pass_without_gradient() -> None:
    model = Recorder(self_condition=True)
    diffusion = diffusion_of(model)
    x_start, noise, t = batch(0, 2, 3, 8, 8), batch(1, 2, 3, 8, 8), torch.tensor([10, 20])

    diffusion.training_losses(x_start, t, noise, self_condition_draw=False)
    assert [call[2] for call in model.calls] == [None]

    model.calls.clear()
    diffusion.training_losses(x_start, t, noise, self_condition_draw=True)
    (x_t, _, first, first_grad), (_, _, second, second_grad) = model.calls
    assert first is None
    assert not first_grad
    assert second_grad
    assert torch.equal(second, diffusion.predict_start_from_v(x_t, t, 0.3 * x_t))


def test_self_conditioning_when_not_drawn_happens_for_about_half_of_the_batches() -> None:
    model = Recorder(self_condition=True)
    diffusion = diffusion_of(model)
    random.seed(0)
    for _ in range(100):
        diffusion(torch.zeros(1, 3, 8, 8))
    assert 30 < len(model.calls) - 100 < 70


def test_loss_when_the_global_seed_is_the_same_is_equal() -> None:
    diffusion = diffusion_of(offset_noise_strength=0.1, immiscible=True)
    pictures, losses = torch.rand(4, 3, 8, 8), []
    for _ in range(2):
        torch.manual_seed(5)
        losses.append(diffusion(pictures).item())
    assert losses[0] == losses[1]


def test_pictures_when_trained_and_sampled_are_normalised_both_ways() -> None:
    diffusion = diffusion_of()
    assert diffusion.normalize(torch.tensor([0.0, 1.0])).tolist() == [-1, 1]
    assert diffusion.unnormalize(torch.tensor([-1.0, 1.0])).tolist() == [0, 1]
    plain = diffusion_of(auto_normalize=False)
    assert plain.normalize(torch.tensor([0.5])).item() == 0.5
    assert plain.unnormalize(torch.tensor([0.5])).item() == 0.5


def test_interpolate_when_called_normalises_and_starts_at_the_noised_timestep() -> None:
    x_start = torch.rand(2, 3, 8, 8)
    times: list[int] = []

    def knows_the_picture(x: Tensor, t: Tensor, x_self_cond: Tensor | None) -> Tensor:
        times.append(int(t[0]))
        return x_start * 2 - 1

    diffusion = diffusion_of(knows_the_picture, objective="pred_x0")
    torch.testing.assert_close(diffusion.interpolate(x_start, x_start, t=5), x_start, rtol=0, atol=1e-5)
    assert times == [5, 4, 3, 2, 1, 0]
    with pytest.raises(SamplingError):
        diffusion.interpolate(x_start, x_start, t=100)
    with pytest.raises(SamplingError, match="x2"):
        diffusion.interpolate(x_start, x_start[:1])


@pytest.mark.parametrize(("lam", "expected"), [(0.0, 0.2), (0.25, 0.35), (1.0, 0.8)])
def test_interpolate_when_lambda_is_given_mixes_by_it(lam: float, expected: float) -> None:
    """At t = 0 the cosine schedule adds next to no noise, so the mix itself can be read off."""

    def keeps(x: Tensor, t: Tensor, x_self_cond: Tensor | None) -> Tensor:
        return x

    diffusion = diffusion_of(keeps, objective="pred_x0", beta_schedule="cosine", timesteps=1000, image_size=64)
    first, second = torch.full((1, 3, 64, 64), 0.2), torch.full((1, 3, 64, 64), 0.8)
    torch.manual_seed(0)
    assert diffusion.interpolate(first, second, t=0, lam=lam).mean().item() == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize(("size", "channels"), [((8, 12), 1), ((4, 16), 2), (8, 4)])
def test_pictures_when_not_square_or_of_any_channels_are_trained_and_sampled(
    size: int | tuple[int, int], channels: int
) -> None:
    unet = Unet(4, dim_mults=(1, 2), channels=channels, attn_heads=1, attn_dim_head=4)
    diffusion = GaussianDiffusion(unet, image_size=size, timesteps=30, sampling_timesteps=2)
    height, width = diffusion.image_size
    diffusion(torch.rand(2, channels, height, width)).backward()
    assert all(parameter.grad is not None for parameter in unet.parameters())
    assert diffusion.sample(2).shape == (2, channels, height, width)
    assert diffusion.sample(2, return_all_timesteps=True).shape == (2, 3, channels, height, width)


@pytest.mark.parametrize("option", ["learned_sinusoidal_cond", "random_fourier_features"])
def test_networks_when_they_have_fourier_times_get_t_between_0_and_1(option: str) -> None:
    seen = []
    unet = Unet(4, dim_mults=(1,), attn_heads=1, attn_dim_head=4, **{option: True})
    unet.time_mlp[0].register_forward_pre_hook(lambda _, args: seen.append(args[0].tolist()))
    diffusion = GaussianDiffusion(unet, image_size=4, timesteps=101)
    diffusion(torch.rand(3, 3, 4, 4), times=torch.tensor([0, 50, 100]))
    assert seen == [[0.0, 0.5, 1.0]]


def test_diffusion_when_built_on_meta_has_shapes() -> None:
    with torch.device("meta"):
        diffusion = GaussianDiffusion(Unet(8, dim_mults=(1, 2)), image_size=16)
    assert all(tensor.is_meta for tensor in diffusion.state_dict().values())
    real = GaussianDiffusion(Unet(8, dim_mults=(1, 2)), image_size=16)
    shapes = {name: tensor.shape for name, tensor in real.state_dict().items()}
    assert {name: tensor.shape for name, tensor in diffusion.state_dict().items()} == shapes


def test_loss_when_autocast_stays_float32_and_close() -> None:
    torch.manual_seed(0)
    diffusion = GaussianDiffusion(Unet(8, dim_mults=(1, 2), attn_heads=1, attn_dim_head=8), image_size=8)
    x_start, noise, t = batch(0, 4, 3, 8, 8), batch(1, 4, 3, 8, 8), torch.tensor([1, 300, 700, 999])
    exact = diffusion.training_losses(x_start, t, noise)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rounded = diffusion.training_losses(x_start, t, noise)
    assert rounded.raw.dtype == torch.float32
    torch.testing.assert_close(rounded.raw, exact.raw, rtol=0.05, atol=0.01)
    rounded.mean.backward()
    assert all(parameter.grad.isfinite().all() for parameter in diffusion.parameters())


def test_image_size_when_not_divisible_raises_with_both_neighbours() -> None:
    unet = Unet(4, dim_mults=(1, 2, 4), attn_heads=1, attn_dim_head=4)
    with pytest.raises(ConfigError, match=r"30 px.*28 px or 32 px"):
        GaussianDiffusion(unet, image_size=(32, 30))


@pytest.mark.parametrize(
    "options",
    [
        {"objective": "pred_everything"},
        {"beta_schedule": "quadratic"},
        {"sampling_timesteps": 101},
        {"sampling_timesteps": 0},
        {"timesteps": 0},
        {"image_size": (8, 8, 8)},
        {"image_size": 0},
        {"beta_schedule": "linear", "timesteps": 20},
        {"beta_schedule": "cosine", "schedule_fn_kwargs": {"tau": 1}},
        {"beta_schedule": "sigmoid", "schedule_fn_kwargs": {"tau": 0}},
        {"beta_schedule": "sigmoid", "schedule_fn_kwargs": {"start": 3, "end": 3}},
    ],
)
def test_settings_when_they_cannot_work_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        diffusion_of(**options)


def test_requests_when_they_cannot_work_are_refused() -> None:
    diffusion = diffusion_of()
    with pytest.raises(ConfigError, match="3, 8, 8"):
        diffusion(torch.rand(2, 3, 8, 9))
    with pytest.raises(ConfigError, match="loss_reduction"):
        diffusion(torch.rand(2, 3, 8, 8), loss_reduction="sum")
    wide = Recorder()
    wide.out_dim = 6
    with pytest.raises(ConfigError, match="out_dim=6"):
        diffusion_of(wide)
