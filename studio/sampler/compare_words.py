"""What differs between two generations, in the words of the window: a short table, the rest in a tooltip."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from core.catalogue import OBJECTIVES, PRECISIONS, SCHEDULES, SPACINGS, Table
from core.comparison import differing
from core.errors import showable

from .. import numbers
from ..app.messages import row_text
from ..app.theme import CAPTION_PX, sized_font
from ..widgets.badge import Badge
from ..widgets.elided import ElidedLabel
from ..widgets.panel import caption
from ..widgets.plain import set_tip
from ..widgets.symbols import Symbol
from .kept import sampler_words, value_words

#: A value has the room that the longest one needs, within these; what is longer is cut, and whole in its tooltip.
LEAST_VALUE_PX, MOST_VALUE_PX = 48, 84
#: Rows that are shown.
MOST_DIFFERING = 6
#: Settings whose values are rows of the catalogue, which has their titles.
TITLED: Mapping[str, Table[Any]] = {
    "spacing": SPACINGS,
    "precision": PRECISIONS,
    "beta_schedule": SCHEDULES,
    "objective": OBJECTIVES,
}


class WhatDiffers(QWidget):
    """A row for each setting that is not the same of A and of B."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 0, 0, 4)
        self.grid.setHorizontalSpacing(4)
        self.grid.setVerticalSpacing(3)
        self.grid.setColumnStretch(0, 1)

    def tell(self, a: Mapping[str, object] | None, b: Mapping[str, object] | None) -> None:
        """The settings of both; None where there is none: nothing is told."""
        while (item := self.grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if a is None or b is None:
            return
        self.grid.addWidget(Symbol(self.tr("What differs"), semibold=True), 0, 0, 1, 3)
        for column, letter in enumerate(("A", "B"), 1):
            self.grid.addWidget(Badge(letter), 1, column, Qt.AlignmentFlag.AlignHCenter)
        rows = list(differing(a, b).items())
        if not rows:
            self.grid.addWidget(caption(self.tr("nothing")), 1, 0)
        names = self._names()
        shown = [(name, *(self._value(name, value) for value in values)) for name, values in rows[:MOST_DIFFERING]]
        measure = QFontMetricsF(sized_font(CAPTION_PX))
        widest = max((measure.horizontalAdvance(words) for _, *both in shown for words in both), default=0.0)
        value_px = min(max(LEAST_VALUE_PX, math.ceil(widest) + 2), MOST_VALUE_PX)
        for row, (name, *values) in enumerate(shown, 2):
            for column, words in enumerate((names.get(name, showable(name, 60)), *values)):
                label = ElidedLabel(words)
                label.setProperty("caption", True)
                if column:
                    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
                    label.setFixedWidth(value_px)
                else:  # all that the values leave: the heading, which is of a fixed width, would keep the column narrow
                    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
                self.grid.addWidget(label, row, column)
        if len(rows) > MOST_DIFFERING:
            rest = caption(self.tr("and {n} more").format(n=numbers.count(len(rows) - MOST_DIFFERING)))
            told = self.tr("{name}: {a} in A, {b} in B")
            lines = [
                told.format(
                    name=names.get(name, showable(name, 60)), a=self._value(name, one), b=self._value(name, two)
                )
                for name, (one, two) in rows[MOST_DIFFERING:]
            ]
            set_tip(rest, "\n".join(lines))
            self.grid.addWidget(rest, MOST_DIFFERING + 2, 0, 1, 3)

    def _value(self, name: str, value: object) -> str:
        """A setting's value as the window says it where it is chosen."""
        titles = {
            "ema": self.tr("EMA"),
            "raw": self.tr("raw"),
            "inpaint": self.tr("filled in"),
            "image_to_image": self.tr("from a picture"),
            "interpolate": self.tr("between two"),
        }
        match value:
            case None:
                return "–"
            case bool():
                return self.tr("yes") if value else self.tr("no")
            case str() if name in ("sampler", "fork_sampler"):
                return sampler_words({"sampler": value})
            case str() if name in TITLED and value in TITLED[name]:
                return row_text(TITLED[name][value].title)
            case str() if name in ("weights", "guide_weights", "edit"):
                return titles.get(value, showable(value, 60))
            case [int(height), int(width)] if name == "image_size":
                return numbers.sides(height, width)
            case list() | tuple() if not any(isinstance(each, (list, tuple, dict)) for each in value):
                return showable(", ".join("–" if each is None else str(each) for each in value), 60)
        return value_words({name: value}, name)

    def _names(self) -> dict[str, str]:
        return {
            "model": self.tr("model"),
            "model_step": self.tr("step"),
            "weights": self.tr("weights"),
            "sampler": self.tr("sampler"),
            "sample_steps": self.tr("steps"),
            "spacing": self.tr("spacing"),
            "times": self.tr("timesteps"),
            "seed": self.tr("seed"),
            "count": self.tr("pictures"),
            "timesteps": "T",
            "image_size": self.tr("size"),
            "eta": "η",
            "classes": self.tr("classes"),
            "condition": self.tr("condition"),
            "guidance_scale": self.tr("guidance"),
            "guidance_rescale": self.tr("rescale"),
            "guide": self.tr("guide"),
            "guide_weights": self.tr("guide's weights"),
            "guide_step": self.tr("guide's step"),
            "guide_scale": self.tr("guide scale"),
            "precision": self.tr("precision"),
            "offset_noise_strength": self.tr("offset noise"),
            "beta_schedule": self.tr("schedule"),
            "objective": self.tr("objective"),
            "edit": self.tr("start"),
            "start": self.tr("start pictures"),
            "mask": self.tr("mask"),
            "at_t": self.tr("noised to t"),
            "mix": "λ",
            "fork_of": self.tr("earlier forks"),
            "fork_at": self.tr("fork at step"),
            "fork_t": self.tr("fork at t"),
            "fork_seed": self.tr("fork: seed"),
            "fork_eta": self.tr("fork: η"),
            "fork_classes": self.tr("fork: classes"),
            "fork_guidance_scale": self.tr("fork: guidance"),
            "fork_guidance_rescale": self.tr("fork: rescale"),
            "fork_sampler": self.tr("fork: sampler"),
            "fork_steps": self.tr("fork: steps"),
            "fork_painted": self.tr("fork: painted"),
            "fork_held": self.tr("fork: paint held for"),
            "fork_mask": self.tr("fork: mask"),
        }
