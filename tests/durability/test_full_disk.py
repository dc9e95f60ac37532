"""D3: a disk that is full, read-only, forbidden or broken: the training goes on or stops with a message, at once."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from core.errors import RunError
from core.pictures.folder.scan import Scan
from core.presets import resolve
from core.runs.metrics import MetricsWriter
from core.runs.run import Run, is_run
from core.training.events import CheckpointSaved, Finished, SaveFailed, StepDone
from core.training.job import TrainingJob
from tests.durability.faults import FaultyDisk, content_of, failing
from tests.durability.programs import ROOT, can_mount
from tests.durability.saves import new_run
from tests.durability.tiny import check_run, fingerprint, make_pictures, temps_in, tiny_config
from tests.figures import figure

#: Each error, what SQLite says of it, and the operation that it usually comes from.
ERRORS = {
    "ENOSPC": (errno.ENOSPC, "database or disk is full", "write"),
    "EDQUOT": (errno.EDQUOT, "database or disk is full", "write"),
    "EROFS": (errno.EROFS, "attempt to write a readonly database", "open"),
    "EACCES": (errno.EACCES, "unable to open database file", "open"),
    "EIO": (errno.EIO, "disk I/O error", "fsync"),
}
#: The events of the steps between which the disk fails.
FROM, UNTIL = 2, 8


class Trouble:
    """A disk and a database that fail while `on`, at the files whose path has `where` in it."""

    def __init__(self, name: str, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.on, self._where = False, where
        self._number, self._words, self._operation = ERRORS[name]
        trouble = self

        class Database(sqlite3.Connection):
            def executemany(self, *arguments: Any) -> Any:
                if trouble.on and where == "metrics":
                    raise sqlite3.OperationalError(trouble._words)
                return super().executemany(*arguments)

        connect = sqlite3.connect
        monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, factory=Database, **k))
        self.disk = FaultyDisk(self._before)

    def _before(self, name: str, path: str) -> None:
        if self.on and name == self._operation and self._where in path:
            raise failing(self._number)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    return make_pictures(tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="module")
def undisturbed(pictures: Scan, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    list(TrainingJob(tiny_config(), folder, scan=pictures, device="cpu").run())
    return fingerprint(folder)


@pytest.fixture(scope="module")
def survived() -> list[str]:
    return []


def note(survived: list[str], name: str, told_s: float) -> None:
    survived.append(name)
    measured = f"{len(survived)} of 20, told within {max(told_s, 0.1):.1f} s"
    figure("D3", demanded="5 errors × 4 files: goes on, or stops in ≤ 2 s", measured=measured)


@pytest.mark.family
@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize(
    ("what", "where"), [("checkpoint", "checkpoints"), ("samples", "samples"), ("metrics", "metrics")]
)
def test_a_training_outlives_a_disk_that_fails_for_a_while(
    name: str,
    what: str,
    where: str,
    pictures: Scan,
    undisturbed: dict[str, str],
    survived: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "run"
    trouble = Trouble(name, where, monkeypatch)
    monkeypatch.setattr("core.runs.metrics.COMMIT_EVERY_S", 0.0)
    events, before, told_s = [], {}, 0.0
    with trouble.disk.mounted(monkeypatch):
        for event in TrainingJob(tiny_config(), folder, scan=pictures, device="cpu").run():
            events.append(event)
            if isinstance(event, StepDone):
                stepped = time.monotonic()
                if event.step == FROM + 2:
                    before = content_of(folder / where)
                if event.step == UNTIL:
                    # What was there is there still, and nothing half of the new.
                    assert not before or before == content_of(folder / where)
                    assert not temps_in(folder)
                trouble.on = FROM <= event.step < UNTIL
            if isinstance(event, SaveFailed):
                told_s = max(told_s, time.monotonic() - stepped)
    failed = [event for event in events if isinstance(event, SaveFailed)]
    assert {event.what for event in failed} == {what}
    assert len(failed) == {"checkpoint": 2, "samples": 1, "metrics": 1}[what]
    assert all(str(folder) in event.reason for event in failed)
    assert isinstance(events[-1], Finished) and events[-1].step == 12
    assert told_s < 2
    assert check_run(folder) == 12
    found = fingerprint(folder)
    if what == "samples":
        assert found == {key: value for key, value in undisturbed.items() if key != "step-00000004.png"}
    else:
        assert found == undisturbed
    note(survived, f"{what} {name}", told_s)


@pytest.mark.parametrize("name", ERRORS)
def test_a_run_that_cannot_be_described_is_not_begun_nor_planned_anew(
    name: str, pictures: Scan, survived: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = Trouble(name, "run", monkeypatch)
    with trouble.disk.mounted(monkeypatch):
        trouble.on = True
        began = time.monotonic()
        with pytest.raises(RunError, match="could not be saved"):
            list(TrainingJob(tiny_config(), tmp_path / "new run", scan=pictures, device="cpu").run())
        told_s = time.monotonic() - began
        assert not is_run(tmp_path / "new run")
        trouble.on = False
        folder = tmp_path / "run"
        config = resolve(tiny_config(), pictures.facts())
        Run.create(folder, config, source_folder=pictures.folder, device="cpu", planned_total=9)
        before = (folder / "run.json").read_bytes()
        trouble.on = True
        with pytest.raises(RunError, match="could not be saved"):
            Run.open(folder).record_plan(12, at_step=0)
        assert (folder / "run.json").read_bytes() == before
        trouble.on = False
        assert Run.open(folder).planned_total == 9 and not temps_in(folder)
    assert told_s < 2
    note(survived, f"run.json {name}", told_s)


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = new_run(tmp_path / "run")
    before, tried = run.log_path.read_bytes(), 0
    for number, _, _ in ERRORS.values():

        def failing_log(_name: str, path: str, wrong: int = number) -> None:
            if path.endswith("log.txt"):
                raise failing(wrong)

        with FaultyDisk(failing_log).mounted(monkeypatch):
            run.log("something happened")
        tried += run.log_path.read_bytes() == before
    figure("D3", demanded="a log that cannot be written stops nothing", measured=f"{tried} of {len(ERRORS)} errors")
    assert tried == len(ERRORS)


def test_a_training_of_which_nothing_can_be_saved_ends_loudly_when_it_is_stopped(
    pictures: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = Trouble("ENOSPC", "checkpoints", monkeypatch)
    told: list[object] = []
    job = TrainingJob(tiny_config(), tmp_path / "run", scan=pictures, device="cpu")
    with trouble.disk.mounted(monkeypatch), pytest.raises(RunError, match="the disk is full"):
        trouble.on = True
        for event in job.run():
            told.append(event)
            if isinstance(event, SaveFailed) and event.last:
                began = time.monotonic()
                job.wishes.stop.set()
    assert time.monotonic() - began < 2
    assert sum(isinstance(event, SaveFailed) and event.what == "checkpoint" for event in told) == 4
    assert not any(isinstance(event, CheckpointSaved | Finished) for event in told)
    assert not content_of(tmp_path / "run" / "checkpoints")


def test_what_was_learnt_waits_at_the_end_until_there_is_room(
    pictures: Scan, undisturbed: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.training.trainer.LAST_RETRY_S", 0.01)
    trouble = Trouble("ENOSPC", "checkpoints", monkeypatch)
    folder, failed = tmp_path / "run", 0
    with trouble.disk.mounted(monkeypatch):
        for event in TrainingJob(tiny_config(), folder, scan=pictures, device="cpu").run():
            failed += isinstance(event, SaveFailed) and event.last
            trouble.on = (isinstance(event, StepDone) and event.step == 12) or (trouble.on and failed < 3)
    assert failed == 3 and isinstance(event, Finished)
    assert check_run(folder) == 12 and fingerprint(folder) == undisturbed


def test_numbers_wait_for_a_database_that_is_really_full(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sqlite"
    writer = MetricsWriter(path)
    pages = writer._database.execute("PRAGMA page_count").fetchone()[0]
    writer._database.execute(f"PRAGMA max_page_count = {pages + 1}")
    for step in range(1, 2001):
        writer._steps.append((step, 0.5, 1e-3, 1.0, 1.0, 1.0))
    with pytest.raises(RunError, match="full"):
        writer.flush()
    writer._database.execute("PRAGMA max_page_count = 100000")
    writer.close()
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*), max(step) FROM steps").fetchone() == (2000, 2000)
    database.close()


@pytest.mark.long
@pytest.mark.skipif(not can_mount(), reason="needs a small disk of its own")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f"mount -t tmpfs -o size=4m tmpfs {disk} && exec {sys.executable} -m tests.durability.full_disk {disk}"
    result = subprocess.run(
        ["unshare", "-Urm", "sh", "-c", mount],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert result.returncode == 0, result.stderr
    figure("D3", demanded="a disk that is really full: goes on when there is room", measured=result.stdout.strip())
