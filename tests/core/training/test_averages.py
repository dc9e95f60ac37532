"""Power-function EMAs in a real training: what is made of the snapshots, and what a stop or a step back does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import torch

from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder.scan import Scan
from core.presets import resolve
from core.runs import averages
from core.runs.averages import averaged, lengths_at, read_snapshot, snapshot_path, snapshots_in
from core.runs.checkpoint import read_checkpoint
from core.runs.run import Run
from core.settings import RunConfig
from core.training import events, step
from core.training.state import PowerAverages, new_state
from core.training.trainer import TrainingSession

from .conftest import tensors, train

LENGTHS = (0.04, 0.05, 0.08, 0.1, 0.15, 0.18)
STEPS, AT = 400, (208, 304, 400)


def snapshots(folder: Path) -> dict[str, torch.Tensor]:
    there = Run.open(folder).averages_folder
    found = {step: read_snapshot(snapshot_path(there, step), step) for step in snapshots_in(there)}
    return {f"{step} {name}": tensor for step, named in found.items() for name, tensor in named.items()}


def same(some: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return some.keys() == other.keys() and all(torch.equal(some[name], other[name]) for name in some)


def at_step(number: int) -> Callable[[object], bool]:
    return lambda event: isinstance(event, events.StepDone) and event.step == number


@pytest.fixture
def keeping(tiny: RunConfig, monkeypatch: pytest.MonkeyPatch) -> RunConfig:
    """The settings of a run of twelve steps that keeps snapshots of some, and lets others go."""
    monkeypatch.setattr(averages, "FIRST_SPACING", 2)
    return tiny.with_settings({"ema_snapshots": 4})


@pytest.mark.long
def test_average_when_made_after_a_training_predicts_what_a_tracked_one_does(
    pictures: Scan, tiny: RunConfig, tmp_path: Path
) -> None:
    config = resolve(
        tiny.with_settings({"ema_snapshots": 64, "steps": STEPS, "checkpoint_every": 96}), pictures.facts()
    )
    config = config.with_settings({"sample_every": STEPS, "keep_checkpoints": 9})
    run = Run.create(tmp_path / "run", config, source_folder=tmp_path, device="cpu", planned_total=STEPS)
    state = new_state(config, torch.device("cpu"))
    direct = PowerAverages(state.diffusion, LENGTHS)
    tracked: dict[int, dict[float, list[torch.Tensor]]] = {}
    loaded = next(item for item in load_pictures(pictures, config.data) if isinstance(item, PictureSet))
    with closing(loaded), run.lock():
        for event in TrainingSession(run, loaded, device="cpu", state=state).run():
            if isinstance(event, events.StepDone):
                direct.update(event.step)
                if event.step in AT:
                    tracked[event.step] = {k: [t.clone() for t in direct.by_length[k]] for k in LENGTHS}
    newest = run.newest_checkpoint()[0]
    found = lengths_at(newest)
    assert found is not None and found.shortest <= min(LENGTHS) and found.longest >= max(LENGTHS)
    model = state.ema.module
    draw = torch.Generator().manual_seed(0)
    x_t = torch.randn((32, *(3, 8, 8)), generator=draw)
    t = torch.linspace(0, 49, 32).long()
    names = [name for name, _ in model.named_parameters()]
    for at, by_length in tracked.items():
        for length, wanted in by_length.items():
            made = averaged(newest, length, at)
            difference = torch.cat([(made[name] - own).flatten() for name, own in zip(names, wanted, strict=True)])
            assert difference.norm() < 0.01 * torch.cat([own.flatten() for own in wanted]).norm()
            x_0 = []
            for weights in (made, dict(zip(names, wanted, strict=True))):
                model.load_state_dict({**model.state_dict(), **weights})
                with torch.no_grad():
                    x_0.append(model.model_predictions(x_t, t)[1])
            assert (x_0[0] - x_0[1]).norm() < 0.01 * x_0[1].norm()


@pytest.mark.long
def test_run_when_stopped_and_resumed_keeps_the_same_averages_bit_for_bit(
    pictures: Scan, keeping: RunConfig, tmp_path: Path
) -> None:
    train(pictures, keeping, tmp_path / "whole")
    for stop_at in (2, 7, 10):
        folder = tmp_path / f"parts-{stop_at}"
        train(pictures, keeping, folder, until=at_step(stop_at))
        train(pictures, keeping, folder, resume=True)
        assert same(tensors(folder), tensors(tmp_path / "whole"))
        assert same(snapshots(folder), snapshots(tmp_path / "whole"))
    assert snapshots_in(tmp_path / "whole" / "averages") == [4, 8, 12]


def test_run_when_left_at_an_event_and_resumed_keeps_the_snapshot_of_that_step(
    pictures: Scan, keeping: RunConfig, tmp_path: Path
) -> None:
    """A window that is closed takes no further event: the last checkpoint is saved on the way out."""
    from core.training.job import TrainingJob

    running = TrainingJob(keeping, tmp_path / "run", scan=pictures, device="cpu").run()
    next(filter(at_step(6), running))
    running.close()
    assert snapshots_in(tmp_path / "run" / "averages") == [2, 4, 6]


@pytest.mark.long
def test_run_when_a_number_was_none_forgets_the_snapshots_after_the_step_it_goes_back_to(
    pictures: Scan, keeping: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_loss = step.batch_loss
    there: list[list[int]] = []

    def poisoned(diffusion, pictures, config, batch, **how):
        loss = batch_loss(diffusion, pictures, config, batch, **how)
        return loss._replace(weighted=loss.weighted * float("nan")) if batch == 6 else loss

    monkeypatch.setattr(step, "batch_loss", poisoned)

    def looks(event: object) -> bool:
        if isinstance(event, events.RolledBack):
            assert (event.failed_step, event.step) == (7, 4)
            there.append(snapshots_in(tmp_path / "run" / "averages"))
        return False

    train(pictures, keeping, tmp_path / "run", until=looks)
    assert there == [[2, 4]]
    assert snapshots_in(tmp_path / "run" / "averages") == [4, 8, 12]


@pytest.mark.long
def test_snapshots_when_the_folder_cannot_be_written_stop_nothing(
    pictures: Scan, keeping: RunConfig, tmp_path: Path
) -> None:
    def spoil(event: object) -> bool:
        if isinstance(event, events.Started):
            (tmp_path / "run" / "averages").write_text("a file stands in its place")
        return False

    seen = train(pictures, keeping, tmp_path / "run", until=spoil)
    assert seen[-1].step == 12
    assert "the averages could not be saved" in (tmp_path / "run" / "log.txt").read_text()
    assert (tmp_path / "run" / "averages").is_file()


def test_averages_when_they_are_not_asked_for_cost_nothing(pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    train(pictures, tiny, tmp_path / "run")
    newest = Run.open(tmp_path / "run").newest_checkpoint()[0]
    assert not read_checkpoint(newest, with_optimizer=True).averages
    assert lengths_at(newest) is None
    assert not (tmp_path / "run" / "averages").exists()
