"""The page of twins, with real widgets, a real training room and a tiny network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.errors import Phrase, TrainingError
from core.pictures.folder.scan import Scan
from core.training.twin_events import PairStarted, TwinsStarted, judged
from studio.inside.twins import controller, panel, words
from studio.inside.twins.controller import TwinsController
from studio.inside.twins.gathered import Gathered
from studio.training.state import TrainingState
from tests.studio.training.conftest import TINY, Room, rooms_in, scan

__all__ = ["scan"]

STEPS = 8
PLAIN = {"loss_weighting": "none"}


@pytest.fixture
def room(tmp_path: Path, scan: Scan, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    for module in (panel, controller):
        monkeypatch.setattr(module, "STEPS", (STEPS, 300))
    monkeypatch.setattr(controller, "MEASURED_S", 0.1)
    with rooms_in(tmp_path) as make:
        made = make()
        made.project.set_scan(scan)
        made.project.set_settings(TINY)
        made.project.set_device("cpu")
        made.settings["twins_steps"] = STEPS
        yield made


@pytest.fixture
def twins(room: Room, qtbot: QtBot) -> Iterator[TwinsController]:
    made = TwinsController(room.project, room.settings, room.controller, parent=room.panel)
    qtbot.addWidget(made.panel)
    made.panel.resize(1068, 500)
    made.panel.show()
    yield made
    assert made.shutdown()


def wait_until_measured(qtbot: QtBot, twins: TwinsController) -> None:
    qtbot.waitUntil(lambda: twins.panel.info.text().startswith("about "))


def compare(qtbot: QtBot, twins: TwinsController) -> None:
    with qtbot.waitSignals([twins.running_changed, twins.running_changed]):  # it begins, and it ends
        twins.panel.go.click()
    assert twins.running is None


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


@pytest.mark.long
def test_open_says_what_differs_and_measures_how_long_it_takes(qtbot: QtBot, twins: TwinsController) -> None:
    twins.open("min_snr", "no min-SNR", PLAIN)
    assert twins.panel.title.text() == "Does it help here? no min-SNR"
    assert twins.panel.changed.text() == "Weighting: min-SNR → None · min-SNR γ: 5 → Off"
    assert twins.panel.go.isEnabled()
    assert not twins.panel.use.isEnabled()
    assert not twins.has_results
    wait_until_measured(qtbot, twins)
    assert "2 × 8 steps of each" in twins.panel.info.text()
    twins.panel.seeds.setCurrentIndex(2)
    assert "3 × 8 steps of each" in twins.panel.info.text()


@pytest.mark.long
def test_compared_it_shows_curves_samples_and_a_verdict_and_keeps_nothing(
    qtbot: QtBot, twins: TwinsController, room: Room, tmp_path: Path
) -> None:
    before = files_in(tmp_path)
    twins.open("min_snr", "no min-SNR", PLAIN)
    compare(qtbot, twins)
    shown = twins.panel
    assert "seed" in shown.verdict.words.text() or shown.verdict.words.text().startswith("B is ")
    assert "seed 1" in shown.verdict.figures.text()
    assert "The same for both, bit for bit: pictures, t, noise, first weights." in shown.verdict.shared.text()
    assert "pictures that both train on" in shown.verdict.shared.text()
    for plot in (shown.steps_plot, shown.t_plot):
        assert plot.value_at("A", 0.0) is not None
        assert plot.value_at("B", 0.0) is not None
    shown.kind.choose("loss")
    assert shown.steps_plot.value_at("A", STEPS) != shown.steps_plot.value_at("B", STEPS)
    assert {grid.count() for grid in shown.samples.grids.values()} == {8}
    assert shown.samples.label.text() == f"step {STEPS} · seed 1"
    assert files_in(tmp_path) == before
    assert room.project.run is None
    assert twins.has_results


@pytest.mark.long
def test_use_b_chooses_its_settings_and_undo_takes_them_back(qtbot: QtBot, twins: TwinsController, room: Room) -> None:
    twins.open("min_snr", "no min-SNR", PLAIN)
    compare(qtbot, twins)
    assert twins.panel.use.isEnabled()
    twins.panel.use.click()
    assert room.project.config.diffusion.loss_weighting == "none"
    assert not twins.panel.go.isEnabled()
    assert "A and B would be the same" in twins.panel.info.text()
    assert twins.panel.changed.text().startswith("Weighting: min-SNR → None")  # of what was compared
    assert twins.panel.verdict.figures.text()
    room.project.undo_steps.undo()
    assert room.project.config.diffusion.loss_weighting == "min_snr"
    assert twins.panel.go.isEnabled()


@pytest.mark.long
def test_what_the_settings_have_already_is_compared_with_its_absence(
    qtbot: QtBot, twins: TwinsController, room: Room
) -> None:
    twins.open("min_snr", "min-SNR", {"min_snr_gamma": 5.0}, {"min_snr_gamma": None})
    assert twins.panel.changed.text() == "Weighting: min-SNR → None · min-SNR γ: 5 → Off"
    compare(qtbot, twins)
    twins.panel.use.click()
    assert room.project.config.diffusion.loss_weighting == "none"
    assert twins.panel.go.isEnabled()  # now the other way round
    assert not twins.panel.use.isEnabled()
    assert "have changed since" in twins.panel.use.toolTip()


def test_cancel_ends_it_and_what_was_shown_stays(qtbot: QtBot, twins: TwinsController, tmp_path: Path) -> None:
    before = files_in(tmp_path)
    twins._settings["twins_steps"] = 300
    twins.open("min_snr", "no min-SNR", PLAIN)
    twins.panel.go.click()
    qtbot.waitUntil(lambda: twins.panel.bar.value() > 0 and twins.panel.info.text().endswith(" left"))
    assert twins.panel.info.text().startswith("A and B: step ")
    assert "of 300" in twins.panel.info.text() and "seed 1 of 2" in twins.panel.info.text()
    assert twins.panel.go.text() == "Cancel"
    assert not twins.panel.steps.isEnabled() and "cancel it first" in twins.panel.steps.toolTip()
    assert twins.panel.verdict.words.text() == "It comes after the last step of the first pair."
    twins.panel.go.click()
    qtbot.waitUntil(lambda: twins.running is None)
    assert twins.panel.info.text() == "Cancelled"
    assert twins.panel.verdict.words.text() == "It ended before the last step of the first pair."
    assert twins.panel.go.text() == "Start"
    assert twins.panel.go.isEnabled()
    twins.panel.kind.choose("loss")
    assert twins.panel.steps_plot.value_at("A", 1.0) is not None
    assert files_in(tmp_path) == before
    assert not [thread for thread in threading.enumerate() if thread.name == "loader"]


def test_while_a_training_runs_it_waits_and_cannot_begin(qtbot: QtBot, twins: TwinsController, room: Room) -> None:
    twins._settings["twins_steps"] = 300
    twins.open("min_snr", "no min-SNR", PLAIN)
    twins.panel.go.click()
    qtbot.waitUntil(lambda: twins.panel.info.text().startswith("A and B: step "))
    room.controller._enter(TrainingState.RUNNING)
    assert twins.panel.info.text() == "Waits for the training"
    assert twins._worker.paused
    twins.open("offset", "offset noise", {"offset_noise_strength": 0.1})
    assert not twins.panel.go.isEnabled()
    assert "A training runs" in twins.panel.info.text()
    room.controller._enter(TrainingState.PAUSED)
    assert not twins._worker.paused
    assert "“no min-SNR” is being compared" in twins.panel.info.text()
    room.controller._enter(TrainingState.READY)
    twins.open("min_snr", "no min-SNR", PLAIN)
    twins.panel.go.click()
    qtbot.waitUntil(lambda: twins.running is None)


@pytest.mark.long
def test_another_card_waits_its_turn_and_results_are_kept(qtbot: QtBot, twins: TwinsController) -> None:
    twins.open("min_snr", "no min-SNR", PLAIN)
    compare(qtbot, twins)
    said = twins.panel.verdict.words.text()
    twins.open("offset", "offset noise", {"offset_noise_strength": 0.1})
    assert twins.panel.verdict.words.text() == "Nothing was compared yet."
    assert not twins.panel.samples.grids["A"].count()
    compare(qtbot, twins)
    assert "because the settings compared are other ones (Offset noise): noise." in twins.panel.verdict.shared.text()
    twins.open("min_snr", "no min-SNR", PLAIN)
    assert twins.panel.verdict.words.text() == said
    twins.open("min_snr", "min-SNR, γ 1", {"min_snr_gamma": 1})
    assert twins.panel.verdict.words.text() == "Nothing was compared yet."


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"image_size": 16}, "changes which pictures the network sees"),
        ({"seed": 3}, "of their own"),
        ({"min_snr_gamma": 5.0}, "have this already"),
        ({"sample_steps": 999}, "999"),
    ],
)
def test_what_cannot_be_compared_says_why(twins: TwinsController, change: dict, words: str) -> None:
    twins.open("wrong", "wrong", change)
    assert not twins.panel.go.isEnabled()
    assert words in twins.panel.info.text()
    assert words in twins.panel.go.toolTip().replace("\n", " ")


def test_without_pictures_it_says_so(twins: TwinsController, room: Room) -> None:
    twins.open("min_snr", "no min-SNR", PLAIN)
    room.project.set_scan(None)
    assert twins.panel.info.text() == "Choose pictures first"
    assert not twins.panel.go.isEnabled()


@pytest.mark.long
def test_settings_that_change_after_it_are_told(qtbot: QtBot, twins: TwinsController, room: Room) -> None:
    twins.open("min_snr", "no min-SNR", PLAIN)
    compare(qtbot, twins)
    room.project.set_settings({"learning_rate": 1e-3})
    assert twins.panel.info.text().startswith("The settings have changed since")


@pytest.mark.long
def test_an_error_is_told_and_the_next_comparison_works(
    qtbot: QtBot, twins: TwinsController, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_arguments: object) -> Iterator[object]:
        yield from ()
        raise TrainingError("twins.not-finite", twin="B", step=3, reason=Phrase("training.loss-became", value="nan"))

    with monkeypatch.context() as patch:
        patch.setattr(controller, "_events", failing)
        twins.open("min_snr", "no min-SNR", PLAIN)
        compare(qtbot, twins)
    assert "at step 3 of B the loss became nan" in twins.panel.info.text()
    compare(qtbot, twins)
    assert twins.panel.verdict.figures.text()


def test_back_leaves_and_the_comparison_goes_on(qtbot: QtBot, twins: TwinsController) -> None:
    twins._settings["twins_steps"] = 300
    twins.open("min_snr", "no min-SNR", PLAIN)
    twins.panel.go.click()
    qtbot.waitUntil(lambda: twins.panel.info.text().startswith("A and B: step "))
    with qtbot.waitSignal(twins.left):
        twins.panel.back.click()
    twins.panel.hide()
    assert twins.running == "min_snr"
    assert twins.shutdown()


def test_a_page_that_is_out_of_sight_measures_nothing_until_it_is_seen(
    qtbot: QtBot, twins: TwinsController, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    twins.open("min_snr", "no min-SNR", PLAIN)
    wait_until_measured(qtbot, twins)
    twins.set_shown(False)
    monkeypatch.setattr(controller, "MEASURED_S", 100.0)
    room.project.set_settings({"learning_rate": 1e-3})
    assert twins._measuring is None
    twins.set_shown(True)
    assert twins._measuring is not None
    twins.set_shown(False)
    qtbot.waitUntil(lambda: twins._measuring is None)


def test_what_cannot_be_measured_is_not_tried_again_and_again(
    qtbot: QtBot, twins: TwinsController, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[object] = []

    def failing(*given: object) -> Iterator[object]:
        tried.append(given)
        yield from ()
        raise TrainingError("twins.not-finite", twin="B", step=3, reason=Phrase("training.loss-became", value="nan"))

    twins.open("min_snr", "no min-SNR", PLAIN)
    wait_until_measured(qtbot, twins)
    monkeypatch.setattr(controller, "_step_times", failing)
    room.project.set_settings({"learning_rate": 1e-3})
    qtbot.waitUntil(lambda: twins._measuring is None)
    assert len(tried) == 1
    assert twins.panel.info.text() == ""
    assert twins.panel.go.isEnabled()


def test_a_start_that_waits_is_of_its_own_card_and_never_of_the_next_one(
    qtbot: QtBot, twins: TwinsController, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controller, "MEASURED_S", 100.0)
    twins.open("min_snr", "no min-SNR", PLAIN)
    twins.panel.go.click()
    assert twins.panel.info.text() and not twins.panel.go.isEnabled()
    twins.open("offset", "offset noise", {"offset_noise_strength": 0.1})
    first = twins._measuring
    qtbot.waitUntil(lambda: twins._measuring is not first)
    assert twins.running is None
    assert twins.panel.go.isEnabled()


def test_a_start_that_waits_gives_way_to_a_training_and_says_so(
    qtbot: QtBot, twins: TwinsController, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controller, "MEASURED_S", 100.0)
    twins.open("min_snr", "no min-SNR", PLAIN)
    twins.panel.go.click()
    room.controller._enter(TrainingState.RUNNING)
    qtbot.waitUntil(lambda: twins._measuring is None)
    assert twins.running is None
    assert "A training runs" in twins.panel.go.toolTip()
    room.controller._enter(TrainingState.READY)
    assert twins.panel.go.isEnabled()
    twins.set_shown(False)


@pytest.mark.long
def test_the_samples_follow_the_newest_until_an_older_one_is_looked_at(qtbot: QtBot, twins: TwinsController) -> None:
    twins._settings["twins_steps"] = 300
    twins._settings["twins_seeds"] = 1
    twins.open("min_snr", "no min-SNR", PLAIN)
    twins.panel.go.click()
    slider = twins.panel.samples.slider
    qtbot.waitUntil(lambda: slider.maximum() >= 1)
    assert slider.value() == slider.maximum()
    twins.panel.samples.earlier.click()
    now = slider.value()
    qtbot.waitUntil(lambda: slider.maximum() >= now + 3)
    assert slider.value() == now
    twins.panel.samples.grids["A"].activated.emit(2)
    assert twins.panel.samples.grids["B"].single() == 2
    twins.cancel()
    qtbot.waitUntil(lambda: twins.running is None)


@pytest.mark.long
def test_pointing_at_a_plot_says_both_values_and_their_difference(qtbot: QtBot, twins: TwinsController) -> None:
    twins.open("min_snr", "no min-SNR", PLAIN)
    compare(qtbot, twins)
    plot = twins.panel.t_plot
    plot.hovered.emit(3.0)
    assert plot.read_out.startswith("t = 3   A 0.")
    assert plot.read_out.endswith("%")
    plot.hovered.emit(None)
    assert plot.read_out == ""


@pytest.mark.parametrize(
    ("errors_a", "errors_b", "said"),
    [
        ([0.2, 0.2], [0.19, 0.1902], "B is better: its error is 5.0 % ± 0.32 % lower"),
        ([0.2, 0.2], [0.21, 0.2102], "B is worse: its error is 5.0 % ± 0.32 % higher"),
        ([0.2, 0.2], [0.19, 0.2], "No difference that 2 seeds can show: B's error is 2.5 % ± 16 % lower"),
        ([0.2, 0.2, 0.2], [0.2, 0.2, 0.2], "No difference that 3 seeds can show: B's error is 0 % ± 0 % higher"),
        ([0.2], [0.19], "B's error is 5.0 % lower; one seed does not say whether that is chance"),
        ([0.2], [0.21], "B's error is 5.0 % higher; one seed does not say whether that is chance"),
    ],
)
def test_the_verdict_in_words(errors_a: list[float], errors_b: list[float], said: str) -> None:
    assert words.verdict_words(judged(errors_a, errors_b)) == said


def test_what_a_step_costs_is_said_where_it_is_more_than_noise() -> None:
    same, slower = (judged([0.2], [0.1], times) for times in ([0.9, 1.1], [1.3, 1.4]))
    assert words.numbers_words(same, [7]) == (
        "Error of A and B: 0.200 and 0.100 (seed 7). A step of both takes equally long."
    )
    assert words.numbers_words(slower, [7]).endswith("A step of B takes 1.4 times as long as one of A.")


def test_what_is_not_shared_names_the_settings() -> None:
    started = TwinsStarted(8, 1, "cpu", 6, True, 64, (3, 9), ("batch_size",), (8,), (8,))
    pair = PairStarted(0, 0, pictures=False, timesteps=False, noise=False, weights=True)
    assert words.shared_words(pair, started) == [
        "The same for both, bit for bit: first weights.",
        "Not the same, because the settings compared are other ones (Batch): pictures, t, noise.",
        "The error is measured on 64 probes of held-out pictures.",
    ]


def test_gathered_takes_bands_over_seeds_of_unequal_length() -> None:
    from core.training.twin_events import TwinSteps

    gathered = Gathered()
    gathered.take(TwinsStarted(2, 2, "cpu", 6, False, 64, (3, 9), (), (2,), (2,)))
    for pair, losses in enumerate(((1.0, 1.0), (3.0,))):
        gathered.take(PairStarted(pair, pair, True, True, True, True))
        gathered.take(TwinSteps(pair, "A", len(losses), losses, done=pair + 1, of=8, elapsed_s=float(pair)))
    band = gathered.losses("A")
    assert (band.x == [1, 2]).all()
    assert (band.mean == [2, 1]).all()
    assert (band.low == [1, 1]).all()
    assert (band.high == [3, 1]).all()
    assert gathered.seconds_left == pytest.approx(6.0)
