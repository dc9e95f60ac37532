"""Files that a stranger's folder may hold: each with its right verdict, and the reason where that could be argued."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
from PIL import Image, features

_RNG = np.random.default_rng(0)
NOISE = Image.fromarray(_RNG.integers(0, 255, (96, 80, 3), dtype=np.uint8))
#: A photograph's kind of content: neighbours are alike.
SMOOTH = Image.fromarray((np.add.outer(np.arange(96), np.arange(80)) + _RNG.integers(0, 9, (96, 80))).astype(np.uint8))


class Case(NamedTuple):
    """What a file is called, what is in it, and what is to be said of it."""

    name: str
    content: bytes
    verdict: str  #: "ok" or a key of REASONS
    why: str = ""


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(
    width: int, height: int, *, depth: int = 1, colour: int = 0, row: bytes | None = None, extra: bytes = b""
) -> bytes:
    """A legal PNG, black where no row is given: tiny as a file, whatever its size in pixels."""
    squeeze = zlib.compressobj(1)
    row = bytes((width * depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour] + 7) // 8) if row is None else row
    body = b"".join(squeeze.compress(b"\0" + row) for _ in range(height)) + squeeze.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def bmp(width: int, height: int, bits: int, pixels: bytes, *, compression: int = 0, palette: bytes = b"") -> bytes:
    offset = 54 + len(palette)
    header = struct.pack(
        "<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(pixels), 0, 0, len(palette) // 4, 0
    )
    return b"BM" + struct.pack("<IHHI", offset + len(pixels), 0, 0, offset) + header + palette + pixels


def tiff(width: int, height: int, tags: dict[int, tuple[int, int]], data: bytes) -> bytes:
    """A TIFF of one strip; tags: number → (type 3 or 4, value), over the plainest grey ones."""
    plain = {256: (4, width), 257: (4, height), 258: (3, 8), 259: (3, 1), 262: (3, 1), 273: (4, 8), 277: (3, 1)}
    plain |= {278: (4, height), 279: (4, len(data))} | tags
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, (kind, value) in sorted(plain.items()))
    ifd = struct.pack("<H", len(plain)) + entries + bytes(4)
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + ifd


def holed(data: bytes, begin: int, count: int) -> bytes:
    return data[:begin] + bytes(count) + data[begin + count :]


WRITTEN: dict[str, bytes] = {
    "png": encoded(NOISE, "PNG"),
    "stored.png": encoded(NOISE, "PNG", compress_level=0),
    "jpg": encoded(NOISE, "JPEG"),
    "optimised.jpg": encoded(SMOOTH, "JPEG", quality=95, optimize=True),
    "progressive.jpg": encoded(NOISE, "JPEG", progressive=True),
    "gif": encoded(NOISE, "GIF"),
    "webp": encoded(NOISE, "WEBP"),
    "lossless.webp": encoded(NOISE, "WEBP", lossless=True),
    "bmp": encoded(NOISE, "BMP"),
    "tif": encoded(NOISE, "TIFF"),
    "lzw.tif": encoded(NOISE, "TIFF", compression="tiff_lzw"),
    "deflate.tif": encoded(NOISE, "TIFF", compression="tiff_adobe_deflate"),
}


def cut() -> Iterator[Case]:
    for name, data in WRITTEN.items():
        for percent in (15, 40, 60, 90):
            yield Case(f"cut_{percent}.{name}", data[: len(data) * percent // 100], "truncated")
    everything = "every pixel is there: only the end mark, and a checksum at most, is not"
    yield Case("cut_end.png", WRITTEN["png"][:-12], "ok", everything)
    yield Case("cut_sum.png", WRITTEN["png"][:-16], "ok", everything)
    yield Case("cut_end.gif", WRITTEN["gif"][:-1], "ok", everything)
    yield Case("cut_end.jpg", WRITTEN["jpg"][:-1], "ok", everything)
    yield Case("cut_pixels.jpg", WRITTEN["jpg"][:-9], "truncated", "the last pixels are not there")
    yield Case("cut_scan.progressive.jpg", WRITTEN["progressive.jpg"][:-200], "truncated", "a coarse picture is not it")


def zeros() -> Iterator[Case]:
    for name in ("jpg", "optimised.jpg", "progressive.jpg", "webp", "lossless.webp", "gif"):
        data = WRITTEN[name]
        half = holed(data, len(data) // 2, len(data) - len(data) // 2)
        yield Case(f"half_zero.{name}", half, "truncated", "decoders take zeros for pixels: half of it would be grey")
    for name in ("jpg", "optimised.jpg", "progressive.jpg", "webp", "lossless.webp"):
        yield Case(f"hole.{name}", holed(WRITTEN[name], len(WRITTEN[name]) // 2, 700), "truncated", "as above")
    for name in ("png", "stored.png"):
        data = WRITTEN[name]
        yield Case(f"half_zero.{name}", holed(data, len(data) // 2, len(data) // 2), "broken", "its checksum says so")
        yield Case(f"hole.{name}", holed(data, len(data) // 2, 512), "broken", "as above; Pillow does not look")
    white = encoded(Image.new("RGB", (800, 600), "white"), "JPEG", optimize=True)
    yield Case("white.jpg", white, "ok", "plain areas are zeros here too, but fewer than a hole has")
    yield Case("white.webp", encoded(Image.new("RGB", (800, 600), "white"), "WEBP"), "ok", "as above")
    bare = "bare pixels: a hole is black, and nothing says that it was not"
    yield Case("hole.bmp", holed(WRITTEN["bmp"], 4096, 4096), "ok", bare)
    yield Case("hole.tif", holed(WRITTEN["tif"], 4096, 4096), "ok", bare)


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]


def altered() -> Iterator[Case]:
    data = WRITTEN["png"]
    yield Case("bad_sum.png", flipped(data, data.index(b"IDAT") + 30), "broken", "a changed byte in the pixels")
    yield Case("bad_header_sum.png", flipped(data, 30), "broken", "the size itself cannot be believed")
    words = png(8, 8, extra=flipped(chunk(b"tEXt", b"Comment\0hello"), 12))
    yield Case("bad_text_sum.png", words, "ok", "only a comment")
    for name, whole in WRITTEN.items():
        yield Case(
            f"garbage_after.{name}", whole + b"garbage" * 500, "ok", "what follows the picture is not the picture"
        )
        yield Case(f"zeros_after.{name}", whole + bytes(5000), "ok", "as above")
    yield Case("zeros_only.png", bytes(4096), "not-a-picture")
    yield Case("no_pixels.png", data[: data.index(b"IDAT") - 4] + chunk(b"IEND", b""), "broken", "no IDAT at all")
    yield Case("wrong_filter.png", png(8, 8).replace(b"IHDR", b"IHDr"), "broken")
    yield Case("no_colours.gif", b"GIF89a" + struct.pack("<HHBBB", 0, 0, 0, 0, 0) + b"\x3b", "broken", "0×0 pixels")


def sizes() -> Iterator[Case]:
    yield Case("size_1x1.png", png(1, 1), "ok", "one pixel is a picture: whether it is of use, its size tells")
    yield Case("size_2x3.gif", encoded(NOISE.resize((2, 3)), "GIF"), "ok")
    yield Case("size_1x100.png", png(1, 100), "ok", "exactly the longest shape that is taken")
    yield Case("size_1x101.png", png(1, 101), "too-thin")
    yield Case("size_4000x1.bmp", bmp(4000, 1, 24, bytes(12000)), "too-thin")
    yield Case("bomb_81MP.png", png(9000, 9000), "too-many-pixels", "Pillow takes it: 243 MB")
    yield Case("bomb_150MP.png", png(12250, 12250), "too-many-pixels", "Pillow only warns")
    yield Case("bomb_1x80M.png", png(80_000_000, 1), "too-long")
    yield Case("bomb_65500.jpg", _jpeg_of_size(65500, 65500), "too-long", "too many pixels as well")
    yield Case("bomb.gif", b"GIF89a\xff\xff\xff\xff" + WRITTEN["gif"][10:], "too-many-pixels", "as above")
    yield Case("bomb_tiff.tif", tiff(30000, 30000, {}, bytes(100)), "too-many-pixels")
    yield Case("bomb_bmp.bmp", bmp(20000, 20000, 24, bytes(100)), "too-many-pixels")
    yield Case(
        "bomb.webp", _webp_of_size(16_384, 16_384), "too-many-pixels", "Pillow makes room before it tells the size"
    )
    yield Case("large.webp", _webp_of_size(8_000, 7_990), "needs-memory", "its decoder wants every pixel twice")
    yield Case("zero_wide.png", png(0, 5), "broken")
    yield Case("edge_8000x8000.png", png(8000, 8000), "ok", "exactly 64 million pixels")
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200 << 20), 9))
    yield Case("bomb_text.png", png(8, 8, extra=text), "ok", "200 MB of comment are nobody's pixels")


def _jpeg_of_size(width: int, height: int) -> bytes:
    data = WRITTEN["jpg"]
    place = data.index(b"\xff\xc0") + 5
    return data[:place] + struct.pack(">HH", height, width) + data[place + 4 :]


def _webp_of_size(width: int, height: int) -> bytes:
    canvas = (
        b"VP8X"
        + struct.pack("<I", 10)
        + bytes(4)
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little")
    )
    body = b"WEBP" + canvas + WRITTEN["webp"][12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def modes() -> Iterator[Case]:
    grey16 = np.linspace(0, 65535, 40 * 40).astype(np.uint16).reshape(40, 40)
    yield Case("i16.png", encoded(Image.fromarray(grey16), "PNG"), "ok")
    yield Case("rgb16.png", png(4, 4, depth=16, colour=2, row=bytes(range(24))), "ok")
    yield Case("la16.png", png(4, 4, depth=16, colour=4, row=bytes(range(16))), "ok")
    yield Case("palette_1bit.png", png(9, 9, colour=3, extra=chunk(b"PLTE", bytes(6))), "ok")
    yield Case("no_palette.png", png(9, 9, colour=3), "broken", "colours by number, and no list of them")
    cmyk = Image.new("CMYK", (40, 40), (1, 2, 3, 4))
    yield Case("cmyk.jpg", encoded(cmyk, "JPEG"), "ok")
    yield Case("cmyk.tif", encoded(cmyk, "TIFF"), "ok")
    yield Case("float.tif", encoded(Image.new("F", (40, 40), 0.5), "TIFF"), "ok")
    yield Case("lab.tif", encoded(Image.new("LAB", (40, 40)), "TIFF"), "ok")
    yield Case("int32.tif", encoded(Image.new("I", (40, 40), 70000), "TIFF"), "ok")
    yield Case("one.tif", encoded(Image.new("1", (40, 40)), "TIFF", compression="group4"), "ok")
    doubles = tiff(4, 4, {258: (3, 64), 339: (3, 3)}, bytes(128))
    yield Case("double.tif", doubles, "ok", "Pillow reads no 64-bit floats; numpy does")
    odd = tiff(4, 4, {259: (3, 34712)}, bytes(16))
    yield Case("jpeg2000_inside.tif", odd, "variant", "a packing that Pillow does not know")
    frames = [NOISE, SMOOTH.convert("RGB")]
    for name, kind in (("pages.tif", "TIFF"), ("anim.gif", "GIF"), ("anim.webp", "WEBP"), ("anim.png", "PNG")):
        moving = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        yield Case(name, moving, "ok", "the first picture counts")
    yield Case(
        "phone.jpg", encoded(frames[0], "MPO", save_all=True, append_images=frames[1:]), "ok", "a JPEG with more"
    )
    palette = Image.new("P", (9, 9), 1)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    yield Case("clear.gif", encoded(palette, "GIF", transparency=1), "ok")
    for bits, count in ((1, 2), (4, 16), (8, 256)):
        row = -(-9 * bits // 32) * 4
        yield Case(f"{bits}_bit.bmp", bmp(9, 9, bits, bytes(row * 9), palette=bytes(4 * count)), "ok")
    yield Case("16_bit.bmp", bmp(8, 9, 16, bytes(16 * 9)), "ok")
    yield Case("32_bit.bmp", bmp(8, 9, 32, bytes(32 * 9)), "ok")
    yield Case("top_down.bmp", bmp(8, -9, 24, bytes(24 * 9)), "ok")
    yield Case("rle8.bmp", bmp(8, 2, 8, b"\x08\x01\0\0\x08\x02\0\1", compression=1, palette=bytes(1024)), "ok")
    yield Case("jpeg_inside.bmp", bmp(8, 8, 24, WRITTEN["jpg"], compression=4), "variant", "a packing for printers")


def not_pictures() -> Iterator[Case]:
    yield Case("empty.png", b"", "empty")
    yield Case("one_byte.jpg", b"\xff", "not-a-picture")
    yield Case("magic_only.png", b"\x89PNG\r\n\x1a\n", "truncated", "it begins as one")
    yield Case("magic_only.jpg", b"\xff\xd8\xff", "truncated", "as above")
    yield Case("text.png", b"not an image\n" * 100, "not-a-picture")
    yield Case("random.jpg", _RNG.bytes(65536), "not-a-picture")
    yield Case("bmw.bmp", b"BMW is a car " * 30, "not-a-picture", "two letters do not make a bitmap")
    yield Case("page.png", b"<!DOCTYPE html><title>404</title>", "not-a-picture", "what a failed download leaves")
    yield Case(
        "eps.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n", "not-a-picture", "a program"
    )
    yield Case("vector.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind-svg", "no pixels; may load others")
    yield Case("photoshop.tif", b"8BPS\0\1" + bytes(6) + b"\0\3" + bytes(100), "kind-psd")
    for kind, name, code in (("ICO", "icon", "ico"), ("JPEG2000", "jpeg2000", "jp2"), ("PPM", "ppm", "pnm")):
        other = "another format, which this program does not read: said so, not called damaged"
        yield Case(f"{name}.png", encoded(NOISE.resize((64, 64)), kind), f"kind-{code}", other)
    if features.check("avif"):
        yield Case("avif.jpg", encoded(NOISE.resize((64, 64)), "AVIF"), "ok")
    heic = struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic" + bytes(200)
    is_read = find_spec("pillow_heif") is not None
    yield Case("heic.jpg", heic, "broken" if is_read else "kind-heic", "as above")
    yield Case("dng_is_tiff.tif", tiff(8, 8, {}, bytes(64)) + bytes(10), "ok", "a TIFF is judged as one")
    yield Case("archive.png", b"PK\3\4" + bytes(60), "not-a-picture")
    yield Case("program.png", b"\x7fELF" + bytes(60), "not-a-picture")


def names() -> Iterator[Case]:
    """Content counts, whatever the name ends in; and no name is too strange."""
    yield Case("jpeg_in_disguise.png", WRITTEN["jpg"], "ok")
    yield Case("png_in_disguise.jpg", WRITTEN["png"], "ok")
    for name in (
        "no_extension",
        "picture.txt",
        "picture.exe",
        "picture.png.bak",
        "picture.",
        ".png",
        ".hidden",
        "UPPER.JPG",
    ):
        yield Case(name, WRITTEN["png"], "ok", "content counts, not the name")
    for name in (
        "ünï çødé 图像 🖼.png",
        "עברית.png",
        "a\nb.png",
        "  spaces  .png",
        "-rf.png",
        "%s%n{0}.png",
        "$(id).png",
    ):
        yield Case(name, WRITTEN["png"], "ok")
    for name in (
        "<b>html&amp;.png",
        "x" * 251 + ".png",
        "a\u202egnp.exe",
        "\x1b[31mred.png",
        "nul\\..\\x.png",
        "é.png",
    ):
        yield Case(name, WRITTEN["png"], "ok")
    yield Case("latin1_\udce9\udcff.png", WRITTEN["png"], "ok", "not UTF-8, and still the same file")
    yield Case("notes.txt", b"nobody claims that this is a picture\n", "")
    yield Case("empty", b"", "")
    yield Case(
        "broken.dat", WRITTEN["png"][:2000], "truncated", "begins as a picture: told, though its name claims none"
    )


TABLES: tuple[Callable[[], Iterator[Case]], ...] = (cut, zeros, altered, sizes, modes, not_pictures, names)
#: Every file of the folder; a verdict of "" passes a file over that is no picture and never claimed to be one.
CASES: tuple[Case, ...] = tuple(case for table in TABLES for case in table())
