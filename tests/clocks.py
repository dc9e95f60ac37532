"""Processor time of some work as a multiple of a plain loop's, measured beside it: a slow machine slows both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication


@dataclass(frozen=True)
class Compared:
    """Medians over the rounds, in seconds of processor time."""

    work_s: float
    reference_s: float

    @property
    def ratio(self) -> float:
        return self.work_s / self.reference_s


def compare(work: Callable[[], object], reference: Callable[[], object], *, rounds: int = 5) -> Compared:
    """Run both in turn, so that a machine that becomes slower in between is the same for both."""
    times = [(processor_s(work), processor_s(reference)) for _ in range(rounds)]
    return Compared(*(statistics.median(column) for column in zip(*times, strict=True)))


def processor_s(work: Callable[[], object]) -> float:
    """What `work` takes of all processors: waiting behind other programs counts nothing."""
    began = time.process_time()
    work()
    return time.process_time() - began


def longest_turn_s(until: Callable[[], bool], *, timeout_s: float = 60.0) -> float:
    """The most that one turn of the event loop takes of the GUI thread's processor, while it runs `until` holds."""
    longest, ends = 0.0, time.monotonic() + timeout_s
    while not until():
        assert time.monotonic() < ends, "it never came"
        began = time.thread_time()
        QCoreApplication.processEvents()
        longest = max(longest, time.thread_time() - began)
        time.sleep(0.001)
    return longest
