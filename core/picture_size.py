"""Which picture sizes a network can take that halves them some number of times."""

from __future__ import annotations

from .config import legal_sizes
from .errors import ConfigError


def require_fitting_size(size: tuple[int, int], factor: int) -> None:
    """Raises ConfigError, naming the nearest sizes that fit, where height or width does not divide by `factor`.

    size: (height, width) in pixels. factor: a power of two.
    """
    halvings = factor.bit_length() - 1
    for extent in size:
        if extent < 1 or extent % factor:
            smaller, larger = legal_sizes(extent, halvings)
            raise ConfigError(
                "config.size-not-divisible", size=extent, halvings=halvings, smaller=smaller, larger=larger
            )
