"""How good are samples from few calls of the network? Every sampler, with its own timesteps and with fitted ones.

`python -m tests.bench.few_calls RUN` prints the Fréchet distance between samples of a run of the digits and the digits
themselves, in the features of a small classifier (`digit_features.py`), and with --write puts the table into this
folder's README.md. At least five minutes on two cores for a network of Sketch's size; samples, distances and fitted
timesteps are kept in a file of --cache, so that a run that was stopped goes on, and a second one is done at once.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

import torch
from torch import Tensor

from core.device import prepare_for_device
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.quality.measures import frechet_distance
from core.runs.atomic import write_json
from core.runs.opening import LoadedModel, load_model
from core.samplers import SAMPLERS, PictureNoise, initial_noise
from core.samplers.fit_steps import FittedSteps, fit_steps
from core.samplers.loop import Conditions
from core.threads import WalkThreads
from tests.bench.digit_features import DigitFeatures
from tests.bench.immiscible import digits
from tests.bench.tables import write_table

HERE = Path(__file__).parent
CALLS = (4, 5, 6, 8, 10, 20)
#: What few calls are compared with. DDPM's, the dearest, comes last.
FLOORS = (("ddim", 100), ("ddpm", 1000))
CHUNK = 128


class Cells:
    """What was measured of one model, kept in a JSON file: a number or timesteps by name."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: dict[str, object] = json.loads(path.read_text("utf-8")) if path.exists() else {}

    def get(self, name: str) -> object:
        """None where it was not measured yet."""
        return self._found.get(name)

    def put(self, name: str, value: object) -> None:
        """Keep it, and say so."""
        self._found[name] = value
        write_json(self._path, self._found)
        print(name, value, flush=True)


@torch.no_grad()
def drawn(
    diffusion: GaussianDiffusion,
    name: str,
    times: Sequence[int] | None,
    steps: int | None,
    count: int,
    *,
    seed: int = 0,
    **conditions: Unpack[Conditions],
) -> Tensor:
    """(count, C, H, W) in [0, 1], of the same noises for all samplers; the classes in turn, where it knows some."""
    pictures, in_threads = [], WalkThreads(diffusion.device)
    for first in range(0, count, CHUNK):
        here = min(CHUNK, count - first)
        strength = diffusion.offset_noise_strength
        x = initial_noise(diffusion, here, seed=seed, device="cpu", first=first, offset_noise_strength=strength)
        draw = PictureNoise(seed, here, first=first, offset_noise_strength=strength)
        if diffusion.num_classes:
            conditions["classes"] = [k % diffusion.num_classes for k in range(first, first + here)]
        for step in in_threads(SAMPLERS[name](diffusion, x, steps=steps, times=times, generator=draw, **conditions)):
            x = step.x_next
        pictures.append(diffusion.unnormalize(x).clamp(0, 1))
    return torch.cat(pictures)


def steps_for(name: str, calls: int) -> int:
    """As many steps as so many calls pay for; of two calls each, the last has one."""
    each = SAMPLERS[name].calls_per_step
    return (calls + each - 1) // each


