"""What is dropped where opens what, and the source is never told that its files were moved."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from core.beginning import Start
from studio.app.cache import CacheDialog
from studio.app.window import MainWindow
from studio.widgets.drop_zone import DropZone
from tests.studio.dragging import COPY, MOVE, drop_files


def beginning(window: MainWindow) -> object:
    return window._panels["sampler"].controls.options.start_row.beginning()


def targets(window: MainWindow) -> dict[str, QWidget]:
    return {"window": window, "dataset": window._panels["dataset"], "sampler": window._panels["sampler"]}


def test_every_target_answers_copy_when_move_is_proposed(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("of mine")
    for name, target in targets(window).items():
        answers = drop_files(target, [tmp_path / "notes.txt"], offered=COPY | MOVE, proposed=MOVE)
        assert answers == [COPY] * 3, name


def test_what_can_only_be_moved_is_refused(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("of mine")
    for target in targets(window).values():
        assert drop_files(target, [tmp_path / "notes.txt"], offered=MOVE, proposed=MOVE)[0] is None


def test_no_field_takes_a_file_as_its_text(window: MainWindow, qtbot) -> None:
    dialog = CacheDialog()
    qtbot.addWidget(dialog)
    for lines in (window.findChildren(QLineEdit), dialog.findChildren(QLineEdit)):
        assert lines
        assert not [line.objectName() for line in lines if line.acceptDrops()]


def test_nothing_but_the_zones_takes_a_file(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("of mine")
    zones = {zone.parentWidget() for zone in window.findChildren(DropZone)}
    for widget in {w for w in window.findChildren(QWidget) if w.acceptDrops()} - zones:
        answers = drop_files(widget, [tmp_path / "notes.txt"], offered=COPY | MOVE, proposed=MOVE)
        assert MOVE not in answers, (type(widget), widget.objectName())


@pytest.mark.family
@pytest.mark.parametrize("name", ["a.jfif", "a.jpe", "a.mpo", "a.dib", "photo"])
def test_a_picture_on_the_sampler_is_what_it_starts_from(window: MainWindow, tmp_path: Path, name: str) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / name, "BMP" if name.endswith("dib") else "JPEG")
    window.show_room("sampler")
    drop_files(window._panels["sampler"], [tmp_path / name])
    assert beginning(window).start is Start.PICTURE
    assert [p.path for p in beginning(window).pictures] == [tmp_path / name]


@pytest.mark.long
def test_a_picture_elsewhere_opens_its_folder(window: MainWindow, pictures: Path, qtbot) -> None:
    window.show_room("training")
    with qtbot.waitSignal(window.dataset.opened, timeout=20_000):
        drop_files(window, [pictures / "0.png"])
    assert window.settings["folder"] == str(pictures)


@pytest.mark.long
def test_a_folder_on_the_sampler_opens_in_the_dataset_room(window: MainWindow, pictures: Path, qtbot) -> None:
    window.show_room("sampler")
    with qtbot.waitSignal(window.dataset.opened, timeout=20_000):
        drop_files(window._panels["sampler"], [pictures])
    assert window.settings["room"] == "dataset"


def test_a_picture_given_at_the_start_is_what_the_sampler_starts_from(window: MainWindow, pictures: Path) -> None:
    window.open_path(pictures / "0.png")
    assert window.settings["room"] == "sampler"
    assert [p.path for p in beginning(window).pictures] == [pictures / "0.png"]


def test_an_unknown_file_is_told_with_what_can_be_opened(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("of mine")
    window.open_path(tmp_path / "notes.txt")
    assert "notes.txt is neither a picture nor a model" in window.banner.text()


def test_each_target_says_what_a_drop_does_while_something_hovers(window: MainWindow) -> None:
    own = Qt.FindChildOption.FindDirectChildrenOnly
    words = {name: w.findChild(DropZone, options=own).accessibleName() for name, w in targets(window).items()}
    assert all(words.values())
    assert "start from" in words["sampler"]


def test_what_was_refused_is_forgotten_when_something_is_opened(window: MainWindow, pictures: Path, qtbot) -> None:
    notes = pictures.parent / "notes.txt"
    notes.write_text("of mine")
    window.open_path(notes)
    assert "notes.txt" in window.banner.text()
    with qtbot.waitSignal(window.dataset.opened, timeout=20_000):
        window.open_path(pictures)
    assert not window.banner.text()
