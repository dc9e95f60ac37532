"""Colour profiles made by hand, as cameras and telephones embed them."""

from __future__ import annotations

import struct

#: Primaries adapted to D50, rows of X, Y and Z.
P3 = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
ADOBE = ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446))


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    at, table, data = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for key, body in tags.items():
        table += key + struct.pack(">II", at + len(data), len(body))
        data += body
    head = struct.pack(">I4sI4s4s4s", at + len(data), bytes(4), 0x02200000, b"mntr", space, b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + _fixed(0.9642) + _fixed(1) + _fixed(0.8249)
    return head.ljust(128, b"\0") + table + data


def _common(gamma: float) -> tuple[dict[bytes, bytes], bytes]:
    name = b"desc\0\0\0\0" + struct.pack(">I", 3) + b"P3\0" + bytes(79)
    white = b"XYZ \0\0\0\0" + _fixed(0.9642) + _fixed(1) + _fixed(0.8249)
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    return {b"desc": name + bytes(-len(name) % 4), b"cprt": b"text\0\0\0\0none", b"wtpt": white}, curve


def rgb_profile(primaries: tuple[tuple[float, float, float], ...] = P3, gamma: float = 2.2) -> bytes:
    """Of these primaries, with one gamma."""
    tags, curve = _common(gamma)
    for name, values in zip(b"rgb", primaries, strict=True):
        tags[bytes([name]) + b"XYZ"] = b"XYZ \0\0\0\0" + b"".join(map(_fixed, values))
        tags[bytes([name]) + b"TRC"] = curve
    return _profile(b"RGB ", tags)


def grey_profile(gamma: float) -> bytes:
    """Of grey with this gamma."""
    tags, curve = _common(gamma)
    return _profile(b"GRAY", tags | {b"kTRC": curve})
