"""No sampler gives NaN or infinities, whatever the schedule, T, the start and the number of steps."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from core.catalogue import OBJECTIVES, SCHEDULES
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import ConfigError
from core.samplers import SAMPLERS, SPACINGS

#: Options of each schedule that reach from hardly any change to a step function.
OPTIONS: dict[str, st.SearchStrategy[dict[str, float]]] = {
    "linear": st.just({}),
    "cosine": st.fixed_dictionaries({}, optional={"s": st.floats(1e-9, 50)}),
    "sigmoid": st.fixed_dictionaries(
        {}, optional={"start": st.floats(-20, 0), "end": st.floats(0.1, 20), "tau": st.floats(0.05, 100)}
    ),
    "drawn": st.lists(st.floats(1e-9, 1 - 1e-9), max_size=9, unique=True).map(
        lambda heights: {f"a{i}": height for i, height in enumerate(sorted(heights, reverse=True), start=1)}
    ),
    "rectified_flow": st.fixed_dictionaries({}, optional={"shift": st.floats(1e-3, 1e3)}),
}


def options_of(schedule: str) -> st.SearchStrategy[dict[str, float]]:
    """Those of OPTIONS, which go far beyond what is offered; of a schedule that is not there, what its row offers."""
    offered = {option.name: st.floats(option.least, option.most) for option in SCHEDULES[schedule].options}
    return OPTIONS.get(schedule, st.fixed_dictionaries({}, optional=offered))


class Echo(torch.nn.Module):
    """A network that answers with what it sees."""

    channels = 1

    def forward(self, x: Tensor, t: Tensor, x_self_cond: Tensor | None = None) -> Tensor:
        return x


def require_finite_steps(diffusion: GaussianDiffusion, sampler: str, **options: object) -> None:
    x_T = 3 * torch.randn(2, 1, 2, 2, generator=torch.Generator().manual_seed(0))
    generator = torch.Generator().manual_seed(1)
    for step in SAMPLERS[sampler](diffusion, x_T, generator=generator, **options):
        assert torch.isfinite(step.x_0).all() and torch.isfinite(step.x_next).all(), f"t = {step.t}"


@settings(max_examples=200, deadline=None)
@given(data=st.data(), schedule=st.sampled_from(sorted(SCHEDULES)), sampler=st.sampled_from(sorted(SAMPLERS)))
def test_every_sampler_is_finite_for_every_legal_schedule(data: st.DataObject, schedule: str, sampler: str) -> None:
    timesteps = data.draw(st.integers(1, 60) | st.sampled_from([1000, 12_000, 100_000]), label="timesteps")
    try:
        diffusion = GaussianDiffusion(
            Echo(),
            image_size=2,
            timesteps=timesteps,
            objective=data.draw(st.sampled_from(sorted(OBJECTIVES)), label="objective"),
            beta_schedule=schedule,
            schedule_fn_kwargs=data.draw(options_of(schedule), label="options"),
        )
    except ConfigError:
        return  # not legal: refused in words
    for name, table in diffusion.named_buffers():
        assert torch.isfinite(table).all(), name
    start_t = data.draw(st.integers(0, timesteps - 1) | st.integers(0, min(5, timesteps - 1)), label="start_t")
    require_finite_steps(
        diffusion,
        sampler,
        start_t=start_t,
        steps=data.draw(st.integers(1, min(12, start_t + 1)), label="steps"),
        spacing=data.draw(st.sampled_from(sorted(SPACINGS)), label="spacing"),
        eta=data.draw(st.floats(0, 1), label="eta") if SAMPLERS[sampler].takes_eta else None,
    )


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_sampler_is_finite_where_alphas_cumprod_round_to_one(sampler: str, objective: str) -> None:
    diffusion = GaussianDiffusion(
        Echo(), image_size=2, timesteps=12_000, objective=objective, beta_schedule="rectified_flow"
    )
    assert diffusion.alphas_cumprod[1] == 1
    for eta in (0.0, 1.0) if SAMPLERS[sampler].takes_eta else (None,):
        require_finite_steps(diffusion, sampler, start_t=4, steps=5, eta=eta)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_is_finite_where_neighbours_are_the_same_in_float32(sampler: str) -> None:
    betas = torch.tensor([0.5] * 10 + [1e-10] * 10 + [0.3] * 10, dtype=torch.float64)
    require_finite_steps(GaussianDiffusion(Echo(), image_size=2, betas=betas), sampler, steps=30, spacing="uniform")


@pytest.mark.parametrize("betas", [[0.1, 1e-20, 0.1], [0.999] * 20], ids=["lost beside 1", "nothing left"])
def test_betas_of_which_no_tables_can_be_made_are_refused(betas: list[float]) -> None:
    with pytest.raises(ConfigError, match="leave a trace"):
        GaussianDiffusion(Echo(), image_size=2, betas=torch.tensor(betas, dtype=torch.float64))
