"""The bar on top and its menus: rooms, devices, runs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QSize, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QDesktopServices, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from .. import numbers
from ..widgets.button_menu import set_menu
from ..widgets.controls import MenuRow
from ..widgets.plain import set_name, set_tip, set_words, without_keys
from .icons import set_icon
from .listed_run import ListedRun, Obstacle
from .messages import phrase_text
from .rooms import CONTEXT, ROOMS

if TYPE_CHECKING:
    from core.device import DeviceInfo

    from ..project import Project
    from .runs import RunList
    from .settings import Settings


#: Of the buttons for undo and redo: a picture alone.
STEP_PX = 32
HEIGHT_PX = 44
#: The run's button, however narrow the window is.
LEAST_RUN_PX, LEAST_NAME_PX = 120, 60


class TopBar(QFrame):
    """Shows where one is; the menus are filled by their owners."""

    room_wished = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("top_bar")
        self.setFixedHeight(HEIGHT_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        self.rooms: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        for number, (room, facts) in enumerate(ROOMS.items(), start=1):
            button = QToolButton()
            button.setObjectName(f"room_{room}")
            title, tip = (QCoreApplication.translate(CONTEXT, text) for text in (facts.title, facts.tip))
            set_words(button, title, self.tr("{what} (Ctrl+{number})").format(what=tip, number=number))
            button.setShortcut(f"Ctrl+{number}")  # a button's text takes its shortcut away
            button.setProperty("room", True)
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(QSize(16, 16))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            set_icon(button, facts.icon)
            button.clicked.connect(self._room_clicked)
            group.addButton(button)
            row.addWidget(button)
            self.rooms[room] = button
        row.addStretch(1)
        self.mark = self._make_mark()
        row.addWidget(self.mark)
        self.undo, self.redo = self._step_button("undo", "reset"), self._step_button("redo", "redo")
        for button in (self.undo, self.redo):
            row.addWidget(button)
        self.run = self._menu_button("run", "folder")
        self.run.setAccessibleName(self.tr("Run"))
        self.device = self._menu_button("device", "device")
        set_name(self.device, self.tr("Device"), self.tr("Where training and sampling are computed"))
        self.settings = self._menu_button("settings", "gear")
        set_name(self.settings, self.tr("Settings"), self.tr("Theme, language, decoded pictures, about"))
        self.settings.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        for button in (self.run, self.device, self.settings):
            row.addWidget(button)
        # The run's name takes the room that is over, and keeps the window from none.
        self.run.setMinimumWidth(LEAST_RUN_PX)
        self._show_run("")

    def _make_mark(self) -> QToolButton:
        mark = QToolButton()
        mark.setObjectName("training_mark")
        mark.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        mark.setIconSize(QSize(16, 16))
        mark.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_icon(mark, "device")
        mark.hide()
        return mark

    def set_mark(self, words: str) -> None:
        """A training goes on while its bar is hidden; "" where there is nothing to say."""
        self.mark.setVisible(bool(words))
        if words != self.mark.text():
            set_words(self.mark, words, self.tr("Show the training's bar again (F8)"))
            self._show_run(self._run_name)

    def _step_button(self, name: str, icon_name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setIconSize(QSize(16, 16))
        button.setFixedWidth(STEP_PX)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setEnabled(False)
        set_icon(button, icon_name)
        return button

    def _menu_button(self, name: str, icon_name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(16, 16))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_menu(button, QMenu(button))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_icon(button, icon_name)
        return button

    def set_room(self, room: str) -> None:
        """Mark the room that is shown."""
        self.rooms[room].setChecked(True)

    def set_run(self, name: str) -> None:
        """Name the current run; "" when there is none."""
        self._show_run(name)

    def _show_run(self, name: str) -> None:
        self._run_name = name
        text = shown = name or self.tr("No run open")
        self.run.setText(without_keys(text))
        row = self.layout()
        assert row is not None
        if (over := row.sizeHint().width() - self.width()) > 0:
            metrics = self.run.fontMetrics()
            room = max(LEAST_NAME_PX, metrics.horizontalAdvance(text) - over)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room)
            self.run.setText(without_keys(shown))
        about = self.tr("The run folder: open, show, start a new one")
        set_tip(self.run, about if shown == text else f"{text}\n\n{about}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has another room for the run's name."""
        super().resizeEvent(event)
        self._show_run(self._run_name)

    def set_device(self, text: str) -> None:
        """Name the device."""
        self.device.setText(without_keys(text))
        self._show_run(self._run_name)

    @Slot()
    def _room_clicked(self) -> None:
        sender = self.sender()
        for room, button in self.rooms.items():
            if button is sender:
                self.room_wished.emit(room)


# --- The device chip's menu: auto, each CUDA card by name, MPS, CPU, what each has free, why one cannot be used.


