"""Pictures that a run or a sampler makes, as PNG files with their settings inside."""

from __future__ import annotations

import json
import math
import os
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from einops import rearrange
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from ..errors import Phrase, RunError, phrase_of
from ..reading import open_regular, parse_json
from .atomic import make_folder, replace_file

__all__ = [
    "grid",
    "make_folder",
    "read_grid",
    "read_settings",
    "read_strip",
    "read_whole",
    "save_grid",
    "save_picture",
    "save_strip",
]

#: The PNG text chunk that holds the settings as JSON.
SETTINGS_KEY = "ddpm-studio"
GAP_PX = 2
#: Of a whole grid: 256 pictures of 256×256 px and a little.
MOST_PIXELS = 20_000_000
#: Of its file: all of them uncompressed, and what is written around them.
MOST_BYTES = 128 << 20
#: Of its file, parts: Pillow looks at each, and an empty one has twelve bytes.
MOST_CHUNKS = 10_000
#: Of a strip.
MOST_LEVELS = 100
#: Rows that are taken out of a grid at once.
_STRIP_PX = 256
_MODES = ("L", "RGB", "RGBA")
#: What `Run.sample_path` calls a grid.
_NAME = re.compile(r"step-([0-9]{8,10})\.png")


def grid(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H', W', C) out of (N, H, W, C): rows of pictures, as square as can be, 2 px of white between them."""
    count = len(images)
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    # White below and to the right of each picture, and white pictures in what is left of the last row.
    padding = (0, rows * columns - count), (0, GAP_PX), (0, GAP_PX), (0, 0)
    padded = np.pad(images, padding, constant_values=255)
    sheet = rearrange(padded, "(rows columns) h w c -> (rows h) (columns w) c", rows=rows)
    return sheet[:-GAP_PX, :-GAP_PX]


def save_grid(path: Path, images: NDArray[np.uint8], *, settings: Mapping[str, object]) -> None:
    """Write (N, H, W, C) pictures as one PNG with the settings in its text. Raises RunError."""
    save_picture(path, grid(images), settings=settings)


def save_strip(
    path: Path, x_t: NDArray[np.uint8], x_0: NDArray[np.uint8], *, t: NDArray[np.int64], name: str, step: int
) -> None:
    """Write (N, H, W, C) noisy pictures over what was predicted from each, as one PNG. Raises RunError."""
    make_folder(path.parent)
    settings: dict[str, object] = {"step": step, "t": t.tolist(), "picture": name}
    rows = [rearrange(np.pad(row, ((0, 0), (0, 0), (0, GAP_PX), (0, 0)), constant_values=255), "n h w c -> h (n w) c")
            for row in (x_t, x_0)]  # fmt: skip
    gap = np.full((GAP_PX, *rows[0].shape[1:]), 255, np.uint8)
    save_picture(path, np.concatenate([rows[0], gap, rows[1]])[:, :-GAP_PX], settings=settings)


def read_strip(
    path: Path, size: tuple[int, int]
) -> tuple[str, NDArray[np.int64], NDArray[np.uint8], NDArray[np.uint8]]:
    """(name, t, x_t, x_0) of a PNG of `save_strip`, whose pictures are of `size`, (H, W) px. Raises RunError."""
    said = read_settings(path)
    t, name = said.get("t"), said.get("picture")
    known = isinstance(t, list) and 0 < len(t) <= MOST_LEVELS and all(type(at) is int and 0 <= at < 2**31 for at in t)
    if not known or not isinstance(name, str):
        raise RunError("storage.not-read", path=path, reason=Phrase("file.grid-size", width=size[1], height=size[0]))
    assert isinstance(t, list)
    pictures = read_grid(path, size, 2 * len(t))
    if len(pictures) != 2 * len(t):
        raise RunError("storage.not-read", path=path, reason=Phrase("file.grid-size", width=size[1], height=size[0]))
    return name, np.array(t, np.int64), pictures[: len(t)], pictures[len(t) :]


def save_picture(path: Path, image: NDArray[np.uint8], *, settings: Mapping[str, object]) -> None:
    """Write one (H, W, C) picture as PNG with the settings in its text. Raises RunError."""
    text = PngInfo()
    text.add_text(SETTINGS_KEY, json.dumps(dict(settings), default=str))
    picture = Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)

    def write(file: BinaryIO) -> None:
        picture.save(file, "PNG", pnginfo=text)

    replace_file(path, write)


def grids_in(folder: Path) -> dict[int, Path]:
    """Step → file of a run's sample grids by their names, oldest first; none where there is no folder."""
    try:
        found = [(_NAME.fullmatch(path.name), path) for path in folder.iterdir()]
    except OSError:
        return {}
    return dict(sorted((int(name[1]), path) for name, path in found if name is not None))


