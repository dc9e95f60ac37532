"""The row over the wells: which model, which sampler, how many steps, from which seed, and Generate."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from .. import numbers
from ..icons import set_accent
from ..theme import CONTROL_PX
from ..widgets.buttons import IconButton
from ..widgets.form import DOT_PX, Dot
from ..widgets.number import IntBox
from ..widgets.panel import caption
from ..widgets.plain import set_name, set_tip
from .model_combo import ModelCombo
from .models import ModelChoice, ModelFacts, Origin, SamplerRequest
from .sampler_fields import SamplerFields

MOST_PICTURES = 64
LARGEST_SEED = 2**31 - 1  # what a spin box can hold
#: Beside the words of Generate and Cancel.
ACTION_MARGIN_PX = 28
MORE_MARGIN_PX = 22


class SamplerHead(QWidget):
    """Holds the settings of the next sampling; `request()` reads them."""

    model_chosen = Signal(object)  #: the ModelChoice
    weights_chosen = Signal()
    open_wished = Signal()
    changed = Signal()  #: any setting, by a person
    generate_wished = Signal()
    cancel_wished = Signal()
    more_toggled = Signal(bool)  #: whether the rest of the settings is to be seen
    done = Signal()  #: Enter in a field: the keys may go back to the room

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._working: tuple[int, int] | None = None
        self._missing = ""

        self.model = ModelCombo()
        self.weights = QComboBox()
        self.weights.setObjectName("weights_choice")
        self.weights.addItem(self.tr("EMA"), "ema")
        self.weights.addItem(self.tr("Raw"), "raw")
        set_name(
            self.weights,
            self.tr("Weights"),
            self.tr(
                "EMA: the average of the weights over the last steps of training, which gives calmer pictures. "
                "Raw: the weights as the last step left them."
            ),
        )
        self.fields = SamplerFields()
        self.seed = IntBox(0, LARGEST_SEED, 7)
        self.seed.setGroupSeparatorShown(False)
        self.count = IntBox(1, MOST_PICTURES, 16)
        _sized(self.seed, "sampler_seed", 96)
        _sized(self.count, "sampler_count", 48)
        set_name(
            self.seed,
            self.tr("Seed"),
            self.tr("The same seed with the same settings always gives the same pictures, however many there are."),
        )
        many = self.tr("How many pictures at once, 1 to {most}. Each is the same one at any number.")
        set_name(self.count, self.tr("Pictures"), many.format(most=MOST_PICTURES))
        self.dice, self.copy = IconButton("dice"), IconButton("copy")
        self.dice.setObjectName("sampler_dice")
        self.copy.setObjectName("sampler_copy")
        self.dice.describe(self.tr("Another seed"))
        self.copy.describe(self.tr("Copy the seed"))
        self.more = QToolButton()
        self.more.setObjectName("sampler_more")
        self.more.setProperty("text_beside", True)
        self.more.setCheckable(True)
        self.more.setFixedHeight(CONTROL_PX)
        self.more.setText(self.tr("More"))
        self.more.setAccessibleName(self.tr("More settings"))
        self.more.setFixedWidth(self.more.fontMetrics().horizontalAdvance(self.more.text()) + MORE_MARGIN_PX)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._dot = Dot(self.more)
        self._dot.move(self.more.width() - DOT_PX - 2, 2)
        self._dot.hide()
        self.generate = QPushButton(self.tr("Generate"))
        self.generate.setAccessibleName(self.tr("Generate"))
        self.generate.setObjectName("generate")
        self.cancel = QPushButton()
        self.cancel.setObjectName("sampler_cancel")
        set_name(self.cancel, self.tr("Cancel"), self.tr("Stop here and keep the steps that are done"))
        self._action = QStackedWidget()
        for button in (self.generate, self.cancel):
            button.setFixedHeight(CONTROL_PX)
            self._action.addWidget(button)
        # Wide enough for both from the start, so that nothing moves when the work begins.
        words = (self.generate.text(), self._progress_words(88, 88), self._progress_words(100, 100))
        widest = max(self.cancel.fontMetrics().horizontalAdvance(text) for text in words)
        self._action.setFixedSize(widest + ACTION_MARGIN_PX, CONTROL_PX)
        self._lay_out()
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        # Chosen with the mouse it leaves the keys to the room; reached with Tab it keeps its arrows.
        self.weights.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.weights.setFixedSize(68, CONTROL_PX)
        row.addWidget(self.model, 50)
        row.addWidget(self.weights)
        row.addWidget(self.fields, 100)
        fields: dict[str, tuple[QWidget, ...]] = {
            self.tr("Seed"): (self.seed, self.dice, self.copy),
            self.tr("Pictures"): (self.count,),
        }
        for title, widgets in fields.items():
            label = caption(title)
            label.setBuddy(widgets[0])
            row.addWidget(label)
            for widget in widgets:
                row.addWidget(widget)
            row.addSpacing(2)
        row.addWidget(self.more)
        row.addWidget(self._action)

    def _connect(self) -> None:
        self.model.picked.connect(self._model_picked)
        self.model.open_wished.connect(self.open_wished)
        self.weights.currentIndexChanged.connect(self._weights_changed)
        self.fields.changed.connect(self._field_changed)
        self.fields.done.connect(self.done)
        for field in (self.seed, self.count):
            field.valueChanged.connect(self._field_changed)
            field.lineEdit().returnPressed.connect(self.done)
        self.dice.clicked.connect(self._throw)
        self.copy.clicked.connect(self._copy_seed)
        self.more.toggled.connect(self._more_toggled)
        self.generate.clicked.connect(self.generate_wished)
        self.cancel.clicked.connect(self.cancel_wished)

    # --- what is known -------------------------------------------------------------------------------------

    def set_choices(self, choices: Sequence[ModelChoice], chosen: ModelChoice | None) -> None:
        """The models to choose from, and the chosen one (one of them, or None)."""
        self.model.set_choices(choices, chosen)
        self._refresh()

    def set_facts(self, facts: ModelFacts | None) -> None:
        """What the chosen model is; None while it is not read."""
        self.fields.set_facts(facts)
        self._refresh()

    def set_seed_and_count(self, seed: int, count: int) -> None:
        """Take remembered values. Emits nothing."""
        with QSignalBlocker(self.seed), QSignalBlocker(self.count):
            self.seed.setValue(seed)
            self.count.setValue(count)

    def set_more(self, opened: bool, *, differs: bool) -> None:
        """Whether the rest of the settings is seen, and whether something in it is not as usual."""
        with QSignalBlocker(self.more):
            self.more.setChecked(opened)
        self._dot.setVisible(differs and not opened)
        self._tell_more()

    def set_missing(self, why: str) -> None:
        """What keeps pictures from being made, as a sentence; "" when nothing."""
        self._missing = why
        self._refresh()

    def set_working(self, done: int, of: int) -> None:
        """Sampling is under way: `done` of `of` steps."""
        self._working = (done, of)
        self._refresh()

    def set_idle(self) -> None:
        """Nothing is under way."""
        self._working = None
        self._refresh()

    def set_primary(self, primary: bool) -> None:
        """Whether Generate is the one next thing to do, and so wears the accent."""
        if bool(self.generate.property("accent")) != primary:
            set_accent(self.generate, primary)

    def request(self) -> SamplerRequest | None:
        """The settings as they stand; None without a model."""
        row = self.fields.info()
        if self.model.chosen is None or row is None:
            return None
        for field in (self.seed, self.count):
            field.interpretText()  # what is typed but not yet entered counts
        return SamplerRequest(
            choice=self.model.chosen,
            weights="ema" if self.model.chosen.origin is Origin.TRAINING else str(self.weights.currentData()),
            sampler=row.name,
            steps=self.fields.steps_value(),
            eta=self.fields.eta_value(),
            seed=self.seed.value(),
            count=self.count.value(),
            calls_per_step=row.calls_per_step,
        )

    def weights_name(self) -> str:
        """The wished weights: "ema" or "raw"."""
        return str(self.weights.currentData())

    # --- words ---------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field ends its editing; the room must not take it for its own."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def _refresh(self) -> None:
        """Bring what can be done, and why not, up to date."""
        working = self._working is not None
        self._action.setCurrentWidget(self.cancel if working else self.generate)
        if self._working is not None:
            self.cancel.setText(self._progress_words(*self._working))
        why_not = self.tr("Choose a model first.") if self.fields.info() is None else self._missing
        self.generate.setEnabled(not why_not)
        set_tip(self.generate, why_not or self.tr("Make pictures with these settings (G)"))
        training = self.model.chosen is not None and self.model.chosen.origin is Origin.TRAINING
        self.weights.setEnabled(self.model.chosen is not None and not training)
        self._tell_more()

    def _tell_more(self) -> None:
        tip = self.tr("Which timesteps are kept, how the noise is drawn, and what the denoising starts from")
        if not self._dot.isHidden():
            tip += " · " + self.tr("something there is not as usual")
        set_tip(self.more, tip)

    def _progress_words(self, done: int, of: int) -> str:
        """In steps; in per cent where those would not fit the button."""
        if of < 100:
            return self.tr("Cancel  {done} of {of}").format(done=numbers.count(done), of=numbers.count(of))
        return self.tr("Cancel  {share} %").format(share=100 * done // of)

    # --- what the person does ------------------------------------------------------------------------------

    @Slot(object)
    def _model_picked(self, choice: ModelChoice) -> None:
        self._refresh()
        self.model_chosen.emit(choice)
        self.changed.emit()

    @Slot(int)
    def _weights_changed(self) -> None:
        self.weights_chosen.emit()
        self.changed.emit()

    @Slot()
    def _field_changed(self) -> None:
        self.changed.emit()

    @Slot(bool)
    def _more_toggled(self, opened: bool) -> None:
        self.more_toggled.emit(opened)

    @Slot()
    def _throw(self) -> None:
        self.seed.setValue(random.randrange(1_000_000))  # noqa: S311 (not a secret)

    @Slot()
    def _copy_seed(self) -> None:
        QGuiApplication.clipboard().setText(str(self.seed.value()))


def _sized(box: IntBox, name: str, width_px: int) -> None:
    box.setObjectName(name)
    box.setFixedSize(width_px, CONTROL_PX)
