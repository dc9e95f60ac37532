"""What was measured of a training before it starts, and how it is said."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication

from .. import numbers

if TYPE_CHECKING:
    from core.pictures.feed.cost import CacheCost
    from core.settings import RunConfig
    from core.training.measuring import StepCost


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
