"""The settings behind a diffusion's tables are found, for every schedule, objective and γ, and no others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue import SCHEDULES
from core.compat.files import LossWeighting, recognise_weighting
from core.diffusion.schedules import make_betas
from core.runs.fitting import TABLES
from core.runs.recognition import recognise_schedule

OPTIONS: list[tuple[str, dict[str, float]]] = [
    ("linear", {}),
    ("cosine", {}),
    ("sigmoid", {}),
    ("cosine", {"s": 0.02}),
    ("sigmoid", {"tau": 0.7}),
    ("sigmoid", {"start": 0, "end": 3, "tau": 0.3}),
    ("sigmoid", {"start": -4, "end": 2, "tau": 0.9}),
]


def test_the_tables_of_the_formulas_are_the_models(elsewhere: SimpleNamespace) -> None:
    assert tuple(elsewhere.tables_of(elsewhere.betas_of("cosine", 5))) == TABLES


@pytest.mark.parametrize(("name", "options"), OPTIONS)
@pytest.mark.parametrize("timesteps", [25, 100, 1000])
def test_a_schedule_is_found_with_its_options(
    elsewhere: SimpleNamespace, name: str, options: dict[str, float], timesteps: int
) -> None:
    betas = elsewhere.betas_of(name, timesteps, **options)
    found = recognise_schedule(betas.float())
    assert found is not None and found[0] == name
    assert bool(found[1]) == bool(options)
    torch.testing.assert_close(make_betas(found[0], timesteps, found[1]), betas, rtol=1e-5, atol=0)


@given(st.floats(0.3, 2.0).map(lambda tau: round(tau, 3)), st.integers(8, 1200))
@settings(max_examples=25, deadline=None)
def test_any_tau_is_found(elsewhere: SimpleNamespace, tau: float, timesteps: int) -> None:
    found = recognise_schedule(elsewhere.betas_of("sigmoid", timesteps, tau=tau).float())
    assert found is not None and found[0] == "sigmoid"
    options = {"end": 3.0, "tau": 1.0, **found[1]}
    assert options["end"] / options["tau"] == pytest.approx(3 / tau, rel=1e-4)


def test_a_drawn_point_that_lies_nearly_on_the_curve_of_the_others_is_found() -> None:
    betas = make_betas("drawn", 100, {"a5": 0.5, "a6": 0.400005})
    found = recognise_schedule(betas.float())
    assert found is not None and found[0] == "drawn"
    torch.testing.assert_close(make_betas(found[0], 100, found[1]), betas, rtol=1e-5, atol=0)


def test_a_schedule_of_someones_own_is_none_of_them(elsewhere: SimpleNamespace) -> None:
    ramp = torch.linspace(1e-4, 0.03, 200)
    assert recognise_schedule(ramp) is None
    assert recognise_schedule(elsewhere.betas_of("linear", 200).float() * 1.001) is None
    assert recognise_schedule(torch.rand(200, generator=torch.Generator().manual_seed(0)) * 0.02 + 1e-4) is None


def test_a_hint_is_believed_only_where_the_tables_agree(elsewhere: SimpleNamespace) -> None:
    betas = elsewhere.betas_of("sigmoid", 50, tau=0.7).float()
    assert recognise_schedule(betas, ("sigmoid", {"tau": 0.7})) == ("sigmoid", {"tau": 0.7})
    found = recognise_schedule(betas, ("cosine", {}))
    assert found is not None and found[0] == "sigmoid"


@pytest.mark.parametrize("objective", ["pred_noise", "pred_x0", "pred_v"])
@pytest.mark.parametrize("schedule", ["linear", "cosine", "sigmoid"])
@pytest.mark.parametrize("gamma", [None, 0.5, 5.0, 7.25])
def test_an_objective_is_found_with_its_gamma(
    elsewhere: SimpleNamespace, objective: str, schedule: str, gamma: float | None
) -> None:
    tables = elsewhere.tables_of(elsewhere.betas_of(schedule, 200), objective, gamma)
    assert recognise_weighting(tables) == (LossWeighting(objective, gamma),)


@given(
    st.sampled_from(["pred_noise", "pred_x0", "pred_v"]),
    st.sampled_from(["linear", "cosine", "sigmoid"]),
    st.integers(21, 2000),
    st.floats(0.01, 50),
)
@settings(max_examples=60, deadline=None)
def test_any_gamma_is_found_to_six_digits(
    elsewhere: SimpleNamespace, objective: str, schedule: str, timesteps: int, gamma: float
) -> None:
    (found,) = recognise_weighting(elsewhere.tables_of(elsewhere.betas_of(schedule, timesteps), objective, gamma))
    assert found.objective == objective
    assert found.min_snr_gamma == pytest.approx(gamma, rel=3e-6)


def test_a_gamma_that_no_snr_reaches_is_off(elsewhere: SimpleNamespace) -> None:
    tables = elsewhere.tables_of(elsewhere.betas_of("cosine", 10), "pred_v", 1e5)
    assert recognise_weighting(tables) == (LossWeighting("pred_v", None),)


def test_weights_of_someones_own_are_none_of_them(elsewhere: SimpleNamespace) -> None:
    tables = elsewhere.tables_of(elsewhere.betas_of("cosine", 50))
    tables["loss_weight"] = tables["loss_weight"] * torch.linspace(1, 1.01, 50)
    assert recognise_weighting(tables) == ()


def test_halved_precision_is_still_recognised(elsewhere: SimpleNamespace) -> None:
    halves: dict[str, Any] = {
        name: t.bfloat16() for name, t in elsewhere.tables_of(elsewhere.betas_of("linear", 100), "pred_x0", 5).items()
    }
    assert recognise_schedule(halves["betas"]) == ("linear", {})
    assert recognise_weighting(halves)[0].objective == "pred_x0"


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedule_of_the_program_when_it_has_its_usual_options_is_recognised_by_its_tables(name: str) -> None:
    for timesteps in (30, 1000):
        assert recognise_schedule(make_betas(name, timesteps).float()) == (name, {})