class Bench:
    """Measures one model, and remembers."""

    def __init__(self, model: LoadedModel, cells: Cells, samples: int) -> None:
        self.diffusion = prepare_for_device(model.diffusion, torch.device("cpu")).eval()
        self._cells, self._samples = cells, samples
        pictures, classes = digits()
        self._features = DigitFeatures.train(pictures, classes)
        self._real = self._features(pictures)
        # They lie in the order of their classes.
        mixed = torch.randperm(len(pictures), generator=torch.Generator().manual_seed(0))
        self.of_real = frechet_distance(self._real[mixed[:samples]], self._real[mixed[samples:]])

    def judge(self, made: Tensor) -> float:
        """The distance of pictures, (N, C, H, W) in [0, 1], from the digits."""
        return frechet_distance(self._features(made), self._real)

    def distance(self, name: str, steps: int, *, fitted: bool = False) -> float:
        """Of `samples` pictures from the digits."""
        key = f"{name} {steps} {'fitted' if fitted else 'own'} of {self._samples}"
        found = self._cells.get(key)
        if found is None:
            times = self.times(name, steps) if fitted else None
            found = self.judge(drawn(self.diffusion, name, times, None if fitted else steps, self._samples))
            self._cells.put(key, found)
        assert isinstance(found, float)
        return found

    def times(self, name: str, steps: int) -> list[int]:
        """The timesteps that are fitted to the model."""
        key = f"{name} {steps} times"
        if self._cells.get(key) is None:
            began = time.monotonic()
            events = fit_steps(
                self.diffusion, name, [steps], offset_noise_strength=self.diffusion.offset_noise_strength
            )
            for event in WalkThreads(torch.device("cpu"))(events):
                if isinstance(event, FittedSteps):
                    self._cells.put(f"{name} {steps} error", [event.error_before, event.error])
                    self._cells.put(f"{name} {steps} seconds", time.monotonic() - began)
                    self._cells.put(key, list(event.times))
        found = self._cells.get(key)
        assert isinstance(found, list)
        return found


def table(bench: Bench, names: Sequence[str], calls: Sequence[int], fit_up_to: int) -> list[str]:
    """The lines in markdown; a fit of many steps takes long and gains little, so those above fit_up_to are left out."""
    lines = [f"| sampler | timesteps | {' | '.join(map(str, calls))} |", "|---|---|" + "---|" * len(calls)]
    for name in names:
        title = SAMPLERS[name].title
        own = [f"{bench.distance(name, steps_for(name, each)):.2f}" for each in calls]
        lines.append(f"| {title} | own | {' | '.join(own)} |")
        # Euler's steps are DDIM's.
        if not SAMPLERS[name].adds_noise and name != "euler":
            fitted = [
                f"{bench.distance(name, steps_for(name, each), fitted=True):.2f}" if 2 < each <= fit_up_to else ""
                for each in calls
            ]
            lines.append(f"| {title} | fitted | {' | '.join(fitted)} |")
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="a run folder or a checkpoint, trained on the digits at 28 px")
    parser.add_argument("--samples", type=int, default=512, help="pictures of each cell (512)")
    parser.add_argument("--calls", type=int, nargs="+", default=CALLS, help="calls of the network (4 5 6 8 10 20)")
    parser.add_argument("--samplers", nargs="+", default=list(SAMPLERS), choices=list(SAMPLERS), metavar="NAME")
    parser.add_argument("--fit-up-to", type=int, default=10, help="more calls than these keep their own timesteps (10)")
    parser.add_argument("--no-floor", action="store_true", help="without DDIM at 100 and DDPM at 1,000 calls")
    parser.add_argument("--cache", type=Path, default=None, help="folder of what was measured (beside the run)")
    parser.add_argument("--write", action="store_true", help="put the table into this folder's README.md")
    chosen = parser.parse_args(arguments)

    model = load_model(chosen.run, "ema", {})
    assert model.sha256 is not None
    cache = chosen.cache or chosen.run.parent
    cells = Cells(cache / f"few-calls-{model.sha256[:16]}.json")
    bench = Bench(model, cells, chosen.samples)
    lines = table(bench, chosen.samplers, chosen.calls, chosen.fit_up_to)
    about = [f"Real digits beside real ones: {bench.of_real:.2f}."]
    for name, steps in () if chosen.no_floor else FLOORS:
        about.append(f"{SAMPLERS[name].title} at {steps:,} calls: {bench.distance(name, steps):.2f}.")
    lines = [
        f"Fréchet distance of {chosen.samples} samples from the digits, by calls of the network; the model of step "
        f"{model.step:,}. {' '.join(about)}",
        "",
        *lines,
    ]
    if chosen.write:
        write_table(HERE / "README.md", "few calls", lines)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
