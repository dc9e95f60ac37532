"""Pictures per second and time left: pauses and clock jumps do not spoil them."""

from __future__ import annotations

import pytest

from studio.training.live_run import Pace


def run(pace: Pace, *, step: int, elapsed_s: float, steps: int, seconds_per_step: float) -> tuple[int, float]:
    for _ in range(steps):
        step, elapsed_s = step + 1, elapsed_s + seconds_per_step
        pace.add(step, elapsed_s, 16)
    return step, elapsed_s


def test_nothing_measured_yet() -> None:
    pace = Pace()
    pace.add(1, 3.0, 16)
    assert pace.pictures_per_second is None
    assert pace.seconds_left(100, 1) is None


def test_steady_pace() -> None:
    pace = Pace()
    run(pace, step=0, elapsed_s=0.0, steps=50, seconds_per_step=0.25)
    assert pace.pictures_per_second == pytest.approx(64.0)
    assert pace.seconds_left(100, 0) == pytest.approx(25.0)


def test_grids_count_towards_what_is_left_but_not_towards_the_pace() -> None:
    pace = Pace()
    run(pace, step=0, elapsed_s=0.0, steps=50, seconds_per_step=0.25)
    pace.add_grid(4.0)
    assert pace.pictures_per_second == pytest.approx(64.0)
    assert pace.seconds_left(100, 2) == pytest.approx(33.0)


def test_the_slow_first_steps_do_not_count() -> None:
    pace = Pace()
    pace.add(1, 4.0, 16)
    pace.add(2, 5.0, 16)
    run(pace, step=2, elapsed_s=5.0, steps=20, seconds_per_step=0.5)
    assert pace.seconds_per_step == pytest.approx(0.5, rel=0.05)


@pytest.mark.parametrize("jump_s", [60.0, 3600.0])
def test_right_again_within_thirty_seconds_of_a_clock_jump(jump_s: float) -> None:
    pace = Pace()
    step, elapsed_s = run(pace, step=0, elapsed_s=0.0, steps=100, seconds_per_step=0.25)
    run(pace, step=step, elapsed_s=elapsed_s + jump_s, steps=120, seconds_per_step=0.25)
    assert pace.seconds_per_step == pytest.approx(0.25)


def test_follows_a_change_of_speed() -> None:
    pace = Pace()
    step, elapsed_s = run(pace, step=0, elapsed_s=0.0, steps=400, seconds_per_step=0.1)
    run(pace, step=step, elapsed_s=elapsed_s, steps=60, seconds_per_step=0.5)
    assert pace.seconds_per_step == pytest.approx(0.5)


def test_going_back_to_a_checkpoint_starts_over() -> None:
    pace = Pace()
    _, elapsed_s = run(pace, step=0, elapsed_s=0.0, steps=100, seconds_per_step=0.25)
    pace.add(50, elapsed_s, 16)
    assert pace.pictures_per_second is None
    run(pace, step=50, elapsed_s=elapsed_s, steps=20, seconds_per_step=0.5)
    assert pace.seconds_per_step == pytest.approx(0.5)


def test_very_slow_steps_still_have_a_pace() -> None:
    pace = Pace()
    run(pace, step=0, elapsed_s=0.0, steps=8, seconds_per_step=40.0)
    assert pace.seconds_per_step == pytest.approx(40.0)
