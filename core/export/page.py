"""A generation as one HTML page with a scrubber: x_t, x̂_0 and the terms of every step, without any network.

Everything is in the file: style, script and pictures, which are 8-bit PNG sprites as data URIs, one for each layer and
step. A sprite holds the values themselves, all channels of a picture below each other in grey, each step scaled by the
largest of them: so the page can show them at any contrast and add them up. 16 pictures of 32 px over 25 steps are at
most 5 MB; a longer or larger recording is thinned (MOST_VALUES).
"""

from __future__ import annotations

import io
import json
import math
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from einops import rearrange
from PIL import Image

from ..catalogue import OBJECTIVES, SAMPLERS
from ..pictures.feed.conditions import as_shown
from ..recording import Pictures, RecordedTerm, Recording, Values
from ..runs.atomic import write_text
from . import Exported, ExportProgress, Generation
from .pictures import thinned
from .template import printable, template

#: Values of x_t that a page holds, four times those of 16 RGB pictures of 32 px over 25 steps: some 20 MB.
MOST_VALUES = 4 * 16 * 25 * 3 * 32 * 32
#: Before pictures are left out, steps are, down to these.
LEAST_STEPS = 12
#: Of the sprites in base64, for each value of x_t: 5 MB for those of MOST_VALUES / 4, with the page around them; and
#: what every PNG has besides.
MOST_BYTES, PNG_BYTES = 3.93, 400
#: Levels of a layer. What is only looked at, and at half contrast, needs fewer, and noise costs by the bit.
LEVELS = {"x_t": 192, "x_0": 256, "final": 256, "condition": 256, "output": 32}
LEVELS_ELSE = 96
#: Which share of them is left where the pictures shrink so little that the page grows beyond MOST_BYTES.
DETAILS = (1.0, 0.6, 0.35)
#: Below this √(1−ᾱ), ε̂ cannot be had from 8-bit x_t and x̂_0: their rounding is divided by it.
LEAST_SPREAD = 0.2


