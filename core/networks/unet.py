"""The U-Net that predicts: down through ever coarser feature maps, across the middle, and up again with shortcuts.

Arguments, names and tensor shapes are those of denoising-diffusion-pytorch 2.3.4, whose checkpoints load strictly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import pairwise
from typing import TypeVar, cast

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from ..diffusion.inputs import require_network_inputs
from ..errors import ConfigError, Phrase
from ..inputs import as_flag, bad_value, is_whole, require_fitting_size
from ..settings import RunConfig, read_value
from .blocks import (
    Attention,
    Conv2d,
    Downsample,
    LinearAttention,
    PatchConv,
    PointwiseConv,
    RandomOrLearnedSinusoidalPosEmb,
    ResnetBlock,
    SinusoidalPosEmb,
    Upsample,
)

Setting = TypeVar("Setting", bool, int)

#: Channels or classes; a layer of more fits into no memory.
_MOST = 2**20


class Unet(nn.Module):
    """(x_t, t[, x̂_0 of before]) → the objective's output (Ho et al. 2020, appendix B, with later refinements).

    dim              channels at full resolution; even, at least 4
    init_dim         channels after the first convolution (None: dim)
    out_dim          channels of the output (None: channels)
    dim_mults        channels of each stage as multiples of dim; each stage but the last halves the resolution
    channels         channels of a picture
    self_condition   take the previous x̂_0 as further input channels (Chen et al. 2022)
    learned_sinusoidal_cond, random_fourier_features, learned_sinusoidal_dim
                     embed t at learned or random frequencies instead of fixed ones; t is then expected in [0, 1]
    sinusoidal_pos_emb_theta    the slowest fixed frequency is 1/θ
    dropout          probability, in the first half of each residual block
    attn_dim_head, attn_heads   one number, or one for each stage
    full_attn        exact attention instead of linear, one bool or one for each stage (None or False: last stage only)
    flash_attn       let torch choose the kernel of exact attention; the numbers agree
    num_classes      K: take a class per picture, 0 … K-1, or K for none (None: the network knows no classes)
    augment_dim      numbers that tell how a picture was augmented, zeros where it was not (0: the network is not told)
    condition_channels  channels of a picture that is given with every call, further input channels (0: there is none)
    patch_size       p, 1, 2 or 4: all stages work on p×p patches of the picture, the first one on (H/p, W/p) points

    Raises ConfigError for settings that cannot work, among them learned_variance=True, which is not built.
    """

    def __init__(
        self,
        dim: int,
        init_dim: int | None = None,
        out_dim: int | None = None,
        dim_mults: Sequence[int] = (1, 2, 4, 8),
        channels: int = 3,
        self_condition: bool = False,
        learned_variance: bool = False,
        learned_sinusoidal_cond: bool = False,
        random_fourier_features: bool = False,
        learned_sinusoidal_dim: int = 16,
        sinusoidal_pos_emb_theta: float = 10000,
        dropout: float = 0.0,
        attn_dim_head: int | Sequence[int] = 32,
        attn_heads: int | Sequence[int] = 4,
        full_attn: bool | Sequence[bool] | None = None,
        flash_attn: bool = False,
        *,
        num_classes: int | None = None,
        patch_size: int = 1,
        augment_dim: int = 0,
        condition_channels: int = 0,
    ) -> None:
        super().__init__()
        if as_flag("learned_variance", learned_variance):
            raise ConfigError(
                "config.unsupported",
                feature="learned_variance",
                reason=Phrase("left-out.variance-is-schedules"),
            )
        stages = len(cast("Sequence[int]", read_value("dim_mults", dim_mults)))
        if isinstance(full_attn, bool):
            full_attn = (True,) * stages if full_attn else None
        elif isinstance(full_attn, list | tuple):
            full_attn = tuple(full_attn) or None
        checked = RunConfig().with_settings(
            {
                "dim": dim,
                "init_dim": init_dim,
                "dim_mults": dim_mults,
                "self_condition": self_condition,
                "learned_sinusoidal_cond": learned_sinusoidal_cond,
                "random_fourier_features": random_fourier_features,
                "learned_sinusoidal_dim": learned_sinusoidal_dim,
                "sinusoidal_pos_emb_theta": sinusoidal_pos_emb_theta,
                "dropout": dropout,
                "attn_dim_head": attn_dim_head,
                "attn_heads": attn_heads,
                "full_attn": full_attn,
                "flash_attn": flash_attn,
                "patch_size": patch_size,
            }
        )
        #: what it was made of, beside `channels`, `out_dim`, `num_classes` and `condition_channels`
        self.settings = settings = checked.model
        dim, init_dim = settings.dim, settings.dim if settings.init_dim is None else settings.init_dim
        self.channels = _at_least_one("channels", channels)
        self.self_condition = settings.self_condition
        if not is_whole(condition_channels, 0, _MOST):
            expected = Phrase("value.whole-from-to", low=0, high=_MOST)
            raise bad_value("condition_channels", condition_channels, expected)
        self.condition_channels = int(condition_channels)
        self.out_dim = self.channels if out_dim is None else _at_least_one("out_dim", out_dim)
        self.random_or_learned_sinusoidal_cond = settings.learned_sinusoidal_cond or settings.random_fourier_features

        dims = [init_dim, *(dim * multiple for multiple in settings.dim_mults)]
        stage_dims = list(pairwise(dims))
        stage_full = _for_each_stage("full_attn", settings.full_attn or (*(False,) * (stages - 1), True), stages)
        stage_heads = _for_each_stage("attn_heads", settings.attn_heads, stages)
        stage_dim_heads = _for_each_stage("attn_dim_head", settings.attn_dim_head, stages)

        flash = settings.flash_attn

        def attention(dim: int, stage: int) -> nn.Module:
            heads, dim_head = stage_heads[stage], stage_dim_heads[stage]
            if stage_full[stage]:
                return Attention(dim, heads, dim_head, flash=flash)
            return LinearAttention(dim, heads, dim_head)

        time_dim = dim * 4
        resnet_block = partial(ResnetBlock, time_emb_dim=time_dim, dropout=settings.dropout)

        # Its weights lie as one kernel in pixels, whose size tells p of a file: 12 channels could be 3 in patches.
        # In the order of `_output`: the guess before, x_t, the condition.
        inputs = self.channels * (2 if self.self_condition else 1) + self.condition_channels
        patch = settings.patch_size
        self.init_conv = PatchConv(inputs, init_dim, patch)
        embedding: nn.Module
        if self.random_or_learned_sinusoidal_cond:
            frequencies = settings.learned_sinusoidal_dim
            _require_even("learned_sinusoidal_dim", frequencies, at_least=2)
            embedding = RandomOrLearnedSinusoidalPosEmb(frequencies, settings.random_fourier_features)
            embedding_dim = frequencies + 1
        else:
            _require_even("dim", dim, at_least=4)
            embedding, embedding_dim = SinusoidalPosEmb(dim, theta=settings.sinusoidal_pos_emb_theta), dim
        self.time_mlp = nn.Sequential(
            embedding, nn.Linear(embedding_dim, time_dim), nn.GELU(), nn.Linear(time_dim, time_dim)
        )

        # Both first: an optimizer's state in a checkpoint counts the parameters in this order.
        self.downs, self.ups = nn.ModuleList(), nn.ModuleList()
        for stage, (dim_in, dim_out) in enumerate(stage_dims):
            last = stage == stages - 1
            blocks = [resnet_block(dim_in, dim_in), resnet_block(dim_in, dim_in), attention(dim_in, stage)]
            down = Conv2d(dim_in, dim_out, 3, padding=1) if last else Downsample(dim_in, dim_out)
            self.downs.append(nn.ModuleList([*blocks, down]))

        mid_dim = dims[-1]
        self.mid_block1 = resnet_block(mid_dim, mid_dim)
        self.mid_attn = Attention(mid_dim, stage_heads[-1], stage_dim_heads[-1], flash=flash)
        self.mid_block2 = resnet_block(mid_dim, mid_dim)

        for stage, (dim_in, dim_out) in reversed(list(enumerate(stage_dims))):
            joined = dim_out + dim_in
            blocks = [resnet_block(joined, dim_out), resnet_block(joined, dim_out), attention(dim_out, stage)]
            up = Conv2d(dim_out, dim_in, 3, padding=1) if stage == 0 else Upsample(dim_out, dim_in)
            self.ups.append(nn.ModuleList([*blocks, up]))

        self.final_res_block = resnet_block(init_dim * 2, init_dim)
        self.final_conv = PointwiseConv(init_dim, self.out_dim * patch**2)

        # Last, so that the parameters of a network without classes keep their numbers.
        self.num_classes = None if num_classes is None else _at_least_one("num_classes", num_classes)
        self.class_emb = None if self.num_classes is None else _class_embedding(self.num_classes, time_dim)

        if not is_whole(augment_dim, 0, _MOST):
            raise bad_value("augment_dim", augment_dim, Phrase("value.whole-up-to", low=0, high=_MOST))
        self.augment_dim = int(augment_dim)
        self.augment_emb = _augment_embedding(self.augment_dim, time_dim) if self.augment_dim else None

        #: A way to train it, no part of it: less memory, the same gradients (Chen et al. 2016, arXiv 1604.06174).
        self.gradient_checkpointing = False

    @property
    def downsample_factor(self) -> int:
        """What the height and width of a picture must divide by."""
        return self.settings.downsample_factor

    def forward(
        self,
        x: Tensor,
        time: Tensor,
        x_self_cond: Tensor | None = None,
        classes: Tensor | None = None,
        *,
        augment: Tensor | None = None,
        condition: Tensor | None = None,
    ) -> Tensor:
        """x: (B, channels, H, W) in [-1, 1] plus noise, time: (B,), x_self_cond: like x (None: zeros).

        classes: (B,) long, 0 … num_classes, the last of which means none (None: none for all).
        augment: (B, augment_dim), how each picture was augmented (None: zeros, not at all).
        condition: (B, condition_channels, H, W) in [-1, 1] (None: zeros).
        Returns (B, out_dim, H, W). Raises ConfigError for anything else, and where H or W does not divide by
        downsample_factor; labels on a GPU are not looked at.
        """
        require_network_inputs(
            x,
            time,
            x_self_cond if self.self_condition else None,
            classes,
            augment,
            channels=self.channels,
            weight=self.init_conv.weight,
            num_classes=self.num_classes,
            augment_dim=self.augment_dim,
            condition=condition,
            condition_channels=self.condition_channels,
        )
        require_fitting_size((x.shape[-2], x.shape[-1]), self.downsample_factor)
        kind = x.device.type
        if not _casts_to_bf16(kind):
            return self._output(x, time, x_self_cond, classes, augment, condition)
        # Autocast casts at each layer, back and forth; the blocks compute in the type of what they are given. fp16 is
        # left to it, since not every number here is within its range.
        with torch.autocast(kind, enabled=False):
            return self._output(x.bfloat16(), time, x_self_cond, classes, augment, condition)

    def _output(
        self,
        x: Tensor,
        time: Tensor,
        x_self_cond: Tensor | None,
        classes: Tensor | None,
        augment: Tensor | None,
        condition: Tensor | None,
    ) -> Tensor:
        """As `forward`, of what was checked; in the type of the weights, computed in that of x."""
        dtype = self.final_conv.weight.dtype
        inputs = [x]
        if self.self_condition:
            inputs.insert(0, torch.zeros_like(x) if x_self_cond is None else x_self_cond.to(x.dtype))
        if self.condition_channels:
            shape = (len(x), self.condition_channels, *x.shape[2:])
            inputs.append(x.new_zeros(shape) if condition is None else condition.to(x.dtype))
        x = torch.cat(inputs, dim=1) if len(inputs) > 1 else x

        x = residual = self.init_conv(x)
        t = self.time_mlp(time.to(dtype) if time.dtype == torch.double else time)
        if self.class_emb is not None:
            no_class = self.class_emb.num_embeddings - 1
            t = t + self.class_emb(torch.full_like(time, no_class, dtype=torch.long) if classes is None else classes)
        if self.augment_emb is not None:
            told = torch.zeros(len(time), self.augment_dim, device=t.device) if augment is None else augment
            t = t + self.augment_emb(told.to(t.dtype))

        shortcuts: list[Tensor] = []
        run = self._run
        for block1, block2, attention, downsample in _stages(self.downs):
            x = run(block1, x, t)
            shortcuts.append(x)
            x = run(block2, x, t)
            x = run(attention, x) + x
            shortcuts.append(x)
            x = downsample(x)

        x = run(self.mid_block1, x, t)
        x = run(self.mid_attn, x) + x
        x = run(self.mid_block2, x, t)

        for block1, block2, attention, upsample in _stages(self.ups):
            x = run(block1, torch.cat((x, shortcuts.pop()), dim=1), t)
            x = run(block2, torch.cat((x, shortcuts.pop()), dim=1), t)
            x = run(attention, x) + x
            x = upsample(x)

        x = run(self.final_res_block, torch.cat((x, residual), dim=1), t)
        # The last convolution is small, and in bf16 a picture would be rounded to 256 levels in each octave.
        out: Tensor = self.final_conv(x.to(dtype))
        return out if self.settings.patch_size == 1 else torch.pixel_shuffle(out, self.settings.patch_size)

    def _run(self, block: nn.Module, *inputs: Tensor) -> Tensor:
        """The block; with `gradient_checkpointing` its inside is forgotten, and computed again on the way back."""
        if self.gradient_checkpointing and torch.is_grad_enabled():
            drops = self.settings.dropout > 0
            out = checkpoint(block, *inputs, use_reentrant=False, preserve_rng_state=drops)
        else:
            out = block(*inputs)
        return cast("Tensor", out)


def _casts_to_bf16(kind: str) -> bool:
    """Whether autocast to bf16 is on for this kind of device; `meta` has none."""
    there = torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind)
    return there and torch.get_autocast_dtype(kind) == torch.bfloat16


def _stages(stages: nn.ModuleList) -> Iterable[Sequence[nn.Module]]:
    """The stages as what they are: lists of two residual blocks, an attention and a change of resolution."""
    return cast("Iterable[Sequence[nn.Module]]", stages)


def _class_embedding(num_classes: int, dim: int) -> nn.Embedding:
    """One vector per class and one for none, added to the time embedding (Dhariwal & Nichol 2021, section 3.1)."""
    # Left at N(0, 1): begun smaller, a short training obeys its classes far less (81 % of the samples instead of all of
    # them after 1,000 steps on three classes, with a standard deviation of 0.02), and its loss is no lower.
    return nn.Embedding(num_classes + 1, dim)


def _augment_embedding(numbers: int, dim: int) -> nn.Linear:
    """What was done to a picture, as a vector (Karras et al. 2022, arXiv 2206.00364, F.2); no bias: zeros add none."""
    layer = nn.Linear(numbers, dim, bias=False)
    # Added where classes are and begun as large as they. EDM adds it before the layers of the time embedding, which
    # short trainings do not obey: of 64 samples of a set whose mirrored pictures were told 13 were mirrored after 200
    # steps and none after 400 here; there 33 and 3, and from EDM's smaller beginning still half of them after 600.
    nn.init.normal_(layer.weight)
    return layer


def _for_each_stage(name: str, values: tuple[Setting, ...], stages: int) -> tuple[Setting, ...]:
    """The setting of each stage: one number (or bool) for all, or one for each."""
    if len(values) == 1 and name != "full_attn":
        return values * stages
    if len(values) != stages:
        raise ConfigError(
            "config.conflict",
            first=name,
            second="dim_mults",
            reason=Phrase("conflict.stages", one=len(values), other=stages),
        )
    return values


def _require_even(name: str, value: int, at_least: int) -> None:
    if value % 2 or value < at_least:
        raise bad_value(name, value, Phrase("value.even-at-least", least=at_least))


def _at_least_one(name: str, value: int) -> int:
    if not is_whole(value, 1, _MOST):
        raise bad_value(name, value, Phrase("value.whole-up-to", low=1, high=_MOST))
    return int(value)
