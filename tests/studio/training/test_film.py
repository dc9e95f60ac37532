"""The samples of a run played and saved as a film, and the strip that follows them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.errors import RunError
from core.export import Exported, ExportProgress
from core.export.pictures import FILMS, film_of_grids
from core.runs.grids import grid, save_grid, save_strip
from core.training.events import Strip
from studio.app.theme import theme
from studio.training import film as film_of_samples
from studio.training.live_run import LiveRun
from studio.training.samples_view import SamplesPanel
from studio.training.strip import StripPanel
from tests.studio.training.conftest import Room
from tests.studio.training.test_live_edits import CONFIG

T = np.array([2, 8, 14, 20, 26, 32, 38, 44])


def grids(folder: Path, count: int) -> list[np.ndarray]:
    draw, made = np.random.default_rng(0), []
    for k in range(count):
        made.append(draw.integers(0, 255, (4, 8, 8, 3), dtype=np.uint8))
        save_grid(folder / f"step-{k:08d}.png", made[-1], settings={"step": k})
    return made


@pytest.mark.parametrize("suffix", [".apng", ".gif", ".webp"])
def test_film_when_saved_then_has_every_grid_in_order(tmp_path: Path, suffix: str) -> None:
    made = grids(tmp_path, 4)
    paths = sorted(tmp_path.glob("*.png"))
    told = list(FILMS[suffix](tmp_path / f"film{suffix}", film_of_grids(paths, {"run": "a", "steps": [0, 1, 2, 3]})))
    assert told == [*(ExportProgress(k, 4) for k in (1, 2, 3, 4)), Exported(tmp_path / f"film{suffix}")]
    with Image.open(tmp_path / f"film{suffix}") as film:
        frames = [np.asarray(frame.convert("RGB")).astype(int) for frame in ImageSequence.Iterator(film)]
    assert len(frames) == 4
    for frame, pictures in zip(frames, made, strict=True):
        factor = frame.shape[0] // grid(pictures).shape[0]
        assert np.abs(frame[::factor, ::factor] - grid(pictures)).mean() < (4 if suffix == ".gif" else 0.5)


def test_film_when_a_grid_has_another_size_or_is_gone_then_leaves_it_out_or_says_so(tmp_path: Path) -> None:
    grids(tmp_path, 3)
    save_grid(tmp_path / "step-00000001.png", np.zeros((9, 8, 8, 3), np.uint8), settings={})
    paths = sorted(tmp_path.glob("*.png"))
    assert len(list(film_of_grids(paths, {}).frames)) == 2
    with pytest.raises(RunError):
        film_of_grids([*paths, tmp_path / "gone.png"], {})


@pytest.fixture
def history(tmp_path: Path) -> LiveRun:
    live = LiveRun(CONFIG, 0.9)
    for step, images in enumerate(grids(tmp_path, 5)):
        live.samples.add(step, images, tmp_path / f"step-{step:08d}.png")
    return live


def test_samples_when_played_then_run_to_the_newest_and_stop(history: LiveRun, qtbot: QtBot) -> None:
    theme().apply("dark")
    panel = SamplesPanel()
    qtbot.addWidget(panel)
    panel.show_history(history.samples)
    panel.playback.set_speed(4.0)
    seen: list[int] = []
    panel.step_shown.connect(seen.append)
    QTest.keySequence(panel, QKeySequence("Space"))
    assert panel.playback.playing and panel.play.accessibleName().startswith("Hold")
    qtbot.waitUntil(lambda: not panel.playback.playing, timeout=20_000)
    assert seen[0] == 0 and seen[-1] == 4 and sorted(set(seen)) == sorted(set(seen), key=seen.index)
    panel.play.click()
    panel.slider.setValue(3)
    assert not panel.playback.playing or panel.slider.value() == 0, "a hand on the slider holds it"
    panel.show_history(None)
    assert not panel.play.isEnabled()


def test_film_button_when_there_is_one_grid_then_says_why_not_and_else_saves(
    room: Room, history: LiveRun, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = room.panel.samples
    panel.film.menu().aboutToShow.emit()
    assert not any(action.isEnabled() for action in panel.film.saves)
    assert panel.film.saves[0].toolTip() == "A film needs two grids of samples"
    panel.show_history(history.samples)
    panel.film.menu().aboutToShow.emit()
    assert panel.film.saves[0].isEnabled()
    chosen = tmp_path / "saved" / "film.gif"
    chosen.parent.mkdir()
    monkeypatch.setattr(film_of_samples, "ask_where", lambda *_: chosen)
    panel.film.saves[0].trigger()
    qtbot.waitUntil(lambda: any("Film saved" in line for line in room.panel.log.lines()), timeout=20_000)
    with Image.open(chosen) as film:
        assert film.n_frames == 5 and film.info["duration"] == 200, "five grids a second were chosen"
    panel.film.speed_wished.emit(0.2)
    room.panel.log.text.clear()
    panel.film.saves[0].trigger()
    qtbot.waitUntil(lambda: any("Film saved" in line for line in room.panel.log.lines()), timeout=20_000)
    with Image.open(chosen) as film:
        assert film.info["duration"] == 500


def test_strip_when_samples_are_looked_at_then_is_the_one_of_their_step(qtbot: QtBot, tmp_path: Path) -> None:
    theme().apply("dark")
    panel, live = StripPanel(), LiveRun(CONFIG, 0.9)
    qtbot.addWidget(panel)
    panel.resize(420, 150)
    panel.expect_first(6)
    panel.show_run(live)
    assert "step 6" in panel.rows._placeholder
    draw = np.random.default_rng(1)
    for step in (6, 12):
        rows = [draw.integers(0, 255, (8, 8, 8, 3), dtype=np.uint8) for _ in range(2)]
        live.take([Strip(step, "a.png", T, *rows, tmp_path / f"{step}.png")])
    panel.strip_arrived(12)
    assert (panel.name.text(), panel.name.toolTip()) == ("a.png", "At step 12")
    for shown, found in ((6, "6"), (9, "6"), (12, "12"), (40, "12")):
        panel.show_step(shown)
        assert (panel.name.text(), panel.name.toolTip()) == ("a.png", f"At step {found}")
    panel.show_step(3)
    assert panel.name.text() == "" and panel.rows._t == ()
    save_strip(tmp_path / "20.png", *rows, t=T, name="b.png", step=20)
    live.strips.add_file(20, tmp_path / "20.png")
    with qtbot.waitSignal(panel.strip_wished) as wished:
        panel.show_step(20)
    assert wished.args == [20]


@pytest.mark.long
def test_run_when_opened_then_shows_its_newest_strip(room: Room, qtbot: QtBot) -> None:
    from studio.training.state import TrainingState as State

    room.transport.start.click()
    qtbot.waitUntil(lambda: room.controller.state is State.FINISHED, timeout=60_000)
    folder = room.project.run.folder
    room.controller.new_run()
    assert room.panel.strip.name.text() == ""
    room.controller.open_run(folder)
    # The words of the one before may be there still.
    qtbot.waitUntil(lambda: room.panel.live is not None and room.panel.strip.name.text() != "", timeout=20_000)
    assert room.panel.strip.name.toolTip().endswith("step 12") and len(room.panel.live.strips) == 2
