"""A kept generation that is reopened is as good as new where its model is at hand: it is forked, scripted, recalled."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt

from core.errors import SamplingError
from core.recording import Recording
from core.runs.checkpoint import save_checkpoint
from core.runs.run import Run
from core.sampling import to_pixels
from studio.sampler.restoring import branches_of, request_of
from studio.sampler.source import ModelSource
from tests.studio.sampler.conftest import CLASSES, Room, tiny_checkpoint, tiny_run
from tests.studio.sampler.test_brush import drag, paint_at
from tests.studio.sampler.test_forks import STEPS, ask, go_on, made, same_until
from tests.studio.sampler.test_step_way import run_with_pictures


@pytest.fixture
def own_run(tmp_path: Path) -> Path:
    """Of a model with classes."""
    return tiny_run(tmp_path / "runs" / "own-01", {"labels": "folders", "class_names": CLASSES})


def reopen(room: Room, number: int = 0) -> Recording:
    """Show one of the strip, the newest by default, and wait until it is known whether it can be forked."""
    room.qtbot.waitUntil(lambda: not room.controller.keeping, timeout=20_000)
    before = room.recording
    room.panel.kept.taken_as.emit(room.panel.kept.generations[number], "shown")
    room.qtbot.waitUntil(lambda: room.recording is not before, timeout=20_000)
    room.qtbot.waitUntil(lambda: "being read" not in why_not(room), timeout=20_000)
    return room.recording


def why_not(room: Room) -> str:
    """Why it cannot be forked, of the button; "" where it can."""
    button = room.panel.timeline.row.fork
    return "" if button.isEnabled() else " ".join(button.toolTip().split())


def test_reopened_generation_when_forked_without_a_change_is_itself_bit_for_bit(room: Room, own_run: Path) -> None:
    original = made(room, own_run, "ddpm")
    steps = [original.layer("x_t", step).copy() for step in range(STEPS)]
    kept = reopen(room)
    assert kept is not original and why_not(room) == ""
    ask(room, 2)
    fork = go_on(room, 2)
    for step, x_t in enumerate(steps):
        np.testing.assert_array_equal(fork.layer("x_t", step), x_t)
    np.testing.assert_array_equal(fork.final_x, kept.final_x)
    words = [button.accessibleName() for button in room.panel.fork_line.nodes]
    assert words == ["Original", "→ step 3: nothing changed"]
    assert original.arrived == 0  # another tree is there now


@pytest.mark.long
def test_reopened_fork_when_painted_and_masked_goes_on_as_if_it_had_just_been_made(room: Room, own_run: Path) -> None:
    made(room, own_run, "ddpm")
    paint_at(room, 1)
    room.panel.paint.size_px.setValue(3)
    drag(room, (2, 2), (5, 4))
    room.qtbot.keyClick(room.panel.paint.canvas, Qt.Key.Key_M)
    drag(room, (1, 1), (6, 6))
    go_on(room, 1)
    ask(room, 3)
    room.panel.fork_bar.seed.setValue(5)
    fresh = go_on(room, 3)
    ask(room, 4)
    room.panel.fork_bar.label.setCurrentIndex(room.panel.fork_bar.label.findText("sad"))
    wanted = go_on(room, 4)
    assert wanted.final_x is not None
    final = wanted.final_x.copy()
    mask = next(made.branches[0].mask for made in room.panel.fork_line.nodes.values() if made.branches)
    room.qtbot.waitUntil(lambda: not room.controller.keeping, timeout=20_000)
    number = next(k for k, each in enumerate(room.panel.kept.generations) if each.path == fresh.kept_at)
    again = reopen(room, number)
    assert why_not(room) == "" and again.settings == fresh.settings
    ask(room, 0)
    assert not room.panel.fork_bar.go.isEnabled()  # the original of it is not in the file
    room.panel.playback.go(4)
    bar = room.panel.fork_bar
    bar.label.setCurrentIndex(bar.label.findText("sad"))
    fork = go_on(room, 4)
    np.testing.assert_array_equal(fork.final_x, final)
    guest, child = room.panel.fork_line.nodes.values()
    assert [branch.at for branch in child.branches] == [1, 3, 4] and guest.recording is again
    np.testing.assert_array_equal(guest.branches[0].mask, mask)
    covered = guest.branches[0].covered
    assert covered is not None and covered[0].any() and not covered[1].any()
    assert room.panel.fork_line.words(guest, 0).startswith("step 2: mask ")
    assert "painted" in room.panel.fork_line.words(guest, 0)


def test_reopened_generation_when_its_model_is_gone_or_another_says_so_and_others_can_be_chosen(
    room: Room, own_run: Path, run_folder: Path
) -> None:
    made(room, own_run)
    room.qtbot.waitUntil(lambda: not room.controller.keeping, timeout=20_000)
    generations = own_run / "generations"
    shutil.rmtree(own_run / "checkpoints")
    save_checkpoint(
        Run.open(own_run).checkpoints_folder, tiny_checkpoint(4, {"labels": "folders", "class_names": CLASSES})
    )
    reopen(room)
    assert "other weights" in why_not(room)
    shutil.rmtree(own_run / "checkpoints")
    made(room, run_folder)
    room.project.set_run(Run.open(own_run))
    room.qtbot.waitUntil(lambda: not room.controller.keeping, timeout=20_000)
    number = next(k for k, each in enumerate(room.panel.kept.generations) if each.path.parent == generations)
    reopen(room, number)
    assert "step 100 of own-01, is not there any more" in why_not(room)
    room.press(Qt.Key.Key_B)
    assert "not there any more" in room.panel.banner.text() and not room.panel.paint.isVisible()


def test_reopened_generation_when_it_is_not_forked_leaves_the_tree_that_was_there(room: Room, own_run: Path) -> None:
    original = made(room, own_run)
    ask(room, 3)
    room.panel.fork_bar.eta.setValue(0.5)
    fork = go_on(room, 3)
    kept = reopen(room)
    np.testing.assert_array_equal(kept.layer("x_t", 5), fork.layer("x_t", 5))
    assert not room.panel.timeline.row.note.text().startswith("The settings")
    next(button for button, each in room.panel.fork_line.nodes.items() if each.recording is original).click()
    assert room.recording is original and why_not(room) == "" and kept.arrived == 0
    ask(room, 1)
    assert same_until(original, go_on(room, 1)) == STEPS


def _plain(_room: Room) -> None:
    pass


def _guided(room: Room) -> None:
    row = room.panel.controls.options.class_row
    row.chips.set_chosen((0, 2))
    row.guidance.setValue(2.5)
    row.rescale.setValue(0.3)


def _eta(room: Room) -> None:
    room.panel.head.fields.eta.setValue(0.4)


def _plain_noise(room: Room) -> None:
    room.panel.controls.options.wish_spacing("log_snr")
    room.panel.controls.options.offset_noise.setChecked(False)


def _with_guide(room: Room) -> None:
    row = room.panel.controls.options.guide_row
    row.choose(row.guides[0])
    row.set_scale(1.5)


@pytest.mark.parametrize("choose", [_plain, _guided, _eta, _plain_noise, _with_guide])
def test_request_when_told_by_a_kept_generation_makes_the_same_pictures(
    room: Room, own_run: Path, choose: Callable[[Room], None]
) -> None:
    settings = {"labels": "folders", "class_names": CLASSES, "offset_noise_strength": 0.1}
    newest = replace(tiny_checkpoint(3, settings), step=200)
    save_checkpoint(Run.open(own_run).checkpoints_folder, newest)
    room.project.set_run(Run.open(own_run))
    room.qtbot.waitUntil(room.panel.head.generate.isEnabled, timeout=20_000)
    room.choose("ddim", STEPS, count=3)
    choose(room)
    room.generate()
    first = room.recording
    asked, final = room.controller.made_by, first.final_x
    assert asked is not None and final is not None
    told, final = dict(first.settings), final.copy()
    reopen(room)
    assert why_not(room) == ""
    found = room.controller.made_by
    assert found is not None and (found.choice, found.weights, found.guide) == (
        asked.choice,
        asked.weights,
        asked.guide,
    )
    with room.qtbot.waitSignal(room.controller.generated, timeout=30_000):
        room.controller._sample(found)
    np.testing.assert_array_equal(room.recording.final_x, final)
    assert room.recording.settings == told


def test_script_when_made_of_a_reopened_generation_is_that_of_the_fresh_one(
    room: Room, own_run: Path, tmp_path: Path
) -> None:
    made(room, own_run, "ddpm")
    files = [tmp_path / "fresh.py", tmp_path / "reopened.py"]
    for file in files:
        with room.qtbot.waitSignal(room.controller.exported, timeout=20_000):
            room.controller.save(file, "script")
        if file == files[0]:
            reopen(room)
    fresh, again = (file.read_text("utf-8") for file in files)
    checkpoint = "/checkpoints/step-00000100.json"  # which of the run's it was
    assert again.replace(checkpoint, "") == fresh and checkpoint in again


@pytest.mark.long
def test_perfect_memory_when_asked_of_a_reopened_generation_answers_as_before_and_also_without_its_checkpoint(
    room: Room, tmp_path: Path
) -> None:
    run, _ = run_with_pictures(tmp_path)
    made(room, run.folder)
    room.press(Qt.Key.Key_2)
    view = room.panel.taken_apart.memory.view
    room.qtbot.waitUntil(lambda: view.recalled is not None, timeout=30_000)
    fresh = view.recalled
    assert fresh is not None
    reopen(room)
    room.qtbot.waitUntil(lambda: view.recalled is not None and view.recalled is not fresh, timeout=30_000)
    again = view.recalled
    assert again is not None
    for one, other in ((fresh.guesses, again.guesses), (fresh.places, again.places), (fresh.distance, again.distance)):
        np.testing.assert_array_equal(one, other)
    room.press(Qt.Key.Key_1)
    room.panel.wells.x_0.choice.actions_of["from_memory"].trigger()
    room.qtbot.waitUntil(lambda: room.recording.recalled is not None, timeout=30_000)
    assert room.recording.recalled is not None
    seen = to_pixels(torch.from_numpy(room.recording.recalled[:, 0]).permute(0, 3, 1, 2), normalized=True)
    np.testing.assert_array_equal(seen, again.guesses)
    room.press(Qt.Key.Key_2)
    save_checkpoint(run.checkpoints_folder, replace(tiny_checkpoint(5), step=200))
    for file in run.checkpoints_folder.glob("step-00000100*"):
        file.unlink()
    room.panel.kept.taken_as.emit(room.panel.kept.generations[0], "shown")
    room.qtbot.waitUntil(lambda: view.recalled is not None and view.recalled is not again, timeout=30_000)
    assert view.recalled is not None
    np.testing.assert_array_equal(view.recalled.guesses, fresh.guesses)
    room.qtbot.waitUntil(lambda: "not there any more" in why_not(room), timeout=20_000)


@pytest.mark.parametrize(
    "changes",
    [
        {"sampler": "unknown"},
        {"seed": "7"},
        {"count": 5},
        {"noise_of": "seed"},
        {"precision": "bf16"},
        {"classes": ["nobody"]},
        {"guidance_scale": "much"},
        {"eta": []},
        {"start": ["cat.png"]},
        {"edit": "inpaint"},
        {"guide": "gone", "guide_step": 5},
        {"model_sha256": "0"},
    ],
)
def test_request_when_a_file_tells_nonsense_or_too_little_is_refused_in_words(
    room: Room, own_run: Path, changes: dict[str, object]
) -> None:
    recording = made(room, own_run)
    choice = room.controller.models.chosen
    assert choice is not None
    facts = next(ModelSource().facts(choice, "ema", "cpu", None))
    assert request_of(recording, choice, facts, (choice,)).seed == 7
    recording.settings = {**recording.settings, **changes}
    with pytest.raises(SamplingError, match=r"[Tt]ake|Generate|Start"):
        request_of(recording, choice, facts, (choice,))


@pytest.mark.parametrize(
    "told",
    [
        {"fork_at": 9},
        {"fork_at": "2"},
        {"fork_at": 2, "fork_seed": 0.5},
        {"fork_at": 2, "fork_eta": "all"},
        {"fork_at": 2, "fork_sampler": "unknown"},
        {"fork_at": 2, "fork_classes": ["nobody"]},
        {"fork_at": 2, "fork_mask": True},
        {"fork_at": 2, "fork_of": ["nothing"]},
    ],
)
def test_branches_when_a_file_tells_nonsense_are_refused(room: Room, own_run: Path, told: dict[str, object]) -> None:
    recording = made(room, own_run)
    choice = room.controller.models.chosen
    assert choice is not None
    facts = next(ModelSource().facts(choice, "ema", "cpu", None))
    assert branches_of(recording, facts) == ()
    recording.settings = {**recording.settings, **told}
    with pytest.raises(SamplingError, match="does not tell"):
        branches_of(recording, facts)
