"""Runs one core generator on a background thread: start, pause, resume, stop, shutdown.

The only file that touches QThread. A generator yields events; the worker leaves them in a mailbox that the window reads
30 times a second. The worker's own signals are emitted in the GUI thread.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from core.errors import StudioError

# --- Where a worker leaves what happened, for the window to fetch when it has time -----------------------
# Signals across threads queue up without bound (100,000 of them make a window 3 s late); a mailbox is read by a timer
# of the window, at the window's own pace.


class Mailbox:
    """A bounded queue: written by one thread, emptied by another. `append` and `popleft` of a deque are atomic."""

    def __init__(self, limit: int = 50_000) -> None:
        self._items: deque[object] = deque(maxlen=limit)
        self.dropped = 0  #: oldest events lost because nobody read for too long

    def put(self, item: object) -> None:
        """Leave an event; when the box is full the oldest gives way."""
        if len(self._items) == self._items.maxlen:
            self.dropped += 1
        self._items.append(item)

    def take(self) -> list[object]:
        """Everything that has arrived since the last call, oldest first."""
        items: list[object] = []
        # Only as many as there were at the start: a fast writer must not keep the reader here.
        for _ in range(len(self._items)):
            items.append(self._items.popleft())
        return items


# --- Gives back to the system what was freed but kept by the C library for later -------------------------


def give_back() -> None:
    """Takes some milliseconds; for the thread that made the memory free, not for the window's.

    glibc keeps a heap for each of several threads, and what is freed in the middle of one stays with the process: some
    40 MB more after each hour of trainings and samplings that begin and end. Elsewhere nothing is done.
    """
    if sys.platform == "linux":
        # musl has none, and no such heaps.
        with contextlib.suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


# --- worker ----------------------------------------------------------------------------------------------

log = logging.getLogger(__name__)

POLL_MS = 33  # the window repaints about 30 times a second
#: By so much a worker that fills the cores steps back behind the window (see nice(2)); more brings nothing more.
NICENESS = 5


@dataclass(frozen=True, slots=True)
class Failure:
    """What ended a generator early. The error holds no frames, so the tensors in them are free."""

    error: BaseException
    trace: str

    @property
    def details(self) -> str:
        """The trace of what nobody expected; "" for an error that says itself what to do. The log file has all."""
        return "" if isinstance(self.error, StudioError) else self.trace.rstrip()


class _Thread(QThread):
    def __init__(self, work: Callable[[], None], *, fills_cores: bool) -> None:
        super().__init__()
        self._work, self._fills_cores = work, fills_cores

    def run(self) -> None:
        if self._fills_cores:
            _step_back()
        self._work()


def _step_back() -> None:
    """Let the window go first where the cores are too few: torch takes them all, and a repaint then waited for 60 ms.

    The threads that torch makes from here step back with this one. Nothing is lost while the window rests.
    """
    if sys.platform == "linux":  # where a thread has a niceness of its own, and Qt's priorities mean nothing
        own = threading.get_native_id()
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, own, os.getpriority(os.PRIO_PROCESS, os.getpid()) + NICENESS)
    else:
        QThread.currentThread().setPriority(QThread.Priority.LowPriority)


class Worker(QObject):
    """Drives `source()` on a thread of its own.

    `on_stop` asks the generator to end in its own way (save, say goodbye); without it the generator is closed between
    two events. `fills_cores`: it computes for long on all of them, and lets the window go first. `poll_ms`: its events
    are read this often.
    """

    events = Signal(list)  #: what has happened since the last time, oldest first
    ended = Signal(object)  #: a Failure, or None; after the last `events`

    def __init__(
        self,
        source: Callable[[], Iterable[object]],
        *,
        parent: QObject | None = None,
        on_stop: Callable[[], None] | None = None,
        name: str = "worker",
        fills_cores: bool = False,
        poll_ms: int = POLL_MS,
    ) -> None:
        super().__init__(parent)
        self._source: Callable[[], Iterable[object]] | None = source
        self._on_stop = on_stop
        self._mailbox = Mailbox()
        self._may_go = threading.Event()
        self._may_go.set()
        self._stopping = False
        self._failure: Failure | None = None
        self._started = False
        self._done = False
        self._fills_cores = fills_cores
        self._thread = _Thread(self._run, fills_cores=fills_cores)
        self._thread.setObjectName(name)
        self._thread.finished.connect(self._thread_finished)
        self._timer = QTimer(self)
        self._timer.setInterval(poll_ms)
        self._timer.timeout.connect(self._poll)

    # --- the window's side ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin; once only."""
        assert not self._started
        self._started = True
        self._thread.start()
        self._timer.start()

    def pause(self) -> None:
        """Hold after the event that is being made."""
        self._may_go.clear()

    def resume(self) -> None:
        """Go on."""
        self._may_go.set()

    @property
    def paused(self) -> bool:
        """Whether it holds (or will, after the current event)."""
        return not self._may_go.is_set()

    @property
    def running(self) -> bool:
        """Whether it was started and `ended` is still to come."""
        return self._started and not self._done

    def stop(self) -> None:
        """Ask it to end soon; `ended` tells when it has."""
        self._stopping = True
        if self._on_stop is not None:
            self._on_stop()
        self._thread.requestInterruption()
        self._may_go.set()

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop and wait; for the end of the program. True when the thread is gone. No signal follows."""
        self._timer.stop()
        if self._thread.isRunning():
            self.stop()
            if not self._thread.wait(timeout_ms):
                return False
        self._done = True
        return True

    # --- the thread's side ---------------------------------------------------------------------------------

    def _run(self) -> None:
        assert self._source is not None
        try:
            iterator = iter(self._source())
            try:
                for event in iterator:
                    self._mailbox.put(event)
                    if self._stopping and self._on_stop is None:
                        break
                    self._may_go.wait()
            finally:
                close = getattr(iterator, "close", None)
                if close is not None:
                    close()
        except BaseException as error:  # whatever it was, the window must learn of it
            trace = traceback.format_exc()
            log.error("%s failed\n%s", self._thread.objectName(), trace)
            self._failure = Failure(_without_frames(error), trace)
        # The generator and what it holds go here, in its own thread.
        self._source = None
        if self._fills_cores:
            give_back()

    # --- back in the GUI thread ----------------------------------------------------------------------------

    @Slot()
    def _poll(self) -> None:
        items = self._mailbox.take()
        if items:
            self.events.emit(items)

    @Slot()
    def _thread_finished(self) -> None:
        if self._done:
            return
        self._timer.stop()
        # QThread.finished comes from the thread's last breath; wait until it is truly gone.
        self._thread.wait()
        self._poll()
        self._done = True
        self._on_stop = None  # whoever still holds the worker must not hold what it worked on, a whole model
        self.ended.emit(self._failure)


def _without_frames(error: BaseException) -> BaseException:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error
