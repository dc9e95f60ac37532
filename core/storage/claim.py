"""A lock for file systems that have none: a file beside `run.lock` that only one process can make.

No system takes it back when its owner dies. It says who that is, and who is refused looks for that process: one that
has ended, or ran before this computer was started, holds nothing. Of another computer that cannot be told: its claim
stands until the file is removed.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import time
from pathlib import Path
from typing import Any

from ..reading import read_json
from .atomic import TEMP_SUFFIX

CLAIM_FILE = "run.claim"

#: Between making the file and writing into it; later, an empty one is of somebody who died in between.
_WRITTEN_WITHIN_S = 5.0
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

#: The claims that this process holds.
_own: set[Path] = set()


def take(path: Path, owner: dict[str, Any]) -> bool:
    """Make the file, which says who the `owner` is (host, pid, …); False when a live one has it. Raises OSError."""
    for _ in range(2):
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o644)
        except FileExistsError:
            if is_alive(path):
                return False
            _remove_dead(path)
            continue
        _own.add(path.absolute())
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(json.dumps({**owner, "boot": _boot()}).encode())
        except OSError:
            give_back(path)
            raise
        return True
    return False


def give_back(path: Path) -> None:
    """Remove this process's own claim."""
    _own.discard(path.absolute())
    with contextlib.suppress(OSError):
        path.unlink()


def is_alive(path: Path) -> bool:
    """Whether whoever made the file may still be at work; never raises."""
    try:
        made_at = path.stat().st_mtime
        owner = read_json(path)
        host, pid, boot = owner["host"], owner["pid"], owner["boot"]
    except FileNotFoundError:
        return False
    except (OSError, ValueError, TypeError, KeyError):
        return abs(time.time() - made_at) < _WRITTEN_WITHIN_S
    if host != socket.gethostname():
        return True
    if pid == os.getpid():
        return path.absolute() in _own
    return boot == _boot() and _runs(pid)


def _runs(pid: object) -> bool:
    if type(pid) is not int or not 0 < pid < 2**31:
        return False
    try:
        os.kill(pid, 0)  # asks, and sends nothing; Windows, where it would, has locks everywhere
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove_dead(path: Path) -> None:
    """Remove a dead one's claim, and not that of somebody who was quicker: there are a few microseconds for that."""
    aside = path.with_name(f".{secrets.token_hex(6)}{TEMP_SUFFIX}")
    with contextlib.suppress(FileNotFoundError):
        said = path.read_bytes()
        path.rename(aside)
        if aside.read_bytes() != said:
            aside.rename(path)
        else:
            aside.unlink()


def _boot() -> str:
    """Another word each time that this computer is started; empty where the system has none."""
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except (OSError, UnicodeError):
        return ""
