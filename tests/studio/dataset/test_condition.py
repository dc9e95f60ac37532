"""What the network sees beside a picture, in the room: chosen, shown, and told of with what is in no pair."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.errors import DataError
from core.settings import RunConfig
from studio.app.messages import error_text
from studio.dataset.head import SkippedDialog
from studio.imaging import to_image
from tests.studio.dataset.conftest import Room


def combo(room: Room, name: str) -> QComboBox:
    found = room.panel.inspector.condition.findChild(QComboBox, name)
    assert isinstance(found, QComboBox), name
    return found


def told(room: Room) -> str:
    label = room.panel.findChild(QLabel, "pairs_told")
    return label.text() if isinstance(label, QLabel) and not label.isHidden() else ""


@pytest.fixture
def second(folder: Path, tmp_path: Path) -> Path:
    """The negatives of five of the six pictures, and one that belongs to none."""
    made = tmp_path / "second"
    made.mkdir()
    for number in range(5):
        with Image.open(folder / f"{number}.png") as image:
            Image.fromarray(255 - np.asarray(image)).save(made / f"{number}.bmp")
    Image.new("RGB", (20, 20)).save(made / "extra.png")
    return made


def choose(room: Room, qtbot: QtBot, name: str, value: str) -> None:
    field = combo(room, name)
    field.setCurrentIndex(field.findData(value))
    field.activated.emit(field.currentIndex())


def test_condition_when_chosen_is_shown_between_what_is_seen_and_x_t(opened: Room, qtbot: QtBot) -> None:
    inspector = opened.panel.inspector
    assert inspector.beside.isHidden() and inspector.condition.folder.isHidden()
    choose(opened, qtbot, "condition", "low-resolution")
    qtbot.waitUntil(lambda: not inspector.beside.isHidden())
    assert opened.project.config.data.condition == "low-resolution"
    assert combo(opened, "condition_factor").isVisible()
    half = np.asarray(Image.fromarray(_pixels(opened)).resize((10, 10), Image.Resampling.BICUBIC))
    expected = np.asarray(Image.fromarray(half).resize((20, 20), Image.Resampling.BICUBIC))
    assert inspector.beside.picture == to_image(expected)
    choose(opened, qtbot, "condition", "none")
    qtbot.waitUntil(inspector.beside.isHidden)


def _pixels(room: Room) -> np.ndarray:
    scan = room.project.scan
    assert scan is not None and room.project.config.data.image_size == 20
    with Image.open(scan.pictures[0].path) as image:
        return np.asarray(image)


def test_second_folder_when_dropped_is_paired_counted_and_listed(opened: Room, second: Path, qtbot: QtBot) -> None:
    inspector = opened.panel.inspector
    inspector.condition._drop_zone.dropped.emit([second])
    qtbot.waitUntil(lambda: told(opened) == "5 pairs, 2 pictures in none")
    data = opened.project.config.data
    assert (data.condition, data.condition_folder) == ("folder", str(second))
    qtbot.waitUntil(lambda: not inspector.beside.isHidden())
    assert inspector.beside.picture == to_image(255 - _pixels(opened))
    counts = opened.panel.findChild(QLabel, "division")
    qtbot.waitUntil(lambda: counts.text() == "5 train, 0 held out")
    # The folder as a whole says it too.
    qtbot.waitUntil(lambda: opened.panel.doctor.row("unpaired") is not None)
    assert opened.panel.doctor.row("unpaired").words().startswith("2 Without a partner.")
    button = opened.panel.findChild(QPushButton, "list_unpaired")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    (dialog,) = (widget for widget in QApplication.topLevelWidgets() if isinstance(widget, SkippedDialog))
    rows = {dialog.table.item(row, 0).text(): dialog.table.item(row, 1).text() for row in range(2)}
    assert rows == {
        "5.png": "the second folder has no picture of this name",
        "extra.png": "it lies in the second folder, and the first has none of its name",
    }
    dialog.accept()
    opened.project.undo_steps.undo()
    qtbot.waitUntil(inspector.beside.isHidden)
    qtbot.waitUntil(lambda: opened.panel.doctor.row("unpaired") is None)


def test_second_folder_when_it_has_no_partners_says_so_in_red(opened: Room, tmp_path: Path, qtbot: QtBot) -> None:
    other = tmp_path / "other"
    other.mkdir()
    Image.new("RGB", (20, 20)).save(other / "nobody.png")
    opened.project.set_settings({"condition": "folder", "condition_folder": str(other)})
    scan = opened.project.scan
    assert scan is not None
    sentence = error_text(DataError("data.no-pairs", folder=scan.folder, second=other))
    qtbot.waitUntil(lambda: told(opened) == sentence)
    label = opened.panel.findChild(QLabel, "pairs_told")
    assert label.property("tone") == "error"
    assert opened.panel.inspector.beside.isHidden()


def test_second_folder_when_chosen_is_asked_for_at_once_beside_the_first(
    opened: Room, second: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    asked: list[str] = []

    def ask(_parent: object, _title: str, begin: str) -> str:
        asked.append(begin)
        return str(second)

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", ask)
    choose(opened, qtbot, "condition", "folder")
    assert asked == [str(folder.parent)]
    qtbot.waitUntil(lambda: told(opened) == "5 pairs, 2 pictures in none")
    # The head says how many are used, and a picture without a partner that it is not.
    counts = opened.panel.findChild(QLabel, "counts")
    assert counts.text().startswith("5 pairs of 6 pictures")
    inspector = opened.panel.inspector
    qtbot.waitUntil(lambda: not inspector.beside.isHidden())
    opened.panel.choose(5)
    qtbot.waitUntil(lambda: inspector._beside_caption.text() == "Not used: alone")
    assert not inspector.beside.isHidden() and inspector.beside.picture.isNull()


def test_condition_when_it_has_no_second_folder_says_what_to_choose() -> None:
    config = RunConfig().with_settings({"condition": "folder"})
    (problem,) = config.problems()
    assert error_text(problem) == "Condition: choose the folder with the second pictures."
