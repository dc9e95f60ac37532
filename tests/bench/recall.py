"""What perfect memory costs a step: `python -m tests.bench.recall`, a minute and 1.3 GB of memory.

10⁵ random colour pictures of 64 px (`--count`, `--size`). *A trajectory* goes from T-1 to 0 in so many even steps; in
*noise* every step is at T-1, where all pictures weigh, which is the dearest. *Plain* is the same in torch without
anything of core.recall: blocks of pictures made float32, multiplied, softmax, multiplied again. Medians of calls that
take turns.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
import torch

from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.memory import Memory, Recollection
from core.recall import recall
from tests.bench.turns import in_turns

TOGETHER = 1024


def plain(memory: Memory, x_t: torch.Tensor, signal: torch.Tensor, spread: torch.Tensor) -> torch.Tensor:
    """E[x_0 | x_t] of (S, C, H, W), in float32."""
    asked = x_t.flatten(1)
    pixels = torch.from_numpy(memory.pixels)
    exponents = torch.empty(len(asked), len(memory))
    for start in range(0, len(memory), TOGETHER):
        rows = pixels[start : start + TOGETHER].float().add_(128).div_(127.5).sub_(1)
        exponents[:, start : start + TOGETHER] = asked @ rows.T - 0.5 * signal[:, None] * rows.square().sum(1)
    weights = (exponents * (signal / spread.square())[:, None]).softmax(1)
    total = torch.zeros_like(asked)
    for start in range(0, len(memory), TOGETHER):
        rows = pixels[start : start + TOGETHER].float().add_(128).div_(127.5).sub_(1)
        total += weights[:, start : start + TOGETHER] @ rows
    return total.reshape(x_t.shape)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--steps", type=int, nargs="+", default=[1, 10, 25, 100])
    parser.add_argument("--least", type=int, default=3, help="rounds")
    arguments = parser.parse_args()
    shape = (3, arguments.size, arguments.size)
    draw = np.random.default_rng(0)
    pixels = draw.integers(-128, 128, (arguments.count, int(np.prod(shape))), dtype=np.int8)
    memory = Memory(pixels, shape, ("",) * arguments.count, np.arange(arguments.count))
    diffusion = GaussianDiffusion(lambda x, *_: x, image_size=arguments.size, beta_schedule="cosine")
    last = diffusion.num_timesteps - 1
    start = torch.from_numpy(memory.picture(0)).permute(2, 0, 1).float() / 127.5 - 1

    print("| steps at once | what | ms a step | plain: ms a step | times as fast | rounds |\n|---|---|---|---|---|---|")
    for steps in arguments.steps:
        for what, times in (
            ("a trajectory", torch.linspace(last, 0, steps).long() if steps > 1 else torch.tensor([last // 2])),
            ("noise", torch.full((steps,), last)),
        ):
            noise = torch.randn(steps, *shape, generator=torch.Generator().manual_seed(0))
            x_t = diffusion.q_sample(start.expand(steps, *shape), times, noise)
            signal, spread = diffusion.sqrt_alphas_cumprod[times], diffusion.sqrt_one_minus_alphas_cumprod[times]

            def ours(x_t: torch.Tensor = x_t, times: torch.Tensor = times) -> None:
                *_, found = recall(diffusion, memory, x_t, times)
                assert isinstance(found, Recollection)

            def theirs(x: torch.Tensor = x_t, a: torch.Tensor = signal, b: torch.Tensor = spread) -> None:
                plain(memory, x, a, b)

            calls: dict[str, Callable[[], None]] = {"ours": ours, "plain": theirs}
            spent = in_turns(calls, 0, least=arguments.least, warm=arguments.count < 10_000)
            ms = {name: 1000 * each.seconds / steps for name, each in spent.items()}
            print(
                f"| {steps} | {what} | {ms['ours']:.1f} | {ms['plain']:.1f} | {ms['plain'] / ms['ours']:.1f} "
                f"| {len(spent['ours'].clock)} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
