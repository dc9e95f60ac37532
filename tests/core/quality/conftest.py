"""A tiny run over 44 pictures, trained once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.pictures.folder.scan import Scan, scan_all
from core.presets import preset
from core.quality import folder_network
from core.settings import RunConfig
from core.training.job import TrainingJob
from tests.core.training.conftest import TINY


def make_pictures(folder: Path, count: int = 44) -> Scan:
    """Gradients of every colour, and no two alike."""
    folder.mkdir(parents=True)
    draw = np.random.default_rng(0)
    for number in range(count):
        ramp = np.linspace(0, 200, 8)[:, None, None] * draw.random(3) + draw.integers(0, 56, (8, 8, 3))
        Image.fromarray(ramp.astype(np.uint8)).save(folder / f"{number}.png")
    return scan_all(folder)


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder's network is hardly trained: how well it is, no test here asks."""
    monkeypatch.setattr(folder_network, "STEPS", 20)


@pytest.fixture(scope="session")
def config() -> RunConfig:
    return preset("sketch").config.with_settings({**TINY, "hold_out": 0.0, "horizontal_flip": False, "steps": 8})


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, config: RunConfig) -> tuple[Path, Path]:
    """A run folder, and its pictures."""
    folder = tmp_path_factory.mktemp("quality")
    scan = make_pictures(folder / "pictures")
    for _ in TrainingJob(config, folder / "run", scan=scan, device="cpu", threads=1).run():
        pass
    return folder / "run", folder / "pictures"
