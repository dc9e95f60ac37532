"""One decoding helper as the program sees it: started, given batches, and ended when it takes too long."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

from .pipes import read_message, write_message

#: What decoding one file may take before its helper is ended.
FILE_S = 10.0
#: What starting may take on a machine that is busy with other things.
START_S = 60.0

_START = "import sys; sys.path[0] = sys.argv[1]; from core.data.decode_helper import main; main()"


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
