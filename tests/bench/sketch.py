"""What reads best after three minutes on a small computer? Trains recipes for the same time and judges their samples.

    python -m tests.bench.sketch time                  a step of each recipe, in turns, on a quiet machine
    python -m tests.bench.sketch train --seeds 0 1 2   trains them and puts the table into sketch.md

A recipe is the preset Sketch with other settings. It is trained for as many steps as fit into `--seconds` by its
measured step, with the program's own step, so that a training can run beside others and comes to the same. What is
finished is kept in sketch.json and not done again.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.pictures.feed.batches import Batch
from core.presets import PRESETS
from core.quality.measures import frechet_distance
from core.randomness import generator
from core.runs.atomic import replace_file, write_json
from core.runs.grids import save_grid
from core.samplers import SAMPLERS, PictureNoise, initial_noise
from core.settings import RunConfig
from core.training.plan import learning_rate_at
from core.training.state import SessionState, new_state
from core.training.step import FlightRecord, take_step
from resources.samples import unpack
from tests.bench.digit_features import DigitFeatures

HERE = Path(__file__).parent
SAMPLES = 512
SAMPLER, CALLS = "dpm++2m", 20
GRID = 64
#: Steps of each recipe that are measured, after as many that are not.
MEASURED = 10
#: What a session does beside steps (grids, checkpoints, the loss of each timestep), as a share of its time.
BESIDE = 0.08

_SKETCH_BEFORE: dict[str, object] = {
    "dim": 16,
    "dim_mults": "1,2,4",
    "attn_heads": 1,
    "attn_dim_head": 16,
    "batch_size": 16,
    "learning_rate": 2e-3,
    "warmup_steps": 50,
    "ema_decay": 0.99,
    "optimizer": "adamw",
    "timestep_draw": "uniform",
    "patch_size": 1,
    "objective": "pred_v",
    "beta_schedule": "cosine",
    "loss_weighting": "min_snr",
    "min_snr_gamma": 5.0,
    "decay": "cosine",
}
_PATCHES: dict[str, object] = {**_SKETCH_BEFORE, "patch_size": 2, "dim": 32, "dim_mults": "1,2", "batch_size": 32}
_MUON: dict[str, object] = {**_PATCHES, "optimizer": "muon"}
_SPREAD: dict[str, object] = {**_MUON, "timestep_draw": "stratified"}

#: Recipe → all that it sets over the preset, whatever that has come to.
RECIPES: dict[str, Mapping[str, object]] = {
    "before": _SKETCH_BEFORE,
    "patches": _PATCHES,
    "patches muon": _MUON,
    "patches muon spread": _SPREAD,
    "adamw spread": {**_PATCHES, "timestep_draw": "stratified"},
    "rate 4e-3": {**_SPREAD, "learning_rate": 4e-3},
    "rate 8e-3": {**_SPREAD, "learning_rate": 8e-3},
    "batch 16": {**_SPREAD, "batch_size": 16},
    "batch 64": {**_SPREAD, "batch_size": 64},
    "dim 48": {**_SPREAD, "dim": 48},
    "patch 4": {**_SPREAD, "patch_size": 4, "dim": 64, "dim_mults": "1"},
    "dim 24": {**_SPREAD, "dim": 24},
    "dim 24, rate 4e-3": {**_SPREAD, "dim": 24, "learning_rate": 4e-3},
    "dim 24, rate 8e-3": {**_SPREAD, "dim": 24, "learning_rate": 8e-3},
    "dim 16": {**_SPREAD, "dim": 16},
    "dim 16, rate 4e-3": {**_SPREAD, "dim": 16, "learning_rate": 4e-3},
    "dim 16, rate 8e-3": {**_SPREAD, "dim": 16, "learning_rate": 8e-3},
    "dim 16, batch 16, rate 4e-3": {**_SPREAD, "dim": 16, "batch_size": 16, "learning_rate": 4e-3},
    "dim 16, rate 4e-3, no weighting": {
        **_SPREAD,
        "dim": 16,
        "learning_rate": 4e-3,
        "loss_weighting": "none",
        "min_snr_gamma": None,
    },
    "dim 16, rate 4e-3, long EMA": {**_SPREAD, "dim": 16, "learning_rate": 4e-3, "ema_decay": 0.998},
    "dim 24, batch 16, rate 4e-3": {**_SPREAD, "dim": 24, "batch_size": 16, "learning_rate": 4e-3},
    "dim 24, rate 4e-3, no weighting": {
        **_SPREAD,
        "dim": 24,
        "learning_rate": 4e-3,
        "loss_weighting": "none",
        "min_snr_gamma": None,
    },
    "dim 24, rate 4e-3, EMA 0.98": {**_SPREAD, "dim": 24, "learning_rate": 4e-3, "ema_decay": 0.98},
    "dim 24, rate 4e-3, bf16": {**_SPREAD, "dim": 24, "learning_rate": 4e-3, "amp": "bf16"},
    "dim 32, rate 4e-3, bf16": {**_SPREAD, "learning_rate": 4e-3, "amp": "bf16"},
}


@dataclass(frozen=True)
class Pictures:
    """A set to train on: (N, H, W, C) uint8, whether it is mirrored, and what judges samples of it."""

    name: str
    pixels: np.ndarray
    flip: bool
    classes: np.ndarray | None = None

    def config(self, recipe: Mapping[str, object], *, seed: int, steps: int) -> RunConfig:
        _, height, _, channels = self.pixels.shape
        facts = {"image_size": height, "channels": channels, "horizontal_flip": self.flip, "seed": seed, "steps": steps}
        return PRESETS["sketch"].config.with_settings({**recipe, **facts})


def picture_set(name: str) -> Pictures:
    """ "digits", "faces", "faces-32", or a folder, whose pictures must have one size that a network halves."""
    if name == "digits" or name.startswith("faces"):
        with tempfile.TemporaryDirectory() as folder:
            files = sorted(unpack(name.partition("-")[0], Path(folder)).rglob("*.png"))
            pictures = [Image.open(file).copy() for file in files]
        classes = np.array([int(file.parent.name) for file in files]) if name == "digits" else None
        if name == "faces":
            pictures = [picture.resize((24, 24), Image.Resampling.LANCZOS, reducing_gap=3) for picture in pictures]
    else:
        pictures, classes = [Image.open(file).convert("RGB") for file in sorted(Path(name).rglob("*.png"))], None
    pixels = np.stack([np.asarray(picture) for picture in pictures])
    return Pictures(Path(name).name, pixels if pixels.ndim == 4 else pixels[..., None], name != "digits", classes)


class InMemory:
    """The batches of a training, as the step takes them: pictures of the set in a new order each epoch."""

    def __init__(self, pictures: Pictures, config: RunConfig) -> None:
        self._pixels = torch.from_numpy(pictures.pixels).permute(0, 3, 1, 2).float().div_(255)
        self._flip, self._train = pictures.flip, config.train

    def get(self, number: int, stop: threading.Event) -> Batch | None:
        count, size = len(self._pixels), self._train.batch_size
        places = np.arange(number * size, (number + 1) * size)
        chosen = torch.empty(size, dtype=torch.long)
        for epoch in np.unique(places // count):
            order = torch.randperm(count, generator=generator(self._train.seed, "bench order", int(epoch)))
            here = places // count == epoch
            chosen[torch.from_numpy(here)] = order[torch.from_numpy(places[here] % count)]
        x = self._pixels[chosen]
        if self._flip:
            mirrored = torch.rand(size, generator=generator(self._train.seed, "bench flip", number)) < 0.5
            x = torch.where(mirrored[:, None, None, None], x.flip(3), x)
        return Batch(x, None)


def steps_of(pictures: Pictures, config: RunConfig) -> Iterator[SessionState]:
    """Trains for all of the config's steps; the state after each."""
    state = new_state(config, torch.device("cpu"))
    batches, train = InMemory(pictures, config), config.train
    stop, flight = threading.Event(), FlightRecord()
    for step in range(train.steps):
        rate = learning_rate_at(
            step, total=train.steps, peak=train.learning_rate, warmup_steps=train.warmup_steps, decay=train.decay
        )
        take_step(state, batches, config, rate=rate, stop=stop, weights=nullcontext(), flight=flight)
        yield state


