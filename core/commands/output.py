"""Standard output that may fail: a terminal that is gone, a full disk under it, a reader that has left."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .reporting import say


class Output:
    """Says lines for as long as it can be; what fails is told to `failed` until that returns True."""

    def __init__(self, failed: Callable[[OSError], bool]) -> None:
        self._failed = failed
        self._told = False
        self.lost = False  #: whether the last line could not be written
        self.reader_gone = False  #: whoever read it from a pipe has left

    def say(self, line: str) -> None:
        """Print a line; a disk may have room again by the next one."""
        try:
            say(line)
            self.lost = False
        except OSError as error:
            self.lost, self.reader_gone = True, isinstance(error, BrokenPipeError)
            if not self._told:
                self._told = self._failed(error)


@contextmanager
def output(failed: Callable[[OSError], bool]) -> Iterator[Output]:
    """An Output; what it could not write does not come up again at the end of the program."""
    made = Output(failed)
    try:
        yield made
    finally:
        if made.lost:
            discard()


def discard() -> None:
    """Whatever is still to be written to standard output, also by Python at its exit, goes nowhere."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
