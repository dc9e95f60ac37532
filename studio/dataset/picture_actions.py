"""What can be done with the selected pictures: the actions of the grid's menu and of its keys."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from .. import numbers
from ..widgets.plain import set_tip

#: More paths are not copied: no place takes a million lines, and the window waits for them.
MOST_COPIED = 1000


class PictureActions(QObject):
    """Lives on a grid, whose keys they have; `popup` shows them as a menu."""

    exclusion_wished = Signal()  #: leave the selected out, or take them in again
    folder_wished = Signal()
    copy_wished = Signal()

    def __init__(self, grid: QWidget) -> None:
        super().__init__(grid)
        self._menu = QMenu(grid)
        self._menu.setToolTipsVisible(True)
        self._excluding = self._make("leave_out_action", self.exclusion_wished, "Del", "Backspace")
        self._menu.addSeparator()
        self._copy = self._make("copy_path", self.copy_wished, "Ctrl+C")
        self._show = self._make("show_in_folder", self.folder_wished, "Ctrl+Shift+O")
        grid.addActions([self._excluding, self._copy, self._show])
        self.set_state(0, left_out=False, reason="")

    def _make(self, name: str, signal: object, *keys: str) -> QAction:
        action = QAction(self)
        action.setObjectName(name)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(signal)
        self._menu.addAction(action)
        return action

    @property
    def menu(self) -> QMenu:
        """All of them."""
        return self._menu

    def set_state(self, selected: int, *, left_out: bool, reason: str) -> None:
        """How many are selected, whether all of them are left out, and why none can be ("" where it can)."""
        none = self.tr("Select a picture first") if not selected else ""
        many = selected > MOST_COPIED
        excluding = self.tr("Use again") if left_out else self.tr("Leave out of training")
        too_many = self.tr("At most {n} paths are copied at once").format(n=numbers.count(MOST_COPIED))
        for action, words, why_not in (
            (self._excluding, excluding, none or reason),
            (self._copy, self.tr("Copy path"), none or (too_many if many else "")),
            (self._show, self.tr("Show in its folder"), none),
        ):
            action.setText(words)
            action.setEnabled(not why_not)
            set_tip(action, why_not or words)

    def popup(self, place: QPoint) -> None:
        """Show the menu at a place on the screen."""
        self._menu.popup(place)
