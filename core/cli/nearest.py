"""`ddpm-studio nearest RUN PICTURE…`: the training pictures that are nearest to samples, copies or not."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace

from ..errors import showable
from ..memory import Memory, Neighbours, remember_run
from .options import a_path, naming_options, whole_number
from .reporting import say, warn_of_frames


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `nearest`."""
    parser.add_argument("run", type=a_path, help="a run folder, whose pictures are compared with")
    parser.add_argument("samples", type=a_path, nargs="+", metavar="PICTURE", help="files of one sample each")
    parser.add_argument("--pictures", type=a_path, metavar="FOLDER", help="where the run's pictures are now")
    parser.add_argument("--count", type=whole_number, default=4, metavar="K", help="so many for each sample")
    parser.add_argument("--json", action="store_true", help="print a line of JSON for each sample")


def run(arguments: argparse.Namespace) -> int:
    """Read the pictures, compare and tell."""
    import numpy as np

    from ..pictures.decode.decoding import read_picture
    from ..pictures.feed.augment import what_the_network_sees
    from ..recall import nearest
    from ..runs.run import Run

    # Samples are brought to the network's size as pictures are, with nothing at random.
    data = replace(
        Run.open(arguments.run).config.data,
        crop="centre",
        horizontal_flip=False,
        vertical_flip=False,
        augment=0.0,
        colour_jitter=0.0,
        augmentations=None,
    )
    seen = np.stack([what_the_network_sees(read_picture(path), data) for path in arguments.samples])
    warn_of_frames(*arguments.samples)
    *_, memory = remember_run(arguments.run, pictures=arguments.pictures)
    assert isinstance(memory, Memory)
    with naming_options({"count": "--count"}):
        *_, found = nearest(memory, seen.transpose(0, 3, 1, 2).astype(np.float32) / 255, count=arguments.count)
    assert isinstance(found, Neighbours)
    usual, near = found.quantile(0.5), found.quantile(0.05)
    if not arguments.json:
        say(
            f"training pictures are {usual:.3f} from their own nearest at the median; one in twenty is below {near:.3f}"
        )
    for number, (path, word) in enumerate(zip(arguments.samples, found.closeness, strict=True)):
        names = [memory.names[place] for place in found.places[number].tolist()]
        distances, mirrored = found.distances[number].tolist(), found.turned[number].tolist()
        if arguments.json:
            pairs = [
                {"picture": name, "distance": distance, "flipped": turned > 0}
                for name, distance, turned in zip(names, distances, mirrored, strict=True)
            ]
            report = {"sample": str(path), "word": str(word), "nearest": pairs, "median": usual, "twentieth": near}
            say(json.dumps(report))
            continue
        told = (
            f"{showable(name)}{' (flipped)' if turned else ''} {distance:.3f}"
            for name, distance, turned in zip(names, distances, mirrored, strict=True)
        )
        say(f"{showable(str(path))}: {word}; nearest {', '.join(told)}")
    return 0
