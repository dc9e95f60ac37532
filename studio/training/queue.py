"""Runs that are prepared while another one trains: each begins when the one before it has come to its end.

A training that is stopped by hand, or fails, holds the queue: whoever stopped it wants to look first. The queue is kept
in a file, and begins by itself only after a training that ended well: never at a start of the program.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget, QWidgetAction

from core.errors import StudioError
from core.presets import changed_settings
from core.reading import read_json
from core.runs.atomic import make_folder, write_json
from core.settings import SETTINGS, RunConfig

from .. import numbers
from ..app.messages import begun_with, error_text, setting_title, setting_value
from ..app.settings import beside
from ..project import same_folder
from ..widgets.controls import IconButton, MenuRow
from ..widgets.plain import set_tip

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton

    from ..project import Project
    from .configuring import Configuring
    from .narration import Notices
    from .panel import TrainingPanel

VERSION = 1
#: Runs that can wait.
MOST = 50
NAME_PX = 132
#: Settings that a row names of those which differ from its preset; the others are counted.
NAMED = 2


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A run that waits: the folder of its pictures, and its settings."""

    pictures: Path
    config: RunConfig
    changed: tuple[str, ...]  #: settings that were chosen: what auto came to differs from the preset too

    def in_words(self) -> str:
        """What it is, in a few words."""
        return f"{begun_with(self.config)} · {self.pictures.name}"


class RunQueue(QObject):
    """The runs that wait, the next one first; kept in a file. Lives in the GUI thread."""

    changed = Signal()

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self.runs: tuple[QueuedRun, ...] = self._read()

    def __len__(self) -> int:
        return len(self.runs)

    @property
    def full(self) -> bool:
        """Whether no other can wait."""
        return len(self.runs) >= MOST

    def add(self, run: QueuedRun) -> None:
        """Behind all others; not where it is `full`."""
        if not self.full:
            self._keep((*self.runs, run))

    def remove(self, place: int) -> None:
        """It does not wait any more."""
        self._keep((*self.runs[:place], *self.runs[place + 1 :]))

    def _keep(self, runs: tuple[QueuedRun, ...]) -> None:
        self.runs = runs
        plain = [
            {"pictures": str(run.pictures), "config": run.config.to_dict(), "changed": list(run.changed)}
            for run in runs
        ]
        with contextlib.suppress(StudioError):  # it holds for as long as the window does
            make_folder(self._path.parent)
            write_json(self._path, {"version": VERSION, "runs": plain})
        self.changed.emit()

    def _read(self) -> tuple[QueuedRun, ...]:
        try:
            stored = read_json(self._path)
            if not isinstance(stored, Mapping) or stored.get("version") != VERSION:
                raise ValueError
            return tuple(_queued(run) for run in stored["runs"][:MOST])
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, StudioError):
            with contextlib.suppress(OSError):  # what cannot be read is kept for whoever can
                self._path.replace(beside(self._path, "damaged"))
            return ()


def _queued(plain: Mapping[str, Any]) -> QueuedRun:
    config = RunConfig.from_dict(plain["config"])
    changed = plain.get("changed", changed_settings(config))  # a file of before says nothing of it
    return QueuedRun(Path(str(plain["pictures"])), config, tuple(name for name in changed if name in SETTINGS))


class QueuedRow(MenuRow):
    """A run that waits; the button at its end takes it away."""

    remove_wished = Signal()

    def _value(self, config: RunConfig, name: str) -> str:
        value = config.setting(name)
        return self.tr("auto") if value is None else setting_value(name, value)

    def __init__(self, run: QueuedRun, parent: QWidget | None = None) -> None:
        super().__init__(NAME_PX, parent)
        self.setObjectName("queued_run")
        changed = [name for name in run.changed if name not in ("steps", "excluded")]
        each = [f"{setting_title(name)} {self._value(run.config, name)}" for name in changed]
        words = [self.tr("{steps} steps").format(steps=numbers.count(run.config.train.steps)), *each[:NAMED]]
        if len(each) > NAMED:
            words.append(self.tr("and {n} more").format(n=numbers.count(len(each) - NAMED)))
        self.set_words(run.in_words(), " · ".join(words))
        self.name.set_tip(str(run.pictures))
        set_tip(self.note, "\n".join(each))
        remove = IconButton("trash")
        remove.setObjectName("remove_queued")
        remove.describe(self.tr("Take {run} out of the queue").format(run=run.in_words()))
        remove.clicked.connect(self.remove_wished)
        self.set_button(remove)


class QueueMenu(QObject):
    """The list behind the button that says how many wait. Lives in the GUI thread."""

    start_wished = Signal()  #: the first is to begin now

    def __init__(self, button: QPushButton, queue: RunQueue, parent: QObject) -> None:
        super().__init__(parent)
        self._button, self._queue = button, queue
        self._reason = ""
        button.menu().setToolTipsVisible(True)
        button.menu().aboutToShow.connect(self._fill)
        queue.changed.connect(self._changed)
        self._changed()

    def set_reason(self, reason: str) -> None:
        """Why none can be started now; "": the first can."""
        self._reason = reason

    @Slot()
    def _changed(self) -> None:
        count = len(self._queue)
        text = self.tr("{n} queued").format(n=numbers.count(count))
        self._button.setText(text)
        self._button.setAccessibleName(text)
        set_tip(self._button, self.tr("Runs that begin when the one before has ended well: look, and take out"))
        self._button.setVisible(count > 0)
        if self._button.menu().isVisible():
            self._fill() if count else self._button.menu().close()

    @Slot()
    def _fill(self) -> None:
        menu = self._button.menu()
        menu.clear()
        for run in self._queue.runs:
            row, action = QueuedRow(run), QWidgetAction(menu)
            action.setDefaultWidget(row)
            row.remove_wished.connect(self._remove)
            row.opened.connect(menu.close)
            menu.addAction(action)
        menu.addSeparator()
        start = menu.addAction(self.tr("Start the first now"))
        start.setObjectName("start_queued")
        start.setEnabled(not self._reason)
        set_tip(start, self._reason or self.tr("It takes the place of the run that is shown"))
        start.triggered.connect(self.start_wished)

    @Slot()
    def _remove(self) -> None:
        row, menu = self.sender(), self._button.menu()
        rows = [action.defaultWidget() for action in menu.actions() if isinstance(action, QWidgetAction)]
        if row in rows:
            self._queue.remove(rows.index(row))


