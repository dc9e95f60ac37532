"""The samples of a run, with a slider through its training time."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from .. import numbers
from ..imaging import to_sheet
from ..widgets.controls import IconButton
from ..widgets.image_grid import ImageGrid
from ..widgets.panel import Panel, caption
from ..widgets.plain import set_name, set_tip
from ..widgets.slider import Slider
from .live_run import SampleHistory


class SamplesPanel(Panel):
    """Follows the newest grid until the user looks at an older one."""

    grid_wished = Signal(int)  #: the step of a grid that must be read from disk

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Samples"))
        self._history: SampleHistory | None = None
        self._first_step: int | None = None
        self._shown_step: int | None = None
        self.label = caption()
        self.label.setObjectName("sample_label")
        set_tip(
            self.label,
            self.tr(
                "Made with the averaged weights (EMA, Ho et al. 2020) by the sampler of the settings, "
                "always from the same noise"
            ),
        )
        self.head.addStretch(1)
        self.head.addWidget(self.label)
        self.grid = ImageGrid()
        self.grid.setObjectName("sample_grid")
        set_name(self.grid, self.tr("Samples"), self.tr("Double-click a picture to see it large"))
        self.grid.activated.connect(self._show_one)
        self.grid.left_single.connect(self._show_all)
        self.body.addWidget(self.grid, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.back, self.on = IconButton("back"), IconButton("next")
        self.back.setObjectName("sample_back")
        self.on.setObjectName("sample_on")
        self.back.describe(self.tr("Earlier samples"))
        self.on.describe(self.tr("Later samples"))
        self.slider = Slider(0, 0, 0)
        self.slider.setObjectName("sample_slider")
        set_name(self.slider, self.tr("Training time"), self.tr("Samples from the start of the training to now"))
        self.slider.valueChanged.connect(self._show)
        self.back.clicked.connect(self._step_back)
        self.on.clicked.connect(self._step_on)
        row.addWidget(self.back)
        row.addWidget(self.slider, 1)
        row.addWidget(self.on)
        self.body.addLayout(row)
        self._show()

    # --- what is shown -------------------------------------------------------------------------------------

    def show_history(self, history: SampleHistory | None) -> None:
        """Show these samples from now on, the newest first."""
        self._history = history
        self._shown_step = None
        self._show_all()
        self._fit_slider(newest=True)

    def expect_first(self, step: int) -> None:
        """The first samples will come at this step."""
        if step != self._first_step:
            self._first_step = step
            self._show_placeholder()

    def grid_added(self) -> None:
        """There is a new grid; it is shown if the newest one was shown before."""
        self._fit_slider(newest=self.slider.value() == self.slider.maximum())

    def grid_arrived(self, step: int) -> None:
        """A grid was read from disk."""
        if step == self._shown_step:
            self._show()

    def _fit_slider(self, *, newest: bool) -> None:
        count = 0 if self._history is None else len(self._history)
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(0, count - 1))
            if newest:
                self.slider.setValue(self.slider.maximum())
        self._show()

    @Slot()
    def _show(self) -> None:
        history, place = self._history, self.slider.value()
        many = history is not None and len(history) > 1
        self.slider.setEnabled(many)
        self.back.setEnabled(many and place > 0)
        self.on.setEnabled(many and place < self.slider.maximum())
        if history is None or not len(history):
            self._shown_step = None
            self.grid.set_pictures([])
            self.label.setText("")
            self._show_placeholder()
            return
        step = history.steps[place]
        self._shown_step = step
        words = self.tr("EMA · step {step}")
        if history.paired:
            words = self.tr("condition | sample | truth · EMA · step {step}")
        self.label.setText(words.format(step=numbers.count(step)))
        images = history.images(step)
        if images is None:
            self.grid_wished.emit(step)
        else:
            self.grid.set_pictures(to_sheet(images))

    def _show_placeholder(self) -> None:
        text = ""
        if self._first_step is not None:
            text = self.tr("First samples at step {step}").format(step=numbers.count(self._first_step))
        self.grid.set_placeholder(text)

    # --- what the user does --------------------------------------------------------------------------------

    @Slot()
    def _step_back(self) -> None:
        self.slider.setValue(self.slider.value() - 1)

    @Slot()
    def _step_on(self) -> None:
        self.slider.setValue(self.slider.value() + 1)

    @Slot(int)
    def _show_one(self, index: int) -> None:
        self.grid.set_single(index)

    @Slot()
    def _show_all(self) -> None:
        self.grid.set_single(None)
