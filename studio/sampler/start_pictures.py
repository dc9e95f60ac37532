"""Carries a request out, from noise, a picture, a picture with a hole or two pictures. For a background thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.errors import SamplingError

from .models import SamplerRequest, Start, StartPicture

if TYPE_CHECKING:
    from torch import Tensor

    from core.diffusion import GaussianDiffusion
    from core.frames import SamplingEvent
    from core.samplers.editing import Options
    from core.samplers.task import Conditions

#: A mask's grey level from which on it is white.
WHITE_FROM = 128


def frames(diffusion: GaussianDiffusion, request: SamplerRequest) -> Iterator[SamplingEvent]:
    """Everything that `core.sampling` tells of it. Raises StudioError."""
    from core.config import SampleConfig
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
    pictures = [_batch(diffusion, picture, count) for picture in began.pictures]
    draw = sampling_noise(request.seed)
    conditions: Conditions = {
        "classes": labels_in_turn(request.classes, count),
        "guidance_scale": request.guidance_scale,
        "guidance_rescale": request.guidance_rescale,
    }
    if began.mask is not None:
        mask = _mask(diffusion, began.mask, began.pictures[0])
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


def _batch(diffusion: GaussianDiffusion, picture: StartPicture, count: int) -> Tensor:
    """(count, C, H, W) of one picture, as the network sees it."""
    import torch

    from core.data.prepare import prepare

    pixels = prepare(_image(picture), size=diffusion.image_size, channels=diffusion.channels)
    x_start = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255
    return diffusion.normalize(x_start).to(diffusion.device).expand(count, -1, -1, -1).contiguous()


def _mask(diffusion: GaussianDiffusion, mask: StartPicture, picture: StartPicture) -> Tensor:
    """(H, W) of 0 and 1, 1 where the mask is white.

    A mask as large as the picture's file is scaled and cropped like that. Raises SamplingError for any other size.
    """
    import torch

    from core.data.prepare import prepare

    image, wanted = _image(mask), _image(picture).size
    height, width = diffusion.image_size
    if image.size not in {wanted, (width, height)}:
        expected = f"{width} × {height} px as the model's pictures"
        if wanted != (width, height):
            expected += f", or {wanted[0]} × {wanted[1]} px as the picture"
        found = f"{image.width} × {image.height} px"
        raise SamplingError("sampling.bad-value", name="mask", value=found, expected=expected)
    pixels: NDArray[np.uint8] = prepare(image, size=(height, width), channels=1, background="black")
    return torch.from_numpy((pixels[..., 0] >= WHITE_FROM).astype(np.float32))


def _image(picture: StartPicture) -> Image.Image:
    """Whole, upright. Raises DataError."""
    from core.data.decode import read_picture

    if picture.path is not None:
        return read_picture(picture.path)
    pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.shape)
    return Image.fromarray(pixels[..., 0] if picture.shape[2] == 1 else pixels)
