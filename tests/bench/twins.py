"""What comparing two in turns costs, beside training each of them by itself.

`python -m tests.bench.twins` trains *Sketch* on the bundled digits with and without min-SNR: as twins, as two runs with
their grids and checkpoints, and as two runs that make neither until their last step. All take turns.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from core.pictures.folder.scan import Scan, scan_all
from core.presets import preset
from core.settings import RunConfig
from core.training.job import TrainingJob
from core.training.twin_events import Verdict
from core.training.twins import train_twins
from resources.samples import unpack
from tests.bench.turns import in_turns

CHANGE = {"loss_weighting": "none"}
#: With these a run does nothing but its steps: one picture in one step, and one checkpoint, at its end.
STEPS_ALONE = {"sample_every": 10**9, "checkpoint_every": 10**9, "sample_count": 1, "sample_steps": 1}


def table(scan: Scan, config: RunConfig, seconds: float, *, steps: int, threads: int, least: int = 5) -> str:
    """Each way with its median, and what it takes more than the steps alone and than the two runs."""

    def two_runs(settings: dict[str, object]) -> None:
        for change in ({}, CHANGE):
            with tempfile.TemporaryDirectory() as folder:
                wished = config.with_settings({"steps": steps, **change, **settings})
                for _ in TrainingJob(wished, Path(folder) / "run", scan=scan, device="cpu", threads=threads).run():
                    pass

    def twins() -> None:
        *_, last = train_twins(config, CHANGE, scan, steps=steps, seeds=1, device="cpu", threads=threads)
        assert isinstance(last, Verdict)

    ways = {
        "two runs, their steps alone": lambda: two_runs(STEPS_ALONE),
        "two runs": lambda: two_runs({}),
        "twins": twins,
    }
    spent = in_turns(ways, seconds, least=least)
    figures = {name: (each.seconds, statistics.median(each.processor)) for name, each in spent.items()}
    rows = []
    for name, taken in figures.items():
        cells = [name, *(f"{seconds:.2f}" for seconds in taken)]
        for other in list(figures)[:2]:
            cells += [f"{100 * (mine / theirs - 1):+.1f}" for mine, theirs in zip(taken, figures[other], strict=True)]
        rows.append(f"| {' | '.join([*cells, str(len(spent[name].clock))])} |")
    head = "| | s | s of processor | % over the steps alone | of processor | % over two runs | of processor | times |"
    return "\n".join([head, "|---|---|---|---|---|---|---|---|", *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        scan = scan_all(unpack("digits", Path(place)))
        config = preset("sketch").config
        print(table(scan, config, chosen.seconds, steps=chosen.steps, threads=chosen.threads))


if __name__ == "__main__":
    main()
