"""Going back to an earlier step of a run: what was made after it is moved aside, never overwritten or lost."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from .atomic import move_file
from .checkpoint_files import files_after
from .runs import Run

#: A milestone N of denoising-diffusion-pytorch: model-N.pt and sample-N.png.
_MILESTONE_FILE = re.compile(r"(?:model-(\d+)\.pt|sample-(\d+)\.png)", re.ASCII)
_GRID = re.compile(r"step-(\d+)\.png", re.ASCII)


def milestones_after(folder: Path, milestone: int) -> list[Path]:
    """The model-N.pt and sample-N.png with N above `milestone`, in order of N; none where there is no such folder."""
    return _numbered_above(folder, _MILESTONE_FILE, milestone)


def set_aside(run: Run, *, step: int, milestone: int, keep: Collection[Path] = ()) -> Path | None:
    """Move what the run's folder holds of later steps and milestones into a new folder inside it; with the lock held.

    keep: files that stay. Returns that folder, or None when there was nothing. Raises RunError.
    """
    later = [
        *(path for path in milestones_after(run.folder, milestone) if path not in keep),
        *files_after(run.checkpoints_folder, step),
        *_numbered_above(run.samples_folder, _GRID, step),
    ]
    if not later:
        return None
    aside = new_folder(run.folder / f"after-step-{step:08d}")
    for path in later:
        move_file(path, aside / path.parent.relative_to(run.folder))
    run.log(f"went back to step {step}; {len(later)} files of later steps are in {aside.name}")
    return aside


def _numbered_above(folder: Path, pattern: re.Pattern[str], number: int) -> list[Path]:
    found: list[tuple[int, Path]] = []
    for path in folder.iterdir() if folder.is_dir() else ():
        match = pattern.fullmatch(path.name)
        if match is not None and (own := int(next(filter(None, match.groups())))) > number:
            found.append((own, path))
    return [path for _, path in sorted(found)]


def new_folder(wished: Path) -> Path:
    """`wished`, or the same with a number: a folder that is not there yet."""
    path, count = wished, 0
    while path.exists():
        count += 1
        path = wished.with_name(f"{wished.name}.{count}")
    return path
