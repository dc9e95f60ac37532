"""Twins: each is bit for bit the run that it would be alone; both see the same; a verdict says what seeds can show."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from core.cli.twins import shared_in_words, verdict_in_words
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import ConfigError, TrainingError
from core.pictures.feed.batches import Batch
from core.pictures.folder.scan import Scan
from core.settings import RunConfig
from core.training import twins
from core.training.state import SessionState
from core.training.step import take_step
from core.training.twin_events import (
    A,
    B,
    PairStarted,
    ProbesMeasured,
    TwinSamples,
    TwinSteps,
    Verdict,
    differences,
    judged,
)
from core.training.twins import look_steps, sample_steps, train_twins
from tests.core.training.conftest import make_pictures, of, tensors, train

STEPS = 12
MIN_SNR_OFF = {"loss_weighting": "none"}
EVERYTHING = {"self_condition": True, "immiscible": True, "dropout": 0.1, "gradient_accumulate_every": 2}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """One folder for all: no test here changes it."""
    return make_pictures(tmp_path_factory.mktemp("twins") / "pictures")


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> list[SessionState]:
    """Those that are made: A's and B's of each pair."""
    made: list[SessionState] = []
    real = twins.new_state

    def new_state(*arguments: object) -> SessionState:
        made.append(real(*arguments))
        return made[-1]

    monkeypatch.setattr(twins, "new_state", new_state)
    return made


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[int, list[tuple[torch.Tensor, ...]]]:
    """What each model was trained on, by the model's id: pictures, t, noise."""
    found: dict[int, list[tuple[torch.Tensor, ...]]] = {}
    real = GaussianDiffusion.training_losses

    def training_losses(self, x_start, t, noise, **more):
        found.setdefault(id(self), []).append((x_start.clone(), t.clone(), noise.clone()))
        return real(self, x_start, t, noise, **more)

    monkeypatch.setattr(GaussianDiffusion, "training_losses", training_losses)
    return found


def run(config: RunConfig, change: dict, scan: Scan, **options) -> list:
    return list(
        train_twins(config, change, scan, **{"steps": STEPS, "seeds": 1, "device": "cpu", "threads": 1} | options)
    )


def same(one: tuple[torch.Tensor, ...], other: tuple[torch.Tensor, ...]) -> list[bool]:
    return [torch.equal(*pair) for pair in zip(one, other, strict=True)]


def losses(events: list, twin: str, pair: int = 0) -> list[float]:
    return [
        loss for event in of(TwinSteps, events) if (event.twin, event.pair) == (twin, pair) for loss in event.losses
    ]


def assert_equal(state: SessionState, folder: Path, config: RunConfig) -> None:
    found = tensors(folder)
    checkpoint = state.to_checkpoint(state.step, config)
    expected = {
        f"{section}.{name}": tensor
        for section in ("model", "ema", "optimizer", "averages")
        for name, tensor in getattr(checkpoint, section).items()
    }
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)


@pytest.mark.long
@pytest.mark.parametrize(
    ("settings", "change"),
    [
        ({}, MIN_SNR_OFF),
        ({"optimizer": "adamw"}, EVERYTHING),
        ({"horizontal_flip": True}, {"batch_size": 3, "horizontal_flip": False}),
        ({"condition": "grey", "augment": 0.5}, MIN_SNR_OFF),
        ({"ema_snapshots": 16}, {"beta_schedule": "linear", "objective": "pred_noise"}),
    ],
)
def test_each_twin_is_the_training_that_it_would_be_alone(
    pictures: Scan, tiny: RunConfig, states: list[SessionState], tmp_path: Path, settings: dict, change: dict
) -> None:
    config = tiny.with_settings(settings)
    events = run(config, change, pictures)
    for twin, state, alone in zip((A, B), states, (config, config.with_settings(change)), strict=True):
        folder = tmp_path / twin
        told = train(pictures, alone.with_settings({"steps": STEPS}), folder, threads=1)
        assert losses(events, twin) == [event.loss for event in told if type(event).__name__ == "StepDone"]
        assert_equal(state, folder, alone)


