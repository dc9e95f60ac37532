"""One run in the run menu: its name, where it stands, and the button that goes on with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from .listed_run import ListedRun, Obstacle
from .widgets.menu_row import MenuRow
from .widgets.plain import set_tip

NAME_PX = 200


class RunRow(MenuRow):
    """A row that opens the run; Resume at its end goes on with it in one click."""

    resumed = Signal()

    def __init__(self, run: ListedRun, busy: bool, parent: QWidget | None = None) -> None:
        super().__init__(NAME_PX, parent)
        self.run = run
        self.set_words(run.folder.name, run.standing())
        self.setObjectName("run_row")
        self.button = self._make_button(busy)
        self.set_button(self.button)
        set_tip(self, self.tr("Open this run as it was left"))

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
