"""Damage that decoders miss is found, and no sound picture is taken for a damaged one."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFile

from core.pictures.decode.damage import Damage, find_damage
from tests.core.data.hostile_files import NOISE, SMOOTH, WRITTEN, encoded, holed

SOUND = Damage(None, ends_early=False)


def drawn(size: tuple[int, int], colour: str) -> Image.Image:
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).ellipse((5, 5, 60, 90), fill="red")
    return image


#: Plain areas are what encoders write as long runs of zeros.
PLAIN = {
    "white": Image.new("RGB", (900, 700), "white"),
    "black": Image.new("RGB", (900, 700)),
    "grey": Image.new("L", (1501, 703), 128),
    "drawn": drawn((1200, 900), "white"),
    "green": drawn((1600, 800), "#03c85a"),
    "half noise": Image.fromarray(np.hstack([np.asarray(NOISE)[..., 0], np.full((96, 900), 7, np.uint8)])),
    "smooth": SMOOTH,
}
JPEG = [
    {}, {"optimize": True}, {"progressive": True}, {"progressive": True, "subsampling": 0},
    {"optimize": True, "subsampling": 0}, {"restart_marker_blocks": 4},
]  # fmt: skip
WEBP = [{"lossless": True}, {"lossless": True, "quality": 0, "method": 0}, {"quality": 1}, {"quality": 100}]


def damage(data: bytes, kind: str) -> Damage:
    return find_damage(io.BytesIO(data), kind, len(data))


@pytest.mark.parametrize("name", PLAIN)
def test_plain_areas_are_no_damage(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "MAXBLOCK", 1 << 22)  # room for what Pillow optimises
    for quality in (1, 50, 95):
        for options in JPEG:
            assert damage(encoded(PLAIN[name], "JPEG", quality=quality, **options), "JPEG") == SOUND, (quality, options)
    for options in WEBP:
        assert damage(encoded(PLAIN[name], "WEBP", **options), "WEBP") == SOUND, options
    for options in ({}, {"compress_level": 0}):
        assert damage(encoded(PLAIN[name], "PNG", **options), "PNG") == SOUND, options


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(["jpg", "progressive.jpg", "webp", "lossless.webp", "png"]), where=st.floats(0.3, 0.7))
def test_holes_in_a_photograph_are_found_wherever_they_are(name: str, where: float) -> None:
    data, kind = WRITTEN[name], {"jpg": "JPEG", "webp": "WEBP", "png": "PNG"}[name.rpartition(".")[2]]
    assert damage(holed(data, int(len(data) * where), 600), kind).code in {"truncated", "broken"}


@given(data=st.binary(max_size=200), kind=st.sampled_from(["PNG", "JPEG", "WEBP", "TIFF", "GIF"]))
def test_nonsense_is_looked_through_without_an_error(data: bytes, kind: str) -> None:
    begins = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff", "WEBP": b"RIFF\xff\0\0\0WEBP"}.get(kind, b"II*\0")
    found = damage(begins + data, kind)
    assert found.code in {None, "truncated", "broken"}


def test_a_file_that_ends_in_its_header_is_told_from_a_broken_one() -> None:
    for kind, name in (("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("TIFF", "tif")):
        assert damage(WRITTEN[name][:40], kind).ends_early or kind == "TIFF"
    late = b"II*\0" + (10**6).to_bytes(4, "little")
    assert damage(late, "TIFF").ends_early
