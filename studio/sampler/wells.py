"""The two wells: what is noisy at the left, what the network takes the picture to be at the right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QActionGroup, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStyle, QStyleOptionToolButton, QToolButton, QVBoxLayout, QWidget

from core.recording import LAYERS, Recording

from .. import numbers
from ..app.ready_line import ReadyLine
from ..app.theme import BODY_PX, CONTROL_PX, sized_font, theme
from ..imaging import to_sheet
from ..training.state import TrainingState
from ..widgets.button_menu import set_menu
from ..widgets.elided import ElidedLabel
from ..widgets.image_grid import ImageGrid
from ..widgets.panel import Panel
from ..widgets.plain import set_name, set_tip
from ..widgets.symbols import paint_text, spoken, text_size
from .layers import SEEN, contrast_of, tip_of, why_absent, words_of

ARROW_PX = 18
#: Of the width: each of the two wells, and what a conditional network sees.
WELL_PART, BESIDE_PART = 5, 3


class LayerButton(QToolButton):
    """A well's title, and the menu of what it can show."""

    chosen = Signal(str)  #: a row of LAYERS, by a person

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setFixedHeight(CONTROL_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        group = QActionGroup(self)
        self.actions_of = {}
        for layer in LAYERS:
            if layer not in SEEN:
                continue
            symbol = spoken(SEEN[layer].symbol)
            if "\u0302" in symbol:  # many a font of a menu leaves the hat away: x̂_0 would read as x_0
                symbol = ""
            action = self._menu.addAction(f"{words_of(layer)}   {symbol}" if symbol else words_of(layer))
            action.setCheckable(True)
            action.setData(layer)
            set_tip(action, tip_of(layer))
            group.addAction(action)
            self.actions_of[layer] = action
        group.triggered.connect(self._triggered)
        set_menu(self, self._menu)
        theme().changed.connect(self.update)

    def show_layer(self, layer: str, white_at: float) -> None:
        """Say what is shown, and at what contrast."""
        self.actions_of[layer].setChecked(True)
        symbol, contrast = SEEN[layer].symbol, contrast_of(white_at)
        self._text = symbol if layer == "x_t" else f"{words_of(layer)} {symbol}".rstrip()
        self._text += f" · {contrast}" if contrast else ""
        set_name(self, spoken(self._text), tip_of(layer))
        self.updateGeometry()
        self.update()

    @Slot(object)
    def _triggered(self) -> None:
        for layer, action in self.actions_of.items():
            if action.isChecked():
                self.chosen.emit(layer)

    def sizeHint(self) -> QSize:
        """The text, and an arrow."""
        wide = text_size(self._text, sized_font(BODY_PX, semibold=True)).width()
        return QSize(wide + ARROW_PX + 8, CONTROL_PX)

    def minimumSizeHint(self) -> QSize:
        """Never cut off."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A title that can be pressed: words, symbol, arrow."""
        painter = QPainter(self)
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text, option.features = "", QStyleOptionToolButton.ToolButtonFeature(0)
        self.style().drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option, painter, self)
        font = sized_font(BODY_PX, semibold=True)
        place = QRectF(self.rect()).adjusted(4, 0, 0, 0)
        paint_text(painter, place, self._text, font, theme().color("text"))
        painter.setPen(theme().color("muted"))
        x, y = self.width() - 12.0, self.height() / 2 - 1.5
        painter.drawPolyline([QPointF(x - 4, y), QPointF(x, y + 4), QPointF(x + 4, y)])


class Well(Panel):
    """A grid of pictures under a title that chooses what they are, and the value under the pointer in its head."""

    def __init__(self) -> None:
        super().__init__()
        self.grid = ImageGrid()
        self.layer = "x_t"  #: a row of LAYERS
        self.why_no_memory = ""  #: how far perfect memory is, or why there is none; "": nobody asked yet
        self.choice = LayerButton()
        self.reading = ElidedLabel()
        self.reading.setProperty("caption", True)
        self.reading.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.lead.setContentsMargins(0, 0, 0, 0)
        self.lead.addWidget(self.choice)
        self.head.addWidget(self.reading, 1)
        self.body.addWidget(self.grid, 1)

    def choose(self, layer: str, recording: Recording | None) -> None:
        """Show this layer from the next step on."""
        self.layer = layer
        white_at = LAYERS[layer].white_at if recording is None else recording.white_at(layer)
        self.choice.show_layer(layer, white_at)
        self.grid.setAccessibleName(words_of(layer))

    def show_step(self, recording: Recording, step: int) -> None:
        """The pictures of the layer at a step, or why there are none."""
        why = why_absent(recording, self.layer, step)
        if why:
            if self.layer == "from_memory" and recording.has_layers and self.why_no_memory:
                why = self.why_no_memory
            if not self.grid.count():  # what is selected and zoomed needs pictures to be of
                self.grid.set_pictures(to_sheet(recording.x_t(step)))
            self.grid.set_absent(why)
        else:
            self.grid.set_pictures(to_sheet(recording.picture(self.layer, step)))


