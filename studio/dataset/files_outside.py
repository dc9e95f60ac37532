"""Hands files to other programs: the clipboard, and the system's file manager."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from core.pictures.folder.names import displayed_name

#: By sys.platform: a program that shows a file in its folder, and what stands before the path.
SELECTING: dict[str, tuple[str, tuple[str, ...]]] = {
    "win32": ("explorer.exe", ("/select,",)),
    "darwin": ("open", ("-R",)),
}


def copy_paths(paths: Sequence[str]) -> None:
    """As text, a line each."""
    # Not as a QMimeData of ours, which could hold the files too: Qt deletes that one when Python has already ended.
    QGuiApplication.clipboard().setText("\n".join(displayed_name(path) for path in paths))


def show_in_folder(path: str) -> None:
    """Open the folder that a file lies in, with the file selected where the system has a way to say so."""
    program, arguments = SELECTING.get(sys.platform, ("", ()))
    if not program or not QProcess.startDetached(program, [*arguments, str(Path(path))])[0]:
        QDesktopServices.openUrl(file_url(str(Path(path).parent)))


def file_url(path: str) -> QUrl:
    """The URL of a file, whatever bytes its name is made of."""
    if os.name == "nt":
        return QUrl.fromLocalFile(path)
    return QUrl.fromEncoded(("file://" + quote(os.fsencode(Path(path).absolute()))).encode("ascii"))
