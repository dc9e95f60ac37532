"""A conditional model in the room: what it is shown, from its run or from files, and where that is seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog

from core.runs.checkpoint import save_checkpoint
from core.runs.run import Run
from studio.sampler.condition_row import FILES
from studio.sampler.models import HELD_OUT, TRAINED_ON
from tests.studio.sampler.conftest import Room, tiny_checkpoint


@pytest.fixture(scope="session")
def conditional_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a model that sees the grey picture, with its pictures: number k is of the colour 20·k."""
    pictures = tmp_path_factory.mktemp("coloured")
    for number in range(12):
        Image.fromarray(np.full((8, 8, 3), 20 * number, np.uint8)).save(pictures / f"{number}.png")
    folder = tmp_path_factory.mktemp("runs") / "coloured-01"
    checkpoint = tiny_checkpoint(0, {"condition": "grey", "hold_out": 0.5})
    run = Run.create(folder, checkpoint.config, source_folder=pictures, device="cpu", planned_total=100)
    save_checkpoint(run.checkpoints_folder, checkpoint)
    return folder


def source(room: Room, what: str) -> None:
    row = room.panel.controls.options.condition_row
    row.source.setCurrentIndex(row.source.findData(what))


def test_model_when_it_sees_nothing_has_no_row(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    assert room.panel.controls.options.condition_row.isHidden()


def test_model_when_it_sees_a_picture_is_shown_those_of_its_run(room: Room, conditional_run: Path) -> None:
    room.open(conditional_run)
    row = room.panel.controls.options.condition_row
    assert not row.isHidden() and row.source.currentData() == HELD_OUT
    room.choose("ddim", 3, count=3)
    held_out = room.final()
    recording = room.recording
    assert recording.condition is not None and recording.condition.shape == (3, 8, 8, 1)
    names = recording.settings["condition"]
    assert [20 * int(Path(str(name)).stem) for name in names] == recording.condition[:, 0, 0, 0].tolist()
    assert not room.panel.wells.beside.isHidden()
    assert room.panel.wells.beside_grid.count() == 3
    source(room, TRAINED_ON)
    trained_on = room.final()
    assert set(room.recording.settings["condition"]).isdisjoint(names)
    assert (held_out != trained_on).any()


def test_files_when_dropped_are_seen_in_turn(room: Room, conditional_run: Path, tmp_path: Path) -> None:
    room.open(conditional_run)
    for name, value in (("a", 10), ("b", 240)):
        Image.new("RGB", (16, 16), (value,) * 3).save(tmp_path / f"{name}.png")
    room.panel.paths_dropped.emit([tmp_path / "a.png", tmp_path / "b.png"])
    row = room.panel.controls.options.condition_row
    assert row.source.currentData() == FILES and row.files() == (tmp_path / "a.png", tmp_path / "b.png")
    room.choose("ddim", 2, count=3)
    room.generate()
    assert room.recording.condition is not None
    assert room.recording.condition[:, 0, 0, 0].tolist() == [10, 240, 10]


def test_files_when_none_are_chosen_or_broken_keep_generate_back(
    room: Room, conditional_run: Path, tmp_path: Path
) -> None:
    room.open(conditional_run)
    source(room, FILES)
    assert room.panel.request() is None
    assert room.panel.controls.options.missing() == "Choose the pictures that the model is to see first."
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    room.panel.controls.show_files([broken])
    room.qtbot.waitUntil(lambda: not room.panel.controls.options.condition_row.files())
    assert room.panel.banner.text()


def test_own_pictures_when_chosen_are_asked_for_at_once_and_seen_before_anything_is_made(
    room: Room, conditional_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.open(conditional_run)
    room.choose("ddim", 2, count=3)
    room.generate()
    document = tmp_path / "thing.pdf"
    document.write_bytes(b"%PDF-1.4 nothing to see")
    Image.new("RGB", (16, 16), (240,) * 3).save(tmp_path / "b.png")
    asked: list[tuple[str, str]] = []

    def files(_parent: object, _title: str, folder: str, kinds: str) -> tuple[list[str], str]:
        asked.append((folder, kinds))
        return [str(document), str(tmp_path / "b.png")], kinds

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", files)
    row = room.panel.controls.options.condition_row
    source(room, FILES)
    row.source.activated.emit(row.source.currentIndex())
    (folder, kinds) = asked[0]
    assert Path(folder).is_dir() and "*.png" in kinds and "*.pdf" not in kinds
    # What is no picture is told of, and the other one is seen in every place.
    room.qtbot.waitUntil(lambda: row.files() == (tmp_path / "b.png",))
    assert "thing.pdf" in room.panel.banner.text()
    wells = room.panel.wells
    room.qtbot.waitUntil(lambda: wells.beside.accessibleName() == "Condition of the next")
    assert wells.beside_grid.count() == 3
    source(room, HELD_OUT)
    assert wells.beside.accessibleName() == "Condition"
