"""How far apart two recordings are told to be while one of them is not whole."""

from __future__ import annotations

import numpy as np

from core.comparison import Comparison
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
