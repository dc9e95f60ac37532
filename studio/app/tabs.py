"""Tabs within a room, a row each: what a tab is called, and what builds it when it is first looked at.

A room has a table of `TabRow`s, shows a `TabPages` in its panel and lets a `TabKeeper` build the pages. To add a tab: a
package with a panel (what is seen) and a controller (what happens, a `Tab`), and its row in the room's table.

Built at once, a tab with plots held the window for 160 ms; so it is imported while nobody waits, and built in strokes.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QTabBar, QWidget

from ..widgets.scroll import RoomStack
from .rooms import modules_of
from .theme import CONTROL_PX

if TYPE_CHECKING:
    from .settings import Settings


class Tab(Protocol):
    """What the controller of a tab must be able to do. Lives in the GUI thread."""

    panel: QWidget  #: the page
    head: QWidget | None  #: what stands beside the tabs while the page is shown

    def set_shown(self, shown: bool) -> None:
        """Whether the page can be seen: a page that cannot asks for nothing."""

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop everything and wait; True when no thread is left."""


@dataclass(frozen=True, slots=True)
class TabRow:
    """One tab. Texts are English; the translators' context of the room's tabs has their translations.

    build  "module:function" that makes its `Tab` of what the room gives, or is a generator that returns it and pauses
           after each stroke that would be felt; "": the room has put the page there itself
    """

    title: str
    tip: str
    build: str

    def imports(self) -> Iterator[None]:
        """Import what it is made of, pausing after each module that was not there."""
        for name in modules_of(self.build):
            if name not in sys.modules:
                import_module(name)
                yield

    def strokes(self, *given: object) -> Generator[None, None, Tab]:
        """Build it, pausing after each stroke."""
        yield from self.imports()
        module, _, name = self.build.partition(":")
        made = getattr(import_module(module), name)(*given)
        return cast("Tab", (yield from made) if isinstance(made, Generator) else made)


def shelf(window: QWidget) -> QWidget:
    """Where a page and its parts lie until they are taken: somebody's own, but not in the window's order of Tab."""
    return QWidget(window, Qt.WindowType.Window)


