"""The glossary, in a window of its own beside the main one: every word and symbol, searched as one types."""

from __future__ import annotations

import html
import re

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ..widgets.scroll import keep_width
from ..widgets.symbols import Symbol, SymbolText, plain_words, written
from .theme import CONTROL_PX, set_look
from .words import Entry, entries, entry_in

SIZE_PX = (560, 640)
WORD_PX = 176


class GlossaryRow(QFrame):
    """A word with what it means."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry = entry
        self.found_in = " ".join((*entry.words, plain_words(entry.meaning))).casefold()
        words = QVBoxLayout()
        words.setSpacing(2)
        for number, word in enumerate(entry.words):
            name = Symbol(word, semibold=not number, colour="muted" if number else "text")
            words.addWidget(name)
        words.addStretch(1)
        left = QWidget()
        left.setFixedWidth(WORD_PX)
        words.setContentsMargins(0, 0, 0, 0)
        left.setLayout(words)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(12)
        row.addWidget(left, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(SymbolText(entry.meaning), 1)
        self.setAccessibleName(f"{', '.join(entry.words)}: {plain_words(entry.meaning)}")

    def set_chosen(self, chosen: bool) -> None:
        """Whether it is the one that was asked for."""
        set_look(self, formula=chosen)


class Glossary(QDialog):
    """Stays open while one works; Esc closes it."""

    def __init__(self, language: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("glossary")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Glossary"))
        self.resize(*SIZE_PX)
        self.search = QLineEdit()
        self.search.setObjectName("glossary_search")
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search the glossary"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedHeight(CONTROL_PX)
        self.rows = [GlossaryRow(entry) for entry in entries(language)]
        self.nothing = QLabel()
        self.nothing.setTextFormat(Qt.TextFormat.PlainText)
        set_look(self.nothing, muted=True)
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(self.nothing)
        for row in self.rows:
            self._column.addWidget(row)
        self._column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        keep_width(self._scroll)
        self._scroll.setWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 4, 4)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self._scroll, 1)
        self.search.textChanged.connect(self._filter)
        self._filter("")

    def open_at(self, entry: Entry | None) -> None:
        """Show this word among the others; None: from the beginning."""
        self.search.clear()
        for row in self.rows:
            row.set_chosen(row.entry == entry)
        self.show()
        self.raise_()
        self.activateWindow()
        chosen = next((row for row in self.rows if row.entry == entry), None)
        if chosen is not None:
            # The rows' heights follow from their width, which they have only now.
            QApplication.sendPostedEvents()
            self._scroll.ensureWidgetVisible(chosen, 0, self._scroll.viewport().height() // 3)
        self.search.setFocus()

    @property
    def seen(self) -> list[Entry]:
        """The entries that are shown."""
        return [row.entry for row in self.rows if not row.isHidden()]

    @Slot(str)
    def _filter(self, text: str) -> None:
        wished = text.strip().casefold()
        for row in self.rows:
            row.setVisible(wished in row.found_in)
        self.nothing.setText(self.tr("No word has “{text}” in it").format(text=text.strip()))
        self.nothing.setVisible(not self.seen)


def entry_at(widget: QWidget | None, language: str) -> Entry | None:
    """What of the glossary a widget speaks of, by what it says and by its tooltip; else what it lies in."""
    while widget is not None:
        said = f"{written(widget.text())}\n" if isinstance(widget, Symbol) else ""
        tip = html.unescape(re.sub(r"<[^>]*>", " ", widget.toolTip()))
        entry = entry_in(said + tip, language)
        if entry is not None:
            return entry
        widget = None if widget.isWindow() else widget.parentWidget()
    return None


def pointed_at(window: QWidget) -> QWidget | None:
    """The widget of the window under the pointer, else the one that the keyboard is on."""
    under = QApplication.widgetAt(QCursor.pos())
    if under is not None and (under is window or window.isAncestorOf(under)):
        return under
    return window.focusWidget()
