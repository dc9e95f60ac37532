"""The map: what is drawn and said of the looks of a run, live and from its folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.pictures.folder.scan import Scan
from core.runs.metrics import MetricsWriter, TimestepRows, read_timestep_rows
from core.runs.probes import HELD_OUT_EMA, KINDS, TRAIN, TRAIN_EMA, Probe, read_probe
from core.training.events import ProbeMeasured, RolledBack, StepDone
from core.training.probe import FrozenProbe, probe_times
from core.training.timesteps import shares_of_loss
from core.training.verdict import DIVERGING, EARLY, FLAT, IMPROVING, RESUMED, SLOW, WORSE, Verdict
from studio.imaging import to_array, viridis
from studio.training.map import looks
from studio.training.map.controller import MapController
from studio.training.map.drawing import Grid, bar_ticks, drawn, of_probe, relative, scale_of, share_of_loss
from studio.training.map.looks import MOST_ROWS, Looks, OwnLosses, PastLooks
from studio.training.map.panel import MapPage
from studio.training.map.words import OWN, SHARE, sentence
from studio.training.state import TrainingState
from studio.widgets.heat_map import HeatMap
from tests.studio.training.conftest import Room

T = probe_times(1000)


def look(step: int, *, level: float = 1.0, every: int = 10) -> ProbeMeasured:
    losses = {kind: np.full(64, level * (number + 1), np.float32) for number, kind in enumerate(KINDS)}
    return ProbeMeasured(step, T, losses, seconds=0.1, share=0.021, every=every)


def probe_of(levels: np.ndarray, every: int = 10) -> Probe:
    return Probe(T, np.arange(len(levels)) * every, np.asarray(levels, np.float32))


# --- what is drawn -----------------------------------------------------------------------------------------


def test_map_when_losses_fall_then_is_relative_to_each_ts_own_beginning() -> None:
    levels = np.outer([1.0, 0.1, 0.01], np.linspace(1, 5, 64))
    logs = relative(of_probe(probe_of(levels)))
    np.testing.assert_allclose(logs.values, np.outer([0, -1, -2], np.ones(32)), atol=1e-6)
    assert scale_of(logs.values) == (-2.0, 0.0)
    shown = drawn(logs, 4, (-2.0, 0.0))
    assert shown.x == (0, 20) and shown.shares.shape == (32, 4)
    # Where no look falls it is on the way from the one before to the one after.
    np.testing.assert_allclose(shown.shares[0], [1, 0.625, 0.5, 0], atol=1e-6)


def test_map_when_there_is_one_look_then_draws_nothing_of_steps_that_it_says_nothing_of() -> None:
    assert drawn(relative(of_probe(probe_of(np.ones((1, 64))))), 4, (-2.0, 0.0)).shares.shape == (32, 0)


def test_map_when_a_look_is_no_number_then_leaves_the_way_to_it_free() -> None:
    logs = Grid(np.array([0, 10, 20, 30]), np.array([[0.0], [-1.0], [np.nan], [-2.0]]))
    shares = drawn(logs, 6, (-2.0, 0.0)).shares[0]
    np.testing.assert_allclose(shares, [1, 0.625, 0.5, np.nan, np.nan, 0])


def test_map_of_means_fills_the_steps_that_each_is_of() -> None:
    logs = Grid(np.array([50, 100, 200]), np.array([[0.0], [-1.0], [-2.0]]), means=True)
    shown = drawn(logs, 8, (-2.0, 0.0))
    assert shown.x == (0, 200)
    np.testing.assert_allclose(shown.shares[0], [1, 1, 0.5, 0.5, 0, 0, 0, 0])
    one = drawn(Grid(np.array([50]), np.array([[-1.0]]), means=True), 2, (-2.0, 0.0))
    assert one.x == (0, 50) and one.shares.tolist() == [[0.5, 0.5]]


def test_cost_of_the_probe_when_above_its_share_then_says_that_it_falls(qtbot: QtBot) -> None:
    page = MapPage()
    qtbot.addWidget(page)
    page.set_cost(4, (0.021, 94), 0.03)
    assert page.cost.text() == "4 looks · probe: 2.1 % of the time, every 94 steps"
    page.set_cost(2, (0.046, 65), 0.03)
    assert page.cost.text() == "2 looks · probe: 4.6 % of the time so far, falling to 3.0 %"
    assert "no more than their share" in page.cost.toolTip()
    page.resize(640, 400)
    page.show()
    page.grab()
    assert page.cost.shown_text() == page.cost.text(), "the slider leaves it its room"
    page.set_cost(0, None, 0.03)
    assert page.cost.text() == page.cost.toolTip() == ""


def test_map_when_there_are_more_looks_than_pixels_then_a_column_is_their_mean() -> None:
    draw = np.random.default_rng(0)
    logs = Grid(np.arange(10_000) * 7, draw.normal(-1, 0.3, (10_000, 32)))
    shown = drawn(logs, 100, (-2.0, 0.0)).shares
    expected = (logs.values[100:200].mean(axis=0) + 2) / 2
    np.testing.assert_allclose(shown[:, 1], expected, atol=0.02)
    assert shown.shape == (32, 100)


def test_bin_that_was_not_measured_is_left_free_and_begins_when_it_was() -> None:
    values = np.array([[np.nan, 1.0], [2.0, 0.5], [1.0, np.inf]])
    logs = relative(Grid(np.array([1, 2, 3]), values)).values
    np.testing.assert_allclose(logs, np.log10([[np.nan, 1], [1, 0.5], [0.5, np.nan]]))


def test_share_of_the_loss_is_that_of_the_min_snr_card_as_a_multiple_of_an_equal_part() -> None:
    draw = np.random.default_rng(0)
    weights, losses = draw.random(1000), draw.random((3, 50)) + 0.5
    logs = share_of_loss(Grid(np.arange(3), losses), weights).values
    expected = weights.reshape(50, 20).sum(axis=1) * losses[1]
    np.testing.assert_allclose(10 ** logs[1], 50 * expected / expected.sum())
    np.testing.assert_allclose(10 ** logs[2] / 50, shares_of_loss(weights, losses[2]))


def test_numbers_of_the_bar_stand_where_their_colours_are() -> None:
    ticks = bar_ticks((-2.0, 0.0), 300, times=False)
    assert (1.0, "1") in ticks and ticks[0] == (0.0, "0.01")
    assert bar_ticks((-1.0, 1.0), 300, times=True)[0] == (0.0, "× 0.1")


# --- what is known -----------------------------------------------------------------------------------------


def test_looks_when_a_run_goes_back_then_forget_what_came_after() -> None:
    known = Looks(1000)
    for step in range(0, 60, 10):
        known.add(look(step))
    known.truncate_after(30)
    assert known.probe(TRAIN).steps.tolist() == [0, 10, 20, 30] and known.count == 4
    assert known.cost == (0.021, 10)
    known.take_history(PastLooks(probes={}, cost=(0.5, 1)), until_step=30)
    assert known.cost == (0.021, 10)


def test_history_when_it_overlaps_what_came_since_then_is_taken_up_to_there() -> None:
    known = Looks(1000)
    known.add(look(50, level=7))
    past = PastLooks(probes={kind: probe_of(np.ones((9, 64))) for kind in KINDS}, resumed_at=40)
    known.take_history(past, until_step=45)
    probe = known.probe(HELD_OUT_EMA)
    assert probe.steps.tolist() == [0, 10, 20, 30, 40, 50]
    assert probe.losses[:, 0].tolist() == [1] * 5 + [28] and known.resumed_at == 40


def step_done(step: int, t: np.ndarray, losses: np.ndarray) -> StepDone:
    return StepDone(step, None, 1.0, 1e-3, 1.0, 1.0, step * 0.1, len(t), t, losses.astype(np.float32))


def test_own_losses_when_a_run_is_long_then_are_means_of_longer_stretches() -> None:
    own = OwnLosses(1000)
    draw = np.random.default_rng(0)
    total = 0.0
    for first in range(1, 150_001, 50):
        t, losses = draw.integers(0, 1000, 8), draw.random(8)
        own.add([step_done(first, t, losses), step_done(first + 49, t[:0], losses[:0])])
        total += losses.astype(np.float32).astype(float).sum()
    assert 0 < len(own) <= MOST_ROWS and own.rows.steps[-1] > 149_000
    assert own.rows.sums.sum() == pytest.approx(total, rel=0.01)
    assert own.rows.counts.sum() == pytest.approx(8 * 3000, rel=0.01)


def test_rows_of_a_long_run_are_read_as_so_many_stretches(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sqlite"
    writer = MetricsWriter(path)
    for step in range(50, 5001, 50):
        writer.add_timesteps(step, np.full(50, step / 50.0), np.full(50, 2))
    writer.add_timesteps(5050, np.array([np.inf, *np.ones(49)]), np.ones(50, np.int64))
    writer.close()
    all_rows = read_timestep_rows(path, until_step=5000, bins=50)
    assert all_rows.steps.tolist() == list(range(50, 5001, 50))
    np.testing.assert_array_equal(all_rows.means()[:, 3], np.arange(1, 101) / 2)
    few = read_timestep_rows(path, until_step=5000, bins=50, most=10)
    assert len(few.steps) <= 11 and few.steps[-1] == 5000 and few.counts.sum() == 2 * 50 * 100
    assert few.sums[:, 0].sum() == 5050
    assert np.isnan(read_timestep_rows(path, until_step=6000, bins=50).means()[-1, 0])
    halved = all_rows.halved()
    assert halved.steps.tolist() == list(range(100, 5001, 100)) and halved.sums.sum() == all_rows.sums.sum()
    assert len(TimestepRows.none(50).joined(all_rows).steps) == 100


# --- what is said ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "says", "why"),
    [
        (EARLY, "Too early to say", "6 more looks"),
        (RESUMED, "Resumed at step 800: too early to say", "6 more looks"),
        (IMPROVING, "Still improving at t 250 to 749", "held-out pictures 4.0 % lower than at step 800"),
        (SLOW, "Learning slowly at all t: 1.2 % in 1,000 steps", "in a straight line"),
        (FLAT, "Flat since step 800", "held-out 51 % above training"),
        (WORSE, "Held-out pictures get worse at t 250 to 749 while training ones improve", "4.0 % higher"),
        (DIVERGING, "Diverging since step 800", "0.960 times their best loss"),
    ],
)
def test_sentence_says_what_the_verdict_is_and_why(kind: str, says: str, why: str) -> None:
    verdict = Verdict(kind, HELD_OUT_EMA, 250, 749, 800, 5000, -0.04, -0.012, looks=2, wanted=8, gap=0.51)
    said = sentence(verdict)
    assert said.says == says and why in said.why


def test_sentence_when_it_is_too_early_says_until_which_step_or_that_the_run_ends_before() -> None:
    verdict = Verdict(EARLY, HELD_OUT_EMA, 0, 999, 0, 400, looks=2, wanted=8)
    assert "about until step 1000" in sentence(verdict, 100, 1000).why.replace(",", "")
    assert "this run ends before: raise Probe share" in sentence(verdict, 100, 999).why


# --- the page ----------------------------------------------------------------------------------------------


def test_heat_map_when_pressed_or_keyed_then_tells_where(qtbot: QtBot) -> None:
    widget = HeatMap()
    qtbot.addWidget(widget)
    widget.resize(600, 300)
    widget.set_shares(np.array([[0.0, 1.0], [np.nan, 0.5]]), (0, 100), (0, 1000))
    widget.set_cursor_x(50)
    widget.set_bracket((250, 500))
    widget.set_scale([(0.0, "0.1"), (1.0, "1")])
    pixels = to_array(widget.image)
    assert pixels[1, 0, :3].tolist() == viridis()[0].tolist() and pixels[1, 1, :3].tolist() == viridis()[255].tolist()
    assert pixels[0, 0, 3] == 0 and pixels[0, 1, 3] == 255  # row 0 lies at the bottom
    picked: list[float] = []
    stepped: list[int] = []
    widget.picked.connect(picked.append)
    widget.stepped.connect(stepped.append)
    place = QPointF(widget.place_of(25), 100).toPoint()
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert picked == [pytest.approx(25, abs=0.2)]
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_PageDown):
        QTest.keyClick(widget, key)
    assert stepped == [-1, 1, 10]
    assert not widget.grab().toImage().isNull()


@pytest.fixture
def short_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The training's own losses after a few steps."""
    monkeypatch.setattr(looks, "ROW_STEPS", 4)


