"""What the three rooms share: the pictures, the settings, the device, the run. Lives in the GUI thread."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.errors import ConfigError, StudioError, showable
from core.own_presets import OF_PICTURES as SAID_OF_PICTURES
from core.presets import changed_settings, preset, resolve
from core.reading import read_json
from core.runs.atomic import make_folder, remove_file, remove_stale_temps, write_json
from core.settings import MOST_OF_A_LABEL, SETTINGS, RunConfig

from .app.settings import CacheWish, beside

if TYPE_CHECKING:
    from core.pictures.folder.scan import Scan
    from core.runs.run import Run


# --- Names for new run folders, and whether two paths name the same folder -------------------------------


def new_run_folder(runs_folder: Path, pictures: str) -> Path:
    """The first of "<pictures>-01", "<pictures>-02", … that is not there yet. Nothing is made."""
    # Some systems refuse these characters in a name, and a run folder may be carried there.
    name = "".join("_" if sign in '<>:"/\\|?*' or ord(sign) < 32 else sign for sign in pictures).strip(" .") or "run"
    number = 1
    while (runs_folder / f"{name}-{number:02d}").exists():
        number += 1
    return runs_folder / f"{name}-{number:02d}"


def same_folder(one: Path, other: Path) -> bool:
    """Whether both lead to the same place, also over a link or relative to the working folder."""
    return one.absolute() == other.absolute() or one.resolve() == other.resolve()


# --- Which preset settings are ---------------------------------------------------------------------------


def same_settings(one: RunConfig, other: RunConfig) -> bool:
    """Whether both are trained alike, whatever is said of the pictures."""
    return one == other.with_settings({name: one.setting(name) for name in SAID_OF_PICTURES})


# --- What was chosen for each folder of pictures and not yet trained with: settings and leave-outs, one file a
# folder.

#: Counted up when a value changes its meaning.
VERSION = 1
#: Folders that are remembered; of more, those that were changed longest ago are forgotten.
MOST_FOLDERS = 200


class Choices:
    """Keeps a `RunConfig` for each folder of pictures, in files under `root`.

    Reading never fails: what cannot be read is moved aside, `damaged` says where to, and nothing was chosen.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.damaged: Path | None = None  #: where the last file that could not be read was moved to
        remove_stale_temps(root)

    def of(self, pictures: Path) -> RunConfig | None:
        """What was chosen for this folder; None: nothing."""
        path = self._path(pictures)
        try:
            stored = read_json(path)
            if not isinstance(stored, Mapping) or not isinstance(stored.get("settings"), Mapping):
                raise ValueError
            if stored.get("version") != VERSION:
                # A newer program's, which may want it back: what is chosen here gets a file of its own.
                with contextlib.suppress(OSError):
                    path.replace(beside(path, "newer"))
                return None
            base, own = preset(str(stored.get("preset"))).config, stored.get("own_preset")
            label = showable(own, MOST_OF_A_LABEL) if isinstance(own, str) else ""
            return replace(base, own_preset=label).with_settings(stored["settings"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError, StudioError):
            self.damaged = beside(path, "damaged")
            try:
                path.replace(self.damaged)
            except OSError:
                self.damaged = None
            return None

    def keep(self, pictures: Path, chosen: RunConfig) -> StudioError | None:
        """Remember it. An error is returned, not raised: it is no reason to lose what is on the screen."""
        changed = {name: chosen.setting(name) for name in changed_settings(chosen)}
        stored = {"version": VERSION, "folder": str(pictures), "preset": chosen.preset, "settings": changed}
        if chosen.own_preset:
            stored["own_preset"] = chosen.own_preset
        try:
            make_folder(self._root)
            write_json(self._path(pictures), stored)
            self._forget_old()
        except StudioError as error:
            return error
        return None

    def _path(self, pictures: Path) -> Path:
        # A name of its own for any path: too long, with slashes, or no text at all.
        return self._root / f"{hashlib.sha256(os.fsencode(pictures.absolute())).hexdigest()[:32]}.json"

    def _forget_old(self) -> None:
        files = []
        for path in self._root.glob("*.json"):
            if "." in path.stem:  # moved aside, and not ours to remove
                continue
            with contextlib.suppress(OSError):
                files.append((path.stat().st_mtime, path))
        for _, path in sorted(files, reverse=True)[MOST_FOLDERS:]:
            remove_file(path)


# --- The steps that can be taken back and done again: other settings, or a run that was put away ----------
# QUndoStack is not used: it owns its commands in C++, and commands written in Python that die with it in a round of the
# garbage collector crashed the process (PySide6 6.11).

#: Steps that can be taken back; each keeps the settings before it, leave-outs included.
MOST_UNDONE = 100


@dataclass(frozen=True, slots=True)
class SettingsStep:
    """Other settings were chosen."""

    before: RunConfig
    after: RunConfig
    beside_run: bool  #: a run was open whose settings hide those of the next: it can be taken back there too


@dataclass(frozen=True, slots=True, eq=False)
class Undoable:
    """Something was done that is no setting."""

    words: str
    undo: Callable[[], object]
    redo: Callable[[], object]


Step = SettingsStep | Undoable


class UndoSteps(QObject):
    """`apply` is given the settings to go to. Lives in the GUI thread."""

    changed = Signal()  #: other steps can be taken back or done again

    def __init__(self, apply: Callable[[RunConfig], None], parent: QObject) -> None:
        super().__init__(parent)
        self._apply = apply
        self._steps: list[Step] = []
        self._done = 0  # of these; those after it were taken back

    @property
    def last(self) -> Step | None:
        """The step that would be taken back; None: there is none."""
        return self._steps[self._done - 1] if self._done else None

    @property
    def next(self) -> Step | None:
        """Likewise of the step that would be done again."""
        return self._steps[self._done] if self._done < len(self._steps) else None

    @property
    def base(self) -> RunConfig | None:
        """The settings before the first step that can be taken back; None: none were changed."""
        done = self._steps[: self._done]
        return next((step.before for step in done if isinstance(step, SettingsStep)), None)

    def push(self, step: Step) -> None:
        """A step was taken; those that were taken back are forgotten. New settings are applied."""
        self._steps[self._done :] = [step]
        del self._steps[:-MOST_UNDONE]
        self._done = len(self._steps)
        if isinstance(step, SettingsStep):
            self._apply(step.after)
        self.changed.emit()

    @Slot()
    def undo(self) -> None:
        """Take the last step back."""
        step = self.last
        if step is not None:
            self._done -= 1
            self._apply(step.before) if isinstance(step, SettingsStep) else step.undo()
            self.changed.emit()

    @Slot()
    def redo(self) -> None:
        """Do the step again that was taken back last."""
        step = self.next
        if step is not None:
            self._done += 1
            self._apply(step.after) if isinstance(step, SettingsStep) else step.redo()
            self.changed.emit()

    def undo_this(self, step: Undoable) -> None:
        """Take this one back, also where others came after it: then it cannot be done again."""
        if self.last is step:
            self.undo()
        else:
            self.forget(step)
            step.undo()

    def forget(self, step: Undoable) -> None:
        """It can be neither taken back nor done again: that has failed, or was done elsewhere."""
        if step in self._steps:
            place = self._steps.index(step)
            del self._steps[place]
            self._done -= place < self._done
            self.changed.emit()

    def clear(self) -> None:
        """Forget all settings, as for other pictures; a run that was put away can still be had back."""
        self._steps = [step for step in self._steps[: self._done] if isinstance(step, Undoable)]
        self._done = len(self._steps)
        self.changed.emit()


# --- project ---------------------------------------------------------------------------------------------

#: Settings that say something of the pictures themselves, which no preset and no run's settings change.
OF_PICTURES = ("excluded", "hidden_folders")
#: From a change until it is written: a slider that is dragged is one change.
KEEPING_MS = 1000


class Project(QObject):
    """The shared state. Rooms change it through its methods and follow its signals; nobody keeps a copy.

    Settings that were chosen belong to the folder of pictures that is open: they are kept for it, and each step can be
    taken back (`undo_steps`). An open run has settings of its own, which nothing changes (`shown`).
    """

    scan_changed = Signal()  #: another folder, or none
    config_changed = Signal()  #: a setting, the preset, or what auto resolves to
    device_changed = Signal()
    notes_changed = Signal()  #: other settings than before do nothing on these pictures
    run_changed = Signal()  #: another run folder is the current one, or none
    choices_damaged = Signal(object)  #: what was chosen for the folder could not be read; the Path where it is kept
    choices_not_kept = Signal(object)  #: nor will what is chosen now be remembered; the StudioError, once

    def __init__(self, runs_folder: Path, parent: QObject | None = None, *, choices: Choices | None = None) -> None:
        super().__init__(parent)
        self.runs_folder = runs_folder  #: where new runs go
        self.cache = CacheWish()  #: where what starts next keeps decoded pictures
        self.undo_steps = UndoSteps(
            self._apply, self
        )  #: of what was chosen for the folder that is open, and what was done with runs
        self._choices = choices  #: None: nothing is kept
        self._scan: Scan | None = None
        self._wished = preset("sketch").config
        self._own_presets: dict[str, RunConfig] = {}
        self._device = "auto"
        self._run: Run | None = None
        self._notes: tuple[tuple[str, str], ...] = ()
        self._told_not_kept = False
        self._unkept = False  #: something was chosen and not written yet
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(KEEPING_MS)
        self._keeping.timeout.connect(self.keep_choices)

    # --- pictures ------------------------------------------------------------------------------------------

    @property
    def scan(self) -> Scan | None:
        """The scanned folder, or None while there is none."""
        return self._scan

    def set_scan(self, scan: Scan | None) -> None:
        """Take another folder's pictures, and what was chosen for them."""
        before = self._scan
        self.keep_choices()
        self._scan = scan
        if scan is not None and (before is None or before.folder != scan.folder):
            self._take_choices(scan.folder, first=before is None)
        if scan is not None and self._wished.data.hidden_folders != scan.hidden_folders:
            # What was looked into is a fact of the pictures, and goes with them.
            self._wished = self._wished.with_settings({"hidden_folders": scan.hidden_folders})
            self._keep_soon()
        self.scan_changed.emit()
        self.config_changed.emit()

    @property
    def notes(self) -> tuple[tuple[str, str], ...]:
        """Settings that do nothing on these pictures, or more than is wanted: the name, and a sentence."""
        return self._notes

    def set_notes(self, notes: tuple[tuple[str, str], ...]) -> None:
        """Take what was found out of the pictures and the settings."""
        if notes != self._notes:
            self._notes = notes
            self.notes_changed.emit()

    def _take_choices(self, pictures: Path, *, first: bool) -> None:
        """The settings of this folder: as they were kept; else the preset that was used last, with nothing changed.

        What was chosen before there were any pictures holds for those that come first, over what was kept for them.
        """
        kept = self._choices.of(pictures) if self._choices is not None else None
        base = self.undo_steps.base
        if first and base is not None:
            chosen = {name: value for name, value in self._wished.settings().items() if value != base.setting(name)}
            if kept is not None and self._wished.preset == base.preset:
                self._wished = kept.with_settings(chosen)
            self._keep_soon()
        elif kept is not None:
            self._wished = kept
        elif not first:
            self._wished = self.preset_config
        self.undo_steps.clear()
        if self._choices is not None and self._choices.damaged is not None:
            self.choices_damaged.emit(self._choices.damaged)
            self._choices.damaged = None

    def looks_into_hidden(self, pictures: Path) -> bool:
        """Whether hidden folders below this one are looked into: as its open run had it, or as it was chosen."""
        run = self._run
        if run is not None and same_folder(run.source_folder, pictures):
            return run.config.data.hidden_folders
        kept = self._choices.of(pictures) if self._choices is not None else None
        return kept is not None and kept.data.hidden_folders

    @Slot()
    def keep_choices(self) -> None:
        """Write what was chosen, if that has not been done since the last change."""
        self._keeping.stop()
        if self._unkept and self._scan is not None and self._choices is not None:
            error = self._choices.keep(self._scan.folder, self._wished)
            self._unkept = False
            if error is not None and not self._told_not_kept:
                self._told_not_kept = True
                self.choices_not_kept.emit(error)

    # --- settings ------------------------------------------------------------------------------------------

    @property
    def wished(self) -> RunConfig:
        """The settings as chosen, with auto where it was left so."""
        return self._wished

    @property
    def config(self) -> RunConfig:
        """The settings as they will be used: auto is resolved from the pictures, as far as there are any."""
        return self._wished if self._scan is None else resolve(self._wished, self._scan.facts())

    @property
    def shown_wished(self) -> RunConfig:
        """The settings that belong to the pictures that are shown: their open run's own, else those that are chosen."""
        run = self.run_of_pictures
        return self._wished if run is None else run.config

    @property
    def shown_config(self) -> RunConfig:
        """Likewise, with auto resolved."""
        run = self.run_of_pictures
        return self.config if run is None else run.config

    @property
    def preset_config(self) -> RunConfig:
        """The untouched preset, to tell what was changed: one of one's own where that was chosen."""
        return self.preset_of(self._wished)

    def preset_of(self, config: RunConfig) -> RunConfig:
        """The untouched preset of these settings."""
        own = self.own_preset_of(config)
        return self._own_presets[own] if own else preset(config.preset).config

    def own_preset_of(self, config: RunConfig) -> str:
        """The preset of one's own that these settings are, or began with as far as it is still known; "": none."""
        alike = (name for name, own in self._own_presets.items() if same_settings(own, config))
        return next(alike, config.own_preset if config.own_preset in self._own_presets else "")

    def set_own_presets(self, own: Mapping[str, RunConfig]) -> None:
        """Take the presets of one's own that there are now, by name."""
        if own != self._own_presets:
            self._own_presets = dict(own)
            self.config_changed.emit()

    def changed_settings(self) -> tuple[str, ...]:
        """The names of the settings that differ from the preset."""
        return changed_settings(self._wished, self.preset_config)

    def problems(self) -> tuple[ConfigError, ...]:
        """What keeps the settings from being trained; empty when they can be."""
        return self.config.problems()

    def set_preset(self, name: str) -> None:
        """Start over from a preset. What is said of the pictures (which are left out, say) stays."""
        self.set_config(preset(name).config)

    def set_config(self, config: RunConfig) -> None:
        """Choose all settings at once. What is said of the pictures stays."""
        kept = {setting: self._wished.setting(setting) for setting in OF_PICTURES}
        self._change(config.with_settings(kept))

    def set_settings(self, changes: Mapping[str, Any]) -> None:
        """Change settings by flat name; ConfigError for a value that cannot be (nothing is changed then)."""
        self._change(self.wished_with(changes))

    def wished_with(self, changes: Mapping[str, Any]) -> RunConfig:
        """What `set_settings` would choose. The options of a variant go with it: another one does not know them."""
        plain = self.preset_config
        left = {
            name: plain.setting(name) if changes[facts.options_of] == plain.setting(facts.options_of) else None
            for name, facts in SETTINGS.items()
            if facts.options_of in changes and changes[facts.options_of] != self._wished.setting(facts.options_of)
        }
        return self._wished.with_settings({**left, **changes})

    def reset_setting(self, name: str) -> None:
        """Put one setting back to the preset's."""
        self.set_settings({name: self.preset_config.setting(name)})

    def adopt(self, config: RunConfig, measured: tuple[str, ...] = ()) -> None:
        """Choose the settings of a run for the pictures that are open; what auto comes to is left on auto.

        Which classes there are, and which pictures are left out, is for the pictures to say. measured: settings of the
        run that nobody chose: it has what was faster for its network on its computer.
        """
        kept = {setting: self._wished.setting(setting) for setting in OF_PICTURES}
        taken = config.with_settings({"class_names": None, **kept})
        if self._scan is not None:
            automatic = {name: None for name, value in self.preset_of(config).settings().items() if value is None}
            resolved = resolve(taken.with_settings(automatic), self._scan.facts())
            same = {name: None for name in automatic if resolved.setting(name) == config.setting(name)}
            taken = taken.with_settings({name: None for name in same if name != "excluded"})
        if "amp" in measured:
            taken = taken.with_settings({"amp": "auto"})
        self._change(taken)

    def _change(self, config: RunConfig) -> None:
        before = self._wished
        if config == before and config.own_preset == before.own_preset:
            return
        excluded, known = config.data.excluded, before.data.excluded
        if excluded and known and excluded is not known:
            # A hundred thousand names may stay the same from step to step: they are kept once.
            same = {name: name for name in known}
            shared = tuple(same.get(name, name) for name in excluded)
            config = replace(config, data=replace(config.data, excluded=shared))
        self.undo_steps.push(SettingsStep(before, config, beside_run=self.run_of_pictures is not None))

    def _apply(self, config: RunConfig) -> None:
        self._wished = config
        self._keep_soon()
        self.config_changed.emit()

    def _keep_soon(self) -> None:
        self._unkept = True
        if self._choices is not None and self._scan is not None:
            self._keeping.start()

    # --- device and run ------------------------------------------------------------------------------------

    @property
    def device(self) -> str:
        """The wish: "auto", "cpu", "cuda:0", "mps"."""
        return self._device

    def set_device(self, name: str) -> None:
        """Choose the device for what starts next."""
        if name != self._device:
            self._device = name
            self.device_changed.emit()

    @property
    def run(self) -> Run | None:
        """The run that is training or was last; None before the first."""
        return self._run

    @property
    def run_of_pictures(self) -> Run | None:
        """The current run, where it trains on the pictures that are open: its settings hold for them."""
        run, scan = self._run, self._scan
        return run if run is not None and scan is not None and same_folder(scan.folder, run.source_folder) else None

    def set_run(self, run: Run | None) -> None:
        """Make a run the current one."""
        self._run = run
        self.run_changed.emit()
