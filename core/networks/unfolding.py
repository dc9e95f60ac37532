"""A block of the U-Net taken apart, as "The Annotated Diffusion Model" does: what is done, in which shape, with what.

Nothing is computed, as in `anatomy`. The sentences are of the translators' context CONTEXT.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import prod
from typing import NamedTuple, cast

from torch import nn

from ..errors import QT_TRANSLATE_NOOP
from .anatomy import BlockRow, as_unet, network_map, row_of
from .blocks import (
    MEMORY_PAIRS,
    Attention,
    Conv2d,
    Downsample,
    LinearAttention,
    PatchConv,
    RandomOrLearnedSinusoidalPosEmb,
    ResnetBlock,
    SinusoidalPosEmb,
    Upsample,
)

#: The translators' context of every sentence here.
CONTEXT = "Anatomy"


@dataclass(frozen=True, slots=True)
class Step:
    """What an operation does, wherever it is done.

    title    a name of torch or of the article, or words
    help     a sentence
    formula  with the signs of SYMBOLS
    symbols  keys of SYMBOLS, in the order of the formula
    source   paper and equation
    """

    title: str
    help: str
    formula: str
    symbols: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of a block.

    shape   after it, of one picture
    axes    what each number of `shape` counts, keys of AXES
    module  what holds its parameters, in `named_modules()`; "" where it is a formula of the block that holds it
    branch  which way of a residual block it is on: "main", "time" (from the time embedding to scale and shift) or
            "residual" (around the block); everywhere else "main"
    """

    step: Step
    shape: tuple[int, ...]
    axes: tuple[str, ...]
    parameters: int = 0
    module: str = ""
    branch: str = "main"


#: What an axis of a shape counts.
AXES = {
    "C": QT_TRANSLATE_NOOP("Anatomy", "Channels"),
    "H": QT_TRANSLATE_NOOP("Anatomy", "Height of the feature map, in points"),
    "W": QT_TRANSLATE_NOOP("Anatomy", "Width of the feature map, in points"),
    "h": QT_TRANSLATE_NOOP("Anatomy", "Heads of the attention"),
    "d": QT_TRANSLATE_NOOP("Anatomy", "Channels of each head"),
    "N": QT_TRANSLATE_NOOP("Anatomy", "Points of the feature map, H·W"),
    "M+N": QT_TRANSLATE_NOOP("Anatomy", "The learned memory's entries, and the points of the feature map after them"),
}

