"""Every way to store colours and every orientation has one result, kept beside the file that it is the result of."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.pictures.decode.decoding import decode
from core.pictures.decode.modes import CANONICAL_MODES
from tests.figures import figure

FOLDER = Path(__file__).parent / "golden"
EXPECTED = json.loads((FOLDER / "expected.json").read_text("utf-8"))


def difference(name: str) -> int:
    """By how much the decoded picture differs from what is expected; 256 where it has another shape or mode."""
    decoded = decode(FOLDER / name)
    pixels, wanted = np.asarray(decoded.image), np.array(EXPECTED[name]["pixels"])
    assert decoded.image.size == (decoded.width, decoded.height)
    if decoded.image.mode != EXPECTED[name]["mode"] or pixels.shape != wanted.shape:
        return 256
    return int(np.abs(pixels.astype(int) - wanted).max())


@pytest.mark.parametrize("name", EXPECTED)
def test_a_golden_picture_has_its_result(name: str) -> None:
    assert difference(name) <= EXPECTED[name]["tolerance"]


def test_every_golden_picture_is_compared() -> None:
    names = {path.name for path in FOLDER.iterdir()} - {"expected.json"}
    assert names == set(EXPECTED)
    assert {facts["mode"] for facts in EXPECTED.values()} == set(CANONICAL_MODES)
    met = sum(difference(name) <= EXPECTED[name]["tolerance"] for name in EXPECTED)
    figure(
        "I3", demanded="each mode and orientation as documented", measured=f"{met} of {len(EXPECTED)} golden pictures"
    )
    assert met == len(EXPECTED)
