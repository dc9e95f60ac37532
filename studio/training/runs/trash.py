"""Puts a run where it can be had back: into the system's trash, or where there is none beside the other runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QFile

from core.runs.atomic import remove_file
from core.runs.moving import move_run, put_away, require_free


@dataclass(frozen=True, slots=True)
class Trashed:
    """A run that was put away."""

    folder: Path  #: where it was
    kept: Path | None  #: where it is now; None: in the trash, under a name that the system does not tell
    in_trash: bool  #: the system's; else in the folder beside the runs


def to_trash(folder: Path, runs_folder: Path) -> Trashed:
    """Put a run away. Raises RunError for one that is being trained, and where it cannot be moved."""
    require_free(folder)
    file = QFile(str(folder))
    if file.moveToTrash():
        kept = Path(file.fileName())
        return Trashed(folder, kept if kept != folder and kept.is_dir() else None, in_trash=True)
    return Trashed(folder, put_away(folder, runs_folder), in_trash=False)


def restore(trashed: Trashed) -> Path:
    """Bring it back to where it was. Raises RunError."""
    assert trashed.kept is not None
    back = move_run(trashed.kept, trashed.folder)
    if trashed.in_trash:
        # What the trash of a Linux desktop wrote of it, beside it (freedesktop.org, Trash specification 1.0).
        note = trashed.kept.parent.parent / "info" / f"{trashed.kept.name}.trashinfo"
        if trashed.kept.parent.name == "files" and note.is_file():
            remove_file(note)
    return back
