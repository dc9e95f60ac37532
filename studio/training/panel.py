"""What is seen in the training room: settings or their summary, around plots, samples and log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPlainTextEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from core.catalogue import OBJECTIVES
from core.settings import GROUPS, SETTINGS, RunConfig

from .. import numbers
from ..app.messages import begun_with, setting_text, setting_title, setting_value
from ..app.tabs import TabPages
from ..app.theme import CAPTION_PX, sized_font, theme
from ..widgets.banner import Banner
from ..widgets.button_menu import set_menu
from ..widgets.elided import ElidedLabel
from ..widgets.form import Dot
from ..widgets.newest_last import NewestLast
from ..widgets.panel import Panel, caption
from ..widgets.plain import set_name, set_tip
from ..widgets.segments import Segments
from .curves.events_panel import EventsList
from .curves.plots_panel import RunPlotPanel
from .curves.timestep_plot import TimestepPanel
from .form import SettingsForm
from .samples_view import SamplesPanel
from .strip import StripPanel
from .tabs import CONTEXT, TABS, WITHOUT_FORM

if TYPE_CHECKING:
    from ..app.settings import Settings
    from .live_run import LiveRun


# --- What happened so far: timestamped lines of plain text, the newest at the end ------------------------

#: Older lines are dropped; the run's own log file keeps them.
MOST_LINES = 2000


class LogPanel(Panel):
    """A bounded log that can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.ways = Segments()
        self.ways.add("log", self.tr("Log"), self.tr("What happened so far; the run folder keeps its own log"))
        self.ways.add(
            "events",
            self.tr("Events"),
            self.tr("Checkpoints, edits, roll-backs and more: click one to see it in the plots"),
        )
        self.setAccessibleName(self.tr("Log"))
        self.lead.setContentsMargins(0, 0, 0, 0)
        self.lead.addWidget(self.ways)
        self.text = QPlainTextEdit()
        self.text.setObjectName("log")
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._newest = NewestLast(self.text)
        set_name(self.text, self.tr("Log"), self.tr("What happened so far; the run folder keeps its own log"))
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(MOST_LINES)
        self.text.setTabChangesFocus(True)
        self.text.document().setDocumentMargin(0)
        self.text.setFont(sized_font(CAPTION_PX))
        self.events = EventsList()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.text)
        self._pages.addWidget(self.events)
        self.body.addWidget(self._pages, 1)
        self.ways.chosen.connect(self._way_chosen)
        theme().changed.connect(self._restyle)
        self._restyle()

    def add(self, time: str, text: str) -> None:
        """Add a line (or several); what the user has scrolled to stays in view."""
        self.text.appendPlainText(f"{time}  {text}")

    def add_earlier(self, run: str, lines: Sequence[tuple[str, str]]) -> None:
        """What has happened in a run before, time and text, under a line that says so; nothing where there is none."""
        if lines:
            head = self.tr("Earlier, from the log of {run}:").format(run=run)
            self.text.appendPlainText("\n".join([head, *(f"{time}  {text}" for time, text in lines)]))

    def show_newest(self) -> None:
        """Bring the newest lines into view."""
        self.ways.choose("log")
        self._newest.go_to_end()
        self.text.setFocus()

    @Slot(str)
    def _way_chosen(self, way: str) -> None:
        self._pages.setCurrentWidget(self.events if way == "events" else self.text)

    def lines(self) -> list[str]:
        """All lines, oldest first."""
        return self.text.toPlainText().splitlines()

    def _restyle(self) -> None:
        self.text.setStyleSheet(f"font-size: {CAPTION_PX}px; color: {theme().tokens.muted};")


# --- The button over the room's plots that holds the list of the run's checkpoints -----------------------


class CheckpointButton(QPushButton):
    """Opens the list; without a checkpoint it says when the first one comes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("checkpoints")
        set_menu(self, QMenu(self))
        self.setText(self.tr("Checkpoints"))
        self.setAccessibleName(self.tr("Checkpoints"))
        self.set_state(any_kept=False, first_step=None)

    def set_state(self, *, any_kept: bool, first_step: int | None) -> None:
        """Whether there are checkpoints, and else at which step the first is saved."""
        self.setEnabled(any_kept)
        if any_kept:
            set_tip(self, self.tr("The saved states of this run: open one in the sampler, or keep it for ever"))
        elif first_step is None:
            set_tip(self, self.tr("Nothing of this run is saved yet."))
        else:
            tip = self.tr("Nothing of this run is saved yet: the first time is at step {step}.")
            set_tip(self, tip.format(step=numbers.count(first_step)))


# --- The button that holds what can be asked of a training at once ---------------------------------------------------


class AtOnceButton(QPushButton):
    """Opens the list; there while a training is under way."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("at_once")
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        set_menu(self, menu)
        self.setText(self.tr("Now"))
        self.setAccessibleName(self.text())
        set_tip(self, self.tr("Make samples, save, or keep the newest checkpoint, without waiting for its step"))
        self.hide()


