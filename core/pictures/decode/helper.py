"""A process that decodes pictures for the program, so that a decoder that dies, hangs or swells takes nothing with it.

It is started by pool.py and told what to do through its standard input, in batches:
`[task, common, [argument, …], current folder]`. Results go back in order, as `[[result, …], waiting]`: several at a
time where they come fast; `waiting` says that all before are told and the next one is being worked on. A result is
`[value]`, a code of REASONS, or `{"error": trace}` for a mistake of ours. It ends when its standard input does.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from PIL import (
    Image,
    TiffImagePlugin,  # noqa: F401 (the last two register themselves)
    WebPImagePlugin,  # noqa: F401 (the last two register themselves)
)

from ..doctor.fingerprinting import fingerprint_task
from ..feed.fill import fill_task
from ..folder.reasons import reason_of
from .decoding import PictureRefusedError, decode
from .kinds import READ_KINDS, is_readable
from .modes import has_alpha, is_grey
from .pipes import read_message, write_message

# --- Judges one file by decoding it: what kind of picture it is, or why it is none. Runs in a helper process ---

#: A JPEG is judged at about this size, pixels: enough to know whether it can be decoded and whether it is grey.
JUDGED_SIZE = 64


class Facts(NamedTuple):
    """What is known of a picture that can be decoded."""

    width: int  #: pixels, upright
    height: int
    mode: str  #: as the file stores it, in Pillow's words
    format: str  #: one of kinds.READ_KINDS, by content
    has_alpha: bool
    is_grey: bool  #: by mode, or because all visible pixels are


def judge(path: Path) -> Facts:
    """Decode one file. Raises PictureRefusedError."""
    decoded = decode(path, JUDGED_SIZE)
    return Facts(
        width=decoded.width,
        height=decoded.height,
        mode=decoded.mode,
        format=decoded.format,
        has_alpha=has_alpha(decoded.image),
        is_grey=is_grey(decoded.image),
    )


# --- Keeps a decoding helper from taking more memory than agreed, by whatever means the platform has -----

#: How often a process that watches itself looks.
WATCH_S = 0.05
#: What it ends with when it has taken too much.
EXIT_STATUS = 77


def limit_memory(more_bytes: int) -> None:
    """From now on this process gets at most so many bytes more: MemoryError, or its end, for whoever wants more."""
    limit = private_bytes() + more_bytes
    if sys.platform == "linux":
        import resource

        # Of private memory only: a file that is mapped to be written to takes none.
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        if hard == resource.RLIM_INFINITY or limit < hard:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    else:
        # macOS accepts limits and does not keep them; Windows knows none for a process by itself.
        threading.Thread(target=_watch, args=(limit,), name="memory-watch", daemon=True).start()


def private_bytes() -> int:
    """Memory of this process that is its own; where the platform keeps only a record, the most it ever was."""
    return _BYTES.get(sys.platform, _record_bytes)()


def _watch(limit_bytes: int) -> None:
    while private_bytes() <= limit_bytes:
        time.sleep(WATCH_S)
    os._exit(EXIT_STATUS)


def _linux_bytes() -> int:
    return int(Path("/proc/self/statm").read_bytes().split()[5]) * os.sysconf("SC_PAGE_SIZE")


def _record_bytes() -> int:
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


class _WindowsCounters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS of psapi.h."""

    _fields_ = (
        ("bytes_of_this", ctypes.c_uint32),
        ("page_faults", ctypes.c_uint32),
        ("peak_working_set", ctypes.c_size_t),
        ("working_set", ctypes.c_size_t),
        ("quota_peak_paged", ctypes.c_size_t),
        ("quota_paged", ctypes.c_size_t),
        ("quota_peak_nonpaged", ctypes.c_size_t),
        ("quota_nonpaged", ctypes.c_size_t),
        ("pagefile", ctypes.c_size_t),
        ("peak_pagefile", ctypes.c_size_t),
    )


