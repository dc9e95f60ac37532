"""What is seen of the tab: the table, and under it what is to be said of the runs that are selected in it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...app.icons import set_icon
from ...widgets.banner import Banner
from ...widgets.button_menu import set_menu
from ...widgets.elided import ElidedLabel
from ...widgets.middle import InTheMiddle
from ...widgets.panel import Panel
from ...widgets.plain import set_name, set_tip
from .about import AboutPanel
from .differs import DiffersPanel
from .model import RunModel
from .overlay import OverlayPanel
from .table import RunTable

#: The table's share of the height, and that of what stands under it.
SHARES = (11, 9)


class SearchLine(QLineEdit):
    """Esc empties it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """All other keys are typed."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class RunsHead(QWidget):
    """What is done with the selected runs, beside the tabs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addStretch(1)
        self.open = self._button("open_selected", "open", self.tr("Open"))
        self.resume = self._button("resume_selected", "play", self.tr("Resume"))
        self.branch = self._button("branch_selected", "fork", self.tr("Branch…"))
        self.more = QPushButton(self.tr("More"))
        self.more.setObjectName("more_of_runs")
        set_name(self.more, self.tr("More"), self.tr("Everything else that is done with the selected runs"))
        self.menu = QMenu(self.more)
        self.menu.setToolTipsVisible(True)
        set_menu(self.more, self.menu)
        for button in (self.open, self.resume, self.branch, self.more):
            row.addWidget(button)

    def _button(self, name: str, icon: str, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(name)
        button.setAccessibleName(words)
        set_icon(button, icon)
        return button


class RunsPanel(QWidget):
    """Shows and asks; `RunsTab` says what."""

    search_changed = Signal(str)

    def __init__(self, model: RunModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Runs"))
        self.model = model
        self.search = SearchLine()
        self.search.setObjectName("run_search")
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(self.tr("Search: a name, a tag, dim=32"))
        set_name(
            self.search,
            self.tr("Search"),
            self.tr("Words of names, notes, tags and states, and settings such as dim=32; all must be found (Ctrl+F)"),
        )
        self.search.textChanged.connect(self.search_changed)
        self.table = RunTable(model)
        self.empty = InTheMiddle()
        self.empty.setProperty("muted", True)
        self._table_or_empty = QStackedWidget()
        self._table_or_empty.addWidget(self.table)
        self._table_or_empty.addWidget(self.empty)
        self.total = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.total.setProperty("caption", True)
        self.list = Panel()
        self.list.set_head_visible(False)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.total, 1)
        self.search.setMaximumWidth(280)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        foot.addWidget(self.search, 1)
        self.banner = Banner(self.list)
        self.list.body.addLayout(self.banner.slot)
        self.list.body.addWidget(self._table_or_empty, 1)
        self.list.body.addLayout(foot)
        self.list.body.addLayout(self.banner.foot)  # news may cover neither the totals nor the search
        self.overlay, self.differs, self.about = OverlayPanel(), DiffersPanel(), AboutPanel()
        self.hint = InTheMiddle()
        self.hint.setProperty("caption", True)
        self._hint_panel = Panel()
        self._hint_panel.set_head_visible(False)
        self._hint_panel.body.addWidget(self.hint, 1)
        self._beside = QStackedWidget()
        for part in (self.differs, self.about):
            self._beside.addWidget(part)
        some = QWidget()
        row = QHBoxLayout(some)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.overlay, 10)
        row.addWidget(self._beside, 9)
        self._under = QStackedWidget()
        self._under.addWidget(self._hint_panel)
        self._under.addWidget(some)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.list, SHARES[0])
        column.addWidget(self._under, SHARES[1])
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self._find)
        self.say_empty(self.tr("Looking for runs…"))
        self.show_selected(0)

    def show_selected(self, count: int) -> None:
        """How many runs are selected: none, one, or several, which are compared."""
        self._under.setCurrentIndex(1 if count else 0)
        self._beside.setCurrentWidget(self.about if count == 1 else self.differs)
        self.hint.setText(
            self.tr(
                "Select a run to see its loss and to write a note; select two to six, with Ctrl or Shift, to see what "
                "differs between them."
            )
        )

    def say_empty(self, words: str) -> None:
        """In place of the table; "" shows the table."""
        self.empty.setText(words)
        self._table_or_empty.setCurrentIndex(1 if words else 0)

    def say_total(self, words: str, folder: Path) -> None:
        """The line under the table."""
        self.total.setText(words)
        set_tip(self.total, str(folder))

    @Slot()
    def _find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()
