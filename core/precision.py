"""Which precision is faster on a CPU: the same work in float32 and in bf16, in turns; what was found out is kept.

It depends on the processor and on the network. With AVX512_BF16 a product of large matrices takes half the time in
bf16, and a small network is slower in it all the same; without, bf16 is slower everywhere.
"""

from __future__ import annotations

import contextlib
import json
import math
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from .device import autocast, usual_precision
from .errors import StudioError
from .pictures.feed.cache_folder import NOWHERE, usual_folder
from .randomness import generator
from .reading import read_json
from .runs.atomic import make_folder, write_json
from .sampling import held_in
from .threads import most_threads, using
from .training.events import PrecisionChosen

if TYPE_CHECKING:
    from .diffusion.gaussian_diffusion import GaussianDiffusion

#: A step of about fewer products is float32 without being measured: there is nothing to gain.
WORTH_MEASURING = 10**9
#: So many turns are enough, and fewer say nothing: beside other programs that fill the cores a step may take minutes.
#: One is of as many pictures as fit into about so many seconds, and all together are over after so many.
ENOUGH_TURNS, LEAST_TURNS, LONGEST_TURN_S, TURNS_S = 9, 3, 0.5, 5.0
#: bf16 is taken where a step takes less than this share of its time in float32, and where three of four turns agree.
WORTH_SHARE = 0.95
#: What was measured is kept in this file of the user's cache folder, for so many networks.
PRECISION_FILE, MOST_KEPT = "precision.json", 200


def precision_in_words(event: PrecisionChosen, *, of_what: str = "a step") -> str:
    """One line of it."""
    taken = "bf16" if event.amp == "bf16" else "float32"
    faster = event.float32_s / event.bf16_s
    unsure = ", but not clearly" if event.amp == "off" and faster > 1 else ""
    return (
        f"computes in {taken}: {of_what} took {event.float32_s * 1000:.3g} ms in float32 and "
        f"{event.bf16_s * 1000:.3g} ms in bf16, which is {faster:.2f} times as fast{unsure}"
    )


def faster_sampling(diffusion: GaussianDiffusion, count: int, *, threads: int | None = None) -> PrecisionChosen | None:
    """As `faster_precision`, of a call of the network on a CPU with `count` pictures instead of a training's step."""
    if diffusion.device.type != "cpu":
        return None
    threads = threads or most_threads()
    network = sorted((name, *tensor.shape) for name, tensor in diffusion.state_dict().items())
    key = situation(threads, sha256(json.dumps(network).encode()).hexdigest(), [*diffusion.image_size, count])
    return known_or(key, threads, lambda: _calls_in_turns(diffusion, count))


def sampling_precision(
    diffusion: GaussianDiffusion, wish: str, count: int, *, threads: int | None = None
) -> tuple[str, PrecisionChosen | None]:
    """The row of PRECISIONS that a sampling of `count` pictures computes in, and what was measured for it, if anything.

    "auto" is bf16 or fp16 on a card, as it has it, and on a CPU the faster of "off" and "bf16"; else it is as wished.
    """
    if wish != "auto":
        return wish, None
    usual = usual_precision(diffusion.device)
    if usual is not None:
        return ("bf16" if usual == torch.bfloat16 else "fp16"), None
    chosen = faster_sampling(diffusion, count, threads=threads)
    return ("off" if chosen is None else chosen.amp), chosen


