"""The learned numbers of a block in a checkpoint: how they are spread, and the running means of their gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ... import numbers
from ...app.theme import CAPTION_PX, sized_font, theme
from ...widgets.panel import caption
from ...widgets.plain import set_tip

if TYPE_CHECKING:
    from core.runs.weight_statistics import Numbers, WeightStatistics

#: The translators' context of the sets' titles.
STATISTICS = "WeightStatistics"
HISTOGRAM_PX = 72


class Histogram(QWidget):
    """Bars over a range of numbers around 0, whose ends are written under them."""

    def __init__(self, name: str, colour: str, of: Numbers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour, self._of = colour, of
        self.setFixedHeight(HISTOGRAM_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        theme().changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bars, a line at 0, the ends."""
        painter = QPainter(self)
        counts, edges = self._of.counts, self._of.edges
        area = QRectF(0, 0, self.width(), self.height() - 16)
        painter.fillRect(QRectF(area.center().x(), 0, 1, area.height()), theme().color("line"))
        top = max(1, int(counts.max(initial=0)))
        pitch = area.width() / max(1, len(counts))
        for number, count in enumerate(counts.tolist()):
            high = max(area.height() * count / top, 1.0 if count else 0.0)
            bar = QRectF(number * pitch, area.bottom() - high, max(1.0, pitch - 1), high)
            painter.fillRect(bar, theme().color(self._colour))
        painter.fillRect(QRectF(0, area.bottom(), area.width(), 1), theme().color("edge"))
        painter.setFont(sized_font(CAPTION_PX))
        painter.setPen(theme().color("muted"))
        foot = QRectF(0, area.bottom() + 1, area.width(), 15)
        ends = (
            (Qt.AlignmentFlag.AlignLeft, _number(float(edges[0]))),
            (
                Qt.AlignmentFlag.AlignRight,
                _number(float(edges[-1])),
            ),
        )
        for side, words in (*ends, (Qt.AlignmentFlag.AlignHCenter, "0")):
            painter.drawText(foot, side, words)


class WeightsPage(QWidget):
    """A histogram for the weights, one for their average, one for each running mean of gradients."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._about = QLabel()
        self._about.setTextFormat(Qt.TextFormat.PlainText)
        self._about.setProperty("muted", True)
        self._about.setWordWrap(True)
        self._lines = QWidget()
        self._column.addWidget(self._about)
        self._column.addWidget(self._lines)
        self._column.addStretch(1)
        self.histograms: tuple[Histogram, ...] = ()  #: what is shown

    @property
    def about(self) -> str:
        """The sentence over it."""
        return self._about.text()

    def show_statistics(self, of: WeightStatistics | None, titles: Mapping[str, str], about: str) -> None:
        """Those of a block; titles: of the sets, in English; about: of which checkpoint, or why there are none."""
        self._about.setText(about)
        lines = QWidget()
        column = QVBoxLayout(lines)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        made = []
        for colour, sets in () if of is None else (("loss", of.weights), ("weight", of.moments)):
            for one in sets:
                title = QCoreApplication.translate(STATISTICS, titles.get(one.name, one.name))
                made.append(Histogram(title, colour, one))
                column.addLayout(self._line(title, one, made[-1]))
        self.histograms = tuple(made)
        self._column.replaceWidget(self._lines, lines)
        self._lines.hide()
        self._lines.deleteLater()
        self._lines = lines

    def _line(self, title: str, of: Numbers, histogram: Histogram) -> QVBoxLayout:
        head = QHBoxLayout()
        label = QLabel(title)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        head.addWidget(label, 1)
        head.addWidget(caption(self.tr("{count} numbers").format(count=numbers.count(of.count))))
        words = self.tr("mean {mean} · σ {std} · ‖·‖ {norm} · {least} to {greatest}")
        values = {name: _number(getattr(of, name)) for name in ("mean", "std", "norm", "least", "greatest")}
        foot = caption(words.format(**values))
        foot.setWordWrap(True)
        set_tip(foot, self.tr("σ: the standard deviation; ‖·‖: the root of the sum of squares; least to greatest"))
        lines = QVBoxLayout()
        lines.setSpacing(2)
        lines.addLayout(head)
        lines.addWidget(histogram)
        lines.addWidget(foot)
        return lines


def _number(value: float) -> str:
    return numbers.figure(value).replace("-", "−")
