"""Brings a run's figures and messages to the panel and the transport, at most a few times a second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from core.training.events import Event, Finished, OthersBusy, OthersGone, RolledBack, Samples, Started

from ..transport import Figures
from .live_run import LiveRun
from .narration import lasting_words, others_words, passing_words

if TYPE_CHECKING:
    from ..transport import TransportBar
    from .panel import TrainingPanel

#: The room draws this often while it trains: figures stay readable, and the cores are for the training.
DRAW_MS = 200
SPARK_POINTS = 100


class Display(QObject):
    """What the user sees of the run that is shown. Lives in the GUI thread."""

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
        self._second.timeout.connect(panel.refresh_timesteps)

    def show_run(self, live: LiveRun | None) -> None:
        """Show this run from now on; None: none."""
        self.live = live
        self._panel.show_run(live)
        self._transport.set_message("")
        self._transport.set_notice("")
        if live is None:
            self._transport.set_figures(Figures(), ())

    def tell(self, event: Event) -> None:
        """Say what an event means, and log it if it is worth a line."""
        passing, lasting = passing_words(event), lasting_words(event)
        if passing is not None:
            self._transport.set_message(passing)
        if lasting is not None:
            self.say(lasting)
        match event:
            case OthersBusy():
                self._transport.set_notice(others_words(event))
            case OthersGone() | Started() | Finished():
                self._transport.set_notice("")
        if isinstance(event, Samples | RolledBack):
            self._panel.samples.grid_added()

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
    def _draw_first(self) -> None:
        live = self.live
        if live is None:
            return
        self._second.start()
        live.curve.set_smoothing(live.smoothing)
        self._panel.plots.refresh()
        smooth = live.curve.smooth
        self._transport.set_figures(
            Figures(
                step=live.step,
                total=live.total,
                loss=float(smooth[-1]) if len(smooth) else live.loss,
                pictures_per_second=live.pace.pictures_per_second,
                seconds_left=live.seconds_left,
            ),
            smooth[:: max(1, len(smooth) // SPARK_POINTS)].tolist(),
        )

    def stop(self) -> None:
        """Draw no more."""
        self._timer.stop()
        self._second.stop()
