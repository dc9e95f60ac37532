"""What a noise schedule does at every step t, in numbers: plain arrays, so that what is only drawn needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ForwardTable:
    """ᾱ_t of a schedule, (T,) float64, with what is read off it. t = 0 … T − 1; 0 is one step of noise."""

    schedule: str
    alphas_cumprod: NDArray[np.float64]
    options: tuple[str, ...] | None = None  #: what bends it

    @property
    def timesteps(self) -> int:
        """T."""
        return len(self.alphas_cumprod)

    def shares(self, t: int) -> tuple[float, float]:
        """(√ᾱ_t, √(1−ᾱ_t)): how much of the picture and of the noise is in x_t."""
        alpha_cumprod = float(self.alphas_cumprod[t])
        return alpha_cumprod**0.5, (1 - alpha_cumprod) ** 0.5

    def signal_to_noise(self, t: int) -> float:
        """SNR_t = ᾱ_t / (1 − ᾱ_t)."""
        alpha_cumprod = float(self.alphas_cumprod[t])
        return alpha_cumprod / (1 - alpha_cumprod)

    def stops(self, most: int) -> tuple[int, ...]:
        """Evenly spaced t for a strip of pictures, first and last included; fewer than `most` when T is smaller."""
        count = min(most, self.timesteps)
        return tuple(round(i * (self.timesteps - 1) / max(1, count - 1)) for i in range(count))
