"""What a training will take is measured on the very steps it is made of."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import torch

from core.errors import DeviceError
from core.pictures.feed.batches import Batch
from core.settings import RunConfig
from core.training import measuring, step, trainer
from core.training.measuring import StepCost, is_sure, measure_repeatedly, measure_steps


@pytest.fixture
def resolved(tiny: RunConfig) -> RunConfig:
    return replace(tiny, data=replace(tiny.data, channels=3, horizontal_flip=False))


@pytest.mark.long
def test_time_and_memory_grow_with_the_batch(resolved: RunConfig) -> None:
    # Sixteen times as many pictures: far more than a busy machine's times differ.
    small = measure_steps(resolved.with_settings({"batch_size": 8}), device="cpu", seconds=60.0)
    large = measure_steps(resolved.with_settings({"batch_size": 128}), device="cpu", seconds=60.0)
    assert 2 <= small.steps <= measuring.WARMING_STEPS + measuring.ENOUGH_STEPS
    assert small.device == "cpu" and not small.out_of_memory
    assert 0 < small.seconds_per_step < large.seconds_per_step
    assert 100_000 < small.memory_bytes < large.memory_bytes


def test_a_step_that_takes_longer_than_the_time_is_measured_once(resolved: RunConfig) -> None:
    config = resolved.with_settings({"labels": "folders", "class_names": ("a", "b"), "gradient_accumulate_every": 2})
    assert measure_steps(config, device="cpu", seconds=0.0).steps == 1


def test_it_ends_when_it_is_wished(resolved: RunConfig) -> None:
    stop = threading.Event()
    stop.set()
    told = measure_steps(resolved, device="cpu", stop=stop)
    assert told.steps == 0 and told.seconds_per_step is None and not told.out_of_memory


@pytest.mark.long
def test_a_step_of_minutes_is_measured_with_fewer_pictures(
    resolved: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of pictures large enough that what does not grow with their number is little beside them.
    config = resolved.with_settings({"batch_size": 64, "image_size": 32})
    whole = measure_steps(config, device="cpu", seconds=60.0)
    seen: set[int] = set()
    batch_loss = step.batch_loss

    def counted(diffusion: object, batch: Batch, *how: object, **more: object) -> object:
        seen.add(len(batch.pictures))
        return batch_loss(diffusion, batch, *how, **more)

    monkeypatch.setattr(step, "batch_loss", counted)
    monkeypatch.setattr(measuring, "LONGEST_STEP_S", 1e-9)
    part = measure_steps(config, device="cpu", seconds=60.0)
    assert seen == {1}
    # One picture alone takes more than its part of 64.
    assert 0.5 * whole.seconds_per_step < part.seconds_per_step < 80 * whole.seconds_per_step
    assert part.memory_bytes == pytest.approx(whole.memory_bytes, rel=0.1)


class StopAt(threading.Event):
    """Set from the so many-th look on."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks, self.left = 0, looks

    def is_set(self) -> bool:
        self.looks += 1
        return self.looks > self.left


def test_it_ends_within_a_step_too(resolved: RunConfig) -> None:
    whole = StopAt(10**9)
    assert measure_steps(resolved, device="cpu", seconds=0.0, stop=whole).steps == 1
    assert whole.looks > 100, "at every layer, forward and backward"
    for looks in (1, whole.looks // 4, whole.looks - 1):
        stop = StopAt(looks)
        told = measure_steps(resolved, device="cpu", seconds=0.0, stop=stop)
        assert told.steps == 0 and told.seconds_per_step is None and not told.out_of_memory
        assert stop.looks == looks + 1, "nothing more was computed"


def test_too_little_memory_is_an_answer_and_no_failure(resolved: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> object:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(step, "batch_loss", full)
    assert measure_steps(resolved, device="cpu").out_of_memory
    with pytest.raises(DeviceError):
        measure_steps(resolved, device="cuda:17")


def test_a_clock_that_ticks_seldom_is_not_the_one_that_measures(
    resolved: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Windows' monotonic clock ticks 64 times a second: a small picture's pass took no time at all by it.
    monkeypatch.setattr("time.monotonic", lambda: 1.0)
    assert measure_steps(resolved, device="cpu", seconds=0.0).seconds_per_step > 0


def told_of(monkeypatch: pytest.MonkeyPatch, seconds: list[float]) -> None:
    """Let steps take these times, without taking any; the last one for ever. Nothing else takes time."""
    clock, left = [0.0], list(seconds)

    def take(_state: object, _trial: object, config: RunConfig, _stop: object) -> tuple[float, float]:
        if config.train.batch_size == 1:
            return 0.001, 0.0
        took = left.pop(0) if len(left) > 1 else left[0]
        clock[0] += took
        return took, 0.0

    monkeypatch.setattr(measuring, "_step", take)
    monkeypatch.setattr("core.training.measuring.time.perf_counter", lambda: clock[0])


def test_a_bad_moment_is_one_of_many_steps(resolved: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    told_of(monkeypatch, [0.2, 0.06, 220.0, *[0.055, 0.06] * 30])
    told = list(measure_repeatedly(resolved, device="cpu", seconds=1000.0))
    assert told[0].seconds_per_step == 0.06 and told[0].low_s is None, "of two steps nobody knows the spread"
    last = told[-1]
    assert last.seconds_per_step == pytest.approx(0.0575, abs=0.003)
    assert last.low_s == pytest.approx(0.055) and last.high_s is not None and last.high_s <= 0.06
    assert is_sure(last) and last.steps < 150, "it ends when more would say the same"


def test_measuring_goes_on_for_its_time_where_it_cannot_be_sure(
    resolved: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_of(monkeypatch, [0.05, 0.5, 0.2] * 400)
    told = list(measure_repeatedly(resolved, device="cpu", seconds=60.0))
    assert 20 <= len(told) <= 31, "told every two seconds"
    assert not is_sure(told[-1])
    assert told[-1].low_s == pytest.approx(0.05) and told[-1].high_s == pytest.approx(0.5)


def test_what_memory_does_not_do_is_told_once(resolved: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> object:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(measuring, "_step", full)
    assert list(measure_repeatedly(resolved, device="cpu")) == [StepCost("cpu", None, None, 0, out_of_memory=True)]


def test_measuring_when_a_loss_is_infinite_then_tells_no_time(
    resolved: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_loss = step.batch_loss

    def infinite(*how: object, **more: object) -> step.BatchLoss:
        loss = batch_loss(*how, **more)
        return loss._replace(weighted=loss.weighted * float("inf"))

    monkeypatch.setattr(step, "batch_loss", infinite)
    told = measure_steps(resolved, device="cpu")
    assert told.steps == 0 and told.seconds_per_step is None and not told.out_of_memory


def test_measured_step_when_taken_then_is_the_step_of_a_training(
    resolved: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates: list[float] = []
    take_step = measuring.take_step

    def seen(*how: object, rate: float, **more: object) -> object:
        rates.append(rate)
        return take_step(*how, rate=rate, **more)

    monkeypatch.setattr(measuring, "take_step", seen)
    told = measure_steps(resolved.with_settings({"batch_size": 1}), device="cpu", seconds=0.2)
    assert told.steps == len(rates) and set(rates) == {0.0}
    assert take_step is trainer.take_step
