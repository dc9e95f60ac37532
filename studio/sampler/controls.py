"""What decides which pictures come: the head of the room, the quiet rows under it, and what is remembered of both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QImageIOHandler, QImageReader
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.beginning import StartPicture

from .head import SamplerHead
from .models import ModelChoice, ModelFacts, SamplerRequest
from .options import SamplerOptions

if TYPE_CHECKING:
    from ..app.settings import Settings

# --- What the sampler room remembers between starts ------------------------------------------------------


def remember(settings: Settings, head: SamplerHead, options: SamplerOptions) -> None:
    """Put the settings of the room where the next start finds them."""
    fields, classes = head.fields, options.class_row
    if fields.info() is not None:
        settings["sampler"] = str(fields.sampler.currentData())
    settings["sampler_steps"] = dict(fields.steps_of)
    settings["sampler_seed"] = head.seed.value()
    settings["sampler_count"] = head.wished_count()
    settings["sampler_spacing"] = options.spacing_name()
    settings["guidance_scale"] = classes.guidance.value()
    settings["guidance_rescale"] = classes.rescale.value()
    settings["sampler_precision"] = options.precision_name()
    settings["sampler_guide"] = options.guide_row.remembered
    settings["guide_scale"] = options.guide_row.scale.value()


def recall(settings: Settings, head: SamplerHead, options: SamplerOptions) -> None:
    """Set the room as it was. A number out of range becomes the nearest that can be."""
    steps = {name: n for name, n in settings["sampler_steps"].items() if isinstance(n, int) and n > 0}
    head.fields.set_wishes(settings["sampler"], steps)
    head.set_seed_and_count(settings["sampler_seed"], settings["sampler_count"])
    options.wish_spacing(settings["sampler_spacing"])
    options.wish_precision(settings["sampler_precision"])
    options.class_row.set_guidance(settings["guidance_scale"], settings["guidance_rescale"])
    options.guide_row.remembered = settings["sampler_guide"]
    options.guide_row.set_scale(settings["guide_scale"])


# --- The head and the rows, kept in step -----------------------------------------------------------------


class SamplerControls(QWidget):
    """Keeps head and options in step with each other and with what is remembered."""

    changed = Signal()  #: any setting, by a person
    done = Signal()  #: Enter in a field: the keys may go back to the room
    file_taken = Signal()  #: a picture file is to be started from, which nobody has read yet

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opened_for = ""  #: the picture for which what is behind *More* was opened
        self._settings = settings
        self.facts: ModelFacts | None = None  #: of the chosen model; None while it is not read
        self.choices: Sequence[ModelChoice] = ()
        self.head = SamplerHead()
        self.options = SamplerOptions()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.head)
        column.addWidget(self.options)
        self.head.more_toggled.connect(self.show_more)
        self.head.model_chosen.connect(self._follow_model)
        for part in (self.head, self.options):
            part.changed.connect(self._changed)
            part.done.connect(self.done)
        recall(settings, self.head, self.options)
        self.show_more(settings["sampler_more"])

    def set_choices(self, choices: Sequence[ModelChoice], chosen: ModelChoice | None) -> None:
        """The models to choose from."""
        self.choices = choices
        self.head.set_choices(choices, chosen)
        self._follow_model()

    @Slot()
    def _follow_model(self) -> None:
        """What may guide another model."""
        self.options.guide_row.set_guides(self.head.model.earlier())

    def set_facts(self, facts: ModelFacts | None) -> None:
        """What the chosen model is; None while it is not read."""
        self.facts = facts
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
        self._opened_for = "" if self.options.is_open else picture.name
        self.show_more(True)
        self.options.start_row.take(picture, which)

    def start_from_file(self, path: Path, which: str = "") -> None:
        """Begin with a picture file."""
        self.start_from(StartPicture(path.name, path, size=_size_of(path)), which)
        self.file_taken.emit()

    def show_files(self, paths: Sequence[Path]) -> None:
        """Show these picture files to a conditional model."""
        self.options.condition_row.take([StartPicture(path.name, path, size=_size_of(path)) for path in paths])
        self.file_taken.emit()

    def let_go(self, path: Path) -> None:
        """That file is no picture: everything is as it was before it was taken."""
        self.options.condition_row.let_go(path)
        self.options.start_row.let_go(path)
        if self._opened_for == path.name:
            self.show_more(False)

    @Slot()
    def _changed(self) -> None:
        remember(self._settings, self.head, self.options)
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        """What depends on several of the parts."""
        self.head.fields.set_fills_in(self.options.start_row.fills_in)
        self.head.set_row(self.options.start_row.row_count)
        self.options.set_sampler(self.head.fields.info(), self.head.fields.steps.value())
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
