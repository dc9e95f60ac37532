"""The room's banner: what went wrong or stumbled, and the one button that does something about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from core.training.events import Diverged, Event, PicturesChanged, RolledBack, SaveFailed, SettingsNoted

from ..widgets.plain import set_tip
from .narration import lasting_words

if TYPE_CHECKING:
    from .panel import TrainingPanel


class Notices(QObject):
    """Says one thing at a time. Lives in the GUI thread."""

    def __init__(self, panel: TrainingPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._banner = panel.banner
        self._act: Callable[[], object] | None = None
        self._banner.acted.connect(self._acted)

    def say(
        self,
        text: str,
        *,
        kind: str = "error",
        action: str = "",
        tip: str = "",
        act: Callable[[], object] | None = None,
        details: str = "",
    ) -> None:
        """Show `text`; the button `action` (with its tooltip) does `act` and takes the banner away."""
        self._act = act
        self._banner.show_message(text, kind=kind, action=action, details=details)
        set_tip(self._banner.action_button, tip)

    def tell(self, event: Event) -> None:
        """What a training has stumbled over, and goes on after."""
        text = lasting_words(event)
        match event:
            case RolledBack(incident=incident):
                self.say(
                    text or "",
                    kind="warning",
                    action=self.tr("Show the record"),
                    tip=self.tr("The last batches before it, with their files, timesteps and losses: {file}").format(
                        file=incident.name
                    ),
                    # The folder alone, where the record could not be written.
                    act=partial(show_folder, incident.parent if incident.suffix else incident),
                )
            case Diverged() | SaveFailed() | PicturesChanged() | SettingsNoted():
                self.say(text or "", kind="warning")

    def clear(self) -> None:
        """Take the banner away."""
        self._act = None
        self._banner.clear()

    @Slot()
    def _acted(self) -> None:
        act = self._act
        self.clear()
        if act is not None:
            act()


def show_folder(folder: Path) -> None:
    """Open a folder in the system's own file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
