"""The learned numbers of a block in a checkpoint: how they are spread, and the running means of their gradients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ... import numbers
from ...app.theme import CAPTION_PX, sized_font, theme
from ...widgets.elided import ElidedLabel
from ...widgets.panel import caption
from ...widgets.plain import set_tip
from .words import shape_text

HISTOGRAM_PX = 56


@dataclass(frozen=True, eq=False)
class Spread:
    """How numbers are spread: (bins + 1,) edges and (bins,) counts."""

    mean: float
    std: float
    least: float
    most: float
    edges: NDArray[np.float64]
    counts: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class WeightRow:
    """One tensor. gradient: of the optimizer's running mean of its gradients; None where none was kept."""

    name: str
    shape: tuple[int, ...]
    weights: Spread
    gradient: Spread | None


class Histogram(QWidget):
    """Bars over a range of numbers, whose ends are written under them."""

    def __init__(self, name: str, colour: str, spread: Spread, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour, self._spread = colour, spread
        self.setFixedHeight(HISTOGRAM_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        words = self.tr("mean {mean}\nstandard deviation {std}\nfrom {least} to {most}")
        values = {key: _number(getattr(spread, key)) for key in ("mean", "std", "least", "most")}
        set_tip(self, f"{name}\n{words.format(**values)}")
        theme().changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bars, a line at 0, the ends."""
        painter = QPainter(self)
        counts, edges = self._spread.counts, self._spread.edges
        area = QRectF(0, 0, self.width(), self.height() - 16)
        painter.fillRect(QRectF(0, area.bottom(), area.width(), 1), theme().color("line"))
        top = max(1, int(counts.max(initial=0)))
        pitch = area.width() / max(1, len(counts))
        for number, count in enumerate(counts.tolist()):
            high = area.height() * count / top
            bar = QRectF(number * pitch, area.bottom() - high, max(1.0, pitch - 0.5), high)
            painter.fillRect(bar, theme().color(self._colour))
        low, high = float(edges[0]), float(edges[-1])
        if low < 0 < high:
            painter.fillRect(QRectF(-low / (high - low) * area.width(), 0, 1, area.height()), theme().color("muted"))
        painter.setFont(sized_font(CAPTION_PX))
        painter.setPen(theme().color("muted"))
        foot = QRectF(0, area.bottom() + 1, area.width(), 15)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, _number(low))
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, _number(high))


class WeightsPage(QWidget):
    """A tensor below the other: its weights at the left, its gradients' running mean at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._about = caption()
        self._about.setWordWrap(True)
        self._lines = QWidget()
        self._column.addWidget(self._about)
        self._column.addWidget(self._lines)
        self._column.addStretch(1)
        self.rows: tuple[WeightRow, ...] = ()  #: what is shown

    def show_rows(self, rows: Sequence[WeightRow], about: str) -> None:
        """The tensors of a block, and a sentence: of which checkpoint, or why there are none."""
        self.rows = tuple(rows)
        self._about.setText(about)
        lines = QWidget()
        column = QVBoxLayout(lines)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        for row in self.rows:
            column.addLayout(self._line(row))
        self._column.replaceWidget(self._lines, lines)
        self._lines.hide()
        self._lines.deleteLater()
        self._lines = lines

    def _line(self, row: WeightRow) -> QVBoxLayout:
        head, bars, feet = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.addWidget(ElidedLabel(row.name, mode=Qt.TextElideMode.ElideMiddle), 1)
        head.addWidget(caption(shape_text(row.shape) if len(row.shape) > 1 else numbers.count(row.shape[0])))
        bars.setSpacing(16)
        feet.setSpacing(16)
        names = (self.tr("weights"), "loss", row.weights), (self.tr("gradients, running mean"), "weight", row.gradient)
        for name, colour, spread in names:
            if spread is None:
                words = caption(self.tr("no gradients are kept"))
                words.setAlignment(Qt.AlignmentFlag.AlignCenter)
                bars.addWidget(words, 1)
                feet.addWidget(caption(""), 1)
                continue
            bars.addWidget(Histogram(name, colour, spread), 1)
            foot = caption(f"{name} · σ {_number(spread.std)}")
            set_tip(foot, self.tr("σ: the standard deviation"))
            feet.addWidget(foot, 1)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        for part in (head, bars, feet):
            lines.addLayout(part)
        return lines


def _number(value: float) -> str:
    return numbers.figure(value).replace("-", "−")
