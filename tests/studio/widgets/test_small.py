"""Throttle, banner, form, sliders, focus ring, symbols."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QLocale, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QToolTip, QVBoxLayout, QWidget

from studio.app.theme import theme
from studio.widgets.banner import KINDS, Banner
from studio.widgets.elided import ElidedLabel
from studio.widgets.focus import FocusOverlay
from studio.widgets.form import ROW_PX, FormRow
from studio.widgets.number import FloatBox, IntBox
from studio.widgets.panel import Panel
from studio.widgets.slider import Slider, ValueSlider
from studio.widgets.symbols import SYMBOLS, Symbol, parts, spoken, symbol_pixmap
from studio.widgets.thumbnail_view import Throttle
from tests.studio.tips import said_in


@pytest.fixture
def locale() -> Iterator[Callable[[str], None]]:
    """Show and read numbers as another language does, until the test ends."""
    before = QLocale()
    yield lambda name: QLocale.setDefault(QLocale(name))
    QLocale.setDefault(before)


def test_throttle_runs_the_first_at_once_and_then_only_the_last(qtbot) -> None:
    owner, calls = QObject(), []
    throttle = Throttle(calls.append, 20, owner)
    for n in range(5):
        throttle(n)
    assert calls == [0]
    qtbot.waitUntil(lambda: len(calls) == 2)
    assert calls == [0, 4]
    throttle(5)
    throttle.cancel()
    throttle(6)
    throttle(7)
    throttle.flush()
    assert calls[-2:] == [6, 7]
    throttle.cancel()


def banner_over(qtbot) -> tuple[QWidget, Banner]:
    room = QWidget()
    qtbot.addWidget(room)
    banner = Banner(room)
    column = QVBoxLayout(room)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addLayout(banner.slot)
    page = QWidget()
    page.setObjectName("page")
    column.addWidget(page, 1)
    room.resize(600, 300)
    return room, banner


def test_banner_shows_markup_as_it_is_written(qtbot) -> None:
    rooms, banner = banner_over(qtbot)
    rooms.show()
    name = "<b>bad</b> & <img src=x>.png cannot be read"
    for kind in KINDS:
        banner.show_message(name, kind=kind)
    words = banner.findChild(ElidedLabel)
    assert words.textFormat() == Qt.TextFormat.PlainText
    assert banner.text() == name
    assert words.shown_text() == name


def test_banner_shortens_a_long_text_and_tells_all_of_it(qtbot) -> None:
    rooms, banner = banner_over(qtbot)
    rooms.show()
    long = "word " * 200
    banner.show_message(long)
    words = banner.findChild(ElidedLabel)
    assert len(words.shown_text()) < len(long)
    assert words.toolTip().split() == long.split()


def test_banner_that_stays_takes_room_of_its_own(qtbot) -> None:
    room, banner = banner_over(qtbot)
    room.show()
    page = room.findChild(QWidget, "page")
    assert not banner.isVisible()
    assert page.height() == 300
    banner.show_message("The disk is full.", action="Choose a folder")
    qtbot.waitUntil(lambda: page.geometry().top() == banner.geometry().bottom() + 1 == 44)
    assert not banner._leaving.isActive()
    with qtbot.waitSignal(banner.acted):
        qtbot.mouseClick(banner.action_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(banner.dismissed):
        qtbot.mouseClick(banner.findChild(QWidget, "banner_close"), Qt.MouseButton.LeftButton)
    assert not banner.isVisible() and banner.text() == ""
    qtbot.waitUntil(lambda: page.height() == 300)


def test_banner_of_news_moves_nothing_and_leaves_unless_pointed_at(qtbot) -> None:
    room, banner = banner_over(qtbot)
    room.show()
    page = room.findChild(QWidget, "page")
    banner.show_message("Saved faces.png", kind="info")
    assert page.height() == 300
    assert banner.geometry().bottom() >= 300 - 17 and banner.y() > 200, "it covers no row at the top"
    room.resize(500, 300)
    assert banner.width() == 500 - 32
    assert banner._leaving.isActive()
    here = QPointF(5, 5)
    QApplication.sendEvent(banner, QEnterEvent(here, here, here))
    assert not banner._leaving.isActive()
    QApplication.sendEvent(banner, QEvent(QEvent.Type.Leave))
    assert banner._leaving.isActive()
    banner._leaving.timeout.emit()
    assert not banner.isVisible() and banner.text() == ""
    banner.show_message("The disk is full.", kind="error")
    QApplication.sendEvent(banner, QEvent(QEvent.Type.Leave))
    assert not banner._leaving.isActive(), "what went wrong waits for its answer"


def test_banner_that_offers_a_way_back_stays_longer_covers_nothing_and_gives_its_room_back(qtbot) -> None:
    room = QWidget()
    qtbot.addWidget(room)
    room.resize(400, 300)
    banner = Banner(room, margins=(0, 8, 0, 0))
    column = QVBoxLayout(room)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    page = QWidget()
    column.addLayout(banner.slot)
    column.addWidget(page, 1)
    column.addLayout(banner.foot)
    room.show()
    banner.show_message("faces-01 is in the trash", kind="info", action="Undo")
    assert banner._leaving.interval() >= 20_000
    qtbot.waitUntil(lambda: page.height() == 300 - 44)
    assert page.y() == 0 and banner.y() == 300 - 44, "no row moves under the pointer, and none is covered"
    banner.show_message("faces-01 is back", kind="info")
    assert banner._leaving.interval() < 20_000
    banner.clear()
    qtbot.waitUntil(lambda: page.height() == 300)
    banner.show_message("The disk is full.")
    qtbot.waitUntil(lambda: page.y() == 52)
    banner.clear()
    qtbot.waitUntil(lambda: (page.y(), page.height()) == (0, 300))


def test_form_row_keeps_its_place_when_its_value_changes(qtbot) -> None:
    edit = QLineEdit("24")
    row = FormRow("Base width", edit, "Channels of the first level")
    qtbot.addWidget(row)
    row.resize(280, ROW_PX)
    row.show()
    before = edit.geometry()
    row.set_changed(True)
    assert row.is_changed() and edit.geometry() == before and row.height() == ROW_PX
    assert (edit.accessibleName(), edit.toolTip()) == ("Base width", "Channels of the first level")
    reset = next(child for child in row.findChildren(QWidget) if "preset" in child.toolTip())
    with qtbot.waitSignal(row.reset):
        qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)


def test_slider_goes_where_it_is_clicked(qtbot) -> None:
    slider = Slider(0, 1000, 0)
    qtbot.addWidget(slider)
    slider.resize(516, 24)
    slider.show()
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(8 + 250, 12))
    assert abs(slider.value() - 500) <= 3


def test_value_slider_does_not_change_its_width_with_its_value(qtbot) -> None:
    row = ValueSlider(Slider(0, 1000, 7), lambda n: f"{n:,}")
    qtbot.addWidget(row)
    row.set_words("t", "How much noise")
    row.resize(300, 28)
    row.show()
    before = row.slider.geometry()
    with qtbot.waitSignal(row.moved):
        row.set_value(1000)
    assert row.slider.geometry() == before
    assert row.slider.accessibleName() == "t"


def test_focus_ring_is_for_the_keyboard_only(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    buttons = [QPushButton(str(n)) for n in range(3)]
    for button in buttons:
        column.addWidget(button)
    ring = FocusOverlay(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    buttons[0].setFocus(Qt.FocusReason.MouseFocusReason)
    assert ring.target is None
    qtbot.keyClick(buttons[0], Qt.Key.Key_Tab)
    assert ring.target is buttons[1] and ring.isVisible()
    assert ring.geometry() == buttons[1].geometry().adjusted(-4, -4, 4, 4)
    window.resize(500, 400)
    qtbot.waitUntil(lambda: ring.geometry() == buttons[1].geometry().adjusted(-4, -4, 4, 4))
    buttons[2].setFocus(Qt.FocusReason.MouseFocusReason)
    assert ring.target is None and not ring.isVisible()


def test_symbols_have_their_hats_and_bars(qtbot) -> None:
    assert spoken("‖Δ{x_0_hat}‖ = {unknown}") == "‖Δx̂₀‖ = {unknown}"
    assert len(parts("{x_t} = 0.8 {x_0}")) == 3

    def ink_top(text: str) -> int:
        image = symbol_pixmap(text, 26, theme().color("text")).toImage()
        rows = (y for y in range(image.height()) if any(image.pixelColor(x, y).alpha() for x in range(image.width())))
        return next(rows)

    assert 0 < ink_top("{x_0_hat}") < ink_top("{x_0}")
    assert 0 < ink_top("{alpha_bar_t}") < ink_top("α")
    assert all(glyph.spoken for glyph in SYMBOLS.values())
    label = Symbol("{x_t}")
    qtbot.addWidget(label)
    narrow = label.sizeHint().width()
    label.set_text("Predicted {x_0_hat}")
    assert label.sizeHint().width() > narrow and label.accessibleName() == "Predicted x̂₀"


def test_panel_title_may_hold_symbols(qtbot) -> None:
    panel = Panel("Predicted {x_0_hat}")
    qtbot.addWidget(panel)
    assert panel.accessibleName() == "Predicted x̂₀"
    panel.set_title("")
    assert not panel.title.isVisibleTo(panel)


@pytest.mark.parametrize("language", ["en_US", "zh_CN", "de_DE"])
@pytest.mark.parametrize(("typed", "value"), [("1,5", 1.5), ("1.5", 1.5), ("15", 2.0), ("1,2,3", 2.0), ("", 2.0)])
def test_float_box_takes_a_comma_as_the_decimal_sign_or_keeps_its_value(qtbot, locale, language, typed, value) -> None:
    locale(language)
    box = FloatBox(1, 10, 2.0)
    qtbot.addWidget(box)
    box.selectAll()
    QTest.keyClicks(box, typed or "\b")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == value


@pytest.mark.parametrize(
    ("language", "typed", "value"),
    [
        ("en_US", "1,500", 1500),
        ("de_DE", "1.500", 1500),
        ("en_US", "1,5", 16),
        ("de_DE", "1,5", 16),
        ("en_US", "1.5", 16),
        ("en_US", "15,00", 16),
        ("en_US", "99999", 16),
        ("en_US", "64", 64),
    ],
)
def test_int_box_takes_true_groups_of_three_or_keeps_its_value(qtbot, locale, language, typed, value) -> None:
    locale(language)
    box = IntBox(1, 4096, 16)
    qtbot.addWidget(box)
    box.selectAll()
    QTest.keyClicks(box, typed)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == value


def test_int_box_says_why_a_text_is_not_taken(qtbot) -> None:
    box = IntBox(1, 4096, 16)
    qtbot.addWidget(box)
    with qtbot.waitExposed(box):
        box.show()
    qtbot.waitUntil(box.isActiveWindow)
    box.selectAll()
    QTest.keyClicks(box, "99999")
    QTest.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: said_in(QToolTip.text()).startswith("“99999” was not taken: it must be a whole"))
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_int_box_says_why_a_letter_is_not_typed(qtbot) -> None:
    box = IntBox(1, 4096, 16)
    qtbot.addWidget(box)
    with qtbot.waitExposed(box):
        box.show()
    qtbot.waitUntil(box.isActiveWindow)
    box.lineEdit().end(False)
    QTest.keyClick(box, Qt.Key.Key_Q)
    assert box.text() == "16"
    qtbot.waitUntil(lambda: said_in(QToolTip.text()).startswith("“q” was not taken: it must be a whole"))
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_int_box_with_a_unit_reads_what_it_shows(qtbot) -> None:
    box = IntBox(0, 5000, 1)
    qtbot.addWidget(box)
    box.setSuffix(" GB")
    box.setSpecialValueText("Keep nothing")
    for value in (0, 12, 4321):
        box.setValue(value)
        box.interpretText()
        assert box.value() == value
