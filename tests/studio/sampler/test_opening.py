"""Another program's files: recognised, asked about in a bar, opened, refused in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from core.runs.grids import read_settings
from core.runs.run import Run
from studio.sampler.controller import SamplerController
from studio.sampler.panel import SamplerPanel
from tests.studio.sampler.conftest import TINY, Room, tiny_checkpoint

GOLDEN = Path(__file__).parents[2] / "golden" / "model-1.pt"


def ask(room: Room, path: Path = GOLDEN) -> None:
    room.controller.open_model(path)
    room.qtbot.waitUntil(room.panel.opening.open.isVisible, timeout=20_000)


def test_a_file_of_the_library_is_recognised_and_sampled(room: Room, tmp_path: Path) -> None:
    ask(room)
    bar = room.panel.opening
    for word in ("denoising-diffusion-pytorch", "step 40", "dim 8", "grey", "sigmoid", "predicts v"):
        assert word in bar.words.text()
    assert not bar.objective.isVisible()
    assert not bar.schedule.isVisible()
    bar.size_fields.width_px.lineEdit().setText("15")
    assert not bar.open.isEnabled()
    assert "multiples of 2" in bar.open.toolTip()
    bar.size_fields.width_px.lineEdit().setText("16")
    assert bar.open.isEnabled()
    QTest.keyClick(bar.size_fields.width_px, Qt.Key.Key_Return)
    room.qtbot.waitUntil(room.panel.head.generate.isEnabled, timeout=20_000)
    assert not bar.isVisible()
    chosen = room.controller.models.chosen
    assert chosen is not None
    assert (chosen.path, chosen.step, dict(chosen.said)) == (GOLDEN, 40, {"image_size": (16, 16)})
    assert "sigmoid" in room.panel.head.model.toolTip()
    room.choose("ddim", 3)
    assert room.final().shape == (4, 16, 16, 1)
    with room.qtbot.waitSignal(room.controller.exported):
        room.controller.save(tmp_path / "step.png")
    assert read_settings(tmp_path / "step.png")["image_size"] == [16, 16]


def test_what_was_said_of_a_file_is_there_when_it_is_opened_again(room: Room) -> None:
    ask(room)
    room.panel.opening.size_fields.width_px.setValue(24)
    room.panel.opening.open.click()
    room.qtbot.waitUntil(room.panel.head.generate.isEnabled, timeout=20_000)
    ask(room)
    assert room.panel.opening.size_fields.value() == (24, 24)
    room.panel.opening.size_fields.width_px.setValue(16)
    room.panel.opening.open.click()
    room.qtbot.waitUntil(room.panel.head.generate.isEnabled, timeout=20_000)
    assert [dict(choice.said) for choice in room.controller.models.choices] == [{"image_size": (16, 16)}]


def test_pictures_that_are_not_square_are_asked_for_by_both_sides(room: Room) -> None:
    ask(room)
    bar = room.panel.opening
    bar.size_fields.width_px.lineEdit().setText("8")
    assert bar.size_fields.value() == (8, 8), "the height follows"
    bar.size_fields.height_px.lineEdit().setText("13")
    assert not bar.open.isEnabled() and bar.open.toolTip() == "Width and height must be multiples of 2."
    bar.size_fields.height_px.lineEdit().setText("12")
    bar.size_fields.width_px.lineEdit().setText("16")
    assert bar.size_fields.value() == (12, 16), "and does no more, once it was said"
    QTest.keyClick(bar.size_fields.height_px, Qt.Key.Key_Return)
    room.qtbot.waitUntil(room.panel.head.generate.isEnabled, timeout=20_000)
    room.choose("ddim", 2)
    assert room.final().shape == (4, 12, 16, 1)
    ask(room)
    assert bar.size_fields.value() == (12, 16)


def test_cancelling_leaves_the_model_as_it_was(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    before = room.controller.models.chosen
    ask(room)
    QTest.keyClick(room.panel.opening.size_fields.width_px, Qt.Key.Key_Escape)
    assert not room.panel.opening.isVisible()
    assert room.controller.models.chosen == before
    assert room.panel.head.generate.isEnabled()
    room.choose("ddim", 3)
    assert room.final().shape == (4, 8, 8, 3)


def test_another_file_takes_the_place_of_the_one_that_is_read(room: Room, run_folder: Path) -> None:
    room.controller.open_model(GOLDEN)
    room.open(run_folder)
    assert not room.panel.opening.isVisible()
    assert [choice.name for choice in room.controller.models.choices] == ["faces-01"]


def test_weights_alone_ask_for_what_they_do_not_say(room: Room, tmp_path: Path) -> None:
    weights = {
        name.removeprefix("model."): value
        for name, value in tiny_checkpoint(0).ema.items()
        if name.startswith("model.")
    }
    torch.save(weights, tmp_path / "unet.pth")
    ask(room, tmp_path / "unet.pth")
    bar = room.panel.opening
    assert bar.objective.isVisible()
    assert bar.schedule.isVisible()
    bar.objective.setCurrentIndex(bar.objective.findData("pred_noise"))
    bar.size_fields.width_px.setValue(8)
    bar.open.click()
    room.qtbot.waitUntil(room.panel.head.generate.isEnabled, timeout=20_000)
    chosen = room.controller.models.chosen
    assert chosen is not None
    assert dict(chosen.said)["objective"] == "pred_noise"
    room.choose("ddim", 3)
    assert room.final().shape[1:] == (TINY["image_size"], TINY["image_size"], 3)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 torn"])
def test_what_is_no_checkpoint_is_refused_in_a_sentence(room: Room, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model-3.pt").write_bytes(content)
    room.controller.open_model(tmp_path / "model-3.pt")
    room.qtbot.waitUntil(room.panel.banner.isVisible, timeout=20_000)
    assert "model-3.pt" in room.panel.banner.text()
    assert "unexpected" not in room.panel.banner.text()
    assert not room.panel.opening.isVisible()
    assert room.controller.models.choices == ()


def restarted(room: Room) -> SamplerController:
    """Another room with the same settings, as at the next start."""
    panel = SamplerPanel(room.settings)
    room.qtbot.addWidget(panel)
    return SamplerController(room.project, room.settings, panel, room.training, parent=panel)


def test_model_opened_by_its_file_when_the_program_starts_again_is_chosen_with_what_was_said(room: Room) -> None:
    ask(room)
    room.panel.opening.size_fields.width_px.setValue(24)
    room.panel.opening.open.click()
    room.qtbot.waitUntil(room.panel.head.generate.isEnabled, timeout=20_000)
    assert json.loads(json.dumps(room.settings["sampler_model"])) == room.settings["sampler_model"]
    again = restarted(room)
    assert again.models.chosen is None  # until it is asked for: a model may be opened by name
    again.choosing.open_last()
    assert again.models.chosen == room.controller.models.chosen
    assert again.models.chosen is not None and dict(again.models.chosen.said) == {"image_size": (24, 24)}
    room.qtbot.waitUntil(lambda: not again.choosing.reading, timeout=20_000)
    assert again.shutdown(10_000)


def test_model_when_its_file_is_gone_or_the_settings_are_damaged_is_not_opened_at_the_start(
    room: Room, tmp_path: Path
) -> None:
    kept = {"path": str(tmp_path / "gone.pt"), "name": "gone.pt", "step": None, "said": {}, "about": ""}
    for plain in (kept, {"path": 5}, {**kept, "path": str(GOLDEN), "said": [1]}, {}):
        room.settings["sampler_model"] = plain
        room.controller.choosing.open_last()
        assert room.controller.models.chosen is None and not room.controller.choosing.reading


def test_dialog_of_models_when_opened_begins_beside_the_run_and_then_where_the_last_one_was(
    room: Room, tmp_path: Path, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def ask_where(_parent: object, _title: str, folder: str, _kinds: str) -> tuple[str, str]:
        begun.append(folder)
        return str(GOLDEN), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", ask_where)
    room.project.set_run(Run.open(run_folder))
    for _ in range(2):
        room.panel.open_wished.emit()
        room.controller.choosing._opening.cancel()
    assert begun == [str(run_folder.parent), str(GOLDEN.parent)]


def test_a_refused_file_is_neither_chosen_nor_remembered(room: Room, run_folder: Path, tmp_path: Path) -> None:
    room.open(run_folder)
    before, kept = room.controller.models.chosen, room.settings["sampler_model"]
    (tmp_path / "config.json").write_text("{}")
    room.controller.open_model(tmp_path / "config.json")
    room.qtbot.waitUntil(lambda: "config.json" in room.panel.banner.text())
    room.qtbot.waitUntil(lambda: not room.controller.choosing.reading)
    assert room.controller.models.chosen == before == room.panel.head.model.chosen
    assert [choice.name for choice in room.controller.models.choices] == ["faces-01"]
    assert room.settings["sampler_model"] == kept and kept["name"] == "faces-01"
    assert room.panel.head.generate.isEnabled() and "config.json" in room.panel.banner.text()
    kept_bad = {**kept, "path": str(tmp_path / "config.json"), "name": "config.json"}
    room.settings["sampler_model"] = kept_bad  # as an earlier version remembered it
    again = restarted(room)
    again.choosing.open_last()
    room.qtbot.waitUntil(lambda: not again.choosing.reading)
    assert again.models.chosen is None and room.settings["sampler_model"] == {}
    assert again.shutdown(10_000)
