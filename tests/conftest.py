"""For all tests: a home of their own, no thread, timer or window left behind, the figures measured at the end."""

from __future__ import annotations

import gc
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Networks this small gain nothing from more, and on a busy machine each thread waits for the slowest.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import HealthCheck, settings
from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

# No example fails because a machine is slow. `make test` takes few examples, `make check` all.
settings.register_profile("all", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("few", settings.get_profile("all"), max_examples=20)
settings.load_profile("all")

# What a test waits for comes at once or never: the limit is there for the latter, and no machine is that slow.
for wait in (QtBot.waitSignal, QtBot.waitSignals, QtBot.waitCallback, QtBot.waitUntil):
    wait.__kwdefaults__["timeout"] = 60_000


def _origin() -> str:
    """The line outside of this file that started what is running."""
    frames = [f for f in traceback.extract_stack() if "site-packages" not in f.filename and f.filename != __file__]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"


@pytest.fixture(autouse=True)
def no_leaks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a thread running, a timer ticking or a top-level widget alive, naming who made it."""
    timers: dict[QTimer, str] = {}
    threads: dict[QThread, str] = {}
    start_timer, start_thread = QTimer.start, QThread.start

    def record_timer(timer: QTimer, *arguments: object) -> None:
        _forget_some(timers, "isActive")
        timers[timer] = _origin()
        start_timer(timer, *arguments)

    def record_thread(thread: QThread, *arguments: object) -> None:
        _forget_some(threads, "isRunning")
        threads[thread] = _origin()
        start_thread(thread, *arguments)

    monkeypatch.setattr(QTimer, "start", record_timer)
    monkeypatch.setattr(QThread, "start", record_thread)
    threads_before = set(threading.enumerate())
    widgets_before = set(_top_level())
    yield
    app = QCoreApplication.instance()
    if app is not None:
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        app.processEvents()
    leaks = [f"timer started at {origin}" for timer, origin in timers.items() if _alive(timer, "isActive")]
    leaks += [f"QThread started at {origin}" for thread, origin in threads.items() if _alive(thread, "isRunning")]
    leaks += [f"thread {t.name}" for t in set(threading.enumerate()) - threads_before if not t.daemon and t.is_alive()]
    leaks += [f"top-level widget {widget!r}" for widget in set(_top_level()) - widgets_before]
    if leaks:
        pytest.fail("left behind: " + "; ".join(leaks))


T = TypeVar("T", QTimer, QThread)


def _forget_some(things: dict[T, str], question: str) -> None:
    """Now and then drop what is over: a test of a hundred trainings counts its memory, and this is none of theirs."""
    if len(things) >= 64:
        for thing in [thing for thing in things if not _alive(thing, question)]:
            del things[thing]


def _alive(thing: QTimer | QThread, question: str) -> bool:
    try:
        return bool(getattr(thing, question)())
    except RuntimeError:  # its C++ half is gone, and with it whatever ran
        return False


def _top_level() -> list[object]:
    if not isinstance(QCoreApplication.instance(), QApplication):
        return []
    return [widget for widget in QApplication.topLevelWidgets() if widget.parent() is None]


def _move_home(home: Path, patch: pytest.MonkeyPatch) -> None:
    for name, folder in (("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("XDG_CACHE_HOME", "cache")):
        patch.setenv(name, str(home / folder))
    patch.setenv("HOME", str(home))


@pytest.fixture(autouse=True, scope="session")
def home_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What several tests share is made in no home of a person either."""
    with pytest.MonkeyPatch.context() as patch:
        _move_home(tmp_path_factory.mktemp("home"), patch)
        yield


@pytest.fixture(autouse=True)
def home_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the settings, runs and sample sets of whoever runs it."""
    _move_home(tmp_path_factory.mktemp("home"), monkeypatch)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make check` tries: all of a family but its first, and properties, with more examples."""
    seen: dict[str, int] = {}
    for item in items:
        family = item.get_closest_marker("family")
        if family is not None:
            name = item.nodeid.partition("[")[0]
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > family.kwargs.get("first", 1):
                item.add_marker(pytest.mark.long)
        if getattr(getattr(item, "function", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.property)


def pytest_collection_finish() -> None:
    """What was imported is no garbage: a collection that need not look at it takes nearly no time."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--figures", type=Path, default=None, metavar="FILE", help="write the table of figures there too")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of pytest-xdist hands its figures over to the one that prints the table."""
    if hasattr(session.config, "workeroutput") and "tests.figures" in sys.modules:
        session.config.workeroutput["figures"] = [tuple(one) for one in sys.modules["tests.figures"].measured()]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    handed_over = getattr(node, "workeroutput", {}).get("figures", ())
    if handed_over:
        from tests.figures import figure

        for hazard, demanded, measured in handed_over:
            figure(hazard, demanded=demanded, measured=measured)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The table of figures.py, where a test has measured something."""
    figures = sys.modules.get("tests.figures")
    lines = figures.table() if figures is not None else []
    if lines:
        terminalreporter.section("figures")
        for line in lines:
            terminalreporter.write_line(line)
    target = config.getoption("--figures")
    if target is not None:
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")
