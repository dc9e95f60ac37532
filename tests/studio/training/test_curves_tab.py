"""The tab Curves: plots one under another with one cursor and one view, marks, the list of events, the menu."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.errors import Phrase
from core.runs.metrics import EVENT_TITLES
from core.settings import RunConfig
from core.training.events import CheckpointSaved, Diverged, HeldOutLoss, RolledBack, StepDone, ThreadsChosen
from studio.training.curves import plots_panel, saving
from studio.training.curves.kinds import KIND_OF, KINDS, Happened, noted
from studio.training.curves.plots import PLOTS
from studio.training.curves.plots_panel import MOST_PLOTS
from studio.training.curves.run_plot import rows_in_view
from studio.training.curves.saving import PICTURE_PX, table_of, write_csv
from studio.training.live_run import LiveRun
from studio.training.panel import SAMPLES_PX
from tests.studio.training.conftest import Room
from tests.studio.training.test_live_run import started

TOOK_S = np.where(np.arange(1000) < 500, 0.1, 0.3)  #: of each step: from step 501 on it is slower


def step_done(step: int, **more: float) -> StepDone:
    return StepDone(
        step=step,
        total=1000,
        loss=1.0 / step,
        learning_rate=1e-3,
        grad_norm=0.5,
        pictures_per_second=4.0,
        elapsed_s=float(TOOK_S[:step].sum()),
        pictures=2,
        timesteps=np.array([0, 9]),
        losses=np.array([0.5, 0.25], dtype=np.float32),
        more=more,
    )


def a_run(config: RunConfig, steps: int = 1000) -> LiveRun:
    live = LiveRun(config, 0.5)
    live.take([started(0), *(step_done(step, memory=1.5e9) for step in range(1, steps + 1))])
    live.take([HeldOutLoss(step, 2.0 / step, 3, 4.0 / step, 0.1) for step in range(100, steps + 1, 100)])
    return live


@pytest.fixture
def shown(room: Room) -> Room:
    """A room that shows a run of 1,000 steps."""
    room.panel.show_run(a_run(room.project.config))
    room.panel.grab()
    return room


@pytest.mark.long
def test_held_out_loss_when_drawn_has_that_of_the_averaged_weights_beside(shown: Room) -> None:
    plots = shown.panel.plots
    plots.choose("held_out")
    steps = np.arange(100, 1001, 100)
    for name, height in (("smooth", 2.0), ("beside", 4.0)):
        drawn = plots.plot._curves[name]
        np.testing.assert_allclose(drawn.x, steps)
        np.testing.assert_allclose(drawn.y, height / steps, rtol=1e-6)
    plots.plot._pointed(301.0)
    assert plots.plot.read_out.text() == "step 300   0.00667   averaged weights 0.0133"
    assert plots.beside_legend.isVisibleTo(plots) and not plots.raw_legend.isVisibleTo(plots)


@pytest.mark.long
def test_curve_measured_now_and_then_when_pointed_at_between_says_of_which_step_and_nothing_before(shown: Room) -> None:
    plots = shown.panel.plots
    plots.choose("held_out")
    plots.plot._pointed(60.0)
    assert plots.plot.read_out.text() == "", "the first is of step 100"
    plots.plot._pointed(380.0)
    assert plots.plot.read_out.text() == "step 380   0.00667 at step 300   averaged weights 0.0133 at step 300"
    plots.choose("loss")
    plots.plot._pointed(380.0)
    assert plots.plot.read_out.text().startswith("step 380") and plots.plot.read_out.text().endswith("at step 300")


def test_number_with_a_unit_when_drawn_is_in_it(shown: Room) -> None:
    plots = shown.panel.plots
    plots.choose("memory")
    assert plots.choice.currentText() == "Memory (GB)"
    assert set(plots.plot._curves["smooth"].y) == {1.5}
    plots.plot._pointed(4.0)
    assert plots.plot.read_out.text() == "step 4   1.50 GB"


@pytest.mark.long
def test_x_axis_when_another_is_chosen_places_the_steps_there_and_keeps_the_stretch(shown: Room) -> None:
    plots = shown.panel.plots
    plot = plots.plot
    plot.zoom_to(400, 600)
    told: list[str] = []
    plots.axis_chosen.connect(told.append)
    plots.choose_axis("time")
    assert plot.x_view() == pytest.approx((40.0, 50 + 0.3 * 100))
    plots.choose_axis("pictures")
    assert plot.is_zoomed() and plot.x_view() == pytest.approx((800, 1200))
    plot.reset_view()
    np.testing.assert_allclose(plot._curves["smooth"].x[[0, -1]], [2, 2000])
    plots.choose_axis("time")
    drawn = plot._curves["raw"]
    # Each point stands where its step was done, at its own value.
    np.testing.assert_allclose(
        drawn.y, 1.0 / np.rint(np.interp(drawn.x, np.cumsum(TOOK_S), np.arange(1, 1001))), rtol=1e-5
    )
    plot._pointed(50.0)
    assert "step 500   50 s" in plot.read_out.text()
    assert told == ["time", "pictures", "time"]


@pytest.mark.long
def test_plots_below_when_chosen_share_cursor_view_and_axis(shown: Room) -> None:
    plots = shown.panel.plots
    told: list[list[str]] = []
    plots.more_chosen.connect(told.append)
    plots.choose_axis("pictures")
    plots._fill_add()
    for action in plots.add.menu().actions():
        if action.data() in ("learning_rate", "memory"):
            action.trigger()
    assert told == [["learning_rate"], ["learning_rate", "memory"]]
    shown.panel.grab()
    charts = [view.plot for view in plots.views]
    assert [chart.plot.source for chart in charts] == ["loss", "learning_rate", "memory"]
    charts[2].zoom_to(100, 200)
    assert [chart.x_view() for chart in charts] == [pytest.approx((100, 200))] * 3
    assert all(chart.is_zoomed() and chart._curves["smooth"].x[0] <= 100 for chart in charts)
    charts[1].hovered.emit(150.0)
    assert [chart.read_out.text().split("   ")[0] for chart in charts] == ["step 75"] * 3
    assert all(chart._hover_line.value() == 150 for chart in charts)
    charts[1].hovered.emit(None)
    assert not any(chart.read_out.text() for chart in charts)
    charts[0].reset_view()
    assert not any(chart.is_zoomed() for chart in charts)
    plots.views[1].close_button.click()
    assert told[-1] == ["memory"] and [view.plot.plot.source for view in plots.views] == ["loss", "memory"]
    plots.choose("memory")  # it becomes the first, and is not shown twice
    assert told[-1] == [] and len(plots.views) == 1


def test_plots_when_one_of_them_is_empty_have_one_x_axis(room: Room) -> None:
    plots, live = room.panel.plots, LiveRun(room.project.config, 0.5)
    plots.choose_below(["held_out", "grad_norm"])
    room.panel.show_run(live)
    assert {view.plot.x_view() for view in plots.views} == {(0.0, 1000.0)}
    live.take([started(0), *(step_done(step) for step in range(1, 101))])
    room.panel.refresh()
    assert {view.plot.x_view() for view in plots.views} == {(0.0, 101.0)}
    for axis in ("time", "pictures"):
        plots.choose_axis(axis)
        assert len({view.plot.x_view() for view in plots.views}) == 1, axis


def test_plots_when_drawn_one_after_another_are_seen_together(room: Room) -> None:
    """A run that goes on meanwhile would give each another end of x, with a cursor that is broken between them."""
    plots, live = room.panel.plots, a_run(room.project.config, 100)
    plots.choose_below(["grad_norm"])
    room.panel.show_run(live)
    assert plots.pieces() and all(view.plot.updatesEnabled() for view in plots.views), "nothing is to be kept together"
    live.take([step_done(101)])
    first, draw_second, show = plots.pieces()
    first()
    assert not any(view.plot.updatesEnabled() for view in plots.views)
    live.take([step_done(step) for step in range(102, 201)])
    draw_second()
    assert len({view.plot.x_view() for view in plots.views}) == 1
    show()
    assert all(view.plot.updatesEnabled() for view in plots.views)


def test_three_plots_beside_the_settings_of_a_run_fit_into_the_smallest_window(room: Room) -> None:
    room.panel.show_run(a_run(room.project.config, 100))
    room.panel.set_mode(run_shown=True, busy=False)
    room.panel.plots.choose_below(["held_out", "grad_norm"])
    room.panel.summary.settings.setChecked(True)
    room.panel.grab()
    assert room.panel.minimumSizeHint().width() <= 1024
    room.panel.resize(1280, 712)
    room.panel.grab()
    assert room.panel.samples.width() == SAMPLES_PX[0], "where there is room the samples are as large as before"


@pytest.mark.long
def test_plots_below_when_as_many_as_may_be_say_why_there_is_no_more(shown: Room) -> None:
    plots = shown.panel.plots
    plots.choose_below([plot.source for plot in PLOTS])
    assert len(plots.views) == MOST_PLOTS - 1  # and the timesteps
    plots._fill_add()
    refused = [action for action in plots.add.menu().actions() if not action.isEnabled() and not action.isSeparator()]
    assert refused and all("take one away" in action.toolTip() for action in refused)


def test_view_when_zoomed_stays_while_the_run_grows(room: Room) -> None:
    live = a_run(room.project.config, 500)
    room.panel.show_run(live)
    room.panel.plots.choose_below(["learning_rate"])
    room.panel.grab()
    charts = [view.plot for view in room.panel.plots.views]
    charts[0].zoom_to(100, 200)
    live.take(step_done(step) for step in range(501, 801))
    room.panel.refresh()
    assert [chart.x_view() for chart in charts] == [pytest.approx((100, 200))] * 2
    charts[1].reset_view()
    assert all(chart.x_view()[1] > 800 for chart in charts)


@pytest.mark.long
def test_marks_when_of_several_kinds_are_told_apart_and_named_under_the_pointer(room: Room) -> None:
    live = a_run(room.project.config)
    live.mark(300)
    live.note(noted(200, "resumed", "resumed from step 200"), noted(400, "edit", "learning rate 0.001 → 0.0005"))
    live.failed.append(600)
    room.panel.show_run(live)
    room.panel.grab()
    plot = room.panel.plots.plot
    lines = {
        colour: [line.value() for line in marks if line.isVisible()] for colour, marks in plot._marks.items() if marks
    }
    looks = [KINDS[name] for name in ("saved", "resumed", "edit", "rolled-back")]
    assert [lines[look.colour] for look in looks] == [[300], [200], [400], [600]]
    assert len({(look.colour, look.dash) for look in looks}) == 4
    edit = "Learning rate 0.001 → 0.0005"
    for step, title in ((300, "Checkpoint"), (200, "Resumed"), (400, edit), (600, "Rolled back")):
        plot._pointed(float(step))
        assert plot.read_out.text().endswith(title)
    plot._pointed(350.0)
    assert not plot.read_out.text().endswith(("Checkpoint", "0.0005"))


def test_kinds_with_a_mark_have_a_colour_each_and_every_kind_a_row() -> None:
    colours = [kind.colour for kind in KINDS.values() if kind.colour]
    assert len(colours) == len(set(colours))
    assert set(KIND_OF.values()) | set(KINDS) <= set(EVENT_TITLES)


def test_events_when_they_come_are_listed_and_lead_the_plots_there(shown: Room, qtbot: QtBot) -> None:
    room, events = shown, shown.panel.log.events
    live = room.panel.live
    assert live is not None and events.model.rowCount() == 0
    display = room.controller._display
    display.live = live
    path = Path("step-00000300.json")
    told = (
        CheckpointSaved(300, path),
        step_done(1),
        ThreadsChosen(step=310, threads=2, before=2, seconds=((1, 0.2), (2, 0.1))),
        Diverged(700, 2.0),
        RolledBack(690, 710, Phrase("training.loss-became", value=float("nan")), 1, 3, Path("i")),
    )
    for event in told:
        display.tell(event)
    display.draw()
    assert [(one.step, one.kind) for one in events.model.rows] == [
        (300, "saved"),
        (310, "threads"),
        (700, "diverged"),
        (710, "rolled-back"),
    ]
    assert events.model.rows[0].text == "" and "2.0 times" in events.model.rows[2].text
    assert events.model.rows[1].text.startswith("Threads: 2,")
    room.panel.log.ways.choose("events")
    table, plot = events.table, room.panel.plots.plot
    plot.zoom_to(100, 200)
    table.setCurrentIndex(events.model.index(2, 0))
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert plot._cursor.value() == 700 and plot.x_view() == pytest.approx((650, 750))
    assert plot.read_out.text().startswith("step 700") and plot.read_out.text().endswith("Loss rises")
    row = table.visualRect(events.model.index(0, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert plot._cursor.value() == 300
    # What is selected stays while others come, and the list follows a run that goes back.
    live.note(Happened(800, "others-gone"))
    display.draw()
    assert events.model.rowCount() == 5 and table.currentIndex().row() == 0
    live._go_back(500)
    display.draw()
    assert [one.step for one in events.model.rows] == [300, 310, 710]
    assert events.model.data(events.model.index(0, 1)) == "Checkpoint"


def test_keys_when_a_plot_has_the_focus_move_its_cursor_and_view(shown: Room) -> None:
    plot = shown.panel.plots.plot
    plot.setFocus()
    left, right = plot.x_view()
    pixel = (right - left) / plot.columns()
    middle = (left + right) / 2
    for key, moved in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_Right, 2), (Qt.Key.Key_Left, 1)):
        QTest.keyClick(plot, key)
        assert plot._cursor.value() == pytest.approx(middle + moved * pixel)
    QTest.keyClick(plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert plot._cursor.value() == pytest.approx(middle + 11 * pixel)
    assert plot.read_out.text()
    at = plot._cursor.value()
    QTest.keyClick(plot, Qt.Key.Key_Plus)
    assert plot.is_zoomed() and plot.x_view() == pytest.approx((at / 2, at + (right - at) / 2), abs=1)
    QTest.keyClick(plot, Qt.Key.Key_PageDown)
    assert plot.x_view() == pytest.approx((right / 2, right))  # no further than the end
    QTest.keyClick(plot, Qt.Key.Key_PageUp)
    low, high = plot.x_view()
    assert (low, high) == pytest.approx((right / 4, right * 3 / 4))
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert plot._cursor.value() == pytest.approx(low)
    QTest.keyClick(plot, Qt.Key.Key_End)
    assert plot._cursor.value() == pytest.approx(high)
    QTest.keyClick(plot, Qt.Key.Key_Minus)
    QTest.keyClick(plot, Qt.Key.Key_Minus)
    QTest.keyClick(plot, Qt.Key.Key_0)
    assert not plot.is_zoomed()
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert not plot._cursor.isVisible() and plot.read_out.text() == ""


def test_menu_of_a_plot_when_asked_for_with_the_keys_opens_and_says_why_not(room: Room, qtbot: QtBot) -> None:
    plots = room.panel.plots
    menu = plots.menu_of(plots.first)
    disabled = [action for action in menu.actions() if not action.isSeparator()]
    assert [action.text() for action in disabled] == [
        "Copy values",
        "CSV…",
        "PNG…",
        "SVG…",
        "Copy picture",
        "Reset view",
    ]
    assert not any(action.isEnabled() for action in disabled)
    assert all("nothing in this plot" in action.toolTip() for action in disabled[:5])
    room.panel.show_run(a_run(room.project.config))
    by_keys = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), QPoint(5, 5))
    QApplication.sendEvent(plots.plot, by_keys)
    assert plots._menu is not None
    qtbot.waitUntil(plots._menu.isVisible)
    assert plots._menu.actions()[0].isEnabled()
    plots._menu.close()
    plots.first.more.click()
    qtbot.waitUntil(plots._menu.isVisible)
    plots._menu.close()


@pytest.mark.long
def test_values_when_copied_are_all_of_the_stretch_and_no_more(shown: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    plots = shown.panel.plots
    plots.plot.zoom_to(100, 300)
    action = next(a for a in plots.menu_of(plots.first).actions() if a.objectName() == "values")
    action.trigger()
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text()), delimiter="\t"))
    assert [int(row["step"]) for row in rows] == list(range(100, 301))
    assert float(rows[50]["loss"]) == pytest.approx(1 / 150, rel=1e-6)
    assert float(rows[50]["pictures"]) == 300 and float(rows[50]["seconds"]) == pytest.approx(15.0)
    held = {int(row["step"]): row["held_out"] for row in rows}
    assert {step for step, value in held.items() if value} == {100, 200, 300}
    assert float(held[200]) == pytest.approx(0.01)
    assert plots.saving.text() == "201 rows copied"
    monkeypatch.setattr(plots_panel, "MOST_COPIED", 200)
    action = next(a for a in plots.menu_of(plots.first).actions() if a.objectName() == "values")
    assert not action.isEnabled() and "zoom in" in action.toolTip()


def test_csv_when_saved_has_every_step_though_few_are_drawn(
    shown: Room, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plots, saver = shown.panel.plots, shown.controller._plot_saver
    plots.plot.zoom_to(100, 300)
    path = tmp_path / "loss.csv"
    asked: list[str] = []
    monkeypatch.setattr(saving, "ask_where", lambda *given: asked.append(given[2]))
    monkeypatch.setattr(type(shown.project), "run", SimpleNamespace(folder=Path("digits-01")))
    saver._save("png", plots.first)
    assert asked == ["digits-01-loss.png"]
    monkeypatch.undo()
    saver.save(path, "csv", plots.first)
    qtbot.waitUntil(lambda: plots.saving.text() == "Saved loss.csv")
    qtbot.waitUntil(lambda: saver._worker is None)
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    assert list(rows[0]) == ["step", "pictures", "seconds", "loss", "loss_smoothed", "held_out"]
    assert [int(row["step"]) for row in rows] == list(range(1, 1001))
    live = shown.panel.live
    assert live is not None
    np.testing.assert_allclose([float(row["loss_smoothed"]) for row in rows], live.curve.smooth, rtol=1e-6)
    assert plots.cancel.isHidden()


@pytest.mark.long
def test_csv_when_given_up_leaves_what_was_there(shown: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.training.curves.saving.TOGETHER", 100)
    path = tmp_path / "loss.csv"
    path.write_text("before")
    steps = write_csv(path, table_of(shown.panel.plots.plot))
    for _ in range(3):
        next(steps)
    steps.close()
    assert path.read_text() == "before" and [entry.name for entry in tmp_path.iterdir()] == ["loss.csv"]


def test_plot_when_saved_or_copied_as_a_picture_is_the_drawing(shown: Room, tmp_path: Path) -> None:
    plots, saver = shown.panel.plots, shown.controller._plot_saver
    saver.save(tmp_path / "loss.png", "png", plots.first)
    image = QImage(str(tmp_path / "loss.png"))
    assert image.width() == PICTURE_PX[0] and PICTURE_PX[1] - 20 < image.height() <= PICTURE_PX[1] + 20
    colours = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert len(colours) > 5
    saver.save(tmp_path / "loss.svg", "svg", plots.first)
    drawing = QSvgRenderer(str(tmp_path / "loss.svg"))
    assert drawing.isValid() and drawing.viewBox().size() == image.size()
    text = (tmp_path / "loss.svg").read_text(encoding="utf-8")
    assert "Loss" in text and text.count("<path") + text.count("<polyline") > 3
    plots.copy_wished.emit("picture", plots.first)
    assert QGuiApplication.clipboard().image().size() == image.size()
    saver.save(tmp_path / "gone" / "loss.png", "png", plots.first)
    assert shown.panel.banner.isVisibleTo(shown.panel)


def test_rows_in_view_are_those_whose_steps_are_seen(shown: Room) -> None:
    plot = shown.panel.plots.plot
    assert rows_in_view(plot) == range(1000)
    plot.zoom_to(10, 20)
    assert list(rows_in_view(plot)) == list(range(9, 20))


def test_timesteps_when_taken_away_leave_the_room_to_the_plots(shown: Room) -> None:
    plots = shown.panel.plots
    plots._fill_add()
    plots.add.menu().actions()[-1].trigger()
    assert shown.panel.timesteps.isHidden() and shown.settings["training_timesteps"] is False
    plots._fill_add()
    plots.add.menu().actions()[-1].trigger()
    assert not shown.panel.timesteps.isHidden() and shown.settings["training_timesteps"] is True
