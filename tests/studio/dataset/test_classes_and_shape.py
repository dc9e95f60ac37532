"""The dataset room with sub-folders, and with pictures that the network is to see upright or lying."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QListView, QPushButton
from pytestqt.qtbot import QtBot

from core.pictures.decode.decoding import read_picture
from core.pictures.decode.prepare import prepare
from studio.dataset.inspector import CELL_PX
from studio.imaging import to_array
from studio.widgets.elided import ElidedLabel
from tests.studio.dataset.conftest import Room, make_picture


def open_folder(room: Room, qtbot: QtBot, folder: Path) -> None:
    with qtbot.waitSignal(room.controller.opened):
        room.controller.open_folder(folder)
    qtbot.waitUntil(lambda: not room.panel.inspector.seen.picture.isNull())


@pytest.fixture
def labelled(room: Room, tmp_path: Path, qtbot: QtBot) -> Room:
    for name, count in (("cats", 3), ("dogs", 1)):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(count):
            make_picture(tmp_path / "pets" / name / f"{number}.png", number)
    open_folder(room, qtbot, tmp_path / "pets")
    return room


def lines(room: Room) -> list[tuple[str, str]]:
    found = room.panel.findChild(QListView, "classes")
    assert found is not None
    model = found.model()
    indices = [model.index(row, 0) for row in range(model.rowCount())]
    return [(index.data(), index.data(Qt.ItemDataRole.UserRole)) for index in indices]


def type_size(room: Room, text: str) -> None:
    box = room.panel.inspector.findChild(QComboBox, "image_size")
    assert box is not None
    line = box.lineEdit()
    assert line is not None
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_without_sub_folders_there_is_no_word_of_classes(opened: Room) -> None:
    assert not opened.panel.inspector.classes.isVisible()
    facts = opened.panel.findChild(QLabel, "picture_facts")
    assert facts is not None and "class" not in facts.text()


def test_the_classes_are_listed_with_their_pictures(labelled: Room) -> None:
    assert labelled.panel.inspector.classes.isVisible()
    assert lines(labelled) == [("cats", "3"), ("dogs", "1")]
    count = labelled.panel.findChild(QLabel, "class_count")
    assert count is not None and count.text() == "2"


def test_a_picture_names_its_class(labelled: Room, qtbot: QtBot) -> None:
    facts = labelled.panel.findChild(QLabel, "picture_facts")
    assert facts is not None and facts.text().startswith("class cats · PNG")
    labelled.panel.choose(3)
    qtbot.waitUntil(lambda: facts.text().startswith("class dogs · PNG"))


def test_a_long_class_name_leaves_room_for_the_picture(room: Room, tmp_path: Path, qtbot: QtBot) -> None:
    for name in ("a" * 100, "b"):
        (tmp_path / "long" / name).mkdir(parents=True)
        make_picture(tmp_path / "long" / name / "0.png", 0)
    open_folder(room, qtbot, tmp_path / "long")
    facts = room.panel.findChild(QLabel, "picture_facts")
    assert facts is not None and facts.text().startswith("class aaa") and "…" in facts.text()
    assert facts.toolTip().endswith("a" * 100)
    assert room.panel.inspector.minimumSizeHint().width() < 500


def test_a_class_name_takes_the_room_that_is_beside_it(room: Room, tmp_path: Path, qtbot: QtBot) -> None:
    name = "handwritten digits, the small ones"
    (tmp_path / "two" / name).mkdir(parents=True)
    make_picture(tmp_path / "two" / name / "0.png", 0)
    open_folder(room, qtbot, tmp_path / "two")
    facts = room.panel.findChild(ElidedLabel, "picture_facts")
    assert facts is not None
    room.panel.resize(2800, 1000)
    qtbot.waitUntil(lambda: facts.text().startswith(f"class {name} ·") and facts.shown_text() == facts.text())


def test_training_with_classes_is_one_click_away(labelled: Room) -> None:
    used = labelled.panel.findChild(QCheckBox, "classes_used")
    assert used is not None and not used.isChecked()
    used.click()
    assert labelled.project.config.data.class_names == ("cats", "dogs")
    labelled.project.set_settings({"labels": "off"})
    assert not used.isChecked()


def test_another_folder_has_other_classes(labelled: Room, folder: Path, qtbot: QtBot) -> None:
    open_folder(labelled, qtbot, folder)
    assert not labelled.panel.inspector.classes.isVisible()


def test_a_few_long_class_names_stand_whole_in_one_line(room: Room, tmp_path: Path, qtbot: QtBot) -> None:
    for name in ("handwritten digits and numbers", "b"):
        (tmp_path / "few" / name).mkdir(parents=True)
        make_picture(tmp_path / "few" / name / "0.png", 1)
    open_folder(room, qtbot, tmp_path / "few")
    view = room.panel.inspector.classes.list
    assert view.gridSize().width() > view._widest_px > CELL_PX
    assert view.height() == 20 and view.horizontalScrollBar().maximum() == 0


def test_many_classes_scroll_within_four_lines(room: Room, tmp_path: Path, qtbot: QtBot) -> None:
    for number in range(60):
        (tmp_path / "many" / f"class {number:03d}").mkdir(parents=True)
        make_picture(tmp_path / "many" / f"class {number:03d}" / "0.png", number)
    open_folder(room, qtbot, tmp_path / "many")
    view = room.panel.inspector.classes.list
    assert len(lines(room)) == 60
    assert view.height() == 80
    assert view.verticalScrollBar().maximum() > 0
    assert view.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize(("typed", "size"), [("16 × 32", (32, 16)), ("32x16 px", (16, 32)), ("16*16", (16, 16))])
def test_width_and_height_can_be_typed(
    opened: Room, folder: Path, qtbot: QtBot, typed: str, size: tuple[int, int]
) -> None:
    type_size(opened, typed)
    height, width = size
    data = opened.project.wished.data
    assert (data.image_size, data.image_height) == (width, None if height == width else height)
    seen = opened.panel.inspector.seen
    qtbot.waitUntil(lambda: (seen.picture.height(), seen.picture.width()) == size)
    assert np.array_equal(
        to_array(seen.picture)[..., :3], prepare(read_picture(folder / "0.png"), size=size, channels=3)
    )


def test_a_square_size_ends_the_height(opened: Room) -> None:
    type_size(opened, "16 × 32")
    box = opened.panel.inspector.findChild(QComboBox, "image_size")
    assert box is not None and box.currentText() == "16 × 32 px"
    type_size(opened, "24")
    assert opened.project.wished.data.image_height is None
    assert box.currentText() == "24 px"


def test_a_size_of_which_one_side_does_not_fit_offers_both_sides(opened: Room) -> None:
    type_size(opened, "16 × 30")
    buttons = [opened.panel.findChild(QPushButton, name) for name in ("smaller_size", "larger_size")]
    assert [button.text() for button in buttons if button is not None and button.isVisible()] == [
        "16 × 28 px",
        "16 × 32 px",
    ]
    assert buttons[0] is not None
    buttons[0].click()
    assert opened.project.config.data.height_and_width == (28, 16)
    assert not buttons[0].isVisible()


def test_sizes_for_a_network_on_patches_divide_by_them(opened: Room) -> None:
    type_size(opened, "28")
    opened.project.set_settings({"dim_mults": "1,2", "patch_size": 4})
    buttons = [opened.panel.findChild(QPushButton, name) for name in ("smaller_size", "larger_size")]
    assert [button.text() for button in buttons if button is not None and button.isVisible()] == ["24 px", "32 px"]
    box = opened.panel.inspector.findChild(QComboBox, "image_size")
    assert box is not None
    offered = [box.itemData(place)[0] for place in range(1, box.count()) if box.itemText(place) != "28 px"]
    assert offered and all(size % 8 == 0 for size in offered)


def test_options_of_the_schedule_bend_the_forward_process(opened: Room, qtbot: QtBot) -> None:
    opened.controller.torch_ready()
    forward = opened.panel.inspector.forward
    qtbot.waitUntil(lambda: forward.slider.maximum() == 999, timeout=60_000)
    formula = forward._formula.text
    before = formula()
    opened.project.set_settings({"beta_schedule": "rectified_flow"})
    qtbot.waitUntil(lambda: formula() != before)
    straight = formula()
    opened.project.set_settings({"schedule_fn_kwargs": "shift=3"})
    qtbot.waitUntil(lambda: formula() != straight)
    assert forward.schedule.currentText() == "Rectified flow"


def test_frames_in_the_strip_keep_to_the_pictures(opened: Room, qtbot: QtBot, tmp_path: Path) -> None:
    opened.controller.torch_ready()
    type_size(opened, "16 × 32")
    strip = opened.panel.inspector.forward.strip
    qtbot.waitUntil(lambda: bool(strip._pictures) and strip._pictures[0].height() == 32, timeout=60_000)
    opened.panel.inspector.forward.slider.setValue(0)
    strip.grab().save(str(tmp_path / "strip.png"))
    with Image.open(tmp_path / "strip.png") as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    accent = np.abs(pixels - np.array([0x5B, 0x8C, 0xFF])).max(axis=2) < 8
    columns = np.flatnonzero(accent[:, : strip.side_px + 4].any(axis=0))
    assert columns.size and columns.max() - columns.min() < strip.side_px * 0.75, "an upright frame"


def test_settings_that_do_nothing_on_these_pictures_are_told_beside_their_counts(labelled: Room, qtbot: QtBot) -> None:
    notes = labelled.panel.findChild(QLabel, "division_notes")
    assert notes is not None and notes.isHidden()
    for settings, words in (
        ({"excluded": ("cats/nine.png",)}, "“cats/nine.png” leaves out nothing: no picture here is called so."),
        (
            {"excluded": ("cats/nine.png", "ten.png")},
            "2 names leave out nothing: no picture here is called so, such as “cats/nine.png”.",
        ),
        (
            {"excluded": None, "hold_out": 0.001},
            "0.1% of so few pictures is none: nothing is held out. Choose a larger share.",
        ),
        (
            {"hold_out": 0.0, "labels": "folders", "excluded": ("dogs/0.png",)},
            "What is left out and held out leaves nothing to train on of “dogs”.",
        ),
    ):
        labelled.project.set_settings(settings)
        qtbot.waitUntil(lambda words=words: notes.isVisible() and notes.text() == words)
        assert [said for _, said in labelled.project.notes] == [words], "and is told again before the start"
    labelled.project.set_settings({"excluded": None})
    qtbot.waitUntil(lambda: notes.isHidden() and not labelled.project.notes)