# --- time --------------------------------------------------------------------------------------------------


def step_times(pictures: Pictures, recipes: Sequence[str]) -> dict[str, float]:
    """Seconds of a step of each recipe: medians of steps taken in turns."""
    runs = {name: steps_of(pictures, pictures.config(RECIPES[name], seed=0, steps=10**6)) for name in recipes}
    seconds: dict[str, list[float]] = {name: [] for name in recipes}
    for turn in range(2 * MEASURED):
        for name, run in runs.items():
            began = time.perf_counter()
            next(run)
            if turn >= MEASURED:
                seconds[name].append(time.perf_counter() - began)
    return {name: statistics.median(of_one) for name, of_one in seconds.items()}


# --- quality -----------------------------------------------------------------------------------------------


class RandomFeatures:
    """(N, C, H, W) in [0, 1] → (N, 48) float64: means and spreads of what fixed random filters find; untrained.

    Scaled so that those of the real pictures have a standard deviation of 1.
    """

    def __init__(self, real: Tensor) -> None:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self._layers = nn.Sequential(
                nn.Conv2d(real.shape[1], 24, 5, stride=2, padding=2), nn.ReLU(), nn.Conv2d(24, 24, 3), nn.ReLU()
            )
        self._scale = 1.0
        self._scale = 1 / self(real).std(axis=0).clip(min=1e-6)

    @torch.no_grad()
    def __call__(self, pictures: Tensor) -> np.ndarray:
        found = self._layers(pictures).flatten(2)
        return torch.cat((found.mean(2), found.std(2)), 1).double().numpy() * self._scale


