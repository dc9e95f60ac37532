"""The whole window as its own process: the main job from first start to close, and closing at any moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.storage.checkpoint import read_checkpoint
from core.storage.runs import Run

ENVIRONMENT = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "error"}
#: What the offscreen plugin says of itself; nothing else may be said.
HARMLESS = ("This plugin does not support",)


def complaints(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if line.strip() and not line.startswith(HARMLESS)]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    draw = np.random.default_rng(0)
    for number in range(24):
        Image.fromarray(draw.integers(0, 255, (16, 16, 3), dtype=np.uint8)).save(folder / f"{number}.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    return folder


@pytest.mark.timeout(200)
def test_the_tour_goes_through_the_main_job(tmp_path: Path) -> None:
    words = ["tour", "--out", tmp_path / "tour", "--seconds", "4", "--size", "1100x680", "--locale", "zh_CN"]
    done = subprocess.run(
        [sys.executable, "-m", "studio", *map(str, words)],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=190,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert complaints(done.stderr) == []
    report = json.loads((tmp_path / "tour" / "tour.json").read_text("utf-8"))
    assert report["failure"] is None
    assert [stage["stage"] for stage in report["stages"]] == [
        "welcome",
        "dataset",
        "training-settings",
        "preparing",
        "training",
        "paused",
        "sampling-in-training",
        "training-later",
        "stopped",
        "sampler-ddpm",
        "sampler-ddim",
        "scrub-first",
        "scrub-middle",
        "scrub-last",
        "exported",
    ]
    for stage in report["stages"]:
        with Image.open(tmp_path / "tour" / stage["picture"]) as picture:
            assert picture.size == (1100, 680)
    assert {"starting", "training", "sampling-while-training", "sampling", "scrubbing"} <= report["lateness"].keys()
    assert report["produced"]["pictures"] == 118
    assert report["produced"]["steps"] >= 2
    assert report["produced"]["checkpoints"] >= 1
    with Image.open(tmp_path / "tour" / "denoising.gif") as film:
        assert film.n_frames >= 25
    assert not report["threads_left"]


@pytest.mark.parametrize(("steps", "doing"), [(1, "training"), (9, "sampling"), (17, "training")])
def test_closing_in_the_middle_saves_and_ends_cleanly(pictures: Path, tmp_path: Path, steps: int, doing: str) -> None:
    script = Path(__file__).parent / "close_window.py"
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "home"), str(pictures), str(steps), doing],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    assert complaints(done.stderr) == []
    told = json.loads(done.stdout.splitlines()[-1])
    assert not told["left"]
    path, damaged = Run.open(Path(told["run"])).newest_checkpoint()
    assert path is not None
    assert not damaged
    assert read_checkpoint(path).step >= told["step"] >= steps
