"""What happens in the tab: runs are listed, compared, opened, resumed, branched, renamed, put away and had back."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices, QPixmap
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from core.errors import StudioError
from core.runs.checkpoint_files import description_path, steps_in
from core.runs.listing import ListedFacts, Lister
from core.runs.moving import named_folder, rename_run
from core.runs.run import CHECKPOINTS
from core.runs.run_notes import RunNotes, read_notes, write_notes
from core.setting import as_text

from ... import numbers
from ...app.listed_run import ListedRun, Obstacle
from ...app.messages import error_text
from ...app.runs import listed_run
from ...app.tabs import shelf
from ...imaging import to_image
from ...jobs.latest import Latest
from ...jobs.requests import Requests
from ...project import Undoable, new_run_folder, same_folder
from ...widgets.plain import set_tip
from ..state import TrainingState
from .branch_dialog import Beginning, BranchDialog, BranchWish
from .model import MOST_COMPARED, Here, RunModel
from .overlay import Shown
from .panel import RunsHead, RunsPanel
from .reading import RunCurve, read_curve, read_list, read_samples, read_thumbnail, steps_of_grids
from .samples import SamplesSide
from .table import PICTURE_PX, compared
from .trash import Trashed, restore, to_trash

if TYPE_CHECKING:
    from core.settings import RunConfig

    from ...app.rooms import Shell
    from ...jobs.worker import Failure
    from ..controller import TrainingController

#: How often the list is read again while it is looked at, and the curve of a run that grows.
REFRESH_MS, CURVE_S = 3000, 8.0


@dataclass(slots=True, eq=False)
class Deed:
    """Something that is done with a run in the background, and what comes after."""

    do: Callable[[], object]
    then: Callable[[Any], None]
    refused: Callable[[str], None]  #: with why it could not be done
    lasting: bool = False  #: it is what a person has typed: done also where the window is closed before its turn
    begun: bool = False


@dataclass(slots=True, eq=False)
class Away:
    """Runs that are put away together and brought back together. Only the deeds, one after the other, change it."""

    folders: tuple[Path, ...]  #: of those that are here
    trashed: tuple[Trashed, ...] = ()  #: those that are away and can be brought back
    gone: tuple[Trashed, ...] = ()  #: those that only the system's trash can bring back
    step: Undoable | None = None


def build_tab(shell: Shell, room: TrainingController) -> Generator[None, None, RunsTab]:
    """The tab, in strokes."""
    place = shelf(shell.window)
    page = RunsPanel(RunModel(), place)
    yield
    samples = SamplesSide(place)
    yield
    place.deleteLater()
    for part in (page, samples):
        part.setParent(None)
    return RunsTab(shell, room, page, samples)


class RunsTab(QObject):
    """A tab of the training room. Lives in the GUI thread."""

    def __init__(self, shell: Shell, room: TrainingController, page: RunsPanel, samples: SamplesSide) -> None:
        super().__init__(shell.window)
        self._shell, self._project, self._settings, self._room = shell, shell.project, shell.settings, room
        self._lister = Lister()
        self.model = page.model
        self.panel: QWidget = page
        self.head: QWidget | None = RunsHead()
        self._page, self._buttons = page, self.head
        self._samples = samples
        self.side: QWidget | None = samples
        self.under: QWidget | None = None
        self._list = Latest("list-all-runs", self)
        self._reads = Requests(_read, 1000, "read-runs", self)
        # One after the other, in the order in which they were wished: of two notes the later one is to stay.
        self._deeds = Requests(_do, 1, "change-runs", self)
        self._waiting: deque[Deed] = deque()
        self._under_way: Deed | None = None
        self._curves: dict[Path, tuple[float, float, RunCurve | None]] = {}  #: folder → active, when read, what
        self._asking: BranchDialog | None = None  #: the dialog that is open
        self._away: list[Away] = []  #: what was put away together is brought back together
        self._act: Callable[[], object] | None = None  #: of the banner's button
        self._shown = self._read_once = self._again = False
        self._shows_open = True  #: the open run is selected when it is listed, unless another is
        self._select_next: list[Path] = []  #: what is to be selected when it is listed
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._actions = _Actions(self)
        self._connect()
        self._selected()

    def _connect(self) -> None:
        page, table, buttons = self._page, self._page.table, self._buttons
        self._list.progressed.connect(self._some_listed)
        self._list.answered.connect(self._listed)
        self._list.failed.connect(self._not_listed)
        self._reads.answered.connect(self._was_read)
        self._deeds.answered.connect(self._done)
        page.search_changed.connect(self._search)
        page.overlay.choose_axis(self._settings["runs_axis"])
        page.overlay.axis_chosen.connect(self._axis_chosen)
        page.about.notes_written.connect(self._write_notes)
        page.banner.acted.connect(self._acted)
        table.chosen.connect(self._selected)
        table.open_wished.connect(self.open)
        table.trash_wished.connect(self.trash)
        table.menu_wished.connect(self._menu)
        table.thumbnail_wished.connect(self._wish_thumbnail)
        self.model.rename_wished.connect(self.rename)
        self._samples.grids_wished.connect(self._wish_grids)
        self._samples.grid_wished.connect(self._wish_grid)
        buttons.open.clicked.connect(self.open)
        buttons.resume.clicked.connect(self.resume)
        buttons.branch.clicked.connect(self.branch)
        buttons.menu.aboutToShow.connect(self._fill_menu)
        self._room.state_changed.connect(self._room_changed)
        self._room.checkpoint_saved.connect(self.refresh)
        self._project.run_changed.connect(self._run_changed)

    # --- the tab -------------------------------------------------------------------------------------------

    def set_shown(self, shown: bool) -> None:
        """While it is looked at the list is kept up to date."""
        self._shown = shown
        if shown:
            self.refresh()
            self._timer.start()
        else:
            self._timer.stop()
            self._page.about.keep()

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop everything and wait; True when no thread is left."""
        self._timer.stop()
        self._page.about.keep()
        ended = [part.shutdown(timeout_ms) for part in (self._deeds, self._list, self._reads)]
        for deed in (*([] if self._under_way is None else [self._under_way]), *self._waiting):
            if deed.lasting and not deed.begun:
                with suppress(StudioError):  # there is nowhere left to say it
                    deed.do()
        self._waiting.clear()
        return all(ended)

    # --- the list ------------------------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Read the list again, unless it is being read."""
        self._again = self._list.busy  # what is being read may be older than what has just been done
        if not self._list.busy and self._shown:
            run = self._project.run
            opened = None if run is None else run.folder
            self._list.ask(partial(read_list, self._lister, self._project.runs_folder, opened))

    @Slot(object)
    def _some_listed(self, runs: tuple[ListedFacts, ...]) -> None:
        if not self._read_once:  # later there is the list of before
            self._show_list(runs)
            self._page.say_total(
                self.tr("Reading the runs: {n} so far").format(n=numbers.count(len(runs))), self._project.runs_folder
            )

    @Slot(object)
    def _listed(self, runs: tuple[ListedFacts, ...]) -> None:
        self._read_once = True
        self._show_list(runs)
        folder = self._project.runs_folder
        # The one that is open may lie elsewhere, and is the first then.
        inside = runs[1:] if runs and not same_folder(runs[0].folder.parent, folder) else runs
        one, several = self.tr("{n} run · {size} in {folder}"), self.tr("{n} runs · {size} in {folder}")
        words = (one if len(inside) == 1 else several).format(
            n=numbers.count(len(inside)), size=numbers.memory(sum(run.bytes for run in inside)), folder=folder
        )
        if len(inside) < len(runs):
            words += " · " + self.tr("{run} is in {folder}").format(run=runs[0].name, folder=runs[0].folder.parent)
        self._page.say_total(words, folder)
        if self._again:
            self.refresh()
        if any(self.model.place(folder) is not None for folder in self._select_next):
            self._page.table.select(self._select_next)
            self._select_next = []
        elif self._shows_open and not self._page.table.order and self._project.run is not None:
            self._page.table.select([self._project.run.folder])
        self._show_selected()

    @Slot(object)
    def _not_listed(self, failure: Failure) -> None:
        self._say(error_text(failure.error))

    def _show_list(self, runs: tuple[ListedFacts, ...]) -> None:
        self.model.set_runs(runs, self._here())
        self._say_empty()

    def _say_empty(self) -> None:
        empty = ""
        if not self.model.runs:
            empty = self.tr(
                "No runs yet. Choose pictures, then press Start: each training is a run, and is listed here."
            )
        elif not self.model.rowCount():
            empty = self.tr("No run has all of these words. Esc or the cross in the field shows all runs again.")
        self._page.say_empty(empty)

    @Slot(str)
    def _search(self, text: str) -> None:
        self.model.set_search(text)
        if self._read_once:
            self._say_empty()

    def _here(self) -> Here:
        run, state = self._project.run, self._room.state
        if run is None or not state.busy:
            return Here()
        step = numbers.count(self._room.step)
        words = {
            TrainingState.PREPARING: self.tr("Preparing"),
            TrainingState.RUNNING: self.tr("Training, step {step}").format(step=step),
            TrainingState.PAUSED: self.tr("Paused at step {step}").format(step=step),
            TrainingState.STOPPING: self.tr("Stopping"),
        }
        return Here(run.folder, words[state], self._room.step)

    @Slot(object)
    def _room_changed(self, _state: object) -> None:
        self.refresh()
        self._show_actions()

    @Slot()
    def _run_changed(self) -> None:
        self.model.set_open(None if self._project.run is None else self._project.run.folder)
        self._shows_open = True
        self.refresh()

    # --- what is selected ----------------------------------------------------------------------------------

    @property
    def selected(self) -> list[ListedFacts]:
        """The selected runs, in the order in which they were selected."""
        found = [self.model.facts_of(folder) for folder in self._page.table.order]
        return [facts for facts in found if facts is not None]

    @Slot()
    def _selected(self) -> None:
        if self._page.table.order:  # whoever takes this selection away gets no other, which a key could hit unseen
            self._shows_open = False
        self.model.set_letters(compared(self._page.table.order))
        self._show_selected()

    def _show_selected(self) -> None:
        runs = self.selected[:MOST_COMPARED]
        page = self._page
        page.show_selected(len(runs))
        self._samples.show_runs([run for run in runs if run.problem is None], self.model.letters)
        for run in runs:
            self._wish_curve(run)
        self._show_curves()
        self._show_actions()

    def _show_curves(self) -> None:
        letters, shown = self.model.letters, {}
        runs = self.selected[:MOST_COMPARED]
        counts = [None if (read := self._curves.get(run.folder)) is None else _parameters(read[2]) for run in runs]
        if len(runs) == 1:
            self._page.about.show_run(runs[0], counts[0])
        else:
            self._page.about.show_run(None)
            self._page.differs.show_runs(runs, counts)
        for run in runs:
            if run.problem is None:
                _, _, curve = self._curves.get(run.folder, (0.0, 0.0, None))
                shown[run.folder] = Shown(letters.get(run.folder, "A"), run.name, curve)
        self._page.overlay.show_runs(shown)

    def _wish_curve(self, run: ListedFacts) -> None:
        active, read_at, curve = self._curves.get(run.folder, (-1.0, 0.0, None))
        trained = run.standing is not None and run.standing.trained
        old = active != run.active or (trained and time.monotonic() - read_at > CURVE_S)
        if run.problem is None and old:
            self._curves[run.folder] = (run.active, time.monotonic(), curve)
            self._reads.ask((read_curve, (run.folder, self._settings["loss_smoothing"])))

    @Slot(object)
    def _wish_thumbnail(self, facts: ListedFacts) -> None:
        self._reads.ask((read_thumbnail, facts))

    @Slot(object)
    def _wish_grids(self, folder: Path) -> None:
        self._reads.ask((steps_of_grids, folder))

    @Slot(object, int)
    def _wish_grid(self, facts: ListedFacts, step: int) -> None:
        self._reads.ask((read_samples, (facts, step)))

    @Slot(object, object)
    def _was_read(self, question: tuple[Callable[..., object], Any], answer: object) -> None:
        what, of = question
        if what is read_curve:
            if isinstance(answer, RunCurve):
                active, at, _ = self._curves.get(of[0], (0.0, 0.0, None))
                self._curves[of[0]] = (active, at, answer)
                self._show_curves()
        elif what is read_thumbnail and isinstance(answer, np.ndarray):
            dpr = self._page.devicePixelRatioF()
            side = round(PICTURE_PX * dpr)
            fits = Qt.AspectRatioMode.KeepAspectRatio
            picture = QPixmap.fromImage(to_image(answer).scaled(side, side, fits))
            picture.setDevicePixelRatio(dpr)
            self._page.table.put_thumbnail(of.grid, picture)
        elif what is steps_of_grids and isinstance(answer, tuple):
            self._samples.put_grids(*answer)
        elif what is read_samples and isinstance(answer, np.ndarray):
            facts, step = of
            self._samples.put(facts.folder, step, answer)

    @Slot(str)
    def _axis_chosen(self, axis: str) -> None:
        self._settings["runs_axis"] = axis

    # --- what can be done ----------------------------------------------------------------------------------

    def reasons(self) -> dict[str, str]:
        """Name of an action → why it cannot be done with what is selected; "" where it can."""
        runs = self.selected
        none, one = self.tr("Select a run first"), self.tr("Select one run only")
        damaged = self.tr("The run is damaged")
        single = none if not runs else one if len(runs) > 1 else ""
        broken = single or (damaged if runs[0].problem is not None else "")
        busy = self.tr("Stop the training first") if self._room.state.busy else ""
        own = self._project.run is not None and bool(runs) and runs[0].folder == self._project.run.folder
        saved = not broken and runs[0].standing is not None and runs[0].standing.step > 0
        empty = "" if saved else self.tr("Nothing of this run is saved yet")
        trained = self._trained_reason(runs)
        return {
            "open": broken or ("" if own else busy),
            "resume": broken or busy or self._resume_reason(runs[0]),
            "branch": broken or empty,
            "duplicate": broken,
            "rename": single or trained,
            "star": none if not runs else "",
            "trash": (none if not runs else "") or trained,
            "folder": single,
        }

    def _resume_reason(self, run: ListedFacts) -> str:
        listed = _listed(run)
        if listed.obstacle is Obstacle.PICTURES_GONE:  # others can be chosen
            return ""
        return listed.why_not() or ("" if listed.interrupted else self.tr("It has made all of its steps"))

    def _trained_reason(self, runs: list[ListedFacts]) -> str:
        run = next((run for run in runs if run.standing is not None and run.standing.trained), None)
        return "" if run is None else self.tr("{run}: {why}").format(run=run.name, why=_listed(run).why_not())

    def _show_actions(self) -> None:
        reasons = self.reasons()
        tips = {
            "open": self.tr("Show this run as it was left (Enter)"),
            "resume": self.tr("Open its pictures and go on training"),
            "branch": self.tr("A new run that begins at one of its checkpoints"),
        }
        buttons = {"open": self._buttons.open, "resume": self._buttons.resume, "branch": self._buttons.branch}
        for name, button in buttons.items():
            button.setEnabled(not reasons[name])
            set_tip(button, reasons[name] or tips[name])

    @Slot()
    def _fill_menu(self) -> None:
        self._actions.fill(self._buttons.menu, whole=False)

    @Slot(object)
    def _menu(self, place: Any) -> None:  # noqa: ANN401 (QPoint)
        menu = QMenu(self._page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        self._actions.fill(menu, whole=True)
        menu.popup(place)

    # --- deeds ---------------------------------------------------------------------------------------------

    @Slot()
    def open(self) -> None:
        """Show the selected run, with its curves."""
        if not self._refused("open"):
            self._room.open_run(self.selected[0].folder)
            self._to_curves()

    @Slot()
    def resume(self) -> None:
        """Go on with the selected run."""
        if not self._refused("resume"):
            self._room.open_run(self.selected[0].folder, go_on=True)
            self._to_curves()

    @Slot()
    def duplicate(self) -> None:
        """Choose the settings of the selected run for the next one."""
        run = self.selected[0] if self.selected else None
        if self._refused("duplicate") or run is None or run.config is None:
            return
        busy = self._room.state.busy
        if not busy:
            self._room.leave_run()
        self._project.adopt(run.config, run.measured_settings)
        if busy:
            self._say(self.tr("The next run has the settings of {run}.").format(run=run.name), kind="info")
        else:
            self._to_curves()

    @Slot()
    def show_folder(self) -> None:
        """Open the run's folder outside of the program."""
        if not self._refused("folder"):
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.selected[0].folder)))

    @Slot()
    def edit_name(self) -> None:
        """Type another name in the table."""
        if not self._refused("rename"):
            self._page.table.edit_name()

    @Slot(object, str)
    def rename(self, folder: Path, name: str) -> None:
        """Give a run's folder another name."""
        facts = self.model.facts_of(folder)
        reason = "" if facts is None else self._trained_reason([facts])
        if reason:
            self._say(reason, kind="warning")
        else:
            self._page.about.keep()
            self._do(partial(rename_run, folder, name), partial(self._renamed, folder))

    def _renamed(self, before: Path, after: Path) -> None:
        self._page.about.moved(before, after)
        opened = self._project.run is not None and self._project.run.folder == before
        if self._settings["run"] == str(before):
            self._settings["run"] = str(after)
        model = self._settings["sampler_model"]
        if isinstance(model, Mapping):
            self._settings["sampler_model"] = {
                key: _moved(value, before, after) if isinstance(value, str) else value for key, value in model.items()
            }
        self._curves.pop(before, None)
        self._select_next = [after]
        if opened and not self._room.state.busy:
            self._room.open_run(after)
        self.refresh()

    @property
    def starred(self) -> bool:
        """Whether all selected runs have a star."""
        return bool(self.selected) and all(run.notes.starred for run in self.selected)

    @Slot()
    def star(self) -> None:
        """Give the selected runs a star, or take it where all have one."""
        runs = self.selected
        if self._refused("star"):
            return
        self._page.about.keep()
        starred = not self.starred
        for run in runs:
            self._page.about.starred(run, starred=starred)
            self._do(partial(_give_star, run.folder, starred), lambda _: self.refresh(), lasting=True)

    @Slot(object, object)
    def _write_notes(self, folder: Path, notes: RunNotes) -> None:
        self._do(partial(_keep_notes, folder, notes), partial(self._notes_kept, folder), lasting=True)

    def _notes_kept(self, folder: Path, failure: StudioError | None) -> None:
        if failure is not None:
            self._page.about.not_kept(folder)
            self._say(error_text(failure))
        self.refresh()

    @Slot()
    def trash(self) -> None:
        """Put the selected runs away."""
        if self._refused("trash"):
            return
        away = Away(tuple(run.folder for run in self.selected))
        self._page.about.keep()
        self._page.table.select([])  # whatever is pressed next hits no other run
        self._put_away(away)

    def _put_away(self, away: Away) -> None:
        if self._project.run is not None and self._project.run.folder in away.folders:
            self._room.leave_run()  # what is open cannot stay so
        self._do(partial(_put_away, away, self._project.runs_folder), partial(self._were_put_away, away))

    def _were_put_away(self, away: Away, failure: StudioError | None) -> None:
        done = (*away.trashed, *away.gone)
        if away.step is None or failure is not None:
            self._offer_step(away)
        if failure is not None:
            self._select_next = list(away.folders)
            self._say(error_text(failure))
        elif done:
            first = done[0]
            words = self.tr("{run} is in the trash") if first.in_trash else self.tr("{run} was moved to {folder}")
            names = _names([trashed.folder for trashed in done])
            words = words.format(run=names, folder="" if first.kept is None else first.kept.parent)
            if away.trashed:
                self._say(words, kind="info", action=self.tr("Undo"), act=partial(self._undo, away))
            else:
                self._say(words, kind="info")
        self.refresh()

    def _offer_step(self, away: Away) -> None:
        """Let the window's Undo bring back what is away; what it offered of these runs before is no longer so."""
        steps = self._project.undo_steps
        if away.step is not None:
            steps.forget(away.step)
        if away.trashed:
            names = _names([trashed.folder for trashed in away.trashed])
            words = self.tr("{run} to the trash").format(run=names)
            away.step = Undoable(words, partial(self._bring_back, away), partial(self._put_away, away))
            if away not in self._away:
                self._away.append(away)
            steps.push(away.step)

    @property
    def last_trashed(self) -> tuple[Trashed, ...]:
        """The runs that `undo_trash` brings back; none: ()."""
        return next((away.trashed for away in reversed(self._away) if away.trashed), ())

    @Slot()
    def undo_trash(self) -> None:
        """Bring back what was put away last."""
        last = next((away for away in reversed(self._away) if away.trashed), None)
        if last is not None:
            self._undo(last)

    def _undo(self, away: Away) -> None:
        if away.step is not None:
            self._project.undo_steps.undo_this(away.step)

    def _bring_back(self, away: Away) -> None:
        self._do(partial(_bring_back, away), partial(self._restored, away))

    def _restored(self, away: Away, failure: StudioError | None) -> None:
        if failure is not None:  # it can be tried again, under another name or with more room
            self._offer_step(away)
            self._say(error_text(failure))
        else:
            self._say(self.tr("{run} is back").format(run=_names(away.folders)), kind="info")
        self._select_next = list(away.folders)
        self.refresh()

    # --- branches ------------------------------------------------------------------------------------------

    @Slot()
    def branch(self) -> None:
        """Ask for a branch of the selected run, and make it."""
        if self._refused("branch"):
            return
        run = self.selected[0]
        folder = run.folder / CHECKPOINTS
        checkpoints = [(step, description_path(folder, step)) for step in reversed(_steps(run))]
        pictures = [] if run.source_folder is None else [run.source_folder]
        self._ask_branch(Beginning(run.name, checkpoints, run.config, self._with_open(pictures)))

    @Slot()
    def branch_from_file(self) -> None:
        """Ask for a model file of elsewhere, and for a branch of it."""
        kinds = self.tr("Models ({patterns})").format(patterns="*.pt *.pth *.ckpt *.bin *.safetensors")
        chosen, _ = QFileDialog.getOpenFileName(
            self._page, self.tr("Begin with a model file"), self._settings["model_folder"], kinds
        )
        if chosen:
            self.branch_of_file(Path(chosen))

    def branch_of_file(self, path: Path) -> None:
        """Ask for a branch of a model file of elsewhere."""
        self._settings["model_folder"] = str(path.parent)
        self._ask_branch(Beginning(path.name, [(0, path)], None, self._with_open([])))

    def _with_open(self, pictures: list[Path]) -> list[Path]:
        scan = self._project.scan
        return list(dict.fromkeys([*pictures, *([] if scan is None else [scan.folder])]))

    def _ask_branch(self, beginning: Beginning) -> None:
        folder = new_run_folder(self._project.runs_folder, Path(beginning.name).stem.rstrip("0123456789").rstrip("-_"))
        dialog = BranchDialog(beginning, folder, self._page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.wished.connect(self._make_branch)
        dialog.finished.connect(self._branch_left)
        self._asking = dialog
        dialog.open()

    @Slot()
    def _branch_left(self) -> None:
        self._asking = None

    @Slot(object)
    def _make_branch(self, wish: BranchWish) -> None:
        """Make the run folder of a branch; it is opened then, and trained where that is wished."""
        make, dialog = partial(_make_branch, wish, self._project.config, self._project.device), self._asking
        self._do(make, partial(self._branched, wish.starts, dialog), refused=partial(self._branch_refused, dialog))

    def _branch_refused(self, dialog: BranchDialog | None, words: str) -> None:
        if dialog is not None and dialog is self._asking:
            dialog.refuse(words)
        else:
            self._say(words)

    def _branched(self, starts: bool, dialog: BranchDialog | None, made: tuple[Path, Mapping[str, Any]]) -> None:
        folder, assumed = made
        if dialog is not None and dialog is self._asking:
            dialog.made()
        self._page.banner.clear()
        if assumed:
            words = self.tr("Its file does not say this, and it is assumed: {settings}")
            said = ", ".join(f"{name}={as_text(value) or 'none'}" for name, value in assumed.items())
            self._say(words.format(settings=said), kind="warning")
        self._select_next = [folder]
        self.refresh()
        if self._room.state.busy:
            self._say(self.tr("{run} waits: it can go on when this training has ended").format(run=folder.name), "info")
        elif starts:
            self._room.open_run(folder, go_on=True)
            self._to_curves()

    # --- small ---------------------------------------------------------------------------------------------

    def _refused(self, action: str) -> bool:
        """Whether it cannot be done; then the reason is said."""
        reason = self.reasons()[action]
        offers = bool(self._page.banner.text()) and self._act is not None
        if reason and (self.selected or not offers):  # a key that hit no run takes no way back away
            self._say(reason, kind="warning")
        return bool(reason)

    def _to_curves(self) -> None:
        if self._room.tabs is not None:
            self._room.tabs.choose("curves")

    def _say(
        self, words: str, kind: str = "error", *, action: str = "", act: Callable[[], object] | None = None
    ) -> None:
        banner = self._page.banner
        banner.show_message(words, kind=kind, action=action)
        self._act = act

    @Slot()
    def _acted(self) -> None:
        self._page.banner.clear()
        act, self._act = self._act, None
        if act is not None:
            act()

    def _do(
        self,
        do: Callable[[], object],
        then: Callable[[Any], None],
        *,
        refused: Callable[[str], None] | None = None,
        lasting: bool = False,
    ) -> None:
        self._waiting.append(Deed(do, then, refused or self._say, lasting))
        self._next_deed()

    def _next_deed(self) -> None:
        if self._under_way is None and self._waiting:
            self._under_way = self._waiting.popleft()
            self._deeds.ask(self._under_way)

    @Slot(object, object)
    def _done(self, deed: Deed, answer: object) -> None:
        self._under_way = None
        self._next_deed()
        if isinstance(answer, Exception):
            deed.refused(error_text(answer))
            self.refresh()
        else:
            deed.then(answer)


class _Actions(QObject):
    """The menu of a selected run."""

    def __init__(self, tab: RunsTab) -> None:
        super().__init__(tab)
        self._tab = tab

    def fill(self, menu: QMenu, *, whole: bool) -> None:
        """Write it anew. whole: with what has buttons of its own."""
        menu.clear()
        tab = self._tab
        rows: list[tuple[str, str, Callable[[], object], str]] = [
            ("open", self.tr("Open"), tab.open, "Enter"),
            ("resume", self.tr("Resume"), tab.resume, ""),
            ("branch", self.tr("Branch from a checkpoint…"), tab.branch, ""),
        ]
        if not whole:
            rows.clear()
        rows += [
            ("duplicate", self.tr("Duplicate settings"), tab.duplicate, ""),
            ("rename", self.tr("Rename"), tab.edit_name, "F2"),
            ("star", self.tr("Remove the star") if tab.starred else self.tr("Star"), tab.star, ""),
            ("trash", self.tr("To the trash"), tab.trash, "Del"),
            ("folder", self.tr("Show the folder"), tab.show_folder, ""),
        ]
        reasons = tab.reasons()
        for name, words, act, key in rows:
            action = QAction(f"{words}\t{key}" if key else words, menu)
            action.setObjectName(f"run_{name}")
            action.setEnabled(not reasons[name])
            set_tip(action, reasons[name] or words)
            action.triggered.connect(act)
            menu.addAction(action)
        menu.addSeparator()
        undo = menu.addAction(self.tr("Undo: nothing is in the trash"), tab.undo_trash)
        away = tab.last_trashed
        undo.setEnabled(bool(away))
        if away:
            undo.setText(self.tr("Undo: bring {run} back").format(run=_names([one.folder for one in away])))
        menu.addAction(self.tr("Branch from a model file…"), tab.branch_from_file)


def _read(question: tuple[Callable[[Any], object], Any]) -> object:
    what, of = question
    return what(of)


def _do(deed: Deed) -> object:
    deed.begun = True
    return deed.do()


def _names(folders: Sequence[Path]) -> str:
    """The names of runs in one line: all of a few, else the first and how many more."""
    names = [folder.name for folder in folders]
    if len(names) <= 3:
        return ", ".join(names)
    return QCoreApplication.translate("RunsTab", "{run} and {n} more").format(run=names[0], n=len(names) - 1)


def _keep_notes(folder: Path, notes: RunNotes) -> StudioError | None:
    """Why they could not be kept; None: they are."""
    try:
        write_notes(folder, notes)
    except StudioError as error:
        return error
    return None


def _give_star(folder: Path, starred: bool) -> None:
    """What else is said of the run stays, as it is by then."""
    write_notes(folder, replace(read_notes(folder), starred=starred))


def _put_away(away: Away, runs_folder: Path) -> StudioError | None:
    """Why it ended before the last; None: all are away."""
    for folder in away.folders:
        try:
            trashed = to_trash(folder, runs_folder)
        except StudioError as error:
            return error
        away.folders = away.folders[1:]
        if trashed.kept is None:
            away.gone += (trashed,)
        else:
            away.trashed += (trashed,)
    return None


def _bring_back(away: Away) -> StudioError | None:
    """Likewise of bringing back."""
    for trashed in away.trashed:
        try:
            back = restore(trashed)
        except StudioError as error:
            return error
        away.trashed = away.trashed[1:]
        away.folders += (back,)
    return None


def _parameters(read: RunCurve | None) -> int | None:
    return None if read is None else read.parameters


def _steps(run: ListedFacts) -> list[int]:
    try:
        return steps_in(run.folder / CHECKPOINTS)
    except StudioError:
        return []


def _listed(run: ListedFacts) -> ListedRun:
    if run.standing is None or run.source_folder is None:
        return ListedRun(run.folder, None)
    return listed_run(run.folder, run.source_folder, run.standing, run.measured.failed_at)


def _moved(path: str, before: Path, after: Path) -> str:
    """The path of a file of a run whose folder has another name now."""
    found = Path(path)
    return str(after / found.relative_to(before)) if found.is_relative_to(before) else path


def _make_branch(wish: BranchWish, chosen: RunConfig, device: str) -> tuple[Path, Mapping[str, Any]]:
    """The run's folder, and what was assumed of a file's model. On a worker's thread: torch comes with it."""
    from core.training.branching import make_branch, read_origin

    named_folder(wish.folder.parent, wish.folder.name)  # it may have been taken meanwhile
    origin = read_origin(wish.origin)
    config = origin.config_for(chosen if origin.foreign else None).with_settings(wish.settings)
    make_branch(
        wish.folder, origin, config, source_folder=wish.pictures, device=device, keep_optimizer=wish.keep_optimizer
    )
    return wish.folder, {name: value for name, value in origin.assumed.items() if name not in wish.settings}