def _calls_in_turns(diffusion: GaussianDiffusion, count: int) -> PrecisionChosen | None:
    height, width = diffusion.image_size
    weights = sum(parameter.numel() for parameter in diffusion.parameters())
    patch = getattr(getattr(diffusion.model, "settings", None), "patch_size", 1)
    if not worth_measuring(weights, height * width // patch**2, count):
        return None
    models = diffusion, held_in(diffusion, torch.bfloat16)
    draw = generator(0, "measuring-sampling")
    t = diffusion.num_timesteps // 2

    def turn(pictures: int) -> tuple[float, float]:
        x_t = torch.randn(pictures, diffusion.channels, height, width, generator=draw)
        spent = []
        for model, dtype in zip(models, (None, torch.bfloat16), strict=True):
            begun = time.perf_counter()
            with torch.no_grad(), autocast(model.device, dtype):
                model.model_predictions(x_t, torch.full((pictures,), t))
            spent.append(time.perf_counter() - begun)
        return spent[0], spent[1]

    return compared(turn, count)


# --- What was measured is kept ---------------------------------------------------------------------------


def known_or(key: str, threads: int, measure: Callable[[], PrecisionChosen | None]) -> PrecisionChosen | None:
    """What the cache has under `key`; else what is measured with so many threads, which goes there."""
    folder = usual_folder()
    path = None if folder == NOWHERE else folder / PRECISION_FILE
    known = _kept(path)
    if key not in known:
        with using(threads):
            found = measure()
        if found is None:
            return None
        known = dict([*known.items(), (key, found)][-MOST_KEPT:])
        if path is not None:
            with contextlib.suppress(StudioError):  # measured again the next time
                make_folder(path.parent)
                write_json(path, {name: asdict(times) for name, times in known.items()})
    return known[key]


def situation(threads: int, network: object, shape: list[int | None]) -> str:
    """All that decides how long a step or a call takes: processor, torch, threads, network and batch."""
    return json.dumps([_processor(), torch.__version__, threads, network, shape])


def _processor() -> list[str]:
    """What the system says of it; it may be a virtual one, whose name says little."""
    names = ("vendor_id", "cpu family", "model", "model name", "flags", "Features")
    with contextlib.suppress(OSError):
        first, _, _ = Path("/proc/cpuinfo").read_text("utf-8", "replace").partition("\n\n")
        return [line for line in first.splitlines() if line.split("\t")[0].split(":")[0].strip() in names]
    return [platform.machine(), platform.processor()]


def _kept(path: Path | None) -> dict[str, PrecisionChosen]:
    """What the file says, oldest first; nothing where it is damaged, or where anybody else wrote it."""
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
        if path is not None:
            found = {key: PrecisionChosen(**times) for key, times in read_json(path).items()}
            if all(_is_sound(times) for times in found.values()):
                return found
    return {}


def _is_sound(times: PrecisionChosen) -> bool:
    seconds = (times.float32_s, times.bf16_s)
    return times.amp in ("off", "bf16") and all(type(s) is float and math.isfinite(s) and s > 0 for s in seconds)


# --- Taking turns ----------------------------------------------------------------------------------------


def worth_measuring(weights: int, points: int, pictures: int) -> bool:
    """Whether there can be anything to gain: of numbers that the network has, points of a picture in it, and pictures.

    Both kinds of work take about weights · points · pictures products, or some times as many.
    """
    return weights * points * pictures >= WORTH_MEASURING


def compared(turn: Callable[[int], tuple[float, float]], most: int) -> PrecisionChosen | None:
    """Which is faster of work with up to `most` pictures; None where that takes too long to be found out.

    turn: does it with so many pictures in float32, then in bf16, and says the seconds of both.
    """
    turn(1)  # the very first takes longer than any other
    if max(turn(1)) > LONGEST_TURN_S:
        return None
    pictures = max(1, min(most, int(LONGEST_TURN_S / max(turn(1)))))
    turn(pictures)
    turns: list[tuple[float, float]] = []
    until = time.perf_counter() + TURNS_S
    while len(turns) < ENOUGH_TURNS and time.perf_counter() < until:
        turns.append(turn(pictures))
    return _judged(turns)


def _judged(turns: list[tuple[float, float]]) -> PrecisionChosen | None:
    """Which of both is faster, from their seconds in turns."""
    if len(turns) < LEAST_TURNS:
        return None
    gains = np.quantile([bf16 / float32 for float32, bf16 in turns], [0.5, 0.75])
    float32_s, bf16_s = (statistics.median(column) for column in zip(*turns, strict=True))
    amp = "bf16" if gains[0] < WORTH_SHARE and gains[1] < 1 else "off"
    return PrecisionChosen(amp, float32_s, bf16_s)
