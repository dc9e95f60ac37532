"""A button's menu, after which the button looks as the pointer has it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton


def set_menu(button: QPushButton | QToolButton, menu: QMenu) -> None:
    """Let the button open this menu."""
    button.setMenu(menu)
    _Hover(button, menu)


class _Hover(QObject):
    """Qt does not tell a button that the pointer has left it while its menu was open: it would stay lit."""

    def __init__(self, button: QPushButton | QToolButton, menu: QMenu) -> None:
        super().__init__(menu)
        self._button = button
        self._later = QTimer(self)  # the button is still pressed when its menu is about to hide
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._end)
        menu.aboutToHide.connect(self._later.start)

    @Slot()
    def _end(self) -> None:
        button = self._button
        if button.underMouse() and not button.rect().contains(button.mapFromGlobal(QCursor.pos())):
            button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
            button.update()
