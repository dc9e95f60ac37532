"""A conditional model in the room: what it is shown, from its run or from files, and where that is seen."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog

from core.comparison import differing
from core.errors import SamplingError
from core.runs.checkpoint import save_checkpoint
from core.runs.run import Run
from studio.app.messages import error_text
from studio.sampler.condition_row import FILES
from studio.sampler.models import HELD_OUT, TRAINED_ON, ModelFacts
from studio.sampler.step_told import tell
from tests.studio.sampler.conftest import Room, tiny_checkpoint
from tests.studio.tips import tip_of


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


def test_fit_steps_when_the_model_sees_a_picture_says_why_not(room: Room, conditional_run: Path) -> None:
    room.open(conditional_run)
    fit = room.panel.controls.options.fit
    assert not fit.isEnabled() and error_text(SamplingError("sampling.fit-condition")) in tip_of(fit)


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


def test_second_run_when_made_of_a_reopened_generation_sees_what_that_saw(
    room: Room, conditional_run: Path, tmp_path: Path
) -> None:
    run = tmp_path / "coloured-02"
    shutil.copytree(conditional_run, run)
    room.open(run)
    room.choose("ddim", 3, count=2)
    room.generate()
    room.qtbot.waitUntil(lambda: not room.controller.keeping)
    made = room.recording
    room.choose("ddim", 3, seed=8, count=1)
    source(room, TRAINED_ON)
    room.generate()
    room.qtbot.waitUntil(lambda: not room.controller.keeping)
    path = made.kept_at
    assert path is not None
    room.controller._kept.show_again(path)
    room.qtbot.waitUntil(lambda: room.recording.kept_at == path and room.controller.made_by is not None)
    again = room.recording
    assert again.condition is not None and (again.condition == made.condition).all()
    # The tile of This step is what the network saw, in its range.
    tile = tell(again, 1, 1).condition
    assert tile is not None and tile.values is not None
    np.testing.assert_allclose(tile.values, again.condition[1].astype(np.float32) / 127.5 - 1, atol=1e-6)
    room.panel.ways.choose("compare")
    room.panel.compare.take("A", again)
    request, facts, _ = room.panel._offers()
    assert request is not None and facts is not None and (request.seed, request.count) == (7, 2)
    with room.qtbot.waitSignal(room.controller.generated, timeout=30_000):
        room.panel.compare.same_wished.emit(replace(request, steps=2))
    both = room.panel.compare
    assert both.a is again and both.b is not None and both.b.condition is not None
    assert (both.b.condition == again.condition).all() and (both.b.x_t(0) == again.x_t(0)).all()
    assert set(differing(both.a.settings, both.b.settings)) == {"sample_steps"}
    assert all(both.seen[letter].image.width() == 8 and not both.seen[letter].isHidden() for letter in "AB")
    # The tree holds B alone by now; A is still what a third run is compared with.
    assert room.panel._offers().request == request


def test_search_for_pictures_of_the_run_when_nobody_waits_ends(room: Room, conditional_run: Path) -> None:
    room.open(conditional_run)
    room.choose("ddim", 2, count=2)
    request = room.panel.request()
    assert request is not None
    events = room.controller.source.frames(request, "cpu", None)
    assert isinstance(next(events), ModelFacts)
    assert next(events) is None  # the folder is being looked through: here a worker stops
    events.close()
    room.generate()
    assert room.recording.condition is not None


@pytest.mark.long
def test_script_when_pictures_of_the_run_were_seen_makes_the_same_again(
    room: Room, conditional_run: Path, tmp_path: Path
) -> None:
    room.open(conditional_run)
    room.choose("ddim", 2, count=3)
    final = room.final()
    with room.qtbot.waitSignal(room.controller._exporter.exported, timeout=30_000):
        room.controller.save(tmp_path / "again.py", "script")
    made = subprocess.run(
        [sys.executable, tmp_path / "again.py", tmp_path / "out"], capture_output=True, text=True, timeout=120
    )
    assert made.returncode == 0, made.stderr
    for number, picture in enumerate(final):
        with Image.open(tmp_path / "out" / f"{number:05d}.png") as image:
            np.testing.assert_array_equal(np.asarray(image), picture)
