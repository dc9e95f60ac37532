"""The words of Compare: which two stand there, what differs, and what is said of one that was cancelled."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from studio.sampler.compare import CompareWay
from studio.sampler.compare_choice import CompareHead, Offers
from studio.sampler.compare_words import MOST_DIFFERING
from studio.widgets.elided import ElidedLabel
from tests.studio.sampler.conftest import RecordingMaker, Room, tiny_run


@pytest.fixture
def own_run(tmp_path: Path) -> Path:
    return tiny_run(tmp_path / "runs" / "own-01")


def cancel_b(room: Room, own_run: Path) -> None:
    """A is made, and B, with another sampler, is cancelled on its way."""
    room.open(own_run)
    room.choose("ddim", 50)
    room.generate()
    compare = room.panel.compare
    room.panel.ways.choose("compare")
    compare.menu.aboutToShow.emit()
    action = next(each for each in compare.menu.actions()[0].menu().actions() if each.data().sampler == "ddpm")
    action.trigger()
    room.qtbot.waitUntil(lambda: compare.b is not None and compare.b.arrived > 1)
    room.controller.cancel()
    room.qtbot.waitUntil(lambda: not room.controller.keeping)


def test_note_when_b_was_cancelled_says_so_until_a_setting_is_changed(room: Room, own_run: Path) -> None:
    cancel_b(room, own_run)
    arrived, note = room.recording.arrived, room.panel.timeline.row.note
    assert 0 < arrived < 50
    assert note.text() == f"Cancelled at step {arrived} of 50"
    room.panel.head.fields.steps.setValue(6)
    assert "Settings changed" in note.text()
    room.panel.head.fields.steps.setValue(50)
    room.generate()
    assert note.text() == ""


def test_cancelled_generation_when_saved_says_how_far_it_came(room: Room, own_run: Path, tmp_path: Path) -> None:
    cancel_b(room, own_run)
    assert room.controller._stem().endswith("-incomplete")
    with room.qtbot.waitSignal(room.controller.exported):
        room.controller.save(tmp_path / "cut.png")
    with Image.open(tmp_path / "cut.png") as picture:
        said = "".join(map(str, picture.text.values()))  # type: ignore[attr-defined]
    assert f'"steps_recorded": {room.recording.arrived}' in said
    room.generate()
    assert not room.controller._stem().endswith("-incomplete")


def test_badges_when_the_model_is_the_same_say_what_differs_and_their_tips_the_whole(qtbot: QtBot) -> None:
    head = CompareHead()
    qtbot.addWidget(head)
    a = {"model": "run-digits", "model_step": 400, "sampler": "ddim", "sample_steps": 25, "seed": 7, "eta": 0.5}
    b = a | {"sampler": "ddpm", "seed": 8}
    head.tell(a, b)
    shown = {letter: words.text() for letter, words in head._words.items()}
    assert shown == {"A": "… DDIM 25 · seed 7", "B": "… DDPM 25 · seed 8"}
    assert "run-digits · step 400 · DDPM 25 · seed 8" in head.slots["B"].toolTip()
    head.tell(a, b | {"model_step": 64})
    assert head._words["B"].text() == "… step 64 · DDPM 25 · seed 8"
    head.tell(a, None)
    assert head._words["A"].text() == "run-digits · step 400 · DDIM 25 · seed 7"


def test_what_differs_when_told_has_the_titles_of_the_window_and_the_rest_in_a_tip(
    qtbot: QtBot, make_recording: RecordingMaker
) -> None:
    way = CompareWay(lambda: Offers(None, None, ()))
    qtbot.addWidget(way)
    a, b = make_recording(3, 1), make_recording(3, 1)
    a.settings = {
        "spacing": "log_snr",
        "image_size": [32, 32],
        "guide": "run-digits",
        "guide_weights": "ema",
        "guide_step": 64,
        "seed": 7,
        "weights": "ema",
        "classes": ["cat", "dog"],
    }
    b.settings = {"spacing": "uniform", "image_size": [32, 48], "seed": 8, "weights": "raw"}
    way.take("A", a)
    way.take("B", b)
    grid = way.differing.grid
    widgets = [grid.itemAt(place).widget() for place in range(grid.count())]
    shown = [each.text() for each in widgets if isinstance(each, QLabel)]
    for words in ("spacing", "Log-SNR", "Uniform", "size", "32", "48 × 32", "guide's weights", "EMA", "guide's step"):
        assert words in shown
    assert sum(isinstance(each, ElidedLabel) for each in widgets) == 2 * MOST_DIFFERING
    more = next(each for each in widgets if isinstance(each, QLabel) and each.text() == "and 2 more")
    for line in ("weights: EMA in A, raw in B", "classes: cat, dog in A, – in B"):
        assert line in more.toolTip()
