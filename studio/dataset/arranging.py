"""Filters and sorts the pictures of the grid in the background; what was asked last is what is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from ..latest import Latest
from .arrangement import Arrangement

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.pictures.folder.arranging import Arranged, Files, Wish


class Arranging(QObject):
    """Keeps the wish and the arrangement that follows from it. Lives in the GUI thread."""

    arranged = Signal()  #: `arrangement` is another
    busy_changed = Signal()
    failed = Signal(object)  #: a Failure; the grid stays as it is

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.arrangement = Arrangement()
        self._files: Files | None = None
        self._left_out: NDArray[np.bool_] | None = None
        self._wish: Wish | None = None  # None: the plain one, before core is loaded
        self._latest = Latest("arranging", self)
        self._latest.answered.connect(self._came)
        self._latest.busy_changed.connect(self.busy_changed)
        self._latest.failed.connect(self.failed)

    @property
    def wish(self) -> Wish:
        """What is asked for."""
        from core.pictures.folder.arranging import Wish

        return self._wish or Wish()

    @property
    def order(self) -> NDArray[np.int64] | None:
        """Position in the grid → place in the scan; None: all of them in natural order."""
        return self.arrangement.order

    @property
    def busy(self) -> bool:
        """Whether another arrangement is on its way."""
        return self._latest.busy

    def set_files(self, files: Files, left_out: NDArray[np.bool_] | None) -> None:
        """Arrange these, as they are at first; the wish stays."""
        self._files, self._left_out = files, left_out
        self.show_plainly(len(files))
        self._ask()

    def show_plainly(self, count: int) -> None:
        """So many, as they come."""
        self._latest.forget()
        self.arrangement = Arrangement(count)

    def set_left_out(self, left_out: NDArray[np.bool_] | None) -> None:
        """Others are left out now."""
        self._left_out = left_out
        if self.wish.shown != "all":
            self._ask()

    def change(self, **changes: Any) -> None:  # noqa: ANN401 (fields of Wish)
        """Ask for something else; `arranged` follows."""
        wish = replace(self.wish, **changes)
        if self._wish is None or any(getattr(wish, name) is not getattr(self._wish, name) for name in changes):
            self._wish = wish
            self._ask()

    def reset(self) -> None:
        """Forget the wish, for another folder."""
        self._wish = self._files = self._left_out = None
        self.show_plainly(0)

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._latest.shutdown(timeout_ms)

    def _ask(self) -> None:
        files, wish, left_out = self._files, self.wish, self._left_out
        if files is None:
            return
        if not wish.is_filter and (wish.sort, wish.descending) == ("name", False):
            self._latest.forget()
            self._set(None)
            return

        def answer() -> Iterable[object]:
            from core.pictures.folder.arranging import arranged

            return arranged(files, wish, left_out)

        self._latest.ask(answer)

    @Slot(object)
    def _came(self, answer: Arranged) -> None:
        self._set(answer.order)

    def _set(self, order: NDArray[np.int64] | None) -> None:
        if self._files is not None and (order is not None or self.arrangement.order is not None):
            self.arrangement = Arrangement(len(self._files), order)
            self.arranged.emit()