# --- What a training runs with, in one row: six captions over their values, and the way to all settings ---

HEIGHT_PX = 40
#: A changed section keeps so much of its words at most, so that five of them fit into the smallest window.
MOST_WHOLE_PX = 154


def summaries(config: RunConfig) -> dict[str, str]:
    """Each section of a resolved configuration in a few words."""
    model, diffusion, data, train = config.model, config.diffusion, config.data, config.train
    colours = {1: QCoreApplication.translate("Summary", "grey"), 3: "RGB", 4: "RGBA"}
    picture = []
    if data.image_size is not None:
        picture.append(QCoreApplication.translate("Summary", "{n} px").format(n=numbers.sides(*data.height_and_width)))
    picture += [colours[data.channels]] if data.channels in colours else []
    if data.num_classes:
        picture.append(QCoreApplication.translate("Summary", "{n} classes").format(n=numbers.count(data.num_classes)))
    network = [f"{model.dim} × ({', '.join(str(mult) for mult in model.dim_mults)})"]
    if model.patch_size > 1:
        network.append(f"{model.patch_size}×{model.patch_size}")
    if model.self_condition:
        network.append(QCoreApplication.translate("Summary", "self-condition"))
    schedule = setting_value("beta_schedule", diffusion.beta_schedule).lower()
    process = [numbers.count(diffusion.timesteps), schedule, OBJECTIVES[diffusion.objective].letter]
    loss = []
    if diffusion.loss_weighting != "none":
        gamma = diffusion.min_snr_gamma
        options = " ".join(diffusion.loss_weighting_kwargs or ()) if gamma is None else f"{gamma:g}"
        loss.append(f"{setting_value('loss_weighting', diffusion.loss_weighting)} {options}".rstrip())
    if diffusion.offset_noise_strength:
        loss.append(QCoreApplication.translate("Summary", "offset {n}").format(n=diffusion.offset_noise_strength))
    if diffusion.immiscible:
        words_of_it = QCoreApplication.translate("Summary", "immiscible")
        many = diffusion.immiscible_candidates
        loss.append(f"{words_of_it} K = {numbers.count(many)}" if many else words_of_it)
    batch = str(train.batch_size)
    if train.gradient_accumulate_every > 1:
        batch += f" × {train.gradient_accumulate_every}"
    training = [f"lr {train.learning_rate:g}", QCoreApplication.translate("Summary", "batch {n}").format(n=batch)]
    parts = {"picture": picture, "network": network, "process": process, "loss": loss, "training": training}
    plain = QCoreApplication.translate("Summary", "plain")
    return {section: " · ".join(some) if some else plain for section, some in parts.items()}


class _Item(QWidget):
    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.caption = caption()
        column.addStretch(1)
        column.addWidget(self.caption)
        row = QHBoxLayout()
        row.setSpacing(6)
        self.dot = Dot()
        policy = self.dot.sizePolicy()
        policy.setRetainSizeWhenHidden(False)
        self.dot.setSizePolicy(policy)
        self.value = ElidedLabel()
        row.addWidget(self.dot, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.value)
        column.addLayout(row)
        column.addStretch(1)


