"""What was freed is given back to the system by the thread that freed it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from studio.jobs import worker
from studio.jobs import worker as heap


@pytest.mark.parametrize("fills_cores", [True, False])
def test_what_fills_the_cores_gives_back_what_it_freed(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, fills_cores: bool
) -> None:
    given: list[int] = []
    working: list[int] = []
    monkeypatch.setattr(worker, "give_back", lambda: given.append(threading.get_ident()))

    def source() -> Iterator[int]:
        working.append(threading.get_ident())
        yield 1

    runs = worker.Worker(source, fills_cores=fills_cores)
    with qtbot.waitSignal(runs.ended):
        runs.start()
    assert given == (working if fills_cores else [])


@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_a_system_without_such_heaps_is_left_alone(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    asked: list[object] = []
    monkeypatch.setattr(heap.sys, "platform", platform)
    # A C library without malloc_trim, as musl is.
    monkeypatch.setattr(heap.ctypes, "CDLL", lambda name: asked.append(name) or object())
    heap.give_back()
    assert asked == ([None] if platform == "linux" else [])
