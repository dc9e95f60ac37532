"""Invalid arguments of a network and its diffusion raise one typed error with the value and what is legal."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from core import GaussianDiffusion, Unet
from core.diffusion.inputs import as_labels
from core.errors import StudioError

PICTURES = torch.full((2, 3, 8, 8), 0.5)


def unet(**options: object) -> Unet:
    return Unet(**{"dim": 4, "dim_mults": (1, 2), "attn_heads": 1, "attn_dim_head": 2, **options})


def diffusion(**options: object) -> GaussianDiffusion:
    return GaussianDiffusion(unet(), **{"image_size": 8, "timesteps": 30, "sampling_timesteps": 3, **options})


@pytest.mark.parametrize(
    ("wrong", "legal"),
    [
        ({"dim": "wide"}, "a whole number from 4 to 4,096"),
        ({"dim": 8.5}, "a whole number from 4"),
        ({"dim": 7}, "an even number"),
        ({"dim_mults": (0, 1)}, "whole numbers such as 1,2,4 from 1 to 64"),
        ({"dim_mults": (1.5, 2)}, "whole numbers"),
        ({"dropout": 2}, "a number from 0 to 0.999"),
        ({"attn_heads": 0}, "from 1 to 256"),
        ({"attn_dim_head": (1, 0)}, "from 1 to 1024"),
        ({"channels": 0}, "a whole number from 1 to"),
        ({"out_dim": 0}, "a whole number from 1 to"),
        ({"num_classes": 0}, "a whole number from 1 to"),
        ({"sinusoidal_pos_emb_theta": -1}, "a number from 1.001"),
        ({"attn_heads": (1, 2, 3)}, "3 stages, the other 2"),
    ],
)
def test_unet_when_settings_are_invalid_raises(wrong: dict[str, object], legal: str) -> None:
    with pytest.raises(StudioError, match=legal) as refused:
        unet(**wrong)
    assert next(iter(wrong)) in str(refused.value)


@pytest.mark.parametrize(
    ("wrong", "legal"),
    [
        ({"timesteps": 0}, "a whole number from 1 to 100,000"),
        ({"timesteps": 10.5}, "a whole number"),
        ({"timesteps": None}, "a whole number"),
        ({"sampling_timesteps": 0}, "from 1 to timesteps, 30"),
        ({"sampling_timesteps": 31}, "from 1 to timesteps, 30"),
        ({"sampling_timesteps": 2.5}, "a whole number from 1"),
        ({"objective": "eps"}, "pred_noise, pred_x0, pred_v"),
        ({"beta_schedule": "squared"}, "linear, cosine, sigmoid"),
        ({"schedule_fn_kwargs": {"warmth": 1}}, "start, end, tau"),
        ({"schedule_fn_kwargs": {"tau": "high"}}, "numbers by name, of start, end, tau"),
        ({"schedule_fn_kwargs": [0.7]}, "numbers by name"),
        ({"schedule_fn_kwargs": {"tau": 0}}, "every β"),
        ({"image_size": 9}, "8 px or 10 px"),
        ({"image_size": (8, 9)}, "8 px or 10 px"),
        ({"image_size": 8.0}, "one whole number, or height and width"),
        ({"image_size": None}, "one whole number, or height and width"),
        ({"image_size": (8, 8, 8)}, "one whole number, or height and width"),
        ({"ddim_sampling_eta": 2}, "a number from 0 to 1"),
        ({"offset_noise_strength": -1}, "a number from 0 to 10"),
        ({"min_snr_gamma": 0, "min_snr_loss_weight": True}, "a number from 1e-06"),
        ({"immiscible_candidates": -1}, "a whole number from 0"),
        ({"class_dropout": 2}, "a number from 0 to 1"),
        ({"betas": torch.ones(30)}, "each between 0 and 1"),
        ({"betas": torch.full((3, 3), 0.1)}, "one number per timestep"),
        ({"betas": [0.1, 0.2]}, "a tensor"),
    ],
)
def test_diffusion_when_settings_are_invalid_raises(wrong: dict[str, object], legal: str) -> None:
    with pytest.raises(StudioError, match=legal) as refused:
        diffusion(**wrong)
    assert next(iter(wrong)) in str(refused.value)


def test_diffusion_when_the_network_is_not_callable_raises() -> None:
    with pytest.raises(StudioError, match="a callable"):
        GaussianDiffusion(None, image_size=8)


@pytest.mark.parametrize(
    ("ask", "legal"),
    [
        (lambda d: d(PICTURES[:, :1]), r"\(batch, 3, 8, 8\)"),
        (lambda d: d(PICTURES.repeat(1, 1, 2, 2)), r"\(batch, 3, 8, 8\)"),
        (lambda d: d(PICTURES[0]), r"\(batch, 3, 8, 8\)"),
        (lambda d: d(PICTURES[:0]), r"\(batch, 3, 8, 8\)"),
        (lambda d: d(PICTURES.byte()), r"torch.uint8, .* floats of shape \(batch, 3, 8, 8\)"),
        (lambda d: d(PICTURES.numpy()), "ndarray, .* a tensor of floats"),
        (lambda d: d(PICTURES.to("meta")), "on meta.* a tensor on cpu"),
        (lambda d: d(PICTURES, times=torch.tensor([30, 0])), "2 whole numbers from 0 to 29"),
        (lambda d: d(PICTURES, times=torch.tensor([-1, 0])), "2 whole numbers from 0 to 29"),
        (lambda d: d(PICTURES, times=torch.tensor([0.5, 1])), "2 whole numbers from 0 to 29"),
        (lambda d: d(PICTURES, times=torch.tensor([1, 1, 1])), "2 whole numbers from 0 to 29"),
        (lambda d: d(PICTURES, times=3), "2 whole numbers from 0 to 29"),
        (lambda d: d(PICTURES, torch.zeros(1, 3, 8, 8)), r"the shape of x_start, \(2, 3, 8, 8\)"),
        (lambda d: d(PICTURES, offset_noise_strength=-1), "a number from 0 to 10"),
        (lambda d: d(PICTURES, loss_reduction="sum"), "one of mean, none"),
        (lambda d: d(PICTURES, classes=[0, 1]), "without classes"),
        (lambda d: d.sample(0), "a whole number from 1"),
        (lambda d: d.sample("four"), "a whole number from 1"),
        (lambda d: d.p_sample_loop((2, 1, 8, 8)), r"\(batch, 3, height, width\)"),
        (lambda d: d.ddim_sample((2, 3, 8)), r"\(batch, 3, height, width\)"),
        (lambda d: d.p_sample(PICTURES, 30), "a whole number from 0 to 29"),
        (lambda d: d.p_sample(PICTURES, -1), "a whole number from 0 to 29"),
        (lambda d: d.interpolate(PICTURES, PICTURES, t=30), "a whole number from 0 to 29"),
        (lambda d: d.interpolate(PICTURES, PICTURES[:1], t=3), "as many pictures"),
        (lambda d: d.interpolate(PICTURES.byte(), PICTURES, t=3), "in floats"),
        (lambda d: d.interpolate(PICTURES, PICTURES, t=3, lam=2), "a number from 0 to 1"),
    ],
)
def test_diffusion_when_arguments_are_invalid_raises(ask: Callable[[GaussianDiffusion], object], legal: str) -> None:
    with pytest.raises(StudioError, match=legal):
        ask(diffusion())


def test_pictures_when_of_another_precision_are_accepted() -> None:
    model = diffusion()
    noise, times = torch.zeros_like(PICTURES), torch.tensor([3, 20])
    losses = [model(pictures, noise, times=times) for pictures in (PICTURES, PICTURES.double(), PICTURES.half())]
    assert all(torch.equal(loss, losses[0]) for loss in losses)


def test_whole_numbers_when_of_numpy_are_accepted() -> None:
    import numpy as np

    model = GaussianDiffusion(unet(dim=np.int64(4)), image_size=np.int64(8), timesteps=np.int64(30))
    assert model.image_size == (8, 8)
    assert model.num_timesteps == 30


def test_class_when_unknown_among_many_raises_with_the_nearest_names() -> None:
    names = [f"animal {number:03d}" for number in range(1000)]
    with pytest.raises(StudioError) as refused:
        as_labels("animal 042x", 1, 1000, names, torch.device("cpu"))
    said = str(refused.value)
    assert said.endswith("and others, 1,000 in all.")
    assert "animal 042," in said and said.count("animal") == 6
