"""What bf16 costs in quality: the same training in both precisions, on the bundled digits and faces.

`python -m tests.bench.precision` takes the steps of *Sketch* in turns, in float32 and in bf16, with the same pictures,
timesteps and noises, and once more from another seed. Then the averaged weights of all four are asked the same
questions, in float32: bf16 is good enough where it differs from float32 less than one seed from another.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.pictures.feed.batches import Batch, make_batch
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder.scan import scan_all
from core.presets import PRESETS, resolve
from core.settings import RunConfig
from core.training.plan import learning_rate_at
from core.training.state import new_state
from core.training.step import FlightRecord, batch_loss, take_step
from resources.samples import unpack

PRECISIONS = ("off", "bf16")
SETS = ("digits", "faces")
SEEDS = (0, 1)
SMOOTHED = 200  #: steps that one number of a curve is the mean of
QUESTIONS_SEED, QUESTIONS = 12345, 48  #: batches


@dataclass
class Curve:
    """One training."""

    losses: list[float] = field(default_factory=list)  #: unweighted, of each step
    asked: float = float("nan")  #: loss of the average on the questions, as it is trained

    def smoothed(self) -> np.ndarray:
        """The mean of every SMOOTHED steps (of all, where there are fewer)."""
        width = min(SMOOTHED, len(self.losses))
        whole = len(self.losses) // width * width
        return np.asarray(self.losses[:whole]).reshape(-1, width).mean(1)


class _Fed:
    """The batches of one seed, made once for all precisions."""

    def __init__(self, pictures: PictureSet, config: RunConfig) -> None:
        self._pictures, self._train = pictures, config.train
        self._number, self._batch = -1, None

    def get(self, number: int, _stop: threading.Event) -> Batch | None:
        if number != self._number:
            self._number = number
            self._batch = make_batch(
                self._pictures,
                seed=self._train.seed,
                batch_index=number,
                batch_size=self._train.batch_size,
                device="cpu",
            )
        return self._batch


def trained(pictures: PictureSet, config: RunConfig, steps: int) -> Iterator[dict[str, Curve]]:
    """The curves of both precisions from one seed, told every SMOOTHED steps."""
    device, train, fed = torch.device("cpu"), config.train, _Fed(pictures, config)
    states = {amp: new_state(config.with_settings({"amp": amp}), device) for amp in PRECISIONS}
    curves = {amp: Curve() for amp in PRECISIONS}
    for step in range(steps):
        rate = learning_rate_at(
            step, total=steps, peak=train.learning_rate, warmup_steps=train.warmup_steps, decay=train.decay
        )
        for amp, state in states.items():
            result = take_step(
                state, fed, config, rate=rate, stop=threading.Event(), weights=nullcontext(), flight=FlightRecord()
            )
            assert result is not None, "nobody stops it"
            curves[amp].losses.append(float(result.losses.mean()))
        if (step + 1) % SMOOTHED == 0 and step + 1 < steps:
            yield curves
    for amp, state in states.items():
        curves[amp].asked = asked(state.ema.module, pictures, config)
    yield curves


@torch.no_grad()
def asked(diffusion: GaussianDiffusion, pictures: PictureSet, config: RunConfig) -> float:
    """The loss on the questions, in float32: the same for all seeds and precisions."""
    config = config.with_settings({"seed": QUESTIONS_SEED})
    fed, stop = _Fed(pictures, config), threading.Event()
    losses = []
    for number in range(QUESTIONS):
        batch = fed.get(number, stop)
        assert batch is not None
        losses.append(float(batch_loss(diffusion, batch, config, number, dtype=None).weighted.mean()))
    return statistics.mean(losses)


def line(name: str, curves: dict[int, dict[str, Curve]]) -> str:
    """One line of the table in markdown: the last third of the curves, and the questions."""
    full, half = (
        {seed: curves[seed][amp].smoothed() for seed in curves if curves[seed][amp].losses} for amp in PRECISIONS
    )
    last = {seed: slice(len(full[seed]) * 2 // 3, None) for seed in full}
    by_precision = max(abs(float((half[seed] / full[seed] - 1)[last[seed]].mean())) for seed in full)
    means = [float(full[seed][last[seed]].mean()) for seed in full]
    by_seed = max(means) / min(means) - 1
    questions = [[curves[seed][amp].asked for amp in PRECISIONS] for seed in curves]
    of_questions = max(abs(half / full - 1) for full, half in questions)
    of_seeds = max(full for full, _ in questions) / min(full for full, _ in questions) - 1
    steps = len(next(iter(curves.values()))["off"].losses)
    return f"| {name} | {steps:,} | {by_precision:.2%} | {by_seed:.2%} | {of_questions:.2%} | {of_seeds:.2%} |"


HEAD = [
    "| set | steps | loss: bf16 from float32 | seed from seed | questions: bf16 from float32 | seed from seed |",
    "|---|---|---|---|---|---|",
]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=3000, help="of each training (3000)")
    parser.add_argument("--sets", nargs="*", default=SETS, choices=SETS, help="bundled sets (digits and faces)")
    parser.add_argument("--threads", type=int, default=1, help="to compute with (1)")
    parser.add_argument("--curves", type=Path, help="a JSON file for the losses of each step")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(chosen.threads)
    found: dict[str, dict[int, dict[str, Curve]]] = {}
    print("\n".join(HEAD), flush=True)
    for name in chosen.sets:
        with tempfile.TemporaryDirectory() as folder:
            scan = scan_all(unpack(name, Path(folder)))
            config = resolve(PRESETS["sketch"].config, scan.facts())
            pictures = list(load_pictures(scan, config.data))[-1]
            assert isinstance(pictures, PictureSet)
            found[name] = {seed: {} for seed in SEEDS}
            with closing(pictures):
                together = (trained(pictures, config.with_settings({"seed": seed}), chosen.steps) for seed in SEEDS)
                # Side by side, so that whatever there is by when it is broken off can be compared.
                for curves in zip(*together, strict=True):
                    found[name] = dict(zip(SEEDS, curves, strict=True))
                    if chosen.curves is not None:
                        chosen.curves.write_text(json.dumps(found, default=vars), "utf-8")
        print(line(name, found[name]), flush=True)


if __name__ == "__main__":
    main()
