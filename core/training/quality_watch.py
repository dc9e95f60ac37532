"""Measures quality at the checkpoints of a training, as often as a share of its time allows.

Nothing that is trained depends on it: it asks the averaged weights, and everything random is of seeds of its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import DataError, StudioError
from ..quality.measuring import measure_quality
from ..quality.wish import QualityWish
from ..runs.quality_file import QUALITY, QualityResult, save_quality
from .events import MeasuringQuality, QualityMeasured
from .plan import FORWARD_SHARE

if TYPE_CHECKING:
    from ..diffusion.gaussian_diffusion import GaussianDiffusion
    from ..pictures.feed.pictures import PictureSet
    from ..runs.run import Run
    from ..settings import TrainConfig
    from .recorder import Recorder

#: Samples, and as many pictures: enough to see a training get better, and made in a moment.
COUNT = 128
#: Seconds that the first measurement is thought to take beside its samples, before one was made.
FIRST_S = 10.0
#: Samples made at a time, and never more than the training takes pictures.
MOST_AT_ONCE = 64
#: What is asked: the spaces that take a moment.
SPACES = ("folder", "random")


class QualityWatch:
    """Of one session. share: of its time, 0 for never. calls: how often a grid's sampler asks the network."""

    def __init__(self, run: Run, pictures: PictureSet, train: TrainConfig, *, calls: int) -> None:
        self._run, self._pictures, self._train = run, pictures, train
        self._share, self._calls = train.quality_share, calls
        self._trained_s, self._steps, self._spent_s = 0.0, 0, 0.0
        self._last_s: float | None = None  #: what the last measurement took
        self._measured_at: int | None = None  #: the step of the last one

    def trained(self, seconds: float) -> None:
        """A step of the training took so long."""
        self._trained_s, self._steps = self._trained_s + seconds, self._steps + 1

    def is_due(self, step: int) -> bool:
        """Whether the share of the time until now does for one more."""
        if not self._share or not self._steps or self._measured_at == step:
            return False
        return self._spent_s + self._expected_s() <= self._share * (self._trained_s + self._spent_s)

    def _expected_s(self) -> float:
        if self._last_s is not None:
            return self._last_s
        batch = self._train.batch_size * self._train.gradient_accumulate_every
        return FIRST_S + FORWARD_SHARE * self._calls * COUNT / batch * self._trained_s / self._steps

    def measure(
        self, model: GaussianDiffusion, step: int, recorder: Recorder, *, stop: threading.Event, threads: int
    ) -> Iterator[MeasuringQuality | QualityMeasured]:
        """Measure the averaged weights; `stop` breaks it off. What fails is a line of the run's events."""
        began, train = time.monotonic(), self._train
        wish = QualityWish(
            count=COUNT, sampler=train.sample_sampler, steps=train.sample_steps, seed=train.seed, spaces=SPACES
        )
        self._measured_at = step
        try:
            for event in measure_quality(
                model,
                self._pictures,
                wish,
                step=step,
                cache=self._run.folder / QUALITY,
                threads=threads,
                together=min(MOST_AT_ONCE, train.batch_size),
            ):
                if stop.is_set():
                    return
                if not isinstance(event, QualityResult):
                    yield MeasuringQuality(step=step, part=event.part, done=event.done, of=event.of)
                    continue
                self._run.require_there()
                path = save_quality(self._run.folder, event)
                kid = {name: space.kid for name, space in event.spaces.items()}
                told = ", ".join(f"{name} {value:.4g}" for name, value in kid.items())
                recorder.event(step, "quality", f"KID of {event.count} samples: {told}")
                yield QualityMeasured(step=step, kid=kid, count=event.count, path=path)
        except StudioError as error:
            recorder.event(step, "quality-failed", f"the quality could not be measured: {error}")
            if isinstance(error, DataError):
                self._share = 0.0  # the pictures will not become more
        finally:
            self._last_s = time.monotonic() - began
            self._spent_s += self._last_s
