"""D8: a database that is torn keeps no run from opening; what can be read of it is kept, in order and once."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from core.errors import RunError
from core.runs import metrics
from core.runs.metrics import MetricsWriter, read_events, read_losses
from core.runs.run import Run
from core.training.events import Finished, SaveFailed
from core.training.job import TrainingJob
from tests.durability.saves import new_run
from tests.durability.tiny import make_pictures, metric_steps, tiny_config
from tests.figures import figure

STEPS = 3000
SHORT, LONG = 10, 200
#: A file → the same, damaged.
Damage = Callable[[bytes, random.Random], bytes]


def cut(whole: bytes, choose: random.Random) -> bytes:
    return whole[: choose.randrange(len(whole))]


def cut_near_its_end(whole: bytes, choose: random.Random) -> bytes:
    return whole[: -choose.randrange(1, 8192)]


def another_byte(whole: bytes, choose: random.Random) -> bytes:
    damaged = bytearray(whole)
    damaged[choose.randrange(len(whole))] ^= choose.randrange(1, 256)
    return bytes(damaged)


def another_part(whole: bytes, choose: random.Random) -> bytes:
    at = choose.randrange(len(whole))
    return whole[:at] + choose.randbytes(5000) + whole[at + 5000 :]


#: What is damaged → the file, by the end of its name, and how.
DAMAGES: dict[str, tuple[str, Damage]] = {
    "truncations": ("", cut),
    "truncations of the last pages": ("", cut_near_its_end),
    "changed bytes": ("", another_byte),
    "overwritten parts": ("", another_part),
    "truncations of the write-ahead log": ("-wal", cut),
    "changed bytes of the write-ahead log": ("-wal", another_byte),
    "truncations beside a whole log": ("beside a log", cut),
}


def files_of(folder: Path, *, log: bool) -> dict[str, bytes]:
    """The database of a run that was closed in peace, or as it is while it runs; by the end of each file's name."""
    path = folder / "metrics.sqlite"
    with closing(MetricsWriter(path)) as writer:
        for step in range(1, STEPS + 1):
            writer.add(step, 1 / step, 1e-3, 0.5, 100.0, step * 0.1)
            if step % 10 == 0:
                writer.add_timesteps(step, np.full(20, 0.5), np.full(20, 3))
            if step % 100 == 0:
                writer.flush()
            if step == STEPS // 2:
                writer._database.execute("PRAGMA wal_checkpoint")
        writer.add_event(STEPS, "saved", "checkpoint")
        writer.flush()
        found = {file.name.removeprefix(path.name): file.read_bytes() for file in folder.glob(f"{path.name}*")}
    return {"": found[""], "-wal": found["-wal"]} if log else {"": path.read_bytes()}


@pytest.mark.family(first=2)
@pytest.mark.timeout(600)
@pytest.mark.parametrize("what", DAMAGES)
@pytest.mark.parametrize("times", [SHORT, pytest.param(LONG, marks=pytest.mark.soak)])
def test_no_damage_keeps_a_run_from_opening(tmp_path: Path, what: str, times: int) -> None:
    run = new_run(tmp_path / "run")
    end, damage = DAMAGES[what]
    whole = files_of(run.folder, log=bool(end))
    # Rows that were changed, but not their place: where the damage begins and ends.
    most_changed = {another_byte: 1, another_part: 2}.get(damage, 0)
    choose = random.Random(0)
    stopped = invented = kept = 0
    for _ in range(times):
        for file in run.folder.glob("metrics.sqlite*"):
            file.unlink()
        damaged = "-wal" if end == "-wal" else ""
        for name, content in whole.items():
            left = damage(content, choose) if name == damaged else content
            run.metrics_path.with_name(run.metrics_path.name + name).write_bytes(left)
        assert Run.open(run.folder).config == run.config
        try:  # what the window shows before anyone has written: rows in order, or a reason
            steps, losses = read_losses(run.metrics_path)
            assert (np.diff(steps) > 0).all()
            invented += int((losses == 0).sum())
        except RunError as error:
            assert str(run.metrics_path) in str(error)
        try:
            with closing(MetricsWriter(run.metrics_path)) as writer:
                writer.truncate_after(STEPS)
                writer.add(STEPS + 1, 0.25, 1e-3, 0.5, 1.0, 1.0)
                writer.add_event(STEPS + 1, "resumed", "here")
        except RunError:
            stopped += 1
            continue
        steps, losses = read_losses(run.metrics_path)
        assert (np.diff(steps) > 0).all() and steps[-1] == STEPS + 1
        with closing(sqlite3.connect(run.metrics_path)) as database:
            rows = [row[0] for row in database.execute("SELECT step FROM steps ORDER BY rowid")]
        assert rows == steps.tolist()
        different = ~np.isclose(losses[:-1], 1 / steps[:-1], rtol=1e-12)
        assert different.sum() <= most_changed
        invented += int((losses == 0).sum())
        assert read_events(run.metrics_path)[-1][1] == "resumed"
        kept += len(steps) - 1
    share = kept / times / STEPS
    measured = f"{stopped} of {times}; {share:.0%} of the rows kept, {invented} invented"
    figure("D8", demanded=f"0 of 200 {what} stop a run", measured=measured)
    assert not stopped and not invented
    # A cut is at the middle on average, and SQLite reads a log as far as it is whole: half of the rows are in it.
    assert share > (0.95 if what in ("changed bytes", "truncations of the last pages") else 0.4)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("times", [3, pytest.param(LONG, marks=pytest.mark.soak)])
def test_a_training_goes_on_over_torn_metrics(tmp_path: Path, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "COMMIT_EVERY_S", 0.0)
    scan = make_pictures(tmp_path / "pictures")
    list(TrainingJob(tiny_config(), tmp_path / "whole", scan=scan, device="cpu").run())
    choose = random.Random(0)
    went_on = 0
    for number in range(times):
        folder = tmp_path / "run"
        shutil.copytree(tmp_path / "whole", folder)
        path = Run.open(folder).metrics_path
        path.write_bytes((cut, cut_near_its_end, another_byte)[number % 3](path.read_bytes(), choose))
        events = list(TrainingJob(tiny_config(), folder, scan=scan, device="cpu", resume=True, total=14).run())
        assert isinstance(events[-1], Finished) and events[-1].step == 14
        steps, losses = read_losses(path)
        assert all(a < b for a, b in pairwise(metric_steps(Run.open(folder))))
        assert steps.tolist()[-2:] == [13, 14] and (losses != 0).all()
        went_on += not any(isinstance(event, SaveFailed) for event in events)
        shutil.rmtree(folder)
    figure("D8", demanded="a training goes on over torn metrics, and writes them", measured=f"{went_on} of {times}")
    assert went_on == times
