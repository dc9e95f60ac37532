"""One setting of the form: its control, what is wrong with it, and the way from typed words to a value."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.catalogue import Option
from core.errors import ConfigError
from core.setting import Setting

from .. import numbers
from ..messages import error_text, setting_tip, setting_title
from ..style import set_look
from ..widgets.elided import ElidedLabel
from ..widgets.form import FormRow
from ..widgets.plain import set_tip
from .controls import CONTROLS, ChoiceControl
from .note import Problem, ProblemNote

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
            self.show_hint(" · ".join(f"{option.name} {option.least:g} … {option.most:g}" for option in options), "")

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
        self.note.show_problem(problem)
        self.control.show_invalid(problem is not None)

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
