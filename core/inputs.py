"""What callers hand to a diffusion, judged before anything is computed: so that the error names it, not a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral

import torch
from torch import Tensor

from .errors import ConfigError, SamplingError


def as_pictures(img: object, shape: tuple[int, int, int], like: Tensor) -> Tensor:
    """`img`, floats of (B, *shape) on the device of `like`, in its type. Raises ConfigError for anything else."""
    wanted = "floats of shape (batch, {}, {}, {})".format(*shape)
    if not isinstance(img, Tensor) or not img.is_floating_point():
        got = img.dtype if isinstance(img, Tensor) else type(img).__name__
        raise ConfigError("config.picture-shape", got=got, expected=f"a tensor of {wanted}")
    if img.ndim != 4 or len(img) == 0 or tuple(img.shape[1:]) != shape:
        raise ConfigError("config.picture-shape", got=tuple(img.shape), expected=wanted)
    if img.device != like.device:
        raise ConfigError("config.picture-shape", got=f"on {img.device}", expected=f"those on {like.device}")
    return img.to(like.dtype)


def as_timesteps(times: object, count: int, timesteps: int, device: torch.device) -> Tensor:
    """`times`, (count,) whole numbers of 0 … T-1, as indices on `device`. Raises ConfigError for anything else."""
    table = times if isinstance(times, Tensor) and times.shape == (count,) else None
    whole = table is not None and not table.is_floating_point() and table.dtype != torch.bool
    if table is None or not whole or not bool(((table >= 0) & (table < timesteps)).all()):
        expected = f"a tensor of {count} whole numbers from 0 to {timesteps - 1}, one for each picture"
        raise ConfigError("config.bad-value", name="times", value=times, expected=expected)
    return table.to(device, torch.long)


def require_noise(noise: Tensor, x_start: Tensor) -> None:
    """Raises ConfigError unless `noise` is of the shape of the pictures."""
    if noise.shape != x_start.shape:
        expected = f"a tensor of the pictures' shape, {tuple(x_start.shape)}"
        raise ConfigError("config.bad-value", name="noise", value=tuple(noise.shape), expected=expected)


def require_betas(betas: object) -> None:
    """Raises ConfigError unless `betas` can be a schedule."""
    table = betas if isinstance(betas, Tensor) and betas.ndim == 1 and len(betas) else None
    if table is None or not bool(((table > 0) & (table < 1)).all()):
        value = tuple(betas.shape) if isinstance(betas, Tensor) else type(betas).__name__
        expected = "a tensor of one number per timestep, each between 0 and 1"
        raise ConfigError("config.bad-value", name="betas", value=value, expected=expected)


def require_network(model: object) -> None:
    """Raises ConfigError unless `model` can be called."""
    if not callable(model):
        expected = "a network: a callable (x, t, x_self_cond), such as a Unet"
        raise ConfigError("config.bad-value", name="model", value=model, expected=expected)


def is_whole(value: object, low: int, high: int | None = None) -> bool:
    """Whether `value` is a whole number from `low` to `high` (None: upwards); True and False are none."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        return False
    return int(value) >= low and (high is None or int(value) <= high)


def require_whole(name: str, value: object, low: int, high: int | None = None) -> None:
    """Raises SamplingError unless `value` is a whole number from `low` to `high` (None: upwards)."""
    if not is_whole(value, low, high):
        expected = f"a whole number from {low}" + ("" if high is None else f" to {high}")
        raise SamplingError("sampling.bad-value", name=name, value=value, expected=expected)


def require_batch_shape(shape: Sequence[int], channels: int) -> None:
    """Raises SamplingError unless `shape` is (B, channels, H, W) of at least one picture."""
    if len(shape) != 4 or shape[1] != channels:
        expected = f"(batch, {channels}, height, width)"
        raise SamplingError("sampling.bad-value", name="shape", value=tuple(shape), expected=expected)
    require_whole("batch_size", shape[0], 1)
