"""Painting on x̂_0 and drawing a mask for a fork: with the mouse, with keys alone, and what comes of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.recording import Recording
from studio.sampler.brush import MASK, MOST_UNDONE, Painting, palette, snapped, swept, usual_hold
from studio.sampler.exporter import file_stem
from studio.sampler.forks import SAME
from studio.sampler.kept import how_words
from studio.sampler.step_told import tell
from tests.studio.sampler.conftest import RecordingMaker, Room
from tests.studio.sampler.test_forks import go_on, made, same_until

STEPS, AT = 6, 2


def on_canvas(room: Room, column: float, row: float) -> QPoint:
    """The place of a pixel's middle, of 8 × 8."""
    place = room.panel.paint.canvas.place()
    return QPoint(
        round(place.left() + (column + 0.5) * place.width() / 8), round(place.top() + (row + 0.5) * place.height() / 8)
    )


def drag(room: Room, *pixels: tuple[float, float], button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    canvas = room.panel.paint.canvas
    QTest.mousePress(canvas, button, pos=on_canvas(room, *pixels[0]))
    for pixel in pixels[1:]:
        QTest.mouseMove(canvas, on_canvas(room, *pixel))
    QTest.mouseRelease(canvas, button, pos=on_canvas(room, *pixels[-1]))


def paint_at(room: Room, step: int = AT) -> Recording:
    room.panel.playback.go(step)
    room.press(Qt.Key.Key_B)
    assert room.panel.paint.isVisible() and room.panel.fork_bar.isVisible() and not room.panel.ways.isVisible()
    room.panel.paint.size_px.setValue(1)
    return room.recording


def red(room: Room) -> None:
    """Take the palette's third colour."""
    room.panel.paint.swatches[2].click()


# --- what is painted -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "pixels"), [(1, 1), (2, 4), (3, 9), (4, 12)])
def test_brush_when_put_down_covers_whole_pixels_around_its_middle(size: int, pixels: int) -> None:
    place = QPointF(4.4, 4.6)
    covered = swept((9, 9), place, place, size)
    assert covered.sum() == pixels
    middle = snapped(place, size)
    np.testing.assert_array_equal(np.argwhere(covered).mean(0) + 0.5, [middle.y(), middle.x()])
    assert abs(middle.x() - place.x()) <= 0.5 and abs(middle.y() - place.y()) <= 0.5


def test_stroke_when_it_changes_nothing_makes_nothing_to_undo() -> None:
    painting, far, at = Painting((1, 8, 8, 3)), QPointF(-20, -20), QPointF(4.5, 4.5)
    painting.begin(0)
    painting.stroke(0, far, far, 1, (1, 2, 3))
    assert painting.can == (False, False)
    painting.stroke(0, far, at, 1, (1, 2, 3))  # it comes in
    assert painting.can == (True, False) and painting.painted == (0,)
    painting.begin(0)
    painting.stroke(0, at, at, 1, (1, 2, 3))  # the same once more
    painting.begin(0)
    painting.stroke(0, far, far, 1, None)
    assert painting.undo() == 0 and painting.can == (False, True) and not painting.painted
    painting.begin(0)
    painting.stroke(0, far, far, 1, (1, 2, 3))
    assert painting.can == (False, True), "what was undone can still be done again"


def test_brush_of_one_pixel_when_drawn_askew_leaves_no_gap() -> None:
    covered = swept((20, 20), QPointF(1, 2), QPointF(18, 11), 1)
    assert covered.any(axis=0)[1:19].all() and covered[2, 1] and covered[11, 18]


def test_painting_when_strokes_are_taken_back_and_made_again_is_as_it_was() -> None:
    painting = Painting((2, 8, 8, 3))
    place = QPointF(4, 4)
    for which, colour in ((0, (9, 8, 7)), (1, (1, 2, 3)), (MASK, (0, 0, 0))):
        painting.begin(which)
        painting.stroke(which, place, place, 3, colour)
    assert painting.painted == (0, 1) and painting.mask is not None and painting.mask.sum() == 9
    painting.invert()
    assert painting.mask.sum() == 64 - 9
    assert [painting.undo() for _ in range(5)] == [MASK, MASK, 1, 0, None]
    assert painting.painted == () and painting.mask is None and painting.can == (False, True)
    assert [painting.redo() for _ in range(2)] == [0, 1]
    painting.clear(0)
    assert painting.painted == (1,) and painting.can == (True, False)
    assert painting.undo() == 0 and painting.painted == (0, 1)
    for _ in range(MOST_UNDONE + 5):
        painting.invert()
    assert sum(painting.undo() is not None for _ in range(MOST_UNDONE + 9)) == MOST_UNDONE


def test_painting_when_erased_shows_the_prediction_again_and_clearing_nothing_is_no_stroke() -> None:
    painting = Painting((1, 4, 4, 1))
    painting.clear(0)
    assert painting.can == (False, False)
    pixels = np.arange(16, dtype=np.uint8).reshape(4, 4, 1)
    painting.stroke(0, QPointF(1.5, 1.5), QPointF(2.5, 1.5), 1, (200,))
    assert painting.over(pixels, 0)[1, :, 0].tolist() == [4, 200, 200, 7]
    painting.stroke(0, QPointF(1.5, 1.5), QPointF(1.5, 1.5), 1, None)
    assert painting.over(pixels, 0)[1, :, 0].tolist() == [4, 5, 200, 7]


@pytest.mark.parametrize(("normalized", "black", "white"), [(True, -1, 1), (False, 0, 1)])
def test_painting_when_brought_to_the_networks_range_leaves_all_else_bit_for_bit(
    normalized: bool, black: float, white: float
) -> None:
    x_0 = np.random.default_rng(0).normal(size=(2, 4, 4, 1)).astype(np.float32)
    painting = Painting((2, 4, 4, 1))
    assert painting.painted_x_0(x_0, normalized=normalized) is None
    painting.stroke(1, QPointF(0.5, 0.5), QPointF(0.5, 0.5), 1, (0,))
    painting.stroke(1, QPointF(1.5, 0.5), QPointF(1.5, 0.5), 1, (255,))
    found = painting.painted_x_0(x_0, normalized=normalized)
    assert found is not None and found[1, 0, :2, 0].tolist() == [black, white]
    found[1, 0, :2] = x_0[1, 0, :2]
    np.testing.assert_array_equal(found, x_0)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_palette_when_a_picture_has_two_colours_offers_both_and_is_opaque(channels: int) -> None:
    pixels = np.full((4, 4, channels), 10, np.uint8)
    pixels[0] = 100
    colours = palette(pixels)
    assert all(len(colour) == channels and (channels < 4 or colour[3] == 255) for colour in colours)
    assert [colour[0] for colour in colours[6:]] == [10, 100]


# --- in the window ---------------------------------------------------------------------------------------


def test_paint_when_a_stroke_is_drawn_is_what_the_step_goes_on_from(room: Room, run_folder: Path) -> None:
    original = made(room, run_folder)
    paint_at(room)
    red(room)
    drag(room, (1, 1), (4, 1))
    held = room.panel.paint.hold.value()
    assert held == usual_hold(original, AT) and "clean picture" in room.panel.paint.sentence.text()
    fork = go_on(room, AT)
    assert fork.settings["fork_held"] == held
    assert room.panel.ways.isVisible() and not room.panel.paint.isVisible()
    before, after = original.layer("x_0", AT), fork.layer("x_0", AT)
    stroke = after[0, 1, 1:5]
    np.testing.assert_allclose(stroke, np.broadcast_to(np.array([214, 39, 40]) / 127.5 - 1, (4, 3)), atol=1e-6)
    changed = (before != after).any(-1)
    assert changed.sum() <= 4 and not changed[1].any() and changed[0, 1, 1:5].sum() == changed.sum()
    assert same_until(original, fork) == AT + 1
    assert (original.final[0] != fork.final[0]).any()  # type: ignore[index]
    assert fork.settings["fork_painted"] is True
    words = [button.accessibleName() for button in room.panel.fork_line.nodes]
    assert words == ["Original", "→ step 3: painted"]


def test_paint_when_it_is_to_be_held_longer_is_there_in_so_many_steps(room: Room, run_folder: Path) -> None:
    original = made(room, run_folder)
    paint_at(room, 1)
    red(room)
    drag(room, (1, 1))
    hold = room.panel.paint.hold
    assert (hold.minimum(), hold.maximum()) == (1, STEPS - 1)
    colour = np.array([214, 39, 40]) / 127.5 - 1
    for steps in (4, 1):
        if not room.panel.paint.isVisible():
            next(button for button, each in room.panel.fork_line.nodes.items() if each.recording is original).click()
            paint_at(room, 1)
            red(room)
            drag(room, (1, 1))
        hold.setValue(steps)
        assert ("For 4 steps" in room.panel.paint.sentence.text()) == (steps == 4)
        fork = go_on(room, 1)
        there = [np.allclose(fork.layer("x_0", k)[0, 1, 1], colour, atol=1e-6) for k in range(STEPS)]
        assert there == [1 <= k < 1 + steps for k in range(STEPS)]
        assert ["painted over" in tell(fork, k, 0).flow[2].above for k in range(STEPS)] == there
        assert how_words(fork.settings).endswith("fork at 2") and file_stem(fork.settings).endswith("-fork-2")


def test_usual_hold_when_steps_are_few_or_many_leaves_a_fifth_of_what_was_there(make_recording: RecordingMaker) -> None:
    recording = make_recording(50, 1)
    for step in (5, 20, 30):
        held = usual_hold(recording, step)
        left = np.sqrt(recording.snr[step] / recording.snr[step + held - 1 : step + held + 1])
        assert left[0] > 0.2 >= left[1] or held == 3 * (50 - step) // 4
    assert usual_hold(recording, 49) == 1


def test_paint_when_all_is_taken_back_is_the_original_bit_for_bit(room: Room, run_folder: Path) -> None:
    original = made(room, run_folder)
    paint_at(room)
    drag(room, (1, 1), (4, 4))
    QTest.keyClick(room.panel.paint.canvas, Qt.Key.Key_M)
    drag(room, (5, 5))
    for _ in range(2):
        QTest.keyClick(room.panel.paint.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "Nothing is painted" in room.panel.paint.sentence.text()
    fork = go_on(room, AT)
    assert same_until(original, fork) == STEPS
    np.testing.assert_array_equal(original.final_x, fork.final_x)
    assert "fork_painted" not in fork.settings and "fork_mask" not in fork.settings


def test_mask_when_drawn_for_ddpm_has_other_noise_inside_and_the_original_outside(room: Room, run_folder: Path) -> None:
    original = made(room, run_folder, "ddpm")
    paint_at(room)
    QTest.keyClick(room.panel.paint.canvas, Qt.Key.Key_M)
    drag(room, (2, 3), (6, 3))
    bar = room.panel.fork_bar
    assert bar.seed.value() != SAME and "8 %" in room.panel.paint.sentence.text()
    fork = go_on(room, AT)
    assert original.final_x is not None and fork.final_x is not None
    inside = np.zeros((8, 8), np.bool_)
    inside[3, 2:7] = True
    np.testing.assert_array_equal(original.final_x[:, ~inside], fork.final_x[:, ~inside])
    assert (original.final_x[:, inside] != fork.final_x[:, inside]).any(-1).all()
    words = [button.accessibleName() for button in room.panel.fork_line.nodes][1]
    assert words.startswith("→ step 3: mask 8 %, noise ")


def test_mask_when_the_sampler_takes_eta_gets_noise_by_it_and_when_it_takes_none_it_says_what_to_do(
    room: Room, run_folder: Path
) -> None:
    made(room, run_folder, "ddim")
    paint_at(room)
    QTest.keyClick(room.panel.paint.canvas, Qt.Key.Key_M)
    drag(room, (2, 3))
    assert room.panel.fork_bar.eta.value() == 1 and room.panel.fork_bar.seed.value() != SAME
    room.panel.fork_bar.clear()
    made(room, run_folder, "dpm++2m")
    paint_at(room)
    drag(room, (6, 6))
    QTest.keyClick(room.panel.paint.canvas, Qt.Key.Key_M)
    drag(room, (2, 3))
    words = room.panel.paint.sentence.text()
    assert "left out" in words and "would come out as it was" in words
    QTest.keyClick(room.panel.paint.canvas, Qt.Key.Key_X)
    assert "left out" not in room.panel.paint.sentence.text() and "clean picture" in room.panel.paint.sentence.text()


def test_mask_when_another_sampler_is_to_go_on_cannot_be_and_says_so(room: Room, run_folder: Path) -> None:
    made(room, run_folder)
    paint_at(room)
    QTest.keyClick(room.panel.paint.canvas, Qt.Key.Key_M)
    drag(room, (2, 3))
    bar = room.panel.fork_bar
    assert bar.go.isEnabled()
    bar.sampler.setCurrentIndex(bar.sampler.findData("dpm++2m"))
    assert not bar.go.isEnabled() and "mask" in bar.go.toolTip() and "mask" in room.panel.paint.sentence.text()


def test_canvas_when_only_keys_are_used_paints_and_goes_on(room: Room, run_folder: Path) -> None:
    original = made(room, run_folder)
    paint_at(room)
    red(room)
    canvas = room.panel.paint.canvas
    assert QApplication.focusWidget() is canvas or room.panel.focusWidget() is canvas
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Space):
        QTest.keyClick(canvas, key)
    painting = room.panel.fork_bar.painting
    assert painting is not None and np.argwhere(painting.covered(0)).tolist() == [[3, 3], [3, 4]]
    assert room.step == AT
    QTest.keyClick(canvas, Qt.Key.Key_E)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert np.argwhere(painting.covered(0)).tolist() == [[3, 3]]
    for key, size in ((Qt.Key.Key_BracketRight, 2), (Qt.Key.Key_BracketRight, 3), (Qt.Key.Key_BracketLeft, 2)):
        QTest.keyClick(canvas, key)
        assert room.panel.paint.size_px.value() == size
    for key in (Qt.Key.Key_G, Qt.Key.Key_F, Qt.Key.Key_3):  # no key of the room reaches it from here
        QTest.keyClick(canvas, key)
    assert room.panel.paint.isVisible() and room.recording is original
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert painting.painted == ()
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert painting.painted == (0,)
    QTest.keyClick(canvas, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert painting.painted == ()
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    with room.qtbot.waitSignal(room.controller.generated, timeout=30_000):
        QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert same_until(original, room.recording) == AT + 1


def test_canvas_when_the_wheel_turns_changes_the_size_and_not_the_step(room: Room, run_folder: Path) -> None:
    made(room, run_folder)
    paint_at(room)
    canvas = room.panel.paint.canvas
    place = QPointF(on_canvas(room, 4, 4))
    for notch, size in ((120, 2), (120, 3), (-120, 2)):
        none, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.NoButton
        turned = QWheelEvent(
            place, place, QPoint(), QPoint(0, notch), buttons, none, Qt.ScrollPhase.NoScrollPhase, False
        )
        QApplication.sendEvent(canvas, turned)
        assert room.panel.paint.size_px.value() == size and room.step == AT


def test_canvas_when_a_colour_is_taken_paints_with_it(room: Room, run_folder: Path) -> None:
    recording = made(room, run_folder)
    paint_at(room)
    drag(room, (6, 2), button=Qt.MouseButton.RightButton)
    drag(room, (1, 1))
    painting, pixels = room.panel.fork_bar.painting, recording.x_0(AT)[0]
    assert painting is not None
    np.testing.assert_array_equal(painting.over(pixels, 0)[1, 1], pixels[2, 6])
    QTest.keyClick(room.panel.paint.canvas, Qt.Key.Key_I)
    drag(room, (3, 4))
    assert room.panel.paint.tools["brush"].isChecked()
    drag(room, (0, 0))
    np.testing.assert_array_equal(painting.over(pixels, 0)[0, 0], pixels[4, 3])


def test_paint_when_another_step_or_picture_is_chosen_keeps_the_strokes_and_escape_leaves_twice(
    room: Room, run_folder: Path
) -> None:
    original = made(room, run_folder)
    paint_at(room)
    red(room)
    drag(room, (1, 1))
    view, bar = room.panel.paint, room.panel.fork_bar
    QTest.keyClick(view.canvas, Qt.Key.Key_PageDown)
    assert room.panel.shown.picture == 1 and "2 of 2" in view.title.accessibleName()
    drag(room, (2, 2))
    room.panel.playback.go(3)
    assert "step 4" in view.title.accessibleName() and bar.painting is not None and bar.painting.painted == (0, 1)
    view.undo.click()
    view.undo.click()
    assert room.panel.shown.picture == 0  # one sees what is taken back
    view.redo.click()
    QTest.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert not view.isVisible() and room.panel.ways.isVisible() and bar.isVisible()
    fork = go_on(room, 3)
    assert same_until(original, fork) == 4 and fork.settings["fork_at"] == 4
    room.press(Qt.Key.Key_B)
    assert bar.painting is not None and bar.painting.painted == ()
    QTest.keyClick(view.canvas, Qt.Key.Key_Escape)
    QTest.keyClick(bar.go, Qt.Key.Key_Escape)
    assert not bar.isVisible() and room.panel.ways.isVisible()


@pytest.mark.parametrize("size", [(1084, 592), (1280, 712), (1920, 992)])
def test_canvas_when_the_window_is_small_or_large_is_seen_whole(
    room: Room, run_folder: Path, size: tuple[int, int]
) -> None:
    made(room, run_folder)
    paint_at(room)
    room.panel.resize(*size)
    QApplication.processEvents()
    view, canvas = room.panel.paint, room.panel.paint.canvas
    assert not canvas.visibleRegion().isEmpty() and canvas.visibleRegion().boundingRect() == canvas.rect()
    assert canvas.place().height() >= min(160, size[1] // 3) and view.sentence.visibleRegion().boundingRect().isValid()


def test_paint_when_it_cannot_be_forked_says_why(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    room.press(Qt.Key.Key_B)
    assert "no pictures yet" in room.panel.banner.text() and not room.panel.paint.isVisible()
    assert not room.panel.picture_menu.paint.isEnabled()
    made(room, run_folder)
    room.panel.picture_menu.paint.trigger()
    assert room.panel.paint.isVisible()
