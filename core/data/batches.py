"""Which pictures make up which batch: a pure function of the seed and the batch's number, so that a run can resume."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..randomness import numpy_generator

if TYPE_CHECKING:
    import torch

    from .pictures import PictureSet


class Batch(NamedTuple):
    """Pictures to train on, and the class of each."""

    pictures: torch.Tensor  #: (B, C, H, W) float32 in [0, 1]
    labels: torch.Tensor | None  #: (B,) int64, K for none of the K classes; None where there are no classes


def batch_indices(count: int, batch_size: int, seed: int, batch_index: int) -> NDArray[np.int64]:
    """(batch_size,) indices in 0 … count-1 of batch number `batch_index` (from 0).

    Every epoch is a permutation of all pictures. Batches run on across the end of an epoch, so that each picture comes
    once per epoch whatever the batch size, also when it is larger than the set.
    """
    positions = batch_index * batch_size + np.arange(batch_size, dtype=np.int64)
    epochs, places = np.divmod(positions, count)
    indices = np.empty(batch_size, np.int64)
    for epoch in np.unique(epochs):
        here = epochs == epoch
        indices[here] = _permutation(count, seed, int(epoch))[places[here]]
    return indices


class HostBatch(NamedTuple):
    """A batch as it goes over the bus: bytes, a quarter of the floats."""

    pixels: NDArray[np.uint8]  #: (B, H, W, C)
    labels: NDArray[np.int64] | None  #: (B,)


def assemble(pictures: PictureSet, *, seed: int, batch_index: int, batch_size: int) -> HostBatch:
    """The batch in memory; order, crops, flips and colours depend on (seed, batch_index) alone. Torch-free."""
    indices = batch_indices(len(pictures), batch_size, seed, batch_index)
    return HostBatch(*pictures.take(indices, seed=seed, batch_index=batch_index))


def to_device(pixels: torch.Tensor, labels: torch.Tensor | None, device: torch.device | str) -> Batch:
    """A batch's tensors on `device`, the pictures as floats; from pinned memory without waiting for the copy."""
    images = pixels.to(device, non_blocking=True).permute(0, 3, 1, 2).contiguous().float().div_(255)
    return Batch(images, None if labels is None else labels.to(device, non_blocking=True))


def make_batch(
    pictures: PictureSet, *, seed: int, batch_index: int, batch_size: int, device: torch.device | str
) -> Batch:
    """The batch on `device`; order, crops, flips and colours depend on (seed, batch_index) alone."""
    import torch

    pixels, labels = assemble(pictures, seed=seed, batch_index=batch_index, batch_size=batch_size)
    return to_device(torch.from_numpy(pixels), None if labels is None else torch.from_numpy(labels), device)


def coming_order(count: int, batch_size: int, seed: int, batch_index: int) -> NDArray[np.int64]:
    """Every index once, those that batch number `batch_index` and the ones after it ask for first."""
    epoch, place = divmod(batch_index * batch_size, count)
    rest = _permutation(count, seed, epoch)[place:]
    following = _permutation(count, seed, epoch + 1)
    asked = np.zeros(count, bool)
    asked[rest] = True
    return np.concatenate([rest, following[~asked[following]]])


@lru_cache(maxsize=2)
def _permutation(count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    order = numpy_generator(seed, "order", epoch).permutation(count)
    order.setflags(write=False)
    return order
