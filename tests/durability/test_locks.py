"""D9: never two writers on one run; a dead owner's lock is taken over, a live one is named."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
from pathlib import Path

import pytest

from core.errors import RunError
from core.runs.lock import CLAIM_FILE, _boot
from core.runs.run import Run
from tests.durability.programs import outcome_of
from tests.durability.saves import new_run
from tests.durability.tiny import Forked, temps_in
from tests.figures import figure

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks those that start")


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("rounds", [5, pytest.param(50, marks=pytest.mark.soak)])
def test_of_many_simultaneous_starts_one_goes_on(tmp_path: Path, rounds: int) -> None:
    outcome = outcome_of("simultaneous", tmp_path, rounds, timeout_s=280)
    two, slowest = outcome["two writers"], outcome["slowest takeover"]
    figure("D9", demanded="0 of 50 simultaneous starts get two writers", measured=f"{two} of {rounds}")
    figure("D9", demanded="a dead owner's lock is taken over in ≤ 2 s", measured=f"{slowest:.2f} s at most")
    figure("D9", demanded="a live owner is named", measured=f"{outcome['not named']} refused without its name")
    assert (two, outcome["none"], outcome["not named"]) == (0, 0, 0)
    assert slowest < 2


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("rounds", [2, pytest.param(50, marks=pytest.mark.soak)])
def test_where_there_are_no_locks_one_goes_on_all_the_same(tmp_path: Path, rounds: int) -> None:
    outcome = outcome_of("simultaneous", tmp_path, rounds, "ENOLCK", timeout_s=280)
    two, slowest = outcome["two writers"], outcome["slowest takeover"]
    measured = f"{two} of {rounds}, a dead owner's taken over in {slowest:.2f} s at most"
    figure("D9", demanded="0 of 50 where the disk has no locks", measured=measured)
    assert (two, outcome["none"], outcome["not named"]) == (0, 0, 0)
    assert slowest < 2


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    monkeypatch.setattr("fcntl.flock", flock)


def claim(**said: object) -> dict[str, object]:
    here = {"host": socket.gethostname(), "pid": os.getpid(), "since": "yesterday", "boot": _boot()}
    return {**here, **said}


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        (claim(host="elsewhere"), True),  # nobody here can ask
        (claim(pid=os.getppid()), True),
        (claim(boot="an earlier one", pid=os.getppid()), False),
        (claim(), False),  # this process's number, but not this process's
        (claim(pid=2**40), False),
        (None, False),  # killed before it had written who it is
    ],
)
def test_a_claim_stands_unless_its_owner_is_surely_dead(
    tmp_path: Path, no_locks: None, said: dict[str, object] | None, stands: bool
) -> None:
    run = new_run(tmp_path / "run")
    path = run.folder / CLAIM_FILE
    path.write_text("" if said is None else json.dumps(said))
    os.utime(path, (1, 1))
    if stands:
        with pytest.raises(RunError, match=CLAIM_FILE) as caught, run.lock():
            pass
        assert said and caught.value.fields["host"] == said["host"]
        assert path.exists()
    else:
        with run.lock():
            owner = run.owner()
            assert owner is not None and owner.alive and owner.pid == str(os.getpid())
            with pytest.raises(RunError, match=CLAIM_FILE), Run.open(run.folder).lock():
                pass
        assert run.owner() is None and not path.exists() and not temps_in(run.folder)


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
