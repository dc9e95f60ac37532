"""The files of checkpoints, without torch: their names, their description, whether they are whole.

A checkpoint is a tensor file and, written after it, a JSON file that names it with its SHA-256. It exists when the
JSON does and both agree. The JSON carries a checksum of itself, so that no flipped bit goes unseen in either. An empty
`step-XXXXXXXX.pin` beside it says that it is to be kept for ever.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
from collections.abc import Container
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import CheckpointError, Phrase, phrase_of
from ..reading import MAX_JSON_BYTES, NotRegularError, is_hollow, open_regular, parse_json, read_regular
from .atomic import json_text, remove_file, remove_stale_temps, write_bytes, write_json

FORMAT = "ddpm-studio checkpoint"
VERSION = 1
#: What of a checkpoint and of a run has power-function EMAs: how the tensors' names begin, and a folder.
AVERAGES = "averages"
#: The largest number of steps that can be set.
LAST_STEP = 10**9
#: How often a folder is listed anew when a training prunes what was listed before it is read.
MOST_LISTINGS = 5

_DESCRIPTION = re.compile(r"step-([0-9]{8,10})\.json")
_TENSORS = re.compile(r"step-([0-9]{8,10})(?:\.[0-9]{1,6})?\.safetensors")
_PIN = re.compile(r"step-([0-9]{8,10})\.pin")
_STEPS = re.compile(r"step-([0-9]{8,10})\.steps\.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a checkpoint's JSON says."""

    step: int  #: optimizer steps done
    created: str  #: ISO 8601, UTC
    config: dict[str, Any]  #: RunConfig.to_dict()
    tensors: str  #: the tensor file's name, beside the JSON
    sha256: str  #: of the tensor file
    bytes: int  #: of the tensor file
    metrics_step: int  #: metrics up to and with this step belong to the checkpoint
    extra: dict[str, Any]  #: whatever else training needs to go on: seconds so far, the scaler's state, …


@dataclass(frozen=True, slots=True)
class BadCheckpoint:
    """A checkpoint that cannot be used, and why."""

    path: Path
    reason: Phrase


def description_path(folder: Path, step: int) -> Path:
    """Where the JSON of a step's checkpoint is: the path that names the checkpoint."""
    return folder / f"step-{step:08d}.json"


def pin_path(folder: Path, step: int) -> Path:
    """The file that says that a step's checkpoint is to be kept for ever."""
    return folder / f"step-{step:08d}.pin"


def steps_path(checkpoint: Path) -> Path:
    """Where the timesteps that were fitted to a checkpoint are kept; `checkpoint`: its JSON, its tensors, any file."""
    if found := _TENSORS.fullmatch(checkpoint.name):
        checkpoint = description_path(checkpoint.parent, int(found[1]))
    return checkpoint.with_name(f"{checkpoint.stem}.steps.json")


def free_tensors_path(folder: Path, step: int) -> Path:
    """A tensor file name for a step that no file has, so that saving a step again overwrites nothing."""
    path, count = folder / f"step-{step:08d}.safetensors", 0
    while path.exists():
        count += 1
        path = folder / f"step-{step:08d}.{count}.safetensors"
    return path


def is_tensors_of_a_run(path: Path) -> bool:
    """Whether `path` is the tensor file of a checkpoint: called like one, with the JSON beside it."""
    found = _TENSORS.fullmatch(path.name)
    return found is not None and description_path(path.parent, int(found[1])).is_file()


def steps_in(folder: Path) -> list[int]:
    """The steps that have a checkpoint by name, oldest first; nothing is opened."""
    return sorted(_by_step(folder, _DESCRIPTION))


def tensors_in(folder: Path) -> dict[int, list[Path]]:
    """The tensor files by step, whether or not a JSON names them."""
    return _by_step(folder, _TENSORS)


def pins_in(folder: Path) -> list[int]:
    """The steps that are to be kept for ever, oldest first."""
    return sorted(_by_step(folder, _PIN))


def files_after(folder: Path, step: int) -> list[Path]:
    """The files of the checkpoints of later steps, a JSON last: tensors without one might be tidied away."""
    kinds = [_by_step(folder, pattern) for pattern in (_TENSORS, _PIN, _DESCRIPTION)]
    later = sorted({found for kind in kinds for found in kind if found > step})
    return [path for found in later for kind in kinds for path in kind.get(found, ())]


def write_description(folder: Path, description: Description) -> Path:
    """Write the JSON, which makes the checkpoint exist; its path. Raises RunError."""
    plain = {"format": FORMAT, "version": VERSION, **asdict(description)}
    path = description_path(folder, description.step)
    write_json(path, {**plain, "checksum": checksum_of(plain)})
    return path


def read_description(path: Path) -> Description:
    """The JSON at `path`, or of the tensor file at `path`. Raises CheckpointError when it is damaged or newer."""
    if found := _TENSORS.fullmatch(path.name):
        path = description_path(path.parent, int(found[1]))
    try:
        if path.exists() and not _DESCRIPTION.fullmatch(path.name):
            raise CheckpointError("checkpoint.unknown", path=path)
        text = read_regular(path, MAX_JSON_BYTES)
        plain = parse_json(text)
    except NotRegularError:
        raise CheckpointError("checkpoint.unknown", path=path) from None
    except OSError as error:
        raise CheckpointError("storage.not-read", path=path, reason=phrase_of(error)) from error
    except (ValueError, RecursionError):
        raise CheckpointError("checkpoint.damaged", path=path, reason=Phrase("file.text-unreadable")) from None
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise CheckpointError("checkpoint.unknown", path=path)
    as_written = text == json_text(plain).encode()
    checksum = plain.pop("checksum", None)
    version = plain.get("version")
    # A number that was spoilt by a flipped bit is not a newer version.
    if isinstance(version, int) and version > VERSION and checksum in (None, checksum_of(plain)):
        raise CheckpointError("checkpoint.newer", path=path, version=version, known=VERSION)
    if not as_written or checksum != checksum_of(plain) or version != VERSION:
        raise CheckpointError("checkpoint.damaged", path=path, reason=Phrase("file.not-as-written"))
    description = _as_description(plain)
    if description is None:
        raise CheckpointError("checkpoint.damaged", path=path, reason=Phrase("file.not-checkpoint-entries"))
    named = _TENSORS.fullmatch(description.tensors)
    if path != description_path(path.parent, description.step) or named is None or int(named[1]) != description.step:
        raise CheckpointError("checkpoint.damaged", path=path, reason=Phrase("file.other-step"))
    return description


