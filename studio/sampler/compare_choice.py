"""Which two are compared: the head with A and B, and a second run that is like the first but for one setting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from .. import numbers
from ..app.theme import CONTROL_PX
from ..widgets.badge import Badge
from ..widgets.elided import ElidedLabel
from ..widgets.plain import set_name, without_keys
from .kept import how_words, model_words, value_words
from .models import ModelChoice, ModelFacts, SamplerRequest

FEW_AND_MANY = (5, 10, 25, 50, 100, 250)
SCALES = (1.0, 2.0, 3.0, 5.0)


# --- the head ----------------------------------------------------------------------------------------------


class CompareHead(QWidget):
    """Which two are compared; the one that is down takes the next click in the strip."""

    page_chosen = Signal(str)  #: "rows", "wipe" or "checkpoints"

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.slots: dict[str, QToolButton] = {}
        self._words: dict[str, ElidedLabel] = {}
        self._group = QButtonGroup(self)
        for letter in ("A", "B"):
            button = QToolButton()
            button.setObjectName(f"compare_{letter.lower()}")
            button.setCheckable(True)
            button.setProperty("framed", True)
            button.setFixedHeight(CONTROL_PX)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(96)
            button.setMaximumWidth(280)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            inside = QHBoxLayout(button)
            inside.setContentsMargins(2, 0, 8, 0)
            inside.setSpacing(4)
            words = ElidedLabel("")
            for part in (Badge(letter), words):
                part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            inside.addWidget(Badge(letter))
            inside.addWidget(words, 1)
            self._group.addButton(button)
            self.slots[letter], self._words[letter] = button, words
            row.addWidget(button, 1)
        self.slots["B"].setChecked(True)
        row.addStretch(0)  # what A and B leave
        self.wipe, self.checkpoints = QPushButton(self.tr("Wipe")), QPushButton(self.tr("Checkpoints"))
        for page, name, tip in (
            (self.wipe, "compare_wipe", self.tr("Both predictions in one place: drag the line between them")),
            (
                self.checkpoints,
                "compare_checkpoints",
                self.tr("The same noise through the checkpoints of the run: training time against denoising time"),
            ),
        ):
            page.setObjectName(name)
            page.setCheckable(True)
            page.setFixedHeight(CONTROL_PX)
            page.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            set_name(page, page.text(), tip)
            page.toggled.connect(self._toggled)
            row.addWidget(page)
        self.tell(None, None)

    @Slot(bool)
    def _toggled(self, on: bool) -> None:
        """At most one of the two is down."""
        if on:
            (self.checkpoints if self.sender() is self.wipe else self.wipe).setChecked(False)
        grid = self.checkpoints.isChecked()
        for slot in self.slots.values():
            slot.setVisible(not grid)
        self.page_chosen.emit("checkpoints" if grid else "wipe" if self.wipe.isChecked() else "rows")

    @property
    def next_letter(self) -> str:
        """Which one a click in the strip fills."""
        return "A" if self.slots["A"].isChecked() else "B"

    def tell(self, a: Mapping[str, object] | None, b: Mapping[str, object] | None) -> None:
        """What A and B are: of the model only what is not the same of both; the tooltips have it whole."""
        models = [[] if each is None else told_model(each) for each in (a, b)]
        same = len(list(takewhile(lambda two: two[0] == two[1], zip(*models, strict=False))))
        for letter, settings, model in zip(("A", "B"), (a, b), models, strict=True):
            short = whole = self.tr("choose one")
            if settings is not None:
                how = how_words({**settings, "eta": None})  # with the seed: η stands below where it differs
                short = ("… " if same else "") + " · ".join([*model[same:], how])
                whole = " · ".join([*model, how])
            self._words[letter].setText(short)
            tip = self.tr("{letter}: {words}. While it is pressed, a click in the strip changes it.")
            set_name(self.slots[letter], f"{letter}: {whole}", tip.format(letter=letter, words=whole))


def told_model(settings: Mapping[str, object]) -> list[str]:
    """ "faces-01", "step 400"."""
    name, model = value_words(settings, "model"), model_words(settings)
    return [part for part in ((name if name != model else ""), model) if part]


# --- the same x_T with … -----------------------------------------------------------------------------------


class Offers(NamedTuple):
    """From what a second run can be made."""

    request: SamplerRequest | None
    facts: ModelFacts | None
    choices: Sequence[ModelChoice]


class SameMenu(QMenu):
    """What a second run may have in the place of one setting, from the same noise."""

    wished = Signal(object)  #: a SamplerRequest

    def __init__(self, ask_offers: Callable[[], Offers], parent: QWidget) -> None:
        super().__init__(parent)
        self._ask_offers = ask_offers
        self.aboutToShow.connect(self._fill)

    @Slot()
    def _fill(self) -> None:
        self.clear()
        request, facts, choices = self._ask_offers()
        if request is None or facts is None:
            self.addAction(self.tr("Choose a model first.")).setEnabled(False)
            return
        samplers = self.addMenu(self.tr("another sampler"))
        for info in facts.samplers:
            if info.name != request.sampler:
                eta = facts.eta if info.takes_eta else None
                changed = {"sampler": info.name, "eta": eta, "calls_per_step": info.calls_per_step, "times": None}
                self._offer(samplers, info.title, replace(request, **changed))  # type: ignore[arg-type]
        steps = self.addMenu(self.tr("other steps"))
        for count in sorted({*FEW_AND_MANY, facts.timesteps}):
            if count != request.steps and count <= facts.timesteps:
                self._offer(steps, numbers.count(count), replace(request, steps=count, times=None))
        models = self.addMenu(self.tr("another checkpoint"))
        for choice in choices:
            if choice != request.choice:
                step = "" if choice.step is None else self.tr("step {step}").format(step=numbers.count(choice.step))
                title = " · ".join(part for part in (choice.name, step) if part)
                self._offer(models, title, replace(request, choice=choice, times=None))
        if request.choice.path is not None:
            raw = request.weights == "ema"
            title = self.tr("the raw weights") if raw else self.tr("the averaged weights (EMA)")
            self._offer(self, title, replace(request, weights="raw" if raw else "ema"))
        if request.classes:
            scales = self.addMenu(self.tr("another guidance"))
            for scale in SCALES:
                if scale != request.guidance_scale:
                    self._offer(scales, numbers.chosen(scale), replace(request, guidance_scale=scale))
        for menu in (samplers, steps, models):
            menu.setEnabled(not menu.isEmpty())

    def _offer(self, menu: QMenu, title: str, request: SamplerRequest) -> None:
        action = QAction(without_keys(title), menu)
        action.setData(request)
        action.triggered.connect(self._chosen)
        menu.addAction(action)

    @Slot()
    def _chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.wished.emit(action.data())
