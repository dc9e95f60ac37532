"""One setting of the form: its control, what is wrong with it, and the way from typed words to a value."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from core.catalogue import Option
from core.config import optional, read_value
from core.errors import ConfigError

from .. import numbers
from ..messages import error_text, setting_title
from ..style import set_look
from ..theme import CONTROL_PX
from ..widgets.combo import ScrolledCombo
from ..widgets.elided import ElidedLabel
from ..widgets.form import FormRow
from ..widgets.plain import set_tip
from .note import Problem, ProblemNote
from .setting_row import Kind
from .setting_rows import ROWS, as_text, words

#: The longest label with its dot.
LABEL_PX = 108
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


class SettingField(QWidget):
    """A row of the form with a note below it while its value is wrong."""

    edited = Signal(str, object)  #: name and a value that core takes
    reset = Signal(str)
    misread = Signal(str)  #: what was typed is no value; see `problem`

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.typed_problem: Problem | None = None  #: of what was typed and not taken
        self._value: object = None
        self._resolved: object = None
        self._unavailable: str | None = None
        self._of_run = False
        self._options: tuple[Option, ...] | None = None  #: of the schedule that is chosen; see `offer`
        kind = ROWS[name].kind
        self.check = QCheckBox() if kind is Kind.CHECK else None
        self.combo = None if kind is Kind.CHECK else SettingCombo(editable=kind is Kind.TEXT)
        control: QWidget = self.combo if self.combo is not None else self._require_check()
        control.setObjectName(f"setting_{name}")
        self.row = FormRow("", control, label_px=LABEL_PX)
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
        self.note.fix_wished.connect(self._fix)
        column.addWidget(self.note)
        if self.check is not None:
            self.check.clicked.connect(self._checked)
        if self.combo is not None:
            self.combo.activated.connect(self._chosen)
            edit = self.combo.lineEdit()
            if edit is not None:
                edit.editingFinished.connect(self._typed)
        self.retranslate()

    def _require_check(self) -> QCheckBox:
        assert self.check is not None
        return self.check

    def _line_edit(self) -> QLineEdit:
        edit = self.combo.lineEdit() if self.combo is not None else None
        assert edit is not None
        return edit

    def retranslate(self) -> None:
        """Set all words."""
        row = ROWS[self.name]
        self.row.set_words(setting_title(self.name), words(row.tooltip))
        if self.combo is not None:
            with QSignalBlocker(self.combo):
                self.combo.clear()
                for text, title in row.choices:
                    names = None if self._options is None else [option.name for option in self._options]
                    if names is not None and text and text.partition("=")[0] not in names:
                        continue
                    self.combo.addItem(self._title(text, title), text)
        self.show_unavailable(self._unavailable)
        self.show_value(self._value, self._resolved)

    def offer(self, options: tuple[Option, ...]) -> None:
        """Of the choices NAME=NUMBER only these names, and between what each lies."""
        if options == self._options:
            return
        self._options = options
        self.retranslate()
        self.show_hint(" · ".join(f"{option.name} {option.least:g} … {option.most:g}" for option in options), "")

    def _title(self, text: str, title: str) -> str:
        if text != "" and text == title:
            return self._shown(read_value(self.name, text))
        if text == "" and self._value is None and self._resolved is not None:
            return f"{words(title)} · {self._shown(self._resolved)}"
        return words(title, ROWS[self.name].context)

    def _shown(self, value: object) -> str:
        if isinstance(value, bool):
            return words("On") if value else words("Off")
        if isinstance(value, int) and self.name != "seed":
            return numbers.count(value)
        return " · ".join(as_text(value).split(",")) if isinstance(value, tuple) else as_text(value)

    def show_value(self, value: object, resolved: object) -> None:
        """Show the wished value; `resolved` is what auto comes to."""
        if self.typed_problem is not None and value == self._value:
            return  # what was typed stays until it is mended
        self._value, self._resolved = value, resolved
        self.typed_problem = None
        if self.check is not None:
            self.check.setChecked(value is True)
            return
        assert self.combo is not None
        text = as_text(value)
        with QSignalBlocker(self.combo):
            for index, (choice, title) in enumerate(ROWS[self.name].choices):
                self.combo.setItemText(index, self._title(choice, title))
            index = self.combo.findData(text)
            self.combo.setCurrentIndex(index)
            if self.combo.isEditable():
                self.combo.setEditText(self.combo.itemText(index) if index >= 0 else self._shown(value))
                self._line_edit().setCursorPosition(0)

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
        tip = words(ROWS[self.name].tooltip)
        if self._of_run:
            reason_words = QCoreApplication.translate(
                "SettingField", "A run keeps the settings that it was begun with."
            )
            tip = f"{reason_words}\n{tip}"
        set_tip(self.row.control, tip if reason is None else f"{reason}\n{tip}")
        self.row.control.setEnabled(reason is None)
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
        self.note.show_problem(problem)
        edit = self.combo.lineEdit() if self.combo is not None else None
        if edit is not None:
            set_look(edit, invalid=problem is not None)

    # --- what the user does --------------------------------------------------------------------------------

    @Slot()
    def _reset_clicked(self) -> None:
        self.reset.emit(self.name)

    @Slot(bool)
    def _checked(self, on: bool) -> None:
        self.edited.emit(self.name, on)

    @Slot(int)
    def _chosen(self, index: int) -> None:
        assert self.combo is not None
        text = self.combo.itemData(index)
        self._take(None if text == "" else text)

    @Slot()
    def _typed(self) -> None:
        assert self.combo is not None
        text = self.combo.currentText().strip()
        index = self.combo.findText(text)
        if index >= 0:
            self._chosen(index)
        elif text == self._shown(self._value):
            self._take(self._value)  # nothing was typed
        else:
            self._take(text)

    @Slot(object)
    def _fix(self, value: object) -> None:
        self._take(value)

    def _take(self, value: object) -> None:
        if value == "" and optional(self.name):
            value = None
        try:
            read = read_value(self.name, value, **numbers.signs())
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
