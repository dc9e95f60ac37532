"""A run's checkpoints in the training room: which there are, which stay, and the way from one into the sampler."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidgetAction
from pytestqt.qtbot import QtBot

from core.errors import RunError
from core.runs.checkpoint_files import pinned, steps_in
from studio.training import checkpoints as kept_checkpoints
from studio.training.checkpoints import CheckpointRow, KeptCheckpoint
from studio.training.state import TrainingState as State
from tests.studio.training.conftest import Room


def rows(room: Room) -> dict[int, CheckpointRow]:
    menu = room.panel.summary.checkpoints.menu()
    menu.aboutToShow.emit()
    found = [action.defaultWidget() for action in menu.actions() if isinstance(action, QWidgetAction)]
    return {row.checkpoint.step: row for row in found if isinstance(row, CheckpointRow)}


def train(room: Room, qtbot: QtBot, steps: int) -> Path:
    room.project.set_settings({"steps": steps, "checkpoint_every": 2, "sample_every": 1000, "keep_checkpoints": 2})
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.state is State.FINISHED, timeout=60_000)
    assert room.project.run is not None
    qtbot.waitUntil(room.panel.summary.checkpoints.isEnabled, timeout=20_000)
    return room.project.run.checkpoints_folder


@pytest.mark.long
def test_a_pinned_checkpoint_stays_while_the_training_goes_on(room: Room, qtbot: QtBot) -> None:
    folder = train(room, qtbot, 6)
    kept = room.controller.checkpoints.kept
    qtbot.waitUntil(lambda: [c.step for c in kept.checkpoints][:2] == [6, 4], timeout=20_000)
    assert rows(room)[6].note.text().startswith("newest")
    assert sum(c.best for c in kept.checkpoints) == 1
    row = rows(room)[4]
    assert not row.pin.isChecked() and row.pin.toolTip().startswith("Keep step 4 for ever (P)")
    QTest.keyClick(row, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: pinned(folder) == {4}, timeout=20_000)
    qtbot.waitUntil(lambda: any(c.pinned for c in kept.checkpoints), timeout=20_000)
    assert rows(room)[4].pin.isChecked()
    assert "pinned" in rows(room)[4].accessibleName()

    room.controller.train_further()
    qtbot.waitUntil(lambda: room.controller.state is State.FINISHED and room.controller.step == 12, timeout=60_000)
    qtbot.waitUntil(lambda: 12 in [c.step for c in kept.checkpoints], timeout=20_000)
    best = next(c.step for c in kept.checkpoints if c.best)
    assert set(steps_in(folder)) == {4, 10, 12, best}
    rows(room)[4].pin.click()
    qtbot.waitUntil(lambda: pinned(folder) == frozenset(), timeout=20_000)


@pytest.mark.long
def test_a_checkpoint_opens_in_the_sampler_by_click_and_key(room: Room, qtbot: QtBot) -> None:
    folder = train(room, qtbot, 4)
    for act in (
        lambda row: QTest.mouseClick(row, Qt.MouseButton.LeftButton),
        lambda row: QTest.keyClick(row, Qt.Key.Key_Return),
    ):
        with qtbot.waitSignal(room.controller.checkpoints.open_wished) as wished:
            act(rows(room)[2])
        assert wished.args == [folder / "step-00000002.json"]


@pytest.mark.long
def test_without_a_checkpoint_the_button_says_when_one_comes(room: Room, qtbot: QtBot) -> None:
    room.project.set_settings({"steps": 10_000, "checkpoint_every": 900})
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.step > 1, timeout=60_000)
    button = room.panel.summary.checkpoints
    assert not button.isEnabled() and button.accessibleName() == "Checkpoints"
    assert button.toolTip() == "Nothing of this run is saved yet: the first time is at step 900."
    room.controller.stop()
    qtbot.waitUntil(lambda: room.controller.state is State.FINISHED, timeout=60_000)
    qtbot.waitUntil(button.isEnabled, timeout=20_000)
    room.controller.new_run()
    assert not button.isEnabled()


@pytest.mark.long
def test_a_pin_that_cannot_be_set_is_told_and_not_shown(
    room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = train(room, qtbot, 4)

    def refuse(path: Path) -> None:
        raise RunError("storage.not-saved", path=path, reason="no room")

    monkeypatch.setattr(kept_checkpoints, "pin", refuse)
    rows(room)[2].pin.click()
    qtbot.waitUntil(room.panel.banner.isVisible, timeout=20_000)
    assert "no room" in room.panel.banner.text() and pinned(folder) == frozenset()
    assert not rows(room)[2].pin.isChecked()


@pytest.mark.long
@pytest.mark.parametrize("keep", [True, False])
def test_of_two_wishes_for_one_checkpoint_the_last_holds(room: Room, qtbot: QtBot, keep: bool) -> None:
    folder = train(room, qtbot, 4)
    kept = room.controller.checkpoints.kept
    path = folder / "step-00000002.json"
    for wish in (keep, not keep, keep):
        kept.set_pinned(path, wish)
    expected = {2} if keep else set()
    qtbot.waitUntil(lambda: not kept._wishes and kept._requests._worker is None, timeout=20_000)
    assert pinned(folder) == expected


def test_every_mark_has_its_word(qtbot: QtBot) -> None:
    row = CheckpointRow(KeptCheckpoint(Path("step-00000012.json"), 12, newest=True, best=True, pinned=True))
    qtbot.addWidget(row)
    assert row.accessibleName() == "step 12, newest · best · pinned"
    assert row.pin.accessibleName() == "No longer keep step 12" and "Best:" in row.toolTip()
