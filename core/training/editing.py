"""Settings that are changed while a run trains: each change is a fact of the run, and holds from a step on.

A wish is written into run.json, to the disk, before the first step that is taken with it. From then on the settings of
a step are a function of its number (`Run.config_at`), as all that is random is: a run that is stopped, killed or rolled
back takes every step again with the settings that it had the first time. An edited learning rate is the plan's peak: it
scales the plan from its step on (`plan.planned_rate`). An edited number of steps is the plan's total: the decay goes on
from where it began, so that the learning rate of the next step is what it would have been had the total been so from
there on: higher after a longer one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from ..errors import RunError, StudioError, phrase_of
from ..runs.metrics import EDIT, read_events
from ..setting import as_text
from ..settings import LIVE
from .events import EditRefused, SettingsEdited

if TYPE_CHECKING:
    from ..runs.run import Run
    from ..settings import RunConfig
    from .events import Wishes
    from .ranks import Ranks
    from .recorder import Recorder
    from .state import SessionState


def edit_in_words(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """Each setting with its value before and after: "learning_rate 0.002 → 0.001"."""
    return ", ".join(f"{name} {_said(before[name])} → {_said(value)}" for name, value in after.items())


def _said(value: object) -> str:
    return as_text(value) or "off"


class Editing:
    """The settings of the step that is being taken, and the changes that are due at it.

    `begin` whenever the run goes on from a checkpoint, then `take` before each step that follows one that was read.
    """

    def __init__(self, run: Run, wishes: Wishes, ranks: Ranks) -> None:
        self._run, self._wishes, self._ranks = run, wishes, ranks
        self.config = run.config  #: of the last step that was taken
        self._steps = frozenset[int]()  #: at which settings change
        self._stale = False  #: the model is that of a checkpoint

    def begin(self, step: int) -> None:
        """The run goes on after `step`, whose own settings are those before a change at it."""
        self._steps = frozenset(change.at_step for change in self._run.changes)
        self._stale = bool(self._steps)
        self.config = self._run.config_at(step - 1)

    def is_due(self, step: int) -> bool:
        """Whether something changes after `step`: it is to be read before another step is begun."""
        return step in self._steps or self._wishes.edited

    def take(self, state: SessionState, recorder: Recorder) -> Iterator[SettingsEdited | EditRefused]:
        """Let the wishes and the changes that are due hold from the next step on."""
        at, wished = state.step, self._wishes.take_edits()
        if not (wished or self._stale or at in self._steps):
            return
        taken, before, planned = bool(wished), self.config, self._run.planned_total
        if wished:
            try:
                self._run.require_there()
                self._run.change_settings(wished, at_step=at)
            except StudioError as error:
                reason = phrase_of(error)
                recorder.event(at, "edit-refused", f"settings were not changed: {error}", reason)
                yield EditRefused(step=at, settings=wished, reason=reason)
                taken = False
            self._steps = frozenset(change.at_step for change in self._run.changes)
            if planned is not None and planned != self._run.planned_total:
                before = before.with_settings({"steps": planned})  # it need not be what the run was begun with
        went_on, self._stale = self._stale, False
        if went_on or at in self._steps:
            self.config = self._run.config_at(at)
        changed = [name for name in LIVE if before.setting(name) != self.config.setting(name)]
        if changed or went_on:
            state.follow(self.config)
            self._ranks.edit(self.config)
        event = SettingsEdited(at, _picked(before, changed), _picked(self.config, changed))
        if event.reweighs:
            state.smoothed_loss = None  # a mean of losses that mean something else
        text = f"from step {at} on: {edit_in_words(event.before, event.after)}"
        if changed and not (went_on and self._is_written(at, text)):
            recorder.edited(at, text)
        if changed or taken:
            yield event

    def _is_written(self, step: int, text: str) -> bool:
        """Whether the run's numbers tell of it already: the run was left between the change and the step."""
        with suppress(RunError):
            return (step, EDIT, text) in (event[:3] for event in read_events(self._run.metrics_path))
        return False


def edit_at(run: Run, step: int) -> SettingsEdited | None:
    """What the run's own record says of a change of its settings at `step`; None where it made none."""
    before, after = run.config_at(step - 1), run.config_at(step)
    changed = [name for name in LIVE if before.setting(name) != after.setting(name)]
    return SettingsEdited(step, _picked(before, changed), _picked(after, changed)) if changed else None


def _picked(config: RunConfig, names: list[str]) -> dict[str, object]:
    return {name: config.setting(name) for name in names}
