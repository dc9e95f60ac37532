"""The row over the wells: which model, which sampler, how many steps, from which seed, and Generate."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QSignalBlocker, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QStackedWidget, QToolButton, QWidget

from core.errors import StudioError
from core.inputs import LONGEST_EMA, SHORTEST_EMA, ema_of_length, length_of

from .. import numbers
from ..app.icons import set_accent
from ..app.theme import CONTROL_PX
from ..widgets.controls import IconButton
from ..widgets.form import DOT_PX, Dot
from ..widgets.number import IntBox
from ..widgets.panel import caption
from ..widgets.plain import set_name, set_tip
from ..widgets.slider import Slider, ValueSlider
from .model_combo import ModelCombo
from .models import ModelChoice, ModelFacts, Origin, SamplerRequest
from .sampler_fields import SamplerFields

MOST_PICTURES = 64
LARGEST_SEED = 2**31 - 1  # what a spin box can hold
#: Beside the words of Generate and Cancel.
ACTION_MARGIN_PX = 28
MORE_MARGIN_PX = 22

#: The entry of the weights whose EMA is of a length that is chosen beside it.
LENGTH = "length"
USUAL_LENGTH = 0.05
WEIGHTS_PX, LENGTH_PX = 68, 132
#: A slider that has not moved for so long is where it is to be.
REST_MS = 200
#: Places of the slider to a factor of e.
_PLACES = 40
_LENGTH_ENDS = (math.ceil(_PLACES * math.log(SHORTEST_EMA)), math.floor(_PLACES * math.log(LONGEST_EMA)))


def _length_at(place: int) -> float:
    """The length at a place of the slider, which is logarithmic: two digits of it."""
    return min(max(float(f"{math.exp(place / _PLACES):.2g}"), SHORTEST_EMA), LONGEST_EMA)


def _length_place(length: float, *, up: bool = False) -> int:
    return (math.ceil if up else math.floor)(_PLACES * math.log(length))


def _length_words(place: int) -> str:
    return numbers.chosen(_length_at(place))


def why_no_weights(chosen: ModelChoice | None) -> str:
    """Why there is no choice of weights; "" where there is."""
    if chosen is None:
        return QCoreApplication.translate("SamplerHead", "Choose a model first.")
    if chosen.origin is Origin.TRAINING:
        return QCoreApplication.translate(
            "SamplerHead", "A training gives its averaged weights (EMA) alone; each of its checkpoints has both."
        )
    return ""


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
        self.weights.addItem(self.tr("EMA length…"), LENGTH)
        self._weights_tip = self.tr(
            "EMA: the average of the weights over the last steps of training, which gives calmer pictures. "
            "Raw: the weights as the last step left them. EMA length: an average over more or fewer steps, made of "
            "the snapshots that the run has kept."
        )
        set_name(self.weights, self.tr("Weights"), self._weights_tip)
        self.ema_length = ValueSlider(Slider(*_LENGTH_ENDS, value=_length_place(USUAL_LENGTH)), _length_words)
        self.ema_length.slider.setObjectName("ema_length")
        self.ema_length.slider.setAccessibleName(self.tr("EMA length"))
        self.ema_length.setFixedSize(LENGTH_PX, CONTROL_PX)
        self.ema_length.hide()
        self._length_rests = QTimer(self, singleShot=True, interval=REST_MS)
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
        self._own_count: int | None = None  #: what was wished before a row said how many
        self.set_row(None)
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
        set_name(self.cancel, self.tr("Cancel"), self.tr("Stop here and keep the steps that are done (Esc)"))
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
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        # Chosen with the mouse it leaves the keys to the room; reached with Tab it keeps its arrows.
        self.weights.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.weights.setFixedSize(WEIGHTS_PX, CONTROL_PX)
        self.weights.view().setMinimumWidth(self.weights.view().sizeHintForColumn(0) + WEIGHTS_PX // 2)
        row.addWidget(self.model, 50)
        row.addWidget(self.weights)
        row.addWidget(self.ema_length)
        row.addWidget(self.fields, 100)
        fields: dict[str, tuple[QWidget, ...]] = {
            self.tr("Seed"): (self.seed, self.dice, self.copy),
            self.tr("Pictures"): (self.count,),
        }
        self._quiet: list[QWidget] = [self.copy]
        for title, widgets in fields.items():
            label = caption(title)
            label.setBuddy(widgets[0])
            self._quiet.append(label)
            row.addWidget(label)
            for widget in widgets:
                row.addWidget(widget)
            row.addSpacing(2)
        row.addWidget(self.more)
        row.addWidget(self._action)
        self._quiet += self.fields.quiet

    # --- the room that it has ------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        """Without what gives way."""
        shown = sum(map(self._room, (part for part in self._quiet if not part.isHidden())))
        least = self._row.totalMinimumSize()
        return QSize(least.width() - shown, least.height())

    def _room(self, part: QWidget) -> int:
        return part.minimumSizeHint().width() + self._row.spacing()

    def _give_way(self) -> None:
        """Hide of what gives way, in its order, so much that the rest fits: Generate is never cut off."""
        self.more.setMinimumWidth(self.more.maximumWidth())  # the style sheet has put its own in the place of this one
        needed = self.minimumSizeHint().width() + sum(map(self._room, self._quiet))
        for part in self._quiet:
            part.setVisible(needed <= self.width())
            needed -= self._room(part) if part.isHidden() else 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another choice."""
        super().resizeEvent(event)
        self._give_way()

    def event(self, event: QEvent) -> bool:
        """What stands in the row is wider or narrower by now."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._give_way()
        return done

    def _connect(self) -> None:
        self.model.picked.connect(self._model_picked)
        self.model.open_wished.connect(self.open_wished)
        self.weights.currentIndexChanged.connect(self._weights_changed)
        self.ema_length.moved.connect(self._length_moved)
        self._length_rests.timeout.connect(self.weights_chosen)
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
        if facts is not None:
            self._take_lengths(facts.ema_lengths)
        self._refresh()

    def _take_lengths(self, lengths: tuple[float, float] | None) -> None:
        """Which EMA lengths the model's run can make."""
        model, place = self.weights.model(), self.weights.findData(LENGTH)
        assert isinstance(model, QStandardItemModel)
        model.item(place).setEnabled(lengths is not None)
        none = self.tr("Its run kept no EMA snapshots. Train with EMA lengths on to choose the length afterwards.")
        self.weights.setItemData(place, none if lengths is None else None, Qt.ItemDataRole.ToolTipRole)
        if lengths is None:
            # What was read is its usual EMA.
            if self.weights.currentData() == LENGTH:
                with QSignalBlocker(self.weights):
                    self.weights.setCurrentIndex(self.weights.findData("ema"))
                self.ema_length.hide()
            return
        shortest, longest = lengths
        self.ema_length.slider.setRange(_length_place(shortest, up=True), _length_place(longest))
        words = self.tr("The length of the average as a share of the training, σ_rel: {shortest} to {longest}.").format(
            shortest=numbers.chosen(shortest), longest=numbers.chosen(longest)
        )
        set_tip(self.ema_length.slider, words + " " + self.tr("Short: sharper and less calm. (Karras et al. 2023)"))

    def set_seed_and_count(self, seed: int, count: int) -> None:
        """Take remembered values. Emits nothing."""
        with QSignalBlocker(self.seed), QSignalBlocker(self.count):
            self.seed.setValue(seed)
            if self._own_count is None:
                self.count.setValue(count)
            else:
                self._own_count = count

    def set_row(self, count: int | None) -> None:
        """So many pictures are made in a row, whatever was wished; None: as many as are wished. Emits nothing."""
        tip = self.tr("How many pictures at once, 1 to {most}. Each is the same one at any number.")
        tip = tip.format(most=numbers.count(MOST_PICTURES))
        with QSignalBlocker(self.count):
            if count is not None:
                tip = self.tr("A row has {count} pictures.").format(count=numbers.count(count))
                self._own_count = self.wished_count()
                self.count.setValue(count)
            elif self._own_count is not None:
                self.count.setValue(self._own_count)
                self._own_count = None
        self.count.setEnabled(count is None)
        set_name(self.count, self.tr("Pictures"), tip)

    def wished_count(self) -> int:
        """How many pictures where they are not in a row."""
        return self.count.value() if self._own_count is None else self._own_count

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
            weights=self.model_and_weights()[1],
            sampler=row.name,
            steps=self.fields.steps_value(),
            eta=self.fields.eta_value(),
            seed=self.seed.value(),
            count=self.count.value(),
            calls_per_step=row.calls_per_step,
        )

    def model_and_weights(self) -> tuple[ModelChoice | None, str]:
        """The chosen model, and which of its weights; of one in training there is the average."""
        chosen = self.model.chosen
        return chosen, "ema" if chosen is not None and chosen.origin is Origin.TRAINING else self.weights_name()

    def choose_weights(self, name: str) -> bool:
        """The inverse of `weights_name`: as a person would; whether the model has them, else its usual EMA."""
        try:
            length = length_of(name)
        except StudioError:
            name, length = "", None
        model, place = self.weights.model(), self.weights.findData(LENGTH)
        assert isinstance(model, QStandardItemModel)
        if length is None or not model.item(place).isEnabled():
            self.weights.setCurrentIndex(max(0, self.weights.findData(name)))
            return bool(self.weights.currentData() == name)
        self.ema_length.slider.setValue(round(_PLACES * math.log(length)))
        self.weights.setCurrentIndex(place)
        return self.weights_name() == name

    @property
    def working(self) -> bool:
        """Whether pictures are being made, which can be cancelled."""
        return self._working is not None

    def weights_name(self) -> str:
        """The wished weights: "ema", "raw", or an EMA of a length, "ema-0.08"."""
        name = str(self.weights.currentData())
        return ema_of_length(_length_at(self.ema_length.value())) if name == LENGTH else name

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
        no_weights = why_no_weights(self.model.chosen)
        self.weights.setEnabled(not no_weights)
        set_tip(self.weights, no_weights or self._weights_tip)
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
        self.ema_length.setVisible(self.weights.currentData() == LENGTH)
        self.weights_chosen.emit()
        self.changed.emit()

    @Slot(int)
    def _length_moved(self) -> None:
        if self.weights.currentData() != LENGTH:  # only its ends have moved
            return
        self.changed.emit()
        self._length_rests.start()  # the model is read when the slider rests

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
