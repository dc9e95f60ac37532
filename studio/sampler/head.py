"""The row over the wells: which model, which sampler, how many steps, from which seed, and Generate."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from .. import numbers
from ..icons import set_accent
from ..theme import CONTROL_PX
from ..widgets.buttons import IconButton
from ..widgets.number import FloatBox, IntBox
from .model_combo import ModelCombo
from .models import ModelChoice, ModelFacts, Origin, SamplerInfo, SamplerRequest

MOST_PICTURES = 64
LARGEST_SEED = 2**31 - 1  # what a spin box can hold
#: Steps that are enough to see what a sampler without added noise does.
FEW_STEPS = 25
#: Beside the words of Generate and Cancel.
ACTION_MARGIN_PX = 28


class SamplerHead(QWidget):
    """Holds the settings of the next sampling; `request()` reads them."""

    model_chosen = Signal(object)  #: the ModelChoice
    weights_chosen = Signal()
    open_wished = Signal()
    changed = Signal()  #: any setting, by a person
    generate_wished = Signal()
    cancel_wished = Signal()
    done = Signal()  #: Enter in a field: the keys may go back to the room

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: ModelFacts | None = None
        self._working: tuple[int, int] | None = None
        #: The steps last used with each sampler, so that switching to and fro loses nothing.
        self._steps_of: dict[str, int] = {}

        self.model = ModelCombo()
        self.weights = QComboBox()
        self.weights.setObjectName("weights_choice")
        self.sampler = QComboBox()
        self.sampler.setObjectName("sampler_choice")
        self.steps = IntBox(1, 1000, FEW_STEPS)
        self.eta = FloatBox(0.0, 1.0, 0.0)
        self.eta.setSingleStep(0.1)
        self.seed = IntBox(0, LARGEST_SEED, 7)
        self.seed.setGroupSeparatorShown(False)
        self.count = IntBox(1, MOST_PICTURES, 16)
        _sized(self.steps, "sampler_steps", 58)
        _sized(self.eta, "sampler_eta", 50)
        _sized(self.seed, "sampler_seed", 96)
        _sized(self.count, "sampler_count", 42)
        self.dice, self.copy = IconButton("dice"), IconButton("copy")
        self.dice.setObjectName("sampler_dice")
        self.copy.setObjectName("sampler_copy")
        self.generate = QPushButton()
        self.generate.setObjectName("generate")
        self.cancel = QPushButton()
        self.cancel.setObjectName("sampler_cancel")
        self._action = QStackedWidget()
        for button in (self.generate, self.cancel):
            button.setFixedHeight(CONTROL_PX)
            self._action.addWidget(button)
        self._action.setFixedHeight(CONTROL_PX)
        self._captions = {name: QLabel() for name in ("sampler", "steps", "eta", "seed", "count")}
        self._lay_out()
        self._connect()
        self.retranslate()
        self._refresh()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for combo in (self.model, self.weights, self.sampler):
            combo.setFixedHeight(CONTROL_PX)
            # Chosen with the mouse it leaves the keys to the room; reached with Tab it keeps its arrows.
            combo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.model.setMinimumWidth(150)
        self.model.setMaximumWidth(264)
        self.weights.setFixedWidth(72)
        self.sampler.setFixedWidth(84)
        row.addWidget(self.model, 100)
        row.addWidget(self.weights)
        row.addStretch(1)
        fields: dict[str, tuple[QWidget, ...]] = {
            "sampler": (self.sampler,),
            "steps": (self.steps,),
            "eta": (self.eta,),
            "seed": (self.seed, self.dice, self.copy),
            "count": (self.count,),
        }
        for name, widgets in fields.items():
            caption = self._captions[name]
            caption.setProperty("caption", True)
            caption.setBuddy(widgets[0])
            row.addWidget(caption)
            for widget in widgets:
                row.addWidget(widget)
            row.addSpacing(4)
        row.addWidget(self._action)

    def _connect(self) -> None:
        self.model.picked.connect(self._model_picked)
        self.model.open_wished.connect(self.open_wished)
        self.weights.currentIndexChanged.connect(self._weights_changed)
        self.sampler.currentIndexChanged.connect(self._sampler_changed)
        for field in (self.steps, self.eta, self.seed, self.count):
            field.valueChanged.connect(self._field_changed)
            field.lineEdit().returnPressed.connect(self.done)
        self.dice.clicked.connect(self._throw)
        self.copy.clicked.connect(self._copy_seed)
        self.generate.clicked.connect(self.generate_wished)
        self.cancel.clicked.connect(self.cancel_wished)

    # --- what is known -------------------------------------------------------------------------------------

    def set_choices(self, choices: Sequence[ModelChoice], chosen: ModelChoice | None) -> None:
        """The models to choose from, and the chosen one (one of them, or None)."""
        self.model.set_choices(choices, chosen)
        self._refresh()

    def set_facts(self, facts: ModelFacts | None) -> None:
        """What the chosen model is; None while it is not read."""
        self._facts = facts
        if facts is not None:
            self._fill_samplers(facts.samplers)
            with QSignalBlocker(self.steps), QSignalBlocker(self.eta):
                self.steps.setMaximum(facts.timesteps)
                if not self.eta.property("touched"):
                    self.eta.setValue(facts.eta)
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
        row = self.sampler_info()
        if self.model.chosen is None or row is None:
            return None
        for field in (self.steps, self.eta, self.seed, self.count):
            field.interpretText()  # what is typed but not yet entered counts
        return SamplerRequest(
            choice=self.model.chosen,
            weights="ema" if self.model.chosen.origin is Origin.TRAINING else str(self.weights.currentData()),
            sampler=row.name,
            steps=self.steps.value(),
            eta=self.eta.value() if row.takes_eta else None,
            seed=self.seed.value(),
            count=self.count.value(),
        )

    def weights_name(self) -> str:
        """The wished weights: "ema" or "raw"."""
        return str(self.weights.currentData())

    def sampler_info(self) -> SamplerInfo | None:
        """The chosen sampler."""
        rows = self._facts.samplers if self._facts is not None else ()
        return next((row for row in rows if row.name == self.sampler.currentData()), None)

    # --- words ---------------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set all words."""
        captions = {
            "sampler": self.tr("Sampler"),
            "steps": self.tr("Steps"),
            "eta": "η",
            "seed": self.tr("Seed"),
            "count": self.tr("Pictures"),
        }
        for name, caption in captions.items():
            self._captions[name].setText(caption)
        names = {
            self.weights: self.tr("Weights"),
            self.sampler: self.tr("Sampler"),
            self.steps: self.tr("Steps"),
            self.eta: self.tr("η, the share of noise"),
            self.seed: self.tr("Seed"),
            self.count: self.tr("Pictures"),
            self.generate: self.tr("Generate"),
            self.cancel: self.tr("Cancel"),
        }
        for widget, name in names.items():
            widget.setAccessibleName(name)
        self.weights.setToolTip(
            self.tr(
                "EMA: the average of the weights over the last steps of training, which gives calmer pictures. "
                "Raw: the weights as the last step left them."
            )
        )
        self.seed.setToolTip(self.tr("The same seed with the same settings always gives the same pictures."))
        self.dice.describe(self.tr("Another seed"))
        self.copy.describe(self.tr("Copy the seed"))
        self.count.setToolTip(
            self.tr("How many pictures at once, 1 to {most}. Each starts from the same noise at any number.").format(
                most=MOST_PICTURES
            )
        )
        self.generate.setText(self.tr("Generate"))
        # Wide enough for both from the start, so that nothing moves when the work begins.
        words = (self.generate.text(), self._progress_words(88, 88), self._progress_words(100, 100))
        widest = max(self.cancel.fontMetrics().horizontalAdvance(text) for text in words)
        self._action.setFixedWidth(widest + ACTION_MARGIN_PX)
        self.cancel.setToolTip(self.tr("Stop here and keep the steps that are done"))
        kept = self.weights.currentData() or "ema"
        with QSignalBlocker(self.weights):
            self.weights.clear()
            self.weights.addItem(self.tr("EMA"), "ema")
            self.weights.addItem(self.tr("Raw"), "raw")
            self.weights.setCurrentIndex(self.weights.findData(kept))
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field ends its editing; the room must not take it for its own."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def _fill_samplers(self, rows: tuple[SamplerInfo, ...]) -> None:
        kept = self.sampler.currentData()
        with QSignalBlocker(self.sampler):
            self.sampler.clear()
            for row in rows:
                self.sampler.addItem(row.title, row.name)
                self.sampler.setItemData(self.sampler.count() - 1, row.paper, Qt.ItemDataRole.ToolTipRole)
            position = self.sampler.findData(kept if kept is not None else "ddim")
            self.sampler.setCurrentIndex(max(0, position))

    def _refresh(self) -> None:
        """Bring what can be done, and why not, up to date."""
        row = self.sampler_info()
        working = self._working is not None
        self._action.setCurrentWidget(self.cancel if working else self.generate)
        if self._working is not None:
            self.cancel.setText(self._progress_words(*self._working))
        self.generate.setEnabled(row is not None)
        why = self.tr("Choose a model first.")
        self.generate.setToolTip(self.tr("Make pictures with these settings (G)") if row is not None else why)
        training = self.model.chosen is not None and self.model.chosen.origin is Origin.TRAINING
        self.weights.setEnabled(self.model.chosen is not None and not training)
        self.sampler.setEnabled(row is not None)
        self.sampler.setToolTip(why if row is None else row.paper)
        self.steps.setToolTip(self._steps_tip())
        self.eta.setEnabled(row is not None and row.takes_eta)
        if row is None or row.takes_eta:
            tip = self.tr("η: 0 adds no noise after the first, 1 as much as DDPM (Song et al. 2020, eq. 16).")
        else:
            tip = self.tr("{sampler} has no η: the noise it adds is fixed by the schedule.").format(sampler=row.title)
        self.eta.setToolTip(tip)
        self._captions["eta"].setEnabled(self.eta.isEnabled())

    def _progress_words(self, done: int, of: int) -> str:
        """In steps; in per cent where those would not fit the button."""
        if of < 100:
            return self.tr("Cancel  {done} of {of}").format(done=numbers.count(done), of=numbers.count(of))
        return self.tr("Cancel  {share} %").format(share=100 * done // of)

    def _steps_tip(self) -> str:
        limit = numbers.count(self.steps.maximum())
        return self.tr(
            "How many times the network is asked, 1 to {limit}. The time grows with it: {limit} steps take as long as "
            "{times} times {few} steps."
        ).format(limit=limit, times=numbers.count(max(1, self.steps.maximum() // FEW_STEPS)), few=FEW_STEPS)

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

    @Slot(int)
    def _sampler_changed(self) -> None:
        row = self.sampler_info()
        if row is not None and self._facts is not None:
            usual = min(FEW_STEPS, self._facts.timesteps) if row.takes_eta else self._facts.timesteps
            with QSignalBlocker(self.steps):
                self.steps.setValue(self._steps_of.get(row.name, usual))
        self._refresh()
        self.changed.emit()

    @Slot()
    def _field_changed(self) -> None:
        row = self.sampler_info()
        if row is not None:
            self._steps_of[row.name] = self.steps.value()
        if self.sender() is self.eta:
            self.eta.setProperty("touched", True)
        self.changed.emit()

    @Slot()
    def _throw(self) -> None:
        self.seed.setValue(random.randrange(1_000_000))  # noqa: S311 (not a secret)

    @Slot()
    def _copy_seed(self) -> None:
        QGuiApplication.clipboard().setText(str(self.seed.value()))


def _sized(box: IntBox | FloatBox, name: str, width_px: int) -> None:
    box.setObjectName(name)
    box.setFixedSize(width_px, CONTROL_PX)
