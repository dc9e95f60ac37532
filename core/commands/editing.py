"""`sample --from PICTURE …`: the options that begin with a picture instead of noise, and the steps they mean."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigError, Phrase
from .options import number, whole_number

if TYPE_CHECKING:
    import torch
    from PIL import Image

    from ..diffusion import GaussianDiffusion
    from ..samplers import Steps
    from ..samplers.editing import Options
    from ..samplers.task import Conditions


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


@dataclass(frozen=True)
class Edit:
    """What is made of which pictures; one of three, by what was given."""

    start: Image.Image
    to: Image.Image | None
    mask: Image.Image | None
    t: int | None
    mix: float

    def settings(self) -> dict[str, object]:
        """What is written into the pictures of it."""
        if self.mask is not None:
            return {"edit": "inpaint"}
        if self.to is not None:
            return {"edit": "interpolate", "at_t": self.t, "mix": self.mix}
        return {"edit": "image_to_image", "at_t": self.t}

    def steps(
        self,
        diffusion: GaussianDiffusion,
        count: int,
        *,
        sampler: str,
        steps: int,
        draw: torch.Generator,
        options: Options,
    ) -> Steps:
        """The steps for `count` pictures. Raises SamplingError."""
        from ..given_pictures import fill_mask, picture_batch
        from ..samplers.editing import image_to_image, inpaint, interpolate

        x_start = picture_batch(diffusion, self.start, count)
        if self.mask is not None:
            conditions: Conditions = {
                "classes": options["classes"],
                "guidance_scale": options["guidance_scale"],
                "guidance_rescale": options["guidance_rescale"],
            }
            mask = fill_mask(diffusion, self.mask, self.start)
            spacing = options["spacing"]
            return inpaint(diffusion, x_start, mask, steps=steps, generator=draw, spacing=spacing, **conditions)
        assert self.t is not None
        if self.to is None:
            return image_to_image(diffusion, x_start, t=self.t, sampler=sampler, steps=steps, generator=draw, **options)
        other = picture_batch(diffusion, self.to, count)
        return interpolate(
            diffusion,
            x_start,
            other,
            t=self.t,
            lam=self.mix,
            sampler=sampler,
            steps=steps,
            generator=draw,
            **options,
        )


def read_edit(arguments: argparse.Namespace, timesteps: int) -> Edit | None:
    """The edit that is asked for, its pictures read; None for sampling from noise. Raises DataError."""
    if arguments.start is None:
        return None
    from ..data.decode import read_picture

    return Edit(
        start=read_picture(arguments.start),
        to=None if arguments.to is None else read_picture(arguments.to),
        mask=None if arguments.mask is None else read_picture(arguments.mask),
        t=None if arguments.mask is not None else timesteps // 2 if arguments.at_t is None else arguments.at_t,
        mix=0.5 if arguments.mix is None else arguments.mix,
    )


def _conflict(first: str, second: Phrase | str, reason: Phrase) -> ConfigError:
    return ConfigError("config.conflict", first=first, second=second, reason=reason)
