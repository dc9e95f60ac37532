"""What happens in the room Inside: its tabs are built when they are first looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..app.tabs import TabKeeper
from .seen import Seen
from .tabs import TABS

if TYPE_CHECKING:
    from ..app.rooms import Shell
    from .panel import InsidePanel


class InsideController(TabKeeper):
    """Connects the panel and its tabs. Lives in the GUI thread."""

    def __init__(self, shell: Shell, panel: InsidePanel, seen: Seen) -> None:
        super().__init__(panel.tabs, TABS, panel, shell.settings, "inside_tab", shell, seen)
        self._panel, self.seen = panel, seen

    def show_tab(self, name: str) -> None:
        """Turn to a tab."""
        self._panel.tabs.choose(name)

    @property
    def has_twins(self) -> bool:
        """Whether two trainings are compared, or were: what that has come to is in memory alone."""
        twins = getattr(self.tabs.get("tricks"), "twins", None)
        return twins is not None and bool(twins.has_results)


def build_room(shell: Shell) -> Iterator[None]:
    """The room Inside, after those whose model and settings it looks into."""
    from .panel import InsidePanel

    panel = InsidePanel()
    shell.put("inside", panel)
    yield
    sampler = shell.controllers["sampler"]
    seen = Seen(shell.project, shell.controllers["training"], sampler, sampler.panel, parent=shell.window)
    shell.controllers["inside"] = InsideController(shell, panel, seen)
