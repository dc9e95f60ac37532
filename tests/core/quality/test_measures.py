"""KID, Fréchet distance, density and coverage beside independent computations, and on distributions that are known."""

import math

import numpy as np
import pytest
import scipy.linalg
import torch

import core
from core.errors import ConfigError
from core.quality.measures import density_and_coverage, frechet_interval, kid_interval


def clouds(n: int, m: int, d: int, seed: int = 0, shift: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    return draw.normal(size=(n, d)), draw.normal(size=(m, d)) * 1.1 + shift


def kid_pair_by_pair(x: np.ndarray, y: np.ndarray) -> float:
    def k(a: np.ndarray, b: np.ndarray) -> float:
        return (float(sum(a * b)) / len(a) + 1) ** 3

    n, m = len(x), len(y)
    of_x = sum(k(x[i], x[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    of_y = sum(k(y[i], y[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    return of_x + of_y - 2 * sum(k(a, b) for a in x for b in y) / (n * m)


def test_kid_is_the_unbiased_statistic_written_out_pair_by_pair() -> None:
    x, y = clouds(13, 17, 5)
    expected = kid_pair_by_pair(x, y)
    assert core.kid(x, y) == pytest.approx(expected, rel=1e-12)
    assert core.kid(torch.from_numpy(x), y.tolist()) == pytest.approx(expected, rel=1e-12)
    # The blocks meet: 1,100 rows are in three of them.
    x, y = clouds(1100, 600, 3)
    tables = [(a @ b.T / 3 + 1) ** 3 for a, b in ((x, x), (y, y), (x, y))]
    of_x, of_y = ((table.sum() - np.trace(table)) / (len(table) * (len(table) - 1)) for table in tables[:2])
    assert core.kid(x, y) == pytest.approx(of_x + of_y - 2 * tables[2].mean(), rel=1e-10)


def test_kid_interval_is_the_jackknife_written_out_row_by_row() -> None:
    x, y = clouds(9, 7, 4)
    found = kid_interval(x, y)
    without = [
        [kid_pair_by_pair(np.delete(x, i, 0), y) for i in range(9)],
        [kid_pair_by_pair(x, np.delete(y, i, 0)) for i in range(7)],
    ]
    error = math.sqrt(sum((len(part) - 1) * np.var(part) for part in without))
    assert found.value == pytest.approx(kid_pair_by_pair(x, y), rel=1e-12)
    assert found.high - found.value == pytest.approx(1.96 * error, rel=1e-9) == found.value - found.low


def test_kid_of_one_distribution_is_0_in_the_mean_and_its_interval_covers_that() -> None:
    found = [kid_interval(*clouds(60, 60, 8, seed=seed, shift=0)) for seed in range(200)]
    alike = [
        kid_interval(*[c / s for c, s in zip(clouds(60, 60, 8, seed=seed, shift=0), (1, 1.1), strict=True)])
        for seed in range(200)
    ]
    values = np.array([each.value for each in alike])
    assert abs(values.mean()) < 4 * values.std() / math.sqrt(200)
    assert np.mean([each.low <= 0 <= each.high for each in alike]) >= 0.9
    assert np.mean([each.value for each in found]) > values.mean()


def test_kid_interval_of_two_distributions_covers_their_distance_as_often_as_it_says() -> None:
    # Gaussians of one dimension: E of (xy + 1)³ = m₃² + 3m₂² + 3m₁² + 1 of the moments.
    def moments(mean: float, spread: float) -> np.ndarray:
        return np.array([mean, mean**2 + spread**2, mean**3 + 3 * mean * spread**2])

    weights = np.array([3, 3, 1])
    a, b = moments(0, 1), moments(0.5, 1.2)
    exact = float((weights * (a - b) ** 2).sum())
    draw, hits = np.random.default_rng(0), 0
    for _ in range(150):
        found = kid_interval(draw.normal(size=(200, 1)), 0.5 + 1.2 * draw.normal(size=(200, 1)))
        hits += found.low <= exact <= found.high
    assert 0.88 <= hits / 150 <= 0.99


@pytest.mark.parametrize(("n", "m", "d"), [(50, 60, 4), (300, 200, 32), (12, 15, 40)])
def test_frechet_distance_is_that_of_scipys_matrix_root(n: int, m: int, d: int) -> None:
    x, y = clouds(n, m, d)
    a, b = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    # A singular product has no root that scipy finds well: a little is added, as is usual.
    little = 1e-10 * np.eye(d) if min(n, m) <= d else 0
    root = scipy.linalg.sqrtm((a + little) @ (b + little)).real
    expected = np.square(x.mean(0) - y.mean(0)).sum() + np.trace(a + b - 2 * root)
    tolerance = 1e-9 if min(n, m) > d else 2e-4
    assert core.frechet_distance(x, y) == pytest.approx(expected, rel=tolerance)
    assert core.frechet_distance(y, x) == pytest.approx(core.frechet_distance(x, y), rel=1e-9)


def test_frechet_distance_of_gaussians_is_the_known_one() -> None:
    # Exactly these means and covariances, by whitening: (Δμ)² and, as the covariances commute, Σ(σ₁ − σ₂)².
    draw = np.random.default_rng(0)

    def exactly(mean: list[float], spread: list[float]) -> np.ndarray:
        x = draw.normal(size=(500, 3))
        x -= x.mean(0)
        x = x @ np.linalg.inv(np.linalg.cholesky(np.cov(x, rowvar=False))).T
        return np.array(mean) + x * spread

    x, y = exactly([0, 0, 0], [1, 2, 3]), exactly([1, 2, 0], [1, 1, 5])
    assert core.frechet_distance(x, y) == pytest.approx(5 + 1 + 4, rel=1e-9)
    assert core.frechet_distance(x, x) == pytest.approx(0, abs=1e-9)
    assert core.frechet_distance(x[:2], x[:2]) == pytest.approx(0, abs=1e-9)


def test_frechet_interval_covers_what_clouds_of_this_size_come_to_in_the_mean() -> None:
    values = [core.frechet_distance(*clouds(120, 120, 4, seed=seed)) for seed in range(1000, 1200)]
    found = [frechet_interval(*clouds(120, 120, 4, seed=seed)) for seed in range(30)]
    assert np.mean([each.low <= np.mean(values) <= each.high for each in found]) >= 0.85
    assert frechet_interval(*clouds(30, 30, 4)) == frechet_interval(*clouds(30, 30, 4))


def test_density_and_coverage_are_those_written_out_ball_by_ball() -> None:
    x, y = clouds(23, 31, 3)
    k, inside, covered = 5, 0, 0
    for i, centre in enumerate(x):
        radius = sorted(math.dist(centre, other) for j, other in enumerate(x) if j != i)[k - 1]
        hits = sum(math.dist(centre, sample) < radius for sample in y)
        inside, covered = inside + hits, covered + (hits > 0)
    assert density_and_coverage(x, y) == (inside / (k * len(y)), covered / len(x))


def test_density_and_coverage_on_known_distributions() -> None:
    found = [density_and_coverage(*clouds(700, 700, 2, seed=seed, shift=0)) for seed in range(4)]
    x, y = clouds(700, 700, 2, shift=0)
    same = [density_and_coverage(x, y / 1.1) for x, y in (clouds(700, 700, 2, seed=seed, shift=0) for seed in range(4))]
    assert np.mean([coverage for _, coverage in same]) == pytest.approx(1 - 1 / 2**5, abs=0.015)
    assert np.mean([density for density, _ in same]) == pytest.approx(1, abs=0.05)
    assert np.mean([density for density, _ in found]) < 1
    # One mode of two: half is covered. Far away: nothing is.
    two = np.concatenate([x, x[::-1] + 50])
    assert density_and_coverage(two, y / 1.1)[1] == pytest.approx(0.5, abs=0.03)
    assert density_and_coverage(x, y + 100) == (0, 0)


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        (np.zeros(5), np.zeros((5, 1)), "shape"),
        (np.zeros((1, 3)), np.zeros((5, 3)), "at least 2"),
        (np.zeros((5, 3)), np.zeros((5, 4)), "3 features"),
        (np.full((5, 3), np.nan), np.zeros((5, 3)), "finite"),
        ("abc", np.zeros((5, 3)), "finite"),
    ],
)
def test_measures_when_given_what_are_no_features_say_so(a: object, b: object, said: str) -> None:
    for measure in (core.kid, core.frechet_distance, density_and_coverage):
        with pytest.raises(ConfigError, match=said):
            measure(a, b)
    with pytest.raises(ConfigError, match="at least 6"):
        density_and_coverage(np.zeros((5, 3)), np.zeros((9, 3)))
