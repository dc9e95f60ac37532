"""What a session measures of itself: how it waits, how far its average is behind, what memory it has."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
import torch

from core.process import resident_bytes
from core.settings import TrainConfig
from core.training import gauges
from core.training.gauges import Gauges
from core.training.state import EMA, mean_lag


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(gauges, "time", made)
    return made


def state(elapsed_s: float, last_step_s: float = 0.5, lag: float = 7.0) -> SimpleNamespace:
    return SimpleNamespace(elapsed_s=elapsed_s, last_step_s=last_step_s, ema=SimpleNamespace(lag=lambda step: lag))


def test_gauges_when_read_more_often_than_once_a_second_say_nothing(clock: Clock) -> None:
    read = Gauges(torch.device("cpu"))
    first = read.read(1, state(1000.5), waited_s=0.1)
    assert first["waiting"] == pytest.approx(0.2)  # of the one step, whatever the run took before
    assert first["ema_length"] == 7.0 and "card_memory" not in first
    clock.now += 0.9
    assert read.read(2, state(1001.4), waited_s=0.2) == {}
    clock.now += 0.1
    later = read.read(3, state(1002.5), waited_s=0.6)
    assert later["waiting"] == pytest.approx(0.25)  # 0.5 s of the 2 s since the first


def test_waiting_when_a_batch_took_longer_than_its_step_is_all_of_it(clock: Clock) -> None:
    assert Gauges(torch.device("cpu")).read(1, state(0.1, 0.1), waited_s=3.0)["waiting"] == 1.0
    assert Gauges(torch.device("cpu")).read(1, state(0.0, 0.0), waited_s=3.0)["waiting"] == 0.0


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell it so")
def test_resident_memory_when_more_is_written_to_grows_by_as_much() -> None:
    before = resident_bytes()
    held = bytearray(b"x") * 64_000_000
    after = resident_bytes()
    assert before is not None and after is not None
    assert 60_000_000 < after - before < 80_000_000 and len(held) == 64_000_000


@pytest.mark.parametrize(("warmup", "every"), [("updates", 1), ("updates", 3), ("power", 10)])
def test_lag_that_an_average_counts_when_resumed_or_not_is_the_mean_age(warmup: str, every: int) -> None:
    ema = EMA(torch.nn.Linear(1, 1), 0.9, update_every=every, warmup=warmup)
    train = TrainConfig(ema_decay=0.9, ema_update_every=every, ema_warmup=warmup)
    for step in range(1, 251):
        ema.update(step)
        assert ema.lag(step) == pytest.approx(mean_lag(train, step))
    later = EMA(torch.nn.Linear(1, 1), 0.9, update_every=every, warmup=warmup)
    later.go_on_from(100, mean_lag(train, 100))
    for step in range(101, 251):
        later.update(step)
    assert later.lag(250) == pytest.approx(ema.lag(250))


def test_mean_lag_when_steps_are_many_is_that_of_the_steps_which_still_count() -> None:
    assert mean_lag(TrainConfig(ema_decay=0.9), 10**9) == pytest.approx(9)
    assert mean_lag(TrainConfig(ema_decay=0.5, ema_update_every=4), 10**9) == pytest.approx(4)
