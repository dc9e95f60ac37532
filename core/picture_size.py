"""Picture sizes: as (height, width), in words, and which ones a network can take that halves them some times."""

from __future__ import annotations

from collections.abc import Sequence

from .config import size_problem
from .errors import ConfigError, Phrase
from .inputs import is_whole


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

    size: (height, width) in pixels. factor: a power of two.
    """
    halvings = factor.bit_length() - 1
    for extent in size:
        if extent < 1 or extent % factor:
            raise size_problem("image_size", extent, halvings)
