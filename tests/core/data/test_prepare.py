"""How a picture comes to the network's size, and what is changed at random: shown as it is trained on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.pictures.decode.decoding import read_picture
from core.pictures.decode.prepare import MOST_SPARE, contained_size, fitted, prepare, slot_of
from core.pictures.feed.augment import recoloured, what_is_seen, what_the_network_sees
from core.pictures.feed.batches import assemble
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder.scan import scan_all
from core.settings import DataConfig

DATA = DataConfig(image_size=16, channels=3, horizontal_flip=False)
sides = st.integers(1, 300)


@given(width=sides, height=sides, most=st.tuples(sides, sides))
def test_a_padded_picture_fits_in_its_own_proportions(width: int, height: int, most: tuple[int, int]) -> None:
    across, down = contained_size(width, height, most)
    assert 1 <= across <= most[1] and 1 <= down <= most[0]
    assert across == most[1] or down == most[0]
    if across > 1 and down > 1:
        assert abs(across * height - down * width) <= max(width, height)  # to the nearest pixel


@pytest.mark.parametrize(("background", "level"), [("white", 255), ("black", 0), ("grey", 128)])
def test_padding_shows_the_whole_picture_on_the_background(background: str, level: int) -> None:
    draw = np.random.default_rng(0).integers(0, 255, (16, 8, 3), dtype=np.uint8)
    pixels = prepare(Image.fromarray(draw), size=16, channels=3, crop="pad", background=background)
    assert np.array_equal(pixels[:, 4:12], draw)
    assert (pixels[:, :4] == level).all() and (pixels[:, 12:] == level).all()
    kept = prepare(Image.fromarray(draw).convert("RGBA"), size=16, channels=4, crop="pad", background=background)
    assert (kept[:, 4:12, 3] == 255).all() and not kept[:, :4].any() and not kept[:, 12:].any()


def test_stretching_gives_up_the_proportions_and_nothing_else() -> None:
    across = np.linspace(0, 255, 64).astype(np.uint8)
    pixels = prepare(Image.fromarray(np.tile(across, (8, 1))), size=16, channels=1, crop="stretch")
    assert pixels.shape == (16, 16, 1)
    assert (np.ptp(pixels, axis=0) <= 1).all() and (np.diff(pixels[0, :, 0].astype(int)) > 0).all()


@given(width=sides, height=sides)
def test_a_random_crop_keeps_the_length_of_all_but_the_longest(width: int, height: int) -> None:
    down, across = slot_of(width, height, (16, 16), "random")
    assert min(down, across) == 16 and max(down, across) <= 16 * MOST_SPARE
    if max(width, height) < MOST_SPARE * min(width, height):
        assert abs(down * width - across * height) <= max(width, height)


@pytest.mark.parametrize("crop", ["centre", "random", "pad", "stretch"])
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_every_rule_gives_the_size_for_every_mode(crop: str, mode: str, channels: int) -> None:
    for size in ((1, 1), (300, 2), (5, 40)):
        image = Image.new(mode, size)
        assert prepare(image, size=(8, 12), channels=channels, crop=crop).shape == (8, 12, channels)
        slot = slot_of(*size, (8, 12), crop)
        assert fitted(image, slot=slot, channels=channels, crop=crop, background="grey").shape == (*slot, channels)


@pytest.mark.parametrize("crop", ["centre", "random", "pad", "stretch"])
def test_what_the_room_shows_is_what_is_trained_on(tmp_path: Path, crop: str) -> None:
    draw = np.random.default_rng(1)
    Image.fromarray(draw.integers(0, 255, (40, 90, 3), dtype=np.uint8)).save(tmp_path / "a.png")
    data = replace(DATA, crop=crop, horizontal_flip=True, vertical_flip=True, colour_jitter=0.3)
    *_, pictures = load_pictures(scan_all(tmp_path), data)
    assert isinstance(pictures, PictureSet)
    image = read_picture(tmp_path / "a.png")
    shown = [what_the_network_sees(image, data, seed=4, index=n) for n in range(12)]
    for number, one in enumerate(shown):
        trained = assemble(pictures, seed=4, batch_index=number, batch_size=1).pixels[0]
        assert np.array_equal(trained, one)
    assert len({one.tobytes() for one in shown}) == 12


def test_turning_upside_down_is_its_own_draw() -> None:
    pixels = np.arange(64 * 4 * 4 * 3, dtype=np.uint32).astype(np.uint8).reshape(64, 4, 4, 3)
    data = replace(DATA, image_size=4, horizontal_flip=True, vertical_flip=True)
    seen = what_is_seen(pixels.copy(), data, seed=0, batch_index=0)
    turned = {(0, 0): 0, (0, 1): 0, (1, 0): 0, (1, 1): 0}
    for before, after in zip(pixels, seen, strict=True):
        ((ways),) = [way for way in turned if np.array_equal(np.flip(before, [n for n in (0, 1) if way[n]]), after)]
        turned[ways] += 1
    assert all(6 <= times <= 28 for times in turned.values())
    only = what_is_seen(pixels.copy(), replace(data, vertical_flip=False), seed=0, batch_index=0)
    mirrored = np.array([not np.array_equal(a, b) for a, b in zip(pixels, only, strict=True)])
    again = np.array(
        [np.array_equal(a[:, ::-1], b) or np.array_equal(a[::-1, ::-1], b) for a, b in zip(pixels, seen, strict=True)]
    )
    assert np.array_equal(mirrored, again)  # mirroring stays as it was without it


ONE = np.ones(1, np.float32)


def test_brightness_contrast_and_saturation_mean_what_they_are_called() -> None:
    pixels = np.random.default_rng(2).integers(60, 180, (1, 8, 8, 3), dtype=np.uint8)
    assert np.array_equal(recoloured(pixels, ONE, ONE, ONE), pixels)
    assert np.abs(recoloured(pixels, ONE * 1.3, ONE, ONE) - pixels * 1.3).max() <= 0.51
    luma = pixels @ np.array([0.299, 0.587, 0.114])
    assert np.abs(recoloured(pixels, ONE, ONE * 0, ONE) - luma.mean()).max() <= 0.51
    assert np.abs(recoloured(pixels, ONE, ONE, ONE * 0) - luma[..., None]).max() <= 0.51
    assert not recoloured(pixels, ONE * 0, ONE, ONE).any()
    grey = pixels[..., :1]
    assert np.array_equal(recoloured(grey, ONE, ONE, ONE * 0), grey)  # grey has no saturation


def test_transparency_is_no_colour() -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (1, 8, 8, 4), dtype=np.uint8)
    pixels[0, 0] = 0
    changed = recoloured(pixels, ONE * 0.7, ONE * 0.2, ONE * 1.4)
    assert np.array_equal(changed[..., 3], pixels[..., 3]) and not changed[0, 0].any()
    assert not np.array_equal(changed[0, 1:, :, :3], pixels[0, 1:, :, :3])


@pytest.mark.parametrize("size", [32, 64, 100])
def test_a_jpeg_decoded_small_is_the_one_decoded_whole_and_scaled(tmp_path: Path, size: int) -> None:
    """The decoder's own scaling leaves at least twice the size; the mean difference stays below two levels of 255."""
    across, down = np.meshgrid(np.linspace(0, 9, 512), np.linspace(0, 7, 384))
    waves = np.stack([np.sin(across * down), np.cos(across**1.5), np.sin(down * 3 + across)], -1) * 100 + 128
    noise = np.random.default_rng(0).normal(0, 12, waves.shape)
    Image.fromarray((waves + noise).clip(0, 255).astype(np.uint8)).save(tmp_path / "a.jpg", quality=90)
    whole = prepare(read_picture(tmp_path / "a.jpg"), size=size, channels=3).astype(int)
    small = prepare(read_picture(tmp_path / "a.jpg", size), size=size, channels=3).astype(int)
    assert np.abs(whole - small).mean() < 2
