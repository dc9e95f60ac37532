"""Presets of one's own in the form: saved under a name, chosen from the list, handed on as a file, taken from one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from core.errors import ConfigError
from core.own_presets import (
    LONGEST_DESCRIPTION,
    SUFFIX,
    OwnPreset,
    export_preset,
    own_presets,
    presets_folder,
    read_preset,
    remove_preset,
    require_name,
    save_preset,
)
from core.presets import changed_settings

from ..app.messages import error_text, preset_title
from ..jobs.requests import Requests
from ..widgets.controls import DialogProblem, dialog_buttons
from ..widgets.plain import set_name, without_keys

if TYPE_CHECKING:
    from ..project import Project
    from .form import SettingsForm
    from .narration import Notices

WIDTH_PX, NOTE_PX = 400, 72


@dataclass(frozen=True, slots=True, eq=False)
class _Deed:
    do: Callable[[], object]
    then: Callable[[Any], None]


class PresetDialog(QDialog):
    """Asks for a name and a description."""

    def __init__(self, about: str, known: set[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._known = {name.casefold() for name in known}
        self.setWindowTitle(self.tr("Save as preset"))
        self.setMinimumWidth(WIDTH_PX)
        self.name, self.description = QLineEdit(), QPlainTextEdit()
        set_name(self.name, self.tr("Name"), self.tr("As it stands in the list of presets"))
        set_name(self.description, self.tr("Description"), self.tr("What it is good for; shown in the list's tooltip"))
        self.description.setFixedHeight(NOTE_PX)
        self.description.setProperty("field", True)
        self.description.setTabChangesFocus(True)
        form = QFormLayout()
        form.addRow(self.tr("Name"), self.name)
        form.addRow(self.tr("Description"), self.description)
        words = QLabel(about)
        words.setWordWrap(True)
        words.setProperty("muted", True)
        self.problem = DialogProblem()
        buttons, self.save = dialog_buttons(self, self.tr("Save"), self.tr("Cancel"))
        self.save.setObjectName("save_preset")
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(words)
        column.addLayout(form)
        column.addWidget(self.problem)
        column.addWidget(buttons)
        self.name.textChanged.connect(self._judge)
        self._judge()

    @Slot()
    def _judge(self) -> None:
        name, problem = self.name.text().strip(), ""
        if name:
            try:
                require_name(name)
            except ConfigError as error:
                problem = error_text(error)
        self.save.setEnabled(bool(name) and not problem)
        if not problem and name.casefold() in self._known:
            self.problem.say(self.tr("Your preset of this name is replaced."), "warning")
        else:
            self.problem.say(problem)


class OwnPresets(QObject):
    """Lives in the GUI thread; files are read and written on another."""

    def __init__(self, form: SettingsForm, project: Project, notices: Notices, usual: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._form, self._project, self._notices, self._usual = form, project, notices, usual
        self.known: dict[str, OwnPreset] = {}
        self._deeds = Requests(_do, 20, "own-presets", self)
        self._deeds.answered.connect(self._done)
        form.own_wished.connect(self.choose)
        form.presets.menu().aboutToShow.connect(self._fill)

    def shutdown(self, timeout_ms: int) -> bool:
        """End the background thread."""
        return self._deeds.shutdown(timeout_ms)

    @Slot()
    def refresh(self) -> None:
        """Read them anew."""
        self._do(lambda: own_presets(presets_folder(self._usual)), self._show)

    @Slot(str)
    def choose(self, name: str) -> None:
        """Begin with this one."""
        if name in self.known:
            self._project.set_config(self.known[name].config)

    def save(self, name: str, description: str) -> None:
        """Keep the settings that are chosen under a name."""
        config = self._project.wished
        self._do(lambda: save_preset(presets_folder(self._usual), name, description, config), self._saved)

    def import_file(self, path: Path) -> None:
        """Take one from a file."""

        def take() -> OwnPreset:
            one = read_preset(path)
            return save_preset(presets_folder(self._usual), one.name, one.description, one.config)

        self._do(take, self._imported)

    def forget(self, name: str) -> None:
        """Remove one; it can be had back as long as the notice stands."""
        one = self.known[name]
        self._do(lambda: remove_preset(one), lambda _: self._forgotten(one))

    # --- what follows --------------------------------------------------------------------------------------

    def _show(self, found: list[OwnPreset]) -> None:
        self.known = {one.name: one for one in found}
        based = self.tr("Your own, based on {preset}")
        self._form.show_own(
            {
                one.name: "\n".join(
                    filter(None, (one.description, based.format(preset=preset_title(one.config.preset))))
                )
                for one in found
            }
        )
        self._project.set_own_presets({one.name: one.config for one in found})

    def _saved(self, one: OwnPreset) -> None:
        self.refresh()
        if self._project.wished == one.config:  # what is trained now is trained with it
            self._project.set_config(one.config)
        self._notices.say(self.tr("“{name}” is among your presets.").format(name=one.name), kind="info")

    def _imported(self, one: OwnPreset) -> None:
        self.refresh()
        self._notices.say(
            self.tr("“{name}” is among your presets.").format(name=one.name),
            kind="info",
            action=self.tr("Use it"),
            act=partial(self._project.set_config, one.config),
        )

    def _forgotten(self, one: OwnPreset) -> None:
        self.refresh()

        def bring_back() -> None:
            again = partial(save_preset, one.path.parent, one.name, one.description, one.config)
            self._do(again, self._saved)

        words = self.tr("“{name}” is no longer among your presets.").format(name=one.name)
        self._notices.say(words, kind="info", action=self.tr("Undo"), act=bring_back)

    # --- menu ----------------------------------------------------------------------------------------------

    @Slot()
    def _fill(self) -> None:
        menu = self._form.presets.menu()
        menu.clear()
        menu.addAction(self.tr("Save as preset…"), self.ask_save)
        menu.addAction(self.tr("Import…"), self._ask_import)
        for title, act in ((self.tr("Export"), self._ask_export), (self.tr("Remove"), self.forget)):
            below = menu.addMenu(title)
            below.setEnabled(bool(self.known))
            for name in self.known:
                below.addAction(without_keys(name), partial(act, name))

    @Slot()
    def ask_save(self) -> None:
        """Ask for a name, and keep the settings that are chosen under it."""
        count = len(changed_settings(self._project.wished))  # a file says what differs from the program's own
        about = self.tr("All settings as they are now: {preset} with {n} changes; not which pictures are left out.")
        dialog = PresetDialog(
            about.format(preset=preset_title(self._project.wished.preset), n=count), set(self.known), self._form
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._save_asked)
        dialog.open()

    @Slot()
    def _save_asked(self) -> None:
        dialog = self.sender()
        if isinstance(dialog, PresetDialog):
            self.save(dialog.name.text(), dialog.description.toPlainText()[:LONGEST_DESCRIPTION])

    @Slot()
    def _ask_import(self) -> None:
        kinds = self.tr("Presets ({patterns})").format(patterns=f"*{SUFFIX}")
        chosen, _ = QFileDialog.getOpenFileName(self._form, self.tr("Import a preset"), "", kinds)
        if chosen:
            self.import_file(Path(chosen))

    def _ask_export(self, name: str) -> None:
        one = self.known[name]
        kinds = self.tr("Presets ({patterns})").format(patterns=f"*{SUFFIX}")
        chosen, _ = QFileDialog.getSaveFileName(self._form, self.tr("Export a preset"), f"{name}{SUFFIX}", kinds)
        if chosen:
            path = Path(chosen)
            path = path if path.name.endswith(SUFFIX) else path.with_name(f"{path.name.removesuffix('.json')}{SUFFIX}")
            words = self.tr("“{name}” is in {path}").format(name=name, path=path)
            self._do(partial(export_preset, one, path), lambda _: self._notices.say(words, kind="info"))

    def _do(self, do: Callable[[], object], then: Callable[[Any], None]) -> None:
        self._deeds.ask(_Deed(do, then))

    @Slot(object, object)
    def _done(self, deed: _Deed, answer: object) -> None:
        if isinstance(answer, Exception):
            self._notices.say(error_text(answer))
        else:
            deed.then(answer)


def _do(deed: _Deed) -> object:
    return deed.do()
