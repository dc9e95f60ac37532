"""The tabs of the room, a row each: what a tab is called, and what builds it when it is first looked at.

To add a tab: a package with a panel (what is seen) and a controller (what happens), and its row here.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtWidgets import QWidget

from core.errors import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from ..app.rooms import Shell
    from .seen import Seen

#: The translators' context of the tabs' texts.
CONTEXT = "InsideTabs"


class Tab(Protocol):
    """What the controller of a tab must be able to do. Lives in the GUI thread."""

    panel: QWidget  #: the page
    head: QWidget | None  #: what stands beside the tabs while the page is shown

    def set_shown(self, shown: bool) -> None:
        """Whether the page can be seen: a page that cannot asks nothing of the network."""

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop everything and wait; True when no thread is left."""


@dataclass(frozen=True, slots=True)
class TabRow:
    """One tab. Texts are English; `CONTEXT` has their translations.

    build  "module:function" that makes its `Tab` of the Shell and what is seen
    """

    title: str
    tip: str
    build: str

    def load(self, shell: Shell, seen: Seen) -> Tab:
        """Build it."""
        module, _, name = self.build.partition(":")
        return cast("Tab", getattr(import_module(module), name)(shell, seen))


#: Name → tab, in their order.
TABS: dict[str, TabRow] = {
    "network": TabRow(
        QT_TRANSLATE_NOOP("InsideTabs", "Network"),
        QT_TRANSLATE_NOOP("InsideTabs", "The U-Net of your run, block by block, at the step of the scrubber"),
        "studio.inside.network.controller:build_tab",
    ),
    "schedules": TabRow(
        QT_TRANSLATE_NOOP("InsideTabs", "Schedules"),
        QT_TRANSLATE_NOOP("InsideTabs", "How the noise grows with t, and how much each t counts"),
        "studio.inside.schedules.controller:build_tab",
    ),
    "tricks": TabRow(
        QT_TRANSLATE_NOOP("InsideTabs", "Tricks"),
        QT_TRANSLATE_NOOP("InsideTabs", "What each trick of training does to a batch, and whether it helps here"),
        "studio.inside.tricks.controller:build_tab",
    ),
    "lesson": TabRow(
        QT_TRANSLATE_NOOP("InsideTabs", "Lesson"),
        QT_TRANSLATE_NOOP("InsideTabs", "How diffusion works, in twenty pages on your own run"),
        "studio.inside.lesson.controller:build_tab",
    ),
}
