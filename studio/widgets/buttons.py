"""Buttons that show an icon alone: only for what everybody knows, and always with a tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from ..icons import set_icon
from .plain import set_tip

ICON_PX = 16


class IconButton(QToolButton):
    """28 × 28 px, quiet (or framed), with a tooltip that is also its accessible name."""

    def __init__(self, icon_name: str, parent: QWidget | None = None, *, framed: bool = False) -> None:
        super().__init__(parent)
        self.setProperty("framed", framed)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.set_icon(icon_name)

    def set_icon(self, icon_name: str, token: str = "") -> None:
        """Show another icon."""
        set_icon(self, icon_name, token)

    def describe(self, name: str, shortcut: str = "") -> None:
        """Say what it does; `shortcut` is shown behind it, in brackets."""
        self.setAccessibleName(name)
        set_tip(self, f"{name} ({shortcut})" if shortcut else name)
