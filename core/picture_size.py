"""Picture sizes: as (height, width), in words, and which ones a network can take that halves them some times."""

from __future__ import annotations

from collections.abc import Sequence

from .config import legal_sizes
from .errors import ConfigError
from .inputs import is_whole


def height_and_width(image_size: int | Sequence[int]) -> tuple[int, int]:
    """(height, width) in pixels of `image_size`: the side of a square, or both. Raises ConfigError for neither."""
    size = tuple(image_size) if isinstance(image_size, Sequence) else (image_size, image_size)
    if len(size) != 2 or not all(is_whole(side, 1) for side in size):
        expected = "one whole number, or height and width"
        raise ConfigError("config.bad-value", name="image_size", value=image_size, expected=expected)
    return int(size[0]), int(size[1])


def size_in_words(size: tuple[int, int]) -> str:
    """(height, width) as it stands before "px": "32", or width×height, "32×48"."""
    height, width = size
    return str(width) if height == width else f"{width}×{height}"


def require_fitting_size(size: tuple[int, int], factor: int) -> None:
    """Raises ConfigError, naming the nearest sizes that fit, where height or width does not divide by `factor`.

    size: (height, width) in pixels. factor: a power of two.
    """
    halvings = factor.bit_length() - 1
    for extent in size:
        if extent < 1 or extent % factor:
            smaller, larger = legal_sizes(extent, halvings)
            raise ConfigError(
                "config.size-not-divisible",
                name="image_size",
                size=extent,
                halvings=halvings,
                smaller=smaller,
                larger=larger,
            )
