"""Numbers that are none, and full disks, at every place of a training: what is saved is good, and it goes on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from core.diffusion.inputs import first_not_finite
from core.errors import RunError, TrainingError
from core.pictures.folder.scan import Scan
from core.runs.checkpoint import read_checkpoint
from core.runs.checkpoint_files import steps_in
from core.runs.metrics import MetricsWriter, read_events, read_losses
from core.runs.run import Run
from core.settings import RunConfig
from core.training import events, step, trainer
from core.training import state as state_module
from core.training.job import TrainingJob
from core.training.recovery import Divergence
from tests.core.training.conftest import tensors, train


def poison(monkeypatch: pytest.MonkeyPatch, bad: Callable[[int], bool]) -> list[int]:
    """Make the loss of the batches that are `bad` NaN; the numbers of all batches that are asked for."""
    batch_loss, asked = step.batch_loss, []

    def poisoned(diffusion, pictures, config, batch, **how):
        asked.append(batch)
        loss = batch_loss(diffusion, pictures, config, batch, **how)
        return loss._replace(weighted=loss.weighted * float("nan")) if bad(batch) else loss

    monkeypatch.setattr(step, "batch_loss", poisoned)
    return asked


@pytest.mark.long
def test_a_bad_batch_is_left_out_and_the_training_goes_on_from_the_last_checkpoint(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = poison(monkeypatch, lambda batch: batch == 6)
    told = train(pictures, tiny, tmp_path / "run")
    back = next(event for event in told if isinstance(event, events.RolledBack))
    assert (back.failed_step, back.step, back.count, back.of) == (7, 4, 1, 3)
    # Back at step 4, the batches that come are those after the bad one.
    assert asked == [*range(7), *range(7, 15)]
    assert told[-1].step == 12
    assert read_losses(tmp_path / "run" / "metrics.sqlite")[0].tolist() == list(range(1, 13))
    kinds = [kind for _, kind, _, _ in read_events(tmp_path / "run" / "metrics.sqlite")]
    assert "rolled-back" in kinds
    incident = json.loads(back.incident.read_text())
    assert incident["what"] == "the loss became nan"
    last = incident["batches"][-1]
    assert (last["step"], last["batch"], len(last["pictures"])) == (7, 6, tiny.train.batch_size)
    assert {picture["file"] for picture in last["pictures"]} <= {file.name for file in pictures.pictures}
    assert all(tensor.isfinite().all() for tensor in tensors(tmp_path / "run").values())


def test_before_the_first_checkpoint_it_goes_back_to_the_start(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = poison(monkeypatch, lambda batch: batch == 2)
    told = train(pictures, tiny, tmp_path / "run")
    assert [event.step for event in told if isinstance(event, events.RolledBack)] == [0]
    assert asked == list(range(15))
    assert told[-1].step == 12


@pytest.mark.long
def test_the_data_that_was_left_out_stays_left_out_in_a_resumed_run(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison(monkeypatch, lambda batch: batch == 2)
    train(pictures, tiny, tmp_path / "whole")
    shutil.copytree(tmp_path / "whole", tmp_path / "parts")
    later = tmp_path / "parts" / "checkpoints"
    for file in [*later.glob("step-00000008*"), *later.glob("step-00000012*")]:
        file.unlink()
    train(pictures, tiny, tmp_path / "parts", resume=True)
    whole, parts = tensors(tmp_path / "whole"), tensors(tmp_path / "parts")
    assert all(torch.equal(tensor, parts[name]) for name, tensor in whole.items())


@pytest.mark.long
def test_after_three_times_it_stops_with_the_reason_and_nothing_is_spoilt(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison(monkeypatch, lambda batch: batch >= 6)
    told: list[object] = []
    job = TrainingJob(tiny, tmp_path / "run", scan=pictures)
    with pytest.raises(TrainingError, match="step 5 the loss became nan"):
        for event in job.run():
            told.append(event)
    assert [event.count for event in told if isinstance(event, events.RolledBack)] == [1, 2, 3]
    assert len(list((tmp_path / "run" / "incidents").iterdir())) == 4
    assert all(tensor.isfinite().all() for tensor in tensors(tmp_path / "run").values())
    path, damaged = Run.open(tmp_path / "run").newest_checkpoint()
    assert (read_checkpoint(path).step, damaged) == (4, [])


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_weight_that_is_no_number_reaches_neither_the_average_nor_a_checkpoint(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: float
) -> None:
    optimizer_step, calls = torch.optim.AdamW.step, []

    def spoiling(self, *arguments):
        optimizer_step(self, *arguments)
        calls.append(None)
        if len(calls) == 6:
            with torch.no_grad():
                self.param_groups[0]["params"][0][0, 0, 0, 0] = value

    monkeypatch.setattr(torch.optim.AdamW, "step", spoiling)
    told = train(pictures, tiny, tmp_path / "run")
    back = [event for event in told if isinstance(event, events.RolledBack)]
    assert [(event.failed_step, event.step) for event in back] == [(6, 4)]
    assert "the weight model." in back[0].reason
    assert all(tensor.isfinite().all() for tensor in tensors(tmp_path / "run").values())


@pytest.mark.long
def test_an_average_or_moment_that_is_no_number_is_not_saved(pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    job, told, spoilt = TrainingJob(tiny, tmp_path / "run", scan=pictures), [], False
    for event in job.run():
        told.append(event)
        if isinstance(event, events.StepDone) and event.step == 7 and not spoilt:
            spoilt = True
            state = job._session._state
            next(iter(state.ema.module.parameters()))[0, 0, 0, 0] = float("nan")
    back = [event for event in told if isinstance(event, events.RolledBack)]
    assert [(event.failed_step, event.step) for event in back] == [(9, 4)]
    assert "EMA" in back[0].reason
    assert told[-1].step == 12
    assert all(tensor.isfinite().all() for tensor in tensors(tmp_path / "run").values())


@pytest.mark.parametrize("what", ["checkpoint", "samples", "metrics"])
def test_what_cannot_be_saved_is_told_and_the_training_goes_on(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    full, calls = RunError("storage.not-saved", path=tmp_path, reason="the disk is full"), []

    def failing(where: object, name: str) -> None:
        working = getattr(where, name)

        def once(*arguments, **named):
            calls.append(None)
            if len(calls) == (3 if what == "metrics" else 1):  # the first two are of the run's making
                raise full
            return working(*arguments, **named)

        monkeypatch.setattr(where, name, once)

    places = {
        "checkpoint": (state_module, "save_checkpoint"),
        "samples": (trainer, "save_samples"),
        "metrics": (MetricsWriter, "flush"),
    }
    failing(*places[what])
    told = train(pictures, tiny, tmp_path / "run")
    failed = [event for event in told if isinstance(event, events.SaveFailed)]
    assert [event.what for event in failed] == [what]
    assert "the disk is full" in failed[0].reason
    assert told[-1].step == 12
    assert steps_in(tmp_path / "run" / "checkpoints")[-1] == 12
    if what == "metrics":
        assert read_losses(tmp_path / "run" / "metrics.sqlite")[0].tolist() == list(range(1, 13))


def test_a_run_that_could_never_be_saved_ends_with_the_reason_when_it_is_stopped(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_arguments, **_named):
        raise RunError("storage.not-saved", path=tmp_path, reason="the disk is full")

    monkeypatch.setattr(state_module, "save_checkpoint", failing)
    with pytest.raises(RunError, match="the disk is full"):
        # Left alone it would try for ever: all that was learnt lies in the memory.
        train(pictures, tiny, tmp_path / "run", until=lambda event: isinstance(event, events.SaveFailed))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16, torch.float64])
def test_a_tensor_that_is_not_finite_is_named(value: float, dtype: torch.dtype) -> None:
    bad = torch.zeros(1000, dtype=dtype)
    bad[517] = value
    good = {"count": torch.tensor(3), "empty": torch.empty(0), "large": torch.full((100,), 3e38)}
    assert first_not_finite(good) is None
    assert first_not_finite({**good, "bad": bad}) == "bad"


def levels(*parts: tuple[int, float]) -> list[float]:
    """Losses of so many steps around each level, as noisy as those of single steps are."""
    noise = np.random.default_rng(0)
    return [float(level * noise.lognormal(0, 0.8)) for count, level in parts for _ in range(count)]


def told(losses: list[float]) -> list[float]:
    watch = Divergence()
    return [ratio for loss in losses if (ratio := watch.add(loss)) is not None]


def test_a_loss_that_runs_away_is_told_once_and_again_after_it_came_back() -> None:
    assert len(told(levels((1000, 0.1), (2000, 1.0)))) == 1
    assert len(told(levels((1000, 0.1), (500, 1.0), (500, 0.1), (500, 1.0)))) == 2


@pytest.mark.parametrize("seed", range(20))
def test_noise_spikes_and_slow_learning_are_no_divergence(seed: int) -> None:
    random = np.random.default_rng(seed)
    falling = 0.05 + 0.9 * np.exp(-np.arange(5000) / 800)
    losses = falling * random.lognormal(0, 1.0, 5000)
    losses[random.integers(0, 5000, 40)] *= 50
    assert told([float(loss) for loss in losses]) == []
