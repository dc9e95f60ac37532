"""The tab Network with real widgets and a real tiny model: the U, a block at every step, pixels, switches, costs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.errors import SamplingError
from core.networks.anatomy import network_map
from core.networks.build import build_network
from core.networks.looking import look
from core.runs.opening import load_model
from core.runs.run import Run
from core.settings import RunConfig
from studio.app.settings import Settings
from studio.app.theme import theme
from studio.imaging import to_array
from studio.inside.network import asking
from studio.inside.network.asking import maps_of, network_of
from studio.inside.network.controller import NetworkController
from studio.inside.network.map_layout import LEAST_BOX_PX, lay_out, least_height
from studio.inside.network.map_view import MapView
from studio.inside.network.panel import NetworkPanel
from studio.inside.network.told import Looked
from studio.inside.seen import Seen
from studio.project import Project
from studio.sampler.controller import SamplerController
from studio.sampler.models import Origin
from studio.sampler.panel import SamplerPanel
from studio.training.state import TrainingState
from tests.studio.sampler.conftest import TINY, Training, tiny_run

STEPS = 5
SELF_CONDITION = {"self_condition": True, "attn_heads": 2}


@dataclass
class Tab:
    """The tab beside a sampler room whose cursor it shares."""

    controller: NetworkController
    seen: Seen
    sampler: SamplerController
    project: Project
    qtbot: QtBot

    @property
    def panel(self) -> NetworkPanel:
        return self.controller.panel

    def open(self, path: Path) -> None:
        self.sampler.open_model(path)
        self.qtbot.waitUntil(lambda: not self.sampler.choosing.reading)
        self.wait(lambda: self.seen.facts is not None and self.controller.facts is not None)

    def generate(self) -> None:
        head = self.sampler.panel.head
        head.fields.sampler.setCurrentIndex(head.fields.sampler.findData("ddim"))
        head.fields.steps.setValue(STEPS)
        head.count.setValue(2)
        with self.qtbot.waitSignal(self.sampler.generated):
            self.seen.generate()

    def wait(self, until: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(until)

    def look(self) -> Looked:
        """The answer to what is asked now."""
        self.wait(lambda: self.current is not None)
        assert self.current is not None
        return self.current

    @property
    def current(self) -> Looked | None:
        """What is shown, if it is of what is looked at now."""
        looked, wished = self.controller.looked, self.controller._question()
        return looked if looked is not None and looked.question == wished else None

    def go(self, step: int) -> Looked:
        self.seen.go(step)
        return self.look()

    def select(self, module: str) -> Looked:
        self.controller.select(module)
        return self.look()


@pytest.fixture
def tab(qtbot: QtBot, tmp_path: Path) -> Iterator[Tab]:
    theme().apply("dark")
    project, training = Project(tmp_path / "runs"), Training()
    sampler_panel = SamplerPanel(Settings(tmp_path / "settings.json"))
    qtbot.addWidget(sampler_panel)
    sampler = SamplerController(project, Settings(tmp_path / "others.json"), sampler_panel, training)
    seen = Seen(project, training, sampler, sampler_panel)  # type: ignore[arg-type]
    panel = NetworkPanel()
    controller = NetworkController(panel, seen)
    for widget in (panel, controller.head):
        qtbot.addWidget(widget)
    panel.resize(1248, 650)
    panel.show()
    controller.set_shown(True)
    made = Tab(controller, seen, sampler, project, qtbot)
    made.wait(lambda: controller.facts is not None)
    yield made
    assert controller.shutdown(10_000)
    assert sampler.shutdown(10_000)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_run(tmp_path_factory.mktemp("runs") / "faces-01", SELF_CONDITION)


@pytest.fixture
def made(tab: Tab, run: Path) -> Tab:
    """With a model and a denoising of it."""
    tab.open(run)
    tab.generate()
    tab.look()
    return tab


# --- the map ---------------------------------------------------------------------------------------------


def test_the_u_is_drawn_before_there_is_a_model(tab: Tab) -> None:
    facts, panel = tab.controller.facts, tab.panel
    assert facts is not None and facts.guessed
    assert "parameters" in panel.map_panel.facts.text() and "px" in panel.map_panel.facts.text()
    assert {row.module for row in facts.rows} >= {"init_conv", "mid_attn", "final_conv"}
    assert all(panel.map.box(row.module).isValid() for row in facts.rows)
    assert panel.block.row is not None and panel.block.row.module == panel.map.current
    assert "no model" in panel.block.said
    assert "no model" in panel.steps.words
    assert panel.block.operations.shown


def test_the_u_follows_the_settings(tab: Tab) -> None:
    tab.project.set_settings({"dim": 8, "dim_mults": (1, 2, 4)})
    tab.wait(lambda: tab.controller.facts is not None and tab.controller.facts.dim_mults == (1, 2, 4))
    assert "8 × (1, 2, 4)" in tab.panel.map_panel.facts.text()
    assert "downs.2.0" in {row.module for row in tab.panel.map.rows}


def rows_of(**changes: object) -> tuple[object, ...]:
    config = RunConfig().with_settings({**TINY, "image_size": 32, **changes})
    with torch.device("meta"):
        return network_map(build_network(config), 32)


@pytest.mark.parametrize("mults", [(1,), (1, 2), (1, 2, 4), (1, 2, 4, 8)])
@pytest.mark.parametrize("size", [(676, 300), (848, 446), (1480, 700)])
def test_no_two_boxes_of_a_u_lie_over_each_other(mults: tuple[int, ...], size: tuple[int, int]) -> None:
    rows = rows_of(dim_mults=mults)
    height = max(size[1], least_height(rows))  # type: ignore[arg-type]
    layout = lay_out(rows, size[0], height)  # type: ignore[arg-type]
    boxes = [layout.entry, *layout.boxes.values()]
    assert all(box.height() >= LEAST_BOX_PX for box in boxes)
    assert not any(one.intersects(other) for one, other in combinations(boxes, 2))
    assert max(box.bottom() for box in boxes) <= height
    assert max(box.right() for box in boxes) <= size[0]
    assert len(layout.shortcuts) == 2 * len(mults) + 1


def test_blocks_are_selected_with_the_mouse_the_arrows_and_the_buttons(tab: Tab) -> None:
    view, block = tab.panel.map, tab.panel.block
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.box("downs.0.0").center().toPoint())
    assert view.current == "downs.0.0" and block.row is not None and block.row.module == "downs.0.0"
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.current == "downs.0.1"
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.current.startswith("ups.")
    QTest.mouseClick(block.next, Qt.MouseButton.LeftButton)
    rows = [row.module for row in view.rows]
    assert block.row.module == view.current and rows.index(view.current) > 0
    tip = view.tip_at(view.box("mid_attn").center())
    assert "Attention" in tip and "parameters" in tip and "heads" in tip
    assert view.accessibleDescription()


def test_the_box_of_the_embedding_is_a_block_too(tab: Tab) -> None:
    view = tab.panel.map
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.box("time_mlp.1").center().toPoint())
    assert tab.panel.block.row is not None and tab.panel.block.row.title == "Linear"
    assert "numbers come out" in view.tip_at(view.box("time_mlp.1").center())


# --- a block at a step -----------------------------------------------------------------------------------


@pytest.mark.long
def test_a_step_asks_anew_and_the_answer_is_of_that_step(made: Tab, run: Path) -> None:
    recording = made.seen.recording
    assert recording is not None
    diffusion = load_model(run, "ema", {}).diffusion
    made.select("ups.0.1")
    for step in (0, 3, 1, STEPS - 1):
        looked = made.go(step)
        assert looked.question.step == step and looked.t == int(recording.t[step])
        before = torch.from_numpy(recording.one("x_0", step - 1, 0).transpose(2, 0, 1)[None].copy()) if step else None
        x_t = torch.from_numpy(recording.one("x_t", step, 0).transpose(2, 0, 1)[None].copy())
        expected = look(diffusion, x_t, looked.t, module="ups.0.1", x_self_cond=before)
        np.testing.assert_allclose(looked.maps.values, expected.activations, rtol=1e-3, atol=1e-4)
        # What is asked here is what the sampler was told: x̂_0 of the recording.
        np.testing.assert_allclose(looked.x_0.astype(int), recording.x_0(step)[0].astype(int), atol=1)


@pytest.mark.long
def test_scrubbing_fast_ends_at_the_last_step(made: Tab) -> None:
    answered: list[int] = []
    made.controller._look.answered.connect(lambda looked: answered.append(looked.question.step))
    for step in (0, 1, 2, 3, 4, 3, 2):
        made.seen.go(step)
    assert made.look().question.step == 2
    assert answered[-1] == 2 and len(answered) < 7


@pytest.mark.long
def test_what_is_chosen_here_is_chosen_in_the_sampler_room(made: Tab) -> None:
    made.panel.timeline.scrubber.set_value(2)
    assert made.sampler.panel.shown.step == 2
    made.sampler.panel.playback.go(4)
    assert made.panel.timeline.scrubber.value() == 4
    QTest.keyClick(made.panel, Qt.Key.Key_Left)
    assert made.seen.step == 3
    made.sampler.panel.select_picture(1)
    assert made.look().question.picture == 1 and "2 of 2" in made.panel.steps.picture.where.text()
    QTest.keyClick(made.panel, Qt.Key.Key_Up)
    assert made.look().question.picture == 0 and made.sampler.panel.shown.picture == 0


@pytest.mark.long
def test_loop_and_speed_are_the_same_in_both_rows(made: Tab) -> None:
    here, there = made.panel.timeline.row, made.sampler.panel.timeline.row
    there.loop.click()
    there.speed.setCurrentIndex(there.speed.count() - 1)
    assert here.loop.isChecked() and here.speed.currentData() == there.speed.currentData()
    here.loop.click()
    here.speed.setCurrentIndex(0)
    assert not there.loop.isChecked() and there.speed.currentIndex() == 0
    late = NetworkController(NetworkPanel(), made.seen)
    assert late.panel.timeline.row.speed.currentIndex() == 0
    made.qtbot.addWidget(late.panel)
    made.qtbot.addWidget(late.head)
    assert late.shutdown()


@pytest.mark.long
def test_the_channels_are_sorted_and_one_is_shown_large(made: Tab) -> None:
    maps = made.select("ups.0.0").maps
    strengths = maps.strengths[maps.order]
    assert (np.diff(strengths) <= 0).all()
    channels = made.panel.block.channels
    assert channels.grid.channel() == maps.order[0]
    QTest.mouseClick(channels.grid, Qt.MouseButton.LeftButton, pos=channels.grid.cell(2).center().toPoint())
    assert channels.channel == maps.order[2] and channels.view.isVisibleTo(channels)
    assert str(maps.order[2]) in channels.title.text()
    channels.view.repaint()
    QTest.mouseMove(channels.view, channels.view.rect().center())
    made.wait(lambda: bool(channels.view.value_text()))
    QTest.keyClick(channels, Qt.Key.Key_Escape)
    assert channels.channel is None and channels.grid.isVisibleTo(channels)


def test_what_is_a_number_for_each_channel_is_shown_as_bars_in_their_order(made: Tab) -> None:
    channels = made.panel.block.channels
    maps = made.select("time_mlp.0").maps
    assert maps.are_numbers and channels.numbers.isVisibleTo(channels) and not channels.grid.isVisibleTo(channels)
    np.testing.assert_array_equal(channels.numbers.values, maps.values[:, 0, 0])
    # The sines of all frequencies, and behind them their cosines.
    half = len(maps.values) // 2
    np.testing.assert_allclose(maps.values[0, 0, 0] ** 2 + maps.values[half, 0, 0] ** 2, 1, rtol=1e-5)
    made.select("ups.0.0")
    assert channels.grid.isVisibleTo(channels) and not channels.numbers.isVisibleTo(channels)


@pytest.mark.long
def test_shortcuts_carry_pictures_and_a_resnet_block_its_scale_and_shift(made: Tab) -> None:
    looked = made.select("ups.0.0")
    assert not made.panel.map.carried("ups.0.0").isNull()
    assert np.array_equal(to_array(made.panel.map.carried("ups.0.0"))[:, :, 0], looked.carried["ups.0.0"])
    block = made.panel.block
    assert block.scale_shift.isVisibleTo(block) and len(block.scale_shift.scale.values) == 16
    assert not block.looking.isVisibleTo(block)
    assert "shortcut" in made.panel.map.tip_at(made.panel.map.box("ups.0.0").center())


@pytest.mark.long
@pytest.mark.parametrize("module", ["mid_attn", "ups.1.2"])
def test_a_pixel_that_is_pointed_at_says_where_it_looks(made: Tab, module: str) -> None:
    made.select(module)
    looking = made.panel.block.looking
    looking.picture.set_pixel((0, 0), looking.picture.size_of_map)
    place = looking.picture.place_of(1, 2).center().toPoint()
    QTest.mousePress(looking.picture, Qt.MouseButton.LeftButton, pos=place)
    looks = made.look().looks
    assert looks is not None and looks.pixel == (1, 2)
    np.testing.assert_allclose(looks.weights.sum((1, 2)) + looks.memory, 1, rtol=1e-5)
    QTest.keyClick(looking.picture, Qt.Key.Key_Left)
    looks = made.look().looks
    assert looks is not None and looks.pixel == (1, 1)
    looking.head.setCurrentIndex(looking.head.findData(1))
    assert looking.shown_weights is not None and np.array_equal(looking.shown_weights, looks.weights[1])
    assert not looking.weights.image.isNull()


@pytest.mark.long
def test_what_is_switched_off_changes_the_prediction_and_undone_shows_the_same(made: Tab) -> None:
    first = made.select("ups.0.0")
    assert first.without is None
    switches, view = made.panel.block.switches, made.panel.block.ablation
    assert [name for name, box in switches.boxes.items() if box.isVisibleTo(switches)] == [
        "shortcut",
        "residual",
        "block",
    ]
    assert switches.words.isVisibleTo(switches) and "switch off" in switches.words.text()
    QTest.mouseClick(switches.boxes["shortcut"], Qt.MouseButton.LeftButton, pos=QPoint(8, 14))
    off = made.look()
    assert off.question.off == {("shortcut", "ups.0.0")} and off.without is not None
    assert off.without.rms > 0 and np.array_equal(off.without.whole, first.x_0)
    assert not np.array_equal(off.x_0, first.x_0) or off.without.rms < 1 / 255
    assert view.isVisibleTo(made.panel.block) and "RMS" in view.captions[2].text()
    QTest.mouseClick(view.all_on, Qt.MouseButton.LeftButton)
    again = made.look()
    assert again.without is None and not view.isVisibleTo(made.panel.block)
    assert np.array_equal(again.x_0, first.x_0) and np.array_equal(again.maps.values, first.maps.values)
    # The sampler makes the very same pictures as before.
    recording = made.seen.recording
    assert recording is not None and recording.final is not None
    before = recording.final.copy()
    made.controller._switch("residual", False)
    made.look()
    made.generate()
    again_made = made.seen.recording
    assert again_made is not None and again_made is not recording and again_made.final is not None
    assert np.array_equal(again_made.final, before)


# --- the other pages -------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_curves_over_t_have_every_step(made: Tab) -> None:
    made.select("ups.0.0")
    made.panel.block.pages.choose("over")
    made.wait(lambda: not made.controller.pages.busy)
    over = made.panel.block.over
    recording = made.seen.recording
    assert recording is not None
    for chart, name in ((over.charts[0], "strength"), (over.charts[1], "scale"), (over.charts[1], "shift")):
        assert sorted(chart._curves[name].x.tolist()) == sorted(recording.t.tolist())
    over.t_picked.emit(float(recording.t[1]))
    assert made.seen.step == 1


@pytest.mark.long
def test_the_weights_are_those_of_the_checkpoint(made: Tab, run: Path) -> None:
    made.select("mid_attn")
    made.panel.block.pages.choose("weights")
    made.wait(lambda: not made.controller.pages.busy)
    page = made.panel.block.weights
    assert "100" in page.about and len(page.histograms) == 2  # raw and EMA
    named = load_model(run, "raw", {}).diffusion.named_parameters()
    count = sum(parameter.numel() for name, parameter in named if name.startswith("model.mid_attn."))
    assert page.histograms[0]._of.count == count


def test_costs_are_measured_on_a_wish_and_can_be_cancelled(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MEASURING_S", 0.2)
    tab.project.set_settings({"dim": 8, "dim_mults": (1, 2), "batch_size": 2})
    tab.wait(lambda: tab.controller.facts is not None and tab.controller.facts.dim == 8)
    costing, button = tab.controller.costing, tab.panel.map_panel.measure
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.text() == "Cancel" and "Measuring time and memory" in tab.panel.map_panel._width.text()
    costing.disturb()  # what is asked meanwhile does not let it start over
    assert button.text() == "Cancel"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not costing.costs and "Measure" in button.text()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    tab.wait(lambda: bool(costing.costs))
    assert 0.5 < sum(cost.time for cost in costing.costs.values()) <= 1.001
    tab.controller.select("mid_attn")
    assert "%" in tab.panel.block.fact("time") and "%" in tab.panel.block.fact("memory")
    assert "ms" in tab.panel.map.tip_at(tab.panel.map.box("mid_attn").center())


def test_why_nothing_can_be_measured_follows_the_training_and_the_settings(
    tab: Tab, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MEASURING_S", 60.0)
    button, training, costing = tab.panel.map_panel.measure, tab.seen._training, tab.controller.costing
    tab.open(run)
    tab.wait(lambda: "other settings" in button.toolTip())
    assert not button.isEnabled()
    tab.project.set_settings({**TINY, **SELF_CONDITION, "patch_size": 1})
    assert button.isEnabled(), button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert costing._job.busy
    training.state = TrainingState.RUNNING  # type: ignore[misc]
    training.state_changed.emit(training.state)
    assert not costing._job.busy
    assert not button.isEnabled() and "training is under way" in button.toolTip().replace("\n", " ")
    training.state = TrainingState.FINISHED  # type: ignore[misc]
    training.state_changed.emit(training.state)
    assert button.isEnabled()


def test_what_cannot_be_measured_is_not_tried_again_unasked(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_given: object) -> Iterator[object]:
        yield from ()
        raise SamplingError("sampling.out-of-memory", device="cpu", count=1)

    monkeypatch.setattr("studio.inside.network.costing.costs_of", failing)
    costing = tab.controller.costing
    with tab.qtbot.waitSignal(costing._job.failed):
        costing.measure()
    costing._measure_unasked()
    assert not costing._job.busy


# --- what is missing or broken ---------------------------------------------------------------------------


@pytest.mark.long
def test_a_model_without_a_denoising_offers_to_make_one(tab: Tab, run: Path) -> None:
    tab.open(run)
    assert "no denoising yet" in tab.panel.steps.words and tab.panel.steps.button.text() == "Generate"
    with tab.qtbot.waitSignal(tab.sampler.generated):
        QTest.mouseClick(tab.panel.steps.button, Qt.MouseButton.LeftButton)
    assert tab.panel.steps.words == "" and tab.look().question.step == tab.seen.step


@pytest.mark.long
def test_the_head_and_the_sampler_room_have_one_choice(made: Tab) -> None:
    head, weights = made.controller.head, made.sampler.panel.head.weights
    assert head.model.chosen == made.seen.choice
    head.weights.setCurrentIndex(head.weights.findData("raw"))
    head.weights.activated.emit(head.weights.currentIndex())
    assert weights.currentData() == "raw"
    made.wait(lambda: made.seen.facts is not None and not made.sampler.choosing.reading)
    weights.setCurrentIndex(weights.findData("ema"))
    made.wait(lambda: made.seen.facts is not None and not made.sampler.choosing.reading)
    assert head.weights.currentData() == "ema" and made.look() is not None


@pytest.mark.long
def test_a_model_that_is_gone_is_a_sentence(tab: Tab, run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run, copy)
    tab.open(copy)
    tab.generate()
    tab.look()
    shutil.rmtree(copy / "checkpoints")
    tab.seen.go(0)
    tab.wait(lambda: bool(tab.panel.block.said))
    assert tab.controller.looked is None and tab.panel.block.said.endswith(".")
    assert not tab.panel.block.channels.isVisibleTo(tab.panel.block)


def test_why_a_training_has_no_choice_of_weights_is_said(tab: Tab, run: Path) -> None:
    weights = tab.controller.head.weights
    assert not weights.isEnabled() and weights.toolTip() == "Choose a model first."
    training = tab.seen._training
    training.model = load_model(run, "ema", {}).diffusion  # type: ignore[attr-defined]
    tab.project.set_run(Run.open(run))
    training.state_changed.emit(TrainingState.RUNNING)
    tab.wait(lambda: tab.seen.facts is not None)
    assert tab.seen.choice is not None and tab.seen.choice.origin is Origin.TRAINING
    for box in (weights, tab.sampler.panel.head.weights):
        assert not box.isEnabled() and "averaged weights" in box.toolTip()
    training.model = None  # type: ignore[attr-defined]
    training.state_changed.emit(TrainingState.FINISHED)
    tab.wait(lambda: tab.seen.facts is not None)
    for box in (weights, tab.sampler.panel.head.weights):
        assert box.isEnabled() and box.toolTip().startswith("EMA")


def test_a_box_without_a_model_says_so(tab: Tab) -> None:
    assert tab.controller.head.model.shown_text(200) == "No model yet"


@pytest.mark.long
@pytest.mark.parametrize("width_px", [1068, 1132, 1700])
def test_nothing_of_a_block_lies_under_its_scroll_bar(made: Tab, width_px: int) -> None:
    made.panel.resize(width_px, 520)
    for module in ("mid_attn", "mid_block1"):
        made.select(module)
        area = made.panel.block._scrolled
        made.wait(lambda area=area: area.widget().width() == area.viewport().width())
        assert area.widget().minimumSizeHint().width() <= area.viewport().width()


@pytest.mark.long
def test_a_denoising_of_another_size_is_told_of(made: Tab, tmp_path: Path) -> None:
    made.open(tiny_run(tmp_path / "larger", {"image_size": 16}))
    made.wait(lambda: "another size" in made.panel.block.said)
    assert made.controller.looked is None


@pytest.mark.long
def test_memory_that_ends_is_a_sentence(made: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_options: object) -> None:
        raise MemoryError

    monkeypatch.setattr("core.networks.looking.look", full)
    made.seen.go(0)
    made.wait(lambda: "out of memory" in made.panel.block.said)
    monkeypatch.undo()
    assert made.go(1).question.step == 1


@pytest.mark.long
def test_another_denoising_is_asked_at_once(made: Tab) -> None:
    made.seen.go(0)
    made.generate()
    looked = made.look()
    assert looked.question.recording is made.seen.recording and not made.panel.block.said


@pytest.mark.long
def test_nothing_is_asked_while_nobody_looks(made: Tab) -> None:
    made.controller.set_shown(False)
    made.seen.go(0)
    assert not made.controller._look.busy
    made.controller.set_shown(True)
    assert made.look().question.step == 0


def test_maps_of_many_pixels_are_made_smaller() -> None:
    values = np.random.default_rng(0).standard_normal((3, 160, 160)).astype(np.float32)
    maps = maps_of(values, np.array([1.0, 3.0, 2.0], np.float32))
    assert maps.order.tolist() == [1, 2, 0]
    assert maps.shown.shape[1] <= 80 and maps.values.shape == values.shape


@pytest.mark.long
def test_the_map_fits_its_panel_or_scrolls(tab: Tab) -> None:
    view = tab.panel.map
    tab.panel.resize(1068, 420)
    assert view.height() >= view.minimumHeight() > 0
    assert view.module_at(QPointF(view.box("mid_attn").center())) == "mid_attn"


# --- another model -----------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_question_of_a_denoising_that_was_closed_is_left_unanswered(made: Tab) -> None:
    recording, question = made.seen.recording, made.controller._question()
    reader = made.seen.reader(purpose="network")
    assert recording is not None and question is not None and reader is not None
    recording.closed = True  # between the question and its answer another denoising has begun
    whole, recording._pixels = recording._pixels, np.empty((2, 0, 0, 0, 0, 0), np.uint8)
    layers, recording._layers = recording._layers, {}
    assert list(asking.Asking().look(reader, question)) == []
    assert not [over for over in asking.Asking().over(reader, question) if not hasattr(over, "progress")]
    recording.closed, recording._pixels, recording._layers = False, whole, layers


@pytest.mark.long
def test_a_file_that_cannot_be_read_has_no_u_and_generates_nothing(
    made: Tab, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = shutil.copytree(run, tmp_path / "other-01")
    made.open(other)
    steps = made.panel.steps
    assert made.seen.made_of == ("faces-01", 100) and "faces-01" in steps.picture.summary.text()
    tensors = next((other / "checkpoints").glob("*.safetensors"))
    tensors.write_bytes(tensors.read_bytes()[:-100])
    made.sampler.source = type(made.sampler.source)()  # it has forgotten what it read
    made.sampler.choosing.read_anew()
    made.wait(lambda: not made.sampler.choosing.reading)
    assert made.seen.choice is not None and made.seen.choice.path == other  # it was a model before
    assert made.controller.facts is None and not made.panel.map.rows
    assert not steps.again.isEnabled() and "cannot be read" in steps.again.toolTip()
    made.open(run)
    assert made.controller.facts is not None and steps.again.isEnabled() and not steps.picture.summary.text()


@pytest.mark.long
def test_shares_of_another_network_are_forgotten(tab: Tab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MEASURING_S", 0.2)
    tab.project.set_settings({"dim": 8, "dim_mults": (1, 2), "batch_size": 2})
    tab.wait(lambda: tab.controller.facts is not None and tab.controller.facts.dim == 8)
    tab.controller.costing.measure()
    tab.wait(lambda: bool(tab.panel.map_panel._costs))
    tab.open(tiny_run(tmp_path / "wide-01", {"dim_mults": (1, 2, 4)}))
    tab.wait(lambda: len(tab.controller.facts.dim_mults) == 3)  # type: ignore[union-attr]
    assert not tab.controller.costing.costs and not tab.panel.map_panel._costs


def test_map_when_the_network_sees_a_picture_names_it_beside_x_t(qtbot: QtBot) -> None:
    (facts,) = network_of(RunConfig().with_settings({"condition": "grey", "channels": 3, "image_size": 32, "dim": 8}))
    assert facts.sees == 1 and facts.operations["init_conv"][0].shape == (4, 32, 32)
    drawn = MapView(lambda row: row.title)
    qtbot.addWidget(drawn)
    drawn.show_rows(facts.rows, "4×32×32", sees=bool(facts.sees))
    assert drawn.entry_words == "{x_t}, condition"
    drawn.resize(640, 480)
    drawn.grab()
    drawn.show_rows(facts.rows, "4×32×32")
    assert drawn.entry_words == "{x_t}"
