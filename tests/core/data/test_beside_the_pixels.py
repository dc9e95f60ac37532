"""What stands beside the pixels of a file, however large or damaged, refuses no picture whose pixels are whole."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from core.pictures.decode.decoding import PictureRefusedError, decode
from core.pictures.doctor.fingerprinting import fingerprint

PIXELS = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
MB = 1 << 20


def chunk(kind: bytes, body: bytes, *, checksum: int | None = None) -> bytes:
    right = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", right if checksum is None else checksum)


def png_with(*chunks: bytes, image: Image.Image | None = None, **options: object) -> bytes:
    """The picture with these chunks before its pixels."""
    buffer = io.BytesIO()
    (image or Image.fromarray(PIXELS)).save(buffer, "PNG", **options)
    data = buffer.getvalue()
    return data[:33] + b"".join(chunks) + data[33:]


def text(kind: str, length: int) -> bytes:
    info = PngImagePlugin.PngInfo()
    if kind == "zTXt":
        info.add_text("workflow", "x" * length, zip=True)
    else:
        info.add_itxt("workflow", "x" * length, zip=True)
    return b"".join(chunk(*body[:2]) for body in info.chunks)


PNGS = {
    "a text that unpacks to 2 MB": text("zTXt", 2 * MB),
    "an international text that unpacks to 2 MB": text("iTXt", 2 * MB),
    "texts of 70 MB together": text("zTXt", MB - 1) * 70,
    "a text of 3 MB that is not packed": chunk(b"tEXt", b"a\0" + b"x" * 3 * MB),
    "a text that is no packing": chunk(b"zTXt", b"a\0\0nothing packed"),
    "a packing of another kind": chunk(b"zTXt", b"a\0\7" + bytes(9)),
    "a text with a wrong checksum": chunk(b"tEXt", b"a\0b", checksum=1),
    "a profile that unpacks to 40 MB": chunk(b"iCCP", b"icc\0\0" + zlib.compress(bytes(40 * MB))),
    "a profile that is no packing": chunk(b"iCCP", b"icc\0\0none"),
    "a profile of another packing": chunk(b"iCCP", b"icc\0\7none"),
    "a profile of no bytes": chunk(b"iCCP", b""),
    "a profile with a wrong checksum": chunk(b"iCCP", b"icc\0\0" + zlib.compress(b"x"), checksum=1),
    "resolution cut off": chunk(b"pHYs", b"\0\0"),
    "gamma cut off": chunk(b"gAMA", b"\0"),
    "sRGB cut off": chunk(b"sRGB", b""),
    "animation cut off": chunk(b"acTL", b"\0"),
    "EXIF of 5 MB": chunk(b"eXIf", b"II*\0" + bytes(5 * MB)),
    "EXIF with a wrong checksum": chunk(b"eXIf", b"II*\0\x08\0\0\0\0\0\0\0\0\0", checksum=1),
    "another program's chunk of 5 MB": chunk(b"prVt", bytes(5 * MB)),
}


@pytest.mark.parametrize("what", PNGS)
def test_a_png_is_read_whatever_stands_beside_its_pixels(tmp_path: Path, what: str) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png_with(PNGS[what]))
    assert np.array_equal(np.asarray(decode(path).image), PIXELS)
    assert not fingerprint(path).is_clear


def test_what_turns_or_clears_a_png_is_still_followed(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "a.png"
    path.write_bytes(png_with(PNGS["a text that unpacks to 2 MB"], exif=exif))
    assert decode(path).image.size == (30, 40)
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    path.write_bytes(png_with(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)))
    assert decode(path).image.size == (30, 40)
    image = Image.new("RGB", (4, 4), (1, 2, 3))
    path.write_bytes(png_with(PNGS["another program's chunk of 5 MB"], image=image, transparency=(1, 2, 3)))
    assert decode(path).image.getpixel((0, 0)) == (1, 2, 3, 0)


def test_a_png_whose_pixels_are_damaged_is_still_refused(tmp_path: Path) -> None:
    data = bytearray(png_with(PNGS["a text that unpacks to 2 MB"]))
    data[-200] ^= 1
    path = tmp_path / "a.png"
    path.write_bytes(bytes(data))
    with pytest.raises(PictureRefusedError):
        decode(path)


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


JPEGS = {
    "EXIF that ends early": segment(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff"),
    "EXIF that is none": segment(0xE1, b"Exif\0\0" + b"\xff" * 500),
    "XMP that is none": segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta" + b"<" * 60_000),
    "a list of pictures that ends early": segment(0xE2, b"MPF\0II*\0\x08\0\0\0\x01\0"),
    "a list of pictures that is none": segment(0xE2, b"MPF\0" + b"\xff" * 300),
    "a hundred blocks of Photoshop's": segment(0xED, b"Photoshop 3.0\x008BIM" + b"\xff" * 65_000) * 100,
    "a profile that ends early": segment(0xE2, b"ICC_PROFILE\0\x01\x05" + bytes(600)),
    "a hundred comments": segment(0xFE, b"x" * 65_000) * 100,
}


@pytest.mark.parametrize("what", JPEGS)
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_a_jpeg_is_read_whatever_stands_beside_its_pixels(tmp_path: Path, what: str) -> None:
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, "JPEG")
    data = buffer.getvalue()
    path, plain = tmp_path / "a.jpg", tmp_path / "plain.jpg"
    path.write_bytes(data[:2] + JPEGS[what] + data[2:])
    plain.write_bytes(data)
    assert np.array_equal(np.asarray(decode(path).image), np.asarray(decode(plain).image))


@pytest.mark.parametrize("suffix", ["webp", "tif", "gif", "avif"])
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_other_kinds_are_read_with_odd_blocks_beside_their_pixels(tmp_path: Path, suffix: str) -> None:
    image = Image.fromarray(PIXELS)
    options: dict[str, object] = {"icc_profile": b"\xff" * 3000, "exif": b"Exif\0\0II*\0\xff\xff\xff\xff"}
    if suffix == "gif":
        options = {"comment": b"x" * 3 * MB}
    if suffix == "tif":
        options = {"icc_profile": b"\xff" * 3 * MB, "tiffinfo": {700: b"<" * 3 * MB}}
    image.save(tmp_path / f"a.{suffix}", **options)
    assert decode(tmp_path / f"a.{suffix}").image.size == (40, 30)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_the_transparent_grey_of_any_depth_is_that_grey_and_no_other(tmp_path: Path, bits: int) -> None:
    most = 2**bits - 1
    row = np.arange(8) % (most + 1)
    packed = np.packbits(np.unpackbits(row.astype(np.uint8)[:, None], axis=1)[:, 8 - bits :].ravel())
    body = zlib.compress(b"".join(b"\0" + packed.tobytes() for _ in range(2)))
    head = struct.pack(">IIBBBBB", 8, 2, bits, 0, 0, 0, 0)
    path = tmp_path / "a.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"tRNS", b"\0\1")
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )
    seen = np.asarray(decode(path).image)
    assert seen[0, :, 0].tolist() == (row * (255 // most)).tolist()
    assert (seen[0, :, 1] == 0).tolist() == (row == 1).tolist()
