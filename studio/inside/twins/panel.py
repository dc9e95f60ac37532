"""What is seen of two twins: what differs, their curves, their samples beside each other, and what it comes to."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ... import numbers
from ...app.icons import set_accent, set_icon
from ...imaging import to_sheet
from ...widgets.badge import Badge
from ...widgets.controls import ElidedCombo, IconButton
from ...widgets.elided import ElidedLabel
from ...widgets.image_grid import ImageGrid
from ...widgets.legend import LegendEntry
from ...widgets.panel import Panel, caption
from ...widgets.plain import set_name, set_tip, set_words
from ...widgets.scroll import Scrolled, keep_width
from ...widgets.segments import Segments
from ...widgets.slider import Slider
from .gathered import Gathered
from .plots import COLOURS, TwinPlot
from .words import how_judged, numbers_words, shared_words, verdict_words

STEPS = (150, 300, 600, 1000)
SEEDS = (1, 2, 3)
RIGHT_PX, MOST_RIGHT_PX, VERDICT_PX, BAR_PX = 392, 640, 204, 120


class TwinsPanel(QWidget):
    """Shows and asks; `TwinsController` says what."""

    back_wished = Signal()
    start_wished = Signal()
    cancel_wished = Signal()
    use_wished = Signal()
    plan_chosen = Signal(int, int)  #: steps and seeds, by a person

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Twins"))
        self._gathered = Gathered()
        self._running = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._head())
        column.addLayout(self._line())
        self._make_plots()
        self.samples = SamplesOfBoth()
        self.verdict = VerdictPanel()
        left, right, body = QVBoxLayout(), QVBoxLayout(), QHBoxLayout()
        for side, parts in ((left, (self.over_steps, self.over_t)), (right, (self.samples, self.verdict))):
            side.setSpacing(16)
            for part in parts:
                side.addWidget(part, 1)
        right.setStretch(1, 0)
        for part in (self.samples, self.verdict):
            part.setMinimumWidth(RIGHT_PX)
            part.setMaximumWidth(MOST_RIGHT_PX)
        self.verdict.setFixedHeight(VERDICT_PX)
        body.setSpacing(16)
        body.addLayout(left, 2)
        body.addLayout(right, 1)
        column.addLayout(body, 1)
        column.addWidget(caption(self.tr("Twins are kept only while the program runs; closing it ends them unasked.")))
        self.show_gathered(None)

    # --- its parts -----------------------------------------------------------------------------------------

    def _head(self) -> QHBoxLayout:
        self.back = QPushButton()
        set_words(self.back, self.tr("Back"), self.tr("Back to the cards; what is being compared goes on"))
        set_icon(self.back, "back")
        self.back.setObjectName("twins_back")
        self.title = ElidedLabel()
        self.title.setProperty("title", True)
        self.steps, self.seeds = ElidedCombo(112, 128), ElidedCombo(88, 104)
        self.steps.setObjectName("twins_steps")
        self.seeds.setObjectName("twins_seeds")
        for steps in STEPS:
            self.steps.addItem(self.tr("{n} steps").format(n=numbers.count(steps)), steps)
        for seeds in SEEDS:
            words = self.tr("{n} seed") if seeds == 1 else self.tr("{n} seeds")
            self.seeds.addItem(words.format(n=numbers.count(seeds)), seeds)
        self._tips = {
            self.steps: self.tr(
                "Steps of each training. A short one shows what helps at the beginning, and not what helps later."
            ),
            self.seeds: self.tr(
                "Each seed is two trainings more, with other first weights, noise and order. Only several seeds show "
                "whether a difference is more than chance."
            ),
        }
        set_name(self.steps, self.tr("Steps"), self._tips[self.steps])
        set_name(self.seeds, self.tr("Seeds"), self._tips[self.seeds])
        self.go = QPushButton()
        self.go.setObjectName("twins_start")
        self.use = QPushButton()
        self.use.setObjectName("twins_use")
        self.use.setText(self.tr("Use B for the next run"))
        set_accent(self.use, True)
        self.back.clicked.connect(self.back_wished)
        self.go.clicked.connect(self._go)
        self.use.clicked.connect(self.use_wished)
        self.steps.currentIndexChanged.connect(self._chosen)
        self.seeds.currentIndexChanged.connect(self._chosen)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.back)
        row.addWidget(self.title, 1)
        for part in (self.steps, self.seeds, self.go, self.use):
            row.addWidget(part)
        return row

    def _line(self) -> QHBoxLayout:
        """What differs, and how long it takes or how far it is."""
        self.as_it_is, self.changed = caption(self.tr("as it is")), ElidedLabel(least_px=120)
        self.info = caption()
        self.info.setObjectName("twins_info")
        self.changed.setProperty("caption", True)
        self.bar = QProgressBar()
        self.bar.setFixedWidth(BAR_PX)
        self.bar.setTextVisible(False)
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(False)
        self.bar.setSizePolicy(policy)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(Badge("A"))
        row.addWidget(self.as_it_is)
        row.addSpacing(8)
        row.addWidget(Badge("B"))
        row.addWidget(self.changed, 1)
        row.addWidget(self.bar)
        row.addWidget(self.info)
        return row

    def _make_plots(self) -> None:
        self.kind = Segments()
        self.kind.add("error", self.tr("Error"), self._error_tip())
        self.kind.add(
            "loss",
            self.tr("Loss"),
            self.tr(
                "The loss that each is trained on, as a running mean. Two that predict something else, or weight t "
                "otherwise, have losses that cannot be compared."
            ),
        )
        self.kind.chosen.connect(self._draw_over_steps)
        self.over_steps = Panel(self.tr("Over steps"))
        self.over_steps.set_tip(self._error_tip())
        self.over_steps.lead.addWidget(self.kind)
        self.steps_plot = TwinPlot(
            lambda x: self.tr("step {step}").format(step=numbers.count(round(x))), self.tr("step")
        )
        self.over_steps.body.addWidget(self.steps_plot, 1)
        self.over_t = Panel(self.tr("Error of {x_0_hat} over t"))
        self.over_t.set_tip(
            self.tr(
                "The same error at each t of the probes, after the step that is named. Where the schedules differ, B "
                "is asked at the t whose signal-to-noise ratio is that of A's."
            )
        )
        self.t_step = caption()
        self.over_t.head.addWidget(self.t_step)
        self.t_plot = TwinPlot(lambda x: f"t = {numbers.count(round(x))}", self.tr("t (picture → noise)"))
        self.over_t.body.addWidget(self.t_plot, 1)
        for panel in (self.over_steps, self.over_t):
            for name, colour in COLOURS.items():
                panel.head.addWidget(LegendEntry("line", colour, name))
            band = LegendEntry("bar", "muted", self.tr("seeds"), alpha=90)
            set_tip(band, self.tr("From the least to the greatest of the seeds"))
            panel.head.addWidget(band)
        self.steps_plot.setAccessibleName(self.tr("Error or loss of A and B over steps"))
        self.t_plot.setAccessibleName(self.tr("Error of A and B over t"))

    def _error_tip(self) -> str:
        return self.tr(
            "How far the predicted clean picture x̂_0 (Ho et al. 2020, eq. 15) is from the true one: the mean square "
            "over pixels from −1 to 1, of the averaged weights (EMA), on fixed pictures, t and noise that are the "
            "same for both and never weighted. Lower is better, whatever is predicted."
        )

    # --- what is shown -------------------------------------------------------------------------------------

    def choose_plan(self, steps: int, seeds: int) -> None:
        """Show these in the choosers. Emits nothing."""
        for combo, value in ((self.steps, steps), (self.seeds, seeds)):
            with QSignalBlocker(combo):
                combo.setCurrentIndex(max(0, combo.findData(value)))

    def show_case(self, title: str, changed: str) -> None:
        """What is compared: its name, and B's settings against A's."""
        self.title.setText(self.tr("Does it help here? {title}").format(title=title))
        self.changed.setText(changed or title)
        self.setAccessibleDescription(self.title.text())

    def show_state(self, *, running: bool, reason: str, use_reason: str) -> None:
        """running: whether it is at work. reason: why it cannot begin, or "" . use_reason: why B cannot be used."""
        self._running = running
        if running:
            set_words(self.go, self.tr("Cancel"), self.tr("End after the step under way; what was shown stays"))
        else:
            tip = self.tr("Trains both, a few steps each in turns. Nothing is saved, and your run stays as it is.")
            set_words(self.go, self.tr("Start"), reason or tip)
        self.go.setEnabled(running or not reason)
        for combo, tip in self._tips.items():
            combo.setEnabled(not running)
            set_tip(combo, self.tr("It is under way with these: cancel it first") if running else tip)
        self.use.setEnabled(not use_reason)
        set_tip(
            self.use, use_reason or self.tr("Changes the settings of the next run to those of B; Undo takes it back")
        )

    def show_info(self, words: str, share: float | None = None) -> None:
        """How long it will take, or how far it is; share: 0 … 1 for the bar, None for none."""
        self.info.setText(words)
        self.bar.setVisible(share is not None)
        if share is not None:
            self.bar.setMaximum(1000)
            self.bar.setValue(round(1000 * share))

    def show_gathered(self, gathered: Gathered | None) -> None:
        """Draw what has come so far; None: nothing was compared yet."""
        self._gathered = gathered or Gathered()
        self._draw_over_steps()
        step, a = self._gathered.errors_by_t("A")
        _, b = self._gathered.errors_by_t("B")
        self.t_step.setText("" if step is None else self.tr("step {step}").format(step=numbers.count(step)))
        if step is None or self._gathered.started is None:
            self.t_plot.show_hint(self.tr("Here the error at each t will appear: where each of both guesses better."))
        else:
            levels = self._gathered.started.levels
            self.t_plot.show_bands(a, b, x=(0, levels[0] + levels[-1] + 1), from_zero=True)
        self.samples.show_gathered(self._gathered)
        self.verdict.show_gathered(self._gathered, running=self._running)

    @Slot()
    def _draw_over_steps(self) -> None:
        gathered, error = self._gathered, self.kind.current() != "loss"
        a, b = (gathered.errors(name) if error else gathered.losses(name) for name in COLOURS)
        if gathered.started is None or not len(a.x) or not len(b.x):
            words = self.tr("Start trains A and B, a few steps each in turns, on the same pictures, t and noise.")
            if gathered.started is not None and self._running:
                words = self.tr("First errors at step {step}") if error else self.tr("The first steps are taken…")
                words = words.format(step=numbers.count(gathered.started.looks[0]))
            self.steps_plot.show_hint(words)
            return
        self.steps_plot.show_bands(a, b, x=(0, gathered.started.steps * 1.01), log=not error)

    # --- what a person does --------------------------------------------------------------------------------

    @Slot()
    def _go(self) -> None:
        (self.cancel_wished if self._running else self.start_wished).emit()

    @Slot()
    def _chosen(self) -> None:
        self.plan_chosen.emit(self.steps.currentData(), self.seeds.currentData())


class SamplesOfBoth(Panel):
    """Pictures of both from the same noise, with a slider through training time that follows the newest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Samples"))
        self.set_tip(
            self.tr(
                "Made with the averaged weights (EMA) by the sampler of the settings in at most 10 steps, always from "
                "the same x_T for both; of the pair that trains now or did last."
            )
        )
        self._gathered = Gathered()
        self.label = caption()
        self.head.addWidget(self.label)
        self.grids = {name: ImageGrid() for name in COLOURS}
        both = QHBoxLayout()
        both.setSpacing(8)
        for name, grid in self.grids.items():
            grid.setObjectName(f"twin_samples_{name}")
            set_name(grid, self.tr("Samples of {twin}").format(twin=name), "")
            grid.selected.connect(self._selected)
            grid.activated.connect(self._show_one)
            grid.left_single.connect(self._show_all)
            grid.zoom_changed.connect(self._zoomed)
            one = QVBoxLayout()
            one.setSpacing(4)
            one.addWidget(Badge(name), 0, Qt.AlignmentFlag.AlignHCenter)
            one.addWidget(grid, 1)
            both.addLayout(one, 1)
        self.body.addLayout(both, 1)
        self.slider = Slider(0, 0, 0)
        self.slider.setObjectName("twin_samples_step")
        set_name(self.slider, self.tr("Training time"), self.tr("Samples from the start of the training to now"))
        self.slider.valueChanged.connect(self._show)
        self.earlier, self.later = IconButton("back"), IconButton("next")
        self.earlier.describe(self.tr("Earlier samples"))
        self.later.describe(self.tr("Later samples"))
        self.earlier.clicked.connect(self._step_back)
        self.later.clicked.connect(self._step_on)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.earlier)
        row.addWidget(self.slider, 1)
        row.addWidget(self.later)
        self.body.addLayout(row)

    def show_gathered(self, gathered: Gathered) -> None:
        """Show these; the newest, if it was the newest before."""
        newest = gathered is not self._gathered or self.slider.value() == self.slider.maximum()
        self._gathered = gathered
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(0, len(gathered.sample_steps) - 1))
            if newest:
                self.slider.setValue(self.slider.maximum())
        self._show()

    @Slot()
    def _show(self) -> None:
        gathered, place = self._gathered, self.slider.value()
        count = len(gathered.sample_steps)
        self.slider.setEnabled(count > 1)
        self.earlier.setEnabled(count > 1 and place > 0)
        self.later.setEnabled(count > 1 and place < count - 1)
        if not count:
            self.label.setText("")
            words = self.tr("Samples will appear here.")
            if gathered.started is not None:
                words = self.tr("First samples at step {step}").format(step=numbers.count(gathered.started.samples[0]))
            for grid in self.grids.values():
                grid.set_pictures([])
                grid.set_placeholder(words)
            return
        step, seed = gathered.sample_steps[place], gathered.samples_seed
        assert seed is not None
        words = self.tr("step {step} · seed {seed}")
        self.label.setText(words.format(step=numbers.count(step), seed=numbers.count(seed)))
        for name, grid in self.grids.items():
            grid.set_pictures(to_sheet(gathered.samples(name, step)))

    @Slot()
    def _step_back(self) -> None:
        self.slider.setValue(self.slider.value() - 1)

    @Slot()
    def _step_on(self) -> None:
        self.slider.setValue(self.slider.value() + 1)

    @Slot(int)
    def _selected(self, picture: int) -> None:
        for grid in self.grids.values():
            grid.set_selected(picture)

    @Slot(int)
    def _show_one(self, picture: int) -> None:
        for grid in self.grids.values():
            grid.set_single(picture)

    @Slot()
    def _show_all(self) -> None:
        for grid in self.grids.values():
            grid.set_single(None)

    @Slot(float, QPointF)
    def _zoomed(self, zoom: float, centre: QPointF) -> None:
        for grid in self.grids.values():
            if grid is not self.sender():
                grid.set_zoom(zoom, centre)


