"""Tensors, and what else is torch's, that callers hand over, judged before anything is computed with them.

So the error names the argument, not a kernel. Shapes and types cost no time worth measuring; values are looked at on
the CPU only, or once at the start of a sampler: on a GPU each look would stop the training step until it is answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import TypeGuard

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import ConfigError, Phrase, SamplingError, StudioError
from ..inputs import bad_value, some_of

#: Types that a timestep, a label or a mask may be of.
WHOLE = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)
_COMPUTED_WITH = (torch.float32, torch.float16, torch.bfloat16, torch.float64)


def is_floats(x: object) -> TypeGuard[Tensor]:
    """Whether x is an ordinary tensor of floats: not sparse, not of a type that only keeps numbers."""
    return isinstance(x, Tensor) and x.dtype in _COMPUTED_WITH and x.layout is torch.strided


def as_pictures(img: object, shape: tuple[int | None, int, int], like: Tensor) -> Tensor:
    """`img`, floats of (B, *shape) on the device of `like`, in its type; None: any number of channels.

    Raises ConfigError for anything else.
    """
    channels, *size = shape
    height, width = size
    wanted = Phrase("value.floats-of-shape", channels=channels or "channels", height=height, width=width)
    if not is_floats(img):
        got = img.dtype if isinstance(img, Tensor) else type(img).__name__
        raise ConfigError("config.picture-shape", got=got, expected=Phrase("value.tensor-of", shape=wanted))
    if img.ndim != 4 or not img.numel() or [*img.shape[2:]] != size or img.shape[1] != (channels or img.shape[1]):
        raise ConfigError("config.picture-shape", got=tuple(img.shape), expected=wanted)
    require_beside("img", img, like)
    return img.to(like.dtype)


def require_batch(name: str, x: object, channels: int | None, like: Tensor) -> None:
    """Raises ConfigError unless x is floats of (B, channels, H, W) on the device of `like`; None: of any channels."""
    wanted = Phrase("value.floats-any-size", channels=channels or "channels")
    if not is_floats(x):
        raise bad_value(name, x, Phrase("value.tensor-of", shape=wanted))
    if x.ndim != 4 or x.shape[1] != (channels or x.shape[1]):
        raise ConfigError("config.picture-shape", got=tuple(x.shape), expected=wanted)
    require_beside(name, x, like)


def as_timesteps(name: str, times: object, count: int, timesteps: int, device: torch.device) -> Tensor:
    """`times`, (count,) whole numbers of 0 … T-1, as indices on `device`. Raises ConfigError for anything else.

    The values are looked at wherever they are.
    """
    table = times if isinstance(times, Tensor) and times.shape == (count,) and not times.is_meta else None
    if table is None or table.dtype not in WHOLE or not bool(((table >= 0) & (table < timesteps)).all()):
        expected = Phrase("value.timesteps", count=count, last=timesteps - 1)
        raise bad_value(name, times, expected)
    return table.to(device, torch.long)


def require_timesteps(name: str, times: object, timesteps: int, like: Tensor) -> None:
    """Raises ConfigError unless `times` has one timestep for each of `like`; looks at values on the CPU only."""
    if isinstance(times, Tensor) and times.shape == like.shape[:1] and times.dtype in WHOLE and len(like):
        require_beside(name, times, like)
        if times.device.type != "cpu":
            return
        low, high = times.aminmax()
        if int(low) >= 0 and int(high) < timesteps:
            return
    as_timesteps(name, times, len(like), timesteps, like.device)


def require_alike(**tensors: object) -> None:
    """Raises ConfigError unless these are tensors of floats, by their names, of the first one's shape and device."""
    (first, like), *others = tensors.items()
    if not is_floats(like) or not like.ndim:
        raise bad_value(first, like, Phrase("value.floats-4d"))
    for name, value in others:
        if not is_floats(value) or value.shape != like.shape:
            raise bad_value(name, value, Phrase("value.floats-like", first=first, shape=tuple(like.shape)))
        require_beside(name, value, like)


