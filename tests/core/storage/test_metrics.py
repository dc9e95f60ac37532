"""The numbers of a run: readable while written, in order, and never what keeps a run from opening."""

from __future__ import annotations

import math
import re
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core.errors import RunError
from core.runs import metrics
from core.runs.metrics import (
    EVENT_TITLES,
    MetricsWriter,
    read_events,
    read_losses,
    read_scalar,
    read_series,
    read_timesteps,
)

HOME = Path(__file__).resolve().parents[3]


def filled(path: Path, steps: int = 2000) -> None:
    with closing(MetricsWriter(path)) as writer:
        for step in range(1, steps + 1):
            writer.add(step, 1 / step, 1e-3, 0.5, 100.0, step * 0.1)
            if step % 10 == 0:
                writer.add_timesteps(step, np.full(50, 0.5), np.full(50, 3))
        writer.add_event(steps, "saved", "checkpoint")


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(f"SELECT * FROM {table}").fetchall()


def test_what_is_added_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sqlite"
    filled(path, 30)
    steps, losses = read_losses(path)
    assert steps.tolist() == list(range(1, 31)) and np.allclose(losses, 1 / steps)
    assert read_losses(path, after_step=28)[0].tolist() == [29, 30]
    ((step, kind, text, at),) = read_events(path)
    assert (step, kind, text) == (30, "saved", "checkpoint") and at > 1e9
    assert len(rows(path, "timesteps")) == 150


def test_bins_without_pictures_are_not_kept_as_zeros(tmp_path: Path) -> None:
    with closing(MetricsWriter(tmp_path / "m")) as writer:
        writer.add_timesteps(1, np.array([0.5, 0.0, 1.5]), np.array([1, 0, 2]))
    assert rows(tmp_path / "m", "timesteps") == [(1, 0, 0.5, 1), (1, 2, 1.5, 2)]


