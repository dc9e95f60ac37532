"""The choice of what the network sees beside a picture, and of the second folder that it may come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.catalogue import CONDITIONS
from core.settings import SETTINGS

from .. import numbers
from ..app.messages import setting_choice, setting_tip, setting_title
from ..app.theme import set_look
from ..widgets.controls import ScrolledCombo
from ..widgets.drop_zone import DropZone
from ..widgets.panel import caption
from ..widgets.plain import set_name, set_tip, set_words, without_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionShown:
    """The condition as it is set, and what is known of the second folder."""

    condition: str  #: a row of CONDITIONS
    factor: int
    channels: int | None
    folder: Path | None
    first: Path | None = None  #: the folder of the pictures themselves
    pairs: int | None = None  #: None: not counted yet
    unpaired: int = 0
    problem: str = ""  #: why there are no pairs
    locked: str = ""  #: why nothing can be changed; "" where it can


# --- the choice ------------------------------------------------------------------------------------------

FOLDER_PX = 150


class ConditionSettings(QWidget):
    """A row of the picture's settings, and under it what became of the two folders. It keeps nothing of its own."""

    wished = Signal(object)  #: a dict: the flat names of settings and their new values
    list_wished = Signal()  #: the pictures that have no partner, with the reasons

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: ConditionShown | None = None
        self._label = caption(setting_title("condition"))
        self._combos = {name: ScrolledCombo() for name in ("condition", "condition_factor", "condition_channels")}
        for name, combo in self._combos.items():
            combo.setObjectName(name)
            set_name(combo, setting_title(name), setting_tip(SETTINGS[name]))
            for text in self._offered(name):
                combo.addItem(setting_choice(SETTINGS[name], text) or self._words(name, text), text)
            combo.activated.connect(self._activated)
        self._label.setBuddy(self._combos["condition"])
        self._factor_label = caption(setting_title("condition_factor"))
        self._factor_label.setBuddy(self._combos["condition_factor"])
        self.folder = QPushButton()
        self.folder.setObjectName("condition_folder")
        self.folder.setFixedWidth(FOLDER_PX)
        self.folder.clicked.connect(self.choose_folder)
        self._told = QLabel()
        self._told.setObjectName("pairs_told")
        self._told.setWordWrap(True)
        self._list = QPushButton()
        self._list.setObjectName("list_unpaired")
        self._list.setProperty("link", True)
        set_words(self._list, self.tr("List"), self.tr("Each picture that is in no pair, with the reason"))
        self._list.clicked.connect(self.list_wished)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._label)
        row.addWidget(self._combos["condition"], 1)
        row.addWidget(self._factor_label)
        row.addWidget(self._combos["condition_factor"])
        row.addWidget(self.folder)
        row.addWidget(self._combos["condition_channels"])
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self._told, 1)
        below.addWidget(self._list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addLayout(below)
        self._drop_zone = DropZone(self, self.tr("The second folder"))
        self._drop_zone.dropped.connect(self._dropped)
        self.setEnabled(False)
        self._show()

    @staticmethod
    def _offered(name: str) -> tuple[str, ...]:
        return tuple(SETTINGS[name].titles)

    def _words(self, name: str, text: str) -> str:
        return self.tr("{n} times").format(n=text) if name == "condition_factor" else text

    def show_condition(self, shown: ConditionShown) -> None:
        """Show this from now on."""
        self._shown = shown
        self.setEnabled(True)
        self._show()

    def _show(self) -> None:
        shown = self._shown
        folder = shown is not None and CONDITIONS[shown.condition].of_folder
        small = shown is not None and shown.condition == "low-resolution"
        self._factor_label.setVisible(small)
        self._combos["condition_factor"].setVisible(small)
        self._combos["condition_channels"].setVisible(folder)
        self.folder.setVisible(folder)
        self._told.setVisible(folder)
        self._list.setVisible(shown is not None and folder and shown.unpaired > 0)
        if shown is None:
            return
        values = {
            "condition": shown.condition,
            "condition_factor": str(shown.factor),
            "condition_channels": "" if shown.channels is None else str(shown.channels),
        }
        for name, combo in self._combos.items():
            if combo.findData(values[name]) < 0:
                combo.addItem(self._words(name, values[name]), values[name])
            combo.setCurrentIndex(combo.findData(values[name]))
            combo.setEnabled(not shown.locked)
            set_tip(combo, shown.locked or setting_tip(SETTINGS[name]))
        self._show_folder(shown)

    def _show_folder(self, shown: ConditionShown) -> None:
        words = self.tr("Second folder…") if shown.folder is None else shown.folder.name or str(shown.folder)
        room = FOLDER_PX - 24
        text = self.folder.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room)
        self.folder.setText(without_keys(text))
        self.folder.setAccessibleName(words)
        self.folder.setEnabled(not shown.locked)
        tip = self.tr("Choose the folder with the second pictures, or drop it here")
        if shown.folder is not None:
            tip = f"{shown.folder}\n\n{tip}"
        set_tip(self.folder, shown.locked or tip)
        set_look(self._told, caption=True, tone="error" if shown.problem else None)
        if shown.folder is None:
            self._told.setText(self.tr("Each picture is shown beside the one of the same name in a second folder."))
        elif shown.problem:
            self._told.setText(shown.problem)
        elif shown.pairs is None:
            self._told.setText(self.tr("Looking for pairs…"))
        else:
            words = self.tr("{n} pairs, {left} pictures in none") if shown.unpaired else self.tr("{n} pairs")
            self._told.setText(words.format(n=numbers.count(shown.pairs), left=numbers.count(shown.unpaired)))

    # --- wishes --------------------------------------------------------------------------------------------

    @Slot()
    def _activated(self) -> None:
        combo = self.sender()
        assert isinstance(combo, QComboBox)
        self.wished.emit({combo.objectName(): combo.currentData() or None})
        shown = self._shown
        if shown is not None and CONDITIONS[shown.condition].of_folder and shown.folder is None and not shown.locked:
            self.choose_folder()  # which is the next thing to do

    @Slot()
    def choose_folder(self) -> None:
        """Ask for the second folder."""
        shown = self._shown
        begin = None if shown is None else shown.folder or (None if shown.first is None else shown.first.parent)
        title = self.tr("Choose the folder with the second pictures")
        chosen = QFileDialog.getExistingDirectory(self, title, "" if begin is None else str(begin))
        if chosen:
            self._take(Path(chosen))

    @Slot(list)
    def _dropped(self, paths: list[Path]) -> None:
        if self._shown is not None and not self._shown.locked:
            self._take(paths[0] if paths[0].is_dir() else paths[0].parent)

    def _take(self, folder: Path) -> None:
        self.wished.emit({"condition": "folder", "condition_folder": str(folder)})