def turn_by_keys(bar: QTabBar, room: QWidget) -> None:
    """Ctrl+PgDn and Ctrl+PgUp go to the tab behind and before, wherever in the room the focus is."""

    def turn(by: int) -> None:
        bar.setCurrentIndex((bar.currentIndex() + by) % bar.count())

    for keys, by in (("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
        shortcut = QShortcut(QKeySequence(keys), room)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(partial(turn, by))


class TabPages(QObject):
    """The widgets: `row` (the tabs, and beside them what the shown one puts there) and `pages` (which one is shown)."""

    chosen = Signal(str)  #: the name of the tab that is shown now

    def __init__(self, rows: Mapping[str, TabRow], context: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows, self._context, self._names = rows, context, tuple(rows)
        self.bar = QTabBar()
        self.bar.setObjectName(name)
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setFixedHeight(CONTROL_PX + 4)
        self.pages, self._heads = RoomStack(), RoomStack()  # a head that is not shown takes no room from the tabs
        for row in rows.values():
            self.bar.setTabToolTip(self.bar.addTab(self._translated(row.title)), self._translated(row.tip))
            self.pages.addWidget(QWidget())
            self._heads.addWidget(QWidget())
        self._heads.setFixedHeight(CONTROL_PX + 4)
        self.row = QHBoxLayout()
        self.row.setSpacing(16)
        self.row.addWidget(self.bar)
        self.row.addWidget(self._heads, 1)
        self.bar.currentChanged.connect(self._turned)
        turn_by_keys(self.bar, parent)

    @property
    def current(self) -> str:
        """The name of the tab that is shown."""
        return self._names[self.bar.currentIndex()]

    def choose(self, name: str) -> None:
        """Show a tab; nothing where there is none of the name."""
        if name in self._names:
            self.bar.setCurrentIndex(self._names.index(name))

    def say_at_work(self, name: str, words: str) -> None:
        """What a tab has at work, which goes on while others are looked at; "" for nothing."""
        title = self._translated(self._rows[name].title)
        self.bar.setTabText(self._names.index(name), f"{title} · {words}" if words else title)

    def put(self, name: str, page: QWidget, head: QWidget | None = None) -> None:
        """The page of a tab, and what stands beside the tabs while it is shown."""
        place = self._names.index(name)
        for stack, widget in ((self.pages, page), (self._heads, head or QWidget())):
            old = stack.widget(place)
            stack.insertWidget(place, widget)
            if old is not None:
                stack.removeWidget(old)
                old.deleteLater()
        self._show(place)

    def _translated(self, text: str) -> str:
        return QCoreApplication.translate(self._context, text)

    @Slot(int)
    def _turned(self, place: int) -> None:
        focus, leaving = QApplication.focusWidget(), self.pages.currentWidget()
        if focus is not None and leaving is not None and leaving.isAncestorOf(focus):
            self.bar.setFocus()  # else Qt gives it to whatever comes first on the page, which then takes the arrows
        self._show(place)
        self.chosen.emit(self.current)

    def _show(self, place: int) -> None:
        if place == self.bar.currentIndex():
            self.pages.setCurrentIndex(place)
            self._heads.setCurrentIndex(place)


class TabKeeper(QObject):
    """Builds a tab stroke by stroke when it is first looked at, and tells each whether it is seen.

    Lives in the GUI thread.

    room     the widget that is shown and hidden with the room
    setting  the name of the setting that remembers which tab was shown
    given    what the tabs are built of
    """

    built = Signal(str)  #: the name of a tab that stands now

    def __init__(
        self,
        pages: TabPages,
        rows: Mapping[str, TabRow],
        room: QWidget,
        settings: Settings,
        setting: str,
        *given: object,
    ) -> None:
        super().__init__(room)
        self._pages, self._rows, self._room, self._given = pages, rows, room, given
        self._settings, self._setting = settings, setting
        self.tabs: dict[str, Tab] = {}  #: those that were looked at, once they stand
        self._begun: dict[str, Generator[None, None, Tab]] = {}  #: what is left to do of those that do not stand yet
        self._building = QTimer(self, singleShot=True, interval=0)
        self._building.timeout.connect(self._build_on)
        self._closed = False
        pages.choose(settings[setting])
        pages.chosen.connect(self._turned)
        room.installEventFilter(self)

    def tab(self, name: str) -> Tab:
        """The controller of a tab; what is not built of it yet is built at once."""
        if name not in self.tabs:
            while name not in self.tabs:
                self._stroke(name)
            self._tell_shown()
        return self.tabs[name]

    def import_ahead(self) -> Iterator[None]:
        """Import what the tabs are made of before anybody looks at them, pausing after each stroke."""
        for row in self._rows.values():
            yield from row.imports()

    def choose(self, name: str) -> None:
        """Show a tab."""
        self._pages.choose(name)

    def say_at_work(self, name: str, words: str) -> None:
        """What a tab has at work; "" for nothing."""
        if not self._closed:
            self._pages.say_at_work(name, words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The room comes into sight, or goes out of it."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide) and not self._closed:
            self._tell_shown()
        return super().eventFilter(watched, event)

    @Slot(str)
    def _turned(self, name: str) -> None:
        self._settings[self._setting] = name
        self._tell_shown()

    def _tell_shown(self) -> None:
        visible, current = self._room.isVisible(), self._pages.current
        if visible and self._rows[current].build and current not in self.tabs:
            self._stroke(current)
            if current not in self.tabs:
                self._building.start()
        for name, tab in self.tabs.items():
            tab.set_shown(visible and name == current)

    def _stroke(self, name: str) -> None:
        strokes = self._begun.pop(name, None) or self._rows[name].strokes(*self._given)
        try:
            next(strokes)
        except StopIteration as end:
            tab = self.tabs[name] = end.value
            self._pages.put(name, tab.panel, tab.head)
            self.built.emit(name)
        else:
            self._begun[name] = strokes

    @Slot()
    def _build_on(self) -> None:
        name = self._pages.current
        if self._closed or not self._room.isVisible() or not self._rows[name].build:
            return
        if name in self.tabs:  # its page was laid out in the turn before this one
            self._tell_shown()
            return
        self._stroke(name)
        self._building.start()

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop everything and wait; True when no thread is left."""
        self._closed = True
        self._building.stop()
        self._begun.clear()  # and with it what was built
        ended = [tab.shutdown(timeout_ms) for tab in self.tabs.values()]
        return all(ended)
