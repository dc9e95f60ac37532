"""The blocks of the U-Net: normalisation, residual blocks, linear and full attention, embeddings of t, resizing.

Each block computes in the type of the pictures that it is given. Weights are float32 and are cast where they are used,
once a pass, and so are their gradients on the way back; statistics and what follows from t are float32 throughout. So a
network is given bf16 and computes in it, and float32 is nothing but the type that needs no cast.
"""

from __future__ import annotations

import math
from typing import Any, cast

import torch
from einops import rearrange, repeat
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn.functional import conv2d, linear, pad, pixel_unshuffle, scaled_dot_product_attention
from torch.nn.grad import conv2d_input

# --- RMS normalisation over channels, with a backward pass of its own that reads the picture fewer times ---
# The same thing written with torch's `F.normalize` and its automatic backward is over a quarter of a training step on a
# CPU; this is two to four times as fast and gives the same numbers.


class _ScaledUnitChannels(torch.autograd.Function):
    """x/max(‖x‖₂, 1e-12) over channels, times `gain`, plus `shift`."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, gain: Tensor, shift: Tensor | None) -> Tensor:  # noqa: ANN401 (torch's context)
        # bf16 has the range of float32, so that 1e12 is a number in it; of fp16 this makes float32. Squares of bf16 are
        # summed up in float32 as they are; asked for a norm in float32, torch would copy the picture first.
        dtype = torch.promote_types(x.dtype, torch.bfloat16)
        norm = torch.linalg.vector_norm(x, dim=1, keepdim=True, dtype=dtype)
        inverse = norm.clamp_min_(1e-12).reciprocal_()
        unit = x * inverse
        ctx.shape_and_type = gain.shape, gain.dtype, None if shift is None else shift.shape, x.dtype
        gain = gain.to(dtype)
        ctx.save_for_backward(unit, inverse, gain)
        scaled = unit * gain if shift is None else torch.addcmul(shift.to(dtype), unit, gain)
        return scaled.to(x.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_out: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        unit, inverse, gain = ctx.saved_tensors
        gain_shape, gain_type, shift_shape, input_type = ctx.shape_and_type
        product = d_out * unit
        # Cloned, because over a single pixel the sum is `product` itself, which is changed below.
        d_gain = product.sum_to_size(gain_shape).to(gain_type).clone() if ctx.needs_input_grad[1] else None
        d_shift = d_out.sum_to_size(shift_shape).to(gain_type) if ctx.needs_input_grad[2] else None
        if not ctx.needs_input_grad[0]:
            return None, d_gain, d_shift
        # A change of x along itself leaves x/‖x‖ as it is, except where 1e-12 stands in for a smaller ‖x‖.
        along = product.mul_(gain).sum(1, keepdim=True).masked_fill_(inverse > 0.999e12, 0)
        d_x = (d_out * gain).addcmul_(unit, along, value=-1).mul_(inverse)
        return d_x.to(input_type), d_gain, d_shift


class RMSNorm(nn.Module):
    """x/max(‖x‖₂, 1e-12)·√C·g over the channels of (B, C, H, W), then optionally ·(scale + 1) + shift.

    `scale_shift` is a pair of (B, C, 1, 1), as a time embedding gives it.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.g = nn.Parameter(torch.ones(1, dim, 1, 1))
        self.scale = dim**0.5

    def forward(self, x: Tensor, scale_shift: tuple[Tensor, Tensor] | None = None) -> Tensor:
        """(B, C, H, W) → the same shape and type."""
        gain, shift = self.g * self.scale, None
        if scale_shift is not None:
            scale, shift = scale_shift
            gain = gain * (scale + 1)
        out: Tensor = _ScaledUnitChannels.apply(x, gain, shift)  # type: ignore[no-untyped-call]
        return out


# --- Convolutions in the type of their input; the 1×1 one is a matrix applied to the channels of every pixel ---


