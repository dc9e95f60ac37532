"""How long a sampler's calls take, from when they come in; hours that the computer slept do not count."""

from __future__ import annotations

from statistics import median

#: Calls that come closer together than this came in one bundle, and say nothing about their time.
BUNDLE_S = 0.001
#: A pause between two calls counts as at most so many usual ones, or as that long where there were too few to tell.
LONGEST_GAPS = 10
LONGEST_GAP_S = 30.0


class CallTimer:
    """Fed with the monotonic time at which each call was heard of."""

    def __init__(self) -> None:
        self._done = 0
        self._first = 0
        self._last_s = 0.0
        self._gaps: list[float] = []

    def add(self, done: int, now_s: float) -> None:
        """So many calls are done at `now_s`; fewer than before: a new count begins."""
        if done <= self._done or not self._done:
            self._first = done
            self._gaps.clear()
        elif now_s - self._last_s > BUNDLE_S:
            self._gaps.append(now_s - self._last_s)
        self._done, self._last_s = done, now_s

    @property
    def seconds_per_call(self) -> float | None:
        """None before there are two calls."""
        if self._done <= self._first:
            return None
        longest = LONGEST_GAPS * median(self._gaps) if len(self._gaps) > 2 else LONGEST_GAP_S
        return sum(min(gap, longest) for gap in self._gaps) / (self._done - self._first)
