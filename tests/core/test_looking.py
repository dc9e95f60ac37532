"""Looking into the U-Net: against hooks and formulas written here, and that nothing of it is left in the model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import ConfigError, SamplingError
from core.networks.anatomy import network_map, row_of
from core.networks.blocks import MEMORY_PAIRS, Attention, LinearAttention, ResnetBlock
from core.networks.looking import Off, look, over_time, parts_of, without
from core.networks.unet import Unet

SIZE = (8, 12)


def a_diffusion(size: tuple[int, int] = SIZE, **settings: Any) -> GaussianDiffusion:
    torch.manual_seed(0)
    unet = Unet(8, **{"dim_mults": (1, 2), "attn_heads": 2, "attn_dim_head": 4, **settings})
    for parameter in unet.parameters():
        # Gains of 1 and biases of 0 would leave much unsaid.
        nn.init.normal_(parameter, std=0.3)
    return GaussianDiffusion(unet, image_size=size, timesteps=30).eval()


@pytest.fixture(scope="module")
def diffusion() -> GaussianDiffusion:
    return a_diffusion()


def x_t(count: int = 1) -> Tensor:
    return torch.randn((count, 3, *SIZE), generator=torch.Generator().manual_seed(1))


def hooks_of(network: nn.Module) -> int:
    return sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in network.modules())


@torch.no_grad()
def answer(diffusion: GaussianDiffusion, t: int = 7) -> Tensor:
    return diffusion.network_output(x_t(), torch.tensor([t])).output


# --- One look --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [{}, {"patch_size": 2, "self_condition": True}, {"num_classes": 2, "learned_sinusoidal_cond": True}],
    ids=["plain", "patches", "classes"],
)
def test_look_when_it_is_taken_at_each_block_is_what_the_block_puts_out(settings: dict[str, Any]) -> None:
    diffusion = a_diffusion(**settings)
    unet = diffusion.model
    assert isinstance(unet, Unet)
    more: dict[str, Any] = {"classes": 1} if "num_classes" in settings else {}
    if unet.self_condition:
        more["x_self_cond"] = x_t() / 2
    outputs: dict[str, Tensor] = {}
    modules = {module: name for name, module in unet.named_modules()}
    handles = [
        module.register_forward_hook(lambda module, _given, output: outputs.update({modules[module]: output}))
        for module in unet.modules()
    ]
    predicted = diffusion.model_predictions(
        x_t(), torch.tensor([7]), more.get("x_self_cond"), clip_x_start=True, classes=more.get("classes")
    )
    for handle in handles:
        handle.remove()
    for row in network_map(unet, SIZE):
        seen = look(diffusion, x_t(), 7, module=row.module, **more)
        assert seen.activations.shape == row.shape
        np.testing.assert_allclose(
            seen.activations, outputs[row.module][0].detach().reshape(row.shape).numpy(), rtol=1e-4, atol=1e-5
        )
        strength = np.sqrt(np.square(seen.activations).mean(axis=(1, 2)))
        np.testing.assert_allclose(seen.strengths, strength, rtol=1e-5)
    np.testing.assert_allclose(seen.x_start, predicted.pred_x_start[0].detach().numpy(), rtol=1e-4, atol=1e-5)
    assert np.abs(seen.x_start).max() <= 1
    for name, (scale, shift) in seen.scale_shift.items():
        said = outputs[f"{name}.mlp"][0].detach().numpy()
        np.testing.assert_allclose(np.concatenate((scale, shift)), said, rtol=1e-4, atol=1e-6)
    assert {row.module for row in network_map(unet, SIZE) if row.takes_time} == set(seen.scale_shift)
    shortcut = outputs["init_conv"][0].detach()
    carried = seen.shortcuts["final_res_block"]
    np.testing.assert_allclose(carried.picture, shortcut.mean(0).numpy(), rtol=1e-4, atol=1e-6)
    assert carried.strength == pytest.approx(float(shortcut.square().mean().sqrt()), rel=1e-4)
    assert set(seen.shortcuts) == {row.module for row in network_map(unet, SIZE) if row.shortcut}


def test_look_when_taken_asks_the_network_once_and_leaves_it_as_it_was(diffusion: GaussianDiffusion) -> None:
    before, calls = answer(diffusion), []
    handle = diffusion.model.register_forward_hook(lambda *_: calls.append(1))
    seen = look(diffusion, x_t(), 7, module="mid_attn", pixel=(1, 2), off=[Off("attention", "mid_attn")])
    handle.remove()
    assert len(calls) == 1 and hooks_of(diffusion.model) == 0
    assert torch.equal(answer(diffusion), before)
    with pytest.raises(ValueError, match="read-only"):
        seen.activations[0] = 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x_t": x_t(2)}, "a single picture"),
        ({"x_t": torch.zeros(1, 1, *SIZE)}, "the model takes"),
        ({"t": 30}, "from 0 to 29"),
        ({"module": "middle"}, "one of init_conv"),
        ({"module": "mid_attn", "pixel": (4, 0)}, "from 0 to 3"),
        ({"off": [Off("shortcut", "downs.0.0")]}, "one of residual, block"),
        ({"off": [Off("block", "mid_attn")]}, "one of attention"),
        ({"classes": 1}, "without classes"),
    ],
)
def test_look_when_it_cannot_be_taken_says_why(
    diffusion: GaussianDiffusion, change: dict[str, Any], words: str
) -> None:
    asked: dict[str, Any] = {"x_t": x_t(), "t": 7, "module": "mid_block1", **change}
    with pytest.raises((ConfigError, SamplingError), match=words):
        look(diffusion, asked.pop("x_t"), asked.pop("t"), **asked)
    assert hooks_of(diffusion.model) == 0


# --- The weights of attentions ---------------------------------------------------------------------------


def values_of(block: Attention | LinearAttention, x: Tensor) -> Tensor:
    """(heads, M + N, d): the values that the weights are of."""
    v = block.to_qkv(block.norm(x)).flatten(2)[0].chunk(3)[2]
    v = v.view(block.heads, block.dim_head, -1).transpose(1, 2)
    memory = block.mem_kv[1] if isinstance(block, Attention) else block.mem_kv[1].transpose(1, 2)
    return torch.cat((memory, v), dim=1)


@pytest.mark.parametrize("module", ["downs.0.2", "ups.0.2", "mid_attn"])
@torch.no_grad()
def test_weights_when_multiplied_with_the_values_are_what_the_attention_puts_out(module: str) -> None:
    diffusion, x = a_diffusion((4, 6)), x_t()[:, :, :4, :6]
    block = diffusion.model.get_submodule(module)
    assert isinstance(block, Attention | LinearAttention)
    given: list[Tensor] = []
    handle = block.register_forward_hook(lambda _module, inputs, _output: given.append(inputs[0]))
    diffusion.network_output(x, torch.tensor([7]))
    handle.remove()
    values = values_of(block, given[0])
    channels, height, width = row_of(network_map(diffusion.model, (4, 6)), module).shape
    mixed = torch.empty(1, block.heads * block.dim_head, height, width)
    for row in range(height):
        for column in range(width):
            seen = look(diffusion, x, 7, module=module, pixel=(row, column))
            weights = seen.attention
            assert weights is not None and weights.exact == isinstance(block, Attention)
            assert weights.memory.shape == (block.heads, MEMORY_PAIRS)
            assert weights.points.shape == (block.heads, height, width)
            everything = np.concatenate((weights.memory, weights.points.reshape(block.heads, -1)), axis=1)
            total = 1.0 if weights.exact else block.dim_head**-0.5
            np.testing.assert_allclose(everything.sum(axis=1), total, rtol=1e-5)
            assert everything.min() >= 0
            mixed[0, :, row, column] = torch.einsum("hn,hnd->hd", torch.from_numpy(everything), values).flatten()
    out = block.to_out(mixed)[0]
    assert channels == len(out)
    torch.testing.assert_close(out, torch.tensor(seen.activations), rtol=1e-5, atol=1e-5)


def test_weights_when_a_block_has_none_are_none(diffusion: GaussianDiffusion) -> None:
    assert look(diffusion, x_t(), 7, module="mid_block1", pixel=(0, 0)).attention is None
    assert look(diffusion, x_t(), 7, module="mid_attn").attention is None


# --- Switching off ---------------------------------------------------------------------------------------


def noted(diffusion: GaussianDiffusion, module: str, off: list[Off]) -> tuple[Tensor, Tensor]:
    """What a block is given, and what it puts out."""
    found: list[tuple[Tensor, Tensor]] = []
    with without(diffusion, off):
        block = diffusion.model.get_submodule(module)
        handle = block.register_forward_hook(lambda _module, inputs, output: found.append((inputs[0], output)))
        answer(diffusion)
        handle.remove()
    return found[0]


def test_parts_when_switched_off_are_zero(diffusion: GaussianDiffusion) -> None:
    before = answer(diffusion)
    taken = row_of(network_map(diffusion.model, SIZE), "downs.1.2").shape[0]
    given, _ = noted(diffusion, "ups.0.0", [])
    cut, _ = noted(diffusion, "ups.0.0", [Off("shortcut", "ups.0.0")])
    # A hook is given what the caller gave: what the block computes with is seen from within.
    within, _ = noted(diffusion, "ups.0.0.block1.proj", [Off("shortcut", "ups.0.0")])
    assert torch.equal(within[:, :-taken], given[:, :-taken])
    assert within[:, -taken:].abs().max() == 0 < given[:, -taken:].abs().max()
    assert cut.shape == given.shape

    block = diffusion.model.get_submodule("downs.0.0")
    assert isinstance(block, ResnetBlock)
    given, out = noted(diffusion, "downs.0.0", [Off("block", "downs.0.0")])
    assert torch.equal(out, block.res_conv(given))
    _, own = noted(diffusion, "downs.0.0.block2", [])
    _, out = noted(diffusion, "downs.0.0", [Off("residual", "downs.0.0")])
    assert torch.equal(out, own)
    _, out = noted(diffusion, "mid_attn", [Off("attention", "mid_attn")])
    assert out.abs().max() == 0
    assert torch.equal(answer(diffusion), before) and hooks_of(diffusion.model) == 0


def test_every_part_when_switched_off_changes_the_answer_and_comes_back(diffusion: GaussianDiffusion) -> None:
    before = answer(diffusion)
    rows = network_map(diffusion.model, SIZE)
    parts = [Off(part, row.module) for row in rows for part in parts_of(row)]
    # Two of each of 11 residual blocks, 5 of which take a shortcut, and 5 attentions.
    assert len(parts) == 2 * 11 + 5 + 5
    for off in parts:
        with without(diffusion, [off]):
            assert not torch.equal(answer(diffusion), before)
        assert torch.equal(answer(diffusion), before)


def test_without_when_nested_adds_up_and_ends_one_by_one(diffusion: GaussianDiffusion) -> None:
    before = answer(diffusion)
    one, other = Off("attention", "mid_attn"), Off("shortcut", "ups.1.1")
    with without(diffusion, [one]):
        alone = answer(diffusion)
        with without(diffusion, [other]):
            both = answer(diffusion)
        assert torch.equal(answer(diffusion), alone)
    with without(diffusion, [other, one]):
        assert torch.equal(answer(diffusion), both)
    assert torch.equal(answer(diffusion), before)
    assert not torch.equal(both, alone)


def test_without_when_something_fails_in_it_leaves_no_hook(diffusion: GaussianDiffusion) -> None:
    before = answer(diffusion)
    with pytest.raises(ZeroDivisionError), without(diffusion, [Off("block", "mid_block1")]):
        raise ZeroDivisionError
    with pytest.raises(ConfigError), without(diffusion, [Off("block", "mid_block1"), Off("all", "mid_attn")]):
        raise AssertionError("not reached")
    with pytest.raises(ConfigError, match="pairs of a part"), without(diffusion, ["attention"]):
        raise AssertionError("not reached")
    assert hooks_of(diffusion.model) == 0 and torch.equal(answer(diffusion), before)


# --- Over time -------------------------------------------------------------------------------------------


def test_over_time_when_told_is_a_look_at_each_time_and_a_pass_each(diffusion: GaussianDiffusion) -> None:
    x_start, noise, times = x_t() / 3, torch.randn(1, 3, *SIZE), [29, 15, 0]
    calls: list[int] = []
    handle = diffusion.model.register_forward_hook(lambda *_: calls.append(1))
    hooks_before = hooks_of(diffusion.model)
    moments = []
    for moment in over_time(diffusion, x_start, "mid_block1", times, noise=noise):
        moments.append(moment)
        assert len(calls) == len(moments) and hooks_of(diffusion.model) == hooks_before
    handle.remove()
    assert [moment.t for moment in moments] == times
    noisy = torch.cat([diffusion.q_sample(x_start, torch.tensor([t]), noise) for t in times])
    recorded = list(over_time(diffusion, noisy, "mid_block1", times))
    for number, (moment, other) in enumerate(zip(moments, recorded, strict=True)):
        seen = look(diffusion, noisy[number : number + 1], moment.t, module="mid_block1")
        np.testing.assert_allclose(moment.strengths, seen.strengths, rtol=1e-4)
        np.testing.assert_allclose(other.strengths, seen.strengths, rtol=1e-4)
        assert moment.strength == pytest.approx(float(np.sqrt(np.square(seen.activations).mean())), rel=1e-4)
        assert moment.scale_shift is not None
        np.testing.assert_allclose(moment.scale_shift.scale, seen.scale_shift["mid_block1"].scale, rtol=1e-5)
    assert not np.allclose(moments[0].scale_shift.scale, moments[2].scale_shift.scale)
    assert next(over_time(diffusion, noisy[:1], "mid_attn", [3])).scale_shift is None


def test_over_time_when_the_pictures_are_not_as_many_as_the_times_says_so(diffusion: GaussianDiffusion) -> None:
    with pytest.raises(ConfigError, match="3 pictures"):
        next(over_time(diffusion, x_t(2), "mid_attn", [3, 2, 1]))
    with pytest.raises(ConfigError, match="1 pictures"):
        next(over_time(diffusion, x_t(2), "mid_attn", [3, 2, 1], noise=x_t(2)))
