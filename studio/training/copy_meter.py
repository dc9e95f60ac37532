"""How near the samples of a step are to the training pictures: one line, and each sample beside its nearest picture."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from core.runs.copies_file import Copies

from .. import numbers
from ..app.theme import set_look
from ..widgets.elided import ElidedLabel
from ..widgets.plain import set_tip

#: Between a sample and its nearest picture, as a part of a picture's width; 1 px at least.
_GAP_PART = 24
#: Distances that differ by less than this part are the same in words.
_SAME_PART = 0.05


class CopyMeterRow(QWidget):
    """How many samples are copies, and how far all are; a button for the pairs. Hidden while nothing is known."""

    pairs_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.words = ElidedLabel()
        self.words.setObjectName("copies")
        set_look(self.words, caption=True)
        row.addWidget(self.words, 1)
        self.pairs = QPushButton(self.tr("Nearest"))
        self.pairs.setObjectName("nearest_pairs")
        self.pairs.setCheckable(True)
        self.pairs.setAccessibleName(self.tr("Show each sample beside its nearest training picture"))
        set_tip(self.pairs, self.pairs.accessibleName())
        self.pairs.toggled.connect(self.pairs_toggled)
        row.addWidget(self.pairs, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def show_copies(self, copies: Copies | None) -> None:
        """Say what was measured; None: nothing was, of this step."""
        self.setVisible(copies is not None)
        if copies is None:
            return
        count, of = int(copies.are_copies.sum()), len(copies.names)
        text = self.tr("Copies: {n} of {of}").format(n=numbers.count(count), of=numbers.count(of))
        far = self._far(copies)
        set_look(self.words, caption=True, tone="warning" if count else None)
        self.words.setText(f"{text} · {far}" if far else text)
        self.words.set_tip(self._tip(copies))
        self.words.setAccessibleDescription(self._tip(copies))

    def _far(self, copies: Copies) -> str:
        """How far the samples are from the training pictures, beside pictures that nobody copied."""
        relative = copies.relative
        if not math.isfinite(relative):
            return ""
        if abs(math.log(max(relative, 1e-9))) < _SAME_PART:
            words = self.tr("as far as held-out pictures") if copies.held_out else self.tr("as far as other pictures")
        elif copies.held_out:
            words = self.tr("{n} times as far as held-out pictures")
        else:
            words = self.tr("{n} times as far as other pictures")
        return words.format(n=numbers.figure(relative, 2))

    def _tip(self, copies: Copies) -> str:
        parts = [
            self.tr(
                "A copy is nearer to one training picture than a third of its mean distance to the 50 nearest (Yoon et "
                "al. 2023; Carlini et al. 2023, arXiv 2301.13188)."
            ),
            self.tr(
                "How far all samples are from the training pictures is compared with how far held-out pictures are."
            )
            if copies.held_out
            else self.tr(
                "How far all samples are from the training pictures is compared with how far these are from each "
                "other, as none are held out."
            ),
            self.tr("A held-out loss that rises does not prove copying (arXiv 2603.13419); near samples do."),
        ]
        if copies.looked_at < copies.pictures:
            words = self.tr("{n} of {of} training pictures were looked at, from all over the set.")
            parts.append(words.format(n=numbers.count(copies.looked_at), of=numbers.count(copies.pictures)))
        return "\n\n".join(parts)

    def tips(self, copies: Copies) -> list[str]:
        """What the tooltip of each pair says, in the order of `pairs_of`."""
        words = self.tr("Left the sample, right {name}: {ratio} of the mean distance to the nearest")
        return [
            words.format(name=copies.names[place], ratio=numbers.figure(float(copies.ratios[place]), 2))
            for place in order_of(copies)
        ]


def order_of(copies: Copies) -> list[int]:
    """The samples, the most like a training picture first."""
    return [int(place) for place in np.argsort(copies.ratios, kind="stable")]


def pairs_of(images: NDArray[np.uint8], copies: Copies) -> NDArray[np.uint8]:
    """(N, H, 2·W + gap, C): each sample at the left of its nearest training picture, the most alike first."""
    order = order_of(copies)
    count, height, width, channels = images.shape
    gap = np.full((count, height, max(1, width // _GAP_PART), channels), 128, np.uint8)
    return np.concatenate([images[order], gap, copies.nearest[order]], axis=2)
