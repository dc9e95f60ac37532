"""Why a file was skipped: one short sentence per code, so that the window can translate by code."""

from __future__ import annotations

import errno
from typing import NamedTuple

#: Code → what is wrong, as it follows a file's name and a colon.
REASONS: dict[str, str] = {
    "empty": "the file is empty",
    "not-a-file": "it is a pipe, a socket or a device, not a file",
    "folder": "it is a folder with a picture's name; the pictures in it count by themselves",
    "folder-unreadable": "this folder cannot be read",
    "dangling-link": "the link leads to nothing",
    "link-loop": "the link leads in a circle",
    "gone": "it is not there any more",
    "no-permission": "you may not read it",
    "unreadable": "the disk could not read it",
    "too-large": "the file is larger than 1 GiB",
    "not-a-picture": "its content is not a PNG, JPEG, WebP, BMP, GIF or TIFF picture",
    "truncated": "it ends too early, and a part of the picture is missing",
    "broken": "its content is damaged",
    "too-many-pixels": "it has more than 64 million pixels",
    "too-long": "one side is longer than 32,768 pixels",
    "too-thin": "one side is more than 100 times as long as the other",
    "needs-memory": "decoding it takes more than 512 MB of memory",
    "too-slow": "decoding it takes longer than 10 seconds",
    "decoder-died": "it makes the decoder crash",
    "mode": "its colours are stored in a way that cannot be read",
}


def reason_of(error: OSError, *, is_link: bool = False) -> str:
    """The code of a system error, or of Pillow's (which have no errno)."""
    match error.errno:
        case None:
            return "truncated" if "truncated" in str(error) else "broken"
        case errno.ENOENT | errno.ENOTDIR:
            return "dangling-link" if is_link else "gone"
        case errno.ELOOP:
            return "link-loop"
        case errno.EACCES | errno.EPERM:
            return "no-permission"
        case errno.ENXIO:
            return "not-a-file"
    return "unreadable"


class Lost(NamedTuple):
    """A picture that can no longer be read, so that the next one stands in for it."""

    name: str
    code: str  #: key of REASONS

    @property
    def reason(self) -> str:
        """English."""
        return REASONS[self.code]
