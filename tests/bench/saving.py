"""What a training spends on keeping things: checkpoints, numbers and sample grids, as shares of its time.

`python -m tests.bench.saving` trains on the bundled digits for a moment, saves far more often than a training does, and
says what each save would take of the time at the intervals that the preset has. A checkpoint's time is all that a save
makes a training wait for: looking for NaN, numbers to the disk, tensors with their SHA-256 and fsync, description,
removing what is too many. Most of a grid is sampling; what writing it takes stands beside.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch

from core.pictures.folder.scan import Scan, scan_all
from core.presets import PRESETS
from core.settings import RunConfig
from core.training import trainer
from core.training.job import TrainingJob
from core.training.recorder import Recorder
from core.training.trainer import TrainingSession
from resources.samples import unpack
from tests.bench.tables import write_table

HERE = Path(__file__).parent
#: Of the training time, at the preset's own interval.
MOST_PERCENT = 3.5
#: Calls of the network in a grid here; those that the preset makes are counted from them.
GRID_CALLS = 2
HEAD = [
    "| preset | px | every | s a step | s a save | MB | checkpoints, % | numbers, % | grids, % | of it writing, % |",
    "|---|---|---|---|---|---|---|---|---|---|",
]


@dataclass
class Spent:
    """Seconds of each call, by the clock."""

    seconds: list[float] = field(default_factory=list)

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                self.seconds.append(time.perf_counter() - began)

        return call

    def timed_steps(self, function: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        """The same for a generator: only what it does itself, not what is done between its steps."""

        def call(*arguments: Any, **options: Any) -> Iterator[Any]:
            spent, steps = 0.0, function(*arguments, **options)
            while True:
                began = time.perf_counter()
                item = next(steps, None)
                spent += time.perf_counter() - began
                if item is None:
                    break
                yield item
            self.seconds.append(spent)

        return call

    @property
    def usual(self) -> float:
        """The median: whatever else a computer does comes in bursts."""
        return statistics.median(self.seconds)


@dataclass(frozen=True)
class Cost:
    """Seconds of each thing, as measured; bytes of a checkpoint."""

    step: float
    checkpoint: float
    checkpoint_bytes: int
    numbers: float  #: of each step, their share of the commits included
    sampling: float  #: of one call of the network in a grid
    grid_writing: float

    def shares(self, config: RunConfig) -> dict[str, float]:
        """Per cent of a training's time at the intervals of `config`: of checkpoints, numbers, grids, writing those."""
        train = config.train
        grid = self.sampling * train.sample_steps + self.grid_writing
        each_step = {
            "checkpoints": self.checkpoint / train.checkpoint_every,
            "numbers": self.numbers,
            "grids": grid / train.sample_every,
        }
        whole = self.step + sum(each_step.values())
        each_step["writing grids"] = self.grid_writing / train.sample_every
        return {name: 100 * seconds / whole for name, seconds in each_step.items()}


def measure(config: RunConfig, scan: Scan, folder: Path, *, saves: int, steps_between: int) -> Cost:
    """Train a new run in `folder`, with `saves` checkpoints and a grid at each."""
    often = config.with_settings(
        {
            "steps": saves * steps_between,
            "checkpoint_every": steps_between,
            "sample_every": steps_between,
            "sample_steps": GRID_CALLS,
        }
    )
    step, save, add, grid, writing = (Spent() for _ in range(5))
    with (
        patch.object(trainer, "take_step", step.timed(trainer.take_step)),
        patch.object(TrainingSession, "_try_to_save", save.timed(TrainingSession._try_to_save)),
        patch.object(Recorder, "add", add.timed(Recorder.add)),
        patch.object(TrainingSession, "_make_samples", grid.timed_steps(TrainingSession._make_samples)),
        patch.object(trainer, "save_samples", writing.timed(trainer.save_samples)),
    ):
        for _ in TrainingJob(often, folder, scan=scan, device="cpu").run():
            pass
    files = sorted((folder / "checkpoints").glob("*.safetensors"))
    return Cost(
        step=step.usual,
        checkpoint=save.usual,
        checkpoint_bytes=files[-1].stat().st_size,
        numbers=statistics.mean(add.seconds),  # most only remember them, one in a while commits
        sampling=(grid.usual - writing.usual) / GRID_CALLS,
        grid_writing=writing.usual,
    )


def line(config: RunConfig, cost: Cost) -> str:
    """One line of the table in markdown."""
    shares = cost.shares(config)
    measured = f"{cost.step:.3g} | {cost.checkpoint:.3g} | {cost.checkpoint_bytes / 1e6:.0f}"
    percent = " | ".join(f"{share:.2g}" for share in shares.values())
    name, size, every = config.preset, config.data.image_size, config.train.checkpoint_every
    return f"| {name} | {size} | {every} | {measured} | {percent} |"


#: What is measured: the preset, and how many saves, so many steps apart.
CASES: list[tuple[RunConfig, int, int]] = [
    (PRESETS["sketch"].config.with_settings({"image_size": 28, "channels": 1}), 8, 10),
    (PRESETS["standard"].config.with_settings({"image_size": 64, "channels": 3}), 3, 1),
]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, help="threads to train with (torch's own choice)")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    chosen = parser.parse_args(arguments)
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    lines = [*HEAD]
    print("\n".join(lines), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        scan = scan_all(unpack("digits", Path(folder) / "digits"))
        for config, saves, steps_between in CASES:
            run = Path(folder) / config.preset
            cost = measure(config, scan, run, saves=saves, steps_between=steps_between)
            lines.append(line(config, cost))
            print(lines[-1], flush=True)
            fastest_ms = 1000 * cost.checkpoint * (100 / MOST_PERCENT - 1) / config.train.checkpoint_every
            print(f"Checkpoints stay below {MOST_PERCENT} % down to {fastest_ms:.2g} ms a step.", flush=True)
    if chosen.write:
        about = f"torch {torch.__version__}, CPU, {torch.get_num_threads()} threads, medians."
        write_table(HERE / "README.md", "saving", [about, "", *lines])


if __name__ == "__main__":
    main()
