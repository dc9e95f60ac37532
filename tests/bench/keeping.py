"""What keeping generations costs: as a share of sampling, and of a frame while one scrubs through a kept one.

`python -m tests.bench.keeping sampling` samples with a network of Sketch's size, in turns without recording, recorded
in memory, and recorded and written to the disk. `python -m tests.bench.keeping frames` keeps two long generations and
shows random steps of them in the sampler's ways, painted into an off-screen window.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from core.frames import Frame, SamplingFinished, SamplingStarted
from core.recording import Recording, shown
from core.runs.generations import keep, open_generation
from tests.bench.turns import in_turns

#: (steps, pictures, pixels)
LONG = ((1000, 64, 32), (250, 16, 128))
SHOWN = 60


def sampling(seconds: float, steps: int, count: int) -> str:
    """A table: the share that recording and keeping take of sampling alone."""
    from core.networks.build import build_diffusion
    from core.presets import preset
    from core.sampling import sample_frames
    from core.settings import SampleConfig
    from core.threads import WalkThreads

    config = preset("sketch").config.with_settings({"image_size": 32, "channels": 3})
    diffusion = build_diffusion(config).eval()
    request = SampleConfig(sampler="ddim", sample_steps=steps, count=count, seed=1)
    threads = WalkThreads(diffusion.device)

    def plain() -> None:
        for _ in sample_frames(diffusion, request, in_threads=threads):
            pass

    def recorded() -> Recording:
        recording = None
        for event in sample_frames(diffusion, request, in_threads=threads, with_layers=True):
            match event:
                case SamplingStarted():
                    recording = Recording(event)
                case Frame() if recording is not None:
                    recording.add(event)
                case SamplingFinished() if recording is not None:
                    recording.finish(event)
        assert recording is not None
        return recording

    with tempfile.TemporaryDirectory() as folder:

        def kept() -> None:
            recording = recorded()
            keep(Path(folder), recording, recording.settings, budget_bytes=200 * 10**6)

        before = [recorded()]

        def kept_beside() -> None:
            """As in the window: what was made is written by another thread while the next is sampled."""
            made = before.pop()
            keeping = threading.Thread(
                target=keep, args=(Path(folder), made, made.settings), kwargs={"budget_bytes": 200 * 10**6}
            )
            keeping.start()
            before.append(recorded())
            keeping.join()

        calls = {"alone": plain, "recorded": recorded, "kept": kept, "kept beside the next": kept_beside}
        spent = in_turns(calls, seconds)
        size = max(path.stat().st_size for path in Path(folder).iterdir())
    alone, worked = spent["alone"].seconds, statistics.median(spent["alone"].processor)
    rows = [
        f"| {name} | {each.seconds:.3f} | {100 * (each.seconds / alone - 1):+.1f} "
        f"| {100 * (statistics.median(each.processor) / worked - 1):+.1f} | {len(each.clock)} |"
        for name, each in spent.items()
    ]
    head = ["| DDIM, 32 px | s | % over sampling alone | % of processor time | times |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows, f"| {steps} steps × {count} | | {size / 1e6:.1f} MB | | |"])


def long_recording(steps: int, count: int, size: int) -> Recording:
    """One of noise, in half precision as such a long one is."""
    schedule = np.cos(np.linspace(0.02, 1.55, 1000)) ** 2
    layers = ("x_t", "x_0", "output")
    started = SamplingStarted(steps, count, size, size, 3, schedule, {"seed": 1}, layers=layers)
    recording, draw = Recording(started, exact_limit_bytes=0), np.random.default_rng(0)
    noise = draw.standard_normal((8, count, size, size, 3)).astype(np.float32)
    pixels, numbers = shown(noise), np.ones(count, np.float32)
    for index in range(steps):
        x, t = index % 8, 999 - index * 1000 // steps
        recording.add(
            Frame(index, t, t - 1, pixels[x], pixels[x], float(schedule[t]), 1.0, numbers, numbers, numbers,
                  layers=dict.fromkeys(layers, noise[x]))
        )  # fmt: skip
    recording.finish(SamplingFinished(pixels[0], noise[0]))
    return recording


def frames() -> str:
    """A table: milliseconds from a step to its painted frame."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from studio.app.settings import Settings
    from studio.app.theme import theme
    from studio.sampler.panel import SamplerPanel

    app = QApplication.instance() or QApplication([])
    theme().apply("dark")
    rows = ["| steps × pictures × px | way | ms, median | ms, 95 % | ms to open |", "|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        for steps, count, size in LONG:
            recording = long_recording(steps, count, size)
            path = keep(Path(folder), recording, {"seed": 1}, budget_bytes=10**10).path
            recording.close()
            began = time.perf_counter()
            a, b = open_generation(path), open_generation(path)
            opening = (time.perf_counter() - began) / 2
            panel = SamplerPanel(Settings(Path(folder) / "settings.json"))
            panel.resize(1280, 712)
            panel.show()
            panel.show_recording(a)
            panel.recording_grew()
            panel.compare.take("B", b)
            choose = np.random.default_rng(1)
            for way in panel.ways.names:
                panel.ways.choose(way)
                app.processEvents()
                spent = []
                for step in choose.integers(0, steps, SHOWN):
                    began = time.perf_counter()
                    panel.playback.go(int(step))
                    app.processEvents()  # and what it asked to be painted
                    spent.append(1000 * (time.perf_counter() - began))
                spent.sort()
                median, most = statistics.median(spent), spent[int(0.95 * len(spent))]
                rows.append(
                    f"| {steps} × {count} × {size} | {way} | {median:.1f} | {most:.1f} | {1000 * opening:.0f} |"
                )
            panel.close()
            panel.deleteLater()
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("sampling", "frames"))
    parser.add_argument("--seconds", type=float, default=100.0)
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--pictures", type=int, default=16)
    chosen = parser.parse_args()
    table = sampling(chosen.seconds, chosen.steps, chosen.pictures) if chosen.what == "sampling" else frames()
    print(table)


if __name__ == "__main__":
    main()
