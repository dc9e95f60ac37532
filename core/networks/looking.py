"""Looking into the U-Net while it computes: what a block says of one picture, and what it says without some of it.

Everything is done by hooks that are there for one pass. The model is the caller's own meanwhile: a thread that samples
with the same one would compute with the hooks of `without`, too. Answers are numpy arrays, float32, on the CPU, and
nobody can write into them. Dropout acts in a network that trains, as always; one that was loaded does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor, nn

from ..diffusion.inputs import require_batch
from ..errors import ConfigError, Phrase
from ..inputs import bad_value, require_one_of, require_whole
from .anatomy import BlockRow, as_unet, network_map, row_of
from .blocks import MEMORY_PAIRS, Attention, LinearAttention, ResnetBlock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch.utils.hooks import RemovableHandle

    from ..diffusion.inputs import Labels
    from ..diffusion.process import ReverseProcess

    Array = NDArray[np.float32]

#: The maps of networks that were looked into: one takes 0.8 ms, a pass of Sketch over one picture 5.
_MAPS: WeakKeyDictionary[nn.Module, dict[tuple[int, int], tuple[BlockRow, ...]]] = WeakKeyDictionary()


def _map_of(unet: nn.Module, image_size: tuple[int, int]) -> tuple[BlockRow, ...]:
    maps = _MAPS.setdefault(unet, {})
    if image_size not in maps:
        maps[image_size] = network_map(unet, image_size)
    return maps[image_size]


# --- Switching off ---------------------------------------------------------------------------------------


class Off(NamedTuple):
    """What is switched off: a part of PARTS, of the block `module`, a row of `network_map`."""

    part: str
    module: str


#: What can be switched off, and of which kinds of rows.
PARTS: Mapping[str, tuple[str, ...]] = {
    "shortcut": ("resnet",),  # the half that the row's `shortcut` gives is zero
    "residual": ("resnet",),  # what goes around the block is zero
    "block": ("resnet",),  # the block's own path is zero: the residual alone is left
    "attention": ("attention", "linear_attention"),  # its output is zero: the U-Net's residual alone is left
}


def parts_of(row: BlockRow) -> tuple[str, ...]:
    """What of a row can be switched off: names of PARTS."""
    parts = (part for part, kinds in PARTS.items() if row.kind in kinds)
    return tuple(part for part in parts if part != "shortcut" or row.shortcut)


@contextmanager
def without(diffusion: ReverseProcess, off: Collection[Off]) -> Iterator[None]:
    """The model with some of its network switched off, until the context is left; nested ones add up.

    After it, whatever happened in it, no hook is left and every output is bit for bit what it was. Gradients flow as
    they would through zeros. Raises ConfigError for what is no part of a block.
    """
    unet = as_unet(diffusion.model)
    with _without(unet, _map_of(unet, diffusion.image_size), off):
        yield


@contextmanager
def _without(unet: nn.Module, rows: tuple[BlockRow, ...], off: Collection[Off]) -> Iterator[None]:
    with ExitStack() as hooks:
        for one in off:
            if not isinstance(one, tuple) or len(one) != 2:
                raise bad_value("off", one, Phrase("value.parts-of-blocks", known=", ".join(PARTS)))
            part, module = one
            row = row_of(rows, module)
            require_one_of("off", part, parts_of(row), ConfigError)
            hooks.callback(_switched_off(unet, rows, row, part).remove)
        yield


def _switched_off(unet: nn.Module, rows: tuple[BlockRow, ...], row: BlockRow, part: str) -> RemovableHandle:
    block = unet.get_submodule(row.module)
    if part == "shortcut":
        taken = row_of(rows, row.shortcut).shape[0]

        def cut(_block: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
            joined, *others = inputs
            own, shortcut = joined[:, :-taken], joined[:, -taken:]
            return torch.cat((own, torch.zeros_like(shortcut)), dim=1), *others

        return block.register_forward_pre_hook(cut)
    silenced = block.get_submodule({"attention": "", "residual": "res_conv", "block": "block2"}[part])
    return silenced.register_forward_hook(lambda _module, _inputs, output: torch.zeros_like(output))


# --- One look --------------------------------------------------------------------------------------------


class ScaleShift(NamedTuple):
    """What the timestep says to a residual block: its activations become ·(scale + 1) + shift."""

    scale: Array  #: (C,)
    shift: Array  #: (C,)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionWeights:
    """From where one point of an attention takes its values, for each head: Σ over memory and points of weight·v.

    memory  (heads, M) of the learned memory's entries
    points  (heads, h, w) of the points of the feature map
    exact   whether the network computes with these very weights (Vaswani et al. 2017, eq. 1): then they are softmax's,
            not negative, and those of a head add up to 1. Else they are those that a linear attention (Shen et al.
            2018) implies, w_ij = dim_head^−½ · Σ_d softmax(q)_id · softmax(k)_dj, with the softmax of k over all points
            and the memory: not negative either, and those of a head always add up to dim_head^−½, not to 1, since
            softmax(q) and softmax(k) each sum to 1
    """

    memory: Array
    points: Array
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """What a shortcut carries to the block that takes it.

    picture    (h, w), the mean of its channels
    strength   root mean square of its numbers, and of those that come from below, beside which it is put
    """

    picture: Array
    strength: float
    strength_below: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the network and one of its blocks say of a picture x_t at t.

    activations  (C, h, w) of the module's output; of an attention without the residual that the U-Net adds; (C, 1, 1)
                 of the time path
    strengths    (C,) root mean square of each channel
    shortcuts    of each block that takes one, by its name, what it is given (before anything is switched off)
    scale_shift  of each residual block, by its name, at this t
    x_start      (channels, H, W) x̂_0 of the network's answer, clipped to [-1, 1]
    attention    of the point asked for; None of another kind of block, and where none was asked for
    """

    module: str
    t: int
    activations: Array
    strengths: Array
    shortcuts: Mapping[str, Shortcut]
    scale_shift: Mapping[str, ScaleShift]
    x_start: Array
    attention: AttentionWeights | None


