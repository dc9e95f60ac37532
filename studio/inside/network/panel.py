"""What is seen in the tab Network: the U, the selected block, the scrubber; beside the tabs the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ... import numbers
from ...app.ready_line import ReadyLine
from ...app.theme import CONTROL_PX, set_look
from ...sampler.head import why_no_weights
from ...sampler.model_combo import ModelCombo
from ...sampler.models import ModelChoice
from ...sampler.step_way import StepHead
from ...sampler.timeline import HEIGHT_PX, Timeline
from ...widgets.elided import ElidedLabel
from ...widgets.legend import LegendEntry
from ...widgets.panel import Panel, caption
from ...widgets.plain import set_name, set_tip
from ...widgets.scroll import Scrolled
from .block_panel import BlockPanel
from .map_view import MapView
from .words import share_text, size_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.networks.anatomy import BlockRow

    from .told import Cost

LEAST_MAP_PX = (320, 150)
JUMP_STEPS = 10
#: Of the width for the selected block.
BLOCK_SHARE = 0.265


class MapPanel(Panel):
    """The U with its heading: how large it is, what the colours mean, and what its blocks cost."""

    measure_wished = Signal()
    cancel_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("U-Net"))
        self._costs: Mapping[str, Cost] = {}
        self._carries: Mapping[str, tuple[float, float]] = {}
        self.facts = ElidedLabel(least_px=80)
        set_look(self.facts, caption=True)
        self.lead.addWidget(self.facts)
        self._legend = [
            LegendEntry("bar", "loss", self.tr("residual")),
            LegendEntry("bar", "validation", self.tr("attention")),
            LegendEntry("bar", "edge", self.tr("other")),
        ]
        for entry in self._legend:
            self.head.addWidget(entry)
        self._width = caption(self.tr("width: share of time"))
        self.measure = QPushButton()
        self.measure.setFlat(True)
        self.measure.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.measure.setObjectName("measure")
        self.measure.setFixedHeight(CONTROL_PX)
        self.head.addWidget(self._width)
        self.head.addWidget(self.measure)
        self._progress: float | None = None
        self.map = MapView(self.describe)
        self._scrolled = Scrolled(self.map, LEAST_MAP_PX)
        self.body.addWidget(self._scrolled, 1)
        self.map.selected.connect(self._into_sight)
        self.measure.clicked.connect(self._measure)
        self.set_measuring(None, "")

    def set_costs(self, costs: Mapping[str, Cost]) -> None:
        """Of each block; empty: not measured."""
        self._costs = costs
        self.map.set_shares({module: cost.time for module, cost in costs.items()})
        if self._progress is None:
            self._width.setVisible(bool(costs))

    def set_strengths(self, carries: Mapping[str, tuple[float, float]]) -> None:
        """Strength of what each block takes by its shortcut, and of what comes from below."""
        self._carries = carries

    def set_measuring(self, share: float | None, why_not: str) -> None:
        """How far the measurement is, 0 … 1; None: there is none under way; why_not: it cannot be begun."""
        self._progress = share
        known = bool(self._costs)
        words = self.tr("Measure again") if known else self.tr("Measure time and memory")
        if share is not None:
            words = self.tr("Cancel")
        self.measure.setText(words)
        self.measure.setEnabled(share is not None or not why_not)
        self._width.setVisible(known or share is not None)
        self._width.setText(
            self.tr("width: share of time")
            if share is None
            else self.tr("Measuring time and memory: {share} %").format(share=round(100 * share))
        )
        tip = self.tr("Takes some training steps of a new network with these settings, and looks at the clock")
        if share is not None:
            tip = self.tr("End the measurement of what each block takes of a training step")
        set_tip(self.measure, why_not or tip)

    def describe(self, row: BlockRow) -> str:
        """What the tooltip of a block says: everything in numbers."""
        words = [
            f"{row.title} · {size_text(row)}",
            self.tr("{count} parameters").format(count=numbers.count(row.parameters)),
        ]
        cost = self._costs.get(row.module)
        if cost is not None:
            time = self.tr("{share} of the time, {ms} ms · {memory_share} of the memory, {memory}")
            words.append(
                time.format(
                    share=share_text(cost.time),
                    ms=numbers.figure(1000 * cost.seconds),
                    memory_share=share_text(cost.memory),
                    memory=numbers.memory(cost.kept_bytes),
                )
            )
        if row.heads:
            heads = self.tr("{heads} heads of {channels} channels")
            words.append(heads.format(heads=numbers.count(row.heads), channels=numbers.count(row.dim_head)))
        carried = self._carries.get(row.module)
        if carried is not None:
            strength = self.tr("the shortcut brings {strength} (root mean square), from below comes {below}")
            words.append(strength.format(strength=numbers.figure(carried[0]), below=numbers.figure(carried[1])))
        return "\n".join(words)

    @Slot(str)
    def _into_sight(self, module: str) -> None:
        box = self.map.box(module).toAlignedRect()
        self._scrolled.ensureVisible(box.center().x(), box.center().y(), box.width() // 2 + 4, box.height())

    @Slot()
    def _measure(self) -> None:
        if self._progress is None:
            self.measure_wished.emit()
        else:
            self.cancel_wished.emit()


class Steps(QStackedWidget):
    """The scrubber of the denoising, or why there is none and the button that makes one."""

    generate_wished = Signal()
    cancel_wished = Signal()
    training_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT_PX)
        self.timeline = Timeline()
        row = self.timeline.row
        for part in (row.fork, row.note, row.save_picture, row.save_recording):
            part.hide()
        self.picture = StepHead()
        self.again = QPushButton()
        self.again.setObjectName("inside_generate")
        self.again.setFixedHeight(CONTROL_PX)
        self.again.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = row.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.insertWidget(layout.indexOf(row.note), self.picture, 1)
        layout.addWidget(self.again)
        self._empty = Panel()
        self._empty.set_head_visible(False)
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setProperty("muted", True)
        self._words.setWordWrap(True)
        self.button = QPushButton()
        self.button.setObjectName("inside_begin")
        self.button.setFixedHeight(CONTROL_PX)
        body = self._empty.body
        body.addStretch(1)
        body.addWidget(self._words)
        body.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.ready = ReadyLine("network_look")
        body.addWidget(self.ready)
        body.addStretch(1)
        self.addWidget(self._empty)
        self.addWidget(self.timeline)
        self._working: tuple[int, int] | None = None
        self._can_train = False
        self.again.clicked.connect(self._again)
        self.button.clicked.connect(self._begin)

    def show_state(
        self, *, has_model: bool, has_recording: bool, working: tuple[int, int] | None, why_not: str
    ) -> None:
        """Whether there is something to step through.

        working: (done, of) steps of what is being made; why_not: nothing can be made, "" where it can.
        """
        self._working, self._can_train = working, not has_model
        self.setCurrentWidget(self.timeline if has_recording else self._empty)
        generate, cancel = self.tr("Generate"), ""
        if working is not None:
            cancel = self.tr("Cancel  {done} of {of}").format(
                done=numbers.count(working[0]), of=numbers.count(working[1])
            )
        self.ready.setVisible(not has_model)
        self.again.setText(cancel or generate)
        self.again.setEnabled(not why_not or working is not None)
        tip = self.tr("Make a denoising with the settings of the sampler room")
        set_tip(self.again, why_not or tip)
        if working is not None:
            self._words.setText(self.tr("The denoising is being made."))
        elif not why_not:
            self._words.setText(
                self.tr("There is no denoising yet. Make one, and see what each block says at each of its steps.")
            )
        else:
            self._words.setText(why_not)
        words = cancel or (generate if has_model else self.tr("Go to Training"))
        self.button.setText(words)
        self.button.setEnabled(self.again.isEnabled() or not has_model)

    @property
    def words(self) -> str:
        """Why there is no scrubber; "" where there is one."""
        return "" if self.currentWidget() is self.timeline else self._words.text()

    @Slot()
    def _again(self) -> None:
        (self.generate_wished if self._working is None else self.cancel_wished).emit()

    @Slot()
    def _begin(self) -> None:
        if self._working is not None:
            self.cancel_wished.emit()
        elif self._can_train:
            self.training_wished.emit()
        else:
            self.generate_wished.emit()


class Parts:
    """What the page is made of. Made one after another, each takes 10 to 30 ms."""

    map_panel: MapPanel
    block: BlockPanel
    steps: Steps

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent  # until the page takes them

    def build(self) -> Iterator[None]:
        """Make them, pausing after each."""
        self.map_panel = MapPanel(self._parent)
        yield
        self.block = BlockPanel(self._parent)
        yield
        self.steps = Steps(self._parent)
        yield


class NetworkPanel(QWidget):
    """Holds the parts; everything it shows it is told."""

    step_wished = Signal(int)  #: that many steps on, or back
    end_wished = Signal(bool)  #: True: the last step, False: the first
    play_wished = Signal()
    picture_wished = Signal(int)  #: that many pictures on, or back

    def __init__(self, parts: Parts | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Network"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if parts is None:
            parts = Parts(self)
            for _ in parts.build():
                pass
        self.map_panel, self.block, self.steps = parts.map_panel, parts.block, parts.steps
        self.map = self.map_panel.map
        self.timeline = self.steps.timeline
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.map_panel, 1)
        row.addWidget(self.block)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(row, 1)
        column.addWidget(self.steps)
        self.map.opened.connect(self._to_block)
        self.steps.picture.picture_wished.connect(self.picture_wished)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a large screen the block's pictures are larger too."""
        self.block.set_width(round(event.size().width() * BLOCK_SHARE))
        super().resizeEvent(event)

    @Slot()
    def _to_block(self) -> None:
        self.block.pages.buttons[self.block.pages.current()].setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the sampler room, where nobody under the focus has taken them."""
        if event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier):
            super().keyPressEvent(event)
            return
        by = JUMP_STEPS if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        match event.key():
            case Qt.Key.Key_Space:
                self.play_wished.emit()
            case Qt.Key.Key_Left:
                self.step_wished.emit(-by)
            case Qt.Key.Key_Right:
                self.step_wished.emit(by)
            case Qt.Key.Key_Up:
                self.picture_wished.emit(-1)
            case Qt.Key.Key_Down:
                self.picture_wished.emit(1)
            case Qt.Key.Key_Home:
                self.end_wished.emit(False)
            case Qt.Key.Key_End:
                self.end_wished.emit(True)
            case _:
                super().keyPressEvent(event)


# --- Beside the tabs: which model is looked at, the sampler room's choice ------------------------------------------


MODEL_PX, WEIGHTS_PX = 220, 76


class NetworkHead(QWidget):
    """Emits only what a person chooses."""

    model_chosen = Signal(object)  #: a ModelChoice
    open_wished = Signal()
    weights_chosen = Signal(str)  #: "ema" or "raw"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ModelCombo()
        self.model.setFixedWidth(MODEL_PX)
        self.weights = QComboBox()
        self.weights.setFixedSize(WEIGHTS_PX, CONTROL_PX)
        self.weights.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.weights.addItem(self.tr("EMA"), "ema")
        self.weights.addItem(self.tr("Raw"), "raw")
        self._tip = self.tr(
            "EMA: the average of the weights over the last steps of training. Raw: as the last step left them. The "
            "sampler room has the same choice."
        )
        set_name(self.weights, self.tr("Weights"), self._tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.model)
        row.addWidget(self.weights)
        self.model.picked.connect(self.model_chosen)
        self.model.open_wished.connect(self.open_wished)
        self.weights.activated.connect(self._weights)

    def show_choice(self, choices: Sequence[ModelChoice], chosen: ModelChoice | None, weights: str) -> None:
        """As the sampler room has it; an EMA of a length is called by it."""
        self.model.set_choices(choices, chosen)
        with QSignalBlocker(self.weights):
            while self.weights.count() > 2:
                self.weights.removeItem(2)
            if self.weights.findData(weights) < 0:
                self.weights.addItem(weights.replace("ema-", self.tr("EMA") + " "), weights)
            self.weights.setCurrentIndex(self.weights.findData(weights))
        why_not = why_no_weights(chosen)
        self.weights.setEnabled(not why_not)
        set_tip(self.weights, why_not or self._tip)

    @Slot(int)
    def _weights(self, place: int) -> None:
        self.weights_chosen.emit(str(self.weights.itemData(place)))
