"""Going away from a worse model: exact where it can be computed by hand, and with every sampler and objective."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from core.beginning import Beginning, Start, StartPicture
from core.catalogue import OBJECTIVES
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.diffusion.guidance import Guidance
from core.diffusion.process import objective_named
from core.errors import SamplingError
from core.frames import SamplingFinished, SamplingStarted
from core.networks.unet import Unet
from core.samplers import SAMPLERS, Step
from core.samplers.editing import image_to_image, inpaint, interpolate
from core.sampling import sample_frames
from core.sampling_record import Guide
from core.settings import SampleConfig

SAMPLER = pytest.mark.parametrize("name", SAMPLERS)
OBJECTIVE = pytest.mark.parametrize("objective", sorted(OBJECTIVES))
NO_CLASS = 3


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def model(objective: str, seed: int = 0, **changes: object) -> GaussianDiffusion:
    torch.manual_seed(seed)
    settings = {"channels": 1, "self_condition": True, "num_classes": NO_CLASS}
    process = {"image_size": (4, 6), "timesteps": 30, "objective": objective}
    settings |= {key: changes[key] for key in settings.keys() & changes}
    process |= {key: value for key, value in changes.items() if key not in settings}
    unet = Unet(4, dim_mults=(1, 2), attn_heads=1, attn_dim_head=4, **settings)
    with torch.no_grad():
        for parameter in unet.parameters():  # far enough from their beginning that a class shows
            parameter.add_(0.1 * torch.randn_like(parameter))
    return GaussianDiffusion(unet, **process).eval()


class Never(nn.Module):
    """A network that must not be asked."""

    channels, self_condition, num_classes = 1, True, NO_CLASS

    def forward(self, *_: object) -> Tensor:
        raise AssertionError("the guide was asked")


class Both(nn.Module):
    """Model and guide as one network, put together here term by term."""

    channels, self_condition, num_classes = 1, True, NO_CLASS

    def __init__(self, main: nn.Module, guide: nn.Module, scale: float, guide_scale: float) -> None:
        super().__init__()
        self.main, self.guide, self.scale, self.guide_scale = main, guide, scale, guide_scale

    def forward(self, x: Tensor, t: Tensor, x_self_cond: Tensor | None, classes: Tensor) -> Tensor:
        said = self.main(x, t, x_self_cond, classes)
        without = self.main(x, t, x_self_cond, torch.full_like(classes, NO_CLASS))
        worse = self.guide(x, t, x_self_cond, classes)
        return said + (self.scale - 1) * (said - without) + (self.guide_scale - 1) * (said - worse)


def steps_of(diffusion: GaussianDiffusion, name: str, **options: object) -> list[Step]:
    x_T = torch.randn(3, 1, 4, 6, generator=seeded(1))
    return list(SAMPLERS[name](diffusion, x_T, steps=4, generator=seeded(2), classes=[0, 1, 2], **options))


# --- every sampler, every objective ----------------------------------------------------------------------


@pytest.mark.family(first=4)
@SAMPLER
@OBJECTIVE
def test_autoguidance_when_its_scale_is_1_is_the_model_bit_for_bit_and_asks_no_guide(objective: str, name: str) -> None:
    diffusion = model(objective)
    guide = GaussianDiffusion(Never(), image_size=(4, 6), timesteps=30, objective=objective)
    for guidance_scale in (1.0, 2.0):
        alone = steps_of(diffusion, name, guidance_scale=guidance_scale)
        guided = steps_of(diffusion, name, guidance_scale=guidance_scale, guide=guide, guide_scale=1.0)
        for one, other in zip(alone, guided, strict=True):
            assert torch.equal(one.x_0, other.x_0) and torch.equal(one.x_next, other.x_next)


@pytest.mark.family(first=4)
@SAMPLER
@OBJECTIVE
def test_autoguidance_when_sampled_is_a_network_that_extrapolates(objective: str, name: str) -> None:
    diffusion, guide = model(objective), model(objective, seed=1)
    for guidance_scale, guide_scale in ((1.0, 2.5), (3.0, 1.5), (1.0, 0.0)):
        both = GaussianDiffusion(
            Both(diffusion.model, guide.model, guidance_scale, guide_scale),
            image_size=(4, 6),
            timesteps=30,
            objective=objective,
        )
        expected = steps_of(both, name)
        guided = steps_of(diffusion, name, guidance_scale=guidance_scale, guide=guide, guide_scale=guide_scale)
        for one, other in zip(expected, guided, strict=True):
            torch.testing.assert_close(one.x_0, other.x_0, rtol=1e-3, atol=1e-3)
            torch.testing.assert_close(one.x_next, other.x_next, rtol=1e-3, atol=1e-3)
        for said in guided[-1].outputs:
            assert said.conditional is not None and said.of_guide is not None
        alone = steps_of(diffusion, name, guidance_scale=guidance_scale)
        assert all(said.of_guide is None for said in alone[-1].outputs)
        assert not torch.allclose(alone[-1].x_next, guided[-1].x_next, atol=1e-2)


def test_autoguidance_when_the_guide_takes_no_guess_gives_it_none() -> None:
    diffusion, guide = model("pred_v"), model("pred_v", seed=1, self_condition=False)
    assert steps_of(diffusion, "ddim", guide=guide, guide_scale=2.0)[-1].x_next.isfinite().all()


# --- exact ------------------------------------------------------------------------------------------------


def mixture(centres: Tensor, std: float, objective: str) -> GaussianDiffusion:
    """A diffusion whose network is exact for N(centre, std²), each centre (K, 1, 2, 2) equally likely; in float64."""

    def network(x: Tensor, t: Tensor, _: Tensor | None) -> Tensor:
        signal = diffusion.sqrt_alphas_cumprod[t][:, None, None, None]
        variance = (signal * std) ** 2 + diffusion.sqrt_one_minus_alphas_cumprod[t][:, None, None, None] ** 2
        apart = x[:, None] - signal[:, None] * centres
        weights = (-apart.flatten(2).square().sum(-1) / (2 * variance[:, 0, 0])).softmax(-1)
        means = centres + signal[:, None] * std**2 / variance[:, None] * apart
        x_0 = (weights[:, :, None, None, None] * means).sum(1)
        noise = diffusion.predict_noise_from_start(x, t, x_0)
        return objective_named(objective).target(diffusion, x_0, t, noise)

    network.channels = 1
    diffusion = GaussianDiffusion(network, image_size=2, timesteps=100, objective=objective).double()
    return diffusion


@OBJECTIVE
def test_autoguidance_when_both_are_exact_mixtures_follows_the_score_of_the_sharpened_density(objective: str) -> None:
    """x̂_0 is what Tweedie's formula says of p(x_t)^s / q(x_t)^(s−1), whose score autograd computes of the densities."""
    centres = torch.randn(3, 1, 2, 2, generator=seeded(0), dtype=torch.float64) * 0.4
    std, worse_std, scale = 0.2, 0.45, 2.5
    diffusion, guide = mixture(centres, std, objective), mixture(centres, worse_std, objective)
    x = torch.randn(5, 1, 2, 2, generator=seeded(1), dtype=torch.float64, requires_grad=True)
    t = torch.tensor([1, 20, 45, 70, 98])
    signal = diffusion.sqrt_alphas_cumprod[t]
    spread = diffusion.sqrt_one_minus_alphas_cumprod[t]

    def log_density(std: float) -> Tensor:
        variance = (signal * std) ** 2 + spread**2
        apart = (x[:, None] - signal[:, None, None, None, None] * centres).flatten(2).square().sum(-1)
        return (-apart / (2 * variance[:, None])).logsumexp(-1) - 2 * variance.log()

    sharpened = scale * log_density(std) - (scale - 1) * log_density(worse_std)
    (score,) = torch.autograd.grad(sharpened.sum(), x)
    wide = (..., None, None, None)
    expected = (x + spread[wide] ** 2 * score) / signal[wide]
    guided = diffusion.model_predictions(x.detach(), t, guidance=Guidance(guide=guide, guide_scale=scale))
    # The tables are float32 numbers.
    torch.testing.assert_close(guided.pred_x_start, expected.detach(), rtol=1e-4, atol=1e-4)


