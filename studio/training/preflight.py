"""Measures, before a training starts, what it will take: real steps, again and again, and reading some pictures."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from .. import numbers
from ..jobs.worker import Failure, Worker

if TYPE_CHECKING:
    from core.pictures.feed.cost import CacheCost
    from core.pictures.folder.scan import Scan
    from core.settings import RunConfig
    from core.training.measuring import StepCost

    from ..app.settings import CacheWish


# --- What was measured of a training before it starts, and how it is said --------------------------------


class Measured(NamedTuple):
    """What was found out for a configuration on a device."""

    config: RunConfig
    device: str  #: as it was wished
    pictures: CacheCost
    step: StepCost


def measured_words(measured: Measured, *, at_length: bool = False) -> str:
    """In one line what fits into the form, which says the time of a step elsewhere, or all of it in several lines."""
    step, pictures = measured.step, measured.pictures
    if step.out_of_memory:
        return QCoreApplication.translate(
            "Measured", "Out of memory on {device}: choose a smaller batch or network"
        ).format(device=step.device)
    memory = (step.memory_bytes or 0) + (pictures.memory_bytes if step.device == "cpu" else 0)
    parts = [QCoreApplication.translate("Measured", "{size} memory").format(size=numbers.memory(memory))]
    if pictures.disk_bytes:
        parts.append(
            QCoreApplication.translate("Measured", "{size} disk").format(size=numbers.memory(pictures.disk_bytes))
        )
    seconds = pictures.seconds if math.isfinite(pictures.seconds) else 0.0
    parts.append(QCoreApplication.translate("Measured", "{time} to read").format(time=numbers.rough_duration(seconds)))
    if not at_length:
        return " · ".join(parts)
    parts.pop()
    if step.seconds_per_step is not None:
        parts.insert(0, step_words(step))
    kept = (
        QCoreApplication.translate("Measured", "{n} pictures are decoded once, in {time}")
        if pictures.keeps_all
        else QCoreApplication.translate(
            "Measured", "{n} pictures are too many to keep: all are decoded in every epoch, in {time}"
        )
    )
    count = numbers.count(pictures.pictures + pictures.held_out)
    parts.append(kept.format(n=count, time=numbers.rough_duration(seconds)))
    over = QCoreApplication.translate("Measured", "Measured over {n} steps on {device}")
    parts.append(over.format(n=numbers.count(step.steps), device=step.device))
    if step.threads is not None:
        of = QCoreApplication.translate("Measured", "with {n} of the processor's threads, the fastest now")
        parts[-1] += " " + of.format(n=numbers.count(step.threads))
    return "\n".join(parts)


def step_words(step: StepCost) -> str:
    """The time of a step, and how sure it is: "about 57 ms a step (50 to 70)"."""
    assert step.seconds_per_step is not None
    low, high = step.low_s, step.high_s
    if step.seconds_per_step < 1 and (high is None or high < 10):
        median = QCoreApplication.translate("Measured", "{n} ms").format(n=_ms(step.seconds_per_step))
        spread = None if low is None or high is None else (_ms(low), _ms(high))
    else:
        median = numbers.duration(step.seconds_per_step)
        spread = None if low is None or high is None else (numbers.duration(low), numbers.duration(high))
    if spread is None:
        return QCoreApplication.translate("Measured", "about {time} a step").format(time=median)
    words = QCoreApplication.translate("Measured", "about {time} a step ({low} to {high})")
    return words.format(time=median, low=spread[0], high=spread[1])


def _ms(seconds: float) -> str:
    return numbers.count(round(seconds * 1000)) if seconds >= 0.01 else numbers.figure(seconds * 1000, 2)


# --- preflight -------------------------------------------------------------------------------------------


class Preflight(QObject):
    """One measurement at a time on a worker. Nothing may train meanwhile."""

    changed = Signal()  #: it began, it is to end, or it ended
    measured = Signal(object)  #: a Measured; comes anew until it is sure
    failed = Signal(object)  #: the exception

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._worker: Worker | None = None
        self._stop = threading.Event()

    @property
    def running(self) -> bool:
        """Whether it is at work, also while it ends."""
        return self._worker is not None

    @property
    def ending(self) -> bool:
        """Whether it was cancelled and is not over yet."""
        return self.running and self._stop.is_set()

    def measure(self, config: RunConfig, device: str, scan: Scan, cache: CacheWish) -> None:
        """Begin; `config` is legal, with nothing on auto."""
        assert self._worker is None
        self._stop = stop = threading.Event()
        self._worker = Worker(
            lambda: _measure(config, device, scan, cache, stop),
            parent=self,
            on_stop=stop.set,
            name="measuring",
            fills_cores=True,
        )
        self._worker.events.connect(self._events)
        self._worker.ended.connect(self._ended)
        self._worker.start()
        self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """End soon, within a batch too; what was told is all there is."""
        if self._worker is not None and not self._stop.is_set():
            self._worker.stop()
            self.changed.emit()

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._worker is None or self._worker.shutdown(timeout_ms)

    @Slot(list)
    def _events(self, events: list[Measured]) -> None:
        if not self._stop.is_set():
            self.measured.emit(events[-1])

    @Slot(object)
    def _ended(self, failure: Failure | None) -> None:
        assert self._worker is not None
        self._worker.deleteLater()
        self._worker = None
        self.changed.emit()
        if failure is not None and not self._stop.is_set():
            self.failed.emit(failure.error)


def _measure(config: RunConfig, device: str, scan: Scan, cache: CacheWish, stop: threading.Event) -> Iterator[Measured]:
    from core.pictures.feed.cost import cost
    from core.training.measuring import measure_repeatedly

    pictures = cost(scan, config.data, cache=cache.place(), stop=stop)
    if pictures is not None:
        for step in measure_repeatedly(config, device=device, stop=stop):
            if not stop.is_set():
                yield Measured(config, device, pictures, step)
