"""Chips: several can be chosen, none means the first, and a filter hides without forgetting."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.widgets.chips import LINE_PX, ChipField
from studio.widgets.controls import ElidedCombo
from tests.clocks import longest_turn_s, processor_s


@pytest.fixture
def chips(qtbot: QtBot) -> ChipField:
    made = ChipField()
    qtbot.addWidget(made)
    made.resize(400, 100)
    made.set_chips("Any", ("cat", "dog", "owl"))
    made.show()
    return made


def press(chips: ChipField, row: int) -> None:
    QTest.mouseClick(
        chips.viewport(), Qt.MouseButton.LeftButton, pos=chips.visualRect(chips.model().index(row, 0)).center()
    )


def chosen_rows(chips: ChipField) -> list[int]:
    return sorted(index.row() for index in chips.selectionModel().selectedRows())


def test_the_first_is_on_when_no_other_is(chips: ChipField, qtbot: QtBot) -> None:
    assert (chips.chosen(), chosen_rows(chips)) == ((), [0])
    with qtbot.waitSignal(chips.changed):
        press(chips, 2)
    press(chips, 1)
    assert (chips.chosen(), chosen_rows(chips)) == ((0, 1), [1, 2])
    press(chips, 0)
    assert (chips.chosen(), chosen_rows(chips)) == ((), [0])
    press(chips, 0)
    assert chosen_rows(chips) == [0]
    press(chips, 3)
    press(chips, 3)
    assert (chips.chosen(), chosen_rows(chips)) == ((), [0])


def test_the_keyboard_chooses_too(chips: ChipField) -> None:
    chips.setCurrentIndex(chips.model().index(0, 0))
    QTest.keyClick(chips, Qt.Key.Key_Right)
    assert chips.chosen() == ()
    QTest.keyClick(chips, Qt.Key.Key_Space)
    assert chips.chosen() == (0,)


def test_it_is_as_high_as_it_needs_up_to_two_lines(chips: ChipField) -> None:
    assert chips.height() == LINE_PX
    chips.set_chips("Any", tuple(f"a longer name {k}" for k in range(1000)))
    assert chips.height() == 2 * LINE_PX
    chips.set_filter("NAME 99")
    assert [row for row in range(1, 1001) if not chips.isRowHidden(row)] == [100, *range(991, 1001)]
    chips.set_filter("nothing like it")
    assert chips.height() == LINE_PX


def test_other_words_forget_what_was_chosen_the_same_words_keep_it(chips: ChipField) -> None:
    chips.set_chosen((1,))
    chips.set_chips("任意", ("cat", "dog", "owl"))
    assert chips.chosen() == (1,)
    chips.set_chips("Any", ("cat", "fox"))
    assert chips.chosen() == ()


def test_a_combo_shows_what_fits_and_keeps_its_words(qtbot: QtBot) -> None:
    combo = ElidedCombo(60, 120)
    qtbot.addWidget(combo)
    combo.addItem("words that are much longer than the box")
    combo.show()
    assert combo.width() <= 120
    image = combo.grab().toImage()
    arrow_from = combo.width() - 20
    # The words end before the arrow instead of running under it.
    column = [image.pixelColor(arrow_from, y) for y in range(8, 20)]
    assert len({colour.rgb() for colour in column}) == 1
    assert combo.currentText() == "words that are much longer than the box"


@pytest.mark.clock
def test_a_hundred_thousand_are_shown_at_once(chips: ChipField) -> None:
    words = tuple(f"class {number}" for number in range(100_000))
    assert processor_s(lambda: chips.set_chips("Any", words)) < 0.1
    turns = iter(range(150))
    assert longest_turn_s(lambda: next(turns, None) is None) < 0.1, "they are laid out in pieces"
    assert chips.visualRect(chips.model().index(100_000, 0)).isValid()
