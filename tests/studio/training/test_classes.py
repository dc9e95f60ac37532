"""Classes from sub-folders in the training room: offered where there are any, told, and trained with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from core.pictures.folder.scan import Scan, scan_all
from studio.training.form import SettingsForm
from studio.training.state import TrainingState as State
from tests.studio.tips import tip_of
from tests.studio.training.conftest import TINY, Room


def in_sub_folders(folder: Path, counts: dict[str, int]) -> Scan:
    draw = np.random.default_rng(0)
    for name, count in counts.items():
        (folder / name).mkdir(parents=True)
        for number in range(count):
            pixels = draw.integers(0, 255, (8, 8, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return scan_all(folder)


@pytest.fixture
def labelled(make_room: Callable[..., Room], tmp_path: Path) -> Room:
    room = make_room()
    room.project.set_settings(TINY)
    room.project.set_scan(in_sub_folders(tmp_path / "pets", {"cats": 4, "dogs": 2}))
    return room


def first_rows(form: SettingsForm) -> list[str]:
    return [name for name, field in form.fields.items() if field.isVisibleTo(form)]


def test_a_folder_without_sub_folders_stays_as_simple_as_before(room: Room) -> None:
    form = room.panel.form
    assert "labels" not in first_rows(form)
    field = form.field("labels")
    assert not field.row.control.isEnabled()
    assert "fewer than two" in tip_of(field.row.control)
    assert not field.hint.isVisible()


def test_sub_folders_are_offered_among_the_first_rows(labelled: Room) -> None:
    form = labelled.panel.form
    assert "labels" in first_rows(form)
    field = form.field("labels")
    assert field.row.control.isEnabled()
    assert field.hint.text() == "2 classes · cats … dogs"
    assert field.hint.toolTip() == "cats · 4\ndogs · 2"
    assert labelled.project.config.data.class_names is None, "off by default"


def test_the_row_goes_away_with_the_sub_folders(labelled: Room, scan: Scan) -> None:
    labelled.project.set_scan(scan)
    form = labelled.panel.form
    assert form.field("labels").hint.text() == ""
    form._sections["picture"].set_expanded(False)
    assert "labels" not in first_rows(form)


def test_choosing_sub_folders_names_the_classes(labelled: Room) -> None:
    combo = labelled.panel.form.field("labels").control
    combo.setCurrentIndex(combo.findData("folders"))
    combo.activated.emit(combo.currentIndex())
    assert labelled.project.config.data.class_names == ("cats", "dogs")
    assert labelled.panel.form.field("class_dropout").row.control.isEnabled()
    assert "2 classes" in labelled.panel.summary.items["picture"].value.text()


def test_classes_without_sub_folders_hold_the_start_and_can_be_turned_off(room: Room) -> None:
    room.project.set_settings({"labels": "folders"})
    assert not room.transport.start.isEnabled()
    note = room.panel.form.field("labels").note
    assert note.isVisible()
    assert room.panel.form.field("labels").row.control.isEnabled(), "what is wrong can be changed"
    note.buttons[0].click()
    assert room.project.config.data.labels == "off"
    assert room.transport.start.isEnabled()


def test_many_classes_are_not_all_named(make_room: Callable[..., Room], tmp_path: Path) -> None:
    room = make_room()
    room.project.set_scan(in_sub_folders(tmp_path / "many", {str(number): 1 for number in range(30)}))
    field = room.panel.form.field("labels")
    assert field.hint.text() == "30 classes · 0 … 29"
    lines = field.hint.toolTip().split("\n")
    assert lines[0] == "0 · 1" and lines[-1] == "and 10 more" and len(lines) == 21


@pytest.mark.long
def test_a_run_keeps_its_classes_and_the_next_folder_has_its_own(labelled: Room, qtbot: QtBot, tmp_path: Path) -> None:
    labelled.project.set_settings({"labels": "folders", "sample_every": 100, "checkpoint_every": 100, "steps": 2})
    labelled.controller.start()
    qtbot.waitUntil(lambda: labelled.controller.state is State.FINISHED, timeout=60_000)
    run = labelled.project.run
    assert run is not None
    assert run.config.data.class_names == ("cats", "dogs")
    assert labelled.panel.form.field("labels").hint.toolTip() == "cats\ndogs"
    labelled.controller.new_run()
    labelled.controller.open_run(run.folder)
    qtbot.waitUntil(lambda: labelled.project.run is not None)
    labelled.controller.new_run()
    labelled.project.set_scan(in_sub_folders(tmp_path / "birds", {"crow": 2, "finch": 2, "wren": 1}))
    labelled.project.set_settings({"labels": "folders"})
    assert labelled.project.config.data.class_names == ("crow", "finch", "wren")


@pytest.mark.long
def test_classes_that_changed_are_told_when_a_run_goes_on(labelled: Room, qtbot: QtBot, tmp_path: Path) -> None:
    labelled.project.set_settings({"labels": "folders", "sample_every": 100, "checkpoint_every": 100, "steps": 2})
    labelled.controller.start()
    qtbot.waitUntil(lambda: labelled.controller.state is State.FINISHED, timeout=60_000)
    assert "classes" not in labelled.panel.log.text.toPlainText()
    (tmp_path / "pets" / "dogs").rename(tmp_path / "pets" / "hounds")
    labelled.project.set_scan(scan_all(tmp_path / "pets"))
    labelled.controller.train_further()
    qtbot.waitUntil(lambda: labelled.controller.state is State.FINISHED, timeout=60_000)
    log = labelled.panel.log.text.toPlainText()
    assert "No pictures any more of these classes: dogs" in log
    assert "Not among the run's classes: hounds. Their 2 pictures count as no class" in log
