"""A training that writes event files for TensorBoard too: what is in them, and that they never stop it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.runs.metrics import COPY_DISTANCE, read_held_out, read_losses
from core.runs.run import Run
from core.settings import RunConfig
from core.training import board
from core.training.board import FOLDER, HELD_OUT_TAG, SAMPLES_TAG, events_of
from core.training.events import Finished, SaveFailed, Started, StepDone
from tests.core.storage.test_event_file import records
from tests.core.training.conftest import of, train


@pytest.fixture
def config(tiny: RunConfig) -> RunConfig:
    return tiny.with_settings({"tensorboard": True, "hold_out": 0.2, "held_out_every": 6})


@pytest.mark.long
def test_training_when_asked_writes_event_files_and_the_same_weights(
    pictures, tiny: RunConfig, config: RunConfig, tmp_path: Path
) -> None:
    plain = train(pictures, config.with_settings({"tensorboard": False}), tmp_path / "plain", threads=1)
    seen = train(pictures, config, tmp_path / "run", threads=1)
    assert [done.loss for done in of(StepDone, seen)] == [done.loss for done in of(StepDone, plain)]
    assert not (tmp_path / "plain" / FOLDER).exists()
    (file,) = (tmp_path / "run" / FOLDER).iterdir()
    text = b"".join(records(file.read_bytes()))
    for word in (
        b"loss/training",
        b"training/learning_rate",
        HELD_OUT_TAG.encode(),
        SAMPLES_TAG.encode(),
        b"| dim | 8 |",
    ):
        assert word in text


def test_training_when_its_event_files_cannot_be_written_tells_once_and_goes_on(
    pictures, config: RunConfig, tmp_path: Path
) -> None:
    def spoil(event: object) -> bool:
        if isinstance(event, Started):
            (tmp_path / "run" / FOLDER).touch()  # no folder can be made there
        return False

    seen = train(pictures, config, tmp_path / "run", threads=1, until=spoil)
    failures = of(SaveFailed, seen)
    assert len(failures) == 1 and FOLDER in str(failures[0].reason)
    assert of(Finished, seen)[0].step == 12
    assert len(read_losses(tmp_path / "run" / "metrics.sqlite")[0]) == 12


@pytest.mark.long
def test_tensorboards_reader_when_a_run_was_resumed_finds_each_step_once(
    pictures, config: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    monkeypatch.setattr(board, "EVERY_STEPS", 1)
    folder = tmp_path / "run"
    # Stopped after a checkpoint of step 8, whose later steps are forgotten.
    train(pictures, config, folder, threads=1, until=lambda event: isinstance(event, StepDone) and event.step == 10)
    for path in (folder / "checkpoints").glob("step-0000001*"):
        path.unlink()
    train(pictures, config, folder, threads=1, resume=True)
    assert len(list((folder / FOLDER).iterdir())) == 2
    for place in (folder / FOLDER, tmp_path / "converted"):
        if not place.exists():
            place.mkdir()
            (place / "events.out.tfevents.1").write_bytes(b"".join(events_of(Run.open(folder))))
        read = accumulator.EventAccumulator(str(place), {"scalars": 0, "images": 0, "tensors": 0})
        read.Reload()
        found = read.Scalars("loss/training")
        steps, losses = read_losses(folder / "metrics.sqlite")
        assert [event.step for event in found] == steps.tolist() == list(range(1, 13))
        assert [event.value for event in found] == losses.astype(np.float32).tolist()
        held = read.Scalars(HELD_OUT_TAG)
        assert [event.step for event in held] == read_held_out(folder / "metrics.sqlite")[0].tolist()
        assert {event.step for event in read.Images(SAMPLES_TAG)} == {6, 12}


def test_events_when_a_run_is_long_are_means_of_equal_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "MOST_POINTS", 4)
    steps, values = board._thinned(np.arange(1, 13), np.arange(12.0))
    assert steps.tolist() == [3, 6, 9, 12] and values.tolist() == [1.0, 4.0, 7.0, 10.0]


def test_point_of_a_number_when_it_is_measured_once_in_ten_steps_is_that_number(
    tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run.create(tmp_path / "run", tiny, source_folder=tmp_path, device="cpu", planned_total=12)
    told: list[tuple[int, dict[str, float]]] = []
    monkeypatch.setattr(board, "scalars_event", lambda step, values, _time: told.append((step, dict(values))) or b"")
    writer = board.Board(run)
    none = np.empty(0)
    for step in range(1, 11):
        more = {"memory": 3e9} if step == 4 else {}
        writer.add(StepDone(step, 12, float(step), 0.1, 0.5, 8.0, 1.0, 4, none, none, more))
    writer.held_out(10, 0.25, 0.125)
    writer.scalars(10, {COPY_DISTANCE: 0.9})
    (first, means), *others = told
    assert first == 10 and means["loss/training"] == 5.5 and means["speed/memory"] == 3e9
    assert others == [
        (10, {HELD_OUT_TAG: 0.25, "loss/held_out_ema": 0.125}),
        (10, {"samples/copy_distance": 0.9}),
    ]
