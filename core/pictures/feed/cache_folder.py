"""Where decoded pictures are kept between trainings, how much room they may take, and which are given up first."""

from __future__ import annotations

import contextlib
import math
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ...errors import ConfigError, Phrase, StudioError
from ...runs import lock

#: The folder, and how many GB (10⁹ bytes) it may take; 0 keeps nothing.
FOLDER_VARIABLE = "DDPM_STUDIO_CACHE"
GIGABYTES_VARIABLE = "DDPM_STUDIO_CACHE_GB"
DEFAULT_BYTES = 20 * 10**9
#: Left free on the disk whatever the quota says.
KEPT_FREE_BYTES = 1 << 30

#: Stands for no place at all: nothing is below it, and nothing can be made there.
NOWHERE = Path(os.devnull) / "ddpm-studio"

HEADER = "cache.json"
#: Everything that a cache's folder may hold; nothing else is ever removed.
FILES = (HEADER, "rows.bin", "index.bin")
#: What a cache's folder is called: the digest of what is in it.
NAME_BYTES = 12
NAME = re.compile(f"[0-9a-f]{{{2 * NAME_BYTES}}}")
_FOLDER = "pictures"


class Taken(NamedTuple):
    """What is kept in a place."""

    caches: int
    bytes: int  #: on the disk
    used: int  #: caches that a training reads now


@dataclass(frozen=True, slots=True)
class CachePlace:
    """Where caches lie, and what they may take together."""

    folder: Path
    quota_bytes: int = DEFAULT_BYTES

    @classmethod
    def usual(cls, folder: Path | None = None, quota_bytes: int | None = None) -> CachePlace:
        """What the environment says, else what is given, else the user's cache folder.

        Raises ConfigError for an environment whose quota is none.
        """
        gigabytes = os.environ.get(GIGABYTES_VARIABLE)
        if gigabytes:
            quota_bytes = _bytes_of(gigabytes)
        place = usual_folder(folder)
        usual_bytes = DEFAULT_BYTES if quota_bytes is None else quota_bytes
        return cls(place, 0 if place == NOWHERE else usual_bytes)

    @property
    def caches(self) -> Path:
        """The folder with one folder per cache."""
        return self.folder / _FOLDER

    def make_room(self, needed_bytes: int, keep: Path) -> bool:
        """Give up the caches that were used longest ago until `needed_bytes` more fit; whether they do.

        keep: a cache that stays. Caches in use stay too.
        """
        if needed_bytes > self.quota_bytes:
            return False
        found = sorted(_found(self.caches), key=lambda cache: cache[1])
        taken = sum(size for _, _, size in found)
        for folder, _, size in found:
            if taken + needed_bytes <= self.quota_bytes and self._fits_the_disk(needed_bytes):
                break
            if folder != keep and _remove(folder):
                taken -= size
        return taken + needed_bytes <= self.quota_bytes and self._fits_the_disk(needed_bytes)

    def taken(self) -> Taken:
        """What is kept here now. Asks the disk: for a background thread."""
        found = list(_found(self.caches))
        return Taken(len(found), sum(size for _, _, size in found), sum(_is_used(folder) for folder, _, _ in found))

    def empty(self) -> Iterator[None]:
        """Give up every cache that is not in use, one with each step."""
        for folder, _, _ in list(_found(self.caches)):
            _remove(folder)
            yield

    def _fits_the_disk(self, needed_bytes: int) -> bool:
        folder = next(folder for folder in (self.caches, *self.caches.parents) if folder.exists())
        return shutil.disk_usage(folder).free >= needed_bytes + KEPT_FREE_BYTES


def usual_folder(folder: Path | None = None) -> Path:
    """The folder of `CachePlace.usual`; NOWHERE for a user without a home."""
    wished = os.environ.get(FOLDER_VARIABLE)
    if wished:  # as a shell has it: ~ of nobody stays as it is. pathlib raises RuntimeError
        return Path(os.path.expanduser(wished))  # noqa: PTH111
    if folder is not None:
        return folder
    try:
        return _users_cache() / "ddpm-studio"
    except RuntimeError:  # neither HOME nor an entry in the list of users, as in many a container
        return NOWHERE


def why_nothing_is_kept() -> str:
    """Why the usual place takes nothing, in words; "" where it does, or where nothing is to be kept."""
    place = CachePlace.usual()
    if place.folder == NOWHERE:
        return "there is no home folder"
    there = next(folder for folder in (place.folder, *place.folder.parents) if _is_there(folder))
    if place.quota_bytes and not os.access(there, os.W_OK | os.X_OK):
        return f"{there} cannot be written"
    return ""


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:  # not even that may be asked
        return False


def _bytes_of(gigabytes: str) -> int:
    try:
        number = float(gigabytes)
    except ValueError:
        number = -1.0
    if not (math.isfinite(number) and number >= 0):
        raise ConfigError(
            "config.bad-value", name=GIGABYTES_VARIABLE, value=gigabytes, expected=Phrase("value.number-from")
        )
    return int(number * 10**9)


def _users_cache() -> Path:
    """The platform's folder for what can be made again."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _found(caches: Path) -> Iterator[tuple[Path, float, int]]:
    """(folder, when it was last used, bytes on the disk) of each cache."""
    with contextlib.suppress(OSError):
        for folder in caches.iterdir():
            with contextlib.suppress(OSError):
                # Where it is may be chosen: a folder called pictures may well be there, and hold somebody's own.
                if NAME.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink():
                    yield folder, _used_at(folder), sum(_bytes_on_disk(folder / name) for name in FILES)


def _used_at(folder: Path) -> float:
    try:
        return (folder / HEADER).stat().st_mtime
    except OSError:  # never finished: the first to go
        return 0.0


def _bytes_on_disk(path: Path) -> int:
    """What a file takes; one with holes takes less than it is long."""
    try:
        found = path.stat()
    except OSError:
        return 0
    return found.st_blocks * 512 if hasattr(found, "st_blocks") else found.st_size


def _is_used(folder: Path) -> bool:
    owner = lock.owner_of(folder)
    return owner is not None and owner.alive


def _remove(folder: Path) -> bool:
    """Remove a cache that nobody uses; whether it is gone."""
    if _is_used(folder):
        return False
    try:
        with lock.hold(folder):
            for name in FILES:
                (folder / name).unlink(missing_ok=True)
        # Whoever waits for the lock meanwhile finds no folder to write to, and does without.
        (folder / lock.LOCK_FILE).unlink(missing_ok=True)
        folder.rmdir()
    except (OSError, StudioError):
        return not (folder / HEADER).exists()
    return True
