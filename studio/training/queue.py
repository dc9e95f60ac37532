"""Runs that are prepared while another one trains: each begins when the one before it has come to its end.

A training that is stopped by hand, or fails, holds the queue: whoever stopped it wants to look first. The queue is kept
in a file, and begins by itself only after a training that ended well: never at a start of the program.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget, QWidgetAction

from core.errors import StudioError
from core.presets import changed_settings
from core.reading import read_json
from core.runs.atomic import make_folder, write_json
from core.settings import RunConfig

from .. import numbers
from ..app.messages import begun_with, setting_title, setting_value
from ..app.settings import beside
from ..widgets.controls import IconButton, MenuRow
from ..widgets.plain import set_tip

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton

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
        plain = [{"pictures": str(run.pictures), "config": run.config.to_dict()} for run in runs]
        with contextlib.suppress(StudioError):  # it holds for as long as the window does
            make_folder(self._path.parent)
            write_json(self._path, {"version": VERSION, "runs": plain})
        self.changed.emit()

    def _read(self) -> tuple[QueuedRun, ...]:
        try:
            stored = read_json(self._path)
            if not isinstance(stored, Mapping) or stored.get("version") != VERSION:
                raise ValueError
            return tuple(
                QueuedRun(Path(str(run["pictures"])), RunConfig.from_dict(run["config"]))
                for run in stored["runs"][:MOST]
            )
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, StudioError):
            with contextlib.suppress(OSError):  # what cannot be read is kept for whoever can
                self._path.replace(beside(self._path, "damaged"))
            return ()


class QueuedRow(MenuRow):
    """A run that waits; the button at its end takes it away."""

    remove_wished = Signal()

    def _value(self, config: RunConfig, name: str) -> str:
        value = config.setting(name)
        return self.tr("auto") if value is None else setting_value(name, value)

    def __init__(self, run: QueuedRun, parent: QWidget | None = None) -> None:
        super().__init__(NAME_PX, parent)
        self.setObjectName("queued_run")
        changed = [name for name in changed_settings(run.config) if name not in ("steps", "excluded")]
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
