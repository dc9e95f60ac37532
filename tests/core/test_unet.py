"""The network's parts against their definitions, and the settings that it refuses."""

from copy import deepcopy

import pytest
import torch
import torch.nn.functional as nnf
from torch import Tensor, nn

from core.errors import ConfigError
from core.networks import blocks
from core.networks.blocks import Attention, Block, LinearAttention, PointwiseConv, RMSNorm
from core.networks.unet import Unet


def defined_norm(x: Tensor, g: Tensor) -> Tensor:
    return x / x.norm(dim=1, keepdim=True).clamp(min=1e-12) * x.shape[1] ** 0.5 * g


def a_norm(channels: int) -> RMSNorm:
    norm = RMSNorm(channels)
    torch.nn.init.normal_(norm.g)
    return norm


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_attention_when_computed_both_ways_agrees(memory_format: torch.memory_format) -> None:
    torch.manual_seed(0)
    plain, flash = Attention(6, heads=2, dim_head=8), Attention(6, heads=2, dim_head=8, flash=True)
    flash.load_state_dict(plain.state_dict())
    plain, flash = plain.to(memory_format=memory_format), flash.to(memory_format=memory_format)
    x = torch.randn(2, 6, 3, 4).to(memory_format=memory_format)
    torch.testing.assert_close(plain(x), flash(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "settings",
    [
        {"dim": 8, "dim_mults": (1, 2, 4), "channels": 1},
        {"dim": 8, "dim_mults": (2, 1), "init_dim": 6, "attn_heads": (1, 2), "attn_dim_head": (4, 8)},
        {"dim": 8, "dim_mults": (1, 2), "full_attn": True, "flash_attn": True, "self_condition": True},
    ],
)
def test_memory_formats_when_compared_agree_forward_and_backward(settings: dict[str, object]) -> None:
    results = []
    for memory_format in (torch.contiguous_format, torch.channels_last):
        torch.manual_seed(0)
        unet = Unet(**settings).to(memory_format=memory_format)
        x = torch.randn(2, unet.channels, 8, 12).to(memory_format=memory_format)
        out = unet(x, torch.tensor([3, 500]))
        gradients = torch.autograd.grad(out.square().mean(), list(unet.parameters()))
        results.append([out, *gradients])
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5)


def test_self_conditioning_when_not_given_is_zeros() -> None:
    unet = Unet(8, dim_mults=(1,), self_condition=True)
    x, t = torch.randn(2, 3, 4, 4), torch.tensor([1, 2])
    assert torch.equal(unet(x, t), unet(x, t, torch.zeros_like(x)))
    assert not torch.equal(unet(x, t), unet(x, t, torch.ones_like(x)))


def test_dropout_when_evaluating_is_off() -> None:
    unet = Unet(8, dim_mults=(1,), dropout=0.5)
    x, t = torch.randn(2, 3, 4, 4), torch.tensor([1, 2])
    assert not torch.equal(unet(x, t), unet(x, t))
    unet.eval()
    assert torch.equal(unet(x, t), unet(x, t))
    assert unet.mid_block1.block2.dropout.p == 0


def test_dropout_when_seeded_is_the_same_in_either_memory_format() -> None:
    """So training is the same as with denoising-diffusion-pytorch, which keeps tensors contiguous."""
    x, t = torch.randn(2, 3, 8, 8), torch.tensor([1, 2])
    contiguous = Unet(8, dim_mults=(1, 2), dropout=0.5)
    channels_last = deepcopy(contiguous).to(memory_format=torch.channels_last)
    results = []
    for unet, given in ((contiguous, x), (channels_last, x.contiguous(memory_format=torch.channels_last))):
        torch.manual_seed(0)
        out = unet(given, t)
        results.append([out, *torch.autograd.grad(out.square().sum(), list(unet.parameters()))])
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-3)


def test_random_frequencies_when_trained_stay() -> None:
    def learns(**option: bool) -> bool:
        return Unet(8, dim_mults=(1,), **option).time_mlp[0].weights.requires_grad

    assert learns(learned_sinusoidal_cond=True)
    assert not learns(random_fourier_features=True)