class VerdictPanel(Panel):
    """What it comes to, with its numbers and its reason."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Verdict"))
        self.set_tip(how_judged())
        self.words, self.figures, self.shared = QLabel(), caption(), caption()
        self.words.setObjectName("twins_verdict")
        self.words.setProperty("title", True)
        sentences = QWidget()
        column = QVBoxLayout(sentences)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        for label in (self.words, self.figures, self.shared):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            column.addWidget(label)
        column.addStretch(1)
        # Broken lines need a height that follows from their width; the page has one of its own.
        scrolled = Scrolled(sentences, (RIGHT_PX - 2 * 12, 96))
        keep_width(scrolled)
        self.body.addWidget(scrolled, 1)

    def show_gathered(self, gathered: Gathered, *, running: bool) -> None:
        """Say what there is to say; running: more may come."""
        verdict, started = gathered.verdict, gathered.started
        if verdict is None:
            words = self.tr("Nothing was compared yet.")
            if running:
                words = self.tr("It comes after the last step of the first pair.")
            elif started is not None:
                words = self.tr("It ended before the last step of the first pair.")
            self.words.setText(words)
            self.figures.setText("")
        else:
            self.words.setText(verdict_words(verdict))
            self.figures.setText(numbers_words(verdict, [pair.seed for pair in gathered.pairs]))
        self.figures.setVisible(verdict is not None)
        lines = shared_words(gathered.pairs[-1], started) if started is not None and gathered.pairs else []
        self.shared.setText("\n".join(lines))
        self.shared.setVisible(bool(lines))
