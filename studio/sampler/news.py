"""What the sampler room tells: what went wrong, was saved, removed or fitted, and the one button beside it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, Signal, Slot
from PySide6.QtWidgets import QWidget

from core.catalogue import SAMPLERS

from .. import numbers
from ..widgets.banner import HEIGHT_PX, Banner, widest_gap
from ..widgets.plain import set_tip
from .models import SamplerRequest
from .timeline import PlayRow
from .ways import Ways

#: News lies in the widest gap of the row over the pictures, or, where that one is narrower than this, in the player's
#: before the buttons that save: no title or picture is covered, and no control but for the speed.
NEWS_PX, NEWS_APART_PX = 400, 16


class News(Banner):
    """The room's banner, which knows where news covers nothing and what its button offers."""

    folder_wished = Signal()  #: show the folder of what was saved
    undo_wished = Signal()  #: what was removed is to be there again

    def __init__(self, parent: QWidget, ways: Ways, player: PlayRow) -> None:
        super().__init__(parent)
        self._room, self._ways, self._player = parent, ways, player
        self._offered = self.folder_wished  #: what the button asks for
        self.set_place(self._gap)
        self.acted.connect(self._take_offer)

    def show_saved(self, path: Path) -> None:
        """Where something was saved."""
        self._offered = self.folder_wished
        self.show_message(
            self.tr("Saved {name}").format(name=path.name),
            kind="info",
            action=self.tr("Open folder"),
            details=str(path),
        )

    def show_removed(self, what: str) -> None:
        """Something is gone, which can be taken back."""
        self._offered = self.undo_wished
        self.show_message(self.tr("Removed: {what}").format(what=what), kind="info", action=self.tr("Undo"))
        set_tip(
            self.action_button,
            self.tr("Have it again: Ctrl+Z does so too, in this room, until the window is closed"),
        )

    def show_fitted(self, request: SamplerRequest) -> None:
        """Timesteps were fitted for `request`: the number of steps may be another one by now."""
        self.show_message(
            self.tr("Fitted {steps} steps of {sampler} to {name}").format(
                steps=numbers.count(request.steps), sampler=SAMPLERS[request.sampler].title, name=request.choice.name
            ),
            kind="info",
        )

    @Slot()
    def _take_offer(self) -> None:
        self._offered.emit()

    def _gap(self) -> QRect:
        """In the middle of a gap, away from what is beside it."""
        room, row = self._room, self._player
        player = widest_gap(row, room, over=(row.direction, row.speed))
        over = widest_gap(self._ways.row, room) if self._ways.isVisible() else QRect()
        gap = over if over.width() >= min(NEWS_PX, player.width()) else player
        middle = gap.center().y() + 1
        return QRect(gap.left() + NEWS_APART_PX, middle - HEIGHT_PX // 2, gap.width() - 2 * NEWS_APART_PX, HEIGHT_PX)
