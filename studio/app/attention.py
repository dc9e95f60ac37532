"""What is seen of a training while one works elsewhere: the window's title, the taskbar, a notice of the desktop."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from ..training.state import TrainingState

if TYPE_CHECKING:
    from ..project import Project
    from .settings import Settings
    from .transport import TransportBar

#: How long a notice stays, where the desktop does not decide that itself.
NOTICE_MS = 10_000
#: Called so by desktops that look for the program's entry in their menu.
DESKTOP_ENTRY = "ddpm-studio.desktop"


class Taskbar:
    """Progress at the program's icon: where the desktop listens to Unity's signal on Linux, else as Qt's badge.

    A desktop that knows neither shows nothing.
    """

    def __init__(self) -> None:
        self._shown: int | None = None
        self._bus: Any = None
        if sys.platform == "linux":
            try:
                from PySide6.QtDBus import QDBusConnection

                bus = QDBusConnection.sessionBus()
                self._bus = bus if bus.isConnected() else None
            except ImportError:  # of a PySide6 without it
                self._bus = None

    def show(self, percent: int | None) -> None:
        """0 … 100; None: no training is under way."""
        if percent == self._shown:
            return
        self._shown = percent
        if self._bus is not None:
            self._bus.send(self.message(percent))
        elif sys.platform != "linux":
            QGuiApplication.setBadgeNumber(percent or 0)  # type: ignore[attr-defined]  # Qt 6.5, not in the stubs

    @staticmethod
    def message(percent: int | None) -> Any:  # noqa: ANN401 (a QDBusMessage)
        """com.canonical.Unity.LauncherEntry's Update, which GNOME's docks, KDE and Unity listen to."""
        from PySide6.QtDBus import QDBusMessage

        path, name = "/ddpm_studio", "com.canonical.Unity.LauncherEntry"
        message = QDBusMessage.createSignal(path, name, "Update")
        shown = {"progress": (percent or 0) / 100, "progress-visible": percent is not None}
        message.setArguments([f"application://{DESKTOP_ENTRY}", shown])
        return message


class Attention(QObject):
    """Follows the transport and the training. Lives in the GUI thread."""

    def __init__(self, window: QWidget, transport: TransportBar, project: Project, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._transport, self._project, self._settings = window, transport, project, settings
        self._taskbar = Taskbar()
        self._tray: QSystemTrayIcon | None = None
        self._tray_leaves = QTimer(self)
        self._tray_leaves.setSingleShot(True)
        self._tray_leaves.setInterval(NOTICE_MS)
        self._tray_leaves.timeout.connect(self._hide_tray)
        self._was_busy = False
        transport.told.connect(self.refresh)
        project.run_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Title and taskbar as the training stands."""
        percent, run, name = self._transport.percent, self._project.run, self.tr("DDPM Studio")
        if percent is None:
            title = name
        elif run is None:
            title = self.tr("{share} % — DDPM Studio").format(share=percent)
        else:
            title = self.tr("{share} % · {run} — DDPM Studio").format(share=percent, run=run.folder.name)
        if title != self._window.windowTitle():
            self._window.setWindowTitle(title)
        self._taskbar.show(percent)

    @Slot(object)
    def training_changed(self, state: TrainingState) -> None:
        """The training has come into another state."""
        was_busy, self._was_busy = self._was_busy, state.busy
        run = self._project.run
        name = self.tr("The training") if run is None else run.folder.name
        if was_busy and state is TrainingState.FINISHED:
            self.tell(self.tr("{run} has ended").format(run=name), self._transport.headline.text())
        elif was_busy and state is TrainingState.FAILED:
            self.tell(self.tr("{run} has failed").format(run=name), self.tr("The reason stands in the training room."))

    @Slot(str)
    def needs_someone(self, words: str) -> None:
        """The training waits for something that only a person can do."""
        self.tell(self.tr("The training needs you"), words)

    def tell(self, title: str, words: str) -> None:
        """A notice of the desktop, or a mark at the window's entry in the taskbar; not to who looks at the window."""
        if not self._settings["notices"] or self._window.isActiveWindow():
            return
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            if self._tray is None:
                self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
                self._tray.messageClicked.connect(self._come)
            self._tray.show()
            self._tray.showMessage(title, words, QIcon(self._window.windowIcon()), NOTICE_MS)
            self._tray_leaves.start()
        QApplication.alert(self._window)

    @Slot()
    def _hide_tray(self) -> None:
        if self._tray is not None:
            self._tray.hide()

    @Slot()
    def _come(self) -> None:
        self._window.raise_()
        self._window.activateWindow()
