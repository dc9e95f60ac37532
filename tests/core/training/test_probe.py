"""The frozen probe: the same questions with the answers of an independent computation, and nothing of it is trained."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from core.cli.reporting import as_json
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder.scan import Scan
from core.randomness import generator
from core.runs.checkpoint import read_checkpoint
from core.runs.metrics import MetricsWriter
from core.runs.probes import (
    HELD_OUT,
    HELD_OUT_EMA,
    KINDS,
    SERIES,
    TIMES,
    TRAIN,
    TRAIN_EMA,
    read_cost,
    read_probe,
)
from core.runs.run import Run
from core.settings import RunConfig
from core.training import events, trainer
from core.training.events import ProbeMeasured
from core.training.observing import Budget
from core.training.probe import QUESTIONS, FrozenProbe, mixed, probe_times, spread_over
from core.training.state import new_state
from tests.core.training.conftest import assert_same_run, of, tensors, train


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look after every step: when there is time for one is told by a clock."""
    monkeypatch.setattr(FrozenProbe, "is_due", lambda probe, step: step != probe._asked_at and not probe._budget.off)


def loaded(scan: Scan, config: RunConfig) -> PictureSet:
    return next(item for item in load_pictures(scan, config.data) if isinstance(item, PictureSet))


def asked(config: RunConfig) -> RunConfig:
    changes = {
        "probe_share": 0.03,
        "hold_out": 0.4,
        "steps": 6,
        "labels": "off",
        "channels": 3,
        "horizontal_flip": True,
    }
    return config.with_settings(changes)


def by_hand(scan: Scan, config: RunConfig, model: torch.nn.Module, of: str) -> np.ndarray:
    """One question at a time, from the formulas: x_t, the network's answer, the mean square of what it missed."""
    pictures = loaded(scan, config)
    source = pictures if of == "train" else pictures.held_out
    assert source is not None
    chosen = mixed(spread_over(QUESTIONS, len(source)), 8)
    losses = []
    with torch.no_grad():
        for number, t in enumerate(probe_times(config.diffusion.timesteps)):
            pixels = source.take(chosen[number : number + 1], plain=True).pixels
            x = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1
            noise = torch.randn(x.shape[1:], generator=generator(config.train.seed, f"probe {of}", number))[None]
            signal, rest = model.alphas_cumprod[t].sqrt(), (1 - model.alphas_cumprod[t]).sqrt()
            answer = model.model(signal * x + rest * noise, torch.tensor([t]))
            losses.append(float((answer - (signal * noise - rest * x)).square().mean()))  # v
    pictures.close()
    return np.array(losses)


def test_answers_when_asked_of_raw_and_averaged_weights_then_equal_a_computation_by_hand(
    pictures: Scan, tiny: RunConfig
) -> None:
    config = asked(tiny)
    with_set = loaded(pictures, config)
    state = new_state(config, torch.device("cpu"))
    with torch.no_grad():
        for parameter in state.ema.module.parameters():
            parameter.add_(0.05)
    measured = FrozenProbe(with_set, config).ask(state, 7, threading.Event())
    with_set.close()
    assert measured is not None and measured.t.tolist() == sorted(measured.t.tolist()) and len(measured.t) == QUESTIONS
    for kind, of_set, model in (
        (TRAIN, "train", state.diffusion),
        (TRAIN_EMA, "train", state.ema.module),
        (HELD_OUT, "held-out", state.diffusion),
        (HELD_OUT_EMA, "held-out", state.ema.module),
    ):
        np.testing.assert_allclose(measured.losses[kind], by_hand(pictures, config, model, of_set), rtol=2e-4)
    assert state.diffusion.training
    plain = json.loads(as_json(measured))
    assert plain["losses"][TRAIN] == pytest.approx(measured.losses[TRAIN].mean()) and "t" not in plain


@pytest.mark.long
def test_run_when_it_is_probed_after_every_step_then_is_bit_for_bit_the_one_without(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, always: None
) -> None:
    config = asked(tiny).with_settings({"dropout": 0.2})
    off = train(pictures, config.with_settings({"probe_share": 0}), tmp_path / "off")
    seen = train(pictures, config, tmp_path / "on")
    assert not of(ProbeMeasured, off)
    assert_same_run(tmp_path / "off", off, tmp_path / "on", seen)
    told = of(ProbeMeasured, seen)
    assert [event.step for event in told] == list(range(7)) and [event.every for event in told] == [0] + [1] * 6
    path = Run.open(tmp_path / "on").metrics_path
    for kind in KINDS:
        probe = read_probe(path, kind)
        assert probe.steps.tolist() == list(range(7)) and np.array_equal(probe.t, told[0].t)
        assert np.array_equal(probe.losses, np.stack([event.losses[kind] for event in told]))
    share, every = read_cost(path) or (0.0, 0)
    assert share == pytest.approx(told[-1].share, rel=1e-6) and every == 1
    assert len(read_probe(Run.open(tmp_path / "off").metrics_path, TRAIN).steps) == 0


