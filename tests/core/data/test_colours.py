"""Colours that a profile describes become those of the screen; profiles that say nothing useful change nothing."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from core.pictures.decode.decoding import MOST_PROFILE_BYTES, decode
from core.pictures.decode.helper import judge
from tests.core.data.profiles import ADOBE, grey_profile, rgb_profile

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
P3_RED = (234, 51, 35)  #: sRGB's red, as a P3 file stores it
RNG = np.random.default_rng(0)


def stored(tmp_path: Path, image: Image.Image, name: str, **options: object) -> np.ndarray:
    path = tmp_path / name
    image.save(path, **options)
    return np.asarray(decode(path).image).astype(int)


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif", "avif"])
def test_the_red_of_a_phone_is_the_red_of_the_screen(tmp_path: Path, suffix: str) -> None:
    options = {
        "jpg": {"quality": 100, "subsampling": "4:4:4"},
        "avif": {"quality": 100, "subsampling": "4:4:4"},
        "webp": {"lossless": True},
    }.get(suffix, {})
    image = Image.new("RGB", (16, 16), P3_RED)
    seen = stored(tmp_path, image, f"a.{suffix}", icc_profile=rgb_profile(), **options)
    assert np.abs(seen[8, 8] - (255, 0, 0)).max() <= 8


def test_a_picture_is_seen_as_littlecms_shows_it_with_its_transparency_untouched(tmp_path: Path) -> None:
    profile = rgb_profile(ADOBE)
    pixels = RNG.integers(0, 256, (12, 12, 4), dtype=np.uint8)
    seen = stored(tmp_path, Image.fromarray(pixels), "a.png", icc_profile=profile)
    shown = ImageCms.profileToProfile(
        Image.fromarray(np.ascontiguousarray(pixels[..., :3])),
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
    )
    assert np.array_equal(seen[..., :3], np.asarray(shown)) and np.array_equal(seen[..., 3], pixels[..., 3])


def test_palettes_and_grey_follow_their_profiles(tmp_path: Path) -> None:
    palette = Image.new("P", (4, 4), 1)
    palette.putpalette([0, 0, 0, *P3_RED])
    assert np.abs(stored(tmp_path, palette, "p.png", icc_profile=rgb_profile())[0, 0] - (255, 0, 0)).max() <= 8
    grey = stored(tmp_path, Image.new("L", (4, 4), 128), "l.png", icc_profile=grey_profile(1.0))
    assert abs(grey[0, 0] - 188) <= 2  # linear 128 of 255 in sRGB's curve
    alpha = stored(tmp_path, Image.new("LA", (4, 4), (128, 7)), "la.png", icc_profile=grey_profile(1.0))
    assert abs(alpha[0, 0, 0] - 188) <= 2 and alpha[0, 0, 1] == 7


def test_a_large_picture_made_smaller_has_the_same_colours(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (4200, 4000), P3_RED).save(path, icc_profile=rgb_profile(), compress_level=1)
    assert decode(path, 16).image.getpixel((3, 3)) == decode(path).image.getpixel((3, 3)) == (255, 0, 0)


USELESS = {
    "sRGB": SRGB,
    "sRGB with zeros behind": SRGB + bytes(1_200_000),
    "empty": b"",
    "no profile": b"colourful " * 100,
    "cut": rgb_profile()[:200],
    "zeros in its tags": rgb_profile()[:132] + bytes(400),
    "ends with its header": rgb_profile()[:128],
    "of ink": rgb_profile()[:16] + b"CMYK" + rgb_profile()[20:],
    "of grey": grey_profile(1.0),
    "of numbers that mean nothing": rgb_profile()[:16] + b"xxxx" + rgb_profile()[20:],
    "a link between devices": rgb_profile()[:12] + b"link" + rgb_profile()[16:],
    "all colours are black": rgb_profile(((0.0, 0.0, 0.0),) * 3),
    "too long": rgb_profile() + bytes(MOST_PROFILE_BYTES),
}


@pytest.mark.parametrize("what", USELESS)
@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tif"])
def test_a_profile_that_says_nothing_useful_changes_nothing(tmp_path: Path, what: str, suffix: str) -> None:
    image = Image.fromarray(RNG.integers(0, 256, (9, 9, 3), dtype=np.uint8))
    plain = stored(tmp_path, image, f"plain.{suffix}")
    assert np.array_equal(stored(tmp_path, image, f"a.{suffix}", icc_profile=USELESS[what]), plain)


def test_ink_without_a_usable_profile_is_as_before(tmp_path: Path) -> None:
    ink = Image.new("CMYK", (4, 4), (0, 255, 255, 0))
    for name, profile in (("a.tif", None), ("b.tif", rgb_profile()), ("c.tif", b"CMYK" * 100)):
        options = {} if profile is None else {"icc_profile": profile}
        assert stored(tmp_path, ink, name, **options)[0, 0].tolist() == [255, 0, 0]


def test_numbers_that_are_no_colours_yet_are_left_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    Image.new("F", (4, 4), 0.5).save(path, icc_profile=grey_profile(1.0))
    assert decode(path).image.getpixel((0, 0)) == 128


def test_a_picture_is_grey_by_the_colours_that_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (4, 4), (90, 90, 90)).save(path, icc_profile=rgb_profile())
    assert judge(path).is_grey
