"""The line above the pictures: the folder, how to choose another, what is in it, how far a scan has come."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QPushButton, QStackedWidget, QWidget

from .. import numbers
from ..widgets.elided import ElidedLabel
from ..widgets.plain import set_tip, set_words
from .folder_news import FolderNews
from .shown import ChangesShown, FolderFacts
from .skipped import SkippedDialog

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
        self._sets.setMenu(menu)
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
        if facts.smallest_px == facts.largest_px:
            words = self.tr("{n} pictures · {smallest} px")
        else:
            words = self.tr("{n} pictures · {smallest} px … {largest} px")
        self._counts.setText(
            words.format(
                n=numbers.count(facts.pictures),
                smallest=numbers.count(facts.smallest_px),
                largest=numbers.count(facts.largest_px),
            )
        )
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
