"""Classes, guidance and self-conditioning, in every sampler, with a real small network."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import SamplingError
from core.networks.unet import Unet
from core.samplers import SAMPLERS, Step
from core.samplers.editing import image_to_image, inpaint, interpolate

ALL = pytest.mark.parametrize("name", SAMPLERS)
NO_CLASS = 3


def model(objective: str) -> GaussianDiffusion:
    torch.manual_seed(0)
    unet = Unet(
        4, dim_mults=(1, 2), channels=1, attn_heads=1, attn_dim_head=4, self_condition=True, num_classes=NO_CLASS
    )
    with torch.no_grad():
        for parameter in unet.parameters():  # far enough from their beginning that a class shows
            parameter.add_(0.1 * torch.randn_like(parameter))
    return GaussianDiffusion(unet, image_size=(4, 6), timesteps=30, objective=objective).eval()


@pytest.fixture(params=["pred_noise", "pred_flow"])
def diffusion(request: pytest.FixtureRequest) -> GaussianDiffusion:
    return model(request.param)


@pytest.fixture(scope="module")
def plain() -> GaussianDiffusion:
    return model("pred_v")


def steps_of(diffusion: GaussianDiffusion, name: str, **options: object) -> list[Step]:
    x_T = torch.randn(3, 1, 4, 6, generator=torch.Generator().manual_seed(1))
    draw = torch.Generator().manual_seed(2)
    return list(SAMPLERS[name](diffusion, x_T, steps=4, generator=draw, **options))


def final(*arguments: object, **options: object) -> Tensor:
    return steps_of(*arguments, **options)[-1].x_next


@pytest.mark.family(first=6)
@ALL
def test_guidance_of_1_is_the_conditional_model_and_of_0_the_unconditional(
    diffusion: GaussianDiffusion, name: str
) -> None:
    conditional = final(diffusion, name, classes=[0, 1, 2])
    assert torch.equal(final(diffusion, name, classes=[0, 1, 2], guidance_scale=1.0), conditional)
    unconditional = final(diffusion, name, classes=NO_CLASS)
    torch.testing.assert_close(
        final(diffusion, name, classes=[0, 1, 2], guidance_scale=0.0), unconditional, rtol=1e-4, atol=1e-4
    )
    assert not torch.allclose(conditional, unconditional, atol=1e-3)


@ALL
def test_everything_at_once_runs_in_float32_and_is_deterministic(diffusion: GaussianDiffusion, name: str) -> None:
    options = {"classes": torch.tensor([2, 0, NO_CLASS]), "guidance_scale": 3.0, "guidance_rescale": 0.7}
    one, other = (steps_of(diffusion, name, **options) for _ in "ab")
    assert len(one) == 4
    for step, again in zip(one, other, strict=True):
        assert torch.equal(step.x_next, again.x_next)
        for tensor in (step.x_t, step.x_0, step.x_next):
            assert tensor.dtype == torch.float32 and tensor.isfinite().all()
        assert step.x_0.abs().max() <= 1
    assert not torch.equal(one[-1].x_next, final(diffusion, name, **{**options, "guidance_scale": 1.0}))


@ALL
def test_one_label_holds_for_all(plain: GaussianDiffusion, name: str) -> None:
    assert torch.equal(final(plain, name, classes=2), final(plain, name, classes=[2, 2, 2]))


def test_editing_takes_them_too(diffusion: GaussianDiffusion) -> None:
    x_start = torch.rand(2, 1, 4, 6) * 2 - 1
    for guidance_scale in (1.0, 3.0):
        options = {"classes": [0, 1], "guidance_scale": guidance_scale, "guidance_rescale": 0.2}
        for steps in (
            image_to_image(diffusion, x_start, t=20, steps=3, **options),
            interpolate(diffusion, x_start, x_start.flip(0), t=20, steps=3, **options),
            inpaint(diffusion, x_start, torch.ones(4, 6), steps=3, **options),
        ):
            *_, step = steps
            assert step.x_next.isfinite().all()


@ALL
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"classes": 4}, "0 to 2, or 3 for none"),
        ({"classes": [0, 1]}, "each of the 3 pictures"),
        ({"classes": 0, "guidance_scale": -1.0}, "guidance_scale"),
        ({"classes": 0, "guidance_scale": float("nan")}, "guidance_scale"),
        ({"classes": 0, "guidance_rescale": 2.0}, "guidance_rescale"),
        ({"spacing": "wild"}, "log_snr"),
        ({"start_t": 30}, "0 to 29"),
        ({"start_t": 2}, "1 to 3"),
    ],
)
def test_what_cannot_be_is_refused_before_the_first_step(
    plain: GaussianDiffusion, name: str, options: dict[str, object], says: str
) -> None:
    with pytest.raises(SamplingError, match=says):
        SAMPLERS[name](plain, torch.zeros(3, 1, 4, 6), steps=4, **options)


@ALL
@pytest.mark.parametrize("shape", [(0, 1, 4, 6), (3, 2, 4, 6), (1, 4, 6), (3, 1, 4, 6, 1)])
def test_x_t_of_another_shape_is_refused_with_both(plain: GaussianDiffusion, name: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(SamplingError, match=r"batch, 1, height"):
        SAMPLERS[name](plain, torch.zeros(shape), steps=4)


@pytest.mark.long
def test_scripts_get_every_step_off_the_device_and_x_0_with_them(diffusion: GaussianDiffusion) -> None:
    diffusion.sampling_timesteps, diffusion.is_ddim_sampling = 6, True
    conditions = {"classes": [0, 1], "guidance_scale": 2.0, "guidance_rescale": 0.5}
    for call in (
        lambda **k: diffusion.sample(2, **k),
        lambda **k: diffusion.ddim_sample((2, 1, 4, 6), **k),
        lambda **k: diffusion.p_sample_loop((2, 1, 4, 6), **k),
    ):
        torch.manual_seed(3)
        pictures = call(**conditions)
        torch.manual_seed(3)
        made, predicted = call(return_all_x_start=True, **conditions)
        torch.manual_seed(3)
        trajectory, again = call(return_all_timesteps=True, return_all_x_start=True, **conditions)
        torch.manual_seed(3)
        steps = predicted.shape[1]
        assert steps in (6, 30)
        assert torch.equal(call(return_all_timesteps=True, **conditions), trajectory)
        assert torch.equal(made, pictures) and torch.equal(predicted, again)
        assert trajectory.shape == (2, steps + 1, 1, 4, 6)
        assert torch.equal(trajectory[:, -1], pictures)
        assert predicted.shape == (2, steps, 1, 4, 6)
        torch.testing.assert_close(predicted[:, -1], pictures)
        assert trajectory.device.type == predicted.device.type == "cpu"


def test_eta_of_the_model_is_honoured(diffusion: GaussianDiffusion) -> None:
    made = {}
    for eta in (0.0, 0.8):
        diffusion.ddim_sampling_eta = eta
        torch.manual_seed(0)
        made[eta] = diffusion.ddim_sample((2, 1, 4, 6))
    assert not torch.equal(made[0.0], made[0.8])


def test_a_network_makes_pictures_of_every_size_that_it_can_halve() -> None:
    diffusion = GaussianDiffusion(Unet(4, dim_mults=(1, 2), attn_heads=1, attn_dim_head=4), image_size=8, timesteps=30)
    assert diffusion.p_sample_loop((1, 3, 6, 10)).shape == (1, 3, 6, 10)
    with pytest.raises(SamplingError, match="multiples of 2"):
        diffusion.p_sample_loop((1, 3, 6, 9))


def test_a_function_that_says_no_channels_takes_any() -> None:
    diffusion = GaussianDiffusion(lambda x, *_: 0.5 * x, image_size=1, objective="pred_x0", timesteps=30)
    steps = list(SAMPLERS["dpm++2m"](diffusion, torch.ones(5, 2, 1, 1), steps=7))
    assert len(steps) == 7
    assert steps[-1].x_next.shape == (5, 2, 1, 1)
