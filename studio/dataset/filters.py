"""The line above the grid: what is searched for, which pictures are shown, and how they are sorted."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut, QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from ..app.icons import icon, set_icon
from ..app.theme import CONTROL_PX, theme
from ..widgets.controls import ElidedCombo, IconButton
from ..widgets.plain import set_name, set_tip, without_keys

SHOWN = ("all", "used", "left-out", "skipped")
SORTS = ("name", "pixels", "bytes", "date", "class")


class FilterRow(QWidget):
    """Tells every change as the fields of a wish, see `folder.arranging`; `shown` may be "skipped" besides."""

    changed = Signal(object)  #: a dict
    left = Signal()  #: to the pictures, with the arrow down or Enter

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reason = ""
        self.search = _Search(self.tr("Clear"))
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setObjectName("picture_search")
        self.search.setFixedHeight(CONTROL_PX)
        self.search.setMinimumWidth(80)
        self.shown, self.sort = ElidedCombo(118, 128), ElidedCombo(84, 116)
        self.shown.setObjectName("pictures_shown")
        self.sort.setObjectName("pictures_sort")
        shown = (self.tr("All pictures"), self.tr("Used"), self.tr("Left out"), self.tr("Skipped files"))
        sort = (self.tr("Name"), self.tr("Pixels"), self.tr("File size"), self.tr("Date"), self.tr("Class"))
        for combo, keys, titles in ((self.shown, SHOWN, shown), (self.sort, SORTS, sort)):
            for key, title in zip(keys, titles, strict=True):
                combo.addItem(title, key)
        self.direction = IconButton("chevron_up", framed=True)
        self.direction.setObjectName("sort_direction")
        self.direction.setCheckable(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.search, 2)
        row.addWidget(self.shown, 1)
        row.addWidget(self.sort, 1)
        row.addWidget(self.direction)
        self.search.textChanged.connect(self._text_changed)
        self.search.left.connect(self.left)
        self.shown.currentIndexChanged.connect(self._shown_changed)
        self.sort.currentIndexChanged.connect(self._sort_changed)
        self.direction.toggled.connect(self._sort_changed)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.search.take_focus)
        self._tell()

    def reset(self) -> None:
        """For another folder. Emits nothing."""
        self.blockSignals(True)
        self.search.clear()
        self.shown.setCurrentIndex(0)
        self.sort.setCurrentIndex(0)
        self.direction.setChecked(False)
        self.blockSignals(False)

    def show_all(self) -> None:
        """No filter any more."""
        self.search.clear()
        self.shown.setCurrentIndex(0)

    def set_reason(self, reason: str) -> None:
        """Why nothing can be chosen here now; "" where it can."""
        self._reason = reason
        for control in (self.search, self.shown, self.sort, self.direction):
            control.setEnabled(not reason)
        self._tell()

    def set_classes(self, any_classes: bool) -> None:
        """Whether there is anything to sort by class."""
        model = self.sort.model()
        assert isinstance(model, QStandardItemModel)
        item = model.item(SORTS.index("class"))
        item.setEnabled(any_classes)
        set_tip(item, "" if any_classes else self.tr("This folder has no sub-folders with pictures"))

    # --- words ---------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        for control, name, tip in (
            (
                self.search,
                self.tr("Search"),
                self.tr("Show pictures whose name or folder holds this text (Ctrl+F)"),
            ),
            (self.shown, self.tr("Which pictures"), self.tr("Which pictures are shown")),
            (self.sort, self.tr("Sort by"), self.tr("What the pictures are sorted by")),
        ):
            set_name(control, name, self._reason or tip)
        self._describe_direction()

    def _describe_direction(self) -> None:
        down = self.direction.isChecked()
        self.direction.set_icon("chevron_down" if down else "chevron_up")
        self.direction.describe(self.tr("Largest or last first") if down else self.tr("Smallest or first first"))
        if self._reason:
            set_tip(self.direction, self._reason)

    # --- wishes --------------------------------------------------------------------------------------------

    @Slot(str)
    def _text_changed(self, text: str) -> None:
        self.changed.emit({"text": text.strip()})

    @Slot()
    def _shown_changed(self) -> None:
        self.changed.emit({"shown": self.shown.currentData()})

    @Slot()
    def _sort_changed(self) -> None:
        self._describe_direction()
        self.changed.emit({"sort": self.sort.currentData(), "descending": self.direction.isChecked()})


class _Search(QLineEdit):
    """Escape and a cross empty it, the arrow down and Enter go on to what was found."""

    left = Signal()

    def __init__(self, clear: str) -> None:
        super().__init__()
        # Qt's own cross knows no theme.
        self._empty = QAction(clear, self)
        set_tip(self._empty, clear)
        self._empty.triggered.connect(self.clear)
        self.addAction(self._empty, QLineEdit.ActionPosition.TrailingPosition)
        self.textChanged.connect(self._show_cross)
        theme().changed.connect(self._show_cross)
        self._show_cross()

    @Slot()
    def _show_cross(self) -> None:
        self._empty.setIcon(icon("close", "muted"))
        self._empty.setVisible(bool(self.text()))

    @Slot()
    def take_focus(self) -> None:
        """Type here."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What a line does not do by itself."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


# --- Chips above the grid for filters that were set elsewhere, each with a cross to leave it: a class, a finding.

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
            # Some room before the cross.
            words = button.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, MOST_WIDE_PX - 48)
            button.setText(without_keys(words) + "\u2002")
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
