"""Are samples better that go away from a worse model? Guides of one run, by how far the samples go from them.

`python -m tests.bench.autoguidance RUN` prints the Fréchet distance between samples of a run's newest checkpoint and
the digits, as `few_calls.py` measures it, for guides {earlier checkpoints, the newest one's raw weights} × scales, each
the mean over some seeds; with --write it puts the table into this folder's README.md. What was measured is kept in a
file of --cache, so that a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from core.device import prepare_for_device
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.runs.checkpoint_files import description_path, steps_in
from core.runs.opening import load_model
from tests.bench.few_calls import HERE, Bench, Cells, drawn
from tests.bench.tables import mean_and_spread, write_table

SAMPLER, CALLS = "dpm++2m", 20
SCALES = (1.5, 2.0, 3.0)


def guides(newest: Path, steps: Sequence[int]) -> Iterator[tuple[str, GaussianDiffusion]]:
    """Each guide and what it is called: averaged weights of earlier steps, then the raw ones of the newest."""
    folder = newest.parent
    there = [step for step in steps_in(folder) if description_path(folder, step) != newest]
    for step in steps:
        at = max((found for found in there if found <= step), default=None)
        if at is None:
            raise SystemExit(f"{folder} has no earlier checkpoint up to step {step}")
        yield f"step {at:,}", load_model(description_path(folder, at), "ema", {}).diffusion
    yield "its raw weights", load_model(newest, "raw", {}).diffusion


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="a run folder, trained on the digits at 28 px")
    parser.add_argument("--steps", type=int, nargs="*", default=(300, 600, 1000), help="of the guides (300 600 1000)")
    parser.add_argument("--scales", type=float, nargs="+", default=SCALES, help="how far to go (1.5 2 3)")
    parser.add_argument("--samples", type=int, default=512, help="pictures of each cell and seed (512)")
    parser.add_argument("--seeds", type=int, default=2, help="seeds of each cell (2)")
    parser.add_argument("--calls", type=int, default=CALLS, help="calls of the network (20)")
    parser.add_argument("--cache", type=Path, default=None, help="folder of what was measured (beside the run)")
    parser.add_argument("--write", action="store_true", help="put the table into this folder's README.md")
    chosen = parser.parse_args(arguments)

    model = load_model(chosen.run, "ema", {})
    assert model.sha256 is not None and model.path is not None
    cells = Cells((chosen.cache or chosen.run.parent) / f"autoguidance-{model.sha256[:16]}.json")
    bench = Bench(model, cells, chosen.samples)

    def cell(name: str, guide: GaussianDiffusion | None, scale: float) -> str:
        found = []
        for seed in range(chosen.seeds):
            key = f"{name} {scale:g} {chosen.calls} calls of {chosen.samples} seed {seed}"
            distance = cells.get(key)
            if distance is None:
                made = drawn(
                    bench.diffusion, SAMPLER, None, chosen.calls, chosen.samples,
                    seed=seed, guide=guide, guide_scale=scale,
                )  # fmt: skip
                distance = bench.judge(made)
                cells.put(key, distance)
            assert isinstance(distance, float)
            found.append(distance)
        return mean_and_spread(found)

    alone = cell("none", None, 1.0)
    lines = [
        f"Fréchet distance of {chosen.samples} samples of the model of step {model.step:,} from the digits, "
        f"{chosen.calls} calls of DPM-Solver++(2M), mean ± standard deviation of {chosen.seeds} seeds. Without a guide "
        f"{alone}; real digits beside real ones {bench.of_real:.2f}.",
        "",
        f"| guide | {' | '.join(f'scale {scale:g}' for scale in chosen.scales)} |",
        "|---|" + "---|" * len(chosen.scales),
    ]
    for name, guide in guides(model.path, chosen.steps):
        guide = prepare_for_device(guide, torch.device("cpu")).eval()
        lines.append(f"| {name} | {' | '.join(cell(name, guide, scale) for scale in chosen.scales)} |")
    if chosen.write:
        write_table(HERE / "README.md", "autoguidance", lines)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
