"""Runs a program of this folder in a fresh interpreter, from which it forks what it kills."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@cache
def can_mount() -> bool:
    """Whether a program can be given disks of its own."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    command = ["unshare", "-Urm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]
    return subprocess.run(command, capture_output=True).returncode == 0


def outcome_of(program: str, *words: object, timeout_s: float) -> Any:
    """What tests/durability/PROGRAM.py prints last, from JSON."""
    result = subprocess.run(
        [sys.executable, "-m", f"tests.durability.{program}", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=timeout_s,
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])
