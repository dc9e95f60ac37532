"""Every tooltip is plain text in lines that an eye can follow: one function sets them all."""

from __future__ import annotations

import ast
from pathlib import Path

from PySide6.QtWidgets import QLabel

import studio
from studio.widgets.plain import TIP_COLUMNS, set_tip

HOME = Path(studio.__file__).parent


def test_nobody_sets_a_tooltip_past_the_function_that_wraps_it() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in sorted(HOME.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setToolTip"
    ]
    assert {Path(place).name.partition(":")[0] for place in found} == {"plain.py"}, found


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
    assert label.toolTip() == '<span style="white-space:nowrap">&lt;b&gt;3&lt;/b&gt;</span>'
