"""How far apart two clouds of features are, (N, D) and (M, D): KID, Fréchet distance, density and coverage.

Numbers of other programs' Inception features cannot be compared with these, whatever the features here: no result is
called FID. All sums are over all pairs and in float64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import Phrase
from ..inputs import bad_value, require_whole
from ..randomness import numpy_generator

Features = NDArray[np.float64]

#: Half the width of a 95 % interval, in standard errors.
WIDTH = 1.96
#: Rows of a table of pairs at a time.
_TOGETHER = 512
#: Of the bootstrap.
REPEATS = 200
#: Neighbours of density and coverage (Naeem et al. 2020).
NEIGHBOURS = 5


class Interval(NamedTuple):
    """A number and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


# --- KID -------------------------------------------------------------------------------------------------


def kid(a: object, b: object) -> float:
    """The kernel distance of two clouds, (N, D) and (M, D): unbiased, so 0 in the mean where both are alike.

    MMD² with the kernel (x·y/D + 1)³ (Bińkowski et al. 2018, arXiv 1801.01401, section 4), exactly over all pairs
    instead of over subsets: the U-statistic of Gretton et al. 2012, eq. 3. At least two rows each. Raises ConfigError.
    """
    return _mmd(*_pair(a, b)).value


def kid_interval(a: object, b: object) -> Interval:
    """As `kid`, with a 95 % interval: 1.96 standard errors by the jackknife over the rows of each cloud.

    The jackknife errs on the wide side (Efron & Stein 1981), most where both clouds are alike. Three rows each.
    """
    return _mmd(*_pair(a, b, least=3))


def _mmd(x: Features, y: Features) -> Interval:
    of_x, of_y = _kernel_sums(x, x, own=True), _kernel_sums(y, y, own=True)
    n, m = len(x), len(y)
    across, across_y = np.zeros(n), np.zeros(m)
    for start in range(0, n, _TOGETHER):
        table = _kernel(x[start : start + _TOGETHER], y)
        across[start : start + _TOGETHER] = table.sum(1)
        across_y += table.sum(0)
    within_x, within_y, between = of_x.sum(), of_y.sum(), across.sum()
    value = within_x / (n * (n - 1)) + within_y / (m * (m - 1)) - 2 * between / (n * m)
    if n < 3 or m < 3:
        return Interval(float(value), float("nan"), float("nan"))
    # The statistic without each row in turn, from the sums.
    without_x = (within_x - 2 * of_x) / ((n - 1) * (n - 2)) + within_y / (m * (m - 1))
    without_x -= 2 * (between - across) / ((n - 1) * m)
    without_y = within_x / (n * (n - 1)) + (within_y - 2 * of_y) / ((m - 1) * (m - 2))
    without_y -= 2 * (between - across_y) / (n * (m - 1))
    variance = (n - 1) * without_x.var() + (m - 1) * without_y.var()
    half = WIDTH * float(np.sqrt(variance))
    return Interval(float(value), float(value) - half, float(value) + half)


def _kernel(x: Features, y: Features) -> Features:
    table: Features = (x @ y.T / x.shape[1] + 1) ** 3
    return table


def _kernel_sums(x: Features, y: Features, *, own: bool) -> Features:
    """(N,) of each row of x its kernels with all of y; own: y is x, and a row's kernel with itself does not count."""
    sums = np.empty(len(x))
    for start in range(0, len(x), _TOGETHER):
        table = _kernel(x[start : start + _TOGETHER], y)
        rows = np.arange(len(table))
        sums[start : start + _TOGETHER] = table.sum(1) - (table[rows, start + rows] if own else 0)
    return sums


# --- Fréchet distance --------------------------------------------------------------------------------------


def frechet_distance(a: object, b: object) -> float:
    """‖μ₁−μ₂‖² + tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½) of two clouds, (N, D) and (M, D); at least two rows each.

    The distance of Heusel et al. 2017 (arXiv 1706.08500, eq. 6), which is FID only with that paper's features. Biased
    upwards, the more the fewer rows: compare at equal numbers. Also for fewer rows than D. Raises ConfigError.
    """
    return _frechet(*_pair(a, b))


def frechet_interval(a: object, b: object, *, seed: int = 0) -> Interval:
    """As `frechet_distance`, with a 95 % interval: 1.96 standard deviations of a bootstrap of both clouds.

    REPEATS times as many rows are drawn again of each, with replacement. The interval is of the distance that clouds of
    this size have in the mean, bias and all, not of that of infinitely many rows.
    """
    x, y = _pair(a, b)
    return frechet_from_draws(_frechet(x, y), list(frechet_draws(x, y, seed=seed)))


