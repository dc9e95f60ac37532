"""A second start finds the first window, hands over its path and ends; a dead first one is no hindrance."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from studio.app.start import InstanceServer, hand_over, socket_name

#: Run as another process: hands a path to the instance of that name, and says whether it was taken.
SECOND = (
    "import sys, pathlib; from PySide6.QtCore import QCoreApplication; app = QCoreApplication([]);"
    "from studio.app.start import hand_over;"
    "path = pathlib.Path(sys.argv[2]) if sys.argv[2:] else None;"
    "sys.exit(0 if hand_over(sys.argv[1], path) else 3)"
)


@pytest.fixture
def name(tmp_path: Path) -> str:
    return socket_name(tmp_path / "settings.json")


def second_start(name: str, *path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SECOND, name, *(os.fsencode(p) for p in path)])


@pytest.mark.parametrize("path", ["a folder", "名前\nwith <b>markup", os.fsdecode(b"not utf-8 \xff"), None])
def test_the_path_of_a_second_start_arrives(qtbot: QtBot, name: str, tmp_path: Path, path: str | None) -> None:
    server = InstanceServer(name)
    assert server.listening
    with qtbot.waitSignal(server.raised, timeout=20_000) as raised:
        second = second_start(name, *(() if path is None else (tmp_path / path,)))
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=20_000)
    assert second.returncode == 0
    assert raised.args == [None if path is None else tmp_path / path]
    server.close()


def test_without_a_first_instance_nobody_answers(qtbot: QtBot, name: str) -> None:
    assert not hand_over(name, None)


def test_what_a_killed_instance_left_is_taken_over(qtbot: QtBot, name: str) -> None:
    code = (
        "import os, sys; from PySide6.QtCore import QCoreApplication; app = QCoreApplication([]);"
        "from studio.app.start import InstanceServer;"
        "assert InstanceServer(sys.argv[1]).listening; os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code, name]).returncode == -9
    assert not hand_over(name, None)
    server = InstanceServer(name)
    assert server.listening
    server.close()


@pytest.mark.parametrize("sent", [b"nonsense\n", b'{"open": 5}\n', b"[]\n", b"{}\n", b'{"open": "zz"}\n'])
def test_what_is_no_message_of_ours_is_dropped(qtbot: QtBot, name: str, sent: bytes) -> None:
    server = InstanceServer(name)
    told: list[object] = []
    server.raised.connect(told.append)
    stranger = QLocalSocket()
    with qtbot.waitSignal(stranger.disconnected):
        stranger.connectToServer(name)
        stranger.write(sent)
    assert told == []
    server.close()


def test_other_settings_are_another_instance(tmp_path: Path) -> None:
    assert socket_name(tmp_path / "a.json") != socket_name(tmp_path / "b.json")
