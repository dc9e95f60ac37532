"""Every tooltip is plain text in lines that an eye can follow: one function sets them all."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

import studio
from studio.widgets.plain import TIP_COLUMNS, set_tip

HOME = Path(studio.__file__).parent


@pytest.mark.parametrize("path", sorted(HOME.rglob("*.py")), ids=lambda path: str(path.relative_to(HOME)))
def test_nobody_sets_a_tooltip_past_the_function_that_wraps_it(path: Path) -> None:
    if path.name == "plain.py":
        return
    calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    assert not [c for c in calls if isinstance(c, ast.Attribute) and c.attr == "setToolTip"]


def test_a_long_tip_is_wrapped_in_english_and_in_chinese(qtbot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    for text, columns in (("word " * 60, 1), ("噪声" * 60, 2)):
        set_tip(label, text)
        lines = label.toolTip().split("\n")
        assert len(lines) > 2 and all(len(line) * columns <= TIP_COLUMNS for line in lines)


def test_what_looks_like_markup_is_shown_as_it_is(qtbot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    set_tip(label, "<b>3</b>")
    assert label.toolTip() == "<span>&lt;b&gt;3&lt;/b&gt;</span>"
