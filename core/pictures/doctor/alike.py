"""Finds pictures that look nearly the same among a million, by their miniatures, without comparing all with all.

A miniature is a point in a space of MINIATURE_BYTES numbers, and two pictures are alike where no number differs by more
than a little. The space is divided into boxes along the directions in which these very pictures differ most, and only
pictures in the same box are compared. A pair that a wall happens to part lies together in one of several divisions,
whose walls stand elsewhere (locality-sensitive hashing: Datar et al., "Locality-sensitive hashing scheme based on
p-stable distributions", 2004, section 3; directions by principal components instead of at random).
"""

from __future__ import annotations

import base64
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import PIL
from numpy.typing import NDArray

from ..decode.pool import Refused, results
from ..folder.kept import KeptFacts
from .fingerprinting import DIGEST_BYTES, MINIATURE_BYTES

if TYPE_CHECKING:
    from ..folder.picture_files import Pictures


#: Most that a cell may differ by, of 255. Saving a picture again as a JPEG of quality 60, or at half its size, changes
#: no cell by more; of 4,200 handwritten digits no two are as near.
MOST_DIFFERENT = 10
#: Pale pictures differ little from each other: the limit is at most this part of what a picture's own parts differ by.
PART_OF_SPREAD = 8
#: Most that width over height may differ by, as a part of it: small pictures are rounded to whole pixels.
MOST_ASPECT = 0.05

DIVISIONS = 6
DIRECTIONS = 12
#: Side of a box: several times what alike pictures differ by along one direction.
BOX = 80.0
#: With how many of those next to it in its box a picture is compared: bounds the work where many are much alike.
NEIGHBOURS = 8
_SAMPLE = 20_000  #: pictures that tell the directions
_PLACE_BITS = 20
_HALF_PLACES = 255.0 * 10  # no point lies further from 0 than the square root of MINIATURE_BYTES times 255
_PLACES_PER_UNIT = (1 << _PLACE_BITS) / (2 * _HALF_PLACES)
_TOGETHER = 1 << 15  #: pictures looked at between two looks at whether to stop


def alike_groups(
    miniatures: NDArray[np.uint8], spreads: NDArray[np.uint8], aspects: NDArray[np.float32]
) -> Generator[None, None, NDArray[np.int64]]:
    """(n,) the first picture of each one's group, which it is alike to itself; its own place where it has no double.

    miniatures: (n, MINIATURE_BYTES). spreads: (n,) as Fingerprint.spread. aspects: (n,) width over height.
    """
    count = len(miniatures)
    leaders = np.arange(count)
    if count < 2:
        return leaders
    rng = np.random.default_rng(0)
    alike = _Alike(miniatures, spreads, np.log(aspects.astype(np.float32)))
    directions = _directions(miniatures[rng.permutation(count)[:_SAMPLE]])
    for division in range(DIVISIONS):
        order, boxes = yield from _boxes(division, miniatures, directions, rng)
        for step in range(1, NEIGHBOURS + 1):
            for begin in range(0, count - step, _TOGETHER):
                end = min(begin + _TOGETHER, count - step)
                near = begin + np.flatnonzero(boxes[begin:end] == boxes[begin + step : end + step])
                one, two = leaders[order[near]], leaders[order[near + step]]
                differ = one != two
                first, second = np.minimum(one, two)[differ], np.maximum(one, two)[differ]
                joined = alike(first, second)
                np.minimum.at(leaders, second[joined], first[joined])
                yield
        yield from _settle(leaders, alike)
    return leaders


def _settle(leaders: NDArray[np.int64], alike: _Alike) -> Generator[None, None, None]:
    """Follow each chain to its first picture; whoever is not alike to that one stands alone again."""
    while True:
        further = leaders[leaders]
        if np.array_equal(further, leaders):
            break
        leaders[:] = further
        yield
    followers = np.flatnonzero(leaders != np.arange(len(leaders)))
    for begin in range(0, len(followers), _TOGETHER):
        part = followers[begin : begin + _TOGETHER]
        parted = part[~alike(leaders[part], part)]
        leaders[parted] = parted
        yield


