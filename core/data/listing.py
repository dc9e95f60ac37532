"""Walks a folder and its sub-folders: which files there are, in an order that never changes. Opens nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import DataError
from ..storage.atomic import words_of
from ..storage.runs import RUN_FILE
from .names import natural_key

#: Extensions that claim to be a picture.
PICTURE_EXTENSIONS = {
    ".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".webp", ".bmp", ".dib", ".gif", ".tif", ".tiff",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a folder that may be a picture."""

    path: str
    claims_picture: bool  #: by its extension
    reason_code: str | None = None  #: why it is refused without being opened; None for a regular file


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder's content, in natural order."""

    entries: tuple[Entry, ...]


def require_folder(folder: Path) -> None:
    """Raises DataError unless this is a folder whose content may be listed."""
    try:
        is_folder = stat.S_ISDIR(folder.stat().st_mode)
        if is_folder:
            os.scandir(folder).close()
    except (FileNotFoundError, NotADirectoryError):
        raise DataError("data.folder-missing", folder=folder) from None
    except (OSError, ValueError) as error:
        reason = words_of(error) if isinstance(error, OSError) else str(error)
        raise DataError("data.folder-unreadable", folder=folder, reason=reason) from None
    if not is_folder:
        raise DataError("data.not-a-folder", folder=folder)


def walk(root: Path) -> Iterator[Folder]:
    """Each folder's content, a folder's own before its sub-folders'.

    A run folder below `root` is left out: its sample grids are pictures too, and a run would train on its own.
    A link to a folder inside `root` is not followed (the folder comes by itself), one to outside is, once.
    """
    real_root = os.path.realpath(root)
    visited: set[tuple[int, int]] = set()
    waiting = [os.fspath(root)]
    while waiting:
        folder = waiting.pop()
        try:
            identity = Path(folder).stat()
            if (identity.st_dev, identity.st_ino) in visited:
                continue
            visited.add((identity.st_dev, identity.st_ino))
            with os.scandir(folder) as found:
                content = sorted(found, key=lambda entry: natural_key(entry.name))
        except OSError:
            yield Folder((Entry(folder, False, "folder-unreadable"),))
            continue
        folders = []
        entries = []
        for entry in content:
            if _is_folder(entry):
                if Path(entry.path, RUN_FILE).is_file():
                    continue
                if not entry.is_symlink() or not _is_inside(os.path.realpath(entry.path), real_root):
                    folders.append(entry.path)
                if claims_picture(entry.name):
                    entries.append(Entry(entry.path, True, "folder"))
            elif (judged := _judge(entry)) is not None:
                entries.append(judged)
        yield Folder(tuple(entries))
        waiting.extend(reversed(folders))


def claims_picture(name: str) -> bool:
    """Whether the name's extension is a picture's."""
    stem, _, extension = name.rpartition(".")
    return bool(stem) and f".{extension.lower()}" in PICTURE_EXTENSIONS


def _judge(entry: os.DirEntry[str]) -> Entry | None:
    """A regular file, or what keeps it from being one; None for what is neither a file nor claims to be a picture."""
    claims = claims_picture(entry.name)
    try:
        if entry.is_file():
            return Entry(entry.path, claims)
        # is_file() answers False for a link to nowhere; asking for its target says why.
        entry.stat()
        reason_code = "not-a-file"
    except FileNotFoundError:
        reason_code = "dangling-link" if entry.is_symlink() else "gone"
    except OSError:
        reason_code = "link-loop" if entry.is_symlink() else "unreadable"
    return Entry(entry.path, claims, reason_code) if claims else None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_inside(path: str, real_root: str) -> bool:
    return path == real_root or path.startswith(real_root.rstrip(os.sep) + os.sep)
