"""Each step's pictures and training time, from few knots, and back; read from a run as it was trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.runs.metrics import MetricsWriter, Progress, read_progress
from studio.training.curves.progress import StepPlaces, time_unit


def trained(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(steps, pictures of each, seconds until it) of a training that is now slower, now faster."""
    draw = np.random.default_rng(seed)
    steps = np.arange(1.0, count + 1)
    return steps, np.full(count, 16.0), np.cumsum(draw.uniform(0.01, 0.03, count))


def test_places_when_steps_are_few_are_exact_and_lead_back() -> None:
    steps, pictures, seconds = trained(500)
    pictures[200:] = 8.0  # the batch became smaller
    places = StepPlaces()
    for part in np.split(np.arange(500), [1, 7, 300]):
        places.add(steps[part], pictures[part], seconds[part])
    np.testing.assert_allclose(places.places("pictures", steps), np.cumsum(pictures))
    np.testing.assert_allclose(places.places("time", steps), seconds)
    np.testing.assert_array_equal(places.places("step", steps), steps)
    for axis in ("step", "pictures", "time"):
        np.testing.assert_allclose(places.steps(axis, places.places(axis, steps)), steps)
    assert places.places("time", 0.0) == 0.0 and places.places("time", 9999.0) == seconds[-1]


def test_places_when_steps_are_many_stay_few_and_near() -> None:
    count = 300_000
    steps, pictures, seconds = trained(count)
    places = StepPlaces()
    for start in range(0, count, 777):
        part = slice(start, start + 777)
        places.add(steps[part], pictures[part], seconds[part])
        assert len(places) <= StepPlaces.MOST
    np.testing.assert_allclose(places.places("pictures", steps), np.cumsum(pictures))
    # A line between knots is within the time of the few steps between them, far less than a pixel of the whole.
    assert np.abs(places.places("time", steps) - seconds).max() < seconds[-1] / 20_000
    assert places.places("time", steps[-1]) == seconds[-1]


def test_places_when_a_training_goes_back_are_made_anew() -> None:
    steps, pictures, seconds = trained(100)
    places = StepPlaces()
    places.add(steps, pictures, seconds)
    places.truncate_after(40)
    assert places.places("time", 100.0) == pytest.approx(seconds[39])
    places.add(steps[40:60], pictures[40:60] * 2, seconds[40:60] + 5)
    assert places.places("pictures", 60.0) == 40 * 16 + 20 * 32
    assert places.places("time", 60.0) == pytest.approx(seconds[59] + 5)


def test_places_when_the_beginning_is_not_known_take_it_for_as_the_first_step() -> None:
    places = StepPlaces()
    places.add(np.array([101.0, 102.0]), np.array([4.0, 4.0]), np.array([202.0, 204.0]))
    assert places.places("pictures", 102.0) == 408
    assert places.places("time", 50.0) == pytest.approx(100)


@pytest.mark.parametrize("most", [1000, 50])
def test_progress_when_read_from_a_run_is_what_was_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("core.runs.metrics.PROGRESS_STEPS", most)
    steps, pictures, seconds = trained(400)
    writer = MetricsWriter(tmp_path / "metrics.sqlite")
    for step, count, until, took in zip(steps, pictures, seconds, np.diff(seconds, prepend=0), strict=True):
        writer.add(int(step), 0.5, 1e-3, 1.0, float(count / took), float(until))
    writer.close()
    progress = read_progress(tmp_path / "metrics.sqlite")
    assert len(progress.steps) <= most
    at = progress.steps - 1
    np.testing.assert_allclose(progress.seconds, seconds[at])
    np.testing.assert_allclose(progress.pictures, np.cumsum(pictures)[at])


def test_progress_when_nothing_was_trained_is_empty(tmp_path: Path) -> None:
    MetricsWriter(tmp_path / "metrics.sqlite").close()
    assert all(len(part) == 0 for part in read_progress(tmp_path / "metrics.sqlite"))
    places = StepPlaces()
    places.begin_with(Progress(np.empty(0, np.int64), np.empty(0), np.empty(0)))
    assert len(places) == 0


def test_time_when_written_on_an_axis_has_a_unit_that_fits() -> None:
    assert [time_unit(seconds)[1] for seconds in (0, 100, 1000, 20_000, 10**6)] == ["s", "s", "min", "h", "d"]
