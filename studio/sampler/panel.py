"""What is seen in the sampler room: settings, two linked wells, curves over t, the scrubber. Knows no worker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import (
    QHideEvent,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from core.beginning import StartPicture
from core.errors import StudioError, showable
from core.recording import Recording

from .. import numbers
from ..app.messages import error_text
from ..widgets.drop_zone import DropZone
from ..widgets.playback import Playback
from ..widgets.scroll import Scrolled
from .brush import Painting, PaintView, redoes, undoes
from .compare import CompareWay
from .compare_choice import Offers
from .controls import SamplerControls
from .curves import Curves
from .forks import ForkBar, ForkLine, Forks, Made
from .kept import KeptStrip
from .models import ModelChoice, ModelFacts, SamplerRequest, Shown
from .nearest_dialog import NearestDialog
from .news import News
from .opening_bar import OpeningBar
from .picture_menus import FoundMenu, PictureMenu
from .step_way import StepWay
from .timeline import Timeline
from .ways import PicturesWay, Ways
from .wells import Wells

if TYPE_CHECKING:
    from ..app.settings import Settings
    from ..training.state import TrainingState

JUMP_STEPS = 10
#: Of what is looked at, before it scrolls: the switch and a row of pictures.
LEAST_WAY_PX = (320, 150)
#: In a narrower room the strip of kept generations shows their pictures alone.
WHOLE_STRIP_PX = 1200
STEP_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class Parts:
    """What the room is made of that takes long to make: 0.15 s of processor together, so one after another."""

    controls: SamplerControls
    wells: Wells
    curves: Curves
    taken_apart: StepWay
    fork_bar: ForkBar
    paint: PaintView
    timeline: Timeline

    def build(self, settings: Settings) -> Iterator[None]:
        """Make them, pausing after each stroke."""
        self.controls = SamplerControls(settings)
        yield
        self.wells, self.curves = Wells(), Curves()
        yield
        self.taken_apart, self.fork_bar = StepWay(), ForkBar()
        yield
        self.paint = PaintView()
        yield
        self.timeline = Timeline()
        yield


class SamplerPanel(QWidget):
    """Holds the position in the recording and the selected picture; everything else it is told."""

    model_chosen = Signal(object)  #: a ModelChoice
    weights_chosen = Signal()
    open_wished = Signal()
    paths_dropped = Signal(list)  #: Paths: of a run folder, a checkpoint, pictures or anything else
    foreign_accepted = Signal(object)  #: the ForeignFacts of another program's file, completed
    foreign_cancelled = Signal()
    start_file_wished = Signal(str)  #: a picture for "first", "second" or "mask" is to be chosen
    settings_changed = Signal()
    generate_wished = Signal()
    cancel_wished = Signal()
    fit_wished = Signal()
    fit_cancel_wished = Signal()
    training_wished = Signal()
    ready_wished = Signal(str)  #: the sample set of a model that comes with the program
    export_wished = Signal(str)  #: a row of EXPORTS
    export_cancel_wished = Signal()
    fork_wished = Signal(object)  #: the Branch to take
    made_wished = Signal(object)  #: a Made that is held is to be shown
    nearest_wished = Signal()  #: the training pictures nearest to the selected one
    step_shown = Signal(int)  #: the step under the cursor, also where it is the same of another recording
    recording_extended = Signal()  #: more steps of the shown recording have arrived
    picture_selected = Signal(int)

    def __init__(self, settings: Settings, parts: Parts | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        if parts is None:
            parts = Parts()
            for _ in parts.build(settings):
                pass
        self._recording: Recording | None = None
        self._picture = 0
        self._stale = False
        self._forks = Forks()
        self._made_a: Made | None = None  #: the last A of Compare of which it is known what made it
        self._why_no_fork = ""
        self._undoes_removal = False
        self.made_at: int | None = None  #: the training step of the model that the shown pictures are of
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Sampler"))
        self.controls = parts.controls
        self.head = self.controls.head
        self.opening = OpeningBar(self)
        self.wells, self.curves = parts.wells, parts.curves
        self.kept = KeptStrip()
        self.compare = CompareWay(self._offers)
        self.ways = Ways()
        # What is looked at gives way before what it is chosen and stepped with; the wheel steps.
        self._scrolled = Scrolled(self.ways, LEAST_WAY_PX, wheel=False)
        self.taken_apart, self.fork_bar, self.paint = parts.taken_apart, parts.fork_bar, parts.paint
        self._easel = Scrolled(self.paint, LEAST_WAY_PX, wheel=False)
        self.paint.hide()
        self._easel.hide()
        self.fork_line = ForkLine()
        self.timeline = parts.timeline
        self.playback = Playback(self)
        self.banner = News(self, self.ways, self.timeline.row)
        self.picture_menu = PictureMenu(self)
        self.found_menu = FoundMenu(self)
        self._drop_zone = DropZone(self, self.tr("Drop a model to open it, or a picture to start from"))
        self._drop_zone.dropped.connect(self.paths_dropped)
        self._add_ways()
        self._lay_out()
        self._connect()
        # After the room has taken the arrows of its buttons: they are not those of the dialog.
        self.nearest = NearestDialog(self)
        self._wells_changed()
        self.ways.choose(settings["sampler_way"])
        self._way_changed(self.ways.current)
        self.wells.choose_layers(settings["sampler_layers"])
        self.wells.layers_changed.connect(self._layers_changed)

    def _add_ways(self) -> None:
        self.ways.add(
            "pictures",
            self.tr("Pictures"),
            self.tr("All pictures at this step: noisy at the left, as the network predicts them at the right (1)"),
            PicturesWay(self.wells, self.curves),
        )
        self.ways.add(
            "step",
            self.tr("This step"),
            self.tr("One picture's step, taken apart: what the network says, what the sampler adds up (2)"),
            self.taken_apart,
            self.taken_apart.head,
        )
        self.ways.add(
            "compare",
            self.tr("Compare"),
            self.tr("Two generations under one cursor, aligned by t (3)"),
            self.compare,
            self.compare.head,
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.controls)
        column.addWidget(self.opening)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.kept)
        row.addWidget(self._scrolled, 1)
        row.addWidget(self._easel, 1)
        column.addLayout(row, 1)
        # The pictures give it room at their lower end: no control moves.
        column.addLayout(self.banner.slot)
        column.addWidget(self.fork_line)
        column.addWidget(self.fork_bar)
        column.addWidget(self.timeline)

    def _connect(self) -> None:
        head, play, row = self.head, self.playback, self.timeline.row
        head.model_chosen.connect(self.model_chosen)
        head.weights_chosen.connect(self.weights_chosen)
        head.open_wished.connect(self.open_wished)
        head.generate_wished.connect(self._generate)
        head.cancel_wished.connect(self.cancel_wished)
        self.controls.changed.connect(self._settings_changed)
        self.controls.done.connect(self._take_keys)
        self.controls.options.fit_wished.connect(self.fit_wished)
        self.controls.options.fit_cancel_wished.connect(self.fit_cancel_wished)
        start = self.controls.options.start_row
        start.file_wished.connect(self.start_file_wished)
        start.selected_wished.connect(self._start_from_selected)
        self.opening.open_wished.connect(self.foreign_accepted)
        self.opening.cancel_wished.connect(self.foreign_cancelled)
        self.opening.done.connect(self._take_keys)
        self.wells.menu_wished.connect(self.picture_menu.open_at)
        self._scrolled.installEventFilter(self)
        self.ways.changed.connect(self._way_changed)
        self.picture_menu.start_wished.connect(self._start_from_selected)
        self.picture_menu.large_wished.connect(self.wells.set_large)
        for asks in (self.picture_menu, row):
            asks.fork_wished.connect(self._ask_fork)
        self.fork_bar.go_wished.connect(self.fork_wished)
        self.fork_bar.done.connect(self._take_keys)
        self.fork_bar.paint_wished.connect(self._show_paint)
        self.fork_bar.said.connect(self.paint.say)
        self.paint.changed.connect(self.fork_bar.painted)
        self.paint.done.connect(self._leave_paint)
        self.paint.go_wished.connect(self.fork_bar.go_on)
        self.paint.picture_wished.connect(self._select_by)
        self.fork_line.chosen.connect(self.made_wished)
        self.picture_menu.paint_wished.connect(self._ask_paint)
        self.picture_menu.nearest_wished.connect(self.nearest_wished)
        self.taken_apart.memory.nearest_wished.connect(self.nearest_wished)
        self.wells.selected.connect(self._select)
        self.taken_apart.head.picture_wished.connect(self._select_by)
        self.wells.training_wished.connect(self.training_wished)
        self.wells.ready_wished.connect(self.ready_wished)
        self.wells.open_wished.connect(self.open_wished)
        self.wells.step_wished.connect(self._step_by)
        self.curves.step_picked.connect(play.go)
        self.compare.step_picked.connect(play.go)
        self.compare.head.page_chosen.connect(self._page_chosen)
        self.compare.changed.connect(self._tell_second)
        self.found_menu.use_wished.connect(self.kept.use_wished)
        self.found_menu.start_wished.connect(self.controls.start_from_file)
        self.timeline.step_picked.connect(play.go)
        play.moved.connect(self._show_step)
        play.playing_changed.connect(row.set_playing)
        row.play_wished.connect(play.toggle)
        row.move_wished.connect(self._move)
        row.loop_changed.connect(play.set_loop)
        row.speed_changed.connect(play.set_speed)
        play.pace_changed.connect(row.set_pace)
        row.export_wished.connect(self.export_wished)
        row.export_cancel_wished.connect(self.export_cancel_wished)
        for button in self.findChildren(QAbstractButton):
            button.installEventFilter(self)

    # --- the model and its settings ------------------------------------------------------------------------

    def set_choices(self, choices: Sequence[ModelChoice], chosen: ModelChoice | None) -> None:
        """The models to choose from."""
        self.controls.set_choices(choices, chosen)
        self.wells.set_has_model(chosen is not None)
        self._tell()

    def set_missing_reason(self, state: TrainingState) -> None:
        """What the training is doing, to say why there is no model yet."""
        self.wells.set_training_state(state)

    def set_facts(self, facts: ModelFacts | None) -> None:
        """What the chosen model is; None when it could not be read."""
        self.controls.set_facts(facts)
        self._tell()

    def set_primary(self, primary: bool) -> None:
        """Whether Generate is the one next thing to do."""
        self.head.set_primary(primary)

    def request(self) -> SamplerRequest | None:
        """The settings as they stand; None without a model."""
        return self.controls.request()

    def weights_name(self) -> str:
        """ "ema" or "raw"."""
        return self.head.weights_name()

    def model_and_weights(self) -> tuple[ModelChoice | None, str]:
        """The chosen model, and which of its weights."""
        return self.head.model_and_weights()

    def _offers(self) -> Offers:
        """What a second run may have in the place of a setting."""
        choices = self.controls.choices
        # A run that was opened by its file stands there as its newest checkpoint alone.
        earlier = (choice for choice in self.head.model.earlier() if choice not in choices)
        a = self.compare.a
        found = self._forks.of(a)
        if found is not None:  # the tree lets go of it once there is a B
            self._made_a = found
        made = self._made_a
        if a is None or made is None or made.recording is not a:  # nobody knows what made it
            return Offers(self.request(), self.controls.facts, (*choices, *earlier))
        request = made.request
        if a.condition is not None:  # as it was seen: the files may be others by now
            request = replace(request, condition=a.seen(), condition_from="")
        return Offers(request, made.facts, (*choices, *earlier))

    # --- what is being made --------------------------------------------------------------------------------

    def set_working(self, done: int, of: int) -> None:
        """Sampling is under way."""
        self.head.set_working(done, of)
        self._tell()

    def set_fitting(self, share: float | None) -> None:
        """Steps are being fitted: how much is done, 0 … 1; None: not."""
        self.controls.options.set_fitting(share)

    def set_idle(self) -> None:
        """Nothing is being made."""
        self.head.set_idle()
        self._tell()

    def set_pace(self, seconds_per_call: float, count: int) -> None:
        """Measured: what one call of the network with `count` pictures takes."""
        self.timeline.row.note.pace = (seconds_per_call, count)

    def set_time_left(self, seconds: float | None) -> None:
        """How long the sampling under way will still take; None: not worth saying."""
        self.timeline.row.note.set_time_left(seconds)

    def set_made_at(self, step: int | None) -> None:
        """The training step of the model that the shown pictures are of."""
        self.made_at = step

    def set_stale(self, stale: bool) -> None:
        """Whether the settings are others than those of the shown pictures."""
        self._stale = stale
        self._tell()

    def set_cancelled(self, at: tuple[int, int] | None) -> None:
        """After how many steps, and of how many, the shown pictures were cancelled; None: they were not."""
        self.timeline.row.note.set_cancelled(at)

    def set_exporting(self, progress: tuple[int, int] | None) -> None:
        """Something is being saved: (done, of); None when not."""
        self.timeline.row.set_exporting(progress)

    # --- the recording -------------------------------------------------------------------------------------

    def set_forks(self, forks: Forks, why_not: str) -> None:
        """The tree of the shown generation, and why that cannot be forked now; "" where it can."""
        self._forks, self._why_no_fork = forks, why_not
        self.fork_line.show_forks(forks)
        self.timeline.row.set_fork(why_not)
        self.picture_menu.set_fork(why_not)
        self.fork_bar.set_why_not(why_not)

    @property
    def paints(self) -> bool:
        """Whether there are strokes for a fork that has not gone off yet."""
        return self.fork_bar.holds_strokes

    @property
    def shown(self) -> Shown:
        """The step and the selected picture."""
        return Shown(self.playback.index, self._picture)

    def show_recording(self, recording: Recording | None) -> None:
        """Another recording, of which steps may still come; None: nothing."""
        self._recording = recording
        self.playback.start_over(0 if recording is None else recording.steps)
        self._picture = min(self._picture, 0 if recording is None else recording.count - 1)
        self.ways.show_recording(recording)
        self.ways.set_selected(self._picture)
        self.timeline.show_recording(recording, self._picture)
        self._tell_second()
        self.timeline.row.set_usable(False)
        self.timeline.row.clear_where()
        self._wells_changed()
        self._tell()

    def recording_grew(self) -> None:
        """More steps have arrived."""
        recording = self._recording
        assert recording is not None
        if recording.arrived == self.playback.arrived:
            return
        self.ways.grew()
        self.timeline.grow()
        self._tell_second()
        self.timeline.row.set_usable(True)
        self._wells_changed()
        self.recording_extended.emit()
        self.playback.grow(recording.arrived)

    @Slot(int)
    def _show_step(self, step: int) -> None:
        recording = self._recording
        assert recording is not None
        try:
            self.ways.show_step(step)
        except StudioError as error:  # a kept one whose file was cut off meanwhile
            self.stop_playing()
            self.banner.show_message(error_text(error))
        self.timeline.show_step(step)
        self.fork_bar.show_step(step)
        self.paint.show_place(step, self._picture)
        self.timeline.row.set_where(step, recording.steps, int(recording.t[step]))
        self.step_shown.emit(step)

    @Slot(int)
    def _select(self, picture: int) -> None:
        recording = self._recording
        if recording is None or not 0 <= picture < recording.count:
            return
        self._picture = picture
        self.ways.set_selected(picture)
        if recording.arrived:
            self.ways.show_step(self.playback.index)
            self.timeline.show_picture(picture)
            self.paint.show_place(self.playback.index, picture)
        self.picture_selected.emit(picture)

    def select_picture(self, picture: int) -> None:
        """Select a picture of the batch; nothing where there is none of the number."""
        self._select(picture)

    def go_to(self, step: int, picture: int) -> None:
        """Show a picture at a step, or what is nearest to it."""
        self._select(picture)
        self.playback.go(step)

    def look_again(self) -> None:
        """The shown way has something else to show at the same step."""
        if self._recording is not None and self._recording.arrived:
            self.ways.show_step(self.playback.index)

    @Slot(int)
    def _select_by(self, pictures: int) -> None:
        self._select(self._picture + pictures)

    def stop_playing(self) -> None:
        """The room is about to go."""
        self.playback.pause()

    def _tell(self) -> None:
        """What the note beside the step says of the settings."""
        self.timeline.row.note.set_request(
            self.request(),
            stale=self._stale,
            shows=self._recording is not None,
            missing=self.controls.options.missing(),
            whose=self._whose(),
        )

    def _whose(self) -> str:
        """The model that made what is shown, by its name; "" where it is the chosen one's, or nobody knows."""
        made = None if self._recording is None else self._recording.settings.get("model")
        chosen, _ = self.model_and_weights()
        other = isinstance(made, str) and chosen is not None and made != chosen.name
        return showable(str(made), 60) if other else ""

    # --- what the person does ------------------------------------------------------------------------------

    @Slot()
    def _settings_changed(self) -> None:
        self._tell()
        self.settings_changed.emit()

    def _wells_changed(self) -> None:
        """Whether there is a picture in the wells to start from."""
        there = self._recording is not None and self._recording.arrived > 0
        why_not = "" if there else self.tr("There are no pictures yet: Generate some first.")
        self.controls.options.start_row.set_wells_reason(why_not)

    @Slot(str)
    def _start_from_selected(self, which: str = "") -> None:
        recording, step = self._recording, self.playback.index
        if recording is not None and step < recording.arrived:
            pixels = recording.x_0(step)[self._picture]
            name = self.tr("no. {n}, step {step}").format(
                n=numbers.count(self._picture + 1), step=numbers.count(step + 1)
            )
            height, width, channels = pixels.shape
            self.controls.start_from(
                StartPicture(name, None, pixels.tobytes(), (height, width, channels), (width, height)), which
            )

    @Slot()
    def _ask_fork(self) -> None:
        """Ask what is to be otherwise from this step on; asked already: leave it."""
        if self._why_no_fork:
            self.banner.show_message(self._why_no_fork, kind="info")
        elif not self.fork_bar.isHidden():
            self.fork_bar.clear()
        elif self._recording is not None and self.playback.index < self._recording.arrived:
            self.playback.pause()
            self.fork_bar.ask(self._forks, self.playback.index)

    @Slot()
    def _ask_paint(self) -> None:
        """Fork from here, with the brush in the hand."""
        if self.fork_bar.isHidden():
            self._ask_fork()
        if not self.fork_bar.isHidden():
            self.fork_bar.paint.setChecked(True)

    @Slot(bool)
    def _show_paint(self, wished: bool) -> None:
        """The canvas in the place of the pictures, or the pictures again."""
        recording, bar = self._recording, self.fork_bar
        if wished and recording is not None:
            if bar.painting is None:
                started = recording.started
                bar.painting = Painting((recording.count, started.height, started.width, started.channels))
            self._scrolled.hide()
            self._easel.show()
            self.paint.open(bar.painting, recording, self.playback.index, self._picture)
            bar.painted()
        else:
            self.paint.hide()
            self._easel.hide()
            self._scrolled.show()

    @Slot()
    def _leave_paint(self) -> None:
        self.fork_bar.paint.setChecked(False)
        self.fork_bar.go.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _generate(self) -> None:
        self.generate_wished.emit()
        self._take_keys()

    @Slot()
    def _take_keys(self) -> None:
        """Editing has ended: the keys are the room's again."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def _step_by(self, steps: int) -> None:
        self.playback.go(self.playback.index + steps)

    @Slot(str)
    def _move(self, where: str) -> None:
        ends = {"first": 0, "last": self.playback.arrived - 1}
        around = {"back": -1, "next": 1}
        self.playback.go(ends[where] if where in ends else self.playback.index + around[where])

    @Slot(str)
    def _way_changed(self, name: str) -> None:
        self._settings["sampler_way"] = name
        chooses = name == "compare" and not self.compare.head.checkpoints.isChecked()
        self.kept.setVisible(chooses or self._settings["sampler_kept"])
        self._tell_second()
        self.banner.follow()

    @Slot()
    def _tell_second(self) -> None:
        """The other of two that are compared has a strip under the shown one's."""
        compared = self.ways.current == "compare" and not self.compare.head.checkpoints.isChecked()
        other, letters = self.compare.beside(self._recording) if compared else (None, ("A", "B"))
        self.timeline.show_second(other, letters)

    @Slot()
    def _page_chosen(self) -> None:
        """The checkpoints take the room of the kept ones, of which none is chosen for them."""
        self._way_changed(self.ways.current)

    @Slot(list)
    def _layers_changed(self, layers: list[str]) -> None:
        self._settings["sampler_layers"] = layers

    def set_undoes_removal(self, undoes_removal: bool) -> None:
        """Whether Ctrl+Z brings back what was removed, before what was chosen in the window."""
        self._undoes_removal = undoes_removal

    def event(self, event: QEvent) -> bool:
        """Ctrl+Z takes a stroke back while one paints, or a removal, before what was chosen in the window."""
        overrides = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if overrides and (self._of_strokes(event) or self._of_removal(event)):  # type: ignore[arg-type]
            event.accept()
            return True
        return super().event(event)

    def _of_removal(self, event: QKeyEvent) -> bool:
        # A field that has nothing to undo leaves the key to the window, and would swallow it here.
        in_field = isinstance(QApplication.focusWidget(), QLineEdit | QAbstractSpinBox)
        return self._undoes_removal and undoes(event) and not in_field

    def _of_strokes(self, event: QKeyEvent) -> bool:
        return (undoes(event) or redoes(event)) and not self.paint.isHidden()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the room. A field that is edited takes its own before they come here."""
        if self._of_strokes(event):
            (self.paint.take_back if undoes(event) else self.paint.do_again)()
            return
        if self._of_removal(event):
            self.banner.undo_wished.emit()
            return
        by = JUMP_STEPS if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        if event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier):
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Space:
                self.playback.toggle()
            case Qt.Key.Key_Left:
                self._step_by(-by)
            case Qt.Key.Key_Right:
                self._step_by(by)
            case Qt.Key.Key_Up:
                self._select_by(-1)
            case Qt.Key.Key_Down:
                self._select_by(1)
            case Qt.Key.Key_Home:
                self.playback.go(0)
            case Qt.Key.Key_End:
                self.playback.go(self.playback.arrived - 1)
            case key if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
                number = key - Qt.Key.Key_1
                if number < len(self.ways.names):
                    self.ways.choose(self.ways.names[number])
            case Qt.Key.Key_K:
                self._settings["sampler_kept"] = not self._settings["sampler_kept"]
                self._way_changed(self.ways.current)
            case Qt.Key.Key_N:
                self.nearest_wished.emit()
            case Qt.Key.Key_G:
                self._generate()
            case Qt.Key.Key_F:
                self._ask_fork()
            case Qt.Key.Key_B:
                self._ask_paint()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self.ways.current == "pictures":
                self.wells.set_large(not self.wells.large)
            case Qt.Key.Key_Escape if self.wells.large:
                self.wells.set_large(False)
            case Qt.Key.Key_Escape if self.head.working:
                self.cancel_wished.emit()
            case _:
                super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows on a button would move the focus; here they step and select. News stays over the wells."""
        if watched is self._scrolled and event.type() in (QEvent.Type.Move, QEvent.Type.Resize):
            self.banner.follow()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in STEP_KEYS:
            self.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow room the strip gives way."""
        super().resizeEvent(event)
        self.kept.set_narrow(event.size().width() < WHOLE_STRIP_PX)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel steps, wherever in the room it is not a field's own."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        if delta and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._step_by(-1 if delta > 0 else 1)
        event.accept()

    def showEvent(self, event: QShowEvent) -> None:
        """Whoever comes into the room has its keys."""
        super().showEvent(event)
        self._take_keys()

    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody sees need not play, and what was asked of it is over."""
        self.playback.pause()
        self.nearest.reject()
        super().hideEvent(event)
