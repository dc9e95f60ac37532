"""Decodes files in helper processes, several at once: a decoder that dies, hangs or swells costs one file its verdict.

    with closing(results("judge", ((number, path) for number, path in enumerate(paths)))) as found:
        for item in found:
            if item is None:            # nothing new for a moment: tell progress, look whether to stop
                continue
            number, result = item       # result: what the task returned, or Refused with a code of REASONS

The helpers (helper.py) are started when they are first needed, shared by all of the process, and ended when
nothing was asked for a while and at exit. Nothing is forked: each is a new interpreter that never imports torch.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar

from ...errors import DataError, Phrase, phrase_of
from .pipes import read_message, write_message

# --- One decoding helper as the program sees it: started, given batches, and ended when it takes too long ---

#: What decoding one file may take before its helper is ended.
FILE_S = 10.0
#: What starting may take on a machine that is busy with other things.
START_S = 60.0

_START = "import sys; sys.path[0] = sys.argv[1]; from core.pictures.decode.helper import main; main()"


class HelperGoneError(Exception):
    """The helper died, or was ended; `too_slow` says that it was for taking too long."""

    def __init__(self, *, too_slow: bool) -> None:
        super().__init__("too slow" if too_slow else "it died")
        self.too_slow = too_slow


class HelperProcess:
    """A running helper. One thread talks with it; any thread may end it."""

    def __init__(self) -> None:
        """Start it and wait until it is ready. Raises OSError, HelperGoneError."""
        self._ended = threading.Lock()
        self._too_slow = False
        self.deadline_s: float | None = time.monotonic() + START_S  #: monotonic; None while it has nothing to do
        # One thread each, as every helper has a core to itself; and the folder in front of the module search is ours,
        # never the current one, which may hold anything.
        # What a large picture took is given back at once, so that the next one finds as much (glibc).
        environment = os.environ | {
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MALLOC_MMAP_THRESHOLD_": str(4 << 20),
            "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
        }
        self._process = subprocess.Popen(  # noqa: S603 (this very interpreter)
            [sys.executable, "-c", _START, str(Path(__file__).resolve().parents[2])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self.pid = self._process.pid

    def wait_until_ready(self) -> None:
        """Raises HelperGoneError for one that cannot even start."""
        self._receive()
        self.deadline_s = None

    def give(self, task: str, common: object, arguments: list[Any]) -> None:
        """Hand over a batch; `answers` tells the results. Raises HelperGoneError."""
        self.deadline_s = time.monotonic() + FILE_S
        try:
            write_message(self._orders, [task, common, arguments, _current_folder()])
        except (OSError, ValueError):
            raise self._gone() from None

    def answers(self) -> tuple[list[Any], bool]:
        """The next results, and whether the helper is now busy with the very next file. Raises HelperGoneError."""
        results, waiting = self._receive()
        # Told that it is waiting for one file, that file's time is counted from when the ones before were told.
        if results or not waiting:
            self.deadline_s = time.monotonic() + FILE_S
        return results, waiting

    def rest(self) -> None:
        """All of the batch is told: no deadline until the next one."""
        self.deadline_s = None

    def end_if_late(self, now_s: float) -> None:
        """End it where its time is over."""
        deadline_s = self.deadline_s
        if deadline_s is not None and now_s > deadline_s:
            self._too_slow = True
            self.kill()

    def kill(self) -> None:
        """End it at once, whatever it does. The thread that talks with it then finds it gone."""
        with contextlib.suppress(OSError):
            self._process.kill()

    def close(self) -> None:
        """Let it end, and leave nothing of it behind. Only for the thread that talks with it."""
        self.deadline_s = None
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()

    def _receive(self) -> Any:  # noqa: ANN401 (whatever JSON holds)
        try:
            return read_message(self._answers)
        except (EOFError, OSError, ValueError):
            raise self._gone() from None

    def _gone(self) -> HelperGoneError:
        self.kill()
        return HelperGoneError(too_slow=self._too_slow)

    @property
    def _orders(self) -> BinaryIO:
        assert self._process.stdin is not None
        return self._process.stdin  # type: ignore[return-value]

    @property
    def _answers(self) -> BinaryIO:
        assert self._process.stdout is not None
        return self._process.stdout  # type: ignore[return-value]


def _current_folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 (asked for each batch)
    except OSError:
        return os.curdir  # it is gone


# --- pool ------------------------------------------------------------------------------------------------

Key = TypeVar("Key")

#: Helpers beyond this many wait for the disk rather than for a core.
MOST_HELPERS = 16
#: Files handed over or waiting to be told, per call of `results`.
WINDOW_FILES = 4096
#: A batch is made so large that a helper has so long to do with it.
BATCH_S = 0.05
MOST_PER_BATCH = 64
FIRST_BATCH = 4
#: How often `results` gives its caller a word where nothing is finished.
TICK_S = 0.05
#: Helpers that nobody asks anything are ended.
IDLE_S = 30.0
#: A helper that is busy for nobody any more is ended after so long.
GRACE_S = 0.5
WATCH_S = 0.1
#: Helpers that die while they start, one after another, before nobody tries any more.
FAILED_STARTS = 3


class Refused(NamedTuple):
    """No result: why a file is no usable picture."""

    code: str  #: key of REASONS


class _Work:
    """What one caller of `results` wants done."""

    def __init__(self, task: str, common: object) -> None:
        self.task, self.common = task, common
        self.waiting: deque[tuple[int, Any]] = deque()
        #: One of these killed its helper; which one is found by asking one at a time.
        self.suspects: deque[tuple[int, Any]] = deque()
        self.finished: dict[int, Any] = {}
        self.closed_at: float | None = None
        self.error: Exception | None = None

    def take(self, most: int) -> list[tuple[int, Any]]:
        if self.suspects:
            return [self.suspects.popleft()]
        return [self.waiting.popleft() for _ in range(min(most, len(self.waiting)))]


class DecodePool:
    """The helpers of one process. Use `results`, which shares one pool."""

    def __init__(self, most_helpers: int | None = None) -> None:
        self._most = max(1, most_helpers or min(_cores(), MOST_HELPERS))
        self._busy: dict[HelperProcess, _Work | None] = {}  # every helper, and whom it works for
        self._inherited: list[HelperProcess] = []
        self.forget()

    def forget(self) -> None:
        """Begin anew in a process that was forked: the parent's helpers are not ours to end, nor to tidy up."""
        self._inherited += self._busy
        self._busy = {}
        self._changed = threading.Condition()
        self._works: deque[_Work] = deque()
        self._threads: set[threading.Thread] = set()
        self._watching = False
        self._ending = False
        self._failed_starts = 0

    @property
    def pids(self) -> list[int]:
        """The helpers that run now."""
        with self._changed:
            return [helper.pid for helper in self._busy]

    def results(
        self, task: str, files: Iterable[tuple[Key, object]], common: object = None
    ) -> Generator[tuple[Key, Any] | None, None, None]:
        """As the function `results`."""
        work = _Work(task, common)
        with self._changed:
            self._works.append(work)
        keys: deque[Key] = deque()  # of the files handed over and not yet told
        source = iter(files)
        handed = told = 0
        more = True
        try:
            while True:
                if more and len(keys) <= WINDOW_FILES // 2:
                    new = list(islice(source, WINDOW_FILES - len(keys)))
                    more = bool(new)
                    keys.extend(key for key, _ in new)
                    self._hand_over(work, [(handed + n, argument) for n, (_, argument) in enumerate(new)])
                    handed += len(new)
                if not keys:
                    return
                ready = self._wait_for(work, told)
                told += len(ready)
                for result in ready:
                    yield keys.popleft(), result
                if not ready:
                    yield None
        finally:
            with self._changed:
                self._works.remove(work)
                work.closed_at = time.monotonic()
                self._changed.notify_all()

    def warm_up(self) -> None:
        """Start a helper, unless there are some: the first file then waits for none. It ends like every idle one."""
        with self._changed:
            if not self._threads and not self._ending:
                self._start_thread(ready_at_once=True)

    def end(self) -> None:
        """End every helper; a later call starts new ones."""
        with self._changed:
            self._ending = True
            for helper, work in self._busy.items():
                if work is not None:
                    helper.kill()
            self._changed.notify_all()
            threads = list(self._threads)
        for thread in threads:
            thread.join(timeout=5)
        with self._changed:
            self._ending = False

    # --- the caller's side -----------------------------------------------------------------------------------

    def _hand_over(self, work: _Work, files: list[tuple[int, Any]]) -> None:
        if not files:
            return
        with self._changed:
            work.waiting.extend(files)
            self._start_threads(work)
            self._changed.notify_all()

    def _start_threads(self, work: _Work) -> None:
        # A few files are done before one more helper would be ready.
        wanted = min(self._most, -(-(len(work.waiting) + len(work.suspects)) // FIRST_BATCH))
        while len(self._threads) < wanted:
            self._start_thread()

    def _start_thread(self, *, ready_at_once: bool = False) -> None:
        thread = threading.Thread(target=self._serve, args=(ready_at_once,), name="decode-helper", daemon=True)
        self._threads.add(thread)
        thread.start()
        if not self._watching:
            self._watching = True
            threading.Thread(target=self._watch, name="decode-watch", daemon=True).start()

    def _wait_for(self, work: _Work, told: int) -> list[Any]:
        """The results that come next, in order; none after a moment without any."""
        with self._changed:
            if told not in work.finished and work.error is None:
                self._changed.wait_for(lambda: told in work.finished or work.error is not None, TICK_S)
                # Those that were there may just have ended for want of work.
                self._start_threads(work)
            if work.error is not None:
                raise work.error
            ready = []
            while told in work.finished:
                ready.append(work.finished.pop(told))
                told += 1
            return ready

    # --- the helpers' side: one thread each --------------------------------------------------------------------

    def _serve(self, ready_at_once: bool) -> None:
        helper: HelperProcess | None = None
        per_file_s = BATCH_S / FIRST_BATCH
        try:
            if ready_at_once:
                helper = self._started(_Work("", None), [])
                self._rest(helper)
            while (taken := self._take(per_file_s)) is not None:
                work, batch = taken
                if helper is None:
                    helper = self._started(work, batch)
                    if helper is None:
                        continue
                began = time.monotonic()
                if self._do(helper, work, batch):
                    per_file_s = (per_file_s + (time.monotonic() - began) / len(batch)) / 2
                else:
                    self._forget(helper)
                    helper = None
        finally:
            if helper is not None:
                self._forget(helper)
            with self._changed:
                self._threads.discard(threading.current_thread())
                self._changed.notify_all()

    def _take(self, per_file_s: float) -> tuple[_Work, list[tuple[int, Any]]] | None:
        """Whom to work for next, each in turn, and its files; None when it is time to end."""
        most = max(1, min(MOST_PER_BATCH, int(BATCH_S / max(per_file_s, 1e-6))))
        give_up_at = time.monotonic() + IDLE_S
        with self._changed:
            while not self._ending:
                for _ in range(len(self._works)):
                    work = self._works[0]
                    self._works.rotate(-1)
                    if batch := work.take(most):
                        return work, batch
                if not self._changed.wait(give_up_at - time.monotonic()) and time.monotonic() >= give_up_at:
                    return None
        return None

    def _started(self, work: _Work, batch: list[tuple[int, Any]]) -> HelperProcess | None:
        """A new helper; None where none can be had, and the batch goes back."""
        helper: HelperProcess | None = None
        reason = Phrase("helper.ended")
        try:
            helper = HelperProcess()
            with self._changed:
                self._busy[helper] = work
            helper.wait_until_ready()
        except (OSError, HelperGoneError) as error:
            reason = phrase_of(error) if isinstance(error, OSError) else reason
            if helper is not None:
                self._forget(helper)
        else:
            self._failed_starts = 0
            return helper
        with self._changed:
            work.waiting.extendleft(reversed(batch))
            if not self._ending and work.closed_at is None:
                self._failed_starts += 1
                if self._failed_starts >= FAILED_STARTS:
                    work.error = DataError("data.no-helper", reason=reason)
                    work.waiting.clear()
                    self._failed_starts = 0
            self._changed.notify_all()
        return None

    def _do(self, helper: HelperProcess, work: _Work, batch: list[tuple[int, Any]]) -> bool:
        """Have a batch done; False when the helper is gone, and what it left undone goes back."""
        done, waiting = 0, len(batch) == 1
        with self._changed:
            self._busy[helper] = work
            self._changed.notify_all()
        try:
            helper.give(work.task, work.common, [argument for _, argument in batch])
            while done < len(batch):
                results, waiting = helper.answers()
                waiting = waiting or done + len(results) == len(batch) - 1
                with self._changed:
                    for (number, _), result in zip(batch[done:], results, strict=False):
                        if isinstance(result, dict):
                            work.error = RuntimeError(result["error"])
                        work.finished[number] = result[0] if isinstance(result, list) else Refused(str(result))
                    self._changed.notify_all()
                done += len(results)
        except HelperGoneError as gone:
            left = batch[done:]
            with self._changed:
                if waiting and work.closed_at is None and not self._ending:
                    work.finished[left[0][0]] = Refused("too-slow" if gone.too_slow else "decoder-died")
                    work.waiting.extendleft(reversed(left[1:]))
                else:
                    work.suspects.extend(left)
                self._changed.notify_all()
            return False
        helper.rest()
        self._rest(helper)
        return True

    def _rest(self, helper: HelperProcess | None) -> None:
        """It works for nobody."""
        with self._changed:
            if helper is not None and helper in self._busy:
                self._busy[helper] = None

    def _forget(self, helper: HelperProcess) -> None:
        helper.close()
        with self._changed:
            self._busy.pop(helper, None)

    def _watch(self) -> None:
        """End the helpers that take too long, or that work for nobody any more."""
        while True:
            with self._changed:
                if not any(work is not None for work in self._busy.values()):
                    self._changed.wait_for(lambda: any(self._busy.values()) or not self._threads)
                if not self._threads:
                    self._watching = False
                    return
                now = time.monotonic()
                for helper, work in self._busy.items():
                    helper.end_if_late(now)
                    if work is not None and work.closed_at is not None and now - work.closed_at > GRACE_S:
                        helper.kill()
            time.sleep(WATCH_S)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_shared = DecodePool()


def shared_pool() -> DecodePool:
    """The one pool of this process."""
    return _shared


def results(
    task: str, files: Iterable[tuple[Key, object]], common: object = None
) -> Generator[tuple[Key, Any] | None, None, None]:
    """Have `task` (a row of decode_helper.TASKS) done for each file; (key, result) come in the order of `files`.

    files: (key, argument), taken as they are needed. The argument and `common` are what JSON can hold; the key stays
    here. None comes every TICK_S while nothing is finished, so that the caller can close the generator; what was not
    begun is then dropped. Raises DataError where no helper can be started, RuntimeError with the trace of a task that
    raised something else than PictureRefusedError, MemoryError or OSError.
    """
    return _shared.results(task, files, common)


def warm_up() -> None:
    """Start a helper where there is none, because files will come soon. Returns at once."""
    _shared.warm_up()


def end_helpers() -> None:
    """End the helpers of this process. The next one who needs some starts them again."""
    _shared.end()


atexit.register(end_helpers)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_shared.forget)
