"""A run's folder that is moved, deleted or replaced under a training: nothing is written elsewhere, nothing is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import CheckpointError, RunError
from core.pictures.folder.scan import Scan, scan_all
from core.runs.checkpoint_files import Description
from core.runs.run import Run
from core.training import trainer as resuming
from core.training.events import CheckpointSaved, Event, Finished, PicturesChanged, SaveFailed, StepDone
from core.training.job import TrainingJob
from tests.durability.tiny import check_run, fingerprint, make_pictures, tiny_config


@pytest.fixture
def pictures(tmp_path: Path) -> Scan:
    return make_pictures(tmp_path / "pictures")


def trained(
    scan: Scan, folder: Path, at: Callable[[Event, TrainingJob], object] | None = None, **options: object
) -> list[Event]:
    """All events; `at` is told each of them first."""
    job, seen = TrainingJob(tiny_config(), folder, scan=scan, device="cpu", **options), []
    for event in job.run():
        seen.append(event)
        if at is not None:
            at(event, job)
    return seen


def is_step(event: Event, step: int) -> bool:
    return isinstance(event, StepDone) and event.step == step


@pytest.mark.long
@pytest.mark.skipif("sys.platform == 'win32'", reason="Windows keeps a folder in its place while files in it are open")
def test_a_run_that_is_moved_is_saved_once_it_is_back(
    pictures: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.training.trainer.LAST_RETRY_S", 0.01)
    folder, elsewhere, plain = tmp_path / "run", tmp_path / "elsewhere", tmp_path / "plain"
    trained(pictures, plain)

    def move(event: Event, _job: TrainingJob) -> None:
        if is_step(event, 5):
            folder.rename(elsewhere)
        if isinstance(event, SaveFailed) and event.what != "metrics":
            assert not folder.exists() and str(folder) in event.reason and "moved" in event.reason
            if event.last:
                elsewhere.rename(folder)

    seen = trained(pictures, folder, move)
    # At steps 6, 9 and 12, and the grids of 8 and 12.
    assert [event.what for event in seen if isinstance(event, SaveFailed)].count("checkpoint") == 3
    assert isinstance(seen[-1], Finished) and check_run(folder) == 12
    found, expected = fingerprint(folder), fingerprint(plain)
    # Grids and snapshots of the averages belong to their moment: those of steps 8 and 12 had nowhere to go.
    kept = [key for key in expected if not key.endswith((".png", ".safetensors"))]
    assert {"step", "losses"} < set(kept) and all(found[key] == expected[key] for key in kept)


@pytest.mark.skipif("sys.platform == 'win32'", reason="Windows keeps a folder in its place while files in it are open")
def test_a_run_that_is_deleted_leaves_no_remains(pictures: Scan, tmp_path: Path) -> None:
    folder = tmp_path / "run"

    def delete(event: Event, job: TrainingJob) -> None:
        if is_step(event, 5):
            shutil.rmtree(folder)
            job.wishes.stop.set()

    with pytest.raises(RunError, match="deleted"):
        trained(pictures, folder, delete)
    assert not folder.exists()


@pytest.mark.skipif("sys.platform == 'win32'", reason="Windows keeps a folder in its place while files in it are open")
def test_a_copy_in_its_place_has_one_writer(pictures: Scan, tmp_path: Path) -> None:
    folder, before = tmp_path / "run", tmp_path / "before"
    told: list[Event] = []

    def put_a_copy(event: Event, job: TrainingJob) -> None:
        if is_step(event, 5):
            folder.rename(before)
            shutil.copytree(before, folder)
            (folder / "run.lock").write_text('{"host": "elsewhere", "pid": 1, "since": "now"}')
        if isinstance(event, SaveFailed):
            told.append(event)
            job.wishes.stop.set()

    with pytest.raises(RunError, match="replaced"):
        trained(pictures, folder, put_a_copy)
    assert told and Run.open(folder).state().step == 3


@pytest.mark.long
def test_a_run_that_lost_all_its_checkpoints_is_not_begun_again(pictures: Scan, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    trained(pictures, folder)
    checkpoints = Run.open(folder).checkpoints_folder
    checkpoints.rename(tmp_path / "unmounted")
    checkpoints.mkdir()
    numbers = (folder / "metrics.sqlite").read_bytes()
    with pytest.raises(CheckpointError, match="step 12 was saved"):
        trained(pictures, folder, resume=True, total=15)
    assert (folder / "metrics.sqlite").read_bytes() == numbers
    checkpoints.rmdir()
    (tmp_path / "unmounted").rename(checkpoints)
    assert isinstance(trained(pictures, folder, resume=True, total=15)[-1], Finished)
    assert check_run(folder) == 15


def test_other_pictures_are_told_and_logged(pictures: Scan, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    trained(pictures, folder, lambda event, job: is_step(event, 6) and job.wishes.stop.set())
    same = trained(pictures, folder, lambda event, job: is_step(event, 9) and job.wishes.stop.set(), resume=True)
    assert not [event for event in same if isinstance(event, PicturesChanged)]
    next(pictures.folder.glob("*/*.png")).unlink()
    seen = trained(scan_all(pictures.folder), folder, resume=True)
    assert [event for event in seen if isinstance(event, PicturesChanged)] == [PicturesChanged(step=9, before=8, now=7)]
    assert "7 now, 8 before" in Run.open(folder).log_path.read_text("utf-8")
    assert [event.step for event in seen if isinstance(event, CheckpointSaved)][-1] == 12


@pytest.mark.family
@pytest.mark.parametrize("said", [None, "", 7, "9" * 5000, "many", ["8"]])
def test_whatever_a_checkpoint_says_of_its_pictures_the_run_goes_on(
    said: object, pictures: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    trained(pictures, folder, lambda event, job: is_step(event, 6) and job.wishes.stop.set())
    whole = resuming.read_description

    def claimed(path: Path) -> Description:
        found = whole(path)
        return replace(found, extra={**found.extra, resuming.PICTURES: said})

    monkeypatch.setattr(resuming, "read_description", claimed)
    seen = trained(pictures, folder, resume=True)
    told = [(event.before, event.now) for event in seen if isinstance(event, PicturesChanged)]
    assert isinstance(seen[-1], Finished) and told == ([(0, 8)] if isinstance(said, str) and said else [])
