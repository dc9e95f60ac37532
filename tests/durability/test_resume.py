"""D6: a run that was stopped and resumed is the run that was not, bit for bit, and so are its sample grids."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.durability.programs import outcome_of
from tests.figures import figure


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks what it stops")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("points", [6, pytest.param(24, marks=pytest.mark.soak)])
def test_a_stopped_run_is_the_one_that_was_not(tmp_path: Path, points: int) -> None:
    outcome = outcome_of("stopped_training", tmp_path, points, timeout_s=550)
    same = sum(outcome["same"].values())
    figure("D6", demanded="20 of 20 stopping points the same", measured=f"{same} of {points}")
    assert not outcome["different"]
    assert outcome["same"] == dict.fromkeys(("stop", "SIGTERM", "kill -9"), points // 3)
