"""The samples of a run, with a slider through its training time."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from core.runs.copies_file import Copies

from .. import numbers
from ..app.icons import set_icon
from ..imaging import to_sheet
from ..widgets.button_menu import set_menu
from ..widgets.controls import IconButton
from ..widgets.image_grid import ImageGrid
from ..widgets.panel import Panel, caption
from ..widgets.plain import set_name, set_tip
from ..widgets.playback import Playback
from ..widgets.slider import Slider
from .copy_meter import CopyMeterRow, pairs_of
from .live_run import SampleHistory

#: 1 is ten grids a second.
SPEEDS = (0.2, 0.5, 1.0, 2.0)
SUFFIXES = (".gif", ".apng", ".webp", ".mp4")


class FilmButton(IconButton):
    """Opens what can be chosen of the film: how fast it plays, whether again and again, and saving it."""

    speed_wished = Signal(float)
    loop_wished = Signal(bool)
    save_wished = Signal(str)  #: the suffix of the file
    cancel_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("film", parent)
        self.setObjectName("sample_film")
        self.describe(self.tr("Film of the samples"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        speeds = QActionGroup(self)
        for speed in SPEEDS:
            action = menu.addAction(self.tr("{n} grids a second").format(n=numbers.count(round(10 * speed))))
            action.setCheckable(True)
            action.setChecked(speed == SPEEDS[1])
            action.setData(speed)
            speeds.addAction(action)
        speeds.triggered.connect(self._speed_chosen)
        self.loop = menu.addAction(self.tr("Again and again"))
        self.loop.setCheckable(True)
        self.loop.toggled.connect(self.loop_wished)
        menu.addSeparator()
        self.saves = [self._save_action(menu, suffix) for suffix in SUFFIXES]
        self.cancel = menu.addAction(self.tr("Stop saving"))
        self.cancel.triggered.connect(self.cancel_wished)
        set_menu(self, menu)
        self.set_saving(None)

    def _save_action(self, menu: QMenu, suffix: str) -> QAction:
        kind = suffix[1:].upper()
        action = menu.addAction(self.tr("Save film… ({kind})").format(kind=kind))
        action.setData(suffix)
        action.triggered.connect(self._save_chosen)
        return action

    def set_saving(self, share: tuple[int, int] | None, *, reason: str = "", no_mp4: str = "") -> None:
        """How much of a film is written; None: none is being. reason: why there is nothing to save."""
        saving = share is not None
        busy = self.tr("A film is being saved") if saving else reason
        for action in self.saves:
            why = busy or (no_mp4 if action.data() == ".mp4" else "")
            action.setEnabled(not why)
            set_tip(action, why or self.tr("All grids of the run, in order, from the same noise"))
        self.cancel.setVisible(saving)
        if share is not None:
            done, of = share
            self.cancel.setText(
                self.tr("Stop saving: {done} of {of}").format(done=numbers.count(done), of=numbers.count(of))
            )

    @Slot(QAction)
    def _speed_chosen(self, action: QAction) -> None:
        self.speed_wished.emit(action.data())

    @Slot()
    def _save_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.save_wished.emit(action.data())


class PlayButton(IconButton):
    """Plays and holds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("play", parent)
        self.setObjectName("sample_play")
        self.set_playing(False)

    def set_playing(self, playing: bool) -> None:
        """Whether the samples play."""
        set_icon(self, "pause" if playing else "play")
        self.describe(self.tr("Hold the film") if playing else self.tr("Play the samples over training"), "Space")


