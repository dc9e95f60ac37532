"""Pictures and films to keep: the shown step as PNG, the whole denoising as GIF. Plain functions, no window."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from core.storage.atomic import write_bytes

from .trajectory import Recording

Pixels = NDArray[np.uint8]

GAP_PX = 2  #: between two pictures of a grid, before enlarging
LEAST_PX = 256  #: what is saved is enlarged by a whole number until its shorter side has this
MOST_FRAMES = 150  #: of a GIF; a longer recording is thinned evenly
HOLD_MS = 2000  #: the last frame of a GIF
FRAME_MS = 100


@dataclass(frozen=True, slots=True)
class PngKind:
    """One row of the *Save PNG* menu: what a picture of a recording can show."""

    name: str  #: part of the suggested file name
    draw: Callable[[Recording, int, int], Pixels]  #: (recording, step, picture) → (H, W, C)


def grid(pictures: Pixels, columns: int) -> Pixels:
    """(N, H, W, C) laid out row by row on white, (rows·H + gaps, columns·W + gaps, C)."""
    count, height, width, channels = pictures.shape
    rows = math.ceil(count / columns)
    out = np.full(
        (rows * height + (rows - 1) * GAP_PX, columns * width + (columns - 1) * GAP_PX, channels), 255, np.uint8
    )
    for k, picture in enumerate(pictures):
        top, left = k // columns * (height + GAP_PX), k % columns * (width + GAP_PX)
        out[top : top + height, left : left + width] = picture
    return out


def square_columns(count: int) -> int:
    """Columns of the squarest grid of `count` pictures."""
    return math.ceil(math.sqrt(count))


def side_by_side(left: Pixels, right: Pixels) -> Pixels:
    """Two pictures of one height with a white gap of a few pixels."""
    gap = np.full((left.shape[0], 4 * GAP_PX, left.shape[2]), 255, np.uint8)
    return np.concatenate([left, gap, right], axis=1)


def enlarge(pixels: Pixels) -> Pixels:
    """Enlarged by the whole number that gives the shorter side at least LEAST_PX; pixels stay squares."""
    factor = max(1, math.ceil(LEAST_PX / min(pixels.shape[:2])))
    return pixels.repeat(factor, axis=0).repeat(factor, axis=1)


def _draw_x_0(recording: Recording, step: int, picture: int) -> Pixels:  # noqa: ARG001 (a row of PNG_KINDS)
    return grid(recording.x_0(step), square_columns(recording.count))


def _draw_x_t(recording: Recording, step: int, picture: int) -> Pixels:  # noqa: ARG001 (a row of PNG_KINDS)
    return grid(recording.x_t(step), square_columns(recording.count))


def _draw_both(recording: Recording, step: int, picture: int) -> Pixels:
    return side_by_side(_draw_x_t(recording, step, picture), _draw_x_0(recording, step, picture))


def _draw_strip(recording: Recording, step: int, picture: int) -> Pixels:  # noqa: ARG001 (a row of PNG_KINDS)
    shown = thinned(recording.arrived, MOST_FRAMES)
    pictures = np.concatenate(
        [
            np.stack([recording.x_t(k)[picture] for k in shown]),
            np.stack([recording.x_0(k)[picture] for k in shown]),
        ]
    )
    return grid(pictures, len(shown))


PNG_KINDS: dict[str, PngKind] = {
    "x_0": PngKind("predicted", _draw_x_0),
    "x_t": PngKind("x_t", _draw_x_t),
    "both": PngKind("both", _draw_both),
    "strip": PngKind("strip", _draw_strip),
}


def thinned(count: int, most: int) -> list[int]:
    """At most `most` indices of 0 … count-1, evenly spread, first and last among them."""
    if count <= most:
        return list(range(count))
    return [round(k * (count - 1) / (most - 1)) for k in range(most)]


def write_png(path: Path, pixels: Pixels, settings: Mapping[str, object]) -> None:
    """Write (H, W, C) as PNG with `settings` as its text entries. Raises StudioError when it cannot be written."""
    text = PngImagePlugin.PngInfo()
    for name, value in settings.items():
        text.add_itxt(name, str(value))
    buffer = io.BytesIO()
    _image(pixels).save(buffer, "PNG", pnginfo=text)
    write_bytes(path, buffer.getvalue())


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """`done` of `of` frames of a film are ready."""

    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Exported:
    """The film is on the disk."""

    path: Path


def write_gif(path: Path, recording: Recording) -> Iterator[ExportProgress | Exported]:
    """x_t and x̂_0 of all pictures side by side through all steps, then the result, which is held.

    Each frame has a palette of its own by median cut: with noise beside it the predicted picture then is off by 1 level
    of 255, by 3 with an octree and by 14 with the palette of largest coverage. Raises StudioError.
    """
    columns = square_columns(recording.count)
    shown = thinned(recording.arrived, MOST_FRAMES)
    total = len(shown) + (recording.final is not None)
    frames: list[Image.Image] = []
    for k in shown:
        frames.append(_gif_frame(side_by_side(grid(recording.x_t(k), columns), grid(recording.x_0(k), columns))))
        yield ExportProgress(len(frames), total)
    if recording.final is not None:
        result = grid(recording.final, columns)
        frames.append(_gif_frame(side_by_side(result, result)))
        yield ExportProgress(len(frames), total)
    durations = [FRAME_MS] * (len(frames) - 1) + [HOLD_MS]
    buffer = io.BytesIO()
    frames[0].save(
        buffer, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0, disposal=1, optimize=False
    )
    write_bytes(path, buffer.getvalue())
    yield Exported(path)


def _gif_frame(pixels: Pixels) -> Image.Image:
    """Reduced to 256 colours first and enlarged then: the colours are counted on a small picture."""
    small = _image(pixels)
    if small.mode == "RGBA":
        small = Image.alpha_composite(Image.new("RGBA", small.size, "white"), small).convert("RGB")
    if small.mode == "RGB":
        small = small.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    factor = max(1, math.ceil(LEAST_PX / min(small.size)))
    return small.resize((small.width * factor, small.height * factor), Image.Resampling.NEAREST)


def _image(pixels: Pixels) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels))
