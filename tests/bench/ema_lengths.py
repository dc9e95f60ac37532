"""How long should the averaged weights be? Trains Sketch on the digits and judges power-function EMAs of many lengths.

    python -m tests.bench.ema_lengths --steps 2800 --early 943 --seeds 0 1

Every length is tracked directly, in one training, beside the preset's own EMA; lines of JSON say the Fréchet distance
of 512 samples of each, after `--early` steps and at the end.
"""

from __future__ import annotations

import argparse
import copy
import json

import torch

from core.training.state import PowerAverages
from tests.bench.sketch import Judge, draw, picture_set, steps_of

LENGTHS = (0.02, 0.03, 0.05, 0.07, 0.10, 0.15, 0.20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=2800)
    parser.add_argument("--early", type=int, default=943)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--lengths", type=float, nargs="+", default=LENGTHS)
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    pictures = picture_set("digits")
    judge = Judge(pictures)
    for seed in chosen.seeds:
        config = pictures.config({}, seed=seed, steps=chosen.steps)
        averages = None
        for state in steps_of(pictures, config):
            if averages is None:
                averages = PowerAverages(state.diffusion, chosen.lengths)
            averages.update(state.step)
            if state.step not in (chosen.early, chosen.steps):
                continue
            found = {"raw": judge(draw(copy.deepcopy(state.diffusion).eval())), "own": judge(draw(state.ema.module))}
            for length, tensors in averages.by_length.items():
                model = copy.deepcopy(state.ema.module)
                for parameter, average in zip(model.parameters(), tensors, strict=True):
                    parameter.data.copy_(average)
                found[f"{length:g}"] = judge(draw(model))
            kept = {name: round(distance, 3) for name, distance in found.items()}
            line = {"steps": chosen.steps, "seed": seed, "step": state.step, "real": round(judge.floor, 3), **kept}
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
