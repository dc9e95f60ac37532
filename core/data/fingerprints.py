"""The fingerprints of a folder's pictures, in columns: made in the helper processes, and kept between examinations."""

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

from .decode_pool import Refused, results
from .fingerprinting import DIGEST_BYTES, MINIATURE_BYTES
from .kept import KeptFacts

if TYPE_CHECKING:
    from .picture_files import Pictures

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
