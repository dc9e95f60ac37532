"""A day at the window in an hour: what grows, what is left open, and whether it is still fluid at the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pytest

from tests.e2e.programs import ENVIRONMENT, complaints
from tests.figures import figure

#: The long version; another length is tried with LONG_DAY_MINUTES=3.
MINUTES = float(os.environ.get("LONG_DAY_MINUTES", "60"))
#: A slope over less than this says nothing of an hour.
WORTH_A_SLOPE_MINUTES = 30.0


def spent(minutes: float, pictures: Path, home: Path) -> dict[str, Any]:
    script = Path(__file__).parent / "long_day.py"
    done = subprocess.run(
        [sys.executable, str(script), str(home), str(pictures), str(minutes)],
        capture_output=True,
        text=True,
        env={**ENVIRONMENT, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=60 * minutes + 240,
    )
    assert done.returncode == 0, done.stderr
    assert complaints(done.stderr) == []
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert not told["failure"] and not told["left"], told["failure"]
    return told


def settled(held: list[dict[str, float]]) -> list[dict[str, float]]:
    """Without the first sixth: the first ten of sixty minutes."""
    return [row for row in held if row["at_s"] >= held[-1]["at_s"] / 6]


def slope_per_hour(held: list[dict[str, float]]) -> float:
    """MB an hour, as the line through all that was measured."""
    at_h = np.array([row["at_s"] for row in held]) / 3600
    return float(np.polyfit(at_h, [row["megabytes"] for row in held], 1)[0])


def grown(held: list[dict[str, float]], what: str) -> float:
    """By how much the last third holds more than the first: a file that is being written is not counted as one left."""
    third = len(held) // 3
    return median(row[what] for row in held[-third:]) - median(row[what] for row in held[:third])


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="counts in /proc")
@pytest.mark.timeout(120)
def test_a_while_at_the_window_leaves_nothing_open(pictures: Path, tmp_path: Path) -> None:
    told = spent(0.15, pictures, tmp_path)
    held = settled(told["held"])
    assert told["rounds"] >= 1 and told["steps"] > 20
    assert {"last 1 of 3", "last 2 of 3", "last 3 of 3"} <= told["lateness"].keys()
    assert grown(held, "descriptors") <= 2 and grown(held, "threads") <= 1


@pytest.mark.soak
@pytest.mark.skipif(sys.platform != "linux", reason="counts in /proc")
@pytest.mark.timeout(60 * MINUTES + 300)
def test_a_long_day(pictures: Path, tmp_path: Path) -> None:
    told = spent(MINUTES, pictures, tmp_path)
    held = settled(told["held"])
    slope, descriptors, threads = slope_per_hour(held), grown(held, "descriptors"), grown(held, "threads")
    last = [row for phase, row in told["lateness"].items() if phase.startswith("last")]
    p99_ms, max_ms = (median(row[name] for row in last) for name in ("p99_ms", "max_ms"))
    figure(
        "G9",
        demanded="60 minutes: memory ≤ 5 MB/h after the first 10, descriptors flat, G1 in the last 10",
        measured=f"{MINUTES:g} minutes, {told['rounds']} rounds, {told['steps']:,} steps: {slope:+.1f} MB/h "
        f"({held[0]['megabytes']:.0f} → {held[-1]['megabytes']:.0f} MB), {descriptors:+g} descriptors, "
        f"{threads:+g} threads, late p99 {p99_ms:.0f} ms, max {max_ms:.0f} ms "
        f"(worst {max(row['max_ms'] for row in last):.0f}; waited {told['waited_s']:.1f} s for a core)",
    )
    assert descriptors == 0 and threads == 0
    assert MINUTES < WORTH_A_SLOPE_MINUTES or slope <= 5
    assert p99_ms <= 50 and max_ms <= 100
