"""What a scan has found until now, for a grid that fills while the folder is still being looked through."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from core.pictures.decode.pool import Refused, results, warm_up
from core.pictures.folder.listing import FIRST_FILES, ListingProgress
from core.pictures.folder.names import displayed_name
from core.pictures.folder.picture_files import Pictures
from core.pictures.folder.scan import Listed, ScanDone, ScanProgress, scan

#: Where fewer than FIRST_FILES were found by then, those are judged.
FIRST_S = 0.15


class FoundPictures(Protocol):
    """Pictures that may be shown, by number."""

    def __len__(self) -> int: ...

    def name(self, place: int, /) -> str:
        """As it is shown."""
        ...

    def path(self, place: int, /) -> str:
        """Where it lies."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """How far a scan is."""

    found: int  #: pictures
    seen: int  #: files
    of: int  #: files in all; 0 as long as they are listed
    pictures: FoundPictures  #: judged, so that they can be decoded here
    in_order: bool  #: they stand where they will stand at the end


class FirstPictures:
    """Some pictures of a folder whose order is not known yet."""

    def __init__(self, root: Path, paths: tuple[Path, ...] = ()) -> None:
        self._root, self._paths = root, paths

    def __len__(self) -> int:
        return len(self._paths)

    def name(self, place: int, /) -> str:
        """Relative to the folder."""
        return displayed_name(str(self._paths[place].relative_to(self._root)))

    def path(self, place: int, /) -> str:
        """Where it lies."""
        return str(self._paths[place])


def scan_finding(folder: Path, *, hidden: bool = False) -> Iterator[Found | ScanDone]:
    """`core.pictures.folder.scan.scan`, telling all that is found by now instead of what is new."""
    folder = Path(folder)
    warm_up()
    first = _First(folder)
    with closing(first):
        for event in scan(folder, hidden=hidden):
            match event:
                case ListingProgress():
                    yield Found(event.found, event.seen, 0, first.after(event), in_order=False)
                case Listed():
                    first.close()
                    yield Found(event.found, event.seen, 0, first.pictures, in_order=False)
                case ScanProgress():
                    new = event.new_pictures
                    assert isinstance(new, Pictures)
                    yield Found(event.found, event.seen, event.of, new.verdicts.pictures(0, event.seen), in_order=True)
                case ScanDone():
                    yield event


class _First:
    """Judges a window full of pictures in the helpers, which nothing is decoded without, while the listing goes on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.pictures = FirstPictures(folder)
        self._good: list[Path] = []
        self._asked = 0  # files that are judged, or were
        self._judging: Generator[tuple[Path, Any] | None, None, None] | None = None
        self._began_s = time.monotonic()

    def after(self, listing: ListingProgress) -> FirstPictures:
        """What is known by now. A folder that is listed sooner than it fills a window needs none of it."""
        new = listing.first[self._asked :]
        waited = time.monotonic() - self._began_s >= FIRST_S
        if self._judging is None and new and (len(listing.first) >= FIRST_FILES or waited):
            self._asked += len(new)
            self._judging = results("judge", ((path, str(path)) for path in new))
        for item in self._judging or ():
            if item is None:
                break
            path, result = item
            if not isinstance(result, Refused):
                self._good.append(path)
        else:
            self._judging = None
        if len(self._good) > len(self.pictures):
            self.pictures = FirstPictures(self._folder, tuple(self._good))
        return self.pictures

    def close(self) -> None:
        """Leave the helpers to others."""
        if self._judging is not None:
            self._judging.close()
