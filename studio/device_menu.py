"""The device chip's menu: auto, each CUDA card by name, MPS, CPU, what each has free, why one cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup

from . import numbers
from .icons import set_icon
from .messages import phrase_text

if TYPE_CHECKING:
    from core.device import DeviceInfo

    from .project import Project
    from .settings import Settings
    from .top_bar import TopBar


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
        action = QAction(text, self._group)
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
