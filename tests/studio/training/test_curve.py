"""Curves of any length are drawn with a bounded number of points and lose no spike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.training import live_run
from studio.training.live_run import BLOCK, Curve, means_at_blocks


def naive_ema(values: np.ndarray, share: float) -> np.ndarray:
    mean, out = 0.0, []
    for n, value in enumerate(values, start=1):
        mean = share * mean + (1 - share) * value
        out.append(mean / (1 - share**n))
    return np.array(out)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.97, 0.999])
def test_smoothing_in_pieces_is_the_running_mean(share: float) -> None:
    values = np.random.default_rng(0).lognormal(size=9000)
    curve = Curve(share)
    for part in np.split(np.arange(9000), [1, 2, 700, 701, 5000]):
        curve.extend(part + 1, values[part])
    np.testing.assert_allclose(curve.smooth, naive_ema(values.astype(np.float32).astype(float), share), rtol=1e-5)


def test_changing_the_smoothing_smooths_everything_again() -> None:
    values = np.random.default_rng(1).random(300)
    curve, fresh = Curve(0.9), Curve(0.5)
    curve.extend(np.arange(300), values)
    curve.set_smoothing(0.5)
    fresh.extend(np.arange(300), values)
    np.testing.assert_allclose(curve.smooth, fresh.smooth, rtol=1e-6)
    curve.extend(np.arange(300, 400), values[:100])
    fresh.extend(np.arange(300, 400), values[:100])
    np.testing.assert_allclose(curve.smooth, fresh.smooth, rtol=1e-6)


@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, 60_000), columns=st.integers(2, 90), spike=st.integers(0, 10**9))
def test_bounded_and_no_spike_is_lost(size: int, columns: int, spike: int) -> None:
    values = np.ones(size)
    values[spike % size] = 9.0
    curve = Curve()
    curve.extend(np.arange(1, size + 1), values)
    (steps, drawn), (smooth_steps, smooth) = curve.drawn(1, size, columns)
    assert len(steps) == len(drawn) <= 2 * columns
    assert len(smooth_steps) == len(smooth) <= 2 * columns
    assert drawn.max() == 9.0
    assert (np.diff(steps) >= 0).all()


def test_the_newest_points_are_drawn_before_their_block_is_full() -> None:
    size = BLOCK * 1000 + 5
    values = np.ones(size)
    values[-1] = 7.0
    curve = Curve()
    curve.extend(np.arange(size), values)
    (_, drawn), _ = curve.drawn(0, size, 20)
    assert drawn.max() == 7.0


def test_a_window_shows_only_itself() -> None:
    curve = Curve()
    curve.extend(np.arange(100_000), np.arange(100_000, dtype=float))
    (steps, drawn), _ = curve.drawn(40_000, 40_100, 500)
    assert steps[0] == 39_999 and steps[-1] == 40_101
    assert drawn[0] == 39_999


def test_what_is_not_finite_is_left_out() -> None:
    curve = Curve()
    curve.extend(np.array([1, 2, 3, 4]), np.array([0.5, np.nan, np.inf, 0.25]))
    assert curve.steps.tolist() == [1, 4]
    assert np.isfinite(curve.smooth).all()


def test_read_out_of_the_nearest_point() -> None:
    curve = Curve(0.0)
    assert curve.at(3) is None
    curve.extend(np.array([10, 20, 30]), np.array([1.0, 2.0, 3.0]))
    assert curve.at(-5) == (10, 1.0, 1.0)
    assert curve.at(14) == (10, 1.0, 1.0)
    assert curve.at(16) == (20, 2.0, 2.0)
    assert curve.at(99) == (30, 3.0, 3.0)


def test_going_on_from_an_earlier_step_forgets_what_came_after() -> None:
    values = np.random.default_rng(2).random(500)
    curve, fresh = Curve(0.9), Curve(0.9)
    curve.extend(np.arange(1, 501), values)
    curve.truncate_after(200)
    fresh.extend(np.arange(1, 201), values[:200])
    assert curve.steps[-1] == 200
    np.testing.assert_allclose(curve.smooth, fresh.smooth)


# --- many points, smoothed in pieces -------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.97, 0.999])
def test_the_running_mean_at_the_end_of_each_block_is_that_of_all_values(share: float) -> None:
    values = np.random.default_rng(0).lognormal(size=9000).astype(np.float32)
    expected = naive_ema(values.astype(float), share)[BLOCK - 1 :: BLOCK]
    np.testing.assert_allclose(means_at_blocks(values, share), expected, rtol=1e-5)


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_run, "SMOOTHED_AT_ONCE", 4000)


def test_many_points_are_drawn_smoothed_before_all_of_them_are(pieces: None) -> None:
    values = np.random.default_rng(1).lognormal(size=30_000)
    whole = naive_ema(values.astype(np.float32).astype(float), 0.9)
    curve = Curve(0.5)
    curve.extend(np.arange(30_000), values)
    curve.set_smoothing(0.9)
    assert curve.behind
    _, (steps, far) = curve.drawn(0, 30_000, 40)
    assert len(steps) <= 40 and steps[-1] == 29_999 and (np.diff(steps) >= 0).all()
    # Of each column the middle between the smallest and the largest running mean at the ends of its blocks.
    for step, value in zip(steps.astype(int), far, strict=True):
        column = whole[max(0, step - BLOCK) : step + 30_000 // 39 + 2 * BLOCK]
        assert column.min() <= value <= column.max()
    assert far[-1] == pytest.approx(whole[-1], rel=1e-5)
    _, (steps, near) = curve.drawn(20_000, 20_050, 100)
    np.testing.assert_allclose(near, whole[steps.astype(int)], rtol=1e-5)
    assert curve.at(25_000) == (25_000, pytest.approx(values[25_000]), pytest.approx(whole[25_000], rel=1e-5))


def test_few_running_means_when_the_curve_is_drawn_otherwise_are_those_of_their_share() -> None:
    values = np.random.default_rng(1).lognormal(size=30_000).astype(np.float32)
    whole = naive_ema(values.astype(float), 0.97)
    curve = Curve(0.999)
    assert curve.few_smooth(50, 0.97) == []
    curve.extend(np.arange(1), values[:1])
    assert curve.few_smooth(50, 0.97) == pytest.approx(whole[:1], rel=1e-5)
    curve.extend(np.arange(1, 30_000), values[1:])
    few = curve.few_smooth(50, 0.97)
    assert few[:-1] == pytest.approx(whole[:-1:600], rel=1e-5) and few[-1] == pytest.approx(whole[-1], rel=1e-5)


def test_points_that_come_while_others_wait_are_smoothed_in_their_turn(pieces: None) -> None:
    values = np.random.default_rng(2).lognormal(size=30_000)
    curve, fresh = Curve(0.97), Curve(0.97)
    curve.extend(np.arange(20_000), values[:20_000])
    fresh.extend(np.arange(30_000), values)
    assert curve.smooth_more() and curve.behind
    curve.extend(np.arange(20_000, 20_010), values[20_000:20_010])
    _, (steps, _) = curve.drawn(0, 30_000, 20)
    assert steps[-1] == 20_009
    curve.extend(np.arange(20_010, 30_000), values[20_010:])
    pieces_left = 0
    while curve.smooth_more():
        pieces_left += 1
    assert pieces_left == 6 and not curve.behind
    np.testing.assert_allclose(curve.smooth, fresh.smooth, rtol=1e-6)
    curve.truncate_after(100)
    assert not curve.behind and len(curve.smooth) == 101
