"""Finds and judges the pictures of a folder, telling as it goes; what it finds is what the network may train on."""

from __future__ import annotations

import importlib.util
import time
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import PIL
from numpy.typing import NDArray

from ...errors import ConfigError, DataError, showable
from ...presets import PictureFacts
from ...reading import read_json
from ...settings import read_value
from ..decode.pool import Refused, results
from .classes import in_order
from .file_table import CODES, FileTable
from .kept import KeptFacts
from .listing import ListingProgress, list_files, require_folder
from .names import displayed_name
from .picture_files import (
    FACTS,
    FLEETING,
    FORMATS,
    PASSED_OVER,
    UNJUDGED,
    PictureFile,
    Pictures,
    Skipped,
    SkippedFiles,
    Verdicts,
)

# --- Keeps what judging found, so that a folder that was opened before is known at once ------------------

#: Counts up whenever a file is judged otherwise than before.
RULES = 2


@dataclass
class VerdictCache(KeptFacts):
    """The verdicts of one folder's files, between two scans of it."""

    _name: ClassVar[str] = "verdicts"
    _facts: ClassVar[np.dtype[Any]] = FACTS
    _header: ClassVar[dict[str, Any]] = {
        "rules": RULES,
        "pillow": PIL.__version__,
        "codes": list(CODES),
        "formats": list(FORMATS),
        "heic": importlib.util.find_spec("pillow_heif") is not None,
    }

    def recall(self, verdicts: Verdicts) -> Iterator[None]:
        """Set what is known already of the files that are not judged yet, a part at a time."""
        for part in self._recalled(verdicts.table, np.flatnonzero(verdicts.facts["code"] == UNJUDGED)):
            if part is not None:
                rows, facts, more = part
                numbers = np.array([verdicts.mode_number(mode) for mode in more["modes"]] or [0], np.uint8)
                facts["mode"] = numbers[facts["mode"]]
                verdicts.facts[rows] = facts
            yield

    def keep(self, verdicts: Verdicts) -> None:
        """Write down what is known by now. What cannot be written is judged again next time."""
        facts = verdicts.facts
        known = np.flatnonzero((facts["code"] != UNJUDGED) & (facts["bits"] & FLEETING == 0))
        for _ in self._keeping(verdicts.table, known, facts, known, modes=verdicts.modes):
            pass

    def _check(self, facts: NDArray[Any], more: Mapping[str, Any]) -> None:
        modes = more["modes"]
        if len(modes) > UNJUDGED or not all(isinstance(mode, str) for mode in modes):
            raise ValueError("impossible modes")
        legal = (facts["code"] < len(CODES)) | (facts["code"] == PASSED_OVER)
        pictures = facts[facts["code"] == 0]
        legal_facts = (pictures["mode"] < len(modes)) & (pictures["format"] < len(FORMATS)) & (pictures["width"] > 0)
        if not legal.all() or not (legal_facts & (pictures["height"] > 0)).all():
            raise ValueError("impossible facts")


# --- scan ------------------------------------------------------------------------------------------------

__all__ = [
    "Listed", "ListingProgress", "PictureFile", "Scan", "ScanDone", "ScanProgress", "Skipped", "scan", "scan_all",
    "verdicts_of",
]  # fmt: skip

