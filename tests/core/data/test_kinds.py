"""Every kind of picture is known by its content; one that is not read is named, and never called damaged."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.pictures.decode import kinds
from core.pictures.decode.decoding import PictureRefusedError, decode
from core.pictures.decode.kinds import MAGIC_BYTES, UNREAD_KINDS, kind_of_file, picture_kind
from core.pictures.folder.reasons import REASONS
from core.pictures.folder.scan import scan_all

PIXELS = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
BEGINNINGS = {
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "JXL": b"\xff\x0a\xfa\x1f\x01\x91",
    "JP2": b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 ",
    "JXR": b"II\xbc\x01\x08\0\0\0",
    "PSD": b"8BPS\0\x01" + bytes(20),
    "XCF": b"gimp xcf v011\0",
    "EXR": b"\x76\x2f\x31\x01\2\0\0\0",
    "HDR": b"#?RADIANCE\n",
    "QOI": b"qoif\0\0\0\x20",
    "FITS": b"SIMPLE  =                    T",
    "DICOM": bytes(128) + b"DICM",
    "SVG": b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">',
    "RAW": b"FUJIFILMCCD-RAW 0201FF129502",
    "PNM": b"P6\n40 50\n255\n",
}
SAVED = {
    "PCX": "a.pcx",
    "ICO": "a.ico",
    "TGA": "a.tga",
    "SGI": "a.sgi",
    "DDS": "a.dds",
    "ICNS": "a.icns",
    "PNM": "a.ppm",
}


def refusal(path: Path) -> str:
    with pytest.raises(PictureRefusedError) as caught:
        decode(path)
    return caught.value.reason_code


@pytest.mark.parametrize("kind", sorted(BEGINNINGS))
def test_a_kind_that_is_not_read_is_told_by_its_name(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.pictures.decode.decoding.is_readable", lambda kind: kind != "HEIC")
    path = tmp_path / "a.png"
    path.write_bytes(BEGINNINGS[kind] + bytes(200))
    assert kind_of_file(path) == kind
    assert refusal(path) == f"kind-{kind.lower()}"
    assert "damaged" not in str(REASONS[refusal(path)]) and UNREAD_KINDS[kind] in str(REASONS[refusal(path)])


@pytest.mark.parametrize("kind", sorted(SAVED))
def test_a_kind_that_others_write_is_known_by_its_content(tmp_path: Path, kind: str) -> None:
    path = tmp_path / SAVED[kind]
    Image.fromarray(PIXELS).save(path)
    assert kind_of_file(path) == kind


@pytest.mark.parametrize(
    ("brands", "kind"),
    [
        (b"avif\0\0\0\0avifmif1miaf", "AVIF"),
        (b"mif1\0\0\0\0mif1avif", "AVIF"),
        (b"mif1\0\0\0\0mif1heic", "HEIC"),
        (b"crx \0\0\0\1crx isom", "RAW"),
        (b"isom\0\0\0\0isommp41", None),
        (b"qt  \0\0\0\0qt  ", None),
    ],
)
def test_a_box_of_brands_is_the_most_telling_of_them(brands: bytes, kind: str | None) -> None:
    assert picture_kind(struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands) == kind


@pytest.mark.parametrize(
    "data",
    [b"", b"P", b"P6", b"Please read me", b"BMW is a car " * 9, b"\n", b"\0\0\1\0", b"\0\0\1\0" + bytes(30), b"<html>",
     b"icon", b"P1: a list", bytes(200), b"II", b"\0\0\0\x18ftyp", b"RIFF\0\0\0\0WAVE", b"\x0a\x0a\x0a\x0a text"],
)  # fmt: skip
def test_what_only_begins_like_a_picture_is_none(data: bytes) -> None:
    assert picture_kind(data[:MAGIC_BYTES], "readme.txt") is None


def test_a_targa_is_known_by_its_end_or_by_name_and_head(tmp_path: Path) -> None:
    for name in ("a.tga", "named-otherwise.png"):
        path = tmp_path / name
        Image.fromarray(PIXELS).save(path, "TGA")
        assert refusal(path) == "kind-tga"
    old = tmp_path / "old.tga"
    old.write_bytes((tmp_path / "a.tga").read_bytes()[:-26])
    assert refusal(old) == "kind-tga"
    old.write_bytes(b"a text that somebody called so")
    assert refusal(old) == "not-a-picture"


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_avif_is_read_in_helpers_too(tmp_path: Path, mode: str) -> None:
    if not kinds.is_readable("AVIF"):
        pytest.skip("this Pillow reads no AVIF")
    image = Image.radial_gradient("L").convert("RGB").convert(mode)
    image.save(tmp_path / "a.avif", quality=95)
    image.save(tmp_path / "named.png", "AVIF")
    decoded = decode(tmp_path / "a.avif")
    assert decoded.format == "AVIF" and decoded.image.size == (256, 256)
    assert np.abs(np.asarray(decoded.image.convert("L")).astype(int) - np.asarray(image.convert("L"))).mean() < 3
    assert [one.format for one in scan_all(tmp_path).pictures] == ["AVIF", "AVIF"]


def test_avif_where_pillow_has_none_of_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.pictures.decode.decoding.is_readable", lambda kind: kind != "AVIF")
    path = tmp_path / "a.avif"
    path.write_bytes(b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(100))
    assert refusal(path) == "kind-avif" and "11.3" in str(REASONS["kind-avif"])


def test_half_an_avif_is_damaged(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, "AVIF")
    path = tmp_path / "a.avif"
    path.write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
    assert refusal(path) in {"broken", "truncated"}


def test_the_preview_of_a_camera_is_not_taken_for_its_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.nef"
    Image.fromarray(PIXELS).save(path, "TIFF", tiffinfo={254: 1, 330: 8})
    assert refusal(path) == "kind-raw"
    Image.fromarray(PIXELS).save(path, "TIFF", tiffinfo={50706: b"\1\4\0\0"})
    assert refusal(path) == "kind-raw"


def test_what_is_not_read_is_listed_and_what_is_no_picture_is_passed_over(tmp_path: Path) -> None:
    Image.fromarray(PIXELS).save(tmp_path / "a.png")
    (tmp_path / "b.jxl").write_bytes(BEGINNINGS["JXL"])
    (tmp_path / "c").write_bytes(BEGINNINGS["JP2"] + bytes(9))  # whatever its name
    (tmp_path / "d.txt").write_bytes(b"a text")
    scan = scan_all(tmp_path)
    assert [(one.name, one.code) for one in scan.skipped] == [("b.jxl", "kind-jxl"), ("c", "kind-jp2")]
