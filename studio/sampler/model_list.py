"""The list of models to sample: the training under way, the current run's checkpoints, files opened by hand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import StudioError
from core.runs.checkpoint_files import description_path, steps_in

from .models import ForeignFacts, ModelChoice, Origin

if TYPE_CHECKING:
    from core.runs.run import Run


class ModelList:
    """Keeps the choice of the person; where there is none, the training under way comes before its checkpoints."""

    def __init__(self) -> None:
        self.choices: tuple[ModelChoice, ...] = ()
        self.chosen: ModelChoice | None = None
        self._by_hand = False
        self._opened: list[ModelChoice] = []

    def update(self, run: Run | None, *, in_training: bool) -> None:
        """Another run, state of training or checkpoint."""
        of_run: list[ModelChoice] = []
        if run is not None:
            name = run.folder.name
            if in_training:
                of_run.append(ModelChoice(Origin.TRAINING, name))
            of_run += _checkpoints(run)
        self.choices = (*of_run, *self._opened)
        if not self._by_hand or self.chosen not in self.choices:
            self._by_hand = False
            self.chosen = self.choices[0] if self.choices else None

    def choose(self, choice: ModelChoice) -> None:
        """The person's choice; it stays while it is there."""
        self.chosen, self._by_hand = choice, True

    def open(self, path: Path) -> None:
        """Add a run folder or file and choose it."""
        if path.name == "run.json":  # a file dialog cannot pick a folder
            path = path.parent
        of_run = next((choice for choice in self.choices if choice.origin is Origin.RUN and choice.path == path), None)
        if of_run is not None:
            self.choose(of_run)
            return
        if path.is_file() and path.parent.name == "checkpoints":
            choice = ModelChoice(Origin.FILE, path.parent.parent.name, path, _step_in(path))
        else:
            choice = ModelChoice(Origin.FILE, path.name, path)
        self._add(choice)

    def open_foreign(self, facts: ForeignFacts, about: str) -> None:
        """Add another program's file and choose it, in the place of what was said of it before."""
        path = facts.path
        self._opened = [choice for choice in self._opened if choice.path != path]
        self._add(ModelChoice(Origin.FILE, path.name, path, facts.step, facts.said(), about))

    def _add(self, choice: ModelChoice) -> None:
        if choice not in self._opened:
            self._opened.insert(0, choice)
            self.choices = (*(c for c in self.choices if c.origin is not Origin.FILE), *self._opened)
        self.choose(choice)


def _checkpoints(run: Run) -> list[ModelChoice]:
    """The run's checkpoints by name, newest first; none where the folder cannot be read."""
    folder = run.checkpoints_folder
    try:
        steps = steps_in(folder)
    except StudioError:
        return []
    return [ModelChoice(Origin.RUN, run.folder.name, description_path(folder, step), step) for step in reversed(steps)]


def _step_in(checkpoint: Path) -> int | None:
    """The step in a checkpoint's name."""
    found = re.search(r"step-(\d+)", checkpoint.name)
    return int(found[1]) if found else None
