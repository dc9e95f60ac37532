"""Brings a run's figures and messages to the panel and the transport, as seldom as the steps can bear."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.training.events import (
    CopiesMeasured,
    Event,
    Finished,
    OthersBusy,
    OthersGone,
    RolledBack,
    Samples,
    Started,
    Strip,
)

from ..app.transport import Figures
from .curves.kinds import kind_of, noted, step_of
from .live_run import LiveRun
from .narration import lasting_words, listed_words, others_words, passing_words

if TYPE_CHECKING:
    from ..app.transport import TransportBar
    from .panel import TrainingPanel

#: The room draws this often while it trains: figures stay readable.
DRAW_MS = 200
#: More seldom where the drawing would take more than this share of the window's thread: the steps wait meanwhile, since
#: each needs all cores at once.
DRAW_SHARE, SELDOM_MS = 0.03, 2000
SPARK_POINTS = 100


class Display(QObject):
    """What the user sees of the run that is shown. Lives in the GUI thread."""

    run_changed = Signal()  #: another run is shown, or none
    drawn = Signal(int)  #: the run's figures have come further: the step that is shown

    def __init__(self, panel: TrainingPanel, transport: TransportBar, parent: QObject) -> None:
        super().__init__(parent)
        self._panel, self._transport = panel, transport
        self.live: LiveRun | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DRAW_MS)
        self._timer.timeout.connect(self._draw_first)
        # The two plots of a long run, drawn together, would hold the window up for twice as long.
        self._second = QTimer(self)
        self._second.setSingleShot(True)
        self._second.setInterval(DRAW_MS // 2)
        self._second.timeout.connect(self._draw_second)
        # Both are painted when this ends, and what they took is known.
        self._third = QTimer(self)
        self._third.setSingleShot(True)
        self._third.setInterval(DRAW_MS // 2)
        self._third.timeout.connect(self._set_pace)
        self._drawing_since_s = 0.0  #: on the clock of this thread's processor time

    def show_run(self, live: LiveRun | None) -> None:
        """Show this run from now on; None: none."""
        self.live = live
        self._panel.show_run(live)
        self.run_changed.emit()
        self._transport.set_message("")
        self._transport.set_notice("")
        if live is None:
            self._transport.set_figures(Figures(), ())

    def tell(self, event: Event) -> None:
        """Say what an event means, and log it if it is worth a line."""
        passing, lasting, kind = passing_words(event), lasting_words(event), kind_of(event)
        if kind is not None and self.live is not None:
            self.live.note(noted(step_of(event), kind, listed_words(event)))
        if passing is not None:
            self._transport.set_message(passing, lasting or "")
            if lasting is not None:
                self.log(lasting)
        elif lasting is not None:
            self.say(lasting)
        match event:
            case OthersBusy():
                self._transport.set_notice(others_words(event))
            case OthersGone() | Started() | Finished():
                self._transport.set_notice("")
        if isinstance(event, Samples | RolledBack):
            self._panel.samples.grid_added()
        elif isinstance(event, CopiesMeasured):
            self._panel.samples.copies_measured(event.step)
        if isinstance(event, Strip | RolledBack):
            self._panel.strip.refresh()

    def say(self, words: str) -> None:
        """A message for the transport and the log."""
        self._transport.set_message(words)
        self.log(words)

    @Slot(str)
    def log(self, text: str) -> None:
        """A line (or several) for the log alone."""
        self._panel.log.add(time.strftime("%H:%M:%S"), text)

    def draw_soon(self) -> None:
        """Something has changed; drawn with all else that changes within DRAW_MS."""
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def draw(self) -> None:
        """Show the figures as they are now."""
        self._draw_first()
        self._second.stop()
        self._panel.refresh_timesteps()

    @Slot()
    def _draw_second(self) -> None:
        self._third.start()
        self._panel.refresh_timesteps()

    @Slot()
    def _set_pace(self) -> None:
        live, spent_ms = self.live, 1000 * (time.thread_time() - self._drawing_since_s)
        smoothing = live is not None and live.curve.behind
        self._timer.setInterval(DRAW_MS if smoothing else round(min(max(DRAW_MS, spent_ms / DRAW_SHARE), SELDOM_MS)))

    @Slot()
    def _draw_first(self) -> None:
        live = self.live
        if live is None:
            return
        self._drawing_since_s = time.thread_time()
        self._second.start()
        live.curve.set_smoothing(live.smoothing)
        self._panel.plots.refresh()
        self._panel.log.events.show_run(live)
        self.drawn.emit(live.step)
        smooth = live.curve.few_smooth(SPARK_POINTS)
        self._transport.set_figures(
            Figures(
                step=live.step,
                total=live.total,
                loss=smooth[-1] if smooth else live.loss,
                pictures_per_second=live.pace.pictures_per_second,
                seconds_left=live.seconds_left,
            ),
            smooth,
        )
        if live.smooth_more():  # a long run is smoothed in pieces
            self._timer.start()

    def stop(self) -> None:
        """Draw no more."""
        self._timer.stop()
        self._second.stop()
        self._third.stop()
