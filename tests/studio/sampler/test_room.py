"""The whole room with a real tiny model: generate, scrub, keys, cancel, save, failures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton

import core
from core.catalogue import EXPORTS
from core.inputs import length_of
from core.networks.build import build_diffusion
from core.runs.checkpoint import find_checkpoint, prune, read_checkpoint, save_checkpoint
from core.runs.checkpoint_files import description_path
from core.runs.grids import read_settings
from core.runs.run import Run
from core.settings import RunConfig
from studio import numbers
from studio.imaging import to_array
from studio.jobs.worker import Worker
from studio.sampler.exporter import Exporter
from studio.sampler.models import Origin
from studio.training.state import TrainingState
from tests.studio.sampler.conftest import TINY, Room, tiny_checkpoint, tiny_run


def test_without_a_model_the_wells_say_why_and_lead_to_training(room: Room) -> None:
    assert not room.panel.head.generate.isEnabled()
    assert "model" in room.panel.head.generate.toolTip().lower()
    grid = room.panel.wells.x_t.grid
    assert "no model" in grid.accessibleDescription()
    button = grid.findChild(QPushButton, "placeholder_action")
    assert isinstance(button, QPushButton)
    with room.qtbot.waitSignal(room.controller.training_wished):
        button.click()


@pytest.mark.parametrize(("sampler", "steps"), [("ddim", 5), ("ddpm", 20)])
def test_every_step_arrives_in_order(room: Room, run_folder: Path, sampler: str, steps: int) -> None:
    room.open(run_folder)
    room.choose(sampler, steps)
    room.generate()
    recording = room.controller.recording
    assert recording is not None
    assert recording.arrived == recording.steps == steps
    assert (np.diff(recording.t) < 0).all()
    assert recording.t[0] == 49
    assert recording.final is not None
    assert room.step == steps - 1  # it followed the newest


def test_the_same_seed_gives_the_same_pictures_another_others(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    finals = []
    for seed in (7, 7, 8):
        room.choose("ddpm", 5, seed=seed)
        room.generate()
        assert room.controller.recording is not None
        finals.append(room.controller.recording.final)
    np.testing.assert_array_equal(finals[0], finals[1])
    assert (finals[0] != finals[2]).any()


def test_both_wells_show_the_step_that_is_scrubbed_to(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    room.choose("ddim", 5)
    room.generate()
    recording = room.controller.recording
    assert recording is not None
    wells = room.panel.wells
    for step in (0, 3, 1):
        room.panel.playback.go(step)
        for grid, pictures in ((wells.x_t.grid, recording.x_t(step)), (wells.x_0.grid, recording.x_0(step))):
            assert grid.count() == 4
            for k, picture in enumerate(pictures):
                np.testing.assert_array_equal(to_array(grid.picture(k))[..., :3], picture)


def test_the_keys_of_the_room(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    room.choose("ddim", 25, count=2)
    with room.qtbot.waitSignal(room.controller.generated, timeout=30_000):
        room.press(Qt.Key.Key_G)
    room.press(Qt.Key.Key_Home)
    assert room.step == 0
    room.press(Qt.Key.Key_Right)
    room.press(Qt.Key.Key_Right)
    room.press(Qt.Key.Key_Left)
    assert room.step == 1
    room.press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert room.step == 11
    room.press(Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert room.step == 1
    room.press(Qt.Key.Key_End)
    assert room.step == 24
    room.press(Qt.Key.Key_Return)
    assert room.panel.wells.large
    room.press(Qt.Key.Key_Escape)
    assert not room.panel.wells.large
    room.press(Qt.Key.Key_Space)
    assert room.panel.playback.playing
    room.press(Qt.Key.Key_Space)
    assert not room.panel.playback.playing


def test_keys_in_a_field_are_the_fields_own(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    room.choose("ddim", 5)
    room.generate()
    seed = room.panel.head.seed
    seed.setFocus()
    seed.selectAll()
    QTest.keyClicks(seed, "1g2")
    QTest.keyClick(seed, Qt.Key.Key_Home)
    QTest.keyClick(seed, Qt.Key.Key_Right)
    assert room.step == 4
    assert not room.panel.playback.playing
    assert not room.controller.sampling
    QTest.keyClick(seed, Qt.Key.Key_Return)
    assert seed.value() == 12
    assert not room.panel.wells.large


def test_cancelling_keeps_what_has_arrived(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    room.choose("ddpm", 50, count=16)
    room.controller.generate()
    room.qtbot.waitUntil(
        lambda: room.controller.recording is not None and room.controller.recording.arrived >= 2, timeout=20_000
    )
    room.panel.head.cancel.click()
    recording = room.controller.recording
    assert recording is not None
    assert not room.controller.sampling
    assert 2 <= recording.arrived < 50
    assert recording.final is None
    room.panel.playback.go(49)
    assert room.step == recording.arrived - 1
    room.choose("ddim", 5)
    room.generate()
    assert room.controller.recording is not None
    assert room.controller.recording.complete


def test_changed_settings_are_marked_until_they_are_used(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    room.choose("ddim", 5)
    room.generate()
    note = room.panel.timeline.row.note
    assert note.text() == ""
    room.panel.head.fields.steps.setValue(6)
    assert "Generate" in note.text()
    room.panel.head.fields.steps.setValue(5)
    assert note.text() == ""


def test_a_long_sampling_says_beforehand_what_it_takes(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    room.choose("ddim", 5, count=16)
    room.generate()
    room.panel.set_pace(0.5, 16)
    room.choose("ddpm", 50, count=32)
    assert room.panel.timeline.row.note.text() == "Settings changed: Generate again · takes about 50 s"
    room.panel.set_time_left(61)
    assert room.panel.timeline.row.note.text() == "about 1 min left"
    room.panel.set_time_left(None)


def test_eta_is_only_where_the_sampler_has_one(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    room.choose("ddim", 5)
    assert room.panel.head.fields.eta.isEnabled()
    assert "Song" in room.panel.head.fields.sampler.toolTip()
    room.choose("ddpm", 5)
    assert not room.panel.head.fields.eta.isEnabled()
    assert "DDPM" in room.panel.head.fields.eta.toolTip()
    request = room.panel.request()
    assert request is not None
    assert request.eta is None


def test_a_picture_and_a_film_are_saved(room: Room, run_folder: Path, tmp_path: Path) -> None:
    room.open(run_folder)
    room.choose("ddim", 5)
    room.generate()
    room.panel.playback.go(2)
    with room.qtbot.waitSignal(room.controller.exported):
        room.controller.save(tmp_path / "step.png")
    settings = read_settings(tmp_path / "step.png")
    assert (settings["sampler"], settings["seed"], settings["step"]) == ("ddim", 7, 3)
    with room.qtbot.waitSignal(room.controller.exported):
        room.controller.save(tmp_path / "film.gif", "gif")
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames == 6  # type: ignore[attr-defined]
        assert min(film.size) >= 256
    assert "film.gif" in room.panel.banner.text()


@pytest.mark.parametrize("kind", EXPORTS)
def test_kind_of_export_when_chosen_in_its_menu_is_written(
    room: Room, run_folder: Path, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "mp4":
        pytest.importorskip("av", reason="the extra [video] is not installed")
    room.open(run_folder)
    room.choose("ddim", 3)
    room.generate()
    asked: list[str] = []
    monkeypatch.setattr(Exporter, "ask_where", lambda _, name: asked.append(name) or tmp_path / name)
    row = room.panel.timeline.row
    menu, button = (
        (row.recording_menu, row.save_recording)
        if EXPORTS[kind].shows == "all"
        else (row.picture_menu, row.save_picture)
    )
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert menu.isVisible()
    with room.qtbot.waitSignal(room.controller.exported):
        next(action for action in menu.actions() if action.data() == kind).trigger()
    menu.hide()
    assert asked[0].endswith(EXPORTS[kind].suffix)
    assert (tmp_path / asked[0]).stat().st_size > 200
    assert row.save_picture.isEnabled() and asked[0] in room.panel.banner.text()


def test_export_when_its_package_is_missing_says_what_installs_it(
    room: Room, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.open(run_folder)
    room.choose("ddim", 3)
    room.generate()
    monkeypatch.setattr("core.export.find_spec", lambda name: None)
    room.panel.timeline.row.export_wished.emit("mp4")
    assert 'pip install "ddpm-studio[video]"' in room.panel.banner.text()


def test_a_broken_checkpoint_shows_a_banner_and_the_next_one_works(
    room: Room, run_folder: Path, tmp_path: Path
) -> None:
    broken = save_checkpoint(tmp_path / "checkpoints", tiny_checkpoint(1))
    tensors = broken.with_suffix(".safetensors")
    tensors.write_bytes(tensors.read_bytes()[:-100])
    room.controller.open_model(broken)
    room.qtbot.waitUntil(room.panel.banner.isVisible, timeout=20_000)
    assert "step-00000100" in room.panel.banner.text()
    assert not room.panel.head.generate.isEnabled()
    room.open(run_folder)
    assert not room.panel.banner.isVisible()
    room.choose("ddim", 5)
    room.generate()
    assert room.step == 4


def test_a_run_that_another_program_trains_and_prunes_is_opened(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny_run(tmp_path / "other-01")
    chosen: list[Path] = []

    def found_and_pruned(path: Path) -> Path:
        chosen.append(find_checkpoint(path))
        if len(chosen) == 1:
            save_checkpoint(folder / "checkpoints", replace(read_checkpoint(chosen[0]), step=101))
            prune(folder / "checkpoints", 1)
        return chosen[-1]

    monkeypatch.setattr(core.runs.checkpoint, "find_checkpoint", found_and_pruned)
    room.open(folder)
    assert chosen[0].name == "step-00000100.json" and chosen[-1].name == "step-00000101.json"
    assert not room.panel.banner.isVisible() and room.panel.head.generate.isEnabled()


def test_a_checkpoint_when_chosen_or_shown_is_spared_and_when_gone_all_the_same_that_is_said(
    room: Room, tmp_path: Path
) -> None:
    run = Run.open(tiny_run(tmp_path / "faces-05"))
    paths = [description_path(run.checkpoints_folder, step) for step in (100, 101, 102)]
    for path, step in zip(paths[1:], (101, 102), strict=True):
        save_checkpoint(path.parent, replace(read_checkpoint(paths[0]), step=step))
    room.project.set_run(run)
    room.qtbot.waitUntil(lambda: not room.controller.choosing.reading, timeout=20_000)

    def choose(path: Path) -> None:
        room.controller.choosing.choose(next(each for each in room.controller.models.choices if each.path == path))
        room.qtbot.waitUntil(lambda: not room.controller.choosing.reading, timeout=20_000)

    choose(paths[0])
    assert room.training.spared == {paths[0]}
    room.choose("ddim", 3)
    room.generate()
    choose(paths[1])
    assert room.training.spared == {paths[0], paths[1]}, "what is chosen, and what made the pictures"
    assert not room.panel.banner.isVisible()
    prune(run.checkpoints_folder, 1)
    room.training.checkpoint_saved.emit(paths[2])
    words = room.panel.banner.text()
    assert "faces-05, step 101, was cleared away" in words and "pinned" in words
    assert room.controller.models.chosen is not None and room.controller.models.chosen.path == paths[2]
    room.qtbot.waitUntil(lambda: not room.controller.choosing.reading, timeout=20_000)
    assert room.panel.banner.text() == words


def test_a_training_under_way_can_be_sampled(room: Room, run_folder: Path) -> None:
    room.training.model = build_diffusion(RunConfig().with_settings(TINY))
    room.training.state = TrainingState.RUNNING
    room.project.set_run(Run.open(run_folder))
    choices = room.controller.models.choices
    assert [choice.origin for choice in choices] == [Origin.TRAINING, Origin.RUN]
    assert room.controller.models.chosen == choices[0]
    room.qtbot.waitUntil(room.panel.head.generate.isEnabled, timeout=20_000)
    assert not room.panel.head.weights.isEnabled()
    room.choose("ddim", 3)
    room.generate()
    assert room.panel.made_at == 123
    room.training.model = None
    room.training.state_changed.emit(TrainingState.FINISHED)
    assert room.controller.models.chosen == choices[1]


def test_closing_while_pictures_are_made_leaves_nothing_running(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    room.choose("ddpm", 50, count=16)
    room.controller.generate()
    room.qtbot.waitUntil(lambda: room.controller.recording is not None, timeout=20_000)
    assert room.controller.shutdown(10_000)
    room.controller.generate()
    assert not [worker for worker in room.controller.findChildren(Worker) if worker.running]


def test_a_film_can_be_given_up(room: Room, run_folder: Path, tmp_path: Path) -> None:
    room.open(run_folder)
    room.choose("ddpm", 50, count=64)
    room.generate()
    room.controller.save(tmp_path / "film.gif", "gif")
    room.panel.timeline.row.save_recording.click()
    room.qtbot.waitUntil(room.panel.timeline.row.save_picture.isEnabled)
    assert not (tmp_path / "film.gif").exists()


def test_raw_weights_are_other_pictures(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    finals = []
    for name in ("ema", "raw"):
        room.panel.head.weights.setCurrentIndex(room.panel.head.weights.findData(name))
        room.choose("ddim", 3)
        room.generate()
        assert room.controller.recording is not None
        finals.append(room.controller.recording.final)
    assert (finals[0] != finals[1]).any()


def test_selecting_a_picture_in_one_well_selects_it_in_both_and_in_the_strip(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    room.choose("ddim", 5)
    room.generate()
    wells, scrubber, recording = room.panel.wells, room.panel.timeline.scrubber, room.controller.recording
    assert recording is not None
    where = next(
        QPoint(x, y)
        for x in range(0, wells.x_0.grid.width(), 5)
        for y in range(0, wells.x_0.grid.height(), 5)
        if wells.x_0.grid.index_at(QPointF(x, y)) == 2
    )
    QTest.mouseClick(wells.x_0.grid, Qt.MouseButton.LeftButton, pos=where)
    assert room.panel.shown.picture == 2
    assert wells.x_t.grid.selected_index() == wells.x_0.grid.selected_index() == 2
    for step in range(5):
        np.testing.assert_array_equal(to_array(scrubber.thumbnail(step))[..., :3], recording.x_0(step)[2])
    QTest.mouseMove(wells.x_0.grid, where)
    room.qtbot.waitUntil(lambda: "picture 3" in wells.x_t.reading.text())


def test_a_sampling_that_made_nothing_changes_nothing_of_what_is_shown(
    room: Room, run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.open(run_folder)
    room.choose("ddim", 5, seed=7)
    room.generate()
    made_at, pace = room.panel.made_at, room.panel.timeline.row.note.pace
    room.choose("ddpm", 6, seed=8)

    def fail(*_arguments: object) -> Iterator[object]:
        raise MemoryError
        yield

    monkeypatch.setattr(room.controller.source, "frames", fail)
    room.generate()
    assert "Settings changed" in room.panel.timeline.row.note.text()
    monkeypatch.undo()
    room.controller.generate()
    room.controller.cancel()
    assert "Settings changed" in room.panel.timeline.row.note.text()
    assert (room.panel.made_at, room.panel.timeline.row.note.pace) == (made_at, pace)
    with room.qtbot.waitSignal(room.controller.exported):
        room.controller.save(tmp_path / "step.png")
    settings = read_settings(tmp_path / "step.png")
    assert (settings["sampler"], settings["sample_steps"], settings["seed"]) == ("ddim", 5, 7)


@pytest.mark.parametrize(
    ("typed", "written"),
    [("face", "face.png"), ("face-v1.5", "face-v1.5.png"), ("x.jpg", "x.jpg.png"), ("x.PNG", "x.PNG")],
)
def test_what_is_saved_has_its_suffix_and_replaces_nothing_unasked(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, written: str
) -> None:
    asked: list[str] = []
    answer = QMessageBox.StandardButton.No

    def type_name(dialog: QFileDialog) -> int:
        assert dialog.defaultSuffix() == "png"
        # As the dialog itself does with a name that has no suffix.
        chosen = str(tmp_path / (typed if "." in typed else f"{typed}.{dialog.defaultSuffix()}"))
        monkeypatch.setattr(dialog, "selectedFiles", lambda: [chosen])
        return 1

    def question(_parent: object, _title: str, text: str) -> QMessageBox.StandardButton:
        asked.append(text)
        return answer

    monkeypatch.setattr(QFileDialog, "exec", type_name)
    monkeypatch.setattr(QMessageBox, "question", question)
    ask_where = room.controller._exporter.ask_where
    assert ask_where("samples.png") == tmp_path / written
    assert asked == []
    (tmp_path / written).touch()
    by_itself = typed in ("face", "x.PNG")  # the dialog has asked already
    assert ask_where("samples.png") == (tmp_path / written if by_itself else None)
    assert len(asked) == (0 if by_itself else 1)
    answer = QMessageBox.StandardButton.Yes
    assert ask_where("samples.png") == tmp_path / written


def test_dialog_when_files_of_the_name_are_there_offers_the_next_number(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "exec", lambda _: 1)
    room.settings["export_folder"] = str(tmp_path)
    for number in ("", "-2", "-3"):
        path = room.controller._exporter.ask_where("face-seed-7.png")
        assert path == tmp_path / f"face-seed-7{number}.png"
        path.touch()


@pytest.mark.long
def test_length_of_the_ema_when_the_run_kept_none_cannot_be_chosen_and_says_why(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    weights = room.panel.head.weights
    place = weights.findData("length")
    assert not weights.model().item(place).isEnabled()
    assert "EMA snapshots" in weights.itemData(place, Qt.ItemDataRole.ToolTipRole)
    assert room.panel.head.ema_length.isHidden()


def test_length_of_the_ema_when_chosen_makes_the_pictures_of_that_average(
    room: Room, averaged_run: Path, run_folder: Path
) -> None:
    room.open(averaged_run)
    head = room.panel.head
    room.choose("ddim", 3)
    usual = room.final()
    head.weights.setCurrentIndex(head.weights.findData("length"))
    assert head.ema_length.isVisible()
    head.ema_length.slider.setValue(head.ema_length.slider.minimum())
    length = length_of(head.weights_name())
    assert length is not None and 0.03 < length < 0.05
    short = room.final()
    assert (short != usual).any()
    assert room.controller.made_by is not None and room.controller.made_by.weights == head.weights_name()
    head.ema_length.slider.setValue(head.ema_length.slider.maximum())
    assert (room.final() != short).any()
    # A model without snapshots is shown with its usual average.
    room.open(run_folder)
    room.qtbot.waitUntil(lambda: head.weights_name() == "ema", timeout=20_000)
    assert head.ema_length.isHidden()
    assert not room.panel.banner.text()


def test_a_step_that_is_pointed_at_is_previewed_over_the_strip(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    room.choose("ddim", 5)
    room.generate()
    room.panel.resize(1200, 700)
    scrubber = room.panel.timeline.scrubber
    shown = room.panel.shown.step
    QTest.mouseMove(scrubber, QPoint(round(scrubber.step_x(1)), 60))
    room.qtbot.waitUntil(lambda: scrubber.preview is not None and scrubber.preview.isVisible())
    assert scrubber.preview is not None
    assert scrubber.preview.words == f"step 2, t = {room.recording.t[1]}"
    assert room.panel.shown.step == shown  # looking goes nowhere
    QTest.mouseClick(scrubber, Qt.MouseButton.LeftButton, pos=QPoint(round(scrubber.step_x(1)), 60))
    assert room.panel.shown.step == 1 and not scrubber.preview.isVisible()


def test_values_under_the_pointer_when_over_a_curve_are_those_of_its_t_in_all_three(
    room: Room, run_folder: Path
) -> None:
    room.open(run_folder)
    room.choose("ddim", 5)
    room.generate()
    curves = room.panel.curves
    words = {name: value.text() for name, value in curves._values.items()}
    curves.charts["snr"].hovered.emit(20.3)
    at = {name: value.text() for name, value in curves._values.items()}
    schedule = room.recording.schedule
    assert at["alphas_cumprod"] == f"t 20: {numbers.figure(schedule[20])}"
    assert at["snr"] == f"t 20: {numbers.figure(schedule[20] / (1 - schedule[20]))}"
    assert at["delta"].startswith("t 20: 0.")
    assert all(chart._hover_line.isVisible() for chart in curves.charts.values())
    curves.charts["snr"].hovered.emit(None)
    assert {name: value.text() for name, value in curves._values.items()} == words


def test_note_when_another_model_is_chosen_says_whose_the_pictures_are(
    room: Room, run_folder: Path, class_run: Path
) -> None:
    room.open(run_folder)
    room.choose("ddim", 4)
    room.generate()
    note = room.panel.timeline.row.note
    assert note.text() == ""
    room.open(class_run)  # its classes stand over the pictures of the other one
    assert note.text() == "Pictures of faces-01: Generate again"
    room.generate()
    assert note.text() == ""
    room.open(run_folder)
    assert note.text() == "Pictures of moods-01: Generate again"
