"""What a training reads: the pictures of a folder as the network sees them, in memory, on the disk or on demand."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...catalogue import CONDITIONS
from ...errors import DataError
from ..folder.reasons import Lost
from ..folder.splits import NAMES_TOGETHER, divided, sides_of
from .augment import what_is_seen
from .cache import keys_of, open_cache
from .cache_folder import CachePlace
from .fill import FillRules, Slots
from .source import LooseRows, MemoryRows, Rows, Source

if TYPE_CHECKING:
    from pathlib import Path

    from ...randomness import Share
    from ...settings import DataConfig
    from ..folder.scan import Scan
    from .conditions import Make

MEMORY_BUDGET_BYTES = 2 << 30
#: Pictures of no more pixels than this together are read at once, here: helpers would hardly have started.
AT_ONCE_PIXELS = 50_000_000
PROGRESS_FILES = 50
PROGRESS_S = 0.1


class LoadProgress(NamedTuple):
    """`done` of `of` pictures were read, `failed` of them in vain."""

    done: int
    of: int
    failed: int


class HostBatch(NamedTuple):
    """A batch as it goes over the bus: bytes, a quarter of the floats."""

    pixels: NDArray[np.uint8]  #: (B, H, W, C)
    labels: NDArray[np.int64] | None  #: (B,)
    condition: NDArray[np.uint8] | None = None  #: (B, H, W, c) what the network sees beside x_t


class PictureSet:
    """N pictures, prepared for the network. Made by `load_pictures`; close it.

    Where they lie makes no difference to what is read. A picture that cannot be read is stood in for by the next one
    that can, label and all. For one thread at a time.
    """

    def __init__(self, source: Source, data: DataConfig, places: NDArray[np.int64]) -> None:
        self.data = data
        self._source = source
        self._places = places  #: of the pictures in the source
        #: (N,) the class of each picture, K for none; None where the network knows no classes
        self.labels: NDArray[np.int64] | None = None
        if data.labels != "off":
            assert data.class_names is not None, "settings on auto must be resolved first"
            self.labels = source.files.labels(data.class_names)[places]
        #: those that are not trained on; None where none are held out
        self.held_out: PictureSet | None = None

    def __len__(self) -> int:
        return len(self._places)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(H, W, C) of every picture."""
        assert self.data.channels is not None
        return *self.data.height_and_width, self.data.channels

    @property
    def fingerprint(self) -> str:
        """Their number and a digest of the sizes of their files, in order: other ones are told by it, at no cost."""
        sizes = np.ascontiguousarray(self._source.files.sizes[self._places], dtype="<i8")
        return f"{len(self)} {hashlib.blake2b(sizes.tobytes(), digest_size=16).hexdigest()}"

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self._source.folder

    @property
    def in_memory(self) -> bool:
        """Whether all pictures are kept in memory, once they were read."""
        return self._source.rows.keeps and self._source.rows.file is None

    @property
    def on_disk(self) -> bool:
        """Whether the pictures are kept in a cache on the disk."""
        return self._source.rows.file is not None

    @property
    def failed(self) -> int:
        """Pictures found so far that cannot be read any more, held-out ones included."""
        return len(self._source.lost)

    @property
    def not_kept(self) -> str | None:
        """Why the disk takes no more of the cache; None while it does."""
        return self._source.not_kept

    def lost_since(self, known: int) -> tuple[Lost, ...]:
        """Those that were found lost after the first `known` of them."""
        found = list(self._source.lost.items())[known:]
        return tuple(Lost(self._source.files.name(place), code) for place, code in found)

    def are_lost(self, indices: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(B,) which of these were found to be unreadable, so that others stand in for them."""
        return np.isin(self._places[indices], list(self._source.lost))

    def name(self, index: int) -> str:
        """A picture's name, as it is shown."""
        return self._source.files.name(int(self._places[index]))

    def batch(self, indices: NDArray[np.int64], *, seed: int = 0, batch_index: int = 0) -> NDArray[np.uint8]:
        """(B, H, W, C) uint8 of the pictures at `indices`, each in 0 … N-1, changed as that batch is at random."""
        return self.take(indices, seed=seed, batch_index=batch_index).pixels

    def take(
        self,
        indices: NDArray[np.int64],
        *,
        seed: int = 0,
        batch_index: int = 0,
        plain: bool = False,
        share: Share | None = None,
    ) -> HostBatch:
        """As `batch`, with the labels and what the network sees beside them. plain: the middle of each picture, and nothing else at random.

        share: which pictures of the batch these are; None: all. Raises DataError when no picture can be read any more,
        FolderAwayError when the whole folder is gone.
        """
        standing, kept = self._source.read(self._places, indices)
        labels = None if self.labels is None else self.labels[standing]
        data = self.data if not plain else _plain(self.data)
        seen = what_is_seen(kept, data, seed=seed, batch_index=batch_index, share=share)
        row = CONDITIONS[data.condition]
        condition: NDArray[np.uint8] | None = None
        if row.name != "none":
            make: Make = row.load()
            condition = make(seen, data.condition_factor)
        return HostBatch(seen, labels, condition)

    def filling(self, indices: NDArray[np.int64]) -> Generator[None, None, None] | None:
        """Decodes the pictures at `indices` in that order, then held-out ones, so that reading them waits for nothing.

        Each next() does a little. None where none would be kept. Raises FolderAwayError.
        """
        places = [self._places[indices]] + ([] if self.held_out is None else [self.held_out._places])
        return self._source.filling(np.concatenate(places))

    def preload(self, indices: NDArray[np.int64]) -> None:
        """Decode those of a large set that nothing keeps together, which are read next. Raises FolderAwayError."""
        self._source.preload(self._places[indices])

    def ready(self, indices: NDArray[np.int64]) -> bool:
        """Whether reading these waits for no decoding."""
        return self._source.ready(self._places[indices])

    def close(self) -> None:
        """Let go of the cache; held-out pictures too."""
        self._source.rows.close()


def load_pictures(
    scan: Scan,
    data: DataConfig,
    *,
    memory_budget_bytes: int = MEMORY_BUDGET_BYTES,
    cache: CachePlace | None = None,
) -> Iterator[LoadProgress | PictureSet]:
    """Make the pictures of a scan ready as `data` (with nothing on auto) says; the PictureSet comes last.

    A few are read now. Many are decoded by helper processes while they are asked for, and kept: in the cache on the
    disk, else in memory, else (where they are more than `memory_budget_bytes`) those last used. cache: None for
    `CachePlace.usual()`. Raises DataError when none can be read, ConfigError when the settings leave none.
    """
    rules, files = FillRules.of(data), scan.pictures
    sides: list[NDArray[np.uint8]] = []
    keys: list[NDArray[np.uint64]] = []
    excluded = frozenset(data.excluded or ())
    # A million names take some seconds, in which whoever waits may change their mind.
    for start in range(0, len(files), NAMES_TOGETHER):
        if start:
            yield LoadProgress(0, len(files), 0)
        part = files[start : start + NAMES_TOGETHER]
        sides.append(sides_of(part, data.hold_out, excluded))
        keys.append(keys_of(part))
    parts = divided(np.concatenate(sides), data.hold_out)
    slots = Slots(files, rules)
    at_once = int((files.widths.astype(np.int64) * files.heights).sum()) <= AT_ONCE_PIXELS
    rows: Rows | None = None
    if not at_once:
        rows = open_cache(cache or CachePlace.usual(), scan.folder, rules, np.concatenate(keys), slots)
    if rows is None:
        rows = _in_memory(slots, memory_budget_bytes)
    source = Source(
        scan.folder, files, rules, rows, slots=slots, by_helpers=not at_once, memory_budget_bytes=memory_budget_bytes
    )
    if at_once and rows.keeps:
        yield from _read_now(source, np.concatenate([parts.train, parts.held_out]))
    pictures = PictureSet(source, data, parts.train)
    if len(parts.held_out):
        pictures.held_out = PictureSet(source, data, parts.held_out)
    yield pictures


def _in_memory(slots: Slots, budget_bytes: int) -> Rows:
    if slots.total_bytes > budget_bytes:
        return LooseRows(budget_bytes)
    return LooseRows() if slots.same is None else MemoryRows(slots.count, (*slots.same, slots.channels))


def _read_now(source: Source, places: NDArray[np.int64]) -> Iterator[LoadProgress]:
    of, told, told_at = len(places), 0, time.monotonic()
    for done, _ in enumerate(source.filling(places) or (), start=1):
        if done - told >= PROGRESS_FILES or time.monotonic() - told_at >= PROGRESS_S or done == of:
            told, told_at = done, time.monotonic()
            yield LoadProgress(done, of, failed=len(source.lost))
    if len(source.lost) == of:
        raise DataError("data.none-left", count=of, folder=source.folder)


def _plain(data: DataConfig) -> DataConfig:
    """With nothing at random but what was kept."""
    return replace(
        data,
        crop="centre" if data.crop == "random" else data.crop,
        horizontal_flip=False,
        vertical_flip=False,
        colour_jitter=0.0,
        augmentations=None,
    )
