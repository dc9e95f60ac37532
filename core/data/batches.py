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


def make_batch(
    pictures: PictureSet,
    *,
    seed: int,
    batch_index: int,
    batch_size: int,
    horizontal_flip: bool,
    device: torch.device | str,
) -> Batch:
    """The batch on `device`; order, crops and flips depend on (seed, batch_index) alone."""
    import torch

    indices = batch_indices(len(pictures), batch_size, seed, batch_index)
    pixels = pictures.batch(indices, numpy_generator(seed, "crop", batch_index))
    if horizontal_flip:
        mirrored = numpy_generator(seed, "flip", batch_index).random(batch_size) < 0.5
        pixels[mirrored] = pixels[mirrored, :, ::-1]
    # As bytes over the bus: a quarter of the floats.
    images = torch.from_numpy(pixels).to(device).permute(0, 3, 1, 2).contiguous().float().div_(255)
    labels = None if pictures.labels is None else torch.from_numpy(pictures.labels[indices]).to(device)
    return Batch(images, labels)


@lru_cache(maxsize=2)
def _permutation(count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    order = numpy_generator(seed, "order", epoch).permutation(count)
    order.setflags(write=False)
    return order
