"""Large pictures are made smaller while they are brought into a canonical mode: a strip at a time, in little memory."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from .modes import canonical, strips

#: A picture of fewer pixels is left as it is.
LARGE_PIXELS = 16_000_000
#: How much finer than asked it stays, as scaling it later would average whole blocks down to: see prepare.py.
GAP = 3
_PREMULTIPLIED = {"RGBA": "RGBa", "LA": "La"}


def canonical_and_smaller(
    image: Image.Image, target_size: int, convert: Callable[[Image.Image], Image.Image] = canonical
) -> Image.Image:
    """As `convert`; a large picture is averaged over whole blocks, its shorter side at least GAP times target_size.

    target_size: pixels. convert: what makes a canonical picture of one, or of a strip of it. Raises ValueError as
    `canonical` does.
    """
    width, height = image.size
    factor = min(width, height) // (target_size * GAP)
    if width * height < LARGE_PIXELS or factor < 2:
        return convert(image)
    # The range of all of its values decides what becomes of each.
    source = canonical(image) if image.mode in {"I", "F"} else image
    made: Image.Image | None = None
    for top, strip in strips(source, factor):
        part = convert(strip)
        # Averaged by what is seen of them, so that colours under full transparency never bleed out.
        blended = _PREMULTIPLIED.get(part.mode)
        part = part.reduce(factor) if blended is None else part.convert(blended).reduce(factor).convert(part.mode)
        if made is None:
            made = Image.new(part.mode, (part.width, -(-height // factor)))
        made.paste(part, (0, top // factor))
    assert made is not None, "a picture has at least one row"
    return made
