"""Whole files that are stored in rare ways are read, or said to be whole; a JPEG needs no end marker for its pixels."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.pictures.decode.decoding import PictureRefusedError, decode

Y, X = np.mgrid[0:40, 0:50]
RGB = np.stack([X * 5, Y * 6, X + Y], -1).astype(np.uint8)


def tiff(
    values: NDArray,
    *,
    photometric: int = 2,
    extra: tuple[int, ...] = (),
    packed: bool = False,
    predictor: int = 1,
    planar: bool = False,
    tile: int = 0,
    order: str = "<",
    packing: int | None = None,
) -> bytes:
    """A TIFF of these numbers, (H, W, C)."""
    height, width, samples = values.shape
    kind = {"u": 1, "i": 2, "f": 3}[values.dtype.kind]
    values = values.astype(values.dtype.newbyteorder(order))
    planes = [values[..., n : n + 1] for n in range(samples)] if planar else [values]
    parts = []
    for plane in planes:
        if not tile:
            parts += [plane[:16], plane[16:]]
            continue
        padded = np.zeros((-(-height // tile) * tile, -(-width // tile) * tile, plane.shape[2]), values.dtype)
        padded[:height, :width] = plane
        for top in range(0, padded.shape[0], tile):
            parts += [padded[top : top + tile, left : left + tile] for left in range(0, padded.shape[1], tile)]
    stored = [packed_part(part, predictor) for part in parts]
    if packed:
        stored = [zlib.compress(part) for part in stored]
    tags = {256: [width], 257: [height], 258: [values.dtype.itemsize * 8] * samples}
    tags |= {259: [packing or (8 if packed else 1)], 262: [photometric], 277: [samples]}
    tags |= {284: [2 if planar else 1], 317: [predictor], 339: [kind] * samples}
    tags |= {338: list(extra)} if extra else {}
    tags |= {322: [tile], 323: [tile]} if tile else {278: [16]}
    place, at = 8, []
    for part in stored:
        at.append(place)
        place += len(part)
    tags |= {324: at, 325: [len(part) for part in stored]} if tile else {273: at, 279: [len(p) for p in stored]}
    table = struct.pack(order + "H", len(tags))
    more, end = b"", place + 2 + 12 * len(tags) + 4
    for tag, numbers in sorted(tags.items()):
        raw = struct.pack(f"{order}{len(numbers)}I", *numbers)
        cell = raw if len(raw) == 4 else struct.pack(order + "I", end + len(more))
        more += raw if len(raw) > 4 else b""
        table += struct.pack(order + "HHI", tag, 4, len(numbers)) + cell
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", place)
    return head + b"".join(stored) + table + bytes(4) + more


def packed_part(part: NDArray, predictor: int) -> bytes:
    if predictor == 2:
        return np.diff(part, axis=1, prepend=part[:, :1] * 0).astype(part.dtype).tobytes()
    if predictor == 3:
        rows, columns, samples = part.shape
        whole = part.astype(part.dtype.newbyteorder(">")).view(np.uint8).reshape(rows, columns * samples, -1)
        shuffled = whole.transpose(0, 2, 1).reshape(rows, -1, samples)
        return np.diff(shuffled, axis=1, prepend=shuffled[:, :1] * 0).astype(np.uint8).tobytes()
    return part.tobytes()


def read(tmp_path: Path, data: bytes) -> NDArray:
    path = tmp_path / "a.tif"
    path.write_bytes(data)
    return np.asarray(decode(path).image)


def refusal(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "a.tif"
    path.write_bytes(data)
    with pytest.raises(PictureRefusedError) as caught:
        decode(path)
    return caught.value.reason_code


TWO = RGB[:32]  # two strips of 16 rows
LAYOUTS = [
    {},
    {"packed": True},
    {"planar": True},
    {"planar": True, "packed": True},
    {"tile": 16},
    {"tile": 16, "packed": True},
    {"predictor": 3, "packed": True},
]


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.parametrize("width", [2, 4, 8])
def test_floating_colours_are_read_however_they_lie(
    tmp_path: Path, width: int, layout: dict[str, object], order: str
) -> None:
    values = (TWO / 255).astype(f"f{width}")
    assert np.abs(read(tmp_path, tiff(values, order=order, **layout)).astype(int) - TWO).max() <= 1


def test_floating_values_become_levels_as_the_table_of_modes_says(tmp_path: Path) -> None:
    assert np.array_equal(read(tmp_path, tiff(TWO.astype("f4"))), TWO)  # 0 … 255 as they are
    wide = (TWO.astype("f4") - 100) * 7  # anything else: smallest to 0, largest to 255, one range for all channels
    seen = read(tmp_path, tiff(wide))
    assert seen.min() == 0 and seen.max() == 255
    strange = (TWO / 255).astype("f4")
    strange[0, 0] = np.nan
    assert read(tmp_path, tiff(strange))[0, 0].tolist() == [0, 0, 0]
    grey = (TWO[..., :1] / 255).astype("f8")
    assert np.array_equal(read(tmp_path, tiff(grey, photometric=1)), TWO[..., 0])
    assert np.array_equal(read(tmp_path, tiff(grey, photometric=0)), 255 - TWO[..., 0])


def test_floating_transparency_has_its_own_range(tmp_path: Path) -> None:
    values = np.concatenate([TWO / 255, np.full((32, 50, 1), 0.5)], -1).astype("f4")
    seen = read(tmp_path, tiff(values, extra=(2,)))
    assert seen.shape[2] == 4 and np.array_equal(seen[..., :3], TWO) and set(seen[..., 3].ravel()) == {128}


def test_wide_whole_numbers_in_colour_are_read(tmp_path: Path) -> None:
    for values in (TWO.astype("u4") * 257, TWO.astype("i4") * 257):
        assert np.array_equal(read(tmp_path, tiff(values)), TWO)
    packed = tiff(TWO.astype("u4") * 257, packed=True, predictor=2)
    assert np.array_equal(read(tmp_path, packed), TWO)


def test_a_floating_tiff_that_is_cut_off_is_truncated(tmp_path: Path) -> None:
    data = tiff((TWO / 255).astype("f4"))
    cut = data[:8] + data[-(len(data) - 8) :]  # whole, to know that the rest is right
    assert np.array_equal(read(tmp_path, cut), TWO)
    moved = data.replace(struct.pack("<I", 8 + 16 * 50 * 12), struct.pack("<I", len(data) - 50))
    assert refusal(tmp_path, moved) == "truncated"


@pytest.mark.parametrize("packing", [34712, 34887, 50002, 33003, 9])
def test_a_packing_that_is_not_known_is_not_damage(tmp_path: Path, packing: int) -> None:
    assert refusal(tmp_path, tiff(TWO, packing=packing)) == "variant"


def test_five_channels_are_not_damage(tmp_path: Path) -> None:
    five = np.concatenate([TWO, TWO[..., :2]], -1)
    assert refusal(tmp_path, tiff(five, photometric=1, extra=(0, 0, 0, 0))) == "variant"


def test_a_tiff_whose_tags_mean_nothing_is_damaged(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"II*\0\x08\0\0\0" + b"\xff" * 60) in {"broken", "truncated"}


def jpeg(**options: object) -> bytes:
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, "JPEG", **options)
    return buffer.getvalue()


KINDS_OF_JPEG = [{}, {"progressive": True}, {"subsampling": "4:4:4", "quality": 95}, {"restart_marker_blocks": 4}]


@pytest.mark.parametrize("options", KINDS_OF_JPEG, ids=str)
def test_a_jpeg_without_its_end_marker_is_read_if_all_pixels_are_there(
    tmp_path: Path, options: dict[str, object]
) -> None:
    data = jpeg(**options)
    path = tmp_path / "whole.jpg"
    path.write_bytes(data)
    assert np.array_equal(read(tmp_path, data[:-2]), np.asarray(decode(path).image))
    assert np.array_equal(read(tmp_path, data[:-1]), np.asarray(decode(path).image))


@pytest.mark.parametrize("options", KINDS_OF_JPEG, ids=str)
@pytest.mark.parametrize("missing", [8, 20, 100, 400, 1500])
def test_a_jpeg_that_lacks_pixels_is_refused(tmp_path: Path, options: dict[str, object], missing: int) -> None:
    assert refusal(tmp_path, jpeg(**options)[: -2 - missing]) == "truncated"


def test_a_progressive_jpeg_without_its_last_passes_is_refused(tmp_path: Path) -> None:
    data = jpeg(progressive=True)
    scans = [at for at in range(len(data)) if data[at : at + 2] == b"\xff\xda"]
    tables = data.rfind(b"\xff\xc4", 0, scans[-1])
    assert refusal(tmp_path, data[: tables if tables > scans[-2] else scans[-1]]) == "truncated"


def test_a_lossless_jpeg_and_one_of_12_bits_are_not_damage(tmp_path: Path) -> None:
    data = jpeg()
    frame = data.index(b"\xff\xc0")
    assert refusal(tmp_path, data[: frame + 1] + b"\xc3" + data[frame + 2 :]) == "variant"
    assert refusal(tmp_path, data[: frame + 4] + b"\x0c" + data[frame + 5 :]) == "variant"


def bmp(masks: tuple[int, ...], bits: int, pixels: NDArray, header: int = 40) -> bytes:
    body = pixels.tobytes()
    place = 14 + header + (12 if header == 40 else 0)
    info = struct.pack("<IiiHHIIiiII", header, pixels.shape[1], pixels.shape[0], 1, bits, 3, len(body), 0, 0, 0, 0)
    info += struct.pack(f"<{len(masks)}I", *masks)
    return b"BM" + struct.pack("<IHHI", place + len(body), 0, 0, place) + info.ljust(place - 14, b"\0") + body


def test_bitmaps_with_any_masks_are_read(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 4096, (8, 8), dtype="<u2")
    seen = read(tmp_path, bmp((0xF00, 0xF0, 0xF), 16, values))
    upright = values[::-1].astype(int)
    wanted = np.stack([upright >> 8 & 15, upright >> 4 & 15, upright & 15], -1) * 17
    assert np.array_equal(seen, wanted)
    wide = np.random.default_rng(0).integers(0, 2**30, (8, 8), dtype="<u4")
    seen = read(tmp_path, bmp((0x3FF, 0x3FF << 10, 0x3FF << 20), 32, wide))
    wanted = np.stack([wide[::-1] >> shift & 1023 for shift in (0, 10, 20)], -1) * (255 / 1023)
    assert np.abs(seen - wanted).max() <= 0.51


def test_a_bitmap_of_a_rare_packing_is_not_damage(tmp_path: Path) -> None:
    data = bytearray(bmp((0xF00, 0xF0, 0xF), 16, np.zeros((8, 8), "<u2")))
    data[30] = 4  # a JPEG inside
    assert refusal(tmp_path, bytes(data)) == "variant"
