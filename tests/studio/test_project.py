"""The state that the rooms share."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from core.errors import ConfigError
from core.pictures.folder.scan import Scan, scan_all
from core.settings import RunConfig
from studio.project import MOST_FOLDERS, Choices, Project


@pytest.fixture
def project(qapp, tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_a_changed_setting_is_told_once_and_can_be_reset(project: Project, qtbot) -> None:
    with qtbot.waitSignal(project.config_changed):
        project.set_settings({"dim": 32})
    assert project.changed_settings() == ("dim",)
    with qtbot.assertNotEmitted(project.config_changed):
        project.set_settings({"dim": 32})
    project.reset_setting("dim")
    assert project.changed_settings() == ()


def test_a_wrong_setting_changes_nothing(project: Project, qtbot) -> None:
    before = project.wished
    with qtbot.assertNotEmitted(project.config_changed), pytest.raises(ConfigError):
        project.set_settings({"dim": 32, "batch_size": "few"})
    assert project.wished == before


def test_another_preset_starts_over(project: Project) -> None:
    project.set_settings({"dim": 32})
    project.set_preset("standard")
    assert project.changed_settings() == ()
    assert project.wished.model.dim == 64


def test_another_decay_drops_the_options_of_the_one_before_and_undo_brings_both_back(project: Project) -> None:
    project.set_settings({"decay": "wsd"})
    project.set_settings({"decay_kwargs": ("fall=0.5",)})
    project.set_settings({"decay": "cosine"})
    assert project.wished.train.decay_kwargs is None and not project.problems()
    project.undo_steps.undo()
    assert (project.wished.train.decay, project.wished.train.decay_kwargs) == ("wsd", ("fall=0.5",))


def scanned(folder: Path, mode: str) -> Scan:
    folder.mkdir()
    for number in range(3):
        Image.new(mode, (16, 16), 40 * number if mode == "L" else (40 * number, 9, 9)).save(folder / f"{number}.png")
    return scan_all(folder)


def remembering(tmp_path: Path) -> Project:
    return Project(tmp_path / "runs", choices=Choices(tmp_path / "choices"))


def test_each_folder_keeps_what_was_chosen_for_it_when_others_are_opened(qapp, tmp_path: Path) -> None:
    grey, colour = scanned(tmp_path / "grey", "L"), scanned(tmp_path / "colour", "RGB")
    project = remembering(tmp_path)
    project.set_scan(grey)
    project.set_settings({"image_size": 28, "channels": 1, "horizontal_flip": False, "excluded": ("1.png",)})
    project.set_scan(colour)
    assert project.changed_settings() == ()
    assert (project.config.data.channels, project.config.data.horizontal_flip) == (3, True)
    project.set_preset("small")
    project.set_scan(grey)
    assert project.wished.preset == "sketch"
    assert project.changed_settings() == ("image_size", "channels", "horizontal_flip", "excluded")
    project.set_scan(colour)
    assert project.wished.preset == "small"


def test_what_was_chosen_comes_back_in_another_process(qapp, tmp_path: Path) -> None:
    scan = scanned(tmp_path / "grey", "L")
    project = remembering(tmp_path)
    project.set_scan(scan)
    project.set_settings({"dim_mults": "1,2", "min_snr_gamma": None, "excluded": ("a,b.png", "\udcff.png")})
    project.keep_choices()
    again = remembering(tmp_path)
    again.set_scan(scan)
    assert again.wished == project.wished
    assert again.undo_steps.last is None


def test_what_is_chosen_before_there_are_pictures_holds_over_what_was_kept(qapp, tmp_path: Path) -> None:
    scan = scanned(tmp_path / "grey", "L")
    project = remembering(tmp_path)
    project.set_scan(scan)
    project.set_settings({"excluded": ("1.png",), "dim": 32})
    project.keep_choices()
    again = remembering(tmp_path)
    again.set_settings({"dim": 64})
    again.set_scan(scan)
    assert (again.wished.model.dim, again.wished.data.excluded) == (64, ("1.png",))
    again.keep_choices()


def test_steps_are_taken_back_and_done_again(project: Project) -> None:
    plain = project.wished
    project.set_settings({"dim": 32})
    project.set_preset("large")
    project.set_settings({"excluded": ("a.png",)})
    seen: list[RunConfig] = []
    while project.undo_steps.last is not None:
        project.undo_steps.undo()
        seen.append(project.wished)
    assert seen[-1] == plain and seen[-2].model.dim == 32
    for expected in [*reversed(seen[:-1]), None]:
        project.undo_steps.redo()
        assert expected is None or project.wished == expected
    assert project.wished.data.excluded == ("a.png",)


def test_another_folder_has_other_steps_to_take_back(qapp, tmp_path: Path) -> None:
    project = remembering(tmp_path)
    project.set_scan(scanned(tmp_path / "grey", "L"))
    project.set_settings({"dim": 32})
    project.set_scan(scanned(tmp_path / "colour", "RGB"))
    assert project.undo_steps.last is None


def test_adopting_the_settings_of_a_run_leaves_on_auto_what_auto_comes_to(qapp, tmp_path: Path) -> None:
    project = remembering(tmp_path)
    project.set_scan(scanned(tmp_path / "grey", "L"))
    project.set_settings({"dim": 32, "crop": "random"})
    run_config = project.config.with_settings({"amp": "off"})  # as a new run has it on this computer
    project.undo_steps.undo()
    project.adopt(run_config, measured=("amp",))
    assert project.changed_settings() == ("crop", "dim")
    project.adopt(run_config)
    assert project.changed_settings() == ("crop", "dim", "amp"), "a precision that was chosen stays"
    project.keep_choices()


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"version": 1, "settings": {"dim": "many"}}', b"\0" * 50])
def test_choices_that_cannot_be_read_are_moved_aside_and_told(qapp, qtbot, tmp_path: Path, content: bytes) -> None:
    scan = scanned(tmp_path / "grey", "L")
    for number in (1, 2):
        project = remembering(tmp_path)
        project.set_scan(scan)
        project.set_settings({"dim": 32})
        project.keep_choices()
        (kept,) = (path for path in (tmp_path / "choices").glob("*.json") if "." not in path.stem)
        kept.write_bytes(content)
        again = remembering(tmp_path)
        with qtbot.waitSignal(again.choices_damaged) as told:
            again.set_scan(scan)
        assert again.changed_settings() == ()
        assert told.args[0].read_bytes() == content
        assert len(list((tmp_path / "choices").glob("*.damaged*.json"))) == number


def test_choices_of_a_newer_version_are_kept_beside(qapp, tmp_path: Path) -> None:
    scan = scanned(tmp_path / "grey", "L")
    project = remembering(tmp_path)
    project.set_scan(scan)
    project.set_settings({"dim": 32})
    project.keep_choices()
    (kept,) = (tmp_path / "choices").glob("*.json")
    kept.write_text(json.dumps({"version": 2, "settings": {}, "more": 1}))
    again = remembering(tmp_path)
    again.set_scan(scan)
    again.set_settings({"dim": 64})
    again.keep_choices()
    (newer,) = (tmp_path / "choices").glob("*.newer.json")
    assert json.loads(newer.read_text())["more"] == 1
    assert json.loads(kept.read_text())["settings"] == {"dim": 64}


def test_choices_that_cannot_be_written_are_told_once(qapp, qtbot, tmp_path: Path) -> None:
    (tmp_path / "choices").write_text("a file where the folder would be")
    project = remembering(tmp_path)
    project.set_scan(scanned(tmp_path / "grey", "L"))
    project.set_settings({"dim": 32})
    with qtbot.waitSignal(project.choices_not_kept):
        project.keep_choices()
    project.set_settings({"dim": 64})
    with qtbot.assertNotEmitted(project.choices_not_kept):
        project.keep_choices()


@pytest.mark.long
def test_the_folders_that_were_changed_longest_ago_are_forgotten(tmp_path: Path) -> None:
    choices = Choices(tmp_path / "choices")
    for number in range(MOST_FOLDERS + 2):
        choices.keep(tmp_path / str(number), RunConfig())
        for path in (tmp_path / "choices").glob("*.json"):
            times = path.stat()
            os.utime(path, (times.st_atime, times.st_mtime - 1))
    assert choices.of(tmp_path / "0") is None
    assert choices.of(tmp_path / str(MOST_FOLDERS + 1)) is not None
