"""Finds and judges the pictures of a folder, telling as it goes; what it finds is what the network may train on."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..config import read_value
from ..errors import ConfigError, DataError
from ..presets import PictureFacts
from ..reading import read_json
from ..showable import showable
from .classes import class_of, in_order
from .decode import MAGIC_BYTES, PictureRefusedError, decode, open_regular, picture_format
from .listing import Entry, require_folder, walk
from .modes import has_alpha, is_grey
from .names import displayed_name
from .reasons import REASONS

#: A JPEG is judged at about this size, pixels: enough to know whether it can be decoded and whether it is grey.
JUDGED_SIZE = 64
PROGRESS_FILES = 50
PROGRESS_S = 0.1
#: In a bundled sample set's folder: {"name": …, "image_size": …, "horizontal_flip": …}.
SAMPLE_SET_FILE = "sample-set.json"
MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture that can be decoded."""

    path: Path
    name: str  #: relative to the scanned folder, as it is shown; not always the exact file name
    width: int  #: pixels, upright
    height: int
    mode: str  #: as the file stores it, in Pillow's words
    format: str  #: PNG, JPEG, WEBP, BMP, GIF or TIFF, by content
    has_alpha: bool
    is_grey: bool  #: by mode, or because all visible pixels are
    bytes: int
    class_name: str | None = None  #: the sub-folder that it is in, whichever depth below; None: in none


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that cannot be used, and why."""

    path: Path
    name: str  #: as in PictureFile
    code: str  #: key of REASONS
    reason: str  #: English


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far a scan is: totals so far, and what is new since the last one."""

    found: int
    skipped: int
    seen: int  #: files looked at, other files included
    new_pictures: tuple[PictureFile, ...] = ()
    new_skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True)
class Scan:
    """All that is known of a folder of pictures, in a fixed natural order. Holds at least one picture."""

    folder: Path
    pictures: tuple[PictureFile, ...]
    skipped: tuple[Skipped, ...]
    name: str  #: the folder's name, or the sample set's
    sample_set: PictureFacts | None = None  #: what a bundled set chooses for itself

    def facts(self) -> PictureFacts:
        """What resolving the settings left on auto needs."""
        return self._facts

    @cached_property
    def _facts(self) -> PictureFacts:
        own = self.sample_set
        return PictureFacts(
            typical_size=int(statistics.median_low([min(p.width, p.height) for p in self.pictures])),
            all_grey=all(picture.is_grey for picture in self.pictures),
            image_size=own.image_size if own is not None else None,
            horizontal_flip=own.horizontal_flip if own is not None else None,
            class_names=self.class_names,
        )

    @cached_property
    def classes(self) -> tuple[tuple[str, int], ...]:
        """(name, pictures) of each sub-folder that holds any, in natural order; pictures beside them belong to none."""
        counts = Counter(picture.class_name for picture in self.pictures if picture.class_name is not None)
        return tuple((name, counts[name]) for name in in_order(counts))

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of `classes`: what resolving `labels=folders` makes of the folder."""
        return tuple(name for name, _ in self.classes)

    @cached_property
    def total_bytes(self) -> int:
        """Size of all pictures as files."""
        return sum(picture.bytes for picture in self.pictures)


@dataclass(frozen=True, slots=True)
class ScanDone:
    """The last thing a scan says."""

    scan: Scan


def scan(folder: Path) -> Iterator[ScanProgress | ScanDone]:
    """Walk `folder` and its sub-folders and judge each file by decoding it once; `ScanDone` comes last.

    Progress comes at least every 50 files or 0.1 s. Files that are no picture and do not claim to be one are passed
    over in silence. Raises DataError for a folder that is missing, unreadable or holds no usable picture.
    """
    folder = Path(folder)
    require_folder(folder)
    pictures: list[PictureFile] = []
    skipped: list[Skipped] = []
    told_pictures = told_skipped = seen = told_seen = 0
    told_at = time.monotonic()
    for content in walk(folder):
        for entry in content.entries:
            seen += 1
            judged = _judge_entry(entry, folder)
            if isinstance(judged, PictureFile):
                pictures.append(judged)
            elif judged is not None:
                skipped.append(judged)
            if seen - told_seen >= PROGRESS_FILES or time.monotonic() - told_at >= PROGRESS_S:
                new = tuple(pictures[told_pictures:]), tuple(skipped[told_skipped:])
                yield ScanProgress(len(pictures), len(skipped), seen, *new)
                told_pictures, told_skipped, told_seen, told_at = len(pictures), len(skipped), seen, time.monotonic()
    new = tuple(pictures[told_pictures:]), tuple(skipped[told_skipped:])
    yield ScanProgress(len(pictures), len(skipped), seen, *new)
    if not pictures:
        others = seen - len(skipped)
        raise DataError("data.no-pictures", folder=folder, skipped=len(skipped), others=others)
    name, sample_set = _sample_set(folder)
    yield ScanDone(Scan(folder, tuple(pictures), tuple(skipped), name, sample_set))


def scan_all(folder: Path) -> Scan:
    """The scan without its progress."""
    for item in scan(folder):
        if isinstance(item, ScanDone):
            return item.scan
    raise AssertionError("a scan ends with ScanDone or an error")


def judge(path: Path, folder: Path) -> PictureFile | Skipped:
    """Decode one file: a picture, or why it is none. `folder` is what its shown name is relative to."""
    relative = path.relative_to(folder)
    name = displayed_name(str(relative))
    try:
        decoded = decode(path, JUDGED_SIZE)
    except PictureRefusedError as refused:
        return Skipped(path, name, refused.reason_code, REASONS[refused.reason_code])
    image = decoded.image
    return PictureFile(
        path=path,
        name=name,
        width=decoded.width,
        height=decoded.height,
        mode=decoded.mode,
        format=decoded.format,
        has_alpha=has_alpha(image),
        is_grey=is_grey(image),
        bytes=decoded.bytes,
        class_name=class_of(relative),
    )


def _judge_entry(entry: Entry, folder: Path) -> PictureFile | Skipped | None:
    path = Path(entry.path)
    if entry.reason_code is not None:
        name = displayed_name(str(path.relative_to(folder)))
        return Skipped(path, name, entry.reason_code, REASONS[entry.reason_code])
    if not entry.claims_picture and not _looks_like_a_picture(path):
        return None
    return judge(path, folder)


def _looks_like_a_picture(path: Path) -> bool:
    try:
        with open_regular(path) as file:
            return picture_format(file.read(MAGIC_BYTES)) is not None
    except (PictureRefusedError, OSError):
        return False


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
