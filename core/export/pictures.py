"""Pictures of a step or of all steps as PNG, and the whole denoising as a film: GIF, APNG, WebP, MP4."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ..recording import Recording
from ..runs.atomic import write_bytes
from ..runs.grids import GAP_PX, SETTINGS_KEY, grid, read_whole, save_picture
from . import Exported, ExportProgress, Generation

Pixels = NDArray[np.uint8]
#: (recording, step, picture) → (H, W, C)
Draw = Callable[[Recording, int, int], Pixels]
Told = Iterator[ExportProgress | Exported]

LEAST_PX = 256  #: what is saved is enlarged by a whole number until its shorter side has this
MOST_FRAMES = 150  #: of a film; a longer recording is thinned evenly
PALETTE_PIXELS = 20_000  #: of a GIF's frame are looked at to choose its 256 colours
HOLD_MS = 2000  #: the last frame of a film
FRAME_MS = 100


# --- drawing ---------------------------------------------------------------------------------------------


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


def draw_x_0(recording: Recording, step: int, picture: int) -> Pixels:  # noqa: ARG001 (a Draw)
    """The predicted pictures of a step."""
    return grid(recording.x_0(step))


def draw_x_t(recording: Recording, step: int, picture: int) -> Pixels:  # noqa: ARG001 (a Draw)
    """The noisy pictures of a step."""
    return grid(recording.x_t(step))


def draw_both(recording: Recording, step: int, picture: int) -> Pixels:  # noqa: ARG001 (a Draw)
    """Both, side by side."""
    return side_by_side(grid(recording.x_t(step)), grid(recording.x_0(step)))


def draw_strip(recording: Recording, step: int, picture: int) -> Pixels:  # noqa: ARG001 (a Draw)
    """x_t over x̂_0 of one picture through all steps."""
    shown = thinned(recording.arrived, MOST_FRAMES)
    rows = ([recording.x_t(k)[picture] for k in shown], [recording.x_0(k)[picture] for k in shown])
    return joined([joined(row, GAP_PX, axis=1) for row in rows], GAP_PX, axis=0)


def thinned(count: int, most: int) -> list[int]:
    """At most `most` indices of 0 … count-1, evenly spread, first and last among them."""
    if count <= most:
        return list(range(count))
    return [round(k * (count - 1) / (most - 1)) for k in range(most)]


# --- PNG -------------------------------------------------------------------------------------------------


def _png(draw: Draw, path: Path, generation: Generation, *, of_step: bool = True) -> Told:
    recording, step = generation.recording, generation.step
    shown = {"step": step + 1, "t": int(recording.t[step])} if of_step else {"index": generation.picture}
    pixels = enlarge(draw(recording, step, generation.picture))
    save_picture(path, pixels, settings={**generation.settings, **shown})
    yield Exported(path)


write_x_0 = partial(_png, draw_x_0)
write_x_t = partial(_png, draw_x_t)
write_both = partial(_png, draw_both)
write_strip = partial(_png, draw_strip, of_step=False)


# --- films: x_t and x̂_0 of all pictures side by side through all steps, then the result, which is held ------


@dataclass(frozen=True, slots=True)
class Film:
    """Pictures that follow each other.

    frames    (H, W, C) each, all of one size
    count     how many there are
    settings  what made them, which is kept in the file as JSON
    frame_ms  how long each is seen, but the last, which is held
    """

    frames: Iterator[Pixels]
    count: int
    settings: Mapping[str, object]
    frame_ms: int = FRAME_MS

    def settings_text(self) -> str:
        """The settings as the file has them."""
        return json.dumps(dict(self.settings), default=str)


def film_of_grids(paths: Sequence[Path], settings: Mapping[str, object], frame_ms: int = FRAME_MS) -> Film:
    """The grids of samples of a run, PNGs in order, each as it is; at most MOST_FRAMES of them, evenly spread.

    A grid of another size than the last, from before its settings were changed, is left out as it is read. Raises
    RunError while it is read.
    """
    shown = [paths[k] for k in thinned(len(paths), MOST_FRAMES)]
    size = read_whole(shown[-1]).shape
    frames = (pixels for pixels in map(read_whole, shown) if pixels.shape == size)
    return Film(frames, len(shown), settings, frame_ms)


def film_of(generation: Generation) -> Film:
    """x_t and x̂_0 of all pictures side by side through all steps, then the result."""
    recording = generation.recording
    return Film(_film(recording), _film_length(recording), generation.settings)


def save_gif(path: Path, film: Film) -> Told:
    """The settings are its comment.

    Each frame has a palette of its own by median cut: with noise beside it the predicted picture then is off by 1 to 2
    levels of 255, by 3 with an octree and by 14 with the palette of largest coverage. Raises StudioError.
    """
    comment = film.settings_text().encode("ascii")
    return _pillow_film(path, film, _in_256_colours, "GIF", disposal=1, optimize=False, comment=comment)


def save_apng(path: Path, film: Film) -> Told:
    """Every pixel as it is; the settings are where those of a PNG are. Raises StudioError."""
    text = PngInfo()
    text.add_text(SETTINGS_KEY, film.settings_text())
    return _pillow_film(path, film, _as_it_is, "PNG", pnginfo=text)


def save_webp(path: Path, film: Film) -> Told:
    """Every pixel as it is; the settings are the EXIF's description. Raises StudioError."""
    exif = Image.Exif()
    exif[0x010E] = film.settings_text()
    # The least effort: more takes ten times as long for a twentieth of the size.
    return _pillow_film(path, film, _as_it_is, "WEBP", lossless=True, method=0, quality=0, exif=exif)


