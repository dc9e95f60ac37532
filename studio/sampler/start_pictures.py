"""Carries a request out, from noise, a picture, a picture with a hole or two pictures. For a background thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from .models import SamplerRequest, Start, StartPicture

if TYPE_CHECKING:
    from core.diffusion import GaussianDiffusion
    from core.frames import SamplingEvent
    from core.samplers.editing import Options
    from core.samplers.task import Conditions


def frames(diffusion: GaussianDiffusion, request: SamplerRequest) -> Iterator[SamplingEvent]:
    """Everything that `core.sampling` tells of it. Raises StudioError."""
    from core.config import SampleConfig
    from core.given_pictures import fill_mask, picture_batch
    from core.samplers.editing import image_to_image, inpaint, inpaint_steps, interpolate
    from core.sampling import frames_of, labels_in_turn, sample_frames, sampling_noise

    began, count = request.beginning, request.count
    if began.start is Start.NOISE:
        config = SampleConfig(
            sampler=request.sampler,
            sample_steps=request.steps,
            eta=request.eta,
            spacing=request.spacing,
            seed=request.seed,
            count=count,
            classes=request.classes,
            guidance_scale=request.guidance_scale,
            guidance_rescale=request.guidance_rescale,
        )
        yield from sample_frames(diffusion, config)
        return
    images = [_image(picture) for picture in began.pictures]
    pictures = [picture_batch(diffusion, image, count) for image in images]
    draw = sampling_noise(request.seed)
    conditions: Conditions = {
        "classes": labels_in_turn(request.classes, count),
        "guidance_scale": request.guidance_scale,
        "guidance_rescale": request.guidance_rescale,
    }
    if began.mask is not None:
        mask = fill_mask(diffusion, _image(began.mask), images[0])
        steps = inpaint(diffusion, pictures[0], mask, steps=request.steps, generator=draw, **conditions)
        yield from frames_of(diffusion, steps, total=inpaint_steps(request.steps), count=count)
        return
    assert began.t is not None
    options: Options = {
        "classes": conditions["classes"],
        "guidance_scale": request.guidance_scale,
        "guidance_rescale": request.guidance_rescale,
        "eta": request.eta,
        "spacing": request.spacing,
    }
    if began.start is Start.PICTURE:
        steps = image_to_image(
            diffusion, pictures[0], t=began.t, sampler=request.sampler, steps=request.steps, generator=draw, **options
        )
    else:
        assert began.lam is not None
        steps = interpolate(
            diffusion,
            pictures[0],
            pictures[1],
            t=began.t,
            lam=began.lam,
            sampler=request.sampler,
            steps=request.steps,
            generator=draw,
            **options,
        )
    yield from frames_of(diffusion, steps, total=request.steps, count=count)


def _image(picture: StartPicture) -> Image.Image:
    """Whole, upright. Raises DataError."""
    from core.data.decode import read_picture

    if picture.path is not None:
        return read_picture(picture.path)
    pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.shape)
    return Image.fromarray(pixels[..., 0] if picture.shape[2] == 1 else pixels)