def test_full_attention_when_not_chosen_is_at_the_innermost_stage() -> None:
    for default in (None, False):
        unet = Unet(8, dim_mults=(1, 1, 1), full_attn=default)
        assert [type(stage[2]) for stage in unet.downs] == [LinearAttention, LinearAttention, Attention]
    unet = Unet(8, dim_mults=(1, 1), full_attn=(True, False))
    assert [type(stage[2]) for stage in unet.ups] == [LinearAttention, Attention]


def test_downsample_factor() -> None:
    assert [Unet(4, dim_mults=(1,) * stages).downsample_factor for stages in (1, 2, 4)] == [1, 2, 8]
    assert [Unet(4, dim_mults=(1, 1), patch_size=patch).downsample_factor for patch in (1, 2, 4)] == [2, 4, 8]


@pytest.mark.parametrize("patch", [1, 2, 4])
@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_patches_when_given_are_the_network_between_unshuffle_and_shuffle(
    patch: int, memory_format: torch.memory_format
) -> None:
    torch.manual_seed(0)
    settings = {"dim": 8, "dim_mults": (1, 2), "self_condition": True}
    unet = Unet(**settings, channels=3, out_dim=2, patch_size=patch).to(memory_format=memory_format)
    inside = Unet(**settings, channels=3 * patch**2, out_dim=2 * patch**2)
    state = unet.state_dict()
    inside.load_state_dict({**state, "init_conv.weight": nnf.pixel_unshuffle(state["init_conv.weight"], patch)})
    x, before, t = torch.randn(2, 3, 16, 24), torch.randn(2, 3, 16, 24), torch.tensor([3, 500])
    patches = inside(nnf.pixel_unshuffle(x, patch), t, nnf.pixel_unshuffle(before, patch))
    out = unet(x, t, before)
    torch.testing.assert_close(out, nnf.pixel_shuffle(patches, patch), rtol=1e-4, atol=1e-5)
    assert out.shape == (2, 2, 16, 24)
    # Trained alike, too.
    (ours,) = torch.autograd.grad(out.square().mean(), [unet.init_conv.weight])
    (theirs,) = torch.autograd.grad(nnf.pixel_shuffle(patches, patch).square().mean(), [inside.init_conv.weight])
    torch.testing.assert_close(nnf.pixel_unshuffle(ours, patch), theirs, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("patch", [1, 2, 4])
@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_first_layer_when_computed_from_patches_is_one_kernel_in_pixels(
    patch: int, memory_format: torch.memory_format
) -> None:
    torch.manual_seed(0)
    layer = Unet(8, dim_mults=(1,), patch_size=patch).init_conv.double().to(memory_format=memory_format)
    x = torch.randn(2, 3, 16, 24).double().to(memory_format=memory_format).requires_grad_()
    kernel = nnf.conv2d(x, layer.weight, layer.bias, stride=patch, padding=3 * patch)
    torch.testing.assert_close(layer(x), kernel)
    given = (x, layer.weight, layer.bias)
    ours, theirs = (torch.autograd.grad(out.sin().sum(), given) for out in (layer(x), kernel))
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other)


