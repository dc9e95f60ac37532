"""Pictures and films read back with the right frames, sizes, colours and settings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from core.errors import StudioError
from core.runs.grids import read_settings, save_picture
from studio.sampler.export import (
    LEAST_PX,
    PNG_KINDS,
    Exported,
    ExportProgress,
    enlarge,
    thinned,
    write_gif,
)
from tests.studio.sampler.conftest import RecordingMaker

SETTINGS = {"sampler": "ddim", "classes": ["笑脸"] * 40}


def test_a_png_holds_the_pixels_and_the_settings(tmp_path: Path, make_recording: RecordingMaker) -> None:
    recording = make_recording(5, 4)
    pixels = enlarge(PNG_KINDS["x_0"].draw(recording, 3, 0))
    save_picture(tmp_path / "step.png", pixels, settings={"sampler": "ddim", "seed": 7})
    assert read_settings(tmp_path / "step.png") == {"sampler": "ddim", "seed": 7}
    with Image.open(tmp_path / "step.png") as image:
        np.testing.assert_array_equal(np.asarray(image), pixels)
    assert min(pixels.shape[:2]) >= LEAST_PX
    factor = pixels.shape[0] // (2 * 8 + 2)
    np.testing.assert_array_equal(pixels[::factor, ::factor][:8, :8], recording.x_0(3)[0])


@pytest.mark.parametrize(
    ("kind", "shape"), [("x_0", (18, 18)), ("x_t", (18, 18)), ("both", (18, 44)), ("strip", (18, 48))]
)
def test_each_kind_shows_what_it_says(kind: str, shape: tuple[int, int], make_recording: RecordingMaker) -> None:
    pixels = PNG_KINDS[kind].draw(make_recording(5, 4), 2, 1)
    assert pixels.shape == (*shape, 3)


def test_the_strip_is_the_selected_picture_through_all_steps(make_recording: RecordingMaker) -> None:
    recording = make_recording(5, 4)
    pixels = PNG_KINDS["strip"].draw(recording, 0, 2)
    for step in range(5):
        np.testing.assert_array_equal(pixels[:8, step * 10 : step * 10 + 8], recording.x_t(step)[2])
        np.testing.assert_array_equal(pixels[10:, step * 10 : step * 10 + 8], recording.x_0(step)[2])


@pytest.mark.parametrize("channels", [1, 3])
def test_a_gif_has_every_step_and_holds_the_last(tmp_path: Path, make_recording: RecordingMaker, channels: int) -> None:
    recording = make_recording(5, 4, channels=channels)
    told = list(write_gif(tmp_path / "film.gif", recording, SETTINGS))
    assert told[-1] == Exported(tmp_path / "film.gif")
    assert [(p.done, p.of) for p in told if isinstance(p, ExportProgress)] == [(k, 6) for k in range(1, 7)]
    with Image.open(tmp_path / "film.gif") as film:
        frames = [(frame.convert("RGB"), frame.info["duration"]) for frame in ImageSequence.Iterator(film)]
        assert film.info["loop"] == 0
        assert json.loads(film.info["comment"]) == SETTINGS
    assert len(frames) == 6
    assert frames[0][1] == 100
    assert frames[-1][1] >= 1500
    assert min(frames[0][0].size) >= LEAST_PX
    factor = frames[0][0].size[1] // 18
    small = np.asarray(frames[3][0])[::factor, ::factor]
    assert abs(int(small[4, 4, 0]) - 6) <= 1  # x_t of step 3
    assert abs(int(small[4, 26 + 4, 0]) - 7) <= 1  # x_0 of step 3


def test_smooth_colours_beside_noise_stay_true(tmp_path: Path, make_recording: RecordingMaker) -> None:
    recording = make_recording(2, 1)
    rows, columns = np.mgrid[0:8, 0:8]
    smooth = np.stack([250 - 10 * rows, 200 - 12 * columns, 60 + 4 * rows + 3 * columns], axis=-1)
    recording.x_0(1)[0] = smooth
    recording.x_t(1)[0] = np.random.default_rng(0).integers(0, 256, (8, 8, 3))
    for _ in write_gif(tmp_path / "film.gif", recording, SETTINGS):
        pass
    with Image.open(tmp_path / "film.gif") as film:
        film.seek(1)
        shown = np.asarray(film.convert("RGB"))
    factor = shown.shape[0] // 8
    off = shown[::factor, ::factor][:, 16:].astype(int) - smooth
    assert np.abs(off).max() <= 8


def test_a_film_that_is_given_up_writes_nothing(tmp_path: Path, make_recording: RecordingMaker) -> None:
    steps = write_gif(tmp_path / "film.gif", make_recording(5, 4), SETTINGS)
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == []


def test_a_stopped_recording_becomes_a_shorter_film(tmp_path: Path, make_recording: RecordingMaker) -> None:
    for _ in write_gif(tmp_path / "film.gif", make_recording(9, 1, arrived=4), SETTINGS):
        pass
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames == 4  # type: ignore[attr-defined]


def test_a_place_that_cannot_be_written_is_told_in_words(tmp_path: Path, make_recording: RecordingMaker) -> None:
    with pytest.raises(StudioError, match=r"no-such-folder"):
        list(write_gif(tmp_path / "no-such-folder" / "a.gif", make_recording(1, 1), SETTINGS))


def test_a_long_recording_is_thinned_evenly_with_both_ends() -> None:
    kept = thinned(1000, 150)
    assert (len(kept), kept[0], kept[-1]) == (150, 0, 999)
    assert len(set(kept)) == 150
    assert thinned(3, 150) == [0, 1, 2]
