"""Examines the pictures of a folder by reading each once: doubles, blank ones, and those that cannot be read any more.

    for event in examine(scan):
        match event:
            case DoctorProgress(done, of): ...      # at least every 0.1 s; close the generator to stop
            case Report(counts, findings): ...      # last

What can be told without reading (sizes, colours) is in the overview, as it changes with the settings.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...settings import legal_sizes
from ..decode.decoding import LARGE_PIXELS
from ..folder.picture_files import FORMATS
from .alike import CLEAR, KNOWN, LONG, LOST, FingerprintCache, alike_groups, fingerprints

if TYPE_CHECKING:
    from ...settings import DataConfig, RunConfig
    from ..folder.pairs import Pairs
    from ..folder.picture_files import Pictures
    from ..folder.scan import Scan


# --- What may be wrong with the pictures of a folder, or good to know: a table of kinds, and one finding of each.

#: Kind of finding → what can be done. "keep_first": leave out all but the first of each group. "leave_out": leave all
#: of them out. "settings": change settings. "list": look at the list of files with reasons. "none": nothing need be.
#: In the order in which they are told.
FINDINGS: dict[str, str] = {
    "skipped": "list",  # files that claim to be pictures and cannot be used
    "unpaired": "list",  # pictures of the folder, or of a second one, that have no partner in the other
    "lost": "leave_out",  # pictures that could not be read any more
    "same": "keep_first",  # the very same file content
    "alike": "keep_first",  # the same picture saved otherwise, or one that differs by a trifle
    "clear": "leave_out",  # fully transparent
    "blank": "leave_out",  # of one colour
    "small": "leave_out",  # would be enlarged much; where most are, another size is the remedy
    "thin": "leave_out",  # lose most of themselves to the crop; where most do, padding is the remedy
    "huge": "none",  # take long to decode
    "long": "none",  # only the first frame or page is used
    "grey": "none",  # trained on as colour, among others that are coloured
    "coloured": "none",  # trained on as grey
    "transparent": "none",  # laid on a ground
    "deep": "none",  # more than 8 bits, which are scaled
    "odd": "none",  # a model needs the most bits for them; looked for on a wish alone (core.quality.odd)
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Finding:
    """Some pictures that have something in common."""

    kind: str  #: a key of FINDINGS
    remedy: str  #: as in FINDINGS
    places: NDArray[np.int64]  #: (n,) in Scan.pictures; group by group, in order in each, where there are groups
    groups: NDArray[np.int32] | None = None  #: (n,) which group each is in, ascending
    settings: Mapping[str, object] = field(default_factory=dict)  #: what "settings" changes, by flat name
    numbers: Mapping[str, int | str] = field(default_factory=dict)  #: what the sentence about it says besides

    @property
    def count(self) -> int:
        """How many pictures, or files where they are none."""
        files = self.numbers.get("files")
        return files if isinstance(files, int) else len(self.places)

    def left_out(self, before: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """The places that the remedy leaves out; none where it does something else.

        before: (n,) of Scan.pictures, which are left out already: another of the group is kept then, lest all are lost.
        """
        if self.remedy == "leave_out":
            return self.places
        if self.remedy != "keep_first" or self.groups is None or not len(self.places):
            return np.zeros(0, np.int64)
        kept = np.flatnonzero(np.diff(self.groups, prepend=-1))
        if before is not None and before[self.places[kept]].any():
            numbers = np.arange(len(self.places))
            numbers[before[self.places]] = len(self.places)
            used = np.minimum.reduceat(numbers, kept)
            kept = np.where(used < len(self.places), used, kept)
        follows = np.ones(len(self.places), bool)
        follows[kept] = False
        followers: NDArray[np.int64] = self.places[follows]
        return followers


def finding(kind: str, places: NDArray[np.int64], **more: int | str) -> Finding:
    """One without groups, with its usual remedy. more: its numbers."""
    return Finding(kind=kind, remedy=FINDINGS[kind], places=places, numbers=more)


def grouped(kind: str, leaders: NDArray[np.int64], places: NDArray[np.int64]) -> Finding:
    """Those with the same leader are a group. places: (n,) ascending. leaders: (n,) in `places`; alone: itself."""
    followers = np.flatnonzero(leaders != np.arange(len(leaders)))
    inside = np.union1d(followers, leaders[followers])
    firsts, group = np.unique(leaders[inside], return_inverse=True)
    order = np.argsort(group, kind="stable")
    return Finding(
        kind=kind,
        remedy=FINDINGS[kind],
        places=places[inside[order]],
        groups=group[order].astype(np.int32),
        numbers={"groups": len(firsts)},
    )


# --- What a scan tells of a folder without reading a picture again: counts, and what the settings will make of it.

#: Lower edges of the classes of the shorter side, pixels; the first begins at 1.
SIDES_PX = (1, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
#: Upper edges of the classes of longer over shorter side: square, as a screen was, as a screen is, long; beyond: very
#: long. A few pixels more than the proportion still count.
ASPECTS = (1.02, 1.36, 1.8, 3.05)
ASPECT_NAMES = ("1:1", "4:3", "16:9", "3:1", "longer")
ORIENTATIONS = ("square", "landscape", "portrait")
#: A picture that becomes more than so many times as large shows it.
MOST_ENLARGED = 1.5
#: The part of a picture that the crop may take, and nothing is said.
MOST_CROPPED = 0.5
#: Pictures beyond this part of the folder are not the exception, and leaving them out is no remedy.
MOST_LEFT_OUT = 0.5
#: The part of the pictures that another size may still be too large for.
FEW = 0.1
_DEEP_MODES = ("I", "F", "I;16")


class Counts(NamedTuple):
    """(what, how many pictures) each; only what there is."""

    formats: tuple[tuple[str, int], ...]  #: most first
    modes: tuple[tuple[str, int], ...]  #: as the files store them, in Pillow's words; most first
    sides: tuple[tuple[int, int], ...]  #: lower edge of SIDES_PX; ascending
    aspects: tuple[tuple[str, int], ...]  #: of ASPECT_NAMES, in their order
    orientations: tuple[tuple[str, int], ...]  #: of ORIENTATIONS, in their order
    pictures: int
    bytes: int  #: of all pictures as files


class Report(NamedTuple):
    """What is known of a folder."""

    counts: Counts
    findings: tuple[Finding, ...]  #: in the order of FINDINGS


def overview(scan: Scan, config: RunConfig, pairs: Pairs | None = None) -> Report:
    """Counts and findings that need no decoding. config: with nothing on auto. pairs: with a second folder."""
    found: list[Finding] = []
    if pairs is not None:
        alone = np.flatnonzero(~np.isin(scan.pictures.rows, pairs.first.rows))
        found.append(finding("unpaired", alone, files=sum(pairs.counts.values())))
    if len(scan.skipped):
        found.append(finding("skipped", np.zeros(0, np.int64), files=len(scan.skipped)))
    found += _of_size(scan.pictures, config)
    found += _of_colour(scan.pictures, config.data)
    return Report(counts(scan), tuple(one for one in found if one.count))


def counts(scan: Scan) -> Counts:
    """How many pictures there are of each kind."""
    pictures = scan.pictures
    facts = pictures.verdicts.facts[pictures.rows]
    widths, heights = facts["width"].astype(np.float32), facts["height"].astype(np.float32)
    shorter, longer = np.minimum(widths, heights), np.maximum(widths, heights)
    side = np.searchsorted(SIDES_PX, shorter, side="right") - 1
    aspect = np.searchsorted(ASPECTS, longer / shorter)
    square = aspect == 0
    landscape = ~square & (widths > heights)
    orientation = (int(square.sum()), int(landscape.sum()), int((~square & ~landscape).sum()))
    return Counts(
        formats=_most_first(FORMATS, facts["format"]),
        modes=_most_first(tuple(pictures.verdicts.modes), facts["mode"]),
        sides=tuple((SIDES_PX[k], int(n)) for k, n in enumerate(np.bincount(side)) if n),
        aspects=tuple((ASPECT_NAMES[k], int(n)) for k, n in enumerate(np.bincount(aspect)) if n),
        orientations=tuple((name, n) for name, n in zip(ORIENTATIONS, orientation, strict=True) if n),
        pictures=len(pictures),
        bytes=scan.total_bytes,
    )


def _most_first(names: tuple[str, ...], numbers: NDArray[np.uint8]) -> tuple[tuple[str, int], ...]:
    found = np.bincount(numbers)
    return tuple((names[k], int(found[k])) for k in np.argsort(-found, kind="stable") if found[k])


def _of_size(pictures: Pictures, config: RunConfig) -> list[Finding]:
    data = config.data
    height, width = data.height_and_width
    across, down = width / pictures.widths, height / pictures.heights  # by so much each side is scaled to fit
    crops = data.crop in ("centre", "random")
    scale = np.minimum(across, down) if data.crop == "pad" else np.maximum(across, down)
    small = _size_remedy(np.flatnonzero(scale > MOST_ENLARGED), pictures, config)
    found = [small]
    if crops:
        cropped = 1 - np.minimum(across, down) / np.maximum(across, down)
        found.append(_crop_remedy(np.flatnonzero(cropped > MOST_CROPPED), len(pictures)))
    pixels = pictures.widths.astype(np.int64) * pictures.heights
    return [*found, finding("huge", np.flatnonzero(pixels >= LARGE_PIXELS))]


def _size_remedy(places: NDArray[np.int64], pictures: Pictures, config: RunConfig) -> Finding:
    """Leave out a few small ones; for many choose a size that nearly all have, if there is one."""
    height, width = config.data.height_and_width
    usual = finding("small", places, height=height, width=width)
    if len(places) <= MOST_LEFT_OUT * len(pictures):
        return usual
    if height != width:
        return replace(usual, remedy="none")
    shorter = np.minimum(pictures.widths, pictures.heights)
    few = int(FEW * len(shorter))
    size, _ = legal_sizes(int(np.partition(shorter, few)[few]), config.model.downsample_factor)
    if size >= width:
        return replace(usual, remedy="none")
    return replace(usual, remedy="settings", settings={"image_size": size, "image_height": None})


def _crop_remedy(places: NDArray[np.int64], of: int) -> Finding:
    """Leave out a few long ones; for many keep the whole of each."""
    if len(places) <= MOST_LEFT_OUT * of:
        return finding("thin", places)
    return Finding(kind="thin", remedy="settings", places=places, settings={"crop": "pad"})


def _of_colour(pictures: Pictures, data: DataConfig) -> list[Finding]:
    grey, found = pictures.are_grey, list[Finding]()
    keeps_colour, keeps_alpha = data.channels in (3, 4), data.channels in (2, 4)
    if keeps_colour and not grey.all():
        found.append(finding("grey", np.flatnonzero(grey)))
    if not keeps_colour:
        found.append(finding("coloured", np.flatnonzero(~grey)))
    if not keeps_alpha:
        found.append(finding("transparent", np.flatnonzero(pictures.have_alpha), ground=data.background))
    modes = pictures.verdicts.modes
    deep = np.array([mode in _DEEP_MODES or mode.startswith("I;16") for mode in modes], bool)
    return [*found, finding("deep", np.flatnonzero(deep[pictures.verdicts.facts["mode"][pictures.rows]]))]


# --- doctor ----------------------------------------------------------------------------------------------

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