#: A sign of a formula, and what it is.
SYMBOLS = {
    "x": QT_TRANSLATE_NOOP("Anatomy", "What comes in."),
    "y": QT_TRANSLATE_NOOP("Anatomy", "What goes out."),
    "W": QT_TRANSLATE_NOOP("Anatomy", "The learned weights."),
    "b": QT_TRANSLATE_NOOP("Anatomy", "The learned bias, a number per output channel."),
    "∗": QT_TRANSLATE_NOOP("Anatomy", "Convolution: the same weights at every point."),
    "C": QT_TRANSLATE_NOOP("Anatomy", "The number of channels."),
    "H, W": QT_TRANSLATE_NOOP("Anatomy", "Height and width of the feature map, in points."),
    "r": QT_TRANSLATE_NOOP("Anatomy", "The side of the square: 2, or that of the patches."),
    "g": QT_TRANSLATE_NOOP("Anatomy", "The learned gain, a number per channel, 1 before training."),
    "‖x‖₂": QT_TRANSLATE_NOOP(
        "Anatomy", "The length of the vector of all channels at one point; 1e-12 stands in for a smaller one."
    ),
    "scale": QT_TRANSLATE_NOOP("Anatomy", "A number per channel that follows from the timestep; 0 changes nothing."),
    "shift": QT_TRANSLATE_NOOP("Anatomy", "A number per channel that follows from the timestep, and is added."),
    "σ": QT_TRANSLATE_NOOP("Anatomy", "The logistic function 1/(1 + e⁻ˣ)."),
    "Φ": QT_TRANSLATE_NOOP("Anatomy", "The distribution function of the standard normal distribution."),
    "p": QT_TRANSLATE_NOOP("Anatomy", "The probability that a number is dropped."),
    "m": QT_TRANSLATE_NOOP("Anatomy", "1 where a number is kept, 0 where it is dropped, drawn anew each time."),
    "F": QT_TRANSLATE_NOOP("Anatomy", "What the block computes on its own path."),
    "W_r": QT_TRANSLATE_NOOP("Anatomy", "The learned 1×1 convolution around the block."),
    "t": QT_TRANSLATE_NOOP("Anatomy", "The timestep."),
    "ω": QT_TRANSLATE_NOOP("Anatomy", "The frequencies, from 1 down to 1/θ in equal ratios."),
    "i, n": QT_TRANSLATE_NOOP("Anatomy", "The number of a frequency, and how many there are."),
    "θ": QT_TRANSLATE_NOOP("Anatomy", "The slowest frequency is 1/θ; 10,000 unless it was set."),
    "w": QT_TRANSLATE_NOOP("Anatomy", "The frequencies, drawn at random, and learned unless they were to stay."),
    "E": QT_TRANSLATE_NOOP("Anatomy", "A learned vector for each class, and one for none."),
    "c": QT_TRANSLATE_NOOP("Anatomy", "The number of the class."),
    "x₁, x₂": QT_TRANSLATE_NOOP("Anatomy", "The two feature maps, whose channels are put one after the other."),
    "x_t": QT_TRANSLATE_NOOP("Anatomy", "The noisy picture."),
    "x_c": QT_TRANSLATE_NOOP("Anatomy", "The second picture, which the network is shown."),
    "x̂₀": QT_TRANSLATE_NOOP("Anatomy", "The clean picture that the network said the step before, or zeros."),
    "q": QT_TRANSLATE_NOOP("Anatomy", "The queries: what a point asks for."),
    "k": QT_TRANSLATE_NOOP("Anatomy", "The keys: what a point is found by."),
    "v": QT_TRANSLATE_NOOP("Anatomy", "The values: what a point gives."),
    "k_m, v_m": QT_TRANSLATE_NOOP("Anatomy", "Learned keys and values that belong to no point, the same for all."),
    "d": QT_TRANSLATE_NOOP("Anatomy", "The number of channels of each head."),
    "a": QT_TRANSLATE_NOOP("Anatomy", "The attention's weights: of each point, how much it takes from each other."),
    "s": QT_TRANSLATE_NOOP("Anatomy", "How well each query fits each key."),
    "K": QT_TRANSLATE_NOOP("Anatomy", "The context: of each head a small matrix that sums up all points."),
}

_VASWANI = "Vaswani et al. 2017, arXiv 1706.03762"
_SHEN = "Shen et al. 2018, arXiv 1812.01243"
_HE = "He et al. 2015, arXiv 1512.03385"

