"""What saving takes of a training's time at the default interval; tests/bench/saving.py measures it at length."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.pictures.folder.scan import scan_all
from resources.samples import unpack
from tests.bench.saving import CASES, HEAD, MOST_PERCENT, line, measure
from tests.figures import figure


@pytest.mark.clock
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("saves", "steps_between"), [(3, 2), pytest.param(8, 10, marks=pytest.mark.soak)])
def test_saving_takes_little_of_a_training(tmp_path: Path, saves: int, steps_between: int) -> None:
    scan = scan_all(unpack("digits", tmp_path))
    config = CASES[0][0]
    cost = measure(config, scan, tmp_path / "run", saves=saves, steps_between=steps_between)
    shares = cost.shares(config)
    kept = shares["checkpoints"] + shares["numbers"] + shares["writing grids"]
    measured = f"{kept:.1f} % ({shares['checkpoints']:.2f} % checkpoints; sampling grids {shares['grids']:.1f} %)"
    figure("D1", demanded=f"saving ≤ {MOST_PERCENT} % of the time at the default interval", measured=measured)
    assert len(line(config, cost).split("|")) == len(HEAD[0].split("|"))
    assert shares["checkpoints"] <= MOST_PERCENT
