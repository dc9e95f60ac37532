"""Settings of a run that are changed while it trains: what is wished for, and the bar that makes it so or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from core.errors import ConfigError
from core.runs.run import PlanChange, require_left
from core.settings import LIVE, RunConfig
from core.training.plan import planned_rate

from .. import numbers
from ..app.icons import set_accent
from ..app.messages import error_text, setting_title, setting_value
from ..app.theme import set_look
from ..widgets.plain import set_tip, set_words

if TYPE_CHECKING:
    from core.training.events import EditRefused, SettingsEdited

#: Changes that the bar names; the others are counted.
NAMED = 3
#: Of the bar: so much do three changes take.
LINES = 3


def changes_in_words(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """Each setting with its value before and after: "Learning rate 0.002 → 0.001"."""
    each = [
        QCoreApplication.translate("LiveEdits", "{setting} {before} → {after}").format(
            setting=setting_title(name), before=setting_value(name, before[name]), after=setting_value(name, value)
        )
        for name, value in after.items()
    ]
    if len(each) > NAMED:
        more = QCoreApplication.translate("LiveEdits", "{n} more").format(n=numbers.count(len(each) - NAMED))
        each = [*each[:NAMED], more]
    return ", ".join(each)


class _Words(QLabel):
    def hasHeightForWidth(self) -> bool:
        """As high as it is set: a room whose height follows from its width would be as high as it likes, and scroll."""
        return False


class EditBar(QWidget):
    """Says what will change, or what has; *Apply* and *Undo* below it."""

    apply_wished = Signal()
    undo_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.words = _Words()
        self.words.setObjectName("edit_words")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        # Fixed: what is said changes with each step, and the form above it must not jump.
        self.words.setFixedHeight(LINES * self.words.fontMetrics().height())
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        set_look(self.words, caption=True)
        column.addWidget(self.words)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        self.undo, self.apply = QPushButton(), QPushButton()
        for button, name in ((self.undo, "undo_edit"), (self.apply, "apply_edit")):
            button.setObjectName(name)
            row.addWidget(button)
        self.apply.clicked.connect(self.apply_wished)
        self.undo.clicked.connect(self.undo_wished)
        column.addLayout(row)

    def show_state(self, words: str, *, tone: str = "", apply: str = "", undo: str = "", undo_tip: str = "") -> None:
        """apply, undo: why each cannot be pressed; "": it can."""
        self.words.setText(words)
        set_tip(self.words, words)
        set_look(self.words, tone=tone)
        set_words(self.apply, self.tr("Apply"), apply or self.tr("Train with these settings from the next step on"))
        set_words(self.undo, self.tr("Undo"), undo or undo_tip)
        self.apply.setEnabled(not apply)
        self.undo.setEnabled(not undo)
        set_accent(self.apply, not apply)


class LiveEdits(QObject):
    """What is wished of the run that trains, until it is applied. Lives in the GUI thread."""

    changed = Signal()  #: other values are to be shown
    wished = Signal(object)  #: Mapping of flat names to values: the run is to train with these

    def __init__(self, bar: EditBar, parent: QObject) -> None:
        super().__init__(parent)
        self._bar = bar
        self._run: RunConfig | None = None  #: the settings of the run that trains; None: none does
        self._plan: Sequence[PlanChange] = ()
        self._aside = False
        self._step = 0
        self._draft: dict[str, object] = {}
        self._waits: dict[str, object] = {}  #: applied, and not told yet
        self._last: SettingsEdited | None = None  #: the last that was made here, which can be taken back
        bar.apply_wished.connect(self._apply)
        bar.undo_wished.connect(self._undo)
        self._show()

    # --- what it is told -----------------------------------------------------------------------------------

    def set_run(self, run: RunConfig | None, plan: Sequence[PlanChange] = ()) -> None:
        """The settings of the run that trains; None: none trains, and nothing is wished of it.

        plan: its steps, which may be others than it was begun with; empty until their number is measured.
        """
        self._plan = plan
        if run is not None and plan:
            run = run.with_settings({"steps": plan[-1].total})
        if run is None:
            self._draft, self._waits, self._last = {}, {}, None
        elif self._run is not None:
            self._draft = {name: value for name, value in self._draft.items() if value != run.setting(name)}
        self._run, self._aside = run, False
        self._bar.setVisible(run is not None)
        self._show()

    def set_aside(self) -> None:
        """Something else is looked at; what is wished stays until `set_run` tells of the run again."""
        self._aside = True
        self._bar.hide()

    def set_step(self, step: int) -> None:
        """How many steps are done."""
        if step != self._step:
            self._step = step
            if self._draft and self._bar.isVisible():
                self._show()

    def edited(self, event: SettingsEdited) -> None:
        """The run trains with other settings."""
        own = bool(self._waits)
        self._waits = {}
        self._last = event if own and event.after else self._last
        self._show()

    def refused(self, event: EditRefused) -> None:
        """It goes on with the settings that it had; what was wished for is there to be mended."""
        self._draft, self._waits = {**event.settings, **self._draft}, {}
        self._show()
        self.changed.emit()

    # --- what the form asks --------------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        """Whether settings can be changed now."""
        return self._run is not None and not self._aside

    @property
    def names(self) -> frozenset[str]:
        """The settings that can be changed now."""
        return frozenset(LIVE if self.active else ())

    @property
    def draft(self) -> tuple[str, ...]:
        """The settings that are wished to be other than they are."""
        return tuple(self._draft)

    @property
    def config(self) -> RunConfig:
        """The run's settings with the wishes; only of a run that trains."""
        assert self._run is not None
        return self._run.with_settings({**self._waits, **self._draft})

    def problems(self) -> tuple[ConfigError, ...]:
        """Why the run cannot train with the wishes."""
        if "steps" in self._draft:
            try:
                require_left(self.config.train.steps, self._step)
            except ConfigError as error:
                return error, *self.config.problems()
        return self.config.problems() if self._draft else ()

    def wish(self, name: str, value: object) -> None:
        """Another value for a setting; what follows from it, as γ from the weighting, is wished for too."""
        assert self._run is not None
        wished = self.config.with_settings({name: value})
        held = self._run.with_settings(self._waits)
        self._draft = {n: wished.setting(n) for n in LIVE if wished.setting(n) != held.setting(n)}
        self._show()
        self.changed.emit()

    def forget(self, name: str) -> None:
        """The value that the run has."""
        if self._run is not None:
            self.wish(name, self._run.setting(name))

    # --- the bar -------------------------------------------------------------------------------------------

    @Slot()
    def _apply(self) -> None:
        if self._draft and not self.problems():
            draft, self._draft = self._draft, {}
            self._waits |= draft
            self._show()
            self.wished.emit(draft)
            self.changed.emit()

    @Slot()
    def _undo(self) -> None:
        if self._draft:
            self._draft = {}
            self._show()
            self.changed.emit()
        elif self._last is not None:
            last, self._last = self._last, None
            self._waits = dict(last.before)
            self._show()
            self.wished.emit(dict(last.before))
            self.changed.emit()

    def _rate_words(self) -> str:
        """What another number of steps does to the learning rate, where its decay depends on it."""
        if self._run is None or "steps" not in self._draft or not self._plan:
            return ""
        train, step = self.config.train, self._step
        plan = (*self._plan, PlanChange(train.steps, step, self._plan[-1].decays_from))
        before, after = planned_rate(self._run.train, self._plan, step), planned_rate(train, plan, step)
        if numbers.figure(before) == numbers.figure(after):
            return ""
        words = self.tr("Learning rate {before} → {after}: it falls until the last step")
        return words.format(before=numbers.figure(before), after=numbers.figure(after))

    def _show(self) -> None:
        run, bar = self._run, self._bar
        nothing = self.tr("Nothing to take back")
        if run is None:
            return
        if self._draft:
            problems = self.problems()
            changes = changes_in_words({name: run.setting(name) for name in self._draft}, self._draft)
            words = self.tr("{changes}, from step {step} on").format(
                changes=changes, step=numbers.count(self._step + 1)
            )
            words = "\n".join(filter(None, (words, self._rate_words())))
            reason = error_text(problems[0]) if problems else ""
            bar.show_state(
                reason or words,
                tone="error" if reason else "",
                apply=reason,
                undo_tip=self.tr("Leave the settings as they are"),
            )
        elif self._waits:
            waits = self.tr("Holds from the next step on")
            bar.show_state(waits, apply=waits, undo=waits)
        elif self._last is not None:
            words = edited_in_words(self._last)
            tip = self.tr("Back to what it was, from the next step on")
            bar.show_state(words, apply=self.tr("Change a setting first"), undo_tip=tip)
        else:
            words = self.tr("What is not locked can be changed while it trains. It holds from the next step on.")
            bar.show_state(words, apply=self.tr("Change a setting first"), undo=nothing)


def edited_in_words(event: SettingsEdited) -> str:
    """From which step on the run trains with what."""
    words = QCoreApplication.translate("LiveEdits", "From step {step} on: {changes}")
    return words.format(step=numbers.count(event.step + 1), changes=changes_in_words(event.before, event.after))
