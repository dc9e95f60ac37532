"""The one class that runs things on threads."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from studio.jobs.worker import NICENESS, Failure, Mailbox, Worker


def test_events_come_in_order_and_in_the_gui_thread(qtbot, qapp) -> None:
    seen: list[object] = []
    threads: set[int] = set()
    worker = Worker(lambda: range(500), parent=qapp)

    def receive(events: list[object]) -> None:
        seen.extend(events)
        threads.add(threading.get_ident())

    worker.events.connect(receive)
    with qtbot.waitSignal(worker.ended) as ended:
        worker.start()
    assert seen == list(range(500))
    assert threads == {threading.get_ident()}
    assert ended.args == [None]
    assert not worker.running


def test_the_generator_runs_and_is_closed_on_another_thread(qtbot, qapp) -> None:
    places: list[int] = []

    def source() -> Iterator[int]:
        places.append(threading.get_ident())
        try:
            while True:
                yield 1
        finally:
            places.append(threading.get_ident())

    worker = Worker(source, parent=qapp)
    with qtbot.waitSignal(worker.events):
        worker.start()
    with qtbot.waitSignal(worker.ended):
        worker.stop()
    assert len(places) == 2
    assert places[0] == places[1] != threading.get_ident()


def test_it_holds_while_paused(qtbot, qapp) -> None:
    made: list[int] = []

    def source() -> Iterator[int]:
        for number in range(10**9):
            made.append(number)
            yield number

    worker = Worker(source, parent=qapp)
    with qtbot.waitSignal(worker.events):
        worker.start()
    worker.pause()
    with qtbot.waitSignal(worker.events, raising=False, timeout=200):
        pass
    held = len(made)
    with qtbot.waitSignal(worker.events, raising=False, timeout=200):
        pass
    assert len(made) - held <= 1
    worker.resume()
    qtbot.waitUntil(lambda: len(made) > held + 1)
    assert worker.shutdown(5000)


def test_a_paused_worker_can_be_shut_down(qtbot, qapp) -> None:
    worker = Worker(lambda: iter(int, 1), parent=qapp)
    with qtbot.waitSignal(worker.events):
        worker.start()
    worker.pause()
    assert worker.shutdown(5000)


def test_a_source_may_end_in_its_own_way(qtbot, qapp) -> None:
    asked = threading.Event()

    def source() -> Iterator[str]:
        while not asked.is_set():
            yield "work"
        yield "saved"

    seen: list[object] = []
    worker = Worker(source, parent=qapp, on_stop=asked.set)
    worker.events.connect(seen.extend)
    with qtbot.waitSignal(worker.events):
        worker.start()
    with qtbot.waitSignal(worker.ended):
        worker.stop()
    assert seen[-1] == "saved"


def test_a_failure_is_told_with_its_trace_and_without_its_frames(qtbot, qapp) -> None:
    def source() -> Iterator[int]:
        yield 1
        raise RuntimeError("the disk is on fire")

    worker = Worker(source, parent=qapp)
    with qtbot.waitSignal(worker.ended) as ended:
        worker.start()
    failure = ended.args[0]
    assert isinstance(failure, Failure)
    assert "the disk is on fire" in failure.trace
    assert "test_worker" in failure.trace
    assert failure.error.__traceback__ is None


def test_a_flood_reaches_the_window_in_few_bundles(qtbot, qapp) -> None:
    bundles: list[int] = []
    worker = Worker(lambda: range(100_000), parent=qapp)
    worker.events.connect(lambda events: bundles.append(len(events)))
    with qtbot.waitSignal(worker.ended, timeout=20_000):
        worker.start()
    assert sum(bundles) <= 100_000
    assert len(bundles) < 200


def test_a_full_mailbox_loses_the_oldest_and_says_so() -> None:
    box = Mailbox(limit=3)
    for number in range(5):
        box.put(number)
    assert box.dropped == 2
    assert box.take() == [2, 3, 4]
    assert box.take() == []


def test_five_thousand_emitted_booleans_do_not_abort() -> None:
    """PySide6 6.12.0 on Python 3.11 loses a reference to True with each emit and aborts after some 580."""
    code = (
        "from PySide6.QtCore import QCoreApplication, QObject, Signal\n"
        "class Source(QObject):\n"
        "    said = Signal(bool)\n"
        "app = QCoreApplication([])\n"
        "source, heard = Source(), []\n"
        "source.said.connect(heard.append)\n"
        "for _ in range(5000): source.said.emit(True)\n"
        "assert len(heard) == 5000\n"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness of their own")
def test_what_fills_the_cores_lets_the_window_go_first(qtbot: QtBot) -> None:
    def source() -> Iterator[int]:
        yield os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        children: list[int] = []
        child = threading.Thread(
            target=lambda: children.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        )
        child.start()
        child.join()
        yield children[0]

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    told: list[int] = []
    worker = Worker(source, fills_cores=True)
    worker.events.connect(told.extend)
    with qtbot.waitSignal(worker.ended):
        worker.start()
    assert told == [min(19, before + NICENESS)] * 2
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
