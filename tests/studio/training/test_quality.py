"""The tab that measures quality: what it shows, measures, keeps and says of what cannot be measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QStyle, QStyleOptionComboBox, QWidget
from pytestqt.qtbot import QtBot

from core.networks.build import build_diffusion
from core.pictures.folder.scan import scan_all
from core.quality import folder_network
from core.quality.wish import QualityProgress
from core.runs.checkpoint import Checkpoint, save_checkpoint
from core.runs.quality_file import BitsResult, QualityResult, SpaceResult, read_quality, save_quality
from core.runs.run import Run
from core.settings import RunConfig
from studio.app.messages import space_help, space_title
from studio.app.theme import theme
from studio.training.quality.controller import QualityTab
from studio.training.quality.panel import LEAST_PX, MISSING, WITH_TITLES_PX, QualityPanel
from tests.studio.training.conftest import TINY, Room


def space(kid: float, floor: float = -0.001) -> SpaceResult:
    return SpaceResult(
        kid=kid, kid_low=kid - 0.05, kid_high=kid + 0.05, fd=8, fd_low=7, fd_high=9, density=0.9, coverage=0.7,
        floor_kid=floor, floor_fd=3, floor_coverage=0.968, floor_kid_low=-0.01, floor_kid_high=0.01,
    )  # fmt: skip


def result(step: int, **kids: float) -> QualityResult:
    return QualityResult(
        step=step, weights="ema", count=500, sampler="unipc", sampler_steps=20, seed=0,
        spaces={name: space(kid) for name, kid in kids.items()},
    )  # fmt: skip


@pytest.fixture
def panel(qtbot: QtBot) -> QualityPanel:
    made = QualityPanel()
    qtbot.addWidget(made)
    made.resize(800, 640)
    made.show()
    return made


def words(panel: QualityPanel) -> list[str]:
    """All that stands in the table."""
    labels = [
        label for cell in panel._cells for label in ([cell] if isinstance(cell, QLabel) else cell.findChildren(QLabel))
    ]
    return [label.text() for label in labels]


def test_without_a_measurement_it_says_what_will_come_and_why_none_can_be_made(panel: QualityPanel) -> None:
    panel.set_measurable("Nothing of this run is saved yet.")
    assert panel.of.text().startswith("Nothing is measured of this run yet.")
    assert not panel.go.isEnabled() and panel.go.toolTip() == "Nothing of this run is saved yet."
    panel.set_measurable("")
    assert panel.go.isEnabled() and panel.bar.isHidden() and panel.told.isHidden()
    assert all(each.accessibleName() for each in (panel.checkpoint, panel.count, panel.space, panel.chart))


def test_the_newest_is_told_beside_the_pictures_own_and_what_became_of_it(panel: QualityPanel) -> None:
    bits = BitsResult(total=2.81, error=0.03, prior=0, decoder=1, pictures=256, held_out=True)
    panel.show_results((result(500, folder=0.6, random=0.2), replace(result(1000, folder=0.2, random=0.5), bits=bits)))
    said = words(panel)
    assert {"0.200", "0.150 … 0.250", "pictures: −0.0010", "70.0 %", "pictures: 96.8 %"} <= set(said)
    assert {"since step 500", "better", "worse"} <= set(said)
    assert panel.of.text().splitlines()[1] == "Bits per dimension: 2.81 ± 0.059 (256 held-out pictures)"
    assert panel.verdict.text().endswith(
        "The feature spaces disagree about the change: look at the samples before you judge it."
    )
    assert [panel.space.itemData(k) for k in range(panel.space.count())] == ["folder", "random"]
    assert panel.space.currentData() == "random", "the harshest of the newest"
    panel.space.setCurrentIndex(0)
    drawn = panel.chart._curves["value"]
    assert drawn.x.tolist() == [500, 1000] and drawn.y.tolist() == [0.6, 0.2]
    panel.space.setCurrentIndex(1)
    assert panel.chart._curves["value"].y.tolist() == [0.2, 0.5]
    panel.space.setCurrentIndex(0)
    panel.number.choose("coverage")
    assert panel.chart._curves["value"].y.tolist() == [0.7, 0.7]
    # What was made otherwise is another curve.
    panel.show_results((replace(result(500, folder=0.6), count=100), result(1000, folder=0.2)))
    assert not len(panel.chart._curves["value"].x) and "better" not in words(panel)


def test_samples_as_near_as_pictures_are_said_to_be(panel: QualityPanel) -> None:
    panel.show_results((result(500, folder=0.0, made_later=0.01),))
    assert panel.verdict.text().startswith("As near to the pictures as pictures are to each other")
    assert space_title("made_later") == "made_later" and space_help("made_later") == ""
    panel.show_results((result(500, folder=0.3),))
    assert panel.verdict.text() == "Further from the pictures than pictures are from each other."
    panel.show_results((result(500, folder=0.3, random=0.0), result(1000, folder=0.3, random=0.0)))
    assert panel.verdict.text() == (
        "The feature spaces disagree. The samples are further from the pictures than pictures are from each other, as "
        "seen by: Trained on the folder. No difference is seen by: Random network. A space can be blind to what is "
        "wrong: go by the one that sees it, and look at the samples. No difference to before can be seen."
    )
    assert {"further away than pictures", "as near as pictures"} <= set(words(panel))
    panel.show_results((result(500, folder=0.6), result(1000, folder=0.2)))
    assert panel.verdict.text().endswith(" Better than before.")


def test_choices_are_read_whole_where_there_is_room(panel: QualityPanel) -> None:
    panel.set_checkpoints([200, 100])
    panel.resize(836, 560)
    QApplication.processEvents()
    for combo in (panel.checkpoint, panel.count, panel.space):
        option = QStyleOptionComboBox()
        combo.initStyleOption(option)
        control, field = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room_px = combo.style().subControlRect(control, option, field, combo).width()
        assert combo.shown_text(room_px) == combo.currentText()


def test_the_page_beside_the_form_of_a_small_window_is_narrow_and_has_the_controls_alone(qtbot: QtBot) -> None:
    theme().apply("dark")  # in which it is as wide as it is seen
    room = QWidget()  # a window is never less than its layout
    qtbot.addWidget(room)
    panel = QualityPanel(room)
    panel.setGeometry(0, 0, LEAST_PX, 400)
    with qtbot.waitExposed(room):
        room.show()
    qtbot.waitUntil(lambda: panel.layout().minimumSize().width() <= LEAST_PX)
    assert panel.minimumSizeHint().width() == LEAST_PX
    assert panel.go.isVisible() and panel.checkpoint.isVisible()
    assert not any(part.isVisible() for part, _ in panel._gives_way)
    panel.setGeometry(0, 0, WITH_TITLES_PX, 400)
    assert all(part.isVisible() for part, _ in panel._gives_way)


def test_the_measurement_that_was_just_made_is_told_also_of_an_earlier_step(panel: QualityPanel) -> None:
    panel.set_checkpoints([900, 500, 250])
    panel.show_results((result(250, folder=0.7), result(500, folder=0.6), result(900, folder=0.2)))
    assert panel.of.text().startswith("Step 900: 500 samples (UniPC-2, 20 steps)")
    panel.tell_of(500)
    assert panel.of.text().startswith("Step 500:") and "0.600" in words(panel) and "since step 250" in words(panel)
    panel.checkpoint.setCurrentIndex(panel.checkpoint.findData(250))
    assert panel.of.text().startswith("Step 250:") and "0.700" in words(panel)
    panel.checkpoint.setCurrentIndex(panel.checkpoint.findData(-1))
    assert panel.of.text().startswith("Step 900:")


def test_messages_and_progress_move_nothing_that_is_below_them(panel: QualityPanel) -> None:
    panel.show_results((result(500, folder=0.3),))

    def place() -> tuple[int, int]:
        panel.layout().activate()
        return panel.of.mapTo(panel, panel.of.rect().topLeft()).y(), panel.sizeHint().height()

    empty = place()
    panel.set_progress(QualityProgress("samples", 3, 10))
    working = place()
    panel.set_progress(None)
    panel.say("It failed.", error=True)
    assert empty == working == place()


def test_counts_are_offered_as_far_as_the_pictures_do_and_too_few_are_said(panel: QualityPanel) -> None:
    def offered() -> list[int]:
        return [panel.count.itemData(k) for k in range(panel.count.count())]

    assert offered() == [100, 250, 500, 1000, 2500, 5000] and panel.count.currentData() == 500
    panel.set_most(120)
    assert offered() == [100, 120] and panel.count.currentData() == 120
    panel.set_most(None)
    panel.set_most(3)
    panel.set_measurable("There are too few pictures.")
    assert offered() == [] and not panel.go.isEnabled() and panel.told.text() == "There are too few pictures."
    panel.say("It failed.", error=True)
    panel.say("")
    assert panel.told.text() == "There are too few pictures." and panel.told.property("tone") == ""
    panel.set_measurable("There is no run yet.", no_run=True)
    assert panel.of.text().startswith("No run is open.") and panel.told.isHidden()


def test_how_long_a_part_still_takes_is_told_from_its_progress(
    panel: QualityPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    panel.set_progress(QualityProgress("features", 0, 400))
    clock[0] += 10
    panel.set_progress(QualityProgress("features", 100, 400), elsewhere="run 1")
    assert panel.told.text() == "Run run 1 · Comparing features · 30 s left of this"
    panel.set_progress(QualityProgress("bits", 0, 8))
    assert panel.told.text() == "Counting bits"


def test_while_it_measures_it_says_what_it_does_and_can_be_cancelled(panel: QualityPanel, qtbot: QtBot) -> None:
    for part in ("pictures", "folder", "samples", "features", "bits"):
        panel.set_progress(QualityProgress(part, 3, 10), 2, 3)
        assert panel.told.text().startswith("Checkpoint 2 of 3 · ") and panel.bar.value() == 3
    assert not panel.count.isEnabled() and panel.go.text() == "Cancel"
    with qtbot.waitSignal(panel.cancel_wished):
        panel.go.click()
    panel.set_progress(None)
    panel.say("It failed.", error=True)
    assert panel.told.property("tone") == "error"
    with qtbot.waitSignal(panel.measure_wished):
        panel.go.click()


@pytest.fixture
def tab(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[QualityTab]:
    monkeypatch.setattr(folder_network, "STEPS", 10)
    folder = tmp_path / "many"
    folder.mkdir()
    draw = np.random.default_rng(0)
    for number in range(40):
        Image.fromarray(draw.integers(0, 255, (8, 8, 3), dtype=np.uint8)).save(folder / f"{number}.png")
    room.project.set_settings(TINY)
    room.project.set_scan(scan_all(folder))
    shell = cast(Any, SimpleNamespace(window=room.panel, project=room.project, settings=room.settings))
    made = QualityTab(shell, room.controller)
    made.set_shown(True)
    yield made
    assert made.shutdown(20_000)
    made.panel.deleteLater()


def make_run(folder: Path, config: RunConfig, pictures: Path) -> Run:
    """With two checkpoints of an untrained network."""
    run = Run.create(folder, config, source_folder=pictures, device="cpu", planned_total=12)
    for step in (6, 12):
        state = build_diffusion(config).state_dict()
        save_checkpoint(run.checkpoints_folder, Checkpoint(step=step, config=config, model=state, ema=state))
    return run


@pytest.mark.long
def test_the_checkpoints_of_a_run_are_measured_one_after_the_other(
    tab: QualityTab, room: Room, tmp_path: Path, qtbot: QtBot
) -> None:
    page = tab._page
    assert page.go.toolTip() == "There is no run yet."
    assert room.project.scan is not None
    run = make_run(tmp_path / "run", room.project.config, room.project.scan.folder)
    room.project.set_run(run)
    qtbot.waitUntil(lambda: page.checkpoint.count() == 4, timeout=60_000)
    assert page.go.isEnabled()
    page.checkpoint.setCurrentIndex(page.checkpoint.findData(MISSING))
    qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
    assert page.go.text() == "Cancel"
    qtbot.waitUntil(lambda: page.go.text() == "Measure quality", timeout=240_000)
    assert page.told.text() == ""
    assert [each.step for each in read_quality(run.folder)] == [6, 12]
    qtbot.waitUntil(lambda: page.chart._curves["value"].x.tolist() == [6, 12], timeout=20_000)
    qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
    assert page.told.text() == "Every checkpoint that is kept is measured."
    # Cancelled at once: what was measured stays.
    page.checkpoint.setCurrentIndex(0)
    qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
    assert page.go.text() == "Measure quality" and page.bar.isHidden()
    # Another run has other measurements, and pictures that are gone are said to be.
    save_quality(run.folder, replace(result(12, folder=0.25), count=40))
    tab.set_shown(True)
    qtbot.waitUntil(lambda: "0.250" in words(page), timeout=20_000)
    for picture in run.source_folder.iterdir():
        picture.unlink()
    qtbot.mouseClick(page.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.told.property("tone") == "error", timeout=60_000)
    assert page.told.text().endswith(".")


def test_of_a_run_that_is_no_longer_shown_it_says_which_is_measured(tab: QualityTab, tmp_path: Path) -> None:
    page, tab._measures = tab._page, tmp_path / "first"
    tab._progressed((QualityProgress("samples", 1, 4), 1, 1))
    assert page.told.text() == "Run first · Making samples" and page.go.text() == "Cancel" and page.go.isEnabled()
    tab._measured(6)
    assert page.told.text() == "Run first is measured." and page.of.text().startswith("No run is open.")
