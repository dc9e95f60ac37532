"""How many threads torch computes with on a CPU, and how long they wait for each other.

Threads of one computation meet at a barrier many times a step. Where another program holds a core, all wait for the one
thread that has none: two threads are then slower than one. So the number is chosen by the time that steps really take,
and again when that changes for long.
"""

from __future__ import annotations

import contextlib
import functools
import math
import os
import statistics
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import torch


T = TypeVar("T")


@functools.cache
def most_threads() -> int:
    """How many torch takes by itself, as found when this process first asks (OMP_NUM_THREADS, or the cores)."""
    import torch

    return torch.get_num_threads()


@contextlib.contextmanager
def using(count: int) -> Iterator[None]:
    """Compute with `count` threads inside. It is the calling thread's own number, and its backward passes' too."""
    import torch

    # Asked first: at its first operation a thread that was not asked takes the number that was last set anywhere.
    before = torch.get_num_threads()
    if count == before:
        yield
        return
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def made_inside(context: Callable[[], AbstractContextManager[object]], items: Iterable[T]) -> Generator[T, None, None]:
    """The same items, each made inside a `context()` of its own, which whoever takes them is not in."""
    iterator = iter(items)
    while True:
        with context():
            try:
                item = next(iterator)
            except StopIteration:
                return
        yield item


@dataclass(frozen=True, slots=True)
class Choice:
    """What a comparison has come to."""

    threads: int  #: to go on with
    before: int
    seconds: tuple[tuple[int, float], ...]  #: each number that was tried, and the median of its steps
    taken: tuple[int, ...]  #: with how many threads each step of the comparison was taken, oldest first