@pytest.mark.long
def test_the_second_pair_is_the_training_of_the_next_seed(
    pictures: Scan, tiny: RunConfig, states: list[SessionState], tmp_path: Path
) -> None:
    run(tiny, MIN_SNR_OFF, pictures, seeds=2)
    alone = tiny.with_settings({"steps": STEPS, "seed": 1})
    train(pictures, alone, tmp_path / "run", threads=1)
    assert_equal(states[2], tmp_path / "run", alone)


@pytest.mark.parametrize("change", [{}, MIN_SNR_OFF, {"learning_rate": 1e-3, "self_condition": True}])
def test_both_see_the_same_pictures_timesteps_and_noise(
    pictures: Scan, tiny: RunConfig, seen: dict, change: dict
) -> None:
    events = run(tiny, change, pictures)
    a, b = seen.values()
    assert len(a) == len(b) == STEPS
    assert all(all(same(one, other)) for one, other in zip(a, b, strict=True))
    (pair,) = of(PairStarted, events)
    assert pair.pictures and pair.timesteps and pair.noise
    assert pair.weights == ("self_condition" not in change)


@pytest.mark.parametrize(
    ("change", "shared"),
    [
        ({"offset_noise_strength": 0.5}, [True, True, False]),
        ({"immiscible": True}, [True, True, False]),
        ({"timestep_draw": "uniform"}, [True, False, True]),
        ({"vertical_flip": True}, [False, True, True]),
        ({"batch_size": 3}, [False, False, False]),
    ],
)
def test_what_is_not_shared_is_said(
    pictures: Scan, tiny: RunConfig, seen: dict, change: dict, shared: list[bool]
) -> None:
    (pair,) = of(PairStarted, run(tiny, change, pictures, steps=1))
    assert [pair.pictures, pair.timesteps, pair.noise] == shared
    a, b = (batches[0] for batches in seen.values())
    if "batch_size" not in change:
        assert same(a, b) == shared
    assert ("other " in shared_in_words(pair)) and shared_in_words(pair).startswith("the same ")


@pytest.mark.long
def test_b_without_a_change_is_a(pictures: Scan, tiny: RunConfig, states: list[SessionState]) -> None:
    events = run(tiny, {}, pictures, seeds=2, steps=30, threads=None)
    assert losses(events, A) == losses(events, B)
    for a, b in (states[:2], states[2:]):
        assert all(map(torch.equal, a.ema.state_dict().values(), b.ema.state_dict().values()))
    measured = {(e.twin, e.pair, e.step): e.by_level for e in of(ProbesMeasured, events)}
    assert all(levels == measured[B, pair, step] for (_, pair, step), levels in measured.items())
    samples = {(e.twin, e.pair, e.step): e.images for e in of(TwinSamples, events)}
    assert samples
    assert all((images == samples[B, pair, step]).all() for (_, pair, step), images in samples.items())
    assert events[-1].word == "unknown"
    assert events[-1].differences == (0.0, 0.0)


@pytest.mark.long
def test_it_tells_everything_in_order(pictures: Scan, tiny: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twins, "LOOK_EVERY", 4)
    events = run(tiny, MIN_SNR_OFF, pictures, seeds=2)
    assert [event.step for event in of(ProbesMeasured, events) if (event.twin, event.pair) == (A, 0)] == [4, 8, 12]
    assert [event.step for event in of(TwinSamples, events) if (event.twin, event.pair) == (B, 1)] == [4, 12]
    assert len(losses(events, A)) == len(losses(events, B, pair=1)) == STEPS
    progress = of(TwinSteps, events)
    assert [event.done for event in progress][-1] == progress[-1].of == 4 * STEPS
    assert [len(verdict.differences) for verdict in of(Verdict, events)] == [1, 2]
    assert isinstance(events[-1], Verdict)
    last = [event.error for event in of(ProbesMeasured, events) if event.step == STEPS]
    assert (*events[-1].errors_a, *events[-1].errors_b) == (last[0], last[2], last[1], last[3])


