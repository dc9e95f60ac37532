"""Which pictures of the grid are chosen, told by their places, so that it outlives another order and a filter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from ..widgets.thumbnail_view import ThumbnailView
from .arrangement import Arrangement

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Chosen(QObject):
    """Stands between a grid, which counts positions, and everybody else.

    What a filter hides stays selected and current, and comes back with it, until a selection is begun anew; nothing is
    done to it meanwhile.
    """

    changed = Signal()  #: others are selected
    current_changed = Signal(int)  #: the place of the current picture

    def __init__(self, view: ThumbnailView, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self.arrangement = Arrangement()
        self._hidden: NDArray[np.bool_] | None = None  # (of,) selected, but not shown
        self._hidden_current = -1  # the place of the current picture while it is not shown
        view.set_identity(self._place)
        view.current_changed.connect(self._current_changed)
        view.selection_changed.connect(self._selection_changed)

    def __len__(self) -> int:
        """How many of those that are shown are selected."""
        return len(self._view.selection)

    def places(self) -> NDArray[np.int64]:
        """Those that are shown and selected, top first."""
        return self.arrangement.places(self._view.selection.mask)

    def first_places(self, most: int) -> list[int]:
        """The first of them."""
        mask, begin = self._view.selection.mask, -1
        positions: list[int] = []
        while len(positions) < most and (begin := mask.find(1, begin + 1)) >= 0:
            positions.append(begin)
        return [self.arrangement.place(position) for position in positions]

    def select(self, places: Iterable[int]) -> None:
        """Select these by place, whatever is current."""
        import numpy as np

        chosen = np.zeros(self.arrangement.of, bool)
        chosen[list(places)] = True
        self._view.selection.set_mask(self.arrangement.mask(chosen))
        self._view.viewport().update()
        self.changed.emit()

    def grow(self, count: int) -> None:
        """So many pictures in their own order; the first of them are those that were there."""
        self.arrangement, self._hidden, self._hidden_current = Arrangement(count), None, -1
        self._view.set_count(count)

    def arrange(self, arrangement: Arrangement) -> None:
        """The same pictures otherwise."""
        import numpy as np

        before, view = self.arrangement, self._view
        current = before.place(view.current()) if view.current() >= 0 else self._hidden_current
        chosen = np.zeros(arrangement.of, bool) if self._hidden is None else self._hidden
        if len(view.selection):
            chosen[before.places(view.selection.mask)] = True
        mask = arrangement.mask(chosen)
        if arrangement.order is None:
            self._hidden = None
        else:
            chosen[arrangement.order] = False
            self._hidden = chosen if chosen.any() else None
        self.arrangement = arrangement
        position = arrangement.position(current)
        self._hidden_current = current if position < 0 else -1
        # Counted and chosen in one go: nobody is to hear of the time between.
        view.blockSignals(True)
        view.set_count(len(arrangement))
        view.set_chosen(position, mask)
        view.blockSignals(False)
        view.sight_changed()  # what it asked for meanwhile nobody heard
        view.verticalScrollBar().setValue(0)
        if position >= 0:
            view.scroll_to(position)
        view.update_marks()

    def _place(self, position: int) -> int:
        return self.arrangement.place(position)

    @Slot(int)
    def _current_changed(self, position: int) -> None:
        if position >= 0:
            self.current_changed.emit(self.arrangement.place(position))

    @Slot(bool)
    def _selection_changed(self, anew: bool) -> None:
        if anew:
            self._hidden, self._hidden_current = None, -1
        self.changed.emit()