class ThreadChooser:
    """Chooses the number of threads from the times of the steps that are being made; no step is made for it alone.

    Hand it the time of every step (`add`), and take the next one with `count` threads. It compares `most` with half of
    it and so on down to one, in turn, at the beginning and when steps take longer or less long than they did for some
    seconds; and while it uses fewer than `most`, now and then, since nothing else tells that the machine is free again.
    Its clock is the sum of the steps' times.

    most   threads there are to use
    begin  what to go on with, where it was chosen before: then nothing is compared at first
    seconds_per_step  what a step took then
    """

    #: Steps that warm things up.
    WARMING = 2
    #: Steps of each number in a comparison, and more where these take less than LEAST_S.
    ROUNDS, MOST_ROUNDS, LEAST_S = 3, 12, 0.1
    #: The smaller number must win by so much; one that is slower by FAR loses at once. Two on end that are slower by
    #: LOST end the comparison: where others hold some cores, half of the threads may be slower and a quarter faster.
    WON, LOST, FAR = 0.93, 1.15, 3.0
    #: Steps take another time: so much more or less, in two stretches of STRETCH_S and STRETCH_STEPS on end.
    CHANGED, STRETCH_S, STRETCH_STEPS = 1.3, 2.0, 3
    #: Between two comparisons: at first, at most, and in times of what the last one has cost. Each that finds nothing
    #: new doubles it.
    PAUSE_S, LONGEST_PAUSE_S, COST_TIMES = 15.0, 120.0, 50.0

    def __init__(self, most: int, *, begin: int | None = None, seconds_per_step: float | None = None) -> None:
        self.most = most
        known = begin is not None and 1 <= begin <= most
        self.count = begin if known and begin is not None else most
        self._warming = self.WARMING
        self._wish = not known and most > 1
        self._usual = seconds_per_step if known else None
        self._stretch: list[float] = []
        self._first = True  #: the next stretch is the first since the last comparison
        self._changed = 0  #: stretches on end that took longer (above 0) or less long
        self._slow = 0  #: steps on end that took far longer
        self._since_s = 0.0  #: of steps, since the last comparison
        self._pause_s = self.PAUSE_S
        self._trial: _Trial | None = None
        self._compared = False  #: whether there was one

    @property
    def comparing(self) -> bool:
        """Whether the next step is one of a comparison."""
        return self._trial is not None

    @property
    def chosen(self) -> int:
        """What steps are taken with but for a comparison."""
        return self.count if self._trial is None else self._trial.before

    @property
    def seconds_per_step(self) -> float | None:
        """What a step takes with `count`; None before that is known."""
        return self._usual

    def begin_beside(self, cores: float) -> None:
        """Others use so many cores: warm up without them, since the first steps alone may take minutes with them."""
        if self._wish:
            self.count = max(1, self.most - math.ceil(cores))

    def look_again(self) -> None:
        """Something has changed that the steps' times need not show: compare, if the last time is not just over."""
        self._wish = self._wish or (self.most > 1 and (not self._compared or self._since_s >= self.PAUSE_S))

    def add(self, seconds: float) -> Choice | None:
        """The step just taken with `count` took so long. A Choice where a comparison ends with it."""
        if self.most < 2:
            self._usual = seconds if self._usual is None else self._usual
            return None
        if self._trial is not None:
            return self._compare(self._trial, seconds)
        self._since_s += seconds
        if self._warming:
            self._warming -= 1
            return None
        self._watch(seconds)
        if self._wish:
            self._wish = False
            self._trial = _Trial(self.count, self.most)
            self.count = self.most
        return None

    def _watch(self, seconds: float) -> None:
        """Wish a comparison where steps have come to take another time."""
        self._stretch.append(seconds)
        usual = self._usual
        self._slow = self._slow + 1 if usual is not None and seconds > self.FAR * usual else 0
        rested = self._since_s >= self._pause_s
        if self.count < self.most and rested:
            self._wish = True
        if self._slow == self.STRETCH_STEPS:
            self._wish = True
        if len(self._stretch) < self.STRETCH_STEPS or sum(self._stretch) < self.STRETCH_S:
            return
        median = statistics.median(self._stretch)
        self._stretch.clear()
        direction = 0 if usual is None else (median > self.CHANGED * usual) - (median * self.CHANGED < usual)
        if usual is None or (self._first and not direction):
            self._usual = median  # of more steps than the comparison had
        self._first = False
        self._changed = direction + (self._changed if self._changed * direction > 0 else 0)
        if abs(self._changed) >= 2 and rested:
            self._wish = True

    def _compare(self, trial: _Trial, seconds: float) -> Choice | None:
        trial.add(self.count, seconds)
        if not trial.decided():
            self.count = trial.turn()
            return None
        best, further = trial.judge()
        if further is not None:
            trial.begin(best, further)
            self.count = trial.turn()
            return None
        choice = Choice(best, trial.before, tuple(trial.medians.items()), tuple(trial.taken))
        found_nothing = best == trial.before
        cost = sum(trial.all_seconds) - trial.medians[best] * len(trial.all_seconds)
        longer = self._pause_s * 2 if found_nothing else self.PAUSE_S
        self._pause_s = max(min(longer, self.LONGEST_PAUSE_S), self.COST_TIMES * cost)
        self.count, self._trial = best, None
        self._usual = trial.medians[best]
        self._stretch.clear()
        self._changed = self._slow = 0
        self._first, self._since_s, self._compared = True, 0.0, True
        return choice


