"""The panel at the bottom: the selected picture's x̂_0 through all steps, the scrubber, the buttons under it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from core.catalogue import EXPORTS, ExportRow
from core.comparison import places_along
from core.export import is_installed
from core.recording import Recording

from .. import numbers
from ..app.messages import row_text
from ..app.theme import CONTROL_PX
from ..imaging import to_image
from ..widgets.badge import Badge
from ..widgets.controls import IconButton
from ..widgets.panel import Panel, caption
from ..widgets.plain import set_name, set_tip
from ..widgets.scrubber import SECOND_HIGH_PX, STRIP_TOP_PX, THUMBNAIL_PX, Scrubber
from .note import Note

# --- The row under the scrubber: first, back, play, on, last, loop, where one is, speed, save ------------

#: Save recording… turns into Cancel with per cent: as wide from the start.
RECORDING_PX = 124
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)


class PlayRow(QWidget):
    """Shows and asks; it knows nothing of recordings."""

    move_wished = Signal(str)  #: "first", "back", "next", "last"
    play_wished = Signal()
    loop_changed = Signal(bool)
    speed_changed = Signal(float)
    export_wished = Signal(str)  #: a row of EXPORTS
    export_cancel_wished = Signal()
    fork_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._exporting: tuple[int, int] | None = None
        self.buttons = {name: IconButton(name) for name in ("first", "back", "play", "next", "last", "loop")}
        words = {
            "first": (self.tr("First step"), self.tr("Home")),
            "back": (self.tr("One step back"), "←"),
            "next": (self.tr("One step on"), "→"),
            "last": (self.tr("Last step"), self.tr("End")),
            "loop": (self.tr("Play in a loop"), ""),
            "play": (self.tr("Play"), self.tr("Space")),
        }
        for name, button in self.buttons.items():
            button.setObjectName(name)
            button.describe(*words[name])
        self.play = self.buttons["play"]
        self.play.setProperty("framed", True)
        self.loop = self.buttons["loop"]
        self.loop.setCheckable(True)
        self.fork = IconButton("fork")
        self.fork.setObjectName("fork")
        self._step = QLabel()
        self._step.setTextFormat(Qt.TextFormat.PlainText)
        self._t = caption()
        self.note = Note()
        self.direction = caption(self.tr("noise → picture"))
        self.speed = QComboBox()
        self.speed.setObjectName("speed")
        self.speed.setFixedSize(76, CONTROL_PX)
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_name(self.speed, self.tr("Speed"), self.tr("How fast it plays: 1× is ten steps a second"))
        for speed in SPEEDS:
            self.speed.addItem(f"{speed:g}×", speed)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.save_picture = QPushButton(self.tr("Save picture…"))
        self.save_picture.setAccessibleName(self.tr("Save picture"))
        self.save_picture.setObjectName("save_picture")
        self.save_recording = QPushButton(self.tr("Save recording…"))
        self.save_recording.setAccessibleName(self.tr("Save recording"))
        self.save_recording.setObjectName("save_recording")
        self.save_recording.setMinimumWidth(RECORDING_PX)
        rows = EXPORTS.values()
        self.picture_menu = self._menu([row for row in rows if row.shows != "all"])
        self.recording_menu = self._menu([row for row in rows if row.shows == "all"])
        self._lay_out()
        self._connect()
        self.set_usable(False)
        self.set_fork("")

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addWidget(self.fork)
        row.addSpacing(8)
        row.addWidget(self._step)
        row.addWidget(self._t)
        row.addSpacing(8)
        row.addWidget(self.note, 1)
        row.addWidget(self.direction)
        row.addWidget(self.speed)
        for save in (self.save_picture, self.save_recording):
            save.setFlat(True)
            save.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(save)

    def _connect(self) -> None:
        for name in ("first", "back", "next", "last"):
            self.buttons[name].clicked.connect(self._move)
        for name in ("back", "next"):
            self.buttons[name].setAutoRepeat(True)
        self.play.clicked.connect(self.play_wished)
        self.fork.clicked.connect(self.fork_wished)
        self.loop.toggled.connect(self.loop_changed)
        self.speed.currentIndexChanged.connect(self._speed)
        self.save_picture.clicked.connect(self._save_picture)
        self.save_recording.clicked.connect(self._save_recording)
        for menu in (self.picture_menu, self.recording_menu):
            menu.triggered.connect(self._export)

    def _menu(self, rows: list[ExportRow]) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for row in rows:
            action = menu.addAction(row_text(row.title))
            action.setData(row.name)
            set_tip(action, row_text(row.help))
            if not is_installed(row):
                action.setEnabled(False)
                command = f'pip install "ddpm-studio[{row.extra}]"'
                set_tip(action, self.tr("A package is missing: {command}").format(command=command))
        return menu

    # --- what is shown -------------------------------------------------------------------------------------

    def set_usable(self, usable: bool) -> None:
        """Whether there is anything to play and save."""
        self._usable = usable
        for button in self.buttons.values():
            button.setEnabled(usable)
        self.save_picture.setEnabled(usable and self._exporting is None)
        self.save_recording.setEnabled(usable)
        why = self.tr("There is nothing to save yet: press Generate.")
        picture, recording = (
            self.tr("Save this step, or all steps of the selected picture, with the settings inside"),
            self.tr("Save the denoising of all pictures: as a page that scrubs, a film, numbers, or a script"),
        )
        set_tip(self.save_picture, picture if usable else why)
        set_tip(self.save_recording, recording if usable else why)

    def set_script(self, why_not: str) -> None:
        """Whether what is shown can be made again by a file that holds no picture; a sentence: no, and why."""
        for action in self.recording_menu.actions():
            row = EXPORTS[action.data()]
            if row.needs_request and is_installed(row):
                action.setEnabled(not why_not)
                set_tip(action, why_not or row_text(row.help))

    def set_fork(self, why_not: str) -> None:
        """Whether one can go another way from here; a sentence: no, and why."""
        self.fork.setEnabled(not why_not)
        name = self.tr("Fork from here")
        tip = self.tr("Take the rest of the steps another way: other noise, η, class, guidance or sampler (F)")
        set_name(self.fork, name, why_not or f"{name}. {tip}")

    def set_where(self, step: int, steps: int, t: int) -> None:
        """Step `step` (from 0) of `steps` is shown, at timestep t."""
        words = self.tr("step {step} of {steps}")
        # Room for the longest before it comes: a label is painted with its new words before it is laid out for them.
        longest = words.format(step=numbers.count(steps), steps=numbers.count(steps))
        self._step.setMinimumWidth(self._step.fontMetrics().horizontalAdvance(longest) + 2)
        self._step.setText(words.format(step=numbers.count(step + 1), steps=numbers.count(steps)))
        self._t.setText(f"t = {numbers.count(t)}")

    def clear_where(self) -> None:
        """Nothing is shown."""
        self._step.setText("")
        self._t.setText("")

    def set_playing(self, playing: bool) -> None:
        """The play button says what it will do."""
        self.play.set_icon("pause" if playing else "play")
        self.play.describe(self.tr("Pause") if playing else self.tr("Play"), self.tr("Space"))

    @Slot(bool, float)
    def set_pace(self, loop: bool, speed: float) -> None:
        """In a loop or not, and how fast; another row may have said so. Emits nothing."""
        with QSignalBlocker(self.loop), QSignalBlocker(self.speed):
            self.loop.setChecked(loop)
            self.speed.setCurrentIndex(self.speed.findData(speed))

    def set_exporting(self, progress: tuple[int, int] | None) -> None:
        """A film or picture is being written: (done, of); None when not."""
        self._exporting = progress
        if progress is None:
            self.save_recording.setText(self.tr("Save recording…"))
        elif progress[1]:
            self.save_recording.setText(self.tr("Cancel  {share} %").format(share=100 * progress[0] // progress[1]))
        self.save_picture.setEnabled(self._usable and progress is None)

    # --- what the person does ------------------------------------------------------------------------------

    @Slot()
    def _move(self) -> None:
        for name, button in self.buttons.items():
            if button is self.sender():
                self.move_wished.emit(name)

    @Slot(int)
    def _speed(self) -> None:
        self.speed_changed.emit(float(self.speed.currentData()))

    @Slot()
    def _save_picture(self) -> None:
        _pop_up(self.picture_menu, self.save_picture)

    @Slot()
    def _save_recording(self) -> None:
        if self._exporting is None:
            _pop_up(self.recording_menu, self.save_recording)
        else:
            self.export_cancel_wished.emit()

    @Slot(QAction)
    def _export(self, action: QAction) -> None:
        self.export_wished.emit(action.data())


def _pop_up(menu: QMenu, button: QPushButton) -> None:
    # Above the button: below it there is no room.
    menu.popup(button.mapToGlobal(QPoint(0, -menu.sizeHint().height() - 4)))


# --- timeline --------------------------------------------------------------------------------------------

HEIGHT_PX = 130


class Timeline(Panel):
    """Shows where in the recording one is, and takes the wish to be elsewhere."""

    step_picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_head_visible(False)
        self.setFixedHeight(HEIGHT_PX)
        self._recording: Recording | None = None
        self._picture = 0
        self.scrubber = Scrubber()
        self.scrubber.setObjectName("scrubber")
        self.row = PlayRow()
        self._other: Recording | None = None
        self.badges = (Badge("A"), Badge("B"))
        self._letters = QWidget()
        letters = QVBoxLayout(self._letters)
        letters.setContentsMargins(0, STRIP_TOP_PX, 0, 0)
        letters.setSpacing(0)
        for badge, high in zip(self.badges, (THUMBNAIL_PX, SECOND_HIGH_PX), strict=True):
            badge.setFixedHeight(high)
            letters.addWidget(badge)
        letters.addStretch(1)
        self._letters.hide()
        strips = QHBoxLayout()
        strips.setSpacing(6)
        strips.addWidget(self._letters)
        strips.addWidget(self.scrubber, 1)
        self.body.addLayout(strips)
        self.body.addWidget(self.row)
        self.scrubber.moved.connect(self.step_picked)
        self.scrubber.slots_changed.connect(self._fill)
        self.scrubber.second_changed.connect(self._fill_second)
        self.scrubber.pointed.connect(self._preview)
        self.setAccessibleName(self.tr("Steps"))
        self.scrubber.setAccessibleName(self.tr("Step"))
        set_tip(
            self.scrubber, self.tr("Drag, click or use ← and → to see each step of the selected picture's denoising")
        )

    def show_recording(self, recording: Recording | None, picture: int) -> None:
        """Another recording, or none; the strip follows `picture`."""
        self._recording, self._picture = recording, picture
        with QSignalBlocker(self.scrubber):
            self.scrubber.set_total(0 if recording is None else recording.steps)

    def show_second(self, other: Recording | None, letters: tuple[str, str] = ("A", "B")) -> None:
        """A second recording under the shown one, aligned by t, and the letters of both; None: no second.

        To be told again when more steps of either have come.
        """
        if other is not self._other:
            self.scrubber.clear_second()
        self._other = other
        self._letters.setVisible(other is not None)
        self.setFixedHeight(HEIGHT_PX if other is None else HEIGHT_PX + SECOND_HIGH_PX)
        for badge, letter in zip(self.badges, letters, strict=True):
            badge.set_letter(letter)
        recording = self._recording
        both = other is not None and recording is not None
        places = places_along(recording, other).tolist() if both else None  # type: ignore[arg-type]
        self.scrubber.set_second(places)

    def grow(self) -> None:
        """More steps have arrived."""
        assert self._recording is not None
        with QSignalBlocker(self.scrubber):
            self.scrubber.set_arrived(self._recording.arrived)
        self._fill()

    def show_step(self, step: int) -> None:
        """The step that is shown."""
        with QSignalBlocker(self.scrubber):
            self.scrubber.set_value(step)

    def show_picture(self, picture: int) -> None:
        """Follow another picture of the batch."""
        if picture != self._picture:
            self._picture = picture
            self.scrubber.clear_thumbnails()
            self.scrubber.clear_second()
            self._fill()
            self._fill_second()

    @Slot(int)
    def _preview(self, step: int) -> None:
        """The selected picture at a step that is pointed at."""
        recording = self._recording
        if recording is None or step >= recording.arrived:
            return
        words = self.tr("step {step}, t = {t}").format(
            step=numbers.count(step + 1), t=numbers.count(int(recording.t[step]))
        )
        self.scrubber.show_preview(step, to_image(recording.x_0(step)[self._picture]), words)

    @Slot()
    def _fill(self) -> None:
        """Make the thumbnails that have a place and are not there yet."""
        recording = self._recording
        if recording is None:
            return
        for step in self.scrubber.slots_shown():
            if step < recording.arrived and not self.scrubber.has_thumbnail(step):
                self.scrubber.set_thumbnail(step, to_image(recording.x_0(step)[self._picture]))

    @Slot()
    def _fill_second(self) -> None:
        """As `_fill`, of the second strip."""
        other = self._other
        if other is None:
            return
        for step in self.scrubber.second_shown():
            if not self.scrubber.has_second_thumbnail(step):
                picture = min(self._picture, other.count - 1)
                self.scrubber.set_second_thumbnail(step, to_image(other.one_shown("x_0", step, picture)))
