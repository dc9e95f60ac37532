"""The main window: where things are, what the menus hold, who is asked to end at the close."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent, QWindowStateChangeEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QVBoxLayout, QWidget

from core.own_presets import SUFFIX
from core.path_kind import PathKind, kind_of
from core.presets import PRESETS
from core.reading import is_folder

from .. import numbers
from ..dataset.controller import DatasetController
from ..dataset.panel import DatasetPanel
from ..jobs.worker import Failure, Worker
from ..project import Choices, Project
from ..training.state import TrainingState
from ..widgets.banner import Banner
from ..widgets.drop_zone import DropZone, refuse_text_drops
from ..widgets.focus import FocusOverlay
from ..widgets.plain import set_tip
from ..widgets.scroll import RoomStack, Scrolled
from .attention import Attention
from .icons import app_icon
from .listed_run import ListedRun, Obstacle
from .messages import error_text, phrase_text
from .presentation import Presentation
from .ready import ReadyModels
from .report_dialog import ReportDialog
from .rooms import ROOMS, Shell
from .runs import RunList, leave_in_peace
from .settings_menu import SettingsMenu
from .top_bar import DeviceMenu, RunMenu, TopBar
from .transport import TransportBar
from .undoing import Undoing
from .warmup import Devices, import_rooms, load_libraries, load_torch
from .window_place import WindowPlace

if TYPE_CHECKING:
    from core.errors import Phrase, StudioError

    from ..dataset.welcome import GoOnLine
    from ..inside.controller import InsideController
    from ..sampler.controller import SamplerController
    from ..training.controller import TrainingController
    from .i18n import Translations
    from .settings import Settings


# --- Who was interrupted finds the way on at once: a line under the welcome, or a banner after the program was cut
# off.


class InterruptedRuns(QObject):
    """Offers what the list of runs says can go on. Lives in the GUI thread."""

    resume_wished = Signal(object)  #: the Path of a run

    def __init__(self, runs: RunList, line: GoOnLine, banner: Banner, parent: QObject) -> None:
        super().__init__(parent)
        self._runs, self._line, self._banner = runs, line, banner
        self._announcing = False
        self._closed_in: Path | None = None  #: the run that trained when the window was closed
        self._announced: ListedRun | None = None  #: what the banner speaks of
        runs.changed.connect(self._show)
        line.wished.connect(self.resume_wished)
        banner.acted.connect(self._acted)
        banner.dismissed.connect(self._dismissed)

    def announce(self, closed_in: Path | None) -> None:
        """The welcome will not be seen: tell in a banner of a training that was cut off with the program.

        closed_in: the run that the closing of the window ended, where it is not what is opened now.
        """
        self._announcing, self._closed_in = True, closed_in
        self._show()

    def clear(self) -> None:
        """A training begins: there is nothing to tell any more."""
        self._announcing = False
        if self._announced is not None:
            self._announced = None
            self._banner.clear()

    @Slot()
    def _show(self) -> None:
        self._line.show_run(self._runs.first_to_resume())
        found = self._runs.first_that_died() or self._ended_by_closing()
        if not self._announcing or found is None or self._banner.text():
            return
        self._announcing, self._announced = False, found
        if not found.died:
            text = self.tr("{run} was training when the window was closed. It can go on from step {step}.")
        elif found.step:
            text = self.tr("The program ended while {run} was training. Everything up to step {step} is saved.")
        else:
            text = self.tr("The program ended while {run} was training, before it was first saved.")
        gone = found.obstacle is Obstacle.PICTURES_GONE
        self._banner.show_message(
            text.format(run=found.folder.name, step=numbers.count(found.step or 0)),
            kind="warning",
            action=self.tr("Choose the pictures…") if gone else self.tr("Resume"),
        )
        set_tip(self._banner.action_button, found.why_not() or self.tr("Open its pictures and go on training"))

    def _ended_by_closing(self) -> ListedRun | None:
        runs = self._runs.runs or ()
        return next((run for run in runs if run.folder == self._closed_in and run.can_resume), None)

    @Slot()
    def _acted(self) -> None:
        run, self._announced = self._announced, None
        if run is not None:
            self._banner.clear()
            self.resume_wished.emit(run.folder)

    @Slot()
    def _dismissed(self) -> None:
        run, self._announced = self._announced, None
        if run is not None and run.died:  # whoever does not want it is not asked at every start
            leave_in_peace(run.folder)


# --- window ----------------------------------------------------------------------------------------------

#: A worker that only reads and does not end within this is left behind.
SHUTDOWN_MS = 10_000
#: A training may be in the middle of a step of minutes (a large network on a CPU) or of a save to a slow disk, and has
#: days to lose: the window is gone by then, and only the process waits.
SAVING_MS = 600_000
#: Between two heavy strokes of the start, so that what the first one has queued is worked off.
SETTLE_MS = 30
#: The window comes down to its bars and so much of a room.
LEAST_ROOM_PX = (320, 200)


class MainWindow(QWidget):
    """Four rooms over one transport.

    Built in two parts: the frame and the welcome at once; the rooms, which need numpy and pyqtgraph, stroke by stroke
    after the first paint. What is asked for in between is done when the rooms stand.
    """

    loaded = Signal()  #: torch is there; nothing that a training or a sampler waits for is loaded after this

    def __init__(self, settings: Settings, translations: Translations, runs_folder: Path) -> None:
        super().__init__()
        self.settings = settings
        self._language = translations.language
        self.project = Project(runs_folder, self, choices=Choices(settings.path.parent / "choices"))
        if settings["preset"] in PRESETS:
            self.project.set_preset(settings["preset"])
        self.project.config_changed.connect(self._remember_preset)
        self.threads_left = False
        self.training: TrainingController | None = None
        self.sampler: SamplerController | None = None
        self.inside: InsideController | None = None
        self._strokes: Iterator[None] = iter(())
        self._later: Path | None = None
        self._resume_later: Path | None = None  #: a run to go on with when the rooms stand
        self._last_room: str = settings["room"]
        self._room_later: str | None = None
        self._shown = False
        self._left_at: dict[str, object] = {}  #: where the program has restarted itself
        self.place = WindowPlace(self, settings)
        self._closing = False
        self.restarts = False  #: once everything has ended the program is to be started again
        self.resumes: Path | None = None  #: the run that it is to go on with then

        self.setWindowIcon(app_icon())
        self.top_bar = TopBar()
        self.rooms = RoomStack()
        self.transport = TransportBar()
        # Until the training room stands there is nothing to start.
        self.transport.set_state(TrainingState.NO_PICTURES, reason=self.tr("Choose pictures first"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        self.banner = Banner(self, margins=(16, 8, 16, 0))
        column.addLayout(self.banner.slot)
        column.addWidget(Scrolled(self.rooms, LEAST_ROOM_PX), 1)
        column.addWidget(self.transport)
        self._focus = FocusOverlay(self)
        self._drop_zone = DropZone(self, self.tr("Drop to open"))
        self._drop_zone.dropped.connect(self._dropped)

        dataset_panel = DatasetPanel(settings)
        self._choose_folder = dataset_panel.choose_folder
        self.dataset = DatasetController(self.project, settings, dataset_panel, parent=self)
        self._panels: dict[str, QWidget] = {room: QWidget() for room in ROOMS} | {"dataset": dataset_panel}
        for panel in self._panels.values():
            self.rooms.addWidget(panel)
        self.ready = ReadyModels(self.project, self)
        self.ready.failed.connect(self._tell_failure)
        dataset_panel.ready_wished.connect(self.take_ready)
        self.device_menu = DeviceMenu(self.top_bar, self.project, settings)
        self.runs = RunList(self.project, self)
        self.run_menu = RunMenu(self.top_bar, self.project, settings, self.runs)
        self.interrupted = InterruptedRuns(self.runs, dataset_panel.welcome.go_on, self.banner, self)
        self.undoing = Undoing(self.project, self.top_bar, self)
        self.presentation = Presentation(
            self, self.top_bar, self.transport, settings, self._makes_pictures, self._loses, self._paints
        )
        self.presentation.restart_wished.connect(self.restart)
        self.settings_menu = SettingsMenu(
            self.top_bar, settings, translations, self.project, self.undoing, self.presentation
        )
        self.settings_menu.restart_wished.connect(self.restart)
        self.project.choices_damaged.connect(self._tell_choices_damaged)
        self.project.choices_not_kept.connect(self._tell_choices_not_kept)
        self.top_bar.room_wished.connect(self.show_room)
        self.transport.chosen.connect(self._give_keys_to_room)
        self.run_menu.wished.connect(self.open_path)
        self.run_menu.resume_wished.connect(self.resume_run)
        self.run_menu.ready_wished.connect(self.take_ready)
        self.report: ReportDialog | None = None  #: made when it is first wished for
        self.run_menu.report_wished.connect(self._save_report)
        self.interrupted.resume_wished.connect(self.resume_run)
        self.dataset.path_dropped.connect(self.open_path)
        self.dataset.training_wished.connect(self._to_training)
        self.project.run_changed.connect(self._remember_now)
        # Whoever uses the room before the others stand has chosen: nothing comes in place of that later.
        dataset_panel.folder_wished.connect(self._forget_later)
        dataset_panel.sample_set_wished.connect(self._forget_later)
        self.dataset.opened.connect(self._forget_later)
        self._refused = ""  #: what the banner says of a file that was not opened
        for opened in (self.dataset.opened, self.project.run_changed):
            opened.connect(self._forget_refused)
        self._loaders = [
            Worker(load_libraries, parent=self, name="load-libraries"),
            Worker(load_torch, parent=self, name="load-torch"),
        ]
        self._loaders[0].ended.connect(self._libraries_loaded)
        self._loaders[1].events.connect(self._torch_told)
        self._loaders[1].ended.connect(self._tell_failure)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Open), self, self._open)
        QShortcut(QKeySequence("Ctrl+Q"), self, self.close)
        self.show_room("dataset")
        self.attention = Attention(self, self.transport, self.project, settings)
        self._tell_settings_file()
        self.place.restore()

    # --- the start -----------------------------------------------------------------------------------------

    def open_later(self, path: Path | None, *, remembered: bool = False) -> None:
        """What to open when the rooms stand: a folder, run or checkpoint; `remembered` comes back in its last room."""
        self._later = path
        self._room_later = self._last_room if remembered and path is not None else None

    def come_back(self, path: Path | None, run: Path | None) -> None:
        """After a restart: open what was open, in its room, or go on there with a run that was trained."""
        self._left_at, self.settings["left_at"] = dict(self.settings["left_at"]), {}
        folder = self.settings["folder"]
        if self._left_at.get("run_open") is False and path is not None and folder and is_folder(Path(folder)):
            path = Path(folder)  # the run was left for a new one, which is not begun
        self._later, self._resume_later, self._room_later = path, run, self._last_room
        if (path is not None or run is not None) and self._last_room in self._panels:
            # Until its room stands: the welcome is for those who have nothing yet.
            self._empty = QWidget()
            self.rooms.addWidget(self._empty)
            self.rooms.setCurrentWidget(self._empty)
            self.top_bar.set_room(self._last_room)
        self.presentation.restore(self._left_at)

    @Slot()
    def _forget_later(self) -> None:
        self._later = None

    def showEvent(self, event: QShowEvent) -> None:
        """The heavy libraries start to load once the window has had its first paint."""
        super().showEvent(event)
        if not self._shown:
            self._shown = True
            QTimer.singleShot(0, self._load_libraries)
            self.place.shown()

    @Slot()
    def _load_libraries(self) -> None:
        if not self._closing:
            self.runs.refresh()
            self._loaders[0].start()

    @Slot(object)
    def _tell_failure(self, failure: Failure | None) -> None:
        """The end of a loader; a library that cannot be loaded is told with its reason, for nothing will work."""
        if failure is None and self.sender() is self._loaders[1]:
            self.loaded.emit()
            self._strokes = self._import_tabs()
            self._build_on()
        elif failure is not None:
            self.banner.show_message(error_text(failure.error), details=failure.details)

    @Slot(object, str)
    def tell_unexpected(self, error: BaseException, trace: str) -> None:
        """A part of the window itself has failed; the rest goes on."""
        self.banner.show_message(error_text(error), details=trace)

    def tell_nothing_is_kept(self, stand_in: Path) -> None:
        """The person's own folder cannot be written; `stand_in` takes its place until the system clears it."""
        self.banner.show_message(
            self.tr(
                "Your home folder cannot be written. Runs and the log go to {folder}, which may be cleared; what you "
                "choose is forgotten at the end."
            ).format(folder=stand_in),
            kind="warning",
        )

    def tell_broken_rows(self, broken: Sequence[Phrase]) -> None:
        """Variants of other packages that are left out, and why."""
        self.banner.show_message("\n".join(phrase_text(one) for one in broken), kind="warning")

    @Slot(object)
    def _tell_choices_damaged(self, kept: Path) -> None:
        words = self.tr("What you had chosen for these pictures could not be read. It is kept as {path}.")
        self.banner.show_message(words.format(path=kept), kind="warning")

    @Slot(object)
    def _tell_choices_not_kept(self, error: StudioError) -> None:
        words = self.tr("What you choose will be forgotten when the window is closed: {reason}")
        self.banner.show_message(words.format(reason=error_text(error)), kind="warning")

    @Slot(list)
    def _torch_told(self, events: list[object]) -> None:
        for event in events:
            if isinstance(event, Devices):
                self.device_menu.set_devices(event.rows)
                self.dataset.torch_ready()
                if self.training is not None:
                    self.training.torch_ready()

    @Slot(object)
    def _libraries_loaded(self, failure: Failure | None) -> None:
        self._tell_failure(failure)
        if failure is None:
            self._strokes = self._build_rooms()
            self._build_on()
        elif self.rooms.currentWidget() not in self._panels.values():
            self.show_room("dataset")

    @Slot()
    def _build_on(self) -> None:
        # In strokes, with turns of the event loop between: building all at once would be felt.
        if self._closing:
            return
        for _ in self._strokes:
            QTimer.singleShot(SETTLE_MS, self._build_on)
            return

    def _build_rooms(self) -> Iterator[None]:
        yield from import_rooms()
        shell = Shell(
            *(self, self.project, self.settings, self.transport),
            put=self._replace,
            go=self.show_room,
            take_ready=self.take_ready,
            controllers={"dataset": self.dataset},
        )
        for name, room in ROOMS.items():
            if room.build:
                yield from room.strokes(shell)
                self._wire(name, shell.controllers[name])
                yield
        refuse_text_drops(self)
        self._open_what_waits()
        assert self.training is not None and self.sampler is not None
        self.ready.set_rooms(self.training, self.sampler)
        # Only now: imported beside the building of the rooms, each would hold up the other.
        self._loaders[1].start()

    def _import_tabs(self) -> Iterator[None]:
        assert self.training is not None and self.training.tabs is not None and self.inside is not None
        yield
        for keeper in (self.inside, self.training.tabs):
            yield from keeper.import_ahead()

    def _wire(self, name: str, controller: Any) -> None:  # noqa: ANN401 (a controller of any room)
        """Connect what a room asks of the others."""
        match name:
            case "training":
                self._wire_training(controller)
            case "sampler":
                self.sampler = controller
                controller.training_wished.connect(self._to_training)
                controller.path_dropped.connect(self.open_path)
                controller.panel.ready_wished.connect(self.take_ready)
                controller.model_changed.connect(self._forget_refused)
                controller.panel.controls.file_taken.connect(self._forget_refused)
            case "inside":
                self.inside = controller

    def _wire_training(self, training: TrainingController) -> None:
        self.training = training
        training.open_in_sampler.connect(self._to_sampler)
        training.checkpoints.open_wished.connect(self.open_path)
        training.log_wished.connect(self._to_training)
        training.pictures_wished.connect(self.dataset.open_folder)
        self.dataset.new_run_wished.connect(training.new_run)
        self.run_menu.new_wished.connect(training.new_run)
        training.going_on.choice_wished.connect(self._choose_pictures)
        training.state_changed.connect(self._training_changed)
        training.state_changed.connect(self.attention.training_changed)
        training.needs_someone.connect(self.attention.needs_someone)
        self.dataset.refused.connect(training.next_runs.pictures_refused)
        self.dataset.refused.connect(training.going_on.pictures_refused)

    def _open_what_waits(self) -> None:
        if self.sampler is not None and (self._later is None or self._room_later is not None):
            # Nobody has asked for another one.
            self.sampler.choosing.open_last()
            self.sampler.come_back(self._left_at)
        if self._resume_later is not None:
            self.resume_run(self._resume_later)
        elif self._later is not None:
            closed_in = self.settings["closed_in_training"]
            self.interrupted.announce(Path(closed_in) if closed_in and Path(closed_in) != self._later else None)
            self.open_path(self._later)
        if self._room_later in self._panels:
            self.show_room(self._room_later)

    def _replace(self, room: str, panel: QWidget) -> None:
        old, self._panels[room] = self._panels[room], panel
        shown = self.rooms.currentWidget() is old
        self.rooms.insertWidget(self.rooms.indexOf(old), panel)
        self.rooms.removeWidget(old)
        old.deleteLater()
        if shown:
            self.rooms.setCurrentWidget(panel)

    @Slot(object)
    def _save_report(self, run: Path) -> None:
        if self.report is None:
            self.report = ReportDialog(self.settings, self._language, self)
        self.report.ask(run)

    # --- rooms and paths -----------------------------------------------------------------------------------

    @Slot(str)
    def show_room(self, room: str) -> None:
        """Go to a room."""
        self.rooms.setCurrentWidget(self._panels[room])
        self.top_bar.set_room(room)
        self.transport.set_in_sampler(room == "sampler")
        self.transport.log.setVisible(room != "training")  # where it is seen
        self.settings["room"] = room

    @Slot()
    def _give_keys_to_room(self) -> None:
        room = self.rooms.currentWidget()
        if room is not None:
            room.setFocus()

    @Slot()
    def _remember_preset(self) -> None:
        self.settings["preset"] = self.project.wished.preset

    @Slot()
    def _remember_now(self) -> None:
        # A program that is killed in the middle of a training comes back to it.
        if self.training is not None and self.training.state.busy:
            self.settings.save()

    @Slot()
    def _to_training(self) -> None:
        self.show_room("training")

    @Slot()
    def _to_sampler(self) -> None:
        self.show_room("sampler")

    @Slot(str)
    def take_ready(self, name: str) -> None:
        """Make pictures with the model that comes with the program and was trained on this sample set."""
        self._forget_later()
        self.ready.take(name)
        self.show_room("sampler")

    @Slot(object)
    def open_path(self, path: Path) -> None:
        """Open a folder of pictures, a run folder, a checkpoint or a picture to start from, whichever it is."""
        if self.training is None or self.sampler is None:
            self._later = path
            return
        if path.name.endswith(SUFFIX):
            self.training.own_presets.import_file(path)
            self.show_room("training")
            return
        match kind_of(path):
            case PathKind.RUN:
                self.training.open_run(path)
                self.show_room("training")
            case PathKind.MODEL:
                self.sampler.open_model(path)
                self.show_room("sampler")
            case PathKind.PICTURE:
                self.show_room("sampler")
                self.sampler.given.open(path)
            case PathKind.OTHER if path.is_file():
                self._refused = self.tr(
                    "{name} is neither a picture nor a model. Open a folder of pictures, a run folder, a "
                    "checkpoint or a picture."
                ).format(name=path.name)
                self.banner.show_message(self._refused)
            case _:
                self.dataset.open_folder(path)
                self.show_room("dataset")

    @Slot()
    def _forget_refused(self) -> None:
        """Something was opened: what was refused before it is no news any more."""
        if self._refused and self.banner.text() == self._refused:
            self.banner.clear()
        self._refused = ""

    @Slot()
    def _open(self) -> None:
        """Ask for what the room is about: pictures, a run, or a model."""
        match self.settings["room"]:
            case "sampler" if self.sampler is not None:
                self.sampler.choosing.open_by_dialog()
            case "training":
                self.run_menu.choose()
            case _:
                self._choose_folder()

    @Slot(list)
    def _dropped(self, paths: list[Path]) -> None:
        """Something was dropped outside of the rooms that take it: one picture means the folder that it lies in."""
        self.open_path(paths[0].parent if kind_of(paths[0]) is PathKind.PICTURE else paths[0])

    @Slot(object)
    def resume_run(self, run_folder: Path) -> None:
        """Open a run and its pictures (others are chosen where they are gone), and go on training."""
        if self.training is None or self.sampler is None:
            self._resume_later, self._room_later = run_folder, None
        else:
            self.training.open_run(run_folder, go_on=True)
        self.show_room("training")

    @Slot()
    def _choose_pictures(self) -> None:
        """Other pictures for the run that is shown, whose own are gone."""
        chosen = QFileDialog.getExistingDirectory(
            self, self.tr("Choose the pictures that the run goes on with"), self.settings["folder"]
        )
        if chosen and self.training is not None:
            self.training.going_on.accept_pictures(Path(chosen))
            self.dataset.open_folder(Path(chosen))

    @Slot(object)
    def _training_changed(self, state: TrainingState) -> None:
        self.run_menu.set_busy(state.busy)
        self.dataset.set_training(state.busy)
        came_back = self._resume_later is not None and self._room_later is not None
        in_dataset = self.rooms.currentWidget() is self._panels["dataset"]
        if state is TrainingState.PREPARING and in_dataset and not came_back:
            self.show_room("training")  # where the learning is seen
        if state.busy:
            self.interrupted.clear()
            self._resume_later = None

    @Slot(object)
    def come_to_front(self, path: Path | None) -> None:
        """The program was started a second time, to open `path` or nothing."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
        if path is not None:
            self.open_path(path)

    # --- places --------------------------------------------------------------------------------------------

    def _tell_settings_file(self) -> None:
        if self.settings.damaged is not None:
            self.banner.show_message(
                self.tr("The settings file could not be read. It is kept as {path}; the defaults are used now.").format(
                    path=self.settings.damaged
                ),
                kind="warning",
            )
        elif self.settings.newer is not None:
            self.banner.show_message(
                self.tr(
                    "The settings were written by a newer version of this program. What this one knows is used; the "
                    "file is kept as {path}."
                ).format(path=self.settings.newer),
                kind="warning",
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc cancels what is made in the room, then leaves the full screen, where nothing with the focus takes it."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.sampler is not None and self.sampler.sampling and self.settings["room"] in {"sampler", "inside"}:
            self.sampler.cancel()
        elif not self.presentation.leave_full_screen():
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """The window manager fills the screen too."""
        if event.type() == QEvent.Type.WindowStateChange:
            self.presentation.follow_window()
            before = event.oldState() if isinstance(event, QWindowStateChangeEvent) else Qt.WindowState.WindowNoState
            if before & Qt.WindowState.WindowFullScreen and not self.isFullScreen():
                self.place.left_full_screen()
        super().changeEvent(event)

    # --- the end -------------------------------------------------------------------------------------------

    def _makes_pictures(self) -> bool:
        """A generation is under way, or is not on the disk yet."""
        return self.sampler is not None and (self.sampler.sampling or self.sampler.keeping)

    def _loses(self) -> frozenset[str]:
        """What is in no file: the generation that is shown, and what twins have come to."""
        sampler, inside = self.sampler, self.inside
        generation = sampler is not None and sampler.recording is not None and not sampler.place()
        lost = {"generation": generation, "twins": inside is not None and inside.has_twins}
        return frozenset(what for what, is_lost in lost.items() if is_lost)

    def _paints(self) -> bool:
        """There are strokes on a picture, which nobody has gone on with yet."""
        return self.sampler is not None and self.sampler.panel.paints

    @Slot()
    def restart(self) -> None:
        """Close as a person would; the program is started again when everything has ended."""
        if self._closing:
            return  # a change of size was waited for while the window was closed for good
        self.restarts = True
        self.settings["left_at"] = {
            **self.presentation.state(),
            **({} if self.sampler is None else self.sampler.place()),
            "run_open": self.project.run is not None,
        }
        if self.training is not None and self.training.state in {TrainingState.PREPARING, TrainingState.RUNNING}:
            self.resumes = None if self.project.run is None else self.project.run.folder
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Vanish at once, then let every worker save and end."""
        self._closing = True
        self.project.keep_choices()
        self.place.remember()
        run, trains = self.project.run, self.training is not None and self.training.state.busy
        self.settings["closed_in_training"] = str(run.folder) if trains and run is not None else ""
        self.settings.save()
        self.hide()
        QApplication.processEvents()  # the window system must hear of it before we wait
        # The training first: it has something to save. Then what only reads.
        trained = self.training is None or self.training.shutdown(SAVING_MS)
        readers = [
            c.shutdown
            for c in (self.inside, self.sampler, self.dataset, self.runs, self.report, self.settings_menu)
            if c is not None
        ]
        loaders = (loader.shutdown for loader in self._loaders)
        ended = [trained, *(shutdown(SHUTDOWN_MS) for shutdown in (self.ready.shutdown, *readers, *loaders))]
        self.threads_left = not all(ended)
        event.accept()
        QApplication.quit()
