"""Decodes pictures into the rows that a training reads: here, or in the helper processes where they are many."""

from __future__ import annotations

import base64
from collections.abc import Generator, Iterable
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .decode import PictureRefusedError
from .decode_pool import Refused, results
from .fill_row import FillRules, read_fitted

#: Pixels that come back from the helpers and wait to be taken, in bytes.
IN_FLIGHT_BYTES = 32 << 20
FEWEST_IN_FLIGHT = 16


class Written(NamedTuple):
    """A helper has put the pixels into the file itself."""

    checksum: int


class NotWrittenError(Exception):
    """The file took no more; the reason is in words."""


#: What becomes of one picture: its pixels, or that they are written, or why there are none.
Filled = NDArray[np.uint8] | Written | Refused


def fill_here(
    wanted: Iterable[tuple[int, Path, tuple[int, int]]], rules: FillRules
) -> Generator[tuple[int, Filled] | None, None, None]:
    """Decode (index, path, slot) one after another in this thread."""
    for index, path, slot in wanted:
        try:
            yield index, read_fitted(path, slot, rules)
        except PictureRefusedError as refused:
            yield index, Refused(refused.reason_code)


def fill_by_helpers(
    wanted: Iterable[tuple[int, Path, tuple[int, int], int]], rules: FillRules, file: Path | None
) -> Generator[tuple[int, Filled] | None, None, None]:
    """Decode (index, path, slot, offset) in the helper processes, in order; None now and then while nothing is ready.

    file: where the helpers put the pixels, at `offset`; None: the pixels come back. Raises NotWrittenError when the
    file takes no more, DataError where no helper can be started.
    """
    common = [list(rules), None if file is None else str(file)]
    questions = (((index, slot), [str(path), list(slot), offset]) for index, path, slot, offset in wanted)
    # What a helper writes by itself is not waited for; what comes back is bounded.
    height, width = rules.size
    most = max(FEWEST_IN_FLIGHT, IN_FLIGHT_BYTES // (height * width * rules.channels)) if file is None else None
    while part := list(islice(questions, most)) if most is not None else questions:
        with closing(results("fill", part, common)) as answers:
            for answer in answers:
                if answer is None:
                    yield None
                    continue
                (index, slot), result = answer
                yield index, _taken(result, slot, rules)
        if most is None:
            return


def _taken(result: Any, slot: tuple[int, int], rules: FillRules) -> Filled:  # noqa: ANN401 (a task's answer)
    match result:
        case Refused():
            return result
        case {"not_written": reason}:
            raise NotWrittenError(reason)
        case {"checksum": checksum}:
            return Written(checksum)
        case _:
            pixels = np.frombuffer(base64.b64decode(result), np.uint8)
            return pixels.reshape(*slot, rules.channels)