def test_the_losses_of_the_last_steps_are_summed_over_each_part_of_the_schedule(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sqlite"
    filled(path, 2000)  # ten steps a row
    sums, counts, steps = read_timesteps(path, until_step=1995, window=500, bins=50)
    assert steps == 500 and set(counts) == {150} and np.allclose(sums, 25)
    assert read_timesteps(path, until_step=30, window=500, bins=50).steps == 30
    assert read_timesteps(path, until_step=5, window=500, bins=50).steps == 0
    with pytest.raises(RunError) as told:  # a run of fewer timesteps has fewer parts
        read_timesteps(path, until_step=2000, window=500, bins=10)
    assert told.value.code == "storage.not-read"


def test_a_loss_per_timestep_that_is_no_number_is_left_out(tmp_path: Path) -> None:
    with closing(MetricsWriter(tmp_path / "m")) as writer:
        writer.add_timesteps(10, np.array([0.5, np.nan, np.inf]), np.array([1, 2, 3]))
    sums, counts, steps = read_timesteps(tmp_path / "m", until_step=10, window=500, bins=3)
    assert sums.tolist() == [0.5, 0, 0] and counts.tolist() == [1, 0, 0] and steps == 10


def test_resuming_forgets_what_came_after_the_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sqlite"
    filled(path, 50)
    with closing(MetricsWriter(path)) as writer:
        writer.add(51, 1.0, 0, 0, 0, 0)  # not committed yet: forgotten as well
        writer.truncate_after(20)
        writer.add(21, 9.0, 0, 0, 0, 0)
    steps, losses = read_losses(path)
    assert steps.tolist() == list(range(1, 22)) and losses[-1] == 9.0
    assert max(row[0] for row in rows(path, "timesteps")) == 20 and not read_events(path)  # type: ignore[type-var]


def test_commits_come_at_most_once_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(metrics.time, "monotonic", lambda: now)
    path = tmp_path / "metrics.sqlite"
    with closing(MetricsWriter(path)) as writer:
        for step in range(1, 10):
            writer.add(step, 1.0, 0, 0, 0, 0)
        assert len(read_losses(path)[0]) == 0
        now += 1.0
        writer.add(10, 1.0, 0, 0, 0, 0)
        assert len(read_losses(path)[0]) == 10
        writer.add(11, 1.0, 0, 0, 0, 0)
        writer.flush()
        assert len(read_losses(path)[0]) == 11


def test_another_process_reads_while_this_one_writes(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sqlite"
    code = (
        "import sys, pathlib; from core.runs.metrics import read_losses\n"
        "print(len(read_losses(pathlib.Path(sys.argv[1]))[0]))"
    )
    with closing(MetricsWriter(path)) as writer:
        writer.add(1, 0.5, 0, 0, 0, 0)
        writer.flush()
        writer.add(2, 0.5, 0, 0, 0, 0)
        result = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
    assert result.stdout.strip() == "1", result.stderr


def test_a_loss_that_is_no_number_stays_none(tmp_path: Path) -> None:
    with closing(MetricsWriter(tmp_path / "m")) as writer:
        writer.add(1, math.nan, 0, math.inf, 0, 0)
    assert np.isnan(read_losses(tmp_path / "m")[1]).tolist() == [True]


def test_a_database_that_is_none_is_moved_aside_each_time(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sqlite"
    for number in (1, 2):
        path.write_bytes(b"this is no database " * 100)
        with closing(MetricsWriter(path)) as writer:
            assert writer.moved_aside == tmp_path / f"metrics.sqlite.broken-{number}"


def test_a_newer_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
        database.commit()
    before = path.read_bytes()
    with pytest.raises(RunError, match="newer version"):
        MetricsWriter(path)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_a_missing_database_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="could not be read"):
        read_losses(tmp_path / "missing.sqlite")


def write_losses(path: Path, losses: Mapping[int, float]) -> None:
    with closing(MetricsWriter(path)) as writer:
        for step, loss in losses.items():
            writer.add(step, loss, 1e-3, 1.0, 100.0, 0.1 * step)


def blocks_in(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as database:
        return [row[0] for row in database.execute("SELECT block FROM loss_blocks ORDER BY block")]


def test_full_blocks_are_packed_and_read_as_the_rows_are(tmp_path: Path) -> None:
    path = tmp_path / "m"
    losses = {step: 1 / step for step in range(1, 3001)}
    write_losses(path, losses)
    assert blocks_in(path) == [0, 1]
    for after in (0, 1, 1023, 1024, 1025, 2047, 2048, 2999, 3000):
        steps, read = read_losses(path, after_step=after)
        assert steps.tolist() == list(range(after + 1, 3001))
        assert read.tolist() == [losses[step] for step in steps.tolist()]


@pytest.mark.parametrize("step", [0, 500, 1023, 1024, 1025, 2500])
def test_forgotten_steps_are_not_in_blocks_either(tmp_path: Path, step: int) -> None:
    path = tmp_path / "m"
    write_losses(path, dict.fromkeys(range(1, 3001), 1.0))
    with closing(MetricsWriter(path)) as writer:
        writer.truncate_after(step)
        for k in range(step + 1, 3001):
            writer.add(k, 2.0, 1e-3, 1.0, 100.0, 1.0)
    steps, losses = read_losses(path)
    assert steps.tolist() == list(range(1, 3001))
    assert losses.tolist() == [1.0] * step + [2.0] * (3000 - step)
    assert blocks_in(path) == [0, 1]


def test_a_block_with_a_gap_is_read_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "m"
    kept = [step for step in range(1, 4001) if step != 1500]
    write_losses(path, {step: float(step) for step in kept})
    assert blocks_in(path) == [0, 2]
    steps, losses = read_losses(path)
    assert steps.tolist() == kept == losses.astype(int).tolist()


def test_a_database_from_before_there_were_blocks(tmp_path: Path) -> None:
    path = tmp_path / "m"
    write_losses(path, {step: float(step) for step in range(1, 1501)})
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TABLE loss_blocks")
    assert read_losses(path)[0].tolist() == list(range(1, 1501))
    MetricsWriter(path).close()
    assert blocks_in(path) == [0]


def test_a_block_that_is_not_what_was_packed_is_read_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "m"
    write_losses(path, {step: float(step) for step in range(1, 2101)})
    for spoil in ("zeroblob(length(losses))", "substr(losses, 1, 8192)", "'text'", "NULL"):
        with closing(sqlite3.connect(path)) as database, database:
            database.execute(f"UPDATE loss_blocks SET losses = {spoil} WHERE block = 0")
        assert read_losses(path)[1].tolist() == [float(step) for step in range(1, 2101)]
    MetricsWriter(path).close()  # what is there is packed anew where its length is another
    assert blocks_in(path) == [0, 1]


def test_a_loss_that_is_a_text_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "m"
    write_losses(path, {step: float(step) for step in range(1, 1031)})
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE steps SET loss = 'spoilt' WHERE step IN (7, 1027)")
        database.execute("DELETE FROM loss_blocks")
    MetricsWriter(path).close()
    assert blocks_in(path) == []
    assert read_losses(path)[0].tolist() == [step for step in range(1, 1031) if step not in (7, 1027)]


def test_a_database_that_ends_within_a_page_is_whole_where_its_log_has_the_page(tmp_path: Path) -> None:
    """A copy from the log that was cut off, by a full disk say: the next one goes over it."""
    path = tmp_path / "m"
    with closing(MetricsWriter(path)) as writer:
        for step in range(1, 901):
            writer.add(step, 1 / step, 1e-3, 0.5, 1.0, 1.0)
        writer.flush()
        for name in ("m", "m-wal"):
            (tmp_path / "copy").mkdir(exist_ok=True)
            (tmp_path / "copy" / name).write_bytes((tmp_path / name).read_bytes())
        writer._database.execute("PRAGMA wal_checkpoint")
        (tmp_path / "copy" / "m").write_bytes(path.read_bytes()[:-3000])
    copy = tmp_path / "copy" / "m"
    assert read_losses(copy)[1].tolist() == [1 / step for step in range(1, 901)]
    with closing(MetricsWriter(copy)) as writer:
        assert writer.moved_aside is None
    assert read_losses(copy)[1].tolist() == [1 / step for step in range(1, 901)]


def test_a_number_of_another_name_is_kept_and_read_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sqlite"
    with closing(MetricsWriter(path)) as writer:
        for step in range(1, 31):
            more = {"loss_scale": 2.0**step, "odd": math.nan} if step % 3 == 0 else {}
            writer.add(step, 1 / step, 1e-3 * step, 0.5, 100.0, step * 0.1, **more)
    steps, values = read_scalar(path, "loss_scale")
    assert steps.tolist() == list(range(3, 31, 3)) and np.allclose(values, 2.0**steps)
    steps, values = read_scalar(path, "learning_rate")
    assert steps.tolist() == list(range(1, 31)) and np.allclose(values, 1e-3 * steps)
    assert np.isnan(read_scalar(path, "odd")[1]).all()
    assert len(read_scalar(path, "never written")[0]) == 0
    with closing(MetricsWriter(path)) as writer:
        writer.truncate_after(6)
    assert read_scalar(path, "loss_scale")[0].tolist() == [3, 6]


def test_a_database_of_before_there_were_names_is_read_and_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sqlite"
    filled(path, 30)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TABLE scalars")
    assert len(read_scalar(path, "loss_scale")[0]) == 0
    with closing(MetricsWriter(path)) as writer:
        assert writer.moved_aside is None
        writer.add(31, 0.5, 1e-3, 0.5, 100.0, 3.1, loss_scale=4.0)
    assert read_scalar(path, "loss_scale")[1].tolist() == [4.0]
    assert len(read_losses(path)[0]) == 31


def test_named_numbers_of_a_torn_database_are_salvaged(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sqlite"
    with closing(MetricsWriter(path)) as writer:
        for step in range(1, 3001):
            writer.add(step, 1 / step, 1e-3, 0.5, 100.0, step * 0.1, loss_scale=2.0, another=3.0)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * 0.9)])
    with closing(MetricsWriter(path)) as writer:
        assert writer.moved_aside is not None
    kept = [read_scalar(path, name)[0] for name in ("loss_scale", "another")]
    assert all(len(steps) > 100 and (np.diff(steps) > 0).all() for steps in kept)


def add_series(path: Path, upto: int, k: int = 64) -> None:
    with closing(MetricsWriter(path)) as writer:
        for step in range(10, upto + 1, 10):
            writer.add_series(step, "a", np.arange(k) / step)
            writer.add_series(step, "b", np.arange(k) * step)


def test_numbers_that_were_measured_together_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sqlite"
    add_series(path, 50)
    steps, values = read_series(path, "a")
    assert steps.tolist() == [10, 20, 30, 40, 50] and values.dtype == np.float32
    assert np.array_equal(values, (np.arange(64) / steps[:, None]).astype(np.float32))
    assert read_series(path, "b", after_step=30)[0].tolist() == [40, 50]
    assert read_series(path, "never written")[1].shape == (0, 0)
    with closing(MetricsWriter(path)) as writer:
        writer.truncate_after(25)
        writer.add_series(20, "a", np.full(64, np.nan))
    assert read_series(path, "a")[0].tolist() == [10, 20] and np.isnan(read_series(path, "a")[1][1]).all()


def test_numbers_measured_together_that_are_damaged_or_of_another_length_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sqlite"
    add_series(path, 50)
    spoilt = {10: "zeroblob(length(data))", 20: "substr(data, 1, 100)", 30: "'text'"}
    with closing(sqlite3.connect(path)) as database, database:
        for step, data in spoilt.items():
            database.execute(f"UPDATE series SET data = {data} WHERE step = {step} AND name = 'a'")
    with closing(MetricsWriter(path)) as writer:
        writer.add_series(35, "a", np.arange(3))
    assert read_series(path, "a")[0].tolist() == [40, 50]
    assert len(read_series(path, "b")[0]) == 5


def test_a_database_of_before_there_were_series_is_read_and_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sqlite"
    filled(path, 30)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TABLE series")
    assert len(read_series(path, "a")[0]) == 0
    add_series(path, 10)
    assert read_series(path, "a")[0].tolist() == [10] and len(read_losses(path)[0]) == 30


def test_series_of_a_torn_database_are_salvaged(tmp_path: Path) -> None:
    path = tmp_path / "metrics.sqlite"
    add_series(path, 20_000)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * 0.9)])
    with closing(MetricsWriter(path)) as writer:
        assert writer.moved_aside is not None
    for name in ("a", "b"):
        steps, values = read_series(path, name)
        assert len(steps) > 100 and (np.diff(steps) > 0).all() and values.shape == (len(steps), 64)


def test_every_kind_of_event_that_a_training_records_has_a_title() -> None:
    sources = "".join(path.read_text("utf-8") for path in (HOME / "core").rglob("*.py"))
    recorded = set(re.findall(r'\.event\([^\n"]*?, "([a-z-]+)"', sources))
    assert {"resumed", "probe-ended", "quality-failed", "edit-refused"} <= recorded <= set(EVENT_TITLES)
