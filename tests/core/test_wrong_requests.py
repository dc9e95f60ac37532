"""Invalid arguments of samplers, devices and the Trainer raise an error of ours with what is legal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

import core
from core import SAMPLERS, GaussianDiffusion, Trainer, Unet, prepare_for_device
from core.device import as_device, choose_device
from core.diffusion.guidance import Guidance
from core.errors import ConfigError, DeviceError, SamplingError, StudioError
from core.samplers import initial_noise, sampler_named, time_pairs
from core.samplers.editing import image_to_image, inpaint, inpaint_steps, interpolate

X = torch.full((2, 3, 8, 8), 0.25)
T = torch.tensor([3, 7])
NAMES = ("ant", "bee", "cat")


def unet(**options: object) -> Unet:
    return Unet(**{"dim": 4, "dim_mults": (1, 2), "attn_heads": 1, "attn_dim_head": 2, **options})


def diffusion(model: object = None, **options: object) -> GaussianDiffusion:
    options = {"image_size": 8, "timesteps": 30, "sampling_timesteps": 2, **options}
    return GaussianDiffusion(unet() if model is None else model, **options)


@pytest.fixture(scope="module")
def plain() -> GaussianDiffusion:
    return diffusion()


@pytest.fixture(scope="module")
def classy() -> GaussianDiffusion:
    return diffusion(unet(num_classes=3, self_condition=True), class_names=NAMES)


def half(x: Tensor, t: Tensor, _: Tensor | None) -> Tensor:
    return 0.5 * x


SAMPLER_WORDS = [
    ({"diffusion": Unet}, "a GaussianDiffusion"),
    ({"diffusion": None}, "a GaussianDiffusion"),
    ({"x_T": X.numpy()}, "x_T"),
    ({"x_T": "noise"}, "x_T"),
    ({"x_T": X.int()}, "torch.int32.*in floats"),
    ({"x_T": X[:, :1]}, "batch, 3"),
    ({"x_T": X[..., :7]}, "multiples of 2"),
    ({"x_T": X[:0]}, "batch, 3"),
    ({"x_T": X * float("nan")}, "“nan” is not a value of x_T: finite"),
    ({"x_T": X * float("inf")}, "“inf” is not a value of x_T: finite"),
    ({"x_T": X.to("meta")}, "the model's device, cpu"),
    ({"generator": 0}, "a torch.Generator"),
    ({"generator": "seed"}, "a torch.Generator"),
    ({"eta": "0.5"}, "from 0 to 1"),
    ({"eta": np.array([0.5, 0.5])}, "from 0 to 1"),
    ({"eta": True}, "from 0 to 1"),
    ({"eta": 10**400}, "from 0 to 1"),
    ({"guidance_scale": "3"}, "from 0 to 100"),
    ({"guidance_scale": None}, "from 0 to 100"),
    ({"guidance_scale": np.array([3.0, 1.0])}, "from 0 to 100"),
    ({"guidance_scale": 2.0, "classes": None}, "“2.0” is not a value of guidance_scale: 1, as long as"),
    ({"guidance_rescale": 0.5, "classes": None}, "“0.5” is not a value of guidance_rescale: 0, as long as"),
    ({"guidance_rescale": []}, "from 0 to 1"),
    ({"spacing": ["uniform"]}, "one of uniform"),
    ({"spacing": ""}, "one of uniform"),
    ({"start_t": 3.0}, "0 to 29"),
    ({"steps": "3"}, "1 to 30"),
]


@pytest.mark.parametrize(("wrong", "legal"), SAMPLER_WORDS)
def test_sampler_when_arguments_are_invalid_raises(
    classy: GaussianDiffusion, wrong: dict[str, object], legal: str
) -> None:
    arguments = {"diffusion": classy, "x_T": X, "steps": 2, "classes": 0, **wrong}
    with pytest.raises(SamplingError, match=legal):
        SAMPLERS["ddim"](**arguments)


@pytest.mark.parametrize(
    ("ask", "legal"),
    [
        (lambda d: d.sample(0), "batch_size: a whole number from 1"),
        (lambda d: d.sample(-1), "batch_size: a whole number from 1"),
        (lambda d: d.sample(2.5), "batch_size: a whole number from 1"),
        (lambda d: d.sample(True), "batch_size: a whole number from 1"),
        (lambda d: d.sample(10**30), "ran out of memory"),
        (lambda d: d.sample(1, guidance_scale=3.0), "guidance_scale: 1"),
        (lambda d: d.ddim_sample(4), r"\(batch, 3, height, width\)"),
        (lambda d: d.ddim_sample("2388"), r"\(batch, 3, height, width\)"),
        (lambda d: d.ddim_sample((2, 3, 8.0, 8)), r"\(batch, 3, height, width\)"),
        (lambda d: d.p_sample_loop((2, 3, 0, 8)), r"\(batch, 3, height, width\)"),
        (lambda d: d.p_sample_loop((2, 3, 7, 8)), "multiples of 2"),
        (lambda d: d.p_sample(X, True), "0 to 29"),
        (lambda d: d.p_sample(X, torch.tensor(3)), "0 to 29"),
        (lambda d: d.p_sample(X[:, :1], 3), "batch, 3"),
        (lambda d: d.p_sample(X, 3, generator=0), "a torch.Generator"),
        (lambda d: d.interpolate("a", X), "x1"),
        (lambda d: d.interpolate(X, X, lam="half"), "from 0 to 1"),
        (lambda d: d.random_times(0), "from 1"),
        (lambda d: d.random_times(10**30), "from 1"),
        (lambda d: image_to_image(d, X, t=3, sampler=["ddim"]), "one of ddpm, ddim"),
        (lambda d: image_to_image(d, X, t="3"), "0 to 29"),
        (lambda d: image_to_image(d, X * float("nan"), t=3), "finite"),
        (lambda d: interpolate(d, X, X, t=3, generator=1), "a torch.Generator"),
        (lambda d: inpaint(d, X, np.ones((8, 8))), "mask"),
        (lambda d: inpaint(d, X, "left"), "mask"),
        (lambda d: inpaint(d, X, torch.ones(8, 8).cfloat()), "mask"),
        (lambda d: inpaint(d, X, torch.full((8, 8), float("nan"))), "mask: finite"),
        (lambda d: inpaint(d, X, torch.ones(8, 8), resamples=10**9), "1 to 1,000"),
        (lambda d: inpaint(d, X, torch.ones(8, 8), guidance_scale=2.0), "guidance_scale: 1"),
        (lambda d: inpaint_steps(5, jump=0), "jump"),
        (lambda d: initial_noise(d, 0, seed=1, device="cpu"), "count"),
        (lambda d: initial_noise(d, 1, seed="x", device="cpu"), "seed"),
        (lambda d: time_pairs(d, 3, spacing=None), "one of uniform"),
        (lambda d: sampler_named(3), "one of ddpm"),
        (lambda d: d.prepare_classes(torch.tensor([0])), "without classes"),
        (lambda d: d.model_predictions(X, T, guidance=3.0), "a Guidance"),
        (lambda d: d.model_predictions(X, T, guidance=Guidance(3.0)), "guidance_scale: 1"),
    ],
)
def test_sample_when_arguments_are_invalid_raises(
    plain: GaussianDiffusion, ask: Callable[[GaussianDiffusion], object], legal: str
) -> None:
    with pytest.raises(SamplingError, match=legal):
        ask(plain)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64, torch.float32])
def test_x_t_when_of_any_float_type_is_widened_to_the_models(plain: GaussianDiffusion, kind: torch.dtype) -> None:
    steps = list(SAMPLERS["ddim"](plain, X.to(kind)))
    assert torch.equal(steps[0].x_t, X)
    assert {tensor.dtype for step in steps for tensor in (step.x_t, step.x_0, step.x_next)} == {torch.float32}
    assert plain.p_sample(X.to(kind), 3)[0].dtype == torch.float32


def test_numbers_when_of_numpy_are_accepted(classy: GaussianDiffusion) -> None:
    options = {"eta": np.float32(0.5), "guidance_scale": np.float64(2), "guidance_rescale": np.float32(0.5)}
    assert len(list(SAMPLERS["ddim"](classy, X, steps=np.int64(2), classes=0, **options))) == 2


@pytest.mark.parametrize("device", ["nope", "", None, 3.5, True, b"cpu", [], "cuda:99"])
def test_device_when_unknown_raises_with_the_available(device: object) -> None:
    with pytest.raises(DeviceError, match=r"These can: .*cpu"):
        prepare_for_device(unet(), device)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is one")
def test_device_when_cuda_is_missing_raises() -> None:
    for call in (
        lambda: prepare_for_device(unet(), "cuda"),
        lambda: initial_noise(diffusion(half), 1, seed=0, device="cuda"),
        lambda: choose_device("cuda"),
    ):
        with pytest.raises(DeviceError, match=r"“cuda.*These can: .*cpu"):
            call()


def test_prepare_for_device_when_given_a_name_or_no_model_accepts_or_raises() -> None:
    assert as_device("cpu") == as_device(torch.device("cpu")) == torch.device("cpu")
    with pytest.raises(ConfigError, match="a GaussianDiffusion"):
        prepare_for_device(object(), "cpu")
    for wish in (None, np.array([1, 2]), 3):
        with pytest.raises(DeviceError):
            choose_device(wish)


@pytest.mark.parametrize(
    ("wrong", "legal"),
    [
        ({"diffusion_model": object()}, "“a object” is not a value of diffusion_model: a GaussianDiffusion"),
        ({"diffusion_model": Unet}, "a GaussianDiffusion"),
        ({"folder": 5}, "“5” is not a value of folder: a path"),
        ({"folder": None}, "folder: a path"),
        ({"results_folder": b"x"}, "results_folder: a path"),
        ({"amp": "maybe"}, "amp: true or false"),
        ({"calculate_fid": "maybe"}, "calculate_fid: true or false"),
        ({"mixed_precision_type": ["fp16"]}, "one of fp16, bf16, no"),
        ({"convert_image_to": 5}, "one of L, LA, RGB, RGBA"),
    ],
)
def test_trainer_when_arguments_are_invalid_raises_with_what_is_legal(
    tmp_path: Path, wrong: dict[str, object], legal: str
) -> None:
    arguments = {"diffusion_model": diffusion(), "folder": tmp_path, "calculate_fid": False, **wrong}
    with pytest.raises(ConfigError, match=legal):
        Trainer(**arguments)


@pytest.mark.parametrize("name", ["KarrasUnet", "Dataset", "Unet1D"])
def test_names_when_left_out_raise_with_the_reason(name: str) -> None:
    assert not hasattr(core, name)
    assert getattr(core, name, None) is None
    with pytest.raises(AttributeError, match=f"^{name} is not part of this program: ") as refused:
        getattr(core, name)
    assert isinstance(refused.value, StudioError)
    with pytest.raises(ConfigError, match=f"^{name} is not part of this program: "):
        exec(f"from core import {name}")
