"""Presets of one's own: a starting point with a name, kept as one JSON file each, which can be handed to others.

Such a file says a preset of `core.presets` and what differs from it, so that it holds settings only: a run that begins
with it is recorded with all of them, and needs the file no more.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from .errors import ConfigError, Phrase, StudioError, phrase_of, showable
from .presets import PRESETS, changed_settings, preset
from .reading import parse_json, read_regular
from .runs.atomic import make_folder, remove_file, write_json
from .setting import as_text
from .settings import RunConfig

FORMAT = "ddpm-studio preset"
VERSION = 1
#: How a file of one ends. A drop tells it from a checkpoint's JSON by this.
SUFFIX = ".preset.json"
#: The folder, where the usual one is not meant.
FOLDER_VARIABLE = "DDPM_STUDIO_PRESETS"

MOST_BYTES = 200_000
LONGEST_NAME, LONGEST_DESCRIPTION = 60, 1000
#: Files that are looked at; more are nobody's list.
MOST_FILES = 500
#: Settings that say something of one folder of pictures.
OF_PICTURES = ("excluded", "hidden_folders", "class_names")

_NOT_IN_A_NAME = re.compile(r'[\x00-\x1f<>:"/\\|?*]')


@dataclass(frozen=True, slots=True)
class OwnPreset:
    """A starting point of one's own."""

    name: str
    description: str
    config: RunConfig  #: its `preset` is the one of `core.presets` that it is based on
    path: Path


def presets_folder(usual: Path | None = None) -> Path:
    """Where they are kept: what the environment says, else `usual`, else in the user's folder of settings.

    Raises RuntimeError for a user without a home.
    """
    said = os.environ.get(FOLDER_VARIABLE)
    if said:
        return Path(os.path.expanduser(said))  # noqa: PTH111 (~ of nobody stays as it is; pathlib raises)
    return _users_settings() / "ddpm-studio" / "presets" if usual is None else usual


def _users_settings() -> Path:
    """The platform's folder for settings, the one where Qt has it."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Preferences"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def own_presets(folder: Path) -> list[OwnPreset]:
    """Those in a folder, by name; a file that is none is left out."""
    found: dict[str, OwnPreset] = {}
    for path in _files(folder):
        with suppress(StudioError):
            one = read_preset(path)
            found.setdefault(one.name.casefold(), one)
    return [found[name] for name in sorted(found)]


def read_preset(path: Path) -> OwnPreset:
    """The preset in a file, which anybody may have written. Raises ConfigError naming the file and what is wrong."""
    try:
        plain = parse_json(read_regular(path, MOST_BYTES))
        if not isinstance(plain, dict) or plain.get("format") != FORMAT:
            raise ValueError(Phrase("preset.none"))
        if plain.get("version") != VERSION:
            raise ValueError(Phrase("preset.newer"))
        name, description, settings = plain.get("name"), plain.get("description", ""), plain.get("settings")
        if not isinstance(name, str) or not isinstance(description, str) or not isinstance(settings, dict):
            raise ValueError(Phrase("preset.parts"))
        require_name(name)
        config = preset(str(plain.get("preset"))).config.with_settings(settings)
    except OSError as error:
        raise ConfigError("preset.not-read", path=path, reason=phrase_of(error)) from error
    except (ValueError, RecursionError) as error:
        reason = error.args[0] if error.args and isinstance(error.args[0], Phrase) else Phrase("preset.none")
        raise ConfigError("preset.not-read", path=path, reason=reason) from None
    except ConfigError as error:
        raise ConfigError("preset.not-read", path=path, reason=phrase_of(error)) from error
    return OwnPreset(name, showable(description, LONGEST_DESCRIPTION), replace(config, own_preset=name), path)


def save_preset(folder: Path, name: str, description: str, config: RunConfig) -> OwnPreset:
    """Keep settings under a name; one of that name is replaced. Raises ConfigError for a name, RunError of the disk."""
    name = name.strip()
    require_name(name)
    make_folder(folder)
    before = next((one for one in own_presets(folder) if one.name.casefold() == name.casefold()), None)
    config = replace(config, own_preset=name)
    made = OwnPreset(name, description.strip(), config, folder / f"{name}{SUFFIX}" if before is None else before.path)
    export_preset(made, made.path)
    return made


def export_preset(one: OwnPreset, path: Path) -> None:
    """Write it into a file for others. Raises RunError."""
    settings = {name: one.config.setting(name) for name in changed_settings(one.config) if name not in OF_PICTURES}
    plain = {
        "format": FORMAT,
        "version": VERSION,
        "name": one.name,
        "description": one.description[:LONGEST_DESCRIPTION],
        "preset": one.config.preset,
        "settings": {name: value if value is None else as_text(value) for name, value in settings.items()},
    }
    write_json(path, plain)


def remove_preset(one: OwnPreset) -> None:
    """Forget it. Raises RunError."""
    remove_file(one.path)


def require_name(name: str) -> None:
    """Raises ConfigError for what cannot be the name of a preset, and of its file."""
    bad = _NOT_IN_A_NAME.search(name) or name.startswith(".") or name != name.strip()
    if not name or len(name) > LONGEST_NAME or bad or not name.isprintable():
        expected = Phrase("value.preset-name", most=LONGEST_NAME)
        raise ConfigError("config.bad-value", name="name", value=name, expected=expected)
    if name.lower() in PRESETS:
        raise ConfigError("config.bad-value", name="name", value=name, expected=Phrase("value.not-built-in"))


def starting_config(said: str) -> RunConfig:
    """What `--preset` names: a preset of `core.presets`, one of one's own, or the file of one. Raises ConfigError."""
    if said.lower() in PRESETS:
        return preset(said).config
    own: list[OwnPreset] = []
    with suppress(RuntimeError):  # there is no home folder
        own = own_presets(presets_folder())
    for one in own:
        if one.name.casefold() == said.casefold():
            return one.config
    if said.endswith(".json") or os.sep in said:
        return read_preset(Path(said)).config
    raise ConfigError("config.unknown-preset", name=said, known=", ".join([*PRESETS, *(one.name for one in own)]))


def _files(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIX))[:MOST_FILES]
