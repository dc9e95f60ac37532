"""Runs a program of this folder in a fresh interpreter, from which it forks what it kills."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


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