@torch.no_grad()
def look(
    diffusion: ReverseProcess,
    x_t: Tensor,
    t: int,
    *,
    module: str,
    x_self_cond: Tensor | None = None,
    classes: Labels | None = None,
    condition: Tensor | None = None,
    off: Collection[Off] = (),
    pixel: tuple[int, int] | None = None,
) -> Look:
    """One pass of the network over one picture, without guidance, and what a block of it says meanwhile.

    x_t: (1, C, H, W) in normalised space, on the model's device; t: 0 … T-1; x_self_cond: x̂_0 of before, like x_t
    (None: zeros); classes: a label, or None for none; condition: (1, C, H, W) of a network that sees one (None: zeros);
    module: a row of `network_map`; off: what is switched off meanwhile; pixel: (row, column) of the block's feature
    map, for the weights of an attention.
    Raises ConfigError for anything else, SamplingError for a label that does not exist.
    """
    unet = as_unet(diffusion.model)
    require_batch("x_t", x_t, diffusion.channels_taken, like=diffusion.betas)
    if len(x_t) != 1:
        raise bad_value("x_t", tuple(x_t.shape), Phrase("value.one-picture"))
    require_whole("t", t, 0, diffusion.num_timesteps - 1, ConfigError)
    rows = _map_of(unet, (x_t.shape[2], x_t.shape[3]))
    row = row_of(rows, module)
    _require_pixel(pixel, row)
    time = torch.full((1,), t, device=x_t.device)
    with _Noting(unet, rows) as noted, _without(unet, rows, off), noted.output_of(unet.get_submodule(module)):
        said = diffusion.network_output(x_t, time, x_self_cond, classes=classes, condition=condition)
    predicted = diffusion.predictions_from(said.output, x_t, time, clip_x_start=True, rederive_pred_noise=False)
    activations = noted.output.float().reshape(row.shape)
    return Look(
        module=module,
        t=t,
        activations=_array(activations),
        strengths=_array(activations.square().mean(dim=(1, 2)).sqrt()),
        shortcuts=MappingProxyType(noted.shortcuts),
        scale_shift=MappingProxyType(noted.scale_shift),
        x_start=_array(predicted.pred_x_start[0]),
        attention=_attention_at(unet.get_submodule(module), noted.given, pixel),
    )


def _require_pixel(pixel: object, row: BlockRow) -> None:
    if pixel is None:
        return
    _, height, width = row.shape
    row_and_column = pixel if isinstance(pixel, tuple) and len(pixel) == 2 else (None, None)
    require_whole("pixel", row_and_column[0], 0, height - 1, ConfigError)
    require_whole("pixel", row_and_column[1], 0, width - 1, ConfigError)


