"""Augmentation that is told: what is done to the pictures is what the numbers say, and a function of (seed, batch)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from core.catalogue import TOLD_NUMBERS, TRANSFORMS
from core.pictures.feed import told
from core.pictures.feed.augment import what_is_seen
from core.randomness import Share
from core.settings import DataConfig

SIZE = (16, 24)
DATA = DataConfig(image_size=24, image_height=16, channels=3, horizontal_flip=False, augment=0.5)


def smooth(count: int = 4, size: tuple[int, int] = SIZE, channels: int = 3) -> NDArray[np.uint8]:
    """Pictures of a few waves: a cubic between their pixels is nearly the wave itself."""
    return np.stack([_waves(number, *places(size), channels) for number in range(count)]).round().astype(np.uint8)


def places(size: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x and y of each pixel, from the middle."""
    height, width = size
    y, x = np.mgrid[:height, :width]
    return x - (width - 1) / 2, y - (height - 1) / 2


def _waves(number: int, x: NDArray[np.float64], y: NDArray[np.float64], channels: int) -> NDArray[np.float64]:
    waves = [np.sin(0.14 * x + 0.13 * number + c) + np.cos(0.12 * y - 0.4 * c + number) for c in range(channels)]
    return 128 + 50 * np.stack(waves, -1)


def decoded(numbers: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.float64]:
    """(3, 3), the way from a picture to the changed one, made of the nine numbers alone."""
    x_flip, y_flip, w, cos, sin, stretch_x, stretch_y, right, down = numbers
    height, width = size
    flip = np.diag([1 - 2 * x_flip, 1 - 2 * y_flip, 1])
    scale = np.diag([2 ** (0.2 * w), 2 ** (0.2 * w), 1])
    turn = np.array([[cos + 1, -sin, 0], [sin, cos + 1, 0], [0, 0, 1]])
    # The length is w or −w, and either way along the same line: 2^(0.2 w) is told by the sign, which the angle hides.
    length, angle = np.hypot(stretch_x, stretch_y), np.arctan2(stretch_y, stretch_x)
    c, s = np.cos(angle), np.sin(angle)
    along = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    stretch = along @ np.diag([2 ** (0.2 * length), 2 ** (-0.2 * length), 1]) @ along.T
    move = np.array([[1, 0, right * width / 8], [0, 1, down * height / 8], [0, 0, 1]])
    return move @ stretch @ turn @ scale @ flip


@pytest.mark.parametrize("name", TRANSFORMS)
def test_row_when_it_is_off_says_zeros_and_leaves_every_pixel(name: str) -> None:
    warp = TRANSFORMS[name].load()(np.random.default_rng(0), np.zeros(5), SIZE)
    assert warp.told.shape == (5, TRANSFORMS[name].told) and not warp.told.any()
    np.testing.assert_array_equal(warp.back, np.broadcast_to(np.eye(3), (5, 3, 3)))
    pictures = smooth(5)
    np.testing.assert_array_equal(told.warped(pictures.copy(), warp.back), pictures)


def test_share_of_pictures_when_set_is_that_of_each_row_and_rows_are_independent() -> None:
    numbers = told.drawn_warp(replace(DATA, augment=0.25), 40_000, seed=1, batch_index=0).told
    ends = np.cumsum([row.told for row in TRANSFORMS.values()])
    on = np.stack([part.any(1) for part in np.split(numbers, ends[:-1], axis=1)], 1)
    # Flips are drawn for half of those that are on.
    np.testing.assert_allclose(on.mean(0), [0.125, 0.125, 0.25, 0.25, 0.25, 0.25], atol=0.01)
    assert np.abs(np.corrcoef(on.T) - np.eye(6)).max() < 0.02
    assert numbers.shape == (40_000, TOLD_NUMBERS == 9 and 9)


def test_numbers_when_all_rows_are_on_tell_the_whole_way() -> None:
    warp = told.drawn_warp(replace(DATA, augment=1.0), 200, seed=3, batch_index=7)
    sign = 0
    for numbers, back in zip(warp.told, warp.back, strict=True):
        # w·(cos, sin) of a stretch is told up to w < 0, which is the stretch across.
        ways = [decoded(numbers, SIZE) @ back]
        ways.append(decoded(_across(numbers), SIZE) @ back)
        fits = [np.allclose(way, np.eye(3), atol=1e-9) for way in ways]
        assert any(fits)
        sign += fits[1]
    assert 60 < sign < 140