class SamplesPanel(Panel):
    """Follows the newest grid until the user looks at an older one."""

    grid_wished = Signal(int)  #: the step of a grid that must be read from disk
    step_shown = Signal(int)
    copies_wished = Signal(int)  #: the step of a grid that is shown, and whose nearest training pictures are to be read

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Samples"))
        self.history: SampleHistory | None = None  #: the samples that are shown
        self._first_step: int | None = None
        self._ended = False
        self._shown_step: int | None = None
        self._copies: Copies | None = None  #: of the step that is shown
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
        self.copies = CopyMeterRow()
        self.copies.pairs_toggled.connect(self._show)
        self.body.addWidget(self.copies)
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
        self.play, self.film = PlayButton(), FilmButton()
        self.playback = Playback(self)
        self.playback.set_speed(SPEEDS[1])
        self.playback.moved.connect(self.slider.setValue)
        self.playback.playing_changed.connect(self.play.set_playing)
        self.play.clicked.connect(self.toggle_playing)
        self.film.speed_wished.connect(self.playback.set_speed)
        self.film.loop_wished.connect(self.playback.set_loop)
        row.addWidget(self.play)
        row.addWidget(self.back)
        row.addWidget(self.slider, 1)
        row.addWidget(self.on)
        row.addWidget(self.film)
        self.body.addLayout(row)
        self._show()

    # --- what is shown -------------------------------------------------------------------------------------

    def show_history(self, history: SampleHistory | None) -> None:
        """Show these samples from now on, the newest first."""
        self.playback.pause()
        self.history = history
        self._shown_step = None
        self._show_all()
        self._fit_slider(newest=True)

    def expect_first(self, step: int) -> None:
        """The first samples will come at this step."""
        if step != self._first_step:
            self._first_step = step
            self._show_placeholder()

    def set_ended(self, ended: bool) -> None:
        """Whether the run does not train, so that no samples come as it stands."""
        if ended != self._ended:
            self._ended = ended
            self._show_placeholder()

    def grid_added(self) -> None:
        """There is a new grid; it is shown if the newest one was shown before."""
        self._fit_slider(newest=self.slider.value() == self.slider.maximum())

    @Slot()
    def toggle_playing(self) -> None:
        """Play the grids from the one that is shown, from the first where that is the last; or hold."""
        count = 0 if self.history is None else len(self.history)
        if not self.playback.playing:
            self.playback.start_over(count)
            self.playback.grow(count)
            self.playback.go(self.slider.value())
        self.playback.toggle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space plays and holds; all else is the room's."""
        if event.key() == Qt.Key.Key_Space and not event.modifiers() and self.play.isEnabled():
            self.toggle_playing()
        else:
            super().keyPressEvent(event)

    def grid_arrived(self, step: int) -> None:
        """A grid was read from disk."""
        if step == self._shown_step:
            self._show()

    def copies_measured(self, step: int) -> None:
        """It is known how near the samples of this step are to the training pictures."""
        if step == self._shown_step:
            self.copies_wished.emit(step)

    def copies_arrived(self, step: int, copies: Copies | None) -> None:
        """Their nearest training pictures were read; None: they are not known."""
        if step == self._shown_step:
            self._copies = copies
            self._show()

    def _fit_slider(self, *, newest: bool) -> None:
        count = 0 if self.history is None else len(self.history)
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(0, count - 1))
            if newest:
                self.slider.setValue(self.slider.maximum())
        self._show()

    @Slot()
    def _show(self) -> None:
        history, place = self.history, self.slider.value()
        many = history is not None and len(history) > 1
        if self.playback.playing and place != self.playback.index:
            self.playback.pause()  # someone has moved it
        self.slider.setEnabled(many)
        self.play.setEnabled(many)
        self.back.setEnabled(many and place > 0)
        self.on.setEnabled(many and place < self.slider.maximum())
        if history is None or not len(history):
            self._shown_step = self._copies = None
            self.copies.show_copies(None)
            self.grid.set_pictures([])
            self.label.setText("")
            self._show_placeholder()
            return
        step = history.steps[place]
        if step != self._shown_step:
            self._shown_step, self._copies = step, None
            self.copies_wished.emit(step)
        self.step_shown.emit(step)
        words = self.tr("EMA · step {step}")
        if history.paired:
            words = self.tr("condition | sample | truth · EMA · step {step}")
        self.label.setText(words.format(step=numbers.count(step)))
        images, copies = history.images(step), self._copies
        self.copies.show_copies(copies)
        if images is None:
            self.grid_wished.emit(step)
        elif copies is not None and self.copies.pairs.isChecked() and copies.nearest.shape == images.shape:
            self.grid.set_pictures(to_sheet(pairs_of(images, copies)))
            self.grid.set_tips(self.copies.tips(copies))
        else:
            self.grid.set_pictures(to_sheet(images))
            self.grid.set_tips([])

    def _show_placeholder(self) -> None:
        text = ""
        if self._ended:
            text = self.tr("It ended before its first samples")
        elif self._first_step is not None:
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
