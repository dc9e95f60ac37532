"""Hands files to other programs: the clipboard, and the system's file manager."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from core.data.names import displayed_name


def copy_paths(paths: Sequence[str]) -> None:
    """As text, a line each, and as files for a file manager. A name that is no text is only right in the second."""
    data = QMimeData()
    data.setText("\n".join(displayed_name(path) for path in paths))
    data.setUrls([file_url(path) for path in paths])
    QGuiApplication.clipboard().setMimeData(data)


def show_folder_of(path: str) -> None:
    """Open the folder that a file lies in, with whatever program the system has for that."""
    QDesktopServices.openUrl(file_url(str(Path(path).parent)))


def file_url(path: str) -> QUrl:
    """The URL of a file, whatever bytes its name is made of."""
    if os.name == "nt":
        return QUrl.fromLocalFile(path)
    return QUrl.fromEncoded(("file://" + quote(os.fsencode(Path(path).absolute()))).encode("ascii"))
