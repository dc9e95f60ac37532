"""What is kept of one picture to find its doubles: a digest of the file, and a miniature of what it shows.

Runs in a helper process. The miniature is 8 × 8 of brightness and 4 × 4 of colour, each cell the mean of what lies in
it: saving a picture again, in another format, size or quality, hardly changes it.
"""

from __future__ import annotations

import base64
import os
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import NamedTuple

import numpy as np
from einops import reduce
from numpy.typing import NDArray
from PIL import Image

from ..decode.decoding import decode, has_more_frames, open_regular
from ..decode.kinds import LONG_KINDS
from ..decode.modes import has_alpha

DIGEST_BYTES = 16
#: Cells along a side of the miniature: of brightness, and of each of two colour differences.
CELLS, COLOUR_CELLS = 8, 4
MINIATURE_BYTES = CELLS**2 + 2 * COLOUR_CELLS**2
#: How large a picture is when it is looked at for whether it shows anything: smaller than any that is worth training.
LOOK_PX = 4 * CELLS
_PREMULTIPLIED = {"RGBA": "RGBa", "LA": "La"}
#: Full-range luma and colour differences (JFIF), rows of them by columns of red, green and blue.
_YCBCR = np.array([(0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312)])
#: Transparent parts show this chessboard, so that a shape of any one colour stands out.
_BOARD = (np.indices((CELLS, CELLS)).sum(axis=0) % 2 * 255.0)[..., None]


class Fingerprint(NamedTuple):
    """Of one picture."""

    digest: bytes  #: of the file, DIGEST_BYTES
    miniature: bytes  #: MINIATURE_BYTES: brightness, then the differences of blue and of red, row by row
    spread: int  #: most that two parts of the picture differ by in any channel, transparency too; 0: of one colour
    is_clear: bool  #: nothing of it can be seen
    is_long: bool  #: there are more frames or pages than the first
    bytes: int  #: of the file that was read
    mtime_ns: int  #: of it


def fingerprint(path: Path) -> Fingerprint:
    """Read one file. Raises PictureRefusedError."""
    decoded = decode(path, LOOK_PX)
    with open_regular(path) as file:
        status = os.fstat(file.fileno())
        digest = file_digest(file, lambda: blake2b(digest_size=DIGEST_BYTES)).digest()
    is_long = decoded.format in LONG_KINDS and has_more_frames(path)
    small = _smaller(decoded.image)
    seen = np.asarray(small).reshape(-1, len(small.getbands()))
    return Fingerprint(
        digest=digest,
        miniature=_miniature(small).tobytes(),
        spread=int(np.ptp(seen, axis=0).max()),
        is_clear=has_alpha(decoded.image) and not seen[:, -1].any(),
        is_long=is_long,
        bytes=status.st_size,
        mtime_ns=status.st_mtime_ns,
    )


def fingerprint_task(path: str, _: object) -> list[object]:
    """In a helper: the fields of `fingerprint`, bytes in base64. Raises PictureRefusedError."""
    digest, miniature, *rest = fingerprint(Path(path))
    return [base64.b64encode(digest + miniature).decode("ascii"), *rest]


def _smaller(image: Image.Image) -> Image.Image:
    """At most LOOK_PX along each side, averaged; colours count as far as they are seen."""
    premultiplied = _PREMULTIPLIED.get(image.mode)
    image = image if premultiplied is None else image.convert(premultiplied)
    size = min(image.width, LOOK_PX), min(image.height, LOOK_PX)
    return image if image.size == size else image.resize(size, Image.Resampling.HAMMING)


def _miniature(small: Image.Image) -> NDArray[np.uint8]:
    """(MINIATURE_BYTES,) of a premultiplied picture."""
    tiny = small.resize((CELLS, CELLS), Image.Resampling.HAMMING)
    cells = np.asarray(tiny, np.float64).reshape(CELLS, CELLS, -1)
    if small.mode in _PREMULTIPLIED.values():
        cells = cells[..., :-1] + _BOARD * (1 - cells[..., -1:] / 255)
    luma, blue, red = np.moveaxis(np.broadcast_to(cells, (CELLS, CELLS, 3)) @ _YCBCR.T, -1, 0)
    coarse = [
        reduce(part, "(y inner_y) (x inner_x) -> y x", "mean", y=COLOUR_CELLS, x=COLOUR_CELLS) + 128
        for part in (blue, red)
    ]
    whole = np.concatenate([part.ravel() for part in (luma, *coarse)])
    made: NDArray[np.uint8] = np.rint(np.clip(whole, 0, 255)).astype(np.uint8)
    return made
