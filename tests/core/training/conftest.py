"""A folder of small pictures and a tiny run over it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.config import RunConfig
from core.data.scan import Scan, scan_all
from core.presets import preset

TINY = {
    "dim": 8,
    "dim_mults": "1,2",
    "attn_heads": 1,
    "attn_dim_head": 8,
    "image_size": 8,
    "timesteps": 50,
    "batch_size": 4,
    "steps": 12,
    "warmup_steps": 3,
    "checkpoint_every": 4,
    "sample_every": 6,
    "sample_count": 4,
    "sample_steps": 4,
}


@pytest.fixture
def pictures(tmp_path: Path) -> Scan:
    folder = tmp_path / "pictures"
    folder.mkdir()
    draw = np.random.default_rng(0)
    for number in range(10):
        Image.fromarray(draw.integers(0, 255, (12, 10, 3), dtype=np.uint8)).save(folder / f"{number}.png")
    return scan_all(folder)


@pytest.fixture
def tiny() -> RunConfig:
    return preset("sketch").config.with_settings(TINY)
