"""Ctrl-C and its like as a wish to stop, so that a training ends saved and not in the middle of a step."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType


def end_signals() -> tuple[int, ...]:
    """What tells a process to end and leaves it the time to save.

    SIGHUP: its terminal or session is gone, unless `nohup` has that ignored. SIGXCPU: it has used up its time.
    """
    own = [getattr(signal, name) for name in ("SIGHUP", "SIGXCPU") if hasattr(signal, name)]
    return (signal.SIGINT, signal.SIGTERM, *(n for n in own if signal.getsignal(n) is not signal.SIG_IGN))


@contextmanager
def stopping_on(numbers: Iterable[int], request_stop: Callable[[], None]) -> Iterator[list[int]]:
    """Within it the first of these signals calls `request_stop`, and a second one means now: KeyboardInterrupt.

    Gives the list that the caught signal is put into. Outside the main thread, where none arrives, it does nothing.
    """
    caught: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        if caught:
            if number in (signal.SIGINT, signal.SIGTERM):  # a lost terminal may be told twice
                raise KeyboardInterrupt
            return
        caught.append(number)
        request_stop()

    if threading.current_thread() is not threading.main_thread():
        yield caught
        return
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
