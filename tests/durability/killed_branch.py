"""A program for test_kills.py: for each file operation of a branch, a process that is killed just before it.

python -m tests.durability.killed_branch FOLDER: prints, as JSON, how many there were, and what was broken.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from core.networks.build import build_diffusion
from core.runs.atomic import TEMP_SUFFIX
from core.runs.checkpoint import Checkpoint, read_checkpoint, save_checkpoint
from core.runs.checkpoint_files import description_path
from core.runs.listing import run_folders
from core.runs.run import Run, is_run
from core.training.branching import make_branch, read_origin
from tests.durability.faults import FaultyDisk, NthFails, content_of
from tests.durability.saves import CONFIG, new_run
from tests.durability.tiny import Forked

PLAIN = CONFIG.with_settings({"ema_snapshots": 0})


def main(root: Path) -> None:
    root.mkdir(exist_ok=True)
    parent = new_run(root / "parent")
    weights = build_diffusion(PLAIN).state_dict()
    kept = Checkpoint(step=4, config=PLAIN, model=weights, ema=weights, optimizer={}, extra={})
    save_checkpoint(parent.checkpoints_folder, kept)
    before = content_of(parent.folder)
    points, broken, made = 0, [], 0

    def branch(folder: Path) -> None:
        make_branch(folder, read_origin(parent.folder), PLAIN, source_folder=root, device="cpu")

    for k in range(1, 1000):
        folder = root / f"branch {k}"

        def work(_say: object, folder: Path = folder, k: int = k) -> None:
            counting = NthFails()

            def kills(name: str, path: str) -> None:
                counting(name, path)
                if counting.count == k:
                    os.kill(os.getpid(), signal.SIGKILL)

            with FaultyDisk(kills).mounted(pytest.MonkeyPatch()):
                branch(folder)

        status = Forked(work).end()
        try:
            if is_run(folder):
                made += 1
                run = Run.open(folder)
                assert run.parent is not None and run.parent.name == "parent"
                assert run.state().step == 4, "one that is trained from random weights"
                read_checkpoint(description_path(run.checkpoints_folder, 4))
                with run.lock():  # the next start
                    pass
            else:
                assert folder not in [found for _, found in run_folders(root)]
                branch(folder)  # the name is free
                read_checkpoint(description_path(Run.open(folder).checkpoints_folder, 4))
                assert not list(folder.rglob(f".*{TEMP_SUFFIX}"))
            assert content_of(parent.folder) == before, "its parent is as it was"
        except Exception as error:
            broken.append(f"killed before operation {k}: {error!r}")
        if status == 0:
            break
        assert status == -signal.SIGKILL
        points += 1
    branch(root / "afterwards")
    print(json.dumps({"points": points, "broken": broken, "made": made}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