@dataclass(slots=True)
class _Trial:
    """Two numbers of threads at a time, step by step in turn, so that a bad moment strikes both."""

    before: int
    best: int
    rival: int = 0
    lost: int = 0  #: rivals on end that were much slower
    times: dict[int, list[float]] = field(default_factory=dict)
    medians: dict[int, float] = field(default_factory=dict)
    taken: list[int] = field(default_factory=list)
    all_seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.begin(self.best, self.best // 2)

    def begin(self, best: int, rival: int) -> None:
        self.best, self.rival = best, rival
        self.times = {best: [], rival: []}

    def add(self, count: int, seconds: float) -> None:
        self.times[count].append(seconds)
        self.taken.append(count)
        self.all_seconds.append(seconds)

    def turn(self) -> int:
        """Whose turn it is."""
        return self.best if len(self.times[self.best]) <= len(self.times[self.rival]) else self.rival

    def decided(self) -> bool:
        best, rival = self.times[self.best], self.times[self.rival]
        rounds = min(len(best), len(rival))
        if len(best) != len(rival) or rounds < 2:
            return False
        ratio = statistics.median(rival) / max(statistics.median(best), 1e-9)
        if not 1 / ThreadChooser.FAR < ratio < ThreadChooser.FAR:
            return True
        enough = min(sum(best), sum(rival)) >= ThreadChooser.LEAST_S or rounds >= ThreadChooser.MOST_ROUNDS
        return rounds >= ThreadChooser.ROUNDS and enough

    def judge(self) -> tuple[int, int | None]:
        """The better of the two, and what it should be compared with next."""
        best, rival = (statistics.median(self.times[count]) for count in (self.best, self.rival))
        self.medians |= {self.best: best, self.rival: rival}
        winner = self.rival if rival < ThreadChooser.WON * best else self.best
        self.lost = self.lost + 1 if rival > ThreadChooser.LOST * best else 0
        further = self.rival // 2
        return winner, None if further < 1 or self.lost >= 2 else further


# --- How much of the processor other programs use, and by how much they slow a training ------------------

_CPU = Path("/proc/stat")


class OtherLoad:
    """The cores that other programs have used since it was last asked. Linux alone tells it.

    companions: processes that count as this program too, by their pid.
    """

    def __init__(self, companions: Sequence[int] = ()) -> None:
        self._companions = companions
        self.cores_here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._last = _read(companions)

    def cores(self) -> float | None:
        """How many, on average since the last call; None where the system does not tell, or too soon to tell."""
        last, now = self._last, _read(self._companions)
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


def _read(companions: Sequence[int]) -> _Reading | None:
    try:
        tick_s = 1.0 / os.sysconf("SC_CLK_TCK")
        usable = {f"cpu{number}" for number in os.sched_getaffinity(0)}
        busy = 0
        for line in _CPU.read_text("ascii").splitlines():
            name, *counts = line.split()
            if name in usable:
                user, nice, system, _idle, _waiting, irq, softirq = map(int, counts[:7])
                busy += user + nice + system + irq + softirq
        others = {str(pid) for pid in companions}
        started = _helpers("self").union(*map(_helpers, others))
        own_s = time.process_time() + sum(map(_seconds_of, others | started)) * tick_s
    except (OSError, ValueError, AttributeError):
        return None
    return _Reading(time.monotonic(), busy * tick_s, own_s)


def _helpers(process: str) -> set[str]:
    """The processes that this one has started."""
    found: set[str] = set()
    for children in Path("/proc", process, "task").glob("*/children"):
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

    #: A stretch of steps that is judged at once.
    STRETCH_S, STRETCH_STEPS = 2.0, 3
    #: How many on end must agree that others have come, and that they are gone: between two files a compiler rests.
    AGREE, AGREE_GONE = 2, 5
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
            if self._agree < (self.AGREE if self.told is None else self.AGREE_GONE):
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


# --- The threads that a sampler computes with on a CPU: all, and fewer where the machine turns out to be busy ---


class WalkThreads:
    """Takes the steps of samplers, one walk after the other, with a number of threads that follows from their times.

    A walk is short: 25 steps are too few to compare anything on a quiet machine. So it begins with all threads, and
    compares them where others are seen to use the processor, or where its steps come to take another time.

    wish  so many and no others; None: chosen by measuring
    """

    def __init__(self, device: torch.device, wish: int | None = None) -> None:
        self._on_cpu = device.type == "cpu"
        self._fixed = wish
        most = most_threads() if self._on_cpu and wish is None else 1
        self._chooser = ThreadChooser(most, begin=most)
        self._load = OtherLoad()

    def __call__(self, steps: Iterable[T]) -> Iterator[T]:
        """The same steps."""
        if not self._on_cpu:
            yield from steps
            return
        iterator = iter(steps)
        while True:
            began = time.perf_counter()
            with using(self._fixed or self._chooser.count):
                try:
                    step = next(iterator)
                except StopIteration:
                    return
            self._chooser.add(time.perf_counter() - began)
            others = self._load.cores()
            if others is not None and others >= Competition.BUSY:
                self._chooser.look_again()
            yield step
