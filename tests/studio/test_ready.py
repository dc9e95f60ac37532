"""One click on the welcome: a model that comes with the program is copied, opened and generated with."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from core.errors import CheckpointError
from core.runs import ready
from core.runs.run import Run
from studio.app.i18n import Translations
from studio.app.settings import Settings
from studio.app.window import MainWindow
from tests.studio.sampler.conftest import tiny_run

#: From the click to the first pictures; five seconds on two quiet cores, and no machine is six times as slow.
MOST_S = 30.0


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tiny_run(tmp_path / "program" / "faces-ready")
    monkeypatch.setattr(ready, "folder_of", lambda _name: folder)
    return folder


def look(window: MainWindow, name: str) -> None:
    button = window.findChild(QPushButton, f"look_{name}")
    assert button is not None
    button.click()


def pictures(window: MainWindow) -> bool:
    recording = None if window.sampler is None else window.sampler.recording
    return recording is not None and recording.complete


def test_a_click_copies_the_model_opens_it_and_makes_pictures(window: MainWindow, stand_in: Path, qtbot: QtBot) -> None:
    look(window, "faces")
    assert window.settings["room"] == "sampler"
    qtbot.waitUntil(lambda: pictures(window) and not window.sampler.sampling)
    run = window.project.run
    assert run is not None and run.folder == window.project.runs_folder / "faces-ready"
    assert window.sampler.models.chosen.path.parent.parent == run.folder
    assert not window.ready.busy
    # The pictures that it was trained on are open too, for what asks them.
    qtbot.waitUntil(lambda: window.project.scan is not None)
    assert window.project.scan.folder == run.source_folder
    assert window.settings["room"] == "sampler"
    assert window.inside is not None and window.inside.seen.choice == window.sampler.models.chosen


@pytest.mark.long
def test_a_second_click_makes_pictures_with_the_copy_that_is_there(
    window: MainWindow, stand_in: Path, qtbot: QtBot
) -> None:
    folder = ready.take("faces", window.project.runs_folder, stand_in)
    written = (folder / "run.json").read_bytes()
    window.take_ready("faces")
    qtbot.waitUntil(lambda: pictures(window))
    assert (folder / "run.json").read_bytes() == written
    assert [path.name for path in window.project.runs_folder.iterdir()] == ["faces-ready"]


@pytest.mark.long
def test_a_click_before_the_rooms_stand_is_remembered(
    home: Path, translations: Translations, stand_in: Path, qtbot: QtBot
) -> None:
    window = MainWindow(Settings(home / "settings.json"), translations, home / "runs")
    qtbot.addWidget(window)
    window.show()
    look(window, "faces")
    assert window.sampler is None
    qtbot.waitUntil(lambda: pictures(window) and not window.sampler.sampling)
    qtbot.waitUntil(lambda: window.device_menu.known and not window._loaders[1].running)
    window.close()
    assert not window.threads_left


@pytest.mark.long
def test_a_copy_that_cannot_be_made_is_told(window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr(ready, "folder_of", lambda _name: Path("/nowhere"))
    window.take_ready("faces")
    qtbot.waitUntil(lambda: bool(window.banner.text()))
    assert not window.ready.busy


@pytest.mark.long
def test_another_run_that_is_opened_meanwhile_ends_the_wait_for_pictures(
    window: MainWindow, stand_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(window.training, "open_run", lambda _folder: None)
    window.take_ready("faces")
    qtbot.waitUntil(lambda: window.ready._opening is not None)
    window.project.set_run(Run.open(tiny_run(tmp_path / "another")))
    assert not window.ready.busy


@pytest.mark.long
def test_a_copy_whose_model_cannot_be_read_is_not_waited_for(
    window: MainWindow, stand_in: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def refused(*_given: object) -> Iterator[object]:
        yield from ()
        raise CheckpointError("checkpoint.none", path=Path("x"), reason="torn")

    monkeypatch.setattr(window.sampler.source, "facts", refused)
    window.take_ready("faces")
    qtbot.waitUntil(lambda: "torn" in window.sampler.panel.banner.text())
    assert not window.ready.busy and window.sampler.recording is None


@pytest.mark.long
def test_the_loss_of_a_run_that_was_opened_unseen_is_drawn_whole(window: MainWindow, qtbot: QtBot) -> None:
    window.take_ready("faces")
    qtbot.waitUntil(lambda: window.project.run is not None)
    window.show_room("training")
    plot = window.training._panel.plots.plot
    # Two points for a plot without a width, as it had when the run was read.
    qtbot.waitUntil(lambda: len(plot._curves["smooth"].x) > 100)
    qtbot.waitUntil(lambda: pictures(window))


@pytest.mark.long
@pytest.mark.clock
def test_the_first_pictures_come_soon_after_the_first_click_of_all(
    home: Path, translations: Translations, qtbot: QtBot
) -> None:
    window = MainWindow(Settings(home / "settings.json"), translations, home / "runs")
    qtbot.addWidget(window)
    window.show()
    began = time.monotonic()
    look(window, "faces")
    qtbot.waitUntil(lambda: pictures(window))
    took_s = time.monotonic() - began
    qtbot.waitUntil(lambda: window.device_menu.known and not window._loaders[1].running)
    window.close()
    assert took_s < MOST_S
