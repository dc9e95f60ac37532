"""What happened so far: timestamped lines of plain text, the newest at the end."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ..theme import CAPTION_PX, sized_font, theme
from ..widgets.panel import Panel

#: Older lines are dropped; the run's own log file keeps them.
MOST_LINES = 2000


class LogPanel(Panel):
    """A bounded log that can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.text = QPlainTextEdit()
        self.text.setObjectName("log")
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(MOST_LINES)
        self.text.setTabChangesFocus(True)
        self.text.document().setDocumentMargin(0)
        self.text.setFont(sized_font(CAPTION_PX))
        self.body.addWidget(self.text, 1)
        theme().changed.connect(self._restyle)
        self._restyle()
        self.retranslate()

    def add(self, time: str, text: str) -> None:
        """Add a line (or several); what the user has scrolled to stays in view."""
        bar = self.text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        self.text.appendPlainText(f"{time}  {text}")
        if at_end:
            bar.setValue(bar.maximum())

    def lines(self) -> list[str]:
        """All lines, oldest first."""
        return self.text.toPlainText().splitlines()

    def retranslate(self) -> None:
        """Set all words."""
        self.set_title(self.tr("Log"))
        self.text.setAccessibleName(self.tr("Log"))
        self.text.setToolTip(self.tr("What happened so far; the run folder keeps its own log"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _restyle(self) -> None:
        self.text.setStyleSheet(f"font-size: {CAPTION_PX}px; color: {theme().tokens.muted};")
