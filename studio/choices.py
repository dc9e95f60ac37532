"""What was chosen for each folder of pictures and not yet trained with: settings and leave-outs, one file a folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from core.errors import StudioError
from core.presets import changed_settings, preset
from core.reading import read_json
from core.runs.atomic import make_folder, remove_file, remove_stale_temps, write_json
from core.settings import RunConfig

from .settings import beside

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
            return preset(str(stored.get("preset"))).config.with_settings(stored["settings"])
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
