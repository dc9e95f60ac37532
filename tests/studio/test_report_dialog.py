"""The report of a run from the window: the menu leads to it, it tells how far it is, a cancel leaves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from core.export import ExportProgress
from core.runs.run import Run
from studio.app import asking_where
from studio.app.report_dialog import ReportDialog
from studio.app.runs import RunList
from studio.app.settings import Settings
from studio.app.top_bar import RunMenu, TopBar
from studio.project import Project
from tests.core.report.conftest import make_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "flowers & <b>")


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path):
    made = ReportDialog(Settings(tmp_path / "settings.json"), "en")
    qtbot.addWidget(made)
    yield made
    assert made.shutdown(10_000)


def test_dialog_when_a_place_is_chosen_writes_there_and_opens_it(
    qtbot: QtBot, dialog: ReportDialog, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, opened = [], []
    path = run.folder.parent / "a report.html"
    monkeypatch.setattr(asking_where, "pictures_folder", lambda: str(run.folder.parent.parent))

    def choose(asking: QFileDialog) -> int:
        asked.extend(asking.selectedFiles())
        asking.selectFile(str(path))
        return 1

    monkeypatch.setattr(QFileDialog, "exec", choose)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    dialog.ask(run.folder)
    assert dialog.isVisible() and dialog.close_button.text() == "Cancel" and dialog.bar.isVisible()
    assert not dialog.open_button.isVisible()
    qtbot.waitUntil(dialog.open_button.isVisible, timeout=20_000)
    assert asked == [str(run.folder.parent.parent / f"{run.folder.name}-report.html")], "not among the runs"
    assert dialog._settings["export_folder"] == str(path.parent)
    assert dialog.sentence.text().startswith("a report.html is saved (") and not dialog.bar.isVisible()
    dialog.open_button.click()
    dialog.folder_button.click()
    assert opened == [str(path), str(path.parent)] and "Samples of step 400" in path.read_text("utf-8")
    dialog.close_button.click()
    assert not dialog.isVisible()


def test_dialog_when_nothing_is_chosen_stays_away(
    dialog: ReportDialog, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "exec", lambda _: 0)
    dialog.ask(run.folder)
    assert not dialog.isVisible()


def test_dialog_when_it_fails_says_why_and_offers_nothing_to_open(qtbot: QtBot, dialog: ReportDialog, run: Run) -> None:
    dialog.write(run.folder / "no folder" / "a.html", run.folder)
    qtbot.waitUntil(lambda: dialog.close_button.text() == "Close", timeout=20_000)
    assert "not saved" in dialog.sentence.text() and not dialog.open_button.isVisible()


def test_dialog_when_cancelled_ends_its_worker(qtbot: QtBot, dialog: ReportDialog) -> None:
    def endless():
        while True:
            yield ExportProgress(40, 100)

    dialog._start(endless)
    qtbot.waitUntil(lambda: dialog.bar.value() == 40)
    dialog.close_button.click()
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: dialog._worker is None)
    assert not dialog.open_button.isVisibleTo(dialog)


def test_run_menu_when_a_run_is_open_offers_its_report(qtbot: QtBot, run: Run, tmp_path: Path) -> None:
    bar, project = TopBar(), Project(tmp_path / "runs")
    qtbot.addWidget(bar)
    runs = RunList(project, bar)
    menu = RunMenu(bar, project, Settings(tmp_path / "settings.json"), runs)
    wished: list[Path] = []
    menu.report_wished.connect(wished.append)

    def action():
        menu._fill()
        (found,) = (each for each in bar.run.menu().actions() if each.objectName() == "run_menu_report")
        return found

    assert not action().isEnabled()
    project.set_run(Run.open(run.folder))
    action().trigger()
    assert wished == [run.folder]
    assert runs.shutdown(5000)
