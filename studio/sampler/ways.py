"""Ways of looking at one recording, one at a time under one switch: the scrubber and the selection are shared."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from core.recording import Recording

from ..widgets.scroll import RoomStack
from ..widgets.segments import Segments
from .curves import Curves
from .wells import Wells


class Way(Protocol):
    """What one way of looking must be able to do; each is a QWidget.

    Only the way that is shown is told of steps and pictures; coming into sight it is told where one is.
    """

    def show_recording(self, recording: Recording | None) -> None:
        """Another recording, or none; nothing of it is shown before `show_step`."""

    def show_step(self, step: int) -> None:
        """The step under the cursor, which has arrived."""

    def set_selected(self, picture: int) -> None:
        """The picture of the batch that is looked at."""

    def grew(self) -> None:
        """More steps have arrived."""


class PicturesWay(QWidget):
    """The two wells, and beside them the curves over t."""

    def __init__(self, wells: Wells, curves: Curves) -> None:
        super().__init__()
        self.wells, self.curves = wells, curves
        self._recording: Recording | None = None
        self._picture = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(wells, 1)
        row.addWidget(curves)

    def show_recording(self, recording: Recording | None) -> None:
        """Another recording, or none."""
        self._recording = recording
        self.wells.show_recording(recording)
        self.curves.show_recording(recording)

    def show_step(self, step: int) -> None:
        """The pictures of a step."""
        self.wells.show_step(step)
        self.curves.show_step(step, self._picture)

    def set_selected(self, picture: int) -> None:
        """Frame a picture, and follow it in the curves."""
        self._picture = picture
        self.wells.set_selected(picture)
        self.grew()

    def grew(self) -> None:
        """More steps have arrived."""
        if self._recording is not None:
            self.curves.show_changes(self._picture)


class Ways(QWidget):
    """The switch, what the shown way puts beside it, and the way itself."""

    changed = Signal(str)  #: the name of the way that is shown now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.switch = Segments()
        self._recording: Recording | None = None
        self._step: int | None = None
        self._picture = 0
        self._ways: dict[str, Way] = {}
        self._pages, self._heads = RoomStack(), QStackedWidget()
        self.row = QWidget()
        row = QHBoxLayout(self.row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.switch)
        row.addWidget(self._heads, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.row)
        column.addWidget(self._pages, 1)
        self.row.hide()  # until there is something to choose
        self.switch.chosen.connect(self._choose)

    def add(self, name: str, title: str, tip: str, way: QWidget, head: QWidget | None = None) -> None:
        """One more way of looking; `way` is a `Way`, `head` stands beside the switch while it is shown."""
        self._ways[name] = way  # type: ignore[assignment]  # a QWidget that is a Way
        self._pages.addWidget(way)
        self._heads.addWidget(head or QWidget())
        self.switch.add(name, title, tip)
        self.row.setVisible(len(self._ways) > 1)

    def choose(self, name: str) -> None:
        """Look in this way; nothing where there is none of the name."""
        self.switch.choose(name)

    @property
    def current(self) -> str:
        """The name of the way that is shown."""
        return self.switch.current()

    @property
    def names(self) -> tuple[str, ...]:
        """All ways, in their order."""
        return tuple(self._ways)

    def show_recording(self, recording: Recording | None) -> None:
        """Another recording, or none."""
        self._recording, self._step = recording, None
        for way in self._ways.values():
            way.show_recording(recording)

    def show_step(self, step: int) -> None:
        """The step under the cursor."""
        self._step = step
        self._ways[self.current].show_step(step)

    def set_selected(self, picture: int) -> None:
        """The picture that is looked at."""
        self._picture = picture
        self._ways[self.current].set_selected(picture)

    def grew(self) -> None:
        """More steps have arrived."""
        self._ways[self.current].grew()

    @Slot(str)
    def _choose(self, name: str) -> None:
        if name not in self._ways:
            return
        number = list(self._ways).index(name)
        self._pages.setCurrentIndex(number)
        self._heads.setCurrentIndex(number)
        if self._recording is not None:
            self._ways[name].set_selected(self._picture)
            if self._step is not None:
                self._ways[name].show_step(self._step)
        self.changed.emit(name)
