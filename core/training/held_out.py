"""The loss of pictures that are never trained on: it rises again when the network learns the others by heart.

Always the same pictures, timesteps and noise, so that the curve shows the network and not the dice.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..device import autocast
from ..randomness import generator

if TYPE_CHECKING:
    from ..config import RunConfig
    from ..data.pictures import PictureSet
    from ..diffusion import GaussianDiffusion

#: Pictures that are asked for at most; more would be steadier, and take long.
MOST_PICTURES = 256
#: Pictures at a time, and never more than the training takes.
MOST_AT_ONCE = 16


@torch.no_grad()
def held_out_loss(
    diffusion: GaussianDiffusion,
    pictures: PictureSet,
    config: RunConfig,
    *,
    dtype: torch.dtype | None,
    stop: threading.Event,
) -> float | None:
    """The mean loss of the held-out `pictures`, weighted as in training but with nothing left out; None when stopped.

    The timesteps lie evenly over 0 … T-1, one per picture. Nothing of the training's randomness is used up. dtype: of
    mixed precision. Raises DataError, FolderAwayError.
    """
    count, at_once = min(len(pictures), MOST_PICTURES), min(MOST_AT_ONCE, config.train.batch_size)
    device, was_training = diffusion.device, diffusion.training
    # Picked from all over the set, whose order may be that of its classes.
    chosen = (np.arange(count) * len(pictures)) // count
    timesteps = ((torch.arange(count) + 0.5) * diffusion.num_timesteps / count).long()
    total = 0.0
    diffusion.eval()
    try:
        for start in range(0, count, at_once):
            if stop.is_set():
                return None
            numbers = range(start, min(start + at_once, count))
            pixels, labels = pictures.take(chosen[numbers.start : numbers.stop], plain=True)
            images = torch.from_numpy(pixels).to(device).permute(0, 3, 1, 2).contiguous().float().div_(255)
            x_start = diffusion.normalize(images)
            noise = torch.stack(
                [
                    torch.randn(x_start.shape[1:], generator=generator(config.train.seed, "held-out noise", number))
                    for number in numbers
                ]
            ).to(device)
            with autocast(device, dtype):
                loss = diffusion.training_losses(
                    x_start,
                    timesteps[numbers.start : numbers.stop].to(device),
                    noise,
                    classes=None if labels is None else torch.from_numpy(labels).to(device),
                    self_condition_draw=False,
                )
            total += float(loss.weighted.float().sum())
    finally:
        diffusion.train(was_training)
    return total / count
