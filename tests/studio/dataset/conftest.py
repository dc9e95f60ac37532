"""A dataset room with real widgets, and small folders of pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from studio.app.i18n import Translations
from studio.app.settings import Settings
from studio.app.theme import theme
from studio.dataset.controller import DatasetController
from studio.dataset.panel import DatasetPanel
from studio.project import Choices, Project

SIDE_PX = 20


def make_picture(path: Path, number: int) -> None:
    """Colourful and different for each number."""
    values = np.random.default_rng(number).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    Image.fromarray(values).resize((SIDE_PX, SIDE_PX), Image.Resampling.BICUBIC).save(path)


@pytest.fixture(autouse=True)
def look_and_language(qapp):
    """As the program has them: style sheet, English numbers."""
    theme().apply("dark")
    translations = Translations(qapp)
    translations.switch("en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six pictures, one broken file that claims to be one, one text file."""
    made = tmp_path / "pictures"
    made.mkdir()
    for number in range(6):
        make_picture(made / f"{number}.png", number)
    (made / "broken.png").write_bytes((made / "0.png").read_bytes()[:60])
    (made / "notes.txt").write_text("not a picture")
    return made


@dataclass
class Room:
    """The room with everything behind it."""

    project: Project
    settings: Settings
    panel: DatasetPanel
    controller: DatasetController


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    project = Project(tmp_path / "runs", choices=Choices(tmp_path / "choices"))
    settings = Settings(tmp_path / "settings.json")
    panel = DatasetPanel(settings)
    qtbot.addWidget(panel)
    controller = DatasetController(project, settings, panel)
    panel.resize(1280, 712)
    panel.show()
    yield Room(project, settings, panel, controller)
    project.keep_choices()
    assert controller.shutdown(5000)


@pytest.fixture
def opened(room: Room, folder: Path, qtbot: QtBot) -> Room:
    """The room with the folder open and its first picture shown."""
    with qtbot.waitSignal(room.controller.opened):
        room.controller.open_folder(folder)
    qtbot.waitUntil(lambda: not room.panel.inspector.seen.picture.isNull())
    return room


@pytest.fixture
def pets(room: Room, tmp_path: Path, qtbot: QtBot) -> Room:
    """cats/1, 2, 10 of 20, 30, 40 px, dogs/1 of 20 px, one broken file."""
    folder = tmp_path / "pets"
    for name, side in (("cats/1", 20), ("cats/2", 30), ("cats/10", 40), ("dogs/1", 20)):
        path = folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        make_picture(path, side)
        Image.open(path).resize((side, side)).save(path)
    (folder / "dogs" / "broken.png").write_bytes((folder / "dogs" / "1.png").read_bytes()[:60])
    with qtbot.waitSignal(room.controller.opened):
        room.controller.open_folder(folder)
    qtbot.waitUntil(lambda: not room.panel.inspector.seen.picture.isNull())
    return room