PROGRESS_S = 0.1
#: The first pictures are told at once.
FIRST_FILES = 50
#: How often verdicts are kept while a folder is still being judged.
KEEP_S = 20.0
#: In a bundled sample set's folder: {"name": …, "image_size": …, "horizontal_flip": …}.
SAMPLE_SET_FILE = "sample-set.json"
MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """Every file is known by name; which of them are pictures is told from now on."""

    table: FileTable

    @property
    def seen(self) -> int:
        """Files in all."""
        return len(self.table)

    @property
    def found(self) -> int:
        """Files whose names claim a picture."""
        return int(np.count_nonzero(self.table.columns["claims"]))

    @property
    def skipped(self) -> int:
        """Nothing is judged yet."""
        return 0


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far judging is: totals so far, and what is new since the last one."""

    found: int
    skipped: int
    seen: int  #: files judged, other files included
    of: int  #: files in all
    new_pictures: Sequence[PictureFile] = ()
    new_skipped: Sequence[Skipped] = ()


@dataclass(frozen=True)
class Scan:
    """All that is known of a folder of pictures, in a fixed natural order. Holds at least one picture."""

    folder: Path
    pictures: Pictures
    skipped: SkippedFiles
    name: str  #: the folder's name, or the sample set's
    sample_set: PictureFacts | None = None  #: what a bundled set chooses for itself
    hidden_folders: bool = False  #: whether hidden folders and those of other programs were looked into

    @cached_property
    def not_used(self) -> dict[str, int]:
        """Code of REASONS → files (or folders) that are not used for it, most first."""
        codes = Counter(self.skipped.verdicts.facts["code"][self.skipped.rows].tolist())
        return {CODES[number]: count for number, count in codes.most_common()}

    def facts(self) -> PictureFacts:
        """What resolving the settings left on auto needs."""
        return self._facts

    @cached_property
    def _facts(self) -> PictureFacts:
        own = self.sample_set
        shorter = np.minimum(self.pictures.widths, self.pictures.heights)
        middle = (len(shorter) - 1) // 2
        return PictureFacts(
            typical_size=int(np.partition(shorter, middle)[middle]),
            all_grey=bool(self.pictures.are_grey.all()),
            image_size=own.image_size if own is not None else None,
            horizontal_flip=own.horizontal_flip if own is not None else None,
            class_names=self.class_names,
        )

    @cached_property
    def classes(self) -> tuple[tuple[str, int], ...]:
        """(name, pictures) of each sub-folder that holds any, in natural order; pictures beside them belong to none."""
        counts = self.pictures.class_counts()
        return tuple((name, counts[name]) for name in in_order(counts))

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of `classes`: what resolving `labels=folders` makes of the folder."""
        return tuple(name for name, _ in self.classes)

    @cached_property
    def total_bytes(self) -> int:
        """Size of all pictures as files."""
        return int(self.pictures.sizes.sum())

    def without(self, folder: Path) -> Scan:
        """The same without the pictures of one folder below it. Raises DataError where no other is left."""
        pictures = self.pictures.without(folder)
        if not pictures:
            raise DataError(
                "data.no-pictures", folder=self.folder, skipped=len(self.skipped), others=len(self.pictures)
            )
        return replace(self, pictures=pictures)

    def with_pictures(self, pictures: Pictures) -> Scan:
        """The same of some of its pictures."""
        return replace(self, pictures=pictures)


@dataclass(frozen=True, slots=True)
class ScanDone:
    """The last thing a scan says."""

    scan: Scan


def scan(
    folder: Path, *, cache: VerdictCache | None = None, hidden: bool = False
) -> Iterator[ListingProgress | Listed | ScanProgress | ScanDone]:
    """List `folder` and its sub-folders, then judge each file by decoding it once; `ScanDone` comes last.

    Files are listed first (ListingProgress, then Listed), judging streams behind (ScanProgress, in natural order); in
    both something comes at least every 0.1 s, so that closing the generator takes no longer. Files that are no picture
    and do not claim to be one are passed over in silence. cache: where verdicts are kept; None: the user's.
    hidden: look into hidden folders and those of other programs too.
    Raises DataError for a folder that is missing, unreadable or holds no usable picture.
    """
    folder = Path(folder)
    verdicts = yield from _look_through(folder, cache or VerdictCache(), hidden)
    pictures, skipped = verdicts.pictures(), verdicts.skipped()
    if not pictures:
        others = len(verdicts.table) - len(skipped)
        if not len(skipped) and not others:
            raise DataError("data.empty-folder", folder=folder)
        raise DataError("data.no-pictures", folder=folder, skipped=len(skipped), others=others)
    name, sample_set = _sample_set(folder)
    yield ScanDone(Scan(folder, pictures, skipped, name, sample_set, hidden))


