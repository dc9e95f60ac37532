"""Kept generations come back in the strip, two of them stand beside each other, and their settings are taken again."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from core.beginning import Start
from core.comparison import Comparison, differing
from core.runs.checkpoint import save_checkpoint
from core.runs.generations import generation_files, open_generation
from studio.sampler.kept import GENERATION, star_rect
from tests.studio.sampler.conftest import Room, tiny_checkpoint, tiny_run
from tests.studio.tips import tip_of


@pytest.fixture
def own_run(tmp_path: Path) -> Path:
    return tiny_run(tmp_path / "runs" / "own-01")


def settle(room: Room) -> None:
    room.qtbot.waitUntil(lambda: not room.controller.keeping)


def make(room: Room, sampler: str, steps: int, **wishes: int) -> None:
    room.choose(sampler, steps, **wishes)
    room.generate()
    settle(room)


def row_centre(room: Room, row: int) -> QPoint:
    strip = room.panel.kept.list
    return strip.visualRect(strip.model().index(row, 0)).center()


def press_row(room: Room, row: int) -> None:
    QTest.mouseClick(room.panel.kept.list.viewport(), Qt.MouseButton.LeftButton, pos=row_centre(room, row))
    settle(room)


def test_generation_when_finished_is_in_the_strip_and_in_its_run(room: Room, own_run: Path) -> None:
    room.open(own_run)
    make(room, "ddim", 5)
    files = generation_files(own_run / "generations")
    assert [generation.path for generation in room.panel.kept.generations] == files and len(files) == 1
    settings = room.panel.kept.generations[0].settings
    assert (settings["model"], settings["model_step"], settings["seed"]) == ("own-01", 100, 7)
    assert room.panel.kept.list.model().index(0, 0).data() == "step 100, DDIM 5 · seed 7"
    reopened = open_generation(files[0])
    for step in range(5):
        np.testing.assert_array_equal(reopened.layer("x_t", step), room.recording.layer("x_t", step))


def test_generation_when_cancelled_is_not_kept(room: Room, own_run: Path) -> None:
    room.open(own_run)
    room.choose("ddpm", 50)
    room.controller.generate()
    room.qtbot.waitUntil(lambda: room.controller.recording is not None and room.recording.arrived > 1)
    room.controller.cancel()
    settle(room)
    assert generation_files(own_run / "generations") == []


def test_generation_when_its_model_is_gone_is_shown_and_its_settings_say_so(room: Room, own_run: Path) -> None:
    room.open(own_run)
    make(room, "ddim", 5)
    first = room.recording.x_0(3).copy()
    make(room, "ddpm", 6, seed=8)
    shutil.rmtree(own_run / "checkpoints")
    room.press(Qt.Key.Key_K)
    press_row(room, 1)
    assert room.recording.steps == 5 and room.recording.complete
    np.testing.assert_array_equal(room.recording.x_0(3), first)
    room.press(Qt.Key.Key_Home)
    assert room.step == 0
    room.controller.models.choices = ()
    room.panel.kept.use_wished.emit(room.panel.kept.generations[1].settings)
    assert "own-01 is not among those" in room.panel.banner.text()


def test_settings_when_used_again_give_the_same_pictures(room: Room, own_run: Path) -> None:
    room.open(own_run)
    make(room, "ddim", 5, seed=11, count=3)
    final = room.recording.final
    make(room, "dpm++2m", 9, seed=12)
    room.panel.kept.use_wished.emit(room.panel.kept.generations[1].settings)
    room.qtbot.waitUntil(lambda: not room.controller.choosing.reading)
    request = room.panel.request()
    assert request is not None
    assert (request.sampler, request.steps, request.seed, request.count) == ("ddim", 5, 11, 3)
    np.testing.assert_array_equal(room.final(), final)


@pytest.mark.parametrize("other_first", [False, True])
def test_settings_when_their_run_was_opened_by_its_file_find_its_model(
    room: Room, own_run: Path, tmp_path: Path, *, other_first: bool
) -> None:
    room.open(own_run / "run.json")
    own = room.controller.models.chosen
    make(room, "ddim", 5, seed=11)
    settings = room.panel.kept.generations[0].settings
    make(room, "ddim", 4, seed=12)
    if other_first:
        room.open(tiny_run(tmp_path / "runs" / "other-01") / "run.json")
    room.panel.kept.use_wished.emit(settings)
    room.qtbot.waitUntil(lambda: not room.controller.choosing.reading)
    request = room.panel.request()
    assert request is not None and (request.choice, request.steps, request.seed) == (own, 5, 11)
    assert room.panel.banner.isHidden(), room.panel.banner.text()


def test_settings_when_their_run_has_moved_are_known_by_the_models_sha256(
    room: Room, own_run: Path, tmp_path: Path
) -> None:
    room.open(own_run / "run.json")
    make(room, "ddim", 5, seed=11)
    settings = room.panel.kept.generations[0].settings
    room.open(own_run.rename(tmp_path / "runs" / "called-otherwise") / "run.json")
    room.panel.kept.use_wished.emit(settings)
    room.qtbot.waitUntil(lambda: not room.controller.choosing.reading)
    assert room.panel.banner.isHidden(), room.panel.banner.text()


@pytest.mark.long
def test_settings_when_made_without_guide_and_length_take_them_away_and_otherwise_bring_them_back(
    room: Room, averaged_run: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "runs" / "guided-01"
    shutil.copytree(averaged_run, folder)
    save_checkpoint(folder / "checkpoints", replace(tiny_checkpoint(1), step=40))
    room.open(folder / "run.json")
    row, head = room.panel.controls.options.guide_row, room.panel.head
    make(room, "ddim", 3)
    plain = room.panel.kept.generations[0].settings
    row.guide.setCurrentIndex(1)
    row.scale.setValue(2.5)
    make(room, "ddim", 3)
    guided = room.panel.kept.generations[0].settings
    assert guided["guide_step"] == 40
    row.guide.setCurrentIndex(0)
    head.weights.setCurrentIndex(head.weights.findData("length"))
    head.ema_length.slider.setValue(head.ema_length.slider.minimum())
    make(room, "ddim", 3)
    short = room.panel.kept.generations[0].settings

    def used(settings: Mapping[str, object]) -> tuple[object, ...]:
        room.panel.kept.use_wished.emit(settings)
        room.qtbot.waitUntil(lambda: not room.controller.choosing.reading)
        request = room.panel.request()
        assert request is not None and "settings are taken" not in room.panel.banner.text()
        return request.weights, request.guide and request.guide.step, request.guide_scale

    assert used(guided) == ("ema", 40, 2.5)
    assert used(plain) == ("ema", None, 1.0) and row.guide.currentText() == "None"
    assert used(short) == (short["weights"], None, 1.0) and short["weights"] != "ema"
    assert used(guided) == ("ema", 40, 2.5)
    room.panel.kept.use_wished.emit({**plain, "guide": "guided-01", "guide_step": 41, "weights": "ema-9"})
    told = room.panel.banner.text()
    assert "Choose its guide again" in told and "weights ema-9" in told and room.panel.request().guide is None


def test_star_when_pressed_stays_after_a_restart(room: Room, own_run: Path) -> None:
    room.open(own_run)
    make(room, "ddim", 5)
    room.press(Qt.Key.Key_K)
    strip = room.panel.kept.list
    place = star_rect(strip.visualRect(strip.model().index(0, 0))).center()
    before = room.recording
    QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settle(room)
    assert strip.model().index(0, 0).data(GENERATION).starred and room.recording is before
    room.panel.kept.remove_wished.emit(room.panel.kept.generations[0])
    settle(room)
    assert room.panel.kept.generations == () and generation_files(own_run / "generations")
    assert room.controller._kept.shutdown(5000)
    assert list((own_run / "generations").iterdir()) == [], "neither file nor star"


def test_removal_when_starred_or_noted_asks_first_and_otherwise_does_not(
    room: Room, own_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answer = QMessageBox.StandardButton.No

    def question(_parent: object, _title: str, text: str) -> QMessageBox.StandardButton:
        asked.append(text)
        return answer

    monkeypatch.setattr(QMessageBox, "question", question)
    room.open(own_run)
    for seed in (1, 2, 3):
        make(room, "ddim", 3, seed=seed)
    strip = room.panel.kept

    def mark(seed: int, *, starred: bool, note: str) -> None:
        strip.mark_wished.emit(next(g for g in strip.generations if g.settings["seed"] == seed), starred, note)
        settle(room)

    def remove(seed: int) -> list[object]:
        generation = next(g for g in strip.generations if g.settings["seed"] == seed)
        strip._open_menu(generation, QPoint())
        strip.menu.close()
        strip.actions_of["remove"].trigger()
        settle(room)
        return [g.settings["seed"] for g in strip.generations]

    mark(1, starred=True, note="")
    mark(2, starred=False, note="the good one")
    assert remove(1) == [3, 2, 1] and remove(2) == [3, 2, 1]
    assert len(asked) == 2 and "starred" in asked[0] and "the good one" in asked[1] and "starred" not in asked[1]
    assert remove(3) == [2, 1] and len(asked) == 2
    answer = QMessageBox.StandardButton.Yes
    assert remove(1) == [2] and remove(2) == [] and len(asked) == 4


def test_generation_when_removed_can_be_taken_back_until_the_window_closes(room: Room, own_run: Path) -> None:
    room.open(own_run)
    for seed in (1, 2, 3):
        make(room, "ddim", 3, seed=seed)
    strip, banner = room.panel.kept, room.panel.banner

    def seeds() -> list[object]:
        return [each.settings["seed"] for each in strip.generations]

    strip.remove_wished.emit(strip.generations[1])
    assert seeds() == [3, 1] and len(generation_files(own_run / "generations")) == 3
    assert banner.text().startswith("Removed: ") and banner.action_button.text() == "Undo"
    assert "Ctrl+Z" in tip_of(banner.action_button)
    banner.action_button.click()
    assert seeds() == [3, 2, 1] and not banner.isVisible()
    for place in (1, 0):
        strip.remove_wished.emit(strip.generations[place])
    banner._leaving.timeout.emit()
    settle(room)
    assert seeds() == [1] and len(generation_files(own_run / "generations")) == 3, "neither the second nor the news"
    room.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert seeds() == [3, 1]
    room.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert seeds() == [3, 2, 1]
    assert room.controller.place(), "what is shown is kept"
    strip.remove_wished.emit(strip.generations[0])
    assert not room.controller.place()
    assert room.controller._kept.shutdown(5000), "what was removed last is gone with the window"
    assert len(generation_files(own_run / "generations")) == 2


def test_generations_when_more_are_removed_than_can_be_taken_back_go_one_by_one(
    room: Room, own_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.sampler.keeping.MOST_REMOVED", 1)
    room.open(own_run)
    for seed in (1, 2):
        make(room, "ddim", 3, seed=seed)
    strip = room.panel.kept
    for _ in range(2):
        strip.remove_wished.emit(strip.generations[0])
    settle(room)
    assert len(generation_files(own_run / "generations")) == 1
    for _ in range(2):
        room.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [each.settings["seed"] for each in strip.generations] == [1]


def test_generation_when_none_are_to_be_kept_is_in_memory_and_says_so(room: Room, own_run: Path) -> None:
    room.settings["generations_gb"] = 0
    room.open(own_run)
    make(room, "ddim", 5)
    shown = room.recording
    assert "memory only" in room.panel.kept.note.text() and len(room.panel.kept.generations) == 1
    make(room, "ddim", 4)
    assert room.recording is not shown and not (own_run / "generations").exists()


def test_damaged_file_when_in_the_folder_is_told_and_the_rest_is_shown(room: Room, own_run: Path) -> None:
    room.open(own_run)
    make(room, "ddim", 5)
    make(room, "ddim", 4)
    path = generation_files(own_run / "generations")[0]
    path.write_bytes(path.read_bytes()[:-10])
    make(room, "ddim", 3)
    assert len(room.panel.kept.generations) == 2 and path.name in room.panel.kept.note.accessibleName()


def test_kept_file_when_opened_as_a_model_says_what_it_is_and_leaves_the_model(room: Room, own_run: Path) -> None:
    room.open(own_run)
    make(room, "ddim", 3)
    (path,) = generation_files(own_run / "generations")
    room.controller.open_model(path)
    room.qtbot.waitUntil(lambda: "is a kept generation, not a model" in room.panel.banner.text())
    assert room.panel.head.model.chosen is not None and room.panel.head.model.chosen.name == "own-01"


# --- a dropped picture of ours ---------------------------------------------------------------------------------


def test_picture_of_ours_when_dropped_can_be_made_again_or_started_from(
    room: Room, own_run: Path, tmp_path: Path
) -> None:
    room.open(own_run)
    make(room, "ddim", 5, seed=21)
    with room.qtbot.waitSignal(room.controller.exported):
        room.controller.save(tmp_path / "ours.png")
    room.choose("ddpm", 9, seed=3)
    room.panel.paths_dropped.emit([tmp_path / "ours.png"])
    menu = room.panel.found_menu
    assert menu.isVisible()
    menu.use.trigger()
    request = room.panel.request()
    assert request is not None and (request.sampler, request.steps, request.seed) == ("ddim", 5, 21)
    menu.close()
    room.controller.open_model(tmp_path / "ours.png")  # by the dialog, or by Ctrl+O
    assert menu.isVisible()
    menu.start.trigger()
    menu.close()
    assert room.panel.controls.options.start_row.chosen is Start.PICTURE


def test_picture_of_nobody_when_dropped_is_started_from(room: Room, own_run: Path, tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    room.open(own_run)
    room.panel.paths_dropped.emit([tmp_path / "a.png"])
    assert not room.panel.found_menu.isVisible()
    assert room.panel.controls.options.start_row.chosen is Start.PICTURE


# --- compare ---------------------------------------------------------------------------------------------------


def test_compare_when_two_are_chosen_shows_both_at_one_t(room: Room, own_run: Path) -> None:
    room.open(own_run)
    make(room, "ddim", 10)
    make(room, "dpm++2m", 5)
    room.press(Qt.Key.Key_3)
    compare = room.panel.compare
    assert room.panel.ways.current == "compare" and room.panel.kept.isVisible()
    press_row(room, 1)  # B is what the head fills
    assert compare.a is room.recording and compare.b is not None and compare.b.steps == 10
    for step in range(5):
        room.panel.playback.go(step)
        both = compare.comparison
        assert both is not None
        a, b = both.steps_at(float(room.recording.t[step]) / room.recording.timesteps)
        assert a == step
        assert abs(int(compare.b.t[b]) - int(compare.a.t[a])) == np.abs(compare.b.t - compare.a.t[a]).min()
        image = compare.tiles["B", "x_0"].image
        pixel = image.pixelColor(3, 4)
        assert [pixel.red(), pixel.green(), pixel.blue()] == compare.b.x_0(b)[0, 4, 3].tolist()
        assert not compare.tiles["A", "apart"].image.isNull()
    assert set(differing(compare.a.settings, compare.b.settings)) == {"sampler", "sample_steps", "spacing", "eta"}
    first, second = compare.a, compare.b
    compare.swap.click()
    assert (compare.a, compare.b) == (second, first) and room.recording is second


def test_compare_when_a_generation_is_beside_itself_finds_nothing(room: Room, own_run: Path) -> None:
    room.open(own_run)
    make(room, "ddim", 6)
    room.panel.ways.choose("compare")
    press_row(room, 0)
    compare = room.panel.compare
    both = Comparison(compare.a, compare.b)  # type: ignore[arg-type]
    assert not both.curve("x_t", 2)[1].any() and not both.curve("x_0", 2)[1].any()
    assert differing(compare.a.settings, compare.b.settings) == {}  # type: ignore[union-attr]


def test_second_run_when_made_with_another_sampler_is_b_from_the_same_noise(room: Room, own_run: Path) -> None:
    room.open(own_run)
    make(room, "ddim", 6)
    room.panel.ways.choose("compare")
    compare = room.panel.compare
    a = compare.a
    compare.menu.aboutToShow.emit()
    samplers = compare.menu.actions()[0].menu()
    action = next(action for action in samplers.actions() if action.data().sampler == "euler")
    with room.qtbot.waitSignal(room.controller.generated):
        action.trigger()
    settle(room)
    assert compare.a is a and compare.b is room.recording and a is not None and compare.b is not None
    np.testing.assert_array_equal(a.layer("x_t", 0), compare.b.layer("x_t", 0))
    assert compare.b.settings["sampler"] == "euler"
    request = room.panel.request()
    assert request is not None and request.sampler == "ddim"  # the settings above stay
    room.generate()  # the next one is A again
    settle(room)
    assert compare.a is room.recording and compare.b is not room.recording


def test_second_run_when_the_run_was_opened_by_its_file_may_be_of_the_checkpoints_that_may_guide(
    room: Room, own_run: Path
) -> None:
    save_checkpoint(own_run / "checkpoints", replace(tiny_checkpoint(1), step=40))
    room.open(own_run / "run.json")
    make(room, "ddim", 4)
    room.panel.ways.choose("compare")
    compare = room.panel.compare
    compare.menu.aboutToShow.emit()
    models = next(each for each in compare.menu.actions() if each.text() == "another checkpoint")
    assert models.isEnabled()
    (action,) = models.menu().actions()
    assert action.text() == "own-01 · step 40"
    assert (action.data().choice,) == room.panel.controls.options.guide_row._guides
    with room.qtbot.waitSignal(room.controller.generated):
        action.trigger()
    settle(room)
    assert compare.b is not None and compare.b.settings["model_step"] == 40


def test_compare_when_sizes_differ_says_so_and_shows_both(room: Room, own_run: Path, tmp_path: Path) -> None:
    room.open(own_run)
    make(room, "ddim", 6)
    larger = tiny_run(tmp_path / "runs" / "larger-01", {"image_size": 16})
    room.open(larger)
    make(room, "ddim", 6)
    room.panel.ways.choose("compare")
    room.panel.kept.taken_as.emit(next(g for g in room.panel.kept.generations if g.image_size == (16, 16)), "B")
    settle(room)
    room.open(own_run)
    make(room, "ddim", 5)
    compare = room.panel.compare
    assert "cannot be subtracted" in compare.cannot.text()
    assert not compare.tiles["B", "x_0"].image.isNull() and compare.tiles["A", "apart"].image.isNull()


def test_wipe_when_dragged_moves_its_line(room: Room, own_run: Path) -> None:
    room.open(own_run)
    make(room, "ddim", 6)
    room.panel.ways.choose("compare")
    press_row(room, 0)
    compare = room.panel.compare
    compare.head.wipe.click()
    compare.wipe.grab()
    drawn = compare.wipe._drawn
    place = QPoint(round(drawn.left() + 0.25 * drawn.width()), round(drawn.center().y()))
    QTest.mouseClick(compare.wipe, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseMove(compare.wipe, place)
    assert abs(compare.wipe.share - 0.5) < 1e-9 or abs(compare.wipe.share - 0.25) < 0.01


@pytest.mark.long
def test_file_when_cut_off_while_it_is_shown_is_told_and_nothing_stops(room: Room, own_run: Path) -> None:
    room.open(own_run)
    make(room, "ddim", 40, count=16)
    room.press(Qt.Key.Key_K)
    press_row(room, 0)
    with generation_files(own_run / "generations")[0].open("r+b") as file:
        file.truncate(50_000)
    for step in range(40):
        room.panel.playback.go(step)
    assert "cut off" in room.panel.banner.text() and room.step == 39
