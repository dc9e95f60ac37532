"""The quiet rows under the head: classes and guidance for a model that has them, and behind *More* the rest."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from core.beginning import Start
from core.catalogue import PRECISIONS, SAMPLERS
from core.errors import SamplingError
from core.settings import USUAL_GUIDE_SCALE

from .. import numbers
from ..app.messages import error_text, row_text, row_tip
from ..app.theme import CONTROL_PX
from ..widgets.chips import ChipField
from ..widgets.controls import ElidedCombo
from ..widgets.number import FloatBox
from ..widgets.panel import caption
from ..widgets.plain import plain_tip, set_name, set_tip
from .condition_row import ConditionRow
from .models import FILLS_IN_WITH, ModelChoice, ModelFacts, SamplerInfo, SamplerRequest, SpacingInfo
from .start_row import StartRow

# --- The classes of the chosen model as chips, and how strongly they are followed; hidden for a model without
# classes.

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


# --- A worse model that the pictures go away from, and how far ---------------------------------------------

GUIDE_PX = 160


def _named(guide: ModelChoice | None) -> dict[str, object]:
    """What a guide is remembered by."""
    return {} if guide is None else {"name": guide.name, "step": guide.step}


class GuideRow(QWidget):
    """Which earlier checkpoint of the run guides, and its scale."""

    changed = Signal()  #: by a person
    done = Signal()  #: Enter in a field: the keys may go back to the room

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen: ModelChoice | None = None
        self._guides: tuple[ModelChoice, ...] = ()
        self.remembered: dict[str, object] = {}  #: the name and step of the guide that was chosen last; empty: none
        self.guide = ElidedCombo(GUIDE_PX, GUIDE_PX)
        self.guide.setObjectName("guide_choice")
        self.guide.setAccessibleName(self.tr("Guide"))
        self.scale = FloatBox(1.0, MOST_GUIDANCE, USUAL_GUIDE_SCALE, decimals=1)
        self.scale.setObjectName("guide_scale")
        self.scale.setAccessibleName(self.tr("Guide scale"))
        self.scale.setSingleStep(0.5)
        self.scale.setFixedSize(52, CONTROL_PX)
        self._captions = caption(self.tr("Guide")), caption(self.tr("Scale"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for words, field in zip(self._captions, (self.guide, self.scale), strict=True):
            words.setBuddy(field)
            row.addWidget(words)
            row.addWidget(field)
        row.addStretch(1)
        self.guide.currentIndexChanged.connect(self._guide_changed)
        self.scale.valueChanged.connect(self.changed)
        self.scale.lineEdit().returnPressed.connect(self.done)
        self._fill()

    def set_guides(self, guides: tuple[ModelChoice, ...]) -> None:
        """The checkpoints to choose from, newest first; the chosen one stays while it is among them. Emits nothing."""
        if guides != self._guides:
            self._guides = guides
            # One that was chosen comes back with its run, after a restart too.
            self._chosen = next((choice for choice in guides if _named(choice) == self.remembered), None)
            self._fill()

    @property
    def guides(self) -> tuple[ModelChoice, ...]:
        """The checkpoints to choose from."""
        return self._guides

    def choose(self, guide: ModelChoice | None) -> None:
        """Take one of them, or none. Emits nothing."""
        self._chosen = guide
        self.remembered = _named(guide)
        self._fill()

    def set_scale(self, scale: float) -> None:
        """Take a remembered value. Emits nothing."""
        with QSignalBlocker(self.scale):
            self.scale.setValue(scale)

    def guide_and_scale(self) -> tuple[ModelChoice | None, float]:
        """As it holds: (None, 1) where no guide is chosen, or would not be asked."""
        self.scale.interpretText()
        scale = self.scale.value()
        return (None, 1.0) if self._chosen is None or scale == 1 else (self._chosen, scale)

    def _fill(self) -> None:
        with QSignalBlocker(self.guide):
            self.guide.clear()
            self.guide.addItem(self.tr("None"), None)
            for choice in self._guides:
                self.guide.addItem(self.tr("Step {step}").format(step=numbers.count(choice.step or 0)), choice)
            at = self._guides.index(self._chosen) + 1 if self._chosen is not None else 0
            self.guide.setCurrentIndex(at)
        self._refresh()

    def _refresh(self) -> None:
        """Bring what can be done, and why not, up to date."""
        self.guide.setEnabled(bool(self._guides))
        self.scale.setEnabled(self._chosen is not None)
        for words, field in zip(self._captions, (self.guide, self.scale), strict=True):
            words.setEnabled(field.isEnabled())
        guide = self.tr(
            "A worse model that the pictures go away from, so that what is wrong in both is left behind: an earlier "
            "checkpoint of the same run. Each step then asks a second network (Karras et al. 2024, arXiv 2406.02507)."
        )
        scale = self.tr(
            "How far the pictures go away from the guide: 1 as the model alone has them, up to {most} further and less "
            "varied."
        ).format(most=numbers.figure(MOST_GUIDANCE))
        if not self._guides:
            guide = self.tr(
                "There is no earlier checkpoint of this model's run. How many a run keeps, and how often it saves one, "
                "stands in its settings."
            )
        set_tip(self.guide, guide)
        set_tip(self.scale, scale if self._chosen is not None else self.tr("Choose a guide first."))

    @Slot(int)
    def _guide_changed(self) -> None:
        self._chosen = self.guide.currentData()
        self.remembered = _named(self._chosen)
        self._refresh()
        self.changed.emit()


# --- options ---------------------------------------------------------------------------------------------

SPACING_PX = 160
PRECISION_PX = 76
#: In the order of the list: float32 is the same everywhere.
PRECISION_NAMES = ("off", "auto", "bf16", "fp16")
FIT_MARGIN_PX = 24
#: With more steps there is little to gain (`core.samplers.fit_steps.MOST_STEPS`, which loads torch).
MOST_FITTED = 20
#: A row of strengths, where the chosen sampler remembers predictions.
STRENGTHS_WITH = "ddim"


class SamplerOptions(QWidget):
    """Spacing, noise, classes, guidance and what the denoising starts from; `complete` puts them into a request."""

    changed = Signal()  #: by a person
    done = Signal()  #: Enter in a field: the keys may go back to the room
    fit_wished = Signal()
    fit_cancel_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sampler: SamplerInfo | None = None
        self._facts: ModelFacts | None = None
        self._steps = 0
        self._fitting: float | None = None
        self._rows: tuple[SpacingInfo, ...] = ()
        self._wished_spacing = ""
        self._open = False
        self.class_row = ClassRow()
        self.condition_row = ConditionRow()
        self.spacing = ElidedCombo(SPACING_PX, SPACING_PX)
        self.spacing.setObjectName("spacing_choice")
        self.spacing.setAccessibleName(self.tr("Spacing"))
        self.fit = QPushButton()
        self.fit.setObjectName("fit_steps")
        self.fit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        words = self.fit.fontMetrics().horizontalAdvance
        widest = max(words(self.tr("Fit steps")), words(self._cancel_words(1.0)))
        self.fit.setFixedSize(widest + FIT_MARGIN_PX, CONTROL_PX)
        self.offset_noise = QCheckBox(self.tr("Offset noise"))
        set_tip(
            self.offset_noise,
            self.tr(
                "This model was trained with offset noise. On: sampling draws its noise likewise, so that dark and "
                "bright pictures are as frequent as in training. Off: plain noise, as denoising-diffusion-pytorch "
                "has it; then the pictures differ less in brightness."
            ),
        )
        self.offset_noise.setObjectName("sampler_offset_noise")
        self.offset_noise.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.offset_noise.setChecked(True)
        self.offset_noise.hide()
        self.guide_row = GuideRow()
        self.precision = ElidedCombo(PRECISION_PX, PRECISION_PX)
        self.precision.setObjectName("sampler_precision")
        for name in PRECISION_NAMES:
            self.precision.addItem(row_text(PRECISIONS[name].title), name)
            self.precision.setItemData(
                self.precision.count() - 1, plain_tip(row_tip(PRECISIONS[name])), Qt.ItemDataRole.ToolTipRole
            )
        set_name(
            self.precision,
            self.tr("Precision"),
            self.tr(
                "What the network computes in. Full: float32, the same pictures everywhere. Auto: what is faster here, "
                "on a CPU measured once for a model and a number of pictures; the pictures differ a little, and say it."
            ),
        )
        self.start_row = StartRow()
        self._caption = caption(self.tr("Spacing"))
        self._caption.setBuddy(self.spacing)
        self._more = QWidget()
        lines = QVBoxLayout(self._more)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(6)
        lines.addLayout(row)
        row.addWidget(self._caption)
        row.addWidget(self.spacing)
        row.addWidget(self.fit)
        row.addSpacing(10)
        row.addWidget(self.offset_noise)
        row.addWidget(self.guide_row)
        row.addSpacing(10)
        words_of_precision = caption(self.tr("Precision"))
        words_of_precision.setBuddy(self.precision)
        row.addWidget(words_of_precision)
        row.addWidget(self.precision)
        row.addStretch(1)
        lines.addWidget(self.start_row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.condition_row)
        column.addWidget(self.class_row)
        column.addWidget(self._more)
        self.spacing.currentIndexChanged.connect(self._spacing_changed)
        self.fit.clicked.connect(self._fit_clicked)
        self.offset_noise.toggled.connect(self._changed)
        self.precision.currentIndexChanged.connect(self._changed)
        for part in (self.class_row, self.condition_row, self.start_row, self.guide_row):
            part.changed.connect(self._changed)
            part.done.connect(self.done)
        self.set_open(False)
        self._fill_spacings()

    # --- what is set ---------------------------------------------------------------------------------------

    def set_open(self, opened: bool) -> None:
        """Show what is behind *More*."""
        self._open = opened
        self._more.setVisible(opened)
        self._show_or_hide()

    @property
    def is_open(self) -> bool:
        """Whether what is behind *More* is shown."""
        return self._open

    def set_facts(self, facts: ModelFacts | None) -> None:
        """What the chosen model is; None while it is not read."""
        self._facts = facts
        self.class_row.set_classes(() if facts is None else facts.classes)
        self.condition_row.set_facts(facts)
        if facts is not None:
            self._rows = facts.spacings
            self.start_row.set_facts(facts)
            self._fill_spacings()
            self.offset_noise.setVisible(facts.offset_noise_strength > 0)
        self._show_or_hide()
        self._refresh()

    def set_sampler(self, sampler: SamplerInfo | None, steps: int) -> None:
        """The chosen sampler, whose own spacing is the usual one where no timesteps were fitted for so many steps."""
        if (sampler, steps) != (self._sampler, self._steps):
            self._sampler, self._steps = sampler, steps
            self._fill_spacings()

    def set_fitting(self, share: float | None) -> None:
        """Steps are being fitted: how much is done, 0 … 1; None: not."""
        self._fitting = share
        self._refresh()

    def _fitted(self) -> tuple[int, ...] | None:
        """The timesteps that were fitted for what is chosen; they begin with noise."""
        if self._facts is None or self._sampler is None or self.start_row.chosen is not Start.NOISE:
            return None
        return self._facts.fitted.get((self._sampler.name, self._steps))

    def wish_spacing(self, name: str) -> None:
        """What was used at the last start; "" is the sampler's own. Emits nothing."""
        self._wished_spacing = name
        self._fill_spacings()

    def wish_precision(self, name: str) -> None:
        """What is computed in, by its row's name; nothing for any other. Emits nothing."""
        with QSignalBlocker(self.precision):
            self.precision.setCurrentIndex(max(0, self.precision.findData(name)))

    def precision_name(self) -> str:
        """The chosen row of PRECISIONS."""
        return str(self.precision.currentData())

    def spacing_name(self) -> str:
        """The chosen row of SPACINGS; "" for the sampler's own."""
        return self._wished_spacing

    def complete(self, request: SamplerRequest) -> SamplerRequest:
        """The request of the head with everything that is set here."""
        scale, rescale = self.class_row.scale_and_rescale()
        guide, guide_scale = self.guide_row.guide_and_scale()
        condition, condition_from = self.condition_row.chosen()
        request = replace(
            request,
            spacing=self._wished_spacing or None,
            times=None if self._wished_spacing else self._fitted(),
            offset_noise=self.offset_noise.isChecked(),
            classes=self.class_row.chosen(),
            guidance_scale=scale,
            guidance_rescale=rescale,
            guide=guide,
            guide_scale=guide_scale,
            beginning=self.start_row.beginning(),
            precision=self.precision_name(),
            condition=condition,
            condition_from=condition_from,
        )
        if self.start_row.fills_in:
            return replace(request, sampler=FILLS_IN_WITH, eta=None, spacing=None, calls_per_step=1)
        row = request.beginning.row
        if row:
            request = replace(request, count=len(row))
            if self.start_row.chosen is Start.PICTURE and SAMPLERS[request.sampler].remembers:
                request = replace(request, sampler=STRENGTHS_WITH, eta=0.0, calls_per_step=1)
        t = request.beginning.t
        # From t there are that many timesteps left, and a sampler cannot take more steps.
        return request if t is None else replace(request, steps=min(request.steps, t + 1))

    def missing(self) -> str:
        """What must be chosen before pictures can be made, as a sentence; "" when nothing."""
        return self.condition_row.missing() or self.start_row.missing()

    def differs(self) -> bool:
        """Whether something behind *More* is not as usual."""
        plain = not self.offset_noise.isHidden() and not self.offset_noise.isChecked()
        guided = self.guide_row.guide_and_scale()[0] is not None
        narrow = self.precision_name() != "off"
        return bool(self._wished_spacing) or plain or guided or narrow or self.start_row.chosen is not Start.NOISE

    def _show_or_hide(self) -> None:
        rows = (self.class_row, self.condition_row)
        self.setVisible(self._open or not all(row.isHidden() for row in rows))

    # --- words ---------------------------------------------------------------------------------------------

    def _fill_spacings(self) -> None:
        with QSignalBlocker(self.spacing):
            self.spacing.clear()
            self.spacing.addItem("", "")
            for row in self._rows:
                self.spacing.addItem(row_text(row.title), row.name)
                self.spacing.setItemData(self.spacing.count() - 1, row.paper, Qt.ItemDataRole.ToolTipRole)
            self.spacing.setCurrentIndex(max(0, self.spacing.findData(self._wished_spacing)))
        self._refresh()

    def _refresh(self) -> None:
        fills_in = self.start_row.fills_in
        titles = {row.name: row_text(row.title) for row in self._rows}
        own = titles.get(self._sampler.spacing, "") if self._sampler is not None else ""
        own = self.tr("Fitted") if self._fitted() is not None else own
        self.spacing.setItemText(0, self.tr("{spacing} (own)").format(spacing=own) if own else self.tr("Own"))
        self._tell_fit()
        self.spacing.setEnabled(bool(self._rows) and not fills_in)
        self._caption.setEnabled(self.spacing.isEnabled())
        paper = next((row.paper for row in self._rows if row.name == self._wished_spacing), "")
        tip = self.tr(
            "Which of the timesteps are kept when there are fewer steps than T: evenly in t, closer together towards "
            "the picture, evenly in the logarithm of the signal-to-noise ratio, or in the share of noise (flow). Own "
            "is what suits the sampler, or what Fit steps found for this model and this many steps."
        )
        if fills_in:
            tip = self.tr("With a mask the timesteps are RePaint's.")
        elif not self._rows:
            tip = self.tr("Choose a model first.")
        elif paper:
            tip += f" {paper}"
        set_tip(self.spacing, tip)

    def _cancel_words(self, share: float) -> str:
        return self.tr("Cancel  {share} %").format(share=int(100 * share))

    def _tell_fit(self) -> None:
        """What Fit steps does, or why it cannot."""
        sampler, fitted = self._sampler, self._fitted()
        if self._fitting is not None:
            self.fit.setText(self._cancel_words(self._fitting))
            self.fit.setEnabled(True)
            set_name(self.fit, self.tr("Cancel fitting"), self.tr("Stop here; timesteps that were fitted before stay."))
            return
        why_not = ""
        if self._facts is None or sampler is None:
            why_not = self.tr("Choose a model first.")
        elif self._facts.condition:
            why_not = error_text(SamplingError("sampling.fit-condition"))
        elif self._facts.sha256 is None:
            why_not = error_text(SamplingError("steps.in-training"))
        elif self.start_row.chosen is not Start.NOISE:
            why_not = self.tr("Timesteps are fitted to denoisings that begin with noise.")
        elif sampler.adds_noise:
            why_not = self.tr("{sampler} adds noise at each step: there is no path to keep to.").format(
                sampler=sampler.title
            )
        elif not 2 <= self._steps <= MOST_FITTED:
            why_not = self.tr("Only 2 to {most} steps are fitted: with more there is little to gain.").format(
                most=numbers.count(MOST_FITTED)
            )
        tip = self.tr(
            "Choose the timesteps that suit this model and this many steps: some denoisings are looked at closely, and "
            "the steps are laid where their paths bend (Chen et al. 2024, arXiv 2405.11326). They are kept beside the "
            "checkpoint, and taken from then on where the spacing is the sampler's own."
        )
        if fitted is not None:
            tip += "\n" + self.tr("Fitted: {times}").format(times=", ".join(map(str, fitted)))
        if self._facts is not None and self._facts.why_no_fits:
            tip += "\n" + self._facts.why_no_fits
        self.fit.setText(self.tr("Fit steps"))
        self.fit.setEnabled(not why_not)
        set_name(self.fit, self.tr("Fit steps"), why_not or tip)

    # --- what the person does ------------------------------------------------------------------------------

    @Slot()
    def _fit_clicked(self) -> None:
        if self._fitting is None:
            self.fit_wished.emit()
        else:
            self.fit_cancel_wished.emit()

    @Slot(int)
    def _spacing_changed(self) -> None:
        self._wished_spacing = str(self.spacing.currentData() or "")
        self._changed()

    @Slot()
    def _changed(self) -> None:
        self._refresh()
        self.changed.emit()
