"""The verdict is right on six made-up runs, whatever the noise, and on an empty one it says nothing."""

from __future__ import annotations

import time

import numpy as np
import pytest

from core.runs.probes import HELD_OUT, HELD_OUT_EMA, TRAIN, TRAIN_EMA, Probe
from core.training.probe import probe_times
from core.training.verdict import (
    DIVERGING,
    EARLY,
    FLAT,
    IMPROVING,
    LEAST_BANDS,
    PIECES,
    RESUMED,
    SLOW,
    WORSE,
    Verdict,
    changes,
    judge,
)

SEEDS = range(5)
T = probe_times(1000)
EVERY = 100


def made(
    levels: dict[str, np.ndarray], seed: int, *, every: int = EVERY, wobble: float = 0.01, apart: float = 0.02
) -> dict[str, Probe]:
    """Probes of (n, 64) expected losses by kind.

    Each question has a difficulty of its own, at each look all move together within a stretch of t (the weights have
    wobbled, which lasts for some looks in their average) and each a little by itself.
    """
    draw = np.random.default_rng(seed)
    difficulty = draw.lognormal(0, 0.4, 64)
    found = {}
    for kind, expected in levels.items():
        n = len(expected)
        common = draw.normal(0, wobble * (3 if kind in (TRAIN, HELD_OUT) else 1), (n, 8))
        if kind in (TRAIN_EMA, HELD_OUT_EMA):
            for look in range(1, n):
                common[look] = 0.5 * common[look - 1] + common[look]
        noise = np.repeat(common, 8, axis=1) + draw.normal(0, apart, (n, 64))
        losses = expected * difficulty * np.exp(noise)
        found[kind] = Probe(T, np.arange(n) * every, losses.astype(np.float32))
    return found


def falling(n: int, to: float = 0.05, by: float = 0.5) -> np.ndarray:
    """(n, 64): a power law of the step from 1, as losses of networks that learn fall."""
    return np.maximum((1.0 + np.arange(n) * 2.0) ** -by, to)[:, None] * np.ones(64)


def everything(train: np.ndarray, held_out: np.ndarray | None = None) -> dict[str, np.ndarray]:
    held_out = train * 1.2 if held_out is None else held_out
    return {TRAIN: train, TRAIN_EMA: train * 0.95, HELD_OUT: held_out, HELD_OUT_EMA: held_out * 0.95}


def judged(levels: dict[str, np.ndarray], seed: int, **options: int) -> Verdict:
    verdict = judge(made(levels, seed), **options)
    assert verdict is not None
    return verdict


@pytest.mark.parametrize("seed", SEEDS)
def test_verdict_when_a_run_learns_then_says_at_which_t(seed: int) -> None:
    train = falling(60, to=0.0)
    train[:, T < 250] = train[20:21, T < 250] ** np.clip(np.arange(60) / 20, 0, 1)[:, None]
    verdict = judged(everything(train), seed)
    assert verdict.kind == IMPROVING and verdict.of == HELD_OUT_EMA
    assert (verdict.t_from, verdict.t_to) == (250, 999) and verdict.change < -0.1
    assert verdict.gap == pytest.approx(0.2, abs=0.05)
    assert verdict.until_step == 5900 and 3000 <= verdict.since_step <= 4500


@pytest.mark.parametrize("seed", SEEDS)
def test_verdict_when_nothing_changes_any_more_then_says_since_when(seed: int) -> None:
    verdict = judged(everything(falling(120, to=0.15)), seed)  # reached at look 22
    assert verdict.kind == FLAT and (verdict.t_from, verdict.t_to) == (0, 999)
    assert 1500 <= verdict.since_step <= 4000 and abs(verdict.change) < 0.02


