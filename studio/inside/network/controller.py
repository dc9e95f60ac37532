"""What happens in the tab Network: which block is looked at, and what is asked of the network about it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from core.errors import StudioError
from core.presets import preset
from core.recording import Recording, shown

from ... import numbers
from ...app.messages import error_text
from ...imaging import to_image
from ...jobs.latest import Latest, Underway
from ...sampler.models import Origin
from .asking import (
    Asking,
    Learned,
    Looked,
    Measured,
    NetworkFacts,
    Off,
    Question,
    costs_of,
    network_in,
    network_of,
    weights_of,
)
from .head import NetworkHead
from .over_t import OverT
from .panel import NetworkPanel

if TYPE_CHECKING:
    from pathlib import Path

    from core.networks.anatomy import BlockRow
    from core.settings import RunConfig

    from ...app.rooms import Shell
    from ...jobs.worker import Failure
    from ..seen import Seen

#: The block that is selected at first: the first attention on the way up shows the most.
FIRST = ("linear_attention", "attention", "resnet")
#: Only networks up to so many parameters are measured without being asked, so long after the last wish.
MEASURED_UNASKED, IDLE_MS = 3_000_000, 1500
#: A question that takes longer is told of.
SLOW_MS = 500
PAGES = ("maps", "formulas", "over", "weights")


@dataclass(frozen=True)
class _Key:
    """What costs are kept by: they change with these settings alone."""

    model: object
    image: object
    channels: object
    batch: int
    device: str


class NetworkController(QObject):
    """Connects the panel with what is seen. Lives in the GUI thread."""

    def __init__(self, panel: NetworkPanel, seen: Seen, shell: Shell | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.panel, self.head = panel, NetworkHead()
        self._seen, self._shell = seen, shell
        self._shown = False
        self._asking = Asking()
        self.facts: NetworkFacts | None = None  #: of the network that is drawn
        self._map_of: object = None  #: what it was asked for
        self._map_why = ""
        self._off: Off = frozenset()
        self._pixels: dict[str, tuple[int, int]] = {}  #: the pixel that was pointed at, by block
        self._asked: Question | None = None  #: the look under way
        self._wished: Question | None = None  #: the one that follows it
        self._answered_to: object = None  #: what is shown of the block
        self._costs: dict[_Key, Measured] = {}
        self._stop_measuring = threading.Event()
        self._measures: _Key | None = None
        self._over_of: object = None
        self._weights_of: object = None
        self._map = Latest("network-map", parent=self)
        self._look = Latest("network-look", parent=self)
        self._over = Latest("network-over-t", parent=self)
        self._measuring = Latest("network-costs", parent=self)
        self._weights = Latest("network-weights", parent=self)
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._connect()
        self._show_choice()
        self._show_recording()
        self._say()

    def _connect(self) -> None:
        panel, seen, head = self.panel, self._seen, self.head
        panel.map.selected.connect(self.select)
        block = panel.block
        block.moved.connect(self._select_by)
        block.page_changed.connect(self._page_turned)
        block.part_switched.connect(self._switch)
        block.ablation.all_on_wished.connect(self.all_on)
        block.looking.pixel_wished.connect(self._point)
        block.over.t_picked.connect(self._go_to_t)
        block.acted.connect(self._generate)
        panel.map_panel.measure_wished.connect(self.measure)
        panel.map_panel.cancel_wished.connect(self._cancel_measuring)
        steps, row, play = panel.steps, panel.timeline.row, seen.playback
        steps.generate_wished.connect(self._generate)
        steps.cancel_wished.connect(self._cancel)
        steps.training_wished.connect(self._to_training)
        panel.timeline.step_picked.connect(seen.go)
        panel.step_wished.connect(self._step_by)
        panel.end_wished.connect(self._to_end)
        panel.play_wished.connect(play.toggle)
        row.play_wished.connect(play.toggle)
        row.move_wished.connect(self._move)
        row.loop_changed.connect(self._loop)
        row.speed_changed.connect(play.set_speed)
        play.playing_changed.connect(row.set_playing)
        head.model_chosen.connect(seen.choose)
        head.open_wished.connect(seen.open_by_dialog)
        head.weights_chosen.connect(seen.choose_weights)
        seen.choices_changed.connect(self._show_choice)
        seen.model_changed.connect(self._model_changed)
        seen.settings_changed.connect(self._settings_changed)
        seen.recording_changed.connect(self._show_recording)
        seen.recording_grew.connect(self._grew)
        seen.sampling_changed.connect(self._show_state)
        seen.step_changed.connect(self._step_shown)
        seen.picture_changed.connect(self._picture_shown)
        for job, take, fail in (
            (self._map, self._take_map, self._map_failed),
            (self._look, self._take_look, self._look_failed),
            (self._over, self._take_over, self._over_failed),
            (self._measuring, self._take_costs, self._measuring_failed),
            (self._weights, self._take_weights, self._weights_failed),
        ):
            job.answered.connect(take)
            job.failed.connect(fail)
        self._over.progressed.connect(self._over_progressed)
        self._measuring.progressed.connect(self._measuring_progressed)
        self._idle.timeout.connect(self._measure_unasked)
        self._slow.timeout.connect(self._say_slow)

    # --- whether anything is asked at all ------------------------------------------------------------------

    def set_shown(self, shown: bool) -> None:
        """Whether the page can be seen."""
        if shown == self._shown:
            return
        self._shown = shown
        if shown:
            self._show_choice()
            self._ask_map()
            self._show_recording()
            self._ask()
        else:
            self._seen.playback.pause()
            self._idle.stop()
            self._slow.stop()
            self._wished = self._asked = None
            for job in (self._look, self._over):
                job.forget()
            self._over_of = None if self._over_of is None else self._over_of
            self._cancel_measuring()

    # --- the map -------------------------------------------------------------------------------------------

    @Slot()
    def _settings_changed(self) -> None:
        self._show_choice()
        self._ask_map()
        self._say()

    @Slot()
    def _model_changed(self) -> None:
        """Another model or other weights: another map, perhaps, and other answers."""
        self._answered_to = self._over_of = self._weights_of = None
        self._asked = self._wished = None
        self._look.forget()
        self._show_choice()
        self._ask_map()
        self._ask()

    def _ask_map(self) -> None:
        """Of the model that is looked at; before there is one, of the settings."""
        if not self._shown:
            return
        seen = self._seen
        reader = seen.reader(purpose="network") if seen.facts is not None else None
        wanted: object = (seen.choice, seen.weights) if reader is not None else seen.config
        if wanted == self._map_of:
            return
        self._map_of = wanted
        self._map.ask(partial(network_of, seen.config) if reader is None else partial(network_in, reader))

    @Slot(object)
    def _take_map(self, facts: NetworkFacts) -> None:
        before = None if self.facts is None else self.facts.rows
        self.facts, self._map_why = facts, ""
        panel = self.panel
        panel.map_panel.facts.setText(self._facts_text(facts))
        height, width = facts.image_size
        channels = facts.channels * (2 if facts.feeds_back else 1)
        if facts.rows != before:
            panel.map.show_rows(facts.rows, f"{channels}×{height}×{width}", feeds_back=facts.feeds_back)
            self._off = frozenset()
            self._pixels.clear()
            self._show_off()
        panel.block.over.set_timesteps(facts.timesteps)
        self._show_costs()
        if panel.map.current:
            self._show_block()
        else:
            self.select(_first(facts.rows))
        self._ask()
        if self._shown:
            self._idle.start()

    @Slot(object)
    def _map_failed(self, failure: Failure) -> None:
        self.facts = None
        self._map_why = error_text(failure.error)
        self.panel.map_panel.facts.setText("")
        self.panel.map.show_rows((), placeholder=self._map_why)
        self.panel.block.show_row(None)
        self._say()

    def _facts_text(self, facts: NetworkFacts) -> str:
        """611,347 parameters · Sketch: 16 × (1, 2, 4) · 24 px · patch 2."""
        mults = ", ".join(map(str, facts.dim_mults))
        size = f"{facts.dim} × ({mults})"
        config = self._seen.config
        same = (config.model.dim, tuple(config.model.dim_mults)) == (facts.dim, facts.dim_mults)
        if same:
            size = f"{preset(config.preset).title}: {size}"
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
        return None if self.facts is None else next((r for r in self.facts.rows if r.module == current), None)

    @Slot(str)
    def select(self, module: str) -> None:
        """Look at a block."""
        self.panel.map.select(module)
        self._answered_to = None
        self._show_block()
        self._ask()

    @Slot(int)
    def _select_by(self, by: int) -> None:
        rows = () if self.facts is None else self.facts.rows
        modules = [row.module for row in rows]
        if modules:
            place = modules.index(self.panel.map.current) if self.panel.map.current in modules else 0
            self.select(modules[(place + by) % len(modules)])

    def _show_block(self) -> None:
        row, facts, block = self._row, self.facts, self.panel.block
        block.show_row(row)
        if row is not None and facts is not None:
            block.operations.show_operations(facts.operations[row.module], facts.symbols, facts.axes)
            costs = self._known_costs()
            block.show_cost(None if costs is None else costs.costs.get(row.module))
        self._show_off()
        self._ask_page()

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
            self._off_changed()

    @Slot()
    def all_on(self) -> None:
        """The whole network again."""
        self._off = frozenset()
        self._off_changed()

    def _off_changed(self) -> None:
        self._over_of = None
        self._show_off()
        self._ask()
        self._ask_page()

    @Slot(int, int)
    def _point(self, row: int, column: int) -> None:
        self._pixels[self.panel.map.current] = (row, column)
        self._ask()

    @Slot(str)
    def _page_turned(self, _page: str) -> None:
        self._ask_page()

    def _ask_page(self) -> None:
        page = self.panel.block.pages.current()
        if page == "over":
            self._ask_over()
        elif page == "weights":
            self._ask_weights()

    # --- what the block says at this step ------------------------------------------------------------------

    def _question(self) -> Question | None:
        """What is to be asked now; None where something is missing."""
        row, recording = self._row, self._seen.recording
        if row is None or self._why_not() or recording is None:
            return None
        step = min(self._seen.step, recording.arrived - 1)
        pixel = None
        if row.kind in ("attention", "linear_attention"):
            _, height, width = row.shape
            pixel = self._pixels.setdefault(row.module, (height // 2, width // 2))
        return Question(recording, step, self._seen.picture, row.module, self._off, pixel)

    def _why_not(self) -> str:
        """Why nothing can be asked, as a sentence; "" where it can."""
        seen, facts = self._seen, self.facts
        recording = seen.recording
        if facts is None:
            return self._map_why or self.tr("The network is being read.")
        if seen.choice is None:
            return self.tr("There is no model yet: the U is drawn from the settings. Train one, or open a file.")
        if seen.facts is None:
            return self.tr("The model is being read.")
        if recording is None or not recording.arrived:
            if seen.sampling:
                return self.tr("The denoising is being made.")
            return self.tr("What a block says is seen at a step of a denoising. There is none yet.")
        shape = (recording.started.height, recording.started.width, recording.started.channels)
        if shape != (*facts.image_size, facts.channels):
            return self.tr("This denoising is of pictures of another size than the model's. Generate one with it.")
        return ""

    def _ask(self) -> None:
        """Ask for what is to be seen, unless it is; while a look is under way the newest wish waits for it."""
        self._say()
        if not self._shown:
            return
        question = self._question()
        key = None if question is None else _key_of(question)
        if question is None or key == self._answered_to:
            self._wished = None
            return
        if self._asked is not None and self._look.busy:
            self._wished = question
            return
        self._put(question)

    def _put(self, question: Question) -> None:
        reader = self._seen.reader(purpose="network")
        if reader is None:
            return
        self._asked, self._wished = question, None
        self._look.ask(partial(self._asking.look, reader, question))
        self._slow.start()

    @Slot(object)
    def _take_look(self, looked: Looked) -> None:
        self._asked = None
        self._slow.stop()
        question = looked.question
        if question.recording is self._seen.recording and question.module == self.panel.map.current:
            self._answered_to = _key_of(question)
            self._show_look(looked)
        wished, self._wished = self._wished, None
        if wished is not None and self._shown and _key_of(wished) != self._answered_to:
            self._put(wished)

    def _show_look(self, looked: Looked) -> None:
        panel = self.panel
        panel.map.show_carried({module: to_image(picture) for module, picture in looked.carried.items()})
        panel.map_panel.set_strengths(looked.strengths)
        panel.block.show_look(looked)

    @Slot(object)
    def _look_failed(self, failure: Failure) -> None:
        asked, self._asked = self._asked, None
        self._slow.stop()
        self._answered_to = None if asked is None else _key_of(asked)
        self._show_nothing(error_text(failure.error))
        if self._wished is not None and self._shown:
            self._put(self._wished)

    @Slot()
    def _say_slow(self) -> None:
        if self._asked is not None and self._answered_to is None:
            self._show_nothing(self.tr("The network is being asked…"))

    def _say(self) -> None:
        """Why nothing is to be seen of the block at work, where that is so."""
        why = self._why_not()
        self._show_off()
        if not why:
            return
        self._answered_to = None
        seen = self._seen
        can_make = self.facts is not None and seen.facts is not None and not seen.sampling
        self._show_nothing(why, self.tr("Generate") if can_make else "")

    def _show_nothing(self, words: str, action: str = "") -> None:
        self.panel.map.show_carried({})
        self.panel.map_panel.set_strengths({})
        self.panel.block.show_look(None)
        self.panel.block.say(words, action)

    # --- the denoising and its cursor ----------------------------------------------------------------------

    @Slot()
    def _show_recording(self) -> None:
        recording, timeline = self._seen.recording, self.panel.timeline
        self._answered_to = self._over_of = None
        timeline.show_recording(recording, self._seen.picture)
        timeline.row.set_usable(False)
        timeline.row.clear_where()
        self.panel.map.show_step(None)
        self.panel.block.over.show_t(None)
        if recording is not None and recording.arrived:
            self._grew()
            self._step_shown(self._seen.step)
        self._show_state()
        self._ask()
        self._ask_page()

    @Slot()
    def _grew(self) -> None:
        recording = self._seen.recording
        if recording is not None and recording.arrived:
            self.panel.timeline.grow()
            self.panel.timeline.row.set_usable(True)
        self._show_state()
        if recording is not None and recording.complete:
            self._ask_page()

    @Slot()
    def _show_state(self) -> None:
        seen, recording = self._seen, self._seen.recording
        working = None
        if seen.sampling:
            working = (0, 0) if recording is None else (recording.arrived, recording.steps)
        self.panel.steps.show_state(
            has_model=seen.choice is not None,
            has_recording=recording is not None and recording.arrived > 0,
            working=working,
            why_no_model=self.tr("There is no model yet. After the first checkpoint its blocks can be seen at work."),
        )
        self._say()

    @Slot(int)
    def _step_shown(self, step: int) -> None:
        recording = self._seen.recording
        if recording is None or step >= recording.arrived:
            return
        timeline, t = self.panel.timeline, int(recording.t[step])
        timeline.show_step(step)
        timeline.row.set_where(step, recording.steps, t)
        self.panel.map.show_step(t, self._entry(recording, step))
        self.panel.block.over.show_t(t)
        self._ask()

    def _entry(self, recording: Recording, step: int) -> list[object]:
        """Small pictures of what goes into the network: x_t, and x̂_0 of the step before where it is fed back."""
        picture = self._seen.picture
        try:
            images = [to_image(recording.one_shown("x_t", step, picture))]
            if self.facts is not None and self.facts.feeds_back and step:
                images.append(to_image(recording.one_shown("x_0", step - 1, picture)))
        except StudioError:  # a kept one whose file was cut off meanwhile: the sampler room tells of it
            return []
        return images

    @Slot(int)
    def _picture_shown(self, picture: int) -> None:
        recording = self._seen.recording
        if recording is not None and recording.arrived:
            self.panel.timeline.show_picture(picture)
            self._over_of = None
            self._step_shown(self._seen.step)
            self._ask_page()

    @Slot(int)
    def _step_by(self, steps: int) -> None:
        self._seen.go(self._seen.step + steps)

    @Slot(bool)
    def _to_end(self, last: bool) -> None:
        self._seen.go(self._seen.playback.arrived - 1 if last else 0)

    @Slot(str)
    def _move(self, where: str) -> None:
        if where in ("first", "last"):
            self._to_end(where == "last")
        else:
            self._step_by(-1 if where == "back" else 1)

    @Slot(bool)
    def _loop(self, loop: bool) -> None:
        self._seen.playback.loop = loop

    @Slot(float)
    def _go_to_t(self, t: float) -> None:
        recording = self._seen.recording
        if recording is not None and recording.arrived:
            known = recording.t[: recording.arrived]
            self._seen.go(int(abs(known - t).argmin()))

    @Slot()
    def _generate(self) -> None:
        self._seen.generate()

    @Slot()
    def _cancel(self) -> None:
        self._seen.cancel()

    @Slot()
    def _to_training(self) -> None:
        if self._shell is not None:
            self._shell.controllers["sampler"].training_wished.emit()

    # --- the head ------------------------------------------------------------------------------------------

    @Slot()
    def _show_choice(self) -> None:
        seen = self._seen
        self.head.show_choice(seen.choices, seen.choice, seen.weights)
        self._show_state()

    # --- over t --------------------------------------------------------------------------------------------

    def _ask_over(self) -> None:
        """The curves of the block over the recording's steps, once it is complete."""
        page, recording = self.panel.block.over, self._seen.recording
        question = self._question()
        if question is None or recording is None or not self._shown:
            page.show_over(None, self._why_not())
            return
        if not recording.complete and self._seen.sampling:
            page.show_over(None, self.tr("It is asked when all steps are there."))
            return
        of = (id(recording), question.picture, question.module, question.off)
        reader = self._seen.reader(purpose="network")
        if of == self._over_of or reader is None:
            return
        self._over_of = of
        page.show_over(None, self.tr("The network is being asked at each step…"))
        self._over.ask(partial(self._asking.over, reader, question))

    @Slot(object)
    def _over_progressed(self, progress: tuple[OverT | None, int, int]) -> None:
        over, done, of = progress
        self.panel.block.over.show_over(over, "", (done, of))

    @Slot(object)
    def _take_over(self, over: OverT) -> None:
        self.panel.block.over.show_over(over, "")
        self.panel.block.over.show_t(self._t())

    @Slot(object)
    def _over_failed(self, failure: Failure) -> None:
        self.panel.block.over.show_over(None, error_text(failure.error))

    def _t(self) -> int | None:
        recording, step = self._seen.recording, self._seen.step
        return None if recording is None or step >= recording.arrived else int(recording.t[step])

    # --- weights -------------------------------------------------------------------------------------------

    def _ask_weights(self) -> None:
        """Of the checkpoint that is looked at; of a model in training the newest of its run."""
        row, page = self._row, self.panel.block.weights
        choice = self._seen.choice
        if row is None:
            return
        path: Path | None = None
        if choice is not None:
            path = self._seen.run_folder if choice.origin is Origin.TRAINING else choice.path
        if path is None:
            self._weights_of = None
            page.show_statistics(None, {}, self.tr("There is no checkpoint yet whose weights could be looked at."))
            return
        if not row.parameters:
            self._weights_of = None
            page.show_statistics(None, {}, self.tr("This block has no weights."))
            return
        of = (path, row.module)
        if of == self._weights_of:
            return
        self._weights_of = of
        page.show_statistics(None, {}, self.tr("The checkpoint is being read…"))
        self._weights.ask(partial(weights_of, path, row.module))

    @Slot(object)
    def _take_weights(self, learned: Learned) -> None:
        of = learned.statistics
        words = self.tr("{name}").format(name=of.path.name)
        if of.step is not None:
            words = self.tr("The checkpoint of step {step}").format(step=numbers.count(of.step))
        if not of.moments:
            words += ". " + self.tr("It keeps no running means of gradients.")
        self.panel.block.weights.show_statistics(of, learned.titles, words)

    @Slot(object)
    def _weights_failed(self, failure: Failure) -> None:
        self.panel.block.weights.show_statistics(None, {}, error_text(failure.error))

    # --- what blocks cost ----------------------------------------------------------------------------------

    def _cost_key(self) -> _Key | None:
        facts, config = self.facts, self._seen.config
        if facts is None:
            return None
        return _Key(config.model, facts.image_size, facts.channels, config.train.batch_size, self._seen.device)

    def _known_costs(self) -> Measured | None:
        key = self._cost_key()
        return None if key is None else self._costs.get(key)

    def _why_not_measured(self) -> str:
        if self.facts is None:
            return self._map_why or self.tr("The network is being read.")
        if self._seen.training_busy:
            return self.tr("A training is under way: both would be slower, and the measurement wrong.")
        modules = {row.module for row in self.facts.rows}
        config: RunConfig = self._seen.config
        if (config.model.dim, tuple(config.model.dim_mults)) != (self.facts.dim, self.facts.dim_mults) or not modules:
            return self.tr("This model has other settings than the run, and is not measured.")
        return ""

    @Slot()
    def _measure_unasked(self) -> None:
        small = self.facts is not None and self.facts.parameters <= MEASURED_UNASKED
        if small and self._shown and self._known_costs() is None and not self._seen.sampling:
            self.measure()

    @Slot()
    def measure(self) -> None:
        """Measure what each block takes of a training step."""
        key = self._cost_key()
        if key is None or self._why_not_measured() or self._measuring.busy:
            self._show_costs()
            return
        self._measures = key
        self._stop_measuring = threading.Event()
        self._measuring.ask(partial(costs_of, self._seen.config, self._seen.device, self._stop_measuring))
        self.panel.map_panel.set_measuring(0.0, "")

    @Slot()
    def _cancel_measuring(self) -> None:
        self._stop_measuring.set()
        self._measuring.forget()
        self._show_costs()

    @Slot(object)
    def _measuring_progressed(self, share: float) -> None:
        self.panel.map_panel.set_measuring(share, "")

    @Slot(object)
    def _take_costs(self, measured: Measured) -> None:
        if self._measures is not None:
            self._costs[self._measures] = measured
        self._show_costs()

    @Slot(object)
    def _measuring_failed(self, failure: Failure) -> None:
        self.panel.map_panel.set_measuring(None, error_text(failure.error))

    def _show_costs(self) -> None:
        known = self._known_costs()
        costs: Mapping[str, object] = {} if known is None else known.costs
        self.panel.map_panel.set_costs(costs)  # type: ignore[arg-type]
        if not self._measuring.busy:
            self.panel.map_panel.set_measuring(None, self._why_not_measured())
        row = self._row
        if row is not None:
            self.panel.block.show_cost(None if known is None else known.costs.get(row.module))

    # --- the end -------------------------------------------------------------------------------------------

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop everything and wait; True when no thread is left."""
        self._shown = False
        self._stop_measuring.set()
        for timer in (self._idle, self._slow):
            timer.stop()
        jobs = (self._map, self._look, self._over, self._measuring, self._weights)
        ended = [job.shutdown(timeout_ms) for job in jobs]
        return all(ended)


def _first(rows: tuple[BlockRow, ...]) -> str:
    """The block that is selected at first."""
    for kind in FIRST:
        for row in rows:
            if row.side == "up" and row.kind == kind:
                return row.module
    return rows[0].module if rows else ""


def _key_of(question: Question) -> tuple[object, ...]:
    """Two questions of one key have one answer."""
    return (
        id(question.recording),
        question.step,
        question.picture,
        question.module,
        question.off,
        question.pixel,
    )


def build_tab(shell: Shell, seen: Seen) -> NetworkController:
    """The tab."""
    return NetworkController(NetworkPanel(), seen, shell, parent=shell.window)
