"""Everything above the wells that decides which pictures come: the head and the quiet rows under it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QImageIOHandler, QImageReader
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.beginning import StartPicture

from .head import SamplerHead
from .models import ModelFacts, SamplerRequest
from .options import SamplerOptions
from .remembered import recall, remember

if TYPE_CHECKING:
    from ..settings import Settings


class SamplerControls(QWidget):
    """Keeps head and options in step with each other and with what is remembered."""

    changed = Signal()  #: any setting, by a person
    done = Signal()  #: Enter in a field: the keys may go back to the room

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.head = SamplerHead()
        self.options = SamplerOptions()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.head)
        column.addWidget(self.options)
        self.head.more_toggled.connect(self.show_more)
        for part in (self.head, self.options):
            part.changed.connect(self._changed)
            part.done.connect(self.done)
        recall(settings, self.head, self.options)
        self.show_more(settings["sampler_more"])

    def set_facts(self, facts: ModelFacts | None) -> None:
        """What the chosen model is; None while it is not read."""
        self.head.set_facts(facts)
        self.options.set_facts(facts)
        self._follow()

    def request(self) -> SamplerRequest | None:
        """The settings as they stand; None where something is missing."""
        request = self.head.request()
        return None if request is None or self.options.missing() else self.options.complete(request)

    @Slot(bool)
    def show_more(self, opened: bool) -> None:
        """Show what is behind *More*, or hide it."""
        self._settings["sampler_more"] = opened
        self.options.set_open(opened)
        self._follow()

    def start_from(self, picture: StartPicture, which: str = "") -> None:
        """Begin with a picture; `which` is "first", "second", "mask" or "" for the first empty place."""
        self.show_more(True)
        self.options.start_row.take(picture, which)

    def start_from_file(self, path: Path, which: str = "") -> None:
        """Begin with a picture file."""
        self.start_from(StartPicture(path.name, path, size=_size_of(path)), which)

    @Slot()
    def _changed(self) -> None:
        remember(self._settings, self.head, self.options)
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        """What depends on several of the parts."""
        self.head.fields.set_fills_in(self.options.start_row.fills_in)
        self.options.set_sampler(self.head.fields.info())
        self.head.set_missing(self.options.missing())
        self.head.set_more(self.options.is_open, differs=self.options.differs())


def _size_of(path: Path) -> tuple[int, int] | None:
    """(width, height) of an upright picture, from its head alone; None where Qt does not know the format."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if reader.transformation() & QImageIOHandler.Transformation.TransformationRotate90:
        size.transpose()
    return (size.width(), size.height()) if size.isValid() else None
