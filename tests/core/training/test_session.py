"""A training session with a real tiny model: what it tells, what it keeps, how it goes on."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from core.cli.reporting import as_words
from core.errors import CheckpointError, DeviceError, RunError, TrainingError
from core.pictures.folder.scan import Scan, scan_all
from core.runs.checkpoint import read_checkpoint
from core.runs.checkpoint_files import pinned, steps_in
from core.runs.metrics import read_losses
from core.runs.opening import load_checkpoint
from core.runs.run import Run
from core.settings import RunConfig
from core.training import events, step, trainer
from core.training.job import TrainingJob
from core.training.plan import at_the_low_rate
from tests.core.training.conftest import assert_same_run, make_pictures, of, train

EXTRAS = {
    "plain": {},
    "muon": {"optimizer": "muon", "timestep_draw": "stratified"},
    "self-conditioned": {"self_condition": True, "immiscible": True, "dropout": 0.1, "patch_size": 2},
}
Whole = Callable[[str], tuple[list, Path]]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """One folder for all: no test here changes it."""
    return make_pictures(tmp_path_factory.mktemp("session") / "pictures")


@pytest.fixture(scope="module")
def whole(pictures: Scan, tiny: RunConfig, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """Events and folder of an uninterrupted training with one of EXTRAS, made once; to be looked at only."""

    @cache
    def make(extra: str) -> tuple[list, Path]:
        folder = tmp_path_factory.mktemp("whole") / "run"
        return train(pictures, tiny.with_settings(EXTRAS[extra]), folder), folder

    return make


@pytest.fixture
def finished(whole: Whole, tmp_path: Path) -> list:
    """The events of a training that is over, whose run is `tmp_path / "run"`, a copy to be changed."""
    seen, folder = whole("plain")
    shutil.copytree(folder, tmp_path / "run")
    return seen


def test_it_tells_everything_in_order_and_keeps_it(whole: Whole) -> None:
    seen, folder = whole("plain")
    assert isinstance(seen[-1], events.Finished)
    assert not seen[-1].stopped
    steps = of(events.StepDone, seen)
    assert [event.step for event in steps] == list(range(1, 13))
    assert all(math.isfinite(event.loss) and event.pictures == 4 for event in steps)
    assert all(event.timesteps.shape == event.losses.shape == (4,) for event in steps)
    assert [event.step for event in of(events.CheckpointSaved, seen)] == [4, 8, 12]
    assert [event.step for event in of(events.Samples, seen)] == [6, 12]
    grid = of(events.Samples, seen)[-1]
    assert grid.images.shape == (4, 8, 8, 3)
    with Image.open(grid.path) as picture:
        assert picture.size[0] >= 16
    kept_steps, losses = read_losses(folder / "metrics.sqlite")
    assert list(kept_steps) == list(range(1, 13))
    np.testing.assert_allclose(losses, [event.loss for event in steps], rtol=1e-6)
    assert Run.open(folder).config.data.image_size == 8
    model = load_checkpoint(folder)
    assert model.sample(batch_size=1).shape == (1, 3, 8, 8)


def test_the_loss_of_a_step_does_not_depend_on_how_it_is_watched(
    whole: Whole, pictures: Scan, tiny: RunConfig, tmp_path: Path
) -> None:
    one, _ = whole("plain")
    other = train(pictures, tiny.with_settings({"sample_every": 2, "checkpoint_every": 5}), tmp_path / "other")
    assert [e.loss for e in of(events.StepDone, one)] == [e.loss for e in of(events.StepDone, other)]


@pytest.mark.family
@pytest.mark.parametrize("stop_at", [7, 1, 4, 11])
@pytest.mark.parametrize("extra", EXTRAS)
def test_a_resumed_run_is_the_uninterrupted_one_bit_for_bit(
    whole: Whole, pictures: Scan, tiny: RunConfig, tmp_path: Path, stop_at: int, extra: str
) -> None:
    config = tiny.with_settings(EXTRAS[extra])
    uninterrupted, whole_folder = whole(extra)
    first = train(
        pictures, config, tmp_path / "parts", until=lambda e: isinstance(e, events.StepDone) and e.step == stop_at
    )
    assert first[-1].stopped
    second = train(pictures, config, tmp_path / "parts", resume=True)
    assert of(events.Started, second)[0].step == stop_at
    assert_same_run(whole_folder, uninterrupted, tmp_path / "parts", first + second)
    kept_steps, _ = read_losses(tmp_path / "parts" / "metrics.sqlite")
    assert list(kept_steps) == list(range(1, 13))


def test_what_is_abandoned_is_saved(pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    job = TrainingJob(tiny, tmp_path / "run", scan=pictures, device="cpu")
    running = job.run()
    for event in running:
        if isinstance(event, events.StepDone) and event.step == 3:
            break
    running.close()
    path, _ = Run.open(tmp_path / "run").newest_checkpoint()
    assert read_checkpoint(path).step == 3


def test_a_finished_run_can_be_trained_further(finished: list, pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    more = train(pictures, tiny, tmp_path / "run", resume=True, total=20)
    assert [event.step for event in of(events.StepDone, more)] == list(range(13, 21))
    # The plan is extended from where it was: a warm restart, not the floor of the old decay.
    assert of(events.StepDone, more)[0].learning_rate > 0.5 * tiny.train.learning_rate
    assert Run.open(tmp_path / "run").planned_total == 20
    (rise,) = of(events.LearningRateRises, more)
    assert rise.step == 12 and rise.after == of(events.StepDone, more)[0].learning_rate > 10 * rise.before
    log = Run.open(tmp_path / "run").log_path.read_text("utf-8")
    assert "the learning rate rises again" in log
    words = as_words(rise) or ""
    assert f"--set learning_rate={rise.before:.3g} --set decay=constant" in words


def test_a_finished_run_goes_on_at_the_low_rate(
    finished: list, pictures: Scan, tiny: RunConfig, tmp_path: Path
) -> None:
    low = at_the_low_rate(tiny.train)
    more = train(pictures, tiny, tmp_path / "run", resume=True, total=20, changes=low)
    assert not of(events.LearningRateRises, more)
    rates = {event.learning_rate for event in of(events.StepDone, more)}
    assert rates == {low["learning_rate"]} and max(rates) <= of(events.StepDone, finished)[-1].learning_rate
    run = Run.open(tmp_path / "run")
    assert [(change.settings, change.at_step) for change in run.changes] == [(low, 12)]
    later = train(pictures, tiny, tmp_path / "run", resume=True, total=24)
    assert not of(events.LearningRateRises, later), "a constant rate has nowhere to rise to"


def test_an_interrupted_run_rises_nowhere(pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    train(pictures, tiny, tmp_path / "run", until=lambda e: isinstance(e, events.StepDone) and e.step == 5)
    assert not of(events.LearningRateRises, train(pictures, tiny, tmp_path / "run", resume=True))


def test_seconds_are_measured_and_planned(pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    seen = train(pictures, tiny.with_settings({"sample_every": 1000}), tmp_path / "run", seconds=1.0)
    planned = of(events.Planned, seen)[-1]
    assert planned.total > planned.step
    assert seen[-1].step == planned.total
    assert Run.open(tmp_path / "run").planned_total == planned.total


class _StepClock:
    """A clock that only steps move: so many seconds each, by the step's number."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, cost: Callable[[int], float]) -> None:
        self.now = 1000.0
        take_step = trainer.take_step

        def timed(state, *args, **how):
            self.now += cost(state.step + 1)
            return take_step(state, *args, **how)

        monkeypatch.setattr(trainer, "take_step", timed)
        for module in (trainer, step):
            monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: self.now))


