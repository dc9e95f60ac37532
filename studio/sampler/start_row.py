"""What the denoising begins with: noise, a picture noised up to t, a picture with a hole, or two pictures mixed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPixmap, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from core.beginning import Beginning, Start, StartPicture, evenly
from core.inputs import mask_target

from .. import numbers
from ..app.icons import icon
from ..app.theme import CONTROL_PX, theme
from ..imaging import to_image
from ..widgets.button_menu import set_menu
from ..widgets.number import FloatBox, IntBox
from ..widgets.panel import caption
from ..widgets.plain import set_name, set_tip, without_keys
from .models import ModelFacts

# --- A button that holds a picture to start from: its name, and a menu to choose another -----------------

ICON_PX = 20
#: What the button needs beside its words: margins, icon and arrow.
BESIDE_PX = 62


class PictureButton(QPushButton):
    """Shows what was chosen; asks its owner for a file or for the selected picture."""

    file_wished = Signal()
    selected_wished = Signal()  #: the picture that is selected in the wells
    changed = Signal()  #: taken away, by a person

    def __init__(self, width_px: int, name: str, empty: str, tip: str) -> None:
        """empty: what it says while nothing is chosen."""
        super().__init__()
        self._picture: StartPicture | None = None
        self._empty, self._tip = empty, tip
        self.setAccessibleName(name)
        self._why_not = ""
        self.setFixedSize(width_px, CONTROL_PX)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self.from_file = menu.addAction(self.tr("Choose a file…"))
        self.from_wells = menu.addAction(self.tr("The selected picture"))
        self.nothing = menu.addAction(self.tr("None"))
        self.from_file.triggered.connect(self.file_wished)
        self.from_wells.triggered.connect(self.selected_wished)
        self.nothing.triggered.connect(self._take_away)
        set_menu(self, menu)
        theme().changed.connect(self._show)
        self._show()

    def set_wells_reason(self, why_not: str) -> None:
        """Why the selected picture cannot be taken; "" when it can."""
        self._why_not = why_not
        self.from_wells.setEnabled(not why_not)
        set_tip(self.from_wells, why_not)

    def picture(self) -> StartPicture | None:
        """What was chosen."""
        return self._picture

    def set_picture(self, picture: StartPicture | None) -> None:
        """Hold another picture. Emits nothing."""
        self._picture = picture
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width shortens the name elsewhere."""
        super().resizeEvent(event)
        self._show()

    @Slot()
    def _show(self) -> None:
        picture = self._picture
        words = self._empty if picture is None else picture.name
        room = self.width() - BESIDE_PX
        text = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room)
        self.setText(without_keys(text))
        set_tip(self, self._tip if text == words else f"{words}\n\n{self._tip}")
        self.setAccessibleDescription(words)
        self.nothing.setEnabled(picture is not None)
        if picture is not None and picture.pixels:
            pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.shape)
            self.setIcon(QIcon(QPixmap.fromImage(to_image(pixels))))
        else:
            self.setIcon(icon("image", "muted"))

    @Slot()
    def _take_away(self) -> None:
        self.set_picture(None)
        self.changed.emit()


# --- start row -------------------------------------------------------------------------------------------

#: How far a picture is noised at first, as a share of the way.
USUAL_SHARE = 0.5
#: As wide as two of them, λ, t and the rest leave in a window of 1280 px.
PICTURE_PX = 134
#: Pictures in a row: λ then goes by eighths.
ROW_COUNT = 9