def _windows_bytes() -> int:
    counters = _WindowsCounters(ctypes.sizeof(_WindowsCounters))
    kernel = ctypes.CDLL("kernel32")
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    ask = kernel.K32GetProcessMemoryInfo
    ask.argtypes = (ctypes.c_void_p, ctypes.POINTER(_WindowsCounters), ctypes.c_uint32)
    ask(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.bytes_of_this)
    return int(counters.pagefile)


_BYTES: dict[str, Callable[[], int]] = {"linux": _linux_bytes, "win32": _windows_bytes}


# --- helper ----------------------------------------------------------------------------------------------

#: What decoding one file may take beyond what an idle helper has.
MEMORY_BYTES = 512 << 20
#: Of those, what the interpreter itself may need meanwhile.
SPARE_BYTES = 24 << 20
#: Results that come faster than this are told together.
TOGETHER_S = 0.01
#: After so long with one file the program is told which one it is.
WAITING_S = 0.05


def _judge(path: str, _: object) -> list[object]:
    return list(judge(Path(path)))


#: Name → task(argument, common): both and what it returns are what JSON can hold. Raises PictureRefusedError.
TASKS: dict[str, Callable[[Any, Any], Any]] = {
    "judge": _judge,
    "fill": fill_task,
    "fingerprint": fingerprint_task,
}


def main() -> None:
    """Work until the standard input ends."""
    # Ctrl-C is meant for the program, which then ends its helpers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever a decoder prints must not end up among the answers.
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, 0)
    os.dup2(silence, 1)
    # Loaded now, so that the limit counts from here and the first file's time is its own.
    Image.preinit()
    for kind in READ_KINDS:
        is_readable(kind)
    limit_memory(MEMORY_BYTES - SPARE_BYTES)
    report = _Report(answers)
    told_folder = ""
    with contextlib.suppress(EOFError, BrokenPipeError):
        write_message(answers, "ready")
        while True:
            task, common, arguments, current_folder = read_message(orders)
            if current_folder != told_folder:
                # Paths may be relative, and the program may have moved since it started this helper.
                with contextlib.suppress(OSError):
                    os.chdir(current_folder)
                told_folder = current_folder
            report.begin()
            for argument in arguments:
                report.add(_result(TASKS[task], argument, common))
            report.end()
    # Nothing here needs tidying up, and the threads of a decoder may be anywhere.
    os._exit(0)


def _result(task: Callable[[Any, Any], Any], argument: object, common: object) -> object:
    try:
        return [task(argument, common)]
    except PictureRefusedError as refused:
        return refused.reason_code
    except MemoryError:
        return "needs-memory"
    except OSError as error:
        # A disk that gives up in the middle of one file is no reason to give up all the others.
        return reason_of(error)
    except Exception:
        return {"error": traceback.format_exc()}


class _Report:
    """Tells results: together where they come fast, at once where one takes long."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._busy = threading.Event()
        self._results: list[object] = []
        self._told_at = 0.0
        self._waiting_told = False
        threading.Thread(target=self._watch, name="report", daemon=True).start()

    def begin(self) -> None:
        self._waiting_told = False
        self._told_at = time.monotonic()
        self._busy.set()

    def add(self, result: object) -> None:
        with self._lock:
            self._results.append(result)
            self._waiting_told = False
            if time.monotonic() - self._told_at >= TOGETHER_S:
                self._tell(waiting=False)

    def end(self) -> None:
        self._busy.clear()
        with self._lock:
            if self._results:
                self._tell(waiting=False)

    def _tell(self, *, waiting: bool) -> None:
        results, self._results = self._results, []
        write_message(self._file, [results, waiting])
        self._told_at = time.monotonic()
        self._waiting_told = waiting

    def _watch(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            while True:
                self._busy.wait()
                time.sleep(WAITING_S)
                with self._lock:
                    long = time.monotonic() - self._told_at >= WAITING_S
                    if self._busy.is_set() and long and not self._waiting_told:
                        self._tell(waiting=True)


if __name__ == "__main__":
    main()
