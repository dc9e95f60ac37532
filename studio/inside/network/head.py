"""Beside the tabs: which model is looked at, and which of its weights; the sampler room's choice, and back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from ...app.theme import CONTROL_PX
from ...sampler.head import ModelCombo
from ...sampler.models import ModelChoice, Origin
from ...widgets.plain import set_name

MODEL_PX, WEIGHTS_PX = 220, 76


class NetworkHead(QWidget):
    """Emits only what a person chooses."""

    model_chosen = Signal(object)  #: a ModelChoice
    open_wished = Signal()
    weights_chosen = Signal(str)  #: "ema" or "raw"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ModelCombo()
        self.model.setFixedWidth(MODEL_PX)
        self.weights = QComboBox()
        self.weights.setFixedSize(WEIGHTS_PX, CONTROL_PX)
        self.weights.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.weights.addItem(self.tr("EMA"), "ema")
        self.weights.addItem(self.tr("Raw"), "raw")
        set_name(
            self.weights,
            self.tr("Weights"),
            self.tr(
                "EMA: the average of the weights over the last steps of training. Raw: as the last step left them. The "
                "sampler room has the same choice."
            ),
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.model)
        row.addWidget(self.weights)
        self.model.picked.connect(self.model_chosen)
        self.model.open_wished.connect(self.open_wished)
        self.weights.activated.connect(self._weights)

    def show_choice(self, choices: Sequence[ModelChoice], chosen: ModelChoice | None, weights: str) -> None:
        """As the sampler room has it; an EMA of a length is called by it."""
        self.model.set_choices(choices, chosen)
        with QSignalBlocker(self.weights):
            while self.weights.count() > 2:
                self.weights.removeItem(2)
            if self.weights.findData(weights) < 0:
                self.weights.addItem(weights.replace("ema-", self.tr("EMA") + " "), weights)
            self.weights.setCurrentIndex(self.weights.findData(weights))
        training = chosen is not None and chosen.origin is Origin.TRAINING
        self.weights.setEnabled(chosen is not None and not training)

    @Slot(int)
    def _weights(self, place: int) -> None:
        self.weights_chosen.emit(str(self.weights.itemData(place)))
