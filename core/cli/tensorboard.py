"""`ddpm-studio tensorboard RUN --out DIR`: a run's numbers, samples and settings as an event file of TensorBoard."""

from __future__ import annotations

import argparse
import json
import os
from importlib.util import find_spec

from ..errors import SamplingError, showable
from .options import a_path
from .reporting import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tensorboard`."""
    parser.add_argument("run", type=a_path, help="a run folder")
    parser.add_argument("--out", type=a_path, required=True, metavar="DIR", help="the folder for the event file")
    parser.add_argument("--force", action="store_true", help="replace the event file that is there")
    parser.add_argument("--json", action="store_true", help="print a line of JSON")


def run(arguments: argparse.Namespace) -> int:
    """Write it."""
    from ..runs.atomic import make_folder, replacing
    from ..runs.run import Run
    from ..training.board import events_of

    folder = arguments.out
    run = Run.open(arguments.run)
    # TensorBoard takes a file's order from its name; one name, so that a later call replaces the file.
    path = folder / "events.out.tfevents.0000000000.ddpm-studio"
    if os.path.lexists(path) and not arguments.force:
        raise SamplingError("sampling.exists", path=path)
    make_folder(folder)
    with replacing(path) as file:
        for event in events_of(run):
            file.write(event)
    size = path.stat().st_size
    if arguments.json:
        say(json.dumps({"event": "tensorboard", "path": str(path), "bytes": size}))
        return 0
    say(f"{showable(str(path))} ({size / 1e6:.1f} MB)")
    first = "" if find_spec("tensorboard") else 'pip install "ddpm-studio[tensorboard]" and then '
    say(f"look at it with: {first}tensorboard --logdir {showable(str(folder))}")
    return 0