CONV_7 = Step(
    "Conv 7×7",
    QT_TRANSLATE_NOOP("Anatomy", "Each new channel is a weighted sum over the 7×7 points around each point."),
    "y = W ∗ x + b",
    ("y", "W", "∗", "x", "b"),
    "denoising-diffusion-pytorch, Unet.init_conv",
)
CONV_3 = Step(
    "Conv 3×3",
    QT_TRANSLATE_NOOP("Anatomy", "Each new channel is a weighted sum over the 3×3 points around each point."),
    "y = W ∗ x + b",
    ("y", "W", "∗", "x", "b"),
    "Ronneberger et al. 2015, arXiv 1505.04597",
)
CONV_1 = Step(
    "Conv 1×1",
    QT_TRANSLATE_NOOP("Anatomy", "Each new channel is a weighted sum of the channels of the same point."),
    "y = W x + b",
    ("y", "W", "x", "b"),
    "Lin et al. 2013, arXiv 1312.4400",
)
CONV_RESIDUAL = Step(
    "Conv 1×1",
    QT_TRANSLATE_NOOP("Anatomy", "Brings what goes around the block to its number of channels."),
    "W_r x + b",
    ("W_r", "x", "b"),
    f"{_HE}, eq. 2",
)
IDENTITY = Step(
    "Identity",
    QT_TRANSLATE_NOOP("Anatomy", "What goes around the block stays as it is."),
    "x",
    ("x",),
    f"{_HE}, eq. 1",
)
ADD = Step(
    QT_TRANSLATE_NOOP("Anatomy", "Add the residual"),
    QT_TRANSLATE_NOOP("Anatomy", "The block learns what to add to its input, and gradients have a direct path."),
    "y = F(x) + x",
    ("y", "F", "x"),
    f"{_HE}, eq. 1",
)
ADD_PROJECTED = Step(
    ADD.title,
    ADD.help,
    "y = F(x) + W_r x + b",
    ("y", "F", "x", "W_r", "b"),
    f"{_HE}, eq. 2",
)
NORM = Step(
    "RMSNorm",
    QT_TRANSLATE_NOOP("Anatomy", "Brings the channels of each point to the same root mean square."),
    "y = x / ‖x‖₂ · √C · g",
    ("y", "x", "‖x‖₂", "C", "g"),
    "Zhang & Sennrich 2019, arXiv 1910.07467, eq. 4",
)
SCALE_SHIFT = Step(
    QT_TRANSLATE_NOOP("Anatomy", "Scale and shift"),
    QT_TRANSLATE_NOOP("Anatomy", "Here the timestep acts: it strengthens, weakens and shifts each channel."),
    "y = x · (scale + 1) + shift",
    ("y", "x", "scale", "shift"),
    "Perez et al. 2017, arXiv 1709.07871; Dhariwal & Nichol 2021, arXiv 2105.05233, section 3.1",
)
SILU = Step(
    "SiLU",
    QT_TRANSLATE_NOOP("Anatomy", "Lets positive numbers through and holds negative ones back, smoothly."),
    "y = x · σ(x)",
    ("y", "x", "σ"),
    "Elfwing et al. 2017, arXiv 1702.03118",
)
GELU = Step(
    "GELU",
    QT_TRANSLATE_NOOP("Anatomy", "Lets positive numbers through and holds negative ones back, smoothly."),
    "y = x · Φ(x)",
    ("y", "x", "Φ"),
    "Hendrycks & Gimpel 2016, arXiv 1606.08415, section 2",
)
DROPOUT = Step(
    "Dropout",
    QT_TRANSLATE_NOOP("Anatomy", "In training a share p of the numbers is set to zero; with p = 0 it does nothing."),
    "y = x · m / (1 − p)",
    ("y", "x", "m", "p"),
    "Srivastava et al. 2014, JMLR 15",
)
LINEAR = Step(
    "Linear",
    QT_TRANSLATE_NOOP("Anatomy", "Each new number is a weighted sum of all numbers."),
    "y = W x + b",
    ("y", "W", "x", "b"),
    "Ho et al. 2020, arXiv 2006.11239, appendix B",
)
TIME_LINEAR = Step(
    "Linear",
    QT_TRANSLATE_NOOP("Anatomy", "Makes a scale and a shift for each channel from the time embedding."),
    "(scale, shift) = W x + b",
    ("scale", "shift", "W", "x", "b"),
    "Dhariwal & Nichol 2021, arXiv 2105.05233, section 3.1",
)
SINUSOIDAL = Step(
    "SinusoidalPosEmb",
    QT_TRANSLATE_NOOP("Anatomy", "Tells the timestep by waves of many lengths, near timesteps by similar numbers."),
    "y = (sin(t·ω), cos(t·ω)),  ωᵢ = θ^(−i/(n−1)),  i = 0 … n−1",
    ("y", "t", "ω", "θ", "i, n"),
    f"{_VASWANI}, section 3.5",
)
FOURIER = Step(
    "RandomOrLearnedSinusoidalPosEmb",
    QT_TRANSLATE_NOOP("Anatomy", "Tells the timestep, here from 0 to 1, by itself and by waves of random lengths."),
    "y = (t, sin(2π·t·w), cos(2π·t·w))",
    ("y", "t", "w"),
    "Tancik et al. 2020, arXiv 2006.10739, section 5",
)
CLASS = Step(
    "Embedding",
    QT_TRANSLATE_NOOP("Anatomy", "Takes the vector that was learned for the class."),
    "y = E[c]",
    ("y", "E", "c"),
    "Dhariwal & Nichol 2021, arXiv 2105.05233, section 3.1",
)
ADD_TO_TIME = Step(
    QT_TRANSLATE_NOOP("Anatomy", "Add to the time embedding"),
    QT_TRANSLATE_NOOP("Anatomy", "From here on the class goes wherever the timestep goes."),
    "y = x + E[c]",
    ("y", "x", "E", "c"),
    CLASS.source,
)
CONCATENATE = Step(
    QT_TRANSLATE_NOOP("Anatomy", "Take the shortcut"),
    QT_TRANSLATE_NOOP("Anatomy", "What comes from below, and beside it the feature maps of the way down."),
    "y = [x₁, x₂]",
    ("y", "x₁, x₂"),
    "Ronneberger et al. 2015, arXiv 1505.04597, section 2",
)
SELF_CONDITION = Step(
    QT_TRANSLATE_NOOP("Anatomy", "Self-conditioning"),
    QT_TRANSLATE_NOOP("Anatomy", "The network is shown what it said of the picture the step before."),
    "y = [x̂₀, x_t]",
    ("y", "x̂₀", "x_t"),
    "Chen et al. 2022, arXiv 2208.04202, section 2.3",
)
CONDITION = Step(
    QT_TRANSLATE_NOOP("Anatomy", "Condition"),
    QT_TRANSLATE_NOOP("Anatomy", "The network is shown a second picture, the same at every step, after all else."),
    "y = [x_t, x_c]",
    ("y", "x_t", "x_c"),
    "Saharia et al. 2021, arXiv 2104.07636, section 2.2",
)
UNSHUFFLE = Step(
    "PixelUnshuffle",
    QT_TRANSLATE_NOOP("Anatomy", "Each square of points becomes one point that has all their channels."),
    "(C, r·H, r·W) → (C·r², H, W)",
    ("C", "r", "H, W"),
    "Shi et al. 2016, arXiv 1609.05158, eq. 4, the other way round",
)
SHUFFLE = Step(
    "PixelShuffle",
    QT_TRANSLATE_NOOP("Anatomy", "The channels of each point become a square of pixels."),
    "(C·r², H, W) → (C, r·H, r·W)",
    ("C", "r", "H, W"),
    "Shi et al. 2016, arXiv 1609.05158, eq. 4",
)
NEAREST = Step(
    "Upsample",
    QT_TRANSLATE_NOOP("Anatomy", "Each point becomes a square of 2×2 points that are alike."),
    "(C, H, W) → (C, 2·H, 2·W)",
    ("C", "H, W"),
    "Odena et al. 2016, distill.pub/2016/deconv-checkerboard",
)
QKV = Step(
    QT_TRANSLATE_NOOP("Anatomy", "Queries, keys and values"),
    QT_TRANSLATE_NOOP("Anatomy", "Each point makes a query, a key and a value for each head, by a 1×1 convolution."),
    "(q, k, v) = W x",
    ("q", "k", "v", "W", "x"),
    f"{_VASWANI}, section 3.2.2",
)
MEMORY = Step(
    QT_TRANSLATE_NOOP("Anatomy", "Memory"),
    QT_TRANSLATE_NOOP("Anatomy", "Learned keys and values stand before those of the points."),
    "k ← [k_m, k],  v ← [v_m, v]",
    ("k", "v", "k_m, v_m"),
    "Sukhbaatar et al. 2019, arXiv 1907.01470",
)
SCORES = Step(
    QT_TRANSLATE_NOOP("Anatomy", "Compare"),
    QT_TRANSLATE_NOOP("Anatomy", "Each query with each key: the more alike, the larger the number."),
    "s = q kᵀ / √d",
    ("s", "q", "k", "d"),
    f"{_VASWANI}, eq. 1",
)
WEIGHTS = Step(
    QT_TRANSLATE_NOOP("Anatomy", "Softmax"),
    QT_TRANSLATE_NOOP("Anatomy", "Makes weights of the numbers: none is negative, and each point's add up to 1."),
    "a = softmax(s)",
    ("a", "s"),
    f"{_VASWANI}, eq. 1",
)
MIX = Step(
    QT_TRANSLATE_NOOP("Anatomy", "Mix the values"),
    QT_TRANSLATE_NOOP("Anatomy", "Each point takes the values of all points, by its weights."),
    "y = a v",
    ("y", "a", "v"),
    f"{_VASWANI}, eq. 1",
)
SOFTMAX_Q = Step(
    QT_TRANSLATE_NOOP("Anatomy", "Softmax of the queries"),
    QT_TRANSLATE_NOOP("Anatomy", "Over the channels of each head: each point chooses among the rows of the context."),
    "q ← softmax(q) / √d",
    ("q", "d"),
    _SHEN,
)
SOFTMAX_K = Step(
    QT_TRANSLATE_NOOP("Anatomy", "Softmax of the keys"),
    QT_TRANSLATE_NOOP("Anatomy", "Over all points: each channel is a map of where to look, which adds up to 1."),
    "k ← softmax(k)",
    ("k",),
    _SHEN,
)
CONTEXT_OF_ALL = Step(
    QT_TRANSLATE_NOOP("Anatomy", "Context"),
    QT_TRANSLATE_NOOP("Anatomy", "Sums up all points first, so that the cost grows with their number, not its square."),
    "K = k vᵀ",
    ("K", "k", "v"),
    _SHEN,
)
ASK_CONTEXT = Step(
    QT_TRANSLATE_NOOP("Anatomy", "Mix the context"),
    QT_TRANSLATE_NOOP("Anatomy", "Each point takes from the context by its query."),
    "y = Kᵀ q",
    ("y", "K", "q"),
    _SHEN,
)

