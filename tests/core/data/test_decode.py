"""Every way to store colours has one golden result; files that are no pictures are refused with the reason."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.errors import DataError
from core.pictures.decode.decoding import decode, picture_format, prepare, read_picture
from core.pictures.decode.modes import canonical, is_grey
from core.pictures.decode.prepare import scaled_size
from core.pictures.folder.reasons import REASONS

RNG = np.random.default_rng(0)


def saved(tmp_path: Path, image: Image.Image, name: str, **options: object) -> Path:
    path = tmp_path / name
    image.save(path, **options)
    return path


def first_pixel(path: Path) -> tuple[str, object]:
    image = read_picture(path)
    return image.mode, image.getpixel((0, 0))


GOLDEN = [
    ("1", 1, "a.png", ("L", 255)),
    ("L", 77, "a.png", ("L", 77)),
    ("LA", (77, 128), "a.png", ("LA", (77, 128))),
    ("RGB", (1, 2, 3), "a.png", ("RGB", (1, 2, 3))),
    ("RGB", (1, 2, 3), "a.bmp", ("RGB", (1, 2, 3))),
    ("RGBA", (1, 2, 3, 4), "a.png", ("RGBA", (1, 2, 3, 4))),
    ("RGBA", (1, 2, 3, 4), "a.tif", ("RGBA", (1, 2, 3, 4))),
    ("CMYK", (0, 255, 255, 0), "a.tif", ("RGB", (255, 0, 0))),
    ("I;16", 65535, "a.png", ("L", 255)),
    ("I;16", 32768, "a.png", ("L", 128)),
    ("I;16", 256, "a.tif", ("L", 1)),
    ("I", 32768, "a.tif", ("L", 128)),
    ("F", 0.5, "a.tif", ("L", 128)),
    ("F", 200.0, "a.tif", ("L", 200)),
]


@pytest.mark.parametrize(("mode", "colour", "name", "expected"), GOLDEN, ids=str)
def test_each_mode_has_its_result(
    tmp_path: Path, mode: str, colour: object, name: str, expected: tuple[str, object]
) -> None:
    assert first_pixel(saved(tmp_path, Image.new(mode, (4, 4), colour), name)) == expected


def test_lab_becomes_the_colour_it_names(tmp_path: Path) -> None:
    mode, pixel = first_pixel(saved(tmp_path, Image.new("LAB", (4, 4), (255, 128, 128)), "a.tif"))
    assert mode == "RGB" and min(pixel) >= 253  # type: ignore[call-overload]


def test_palettes_with_and_without_transparency(tmp_path: Path) -> None:
    image = Image.new("P", (4, 4), 1)
    image.putpalette([10, 20, 30, 40, 50, 60])
    assert first_pixel(saved(tmp_path, image, "a.png")) == ("RGB", (40, 50, 60))
    assert first_pixel(saved(tmp_path, image, "b.png", transparency=1)) == ("RGBA", (40, 50, 60, 0))
    assert first_pixel(saved(tmp_path, image, "c.png", transparency=bytes([255, 99]))) == ("RGBA", (40, 50, 60, 99))


def test_a_colour_declared_transparent_is(tmp_path: Path) -> None:
    grey = saved(tmp_path, Image.new("L", (4, 4), 7), "l.png", transparency=7)
    assert first_pixel(grey) == ("LA", (7, 0))
    colour = saved(tmp_path, Image.new("RGB", (4, 4), (1, 2, 3)), "rgb.png", transparency=(1, 2, 3))
    assert first_pixel(colour) == ("RGBA", (1, 2, 3, 0))
    deep = saved(tmp_path, Image.new("I;16", (4, 4), 5140), "i16.png", transparency=5140)
    assert first_pixel(deep) == ("LA", (20, 0))


def test_wide_values_are_stretched_not_cut_off() -> None:
    wide = canonical(Image.fromarray(np.array([[-1000, 0], [500, 1_000_000]], np.int32)))
    assert np.asarray(wide).tolist() == [[0, 0], [0, 255]]
    real = canonical(Image.fromarray(np.array([[-1.0, 0.0], [1.0, np.nan]], np.float32)))
    assert np.asarray(real).tolist() == [[0, 128], [255, 128]]


def test_first_frame_of_an_animation(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (5, 5), (shade, 0, 0)) for shade in (200, 100, 0)]
    for name in ("a.gif", "a.webp", "a.png", "a.tif"):
        path = saved(tmp_path, frames[0], name, save_all=True, append_images=frames[1:])
        red = np.asarray(read_picture(path).convert("RGB"))[0, 0, 0]
        assert abs(int(red) - 200) <= 3, name


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(tmp_path: Path, orientation: int, suffix: str) -> None:
    upright = np.zeros((8, 16), np.uint8)
    upright[:4, :8], upright[:4, 8:], upright[4:, :8] = 250, 170, 90
    # What a camera held that way stores: the inverse of what the tag asks for.
    undo = {1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1], 5: upright.T}
    undo |= {6: np.rot90(upright, 1), 7: upright[::-1, ::-1].T, 8: np.rot90(upright, -1)}
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if suffix == "webp" else {"quality": 100} if suffix == "jpg" else {}
    path = saved(tmp_path, Image.fromarray(undo[orientation].copy()), f"a.{suffix}", exif=exif, **options)
    decoded = decode(path)
    assert (decoded.width, decoded.height) == decoded.image.size == (16, 8)
    shown = np.asarray(decoded.image.convert("L")).astype(int)
    assert np.abs(shown - upright).max() <= 3


# Outside of tests the module itself sets this filter.
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_broken_exif_does_not_refuse_a_picture(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("RGB", (4, 4), (9, 9, 9)), "a.jpg", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert read_picture(path).size == (4, 4)


def test_multi_picture_jpegs_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    first, second = Image.new("RGB", (8, 8), (200, 0, 0)), Image.new("RGB", (8, 8), (0, 0, 200))
    first.save(path, format="MPO", save_all=True, append_images=[second])
    assert decode(path).format == "JPEG"
    assert first_pixel(path)[1][0] > 190  # type: ignore[index]


def test_a_draft_keeps_twice_the_wished_size(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("RGB", (1600, 1200), (90, 90, 90)), "a.jpg")
    decoded = decode(path, target_size=64)
    assert (decoded.width, decoded.height) == (1600, 1200)
    assert 128 <= min(decoded.image.size) < 1200


def png_of(width: int, height: int) -> bytes:
    """A legal black PNG that is tiny as a file."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    squeeze = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    body = b"".join(squeeze.compress(row) for _ in range(height)) + squeeze.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def encoded(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(RNG.integers(0, 255, (48, 40, 3), dtype=np.uint8)).save(buffer, kind)
    return buffer.getvalue()


