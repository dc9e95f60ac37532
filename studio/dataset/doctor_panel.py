"""The folder as a whole: what may be wrong with its pictures and what mends it, and how many there are of each kind."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from .. import numbers
from ..theme import sized_font
from ..widgets.panel import caption
from ..widgets.plain import set_words
from . import doctor_words
from .count_bars import CountBars
from .doctor_shown import DoctorShown
from .finding_row import FindingRow

#: Room for three digits: a number more or less then moves nothing.
LEAST_COUNT_PX = 28


class DoctorPanel(QWidget):
    """Knows no core and no worker: it asks through signals and is told through its methods."""

    examine_wished = Signal()
    cancelled = Signal()
    show_wished = Signal(str)  #: a kind of finding: only its pictures
    remedy_wished = Signal(str)  #: a kind of finding: do what mends it
    undo_wished = Signal(str)  #: a kind of finding: take in again what it left out

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: DoctorShown | None = None
        self._progress: tuple[int, int] | None = None
        self._rows: dict[str, FindingRow] = {}
        self._state = caption()
        self._state.setObjectName("doctor_state")
        self._state.setWordWrap(True)
        self._findings = QVBoxLayout()
        self._findings.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._make_head())
        column.addWidget(self._state)
        column.addLayout(self._findings)
        column.addSpacing(8)
        column.addLayout(self._make_bars())
        column.addStretch(1)
        self._fill()

    def _make_head(self) -> QHBoxLayout:
        self._title, self._bytes = QLabel(), caption()
        self._title.setObjectName("doctor_title")
        self._title.setFont(sized_font(15, semibold=True))
        self._told, self._bar = caption(), QProgressBar()
        self._told.setObjectName("doctor_progress")
        self._bar.setFixedWidth(120)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._examine, self._cancel = QPushButton(), QPushButton()
        self._examine.setObjectName("examine")
        self._examine.clicked.connect(self.examine_wished)
        self._cancel.setObjectName("cancel_examination")
        set_words(
            self._cancel, self.tr("Cancel"), self.tr("Stop reading; what is read by now is kept for the next time")
        )
        self._cancel.clicked.connect(self.cancelled)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._title)
        row.addWidget(self._bytes)
        row.addStretch(1)
        for widget in (self._told, self._bar, self._cancel, self._examine):
            row.addWidget(widget)
        return row

    def _make_bars(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(12)
        others = self.tr("others")
        self._bars = {
            "formats": CountBars(self.tr("Format"), others),
            "modes": CountBars(self.tr("Colours"), others),
            "sides": CountBars(self.tr("Shorter side"), others),
            "aspects": CountBars(self.tr("Shape"), others),
            "orientations": CountBars(self.tr("Direction"), others),
        }
        for name, bars in self._bars.items():
            bars.setObjectName(f"bars_{name}")
        for name, (row, column) in zip(self._bars, ((0, 0), (0, 1), (1, 0), (1, 1), (2, 1)), strict=True):
            grid.addWidget(self._bars[name], row, column, Qt.AlignmentFlag.AlignTop)
        # The shorter sides have many lines, the shapes few: two stand beside the one.
        grid.removeWidget(self._bars["sides"])
        grid.addWidget(self._bars["sides"], 1, 0, 2, 1, Qt.AlignmentFlag.AlignTop)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        return grid

    # --- what is shown -------------------------------------------------------------------------------------

    def show_doctor(self, shown: DoctorShown | None) -> None:
        """What is known of the folder; None while nothing is."""
        self._shown = shown
        self._fill()

    def show_progress(self, done: int, of: int) -> None:
        """The pictures are being read."""
        self._progress = (done, of)
        self._fill_head()

    def end_progress(self) -> None:
        """It is over, whatever came of it."""
        self._progress = None
        self._fill_head()

    def row(self, kind: str) -> FindingRow | None:
        """The line of a finding, where it is shown."""
        row = self._rows.get(kind)
        return row if row is not None and not row.isHidden() else None

    def _fill(self) -> None:
        self._fill_head()
        self._fill_findings()
        shown = self._shown
        for bars in self._bars.values():
            bars.setVisible(shown is not None)
        if shown is None:
            return
        counts = shown.counts
        self._bars["formats"].show_counts(counts.formats)
        self._bars["modes"].show_counts([(doctor_words.word(doctor_words.MODES, k), n) for k, n in counts.modes])
        self._bars["sides"].show_counts([(self._side(k), n) for k, n in counts.sides])
        for name, rows in (("aspects", counts.aspects), ("orientations", counts.orientations)):
            self._bars[name].show_counts([(doctor_words.word(doctor_words.SHAPES, k), n) for k, n in rows])
        # Of squares the shape says it already.
        self._bars["orientations"].setVisible(len(counts.orientations) > 1 or counts.orientations[0][0] != "square")

    def _side(self, lower_px: int) -> str:
        """A class of sizes: each is twice the one before."""
        if lower_px == 1:
            return self.tr("below {n} px").format(n=16)
        return self.tr("from {n} px").format(n=numbers.count(lower_px))

    def _fill_head(self) -> None:
        shown, progress = self._shown, self._progress
        self._title.setText(
            "" if shown is None else self.tr("{n} pictures").format(n=numbers.count(shown.counts.pictures))
        )
        self._bytes.setText("" if shown is None else numbers.memory(shown.counts.bytes))
        for widget in (self._told, self._bar, self._cancel):
            widget.setVisible(progress is not None)
        self._examine.setVisible(progress is None)
        self._examine.setEnabled(shown is not None)
        examined = shown is not None and shown.examined
        set_words(
            self._examine,
            self.tr("Examine again") if examined else self.tr("Examine"),
            self.tr("Read each picture once and look for copies and blank ones")
            if shown is not None
            else self.tr("There are no pictures yet"),
        )
        if progress is not None:
            done, of = progress
            words = self.tr("{done} of {of}") if done < of else self.tr("Comparing {of}…")
            self._told.setText(words.format(done=numbers.count(done), of=numbers.count(of)))
            # How long comparing takes is not known.
            self._bar.setRange(0, of if done < of else 0)
            self._bar.setValue(done if done < of else 0)
        self._state.setVisible(shown is not None)
        if shown is None:
            return
        if not shown.examined:
            self._state.setText(self.tr("Examine finds copies, pictures that are nearly the same, and blank ones."))
        elif shown.to_mend:
            self._state.setText(self.tr("What you leave out stays in the folder, and can be taken in again."))
        else:
            self._state.setText(self.tr("Nothing to mend."))

    def _fill_findings(self) -> None:
        findings = () if self._shown is None else self._shown.findings
        kinds = {finding.kind for finding in findings}
        for kind, row in self._rows.items():
            row.setVisible(kind in kinds)
        for place, finding in enumerate(findings):
            row = self._rows.get(finding.kind) or self._make_row(finding.kind)
            row.show_finding(finding)
            if self._findings.indexOf(row) != place:
                self._findings.removeWidget(row)
                self._findings.insertWidget(place, row)
        shown = [self._rows[finding.kind] for finding in findings]
        widest = max((row.count_px() for row in shown), default=0)
        for row in shown:
            row.set_count_px(max(LEAST_COUNT_PX, widest))

    def _make_row(self, kind: str) -> FindingRow:
        row = self._rows[kind] = FindingRow(kind, self)
        row.show_wished.connect(self.show_wished)
        row.remedy_wished.connect(self.remedy_wished)
        row.undo_wished.connect(self.undo_wished)
        return row