_CHW = ("C", "H", "W")


def unfold(unet: nn.Module, module: str, image_size: int | tuple[int, int]) -> tuple[Operation, ...]:
    """The operations of a block, in the order of the article; their parameters are the block's.

    module: a row's of `network_map`, or "time_mlp", all of the time embedding. What the U-Net does around a block
    belongs to it: the concatenation before, the residual of an attention, the pixels of patches put in place.
    The order of a linear attention is the article's; `LinearAttention` gets the same numbers from fewer products.
    Raises ConfigError as `network_map`, and for a module that is no row.
    """
    unet, rows = as_unet(unet), network_map(unet, image_size)
    of_time = [row for row in rows if row.module.startswith("time_mlp.")]
    parts = of_time if module == "time_mlp" else [row_of(rows, module)]
    ends = _Ends(unet.settings.patch_size, unet.self_condition, unet.out_dim, unet.condition_channels)
    return tuple(one for row in parts for one in _operations(unet.get_submodule(row.module), row, ends))


class _Ends(NamedTuple):
    """How pixels come into the network and out of it."""

    patch: int
    self_condition: bool
    out_dim: int
    condition_channels: int


def _operations(block: nn.Module, row: BlockRow, ends: _Ends) -> Iterator[Operation]:
    name, patch = row.module, ends.patch
    _, height, width = row.shape
    match block:
        case ResnetBlock():
            if row.shortcut:
                yield Operation(step=CONCATENATE, shape=(block.block1.proj.in_channels, height, width), axes=_CHW)
            yield from _of_resnet_block(block, row)
        case LinearAttention() | Attention():
            yield from _of_attention(block, row)
        case Downsample():
            _, pointwise = cast("tuple[nn.Module, Conv2d]", tuple(block))
            yield Operation(step=UNSHUFFLE, shape=(pointwise.in_channels, height, width), axes=_CHW)
            yield _with_parameters(CONV_1, row.shape, f"{name}.1", pointwise)
        case Upsample():
            _, convolution = cast("tuple[nn.Module, Conv2d]", tuple(block))
            yield Operation(step=NEAREST, shape=(convolution.in_channels, height, width), axes=_CHW)
            yield _with_parameters(CONV_3, row.shape, f"{name}.1", convolution)
        case PatchConv():
            inputs = block.in_channels
            seen = inputs - ends.condition_channels
            if ends.self_condition:
                yield Operation(step=SELF_CONDITION, shape=(seen, height * patch, width * patch), axes=_CHW)
            if ends.condition_channels:
                yield Operation(step=CONDITION, shape=(inputs, height * patch, width * patch), axes=_CHW)
            if patch > 1:
                yield Operation(step=UNSHUFFLE, shape=(inputs * patch**2, height, width), axes=_CHW)
            yield _with_parameters(CONV_7, row.shape, name, block)
        case SinusoidalPosEmb():
            yield _with_parameters(SINUSOIDAL, row.shape, name, block)
        case RandomOrLearnedSinusoidalPosEmb():
            yield _with_parameters(FOURIER, row.shape, name, block)
        case nn.Linear():
            yield _with_parameters(LINEAR, row.shape, name, block)
        case nn.GELU():
            yield _with_parameters(GELU, row.shape, name, block)
        case nn.Embedding():
            yield _with_parameters(CLASS, row.shape, name, block)
            yield Operation(step=ADD_TO_TIME, shape=row.shape, axes=_CHW)
        case _:
            is_last = row.side == "out"
            yield _with_parameters(CONV_1 if is_last else CONV_3, row.shape, name, block)
            if is_last and patch > 1:
                yield Operation(step=SHUFFLE, shape=(ends.out_dim, height * patch, width * patch), axes=_CHW)