@pytest.mark.long
@pytest.mark.parametrize("late", [False, True])
def test_probe_when_the_run_is_stopped_and_resumed_then_goes_on_as_it_would_have(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, always: None, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    monkeypatch.setattr(trainer, "reads_late", lambda _device: late)
    config = asked(tiny)
    whole = train(pictures, config, tmp_path / "whole")
    first = train(pictures, config, tmp_path / "run", until=lambda e: isinstance(e, events.StepDone) and e.step == 3)
    second = train(pictures, config, tmp_path / "run", resume=True)
    assert_same_run(tmp_path / "whole", whole, tmp_path / "run", first + second)
    for kind in KINDS:
        expected, found = (read_probe(Run.open(tmp_path / name).metrics_path, kind) for name in ("whole", "run"))
        assert found.steps.tolist() == expected.steps.tolist() == list(range(7))
        assert np.array_equal(found.losses, expected.losses)


@pytest.mark.long
def test_last_look_when_compared_with_the_checkpoint_then_is_of_its_weights(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, always: None
) -> None:
    config = asked(tiny).with_settings({"steps": 3})
    last = of(ProbeMeasured, train(pictures, config, tmp_path / "run"))[-1]
    newest, _ = Run.open(tmp_path / "run").newest_checkpoint()
    state = new_state(config, torch.device("cpu"))
    state.diffusion.load_state_dict(read_checkpoint(newest, with_optimizer=True).model)
    np.testing.assert_allclose(last.losses[HELD_OUT], by_hand(pictures, config, state.diffusion, "held-out"), rtol=2e-4)
    assert tensors(tmp_path / "run")


def test_looks_when_steps_and_looks_take_any_time_then_never_take_more_than_their_share() -> None:
    draw = np.random.default_rng(0)
    budget, trained, spent, looks = Budget(0.03), 0.0, 0.0, 0
    budget.expect(0.25)
    for _ in range(20_000):
        seconds = float(draw.lognormal(-3, 0.5))
        budget.trained(seconds)
        trained += seconds
        if budget.due:
            cost = 0.25  # five usual steps
            spent, looks = spent + cost, looks + 1
            budget.looked(cost)
            assert spent <= 0.03 * (trained + spent) * 1.001
            assert budget.share == pytest.approx(spent / (trained + spent))
    assert looks > 50 and spent > 0.028 * (trained + spent)  # and the share is used
    assert not Budget(0.0).due


def test_probe_when_a_session_goes_on_then_waits_until_there_is_time_for_it(pictures: Scan, tiny: RunConfig) -> None:
    with_set = loaded(pictures, asked(tiny))
    probe = FrozenProbe(with_set, asked(tiny))
    assert probe.is_due(0) and not probe.is_due(100)
    for _ in range(3):
        probe.trained(0.1)
    assert not probe.is_due(103)
    for _ in range(3000):
        probe.trained(0.1)
    assert probe.is_due(3103)
    assert not FrozenProbe(with_set, asked(tiny).with_settings({"probe_share": 0})).is_due(0)
    with_set.close()


def test_pictures_that_a_probe_takes_are_spread_over_the_set() -> None:
    chosen = mixed(spread_over(64, 640), 8)
    assert sorted(chosen.tolist()) == list(range(0, 640, 10))
    for part in np.split(chosen, 8):
        assert part.max() - part.min() > 500  # each eighth of t has pictures from everywhere
    assert spread_over(64, 3).tolist() == sorted(spread_over(64, 3).tolist())


@pytest.mark.parametrize("t", [[np.nan, 1], [np.inf, np.inf], [-1, 3], [5, 3], [0, 1e12]])
def test_probe_when_its_t_are_none_is_as_good_as_none(tmp_path: Path, t: list[float]) -> None:
    path = tmp_path / "metrics.sqlite"
    writer = MetricsWriter(path)
    writer.add_series(1, TIMES, np.array(t))
    writer.add_series(1, SERIES[TRAIN], np.ones(2))
    writer.close()
    assert len(read_probe(path, TRAIN).steps) == 0
    writer = MetricsWriter(path)
    writer.add_series(2, TIMES, np.array([0, 0]))
    writer.close()
    assert read_probe(path, TRAIN).losses.tolist() == [[1, 1]]
