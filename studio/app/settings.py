"""What the window remembers between starts: one table of names and defaults, one JSON file, written atomically."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QStandardPaths

from core.errors import StudioError
from core.reading import read_json
from core.runs.atomic import remove_stale_temps, write_json
from core.settings import USUAL_GUIDE_SCALE, USUAL_SAMPLER

if TYPE_CHECKING:
    from core.pictures.feed.cache_folder import CachePlace


#: Counted up when a remembered value changes its meaning.
VERSION = 1

#: Everything that is remembered, with its default. A value of another type than its default is ignored.
DEFAULTS: dict[str, Any] = {
    "theme": "system",
    "language": "system",
    "text_size": 0,
    "system_text_size": 100,
    "left_at": {},
    "room": "dataset",
    "place": {},
    "folder": "",
    "run": "",
    "closed_in_training": "",
    "device": "auto",
    "preset": "sketch",
    "dataset_splitter": "",
    "export_folder": "",
    "cache_folder": "",
    "cache_gb": 20,
    "thumbnail_columns": 8,
    "loss_smoothing": 0.97,
    "notices": True,
    "training_plot": "loss",
    "training_plots_below": [],
    "training_axis": "step",
    "training_timesteps": True,
    "training_events": False,
    "sampler": USUAL_SAMPLER,
    "sampler_steps": {},
    "sampler_seed": 7,
    "sampler_count": 16,
    "sampler_spacing": "",
    "sampler_precision": "off",
    "sampler_more": False,
    "sampler_model": {},
    "sampler_way": "pictures",
    "sampler_kept": False,
    "inside_tab": "network",
    "training_tab": "curves",
    "runs_axis": "step",
    "twins_steps": 300,
    "twins_seeds": 2,
    "lesson_page": "begin",
    "lesson_done": [],
    "generations_gb": 2,
    "sampler_layers": ["x_t", "x_0"],
    "start_folder": "",
    "model_folder": "",
    "guidance_scale": 1.0,
    "guidance_rescale": 0.0,
    "sampler_guide": {},
    "guide_scale": USUAL_GUIDE_SCALE,
}


class Settings:
    """The remembered values. Reading never fails: what cannot be read is moved aside and the defaults hold."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged: Path | None = None  #: where a file that could not be read was moved to
        self.newer: Path | None = None  #: where the file of a newer version of the program is kept
        self._values = dict(DEFAULTS)
        self._unknown: dict[str, Any] = {}  #: another version's values, which go back into the file as they were
        remove_stale_temps(path.parent)
        self._load()

    def _load(self) -> None:
        try:
            stored = read_json(self.path)
            if not isinstance(stored, dict):
                raise ValueError
        except FileNotFoundError:
            return
        except (OSError, ValueError, RecursionError):
            self.damaged = beside(self.path, "damaged")
            try:
                self.path.replace(self.damaged)
            except OSError:
                self.damaged = None
            return
        version = stored.pop("version", VERSION)
        if isinstance(version, int) and version > VERSION:
            self.newer = beside(self.path, "newer")
            with contextlib.suppress(StudioError):
                write_json(self.newer, {"version": version, **stored})
        for name, default in DEFAULTS.items():
            value = stored.get(name, default)
            if type(value) is type(default):
                self._values[name] = value
        self._unknown = {name: value for name, value in stored.items() if name not in DEFAULTS}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 (a value of any type)
        return self._values[name]

    def __setitem__(self, name: str, value: object) -> None:
        assert type(value) is type(DEFAULTS[name]), name
        self._values[name] = value

    def save(self) -> StudioError | None:
        """Write the file; an error is returned, not raised: forgetting a splitter is no reason to fail."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_json(self.path, {"version": VERSION, **self._unknown, **self._values})
        except StudioError as error:
            return error
        except OSError:
            return None
        return None


def beside(path: Path, why: str) -> Path:
    """A name for a copy of a JSON file that no file has yet."""
    number, copy = 1, path.with_suffix(f".{why}.json")
    while copy.exists():
        number += 1
        copy = path.with_suffix(f".{why}-{number}.json")
    return copy


_root: Path | None = None


def keep_everything_in(root: Path | None) -> None:
    """From now on settings and data live under `root`, away from the person's own (None: no longer): for the tour."""
    global _root  # noqa: PLW0603 (one process, one place)
    _root = root


def settings_path() -> Path:
    """Where the settings file is kept on this system."""
    location = QStandardPaths.StandardLocation.AppConfigLocation
    return (_root or Path(QStandardPaths.writableLocation(location))) / "settings.json"


def data_folder() -> Path:
    """Where unpacked sample sets and, by default, runs are kept on this system."""
    return _root or _stand_in or Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation))


_stand_in: Path | None = None


def stand_in_for_data_folder() -> Path | None:
    """A folder among the temporary ones where the usual one cannot be written; None where it can.

    What cannot be remembered is no reason not to start: a home may be read-only, or not be there at all.
    """
    global _stand_in  # noqa: PLW0603 (one process, one place)
    usual = data_folder()
    with contextlib.suppress(OSError):
        usual.mkdir(parents=True, exist_ok=True)
        if os.access(usual, os.W_OK | os.X_OK):
            return None
    with contextlib.suppress(OSError):
        _stand_in = Path(tempfile.mkdtemp(prefix="ddpm-studio-"))
    return _stand_in or usual


# --- Where decoded pictures are to be kept, as the person has chosen; what the environment says goes before it ---

#: What may be chosen; 0 keeps nothing.
MOST_GB = 100_000


class CacheWish(NamedTuple):
    """None: as usual."""

    folder: Path | None = None
    quota_bytes: int | None = None

    @classmethod
    def of(cls, settings: Settings) -> CacheWish:
        """What the window remembers."""
        folder, gigabytes = settings["cache_folder"], settings["cache_gb"]
        return cls(Path(folder) if folder else None, min(max(0, gigabytes), MOST_GB) * 10**9)

    def place(self) -> CachePlace:
        """Where they are kept then. Raises ConfigError for an environment that says what cannot be."""
        from core.pictures.feed.cache_folder import CachePlace

        return CachePlace.usual(*self)