class DeviceMenu(QObject):
    """Fills the chip once torch has told what there is, and carries the choice into the project."""

    def __init__(self, bar: TopBar, project: Project, settings: Settings) -> None:
        super().__init__(bar)
        self._bar, self._project, self._settings = bar, project, settings
        self._rows: tuple[DeviceInfo, ...] = ()
        self._group = QActionGroup(self)
        self._group.triggered.connect(self._chosen)
        project.set_device(settings["device"])
        self.refresh()

    @property
    def known(self) -> bool:
        """Whether torch has told its devices."""
        return bool(self._rows)

    def set_devices(self, rows: tuple[DeviceInfo, ...]) -> None:
        """Take what torch found; a remembered device that is gone becomes auto."""
        self._rows = rows
        usable = {row.name for row in rows if row.reason is None}
        if self._project.device not in {"auto", *usable}:
            self._project.set_device("auto")
        self.refresh()

    def refresh(self) -> None:
        """Write the chip and its menu anew."""
        menu = self._bar.device.menu()
        menu.clear()
        for action in self._group.actions():
            self._group.removeAction(action)
        # Green is a device that is there.
        set_icon(self._bar.device, "device", "" if self._rows else "muted")
        if not self._rows:
            self._bar.set_device(self.tr("Looking for devices…"))
            waiting = menu.addAction(self.tr("torch is still loading"))
            waiting.setEnabled(False)
            return
        best = next(row for row in self._rows if row.reason is None)
        self._add("auto", self.tr("Auto: {device}").format(device=self._title(best)), True)
        menu.addSeparator()
        for row in self._rows:
            self._add(row.name, self._describe(row), row.reason is None)
        current = next((row for row in self._rows if row.name == self._project.device), best)
        self._bar.set_device(self._title(current))

    def _add(self, name: str, text: str, usable: bool) -> None:
        action = QAction(without_keys(text), self._group)
        action.setData(name)
        action.setCheckable(True)
        action.setChecked(name == self._project.device)
        action.setEnabled(usable)
        self._bar.device.menu().addAction(action)

    def _title(self, row: DeviceInfo) -> str:
        if row.name == "cpu":
            if row.cores == 1:
                return self.tr("CPU · 1 core")
            return self.tr("CPU · {n} cores").format(n=row.cores)
        return row.title

    def _describe(self, row: DeviceInfo) -> str:
        if row.reason is not None:
            return self.tr("{device}: {reason}").format(device=row.title, reason=phrase_text(row.reason))
        if row.free_bytes is None or row.total_bytes is None:
            return self._title(row)
        return self.tr("{device} · {free} of {total} free").format(
            device=self._title(row), free=numbers.memory(row.free_bytes), total=numbers.memory(row.total_bytes)
        )

    @Slot(QAction)
    def _chosen(self, action: QAction) -> None:
        self._project.set_device(str(action.data()))
        self._settings["device"] = self._project.device
        self.refresh()


# --- One run in the run menu: its name, where it stands, and the button that goes on with it -------------

#: Of the names in the menu, which stand under each other; a longer one is shortened, with the whole in its tooltip.
NAME_PX, MOST_NAME_PX = 200, 400


class RunRow(MenuRow):
    """A row that opens the run; Resume at its end goes on with it in one click."""

    resumed = Signal()

    def __init__(self, run: ListedRun, busy: bool, name_px: int = NAME_PX, parent: QWidget | None = None) -> None:
        super().__init__(name_px, parent)
        self.run = run
        self.set_words(run.folder.name, run.standing())
        self.setObjectName("run_row")
        self.button = self._make_button(busy)
        self.set_button(self.button)
        self.setEnabled(not busy)
        set_tip(self, self.tr("Stop the training first") if busy else self.tr("Open this run as it was left"))

    def _make_button(self, busy: bool) -> QPushButton:
        # Without a parent it would be a window of its own for a moment, which closes the menu that it is made for.
        run, button = self.run, QPushButton(self)
        button.setObjectName("resume_run")
        button.setVisible(run.interrupted)
        button.setMinimumWidth(88)
        gone, why_not = run.obstacle is Obstacle.PICTURES_GONE, run.why_not()
        button.setText(self.tr("Choose the pictures…") if gone else self.tr("Resume"))
        if busy and not why_not:
            why_not = self.tr("Stop the training first")
        if gone:
            tip = self.tr("{reason}. Go on with others that you choose").format(reason=why_not)
        else:
            tip = why_not or self.tr("Open its pictures and go on training")
        button.setEnabled(not busy and run.obstacle in {Obstacle.NONE, Obstacle.PICTURES_GONE})
        set_tip(button, tip)
        button.setAccessibleName(self.tr("{action}: {run}").format(action=button.text(), run=run.folder.name))
        button.clicked.connect(self.resumed)
        if run.obstacle in {Obstacle.ELSEWHERE, Obstacle.HERE}:
            # A grey button alone would not say why.
            button.hide()
            self.note.setText(self.tr("{step} · {reason}").format(step=run.standing(), reason=why_not))
        return button


