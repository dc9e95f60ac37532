"""The tab Tricks: every card says what is true of the batch, has its empty states, and is turned for the next run."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import sleep

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.diffusion.process import signal_to_noise_ratio
from core.diffusion.schedules import make_betas
from core.diffusion.weightings import loss_weights
from core.errors import CheckpointError, Phrase, RunError
from core.networks.build import build_diffusion
from core.pictures.feed.pictures import LoadProgress
from core.pictures.folder.scan import scan_all
from core.presets import resolve
from core.runs.checkpoint import Checkpoint, save_checkpoint
from core.runs.metrics import MetricsWriter
from core.runs.run import Run
from core.settings import RunConfig
from core.training.timesteps import shares_of_loss
from studio.app.settings import Settings
from studio.app.theme import theme
from studio.inside.seen import Seen
from studio.inside.tricks.controller import TricksController
from studio.inside.tricks.min_snr_card import gamma_at, place_of
from studio.inside.tricks.panel import TricksHead, TricksPanel
from studio.inside.tricks.told import NoModel, places_shown, share_below
from studio.inside.twins.controller import TwinsController
from studio.numbers import figure
from studio.project import Project
from studio.sampler.controller import SamplerController
from studio.sampler.panel import SamplerPanel
from studio.training.state import TrainingState
from studio.widgets.controls import Switch
from tests.studio.sampler.conftest import TINY, Training

BATCH = {"batch_size": 12, "offset_noise_strength": 0.1, "self_condition": True, "immiscible": True}
STEP = 40


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tricks") / "pictures"
    folder.mkdir()
    draw = np.random.default_rng(0)
    for number in range(20):
        Image.fromarray(draw.integers(0, 255, (8, 8, 3), np.uint8)).save(folder / f"{number:02}.png")
    return folder


RunMaker = Callable[..., Run]


@pytest.fixture
def make_run(tmp_path: Path, pictures: Path) -> RunMaker:
    def make(changes: dict[str, object] | None = None, *, metrics: bool = True, source: Path | None = None) -> Run:
        config = resolve(RunConfig().with_settings({**TINY, **BATCH, **(changes or {})}), scan_all(pictures).facts())
        folder = tmp_path / "runs" / "tiny"
        run = Run.create(folder, config, source_folder=source or pictures, device="cpu", planned_total=100)
        torch.manual_seed(0)
        model, ema = build_diffusion(config), build_diffusion(config)
        kept = Checkpoint(step=STEP, config=config, model=model.state_dict(), ema=ema.state_dict())
        save_checkpoint(run.checkpoints_folder, kept)
        if metrics:
            with closing(MetricsWriter(run.metrics_path)) as writer:
                writer.add_timesteps(STEP, np.full(50, 0.25), np.ones(50, np.int64))
                writer.add(STEP, 0.2, 1e-3, 1.0, 10.0, 1.0)
        return run

    return make


@dataclass
class Tab:
    controller: TricksController
    panel: TricksPanel
    head: TricksHead
    project: Project
    sampler: SamplerController
    training: Training
    qtbot: QtBot

    def settle(self, *, sweep: bool = False) -> None:
        """Wait until nothing more is to come; the gain over all t only where it is asked for."""
        controller = self.controller
        parts = (controller._tracing, controller._guessing, *((controller._sweeping,) if sweep else ()))
        self.qtbot.waitUntil(lambda: not any(part.busy for part in parts))

    def open(self, run: Run) -> None:
        self.sampler.open_model(run.folder)
        self.qtbot.waitUntil(lambda: not self.sampler.choosing.reading)
        self.settle()

    def click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    @property
    def whys(self) -> dict[str, str]:
        return {name: card.why for name, card in self.panel.cards.items() if card.why}


@pytest.fixture
def tab(qtbot: QtBot, tmp_path: Path) -> Iterator[Tab]:
    theme().apply("dark")
    project, training = Project(tmp_path / "runs"), Training()
    sampler_panel = SamplerPanel(Settings(tmp_path / "settings.json"))
    qtbot.addWidget(sampler_panel)
    sampler = SamplerController(project, Settings(tmp_path / "settings.json"), sampler_panel, training)
    panel, head = TricksPanel(), TricksHead()
    qtbot.addWidget(panel)
    qtbot.addWidget(head)
    panel.resize(1248, 644)
    panel.show()
    head.show()
    seen = Seen(project, training, sampler, sampler_panel, parent=sampler_panel)
    twins_settings = Settings(tmp_path / "twins.json")

    def make_twins() -> TwinsController:
        return TwinsController(project, twins_settings, training, parent=panel)

    controller = TricksController(panel, head, seen, project, make_twins, parent=panel)
    controller.set_shown(True)
    qtbot.waitUntil(lambda: controller.ready)
    yield Tab(controller, panel, head, project, sampler, training, qtbot)
    assert controller.shutdown()
    assert sampler.shutdown(10_000)


# --- the cards -------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_every_card_when_a_run_is_looked_at_shows_its_trick_and_that_it_holds(tab: Tab, make_run: RunMaker) -> None:
    tab.open(make_run())
    traced = tab.controller.traced
    assert traced is not None and traced.no_model is None
    assert tab.whys == {}
    assert tab.head.words.text() == "8 of the 12 pictures of step 41"
    assert (traced.batch, traced.step, traced.size) == (STEP, STEP + 1, 12)
    assert traced.x_t_difference == traced.target_difference == traced.weight_difference == 0
    for name in ("immiscible", "offset", "self_condition", "min_snr", "v"):
        assert tab.panel.cards[name]._mark.text() == "✓", name
    assert "largest difference 0" in tab.panel.immiscible.check.text()
    assert "lags by" in tab.panel.ema.check.text()
    tab.panel.grab()


@pytest.mark.long
def test_immiscible_when_shown_has_the_pairs_and_sums_of_the_batch(tab: Tab, make_run: RunMaker) -> None:
    tab.open(make_run())
    traced, card = tab.controller.traced, tab.panel.immiscible
    assert traced is not None
    inside = traced.pairs.order >= 0
    assert inside.sum() >= 4
    far = np.linalg.norm(
        (traced.pictures[inside] - traced.noise[traced.pairs.order[inside]]).reshape(inside.sum(), -1), axis=1
    )
    np.testing.assert_allclose(far, traced.pairs.after[traced.places[inside]], rtol=1e-5)
    assert traced.pairs.after.sum() < traced.pairs.before.sum()
    assert f"{traced.pairs.before.sum():.1f}" in card.before.accessibleName()
    assert f"{traced.pairs.after.sum():.1f}" in card.after.accessibleName()
    # A picture of another place, by the mouse and by the keys, is the one of all cards.
    QTest.mouseClick(card.view, Qt.MouseButton.LeftButton, pos=QPoint(card.view.width() - 20, 10))
    assert card.view.chosen == 7
    assert tab.panel.velocity._picture == tab.panel.offset._picture == 7
    QTest.keyClick(card.view, Qt.Key.Key_Right)
    assert card.view.chosen == 0
    QTest.keyClick(card.view, Qt.Key.Key_Left)
    assert card.view.chosen == 7
    QTest.mouseClick(card.view, Qt.MouseButton.LeftButton, pos=QPoint(20, card.view.height() - 10))
    assert card.view.order[card.view.chosen] == 0 or 0 not in card.view.order
    tab.settle()


def test_candidates_when_they_were_used_are_told_as_they_are(tab: Tab, make_run: RunMaker) -> None:
    tab.open(make_run({"immiscible_candidates": 4}))
    card = tab.panel.immiscible
    assert card.view.own
    assert card.view.order == list(range(8))
    assert "nearest of 4" in card.after.accessibleName()
    assert "of 12 kept their first noise" in card.check.text()
    assert "the nearest of 4 noises of its own" in card.sentence.text()


def test_a_trick_that_a_run_has_not_is_shown_as_it_would_be(tab: Tab, make_run: RunMaker) -> None:
    off = {"immiscible": False, "offset_noise_strength": 0.0, "self_condition": False, "min_snr_gamma": None}
    tab.open(make_run(off))
    traced = tab.controller.traced
    assert traced is not None
    assert "without it here; with it" in tab.panel.immiscible.after.accessibleName()
    assert traced.pairs.after.sum() < traced.pairs.before.sum()
    assert tab.panel.offset.check.text().startswith("This batch is without it")
    assert set(tab.whys) == {"self_condition"}
    assert "Turn it on" in tab.panel.self_condition.why
    tab.project.set_settings({"self_condition": True})
    assert "The next run has it" in tab.panel.self_condition.why


@pytest.mark.long
def test_offset_noise_when_the_slider_moves_shows_it_at_once(tab: Tab, make_run: RunMaker) -> None:
    tab.open(make_run())
    traced, card = tab.controller.traced, tab.panel.offset
    assert traced is not None
    assert card.value == pytest.approx(0.1)  # the run's
    card.strength.set_value(50)
    assert card.value == pytest.approx(0.5)
    means = traced.noise[0].mean((0, 1)) + (0.5 - 0.1) * traced.offsets[0]
    np.testing.assert_allclose(card.colours.means[1], means, atol=1e-5)
    wide = (traced.means + 0.5 * traced.means_offsets).std()
    assert wide == pytest.approx((1 / 64 + 0.25) ** 0.5, rel=0.05)
    assert "0.515" in card.moved.accessibleName()  # √(1/64 + 0.5²)
    assert "0.125" in card.plain.accessibleName()


@pytest.mark.long
def test_a_denoising_when_it_is_there_tells_the_means_of_its_start(tab: Tab, make_run: RunMaker) -> None:
    tab.open(make_run())
    assert tab.panel.offset.start.isHidden()
    with tab.qtbot.waitSignal(tab.sampler.generated):
        tab.sampler.generate()
    tab.controller.set_shown(True)  # one comes back from the sampler room
    assert not tab.panel.offset.start.isHidden()
    assert "σ" in tab.panel.offset.start.accessibleName()
    assert "samples" in tab.panel.offset.foot.text()


def test_min_snr_when_gamma_moves_weighs_as_cores_own_table(tab: Tab, make_run: RunMaker) -> None:
    tab.open(make_run({"min_snr_gamma": 5.0}))
    traced, card = tab.controller.traced, tab.panel.min_snr
    assert traced is not None
    diffusion = traced.config.diffusion
    snr = signal_to_noise_ratio(make_betas(diffusion.beta_schedule, diffusion.timesteps, {}))
    for gamma in (5.0, gamma_at(20)):
        expected = loss_weights(diffusion.objective, snr, "min_snr", {"gamma": gamma})
        np.testing.assert_allclose(traced.weights(gamma), expected)
    np.testing.assert_allclose(traced.weights(None), loss_weights(diffusion.objective, snr))
    assert card.value == 5.0
    before = card.words.text()
    assert before.startswith("t < 5 takes ")
    assert "last 40 steps" in card.measured.text() or "steps" in card.measured.text()
    card.gamma.set_value(20)
    assert card.words.text() != before
    assert place_of(gamma_at(37)) == 37


def test_losses_without_metrics_are_measured_here_and_it_says_so(tab: Tab, make_run: RunMaker) -> None:
    tab.open(make_run(metrics=False))
    tab.qtbot.waitUntil(lambda: not tab.controller._measuring.busy)
    assert tab.panel.min_snr.measured.text() == "% of the loss in 2 timesteps, measured in 12 batches here"


def test_t_when_moved_on_one_card_moves_on_all_and_asks_the_network(tab: Tab, make_run: RunMaker) -> None:
    tab.open(make_run())
    before = tab.panel.self_condition.words.text()
    tab.panel.ema.time.set_value(7)
    for time in (tab.panel.self_condition.time, tab.panel.velocity.time, tab.panel.ema.time):
        assert time.value() == 7
    tab.settle()
    assert tab.panel.self_condition.words.text() != before
    assert "t = 7" in tab.panel.self_condition.row.accessibleDescription()
    assert "t = 7" in tab.panel.ema.row.accessibleDescription()
    card = tab.panel.velocity
    assert tab.controller.traced is not None
    cos, sin = tab.controller.traced.shares(7)
    assert card.circle.phi() == pytest.approx(np.arctan2(sin, cos))
    assert card.factors["pred_noise"].accessibleName() == f"ε × {figure(sin / cos, 2)}"
    assert card.factors["pred_v"].accessibleName() == f"v × {figure(sin, 2)}"


def test_the_gain_over_t_when_it_is_cancelled_stops(tab: Tab, make_run: RunMaker) -> None:
    tab.open(make_run())
    tab.settle(sweep=True)
    chart = tab.panel.self_condition.chart
    assert chart.value_at("gain", 0) is not None
    tab.click(tab.head.next)
    tab.qtbot.waitUntil(lambda: tab.controller._sweeping.busy)
    tab.panel.self_condition.cancel.click()
    assert not tab.controller._sweeping.busy
    tab.settle()


# --- which batch -----------------------------------------------------------------------------------------------


def test_another_batch_and_other_noise_when_asked_for_are_traced(tab: Tab, make_run: RunMaker) -> None:
    tab.open(make_run())
    first = tab.controller.traced
    tab.click(tab.head.noise)
    tab.settle()
    noise = tab.controller.traced
    assert first is not None and noise is not None
    assert noise.batch == first.batch and noise.drawn == first.drawn + 1
    assert tab.head.words.text() == "8 of the 12 pictures of step 41, with the noise of batch 42"
    tab.click(tab.head.next)
    tab.settle()
    after = tab.controller.traced
    assert after is not None
    assert after.batch == after.drawn == first.batch + 1
    assert tab.head.words.text() == "8 of the 12 pictures of step 42"


def test_pictures_without_a_run_have_the_next_runs_settings(tab: Tab, pictures: Path) -> None:
    assert set(tab.whys.values()) == {"Choose a folder of pictures, or a model in the sampler room."}
    assert not tab.head.next.isEnabled() and tab.head.next.toolTip().startswith("Choose a folder")
    tab.project.set_settings({**TINY, "batch_size": 12, "min_snr_gamma": 2.0})
    tab.project.set_scan(scan_all(pictures))
    tab.settle()
    traced = tab.controller.traced
    assert traced is not None and traced.no_model is NoModel.NONE_YET
    assert tab.head.words.text() == "8 of the 12 pictures that step 1 would have"
    assert set(tab.whys) == {"self_condition", "ema"}
    assert "no trained network" in tab.panel.ema.why
    assert "no loss is measured" in tab.panel.min_snr.measured.text()
    assert tab.head.next.isEnabled() and tab.head.next.toolTip().startswith("Look at")


def test_a_run_when_its_pictures_are_gone_says_so_on_every_card(tab: Tab, make_run: RunMaker, tmp_path: Path) -> None:
    tab.open(make_run(source=tmp_path / "nowhere"))
    assert tab.controller.traced is None
    assert tab.head.words.text() == "The batch could not be read."
    assert set(tab.whys) == set(tab.panel.cards)
    assert all("nowhere" in why for why in tab.whys.values())


def test_a_training_under_way_has_averaged_weights_alone_and_says_so(tab: Tab, make_run: RunMaker) -> None:
    run = make_run()
    tab.training.model = build_diffusion(run.config).eval()
    tab.training.state = TrainingState.RUNNING
    tab.project.set_run(run)
    tab.training.state_changed.emit(tab.training.state)
    tab.qtbot.waitUntil(lambda: not tab.sampler.choosing.reading)
    tab.settle()
    traced = tab.controller.traced
    assert traced is not None and traced.no_model is None
    assert set(tab.whys) == {"ema"}
    assert "averaged weights alone" in tab.panel.ema.why


def test_weights_that_cannot_be_read_leave_the_batch_and_say_why_nothing_is_asked(
    tab: Tab, make_run: RunMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_given: object) -> None:
        raise CheckpointError("checkpoint.none", path=Path("x"), reason="torn")

    monkeypatch.setattr(tab.sampler.source, "copy_for", refused)
    tab.open(make_run())
    traced = tab.controller.traced
    assert traced is not None
    assert set(tab.whys) == {"self_condition", "ema"}
    assert "torn" in tab.panel.ema.why


def test_a_hidden_tab_asks_nothing_until_it_is_seen(tab: Tab, make_run: RunMaker) -> None:
    tab.controller.set_shown(False)
    tab.open(make_run())
    assert tab.controller.traced is None
    tab.controller.set_shown(True)
    tab.settle()
    assert tab.controller.traced is not None


@pytest.mark.long
def test_a_page_that_goes_out_of_sight_asks_no_more_and_goes_on_when_it_is_back(tab: Tab, make_run: RunMaker) -> None:
    tab.open(make_run())
    tab.click(tab.head.next)
    tab.qtbot.waitUntil(lambda: tab.controller._sweeping.busy)
    tab.controller.set_shown(False)
    assert not any(part.busy for part in tab.controller._parts)
    tab.controller.set_shown(True)
    tab.settle(sweep=True)
    assert tab.panel.self_condition.chart.value_at("gain", 0) is not None
    tab.click(tab.head.next)
    tab.controller.set_shown(False)
    tab.controller.set_shown(True)
    tab.settle()
    assert tab.head.words.text() == "8 of the 12 pictures of step 43"


@pytest.mark.long
def test_a_page_that_is_back_goes_on_though_settings_changed_that_are_none_of_its_batch(
    tab: Tab, make_run: RunMaker
) -> None:
    tab.open(make_run())
    tab.click(tab.head.next)
    tab.qtbot.waitUntil(lambda: tab.controller._sweeping.busy)
    tab.controller.set_shown(False)
    tab.project.set_settings({"learning_rate": 1e-3})
    tab.controller.set_shown(True)
    assert tab.controller._sweeping.busy
    tab.settle(sweep=True)
    assert tab.panel.self_condition.chart.value_at("gain", 0) is not None


@pytest.mark.long
def test_a_guess_that_is_still_to_come_when_another_batch_is_there_is_not_shown(tab: Tab, make_run: RunMaker) -> None:
    tab.open(make_run())
    first = tab.controller.traced
    assert first is not None
    tab.settle(sweep=True)
    held = threading.Event()
    model = first.kept.model("raw")

    def hold(*_given: object) -> None:
        held.wait(20)

    hook = model.model.register_forward_pre_hook(hold)
    tab.panel.immiscible.picked.emit(7)
    assert tab.controller._guessing.busy
    names = ("places", "pictures", "noise", "offsets", "drawn_noise", "t")
    fewer = {name: getattr(first, name)[:4] for name in names}
    pairs = dataclasses.replace(first.pairs, order=np.arange(4))
    small = dataclasses.replace(first, pairs=pairs, **fewer)
    shown: list[int] = []
    tab.panel.ema.show_guessed = lambda guessed, _x_start: shown.append(guessed.picture)  # type: ignore[method-assign]
    tab.controller._trace_came(small)
    held.set()
    hook.remove()
    tab.settle(sweep=True)
    assert shown == [3]


def test_pictures_of_another_run_take_the_place_of_the_batch_at_once(
    tab: Tab, make_run: RunMaker, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab.project.set_settings({**TINY, "batch_size": 12})
    tab.project.set_scan(scan_all(pictures))
    tab.settle()
    assert tab.controller.traced is not None
    monkeypatch.setattr(tab.controller._source, "traced", lambda _question: iter(lambda: sleep(0.01), 0))
    tab.sampler.open_model(make_run().folder)
    tab.qtbot.waitUntil(lambda: tab.controller.traced is None)
    assert set(tab.whys.values()) == {"Reading the pictures…"}
    tab.panel.ema.time.set_value(3)
    assert not tab.controller._guessing.busy
    tab.controller._reading(LoadProgress(1, 4, 0))
    tab.head.cancel.click()
    assert set(tab.whys.values()) == {"Reading was cancelled."}


def test_a_gain_that_cannot_be_measured_says_why(tab: Tab, make_run: RunMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_traced: object) -> Iterator[object]:
        yield from ()
        raise CheckpointError("checkpoint.none", path=Path("x"), reason="torn")

    monkeypatch.setattr(tab.controller._source, "gains", refused)
    tab.open(make_run())
    tab.settle(sweep=True)
    hint = tab.panel.self_condition.chart._hint
    assert hint is not None and "torn" in hint.text()


def test_a_kept_denoising_whose_file_was_cut_off_leaves_the_card(
    tab: Tab, make_run: RunMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab.open(make_run())
    with tab.qtbot.waitSignal(tab.sampler.generated):
        tab.sampler.generate()

    def cut_off(*_given: object) -> None:
        raise RunError("generation.damaged", path=Path("x"), reason=Phrase("file.cut-off"))

    monkeypatch.setattr(tab.sampler.recording, "layer", cut_off)
    tab.controller._recorded = ()
    tab.controller.set_shown(True)
    assert tab.panel.offset.start.isHidden() and tab.panel.offset.foot.text() == ""


def test_reading_when_it_is_cancelled_can_begin_anew(tab: Tab, make_run: RunMaker) -> None:
    tab.open(make_run())
    tab.click(tab.head.noise)
    tab.controller._reading(LoadProgress(1, 4, 0))
    assert tab.head.words.text() == "Reading the pictures: 25 %"
    assert not tab.head.cancel.isHidden()
    tab.head.cancel.click()
    assert tab.head.words.text() == "Reading was cancelled." and tab.head.cancel.isHidden()
    tab.click(tab.head.next)
    tab.settle()
    assert tab.head.words.text() == "8 of the 12 pictures of step 42"


def test_a_strength_that_the_slider_has_no_place_for_is_kept(tab: Tab) -> None:
    tab.project.set_settings({"offset_noise_strength": 0.75})
    assert tab.panel.offset.value == 0.75
    tab.click(tab.panel.offset.switch)
    tab.click(tab.panel.offset.switch)
    assert tab.project.config.diffusion.offset_noise_strength == 0.75


# --- the next run ----------------------------------------------------------------------------------------------

SWITCHES = {
    "immiscible": ("immiscible", True, False),
    "offset": ("offset_noise_strength", 0.1, 0.0),
    "self_condition": ("self_condition", True, False),
    "min_snr": ("min_snr_gamma", 5.0, None),
    "v": ("objective", "pred_v", "pred_noise"),
    "ema": ("ema_decay", 0.99, 0.0),
}


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_when_it_is_turned_changes_the_next_run_and_is_taken_back(tab: Tab, name: str) -> None:
    setting, on, off = SWITCHES[name]
    card, project = tab.panel.cards[name], tab.project
    before = project.config.setting(setting)
    assert card.switch.isChecked() == (before == on)
    for _ in range(2):
        was = card.switch.isChecked()
        tab.click(card.switch)
        assert project.config.setting(setting) == (off if was else on)
        assert card.switch.isChecked() == (not was)
    project.undo_steps.undo()
    project.undo_steps.undo()
    assert project.config.setting(setting) == before
    assert card.switch.isChecked() == (before == on)


def test_a_switch_that_cannot_be_turned_says_why(tab: Tab) -> None:
    switch = tab.panel.immiscible.switch
    tab.project.set_settings({"batch_size": 1})
    assert not switch.isEnabled()
    assert "Immiscible" in switch.accessibleDescription() or "immiscible" in switch.toolTip()
    tab.project.set_settings({"batch_size": 4})
    assert switch.isEnabled()
    assert switch.accessibleDescription() == ""


def test_a_slider_when_its_trick_is_on_changes_the_next_run(tab: Tab) -> None:
    card = tab.panel.offset
    card.strength.set_value(20)
    assert tab.project.config.diffusion.offset_noise_strength == 0  # off: it is only looked at
    tab.click(card.switch)
    assert tab.project.config.diffusion.offset_noise_strength == pytest.approx(0.2)
    card.strength.set_value(30)
    assert tab.project.config.diffusion.offset_noise_strength == pytest.approx(0.3)
    tab.panel.min_snr.gamma.set_value(20)
    assert tab.project.config.diffusion.min_snr_gamma == gamma_at(20)


def test_twins_when_wished_stand_in_the_place_of_the_cards_until_back(tab: Tab) -> None:
    tab.click(tab.panel.velocity.twins)
    twins = tab.controller.twins
    assert twins is not None and twins.panel.isVisible() and not tab.panel.scrolled.isVisible()
    assert not tab.head.next.isVisible()
    assert twins._case is not None and twins._case.name == "v"
    assert dict(twins._case.change) == {"objective": "pred_v"} and twins._case.without == {"objective": "pred_noise"}
    tab.controller.set_shown(False)
    assert not twins._shown
    tab.controller.set_shown(True)
    assert twins._shown
    tab.click(twins.panel.back)
    assert not twins._shown
    assert tab.panel.scrolled.isVisible() and not twins.panel.isVisible() and tab.head.next.isVisible()
    tab.panel.velocity.set_compared(True)
    assert tab.panel.velocity.twins.text() == "Twins are training…"


def test_cards_when_the_window_is_wide_stand_in_three_columns_and_scroll_in_one(tab: Tab) -> None:
    for width, columns in ((1068, 2), (1248, 2), (1888, 3), (700, 1)):
        tab.panel.resize(width, 600)
        assert tab.panel.columns == columns
    tab.panel.grab()


def test_a_switch_takes_the_space_key(qtbot: QtBot) -> None:
    switch = Switch()
    qtbot.addWidget(switch)
    switch.show()
    with qtbot.waitSignal(switch.clicked):
        QTest.keyClick(switch, Qt.Key.Key_Space)
    assert switch.isChecked()


# --- what is computed here -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_the_shown_places_keep_whole_cycles_where_they_can(seed: int) -> None:
    order = np.random.default_rng(seed).permutation(24)
    places = places_shown(order, 8)
    assert len(places) <= 8 and (np.diff(places) > 0).all()
    inside = np.isin(order[places], places).sum()
    assert inside >= len(places) - 1
    assert len(places) > 4
    np.testing.assert_array_equal(places_shown(order, 24), np.arange(24))


def test_shares_of_the_loss_add_up_and_are_read_below_any_t() -> None:
    weights, losses = np.linspace(1, 0, 100), np.array([1.0, np.nan, 0.5, 0.5])
    shares = shares_of_loss(weights, losses)
    assert shares.sum() == pytest.approx(1)
    assert shares[1] == 0
    assert share_below(shares, 100, 25) == pytest.approx(shares[0])
    assert share_below(shares, 100, 5) == pytest.approx(shares[0] / 5)
    assert shares_of_loss(weights, np.full(4, np.nan)).sum() == 0
