"""The sample grids of a training as pictures inside a page, in a size that stays bounded."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from ..errors import RunError
from ..runs.grids import opened_grid

#: Of all frames together, as they stand in the page (base64); and of the large picture at its end.
FILM_BYTES, LAST_BYTES = 6_000_000, 1_600_000
#: Frames: more are not told apart on a slider.
MOST_FRAMES = 240
#: Sides in pixels: larger grids are made smaller.
FRAME_PX, LAST_PX = 640, 1536
#: Grids up to here are kept exactly, larger ones as a photograph is, at these qualities until it fits.
EXACT_PX, QUALITIES = 320, (88, 75, 60, 40)


@dataclass(frozen=True, slots=True)
class Frame:
    """A grid in the page."""

    step: int
    webp: bytes
    size: tuple[int, int]  #: width and height of the grid, in pixels


def frames_of(grids: Sequence[tuple[int, Path]]) -> Iterator[Frame | None]:
    """Frames of grids that lie evenly over (step, path) pairs, the last among them; None between for progress.

    So many as FILM_BYTES take: every grid, or every 2nd, 4th, … counted from the last. Grids that cannot be read are
    passed over. The frames come last, in order of their steps.
    """
    grids = grids[::-1]  # from the last, which is always in
    every = 1
    while len(range(0, len(grids), every)) > MOST_FRAMES:
        every *= 2
    coarsest = every
    while len(range(0, len(grids), coarsest)) > 8:
        coarsest *= 2
    made: dict[int, Frame | None] = {}
    kept: list[Frame] = []
    while coarsest >= every:
        size = 0
        for index in range(0, len(grids), coarsest):
            if index not in made:
                made[index] = _frame(*grids[index], FRAME_PX, FILM_BYTES // 8)
                yield None
            frame = made[index]
            size += 0 if frame is None else len(frame.webp) * 4 // 3
            if size > FILM_BYTES and kept:
                break
        if size > FILM_BYTES and kept:
            break
        kept = [frame for index in sorted(made, reverse=True) if (frame := made[index]) is not None]
        coarsest //= 2
    yield from kept


def last_grid(grids: Sequence[tuple[int, Path]]) -> Frame | None:
    """The last grid that can be read, large."""
    frames = (_frame(step, path, LAST_PX, LAST_BYTES) for step, path in reversed(grids))
    return next((frame for frame in frames if frame is not None), None)


def _frame(step: int, path: Path, most_px: int, most_bytes: int) -> Frame | None:
    try:
        with opened_grid(path) as image:
            picture = image.convert("RGBA" if "A" in image.getbands() else "RGB")
    except RunError:
        return None
    if max(picture.size) > most_px:
        picture.thumbnail((most_px, most_px), Image.Resampling.LANCZOS)
    data = b""
    for quality in (0, *QUALITIES) if max(picture.size) <= EXACT_PX else QUALITIES:
        file = io.BytesIO()
        picture.save(file, "WEBP", lossless=not quality, quality=quality or 80, method=2)
        data = file.getvalue()
        if len(data) * 4 // 3 <= most_bytes:
            break
    return Frame(step, data, picture.size)
