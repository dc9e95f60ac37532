"""Those who look on while a run trains: what each is shown, and how much time they may take.

The frozen probe, the held-out loss, the quality, the strip and the copy meter all have a method `look`, which takes a
Moment and yields what is to be told of it. None changes anything that is trained: each reads the weights, draws from
generators of its own, and what fails is told or left out.
"""

from __future__ import annotations

import statistics
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..runs.run import Run
    from ..settings import RunConfig
    from .recorder import Recorder
    from .state import SessionState
    from .step_threads import StepThreads

#: The cost of the next look is the median of so many before: a busy moment of the machine is no reason to wait twice.
COSTS_KEPT = 3


@dataclass(frozen=True, slots=True)
class Moment:
    """The end of a step, for whoever looks on."""

    step: int
    state: SessionState
    config: RunConfig  #: that the step was taken with
    run: Run
    recorder: Recorder
    threads: StepThreads  #: that are to be computed with
    stop: threading.Event  #: set when the training is to end: a look is broken off


class Budget:
    """When a look is due: all looks together are to take no more than a share of the time, this one among them.

    It reads clocks, which no two runs share. It may: a look changes nothing that is trained.
    """

    def __init__(self, share: float) -> None:
        """share: 0 … 1 of the time of training and looks together; 0: never."""
        self._share = share
        self._spent_s = self._trained_s = 0.0
        self._costs: deque[float] = deque(maxlen=COSTS_KEPT)
        self._guess_s = 0.0

    @property
    def off(self) -> bool:
        """Whether nothing is ever due."""
        return self._share <= 0

    @property
    def share(self) -> float:
        """What looks have taken of the time so far."""
        return self._spent_s / max(self._spent_s + self._trained_s, 1e-9)

    @property
    def due(self) -> bool:
        """Whether there is time for one; it stays so until one is `looked`."""
        cost = statistics.median(self._costs) if self._costs else self._guess_s
        spent = self._spent_s + cost
        return not self.off and spent <= self._share * (spent + self._trained_s)

    def trained(self, seconds: float) -> None:
        """A step took so long."""
        self._trained_s += seconds

    def expect(self, seconds: float) -> None:
        """A look is thought to take so long, as long as none was measured."""
        self._guess_s = seconds

    def looked(self, seconds: float) -> None:
        """A look took so long."""
        self._spent_s += seconds
        self._costs.append(seconds)

    def end(self) -> None:
        """Nothing is due any more."""
        self._share = 0.0
