"""What was measured of a training before it starts, and how it is said."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication

from .. import numbers

if TYPE_CHECKING:
    from core.config import RunConfig
    from core.data.cost import CacheCost
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
        parts.insert(
            0,
            QCoreApplication.translate("Measured", "{time} a step").format(
                time=numbers.duration(step.seconds_per_step)
            ),
        )
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
    return "\n".join(parts)