def read_settings(path: Path) -> dict[str, object]:
    """The settings inside a PNG that `save_picture` wrote; empty for any other. Raises RunError as `read_grid`."""
    with opened_grid(path) as image:
        text = image.info.get(SETTINGS_KEY, "{}")
        plain = parse_json(str(text).encode())
    return plain if isinstance(plain, dict) else {}


def read_grid(path: Path, size: tuple[int, int], count: int) -> NDArray[np.uint8]:
    """(N, H, W, C) the first `count` pictures of `size`, (H, W) px, in a PNG of `save_grid`.

    Raises RunError when it cannot be read, or holds none of them.
    """
    with opened_grid(path) as image:
        if image.mode not in _MODES:
            raise ValueError(Phrase("file.pixels-of-kind", kind=image.mode))
        height, width = size
        columns = (image.width + GAP_PX) // (width + GAP_PX)
        count = min(count, columns * ((image.height + GAP_PX) // (height + GAP_PX)))
        if not count:
            raise ValueError(Phrase("file.grid-size", width=width, height=height))
        pictures = np.empty((count, height, width, len(image.getbands())), np.uint8)
        for index, picture in enumerate(pictures):
            top, left = index // columns * (height + GAP_PX), index % columns * (width + GAP_PX)
            for row in range(0, height, _STRIP_PX):  # Pillow makes three copies of what it is asked for
                strip = picture[row : row + _STRIP_PX]
                part = image.crop((left, top + row, left + width, top + row + len(strip)))
                strip[:] = np.asarray(part).reshape(strip.shape)
    return pictures


def read_whole(path: Path) -> NDArray[np.uint8]:
    """(H, W, C) a grid as it is kept, pictures and what is between them. Raises RunError when it cannot be read."""
    with opened_grid(path) as image:
        if image.mode not in _MODES:
            raise ValueError(Phrase("file.pixels-of-kind", kind=image.mode))
        pixels = np.asarray(image)
    return pixels if pixels.ndim == 3 else pixels[..., None]


@contextmanager
def opened_grid(path: Path) -> Iterator[Image.Image]:
    """The picture, not decoded yet. Raises RunError, also for what goes wrong inside."""
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > MOST_BYTES:
                raise ValueError(Phrase("file.has-bytes", bytes=size))
            _require_few_chunks(file, size)
            with Image.open(file, formats=("PNG",)) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise ValueError(Phrase("file.has-pixels", width=image.width, height=image.height))
                yield image
    except UnidentifiedImageError:
        raise RunError("storage.not-read", path=path, reason=Phrase("file.no-png")) from None
    except OSError as error:
        raise RunError("storage.not-read", path=path, reason=phrase_of(error)) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise RunError("storage.not-read", path=path, reason=Phrase("file.too-many-pixels")) from None
    # Pillow's decoder raises whatever the damage trips over.
    except (ValueError, SyntaxError, TypeError, KeyError, EOFError, struct.error, zlib.error, RecursionError) as error:
        raise RunError(
            "storage.not-read", path=path, reason=Phrase("file.damaged-because", reason=phrase_of(error, "Pillow"))
        ) from error


def _require_few_chunks(file: BinaryIO, size: int) -> None:
    """Raises ValueError for more chunks than any grid has; whether it is a PNG at all, Pillow says."""
    at = 8
    for _ in range(MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        at += 12 + int.from_bytes(head[:4], "big")
        if head[4:] == b"IEND" or at >= size:
            file.seek(0)
            return
    raise ValueError(Phrase("file.too-many-chunks", count=MOST_CHUNKS))
