"""What callers hand over beside tensors, judged where it enters: numbers, names, flags, networks, paths.

Whatever is wrong is told by one error that names the value and what would be legal. Without torch.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from math import prod
from numbers import Integral, Real
from pathlib import Path
from typing import cast

from .errors import ConfigError, Phrase, SamplingError, StudioError
from .setting import coerce
from .settings import size_problem

#: The lengths σ_rel of an EMA that can be asked for, where a run has what it is made of (core/runs/averages.py).
SHORTEST_EMA, LONGEST_EMA = 0.01, 0.25
_EMA_LENGTH = re.compile(r"ema-(\d?\.\d{1,12}|\d{1,3})", re.ASCII)
#: Numbers of a tensor that are told in full; of others the shape.
_FEW = 12
#: Names that are told in full.
_FEW_NAMES = 24


def bad_value(name: str, value: object, expected: Phrase, kind: type[StudioError] = ConfigError) -> StudioError:
    """The error for a value that is none of `name`; expected: the legal ones, in words that follow a colon."""
    code = "sampling.bad-value" if kind is SamplingError else "config.bad-value"
    return kind(code, name=name, value=_told(value), expected=expected)


def _told(value: object) -> object:
    """A value as it stands in a sentence: a network or an array would fill pages, and be kept alive by its error."""
    if isinstance(value, type):
        return Phrase("value.class-of-code", name=value.__name__)
    if hasattr(value, "shape") and hasattr(value, "dtype") and hasattr(value, "tolist"):
        few = prod(value.shape) <= _FEW and not getattr(value, "is_meta", False)
        if few:
            return value.tolist()
        return Phrase("value.array", kind=type(value).__name__, shape=tuple(value.shape), dtype=value.dtype)
    if hasattr(value, "is_floating_point"):
        return str(value)  # a type of tensors
    plain = isinstance(value, str | bytes | int | float | complex | list | tuple | dict | set | Path | None)
    return value if plain else Phrase("value.a-thing", kind=type(value).__name__)


def is_whole(value: object, low: int, high: int | None = None) -> bool:
    """Whether `value` is a whole number from `low` to `high` (None: upwards); True and False are none."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        return False
    return int(value) >= low and (high is None or int(value) <= high)


def require_whole(
    name: str, value: object, low: int, high: int | None = None, kind: type[StudioError] = SamplingError
) -> None:
    """Raises `kind` unless `value` is a whole number from `low` to `high` (None: upwards)."""
    if not is_whole(value, low, high):
        expected = (
            Phrase("value.whole-from", low=low) if high is None else Phrase("value.whole-from-to", low=low, high=high)
        )
        raise bad_value(name, value, expected, kind)


def require_number(name: str, value: object, low: float, high: float) -> None:
    """Raises SamplingError unless `value` is a number from `low` to `high`; True, False and NaN are none."""
    if isinstance(value, bool) or not isinstance(value, Real) or not low <= cast("float", value) <= high:
        raise bad_value(name, value, Phrase("value.number-from-to", low=low, high=high), SamplingError)


def require_one_of(name: str, value: object, known: Iterable[str], kind: type[StudioError] = SamplingError) -> None:
    """Raises `kind`, naming them all, unless `value` is one of the names `known`."""
    names = tuple(known)
    if not isinstance(value, str) or value not in names:
        raise bad_value(name, value, Phrase("value.one-of", known=", ".join(names)), kind)


def some_of(wished: object, names: Sequence[str]) -> str:
    """The names for a sentence: all of a few, else the few that are nearest to the one that was wished, and a count."""
    if len(names) <= _FEW_NAMES:
        return ", ".join(names)
    near = difflib.get_close_matches(str(wished)[:100], names, n=5, cutoff=0.4) or names[:5]
    return Phrase("value.some-of", known=", ".join(near), count=len(names))


def as_flag(name: str, value: object) -> bool:
    """True or False, as settings read them ("on", say). Raises ConfigError."""
    if isinstance(value, bool):
        return value
    try:
        return bool(coerce(bool, value))
    except ValueError:
        raise bad_value(name, value, Phrase("value.true-or-false")) from None


