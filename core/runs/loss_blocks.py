"""The losses of 1,024 steps side by side, as a run's database keeps them besides its rows: one value with its checksum.

SQLite sees no damage within a value: a page of zeros in its place would be 512 losses of zero.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: Block b holds the losses of the steps b·1024 + 1 … (b + 1)·1024.
BLOCK_STEPS = 1024
_LOSSES_BYTES = 8 * BLOCK_STEPS
BLOCK_BYTES = _LOSSES_BYTES + 4


def pack(losses: Sequence[object]) -> bytes | None:
    """BLOCK_STEPS losses, None where one was no number, as bytes; None unless they are so many numbers."""
    if len(losses) != BLOCK_STEPS or not all(is_loss(loss) for loss in losses):
        return None
    data = np.array([np.nan if loss is None else loss for loss in losses], dtype="<f8").tobytes()
    return data + zlib.crc32(data).to_bytes(4, "little")


def unpack(data: object) -> NDArray[np.float64] | None:
    """(BLOCK_STEPS,) the losses; None where the bytes are not what was packed."""
    if not isinstance(data, bytes) or len(data) != BLOCK_BYTES:
        return None
    losses = memoryview(data)[:_LOSSES_BYTES]
    if zlib.crc32(losses).to_bytes(4, "little") != data[_LOSSES_BYTES:]:
        return None
    return np.frombuffer(losses, "<f8")


def is_loss(value: object) -> bool:
    """Whether a database's value is a loss: it keeps None for what was no number."""
    return value is None or isinstance(value, float)
