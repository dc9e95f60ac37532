"""How many pictures there are of each kind: a few lines with a bar and a number each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from .. import numbers
from ..theme import CAPTION_PX, sized_font, theme
from ..widgets.plain import set_tip

LINE_PX = 18
TITLE_PX = 20
#: Labels have so much room at least, and at most their part of the width.
LABEL_PX, LABEL_PART = 88, 0.5
GAP_PX = 8
BAR_PX = 6
#: Kinds beyond these are told in the tooltip, and counted together.
MOST_LINES = 6


class CountBars(QWidget):
    """A title and one line per kind; the bar is the part of all."""

    def __init__(self, title: str, other: str) -> None:
        """other: what the kinds that do not fit are called together."""
        super().__init__()
        self._title, self._other = title, other
        self._rows: list[tuple[str, int]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def show_counts(self, rows: Sequence[tuple[str, int]]) -> None:
        """(what, how many) each."""
        told = "\n".join(f"{label}: {numbers.count(count)}" for label, count in rows)
        set_tip(self, told)
        self.setAccessibleName(self._title)
        self.setAccessibleDescription(told)
        self._rows = list(rows[:MOST_LINES])
        if len(rows) > MOST_LINES:
            rest = sum(count for _, count in rows[MOST_LINES - 1 :])
            self._rows[MOST_LINES - 1 :] = [(self._other, rest)]
        self.updateGeometry()
        self.update()

    def lines(self) -> list[tuple[str, int]]:
        """What is drawn."""
        return list(self._rows)

    def sizeHint(self) -> QSize:
        """As high as its lines."""
        return QSize(LABEL_PX + 120, TITLE_PX + LINE_PX * len(self._rows))

    def minimumSizeHint(self) -> QSize:
        """Room for a name, some bar and a number."""
        return QSize(LABEL_PX + 80, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Title, then label, bar and number in each line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(sized_font(CAPTION_PX))
        metrics, colour = painter.fontMetrics(), theme().color
        painter.setPen(colour("muted"))
        painter.drawText(QRectF(0, 0, self.width(), TITLE_PX), Qt.AlignmentFlag.AlignVCenter, self._title)
        total = sum(count for _, count in self._rows)
        widest = max((metrics.horizontalAdvance(numbers.count(count)) for _, count in self._rows), default=0)
        labels = max((metrics.horizontalAdvance(label) for label, _ in self._rows), default=0)
        label_px = min(max(LABEL_PX, labels), max(LABEL_PX, int(LABEL_PART * self.width())))
        room = max(0, self.width() - label_px - widest - 2 * GAP_PX)
        for line, (label, count) in enumerate(self._rows):
            top = TITLE_PX + line * LINE_PX
            painter.setPen(colour("text"))
            shown = metrics.elidedText(label, Qt.TextElideMode.ElideRight, label_px)
            painter.drawText(QRectF(0, top, label_px, LINE_PX), Qt.AlignmentFlag.AlignVCenter, shown)
            painter.drawText(
                QRectF(0, top, self.width(), LINE_PX),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                numbers.count(count),
            )
            groove = QRectF(label_px + GAP_PX, top + (LINE_PX - BAR_PX) / 2, room, BAR_PX)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("line"))
            painter.drawRoundedRect(groove, BAR_PX / 2, BAR_PX / 2)
            # One picture in a million still shows.
            groove.setWidth(max(2.0, room * count / total) if total else 0)
            painter.setBrush(colour("muted"))
            painter.drawRoundedRect(groove, min(BAR_PX, groove.width()) / 2, min(BAR_PX, groove.width()) / 2)
