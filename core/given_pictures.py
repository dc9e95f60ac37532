"""Pictures that a person gives to a sampler, as it takes them: a batch in the network's range, and a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from PIL import Image
from torch import Tensor

from .data.prepare import prepare
from .picture_size import mask_target

if TYPE_CHECKING:
    from .reverse import ReverseProcess

#: A mask's grey level from which on it is white.
WHITE_FROM = 128


def picture_batch(diffusion: ReverseProcess, picture: Image.Image, count: int) -> Tensor:
    """(count, C, H, W) of one picture on the model's device, scaled and cropped as in training."""
    pixels = prepare(picture, size=diffusion.image_size, channels=diffusion.channels)
    x_start = diffusion.normalize(torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255)
    return x_start.to(diffusion.device).expand(count, -1, -1, -1).contiguous()


def fill_mask(diffusion: ReverseProcess, mask: Image.Image, picture: Image.Image) -> Tensor:
    """(H, W) of 0 and 1 for `samplers.editing.inpaint`: 1, to be filled, where the mask is white.

    A mask as large as the picture is scaled and cropped like it; one of any other size is resized first, see
    `mask_target`.
    """
    height, width = diffusion.image_size
    target = mask_target(mask.size, picture.size, (width, height))
    if target is not None:
        mask = mask.resize(target, Image.Resampling.NEAREST)
    pixels = prepare(mask, size=(height, width), channels=1, background="black")
    return torch.from_numpy(pixels[..., 0] >= WHITE_FROM).float()
