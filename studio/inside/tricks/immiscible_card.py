"""Immiscible noise: which noise of the batch each picture gets, as lines between pictures and noises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from core.settings import RunConfig

from ... import numbers
from ...app.theme import CAPTION_PX, sized_font, theme
from ...widgets.legend import LegendEntry
from ...widgets.pixels import draw_picture
from ...widgets.plain import set_tip
from ...widgets.symbols import Symbol, paint_text
from .card import Card, picture
from .told import Traced

MOST_TILE_PX, LEAST_TILE_PX = 64, 28
GAP_PX, LINES_PX, DOT_PX = 8, 48, 3


class PairingView(QWidget):
    """Pictures above, noises below. A click, ← or → chooses a picture."""

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Which noise each picture gets"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._pictures: list[QImage] = []
        self._noises: list[QImage] = []
        self.order: list[int] = []
        self.own = False  #: each noise is one of the picture's own
        self.chosen = 0
        theme().changed.connect(self.update)

    def show_pairs(self, traced: Traced) -> None:
        """Another batch."""
        self._pictures = [picture(values) for values in traced.pictures]
        self._noises = [picture(values, 2) for values in traced.noise]
        self.own = bool(traced.used_candidates)
        self.order = list(range(len(traced.places))) if self.own else traced.pairs.order.tolist()
        self.update()

    def choose(self, place: int) -> None:
        """Which picture is highlighted."""
        self.chosen = place
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Small pictures, and room between the rows."""
        return QSize(8 * LEAST_TILE_PX + 7 * 6, 2 * LEAST_TILE_PX + LINES_PX)

    def sizeHint(self) -> QSize:
        """Larger ones."""
        return QSize(8 * MOST_TILE_PX, 2 * MOST_TILE_PX + 2 * LINES_PX)

    def _columns(self) -> tuple[float, float]:
        """The side of a tile, and from one to the next."""
        count = max(1, len(self._pictures))
        side = min((self.width() - (count - 1) * 6) / count, (self.height() - LINES_PX) / 2, MOST_TILE_PX)
        return side, (self.width() - side) / max(1, count - 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the picture, or the one that got the noise."""
        side, step = self._columns()
        if not self._pictures or event.button() != Qt.MouseButton.LeftButton:
            return
        column = int(np.clip(round((event.position().x() - side / 2) / max(step, 1)), 0, len(self._pictures) - 1))
        below = event.position().y() > self.height() / 2
        if not below:
            self.picked.emit(column)
        elif column in self.order:
            self.picked.emit(self.order.index(column))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """← and → choose the next picture."""
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None or not self._pictures:
            event.ignore()
        else:
            self.picked.emit((self.chosen + by) % len(self._pictures))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Both rows, the lines as drawn and as assigned, and the chosen pair last."""
        if not self._pictures:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side, step = self._columns()
        low = self.height() - side
        for number, (above, below) in enumerate(zip(self._pictures, self._noises, strict=True)):
            left = round(number * step)
            for top, image in ((0.0, above), (low, below)):
                drawn = draw_picture(painter, QRectF(left, top, side, side), image)
                if theme().is_light:
                    painter.setPen(QPen(theme().color("line"), 1))
                    painter.drawRect(drawn.adjusted(0, 0, -1, -1))
        ends = [(QPointF(round(k * step) + side / 2, side + 5), k) for k in range(len(self._pictures))]
        painter.setPen(QPen(theme().color("edge"), 1, Qt.PenStyle.DotLine))
        for end, _ in ends:
            painter.drawLine(end, QPointF(end.x(), low - 5))
        for end, k in sorted(ends, key=lambda each: each[1] == self.chosen):
            self._line(painter, end, k, low, side, step)

    def _line(self, painter: QPainter, start: QPointF, k: int, low: float, side: float, step: float) -> None:
        chosen, to = k == self.chosen, self.order[k]
        colour = theme().color("accent" if chosen else "weight", 255 if chosen else 170)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2.5 if chosen else 1.5))
        if to < 0:  # a noise that is not shown: the line leaves
            end = QPointF(start.x() + 10, start.y() + (low - start.y()) * 0.3)
            painter.drawLine(start, end)
            paint_text(
                painter, QRectF(end.x() + 2, end.y() - 8, 20, 18), "…", sized_font(CAPTION_PX), theme().color("text")
            )
            end = start
        else:
            end, middle = QPointF(round(to * step) + side / 2, low - 5), (start.y() + low - 5) / 2
            path = QPainterPath(start)
            path.cubicTo(QPointF(start.x(), middle), QPointF(end.x(), middle), end)
            painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for dot in (start, end):
            painter.drawEllipse(dot, DOT_PX, DOT_PX)
        if chosen:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 2))
            painter.drawRect(QRectF(round(k * step) + 1, 1, side - 2, side - 2))
            if to >= 0:
                painter.drawRect(QRectF(round(to * step) + 1, low + 1, side - 2, side - 2))


