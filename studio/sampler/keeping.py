"""Kept generations: written, listed and opened in the background; the strip of them, and what Compare takes."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.errors import StudioError
from core.recording import Recording
from core.runs.generations import (
    FOLDER,
    CancelledError,
    Generation,
    Mark,
    keep,
    list_generations,
    open_generation,
    remove_generation,
    set_mark,
    unkept,
)
from core.runs.run import CHECKPOINTS, is_run

from ..app.messages import error_text
from ..app.settings import data_folder
from ..jobs.latest import Latest
from ..jobs.worker import Failure, Worker
from .kept import how_words, model_words
from .models import ModelChoice, Origin

if TYPE_CHECKING:
    from ..app.settings import Settings
    from ..project import Project
    from .panel import SamplerPanel

#: At the end of the program a generation that is being written is given so long.
PATIENCE_S = 5.0
#: Removed generations that can be taken back; of more the one that was removed first goes for good.
MOST_REMOVED = 20


def run_of(choice: ModelChoice, project: Project) -> Path | None:
    """The run folder that a model belongs to; None for a bare file."""
    path = choice.path
    if choice.origin is Origin.TRAINING or path is None:
        return None if project.run is None else project.run.folder
    if is_run(path):
        return path
    above = path.parent.parent
    return above if path.parent.name == CHECKPOINTS and is_run(above) else None


def folder_for(choice: ModelChoice, project: Project) -> Path:
    """Where a model's generations are kept: with its run, else in the folder of the program's data."""
    run = run_of(choice, project)
    usable = run is not None and os.access(run, os.W_OK | os.X_OK)
    return (run if run is not None and usable else data_folder()) / FOLDER


def classes_of(settings: Mapping[str, object], count: int) -> list[str]:
    """The name of each picture's class; empty: they have none."""
    names = settings.get("classes")
    return [str(names[k % len(names)]) for k in range(count)] if isinstance(names, list) and names else []


# --- In the background -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Listed:
    generations: tuple[Generation, ...]
    problem: str


class Keeper(QObject):
    """One is written at a time, in their order. Lives in the GUI thread."""

    listed = Signal(object, str)  #: the Generations, newest first; what is wrong with others, or ""
    opened = Signal(object, str)  #: a Recording that was wished, and as what
    kept = Signal(object, object)  #: the Recording, and the Generation that it is from now on
    not_kept = Signal(object, str)  #: the Recording, and why
    done = Signal(object)  #: the Recording is not needed here any more
    failed = Signal(str)  #: a sentence

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: list[tuple[Recording, Path, Mapping[str, object], Sequence[str], int]] = []
        self._writing: Recording | None = None
        self._worker: Worker | None = None
        self._stop_at: float | None = None
        self._folders: tuple[Path, ...] = ()
        self._listing, self._opening = Latest("kept", self), Latest("open-kept", self)
        self._listing.answered.connect(self._listed)
        self._listing.failed.connect(self._failed)
        self._opening.answered.connect(self._opened)
        self._opening.failed.connect(self._failed)

    @property
    def busy(self) -> bool:
        """Whether something is being written, listed or opened."""
        return self._worker is not None or self._listing.busy or self._opening.busy

    def holds(self, recording: Recording) -> bool:
        """Whether it is still to be written."""
        return recording is self._writing or any(recording is waiting[0] for waiting in self._waiting)

    # --- wishes --------------------------------------------------------------------------------------------

    def keep(
        self,
        recording: Recording,
        folder: Path,
        settings: Mapping[str, object],
        classes: Sequence[str],
        budget_bytes: int,
    ) -> None:
        """Write a complete recording as soon as those before it are written."""
        self._waiting.append((recording, folder, settings, classes, budget_bytes))
        self._next()

    def look(self, folders: Sequence[Path]) -> None:
        """List these from now on."""
        self._folders = tuple(dict.fromkeys(folders))
        self.again()

    @Slot()
    def again(self) -> None:
        """List anew."""
        self._listing.ask(partial(_list, self._folders))

    def open(self, path: Path, what_for: str) -> None:
        """Read a generation; the last wish counts."""
        self._opening.ask(partial(_open, path, what_for))

    def mark(self, generation: Generation, mark: Mark) -> None:
        """Remember star and note."""
        self._do(partial(set_mark, generation.path, mark))

    def remove(self, generation: Generation) -> None:
        """Remove it for good."""
        self._do(partial(remove_generation, generation.path))

    def _do(self, deed: partial[None]) -> None:
        self._listing.ask(partial(_do_and_list, deed, self._folders))

    # --- writing -------------------------------------------------------------------------------------------

    def _next(self) -> None:
        if self._worker is not None or not self._waiting:
            return
        recording, folder, settings, classes, budget = self._waiting.pop(0)
        self._writing = recording
        work = partial(_keep, recording, folder, settings, classes, budget, self._may_go_on)
        self._worker = Worker(work, parent=self, name="keep", on_stop=self._give_up)
        self._worker.events.connect(self._written)
        self._worker.ended.connect(self._ended)
        self._worker.start()

    def _may_go_on(self) -> bool:
        return self._stop_at is None or time.monotonic() < self._stop_at

    def _give_up(self) -> None:
        self._stop_at = time.monotonic() + PATIENCE_S

    @Slot(list)
    def _written(self, events: list[object]) -> None:
        assert self._writing is not None
        for generation in events:
            assert isinstance(generation, Generation)
            self._writing.kept_at = generation.path
            self.kept.emit(self._writing, generation)

    @Slot(object)
    def _ended(self, failure: Failure | None) -> None:
        assert self._worker is not None
        self._worker.deleteLater()
        recording, self._worker, self._writing = self._writing, None, None
        if failure is not None and not isinstance(failure.error, CancelledError):
            self.not_kept.emit(recording, error_text(failure.error))
        self.done.emit(recording)
        self.again()
        self._next()

    # --- answers -------------------------------------------------------------------------------------------

    @Slot(object)
    def _listed(self, found: _Listed) -> None:
        self.listed.emit(found.generations, found.problem)

    @Slot(object)
    def _opened(self, answer: tuple[Recording, str]) -> None:
        self.opened.emit(*answer)

    @Slot(object)
    def _failed(self, failure: Failure) -> None:
        self.failed.emit(error_text(failure.error))
        if self.sender() is self._listing:
            self.again()

    def shutdown(self, timeout_ms: int) -> bool:
        """Finish what is being written if that takes a moment, and wait; True when no thread is left."""
        self._waiting.clear()
        ended = [self._listing.shutdown(timeout_ms), self._opening.shutdown(timeout_ms)]
        if self._worker is not None:
            ended.append(self._worker.shutdown(timeout_ms))
        return all(ended)


