"""What is seen in the tab: what is to be measured, the newest numbers beside the pictures' own, and all over steps."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.catalogue import SAMPLERS
from core.quality.spaces import SPACES
from core.quality.verdict import Change, above_floor, changes, disagree, seen_apart
from core.quality.wish import LEAST, USUAL_COUNT, QualityProgress
from core.runs.quality_file import QualityResult, SpaceResult, harshest

from ... import numbers
from ...app.messages import row_text, space_help, space_title
from ...app.theme import BODY_PX, set_look, sized_font
from ...widgets.chart import Chart
from ...widgets.controls import ElidedCombo
from ...widgets.elided import ElidedLabel
from ...widgets.legend import LegendEntry
from ...widgets.panel import Panel, caption
from ...widgets.plain import set_name, set_tip, set_words
from ...widgets.scroll import Scrolled
from ...widgets.segments import Segments

COUNTS = (100, 250, 500, USUAL_COUNT, 2500, 5000)
BAR_PX = 160
CHOICE_PX = (84, 190)
#: Beside the form of a small window the page is so wide at least, and has no room for titles and legends.
LEAST_PX, WITH_LEGEND_PX, WITH_TITLES_PX = 430, 520, 680
#: Of the choice of checkpoints: nothing else than the newest, and each that is kept and not measured.
NEWEST, MISSING = -1, -2
#: An estimate of the time left comes after so many seconds, and no shorter time is told.
TELLS_AFTER_S = 3.0


class QualityPanel(QWidget):
    """Shows measurements and says what is wished. Measures nothing itself."""

    measure_wished = Signal()
    cancel_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("quality")
        self._results: tuple[QualityResult, ...] = ()
        self._space: str | None = None  #: that was chosen; None: the harshest
        self._told_step: int | None = None  #: of the measurement that is told; None: the newest
        self._reason, self._no_run, self._at_work = "", False, False
        self._words, self._words_tone = "", ""
        self._began: tuple[str, int, float, int] = ("", 0, 0.0, 0)  #: part, checkpoint, when, and how far it was then
        self._cells: list[QWidget] = []
        self._gives_way: list[tuple[QWidget, int]] = []  #: what is seen from which width on
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self._newest(), 6)
        column.addWidget(self._over_steps(), 5)
        self.set_measurable("")
        self.set_progress(None)
        self.say("")
        self.show_results(())

    # --- how it is built -----------------------------------------------------------------------------------

    def _newest(self) -> Panel:
        panel = Panel(self.tr("Samples beside pictures"))
        panel.set_tip(
            self.tr(
                "Samples are compared with as many pictures by what networks see in both. The numbers are not those "
                "of other programs, nor FID: compare them only with each other, and with what the pictures "
                "themselves come to."
            )
        )
        self.checkpoint = _choice()
        self.checkpoint.setObjectName("quality_checkpoint")
        set_name(self.checkpoint, self.tr("Checkpoint"), self.tr("Whose averaged weights (EMA) make the samples"))
        self.count = _choice()
        self.count.setObjectName("quality_count")
        self.set_most(None)
        self.checkpoint.currentIndexChanged.connect(self._checkpoint_chosen)
        set_name(
            self.count,
            self.tr("Samples"),
            self.tr(
                "The more, the narrower the intervals, and the longer it takes. There are never more than half of the "
                "pictures: the other half says how far pictures are from each other."
            ),
        )
        self.bits = QCheckBox(self.tr("Bits"))
        self.bits.setObjectName("quality_bits")
        set_tip(
            self.bits,
            self.tr(
                "Measure bits per dimension too: how many bits the model needs at most for each 8-bit number of a "
                "picture (Ho et al. 2020, eq. 5; Kingma et al. 2021)"
            ),
        )
        self.go = QPushButton()
        self.go.setObjectName("quality_measure")
        self.go.clicked.connect(self._go)
        for part in (self.checkpoint, self.count, self.bits, self.go):
            panel.head.addWidget(part)
        self._gives_way += [(panel.title, WITH_TITLES_PX)]
        self.bar = QProgressBar()
        self.bar.setFixedWidth(BAR_PX)
        self.bar.setTextVisible(False)
        # One line: a room whose height follows from its width would scroll.
        self.told = ElidedLabel()
        self.told.setObjectName("quality_told")
        # It keeps its place while it is empty: what is read below would jump.
        holder = QWidget()
        holder.setFixedHeight(max(self.bar.sizeHint().height(), self.told.fontMetrics().height()))
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.bar)
        line.addWidget(self.told, 1)
        panel.body.addWidget(holder)
        self.of = caption()
        self.of.setWordWrap(True)
        self.of.setObjectName("quality_of")
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addWidget(self.of)
        self._table = QGridLayout()
        self._table.setHorizontalSpacing(16)
        self._table.setVerticalSpacing(8)
        self.verdict = QLabel()
        self.verdict.setObjectName("quality_verdict")
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.verdict.setWordWrap(True)
        inside.addWidget(self.verdict)
        inside.addLayout(self._table)
        inside.addStretch(1)
        scroll = Scrolled(page, (320, 120))
        panel.body.addWidget(scroll, 1)
        return panel

    def _over_steps(self) -> Panel:
        panel = Panel(self.tr("Over steps"))
        self.number = Segments()
        self.number.add("kid", "KID", self._tips()["kid"])
        self.number.add("fd", "FD", self._tips()["fd"])
        self.number.add("coverage", self.tr("Coverage"), self._tips()["coverage"])
        self.number.chosen.connect(self._draw)
        panel.lead.addWidget(self.number)
        self._gives_way += [(panel.title, WITH_TITLES_PX)]
        self.space = _choice()
        self.space.setObjectName("quality_space")
        set_name(self.space, self.tr("Feature space"), self.tr("Whose features are compared"))
        self.space.currentIndexChanged.connect(self._draw)
        self.space.activated.connect(self._space_chosen)
        band = LegendEntry("bar", "loss", self.tr("95 %"), alpha=90)
        set_tip(band, self.tr("The interval in which the number lies in 95 of 100 cases"))
        floor = LegendEntry("dash", "weight", self.tr("pictures"))
        set_tip(floor, self.tr("What two sets of pictures without a picture in common come to"))
        for part in (band, floor, self.space):
            panel.head.addWidget(part)
        self._gives_way += [(band, WITH_LEGEND_PX), (floor, WITH_LEGEND_PX)]
        self.chart = Chart(whole_x=True)
        self.chart.add_band("interval", "loss", 70)
        self.chart.add_curve("floor", "weight", 1.5, dashed=True)
        self.chart.add_curve("value", "loss", 2)
        self.chart.set_x_label(self.tr("step"))
        self.chart.setAccessibleName(self.tr("Measurements over steps"))
        panel.body.addWidget(self.chart, 1)
        return panel

    def _tips(self) -> dict[str, str]:
        return {
            "kid": self.tr(
                "Kernel distance (KID, Bińkowski et al. 2018): 0 in the mean where samples and pictures are alike, "
                "whatever their number. Lower is better"
            ),
            "fd": self.tr(
                "Fréchet distance (FD, Heusel et al. 2017) of the features. It is too large where there are few "
                "samples: compare it with what the pictures come to. Lower is better"
            ),
            "density": self.tr(
                "In how many pictures' neighbourhoods a sample lies, about 1 where samples lie as pictures do "
                "(Naeem et al. 2020). Lower: samples that are unlike any picture"
            ),
            "coverage": self.tr(
                "The share of pictures that have a sample in their neighbourhood (Naeem et al. 2020). Lower: kinds of "
                "pictures that the model leaves out"
            ),
        }

    def minimumSizeHint(self) -> QSize:
        """As narrow as what stays in it: its layout would hold it to what it shows now."""
        return QSize(LEAST_PX, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Titles and legends give way."""
        super().resizeEvent(event)
        for part, least_px in self._gives_way:
            part.setVisible(self.width() >= least_px)

    # --- what is shown -------------------------------------------------------------------------------------

    def set_checkpoints(self, steps: Sequence[int]) -> None:
        """Which are kept, newest first. What was chosen stays, where it is there still."""
        chosen = self.checkpoint.currentData()
        with QSignalBlocker(self.checkpoint):
            self.checkpoint.clear()
            self.checkpoint.addItem(self.tr("Newest checkpoint"), NEWEST)
            if len(steps) > 1:
                self.checkpoint.addItem(self.tr("All not yet measured"), MISSING)
            for step in steps:
                self.checkpoint.addItem(self.tr("step {step}").format(step=numbers.count(step)), step)
            self.checkpoint.setCurrentIndex(max(0, self.checkpoint.findData(chosen)))

    @Slot()
    def _space_chosen(self) -> None:
        self._space = self.space.currentData()

    @Slot()
    def _checkpoint_chosen(self) -> None:
        """What is measured of it is told."""
        step = self.checkpoint.currentData()
        if step == NEWEST:
            self.tell_of(None)
        elif any(result.step == step for result in self._results):
            self.tell_of(step)

    def set_most(self, most: int | None) -> None:
        """So many samples can be compared with the pictures there are; None: it is not known. What was chosen stays."""
        chosen = self.count.currentData() or 500
        counts = [count for count in COUNTS if most is None or count < most]
        if most is not None and LEAST <= most < COUNTS[-1]:
            counts.append(most)
        with QSignalBlocker(self.count):
            self.count.clear()
            for count in counts:
                self.count.addItem(self.tr("{n} samples").format(n=numbers.count(count)), count)
            if counts:
                self.count.setCurrentIndex(counts.index(max((n for n in counts if n <= chosen), default=counts[0])))

    def set_measurable(self, reason: str, *, no_run: bool = False) -> None:
        """Why nothing can be measured; "" where it can. no_run: because no run is open."""
        self._reason = reason
        if no_run != self._no_run:
            self._no_run = no_run
            self._tell()
        self._dress()

    def set_progress(
        self, progress: QualityProgress | None, number: int = 1, of: int = 1, *, elsewhere: str = ""
    ) -> None:
        """How far it is with which of how many checkpoints; None: nothing is being measured.

        elsewhere: the name of the run that is measured, where another is shown.
        """
        self._at_work = progress is not None
        self.bar.setVisible(self._at_work)
        if progress is not None:
            self.bar.setRange(0, progress.of)
            self.bar.setValue(progress.done)
            words = {
                "pictures": self.tr("Reading pictures"),
                "folder": self.tr("Training a small network on the pictures"),
                "samples": self.tr("Making samples"),
                "features": self.tr("Comparing features"),
                "bits": self.tr("Counting bits"),
            }[progress.part]
            if of > 1:
                which = self.tr("Checkpoint {n} of {count}").format(n=numbers.count(number), count=numbers.count(of))
                words = f"{which} · {words}"
            if elsewhere:
                words = self.tr("Run {name}").format(name=elsewhere) + f" · {words}"
            left = self._time_left_s(progress, number)
            if left is not None:
                words += " · " + self.tr("{time} left of this").format(time=numbers.rough_duration(left))
            self.say(words)
        self._dress()

    def _time_left_s(self, progress: QualityProgress, number: int) -> float | None:
        """Of the part that is at work; None before it is known, and where it is over soon."""
        now = time.monotonic()
        if (progress.part, number) != self._began[:2] or progress.done < self._began[3]:
            self._began = (progress.part, number, now, progress.done)
        _, _, since, first = self._began
        if progress.done <= first or now - since < TELLS_AFTER_S:
            return None
        left = (now - since) * (progress.of - progress.done) / (progress.done - first)
        return left if left >= TELLS_AFTER_S else None

    def say(self, words: str, *, error: bool = False) -> None:
        """A line under the head; "" takes it away."""
        self._words, self._words_tone = words, "error" if error else ""
        self._tell_line()

    def _tell_line(self) -> None:
        """Without other words why nothing can be measured, but for no run: the page says that below."""
        shown = self._words or ("" if self._at_work or self._no_run else self._reason)
        self.told.setText(shown)
        self.told.setVisible(bool(shown))
        set_look(self.told, tone=self._words_tone)

    def _dress(self) -> None:
        work = self._at_work
        for part in (self.checkpoint, self.count, self.bits):
            part.setEnabled(not work and not self._reason)
        self.go.setEnabled(work or not self._reason)
        if work:
            set_words(self.go, self.tr("Cancel"), self.tr("Measure no further; what is measured stays"))
        else:
            tip = self._reason or self.tr("Make samples and compare them with the pictures")
            set_words(self.go, self.tr("Measure quality"), tip)
        self._tell_line()

    def show_results(self, results: tuple[QualityResult, ...]) -> None:
        """All measurements of the run, by step; the newest is told in full."""
        self._results = results
        names = list(dict.fromkeys(name for result in reversed(results) for name in result.spaces))
        with QSignalBlocker(self.space):
            self.space.clear()
            for name in names or SPACES:
                self.space.addItem(space_title(name), name)
            chosen = self._space or (harshest(results[-1]) if results else None)
            self.space.setCurrentIndex(max(0, self.space.findData(chosen)))
        self._tell()
        self._draw()

    def tell_of(self, step: int | None) -> None:
        """The measurement of this step is told in full, as long as there is one; None: the newest."""
        if step != self._told_step:
            self._told_step = step
            self._tell()
            self._draw()

    def _told(self) -> QualityResult | None:
        """The measurement that is told."""
        of_step = [result for result in self._results if result.step == self._told_step]
        return next(iter(of_step or self._results[-1:]), None)

    def _series(self) -> list[QualityResult]:
        """Those that can be compared with the one that is told: nothing but the step differs."""
        told, same = self._told(), ("count", "sampler", "sampler_steps", "seed", "weights", "held_out")
        if told is None:
            return []
        return [each for each in self._results if all(getattr(each, n) == getattr(told, n) for n in same)]

    def _tell(self) -> None:
        for cell in self._cells:
            self._table.removeWidget(cell)
            cell.hide()  # it is there until the loop turns
            cell.deleteLater()
        self._cells = []
        told = self._told()
        self.verdict.setVisible(told is not None)
        if told is None:
            self.of.setText(
                self.tr("No run is open. Open one under Runs, or train one, and its quality can be measured here.")
                if self._no_run
                else self.tr(
                    "Nothing is measured of this run yet. Measuring makes samples with a checkpoint and says how far "
                    "they are from the pictures, beside how far pictures are from each other."
                )
            )
            self.verdict.setText("")
            return
        before = [each for each in self._series() if each.step < told.step]
        self.of.setText(self._made_of(told))
        found = changes(before[-1], told) if before else {}
        heads = ["", "KID ↓", "FD ↓", self.tr("Density") + " → 1", self.tr("Coverage") + " ↑"]
        if found:
            heads.append(self.tr("since step {step}").format(step=numbers.count(before[-1].step)))
        tips = ["", *self._tips().values(), ""]
        for column, head in enumerate(heads):
            label = caption(head)
            set_tip(label, tips[column])
            self._put(label, 0, column)
        for row, (name, space) in enumerate(told.spaces.items(), 1):
            self._row(row, name, space, found)
        self._table.setColumnStretch(len(heads), 1)
        self.verdict.setText(self._verdict(told, found))

    def _made_of(self, result: QualityResult) -> str:
        kind = self.tr("held-out pictures") if result.held_out else self.tr("training pictures")
        words = self.tr(
            "Step {step}: {count} samples ({sampler}, {steps} steps) beside {count} {kind}. KID and FD: the lower the "
            "better. Below them are their 95 % intervals, and “pictures”: what {count} other pictures come to. Samples "
            "that come to as much are as far from the pictures as pictures are."
        ).format(
            step=numbers.count(result.step),
            count=numbers.count(result.count),
            sampler=row_text(SAMPLERS[result.sampler].title) if result.sampler in SAMPLERS else result.sampler,
            steps=numbers.count(result.sampler_steps),
            kind=kind,
        )
        if result.bits is None:
            return words
        bits = self.tr("Bits per dimension: {bits} ± {error} ({count} {kind})").format(
            bits=numbers.figure(result.bits.total),
            error=numbers.figure(1.96 * result.bits.error, 2),
            count=numbers.count(result.bits.pictures),
            kind=self.tr("held-out pictures") if result.bits.held_out else self.tr("training pictures"),
        )
        return f"{words}\n{bits}"

    def _row(self, row: int, name: str, space: SpaceResult, found: Mapping[str, Change]) -> None:
        cell, lines = _cell()
        title = QLabel(space_title(name))
        title.setFont(sized_font(BODY_PX, semibold=True))
        set_tip(title, space_help(name))
        lines.addWidget(title)
        further = above_floor(space)
        words = self.tr("further away than pictures") if further else self.tr("as near as pictures")
        against = caption(words)
        set_look(against, tone="warning" if further else "good")
        lines.addWidget(against)
        lines.addStretch(1)
        self._put(cell, row, 0)
        pictures = self.tr("pictures: {value}")
        self._number(row, 1, numbers.signed(space.kid), (space.kid_low, space.kid_high), pictures, space.floor_kid)
        self._number(row, 2, numbers.signed(space.fd), (space.fd_low, space.fd_high), pictures, space.floor_fd)
        self._number(row, 3, numbers.signed(space.density), None, pictures, None)
        share = self.tr("{n} %").format(n=numbers.signed(100 * space.coverage))
        floor = None if space.floor_coverage is None else 100 * space.floor_coverage
        self._number(row, 4, share, None, self.tr("pictures: {value} %"), floor)
        if name in found:
            words = {
                Change.BETTER: self.tr("better"),
                Change.WORSE: self.tr("worse"),
                Change.SAME: self.tr("no difference to be seen"),
            }[found[name]]
            label = QLabel(words)
            set_look(label, tone={Change.BETTER: "good", Change.WORSE: "warning", Change.SAME: ""}[found[name]])
            self._put(label, row, 5)

    def _number(
        self, row: int, column: int, words: str, ends: tuple[float, float] | None, pictures: str, floor: float | None
    ) -> None:
        cell, lines = _cell()
        value = QLabel(words)
        value.setFont(sized_font(BODY_PX, semibold=True))
        lines.addWidget(value)
        if ends is not None:
            lines.addWidget(caption(" … ".join(map(numbers.signed, ends))))
        else:
            # A dash and not a gap: nobody is to look for it, or to read the floor as one.
            none = caption("–")
            set_tip(none, self.tr("No interval is measured of this number"))
            lines.addWidget(none)
        if floor is not None:
            lines.addWidget(caption(pictures.format(value=numbers.signed(floor, 2 if column == 1 else 3))))
        lines.addStretch(1)
        self._put(cell, row, column)

    def _put(self, widget: QWidget, row: int, column: int) -> None:
        self._table.addWidget(widget, row, column, Qt.AlignmentFlag.AlignTop)
        self._cells.append(widget)

    def _verdict(self, newest: QualityResult, found: dict[str, Change]) -> str:
        above, near = seen_apart(newest)
        if not above:
            says = self.tr(
                "As near to the pictures as pictures are to each other, as far as {count} samples can tell."
            ).format(count=numbers.count(newest.count))
        elif not near:
            says = self.tr("Further from the pictures than pictures are from each other.")
        else:
            says = self.tr(
                "The feature spaces disagree. The samples are further from the pictures than pictures are from each "
                "other, as seen by: {further}. No difference is seen by: {near}. A space can be blind to what is "
                "wrong: go by the one that sees it, and look at the samples."
            ).format(further=self._listed(above), near=self._listed(near))
        if disagree(found):
            apart = self.tr("The feature spaces disagree about the change: look at the samples before you judge it.")
            return f"{says} {apart}"
        words = {
            Change.BETTER: self.tr("Better than before."),
            Change.WORSE: self.tr("Worse than before."),
            Change.SAME: self.tr("No difference to before can be seen."),
        }
        changed = set(found.values()) - {Change.SAME} or set(found.values())
        return " ".join([says, *(words[change] for change in changed)])

    @staticmethod
    def _listed(names: list[str]) -> str:
        return ", ".join(map(space_title, names))

    @Slot()
    def _draw(self) -> None:
        name, number = self.space.currentData(), self.number.current()
        series = [each for each in self._series() if name in each.spaces]
        spaces = [each.spaces[name] for each in series]
        steps = np.array([each.step for each in series], np.float64)
        values = np.array([getattr(space, number) for space in spaces], np.float64)
        floors = np.array([np.nan if (f := getattr(s, f"floor_{number}")) is None else f for s in spaces], np.float64)
        if len(steps) < 2:
            self.chart.set_hint(self.tr("From the second measurement on, a curve over the steps will appear here."))
            steps = values = floors = np.empty(0)
        else:
            self.chart.set_hint("")
        self.chart.set_curve("value", steps, values)
        self.chart.set_curve("floor", steps, floors)
        low = high = np.empty(0)
        if len(steps) and number != "coverage":
            low, high = (
                np.array([getattr(space, f"{number}_{end}") for space in spaces], np.float64) for end in ("low", "high")
            )
        self.chart.set_band("interval", steps if len(low) else np.empty(0), low, high)
        if len(steps):
            everything = np.concatenate([values, floors[np.isfinite(floors)], low, high])
            self.chart.set_x_range(float(steps[0]), float(steps[-1]))
            self.chart.set_y_range(min(0.0, float(everything.min())), float(everything.max()) or 1.0)
        else:
            self.chart.set_x_range(0, 1000)
            self.chart.set_y_range(0.0, 1.0)

    @Slot()
    def _go(self) -> None:
        (self.cancel_wished if self._at_work else self.measure_wished).emit()


def _choice() -> ElidedCombo:
    """Its words are read whole where there is room."""
    made = ElidedCombo(*CHOICE_PX)
    made.setSizeAdjustPolicy(ElidedCombo.SizeAdjustPolicy.AdjustToContents)
    return made


def _cell() -> tuple[QWidget, QVBoxLayout]:
    """Lines close under each other."""
    cell = QWidget()
    lines = QVBoxLayout(cell)
    lines.setContentsMargins(0, 0, 0, 0)
    lines.setSpacing(0)
    return cell, lines
