"""Names are shown as they are, also where they look like markup."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.widgets.banner import Banner
from studio.widgets.elided import ElidedLabel
from studio.widgets.plain import plain_tip, set_words


@pytest.mark.parametrize("text", ["a.png", "a<b>.png", "<img src=x>", "a & b <i>", "&lt;b>\n<u>", "a\n<b>c", "1 < 2"])
def test_a_tip_says_what_is_written(text: str) -> None:
    tip = plain_tip(text)
    shown = QTextDocument()
    if tip != text:
        shown.setHtml(tip)
    else:
        shown.setPlainText(tip)
    assert shown.toPlainText() == text
    assert tip != text or not {"<", "&"} & {*text}


def test_a_label_whose_text_is_markup_has_a_plain_tip(qtbot: QtBot) -> None:
    label = ElidedLabel("a long name <b>with markup</b>.png")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    assert "&lt;b&gt;" in label.toolTip()


def test_a_name_on_a_button_is_no_shortcut(qtbot: QtBot) -> None:
    button, place = QPushButton(), QWidget()
    qtbot.addWidget(button)
    qtbot.addWidget(place)
    set_words(button, "cats & dogs", "tip")
    assert button.text() == "cats && dogs" and button.accessibleName() == "cats & dogs"
    banner = Banner(place)
    banner.show_message("Taken", action="Use those of A&B")
    assert banner.action_button.text() == "Use those of A&&B" and banner.action_button.shortcut().isEmpty()
