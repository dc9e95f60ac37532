"""A training job as a worker runs it: made on the worker's thread, held only where everything is saved."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Protocol

from core.training.events import (
    Diverged,
    Event,
    Finished,
    OthersBusy,
    OthersGone,
    Planned,
    SaveFailed,
    StepDone,
    ThreadsChosen,
)

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from core.config import RunConfig
    from core.diffusion.gaussian_diffusion import GaussianDiffusion
    from core.pictures.folder.scan import Scan
    from core.runs.run import Run

    from ..cache_wish import CacheWish


class Job(Protocol):
    """What a training offers; `core.training.job.TrainingJob` is one."""

    run_record: Run | None

    def run(self) -> Iterator[Event]:
        """Everything that happens: a generator."""

    def request_stop(self) -> None:
        """End soon, saved."""

    def request_checkpoint(self) -> None:
        """Save after the current step."""

    def ema_snapshot(self) -> tuple[GaussianDiffusion, int]:
        """A copy of the averaged model, and its step."""


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
) -> Job:
    """A real training. Imports what is heavy, so it belongs on a worker's thread."""
    from core.training.job import TrainingJob

    return TrainingJob(
        config, folder, scan=scan, device=device, resume=resume, total=total, changes=changes, cache=cache.place()
    )


class TrainingTask:
    """One training from start to end. `events` runs on the worker's thread, all else is called from the window's."""

    def __init__(self, make_job: Callable[[], Job]) -> None:
        self._make_job = make_job
        self._job: Job | None = None
        self._lock = threading.Lock()
        self._pause_wished = False
        self._stop_wished = False
        self.held = False  #: whether the worker waits,
        self.held_saved = False  #: and with everything saved
        #: make the worker wait after the event that is being delivered, and let it go on
        self.hold: Callable[[], None] = _nothing
        self.release: Callable[[], None] = _nothing

    def events(self) -> Iterator[Event]:
        """The job's events."""
        job = self._make_job()
        with self._lock:
            self._job = job
            if self._stop_wished:
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
        if isinstance(event, StepDone | Planned | Diverged | ThreadsChosen | OthersBusy | OthersGone | Finished):
            return
        if isinstance(event, SaveFailed) and event.what != "checkpoint":
            return
        with self._lock:
            if self._pause_wished:
                self.held, self.held_saved = True, not isinstance(event, SaveFailed)
                self.hold()

    def request_pause(self) -> None:
        """Save, then hold."""
        with self._lock:
            self._pause_wished = True
            if self._job is not None:
                self._job.request_checkpoint()

    def request_resume(self) -> None:
        """Go on."""
        with self._lock:
            self._pause_wished = self.held = False
            self.release()

    def request_stop(self) -> None:
        """End soon, saved."""
        with self._lock:
            self._pause_wished = self.held = False
            self._stop_wished = True
            if self._job is not None:
                self._job.request_stop()

    def ema_snapshot(self) -> tuple[GaussianDiffusion, int]:
        """A copy of the averaged model of this moment, and its step. TrainingError before the network stands."""
        assert self._job is not None  # offered only once the job has started
        return self._job.ema_snapshot()

    @property
    def run_record(self) -> Run | None:
        """The run folder, once it is made."""
        return None if self._job is None else self._job.run_record


def _nothing() -> None:
    """Before a worker has taken the task."""
