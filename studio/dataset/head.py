"""The line above the pictures: the folder, how to choose another, what is in it, how far a scan has come."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from .. import numbers
from ..app.messages import reason_text
from ..app.theme import set_look
from ..widgets.button_menu import set_menu
from ..widgets.elided import ElidedLabel
from ..widgets.focus import FocusOverlay
from ..widgets.panel import caption
from ..widgets.plain import set_tip, set_words
from .shown import ChangesShown, FolderFacts

# --- A few words in the head: what has changed in the folder since it was looked through, and a way to look again.

#: A longer name of a folder is shortened: to so many pixels, or its part of the window's width.
FOLDER_PX, FOLDER_PART = 160, 0.2


class FolderNews(QWidget):
    """Not there while there is no news."""

    again_wished = Signal()  #: look through the folder again

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._again = caption(), QPushButton()
        self._words.setObjectName("folder_news")
        self._again.setObjectName("look_again")
        self._again.setProperty("link", True)
        set_words(
            self._again,
            self.tr("Look again"),
            self.tr("Look through the folder again. A training that runs keeps the pictures it began with"),
        )
        self._again.clicked.connect(self.again_wished)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._words)
        row.addWidget(self._again)
        self.hide()

    def show_changes(self, changes: ChangesShown | None) -> None:
        """What has changed; None: nothing is known to have."""
        self.setVisible(changes is not None)
        if changes is None:
            return
        self._again.setVisible(not changes.away)
        set_look(self._words, tone="error" if changes.away else None)
        self._words.setText(self._told(changes))
        if changes.away:
            words = self.tr(
                "The folder is gone, or nothing is left in it: its disk may have been taken out. A training waits and "
                "goes on when it is back"
            )
            tip = f"{changes.folder}\n\n{words}"  # its name may be shortened
        else:
            tip = self.tr(
                "Since the folder was looked through. Of files that are gone a training says so too: others stand in "
                "for them"
            )
        set_tip(self._words, tip)

    def _told(self, changes: ChangesShown) -> str:
        if changes.away:
            metrics, name = self._words.fontMetrics(), PurePath(changes.folder).name or changes.folder
            name = metrics.elidedText(
                name, Qt.TextElideMode.ElideMiddle, max(FOLDER_PX, int(FOLDER_PART * self.window().width()))
            )
            return self.tr("{folder} is not there").format(folder=name)
        counts = (
            (changes.new, self.tr("{n} new")),
            (changes.gone, self.tr("{n} gone")),
            (changes.changed, self.tr("{n} changed")),
        )
        said = [words.format(n=numbers.count(count)) for count, words in counts if count]
        if not said and changes.uncounted:
            return self.tr("The folder has changed")
        return self.tr(", ", "between counts").join(said)


# --- The list of files that were left out, with the reason for each --------------------------------------


class SkippedDialog(QDialog):
    """File and reason in two columns, as plain text; all of it can be copied. `total` may be more than are listed.

    Where hidden folders were passed over, or were looked into on demand, a box says so, and takes them in or out.
    """

    hidden_wished = Signal(bool)  #: look through the folder again, with or without hidden folders

    def __init__(
        self,
        skipped: tuple[tuple[str, str], ...],
        total: int,
        *,
        hidden: bool = False,
        unpaired: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """skipped: file and code of the reason; of pictures that have no partner (`unpaired`) the reason in words."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = self.tr("Pictures without a partner") if unpaired else self.tr("Skipped files")
        self.setWindowTitle(title)
        self.resize(800, 420)
        self._skipped = list(skipped) if unpaired else [(file, reason_text(code)) for file, code in skipped]
        said = self.tr("{n} skipped. The rest of the folder is used.")
        if unpaired:
            said = self.tr("{n} pictures of the two folders are in no pair, and not used.")
        words = QLabel(said.format(n=numbers.count(total)), self)
        words.setTextFormat(Qt.TextFormat.PlainText)
        self.table = QTableWidget(len(skipped), 2, self)
        self.table.setAccessibleName(title)
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


# --- head ------------------------------------------------------------------------------------------------

#: Object name of a menu entry → the sample set that it opens.
SAMPLE_SETS: dict[str, str] = {"sample_faces": "faces", "sample_digits": "digits"}


