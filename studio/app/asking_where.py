"""Asks where a file is to be saved, in a dialog that remembers its folder and replaces nothing unasked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QMessageBox

from core.reading import is_folder

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from .settings import Settings


def ask_where(parent: QWidget | None, settings: Settings, name: str, title: str) -> Path | None:
    """The path for a file that is to be called about `name`, with its suffix; None when it was cancelled."""
    folder = Path(settings["export_folder"] or pictures_folder())
    suffix = Path(name).suffix
    dialog = QFileDialog(parent, title, str(folder), f"*{suffix}")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    dialog.selectFile(free_name(folder, name))
    chosen = dialog.selectedFiles()[0] if dialog.exec() else ""
    dialog.deleteLater()
    if not chosen:
        return None
    path = Path(chosen)
    settings["export_folder"] = str(path.parent)
    if path.suffix.lower() == suffix:
        return path
    # The dialog has asked about the name that was typed, not about the one that is written.
    path = path.with_name(path.name + suffix)
    return path if not path.exists() or _may_replace(parent, path) else None


def _may_replace(parent: QWidget | None, path: Path) -> bool:
    question = QCoreApplication.translate("Exporter", "{name} is there already. Replace it?").format(name=path.name)
    return QMessageBox.question(parent, path.name, question) == QMessageBox.StandardButton.Yes


def free_name(folder: Path, name: str) -> str:
    """The name, or numbered on behind those that are there: a series is saved with Enter alone."""
    path, number = Path(name), 1
    while os.path.lexists(folder / name):
        number += 1
        name = f"{path.stem}-{number}{path.suffix}"
    return name


def pictures_folder() -> str:
    """The system's own, or the home where there is none: a dialog would take it for a file's name."""
    usual = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return usual if is_folder(Path(usual)) else str(Path.home())
