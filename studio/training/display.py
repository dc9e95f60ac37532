"""Brings a run's figures and messages to the panel and the transport, as seldom as the steps can bear."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.training.events import (
    CopiesMeasured,
    Event,
    Finished,
    OthersBusy,
    OthersChanged,
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
DRAW_SHARE, SELDOM_MS = 0.015, 2000
#: Between the drawing of one plot and the next; they may be painted together.
PIECE_MS = 25
#: The transport's loss and its small curve, which do not move with the smoothing of the plots.
SPARK_POINTS, SPARK_SHARE = 100, 0.97


class Display(QObject):
    """What the user sees of the run that is shown. Lives in the GUI thread."""

    run_changed = Signal()  #: another run is shown, or none
    drawn = Signal(int)  #: the run's figures have come further: the step that is shown

    def __init__(self, panel: TrainingPanel, transport: TransportBar, parent: QObject) -> None:
        super().__init__(parent)
        self._panel, self._transport = panel, transport
        self.live: LiveRun | None = None
        self._timer = QTimer(self)  #: until the next drawing
        self._timer.setSingleShot(True)
        self._timer.setInterval(DRAW_MS)
        self._timer.timeout.connect(self._begin)
        # Plots of a long run, drawn in one go, would hold the window up for too long.
        self._turn = QTimer(self)
        self._turn.setInterval(PIECE_MS)
        self._turn.timeout.connect(self._draw_piece)
        self._pieces: list[Callable[[], object]] = []  #: of the drawing under way, still to be drawn: the next last
        self._again = False  #: something has changed since this drawing began
        self._began_s = 0.0  #: this drawing, on the clock of this thread's processor time

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
            case OthersChanged(now=now):
                self._transport.set_notice(others_words(now))
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
        """Something has changed; drawn with all else that changes until then."""
        if self._turn.isActive():
            self._again = True
        elif not self._timer.isActive():
            self._timer.start()

    def draw_as_wished(self) -> None:
        """A person has changed how it is drawn, and waits: within DRAW_MS, whatever it costs."""
        self.draw_soon()
        if self._timer.remainingTime() > DRAW_MS:
            self._timer.start(DRAW_MS)

    @Slot()
    def draw(self) -> None:
        """Show the figures as they are now."""
        self._turn.stop()
        if self.live is not None:
            self._show_figures()
        self._panel.plots.refresh()
        self._panel.refresh_timesteps()
        self._smooth_on()

    @Slot()
    def _begin(self) -> None:
        if self.live is None:
            return
        self._began_s, self._again = time.thread_time(), False
        self._pieces = [*self._panel.plots.pieces(), self._panel.refresh_timesteps][::-1]
        self._show_figures()
        self._turn.start()

    @Slot()
    def _draw_piece(self) -> None:
        if self._pieces:
            self._pieces.pop()()
            return
        self._turn.stop()  # all is painted, and what it took is known
        spent_ms = 1000 * (time.thread_time() - self._began_s)
        self._timer.setInterval(round(min(max(DRAW_MS, spent_ms / DRAW_SHARE), SELDOM_MS)))
        if self._again:
            self.draw_soon()
        self._smooth_on()

    def _smooth_on(self) -> None:
        """A long run is smoothed in pieces."""
        if self.live is not None and self.live.smooth_more():
            self.draw_as_wished()

    def _show_figures(self) -> None:
        live = self.live
        assert live is not None
        self._panel.log.events.show_run(live)
        self.drawn.emit(live.step)
        smooth = live.curve.few_smooth(SPARK_POINTS, SPARK_SHARE)
        self._transport.set_figures(
            Figures(
                step=live.step,
                total=live.total,
                begins_at=live.begins_at,
                loss=smooth[-1] if smooth else live.loss,
                pictures_per_second=live.pace.pictures_per_second,
                seconds_left=live.seconds_left,
            ),
            smooth,
        )

    def stop(self) -> None:
        """Draw no more."""
        self._timer.stop()
        self._turn.stop()
        self._panel.plots.show_drawn()
