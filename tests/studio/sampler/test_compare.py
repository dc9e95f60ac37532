"""The words of Compare: which two stand there, what differs, and what is said of one that was cancelled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.checkpoint_grid import CheckpointGrid
from core.runs.checkpoint import save_checkpoint
from studio.sampler.compare import CompareWay
from studio.sampler.compare_choice import CompareHead, Offers
from studio.sampler.compare_words import MOST_DIFFERING
from studio.sampler.exporter import stem_of
from studio.sampler.models import ModelChoice, Origin, all_of_run
from studio.sampler.restoring import settings_in
from studio.widgets.elided import ElidedLabel
from tests.studio.sampler.conftest import RecordingMaker, Room, tiny_checkpoint, tiny_run


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


@pytest.mark.long
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


def test_swap_when_b_was_cancelled_says_where_the_difference_ends(room: Room, own_run: Path) -> None:
    cancel_b(room, own_run)
    compare = room.panel.compare
    for _ in range(2):  # the complete one is looked at to its end, where the other has not come
        compare.swap.click()
    room.qtbot.waitUntil(lambda: room.recording is compare.a)
    room.press(Qt.Key.Key_End)
    room.qtbot.waitUntil(lambda: room.step == 49)
    assert compare.rms["x_0"].text().startswith("B ends at t = ") and not compare._values["x_0"].text()


def test_cancelled_generation_when_saved_says_how_far_it_came(room: Room, own_run: Path, tmp_path: Path) -> None:
    cancel_b(room, own_run)
    assert stem_of(room.recording).endswith("-incomplete")
    with room.qtbot.waitSignal(room.controller.exported):
        room.controller.save(tmp_path / "cut.png")
    with Image.open(tmp_path / "cut.png") as picture:
        said = "".join(map(str, picture.text.values()))  # type: ignore[attr-defined]
    assert f'"steps_recorded": {room.recording.arrived}' in said
    room.generate()
    assert not stem_of(room.recording).endswith("-incomplete")


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
    assert sum(isinstance(each, ElidedLabel) for each in widgets) == 3 * MOST_DIFFERING
    more = next(each for each in widgets if isinstance(each, QLabel) and each.text() == "and 2 more")
    for line in ("weights: EMA in A, raw in B", "classes: cat, dog in A, – in B"):
        assert line in more.toolTip()


def compare_two(room: Room, run: Path) -> None:
    """A with 5 steps, shown; B with 8 of another sampler."""
    room.open(run)
    made = []
    for sampler, steps in (("ddim", 5), ("dpm++2m", 8)):
        room.choose(sampler, steps)
        room.generate()
        made.append(room.recording)
        room.qtbot.waitUntil(lambda: not room.controller.keeping)
    room.panel.ways.choose("compare")
    kept = room.panel.kept.generations  # newest first
    for letter, generation in (("A", kept[1]), ("B", kept[0])):
        room.panel.kept.taken_as.emit(generation, letter)
        room.qtbot.waitUntil(lambda: not room.controller.keeping)
    compare = room.panel.compare
    assert compare.a is not None and compare.b is not None
    assert (compare.a.steps, compare.b.steps) == (5, 8)


def test_timeline_when_two_are_compared_has_a_strip_of_b_aligned_by_t(room: Room, own_run: Path) -> None:
    compare_two(room, own_run)
    timeline, compare = room.panel.timeline, room.panel.compare
    scrubber, a, b = timeline.scrubber, compare.a, compare.b
    assert a is not None and b is not None
    assert [badge.letter for badge in timeline.badges if badge.isVisible()] == ["A", "B"]
    for index in scrubber.second_shown():
        place = scrubber._second_places[index]
        low = min(int(max(place, 0)), a.steps - 2)
        t = a.t[low] + (place - low) * (a.t[low + 1] - a.t[low])
        assert t == pytest.approx(b.t[index])
        assert scrubber.has_second_thumbnail(index)
    assert len(scrubber.second_shown()) >= 4
    compare.swap.click()
    assert [badge.letter for badge in timeline.badges] == ["A", "B"] and scrubber.total() == 8
    room.press(Qt.Key.Key_Down)
    assert all(scrubber.has_second_thumbnail(index) for index in scrubber.second_shown())
    high = timeline.height()
    room.panel.ways.choose("pictures")
    assert not timeline.badges[0].isVisible() and not scrubber.second_shown() and timeline.height() < high


def test_compare_when_more_is_open_on_a_small_screen_keeps_the_player_in_sight(room: Room, own_run: Path) -> None:
    compare_two(room, own_run)
    panel = room.panel
    panel.controls.show_more(True)
    panel.resize(1280, 632)  # what bars and title leave of 1280 × 800
    room.qtbot.waitUntil(lambda: panel.height() == 632)
    assert panel.minimumSizeHint().height() <= 632
    bottom = panel.timeline.row.mapTo(panel, panel.timeline.row.rect().bottomLeft())
    assert bottom.y() <= 632
    for button in (panel.compare.swap, panel.compare.apply, panel.compare.same):
        assert button.isVisible() and not button.visibleRegion().isEmpty()


def test_what_differs_when_a_sampler_has_a_long_name_says_it_whole(room: Room, own_run: Path) -> None:
    compare_two(room, own_run)
    differing = room.panel.compare.differing

    def shown() -> list[str]:
        # Those of the comparison before are deleted later.
        labels = [differing.grid.itemAt(place).widget() for place in range(differing.grid.count())]
        return [label.shown_text() for label in labels if isinstance(label, ElidedLabel)]

    room.qtbot.waitUntil(lambda: "DPM++ 2M" in shown())
    assert not any("…" in words for words in shown())


# --- one x_T through the checkpoints of a run ------------------------------------------------------------


@pytest.fixture
def long_run(tmp_path: Path) -> Path:
    """A run of three checkpoints with other weights each."""
    folder = tiny_run(tmp_path / "runs" / "long-01")
    for seed, step in ((1, 200), (2, 300)):
        save_checkpoint(folder / "checkpoints", replace(tiny_checkpoint(seed), step=step))
    return folder


def run_checkpoints(room: Room) -> CheckpointGrid:
    page = room.panel.compare.checkpoints
    with room.qtbot.waitSignal(room.controller.checkpoints.done, timeout=60_000):
        page.make.click()
    assert page.view.grid is not None
    return page.view.grid


def to_checkpoints(room: Room, run: Path, *, steps: int = 6) -> None:
    room.open(run)
    room.choose("ddim", steps)
    room.panel.ways.choose("compare")
    room.panel.compare.head.checkpoints.click()


def test_checkpoints_when_run_show_the_selected_pictures_noise_through_each(room: Room, long_run: Path) -> None:
    to_checkpoints(room, long_run)
    room.generate()
    room.press(Qt.Key.Key_Down)
    grid = run_checkpoints(room)
    assert grid.labels == [100, 200, 300] and grid.complete and not grid.failed
    assert grid.picture_number == 1
    for row in range(3):  # one x_T
        assert np.array_equal(grid.picture("x_t", row, 0), room.recording.x_t(0)[1])
    # The newest is the chosen model: its row is what was generated, up to the rounding that the batch's size brings.
    shown = room.recording.x_0(5)[1].astype(int)
    assert np.abs(grid.picture("x_0", 2, 5).astype(int) - shown).max() <= 2
    assert "picture 2" in room.panel.compare.checkpoints.note.text()


def test_checkpoints_when_a_cell_is_pressed_take_the_cursor_to_its_t(room: Room, long_run: Path) -> None:
    to_checkpoints(room, long_run)
    room.generate()
    grid, view = run_checkpoints(room), room.panel.compare.checkpoints.view
    room.click(view, view.cell(1, 2).center().toPoint())
    assert room.recording.t[room.step] == grid.t[2]
    assert view.cursor_column() == 2
    room.press(Qt.Key.Key_Right)
    assert view.cursor_column() == 3


def test_checkpoints_when_the_pointer_rests_on_a_cell_enlarge_it(room: Room, long_run: Path) -> None:
    to_checkpoints(room, long_run)
    run_checkpoints(room)  # also before anything was generated
    view = room.panel.compare.checkpoints.view
    QTest.mouseMove(view, view.cell(0, 4).center().toPoint())
    room.qtbot.waitUntil(lambda: view.preview is not None and view.preview.isVisible())
    assert view.preview is not None and view.preview.words.startswith("step 100 · t = ")
    QTest.mouseMove(view, QPoint(2, 2))
    room.qtbot.waitUntil(lambda: view.preview is not None and not view.preview.isVisible())


def test_checkpoints_when_one_is_damaged_have_the_others_and_its_row_says_why(room: Room, long_run: Path) -> None:
    next(long_run.glob("checkpoints/step-00000200*.safetensors")).write_bytes(b"broken")
    to_checkpoints(room, long_run)
    grid, view = run_checkpoints(room), room.panel.compare.checkpoints.view
    assert list(grid.failed) == [1] and grid.arrived == [6, 0, 6]
    assert "step-00000200" in view.row_words(1) and view.row_words(2) == "step 300: 6 of 6 steps"
    assert room.panel.compare.checkpoints.note.text().endswith("1 failed")
    assert not room.panel.grab().isNull()


def test_checkpoints_when_saved_are_one_png_whose_settings_can_be_used_again(
    room: Room, long_run: Path, tmp_path: Path
) -> None:
    to_checkpoints(room, long_run)
    assert not room.panel.compare.checkpoints.save.isEnabled()
    grid = run_checkpoints(room)
    assert room.panel.compare.checkpoints.save.isEnabled()
    room.panel.compare.checkpoints.layers.choose("x_t")
    with room.qtbot.waitSignal(room.controller.exported):
        room.controller.checkpoints.save(tmp_path / "grid.png")
    said = settings_in(tmp_path / "grid.png")
    assert said is not None
    assert (said["model"], said["model_step"], said["weights"]) == ("long-01", 300, "ema")
    assert said["shows"] == "x_t" and said["checkpoints"] == [100, 200, 300] and said["seed"] == 7
    with Image.open(tmp_path / "grid.png") as picture:
        assert np.array_equal(np.asarray(picture), grid.sheet("x_t"))


def test_checkpoints_when_cancelled_keep_what_has_come_and_can_be_run_again(room: Room, long_run: Path) -> None:
    to_checkpoints(room, long_run, steps=50)
    page, checkpoints = room.panel.compare.checkpoints, room.controller.checkpoints
    page.make.click()
    room.qtbot.waitUntil(lambda: checkpoints.grid is not None and checkpoints.grid.arrived[0] > 2, timeout=30_000)
    assert "checkpoint 1 of 3" in page.note.text() and page.make.text() == "Cancel"
    page.make.click()
    assert not checkpoints.running and page.note.text().endswith("cancelled")
    assert page.save.isEnabled() and page.view.grid is not None and not page.view.grid.complete
    room.choose("ddim", 2)
    assert run_checkpoints(room).complete


def test_checkpoints_when_there_is_no_run_say_so(room: Room, tmp_path: Path, long_run: Path) -> None:
    page = room.panel.compare.checkpoints
    page.make.click()
    assert page.note.text() == "Choose a model first."
    alone = tmp_path / "alone.safetensors"
    alone.write_bytes(next(long_run.glob("checkpoints/step-00000200*.safetensors")).read_bytes())
    choice = ModelChoice(Origin.FILE, alone.name, alone)
    assert all_of_run(choice, (choice,)) == ()


def test_all_of_run_when_a_file_of_the_run_or_the_training_is_chosen_has_every_checkpoint(long_run: Path) -> None:
    def steps(chosen: ModelChoice, choices: tuple[ModelChoice, ...] = ()) -> list[int | None]:
        return [choice.step for choice in all_of_run(chosen, choices)]

    one = next(long_run.glob("checkpoints/step-00000100.json"))
    assert steps(ModelChoice(Origin.FILE, "long-01", long_run)) == [100, 200, 300]
    assert steps(ModelChoice(Origin.FILE, "long-01", one, 100)) == [100, 200, 300]
    of_run = tuple(ModelChoice(Origin.RUN, "long-01", one, step) for step in (300, 200))
    training = ModelChoice(Origin.TRAINING, "long-01")
    assert steps(of_run[1], of_run) == [200, 300]
    assert steps(training, (training, *of_run)) == [200, 300, None]


def test_page_when_checkpoints_are_chosen_has_all_the_room_and_gives_it_back(room: Room, long_run: Path) -> None:
    room.open(long_run)
    room.panel.ways.choose("compare")
    compare = room.panel.compare
    compare.head.wipe.click()
    assert compare.pages.currentWidget() is compare.wipe
    compare.head.checkpoints.click()
    assert compare.pages.currentWidget() is compare.checkpoints and not compare.head.wipe.isChecked()
    assert not room.panel.kept.isVisible() and not compare.charts["x_t"].isVisible()
    compare.head.checkpoints.click()
    assert compare.pages.currentIndex() == 0
    assert room.panel.kept.isVisible() and compare.charts["x_t"].isVisible()


def test_empty_frames_when_nothing_was_chosen_say_how_pictures_come(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    room.panel.ways.choose("compare")
    compare = room.panel.compare
    a, b = (compare.tiles[letter, "x_t"] for letter in ("A", "B"))
    assert "Press Generate (G)" in a.missing and "second" in b.missing
    assert "Press Generate (G)" in compare.wipe.missing and a.accessibleDescription() == a.missing
    blank = a.grab().toImage()
    a.set_missing("")
    assert a.grab().toImage() != blank, "the words are painted"
    room.choose("ddim", 4)
    room.generate()
    assert not a.missing and "second" in b.missing and b.missing == compare.wipe.missing
