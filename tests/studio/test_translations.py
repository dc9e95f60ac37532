"""Every word of the window goes through tr, and every translation is complete and current."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QTranslator

import studio
from studio.app.i18n import LANGUAGES, language_for, translations_folder

ROOT = Path(studio.__file__).parent.parent
SOURCES = sorted((ROOT / "studio").rglob("*.py"))
#: Its sentences are marked where they stand (core/errors.py).
CORE = sorted((ROOT / "core").rglob("*.py"))
TS_FILES = sorted(translations_folder().glob("*.ts"))
#: English is the source: the words in the code are its translation.
TRANSLATED = sorted(set(LANGUAGES) - {"en"})

#: Methods and classes whose text a person sees.
SHOWN_BY = {
    "setText",
    "setToolTip",
    "setWindowTitle",
    "setPlaceholderText",
    "setAccessibleName",
    "setAccessibleDescription",
    "setStatusTip",
    "setTitle",
    "set_title",
    "set_placeholder",
    "addAction",
    "addMenu",
    "show_message",
    "QLabel",
    "QPushButton",
    "QCheckBox",
    "Panel",
}


def lupdate(*arguments: str) -> None:
    program = shutil.which("pyside6-lupdate", path=str(Path(sys.executable).parent)) or "pyside6-lupdate"
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ElementTree.Element]:
    """Each translation file brought up to date with the sources, in a copy."""
    folder = tmp_path_factory.mktemp("ts")
    trees = {}
    for ts in TS_FILES:
        copy = folder / ts.name
        shutil.copy(ts, copy)
        lupdate("-silent", "-no-obsolete", "-locations", "none", *map(str, SOURCES + CORE), "-ts", str(copy))
        trees[ts.stem] = ElementTree.parse(copy).getroot()
    return trees


def test_there_is_a_file_for_every_language() -> None:
    assert [ts.stem for ts in TS_FILES] == TRANSLATED
    for ts in TS_FILES:
        # Without it lupdate leaves a file as it is, and says so only in passing.
        assert ElementTree.parse(ts).getroot().get("language") == ts.stem


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_entry_is_unfinished(fresh: dict[str, ElementTree.Element], language: str) -> None:
    unfinished = []
    for message in fresh[language].iter("message"):
        translation = message.find("translation")
        forms = [form.text for form in message.iter("numerusform")] or [getattr(translation, "text", None)]
        if translation is None or translation.get("type") == "unfinished" or not all(forms):
            unfinished.append(message.findtext("source"))
    assert not unfinished


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_place_for_a_value_is_lost(fresh: dict[str, ElementTree.Element], language: str) -> None:
    for message in fresh[language].iter("message"):
        source = message.findtext("source") or ""
        for form in [f.text for f in message.iter("numerusform")] or [message.findtext("translation")]:
            assert sorted(re.findall(r"{\w*[^}]*}", source)) == sorted(re.findall(r"{\w*[^}]*}", form or "")), source


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_file_is_current(tmp_path: Path, language: str) -> None:
    program = shutil.which("pyside6-lrelease", path=str(Path(sys.executable).parent)) or "pyside6-lrelease"
    made = tmp_path / "made.qm"
    source = translations_folder() / f"{language}.ts"
    subprocess.run([program, "-silent", str(source), "-qm", str(made)], check=True, timeout=60)
    assert made.read_bytes() == (translations_folder() / f"{language}.qm").read_bytes()
    assert QTranslator().load(str(made))


def _literals(call: ast.Call) -> list[str]:
    found = []
    for argument in [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in {"text", "title"})]:
        parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
        found += [p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)]
    return found


def test_no_word_is_shown_untranslated() -> None:
    bare = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
            if name not in SHOWN_BY:
                continue
            # Two letters in a row are a word; signs, numbers and single symbols are the same everywhere.
            words = [text for text in _literals(node) if re.search(r"[A-Za-z]{2}", text)]
            bare += [f"{path.name}:{node.lineno} {text!r}" for text in words]
    assert not bare


def test_tr_is_given_literals() -> None:
    wrong = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", None) == "tr" and node.args:
                argument = node.args[0]
                if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                    wrong.append(f"{path.name}:{node.lineno}")
    assert not wrong


def test_a_wish_finds_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    assert language_for("zh_CN") == "zh_CN"
    assert language_for("en") == "en"
    assert language_for("system") in LANGUAGES