def as_path(name: str, value: object) -> Path:
    """A path from text or a Path. Raises ConfigError."""
    if not isinstance(value, str | Path) or "\0" in str(value):
        raise bad_value(name, value, Phrase("value.path"))
    return Path(value)


def ema_of_length(length: float) -> str:
    """What the weights of an EMA of length σ_rel are called: "ema-0.08"."""
    return f"ema-{length:.6f}".rstrip("0")


def length_of(weights: str) -> float | None:
    """The inverse of `ema_of_length`; None for "ema" and "raw". Raises ConfigError for what is none of these."""
    if weights in ("ema", "raw"):
        return None
    found = _EMA_LENGTH.fullmatch(weights) if isinstance(weights, str) else None
    if found is None:
        raise bad_value("weights", weights, Phrase("value.ema-or-raw"))
    length = float(found[1])
    if not SHORTEST_EMA <= length <= LONGEST_EMA:
        raise bad_value(
            Phrase("setting.ema-length"), length, Phrase("value.number-from-to", low=SHORTEST_EMA, high=LONGEST_EMA)
        )
    return length


def as_names(name: str, value: object) -> tuple[str, ...]:
    """Words, each of them once. Raises ConfigError."""
    words = tuple(value) if isinstance(value, Sequence) and not isinstance(value, str | bytes) else None
    if words is None or not all(isinstance(word, str) for word in words) or len(set(words)) != len(words):
        raise bad_value(name, value, Phrase("value.names-once"))
    return words


def require_network(model: object) -> None:
    """Raises ConfigError unless `model` can be called and says of itself, if anything, what can be."""
    if isinstance(model, type) or not callable(model):
        raise bad_value("model", model, Phrase("value.network"))
    for attribute in ("channels", "out_dim", "downsample_factor", "num_classes"):
        said = getattr(model, attribute, None)
        if said is not None:
            require_whole(Phrase("value.models-own", name=attribute), said, 1, kind=ConfigError)


def require_batch_shape(shape: object, channels: int | None) -> None:
    """Raises SamplingError unless `shape` is (B, channels, H, W) of whole numbers from 1; None: of any channels."""
    sides = tuple(shape) if isinstance(shape, Sequence) and not isinstance(shape, str | bytes) else ()
    if len(sides) != 4 or (channels is not None and sides[1] != channels) or not all(is_whole(n, 1) for n in sides[1:]):
        raise bad_value("shape", shape, Phrase("value.batch-shape", channels=channels or "channels"), SamplingError)
    require_whole("batch_size", sides[0], 1)


# --- Picture sizes: as (height, width), in words, and which ones a network can take.


def height_and_width(image_size: int | Sequence[int]) -> tuple[int, int]:
    """(height, width) in pixels of `image_size`: the side of a square, or both. Raises ConfigError for neither."""
    size = tuple(image_size) if isinstance(image_size, Sequence) else (image_size, image_size)
    if len(size) != 2 or not all(is_whole(side, 1) for side in size):
        expected = Phrase("value.size")
        raise ConfigError("config.bad-value", name="image_size", value=image_size, expected=expected)
    return int(size[0]), int(size[1])


def size_in_words(size: tuple[int, int]) -> str:
    """(height, width) as it stands before "px": "32", or width×height, "32×48"."""
    height, width = size
    return str(width) if height == width else f"{width}×{height}"


def mask_target(mask: tuple[int, int], picture: tuple[int, int], model: tuple[int, int]) -> tuple[int, int] | None:
    """What a mask is resized to before it is used, nearest pixel by pixel; None: it fits. Sizes are (width, height).

    A mask fits that is as large as the picture, which it is then scaled and cropped with, or as the model's pictures.
    """
    if mask in {picture, model}:
        return None
    (width, height), (picture_width, picture_height), (model_width, model_height) = mask, picture, model
    as_picture = width * picture_height == height * picture_width
    as_model = width * model_height == height * model_width
    return model if as_model and not as_picture else picture


def require_fitting_size(size: tuple[int, int], factor: int) -> None:
    """Raises ConfigError, naming the nearest sizes that fit, where height or width does not divide by `factor`.

    size: (height, width) in pixels.
    """
    for extent in size:
        if extent < 1 or extent % factor:
            raise size_problem("image_size", extent, factor)
