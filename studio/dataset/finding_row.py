"""One finding in a line: how many, what it is, what it means, a look at the pictures, and the remedy."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from .. import numbers
from ..style import set_look
from ..theme import BODY_PX, sized_font
from ..widgets.panel import caption
from ..widgets.plain import set_name, set_tip
from . import doctor_words
from .doctor_shown import FindingShown

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
