"""Measures quality at the checkpoints of a training, as often as a share of its time allows.

Nothing that is trained depends on it: it asks the averaged weights, and everything random is of seeds of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import DataError, StudioError, phrase_of
from ..quality.measuring import measure_quality
from ..quality.wish import QualityWish
from ..runs.quality_file import QUALITY, QualityResult, save_quality
from .events import MeasuringQuality, QualityMeasured
from .observing import Budget
from .plan import FORWARD_SHARE

if TYPE_CHECKING:
    from ..pictures.feed.pictures import PictureSet
    from ..settings import TrainConfig
    from .observing import Moment

#: Samples, and as many pictures: enough to see a training get better, and made in a moment.
COUNT = 128
#: Seconds that the first measurement is thought to take beside its samples, before one was made.
FIRST_S = 10.0
#: Samples made at a time, and never more than the training takes pictures.
MOST_AT_ONCE = 64
#: What is asked: the spaces that take a moment.
SPACES = ("folder", "random")


class QualityWatch:
    """Of one session, whose `quality_share` is its share of the time. calls: how often a grid's sampler asks."""

    def __init__(self, pictures: PictureSet, train: TrainConfig, *, calls: int) -> None:
        self._pictures = pictures
        self._budget = Budget(train.quality_share)
        batch = train.batch_size * train.gradient_accumulate_every
        self._usual_steps = FORWARD_SHARE * calls * COUNT / batch  #: as long as so many steps the samples take
        self._trained_s, self._steps = 0.0, 0
        self._measured_at: int | None = None  #: the step of the last one

    def trained(self, seconds: float) -> None:
        """A step of the training took so long."""
        self._trained_s, self._steps = self._trained_s + seconds, self._steps + 1
        self._budget.trained(seconds)
        self._budget.expect(FIRST_S + self._usual_steps * self._trained_s / self._steps)

    def is_due(self, step: int) -> bool:
        """Whether the share of the time until now does for one more."""
        return self._steps > 0 and self._measured_at != step and self._budget.due

    def look(self, now: Moment) -> Iterator[MeasuringQuality | QualityMeasured]:
        """Measure the averaged weights where it is due. What fails is a line of the run's events."""
        if not self.is_due(now.step):
            return
        # Of the sampler that the run began with, whatever its grids are made with since: so all can be compared.
        began, train, folder = time.monotonic(), now.run.config_at(-1).train, now.run.folder
        wish = QualityWish(
            count=COUNT, sampler=train.sample_sampler, steps=train.sample_steps, seed=train.seed, spaces=SPACES
        )
        self._measured_at = now.step
        try:
            for event in measure_quality(
                now.state.ema.module,
                self._pictures,
                wish,
                step=now.step,
                cache=folder / QUALITY,
                threads=now.threads.count,
                together=min(MOST_AT_ONCE, train.batch_size),
            ):
                if now.stop.is_set():
                    return
                if not isinstance(event, QualityResult):
                    yield MeasuringQuality(step=now.step, part=event.part, done=event.done, of=event.of)
                    continue
                now.run.require_there()
                path = save_quality(folder, event)
                kid = {name: space.kid for name, space in event.spaces.items()}
                told = ", ".join(f"{name} {value:.4g}" for name, value in kid.items())
                measured = QualityMeasured(step=now.step, kid=kid, count=event.count, path=path)
                now.recorder.event(now.step, "quality", f"KID of {event.count} samples: {told}", measured)
                yield measured
        except StudioError as error:
            text = f"the quality could not be measured: {error}"
            now.recorder.event(now.step, "quality-failed", text, phrase_of(error))
            if isinstance(error, DataError):
                self._budget.end()  # the pictures will not become more
        finally:
            self._budget.looked(time.monotonic() - began)
