"""What a setting is edited with: a check box, a list of choices, or a line with suggestions. One widget for each kind.

A control shows a value and what auto comes to, and says what the user wishes (`wished`: a value, or text for
`core.setting.Setting.read`). It judges nothing.
"""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QStyledItemDelegate

from core.catalogue import Option
from core.setting import Control, Setting, as_text

from .. import numbers
from ..messages import setting_choice
from ..style import set_look
from ..theme import CONTROL_PX
from ..widgets.combo import ScrolledCombo

#: Beside the words of a choice: the list's frame, its padding and a scroll bar.
POPUP_MARGIN_PX = 28


class SettingCombo(ScrolledCombo):
    """A combo box as high as every control of the form; its list is as wide as its longest entry."""

    def __init__(self, *, editable: bool) -> None:
        super().__init__()
        self.setItemDelegate(QStyledItemDelegate(self))  # the style sheet's row height needs this one
        self.setEditable(editable)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMinimumContentsLength(4)
        self.setFixedHeight(CONTROL_PX)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        if editable:
            # What is typed is a value of its own, not the beginning of a suggestion.
            self.setCompleter(None)  # type: ignore[arg-type]

    def showPopup(self) -> None:
        """Choices are read whole, however narrow the field."""
        view = self.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + POPUP_MARGIN_PX)
        super().showPopup()


class CheckControl(QCheckBox):
    """On or off."""

    wished = Signal(object)

    def __init__(self, _facts: Setting) -> None:
        super().__init__()
        self.clicked.connect(self._clicked)

    def show_value(self, value: object, _resolved: object) -> None:
        """Show the wished value."""
        self.setChecked(value is True)

    def show_invalid(self, _invalid: bool) -> None:
        """Each of its two values is one."""

    @Slot(bool)
    def _clicked(self, on: bool) -> None:
        self.wished.emit(on)


class ChoiceControl(SettingCombo):
    """One of a few values."""

    wished = Signal(object)

    def __init__(self, facts: Setting, *, editable: bool = False) -> None:
        super().__init__(editable=editable)
        self.facts = facts
        self.value: object = None
        self._resolved: object = None
        self._options: tuple[Option, ...] | None = None  #: of the row that is chosen elsewhere; see `offer`
        self.activated.connect(self._chosen)
        self._fill()

    def offer(self, options: tuple[Option, ...]) -> bool:
        """Of the suggestions NAME=NUMBER only these names. Whether that changed anything."""
        if options == self._options:
            return False
        self._options = options
        self._fill()
        return True

    def show_value(self, value: object, resolved: object) -> None:
        """Show the wished value; `resolved` is what auto comes to."""
        self.value, self._resolved = value, resolved
        titles = self.facts.titles
        with QSignalBlocker(self):
            for place in range(self.count()):
                text = self.itemData(place)
                self.setItemText(place, self._words(text, titles[text]))
            self.setCurrentIndex(self.findData(as_text(value)))

    def show_invalid(self, _invalid: bool) -> None:
        """Each of its values is one."""

    def in_words(self, value: object) -> str:
        """A value as it stands in the control."""
        title = setting_choice(self.facts, as_text(value))
        if title is not None:
            return title
        if isinstance(value, int) and self.facts.counted:
            return numbers.count(value)
        return " · ".join(as_text(value).split(",")) if isinstance(value, tuple) else as_text(value)

    def _fill(self) -> None:
        names = None if self._options is None else {option.name for option in self._options}
        with QSignalBlocker(self):
            self.clear()
            for text, title in self.facts.titles.items():
                if names is None or not text or text.partition("=")[0] in names:
                    self.addItem(self._words(text, title), text)

    def _words(self, text: str, title: str) -> str:
        if text and text == title:
            return self.in_words(self.facts.read(text))
        words = setting_choice(self.facts, text) or ""
        if not text and self.value is None and self._resolved is not None:
            return f"{words} · {self.in_words(self._resolved)}"
        return words

    @Slot(int)
    def _chosen(self, index: int) -> None:
        text = self.itemData(index)
        self.wished.emit(None if text == "" else text)


class TextControl(ChoiceControl):
    """Typed; the choices are suggestions."""

    def __init__(self, facts: Setting) -> None:
        super().__init__(facts, editable=True)
        self.line.editingFinished.connect(self._typed)

    @property
    def line(self) -> QLineEdit:
        """Where it is typed."""
        line = self.lineEdit()
        assert line is not None
        return line

    def show_value(self, value: object, resolved: object) -> None:
        """Show the wished value; `resolved` is what auto comes to."""
        super().show_value(value, resolved)
        with QSignalBlocker(self):
            index = self.currentIndex()
            self.setEditText(self.itemText(index) if index >= 0 else self.in_words(value))
            self.line.setCursorPosition(0)

    def show_invalid(self, invalid: bool) -> None:
        """Whether what stands there is no value, or one that cannot be used."""
        set_look(self.line, invalid=invalid)

    @Slot()
    def _typed(self) -> None:
        text = self.currentText().strip()
        index = self.findText(text)
        if index >= 0:
            self._chosen(index)
        else:  # the value itself where nothing was typed
            self.wished.emit(self.value if text == self.in_words(self.value) else text)


#: What a setting is edited with → its widget.
CONTROLS: dict[Control, type[CheckControl | ChoiceControl]] = {
    Control.CHECK: CheckControl,
    Control.CHOICE: ChoiceControl,
    Control.TEXT: TextControl,
}