@SAMPLER
def test_autoguidance_when_both_are_gaussians_of_one_spread_samples_the_extrapolated_gaussian(name: str) -> None:
    """D(x_t) of N(μ, σ²) is μ + a·(x_t − √ᾱ·μ): extrapolated, it is that of N(μ_guide + s·(μ − μ_guide), σ²)."""
    means = torch.randn(2, 1, 1, 2, 2, generator=seeded(3), dtype=torch.float64) * 0.1
    worse, better = means
    scale = 2.0
    x_T = torch.randn(20, 1, 2, 2, generator=seeded(4), dtype=torch.float64)
    options = {"steps": 12, "generator": seeded(5)}
    guide = mixture(worse, 0.1, "pred_v")
    *_, guided = SAMPLERS[name](mixture(better, 0.1, "pred_v"), x_T, guide=guide, guide_scale=scale, **options)
    options = {"steps": 12, "generator": seeded(5)}
    *_, expected = SAMPLERS[name](mixture(worse + scale * (better - worse), 0.1, "pred_v"), x_T, **options)
    torch.testing.assert_close(guided.x_next, expected.x_next, rtol=1e-5, atol=1e-5)


# --- editing, precision, refusals -------------------------------------------------------------------------


def test_autoguidance_when_editing_is_taken_too() -> None:
    diffusion, guide = model("pred_v"), model("pred_v", seed=1)
    x_start = torch.rand(2, 1, 4, 6, generator=seeded(0)) * 2 - 1
    mask = torch.zeros(4, 6)
    mask[:, :3] = 1
    for edit in (
        lambda **given: image_to_image(diffusion, x_start, t=20, steps=3, generator=seeded(1), **given),
        lambda **given: interpolate(diffusion, x_start, x_start.flip(0), t=20, steps=3, generator=seeded(1), **given),
        lambda **given: inpaint(diffusion, x_start, mask, steps=3, generator=seeded(1), **given),
    ):
        made = {scale: [step.x_next for step in edit(guide=guide, guide_scale=scale)][-1] for scale in (1.0, 2.0)}
        *_, alone = edit()
        assert torch.equal(made[1.0], alone.x_next)
        assert made[2.0].isfinite().all() and not torch.allclose(made[2.0], alone.x_next, atol=1e-3)


