"""PNG files that are no sample grids, or are bombs: name → what writes one."""

from __future__ import annotations

import io
import json
import os
import struct
import zlib
from pathlib import Path

from PIL import Image

from tests.hostile.torch_bombs import Write

MARK = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes, *, length: int | None = None, checksum: int | None = None) -> bytes:
    right = zlib.crc32(kind + data) if checksum is None else checksum
    return struct.pack(">I", len(data) if length is None else length) + kind + data + struct.pack(">I", right)


def png(width: int, height: int, *more: bytes, bits: int = 8, colour: int = 0, data: bytes | None = None) -> bytes:
    """A PNG of zeros, with other chunks before its pixels."""
    bands = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 1)
    rows = data if data is not None else b""
    if data is None:
        packer = zlib.compressobj(9)
        row = bytes(1 + (width * bits * bands + 7) // 8)
        rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = chunk(b"IHDR", struct.pack(">2I5B", width, height, bits, colour, 0, 0, 0))
    return MARK + header + b"".join(more) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def written(data: bytes) -> Write:
    return lambda path: path.write_bytes(data)


def _settings(text: str) -> bytes:
    return chunk(b"tEXt", b"ddpm-studio\0" + text.encode("latin-1"))


def _sparse(path: Path) -> None:
    path.write_bytes(
        MARK + chunk(b"IHDR", struct.pack(">2I5B", 8, 8, 8, 0, 0, 0, 0)) + struct.pack(">I", 2**31 - 1) + b"abCd"
    )
    os.truncate(path, 5 << 30)


def _as(kind: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (78, 78)).save(made, kind)
    return made.getvalue()


def pictures() -> dict[str, Write]:
    """All of them. What Pillow can read is read by `read_grid` only where it is a grid of 8×8 px pictures."""
    squeezed = zlib.compress(bytes(50_000_000), 9)
    nested = json.dumps({"a": 1})[:-1] + ',"b":' + "[" * 60_000 + "]" * 60_000 + "}"
    return {
        "10^9 pixels of a bit": written(png(32_000, 32_000, bits=1, data=zlib.compress(bytes(10**6)))),
        "2^31 wide": written(png(2**31 - 1, 1, data=b"")),
        "no pixels": written(png(0, 0, data=b"")),
        "20 million pixels of four bands": written(png(4472, 4472, colour=6)),
        "as wide as it may": written(png(20_000_000, 1, data=zlib.compress(bytes(20_000_001), 9))),
        "sixteen bits": written(png(78, 78, bits=16)),
        "a palette": written(png(78, 78, chunk(b"PLTE", b"\0" * 768), colour=3)),
        "seven bits": written(png(78, 78, bits=7)),
        "a text bomb": written(png(78, 78, chunk(b"zTXt", b"ddpm-studio\0\0" + squeezed))),
        "many text bombs": written(png(78, 78, *[chunk(b"zTXt", b"a%d\0\0" % n + squeezed) for n in range(64)])),
        "an international bomb": written(png(78, 78, chunk(b"iTXt", b"ddpm-studio\0\1\0\0\0" + squeezed))),
        "a colour bomb": written(png(78, 78, chunk(b"iCCP", b"icc\0\0" + squeezed))),
        "many texts": written(png(78, 78, *[_settings("x")] * 9_000)),
        "many chunks": written(png(78, 78, *[chunk(b"abCd", b"")] * 12_000)),
        "settings of 8 MB": written(png(78, 78, _settings('{"a":"' + "x" * 8_000_000 + '"}'))),
        "settings without an end": written(png(78, 78, _settings('{"a":'))),
        "nested settings": written(png(78, 78, _settings(nested))),
        "settings of 10^6 digits": written(png(78, 78, _settings('{"a":1' + "0" * 10**6 + "}"))),
        "pixels that are too few": written(png(78, 78, data=zlib.compress(b"\0" * 100))),
        "pixels that are too many": written(png(78, 78, data=squeezed)),
        "pixels that are nonsense": written(png(78, 78, data=b"\xff" * 5000)),
        "a chunk of 2 GiB": _sparse,
        "a wrong checksum": written(MARK + chunk(b"IHDR", struct.pack(">2I5B", 78, 78, 8, 0, 0, 0, 0), checksum=7)),
        "an animation of 10^9 frames": written(png(78, 78, chunk(b"acTL", struct.pack(">2I", 10**9, 0)))),
        "EXIF of nonsense": written(png(78, 78, chunk(b"eXIf", b"MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 60_000))),
        "cut off": written(png(78, 78)[:60]),
        "nothing": written(b""),
        "a JPEG": written(_as("JPEG")),
        "a GIF": written(_as("GIF")),
    }