class _Alike:
    """The comparison of pictures, by place."""

    def __init__(
        self, miniatures: NDArray[np.uint8], spreads: NDArray[np.uint8], log_aspects: NDArray[np.float32]
    ) -> None:
        self._miniatures, self._log_aspects = miniatures, log_aspects
        self._limits = np.minimum(spreads // PART_OF_SPREAD, MOST_DIFFERENT)

    def __call__(self, one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(n,) whether each of `one` is alike to that of `two`."""
        alike: NDArray[np.bool_] = np.abs(self._log_aspects[one] - self._log_aspects[two]) <= MOST_ASPECT
        first, second = self._miniatures[one[alike]], self._miniatures[two[alike]]
        most = (np.maximum(first, second) - np.minimum(first, second)).max(axis=1)
        alike[alike] = most <= np.minimum(self._limits[one], self._limits[two])[alike]
        return alike


def _directions(sample: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(MINIATURE_BYTES, DIRECTIONS): where these pictures differ most, of length 1."""
    points = sample - sample.mean(axis=0)
    _, vectors = np.linalg.eigh(points.T @ points)
    return vectors[:, -DIRECTIONS:].astype(np.float32)


def _boxes(
    division: int, miniatures: NDArray[np.uint8], directions: NDArray[np.float32], rng: np.random.Generator
) -> Generator[None, None, tuple[NDArray[np.int64], NDArray[np.uint64]]]:
    """Places by box, and in it along a direction; and which box each of those is in."""
    shifts = (rng.random(DIRECTIONS) * BOX).astype(np.float32)
    factors = rng.integers(0, 2**63, DIRECTIONS, dtype=np.uint64) | np.uint64(1)
    keys = np.empty(len(miniatures), np.uint64)
    for begin in range(0, len(miniatures), _TOGETHER):
        points = miniatures[begin : begin + _TOGETHER].astype(np.float32) @ directions
        cells = np.floor((points + shifts) / BOX).astype(np.int64).astype(np.uint64)
        # One number to sort by: the box, mixed from its cells, and behind it the place along a direction, another one
        # in each division.
        along = (points[:, -1 - division % DIRECTIONS] + _HALF_PLACES) * _PLACES_PER_UNIT
        box = (cells * factors).sum(axis=1) >> np.uint64(_PLACE_BITS) << np.uint64(_PLACE_BITS)
        keys[begin : begin + _TOGETHER] = box | along.astype(np.uint64)
        yield
    order = np.argsort(keys)
    return order, keys[order] >> np.uint64(_PLACE_BITS)


# --- The fingerprints of a folder's pictures, in columns: made in the helper processes, and kept between
# examinations.

#: Counts up whenever a file's fingerprint becomes another than before.
RULES = 2
QUOTA_BYTES = 512 << 20
#: How often they are kept while they are still made.
KEEP_S = 60.0

#: In `bits`. FLEETING: not of the file that was listed; it was written to meanwhile.
KNOWN, CLEAR, LONG, LOST, FLEETING = 1, 2, 4, 8, 16
#: As the fields of Fingerprint.
FINGERPRINT = np.dtype(
    [
        ("digest", "<u8", (DIGEST_BYTES // 8,)),
        ("miniature", "u1", (MINIATURE_BYTES,)),
        ("spread", "u1"),
        ("bits", "u1"),
    ]
)


@dataclass
class FingerprintCache(KeptFacts):
    """The fingerprints of one folder's pictures, between two examinations of it."""

    quota_bytes: int = QUOTA_BYTES
    _name: ClassVar[str] = "fingerprints"
    _facts: ClassVar[np.dtype[Any]] = FINGERPRINT
    _header: ClassVar[dict[str, Any]] = {"rules": RULES, "pillow": PIL.__version__}

    def recall(self, pictures: Pictures, made: NDArray[Any]) -> Iterator[None]:
        """Set what is known of the pictures already, a part at a time. made: (n,) FINGERPRINT, by place."""
        for part in self._recalled(pictures.verdicts.table, pictures.rows.astype(np.int64)):
            if part is not None:
                rows, facts, _ = part
                made[np.searchsorted(pictures.rows, rows)] = facts
            yield

    def keep(self, pictures: Pictures, made: NDArray[Any]) -> Iterator[None]:
        """Write down what is known by now, a part at a time. What cannot be written is made again next time."""
        known = np.flatnonzero((made["bits"] & (KNOWN | FLEETING)) == KNOWN)
        return self._keeping(pictures.verdicts.table, pictures.rows[known].astype(np.int64), made, known)

    def _check(self, facts: NDArray[Any], more: Mapping[str, Any]) -> None:
        if more or ((facts["bits"] & ~np.uint8(CLEAR | LONG)) != KNOWN).any():
            raise ValueError("impossible")


def fingerprints(pictures: Pictures, cache: FingerprintCache) -> Generator[int, None, NDArray[Any]]:
    """(n,) FINGERPRINT of each picture; yields how many are known by now, at least every 0.1 s.

    A picture that cannot be read any more has LOST in its bits. Closed early, it keeps what is known by then.
    """
    made = np.zeros(len(pictures), FINGERPRINT)
    for _ in cache.recall(pictures, made):
        yield 0
    missing = np.flatnonzero(made["bits"] == 0)
    before, done, kept_at = len(pictures) - len(missing), 0, time.monotonic()
    columns = pictures.verdicts.table.columns
    files = ((place, pictures.path(place)) for place in map(int, missing))
    try:
        with closing(results("fingerprint", files)) as answers:
            for answer in answers:
                if answer is not None:
                    place, result = answer
                    made[place] = _row(result, columns[int(pictures.rows[place])])
                    done += 1
                yield before + done
                if time.monotonic() - kept_at >= KEEP_S:
                    for _ in cache.keep(pictures, made):
                        yield before + done
                    kept_at = time.monotonic()
        if done:
            for _ in cache.keep(pictures, made):
                yield before + done
    except GeneratorExit:
        for _ in cache.keep(pictures, made) if done else ():
            pass
        raise
    return made


def _row(result: Any, listed: np.void) -> tuple[NDArray[np.uint64], NDArray[np.uint8], int, int]:  # noqa: ANN401
    """A FINGERPRINT from a helper's answer."""
    if isinstance(result, Refused):
        return np.zeros(DIGEST_BYTES // 8, "<u8"), np.zeros(MINIATURE_BYTES, np.uint8), 0, LOST
    packed, spread, is_clear, is_long, size, mtime_ns = result
    data = base64.b64decode(packed)
    bits = KNOWN | CLEAR * is_clear | LONG * is_long
    if (size, mtime_ns) != (int(listed["size"]), int(listed["mtime_ns"])):
        bits |= FLEETING
    return (
        np.frombuffer(data, "<u8", DIGEST_BYTES // 8),
        np.frombuffer(data, np.uint8, MINIATURE_BYTES, DIGEST_BYTES),
        spread,
        bits,
    )
