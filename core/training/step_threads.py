"""The threads that a training computes with on a CPU: chosen from its own steps, recorded, and kept for a resumption.

How sums are divided among threads may decide their last bits, so that the number of threads belongs to what makes a run
the same run. Each step's is in the run's log and among its events; a checkpoint says what it was at its step.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import groupby
from typing import TYPE_CHECKING

from ..errors import Phrase
from ..threads import Choice, Competition, OtherLoad, ThreadChooser, most_threads, using
from .events import OthersBusy, OthersChanged, OthersGone, ThreadsChosen
from .ranks import ALONE, Ranks

if TYPE_CHECKING:
    import torch

    from .events import Event
    from .recorder import Recorder

#: Where a checkpoint keeps it, among its extras.
THREADS = "threads"


class StepThreads:
    """Which number of threads each step is taken with.

    wish   so many and no others; None: chosen by measuring
    ranks  the processes that train together, each with its share of the cores and the same number of threads
    """

    def __init__(self, device: torch.device, wish: int | None, ranks: Ranks = ALONE) -> None:
        self._on_cpu = device.type == "cpu"
        self._fixed = wish
        self._most = (wish or ranks.most_threads or most_threads()) if self._on_cpu else 1
        self._chooser = ThreadChooser(self._most if wish is None else 1)
        self._load = OtherLoad(ranks.beside)
        self._others = Competition(self._load.cores_here, self._load.cores)

    def go_on_from(self, kept: object) -> None:
        """Begin as the checkpoint says that is resumed; `record` made it, but anybody may have written it.

        On a machine with other cores it says nothing.
        """
        if self._fixed is None and isinstance(kept, dict) and kept.get("most") == self._most:
            count, seconds = kept.get("count"), kept.get("seconds_per_step")
            if type(count) is int and type(seconds) is float and seconds > 0:
                self._chooser = ThreadChooser(self._most, begin=count, seconds_per_step=seconds)

    @property
    def count(self) -> int:
        """What the next step is taken with."""
        return self._fixed if self._fixed is not None else self._chooser.count

    @property
    def comparing(self) -> bool:
        """Whether numbers are being compared, so that the steps' times are not those of the training to come."""
        return self._chooser.comparing

    def using(self) -> AbstractContextManager[object]:
        """Compute with them inside."""
        return using(self.count) if self._on_cpu else contextlib.nullcontext()

    def record(self) -> dict[str, object] | None:
        """What a checkpoint keeps; None on a device of another kind."""
        if not self._on_cpu:
            return None
        return {"count": self.count, "most": self._most, "seconds_per_step": self._chooser.seconds_per_step}

    def begin(self, step: int, recorder: Recorder) -> None:
        """The steps after `step` begin with `count`: all, or none of those that others were using until now."""
        others = self._load.cores()
        if others is not None and others >= Competition.BUSY:
            self._chooser.begin_beside(others)
        if self._on_cpu and self._most > 1:
            text = f"computes with {_threads(self.count)} from step {step + 1} on"
            recorder.event(step, THREADS, text, Phrase("told.threads", count=self.count, step=step + 1))

    def add(self, step: int, seconds: float, recorder: Recorder) -> Iterator[Event]:
        """`step` took so long, without waiting for pictures: what this is a reason to tell."""
        if not self._on_cpu:
            return
        comparing, before = self.comparing, self._others.told
        choice = self._chooser.add(seconds)
        if choice is not None:
            chosen = ThreadsChosen(step=step, threads=choice.threads, before=choice.before, seconds=choice.seconds)
            recorder.event(step, THREADS, _in_words(choice, step), chosen)
            yield chosen
        if comparing or not self._others.add(seconds):
            return
        # They came or went: the steps' times alone need not show that one number is better than another now.
        self._chooser.look_again()
        told = self._others.told
        if told is None:
            gone = OthersGone(step=step)
            recorder.event(step, "others-gone", "other programs no longer slow the training", gone)
            yield gone
        else:
            event = OthersBusy(step=step, cores=told.cores, of=told.of, slower=told.slower)
            if before is not None:
                # On a machine that others use a lot the figure changes every few seconds.
                yield OthersChanged(event)
                return
            recorder.event(step, "others-busy", others_in_words(event), event)
            yield event


def others_in_words(event: OthersBusy) -> str:
    """One line of it."""
    if event.cores is None:
        return f"{event.slower or 0:.0%} slower than before: other programs may be busy"
    if event.slower is None:
        return f"other programs use {event.cores:.1f} of {event.of} cores"
    return f"other programs use the processor: {event.slower:.0%} slower than alone"


def choice_in_words(event: ThreadsChosen) -> str:
    """One line of it."""
    times = ", ".join(f"{_ms(seconds)} with {_threads(count)}" for count, seconds in event.seconds)
    return f"a step takes {times}: goes on with {_threads(event.threads)}"


def _in_words(choice: Choice, step: int) -> str:
    first = step - len(choice.taken) + 1
    event = ThreadsChosen(step, choice.threads, choice.before, choice.seconds)
    stretches = ((count, len(list(steps))) for count, steps in groupby(choice.taken))
    turns = ", ".join(f"{count}" if steps == 1 else f"{count} ({steps} times)" for count, steps in stretches)
    return f"{choice_in_words(event)} (steps {first} to {step} were taken with {turns})"


def _threads(count: int) -> str:
    return "1 thread" if count == 1 else f"{count} threads"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"
