"""The settings of a training before it starts: a preset, the few that matter, and all others folded away."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from core.presets import PRESETS
from core.setting import Control, Setting
from core.settings import GROUPS, SETTINGS, RunConfig

from ..messages import preset_title, setting_text
from ..widgets.elided import ElidedLabel
from ..widgets.panel import Panel
from ..widgets.plain import plain_tip, set_tip
from .controls import SettingCombo
from .field import SettingField
from .note import Problem
from .preflight_row import PreflightRow
from .section import SettingsSection

WIDTH_PX = 308


class SettingsForm(Panel):
    """Shows a configuration and what the user wishes of it. Keeps none itself."""

    preset_wished = Signal(str)
    setting_wished = Signal(str, object)  #: flat name, value
    reset_wished = Signal(str)
    typing_judged = Signal()  #: something typed turned out to be no value, or no longer

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Preset"), parent)
        self.setFixedWidth(WIDTH_PX)
        #: Building all rows takes a third of a second, and most are never looked at.
        self.fields: dict[str, SettingField] = {}
        self._shown: tuple[RunConfig, RunConfig, tuple[str, ...]] | None = None
        self._unavailable: Mapping[str, str] = {}
        self._read_only = False
        self._sections: dict[str, SettingsSection] = {}
        self.preset = SettingCombo(editable=False)
        self.preset.setObjectName("preset")
        self.preset.setAccessibleName(self.tr("Preset"))
        set_tip(self.preset, self.tr("A starting point for all settings, with about how long it takes"))
        for name, preset in PRESETS.items():
            takes = QCoreApplication.translate("Presets", preset.takes)
            self.preset.addItem(f"{preset_title(name)} · {takes}", name)
        self.preset.activated.connect(self._preset_chosen)
        self.head.addWidget(self.preset, 1)
        self._rows = QWidget()
        self._column = QVBoxLayout(self._rows)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(0)
        for group in GROUPS:
            self._add_section(group)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._rows)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(scroll, 1)
        self.footer = ElidedLabel()
        self.footer.setProperty("caption", True)
        self.footer.set_tip(self.tr("What the network learns, and how long a step takes on this device"))
        foot = QHBoxLayout()
        foot.addWidget(self.footer, 1)
        self.body.addLayout(foot)
        self.preflight = PreflightRow()
        self.body.addWidget(self.preflight)
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
        field.set_of_run(self._read_only)
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

    def show_config(self, wished: RunConfig, resolved: RunConfig, changed: tuple[str, ...]) -> None:
        """The settings as wished, what auto comes to, and which differ from the preset."""
        self.preset.setCurrentIndex(self.preset.findData(wished.preset))
        self._shown = (wished, resolved, changed)
        for field in self.fields.values():
            self._show_in(field)

    def show_presets(self, tips: Mapping[str, str]) -> None:
        """What choosing each preset would change, told where one points at it in the list."""
        for name, tip in tips.items():
            self.preset.setItemData(self.preset.findData(name), plain_tip(tip), Qt.ItemDataRole.ToolTipRole)

    def _show_in(self, field: SettingField) -> None:
        if self._shown is not None:
            wished, resolved, changed = self._shown
            chosen_in = field.facts.options_of
            if chosen_in and (table := SETTINGS[chosen_in].table) is not None:
                field.offer(table[wished.setting(chosen_in)].options)
            field.show_value(wished.setting(field.name), resolved.setting(field.name))
            field.row.set_changed(field.name in changed)

    def show_problems(self, problems: Mapping[str, Problem]) -> None:
        """Explain under each field what is wrong with it; unfolds its section."""
        for name in problems:
            if not SETTINGS[name].basic:
                self._sections[SETTINGS[name].group].set_expanded(True)
        for name, field in self.fields.items():
            field.show_problem(problems.get(name))

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

    def set_read_only(self, read_only: bool) -> None:
        """While a training runs its settings can be read, not changed."""
        self._read_only = read_only
        self.preset.setEnabled(not read_only)
        for field in self.fields.values():
            field.set_of_run(read_only)

    @Slot(int)
    def _preset_chosen(self, index: int) -> None:
        for field in self.fields.values():
            field.forget_typed()
        self.preset_wished.emit(self.preset.itemData(index))

    @Slot(str)
    def _misread(self, _name: str) -> None:
        self.typing_judged.emit()
