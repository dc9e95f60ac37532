"""The two wells: what is noisy at the left, what the network takes the picture to be at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from core.recording import Recording

from .. import numbers
from ..app.theme import CONTROL_PX
from ..imaging import to_images
from ..training.state import TrainingState
from ..widgets.image_grid import ImageGrid
from ..widgets.panel import Panel, caption
from ..widgets.plain import set_name, set_tip


class Well(Panel):
    """A grid of pictures with a title, and the value under the pointer in its head."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.grid = ImageGrid()
        self.reading = caption()
        self.head.addStretch(1)
        self.head.addWidget(self.reading)
        self.body.addWidget(self.grid, 1)


class Wells(QWidget):
    """Identical in geometry; selection, zoom and the single large picture are the same in both."""

    selected = Signal(int)  #: a picture
    step_wished = Signal(int)  #: by how many steps, from the wheel
    training_wished = Signal()
    open_wished = Signal()
    menu_wished = Signal(QPoint)  #: a menu for the selected picture, at a place of the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recording: Recording | None = None
        self._step = 0
        self._classes: tuple[str, ...] = ()
        self._has_model = False
        self._state = TrainingState.NO_PICTURES
        # The symbol is put in by its painter, so the braces stay.
        self.x_t, self.x_0 = Well("{x_t}"), Well(self.tr("Predicted {symbol}").replace("{symbol}", "{x_0_hat}"))
        set_tip(self.x_t.title, self.tr("x_t: what goes into the network at this step, noise and picture mixed."))
        set_tip(
            self.x_0.title,
            self.tr("x̂_0: the clean picture as the network predicts it from x_t (Ho et al. 2020, eq. 15)."),
        )
        self.x_t.grid.setAccessibleName(self.tr("Noisy pictures"))
        self.x_0.grid.setAccessibleName(self.tr("Predicted pictures"))
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
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        for well in (self.x_t, self.x_0):
            row.addWidget(well, 1)
            grid = well.grid
            grid.selected.connect(self.selected)
            grid.activated.connect(self._activated)
            grid.left_single.connect(self._leave_single)
            grid.wheeled.connect(self.step_wished)
            grid.zoom_changed.connect(self._zoomed)
            grid.hovered.connect(self._hovered)
            grid.placeholder_acted.connect(self._acted)
            grid.menu_wished.connect(self.menu_wished)
        self.actual_size.toggled.connect(self._set_actual_size)
        self.x_t.grid.setObjectName("x_t_grid")
        self.x_0.grid.setObjectName("x_0_grid")
        self._tell()

    # --- what is shown -------------------------------------------------------------------------------------

    def show_recording(self, recording: Recording | None) -> None:
        """Another recording, or none; nothing of it is shown before `show_step`."""
        self._recording = recording
        if recording is None:
            for well in (self.x_t, self.x_0):
                well.grid.set_pictures([])
        self._clear_reading()

    def show_step(self, step: int) -> None:
        """The pictures of a step."""
        recording = self._recording
        assert recording is not None
        self._step = step
        self.x_t.grid.set_pictures(to_images(recording.x_t(step)))
        self.x_0.grid.set_pictures(to_images(recording.x_0(step)))

    def set_selected(self, picture: int) -> None:
        """Frame a picture in both."""
        for well in (self.x_t, self.x_0):
            well.grid.set_selected(picture)
            if self.large:
                well.grid.set_single(picture)

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

    def set_classes(self, names: Sequence[str]) -> None:
        """The name of each picture's class; empty: they have none."""
        self._classes = tuple(names)
        tips = [self._title(picture) for picture in range(len(names))]
        for well in (self.x_t, self.x_0):
            well.grid.set_tips(tips)

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
        recording = self._recording
        if recording is None or picture < 0 or self._step >= recording.arrived:
            self._clear_reading()
            return
        for well, pixels in ((self.x_t, recording.x_t(self._step)), (self.x_0, recording.x_0(self._step))):
            values = ", ".join(str(value) for value in pixels[picture, row, column].tolist())
            text = self.tr("{picture}, pixel {column}, {row}: {values}").format(
                picture=self._title(picture), column=column, row=row, values=values
            )
            well.reading.setText(text)

    def _clear_reading(self) -> None:
        for well in (self.x_t, self.x_0):
            well.reading.setText("")
