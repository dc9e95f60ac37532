"""The folder as a whole, in the room: counted at once, examined on a word, and mended with one press."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.errors import DataError
from core.pictures.doctor import doctor
from core.pictures.doctor.doctor import ASPECT_NAMES, FINDINGS, ORIENTATIONS
from studio.dataset import doctor_words
from studio.dataset.doctor_panel import MOST_LINES, CountBars
from studio.dataset.doctor_words import FindingShown
from tests.studio.dataset.conftest import SIDE_PX, Room, make_picture


@pytest.fixture
def folder(folder: Path) -> Path:
    """With a copy, two blank ones, and a name that is no plain text."""
    (folder / "copy <b>.png").write_bytes((folder / "2.png").read_bytes())
    for number in range(2):
        Image.new("RGB", (SIDE_PX, SIDE_PX), (90 * number, 0, 0)).save(folder / f"blank {number}.png")
    return folder


def button(room: Room, name: str) -> QPushButton:
    found = room.panel.findChild(QPushButton, name)
    assert isinstance(found, QPushButton), name
    return found


def words(room: Room, kind: str) -> str:
    row = room.panel.doctor.row(kind)
    return "" if row is None else row.words()


def said(room: Room, name: str) -> str:
    label = room.panel.findChild(QLabel, name)
    return label.text() if isinstance(label, QLabel) and not label.isHidden() else ""


def press(qtbot: QtBot, room: Room, name: str) -> None:
    qtbot.mouseClick(button(room, name), Qt.MouseButton.LeftButton)


@pytest.fixture
def folder_side(opened: Room, qtbot: QtBot) -> Room:
    """The room with the folder's side turned up."""
    opened.panel.side.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: bool(said(opened, "doctor_title")))
    return opened


@pytest.fixture
def examined(folder_side: Room, qtbot: QtBot) -> Room:
    press(qtbot, folder_side, "examine")
    qtbot.waitUntil(lambda: bool(words(folder_side, "same")))
    return folder_side


def test_every_finding_and_every_shape_has_its_words() -> None:
    assert list(doctor_words.WORDS) == list(FINDINGS)
    assert {*ASPECT_NAMES, *ORIENTATIONS} == set(doctor_words.SHAPES)
    numbers: dict[str, int | str] = {"groups": 1234, "height": 32, "width": 48, "ground": "white"}
    numbers |= {"bits_from": "2.5", "bits_to": "4.25", "bits_usual": "1.75"}
    for kind, remedy in FINDINGS.items():
        shown = FindingShown(
            kind=kind, remedy=remedy, count=2, may_leave_out=1, left_out=0, settings={}, numbers=numbers
        )
        assert doctor_words.title(shown) and doctor_words.meaning(shown)
        assert "{" not in doctor_words.title(shown) + doctor_words.meaning(shown)


def test_what_needs_no_reading_is_there_at_once(folder_side: Room) -> None:
    assert said(folder_side, "doctor_title") == "9 pictures"
    bars = folder_side.panel.findChild(CountBars, "bars_formats")
    assert isinstance(bars, CountBars) and bars.lines() == [("PNG", 9)]
    assert words(folder_side, "skipped").startswith("1 Files that cannot be used.")
    assert not words(folder_side, "same")
    assert folder_side.panel.side.tabs.tabText(1) == "Folder"


def test_the_list_of_skipped_files_opens(folder_side: Room, qtbot: QtBot) -> None:
    press(qtbot, folder_side, "remedy_skipped")
    dialog = folder_side.panel.findChild(QDialog)
    assert isinstance(dialog, QDialog) and dialog.isVisible()
    dialog.accept()


def test_examining_finds_shows_and_mends(examined: Room, qtbot: QtBot) -> None:
    pictures, project = examined.panel.pictures, examined.project
    assert words(examined, "same").startswith("2 Exact copies. In groups: 1.")
    assert words(examined, "blank").startswith("2 Of one colour.")
    assert examined.panel.side.tabs.tabText(1) == "Folder (2)"
    press(qtbot, examined, "show_same")
    qtbot.waitUntil(lambda: len(pictures.selected.arrangement) == 2)
    assert project.scan is not None
    names = [project.scan.pictures.name(pictures.selected.arrangement.place(k)) for k in range(2)]
    assert names == ["2.png", "copy <b>.png"]

    assert button(examined, "remedy_same").text() == "Leave out 1"
    press(qtbot, examined, "remedy_same")
    qtbot.waitUntil(lambda: project.config.data.excluded == ("copy <b>.png",))
    assert words(examined, "same").endswith("1 left out.")
    assert examined.panel.side.tabs.tabText(1) == "Folder (1)"
    press(qtbot, examined, "remedy_blank")
    qtbot.waitUntil(lambda: len(project.config.data.excluded or ()) == 3)
    assert examined.panel.side.tabs.tabText(1) == "Folder"

    assert button(examined, "remedy_same").text() == "Take in again"
    press(qtbot, examined, "remedy_same")
    qtbot.waitUntil(lambda: len(project.config.data.excluded or ()) == 2)
    assert "left out" not in words(examined, "same") and words(examined, "blank").endswith("2 left out.")