class FolderHead(QWidget):
    """Folder and counts, or the progress of a scan."""

    choose_wished = Signal()
    sample_set_wished = Signal(str)
    cancelled = Signal()
    again_wished = Signal()  #: look through the folder again
    hidden_wished = Signal(bool)  #: the same, with or without hidden folders

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: FolderFacts | None = None
        self._pairs: int | None = None
        self._progress: tuple[int, int, int] | None = None
        self._folder = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self._folder.setObjectName("folder")
        self._choose, self._sets = QPushButton(), QPushButton()
        self._choose.setObjectName("choose")
        set_words(self._choose, self.tr("Choose…"), self.tr("Choose another folder of pictures"))
        self._choose.clicked.connect(self.choose_wished)
        self._sets.setObjectName("sample_sets")
        set_words(self._sets, self.tr("Sample sets"), self.tr("Open one of the sets of pictures that come along"))
        menu = QMenu(self._sets)
        set_menu(self._sets, menu)
        titles = (self.tr("Faces: 118 emoji in colour"), self.tr("Digits: 4,200 handwritten ones"))
        for name, title in zip(SAMPLE_SETS, titles, strict=True):
            action = menu.addAction(title)
            action.setObjectName(name)
            action.triggered.connect(self._set_chosen)
        self._right = QStackedWidget()
        self._right.addWidget(self._make_counts())
        self._right.addWidget(self._make_progress())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._folder)
        row.addWidget(self._choose)
        row.addWidget(self._sets)
        self.news = FolderNews()
        self.news.again_wished.connect(self.again_wished)
        row.addWidget(self.news)
        row.addStretch(1)
        row.addWidget(self._right)
        self._fill()

    def _make_counts(self) -> QWidget:
        counts = QWidget()
        self._counts, self._skipped = QLabel(), QPushButton()
        self._counts.setObjectName("counts")
        self._counts.setProperty("caption", True)
        self._skipped.setObjectName("skipped")
        self._skipped.setFlat(True)
        set_tip(self._skipped, self.tr("List the files that are not used, with the reason for each"))
        self._skipped.clicked.connect(self.list_skipped)
        row = QHBoxLayout(counts)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self._counts)
        row.addWidget(self._skipped)
        return counts

    def _make_progress(self) -> QWidget:
        progress = QWidget()
        self._found, self._bar, self._cancel = QLabel(), QProgressBar(), QPushButton()
        self._found.setProperty("caption", True)
        self._bar.setFixedWidth(120)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._cancel.setObjectName("cancel_scan")
        set_words(self._cancel, self.tr("Cancel"), self.tr("Stop looking through this folder"))
        self._cancel.clicked.connect(self.cancelled)
        row = QHBoxLayout(progress)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self._found)
        row.addWidget(self._bar)
        row.addWidget(self._cancel)
        return progress

    def show_facts(self, facts: FolderFacts) -> None:
        """A folder has been looked through."""
        self._facts, self._progress = facts, None
        self._fill()

    def show_pairs(self, pairs: int | None) -> None:
        """How many of the pictures have a partner in a second folder; None: there is none, or it is not known."""
        self._pairs = pairs
        self._fill()

    def show_changes(self, changes: ChangesShown | None) -> None:
        """What has changed in the folder since; None: nothing is known to have."""
        self.news.show_changes(changes)

    def show_progress(self, title: str, found: int, seen: int, of: int) -> None:
        """A folder is being looked through: so many pictures among so many files until now. of: 0 while listing."""
        self._progress = (found, seen, of)
        self._folder.setText(title)
        self._fill()

    def end_progress(self) -> None:
        """Back to the folder that was there before."""
        self._progress = None
        self._fill()

    def _fill(self) -> None:
        self._right.setCurrentIndex(0 if self._progress is None else 1)
        if self._progress is not None:
            self._fill_progress(*self._progress)
            return
        facts = self._facts
        self._counts.setVisible(facts is not None)
        self._skipped.setVisible(facts is not None and (facts.skipped_total > 0 or facts.hidden_folders))
        self._folder.setText("" if facts is None else facts.title)
        if facts is None:
            return
        self._folder.set_tip(facts.folder)
        if facts.pictures == 1:
            words = self.tr("1 picture · {smallest} px")
        elif facts.smallest_px == facts.largest_px:
            words = self.tr("{n} pictures · {smallest} px")
        else:
            words = self.tr("{n} pictures · {smallest} px … {largest} px")
        said = words.format(
            n=numbers.count(facts.pictures),
            smallest=numbers.count(facts.smallest_px),
            largest=numbers.count(facts.largest_px),
        )
        if self._pairs is not None:
            pairs = self.tr("{n} pairs of {said}")
            said = pairs.format(n=numbers.count(self._pairs), said=said)
        self._counts.setText(said)
        skipped = self.tr("{n} skipped").format(n=numbers.count(facts.skipped_total))
        self._skipped.setText(skipped)
        self._skipped.setAccessibleName(skipped)

    def _fill_progress(self, found: int, seen: int, of: int) -> None:
        words = self.tr("Scanning… {found} pictures in {seen} files")
        if of:
            words = self.tr("Checking… {found} pictures in {seen} of {of} files")
        self._found.setText(words.format(found=numbers.count(found), seen=numbers.count(seen), of=numbers.count(of)))
        # Where all files are not known yet, there is no telling how far it is.
        self._bar.setRange(0, of)
        self._bar.setValue(seen if of else 0)

    # --- wishes --------------------------------------------------------------------------------------------

    @Slot()
    def _set_chosen(self) -> None:
        action = self.sender()
        assert action is not None
        self.sample_set_wished.emit(SAMPLE_SETS[action.objectName()])

    @Slot()
    def list_skipped(self) -> None:
        """Open the list of files that are not used."""
        if self._facts is not None:
            facts = self._facts
            dialog = SkippedDialog(
                facts.skipped, facts.skipped_total, hidden=facts.hidden_folders, parent=self.window()
            )
            dialog.hidden_wished.connect(self.hidden_wished)
            dialog.open()