def _of_resnet_block(block: ResnetBlock, row: BlockRow) -> Iterator[Operation]:
    channels, name = row.shape[0], row.module
    silu, linear = block.mlp
    assert isinstance(linear, nn.Linear)
    yield _with_parameters(SILU, (linear.in_features, 1, 1), f"{name}.mlp.0", silu, branch="time")
    yield _with_parameters(TIME_LINEAR, (2 * channels, 1, 1), f"{name}.mlp.1", linear, branch="time")
    for part, inner in (("block1", block.block1), ("block2", block.block2)):
        yield _with_parameters(CONV_3, row.shape, f"{name}.{part}.proj", inner.proj)
        yield _with_parameters(NORM, row.shape, f"{name}.{part}.norm", inner.norm)
        if inner is block.block1:
            yield Operation(step=SCALE_SHIFT, shape=row.shape, axes=_CHW)
        yield _with_parameters(SILU, row.shape, f"{name}.{part}.act", inner.act)
        if inner is block.block1:
            yield _with_parameters(DROPOUT, row.shape, f"{name}.{part}.dropout", inner.dropout)
    is_plain = isinstance(block.res_conv, nn.Identity)
    around = IDENTITY if is_plain else CONV_RESIDUAL
    yield _with_parameters(around, row.shape, f"{name}.res_conv", block.res_conv, branch="residual")
    yield Operation(step=ADD if is_plain else ADD_PROJECTED, shape=row.shape, axes=_CHW)