def _keep(
    recording: Recording,
    folder: Path,
    settings: Mapping[str, object],
    classes: Sequence[str],
    budget_bytes: int,
    may_go_on: object,
) -> Iterator[Generation]:
    if folder.name == FOLDER and not folder.parent.is_dir():
        folder = data_folder() / FOLDER  # its run was removed meanwhile, and is not to come back as an empty folder
    yield keep(folder, recording, settings, classes, budget_bytes=budget_bytes, may_go_on=may_go_on)  # type: ignore[arg-type]


def _list(folders: Sequence[Path]) -> Iterator[_Listed]:
    generations: list[Generation] = []
    refused: list[StudioError] = []
    for folder in folders:
        found, wrong = list_generations(folder)
        generations += found
        refused += wrong
    generations.sort(key=lambda generation: generation.made_at, reverse=True)
    yield _Listed(tuple(generations), error_text(refused[0]) if refused else "")


def _open(path: Path, what_for: str) -> Iterator[tuple[Recording, str]]:
    recording = open_generation(path)
    recording.kept_at = path
    yield recording, what_for


def _do_and_list(deed: partial[None], folders: Sequence[Path]) -> Iterator[_Listed]:
    deed()
    yield from _list(folders)


# --- In the window ---------------------------------------------------------------------------------------


