"""Folders that are no data: hidden ones, and those that systems and other programs keep among a person's pictures.

Deleted photographs, thumbnails and copies that a program made for itself lie there: trained on, they would count twice,
come back from the bin, or become a class of their own.
"""

from __future__ import annotations

import os
import stat

#: Names in small letters, of folders that do not begin with a dot; those that do are all hidden.
SYSTEM_FOLDERS = {
    "$recycle.bin", "recycler", "recycled", "system volume information", "$winreagent", "msocache",  # Windows
    "__macosx", "network trash folder", "temporary items", "desktop db", "thevolumesettingsfolder",  # macOS
    "lost+found",  # Linux
    "@eadir", "#recycle", "#snapshot", "@recycle", "@recently-snapshot", "@tmp", "@sharebin",  # storage on networks
    "__pycache__", "node_modules",  # programmers' tools
}  # fmt: skip
#: Of a folder in which a program keeps previews, whatever stands before.
_SYSTEM_ENDINGS = (".lrdata",)
_WINDOWS_HIDDEN = stat.FILE_ATTRIBUTE_HIDDEN | stat.FILE_ATTRIBUTE_SYSTEM


def is_hidden_folder(name: str, status: os.stat_result | None = None) -> bool:
    """Whether a folder of this name, below the one that was chosen, holds no pictures that a person put there."""
    small = name.lower()
    if name.startswith(".") or small in SYSTEM_FOLDERS or small.endswith(_SYSTEM_ENDINGS):
        return True
    if status is None:
        return False
    return bool(
        getattr(status, "st_file_attributes", 0) & _WINDOWS_HIDDEN or getattr(status, "st_flags", 0) & stat.UF_HIDDEN
    )
