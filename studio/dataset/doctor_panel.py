"""The folder as a whole: what may be wrong with its pictures and what mends it, and how many there are of each kind."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from .. import numbers
from ..app.theme import BODY_PX, CAPTION_PX, set_look, sized_font, theme
from ..widgets.panel import caption
from ..widgets.plain import set_name, set_tip, set_words
from . import doctor_words
from .doctor_words import DoctorShown, FindingShown

# --- How many pictures there are of each kind: a few lines with a bar and a number each ------------------

LINE_PX = 18
TITLE_PX = 20
#: Labels have so much room at least, and at most their part of the width.
LABEL_PX, LABEL_PART = 88, 0.5
GAP_PX = 8
BAR_PX = 6
#: Kinds beyond these are told in the tooltip, and counted together.
MOST_LINES = 6


class CountBars(QWidget):
    """A title and one line per kind; the bar is the part of all."""

    def __init__(self, title: str, other: str) -> None:
        """other: what the kinds that do not fit are called together."""
        super().__init__()
        self._title, self._other = title, other
        self._rows: list[tuple[str, int]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def show_counts(self, rows: Sequence[tuple[str, int]]) -> None:
        """(what, how many) each."""
        told = "\n".join(f"{label}: {numbers.count(count)}" for label, count in rows)
        set_tip(self, told)
        self.setAccessibleName(self._title)
        self.setAccessibleDescription(told)
        self._rows = list(rows[:MOST_LINES])
        if len(rows) > MOST_LINES:
            rest = sum(count for _, count in rows[MOST_LINES - 1 :])
            self._rows[MOST_LINES - 1 :] = [(self._other, rest)]
        self.updateGeometry()
        self.update()

    def lines(self) -> list[tuple[str, int]]:
        """What is drawn."""
        return list(self._rows)

    def sizeHint(self) -> QSize:
        """As high as its lines."""
        return QSize(LABEL_PX + 120, TITLE_PX + LINE_PX * len(self._rows))

    def minimumSizeHint(self) -> QSize:
        """Room for a name, some bar and a number."""
        return QSize(LABEL_PX + 80, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Title, then label, bar and number in each line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(sized_font(CAPTION_PX))
        metrics, colour = painter.fontMetrics(), theme().color
        painter.setPen(colour("muted"))
        painter.drawText(QRectF(0, 0, self.width(), TITLE_PX), Qt.AlignmentFlag.AlignVCenter, self._title)
        total = sum(count for _, count in self._rows)
        widest = max((metrics.horizontalAdvance(numbers.count(count)) for _, count in self._rows), default=0)
        labels = max((metrics.horizontalAdvance(label) for label, _ in self._rows), default=0)
        label_px = min(max(LABEL_PX, labels), max(LABEL_PX, int(LABEL_PART * self.width())))
        room = max(0, self.width() - label_px - widest - 2 * GAP_PX)
        for line, (label, count) in enumerate(self._rows):
            top = TITLE_PX + line * LINE_PX
            painter.setPen(colour("text"))
            shown = metrics.elidedText(label, Qt.TextElideMode.ElideRight, label_px)
            painter.drawText(QRectF(0, top, label_px, LINE_PX), Qt.AlignmentFlag.AlignVCenter, shown)
            painter.drawText(
                QRectF(0, top, self.width(), LINE_PX),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                numbers.count(count),
            )
            groove = QRectF(label_px + GAP_PX, top + (LINE_PX - BAR_PX) / 2, room, BAR_PX)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("line"))
            painter.drawRoundedRect(groove, BAR_PX / 2, BAR_PX / 2)
            # One picture in a million still shows.
            groove.setWidth(max(2.0, room * count / total) if total else 0)
            painter.setBrush(colour("muted"))
            painter.drawRoundedRect(groove, min(BAR_PX, groove.width()) / 2, min(BAR_PX, groove.width()) / 2)


# --- One finding in a line: how many, what it is, what it means, a look at the pictures, and the remedy ---

#: Wide enough for what most remedies say, so that the lines look alike.
REMEDY_PX = 112


class FindingRow(QWidget):
    """Shows a finding as it is and asks; it keeps nothing of its own."""

    show_wished = Signal(str)  #: the kind
    remedy_wished = Signal(str)
    undo_wished = Signal(str)

    def __init__(self, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._finding: FindingShown | None = None
        self.setObjectName(f"finding_{kind}")
        self._count, self._title, self._meaning = QLabel(), QLabel(), caption()
        self._count.setFont(sized_font(BODY_PX, semibold=True))
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        for label in (self._title, self._meaning):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.look, self.remedy = QPushButton(), QPushButton()
        self.look.setObjectName(f"show_{kind}")
        self.look.setProperty("link", True)
        self.look.setText(self.tr("Show"))
        set_tip(self.look, self.tr("Show only these in the grid, what belongs together side by side"))
        self.look.clicked.connect(self._look)
        self.remedy.setObjectName(f"remedy_{kind}")
        self.remedy.setMinimumWidth(REMEDY_PX)
        keeps_place = self.remedy.sizePolicy()
        keeps_place.setRetainSizeWhenHidden(True)
        self.remedy.setSizePolicy(keeps_place)
        self.remedy.clicked.connect(self._act)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._title)
        words.addWidget(self._meaning)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(10)
        row.addWidget(self._count, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.look, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.remedy, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_finding(self, finding: FindingShown) -> None:
        """Show this from now on."""
        self._finding = finding
        title = doctor_words.title(finding)
        self._count.setText(numbers.count(finding.count))
        self._title.setText(title)
        meaning = doctor_words.meaning(finding)
        if finding.left_out:
            meaning = self.tr("{n} left out.").format(n=numbers.count(finding.left_out))
        self._meaning.setText(meaning)
        set_look(self._title, muted=finding.remedy == "none" or finding.done)
        self.setAccessibleName(self.words())
        self.look.setVisible(finding.remedy != "list")
        self.look.setAccessibleName(self.tr("Show: {finding}").format(finding=title))
        text, tip = self._remedy_words(finding)
        self.remedy.setVisible(bool(text))
        self.remedy.setText(text)
        set_name(self.remedy, f"{text}: {title}", tip)

    def count_px(self) -> int:
        """How wide its number is."""
        return self._count.fontMetrics().horizontalAdvance(self._count.text())

    def set_count_px(self, width_px: int) -> None:
        """Give the number so much room, so that those of all lines end at the same place."""
        self._count.setFixedWidth(width_px)

    def words(self) -> str:
        """All that it says, in a line."""
        return f"{self._count.text()} {self._title.text()}. {self._meaning.text()}"

    def _remedy_words(self, finding: FindingShown) -> tuple[str, str]:
        """Of the button: what it says and what it does; nothing where nothing need be done."""
        left = numbers.count(finding.may_leave_out - finding.left_out)
        if finding.done:
            return self.tr("Take in again"), self.tr("Train on these again")
        match finding.remedy:
            case "leave_out":
                tip = self.tr("Train without these; the files stay as they are")
                return self.tr("Leave out {n}").format(n=left), tip
            case "keep_first":
                tip = self.tr("Keep the first of each group and train without the others; the files stay as they are")
                return self.tr("Leave out {n}").format(n=left), tip
            case "list":
                return self.tr("List"), self.tr("Each file with the reason")
            case "settings":
                return self._settings_words(finding)
        return "", ""

    def _settings_words(self, finding: FindingShown) -> tuple[str, str]:
        size = finding.settings.get("image_size")
        if isinstance(size, int):
            words = self.tr("Use {n} px").format(n=numbers.count(size))
            return words, self.tr("Train at a size that nearly all of the pictures have")
        return self.tr("Pad instead"), self.tr("Keep the whole of each picture, on a background")

    @Slot()
    def _look(self) -> None:
        self.show_wished.emit(self._kind)

    @Slot()
    def _act(self) -> None:
        done = self._finding is not None and self._finding.done
        (self.undo_wished if done else self.remedy_wished).emit(self._kind)


# --- doctor panel ----------------------------------------------------------------------------------------

#: Room for three digits: a number more or less then moves nothing.
LEAST_COUNT_PX = 28


class DoctorPanel(QWidget):
    """Knows no core and no worker: it asks through signals and is told through its methods."""

    examine_wished = Signal()
    cancelled = Signal()
    odd_wished = Signal()  #: rank the pictures by the run's model
    show_wished = Signal(str)  #: a kind of finding: only its pictures
    remedy_wished = Signal(str)  #: a kind of finding: do what mends it
    undo_wished = Signal(str)  #: a kind of finding: take in again what it left out
    augment_wished = Signal()  #: of few pictures

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: DoctorShown | None = None
        self._progress: tuple[int, int] | None = None
        self._any_run = False
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
        column.addWidget(self._make_few())
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
        self._odd = QPushButton()
        self._odd.setObjectName("find_odd")
        set_words(
            self._odd,
            self.tr("Find odd ones"),
            self.tr(
                "Ask the run's model for how many bits it needs for each picture: those that need the most are unlike "
                "the others, damaged, or wrong in the folder"
            ),
        )
        self._odd.clicked.connect(self.odd_wished)
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
        for widget in (self._told, self._bar, self._cancel, self._odd, self._examine):
            row.addWidget(widget)
        return row

    def _make_few(self) -> QWidget:
        self._few, self._few_words = QWidget(), QLabel()
        self._few.setObjectName("few_pictures")
        self._few_words.setWordWrap(True)
        button = QPushButton()
        button.setObjectName("augment")
        button.setMinimumWidth(REMEDY_PX)
        set_words(
            button,
            self.tr("Augment"),
            self.tr(
                "Change some of them at random while training, and tell the network what was done, so that its samples "
                "show none of it: Augment in the settings of the training (Karras et al. 2022, arXiv 2206.00364)"
            ),
        )
        button.clicked.connect(self.augment_wished)
        row = QHBoxLayout(self._few)
        row.setContentsMargins(LEAST_COUNT_PX + 10, 4, 0, 4)
        row.setSpacing(10)
        row.addWidget(self._few_words, 1)
        row.addWidget(button)
        self._few.hide()
        return self._few

    def show_few(self, pictures: int | None) -> None:
        """So few are trained on that augmentation would help; None: they are enough, or it is on."""
        self._few.setVisible(pictures is not None)
        if pictures is not None:
            words = self.tr("{n} pictures are few: augmentation helps against learning them by heart.")
            self._few_words.setText(words.format(n=numbers.count(pictures)))

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

    def set_run(self, any_run: bool) -> None:
        """Whether there is a run with these pictures, whose model can be asked."""
        self._any_run = any_run
        self._fill_head()

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
        words = self.tr("1 picture") if shown is not None and shown.counts.pictures == 1 else self.tr("{n} pictures")
        self._title.setText("" if shown is None else words.format(n=numbers.count(shown.counts.pictures)))
        self._bytes.setText("" if shown is None else numbers.memory(shown.counts.bytes))
        for widget in (self._told, self._bar, self._cancel):
            widget.setVisible(progress is not None)
        self._examine.setVisible(progress is None)
        self._odd.setVisible(progress is None and self._any_run and shown is not None)
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