def require_beside(name: str, value: Tensor, like: Tensor) -> None:
    """Raises ConfigError where a tensor is on another device than it is computed on."""
    if value.device != like.device:
        raise bad_value(
            name, Phrase("value.on-device", device=value.device), Phrase("value.tensor-on", device=like.device)
        )


def require_prediction(output: object, x: Tensor) -> Tensor:
    """What a network answered to x, as it is. Raises ConfigError unless it is a tensor of x's shape."""
    if isinstance(output, Tensor) and output.shape == x.shape:
        return output
    raise bad_value(Phrase("value.model-returned"), output, Phrase("value.shape-of-x", shape=tuple(x.shape)))


def require_finite(name: str, x: Tensor, kind: type[StudioError] = ConfigError) -> None:
    """Raises `kind` where a NaN or an infinity is in x. Waits for the device."""
    if not bool(x.isfinite().all()):
        wrong = "nan" if bool(x.isnan().any()) else "inf"
        raise bad_value(name, wrong, Phrase("value.finite"), kind)


def require_generator(generator: object) -> None:
    """Raises SamplingError unless it is one of torch's, or None."""
    if generator is not None and not isinstance(generator, torch.Generator):
        expected = Phrase("value.generator")
        raise bad_value("generator", generator, expected, SamplingError)


def require_module(name: str, value: object, expected: Phrase) -> None:
    """Raises ConfigError unless `value` is a torch module; expected: in words that follow a colon."""
    if not isinstance(value, nn.Module):
        raise bad_value(name, value, expected)


def require_betas(betas: object) -> None:
    """Raises ConfigError unless `betas` can be a schedule."""
    table = betas if isinstance(betas, Tensor) and betas.ndim == 1 and len(betas) else None
    if table is None or not table.is_floating_point() or not can_be_betas(table):
        value = tuple(betas.shape) if isinstance(betas, Tensor) else type(betas).__name__
        raise bad_value("betas", value, Phrase("value.betas"))


def can_be_betas(betas: Tensor) -> bool:
    """Whether all tables made of these β, (T,), are finite numbers in float32.

    Each is between 0 and 1 and not lost beside 1, and ᾱ_{T-1} is no smaller than float32's normal numbers: below, x̂_0
    of pred_noise would be the difference of two infinities.
    """
    kept = 1 - betas.double()
    return bool(((kept > 0) & (kept < 1)).all()) and float(kept.prod()) >= torch.finfo(torch.float32).tiny


def require_network_inputs(
    x: Tensor,
    time: Tensor,
    x_self_cond: Tensor | None,
    classes: Tensor | None,
    augment: Tensor | None,
    *,
    channels: int,
    weight: Tensor,
    num_classes: int | None,
    augment_dim: int,
    condition: Tensor | None = None,
    condition_channels: int = 0,
) -> None:
    """Raises ConfigError where these are not what a network of so many channels and classes takes.

    x: (B, channels, H, W) in the type of `weight`, unless autocast chooses it; time: (B,); x_self_cond: like x;
    classes: (B,) whole numbers from 0 to num_classes; augment: (B, augment_dim) floats;
    condition: (B, condition_channels, H, W).
    """
    require_batch("x", x, channels, like=weight)
    if x.dtype != weight.dtype and not torch.is_autocast_enabled(x.device.type):
        raise ConfigError(
            "config.picture-shape", got=x.dtype, expected=Phrase("value.dtype-of-weights", dtype=weight.dtype)
        )
    count = x.shape[0]
    if not isinstance(time, Tensor) or time.shape != (count,) or time.dtype == torch.bool or time.is_complex():
        raise bad_value("time", time, Phrase("value.times", count=count))
    require_beside("time", time, weight)
    if x_self_cond is not None:
        require_alike(x=x, x_self_cond=x_self_cond)
    if augment is not None:
        if not is_floats(augment) or augment.shape != (count, augment_dim):
            raise bad_value("augment", augment, Phrase("value.floats-of-size", count=count, size=augment_dim))
        require_beside("augment", augment, weight)
    if condition is not None:
        require_condition(condition, x, condition_channels)
    if classes is None:
        return
    if num_classes is None:
        raise bad_value("classes", classes, Phrase("value.made-without-classes"))
    expected = Phrase("value.labels", count=count, last=num_classes - 1, none=num_classes)
    if not isinstance(classes, Tensor) or classes.dtype not in (torch.long, torch.int) or classes.shape != (count,):
        raise bad_value("classes", classes, expected)
    require_beside("classes", classes, weight)
    if classes.device.type == "cpu" and count:
        low, high = classes.aminmax()
        if low < 0 or high > num_classes:
            raise bad_value("classes", classes, expected)