class StartRow(QWidget):
    """Holds the choice and its parts; what does not belong to the choice is hidden."""

    changed = Signal()  #: by a person
    file_wished = Signal(str)  #: for "first", "second" or "mask"
    selected_wished = Signal(str)  #: the picture that is selected in the wells, for "first" or "second"
    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timesteps = 0
        self._model_size = (0, 0)
        #: Before a picture was taken: the choice, and what its place held.
        self._before: dict[str, tuple[int, StartPicture | None]] = {}
        self.start = QComboBox()
        self.start.setObjectName("start_choice")
        self.start.setFixedSize(136, CONTROL_PX)
        self.start.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for title, what in (
            (self.tr("Noise"), Start.NOISE),
            (self.tr("A picture"), Start.PICTURE),
            (self.tr("Two pictures"), Start.BETWEEN),
        ):
            self.start.addItem(title, what.value)
        set_name(
            self.start,
            self.tr("Start from"),
            self.tr(
                "Noise: new pictures. A picture: noised up to t and taken back, so that it comes out changed (Meng et "
                "al. 2021), or filled in where a mask is white. Two pictures: what lies between them."
            ),
        )
        self.pictures = self._make_pictures()
        for name, button in self.pictures.items():
            button.setObjectName(f"start_{name}")
        self.pictures["mask"].from_wells.setVisible(False)
        self.lam = FloatBox(0.0, 1.0, 0.5)
        self.lam.setObjectName("start_lambda")
        set_name(
            self.lam,
            self.tr("λ, between the pictures"),
            self.tr("λ: 0 is the first picture, 1 the second (Ho et al. 2020, section 4.4)."),
        )
        self.lam.setSingleStep(0.1)
        self.lam.setFixedSize(50, CONTROL_PX)
        self.t = IntBox(0, 999, 499)
        self.t.setObjectName("start_t")
        self.t.setAccessibleName(self.tr("t, how far it is noised"))
        self.t.setFixedSize(58, CONTROL_PX)
        self.row = QPushButton(self.tr("Row"))
        self.row.setObjectName("start_in_a_row")
        self.row.setCheckable(True)
        self.row.setFixedHeight(CONTROL_PX)
        self.row.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.share = caption()
        self._captions: dict[str, QLabel] = {
            "start": caption(self.tr("Start from")),
            "lam": caption("λ"),
            "t": caption("t"),
        }
        self._lay_out()
        self.start.currentIndexChanged.connect(self._changed)
        for field in (self.lam, self.t):
            field.valueChanged.connect(self._changed)
            field.lineEdit().returnPressed.connect(self.done)
        self.row.toggled.connect(self._changed)
        for button in self.pictures.values():
            button.file_wished.connect(self._file_wished)
            button.selected_wished.connect(self._selected_wished)
            button.changed.connect(self._changed)
        self._refresh()

    def _make_pictures(self) -> dict[str, PictureButton]:
        return {
            "first": PictureButton(
                PICTURE_PX,
                self.tr("Picture"),
                self.tr("Picture…"),
                self.tr("The picture to start from: a file (drop one), or the one that is selected below."),
            ),
            "second": PictureButton(
                PICTURE_PX,
                self.tr("Second picture"),
                self.tr("Picture…"),
                self.tr("The picture at the other end, λ = 1."),
            ),
            "mask": PictureButton(
                PICTURE_PX,
                self.tr("Mask"),
                self.tr("Mask…"),
                self.tr(
                    "Where it is white the picture is filled in, where it is black it stays (RePaint, Lugmayr et al. "
                    "2022). A mask of another size is resized to the picture's, each pixel to its nearest."
                ),
            ),
        }

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._captions["start"].setBuddy(self.start)
        row.addWidget(self._captions["start"])
        row.addWidget(self.start)
        for name in ("first", "second"):
            row.addWidget(self.pictures[name])
        for name, field in (("lam", self.lam), ("t", self.t)):
            self._captions[name].setBuddy(field)
            row.addSpacing(2)
            row.addWidget(self._captions[name])
            row.addWidget(field)
        row.addWidget(self.row)
        row.addWidget(self.share)
        row.addWidget(self.pictures["mask"])
        row.addStretch(1)

    # --- what is set ---------------------------------------------------------------------------------------

    def set_facts(self, facts: ModelFacts) -> None:
        """Another model: t keeps its share of the way."""
        self._model_size = facts.image_size[::-1]
        if facts.timesteps != self._timesteps:
            share = self.t.value() / max(1, self._timesteps - 1) if self._timesteps else USUAL_SHARE
            self._timesteps = facts.timesteps
            with QSignalBlocker(self.t):
                self.t.setMaximum(facts.timesteps - 1)
                self.t.setValue(round(share * (facts.timesteps - 1)))
        self._refresh()

    def set_wells_reason(self, why_not: str) -> None:
        """Why the selected picture of the wells cannot be taken; "" when it can."""
        for button in self.pictures.values():
            button.set_wells_reason(why_not)

    def take(self, picture: StartPicture, which: str = "") -> None:
        """Start from a picture; `which` is "first", "second", "mask" or "" for the first empty place."""
        place = self.start.currentIndex()
        if self.chosen is Start.NOISE:
            with QSignalBlocker(self.start):
                self.start.setCurrentIndex(self.start.findData(Start.PICTURE.value))
        if not which:
            first = self.pictures["first"].picture()
            which = "second" if self.chosen is Start.BETWEEN and first is not None else "first"
        self._before[which] = place, self.pictures[which].picture()
        self.pictures[which].set_picture(picture)
        self._changed()

    def files(self) -> tuple[Path, ...]:
        """The picture files that are held."""
        held = (button.picture() for button in self.pictures.values())
        return tuple(picture.path for picture in held if picture is not None and picture.path is not None)

    def let_go(self, path: Path) -> None:
        """Hold that file no longer, but what was held before it was taken."""
        for which, button in self.pictures.items():
            picture = button.picture()
            if picture is None or picture.path != path:
                continue
            place, earlier = self._before.pop(which, (self.start.currentIndex(), None))
            button.set_picture(None if earlier is None or earlier.path == path else earlier)
            with QSignalBlocker(self.start):
                self.start.setCurrentIndex(place)
        self._changed()

    @property
    def chosen(self) -> Start:
        """What the denoising begins with."""
        return Start(self.start.currentData() or Start.NOISE.value)

    @property
    def fills_in(self) -> bool:
        """Whether there is a mask, so that only its white part is made."""
        return self.chosen is Start.PICTURE and self.pictures["mask"].picture() is not None

    @property
    def in_a_row(self) -> bool:
        """Whether every picture has a λ or t of its own."""
        return self.row.isChecked() and self.chosen is not Start.NOISE and not self.fills_in

    @property
    def row_count(self) -> int | None:
        """How many pictures the row has; None: it is none."""
        return ROW_COUNT if self.in_a_row else None

    def beginning(self) -> Beginning:
        """What was chosen; its pictures may be missing, see `missing`."""
        held = {name: button.picture() for name, button in self.pictures.items()}
        self.t.interpretText()
        self.lam.interpretText()
        match self.chosen:
            case Start.NOISE:
                return Beginning()
            case Start.PICTURE:
                t = None if held["mask"] is not None else self.t.value()
                strengths = evenly((t or 0) / ROW_COUNT, t or 0, ROW_COUNT) if self.in_a_row else ()
                row = tuple(float(round(strength)) for strength in strengths)
                return Beginning(Start.PICTURE, _those(held["first"]), t=t, mask=held["mask"], row=row)
            case Start.BETWEEN:
                pictures = _those(held["first"], held["second"])
                if self.in_a_row:
                    return Beginning(Start.BETWEEN, pictures, t=self.t.value(), row=evenly(0, 1, ROW_COUNT))
                return Beginning(Start.BETWEEN, pictures, t=self.t.value(), lam=self.lam.value())

    def missing(self) -> str:
        """What must be chosen before pictures can be made, as a sentence; "" when nothing."""
        wanted = {Start.NOISE: 0, Start.PICTURE: 1, Start.BETWEEN: 2}[self.chosen]
        lacking = wanted - len(self.beginning().pictures)
        if lacking <= 0:
            return ""
        if wanted == 1:
            return self.tr("Choose the picture to start from first.")
        return self.tr("Choose two pictures first.")

    # --- words ---------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        chosen = self.chosen
        self.pictures["first"].setVisible(chosen is not Start.NOISE)
        self.pictures["second"].setVisible(chosen is Start.BETWEEN)
        self.pictures["mask"].setVisible(chosen is Start.PICTURE)
        self._captions["lam"].setVisible(chosen is Start.BETWEEN)
        self.lam.setVisible(chosen is Start.BETWEEN)
        self.lam.setEnabled(not self.in_a_row)
        self.row.setVisible(chosen is not Start.NOISE)
        self.row.setEnabled(not self.fills_in)
        set_tip(self.row, self._row_words(chosen))
        for widget in (self._captions["t"], self.t, self.share):
            widget.setVisible(chosen is not Start.NOISE)
            widget.setEnabled(not self.fills_in)
        percent = round(100 * self.t.value() / max(1, self.t.maximum()))
        self.share.setText(self._mask_words() if self.fills_in else self._share_words(percent))
        if self.fills_in:
            set_tip(self.t, self.tr("With a mask, what is filled in starts from pure noise."))
        else:
            tip = self.tr(
                "How far the picture is noised before it is taken back: at 0 hardly, at {last} to pure noise. There "
                "are at most t + 1 steps."
            )
            set_tip(self.t, tip.format(last=numbers.count(self.t.maximum())))

    def _share_words(self, percent: int) -> str:
        if self.in_a_row and self.chosen is Start.PICTURE:
            return self.tr("up to {share} % of the way").format(share=percent)
        return self.tr("{share} % of the way").format(share=percent)

    def _row_words(self, chosen: Start) -> str:
        count = numbers.count(ROW_COUNT)
        if chosen is Start.BETWEEN:
            words = self.tr("{count} pictures from λ = 0 to λ = 1 in one row, all with the same noise")
        elif self.fills_in:
            words = self.tr("With a mask, what is filled in starts from pure noise.")
        else:
            words = self.tr(
                "{count} pictures in one row, each noised a little further, up to t, all with the same noise. Samplers "
                "that remember earlier predictions give way to DDIM here."
            )
        return words.format(count=count)

    def _mask_words(self) -> str:
        """What becomes of a mask of another size than the picture; "" where it fits, or its size is not known."""
        mask, first = self.pictures["mask"].picture(), self.pictures["first"].picture()
        if not self.fills_in or mask is None or first is None or mask.size is None or first.size is None:
            return ""
        target = mask_target(mask.size, first.size, self._model_size)
        if target is None:
            return ""
        words = self.tr("mask resized: {from_width} × {from_height} → {width} × {height} px")
        from_width, from_height, width, height = map(numbers.count, (*mask.size, *target))
        return words.format(from_width=from_width, from_height=from_height, width=width, height=height)

    # --- what the person does ------------------------------------------------------------------------------

    @Slot()
    def _changed(self) -> None:
        self._refresh()
        self.changed.emit()

    def _which(self) -> str:
        return next(name for name, button in self.pictures.items() if button is self.sender())

    @Slot()
    def _file_wished(self) -> None:
        self.file_wished.emit(self._which())

    @Slot()
    def _selected_wished(self) -> None:
        self.selected_wished.emit(self._which())


def _those(*pictures: StartPicture | None) -> tuple[StartPicture, ...]:
    return tuple(picture for picture in pictures if picture is not None)
