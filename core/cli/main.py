"""The headless command line: train, sample, inspect and more. Exit status 0 done, 1 failed, 2 wrong usage."""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from ..catalogue import BROKEN
from ..errors import ConfigError, StudioError
from ..terminal import guard_streams
from ..training.ranks import is_follower

#: Command → its module, and what it does.
COMMANDS: dict[str, tuple[str, str]] = {
    "train": ("core.cli.train", "train a model on a folder of pictures, into a run folder"),
    "sample": ("core.cli.sample", "make pictures with a trained model"),
    "twins": (
        "core.cli.twins",
        "train with and without a change, in turns, and say whether it helps on these pictures",
    ),
    "fit-steps": ("core.cli.fit_steps", "choose the timesteps that suit a trained model, for samplers of few steps"),
    "inspect": ("core.cli.inspect", "say what a folder, a run or a checkpoint is, without running anything in it"),
    "nearest": ("core.cli.nearest", "find the training pictures that are nearest to samples"),
    "report": ("core.cli.report", "write one HTML file of a run, with its curves, samples and settings"),
    "tensorboard": ("core.cli.tensorboard", "write a run's numbers, samples and settings for TensorBoard"),
    "quality": ("core.cli.quality", "measure how far a run's samples are from its pictures: KID, FD, coverage, bits"),
    "export": ("core.compat.command", "write a trained model for denoising-diffusion-pytorch, or as bare safetensors"),
}

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130

_FIRST_SAYS_WITHIN_S = 5.0


class HelpFormatter(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Shows an option's default, unless there is none or the help already says it."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        if action.default in (None, [], False) or "default" in (action.help or ""):
            return action.help
        return super()._get_help_string(action)


def program_version() -> str:
    """The installed version, or "unknown" from a bare checkout."""
    try:
        return version("ddpm-studio")
    except PackageNotFoundError:
        return "unknown"


def build_parser() -> argparse.ArgumentParser:
    """The parser with every command and option; each option shows its default."""
    parser = argparse.ArgumentParser(
        prog="ddpm-studio", description="Train a denoising diffusion model on a folder of pictures and sample from it."
    )
    parser.add_argument("--version", action="version", version=f"ddpm-studio {program_version()}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary, formatter_class=HelpFormatter)
        import_module(module).add_arguments(command)
    return parser


@contextmanager
def _leaving_words_to_the_first() -> Iterator[None]:
    """What the first of several processes says of the same words is said once; torchrun ends it when we end."""
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            yield
    except SystemExit:
        time.sleep(_FIRST_SAYS_WITHIN_S)
        raise


def exit_status(error: StudioError) -> int:
    """2 for a wish that cannot be carried out, whenever that was found out; 1 for what a file or the computer is."""
    of_a_wish = isinstance(error, ConfigError) or error.code in {
        "sampling.bad-value",
        "sampling.no-condition",
        "run.other-setting",
    }
    if (
        error.code == "device.unusable"
    ):  # a card that is not there now is the computer's, a device of no such name is not
        of_a_wish = getattr(error.fields["reason"], "code", "") == "device.none-such"
    return WRONG_USAGE if of_a_wish else FAILED


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; every error the user can meet is one sentence on stderr."""
    guard_streams()
    follows = is_follower()
    with _leaving_words_to_the_first() if follows else nullcontext():
        parsed = build_parser().parse_args(arguments)
    for broken in () if follows else BROKEN:
        print(f"ddpm-studio {parsed.command}: {broken}", file=sys.stderr)
    try:
        return int(import_module(COMMANDS[parsed.command][0]).run(parsed))
    except StudioError as error:
        print(f"ddpm-studio {parsed.command}: {error}", file=sys.stderr)
        return exit_status(error)
    except BrokenPipeError:
        # Whoever read our output has gone; say nothing more, not even at exit.
        from .reporting import discard

        discard()
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"ddpm-studio {parsed.command}: {where}{error.strerror or error}", file=sys.stderr)
        return FAILED
    except (MemoryError, RuntimeError) as error:
        if "memory" not in str(error) and not isinstance(error, MemoryError):
            raise
        print(f"ddpm-studio {parsed.command}: the memory is full; take fewer or smaller pictures", file=sys.stderr)
        return FAILED
