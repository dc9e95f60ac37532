"""The bar at the bottom of every room: start, pause and stop the training, and see how it goes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from .. import numbers
from ..numbers import LARGEST
from ..training.state import TrainingState
from ..widgets.button_menu import set_menu
from ..widgets.elided import ElidedLabel
from ..widgets.plain import set_name, set_tip, set_words
from .icons import set_accent, set_icon
from .theme import BODY_PX, set_look, sized_font, theme

# --- A tiny curve without axes, for a bar of numbers -----------------------------------------------------


class Sparkline(QWidget):
    """Shows the last values as one line; what is not finite, or beyond LARGEST, is left out."""

    def __init__(self, parent: QWidget | None = None, *, colour: str = "loss", width_px: int = 72) -> None:
        super().__init__(parent)
        self._colour = colour
        self._width_px = width_px
        self._values: list[float] = []
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def set_values(self, values: Sequence[float]) -> None:
        """Show these, oldest first; of more than there are pixels only evenly chosen ones."""
        finite = [value for value in values if abs(value) <= LARGEST]
        step = max(1, math.ceil(len(finite) / self._width_px))
        self._values = finite[::-1][::step][::-1]
        self.update()

    def sizeHint(self) -> QSize:
        """A line's height."""
        return QSize(self._width_px, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One antialiased line, as high as the widget."""
        if len(self._values) < 2:
            return
        low, high = min(self._values), max(self._values)
        span = (high - low) or 1.0
        across = (self.width() - 3) / (len(self._values) - 1)
        down = self.height() - 4
        points = [
            QPointF(1.5 + i * across, 2 + down * (1 - (value - low) / span)) for i, value in enumerate(self._values)
        ]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color(self._colour), 1.5))
        painter.drawPolyline(points)


# --- transport -------------------------------------------------------------------------------------------

HEIGHT_PX = 44


@dataclass(frozen=True, slots=True)
class Figures:
    """How the training goes; None is not known, or not shown now."""

    step: int = 0
    total: int | None = None
    loss: float | None = None
    pictures_per_second: float | None = None
    seconds_left: float | None = None
    begins_at: int = 0  #: of a branch: its steps count on from there

    def done_of(self, parts: int) -> int:
        """How many of so many equal parts of the run's own steps are done; 0 where their number is not known."""
        if not self.total:
            return 0
        return min(parts, parts * max(0, self.step - self.begins_at) // max(1, self.total - self.begins_at))


class TransportBar(QFrame):
    """Shows a training and says what the user wishes of it. Knows no training."""

    toggle_wished = Signal()  #: Start, Pause, Resume or Train further, whichever it says
    stop_wished = Signal()
    log_wished = Signal()
    sampler_wished = Signal()
    chosen = Signal()  #: in a menu of it, after which the room has the keys
    told = Signal()  #: what `in_short` says may be other words

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.setFixedHeight(HEIGHT_PX)
        self._state = TrainingState.NO_PICTURES
        self._figures = Figures()
        self._resume_step: int | None = None
        self._pausing = False
        self._can_open = self._in_sampler = False
        self._reason = self._resume_tip = self._headline = self._message = self._whole = self._notice = ""
        self._build()
        self._show()
        self._show_message()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(12)
        self.start = QPushButton()
        self.start.setObjectName("start")
        self.start.setIconSize(QSize(16, 16))
        # As wide as any of the words that take turns, so that nothing beside it jumps.
        turns = (self.tr("Start"), self.tr("Pause"), self.tr("Resume"))
        metrics = QFontMetrics(sized_font(BODY_PX, semibold=True))
        self.start.setMinimumWidth(max(metrics.horizontalAdvance(word) for word in turns) + 48)
        self.start.clicked.connect(self.toggle_wished)
        self.stop = QToolButton()
        self.stop.setObjectName("stop")
        self.stop.setAccessibleName(self.tr("Stop"))
        self.stop.setProperty("framed", True)
        self.stop.setIconSize(QSize(16, 16))
        set_icon(self.stop, "stop")
        self.stop.clicked.connect(self.stop_wished)
        self.open = QPushButton()
        self.open.setObjectName("open_in_sampler")
        set_accent(self.open, True)
        set_words(
            self.open,
            self.tr("Open in Sampler"),
            self.tr("Make pictures with this model and step through their denoising"),
        )
        self.open.clicked.connect(self.sampler_wished)
        self.headline = ElidedLabel()
        self.step = QLabel()
        set_tip(self.step, self.tr("Updates of the network so far, and in total"))
        self.bar = QProgressBar()
        set_name(self.bar, self.tr("Progress of the training"), self.tr("Steps done of all steps"))
        self.bar.setObjectName("progress")
        self.bar.setTextVisible(False)
        self.bar.setMinimumWidth(60)
        self.bar.setMaximumWidth(120)
        self.loss = QLabel()
        set_tip(self.loss, self.tr("What training makes small: the weighted squared error, smoothed"))
        self.sparkline = Sparkline()
        set_tip(self.sparkline, self.tr("The loss from the first step to now, on a logarithmic scale"))
        self.sparkline.setFixedSize(72, 20)
        self.speed = QLabel()
        set_tip(self.speed, self.tr("Pictures trained on per second, over the last 20 seconds"))
        self.left = QLabel()
        set_tip(self.left, self.tr("Estimated from the last 20 seconds of training"))
        self.message = ElidedLabel()
        set_look(self.message, caption=True)
        self.queue = QPushButton()
        self.queue.setObjectName("queue")
        self.queue.setFlat(True)
        set_menu(self.queue, QMenu(self.queue))
        self.queue.hide()
        self.log = QPushButton()
        self.log.setObjectName("show_log")
        set_words(self.log, self.tr("Log"), self.tr("Show what happened so far, in the training room"))
        self.log.setFlat(True)
        self.log.clicked.connect(self.log_wished)
        self._groups: list[tuple[QFrame, tuple[QWidget, ...]]] = []
        row.addWidget(self.start)
        row.addWidget(self.stop)
        row.addWidget(self.open)
        groups: tuple[tuple[QWidget, ...], ...] = (
            (self.headline,),
            (self.step, self.bar),
            (self.loss, self.sparkline),
            (self.speed,),
            (self.left,),
        )
        for group in groups:
            self._groups.append((self._separator(row), group))
            for widget in group:
                row.addWidget(widget)
        self._message_line = self._separator(row)
        row.addWidget(self.message, 1)
        row.addWidget(self.queue)
        row.addWidget(self.log)
        for button in (self.start, self.stop, self.open, self.queue, self.log):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the room

    def _separator(self, row: QHBoxLayout) -> QFrame:
        line = QFrame()
        line.setProperty("separator", True)
        row.addWidget(line)
        return line

    # --- what is shown -------------------------------------------------------------------------------------

    def set_state(
        self,
        state: TrainingState,
        *,
        resume_step: int | None = None,
        resume_tip: str = "",
        reason: str = "",
        headline: str = "",
        pausing: bool = False,
    ) -> None:
        """What the training is doing.

        resume_step  an ended run that can go on from there; None: it is complete, or there is none
        resume_tip   with what it goes on then, where not as before
        reason       why Start cannot be pressed; "": it can
        headline     what stands in place of the figures while there are none
        pausing      a pause was asked for and waits for the step to end
        """
        self._state, self._resume_step, self._reason, self._headline = state, resume_step, reason, headline
        self._resume_tip = resume_tip
        self._pausing = pausing
        self._show()
        self._show_message()

    @property
    def percent(self) -> int | None:
        """How much of a training under way is done, 0 … 100; None where there is none, or it is not known."""
        under_way = {TrainingState.RUNNING, TrainingState.PAUSED, TrainingState.STOPPING}
        if self._state not in under_way or not self._figures.total:
            return None
        return self._figures.done_of(100)

    def in_short(self) -> str:
        """A training under way in a word or two; "" where there is none, and nothing to tell."""
        match self._state:
            case TrainingState.RUNNING:
                if self.percent is None:
                    return self.tr("Training")
                return self.tr("Training · {share} %").format(share=self.percent)
            case TrainingState.PREPARING:
                return self.tr("Preparing…")
            case TrainingState.STOPPING:
                return self.tr("Stopping…")
            case TrainingState.PAUSED:
                return self.tr("Paused")
            case TrainingState.FAILED:
                return self.tr("Training failed")
        return ""

    def set_figures(self, figures: Figures, loss_curve: Sequence[float] | None = None) -> None:
        """How the training goes; `loss_curve` is the smoothed loss from the start to now, at most some 100 points."""
        self._figures = figures
        if loss_curve is not None:
            self.sparkline.set_values(loss_curve)
        self._show_figures()

    def set_message(self, message: str, whole: str = "") -> None:
        """The last thing that happened, or ""; `whole` is more of it, for whoever points at it."""
        self._message, self._whole = message, whole
        self._show_message()

    def set_notice(self, notice: str) -> None:
        """What is so until it is taken back with ""; it stands in place of the last thing that happened."""
        self._notice = notice
        self._show_message()

    def _show_message(self) -> None:
        notice = self._notice if self._state is TrainingState.RUNNING else ""
        self.message.setText(notice or self._message)
        if not notice:
            self.message.set_tip(
                "\n".join(filter(None, (self._whole or self._message, self.tr("The last thing that happened"))))
            )
        else:
            self.message.set_tip(
                self.tr(
                    "The training uses as many threads as are fastest now, and all again when the others have ended"
                )
            )
        set_look(self.message, tone="warning" if notice else "")
        self._show_groups()

    def set_in_sampler(self, there: bool) -> None:
        """In the sampler room there is no way to it, and Generate is the one next thing to do."""
        self._in_sampler = there
        self._show_open()

    def _show_open(self) -> None:
        self.open.setVisible(self._can_open and not self._in_sampler)

    # --- how it is shown -----------------------------------------------------------------------------------

    def _show(self) -> None:
        state = self._state
        icon, text, tip = self._start_words()
        self.start.setText(text)
        self.start.setShortcut("Ctrl+P")  # a button's text takes its shortcut away
        self.start.setAccessibleName(text)
        set_icon(self.start, icon)
        set_tip(self.start, self._reason or tip)
        waiting = state in {TrainingState.PREPARING, TrainingState.STOPPING} or self._pausing
        self.start.setEnabled(not self._reason and not waiting)
        # While the training runs nothing has to be done; after it the next thing is to look at what was learnt.
        next_to_do = {TrainingState.READY, TrainingState.NO_PICTURES, TrainingState.PAUSED, TrainingState.FAILED}
        set_accent(self.start, state in next_to_do)
        self.stop.setEnabled(state.busy and state is not TrainingState.STOPPING)
        set_tip(
            self.stop,
            self.tr("Stop and save; you can resume later") if state.busy else self.tr("Nothing is being trained"),
        )
        # Why Start cannot be pressed stands beside it: nobody looks for a tooltip on what is disabled.
        self.headline.setText(self._reason or self._headline)
        warns = self._reason and state is not TrainingState.NO_PICTURES
        set_look(self.headline, tone="warning" if warns else "")
        set_look(self.bar, paused=state is TrainingState.PAUSED)
        self._show_figures()
        self._show_groups()

    def _start_words(self) -> tuple[str, str, str]:
        """The main button's icon, text and tooltip."""
        if self._pausing:
            return "pause", self.tr("Pausing…"), self.tr("The training pauses after this step")
        match self._state:
            case TrainingState.RUNNING:
                return "pause", self.tr("Pause"), self.tr("Save and hold the training (Ctrl+P)")
            case TrainingState.PAUSED:
                return "play", self.tr("Resume"), self.tr("Go on training (Ctrl+P)")
            case TrainingState.STOPPING:
                return "stop", self.tr("Stopping…"), self.tr("What was learnt is being saved")
            case TrainingState.PREPARING:
                return "play", self.tr("Preparing…"), self.tr("The pictures are loaded and the network is built")
        if self._resume_step is not None:
            tip = self.tr("Go on from step {step}").format(step=numbers.count(self._resume_step))
            return "play", self.tr("Resume"), self._resume_tip or tip
        if self._state is TrainingState.FINISHED:
            return "play", self.tr("Train further"), self.tr("As many steps again")
        return "play", self.tr("Start"), self.tr("Train a model on your pictures (Ctrl+P)")

    def _show_groups(self) -> None:
        state = self._state
        begun = self._figures.step > 0
        running = state in {TrainingState.RUNNING, TrainingState.STOPPING}
        shown: dict[QWidget, bool] = {
            self.headline: bool(self.headline.text()),
            # A complete run's headline says all that the steps would.
            self.step: begun and state is not TrainingState.READY and not self._complete(),
            self.loss: begun and self._figures.loss is not None and state is not TrainingState.READY,
            self.speed: begun and running,
            self.left: begun and state is TrainingState.RUNNING,
        }
        self._message_line.setVisible(bool(self._message or self._notice))
        for line, group in self._groups:
            for widget in (line, *group):
                widget.setVisible(shown[group[0]])
        self._can_open = state is TrainingState.FINISHED and begun
        self._show_open()

    def _complete(self) -> bool:
        return self._state is TrainingState.FINISHED and self._resume_step is None

    def _show_figures(self) -> None:
        figures = self._figures
        step, total = numbers.count(figures.step), figures.total
        if total is None:
            self._set(self.step, self.tr("step {step}").format(step=step), [step])
        else:
            whole = numbers.count(total)
            template = self.tr("step {step} / {total}")
            self._set(self.step, template.format(step=step, total=whole), [template.format(step=whole, total=whole)])
        # Steps in thousandths: Qt's own range is a 32-bit int and the bar has few pixels.
        self.bar.setRange(0, 1000 if total else 0)
        self.bar.setValue(figures.done_of(1000))
        template = self.tr("loss {loss}")
        loss = template.format(loss=numbers.figure(figures.loss)) if figures.loss is not None else ""
        self._set(self.loss, loss, [template.format(loss=numbers.figure(0.0123))])
        template = self.tr("{speed} pictures/s")
        rate = figures.pictures_per_second
        speed = template.format(speed=numbers.figure(rate)) if rate is not None else self.tr("measuring…")
        self._set(self.speed, speed, [template.format(speed=numbers.figure(1230.0)), self.tr("measuring…")])
        template = self.tr("{time} left")
        left = figures.seconds_left
        text = template.format(time=numbers.rough_duration(left)) if left is not None else ""
        self._set(self.left, text, [template.format(time=numbers.rough_duration(s)) for s in (50.0, 3000.0)])
        self._show_groups()
        self.told.emit()

    @staticmethod
    def _set(label: QLabel, text: str, widest: Sequence[str]) -> None:
        """Set a figure in a label as wide as its widest text, so that nothing beside it jumps."""
        label.setText(text)
        metrics = label.fontMetrics()
        label.setMinimumWidth(max(metrics.horizontalAdvance(sample) for sample in (text, *widest)) + 2)
