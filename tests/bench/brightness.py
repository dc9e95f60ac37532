"""What samplers keep of brightness and of fine detail even with a perfect network.

`python -m tests.bench.brightness` runs every sampler on the exact denoiser of pictures x_0 = m + d, with one brightness
m ~ N(0, 0.4²) for all values of a picture and detail d ~ N(0, 0.02²) of each value, and prints which share of both
standard deviations the result has. Everything is linear in the noise, so nothing is estimated: the factor of x_T and
that of every z are read off one run, and the result's variance is the sum of their squares. With `--write` the table
goes into `resources/docs/samplers.md`. It takes a minute of processor time.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from core.catalogue import SCHEDULES
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.diffusion.guidance import NO_GUIDANCE
from core.samplers import SAMPLERS, Task, time_pairs
from tests.bench.tables import write_table

DOCS = Path(__file__).parents[2] / "resources" / "docs" / "samplers.md"
TIMESTEPS = 1000
#: Standard deviations in [-1, 1]; 0.02 is two and a half grey levels.
BRIGHTNESS, DETAIL = 0.4, 0.02
SIZES = {"1×28²": 28**2, "3×24²": 3 * 24**2, "3×64²": 3 * 64**2, "3×128²": 3 * 128**2}
STEPS = (10, 15, 20, 25, 50, 100, 250)
#: Far below the clip of x̂_0 to [-1, 1], which would make it non-linear.
SMALL = 1e-4


class ExactDenoiser:
    """E[x_0 | x_t] of a picture's mean, the first value, and of the differences from it, all others."""

    def __init__(self, alphas_cumprod: Tensor, dimensions: int) -> None:
        signal, noise = alphas_cumprod, 1 - alphas_cumprod
        self.gains = [
            signal.sqrt() * variance / (signal * variance + noise / averaged)
            for variance, averaged in ((BRIGHTNESS**2, dimensions), (DETAIL**2, 1))
        ]

    def __call__(self, x: Tensor, t: Tensor, x_self_cond: Tensor | None = None, **_: object) -> Tensor:
        """x̂_0."""
        mean, detail = (gain[t][:, None, None, None].float() for gain in self.gains)
        return torch.cat([mean * x[..., :1], detail * x[..., 1:]], dim=-1)


@dataclass(eq=False)
class ImpulseTask(Task):
    """Its batch is one picture for x_T and one for each z, which has the value SMALL in that picture alone."""

    def noise_like(self, x: Tensor) -> Tensor:
        """The next impulse."""
        drawn = self.__dict__.setdefault("drawn", [])
        drawn.append(None)
        noise = torch.zeros_like(x)
        noise[len(drawn)] = SMALL
        return noise


def kept(schedule: str, sampler: str, steps: int, dimensions: int, *, eta: float = 0.0) -> tuple[float, float]:
    """The shares of the standard deviations of brightness and detail, 1 for all of it."""
    diffusion = GaussianDiffusion(lambda x, *_, **__: x, image_size=8, beta_schedule=schedule, objective="pred_x0")
    row = SAMPLERS[sampler]
    pairs = time_pairs(diffusion, steps, spacing=row.default_spacing, dimensions=dimensions)
    diffusion.model = ExactDenoiser(diffusion.alphas_cumprod.double(), dimensions)
    noisy = row.usual_steps is None or sampler == "dpm++2m_sde" or eta > 0
    # Heun looks at how many values there are; with noise two do.
    x_T = torch.zeros(steps + 1 if noisy else 1, 1, 1, 2 if noisy else dimensions)
    x_T[0] = SMALL
    task = ImpulseTask(diffusion, x_T, pairs, guidance=NO_GUIDANCE, eta=eta)
    for step in row.function(task):
        made = step.x_next
    brightness, detail = (made[:, 0, 0, k].double().div(SMALL).square().sum().sqrt().item() for k in (0, 1))
    return brightness / math.sqrt(dimensions) / BRIGHTNESS, detail / DETAIL


def rows() -> Iterator[tuple[str, str, int]]:
    """Schedule, sampler and steps of every line of the table."""
    for schedule in SCHEDULES:
        for name, sampler in SAMPLERS.items():
            for steps in (*STEPS, TIMESTEPS) if sampler.usual_steps is None else STEPS:
                yield schedule, name, steps


def table() -> Iterator[str]:
    """The lines, in Markdown; a cell is brightness / detail."""
    yield f"| schedule | sampler | steps | calls | {' | '.join(SIZES)} |"
    yield "|---|---|---|---|" + "---|" * len(SIZES)
    for schedule, name, steps in rows():
        shares = (kept(schedule, name, steps, dimensions) for dimensions in SIZES.values())
        cells = " | ".join(f"{brightness:.2f} / {detail:.2f}" for brightness, detail in shares)
        # The last step of Heun asks once.
        calls = steps if SAMPLERS[name].calls_per_step == 1 else 2 * steps - 1
        yield f"| {SCHEDULES[schedule].title} | {SAMPLERS[name].title} | {steps} | {calls} | {cells} |"


def main() -> None:
    """Print the table, or put it into the documentation."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"into {DOCS.name}")
    lines = []
    write = parser.parse_args().write
    for line in table():
        print(line, flush=True)
        lines.append(line)
    if write:
        write_table(DOCS, "table", lines)


if __name__ == "__main__":
    main()