def test_patches_when_each_is_one_pixel_are_the_network_without_them() -> None:
    made = []
    for options in ({}, {"patch_size": 1}):
        torch.manual_seed(0)
        unet = Unet(8, dim_mults=(1, 2), **options)
        made.append([*unet.state_dict().values(), unet(torch.randn(2, 3, 8, 8), torch.tensor([3, 500]))])
    assert all(map(torch.equal, *made))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"dim": 8, "learned_variance": True}, "not part of this program"),
        ({"dim": 7}, "even number"),
        ({"dim": 2}, "from 4 to"),
        ({"dim": 8, "learned_sinusoidal_cond": True, "learned_sinusoidal_dim": 5}, "even number"),
        ({"dim": 8, "dim_mults": (1, 2), "full_attn": (True,)}, "1 stages, the other 2"),
        ({"dim": 8, "dim_mults": (1, 2), "attn_heads": (1, 2, 3)}, "3 stages, the other 2"),
        ({"dim": 8, "dim_mults": ()}, "such as 1,2,4"),
        ({"dim": 8, "patch_size": 3}, "patch_size: one of 1, 2, 4"),
    ],
)
def test_unet_when_settings_cannot_work_raises_a_sentence(settings: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Unet(**settings)


def test_unet_when_the_pictures_size_does_not_fit_raises_with_its_neighbours() -> None:
    unet = Unet(4, dim_mults=(1, 1, 1))
    with pytest.raises(ConfigError, match="4 px or 8 px"):
        unet(torch.zeros(1, 3, 8, 6), torch.tensor([0]))
    patches = Unet(4, dim_mults=(1, 1), patch_size=4)
    with pytest.raises(ConfigError, match=r"must divide by 8\. Choose 8 px or 16 px"):
        patches(torch.zeros(1, 3, 8, 12), torch.tensor([0]))


def test_resampling_when_done_is_nearest_up_and_keeps_all_pixels_down() -> None:
    unet = Unet(4, dim_mults=(1, 1))
    x = torch.arange(16.0).reshape(1, 1, 4, 4)
    assert torch.equal(unet.ups[0][3][0](x), nnf.interpolate(x, scale_factor=2))
    assert unet.downs[0][3][0](x)[0, :, 0, 0].tolist() == [0, 1, 4, 5]


def _with_gradients(network: Unet, x: Tensor, t: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    network.zero_grad()
    out = network(x, t)
    out.sin().sum().backward()
    return out.detach(), {name: parameter.grad.clone() for name, parameter in network.named_parameters()}


def test_unet_when_autocast_says_bf16_answers_in_float32_with_float32_gradients() -> None:
    torch.manual_seed(0)
    network = Unet(16, dim_mults=(1, 2), attn_heads=2, attn_dim_head=8).to(memory_format=torch.channels_last)
    x, t = torch.randn(4, 3, 16, 16).to(memory_format=torch.channels_last), torch.tensor([0, 10, 500, 999])
    full, gradients = _with_gradients(network, x, t)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        half, of_half = _with_gradients(network, x, t)
    assert half.dtype == torch.float32 and {gradient.dtype for gradient in of_half.values()} == {torch.float32}
    # A number of bf16 has 8 bits: 0.4 % each, and a few layers of them.
    assert 0 < float((half - full).norm() / full.norm()) < 0.02
    for name, gradient in gradients.items():
        assert torch.nn.functional.cosine_similarity(gradient.flatten(), of_half[name].flatten(), 0) > 0.995, name


def test_blocks_when_autocast_says_bf16_compute_in_it_and_their_statistics_in_float32() -> None:
    network = Unet(16, dim_mults=(1, 2), attn_heads=1, attn_dim_head=8)
    seen: dict[str, torch.dtype] = {}
    for name, module in network.named_modules():
        if isinstance(module, Block | nn.Linear | PointwiseConv):
            module.register_forward_hook(lambda _module, _x, out, name=name: seen.update({name: out.dtype}))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        network(torch.randn(2, 3, 8, 8), torch.tensor([3, 7]))
    assert {dtype for name, dtype in seen.items() if "mlp" in name} == {torch.float32}
    assert seen.pop("final_conv") == torch.float32
    assert {dtype for name, dtype in seen.items() if "mlp" not in name} == {torch.bfloat16}
    # 512 equal numbers of 1: summed up in bf16, their squares would stay at 256.
    ones = torch.ones(1, 512, 2, 2, dtype=torch.bfloat16)
    for memory_format in (torch.contiguous_format, torch.channels_last):
        unit = RMSNorm(512)(ones.to(memory_format=memory_format))
        torch.testing.assert_close(unit, ones, rtol=0.01, atol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_convolution_when_it_has_many_weights_and_few_pixels_has_the_gradients_of_torchs(
    dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    convolution = blocks.Conv2d(12, 20, 3, padding=1).to(dtype, memory_format=torch.channels_last)
    x = torch.randn(2, 12, 2, 2, dtype=dtype).to(memory_format=torch.channels_last)
    found = []
    for many in (1, 2**40):
        monkeypatch.setattr(blocks, "MANY_WEIGHTS", many)
        given = x.clone().requires_grad_()
        out = convolution(given)
        assert ("OfFewPixels" in type(out.grad_fn).__name__) == (many == 1)
        parameters = (given, *convolution.parameters())
        found.append((out, *torch.autograd.grad(out.sin().sum(), parameters)))
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs)
