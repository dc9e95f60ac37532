"""`ddpm-studio quality RUN`: how far a run's samples are from its pictures, beside how far pictures are themselves."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from ..catalogue import SAMPLERS
from ..quality.spaces import SPACES
from ..quality.wish import USUAL_COUNT, QualityProgress, QualityWish
from ..runs.quality_file import QualityResult, as_json, read_quality
from ..settings import USUAL_SAMPLER, read_value
from .options import a_path, add_threads, naming_options, read_threads, whole_number
from .reporting import say, warn


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `quality`."""
    parser.add_argument("model", type=a_path, help="a run folder (its newest good checkpoint) or a checkpoint in one")
    parser.add_argument(
        "--n",
        type=whole_number,
        default=USUAL_COUNT,
        help="samples, and as many pictures; fewer where the pictures do not do for two halves",
    )
    parser.add_argument("--sampler", default=USUAL_SAMPLER, metavar="NAME", help=f"one of {', '.join(SAMPLERS)}")
    parser.add_argument("--steps", type=whole_number, help="of the sampler (default: its usual number)")
    parser.add_argument("--weights", choices=("ema", "raw"), default="ema", help="averaged or last weights")
    parser.add_argument("--seed", type=whole_number, default=0, help="of the samples")
    parser.add_argument(
        "--spaces",
        nargs="+",
        metavar="NAME",
        help=f"whose features are compared, of {', '.join(SPACES)} (default: all that are installed)",
    )
    parser.add_argument("--bits", action="store_true", help="bits per dimension too")
    parser.add_argument("--pictures", type=a_path, metavar="FOLDER", help="where the run's pictures are now")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
    add_threads(parser)
    parser.add_argument("--json", action="store_true", help="print the result as one line of JSON")


def run(arguments: argparse.Namespace) -> int:
    """Measure, keep and tell."""
    options = {"count": "--n", "sampler": "--sampler", "steps": "--steps", "seed": "--seed", "spaces": "--spaces"}
    with naming_options({**options, "weights": "--weights"}):
        return _measure(arguments)


def _measure(arguments: argparse.Namespace) -> int:
    read_value("seed", arguments.seed)
    threads = read_threads(arguments.threads)
    from ..quality.measuring import measure_run, run_of

    wish = QualityWish(
        count=arguments.n,
        sampler=arguments.sampler,
        steps=arguments.steps,
        weights=arguments.weights,
        seed=arguments.seed,
        spaces=None if arguments.spaces is None else tuple(arguments.spaces),
        bits=arguments.bits,
    )
    folder = run_of(arguments.model)
    earlier = read_quality(folder)
    told = ("", -1)
    events = measure_run(arguments.model, wish, pictures=arguments.pictures, device=arguments.device, threads=threads)
    for event in events:
        if isinstance(event, QualityProgress):
            tenth = 10 * event.done // event.of if event.of else 0
            if (event.part, tenth) != told and (tenth or event.part != told[0]):
                told = event.part, tenth
                warn(f"{event.part}: {10 * tenth} %")
            continue
        if arguments.json:
            say(as_json(event))
            continue
        for line in in_words(event, earlier):
            say(line)
    return 0


def in_words(result: QualityResult, earlier: Iterable[QualityResult] = ()) -> list[str]:
    """Lines of it. earlier: measurements of the run before, of which the last comparable one is compared with."""
    from ..quality.verdict import changes, disagree, seen_apart

    kind = "held-out pictures" if result.held_out else "training pictures"
    lines = [
        f"step {result.step:,}, {result.weights} weights: {result.count:,} samples "
        f"({result.sampler}, {result.sampler_steps} steps, seed {result.seed}) beside {result.count:,} {kind}"
    ]
    for name, space in result.spaces.items():
        kid = f"KID {space.kid:.4g} ({space.kid_low:.4g} to {space.kid_high:.4g}; pictures {space.floor_kid:.2g})"
        fd = f"FD {space.fd:.4g} ({space.fd_low:.4g} to {space.fd_high:.4g}; pictures {space.floor_fd:.3g})"
        floor = "" if space.floor_coverage is None else f" (pictures {100 * space.floor_coverage:.1f} %)"
        lines.append(
            f"  {name}: {kid}, {fd}, density {space.density:.2f}, coverage {100 * space.coverage:.1f} %{floor}"
        )
    if result.bits is not None:
        of = "held-out pictures" if result.bits.held_out else "pictures that were trained on"
        error = f" ± {1.96 * result.bits.error:.3f}"
        lines.append(f"  bits per dimension: {result.bits.total:.3f}{error} of {result.bits.pictures:,} {of}")
    further, near = seen_apart(result)
    if further and near:
        lines.append(
            f"the feature spaces disagree: {', '.join(further)} sees the samples further from the pictures than "
            f"pictures are from each other, {', '.join(near)} does not; look at the samples"
        )
    elif further:
        lines.append("further from the pictures than pictures are from each other")
    comparable = [(each, changes(each, result)) for each in earlier if each.weights == result.weights]
    comparable = [(each, found) for each, found in comparable if found and each.step < result.step]
    if comparable:
        before, found = comparable[-1]
        said = ", ".join(f"{name} {word}" for name, word in sorted(found.items()))
        lines.append(f"since step {before.step:,}: {said}")
        if disagree(found):
            lines.append("the feature spaces disagree: look at the samples before you say which are better")
    return lines
