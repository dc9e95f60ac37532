"""Where decoded pictures are kept is chosen in the window, unless the environment says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core.pictures.feed.cache_folder import FOLDER_VARIABLE, GIGABYTES_VARIABLE, HEADER, CachePlace
from core.settings import RunConfig
from core.training.events import Wishes
from core.training.job import TrainingJob
from studio.app.cache import CacheDialog, CacheSettings
from studio.app.settings import CacheWish, Settings
from studio.project import Project
from studio.training.running import make_training_job
from studio.widgets.number import IntBox


class Opened:
    """The dialog with everything behind it."""

    def __init__(self, tmp_path: Path, window: QWidget) -> None:
        self.project, self.settings = Project(tmp_path / "runs"), Settings(tmp_path / "settings.json")
        self.kept = CacheSettings(self.project, self.settings, window)
        self.kept.show()
        self.dialog = window.findChild(CacheDialog)

    def button(self, name: str) -> QPushButton:
        found = self.dialog.findChild(QPushButton, name)
        assert found is not None
        return found

    def words(self, name: str) -> str:
        return self.dialog.findChild(QLabel, name).text()


@pytest.fixture
def open_dialog(tmp_path: Path, qtbot: QtBot) -> Iterator[Callable[[], Opened]]:
    window = QWidget()
    qtbot.addWidget(window)
    made: list[Opened] = []

    def make() -> Opened:
        made.append(Opened(tmp_path, window))
        qtbot.waitUntil(lambda: not made[-1].kept._latest.busy)
        return made[-1]

    yield make
    assert all(opened.kept.shutdown(5000) for opened in made)


def keep_something(place: CachePlace, count: int) -> None:
    for number in range(count):
        (place.caches / f"{number:024x}").mkdir(parents=True)
        (place.caches / f"{number:024x}" / HEADER).write_bytes(b"x" * 5000)


def test_a_chosen_place_is_remembered_and_trained_with(
    open_dialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_dialog()
    assert opened.project.cache.place() == CachePlace.usual() and not opened.button("usual_cache").isVisible()
    there = tmp_path / "fast disk"
    there.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(there))
    qtbot.mouseClick(opened.button("choose_cache"), Qt.MouseButton.LeftButton)
    opened.dialog.findChild(IntBox).setValue(7)
    assert opened.words("cache_folder") == str(there)
    assert opened.project.cache.place() == CachePlace(there, 7 * 10**9)
    assert CacheWish.of(opened.settings) == opened.project.cache, "the next start knows it"
    job = make_training_job(
        RunConfig(),
        tmp_path,
        scan=SimpleNamespace(hidden_folders=False),
        device="cpu",
        resume=False,
        total=None,
        changes=None,
        cache=opened.project.cache,
        wishes=Wishes(),
    )
    assert isinstance(job, TrainingJob) and job._cache == CachePlace(there, 7 * 10**9)
    qtbot.mouseClick(opened.button("usual_cache"), Qt.MouseButton.LeftButton)
    assert opened.project.cache.place().folder == CachePlace.usual().folder


def test_what_is_taken_is_counted_and_given_up(open_dialog, qtbot: QtBot) -> None:
    keep_something(CachePlace.usual(), 3)
    opened = open_dialog()
    assert "in 3 sets of pictures" in opened.words("cache_taken") and "kB" in opened.words("cache_taken")
    qtbot.mouseClick(opened.button("empty_cache"), Qt.MouseButton.LeftButton)
    assert opened.button("empty_cache").text() == "Cancel"
    qtbot.waitUntil(lambda: opened.words("cache_taken") == "Nothing")
    assert not [*CachePlace.usual().caches.iterdir()]
    assert not opened.button("empty_cache").isEnabled() and "Nothing is kept" in opened.button("empty_cache").toolTip()


def test_emptying_can_be_cancelled(open_dialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_something(CachePlace.usual(), 2)
    opened = open_dialog()

    def for_ever(_place: CachePlace) -> Iterator[None]:
        while True:
            yield

    monkeypatch.setattr(CachePlace, "empty", for_ever)
    qtbot.mouseClick(opened.button("empty_cache"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(opened.button("empty_cache"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "in 2 sets" in opened.words("cache_taken"))
    assert opened.button("empty_cache").text() == "Empty"


def test_the_environment_goes_before_what_is_chosen(
    open_dialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "said"))
    monkeypatch.setenv(GIGABYTES_VARIABLE, "1.5")
    opened = open_dialog()
    box = opened.dialog.findChild(IntBox)
    for control, variable in ((opened.button("choose_cache"), FOLDER_VARIABLE), (box, GIGABYTES_VARIABLE)):
        assert not control.isEnabled() and variable in control.toolTip()
    assert opened.words("cache_folder") == str(tmp_path / "said")
    assert opened.project.cache.place() == CachePlace(tmp_path / "said", 1_500_000_000)


def test_a_part_of_a_gigabyte_is_not_nothing(open_dialog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(GIGABYTES_VARIABLE, "0.4")
    assert open_dialog().dialog.findChild(IntBox).value() == 1


def test_what_the_environment_says_wrongly_is_said(open_dialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(GIGABYTES_VARIABLE, "much")
    opened = open_dialog()
    qtbot.waitUntil(lambda: GIGABYTES_VARIABLE in opened.words("cache_problem"))
    assert "much" in opened.words("cache_problem")


def test_a_place_that_takes_no_files_is_not_taken(
    open_dialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_dialog()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "gone"))
    qtbot.mouseClick(opened.button("choose_cache"), Qt.MouseButton.LeftButton)
    assert "may not write" in opened.words("cache_problem")
    assert opened.settings["cache_folder"] == "" and opened.project.cache.folder is None


def test_values_that_cannot_be_are_brought_into_range(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    settings["cache_gb"] = -5
    assert CacheWish.of(settings).quota_bytes == 0