class Judge:
    """How far a cloud of samples lies from the pictures of a set."""

    def __init__(self, pictures: Pictures) -> None:
        real = torch.from_numpy(pictures.pixels).permute(0, 3, 1, 2).float().div(255)
        self._features = (
            RandomFeatures(real)
            if pictures.classes is None
            else DigitFeatures.train(real, torch.from_numpy(pictures.classes))
        )
        mirrored = torch.cat((real, real.flip(3))) if pictures.flip else real
        self._real = self._features(mirrored)
        chosen = torch.randperm(len(mirrored), generator=generator(0, "bench real"))[:SAMPLES]
        self.floor = frechet_distance(self._features(mirrored[chosen]), self._real)

    def __call__(self, drawn: Tensor) -> float:
        return frechet_distance(self._features(drawn), self._real)


@torch.no_grad()
def draw(diffusion: GaussianDiffusion, count: int = SAMPLES, sampler: str = SAMPLER, calls: int = CALLS) -> Tensor:
    """`count` pictures in [0, 1], always from the same noises."""
    drawn = []
    for first in range(0, count, GRID):
        number = min(GRID, count - first)
        x = initial_noise(diffusion, number, seed=0, device="cpu", first=first)
        noise = PictureNoise(0, number, first=first)
        for step in SAMPLERS[sampler](diffusion, x, steps=calls, generator=noise):
            x = step.x_next
        drawn.append(diffusion.unnormalize(x).clamp(0, 1))
    return torch.cat(drawn)


