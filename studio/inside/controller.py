"""What happens in the room Inside: tabs are built when they are first looked at, and told whether they are seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Slot

from .seen import Seen
from .tabs import TABS, Tab

if TYPE_CHECKING:
    from ..app.rooms import Shell
    from .panel import InsidePanel


class InsideController(QObject):
    """Connects the panel and its tabs. Lives in the GUI thread."""

    def __init__(self, shell: Shell, panel: InsidePanel, seen: Seen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell, self._panel, self.seen = shell, panel, seen
        self.tabs: dict[str, Tab] = {}  #: those that were looked at
        self._closed = False
        panel.choose(shell.settings["inside_tab"])
        panel.tab_chosen.connect(self._turned)
        panel.installEventFilter(self)

    def show_tab(self, name: str) -> None:
        """Turn to a tab."""
        self._panel.choose(name)

    def tab(self, name: str) -> Tab:
        """The controller of a tab, which is built where it was not yet."""
        if name not in self.tabs:
            tab = self.tabs[name] = TABS[name].load(self._shell, self.seen)
            self._panel.put(name, tab.panel, tab.head)
        return self.tabs[name]

    @property
    def has_twins(self) -> bool:
        """Whether two trainings are compared, or were: what that has come to is in memory alone."""
        twins = getattr(self.tabs.get("tricks"), "twins", None)
        return twins is not None and bool(twins.has_results)

    def say_at_work(self, name: str, words: str) -> None:
        """What a tab has at work; "" for nothing."""
        if not self._closed:
            self._panel.say_at_work(name, words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The room comes into sight, or goes out of it."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide) and not self._closed:
            self._tell_shown()
        return super().eventFilter(watched, event)

    @Slot(str)
    def _turned(self, name: str) -> None:
        self._shell.settings["inside_tab"] = name
        self._tell_shown()

    def _tell_shown(self) -> None:
        visible, current = self._panel.isVisible(), self._panel.current
        if visible:
            self.tab(current)
        for name, tab in self.tabs.items():
            tab.set_shown(visible and name == current)

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop everything and wait; True when no thread is left."""
        self._closed = True
        ended = [tab.shutdown(timeout_ms) for tab in self.tabs.values()]
        return all(ended)


def build_room(shell: Shell) -> Iterator[None]:
    """The room Inside, after those whose model and settings it looks into."""
    from .panel import InsidePanel

    panel = InsidePanel()
    shell.put("inside", panel)
    yield
    sampler = shell.controllers["sampler"]
    seen = Seen(shell.project, shell.controllers["training"], sampler, sampler.panel, parent=shell.window)
    shell.controllers["inside"] = InsideController(shell, panel, seen, parent=shell.window)
