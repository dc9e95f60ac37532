"""The small parts of training: average, learning rate, plan, loss per timestep."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue import DECAYS
from core.runs.run import PlanChange
from core.settings import SETTINGS, RunConfig, TrainConfig
from core.training.optimizers import build_optimizer
from core.training.plan import FLOOR, TimePlan, learning_rate_at, measuring_steps, planned_rate
from core.training.state import EMA, EMA_WARMUPS
from core.training.timesteps import TimestepLoss


def test_the_average_follows_its_formula() -> None:
    module = torch.nn.Linear(3, 2)
    ema = EMA(module, decay=0.9)
    expected = module.weight.detach().clone()
    for step in range(1, 40):
        with torch.no_grad():
            module.weight.add_(1.0)
        ema.update(step)
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * module.weight.detach()
    torch.testing.assert_close(ema.module.weight.data, expected)
    assert not ema.module.weight.requires_grad


@given(st.integers(2, 7), st.integers(0, 30), st.integers(1, 30))
def test_an_average_with_pauses_is_a_function_of_the_step(every: int, before: int, after: int) -> None:
    torch.manual_seed(0)
    module = torch.nn.Linear(1, 1)
    ema, expected = EMA(module, decay=0.9, update_every=every), module.weight.detach().clone()
    for step in range(1, before + after + 1):
        with torch.no_grad():
            module.weight.fill_(step)
        if step == before:  # resumed: what a checkpoint holds is enough
            kept, ema = ema.state_dict(), EMA(module, decay=0.9, update_every=every)
            ema.load_state_dict(kept)
        ema.update(step)
        if step % every == 0:
            decay = min(0.9, (1 + step // every) / (10 + step // every))
            expected = decay * expected + (1 - decay) * step
        torch.testing.assert_close(ema.module.weight.data, expected)


def test_the_average_forgets_the_first_weights_quickly() -> None:
    assert EMA_WARMUPS["updates"](0, 1) == 0.1
    assert EMA_WARMUPS["updates"](10**6, 1) == pytest.approx(1, abs=1e-4)


def test_every_choice_of_a_warm_up_is_a_row() -> None:
    assert tuple(EMA_WARMUPS) == SETTINGS["ema_warmup"].values


@pytest.mark.parametrize("every", [1, 10])
def test_the_power_warm_up_follows_the_average_of_ema_pytorch(every: int) -> None:
    """Its `update` and `get_current_decay` (0.8.3), written out; β 0.995 and weights that grow by 1 a step."""
    module = torch.nn.Linear(1, 1).double()
    ema = EMA(module, decay=0.995, update_every=every, warmup="power")
    count, theirs = 0, 0.0
    for step in range(1, 1501):
        with torch.no_grad():
            module.weight.fill_(step)
        ema.update(step)
        before, count = count, count + 1
        if before % every == 0:
            epoch = max(count - 100 - 1, 0)
            decay = 0.0 if before <= 100 or epoch <= 0 else min(1 - (1 + epoch) ** (-2 / 3), 0.995)
            theirs += (step - theirs) * (1 - decay)
        assert float(ema.module.weight) == pytest.approx(theirs, rel=1e-9)
        if step == 1000 and every == 10:
            assert step - theirs == pytest.approx(499, abs=1)


def rate(step: int, **changes: object) -> float:
    plan = {"total": 1000, "peak": 2e-3, "warmup_steps": 50, "decay": "cosine"} | changes
    return learning_rate_at(step, **plan)  # type: ignore[arg-type]


def test_the_learning_rate_rises_stays_and_falls() -> None:
    assert rate(0) == pytest.approx(2e-3 / 50)
    assert rate(49) == rate(50) == pytest.approx(2e-3)
    assert rate(525) == pytest.approx(2e-3 * (FLOOR + (1 - FLOOR) / 2))
    assert rate(1000) == pytest.approx(2e-3 * FLOOR)
    assert rate(999, decay="constant") == 2e-3
    assert rate(999, total=None) == 2e-3


@given(st.integers(0, 2000), st.integers(1, 2000), st.integers(0, 300), st.integers(0, 1500))
def test_the_learning_rate_stays_within_its_bounds(step: int, total: int, warmup: int, start: int) -> None:
    for decay in DECAYS:
        value = rate(step, total=total, warmup_steps=warmup, decay_start=start, decay=decay)
        assert 0 < value <= 2e-3 * (1 + 1e-9)


def test_the_cosine_of_older_runs_is_the_same_to_the_last_bit() -> None:
    """As it was written before there were rows."""
    for step in range(50, 1100, 7):
        share = min(1.0, (step - 50) / 950) if step > 50 else 0.0
        assert rate(step) == 2e-3 * (FLOOR + (1.0 - FLOOR) * 0.5 * (1.0 + math.cos(math.pi * share)))


def test_decays_when_they_fall_then_do_so_as_their_papers_say() -> None:
    assert rate(525, decay="linear") == pytest.approx(2e-3 * (1 + FLOOR) / 2)
    stable = {"decay": "wsd", "warmup_steps": 0}
    assert rate(800, **stable) == 2e-3 > rate(801, **stable)
    assert rate(850, **stable) == pytest.approx(2e-3 * (1 - (1 - FLOOR) * 0.5)), "a quarter of the fall, and √¼"
    assert rate(1000, **stable) == pytest.approx(2e-3 * FLOOR)
    assert rate(599, **stable, options={"fall": 0.4}) == 2e-3 > rate(601, **stable, options={"fall": 0.4})
    root = {"decay": "inverse_sqrt", "options": {"stays": 100}}
    assert rate(100, **root) == 2e-3
    assert rate(400, **root) == pytest.approx(1e-3) == rate(400, **root, total=10**6, decay_start=300)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"decay": "wsd", "decay_kwargs": "fall=0"}, "from 0.01 to 1"),
        ({"decay": "wsd", "decay_kwargs": "stays=5"}, "no option"),
        ({"decay": "cosine", "decay_kwargs": "fall=0.2"}, "no option"),
    ],
)
def test_options_when_the_decay_does_not_take_them_then_are_a_problem(said: dict[str, str], words: str) -> None:
    (problem,) = (
        RunConfig().with_settings({"image_size": 32, "channels": 3, "horizontal_flip": False, **said}).problems()
    )
    assert words in str(problem)


def test_gains_and_biases_are_not_decayed() -> None:
    module = torch.nn.ModuleDict({"conv": torch.nn.Conv2d(2, 2, 3)})
    decayed, kept = build_optimizer(module, learning_rate=1e-3, weight_decay=0.1).param_groups
    assert [p.ndim for p in decayed["params"]] == [4]
    assert [p.ndim for p in kept["params"]] == [1]
    assert (decayed["weight_decay"], kept["weight_decay"]) == (0.1, 0.0)


def _trained_by_a_clock(
    seconds: float, train: TrainConfig, step_s: Callable[[float], float]
) -> tuple[float, list[PlanChange]]:
    """How long a training by `seconds` takes whose steps take `step_s` at a time, and what it has planned."""
    plan, changes = TimePlan(seconds, train, calls_per_grid=25), []
    clock, step, total = 0.0, 0, None
    while total is None or step < total:
        took = step_s(clock) + (2.0 if step < 2 else 0.0)
        step, clock = step + 1, clock + took
        plan.add(took)
        fits = plan.total(step, total, clock)
        if fits is not None:
            changes.append(PlanChange(fits, step, changes[0].decays_from if changes else None))
            total = fits
        grid = step % train.sample_every == 0 or step == total
        kept = 4 * grid * step_s(clock) + (grid or step % train.checkpoint_every == 0) * 0.05
        clock += kept
        plan.add_keeping(kept, grid=grid)
    return clock, changes


#: What a step takes at a time of 180 s.
STEP_TIMES: dict[str, Callable[[float], float]] = {
    "the same": lambda _: 0.06,
    "slower at first": lambda at: 0.085 if at < 8 else 0.06,
    "faster at first": lambda at: 0.06 if at < 8 else 0.085,
    "others come": lambda at: 0.06 if at < 70 else 0.12,
    "others go": lambda at: 0.12 if at < 90 else 0.06,
    "others come late": lambda at: 0.06 if at < 160 else 0.1,
    "uneven": lambda at: 0.05 if int(at * 3) % 4 else 0.11,
    "long": lambda at: 2.5 if at < 30 else 2.0,
}


@pytest.mark.parametrize("name", STEP_TIMES)
def test_a_training_by_seconds_uses_them(name: str) -> None:
    train = TrainConfig(
        batch_size=32, warmup_steps=50, sample_every=200, checkpoint_every=100, learning_rate=1.0, decay="cosine"
    )
    spent, plan = _trained_by_a_clock(180.0, train, STEP_TIMES[name])
    assert 0.95 * 180 <= spent <= 1.03 * 180
    assert name != "the same" or len(plan) <= 2
    total = plan[-1].total
    rates = [planned_rate(train, plan, step) for step in range(plan[0].at_step, total)]
    assert rates[-1] < 2 * FLOOR, "the decay ends with the steps that were taken"
    if name in ("the same", "slower at first", "uneven"):
        rises = [after - before for before, after in pairwise(rates[max(0, 50 - plan[0].at_step) :])]
        assert max(rises) < 0.02, "a plan that is mended early hardly moves the rate"


def test_a_step_is_taken_at_the_rate_of_the_plan_that_stood_then() -> None:
    train = TrainConfig(warmup_steps=0, learning_rate=1.0, decay="cosine")
    first, later = PlanChange(100, 5), PlanChange(150, 50, decay_start=5)
    assert planned_rate(train, (first, later), 49) == planned_rate(train, (first,), 49)
    assert planned_rate(train, (first, later), 3) == planned_rate(train, (), 3) == 1.0
    assert planned_rate(train, (first, later), 50) == learning_rate_at(
        50, total=150, peak=1.0, warmup_steps=0, decay="cosine", decay_start=5
    )


def test_measuring_ends_within_the_warm_up() -> None:
    assert measuring_steps([0.1] * 4, 180, warmup_steps=50)
    assert measuring_steps([0.1] * 49, 180, warmup_steps=50)
    assert not measuring_steps([0.1] * 50, 180, warmup_steps=50)
    assert not measuring_steps([2.0] * 5, 180, warmup_steps=50)


def test_loss_per_timestep_is_a_mean_over_the_window() -> None:
    statistics = TimestepLoss(1000, bins=50, window=2)
    for loss in (9.0, 1.0, 3.0):  # the first falls out of the window
        statistics.add(np.array([0, 19, 999]), np.full(3, loss, dtype=np.float32))
    means = statistics.means()
    assert means[0] == pytest.approx(2.0)
    assert means[49] == pytest.approx(2.0)
    assert np.isnan(means[1:49]).all()
    assert statistics.steps == 2
    assert statistics.centres()[0] == 10


def test_what_was_measured_before_leaves_the_window_together() -> None:
    statistics = TimestepLoss(10, window=4)
    statistics.add_measured(np.full(10, 6.0), np.full(10, 2), 3)
    assert statistics.steps == 3 and (statistics.means() == 3.0).all()
    for steps in (4, 4, 4):
        statistics.add(np.array([0]), np.array([1.0], dtype=np.float32))
        assert statistics.steps == steps and statistics.means()[5] == 3.0
    statistics.add(np.array([0]), np.array([1.0], dtype=np.float32))
    assert statistics.means()[0] == 1.0 and np.isnan(statistics.means()[5])


def test_fewer_timesteps_than_bins_have_a_bin_each() -> None:
    statistics = TimestepLoss(10)
    statistics.add(np.arange(10), np.arange(10, dtype=np.float32))
    np.testing.assert_allclose(statistics.means(), np.arange(10))
