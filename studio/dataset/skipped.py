"""The list of files that were left out, with the reason for each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from .. import numbers
from ..messages import reason_text
from ..widgets.focus import FocusOverlay
from ..widgets.panel import caption
from ..widgets.plain import set_tip


class SkippedDialog(QDialog):
    """File and reason in two columns, as plain text; all of it can be copied. `total` may be more than are listed.

    Where hidden folders were passed over, or were looked into on demand, a box says so, and takes them in or out.
    """

    hidden_wished = Signal(bool)  #: look through the folder again, with or without hidden folders

    def __init__(
        self, skipped: tuple[tuple[str, str], ...], total: int, *, hidden: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Skipped files"))
        self.resize(800, 420)
        self._skipped = [(file, reason_text(code)) for file, code in skipped]
        words = QLabel(self.tr("{n} skipped. The rest of the folder is used.").format(n=numbers.count(total)), self)
        words.setTextFormat(Qt.TextFormat.PlainText)
        self.table = QTableWidget(len(skipped), 2, self)
        self.table.setAccessibleName(self.tr("Skipped files"))
        set_tip(self.table, self.tr("Each file that was left out, with the reason"))
        self.table.setHorizontalHeaderLabels([self.tr("File"), self.tr("Reason")])
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.setColumnWidth(0, 260)
        for row, pair in enumerate(self._skipped):
            for column, text in enumerate(pair):
                item = QTableWidgetItem(text)
                # A name may hold markup or a newline: the tooltip shows it as it is, in one line.
                set_tip(item, text)
                self.table.setItem(row, column, item)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(words)
        layout.addWidget(self.table, 1)
        if total > len(skipped):
            layout.addWidget(caption(self.tr("The first {n} are listed.").format(n=numbers.count(len(skipped)))))
        buttons = QHBoxLayout()
        self.hidden = QCheckBox(self.tr("Use hidden folders too"), self)
        self.hidden.setObjectName("hidden_folders")
        set_tip(
            self.hidden,
            self.tr(
                "Looks again, also into folders whose names begin with a dot and into those that systems and other "
                "programs keep, such as thumbnails and deleted pictures"
            ),
        )
        self.hidden.setChecked(hidden)
        self.hidden.setVisible(hidden or any(code == "other-programs" for _, code in skipped))
        self.hidden.toggled.connect(self._hidden_toggled)
        buttons.addWidget(self.hidden)
        buttons.addStretch(1)
        for name, label, tip, act in (
            ("copy_skipped", self.tr("Copy"), self.tr("Copy the whole list as text"), self._copy),
            ("close", self.tr("Close"), self.tr("Back to the pictures"), self.accept),
        ):
            button = QPushButton(label, self)
            button.setObjectName(name)
            set_tip(button, tip)
            button.setAccessibleName(label)
            button.clicked.connect(act)
            buttons.addWidget(button)
        layout.addLayout(buttons)
        FocusOverlay(self)

    @Slot(bool)
    def _hidden_toggled(self, wished: bool) -> None:
        self.hidden_wished.emit(wished)
        self.accept()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(f"{file}\t{reason}" for file, reason in self._skipped))
