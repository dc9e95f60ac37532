"""Loads the heavy libraries on a worker, one after the other, so that the window is there before them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.device import DeviceInfo


@dataclass(frozen=True, slots=True)
class Loaded:
    """A library is there."""

    name: str


@dataclass(frozen=True, slots=True)
class Devices:
    """torch is there, and these are its devices."""

    rows: tuple[DeviceInfo, ...]


def warm_up() -> Iterator[Loaded | Devices]:
    """Yields after each library: numpy, then pyqtgraph (the plots), then torch with the devices it has."""
    for name in ("numpy", "PIL.Image", "pyqtgraph"):
        importlib.import_module(name)
        yield Loaded(name)
    device = importlib.import_module("core.device")
    yield Devices(device.devices())
    # The first optimizer pulls in a good second of torch; better now than in the first training step.
    for name in ("torch.optim", "torch._dynamo", "core.samplers"):
        importlib.import_module(name)
        yield Loaded(name)
