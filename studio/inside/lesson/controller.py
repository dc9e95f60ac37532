"""What happens in the lesson: pages are opened, their numbers computed, the real rooms shown, and deeds seen."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QTabBar, QWidget

from core.settings import RunConfig

from ...jobs.latest import Latest
from .deeds import Scene, Watch
from .facts import even_ts, facts_of, told
from .pages import PAGES
from .panel import LessonPanel, said
from .spotlight import Spotlight
from .targets import TARGETS, Target, bring_into_view, find, go_to

if TYPE_CHECKING:
    from ...app.rooms import Shell
    from ..seen import Seen


#: A room that is gone to is laid out and filled by then: so often it is looked whether the target is in view.
SETTLING, SETTLING_MS = 10, 60
#: And so often whether it stands, where it is only being built.
BUILDING = 80


def _looked_up(config: RunConfig, name: str, run: Path | None) -> Iterator[tuple[dict[str, str], range]]:
    yield facts_of(config, name, run), even_ts(config)


class LessonController(QObject):
    """Connects the panel with the rooms that the pages speak of. Lives in the GUI thread."""

    def __init__(self, shell: Shell, panel: LessonPanel, seen: Seen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.panel: QWidget = panel
        self.head: QWidget | None = panel.head
        self._shell, self._page_panel, self._seen = shell, panel, seen
        done: list[object] = shell.settings["lesson_done"]
        self._done = [name for name in PAGES if name in done]
        self._shown = False
        self._facts: dict[str, str] = {}
        self._told_of: object = None  # what the facts are of
        self.scene = Scene(shell)
        self.watch = Watch(self.scene, self)
        self.spotlight = Spotlight(shell.window, self)
        self._looking = Latest("lesson-facts", self)
        self._looking.answered.connect(self._take_facts)
        self._looking.failed.connect(self._no_facts)
        self._settles = 0
        self._awaited: Target | None = None  #: what is to be pointed out once it stands
        self._settling = QTimer(self, interval=SETTLING_MS)
        self._settling.timeout.connect(self._settle)
        self.watch.done.connect(self._was_done)
        self.spotlight.back_wished.connect(self._come_back)
        panel.page_chosen.connect(self._turned)
        panel.view.show_wished.connect(self.show_me)
        panel.view.ready_wished.connect(self._take_ready)
        seen.settings_changed.connect(self._look_up)
        seen.model_changed.connect(self._offer)
        panel.show_done(self._done)
        panel.choose(shell.settings["lesson_page"])

    @property
    def done(self) -> tuple[str, ...]:
        """The pages whose deed was done."""
        return tuple(self._done)

    def set_shown(self, shown: bool) -> None:
        """Whether the page can be seen."""
        if shown and not self._shown:
            self._shown = True
            self.spotlight.clear()
            self._told_of = None  # it may have been trained further
            self._look_up()
            self._offer()
            if not isinstance(self._shell.window.focusWidget(), QTabBar):  # where arrows go on to another tab
                self._page_panel.setFocus()
        self._shown = shown

    @Slot()
    def show_me(self) -> None:
        """Go where the page's deed is done, and point it out."""
        page = PAGES[self._page_panel.current]
        target = TARGETS[page.where]
        go_to(target, self._shell)
        found = find(target, self._shell)
        done = self._page_panel.current in self._done
        self.spotlight.show(found.widget, found.part, said(page.do), done=done)
        self._awaited = None if found.exact else target
        self._settles = SETTLING if found.exact else BUILDING
        self._settling.start()

    @Slot()
    def _settle(self) -> None:
        """The room is still being laid out, or filled: what is pointed out stays in view meanwhile."""
        if self._awaited is not None and self.spotlight.ring.target is not None:
            found = find(self._awaited, self._shell)
            if found.exact:  # it stands by now
                self._awaited, self._settles = None, SETTLING
                self.spotlight.point_out(found.widget, found.part)
        target = self.spotlight.ring.target
        if target is not None and target.isVisible():
            if self._awaited is None and target.visibleRegion().boundingRect() != target.rect():
                bring_into_view(target)
            self.spotlight.follow()
        self._settles -= 1
        if target is None or not self._settles:
            self._settling.stop()

    @Slot(str)
    def _take_ready(self, name: str) -> None:
        """Its pictures are made in the sampler; the card leads back."""
        self._shell.take_ready(name)
        found = find(TARGETS["generate"], self._shell)
        words = self.tr("Pictures are being made with the model here. Then go back to the lesson.")
        self.spotlight.show(found.widget, found.part, words, done=False)

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop everything and wait; True when no thread is left."""
        self._settling.stop()
        self.watch.end()
        self.spotlight.clear()
        return self._looking.shutdown(timeout_ms)

    # --- pages ---------------------------------------------------------------------------------------------

    @Slot(str)
    def _turned(self, name: str) -> None:
        self._shell.settings["lesson_page"] = name
        self.spotlight.clear()
        self.watch.begin(PAGES[name].done, TARGETS[PAGES[name].where])
        self._show_own()

    @Slot()
    def _was_done(self) -> None:
        name = self._page_panel.current
        if name not in self._done:
            self._done.append(name)
            self._shell.settings["lesson_done"] = list(self._done)
            self._page_panel.show_done(self._done)
        self.spotlight.set_done()

    @Slot()
    def _come_back(self) -> None:
        self._shell.go("inside")
        self._shell.controllers["inside"].show_tab("lesson")

    # --- the reader's own run ------------------------------------------------------------------------------

    @Slot()
    def _offer(self) -> None:
        """Without a model there is nothing to look at: one is offered."""
        self._page_panel.view.offer.setVisible(self._seen.choice is None)

    @Slot()
    def _look_up(self) -> None:
        config, run = self._seen.config, self._seen.run_folder
        if not self._shown or (config, run) == self._told_of:
            return
        self._told_of = config, run
        name = self.tr("your next run") if run is None else run.name
        self._looking.ask(partial(_looked_up, config, name, run))

    @Slot(object)
    def _take_facts(self, answer: tuple[dict[str, str], range]) -> None:
        self._facts, self.scene.even_ts = answer
        self._show_own()

    @Slot()
    def _no_facts(self) -> None:
        """These settings cannot be, which their own places say: the numbers of others are not theirs."""
        self._facts, self.scene.even_ts = {}, None
        self._show_own()

    def _show_own(self) -> None:
        texts = [said(text) for text in PAGES[self._page_panel.current].own]
        words = told(texts, self._facts)
        if self._seen.run_folder is None:  # "your next run" may begin the sentence; a run's name stays as it is
            words = words[:1].upper() + words[1:]
        self._page_panel.view.show_own(words)


def build_tab(shell: Shell, seen: Seen) -> LessonController:
    """The tab."""
    return LessonController(shell, LessonPanel(), seen, parent=shell.window)
