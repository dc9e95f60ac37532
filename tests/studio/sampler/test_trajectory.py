"""A recording gives back every frame, in memory or beyond it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from core.errors import SamplingError
from studio.sampler.trajectory import Recording
from tests.studio.sampler.conftest import RecordingMaker, make_frame, make_started


@pytest.mark.parametrize("memory_limit_bytes", [2**20, 0])
def test_every_frame_comes_back(memory_limit_bytes: int, tmp_path: Path) -> None:
    recording = Recording(make_started(steps=6, count=3), spill_folder=tmp_path, memory_limit_bytes=memory_limit_bytes)
    assert recording.on_disk == (memory_limit_bytes == 0)
    frames = [make_frame(index, steps=6, count=3) for index in range(6)]
    for frame in frames:
        recording.add(frame)
    assert recording.complete
    for index in (5, 0, 3):
        np.testing.assert_array_equal(recording.x_t(index), frames[index].x_t)
        np.testing.assert_array_equal(recording.x_0(index), frames[index].x_0)
        assert recording.t[index] == frames[index].t
    recording.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.clock
def test_a_thousand_steps_of_64_pictures_are_there_at_once(tmp_path: Path) -> None:
    recording = Recording(make_started(steps=1000, count=64), spill_folder=tmp_path, memory_limit_bytes=2**20)
    frame = make_frame(0, steps=1000, count=64)
    assert recording.on_disk
    for index in range(1000):
        object.__setattr__(frame, "index", index)
        recording.add(frame)
    rng = np.random.default_rng(0)
    lateness = []
    for index in rng.integers(0, 1000, 100):
        began = time.perf_counter()
        recording.x_t(int(index)).copy()
        recording.x_0(int(index)).copy()
        lateness.append(time.perf_counter() - began)
    assert sorted(lateness)[50] < 0.01
    recording.close()


def test_no_room_is_said_with_the_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(SamplingError, match="the disk is full"):
        Recording(make_started(steps=1000, count=64), spill_folder=tmp_path, memory_limit_bytes=0)
    assert list(tmp_path.iterdir()) == []


def test_frames_out_of_order_are_our_own_mistake(make_recording: RecordingMaker) -> None:
    recording = make_recording(5, 1, arrived=2)
    with pytest.raises(AssertionError):
        recording.add(make_frame(3, steps=5, count=1))
    assert recording.arrived == 2
