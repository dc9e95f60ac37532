"""Where a command writes its pictures: never over what is there, unless it is told to (`--force`)."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..errors import SamplingError
from ..showable import showable
from .reporting import warn


class OutFolder:
    """A folder for a command's files. Whatever it writes asks here for the path."""

    #: What `sample` calls its pictures.
    _OWN = re.compile(r"\d{5,}\.png|grid\.png|step-\d{4,}.*-x_[t0]\.png")

    def __init__(self, folder: Path, *, force: bool) -> None:
        self._folder, self._force = folder, force
        self._written: set[str] = set()

    def require_free(self) -> None:
        """Refuse a folder that holds pictures with names like those to come: old and new would be taken for one set.

        Before the work, which may take hours. Raises SamplingError.
        """
        there = self._others()
        if there and not self._force:
            raise SamplingError("sampling.exists", path=self._folder / there[0])

    def make(self) -> None:
        """Make the folder. Raises RunError."""
        from ..storage.atomic import make_folder

        make_folder(self._folder)

    def path(self, name: str) -> Path:
        """Where the file of that name is to be written. Raises SamplingError for one that came there meanwhile."""
        path = self._folder / name
        if os.path.lexists(path) and not self._force:
            raise SamplingError("sampling.exists", path=path)
        self._written.add(name)
        return path

    def tell_of_others(self) -> None:
        """Say on stderr which pictures of earlier are still there."""
        others = self._others()
        if others:
            shown = ", ".join(others[:3]) + (" …" if len(others) > 3 else "")
            warn(f"{showable(str(self._folder))} still holds {len(others):,} pictures of earlier: {showable(shown)}")

    def _others(self) -> list[str]:
        """The names of such pictures that were not written now, in order."""
        try:
            names = [path.name for path in self._folder.iterdir()]
        except OSError:  # not there yet; what else is wrong is told when it is made
            return []
        return sorted(name for name in names if self._OWN.fullmatch(name) and name not in self._written)
