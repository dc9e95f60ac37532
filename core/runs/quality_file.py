"""What was measured of a run's samples, in small JSON files in its folder. Without torch, and nothing executed.

quality/step-00012000-ema.json is of one checkpoint and its averaged weights; measured again, it is replaced.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..inputs import is_whole
from ..reading import parse_json, read_regular
from .atomic import json_text, make_subfolder, write_json
from .checkpoint_files import LAST_STEP, checksum_of

QUALITY = "quality"
FORMAT = "ddpm-studio quality"
VERSION = 1
#: One is a few kB.
MOST_BYTES = 1 << 18
#: A run has a checkpoint every few minutes; whoever put more files there did not measure them.
MOST_FILES = 10_000
MOST_SPACES = 16
#: Pictures, and steps of a sampler.
MOST_COUNT = 10**9
MOST_SEED = 2**64 - 1

WEIGHTS = ("ema", "raw")

_NAME = re.compile(r"step-([0-9]{8,10})-(ema|raw)\.json")
#: Of a space, a sampler.
_WORD = re.compile(r"[a-z0-9_.+-]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceResult:
    """How far the samples are from the reference pictures in one feature space; intervals are of 95 %.

    The floors are what real pictures themselves come to: two sets of them without a picture in common, as many in each
    as there are samples. Of an unbiased KID they are about 0, and either sign is usual.
    """

    kid: float  #: kernel distance, MMD² with a cubic kernel; 0 in the mean where both are alike
    kid_low: float
    kid_high: float
    fd: float  #: Fréchet distance, biased upwards where there are few pictures: compare with `floor_fd` alone
    fd_low: float
    fd_high: float
    density: float  #: from 0; about 1 where samples lie as the pictures do
    coverage: float  #: 0 … 1, the share of pictures that have a sample among their neighbours
    floor_kid: float
    floor_fd: float
    floor_coverage: float | None = None  #: what two sets of real pictures come to
    floor_kid_low: float | None = None
    floor_kid_high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BitsResult:
    """Bits per dimension of pictures: an upper bound of −log₂ p(picture) over its values of 8 bits.

    The total is prior + Σ_t + decoder. Half the width of its 95 % interval is 1.96 `error`.
    """

    total: float
    error: float  #: standard error over pictures, timesteps and noise
    prior: float  #: L_T
    decoder: float  #: L_0
    pictures: int
    held_out: bool  #: whether they were never trained on


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityResult:
    """A measurement at one step of a training."""

    step: int
    weights: str  #: "ema" or "raw"
    count: int  #: samples, and as many real pictures
    sampler: str
    sampler_steps: int
    seed: int
    spaces: Mapping[str, SpaceResult]  #: a row's name of core.quality.spaces.SPACES → what was found there
    held_out: bool = False  #: whether the real pictures are those that were never trained on
    bits: BitsResult | None = None
    seconds: float | None = field(default=None, compare=False)  #: that it took


def harshest(result: QualityResult) -> str | None:
    """The space that sees the samples furthest from the pictures: of the largest KID; None where there is none.

    The spaces are scaled alike (`core.quality.measuring.compared`). A space that sees no difference may be blind to it.
    """
    return max(result.spaces, key=lambda name: result.spaces[name].kid, default=None)


def quality_path(run_folder: Path, step: int, weights: str) -> Path:
    """Where the measurement of a step and its "ema" or "raw" weights lies."""
    return run_folder / QUALITY / f"step-{step:08d}-{weights}.json"


def save_quality(run_folder: Path, result: QualityResult) -> Path:
    """Put a measurement into the run's folder, in place of an earlier one of the same weights; the file's path.

    Raises RunError where it cannot be written, ValueError for numbers that are none.
    """
    plain: dict[str, Any] = {"format": FORMAT, "version": VERSION, **asdict(result)}
    if _as_result(plain) is None:
        raise ValueError("not finite, or out of range")
    path = quality_path(run_folder, result.step, result.weights)
    make_subfolder(path.parent)
    write_json(path, {**plain, "checksum": checksum_of(plain)})
    return path


def read_quality(run_folder: Path) -> tuple[QualityResult, ...]:
    """The measurements in a run's folder, by step; () where there are none. Never raises for what lies there.

    Files that are damaged, foreign, of a newer version or of another step than their name says are passed over.
    """
    found = []
    try:
        names = [path for path in (run_folder / QUALITY).iterdir() if _NAME.fullmatch(path.name)]
    except (OSError, ValueError):
        return ()
    for path in sorted(names)[:MOST_FILES]:
        result = _read(path)
        match = _NAME.fullmatch(path.name)
        if result is not None and match is not None and (int(match[1]), match[2]) == (result.step, result.weights):
            found.append(result)
    return tuple(sorted(found, key=lambda result: (result.step, result.weights)))


def _read(path: Path) -> QualityResult | None:
    try:
        text = read_regular(path, MOST_BYTES)
        plain = parse_json(text)
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(plain, dict) or plain.get("format") != FORMAT or plain.get("version") != VERSION:
        return None
    try:
        as_written = text == json_text(plain).encode()
    except (ValueError, RecursionError):
        return None
    checksum = plain.pop("checksum", None)
    return _as_result(plain) if as_written and checksum == checksum_of(plain) else None


def as_json(result: QualityResult) -> str:
    """One line of it, as it is in the file."""
    return json.dumps(asdict(result))


def _as_result(plain: dict[str, Any]) -> QualityResult | None:
    spaces = plain.get("spaces")
    if not isinstance(spaces, dict) or not 0 < len(spaces) <= MOST_SPACES:
        return None
    results = {name: _as_space(space) for name, space in spaces.items() if _WORD.fullmatch(name)}
    bits = plain.get("bits")
    as_bits = None if bits is None else _as_bits(bits)
    match plain:
        case {
            "step": step,
            "weights": str(weights),
            "count": count,
            "sampler": str(sampler),
            "sampler_steps": sampler_steps,
            "seed": seed,
            "held_out": bool(held_out),
            "seconds": seconds,
        } if (
            is_whole(step, 0, LAST_STEP)
            and weights in WEIGHTS
            and is_whole(count, 1, MOST_COUNT)
            and _WORD.fullmatch(sampler)
            and is_whole(sampler_steps, 1, MOST_COUNT)
            and is_whole(seed, 0, MOST_SEED)
            and (seconds is None or _is_number(seconds, 0))
            and len(results) == len(spaces)
            and (bits is None or as_bits is not None)
        ):
            good = {name: space for name, space in results.items() if space is not None}
            if len(good) < len(results):
                return None
            return QualityResult(
                step=step,
                weights=weights,
                count=count,
                sampler=sampler,
                sampler_steps=sampler_steps,
                seed=seed,
                spaces=good,
                held_out=held_out,
                bits=as_bits,
                seconds=None if seconds is None else float(seconds),
            )
    return None


#: Of a space, those that may be missing; the others are numbers.
_OPTIONAL = ("floor_coverage", "floor_kid_low", "floor_kid_high")
_NEVER_NEGATIVE = ("fd", "fd_low", "fd_high", "density", "coverage", "floor_fd", "floor_coverage")


def _as_space(plain: object) -> SpaceResult | None:
    if not isinstance(plain, dict) or plain.keys() != set(SpaceResult.__dataclass_fields__):
        return None
    for name, value in plain.items():
        if value is None and name in _OPTIONAL:
            continue
        if not _is_number(value, 0 if name in _NEVER_NEGATIVE else -math.inf):
            return None
    numbers: dict[str, Any] = {name: None if value is None else float(value) for name, value in plain.items()}
    return SpaceResult(**numbers)


def _as_bits(plain: object) -> BitsResult | None:
    if not isinstance(plain, dict) or plain.keys() != set(BitsResult.__dataclass_fields__):
        return None
    numbers = {name: plain[name] for name in ("total", "error", "prior", "decoder")}
    if not all(_is_number(value) for value in numbers.values()) or not isinstance(plain["held_out"], bool):
        return None
    if not is_whole(plain["pictures"], 1, MOST_COUNT):
        return None
    return BitsResult(
        **{name: float(value) for name, value in numbers.items()},
        pictures=plain["pictures"],
        held_out=plain["held_out"],
    )


def _is_number(value: object, low: float = -math.inf) -> bool:
    """Whether it is a finite number from `low`; True and False are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value) and value >= low
    except OverflowError:  # a whole number of a thousand digits
        return False
