"""A large picture is averaged down a strip at a time, and comes out as if it had been done at once."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from core.pictures.decode import decoding as large
from core.pictures.decode import modes
from core.pictures.decode.decoding import canonical_and_smaller
from core.pictures.decode.modes import canonical

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "LARGE_PIXELS", 1)
    monkeypatch.setattr(modes, "_STRIP_PIXELS", 300)


def blocks(pixels: np.ndarray, factor: int) -> np.ndarray:
    """The mean of each whole block."""
    height, width = (side // factor * factor for side in pixels.shape[:2])
    whole = pixels[:height, :width].astype(np.float64)
    return whole.reshape(height // factor, factor, width // factor, factor, -1).mean(axis=(1, 3))


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK", "P", "1", "I;16", "I", "F", "LAB"])
@pytest.mark.parametrize("size", [(64, 96), (67, 101)])
def test_blocks_are_averaged(mode: str, size: tuple[int, int]) -> None:
    values = RNG.integers(0, 255, (size[1], size[0]), dtype=np.uint8)
    image = {
        "I;16": lambda: Image.fromarray(values.astype(np.uint16) * 257),
        "I": lambda: Image.fromarray(values.astype(np.int32) * 1000 - 5),
        "F": lambda: Image.fromarray(values.astype(np.float32) - 100),
        "LAB": lambda: Image.merge("LAB", [Image.fromarray(values)] * 3),
    }.get(mode, lambda: Image.fromarray(values).convert(mode))()
    made = canonical_and_smaller(image, 5)
    factor = 4
    whole = canonical(image)
    assert made.mode == whole.mode
    assert made.size == (-(-size[0] // factor), -(-size[1] // factor))
    expected = blocks(np.asarray(whole), factor)
    shown = np.asarray(made).reshape(made.height, made.width, -1)[: expected.shape[0], : expected.shape[1]]
    assert np.abs(shown - expected).max() <= 1


def test_colours_that_are_not_seen_do_not_bleed() -> None:
    pixels = np.zeros((60, 60, 4), np.uint8)
    pixels[::2] = (0, 200, 0, 255)
    pixels[1::2] = (255, 0, 0, 0)
    made = np.asarray(canonical_and_smaller(Image.fromarray(pixels), 5))
    assert made.shape == (15, 15, 4)
    assert made[..., 0].max() == 0 and abs(int(made[..., 1].min()) - 200) <= 2 and abs(int(made[0, 0, 3]) - 128) <= 1


def test_small_pictures_and_small_factors_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    image = Image.fromarray(RNG.integers(0, 255, (50, 50, 3), dtype=np.uint8))
    assert canonical_and_smaller(image, 12).size == (50, 50)  # 36 of 50 pixels have to stay
    monkeypatch.setattr(large, "LARGE_PIXELS", 10_000)
    assert canonical_and_smaller(image, 1).size == (50, 50)
