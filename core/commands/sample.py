"""`ddpm-studio sample RUN|FILE --out DIR`: pictures from a trained model."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import ConfigError
from .reporting import say

#: Pictures made at once; more only need more memory.
CHUNK = 64


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `sample`."""
    parser.add_argument("model", type=Path, help="a run folder (its newest good checkpoint) or a checkpoint file")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the pictures go")
    parser.add_argument("--n", type=int, default=16, help="how many pictures")
    parser.add_argument("--sampler", default="ddim", help="ddpm or ddim")
    parser.add_argument("--steps", type=int, default=None, help="sampler steps (default: 25, DDPM all)")
    parser.add_argument("--eta", type=float, default=None, help="DDIM's η, 0 to 1 (default: the model's own)")
    parser.add_argument(
        "--seed", type=int, default=0, help="with DDIM at η 0, picture k of a seed is always the same one"
    )
    parser.add_argument("--weights", choices=("ema", "raw"), default="ema", help="averaged or last weights")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
    parser.add_argument(
        "--every", action="store_true", help="also a grid of x_t and of the predicted x_0 at every step"
    )
    parser.add_argument("--grid", action="store_true", help="also one picture with all of them")
    parser.add_argument("--json", action="store_true", help="print what was written as lines of JSON")


def run(arguments: argparse.Namespace) -> int:
    """Sample and write PNG files with their settings inside."""
    import json

    from ..device import choose_device, prepare_for_device
    from ..pixels import to_pixels
    from ..randomness import generator
    from ..samplers import SAMPLERS, initial_noise
    from ..storage.atomic import make_folder
    from ..storage.checkpoint import load_checkpoint
    from ..storage.grids import save_grid, save_picture

    if not 1 <= arguments.n <= 1_000_000:
        raise ConfigError("config.bad-value", name="--n", value=arguments.n, expected="a whole number from 1")
    if arguments.sampler not in SAMPLERS:
        known = "one of " + ", ".join(SAMPLERS)
        raise ConfigError("config.bad-value", name="--sampler", value=arguments.sampler, expected=known)
    device = choose_device(arguments.device)
    diffusion = prepare_for_device(load_checkpoint(arguments.model, weights=arguments.weights), device).eval()
    row = SAMPLERS[arguments.sampler]
    steps = arguments.steps
    if steps is None:
        steps = min(25, diffusion.num_timesteps) if row.takes_eta else diffusion.num_timesteps
    normalized = diffusion.auto_normalize
    make_folder(arguments.out)
    settings: dict[str, object] = {
        "sampler": arguments.sampler,
        "sample_steps": steps,
        "seed": arguments.seed,
        "weights": arguments.weights,
        "model": arguments.model.name,
    }
    kept = []
    for first in range(0, arguments.n, CHUNK):
        count = min(CHUNK, arguments.n - first)
        chunk = x = initial_noise(diffusion, count, seed=arguments.seed, device=device, first=first)
        draw = generator(arguments.seed, "sampling", first)
        for step in row(diffusion, chunk, steps=steps, generator=draw, eta=arguments.eta):
            x = step.x_next
            if arguments.every:
                stem = f"step-{step.index:04d}" if first == 0 else f"step-{step.index:04d}-from-{first:05d}"
                at = {**settings, "t": step.t}
                save_grid(arguments.out / f"{stem}-x_t.png", to_pixels(step.x_t, normalized=normalized), settings=at)
                save_grid(arguments.out / f"{stem}-x_0.png", to_pixels(step.x_0, normalized=normalized), settings=at)
        pictures = to_pixels(x, normalized=normalized)
        for index, picture in enumerate(pictures, start=first):
            path = arguments.out / f"{index:05d}.png"
            save_picture(path, picture, settings={**settings, "index": index})
            say(json.dumps({"event": "picture", "path": str(path)}) if arguments.json else str(path))
        kept.append(pictures)
    if arguments.grid:
        import numpy as np

        path = arguments.out / "grid.png"
        save_grid(path, np.concatenate(kept), settings=settings)
        say(json.dumps({"event": "grid", "path": str(path)}) if arguments.json else str(path))
    return 0
