"""A falling curve that is drawn by hand, with the mouse and with keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.widgets.point_curve import PointCurve

TENTHS = tuple(i / 10 for i in range(1, 10))


@pytest.fixture
def curve(qtbot: QtBot) -> PointCurve:
    made = PointCurve(TENTHS)
    qtbot.addWidget(made)
    made.resize(300, made.height())
    made.show_heights([0, 0.8, 0, 0, 0.5, 0, 0, 0, 0])
    made.show()
    return made


def press(curve: PointCurve, kind: str, at: QPointF) -> None:
    """One mouse event: "press", "move", "release" or "double"."""
    kinds = QMouseEvent.Type
    which = {
        "press": kinds.MouseButtonPress,
        "move": kinds.MouseMove,
        "release": kinds.MouseButtonRelease,
        "double": kinds.MouseButtonDblClick,
    }[kind]
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    held = none if kind == "release" else left
    button = none if kind == "move" else left
    event = QMouseEvent(which, at, curve.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(curve, event)


def points(curve: PointCurve) -> dict[int, float]:
    """The tenths that have a point, with its height."""
    return {place + 1: height for place, height in enumerate(curve.heights) if height}


def test_a_point_is_dragged_between_its_neighbours_and_to_a_free_line(curve: PointCurve, qtbot: QtBot) -> None:
    moved, released = [], []
    curve.moved.connect(lambda: moved.append(curve.heights))
    curve.released.connect(lambda: released.append(curve.heights))
    press(curve, "press", curve.point_px(4, 0.5))
    press(curve, "move", curve.point_px(5, 0.3))
    assert points(curve) == {2: 0.8, 6: pytest.approx(0.3, abs=2e-3)} and curve.is_held
    press(curve, "move", curve.point_px(5, 0.95))
    assert points(curve) == {2: 0.8, 6: 0.799}, "it stays below the one before"
    press(curve, "move", curve.point_px(0, 0.5))
    assert set(points(curve)) == {2, 6}, "it does not go past another"
    assert len(moved) == 3 and not released
    press(curve, "release", curve.point_px(0, 0.5))
    assert len(released) == 1 and not curve.is_held


def test_a_double_click_adds_a_point_and_delete_removes_it(curve: PointCurve) -> None:
    press(curve, "double", curve.point_px(7, 0.2))
    press(curve, "release", curve.point_px(7, 0.2))
    assert points(curve) == {2: 0.8, 5: 0.5, 8: pytest.approx(0.2, abs=0.02)} and curve.chosen == 7
    QTest.keyClick(curve, Qt.Key.Key_Delete)
    assert points(curve) == {2: 0.8, 5: 0.5} and curve.chosen == 4
    press(curve, "double", curve.point_px(2, 0.1))
    press(curve, "release", curve.point_px(2, 0.1))
    assert points(curve)[3] == 0.501, "a point that is too low is put above the next"


def test_the_keys_choose_move_add_and_remove(curve: PointCurve) -> None:
    QTest.keyClick(curve, Qt.Key.Key_Right)
    QTest.keyClick(curve, Qt.Key.Key_Right)
    assert curve.chosen == 4
    QTest.keyClick(curve, Qt.Key.Key_Up)
    QTest.keyClick(curve, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert points(curve)[5] == 0.509 and "0.509" in curve.accessibleDescription()
    QTest.keyClick(curve, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert set(points(curve)) == {2, 6}
    curve.show_line([1 - u for u in TENTHS] + [0.0])
    QTest.keyClick(curve, Qt.Key.Key_Insert)
    assert set(points(curve)) == {2, 6, 8} or set(points(curve)) == {2, 4, 6}
    for _ in range(3):
        QTest.keyClick(curve, Qt.Key.Key_Backspace)
    assert points(curve) == {} and curve.chosen is None


def test_a_locked_curve_says_why(curve: PointCurve) -> None:
    curve.say("These are the settings of a run.")
    assert not curve.isEnabled() and "settings of a run" in curve.toolTip()
    curve.say("")
    assert curve.isEnabled() and "Double-click" in curve.toolTip()
