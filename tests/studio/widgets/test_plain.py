"""Names are shown as they are, also where they look like markup."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from studio.widgets.elided import ElidedLabel
from studio.widgets.plain import plain_tip


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