class _OfFewPixels(torch.autograd.Function):
    """A convolution of stride 1 that keeps the size, whose weights are many and whose pixels are few; channels_last.

    Its weights' gradient is one matrix product. torch's kernel gives each thread a copy of all weights to add up: of
    512 to 512 channels at 4×4 px, batch 16, it took 42 ms where the product takes 15 (one thread, float32; in bf16 11
    and 8).
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:  # noqa: ANN401 (torch's context)
        ctx.save_for_backward(x, weight)
        return conv2d(x, weight, bias, padding=weight.shape[-1] // 2)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_out: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        x, weight = ctx.saved_tensors
        side = weight.shape[-1]
        d_x = None
        if ctx.needs_input_grad[0]:
            d_x = conv2d_input(x.shape, weight, d_out, padding=side // 2)  # type: ignore[no-untyped-call]
        d_pixels = d_out.permute(0, 2, 3, 1).flatten(0, 2)
        d_weight = None
        if ctx.needs_input_grad[1]:
            surroundings = pad(x.permute(0, 2, 3, 1), (0, 0, *(side // 2,) * 4)).unfold(1, side, 1).unfold(2, side, 1)
            patches = surroundings.permute(0, 1, 2, 4, 5, 3).flatten(3).flatten(0, 2)
            d_weight = torch.unflatten(d_pixels.t() @ patches, 1, (side, side, -1)).permute(0, 3, 1, 2)
        return d_x, d_weight, d_pixels.sum(0) if ctx.needs_input_grad[2] else None


#: Numbers in the weights of a convolution from which on it may be one of few pixels.
MANY_WEIGHTS = 2**18


class Conv2d(nn.Conv2d):
    """`nn.Conv2d` that computes in the type of its input."""

    def weight_and_bias(self, dtype: torch.dtype) -> tuple[Tensor, Tensor | None]:
        """Both in `dtype`; themselves where they are of it."""
        return self.weight.to(dtype), None if self.bias is None else self.bias.to(dtype)

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) → (B, out_channels, …)."""
        weight, bias = self.weight_and_bias(x.dtype)
        if self._has_few_pixels(x):
            few: Tensor = _OfFewPixels.apply(x, weight, bias)  # type: ignore[no-untyped-call]
            return few
        out: Tensor = self._conv_forward(x, weight, bias)
        return out

    def _has_few_pixels(self, x: Tensor) -> bool:
        return (
            self.weight.numel() >= MANY_WEIGHTS
            and x.numel() <= self.in_channels**2
            and x.device.type == "cpu"
            and torch.is_grad_enabled()
            and not torch.is_autocast_enabled("cpu")
            and self.stride == (1, 1)
            and self.padding == (self.kernel_size[0] // 2,) * 2
            and x.is_contiguous(memory_format=torch.channels_last)
        )


def hold_weights_in(network: nn.Module, dtype: torch.dtype) -> None:
    """Let the convolutions hold their weights in `dtype`, so that no pass need cast them. Training needs float32 ones.

    The last convolution stays as it is: its type is that of the output.
    """
    convolutions = [module for module in network.modules() if isinstance(module, Conv2d)]
    for convolution in convolutions[:-1]:
        convolution.to(dtype)


class PatchConv(Conv2d):
    """A 7×7 convolution of p×p patches; its weights lie as one kernel of 7·p×7·p pixels with stride p.

    Computed from the patches: with one kernel in pixels a pass forward and back took four times as long at p = 4, of 3
    to 16 channels at 32 px, and as long at p = 2.
    """

    def __init__(self, dim: int, dim_out: int, patch: int) -> None:
        super().__init__(dim, dim_out, 7 * patch, stride=patch, padding=3 * patch)

    def forward(self, x: Tensor) -> Tensor:
        """(B, dim, H, W) → (B, dim_out, H/p, W/p)."""
        weight, bias = self.weight_and_bias(x.dtype)
        patch = self.stride[0]
        if patch > 1:
            x, weight = pixel_unshuffle(x, patch), pixel_unshuffle(weight, patch)
        return conv2d(x, weight, bias, padding=3)


class PointwiseConv(Conv2d):
    """A 1×1 convolution with the parameters of `nn.Conv2d(dim, dim_out, 1)`; (B, dim, H, W) → (B, dim_out, H, W).

    In channels_last a pixel's channels lie side by side, and the convolution is one matrix product without any copy;
    torch's own kernels rearrange the picture first.
    """

    def __init__(self, dim: int, dim_out: int, bias: bool = True) -> None:
        super().__init__(dim, dim_out, 1, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """(B, dim, H, W) → (B, dim_out, H, W), in the memory format of x."""
        if not x.is_contiguous(memory_format=torch.channels_last):
            return super().forward(x)
        weight, bias = self.weight_and_bias(x.dtype)
        return linear(x.permute(0, 2, 3, 1), weight.flatten(1), bias).permute(0, 3, 1, 2)


# --- The parts a U-Net is built from: time embeddings, residual blocks, and halving and doubling the resolution.
# Module names and shapes are those of denoising-diffusion-pytorch, so that its checkpoints load. All parts run in
# either memory format; channels_last (a pixel's channels side by side) is the faster one on CPUs and GPUs.


class SinusoidalPosEmb(nn.Module):
    """sin and cos of t at `dim`/2 frequencies from 1 down to 1/θ (Vaswani et al. 2017). (B,) → (B, dim)."""

    def __init__(self, dim: int, theta: float = 10000) -> None:
        super().__init__()
        self.dim = dim
        self.theta = theta

    def forward(self, time: Tensor) -> Tensor:
        """time: (B,), integer or float, any range."""
        half = self.dim // 2
        step = math.log(self.theta) / (half - 1)
        frequencies = torch.exp(torch.arange(half, device=time.device) * -step)
        angles = time[:, None] * frequencies[None, :]
        return torch.cat((angles.sin(), angles.cos()), dim=-1)


class RandomOrLearnedSinusoidalPosEmb(nn.Module):
    """t itself, then sin and cos of 2π·t·w with random w, learned or left as drawn. (B,) → (B, dim + 1).

    The weights are of the order of 1, so t is expected in [0, 1].
    """

    def __init__(self, dim: int, is_random: bool = False) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.randn(dim // 2), requires_grad=not is_random)

    def forward(self, time: Tensor) -> Tensor:
        """time: (B,), float, in [0, 1]."""
        time = time[:, None].to(self.weights.dtype)
        angles = time * self.weights[None, :] * (2 * math.pi)
        return torch.cat((time, angles.sin(), angles.cos()), dim=-1)


class Dropout(nn.Dropout):
    """nn.Dropout that draws the same mask in either memory format, on the CPU.

    PyTorch draws in the order in which the numbers lie in memory: from one seed, channels_last would train another
    network than contiguous tensors do. On other devices the mask is drawn in the kernel that applies it, which is
    faster than any order made afterwards.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) → (B, C, H, W)."""
        if not self.training or not 0 < self.p < 1 or x.device.type != "cpu" or x.is_contiguous():
            return super().forward(x)
        kept = 1 - self.p
        mask = torch.empty(x.shape, dtype=x.dtype).bernoulli_(kept).div_(kept)
        return x * mask.contiguous(memory_format=torch.channels_last)


class Block(nn.Module):
    """3×3 convolution, RMSNorm, ·(scale + 1) + shift where given, SiLU, dropout."""

    def __init__(self, dim: int, dim_out: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.proj = Conv2d(dim, dim_out, 3, padding=1)
        self.norm = RMSNorm(dim_out)
        self.act = nn.SiLU()
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, scale_shift: tuple[Tensor, Tensor] | None = None) -> Tensor:
        """(B, dim, H, W) → (B, dim_out, H, W)."""
        out: Tensor = self.dropout(self.act(self.norm(self.proj(x), scale_shift)))
        return out


class ResnetBlock(nn.Module):
    """Two Blocks and a way around them; the time embedding scales and shifts the first, dropout acts in the first."""

    def __init__(self, dim: int, dim_out: int, *, time_emb_dim: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.mlp = nn.Sequential(nn.SiLU(), nn.Linear(time_emb_dim, dim_out * 2))
        self.block1 = Block(dim, dim_out, dropout=dropout)
        self.block2 = Block(dim_out, dim_out)
        self.res_conv = PointwiseConv(dim, dim_out) if dim != dim_out else nn.Identity()

    def forward(self, x: Tensor, time_emb: Tensor) -> Tensor:
        """x: (B, dim, H, W), time_emb: (B, time_emb_dim) → (B, dim_out, H, W)."""
        scale, shift = self.mlp(time_emb)[:, :, None, None].chunk(2, dim=1)
        h = self.block2(self.block1(x, (scale, shift)))
        out: Tensor = h + self.res_conv(x)
        return out


class Downsample(nn.Sequential):
    """Halves the resolution: each 2×2 square becomes one pixel of 4·dim channels, then a 1×1 convolution."""

    def __init__(self, dim: int, dim_out: int) -> None:
        super().__init__(nn.PixelUnshuffle(2), PointwiseConv(dim * 4, dim_out))


class Upsample(nn.Sequential):
    """Doubles the resolution: each pixel becomes a 2×2 square, then a 3×3 convolution."""

    def __init__(self, dim: int, dim_out: int) -> None:
        super().__init__(nn.Upsample(scale_factor=2, mode="nearest"), Conv2d(dim, dim_out, 3, padding=1))


# --- Attention over the pixels of a feature map: exact, and a linear-cost form for large maps ------------
# Both prepend four learned key/value pairs ("memory") to those of the pixels.

MEMORY_PAIRS = 4


class LinearAttention(nn.Module):
    """Attention whose cost grows with the number of pixels N, not N² (Shen et al. 2018, arXiv 1812.01243).

    softmax(q) over channels, softmax(k) over pixels, q·dim_head^−½, context = k·vᵀ, out = contextᵀ·q.
    """

    def __init__(self, dim: int, heads: int = 4, dim_head: int = 32) -> None:
        super().__init__()
        self.scale = dim_head**-0.5
        self.heads = heads
        self.dim_head = dim_head
        self.norm = RMSNorm(dim)
        self.mem_kv = nn.Parameter(torch.randn(2, heads, dim_head, MEMORY_PAIRS))
        self.to_qkv = PointwiseConv(dim, heads * dim_head * 3, bias=False)
        self.to_out = nn.Sequential(PointwiseConv(heads * dim_head, dim), RMSNorm(dim))

    def forward(self, x: Tensor) -> Tensor:
        """(B, dim, H, W) → the same shape."""
        batch, channels, height, width = x.shape
        # Reshaped by torch: with einops a forward pass of Sketch over one picture took 3 to 4 % longer.
        pixels = self.norm(x).flatten(2).transpose(1, 2)
        to_qkv, _ = self.to_qkv.weight_and_bias(x.dtype)
        to_q, to_k, to_v = to_qkv.flatten(1).chunk(3)
        memory_k, memory_v = self.mem_kv.to(x.dtype).flatten(1, 2)
        q = self._split(linear(pixels, to_q)).softmax(dim=-1)
        # The memory is four pixels more, each 1 in a channel of its own, in which its k and v are the weights.
        memory = pad(torch.eye(MEMORY_PAIRS, dtype=x.dtype, device=x.device), (channels, 0))
        pixels = torch.cat((pad(pixels, (0, MEMORY_PAIRS)), memory.expand(batch, -1, -1)), dim=1)
        # A product for each picture: the one that `@` makes of them all comes out transposed, and is copied twice.
        to_k = torch.cat((to_k, memory_k), dim=1).expand(batch, -1, -1)
        k = torch.bmm(to_k, pixels.transpose(1, 2)).softmax(dim=-1)
        # k·vᵀ = (k·pixelsᵀ)·to_vᵀ: the weights of v, like those of the output convolution, are applied to the small
        # context instead of to every pixel, and v itself is never made.
        to_v = torch.unflatten(torch.cat((to_v, memory_v), dim=1), 0, (self.heads, self.dim_head))
        context = torch.unflatten(k @ pixels, 1, (self.heads, self.dim_head)) @ to_v.transpose(1, 2)
        convolution, norm = cast("tuple[PointwiseConv, RMSNorm]", tuple(self.to_out))
        weight, bias = convolution.weight_and_bias(x.dtype)
        assert bias is not None
        to_out = torch.unflatten(weight.flatten(1).t(), 0, (self.heads, self.dim_head))
        out = torch.baddbmm(bias, q.flatten(2), (context * self.scale @ to_out).flatten(1, 2))
        normalised: Tensor = norm(torch.unflatten(out.transpose(1, 2), 2, (height, width)))
        return normalised

    def _split(self, channels: Tensor) -> Tensor:
        """(…, heads·dim_head) → (…, heads, dim_head)."""
        return torch.unflatten(channels, -1, (self.heads, self.dim_head))


class Attention(nn.Module):
    """softmax(q·kᵀ/√dim_head)·v over all pixels (Vaswani et al. 2017, eq. 1).

    `flash` leaves the choice of the kernel to torch; without it the product is written out. The numbers agree.
    """

    def __init__(self, dim: int, heads: int = 4, dim_head: int = 32, flash: bool = False) -> None:
        super().__init__()
        self.heads = heads
        self.dim_head = dim_head
        self.flash = flash
        self.norm = RMSNorm(dim)
        self.mem_kv = nn.Parameter(torch.randn(2, heads, MEMORY_PAIRS, dim_head))
        self.to_qkv = PointwiseConv(dim, heads * dim_head * 3, bias=False)
        self.to_out = PointwiseConv(heads * dim_head, dim)

    def forward(self, x: Tensor) -> Tensor:
        """(B, dim, H, W) → the same shape."""
        batch, _, height, _ = x.shape
        # Views in both memory formats.
        qkv = self.to_qkv(self.norm(x))
        qkv = rearrange(qkv, "b (qkv heads d) h w -> b qkv heads (h w) d", qkv=3, heads=self.heads)
        q, k, v = qkv.unbind(1)
        memory_k, memory_v = repeat(self.mem_kv.to(k.dtype), "kv heads n d -> kv b heads n d", b=batch)
        k, v = torch.cat((memory_k, k), dim=-2), torch.cat((memory_v, v), dim=-2)
        if self.flash:
            out = scaled_dot_product_attention(q, k, v)
        else:
            out = (q @ k.transpose(-2, -1) * self.dim_head**-0.5).softmax(dim=-1) @ v
        # A pixel's channels side by side, as channels_last has them.
        pixels = rearrange(out, "b heads (h w) d -> b h w (heads d)", h=height)
        projected: Tensor = self.to_out(pixels.permute(0, 3, 1, 2))
        return projected
