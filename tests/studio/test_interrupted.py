"""Whoever was interrupted finds the way on: in the run's menu, in the welcome, and after a crash in a banner."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidgetAction
from pytestqt.qtbot import QtBot

from core.networks.build import build_diffusion
from core.presets import PictureFacts, preset, resolve
from core.runs.checkpoint import save_checkpoint
from core.runs.run import Run
from core.training.state import new_state
from studio.app.i18n import Translations
from studio.app.runs import Obstacle, RunList, read_listed
from studio.app.settings import Settings, keep_everything_in
from studio.app.top_bar import RunRow
from studio.app.window import MainWindow
from studio.numbers import count
from studio.project import Project
from studio.training.state import TrainingState as State

CONFIG = resolve(preset("sketch").config, PictureFacts(typical_size=8, all_grey=False)).with_settings(
    {"dim": 8, "dim_mults": (1, 2), "timesteps": 50, "sample_steps": 2, "sample_count": 1, "batch_size": 2}
)
DIES = """
import os, pathlib, sys
from core.runs import lock
with lock.hold(pathlib.Path(sys.argv[1])):
    os._exit(9)
"""
HOLDS = """
import pathlib, sys
from core.runs import lock
with lock.hold(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    keep_everything_in(tmp_path)
    yield tmp_path
    keep_everything_in(None)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(5):
        Image.fromarray(np.full((8, 8, 3), 40 * number, dtype=np.uint8)).save(folder / f"{number}.png")
    return folder


@pytest.fixture
def make_run(home: Path, pictures: Path) -> Callable[..., Run]:
    """A run of `total` steps with a checkpoint of `step`; `died`: its program was killed."""

    def make(name: str, step: int, total: int = 20, *, died: bool = False, source: Path = pictures) -> Run:
        folder = home / "runs" / name
        run = Run.create(folder, CONFIG, source_folder=source, device="cpu", planned_total=total)
        if step:
            import torch

            state = new_state(CONFIG, torch.device("cpu"), build_diffusion(CONFIG))
            save_checkpoint(run.checkpoints_folder, state.to_checkpoint(step, CONFIG))
        if died:
            subprocess.run([sys.executable, "-c", DIES, str(folder)], timeout=60, check=False)
        return run

    return make


@pytest.fixture
def open_window(home: Path, qapp: QApplication, qtbot: QtBot) -> Iterator[Callable[..., MainWindow]]:
    made: list[MainWindow] = []

    def make(later: Path | None = None) -> MainWindow:
        window = MainWindow(Settings(home / "settings.json"), Translations(qapp), home / "runs")
        qtbot.addWidget(window)
        window.resize(1100, 680)
        window.open_later(later)
        window.show()
        made.append(window)
        qtbot.waitUntil(lambda: window.device_menu.known and window.runs.runs is not None, timeout=60_000)
        return window

    yield make
    for window in made:
        window.close()
        assert not window.threads_left


def rows(window: MainWindow) -> list[RunRow]:
    menu = window.top_bar.run.menu()
    menu.aboutToShow.emit()
    return [a.defaultWidget() for a in menu.actions() if isinstance(a, QWidgetAction)]


def test_the_list_says_where_each_run_stands_and_what_is_in_the_way(
    make_run: Callable[..., Run], home: Path, pictures: Path
) -> None:
    runs = {
        "half": make_run("half", 5),
        "whole": make_run("whole", 20),
        "crashed": make_run("crashed", 7, died=True),
        "unborn": make_run("unborn", 0, died=True),
        "left": make_run("left", 0),
        "homeless": make_run("homeless", 5, source=home / "gone"),
        "here": make_run("here", 5),
        "there": make_run("there", 5),
    }
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(runs["there"].folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with other, runs["here"].lock():
        assert other.stdout is not None and other.stdout.readline()
        listed = {run.folder.name: run for run in read_listed(home / "runs")}
        other.kill()
    assert {name: (run.interrupted, run.died, run.obstacle) for name, run in listed.items()} == {
        "half": (True, False, Obstacle.NONE),
        "whole": (False, False, Obstacle.NONE),
        "crashed": (True, True, Obstacle.NONE),
        "unborn": (True, True, Obstacle.NONE),
        "left": (False, False, Obstacle.NONE),
        "homeless": (True, False, Obstacle.PICTURES_GONE),
        "here": (True, False, Obstacle.HERE),
        "there": (True, False, Obstacle.ELSEWHERE),
    }
    assert listed["half"].standing() == "step 5 of 20"
    assert f"process {other.pid}" in listed["there"].why_not()
    assert str(home / "gone") in listed["homeless"].why_not()


def test_a_list_that_cannot_be_read_is_empty(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    runs = RunList(Project(tmp_path / "none"))
    with qtbot.waitSignal(runs.changed):
        runs.refresh()
    assert runs.runs == () and runs.first_to_resume() is None
    assert runs.shutdown(10_000)


@pytest.mark.long
def test_one_click_in_the_menu_goes_on(
    make_run: Callable[..., Run], open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    run = make_run("half", 5)
    make_run("whole", 20)
    window = open_window()
    by_name = {row.run.folder.name: row for row in rows(window)}
    assert set(by_name) == {"half", "whole"}
    assert by_name["half"].button.isVisibleTo(by_name["half"])
    assert not by_name["whole"].button.isVisibleTo(by_name["whole"])
    by_name["half"].button.click()
    training = window.training
    assert training is not None
    qtbot.waitUntil(lambda: training.state is State.FINISHED and training.step == 20, timeout=60_000)
    assert window.settings["room"] == "training"
    assert window.project.run is not None and window.project.run.folder == run.folder
    assert Run.open(run.folder).state().step == 20


def test_the_rows_are_used_by_keys(make_run: Callable[..., Run], qtbot: QtBot, home: Path) -> None:
    make_run("half", 5)
    row = RunRow(read_listed(home / "runs")[0], busy=False)
    qtbot.addWidget(row)
    row.show()
    with qtbot.waitSignal(row.opened):
        QTest.keyClick(row, Qt.Key.Key_Return)
    QTest.keyClick(row, Qt.Key.Key_Right)
    with qtbot.waitSignal(row.resumed):
        QTest.keyClick(row.button, Qt.Key.Key_Space)
    assert row.accessibleName() == "half, step 5 of 20"
    assert row.button.toolTip() and row.toolTip()
    busy = RunRow(row.run, busy=True)
    qtbot.addWidget(busy)
    assert not busy.isEnabled() and busy.toolTip() == "Stop the training first", "before it is chosen"
    assert not busy.button.isEnabled() and busy.button.toolTip() == "Stop the training first"


@pytest.mark.long
def test_the_welcome_offers_to_go_on(
    make_run: Callable[..., Run], open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    make_run("half", 5)
    window = open_window()
    line = window._panels["dataset"].welcome.go_on
    qtbot.waitUntil(line.isVisible)
    assert line.words.text() == "Go on with half, step 5 of 20"
    assert not window.banner.isVisible()
    line.button.click()
    training = window.training
    qtbot.waitUntil(lambda: training.step == 20 and training.state is State.FINISHED, timeout=60_000)


@pytest.mark.long
def test_after_a_crash_the_next_start_says_so_and_goes_on(
    make_run: Callable[..., Run], open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    run = make_run("crashed", 7, died=True)
    window = open_window(run.folder)
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.text() == ("The program ended while crashed was training. Everything up to step 7 is saved.")
    assert window.banner.action_button.text() == "Resume"
    window.banner.action_button.click()
    training = window.training
    qtbot.waitUntil(lambda: training.step == 20 and training.state is State.FINISHED, timeout=60_000)
    assert not window.banner.isVisible()
    assert run.owner() is None


@pytest.mark.long
def test_run_that_trained_when_the_window_was_closed_is_offered_beside_other_pictures_once(
    make_run: Callable[..., Run], open_window: Callable[..., MainWindow], pictures: Path, qtbot: QtBot
) -> None:
    run = make_run("half", 5, 1_000_000)
    others = pictures.with_name("others")
    shutil.copytree(pictures, others)
    window = open_window()
    qtbot.waitUntil(lambda: window.training is not None, timeout=60_000)
    window.resume_run(run.folder)
    qtbot.waitUntil(lambda: window.training.step > 5, timeout=60_000)
    window.close()
    step = run.state().step
    assert step > 5

    window = open_window(others)
    qtbot.waitUntil(window.banner.isVisible, timeout=20_000)
    told = f"half was training when the window was closed. It can go on from step {count(step)}."
    assert window.banner.text() == told
    assert window.banner.property("banner") == "warning", "news would leave by itself"
    assert window.banner.action_button.text() == "Resume"
    window.banner._close.click()
    window.close()

    window = open_window(others)
    qtbot.waitUntil(lambda: window.project.scan is not None, timeout=20_000)
    qtbot.wait(200)
    assert not window.banner.isVisible()


def test_who_dismisses_the_offer_is_not_asked_again(
    make_run: Callable[..., Run], open_window: Callable[..., MainWindow], pictures: Path, qtbot: QtBot
) -> None:
    run = make_run("crashed", 7, died=True)
    window = open_window(pictures)
    qtbot.waitUntil(window.banner.isVisible)
    window.banner._close.click()
    assert run.owner() is None
    assert not window.banner.isVisible()


@pytest.mark.long
def test_lost_pictures_lead_to_a_choice_and_the_run_goes_on(
    make_run: Callable[..., Run],
    open_window: Callable[..., MainWindow],
    pictures: Path,
    home: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = home / "others"
    shutil.copytree(pictures, others)
    make_run("homeless", 5, source=home / "gone")
    answers = ["", os.fspath(others)]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: answers.pop(0))
    window = open_window()
    (row,) = rows(window)
    assert row.button.text() == "Choose the pictures…" and row.button.isEnabled()
    row.button.click()  # and the choice is cancelled
    training = window.training
    banner = window._panels["training"].banner
    qtbot.waitUntil(lambda: len(answers) == 1 and banner.isVisible(), timeout=20_000)
    assert str(home / "gone") in banner.text() and training.step == 5
    assert banner.action_button.text() == "Choose the pictures…"
    banner.action_button.click()
    qtbot.waitUntil(lambda: training.step == 20 and training.state is State.FINISHED, timeout=60_000)


def test_pictures_that_cannot_be_opened_are_told_where_the_run_waits(
    make_run: Callable[..., Run], open_window: Callable[..., MainWindow], home: Path, qtbot: QtBot
) -> None:
    empty = home / "empty"
    empty.mkdir()
    run = make_run("poor", 5, source=empty)
    window = open_window()
    window.resume_run(run.folder)
    banner = window._panels["training"].banner
    qtbot.waitUntil(banner.isVisible, timeout=20_000)
    assert banner.text().startswith(f"{empty} is empty: there are no pictures")
    assert banner.action_button.text() == "Choose the pictures…"
    assert window.training.state is State.FINISHED


@pytest.mark.long
def test_a_run_that_another_process_trains_is_named(
    make_run: Callable[..., Run], open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    run = make_run("there", 5)
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(run.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with other:
        assert other.stdout is not None and other.stdout.readline()
        window = open_window()
        window.runs.refresh()
        (row,) = rows(window)
        assert not row.button.isVisibleTo(row)
        assert f"In use by process {other.pid}" in row.note.text()
        window.resume_run(run.folder)
        banner = window._panels["training"].banner
        qtbot.waitUntil(lambda: f"process {other.pid}" in banner.text(), timeout=60_000)
        other.kill()
    qtbot.waitUntil(window.transport.start.isEnabled, timeout=60_000)  # it is followed: that it ended is seen
    assert window.training.state is State.FINISHED, "nothing has failed"
    window.training.toggle()
    qtbot.waitUntil(lambda: window.training.step == 20, timeout=60_000)
    qtbot.waitUntil(lambda: window.training.state is State.FINISHED, timeout=60_000)
