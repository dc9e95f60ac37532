"""The note beside the step: whose pictures these are, where it was cancelled, what other settings would do."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from .. import numbers
from ..app.theme import set_look
from ..widgets.elided import ElidedLabel
from .models import SamplerRequest

#: From this many seconds on, what a sampling will take is said beforehand.
WORTH_SAYING_S = 5.0
SMALL_BATCH_EXPONENT = 0.65


class Note(ElidedLabel):
    """Knows what was measured and says what it means for the settings as they stand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setObjectName("note")
        self.setProperty("caption", True)
        self._request: SamplerRequest | None = None
        self._stale = False
        self._shows = False
        self._missing = self._whose = ""
        self._cancelled: tuple[int, int] | None = None
        self._left_s: float | None = None
        self.pace: tuple[float, int] | None = None  #: seconds per call of the network with that many pictures

    def set_request(
        self, request: SamplerRequest | None, *, stale: bool, shows: bool, missing: str = "", whose: str = ""
    ) -> None:
        """The settings as they stand, whether they are others than those of what is shown, if anything is.

        missing: what keeps pictures from being made, a sentence, or "". whose: the model that made what is shown, where
        that is not the chosen one; else "".
        """
        self._request, self._stale, self._shows, self._missing, self._whose = request, stale, shows, missing, whose
        self._tell()

    def set_cancelled(self, at: tuple[int, int] | None) -> None:
        """After how many steps, and of how many, what is shown was cancelled; None: it was not."""
        self._cancelled = at
        self._tell()

    def set_time_left(self, seconds: float | None) -> None:
        """How long the sampling under way will still take; None: not worth saying."""
        self._left_s = seconds
        self._tell()

    def _tell(self) -> None:
        words = self._missing or (self.tr("Settings changed: Generate again") if self._stale else "")
        if self._whose and not self._missing:
            # The fields of the room, and its classes, are another model's by now: that says more than "changed".
            words = self.tr("Pictures of {name}: Generate again") if self._stale else self.tr("Pictures of {name}")
            words = words.format(name=self._whose)
        if not words and self._cancelled is not None:
            step, steps = map(numbers.count, self._cancelled)
            words = self.tr("Cancelled at step {step} of {steps}").format(step=step, steps=steps)
        takes = self._takes_s()
        if self._left_s is not None:
            words = self.tr("about {time} left").format(time=numbers.rough_duration(self._left_s))
        elif takes is not None and takes >= WORTH_SAYING_S and (self._stale or not self._shows):
            time = self.tr("takes about {time}").format(time=numbers.rough_duration(takes))
            words = f"{words} · {time}" if words else time
        self.setText(words)
        set_look(self, tone="warning" if self._stale else "")

    def _takes_s(self) -> float | None:
        """What the settings would take, after the last measurement; None before the first."""
        if self._request is None or self.pace is None:
            return None
        seconds_per_call, count = self.pace
        ratio = self._request.count / count
        # A small batch leaves a processor idle: with 16 times fewer pictures a step was 6 times faster, not 16.
        return seconds_per_call * self._request.network_calls * (ratio if ratio >= 1 else ratio**SMALL_BATCH_EXPONENT)
