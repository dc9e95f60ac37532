"""The user guide, in a window of its own beside the main one."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPalette,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from .theme import theme

SIZE_PX = (640, 680)
MARGIN_PX = 20
LINE_HEIGHT_PERCENT = 125.0
HEADING_TOP_PX = 14


def guide_path(language: str) -> Path:
    """The guide in this language, in English where there is none."""
    folder = Path(str(files("resources"))) / "docs"
    own = folder / f"guide.{language}.md"
    return own if own.is_file() else folder / "guide.md"


class Guide(QDialog):
    """Stays open while one works; Esc closes it."""

    def __init__(self, language: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("guide")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE_PX)
        self.text = QTextBrowser()
        self.text.setObjectName("guide_text")
        self.text.setOpenExternalLinks(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.text)
        self._source = guide_path(language).read_text("utf-8")
        theme().changed.connect(self._write)
        self._write()
        self.setWindowTitle(self.tr("User guide"))
        self.text.setAccessibleName(self.tr("User guide"))

    def _write(self) -> None:
        """Headings and links take their colours when the text is set, so it is set anew with the theme."""
        tokens, palette = theme().tokens, self.text.palette()
        palette.setColor(QPalette.ColorRole.Text, QColor(tokens.text))
        palette.setColor(QPalette.ColorRole.Link, QColor(tokens.accent))
        self.text.setPalette(palette)
        self.setStyleSheet(f"QDialog {{ background: {tokens.panel}; }}")
        self.text.setMarkdown(self._source)
        self.text.document().setDocumentMargin(MARGIN_PX)
        block = self.text.document().begin()
        while block.isValid():
            self._space(block)
            block = block.next()

    @staticmethod
    def _space(block: QTextBlock) -> None:
        """Qt's own headings are too large beside the window's, and stand too near to what is above them."""
        cursor, level = QTextCursor(block), block.blockFormat().headingLevel()
        lines = block.blockFormat()
        lines.setLineHeight(LINE_HEIGHT_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        lines.setTopMargin(HEADING_TOP_PX if level > 1 else 0)
        lines.setBottomMargin(4 if level or block.textList() is not None else 8)
        cursor.setBlockFormat(lines)
        if level:
            cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
            letters = QTextCharFormat()
            letters.setFontWeight(QFont.Weight.DemiBold)
            letters.setProperty(QTextFormat.Property.FontSizeAdjustment, 2 if level == 1 else 1)
            cursor.mergeCharFormat(letters)
