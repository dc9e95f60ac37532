"""What can be done when a training has failed: the words of the banner's button, and the settings to go on with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from core.errors import RunError, StudioError
from core.training.plan import smaller_batch

from .. import numbers

if TYPE_CHECKING:
    from core.runs.run import Run
    from core.settings import RunConfig

#: Failures that would come again if the run went on as it is.
NOT_AS_BEFORE = {"device.out-of-memory", "training.not-finite", "run.moved"}


@dataclass(frozen=True, slots=True)
class Remedy:
    """A button: what it says, its tooltip, and with which other settings the run then goes on (None: as before)."""

    words: str
    tip: str
    changes: Mapping[str, float] | None = None


def of_open_run(error: BaseException, run: Run | None) -> BaseException:
    """The failure as `run`, which was open, has it: where its folder is no run, there is none in it any more."""
    if run is not None and isinstance(error, StudioError) and error.code == "run.not-a-run":
        return RunError("run.moved", path=run.folder)
    return error


def remedy(error: BaseException, config: RunConfig, resume_step: int | None) -> Remedy | None:
    """What to go on with after this error; None where nothing would help.

    resume_step  where the run could go on from as it is; None: nowhere
    """
    code = error.code if isinstance(error, StudioError) else ""
    if code == "device.out-of-memory":
        changes = smaller_batch(config)
        if changes is None:
            return None
        size, times = changes["batch_size"], changes["gradient_accumulate_every"]
        tip = QCoreApplication.translate(
            "Remedies", "Go on with {size} pictures at a time, {times} times a step: each step sees as many as before"
        )
        return Remedy(
            QCoreApplication.translate("Remedies", "Try a batch of {size}").format(size=numbers.count(size)),
            tip.format(size=numbers.count(size), times=numbers.count(times)),
            changes,
        )
    if code == "training.not-finite":
        rate = config.train.learning_rate / 2
        return Remedy(
            QCoreApplication.translate("Remedies", "Halve the learning rate"),
            QCoreApplication.translate(
                "Remedies", "Go on from the last good checkpoint with a learning rate of {rate}"
            ).format(rate=numbers.figure(rate)),
            {"learning_rate": rate},
        )
    if resume_step is not None:
        words = QCoreApplication.translate("Remedies", "Resume at step {step}")
        tip = QCoreApplication.translate("Remedies", "Go on from the last checkpoint, with the same settings")
        return Remedy(words.format(step=numbers.count(resume_step)), tip)
    return None
