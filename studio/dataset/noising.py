"""The forward process of one picture, in numpy: what noise does to it at every step t.

The tables are core's own (a row of SCHEDULES); only the sum x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε (Ho et al. 2020,
arXiv 2006.11239, eq. 4) is done here, so that the window need not wait for torch while a slider moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.randomness import numpy_generator, with_offset
from core.settings import DiffusionConfig

from .forward_table import ForwardTable

#: Up to this many values a picture is noised while a slider moves without being felt (about 1 ms each).
SMALL = 128 * 128 * 3


def forward_table(schedule: str, timesteps: int, options: tuple[str, ...] | None = None) -> ForwardTable:
    """The table of a schedule, bent by `options` such as ("tau=0.7",). Imports torch: for a background thread.

    ConfigError for a schedule that cannot be.
    """
    from core.diffusion.schedules import make_betas

    read = DiffusionConfig(schedule_fn_kwargs=options).schedule_options()
    betas = make_betas(schedule, timesteps, read).numpy()
    return ForwardTable(schedule, np.cumprod(1 - betas), options)


@dataclass(frozen=True)
class NoisedPicture:
    """A picture and the one noise that is mixed into it at every t, so that sliding t shows one path."""

    x_0: NDArray[np.float32]  #: (H, W, C) in [lowest, 1]
    noise: NDArray[np.float32]  #: the same shape, standard normal but for an offset of each channel
    lowest: float = -1  #: what black is: 0 where pictures are not normalised

    @classmethod
    def of(
        cls, pixels: NDArray[np.uint8], number: int, *, normalised: bool = True, offset_noise_strength: float = 0.0
    ) -> NoisedPicture:
        """From (H, W, C) uint8; the noise follows from the picture's number in its folder and its shape.

        With offset noise the same noise is moved by the same numbers, which the strength only scales.
        """
        generator = numpy_generator(0, "forward process shown", number)
        noise = generator.standard_normal(pixels.shape, dtype=np.float32)

        def draw(shape: tuple[int, ...]) -> NDArray[np.float32]:
            return generator.standard_normal(shape, dtype=np.float32)

        noise = with_offset(noise.transpose(2, 0, 1)[None], offset_noise_strength, draw)[0].transpose(1, 2, 0)
        lowest = -1 if normalised else 0
        return cls(pixels.astype(np.float32) * ((1 - lowest) / 255) + lowest, noise, lowest)

    @property
    def is_small(self) -> bool:
        """Whether it can be noised between two frames of the window."""
        return self.x_0.size <= SMALL

    def x_t(self, table: ForwardTable, t: int) -> NDArray[np.float32]:
        """x_t = √ᾱ_t·x_0 + √(1−ᾱ_t)·ε, (H, W, C)."""
        signal, noise = table.shares(t)
        return np.float32(signal) * self.x_0 + np.float32(noise) * self.noise

    def pixels(self, table: ForwardTable, t: int) -> NDArray[np.uint8]:
        """x_t as it is shown: clipped to the range of x_0, (H, W, C) uint8."""
        part = (np.clip(self.x_t(table, t), self.lowest, 1) - self.lowest) / (1 - self.lowest)
        shown: NDArray[np.uint8] = np.rint(part * 255).astype(np.uint8)
        return shown
