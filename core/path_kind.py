"""What a path is: the one place that tells pictures from runs and models, for drops, dialogs and the command line.

A file is judged by its first bytes, so that a picture is one whatever it is called. Only where these say nothing (a
picture whose head is damaged) does the name decide, so that the reason given is a picture's.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from .reading import is_folder, open_regular

#: A zip (what torch.save writes), a pickle, JSON. A safetensors file begins with a length and JSON.
_MODEL_STARTS = (b"PK\x03\x04", b"\x80", b"{")
_MODEL_SUFFIXES = frozenset({".safetensors", ".json", ".pt", ".pth", ".ckpt", ".bin"})
_HEAD_BYTES = 16


class PathKind(Enum):
    """What can be done with a path."""

    FOLDER = "folder"
    RUN = "run"
    PICTURE = "picture"
    MODEL = "model"  #: it may be a checkpoint, of this program or another
    OTHER = "other"  #: none of these, or not there


def kind_of(path: Path) -> PathKind:
    """What `path` is. Reads a few bytes, never waits on a pipe and never raises."""
    from .pictures.decode.kinds import kind_of_file
    from .pictures.folder.listing import claims_picture

    if is_folder(path):
        return PathKind.RUN if _is_file(path / "run.json") else PathKind.FOLDER
    try:
        with open_regular(path) as file:
            head = file.read(_HEAD_BYTES)
    except (OSError, ValueError):
        return PathKind.OTHER
    if head.startswith(_MODEL_STARTS) or head[8:9] == b"{":
        return PathKind.MODEL
    if kind_of_file(path) is not None:
        return PathKind.PICTURE
    if path.suffix.lower() in _MODEL_SUFFIXES:
        return PathKind.MODEL
    return PathKind.PICTURE if claims_picture(path.name) else PathKind.OTHER


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
