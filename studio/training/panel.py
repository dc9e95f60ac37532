"""What is seen in the training room: settings or their summary, around plots, samples and log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..widgets.banner import Banner
from .form import SettingsForm
from .log_view import LogPanel
from .run_plot import RunPlotPanel
from .samples_view import SamplesPanel
from .summary import SummaryRow
from .timestep_plot import TimestepPanel

if TYPE_CHECKING:
    from ..settings import Settings
    from .live_run import LiveRun

MARGIN_PX = 16
#: The samples' width beside the form, and without it.
SAMPLES_PX = (288, 420)
#: Of a wide window the samples take this share, with the plots.
SAMPLES_SHARE = 0.32


class Parts:
    """The room's parts, which can be made one at a time: all at once would hold the window up for 0.2 s."""

    form: SettingsForm
    summary: SummaryRow
    plots: RunPlotPanel
    timesteps: TimestepPanel
    samples: SamplesPanel
    log: LogPanel

    def build(self, settings: Settings) -> Iterator[None]:
        """Make what is not there yet; pauses after each part."""
        for name, make in (
            ("form", SettingsForm),
            ("summary", SummaryRow),
            ("plots", lambda: RunPlotPanel(settings["loss_smoothing"])),
            ("timesteps", TimestepPanel),
            ("samples", SamplesPanel),
            ("log", LogPanel),
        ):
            if not hasattr(self, name):
                setattr(self, name, make())
                yield


class TrainingPanel(QWidget):
    """Shows a run or, before there is one, its settings. Says by signals what the user wishes."""

    new_run_wished = Signal()
    smoothing_changed = Signal(float)

    def __init__(self, settings: Settings, parent: QWidget | None = None, *, parts: Parts | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("training_room")
        self.live: LiveRun | None = None  #: the run that is shown
        self._read_only = False
        self._run_shown = False
        self._with_form = True
        made = Parts() if parts is None else parts
        for _ in made.build(settings):
            pass
        self.form, self.summary, self.plots = made.form, made.summary, made.plots
        self.timesteps, self.samples, self.log = made.timesteps, made.samples, made.log
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, 8, MARGIN_PX, MARGIN_PX)
        column.setSpacing(8)
        column.addWidget(self.summary)
        self.banner = Banner(self)
        column.addLayout(self.banner.slot)
        row = QHBoxLayout()
        row.setSpacing(MARGIN_PX)
        row.addWidget(self.form)
        plots = self._pile((self.plots, 3), (self.timesteps, 2))
        row.addWidget(plots, 1)
        self._side = self._pile((self.samples, 7), (self.log, 2))
        row.addWidget(self._side)
        column.addLayout(row, 1)
        self.summary.settings_toggled.connect(self._toggle_settings)
        self.summary.new_run_wished.connect(self.new_run_wished)
        self.plots.smoothing_changed.connect(self.smoothing_changed)
        self.set_mode(run_shown=False, busy=False)

    @staticmethod
    def _pile(*parts: tuple[QWidget, int]) -> QWidget:
        pile = QWidget()
        column = QVBoxLayout(pile)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN_PX)
        for widget, stretch in parts:
            column.addWidget(widget, stretch)
        return pile

    # --- what is shown -------------------------------------------------------------------------------------

    def set_mode(self, *, run_shown: bool, busy: bool) -> None:
        """The form before a run, its summary once there is one; `busy` while it trains."""
        if run_shown != self._run_shown:
            self.summary.settings.setChecked(False)
        self._run_shown = run_shown
        self.summary.setVisible(run_shown)
        self.summary.set_busy(busy)
        self.form.set_read_only(run_shown)
        self._place()

    def show_run(self, live: LiveRun | None) -> None:
        """Show the figures of this run from now on; None: of none yet."""
        self.live = live
        self.plots.show_run(live)
        self.samples.show_history(None if live is None else live.samples)
        self.refresh()

    def refresh(self) -> None:
        """Draw the run's figures as they are now."""
        self.plots.refresh()
        self.refresh_timesteps()

    @Slot()
    def refresh_timesteps(self) -> None:
        """Draw the losses of the timesteps as they are now."""
        live = self.live
        if live is None:
            self.timesteps.set_measured(None, 0)
        else:
            self.timesteps.set_measured(live.timesteps.means(), live.timesteps.steps)

    def show_log(self) -> None:
        """Bring the newest lines of the log into view, with the focus on them."""
        bar = self.log.text.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.log.text.setFocus()

    @Slot(bool)
    def _toggle_settings(self, _shown: bool) -> None:
        self._place()

    def _place(self) -> None:
        with_form = not self._run_shown or self.summary.settings.isChecked()
        # What becomes narrower goes first: form and wide samples side by side would widen the window for good.
        if not with_form:
            self.form.hide()
        self._with_form = with_form
        self._widen_samples()
        self.form.setVisible(with_form)

    def _widen_samples(self) -> None:
        beside_form, alone = SAMPLES_PX
        self._side.setFixedWidth(beside_form if self._with_form else max(alone, round(SAMPLES_SHARE * self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pictures take their share of what the window gains."""
        super().resizeEvent(event)
        self._widen_samples()
