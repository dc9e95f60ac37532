"""The batches of a session, and what is told when its pictures vanish while it trains."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..pictures.feed.batches import Loader
from ..pictures.feed.source import is_away
from .events import Event, PicturesAway, PicturesBack, PicturesLost

if TYPE_CHECKING:
    import torch

    from ..config import RunConfig
    from ..pictures.feed.batches import Batch
    from ..pictures.feed.pictures import PictureSet
    from ..pictures.folder.reasons import Lost
    from .recorder import Recorder

#: How often a folder that is gone is looked for.
LOOK_S = 1.0
#: Pictures that are lost are told together, no more often than this.
TELL_S = 1.0
MOST_NAMED = 20


class Feeding:
    """Where a session takes its batches from. Close it."""

    def __init__(self, pictures: PictureSet, config: RunConfig, device: torch.device) -> None:
        self.pictures = pictures
        self._loader = Loader(pictures, seed=config.train.seed, batch_size=config.train.batch_size, device=device)
        self._told_lost = 0
        self._told_at = float("-inf")
        self._told_full = False

    @property
    def waited_s(self) -> float:
        """How long the training has waited for batches."""
        return self._loader.waited_s

    def get(self, number: int, stop: threading.Event) -> Batch | None:
        """Batch `number`; None when `stop` came first. Raises DataError, FolderAwayError."""
        return self._loader.get(number, stop)

    def close(self) -> None:
        """End what makes batches; the pictures stay open."""
        self._loader.close()

    def news(self, step: int, recorder: Recorder) -> Iterator[Event]:
        """What has been found out about the pictures since it was last asked."""
        if self.pictures.not_kept is not None and not self._told_full:
            self._told_full = True
            recorder.event(step, "cache-full", f"decoded pictures are no longer kept: {self.pictures.not_kept}")
        if self.pictures.failed == self._told_lost or time.monotonic() - self._told_at < TELL_S:
            return
        new = self.pictures.lost_since(self._told_lost)
        self._told_lost, self._told_at = self._told_lost + len(new), time.monotonic()
        recorder.event(step, "pictures-lost", _in_words(new))
        yield PicturesLost(step=step, count=self._told_lost, of=len(self.pictures), new=new[:MOST_NAMED])

    def wait_for_folder(self, folder: Path, step: int, recorder: Recorder, stop: threading.Event) -> Iterator[Event]:
        """Until the folder is back, or `stop`: PicturesAway at first and whenever it was looked for, then PicturesBack.

        Whoever takes the events may save in between.
        """
        recorder.event(step, "pictures-away", f"{folder} is not there: waiting for it")
        began, waited_s = time.monotonic(), 0.0
        while not stop.is_set() and is_away(folder):
            yield PicturesAway(step=step, folder=folder, waited_s=waited_s)
            stop.wait(LOOK_S)
            waited_s = time.monotonic() - began
        if not stop.is_set():
            recorder.event(step, "pictures-back", f"{folder} is back")
            yield PicturesBack(step=step, folder=folder)


def _in_words(lost: tuple[Lost, ...]) -> str:
    named = "; ".join(f"{one.name}: {one.reason}" for one in lost[:MOST_NAMED])
    more = f"; and {len(lost) - MOST_NAMED:,} more" if len(lost) > MOST_NAMED else ""
    return f"{len(lost):,} pictures cannot be read any more, and others stand in: {named}{more}"
