"""`ddpm-studio fit-steps RUN|FILE`: the timesteps that suit a model, for samplers of few steps, kept beside it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from ..catalogue import SAMPLERS
from ..errors import CheckpointError, ConfigError, Phrase
from ..settings import USUAL_SAMPLER, read_value
from .options import a_path, add_threads, naming_options, read_threads, whole_number
from .reporting import say, warn, warn_of_defaults
from .sample import MATTERING


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `fit-steps`."""
    parser.add_argument("model", type=a_path, help="a run folder (its newest good checkpoint) or a checkpoint file")
    parser.add_argument(
        "--sampler", default=USUAL_SAMPLER, metavar="NAME", help=f"one that adds no noise, of {', '.join(SAMPLERS)}"
    )
    parser.add_argument(
        "--steps",
        type=whole_number,
        nargs="+",
        default=[5, 8],
        metavar="N",
        help="numbers of steps, 2 to 20 (default: 5 8)",
    )
    parser.add_argument("--seed", type=whole_number, default=0, help="of the denoisings that are looked at")
    parser.add_argument("--image-size", type=whole_number, default=None, metavar="PX", help="as of sample")
    parser.add_argument("--weights", choices=("ema", "raw"), default="ema", help="averaged or last weights")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps")
    add_threads(parser)
    parser.add_argument(
        "--json", action="store_true", help="print what was found and where it is kept as one line of JSON"
    )


def run(arguments: argparse.Namespace) -> int:
    """Fit, keep and tell."""
    with naming_options({"sampler": "--sampler", "steps": "--steps", "seed": "--seed", "image_size": "--image-size"}):
        return _fit(arguments)


def _fit(arguments: argparse.Namespace) -> int:
    if arguments.sampler not in SAMPLERS:
        expected = Phrase("value.one-of", known=", ".join(SAMPLERS))
        raise ConfigError("config.bad-value", name="--sampler", value=arguments.sampler, expected=expected)
    read_value("seed", arguments.seed)
    threads = read_threads(arguments.threads)
    from ..device import choose_device, prepare_for_device
    from ..runs.opening import load_model
    from ..runs.steps_file import FitOf, read_steps, write_steps
    from ..samplers.fit_steps import FittedSteps, fit_steps
    from ..threads import WalkThreads

    device = choose_device(arguments.device)
    said = {} if arguments.image_size is None else {"image_size": arguments.image_size}
    warn_of_defaults(arguments.model, said, for_what=MATTERING)
    loaded = load_model(arguments.model, arguments.weights, said)
    assert loaded.path is not None and loaded.sha256 is not None
    diffusion = prepare_for_device(loaded.diffusion, device).eval()
    try:
        read_steps(loaded.path, loaded.sha256)
    except CheckpointError as error:  # told before the minutes that a fit takes
        warn(str(error))
    told, found, path = 0, [], None
    events = fit_steps(
        diffusion,
        arguments.sampler,
        arguments.steps,
        seed=arguments.seed,
        offset_noise_strength=diffusion.offset_noise_strength,
    )
    try:
        for event in WalkThreads(device, threads)(events):
            if isinstance(event, FittedSteps):
                of = FitOf(
                    arguments.weights, diffusion.image_size, diffusion.num_timesteps, event.sampler, len(event.times)
                )
                # Told whatever comes: what took minutes to find is not lost where it cannot be kept.
                found.append(asdict(event))
                if not arguments.json:
                    say(_in_words(event))
                path = write_steps(loaded.path, loaded.sha256, {of: event.times})
            elif 10 * event.done // event.of > told:
                told = 10 * event.done // event.of
                warn(f"{10 * told} %")
    finally:
        if arguments.json and found:
            say(json.dumps({"event": "fitted-steps", "path": None if path is None else str(path), "fits": found}))
    if not arguments.json:
        say(f"kept in {path}: sample takes them from now on")
    return 0


def _in_words(fit: object) -> str:
    from ..samplers.fit_steps import FittedSteps

    assert isinstance(fit, FittedSteps)
    times = ", ".join(map(str, fit.times))
    return (
        f"{SAMPLERS[fit.sampler].title}, {len(fit.times)} steps: {times} "
        f"(error {fit.error:.3f}, with its own timesteps {fit.error_before:.3f})"
    )
