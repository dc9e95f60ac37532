"""How far apart two recordings are told to be while one of them is not whole."""

from __future__ import annotations

import numpy as np

from core.comparison import Comparison, places_along
from core.frames import Frame, SamplingStarted
from core.recording import Recording

STEPS = 10


def recorded(arrived: int, value: float) -> Recording:
    """x_t and x̂_0 are `value` everywhere; t falls from 9 to 0."""
    recording = Recording(
        SamplingStarted(
            steps=STEPS,
            count=1,
            height=2,
            width=2,
            channels=1,
            alphas_cumprod=np.linspace(0.9, 0.1, STEPS),
            layers=("x_t", "x_0"),
        )
    )
    pixels = np.zeros((1, 2, 2, 1), np.uint8)
    values = np.full((1, 2, 2, 1), value, np.float32)
    one = np.zeros(1, np.float32)
    for index in range(arrived):
        t = STEPS - 1 - index
        recording.add(
            Frame(
                index=index,
                t=t,
                t_next=t - 1,
                x_t=pixels,
                x_0=pixels,
                alphas_cumprod=0.5,
                snr=1.0,
                delta_x_0=one,
                x_t_mean=one,
                x_t_std=one,
                layers={"x_t": values, "x_0": values},
            )
        )
    return recording


def test_curve_when_one_is_not_whole_ends_where_it_has_come_to() -> None:
    whole, part = recorded(STEPS, 1.0), recorded(4, 0.25)
    for both in (Comparison(whole, part), Comparison(part, whole)):
        for name in ("x_t", "x_0"):
            places, apart = both.curve(name, 0)
            np.testing.assert_array_equal(places * STEPS, [9, 8, 7, 6])
            np.testing.assert_array_equal(apart, 0.75)
        assert both.difference("x_t", 0.6, 0) is not None
        assert both.difference("x_t", 0.5, 0) is None and both.difference("x_0", 0.0, 0) is None


def test_curve_when_both_are_whole_runs_to_the_picture() -> None:
    places, _ = Comparison(recorded(STEPS, 1.0), recorded(STEPS, 0.0)).curve("x_t", 0)
    np.testing.assert_array_equal(places * STEPS, np.arange(STEPS)[::-1])


def with_times(*times: int, timesteps: int = 100) -> Recording:
    """A recording whose steps were at these t; further ones may come."""
    recording = Recording(SamplingStarted(20, 1, 1, 1, 1, np.linspace(0.9, 0.1, timesteps)))
    recording.t[: len(times)], recording.arrived = times, len(times)
    return recording


def test_places_when_two_are_aligned_lie_by_t_between_the_steps() -> None:
    shown = with_times(90, 70, 40, 20)
    np.testing.assert_allclose(places_along(shown, with_times(90, 80, 55, 40, 25)), [0, 0.5, 1.5, 2, 2.75])
    np.testing.assert_allclose(places_along(shown, shown), [0, 1, 2, 3])
    # By the share of the way where T is another.
    np.testing.assert_allclose(places_along(shown, with_times(450, 100, timesteps=500)), [0, 3])


def test_places_when_beyond_the_ends_go_half_a_step_and_no_further() -> None:
    places = places_along(with_times(90, 70, 40, 20), with_times(99, 95, 12, 9))
    np.testing.assert_allclose(places, [-0.45, -0.25, 3.4, np.nan])


def test_places_when_a_sampler_goes_back_are_those_of_the_nearest_step_and_none_of_nothing() -> None:
    np.testing.assert_allclose(places_along(with_times(90, 50, 70, 30), with_times(88, 52, 31)), [0, 1, 3])
    assert np.isnan(places_along(with_times(), with_times(90))).all()
    assert not len(places_along(with_times(90), with_times()))