#: Nearly without loss. PyAV makes Y'CbCr as BT.601 has it; where that is not said players take BT.709 from 720 lines
#: on, and colours are off by up to 40 of 255.
H264 = {"crf": "12", "x264-params": "colormatrix=smpte170m"}


def save_mp4(path: Path, film: Film) -> Told:
    """H.264 by PyAV, in the colours that every player knows; the settings are its comment. Raises StudioError."""
    import av

    # Through memory: of a file that takes no more PyAV tells an error of its own, which says nothing of the disk.
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as written:
        written.metadata["comment"] = film.settings_text()
        stream: Any = None
        image: Image.Image | None = None
        for done, pixels in enumerate(film.frames, start=1):
            image = _even(_as_it_is(pixels).convert("RGB"))
            if stream is None:
                stream = written.add_stream("libx264", rate=Fraction(1000, film.frame_ms), options=H264)
                stream.width, stream.height, stream.pix_fmt = *image.size, "yuv420p"
            written.mux(stream.encode(av.VideoFrame.from_image(image)))
            yield ExportProgress(done, film.count)
        # Held frames are said again: some players ignore how long a frame is.
        for _ in range(HOLD_MS // film.frame_ms - 1) if image is not None else ():
            written.mux(stream.encode(av.VideoFrame.from_image(image)))
        written.mux(stream.encode())
    write_bytes(path, buffer.getvalue())
    yield Exported(path)


#: The suffix of a film's file → what writes it.
FILMS: dict[str, Callable[[Path, Film], Told]] = {
    ".gif": save_gif,
    ".apng": save_apng,
    ".webp": save_webp,
    ".mp4": save_mp4,
}


def _writer(save: Callable[[Path, Film], Told], path: Path, generation: Generation) -> Told:
    return save(path, film_of(generation))


write_gif = partial(_writer, save_gif)
write_apng = partial(_writer, save_apng)
write_webp = partial(_writer, save_webp)
write_mp4 = partial(_writer, save_mp4)


def _pillow_film(
    path: Path, film: Film, as_image: Callable[[Pixels], Image.Image], kind: str, **options: object
) -> Told:
    frames: list[Image.Image] = []
    for pixels in film.frames:
        frames.append(as_image(pixels))
        yield ExportProgress(len(frames), film.count)
    durations = [film.frame_ms] * (len(frames) - 1) + [HOLD_MS]
    buffer = io.BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:], duration=durations, loop=0, **options)
    write_bytes(path, buffer.getvalue())
    yield Exported(path)


def _film(recording: Recording) -> Iterator[Pixels]:
    for k in thinned(recording.arrived, MOST_FRAMES):
        yield draw_both(recording, k, 0)
    if recording.final is not None:
        result = grid(recording.final)
        yield side_by_side(result, result)


def _film_length(recording: Recording) -> int:
    return min(recording.arrived, MOST_FRAMES) + (recording.final is not None)


def _as_it_is(pixels: Pixels) -> Image.Image:
    return _enlarged(_on_white(pixels))


def _in_256_colours(pixels: Pixels) -> Image.Image:
    """Reduced to 256 colours first and enlarged then: the colours are counted on a small picture."""
    small = _on_white(pixels)
    if small.mode == "RGB":
        # Median cut of a large noisy picture takes a quarter of a second; a sample of its pixels has the same colours.
        stride = round(math.sqrt(small.width * small.height / PALETTE_PIXELS))
        if stride <= 1:
            small = small.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        else:
            sample = Image.fromarray(np.ascontiguousarray(np.asarray(small)[::stride, ::stride]))
            palette = sample.quantize(256, method=Image.Quantize.MEDIANCUT)
            small = small.quantize(palette=palette, dither=Image.Dither.NONE)
    return _enlarged(small)


def _on_white(pixels: Pixels) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels))
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image


def _enlarged(small: Image.Image) -> Image.Image:
    factor = max(1, math.ceil(LEAST_PX / min(small.size)))
    return small.resize((small.width * factor, small.height * factor), Image.Resampling.NEAREST)


def _even(image: Image.Image) -> Image.Image:
    """Its sides even, as the colours of H.264 need them: a white line at most is added."""
    width, height = (side + side % 2 for side in image.size)
    if (width, height) == image.size:
        return image
    padded = Image.new("RGB", (width, height), "white")
    padded.paste(image)
    return padded
