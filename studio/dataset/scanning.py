"""Looks through one folder at a time in the background; the last one asked for wins."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from ..latest import Latest, Underway
from .shown import FolderFacts

if TYPE_CHECKING:
    from core.pictures.folder.scan import Scan


#: Skipped files that are listed; a folder of a million damaged ones has a million of them.
LISTED_SKIPPED = 5000
#: What the window then shows the folder with: loaded beforehand, here, as the window would stand still meanwhile. It
#: makes no class of Qt's kind (see warmup.import_rooms).
SHOWN_WITH = ("core.pictures.folder.arranging", "studio.dataset.preview")


class ScannedFolder(NamedTuple):
    """A scan, and what the room says of it."""

    scan: Scan
    facts: FolderFacts
    current: int = -1  #: the place of the first picture that was asked for by name; -1: it is not there
    selected: tuple[int, ...] = ()  #: the places of all that were asked for


def folder_facts(scan: Scan, title: str | None = None) -> FolderFacts:
    """What the head of the room says of a folder. `title` in place of the path."""
    pictures, path = scan.pictures, shown_path(scan.folder)
    return FolderFacts(
        folder=path,
        title=title or path,
        pictures=len(pictures),
        smallest_px=int(min(pictures.widths.min(), pictures.heights.min())),
        largest_px=int(max(pictures.widths.max(), pictures.heights.max())),
        skipped=tuple((s.name, s.code) for s in scan.skipped[:LISTED_SKIPPED]),
        skipped_total=len(scan.skipped),
        any_transparent=bool(pictures.have_alpha.any()),
        hidden_folders=scan.hidden_folders,
        classes=scan.classes,
    )


def shown_path(folder: Path) -> str:
    """The path as people write it: ~/pictures/faces. What is no text in it shows as U+FFFD."""
    from core.pictures.folder.names import displayed_name

    text, home = displayed_name(str(folder)), os.path.expanduser("~")  # noqa: PTH111 (pathlib raises where there is no home)
    return "~" + text[len(home) :] if text.startswith(home + os.sep) else text


class FolderScan(Latest):
    """Looks through one folder at a time: `progressed` with a found.Found, `answered` with a ScannedFolder."""

    cancelled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("scan", parent)

    @Slot()
    def prepare(self) -> None:
        """A folder is about to be chosen: who decodes its first pictures is started meanwhile."""
        from core.pictures.decode.pool import warm_up

        warm_up()

    def open(self, folder: Callable[[], Path], title: str, *, find: tuple[str, ...] = (), hidden: bool = False) -> None:
        """Look through a folder; `folder` names it on the background thread (a sample set is unpacked there).

        find: pictures' paths below the folder, whose places the result is to tell. hidden: hidden folders too.
        """
        self.ask(lambda: _looked_through(folder, title, find, hidden))

    @Slot()
    def cancel(self) -> None:
        """Stop; `cancelled` follows at once, the thread ends when it next yields."""
        if self.busy:
            self.forget()
            self.cancelled.emit()


def _looked_through(
    folder: Callable[[], Path], title: str, find: tuple[str, ...], hidden: bool
) -> Iterator[Underway | ScannedFolder]:
    from core.pictures.folder.scan import ScanDone

    from .found import scan_finding

    for event in scan_finding(folder(), hidden=hidden):
        if isinstance(event, ScanDone):
            for name in SHOWN_WITH:
                importlib.import_module(name)
            event.scan.facts()  # kept by the scan, so that the window need not compute it
            current, selected = (event.scan.pictures.places_of(part).tolist() for part in (find[:1], find))
            facts = folder_facts(event.scan, title)
            yield ScannedFolder(event.scan, facts, current[0] if current else -1, tuple(selected))
        else:
            yield Underway(event)
