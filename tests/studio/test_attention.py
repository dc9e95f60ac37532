"""What is seen of a training from elsewhere: the title, the taskbar's signal, a notice."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from studio.app import attention
from studio.app.attention import Attention, Taskbar
from studio.app.settings import Settings
from studio.app.theme import theme
from studio.app.transport import Figures, TransportBar
from studio.project import Project
from studio.training.state import TrainingState as State


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> tuple[Attention, TransportBar, QWidget]:
    theme().apply("dark")
    window, transport = QWidget(), TransportBar()
    qtbot.addWidget(window)
    qtbot.addWidget(transport)
    made = Attention(window, transport, Project(tmp_path / "runs", window), Settings(tmp_path / "settings.json"))
    return made, transport, window


def test_title_when_a_training_is_under_way_then_says_how_much_is_done(
    shown: tuple[Attention, TransportBar, QWidget], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, transport, window = shown
    told: list[int | None] = []
    monkeypatch.setattr(made._taskbar, "show", told.append)
    assert window.windowTitle() == "DDPM Studio"
    transport.set_state(State.RUNNING)
    transport.set_figures(Figures(step=37, total=100))
    assert window.windowTitle() == "37 % — DDPM Studio" and told[-1] == 37
    transport.set_figures(Figures(step=38, total=None))
    assert window.windowTitle() == "DDPM Studio" and told[-1] is None
    transport.set_state(State.FINISHED)
    transport.set_figures(Figures(step=100, total=100))
    assert window.windowTitle() == "DDPM Studio"


def test_taskbar_when_told_then_sends_what_launchers_listen_to() -> None:
    message = Taskbar.message(37)
    assert (message.interface(), message.member()) == ("com.canonical.Unity.LauncherEntry", "Update")
    uri, said = message.arguments()
    assert uri == "application://ddpm-studio.desktop" and said == {"progress": 0.37, "progress-visible": True}
    assert Taskbar.message(None).arguments()[1]["progress-visible"] is False
    Taskbar().show(3)  # whatever there is, or is not


def test_notice_when_a_training_ends_then_is_for_who_works_elsewhere(
    shown: tuple[Attention, TransportBar, QWidget], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, transport, window = shown
    alerted, messages = [], []
    monkeypatch.setattr(QApplication, "alert", lambda *_: alerted.append(True))

    class Tray(QSystemTrayIcon):
        isSystemTrayAvailable = staticmethod(lambda: True)
        supportsMessages = staticmethod(lambda: True)

        def show(self) -> None:
            pass

        def showMessage(self, *told: object) -> None:
            messages.append(told[:2])

    made.training_changed(State.RUNNING)
    made.training_changed(State.FINISHED)
    assert alerted == [True], "no tray here"
    monkeypatch.setattr(attention, "QSystemTrayIcon", Tray)
    made.training_changed(State.RUNNING)
    made.training_changed(State.FAILED)
    assert [title for title, _ in messages] == ["The training has failed"]
    made.training_changed(State.FINISHED)
    assert len(messages) == 1, "it was not under way"
    made.needs_someone("A disk is gone")
    assert messages[-1] == ("The training needs you", "A disk is gone")
    made._settings["notices"] = False
    made.needs_someone("A disk is gone")
    monkeypatch.setattr(window, "isActiveWindow", lambda: True)
    made._settings["notices"] = True
    made.needs_someone("A disk is gone")
    assert len(messages) == 2
    made._tray_leaves.timeout.emit()
    made._tray_leaves.stop()
    transport.close()