REFUSED = {
    "empty": b"",
    "one byte": b"\xff",
    "text": b"not an image\n" * 100,
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n",
    "a text that begins with BM": b"BMW is a car " * 30,
    "81 MP": png_of(9000, 9000),
    "too thin": png_of(4000, 1),
    "too long": png_of(40_000, 1000),
    "zeros at the end": encoded("JPEG")[:1000] + bytes(1000),
} | {
    f"half a {kind}": encoded(kind)[: len(encoded(kind)) // 2] for kind in ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
}
CODES = {
    "empty": "empty",
    "81 MP": "too-many-pixels",
    "too thin": "too-thin",
    "too long": "too-long",
    **dict.fromkeys(("one byte", "text", "eps", "a text that begins with BM"), "not-a-picture"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_picture_is_refused_in_words(tmp_path: Path, what: str) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(REFUSED[what])
    with pytest.raises(DataError) as caught:
        read_picture(path)
    assert caught.value.fields["reason_code"] == CODES.get(what, "truncated")
    assert str(path) in str(caught.value) and REASONS[str(caught.value.fields["reason_code"])] in str(caught.value)


def test_pipes_folders_and_links_to_nothing_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "nowhere.png").symlink_to("gone.png")
    (tmp_path / "circle.png").symlink_to("circle.png")
    reasons = {}
    for path in sorted(tmp_path.iterdir()):
        with pytest.raises(DataError) as caught:
            read_picture(path)
        reasons[path.name] = caught.value.fields["reason_code"]
    assert reasons == {
        "circle.png": "link-loop",
        "folder.png": "not-a-file",
        "nowhere.png": "dangling-link",
        "pipe.png": "not-a-file",
    }


def test_content_counts_not_the_name() -> None:
    for kind in ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"):
        assert picture_format(encoded(kind)[:32]) == kind


# --- prepare -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("shape", [(8, 8), (30, 8), (5, 90), (64, 65)])
def test_prepare_gives_a_square(channels: int, shape: tuple[int, int]) -> None:
    image = Image.fromarray(RNG.integers(0, 255, (*shape, 3), dtype=np.uint8))
    pixels = prepare(image, size=8, channels=channels)
    assert pixels.shape == (8, 8, channels) and pixels.dtype == np.uint8


@given(
    width=st.integers(1, 3000), height=st.integers(1, 3000), cover=st.tuples(st.integers(1, 512), st.integers(1, 512))
)
def test_a_picture_is_scaled_until_it_just_covers_the_size(width: int, height: int, cover: tuple[int, int]) -> None:
    scaled_width, scaled_height = scaled_size(width, height, cover)
    assert scaled_width == cover[1] or scaled_height == cover[0]  # no further than needed
    assert scaled_width >= cover[1] and scaled_height >= cover[0]
    factor = max(cover[1] / width, cover[0] / height)
    assert abs(scaled_width - width * factor) <= 0.5 + 1e-6 and abs(scaled_height - height * factor) <= 0.5 + 1e-6


@pytest.mark.parametrize("crop", ["centre", "random"])
@pytest.mark.parametrize("shape", [(48, 32), (200, 30), (30, 200), (7, 9)])
def test_prepare_covers_a_size_that_is_not_square(shape: tuple[int, int], crop: str) -> None:
    image = Image.fromarray(RNG.integers(0, 255, (*shape, 3), dtype=np.uint8))
    pixels = prepare(image, size=(24, 16), channels=3, crop=crop, rng=np.random.default_rng(0))
    assert pixels.shape == (24, 16, 3)
    assert pixels.flags.c_contiguous


def test_nothing_is_squashed_into_a_size_that_is_not_square() -> None:
    original = np.zeros((80, 80), np.uint8)
    original[30:50, 30:50] = 255  # a square in the middle stays a square
    pixels = prepare(Image.fromarray(original), size=(40, 20), channels=1)[..., 0] > 127
    assert pixels.shape == (40, 20)
    assert abs(int(pixels.any(axis=0).sum()) - 10) <= 1 and abs(int(pixels.any(axis=1).sum()) - 10) <= 1


def test_the_crop_takes_the_middle_of_what_is_beyond_the_size() -> None:
    ramp = np.tile(np.arange(64, dtype=np.uint8), (16, 1))
    assert prepare(Image.fromarray(ramp), size=(16, 32), channels=1)[0, :, 0].tolist() == list(range(16, 48))
    assert prepare(Image.fromarray(ramp.T.copy()), size=(32, 16), channels=1)[:, 0, 0].tolist() == list(range(16, 48))


def test_a_picture_that_fits_is_not_resampled() -> None:
    original = RNG.integers(0, 255, (8, 20, 3), dtype=np.uint8)
    assert np.array_equal(prepare(Image.fromarray(original), size=8, channels=3), original[:, 6:14])


def test_the_aspect_is_kept() -> None:
    original = np.zeros((40, 80), np.uint8)
    original[10:30, 30:50] = 255  # a square in the middle stays a square
    pixels = prepare(Image.fromarray(original), size=20, channels=1)[..., 0] > 127
    assert abs(int(pixels.any(axis=0).sum()) - 10) <= 1 and abs(int(pixels.any(axis=1).sum()) - 10) <= 1


@pytest.mark.parametrize(("background", "level"), [("white", 255), ("black", 0), ("grey", 128)])
def test_transparency_is_laid_on_the_background_and_hidden_colours_never_bleed(background: str, level: int) -> None:
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[..., 0] = 255  # red everywhere, seen nowhere
    shown = prepare(Image.fromarray(pixels), size=16, channels=3, background=background)
    assert np.array_equal(shown, np.full((16, 16, 3), level, np.uint8))
    assert prepare(Image.fromarray(pixels), size=16, channels=1, background=background).max() == level
    for size in (16, 64):  # scaled or not
        assert not prepare(Image.fromarray(pixels), size=size, channels=4).any()


def test_half_transparent_red_on_white_is_pink() -> None:
    image = Image.new("RGBA", (4, 4), (255, 0, 0, 128))
    assert prepare(image, size=4, channels=3)[0, 0].tolist() == [255, 127, 127]


def test_random_crops_depend_on_the_generator_alone() -> None:
    image = Image.fromarray(RNG.integers(0, 255, (8, 64, 3), dtype=np.uint8))

    def crops(seed: int) -> list[bytes]:
        rng = np.random.default_rng(seed)
        return [prepare(image, size=8, channels=3, crop="random", rng=rng).tobytes() for _ in range(20)]

    assert crops(1) == crops(1) != crops(2)
    assert len(set(crops(1))) > 5


def test_grey_is_judged_by_what_is_visible() -> None:
    assert is_grey(Image.new("RGB", (4, 4), (100, 101, 102)))
    assert not is_grey(Image.new("RGB", (4, 4), (100, 100, 110)))
    assert is_grey(Image.new("RGBA", (4, 4), (255, 0, 0, 0)))
