"""Where decoded pictures are to be kept, as the person has chosen; what the environment says goes before it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from core.pictures.feed.cache_folder import CachePlace

    from .settings import Settings

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
