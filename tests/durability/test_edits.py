"""D6 with settings that are edited on the way: the run that was stopped or killed is the one that was not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.durability.edited_training import WAYS
from tests.durability.programs import outcome_of
from tests.figures import figure


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks what it stops")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("points", [12, pytest.param(32, marks=pytest.mark.soak)])
def test_edited_run_when_stopped_or_killed_then_is_the_one_that_was_not(tmp_path: Path, points: int) -> None:
    outcome = outcome_of("edited_training", tmp_path, points, timeout_s=550)
    same = sum(outcome["same"].values())
    figure("D6", demanded="with live edits: all stopping points the same", measured=f"{same} of {points}")
    assert not outcome["different"]
    assert outcome["same"] == dict.fromkeys(WAYS, points // len(WAYS))
