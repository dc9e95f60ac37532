"""What a training reads: the pictures of a folder as the network sees them, in memory, on the disk or on demand."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...catalogue import CONDITIONS
from ...errors import DataError, Phrase
from ..folder.pairs import needs_pairs, pair
from ..folder.reasons import Lost
from ..folder.splits import NAMES_TOGETHER, divided, sides_of
from .augment import of_partner, what_is_seen
from .cache import keys_of, open_cache
from .cache_folder import CachePlace
from .fill import FillRules, Slots
from .source import LooseRows, MemoryRows, Rows, Source

if TYPE_CHECKING:
    from pathlib import Path

    from ...randomness import Share
    from ...settings import DataConfig
    from ..folder.picture_files import Pictures
    from ..folder.scan import Scan
    from .conditions import Make

#: Rows as they are read: side by side where they are of one size.
Kept = NDArray[np.uint8] | list[NDArray[np.uint8]]

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

    def __init__(
        self, source: Source, data: DataConfig, places: NDArray[np.int64], partners: Source | None = None
    ) -> None:
        """partners: of the second folder's pictures, at the same places; None: there is no second folder."""
        self.data = data
        #: what is told of the two folders; none where there is one
        self.notes: tuple[Phrase, ...] = ()
        self._source = source
        self._partners = partners
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
    def rows(self) -> NDArray[np.integer[Any]]:
        """(N,) the row of each picture in its folder's table."""
        rows: NDArray[np.integer[Any]] = self._source.files.rows[self._places]
        return rows

    @property
    def fingerprint(self) -> str:
        """Their number and a digest of the sizes of their files, in order: other ones are told by it, at no cost."""
        sizes = [source.files.sizes[self._places].astype("<i8").tobytes() for source in self._sources]
        return f"{len(self)} {hashlib.blake2b(b''.join(sizes), digest_size=16).hexdigest()}"

    @property
    def _sources(self) -> tuple[Source, ...]:
        return (self._source,) if self._partners is None else (self._source, self._partners)

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
        return next((source.not_kept for source in self._sources if source.not_kept is not None), None)

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
        """As `batch`, with the labels and what the network sees beside the pictures.

        plain: the middle of each picture, and nothing else at random.
        share: which pictures of the batch these are; None: all. Raises DataError when no picture can be read any more,
        FolderAwayError when the whole folder is gone.
        """
        standing, kept, beside = self._read(indices)
        labels = None if self.labels is None else self.labels[standing]
        data = self.data if not plain else _plain(self.data)
        seen = what_is_seen(kept, data, seed=seed, batch_index=batch_index, share=share)
        if data.condition == "none":
            return HostBatch(seen, labels)
        if beside is not None:
            beside = what_is_seen(beside, of_partner(data), seed=seed, batch_index=batch_index, share=share)
        make: Make = CONDITIONS[data.condition].load()
        condition = make(seen if beside is None else beside, data.condition_factor)
        return HostBatch(seen, labels, condition)

    def _read(self, indices: NDArray[np.int64]) -> tuple[NDArray[np.int64], Kept, Kept | None]:
        """Who stands in for each, its pixels, and its partner's. Raises DataError, FolderAwayError."""
        while True:
            standing, kept = self._source.read(self._places, indices)
            if self._partners is None:
                return standing, kept, None
            of_partners, beside = self._partners.read(self._places, standing)
            if np.array_equal(of_partners, standing):
                return standing, kept, beside
            # A pair is lost with either of its pictures.
            for place in self._places[standing].tolist():
                if place in self._partners.lost:
                    self._source.lose(place, self._partners.lost[place])

    def filling(self, indices: NDArray[np.int64]) -> Generator[None, None, None] | None:
        """Decodes the pictures at `indices` in that order, then held-out ones, so that reading them waits for nothing.

        Each next() does a little. None where none would be kept. Raises FolderAwayError.
        """
        places = [self._places[indices]] + ([] if self.held_out is None else [self.held_out._places])
        fillings = [source.filling(np.concatenate(places)) for source in self._sources]
        return None if None in fillings else _in_turns([each for each in fillings if each is not None])

    def preload(self, indices: NDArray[np.int64]) -> None:
        """Decode those of a large set that nothing keeps together, which are read next. Raises FolderAwayError."""
        for source in self._sources:
            source.preload(self._places[indices])

    def ready(self, indices: NDArray[np.int64]) -> bool:
        """Whether reading these waits for no decoding."""
        return all(source.ready(self._places[indices]) for source in self._sources)

    def close(self) -> None:
        """Let go of the cache; held-out pictures too."""
        for source in self._sources:
            source.rows.close()