class _Noting(ExitStack):
    """The hooks of one look, and what they noted of the pass."""

    output: Tensor  #: the block's, with what is switched off
    given: Tensor  #: to the block

    def __init__(self, unet: nn.Module, rows: tuple[BlockRow, ...]) -> None:
        super().__init__()
        self.shortcuts: dict[str, Shortcut] = {}
        self.scale_shift: dict[str, ScaleShift] = {}
        for row in rows:
            if row.takes_time:
                block = unet.get_submodule(row.module)
                assert isinstance(block, ResnetBlock)
                self.callback(block.mlp.register_forward_hook(self._noting_time(row.module)).remove)
                if row.shortcut:
                    taken = row_of(rows, row.shortcut).shape[0]
                    self.callback(block.register_forward_pre_hook(self._noting_shortcut(row.module, taken)).remove)

    @contextmanager
    def output_of(self, block: nn.Module) -> Iterator[None]:
        """Note what the block is given and puts out. Hooks act in the order in which they came: this is the last."""

        def note(_module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            self.given, self.output = inputs[0], output

        handle = block.register_forward_hook(note)
        try:
            yield
        finally:
            handle.remove()

    def _noting_time(self, module: str) -> Any:  # noqa: ANN401 (a hook of torch's)
        def note(_module: nn.Module, _inputs: object, output: Tensor) -> None:
            scale, shift = output[0].float().chunk(2)
            self.scale_shift[module] = ScaleShift(_array(scale), _array(shift))

        return note

    def _noting_shortcut(self, module: str, taken: int) -> Any:  # noqa: ANN401
        def note(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            below, shortcut = inputs[0][0, :-taken].float(), inputs[0][0, -taken:].float()
            self.shortcuts[module] = Shortcut(
                picture=_array(shortcut.mean(dim=0)),
                strength=float(_rms(shortcut)),
                strength_below=float(_rms(below)),
            )

        return note


def _rms(x: Tensor) -> Tensor:
    return x.square().mean().sqrt()


def _array(x: Tensor) -> Array:
    """A copy that nobody can write into."""
    array = x.detach().to("cpu", torch.float32, copy=True).contiguous().numpy()
    array.setflags(write=False)
    return array


# --- The weights of an attention -------------------------------------------------------------------------


def _attention_at(block: nn.Module, x: Tensor, pixel: tuple[int, int] | None) -> AttentionWeights | None:
    if pixel is None or not isinstance(block, Attention | LinearAttention):
        return None
    height, width = x.shape[2:]
    weights = attention_weights(block, x, pixel[0] * width + pixel[1])
    return AttentionWeights(
        memory=_array(weights[:, :MEMORY_PAIRS]),
        points=_array(weights[:, MEMORY_PAIRS:].reshape(-1, height, width)),
        exact=isinstance(block, Attention),
    )


def attention_weights(block: Attention | LinearAttention, x: Tensor, point: int) -> Tensor:
    """From where one point of x, (1, dim, h, w), takes its values: (heads, M + h·w), the memory's first.

    They are what AttentionWeights says. point: its number, row by row. Computed in float32.
    """
    heads, depth = block.heads, block.dim_head
    pixels = block.norm.forward(x.float())[0].flatten(1)
    to_q, to_k, _ = block.to_qkv.weight.float().flatten(1).chunk(3)
    q = (to_q @ pixels[:, point]).view(heads, depth)
    k = (to_k @ pixels).view(heads, depth, -1)
    memory_k = block.mem_kv[0].float()
    if isinstance(block, Attention):
        k = torch.cat((memory_k.transpose(1, 2), k), dim=-1)
        scores: Tensor = (q[:, None] @ k)[:, 0] * depth**-0.5
        return scores.softmax(dim=-1)
    k = torch.cat((memory_k, k), dim=-1).softmax(dim=-1)
    implied: Tensor = (q.softmax(dim=-1)[:, None] @ k)[:, 0] * block.scale
    return implied


# --- Over time -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What a block says at one t.

    strength     root mean square of all its numbers
    strengths    (C,) of each channel
    scale_shift  of a residual block; None of any other
    """

    t: int
    strength: float
    strengths: Array
    scale_shift: ScaleShift | None


def over_time(
    diffusion: ReverseProcess,
    pictures: Tensor,
    module: str,
    times: Sequence[int],
    *,
    noise: Tensor | None = None,
    x_self_cond: Tensor | None = None,
    classes: Labels | None = None,
    condition: Tensor | None = None,
    off: Collection[Off] = (),
) -> Iterator[Moment]:
    """How a block's activations change over t: a pass of the network for each of `times`, in their order.

    pictures: x_0, (1, C, H, W) in normalised space, with `noise` of its shape, of which x_t is made at each t (eq. 4 of
    Ho et al. 2020); or, without noise, x_t at each of `times`, (len(times), C, H, W), as a denoising was recorded.
    x_self_cond: as many, the x̂_0 that each step was given. Everything else as in `look`, which raises the same.
    Between two answers the model has no hooks.
    """
    times = tuple(times)
    wanted = 1 if noise is not None else len(times)
    require_batch("pictures", pictures, diffusion.channels_taken, like=diffusion.betas)
    for name, given, count in (("pictures", pictures, wanted), ("x_self_cond", x_self_cond, len(times))):
        if given is not None and len(given) != count:
            raise bad_value(name, tuple(given.shape), Phrase("value.pictures-of-times", count=count))
    for number, t in enumerate(times):
        require_whole("times", t, 0, diffusion.num_timesteps - 1, ConfigError)
        at = torch.full((1,), t, device=pictures.device)
        x_t = pictures[number : number + 1] if noise is None else diffusion.q_sample(pictures, at, noise)
        before = None if x_self_cond is None else x_self_cond[number : number + 1]
        seen = look(diffusion, x_t, t, module=module, x_self_cond=before, classes=classes, condition=condition, off=off)
        yield Moment(
            t=t,
            strength=float(np.sqrt(np.mean(np.square(seen.strengths)))),
            strengths=seen.strengths,
            scale_shift=seen.scale_shift.get(module),
        )