def test_no_other_filter_hides_what_is_shown(examined: Room, qtbot: QtBot) -> None:
    pictures = examined.panel.pictures
    pictures.filter.shown.setCurrentIndex(pictures.filter.shown.findData("skipped"))
    pictures.filter.search.setText("broken")
    pictures.filter.sort.setCurrentIndex(1)
    qtbot.waitUntil(lambda: len(pictures.selected.arrangement) == 1)
    press(qtbot, examined, "show_blank")
    qtbot.waitUntil(lambda: len(pictures.selected.arrangement) == 2)
    assert pictures.filter.search.text() == "" and pictures.filter.shown.currentData() == "all"
    places = [pictures.selected.arrangement.place(k) for k in range(2)]
    assert examined.project.scan is not None
    assert [examined.project.scan.pictures.name(place) for place in places] == ["blank 0.png", "blank 1.png"]


def test_settings_are_a_remedy_too(folder_side: Room, qtbot: QtBot) -> None:
    folder_side.project.set_settings({"image_size": 64})
    qtbot.waitUntil(lambda: words(folder_side, "small").startswith("9 Much smaller than 64 px"))
    assert button(folder_side, "remedy_small").text() == "Use 20 px"
    press(qtbot, folder_side, "remedy_small")
    qtbot.waitUntil(lambda: not words(folder_side, "small"))
    assert folder_side.project.config.data.image_size == 20


def test_nothing_to_mend(room: Room, tmp_path: Path, qtbot: QtBot) -> None:
    good = tmp_path / "good"
    good.mkdir()
    for number in range(3):
        make_picture(good / f"{number}.png", number)
    with qtbot.waitSignal(room.controller.opened):
        room.controller.open_folder(good)
    qtbot.waitUntil(lambda: said(room, "doctor_title") == "3 pictures")
    room.panel.side.tabs.setCurrentIndex(1)
    press(qtbot, room, "examine")
    qtbot.waitUntil(lambda: said(room, "doctor_state") == "Nothing to mend.")
    assert button(room, "examine").text() == "Examine again"


class Held:
    """Stands in for an examination that takes as long as one likes."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def __call__(self, _scan: object) -> Iterator[doctor.DoctorProgress]:
        try:
            while True:
                self.closed.wait(0.01)
                yield doctor.DoctorProgress(1240, 10_000)
        finally:
            self.closed.set()


def test_it_tells_how_far_it_is_and_stops(folder_side: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held()
    monkeypatch.setattr(doctor, "examine", held)
    press(qtbot, folder_side, "examine")
    qtbot.waitUntil(lambda: said(folder_side, "doctor_progress") == "1,240 of 10,000")
    assert button(folder_side, "examine").isHidden()
    press(qtbot, folder_side, "cancel_examination")
    assert not said(folder_side, "doctor_progress") and not button(folder_side, "examine").isHidden()
    qtbot.waitUntil(held.closed.is_set)


def test_another_folder_ends_the_examination(
    folder_side: Room, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held()
    monkeypatch.setattr(doctor, "examine", held)
    press(qtbot, folder_side, "examine")
    other = tmp_path / "other"
    other.mkdir()
    make_picture(other / "0.png", 0)
    with qtbot.waitSignal(folder_side.controller.opened):
        folder_side.controller.open_folder(other)
    qtbot.waitUntil(lambda: said(folder_side, "doctor_title") == "1 picture")
    qtbot.waitUntil(held.closed.is_set)
    assert not said(folder_side, "doctor_progress")


def test_what_keeps_it_from_examining_is_said(folder_side: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_scan: object) -> Iterator[object]:
        raise DataError("data.no-helper", reason="no memory")
        yield

    monkeypatch.setattr(doctor, "examine", fails)
    press(qtbot, folder_side, "examine")
    qtbot.waitUntil(folder_side.panel.banner.isVisible)
    assert "no memory" in folder_side.panel.banner.text()
    assert not button(folder_side, "examine").isHidden()


def test_a_folder_that_was_examined_is_so_again_when_it_has_changed(examined: Room, folder: Path, qtbot: QtBot) -> None:
    (folder / "copy <b>.png").unlink()
    values = np.zeros((SIDE_PX, SIDE_PX, 3), np.uint8)
    Image.fromarray(values).save(folder / "blank 2.png")
    with qtbot.waitSignal(examined.controller.opened):
        examined.controller.look_again()
    qtbot.waitUntil(lambda: words(examined, "blank").startswith("3 Of one colour"))
    # The new one and the first are black, both of them.
    assert words(examined, "same").startswith("2 Exact copies")


def test_many_kinds_are_counted_together(qtbot: QtBot) -> None:
    bars = CountBars("Colours", "others")
    qtbot.addWidget(bars)
    bars.show_counts([(f"kind {k}", 10 - k) for k in range(9)])
    assert len(bars.lines()) == MOST_LINES and bars.lines()[-1] == ("others", 5 + 4 + 3 + 2)
    assert "kind 8: 2" in bars.toolTip() and bars.accessibleName() == "Colours"


def test_copies_of_what_is_left_out_already_are_kept(examined: Room, qtbot: QtBot) -> None:
    scan = examined.project.scan
    assert scan is not None
    first = scan.pictures.places_of(["2.png"])
    examined.controller.exclude(first)
    qtbot.waitUntil(lambda: words(examined, "same").endswith("1 left out."))
    assert button(examined, "remedy_same").text() == "Take in again", "its copy is the one that is trained on"
    examined.controller.exclude(first, False)
    qtbot.waitUntil(lambda: button(examined, "remedy_same").text() == "Leave out 1")
