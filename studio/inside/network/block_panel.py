"""What is told of the selected block: its facts, what can be switched off, what it says at this step, how it works."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from ... import numbers
from ...imaging import to_image
from ...widgets.controls import IconButton
from ...widgets.panel import Panel, caption
from ...widgets.plain import set_tip
from ...widgets.scroll import Scrolled, keep_width
from ...widgets.segments import Segments
from .ablation import AblationView, Switches
from .block_pages import OperationsPage, OverTPage, WeightsPage
from .channels import Channels, ScaleShift
from .looking_view import LookingView
from .words import heads_text, is_attention, parts_of, shape_text, share_text, size_text

if TYPE_CHECKING:
    from core.networks.anatomy import BlockRow

    from .told import Cost, Looked

WIDTH_PX, MOST_WIDTH_PX = 352, 496
LEAST_PX = (WIDTH_PX - 24, 120)
#: Of the width: the frame, margins, the scroll bar, and air before that.
BESIDE_PX = 2 + 24 + 8 + 4


class BlockPanel(Panel):
    """Shows what it is told of one block; asks for neighbours, switches and pixels."""

    moved = Signal(int)  #: -1: the block before is wished, 1: the next
    page_changed = Signal(str)  #: "maps", "formulas", "over", "weights"
    part_switched = Signal(str, bool)  #: a part of the block, and whether it is on now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("Selected block"))
        self._row: BlockRow | None = None
        self._size = caption()
        self.lead.addWidget(self._size)
        self.before, self.next = IconButton("back"), IconButton("next")
        self.before.describe(self.tr("The block before"))
        self.next.describe(self.tr("The next block"))
        for button in (self.before, self.next):
            self.head.addWidget(button)
        self._facts: dict[str, QLabel] = {}
        self._captions: dict[str, QLabel] = {}
        self.switches = Switches()
        self.ablation = AblationView()
        self.pages = Segments()
        self.channels, self.looking, self.scale_shift = Channels(), LookingView(), ScaleShift()
        self.operations, self.over, self.weights = OperationsPage(), OverTPage(), WeightsPage()
        self._why = QLabel()
        self._why.setTextFormat(Qt.TextFormat.PlainText)
        self._why.setProperty("muted", True)
        self._why.setWordWrap(True)
        self._said = ""
        self._looked = False
        self._lay_out()
        self.before.clicked.connect(self._back)
        self.next.clicked.connect(self._on)
        self.pages.chosen.connect(self._turned)
        self.switches.changed.connect(self.part_switched)
        self.set_width(WIDTH_PX)
        self.show_row(None)

    def set_width(self, width_px: int) -> None:
        """As wide as that, within limits; the pictures take the gain."""
        width_px = min(MOST_WIDTH_PX, max(WIDTH_PX, width_px))
        if width_px != self.maximumWidth():
            self.setFixedWidth(width_px)
            for part in (self.channels, self.looking):
                part.set_width(width_px - BESIDE_PX)

    def _lay_out(self) -> None:
        self.body.addLayout(self._fact_row())
        # Over what scrolls: it stays where it is, whatever the block has below it.
        self.body.addWidget(self.pages, 0, Qt.AlignmentFlag.AlignLeft)
        page = QWidget()
        self._column = column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(10)
        column.addWidget(self.switches)
        column.addWidget(self.ablation)
        for name, title, tip in (
            ("maps", self.tr("Maps"), self.tr("What the block says at this step: a picture for each channel")),
            ("formulas", self.tr("Formulas"), self.tr("How the block works, operation by operation")),
            ("over", self.tr("Over t"), self.tr("How strongly it speaks at each t")),
            ("weights", self.tr("Weights"), self.tr("What it has learned, as numbers")),
        ):
            self.pages.add(name, title, tip)
        for button in self.pages.buttons.values():
            button.setMinimumWidth(64)
        column.addWidget(self._why)
        for part in (self.channels, self.looking, self.scale_shift, self.operations, self.over, self.weights):
            column.addWidget(part)
        column.addStretch(1)
        self._scrolled = scrolled = Scrolled(page, LEAST_PX)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        keep_width(scrolled)
        self.body.addWidget(scrolled, 1)

    def _fact_row(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(0)
        tips = {
            "output": (self.tr("Output"), self.tr("Channels × height × width of what it puts out")),
            "parameters": (self.tr("Parameters"), self.tr("How many numbers of it are learned")),
            "time": (self.tr("Time"), self.tr("Its share of the time of a training step, forward and back")),
            "memory": (
                self.tr("Memory"),
                self.tr("Its share of the memory that a training step keeps for the way back"),
            ),
            "heads": (self.tr("Heads"), self.tr("Heads of the attention × channels of each")),
        }
        for place, (name, (title, tip)) in enumerate(tips.items()):
            head, value = caption(title), QLabel()
            value.setTextFormat(Qt.TextFormat.PlainText)
            for label, line in ((head, 0), (value, 1)):
                set_tip(label, tip)
                grid.addWidget(label, line, place)
            self._captions[name], self._facts[name] = head, value
        grid.setColumnStretch(len(tips), 1)
        return grid

    # --- what is shown -------------------------------------------------------------------------------------

    @property
    def row(self) -> BlockRow | None:
        """The block that is told of."""
        return self._row

    def fact(self, name: str) -> str:
        """What is said of "output", "parameters", "time", "memory", "heads"."""
        return self._facts[name].text()

    def show_row(self, row: BlockRow | None) -> None:
        """Another block; None: there is none."""
        same = row is not None and self._row is not None and row.module == self._row.module
        self._row = row
        for button in (self.before, self.next):
            button.setEnabled(row is not None)
        if row is None:
            self.set_title(self.tr("No block"))
            self._size.setText("")
        else:
            self.set_title(row.title)
            self._size.setText(size_text(row))
            set_tip(self._size, row.module)
        self._facts["output"].setText("" if row is None else shape_text(row.shape))
        self._facts["parameters"].setText("" if row is None else numbers.count(row.parameters))
        self._facts["heads"].setText("" if row is None else heads_text(row))
        for label in (self._captions["heads"], self._facts["heads"]):
            label.setVisible(row is not None and row.heads > 0)
        if row is not None and is_attention(row):
            self.looking.set_kind(linear=row.kind == "linear_attention", heads=row.heads)
        if not same:
            self._looked = False
            self.channels.start_over()
            self.scale_shift.start_over()
            self.show_cost(None)
        self._arrange()

    def show_cost(self, cost: Cost | None) -> None:
        """What it takes; None: not measured."""
        self._facts["time"].setText("–" if cost is None else share_text(cost.time))
        self._facts["memory"].setText("–" if cost is None else share_text(cost.memory))
        tips = {
            "time": self.tr("Its share of the time of a training step, forward and back"),
            "memory": self.tr("Its share of the memory that a training step keeps for the way back"),
        }
        values = {}
        if cost is not None:
            milliseconds = self.tr("{n} ms").format(n=numbers.figure(1000 * cost.seconds))
            values = {"time": milliseconds, "memory": numbers.memory(cost.kept_bytes)}
        for name, tip in tips.items():
            more = values.get(name) or self.tr("Not measured yet: press Measure over the map.")
            for label in (self._captions[name], self._facts[name]):
                set_tip(label, f"{tip}\n{more}")

    def show_off(self, off: Mapping[str, frozenset[str]], why_not: str) -> None:
        """Module → what of it is off; why_not: nothing can be switched off now, and why."""
        row = self._row
        parts = () if row is None else parts_of(row)
        mine = frozenset() if row is None else off.get(row.module, frozenset())
        self.switches.show_parts(parts, mine, why_not)
        self.ablation.set_off(sum(map(len, off.values())))

    def show_look(self, looked: Looked | None) -> None:
        """What the block says at a step; None: nothing is known of it yet."""
        self._looked = looked is not None
        if looked is not None:
            self._said = ""
            self.channels.show_maps(looked.maps)
            self.ablation.show_without(looked.without)
            if looked.scale_shift is not None:
                self.scale_shift.show_values(*looked.scale_shift)
            image = to_image(looked.x_0)
            self.looking.show_looks(looked.looks, image if looked.looks is not None else QImage())
        self._has_strips = looked is not None and looked.scale_shift is not None
        self._has_looks = looked is not None and looked.looks is not None
        self._arrange()

    def say(self, words: str) -> None:
        """Why nothing is seen of the block at work."""
        self._said = words
        self._why.setText(words)
        self._arrange()

    @property
    def said(self) -> str:
        """The reason that is shown; "" where something is."""
        return "" if self._why.isHidden() else self._why.text()

    # --- inside --------------------------------------------------------------------------------------------

    _has_strips = False
    _has_looks = False

    def _arrange(self) -> None:
        """Show of the pages what belongs to the chosen one."""
        page = self.pages.current()
        there = self._row is not None
        maps = page == "maps" and self._looked and there
        self.channels.setVisible(maps)
        self.looking.setVisible(maps and self._has_looks)
        self.scale_shift.setVisible(maps and self._has_strips)
        self._why.setVisible(page == "maps" and not self._looked and bool(self._said))
        self.operations.setVisible(page == "formulas" and there)
        self.over.setVisible(page == "over" and there)
        self.weights.setVisible(page == "weights" and there)
        self.pages.setEnabled(there)
        # Beside the maps it comes first; elsewhere it must not push away what is looked at.
        place = 1 if page == "maps" else self._column.count() - 2
        if self._column.indexOf(self.ablation) != place:
            self._column.removeWidget(self.ablation)
            self._column.insertWidget(place, self.ablation)

    @Slot(str)
    def _turned(self, page: str) -> None:
        # What had the focus may go; where it went by itself, that would be scrolled to.
        self.pages.buttons[page].setFocus(Qt.FocusReason.OtherFocusReason)
        self._arrange()
        self._scrolled.verticalScrollBar().setValue(0)
        self.page_changed.emit(page)

    @Slot()
    def _back(self) -> None:
        self.moved.emit(-1)

    @Slot()
    def _on(self) -> None:
        self.moved.emit(1)
