"""A few words in the head: what has changed in the folder since it was looked through, and a way to look again."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from .. import numbers
from ..style import set_look
from ..widgets.panel import caption
from ..widgets.plain import set_tip, set_words
from .shown import ChangesShown

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
        set_tip(
            self._words,
            self.tr(
                "The folder is gone, or nothing is left in it: its disk may have been taken out. A training waits and "
                "goes on when it is back"
            )
            if changes.away
            else self.tr(
                "Since the folder was looked through. Of files that are gone a training says so too: others stand in "
                "for them"
            ),
        )

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
