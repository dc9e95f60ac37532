"""What the plots' x axis counts: steps, pictures seen, or training time; each step's place on it, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.runs.metrics import Progress

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class XAxis:
    """What x counts."""

    title: str
    tip: str
    label: str  #: under the axis


#: By name; the first is chosen at first.
X_AXES: dict[str, XAxis] = {
    "step": XAxis(
        str(QT_TRANSLATE_NOOP("XAxes", "Steps")),
        str(QT_TRANSLATE_NOOP("XAxes", "Optimizer steps: how often the weights have changed")),
        str(QT_TRANSLATE_NOOP("XAxes", "step")),
    ),
    "pictures": XAxis(
        str(QT_TRANSLATE_NOOP("XAxes", "Pictures")),
        str(
            QT_TRANSLATE_NOOP(
                "XAxes", "Pictures trained on, each as often as it came: runs with other batch sizes can be compared"
            )
        ),
        str(QT_TRANSLATE_NOOP("XAxes", "pictures seen")),
    ),
    "time": XAxis(
        str(QT_TRANSLATE_NOOP("XAxes", "Time")),
        str(QT_TRANSLATE_NOOP("XAxes", "Training time, without pauses and without the making of samples")),
        str(QT_TRANSLATE_NOOP("XAxes", "training time ({unit})")),
    ),
}

#: From so many seconds on, another unit of time; each with what its name is.
TIME_UNITS: tuple[tuple[float, float, str], ...] = (
    (0.0, 1.0, "s"),
    (180.0, 60.0, "min"),
    (3 * 3600.0, 3600.0, "h"),
    (3 * 86_400.0, 86_400.0, "d"),
)


def x_words(text: str) -> str:
    """A row's words in the window's language."""
    return QCoreApplication.translate("XAxes", text)


def time_unit(seconds: float) -> tuple[float, str]:
    """(seconds, name) of the unit that a time axis of this length is written in."""
    return next((unit, name) for least, unit, name in reversed(TIME_UNITS) if seconds >= least)


class StepPlaces:
    """Each step's pictures and seconds, from knots that are never more than MOST: between two of them, a straight line.

    Steps, pictures and seconds rise together. Knots that are too many are thinned to every second one.
    """

    MOST = 40_000

    def __init__(self) -> None:
        self._knots = np.zeros((3, 1024))  #: steps, pictures, seconds; column 0 is the beginning
        self._count = 1
        self._stride = 1  #: knots are at multiples of it, but for the last

    def __len__(self) -> int:
        """How many knots there are, the beginning apart."""
        return self._count - 1

    def add(self, steps: Values, pictures: Values, seconds: Values) -> None:
        """(n,) steps, rising, after all that there are; `pictures` in each of them, `seconds` of training until it."""
        if not len(steps):
            return
        if self._count == 1 and steps[0] > 1:
            # What was trained before is not known: as many pictures in every step as in the first one.
            before = steps[0] - 1
            self._append(np.array([[before], [before * pictures[0]], [seconds[0] * before / steps[0]]]))
        seen = self._knots[1, self._count - 1] + np.cumsum(pictures)
        if self._count > 1 and self._knots[0, self._count - 1] % self._stride:
            self._count -= 1
        kept = steps % self._stride == 0
        kept[-1] = True
        self._append(np.stack((steps[kept], seen[kept], seconds[kept])))

    def begin_with(self, past: Progress) -> None:
        """What was trained before, as it was stored; while there is nothing yet."""
        assert not len(self)
        self._append(np.stack((past.steps, past.pictures, past.seconds)))

    def truncate_after(self, step: int) -> None:
        """Forget what came after `step`, whose own place stays."""
        end = int(np.searchsorted(self._knots[0, : self._count], step, side="right"))
        if end < self._count:
            here = np.array([[step], [float(self.places("pictures", step))], [float(self.places("time", step))]])
            self._count = end
            if self._knots[0, end - 1] < step:
                self._append(here)

    def places(self, axis: str, steps: Values | float) -> Values:
        """Where steps are on the axis "step", "pictures" or "time" (seconds); beyond the last, where that is."""
        if axis == "step":
            return np.asarray(steps, dtype=np.float64)
        return np.asarray(np.interp(steps, self._knots[0, : self._count], self._row(axis)))

    def steps(self, axis: str, places: Values | float) -> Values:
        """The inverse of `places`, with parts of a step."""
        if axis == "step":
            return np.asarray(places, dtype=np.float64)
        return np.asarray(np.interp(places, self._row(axis), self._knots[0, : self._count]))

    def _row(self, axis: str) -> Values:
        return self._knots[1 if axis == "pictures" else 2, : self._count]

    def _append(self, knots: Values) -> None:
        new = self._count + knots.shape[1]
        if new > self._knots.shape[1]:
            grown = np.zeros((3, max(new, 2 * self._knots.shape[1])))
            grown[:, : self._count] = self._knots[:, : self._count]
            self._knots = grown
        self._knots[:, self._count : new] = knots
        self._knots[2, self._count - 1 : new] = np.maximum.accumulate(self._knots[2, self._count - 1 : new])
        self._count = new
        while self._count > self.MOST:
            self._stride *= 2
            last = self._knots[:, self._count - 1].copy()
            thinned = self._knots[:, : self._count : 2]
            self._count = thinned.shape[1]
            self._knots[:, : self._count] = thinned.copy()
            if self._knots[0, self._count - 1] < last[0]:
                self._knots[:, self._count] = last
                self._count += 1
