"""What the U-Net is made of: its blocks as rows in the order of computation, and each taken apart into operations.

Nothing is computed: shapes follow from the modules, so that a network on the meta device will do, before any training.
Titles are the names of "The Annotated Diffusion Model" and of denoising-diffusion-pytorch, which nobody translates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from torch import nn

from ..errors import Phrase
from ..inputs import bad_value, height_and_width, require_fitting_size
from .blocks import (
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
from .unet import Unet

# --- The map: a row per block ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRow:
    """A block of the U-Net. Every parameter of the network is in exactly one row.

    module      its name in `named_modules()`
    title       its name in the article
    kind        a row of KINDS, what a drawing tells by a shape or a colour
    side        of SIDES: "time", "in", "down", "mid", "up", "out"
    stage       of the resolution that it computes at, 0 the finest; of the middle the last one, of "time" 0
    shape       (C, H, W) of the module's output for one picture; of the time path (C, 1, 1). An attention's is without
                the residual that the U-Net adds; with patches the output's channels are those of p×p pixels
    shortcut    the row whose output it takes by concatenation, after its own input's channels; "" for none. Of an
                attention that is its output with the residual
    """

    module: str
    title: str
    kind: str
    side: str
    stage: int
    shape: tuple[int, int, int]
    parameters: int  #: how many numbers
    shortcut: str = ""
    heads: int = 0  #: of an attention
    dim_head: int = 0  #: channels of each head
    takes_time: bool = False  #: whether the time embedding is an input of its own


SIDES = ("time", "in", "down", "mid", "up", "out")
KINDS = (
    *("conv", "resnet", "linear_attention", "attention", "downsample", "upsample"),
    *("embedding", "linear", "activation", "class_embedding", "augment_embedding"),
)


def network_map(unet: nn.Module, image_size: int | tuple[int, int]) -> tuple[BlockRow, ...]:
    """The blocks of a U-Net in the order in which they are computed, for pictures of `image_size`.

    image_size: in pixels, the side of a square or (height, width). The parameters of all rows are the network's.
    Raises ConfigError for another network, and for sizes that do not divide by its downsample_factor.
    """
    unet = as_unet(unet)
    height, width = height_and_width(image_size)
    require_fitting_size((height, width), unet.downsample_factor)
    return tuple(_rows(unet, height // unet.settings.patch_size, width // unet.settings.patch_size))


def row_of(rows: tuple[BlockRow, ...], module: str) -> BlockRow:
    """The row of this module. Raises ConfigError, naming all of them, where there is none."""
    found = next((row for row in rows if row.module == module), None)
    if found is None:
        known = ", ".join(row.module for row in rows)
        raise bad_value("module", module, Phrase("value.one-of", known=known))
    return found


def as_unet(network: object) -> Unet:
    """The network as what it is. Raises ConfigError for another one."""
    if not isinstance(network, Unet):
        raise bad_value("unet", network, Phrase("value.unet"))
    return network


def _rows(unet: Unet, height: int, width: int) -> Iterator[BlockRow]:
    """height, width: of the first stage's feature maps."""

    def row(module: str, side: str, stage: int = 0, shortcut: str = "", *, halvings: int | None = None) -> BlockRow:
        """halvings: of the output's resolution (None: as the stage)."""
        after = stage if halvings is None else halvings
        block = unet.get_submodule(module)
        return _row(module, block, side, stage, (_channels_of(block), height >> after, width >> after), shortcut)

    yield row("init_conv", "in")
    channels = 0
    for number, layer in enumerate(unet.time_mlp):
        channels = _channels_of(layer) or channels
        yield _row(f"time_mlp.{number}", layer, "time", 0, (channels, 1, 1))
    if unet.class_emb is not None:
        yield _row("class_emb", unet.class_emb, "time", 0, (channels, 1, 1))
    if unet.augment_emb is not None:
        told = _row("augment_emb", unet.augment_emb, "time", 0, (channels, 1, 1))
        yield replace(told, kind="augment_embedding")
    last = len(unet.downs) - 1
    for stage in range(last + 1):
        for part in range(3):
            yield row(f"downs.{stage}.{part}", "down", stage)
        # The last stage's convolution keeps the resolution.
        yield row(f"downs.{stage}.3", "down", stage, halvings=min(stage + 1, last))
    for module in ("mid_block1", "mid_attn", "mid_block2"):
        yield row(module, "mid", last)
    for number, stage in enumerate(range(last, -1, -1)):
        # What was pushed last is taken first.
        yield row(f"ups.{number}.0", "up", stage, f"downs.{stage}.2")
        yield row(f"ups.{number}.1", "up", stage, f"downs.{stage}.0")
        yield row(f"ups.{number}.2", "up", stage)
        yield row(f"ups.{number}.3", "up", stage, halvings=max(stage - 1, 0))
    yield row("final_res_block", "out", shortcut="init_conv")
    yield row("final_conv", "out")


def _row(
    module: str, block: nn.Module, side: str, stage: int, shape: tuple[int, int, int], shortcut: str = ""
) -> BlockRow:
    title, kind = _named(block)
    heads, dim_head = (block.heads, block.dim_head) if isinstance(block, Attention | LinearAttention) else (0, 0)
    return BlockRow(
        module=module,
        title=title,
        kind=kind,
        side=side,
        stage=stage,
        shape=shape,
        parameters=_count(block),
        shortcut=shortcut,
        heads=heads,
        dim_head=dim_head,
        takes_time=isinstance(block, ResnetBlock),
    )


def _count(block: nn.Module) -> int:
    return sum(parameter.numel() for parameter in block.parameters())


def _named(block: nn.Module) -> tuple[str, str]:
    """A block's title and kind."""
    match block:
        case ResnetBlock():
            return "ResnetBlock", "resnet"
        case LinearAttention():
            return "LinearAttention", "linear_attention"
        case Attention():
            return "Attention", "attention"
        case Downsample():
            return "Downsample", "downsample"
        case Upsample():
            return "Upsample", "upsample"
        case PatchConv():
            return "Conv 7×7", "conv"
        case Conv2d():
            return f"Conv {block.kernel_size[0]}×{block.kernel_size[0]}", "conv"
        case nn.Linear():
            return "Linear", "linear"
        case nn.GELU():
            return "GELU", "activation"
        case nn.Embedding():
            return "Embedding", "class_embedding"
    return type(block).__name__, "embedding"


def _channels_of(block: nn.Module) -> int:
    """Channels of a block's output; 0 of one that has as many as its input."""
    match block:
        case ResnetBlock():
            return block.block2.proj.out_channels
        case Conv2d():
            return block.out_channels
        case LinearAttention() | Attention():
            return block.norm.g.shape[1]
        case Downsample() | Upsample():
            return _channels_of(block[1])
        case nn.Linear():
            return block.out_features
        case nn.Embedding():
            return block.embedding_dim
        case SinusoidalPosEmb():
            return block.dim
        case RandomOrLearnedSinusoidalPosEmb():
            return 2 * len(block.weights) + 1
    return 0
