"""How fast the training goes and how long it still takes, from its last twenty seconds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

#: Seconds of training that the figures come from.
WINDOW_S = 20.0
#: Steps that warm things up (lazy imports, the first kernels) and say nothing about the rest.
WARM_UP_STEPS = 2


@dataclass(frozen=True, slots=True)
class _Stretch:
    steps: int
    pictures: int
    seconds: float


class Pace:
    """Pictures per second and seconds left.

    Fed with the training's own clock (`elapsed_s` of its steps), which is monotonic and stands still in pauses and
    while samples are made. A jump of that clock is forgotten once WINDOW_S of steps came after it.
    """

    def __init__(self) -> None:
        self._stretches: deque[_Stretch] = deque()
        self._last: tuple[int, float] | None = None
        self._seen_steps = 0
        self._grid_s: float | None = None

    def add(self, step: int, elapsed_s: float, pictures: int) -> None:
        """The training is at `step` after `elapsed_s` of work; `pictures` went in since the last call."""
        last, self._last = self._last, (step, elapsed_s)
        if last is None or step <= last[0] or elapsed_s < last[1]:
            self._stretches.clear()  # a new session, or one that went back to a checkpoint
            self._seen_steps = 0
            return
        steps = step - last[0]
        self._seen_steps += steps
        if self._seen_steps <= WARM_UP_STEPS:
            return
        self._stretches.append(_Stretch(steps, pictures, elapsed_s - last[1]))
        while sum(s.seconds for s in self._stretches) - self._stretches[0].seconds >= WINDOW_S:
            self._stretches.popleft()

    def add_grid(self, seconds: float) -> None:
        """Making a grid of samples took this long."""
        self._grid_s = seconds

    @property
    def pictures_per_second(self) -> float | None:
        """None before anything was measured."""
        seconds = sum(s.seconds for s in self._stretches)
        return sum(s.pictures for s in self._stretches) / seconds if seconds > 0 else None

    @property
    def seconds_per_step(self) -> float | None:
        """None before anything was measured."""
        steps = sum(s.steps for s in self._stretches)
        return sum(s.seconds for s in self._stretches) / steps if steps else None

    def seconds_left(self, steps_left: int, grids_left: int) -> float | None:
        """The time that so many steps and sample grids take at this pace; None before anything was measured."""
        per_step = self.seconds_per_step
        if per_step is None:
            return None
        return steps_left * per_step + grids_left * (self._grid_s or 0.0)
