"""What is looked at before a run goes on: whether all that it had is there still."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import CheckpointError, Phrase
from ..storage.checkpoint_files import read_description
from ..storage.metrics_reading import last_saved_step
from .events import PicturesChanged
from .state import PICTURES

if TYPE_CHECKING:
    from ..data.pictures import PictureSet
    from ..storage.checkpoint_files import BadCheckpoint
    from ..storage.runs import Run
    from .recorder import Recorder

#: A longer number of pictures is none.
MOST_DIGITS = 12


def require_new(run: Run, damaged: Sequence[BadCheckpoint]) -> None:
    """For a run without any whole checkpoint. Raises CheckpointError where it had one, which is damaged or gone.

    Begun again, its numbers would be cut off and, in time, the damaged ones pushed out. Those that are gone may lie on
    a disk that is not there yet.
    """
    if damaged:
        raise CheckpointError("checkpoint.none", path=run.folder, reason=damaged[0].reason)
    saved = last_saved_step(run.metrics_path)
    if saved:
        reason = Phrase("file.checkpoint-gone", step=saved)
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