def _as_description(plain: dict[str, Any]) -> Description | None:
    """What the JSON says, if it is all there and names a tensor file beside it: whoever wrote it knew the checksum."""
    match plain:
        case {
            "step": int(step),
            "created": str(created),
            "config": dict(config),
            "tensors": str(tensors),
            "sha256": str(sha256),
            "bytes": int(size),
            "metrics_step": int(metrics_step),
            "extra": dict(extra),
        } if 0 <= step <= LAST_STEP and 0 <= metrics_step <= LAST_STEP:
            return Description(
                step=step,
                created=created,
                config=config,
                tensors=tensors,
                sha256=sha256,
                bytes=size,
                metrics_step=metrics_step,
                extra=extra,
            )
    return None


def verify(path: Path) -> Description:
    """`read_description`, and the tensor file's size and SHA-256. Raises CheckpointError naming the file at fault."""
    description = read_description(path)
    tensors = path.parent / description.tensors
    try:
        with open_regular(tensors) as file:
            size = os.fstat(file.fileno()).st_size
            if size != description.bytes:
                reason = Phrase("file.bytes-instead", got=size, wanted=description.bytes)
                raise CheckpointError("checkpoint.damaged", path=tensors, reason=reason)
            if is_hollow(file):
                raise CheckpointError("checkpoint.damaged", path=tensors, reason=Phrase("file.never-written"))
        digest = sha256_of(tensors)
    except OSError as error:
        raise CheckpointError("storage.not-read", path=tensors, reason=phrase_of(error)) from error
    if digest != description.sha256:
        raise CheckpointError("checkpoint.damaged", path=tensors, reason=Phrase("file.content-changed"))
    return description


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal. Raises OSError."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def newest_good(folder: Path) -> tuple[Path | None, list[BadCheckpoint]]:
    """The newest checkpoint that is whole, and the newer ones passed over; reads whole files. Imports no torch.

    A training may prune what was listed before it is read: then there is a newer one, and the folder is listed anew.
    Raises CheckpointError for one of a newer version: an older checkpoint would take the run back unasked.
    """
    for _ in range(MOST_LISTINGS):
        newest, bad = _newest_good_of(folder, steps_in(folder))
        if all(os.path.lexists(passed_over.path) for passed_over in bad):
            break
    return newest, bad


def _newest_good_of(folder: Path, steps: list[int]) -> tuple[Path | None, list[BadCheckpoint]]:
    """`newest_good` among the checkpoints of these steps, oldest first."""
    bad: list[BadCheckpoint] = []
    for step in reversed(steps):
        path = description_path(folder, step)
        try:
            verify(path)
        except CheckpointError as error:
            if error.code == "checkpoint.newer":
                raise
            bad.append(BadCheckpoint(path, phrase_of(error)))
        else:
            return path, bad
    return None, bad


def checksum_of(plain: dict[str, Any]) -> str:
    """What a JSON file says of its other entries, so that a flipped bit in them is seen."""
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _by_step(folder: Path, pattern: re.Pattern[str]) -> dict[int, list[Path]]:
    found: dict[int, list[Path]] = {}
    try:
        for path in sorted(folder.iterdir()):
            if (match := pattern.fullmatch(path.name)) and int(match[1]) <= LAST_STEP:
                found.setdefault(int(match[1]), []).append(path)
    except OSError as error:
        raise CheckpointError("storage.not-read", path=folder, reason=phrase_of(error)) from error
    return found


# --- Which checkpoints of a run are kept: the newest, the best, the pinned; and what a save that was cut off has
# left.
# Save first, prune after. A checkpoint counts when it is whole, down to its SHA-256. A damaged one takes nobody's
# place: it goes as soon as a later one is whole, and stays until then, for whoever wants to look at it.


#: The entry of a description's `extra` that says how good a checkpoint is: the training's smoothed loss.
SMOOTHED_LOSS = "smoothed_loss"


def prune(folder: Path, keep: int, *, saved_step: int | None = None, spared: Container[Path] = ()) -> None:
    """Remove what is not among the newest `keep`, the best and the pinned. After a save, never before; lock held.

    The best is the one with the lowest SMOOTHED_LOSS, the later of two. What cannot be read just now, or is of a newer
    version, does not count and stays. saved_step: the step just saved. Checkpoints of later steps were passed over when
    the run was resumed; they are left alone until the run has come past them. spared: the paths of checkpoints
    (their JSON) that are in use: they stay. Raises RunError, CheckpointError.
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
        in_use = description is best or description_path(folder, description.step) in spared
        if not in_use and not pin_path(folder, description.step).exists():
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
    """Remove tensor files that no description names, and pins and fitted timesteps of what is gone."""
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
    for step, files in _by_step(folder, _STEPS).items():
        for file in files if step not in described else ():
            remove_file(file)
