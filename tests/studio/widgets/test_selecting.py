"""Many cells of a grid selected with the mouse and with the keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app.theme import theme
from studio.widgets.selecting_grid import Selection
from studio.widgets.thumbnail_view import Mark, ThumbnailView

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(qtbot: QtBot) -> ThumbnailView:
    made = ThumbnailView()
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.set_count(100)
    made.show()
    return made


def selected(view: ThumbnailView) -> list[int]:
    cells = [index for index in range(view.count()) if index in view.selection]
    assert len(cells) == len(view.selection) == sum(view.selection.mask)
    return cells


def click(qtbot: QtBot, view: ThumbnailView, index: int, modifiers: Qt.KeyboardModifier | None = None) -> None:
    place = view.cell_rect(index).center().toPoint()
    qtbot.mouseClick(view.viewport(), LEFT, modifiers or Qt.KeyboardModifier.NoModifier, pos=place)


def test_click_ctrl_and_shift(view: ThumbnailView, qtbot: QtBot) -> None:
    begun: list[bool] = []
    view.selection_changed.connect(begun.append)
    click(qtbot, view, 3)
    click(qtbot, view, 9, CTRL)
    assert selected(view) == [3, 9] and view.current() == 9
    click(qtbot, view, 3, CTRL)
    click(qtbot, view, 5, CTRL)
    assert selected(view) == [5, 9]
    click(qtbot, view, 7, SHIFT)
    assert selected(view) == [5, 6, 7], "from where the last click without Shift was"
    click(qtbot, view, 12, CTRL)
    click(qtbot, view, 10, SHIFT | CTRL)
    assert selected(view) == [5, 6, 7, 10, 11, 12]
    click(qtbot, view, 0)
    assert selected(view) == [0]
    assert begun == [True, False, False, False, True, False, False, True]


def test_keys(view: ThumbnailView, qtbot: QtBot) -> None:
    qtbot.keyClick(view, Qt.Key.Key_Home)
    qtbot.keyClick(view, Qt.Key.Key_Right, SHIFT)
    qtbot.keyClick(view, Qt.Key.Key_Down, SHIFT)
    assert selected(view) == list(range(10)) and view.current() == 9
    qtbot.keyClick(view, Qt.Key.Key_Right, CTRL)
    qtbot.keyClick(view, Qt.Key.Key_Right, CTRL)
    assert len(selected(view)) == 10 and view.current() == 11, "Ctrl only moves"
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert selected(view) == [*range(10), 11]
    qtbot.keyClick(view, Qt.Key.Key_A, CTRL)
    assert len(view.selection) == 100 and view.current() == 11
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert selected(view) == [11]
    qtbot.keyClick(view, Qt.Key.Key_End, SHIFT)
    assert selected(view) == list(range(11, 100))


def drag(view: ThumbnailView, kind: QEvent.Type, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
    held = LEFT if kind != QEvent.Type.MouseButtonRelease else Qt.MouseButton.NoButton
    where = QPointF(view.viewport().mapToGlobal(place.toPoint()))
    QApplication.sendEvent(view.viewport(), QMouseEvent(kind, place, where, LEFT, held, modifiers))


@pytest.mark.parametrize("modifiers", [Qt.KeyboardModifier.NoModifier, CTRL])
def test_a_frame_drawn_with_the_mouse(view: ThumbnailView, qtbot: QtBot, modifiers: Qt.KeyboardModifier) -> None:
    click(qtbot, view, 30)
    drag(view, QEvent.Type.MouseButtonPress, view.cell_rect(1).center(), modifiers)
    drag(view, QEvent.Type.MouseMove, view.cell_rect(18).center(), modifiers)
    expected = {1, 2, 9, 10, 17, 18}
    assert set(selected(view)) == (expected | {30} if modifiers else expected)
    drag(view, QEvent.Type.MouseMove, view.cell_rect(2).center(), modifiers)
    drag(view, QEvent.Type.MouseButtonRelease, view.cell_rect(2).center(), modifiers)
    assert set(selected(view)) == ({1, 2, 30} if modifiers else {1, 2})
    drag(view, QEvent.Type.MouseMove, view.cell_rect(18).center(), modifiers)
    assert len(selected(view)) <= 3, "it is over"


def test_a_frame_beyond_the_rim_scrolls(view: ThumbnailView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    none = Qt.KeyboardModifier.NoModifier
    below = QPointF(100, view.viewport().height() + 60)
    monkeypatch.setattr(
        "studio.widgets.selecting_grid.QCursor.pos", lambda: view.viewport().mapToGlobal(below.toPoint())
    )
    drag(view, QEvent.Type.MouseButtonPress, view.cell_rect(0).center(), none)
    drag(view, QEvent.Type.MouseMove, below, none)
    before = len(view.selection)
    qtbot.waitUntil(lambda: view.verticalScrollBar().value() == view.verticalScrollBar().maximum())
    assert len(view.selection) > before, "what comes into sight is taken in"
    drag(view, QEvent.Type.MouseButtonRelease, below, none)


def test_the_menu_comes_for_what_is_selected(view: ThumbnailView, qtbot: QtBot) -> None:
    asked: list[QPoint] = []
    view.menu_wished.connect(asked.append)
    click(qtbot, view, 3)
    click(qtbot, view, 4, SHIFT)
    qtbot.mousePress(view.viewport(), Qt.MouseButton.RightButton, pos=view.cell_rect(3).center().toPoint())
    assert selected(view) == [3, 4]
    qtbot.mousePress(view.viewport(), Qt.MouseButton.RightButton, pos=view.cell_rect(8).center().toPoint())
    assert selected(view) == [8]
    by_key = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    QApplication.sendEvent(view.viewport(), by_key)
    assert asked == [view.viewport().mapToGlobal(view.cell_rect(8).center().toPoint())]


def test_a_picture_is_kept_wherever_it_stands(view: ThumbnailView, qtbot: QtBot) -> None:
    from PySide6.QtGui import QImage

    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    view.set_image(5, image)
    asked: list[tuple[int, ...]] = []
    view.request.connect(lambda visible: asked.append(visible.pictures))
    view.set_identity(lambda index: 5 if index == 0 else 1000 + index)
    qtbot.waitUntil(lambda: bool(asked))
    assert 5 not in asked[-1] and asked[-1][0] == 1001
    assert view.grab().toImage().pixelColor(view.cell_rect(0).center().toPoint()) == Qt.GlobalColor.red


def test_marks_are_seen_and_broken_ones_are_not_asked_for(view: ThumbnailView, qtbot: QtBot) -> None:
    theme().apply("dark")
    asked: list[tuple[int, ...]] = []
    view.request.connect(lambda visible: asked.append(visible.pictures))
    before = view.grab().toImage()
    view.set_mark(lambda index: Mark.BROKEN if index < 8 else Mark.LEFT_OUT if index == 9 else Mark.NONE)
    view.forget_images()
    qtbot.waitUntil(lambda: bool(asked) and asked[-1][0] == 8)
    after = view.grab().toImage()
    for index, changed in ((0, True), (9, True), (10, False)):
        area = view.cell_rect(index).toAlignedRect()
        assert (before.copy(area) != after.copy(area)) == changed


@given(
    count=st.integers(1, 40),
    across=st.integers(1, 9),
    rows=st.tuples(st.integers(0, 6), st.integers(0, 6)),
    columns=st.tuples(st.integers(0, 8), st.integers(0, 8)),
)
def test_a_block_is_its_rows_and_columns(
    count: int, across: int, rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    selection = Selection()
    selection.set_count(count)
    block = range(rows[0], rows[1] + 1), range(columns[0], min(across, columns[1] + 1))
    selection.block(*block, across, bytes(count))
    expected = {index for index in range(count) if index // across in block[0] and index % across in block[1]}
    assert {index for index in range(count) if index in selection} == expected and len(selection) == len(expected)


def test_a_frame_goes_on_while_more_cells_come_and_ends_with_another_order(view: ThumbnailView) -> None:
    none = Qt.KeyboardModifier.NoModifier
    drag(view, QEvent.Type.MouseButtonPress, view.cell_rect(1).center(), none)
    drag(view, QEvent.Type.MouseMove, view.cell_rect(2).center(), none)
    view.set_count(120)
    drag(view, QEvent.Type.MouseMove, view.cell_rect(3).center(), none)
    assert len(view.selection.mask) == 120 and selected(view) == [1, 2, 3]
    view.set_count(10)
    view.set_chosen(0, bytes(10))
    drag(view, QEvent.Type.MouseMove, view.cell_rect(4).center(), none)
    assert len(view.selection.mask) == 10 and selected(view) == []
