"""Find odd ones: the pictures that a run's model needs the most bits for, found, listed and shown in the room."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QAbstractButton, QPushButton
from pytestqt.qtbot import QtBot

from core.runs.checkpoint import save_checkpoint
from core.runs.run import Run
from tests.studio.dataset.conftest import Room
from tests.studio.sampler.conftest import tiny_checkpoint


def button(room: Room) -> QPushButton:
    found = room.panel.findChild(QPushButton, "find_odd")
    assert isinstance(found, QPushButton)
    return found


def test_odd_pictures_when_asked_for_are_ranked_listed_and_shown_the_oddest_first(
    opened: Room, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    checkpoint = tiny_checkpoint(0, {"hold_out": 0.3})
    run = Run.create(tmp_path / "runs" / "r", checkpoint.config, source_folder=folder, device="cpu", planned_total=100)
    save_checkpoint(run.checkpoints_folder, checkpoint)
    opened.panel.side.tabs.setCurrentIndex(1)
    doctor = opened.panel.doctor
    assert button(opened).isHidden()  # there is no run whose model could be asked
    opened.project.set_run(run)
    qtbot.waitUntil(lambda: not button(opened).isHidden(), timeout=20_000)
    button(opened).click()
    assert button(opened).isHidden()  # in its place how far it is, and Cancel
    qtbot.waitUntil(lambda: doctor.row("odd") is not None, timeout=30_000)
    ranking = opened.controller._doctor._odd
    assert ranking is not None and sorted(ranking.places.tolist()) == list(range(6))
    chips = opened.panel.pictures.chips.findChildren(QAbstractButton)
    assert any("Odd for the run's model · 6" in chip.text() for chip in chips if not chip.isHidden())