def write_page(path: Path, generation: Generation) -> Iterator[ExportProgress | Exported]:
    """Write the page. Raises RunError."""
    recording = generation.recording
    size = recording.started.height * recording.started.width * recording.started.channels
    pictures = max(1, min(recording.count, MOST_VALUES // (size * LEAST_STEPS)))
    shown = thinned(recording.arrived, max(2, MOST_VALUES // (size * pictures)))
    for detail in DETAILS:
        sprites = _Sprites(recording, pictures, detail)
        if generation.request is not None and generation.request.beginning.row:
            sprites.columns = pictures  # as it was asked for: in one row
        condition = sprites.of_condition()
        steps = []
        for done, index in enumerate(shown, start=1):
            steps.append(_step(sprites, index))
            yield ExportProgress(done, len(shown))
        if sprites.size_bytes <= MOST_BYTES * size * pictures * len(shown) + PNG_BYTES * len(sprites.made):
            break
    data = {
        "title": _title(generation),
        "pictures": pictures,
        "allPictures": recording.count,
        "allSteps": recording.steps,
        "columns": sprites.columns,
        "height": recording.started.height,
        "width": recording.started.width,
        "channels": recording.started.channels,
        "black": -1 if recording.started.normalized else 0,
        "letter": OBJECTIVES[recording.started.objective].letter,
        "classes": [generation.words_of(picture) for picture in range(pictures)],
        "settings": [[name, _in_words(value)] for name, value in generation.settings.items()],
        "condition": condition,
        "steps": steps,
        "sprites": sprites.made,
    }
    text = template("page.html", _title(generation))
    # Within a script element nothing is markup but its own end, and a line that begins a comment.
    quoted = json.dumps(data, ensure_ascii=True, default=str, allow_nan=False).replace("<", "\\u003c")
    # The last: a title may be called so.
    before, data_at, after = text.rpartition("/*DATA*/null")
    assert data_at, "the template has a place for the data"
    write_text(path, before + quoted + after)
    yield Exported(path)


class _Sprites:
    """The layers that the steps need, each made once: key → [PNG in base64, largest value, highest level]."""

    def __init__(self, recording: Recording, pictures: int, detail: float) -> None:
        self.recording, self.pictures, self._detail = recording, pictures, detail
        self.columns = math.ceil(math.sqrt(pictures))
        self.made: dict[str, list[object]] = {}
        self.size_bytes = 0

    def of_layer(self, layer: str, index: int) -> str:
        """The key of a layer of a step; without layers, of the pixels."""
        recording = self.recording
        if not recording.has_layers:
            pixels = recording.x_t(index) if layer == "x_t" else recording.x_0(index)
            return self.of(f"{layer}:{index}", self._of_pixels(pixels))
        return self.of(f"{layer}:{index}", recording.layer(layer, index))

    def of_condition(self) -> str:
        """The key of what the network saw beside x_t, in the pictures' own colours; "" for nothing."""
        started, seen = self.recording.started, self.recording.condition
        if seen is None:
            return ""
        return self.of("condition", self._of_pixels(as_shown(seen, started.channels)))

    def _of_pixels(self, pixels: Pictures) -> Values:
        """In the network's range."""
        low = -1 if self.recording.started.normalized else 0
        values: Values = low + pixels * np.float32((1 - low) / 255)
        return values

    def of(self, key: str, values: Values) -> str:
        """Make a sprite of values (N, H, W, C) under a key, where it is not there yet."""
        if key not in self.made:
            values = values[: self.pictures].astype(np.float64)
            largest = max(
                float(np.abs(values).max()), 1.0 if key[:3] in ("x_t", "x_0", "fin") or key == "condition" else 1e-6
            )
            top = round(self._detail * LEVELS.get(key.partition(":")[0], LEVELS_ELSE)) - 1
            levels = np.rint((values / largest + 1) * (top / 2)).astype(np.uint8)
            spare = -len(levels) % self.columns
            levels = np.pad(levels, ((0, spare), (0, 0), (0, 0), (0, 0)))
            sheet = rearrange(levels, "(rows columns) h w c -> (rows c h) (columns w)", columns=self.columns)
            file = io.BytesIO()
            Image.fromarray(np.ascontiguousarray(sheet)).save(file, "PNG", optimize=True)
            text = b64encode(file.getvalue()).decode()
            self.size_bytes += len(text)
            self.made[key] = [text, float(f"{largest:.6g}"), top]
        return key


def _step(sprites: _Sprites, index: int) -> dict[str, object]:
    """What the page tells of a step; its layers go into the sprites."""
    recording, pictures = sprites.recording, sprites.pictures
    signal, spread = recording.signal_and_spread(index)
    told: dict[str, object] = {
        "number": index + 1,
        "t": int(recording.t[index]),
        "next": int(recording.t_next[index]),
        "signal": signal,
        "spread": spread,
        "x_t": sprites.of_layer("x_t", index),
        "x_0": sprites.of_layer("x_0", index),
        "terms": [],
    }
    if not recording.has_layers:
        return told
    factors = OBJECTIVES[recording.started.objective].x_start_factors
    made = recording.x_next(index)
    if spread < LEAST_SPREAD:
        told["pred_noise"] = sprites.of_layer("pred_noise", index)
    if made is not None:
        told["made"] = sprites.of(_key_of_x_next(recording, index), made)
        told["terms"] = [_term(sprites, index, term) for term in recording.terms(index)]
        told["deviation"] = recording.deviation(index)
    return told | {
        "output": sprites.of_layer("output", index),
        "factors": None if factors is None else factors(signal, spread),
        "clipped": [round(float(share), 6) for share in recording.clipped_share(index)[:pictures]],
    }


def _term(sprites: _Sprites, index: int, term: RecordedTerm) -> dict[str, object]:
    made_at = index - term.steps_back
    spread = sprites.recording.signal_and_spread(made_at)[1]
    derived = term.symbol == "pred_noise" and not term.where and spread >= LEAST_SPREAD
    if derived:  # the page has it from these two
        sprites.of_layer("x_t", made_at)
        sprites.of_layer("x_0", made_at)
    key = f"{term.symbol}:{made_at}" + (f":{term.where}" if term.where else "")
    return {
        "symbol": term.symbol,
        "coefficient": term.coefficient,
        "back": term.steps_back,
        "where": term.where,
        "key": key if derived else sprites.of(key, term.values),
        "from": [made_at, *sprites.recording.signal_and_spread(made_at)] if derived else None,
    }


def _key_of_x_next(recording: Recording, index: int) -> str:
    if recording.has("x_next", index):
        return f"x_next:{index}"
    return f"x_t:{index + 1}" if index + 1 < recording.arrived else "final:0"


def _title(generation: Generation) -> str:
    settings = generation.settings
    sampler = str(settings.get("sampler", ""))
    parts = [settings.get("model", ""), SAMPLERS[sampler].title if sampler in SAMPLERS else sampler]
    return " · ".join(printable(str(part)) for part in parts if part) or "DDPM Studio"


def _in_words(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(_in_words(part) for part in value)
    return printable(str(value))
