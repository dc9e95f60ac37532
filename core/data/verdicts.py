"""Keeps what judging found, so that a folder that was opened before is known at once."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import PIL
from numpy.typing import NDArray

from .file_table import CODES
from .kept import KeptFacts
from .picture_files import FACTS, FLEETING, FORMATS, PASSED_OVER, UNJUDGED, Verdicts

#: Counts up whenever a file is judged otherwise than before.
RULES = 2


@dataclass
class VerdictCache(KeptFacts):
    """The verdicts of one folder's files, between two scans of it."""

    _name: ClassVar[str] = "verdicts"
    _facts: ClassVar[np.dtype[Any]] = FACTS
    _header: ClassVar[dict[str, Any]] = {
        "rules": RULES,
        "pillow": PIL.__version__,
        "codes": list(CODES),
        "formats": list(FORMATS),
        "heic": importlib.util.find_spec("pillow_heif") is not None,
    }

    def recall(self, verdicts: Verdicts) -> Iterator[None]:
        """Set what is known already of the files that are not judged yet, a part at a time."""
        for part in self._recalled(verdicts.table, np.flatnonzero(verdicts.facts["code"] == UNJUDGED)):
            if part is not None:
                rows, facts, more = part
                numbers = np.array([verdicts.mode_number(mode) for mode in more["modes"]] or [0], np.uint8)
                facts["mode"] = numbers[facts["mode"]]
                verdicts.facts[rows] = facts
            yield

    def keep(self, verdicts: Verdicts) -> None:
        """Write down what is known by now. What cannot be written is judged again next time."""
        facts = verdicts.facts
        known = np.flatnonzero((facts["code"] != UNJUDGED) & (facts["bits"] & FLEETING == 0))
        for _ in self._keeping(verdicts.table, known, facts, known, modes=verdicts.modes):
            pass

    def _check(self, facts: NDArray[Any], more: Mapping[str, Any]) -> None:
        modes = more["modes"]
        if len(modes) > UNJUDGED or not all(isinstance(mode, str) for mode in modes):
            raise ValueError("impossible modes")
        legal = (facts["code"] < len(CODES)) | (facts["code"] == PASSED_OVER)
        pictures = facts[facts["code"] == 0]
        legal_facts = (pictures["mode"] < len(modes)) & (pictures["format"] < len(FORMATS)) & (pictures["width"] > 0)
        if not legal.all() or not (legal_facts & (pictures["height"] > 0)).all():
            raise ValueError("impossible facts")
