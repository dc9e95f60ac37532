"""The rooms of the window, a row each: what a room is called, and what builds it after the first paint.

To add a room: a package with a panel (what is seen) and a controller (what happens), and its row here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from core.errors import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ..project import Project
    from .settings import Settings
    from .transport import TransportBar

#: The translators' context of the rooms' texts.
CONTEXT = "Rooms"


def modules_of(build: str) -> tuple[str, ...]:
    """What `build`, the "module:function" of a room or a tab, needs: in the order of import, each a stroke."""
    controller = build.partition(":")[0]
    return (f"{controller.rpartition('.')[0]}.panel", controller) if build else ()


@dataclass(frozen=True, slots=True)
class Room:
    """One room. Texts are English; `CONTEXT` has their translations.

    build  "module:function" of what makes it, called with the Shell; it pauses after each stroke that would be felt.
           "": the window has it from the beginning
    """

    title: str
    tip: str
    icon: str
    build: str = ""

    @property
    def modules(self) -> tuple[str, ...]:
        """What the room is made of, in the order in which it is imported, each a stroke."""
        return modules_of(self.build)

    def strokes(self, shell: Shell) -> Iterator[None]:
        """Build it, pausing after each stroke."""
        module, _, name = self.build.partition(":")
        yield from getattr(import_module(module), name)(shell)


@dataclass(frozen=True, slots=True)
class Shell:
    """What a room is given: what is chosen, the bar under all rooms, and the place it stands in."""

    window: QWidget
    project: Project
    settings: Settings
    transport: TransportBar
    put: Callable[[str, QWidget], None]  #: shows a room's panel in the place that was kept for it
    go: Callable[[str], None]  #: to a room
    take_ready: Callable[[str], None]  #: makes pictures with the ready model of a sample set
    controllers: dict[str, Any] = field(default_factory=dict)  #: of the rooms that stand


#: Name → room, in the order of the keys Ctrl+1, 2, 3, 4. The first is there at the first paint.
ROOMS: dict[str, Room] = {
    "dataset": Room(
        QT_TRANSLATE_NOOP("Rooms", "Dataset"),
        QT_TRANSLATE_NOOP("Rooms", "The pictures and what the network sees of them"),
        "dataset",
    ),
    "training": Room(
        QT_TRANSLATE_NOOP("Rooms", "Training"),
        QT_TRANSLATE_NOOP("Rooms", "Settings, loss and samples while it learns"),
        "training",
        "studio.training.controller:build_room",
    ),
    "sampler": Room(
        QT_TRANSLATE_NOOP("Rooms", "Sampler"),
        QT_TRANSLATE_NOOP("Rooms", "Make pictures and step through their denoising"),
        "sampler",
        "studio.sampler.controller:build_room",
    ),
    "inside": Room(
        QT_TRANSLATE_NOOP("Rooms", "Inside"),
        QT_TRANSLATE_NOOP("Rooms", "The network at work, the schedules, the tricks, and a lesson through them"),
        "inside",
        "studio.inside.controller:build_room",
    ),
}
