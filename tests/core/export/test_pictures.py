"""Pictures and films read back with the right frames, sizes, colours and settings."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from core.catalogue import EXPORTS
from core.errors import ConfigError, RunError, SamplingError, StudioError
from core.export import Exported, ExportProgress, Generation, export, export_row
from core.export.pictures import FILMS, LEAST_PX, Film, draw_both, draw_strip, draw_x_0, draw_x_t, enlarge, thinned
from core.frames import SamplingFinished
from core.recording import Recording
from core.runs.grids import read_settings, save_picture
from tests.studio.sampler.conftest import make_frame, make_started

SETTINGS = {"sampler": "ddim", "classes": ["笑脸"] * 40}


def make_recording(steps: int, count: int, *, arrived: int | None = None, channels: int = 3) -> Recording:
    """Its pixels say where they are from."""
    recording = Recording(make_started(steps=steps, count=count, channels=channels))
    for index in range(steps if arrived is None else arrived):
        recording.add(make_frame(index, steps=steps, count=count, channels=channels))
    if recording.complete:
        recording.finish(SamplingFinished(recording.x_0(steps - 1).copy()))
    return recording


def written(path: Path, recording: Recording) -> list[ExportProgress | Exported]:
    return list(export(export_row(path), path, Generation(recording, SETTINGS)))


def test_a_png_holds_the_pixels_and_the_settings(tmp_path: Path) -> None:
    recording = make_recording(5, 4)
    pixels = enlarge(draw_x_0(recording, 3, 0))
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
def test_each_kind_shows_what_it_says(tmp_path: Path, kind: str, shape: tuple[int, int]) -> None:
    draws = {"x_0": draw_x_0, "x_t": draw_x_t, "both": draw_both, "strip": draw_strip}
    recording, path = make_recording(5, 4), tmp_path / "a.png"
    pixels = draws[kind](recording, 2, 1)
    assert pixels.shape == (*shape, 3)
    list(export(EXPORTS[kind], path, Generation(recording, {"seed": 7}, step=2, picture=1)))
    with Image.open(path) as image:
        np.testing.assert_array_equal(np.asarray(image), enlarge(pixels))
    shown = {"index": 1} if kind == "strip" else {"step": 3, "t": int(recording.t[2])}
    assert read_settings(path) == {"seed": 7, **shown}


def test_the_strip_is_the_selected_picture_through_all_steps() -> None:
    recording = make_recording(5, 4)
    pixels = draw_strip(recording, 0, 2)
    for step in range(5):
        np.testing.assert_array_equal(pixels[:8, step * 10 : step * 10 + 8], recording.x_t(step)[2])
        np.testing.assert_array_equal(pixels[10:, step * 10 : step * 10 + 8], recording.x_0(step)[2])


@pytest.mark.parametrize("channels", [1, 3])
def test_a_gif_has_every_step_and_holds_the_last(tmp_path: Path, channels: int) -> None:
    recording = make_recording(5, 4, channels=channels)
    told = written(tmp_path / "film.gif", recording)
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


def test_smooth_colours_beside_noise_stay_true(tmp_path: Path) -> None:
    recording = make_recording(2, 1)
    rows, columns = np.mgrid[0:8, 0:8]
    smooth = np.stack([250 - 10 * rows, 200 - 12 * columns, 60 + 4 * rows + 3 * columns], axis=-1)
    recording.x_0(1)[0] = smooth
    recording.x_t(1)[0] = np.random.default_rng(0).integers(0, 256, (8, 8, 3))
    written(tmp_path / "film.gif", recording)
    with Image.open(tmp_path / "film.gif") as film:
        film.seek(1)
        shown = np.asarray(film.convert("RGB"))
    factor = shown.shape[0] // 8
    off = shown[::factor, ::factor][:, 16:].astype(int) - smooth
    assert np.abs(off).max() <= 8


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".mp4"])
def test_a_film_that_is_given_up_writes_nothing(tmp_path: Path, suffix: str) -> None:
    if suffix == ".mp4":
        pytest.importorskip("av")
    path = tmp_path / f"film{suffix}"
    steps = export(export_row(path), path, Generation(make_recording(5, 4), SETTINGS))
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == []


def test_a_stopped_recording_becomes_a_shorter_film(tmp_path: Path) -> None:
    written(tmp_path / "film.gif", make_recording(9, 1, arrived=4))
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames == 4  # type: ignore[attr-defined]


def test_a_place_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"no-such-folder"):
        written(tmp_path / "no-such-folder" / "a.gif", make_recording(1, 1))


def test_a_long_recording_is_thinned_evenly_with_both_ends() -> None:
    kept = thinned(1000, 150)
    assert (len(kept), kept[0], kept[-1]) == (150, 0, 999)
    assert len(set(kept)) == 150
    assert thinned(3, 150) == [0, 1, 2]


# --- films of other kinds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("suffix", [".apng", ".webp"])
def test_film_without_loss_when_read_back_has_every_pixel_of_every_step(
    tmp_path: Path, suffix: str, channels: int
) -> None:
    recording, path = make_recording(5, 4, channels=channels), tmp_path / f"film{suffix}"
    assert written(path, recording)[-1] == Exported(path)
    with Image.open(path) as film:
        # Of a WebP, how long a frame is is known once it was decoded.
        shown = [(frame.convert("RGB"), frame.info["duration"]) for frame in ImageSequence.Iterator(film)]
        told = film.info["ddpm-studio"] if suffix == ".apng" else film.getexif()[0x010E]
    assert len(shown) == 6 and json.loads(told) == SETTINGS
    assert [duration for _, duration in shown] == [100] * 5 + [2000]
    for step, (frame, _) in enumerate(shown[:5]):
        drawn = enlarge(draw_both(recording, step, 0))
        if channels == 4:
            alpha = drawn[..., 3:] / 255
            drawn = np.rint(drawn[..., :3] * alpha + 255 * (1 - alpha)).astype(int)
        assert np.abs(np.asarray(frame).astype(int) - drawn).max() <= (1 if channels == 4 else 0)


def test_mp4_when_read_back_has_every_step_and_holds_the_last(tmp_path: Path) -> None:
    av = pytest.importorskip("av", reason="the extra [video] is not installed")
    recording, path = make_recording(5, 4), tmp_path / "film.mp4"
    told = written(path, recording)
    assert [p.done for p in told if isinstance(p, ExportProgress)] == [1, 2, 3, 4, 5, 6] and told[-1] == Exported(path)
    with av.open(str(path)) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        assert json.loads(film.metadata["comment"]) == SETTINGS
    assert len(frames) == 5 + 20
    for step in range(5):
        drawn = enlarge(draw_both(recording, step, 0))
        shown = frames[step][: drawn.shape[0], : drawn.shape[1]].astype(int)
        assert np.abs(shown - drawn).mean() < 3


def test_mp4_when_it_is_large_says_in_which_colours_it_is(tmp_path: Path) -> None:
    av = pytest.importorskip("av", reason="the extra [video] is not installed")
    green = np.full((720, 800, 3), (10, 220, 40), np.uint8)
    list(FILMS[".mp4"](tmp_path / "film.mp4", Film(iter([green] * 2), 2, {})))
    with av.open(str(tmp_path / "film.mp4")) as film:
        first = next(film.decode(video=0))
    assert first.colorspace == 6, "BT.601, as H.273 counts"
    assert np.abs(first.to_ndarray(format="rgb24").astype(int) - green).max() <= 3


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of files")
@pytest.mark.parametrize("suffix", sorted(FILMS))
def test_film_when_the_disk_takes_no_more_is_told_in_words_and_leaves_nothing(tmp_path: Path, suffix: str) -> None:
    if suffix == ".mp4":
        pytest.importorskip("av")
    import resource

    noise = np.random.default_rng(0).integers(0, 256, (4, 256, 256, 3), dtype=np.uint8)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(RunError, match="too large for this disk"):
            list(FILMS[suffix](tmp_path / f"film{suffix}", Film(iter(noise), 4, {})))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_mp4_when_the_package_is_missing_says_what_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.export.find_spec", lambda name: None)
    with pytest.raises(SamplingError, match=r'pip install "ddpm-studio\[video\]"'):
        written(tmp_path / "film.mp4", make_recording(1, 1))
    assert list(tmp_path.iterdir()) == []


def test_kind_when_no_suffix_is_its_is_refused_with_those_that_are() -> None:
    with pytest.raises(ConfigError, match=r"\.html, \.gif, .*\.py"):
        export_row(Path("a.xyz"))
