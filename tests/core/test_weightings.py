"""Loss weightings: what each makes of the error of x̂_0, and that the settings say one thing about min-SNR."""

from __future__ import annotations

from itertools import product

import pytest
import torch

from core import GaussianDiffusion
from core.catalogue import OBJECTIVES, WEIGHTINGS
from core.diffusion.process import objective_named, signal_to_noise_ratio
from core.diffusion.schedules import make_betas
from core.diffusion.weightings import library_weighting, loss_weights
from core.errors import ConfigError
from core.networks.build import build_diffusion, describe
from core.settings import ModelConfig, RunConfig

SNR = signal_to_noise_ratio(make_betas("cosine", 1000))


def of_x_start(weighting: str, objective: str, **options: float) -> torch.Tensor:
    """How much a squared error of x̂_0 weighs at each timestep."""
    return loss_weights(objective, SNR, weighting, options) * objective_named(objective).output_error(SNR)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_min_snr_when_any_objective_is_trained_weighs_x_start_by_the_clipped_snr(objective: str) -> None:
    torch.testing.assert_close(of_x_start("min_snr", objective, gamma=5), SNR.clamp(max=5))
    torch.testing.assert_close(of_x_start("min_snr", objective), SNR.clamp(max=5))  # γ of the paper


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_p2_when_any_objective_is_trained_weighs_the_noise_as_the_paper_says(objective: str) -> None:
    of_noise = of_x_start("p2", objective, gamma=0.5, k=2) / SNR
    torch.testing.assert_close(of_noise, 1 / (2 + SNR) ** 0.5)
    torch.testing.assert_close(of_x_start("p2", objective) / SNR, 1 / (1 + SNR))  # γ = k = 1, as in the paper


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_constant_when_any_objective_is_trained_weighs_every_step_the_same(objective: str) -> None:
    torch.testing.assert_close(loss_weights(objective, SNR, "constant"), torch.ones_like(SNR))


def test_none_when_the_library_has_the_objective_is_its_weight() -> None:
    wanted = {"pred_noise": torch.ones_like(SNR), "pred_x0": SNR, "pred_v": SNR / (SNR + 1)}
    for objective, weight in wanted.items():
        torch.testing.assert_close(loss_weights(objective, SNR), weight)
        assert library_weighting(None) == ("none", {})


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_every_weighting_when_given_its_usual_options_is_finite_and_not_negative(
    weighting: str, objective: str
) -> None:
    for schedule, timesteps in product(("linear", "cosine", "sigmoid", "rectified_flow"), (30, 1000)):
        weights = loss_weights(objective, signal_to_noise_ratio(make_betas(schedule, timesteps)), weighting)
        assert weights.shape == (timesteps,) and bool((weights.isfinite() & (weights >= 0)).all())


def test_options_when_the_weighting_has_no_such_one_are_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="loss_weighting_kwargs: Constant has no option “k”; it takes none"):
        loss_weights("pred_v", SNR, "constant", {"k": 1})
    with pytest.raises(ConfigError, match="every weight of min-SNR is a number from 0 upwards"):
        loss_weights("pred_v", SNR, "min_snr", {"gamma": -1})


def test_settings_when_one_of_gamma_and_weighting_is_said_agree() -> None:
    config = RunConfig().with_settings({"min_snr_gamma": 3})
    assert config.diffusion.loss_weighting == "min_snr" and config.diffusion.weighting_options() == {"gamma": 3}
    assert config.with_settings({"min_snr_gamma": None}).diffusion.loss_weighting == "none"
    assert config.with_settings({"loss_weighting": "constant"}).diffusion.min_snr_gamma is None
    assert RunConfig().with_settings({"loss_weighting": "min_snr"}).diffusion.min_snr_gamma == 5
    assert not config.problems()
    both = RunConfig().with_settings({"loss_weighting": "constant", "min_snr_gamma": 5})
    assert "min-SNR is a weighting of its own" in str(both.problems()[0])
    # A run of before, whose settings know γ alone.
    plain = config.to_dict()
    del plain["diffusion"]["loss_weighting"], plain["diffusion"]["loss_weighting_kwargs"]
    assert RunConfig.from_dict(plain) == config


@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_model_when_described_and_built_again_has_the_same_weights(weighting: str) -> None:
    tiny = RunConfig(model=ModelConfig(dim=8, dim_mults=(1, 2)))
    config = tiny.with_settings({"loss_weighting": weighting, "image_size": 8, "channels": 3, "horizontal_flip": False})
    built = build_diffusion(config)
    again = build_diffusion(describe(built))
    assert torch.equal(built.loss_weight, again.loss_weight) and again.loss_weighting == weighting


def test_model_when_min_snr_is_said_twice_differently_is_refused() -> None:
    with pytest.raises(ConfigError, match="min-SNR is a weighting of its own"):
        GaussianDiffusion(
            lambda x, t, s: x, image_size=8, timesteps=10, min_snr_loss_weight=True, loss_weighting="constant"
        )


@pytest.mark.parametrize(
    ("said", "words"),
    [("gamma", "such as gamma=0.5"), ("gamma=1.5 k=0.5", "a comma between two"), ("foo=1", "no option")],
)
def test_options_when_they_cannot_be_read_are_a_problem_of_the_settings(said: str, words: str) -> None:
    config = RunConfig().with_settings({"loss_weighting": "p2", "loss_weighting_kwargs": said})
    assert any(words in str(problem) and "loss_weighting_kwargs" in str(problem) for problem in config.problems())
