"""The classes of the chosen model as chips, and how strongly they are followed; hidden for a model without classes."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from .. import numbers
from ..theme import CONTROL_PX
from ..widgets.chips import ChipField
from ..widgets.number import FloatBox
from ..widgets.panel import caption
from ..widgets.plain import set_name, set_tip

#: With more classes than this there is a field to find one.
MANY_CLASSES = 20
MOST_GUIDANCE = 10.0
FILTER_PX = 110


class ClassRow(QWidget):
    """Which classes, guidance scale and rescaling."""

    changed = Signal()  #: by a person
    done = Signal()  #: Enter in a field: the keys may go back to the room

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self.chips = ChipField()
        self.chips.setObjectName("class_chips")
        tip = self.tr(
            "What the pictures are to show. With several, picture 1 takes the first, picture 2 the second, and so on "
            "in turn. Any leaves it to the model."
        )
        set_name(self.chips, self.tr("Classes"), tip)
        self.filter = QLineEdit()
        self.filter.setObjectName("class_filter")
        self.filter.setPlaceholderText(self.tr("Find"))
        set_name(
            self.filter,
            self.tr("Find a class"),
            self.tr("Show only the classes whose name holds these letters."),
        )
        self.filter.setFixedSize(FILTER_PX, CONTROL_PX)
        self.guidance = FloatBox(1.0, MOST_GUIDANCE, 1.0, decimals=1)
        self.guidance.setObjectName("guidance_scale")
        self.guidance.setAccessibleName(self.tr("Guidance scale"))
        self.guidance.setSingleStep(0.5)
        self.rescale = FloatBox(0.0, 1.0, 0.0, decimals=2)
        self.rescale.setObjectName("guidance_rescale")
        self.rescale.setAccessibleName(self.tr("Guidance rescale"))
        self.rescale.setSingleStep(0.1)
        self._captions: dict[str, QLabel] = {
            "classes": caption(self.tr("Classes")),
            "guidance": caption(self.tr("Guidance")),
            "rescale": caption(self.tr("Rescale")),
        }
        set_tip(self._captions["classes"], tip)
        self._lay_out()
        self.chips.changed.connect(self._chips_changed)
        self.filter.textChanged.connect(self.chips.set_filter)
        self.filter.returnPressed.connect(self.done)
        for field in (self.guidance, self.rescale):
            field.valueChanged.connect(self._changed)
            field.lineEdit().returnPressed.connect(self.done)
        self.setVisible(False)
        self._fill()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        top = Qt.AlignmentFlag.AlignTop
        for words in self._captions.values():
            words.setFixedHeight(CONTROL_PX)
        row.addWidget(self._captions["classes"], 0, top)
        row.addWidget(self.filter, 0, top)
        row.addWidget(self.chips, 1, top)
        row.addSpacing(4)
        for name, field in (("guidance", self.guidance), ("rescale", self.rescale)):
            field.setFixedSize(52, CONTROL_PX)
            self._captions[name].setBuddy(field)
            row.addWidget(self._captions[name], 0, top)
            row.addWidget(field, 0, top)
        self._captions["classes"].setBuddy(self.chips)

    # --- what is set ---------------------------------------------------------------------------------------

    def set_classes(self, names: tuple[str, ...]) -> None:
        """The classes of the chosen model; empty: it has none, and the row hides."""
        if names != self._names:
            self._names = names
            with QSignalBlocker(self.filter):
                self.filter.clear()
            self._fill()
        self.filter.setVisible(len(names) > MANY_CLASSES)
        self.setVisible(bool(names))

    def chosen(self) -> tuple[int, ...]:
        """The labels of the chosen classes; empty: no class."""
        return self.chips.chosen() if self._names else ()

    def chosen_names(self) -> tuple[str, ...]:
        """The names of the chosen classes."""
        return tuple(self._names[label] for label in self.chosen())

    def scale_and_rescale(self) -> tuple[float, float]:
        """The guidance, as it holds: (1, 0) without a class."""
        if not self.chosen():
            return 1.0, 0.0
        self.guidance.interpretText()
        self.rescale.interpretText()
        scale = self.guidance.value()
        return scale, self.rescale.value() if scale != 1 else 0.0

    def set_guidance(self, scale: float, rescale: float) -> None:
        """Take remembered values. Emits nothing."""
        with QSignalBlocker(self.guidance), QSignalBlocker(self.rescale):
            self.guidance.setValue(scale)
            self.rescale.setValue(rescale)
        self._refresh()

    # --- words ---------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        self.chips.set_chips(self.tr("Any"), self._names)
        self._refresh()

    def _refresh(self) -> None:
        """Bring what can be done, and why not, up to date."""
        has_class, guided = bool(self.chosen()), self.guidance.value() != 1
        self.guidance.setEnabled(has_class)
        self.rescale.setEnabled(has_class and guided)
        self._captions["guidance"].setEnabled(has_class)
        self._captions["rescale"].setEnabled(has_class and guided)
        scale = self.tr(
            "How strongly the class is followed: 1 as the model has learnt it, up to {most} more and more typical of "
            "it and less varied. Each step then asks the network twice (Ho & Salimans 2022)."
        ).format(most=numbers.figure(MOST_GUIDANCE))
        rescale = self.tr(
            "Against the harsh colours of much guidance: 0 leaves them, 1 brings their spread back to what it is "
            "without guidance (Lin et al. 2023)."
        )
        if not has_class:
            scale = rescale = self.tr("Choose a class first: there is nothing to follow.")
        elif not guided:
            rescale = self.tr("At guidance 1 there is nothing to bring back.")
        set_tip(self.guidance, scale)
        set_tip(self.rescale, rescale)

    # --- what the person does ------------------------------------------------------------------------------

    @Slot()
    def _chips_changed(self) -> None:
        self._refresh()
        self.changed.emit()

    @Slot()
    def _changed(self) -> None:
        self._refresh()
        self.changed.emit()
