"""Denoising that begins with pictures: from one, between two, inside a mask."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog

from core.beginning import Beginning, Start, StartPicture
from core.runs.grids import read_settings
from core.runs.opening import load_checkpoint
from core.sampling import sample_frames
from core.settings import SampleConfig
from studio.sampler.start_row import ROW_COUNT
from tests.studio.dragging import drop_files
from tests.studio.sampler.conftest import Room


def saved(path: Path, pixels: np.ndarray) -> Path:
    Image.fromarray(pixels.astype(np.uint8)).save(path)
    return path


def choose_start(room: Room, start: Start) -> None:
    row = room.panel.controls.options.start_row
    row.start.setCurrentIndex(row.start.findData(start.value))


@pytest.fixture
def ramp() -> np.ndarray:
    """(8, 8, 3), darker at the top."""
    return np.broadcast_to(np.linspace(0, 255, 8)[:, None, None], (8, 8, 3)).round().astype(np.uint8)


def test_a_picture_must_be_chosen_first(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    choose_start(room, Start.PICTURE)
    assert not room.panel.head.generate.isEnabled()
    assert "Choose the picture" in room.panel.head.generate.toolTip()
    room.controller.generate()
    assert not room.controller.sampling
    choose_start(room, Start.BETWEEN)
    assert "two pictures" in room.panel.head.generate.toolTip()
    choose_start(room, Start.NOISE)
    assert room.panel.head.generate.isEnabled()


def test_an_exported_picture_when_opened_as_a_model_leaves_the_model_and_asks_what_it_is_for(
    room: Room, run_folder: Path, tmp_path: Path
) -> None:
    room.open(run_folder)
    room.choose("ddim", 2)
    room.generate()
    with room.qtbot.waitSignal(room.controller.exported):
        room.controller.save(tmp_path / "mine.png")
    model = room.controller.models.chosen
    room.controller.open_model(tmp_path / "mine.png")
    assert room.controller.models.chosen == model and room.panel.head.generate.isEnabled()
    assert room.panel.found_menu.isVisible()
    room.panel.found_menu.start.trigger()
    room.panel.found_menu.close()
    request = room.panel.request()
    assert request is not None and [one.name for one in request.beginning.pictures] == ["mine.png"]


@pytest.mark.long
def test_the_less_a_picture_is_noised_the_more_of_it_stays(
    room: Room, run_folder: Path, tmp_path: Path, ramp: np.ndarray
) -> None:
    room.open(run_folder)
    room.choose("ddim", 30)
    room.panel.controls.start_from_file(saved(tmp_path / "ramp.png", ramp))
    row = room.panel.controls.options.start_row
    assert row.isVisible()
    assert row.t.maximum() == 49
    off = []
    for t in (0, 10, 49):
        row.t.setValue(t)
        assert row.share.text() == f"{round(100 * t / 49)} % of the way"
        off.append(float(np.abs(room.final() - ramp).mean()))
        assert (room.recording.t[0], room.recording.steps) == (t, min(30, t + 1))
    assert off == sorted(off)
    assert off[0] < 20
    with room.qtbot.waitSignal(room.controller.exported):
        room.controller.save(tmp_path / "step.png")
    settings = read_settings(tmp_path / "step.png")
    assert (settings["start"], settings["at_t"]) == (["ramp.png"], 49)


def test_the_selected_sample_can_be_started_from(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    first = room.panel.controls.options.start_row.pictures["first"]
    assert not first.from_wells.isEnabled()
    assert "Generate" in first.from_wells.toolTip()
    room.choose("ddim", 5)
    room.generate()
    room.panel.playback.go(3)
    room.panel.wells.selected.emit(2)
    room.panel.picture_menu.start.trigger()
    picture = first.picture()
    assert picture is not None
    assert picture.pixels == room.recording.x_0(3)[2].tobytes()
    assert "no. 3" in first.accessibleDescription()
    room.panel.controls.options.start_row.t.setValue(0)
    chosen = room.recording.x_0(3)[2].astype(int)
    assert np.abs(room.final() - chosen).mean() < 25


def test_only_the_white_of_a_mask_is_filled(room: Room, run_folder: Path, tmp_path: Path, ramp: np.ndarray) -> None:
    room.open(run_folder)
    room.choose("ddim", 6, count=2)
    controls = room.panel.controls
    controls.start_from_file(saved(tmp_path / "ramp.png", ramp))
    mask = np.zeros((8, 8))
    mask[:, 4:] = 255
    controls.start_from_file(saved(tmp_path / "mask.png", mask), "mask")
    controls.head.fields.steps.setValue(6)
    assert controls.head.fields.sampler.currentText() == "RePaint"
    assert not room.panel.head.fields.sampler.isEnabled()
    assert "RePaint" in room.panel.head.fields.sampler.toolTip()
    assert not controls.options.start_row.t.isEnabled()
    assert not controls.options.spacing.isEnabled()
    filled = room.final()
    assert np.abs(filled[:, :, :4] - ramp[:, :4]).max() <= 1
    assert np.abs(filled[:, :, 4:] - ramp[:, 4:]).mean() > 5
    assert room.recording.complete


def test_a_mask_of_another_size_is_resized_and_that_is_said(
    room: Room, run_folder: Path, tmp_path: Path, ramp: np.ndarray
) -> None:
    room.open(run_folder)
    room.choose("ddim", 5)
    controls = room.panel.controls
    controls.start_from_file(saved(tmp_path / "ramp.png", ramp.repeat(3, 0).repeat(3, 1)))
    mask = np.zeros((9, 10))
    mask[:, 5:] = 255
    controls.start_from_file(saved(tmp_path / "small.png", mask), "mask")
    controls.head.fields.steps.setValue(5)
    row = controls.options.start_row
    assert row.share.text() == "mask resized: 10 × 9 → 24 × 24 px"
    room.generate()
    assert not room.panel.banner.isVisible()
    assert np.abs(room.final()[:, :, :4] - ramp[:, :4]).max() <= 3, "black stays"
    for fitting in (8, 24):
        controls.start_from_file(saved(tmp_path / "fits.png", np.full((fitting, fitting), 255)), "mask")
        assert "resized" not in row.share.text()


def test_between_two_pictures(room: Room, run_folder: Path, tmp_path: Path, ramp: np.ndarray) -> None:
    room.open(run_folder)
    room.choose("ddim", 5)
    choose_start(room, Start.BETWEEN)
    files = [saved(tmp_path / "first.png", ramp), saved(tmp_path / "second.png", ramp[::-1])]
    drop_files(room.panel, files)
    row = room.panel.controls.options.start_row
    assert [p.path for p in row.beginning().pictures] == files
    row.t.setValue(2)
    ends = []
    for lam, near in ((0.0, ramp), (1.0, ramp[::-1])):
        row.lam.setValue(lam)
        ends.append(room.final())
        assert np.abs(ends[-1] - near).mean() < np.abs(ends[-1] - near[::-1]).mean()
    row.lam.setValue(0.5)
    assert (room.final() != ends[0]).any()


def test_a_picture_that_cannot_be_read_is_told_in_a_sentence(room: Room, run_folder: Path, tmp_path: Path) -> None:
    room.open(run_folder)
    room.choose("ddim", 5)
    (tmp_path / "no.png").write_bytes(b"no picture")
    room.panel.controls.start_from_file(tmp_path / "no.png")
    room.generate()
    assert "no.png" in room.panel.banner.text()


def test_another_picture_makes_what_is_shown_stale(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    room.choose("ddim", 5)
    for shade in (b"\x00", b"\xff"):
        room.panel.controls.start_from(StartPicture("made", None, shade * 192, (8, 8, 3)), "first")
        assert shade == b"\x00" or "Settings changed" in room.panel.timeline.row.note.text()
        room.generate()
        assert "Settings changed" not in room.panel.timeline.row.note.text()


@pytest.mark.family
@pytest.mark.parametrize("start", [*Start, "mask"])
def test_the_settings_in_a_saved_picture_make_it_again(
    room: Room, run_folder: Path, tmp_path: Path, ramp: np.ndarray, start: Start | str
) -> None:
    room.open(run_folder)
    room.choose("ddpm", 6, count=2)
    files = [saved(tmp_path / f"{name}.png", pixels) for name, pixels in (("a", ramp), ("b", ramp[::-1]))]
    controls = room.panel.controls
    if start is Start.BETWEEN:
        choose_start(room, start)
        row = controls.options.start_row
        for name, path in zip(row.pictures, files, strict=False):
            controls.start_from_file(path, name)
    elif start is not Start.NOISE:
        controls.start_from_file(files[0])
    if start == "mask":
        controls.start_from_file(saved(tmp_path / "mask.png", np.eye(8) * 255), "mask")
        controls.head.fields.steps.setValue(6)
    made = room.final()
    with room.qtbot.waitSignal(room.controller.exported):
        room.controller.save(tmp_path / "saved.png")
    settings = read_settings(tmp_path / "saved.png")
    assert settings["model_sha256"] and settings["model_step"] is not None and settings["weights"] == "ema"
    pictures = tuple(StartPicture(name, tmp_path / name) for name in settings.get("start", ()))
    mask = StartPicture("mask", tmp_path / str(settings["mask"])) if "mask" in settings else None
    began = {"image_to_image": Start.PICTURE, "inpaint": Start.PICTURE, "interpolate": Start.BETWEEN}
    beginning = Beginning(
        began.get(str(settings.get("edit")), Start.NOISE), pictures, settings.get("at_t"), settings.get("mix"), mask
    )
    names = ("sampler", "sample_steps", "seed", "count", "spacing", "eta", "guidance_scale")
    said = {name: settings[name] for name in names if name in settings}
    *_, finished = sample_frames(load_checkpoint(run_folder), SampleConfig(**said, beginning=beginning))
    np.testing.assert_array_equal(finished.pictures, made)


# --- rows: λ between two pictures, strengths from one ---------------------------------------------------------------


def test_row_between_two_pictures_when_wished_has_every_lambda_with_one_noise(
    room: Room, run_folder: Path, tmp_path: Path, ramp: np.ndarray
) -> None:
    room.open(run_folder)
    room.choose("ddim", 4, count=2)
    choose_start(room, Start.BETWEEN)
    for name, pixels in (("a.png", ramp), ("b.png", 255 - ramp)):
        room.panel.controls.start_from_file(saved(tmp_path / name, pixels))
    row = room.panel.controls.options.start_row
    row.row.click()
    assert not row.lam.isEnabled() and row.t.isEnabled()
    made = room.final()
    assert len(made) == ROW_COUNT
    recording = room.controller.recording
    assert recording is not None
    assert [recording.class_of(k) for k in (0, 4, 8)] == ["λ = 0", "λ = 0.5", "λ = 1"]
    row.row.click()
    for lam, k in ((0.0, 0), (1.0, 8)):
        row.lam.setValue(lam)
        assert np.abs(room.final()[0] - made[k]).max() <= 1


def test_row_of_strengths_when_wished_goes_up_to_t_by_a_sampler_that_remembers_nothing(
    room: Room, run_folder: Path, tmp_path: Path, ramp: np.ndarray
) -> None:
    room.open(run_folder)
    room.choose("unipc", 10)
    room.panel.controls.start_from_file(saved(tmp_path / "ramp.png", ramp))
    row = room.panel.controls.options.start_row
    row.t.setValue(45)
    row.row.click()
    off = [float(np.abs(picture - ramp).mean()) for picture in room.final()]
    assert len(off) == ROW_COUNT and off[0] < off[4] < off[8]
    with room.qtbot.waitSignal(room.controller.exported):
        room.controller.save(tmp_path / "step.png")
    settings = read_settings(tmp_path / "step.png")
    assert (settings["sampler"], settings["at_t"]) == ("ddim", [5 * k for k in range(1, 10)])
    row.take(StartPicture("mask", None, bytes([255] * 64), (8, 8, 1)), "mask")
    assert not row.row.isEnabled() and row.beginning().row == ()


def test_file_that_is_no_picture_when_chosen_is_told_at_once_and_not_kept(
    room: Room, run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ramp: np.ndarray
) -> None:
    room.open(run_folder)
    good, bad, film = saved(tmp_path / "good.png", ramp), tmp_path / "bad.png", tmp_path / "film.gif"
    bad.write_bytes(good.read_bytes()[:60])
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(film, save_all=True, append_images=frames[1:])
    row, banner = room.panel.controls.options.start_row, room.panel.banner
    wished = [good, bad, film]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(wished.pop(0)), ""))
    choose_start(room, Start.BETWEEN)
    for which in ("first", "second"):
        row.pictures[which].from_file.trigger()
    room.qtbot.waitUntil(lambda: "bad.png" in banner.text())
    assert row.files() == (good,) and "two pictures" in room.panel.head.generate.toolTip()
    row.pictures["second"].from_file.trigger()
    room.qtbot.waitUntil(lambda: "film.gif holds more than one picture" in banner.text())
    assert row.files() == (good, film)


def test_file_that_is_no_picture_leaves_the_start_as_it_was(room: Room, run_folder: Path, tmp_path: Path) -> None:
    room.open(run_folder)
    controls, bad = room.panel.controls, tmp_path / "broken.png"
    row = controls.options.start_row
    bad.write_bytes(b"\x89PNG\r\n\x1a\n torn")
    controls.show_more(False)
    room.controller.open_model(bad)
    room.qtbot.waitUntil(lambda: "broken.png" in room.panel.banner.text())
    assert row.chosen is Start.NOISE and not row.files() and not controls.options.is_open
    assert room.panel.head.generate.isEnabled()


def test_row_when_wished_says_how_many_pictures_it_has_and_gives_the_number_back(
    room: Room, run_folder: Path, tmp_path: Path, ramp: np.ndarray
) -> None:
    room.open(run_folder)
    room.choose("ddim", 5, count=4)
    room.panel.controls.start_from_file(saved(tmp_path / "ramp.png", ramp))
    row, count = room.panel.controls.options.start_row, room.panel.head.count
    assert row.share.text() == "49 % of the way"
    row.row.setChecked(True)
    assert (count.value(), count.isEnabled(), row.share.text()) == (ROW_COUNT, False, "up to 49 % of the way")
    assert room.panel.request().count == ROW_COUNT and room.settings["sampler_count"] == 4
    row.pictures["mask"].set_picture(StartPicture("mask", None, bytes([255] * 64), (8, 8, 1)))
    row.changed.emit()
    row.t.setValue(3)
    assert (count.value(), count.isEnabled(), row.share.text()) == (4, True, "")
    choose_start(room, Start.NOISE)
    assert (count.value(), room.settings["sampler_count"], room.panel.request().count) == (4, 4, 4)


@pytest.mark.long
def test_mask_when_there_is_one_has_steps_of_its_own_and_counts_them_as_they_are_taken(
    room: Room, run_folder: Path, tmp_path: Path, ramp: np.ndarray
) -> None:
    room.open(run_folder)
    room.choose("ddim", 6, count=2)
    steps = room.panel.head.fields.steps
    controls = room.panel.controls
    controls.start_from_file(saved(tmp_path / "ramp.png", ramp))
    controls.start_from_file(saved(tmp_path / "mask.png", np.full((8, 8), 255)), "mask")
    assert steps.value() == 50  # RePaint's, whatever DDIM had
    steps.setValue(10)
    request = room.panel.request()
    room.generate()
    assert request.network_calls == request.frames == room.recording.steps == 37
    choose_start(room, Start.NOISE)
    assert steps.value() == 6 and room.settings["sampler_steps"] == {"ddim": 6, "repaint": 10}