def _of_attention(block: LinearAttention | Attention, row: BlockRow) -> Iterator[Operation]:
    name, (_, height, width) = row.module, row.shape
    heads, depth, points = row.heads, row.dim_head, height * width
    hidden, all_points = heads * depth, MEMORY_PAIRS + points

    def formula(step: Step, shape: Iterable[int], *axes: str, parameters: int = 0) -> Operation:
        return Operation(step=step, shape=tuple(shape), axes=axes, parameters=parameters)

    yield _with_parameters(NORM, row.shape, f"{name}.norm", block.norm)
    yield _with_parameters(QKV, (3 * hidden, height, width), f"{name}.to_qkv", block.to_qkv)
    remembered = prod(block.mem_kv.shape)
    if isinstance(block, LinearAttention):
        yield formula(MEMORY, (heads, depth, all_points), "h", "d", "M+N", parameters=remembered)
        yield formula(SOFTMAX_Q, (heads, depth, points), "h", "d", "N")
        yield formula(SOFTMAX_K, (heads, depth, all_points), "h", "d", "M+N")
        yield formula(CONTEXT_OF_ALL, (heads, depth, depth), "h", "d", "d")
        yield formula(ASK_CONTEXT, (hidden, height, width), *_CHW)
        yield _with_parameters(CONV_1, row.shape, f"{name}.to_out.0", block.to_out[0])
        yield _with_parameters(NORM, row.shape, f"{name}.to_out.1", block.to_out[1])
    else:
        yield formula(MEMORY, (heads, all_points, depth), "h", "M+N", "d", parameters=remembered)
        yield formula(SCORES, (heads, points, all_points), "h", "N", "M+N")
        yield formula(WEIGHTS, (heads, points, all_points), "h", "N", "M+N")
        yield formula(MIX, (hidden, height, width), *_CHW)
        yield _with_parameters(CONV_1, row.shape, f"{name}.to_out", block.to_out)
    yield Operation(step=ADD, shape=row.shape, axes=_CHW)


def _with_parameters(
    step: Step, shape: tuple[int, ...], module: str, holder: nn.Module, *, branch: str = "main"
) -> Operation:
    """An operation that is a module."""
    count = sum(parameter.numel() for parameter in holder.parameters())
    return Operation(step=step, shape=shape, axes=_CHW, parameters=count, module=module, branch=branch)
