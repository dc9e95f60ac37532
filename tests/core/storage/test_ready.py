"""The models that come with the program are whole runs, and a person's copy of one is theirs alone."""

from __future__ import annotations

import fnmatch
import shutil
import tomllib
from pathlib import Path

import pytest

from core.errors import RunError
from core.presets import preset
from core.runs import ready
from core.runs.atomic import write_text
from core.runs.checkpoint_files import newest_good, verify
from core.runs.metrics import read_losses
from core.runs.ready import READY, folder_of, take
from core.runs.run import RUN_FILE, Run, RunStatus

#: With its run a model is no larger, in bytes.
MOST_BYTES = 3_000_000


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", READY)
def test_a_ready_model_is_a_whole_run_of_the_usual_recipe_within_its_budget(name: str) -> None:
    folder = folder_of(name)
    run = Run.open(folder)
    newest, bad = newest_good(run.checkpoints_folder)
    assert newest is not None and not bad
    description = verify(newest)
    assert run.state().status is RunStatus.FINISHED
    assert description.step == run.state().step == len(read_losses(run.metrics_path)[0])
    changed = {key for key, value in preset("sketch").config.settings().items() if run.config.setting(key) != value}
    # What is on auto in the preset, and how many steps fitted into the seconds.
    assert changed <= {"image_size", "channels", "horizontal_flip", "amp", "steps"}
    assert len(list(run.samples_folder.glob("*.png"))) == 2
    assert sum(map(len, content(folder).values())) <= MOST_BYTES


def test_all_of_them_is_part_of_the_package() -> None:
    root = Path(__file__).parents[3]
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    for path in (root / "resources" / "ready").rglob("*"):
        name = path.relative_to(root / "resources").as_posix()
        assert path.is_dir() or any(fnmatch.fnmatch(name, taken) for taken in project["package-data"]["resources"]), (
            name
        )


@pytest.mark.parametrize("name", READY)
def test_a_ready_model_says_nothing_of_the_computer_that_trained_it(name: str) -> None:
    files = content(folder_of(name))
    told = files[RUN_FILE] + files["log.txt"] + b"".join(data for file, data in files.items() if file.endswith(".png"))
    assert not any(word in told for word in (b"/tmp", b"/home", b"/root", b"/work", b"C:\\"))


@pytest.mark.parametrize("name", READY)
def test_a_ready_model_is_opened_as_any_other(name: str) -> None:
    import torch

    from core.runs.opening import load_checkpoint

    diffusion = load_checkpoint(folder_of(name))
    size = diffusion.image_size
    with torch.no_grad():
        made = diffusion.model(torch.zeros(1, diffusion.channels, *size), torch.tensor([999]))
    assert made.shape == (1, diffusion.channels, *size) and bool(made.isfinite().all())


def test_a_copy_is_the_same_run_with_the_persons_pictures(tmp_path: Path) -> None:
    before = content(folder_of("faces"))
    folder = take("faces", tmp_path / "runs", tmp_path / "pictures")
    assert folder == tmp_path / "runs" / "faces-ready"
    copied = content(folder)
    assert {file: data for file, data in copied.items() if file in before and file != RUN_FILE} == {
        file: data for file, data in before.items() if file != RUN_FILE
    }
    run, original = Run.open(folder), Run.open(folder_of("faces"))
    assert (run.source_folder, run.config, run.plan) == (tmp_path / "pictures", original.config, original.plan)
    assert content(folder_of("faces")) == before


def test_a_copy_that_is_there_is_never_written_to(tmp_path: Path) -> None:
    folder = take("faces", tmp_path, tmp_path / "pictures")
    write_text(folder / "log.txt", "mine")
    before = content(folder)
    assert take("faces", tmp_path, tmp_path / "other") == folder
    assert content(folder) == before


def test_a_copy_that_was_cut_off_is_made_whole(tmp_path: Path) -> None:
    folder = take("faces", tmp_path, tmp_path / "pictures")
    whole = content(folder)
    (folder / RUN_FILE).unlink()
    next((folder / "checkpoints").glob("*.safetensors")).write_bytes(b"half")
    assert take("faces", tmp_path, tmp_path / "pictures") == folder
    assert content(folder) == whole


def test_a_folder_of_that_name_that_is_somebodys_own_is_left_alone(tmp_path: Path) -> None:
    own = tmp_path / "faces-ready"
    own.mkdir()
    (own / "letter.txt").write_text("dear")
    assert take("faces", tmp_path, tmp_path / "pictures") == tmp_path / "faces-ready-2"
    assert content(own) == {"letter.txt": b"dear"}
    (tmp_path / "digits-ready").write_text("a file")
    assert take("digits", tmp_path, tmp_path / "pictures") == tmp_path / "digits-ready-2"


def test_no_place_for_a_copy_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runs").write_text("a file where the folder of runs should be")
    with pytest.raises(RunError, match="runs"):
        take("faces", tmp_path / "runs", tmp_path / "pictures")
    # As where nobody may look into the folders.
    monkeypatch.setattr(ready, "is_own_folder", lambda _folder: False)
    with pytest.raises(RunError, match="faces-ready-100"):
        take("faces", tmp_path / "others", tmp_path / "pictures")


def test_a_read_only_original_gives_a_copy_that_can_be_written_to(tmp_path: Path) -> None:
    original = tmp_path / "program"
    shutil.copytree(folder_of("faces"), original)
    for path in (*original.rglob("*"), original):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        folder = take("faces", tmp_path / "runs", tmp_path / "pictures", ready=original)
        assert all(path.stat().st_mode & 0o200 for path in (folder, *folder.rglob("*")))
    finally:
        for path in (original, *original.rglob("*")):
            path.chmod(0o755)


@pytest.mark.long
def test_a_copy_is_trained_further_with_the_state_that_it_came_with(tmp_path: Path) -> None:
    from core.pictures.folder.scan import scan_all
    from core.training.events import StepDone
    from core.training.job import TrainingJob
    from resources.samples import unpack

    pictures = unpack("faces", tmp_path)
    folder = take("faces", tmp_path / "runs", pictures)
    run = Run.open(folder)
    step = run.state().step
    job = TrainingJob(run.config, folder, scan=scan_all(pictures), device="cpu", resume=True, total=step + 2)
    done = [event for event in job.run() if isinstance(event, StepDone)]
    assert [event.step for event in done] == [step + 1, step + 2]
    # With moments of zero the first steps of an optimizer throw the weights about.
    last = float(read_losses(folder_of("faces") / "metrics.sqlite")[1][-200:].max())
    assert all(event.loss <= 2 * last for event in done)
