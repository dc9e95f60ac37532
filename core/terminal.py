"""What a terminal gives and takes: streams that take every character, and signals that ask to stop."""

from __future__ import annotations

import codecs
import io
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

#: What stands for a character that an encoding lacks, so that help and errors stay readable; all else is escaped.
_STAND_INS = {
    "…": "...", "–": "-", "—": "-", "−": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "×": "x", "·": ".",
    "→": "->", "←": "<-", "≤": "<=", "≥": ">=", "≈": "about ", "∞": "infinity", "√": "sqrt", "²": "^2", "⁻": "^-",
    "α": "alpha", "β": "beta", "γ": "gamma", "ε": "epsilon", "η": "eta", "θ": "theta", "λ": "lambda", "σ": "sigma",
    "τ": "tau", "\u0304": "_bar", "\u0302": "_hat", "₀": "_0", "ₜ": "_t", "⟨": "<", "⟩": ">", "\xa0": " ",
    "\u202f": " ",
}  # fmt: skip
_HANDLER = "ddpm-studio.readable"


def _readable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    said = "".join(_STAND_INS.get(c) or c.encode("ascii", "backslashreplace").decode("ascii") for c in text)
    return said, error.end


def guard_streams() -> None:
    """Make the program's streams write anything from now on: no character ends a training, nor its help.

    A Windows code page, a pipe and LC_ALL=C lack most of what we say, and names of files need not be text at all.
    """
    codecs.register_error(_HANDLER, _readable)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


# --- Ctrl-C and its like as a wish to stop, so that a training ends saved and not in the middle of a step ---


def end_signals() -> tuple[int, ...]:
    """What tells a process to end and leaves it the time to save.

    SIGHUP: its terminal or session is gone, unless `nohup` has that ignored. SIGXCPU: it has used up its time.
    """
    own = [getattr(signal, name) for name in ("SIGHUP", "SIGXCPU") if hasattr(signal, name)]
    return (signal.SIGINT, signal.SIGTERM, *(n for n in own if signal.getsignal(n) is not signal.SIG_IGN))


@contextmanager
def stopping_on(
    numbers: Iterable[int], request_stop: Callable[[], None], *, patient: bool = False
) -> Iterator[list[int]]:
    """Within it the first of these signals calls `request_stop`, and a second one means now: KeyboardInterrupt.

    patient: a second one changes nothing.

    Gives the list that the caught signal is put into. Outside the main thread, where none arrives, it does nothing.
    """
    caught: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        if caught:
            if not patient and number in (signal.SIGINT, signal.SIGTERM):  # a lost terminal may be told twice
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
