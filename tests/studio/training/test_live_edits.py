"""Settings that are changed in the form while a real tiny run trains, and what is asked of it at once."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from core.errors import Phrase
from core.presets import preset
from core.runs.checkpoint_files import pinned
from core.runs.metrics import EDIT
from core.runs.run import PlanChange, Run
from core.settings import LIVE
from core.training.events import EditRefused, SettingsEdited
from studio import numbers
from studio.app.messages import setting_title
from studio.training.editing import EditBar, LiveEdits, changes_in_words
from studio.training.history import happened_in, told_in
from studio.training.narration import lasting_words
from studio.training.state import TrainingState as State
from tests.core.training.conftest import TINY as TINY_RUN
from tests.studio.tips import tip_of
from tests.studio.training.conftest import Room

CONFIG = preset("sketch").config.with_settings({**TINY_RUN, "channels": 3})


@pytest.fixture
def running(room: Room, qtbot: QtBot) -> Room:
    room.project.set_settings({"steps": 100_000, "sample_every": 50_000, "checkpoint_every": 50_000})
    room.transport.start.click()
    qtbot.waitUntil(lambda: room.controller.state is State.RUNNING and room.controller.step > 2, timeout=60_000)
    return room


def test_run_when_edited_in_its_form_then_trains_on_with_it_and_undo_takes_it_back(running: Room, qtbot: QtBot) -> None:
    form, summary = running.panel.form, running.panel.summary
    summary.settings.click()
    assert form.isVisible() and form.edits.isVisible() and not form.preflight.isVisible()
    assert {name for name in form.fields if form.fields[name].isEnabled()} == set(LIVE) & set(form.fields)
    assert "keeps the settings" in tip_of(form.field("dim").control) and not form.field("dim").isEnabled()
    assert not form.edits.apply.isEnabled() and not form.edits.undo.isEnabled()
    before = CONFIG.train.learning_rate

    form.field("learning_rate").control.wished.emit("0.0005")
    assert f"{setting_title('learning_rate')} {before:g} → 0.0005, from step" in form.edits.words.text()
    form.edits.undo.click()
    assert not form.edits.apply.isEnabled()
    assert form.field("learning_rate").control.currentText() == f"{before:g}"

    form.field("learning_rate").control.wished.emit("0.0005")
    form.field("sample_steps").control.wished.emit("51")
    assert not form.edits.apply.isEnabled() and "51" in form.edits.words.text()
    assert form.field("sample_steps").note.isVisible()
    form.field("sample_steps").reset.emit("sample_steps")
    form.edits.apply.click()
    run = running.project.run
    assert run is not None
    qtbot.waitUntil(lambda: len(run.changes) == 1 and form.edits.words.text().startswith("From step"))
    assert dict(run.changes[0].settings) == {"learning_rate": 0.0005}
    assert running.panel.live.config.train.learning_rate == 0.0005
    assert "lr 0.0005" in summary.items["training"].value.text()
    assert any("From step" in line for line in running.panel.log.lines())

    form.edits.undo.click()
    qtbot.waitUntil(lambda: len(run.changes) == 2 and running.panel.live.config.train.learning_rate == before)
    running.transport.stop.click()
    qtbot.waitUntil(lambda: running.controller.state is State.FINISHED, timeout=60_000)
    assert not form.edits.isVisible() and not form.field("learning_rate").isEnabled()
    # Opened again it tells of the changes in the same words.
    told = [(one.step, one.text) for one in running.panel.live.happened if one.kind == EDIT]
    again = [(one.step, one.text) for one in happened_in(told_in(Run.open(run.folder)), 10**6) if one.kind == EDIT]
    assert len(told) == 2 and again == told and told[0][1].startswith("From step")


def test_steps_when_edited_then_the_run_that_trains_ends_there(running: Room, qtbot: QtBot) -> None:
    form = running.panel.form
    running.panel.summary.settings.click()
    steps = form.field("steps")
    assert steps.control.currentText() == numbers.count(100_000)
    steps.control.wished.emit("1")
    qtbot.waitUntil(lambda: "more than the" in form.edits.words.text(), timeout=20_000)
    assert not form.edits.apply.isEnabled()
    steps.control.wished.emit("200000")
    assert form.edits.apply.isEnabled()
    form.edits.apply.click()
    run = running.project.run
    qtbot.waitUntil(lambda: running.panel.live.total == 200_000 and len(run.plan) == 2, timeout=20_000)
    qtbot.waitUntil(lambda: steps.control.currentText() == numbers.count(200_000), timeout=20_000)
    steps.control.wished.emit(str(running.controller.step + 200))
    form.edits.apply.click()
    qtbot.waitUntil(lambda: running.controller.state is State.FINISHED, timeout=60_000)
    assert running.panel.live.complete and running.controller.step == run.planned_total < 100_000


def test_run_when_asked_at_once_then_samples_saves_and_keeps(running: Room, qtbot: QtBot) -> None:
    at_once, button = running.controller.at_once, running.panel.summary.at_once
    assert button.isVisible() and not at_once.pin.isEnabled()
    samples = len(running.panel.live.samples)
    at_once.samples.trigger()
    qtbot.waitUntil(lambda: len(running.panel.live.samples) == samples + 1, timeout=60_000)
    qtbot.waitUntil(lambda: len(running.panel.live.strips) == 1, timeout=60_000)
    at_once.save.trigger()
    folder = running.project.run.checkpoints_folder
    qtbot.waitUntil(lambda: len(pinned(folder)) == 1, timeout=60_000)
    kept = running.controller.checkpoints.kept
    qtbot.waitUntil(lambda: bool(kept.checkpoints) and kept.checkpoints[0].pinned, timeout=60_000)
    assert not at_once.pin.isEnabled(), "what was saved by hand stays"
    kept.set_pinned(kept.checkpoints[0].path, False)
    qtbot.waitUntil(at_once.pin.isEnabled, timeout=60_000)
    at_once.pin.trigger()
    qtbot.waitUntil(lambda: len(pinned(folder)) == 1 and not at_once.pin.isEnabled(), timeout=60_000)
    running.transport.start.click()
    qtbot.waitUntil(lambda: running.controller.state is State.PAUSED, timeout=60_000)
    assert not at_once.save.isEnabled() and "pause" in at_once.save.toolTip()
    running.transport.stop.click()
    qtbot.waitUntil(lambda: running.controller.state is State.FINISHED, timeout=60_000)
    assert not button.isVisible()


@pytest.fixture
def edits(qtbot: QtBot) -> tuple[LiveEdits, EditBar]:
    bar = EditBar()
    qtbot.addWidget(bar)
    made = LiveEdits(bar, bar)
    made.set_run(CONFIG)
    return made, bar


def test_wish_when_another_setting_follows_from_it_then_that_is_wished_for_too(
    edits: tuple[LiveEdits, EditBar], qtbot: QtBot
) -> None:
    made, bar = edits
    made.wish("loss_weighting", "p2")
    assert set(made.draft) == {"loss_weighting", "min_snr_gamma"} and not made.problems()
    with qtbot.waitSignal(made.wished) as told:
        bar.apply.click()
    assert told.args == [{"loss_weighting": "p2", "min_snr_gamma": None}]
    assert not bar.apply.isEnabled() and made.config.diffusion.loss_weighting == "p2"
    made.wish("loss_weighting", "min_snr")
    assert "min_snr_gamma" in made.draft, "what waits counts as what the run has"
    made.forget("loss_weighting")
    made.set_run(None)
    assert not made.active and made.names == frozenset() and made.draft == ()


def test_wish_when_more_steps_raise_the_learning_rate_then_it_is_said(edits: tuple[LiveEdits, EditBar]) -> None:
    made, bar = edits
    made.set_run(CONFIG.with_settings({"decay": "linear", "learning_rate": 0.01}), (PlanChange(1000, 0),))
    made.set_step(900)
    made.wish("steps", 2000)
    assert bar.words.text().startswith(
        f"{setting_title('steps')} {numbers.count(1000)} → {numbers.count(2000)}, from step 901 on"
    )
    assert bar.words.text().endswith("Learning rate 0.00109 → 0.00555: it falls until the last step")
    bar.resize(280, 120)  # the form without its margins
    assert bar.words.heightForWidth(bar.width()) <= bar.words.height()
    made.set_step(2000)
    assert "more than the 2,000 steps done" in bar.words.text() and not bar.apply.isEnabled()
    made.set_step(900)
    made.wish("decay", "constant")
    made.set_run(CONFIG.with_settings({"decay": "constant"}), (PlanChange(1000, 0),))
    assert "learning rate" not in bar.words.text()


def test_wish_when_refused_then_is_there_to_be_mended(edits: tuple[LiveEdits, EditBar], qtbot: QtBot) -> None:
    made, bar = edits
    made.wish("ema_decay", 0.9)
    bar.apply.click()
    made.refused(EditRefused(3, {"ema_decay": 0.9}, Phrase("file.no-png")))
    assert made.draft == ("ema_decay",) and bar.apply.isEnabled()
    bar.apply.click()
    made.edited(SettingsEdited(7, {"ema_decay": 0.995}, {"ema_decay": 0.9}))
    made.set_run(CONFIG.with_settings({"ema_decay": 0.9}))
    assert bar.words.text().startswith("From step 8 on: ") and bar.undo.isEnabled()
    with qtbot.waitSignal(made.wished) as told:
        bar.undo.click()
    assert told.args == [{"ema_decay": 0.995}]
    made.edited(SettingsEdited(9, {}, {}))
    assert not bar.undo.isEnabled() and "can be changed" in bar.words.text()
    assert lasting_words(SettingsEdited(9, {}, {})) is None


def test_wish_when_the_next_run_is_looked_at_meanwhile_then_is_there_again(
    edits: tuple[LiveEdits, EditBar], qtbot: QtBot
) -> None:
    live, bar = edits
    live.wish("learning_rate", 1e-5)
    live.set_aside()
    assert not live.active and not live.names and bar.isHidden()
    live.set_run(CONFIG)
    assert live.active and live.draft == ("learning_rate",) and not bar.isHidden()
    # What is told meanwhile is one's own still, and can be taken back.
    bar.apply.click()
    live.set_aside()
    live.edited(SettingsEdited(3, {"learning_rate": CONFIG.train.learning_rate}, {"learning_rate": 1e-5}))
    live.set_run(CONFIG.with_settings({"learning_rate": 1e-5}))
    assert bar.undo.isEnabled() and live.draft == ()


def test_edit_when_told_then_names_each_setting_up_to_three() -> None:
    before = {"learning_rate": 0.002, "ema_decay": 0.995, "sample_steps": 25, "min_snr_gamma": 5.0}
    after = {"learning_rate": 0.001, "ema_decay": 0.9, "sample_steps": 10, "min_snr_gamma": None}
    words = changes_in_words(before, after)
    assert words.startswith("Learning rate 0.002 → 0.001, EMA decay 0.995 → 0.9, ") and words.endswith(", 1 more")
    assert "Off" in changes_in_words({"min_snr_gamma": 5.0}, {"min_snr_gamma": None})
    assert lasting_words(SettingsEdited(9, before, after)) == f"From step 10 on: {words}"
    assert "not changed" in (lasting_words(EditRefused(1, {}, Phrase("file.no-png"))) or "")
