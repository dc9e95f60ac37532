"""Calls that take turns, over and over, so that whatever else the machine does slows all of them."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import TypeVar

import torch

from core.process import keep_freed_memory

T = TypeVar("T")
Call = Callable[[], object]


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


@dataclass(frozen=True)
class Apart:
    """A call that is made in another process, which has its own memory and keeps what is freed as the program does."""

    connection: Connection
    name: str

    def __call__(self) -> None:
        """Make it."""
        self.do(_made)

    def do(self, work: Callable[[Call], T]) -> T:
        """What a module's function says of the call, there."""
        self.connection.send((work, self.name))
        answer: T | Exception = self.connection.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer


@contextmanager
def apart(calls_of: Callable[..., Mapping[str, Call]], *arguments: object) -> Iterator[dict[str, Apart]]:
    """The calls that a module's function makes of the arguments, in another process as long as this is open."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    threads = torch.get_num_threads()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(there, threads, calls_of, arguments), daemon=True
    )
    process.start()
    there.close()
    try:
        names = here.recv()
        if isinstance(names, Exception):
            raise names
        yield {name: Apart(here, name) for name in names}
    finally:
        here.close()
        process.join()


def _serve(
    connection: Connection, threads: int, calls_of: Callable[..., Mapping[str, Call]], arguments: tuple[object, ...]
) -> None:
    keep_freed_memory()
    torch.set_num_threads(threads)
    try:
        calls = calls_of(*arguments)
    except Exception as error:
        connection.send(error)
        return
    connection.send(list(calls))
    while True:
        try:
            work, name = connection.recv()
        except EOFError:
            return
        try:
            answer = work(calls[name])
        except Exception as error:
            answer = error
        connection.send(answer)


def _made(call: Call) -> None:
    call()


def timed(call: Call) -> tuple[float, float]:
    """Seconds of a call: by the clock, and of processor time of the process that makes it."""
    if isinstance(call, Apart):
        return call.do(timed)
    clock, processor = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - clock, time.process_time() - processor


def in_turns(calls: Mapping[str, Call], seconds: float, *, least: int = 5, warm: bool = True) -> dict[str, Spent]:
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
            clock, processor = timed(call)
            spent[name].clock.append(clock)
            spent[name].processor.append(processor)
    return spent
