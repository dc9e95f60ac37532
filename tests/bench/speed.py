"""All that is claimed of speed, measured on this machine: `make bench`, which also installs the library.

`python -m tests.bench.speed` prints a table for each of its parts. What is compared takes turns in one run, so that
whatever else the machine does slows all of it, and medians are compared: a ratio above 1 means that ours is faster. A
part that cannot be measured says why, and the others go on.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from tests.bench import network, whole
from tests.bench.library import STOOD_IN_FOR
from tests.bench.network import Shape
from tests.bench.tables import write_table

README = Path(__file__).parent / "README.md"
DIMS = (32, 64)
SIZE_PX, BATCH = 32, 16


@dataclass(frozen=True)
class Part:
    """One table: how long it may take, and what makes it of so many seconds."""

    title: str
    seconds: float
    lines: Callable[[list[Shape], float], Iterator[str]]
    shaped: bool = False  #: whether --dims, --size and --batch are of it


#: Name → part, in the order of the README; together ten minutes.
PARTS = {
    "limit": Part("The machine's own limit", 15, lambda _shapes, seconds: network.limit_table(seconds)),
    "forward": Part(
        "A forward pass",
        40,
        lambda shapes, seconds: network.network_table(network.forwards, shapes, seconds),
        shaped=True,
    ),
    "step": Part(
        "A training step",
        70,
        lambda shapes, seconds: network.network_table(network.steps, shapes, seconds),
        shaped=True,
    ),
    "sampling": Part(
        f"{network.SAMPLES} pictures in {network.CALLS} calls of the network",
        140,
        lambda shapes, seconds: network.sampling_table(shapes[0], seconds),
        shaped=True,
    ),
    "training": Part("A whole training from a folder", 180, lambda _shapes, seconds: whole.training_table(seconds)),
    "window": Part("The window beside no window", 100, lambda _shapes, seconds: whole.window_table(seconds)),
    "start": Part("Start-up", 60, lambda _shapes, seconds: whole.start_table(seconds)),
}


def processor() -> str:
    """What the system says of it, and whether it computes in bf16."""
    name, flags = platform.processor() or platform.machine(), ""
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                name = line.partition(":")[2].strip()
            if line.startswith("flags"):
                flags = line
    except OSError:
        return name
    bf16 = [flag.upper() for flag in ("avx512_bf16", "amx_bf16") if flag in flags.split()]
    return f"{name} ({', '.join(bf16) or 'no bf16 of its own'})"


def measure(part: Part, shapes: list[Shape], share: float) -> list[str]:
    """The lines of a part's table, printed as they come."""
    lines = []
    for line in part.lines(shapes, part.seconds * share):
        print(line, flush=True)
        lines.append(line)
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; 1 where a part was not measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS), help="these parts")
    parser.add_argument(
        "--share", type=float, default=1.0, help="of each part's time; all together take ten minutes (1)"
    )
    parser.add_argument("--threads", type=int, help="threads of the network, step and sampling (torch's own choice)")
    parser.add_argument("--dims", type=int, nargs="+", default=DIMS, help="widths of the network (32 and 64)")
    parser.add_argument("--size", type=int, default=SIZE_PX, help="side of a picture in pixels (32)")
    parser.add_argument("--batch", type=int, default=BATCH, help="pictures per call (16)")
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    chosen = parser.parse_args(arguments)

    shapes = [Shape(dim, chosen.size, chosen.batch) for dim in chosen.dims]
    before = torch.get_num_threads()
    torch.set_num_threads(chosen.threads or before)
    machine = f"{processor()}, {torch.get_num_threads()} threads, torch {torch.__version__}"
    print(f"{machine}.\nStood in for by empty modules, for the library to import: {', '.join(STOOD_IN_FOR)}.")
    failed = []
    for name in chosen.only:
        part, began = PARTS[name], time.monotonic()
        print(f"\n{part.title} ({name}):\n", flush=True)
        try:
            lines = measure(part, shapes, chosen.share)
        except Exception as error:
            failed.append(name)
            print(f"Not measured: {type(error).__name__}: {error}", flush=True)
            continue
        print(f"\n({time.monotonic() - began:.0f} s)", flush=True)
        if chosen.write:
            of_what = f"; {chosen.size} px, batches of {chosen.batch}" if part.shaped else ""
            write_table(README, name, [f"{machine}{of_what}.", "", *lines])
    torch.set_num_threads(before)
    if failed:
        print(f"\nNot measured: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
