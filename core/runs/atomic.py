"""The only place that writes files that matter: a file is its old self or its new self, whatever happens in between.

The bytes go to a temporary file beside the target, to the disk (fsync), and then take the target's name in one step
(os.replace); last the folder itself goes to the disk. A failed fsync is a failed save.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..errors import Phrase, RunError, phrase_of

#: What a save leaves behind when the machine goes down in the middle of it.
TEMP_SUFFIX = ".ddpm-studio-temp"

#: A save never pauses for so long: what was not written to since then is nobody's.
_ABANDONED_AFTER_S = 60.0

#: What file systems say that know no fsync of folders, such as some on a network.
_NO_SUCH_THING = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write the new content of `path` into, which is put in place when the block ends.

    Raises RunError with the cause in words; whatever is raised, the old content stands and no temporary file is left.
    """
    temp = path.with_name(f"{_temp_prefix(path)}{secrets.token_hex(6)}{TEMP_SUFFIX}")
    try:
        try:
            with temp.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temp.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                temp.unlink()
            raise
        sync_folder(path.parent)
    except OSError as error:
        nowhere = isinstance(error, FileNotFoundError) and not path.parent.is_dir()
        reason = Phrase("system.no-folder") if nowhere else phrase_of(error)
        raise RunError("storage.not-saved", path=path, reason=reason) from error


def replace_file(path: Path, writer: Callable[[BinaryIO], None]) -> None:
    """As `replacing`, with a function that writes."""
    with replacing(path) as file:
        writer(file)


def write_bytes(path: Path, data: bytes) -> None:
    """Put `data` in place of the file's content. Raises RunError."""
    replace_file(path, lambda file: _write_all(file, data))


def write_text(path: Path, text: str) -> None:
    """As `write_bytes`, in UTF-8."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: object) -> None:
    """As `write_text`, with the text of `json_text`."""
    write_text(path, json_text(value))


def json_text(value: object) -> str:
    """JSON that a person can read; ASCII only, so that file names of any bytes survive."""
    return json.dumps(value, indent=2) + "\n"


def move_file(path: Path, folder: Path) -> None:
    """Move a file into another folder of the same disk, which is made where it is missing. Raises RunError."""
    make_folder(folder)
    try:
        path.rename(folder / path.name)
        sync_folder(folder)
        sync_folder(path.parent)
    except OSError as error:
        raise RunError("storage.not-saved", path=folder / path.name, reason=phrase_of(error)) from error


def set_aside(path: Path) -> Path:
    """Give a file that cannot be read a name that none has, `notes.damaged.json`; that path. Raises RunError."""
    number, aside = 1, path.with_suffix(f".damaged{path.suffix}")
    while aside.exists():
        number += 1
        aside = path.with_suffix(f".damaged-{number}{path.suffix}")
    try:
        path.rename(aside)
    except OSError as error:
        raise RunError("storage.not-saved", path=path, reason=phrase_of(error)) from error
    return aside


def remove_file(path: Path) -> None:
    """Remove a file; one that is gone already is no error. Raises RunError."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise RunError("storage.not-removed", path=path, reason=phrase_of(error)) from error


def make_folder(path: Path) -> None:
    """Make a folder and those above it; one that is there already is no error. Raises RunError."""
    try:
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        path.mkdir(parents=True, exist_ok=True)
        for folder in reversed(missing):
            sync_folder(folder.parent)
    except OSError as error:
        raise RunError("storage.not-saved", path=path, reason=phrase_of(error)) from error


def make_subfolder(path: Path) -> None:
    """As `make_folder`, but only in a folder that is there: one that was renamed meanwhile is not made anew."""
    if not path.parent.is_dir():
        raise RunError("storage.not-saved", path=path, reason=Phrase("system.no-folder"))
    make_folder(path)


def remove_stale_temps(folder: Path) -> int:
    """Remove what interrupted saves left in `folder`, and how many; only for whoever alone may write there."""
    removed = 0
    with contextlib.suppress(OSError):
        for temp in folder.glob(f".*{TEMP_SUFFIX}"):
            with contextlib.suppress(OSError):
                temp.unlink()
                removed += 1
    return removed


def remove_abandoned_temps(path: Path) -> None:
    """Remove what saves that were killed have left, where others may write.

    path: a file beside which they are, or a folder: then those of all files in it.
    """
    folder, prefix = (path, ".") if path.is_dir() else (path.parent, _temp_prefix(path))
    with contextlib.suppress(OSError):
        for temp in folder.glob(f"{prefix}*{TEMP_SUFFIX}"):
            with contextlib.suppress(OSError):
                if time.time() - temp.stat().st_mtime > _ABANDONED_AFTER_S:
                    temp.unlink()


def _temp_prefix(path: Path) -> str:
    """How a save's temporary file begins: it says whose it is, however long that name is."""
    return f".{zlib.crc32(os.fsencode(path.name)):08x}-"


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk, where the platform can open folders."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SUCH_THING:
            raise
    finally:
        os.close(descriptor)


def _write_all(file: BinaryIO, data: bytes) -> None:
    file.write(data)