def trained(
    pictures: Pictures, judge: Judge, recipe: str, *, seed: int, seconds: float, early: float, step_s: float, grid: Path
) -> dict[str, float]:
    """One training of so many seconds: distances after `early` seconds of it and at its end."""
    steps = max(1, int(seconds * (1 - BESIDE) / step_s))
    config = pictures.config(RECIPES[recipe], seed=seed, steps=steps)
    result: dict[str, float] = {"steps": steps, "step_ms": 1000 * step_s}
    for state in steps_of(pictures, config):
        if state.step == int(steps * early / seconds):
            result["early"] = judge(draw(state.ema.module))
    drawn = draw(state.ema.module)
    result["distance"] = judge(drawn)
    pixels = (drawn[:GRID] * 255).round().byte().permute(0, 2, 3, 1).numpy()
    grid.parent.mkdir(parents=True, exist_ok=True)
    save_grid(grid, pixels, settings={"recipe": recipe, "seed": seed, "steps": steps})
    return result


# --- the table ---------------------------------------------------------------------------------------------


def table(kept: Mapping[str, Mapping[str, Mapping[str, float]]], floors: Mapping[str, float]) -> list[str]:
    """Lines of markdown: a row for each recipe and set, medians over the seeds."""
    lines = [
        "| set | seconds | recipe | steps | ms a step | distance at 20 s | distance | of each seed |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for group, seeds in sorted(kept.items()):
        name, seconds, recipe = group.split("|")
        runs = list(seeds.values())
        distances = [run["distance"] for run in runs]
        early = [run["early"] for run in runs if "early" in run]
        lines.append(
            f"| {name} | {seconds} | {recipe} | {runs[0]['steps']:.0f} | {runs[0]['step_ms']:.1f} "
            f"| {statistics.median(early) if early else float('nan'):.2f} | {statistics.median(distances):.2f} "
            f"| {', '.join(f'{distance:.2f}' for distance in distances)} |"
        )
    lines += [f"| {name} | | *{SAMPLES} real ones* | | | | {floor:.2f} | |" for name, floor in floors.items()]
    return lines


def _read(path: Path) -> dict[str, dict[str, dict[str, float]]]:
    found: dict[str, dict[str, dict[str, float]]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("time", "train"))
    parser.add_argument("--sets", nargs="+", default=["digits"], help="digits, faces, faces-32, folders (digits)")
    parser.add_argument("--recipes", nargs="+", default=list(RECIPES), metavar="NAME", help="(all)")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--early", type=float, default=20, help="seconds after which samples are judged too (20)")
    parser.add_argument("--threads", type=int, default=1, help="of each training; `time` always takes torch's own (1)")
    parser.add_argument("--out", type=Path, default=HERE, help="folder of sketch.json and sketch.md (this one)")
    chosen = parser.parse_args(arguments)
    times_path, results_path = chosen.out / "sketch-times.json", chosen.out / "sketch.json"
    for name in chosen.sets:
        pictures = picture_set(name)
        if chosen.what == "time":
            times = _read(times_path)
            times.setdefault(pictures.name, {}).update(step_times(pictures, chosen.recipes))  # type: ignore[arg-type]
            write_json(times_path, times)
            print(json.dumps(times[pictures.name], indent=1))
            continue
        torch.set_num_threads(chosen.threads)
        judge = Judge(pictures)
        for seed in chosen.seeds:
            for recipe in chosen.recipes:
                group = f"{pictures.name}|{chosen.seconds:g}|{recipe}"
                if str(seed) in _read(results_path).get(group, {}):
                    continue
                grid = chosen.out / "grids" / f"sketch-{pictures.name}-{recipe.replace(' ', '-')}-{seed}.png"
                step_s = float(_read(times_path)[pictures.name][recipe])  # type: ignore[arg-type]
                about = {"seed": seed, "seconds": chosen.seconds, "early": chosen.early, "step_s": step_s, "grid": grid}
                result = trained(pictures, judge, recipe, **about)  # type: ignore[arg-type]
                kept = _read(results_path)  # another process may have written meanwhile
                kept.setdefault(group, {})[str(seed)] = result
                write_json(results_path, kept)
                print(group, seed, result, f"(real {judge.floor:.2f})", flush=True)
                text = "\n".join(table(kept, {pictures.name: judge.floor})) + "\n"
                replace_file(chosen.out / "sketch.md", lambda file, text=text: file.write(text.encode()))


if __name__ == "__main__":
    main()
