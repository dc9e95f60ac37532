"""Where each thing stands that a page speaks of, a row each: the room, the place in it, and the widget by its name.

A part that is not there (another tab is being built, another way is open) gives way to the tab or the room's button.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QScrollArea, QTabBar, QWidget

if TYPE_CHECKING:
    from ...app.rooms import Shell


@dataclass(frozen=True, slots=True)
class Target:
    """One of them.

    room   a row of ROOMS
    names  the widget's object name or its class; the first of them that can be seen
    tab    of the room Inside
    way    of looking, in the sampler
    """

    room: str
    names: tuple[str, ...]
    tab: str = ""
    way: str = ""


#: Name → where it is.
TARGETS: dict[str, Target] = {
    "generate": Target("sampler", ("sampler_ready", "generate"), way="pictures"),
    "forward_t": Target("dataset", ("forward_t",)),
    "forward_curve": Target("dataset", ("forward_curve",)),
    "first": Target("sampler", ("first",), way="pictures"),
    "next": Target("sampler", ("next",), way="pictures"),
    "well_title": Target("sampler", ("x_0_title",), way="pictures"),
    "smoothing": Target("training", ("smoothing", "run_plot")),
    "timestep_mode": Target("training", ("timestep_mode",)),
    "start": Target("training", ("start",)),
    "this_step": Target("sampler", ("way_step",)),
    "circle": Target("sampler", ("angle",), way="step"),
    "sampler_choice": Target("sampler", ("sampler_choice",)),
    "play": Target("sampler", ("play",), way="pictures"),
    "network_map": Target("inside", ("MapPanel",), tab="network"),
    "network_block": Target("inside", ("MapPanel",), tab="network"),
    "network_attention": Target("inside", ("LookingView", "MapPanel"), tab="network"),
    "schedules": Target("inside", ("ChoicePanel", "inside_schedule"), tab="schedules"),
    "trick_self_condition": Target("inside", ("SelfConditionCard",), tab="tricks"),
    "trick_offset": Target("inside", ("OffsetCard",), tab="tricks"),
    "trick_immiscible": Target("inside", ("ImmiscibleCard",), tab="tricks"),
}


class Found(NamedTuple):
    """What is to be pointed out."""

    widget: QWidget
    part: Callable[[], QRect] | None = None  #: of the widget; None: all of it
    exact: bool = True  #: False: it stands for something that is not to be seen now


def go_to(target: Target, shell: Shell) -> None:
    """Show the room and the place in it."""
    shell.go(target.room)
    if target.tab:
        shell.controllers["inside"].show_tab(target.tab)
    if target.way:
        shell.controllers["sampler"].panel.ways.choose(target.way)
    if target.room == "dataset":
        side = shell.window.findChild(QTabBar, "side")
        if side is not None:
            side.setCurrentIndex(0)


def find(target: Target, shell: Shell) -> Found:
    """The widget, brought into view where it lies in something that scrolls; call `go_to` first."""
    window, widget = shell.window, part_of(target, shell)
    if widget is not None:
        bring_into_view(widget)
        return Found(widget)
    if target.tab:
        bar = window.findChild(QTabBar, "inside_tabs")
        if bar is not None:
            return Found(bar, lambda: bar.tabRect(bar.currentIndex()), exact=False)
    button = window.findChild(QWidget, f"room_{target.room}")
    return Found(window if button is None else button, exact=False)


def part_of(target: Target, shell: Shell) -> QWidget | None:
    """The widget itself; None where it is not to be seen now."""
    if target.tab:
        built = shell.controllers["inside"].tabs.get(target.tab)
        within: list[QWidget] = [] if built is None else [built.panel, *built.panel.findChildren(QWidget)]
    else:
        within = [widget for name in target.names for widget in shell.window.findChildren(QWidget, name)]
    for name in target.names:
        for widget in within:
            if name in (widget.objectName(), type(widget).__name__) and widget.isVisible():
                return widget
    return None


def bring_into_view(widget: QWidget) -> None:
    """Scroll to it, in whatever it lies that scrolls."""
    around: list[QWidget] = []
    above = widget.parentWidget()
    while above is not None:
        around.append(above)
        above = above.parentWidget()
    for above in reversed(around):  # what was shown just now is laid out by then
        layout = above.layout()
        if layout is not None:
            layout.activate()
    for above in around:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)