def _in_turns(fillings: list[Generator[None, None, None]]) -> Generator[None, None, None]:
    """All of them, each a little at a time: the two pictures of a pair are wanted together."""
    try:
        while fillings:
            for filling in tuple(fillings):
                if next(filling, filling) is filling:
                    fillings.remove(filling)
                else:
                    yield
    finally:
        for filling in fillings:
            filling.close()


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
    files, pairs = scan.pictures, None
    if needs_pairs(data):
        for found in pair(scan, data):
            if found is None:
                yield LoadProgress(0, len(scan.pictures), 0)
            else:
                pairs, files = found, found.first
    sides: list[NDArray[np.uint8]] = []
    excluded = frozenset(data.excluded or ())
    # A million names take some seconds, in which whoever waits may change their mind.
    for start in range(0, len(files), NAMES_TOGETHER):
        if start:
            yield LoadProgress(0, len(files), 0)
        sides.append(sides_of(files[start : start + NAMES_TOGETHER], data.hold_out, excluded))
    parts = divided(np.concatenate(sides), data.hold_out)
    # The partner's row is as large as the picture's, so that a crop of one is the crop of the other.
    slots = Slots(files, FillRules.of(data))
    budget_bytes = memory_budget_bytes if pairs is None else memory_budget_bytes // 2
    source = yield from _source(scan.folder, files, FillRules.of(data), slots, budget_bytes, cache)
    partners = None
    if pairs is not None:
        rules = FillRules.of(of_partner(data))
        slots = Slots(files, rules)
        partners = yield from _source(pairs.folder, pairs.second, rules, slots, budget_bytes, cache)
    for each in (source, partners):
        if each is not None and not each.by_helpers and each.rows.keeps:
            yield from _read_now(each, np.concatenate([parts.train, parts.held_out]))
    pictures = PictureSet(source, data, parts.train, partners)
    pictures.notes = () if pairs is None else tuple(pairs.notes())
    if len(parts.held_out):
        pictures.held_out = PictureSet(source, data, parts.held_out, partners)
    yield pictures


def _source(
    folder: Path,
    files: Pictures,
    rules: FillRules,
    slots: Slots,
    memory_budget_bytes: int,
    cache: CachePlace | None,
) -> Generator[LoadProgress, None, Source]:
    """Where the pictures of a folder are read from, and kept."""
    at_once = int((files.widths.astype(np.int64) * files.heights).sum()) <= AT_ONCE_PIXELS
    rows: Rows | None = None
    if not at_once:
        keys: list[NDArray[np.uint64]] = []
        for start in range(0, len(files), NAMES_TOGETHER):
            if start:
                yield LoadProgress(0, len(files), 0)
            keys.append(keys_of(files[start : start + NAMES_TOGETHER]))
        rows = open_cache(cache or CachePlace.usual(), folder, rules, np.concatenate(keys), slots)
    if rows is None:
        rows = _in_memory(slots, memory_budget_bytes)
    return Source(
        folder, files, rules, rows, slots=slots, by_helpers=not at_once, memory_budget_bytes=memory_budget_bytes
    )


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
        augment=0.0,
    )
