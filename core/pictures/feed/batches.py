"""Which pictures make up which batch: a pure function of the seed and the batch's number, so that a run can resume."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Generator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...randomness import Share, numpy_generator

if TYPE_CHECKING:
    import torch

    from .pictures import HostBatch, PictureSet


class Batch(NamedTuple):
    """Pictures to train on, and the class of each."""

    pictures: torch.Tensor  #: (B, C, H, W) float32 in [0, 1]
    labels: torch.Tensor | None  #: (B,) int64, K for none of the K classes; None where there are no classes
    #: (B, c, H, W) float32 in [0, 1], what the network sees beside x_t; None where it sees nothing
    condition: torch.Tensor | None = None


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


def assemble(
    pictures: PictureSet, *, seed: int, batch_index: int, batch_size: int, share: Share | None = None
) -> HostBatch:
    """The batch in memory; order, crops, flips and colours depend on (seed, batch_index) alone. Torch-free.

    share: only these pictures of it, the same as they are in the whole.
    """
    indices = batch_indices(len(pictures), batch_size, seed, batch_index)
    own = indices if share is None else indices[share.own]
    return pictures.take(own, seed=seed, batch_index=batch_index, share=share)


class HostTensors(NamedTuple):
    """A HostBatch as tensors over the same memory, or over pinned copies."""

    pixels: torch.Tensor
    labels: torch.Tensor | None
    condition: torch.Tensor | None

    def pinned(self) -> HostTensors:
        """In memory that a card copies from by itself. RuntimeError where the system gives none."""
        return HostTensors(*(None if each is None else each.pin_memory() for each in self))  # type: ignore[arg-type]


def as_tensors(batch: HostBatch) -> HostTensors:
    """The same in torch, nothing copied."""
    import torch

    return HostTensors(*(None if each is None else torch.from_numpy(each) for each in batch))  # type: ignore[arg-type]


def to_device(batch: HostTensors, device: torch.device | str) -> Batch:
    """A batch's tensors on `device`, the pictures as floats; from pinned memory without waiting for the copy."""

    def floats(pixels: torch.Tensor) -> torch.Tensor:
        return pixels.to(device, non_blocking=True).permute(0, 3, 1, 2).contiguous().float().div_(255)

    pixels, labels, condition = batch
    return Batch(
        floats(pixels),
        None if labels is None else labels.to(device, non_blocking=True),
        None if condition is None else floats(condition),
    )


def make_batch(
    pictures: PictureSet, *, seed: int, batch_index: int, batch_size: int, device: torch.device | str
) -> Batch:
    """The batch on `device`; order, crops, flips and colours depend on (seed, batch_index) alone."""
    batch = assemble(pictures, seed=seed, batch_index=batch_index, batch_size=batch_size)
    return to_device(as_tensors(batch), device)


def coming_order(
    count: int, batch_size: int, seed: int, batch_index: int, share: Share | None = None
) -> NDArray[np.int64]:
    """Every index once, those that batch number `batch_index` and the ones after it ask for first.

    share: what this part of each batch asks for in this epoch and the next comes before all else.
    """
    epoch, place = divmod(batch_index * batch_size, count)
    stretches = [_permutation(count, seed, epoch)[place:], _permutation(count, seed, epoch + 1)]
    if share is not None:
        begins = (batch_index * batch_size, (epoch + 1) * count)
        places = [(begin + np.arange(len(part))) % batch_size for begin, part in zip(begins, stretches, strict=True)]
        own = [(share.start <= place) & (place < share.stop) for place in places]
        stretches = [part[mine == first] for first in (True, False) for part, mine in zip(stretches, own, strict=True)]
    asked, order = np.zeros(count, bool), []
    for part in stretches:
        order.append(part[~asked[part]])
        asked[part] = True
    return np.concatenate(order)