class Wells(QWidget):
    """Identical in geometry; selection, zoom and the single large picture are the same in both."""

    selected = Signal(int)  #: a picture
    step_wished = Signal(int)  #: by how many steps, from the wheel
    training_wished = Signal()
    open_wished = Signal()
    ready_wished = Signal(str)  #: the sample set of a model that comes with the program
    menu_wished = Signal(QPoint)  #: a menu for the selected picture, at a place of the screen
    layers_changed = Signal(list)  #: which rows of LAYERS are shown, left and right

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recording: Recording | None = None
        self._step: int | None = None
        self._classes: tuple[str, ...] = ()
        self._has_model = False
        self._state = TrainingState.NO_PICTURES
        self.x_t, self.x_0 = Well(), Well()
        self.x_t.choose("x_t", None)
        self.x_0.choose("x_0", None)
        self.beside = Panel()
        self.beside.set_title(self.tr("Condition"))
        self.beside_grid = ImageGrid()
        self.beside_grid.setObjectName("condition_grid")
        set_name(
            self.beside_grid,
            self.tr("Condition"),
            self.tr("What the network sees beside the noisy picture, the same at every step"),
        )
        self.beside.body.addWidget(self.beside_grid, 1)
        self.beside.hide()
        self.actual_size = QToolButton()
        self.actual_size.setObjectName("actual_size")
        self.actual_size.setText("1:1")
        set_name(
            self.actual_size,
            self.tr("Actual size"),
            self.tr("Each pixel of a picture as one pixel of the screen. Ctrl with the wheel zooms both wells."),
        )
        self.actual_size.setCheckable(True)
        self.actual_size.setFixedSize(36, CONTROL_PX)
        self.actual_size.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.x_0.head.addWidget(self.actual_size)
        self.ready = ReadyLine("sampler_look")
        self.ready.setObjectName("sampler_ready")
        self.ready.wished.connect(self.ready_wished)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(16)
        column.addLayout(row, 1)
        column.addWidget(self.ready)
        row.addWidget(self.beside, BESIDE_PART)
        self.beside_grid.selected.connect(self.selected)
        self.beside_grid.activated.connect(self._activated)
        self.beside_grid.left_single.connect(self._leave_single)
        self.beside_grid.wheeled.connect(self.step_wished)
        for well in (self.x_t, self.x_0):
            row.addWidget(well, WELL_PART)
            grid = well.grid
            grid.selected.connect(self.selected)
            grid.activated.connect(self._activated)
            grid.left_single.connect(self._leave_single)
            grid.wheeled.connect(self.step_wished)
            grid.zoom_changed.connect(self._zoomed)
            grid.hovered.connect(self._hovered)
            grid.placeholder_acted.connect(self._acted)
            grid.menu_wished.connect(self.menu_wished)
            well.choice.chosen.connect(self._layer_chosen)
        self.actual_size.toggled.connect(self._set_actual_size)
        self.x_t.grid.setObjectName("x_t_grid")
        self.x_0.grid.setObjectName("x_0_grid")
        self.x_0.choice.setObjectName("x_0_title")
        self._tell()

    # --- what is shown -------------------------------------------------------------------------------------

    def show_recording(self, recording: Recording | None) -> None:
        """Another recording, or none; nothing of it is shown before `show_step`."""
        self._recording, self._step = recording, None
        self._classes = () if recording is None else tuple(map(recording.class_of, range(recording.count)))
        tips = [self._title(picture) for picture in range(len(self._classes))]
        self.show_condition(None)
        self.beside_grid.set_tips(tips)
        for well in (self.x_t, self.x_0):
            well.choose(well.layer, recording)
            well.grid.set_tips(tips if any(self._classes) else [])
            well.grid.set_labels(self._classes)
            if recording is None:
                well.grid.set_pictures([])
        self._clear_reading()

    def show_condition(self, ahead: NDArray[np.uint8] | None) -> None:
        """What the model is to see next, (n, H, W, c) in turn; None: what it saw of the recording, if it saw any."""
        recording = self._recording
        seen = ahead if ahead is not None or recording is None else recording.condition
        if ahead is not None and recording is not None:  # the grids have the same places
            seen = ahead[np.arange(recording.count) % len(ahead)]
        self.beside.set_title(self.tr("Condition") if ahead is None else self.tr("Condition of the next"))
        self.beside.setVisible(seen is not None)
        self.beside_grid.set_pictures([] if seen is None else to_sheet(seen))

    def show_step(self, step: int) -> None:
        """The pictures of a step."""
        recording = self._recording
        assert recording is not None
        self._step = step
        for well in (self.x_t, self.x_0):
            well.show_step(recording, step)

    def say_of_memory(self, why: str) -> None:
        """How far perfect memory is, or why there is none; "" when it is there or has not been asked."""
        for well in (self.x_t, self.x_0):
            well.why_no_memory = why
            if well.layer == "from_memory" and self._recording is not None and self._step is not None:
                well.show_step(self._recording, self._step)

    @property
    def layers(self) -> list[str]:
        """Which rows of LAYERS are shown, left and right."""
        return [self.x_t.layer, self.x_0.layer]

    def choose_layers(self, names: Sequence[str]) -> None:
        """Show these, left and right; nothing where one of them is none."""
        if len(names) != 2 or any(name not in self.x_t.choice.actions_of for name in names):
            return
        for well, name in zip((self.x_t, self.x_0), names, strict=True):
            well.choose(name, self._recording)
            if self._recording is not None and self._step is not None:
                well.show_step(self._recording, self._step)
        self._clear_reading()
        self.layers_changed.emit(self.layers)

    @Slot(str)
    def _layer_chosen(self, layer: str) -> None:
        left = self.sender() is self.x_t.choice
        self.choose_layers([layer, self.x_0.layer] if left else [self.x_t.layer, layer])

    def set_selected(self, picture: int) -> None:
        """Frame a picture in both."""
        for well in (self.x_t, self.x_0):
            well.grid.set_selected(picture)
            if self.large:
                well.grid.set_single(picture)
        self.beside_grid.set_selected(picture)
        if self.large:
            self.beside_grid.set_single(picture)

    @property
    def large(self) -> bool:
        """Whether one picture is shown alone."""
        return self.x_t.grid.single() is not None

    def set_large(self, large: bool) -> None:
        """Show the selected picture alone in both, or all."""
        picture = self.x_t.grid.selected_index()
        if large and not 0 <= picture < self.x_t.grid.count():
            return
        for well in (self.x_t, self.x_0):
            well.grid.set_single(picture if large else None)
        self.beside_grid.set_single(picture if large else None)

    def _title(self, picture: int) -> str:
        number = numbers.count(picture + 1)
        if picture < len(self._classes) and self._classes[picture]:
            return self.tr("picture {number}, {name}").format(number=number, name=self._classes[picture])
        return self.tr("picture {number}").format(number=number)

    # --- without pictures ----------------------------------------------------------------------------------

    def set_has_model(self, has_model: bool) -> None:
        """Whether there is a model to sample."""
        self._has_model = has_model
        self._tell()

    def set_training_state(self, state: TrainingState) -> None:
        """What the training is doing, to say why there is no model."""
        self._state = state
        self._tell()

    def _tell(self) -> None:
        action = ""
        self.ready.setVisible(not self._has_model)
        if self._has_model:
            left = self.tr("Here the noisy pictures appear, step by step: first pure noise, at the end the result.")
            right = self.tr(
                "Here appears what the network takes the clean pictures to be, at every step. Press Generate (G)."
            )
        else:
            left, action = self._why_no_model(), self.tr("Go to Training")
            right = self.tr("You can also open a model from a file: a run folder or a checkpoint.")
        self.x_t.grid.set_placeholder(left, action)
        self.x_0.grid.set_placeholder(right, "" if self._has_model else self.tr("Open file…"))

    def _why_no_model(self) -> str:
        if self._state is TrainingState.NO_PICTURES:
            return self.tr("There is no model yet. Choose pictures, train one, and step through its denoising here.")
        if self._state is TrainingState.PREPARING:
            return self.tr("There is no model yet. The training is being prepared; in a moment it can be sampled.")
        return self.tr("There is no model yet. Start the training: the model can be sampled from its first steps on.")

    # --- what the person does ------------------------------------------------------------------------------

    @Slot(int)
    def _activated(self, picture: int) -> None:
        self.selected.emit(picture)
        self.set_large(True)

    @Slot()
    def _leave_single(self) -> None:
        self.set_large(False)

    @Slot(float, QPointF)
    def _zoomed(self, zoom: float, centre: QPointF) -> None:
        for well in (self.x_t, self.x_0):
            if well.grid is not self.sender():
                well.grid.set_zoom(zoom, centre)

    @Slot(bool)
    def _set_actual_size(self, actual: bool) -> None:
        for well in (self.x_t, self.x_0):
            well.grid.set_one_to_one(actual)

    @Slot()
    def _acted(self) -> None:
        if self.sender() is self.x_t.grid:
            self.training_wished.emit()
        else:
            self.open_wished.emit()

    @Slot(int, int, int)
    def _hovered(self, picture: int, column: int, row: int) -> None:
        """The value of the pixel under the pointer, in both wells; -1: none."""
        recording, step = self._recording, self._step
        if recording is None or step is None or picture < 0 or step >= recording.arrived:
            self._clear_reading()
            return
        for well in (self.x_t, self.x_0):
            if why_absent(recording, well.layer, step):
                well.reading.setText("")
                continue
            if recording.has_layers:  # in the network's range: beyond −1 … 1 too
                read = recording.layer(well.layer, step, slice(picture, picture + 1))[0, row, column].tolist()
                values = ", ".join(numbers.figure(value).replace("-", "−") for value in read)
            else:
                values = ", ".join(map(str, recording.picture(well.layer, step)[picture, row, column].tolist()))
            text = self.tr("{picture}, pixel {column}, {row}: {values}").format(
                picture=self._title(picture), column=column + 1, row=row + 1, values=values
            )
            well.reading.setText(text)

    def _clear_reading(self) -> None:
        for well in (self.x_t, self.x_0):
            well.reading.setText("")
