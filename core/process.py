"""What a program that owns its process sets for it: how long threads wait, and where freed memory goes; what it has.

The command line and the window do; whoever imports core into a script decides for the script.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, MutableMapping

#: Turns of its waiting loop after which a thread of GNU's OpenMP sleeps. Its own default, 300,000, spins for minutes
#: beside another torch program: a step took 9,973 ms there instead of 57. Fewer turns lose less there, and more where
#: nothing else runs, since waking a thread takes time: on a virtual machine of two cores 2,000 turns took 1.09 and 1.24
#: times as long as 300,000, 10,000 took 1.02 and 1.06, 30,000 took 0.95 (steps of *Sketch* in turns of 3 s, medians).
#: Beside other programs this is four times as slow as one thread, which the ThreadChooser finds with the first step.
SPIN_COUNT = 20_000

#: Freed memory that glibc keeps for the next step, at most, and as a share of the system's. By itself it keeps 64 MiB
#: at most and gives the rest back, so that every step takes its activations anew from the system, which clears each
#: page: 15,700 pages a step of dim 32 in bf16 (16 pictures of 32 px), 7 to 20 % of its processor time.
KEPT_BYTES, KEPT_SHARE = 2**30, 1 / 8
#: From this size on a tensor is mapped by itself and given back when it is freed. glibc takes no larger one everywhere.
MAPPED_BYTES = 32 * 2**20
#: By so much the heap grows, where it must.
GROWN_BYTES = 64 * 2**20
# Of glibc's malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3


def prepare_process() -> None:
    """Let waiting threads sleep soon, and keep freed memory for the next step. Before torch is loaded."""
    wait_briefly()
    keep_freed_memory()


def wait_briefly(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let threads that wait for each other go to sleep soon. Torch reads it when it is loaded, and only then."""
    if "OMP_WAIT_POLICY" not in environment:
        environment.setdefault("GOMP_SPINCOUNT", str(SPIN_COUNT))


def keep_freed_memory(environment: MutableMapping[str, str] = os.environ) -> bool:
    """Let what a step frees be there for the next one; whether it is (only with glibc).

    Whoever has set malloc's limits in the environment keeps them.
    """
    mallopt = _of_glibc("mallopt")
    if mallopt is None or any(name.startswith("MALLOC_") or name == "GLIBC_TUNABLES" for name in environment):
        return False
    kept = int(min(KEPT_BYTES, KEPT_SHARE * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")))
    # The first must hold: each of them ends glibc's own adjustment, which is better than its fixed beginnings.
    return bool(
        mallopt(_MMAP_THRESHOLD, MAPPED_BYTES) and mallopt(_TRIM_THRESHOLD, kept) and mallopt(_TOP_PAD, GROWN_BYTES)
    )


def give_back_freed_memory() -> None:
    """Return to the system what is kept and not in use: when a training has ended, or memory ran out."""
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(0)


def resident_bytes() -> int | None:
    """What this process has in the machine's memory now; None where it is not known how to ask (not Linux)."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 (0.02 ms less than a Path, once a second)
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return None


def _of_glibc(name: str) -> Callable[..., int] | None:
    """A function of the C library, where that is glibc; None elsewhere."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return getattr(library, name) if hasattr(library, "gnu_get_libc_version") and hasattr(library, name) else None
