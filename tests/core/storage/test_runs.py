"""Run folders: self-describing, one writer at a time, refused in words when they cannot be used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import core.runs.atomic
from core.errors import ConfigError, RunError
from core.presets import PictureFacts, preset, resolve
from core.runs.atomic import TEMP_SUFFIX, remove_stale_temps, replace_file, write_json, write_text
from core.runs.checkpoint import Checkpoint, save_checkpoint
from core.runs.grids import grid, read_settings, save_grid, save_picture
from core.runs.metrics import read_losses
from core.runs.run import PlanChange, Run, RunState, RunStatus, is_run, list_runs
from core.settings import RunConfig

CONFIG = resolve(preset("sketch").config, PictureFacts(typical_size=28, all_grey=True))


def made(folder: Path, total: int | None = 100) -> Run:
    return Run.create(folder, CONFIG, source_folder=folder.parent, device="cpu", planned_total=total)


def test_a_run_describes_itself(tmp_path: Path) -> None:
    run = made(tmp_path / "deep" / "run")
    assert {path.name for path in run.folder.iterdir()} == {
        *("run.json", "checkpoints", "samples", "metrics.sqlite", "log.txt", "run.lock")
    }
    again = Run.open(run.folder)
    assert (again.config, again.source_folder, again.device, again.created) == (
        *(CONFIG, run.folder.parent, "cpu", run.created),
    )
    assert again.planned_total == 100 and again.newest_checkpoint() == (None, [])
    assert again.sample_path(500) == run.folder / "samples" / "step-00000500.png"
    assert len(read_losses(run.metrics_path)[0]) == 0
    assert json.loads((run.folder / "run.json").read_text())["preset"] == "sketch"


def test_the_name_of_a_preset_of_ones_own_stays_with_the_run_as_a_label(tmp_path: Path) -> None:
    mine = replace(CONFIG, own_preset="Mine")
    Run.create(tmp_path / "run", mine, source_folder=tmp_path, device="cpu", planned_total=10)
    again = Run.open(tmp_path / "run").config
    assert (again.preset, again.own_preset) == ("sketch", "Mine") and again == CONFIG
    assert again.with_settings({"batch_size": 3}).own_preset == "Mine"
    assert "own_preset" not in CONFIG.to_dict()
    assert RunConfig.from_dict({**CONFIG.to_dict(), "own_preset": "\x1b[2J" + 100 * "a"}).own_preset.isprintable()
    assert RunConfig.from_dict({**CONFIG.to_dict(), "own_preset": 3}).own_preset == ""


def test_the_plan_and_the_state(tmp_path: Path) -> None:
    run = made(tmp_path / "run", total=None)
    assert run.state() == RunState(RunStatus.NEW, 0, None)
    run.record_plan(50, at_step=4)
    run.record_plan(50, at_step=9)  # nothing new
    (run.checkpoints_folder / "step-00000050.json").touch()
    assert run.state() == RunState(RunStatus.FINISHED, 50, 50)
    run.record_plan(80, at_step=50)
    again = Run.open(run.folder)
    assert again.plan == (PlanChange(50, 4), PlanChange(80, 50))
    assert again.state() == RunState(RunStatus.INTERRUPTED, 50, 80)


def test_a_plan_is_never_set_below_the_steps_that_are_done(tmp_path: Path) -> None:
    run = made(tmp_path / "run", total=2000)
    save_checkpoint(run.checkpoints_folder, Checkpoint(step=1000, config=CONFIG, model={}, ema={}))
    before = (run.folder / "run.json").read_bytes(), run.log_path.read_bytes()
    with pytest.raises(ConfigError, match="“999” is not a value of steps: at least the 1,000 steps done"):
        run.extend_plan(999)
    assert ((run.folder / "run.json").read_bytes(), run.log_path.read_bytes()) == before and run.planned_total == 2000
    run.extend_plan(1000)
    assert Run.open(run.folder).plan == (PlanChange(2000, 0), PlanChange(1000, 1000))
    assert run.state().status is RunStatus.FINISHED
    run.extend_plan(3000)
    assert Run.open(run.folder).planned_total == 3000


def test_a_folder_in_use_is_refused_in_words(tmp_path: Path) -> None:
    made(tmp_path / "run")
    with pytest.raises(RunError, match="holds a run already"):
        made(tmp_path / "run")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.png").touch()
    with pytest.raises(RunError, match="not empty"):
        made(tmp_path / "photos")
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["a.png"]


def test_a_creation_that_was_cut_off_can_be_repeated(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    (run.folder / "run.json").rename(run.folder / f".abc{TEMP_SUFFIX}")
    assert not is_run(run.folder)
    assert is_run(made(run.folder).folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "is not a run folder"),
        ("{torn", "is damaged"),
        ('{"format": "something else"}', "is not a run folder"),
        ('{"format": "ddpm-studio run", "version": 99}', "newer version"),
        ('{"format": "ddpm-studio run", "version": 1}', "is damaged"),
    ],
)
def test_what_is_no_run_is_refused_in_words(tmp_path: Path, text: str | None, words: str) -> None:
    if text is not None:
        (tmp_path / "run.json").write_text(text)
    with pytest.raises(RunError, match=words) as caught:
        Run.open(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert text is None or (tmp_path / "run.json").read_text() == text


def test_a_setting_that_this_version_does_not_know_is_named(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    plain = json.loads((run.folder / "run.json").read_text())
    plain["config"]["model"]["wings"] = 2
    del plain["checksum"]
    write_json(run.folder / "run.json", plain)
    with pytest.raises(RunError, match="wings"):
        Run.open(run.folder)


def test_file_names_of_any_bytes_survive(tmp_path: Path) -> None:
    strange = Path(os.fsdecode(os.fsencode(tmp_path) + b"/pictures \xe9\xff\n"))
    strange.mkdir()
    run = Run.create(strange / "run", CONFIG, source_folder=strange, device="cpu", planned_total=1)
    assert Run.open(run.folder).source_folder == strange
    assert len(read_losses(run.metrics_path)[0]) == 0
    assert run.log_path.read_bytes().count(b"\n") == 2  # the name's own line break is indented


def test_runs_are_listed_the_last_active_first(tmp_path: Path) -> None:
    for index, name in enumerate(("a", "b", "c")):
        run = made(tmp_path / name)
        for path in (run.checkpoints_folder, run.folder):
            os.utime(path, (1000 + index, 1000 + index))
    os.utime(tmp_path / "a" / "checkpoints", (5000, 5000))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{")
    assert [run.folder.name for run in list_runs(tmp_path)] == ["a", "c", "b"]
    assert list_runs(tmp_path / "missing") == []


# --- the lock ----------------------------------------------------------------------------------------------

HOLDER = """
import sys
from core.runs.run import Run
with Run.open(sys.argv[1]).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(run: Run) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(run.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


def test_a_live_owner_is_named_and_a_dead_ones_lock_is_taken_over(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    with holder(run) as process:
        with pytest.raises(RunError) as caught, run.lock():
            pass
        assert caught.value.code == "run.locked" and caught.value.fields["pid"] == process.pid
        assert os.uname().nodename in str(caught.value)
        process.kill()
    with run.lock(), pytest.raises(RunError, match=f"process {os.getpid()} "), Run.open(run.folder).lock():
        pass
    with run.lock():  # given back
        pass


# --- single files ------------------------------------------------------------------------------------------


def test_a_failed_save_leaves_the_old_file_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(RunError, match="the disk is full"):
        patch.setattr(core.runs.atomic.os, "fsync", full)
        write_text(path, "new")
    with pytest.raises(RunError, match=r"missing.*could not be saved"):
        write_text(tmp_path / "missing" / "a.txt", "new")
    with pytest.raises(KeyboardInterrupt):
        replace_file(path, interrupted)
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"] and path.read_text() == "old"


def interrupted(file: object) -> None:
    raise KeyboardInterrupt


def test_stale_temporary_files_are_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / f".123{TEMP_SUFFIX}").touch()
    (tmp_path / ".hidden").touch()
    assert remove_stale_temps(tmp_path) == 1
    assert [file.name for file in tmp_path.iterdir()] == [".hidden"]


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_grid_is_near_square_and_carries_its_settings(tmp_path: Path, channels: int) -> None:
    images = np.random.default_rng(0).integers(0, 255, (7, 8, 8, channels), dtype=np.uint8)
    path = tmp_path / "grid.png"
    save_grid(path, images, settings={"step": 500, "folder": Path("a")})
    assert read_settings(path) == {"step": 500, "folder": "a"}
    with Image.open(path) as image:
        pixels = np.asarray(image).reshape(28, 28, channels)
    assert np.array_equal(pixels[10:18, 0:8], images[3]) and (pixels[20:, 10:] == 255).all()
    assert grid(images[:1]).shape == (8, 8, channels)
    save_picture(path, images[0], settings={})
    assert read_settings(path) == {}


def test_a_changed_setting_holds_from_its_step_on_and_is_kept_with_what_was_before(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    batch = CONFIG.train.batch_size
    run.change_settings({"batch_size": batch // 2, "gradient_accumulate_every": 2}, at_step=30)
    run.change_settings({"learning_rate": 1e-4}, at_step=40)
    run.change_settings({"learning_rate": 1e-4}, at_step=50)  # nothing new
    again = Run.open(run.folder)
    assert again.config == run.config
    assert (again.config.train.batch_size, again.config.train.gradient_accumulate_every) == (batch // 2, 2)
    assert [(change.at_step, dict(change.settings)) for change in again.changes] == [
        (30, {"batch_size": batch // 2, "gradient_accumulate_every": 2}),
        (40, {"learning_rate": 1e-4}),
    ]
    assert f"batch_size {batch} → {batch // 2}" in run.log_path.read_text("utf-8")


def test_what_the_network_is_never_changes_under_a_run(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    with pytest.raises(RunError) as refused:
        run.change_settings({"learning_rate": 1e-4, "dim": 64}, at_step=3)
    assert refused.value.fields["name"] == "dim"
    with pytest.raises(ConfigError):
        run.change_settings({"batch_size": 0}, at_step=3)
    assert Run.open(run.folder).config == run.config == CONFIG and run.changes == ()


def test_who_writes_to_a_run_is_named_and_so_is_who_died_with_it(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    assert run.owner() is None
    with run.lock():
        owner = run.owner()
        assert owner is not None and owner.alive and owner.pid == str(os.getpid())
    assert run.owner() is None
    child = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import os, sys, pathlib; from core.runs import lock\n"
            "with lock.hold(pathlib.Path(sys.argv[1])): print(os.getpid(), flush=True); os._exit(9)",
            str(run.folder),
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    owner = run.owner()
    assert owner is not None and not owner.alive and owner.pid == child.stdout.strip()


def test_only_as_many_runs_are_opened_as_are_wanted(tmp_path: Path) -> None:
    for number in range(4):
        run = made(tmp_path / f"run-{number}")
        for path in (run.folder, run.checkpoints_folder):
            os.utime(path, (number, number))
    (tmp_path / "no-run").mkdir()
    assert [run.folder.name for run in list_runs(tmp_path, most=2)] == ["run-3", "run-2"]
    assert len(list_runs(tmp_path)) == 4


def test_however_many_are_left_out_the_run_can_be_opened_again(tmp_path: Path) -> None:
    left_out = tuple(f"{'图' * 12}/{number:06}.png" for number in range(100_000))
    with pytest.raises(ConfigError, match="bytes together"):
        CONFIG.with_settings({"excluded": tuple(f"{'图' * 6}{name}" for name in left_out)})
    config = CONFIG.with_settings({"excluded": left_out})
    Run.create(tmp_path / "run", config, source_folder=tmp_path, device="cpu", planned_total=1)
    assert Run.open(tmp_path / "run").config.data.excluded == left_out


def test_create_when_a_branch_was_cut_off_then_its_name_is_free_and_what_was_trained_stays(tmp_path: Path) -> None:
    def begin(run: Run) -> None:
        for name in ("step-00000004.json", "step-00000004.safetensors", f".half{TEMP_SUFFIX}"):
            (run.checkpoints_folder / name).write_bytes(b"copied")

    def dies(run: Run) -> None:
        begin(run)
        raise KeyboardInterrupt

    how = {"source_folder": tmp_path, "device": "cpu", "planned_total": 8, "begins_at": 4}
    with pytest.raises(KeyboardInterrupt):
        Run.create(tmp_path / "branch", CONFIG, **how, first=dies)
    trained = tmp_path / "branch" / "checkpoints" / "step-00000005.json"
    trained.write_bytes(b"work")
    with pytest.raises(RunError, match="not empty"):
        Run.create(tmp_path / "branch", CONFIG, **how, first=begin)
    assert len(list(trained.parent.iterdir())) == 4, "nothing is removed where anything is trained"
    trained.unlink()
    Run.create(tmp_path / "branch", CONFIG, source_folder=tmp_path, device="cpu", planned_total=8)
    assert not list(trained.parent.iterdir()) and not list((tmp_path / "branch").glob(f".*{TEMP_SUFFIX}"))
