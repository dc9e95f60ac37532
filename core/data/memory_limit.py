"""Keeps a decoding helper from taking more memory than agreed, by whatever means the platform has."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

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