def _across(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """As if w of the stretch were negative: the other reading of the same two numbers."""
    changed = numbers.copy()
    changed[5:7] = -numbers[6], numbers[5]
    return changed


def test_picture_when_warped_is_its_waves_at_the_places_that_are_told() -> None:
    data = replace(DATA, augment=1.0, augment_with=("scale", "rotate", "stretch", "shift"))
    pictures = smooth(12)
    warp = told.drawn_warp(data, 12, seed=2, batch_index=0)
    seen = told.warped(pictures.copy(), warp.back)
    x, y = places(SIZE)
    inside = 0
    for number, back in enumerate(warp.back):
        old_x, old_y = (back[axis, 0] * x + back[axis, 1] * y + back[axis, 2] for axis in (0, 1))
        within = (np.abs(old_x) <= SIZE[1] / 2 - 2) & (np.abs(old_y) <= SIZE[0] / 2 - 2)
        wanted = _waves(number, old_x, old_y, 3)
        inside += within.sum()
        # Half a level of rounding before, up to one after, which Pillow cuts off, and what cubics leave of such a wave.
        assert np.abs(seen[number][within].astype(float) - wanted[within]).max(initial=0) < 2.5
    assert inside > 1000


@pytest.mark.parametrize(("way", "does"), [
    (np.diag([-1.0, 1, 1]), lambda p: p[:, ::-1]),
    (np.diag([1.0, -1, 1]), lambda p: p[::-1]),
    (np.diag([-1.0, -1, 1]), lambda p: p[::-1, ::-1]),
    (np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]]), lambda p: np.rot90(p, -1)),
    (np.array([[1.0, 0, -3], [0, 1, 2], [0, 0, 1]]), None),
])  # fmt: skip
def test_way_when_it_meets_pixels_is_exact_and_has_an_inverse(way: NDArray[np.float64], does: object) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (1, 15, 15, 3), np.uint8)
    seen = told.warped(picture.copy(), way[None])
    if callable(does):
        np.testing.assert_array_equal(seen[0], does(picture[0]))
        np.testing.assert_array_equal(told.warped(seen.copy(), np.linalg.inv(way)[None]), picture)
    else:
        padded = np.pad(picture[0], ((2, 2), (3, 3), (0, 0)), mode="reflect")
        np.testing.assert_array_equal(seen[0], padded[4:19, 0:15])


def test_turned_picture_when_turned_back_is_nearly_itself() -> None:
    picture = smooth(1, (33, 33))
    c, s = np.cos(0.4), np.sin(0.4)
    way = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    again = told.warped(told.warped(picture.copy(), way[None]), np.linalg.inv(way)[None])
    middle = np.s_[0, 10:23, 10:23]
    assert np.abs(again[middle].astype(int) - picture[middle]).max() <= 2
    assert np.abs(told.warped(picture.copy(), way[None])[middle].astype(int) - picture[middle]).max() > 10


def test_edge_when_pictures_are_moved_is_mirrored_and_never_made_up() -> None:
    data = replace(DATA, augment=1.0)
    flat = np.full((64, *SIZE, 3), 200, np.uint8)
    assert (told.warped(flat, told.drawn_warp(data, 64, seed=0, batch_index=0).back) == 200).all()


@pytest.mark.parametrize("channels", [1, 2, 4])
def test_transparency_when_warped_hides_no_colour(channels: int) -> None:
    pictures = smooth(8, channels=channels)
    if channels > 1:
        pictures[..., -1] = np.where(places(SIZE)[0] > 0, 255, 0)
        pictures[..., :-1][pictures[..., -1] == 0] = 0
    data = replace(DATA, channels=channels, augment=1.0)
    seen = told.warped(pictures.copy(), told.drawn_warp(data, 8, seed=0, batch_index=0).back)
    assert (seen != pictures).any()
    if channels > 1:
        assert not seen[..., :-1][seen[..., -1] == 0].any()
        # At the edge of what shows the colour stays: nothing black is mixed in.
        assert seen[..., :-1][seen[..., -1] > 250].min() >= pictures[..., :-1][pictures[..., -1] > 0].min() - 12


def test_batch_when_asked_again_or_in_parts_is_the_same() -> None:
    pictures = smooth(8)
    whole = what_is_seen(pictures.copy(), DATA, seed=5, batch_index=3)
    assert (whole != what_is_seen(pictures.copy(), DATA, seed=5, batch_index=4)).any()
    parts = [
        what_is_seen(pictures[a:b].copy(), DATA, seed=5, batch_index=3, share=Share(a, b, 8))
        for a, b in ((0, 3), (3, 8))
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    numbers = told.told_numbers(DATA, 8, seed=5, batch_index=3)
    assert numbers is not None and numbers.dtype == np.float32
    changed = (whole != pictures).any((1, 2, 3))
    np.testing.assert_array_equal(changed, numbers.any(1))
    assert told.told_numbers(replace(DATA, augment=0.0), 8, seed=5, batch_index=3) is None


def test_rows_when_some_are_chosen_draw_what_they_draw_among_all() -> None:
    all_six = told.drawn_warp(DATA, 8, seed=5, batch_index=3).told
    some = told.drawn_warp(replace(DATA, augment_with=("scale", "shift")), 8, seed=5, batch_index=3).told
    np.testing.assert_array_equal(some[:, [2, 7, 8]], all_six[:, [2, 7, 8]])
    assert not some[:, [0, 1, 3, 4, 5, 6]].any()
