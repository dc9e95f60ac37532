"""The bar that appears when another program's file is opened: what it is, and the little that it does not say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPushButton, QWidget

from core.catalogue import OBJECTIVES, SCHEDULES

from .. import numbers
from ..app.messages import row_text
from ..app.theme import CONTROL_PX
from ..widgets.elided import ElidedLabel
from ..widgets.number import IntBox
from ..widgets.panel import caption
from ..widgets.plain import set_name, set_tip, set_words
from .models import ForeignFacts

# --- Width × height of pictures in two fields; the height follows the width until it is said -------------

FIELD_PX = 64


class SizeFields(QWidget):
    """Two sides in pixels, each a multiple of what `set_size` says."""

    changed = Signal()  #: something was typed, entered or not

    def __init__(self, largest_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._largest_px, self._multiple = largest_px, 1
        self._follows = True
        self.height_px, self.width_px = IntBox(1, largest_px, 32), IntBox(1, largest_px, 32)
        self.height_px.setObjectName("opening_height")
        self.width_px.setObjectName("opening_width")
        times = caption()
        times.setText("×")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self.width_px, times, self.height_px):
            row.addWidget(widget)
        for field in (self.height_px, self.width_px):
            field.setFixedSize(FIELD_PX, CONTROL_PX)
        self.setFocusProxy(self.width_px)
        for field, told in ((self.width_px, self._width_changed), (self.height_px, self._height_changed)):
            field.lineEdit().textChanged.connect(told)  # while it is typed,
            field.valueChanged.connect(told)  # and by the arrows

    def set_size(self, size: tuple[int, int], *, multiple: int) -> None:
        """Suggest a height and a width."""
        self._multiple = multiple
        for field, side in zip((self.height_px, self.width_px), size, strict=True):
            with QSignalBlocker(field), QSignalBlocker(field.lineEdit()):
                field.setSingleStep(multiple)
                field.setRange(multiple, self._largest_px)
                field.setValue(side)
        self._follows = size[0] == size[1]

    def set_names(self, height: str, width: str) -> None:
        """What each is called."""
        self.height_px.setAccessibleName(height)
        self.width_px.setAccessibleName(width)

    def set_tip(self, tip: str) -> None:
        """What is asked for."""
        set_tip(self.height_px, tip)
        set_tip(self.width_px, tip)

    def edit(self) -> None:
        """Begin to type."""
        self.width_px.setFocus(Qt.FocusReason.OtherFocusReason)
        self.width_px.selectAll()

    def is_legal(self) -> bool:
        """Whether what stands in both fields, entered or not, can be taken."""
        return all(_typed(field) % self._multiple == 0 for field in (self.height_px, self.width_px))

    def value(self) -> tuple[int, int]:
        """(height, width) in pixels; what is typed but not yet entered counts."""
        self.height_px.interpretText()
        self.width_px.interpretText()
        return self.height_px.value(), self.width_px.value()

    @Slot()
    def _width_changed(self) -> None:
        if self._follows:
            with QSignalBlocker(self.height_px), QSignalBlocker(self.height_px.lineEdit()):
                self.height_px.lineEdit().setText(self.width_px.lineEdit().text())
        self.changed.emit()

    @Slot()
    def _height_changed(self) -> None:
        self._follows = False
        self.changed.emit()


def _typed(field: IntBox) -> int:
    """What stands in the field; 1 (of which no other number is a divisor) where it is no number."""
    digits = "".join(c for c in field.lineEdit().text() if c.isdigit())
    return int(digits) if digits else 1


# --- opening bar -----------------------------------------------------------------------------------------

HEIGHT_PX = 44
LARGEST_PX = 1024


class OpeningBar(QFrame):
    """Hidden until a file is read; then says so, then asks. Takes room of its own, as it stays until answered."""

    open_wished = Signal(object)  #: the ForeignFacts, with the size that was said
    cancel_wished = Signal()
    done = Signal()  #: it hides: the keys may go back to the room

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reading: Path | None = None
        self._facts: ForeignFacts | None = None
        self.setProperty("banner", "info")
        self.setFixedHeight(HEIGHT_PX)
        self.setAccessibleName(self.tr("Open another program's file"))
        self.words = ElidedLabel()
        self.words.setObjectName("opening_words")
        self.size_fields = SizeFields(LARGEST_PX)
        self.size_fields.set_names(
            self.tr("Height of the pictures in pixels"), self.tr("Width of the pictures in pixels")
        )
        self._legal = caption()
        self.schedule, self.objective = QComboBox(), QComboBox()
        self._asked: dict[str, QWidget] = {
            "beta_schedule": self.schedule,
            "objective": self.objective,
            "image_size": self.size_fields,
        }
        self._captions = {
            "beta_schedule": caption(self.tr("Schedule")),
            "objective": caption(self.tr("Objective")),
            "image_size": caption(self.tr("Width × height")),
        }
        unsaid = self.tr("It cannot be told from this file. If the pictures stay noise, try another.")
        for combo, name in ((self.schedule, self.tr("Schedule")), (self.objective, self.tr("Objective"))):
            set_name(combo, name, unsaid)
            combo.setFixedSize(112, CONTROL_PX)
            combo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.open = QPushButton(self.tr("Open"))
        self.open.setAccessibleName(self.tr("Open"))
        self.open.setObjectName("opening_open")
        self.cancel = QPushButton()
        set_words(self.cancel, self.tr("Cancel"), self.tr("Leave this file; the model stays the one that it was (Esc)"))
        self.cancel.setObjectName("opening_cancel")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        for name, field in self._asked.items():
            self._captions[name].setBuddy(field)
            row.addWidget(self._captions[name])
            row.addWidget(field)
        for widget in (self._legal, self.open, self.cancel):
            row.addWidget(widget)
        for button in (self.open, self.cancel):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.size_fields.changed.connect(self._refresh)
        self.open.clicked.connect(self._open)
        self.cancel.clicked.connect(self.cancel_wished)
        self.hide()
        self._fill()

    # --- what is shown -------------------------------------------------------------------------------------

    def show_reading(self, path: Path) -> None:
        """A file is being read."""
        self._reading, self._facts = path, None
        self._fill()
        self.show()

    def ask(self, facts: ForeignFacts) -> None:
        """Say what the file is and ask for what it does not say."""
        self._reading, self._facts = None, facts
        self.size_fields.set_size(facts.image_size, multiple=facts.multiple)
        self._fill()
        self.show()
        if "image_size" in facts.asks:
            self.size_fields.edit()

    def clear(self) -> None:
        """Nothing is being opened."""
        self._reading = self._facts = None
        if not self.isHidden():
            self.hide()
            self.done.emit()

    # --- words ---------------------------------------------------------------------------------------------

    def description(self, facts: ForeignFacts) -> str:
        """What a file is, in one line."""
        schedule = facts.schedule or self.tr("a schedule of its own")
        parts = [
            "denoising-diffusion-pytorch" if facts.is_training else self.tr("weights"),
            "" if facts.step is None else self.tr("step {step}").format(step=numbers.count(facts.step)),
            self.tr("dim {dim}").format(dim=numbers.count(facts.dim)),
            {1: self.tr("grey"), 3: self.tr("colour"), 4: self.tr("colour with transparency")}.get(facts.channels, ""),
            "" if "beta_schedule" in facts.asks else schedule,
            "" if "objective" in facts.asks else self._objective(facts.objective),
        ]
        return ", ".join(part for part in parts if part)

    def _objective(self, name: str) -> str:
        return self.tr("predicts {what}").format(what=OBJECTIVES[name].letter) if name in OBJECTIVES else name

    def _fill(self) -> None:
        facts = self._facts
        asks = () if facts is None else facts.asks
        for name, field in self._asked.items():
            field.setVisible(name in asks)
            self._captions[name].setVisible(name in asks)
        self._legal.setVisible("image_size" in asks)
        self.open.setVisible(facts is not None)
        if facts is None:
            name = "" if self._reading is None else self._reading.name
            self.words.setText(self.tr("Reading {name}…").format(name=name))
            return
        self.words.setText(f"{facts.path.name}: {self.description(facts)}")
        self._legal.setText(self.tr("px, multiples of {n}").format(n=facts.multiple))
        self.size_fields.set_tip(
            self.tr(
                "The size of the pictures that it was trained on; the height follows the width until you say another. "
                "The file does not say it, and another size gives poorer pictures. Both must divide by {n}, as the "
                "network halves them several times."
            ).format(n=facts.multiple)
        )
        self.schedule.clear()
        for name in facts.choices["beta_schedule"]:
            self.schedule.addItem(row_text(SCHEDULES[name].title) if name in SCHEDULES else name, name)
        self.objective.clear()
        for name in facts.choices["objective"]:
            self.objective.addItem(self._objective(name), name)
        self._choose(self.schedule, facts.schedule)
        self._choose(self.objective, facts.objective)
        self._refresh()

    @staticmethod
    def _choose(combo: QComboBox, name: str) -> None:
        combo.setCurrentIndex(max(0, combo.findData(name)))

    @Slot()
    def _refresh(self) -> None:
        facts = self._facts
        legal = facts is not None and ("image_size" not in facts.asks or self.size_fields.is_legal())
        self.open.setEnabled(legal)
        if legal or facts is None:
            set_tip(self.open, self.tr("Make pictures of this size with it (Enter)"))
        else:
            set_tip(self.open, self.tr("Width and height must be multiples of {n}.").format(n=facts.multiple))

    # --- what the person does ------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Esc cancels; the room takes neither for its own."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancel_wished.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _open(self) -> None:
        size = self.size_fields.value()
        if self._facts is not None and self.open.isEnabled():
            facts = self._facts
            answered = replace(
                facts,
                image_size=size if "image_size" in facts.asks else facts.image_size,
                schedule=str(self.schedule.currentData()) if "beta_schedule" in facts.asks else facts.schedule,
                objective=str(self.objective.currentData()) if "objective" in facts.asks else facts.objective,
            )
            self.open_wished.emit(answered)