class Keeping(QObject):
    """Keeps what was made, or says why it is in memory alone; opens what is clicked, to be shown or compared."""

    show_wished = Signal(object, bool)  #: a Recording is to be shown; whether as the first of two that are compared
    unused = Signal(object)  #: a Recording that is not needed here any more

    def __init__(self, panel: SamplerPanel, settings: Settings, project: Project, parent: QObject) -> None:
        super().__init__(parent)
        self._panel, self._settings, self._project = panel, settings, project
        self._keeper = Keeper(self)
        self._unkept: list[Generation] = []  #: the one that is in memory alone, if any
        self._in_memory: Recording | None = None  #: it
        self._why_unkept = ""
        self._removed: list[Generation] = []  #: shown no more, and on the disk until the window closes; the last last
        self._gone: set[Path] = set()  #: their files, and those whose removal is under way or done
        self._there: tuple[tuple[Generation, ...], str] = ((), "")  #: what was listed last
        strip, compare, keeper = panel.kept, panel.compare, self._keeper
        strip.chosen.connect(self._chosen)
        strip.taken_as.connect(self.take_as)
        strip.mark_wished.connect(self._mark)
        strip.remove_wished.connect(self._remove)
        panel.banner.undo_wished.connect(self._take_back)
        compare.released.connect(self.unused)
        compare.changed.connect(self._badge)
        keeper.listed.connect(self._listed)
        keeper.opened.connect(self._opened)
        keeper.kept.connect(self._was_kept)
        keeper.done.connect(self.unused)
        keeper.not_kept.connect(self._not_kept)
        keeper.failed.connect(self._failed)

    @property
    def busy(self) -> bool:
        """Whether something is being written, listed or opened."""
        return self._keeper.busy

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """The one that is in memory alone, and those that are compared."""
        held = (self._in_memory, self._panel.compare.a, self._panel.compare.b)
        return tuple(recording for recording in held if recording is not None)

    def holds(self, recording: Recording) -> bool:
        """Whether it is one of those, or is still to be written."""
        return recording in self.recordings or self._keeper.holds(recording)

    def keeps(self, recording: Recording) -> bool:
        """Whether it has a file that stays when the window closes."""
        return recording.kept_at is not None and recording.kept_at not in self._gone

    @Slot(object)
    def look(self, choice: ModelChoice | None) -> None:
        """List those of the run, of the chosen model and of models without a run."""
        folders = [data_folder() / FOLDER]
        if self._project.run is not None:
            folders.insert(0, self._project.run.folder / FOLDER)
        if choice is not None:
            folders.insert(0, folder_for(choice, self._project))
        self._keeper.look(folders)

    def keep(self, recording: Recording, choice: ModelChoice) -> None:
        """Write what the model made."""
        budget = self._settings["generations_gb"] * 10**9
        if not budget:
            self._not_kept(recording, self.tr("In memory only: the settings menu says to keep none."))
            self._keeper.again()
            return
        classes = classes_of(recording.settings, recording.count)
        self._keeper.keep(recording, folder_for(choice, self._project), recording.settings, classes, budget)

    @Slot(object, str)
    def take_as(self, generation: Generation, what_for: str) -> None:
        """Open it to be "shown", or as "A" or "B" of Compare."""
        if what_for == "B":
            self._panel.ways.choose("compare")
        if generation.path.name:
            self._keeper.open(generation.path, what_for)
        elif self._in_memory is not None:
            self._opened(self._in_memory, what_for)

    def show_again(self, path: Path) -> None:
        """Show the one that was shown before a restart."""
        self._keeper.open(path, "shown")

    @Slot(object)
    def _chosen(self, generation: Generation) -> None:
        """A click shows it, or makes it what Compare's head says."""
        comparing = self._panel.ways.current == "compare"
        self.take_as(generation, self._panel.compare.head.next_letter if comparing else "shown")

    @Slot(object, str)
    def _opened(self, recording: Recording, what_for: str) -> None:
        if what_for == "B":
            self._panel.compare.take("B", recording)
            self._panel.look_again()
        else:
            self.show_wished.emit(recording, what_for == "A")

    @Slot(object, str)
    def _listed(self, generations: tuple[Generation, ...], problem: str) -> None:
        self._there = generations, problem
        shown = (each for each in generations if each.path not in self._gone)
        self._panel.kept.show_generations((*self._unkept, *shown), problem or self._why_unkept)

    @Slot(object)
    def _remove(self, generation: Generation) -> None:
        """Take it out of sight; it goes when the window does, or when many others were removed after it."""
        self._removed.append(generation)
        self._gone.add(generation.path)
        if len(self._removed) > MOST_REMOVED:
            self._keeper.remove(self._removed.pop(0))
        self._listed(*self._there)
        self._panel.banner.show_removed(f"{model_words(generation.settings)} · {how_words(generation.settings)}")
        self._panel.set_undoes_removal(True)

    @Slot()
    def _take_back(self) -> None:
        """The one that was removed last, then the one before it."""
        if self._removed:
            self._gone.discard(self._removed.pop().path)
        self._panel.set_undoes_removal(bool(self._removed))
        self._panel.banner.clear()
        self._listed(*self._there)

    @Slot(object, str)
    def _not_kept(self, recording: Recording, why: str) -> None:
        self._unkept = [unkept(recording, recording.settings, classes_of(recording.settings, recording.count))]
        before, self._in_memory, self._why_unkept = self._in_memory, recording, why
        if before is not None:
            self.unused.emit(before)

    @Slot(object, object)
    def _was_kept(self) -> None:
        self._why_unkept = ""
        self._badge()

    @Slot(str)
    def _failed(self, why: str) -> None:
        self._gone = {generation.path for generation in self._removed}  # what could not be removed is there
        self._panel.banner.show_message(why)

    @Slot()
    def _badge(self) -> None:
        compare = self._panel.compare
        a, b = (None if each is None else each.kept_at for each in (compare.a, compare.b))
        self._panel.kept.set_badges(a, b)

    @Slot(object, bool, str)
    def _mark(self, generation: Generation, starred: bool, note: str) -> None:
        self._keeper.mark(generation, Mark(starred, note))

    def shutdown(self, timeout_ms: int) -> bool:
        """Finish what is being written if that takes a moment, and wait; True when no thread is left."""
        for generation in self._removed:
            with contextlib.suppress(StudioError):  # it stays, and can be removed again
                remove_generation(generation.path)
        self._removed.clear()
        return self._keeper.shutdown(timeout_ms)
