"""Pictures and films to keep: the shown step as PNG, the whole denoising as GIF. Plain functions, no window."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.recording import Recording
from core.runs.atomic import write_bytes
from core.runs.grids import GAP_PX, grid

Pixels = NDArray[np.uint8]

LEAST_PX = 256  #: what is saved is enlarged by a whole number until its shorter side has this
MOST_FRAMES = 150  #: of a GIF; a longer recording is thinned evenly
PALETTE_PIXELS = 20_000  #: of a GIF's frame are looked at to choose its 256 colours
HOLD_MS = 2000  #: the last frame of a GIF
FRAME_MS = 100


@dataclass(frozen=True, slots=True)
class PngKind:
    """One row of the *Save PNG* menu: what a picture of a recording can show."""

    name: str  #: part of the suggested file name
    draw: Callable[[Recording, int, int], Pixels]  #: (recording, step, picture) → (H, W, C)
    of_step: bool = True  #: whether another step is another picture


def joined(pictures: Sequence[Pixels], gap_px: int, axis: int) -> Pixels:
    """Pictures (H, W, C) side by side (axis 1) or below each other (axis 0) with white between."""
    shape = list(pictures[0].shape)
    shape[axis] = gap_px
    gap = np.full(shape, 255, np.uint8)
    parts = [part for picture in pictures for part in (gap, picture)]
    return np.concatenate(parts[1:], axis=axis)


def side_by_side(left: Pixels, right: Pixels) -> Pixels:
    """Two grids of one height."""
    return joined([left, right], 4 * GAP_PX, axis=1)


def enlarge(pixels: Pixels) -> Pixels:
    """Enlarged by the whole number that gives the shorter side at least LEAST_PX; pixels stay squares."""
    factor = max(1, math.ceil(LEAST_PX / min(pixels.shape[:2])))
    return pixels.repeat(factor, axis=0).repeat(factor, axis=1)


def _draw_x_0(recording: Recording, step: int, picture: int) -> Pixels:  # noqa: ARG001 (a row of PNG_KINDS)
    return grid(recording.x_0(step))


def _draw_x_t(recording: Recording, step: int, picture: int) -> Pixels:  # noqa: ARG001 (a row of PNG_KINDS)
    return grid(recording.x_t(step))


def _draw_both(recording: Recording, step: int, picture: int) -> Pixels:  # noqa: ARG001 (a row of PNG_KINDS)
    return side_by_side(grid(recording.x_t(step)), grid(recording.x_0(step)))


def _draw_strip(recording: Recording, step: int, picture: int) -> Pixels:  # noqa: ARG001 (a row of PNG_KINDS)
    shown = thinned(recording.arrived, MOST_FRAMES)
    rows = ([recording.x_t(k)[picture] for k in shown], [recording.x_0(k)[picture] for k in shown])
    return joined([joined(row, GAP_PX, axis=1) for row in rows], GAP_PX, axis=0)


PNG_KINDS: dict[str, PngKind] = {
    "x_0": PngKind("predicted", _draw_x_0),
    "x_t": PngKind("x_t", _draw_x_t),
    "both": PngKind("both", _draw_both),
    "strip": PngKind("strip", _draw_strip, of_step=False),
}


def thinned(count: int, most: int) -> list[int]:
    """At most `most` indices of 0 … count-1, evenly spread, first and last among them."""
    if count <= most:
        return list(range(count))
    return [round(k * (count - 1) / (most - 1)) for k in range(most)]


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """`done` of `of` frames of a film are ready."""

    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Exported:
    """The film is on the disk."""

    path: Path


def write_gif(path: Path, recording: Recording, settings: Mapping[str, object]) -> Iterator[ExportProgress | Exported]:
    """x_t and x̂_0 of all pictures side by side through all steps, then the result, which is held.

    `settings` become the film's comment, as JSON.

    Each frame has a palette of its own by median cut: with noise beside it the predicted picture then is off by 1 to 2
    levels of 255, by 3 with an octree and by 14 with the palette of largest coverage. Raises StudioError.
    """
    shown = thinned(recording.arrived, MOST_FRAMES)
    total = len(shown) + (recording.final is not None)
    frames: list[Image.Image] = []
    for k in shown:
        frames.append(_gif_frame(side_by_side(grid(recording.x_t(k)), grid(recording.x_0(k)))))
        yield ExportProgress(len(frames), total)
    if recording.final is not None:
        result = grid(recording.final)
        frames.append(_gif_frame(side_by_side(result, result)))
        yield ExportProgress(len(frames), total)
    durations = [FRAME_MS] * (len(frames) - 1) + [HOLD_MS]
    buffer = io.BytesIO()
    frames[0].save(
        buffer,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=0,
        disposal=1,
        optimize=False,
        comment=json.dumps(settings).encode("ascii"),
    )
    write_bytes(path, buffer.getvalue())
    yield Exported(path)


def _gif_frame(pixels: Pixels) -> Image.Image:
    """Reduced to 256 colours first and enlarged then: the colours are counted on a small picture."""
    small = _image(pixels)
    if small.mode == "RGBA":
        small = Image.alpha_composite(Image.new("RGBA", small.size, "white"), small).convert("RGB")
    if small.mode == "RGB":
        # Median cut of a large noisy picture takes a quarter of a second; a sample of its pixels has the same colours.
        stride = round(math.sqrt(small.width * small.height / PALETTE_PIXELS))
        if stride <= 1:
            small = small.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        else:
            sample = Image.fromarray(np.ascontiguousarray(np.asarray(small)[::stride, ::stride]))
            palette = sample.quantize(256, method=Image.Quantize.MEDIANCUT)
            small = small.quantize(palette=palette, dither=Image.Dither.NONE)
    factor = max(1, math.ceil(LEAST_PX / min(small.size)))
    return small.resize((small.width * factor, small.height * factor), Image.Resampling.NEAREST)


def _image(pixels: Pixels) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels))
