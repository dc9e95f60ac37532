"""What happens in the tab: the looks of the run that is shown are drawn, judged, and looked at one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from core.errors import ConfigError, RunError, StudioError
from core.runs.metrics import read_events, read_timestep_rows
from core.runs.probes import HELD_OUT, HELD_OUT_EMA, KINDS, TRAIN, TRAIN_EMA, Probe, read_cost, read_probe
from core.training.timesteps import BINS
from core.training.verdict import Verdict, judge

from ... import numbers
from ...app.messages import error_text
from ...jobs.requests import Requests
from ..configuring import weights_of
from .drawing import Grid, Values, bar_ticks, drawn, of_own, of_probe, relative, scale_of, share_of_loss
from .looks import PastLooks
from .panel import MapPanel
from .words import OWN, SHARE, sentence

if TYPE_CHECKING:
    from core.settings import DiffusionConfig

    from ...app.rooms import Shell
    from ..controller import TrainingController
    from ..live_run import LiveRun

#: The scale of shares: a tenth of an equal part to ten times it.
_SHARE_SCALE = (-1.0, 1.0)
#: The events of a run that say where it was resumed.
_RESUMED = "resumed"


@dataclass(frozen=True, eq=False)
class Question:
    """What is read of a run: once, when it is first looked at here."""

    live: LiveRun
    path: Path | None  #: of its metrics; None: all of it is known already
    until_step: int
    timesteps: int
    diffusion: DiffusionConfig


@dataclass(frozen=True, eq=False)
class Answer:
    """And what there is."""

    past: PastLooks | None
    weights: Values | None  #: (T,) w(t); None where the settings make none
    failure: StudioError | None = None


def read_looks(question: Question) -> Answer:
    """All that a run's folder has for the map, as far as it can be read."""
    past, failure = None, None
    if question.path is not None:
        try:
            past = _past(question.path, question.until_step, min(BINS, question.timesteps))
        except RunError as error:
            failure = error
    try:
        weights = weights_of(question.diffusion)
    except ConfigError:
        weights = None
    return Answer(past, weights, failure)


def _past(path: Path, until_step: int, bins: int) -> PastLooks:
    probes = {kind: read_probe(path, kind) for kind in KINDS}
    kept = {
        kind: Probe(probe.t, probe.steps[probe.steps <= until_step], probe.losses[probe.steps <= until_step])
        for kind, probe in probes.items()
    }
    resumed = [step for step, kind, _, _ in read_events(path) if kind == _RESUMED and step <= until_step]
    return PastLooks(
        probes={kind: probe for kind, probe in kept.items() if len(probe.steps)},
        own=read_timestep_rows(path, until_step=until_step, bins=bins),
        cost=read_cost(path),
        resumed_at=resumed[-1] if resumed else 0,
    )


@dataclass(frozen=True, eq=False)
class Case:
    """What is judged."""

    live: LiveRun
    probes: Mapping[str, Probe]
    resumed_at: int
    full_rate_at: int


def _judged(case: Case) -> Verdict | None:
    return judge(case.probes, resumed_at=case.resumed_at, full_rate_at=case.full_rate_at)


