"""The pixel rule, the scrubber, the picture grid and the virtual thumbnails."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from studio.app.theme import theme
from studio.imaging import to_array, to_image, to_images, to_sheet
from studio.widgets.image_grid import ImageGrid, grid_shape
from studio.widgets.pixels import Sheet, draw_picture, filling, fit, one_to_one, scaled
from studio.widgets.scrubber import Scrubber
from studio.widgets.thumbnail_view import ThumbnailView, Visible
from tests.clocks import compare

SIDES = st.integers(1, 600)
WELLS = st.floats(1, 3000)


def picture(side: int = 8, colour: str = "#ffc83d") -> QImage:
    image = QImage(side, side, QImage.Format.Format_RGB888)
    image.fill(QColor(colour))
    return image


@pytest.mark.parametrize("side", [8, 24, 28, 32, 160, 500])
def test_pictures_of_any_size_fill_a_row_of_wells_alike(side: int) -> None:
    how = filling((side, side), (160, 160))
    assert (how.width_px, how.height_px) == (160, 160)
    assert how.whole == (160 // side if side <= 160 and 160 % side == 0 else 0)


@given(SIDES, SIDES, WELLS, WELLS, st.sampled_from([1.0, 1.25, 1.5, 2.0, 3.0]))
def test_fit(width: int, height: int, well_wide: float, well_high: float, dpr: float) -> None:
    how = fit((width, height), (well_wide, well_high), dpr)
    k = min(well_wide * dpr / width, well_high * dpr / height)
    assert how.width_px <= max(1, well_wide * dpr + 1e-3)
    assert how.height_px <= max(1, well_high * dpr + 1e-3)
    if how.whole:
        assert (how.width_px, how.height_px) == (width * how.whole, height * how.whole)
        assert k >= 6 or how.whole / k >= 0.9 - 1e-6
    else:
        assert k < 6 and math.floor(k) / k < 0.9 + 1e-6
        assert how.oversample == (math.ceil(k) if k > 1 else 0)
        assert abs(how.width_px - width * k) <= 1


@pytest.mark.parametrize(("side", "place"), [(32, 82), (32, 100), (28, 65), (33, 77), (128, 100)])
def test_pictures_of_a_sheet_are_drawn_as_one_by_one(qapp: QApplication, side: int, place: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (11, side, side, 3), np.uint8)
    pixels[::2] = 255 * (np.arange(6) % 2)[:, None, None, None]  # white beside black: nothing of it may come through
    sheet, how, canvas = (
        to_sheet(pixels),
        fit((side, side), (place, place)),
        QImage(place, place, QImage.Format.Format_RGB32),
    )
    assert len(sheet) == 11
    for number, picture in enumerate(pixels):
        drawn = []
        for alone in (False, True):
            canvas.fill(0)
            painter, rect = QPainter(canvas), QRectF(canvas.rect())
            where = (
                draw_picture(painter, rect, to_image(picture), how) if alone else sheet.draw(painter, rect, number, how)
            )
            painter.end()
            drawn.append((where, to_array(canvas).astype(int)))
        assert drawn[0][0] == drawn[1][0]
        assert np.abs(drawn[0][1] - drawn[1][1]).max() <= (0 if how.whole else 2)  # Qt rounds places in fixed point
        np.testing.assert_array_equal(to_array(sheet[number])[..., :3], picture)


@pytest.mark.clock
def test_a_grid_of_a_sheet_is_painted_in_less_time_than_of_its_pictures(qapp: QApplication) -> None:
    frames = np.random.default_rng(0).integers(0, 256, (8, 64, 32, 32, 3), np.uint8)
    grids = ImageGrid(), ImageGrid()
    canvas = QImage(786, 688, QImage.Format.Format_RGB32)
    for grid in grids:
        grid.resize(canvas.size())

    def paint(grid: ImageGrid, pictures: Callable[[np.ndarray], Sheet | list[QImage]]) -> None:
        for pixels in frames:
            grid.set_pictures(pictures(pixels))
            grid.render(canvas)

    compared = compare(lambda: paint(grids[0], to_sheet), lambda: paint(grids[1], to_images))
    assert compared.ratio < 1


def test_whole_pixels_are_all_of_one_size() -> None:
    image = QImage(2, 1, QImage.Format.Format_RGB888)
    image.setPixelColor(0, 0, QColor("black"))
    image.setPixelColor(1, 0, QColor("white"))
    how = fit((2, 1), (13, 100))
    assert how.whole == 6
    row = [scaled(image, how).pixelColor(x, 0).value() for x in range(how.width_px)]
    assert row == [0] * 6 + [255] * 6
    assert one_to_one((2, 1)).width_px == 2


def scrubber(qtbot, total: int = 25, arrived: int = 15) -> Scrubber:
    made = Scrubber()
    qtbot.addWidget(made)
    made.resize(1200, 72)
    made.show()
    made.set_total(total)
    made.set_arrived(arrived)
    return made


def test_scrubber_keys(qtbot) -> None:
    steps = scrubber(qtbot)
    for key, modifier, expected in [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 1),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 11),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 10),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 14),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 14),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier, 4),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 0),
    ]:
        qtbot.keyClick(steps, key, modifier)
        assert steps.value() == expected


def test_scrubber_drag_stops_at_the_last_arrived_step(qtbot) -> None:
    steps = scrubber(qtbot)
    moved: list[int] = []
    steps.moved.connect(moved.append)
    qtbot.mousePress(steps, Qt.MouseButton.LeftButton, pos=QPoint(round(steps.step_x(3)), 60))
    assert steps.value() == 3
    qtbot.mouseMove(steps, QPoint(1190, 60))
    qtbot.mouseRelease(steps, Qt.MouseButton.LeftButton, pos=QPoint(1190, 60))
    assert steps.value() == 14 and moved == [3, 14]


def test_scrubber_grip_does_not_jump(qtbot) -> None:
    steps = scrubber(qtbot)
    steps.set_value(5)
    beside = QPoint(round(steps.step_x(5)) + 12, 60)
    qtbot.mousePress(steps, Qt.MouseButton.LeftButton, pos=beside)
    qtbot.mouseMove(steps, beside + QPoint(round(steps.step_x(1) - steps.step_x(0)), 0))
    qtbot.mouseRelease(steps, Qt.MouseButton.LeftButton)
    assert steps.value() == 6


def test_scrubber_with_more_steps_than_places(qtbot) -> None:
    steps = scrubber(qtbot, total=1000, arrived=1000)
    shown = steps.slots_shown()
    assert len(shown) == 1200 // 44 and shown[0] == 0 and shown[-1] == 999
    gaps = {b - a for a, b in itertools.pairwise(shown)}
    assert max(gaps) - min(gaps) <= 1
    centres = [steps.step_x(step) for step in shown]
    assert min(b - a for a, b in itertools.pairwise(centres)) >= 43
    steps.set_value(999)
    assert steps.value() == 999


def test_scrubber_starts_anew_with_a_new_total(qtbot) -> None:
    steps = scrubber(qtbot)
    steps.set_value(9)
    steps.set_thumbnail(3, picture())
    steps.set_total(10)
    assert (steps.value(), steps.arrived(), steps.has_thumbnail(3)) == (0, 0, False)
    steps.set_arrived(99)
    assert steps.arrived() == 10
    assert not steps.grab().isNull()


def test_grid_shape_is_near_square() -> None:
    assert grid_shape(16, (460, 460), (32, 32)) == (4, 4)
    assert grid_shape(64, (460, 460), (32, 32)) == (8, 8)
    assert grid_shape(4, (800, 200), (32, 32)) == (4, 1)
    assert grid_shape(1, (10, 10), (32, 32)) == (1, 1)


def grid(qtbot, count: int = 16) -> ImageGrid:
    made = ImageGrid()
    qtbot.addWidget(made)
    made.resize(464, 464)
    made.set_pictures([picture(32) for _ in range(count)])
    made.show()
    return made


def test_grid_selects_opens_and_closes(qtbot) -> None:
    well = grid(qtbot)
    place = QPoint(464 * 3 // 8, 464 // 8)  # second of the first row
    with qtbot.waitSignal(well.selected, check_params_cb=lambda index: index == 1):
        qtbot.mouseClick(well, Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(well.activated, check_params_cb=lambda index: index == 1):
        qtbot.keyClick(well, Qt.Key.Key_Return)
    well.set_single(1)
    assert well.index_at(QPointF(232, 232)) == 1
    with qtbot.waitSignal(well.left_single):
        qtbot.keyClick(well, Qt.Key.Key_Escape)


def test_two_grids_of_one_size_show_the_same_place(qtbot) -> None:
    left, right = grid(qtbot), grid(qtbot)
    left.zoom_changed.connect(right.set_zoom)
    place = QPointF(120, 300)
    under = left.index_at(place)
    left._zoom_about(place, 2.0)
    assert right.zoom() == left.zoom() == 2.0
    assert left.index_at(place) == right.index_at(place) == under, "the place under the pointer stays"


def test_grid_selection_frame_is_drawn_in_the_gap(qtbot) -> None:
    well = grid(qtbot)
    before = well.grab().toImage()
    well.set_selected(5)
    after = well.grab().toImage()
    changed = [(x, y) for x in range(464) for y in range(464) if before.pixelColor(x, y) != after.pixelColor(x, y)]
    assert changed
    assert {after.pixelColor(x, y).name() for x, y in changed} == {theme().color("accent").name()}


def test_empty_grid_says_why_and_offers_a_way(qtbot) -> None:
    well = grid(qtbot, 0)
    well.set_placeholder("There is no model yet.", "Go to Training")
    button = well.findChild(object, "placeholder_action")
    with qtbot.waitSignal(well.placeholder_acted):
        button.click()
    well.set_pictures([picture()])
    assert not button.isVisible()


def thumbnails(qtbot, count: int) -> tuple[ThumbnailView, list[Visible]]:
    view = ThumbnailView()
    qtbot.addWidget(view)
    asked: list[Visible] = []
    view.request.connect(asked.append)
    view.resize(640, 480)
    view.set_count(count)
    view.show()
    return view, asked


def test_thumbnails_of_a_million_are_asked_for_only_when_seen(qtbot) -> None:
    view, asked = thumbnails(qtbot, 1_000_000)
    qtbot.waitUntil(lambda: bool(asked))
    assert asked[-1].pictures[0] == 0 and len(asked[-1].pictures) <= 8 * 7
    for index in asked[-1].pictures:
        view.set_image(index, picture(32))
    view.set_current(999_999)
    qtbot.waitUntil(lambda: 999_999 in asked[-1].pictures)
    assert len(asked[-1].pictures) <= 8 * 8 and min(asked[-1].pictures) > 999_900
    assert [request.number for request in asked] == sorted({request.number for request in asked})
    seen = len(asked)
    for index in asked[-1].pictures:
        view.set_image(index, picture(32))
    view.set_current(999_990)
    qtbot.wait(60)
    assert len(asked) == seen, "what is there is not asked for again"


def test_thumbnails_keep_bounded_memory(qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.widgets.thumbnail_view.MEMORY_BYTES", 200_000)
    view, _ = thumbnails(qtbot, 10_000)
    for index in range(5000, 5200):
        view.set_image(index, picture(64))
    assert view._bytes <= 200_000
    assert view._bytes == sum(image.sizeInBytes() for image in view._images.values())


def test_thumbnail_keys_and_mouse(qtbot) -> None:
    view, _ = thumbnails(qtbot, 100)
    for key, expected in [
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 9),
        (Qt.Key.Key_Up, 1),
        (Qt.Key.Key_End, 99),
        (Qt.Key.Key_Down, 99),
        (Qt.Key.Key_Home, 0),
    ]:
        qtbot.keyClick(view, key)
        assert view.current() == expected
    with qtbot.waitSignal(view.current_changed, check_params_cb=lambda index: index == 10):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.cell_rect(10).center().toPoint())
    with qtbot.waitSignal(view.activated, check_params_cb=lambda index: index == 10):
        qtbot.keyClick(view, Qt.Key.Key_Return)


def test_the_top_picture_stays_in_sight_when_the_columns_change(qtbot) -> None:
    view, _ = thumbnails(qtbot, 10_000)
    view.verticalScrollBar().setValue(round(100 * view.cell_px()))
    view.set_columns(4)
    assert view.cell_rect(800).top() == pytest.approx(0, abs=1.5)


@pytest.mark.parametrize("well", [(420.0, 900.0), (560.0, 900.0), (400.0, 400.0)])
def test_sixteen_pictures_leave_none_over(well: tuple[float, float]) -> None:
    columns, rows = grid_shape(16, well, (28, 28))
    assert columns * rows == 16


def test_a_prime_count_is_still_shown_large() -> None:
    columns, rows = grid_shape(13, (400, 400), (28, 28))
    assert 3 <= columns <= 4 and columns * rows >= 13