class ImmiscibleCard(Card):
    """The pairs of a batch, how long the ways are before and after, and that x_t holds the noise of its target."""

    picked = Signal(int)  #: one of the shown pictures

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", "", parent)
        self.set_title(self.tr("Immiscible"))
        self._say_how(0)
        self.set_tip(
            self.tr(
                "The noises of a batch are shared out among its pictures so that the sum of the distances ‖x_0 − ε‖ is "
                "the least (linear assignment), before x_t and the target are made (Li et al. 2024, arXiv 2406.12303)."
            )
        )
        self.view = PairingView()
        self.view.picked.connect(self.picked)
        set_tip(
            self.view,
            self.tr(
                "Above the pictures, below the noises. A line that ends in … leads to a noise of the batch that is not "
                "among those shown."
            ),
        )
        self.column.addWidget(self.view, 1)
        row = QHBoxLayout()
        row.setSpacing(16)
        self.before, self.after = LegendEntry("dash", "edge"), LegendEntry("line", "weight")
        self.pair = Symbol("", size_px=CAPTION_PX, colour="accent")
        row.addWidget(self.before)
        row.addWidget(self.after)
        row.addStretch(1)
        row.addWidget(self.pair)
        self.column.addLayout(row)
        self._traced: Traced | None = None

    def _say_how(self, candidates: int) -> None:
        if candidates:
            words = self.tr("Every picture takes the nearest of {count} noises of its own, so that paths cross less.")
        else:
            words = self.tr("Every picture gets the noise of the batch that lies nearest, so that paths cross less.")
        self.sentence.setText(words.format(count=numbers.count(candidates)))

    def is_on(self, config: RunConfig) -> bool:
        """Whether settings have it."""
        return config.diffusion.immiscible

    def changes(self, on: bool) -> Mapping[str, Any]:
        """One setting."""
        return {"immiscible": on}

    def show_traced(self, traced: Traced) -> None:
        """The pairs and their distances."""
        self._traced = traced
        self._say_how(traced.used_candidates)
        self.view.show_pairs(traced)
        before, after = float(traced.pairs.before.sum()), float(traced.pairs.after.sum())
        share = 100 * (after - before) / before if before else 0.0
        self.before.set_text(self.tr("as drawn Σ‖{x_0} − ε‖ = {sum}").replace("{sum}", numbers.figure(before, 4)))
        if traced.used_candidates:
            words = self.tr("nearest of {count}: {sum} ({share} %)")
        elif traced.config.diffusion.immiscible:
            words = self.tr("assigned {sum} ({share} %)")
        else:
            words = self.tr("without it here; with it {sum} ({share} %)")
        self.after.set_text(
            words.format(
                count=numbers.count(traced.used_candidates),
                sum=numbers.figure(after, 4),
                share=numbers.figure(share, 2).replace("-", "−"),
            )
        )
        self.show_picture(min(self.view.chosen, len(traced.places) - 1))
        self.show_why("")
        self._show_check(traced)

    def show_picture(self, picture: int) -> None:
        """The pair that is highlighted."""
        self.view.choose(picture)
        if self._traced is not None:
            place = int(self._traced.places[picture])
            pairs = self._traced.pairs
            self.pair.set_text(
                self.tr("this pair {before} → {after}").format(
                    before=numbers.figure(float(pairs.before[place])), after=numbers.figure(float(pairs.after[place]))
                )
            )

    def _show_check(self, traced: Traced) -> None:
        largest = max(traced.x_t_difference, traced.target_difference)
        words = self.tr("xₜ holds the noise of its target: largest difference {number}")
        if traced.used_candidates:
            words = self.tr(
                "{kept} of {size} kept their first noise. xₜ holds the noise of its target: largest difference {number}"
            )
        said = words.format(
            kept=numbers.count(traced.pairs.kept), size=numbers.count(traced.size), number=numbers.figure(largest)
        )
        self.show_check(said, largest == 0)
