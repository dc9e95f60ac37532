"""The list of models, with *Open file…* as its last entry; of a name that is too long the step stays."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from .. import numbers
from ..widgets.controls import ElidedCombo
from ..widgets.plain import plain_tip, set_tip
from .models import ModelChoice, Origin, earlier_than

LEAST_PX, MOST_PX = 140, 264


class ModelCombo(ElidedCombo):
    """Shows the chosen model; the choice changes only when it is told, or by a person."""

    picked = Signal(object)  #: another ModelChoice, by a person
    open_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(LEAST_PX, MOST_PX, parent)
        self._choices: tuple[ModelChoice, ...] = ()
        self.chosen: ModelChoice | None = None
        self.setObjectName("model_choice")
        self.setAccessibleName(self.tr("Model"))
        self.setPlaceholderText(self.tr("Choose a model"))
        self.activated.connect(self._activated)
        self._fill()

    def set_choices(self, choices: Sequence[ModelChoice], chosen: ModelChoice | None) -> None:
        """The models to choose from, and the chosen one (one of them, or None). Emits nothing."""
        self._choices, self.chosen = tuple(choices), chosen
        self._fill()

    def earlier(self) -> tuple[ModelChoice, ...]:
        """The checkpoints of the chosen model's run that were saved before it, newest first."""
        return earlier_than(self.chosen, self._choices)

    def title_of(self, choice: ModelChoice) -> str:
        """How a model is called in the list."""
        if choice.origin is Origin.TRAINING:
            return self.tr("{name} · in training").format(name=choice.name)
        if choice.step is None:
            return choice.name
        return self.tr("{name} · step {step}").format(name=choice.name, step=numbers.count(choice.step))

    def shown_text(self, room_px: int) -> str:
        """The name gives way: two checkpoints of a run differ in the step alone."""
        if self.currentIndex() < 0:
            words = self.placeholderText() if self._choices else self.tr("No model yet")
            return self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room_px)
        name, dot, step = self.currentText().rpartition(" · ")
        metrics = self.fontMetrics()
        for_name = room_px - metrics.horizontalAdvance(dot + step)
        if not name or for_name < metrics.horizontalAdvance("…"):
            return super().shown_text(room_px)
        return metrics.elidedText(name, Qt.TextElideMode.ElideRight, for_name) + dot + step

    def _fill(self) -> None:
        with QSignalBlocker(self):
            self.clear()
            for choice in self._choices:
                self.addItem(self.title_of(choice), choice)
                self.setItemData(self.count() - 1, plain_tip(_path_tip(choice)), Qt.ItemDataRole.ToolTipRole)
            if self._choices:
                self.insertSeparator(self.count())
            self.addItem(self.tr("Open file…"), None)
        self._select_chosen()

    def _select_chosen(self) -> None:
        with QSignalBlocker(self):
            self.setCurrentIndex(self._choices.index(self.chosen) if self.chosen in self._choices else -1)
        about = self.tr("The model that makes the pictures: in training, a checkpoint, or a file")
        set_tip(self, (_path_tip(self.chosen) if self.chosen is not None else "") or about)

    @Slot(int)
    def _activated(self, position: int) -> None:
        choice = self.itemData(position)
        if choice is None:
            self._select_chosen()
            self.open_wished.emit()
        elif choice != self.chosen:
            self.chosen = choice
            self._select_chosen()
            self.picked.emit(choice)


def _path_tip(choice: ModelChoice) -> str:
    return "\n".join(str(line) for line in (choice.path, choice.about) if line)
