"""Drags files over a widget and drops them, and tells what the source is answered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

COPY, MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction
BUTTON, KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def drop_files(
    target: QWidget, paths: Sequence[Path], *, offered: Qt.DropAction = COPY, proposed: Qt.DropAction = COPY
) -> list[Qt.DropAction | None]:
    """The answer to entering, moving and dropping: an action, or None where it was refused."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    answers: list[Qt.DropAction | None] = []
    for event in (
        QDragEnterEvent(QPoint(50, 50), offered, data, BUTTON, KEYS),
        QDragMoveEvent(QPoint(51, 50), offered, data, BUTTON, KEYS),
        QDropEvent(QPointF(51, 50), offered, data, BUTTON, KEYS),
    ):
        event.setDropAction(proposed)
        QCoreApplication.sendEvent(target, event)
        answers.append(event.dropAction() if event.isAccepted() else None)
    return answers
