"""The whole window, once its rooms stand, with a home of its own."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from studio.app.i18n import Translations
from studio.app.settings import Settings, keep_everything_in
from studio.app.theme import theme
from studio.app.window import MainWindow

#: Tests between two looks through all that there is; it takes some twenty times as long as one through what is young.
COLLECT_ALL_EVERY = 25


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Garbage is collected between tests only, as the program does it in its own time.

    Whenever Python finds it time, widgets would be destroyed in other threads, or while Qt holds a lock.
    """
    gc.disable()
    yield
    item.session.stash[_TESTS] = done = item.session.stash.get(_TESTS, 0) + 1
    gc.collect(1 if done % COLLECT_ALL_EVERY else 2)
    gc.enable()


_TESTS = pytest.StashKey[int]()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    keep_everything_in(tmp_path)
    yield tmp_path
    keep_everything_in(None)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "<b>pictures"
    folder.mkdir()
    for number in range(5):
        Image.fromarray(np.full((8, 8, 3), 40 * number, dtype=np.uint8)).save(folder / f"{number}.png")
    return folder


@pytest.fixture
def translations(qapp: QApplication) -> Iterator[Translations]:
    made = Translations(qapp)
    made.switch("en")
    yield made
    made.switch("en")


@pytest.fixture
def window(home: Path, translations: Translations, qtbot) -> Iterator[MainWindow]:
    theme().apply("dark")
    made = MainWindow(Settings(home / "settings.json"), translations, home / "runs")
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    # Libraries that still load on a busy machine would outlast the time that the close gives them.
    qtbot.waitUntil(lambda: made.device_menu.known and not made._loaders[1].running, timeout=60_000)
    yield made
    made.close()
    assert not made.threads_left
