"""Loads the heavy libraries when the window is there: on a worker what can be, the rest in strokes."""

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

from PySide6 import QtCore, QtGui, QtWidgets

from .rooms import ROOMS

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


#: What the rooms import that makes no class of Qt's; the last line is what pyqtgraph imports.
_LIBRARIES = (
    # numpy loads its random part at its first use only. In the middle of _map_torch that would wait for the system's
    # loader, holding the interpreter, and the window with it for as long as torch is read.
    *("numpy", "numpy.random", "PIL.Image"),
    *("core.frames", "core.runs.run", "core.runs.grids", "core.runs.metrics"),
    *("core.training.events", "core.training.timesteps", "core.training.plan", "core.pictures.folder.arranging"),
    *("multiprocessing.connection", "pydoc", "xml.etree.ElementTree"),
)


def load_libraries() -> Iterator[Loaded]:
    """What the rooms are made of, and what can be loaded beside the window: see import_rooms."""
    for name in _LIBRARIES:
        importlib.import_module(name)
        yield Loaded(name)


def import_rooms() -> Iterator[None]:
    """The plots and the rooms' own modules, in strokes of the GUI thread, never on a worker.

    They define classes with signals and slots. PySide6 keeps those classes in a table that it changes without a lock,
    and every repaint and style change of the window reads it: a module that was imported beside that crashed the start
    now and then, in PySide::MetaObjectBuilder::update().
    """
    # PySide6 makes a class when it is asked for, and pyqtgraph asks for every one that there is.
    for module in (QtCore, QtGui, QtWidgets):
        for name in dir(module):
            getattr(module, name)
        yield
    for name in ("pyqtgraph", *(module for room in ROOMS.values() for module in room.modules)):
        importlib.import_module(name)
        yield


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
