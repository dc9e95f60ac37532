"""One setting of the form: its control, what is wrong with it, and the way from typed words to a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from core.catalogue import Option
from core.errors import ConfigError
from core.setting import Control, Setting, as_text

from .. import numbers
from ..app.messages import error_text, options_in_words, setting_choice, setting_tip, setting_title
from ..app.theme import CONTROL_PX, set_look
from ..widgets.controls import ScrolledCombo, paint_shortened, shortened
from ..widgets.elided import ElidedLabel
from ..widgets.form import FormRow
from ..widgets.plain import set_tip, without_keys

# --- What a setting is edited with: a check box, a list of choices, or a line with suggestions. One widget for each
# kind.
# A control shows a value and what auto comes to, and says what the user wishes (`wished`: a value, or text for
# `core.setting.Setting.read`). It judges nothing.

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

    def paintEvent(self, event: QPaintEvent) -> None:
        """What can only be chosen is shortened where it has no room; what is typed scrolls."""
        if self.isEditable():
            super().paintEvent(event)
        else:
            paint_shortened(self, partial(shortened, self))

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


# --- What is wrong with a setting, in words below it, with buttons that mend it --------------------------


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a setting cannot be used, or as a caution should not, and buttons that mend it: (words, value)."""

    text: str
    caution: bool = field(default=False, kw_only=True)
    suggestion: bool = field(default=False, kw_only=True)  #: nothing is wrong; something may be worth a try
    fixes: tuple[tuple[str, object], ...] = field(default=())


class ProblemNote(QWidget):
    """What is wrong, in red, with buttons that mend it. Takes no room while nothing is."""

    fix_wished = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(4)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        set_look(self.words, caption=True, tone="error")
        column.addWidget(self.words)
        self._fixes_row = QHBoxLayout()
        self._fixes_row.setSpacing(8)
        column.addLayout(self._fixes_row)
        self.buttons: list[QPushButton] = []
        self._values: list[object] = []
        self.hide()

    def show_problem(self, problem: Problem | None) -> None:
        """Show it, or nothing."""
        self.setVisible(problem is not None)
        self.words.setText("" if problem is None else problem.text)
        tone = "error" if problem is None or not (problem.caution or problem.suggestion) else "warning"
        set_look(self.words, caption=True, tone=None if problem is not None and problem.suggestion else tone)
        self._set_fixes(() if problem is None else problem.fixes)

    def _set_fixes(self, fixes: Sequence[tuple[str, object]]) -> None:
        while len(self.buttons) < len(fixes):
            button = QPushButton()
            button.clicked.connect(self._clicked)
            self._fixes_row.addWidget(button)
            self.buttons.append(button)
        self._values = [value for _, value in fixes]
        for index, button in enumerate(self.buttons):
            button.setVisible(index < len(fixes))
            if index < len(fixes):
                text = fixes[index][0]
                button.setText(without_keys(text))
                button.setAccessibleName(text)
                set_tip(button, text)

    @Slot()
    def _clicked(self) -> None:
        self.fix_wished.emit(self._values[self.buttons.index(self.sender())])  # type: ignore[arg-type]


# --- field -----------------------------------------------------------------------------------------------

#: The longest label with its dot.
LABEL_PX = 108


class SettingField(QWidget):
    """A row of the form with a note below it while its value is wrong."""

    edited = Signal(str, object)  #: name and a value that core takes
    reset = Signal(str)
    misread = Signal(str)  #: what was typed is no value; see `problem`

    def __init__(self, facts: Setting) -> None:
        super().__init__()
        self.facts = facts
        self.name = facts.name
        self.typed_problem: Problem | None = None  #: of what was typed and not taken
        self.is_wrong = False  #: its value cannot be used
        self._value: object = None
        self._resolved: object = None
        self._unavailable: str | None = None
        self._of_run = False
        assert facts.control is not None
        self.control = CONTROLS[facts.control](facts)
        self.control.setObjectName(f"setting_{self.name}")
        self.control.wished.connect(self._take)
        self._tip = setting_tip(facts)
        self.row = FormRow(setting_title(self.name), self.control, self._tip, label_px=LABEL_PX)
        self.row.reset.connect(self._reset_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.row)
        self.hint = ElidedLabel()
        self.hint.setContentsMargins(0, 0, 0, 4)
        set_look(self.hint, caption=True)
        self.hint.hide()
        column.addWidget(self.hint)
        self.note = ProblemNote()
        self.note.fix_wished.connect(self._take)
        column.addWidget(self.note)

    def offer(self, options: tuple[Option, ...]) -> None:
        """Of the suggestions NAME=NUMBER only these names, and between what each lies."""
        if isinstance(self.control, ChoiceControl) and self.control.offer(options):
            ranges = (f"{name} {said[0].least:g} … {said[0].most:g}" for name, said in options_in_words(options))
            self.show_hint(" · ".join(ranges), "")

    def show_value(self, value: object, resolved: object) -> None:
        """Show the wished value; `resolved` is what auto comes to."""
        if self.typed_problem is not None and value == self._value:
            return  # what was typed stays until it is mended
        self._value, self._resolved = value, resolved
        self.typed_problem = None
        self.control.show_value(value, resolved)

    def forget_typed(self) -> None:
        """Back to the value that holds, from whatever was typed."""
        self.typed_problem = None
        self.show_value(self._value, self._resolved)
        self.show_problem(None)

    def tab_stops(self) -> tuple[QWidget, ...]:
        """What takes the focus, from left to right."""
        return self.row.control, self.row.back

    def show_unavailable(self, reason: str | None) -> None:
        """Lock the control while it has no effect, and say why there; None: it has one."""
        self._unavailable = reason
        kept = QCoreApplication.translate("SettingField", "A run keeps the settings that it was begun with.")
        set_tip(self.control, "\n".join(filter(None, (reason, kept if self._of_run else "", self._tip))))
        self.control.setEnabled(reason is None)
        self.row.label.setEnabled(reason is None)

    def set_of_run(self, of_run: bool) -> None:
        """Whether the value is a run's, which keeps it."""
        self._of_run = of_run
        self.setEnabled(not of_run)
        self.show_unavailable(self._unavailable)

    def show_hint(self, text: str, tip: str) -> None:
        """A line below the row about what there is to choose; "" for none."""
        self.hint.setText(text)
        self.hint.set_tip(tip)
        self.hint.setVisible(bool(text))

    def show_problem(self, problem: Problem | None) -> None:
        """Explain under the field what is wrong; what was typed goes first."""
        problem = self.typed_problem or problem
        self.is_wrong = problem is not None and not (problem.caution or problem.suggestion)
        self.note.show_problem(problem)
        self.control.show_invalid(problem is not None and not problem.suggestion)

    @Slot()
    def _reset_clicked(self) -> None:
        self.reset.emit(self.name)

    @Slot(object)
    def _take(self, value: object) -> None:
        if value == "" and self.facts.optional:
            value = None
        try:
            read = self.facts.read(value, **numbers.signs())
        except ConfigError as error:
            self.typed_problem = Problem(error_text(error))
            self.show_problem(None)
            self.misread.emit(self.name)
            return
        was_wrong = self.typed_problem is not None
        self.typed_problem = None
        if read != self._value:
            self.edited.emit(self.name, read)
        else:
            self.forget_typed()
            if was_wrong:
                self.misread.emit(self.name)
