"""A room with a real panel, transport and controller, over a few tiny pictures and a tiny network."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.pictures.folder.scan import Scan, scan_all
from studio.app.settings import Settings
from studio.app.theme import theme
from studio.app.transport import TransportBar
from studio.jobs.worker import Worker
from studio.project import Project
from studio.training.controller import TrainingController
from studio.training.panel import TrainingPanel
from studio.training.running import MakeJob, make_training_job

TINY = {
    "dim": 8,
    "dim_mults": "1,2",
    "attn_heads": 1,
    "attn_dim_head": 8,
    "image_size": 8,
    "timesteps": 50,
    "steps": 12,
    "probe_share": 0,
    "batch_size": 2,
    "warmup_steps": 0,
    "checkpoint_every": 6,
    "sample_every": 6,
    "sample_count": 4,
    "sample_steps": 3,
}


@pytest.fixture(scope="session")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    folder = tmp_path_factory.mktemp("pictures") / "dots"
    folder.mkdir()
    draw = np.random.default_rng(0)
    for number in range(6):
        Image.fromarray(draw.integers(0, 255, (8, 8, 3), dtype=np.uint8)).save(folder / f"{number}.png")
    return scan_all(folder)


@dataclass
class Room:
    project: Project
    settings: Settings
    panel: TrainingPanel
    transport: TransportBar
    controller: TrainingController


@contextmanager
def rooms_in(folder: Path) -> Iterator[Callable[..., Room]]:
    """A function that makes rooms; all are closed at the end."""
    rooms: list[Room] = []

    def make(make_job: MakeJob = make_training_job) -> Room:
        project, settings = Project(folder / "runs"), Settings(folder / "settings.json")
        panel, transport = TrainingPanel(settings), TransportBar()
        panel.resize(1100, 592)
        transport.resize(1100, 44)
        controller = TrainingController(project, settings, panel, transport, parent=panel, make_job=make_job)
        rooms.append(Room(project, settings, panel, transport, controller))
        panel.show()
        transport.show()
        return rooms[-1]

    yield make
    while rooms:
        room = rooms.pop()
        assert room.controller.shutdown(20_000)
        for widget in (room.panel, room.transport):
            widget.close()
            widget.deleteLater()
        # pyqtgraph's menus have no parent: they go with the plots, which the test's arguments and cycles would keep.
        vars(room).clear()
        del room, widget
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


@pytest.fixture
def make_room(qapp: QApplication, tmp_path: Path) -> Iterator[Callable[..., Room]]:
    with rooms_in(tmp_path) as make:
        yield make


@pytest.fixture(scope="module")
def kept_room(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory, scan: Scan) -> Iterator[Room]:
    """One room for all tests of a module that do nothing but type into its form."""
    theme().apply("dark")
    with rooms_in(tmp_path_factory.mktemp("room")) as make:
        made = make()
        made.project.set_scan(scan)
        yield made
        del made


@pytest.fixture
def form_room(kept_room: Room, qtbot: QtBot) -> Iterator[Room]:
    """The room that is kept, with the settings that it began with."""
    kept_room.project.set_preset("sketch")
    yield kept_room
    # The estimates of what was typed come from a thread.
    qtbot.waitUntil(lambda: not any(worker.running for worker in kept_room.controller.findChildren(Worker)))


@pytest.fixture
def room(make_room: Callable[..., Room], scan: Scan) -> Room:
    made = make_room()
    made.project.set_settings(TINY)
    made.project.set_scan(scan)
    return made
