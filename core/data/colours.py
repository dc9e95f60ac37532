"""From the colours that a picture's profile describes to sRGB, which the network sees and the screen shows.

A phone's red (255, 0, 0) in Display P3 is another red than a screen's. A profile that is sRGB, that is damaged, or
that was made for another kind of colours than the picture's, changes nothing.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from PIL import Image

from .modes import canonical

#: Longer profiles are passed over: the largest of printing presses have some 3 MB.
MOST_PROFILE_BYTES = 8 << 20
#: Of 255: what differs no more than this from sRGB is sRGB, as other programs describe it.
SAME = 2
#: Of 255: what white is brighter than black at least, in any profile that describes a device.
_LEAST_CONTRAST = 64
_HEADER_BYTES = 128
#: Of a profile's header: what kind of device, and of colours.
_DEVICES = {b"mntr", b"scnr", b"prtr", b"spac"}
_SPACES = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}

Convert = Callable[[Image.Image], Image.Image]


def to_srgb(image: Image.Image, profile: object) -> Convert:
    """What makes a canonical picture in sRGB of `image`, or of a strip of it. profile: as the file holds it, or None.

    Numbers that are no colours yet (modes I and F) are taken as sRGB, whatever the profile says.
    """
    if not isinstance(profile, bytes) or image.mode in {"I", "F", "LAB"}:
        return canonical
    if not _HEADER_BYTES < len(profile) <= MOST_PROFILE_BYTES or profile[12:16] not in _DEVICES:
        return canonical
    space = _SPACES.get(profile[16:20])
    if space is None or (space == "CMYK") != (image.mode == "CMYK"):
        return canonical
    transform = _transform(profile, space)
    if transform is None:
        return canonical
    if space == "CMYK":
        return transform

    def convert(part: Image.Image) -> Image.Image:
        made = canonical(part)
        alpha = made.getchannel("A") if made.mode in {"LA", "RGBA"} else None
        colours = made if alpha is None else made.convert(made.mode[:-1])
        if colours.mode != space:
            return made
        shown = transform(colours)
        if alpha is not None:
            shown.putalpha(alpha)
        return shown

    return convert


@lru_cache(maxsize=8)
def _transform(profile: bytes, space: str) -> Convert | None:
    """From a mode in these colours to RGB (L of L) in sRGB; None where nothing is to be done, or nothing can be."""
    try:
        from PIL import ImageCms

        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), space, "RGB"
        )

        def convert(image: Image.Image) -> Image.Image:
            shown = ImageCms.applyTransform(image, transform)
            assert shown is not None, "it is not done in place"
            return shown if space != "L" else shown.getchannel("G")

        probe = _probe(space)
        shown = np.asarray(convert(probe).convert("L")).astype(int)
        if np.ptp(shown) < _LEAST_CONTRAST:
            return None
        if space != "CMYK" and np.abs(np.asarray(convert(probe)).astype(int) - np.asarray(probe)).max() <= SAME:
            return None
        return convert
    except Exception:
        # LittleCMS is not there, or the profile is damaged in one of a hundred ways; its picture is not.
        return None


def _probe(space: str) -> Image.Image:
    """Colours from all over what a mode can hold, in one row."""
    if space == "L":
        return Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    bands = Image.getmodebands(space)
    levels = np.linspace(0, 255, 7 if bands == 3 else 4).round().astype(np.uint8)
    grid = np.stack(np.meshgrid(*[levels] * bands, indexing="ij"), axis=-1).reshape(1, -1, bands)
    return Image.frombytes(space, (grid.shape[1], 1), grid.tobytes())