class SummaryRow(QWidget):
    """Shows a configuration; *Settings* opens it whole, *New run* goes back to the form."""

    settings_toggled = Signal(bool)
    new_run_wished = Signal()
    next_run_wished = Signal(bool)  #: the settings of the run after this one are to be shown, or no longer

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self.items = {name: _Item() for name in ("preset", *GROUPS)}
        for name, item in self.items.items():
            item.caption.setText(setting_text(GROUPS[name]) if name in GROUPS else self.tr("Preset"))
            row.addWidget(item)
        row.addStretch(1)
        self.changed = caption()
        row.addWidget(self.changed)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.at_once = AtOnceButton()
        self.checkpoints = CheckpointButton()
        self.new_run = QPushButton(self.tr("New run"))
        set_tip(self.new_run, self.tr("Leave this run as it is and choose settings for another"))
        self.new_run.setAccessibleName(self.new_run.text())
        self.new_run.setObjectName("new_run")
        self.new_run.clicked.connect(self.new_run_wished)
        self.next_run = QPushButton(self.tr("Next run"))
        self.next_run.setObjectName("next_run")
        self.next_run.setAccessibleName(self.next_run.text())
        set_tip(self.next_run, self.tr("Choose the settings of the run that comes after this one, and queue it"))
        self.next_run.setCheckable(True)
        self.next_run.toggled.connect(self.next_run_wished)
        self.settings = QPushButton(self.tr("Settings"))
        set_tip(self.settings, self.tr("Show all settings of this run"))
        self.settings.setAccessibleName(self.settings.text())
        self.settings.setObjectName("training_settings")
        self.settings.setCheckable(True)
        self.settings.toggled.connect(self.settings_toggled)
        buttons.addWidget(self.at_once)
        buttons.addWidget(self.checkpoints)
        buttons.addWidget(self.new_run)
        buttons.addWidget(self.next_run)
        buttons.addWidget(self.settings)
        row.addLayout(buttons)

    def show_config(self, config: RunConfig, changed: tuple[str, ...]) -> None:
        """Show a resolved configuration and mark the sections that differ from the preset."""
        self.items["preset"].value.setText(begun_with(config, base=True))
        self.items["preset"].dot.hide()
        for section, text in summaries(config).items():
            item = self.items[section]
            item.value.setText(text)
            item.value.set_tip(text)
            differs = any(SETTINGS[name].group == section for name in changed)
            item.dot.setVisible(differs)
            # Where the row is too narrow for all, what differs from the preset is read whole.
            item.value.setMinimumWidth(min(MOST_WHOLE_PX, item.value.sizeHint().width()) if differs else 0)
        count = len(changed)
        self.changed.setText(self.tr("{n} changed").format(n=numbers.count(count)))
        self.changed.setVisible(count > 0)
        set_tip(self.changed, ", ".join(setting_title(name) for name in changed))

    def set_busy(self, busy: bool) -> None:
        """Whether a training is under way; then there is no other run to begin."""
        self.new_run.setVisible(not busy)
        self.next_run.setVisible(busy)
        if not busy:
            self.next_run.setChecked(False)


# --- panel -----------------------------------------------------------------------------------------------

MARGIN_PX = 16
#: The samples' width beside the form, and without it.
SAMPLES_PX = (288, 420)
#: Beside the form and three plots of the smallest window it is so wide at least.
LEAST_SAMPLES_PX = 204
#: Of a wide window the samples take this share, with the plots.
SAMPLES_SHARE = 0.32


class Parts:
    """The room's parts, which can be made one at a time: all at once would hold the window up for 0.2 s."""

    form: SettingsForm
    summary: SummaryRow
    plots: RunPlotPanel
    timesteps: TimestepPanel
    samples: SamplesPanel
    strip: StripPanel
    log: LogPanel

    def build(self, settings: Settings) -> Iterator[None]:
        """Make what is not there yet; pauses after each part."""
        for name, make in (
            ("form", SettingsForm),
            ("summary", SummaryRow),
            ("plots", lambda: _plots(settings)),
            ("timesteps", TimestepPanel),
            ("samples", SamplesPanel),
            ("strip", StripPanel),
            ("log", LogPanel),
            ("log", lambda: _log(settings)),
        ):
            if not hasattr(self, name):
                setattr(self, name, make())
                yield


def _plots(settings: Settings) -> RunPlotPanel:
    """The plots, with the one that was looked at last."""
    plots = RunPlotPanel(settings["loss_smoothing"])
    plots.choose(settings["training_plot"])
    plots.set_timesteps_shown(settings["training_timesteps"])
    plots.choose_below([str(source) for source in settings["training_plots_below"]])
    plots.choose_axis(settings["training_axis"])
    return plots


def _log(settings: Settings) -> LogPanel:
    """The log, or the list of events where that was looked at last."""
    log = LogPanel()
    log.ways.choose("events" if settings["training_events"] else "log")
    return log


