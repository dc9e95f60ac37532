"""Noise schedules against their definitions, and the table that lists them."""

import inspect
import math
from pathlib import Path

import pytest
import torch

import core
from core.catalogue import SCHEDULES
from core.cli.main import main
from core.diffusion.schedules import make_betas
from core.errors import ConfigError
from core.settings import RunConfig


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


@pytest.mark.parametrize(
    "options", [{}, {"a5": 0.3}, {"a2": 0.95, "a5": 0.5, "a8": 0.02}, {f"a{i}": 1 - i / 10.5 for i in range(1, 10)}]
)
def test_drawn_when_made_falls_through_its_points(options: dict[str, float]) -> None:
    alphas_cumprod = torch.cumprod(1 - make_betas("drawn", 1000, options), 0)
    assert bool((alphas_cumprod.diff() < 0).all())
    for name, height in options.items():
        assert alphas_cumprod[int(name[1:]) * 100 - 1].item() == pytest.approx(height, rel=1e-9)
    if not options:
        even = 1 - torch.arange(1, 1001, dtype=torch.float64) / 1000
        torch.testing.assert_close(alphas_cumprod[:-1], even[:-1])
    assert SCHEDULES["drawn"].points(options) == [(int(name[1:]) / 10, height) for name, height in options.items()]


@pytest.mark.parametrize(
    "options", [{"a1": 0.4, "a2": 0.6}, {"a3": 0.5, "a8": 0.5}, {"a1": 1.0}, {"a9": -0.1}, {"a4": math.nan}]
)
def test_drawn_when_it_does_not_fall_is_refused_in_a_sentence_before_torch_is_needed(options: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="the heights of the points fall from one to the next"):
        make_betas("drawn", 100, options)
    words = ",".join(f"{name}={height}" for name, height in options.items())
    (problem,) = RunConfig().with_settings({"beta_schedule": "drawn", "schedule_fn_kwargs": words}).problems()
    assert "schedule_fn_kwargs" in str(problem)


def test_drawn_when_its_points_leave_nothing_between_them_is_refused() -> None:
    with pytest.raises(ConfigError, match="a trace of the picture"):
        make_betas("drawn", 1000, {"a1": 5e-324})


@pytest.mark.parametrize(("name", "option"), [("drawn", "a1"), ("cosine", "s"), ("rectified_flow", "shift")])
def test_schedule_when_an_option_is_beyond_any_float_is_refused_in_a_sentence(name: str, option: str) -> None:
    with pytest.raises(ConfigError, match="numbers by name"):
        make_betas(name, 10, {option: 10**400})


@pytest.mark.long
def test_drawn_when_set_on_the_command_line_trains_and_opens_again(tmp_path: Path) -> None:
    options = ["--set", "beta_schedule=drawn", "--set", "schedule_fn_kwargs=a3=0.8,a6=0.25", "--set", "image_size=8"]
    small = ["--set", "dim=8", "--set", "dim_mults=1,2", "--set", "batch_size=2", "--steps", "1", "--device", "cpu"]
    assert main(["train", "digits", "--run", str(tmp_path / "run"), *options, *small]) == 0
    opened = core.load_checkpoint(tmp_path / "run")
    assert opened.beta_schedule == "drawn" and opened.schedule_fn_kwargs == {"a3": 0.8, "a6": 0.25}
    assert opened.alphas_cumprod[599].item() == pytest.approx(0.25, rel=1e-5)
    assert opened.sample(batch_size=1).isfinite().all()
