"""Processor time of some work as a multiple of a plain loop's, measured beside it: a slow machine slows both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


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