class NextRuns(QObject):
    """Has them prepared beside a training, queues them, and begins each in its turn. Lives in the GUI thread."""

    shown_changed = Signal()  #: see `shown`
    begin_wished = Signal(object)  #: a run is to begin now, of the pictures that are open: its RunConfig
    pictures_wished = Signal(object)  #: the first is of the pictures of this folder (Path), and others are open
    said = Signal(str)  #: for the transport and the log

    def __init__(
        self,
        queue: RunQueue,
        button: QPushButton,
        project: Project,
        panel: TrainingPanel,
        configuring: Configuring,
        notices: Notices,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._project, self._panel, self._configuring, self._notices = project, panel, configuring, notices
        self.queue = queue
        self._menu = QueueMenu(button, queue, self)
        self.shown = False  #: the form is to have the settings of the run after the one that trains
        self._begun: QueuedRun | None = None  #: it waits in the file until it is a run: a kill loses none
        self._wanted = False  #: the first is to begin once its pictures are open
        self._busy = self._stopped = False
        queue.changed.connect(self._queue_changed)
        self._menu.start_wished.connect(self.start_first)
        panel.summary.next_run_wished.connect(self._show)
        panel.form.queueing.wished.connect(self._add)

    # --- preparing -----------------------------------------------------------------------------------------

    @Slot(bool)
    def _show(self, shown: bool) -> None:
        self.shown = shown
        if shown:
            self._panel.summary.settings.setChecked(False)
        self.shown_changed.emit()

    @Slot()
    def _add(self) -> None:
        scan = self._project.scan
        if scan is None or self._configuring.reason() or self.queue.full:
            return
        run = QueuedRun(scan.folder, self._project.config, self._project.changed_settings())
        self.queue.add(run)
        self.said.emit(self.tr("Queued: {run}").format(run=run.in_words()))
        self._panel.summary.next_run.setChecked(False)

    @Slot()
    def _queue_changed(self) -> None:
        if self.shown:
            self.show_queueing()

    def show_queueing(self) -> None:
        """Say under the form what would be queued, or why it cannot be."""
        scan = self._project.scan
        if scan is None:
            self._panel.form.queueing.show_state("", self.tr("Choose pictures first"))
        else:
            words = self.tr("For the next run on {pictures}").format(pictures=scan.folder.name)
            full = self.tr("{n} runs wait already: take one out of the queue first")
            reason = full.format(n=numbers.count(len(self.queue))) if self.queue.full else self._configuring.reason()
            self._panel.form.queueing.show_state(words, reason)

    # --- beginning -----------------------------------------------------------------------------------------

    @Slot()
    def start_first(self) -> None:
        """Begin the first run of the queue; its pictures are opened first where others are."""
        if not len(self.queue) or self._busy:
            return
        first, scan = self.queue.runs[0], self._project.scan
        if scan is None or not same_folder(scan.folder, first.pictures):
            self._wanted = True
            self.pictures_wished.emit(first.pictures)
            return
        self._wanted = False
        self._begun = first
        self.begin_wished.emit(first.config)

    def pictures_shown(self) -> None:
        """Pictures were opened: if they are those that the first run waits for, it begins."""
        scan = self._project.scan
        if self._wanted and scan is not None:
            self._wanted = False
            if len(self.queue) and same_folder(scan.folder, self.queue.runs[0].pictures):
                self.start_first()

    @Slot(object)
    def pictures_refused(self, error: BaseException) -> None:
        """A folder of pictures could not be opened: where the queue waits for it, it goes on waiting."""
        if self._wanted:
            self._wanted = False
            self._notices.say(error_text(error))

    # --- what becomes of a training ------------------------------------------------------------------------

    def set_busy(self, busy: bool) -> None:
        """Whether a training is under way: none of the queue can begin beside it."""
        self._busy = busy
        self._menu.set_reason(self.tr("Only when no training is under way") if busy else "")

    def run_begun(self) -> None:
        """The training has come to be a run: where it is of the queue, it waits no longer."""
        if self._begun is not None and self._begun in self.queue.runs:
            self.queue.remove(self.queue.runs.index(self._begun))
        self._begun = None

    def run_ended(self) -> None:
        """A training has ended, however: where it has not come to be a run, it waits on."""
        self._begun = None

    def begin_or_wait(self, *, complete: bool) -> None:
        """A training has ended by itself (`complete`) or by hand: the next begins, or waits."""
        if not len(self.queue) or self._stopped:
            return
        if complete:
            self.start_first()
        else:
            words = self.tr("It was stopped, so {run} waits in the queue.").format(run=self.queue.runs[0].in_words())
            self._notices.say(words, kind="info", action=self.tr("Start it"), act=self.start_first)

    def stop(self) -> None:
        """Begin none after a training any more: the window closes."""
        self._stopped = True
