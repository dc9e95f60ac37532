"""What happens when a number is NaN or infinite: back to the last good state, and on from there with other data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import RunError, TrainingError, phrase_of
from ..pictures.feed.batches import batch_indices
from .events import RolledBack
from .step import FlightRecord

if TYPE_CHECKING:
    from ..pictures.feed.pictures import PictureSet
    from ..runs.checkpoint import Checkpoint
    from ..runs.run import Run
    from .recorder import Recorder
    from .state import SessionState
    from .step import NotFiniteError


# --- What keeps a training from learning nonsense: no number that is none gets far, and a loss that runs away is
# told.

#: So often a training goes back to its last good checkpoint before it stops with the reason.
MOST_ROLLBACKS = 3


class Divergence:
    """Tells when the loss has left the level it had reached, and stays quiet about noise.

    The loss of single steps jumps by factors, since each draws other timesteps; medians of `window` steps do not. It is
    told once, when such a median lies above `factor` times the lowest there was and the one before it did too, and
    again only after the loss has come back.
    """

    def __init__(self, *, window: int = 100, factor: float = 2.5) -> None:
        self._size, self._factor = window, factor
        self._window: list[float] = []
        self._lowest: float | None = None
        self._high_before = False
        self._told = False

    def add(self, loss: float) -> float | None:
        """Take the next step's loss; how many times the lowest level it has reached, once, when it diverges."""
        self._window.append(loss)
        if len(self._window) < self._size:
            return None
        level = float(np.median(self._window))
        self._window.clear()
        if self._lowest is None or level < self._lowest:
            self._lowest = level
        ratio = level / self._lowest if self._lowest > 0 else 1.0
        high = ratio > self._factor
        diverged = high and self._high_before and not self._told
        self._told = (self._told and high) or diverged
        self._high_before = high
        return ratio if diverged else None

    def forget(self) -> None:
        """The run goes on from an earlier step."""
        self._window.clear()
        self._high_before = self._told = False


# --- recovery --------------------------------------------------------------------------------------------


class Recovery:
    """Goes back, and counts how often; `MOST_ROLLBACKS` times without getting beyond the step that failed."""

    def __init__(self, run: Run, pictures: PictureSet) -> None:
        self.flight = FlightRecord()
        self._run = run
        self._pictures = pictures
        self._rollbacks = 0
        self._failed_step = 0
        self._start: Checkpoint | None = None  #: where to go back to while nothing has been saved

    def keep_start(self, state: SessionState) -> None:
        """Remember this moment: there is no checkpoint to go back to yet."""
        self._start = state.copied(self._run.config)

    def saved(self, step: int) -> None:
        """A good checkpoint of `step` is on the disk."""
        self._start = None
        if step >= self._failed_step:
            self._rollbacks = 0

    def roll_back(self, state: SessionState, recorder: Recorder, bad: NotFiniteError) -> RolledBack:
        """Put the newest good checkpoint, or the start, in place of `state`, whose next step could not be taken.

        Raises TrainingError, after it, when that has been done often enough.
        """
        failed, train = state.step + 1, self._run.config.train
        self._rollbacks += 1
        self._failed_step = max(self._failed_step, failed)
        # Whatever happens now, what is in the memory must not be saved.
        state.healthy = False
        incident = self._write_incident(failed, bad)
        shift = state.data_shift
        newest, _ = self._run.newest_checkpoint()
        state.optimizer.zero_grad(set_to_none=True)
        if newest is not None:
            state.restore(newest)
        else:
            assert self._start is not None
            state.take(self._start, self._run.folder)
        if self._rollbacks > MOST_ROLLBACKS:
            error = TrainingError(
                "training.not-finite",
                what=bad.what,
                step=failed,
                saved_step=state.saved_step,
                tries=MOST_ROLLBACKS,
            )
            recorder.event(failed, "failed", f"{bad} at step {failed} once more: stopped", phrase_of(error))
            raise error from bad
        # At this step the batch that comes is the one after those of the step that failed.
        state.data_shift = shift + (failed - state.step) * train.gradient_accumulate_every
        recorder.truncate_after(state.step)
        event = RolledBack(
            step=state.step,
            failed_step=failed,
            reason=bad.what,
            count=self._rollbacks,
            of=MOST_ROLLBACKS,
            incident=incident,
        )
        text = f"{bad} at step {failed}: back to step {state.step}, with other data"
        recorder.event(state.step, "rolled-back", text, event)
        return event

    def _write_incident(self, failed: int, bad: NotFiniteError) -> Path:
        """The flight record in the run's folder; the folder alone, if it cannot be written."""
        folder, train = self._run.incidents_folder, self._run.config.train

        def names_of(batch: int) -> list[str]:
            order = batch_indices(len(self._pictures), train.batch_size, train.seed, batch)
            return [self._pictures.name(int(index)) for index in order]

        try:
            self._run.require_there()
            return self.flight.write(folder, step=failed, what=str(bad), names_of=names_of)
        except RunError as error:
            self._run.log(str(error))
            return folder
