"""The chosen picture: what it is, what the network sees of it, the settings for that, and what noise does to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from .. import numbers
from ..messages import reason_text
from ..theme import CAPTION_PX, sized_font
from ..widgets.elided import ElidedLabel
from ..widgets.plain import set_name, set_words
from ..widgets.symbols import Symbol
from .class_list import ClassList
from .forward_view import ForwardView
from .picture_settings import PictureSettings
from .picture_well import LARGEST_PX, SMALLEST_PX, PictureWell
from .shown import PictureSettingsShown, PreviewShown

if TYPE_CHECKING:
    from .forward_table import ForwardTable

#: A longer class name beside a picture's own is shortened: to so many pixels, or its part of the width.
CLASS_PX, CLASS_PART = 120, 0.25
#: A picture's facts have this room at least; a longer reason for there being no picture is shortened.
FACTS_PX = 240
#: Between a tile and the arrow to the next.
TILE_GAP_PX = 6


class Inspector(QWidget):
    """The right side of the room."""

    settings_wished = Signal(object)  #: a dict: the flat names of settings and their new values
    t_wished = Signal(int)
    training_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preview: PreviewShown | None = None
        self._reason_code = ""
        self._t: int | None = None
        self.original, self.seen, self.noised = PictureWell(), PictureWell(), PictureWell()
        for well, key, name, tip in (
            (self.original, "original", self.tr("Original"), self.tr("The picture as it lies in the folder")),
            (
                self.seen,
                "seen",
                self.tr("Network sees"),
                self.tr("The same picture after crop, scaling and colour"),
            ),
            (
                self.noised,
                "noised",
                self.tr("Noised"),
                self.tr("What the network is given at timestep t while it trains"),
            ),
        ):
            well.setObjectName(key)
            set_name(well, name, tip)
        self.settings = PictureSettings()
        self.settings.wished.connect(self.settings_wished)
        self.classes = ClassList()
        self.classes.wished.connect(self.settings_wished)
        self.forward = ForwardView()
        self.forward.t_wished.connect(self.t_wished)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_head())
        column.addSpacing(6)
        column.addLayout(self._make_tiles())
        column.addSpacing(12)
        column.addWidget(self.settings)
        column.addSpacing(16)
        column.addWidget(self.forward, 12)  # its curve takes what is over
        column.addWidget(self.classes)
        column.addStretch(1)
        self._fill()

    def _make_head(self) -> QHBoxLayout:
        self._name, self._facts = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle), ElidedLabel(least_px=FACTS_PX)
        self._facts.setProperty("caption", True)
        self._name.setObjectName("picture_name")
        self._facts.setObjectName("picture_facts")
        self._name.setFont(sized_font(15, semibold=True))
        self._next = QPushButton()
        self._next.setObjectName("to_training")
        self._next.setProperty("link", True)
        set_words(self._next, self.tr("Training settings"), self.tr("Go on to the training of these pictures"))
        self._next.clicked.connect(self.training_wished)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._name)
        row.addWidget(self._facts)
        row.addStretch(1)
        row.addWidget(self._next)
        return row

    def _make_tiles(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(TILE_GAP_PX)
        grid.setVerticalSpacing(4)
        self._original_caption, self._seen_caption = ElidedLabel(), ElidedLabel()
        self._noised_caption = Symbol(size_px=CAPTION_PX, colour="muted")
        for label in (self._original_caption, self._seen_caption):
            label.setProperty("caption", True)
            # A long caption must not make its tile wider than the others.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        tiles: tuple[tuple[QWidget, PictureWell], ...] = (
            (self._original_caption, self.original),
            (self._seen_caption, self.seen),
            (self._noised_caption, self.noised),
        )
        for i, (caption_of, well) in enumerate(tiles):
            grid.addWidget(caption_of, 0, 2 * i)
            grid.addWidget(well, 1, 2 * i)
            grid.setColumnStretch(2 * i, 1)
            if i:
                arrow = self._arrow = QLabel("→")
                arrow.setProperty("muted", True)
                grid.addWidget(arrow, 1, 2 * i - 1, Qt.AlignmentFlag.AlignCenter)
        return grid

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A pixel that three tiles cannot share is given to none: a picture would be larger in one than in the next."""
        super().resizeEvent(event)
        room = self.contentsRect().width() - 2 * self._arrow.sizeHint().width() - 4 * TILE_GAP_PX
        for well in (self.original, self.seen, self.noised):
            well.setMaximumWidth(max(SMALLEST_PX, min(LARGEST_PX, room // 3)))
        self._fill()

    # --- what is shown -------------------------------------------------------------------------------------

    def show_preview(self, preview: PreviewShown) -> None:
        """Another picture, or the same one under other settings."""
        self._preview, self._reason_code = preview, ""
        self._name.setText(preview.name)
        self.original.show_picture(preview.original)
        self.seen.show_picture(preview.seen)
        self._fill()

    def show_no_preview(self, name: str = "", reason_code: str = "") -> None:
        """Nothing is chosen, or the picture cannot be read any more: say why."""
        self._preview, self._reason_code = None, reason_code
        self._name.setText(name)
        for well in (self.original, self.seen, self.noised):
            well.show_picture(None)
        self._fill()

    def show_settings(self, shown: PictureSettingsShown) -> None:
        """The settings as they are."""
        self.settings.show_settings(shown)
        self.classes.show_used(shown.labels)
        self.forward.options.lock(self.settings.locked_words())

    def show_forward(self, table: ForwardTable | None, t: int = 0, problem: str = "") -> None:
        """A timestep of a schedule; None while it is not known yet, or with why there is none."""
        self._t = None if table is None else t
        self.forward.show_forward(table, t, problem)
        self._fill()

    def show_noised(self, x_t: QImage | None) -> None:
        """The picture of that timestep."""
        self.noised.show_picture(x_t)

    # --- words ---------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        original, seen, noised = self.tr("Original"), self.tr("Network sees"), "{x_t}"
        preview = self._preview
        if preview is not None:
            original = f"{original} {preview.original_facts}"
            seen = f"{seen} {preview.seen_facts}"
            if self._t is not None:
                noised = self.tr("{x_t} at t = {t}").replace("{t}", numbers.count(self._t))
        self._original_caption.setText(original)
        self._seen_caption.setText(seen)
        self._noised_caption.set_text(noised)
        if preview is None:
            self._facts.setText(reason_text(self._reason_code) if self._reason_code else "")
        else:
            facts = preview.file_facts
            if preview.class_name is not None:
                # The picture's own name has the first claim on the room.
                metrics = self._facts.fontMetrics()
                name = metrics.elidedText(
                    preview.class_name, Qt.TextElideMode.ElideRight, max(CLASS_PX, int(CLASS_PART * self.width()))
                )
                facts = self.tr("class {name}").format(name=name) + f" · {facts}"
            self._facts.setText(facts)
            self._facts.set_tip(preview.class_name or "")