class MapController(QObject):
    """Connects the page with the run that the room shows. Lives in the GUI thread."""

    def __init__(self, panel: MapPanel, room: TrainingController, *, under: QWidget | None = None) -> None:
        super().__init__(panel)
        self.panel = panel
        self.head: QWidget | None = None
        self.side: QWidget | None = None
        self.under = under
        self._room = room
        self._shown = False
        self._live: LiveRun | None = None
        self._weights: Values | None = None
        self.source = TRAIN_EMA
        self.verdict: Verdict | None = None
        self._judged_at = -1  #: the looks that were asked about last
        self._drawn_of: object = None
        self._grid_of: object = None  #: what the losses that are kept are of
        self._grid_kept = Grid(np.empty(0, np.int64), np.empty((0, 0)))
        self._at: int | None = None  #: the look that a person has chosen; None: the newest
        self._reading: LiveRun | None = None
        self._read = Requests(read_looks, 1, "read-map", self)
        self._read.answered.connect(self._take)
        self._judge = Requests(_judged, 1, "judge-map", self)
        self._judge.answered.connect(self._take_verdict)
        page = panel.page
        page.source_chosen.connect(self._choose)
        page.look_chosen.connect(self._look_at)
        page.map.picked.connect(self._pick)
        page.map.columns_changed.connect(self._redraw)
        room.run_changed.connect(self._run_changed)
        room.drawn.connect(self.refresh)
        self._run_changed()

    def set_shown(self, shown: bool) -> None:
        """Whether the page can be seen: one that cannot draws nothing."""
        self._shown = shown
        self.refresh()

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """End the background threads; True when none is left."""
        ended = [part.shutdown(timeout_ms) for part in (self._read, self._judge)]
        return all(ended)

    # --- the run -------------------------------------------------------------------------------------------

    @Slot()
    def _run_changed(self) -> None:
        self._live = self._room.live
        self._read.forget()
        self._judge.forget()
        self._weights = self.verdict = self._at = self._drawn_of = self._grid_of = self._reading = None
        self._judged_at = -1
        self.refresh()

    @Slot(object, object)
    def _take(self, question: Question, answer: object) -> None:
        live = question.live
        if live is not self._live or not isinstance(answer, Answer):
            return
        self._weights = answer.weights
        if answer.past is not None and live.unread_looks is not None:
            live.looks.take_history(answer.past, until_step=question.until_step)
        live.unread_looks = None
        self._drawn_of = None
        self.refresh()
        if answer.failure is not None:
            self.panel.page.map.set_hint(error_text(answer.failure))

    @Slot(object, object)
    def _take_verdict(self, case: Case, answer: object) -> None:
        if case.live is self._live and (answer is None or isinstance(answer, Verdict)):
            self.verdict = answer
            self._say()

    @Slot()
    def refresh(self) -> None:
        """Show the run as it is now."""
        live = self._live
        if not self._shown:
            return
        if live is not None and self._reading is not live and live.config.data.image_size is not None:
            self._reading = live
            diffusion = live.config.diffusion
            self._read.ask(Question(live, live.unread_looks, live.step, diffusion.timesteps, diffusion))
        self._ask_verdict()
        self._draw()

    def _ask_verdict(self) -> None:
        live = self._live
        if live is None or live.looks.changes == self._judged_at or not live.looks.count:
            return
        self._judged_at = live.looks.changes
        probes = live.looks.probes()
        self._judge.ask_only([Case(live, probes, live.looks.resumed_at, live.config.train.warmup_steps)])

    # --- what is chosen ------------------------------------------------------------------------------------

    def _sources(self) -> list[str]:
        """What there is to be shown."""
        if self._live is None:
            return []
        looks = self._live.looks
        kinds = [kind for kind in (TRAIN_EMA, TRAIN, HELD_OUT_EMA, HELD_OUT) if kind in looks.probes()]
        # One look is no map yet: until there is another, the training's own losses are.
        found = [kind for kind in kinds if len(looks.probe(kind).steps) > 1]
        if len(looks.own):
            found.append(OWN)
        found = found or kinds
        if found and self._weights is not None:
            found.append(SHARE)
        return found

    @Slot(str)
    def _choose(self, source: str) -> None:
        self.source = source
        self._redraw()

    @Slot()
    def _redraw(self) -> None:
        self._drawn_of = None
        if self._shown:
            self._draw()

    @Slot(int)
    def _look_at(self, place: int) -> None:
        # At its end it stays there while looks come.
        count = len(self._grid().steps)
        self._at = None if place >= count - 1 else place
        self._show_look()

    @Slot(float)
    def _pick(self, step: float) -> None:
        grid = self._grid()
        if grid.means and len(grid.steps):
            self._look_at(min(int(np.searchsorted(grid.steps, step)), len(grid.steps) - 1))
        elif len(grid.steps):
            self._look_at(int(np.abs(grid.steps - step).argmin()))

    # --- what is drawn -------------------------------------------------------------------------------------

    def _grid(self) -> Grid:
        """What the map shows, as losses over steps and bins of t."""
        live, source = self._live, self._source()
        if live is None:
            return of_probe(Probe(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, 0), np.float32)))
        few = len(live.looks.probe(TRAIN).steps) < 2 and len(live.looks.own) > 0
        of_own_losses = source == OWN or (source == SHARE and few)
        # The slider asks at every pixel, and only a look makes another one.
        key = live, source, live.looks.changes, len(live.looks.own) if of_own_losses else 0
        if key != self._grid_of:
            probe = live.looks.probe(TRAIN if source not in KINDS else source)
            self._grid_kept = of_own(live.looks.own.rows) if of_own_losses else of_probe(probe)
            self._grid_of = key
        return self._grid_kept

    def _source(self) -> str:
        """What was chosen, where the run has it; else the first that it has."""
        sources = self._sources()
        return self.source if self.source in sources else sources[0] if sources else OWN

    def _draw(self) -> None:
        live, page = self._live, self.panel.page
        source = self._source()
        looks = None if live is None else live.looks
        of_own_losses = 0 if looks is None or source not in (OWN, SHARE) else len(looks.own)
        sources, changes = self._sources(), None if looks is None else looks.changes
        state = (live, source, tuple(sources), changes, of_own_losses, page.map.columns())
        if state == self._drawn_of:
            return
        self._drawn_of = state
        page.set_sources(sources, source)
        grid = self._grid()
        timesteps = 1000 if live is None else live.config.diffusion.timesteps
        if source == SHARE and self._weights is not None:
            logs, scale = share_of_loss(grid, self._weights), _SHARE_SCALE
        else:
            logs = relative(grid)
            scale = scale_of(logs.values)
        shown = drawn(logs, page.map.columns(), scale)
        page.map.set_hint(self._hint(grid))
        page.map.set_shares(shown.shares, shown.x, (0.0, float(timesteps)))
        page.map.set_marks([] if grid.means else [float(step) for step in grid.steps])
        page.map.set_scale(bar_ticks(scale, page.map.area().height(), times=source == SHARE))
        looked = 0 if grid.means else len(grid.steps)
        if live is None:
            page.set_cost(0, None, 0.0)
        else:
            page.set_cost(looked, live.looks.cost, live.config.train.probe_share)
        self._say()
        self._show_look()

    def _hint(self, grid: Grid) -> str:
        if self._live is None:
            return self.tr("Here the loss at every t will appear over the steps, as soon as a run learns or is opened.")
        if self._live.unread_looks is not None:
            return self.tr("Reading what was measured …")
        if len(grid.steps):
            words = self.tr("One look so far, at step {step}. The map begins with the second.")
            return words.format(step=numbers.count(int(grid.steps[0])))
        return self.tr("Here the loss at every t will appear over the steps: the first look comes with the first step.")

    def _say(self) -> None:
        page, live, verdict = self.panel.page, self._live, self.verdict
        page.map.set_bracket(None)
        if live is None or not self._sources():
            page.set_sentence(self.tr("Is it still learning?"), "")
        elif verdict is not None and live.looks.count:
            cost = live.looks.cost
            said = sentence(verdict, None if cost is None else cost[1], live.total)
            page.set_sentence(*said)
            if (verdict.t_from, verdict.t_to) != (0, live.config.diffusion.timesteps - 1):
                page.map.set_bracket((float(verdict.t_from), float(verdict.t_to + 1)))
        elif not live.looks.count:
            page.set_sentence(
                self.tr("No probe in this run"),
                self.tr("the map is of the training's own losses, of other pictures at each step"),
                self.tr(
                    "With Probe share above 0 in the settings, the next run asks the same questions again and again."
                ),
            )

    def _show_look(self) -> None:
        live, panel = self._live, self.panel
        grid = self._grid()
        count = len(grid.steps)
        if live is None or not count:
            panel.page.set_looks(0, 0, None)
            panel.curves.show_curves(None, 1000 if live is None else live.config.diffusion.timesteps, {})
            return
        place = count - 1 if self._at is None else min(self._at, count - 1)
        step = int(grid.steps[place])
        panel.page.set_looks(count, place, step)
        timesteps = live.config.diffusion.timesteps
        panel.curves.show_curves(step, timesteps, self._curves(live, step, grid, place))

    def _curves(self, live: LiveRun, step: int, grid: Grid, place: int) -> dict[str, tuple[Values, Values]]:
        """The lines of the lower plot: of each kind the look nearest to the step; or the training's own losses."""
        if grid.means:
            return {"own": _line(grid, place, live), "start": _line(grid, 0, live)}
        found: dict[str, tuple[Values, Values]] = {}
        for name, kind in (("train", TRAIN), ("ema", TRAIN_EMA), ("held_out", HELD_OUT_EMA)):
            probe = live.looks.probe(kind)
            if len(probe.steps):
                nearest = int(np.abs(probe.steps - step).argmin())
                one = Probe(probe.t, probe.steps[nearest : nearest + 1], probe.losses[nearest : nearest + 1])
                found[name] = _line(of_probe(one), 0, live)
        if found:
            train = live.looks.probe(TRAIN)
            found["start"] = _line(of_probe(Probe(train.t, train.steps[:1], train.losses[:1])), 0, live)
        return found


def _line(grid: Grid, place: int, live: LiveRun) -> tuple[Values, Values]:
    """(t, losses): the middle of each bin, and its loss."""
    bins = grid.values.shape[1]
    return (np.arange(bins) + 0.5) * live.config.diffusion.timesteps / bins, grid.values[place]


def build_tab(_shell: Shell, room: TrainingController) -> MapController:
    """The tab, of what the room shows."""
    return MapController(MapPanel(), room, under=room.strip)
