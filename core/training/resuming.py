"""What is looked at before a run goes on: whether all that it had is there still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import CheckpointError
from ..storage.checkpoint_files import read_description
from ..storage.metrics_reading import last_saved_step
from .events import PicturesChanged

if TYPE_CHECKING:
    from ..data.pictures import PictureSet
    from ..storage.runs import Run
    from .recorder import Recorder

#: Where a checkpoint keeps which pictures it was trained on, among its extras.
PICTURES = "pictures"
#: A longer number of pictures is none.
MOST_DIGITS = 12


def require_new(run: Run) -> None:
    """For a run without any checkpoint. Raises CheckpointError where one was saved: begun again, its numbers would go.

    Its disk may not be there yet, or somebody has moved them.
    """
    saved = last_saved_step(run.metrics_path)
    if saved:
        reason = f"step {saved} was saved, and its file is gone; put it back, or begin a new run"
        raise CheckpointError("checkpoint.none", path=run.checkpoints_folder, reason=reason)


def look_at_pictures(newest: Path, pictures: PictureSet, recorder: Recorder) -> Iterator[PicturesChanged]:
    """Tells where they are not those that the checkpoint was trained on: the run is not bit for bit what it was."""
    description = read_description(newest)
    before = description.extra.get(PICTURES)
    if isinstance(before, str) and before and before != pictures.fingerprint:
        count = before.partition(" ")[0]  # anybody may have written it
        known = int(count) if count.isdecimal() and len(count) < MOST_DIGITS else 0
        event = PicturesChanged(step=description.step, before=known, now=len(pictures))
        words = f"the pictures have changed: {event.now} now, {event.before} before; the run goes on with these"
        recorder.event(event.step, "pictures-changed", words)
        yield event
