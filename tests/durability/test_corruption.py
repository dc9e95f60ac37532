"""D5: a bit that has flipped or an end that is missing is found before anything is shown or trained."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import CheckpointError, RunError
from core.runs.checkpoint import find_checkpoint, newest_good, read_checkpoint, save_checkpoint
from core.runs.run import Run
from core.training.events import CheckpointRefused, Started
from core.training.job import TrainingJob
from tests.durability.saves import checkpoint, new_run, path_of
from tests.durability.tiny import make_pictures, tiny_config
from tests.figures import figure

KINDS = (".json", ".safetensors")


def flipped(whole: bytes, choose: random.Random) -> bytes:
    damaged = bytearray(whole)
    damaged[choose.randrange(len(whole))] ^= 1 << choose.randrange(8)
    return bytes(damaged)


def damages(whole: bytes, count: int) -> Iterator[bytes]:
    """So many flipped bits, then so many truncations."""
    choose = random.Random(0)
    yield from (flipped(whole, choose) for _ in range(count))
    yield from (whole[: choose.randrange(len(whole))] for _ in range(count))


def test_flipped_bits_and_truncations_are_found_and_the_previous_one_is_taken(tmp_path: Path) -> None:
    folder = new_run(tmp_path / "run").checkpoints_folder
    for step in (1, 2):
        path = save_checkpoint(folder, checkpoint(step))
    found = dict.fromkeys(("flipped", "truncated"), 0)
    for file in (path.with_suffix(kind) for kind in KINDS):
        whole = file.read_bytes()
        for number, damaged in enumerate(damages(whole, 200)):
            file.write_bytes(damaged)
            with pytest.raises(CheckpointError) as caught:
                read_checkpoint(path)
            assert path.stem in str(caught.value)
            good, bad = newest_good(folder)
            assert good == path_of(folder, 1) == find_checkpoint(tmp_path / "run")
            assert [item.path for item in bad] == [path] and bad[0].reason
            found["flipped" if number < 200 else "truncated"] += 1
        file.write_bytes(whole)
    assert newest_good(folder) == (path, [])
    for kind, count in found.items():
        figure("D5", demanded=f"200 of 200 {kind} found, the previous taken", measured=f"{count} of 400")
    assert set(found.values()) == {400}


def test_a_run_that_is_not_what_was_written_is_refused(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    file = run.folder / "run.json"
    whole, harmless = file.read_bytes(), 0
    for damaged in damages(whole, 200):
        file.write_bytes(damaged)
        try:
            opened = Run.open(run.folder)
        except RunError as error:
            assert str(run.folder) in str(error) and error.code != "run.newer"
        else:  # a space, or the name of the checksum: nothing that was meant is changed
            assert (opened.config, opened.plan, opened.created) == (run.config, run.plan, run.created)
            harmless += 1
    figure("D5", demanded="run.json: 400 of 400 found or without effect", measured=f"400 of 400 ({harmless} without)")


@pytest.mark.parametrize("kind", KINDS)
def test_a_training_says_that_it_falls_back(tmp_path: Path, kind: str) -> None:
    scan, folder = make_pictures(tmp_path / "pictures"), tmp_path / "run"
    list(TrainingJob(tiny_config(), folder, scan=scan, device="cpu").run())
    newest = Run.open(folder).checkpoints_folder / "step-00000012.json"
    file = newest.with_suffix(kind)
    file.write_bytes(flipped(file.read_bytes(), random.Random(1)))
    job = TrainingJob(tiny_config(), folder, scan=scan, device="cpu", resume=True, total=15)
    events = list(job.run())
    refused = [event for event in events if isinstance(event, CheckpointRefused)]
    assert [event.path for event in refused] == [newest] and refused[0].reason
    assert next(event for event in events if isinstance(event, Started)).step == 9
    # The plan is extended from where it really goes on.
    assert Run.open(folder).plan[-1].at_step == 9
    assert newest_good(newest.parent)[0] == newest.with_name("step-00000015.json")