def scan_all(folder: Path, *, hidden: bool = False) -> Scan:
    """The scan without its progress."""
    for item in scan(folder, hidden=hidden):
        if isinstance(item, ScanDone):
            return item.scan
    raise AssertionError("a scan ends with ScanDone or an error")


def verdicts_of(folder: Path, *, hidden: bool = False) -> Verdicts:
    """What becomes of every file of a folder, also where none is a picture. Raises DataError as `scan` does."""
    looking = _look_through(Path(folder), VerdictCache(), hidden)
    try:
        while True:
            next(looking)
    except StopIteration as done:
        verdicts: Verdicts = done.value
        return verdicts


def _look_through(
    folder: Path, cache: VerdictCache, hidden: bool
) -> Generator[ListingProgress | Listed | ScanProgress, None, Verdicts]:
    require_folder(folder)
    for item in list_files(folder, hidden=hidden):
        if isinstance(item, FileTable):
            table = item
        else:
            yield item
    yield Listed(table)
    verdicts = Verdicts(table)
    yield from _judge(verdicts, cache)
    return verdicts


def _judge(verdicts: Verdicts, cache: VerdictCache) -> Iterator[ScanProgress]:
    table = verdicts.table
    for _ in cache.recall(verdicts):
        yield _progress(verdicts, 0, 0, 0)
    waiting = np.flatnonzero(verdicts.facts["code"] == UNJUDGED)
    told = found = skipped = 0
    told_at, kept_at = float("-inf"), time.monotonic()
    done = 0
    with closing(results("judge", ((row, table.path(row)) for row in map(int, waiting)))) as judged:
        for item in judged:
            if item is not None:
                row, result = item
                if isinstance(result, Refused):
                    verdicts.set_refused(row, result.code)
                else:
                    verdicts.set_picture(row, result)
                done += 1
            now = time.monotonic()
            if now - told_at >= PROGRESS_S or done == FIRST_FILES:
                upto = int(waiting[done]) if done < len(waiting) else len(table)
                progress = _progress(verdicts, told, upto, found, skipped)
                told, found, skipped, told_at = upto, progress.found, progress.skipped, now
                yield progress
            if now - kept_at >= KEEP_S:
                cache.keep(verdicts)
                kept_at = time.monotonic()
    if done:
        cache.keep(verdicts)
    yield _progress(verdicts, told, len(table), found, skipped)


def _progress(verdicts: Verdicts, begin: int, end: int, found: int, skipped: int = 0) -> ScanProgress:
    """What is new in the rows from `begin` to before `end`, on top of what was told before."""
    pictures, refused = verdicts.pictures(begin, end), verdicts.skipped(begin, end)
    return ScanProgress(found + len(pictures), skipped + len(refused), end, len(verdicts.table), pictures, refused)


def is_sample_set(folder: Path, name: str) -> bool:
    """Whether a folder says that it is the bundled sample set of this name."""
    said, facts = _sample_set(folder)
    return facts is not None and said == name


def _sample_set(folder: Path) -> tuple[str, PictureFacts | None]:
    """The folder's name and own choices: a bundled sample set states them in a small file."""
    name = displayed_name(folder.resolve().name) or str(folder)
    try:
        match read_json(folder / SAMPLE_SET_FILE):
            case {"name": str(own_name), "image_size": int(size), "horizontal_flip": bool(flip)}:
                read_value("image_size", size)
                return showable(own_name, MAX_NAME), PictureFacts(
                    typical_size=size, all_grey=False, image_size=size, horizontal_flip=flip
                )
    except (OSError, ValueError, ConfigError):
        pass
    return name, None
