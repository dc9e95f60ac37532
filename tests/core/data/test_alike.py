"""Pictures that look alike are found among many: all that are near, none that are not, in little time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.pictures.doctor.alike import MOST_DIFFERENT, alike_groups
from core.pictures.doctor.fingerprinting import MINIATURE_BYTES
from tests.clocks import compare
from tests.figures import figure


def leaders_of(
    miniatures: NDArray[np.uint8], spreads: NDArray[np.uint8] | None = None, aspects: NDArray[np.float32] | None = None
) -> NDArray[np.int64]:
    """All of it at once."""
    count = len(miniatures)
    work = alike_groups(
        miniatures,
        np.full(count, 255, np.uint8) if spreads is None else spreads,
        np.ones(count, np.float32) if aspects is None else aspects,
    )
    while True:
        try:
            next(work)
        except StopIteration as done:
            leaders: NDArray[np.int64] = done.value
            return leaders


def near(rng: np.random.Generator, points: NDArray[np.uint8], most: int) -> NDArray[np.uint8]:
    """The same but for a little."""
    noise = np.rint(np.clip(rng.normal(0, most / 3, points.shape), -most, most))
    changed: NDArray[np.uint8] = np.clip(points + noise, 0, 255).astype(np.uint8)
    return changed


def strokes(rng: np.random.Generator, count: int) -> NDArray[np.uint8]:
    """Like handwriting: most of it black, and much alike."""
    kinds = rng.integers(0, 256, (400, MINIATURE_BYTES)) * (rng.random((400, MINIATURE_BYTES)) < 0.3)
    share = rng.random((count, 1))
    mixed = kinds[rng.integers(0, 400, count)] * share + kinds[rng.integers(0, 400, count)] * (1 - share)
    return near(rng, mixed.astype(np.uint8), 12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 60), st.integers(0, 14))
def test_a_group_is_of_pictures_alike_to_its_first(seed: int, count: int, kinds: int) -> None:
    rng = np.random.default_rng(seed)
    base = rng.integers(0, 256, (kinds + 1, MINIATURE_BYTES), dtype=np.uint8)
    points = near(rng, base[rng.integers(0, kinds + 1, count)], 8)
    spreads = rng.integers(0, 256, count).astype(np.uint8)
    aspects = rng.choice([0.5, 1.0, 1.02, 2.0], count).astype(np.float32)
    leaders = leaders_of(points, spreads, aspects)
    assert (leaders <= np.arange(count)).all() and (leaders[leaders] == leaders).all()
    difference = np.abs(points.astype(int) - points[leaders]).max(axis=1)
    limit = np.minimum(np.minimum(spreads, spreads[leaders]) // 8, MOST_DIFFERENT)
    assert (difference <= limit)[leaders != np.arange(count)].all()
    assert np.abs(np.log(aspects / aspects[leaders])).max() <= 0.05


def compare_ten(points: np.ndarray) -> None:
    """The plain way, for ten pictures only: each with all."""
    for point in points[:10].astype(np.int16):
        assert (np.abs(points.astype(np.int16) - point).max(axis=1) <= MOST_DIFFERENT).any()


@pytest.mark.clock
def test_doubles_among_a_hundred_thousand_that_are_much_alike() -> None:
    rng = np.random.default_rng(0)
    points = strokes(rng, 100_000)
    first, second = rng.permutation(50_000)[:2000], 50_000 + rng.permutation(50_000)[:2000]
    points[second] = near(rng, points[first], 5)
    leaders = leaders_of(points)
    taken = compare(lambda: leaders_of(points), lambda: compare_ten(points), rounds=3)
    found = float((leaders[second] == leaders[first]).mean())
    share = f"{100 * found:.1f} % of the doubles found"
    measured = f"{taken.work_s:.2f} s, {taken.ratio:.1f} times what ten pictures with all take, {share}"
    figure("I7", demanded="10⁵ pictures compared in < 5 s", measured=measured)
    assert found > 0.99
    assert taken.ratio <= 30  # 6 here; 10,000 would be all with all


@pytest.mark.clock
def test_pictures_that_are_all_alike_cost_no_more() -> None:
    points = np.random.default_rng(0).integers(100, 104, (50_000, MINIATURE_BYTES)).astype(np.uint8)
    assert len(np.unique(leaders_of(points))) < 100
    assert compare(lambda: leaders_of(points), lambda: compare_ten(points), rounds=3).ratio <= 40  # 9 here


def test_a_chain_of_small_steps_is_no_group() -> None:
    # Each is alike to the next, the first and the last are not: frames of a film.
    points = np.repeat(np.arange(0, 250, 4, dtype=np.uint8)[:, None], MINIATURE_BYTES, axis=1)
    leaders = leaders_of(points)
    assert np.abs(points.astype(int) - points[leaders]).max() <= MOST_DIFFERENT
    assert len(np.unique(leaders)) >= len(points) // 6


def test_few_pictures() -> None:
    assert leaders_of(np.zeros((0, MINIATURE_BYTES), np.uint8)).tolist() == []
    assert leaders_of(np.zeros((1, MINIATURE_BYTES), np.uint8)).tolist() == [0]
    assert leaders_of(np.full((3, MINIATURE_BYTES), 9, np.uint8)).tolist() == [0, 0, 0]
