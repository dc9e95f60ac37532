"""The list of schedules: which are drawn, which one is bent with its sliders, and the button that takes it."""

from __future__ import annotations

from collections.abc import Container, Mapping

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.catalogue import SCHEDULES, ScheduleRow

from ...app.messages import row_text, row_tip
from ...app.theme import set_look
from ...row_options import RowOptions
from ...widgets.controls import ElidedCombo
from ...widgets.elided import ElidedLabel
from ...widgets.legend import LegendEntry
from ...widgets.panel import Panel
from ...widgets.plain import plain_tip, set_name, set_tip
from ...widgets.scroll import Scrolled
from .series import schedule_look

#: With the three sliders of one row all of them fit into the list of a window of 1280 × 800.
ROW_PX = 22


class ScheduleLine(QWidget):
    """One schedule: whether it is drawn, its colour, its name and who it is from. A press on it chooses it."""

    shown_changed = Signal()
    pressed = Signal()

    def __init__(self, row: ScheduleRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(ROW_PX)
        self._row, self.copied = row, ""
        title = row_text(row.title)
        self.check = QCheckBox()
        self.check.setChecked(True)
        self.check.toggled.connect(self.shown_changed)
        set_name(self.check, title, self.tr("Draw {name} in the plots").format(name=title))
        self.title = ElidedLabel(title)
        self.source = ElidedLabel(row.source.split(",", maxsplit=1)[0], least_px=60)
        self.source.setProperty("caption", True)
        self.source.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for label in (self.title, self.source):
            label.set_tip(row_tip(row))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.check)
        line.addWidget(LegendEntry(schedule_look(row.name).kind, schedule_look(row.name).colour))
        line.addWidget(self.title)
        line.addWidget(self.source, 1)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_copied(self, title: str) -> None:
        """It is drawn nowhere yet, and starts as a copy of the curve of this title; "": it has one of its own."""
        self.copied = title
        row = self._row
        own = self.tr("Draw {name} in the plots").format(name=row_text(row.title))
        copy = self.tr("starts as a copy of {schedule}").format(schedule=title)
        self.source.setText(copy if title else row.source.split(",", maxsplit=1)[0])
        self.check.setEnabled(not title)
        reason = self.tr("Nothing is drawn of it yet: press its name, and it starts as a copy of {schedule}.")
        set_tip(self.check, reason.format(schedule=title) if title else own)

    def set_chosen(self, chosen: bool) -> None:
        """Whether this is the one that is bent and used."""
        font = self.title.font()
        font.setBold(chosen)
        self.title.setFont(font)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()


class ChoicePanel(Panel):
    """Shows what is chosen and asks for another; it keeps only which schedules are drawn."""

    shown_changed = Signal()
    schedule_wished = Signal(str)
    options_wished = Signal(object)  #: name → number, while they are moved too
    use_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Schedules"), parent)
        self.set_tip(self.tr("Check those that are to be drawn. A press on a name bends that one."))
        self._chosen = ""
        self.next = ElidedLabel(least_px=80)  #: what the next run trains with
        self.next.setObjectName("next_schedule")
        self.next.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        set_look(self.next, caption=True)
        self.head.addWidget(self.next, 1)
        self.lines: dict[str, ScheduleLine] = {}
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(0)
        for name, row in SCHEDULES.items():
            if row.installed:
                line = self.lines[name] = ScheduleLine(row)
                line.shown_changed.connect(self.shown_changed)
                line.pressed.connect(self._line_pressed)
                self._column.addWidget(line)
        self.options = RowOptions(upright=True)
        self.options.setContentsMargins(32, 0, 0, 0)
        self.options.looked_at.connect(self.options_wished)
        self.options.wished.connect(self.options_wished)
        self._column.addStretch(1)
        self._scroll = scroll = Scrolled(page, (232, 96))
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.verticalScrollBar().rangeChanged.connect(self._show_options)
        self.body.addWidget(scroll, 1)
        self.problem = QLabel()
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.setObjectName("schedules_problem")
        set_look(self.problem, caption=True, tone="error")
        self.problem.hide()
        self.body.addWidget(self.problem)
        self.chosen = ElidedCombo(88, 168)
        self.chosen.setObjectName("inside_schedule")
        for name in self.lines:
            self.chosen.addItem(row_text(SCHEDULES[name].title), name)
            tip = plain_tip(row_tip(SCHEDULES[name]))
            self.chosen.setItemData(self.chosen.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        set_name(self.chosen, self.tr("Chosen schedule"), self.tr("Its options, weights and pictures are shown"))
        self.chosen.activated.connect(self._combo_chosen)
        self.use = QPushButton(self.tr("Use for the next run"))
        self.use.setObjectName("use_schedule")
        self.use.setAccessibleName(self.use.text())
        set_look(self.use, accent=True)
        self.use.clicked.connect(self.use_wished)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.chosen, 1)
        foot.addWidget(self.use)
        self.body.addLayout(foot)
        self.setFixedWidth(336)

    def shown(self) -> tuple[str, ...]:
        """The schedules that are drawn; the chosen one is among them."""
        return tuple(
            name
            for name, line in self.lines.items()
            if (line.check.isChecked() and not line.copied) or name == self._chosen
        )

    def show_chosen(self, name: str, options: Mapping[str, float]) -> None:
        """This one is bent by these options."""
        another = name != self._chosen
        if another:
            self._chosen = name
            self.chosen.setCurrentIndex(self.chosen.findData(name))
            self._column.removeWidget(self.options)
            self._column.insertWidget(list(self.lines).index(name) + 1, self.options)
            for other, line in self.lines.items():
                line.set_chosen(other == name)
        self.options.show_options(SCHEDULES[name], options)
        if self.options.curve is not None:
            self.options.curve.set_colour(schedule_look(name).colour)
        if another and SCHEDULES[name].options:
            # Laid out only in the next turn of the event loop.
            QTimer.singleShot(0, self, self._show_options)

    @Slot()
    def _show_options(self) -> None:
        """Where the list does not fit, what bends the chosen one is what must be seen."""
        if self._scroll.verticalScrollBar().maximum():
            self._scroll.ensureWidgetVisible(self.options, 0, 0)

    def show_copied(self, copied: Container[str]) -> None:
        """These have no curve of their own yet, and start as copies of the chosen one."""
        title = row_text(SCHEDULES[self._chosen].title)
        for name, line in self.lines.items():
            line.set_copied(title if name in copied else "")

    def show_use(self, possible: bool, tip: str) -> None:
        """Whether the next run can take this, and what it would take; or why not."""
        self.use.setEnabled(possible)
        set_tip(self.use, tip)

    def show_next(self, words: str, same: bool) -> None:
        """What the next run trains with; same: that is what is chosen here."""
        self.next.setText(words)
        self.next.set_tip(words)
        set_look(self.next, caption=True, tone="good" if same else "")

    def show_problem(self, words: str) -> None:
        """Why something cannot be drawn; "" where all can."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    @Slot()
    def _line_pressed(self) -> None:
        for name, line in self.lines.items():
            if line is self.sender():
                self.schedule_wished.emit(name)

    @Slot(int)
    def _combo_chosen(self, place: int) -> None:
        self.schedule_wished.emit(self.chosen.itemData(place))