def require_condition(condition: object, x: Tensor, channels: int) -> None:
    """Raises ConfigError unless `condition` is floats of (B, channels, H, W) beside x; 0 channels: nothing is."""
    if not channels:
        raise bad_value("condition", condition, Phrase("value.made-without-condition"))
    shape = (len(x), channels, *x.shape[2:])
    if not is_floats(condition) or condition.shape != shape:
        raise bad_value("condition", condition, Phrase("value.floats-like", first="x", shape=shape))
    require_beside("condition", condition, x)


# --- Class labels as callers write them, numbers or names, as one number per picture ---------------------

#: A label for all pictures, or one for each: a number, or the class's name.
Labels = Tensor | Sequence[int | str] | int | str


def as_labels(
    classes: object, count: int, num_classes: int | None, class_names: Sequence[str] | None, device: torch.device
) -> Tensor:
    """(count,) labels of 0 … K, K for none, on `device`; a single one holds for all `count` pictures.

    Raises SamplingError for a label that does not exist, another number of labels, or a model without classes.
    """
    if num_classes is None:
        raise _refused(classes, Phrase("value.untrained-classes"))
    names = {} if class_names is None else {name: label for label, name in enumerate(class_names)}
    said = _plain(classes)
    each = said if isinstance(said, list) else [said] * count
    if len(each) != count:
        raise _refused(classes, Phrase("value.label-each", count=count))
    labels = []
    for label in each:
        number = names.get(label) if isinstance(label, str) else label
        if isinstance(number, bool) or not isinstance(number, Integral) or not 0 <= int(number) <= num_classes:
            known = {"last": num_classes - 1, "none": num_classes}
            if not names:
                raise _refused(label, Phrase("value.label", **known))
            raise _refused(label, Phrase("value.label-or-name", **known, known=some_of(label, list(names))))
        labels.append(int(number))
    return torch.tensor(labels, dtype=torch.long, device=device)


def _plain(labels: object) -> object:
    """Without tensors of whole numbers and arrays: a list, or a single label."""
    if isinstance(labels, Tensor) and (labels.is_meta or labels.dtype not in WHOLE):
        return labels
    if isinstance(labels, Tensor | np.ndarray):
        return labels.tolist()
    if isinstance(labels, Sequence) and not isinstance(labels, str | bytes):
        return [_plain(label) for label in labels]
    return labels


def _refused(value: object, expected: Phrase) -> StudioError:
    return bad_value("classes", value, expected, SamplingError)


# --- Finds the tensor that holds something else than numbers, at the price of one small answer from the device ---


def all_finite(tensors: Sequence[Tensor]) -> Tensor:
    """Whether no tensor holds a NaN or an infinity, a bool on their device, for which nothing is waited.

    From the norm of each, which only something that is not finite, or absurdly large, makes infinite.
    """
    return torch.stack([norm.float() for norm in torch._foreach_norm(list(tensors))]).isfinite().all()


def first_not_finite(tensors: Mapping[str, Tensor]) -> str | None:
    """The name of the first tensor that holds a NaN or an infinity; None when all are finite.

    One small answer comes back from the device, whatever their size.
    """
    floating = {name: tensor for name, tensor in tensors.items() if tensor.is_floating_point() and tensor.numel()}
    if not floating or bool(all_finite(list(floating.values()))):
        return None
    return next((name for name, tensor in floating.items() if not bool(tensor.isfinite().all())), None)
