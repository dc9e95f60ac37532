"""What a conditional model is shown beside x_t: pictures of its own run, or files. Hidden for any other model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from core.beginning import StartPicture
from core.catalogue import CONDITIONS

from .. import numbers
from ..app.messages import row_text
from ..app.theme import CONTROL_PX
from ..widgets.panel import caption
from ..widgets.plain import set_name, set_tip
from .models import HELD_OUT, TRAINED_ON, ModelFacts

FILES = "files"
SOURCE_PX = 190


class ConditionRow(QWidget):
    """Where the pictures come from, and how many files were chosen."""

    changed = Signal()  #: by a person
    done = Signal()  #: the keys may go back to the room
    choose_wished = Signal()  #: files are to be asked for

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: ModelFacts | None = None
        self._files: tuple[StartPicture, ...] = ()
        self._wished = HELD_OUT  #: what a person chose last, or the first of what there is
        self._caption, self._told = caption(self.tr("Sees")), caption()
        self.source = QComboBox()
        self.source.setObjectName("condition_source")
        self.source.setFixedSize(SOURCE_PX, CONTROL_PX)
        self.source.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for title, what in (
            (self.tr("Held-out pictures"), HELD_OUT),
            (self.tr("Training pictures"), TRAINED_ON),
            (self.tr("My pictures"), FILES),
        ):
            self.source.addItem(title, what)
        set_name(
            self.source,
            self.tr("Sees"),
            self.tr(
                "What the model is shown beside the noisy picture: picture 1 sees the first, picture 2 the second, and "
                "so on in turn. Held-out pictures were never trained on. Of your own pictures you can drop several."
            ),
        )
        self._caption.setBuddy(self.source)
        self.choose = QPushButton(self.tr("Choose…"))
        self.choose.setObjectName("condition_files")
        self.choose.setFixedHeight(CONTROL_PX)
        self.choose.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_tip(self.choose, self.tr("Choose one or several picture files"))
        self._told.setObjectName("condition_told")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self._caption, self.source, self.choose, self._told):
            row.addWidget(widget)
        row.addStretch(1)
        self.source.currentIndexChanged.connect(self._source_changed)
        self.source.activated.connect(self._source_activated)
        self.choose.clicked.connect(self.choose_wished)
        self.setVisible(False)
        self._refresh()

    # --- what is set ---------------------------------------------------------------------------------------

    def set_facts(self, facts: ModelFacts | None) -> None:
        """What the chosen model is. Emits nothing."""
        self._facts = facts
        self.setVisible(facts is not None and bool(facts.condition))
        if facts is None:
            return
        offered = (*facts.shown, FILES)
        model = self.source.model()
        assert isinstance(model, QStandardItemModel)
        reasons = {
            HELD_OUT: self.tr("This model's run held no pictures out."),
            TRAINED_ON: self.tr("The run of this model, and with it its pictures, is not known."),
        }
        for place in range(self.source.count()):
            what = str(self.source.itemData(place))
            item = model.item(place)
            item.setEnabled(what in offered)
            set_tip(item, "" if what in offered else reasons[what])
        chosen = self._wished if self._wished in offered else offered[0]
        with QSignalBlocker(self.source):
            self.source.setCurrentIndex(self.source.findData(chosen))
        self._refresh()

    @property
    def facts(self) -> ModelFacts | None:
        """What the chosen model is."""
        return self._facts

    @property
    def in_use(self) -> bool:
        """Whether the chosen model is shown anything."""
        return self._facts is not None and bool(self._facts.condition)

    def chosen(self) -> tuple[tuple[StartPicture, ...], str]:
        """The files, or whose pictures instead of those."""
        if not self.in_use:
            return (), ""
        source = str(self.source.currentData())
        return (self._files, "") if source == FILES else ((), source)

    def take(self, files: Sequence[StartPicture]) -> None:
        """Show these files."""
        self._files, self._wished = tuple(files), FILES
        with QSignalBlocker(self.source):
            self.source.setCurrentIndex(self.source.findData(FILES))
        self._refresh()
        self.changed.emit()

    def files(self) -> tuple[Path, ...]:
        """The picture files that are held."""
        return tuple(picture.path for picture in self._files if picture.path is not None)

    def let_go(self, path: Path) -> None:
        """Hold that file no longer."""
        if path in self.files():
            self._files = tuple(picture for picture in self._files if picture.path != path)
            self._refresh()
            self.changed.emit()

    def missing(self) -> str:
        """What must be chosen before pictures can be made, as a sentence; "" when nothing."""
        if self.in_use and self.source.currentData() == FILES and not self._files:
            return self.tr("Choose the pictures that the model is to see first.")
        return ""

    # --- words ---------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        of_files = self.source.currentData() == FILES
        self.choose.setVisible(of_files)
        words = "" if self._facts is None or not self._facts.condition else self._about(self._facts.condition)
        if of_files and self._files:
            words = self.tr("{n} pictures, in turn").format(n=numbers.count(len(self._files)))
            if len(self._files) == 1:
                words = self._files[0].name
        elif of_files:
            words = self.tr("drop them here, or choose them")
        self._told.setText(words)

    def _about(self, condition: str) -> str:
        return row_text(CONDITIONS[condition].title)

    # --- what the person does ------------------------------------------------------------------------------

    @Slot()
    def _source_changed(self) -> None:
        self._wished = str(self.source.currentData())
        self._refresh()
        self.changed.emit()

    @Slot()
    def _source_activated(self) -> None:
        """Whoever chooses pictures of one's own is asked which at once."""
        if self.source.currentData() == FILES and not self._files:
            self.choose_wished.emit()