@lru_cache(maxsize=2)
def _permutation(count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    order = numpy_generator(seed, "order", epoch).permutation(count)
    order.setflags(write=False)
    return order


# --- Makes the next batches ahead of the training, in one thread, and decodes what is not decoded yet in between.
# Which pictures are in a batch, and how they are changed, is what batches.py says; here is only when they are made.

#: Batches that wait at most, and what they may take together.
MOST_AHEAD = 8
AHEAD_BYTES = 64 << 20
#: How often a wait looks whether it should end.
TICK_S = 0.1


class _Made(NamedTuple):
    number: int
    batch: HostTensors


class Loader:
    """Batches of a set of pictures, by number. One thread asks; close it. share: of each batch; None: all of it."""

    def __init__(
        self,
        pictures: PictureSet,
        *,
        seed: int,
        batch_size: int,
        device: torch.device,
        share: Share | None = None,
    ) -> None:
        self.pictures = pictures
        self._seed = seed
        self._batch_size = batch_size
        self._device = device
        self._share = share
        height, width, channels = pictures.shape
        taken = batch_size if share is None else share.stop - share.start
        of_one = height * width * (channels + pictures.data.added_channels)
        self._ahead = max(1, min(MOST_AHEAD, AHEAD_BYTES // (taken * of_one)))
        self._changed = threading.Condition()
        self._ready: deque[_Made] = deque()
        self._next: int | None = None  #: the batch to make next; None while nobody has asked
        self._asked = 0  #: how often the order was broken
        self._failure: BaseException | None = None
        self._closed = False
        self.waited_s = 0.0  #: how long `get` has waited, in all
        self._thread: threading.Thread | None = None

    def get(self, index: int, stop: threading.Event | None = None) -> Batch | None:
        """Batch number `index` on the device; None when `stop` came before it was there.

        Raises whatever keeps it from being made: DataError, FolderAwayError. Asked again, it tries again.
        """
        began = time.monotonic()
        with self._changed:
            self._aim_at(index)
            while not self._ready and self._failure is None:
                if stop is not None and stop.is_set():
                    return None
                self._changed.wait(TICK_S)
            if not self._ready and self._failure is not None:
                failure, self._failure, self._next = self._failure, None, None
                raise failure
            made = self._ready.popleft()
            self.waited_s += time.monotonic() - began
            self._changed.notify_all()
        return to_device(made.batch, self._device)

    def close(self) -> None:
        """End the thread; what it was decoding is dropped."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _aim_at(self, index: int) -> None:
        """Have `index` made, and those after it; with the lock held."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="loader", daemon=True)
            self._thread.start()
        coming = self._ready[0].number if self._ready else self._next
        if coming != index:
            self._ready.clear()
            self._next, self._failure = index, None
            self._asked += 1
            self._changed.notify_all()

    # --- in the thread -----------------------------------------------------------------------------------------

    def _work(self) -> None:
        filling: Generator[None, None, None] | None = None
        filled_for = -1
        while True:
            with self._changed:
                while not self._closed and (
                    self._next is None
                    or self._failure is not None
                    or (len(self._ready) >= self._ahead and filling is None and filled_for == self._asked)
                ):
                    self._changed.wait()
                if self._closed:
                    break
                index, asked, room = self._next, self._asked, len(self._ready) < self._ahead
            assert index is not None
            try:
                if filled_for != asked:
                    filling, filled_for = self._filling_from(index, filling), asked
                if filling is not None and not (room and self._is_ready(index)):
                    if next(filling, self) is self:
                        filling = None
                elif room:
                    self._offer(self._made(index), asked)
            except BaseException as error:
                filling, filled_for = None, -1
                with self._changed:
                    if asked == self._asked:
                        self._failure = error
                        self._changed.notify_all()
        if filling is not None:
            filling.close()

    def _filling_from(self, index: int, old: Generator[None, None, None] | None) -> Generator[None, None, None] | None:
        """What decodes the pictures in the order in which they will be asked for from batch `index` on."""
        if old is not None:
            old.close()
        order = coming_order(len(self.pictures), self._batch_size, self._seed, index, self._share)
        return self.pictures.filling(order)

    def _is_ready(self, index: int) -> bool:
        return self.pictures.ready(self._indices(index))

    def _indices(self, index: int) -> NDArray[np.int64]:
        indices = batch_indices(len(self.pictures), self._batch_size, self._seed, index)
        return indices if self._share is None else indices[self._share.own]

    def _made(self, index: int) -> _Made:
        if not self._is_ready(index):
            # Several batches together keep every helper busy.
            self.pictures.preload(np.concatenate([self._indices(index + more) for more in range(self._ahead)]))
        batch = as_tensors(
            assemble(self.pictures, seed=self._seed, batch_index=index, batch_size=self._batch_size, share=self._share)
        )
        if self._device.type != "cuda":
            return _Made(index, batch)
        try:
            return _Made(index, batch.pinned())
        except RuntimeError:  # the system gives no such memory; the copy just takes longer
            return _Made(index, batch)

    def _offer(self, made: _Made, asked: int) -> None:
        with self._changed:
            if asked == self._asked and self._next == made.number:
                self._ready.append(made)
                self._next = made.number + 1
                self._changed.notify_all()
