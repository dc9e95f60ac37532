"""Calls that take turns, over and over, so that whatever else the machine does slows all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass
class Spent:
    """Seconds of each call: by the clock, and of processor time, which other programs hardly change."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """The median by the clock."""
        return statistics.median(self.clock)

    def times_as_fast_as(self, other: Spent) -> str:
        """Two cells of a table: how many times as fast by the clock, and by processor time."""
        processor = statistics.median(other.processor) / statistics.median(self.processor)
        return f"{other.seconds / self.seconds:.2f} | {processor:.2f}"


def in_turns(
    calls: Mapping[str, Callable[[], object]], seconds: float, *, least: int = 5, warm: bool = True
) -> dict[str, Spent]:
    """What each call took, until all together took `seconds`, at least `least` times.

    warm: each is called once before, which does not count.
    """
    spent = {name: Spent() for name in calls}
    for call in calls.values() if warm else ():
        call()
    while (
        any(len(each.clock) < least for each in spent.values()) or sum(sum(s.clock) for s in spent.values()) < seconds
    ):
        for name, call in calls.items():
            clock, processor = time.perf_counter(), time.process_time()
            call()
            spent[name].clock.append(time.perf_counter() - clock)
            spent[name].processor.append(time.process_time() - processor)
    return spent
