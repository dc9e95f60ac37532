"""Random numbers as a function of (seed, purpose, step): the same question always gets the same draw.

A run that draws its data order, its noise and its flips this way needs no generator state in its checkpoints: step
10,000 of a resumed run asks the same question as step 10,000 of the uninterrupted one.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import torch
    from numpy.typing import NDArray

_Array = TypeVar("_Array", "torch.Tensor", "NDArray[np.float32]")


def _digest(seed: int, purpose: str, indices: tuple[int, ...], size_bytes: int) -> int:
    """A whole number of `size_bytes` bytes that depends on every bit of the question."""
    question = "\0".join([str(seed), purpose, *map(str, indices)])
    return int.from_bytes(blake2b(question.encode(), digest_size=size_bytes).digest(), "little")


def generator(seed: int, purpose: str, *indices: int, device: torch.device | str = "cpu") -> torch.Generator:
    """A fresh torch generator that depends only on (seed, purpose, indices).

    `purpose` is a word such as "noise" or "timesteps"; `indices` are what varies: a step, a picture's number. Draw on
    the CPU (the default) where the numbers must be the same on every device.
    """
    import torch

    return torch.Generator(device=device).manual_seed(_digest(seed, purpose, indices, 8))


def numpy_generator(seed: int, purpose: str, *indices: int) -> np.random.Generator:
    """A fresh numpy generator that depends only on (seed, purpose, indices). Does not import torch."""
    import numpy as np

    return np.random.Generator(np.random.PCG64(_digest(seed, purpose, indices, 16)))


class Share(NamedTuple):
    """The pictures start … stop - 1 of a batch of `of`. What is random is drawn for all, and these take theirs."""

    start: int
    stop: int
    of: int

    @property
    def own(self) -> slice:
        """Their places in the batch."""
        return slice(self.start, self.stop)


def normal(
    shape: Sequence[int], *, generator: torch.Generator | None, device: torch.device | str, dtype: torch.dtype
) -> torch.Tensor:
    """Standard normal numbers on `device`, drawn where `generator` lives (None: the device's global generator)."""
    import torch

    source = device if generator is None else generator.device
    return torch.randn(tuple(shape), generator=generator, device=source, dtype=dtype).to(device)


def with_offset(noise: _Array, strength: float, draw: Callable[[tuple[int, ...]], _Array]) -> _Array:
    """Offset noise: noise + strength·n, (B, C, H, W) each, n ~ N(0, 1) of shape (B, C, 1, 1) (Guttenberg 2023).

    One number for a whole channel, so that a model learns to move its brightness. draw: shape → standard normal. For
    arrays of torch and of numpy alike: what the window shows is what training adds.
    """
    return noise + strength * draw((*noise.shape[:2], 1, 1)) if strength > 0 else noise


def spread_of_means(pixels: int, strength: float) -> float:
    """√(1/HW + s²): the standard deviation of a channel's mean over noise with an offset of strength s.

    The mean of HW standard normal numbers has the variance 1/HW, and the offset adds its own, s².
    """
    return float((1 / pixels + strength**2) ** 0.5)
