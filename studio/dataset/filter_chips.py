"""Chips above the grid for filters that were set elsewhere, each with a cross to leave it: a class, a finding."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ..icons import set_icon
from ..widgets.plain import set_name

#: A longer title is shortened.
MOST_WIDE_PX = 260
ICON_PX = 12


class FilterChips(QWidget):
    """Hidden while there is none. Keys are the fields of a wish."""

    left = Signal(str)  #: the key of a filter that is to end

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles: dict[str, str] = {}
        self._buttons: dict[str, QPushButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self.hide()

    def show_chip(self, key: str, title: str | None) -> None:
        """Show this one; None takes it away."""
        if title is None:
            self._titles.pop(key, None)
        else:
            self._titles[key] = title
            button = self._buttons.get(key) or self._make(key)
            # An ampersand is no shortcut here, and some room before the cross.
            words = button.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, MOST_WIDE_PX - 48)
            button.setText(words.replace("&", "&&") + "\u2002")
            set_name(
                button, title, self.tr("Only “{title}” is shown. Click to show the others too.").format(title=title)
            )
        for name, button in self._buttons.items():
            button.setVisible(name in self._titles)
        self.setVisible(bool(self._titles))

    def title(self, key: str) -> str:
        """What one says; "" where there is none."""
        return self._titles.get(key, "")

    def _make(self, key: str) -> QPushButton:
        button = self._buttons[key] = QPushButton(self)
        button.setObjectName(f"chip_{key}")
        button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the cross behind the words
        button.setIconSize(QSize(ICON_PX, ICON_PX))
        button.setMaximumWidth(MOST_WIDE_PX)
        set_icon(button, "close")
        button.clicked.connect(self._clicked)
        self._row.insertWidget(self._row.count() - 1, button)
        return button

    @Slot()
    def _clicked(self) -> None:
        self.left.emit(next(key for key, button in self._buttons.items() if button is self.sender()))
