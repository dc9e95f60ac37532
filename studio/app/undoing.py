"""Taking back and doing again what was chosen: two actions with the words of their step, for buttons, menu and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QWidget

from .. import numbers
from ..project import SettingsStep, Undoable
from ..widgets.plain import set_tip, without_keys
from .messages import begun_with, setting_title, setting_value

if TYPE_CHECKING:
    from ..project import Project, Step
    from .top_bar import TopBar

#: Settings that are named before it is only said how many they are.
MOST_NAMED = 2


class Undoing(QObject):
    """Keeps both actions and the top bar's buttons true."""

    def __init__(self, project: Project, bar: TopBar, window: QWidget) -> None:
        super().__init__(window)
        self._project, self._bar = project, bar
        self._field: QWidget | None = None  #: the text field that has the keyboard
        steps = project.undo_steps
        self.undo, self.redo = QAction(window), QAction(window)
        self.undo.setShortcut(QKeySequence("Ctrl+Z"))
        self.redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self.undo.triggered.connect(steps.undo)
        self.redo.triggered.connect(steps.redo)
        bar.undo.clicked.connect(steps.undo)
        bar.redo.clicked.connect(steps.redo)
        window.addActions([self.undo, self.redo])
        steps.changed.connect(self.refresh)
        project.run_changed.connect(self.refresh)
        project.scan_changed.connect(self.refresh)
        QApplication.instance().focusChanged.connect(self._focus_changed)  # type: ignore[union-attr]
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say what would be taken back and done again."""
        steps, of_run = self._project.undo_steps, self._project.run_of_pictures is not None
        undo = self.tr("Undo: {step}"), self.tr("Undo for the next run: {step}"), self.tr("Nothing to undo")
        redo = self.tr("Redo: {step}"), self.tr("Redo for the next run: {step}"), self.tr("Nothing to redo")
        for action, button, step, (some, of_next, none) in (
            (self.undo, self._bar.undo, steps.last, undo),
            (self.redo, self._bar.redo, steps.next, redo),
        ):
            setting = isinstance(step, SettingsStep)
            words = none if step is None else (of_next if of_run and setting else some).format(step=self._words(step))
            action.setText(without_keys(words))
            # What was chosen before the run was opened is not seen beside it: nobody would see it go.
            hidden = of_run and isinstance(step, SettingsStep) and not step.beside_run
            action.setEnabled(step is not None and not hidden)
            button.setEnabled(action.isEnabled())
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            locked = self.tr("The settings shown are the run's. New run, in its menu, goes back to your own.")
            set_tip(button, locked if hidden else f"{words} ({keys})")
            button.setAccessibleName(words)

    def _words(self, step: Step) -> str:
        if isinstance(step, Undoable):
            return step.words
        before, after = step.before, step.after
        if (before.preset, before.own_preset) != (after.preset, after.own_preset):
            return self.tr("preset {name}").format(name=begun_with(after))
        names = [name for name, value in after.settings().items() if value != before.setting(name)]
        if names == ["excluded"]:
            more = len(after.data.excluded or ()) - len(before.data.excluded or ())
            text = self.tr("leave out {n} pictures") if more > 0 else self.tr("use {n} pictures again")
            if abs(more) == 1:
                text = self.tr("leave out a picture") if more > 0 else self.tr("use a picture again")
            return text.format(n=numbers.count(abs(more)))
        if len(names) == 1:
            value = after.setting(names[0])
            title = setting_title(names[0])
            return f"{title} {self.tr('Auto') if value is None else setting_value(names[0], value)}"
        titles = ", ".join(setting_title(name) for name in names[:MOST_NAMED])
        if len(names) <= MOST_NAMED:
            return titles
        return self.tr("{names} and {n} more").format(names=titles, n=numbers.count(len(names) - MOST_NAMED))

    # --- text fields ---------------------------------------------------------------------------------------

    @Slot(QWidget, QWidget)
    def _focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self._field is not None:
            self._field.removeEventFilter(self)
            self._field.destroyed.disconnect(self._field_gone)
        # Of a list or a number that can be typed, the line hands its focus and its keys to the whole.
        editable = isinstance(now, QLineEdit | QAbstractSpinBox) or (isinstance(now, QComboBox) and now.isEditable())
        self._field = now if editable else None
        if self._field is not None:
            self._field.installEventFilter(self)
            self._field.destroyed.connect(self._field_gone)

    @Slot()
    def _field_gone(self) -> None:
        self._field = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Z belongs to a text field as long as it has typing to take back; then to the window."""
        if event.type() == QEvent.Type.ShortcutOverride and watched is self._field and isinstance(event, QKeyEvent):
            field = self._field
            line = field.lineEdit() if isinstance(field, QComboBox | QAbstractSpinBox) else field
            assert isinstance(line, QLineEdit)
            taken_back = event.matches(QKeySequence.StandardKey.Undo) and not line.isUndoAvailable()
            done_again = event.matches(QKeySequence.StandardKey.Redo) and not line.isRedoAvailable()
            if taken_back or done_again:
                event.ignore()
                return True
        return super().eventFilter(watched, event)
