"""Loads the heavy libraries on a worker, one after the other, so that the window is there before them."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
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


def load_rooms() -> Iterator[Loaded]:
    """What the rooms are made of: numpy, Pillow, the plots, and the rooms' own modules."""
    rooms = [f"studio.{room}.{part}" for room in ("training", "sampler") for part in ("panel", "controller")]
    # numpy loads its random part at its first use only. In the middle of _map_torch that would wait for the system's
    # loader, holding the interpreter, and the window with it for as long as torch is read.
    for name in ("numpy", "numpy.random", "PIL.Image", "pyqtgraph", *rooms):
        importlib.import_module(name)
        yield Loaded(name)


def load_torch() -> Iterator[Loaded | Devices]:
    """torch and the devices it has, then what the first steps of training and sampling would wait for."""
    _map_torch()
    device = importlib.import_module("core.device")
    yield Devices(device.devices())
    # The first optimizer pulls in a good second of torch; better now than in the first training step.
    for name in ("torch.optim", "torch._dynamo", "core.samplers"):
        importlib.import_module(name)
        yield Loaded(name)


def _map_torch() -> None:
    """Have the system load torch's libraries before Python imports them.

    `import torch` loads hundreds of megabytes while it holds the interpreter, and the window stands still: 210 ms here
    from a warm file cache, seconds from a cold disk. Called through ctypes the same loading leaves the interpreter
    free; what the import then finds in memory takes half of the pause away.
    """
    found = importlib.util.find_spec("torch")
    if sys.platform != "linux" or found is None or found.origin is None:
        return
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.restype, dlopen.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
    for name in ("libc10.so", "libtorch_cpu.so", "libtorch_python.so"):
        # A library that is not there, or that wants another first, is loaded by the import as always.
        dlopen(os.fsencode(Path(found.origin).parent / "lib" / name), os.RTLD_LAZY)