def tab_of(room: Room) -> MapController:
    from studio.training.map.controller import build_tab

    tab = build_tab(None, room.controller)  # type: ignore[arg-type]
    tab.panel.resize(812, 640)
    tab.set_shown(True)
    return tab


@pytest.mark.long
def test_map_when_a_run_learns_then_follows_it_and_reads_the_same_from_its_folder(
    make_room: Callable[..., Room],
    room: Room,
    qtbot: QtBot,
    scan: Scan,
    short_rows: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(FrozenProbe, "is_due", lambda probe, step: step in (0, 6, 12) and step != probe._asked_at)
    room.project.set_settings({"probe_share": 0.2, "hold_out": 0.4, "labels": "off"})
    tab = tab_of(room)
    assert tab.panel.page.says.text() == "Is it still learning?" and tab.panel.page.source.isHidden()
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.state is TrainingState.FINISHED)
    live = room.controller.live
    assert live is not None and live.looks.count > 1
    qtbot.waitUntil(lambda: tab.verdict is not None)
    assert tab.verdict is not None and tab.verdict.of == HELD_OUT_EMA
    page = tab.panel.page
    offered = [page.source.itemData(place) for place in range(page.source.count())]
    assert offered[:4] == [TRAIN_EMA, TRAIN, HELD_OUT_EMA, "held-out"] and OWN in offered
    qtbot.waitUntil(lambda: SHARE in [page.source.itemData(place) for place in range(page.source.count())])
    run = room.project.run
    assert run is not None
    for kind in KINDS:
        written, known = read_probe(run.metrics_path, kind), live.looks.probe(kind)
        assert np.array_equal(written.steps, known.steps) and np.array_equal(written.losses, known.losses)
    other = make_room()
    other.project.set_scan(scan)
    again = tab_of(other)
    other.controller.open_run(run.folder)
    qtbot.waitUntil(lambda: other.controller.live is not None and other.controller.live.unread_looks is None)
    assert np.array_equal(other.controller.live.looks.probe(TRAIN).losses, live.looks.probe(TRAIN).losses)
    for source in offered:
        again._choose(source)
        assert not again.panel.page.map.image.isNull()
    again.panel.page.slider.setValue(0)
    t = again.panel.curves.read_out.t.text()
    QTest.keyClick(again.panel.curves.chart, Qt.Key.Key_Right)
    assert again.panel.curves.read_out.t.text() != t
    assert again.panel.curves.title.accessibleName() == "Loss at step 0"
    for made in (tab, again):
        assert made.shutdown()
        made.panel.deleteLater()


