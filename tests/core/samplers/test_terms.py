"""Every sampler explains its steps: the terms that it tells add up to what it made."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from core.catalogue import OBJECTIVES
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.networks.unet import Unet
from core.samplers import SAMPLERS, SPACINGS, Step
from core.samplers.editing import inpaint

NO_CLASS = 3
TOLERANCE = 1e-5  #: of the scale of x_next


def model(objective: str, *, self_condition: bool) -> GaussianDiffusion:
    torch.manual_seed(0)
    unet = Unet(
        4,
        dim_mults=(1, 2),
        channels=1,
        attn_heads=1,
        attn_dim_head=4,
        self_condition=self_condition,
        num_classes=NO_CLASS,
    )
    with torch.no_grad():
        for parameter in unet.parameters():  # far enough from their beginning that a class shows
            parameter.add_(0.1 * torch.randn_like(parameter))
    return GaussianDiffusion(unet, image_size=(4, 6), timesteps=30, objective=objective).eval()


MODELS = {
    (objective, self_condition): model(objective, self_condition=self_condition)
    for objective in OBJECTIVES
    for self_condition in (False, True)
}


def deviation(step: Step) -> float:
    """How far the terms are from adding up to x_next, as a share of its scale."""
    total = sum((term.coefficient * term.tensor.double() for term in step.terms()), torch.zeros(()))
    assert isinstance(total, Tensor)
    return float((total - step.x_next).abs().max() / step.x_next.abs().max())


@pytest.mark.long
@given(
    sampler=st.sampled_from(sorted(SAMPLERS)),
    objective=st.sampled_from(sorted(OBJECTIVES)),
    self_condition=st.booleans(),
    guidance=st.sampled_from([{}, {"classes": [0, 1]}, {"classes": [2, 0], "guidance_scale": 4.0}]),
    eta=st.sampled_from([0.0, 0.3, 1.0]),
    spacing=st.sampled_from(sorted(SPACINGS)),
    steps=st.integers(1, 30),
)
def test_terms_of_every_sampler_when_added_are_x_next(
    sampler: str,
    objective: str,
    self_condition: bool,
    guidance: dict[str, object],
    eta: float,
    spacing: str,
    steps: int,
) -> None:
    row = SAMPLERS[sampler]
    options = {**guidance, "eta": eta} if row.takes_eta else guidance
    diffusion = MODELS[objective, self_condition]
    x_T = torch.randn(2, 1, 4, 6, generator=torch.Generator().manual_seed(1))
    draw = torch.Generator().manual_seed(2)
    made = list(row(diffusion, x_T, steps=steps, generator=draw, spacing=spacing, **options))
    for step in made:
        assert deviation(step) <= TOLERANCE, (step.index, step.t, [term[:2] for term in step.terms()])
        for term in step.terms():
            known = {"x_t": step.x_t, "x_0": made[step.index - term.steps_back].x_0, "noise": step.noise}
            if term.symbol in known:
                assert torch.equal(term.tensor, known[term.symbol]), term.symbol
            assert math.isfinite(term.coefficient)


@pytest.mark.long
@given(objective=st.sampled_from(sorted(OBJECTIVES)), steps=st.integers(2, 12), scale=st.sampled_from([1.0, 3.0]))
def test_terms_when_a_mask_is_filled_are_inside_and_outside_of_it(objective: str, steps: int, scale: float) -> None:
    diffusion = MODELS[objective, False]
    x_start = torch.rand(2, 1, 4, 6, generator=torch.Generator().manual_seed(3)) * 2 - 1
    mask = torch.zeros(4, 6)
    mask[:, 3:] = 1
    draw = torch.Generator().manual_seed(2)
    for step in inpaint(diffusion, x_start, mask, steps=steps, generator=draw, classes=[0, 1], guidance_scale=scale):
        assert deviation(step) <= TOLERANCE
        assert {term.where for term in step.terms()} == {"inside", "outside"}
        for term in step.terms():
            elsewhere = mask == 0 if term.where == "inside" else mask == 1
            assert not term.tensor[..., elsewhere].any()


def test_terms_when_the_sampler_is_ddpm_are_those_of_the_posterior() -> None:
    diffusion = MODELS["pred_v", False]
    x_T = torch.randn(2, 1, 4, 6, generator=torch.Generator().manual_seed(1))
    for step in SAMPLERS["ddpm"](diffusion, x_T, steps=30, generator=torch.Generator().manual_seed(2), classes=[0, 1]):
        of_x_0, of_x_t, *noise = step.terms()
        assert of_x_0.coefficient == float(diffusion.posterior_mean_coef1[step.t])
        assert of_x_t.coefficient == float(diffusion.posterior_mean_coef2[step.t])
        if noise:
            assert noise[0].coefficient == pytest.approx(float(diffusion.posterior_variance[step.t].sqrt()), rel=1e-6)


@pytest.mark.parametrize("name", SAMPLERS)
def test_outputs_when_taken_for_the_networks_answers_give_x_0(name: str) -> None:
    diffusion = MODELS["pred_v", True]
    x_T = torch.randn(2, 1, 4, 6, generator=torch.Generator().manual_seed(1))
    draw = torch.Generator().manual_seed(2)
    made = list(SAMPLERS[name](diffusion, x_T, steps=6, generator=draw, classes=[0, 1], guidance_scale=3.0))
    for step in made:
        assert len(step.outputs) == (SAMPLERS[name].calls_per_step if step.t_next >= 0 else 1) or name == "heun"
        said = step.outputs[0]
        assert said.conditional is not None and said.unconditional is not None
        guided = torch.lerp(said.unconditional, said.conditional, 3.0)
        torch.testing.assert_close(said.output, guided)
        t = torch.full((2,), step.t)
        x_0 = diffusion.predict_start_from_v(step.x_t, t, said.output).clamp(-1, 1)
        assert torch.equal(step.x_0, x_0)
