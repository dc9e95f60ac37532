"""What happens in the tab Network: which block is looked at, and what is asked of the network about it."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from ... import numbers
from ...app.messages import error_text, preset_title
from ...app.tabs import shelf
from ...imaging import to_image
from ...jobs.latest import Latest
from ...sampler.models import Origin
from .asking import Asking, NetworkFacts, network_in, network_of
from .costing import Costing
from .pages import Pages
from .panel import NetworkHead, NetworkPanel, Parts
from .stepping import Stepping
from .told import Looked, Off, Question
from .words import is_attention

if TYPE_CHECKING:
    from core.networks.anatomy import BlockRow

    from ...app.rooms import Shell
    from ...jobs.worker import Failure
    from ..seen import Seen

#: The kind of block that is selected at first, on the way up: what shows the most.
FIRST = ("linear_attention", "attention", "resnet")
#: Instead of what the map was asked for: of a file that cannot be read there is none.
UNREAD = "unread"
#: A question that takes longer is told of.
SLOW_MS = 500


class NetworkController(QObject):
    """Connects the panel with what is seen. Lives in the GUI thread."""

    def __init__(self, panel: NetworkPanel, seen: Seen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.panel, self.head = panel, NetworkHead()
        self._seen = seen
        self._shown = False
        self._asking = Asking()
        self.facts: NetworkFacts | None = None  #: of the network that is drawn
        self.looked: Looked | None = None  #: what is shown of the block at work
        self._map_of: object = None  #: what the map was asked for
        self._map_why = ""
        self._off: Off = frozenset()
        self._pixels: dict[str, tuple[int, int]] = {}  #: the pixel that was pointed at, by block
        self._asked: Question | None = None  #: the look under way
        self._wished: Question | None = None  #: the one that follows it
        self._failed_at: Question | None = None  #: one that had no answer: it is not asked again
        self._map = Latest("network-map", parent=self)
        self._look = Latest("network-look", parent=self)
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self.costing = Costing(panel.map_panel, seen, parent=self)
        self.pages = Pages(panel.block, seen, self._asking, parent=self)
        self._stepping = Stepping(panel, seen, parent=self)
        self._connect()
        self._show_choice()
        self._stepping.show_recording()
        self._say()

    def _connect(self) -> None:
        panel, seen, head = self.panel, self._seen, self.head
        panel.map.selected.connect(self.select)
        block = panel.block
        block.moved.connect(self._select_by)
        block.page_changed.connect(self._ask_page)
        block.part_switched.connect(self._switch)
        block.ablation.all_on_wished.connect(self.all_on)
        block.looking.pixel_wished.connect(self._point)
        head.model_chosen.connect(seen.choose)
        head.open_wished.connect(seen.open_by_dialog)
        head.weights_chosen.connect(seen.choose_weights)
        seen.choices_changed.connect(self._show_choice)
        seen.model_changed.connect(self._model_changed)
        seen.settings_changed.connect(self._settings_changed)
        seen.recording_changed.connect(self._recording_changed)
        seen.sampling_changed.connect(self._ask_all)
        seen.step_changed.connect(self._ask)
        seen.picture_changed.connect(self._ask_all)
        self.costing.changed.connect(self._show_cost)
        self._map.answered.connect(self._take_map)
        self._map.failed.connect(self._map_failed)
        self._look.answered.connect(self._take_look)
        self._look.failed.connect(self._look_failed)
        self._slow.timeout.connect(self._say_slow)

    def set_shown(self, shown: bool) -> None:
        """Whether the page can be seen: one that cannot asks nothing of the network."""
        if shown == self._shown:
            return
        self._shown = shown
        if shown:
            self._show_choice()
            self._ask_map()
            self._ask_all()
            return
        self._seen.playback.pause()
        self._slow.stop()
        self._wished = self._asked = None
        self._look.forget()
        self.pages.forget()
        self.costing.cancel()

    @Slot()
    def _show_choice(self) -> None:
        seen = self._seen
        self.head.show_choice(seen.choices, seen.choice, seen.weights)
        self._say()

    # --- the map -------------------------------------------------------------------------------------------

    @Slot()
    def _settings_changed(self) -> None:
        self._show_choice()
        self._ask_map()
        if self.facts is not None and not self._map.busy:
            self.costing.show_network(self.facts)  # they are kept by the settings

    @Slot()
    def _model_changed(self) -> None:
        """Another model or other weights: another map, perhaps, and other answers."""
        self.looked = self._failed_at = self._asked = self._wished = None
        self._look.forget()
        self.pages.forget()
        self._show_choice()
        self._ask_map()
        self._ask_all()

    def _ask_map(self) -> None:
        """Of the model that is looked at; before there is one, of the settings."""
        if not self._shown:
            return
        seen = self._seen
        if seen.choice is not None and seen.choice.origin is Origin.FILE and seen.facts is None:
            if not seen.reading and self._map_of != UNREAD:  # the U of the settings is not this file's
                self._map_of = UNREAD
                self._map.forget()
                self._show_no_map(self.tr("The model cannot be read; the sampler room says why."))
            return
        reader = seen.reader(purpose="network") if seen.facts is not None else None
        wanted: object = seen.choice if reader is not None else seen.config
        if wanted != self._map_of:
            self._map_of = wanted
            self.costing.show_network(None)  # those of another network are forgotten
            self._map.ask(partial(network_of, seen.config) if reader is None else partial(network_in, reader))

    @Slot(object)
    def _take_map(self, facts: NetworkFacts) -> None:
        before = None if self.facts is None else self.facts.rows
        self.facts, self._map_why = facts, ""
        panel = self.panel
        panel.map_panel.facts.setText(self._facts_text(facts))
        height, width = facts.image_size
        channels = facts.channels * (2 if facts.feeds_back else 1) + facts.sees
        if facts.rows != before:
            panel.map.show_rows(
                facts.rows, f"{channels}×{height}×{width}", feeds_back=facts.feeds_back, sees=bool(facts.sees)
            )
            self._off = frozenset()
            self._pixels.clear()
        panel.block.over.set_timesteps(facts.timesteps)
        self.costing.show_network(facts)
        if panel.map.current:
            self._show_block()
            self._ask()
        else:
            self.select(_first(facts.rows))
        if self._shown:
            self.costing.rest()

    @Slot(object)
    def _map_failed(self, failure: Failure) -> None:
        self._show_no_map(error_text(failure.error))

    def _show_no_map(self, why: str) -> None:
        self.facts = None
        self._map_why = why
        self.panel.map_panel.facts.setText("")
        self.panel.map.show_rows((), placeholder=self._map_why)
        self.panel.block.show_row(None)
        self.costing.show_network(None)
        self._say()

    def _facts_text(self, facts: NetworkFacts) -> str:
        """611,347 parameters · Sketch: 16 × (1, 2, 4) · 24 px · patch 2."""
        size = f"{facts.dim} × ({', '.join(map(str, facts.dim_mults))})"
        config = self._seen.config
        if (config.model.dim, tuple(config.model.dim_mults)) == (facts.dim, facts.dim_mults):
            size = f"{preset_title(config.preset)}: {size}"
        parts = [self.tr("{count} parameters").format(count=numbers.count(facts.parameters)), size]
        pixels = self.tr("{size} px").format(size=numbers.sides(*facts.image_size))
        parts.append(self.tr("drawn for {pixels}").format(pixels=pixels) if facts.guessed else pixels)
        if facts.patch_size > 1:
            parts.append(self.tr("patch {size}").format(size=facts.patch_size))
        return " · ".join(parts)

    # --- the selected block --------------------------------------------------------------------------------

    @property
    def _row(self) -> BlockRow | None:
        current = self.panel.map.current
        return None if self.facts is None else next((row for row in self.facts.rows if row.module == current), None)

    @Slot(str)
    def select(self, module: str) -> None:
        """Look at a block."""
        self.panel.map.select(module)
        self.looked = None
        self._show_block()
        self._ask()

    @Slot(int)
    def _select_by(self, by: int) -> None:
        modules = [row.module for row in self.facts.rows] if self.facts is not None else []
        if modules:
            place = modules.index(self.panel.map.current) if self.panel.map.current in modules else 0
            self.select(modules[(place + by) % len(modules)])

    def _show_block(self) -> None:
        row, facts, block = self._row, self.facts, self.panel.block
        block.show_row(row)
        if row is not None and facts is not None:
            block.operations.show_operations(facts.operations[row.module], facts.symbols, facts.axes)
        self._show_cost()
        self._show_off()
        self._ask_page()

    @Slot()
    def _show_cost(self) -> None:
        row = self._row
        self.panel.block.show_cost(None if row is None else self.costing.costs.get(row.module))

    def _show_off(self) -> None:
        off: dict[str, frozenset[str]] = {}
        for part, module in self._off:
            off[module] = off.get(module, frozenset()) | {part}
        self.panel.map.set_off(self._off)
        self.panel.block.show_off(off, self._why_not())

    @Slot(str, bool)
    def _switch(self, part: str, on: bool) -> None:
        row = self._row
        if row is not None:
            changed = {(part, row.module)}
            self._off = self._off - changed if on else self._off | changed
            self._ask_all()

    @Slot()
    def all_on(self) -> None:
        """The whole network again."""
        self._off = frozenset()
        self._ask_all()

    @Slot(int, int)
    def _point(self, row: int, column: int) -> None:
        self._pixels[self.panel.map.current] = (row, column)
        self._ask()

    @property
    def asking(self) -> bool:
        """Whether an answer of the network is still to come."""
        return self._asked is not None or self._wished is not None

    # --- what the block says at this step ------------------------------------------------------------------

    @Slot()
    def _recording_changed(self) -> None:
        # What is still asked of the one before would fail: that is closed now.
        self.looked = self._failed_at = self._asked = self._wished = None
        self._look.forget()
        self.pages.forget()
        self._ask_all()

    @Slot()
    def _ask_all(self) -> None:
        """Ask of the step and of the page that is seen."""
        self._ask()
        self._ask_page()

    @Slot()
    def _ask_page(self) -> None:
        if self._shown:
            self.pages.ask(self._row, self._question(), self._why_not())

    def _question(self) -> Question | None:
        """What is to be asked now; None where something is missing."""
        row, recording = self._row, self._seen.recording
        if row is None or recording is None or self._why_not():
            return None
        step = min(self._seen.step, recording.arrived - 1)
        pixel = None
        if is_attention(row):
            _, height, width = row.shape
            pixel = self._pixels.setdefault(row.module, (height // 2, width // 2))
        return Question(recording, step, self._seen.picture, row.module, self._off, pixel)

    def _why_not(self) -> str:
        """Why nothing can be asked, as a sentence; "" where it can."""
        seen, facts = self._seen, self.facts
        recording = seen.recording
        if facts is None or self._map.busy:
            return self._map_why or self.tr("The network is being read.")
        if seen.choice is None:
            return self.tr("There is no model yet: the U is drawn from the settings. Train one, or open a file.")
        if seen.facts is None:
            if not seen.reading:
                return self.tr("The model cannot be read; the sampler room says why.")
            return self.tr("The model is being read.")
        if recording is None or not recording.arrived:
            if seen.sampling:
                return self.tr("The denoising is being made.")
            return self.tr("What a block says is seen at a step of a denoising. There is none yet.")
        shape = recording.started.height, recording.started.width, recording.started.channels
        if shape != (*facts.image_size, facts.channels):
            return self.tr("This denoising is of pictures of another size than the model's. Generate one with it.")
        return ""

    @Slot()
    def _ask(self) -> None:
        """Ask for what is to be seen, unless it is; while a look is under way the newest wish waits for it."""
        self._say()
        question = self._question() if self._shown else None
        if question is None or self._answers(question):
            self._wished = None
        elif self._asked is not None and self._look.busy:
            self._wished = question
        else:
            self._put(question)

    def _put(self, question: Question) -> None:
        reader = self._seen.reader(purpose="network")
        if reader is None:
            return
        self.costing.disturb()
        self._asked, self._wished = question, None
        self._look.ask(partial(self._asking.look, reader, question))
        self._slow.start()

    def _answers(self, question: Question) -> bool:
        """Whether what is shown is the answer, or that there is none."""
        return question == self._failed_at or (self.looked is not None and question == self.looked.question)

    @Slot(object)
    def _take_look(self, looked: Looked) -> None:
        self._asked = None
        self._slow.stop()
        question = looked.question
        if question.recording is self._seen.recording and question.module == self.panel.map.current:
            self.looked, self._failed_at = looked, None
            panel = self.panel
            panel.map.show_carried({module: to_image(picture) for module, picture in looked.carried.items()})
            panel.map_panel.set_strengths(looked.strengths)
            panel.block.show_look(looked)
        self._go_on()

    @Slot(object)
    def _look_failed(self, failure: Failure) -> None:
        self.looked, self._failed_at, self._asked = None, self._asked, None
        self._slow.stop()
        self._show_nothing(error_text(failure.error))
        self._go_on()

    def _go_on(self) -> None:
        wished, self._wished = self._wished, None
        if wished is not None and self._shown and not self._answers(wished):
            self._put(wished)
        elif self._shown:
            self.costing.rest()

    @Slot()
    def _say_slow(self) -> None:
        if self._asked is not None and self.looked is None:
            self._show_nothing(self.tr("The network is being asked…"))

    def _say(self) -> None:
        """Why nothing is to be seen of the block at work, where that is so."""
        why = self._why_not()
        self._show_off()
        if why:
            self.looked = self._failed_at = None
            self._show_nothing(why)

    def _show_nothing(self, words: str) -> None:
        self.panel.map.show_carried({})
        self.panel.map_panel.set_strengths({})
        self.panel.block.show_look(None)
        self.panel.block.say(words)

    # --- the end -------------------------------------------------------------------------------------------

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop everything and wait; True when no thread is left."""
        self._shown = False
        self._slow.stop()
        ended = [part.shutdown(timeout_ms) for part in (self._map, self._look, self.pages, self.costing)]
        return all(ended)


def _first(rows: tuple[BlockRow, ...]) -> str:
    """The block that is selected at first."""
    up = [row for row in rows if row.side == "up"]
    chosen = next((row for kind in FIRST for row in up if row.kind == kind), rows[0])
    return chosen.module


def build_tab(shell: Shell, seen: Seen) -> Generator[None, None, NetworkController]:
    """The tab, in strokes."""
    place = shelf(shell.window)
    parts = Parts(place)
    yield from parts.build()
    panel = NetworkPanel(parts, place)
    yield
    place.deleteLater()
    panel.setParent(None)
    panel.steps.ready.wished.connect(shell.take_ready)
    return NetworkController(panel, seen, parent=shell.window)
