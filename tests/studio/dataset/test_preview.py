"""The chosen picture: what the network sees, x_t and its formula, the settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from core.pictures.decode.decoding import read_picture
from core.pictures.decode.prepare import prepare
from core.pictures.feed.augment import what_the_network_sees
from core.pictures.folder.splits import split
from studio.imaging import to_array


def make_wide(path: Path) -> None:
    values = np.random.default_rng(9).integers(0, 256, (5, 10, 3), dtype=np.uint8)
    Image.fromarray(values).resize((40, 20), Image.Resampling.BICUBIC).save(path)


def label(room, name: str) -> str:
    return room.panel.findChild(QLabel, name).text()


def combo(room, name: str) -> QComboBox:
    found = room.panel.inspector.findChild(QComboBox, name)
    assert found is not None
    return found


def choose(room, name: str, value: object) -> None:
    box = combo(room, name)
    index = [box.itemData(i) for i in range(box.count())].index(value)
    box.setCurrentIndex(index)
    box.activated.emit(index)


def seen(room) -> np.ndarray:
    return to_array(room.panel.inspector.seen.picture)[..., :3]


@pytest.mark.parametrize("size", [16, 64])
def test_preview_is_what_training_prepares(opened, folder: Path, qtbot: QtBot, size: int) -> None:
    choose(opened, "image_size", (size, size))
    qtbot.waitUntil(lambda: opened.panel.inspector.seen.picture.width() == size)
    expected = prepare(read_picture(folder / "0.png"), size=size, channels=3)
    assert np.array_equal(seen(opened), expected)


@pytest.mark.parametrize(
    "changes",
    [{"crop": "pad", "background": "black"}, {"crop": "stretch"}, {"crop": "random"}, {"colour_jitter": 0.4}],
    ids=lambda changes: str(next(iter(changes.values()))),
)
def test_every_rule_is_shown_by_the_code_that_trains(
    opened, folder: Path, qtbot: QtBot, changes: dict[str, object]
) -> None:
    make_wide(folder / "wide.png")
    with qtbot.waitSignal(opened.controller.opened):
        opened.controller.open_folder(folder)
    for name, value in {"image_size": (16, 16), **changes}.items():
        choose(opened, name, value)
    opened.panel.choose(6)
    data = replace(opened.project.config.data, horizontal_flip=False)
    expected = what_the_network_sees(read_picture(folder / "wide.png"), data, index=6)
    qtbot.waitUntil(lambda: label(opened, "picture_name") == "wide.png" and np.array_equal(seen(opened), expected))
    assert opened.panel.inspector.original.picture.width() == 40
    plain = prepare(read_picture(folder / "wide.png"), size=16, channels=3)
    assert not np.array_equal(expected, plain), "the rule does something to this picture"


def test_held_out_pictures_are_counted(opened, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: label(opened, "division") == "6 train, 0 held out")
    opened.project.set_settings({"hold_out": 0.5, "excluded": ("0.png",)})
    parts = split(opened.project.scan, 0.5, ("0.png",))
    assert len(parts.train) + len(parts.held_out) == 5
    words = f"{len(parts.train)} train, {len(parts.held_out)} held out, 1 left out"
    qtbot.waitUntil(lambda: label(opened, "division") == words)
    assert combo(opened, "hold_out").currentText() == "50%"
    choose(opened, "hold_out", 0.1)
    assert opened.project.wished.data.hold_out == 0.1


def test_nothing_left_to_train_on_is_said(opened, qtbot: QtBot) -> None:
    opened.project.set_settings({"excluded": tuple(f"{n}.png" for n in range(6))})
    qtbot.waitUntil(lambda: "no picture would be left" in label(opened, "division"))


def test_auto_says_what_it_resolves_to(opened) -> None:
    assert combo(opened, "image_size").currentText() == "Auto (20 px)"
    assert combo(opened, "channels").currentText() == "Auto (RGB)"
    assert combo(opened, "horizontal_flip").currentText() == "Auto (on)"
    assert opened.project.wished.data.image_size is None


def test_settings_go_to_the_project(opened) -> None:
    choose(opened, "channels", 1)
    choose(opened, "crop", "random")
    choose(opened, "horizontal_flip", False)
    data = opened.project.wished.data
    assert (data.channels, data.crop, data.horizontal_flip) == (1, "random", False)


def test_settings_changed_elsewhere_are_shown(opened, qtbot: QtBot) -> None:
    opened.project.set_settings({"image_size": 48, "channels": 1})
    assert combo(opened, "image_size").currentText() == "48 px"
    assert combo(opened, "channels").currentData() == 1
    qtbot.waitUntil(lambda: opened.panel.inspector.seen.picture.width() == 48)
    assert opened.panel.inspector.seen.picture.isGrayscale()


def test_an_illegal_size_offers_the_two_nearest(opened, qtbot: QtBot) -> None:
    box = combo(opened, "image_size")
    line = box.lineEdit()
    assert line is not None
    line.selectAll()
    QTest.keyClicks(line, "30")
    QTest.keyClick(line, Qt.Key.Key_Return)
    buttons = [opened.panel.findChild(QPushButton, name) for name in ("smaller_size", "larger_size")]
    assert [button.text() for button in buttons if button is not None and button.isVisible()] == ["28 px", "32 px"]
    assert buttons[1] is not None
    qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    assert opened.project.wished.data.image_size == 32
    assert not buttons[1].isVisible()
    assert box.currentText() == "32 px"


def test_nonsense_in_the_size_field_changes_nothing(opened) -> None:
    box = combo(opened, "image_size")
    line = box.lineEdit()
    assert line is not None
    line.setText("huge")
    line.editingFinished.emit()
    assert box.currentText() == "Auto (20 px)"
    assert opened.project.wished.data.image_size is None


def test_a_size_that_is_no_whole_number_is_refused_in_words(opened) -> None:
    line = combo(opened, "image_size").lineEdit()
    assert line is not None
    before = opened.project.wished.data.image_size
    line.setText("28,5 px")
    line.editingFinished.emit()
    assert "28,5" in opened.panel.banner.text()
    assert opened.project.wished.data.image_size == before
    line.setText("1,024 × 512")
    line.editingFinished.emit()
    assert opened.project.wished.data.height_and_width == (512, 1024)


def test_an_impossible_size_is_refused_in_words(opened) -> None:
    line = combo(opened, "image_size").lineEdit()
    assert line is not None
    line.setText("9999999")
    line.editingFinished.emit()
    assert "of Size:" in opened.panel.banner.text()
    assert opened.project.wished.data.image_size is None


def test_scrolling_over_a_choice_changes_no_setting(opened) -> None:
    before = opened.project.wished
    for name in ("image_size", "crop", "channels", "horizontal_flip", "colour_jitter", "hold_out", "forward_schedule"):
        box = combo(opened, name)
        middle = QPointF(box.rect().center())
        for notch in (120, -120):
            wheel = QWheelEvent(
                middle,
                box.mapToGlobal(middle),
                QPoint(),
                QPoint(0, notch),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(box, wheel)
            assert opened.project.wished == before, name


def test_the_three_tiles_are_equally_large_at_any_width(opened) -> None:
    inspector = opened.panel.inspector
    for width in range(1280, 1286):
        opened.panel.resize(width, 712)
        QApplication.processEvents()
        wells = (inspector.original, inspector.seen, inspector.noised)
        assert len({(well.width(), well.height()) for well in wells}) == 1, width


def test_leaving_out_decodes_nothing_again(opened, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(opened.controller.preview._previews, "ask", asked.append)
    opened.project.set_settings({"excluded": ("1.png",)})
    assert not asked
    opened.project.set_settings({"crop": "pad"})
    assert len(asked) == 1
