"""Sampler, steps and η: what a sampler takes, with the steps remembered for each."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from core.beginning import INPAINT_STEPS
from core.settings import USUAL_SAMPLER

from .. import numbers
from ..app.theme import CONTROL_PX
from ..widgets.controls import ElidedCombo
from ..widgets.number import FloatBox, IntBox
from ..widgets.panel import caption
from ..widgets.plain import set_tip
from .models import FILLS_IN_WITH, ModelFacts, SamplerInfo

#: Steps that are enough to see what a sampler without added noise does.
FEW_STEPS = 25
#: Least and most.
SAMPLER_PX = (112, 206)
SAMPLER_STRETCH = 1000


class SamplerFields(QWidget):
    """Holds which sampler, in how many steps, with which η."""

    changed = Signal()  #: by a person
    done = Signal()  #: Enter in a field: the keys may go back to the room

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: ModelFacts | None = None
        self._wished = USUAL_SAMPLER
        self._fills_in = False
        #: The steps last used with each sampler, so that switching to and fro loses nothing.
        self.steps_of: dict[str, int] = {}
        self.sampler = ElidedCombo(*SAMPLER_PX)
        self.sampler.setObjectName("sampler_choice")
        self.steps = IntBox(1, 1000, FEW_STEPS)
        self.steps.setObjectName("sampler_steps")
        self.steps.setFixedSize(56, CONTROL_PX)
        self.eta = FloatBox(0.0, 1.0, 0.0)
        self.eta.setObjectName("sampler_eta")
        self.eta.setFixedSize(46, CONTROL_PX)
        self.eta.setSingleStep(0.1)
        for field, name in (
            (self.sampler, self.tr("Sampler")),
            (self.steps, self.tr("Steps")),
            (self.eta, self.tr("η, the share of noise")),
        ):
            field.setAccessibleName(name)
        self._captions: dict[str, QLabel] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        # What the sampler's name does not need lies before the first caption.
        row.addStretch(1)
        for name, field, title in (
            ("sampler", self.sampler, self.tr("Sampler")),
            ("steps", self.steps, self.tr("Steps")),
            ("eta", self.eta, "η"),
        ):
            label = self._captions[name] = caption(title)
            label.setBuddy(field)
            row.addWidget(label)
            row.addWidget(field, SAMPLER_STRETCH if field is self.sampler else 0)
            row.addSpacing(2)
        #: What gives way where there is no room for all.
        self.quiet = tuple(self._captions[name] for name in ("sampler", "steps"))
        self.sampler.currentIndexChanged.connect(self._sampler_changed)
        self.steps.valueChanged.connect(self._steps_changed)
        self.eta.valueChanged.connect(self._eta_changed)
        for field in (self.steps, self.eta):
            field.lineEdit().returnPressed.connect(self.done)
        self._refresh()

    # --- what is set ---------------------------------------------------------------------------------------

    def set_facts(self, facts: ModelFacts | None) -> None:
        """What the chosen model is; None while it is not read."""
        self._facts = facts
        if facts is not None:
            self._fill(facts.samplers)
            with QSignalBlocker(self.steps), QSignalBlocker(self.eta):
                self.steps.setMaximum(facts.timesteps)
                if not self.eta.property("touched"):
                    self.eta.setValue(facts.eta)
            self._show_steps()
        self._refresh()

    def set_wishes(self, sampler: str, steps_of: Mapping[str, int]) -> None:
        """What was used at the last start; holds as soon as a model is read. Emits nothing."""
        self._wished, self.steps_of = sampler, dict(steps_of)

    def set_fills_in(self, fills_in: bool) -> None:
        """With a mask there is one way only to sample, with steps of its own."""
        if fills_in != self._fills_in:
            self._fills_in = fills_in
            self._show_steps()
        self._refresh()

    def info(self) -> SamplerInfo | None:
        """The chosen sampler; None without a model."""
        rows = self._facts.samplers if self._facts is not None else ()
        return next((row for row in rows if row.name == self.sampler.currentData()), None)

    def steps_value(self) -> int:
        """How many steps; what is typed but not yet entered counts."""
        self.steps.interpretText()
        return self.steps.value()

    def eta_value(self) -> float | None:
        """η; None where the sampler has none."""
        self.eta.interpretText()
        return self.eta.value() if self.eta.isEnabled() else None

    def _fill(self, rows: tuple[SamplerInfo, ...]) -> None:
        with QSignalBlocker(self.sampler):
            self.sampler.clear()
            for row in rows:
                self.sampler.addItem(row.title, row.name)
                self.sampler.setItemData(self.sampler.count() - 1, row.paper, Qt.ItemDataRole.ToolTipRole)
            self.sampler.setCurrentIndex(max(0, self.sampler.findData(self._wished)))

    def _show_steps(self) -> None:
        row = self.info()
        if row is not None:
            name, usual = (FILLS_IN_WITH, INPAINT_STEPS) if self._fills_in else (row.name, row.usual_steps)
            with QSignalBlocker(self.steps):
                self.steps.setValue(self.steps_of.get(name, usual))

    # --- words ---------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Bring what can be done, and why not, up to date."""
        row = self.info()
        with_mask = self.tr("With a mask there is one sampler: RePaint, in DDPM's steps (Lugmayr et al. 2022).")
        self.sampler.setEnabled(row is not None and not self._fills_in)
        for place, each in enumerate(self._facts.samplers if self._facts is not None else ()):
            chosen = place == self.sampler.currentIndex()
            self.sampler.setItemText(place, "RePaint" if chosen and self._fills_in else each.title)
        if row is None:
            set_tip(self.sampler, self.tr("Choose a model first."))
        else:
            set_tip(self.sampler, with_mask if self._fills_in else f"{row.title}: {row.paper}")
        set_tip(self.steps, self._steps_tip())
        self.eta.setEnabled(row is not None and row.takes_eta and not self._fills_in)
        if self._fills_in:
            tip = with_mask
        elif row is None or row.takes_eta:
            tip = self.tr("η: 0 adds no noise after the first, 1 as much as DDPM (Song et al. 2020, eq. 16).")
        else:
            tip = self.tr("{sampler} has no η: whether and how much noise it adds is fixed.").format(sampler=row.title)
        set_tip(self.eta, tip)
        self._captions["sampler"].setEnabled(self.sampler.isEnabled())
        self._captions["eta"].setEnabled(self.eta.isEnabled())

    def _steps_tip(self) -> str:
        limit, row = self.steps.maximum(), self.info()
        tip = self.tr("1 to {limit}. The time grows with it: {limit} steps take as long as {times} times {few} steps.")
        tip = tip.format(limit=numbers.count(limit), times=numbers.count(max(1, limit // FEW_STEPS)), few=FEW_STEPS)
        if row is not None and row.calls_per_step > 1:
            asks = self.tr("{sampler} asks the network {calls} times in a step.")
            tip += " " + asks.format(sampler=row.title, calls=row.calls_per_step)
        return tip

    # --- what the person does ------------------------------------------------------------------------------

    @Slot(int)
    def _sampler_changed(self) -> None:
        self._wished = str(self.sampler.currentData())
        self._show_steps()
        self._refresh()
        self.changed.emit()

    @Slot()
    def _steps_changed(self) -> None:
        row = self.info()
        if row is not None:
            self.steps_of[FILLS_IN_WITH if self._fills_in else row.name] = self.steps.value()
        self.changed.emit()

    @Slot()
    def _eta_changed(self) -> None:
        self.eta.setProperty("touched", True)
        self.changed.emit()
