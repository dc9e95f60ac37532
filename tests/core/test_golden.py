"""The mathematics against numbers of denoising-diffusion-pytorch 2.3.4 (see tests/golden/README.md)."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor

from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.networks.unet import Unet
from core.samplers import SAMPLERS

GOLDEN = Path(__file__).parents[1] / "golden"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.safetensors"))
#: The draw that gives a network with self-conditioning its first guess (below ½), and the recordings made with it.
DRAWS = {"": 1.0, "guessed.": 0.0}


@dataclass
class Golden:
    diffusion: GaussianDiffusion
    tensors: dict[str, Tensor]

    def __getitem__(self, key: str) -> Tensor:
        return self.tensors[key]

    @property
    def x_start(self) -> Tensor:
        return self["in.img"] * 2 - 1

    @property
    def self_cond(self) -> Tensor | None:
        return self.tensors.get("in.self_cond")


@pytest.fixture(params=NAMES)
def golden(request: pytest.FixtureRequest) -> Golden:
    with safe_open(GOLDEN / f"{request.param}.safetensors", "pt") as file:
        settings = {key: json.loads(text) for key, text in file.metadata().items() if text.startswith("{")}
    losses = GOLDEN / "losses" / f"{request.param}.safetensors"  # recorded later; one of the files has its own
    tensors = load_file(GOLDEN / f"{request.param}.safetensors") | (load_file(losses) if losses.exists() else {})
    unet = Unet(**settings["unet"])
    weights = {key.removeprefix("unet."): value for key, value in tensors.items() if key.startswith("unet.")}
    unet.load_state_dict(weights, strict=True)
    return Golden(GaussianDiffusion(unet, **settings["diffusion"]).eval(), tensors)


def assert_agrees(actual: Tensor, expected: Tensor) -> None:
    """To 1e-5 of the expected output's scale."""
    assert actual.shape == expected.shape
    assert (actual - expected).abs().max() <= 1e-5 * expected.abs().max()


def test_there_are_golden_files() -> None:
    assert len(NAMES) >= 4


def test_tables(golden: Golden) -> None:
    buffers = dict(golden.diffusion.named_buffers())
    expected = {key.removeprefix("buffer."): value for key, value in golden.tensors.items() if "buffer." in key}
    assert buffers.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(buffers[name], value, rtol=1e-6, atol=0, msg=name)


@torch.no_grad()
def test_forward_process(golden: Golden) -> None:
    t, noise, d = golden["in.t"], golden["in.noise"], golden.diffusion
    assert_agrees(d.q_sample(golden.x_start, t, noise), golden["out.x_t"])
    assert_agrees(d.predict_v(golden.x_start, t, noise), golden["out.v"])


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
@torch.no_grad()
def test_network_and_predictions(golden: Golden, memory_format: torch.memory_format) -> None:
    d = golden.diffusion.to(memory_format=memory_format)
    x_t, t = golden["out.x_t"].to(memory_format=memory_format), golden["in.t"]
    assert_agrees(d.model(x_t, t, golden.self_cond), golden["out.unet"])
    predictions = d.model_predictions(x_t, t, golden.self_cond)
    assert_agrees(predictions.pred_noise, golden["out.pred_noise"])
    assert_agrees(predictions.pred_x_start, golden["out.pred_x_start"])


@torch.no_grad()
def test_posterior(golden: Golden) -> None:
    x_t, t = golden["out.x_t"], golden["in.t"]
    mean, _, log_variance, _ = golden.diffusion.p_mean_variance(x_t, t, golden.self_cond)
    assert_agrees(mean, golden["out.posterior_mean"])
    assert_agrees(log_variance, golden["out.posterior_log_variance"])


def draws(golden: Golden) -> list[str]:
    """The kinds of recordings that a file must have: two of a network with self-conditioning."""
    return list(DRAWS) if golden.diffusion.self_condition else [""]


@torch.no_grad()
def test_loss_of_each_picture(golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in draws(golden):
        monkeypatch.setattr("random.random", lambda kind=kind: DRAWS[kind])
        losses = golden.diffusion.p_losses(golden.x_start, golden["in.t"], golden["in.noise"], loss_reduction="none")
        assert_agrees(losses, golden[f"{kind}out.loss_per_image"])


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_gradients_of_the_loss(
    golden: Golden, memory_format: torch.memory_format, monkeypatch: pytest.MonkeyPatch
) -> None:
    d = golden.diffusion.to(memory_format=memory_format)
    for kind in draws(golden):
        monkeypatch.setattr("random.random", lambda kind=kind: DRAWS[kind])
        prefix = f"{kind}grad."
        expected = {key.removeprefix(prefix): of for key, of in golden.tensors.items() if key.startswith(prefix)}
        d.zero_grad()
        d.p_losses(golden.x_start, golden["in.t"], golden["in.noise"]).backward()
        gradients = {name: parameter.grad for name, parameter in d.model.named_parameters()}
        assert gradients.keys() == expected.keys()
        scale = max(gradient.abs().max() for gradient in expected.values())
        for name, gradient in expected.items():
            assert (gradients[name] - gradient).abs().max() <= 1e-5 * scale, f"{kind}{name}"


def test_ddim_trajectory(golden: Golden) -> None:
    steps = list(SAMPLERS["ddim"](golden.diffusion, golden["in.x_T"], steps=10, eta=0.0))
    trajectory = torch.stack([golden["in.x_T"], *(step.x_next for step in steps)], dim=1)
    assert_agrees((trajectory + 1) * 0.5, golden["out.ddim10_all"])


def test_a_checkpoint_of_the_library_loads_strictly() -> None:
    checkpoint = torch.load(GOLDEN / "model-1.pt", weights_only=True, map_location="cpu")
    unet = Unet(8, dim_mults=(1, 2), channels=1, attn_heads=2, attn_dim_head=8)
    diffusion = GaussianDiffusion(unet, image_size=16)
    expected_names = list(diffusion.state_dict())
    assert list(checkpoint["model"]) == expected_names
    diffusion.load_state_dict(checkpoint["model"], strict=True)
    prefix = "ema_model."
    ema = {key.removeprefix(prefix): value for key, value in checkpoint["ema"].items() if key.startswith(prefix)}
    diffusion.load_state_dict(ema, strict=True)
