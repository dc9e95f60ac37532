"""What a scan tells of a folder without reading a picture again: counts, and what the settings will make of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..config import legal_sizes
from .findings import Finding, finding
from .large import LARGE_PIXELS
from .picture_files import FORMATS

if TYPE_CHECKING:
    from ..config import DataConfig, RunConfig
    from .picture_files import Pictures
    from .scan import Scan

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


def overview(scan: Scan, config: RunConfig) -> Report:
    """Counts and findings that need no decoding. config: with nothing on auto."""
    found: list[Finding] = []
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
    size, _ = legal_sizes(int(np.partition(shorter, few)[few]), config.model.halvings)
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
