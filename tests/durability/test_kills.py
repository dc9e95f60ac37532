"""D1: a training that is killed at any moment has lost no more than what came after its last checkpoint."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.durability.programs import outcome_of
from tests.figures import figure

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks what it kills")


@pytest.mark.clock
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kills", [16, pytest.param(200, marks=pytest.mark.soak)])
def test_kill_at_any_moment(tmp_path: Path, kills: int) -> None:
    outcome = outcome_of("killed_training", tmp_path, kills, timeout_s=850)
    lost = outcome["more than an interval"]
    figure("D1", demanded="0 of 200 kills lose more than an interval", measured=f"{lost} of {outcome['kills']}")
    assert (outcome["kills"], lost) == (kills, 0)
    assert outcome["saves"] >= kills // 8  # or it was never killed at work


@pytest.mark.long
@pytest.mark.timeout(300)
def test_kill_between_any_two_file_operations(tmp_path: Path) -> None:
    outcome = outcome_of("killed_between", tmp_path, timeout_s=280)
    broken, points = len(outcome["broken"]), outcome["points"]
    figure("D1", demanded="0 lose anything, killed before each file operation", measured=f"{broken} of {points}")
    assert points > 40 and not outcome["broken"]


@pytest.mark.long
@pytest.mark.timeout(300)
def test_kill_of_a_branch_between_any_two_file_operations(tmp_path: Path) -> None:
    outcome = outcome_of("killed_branch", tmp_path / "runs", timeout_s=280)
    assert outcome["points"] > 20 and outcome["made"] and not outcome["broken"]