def test_probes_when_schedules_differ_are_of_the_same_noise(
    pictures: Scan, tiny: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[torch.Tensor] = []
    real = GaussianDiffusion.q_sample

    def q_sample(self, x_start, t, noise=None):
        if not self.training:
            asked.append(torch.logit(self.alphas_cumprod[t].double()))
        return real(self, x_start, t, noise)

    monkeypatch.setattr(GaussianDiffusion, "q_sample", q_sample)
    config = tiny.with_settings({"timesteps": 1000, "batch_size": 64})
    run(config, {"beta_schedule": "sigmoid"}, pictures, steps=1)
    a, b = asked
    assert a.shape == (64,)
    torch.testing.assert_close(a, b, rtol=0, atol=0.02)


def test_look_steps_end_with_the_last_and_are_few() -> None:
    for steps in (1, 25, 150, 300, 600, 1000):
        looks = look_steps(steps)
        assert looks[-1] == steps
        assert 1 <= len(looks) <= 12
    assert look_steps(150) == (25, 50, 75, 100, 125, 150)
    assert sample_steps(150) == (50, 100, 150)
    assert sample_steps(1) == (1,)


@pytest.mark.parametrize(
    ("errors_a", "errors_b", "word"),
    [
        ([0.2], [0.1], "one"),
        ([0.2, 0.21], [0.19, 0.1996], "better"),
        ([0.2, 0.21], [0.21, 0.2204], "worse"),
        ([0.2, 0.21], [0.19, 0.21], "unknown"),  # 5 % and nothing
        ([0.2, 0.21], [0.2003, 0.2103], "unknown"),  # a tenth of a per cent, however sure
        ([0.2, 0.21, 0.2], [0.19, 0.2, 0.194], "better"),
        ([0.2, 0.21, 0.2], [0.19, 0.22, 0.19], "unknown"),
        ([0.2, 0.2], [0.2, 0.2], "unknown"),
    ],
)
def test_a_word_is_said_only_beyond_the_spread_of_the_seeds(
    errors_a: list[float], errors_b: list[float], word: str
) -> None:
    verdict = judged(errors_a, errors_b, [1.5, 1.4, 1.6])
    assert verdict.word == word
    assert (verdict.spread is None) == (word == "one")
    assert verdict_in_words(verdict).endswith("a step of B takes 1.50 times as long as one of A")


def test_steps_that_take_equally_long_but_for_noise_are_not_told_apart() -> None:
    verdict = judged([0.2], [0.1], [0.9, 1.2, 1.05, 0.98])
    assert verdict_in_words(verdict).endswith("a step of B takes as long as one of A")


def test_waiting_for_pictures_is_no_part_of_a_step(
    pictures: Scan, tiny: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0

    class Slow(twins.Feeding):
        waited_s = 0.0

        def get(self, number: int, stop: threading.Event) -> Batch | None:
            nonlocal now
            self.waited_s, now = self.waited_s + 9, now + 9
            return super().get(number, stop)

    def taken(*arguments: object, **named: object) -> object:
        nonlocal now
        now += 1
        return take_step(*arguments, **named)

    monkeypatch.setattr(twins, "Feeding", Slow)
    monkeypatch.setattr(twins, "take_step", taken)
    monkeypatch.setattr(twins, "time", SimpleNamespace(monotonic=lambda: now))
    assert run(tiny, MIN_SNR_OFF, pictures)[-1].times_as_long == (1, 1, 1)


def test_chance_alone_has_a_word_at_most_one_time_in_ten() -> None:
    draw = torch.Generator().manual_seed(0)
    for seeds in (2, 3):
        a, b = 0.2 * (1 + 0.05 * torch.randn(2, 2000, seeds, generator=draw, dtype=torch.float64))
        words = [judged(one.tolist(), other.tolist()).word for one, other in zip(a, b, strict=True)]
        assert 0.07 < 1 - words.count("unknown") / len(words) < 0.13


@pytest.mark.parametrize("change", [{"seed": 1}, {"steps": 5}, {"image_size": 16}, {"crop": "pad"}, {"nothing": 1}])
def test_what_cannot_be_compared_is_refused(pictures: Scan, tiny: RunConfig, change: dict) -> None:
    with pytest.raises(ConfigError):
        run(tiny, change, pictures)


@pytest.mark.parametrize("options", [{"steps": 0}, {"seeds": 4}, {"seeds": 0}])
def test_plans_out_of_range_are_refused(pictures: Scan, tiny: RunConfig, options: dict) -> None:
    with pytest.raises(ConfigError):
        run(tiny, {}, pictures, **options)


def test_a_seed_that_the_last_pair_cannot_have_is_refused_before_the_first(pictures: Scan, tiny: RunConfig) -> None:
    with pytest.raises(ConfigError, match="seed"):
        next(train_twins(tiny.with_settings({"seed": 2**63 - 1}), {}, pictures, steps=1, seeds=2, device="cpu"))


@pytest.mark.long
def test_first_timesteps_that_agree_by_chance_are_not_called_the_same(pictures: Scan, tiny: RunConfig) -> None:
    config = tiny.with_settings({"timesteps": 2, "sample_steps": 2, "batch_size": 1})
    events = run(config, {"timestep_draw": "uniform"}, pictures, seeds=3, steps=6)
    assert [pair.timesteps for pair in of(PairStarted, events)] == [False, False, False]


def test_the_settings_that_differ_are_those_that_follow_too(tiny: RunConfig) -> None:
    other = tiny.with_settings({"min_snr_gamma": "off"})
    assert differences(tiny, other) == {"loss_weighting": ("min_snr", "none"), "min_snr_gamma": (5.0, None)}


def test_nan_when_one_twin_meets_it_names_the_twin_and_the_step(pictures: Scan, tiny: RunConfig) -> None:
    with pytest.raises(TrainingError, match="of B") as caught:
        run(tiny, {"learning_rate": 100.0, "optimizer": "adamw", "warmup_steps": 0}, pictures, steps=200)
    assert caught.value.fields["step"] > 1


def test_an_answer_of_nan_names_the_twin(pictures: Scan, tiny: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    real = GaussianDiffusion.model_predictions

    def overflown(self, *arguments, **named):
        predicted = real(self, *arguments, **named)
        return predicted._replace(pred_x_start=predicted.pred_x_start * float("nan"))

    monkeypatch.setattr(GaussianDiffusion, "model_predictions", overflown)
    with pytest.raises(TrainingError, match="at step 12 of A the network's answer became nan"):
        run(tiny, MIN_SNR_OFF, pictures, seeds=2)


def test_an_error_of_nothing_can_be_compared() -> None:
    assert judged([0.0, 0.0], [0.0, 0.0]).difference == 0
    assert judged([0.0, 0.0], [0.1, 0.1]).word == "worse"
    assert judged([0.1, 0.1], [0.0, 0.0]).differences == (-1, -1)


@pytest.mark.family(first=2)
@pytest.mark.parametrize("when", [PairStarted, TwinSteps, ProbesMeasured, TwinSamples])
@pytest.mark.parametrize("how", ["stopped", "closed"])
def test_cancelling_leaves_no_thread_and_no_file(
    pictures: Scan, tiny: RunConfig, home_files: Callable[[], set[Path]], when: type, how: str
) -> None:
    threads, files = set(threading.enumerate()), home_files()
    stop = threading.Event()
    events = train_twins(tiny, MIN_SNR_OFF, pictures, steps=30, seeds=1, device="cpu", threads=1, stop=stop)
    for event in events:
        if isinstance(event, when):
            if how == "closed":
                events.close()
                break
            stop.set()
    assert not set(threading.enumerate()) - threads
    assert home_files() == files


@pytest.fixture
def home_files(pictures: Scan, tmp_path: Path) -> Callable[[], set[Path]]:
    def files() -> set[Path]:
        folders = (Path.home(), tmp_path, pictures.folder.parent)
        return {path for folder in folders for path in folder.rglob("*") if path.is_file()}

    return files


@pytest.mark.long
def test_a_verdict_of_the_pairs_so_far_comes_when_stopped_later(pictures: Scan, tiny: RunConfig) -> None:
    stop, events = threading.Event(), []
    for event in train_twins(tiny, {}, pictures, steps=6, seeds=3, device="cpu", threads=1, stop=stop):
        events.append(event)
        if isinstance(event, TwinSteps) and event.pair == 2:
            stop.set()
    assert [len(verdict.differences) for verdict in of(Verdict, events)] == [1, 2]
