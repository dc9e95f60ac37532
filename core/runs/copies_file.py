"""How near the samples of a step are to the training pictures: a PNG of the nearest ones with the numbers inside."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from ..errors import Phrase, RunError
from ..inputs import is_whole
from .grids import read_grid, read_settings, save_grid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: A copy is so many times nearer to a training picture than to the next one (Yoon et al. 2023, "Diffusion
#: probabilistic models generalize when they fail to memorize"; Gu et al. 2023, arXiv 2310.02664).
COPY_RATIO = 1 / 3
#: Half of one of the 255 levels: as far as rounding to 8 bits can take a picture.
SAME = 1 / 255
#: Samples, and characters of a picture's name, that a file may speak of.
MOST_SAMPLES, LONGEST_NAME = 4096, 4096


@dataclass(frozen=True, eq=False)
class Copies:
    """The N samples of a grid beside the training pictures that are nearest to them.

    Distances are RMS over pixels and channels, in normalised space, the lesser of a picture and its mirrors.

    nearest    (N, H, W, C) uint8, turned as they are nearest
    names      of these N pictures
    distances  (N,) to them
    ratios     (N,) these, divided by the mean distance to the 50 nearest, or to all where there are fewer
    usual      what distances are compared with: the median distance to the nearest training picture of held-out
               pictures, or, where none are held out, of training pictures to another one; NaN where there is none
    held_out   which of the two
    looked_at, pictures   how many training pictures were looked at, and there are
    """

    step: int
    nearest: NDArray[np.uint8]
    names: tuple[str, ...]
    distances: NDArray[np.float64]
    ratios: NDArray[np.float64]
    usual: float
    held_out: bool
    looked_at: int
    pictures: int

    @property
    def are_copies(self) -> NDArray[np.bool_]:
        """(N,) whether each is the same to 8 bits, or nearer than a third of the mean distance to the 50 nearest.

        The third is that of Yoon et al. 2023 ("Diffusion probabilistic models generalize when they fail to memorize"),
        the mean over the nearest that of Carlini et al. 2023 (arXiv 2301.13188), section 5.
        """
        return (self.distances <= SAME) | (self.ratios < COPY_RATIO)

    @property
    def relative(self) -> float:
        """The median distance of the samples as a multiple of `usual`: 1 is as far as pictures that nobody copied."""
        far = float(np.median(self.distances))
        return far / self.usual if self.usual > 0 else math.nan


def save_copies(path: Path, copies: Copies) -> None:
    """Write the nearest pictures as a grid, with the numbers inside. Raises RunError."""
    save_grid(
        path,
        copies.nearest,
        settings={
            "step": copies.step,
            "names": copies.names,
            "distances": [round(each, 6) for each in copies.distances.tolist()],
            "ratios": [round(each, 6) for each in copies.ratios.tolist()],
            "usual": copies.usual if math.isfinite(copies.usual) else None,
            "held_out": copies.held_out,
            "looked_at": copies.looked_at,
            "pictures": copies.pictures,
        },
    )


def read_copies(path: Path, size: tuple[int, int]) -> Copies:
    """What `save_copies` wrote, of pictures of `size`, (H, W). Raises RunError for anything else."""
    said = read_settings(path)
    distances, ratios = (_numbers(path, said, name) for name in ("distances", "ratios"))
    names = said.get("names")
    if not isinstance(names, list) or not all(isinstance(name, str) and len(name) <= LONGEST_NAME for name in names):
        raise _refused(path, "names")
    count = len(names)
    if not 0 < count <= MOST_SAMPLES or not len(distances) == len(ratios) == count:
        raise _refused(path, "names")
    step, looked_at, pictures = (_whole(path, said, name) for name in ("step", "looked_at", "pictures"))
    usual = said.get("usual")
    if usual is not None and (isinstance(usual, bool) or not isinstance(usual, int | float) or not 0 <= usual <= 1e9):
        raise _refused(path, "usual")
    nearest = read_grid(path, size, count)
    if len(nearest) != count:
        raise _refused(path, "names")
    return Copies(
        step=step,
        nearest=nearest,
        names=tuple(names),
        distances=distances,
        ratios=ratios,
        usual=math.nan if usual is None else float(usual),
        held_out=said.get("held_out") is True,
        looked_at=looked_at,
        pictures=pictures,
    )


def _numbers(path: Path, said: Mapping[str, object], name: str) -> NDArray[np.float64]:
    """(N,) finite numbers of 0 … 1e9."""
    values = said.get(name)
    if not isinstance(values, list) or len(values) > MOST_SAMPLES:
        raise _refused(path, name)
    if not all(isinstance(each, int | float) and not isinstance(each, bool) and 0 <= each <= 1e9 for each in values):
        raise _refused(path, name)
    return np.array(values, np.float64)


def _whole(path: Path, said: Mapping[str, object], name: str) -> int:
    value = said.get(name)
    if not is_whole(value, 0, 2**53):
        raise _refused(path, name)
    return cast("int", value)


def _refused(path: Path, name: str) -> RunError:
    return RunError("storage.not-read", path=path, reason=Phrase("file.damaged-because", reason=name))
