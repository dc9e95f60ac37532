"""The recording of a sampling or a fork, and its threads where two of them are compared bit for bit."""

from __future__ import annotations

from collections.abc import Iterable

import torch

from core.frames import SamplingEvent
from core.recording import Recording
from core.threads import WalkThreads


def one_thread() -> WalkThreads:
    """The last bits of a convolution depend on their number."""
    return WalkThreads(torch.device("cpu"), 1)


def recording_of(events: Iterable[SamplingEvent], **options: object) -> Recording:
    """Of all events of a sampling, from SamplingStarted to SamplingFinished. options: of the Recording."""
    started, *frames, finished = events
    recording = Recording(started, **options)
    for frame in frames:
        recording.add(frame)
    recording.finish(finished)
    assert recording.complete
    return recording
