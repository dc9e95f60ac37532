"""The noise of sampling: what it begins with, and what samplers add.

Where it is drawn from a seed, picture k's is a function of (seed, k) alone, so a picture that is liked is found again
among more or fewer pictures. Scripts may give a torch generator instead, from which a whole batch is drawn at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import torch
from torch import Tensor

from .. import randomness
from ..device import as_device, telling_if_unusable
from ..diffusion.inputs import require_generator
from ..errors import Phrase, SamplingError
from ..inputs import bad_value, require_number, require_whole

if TYPE_CHECKING:
    from ..diffusion.reverse import ReverseProcess

#: At once; they do not fit into any device's memory long before.
MOST_PICTURES = 65_536


def initial_noise(
    diffusion: ReverseProcess,
    count: int,
    *,
    seed: int,
    device: torch.device | str,
    first: int = 0,
    offset_noise_strength: float = 0.0,
) -> Tensor:
    """x_T for `count` pictures from number `first` on, (count, C, H, W).

    Picture k's noise depends on (seed, k) alone, not on the device. offset_noise_strength: see `PictureNoise`.
    Raises SamplingError, DeviceError.
    """
    require_whole("count", count, 1, MOST_PICTURES)
    device = as_device(device)
    noise = PictureNoise(seed, count, first=first, offset_noise_strength=offset_noise_strength, purpose="initial-noise")
    drawn = noise.draw((count, diffusion.channels, *diffusion.image_size), torch.float32)
    with telling_if_unusable(device):
        return drawn.to(device)


class PictureNoise:
    """The noise of `count` pictures of a seed, from number `first` on; each draw gives the next of every picture.

    offset_noise_strength  s: ε + s·N(0, 1) of one number per channel, as `GaussianDiffusion.prepare_noise` has it. A
                           model that was trained with it and begins with plain noise makes pictures whose mean
                           brightness varies by 1/√(1 + s²HW) of what it should; with s in x_T and z alike, the noise is
                           distributed as at every step of the training.
    purpose                "sampling": what samplers add; its numbers are of their own

    The plain part is the same with and without offset. Raises SamplingError.
    """

    def __init__(
        self,
        seed: int,
        count: int,
        *,
        first: int = 0,
        offset_noise_strength: float = 0.0,
        purpose: str = "sampling",
    ) -> None:
        require_whole("first", first, 0)
        require_whole("seed", seed, 0)
        require_number("offset_noise_strength", offset_noise_strength, 0, 1)
        numbers = range(first, first + count)
        self.strength = float(offset_noise_strength)
        self._draws = [randomness.generator(seed, purpose, k) for k in numbers]
        self._of_offset = [randomness.generator(seed, f"{purpose}-offset", k) for k in numbers]

    def __len__(self) -> int:
        """How many pictures it is for."""
        return len(self._draws)

    def draw(self, shape: Sequence[int], dtype: torch.dtype) -> Tensor:
        """(B, C, H, W) on the CPU."""
        noise = torch.stack([torch.randn(tuple(shape[1:]), generator=draw, dtype=dtype) for draw in self._draws])
        if self.strength == 0:
            return noise
        ones = [torch.randn((shape[1], 1, 1), generator=draw, dtype=dtype) for draw in self._of_offset]
        return noise + self.strength * torch.stack(ones)


#: Where a sampler draws from; None: the device's global generator.
NoiseSource: TypeAlias = torch.Generator | PictureNoise | None


def noise_like(x: Tensor, source: NoiseSource) -> Tensor:
    """Noise of the shape, type and device of x, (B, C, H, W)."""
    if isinstance(source, PictureNoise):
        return source.draw(x.shape, x.dtype).to(x.device)
    return randomness.normal(x.shape, generator=source, device=x.device, dtype=x.dtype)


def require_noise_source(source: object, count: int) -> None:
    """Raises SamplingError for what is no source of noise for so many pictures."""
    if not isinstance(source, PictureNoise):
        require_generator(source)
    elif len(source) != count:
        raise bad_value("generator", len(source), Phrase("value.noise-of", count=count), SamplingError)