@pytest.mark.parametrize("beginning", ["noise", "mask"])
def test_autoguidance_when_in_bf16_makes_nearly_the_same_pictures_and_leaves_both_as_they_were(beginning: str) -> None:
    diffusion, guide = model("pred_v"), model("pred_v", seed=1)
    picture = StartPicture("grey", None, bytes(24), (4, 6, 1))
    white = StartPicture("white", None, b"\xff" * 24, (4, 6, 1))
    begun = Beginning() if beginning == "noise" else Beginning(Start.PICTURE, (picture,), mask=white)
    sampler = "ddim" if beginning == "noise" else "ddpm"
    request = SampleConfig(sampler=sampler, sample_steps=4, count=2, guide_scale=2.0, beginning=begun)
    named = Guide(guide, "earlier", "ema", 300, "ab" * 32)
    made = {}
    for precision in ("off", "bf16"):
        began, *_, finished = sample_frames(
            diffusion, SampleConfig(**{**fields(request), "precision": precision}), guide=named
        )
        assert isinstance(began, SamplingStarted) and isinstance(finished, SamplingFinished)
        assert began.settings["guide"] == "earlier" and began.settings["guide_scale"] == 2.0
        assert (began.settings["guide_step"], began.settings["guide_sha256"]) == (300, "ab" * 32)
        made[precision] = torch.from_numpy(finished.pictures.astype("float32"))
    assert (made["off"] - made["bf16"]).abs().mean() < 12  # of 255 levels
    for each in (diffusion, guide):
        assert {parameter.dtype for parameter in each.parameters()} == {torch.float32}


def fields(request: SampleConfig) -> dict[str, object]:
    return {name: getattr(request, name) for name in SampleConfig.__dataclass_fields__}


def test_record_when_the_guide_is_not_asked_has_none() -> None:
    diffusion = model("pred_v")
    guide = Guide(model("pred_v", seed=1), "earlier", "ema")
    began, *_ = sample_frames(diffusion, SampleConfig(sample_steps=2, count=1), guide=guide)
    assert isinstance(began, SamplingStarted)
    assert not [name for name in began.settings if name.startswith("guide")]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"objective": "pred_noise"}, "objective is pred_noise, the model's pred_v"),
        ({"timesteps": 31}, "timesteps is 31, the model's 30"),
        ({"beta_schedule": "cosine"}, "another noise schedule"),
        ({"image_size": (4, 4)}, "image_size"),
        ({"channels": 3}, "channels is 3, the model's 1"),
        ({"num_classes": None}, "num_classes"),
        ({"class_names": ("a", "b", "c")}, "class_names"),
        ({"auto_normalize": False}, "auto_normalize"),
    ],
    ids=lambda value: "" if isinstance(value, str) else next(iter(value)),
)
def test_guide_when_it_is_of_another_kind_is_refused_with_what_differs(changes: dict[str, object], says: str) -> None:
    guide = model(**{"objective": "pred_v", "seed": 1, **changes})
    for scale in (1.0, 2.0):
        with pytest.raises(SamplingError, match=says):
            steps_of(model("pred_v"), "ddim", guide=guide, guide_scale=scale)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"guide_scale": 2.0}, "as long as there is no guide"),
        ({"guide": "model", "guide_scale": 2.0}, "GaussianDiffusion"),
        ({"guide_scale": -0.5}, "0 to 100"),
        ({"guide_scale": float("nan")}, "0 to 100"),
        ({"guide_scale": True}, "0 to 100"),
    ],
)
def test_scale_of_a_guide_when_it_means_nothing_is_refused(options: dict[str, object], says: str) -> None:
    with pytest.raises(SamplingError, match=says):
        steps_of(model("pred_v"), "dpm++2m", **options)
