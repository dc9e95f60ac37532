"""Both themes can be read, and all that Qt draws from files is there in their colours."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from studio.app.icons import app_icon, icon, names, set_accent, set_icon
from studio.app.theme import THEMES, Tokens, icons_folder, style_sheet, theme
from studio.widgets.number import FloatBox, IntBox


def luminance(colour: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4

    r, g, b = (linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", THEMES.values(), ids=THEMES)
def test_contrast(tokens: Tokens) -> None:
    for ground in (tokens.ground, tokens.panel, tokens.raised):
        assert contrast(tokens.text, ground) >= 5
        assert contrast(tokens.muted, ground) >= 5
    for mark in (
        tokens.edge,
        tokens.loss,
        tokens.validation,
        tokens.weight,
        tokens.cursor,
        tokens.error,
        tokens.accent,
    ):
        assert contrast(mark, tokens.panel) >= 3
    assert contrast(tokens.on_accent, tokens.accent) >= 5


@pytest.mark.parametrize("name", THEMES)
def test_the_files_of_a_style_sheet_exist_in_the_colours_of_its_theme(name: str) -> None:
    tokens = THEMES[name]
    sheet = style_sheet(tokens, name)
    assert "$" not in sheet
    files = set(re.findall(r"url\(([^)]*)\)", sheet))
    assert files
    for file in files:
        colour = re.search(r'stroke="(#\w+)"', Path(file).read_text("utf-8"))
        assert colour is not None and colour[1] in asdict(tokens).values(), file


@pytest.mark.parametrize("name", THEMES)
def test_every_icon_is_drawn_in_both_themes_enabled_and_disabled(name: str) -> None:
    theme().apply(name)
    assert len(names()) >= 40
    for icon_name in names():
        for mode, token in ((QIcon.Mode.Normal, None), (QIcon.Mode.Disabled, "edge")):
            image = icon(icon_name).pixmap(QSize(16, 16), mode).toImage()
            colours = {
                image.pixelColor(x, y).name()
                for x in range(image.width())
                for y in range(image.height())
                if image.pixelColor(x, y).alpha() > 180
            }
            assert colours, icon_name
            if token is not None:
                # Antialiasing rounds a channel now and then.
                expected = theme().color(token)
                off = [abs(QColor(colour).lightness() - expected.lightness()) for colour in colours]
                assert max(off) <= 2, icon_name
    assert not app_icon().pixmap(64, 64).isNull()


def test_every_drawing_belongs_to_the_one_family() -> None:
    for file in icons_folder().glob("*.svg"):
        if file.stem != "app":
            assert 'viewBox="0 0 16 16"' in file.read_text("utf-8")
            assert 'stroke-width="1.5"' in file.read_text("utf-8")


def centre(button: QPushButton | QToolButton) -> str:
    return button.icon().pixmap(16, 16).toImage().pixelColor(5, 8).name()


def test_a_button_keeps_its_icon_current(qtbot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    set_icon(button, "pause")
    assert centre(button) == THEMES["dark"].text
    theme().apply("light")
    assert centre(button) == THEMES["light"].text
    set_accent(button, True)
    assert centre(button) == THEMES["light"].on_accent


def test_palette_follows_and_is_announced(qtbot, qapp: QApplication) -> None:
    with qtbot.waitSignal(theme().changed):
        theme().apply("light")
    assert theme().is_light
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(THEMES["light"].ground)
    disabled = qapp.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert disabled == QColor(THEMES["light"].edge)


def test_the_system_is_followed_where_it_says_something(qapp: QApplication) -> None:
    theme().apply("system")
    scheme = qapp.styleHints().colorScheme().name
    assert theme().name == ("light" if scheme == "Light" else "dark")


def test_controls_are_28_px_high_and_so_are_the_rows_of_a_list(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    combo = QComboBox()
    combo.addItems(["a", "b"])
    controls = [QPushButton("a"), QToolButton(), QLineEdit(), IntBox(0, 9, 1), FloatBox(0, 1, 0.5), combo]
    for control in controls:
        column.addWidget(control)
    window.show()
    assert [control.height() for control in controls] == [28] * len(controls)
    combo.showPopup()
    view = combo.view()
    assert view.visualRect(view.model().index(0, 0)).height() == 28
    combo.hidePopup()


def test_what_is_painted_first_needs_neither_numpy_nor_pyqtgraph_nor_torch() -> None:
    modules = "banner controls elided focus form image_grid legend number panel pixels scrubber slider symbols"
    modules += " thumbnail_view"
    code = (
        "import sys, importlib, studio.app.start, studio.app.window\n"
        f"for name in {modules.split()!r}: importlib.import_module('studio.widgets.' + name)\n"
        "print(sorted({'torch', 'pyqtgraph', 'numpy'} & sys.modules.keys()))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
