"""D3: a run on a disk that takes nothing, such as a colleague's share, can be looked at and sampled from."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.training.job import TrainingJob
from tests.durability.faults import content_of
from tests.durability.programs import ROOT, can_mount
from tests.durability.tiny import make_pictures, tiny_config
from tests.figures import figure


@pytest.mark.long
@pytest.mark.skipif(not can_mount(), reason="needs a disk of its own")
def test_a_run_on_a_read_only_disk_opens_and_samples(tmp_path: Path) -> None:
    scan, disk = make_pictures(tmp_path / "pictures"), tmp_path / "disk"
    for event in TrainingJob(tiny_config(), disk / "ended", scan=scan, device="cpu").run():
        if getattr(event, "step", 0) == 10 and not (disk / "killed").exists():  # copied as a kill would have left it
            shutil.copytree(disk / "ended", disk / "killed", ignore=shutil.ignore_patterns("*-shm"))
    assert (disk / "killed" / "metrics.sqlite-wal").stat().st_size
    before = content_of(disk)
    words = " ".join(map(str, (scan.folder, disk / "ended", disk / "killed")))
    result = subprocess.run(
        [
            *("unshare", "-Urm", "sh", "-c"),
            f"mount --bind {disk} {disk} && mount -o remount,ro,bind {disk}"
            f" && exec {sys.executable} -m tests.durability.read_only {words}",
        ],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert result.returncode == 0, result.stderr
    ended, killed = json.loads(result.stdout.splitlines()[-1])
    figure("D3", demanded="a run on a read-only disk opens and samples", measured="2 of 2")
    assert (ended["step"], ended["losses"], killed["step"]) == (12, 12, 9)
    assert killed["losses"] >= 9  # they are in the write-ahead log
    for shown in (ended, killed):
        assert shown["sampled"] == [1, 3, 8, 8]
        assert "read-only" in shown["refused"]
    assert content_of(disk) == before
