"""The panel at the bottom: the selected picture's x̂_0 through all steps, the scrubber, the buttons under it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QWidget

from ..imaging import to_image
from ..widgets.panel import Panel
from ..widgets.plain import set_tip
from ..widgets.scrubber import Scrubber
from .play_row import PlayRow
from .trajectory import Recording

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
        self.body.addWidget(self.scrubber)
        self.body.addWidget(self.row)
        self.scrubber.moved.connect(self.step_picked)
        self.scrubber.slots_changed.connect(self._fill)
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
            self._fill()

    @Slot()
    def _fill(self) -> None:
        """Make the thumbnails that have a place and are not there yet."""
        recording = self._recording
        if recording is None:
            return
        for step in self.scrubber.slots_shown():
            if step < recording.arrived and not self.scrubber.has_thumbnail(step):
                self.scrubber.set_thumbnail(step, to_image(recording.x_0(step)[self._picture]))
