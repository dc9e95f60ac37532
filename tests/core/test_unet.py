"""The network's parts against their definitions, and the settings that it refuses."""

import pytest
import torch
import torch.nn.functional as nnf
from torch import Tensor

from core.attention import Attention, LinearAttention
from core.errors import ConfigError
from core.norm import RMSNorm
from core.unet import Unet


def defined_norm(x: Tensor, g: Tensor) -> Tensor:
    return x / x.norm(dim=1, keepdim=True).clamp(min=1e-12) * x.shape[1] ** 0.5 * g


def a_norm(channels: int) -> RMSNorm:
    norm = RMSNorm(channels)
    torch.nn.init.normal_(norm.g)
    return norm


@pytest.mark.parametrize("scale", [1e-30, 1e-13, 1e-9, 1.0, 1e6])
@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_norm_is_its_definition(scale: float, memory_format: torch.memory_format) -> None:
    norm = a_norm(6)
    x = (torch.randn(2, 6, 3, 5) * scale).to(memory_format=memory_format)
    x[0, :, 0, 0] = 0
    out = norm(x)
    torch.testing.assert_close(out, defined_norm(x, norm.g), rtol=1e-6, atol=1e-6)
    assert out.is_contiguous(memory_format=memory_format)


def test_norm_scales_and_shifts() -> None:
    norm = a_norm(6)
    x, scale, shift = torch.randn(2, 6, 3, 5), torch.randn(2, 6, 1, 1), torch.randn(2, 6, 1, 1)
    expected = defined_norm(x, norm.g) * (scale + 1) + shift
    torch.testing.assert_close(norm(x, (scale, shift)), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("with_shift", [False, True])
@pytest.mark.parametrize("tiny", [False, True], ids=["usual", "below-1e-12"])
@pytest.mark.parametrize("side", [2, 1], ids=["pixels", "one-pixel"])
def test_norms_own_backward_is_the_gradient(with_shift: bool, tiny: bool, side: int) -> None:
    torch.manual_seed(0)
    norm = a_norm(3).double()
    x = torch.randn(2, 3, side, side, dtype=torch.float64)
    if tiny:  # the definition is linear there: look at it through a magnifying glass
        x = x * 1e-13
        x.requires_grad_()
        (ours,) = torch.autograd.grad(norm(x).sum(), x)
        (theirs,) = torch.autograd.grad(defined_norm(x, norm.g).sum(), x)
        torch.testing.assert_close(ours, theirs)
        return
    scale, shift = (torch.randn(2, 3, 1, 1, dtype=torch.float64, requires_grad=True) for _ in "ab")
    x.requires_grad_()
    inputs = (x, norm.g, scale, shift) if with_shift else (x, norm.g)

    def through(x: Tensor, g: Tensor, *scale_shift: Tensor) -> Tensor:
        return torch.func.functional_call(norm, {"g": g}, (x, scale_shift or None))

    assert torch.autograd.gradcheck(through, inputs)


def test_linear_attention_is_its_quadratic_form() -> None:
    """Σ_n softmax(q)·softmax(k)_n·v_n, written as an N×(N+4) matrix that no one could afford at size."""
    torch.manual_seed(0)
    layer, x = LinearAttention(6, heads=2, dim_head=5), torch.randn(2, 6, 3, 4)
    q, k, v = layer.to_qkv(layer.norm(x)).reshape(2, 3, 2, 5, 12).unbind(1)
    memory_k, memory_v = layer.mem_kv[:, None].expand(-1, 2, -1, -1, -1)
    k, v = torch.cat((memory_k, k), -1).softmax(-1), torch.cat((memory_v, v), -1)
    weights = torch.einsum("bhdn,bhdm->bhnm", q.softmax(-2) * 5**-0.5, k)
    out = torch.einsum("bhnm,bhem->bhen", weights, v).reshape(2, 10, 3, 4)
    torch.testing.assert_close(layer(x), layer.to_out(out), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_both_ways_of_exact_attention_agree(memory_format: torch.memory_format) -> None:
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
def test_both_memory_formats_agree_forward_and_backward(settings: dict[str, object]) -> None:
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


def test_self_conditioning_defaults_to_zeros() -> None:
    unet = Unet(8, dim_mults=(1,), self_condition=True)
    x, t = torch.randn(2, 3, 4, 4), torch.tensor([1, 2])
    assert torch.equal(unet(x, t), unet(x, t, torch.zeros_like(x)))
    assert not torch.equal(unet(x, t), unet(x, t, torch.ones_like(x)))


def test_dropout_acts_in_training_only() -> None:
    unet = Unet(8, dim_mults=(1,), dropout=0.5)
    x, t = torch.randn(2, 3, 4, 4), torch.tensor([1, 2])
    assert not torch.equal(unet(x, t), unet(x, t))
    unet.eval()
    assert torch.equal(unet(x, t), unet(x, t))
    assert unet.mid_block1.block2.dropout.p == 0


def test_random_frequencies_are_not_learned() -> None:
    def learns(**option: bool) -> bool:
        return Unet(8, dim_mults=(1,), **option).time_mlp[0].weights.requires_grad

    assert learns(learned_sinusoidal_cond=True)
    assert not learns(random_fourier_features=True)


def test_full_attention_is_the_innermost_stages_by_default() -> None:
    for default in (None, False):
        unet = Unet(8, dim_mults=(1, 1, 1), full_attn=default)
        assert [type(stage[2]) for stage in unet.downs] == [LinearAttention, LinearAttention, Attention]
    unet = Unet(8, dim_mults=(1, 1), full_attn=(True, False))
    assert [type(stage[2]) for stage in unet.ups] == [LinearAttention, Attention]


def test_downsample_factor() -> None:
    assert [Unet(4, dim_mults=(1,) * stages).downsample_factor for stages in (1, 2, 4)] == [1, 2, 8]


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
    ],
)
def test_settings_that_cannot_work_are_refused_in_words(settings: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Unet(**settings)


def test_pictures_that_do_not_fit_are_refused_with_their_neighbours() -> None:
    unet = Unet(4, dim_mults=(1, 1, 1))
    with pytest.raises(ConfigError, match="4 px or 8 px"):
        unet(torch.zeros(1, 3, 8, 6), torch.tensor([0]))


def test_upsampling_is_nearest_and_downsampling_keeps_all_pixels() -> None:
    unet = Unet(4, dim_mults=(1, 1))
    x = torch.arange(16.0).reshape(1, 1, 4, 4)
    assert torch.equal(unet.ups[0][3][0](x), nnf.interpolate(x, scale_factor=2))
    assert unet.downs[0][3][0](x)[0, :, 0, 0].tolist() == [0, 1, 4, 5]
