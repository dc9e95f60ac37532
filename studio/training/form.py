"""The settings of a training before it starts: a preset, the few that matter, and all others folded away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QCoreApplication, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.presets import PRESETS
from core.setting import Control, Setting
from core.settings import GROUPS, SETTINGS, RunConfig

from ..app.icons import set_accent, set_icon
from ..app.messages import preset_title, setting_text
from ..app.theme import set_look
from ..widgets.button_menu import set_menu
from ..widgets.controls import IconButton, paint_shortened, shortened
from ..widgets.elided import ElidedLabel
from ..widgets.form import GUTTER_PX
from ..widgets.panel import Panel
from ..widgets.plain import plain_tip, set_tip, set_words
from ..widgets.symbols import Symbol
from .editing import EditBar
from .field import Problem, SettingCombo, SettingField

#: Below and above the row that has the keyboard so much of the next one is seen.
BESIDE_FOCUS_PX = 20
#: While a mouse button is down, it is looked again after so many milliseconds.
HELD_MS = 100


class _FormScroll(QScrollArea):
    """Keeps the row that has the keyboard in sight, whichever way the focus came there but by a click."""

    def __init__(self) -> None:
        super().__init__()
        self._to_note: SettingField | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show_note)
        self.verticalScrollBar().rangeChanged.connect(self._range_changed)
        QApplication.instance().focusChanged.connect(self._focus_changed)  # type: ignore[union-attr]

    @Slot(QWidget, QWidget)
    def _focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is None or not self.isAncestorOf(now) or QApplication.mouseButtons():
            return
        row: QWidget | None = now
        while row is not None and row is not self and not isinstance(row, SettingField):
            row = row.parentWidget()
        self.ensureWidgetVisible(row if isinstance(row, SettingField) else now, 0, BESIDE_FOCUS_PX)

    def bring_note(self, field: SettingField) -> None:
        """Bring what has just been said below a row into sight, once it has its place."""
        self._to_note = field
        self._later.start(0)

    @Slot()
    def _show_note(self) -> None:
        if QApplication.mouseButtons().value:  # the rows may not move away under a press
            self._later.start(HELD_MS)
        elif self._to_note is not None and self._to_note.is_wrong:
            self.ensureWidgetVisible(self._to_note.row, 0, 0)
            self.ensureWidgetVisible(self._to_note.note, 0, 0)

    @Slot()
    def _range_changed(self) -> None:
        # What is said there and below the rows takes its room after that: the note is brought into sight once more.
        if self._to_note is not None and not self._later.isActive():
            self._show_note()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A person looks elsewhere."""
        self._to_note = None
        super().wheelEvent(event)


# --- A section of the settings form: a few rows that are always there, and the rest behind *More* --------