def test_map_when_there_is_one_look_then_is_of_the_training_s_own_losses_until_the_next(
    room: Room, qtbot: QtBot, short_rows: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FrozenProbe, "is_due", lambda probe, step: step == 0 and step != probe._asked_at)
    room.project.set_settings({"probe_share": 0.2, "labels": "off"})
    tab = tab_of(room)
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.state is TrainingState.FINISHED)
    live, page = room.controller.live, tab.panel.page
    assert live is not None and live.looks.count == 1 and len(live.looks.own)
    assert page.source.itemData(0) == OWN
    assert not page.map.image.isNull() and "probe" not in page.cost.text()
    # What stands below is of that step too, not of the one look at the first.
    assert tab.panel.curves.chart.value_at("own", 500) is not None
    assert tab.panel.curves.chart.value_at("train", 500) is None
    assert tab.shutdown()
    tab.panel.deleteLater()


def test_map_of_a_run_without_a_probe_is_of_its_own_losses(room: Room, qtbot: QtBot, short_rows: None) -> None:
    tab = tab_of(room)
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.state is TrainingState.FINISHED)
    assert room.controller.live is not None and not room.controller.live.looks.count
    page = tab.panel.page
    assert page.says.text() == "No probe in this run" and page.source.currentData() == OWN
    assert not page.map.image.isNull() and page.cost.text() == ""
    room.controller.live.take([RolledBack(2, 11, None, 1, 3, Path("x"))])  # type: ignore[arg-type]
    assert len(room.controller.live.looks.own) == 0
    assert tab.shutdown()
    tab.panel.deleteLater()
