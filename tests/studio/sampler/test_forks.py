"""Forks through the window, with a real tiny model: what stays, what changes, the way back, and why not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from core.errors import SamplingError
from core.networks.build import build_diffusion
from core.recording import Recording
from core.runs.run import Run
from core.settings import RunConfig
from studio.app.theme import BODY_PX, sized_font, theme
from studio.sampler import forks
from studio.sampler.forks import SAME
from studio.training.state import TrainingState
from tests.studio.sampler.conftest import TINY, Room, tiny_run

STEPS = 6


def made(room: Room, model: Path, sampler: str = "ddim", **choice: int) -> Recording:
    room.open(model)
    room.choose(sampler, STEPS, count=2, **choice)
    room.generate()
    return room.recording


def go_on(room: Room, at: int) -> Recording:
    """Press Go on in the bar that is open, as it stands."""
    bar = room.panel.fork_bar
    assert bar.isVisible() and bar.branch().at == at
    with room.qtbot.waitSignal(room.controller.generated, timeout=30_000):
        bar.go.click()
    assert not room.panel.banner.isVisible(), room.panel.banner.text()
    assert not bar.isVisible()
    return room.recording


def ask(room: Room, at: int) -> None:
    room.panel.playback.go(at)
    room.press(Qt.Key.Key_F)


def choose_sampler(room: Room, name: str) -> None:
    combo = room.panel.fork_bar.sampler
    combo.setCurrentIndex(combo.findData(name))


def same_until(one: Recording, other: Recording) -> int:
    """The first step whose x_t is another."""
    steps = range(min(one.steps, other.steps))
    return next((k for k in steps if not np.array_equal(one.layer("x_t", k), other.layer("x_t", k))), len(steps))


@pytest.mark.parametrize("sampler", ["ddim", "ddpm", "dpm++2m"])
def test_fork_when_nothing_is_changed_is_the_original_bit_for_bit(room: Room, run_folder: Path, sampler: str) -> None:
    original = made(room, run_folder, sampler)
    ask(room, 2)
    fork = go_on(room, 2)
    assert fork is not original and fork.complete
    assert same_until(original, fork) == STEPS
    assert original.final_x is not None and fork.final_x is not None
    np.testing.assert_array_equal(original.final_x, fork.final_x)
    assert original.final is not None and fork.final is not None
    np.testing.assert_array_equal(original.final, fork.final)


def test_fork_when_eta_and_noise_change_keeps_the_steps_before_and_makes_others_after(
    room: Room, run_folder: Path
) -> None:
    original = made(room, run_folder)
    ask(room, 3)
    bar = room.panel.fork_bar
    assert not bar.seed.isEnabled() and "η" in bar.seed.toolTip()
    bar.eta.setValue(0.5)
    assert bar.seed.isEnabled() and bar.seed.value() == SAME
    bar.dice.click()
    assert bar.seed.value() != SAME
    fork = go_on(room, 3)
    assert same_until(original, fork) == 4  # the x_t of the branch itself is the original's
    np.testing.assert_array_equal(original.x_t(3), fork.x_t(3))
    assert (original.final != fork.final).any()
    assert fork.settings["fork_at"] == 4 and fork.settings["fork_eta"] == 0.5


def test_fork_when_another_sampler_goes_on_takes_as_many_steps_as_are_asked_for(room: Room, run_folder: Path) -> None:
    original = made(room, run_folder)
    ask(room, 2)
    bar = room.panel.fork_bar
    assert not bar.steps.isEnabled()
    choose_sampler(room, "dpm++2m")
    bar.steps.setValue(9)
    fork = go_on(room, 2)
    assert (fork.steps, fork.arrived) == (11, 11)
    assert same_until(original, fork) >= 3


def test_fork_of_a_fork_when_its_eta_was_chosen_before_another_sampler_goes_on_all_the_same(
    room: Room, run_folder: Path
) -> None:
    made(room, run_folder)
    ask(room, 1)
    room.panel.fork_bar.eta.setValue(1.0)
    first = go_on(room, 1)
    ask(room, 3)
    assert room.panel.fork_bar.eta.value() == 1.0  # as it is in the one that is shown
    again = go_on(room, 3)
    assert same_until(first, again) == STEPS
    ask(room, 3)
    choose_sampler(room, "dpm++2m")
    other = go_on(room, 3)
    assert same_until(first, other) == 4
    assert [told["fork_at"] for told in other.settings["fork_of"]] == [2, 4]  # type: ignore[attr-defined]


def test_fork_when_a_class_is_chosen_follows_it_and_says_so_on_the_tiles(room: Room, class_run: Path) -> None:
    original = made(room, class_run)
    ask(room, 2)
    bar = room.panel.fork_bar
    assert not bar.guidance.isEnabled() and "class" in bar.guidance.toolTip()
    bar.label.setCurrentIndex(bar.label.findText("sad"))
    bar.guidance.setValue(3.0)
    fork = go_on(room, 2)
    assert same_until(original, fork) == 3
    assert fork.class_of(0) == fork.class_of(1) == "sad"
    ask(room, 4)
    assert bar.guidance.isEnabled() and bar.guidance.value() == 3.0


def test_fork_when_guided_keeps_the_networks_two_answers_of_the_steps_before(room: Room, class_run: Path) -> None:
    room.open(class_run)
    room.panel.controls.options.class_row.chips.set_chosen((0,))
    room.panel.controls.options.class_row.guidance.setValue(2.0)
    original = made(room, class_run)
    assert original.has("conditional", 0)
    ask(room, 3)
    fork = go_on(room, 3)
    for layer in ("conditional", "unconditional"):
        np.testing.assert_array_equal(original.trajectory(layer), fork.trajectory(layer))


def test_tree_when_there_are_forks_leads_back_to_the_original_and_on(room: Room, run_folder: Path) -> None:
    original = made(room, run_folder)
    line = room.panel.fork_line
    assert not line.isVisible()
    ask(room, 3)
    room.panel.fork_bar.eta.setValue(0.5)
    fork = go_on(room, 3)
    assert line.isVisible()
    words = [button.accessibleName() for button in line.nodes]
    assert words == ["Original", "→ step 4: η 0.5"]
    room.panel.playback.go(2)
    for button, recording in zip(list(line.nodes), (original, fork), strict=True):
        next(b for b, each in line.nodes.items() if each.recording is recording).click()
        assert room.recording is recording and room.step == 2
        np.testing.assert_array_equal(room.panel.wells.x_t.grid.count(), recording.count)
        del button
    with_original = next(b for b, each in line.nodes.items() if each.recording is original)
    with_original.click()
    ask(room, 1)
    go_on(room, 1)
    assert [len(each.branches) for each in line.nodes.values()] == [0, 1, 1]
    room.generate()
    assert not line.isVisible()
    assert (original.arrived, fork.arrived) == (0, 0)  # closed


def test_fork_when_its_step_is_before_the_branch_goes_off_from_the_original(room: Room, run_folder: Path) -> None:
    original = made(room, run_folder)
    ask(room, 3)
    room.panel.fork_bar.eta.setValue(0.5)
    go_on(room, 3)
    ask(room, 4)
    bar = room.panel.fork_bar
    assert bar.eta.value() == 0.5
    room.panel.playback.go(1)
    assert bar.eta.value() == 0.0  # as it is there
    assert same_until(original, go_on(room, 1)) == STEPS
    assert [len(each.branches) for each in room.panel.fork_line.nodes.values()] == [0, 1, 1]


def test_tree_when_many_are_made_closes_the_longest_unseen_but_keeps_the_original(
    room: Room, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forks, "MOST_HELD", 3)
    original = made(room, run_folder)
    found = []
    for _ in range(3):
        ask(room, 1)
        found.append(go_on(room, 1))
    assert original.arrived == STEPS
    assert [fork.arrived for fork in found] == [0, STEPS, STEPS]


def test_fork_when_another_model_is_chosen_by_now_takes_the_one_that_made_it(
    room: Room, run_folder: Path, class_run: Path
) -> None:
    original = made(room, run_folder)
    room.open(class_run)
    ask(room, 2)
    assert not room.panel.fork_bar.label.isVisible()
    assert same_until(original, go_on(room, 2)) == STEPS
    assert room.controller.models.chosen is not None and room.controller.models.chosen.path == class_run


def test_fork_when_the_model_is_gone_or_another_by_now_says_so(room: Room, tmp_path: Path) -> None:
    model = tiny_run(tmp_path / "mine")
    original = made(room, model)
    ask(room, 2)
    room.qtbot.waitUntil(lambda: not room.controller.keeping, timeout=30_000)
    shutil.rmtree(model)
    tiny_run(model, {"dim": 12})
    with room.qtbot.waitSignal(room.controller.generated, timeout=30_000):
        room.panel.fork_bar.go.click()
    assert "other weights" in room.panel.banner.text()
    assert room.recording is original and original.complete
    shutil.rmtree(model)
    room.training.state_changed.emit(room.training.state)
    button = room.panel.timeline.row.fork
    assert not button.isEnabled() and "not there any more" in button.toolTip()
    assert not room.panel.picture_menu.fork.isEnabled()


def test_fork_of_a_fork_when_no_class_is_chosen_follows_none_and_says_so(room: Room, class_run: Path) -> None:
    original = made(room, class_run)
    ask(room, 1)
    bar = room.panel.fork_bar
    bar.label.setCurrentIndex(bar.label.findText("sad"))
    bar.guidance.setValue(3.0)
    sad = go_on(room, 1)
    ask(room, 3)
    changed_nothing = go_on(room, 3)
    assert same_until(sad, changed_nothing) == STEPS and changed_nothing.class_of(1) == "sad"
    ask(room, 4)
    bar.label.setCurrentIndex(bar.label.findText("Any"))
    assert not bar.guidance.isEnabled()
    free = go_on(room, 4)
    assert same_until(sad, free) == 5 and free.class_of(0) == "" and (original.final != free.final).any()
    assert free.settings["fork_classes"] == [None]
    assert [button.accessibleName() for button in room.panel.fork_line.nodes][-1] == "→→→ step 5: any class"
    ask(room, 5)
    assert not bar.guidance.isEnabled()  # there is no class to follow any more


def trained(room: Room, run_folder: Path) -> Recording:
    """Pictures of a model in training, whose weights are others at each step."""
    torch.manual_seed(0)
    room.training.model = build_diffusion(RunConfig().with_settings(TINY)).eval()
    room.training.state = TrainingState.RUNNING
    room.project.set_run(Run.open(run_folder))
    room.qtbot.waitUntil(room.panel.head.generate.isEnabled, timeout=20_000)
    room.choose("ddim", STEPS, count=2)
    room.generate()
    return room.recording


def test_fork_when_the_training_has_gone_on_or_is_over_takes_the_weights_that_made_it(
    room: Room, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = trained(room, run_folder)
    other = build_diffusion(RunConfig().with_settings(TINY)).eval()
    monkeypatch.setattr(room.training, "ema_snapshot", lambda: (other, 124))
    ask(room, 2)
    assert same_until(original, go_on(room, 2)) == STEPS
    room.training.model = None
    room.training.state_changed.emit(TrainingState.FINISHED)
    assert room.panel.timeline.row.fork.isEnabled()
    ask(room, 1)
    assert same_until(original, go_on(room, 1)) == STEPS


def test_script_when_it_cannot_make_the_pictures_again_is_disabled_and_says_why(room: Room, run_folder: Path) -> None:
    trained(room, run_folder)
    menu = room.panel.timeline.row.recording_menu
    script = next(action for action in menu.actions() if action.data() == "script")
    assert not script.isEnabled() and "was in training" in " ".join(script.toolTip().split())
    made(room, run_folder)
    assert script.isEnabled() and "Run, it makes" in script.toolTip()
    ask(room, 2)
    go_on(room, 2)
    assert not script.isEnabled() and "branch off" in " ".join(script.toolTip().split())


def test_fork_when_it_fails_before_its_first_own_step_comes_back_with_all_that_was_chosen(
    room: Room, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = made(room, run_folder)
    room.panel.playback.go(2)
    room.press(Qt.Key.Key_B)
    bar, canvas = room.panel.fork_bar, room.panel.paint.canvas
    room.click(canvas, canvas.place().center().toPoint())
    bar.eta.setValue(0.5)
    painting, of_source = bar.painting, room.controller.source
    assert painting is not None and painting.painted == (0,)

    def fails(*_: object) -> Iterator[object]:
        raise SamplingError("fork.other-model", name="digits-01")
        yield

    with monkeypatch.context() as patched, room.qtbot.waitSignal(room.controller.generated, timeout=30_000):
        patched.setattr(of_source, "forked", fails)
        bar.go.click()
        assert not bar.isVisible()
    room.qtbot.waitUntil(room.panel.banner.isVisible, timeout=5_000)
    assert bar.isVisible() and room.panel.paint.isVisible()
    assert bar.painting is painting and painting.painted == (0,) and bar.eta.value() == 0.5
    room.panel.banner.clear()
    fork = go_on(room, 2)
    assert fork is not original and fork.settings["fork_painted"] is True and fork.settings["fork_eta"] == 0.5


def test_strokes_when_the_model_goes_away_meanwhile_stay_and_it_is_said_why(room: Room, tmp_path: Path) -> None:
    model = tiny_run(tmp_path / "mine")
    made(room, model)
    room.qtbot.waitUntil(lambda: not room.controller.keeping, timeout=30_000)
    room.panel.playback.go(2)
    room.press(Qt.Key.Key_B)
    canvas = room.panel.paint.canvas
    room.click(canvas, canvas.place().center().toPoint())
    shutil.rmtree(model)
    room.training.state_changed.emit(room.training.state)
    bar = room.panel.fork_bar
    assert bar.isVisible() and room.panel.paints and not bar.go.isEnabled()
    assert "not there any more" in bar.go.toolTip() and "not there any more" in room.panel.paint.sentence.text()


def test_fork_line_when_its_words_are_long_cuts_them_at_their_end_and_has_all_of_them_as_a_tip(
    room: Room, run_folder: Path
) -> None:
    made(room, run_folder)
    for at in (1, 2, 3):
        ask(room, at)
        choose_sampler(room, "dpm++2m" if at == 2 else "unipc")
        go_on(room, at)
    for width in (1100, 1280, 1920):
        room.panel.resize(width, 712)
        QApplication.processEvents()  # the new widths are laid out when the events are handled
        for button, each in room.panel.fork_line.nodes.items():
            assert button.sizeHint().width() <= button.width(), button.text()
            assert button.text() == button.accessibleName() or button.text().endswith("…")
            assert not each.branches or "steps" in button.toolTip()


def test_fork_line_when_a_class_has_an_ampersand_shows_it(
    room: Room, run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room.panel.fork_line, "words", lambda _made, _number: "squares & more")
    made(room, run_folder)
    ask(room, 2)
    go_on(room, 2)
    button = list(room.panel.fork_line.nodes)[-1]
    bold = QFontMetrics(sized_font(BODY_PX, semibold=True)).horizontalAdvance("→ squares & more")
    theme().apply("light")  # the style sheet's own least width comes after ours
    theme().apply("dark")
    room.panel.resize(room.panel.width(), room.panel.height() + 8)
    QApplication.processEvents()
    assert button.width() >= bold + 26, "with the style sheet's padding"
    assert button.text() == "→ squares && more" and button.accessibleName() == "→ squares & more"


def test_bar_when_the_step_has_many_digits_says_it_whole_at_every_width(room: Room, class_run: Path) -> None:
    made(room, class_run)
    ask(room, 2)
    for width in (1092, 1280, 1920):
        room.panel.resize(width, 712)
        QApplication.processEvents()
        words = room.panel.fork_bar.words
        assert words.shown_text() == words.text() and "tep 3, t = " in words.text()


def test_fork_when_the_generation_was_cancelled_needs_another_sampler(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    room.choose("ddpm", 50, count=16)
    room.controller.generate()
    assert room.panel.timeline.row.fork.toolTip().startswith("There are no pictures yet")
    room.qtbot.waitUntil(lambda: room.controller.recording is not None and room.recording.arrived >= 2, timeout=20_000)
    room.panel.head.cancel.click()
    ask(room, 1)
    bar = room.panel.fork_bar
    assert not bar.go.isEnabled() and "cancelled" in bar.go.toolTip()
    choose_sampler(room, "ddim")
    bar.steps.setValue(3)
    assert go_on(room, 1).steps == 4


def test_bar_when_one_scrubs_follows_and_escape_leaves_it(room: Room, run_folder: Path) -> None:
    made(room, run_folder)
    room.panel.timeline.row.fork.click()
    bar = room.panel.fork_bar
    assert bar.isVisible()
    room.panel.playback.go(2)
    assert "step 3" in bar.words.text()
    room.qtbot.keyClick(bar.go, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    room.panel.picture_menu.fork.trigger()
    assert bar.isVisible()
