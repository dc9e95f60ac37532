"""What happens in this tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from ...app.rooms import Shell
    from ..seen import Seen


class Controller(QObject):
    """Connects the panel with what is seen. Lives in the GUI thread."""

    def __init__(self, panel: QWidget, seen: Seen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.panel, self.head = panel, None
        self._seen = seen

    def set_shown(self, shown: bool) -> None:
        """Whether the page can be seen."""

    def shutdown(self, timeout_ms: int = 10_000) -> bool:  # noqa: ARG002
        """Stop everything and wait; True when no thread is left."""
        return True


def build_tab(shell: Shell, seen: Seen) -> Controller:
    """The tab."""
    return Controller(QWidget(), seen, parent=shell.window)
