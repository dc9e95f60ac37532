"""Judges one file by decoding it: what kind of picture it is, or why it is none. Runs in a helper process."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from .decode import decode
from .modes import has_alpha, is_grey

#: A JPEG is judged at about this size, pixels: enough to know whether it can be decoded and whether it is grey.
JUDGED_SIZE = 64


class Facts(NamedTuple):
    """What is known of a picture that can be decoded."""

    width: int  #: pixels, upright
    height: int
    mode: str  #: as the file stores it, in Pillow's words
    format: str  #: one of kinds.READ_KINDS, by content
    has_alpha: bool
    is_grey: bool  #: by mode, or because all visible pixels are


def judge(path: Path) -> Facts:
    """Decode one file. Raises PictureRefusedError."""
    decoded = decode(path, JUDGED_SIZE)
    return Facts(
        width=decoded.width,
        height=decoded.height,
        mode=decoded.mode,
        format=decoded.format,
        has_alpha=has_alpha(decoded.image),
        is_grey=is_grey(decoded.image),
    )
