"""Noise schedules against their definitions, and the table that lists them."""

import inspect
import math

import pytest
import torch

from core.catalogue import SCHEDULES
from core.diffusion.schedules import make_betas
from core.errors import ConfigError


@pytest.mark.parametrize("name", sorted(SCHEDULES))
@pytest.mark.parametrize("timesteps", [21, 100, 1000, 4000])
def test_betas_when_made_are_probabilities_in_float64(name: str, timesteps: int) -> None:
    betas = make_betas(name, timesteps)
    assert betas.shape == (timesteps,)
    assert betas.dtype == torch.float64
    assert bool(((betas > 0) & (betas < 1)).all())


@pytest.mark.parametrize("name", sorted(SCHEDULES))
def test_rows_when_read_have_title_help_and_source(name: str) -> None:
    assert SCHEDULES[name].title and SCHEDULES[name].help
    assert "arXiv" in SCHEDULES[name].source


def test_cosine_and_sigmoid_when_made_follow_their_formulas() -> None:
    u = torch.arange(1, 101, dtype=torch.float64) / 100
    cosine = torch.cos((u + 0.008) / 1.008 * math.pi / 2) ** 2 / math.cos(0.008 / 1.008 * math.pi / 2) ** 2
    sigmoid = (
        1 - ((u * 6 - 3).sigmoid() - 1 / (1 + math.exp(3))) / (1 / (1 + math.exp(-3)) - 1 / (1 + math.exp(3)))
    ).clamp(0)
    for name, curve in (("cosine", cosine), ("sigmoid", sigmoid)):
        alphas_cumprod = torch.cumprod(1 - make_betas(name, 100), 0)
        torch.testing.assert_close(alphas_cumprod[:-1], curve[:-1], rtol=1e-4, atol=1e-6)


def test_linear_when_t_is_not_1000_is_scaled_to_it() -> None:
    betas = make_betas("linear", 500)
    assert betas[0].item() == pytest.approx(2e-4)
    assert betas[-1].item() == pytest.approx(0.04)


@pytest.mark.parametrize("timesteps", [1, 20])
def test_linear_when_t_is_too_small_raises_a_sentence(timesteps: int) -> None:
    with pytest.raises(ConfigError, match="use more steps"):
        make_betas("linear", timesteps)
    assert make_betas("cosine", timesteps).shape == (timesteps,)


def test_schedule_when_an_option_is_unknown_raises_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="no option “tao”; it takes start, end, tau"):
        make_betas("sigmoid", 10, {"tao": 1})


def test_options_when_compared_with_the_functions_are_their_arguments() -> None:
    for row in SCHEDULES.values():
        parameters = inspect.signature(row.load()).parameters
        assert list(parameters) == ["timesteps", *(option.name for option in row.options), *row.taken]
        for option in row.options:
            assert parameters[option.name].default == option.default
            assert option.least <= option.default <= option.most


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedule_when_an_option_is_at_either_end_is_made(name: str) -> None:
    for option in SCHEDULES[name].options:
        for value in (option.least, option.most):
            assert len(make_betas(name, 1000, {option.name: value})) == 1000


def test_schedule_when_given_anothers_option_raises_with_its_own() -> None:
    with pytest.raises(ConfigError, match="Cosine has no option “tau”; it takes s\\."):
        make_betas("cosine", 100, {"tau": 0.7})
    with pytest.raises(ConfigError, match="Linear has no option “s”; it takes none\\."):
        make_betas("linear", 100, {"s": 0.7})
