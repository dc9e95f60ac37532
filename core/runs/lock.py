"""One writer per run folder: a lock that the system itself takes back when its owner dies.

The lock is the system's lock on `run.lock`; what the file says (host, process, since when) is only for whoever is
refused. The file stays when the lock is given back: removing it would let two owners hold locks on two files.
On a file system without locks a second file stands for them.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import Phrase, RunError, phrase_of, showable
from ..reading import open_in_place, read_json
from .atomic import TEMP_SUFFIX

# --- A lock for file systems that have none: a file beside `run.lock` that only one process can make -----
# No system takes it back when its owner dies. It says who that is, and who is refused looks for that process: one that
# has ended, or ran before this computer was started, holds nothing. Of another computer that cannot be told: its claim
# stands until the file is removed.

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


# --- lock ------------------------------------------------------------------------------------------------

LOCK_FILE = "run.lock"

_WAIT_S, _LONGEST_WAIT_S = 0.2, 2.0
_UNKNOWN = {"host": Phrase("owner.this-computer"), "pid": "?", "since": Phrase("owner.just-now")}

#: Characters of what a lock's file says of its owner; anybody may have written it.
LONGEST_WORD = 100

#: Descriptors of the locks that this process holds or tries for.
_held: set[int] = set()


def _let_go() -> None:
    """In a forked child: one that outlives its parent would keep the parent's locks."""
    for descriptor in _held:
        with contextlib.suppress(OSError):
            os.close(descriptor)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


class NoLocksError(Exception):
    """The file system has no locks."""


class Owner(NamedTuple):
    """Who holds a lock, or held it when it died."""

    host: str
    pid: str
    since: str
    alive: bool


@contextmanager
def hold(folder: Path) -> Iterator[Callable[[], bool]]:
    """Hold the lock of a run folder. Raises RunError naming the owner when another process, or this one, has it.

    Gives a function that tells whether the folder of this name still is the one that was locked: the lock goes along
    when it is moved, and another that takes its name is another writer's.
    """
    path = folder / LOCK_FILE
    try:
        descriptor = open_in_place(path, os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise RunError("storage.not-saved", path=path, reason=phrase_of(error)) from error
    owner = os.getpid()
    _held.add(descriptor)
    taken = claimed = False
    try:
        claimed = _take(descriptor, folder)
        taken = True
        _write_owner(descriptor)
        before = folder.stat()
        yield lambda: _is_still(folder, before)
    finally:
        if os.getpid() == owner:  # a forked child has let go of it already
            _held.discard(descriptor)
            if taken:
                with contextlib.suppress(OSError):
                    os.ftruncate(descriptor, 0)
            if claimed:
                give_back(folder / CLAIM_FILE)
            os.close(descriptor)  # gives the lock back


def require_free(folder: Path) -> None:
    """Raises RunError naming the owner while another process holds the lock; takes and changes nothing."""
    claim = folder / CLAIM_FILE
    path, code = (claim, "run.claimed") if claim.exists() else (folder / LOCK_FILE, "run.locked")
    _wait_for(lambda: (owner := owner_of(folder)) is None or not owner.alive, path, code)


def _take(descriptor: int, folder: Path) -> bool:
    """Take the lock, or where there are none the claim; whether it is that. Raises RunError naming the owner."""
    try:
        _wait_for(lambda: _try_lock(descriptor), folder / LOCK_FILE, "run.locked")
    except NoLocksError:
        path = folder / CLAIM_FILE
    else:
        return False
    try:
        _wait_for(lambda: take(path, _who()), path, "run.claimed")
    except OSError as error:
        raise RunError("storage.not-saved", path=path, reason=phrase_of(error)) from error
    return True


def _wait_for(take_it: Callable[[], bool], path: Path, code: str) -> None:
    """Until it is taken. Raises RunError with this code, naming the owner that the file at `path` says.

    Nobody is refused for the moment in which someone asks who the owner is, nor before an owner has written its name.
    """
    began = time.monotonic()
    while not take_it():
        waited_s = time.monotonic() - began
        known = _owner(path)
        if waited_s > _LONGEST_WAIT_S or (waited_s > _WAIT_S and known["pid"] != _UNKNOWN["pid"]):
            raise RunError(
                code, path=path.parent, file=path.name, host=known["host"], pid=known["pid"], since=known["since"]
            )
        time.sleep(_WAIT_S / 10)


def _is_still(folder: Path, before: os.stat_result) -> bool:
    try:
        now = folder.stat()
    except OSError:
        return False
    if os.path.samestat(before, now):
        return True
    # Not every network disk keeps its numbers; on such a one it is what the lock's file says that counts.
    known, own = _owner(folder / LOCK_FILE), _who()
    return all(known[name] == _modest(own[name]) for name in ("host", "pid"))


def owner_of(folder: Path) -> Owner | None:
    """Who holds the lock of a run folder (it may be this process), or has died with it; None: nobody. Never raises."""
    path = folder / LOCK_FILE
    try:
        descriptor = open_in_place(path, os.O_RDWR)
    except OSError:
        return None
    try:
        # Whoever gives a lock back empties the file, so most are never touched here.
        if os.fstat(descriptor).st_size == 0:
            return None
        alive = not _try_lock(descriptor)
    except NoLocksError:
        alive = is_alive(folder / CLAIM_FILE)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return Owner(**{name: str(value) for name, value in _owner(path).items()}, alive=alive)


def _who() -> dict[str, Any]:
    return {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "since": datetime.now().astimezone().isoformat(" ", "seconds"),
    }


def _write_owner(descriptor: int) -> None:
    with contextlib.suppress(OSError):  # on a full disk the lock holds all the same
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps(_who()).encode())


def _owner(path: Path) -> dict[str, object]:
    known: dict[str, object] = dict(_UNKNOWN)
    with contextlib.suppress(OSError, ValueError, TypeError):
        known.update(read_json(path))
    return {name: _modest(known[name]) for name in ("host", "pid", "since")}


def _modest(value: object) -> object:
    if isinstance(value, Phrase):
        return value
    return value if isinstance(value, int) and abs(value) < 2**63 else showable(str(value), LONGEST_WORD)


if sys.platform == "win32":
    import msvcrt

    #: Far behind the text, which whoever is refused must still be able to read.
    _LOCKED_BYTE = 1 << 30

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            raise NoLocksError from error
        return True
