"""Names for new run folders, and whether two paths name the same folder."""

from __future__ import annotations

from pathlib import Path


def new_run_folder(runs_folder: Path, pictures: str) -> Path:
    """The first of "<pictures>-01", "<pictures>-02", … that is not there yet. Nothing is made."""
    # Some systems refuse these characters in a name, and a run folder may be carried there.
    name = "".join("_" if sign in '<>:"/\\|?*' or ord(sign) < 32 else sign for sign in pictures).strip(" .") or "run"
    number = 1
    while (runs_folder / f"{name}-{number:02d}").exists():
        number += 1
    return runs_folder / f"{name}-{number:02d}"


def same_folder(one: Path, other: Path) -> bool:
    """Whether both lead to the same place, also over a link or relative to the working folder."""
    return one.absolute() == other.absolute() or one.resolve() == other.resolve()
