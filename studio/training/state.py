"""The states a training can be in, as the window shows them."""

from __future__ import annotations

from enum import Enum


class TrainingState(Enum):
    """What the training is doing; the transport and the rooms follow it."""

    NO_PICTURES = "no pictures"  #: nothing to train on yet
    READY = "ready"  #: pictures are there; Start begins (or resumes an opened run)
    PREPARING = "preparing"  #: pictures are loaded, the network is built
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"  #: saving what was learnt
    FINISHED = "finished"  #: all steps done
    FAILED = "failed"

    @property
    def busy(self) -> bool:
        """Whether a training is under way: settings are fixed and pictures in use."""
        return self in _BUSY


_BUSY = {TrainingState.PREPARING, TrainingState.RUNNING, TrainingState.PAUSED, TrainingState.STOPPING}