class TrainingPanel(QWidget):
    """Shows a run or, before there is one, its settings. Says by signals what the user wishes."""

    new_run_wished = Signal()
    smoothing_changed = Signal(float)
    plot_chosen = Signal(str)

    def __init__(self, settings: Settings, parent: QWidget | None = None, *, parts: Parts | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("training_room")
        self.live: LiveRun | None = None  #: the run that is shown
        self._read_only = False
        self._run_shown = False
        self._with_form = True
        self._next_run = False
        made = Parts() if parts is None else parts
        for _ in made.build(settings):
            pass
        self.form, self.summary, self.plots = made.form, made.summary, made.plots
        self.timesteps, self.samples, self.log = made.timesteps, made.samples, made.log
        self.strip = made.strip
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, 8, MARGIN_PX, MARGIN_PX)
        column.setSpacing(8)
        column.addWidget(self.summary)
        self.banner = Banner(self)
        column.addLayout(self.banner.slot)
        row = QHBoxLayout()
        row.setSpacing(MARGIN_PX)
        row.addWidget(self.form)
        self.tabs = TabPages(TABS, CONTEXT, "training_tabs", self)
        self.tabs.put("curves", self._pile((self.plots, 0), (self.timesteps, 2)))
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(self.tabs.row)
        left.addWidget(self.tabs.pages, 1)
        row.addLayout(left, 1)
        self._under = QStackedWidget()
        self._under.addWidget(self.log)
        self._under.addWidget(self.strip)  # for a tab that has it in the log's place
        self.samples.step_shown.connect(self.strip.show_step)
        self._side = QStackedWidget()
        self._side.addWidget(self._pile((self.samples, 7), (self._under, 2)))
        row.addWidget(self._side)
        column.addLayout(row, 1)
        column.addLayout(self.banner.foot)  # news may cover neither the search of the runs nor Queue
        self.tabs.chosen.connect(self._place)
        self.summary.settings_toggled.connect(self._toggle_settings)
        self.summary.new_run_wished.connect(self.new_run_wished)
        self.plots.smoothing_changed.connect(self.smoothing_changed)
        self.plots.plot_chosen.connect(self.plot_chosen)
        self.plots.timesteps_toggled.connect(self.show_timesteps)
        self.log.events.jump_wished.connect(self.plots.jump_to)
        self.show_timesteps(shown=settings["training_timesteps"])
        self.set_mode(run_shown=False, busy=False)

    def show_beside(self, side: QWidget | None, under: QWidget | None) -> None:
        """What the tab that is shown puts at the right of its page, and under the samples; None: the room's own."""
        for stack, widget in ((self._side, side), (self._under, under)):
            if widget is not None and stack.indexOf(widget) < 0:
                stack.addWidget(widget)
            stack.setCurrentIndex(0 if widget is None else stack.indexOf(widget))

    @staticmethod
    def _pile(*parts: tuple[QWidget, int]) -> QWidget:
        pile = QWidget()
        column = QVBoxLayout(pile)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(MARGIN_PX)
        for widget, stretch in parts:
            column.addWidget(widget, stretch)  # 0: the widget's own
        return pile

    # --- what is shown -------------------------------------------------------------------------------------

    def set_mode(
        self, *, run_shown: bool, busy: bool, free: frozenset[str] = frozenset(), next_run: bool = False
    ) -> None:
        """The form before a run, its summary once there is one; `busy` while it trains.

        free: the settings of the run that can be changed while it trains. next_run: the form has those of the run after
        it.
        """
        if run_shown != self._run_shown:
            self.summary.settings.setChecked(False)
        self._run_shown = run_shown
        self.summary.setVisible(run_shown)
        self.summary.set_busy(busy)
        if next_run and not self._next_run:
            self._come_to_form()
        self._next_run = next_run
        self.form.set_read_only(run_shown and not next_run, free)
        self.form.kept.setVisible(run_shown and not next_run and not busy)
        self.form.queueing.setVisible(next_run)
        self.form.preflight.setVisible(not free and not next_run)
        self._place()

    def show_run(self, live: LiveRun | None) -> None:
        """Show the figures of this run from now on; None: of none yet."""
        self.live = live
        self.plots.show_run(live)
        self.strip.show_run(live)
        self.samples.show_history(None if live is None else live.samples)
        self.refresh()

    def refresh(self) -> None:
        """Draw the run's figures as they are now."""
        self.plots.refresh()
        self.log.events.show_run(self.live)
        self.refresh_timesteps()

    @Slot(bool)
    def show_timesteps(self, shown: bool) -> None:
        """Whether the loss of every timestep stands under the plots."""
        self.timesteps.setVisible(shown)
        self.plots.set_timesteps_shown(shown)

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
        self.tabs.choose("curves")
        self.log.show_newest()

    @Slot(bool)
    def _toggle_settings(self, shown: bool) -> None:
        if shown:
            self._come_to_form()
        self._place()

    def _come_to_form(self) -> None:
        """From a tab that has no room for it: a button that shows nothing would seem broken."""
        if self.tabs.current in WITHOUT_FORM:
            self.tabs.choose("curves")

    @Slot()
    def _place(self) -> None:
        with_form = not self._run_shown or self.summary.settings.isChecked() or self._next_run
        with_form = with_form and self.tabs.current not in WITHOUT_FORM
        # What becomes narrower goes first: form and wide samples side by side would widen the window for good.
        if not with_form:
            self.form.hide()
        self._with_form = with_form
        self._widen_samples()
        self.form.setVisible(with_form)

    def _widen_samples(self) -> None:
        beside_form, alone = SAMPLES_PX
        most = beside_form if self._with_form else max(alone, round(SAMPLES_SHARE * self.width()))
        self._side.setMinimumWidth(LEAST_SAMPLES_PX if self._with_form else most)
        self._side.setMaximumWidth(most)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Pictures take their share of what the window gains."""
        super().resizeEvent(event)
        self._widen_samples()
