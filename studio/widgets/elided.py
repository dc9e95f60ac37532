"""A label that shortens its text to the room it has and shows the whole of it as a tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyleOption, QWidget

from .plain import set_tip


class ElidedLabel(QLabel):
    """One line of plain text, elided at the right or (for paths) in the middle."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        least_px: int = 40,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self._least_px = least_px
        self._tip = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show this text; line breaks become spaces."""
        super().setText(" ".join(text.split("\n")))
        self._update_tip()

    def set_tip(self, tip: str) -> None:
        """What the tooltip says, below the text where that is not shown whole."""
        self._tip = tip
        self._update_tip()

    def shown_text(self) -> str:
        """What fits."""
        return self.fontMetrics().elidedText(self.text(), self._mode, self.contentsRect().width())

    def _update_tip(self) -> None:
        whole = "" if self.shown_text() == self.text() else self.text()
        set_tip(self, "\n\n".join(dict.fromkeys(part for part in (whole, self._tip) if part)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width elides at another place."""
        super().resizeEvent(event)
        self._update_tip()

    def minimumSizeHint(self) -> QSize:
        """Narrow, so that a long text never widens the window."""
        whole = super().minimumSizeHint()
        return QSize(min(self._least_px, whole.width()), whole.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what fits, in the style sheet's colour."""
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(self.alignment()) | int(Qt.AlignmentFlag.AlignVCenter),
            option.palette,
            self.isEnabled(),
            self.shown_text(),
            self.foregroundRole(),
        )
