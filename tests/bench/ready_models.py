"""Trains the models that come with the program, each by the recipe of its sample set, and packs their runs.

    python -m tests.bench.ready_models faces --out resources/ready
    python -m tests.bench.ready_models digits --out resources/ready

A run is packed as it is: its last checkpoint with averages and optimizer state in float32, so that *Train further* goes
on as if it had never left, its numbers, and few of its sample grids.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from core.presets import PRESETS
from core.process import prepare_process
from core.runs.atomic import make_folder, write_bytes
from core.runs.checkpoint_files import description_path, read_description
from core.runs.ready import READY, SOURCE, folder_of
from core.runs.run import Run
from core.settings import RunConfig
from resources.samples import unpack

#: A model with its run is no larger, in bytes.
MOST_BYTES = 3_000_000
#: Sample grids that are packed: how it began, and how it ended.
GRIDS = 2


def train(name: str, home: Path, seconds: float, config: RunConfig | None = None) -> Run:
    """Train on a sample set in the folder `home`, for so many seconds; the run."""
    from core.pictures.folder.scan import scan_all
    from core.training.events import StepDone
    from core.training.job import TrainingJob

    # float32 everywhere: who goes on with it has another processor.
    config = PRESETS["sketch"].config.with_settings({"amp": "off"}) if config is None else config
    scan = scan_all(unpack(name, home / "samples"))
    job = TrainingJob(config, home / READY[name].folder, scan=scan, seconds=seconds)
    told = 0.0
    for event in job.run():
        if isinstance(event, StepDone) and event.elapsed_s >= told + 10:
            told = event.elapsed_s
            print(f"step {event.step} of {event.total}, {told:.0f} s, loss {event.loss:.4f}", flush=True)
    assert job.run_record is not None
    return job.run_record


def pack(run: Run, out: Path) -> int:
    """Put what of a finished run comes with the program into `out`; how many bytes it takes."""
    if out.exists():
        shutil.rmtree(out)
    newest, _ = run.newest_checkpoint()
    assert newest is not None
    description = read_description(newest)
    checkpoints = [description_path(run.checkpoints_folder, description.step), newest.parent / description.tensors]
    grids = sorted(run.samples_folder.glob("step-*.png"))
    for path in (*checkpoints, *{*grids[: GRIDS - 1], *grids[-1:]}):
        place = out / path.relative_to(run.folder)
        make_folder(place.parent)
        write_bytes(place, path.read_bytes())
    with closing(sqlite3.connect(run.metrics_path)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute("VACUUM")
    write_bytes(out / run.metrics_path.name, run.metrics_path.read_bytes())
    # Nobody else has the folders of the computer that trained it.
    log = run.log_path.read_text("utf-8").replace(str(run.source_folder), SOURCE)
    write_bytes(out / run.log_path.name, log.encode())
    run.copy_record(out, source_folder=Path(SOURCE))
    return sum(path.stat().st_size for path in out.rglob("*") if path.is_file())


def main(words: Sequence[str] | None = None) -> None:
    """Train and pack one."""
    parser = argparse.ArgumentParser(description="Train a model that comes with the program.")
    parser.add_argument("name", choices=tuple(READY))
    parser.add_argument("--out", type=Path, default=folder_of("faces").parent, help="where the packed run goes")
    parser.add_argument("--seconds", type=float, default=170.0, help="how long it trains")
    options = parser.parse_args(words)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        run = train(options.name, Path(home), options.seconds)
        size = pack(run, options.out / READY[options.name].folder)
        told = f"{options.name}: {run.state().step} steps, {size:,} bytes"
    print(f"{told}, {time.monotonic() - began:.0f} s in all")
    if size > MOST_BYTES:
        raise SystemExit(f"it is larger than {MOST_BYTES:,} bytes")


if __name__ == "__main__":
    prepare_process()
    main()
