"""The bar at the top: the three rooms, the run, the device, the settings."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from .icons import set_icon
from .widgets.plain import set_name, set_words

#: Of the buttons for undo and redo: a picture alone.
STEP_PX = 32
HEIGHT_PX = 44
#: The run's button, however narrow the window is.
LEAST_RUN_PX, LEAST_NAME_PX = 120, 60

#: Room → its icon. The order is that of the keys Ctrl+1, 2, 3.
ROOMS: dict[str, str] = {"dataset": "dataset", "training": "training", "sampler": "sampler"}


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
        words = {
            "dataset": (self.tr("Dataset"), self.tr("The pictures and what the network sees of them")),
            "training": (self.tr("Training"), self.tr("Settings, loss and samples while it learns")),
            "sampler": (self.tr("Sampler"), self.tr("Make pictures and step through their denoising")),
        }
        for number, (room, icon_name) in enumerate(ROOMS.items(), start=1):
            button = QToolButton()
            button.setObjectName(f"room_{room}")
            title, tip = words[room]
            set_words(button, title, self.tr("{what} (Ctrl+{number})").format(what=tip, number=number))
            button.setShortcut(f"Ctrl+{number}")  # a button's text takes its shortcut away
            button.setProperty("room", True)
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(QSize(16, 16))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            set_icon(button, icon_name)
            button.clicked.connect(self._room_clicked)
            group.addButton(button)
            row.addWidget(button)
            self.rooms[room] = button
        row.addStretch(1)
        self.undo, self.redo = self._step_button("undo", "reset"), self._step_button("redo", "redo")
        for button in (self.undo, self.redo):
            row.addWidget(button)
        self.run = self._menu_button("run", "folder")
        set_name(self.run, self.tr("Run"), self.tr("The run folder: open, show, start a new one"))
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
        button.setMenu(QMenu(button))
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
        text = name or self.tr("No run open")
        self.run.setText(text)
        row = self.layout()
        assert row is not None
        if (over := row.sizeHint().width() - self.width()) > 0:
            metrics = self.run.fontMetrics()
            room = max(LEAST_NAME_PX, metrics.horizontalAdvance(text) - over)
            self.run.setText(metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has another room for the run's name."""
        super().resizeEvent(event)
        self._show_run(self._run_name)

    def set_device(self, text: str) -> None:
        """Name the device."""
        self.device.setText(text)
        self._show_run(self._run_name)

    @Slot()
    def _room_clicked(self) -> None:
        sender = self.sender()
        for room, button in self.rooms.items():
            if button is sender:
                self.room_wished.emit(room)
