"""One run in the run menu: its name, where it stands, and the button that goes on with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from .listed_run import ListedRun, Obstacle
from .style import set_look
from .widgets.elided import ElidedLabel

HEIGHT_PX = 36
NAME_PX = 200


class RunRow(QWidget):
    """A row that opens the run; Resume at its end goes on with it in one click."""

    opened = Signal()
    resumed = Signal()

    def __init__(self, run: ListedRun, busy: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run = run
        self.setObjectName("run_row")
        self.setProperty("menu_row", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(HEIGHT_PX)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 0, 4, 0)
        line.setSpacing(12)
        name = ElidedLabel()
        name.setFixedWidth(NAME_PX)
        name.setText(run.folder.name)
        self.standing = QLabel(run.standing())
        self.standing.setTextFormat(Qt.TextFormat.PlainText)
        set_look(self.standing, caption=True)
        line.addWidget(name)
        line.addWidget(self.standing)
        line.addStretch(1)
        self.button = self._make_button(busy)
        line.addWidget(self.button)
        words = f"{run.folder.name}, {run.standing()}"
        self.setAccessibleName(words)
        self.setToolTip(self.tr("Open this run as it was left"))

    def _make_button(self, busy: bool) -> QPushButton:
        run, button = self.run, QPushButton()
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
        button.setToolTip(tip)
        button.setAccessibleName(self.tr("{action}: {run}").format(action=button.text(), run=run.folder.name))
        button.clicked.connect(self.resumed)
        if run.obstacle in {Obstacle.ELSEWHERE, Obstacle.HERE}:
            # A grey button alone would not say why.
            button.hide()
            self.standing.setText(self.tr("{step} · {reason}").format(step=run.standing(), reason=why_not))
        return button

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click anywhere else than on the button opens."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, → goes to the button; what the row does not know is the menu's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Right and self.button.isVisible() and self.button.isEnabled():
            self.button.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            event.ignore()
