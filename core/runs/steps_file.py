"""The timesteps that were fitted to a checkpoint, in a small JSON file beside it. Without torch, and nothing executed.

It holds for one file of tensors, which it names by SHA-256: beside other weights it is refused in a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..errors import CheckpointError, ConfigError, Phrase, phrase_of
from ..inputs import is_whole, length_of
from ..reading import NotRegularError, parse_json, read_regular
from .atomic import json_text, write_json
from .checkpoint_files import checksum_of, steps_path

FORMAT = "ddpm-studio fitted steps"
VERSION = 1
#: A few hundred fits are a few hundred kB.
MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, order=True)
class FitOf:
    """What a fit was made for; for anything else it does not count."""

    weights: str  #: "ema", "raw", or an EMA of a length, "ema-0.08"
    image_size: tuple[int, int]  #: height and width, pixels
    timesteps: int  #: T
    sampler: str
    steps: int


Fits = Mapping[FitOf, tuple[int, ...]]


def read_steps(checkpoint: Path, sha256: str | None) -> Fits:
    """The fitted timesteps beside the checkpoint at `checkpoint`; none where there is no such file.

    sha256: of the checkpoint's tensors. Raises CheckpointError for a file that cannot be read, is not as it was
    written, is of a newer version, or was fitted to other tensors, as one that was copied beside.
    """
    path = steps_path(checkpoint)
    try:
        text = read_regular(path, MOST_BYTES)
        plain = parse_json(text)
    except FileNotFoundError:
        return {}
    except NotRegularError as error:
        raise CheckpointError("steps.damaged", path=path, reason=phrase_of(error)) from None
    except OSError as error:
        raise CheckpointError("storage.not-read", path=path, reason=phrase_of(error)) from error
    except (ValueError, RecursionError):
        raise CheckpointError("steps.damaged", path=path, reason=Phrase("file.text-unreadable")) from None
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise CheckpointError("steps.damaged", path=path, reason=Phrase("file.not-fitted-steps"))
    as_written = text == json_text(plain).encode()
    checksum = plain.pop("checksum", None)
    version = plain.get("version")
    if isinstance(version, int) and version > VERSION and checksum == checksum_of(plain):
        raise CheckpointError("checkpoint.newer", path=path, version=version, known=VERSION)
    if not as_written or version != VERSION or checksum != checksum_of(plain):
        raise CheckpointError("steps.damaged", path=path, reason=Phrase("file.not-as-written"))
    if plain.get("sha256") != sha256:
        raise CheckpointError("steps.of-others", path=path)
    fits = [_as_fit(one) for one in plain["fits"]] if isinstance(plain.get("fits"), list) else [None]
    if None in fits:
        raise CheckpointError("steps.damaged", path=path, reason=Phrase("file.not-fitted-steps"))
    return dict(fit for fit in fits if fit is not None)


def write_steps(checkpoint: Path, sha256: str, fits: Fits) -> Path:
    """Put `fits` beside the checkpoint, with those that are there for the same tensors; the path of the file.

    A file that is damaged, or of other tensors, is replaced; one of a newer version is not. Raises RunError,
    CheckpointError, which also says that the checkpoint is no longer there: who trains may have removed it.
    """
    if not checkpoint.exists():
        raise CheckpointError("steps.checkpoint-gone", path=checkpoint)
    try:
        before = read_steps(checkpoint, sha256)
    except CheckpointError as error:
        if error.code not in ("steps.damaged", "steps.of-others"):
            raise
        before = {}
    all_fits = [{**asdict(of), "times": times} for of, times in sorted({**before, **fits}.items())]
    plain: dict[str, Any] = {"format": FORMAT, "version": VERSION, "sha256": sha256, "fits": all_fits}
    path = steps_path(checkpoint)
    write_json(path, {**plain, "checksum": checksum_of(plain)})
    return path


def _as_fit(plain: object) -> tuple[FitOf, tuple[int, ...]] | None:
    match plain:
        case {
            "weights": str(weights),
            "image_size": [int(height), int(width)],
            "timesteps": int(timesteps),
            "sampler": str(sampler),
            "steps": int(steps),
            "times": list(times),
        } if _are_weights(weights) and _are_steps(times, timesteps, steps):
            return FitOf(weights, (height, width), timesteps, sampler, steps), tuple(times)
    return None


def _are_weights(name: str) -> bool:
    try:
        length_of(name)
    except ConfigError:
        return False
    return True


def _are_steps(times: list[object], timesteps: int, steps: int) -> bool:
    """Whether these are so many timesteps, falling from the last of T."""
    if len(times) != steps or not steps or not all(is_whole(t, 0, timesteps - 1) for t in times):
        return False
    return times[0] == timesteps - 1 and all(later < t for t, later in pairwise(times))  # type: ignore[operator]
