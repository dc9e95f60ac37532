"""Trainings whose terminal, log or reader goes away: they go on, or end saved, and the run says why."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.runs.run import Run
from tests.e2e.programs import ENVIRONMENT
from tests.e2e.test_command_line import TINY, pictures  # noqa: F401 (a fixture)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="its signals and devices")


def words(folder: Path, run: Path, steps: int) -> list[str]:
    return [sys.executable, "-m", "core", *map(str, ("train", folder, "--run", run, "--steps", steps, *TINY))]


def log_of(run: Path) -> str:
    return Run.open(run).log_path.read_text("utf-8")


@pytest.mark.long
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_under_its_output_ends_no_training(pictures: Path, tmp_path: Path) -> None:  # noqa: F811
    run = tmp_path / "run"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            words(pictures, run, 60), stdout=full, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, timeout=60
        )
    assert done.returncode == 0 and not done.stderr
    assert Run.open(run).state().step == 60
    assert log_of(run).count("standard output cannot be written") == 1 and "going on without" in log_of(run)


@pytest.mark.long
def test_a_reader_that_leaves_ends_it_saved(pictures: Path, tmp_path: Path) -> None:  # noqa: F811
    run = tmp_path / "run"
    command = [*words(pictures, run, 10**6), "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        while "step_done" not in process.stdout.readline():
            pass
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(timeout=60) == 1
    assert said.count("\n") == 1 and "nobody reads the output any more" in said and "--resume goes on" in said
    assert Run.open(run).state().step >= 1
    assert "nobody reads it any more: stopping" in log_of(run)


@pytest.mark.long
def test_nohup_goes_on(pictures: Path, tmp_path: Path) -> None:  # noqa: F811
    run, step = tmp_path / "run", 0
    command = ["sh", "-c", 'trap \'\' HUP; exec "$0" "$@"', *words(pictures, run, 10**6), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        for line in process.stdout:
            step += "step_done" in line
            if step in (5, 20) and "step_done" in line:
                process.send_signal(signal.SIGHUP if step == 5 else signal.SIGTERM)
        assert process.wait(timeout=60) == 143
    assert Run.open(run).state().step >= 20
