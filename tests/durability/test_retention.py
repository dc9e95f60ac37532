"""D4: save first, prune after; the best and the pinned stay, damaged ones neither count nor stay for ever."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.compat.export import export_checkpoint
from core.errors import CheckpointError
from core.networks.build import build_diffusion
from core.runs import checkpoint_files as retention
from core.runs.atomic import TEMP_SUFFIX, _temp_prefix
from core.runs.checkpoint import save_checkpoint
from core.runs.checkpoint_files import SMOOTHED_LOSS, best_step, pin, pinned, prune, steps_in, unpin
from core.runs.run import Run
from core.training.events import CheckpointSaved
from core.training.job import TrainingJob
from tests.durability.saves import CONFIG, checkpoint, new_run, path_of
from tests.durability.tiny import make_pictures, temps_in, tiny_config
from tests.figures import figure


def save(folder: Path, step: int, loss: float | None = None, keep: int = 2) -> None:
    save_checkpoint(folder, checkpoint(step, loss))
    prune(folder, keep, saved_step=step)


def spoil(path: Path) -> None:
    """Flip one bit; size and name stay."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_the_best_and_the_pinned_are_never_pruned(tmp_path: Path) -> None:
    losses = {1: 0.9, 2: 0.2, 3: 0.5, 4: float("nan"), 5: 0.4, 6: None, 7: 0.3}
    for step, loss in losses.items():
        save(tmp_path, step, loss)
        if step == 3:
            pin(path_of(tmp_path, 3))
    assert steps_in(tmp_path) == [2, 3, 6, 7]
    assert (best_step(tmp_path), pinned(tmp_path)) == (2, {3})
    unpin(path_of(tmp_path, 3).with_suffix(".safetensors"))
    save(tmp_path, 8, 0.1)
    assert steps_in(tmp_path) == [7, 8]  # a better one is the best now
    figure("D4", demanded="the best and the pinned never pruned", measured="0 of 2 pruned in 8 saves")


def test_one_that_is_in_use_is_pruned_only_when_it_is_no_longer(tmp_path: Path) -> None:
    for step in (1, 2):
        save(tmp_path, step)
    for step in (3, 4):
        save_checkpoint(tmp_path, checkpoint(step))
        prune(tmp_path, 1, saved_step=step, spared={path_of(tmp_path, 1)})
    assert steps_in(tmp_path) == [1, 4]
    save(tmp_path, 5, keep=1)
    assert steps_in(tmp_path) == [5]


def test_only_a_checkpoint_can_be_pinned(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError):
        pin(path_of(tmp_path, 1))
    assert not list(tmp_path.iterdir())


def test_one_that_is_pruned_while_it_is_being_pinned_is_not_pinned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path, 1)
    write = retention.write_bytes

    def pruned_meanwhile(path: Path, data: bytes) -> None:
        path_of(tmp_path, 1).unlink()
        write(path, data)

    monkeypatch.setattr(retention, "write_bytes", pruned_meanwhile)
    with pytest.raises(CheckpointError):
        pin(path_of(tmp_path, 1))
    assert not list(tmp_path.glob("*.pin"))


@pytest.mark.parametrize("kind", [".json", ".safetensors"])
def test_a_damaged_one_does_not_count_and_goes_with_a_later_one(tmp_path: Path, kind: str) -> None:
    for step in (1, 2, 3):
        save(tmp_path, step, keep=3)
    spoil(path_of(tmp_path, 3).with_suffix(kind))
    prune(tmp_path, 2, saved_step=3)
    assert steps_in(tmp_path) == [1, 2, 3]  # the newest: still there for whoever wants to look at it
    save(tmp_path, 4)
    assert steps_in(tmp_path) == [2, 4]
    assert {file.name.partition(".")[0] for file in tmp_path.iterdir()} == {"step-00000002", "step-00000004"}
    figure("D4", demanded="a damaged one does not count, and goes with the next save", measured="2 of 2 kinds")


def test_nothing_goes_when_what_was_just_saved_is_damaged(tmp_path: Path) -> None:
    for step in (1, 2):
        save(tmp_path, step)
    save_checkpoint(tmp_path, checkpoint(3))
    spoil(path_of(tmp_path, 3).with_suffix(".safetensors"))
    prune(tmp_path, 1, saved_step=3)
    assert steps_in(tmp_path) == [2, 3]


def test_the_next_start_tidies_up_and_nothing_else(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    save(run.checkpoints_folder, 1)
    stale = [folder / f".abc{TEMP_SUFFIX}" for folder in (run.folder, run.checkpoints_folder, run.samples_folder)]
    stale.append(run.checkpoints_folder / "step-00000002.safetensors")  # killed before its description was written
    kept = [run.folder / ".hidden", run.checkpoints_folder / "notes.txt"]
    for path in (*stale, *kept):
        path.touch()
    with run.lock():
        assert not any(path.exists() for path in stale)
    assert all(path.exists() for path in kept) and steps_in(run.checkpoints_folder) == [1]
    # Weights whose description someone has thrown away are not ours to throw after it.
    path_of(run.checkpoints_folder, 1).unlink()
    with run.lock():
        assert path_of(run.checkpoints_folder, 1).with_suffix(".safetensors").exists()
    figure("D4", demanded="stale files gone at the next start", measured=f"{len(stale)} of {len(stale)}")


def test_what_killed_exports_left_goes_with_the_next_one_to_the_same_file(tmp_path: Path) -> None:
    """An export may lie among anything, beside exports that others make at the same time."""
    mine, other = tmp_path / "mine.safetensors", tmp_path / "other.safetensors"
    dead, living, others = (
        tmp_path / f"{_temp_prefix(path)}{number}{TEMP_SUFFIX}" for number, path in enumerate((mine, mine, other))
    )
    for temp in (dead, living, others):
        temp.touch()
    for temp in (dead, others):
        os.utime(temp, (1, 1))
    export_checkpoint(mine, build_diffusion(CONFIG))
    assert temps_in(tmp_path) == sorted((living, others))
    figure("D1", demanded="what a killed export left goes with the next to that file", measured="1 of 1")


def test_the_old_goes_after_the_new_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unlink, seen = os.unlink, []

    def watched(path: object, **options: object) -> None:
        if str(path).endswith("step-00000001.json"):
            seen.append(steps_in(tmp_path))
        unlink(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "unlink", watched)
    for step in (1, 2):
        save(tmp_path, step, keep=1)
    assert seen == [[1, 2]]


def test_a_training_notes_how_good_each_checkpoint_is(tmp_path: Path) -> None:
    scan = make_pictures(tmp_path / "pictures")
    config = tiny_config(keep_checkpoints=100)
    events = list(TrainingJob(config, tmp_path / "run", scan=scan, device="cpu").run())
    folder = Run.open(tmp_path / "run").checkpoints_folder
    losses = [event.loss for event in events if hasattr(event, "loss")]
    from core.runs.checkpoint_files import read_description

    for event in events:
        if isinstance(event, CheckpointSaved):
            noted = read_description(event.path).extra[SMOOTHED_LOSS]
            assert noted == pytest.approx(sum(losses[: event.step]) / event.step)
    assert best_step(folder) in steps_in(folder)
