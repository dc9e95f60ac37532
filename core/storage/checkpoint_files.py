"""The files of checkpoints, without torch: their names, their description, whether they are whole, which to keep.

A checkpoint is a tensor file and, written after it, a JSON file that names it with its SHA-256. It exists when the
JSON does and both agree. The JSON carries a checksum of itself, so that no flipped bit goes unseen in either.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import CheckpointError
from .atomic import json_text, remove_file, remove_stale_temps, words_of, write_json

FORMAT = "ddpm-studio checkpoint"
VERSION = 1

_DESCRIPTION = re.compile(r"step-(\d{8,})\.json")
_TENSORS = re.compile(r"step-(\d{8,})(?:\.\d+)?\.safetensors")


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
    reason: str


def description_path(folder: Path, step: int) -> Path:
    """Where the JSON of a step's checkpoint is: the path that names the checkpoint."""
    return folder / f"step-{step:08d}.json"


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


def files_after(folder: Path, step: int) -> list[Path]:
    """The files of the checkpoints of later steps, a JSON before its tensors: without it they are no checkpoint."""
    descriptions, tensors = _by_step(folder, _DESCRIPTION), _by_step(folder, _TENSORS)
    later = sorted(found for found in descriptions.keys() | tensors.keys() if found > step)
    return [path for found in later for path in (*descriptions.get(found, ()), *tensors.get(found, ()))]


def write_description(folder: Path, description: Description) -> Path:
    """Write the JSON, which makes the checkpoint exist; its path. Raises RunError."""
    plain = {"format": FORMAT, "version": VERSION, **asdict(description)}
    path = description_path(folder, description.step)
    write_json(path, {**plain, "checksum": _checksum(plain)})
    return path


def read_description(path: Path) -> Description:
    """The JSON at `path`, or of the tensor file at `path`. Raises CheckpointError when it is damaged or newer."""
    if found := _TENSORS.fullmatch(path.name):
        path = description_path(path.parent, int(found[1]))
    try:
        # A pipe or a device would be read for ever, whatever it is called.
        if path.exists() and not (_DESCRIPTION.fullmatch(path.name) and path.is_file()):
            raise CheckpointError("checkpoint.unknown", path=path)
        text = path.read_bytes()
        plain = json.loads(text)
    except OSError as error:
        raise CheckpointError("storage.not-read", path=path, reason=words_of(error)) from error
    except (ValueError, RecursionError):
        raise CheckpointError("checkpoint.damaged", path=path, reason="its text cannot be read") from None
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise CheckpointError("checkpoint.unknown", path=path)
    version = plain.get("version")
    if isinstance(version, int) and version > VERSION:
        raise CheckpointError("checkpoint.newer", path=path, version=version, known=VERSION)
    as_written = text == json_text(plain).encode()
    checksum = plain.pop("checksum", None)
    if not as_written or checksum != _checksum(plain) or version != VERSION:
        raise CheckpointError("checkpoint.damaged", path=path, reason="it is not what was written")
    return Description(**{name: plain[name] for name in Description.__dataclass_fields__})


def verify(path: Path) -> Description:
    """`read_description`, and the tensor file's size and SHA-256. Raises CheckpointError naming the file at fault."""
    description = read_description(path)
    tensors = path.parent / description.tensors
    try:
        size = tensors.stat().st_size
        if size != description.bytes:
            reason = f"it has {size:,} bytes instead of {description.bytes:,}"
            raise CheckpointError("checkpoint.damaged", path=tensors, reason=reason)
        with tensors.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CheckpointError("storage.not-read", path=tensors, reason=words_of(error)) from error
    if digest != description.sha256:
        raise CheckpointError("checkpoint.damaged", path=tensors, reason="its content is not what was written")
    return description


def newest_good(folder: Path) -> tuple[Path | None, list[BadCheckpoint]]:
    """The newest checkpoint that is whole, and the newer ones passed over; reads whole files. Imports no torch.

    Raises CheckpointError for one of a newer version: an older checkpoint would take the run back unasked.
    """
    bad: list[BadCheckpoint] = []
    for step in reversed(steps_in(folder)):
        path = description_path(folder, step)
        try:
            verify(path)
        except CheckpointError as error:
            if error.code == "checkpoint.newer":
                raise
            bad.append(BadCheckpoint(path, str(error)))
        else:
            return path, bad
    return None, bad


def prune(folder: Path, keep: int, *, saved_step: int | None = None) -> None:
    """Remove all but the newest `keep` checkpoints, and tensor files that none owns. Call after a save, never before.

    saved_step: the step just saved. Checkpoints of later steps are damaged ones that were passed over when the run was
    resumed; they are left alone, and take no place from the one that was saved. One that is plainly incomplete does not
    count as kept, and stays for whoever wants to look at it. Raises RunError.
    """
    remove_stale_temps(folder)
    described = _by_step(folder, _DESCRIPTION)
    owned: set[str] = set()
    kept = 0
    for step in sorted(described, reverse=True):
        path = described[step][0]
        tensors = _tensors_if_complete(path)
        if saved_step is not None and step > saved_step:
            owned.update(file.name for file in _by_step(folder, _TENSORS).get(step, ()))
            continue
        if tensors is not None and kept >= keep:
            # The description first: without it the tensors are no checkpoint, and the next prune takes them.
            remove_file(path)
            continue
        if tensors is None:
            owned.update(file.name for file in _by_step(folder, _TENSORS).get(step, ()))
        else:
            kept += 1
            owned.add(tensors.name)
    for files in _by_step(folder, _TENSORS).values():
        for file in files:
            if file.name not in owned:
                remove_file(file)


def _tensors_if_complete(path: Path) -> Path | None:
    """The tensor file of a checkpoint that looks whole without reading it all; None otherwise."""
    try:
        description = read_description(path)
        tensors = path.parent / description.tensors
        return tensors if tensors.stat().st_size == description.bytes else None
    except (CheckpointError, OSError):
        return None


def _by_step(folder: Path, pattern: re.Pattern[str]) -> dict[int, list[Path]]:
    found: dict[int, list[Path]] = {}
    try:
        for path in sorted(folder.iterdir()):
            if match := pattern.fullmatch(path.name):
                found.setdefault(int(match[1]), []).append(path)
    except OSError as error:
        raise CheckpointError("storage.not-read", path=folder, reason=words_of(error)) from error
    return found


def _checksum(plain: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
