"""A recorded denoising: every step of every picture, kept so that any of them is there at once when you scrub."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from core.errors import SamplingError, phrase_of
from core.frames import Frame, SamplingStarted

Pictures = NDArray[np.uint8]

#: What a recording may take of memory; a larger one lives in a file that the system maps in and out.
MEMORY_LIMIT_BYTES = 512 * 2**20


class Recording:
    """All frames of one sampling, in order of arrival. 1000 steps of 64 pictures of 64 px are 1.6 GB.

    Raises SamplingError when there is no room for it on the disk.
    """

    def __init__(
        self,
        started: SamplingStarted,
        *,
        spill_folder: Path | None = None,
        memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
    ) -> None:
        self.steps = started.steps  #: how many frames there will be
        self.count = started.count  #: N, pictures
        self.settings = started.settings  #: what is written into its pictures, but for the model
        self.schedule = started.alphas_cumprod  #: (T,) ᾱ_t
        self.arrived = 0  #: how many frames there are
        self.final: Pictures | None = None  #: (N, H, W, C) what the last step made
        self.t = np.zeros(self.steps, np.int64)
        self.snr = np.zeros(self.steps)
        self.alphas_cumprod = np.zeros(self.steps)
        #: (steps, N) each
        self.delta_x_0, self.x_t_mean, self.x_t_std = (np.zeros((self.steps, self.count), np.float32) for _ in range(3))
        shape = (2, self.steps, self.count, started.height, started.width, started.channels)
        size_bytes = int(np.prod(shape, dtype=np.int64))
        self._file: IO[bytes] | None = None
        if size_bytes > memory_limit_bytes:
            self._file = _scratch_file(spill_folder, size_bytes)
            self._pixels: Pictures = np.memmap(self._file, np.uint8, "r+", shape=shape)
        else:
            self._pixels = np.empty(shape, np.uint8)

    @property
    def timesteps(self) -> int:
        """T of the model."""
        return len(self.schedule)

    @property
    def on_disk(self) -> bool:
        """Whether it was too large for memory."""
        return self._file is not None

    @property
    def complete(self) -> bool:
        """Whether every frame has come."""
        return self.arrived == self.steps

    def add(self, frame: Frame) -> None:
        """Keep the next frame."""
        assert frame.index == self.arrived, (frame.index, self.arrived)
        k = frame.index
        self._pixels[0, k], self._pixels[1, k] = frame.x_t, frame.x_0
        self.t[k], self.snr[k], self.alphas_cumprod[k] = frame.t, frame.snr, frame.alphas_cumprod
        self.delta_x_0[k], self.x_t_mean[k], self.x_t_std[k] = frame.delta_x_0, frame.x_t_mean, frame.x_t_std
        self.arrived += 1

    def x_t(self, index: int) -> Pictures:
        """(N, H, W, C) what went into step `index`."""
        assert 0 <= index < self.arrived
        pictures: Pictures = self._pixels[0, index]
        return pictures

    def x_0(self, index: int) -> Pictures:
        """(N, H, W, C) the clean pictures as predicted at step `index`."""
        assert 0 <= index < self.arrived
        pictures: Pictures = self._pixels[1, index]
        return pictures

    def close(self) -> None:
        """Give the memory and the file back; nothing can be read after it."""
        self.arrived = 0
        self._pixels = np.empty((2, 0, 0, 0, 0, 0), np.uint8)
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()


def _scratch_file(folder: Path | None, size_bytes: int) -> IO[bytes]:
    """A file without a name (where the system has such), so that it goes with the process however that ends."""
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        file = tempfile.TemporaryFile(dir=folder, prefix="recording-")  # noqa: SIM115 (lives as long as the recording)
    except OSError as error:
        raise SamplingError("sampling.no-room", gigabytes=f"{size_bytes / 1e9:.1f}", reason=phrase_of(error)) from error
    try:
        # The room is taken at once: a full disk later would end the process with a bus error, not an exception.
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size_bytes)
        else:
            file.truncate(size_bytes)
    except OSError as error:
        file.close()
        raise SamplingError("sampling.no-room", gigabytes=f"{size_bytes / 1e9:.1f}", reason=phrase_of(error)) from error
    return file
