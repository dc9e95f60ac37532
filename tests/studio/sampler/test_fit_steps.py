"""Fit steps in the sampler room: what it makes is kept, used at once, said in the picture, and can be cancelled."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from core.errors import CheckpointError
from core.runs.checkpoint_files import steps_path
from core.runs.grids import read_settings
from core.runs.steps_file import read_steps
from core.samplers import fit_steps
from tests.studio.sampler.conftest import CLASSES, Room, tiny_run
from tests.studio.tips import tip_of


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_steps, "FINE_STEPS", 12)
    monkeypatch.setattr(fit_steps, "MOST_PICTURES", 8)


@pytest.fixture
def own_run(tmp_path: Path) -> Path:
    """A run that no other test shares: what is fitted stays in it."""
    return tiny_run(tmp_path / "faces-02", {"labels": "folders", "class_names": CLASSES})


def open_more(room: Room, run: Path, sampler: str, steps: int) -> None:
    room.open(run)
    if not room.panel.controls.options.is_open:
        room.panel.head.more.click()
    room.choose(sampler, steps, count=2)


def fit(room: Room) -> None:
    room.qtbot.mouseClick(room.panel.controls.options.fit, Qt.MouseButton.LeftButton)
    fitting, choosing = room.controller.fitting, room.controller.choosing
    assert fitting.busy
    room.qtbot.waitUntil(lambda: not fitting.busy and not choosing.reading, timeout=60_000)


@pytest.mark.usefixtures("quick")
def test_fit_steps_when_clicked_fits_keeps_and_is_used_and_said_in_the_picture(
    room: Room, own_run: Path, tmp_path: Path
) -> None:
    open_more(room, own_run, "ipndm", 4)
    options = room.panel.controls.options
    assert options.spacing.itemText(0) == "Flow (own)" and "2405.11326" in tip_of(options.fit)
    fit(room)
    room.qtbot.waitUntil(lambda: options.spacing.itemText(0) == "Fitted (own)")
    assert "4 steps of iPNDM" in room.panel.banner.text()
    request = room.panel.request()
    assert request is not None and request.times is not None and len(request.times) == 4
    room.generate()
    assert tuple(room.recording.t) == request.times
    with room.qtbot.waitSignal(room.controller.exported, timeout=10_000):
        room.controller.save(tmp_path / "grid.png")
    settings = read_settings(tmp_path / "grid.png")
    assert settings["times"] == list(request.times) and "spacing" not in settings
    # Another number of steps or a spacing by hand has none of it.
    room.choose("ipndm", 5, count=2)
    assert options.spacing.itemText(0) == "Flow (own)" and room.panel.request().times is None
    room.choose("ipndm", 4, count=2)
    assert room.panel.request().times == request.times
    options.spacing.setCurrentIndex(options.spacing.findData("log_snr"))
    assert room.panel.request().times is None


@pytest.mark.usefixtures("quick")
def test_fit_steps_when_cancelled_keeps_nothing_and_can_begin_again(room: Room, own_run: Path) -> None:
    open_more(room, own_run, "ddim", 6)
    options, before = room.panel.controls.options, set(own_run.rglob("*.steps.json"))
    room.qtbot.mouseClick(options.fit, Qt.MouseButton.LeftButton)
    assert "Cancel" in options.fit.text()
    room.qtbot.mouseClick(options.fit, Qt.MouseButton.LeftButton)
    assert not room.controller.fitting.busy and options.fit.text() == "Fit steps"
    room.qtbot.waitUntil(lambda: not room.controller.fitting._fit._workers)
    assert set(own_run.rglob("*.steps.json")) == before
    assert options.fit.isEnabled()


@pytest.mark.parametrize(("sampler", "steps", "says"), [("ddpm", 5, "adds noise"), ("ddim", 21, "2 to 20")])
def test_fit_steps_when_they_cannot_be_say_why(room: Room, own_run: Path, sampler: str, steps: int, says: str) -> None:
    open_more(room, own_run, sampler, steps)
    options = room.panel.controls.options
    assert not options.fit.isEnabled() and says in tip_of(options.fit)


@pytest.mark.usefixtures("quick")
def test_fit_steps_when_their_file_is_damaged_are_told_in_a_sentence_and_fitted_anew(room: Room, own_run: Path) -> None:
    open_more(room, own_run, "unipc", 3)
    request = room.panel.request()
    assert request is not None and request.choice.path is not None
    fit(room)
    (path,) = own_run.rglob("*.steps.json")
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"ema"', b'"raw"'))
    room.controller.choosing.read_anew()
    options = room.panel.controls.options
    room.qtbot.waitUntil(lambda: "not what was written" in tip_of(options.fit))
    assert room.panel.request().times is None and options.fit.isEnabled()
    fit(room)
    assert path.read_bytes() == whole
    description = path.with_name(path.name.replace(".steps", ""))
    assert path == steps_path(description)
    with pytest.raises(CheckpointError, match="fitted to other weights"):
        read_steps(description, "another")


@pytest.mark.usefixtures("quick")
def test_fit_steps_when_the_checkpoint_was_removed_says_so_and_keeps_nothing(room: Room, own_run: Path) -> None:
    open_more(room, own_run, "ipndm", 4)
    for path in (own_run / "checkpoints").iterdir():
        path.unlink()
    room.qtbot.mouseClick(room.panel.controls.options.fit, Qt.MouseButton.LeftButton)
    room.qtbot.waitUntil(lambda: not room.controller.fitting.busy, timeout=20_000)
    assert room.panel.banner.isVisible() and own_run.name in room.panel.banner.text()
    assert not list(own_run.rglob("*.steps.json"))
