"""D2: whichever file operation of a save fails, the old or the new state is left, and nothing else."""

from __future__ import annotations

import errno
import shutil
from itertools import cycle
from pathlib import Path

import pytest

from core.errors import StudioError
from core.runs.run import Run, is_run
from tests.durability.faults import FaultyDisk, NthFails
from tests.durability.saves import SAVES
from tests.durability.tiny import temps_in
from tests.figures import figure

ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO)


def operations_of(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many file operations a save takes."""
    SAVES[name].prepare(folder)
    counting = NthFails()
    with FaultyDisk(counting).mounted(monkeypatch):
        SAVES[name].do(folder)
    assert SAVES[name].state(folder) == "new"
    return counting.count


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("for_good", [False, True], ids=["one", "all from then on"])
def test_whichever_operation_fails_the_old_or_the_new_state_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, for_good: bool
) -> None:
    tried, neither, left = 0, 0, 0
    errors = cycle(ERRORS)
    for name, save in SAVES.items():
        operations = operations_of(name, tmp_path / f"count {name}", monkeypatch)
        prepared = tmp_path / name
        save.prepare(prepared)
        assert operations
        there = len(temps_in(prepared))
        for k in range(1, operations + 1):
            folder = tmp_path / f"{name} {k}"
            shutil.copytree(prepared, folder)
            assert save.state(folder) == "old"
            fails = NthFails(k, next(errors), for_good=for_good)
            with FaultyDisk(fails).mounted(monkeypatch):
                try:
                    save.do(folder)
                    told = False
                except StudioError as error:
                    assert str(tmp_path) in str(error)
                    told = True
            assert fails.count >= k, "it did not come so far"
            # What may have been lost is told, whatever stands there now.
            assert told or fails.failed != "fsync" or name == "tidying up", (name, k)
            tried += 1
            neither += save.state(folder) not in ("old", "new")
            if for_good and is_run(folder):
                with Run.open(folder).lock():  # the next start
                    pass
                left += len(temps_in(folder))
            elif not for_good:
                left += max(0, len(temps_in(folder)) - there)
            save.do(folder)
            assert save.state(folder) == "new", "the next save does not go through"
    how = "all operations fail" if for_good else "one operation fails"
    figure("D2", demanded=f"old or new state, {how}", measured=f"{tried - neither} of {tried}, {left} files left over")
    assert not neither and not left
