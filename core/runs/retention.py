"""Which checkpoints of a run are kept: the newest, the best, the pinned; and what a save that was cut off has left.

Save first, prune after. A checkpoint counts when it is whole, down to its SHA-256. A damaged one takes nobody's place:
it goes as soon as a later one is whole, and stays until then, for whoever wants to look at it.
"""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

from ..errors import CheckpointError
from .atomic import remove_file, remove_stale_temps, write_bytes
from .checkpoint_files import (
    Description,
    description_path,
    pin_path,
    pins_in,
    read_description,
    sha256_of,
    steps_in,
    tensors_in,
)

#: The entry of a description's `extra` that says how good a checkpoint is: the training's smoothed loss.
SMOOTHED_LOSS = "smoothed_loss"


def prune(folder: Path, keep: int, *, saved_step: int | None = None) -> None:
    """Remove what is not among the newest `keep`, the best and the pinned. After a save, never before; lock held.

    The best is the one with the lowest SMOOTHED_LOSS, the later of two. What cannot be read just now, or is of a newer
    version, does not count and stays. saved_step: the step just saved. Checkpoints of later steps were passed over when
    the run was resumed; they are left alone until the run has come past them. Raises RunError, CheckpointError.
    """
    remove_stale_temps(folder)
    good: list[Description] = []
    for step in reversed(steps_in(folder)):
        if saved_step is not None and step > saved_step:
            continue
        path = description_path(folder, step)
        try:
            description = read_description(path)
            whole = _is_whole(folder, description)
        except CheckpointError as error:
            if error.code in {"checkpoint.newer", "storage.not-read"}:
                continue
            whole = False
        except OSError:
            continue
        if whole:
            good.append(description)
        elif good and not pin_path(folder, step).exists():
            remove_file(path)
    best = min(good, key=_loss, default=None)
    for description in good[keep:]:
        # Looked at anew each time: whoever pins may be another process.
        if description is not best and not pin_path(folder, description.step).exists():
            # The description first: without it the tensors are no checkpoint, and are taken below or by the next prune.
            remove_file(description_path(folder, description.step))
    _remove_unowned(folder)


def clean_up(folder: Path) -> None:
    """Remove what a save that was cut off has left in a folder of checkpoints; for whoever holds the run's lock.

    Of tensors that nothing describes only those of a step after all others go: they are such a save's, and may fill a
    disk that the next one needs. Raises RunError, CheckpointError.
    """
    remove_stale_temps(folder)
    steps = steps_in(folder)
    for step, files in tensors_in(folder).items():
        if steps and step > steps[-1]:
            for file in files:
                remove_file(file)


def pin(path: Path) -> None:
    """Keep the checkpoint at `path` (its JSON or its tensor file) for ever. Raises CheckpointError, RunError."""
    mark = pin_path(path.parent, read_description(path).step)
    write_bytes(mark, b"")
    try:
        read_description(path)  # a training may have pruned it meanwhile
    except CheckpointError:
        remove_file(mark)
        raise


def unpin(path: Path) -> None:
    """Let the checkpoint at `path` be pruned again; one that is not pinned is no error. Raises as `pin`."""
    remove_file(pin_path(path.parent, read_description(path).step))


def pinned(folder: Path) -> frozenset[int]:
    """The steps whose checkpoints in `folder` are pinned. Raises CheckpointError."""
    return frozenset(pins_in(folder)) & frozenset(steps_in(folder))


def best_step(folder: Path) -> int | None:
    """The step of the checkpoint with the lowest SMOOTHED_LOSS, by the descriptions alone; None where none has one.

    Raises CheckpointError when the folder cannot be read.
    """
    known: list[Description] = []
    for step in reversed(steps_in(folder)):
        try:
            known.append(read_description(description_path(folder, step)))
        except CheckpointError:
            continue
    best = min(known, key=_loss, default=None)
    return None if best is None or _loss(best) == math.inf else best.step


def _loss(description: Description) -> float:
    loss = description.extra.get(SMOOTHED_LOSS)
    return float(loss) if isinstance(loss, int | float) and math.isfinite(loss) else math.inf


def _is_whole(folder: Path, description: Description) -> bool:
    """Whether the tensors are what was written. Raises OSError when that cannot be told."""
    tensors = folder / description.tensors
    try:
        found = tensors.stat()
    except FileNotFoundError:
        return False
    if found.st_size != description.bytes:
        return False
    return _sha256(tensors, found.st_size, found.st_mtime_ns, found.st_ino) == description.sha256


@lru_cache(maxsize=256)
def _sha256(path: Path, _size: int, _mtime_ns: int, _inode: int) -> str:
    """Each file is read once while it stays as it is: not all that are kept after every save."""
    return sha256_of(path)


def _remove_unowned(folder: Path) -> None:
    """Remove tensor files that no description names, and pins of what is gone."""
    described = set(steps_in(folder))
    for step, files in tensors_in(folder).items():
        owned = {file.name for file in files} if step in described else set()
        try:
            if owned:
                owned = {read_description(description_path(folder, step)).tensors}
        except CheckpointError:
            pass  # a damaged one keeps what it may have meant
        for file in files:
            if file.name not in owned:
                remove_file(file)
    for step in pins_in(folder):
        if step not in described:
            remove_file(pin_path(folder, step))
