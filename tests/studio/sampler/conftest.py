"""Recordings without a model: numbers that say which step, picture and side they are of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core.frames import Frame, SamplingFinished, SamplingStarted
from studio.sampler.trajectory import Recording

TIMESTEPS = 100


def make_frame(index: int, *, steps: int, count: int, size: int = 8, channels: int = 3) -> Frame:
    """x_t is 2·index everywhere, x_0 is 2·index + 1; the first pixel says the picture's number."""
    t = TIMESTEPS - 1 - index * TIMESTEPS // steps
    pictures = []
    for value in (2 * index, 2 * index + 1):
        pixels = np.full((count, size, size, channels), value % 256, np.uint8)
        pixels[:, 0, 0] = np.arange(count)[:, None]
        pictures.append(pixels)
    alphas_cumprod = 1 - (t + 0.5) / TIMESTEPS
    return Frame(
        index=index,
        t=t,
        t_next=-1 if index == steps - 1 else t - 1,
        x_t=pictures[0],
        x_0=pictures[1],
        alphas_cumprod=alphas_cumprod,
        snr=alphas_cumprod / (1 - alphas_cumprod),
        delta_x_0=np.full(count, np.nan if index == 0 else 0.1 / index, np.float32),
        x_t_mean=np.full(count, 0.1, np.float32),
        x_t_std=np.full(count, 0.9, np.float32),
    )


def make_started(*, steps: int, count: int, size: int = 8, channels: int = 3) -> SamplingStarted:
    schedule = 1 - (np.arange(TIMESTEPS) + 0.5) / TIMESTEPS
    return SamplingStarted(
        steps=steps, count=count, height=size, width=size, channels=channels, alphas_cumprod=schedule
    )


RecordingMaker = Callable[..., Recording]


@pytest.fixture
def make_recording() -> RecordingMaker:
    """(steps, count, arrived=…, channels=…) → a recording whose pixels say where they are from."""

    def make(steps: int, count: int, *, arrived: int | None = None, channels: int = 3) -> Recording:
        recording = Recording(make_started(steps=steps, count=count, channels=channels))
        for index in range(steps if arrived is None else arrived):
            recording.add(make_frame(index, steps=steps, count=count, channels=channels))
        if recording.complete:
            final = SamplingFinished(recording.x_0(steps - 1).copy())
            recording.final = final.pictures
        return recording

    return make
