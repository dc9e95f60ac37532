"""The quiet rows of the sampler room: samplers and spacing, classes and guidance, what is remembered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QListView, QWidget
from pytestqt.qtbot import QtBot

from core import precision as measured_by
from core.beginning import Branch
from core.catalogue import SAMPLERS, SPACINGS
from core.networks.build import build_diffusion
from core.runs.checkpoint import save_checkpoint
from core.runs.checkpoint_files import read_description
from core.runs.grids import read_settings
from core.runs.run import Run
from core.training.events import PrecisionChosen
from studio.app.settings import Settings
from studio.project import Project
from studio.sampler.controller import SamplerController
from studio.sampler.panel import SamplerPanel
from tests.studio.sampler.conftest import CLASSES, Room, Training, tiny_checkpoint, tiny_run
from tests.studio.tips import tip_of


def test_every_sampler_of_core_is_offered_with_its_paper_and_its_usual_steps(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    fields = room.panel.head.fields
    assert [fields.sampler.itemData(k) for k in range(fields.sampler.count())] == list(SAMPLERS)
    for name, row in SAMPLERS.items():
        fields.sampler.setCurrentIndex(fields.sampler.findData(name))
        assert row.source in tip_of(fields.sampler)
        assert fields.steps.value() == min(row.usual_steps or 50, 50)
        assert fields.eta.isEnabled() == row.takes_eta
    room.choose("ddim", 7)
    room.choose("heun", 9)
    room.choose("ddim", fields.steps_of["ddim"])
    assert fields.steps.value() == 7


@pytest.mark.family(first=2)
@pytest.mark.parametrize("name", list(SAMPLERS))
def test_every_sampler_makes_the_steps_that_it_was_asked_for(room: Room, run_folder: Path, name: str) -> None:
    room.open(run_folder)
    room.choose(name, 4, count=2)
    room.final()
    assert (room.recording.steps, room.recording.t[0]) == (4, 49)
    assert not room.panel.banner.isVisible()


def test_another_spacing_takes_other_timesteps_and_the_samplers_own_is_named(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    spacing = room.panel.controls.options.spacing
    assert [spacing.itemData(k) for k in range(spacing.count())] == ["", *SPACINGS]
    room.choose("ddim", 5)
    assert spacing.currentText() == "Uniform (own)"
    room.generate()
    uniform = room.recording.t.copy()
    spacing.setCurrentIndex(spacing.findData("quadratic"))
    assert "Settings changed" in room.panel.timeline.row.note.text()
    room.generate()
    assert (uniform != room.recording.t).any()
    room.choose("heun", 5)
    assert spacing.itemText(0) == "Log-SNR (own)"


def test_more_opens_the_second_row_and_says_when_something_behind_it_is_not_as_usual(
    room: Room, run_folder: Path
) -> None:
    room.open(run_folder)
    head, options = room.panel.head, room.panel.controls.options
    assert not options.spacing.isVisible()
    head.more.click()
    assert options.spacing.isVisible()
    options.spacing.setCurrentIndex(1)
    assert "not as usual" not in head.more.toolTip()
    head.more.click()
    assert not options.spacing.isVisible()
    assert "not as usual" in head.more.toolTip()


def test_a_model_without_classes_shows_none(room: Room, run_folder: Path, class_run: Path) -> None:
    row = room.panel.controls.options.class_row
    room.open(run_folder)
    assert not row.isVisible()
    request = room.panel.request()
    assert request is not None
    assert (request.classes, request.guidance_scale) == ((), 1.0)
    room.open(class_run)
    room.qtbot.waitUntil(row.isVisible)
    room.open(run_folder)
    room.qtbot.waitUntil(lambda: not row.isVisible())


def open_classes(room: Room, folder: Path) -> None:
    room.open(folder)
    room.qtbot.waitUntil(room.panel.controls.options.class_row.isVisible)
    room.choose("ddim", 4)


def pick(room: Room, *rows: int) -> None:
    """Press chips; 0 is Any."""
    chips = room.panel.controls.options.class_row.chips
    for row in rows:
        place = chips.visualRect(chips.model().index(row, 0)).center()
        room.click(chips.viewport(), place)


def test_pictures_take_the_chosen_classes_in_turn(room: Room, class_run: Path, tmp_path: Path) -> None:
    open_classes(room, class_run)
    anything = room.final()
    pick(room, 1, 3)
    request = room.panel.request()
    assert request is not None
    assert request.classes == (0, 2)
    in_turn = room.final()
    pick(room, 3)
    only_happy = room.final()
    assert (anything != in_turn).any()
    np.testing.assert_array_equal(in_turn[::2], only_happy[::2])
    assert (in_turn[1::2] != only_happy[1::2]).any()
    with room.qtbot.waitSignal(room.controller.exported):
        room.controller.save(tmp_path / "step.png")
    settings = read_settings(tmp_path / "step.png")
    assert settings["classes"] == ["happy"] * 4
    assert settings["guidance_scale"] == 1.0
    pick(room, 0)
    np.testing.assert_array_equal(room.final(), anything)


def test_the_class_of_a_picture_is_told_where_it_lies(room: Room, class_run: Path) -> None:
    open_classes(room, class_run)
    pick(room, 2, 3)
    room.generate()
    grid = room.panel.wells.x_0.grid
    places = {
        grid.index_at(QPointF(x, y)): (x, y) for x in range(0, grid.width(), 7) for y in range(0, grid.height(), 7)
    }
    for picture, name in enumerate(("sad", "angry", "sad", "angry")):
        grid.hovered.emit(*grid.pixel_at(QPointF(*places[picture])))
        assert name in room.panel.wells.x_t.reading.text()
    pick(room, 0)
    room.generate()
    grid.hovered.emit(0, 0, 0)
    assert not any(name in room.panel.wells.x_t.reading.text() for name in CLASSES)


def test_guidance_changes_the_pictures_and_needs_a_class(room: Room, class_run: Path) -> None:
    open_classes(room, class_run)
    row = room.panel.controls.options.class_row
    assert not row.guidance.isEnabled()
    assert "class" in row.guidance.toolTip()
    pick(room, 1)
    assert row.guidance.isEnabled()
    assert not row.rescale.isEnabled()
    as_learnt = room.final()
    row.guidance.setValue(4)
    guided = room.final()
    assert (as_learnt != guided).any()
    row.rescale.setValue(1)
    assert (guided != room.final()).any()
    row.guidance.setValue(1)
    request = room.panel.request()
    assert request is not None
    assert request.guidance_rescale == 0
    np.testing.assert_array_equal(room.final(), as_learnt)


@pytest.mark.long
def test_an_earlier_checkpoint_of_the_run_guides_and_asks_twice(room: Room, tmp_path: Path) -> None:
    folder = tiny_run(tmp_path / "faces-02")
    room.open(folder)
    room.panel.head.more.click()
    row = room.panel.controls.options.guide_row
    assert not row.guide.isEnabled() and not row.scale.isEnabled()
    assert "no earlier checkpoint" in tip_of(row.guide)

    earlier = replace(tiny_checkpoint(1), step=40)
    save_checkpoint(folder / "checkpoints", earlier)
    save_checkpoint(folder / "checkpoints", replace(tiny_checkpoint(2), step=70))
    room.open(folder)
    assert [row.guide.itemText(k) for k in range(row.guide.count())] == ["None", "Step 70", "Step 40"]
    assert row.guide.currentText() == "None" and not row.scale.isEnabled()
    room.choose("ddim", 4, count=2)
    alone = room.final()
    asked_once = room.panel.request().network_calls
    row.guide.setCurrentIndex(2)
    assert row.scale.isEnabled()
    assert room.panel.request().network_calls == 2 * asked_once
    assert "Settings changed" in room.panel.timeline.row.note.text()
    guided = room.final()
    assert (alone != guided).any()
    room.controller.save(tmp_path / "guided.png")
    room.qtbot.waitUntil((tmp_path / "guided.png").exists)
    told = read_settings(tmp_path / "guided.png")
    digest = read_description(folder / "checkpoints" / "step-00000040.json").sha256
    assert (told["guide"], told["guide_step"], told["guide_sha256"]) == ("faces-02", 40, digest)
    assert told["guide_scale"] == row.scale.value()
    # At 1 the guide is not asked, and is no setting of the pictures.
    row.scale.setValue(1)
    assert room.panel.request().network_calls == asked_once
    np.testing.assert_array_equal(room.final(), alone)

    # It is remembered: a room that is made anew has it once the run is read.
    again = SamplerPanel(room.settings)
    room.qtbot.addWidget(again)
    again.set_choices(room.panel.controls.choices, room.panel.head.model.chosen)
    assert again.controls.options.guide_row.guide.currentText() == "Step 40"

    # Of an earlier checkpoint only what is earlier still guides; the first has none.
    room.open(folder / "checkpoints" / "step-00000070.json")
    assert [row.guide.itemText(k) for k in range(row.guide.count())] == ["None", "Step 40"]
    room.open(folder / "checkpoints" / "step-00000040.json")
    assert not row.guide.isEnabled()
    assert room.panel.request().guide is None


def test_a_training_under_way_is_guided_by_the_checkpoints_of_its_run(room: Room, tmp_path: Path) -> None:
    folder = tiny_run(tmp_path / "runs" / "faces-03")
    run = Run.open(folder)
    room.training.model = build_diffusion(tiny_checkpoint(1).config)
    room.project.set_run(run)
    room.qtbot.waitUntil(lambda: not room.controller.choosing.reading, timeout=20_000)
    room.panel.head.more.click()
    row = room.panel.controls.options.guide_row
    assert [row.guide.itemText(k) for k in range(row.guide.count())] == ["None", "Step 100"]
    room.choose("ddim", 3, count=1)
    alone = room.final()
    row.guide.setCurrentIndex(1)
    assert (room.final() != alone).any()


def test_a_hundred_classes_stay_within_two_lines_and_can_be_found(room: Room, tmp_path: Path) -> None:
    names = tuple(f"kind of animal {k}" for k in range(120))
    open_classes(room, tiny_run(tmp_path / "zoo-01", {"labels": "folders", "class_names": names}))
    row = room.panel.controls.options.class_row
    assert row.chips.height() <= 56
    row.filter.setText("animal 117")
    assert row.chips.height() == 28
    pick(room, 118)
    assert row.chosen() == (117,)
    row.filter.setText("")
    assert row.chosen() == (117,)


def test_the_settings_are_there_again_at_the_next_start(room: Room, class_run: Path, qtbot: QtBot) -> None:
    open_classes(room, class_run)
    pick(room, 1)
    options = room.panel.controls.options
    options.class_row.guidance.setValue(3.5)
    room.panel.head.more.click()
    options.spacing.setCurrentIndex(options.spacing.findData("log_snr"))
    options.guide_row.scale.setValue(2.5)
    room.choose("heun", 11, seed=123, count=9)
    assert room.settings.save() is None

    settings = Settings(room.settings.path)
    panel = SamplerPanel(settings)
    qtbot.addWidget(panel)
    controller = SamplerController(Project(room.settings.path.parent), settings, panel, Training())
    panel.show()
    controller.open_model(class_run)
    qtbot.waitUntil(panel.head.generate.isEnabled, timeout=20_000)
    request = panel.request()
    assert request is not None
    assert (request.sampler, request.steps, request.seed, request.count) == ("heun", 11, 123, 9)
    assert request.spacing == "log_snr"
    assert panel.controls.options.class_row.guidance.value() == 3.5
    assert panel.controls.options.guide_row.scale.value() == 2.5
    assert panel.controls.options.spacing.isVisible()
    assert controller.shutdown(10_000)


def test_the_tab_key_goes_from_left_to_right_and_down(room: Room, tmp_path: Path) -> None:
    names = tuple(f"kind {k}" for k in range(25))
    open_classes(room, tiny_run(tmp_path / "zoo-02", {"labels": "folders", "class_names": names}))
    room.panel.head.more.click()
    start = room.panel.controls.options.start_row.start
    start.setCurrentIndex(start.findData("between"))
    pick(room, 1)
    room.panel.controls.options.class_row.guidance.setValue(2)
    controls = room.panel.controls
    order: list[QWidget] = []
    widget = controls.nextInFocusChain()
    while widget is not controls:
        takes_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
        if controls.isAncestorOf(widget) and widget.isVisible() and widget.isEnabled() and takes_tab:
            order.append(widget)
        widget = widget.nextInFocusChain()
    places = [
        (w.mapTo(controls, w.rect().topLeft()).y() // 20, w.mapTo(controls, w.rect().topLeft()).x()) for w in order
    ]
    assert len(order) > 15
    assert places == sorted(places), [w.objectName() for w in order]


def test_every_control_says_what_it_is(room: Room, class_run: Path) -> None:
    open_classes(room, class_run)
    room.panel.head.more.click()
    start = room.panel.controls.options.start_row.start
    for name in ("picture", "between"):
        start.setCurrentIndex(start.findData(name))
        for kind in (QComboBox, QAbstractSpinBox, QAbstractButton, QListView):
            for control in room.panel.controls.findChildren(kind):
                if control.isVisible():
                    assert control.accessibleName() or getattr(control, "text", str)(), control
                    assert control.toolTip(), control


@pytest.mark.long
def test_precision_when_auto_is_what_is_measured_and_the_fork_and_the_file_have_the_same(
    room: Room, run_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = PrecisionChosen("bf16", 0.02, 0.01)
    monkeypatch.setattr(measured_by, "faster_sampling", lambda *_args, **_named: measured)
    room.open(run_folder)
    room.choose("ddim", 4, count=2)
    full = room.final()
    precision = room.panel.controls.options.precision
    precision.setCurrentIndex(precision.findData("auto"))
    assert room.settings["sampler_precision"] == "auto" and room.panel.request().precision == "auto"
    auto = room.final()
    assert room.recording.settings["precision"] == "bf16" and np.abs(auto - full).max() > 0
    with room.qtbot.waitSignal(room.controller.exported):
        room.controller.save(tmp_path / "made.py", "script")
    assert "precision" in (script := (tmp_path / "made.py").read_text()) and "bf16" in script and "auto" not in script
    original = room.recording.layer("x_t", 3).copy()
    monkeypatch.setattr(measured_by, "faster_sampling", lambda *_args, **_named: None)
    with room.qtbot.waitSignal(room.controller.generated, timeout=30_000):
        room.panel.fork_wished.emit(Branch(at=2))
    assert room.recording.settings["precision"] == "bf16"
    np.testing.assert_array_equal(room.recording.layer("x_t", 3), original)
    # Where nothing was found out it is float32.
    assert (room.final() == full).all() and room.recording.settings["precision"] == "off"
