"""What happened so far: timestamped lines of plain text, the newest at the end."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ..theme import CAPTION_PX, sized_font, theme
from ..widgets.panel import Panel
from ..widgets.plain import set_name

#: Older lines are dropped; the run's own log file keeps them.
MOST_LINES = 2000


class _Text(QPlainTextEdit):
    """Stays at its end while lines come or its size changes, unless the user has scrolled up."""

    def __init__(self) -> None:
        super().__init__()
        self._at_end = True
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._scrolled)
        bar.rangeChanged.connect(self._grown)

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        self._at_end = value >= self.verticalScrollBar().maximum() - 1

    @Slot(int, int)
    def _grown(self, _low: int, high: int) -> None:
        if self._at_end:
            self.verticalScrollBar().setValue(high)


class LogPanel(Panel):
    """A bounded log that can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Log"))
        self.text = _Text()
        self.text.setObjectName("log")
        set_name(self.text, self.tr("Log"), self.tr("What happened so far; the run folder keeps its own log"))
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(MOST_LINES)
        self.text.setTabChangesFocus(True)
        self.text.document().setDocumentMargin(0)
        self.text.setFont(sized_font(CAPTION_PX))
        self.body.addWidget(self.text, 1)
        theme().changed.connect(self._restyle)
        self._restyle()

    def add(self, time: str, text: str) -> None:
        """Add a line (or several); what the user has scrolled to stays in view."""
        self.text.appendPlainText(f"{time}  {text}")

    def lines(self) -> list[str]:
        """All lines, oldest first."""
        return self.text.toPlainText().splitlines()

    def _restyle(self) -> None:
        self.text.setStyleSheet(f"font-size: {CAPTION_PX}px; color: {theme().tokens.muted};")
