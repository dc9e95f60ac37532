"""Where in a recording you are: the step that is shown, and the clock that moves it while it plays."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

#: At speed 1×.
STEPS_PER_SECOND = 10.0
#: Faster than the eye sees: when steps come faster than this, some are left out to keep the time.
SHORTEST_TICK_MS = 25


class Playback(QObject):
    """The position in a recording of `steps` steps, of which the first `arrived` can be shown.

    While steps arrive, the position follows the newest until the person moves it; going to the newest follows again.
    """

    moved = Signal(int)  #: another step is shown
    playing_changed = Signal(bool)
    pace_changed = Signal(bool, float)  #: in a loop or not, and the speed

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.steps = 0
        self.arrived = 0
        self.index = 0  #: the step that is shown
        self._loop = False
        self._speed = 1.0
        self._follows = True
        self._from_index = 0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def playing(self) -> bool:
        """Whether the clock moves the position."""
        return self._timer.isActive()

    @property
    def follows(self) -> bool:
        """Whether the newest step is shown as it arrives."""
        return self._follows

    def start_over(self, steps: int) -> None:
        """A new recording of which nothing has arrived yet."""
        self.pause()
        self.steps, self.arrived, self.index, self._follows = steps, 0, 0, True

    def grow(self, arrived: int) -> None:
        """That many steps can be shown now."""
        self.arrived = arrived
        if self._follows and arrived:
            self._show(arrived - 1)

    def go(self, index: int) -> None:
        """Show that step, or the nearest that has arrived; a person's wish, so it stops the playing."""
        self.pause()
        self._jump(index)

    def play(self) -> None:
        """Let the clock move it; from the start when the end is shown."""
        if self.arrived < 2:
            return
        if self.index >= self.arrived - 1:
            self._jump(0)
        self._follows = False
        self._restart_clock()
        self._timer.start(max(SHORTEST_TICK_MS, round(1000 / (STEPS_PER_SECOND * self._speed))))
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stay where it is."""
        if self._timer.isActive():
            self._timer.stop()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    @Slot(bool)
    def set_loop(self, loop: bool) -> None:
        """Whether it begins again when it has come to the end."""
        self._loop = loop
        self.tell_pace()

    def tell_pace(self) -> None:
        """For whoever does not know it yet."""
        self.pace_changed.emit(self._loop, self._speed)

    @property
    def speed(self) -> float:
        """1.0 is STEPS_PER_SECOND."""
        return self._speed

    @Slot(float)
    def set_speed(self, speed: float) -> None:
        """1.0 is STEPS_PER_SECOND."""
        self._speed = speed
        self.tell_pace()
        if self.playing:
            self._restart_clock()
            self._timer.setInterval(max(SHORTEST_TICK_MS, round(1000 / (STEPS_PER_SECOND * speed))))

    def _restart_clock(self) -> None:
        self._from_index = self.index
        self._clock.start()

    def _jump(self, index: int) -> None:
        if not self.arrived:
            return
        index = min(max(index, 0), self.arrived - 1)
        self._follows = index == self.arrived - 1 and self.arrived < self.steps
        self._show(index)

    def _show(self, index: int) -> None:
        if index != self.index or self.arrived == 1:
            self.index = index
            self.moved.emit(index)

    @Slot()
    def _tick(self) -> None:
        # By the clock, not by counting ticks: a slow repaint leaves steps out instead of slowing the film down.
        passed = int(self._clock.elapsed() / 1000 * STEPS_PER_SECOND * self._speed + 0.25)
        index = self._from_index + passed
        if index < self.arrived:
            self._show(index)
        elif self._loop and self.arrived == self.steps:
            self._show(0)
            self._restart_clock()
        else:
            self._show(self.arrived - 1)
            if self.arrived == self.steps:
                self.pause()
            else:  # more is to come: wait for it
                self._restart_clock()
