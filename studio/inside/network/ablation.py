"""What parts of the network do for the prediction: switches for them, and the prediction with and without."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ... import numbers
from ...app.theme import CAPTION_PX, CONTROL_PX
from ...imaging import to_image
from ...sampler.compare_tiles import Tile, heat
from ...widgets.panel import caption
from ...widgets.plain import set_tip, set_words
from ...widgets.symbols import Symbol, spoken
from .words import PARTS, tr

TILE_PX = 92


@dataclass(frozen=True, eq=False)
class Without:
    """x̂_0 of the whole network and of what is left of it, at one step.

    whole, left   (H, W, C) uint8
    apart         (H, W, C) float32, left − whole in the network's range
    """

    whole: NDArray[np.uint8]
    left: NDArray[np.uint8]
    apart: NDArray[np.float32]

    @property
    def rms(self) -> float:
        """The root mean square of the difference, in the network's range."""
        return float(np.sqrt(np.square(self.apart, dtype=np.float64).mean()))


class Switches(QWidget):
    """A switch for each part of the selected block that can be left out; on is as the network is."""

    changed = Signal(str, bool)  #: a part, and whether it is on now, by a person

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        # A ticked box called "Attention" alone reads like a fact about the block.
        self.words = caption(self.tr("Untick to switch off:"))
        column.addWidget(self.words)
        row = QHBoxLayout()
        row.setSpacing(12)
        column.addLayout(row)
        self._shown: tuple[tuple[str, ...], frozenset[str], str] | None = None
        self.boxes: dict[str, QCheckBox] = {}
        for name, (title, tip) in PARTS.items():
            box = self.boxes[name] = QCheckBox()
            box.setObjectName(f"part_{name}")
            set_words(
                box,
                tr(title),
                tr(tip) + "\n" + self.tr("Only looked at here: neither the run nor the sampler changes."),
            )
            box.setChecked(True)
            box.setFixedHeight(CONTROL_PX)
            box.toggled.connect(self._toggled)
            row.addWidget(box)
        row.addStretch(1)

    def show_parts(self, parts: tuple[str, ...], off: frozenset[str], why_not: str) -> None:
        """The parts that the block has, and which of them are off; why_not: nothing can be left out now."""
        if (parts, off, why_not) == self._shown:
            return
        self._shown = parts, off, why_not
        for name, box in self.boxes.items():
            with QSignalBlocker(box):
                box.setChecked(name not in off)
            box.setVisible(name in parts)
            box.setEnabled(not why_not)
            tip = tr(PARTS[name][1]) + "\n" + self.tr("Only looked at here: neither the run nor the sampler changes.")
            set_tip(box, why_not or tip)
        self.words.setEnabled(not why_not)
        self.setVisible(bool(parts))

    @Slot(bool)
    def _toggled(self, on: bool) -> None:
        self._shown = None
        for name, box in self.boxes.items():
            if box is self.sender():
                self.changed.emit(name, on)


class AblationView(QWidget):
    """The prediction of all of it, of what is left, and how far they are apart; seen while something is off."""

    all_on_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._off: tuple[str, ...] = ()
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setProperty("tone", "warning")
        self.all_on = QPushButton(self.tr("All on again"))
        self.all_on.setProperty("link", True)
        self.all_on.setFixedHeight(CONTROL_PX)
        self.all_on.clicked.connect(self._all_on)
        whole, left = self.tr("{symbol}, all on"), self.tr("{symbol}, without")
        names = (*(words.replace("{symbol}", "{x_0_hat}") for words in (whole, left)), self.tr("Difference"))
        self.tiles = tuple(Tile(spoken(name)) for name in names)
        self.captions = tuple(Symbol(name, size_px=CAPTION_PX, colour="muted") for name in names)
        note = caption(self.tr("Only looked at here: neither the run nor the sampler changes."))
        note.setWordWrap(True)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.all_on)
        tiles = QHBoxLayout()
        tiles.setSpacing(12)
        for tile, words in zip(self.tiles, self.captions, strict=True):
            tile.setFixedSize(TILE_PX, TILE_PX)
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(tile)
            column.addWidget(words)
            tiles.addLayout(column)
        tiles.addStretch(1)
        set_tip(
            self.captions[2],
            self.tr("Bright where the two differ; RMS over all values, which lie in −1 … 1"),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(tiles)
        column.addWidget(note)
        self.hide()

    def set_off(self, count: int) -> None:
        """How many parts are off, in all blocks; 0: nothing to be seen."""
        words = self.tr("1 part is off") if count == 1 else self.tr("{count} parts are off")
        self.title.setText(words.format(count=numbers.count(count)))
        self.setVisible(count > 0)
        if not count:
            self.show_without(None)

    def show_without(self, without: Without | None) -> None:
        """The answer; None: none yet."""
        difference = self.tr("Difference")
        if without is None:
            for tile in self.tiles:
                tile.set_image(None)
            self.captions[2].set_text(difference)
            return
        top = float(np.abs(without.apart).mean(axis=2).max(initial=0.0))
        images: tuple[QImage, ...] = (to_image(without.whole), to_image(without.left), heat(without.apart, top or 1.0))
        for tile, image in zip(self.tiles, images, strict=True):
            tile.set_image(image)
        self.captions[2].set_text(self.tr("RMS {value}").format(value=numbers.figure(without.rms)))

    @Slot()
    def _all_on(self) -> None:
        # The button's own signal carries a bool that nobody wants.
        self.all_on_wished.emit()
