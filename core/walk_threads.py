"""The threads that a sampler computes with on a CPU: all, and fewer where the machine turns out to be busy."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from .load import Competition, OtherLoad
from .threads import ThreadChooser, most_threads, using

if TYPE_CHECKING:
    import torch

T = TypeVar("T")


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
