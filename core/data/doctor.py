"""Examines the pictures of a folder by reading each once: doubles, blank ones, and those that cannot be read any more.

    for event in examine(scan):
        match event:
            case DoctorProgress(done, of): ...      # at least every 0.1 s; close the generator to stop
            case Report(counts, findings): ...      # last

What can be told without reading (sizes, colours) is in overview.py, as it changes with the settings.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .alike import alike_groups
from .findings import Finding, finding, grouped
from .fingerprints import CLEAR, KNOWN, LONG, LOST, FingerprintCache, fingerprints
from .overview import Report, counts

if TYPE_CHECKING:
    from .scan import Scan

PROGRESS_S = 0.1
#: A picture is of one colour where no two parts of it, each a 32nd of its width and height, differ by more, of 255.
BLANK_SPREAD = 6


class DoctorProgress(NamedTuple):
    """How far it is. Once all are read they are compared, which takes some seconds for a million."""

    done: int  #: pictures read, or known from before
    of: int


def examine(scan: Scan, *, cache: FingerprintCache | None = None) -> Iterator[DoctorProgress | Report]:
    """Read each picture once and compare them all; the Report comes last.

    cache: where fingerprints are kept, so that a second examination reads only what is new; None: the user's. Raises
    DataError where no helper can be started.
    """
    told_at = float("-inf")
    with closing(_examined(scan, cache or FingerprintCache())) as work:
        for step in work:
            if isinstance(step, Report):
                yield step
            elif time.monotonic() - told_at >= PROGRESS_S:
                told_at = time.monotonic()
                of = len(scan.pictures)
                yield DoctorProgress(of if step is None else step, of)


def _examined(scan: Scan, cache: FingerprintCache) -> Generator[int | Report | None, None, None]:
    """How many are read, None while they are compared, and the Report."""
    pictures = scan.pictures
    made = yield from fingerprints(pictures, cache)
    bits, spread = made["bits"], made["spread"]
    known, clear = (bits & KNOWN) > 0, (bits & CLEAR) > 0
    blank = known & ~clear & (spread <= BLANK_SPREAD)
    yield None
    known_places = np.flatnonzero(known)
    same = _same(made["digest"][known_places], known_places)
    yield None
    alone = known & ~blank & ~clear
    alone[same.left_out()] = False
    candidates = np.flatnonzero(alone)
    aspects = (pictures.widths[candidates] / pictures.heights[candidates]).astype(np.float32)
    leaders = yield from alike_groups(made["miniature"][candidates], spread[candidates], aspects)
    found = [
        finding("lost", np.flatnonzero(bits & LOST)),
        same,
        grouped("alike", leaders, candidates),
        finding("clear", np.flatnonzero(clear)),
        finding("blank", np.flatnonzero(blank)),
        finding("long", np.flatnonzero(bits & LONG)),
    ]
    yield Report(counts(scan), tuple(one for one in found if one.count))


def _same(digests: NDArray[np.uint64], places: NDArray[np.int64]) -> Finding:
    """Pictures whose files hold the same bytes: digests of 128 bits tell them apart."""
    order = np.argsort(digests[:, 0], kind="stable")
    ordered = digests[order]
    begins = np.ones(len(order), bool)
    begins[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    leaders = np.empty(len(places), np.int64)
    leaders[order] = order[begins][np.cumsum(begins) - 1]
    return grouped("same", leaders, places)