# --- The run's menu: the latest runs with where they stand and a way to go on with them, open another, show the
# folder.


class RunMenu(QObject):
    """Fills the menu each time it opens, and again if the list turns out to be other by then."""

    wished = Signal(object)  #: the Path of a run to open
    resume_wished = Signal(object)  #: the Path of a run to go on with
    ready_wished = Signal(str)  #: the sample set of a model that comes with the program
    new_wished = Signal()  #: the open run is to be left for settings of one's own
    report_wished = Signal(object)  #: the Path of a run

    def __init__(self, bar: TopBar, project: Project, settings: Settings, runs: RunList) -> None:
        super().__init__(bar)
        self._bar, self._project, self._settings, self._runs = bar, project, settings, runs
        self._busy = False
        bar.run.menu().aboutToShow.connect(self._open)
        runs.changed.connect(self._refill)
        project.run_changed.connect(self._name)

    def set_busy(self, busy: bool) -> None:
        """While a training is under way no other can go on."""
        self._busy = busy

    @Slot()
    def _name(self) -> None:
        run = self._project.run
        self._bar.set_run("" if run is None else run.folder.name)
        if run is not None:
            self._settings["run"] = str(run.folder)

    @Slot()
    def _open(self) -> None:
        self._fill()
        self._runs.refresh()

    @Slot()
    def _refill(self) -> None:
        menu = self._bar.run.menu()
        if menu.isVisible():
            self._fill()
            # It may have become wider than it was placed for.
            menu.adjustSize()
            menu.move(min(menu.x(), menu.screen().availableGeometry().right() + 1 - menu.width()), menu.y())

    def _fill(self) -> None:
        menu = self._bar.run.menu()
        menu.clear()
        if self._busy:  # said before anything is chosen
            reason = menu.addAction(self.tr("To open another run, stop the training first"))
            reason.setObjectName("run_menu_busy")
            reason.setEnabled(False)
        runs, metrics = self._runs.runs or (), menu.fontMetrics()
        name_px = max((metrics.horizontalAdvance(run.folder.name) + 1 for run in runs), default=0)
        for run in runs:
            row = RunRow(run, self._busy, min(max(NAME_PX, name_px), MOST_NAME_PX))
            action = QWidgetAction(menu)
            action.setDefaultWidget(row)
            action.setData(str(run.folder))
            row.opened.connect(self._open_listed)
            row.resumed.connect(self._resume_listed)
            menu.addAction(action)
        if self._runs.runs is None:
            menu.addAction(self.tr("Looking for runs…")).setEnabled(False)
        elif not self._runs.runs:
            menu.addAction(self.tr("No runs yet: press Start and one is made")).setEnabled(False)
        menu.addSeparator()
        new = menu.addAction(self.tr("New run"), self.new_wished.emit)
        if self._busy:
            new.setText(self.tr("New run (stop the training first)"))
        new.setEnabled(self._project.run is not None and not self._busy)
        menu.addAction(self.tr("Open a run folder…"), self.choose).setEnabled(not self._busy)
        for name, words in (("faces", self.tr("Trained model: Faces")), ("digits", self.tr("Trained model: Digits"))):
            ready = menu.addAction(words, partial(self.ready_wished.emit, name))
            ready.setObjectName(f"run_menu_{name}")
            set_tip(ready, self.tr("It comes with the program, is copied among your runs, and makes pictures at once"))
        show = menu.addAction(self.tr("Show the run folder"), self._show)
        show.setEnabled(self._project.run is not None)
        report = menu.addAction(self.tr("Save a report of the run…"), self._report)
        report.setObjectName("run_menu_report")
        report.setEnabled(self._project.run is not None)
        set_tip(report, self.tr("One page with its curves, samples and settings, which opens in any browser"))

    def _chosen(self) -> Path:
        """The run whose row was used; the menu has done its work then."""
        row = self.sender()
        assert isinstance(row, RunRow)
        self._bar.run.menu().close()
        return row.run.folder

    @Slot()
    def _open_listed(self) -> None:
        self.wished.emit(self._chosen())

    @Slot()
    def _resume_listed(self) -> None:
        self.resume_wished.emit(self._chosen())

    @Slot()
    def choose(self) -> None:
        """Ask for a run folder."""
        chosen = QFileDialog.getExistingDirectory(
            self._bar.window(), self.tr("Open a run folder"), str(self._project.runs_folder)
        )
        if chosen:
            self.wished.emit(Path(chosen))

    @Slot()
    def _show(self) -> None:
        run = self._project.run
        if run is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(run.folder)))

    @Slot()
    def _report(self) -> None:
        run = self._project.run
        if run is not None:
            self.report_wished.emit(run.folder)
