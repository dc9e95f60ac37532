"""Walks a folder and its sub-folders: which files there are, in an order that never changes. Opens nothing."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...errors import DataError, phrase_of
from ...runs.run import RUN_FILE
from .file_table import FileTable, FolderFiles
from .names import natural_key
from .reasons import reason_of

# --- Folders that are no data: hidden ones, and those that systems and other programs keep among a person's pictures.
# Deleted photographs, thumbnails and copies that a program made for itself lie there: trained on, they would count
# twice, come back from the bin, or become a class of their own.

#: Names in small letters, of folders that do not begin with a dot; those that do are all hidden.
SYSTEM_FOLDERS = {
    "$recycle.bin", "recycler", "recycled", "system volume information", "$winreagent", "msocache",  # Windows
    "__macosx", "network trash folder", "temporary items", "desktop db", "thevolumesettingsfolder",  # macOS
    "lost+found",  # Linux
    "@eadir", "#recycle", "#snapshot", "@recycle", "@recently-snapshot", "@tmp", "@sharebin",  # storage on networks
    "__pycache__", "node_modules",  # programmers' tools
}  # fmt: skip
#: Of a folder in which a program keeps previews, whatever stands before.
_SYSTEM_ENDINGS = (".lrdata",)
_WINDOWS_HIDDEN = stat.FILE_ATTRIBUTE_HIDDEN | stat.FILE_ATTRIBUTE_SYSTEM


def is_hidden_folder(name: str, status: os.stat_result | None = None) -> bool:
    """Whether a folder of this name, below the one that was chosen, holds no pictures that a person put there."""
    small = name.lower()
    if name.startswith(".") or small in SYSTEM_FOLDERS or small.endswith(_SYSTEM_ENDINGS):
        return True
    if status is None:
        return False
    return bool(
        getattr(status, "st_file_attributes", 0) & _WINDOWS_HIDDEN or getattr(status, "st_flags", 0) & stat.UF_HIDDEN
    )


# --- listing ---------------------------------------------------------------------------------------------

#: Extensions that claim to be a picture, of kinds that are not read too: such a file is told, never passed over.
PICTURE_EXTENSIONS = {
    ".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".webp", ".bmp", ".dib", ".gif", ".tif", ".tiff",
    ".avif", ".avifs", ".heic", ".heif", ".hif", ".jxl", ".jp2", ".j2k", ".jpx", ".jxr", ".tga", ".psd", ".exr", ".hdr",
    ".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf", ".rw2", ".pef", ".srw",
}  # fmt: skip
#: What a Mac writes beside each file on a disk that is not its own; it has the file's extension.
_APPLE_DOUBLE = "._"
#: How often the walk says how far it is.
PROGRESS_S = 0.05
#: Names looked at between two looks at the clock.
_STRIDE = 128
#: Files that are told while the walk is still at work: a window full of thumbnails.
FIRST_FILES = 100


@dataclass(frozen=True, slots=True)
class ListingProgress:
    """How far the walk is."""

    found: int  #: files so far whose names claim a picture
    seen: int  #: files so far
    first: tuple[Path, ...]  #: a few of those found, none empty, as the disk gave them: no order is known yet

    @property
    def skipped(self) -> int:
        """Nothing is judged yet."""
        return 0


def require_folder(folder: Path) -> None:
    """Raises DataError unless this is a folder whose content may be listed."""
    try:
        is_folder = stat.S_ISDIR(folder.stat().st_mode)
        if is_folder:
            os.scandir(folder).close()
    except (FileNotFoundError, NotADirectoryError):
        raise DataError("data.folder-missing", folder=folder) from None
    except (OSError, ValueError) as error:
        raise DataError("data.folder-unreadable", folder=folder, reason=phrase_of(error)) from None
    if not is_folder:
        raise DataError("data.not-a-folder", folder=folder)


def claims_picture(name: str) -> bool:
    """Whether the name's extension is a picture's."""
    dot = name.rfind(".")
    return dot > 0 and name[dot:].lower() in PICTURE_EXTENSIONS and not name.startswith(_APPLE_DOUBLE)


def list_files(root: Path, *, hidden: bool = False) -> Iterator[ListingProgress | FileTable]:
    """Every file below `root`, as a table that comes last; progress comes first, and every PROGRESS_S.

    hidden: look into hidden folders and those of other programs too; else each is a row that says so.
    What is neither a file nor has a picture's name is left out. So is a run folder below `root`: its sample grids are
    pictures too, and a run would train on its own. A link to a file counts like the file. A link to a folder inside
    `root` is not followed (the folder comes by itself), one to outside is, once.
    """
    yield from _Walk(root, hidden).walk()


@dataclass(slots=True)
class _Waiting:
    """A folder that is still to be looked into."""

    relative: str
    linked: bool  #: reached through a link, so that it may be reached again


class _Walk:
    def __init__(self, root: Path, hidden: bool) -> None:
        self._root = root
        self._hidden = hidden
        self._real_root = os.path.realpath(root)
        self._table = FileTable(root)
        self._visited: set[tuple[int, int]] = set()  # of the folders behind links: the others come once by themselves
        self._first: list[Path] = []
        self._found = self._seen = 0
        self._told_at = float("-inf")

    def walk(self) -> Iterator[ListingProgress | FileTable]:
        waiting = [_Waiting("", linked=False)]
        while waiting:
            files = FolderFiles()
            inner: list[_Waiting] = []
            yield from self._look_into(waiting.pop(), files, inner)
            for _ in self._table.add_files(files):
                yield from self._progress()
            inner.sort(key=lambda one: natural_key(one.relative), reverse=True)
            waiting += inner
        yield ListingProgress(self._found, self._seen, tuple(self._first))
        yield self._table

    def _look_into(self, folder: _Waiting, files: FolderFiles, inner: list[_Waiting]) -> Iterator[ListingProgress]:
        path = os.path.join(self._root, folder.relative) if folder.relative else os.fspath(self._root)  # noqa: PTH118
        try:
            status = os.stat(path)  # noqa: PTH116 (a Path for each of a million folders would double the time)
            if folder.linked and not self._is_new(path, status):
                return
            place = self._table.add_folder(folder.relative, status.st_mtime_ns)
            with os.scandir(path) as found:
                for number, entry in enumerate(found):
                    self._take(entry, folder, place, files, inner)
                    if number % _STRIDE == 0:
                        yield from self._progress()
        except OSError:
            # As a file of the folder above: it is the folder itself that is refused.
            above, name = os.path.split(folder.relative)
            self._seen += 1
            files.add(name, self._place_of(above), None, claims=True, code="folder-unreadable")

    def _place_of(self, relative: str) -> int:
        for place in reversed(range(len(self._table.folders))):
            if self._table.folders[place] == relative:
                return place
        return self._table.add_folder(relative, 0)

    def _is_new(self, path: str, status: os.stat_result) -> bool:
        """Whether a folder behind a link is neither one of ours nor one that another link led to."""
        identity = status.st_dev, status.st_ino
        if identity in self._visited or _is_inside(os.path.realpath(path), self._real_root):
            return False
        self._visited.add(identity)
        return True

    def _take(
        self, entry: os.DirEntry[str], folder: _Waiting, place: int, files: FolderFiles, inner: list[_Waiting]
    ) -> None:
        name = entry.name
        claims = claims_picture(name)
        code, status = "", None
        try:
            status = entry.stat()
            if not stat.S_ISREG(status.st_mode):
                code = "folder" if stat.S_ISDIR(status.st_mode) else "not-a-file"
        except OSError as error:
            code = reason_of(error, is_link=entry.is_symlink())
        if code == "folder" and not self._hidden and is_hidden_folder(name, status):
            self._seen += 1
            files.add(name, place, None, claims=True, code="other-programs")
            return
        if code == "folder" and not self._is_wanted(entry, folder, inner):
            return
        if claims or not code:
            files.add(name, place, status, claims=claims, code=code)
            self._seen += 1
            if claims:
                self._found += 1
                if status is not None and not code and status.st_size and len(self._first) < FIRST_FILES:
                    self._first.append(Path(entry.path))

    def _is_wanted(self, entry: os.DirEntry[str], folder: _Waiting, inner: list[_Waiting]) -> bool:
        """Whether a folder is no run's; it is looked into later then."""
        if os.path.isfile(os.path.join(entry.path, RUN_FILE)):  # noqa: PTH113, PTH118
            return False
        linked = folder.linked or entry.is_symlink()
        inner.append(_Waiting(os.path.join(folder.relative, entry.name), linked))  # noqa: PTH118
        return True

    def _progress(self) -> Iterator[ListingProgress]:
        now = time.monotonic()
        if now - self._told_at >= PROGRESS_S:
            self._told_at = now
            yield ListingProgress(self._found, self._seen, tuple(self._first))


def _is_inside(path: str, real_root: str) -> bool:
    return path == real_root or path.startswith(real_root.rstrip(os.sep) + os.sep)
