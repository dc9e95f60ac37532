"""Renames a run's folder, puts it away where it can be had back, and brings it back. Nothing is ever deleted."""

from __future__ import annotations

import re
from pathlib import Path

from ..errors import Phrase, RunError, phrase_of
from . import lock
from .atomic import make_folder, sync_folder

#: Where runs are put away on a system that has no trash, in the folder of the runs.
TRASH = ".trash"
#: As long as file systems take a name, in bytes.
LONGEST_NAME = 200

_NOT_IN_A_NAME = re.compile(r'[\x00-\x1f<>:"/\\|?*]')


def rename_run(folder: Path, name: str) -> Path:
    """Give a run's folder another name, and say which path it has then. Raises RunError.

    A run that is being trained is refused, by its lock. The lock is given back before the folder is renamed, since one
    system renames nothing that is open: who begins to train in that moment is told that the run is gone.
    """
    name = name.strip()
    if name == folder.name:
        return folder
    to = folder.parent / name if name.casefold() == folder.name.casefold() else named_folder(folder.parent, name)
    require_free(folder)
    return move_run(folder, to)


def put_away(folder: Path, runs_folder: Path) -> Path:
    """Move a run into the folder `TRASH` beside the others, and say where it is. Raises RunError."""
    require_free(folder)
    make_folder(runs_folder / TRASH)
    return move_run(folder, free_name(runs_folder / TRASH / folder.name))


def move_run(folder: Path, to: Path) -> Path:
    """Rename a folder to a path that is free, on the same disk. Raises RunError."""
    try:
        if to.exists() and not to.samefile(folder):
            raise RunError("run.not-renamed", path=folder, name=to.name, reason=Phrase("run-name.taken"))
        folder.rename(to)
        sync_folder(to.parent)
        sync_folder(folder.parent)
    except OSError as error:
        raise RunError("run.not-renamed", path=folder, name=to.name, reason=phrase_of(error)) from error
    return to


def require_free(folder: Path) -> None:
    """Raises RunError naming who trains the run."""
    with lock.hold(folder):
        pass


def free_name(wished: Path) -> Path:
    """`wished`, or the same with a number: a path that nothing has."""
    path, count = wished, 1
    while path.exists():
        count += 1
        path = wished.with_name(f"{wished.name}-{count}")
    return path


def named_folder(parent: Path, name: str) -> Path:
    """The folder that a run of this name would have. Raises RunError for what cannot be a name, or is taken."""
    name = name.strip()
    bad = not name or _NOT_IN_A_NAME.search(name) or name.startswith(".") or name.endswith(".")
    if bad or not name.isprintable() or len(name.encode("utf-8", "replace")) > LONGEST_NAME:
        raise RunError("run.bad-name", name=name, reason=Phrase("run-name.bad", most=LONGEST_NAME))
    if (parent / name).exists():
        raise RunError("run.bad-name", name=name, reason=Phrase("run-name.taken"))
    return parent / name