def frechet_draws(a: object, b: object, *, seed: int = 0) -> Iterator[float]:
    """The REPEATS distances of the bootstrap one after the other: each takes as long as the distance itself."""
    x, y = _pair(a, b)
    draw = numpy_generator(seed, "quality bootstrap")
    for _ in range(REPEATS):
        yield _frechet(x[draw.integers(len(x), size=len(x))], y[draw.integers(len(y), size=len(y))])


def frechet_from_draws(value: float, again: Sequence[float]) -> Interval:
    """The distance with the interval that the bootstrap's distances give it; no end is below 0."""
    half = WIDTH * float(np.std(again, ddof=1))
    return Interval(value, max(0.0, value - half), value + half)


def _frechet(x: Features, y: Features) -> float:
    mean_x, mean_y = x.mean(0), y.mean(0)
    x, y = x - mean_x, y - mean_y
    scale = 1 / np.sqrt((len(x) - 1.0) * (len(y) - 1.0))
    if len(x) >= x.shape[1] <= len(y):
        # The eigenvalues of Σ₁Σ₂ are those of Σ₁^½ Σ₂ Σ₁^½, which is symmetric.
        values, axes = np.linalg.eigh(x.T @ x)
        root = (axes * np.sqrt(values.clip(min=0))) @ axes.T
        mixed = np.sqrt(np.linalg.eigvalsh(root @ (y.T @ y) @ root).clip(min=0)).sum()
    else:
        # With Σ₁ = XᵀX and Σ₂ = YᵀY the trace of (Σ₁Σ₂)^½ is the sum of the singular values of XYᵀ, (N, M).
        mixed = np.linalg.svd(x @ y.T, compute_uv=False).sum()
    spread = np.square(x).sum() / (len(x) - 1) + np.square(y).sum() / (len(y) - 1)
    # Rounding may leave less than nothing where both are the same.
    return max(0.0, float(np.square(mean_x - mean_y).sum() + spread - 2 * scale * mixed))


# --- density and coverage ----------------------------------------------------------------------------------


def density_and_coverage(real: object, samples: object, *, neighbours: int = NEIGHBOURS) -> tuple[float, float]:
    """Density, from 0 and about 1 for samples that lie as the pictures do, and coverage, 0 … 1.

    Around each of the N real rows lies a ball as wide as its k-th nearest real neighbour is far. Density: how many
    balls a sample lies in, in the mean, over k. Coverage: the share of balls that have a sample inside (Naeem et al.
    2020, arXiv 2002.09797, eq. 3 and 4). For N rows of each of one distribution the coverage is 1 − 1/2^k in the mean.
    real: (N, D) with N > k, samples: (M, D). Raises ConfigError.
    """
    require_whole("neighbours", neighbours, 1)
    x, y = _pair(real, samples)
    if len(x) <= neighbours:
        raise bad_value("real", real, Phrase("value.features", least=neighbours + 1))
    # The squares alone are compared: no root is needed.
    inside, covered = 0, 0
    for start in range(0, len(x), _TOGETHER):
        rows = x[start : start + _TOGETHER]
        own = _squared_distances(rows, x)
        own[np.arange(len(rows)), start + np.arange(len(rows))] = np.inf
        radius = np.partition(own, neighbours - 1, axis=1)[:, neighbours - 1, None]
        hits = _squared_distances(rows, y) < radius
        inside += int(hits.sum())
        covered += int(hits.any(1).sum())
    return inside / (neighbours * len(y)), covered / len(x)


def _squared_distances(x: Features, y: Features) -> Features:
    table: Features = np.square(x).sum(1)[:, None] + np.square(y).sum(1)[None] - 2 * x @ y.T
    return table


# --- what is asked, judged ---------------------------------------------------------------------------------


def _pair(a: object, b: object, *, least: int = 2) -> tuple[Features, Features]:
    x, y = _features("a", a, least), _features("b", b, least)
    if x.shape[1] != y.shape[1]:
        raise bad_value("b", b, Phrase("value.features-like", count=x.shape[1]))
    return x, y


def _features(name: str, value: object, least: int) -> Features:
    plain: Callable[[], object] | None = getattr(value, "detach", None)
    array = plain().cpu().double().numpy() if plain is not None else value  # type: ignore[attr-defined]
    try:
        found = np.asarray(array, np.float64)
    except (TypeError, ValueError):
        raise bad_value(name, value, Phrase("value.features", least=least)) from None
    if found.ndim != 2 or len(found) < least or not found.shape[1] or not np.isfinite(found).all():
        raise bad_value(name, value, Phrase("value.features", least=least))
    return found
