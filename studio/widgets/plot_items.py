"""What a plot is made of: how a line looks, its data, and the view that holds it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPen

from ..theme import theme


@dataclass
class Look:
    """How an item is drawn, kept so that it can be drawn anew for another theme or screen."""

    colour: str  #: a token of the theme
    width: float  #: logical pixels
    alpha: int
    dashed: bool = False
    symbols: bool = False


@dataclass
class Curve:
    """A line and the data it was given last."""

    item: pg.PlotDataItem
    look: Look
    on_right: bool = False
    x: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    y: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))


class View(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """pyqtgraph's widget, which tells when the pointer leaves and when it is double-clicked."""

    left = Signal()
    double_clicked = Signal()

    def leaveEvent(self, event: QEvent) -> None:
        """The read-out ends."""
        self.left.emit()
        super().leaveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to everything."""
        self.double_clicked.emit()
        event.accept()


def pen(look: Look, dpr: float) -> QPen:
    """The pen of a look on a screen of scale `dpr`: pyqtgraph's pens are cosmetic, so their width is device pixels."""
    made = QPen(theme().color(look.colour, look.alpha), look.width * dpr)
    made.setCosmetic(True)
    # Square ends, which are Qt's own, would lie over each other where a line is drawn in pieces, and make it fat.
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    if look.dashed:
        made.setDashPattern([4, 3] if look.width > 1 else [1, 3])
    return made
