"""The headless command line: train, sample, inspect. Exit status 0 done, 1 failed, 2 wrong usage."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from .errors import ConfigError, StudioError

#: Command → what it does. Each is a module of `core.commands`.
COMMANDS: dict[str, str] = {
    "train": "train a model on a folder of pictures, into a run folder",
    "sample": "make pictures with a trained model",
    "inspect": "say what a folder, a run or a checkpoint is, without running anything in it",
}

DONE, FAILED, WRONG_USAGE = 0, 1, 2


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
    for name, summary in COMMANDS.items():
        command = commands.add_parser(
            name, help=summary, description=summary, formatter_class=argparse.ArgumentDefaultsHelpFormatter
        )
        import_module(f".commands.{name}", __package__).add_arguments(command)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; every error the user can meet is one sentence on stderr."""
    parsed = build_parser().parse_args(arguments)
    try:
        return int(import_module(f".commands.{parsed.command}", __package__).run(parsed))
    except ConfigError as error:
        print(f"ddpm-studio {parsed.command}: {error}", file=sys.stderr)
        return WRONG_USAGE
    except StudioError as error:
        print(f"ddpm-studio {parsed.command}: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # Whoever read our output has gone; say nothing more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
