"""A change of language or size by a restart that the program does itself, in the same place, with the same training."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.runs.checkpoint import read_checkpoint
from core.runs.run import Run
from tests.e2e.programs import ENVIRONMENT, complaints


def restarted(
    home: Path, pictures: Path, room: str, *, trains: bool, larger: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the window was before the restart and after it."""
    report = home / "report"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "tests.e2e.restarted", str(pictures)],
        capture_output=True,
        text=True,
        env=ENVIRONMENT
        | {f"XDG_{kind}_HOME": str(home / kind) for kind in ("CONFIG", "DATA", "CACHE", "STATE")}
        | {
            "HOME": str(home),
            "REPORT": str(report),
            "ROOM": room,
            "TRAINS": "1" if trains else "",
            "LARGER": "1" if larger else "",
        },
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert complaints(done.stderr) == [], "nothing is left behind that would complain"
    before, after = map(json.loads, report.read_text("utf-8").splitlines())
    return before, after


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the new one is another process, which nobody waits for")
@pytest.mark.timeout(180)
def test_a_change_of_language_comes_back_to_the_same_room(pictures: Path, tmp_path: Path) -> None:
    before, after = restarted(tmp_path, pictures, "sampler", trains=False)
    assert (before["button"], after["button"]) == ("Stop", "停止")
    assert before["words"] == ["-X", "utf8", "-m", "tests.e2e.restarted", str(pictures)]
    assert after["words"] == ["-X", "utf8", "-m", "tests.e2e.restarted", "--restarted"]
    assert after["process"] == before["process"], "who waits for the program waits on"
    for same in ("room", "folder", "run"):
        assert after[same] == before[same]


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the new one is another process, which nobody waits for")
@pytest.mark.timeout(180)
def test_a_training_is_saved_and_goes_on_in_the_room_that_was_shown(pictures: Path, tmp_path: Path) -> None:
    before, after = restarted(tmp_path, pictures, "dataset", trains=True)
    assert (before["button"], after["button"]) == ("Stop", "停止")
    assert before["room"] == after["room"] == "dataset"
    assert before["run"] is not None and after["run"] == before["run"]
    assert after["step"] > before["step"] >= 3
    path, damaged = Run.open(Path(after["run"])).newest_checkpoint()
    assert path is not None and not damaged and read_checkpoint(path).step >= after["step"]


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the new one is another process, which nobody waits for")
@pytest.mark.timeout(180)
def test_a_key_makes_everything_larger_with_the_generation_at_its_step_and_the_training_under_way(
    pictures: Path, tmp_path: Path
) -> None:
    before, after = restarted(tmp_path, pictures, "sampler", trains=True, larger=True)
    assert (before["ratio"], after["ratio"]) == (1, 1.1)
    assert before["quiet"] and after["quiet"] and before["room"] == after["room"] == "sampler"
    assert before["place"]["step"] == 1 and before["place"]["picture"] == 2 and after["place"] == before["place"]
    assert after["run"] == before["run"] and after["step"] > before["step"] >= 3
