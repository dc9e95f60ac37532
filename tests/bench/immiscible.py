"""Does immiscible noise help? Trains the same small network with it, without it, and with a known mistake in it.

`python -m tests.bench.immiscible` trains on nine tenths of the bundled digits, measures on the rest, and rewrites the
table in this folder's README.md. Within one seed all variants start from the same weights and see the same pictures,
timesteps and noises, so what differs is only which picture gets which noise.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from core import randomness
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.diffusion.noise import assign_noise
from core.networks.build import build_diffusion
from core.presets import PRESETS
from core.quality.measures import frechet_distance
from core.runs.grids import save_grid
from core.samplers import SAMPLERS, initial_noise
from core.training.optimizers import build_optimizer
from core.training.plan import learning_rate_at
from core.training.state import EMA
from resources.samples import unpack
from tests.bench.digit_features import DigitFeatures
from tests.bench.tables import mean_and_spread, write_table

HERE = Path(__file__).parent
#: A small network on pixels, with AdamW: the table in README.md is of it.
SKETCH = PRESETS["sketch"].config.with_settings(
    {"image_size": 28, "channels": 1, "patch_size": 1, "dim": 16, "dim_mults": (1, 2, 4), "learning_rate": 2e-3}
)
HELD_OUT_SHARE = 10  #: every tenth picture
ROUNDS = 6  #: times that each held-out picture is noised
GRID = 36


class OtherNoiseInTheTarget(GaussianDiffusion):
    """A mistake found in the wild: the noise is permuted inside q_sample, so the target keeps the one before."""

    def q_sample(self, x_start: Tensor, t: Tensor, noise: Tensor | None = None) -> Tensor:
        assert noise is not None
        return super().q_sample(x_start, t, assign_noise(x_start, noise))


@dataclass(frozen=True)
class Variant:
    """One line of the table."""

    title: str
    settings: Mapping[str, object] = field(default_factory=dict)
    kind: type[GaussianDiffusion] = GaussianDiffusion


VARIANTS: dict[str, Variant] = {
    "off": Variant("off"),
    "assignment": Variant("assignment within the batch", {"immiscible": True}),
    "candidates": Variant("nearest of 8 noises", {"immiscible": True, "immiscible_candidates": 8}),
    "mistake": Variant("x_t permuted, target not (the mistake)", kind=OtherNoiseInTheTarget),
}


@dataclass(frozen=True)
class Result:
    """What one run came to."""

    distance: float  #: mean ‖x_0 − ε‖ of the training's pairs
    held_out: float  #: loss as it is trained (min-SNR weights), noise independent of the picture
    held_out_noisy: float  #: the same over the noisier half of t
    frechet: float


def digits() -> tuple[Tensor, Tensor]:
    """The bundled digits, (4200, 1, 28, 28) in [0, 1], and their classes (4200,)."""
    with tempfile.TemporaryDirectory() as folder:
        files = sorted(unpack("digits", Path(folder)).glob("*/*.png"))
        pixels = np.stack([np.asarray(Image.open(file)) for file in files])
    return torch.from_numpy(pixels)[:, None].float() / 255, torch.tensor([int(file.parent.name) for file in files])


def build(variant: Variant, seed: int) -> GaussianDiffusion:
    torch.manual_seed(seed)
    diffusion = build_diffusion(SKETCH.with_settings(variant.settings)).to(memory_format=torch.channels_last)
    diffusion.__class__ = variant.kind
    return diffusion


def train(variant: Variant, pictures: Tensor, *, seed: int, steps: int, batch: int) -> tuple[GaussianDiffusion, float]:
    """The averaged network behind plain diffusion, and the mean distance between a picture and its noise."""
    plan = SKETCH.train
    diffusion = build(variant, seed)
    ema = EMA(diffusion, plan.ema_decay)
    optimizer = build_optimizer(diffusion, learning_rate=plan.learning_rate, weight_decay=plan.weight_decay)
    distances = 0.0
    for step in range(steps):
        source = randomness.generator(seed, "bench", step)
        chosen = torch.randint(len(pictures), (batch,), generator=source)
        t = torch.randint(diffusion.num_timesteps, (batch,), generator=source)
        x_start = diffusion.normalize(pictures[chosen])
        noise = diffusion.prepare_noise(x_start, generator=source)
        rate = learning_rate_at(
            step, total=steps, peak=plan.learning_rate, warmup_steps=plan.warmup_steps, decay=plan.decay
        )
        for group in optimizer.param_groups:
            group["lr"] = rate
        diffusion.training_losses(x_start, t, noise).mean.backward()
        torch.nn.utils.clip_grad_norm_(diffusion.parameters(), plan.max_grad_norm)
        optimizer.step()
        optimizer.zero_grad()
        ema.update(step + 1)
        held = assign_noise(x_start, noise) if variant.kind is OtherNoiseInTheTarget else noise
        distances += (x_start - held).flatten(1).norm(dim=1).mean().item()
    plain = build(VARIANTS["off"], seed).eval()
    plain.load_state_dict(ema.state_dict())
    return plain, distances / steps


@torch.no_grad()
def held_out_losses(diffusion: GaussianDiffusion, pictures: Tensor, rounds: int) -> tuple[float, float]:
    """The weighted loss over all t and over the noisier half; every variant meets the same t and noises."""
    x_start = diffusion.normalize(pictures)
    times, losses = [], []
    for index in range(rounds):
        source = randomness.generator(0, "bench-held-out", index)
        # One t from each of as many equal parts of 0 … T-1 as there are pictures.
        shares = (torch.randperm(len(x_start), generator=source) + torch.rand(len(x_start), generator=source)) / len(
            x_start
        )
        t = (shares * diffusion.num_timesteps).long().clamp(max=diffusion.num_timesteps - 1)
        noise = torch.randn(x_start.shape, generator=source)
        times.append(t)
        losses += [
            diffusion.training_losses(*part).weighted
            for part in zip(x_start.split(64), t.split(64), noise.split(64), strict=True)
        ]
    t, loss = torch.cat(times), torch.cat(losses)
    return loss.mean().item(), loss[t >= diffusion.num_timesteps // 2].mean().item()


def draw(diffusion: GaussianDiffusion, count: int) -> Tensor:
    """`count` pictures in [0, 1] by DDIM in 25 steps from noises that are the same for every variant."""
    drawn = []
    for first in range(0, count, 64):
        x = initial_noise(diffusion, min(64, count - first), seed=0, device="cpu", first=first)
        for step in SAMPLERS["ddim"](diffusion, x, steps=25, eta=0.0):
            x = step.x_next
        drawn.append(diffusion.unnormalize(x).clamp(0, 1))
    return torch.cat(drawn)


def table(results: Mapping[str, Sequence[Result]], floor: float) -> list[str]:
    """The lines of the table in markdown."""
    lines = [
        "| pairing | ‖x₀ − ε‖ | held-out loss × 1000 | difference from off | of it, noisier half of t | Fréchet |",
        "|---|---|---|---|---|---|",
    ]
    for name, runs in results.items():
        differences = [1000 * (run.held_out - off.held_out) for run, off in zip(runs, results["off"], strict=True)]
        cells = [
            VARIANTS[name].title,
            f"{statistics.mean(run.distance for run in runs):.2f}",
            mean_and_spread([1000 * run.held_out for run in runs]),
            "" if name == "off" else mean_and_spread(differences, sign=True),
            mean_and_spread([1000 * run.held_out_noisy for run in runs]),
            mean_and_spread([run.frechet for run in runs]),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    lines.append(f"| *the held-out digits themselves* | | | | | {floor:.2f} |")
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=400, help="training steps of each run (400)")
    parser.add_argument("--batch", type=int, default=32, help="pictures per step (32)")
    parser.add_argument("--seeds", type=int, default=3, help="runs of each variant (3)")
    parser.add_argument("--samples", type=int, default=400, help="pictures drawn from each run (400)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="noises for each held-out picture (6)")
    parser.add_argument("--out", type=Path, default=HERE, help="folder of README.md and grids/ (this one)")
    chosen = parser.parse_args(arguments)

    pictures, classes = digits()
    held = torch.arange(len(pictures)) % HELD_OUT_SHARE == HELD_OUT_SHARE - 1
    features = DigitFeatures.train(pictures[~held], classes[~held])
    accuracy = features.accuracy(pictures[held], classes[held])
    real = features(pictures[~held])
    (chosen.out / "grids").mkdir(parents=True, exist_ok=True)
    results: dict[str, list[Result]] = {name: [] for name in VARIANTS}
    for seed in range(chosen.seeds):
        for name, variant in VARIANTS.items():
            diffusion, distance = train(variant, pictures[~held], seed=seed, steps=chosen.steps, batch=chosen.batch)
            drawn = draw(diffusion, max(chosen.samples, GRID))
            result = Result(
                distance,
                *held_out_losses(diffusion, pictures[held], chosen.rounds),
                frechet_distance(features(drawn), real),
            )
            print(seed, name, result, flush=True)
            results[name].append(result)
            if seed == 0:
                pixels = (drawn[:GRID] * 255).round().byte().permute(0, 2, 3, 1).numpy()
                save_grid(chosen.out / "grids" / f"{name}.png", pixels, settings={"seed": seed, "steps": chosen.steps})
    about = (
        f"{chosen.seeds} seeds, {chosen.steps} steps of {chosen.batch} pictures; mean ± standard deviation over the "
        f"seeds. Fréchet distance between {max(chosen.samples, GRID)} samples and the training digits in the features "
        f"of a small classifier ({math.floor(1000 * accuracy) / 10} % right on the held-out digits)."
    )
    lines = [about, "", *table(results, frechet_distance(features(pictures[held]), real))]
    write_table(chosen.out / "README.md", "immiscible", lines)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
