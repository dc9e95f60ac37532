"""What the three rooms share: the pictures, the settings, the device, the run. Lives in the GUI thread."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from core.config import RunConfig
from core.errors import ConfigError
from core.presets import changed_settings, preset, resolve

from .cache_wish import CacheWish

if TYPE_CHECKING:
    from core.data.scan import Scan
    from core.storage.runs import Run


class Project(QObject):
    """The shared state. Rooms change it through its methods and follow its signals; nobody keeps a copy."""

    scan_changed = Signal()  #: another folder, or none
    config_changed = Signal()  #: a setting, the preset, or what auto resolves to
    device_changed = Signal()
    run_changed = Signal()  #: another run folder is the current one, or none

    def __init__(self, runs_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs_folder = runs_folder  #: where new runs go
        self.cache = CacheWish()  #: where what starts next keeps decoded pictures
        self._scan: Scan | None = None
        self._wished = preset("sketch").config
        self._device = "auto"
        self._run: Run | None = None

    # --- pictures ------------------------------------------------------------------------------------------

    @property
    def scan(self) -> Scan | None:
        """The scanned folder, or None while there is none."""
        return self._scan

    def set_scan(self, scan: Scan | None) -> None:
        """Take another folder's pictures."""
        self._scan = scan
        self.scan_changed.emit()
        self.config_changed.emit()

    # --- settings ------------------------------------------------------------------------------------------

    @property
    def wished(self) -> RunConfig:
        """The settings as chosen, with auto where it was left so."""
        return self._wished

    @property
    def config(self) -> RunConfig:
        """The settings as they will be used: auto is resolved from the pictures, as far as there are any."""
        return self._wished if self._scan is None else resolve(self._wished, self._scan.facts())

    @property
    def preset_config(self) -> RunConfig:
        """The untouched preset, to tell what was changed."""
        return preset(self._wished.preset).config

    def changed_settings(self) -> tuple[str, ...]:
        """The names of the settings that differ from the preset."""
        return changed_settings(self._wished)

    def problems(self) -> tuple[ConfigError, ...]:
        """What keeps the settings from being trained; empty when they can be."""
        return self.config.problems()

    def set_preset(self, name: str) -> None:
        """Start over from a preset. What is said of the pictures (which are left out, say) stays."""
        kept = {setting: self._wished.setting(setting) for setting in ("excluded", "hidden_folders")}
        self._wished = preset(name).config.with_settings(kept)
        self.config_changed.emit()

    def set_settings(self, changes: Mapping[str, Any]) -> None:
        """Change settings by flat name; ConfigError for a value that cannot be (nothing is changed then)."""
        wished = self._wished.with_settings(changes)
        if wished != self._wished:
            self._wished = wished
            self.config_changed.emit()

    def reset_setting(self, name: str) -> None:
        """Put one setting back to the preset's."""
        self.set_settings({name: self.preset_config.setting(name)})

    def set_config(self, config: RunConfig) -> None:
        """Take all settings at once, as from an opened run; which classes there are is for the pictures to say."""
        self._wished = config.with_settings({"class_names": None})
        self.config_changed.emit()

    # --- device and run ------------------------------------------------------------------------------------

    @property
    def device(self) -> str:
        """The wish: "auto", "cpu", "cuda:0", "mps"."""
        return self._device

    def set_device(self, name: str) -> None:
        """Choose the device for what starts next."""
        if name != self._device:
            self._device = name
            self.device_changed.emit()

    @property
    def run(self) -> Run | None:
        """The run that is training or was last; None before the first."""
        return self._run

    def set_run(self, run: Run | None) -> None:
        """Make a run the current one."""
        self._run = run
        self.run_changed.emit()