@pytest.mark.long
def test_seconds_when_the_first_steps_are_slow_then_are_used_and_a_resumption_is_exact(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = _StepClock(monkeypatch, lambda number: 1.0 if number <= 8 else 0.6)
    config = tiny.with_settings({"sample_every": 1000, "checkpoint_every": 8, "sample_steps": 1})

    def copy_before_the_plan_is_mended(event: object) -> bool:
        if isinstance(event, events.StepDone) and event.step == 9:
            shutil.copytree(tmp_path / "whole", tmp_path / "killed")
        return False

    whole = train(pictures, config, tmp_path / "whole", seconds=30.0, threads=1, until=copy_before_the_plan_is_mended)
    assert 0.95 * 30 <= clock.now - 1000 <= 1.03 * 30
    planned = of(events.Planned, whole)
    total = of(events.StepDone, whole)[-1].step
    assert (
        len(planned) >= 2
        and planned[0].total < planned[-1].total == total == Run.open(tmp_path / "whole").planned_total
    )
    assert of(events.StepDone, whole)[-1].learning_rate < 0.1 * config.train.learning_rate
    assert str(total) in Run.open(tmp_path / "whole").log_path.read_text("utf-8")

    # Killed after the plan was mended, before the next checkpoint: the same steps again, at the same rates.
    shutil.copy(tmp_path / "whole" / "run.json", tmp_path / "killed" / "run.json")
    again = train(pictures, config, tmp_path / "killed", resume=True, threads=1)
    assert planned[1].step > of(events.Started, again)[0].step == 8
    rest = [event for event in whole if not isinstance(event, events.StepDone) or event.step > 8]
    assert [e.learning_rate for e in of(events.StepDone, again)] == [e.learning_rate for e in of(events.StepDone, rest)]
    assert_same_run(tmp_path / "whole", rest, tmp_path / "killed", again)


def test_accumulated_batches_are_one_step(pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    seen = train(pictures, tiny.with_settings({"gradient_accumulate_every": 3, "steps": 2}), tmp_path / "run")
    assert [event.pictures for event in of(events.StepDone, seen)] == [12, 12]
    assert of(events.StepDone, seen)[0].losses.shape == (12,)


def test_bf16_on_a_cpu_trains(whole: Whole, pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    seen = train(pictures, tiny.with_settings({"amp": "bf16"}), tmp_path / "run")
    full, _ = whole("plain")
    pairs = zip(of(events.StepDone, seen), of(events.StepDone, full), strict=True)
    losses = [(a.loss, b.loss) for a, b in pairs]
    assert all(math.isclose(a, b, rel_tol=0.1) for a, b in losses)
    assert any(a != b for a, b in losses)  # or it was not bf16


def test_a_snapshot_of_the_average_is_the_callers_own(pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    job = TrainingJob(tiny, tmp_path / "run", scan=pictures, device="cpu")
    with pytest.raises(TrainingError):
        job.ema_snapshot()
    snapshot = None
    for event in job.run():
        if isinstance(event, events.StepDone) and event.step == 5:
            snapshot, step = job.ema_snapshot()
            assert step == 5
            kept = {name: tensor.clone() for name, tensor in snapshot.state_dict().items()}
    assert snapshot is not None
    assert all(torch.equal(kept[name], tensor) for name, tensor in snapshot.state_dict().items())


def test_running_out_of_memory_names_a_smaller_batch_and_can_be_resumed(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_loss = step.batch_loss

    def full(diffusion, pictures, config, batch, **how):
        if batch == 5:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return batch_loss(diffusion, pictures, config, batch, **how)

    monkeypatch.setattr(step, "batch_loss", full)
    with pytest.raises(DeviceError) as caught:
        train(pictures, tiny, tmp_path / "run")
    assert caught.value.fields["smaller"] == 2
    assert caught.value.__context__ is None  # the frames that held the tensors are gone
    monkeypatch.undo()
    assert train(pictures, tiny, tmp_path / "run", resume=True)[-1].step == 12


def test_an_existing_run_is_not_overwritten(finished: list, pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    before = sorted(path.name for path in (tmp_path / "run").rglob("*"))
    with pytest.raises(RunError):
        train(pictures, tiny, tmp_path / "run")
    assert sorted(path.name for path in (tmp_path / "run").rglob("*")) == before
    assert json.loads((tmp_path / "run" / "run.json").read_text())["config"]["train"]["steps"] == 12


def test_a_stop_breaks_off_a_long_step_and_keeps_the_last_whole_one(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tiny.with_settings({"gradient_accumulate_every": 4, "checkpoint_every": 1000})
    batch_loss = step.batch_loss
    job = TrainingJob(config, tmp_path / "run", scan=pictures, device="cpu")
    batches: list[int] = []

    def counted(diffusion, pictures, config, batch, **how):
        batches.append(batch)
        if batch == 9:  # the second part of the third step
            job.wishes.stop.set()
        return batch_loss(diffusion, pictures, config, batch, **how)

    monkeypatch.setattr(step, "batch_loss", counted)
    assert list(job.run())[-1].step == 2
    assert batches[-1] == 9
    path, _ = Run.open(tmp_path / "run").newest_checkpoint()
    assert read_checkpoint(path).step == 2


def test_a_run_whose_checkpoints_are_all_damaged_is_not_begun_again(
    finished: list, pictures: Scan, tiny: RunConfig, tmp_path: Path
) -> None:
    run = Run.open(tmp_path / "run")
    for file in run.checkpoints_folder.glob("*.safetensors"):
        spoilt = bytearray(file.read_bytes())
        spoilt[-1] ^= 1
        file.write_bytes(spoilt)
    with pytest.raises(CheckpointError):
        train(pictures, tiny, tmp_path / "run", resume=True, total=20)
    assert list(read_losses(run.metrics_path)[0]) == list(range(1, 13))
    assert len(list(run.checkpoints_folder.glob("*.json"))) == 3


def test_a_damaged_later_checkpoint_takes_no_place_from_a_new_one(
    pictures: Scan, tiny: RunConfig, tmp_path: Path
) -> None:
    config = tiny.with_settings({"keep_checkpoints": 1, "checkpoint_every": 2, "steps": 6})
    train(pictures, config.with_settings({"keep_checkpoints": 2}), tmp_path / "run")
    run = Run.open(tmp_path / "run")
    newest = run.checkpoints_folder / "step-00000006.safetensors"
    spoilt = bytearray(newest.read_bytes())
    spoilt[-1] ^= 1
    newest.write_bytes(spoilt)
    again = train(
        pictures, config, tmp_path / "run", resume=True, until=lambda e: isinstance(e, events.StepDone) and e.step == 5
    )
    assert [event.path.name for event in of(events.CheckpointRefused, again)] == ["step-00000006.json"]
    path, _ = run.newest_checkpoint()
    assert read_checkpoint(path).step == 5


@pytest.mark.parametrize(("device", "amp"), [("tpu", "auto"), ("cpu", "fp16")])
def test_what_cannot_be_computed_leaves_no_run_behind(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, device: str, amp: str
) -> None:
    job = TrainingJob(tiny.with_settings({"amp": amp}), tmp_path / "run", scan=pictures, device=device)
    with pytest.raises(DeviceError):
        list(job.run())
    assert not (tmp_path / "run").exists()


def test_a_pause_within_a_grid_saves_first(pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    job = TrainingJob(tiny.with_settings({"checkpoint_every": 1000}), tmp_path / "run", scan=pictures, device="cpu")
    after: list[object] = []
    for event in job.run():
        if after or (isinstance(event, events.SamplingStep) and event.done == 1):
            job.wishes.save.set()
            after.append(event)
        if len(after) == 2:
            break
    assert isinstance(after[1], events.CheckpointSaved)


def test_a_checkpoint_that_was_asked_for_stays_when_later_ones_come(
    pictures: Scan, tiny: RunConfig, tmp_path: Path
) -> None:
    config = tiny.with_settings({"checkpoint_every": 2, "keep_checkpoints": 1, "steps": 8})
    job = TrainingJob(config, tmp_path / "run", scan=pictures, device="cpu")
    for event in job.run():
        if isinstance(event, events.StepDone) and event.step == 2:
            job.wishes.pin.set()
            job.wishes.save.set()
    folder = tmp_path / "run" / "checkpoints"
    assert len(pinned(folder)) == 1 and min(pinned(folder)) <= 3 and max(steps_in(folder)) == 8


def test_a_run_does_not_train_on_its_own_samples(tiny: RunConfig, tmp_path: Path) -> None:
    pictures = make_pictures(tmp_path / "pictures")
    train(pictures, tiny, pictures.folder / "run")
    assert list((pictures.folder / "run" / "samples").glob("*.png"))
    assert len(scan_all(pictures.folder).pictures) == len(pictures.pictures)