class SettingsSection(QWidget):
    """A title with *More* at its right, the basic rows, and the others folded away."""

    unfolded = Signal()  #: *More* was pressed; what is behind it may still have to be made

    def __init__(self, title: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(0)
        head = QHBoxLayout()
        self.more = QToolButton()
        self.more.setCheckable(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setIconSize(QSize(16, 16))
        set_look(self.more, text_beside=True, quiet=True)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.toggled.connect(self._toggled)
        head.addWidget(Symbol(title, semibold=True), 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch(1)
        head.addWidget(self.more)
        head.addSpacing(GUTTER_PX - 8)
        column.addLayout(head)
        self._basic = QVBoxLayout()
        self._basic.setSpacing(0)
        column.addLayout(self._basic)
        self._rest = QWidget()
        self._rest_column = QVBoxLayout(self._rest)
        self._rest_column.setContentsMargins(0, 0, 0, 0)
        self._rest_column.setSpacing(0)
        column.addWidget(self._rest)
        self._rest.hide()
        tip = QCoreApplication.translate("Section", "{section}: all settings").format(section=title)
        set_tip(self.more, tip)
        self.more.setAccessibleName(tip)
        self._show()

    def add(self, field: SettingField, *, basic: bool) -> None:
        """Add a field at the end of the basic ones, or of those behind *More*; one that is here already moves there."""
        (self._basic if basic else self._rest_column).addWidget(field)

    def tab_stops(self) -> Iterator[QWidget]:
        """Everything in it that takes the focus, from top to bottom."""
        yield self.more
        for column in (self._basic, self._rest_column):
            for place in range(column.count()):
                field = column.itemAt(place).widget()  # type: ignore[union-attr]  # there are so many
                assert isinstance(field, SettingField)
                yield from field.tab_stops()

    def set_expanded(self, expanded: bool) -> None:
        """Show or fold what is behind *More*."""
        self.more.setChecked(expanded)

    @Slot(bool)
    def _toggled(self, expanded: bool) -> None:
        if expanded:
            self.unfolded.emit()
        self._rest.setVisible(expanded)
        self._show()

    def _show(self) -> None:
        expanded = self.more.isChecked()
        set_icon(self.more, "chevron_up" if expanded else "chevron_down", "muted")
        less, more = QCoreApplication.translate("Section", "Less"), QCoreApplication.translate("Section", "More")
        self.more.setText(less if expanded else more)


# --- One line under the settings: a button that measures what a training will take, and what was found out ---


class PreflightRow(QWidget):
    """Knows nothing of the measuring itself."""

    measure_wished = Signal()
    cancel_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._running = self._ending = False
        self._reason = ""
        self.words = ElidedLabel()
        self.words.setObjectName("preflight")
        self.words.setProperty("caption", True)
        self.button = QPushButton()
        self.button.setObjectName("measure")
        self.button.clicked.connect(self._clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self._show()

    def show_result(self, text: str, tip: str = "") -> None:
        """What was measured; the tip may say it at length."""
        self.words.setText(text)
        self.words.set_tip(tip)
        self.words.setAccessibleDescription(tip)

    def show_state(self, *, running: bool, ending: bool, reason: str) -> None:
        """reason: why nothing can be measured now; empty where it can."""
        self._running, self._ending, self._reason = running, ending, reason
        self._show()

    def _show(self) -> None:
        words = self.tr("Cancel") if self._running else self.tr("Measure")
        tip = self.tr("Take a few steps and read some pictures, to know time, memory and disk before you start")
        if self._running:
            tip = self.tr("Stop measuring")
        self.button.setText(words)
        self.button.setAccessibleName(words)
        self.button.setEnabled(not self._ending and (self._running or not self._reason))
        set_tip(self.button, tip if self._running else self._reason or tip)

    @Slot()
    def _clicked(self) -> None:
        (self.cancel_wished if self._running else self.measure_wished).emit()


# --- One line under the settings of the run that comes after the one that trains ------------------------------------


class QueueRow(QWidget):
    """Says what the settings above are for; *Queue* puts them behind the run that trains."""

    wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = ElidedLabel()
        self.words.setProperty("caption", True)
        self.button = QPushButton()
        self.button.setObjectName("queue_run")
        self.button.clicked.connect(self.wished)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)

    def show_state(self, words: str, reason: str) -> None:
        """words: of which pictures. reason: why it cannot be queued; "": it can."""
        self.words.setText(words)
        tip = self.tr("It begins by itself when the run before it has come to its end, and waits where that is stopped")
        set_words(self.button, self.tr("Queue"), reason or tip)
        self.button.setEnabled(not reason)
        set_accent(self.button, not reason)


# --- form ------------------------------------------------------------------------------------------------

WIDTH_PX = 308
#: How the data of a list's entry begins that is a preset of one's own.
OWN = "own:"


class PresetCombo(SettingCombo):
    """Where the whole of the words has no room, the preset's name alone is read, not the name and half a word."""

    def __init__(self) -> None:
        super().__init__(editable=False)

    def shown_text(self, room_px: int) -> str:
        """What is shown of the current words in so much room."""
        words = self.currentText()
        own = str(self.currentData()).startswith(OWN)
        if own or self.fontMetrics().horizontalAdvance(words) <= room_px:
            return shortened(self, room_px)
        name = words.split(" · ")[0]
        return self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room_px)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As the style draws it."""
        paint_shortened(self, self.shown_text)


class SettingsForm(Panel):
    """Shows a configuration and what the user wishes of it. Keeps none itself."""

    preset_wished = Signal(str)
    own_wished = Signal(str)  #: the name of a preset of one's own
    setting_wished = Signal(str, object)  #: flat name, value
    reset_wished = Signal(str)
    typing_judged = Signal()  #: something typed turned out to be no value, or no longer

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Preset"), parent)
        self.setFixedWidth(WIDTH_PX)
        self.lead.setContentsMargins(0, 0, 0, 0)
        self.head.setSpacing(4)
        #: Building all rows takes a third of a second, and most are never looked at.
        self.fields: dict[str, SettingField] = {}
        self._shown: tuple[RunConfig, RunConfig, tuple[str, ...], str] | None = None
        self._unavailable: Mapping[str, str] = {}
        self._read_only = False
        self._free: frozenset[str] = frozenset()  #: of a run that trains, what can be changed
        self._sections: dict[str, SettingsSection] = {}
        self.preset = PresetCombo()
        self.preset.setObjectName("preset")
        self.preset.setAccessibleName(self.tr("Preset"))
        set_tip(self.preset, self.tr("A starting point for all settings, with about how long it takes"))
        for name, preset in PRESETS.items():
            takes = QCoreApplication.translate("Presets", preset.takes)
            self.preset.addItem(f"{preset_title(name)} · {takes}", name)
        self.preset.activated.connect(self._preset_chosen)
        self.head.addWidget(self.preset, 1)
        self.presets = IconButton("more")
        self.presets.setObjectName("own_presets")
        self.presets.describe(self.tr("Presets of your own: save, hand on, import"))
        self.presets.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_menu(self.presets, QMenu(self.presets))
        self.head.addWidget(self.presets)
        self._rows = QWidget()
        self._column = QVBoxLayout(self._rows)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(0)
        for group in GROUPS:
            self._add_section(group)
        self._column.addStretch(1)
        self._scroll = _FormScroll()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._rows)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(self._scroll, 1)
        self.footer = ElidedLabel()
        self.footer.setProperty("caption", True)
        self.footer.set_tip(self.tr("What the network learns, and how long a step takes on this device"))
        foot = QHBoxLayout()
        foot.addWidget(self.footer, 1)
        self.body.addLayout(foot)
        self.preflight = PreflightRow()
        self.kept = QLabel(
            self.tr(
                "A run keeps its settings. While it trains, the learning rate and a few others can be changed. "
                "To change another, branch it (tab Runs)."
            )
        )
        self.kept.setObjectName("kept")
        self.kept.setWordWrap(True)
        set_look(self.kept, caption=True)
        self.kept.hide()
        self.body.addWidget(self.kept)
        self.body.addWidget(self.preflight)
        self.edits = EditBar()
        self.edits.hide()
        self.queueing = QueueRow()
        self.queueing.hide()
        self.body.addWidget(self.edits)
        self.body.addWidget(self.queueing)
        self._order_tabs()

    def _add_section(self, group: str) -> None:
        section = SettingsSection(setting_text(GROUPS[group]))
        self._sections[group] = section
        self._column.addWidget(section)
        for facts in SETTINGS.values():
            if facts.group == group and facts.basic:
                self._add_field(facts)
        section.unfolded.connect(self._section_unfolded)

    def _add_field(self, facts: Setting) -> None:
        field = SettingField(facts)
        field.edited.connect(self.setting_wished)
        field.reset.connect(self.reset_wished)
        field.misread.connect(self._misread)
        field.set_of_run(self._read_only and facts.name not in self._free)
        self.fields[facts.name] = field
        self._sections[facts.group].add(field, basic=facts.basic)
        field.show_unavailable(self._unavailable.get(facts.name))
        self._show_in(field)

    def field(self, setting: str) -> SettingField:
        """The field of a setting; those behind *More* are made when they are first asked for."""
        if setting not in self.fields:
            self._unfold(SETTINGS[setting].group)
        return self.fields[setting]

    def _unfold(self, group: str) -> None:
        for name, facts in SETTINGS.items():
            if facts.group == group and facts.control is not Control.NONE and name not in self.fields:
                self._add_field(facts)
        self._order_tabs()

    def _order_tabs(self) -> None:
        """From top to bottom, whenever a row was made."""
        before: QWidget = self.preset
        for section in self._sections.values():
            for stop in section.tab_stops():
                self.setTabOrder(before, stop)
                before = stop

    @Slot()
    def _section_unfolded(self) -> None:
        sender = self.sender()
        for name, section in self._sections.items():
            if section is sender:
                self._unfold(name)

    # --- what is shown -------------------------------------------------------------------------------------

    def show_config(self, wished: RunConfig, resolved: RunConfig, changed: tuple[str, ...], own: str = "") -> None:
        """The settings as wished, what auto comes to, and which differ from the preset.

        own: the preset of one's own that it is; "": one of the program's
        """
        place = self.preset.findData(OWN + own) if own else -1
        self.preset.setCurrentIndex(self.preset.findData(wished.preset) if place < 0 else place)
        self._shown = (wished, resolved, changed, own)
        for field in self.fields.values():
            self._show_in(field)

    def show_presets(self, tips: Mapping[str, str]) -> None:
        """What choosing each preset would change, told where one points at it in the list."""
        for name, tip in tips.items():
            self.preset.setItemData(self.preset.findData(name), plain_tip(tip), Qt.ItemDataRole.ToolTipRole)

    def show_own(self, own: Mapping[str, str]) -> None:
        """The presets of one's own, name → what is said of it, below those of the program."""
        while self.preset.count() > len(PRESETS):
            self.preset.removeItem(self.preset.count() - 1)
        for name, tip in own.items():
            self.preset.addItem(name, OWN + name)
            self.preset.setItemData(self.preset.count() - 1, plain_tip(tip), Qt.ItemDataRole.ToolTipRole)
        if self._shown is not None:
            self.show_config(*self._shown)

    def _show_in(self, field: SettingField) -> None:
        if self._shown is not None:
            wished, resolved, changed, _ = self._shown
            chosen_in = field.facts.options_of
            if chosen_in and (table := SETTINGS[chosen_in].table) is not None:
                field.offer(table[wished.setting(chosen_in)].typed)
            field.show_value(wished.setting(field.name), resolved.setting(field.name))
            field.row.set_changed(field.name in changed)

    def show_problems(self, problems: Mapping[str, Problem]) -> None:
        """Explain under each field what is wrong with it; unfolds its section."""
        for name, problem in problems.items():
            if problem.suggestion:
                self._bring_up(name)
            elif not SETTINGS[name].basic:
                self._sections[SETTINGS[name].group].set_expanded(True)
        for name, field in self.fields.items():
            said = field.note.words.text()
            field.show_problem(problems.get(name))
            # After an edit; what is wrong from the beginning moves nothing.
            if self._rows.isAncestorOf(self.focusWidget()) and field.is_wrong and field.note.words.text() != said:
                self._scroll.bring_note(field)

    def _bring_up(self, name: str) -> None:
        """Put a setting among the first rows, made alone: all of its section take longer than a blink."""
        facts = SETTINGS[name]
        if name not in self.fields:
            self._add_field(facts)
        self._sections[facts.group].add(self.fields[name], basic=True)
        self._order_tabs()

    def show_unavailable(self, reasons: Mapping[str, str]) -> None:
        """Lock the settings that have no effect beside the others, each with its reason; free the rest."""
        self._unavailable = reasons
        for name, field in self.fields.items():
            field.show_unavailable(reasons.get(name))

    def show_classes(self, text: str, tip: str) -> None:
        """Say which classes the pictures fall into ("": none); the choice then stands among the first rows."""
        if not text and "labels" not in self.fields:
            return
        field = self.field("labels")
        field.show_hint(text, tip)
        self._sections[SETTINGS["labels"].group].add(field, basic=bool(text))
        self._order_tabs()

    def typed_problem(self) -> Problem | None:
        """The first thing typed that is no value."""
        return next((field.typed_problem for field in self.fields.values() if field.typed_problem is not None), None)

    def set_footer(self, text: str) -> None:
        """Parameters and seconds per step."""
        self.footer.setText(text)

    def set_read_only(self, read_only: bool, free: frozenset[str] = frozenset()) -> None:
        """The settings of a run can be read, not changed; `free`: but for these, while it trains."""
        self._read_only, self._free = read_only, free
        self.preset.setEnabled(not read_only)
        self.presets.setEnabled(not read_only)
        for name, field in self.fields.items():
            field.set_of_run(read_only and name not in free)

    @Slot(int)
    def _preset_chosen(self, index: int) -> None:
        for field in self.fields.values():
            field.forget_typed()
        name = str(self.preset.itemData(index))
        if name.startswith(OWN):
            self.own_wished.emit(name.removeprefix(OWN))
        else:
            self.preset_wished.emit(name)

    @Slot(str)
    def _misread(self, name: str) -> None:
        if self.fields[name].is_wrong:
            self._scroll.bring_note(self.fields[name])
        self.typing_judged.emit()
