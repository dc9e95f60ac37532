"""The glossary opens at the word that is pointed at, is searched, and says the same in each language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.app.glossary import Glossary, entry_at
from studio.app.i18n import LANGUAGES
from studio.app.window import MainWindow
from studio.app.words import entries, entry_in, glossary_path
from studio.widgets.plain import set_tip
from studio.widgets.symbols import Symbol


@pytest.fixture
def glossary(qtbot: QtBot) -> Iterator[Glossary]:
    window = QWidget()
    qtbot.addWidget(window)
    made = Glossary("en", window)
    made.open_at(None)
    yield made
    del window


def symbols(language: str) -> list[str]:
    return [
        word
        for entry in entries(language)
        for word in entry.words
        if "_" in word or (len(unicodedata.normalize("NFC", word)) == 1 and word.isalpha() and ord(word) < 0x3000)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_own_with_the_same_symbols(language: str) -> None:
    assert (glossary_path(language) == glossary_path("en")) == (language == "en")
    assert symbols(language) == symbols("en")
    assert len(entries(language)) == len(entries("en"))
    assert all(entry.meaning and all(entry.words) for entry in entries(language))
    assert glossary_path("xx") == glossary_path("en")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("ᾱ_t, the product of 1 − β up to t", "ᾱ_t"),
        ("Signal-to-noise ratio ᾱ_t / (1 − ᾱ_t)", "SNR_t"),
        ("noise x_T that it begins with", "noise"),
        ("begins with x_T", "x_T"),
        ("x_t at the left", "x_t"),
        ("at t = 5", "t"),
        ("How fast it plays: 1× is ten steps a second", None),
    ],
)
def test_a_text_speaks_of_what_it_names_first(text: str, word: str | None) -> None:
    entry = entry_in(text, "en")
    assert (None if entry is None else entry.words[0]) == word


def test_search_finds_words_and_what_they_mean(glossary: Glossary) -> None:
    QTest.keyClicks(glossary.search, "brightness")
    assert [entry.words[0] for entry in glossary.seen] == ["offset noise"]
    glossary.search.setText("xyzzy")
    assert not glossary.seen and "xyzzy" in glossary.nothing.text() and glossary.nothing.isVisible()
    glossary.search.clear()
    assert len(glossary.seen) == len(entries("en")) and not glossary.nothing.isVisible()


def test_it_opens_at_a_word(glossary: Glossary) -> None:
    wished = entries("en")[-1]
    glossary.open_at(wished)
    row = glossary.rows[-1]
    assert row.property("formula") and not glossary.rows[0].property("formula")
    area = glossary._scroll.viewport()
    assert area.rect().intersects(row.rect().translated(row.mapTo(area, QPoint(0, 0))))


def test_escape_closes_it_for_good(glossary: Glossary, qtbot: QtBot) -> None:
    with qtbot.waitSignal(glossary.destroyed):
        QTest.keyClick(glossary.search, Qt.Key.Key_Escape)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_what_is_pointed_at_is_looked_up_by_its_symbol_its_tip_or_what_it_lies_in(qtbot: QtBot) -> None:
    outer = QWidget()
    qtbot.addWidget(outer)
    column = QVBoxLayout(outer)
    symbol, label, plain = Symbol("Predicted {x_0_hat}"), QLabel("w"), QLabel("nothing")
    for widget in (symbol, label, plain):
        column.addWidget(widget)
    set_tip(label, "How much noise DDIM adds, η")
    set_tip(outer, "The sampler")
    found = [entry_at(widget, "en") for widget in (symbol, label, plain)]
    assert [entry.words[0] for entry in found if entry] == ["x̂_0", "noise", "sampler"]
    assert entry_at(None, "en") is None


def test_the_tip_of_a_symbol_says_where_it_is_explained(qtbot: QtBot) -> None:
    symbol = Symbol("{alpha_bar_t} = 0.5")
    qtbot.addWidget(symbol)
    set_tip(symbol, "What is left of the picture's power")
    symbol.show()
    QApplication.sendEvent(symbol, QHelpEvent(QEvent.Type.ToolTip, QPoint(2, 2), symbol.mapToGlobal(QPoint(2, 2))))
    assert QToolTip.text() == "What is left of the picture's power\n(Glossary: ᾱ_t, Shift+F1)"
    QToolTip.hideText()


def test_the_menu_opens_it_and_the_key_finds_what_the_focus_is_on(window: MainWindow, qtbot: QtBot) -> None:
    window.show_room("sampler")
    menu = window.top_bar.settings.menu()
    action = next(action for action in menu.actions() if action.text().endswith("Shift+F1"))
    action.trigger()
    found = window.findChild(Glossary, "glossary")
    assert found is not None and found.isVisible()
    with qtbot.waitSignal(found.destroyed):
        found.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    window.settings_menu.show_glossary()
    again = window.findChild(Glossary, "glossary")
    assert again is not None
    with qtbot.waitSignal(again.destroyed):
        again.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
