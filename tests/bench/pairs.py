"""Does a model that sees the small picture beat interpolation? Super-resolution of held-out pictures, beside bicubic.

`python -m tests.bench.pairs RUN FOLDER` prints, for the held-out pictures of a run with condition=low-resolution, how
far from the truth are: nearest and bicubic interpolation of the small picture, one sample, the mean of 2 and of 8
samples of each; mean squared error of grey levels in [0, 1] and PSNR = 10·log10(1/MSE), of all pictures together.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.device import prepare_for_device
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.pictures.feed.conditions import made_small
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder.scan import scan_all
from core.runs.opening import load_model
from core.runs.run import Run
from core.samplers import SAMPLERS, PictureNoise, initial_noise
from core.sampling import as_condition, to_pixels
from core.settings import USUAL_SAMPLER, USUAL_STEPS

TOGETHER = 64


def sampled(
    diffusion: GaussianDiffusion, seen: NDArray[np.uint8], *, seed: int, steps: int = USUAL_STEPS
) -> NDArray[np.uint8]:
    """(N, H, W, C) uint8: a sample for each condition, (N, H, W, c) uint8."""
    made = []
    for first in range(0, len(seen), TOGETHER):
        part = seen[first : first + TOGETHER]
        noise = initial_noise(diffusion, len(part), seed=seed, device=diffusion.device, first=first)
        draw = PictureNoise(seed, len(part), first=first)
        condition = as_condition(diffusion, part)
        with closing(
            SAMPLERS[USUAL_SAMPLER](diffusion, noise, steps=steps, generator=draw, condition=condition)
        ) as all_of:
            for step in all_of:
                x = step.x_next
        made.append(to_pixels(x, normalized=diffusion.auto_normalize))
    return np.concatenate(made)


def squared_error(pictures: NDArray[np.floating] | NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    """The mean over all values, of grey levels in [0, 1]."""
    apart = (pictures.astype(np.float64) - truth.astype(np.float64)) / 255
    return float(np.square(apart).mean())


def psnr(error: float) -> float:
    """dB of a mean squared error of values in [0, 1]."""
    return 10 * math.log10(1 / error)


def measured(
    diffusion: GaussianDiffusion, truth: NDArray[np.uint8], seen: NDArray[np.uint8], *, draws: Sequence[int]
) -> dict[str, float]:
    """What is compared → its mean squared error. truth: (N, H, W, C), seen: (N, H, W, C) bicubic; draws: how many."""
    small = made_small(truth, diffusion.condition_factor)
    nearest = small.repeat(diffusion.condition_factor, axis=1).repeat(diffusion.condition_factor, axis=2)
    errors = {"nearest": squared_error(nearest, truth), "bicubic": squared_error(seen, truth)}
    samples = [sampled(diffusion, seen, seed=seed) for seed in range(max(draws))]
    for count in draws:
        name = "one sample" if count == 1 else f"mean of {count} samples"
        errors[name] = squared_error(np.mean(samples[:count], axis=0), truth)
    return errors


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="a run folder, trained with condition=low-resolution and hold_out")
    parser.add_argument("folder", type=Path, help="its pictures")
    parser.add_argument("--pictures", type=int, default=420, help="held-out pictures, at most (420)")
    parser.add_argument("--draws", type=int, nargs="+", default=(1, 2, 8), help="samples of each (1 2 8)")
    chosen = parser.parse_args(arguments)
    config = Run.open(chosen.run).config
    *_, pictures = load_pictures(scan_all(chosen.folder), config.data)
    assert isinstance(pictures, PictureSet) and pictures.held_out is not None, "nothing is held out"
    held_out = pictures.held_out
    count = min(chosen.pictures, len(held_out))
    taken = held_out.take((np.arange(count) * len(held_out)) // count, plain=True)
    pictures.close()
    assert taken.condition is not None, "the model sees nothing beside x_t"
    model = load_model(chosen.run, "ema", {})
    diffusion = prepare_for_device(model.diffusion, torch.device("cpu")).eval()
    errors = measured(diffusion, taken.pixels, taken.condition, draws=chosen.draws)
    height, width = diffusion.image_size
    factor = diffusion.condition_factor
    sizes = f"{height // factor} × {width // factor} → {height} × {width} px"
    print(f"{count} held-out pictures, {sizes}, step {model.step:,}, {USUAL_STEPS} steps of {USUAL_SAMPLER}")
    print("\n| | MSE | PSNR |\n|---|---|---|")
    for name, error in errors.items():
        print(f"| {name} | {error:.5f} | {psnr(error):.2f} dB |")


if __name__ == "__main__":
    main()
