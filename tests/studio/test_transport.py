"""The transport shows each state of a training, and nothing in it jumps or is cut off."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.app.theme import theme
from studio.app.transport import Figures, TransportBar
from studio.training.state import TrainingState as State

BUSY = Figures(step=1240, total=5000, loss=0.042, pictures_per_second=65.1, seconds_left=240.0)


@pytest.fixture
def bar(qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> TransportBar:
    monkeypatch.setattr("studio.numbers.QLocale", lambda: QLocale("en_US"))
    theme().apply("dark")
    made = TransportBar()
    qtbot.addWidget(made)
    made.resize(1100, 44)
    made.show()
    return made


def visible_texts(bar: TransportBar) -> list[str]:
    widgets: list[QLabel | QPushButton] = [*bar.findChildren(QLabel), *bar.findChildren(QPushButton)]
    return [widget.text() for widget in widgets if widget.isVisible() and widget.text()]


def test_progress_of_a_branch_when_shown_is_that_of_its_own_steps(bar: TransportBar) -> None:
    bar.set_state(State.RUNNING)
    bar.set_figures(Figures(step=1522, total=1672, begins_at=1522))
    assert bar.percent == 0 and bar.bar.value() == 0
    bar.set_figures(Figures(step=1597, total=1672, begins_at=1522))
    assert bar.percent == 50 and bar.bar.value() == 500 and bar.step.text() == "step 1,597 / 1,672"


def test_no_pictures(bar: TransportBar) -> None:
    bar.set_state(State.NO_PICTURES, reason="Choose pictures first", headline="Choose pictures first")
    assert not bar.start.isEnabled() and bar.start.toolTip() == "Choose pictures first"
    assert not bar.stop.isEnabled()
    assert set(visible_texts(bar)) == {"Start", "Choose pictures first", "Log"}


def test_a_disabled_start_says_why_beside_it(bar: TransportBar) -> None:
    bar.set_state(State.READY, reason="24 px does not fit", headline="Sketch · 1,000 steps")
    assert not bar.start.isEnabled()
    assert set(visible_texts(bar)) == {"Start", "24 px does not fit", "Log"}
    bar.set_state(State.READY, headline="Sketch · 1,000 steps")
    assert set(visible_texts(bar)) == {"Start", "Sketch · 1,000 steps", "Log"}


def test_ready_hides_the_figures(bar: TransportBar) -> None:
    bar.set_state(State.READY, headline="Sketch · 1,000 steps")
    assert bar.start.isEnabled() and bar.start.property("accent")
    assert set(visible_texts(bar)) == {"Start", "Sketch · 1,000 steps", "Log"}


def test_running_shows_all_figures(bar: TransportBar) -> None:
    bar.set_state(State.RUNNING)
    bar.set_figures(BUSY, [1.0, 0.5, 0.1])
    assert not bar.start.property("accent"), "nothing has to be done while it runs"
    texts = visible_texts(bar)
    assert "Pause" in texts and "step 1,240 / 5,000" in texts and "loss 0.0420" in texts
    assert "65.1 pictures/s" in texts and "4 min left" in texts
    assert bar.stop.isEnabled()


def test_paused_has_no_time_left(bar: TransportBar) -> None:
    bar.set_state(State.PAUSED)
    bar.set_figures(BUSY)
    assert bar.start.text() == "Resume" and bar.start.property("accent")
    assert bar.bar.property("paused")
    assert not bar.left.isVisible() and not bar.speed.isVisible()


def test_pausing_and_stopping_wait(bar: TransportBar) -> None:
    bar.set_figures(BUSY)
    bar.set_state(State.RUNNING, pausing=True)
    assert bar.start.text() == "Pausing…" and not bar.start.isEnabled()
    bar.set_state(State.STOPPING)
    assert not bar.start.isEnabled() and not bar.stop.isEnabled()


def test_finished_offers_what_comes_next(bar: TransportBar) -> None:
    bar.set_figures(Figures(step=5000, total=5000, loss=0.04))
    bar.set_state(State.FINISHED, headline="5,000 steps in 4 min 12 s")
    assert bar.start.text() == "Train further" and not bar.start.property("accent")
    assert bar.open.isVisible() and bar.open.property("accent")
    assert not bar.step.isVisible()
    bar.set_state(State.FINISHED, resume_step=1240, headline="Stopped at step 1,240, saved")
    assert bar.start.text() == "Resume" and "1,240" in bar.start.toolTip()


def test_buttons_say_what_is_wished(bar: TransportBar, qtbot: QtBot) -> None:
    bar.set_figures(BUSY)
    bar.set_state(State.RUNNING)
    for button, signal in (
        (bar.start, bar.toggle_wished),
        (bar.stop, bar.stop_wished),
        (bar.log, bar.log_wished),
    ):
        with qtbot.waitSignal(signal):
            button.click()


def places(bar: TransportBar) -> list[int]:
    QApplication.processEvents()
    return [widget.x() for widget in (bar.bar, bar.loss, bar.sparkline, bar.speed, bar.left, bar.message)]


def test_nothing_jumps_while_figures_change(bar: TransportBar) -> None:
    bar.set_state(State.RUNNING)
    bar.set_message("Checkpoint at step 1,000 saved")
    seen = set()
    for figures in (
        Figures(1, 5000, 1.23, None, 2000.0),
        Figures(999, 5000, 0.0421, 65.1, 240.0),
        Figures(4999, 5000, 0.108, 1230.0, 5.0),
    ):
        bar.set_figures(figures)
        seen.add(tuple(places(bar)))
    assert len(seen) == 1


def test_everything_fits_1100_px(bar: TransportBar) -> None:
    bar.set_state(State.RUNNING)
    bar.set_figures(Figures(123_456, 400_000, 0.0421, 1230.0, 7900.0), [1.0, 0.5])
    bar.set_message("Checkpoint at step 123,000 saved, and a good many words more than there is room for")
    QApplication.processEvents()
    assert bar.minimumSizeHint().width() <= 1100
    parts: list[QWidget] = [
        w for w in (*bar.findChildren(QLabel), *bar.findChildren(QPushButton)) if w.isVisible() and w is not bar.message
    ]
    for part in parts:
        assert part.width() >= part.minimumSizeHint().width(), part
        assert part.geometry().right() < bar.width()
    assert bar.message.shown_text().endswith("…")
    assert " ".join(bar.message.toolTip().split()).startswith(bar.message.text())


def test_every_control_explains_itself(bar: TransportBar) -> None:
    for control in (bar.start, bar.stop, bar.open, bar.log):
        assert control.toolTip() and control.accessibleName() and control.objectName()


def test_that_others_slow_the_training_stays_while_it_is_so(bar: TransportBar) -> None:
    bar.set_state(State.RUNNING)
    bar.set_figures(BUSY)
    bar.set_message("Samples at step 1,200")
    bar.set_notice("Other programs use the processor: 40% slower than alone")
    bar.set_message("Checkpoint at step 1,400 saved")
    assert bar.message.text().startswith("Other programs") and bar.message.property("tone") == "warning"
    assert "threads" in bar.message.toolTip()
    bar.set_state(State.PAUSED)
    assert bar.message.text() == "Checkpoint at step 1,400 saved", "nothing is slow that does not run"
    bar.set_state(State.RUNNING)
    bar.set_notice("")
    assert bar.message.text() == "Checkpoint at step 1,400 saved" and not bar.message.property("tone")