@pytest.mark.parametrize("seed", SEEDS)
def test_verdict_when_held_out_pictures_get_worse_then_says_at_which_t(seed: int) -> None:
    train = falling(60, to=0.0)
    held_out = train * 1.2
    rising = (T >= 250) & (T < 500)
    held_out[25:, rising] = held_out[25, 0] * (1 + 0.01 * np.arange(35))[:, None]
    verdict = judged(everything(train, held_out), seed)
    assert verdict.kind == WORSE and verdict.of == HELD_OUT_EMA
    assert (verdict.t_from, verdict.t_to) == (250, 499) and verdict.change > 0.05
    assert verdict.gap is not None and verdict.gap > 0.5


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("ends", [0.6, np.nan])
def test_verdict_when_the_loss_has_left_its_level_then_says_where_it_was_best(seed: int, ends: float) -> None:
    train = falling(40, to=0.1)
    train[35:] = np.linspace(0.2, ends, 5)[:, None] if np.isfinite(ends) else np.nan
    verdict = judged(everything(train), seed)
    assert verdict.kind == DIVERGING and verdict.until_step == 3900
    assert verdict.since_step <= 3400 and verdict.change > 3


@pytest.mark.parametrize("seed", SEEDS)
def test_verdict_when_all_improves_slowly_in_a_straight_line_then_says_how_slowly(seed: int) -> None:
    train = (1.0 - 0.005 * np.arange(60))[:, None] * np.ones(64)
    verdict = judged(everything(train), seed)
    assert verdict.kind == SLOW and (verdict.t_from, verdict.t_to) == (0, 999)
    assert verdict.per_1000 == pytest.approx(-0.06, abs=0.02)  # 5 of about 80 %
    # The same while the rate still rises says nothing of it.
    assert judged(everything(train), seed, full_rate_at=5000).kind == IMPROVING


@pytest.mark.parametrize("seed", SEEDS)
def test_verdict_when_just_resumed_then_waits_and_speaks_of_what_came_since(seed: int) -> None:
    train = falling(60, to=0.1)
    train[50:] = 0.16 * (1 + np.arange(10))[:, None] ** -0.2  # the rate has risen again
    for looks in (51, 54):
        verdict = judged({kind: level[:looks] for kind, level in everything(train).items()}, seed, resumed_at=4990)
        assert verdict.kind == RESUMED and verdict.looks == looks - 50 and verdict.wanted == PIECES
        assert verdict.since_step == 4990
    verdict = judged(everything(train), seed, resumed_at=4990)
    assert verdict.kind == IMPROVING and verdict.since_step >= 5000


@pytest.mark.parametrize("seed", SEEDS)
def test_verdict_when_there_are_few_looks_then_says_that_it_is_early(seed: int) -> None:
    verdict = judged(everything(falling(5)), seed)
    assert verdict.kind == EARLY and (verdict.looks, verdict.wanted) == (5, PIECES)


@pytest.mark.parametrize("seed", SEEDS)
def test_verdict_when_nothing_is_held_out_then_speaks_of_training_pictures(seed: int) -> None:
    levels = {kind: level for kind, level in everything(falling(60, to=0.0)).items() if kind in (TRAIN, TRAIN_EMA)}
    verdict = judged(levels, seed)
    assert verdict.kind == IMPROVING and verdict.of == TRAIN_EMA and verdict.gap is None


def test_verdict_when_nothing_was_asked_then_is_none() -> None:
    assert judge({}) is None


def test_change_of_noise_alone_is_rarely_called_one() -> None:
    """The wobble of an average lasts, which makes alarms more frequent than the tests' own; so two bands must agree."""
    alarms = 0
    for seed in range(300):
        probe = made({TRAIN_EMA: np.ones((24, 64))}, seed)[TRAIN_EMA]
        found = changes(probe.steps, np.log(probe.losses.astype(float)))
        alarms += max(found.falls.sum(), found.rises.sum()) >= LEAST_BANDS
    assert alarms <= 6


def test_change_when_it_is_exact_then_is_told_to_the_last_digit() -> None:
    steps = np.arange(16) * 50
    logs = np.linspace(0, -0.3, 16)[:, None] + np.zeros((16, 64)) + np.arange(64) / 10
    found = changes(steps, logs)
    np.testing.assert_allclose(found.by, -0.3)
    assert found.falls.all() and not found.rises.any()


@pytest.mark.clock
def test_verdict_on_ten_thousand_looks_is_quick() -> None:
    probes = made(everything(falling(10_000, to=0.02)), 0)
    began = time.perf_counter()
    assert judge(probes) is not None
    assert time.perf_counter() - began < 1.0
