"""Where decoded pictures are kept between trainings, how much room they may take, how much they take, and a broom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QFileDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from .cache_wish import MOST_GB
from .theme import CONTROL_PX
from .widgets.drop_zone import refuse_text_drops
from .widgets.elided import ElidedLabel
from .widgets.focus import FocusOverlay
from .widgets.number import IntBox
from .widgets.panel import caption
from .widgets.plain import set_tip, set_words

WIDTH_PX = 520


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheShown:
    """What the dialog says."""

    folder: str
    is_usual: bool  #: nothing else was chosen
    folder_set_by: str  #: the variable of the environment that says where; empty: it may be chosen
    gigabytes: int
    gigabytes_set_by: str  #: the variable, with its value; empty: it may be chosen
    taken: str  #: in words; empty while it is being counted
    any_taken: bool
    emptying: bool
    problem: str = ""


class CacheDialog(QDialog):
    """Knows no worker: it asks through signals and is told through `show_cache`."""

    folder_wished = Signal(str)  #: "" for the usual one
    gigabytes_wished = Signal(int)
    empty_wished = Signal()
    cancelled = Signal()  #: emptying is to end

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._shown: CacheShown | None = None
        self.setWindowTitle(self.tr("Decoded pictures"))
        self._about = QLabel(
            self.tr(
                "The first epoch decodes each picture of a large folder once, at the size that is trained on. What "
                "comes of it is kept here, so that later epochs and trainings only read it."
            )
        )
        self._about.setTextFormat(Qt.TextFormat.PlainText)
        self._about.setWordWrap(True)
        self._folder = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self._folder.setObjectName("cache_folder")
        titles = (self.tr("Choose…"), self.tr("Usual place"), self.tr("Empty"), self.tr("Close"))
        self._choose, self._usual, self._empty, self._close = map(QPushButton, titles)
        for titled in (self._choose, self._usual, self._close):
            titled.setAccessibleName(titled.text())
        set_tip(self._close, self.tr("Back to the window"))
        self._gigabytes = IntBox(0, MOST_GB, 0)
        self._gigabytes.setFixedHeight(CONTROL_PX)
        self._gigabytes.setFixedWidth(120)
        self._gigabytes.setSuffix(" GB")
        self._gigabytes.setSpecialValueText(self.tr("Keep nothing"))
        self._gigabytes.setAccessibleName(self.tr("Room that decoded pictures may take"))
        self._taken = QLabel()
        self._taken.setTextFormat(Qt.TextFormat.PlainText)
        self._note, self._problem = caption(), QLabel()
        self._problem.setProperty("tone", "error")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self._note, self._problem):
            label.setWordWrap(True)
        names: Mapping[QWidget, str] = {
            self._choose: "choose_cache",
            self._usual: "usual_cache",
            self._empty: "empty_cache",
            self._close: "close",
            self._gigabytes: "cache_gigabytes",
            self._taken: "cache_taken",
            self._problem: "cache_problem",
        }
        for widget, name in names.items():
            widget.setObjectName(name)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, title in enumerate((self.tr("Folder"), self.tr("At most"), self.tr("Taken now"))):
            grid.addWidget(caption(title), row, 0)
            grid.setRowMinimumHeight(row, CONTROL_PX)
        rows: tuple[tuple[QWidget, ...], ...] = (
            (self._folder, self._usual, self._choose),
            (self._gigabytes,),
            (self._taken, self._empty),
        )
        for row, widgets in enumerate(rows):
            line = QHBoxLayout()
            line.setSpacing(8)
            line.addWidget(widgets[0], len(widgets) - 1)
            for button in widgets[1:]:
                line.addWidget(button)
            if len(widgets) == 1:
                line.addStretch(1)
            grid.addLayout(line, row, 1)
        bottom = QHBoxLayout()
        bottom.addWidget(self._note, 1)
        bottom.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self._about)
        column.addLayout(grid)
        column.addWidget(self._problem)
        column.addStretch(1)
        column.addLayout(bottom)
        self.resize(WIDTH_PX, 240)
        self._choose.clicked.connect(self._ask_folder)
        self._usual.clicked.connect(self._wish_usual)
        self._gigabytes.valueChanged.connect(self.gigabytes_wished)
        self._empty.clicked.connect(self._empty_clicked)
        self._close.clicked.connect(self.accept)
        FocusOverlay(self)
        refuse_text_drops(self)

    def show_cache(self, shown: CacheShown) -> None:
        """Say this from now on."""
        self._shown = shown
        self._gigabytes.blockSignals(True)
        self._gigabytes.setValue(shown.gigabytes)
        self._gigabytes.blockSignals(False)
        fixed = self.tr("Set by the environment: {variable}")
        where = fixed.format(variable=shown.folder_set_by) if shown.folder_set_by else ""
        self._folder.setText(shown.folder)
        self._folder.set_tip(where)
        self._choose.setEnabled(not where)
        set_tip(
            self._choose,
            where or self.tr("Keep them in another folder, on a fast disk. What is kept already stays where it is"),
        )
        self._usual.setVisible(not shown.is_usual)
        self._usual.setEnabled(not where)
        set_tip(self._usual, where or self.tr("Keep them where programs keep what can be made again"))
        much = fixed.format(variable=shown.gigabytes_set_by) if shown.gigabytes_set_by else ""
        self._gigabytes.setEnabled(not much)
        set_tip(
            self._gigabytes,
            much
            or self.tr("What was used longest ago gives way to what is new. A disk is never filled to the last GB"),
        )
        self._note.setText(
            "\n".join(words for words in (where, much) if words) or self.tr("Takes effect at the next training.")
        )
        self._taken.setText(shown.taken or self.tr("Being counted…"))
        self._empty.setEnabled(shown.emptying or shown.any_taken)
        if shown.emptying:
            tip = self.tr("Leave the rest as it is")
        elif shown.any_taken:
            tip = self.tr("Give all of it up but what a training reads now; it is decoded again when it is needed")
        else:
            tip = self.tr("Nothing is kept that could be given up")
        set_words(self._empty, self.tr("Cancel") if shown.emptying else self.tr("Empty"), tip)
        self._problem.setText(shown.problem)
        self._problem.setVisible(bool(shown.problem))

    # --- wishes --------------------------------------------------------------------------------------------

    @Slot()
    def _ask_folder(self) -> None:
        before = self._shown.folder if self._shown is not None else ""
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Choose where decoded pictures are kept"), before)
        if chosen:
            self.folder_wished.emit(chosen)

    @Slot()
    def _wish_usual(self) -> None:
        self.folder_wished.emit("")

    @Slot()
    def _empty_clicked(self) -> None:
        emptying = self._shown is not None and self._shown.emptying
        (self.cancelled if emptying else self.empty_wished).emit()
