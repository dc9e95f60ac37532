"""The quiet rows under the head: classes and guidance for a model that has them, and behind *More* the rest."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from core.beginning import Start

from ..widgets.combo import ElidedCombo
from ..widgets.panel import caption
from ..widgets.plain import set_tip
from .class_row import ClassRow
from .models import ModelFacts, SamplerInfo, SamplerRequest, SpacingInfo
from .start_row import StartRow

SPACING_PX = 160
#: With a mask this samples, whatever is chosen.
FILLS_IN_WITH = "repaint"
#: Each of its steps is gone through about so often.
FILLS_IN_CALLS = 4


class SamplerOptions(QWidget):
    """Spacing, noise, classes, guidance and what the denoising starts from; `complete` puts them into a request."""

    changed = Signal()  #: by a person
    done = Signal()  #: Enter in a field: the keys may go back to the room

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sampler: SamplerInfo | None = None
        self._rows: tuple[SpacingInfo, ...] = ()
        self._wished_spacing = ""
        self._open = False
        self.class_row = ClassRow()
        self.start_row = StartRow()
        self.spacing = ElidedCombo(SPACING_PX, SPACING_PX)
        self.spacing.setObjectName("spacing_choice")
        self.spacing.setAccessibleName(self.tr("Spacing"))
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
        self._caption = caption(self.tr("Spacing"))
        self._caption.setBuddy(self.spacing)
        self._more = QWidget()
        row = QHBoxLayout(self._more)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._caption)
        row.addWidget(self.spacing)
        row.addSpacing(10)
        row.addWidget(self.offset_noise)
        row.addWidget(self.start_row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.class_row)
        column.addWidget(self._more)
        self.spacing.currentIndexChanged.connect(self._spacing_changed)
        self.offset_noise.toggled.connect(self._changed)
        for part in (self.class_row, self.start_row):
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
        self.class_row.set_classes(() if facts is None else facts.classes)
        if facts is not None:
            self._rows = facts.spacings
            self.start_row.set_facts(facts)
            self._fill_spacings()
            self.offset_noise.setVisible(facts.offset_noise_strength > 0)
        self._show_or_hide()

    def set_sampler(self, sampler: SamplerInfo | None) -> None:
        """The chosen sampler, whose own spacing is the usual one."""
        if sampler != self._sampler:
            self._sampler = sampler
            self._fill_spacings()

    def wish_spacing(self, name: str) -> None:
        """What was used at the last start; "" is the sampler's own. Emits nothing."""
        self._wished_spacing = name
        self._fill_spacings()

    def spacing_name(self) -> str:
        """The chosen row of SPACINGS; "" for the sampler's own."""
        return self._wished_spacing

    def complete(self, request: SamplerRequest) -> SamplerRequest:
        """The request of the head with everything that is set here."""
        scale, rescale = self.class_row.scale_and_rescale()
        request = replace(
            request,
            spacing=self._wished_spacing or None,
            offset_noise=self.offset_noise.isChecked(),
            classes=self.class_row.chosen(),
            class_names=self.class_row.chosen_names(),
            guidance_scale=scale,
            guidance_rescale=rescale,
            beginning=self.start_row.beginning(),
        )
        if self.start_row.fills_in:
            return replace(request, sampler=FILLS_IN_WITH, eta=None, spacing=None, calls_per_step=FILLS_IN_CALLS)
        t = request.beginning.t
        # From t there are that many timesteps left, and a sampler cannot take more steps.
        return request if t is None else replace(request, steps=min(request.steps, t + 1))

    def missing(self) -> str:
        """What must be chosen before pictures can be made, as a sentence; "" when nothing."""
        return self.start_row.missing()

    def differs(self) -> bool:
        """Whether something behind *More* is not as usual."""
        plain = not self.offset_noise.isHidden() and not self.offset_noise.isChecked()
        return bool(self._wished_spacing) or plain or self.start_row.chosen is not Start.NOISE

    def _show_or_hide(self) -> None:
        self.setVisible(self._open or not self.class_row.isHidden())

    # --- words ---------------------------------------------------------------------------------------------

    def _fill_spacings(self) -> None:
        titles = {row.name: row.title for row in self._rows}
        own = titles.get(self._sampler.spacing, "") if self._sampler is not None else ""
        with QSignalBlocker(self.spacing):
            self.spacing.clear()
            self.spacing.addItem(self.tr("{spacing} (own)").format(spacing=own) if own else self.tr("Own"), "")
            for row in self._rows:
                self.spacing.addItem(row.title, row.name)
                self.spacing.setItemData(self.spacing.count() - 1, row.paper, Qt.ItemDataRole.ToolTipRole)
            self.spacing.setCurrentIndex(max(0, self.spacing.findData(self._wished_spacing)))
        self._refresh()

    def _refresh(self) -> None:
        fills_in = self.start_row.fills_in
        self.spacing.setEnabled(bool(self._rows) and not fills_in)
        self._caption.setEnabled(self.spacing.isEnabled())
        paper = next((row.paper for row in self._rows if row.name == self._wished_spacing), "")
        tip = self.tr(
            "Which of the timesteps are kept when there are fewer steps than T: evenly in t, closer together towards "
            "the picture, or evenly in the logarithm of the signal-to-noise ratio. Own is what suits the sampler."
        )
        if fills_in:
            tip = self.tr("With a mask the timesteps are RePaint's.")
        elif not self._rows:
            tip = self.tr("Choose a model first.")
        elif paper:
            tip += f" {paper}"
        set_tip(self.spacing, tip)

    # --- what the person does ------------------------------------------------------------------------------

    @Slot(int)
    def _spacing_changed(self) -> None:
        self._wished_spacing = str(self.spacing.currentData() or "")
        self._changed()

    @Slot()
    def _changed(self) -> None:
        self._refresh()
        self.changed.emit()
