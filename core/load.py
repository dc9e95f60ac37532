"""How much of the processor other programs use, and by how much they slow a training."""

from __future__ import annotations

import contextlib
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_CPU = Path("/proc/stat")
_OWN = Path("/proc/self/task")


class OtherLoad:
    """The cores that other programs have used since it was last asked. Linux alone tells it."""

    def __init__(self) -> None:
        self.cores_here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._last = _read()

    def cores(self) -> float | None:
        """How many, on average since the last call; None where the system does not tell, or too soon to tell."""
        last, now = self._last, _read()
        if last is None or now is None:
            self._last = now
            return None
        passed_s = now.at_s - last.at_s
        if passed_s < 0.2:  # the system counts in hundredths of a second
            return None
        self._last = now
        # A helper process that has ended takes its time with it.
        own_s = max(0.0, now.own_s - last.own_s)
        return max(0.0, (now.busy_s - last.busy_s - own_s) / passed_s)


@dataclass(frozen=True, slots=True)
class _Reading:
    at_s: float
    busy_s: float  #: of the cores that this process may use
    own_s: float  #: of this process and those that it has started


def _read() -> _Reading | None:
    try:
        tick_s = 1.0 / os.sysconf("SC_CLK_TCK")
        usable = {f"cpu{number}" for number in os.sched_getaffinity(0)}
        busy = 0
        for line in _CPU.read_text("ascii").splitlines():
            name, *counts = line.split()
            if name in usable:
                user, nice, system, _idle, _waiting, irq, softirq = map(int, counts[:7])
                busy += user + nice + system + irq + softirq
        own_s = time.process_time() + sum(map(_seconds_of, _helpers())) * tick_s
    except (OSError, ValueError, AttributeError):
        return None
    return _Reading(time.monotonic(), busy * tick_s, own_s)


def _helpers() -> set[str]:
    """The processes that this one has started."""
    found: set[str] = set()
    for children in _OWN.glob("*/children"):
        with contextlib.suppress(OSError):  # the thread has ended
            found.update(children.read_text("ascii").split())
    return found


def _seconds_of(process: str) -> int:
    """The processor time of a process, in ticks."""
    with contextlib.suppress(OSError, ValueError):
        # Its name stands in brackets, and may hold any.
        counts = Path("/proc", process, "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return int(counts[11]) + int(counts[12])
    return 0


@dataclass(frozen=True, slots=True)
class Slowdown:
    """Other programs slow what is computed here."""

    cores: float | None  #: that they use; None where the system does not tell, so that others are only likely
    of: int  #: cores there are
    slower: float | None  #: 0 … 1, of the speed alone; None where that was never seen


class Competition:
    """Tells from the times of steps and the others' load when other programs begin to slow us, and when that is over.

    load: what is asked for the cores that others use. Its clock is the sum of the steps' times.
    """

    #: A stretch of steps that is judged at once, and how many on end must agree.
    STRETCH_S, STRETCH_STEPS, AGREE = 2.0, 3, 2
    #: The others are there from so many cores on, and gone below fewer.
    BUSY, QUIET = 0.35, 0.2
    #: Less is not worth telling; nor is a change by less.
    LEAST_SLOWER, CHANGE = 0.1, 0.15

    def __init__(self, cores_here: int, load: Callable[[], float | None]) -> None:
        self._of, self._load = cores_here, load
        self._stretch: list[float] = []
        self._alone_s: float | None = None
        self._agree = 0
        self.told: Slowdown | None = None  #: what was told last; None: nobody is in the way

    def add(self, seconds: float) -> bool:
        """A step took so long. Whether `told` has changed with it."""
        self._stretch.append(seconds)
        if len(self._stretch) < self.STRETCH_STEPS or sum(self._stretch) < self.STRETCH_S:
            return False
        median = statistics.median(self._stretch)
        self._stretch.clear()
        now = self._judge(median, self._load())
        if (now is None) == (self.told is None):
            self._agree = 0
            if now is None or self.told is None or abs((now.slower or 0) - (self.told.slower or 0)) < self.CHANGE:
                return False
        else:
            self._agree += 1
            if self._agree < self.AGREE:
                return False
        self._agree, self.told = 0, now
        return True

    def _judge(self, seconds: float, cores: float | None) -> Slowdown | None:
        if cores is None or cores < self.QUIET:
            self._alone_s = seconds if cores is not None or self._alone_s is None else min(self._alone_s, seconds)
        slower = None if self._alone_s is None else max(0.0, 1.0 - self._alone_s / seconds)
        if cores is None:
            # Only the speed tells, which may have other reasons.
            least = self.LEAST_SLOWER * (2 if self.told is not None else 3)
            return Slowdown(None, self._of, slower) if slower is not None and slower > least else None
        if cores < (self.QUIET if self.told is not None else self.BUSY):
            return None
        return None if slower is not None and slower < self.LEAST_SLOWER else Slowdown(cores, self._of, slower)
