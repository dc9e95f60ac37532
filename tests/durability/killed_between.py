"""A program for test_kills.py: for each file operation of each kind of save, a process that is killed just before it.

python -m tests.durability.killed_between FOLDER: prints, as JSON, how many there were, and what was broken.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.runs.run import Run, is_run
from tests.durability.faults import FaultyDisk, NthFails
from tests.durability.saves import SAVES, Save
from tests.durability.tiny import Forked, temps_in


def killed_at(save: Save, folder: Path, k: int) -> Callable[[object], None]:
    def work(_say: object) -> None:
        counting = NthFails()

        def before(name: str, path: str) -> None:
            counting(name, path)
            if counting.count == k:
                os.kill(os.getpid(), signal.SIGKILL)

        with FaultyDisk(before).mounted(pytest.MonkeyPatch()):
            save.do(folder)

    return work


def main(root: Path) -> None:
    points, broken = 0, []
    for name, save in SAVES.items():
        if name == "settings":  # it would bring in Qt, and is one file like run.json
            continue
        prepared = root / name
        save.prepare(prepared)
        for k in range(1, 1000):
            folder = root / f"{name} {k}"
            shutil.copytree(prepared, folder)
            status = Forked(killed_at(save, folder, k)).end()
            if status == 0:
                break
            assert status == -signal.SIGKILL
            points += 1
            try:
                assert save.state(folder) in ("old", "new")
                if is_run(folder):
                    with Run.open(folder).lock():  # the next start
                        pass
                    assert not temps_in(folder)
                save.do(folder)
                assert save.state(folder) == "new"
            except Exception as error:
                broken.append(f"{name} killed before operation {k}: {error!r}")
    print(json.dumps({"points": points, "broken": broken}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
