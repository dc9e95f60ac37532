"""D9: never two writers on one run; a dead owner's lock is taken over, a live one is named."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from ..figures import figure
from .programs import outcome_of
from .saves import new_run
from .tiny import Forked

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks those that start")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("rounds", [8, pytest.param(50, marks=pytest.mark.soak)])
def test_of_many_simultaneous_starts_one_goes_on(tmp_path: Path, rounds: int) -> None:
    outcome = outcome_of("simultaneous", tmp_path, rounds, timeout_s=280)
    two, slowest = outcome["two writers"], outcome["slowest takeover"]
    figure("D9", demanded="0 of 50 simultaneous starts get two writers", measured=f"{two} of {rounds}")
    figure("D9", demanded="a dead owner's lock is taken over in ≤ 2 s", measured=f"{slowest:.2f} s at most")
    figure("D9", demanded="a live owner is named", measured=f"{outcome['not named']} refused without its name")
    assert (two, outcome["none"], outcome["not named"]) == (0, 0, 0)
    assert slowest < 2


def test_a_forked_child_does_not_keep_its_dead_parents_lock(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")

    def own(say) -> None:
        with run.lock():
            grandchild = os.fork()
            if not grandchild:
                signal.pause()
            say(f"child {grandchild}")
            signal.pause()

    owner = Forked(own)
    owner.wait_for("child")
    grandchild = int(owner.lines()[-1].split()[1])
    try:
        os.kill(owner.pid, signal.SIGKILL)
        os.waitpid(owner.pid, 0)
        os.kill(grandchild, 0)  # it lives
        with run.lock():
            pass
    finally:
        os.kill(grandchild, signal.SIGKILL)
        os.close(owner._reading)
