"""`sample --from PICTURE …`: the options that begin with a picture instead of noise, and what they mean."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..beginning import Beginning, Start, StartPicture
from ..errors import ConfigError, Phrase
from ..picture_size import mask_target
from .options import number, whole_number
from .reporting import warn


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of editing, as a group of their own."""
    group = parser.add_argument_group("editing", "begin with a picture instead of noise")
    group.add_argument("--from", dest="start", type=Path, metavar="PICTURE", help="noise this picture, and denoise it")
    group.add_argument(
        "--at-t",
        type=whole_number,
        metavar="N",
        help="the timestep it is noised to: the higher, the less of it stays (default: half of all)",
    )
    group.add_argument("--to", type=Path, metavar="PICTURE", help="mix --from with this one, both noised")
    group.add_argument("--mix", type=number, metavar="LAMBDA", help="how much of --to, from 0 to 1 (default: 0.5)")
    group.add_argument(
        "--mask", type=Path, metavar="PICTURE", help="fill --from anew where this picture is white, with DDPM (RePaint)"
    )


def require_sense(arguments: argparse.Namespace) -> None:
    """Raises ConfigError for options that do not go together."""
    for option, needed in (("at_t", "start"), ("to", "start"), ("mask", "start"), ("mix", "to")):
        if getattr(arguments, option) is not None and getattr(arguments, needed) is None:
            named = {"start": "--from", "to": "--to"}[needed]
            raise _conflict(
                f"--{option.replace('_', '-')}",
                Phrase("conflict.no-option", named=named),
                Phrase("conflict.needs-option", named=named),
            )
    if arguments.mask is None:
        return
    for option, value in (("--at-t", arguments.at_t), ("--to", arguments.to), ("--eta", arguments.eta)):
        if value is not None:
            raise _conflict("--mask", option, Phrase("conflict.filling-from-noise"))
    if arguments.sampler not in (None, "ddpm"):
        raise _conflict("--mask", f"--sampler {arguments.sampler}", Phrase("conflict.filling-is-ddpm"))


def read_beginning(arguments: argparse.Namespace, timesteps: int) -> Beginning:
    """What the denoising begins with, as it is asked for."""
    if arguments.start is None:
        return Beginning()
    pictures = tuple(StartPicture(path.name, path) for path in (arguments.start, arguments.to) if path is not None)
    if arguments.mask is not None:
        return Beginning(Start.PICTURE, pictures, mask=StartPicture(arguments.mask.name, arguments.mask))
    t = timesteps // 2 if arguments.at_t is None else arguments.at_t
    if arguments.to is None:
        return Beginning(Start.PICTURE, pictures, t)
    return Beginning(Start.BETWEEN, pictures, t, 0.5 if arguments.mix is None else arguments.mix)


def warn_of_mask(beginning: Beginning, image_size: tuple[int, int]) -> None:
    """Say on stderr that a mask is resized, and to what. image_size: the model's (height, width). Raises DataError."""
    if beginning.mask is None or beginning.mask.path is None or beginning.pictures[0].path is None:
        return
    from ..data.decode import read_picture

    mask, picture = (read_picture(path).size for path in (beginning.mask.path, beginning.pictures[0].path))
    target = mask_target(mask, picture, image_size[::-1])
    if target is not None:
        (width, height), (to_width, to_height) = mask, target
        warn(f"the mask is {width} × {height} px; it was resized to {to_width} × {to_height} px (nearest)")


def _conflict(first: str, second: Phrase | str, reason: Phrase) -> ConfigError:
    return ConfigError("config.conflict", first=first, second=second, reason=reason)
