"""One training at a time on a worker: made there, held only where everything is saved, let go on, stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from core.training.events import (
    Diverged,
    Event,
    Finished,
    OthersBusy,
    OthersChanged,
    OthersGone,
    Planned,
    SaveFailed,
    StepDone,
    ThreadsChosen,
    Wishes,
)

from ..jobs.worker import Failure, Worker

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from core.diffusion.gaussian_diffusion import GaussianDiffusion
    from core.pictures.folder.scan import Scan
    from core.runs.run import Run
    from core.settings import RunConfig

    from ..app.settings import CacheWish


#: A bundle of steps costs the window as much as one: it is read no more often than a person sees.
READ_MS = 100


class Job(Protocol):
    """What a training offers; `core.training.job.TrainingJob` is one."""

    run_record: Run | None

    def run(self) -> Iterator[Event]:
        """Everything that happens: a generator."""

    def ema_snapshot(self) -> tuple[GaussianDiffusion, int]:
        """A copy of the averaged model, and its step. TrainingError before the network stands."""


class MakeJob(Protocol):
    """How a job is made, on the worker's thread; `make_training_job` is one."""

    def __call__(
        self,
        config: RunConfig,
        folder: Path,
        *,
        scan: Scan,
        device: str,
        resume: bool,
        total: int | None,
        changes: Mapping[str, object] | None,
        cache: CacheWish,
        wishes: Wishes,
    ) -> Job:
        """See `core.training.job.TrainingJob`."""


def make_training_job(
    config: RunConfig,
    folder: Path,
    *,
    scan: Scan,
    device: str,
    resume: bool,
    total: int | None,
    changes: Mapping[str, object] | None,
    cache: CacheWish,
    wishes: Wishes,
) -> Job:
    """A real training. Imports what is heavy, so it belongs on a worker's thread."""
    from core.training.job import TrainingJob

    return TrainingJob(
        config,
        folder,
        scan=scan,
        device=device,
        resume=resume,
        total=total,
        changes=changes,
        cache=cache.place(),
        wishes=wishes,
    )


class Launch(Protocol):
    """Makes a job with everything said but the wishes."""

    def __call__(self, *, wishes: Wishes) -> Job:
        """See `MakeJob`."""


class Running(QObject):
    """Owns the worker of the training that is under way, if any. Lives in the GUI thread, but for `_events`."""

    events = Signal(list)  #: what has happened, oldest first
    ended = Signal(object)  #: a Failure, or None

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._worker: Worker | None = None
        self._wishes = Wishes()
        self._spared: frozenset[Path] = frozenset()  #: checkpoints that are not to be pruned
        self._lock = threading.Lock()
        self._hold_wished = False
        self.job: Job | None = None  #: of the training that is under way, once it is made
        self.held = False  #: whether it waits,
        self.held_saved = False  #: and with everything saved
        self.pausing = False  #: a pause was asked for and waits for the step to end

    def launch(self, make_job: Launch) -> None:
        """Begin. `make_job` is called on the worker's thread."""
        assert self._worker is None
        self._wishes = Wishes()
        self._wishes.spared = self._spared
        self._hold_wished = self.held = self.held_saved = self.pausing = False
        self._worker = worker = Worker(
            partial(self._events, make_job, self._wishes),
            parent=self,
            on_stop=self._wishes.stop.set,
            name="training",
            fills_cores=True,
            poll_ms=READ_MS,
        )
        worker.events.connect(self.events)
        worker.ended.connect(self._ended)
        worker.start()

    def spare(self, checkpoints: frozenset[Path]) -> None:
        """Prune none of these, in this training and in later ones."""
        self._spared = self._wishes.spared = checkpoints

    def edit(self, changes: Mapping[str, object]) -> None:
        """Train with other settings from the next step on. Raises ConfigError."""
        self._wishes.edit(changes)

    def sample(self) -> None:
        """Make a grid of samples after the step that is being taken."""
        self._wishes.samples.set()

    def save(self) -> None:
        """Save a checkpoint after the step that is being taken; it is kept for ever, as it was asked for by hand."""
        self._wishes.pin.set()
        self._wishes.save.set()

    def pause(self) -> None:
        """Save, then hold."""
        if self._worker is not None and not self.pausing:
            self.pausing = True
            with self._lock:
                self._hold_wished = True
            self._wishes.save.set()

    def resume(self) -> None:
        """Go on."""
        if self._worker is not None:
            self._let_go()
            self._worker.resume()

    def stop(self) -> None:
        """End soon, saved; `ended` follows."""
        if self._worker is not None:
            self._let_go()
            self._worker.stop()

    def shutdown(self, timeout_ms: int) -> bool:
        """Save and end for the end of the program; True when the thread is gone."""
        if self._worker is not None:
            self._let_go()
        return self._worker is None or self._worker.shutdown(timeout_ms)

    def _let_go(self) -> None:
        with self._lock:
            self._hold_wished = self.held = self.pausing = False

    @Slot(object)
    def _ended(self, failure: Failure | None) -> None:
        assert self._worker is not None
        self._worker.deleteLater()
        self._worker = self.job = None
        self.pausing = False
        self.ended.emit(failure)

    # --- on the worker's thread ----------------------------------------------------------------------------

    def _events(self, make_job: Launch, wishes: Wishes) -> Iterator[Event]:
        self.job = job = make_job(wishes=wishes)
        if wishes.stop.is_set():
            return
        running: Generator[Event] = job.run()  # type: ignore[assignment]
        with closing(running):
            for event in running:
                self._hold_after(event)
                yield event

    def _hold_after(self, event: Event) -> None:
        # A step is followed by the checkpoint that the pause has asked for: holding before it would leave the step
        # unsaved for as long as the pause lasts.
        # (Where the checkpoint itself could not be saved, waiting for a better one would be no pause.)
        if isinstance(
            event, StepDone | Planned | Diverged | ThreadsChosen | OthersBusy | OthersChanged | OthersGone | Finished
        ):
            return
        if isinstance(event, SaveFailed) and event.what != "checkpoint":
            return
        with self._lock:
            if self._hold_wished and self._worker is not None:
                self.held, self.held_saved = True, not isinstance(event, SaveFailed)
                self._worker.pause()
