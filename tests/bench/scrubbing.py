"""How long a frame takes after the cursor moved in the sampler room, in each way of looking.

`python -m tests.bench.scrubbing` records 25 steps of DDPM of 64 pictures of 32 px, puts the room on an offscreen screen
and moves the cursor a step at a time: from the key to the painted window. The ways take turns. 16 ms is 60 frames a
second.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.checkpoint_grid import CheckpointGrid, RowStarted, RowStep
from core.diffusion.posterior import posterior_factors
from core.frames import Frame, SamplingFinished, SamplingStarted, TermFacts
from core.recording import Recording, shown
from tests.bench.tables import write_table

STEPS, COUNT, SIZE, TIMESTEPS = 25, 64, 32, 1000
#: A way of looking, and what its wells show where it has some.
LOOKS = {
    "Pictures: x_t, x̂_0": ("pictures", ["x_t", "x_0"]),
    "Pictures: ε̂, v̂": ("pictures", ["pred_noise", "pred_v"]),
    "Pictures: μ, clipped": ("pictures", ["posterior_mean", "clipped"]),
    "This step": ("step", ["x_t", "x_0"]),
    "Compare, with a strip of each": ("compare", ["x_t", "x_0"]),
    "Checkpoints, 8 × 25": ("checkpoints", ["x_t", "x_0"]),
}


def recording(steps: int = STEPS, count: int = COUNT, size: int = SIZE) -> Recording:
    """A denoising without a network: every x̂_0 is the same smooth picture, all else is DDPM's own arithmetic."""
    schedule = np.cos(np.linspace(0.01, 0.99, TIMESTEPS) * np.pi / 2) ** 2
    shape = (count, size, size, 3)
    started = SamplingStarted(
        steps=steps,
        count=count,
        height=size,
        width=size,
        channels=3,
        alphas_cumprod=schedule,
        settings={"sampler": "ddpm"},
        objective="pred_v",
        layers=("x_t", "x_0", "output"),
        self_condition=True,
    )
    made, draw = Recording(started), np.random.default_rng(0)
    times = np.linspace(TIMESTEPS - 1, 0, steps).round().astype(int)
    x = draw.standard_normal(shape, np.float32)
    x_0 = np.broadcast_to(np.sin(np.arange(size) / 5).astype(np.float32)[:, None, None], shape).copy()
    for index, t in enumerate(times):
        t_next = int(times[index + 1]) if index + 1 < steps else -1
        alpha, alpha_next = float(schedule[t]), 1.0 if t_next < 0 else float(schedule[t_next])
        of_x_0, of_x_t, sigma = posterior_factors(alpha, alpha_next)
        noise = draw.standard_normal(shape, np.float32)
        pred_noise = (x - alpha**0.5 * x_0) / (1 - alpha) ** 0.5
        layers = {"x_t": x, "x_0": x_0, "output": alpha**0.5 * pred_noise - (1 - alpha) ** 0.5 * x_0, "noise": noise}
        terms = (TermFacts("x_0", of_x_0), TermFacts("x_t", of_x_t), TermFacts("noise", sigma))
        zeros = np.zeros(count, np.float32)
        pictures = shown(x), shown(x_0)
        made.add(
            Frame(index, int(t), t_next, *pictures, alpha, alpha / (1 - alpha), zeros, zeros, zeros, layers, terms)
        )
        x = (of_x_0 * x_0 + of_x_t * x + sigma * noise).astype(np.float32)
    made.finish(SamplingFinished(shown(x), x))
    return made


def checkpoint_grid(of: Recording) -> CheckpointGrid:
    """Every row is the same denoising."""
    grid = CheckpointGrid(range(8))
    for row in range(8):
        grid.add(RowStarted(row, of.started))
        for index in range(of.steps):
            zeros = np.zeros(1, np.float32)
            pictures = of.x_t(index)[:1], of.x_0(index)[:1]
            grid.add(RowStep(row, Frame(index, int(of.t[index]), -1, *pictures, 0.5, 1.0, zeros, zeros, zeros)))
    return grid


def frames(width: int, height: int, rounds: int) -> dict[str, tuple[list[float], list[float]]]:
    """Milliseconds of every frame by the clock, and of processor time, by the look."""
    from PySide6.QtWidgets import QApplication

    from studio.app.settings import Settings
    from studio.app.theme import theme
    from studio.sampler.panel import SamplerPanel

    app = QApplication.instance() or QApplication(sys.argv[:1])
    theme().apply("dark")
    with tempfile.TemporaryDirectory() as folder:
        panel = SamplerPanel(Settings(Path(folder) / "settings.json"))
        panel.resize(width, height)
        panel.show()
        panel.show_recording(recording())
        panel.recording_grew()
        panel.compare.take("B", recording(20))
        panel.compare.checkpoints.show_grid(checkpoint_grid(recording()))
        took: dict[str, tuple[list[float], list[float]]] = {look: ([], []) for look in LOOKS}
        for _ in range(rounds):
            for look, (way, layers) in LOOKS.items():
                panel.ways.choose("compare" if way == "checkpoints" else way)
                panel.compare.head.checkpoints.setChecked(way == "checkpoints")
                panel.wells.choose_layers(layers)
                panel.playback.go(0)
                app.processEvents()
                for step in range(1, STEPS):
                    began, worked = time.perf_counter(), time.process_time()
                    panel.playback.go(step)
                    app.processEvents()
                    took[look][0].append(1000 * (time.perf_counter() - began))
                    took[look][1].append(1000 * (time.process_time() - worked))
        panel.close()
        panel.deleteLater()
        app.processEvents()
    return took


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; --write puts the table into the README beside this."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    lines = [
        "| way of looking | window | median, ms | 95 %, ms | of processor time | frames |",
        "|---|---|---|---|---|---|",
    ]
    for width, height in ((1280, 712), (1920, 992)):
        for look, (took, worked) in frames(width, height, options.rounds).items():
            high = statistics.quantiles(took, n=20)[-1]
            lines.append(
                f"| {look} | {width} × {height} | {statistics.median(took):.1f} | {high:.1f} "
                f"| {statistics.median(worked):.1f} | {len(took)} |"
            )
    print("\n".join(lines))
    if options.write:
        write_table(Path(__file__).parent / "README.md", "scrubbing", lines)


if __name__ == "__main__":
    main()
