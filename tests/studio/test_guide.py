"""The user guide opens beside the window, says what there is, and is part of what is installed."""

from __future__ import annotations

import fnmatch
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.app.i18n import LANGUAGES
from studio.app.settings_menu import Guide, guide_path

ROOT = Path(__file__).parents[2]


@pytest.fixture
def guide(qtbot: QtBot) -> Iterator[Guide]:
    window = QWidget()
    qtbot.addWidget(window)
    made = Guide("en", window)
    made.show()
    yield made
    del window


def test_it_says_what_there_is(guide: Guide) -> None:
    text = guide.text.toPlainText()
    for section in ("Classes", "More", "Start from", "Files of other programs", "Checkpoints"):
        assert section in text
    assert "##" not in text and "**" not in text


def test_escape_closes_it_for_good(guide: Guide, qtbot: QtBot) -> None:
    with qtbot.waitSignal(guide.destroyed):
        QTest.keyClick(guide.text, Qt.Key.Key_Escape)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.parametrize("language", [*LANGUAGES, "xx"])
def test_every_language_has_one_to_read(language: str) -> None:
    assert "DDPM Studio" in guide_path(language).read_text("utf-8")


def test_it_is_part_of_the_package_and_the_rest_of_its_folder_is_not() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    taken, left = project["package-data"]["resources"], project["exclude-package-data"]["resources"]
    for file in (path for path in (ROOT / "resources" / "docs").rglob("*") if path.is_file()):
        name = file.relative_to(ROOT / "resources").as_posix()
        wanted = any(fnmatch.fnmatch(name, pattern) for pattern in taken)
        assert wanted == file.name.startswith(("guide", "glossary"))
        assert wanted != any(fnmatch.fnmatch(name, pattern) for pattern in left)
