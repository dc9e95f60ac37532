"""Several processes train one run as one would: the same loss and weights, and none that ends holds up the others."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.durability.programs import outcome_of

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="forks its processes"),
    pytest.mark.long,
    pytest.mark.timeout(300),
]


def trial(name: str, folder: Path) -> Any:
    return outcome_of("together", name, folder, timeout_s=280)


def test_loss_when_two_or_three_processes_share_a_batch_is_that_of_one(tmp_path: Path) -> None:
    outcome = trial("same_loss", tmp_path)
    assert outcome["codes"] == {"1": [0], "2": [0, 0], "3": [0, 0, 0]}
    assert outcome["steps"] == 24 and outcome["timesteps"]
    for loss, grad_norm in outcome["furthest"].values():
        assert loss < 1e-5 and grad_norm < 1e-4
    assert outcome["weights agree"] == {"2": True, "3": True}


def test_killed_process_when_it_is_not_the_first_has_the_run_saved_and_it_goes_on(tmp_path: Path) -> None:
    outcome = trial("kill_second", tmp_path)
    assert outcome["code"] == 1 and outcome["errors"][0][0] == "training.process-lost"
    assert outcome["saved"] == outcome["taken"] >= 16  # the last checkpoint that was due is that of step 14
    assert outcome["1 go on"] == [[0], True]
    assert outcome["2 go on"] == [[0, 0], True]


def test_killed_process_when_it_is_the_first_ends_the_others_and_leaves_its_last_checkpoint(tmp_path: Path) -> None:
    outcome = trial("kill_first", tmp_path)
    assert outcome["code"] == 1
    assert outcome["saved"] == 14
    assert outcome["1 go on"] == [[0], True]
    assert outcome["2 go on"] == [[0, 0], True]


def test_resumption_when_two_processes_were_stopped_is_the_run_that_was_not(tmp_path: Path) -> None:
    outcome = trial("resume", tmp_path)
    assert outcome["codes"] == [[0, 0], [0, 0], [0, 0]]
    assert 6 <= outcome["stopped at"] < 24
    assert outcome["let go"] == "let go"
    assert outcome["same"]


def test_edits_when_two_processes_train_hold_in_both_and_after_a_stop(tmp_path: Path) -> None:
    outcome = trial("edited", tmp_path)
    assert outcome["codes"] == [[0], [0, 0], [0, 0], [0, 0]]
    assert outcome["changes"] == [5, 11]
    assert outcome["furthest"] < 1e-4, "of the loss of one process"
    assert outcome["agree"] and outcome["same"]


@pytest.mark.parametrize("name", ["poison", "late"])
def test_nan_when_it_is_in_one_process_takes_all_back_together(tmp_path: Path, name: str) -> None:
    outcome = trial(name, tmp_path)
    assert outcome["codes"] == [0, 0]
    assert outcome["back"] == [["6", "9"]]
    assert outcome["agree"] and outcome["last"] == 24


def test_error_when_it_is_another_processs_is_said_by_the_first_and_the_run_is_saved(tmp_path: Path) -> None:
    outcome = trial("fail", tmp_path)
    code, *fields = outcome["error"][0]
    assert code == "training.process-failed" and "MemoryError:" in " ".join(fields)
    assert outcome["codes"][0] == 1
    assert outcome["saved"] == 8


def test_batch_when_it_has_fewer_pictures_than_there_are_processes_is_refused_before_a_run_is_made(
    tmp_path: Path,
) -> None:
    outcome = trial("too_few", tmp_path)
    assert len(outcome["error"]) == 1 and outcome["error"][0][0] == "config.bad-value"
    assert outcome["codes"] == [1, 0, 0]
    assert not outcome["a run"]
