"""How fast the network runs beside denoising-diffusion-pytorch's, with the same weights, in one process.

`python -m tests.bench.speed` (or `make bench`, which also installs the library) takes turns: one call of theirs, one of
ours, over and over, so that whatever else the machine does slows both. A ratio above 1 means that ours is faster.
Theirs is always in float32, which is its default; ours also in bf16, which pays on processors that compute in it.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

import core
from core.device import autocast
from core.training.optimizers import build_optimizer
from tests.bench.library import STOOD_IN_FOR, import_library
from tests.bench.tables import write_table

HERE = Path(__file__).parent
DIMS = (32, 64)
SIZE_PX, BATCH = 32, 16


def models(dim: int, size: int) -> tuple[nn.Module, nn.Module]:
    """Theirs and ours with the same weights, each with its own defaults and in the form that it is used in."""
    library = import_library()
    torch.manual_seed(0)
    theirs = library.GaussianDiffusion(library.Unet(dim=dim), image_size=size)
    ours = core.GaussianDiffusion(core.Unet(dim=dim), image_size=size)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    return theirs, core.prepare_for_device(ours, "cpu")


def forward(diffusion: nn.Module, pictures: Tensor, dtype: torch.dtype | None = None) -> Callable[[], object]:
    """One call of the network, as in sampling; dtype: of mixed precision."""
    t = torch.arange(len(pictures))

    @torch.no_grad()
    def call() -> object:
        with autocast(torch.device("cpu"), dtype):
            return diffusion.model(pictures, t)

    return call


def training_step(
    diffusion: nn.Module, pictures: Tensor, optimizer: torch.optim.Optimizer, dtype: torch.dtype | None = None
) -> Callable[[], object]:
    """Loss, gradients, and the optimizer's update; dtype: of mixed precision."""

    def call() -> object:
        with autocast(torch.device("cpu"), dtype):
            loss = diffusion(pictures)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss

    return call


@dataclass
class Spent:
    """Seconds of each call: by the clock, and of processor time, which other programs hardly change."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


def in_turns(theirs: Callable[[], object], ours: Callable[[], object], seconds: float) -> tuple[Spent, Spent]:
    """What each call took, taken in turns until both together took `seconds` (at least five times)."""
    both = Spent(), Spent()
    for call in (theirs, ours):
        call()
    while len(both[0].clock) < 5 or sum(sum(spent.clock) for spent in both) < seconds:
        for spent, call in zip(both, (theirs, ours), strict=True):
            clock, processor = time.perf_counter(), time.process_time()
            call()
            spent.clock.append(time.perf_counter() - clock)
            spent.processor.append(time.process_time() - processor)
    return both


def measure(dim: int, *, size: int, batch: int, seconds: float) -> dict[str, tuple[Spent, Spent]]:
    """What was measured → what theirs and ours took."""
    theirs, ours = models(dim, size)
    pictures = torch.rand(batch, 3, size, size)
    laid_out = pictures.to(memory_format=torch.channels_last)
    adam = torch.optim.Adam(theirs.parameters(), lr=1e-5, betas=(0.9, 0.99))
    adamw = build_optimizer(ours, learning_rate=1e-5, weight_decay=0.0)
    pairs = {
        "forward": (forward(theirs, pictures), forward(ours, laid_out)),
        "training step": (training_step(theirs, pictures, adam), training_step(ours, pictures, adamw)),
        "forward, ours in bf16": (forward(theirs, pictures), forward(ours, laid_out, torch.bfloat16)),
        "training step, ours in bf16": (
            training_step(theirs, pictures, adam),
            training_step(ours, pictures, adamw, torch.bfloat16),
        ),
    }
    return {name: in_turns(*pair, seconds) for name, pair in pairs.items()}


def line(dim: int, threads: int, name: str, theirs: Spent, ours: Spent) -> str:
    """One line of the table in markdown."""
    clock = statistics.median(theirs.clock), statistics.median(ours.clock)
    processor = statistics.median(theirs.processor) / statistics.median(ours.processor)
    times = f"{clock[0] * 1000:.0f} | {clock[1] * 1000:.0f} | {clock[0] / clock[1]:.2f} | {processor:.2f}"
    return f"| {dim} | {threads} | {name} | {times} | {len(ours.clock)} |"


HEAD = [
    "| dim | threads | what | theirs, ms | ours, ms | ratio | of processor time | calls |",
    "|---|---|---|---|---|---|---|---|",
]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30, help="measuring time of each line of the table (30)")
    parser.add_argument("--threads", type=int, nargs="*", help="threads to measure with (torch's own choice, and 1)")
    parser.add_argument("--dims", type=int, nargs="*", default=DIMS, help="widths of the network (32 and 64)")
    parser.add_argument("--size", type=int, default=SIZE_PX, help="side of a picture in pixels (32)")
    parser.add_argument("--batch", type=int, default=BATCH, help="pictures per call (16)")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    chosen = parser.parse_args(arguments)

    print(f"Stood in for by empty modules, for the library to import: {', '.join(STOOD_IN_FOR)}")
    lines = [*HEAD]
    print("\n".join(lines), flush=True)
    before = torch.get_num_threads()
    for threads in chosen.threads or sorted({before, 1}, reverse=True):
        torch.set_num_threads(threads)
        for dim in chosen.dims:
            measured = measure(dim, size=chosen.size, batch=chosen.batch, seconds=chosen.seconds)
            for name, spent in measured.items():
                lines.append(line(dim, threads, name, *spent))
                print(lines[-1], flush=True)
    torch.set_num_threads(before)
    if chosen.write:
        about = f"torch {torch.__version__}, CPU, {chosen.size} px, batches of {chosen.batch}, medians."
        write_table(HERE / "README.md", "speed", [about, "", *lines])


if __name__ == "__main__":
    main()
